# Threads that wait for each other in C: calls that are brief as a rule, and wait now and then.
# On the serial backend each wait takes a second.
# with: backend=gil,stm
import ffi
import threading

libc = ffi.library("libc.so.6")
malloc = libc.bind("arbitrary void *malloc(size_t)")
init = libc.bind("arbitrary int sem_init(void *, int, unsigned)")
wait = libc.bind("atomic int sem_wait(void *)")
post = libc.bind("atomic int sem_post(void *)")


def semaphore(value):
    memory = malloc(64)
    assert init(memory, 0, value) == 0
    return memory


def produce(count):
    for n in range(count):
        wait(free)
        with lock:
            items.append(n)
        post(filled)


def consume(count):
    for _ in range(count):
        wait(filled)
        with lock:
            taken.append(items.pop(0))
        post(free)


free, filled, lock = semaphore(50), semaphore(0), threading.Lock()
items, taken = [], []
threads = [threading.Thread(target=f, args=(150,)) for f in (produce, consume, produce, consume)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(items), len(taken), sorted(taken) == sorted(list(range(150)) * 2))  # expect: 0 300 True


# In turn: each waits for the other one every time.
def play(mine, other, name):
    for n in range(30):
        wait(mine)
        turns.append(name)
        post(other)


turns, first, second = [], semaphore(1), semaphore(0)
threads = [
    threading.Thread(target=play, args=(first, second, "a")),
    threading.Thread(target=play, args=(second, first, "b")),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("".join(turns) == "ab" * 30)  # expect: True
