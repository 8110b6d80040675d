# Lists, tuples, dicts, sets.
items = [5, 3, 9, 1]
items.append(7)
items.sort(key=lambda n: -n)
print(items, items[1:3], items[::-2], sorted(items), sum(items), max(items))  # expect: [9, 7, 5, 3, 1] [7, 5] [1, 5, 9] [1, 3, 5, 7, 9] 25 9
items[1:3] = ["a", "b", "c"]
del items[0]
print(items, items.index("c"), "b" in items, items * 2 == items + items)  # expect: ['a', 'b', 'c', 3, 1] 2 True True
table = {"one": 1, "two": 2}
table["three"] = 3
table.setdefault("four", 4)
del table["two"]
print(table, list(table.items()), table.get("five", 5), len(table))  # expect: {'one': 1, 'three': 3, 'four': 4} [('one', 1), ('three', 3), ('four', 4)] 5 3
print({k: v * v for k, v in table.items() if v > 1}, [*table], {**table, "six": 6})  # expect: {'three': 9, 'four': 16} ['one', 'three', 'four'] {'one': 1, 'three': 3, 'four': 4, 'six': 6}
first, *middle, last = range(6)
print(first, middle, last, (1, 2) < (1, 3), () == tuple([]))  # expect: 0 [1, 2, 3, 4] 5 True True
numbers = {3, 1, 2} | {5}
print(numbers & {1, 5, 9}, numbers - {1}, numbers ^ {1, 7}, {1} <= numbers)  # expect: {1, 5} {2, 3, 5} {2, 3, 5, 7} True
print([x * y for x in range(3) for y in range(3) if x != y], {n % 3 for n in range(9)})  # expect: [0, 0, 0, 2, 0, 2] {0, 1, 2}
matrix = [[1, 2], [3, 4]]
print(list(zip(*matrix)), [row[:] for row in matrix], list(enumerate("ab", 1)))  # expect: [(1, 3), (2, 4)] [[1, 2], [3, 4]] [(1, 'a'), (2, 'b')]
print(list(map(lambda a, b: a + b, [1, 2], [10, 20])), list(filter(None, [0, 1, "", 2])))  # expect: [11, 22] [1, 2]
try:
    [][1]
except IndexError as error:
    print(error)                                              # expect: list index out of range
try:
    {}["key"]
except KeyError as error:
    print(repr(error))                                        # expect: KeyError('key')

# What does not get as far as the key, the length or the bytes.
print({}.pop([], 'none'))  # expect: none
class Odd(set):
    def __len__(self): return 2.5
print(repr(Odd('a')))  # expect: Odd({'a'})
for view in (memoryview(b'ab'), memoryview(bytearray(2))):
    try:
        del view[0]
    except TypeError as error:
        print(error)
# expect: cannot modify read-only memory
# expect: cannot delete memory
