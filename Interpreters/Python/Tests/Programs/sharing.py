# Containers of the module transaction: dicts and sets by key, counters.
import threading
import transaction
from collections.abc import MutableMapping, MutableSet

# As a dict.
d = transaction.stmdict({'a': 1, 2: 'two'}, c=3)
print(len(d), d['a'], d[2], d.get('c'), d.get('x'), d.get('x', 0), 'a' in d, 'x' in d)  # expect: 3 1 two 3 None 0 True False
d[2.0] = 'zwei'
print(d[2], sorted(map(str, d)), d.setdefault('a', 9), d.setdefault('n', 9))  # expect: zwei ['2', 'a', 'c'] 1 9
del d['n']
print(d.pop('c'), d.pop('c', None), d == {'a': 1, 2: 'zwei'}, sorted(map(str, d.items())))  # expect: 3 None True ["('a', 1)", "(2, 'zwei')"]
for wrong in (lambda: d['x'], lambda: d.pop('x'), lambda: d.__delitem__('x'), lambda: d[[]], lambda: hash(d),
              lambda: transaction.stmdict(1, 2)):
    try:
        wrong()
    except (KeyError, TypeError) as error:
        print(type(error).__name__, error)
# expect: KeyError 'x'
# expect: KeyError 'x'
# expect: KeyError 'x'
# expect: TypeError unhashable type: 'list'
# expect: TypeError unhashable type: 'stmdict'
# expect: TypeError stmdict expected at most 1 argument, got 2
print(isinstance(d, MutableMapping), repr(transaction.stmdict(k=[1])), d | {'a': 5} == {'a': 5, 2: 'zwei'})  # expect: True stmdict({'k': [1]}) True
d.clear()
print(len(d), list(d), bool(d))  # expect: 0 [] False


class Same:
    """All of them have one hash; comparing puts a key into the dict meanwhile."""

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return 5

    def __eq__(self, other):
        if other.number == 3 and len(table) < 4:
            table[Same(9)] = 'meanwhile'
        return self.number == other.number


table = transaction.stmdict()
for i in range(4):
    table[Same(i)] = i
print(sorted((k.number, str(v)) for k, v in table.items()))  # expect: [(0, '0'), (1, '1'), (2, '2'), (3, '3'), (9, 'meanwhile')]
del table[Same(1)]
print(len(table), Same(1) in table, table[Same(0)], table[Same(2)])  # expect: 4 False 0 2

s = transaction.stmset('abca')
s.add('d')
s.discard('x')
s.discard('b')
print(len(s), sorted(s), 'a' in s, s == {'a', 'c', 'd'}, isinstance(s, MutableSet), sorted(s | {'z'}))  # expect: 3 ['a', 'c', 'd'] True True True ['a', 'c', 'd', 'z']
try:
    s.remove('x')
except KeyError as error:
    print('KeyError', error)  # expect: KeyError 'x'

n = transaction.stmcounter(5)
n.add()
n.add(-10)
print(n, n.value, int(n))  # expect: stmcounter(-4) -4 -4
for wrong in (lambda: n.add(1 << 70), lambda: n.add('1'), lambda: n.add(1.5)):
    try:
        wrong()
    except (OverflowError, TypeError) as error:
        print(type(error).__name__, error)
# expect: OverflowError a part of the counter would leave 62 bits
# expect: TypeError 'str' object cannot be interpreted as an integer
# expect: TypeError 'float' object cannot be interpreted as an integer

try:
    len(object.__new__(transaction.stmdict))
except ValueError as error:
    print(error)  # expect: uninitialized stmdict object

# Many threads.
shared = transaction.stmdict()
total = transaction.stmcounter()
members = transaction.stmset()

def work(me):
    for i in range(150):
        with transaction.atomic:
            shared['all'] = shared.get('all', 0) + 1
            shared[me, i] = i
            if i >= 10:
                del shared[me, i - 10]
        total.add(i)
        members.add(i % 7)

threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(shared['all'], len(shared), sum(shared.values()) - shared['all'])  # expect: 600 41 5780
print(total.value, sorted(members))  # expect: 44700 [0, 1, 2, 3, 4, 5, 6]
