# Depths and sizes that no program should reach, and what the language says about them.
import itertools


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, *error.args)


def nested(make, depth=5000):
    value = make(None)
    for _ in range(depth):
        value = make(value)
    return value


attempt(lambda: repr(nested(lambda inner: [inner])))          # expect: RecursionError maximum recursion depth exceeded while getting the repr of an object
attempt(lambda: repr(nested(lambda inner: {1: inner})))       # expect: RecursionError maximum recursion depth exceeded while getting the repr of an object
attempt(lambda: nested(lambda inner: [inner]) == nested(lambda inner: [inner]))  # expect: RecursionError maximum recursion depth exceeded in comparison
attempt(lambda: [].extend(range(10**18)))                     # expect: MemoryError
attempt(lambda: tuple(itertools.repeat(0, 10**18)))           # expect: MemoryError
attempt(lambda: list(range(10**30)))                          # expect: OverflowError Python int too large to convert to C ssize_t
attempt(lambda: [1].pop(10**30))                              # expect: OverflowError Python int too large to convert to C ssize_t
attempt(lambda: len(range(2**63 - 2)))                        # expect: 9223372036854775806


def change(table):
    for key in table.values():
        del table[0]
        table[0] = key


attempt(lambda: change({0: 0}))                               # expect: RuntimeError dictionary keys changed during iteration


def refuse(text):
    try:
        compile(text, "text", "exec")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset, error.end_offset)


refuse("match x:\n  case a | b: pass")                        # expect: name capture 'a' makes remaining patterns unreachable 2 8 9
refuse("match x:\n  case a as a: pass")                       # expect: multiple assignments to name 'a' in pattern 2 8 9
refuse("match x:\n  case [1, a] | [2, b]: pass")              # expect: alternative patterns bind different names 2 21 22
refuse("match x:\n  case [*a, *b]: pass")                     # expect: multiple starred names in sequence pattern 2 8 16
refuse("[x for __debug__ in y]")                              # expect: cannot assign to __debug__ 1 8 17
refuse("__debug__: int")                                      # expect: cannot assign to __debug__ 1 1 15


class Lengths(dict):
    def __getitem__(self, name):
        return len(name)


print(eval("a + word", Lengths()))                            # expect: 5
attempt(lambda: eval("len([])", {"__builtins__": {}}))        # expect: NameError name 'len' is not defined


class Named(tuple):
    def __init__(self, items, name=None):
        self.name = name


print(Named([1, 2], name="pair").name)                        # expect: pair
attempt(lambda: property.__new__(object))                     # expect: TypeError property.__new__(object): object is not a subtype of property
attempt(lambda: int.__add__(1))                               # expect: TypeError expected 1 argument, got 0
attempt(lambda: [*1])                                         # expect: TypeError Value after * must be an iterable, not int


def applied(error, function, *items, **options):
    try:
        function(*items, **options)
    except error as caught:
        return type(caught).__name__


print(applied(ZeroDivisionError, sorted, [3, 2, 0], key=lambda n: 1 / n))  # expect: ZeroDivisionError
