# Threads share objects with the semantics of a global lock.
import threading

class Account:
    def __init__(self):
        self.balance = 0

account = Account()
lock = threading.Lock()
seen = []
table = {}

def work(number):
    for i in range(200):
        with lock:
            account.balance += 1
        seen.append(number)
        table[number * 1000 + i] = i

threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(account.balance, len(seen), sorted(set(seen)), len(table))  # expect: 800 800 [0, 1, 2, 3] 800
