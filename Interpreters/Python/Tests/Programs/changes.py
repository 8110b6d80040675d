# Classes that change after they have instances, and what follows a failure.
import collections.abc
import importlib.util
import sys
import traceback
import types


class Point:
    def __init__(self, x):
        self.x = x


class Derived(Point):
    __slots__ = ("extra",)


def read(point):
    return point.x


def write(point, value):
    point.x = value


points = [Point(1), Derived(2)]
for point in points:
    read(point)
    read(point)
    write(point, 7)
Point.x = property(lambda self: "computed", lambda self, value: print("set", value))
print([read(point) for point in points])  # expect: ['computed', 'computed']
write(points[0], 8)  # expect: set 8
del Point.x
print([read(point) for point in points])  # expect: [7, 7]


class Descriptor:
    def __get__(self, instance, owner):
        return "got"


class Owner:
    pass


owner = Owner()
owner.field = 1
Owner.field = Descriptor()
get_field = lambda: owner.field
print(get_field(), get_field())  # expect: 1 1
Descriptor.__set__ = lambda self, instance, value: None
print(get_field())  # expect: got


class Hidden:
    pass


hidden = Hidden()
hidden.a = 1
get_a = lambda: hidden.a
get_a(), get_a()
Hidden.__getattribute__ = lambda self, name: name.upper()
print(get_a())  # expect: A


class Mixin:
    x = property(lambda self: "mixed in")


class Plain:
    pass


class Child(Plain):
    pass


child = Child()
child.x = 3
get_x = lambda: child.x
print(get_x(), get_x())  # expect: 3 3
Child.__bases__ = (Plain, Mixin)
print(get_x())  # expect: mixed in


class Slotted:
    __slots__ = ("a",)


slotted = Slotted()
slotted.a = 1
get_slot = lambda: slotted.a
get_slot(), get_slot()
Slotted.a = "class"
print(get_slot())  # expect: class


# What the end of an iteration carries goes through iterators over iterators.
def items():
    yield 1
    return "end"


ends = []
for iterator in (enumerate(items()), map(str, items()), zip(items()), filter(None, items())):
    next(iterator)
    try:
        next(iterator)
    except StopIteration as stop:
        ends.append(stop.value)
print(ends)  # expect: ['end', 'end', 'end', 'end']


async def five():
    return 5


def awaiting():
    return (yield from five().__await__())


for step in (five().__await__(), awaiting()):
    try:
        next(step)
    except StopIteration as stop:
        print(stop.value)
# expect: 5
# expect: 5


# Finders and loaders of the program.
class Finder:
    asked = []

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        cls.asked.append(name)
        if name.partition(".")[0] == "made_up":
            return importlib.util.spec_from_loader(name, Loader(), is_package=name == "made_up")


class Loader:
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.answer = 42
        if module.__name__ == "made_up.broken":
            raise ValueError("cannot be loaded")


sys.meta_path.append(Finder)
import made_up.part
print(made_up.part.answer, made_up.part.__spec__.name, made_up.__path__)  # expect: 42 made_up.part []
try:
    import made_up.broken
except ValueError as error:
    print(error, "made_up.broken" in sys.modules)  # expect: cannot be loaded False
try:
    import nowhere_to_be_found
except ImportError as error:
    print(error, Finder.asked[-1])  # expect: No module named 'nowhere_to_be_found' nowhere_to_be_found
sys.meta_path.remove(Finder)
print(Finder in sys.meta_path)  # expect: False


# Variables of frames that an exception has left.
def outer(a):
    b = a + 1
    return inner(b)


def inner(c):
    kept = [c, lambda: c]
    return c / 0


try:
    outer(1)
except ZeroDivisionError as error:
    entry = error.__traceback__.tb_next
    print(entry.tb_frame.f_locals)  # expect: {'a': 1, 'b': 2}
    frame = entry.tb_next.tb_frame
    print(frame.f_locals["c"], frame.f_back.f_code.co_name)  # expect: 2 outer
    frame.clear()
    print(entry.tb_next.tb_frame.f_locals)  # expect: {}


def counting(limit):
    for i in range(limit):
        yield i


counter = counting(3)
next(counter), next(counter)
print(counter.gi_frame.f_locals)  # expect: {'limit': 3, 'i': 1}

# Aliases of derived classes.
print(collections.abc.Callable[[int], str])  # expect: collections.abc.Callable[[int], str]


class Alias(types.GenericAlias):
    pass


print(type(Alias(list, int)).__name__, Alias(list, int))  # expect: Alias list[int]

# A module's namespace may be gone through while built-in functions are looked up.
names = sorted(name for name, value in globals().items() if callable(value) and name in ("read", "write"))
print(names)  # expect: ['read', 'write']


# The default of anext, and coroutines that have ended.
async def letters():
    yield "a"


async def ask():
    iterator = letters()
    return [await anext(iterator, "none"), await anext(iterator, "none")]


coroutine = ask()
try:
    coroutine.send(None)
except StopIteration as stop:
    print(stop.value)  # expect: ['a', 'none']
try:
    coroutine.throw(ValueError("late"))
except RuntimeError as error:
    print(error)  # expect: cannot reuse already awaited coroutine
