"""What the interpreter loop does itself, on both sides of where it stops doing so."""

from collections import defaultdict

# Slices of lists: within 64 items, across them, longer than what lies in the list's own cell.
numbers = list(range(200))
for bounds in [(0, 5), (60, 68), (63, 65), (64, 96), (64, 97), (190, 300), (-3, None), (5, 5), (7, 3)]:
    print(bounds, numbers[bounds[0]:bounds[1]])
for step in (2, 7, -1, -3, 50):
    print(step, numbers[::step][:5], numbers[70:58:step], numbers[58:70:step])
short = [1, 2, 3]
print(short[:], short[::-1], short[1:], short[:1], short[3:], short[0::-1])
parts = short[:2]
parts.append(4)
parts += [5, 6, 7, 8, 9]
print(parts, short, [] + [], [1] + [], [] + [2], short + parts, len(numbers[:16] + numbers[:17]))
print([len(numbers[:n] + numbers[:n]) for n in (15, 16, 17, 40)])

# Texts joined: 64 at a time, of any width, of a class derived from str.


class Word(str):
    pass


for count in (0, 1, 2, 63, 64, 65, 130):
    words = [str(i % 7) * (i % 20) for i in range(count)]
    for gap in ("", ",", " - ", "\u20ac", "x" * 17):
        text = gap.join(words)
        assert text == gap.join(tuple(words)) == gap.join(iter(words)), (count, gap)
        assert len(text) == sum(map(len, words)) + len(gap) * max(0, count - 1)
        if gap and count > 1:
            assert text.split(gap) == words, (count, gap)
print("".join([Word("a"), "b", Word("")]), repr("-".join(["\xe9", "\u4e2d", "\U0001f600", ""])), repr("".join([""])))
one = "only"
print("-".join([one]) is one, type("-".join([Word("w")])).__name__)
for wrong in ([1], ["a"] * 64 + [None], ("a", b"b"), 5):
    try:
        print(",".join(wrong))
    except TypeError as error:
        print(error)

# Keys that are missing.
tally = defaultdict(int)
for word in ["a", "b", "a", "long enough to be hashed in two pieces", 3, 3.0, True, None, ("t",)] * 3:
    tally[word] += 1
print(dict(tally), len(tally))
lists = defaultdict(list)
for i in range(40):
    lists["ab" + str(i % 9)].append(i)
print(sorted(lists.items()))
plain = defaultdict(None, {"x": 1})
try:
    plain["y"]
except KeyError as error:
    print("KeyError", error, "y" in plain, plain["x"])


class Counting(dict):
    def __missing__(self, key):
        return f"no {key}"


counting = Counting(a=1)
print(counting["a"], counting["b"], counting[5], len(counting))
Counting.__getitem__ = lambda self, key: ("mine", key)
print(counting["a"], counting["b"])


class Equal:
    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        return self.text == other


odd = defaultdict(int, {Equal("key"): 7})
print(odd["key"], odd["other"], len(odd))


# What happens to a dict between the read of a missing key and the write to it.
def counted():
    made.append(key)
    changed[f"also {key}"] = len(made)
    if len(made) == 3:
        changed.clear()
    if len(made) == 4:
        changed[key] = 100
    return len(made)


made = []
changed = defaultdict(counted)
for key in ("a", "b", "c", "d", "a", "d"):
    changed[key] += 1000
print(dict(changed))
first, second = defaultdict(int), defaultdict(int, {"w": 1, "same": 7})
key = "same"
first[key] += (second[key], first[key])[0]
second[key] += (first[key], second.clear())[0]
second["w"], second[key] = second[key], 5
print(dict(first), dict(second))

# Operators of classes: who is asked first, and what happens when nobody knows.


class Base:
    def __init__(self, name):
        self.name = name

    def __add__(self, other):
        return f"{self.name}.add({getattr(other, 'name', other)})"

    def __mul__(self, other, extra="default"):
        return f"{self.name}.mul({other}, {extra})"

    def __sub__(self, other):
        return NotImplemented

    def __contains__(self, item):
        return item

    def __getitem__(self, key):
        return key


class Derived(Base):
    def __radd__(self, other):
        return f"{self.name}.radd({getattr(other, 'name', other)})"

    def __rsub__(self, other):
        return f"{self.name}.rsub({getattr(other, 'name', other)})"


base, derived = Base("base"), Derived("derived")
print(base + base, base + derived, derived + base, derived + derived, base + 1, 1 + derived, 1.5 + derived)
print(base * 2, base - derived, 3 - derived, base in base, 0 in base, base[1:2], base["k"])
for operation in (lambda: base - 1, lambda: 1 - base, lambda: 1 + base, lambda: base - base):
    try:
        print(operation())
    except TypeError as error:
        print(error)


def deep(n):
    class Nested:
        def __add__(self, other):
            return self + other
    try:
        return Nested() + 1
    except RecursionError as error:
        return type(error).__name__


print(deep(0))

# Attributes that `__init__` sets, in more ways than one.


class Shape:
    def __init__(self, kind):
        self.kind = kind
        if kind % 2:
            self.odd = True
        self.size = kind * 10
        for i in range(kind):
            setattr(self, f"extra{i}", i)
        self.last = None


print([vars(Shape(kind)) for kind in (0, 1, 2, 1, 0, 3)])


class Guarded:
    def __init__(self):
        self.first = 1
        self.second = 2


print(vars(Guarded()), vars(Guarded()))
Guarded.second = property(lambda self: "computed", lambda self, value: print("set", value))
print(vars(Guarded()), Guarded().second)
del Guarded.second
print(vars(Guarded()))

# What it prints, in this order.
# expect: (0, 5) [0, 1, 2, 3, 4]
# expect: (60, 68) [60, 61, 62, 63, 64, 65, 66, 67]
# expect: (63, 65) [63, 64]
# expect: (64, 96) [64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95]
# expect: (64, 97) [64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96]
# expect: (190, 300) [190, 191, 192, 193, 194, 195, 196, 197, 198, 199]
# expect: (-3, None) [197, 198, 199]
# expect: (5, 5) []
# expect: (7, 3) []
# expect: 2 [0, 2, 4, 6, 8] [] [58, 60, 62, 64, 66, 68]
# expect: 7 [0, 7, 14, 21, 28] [] [58, 65]
# expect: -1 [199, 198, 197, 196, 195] [70, 69, 68, 67, 66, 65, 64, 63, 62, 61, 60, 59] []
# expect: -3 [199, 196, 193, 190, 187] [70, 67, 64, 61] []
# expect: 50 [0, 50, 100, 150] [] [58]
# expect: [1, 2, 3] [3, 2, 1] [2, 3] [1] [] [1]
# expect: [1, 2, 4, 5, 6, 7, 8, 9] [1, 2, 3] [] [1] [2] [1, 2, 3, 1, 2, 4, 5, 6, 7, 8, 9] 33
# expect: [30, 32, 34, 80]
# expect: ab 'é-中-😀-' ''
# expect: True str
# expect: sequence item 0: expected str instance, int found
# expect: sequence item 64: expected str instance, NoneType found
# expect: sequence item 1: expected str instance, bytes found
# expect: can only join an iterable
# expect: {'a': 6, 'b': 3, 'long enough to be hashed in two pieces': 3, 3: 6, True: 3, None: 3, ('t',): 3} 7
# expect: [('ab0', [0, 9, 18, 27, 36]), ('ab1', [1, 10, 19, 28, 37]), ('ab2', [2, 11, 20, 29, 38]), ('ab3', [3, 12, 21, 30, 39]), ('ab4', [4, 13, 22, 31]), ('ab5', [5, 14, 23, 32]), ('ab6', [6, 15, 24, 33]), ('ab7', [7, 16, 25, 34]), ('ab8', [8, 17, 26, 35])]
# expect: KeyError 'y' False 1
# expect: 1 no b no 5 1
# expect: ('mine', 'a') ('mine', 'b')
# expect: 7 0 2
# expect: {'c': 1003, 'also d': 4, 'd': 2004, 'also a': 5, 'a': 1005}
# expect: {'same': 7} {'same': 5, 'w': 14}
# expect: base.add(base) derived.radd(base) derived.add(base) derived.add(derived) base.add(1) derived.radd(1) derived.radd(1.5)
# expect: base.mul(2, default) derived.rsub(base) derived.rsub(3) True False slice(1, 2, None) k
# expect: unsupported operand type(s) for -: 'Base' and 'int'
# expect: unsupported operand type(s) for -: 'int' and 'Base'
# expect: unsupported operand type(s) for +: 'int' and 'Base'
# expect: unsupported operand type(s) for -: 'Base' and 'Base'
# expect: RecursionError
# expect: [{'kind': 0, 'size': 0, 'last': None}, {'kind': 1, 'odd': True, 'size': 10, 'extra0': 0, 'last': None}, {'kind': 2, 'size': 20, 'extra0': 0, 'extra1': 1, 'last': None}, {'kind': 1, 'odd': True, 'size': 10, 'extra0': 0, 'last': None}, {'kind': 0, 'size': 0, 'last': None}, {'kind': 3, 'odd': True, 'size': 30, 'extra0': 0, 'extra1': 1, 'extra2': 2, 'last': None}]
# expect: {'first': 1, 'second': 2} {'first': 1, 'second': 2}
# expect: set 2
# expect: set 2
# expect: {'first': 1} computed
# expect: {'first': 1, 'second': 2}
