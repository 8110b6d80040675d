"""Abstract base classes of containers, and the methods that follow from a few basic ones."""

from abc import ABCMeta, abstractmethod

__all__ = [
    "Awaitable", "Coroutine", "AsyncIterable", "AsyncIterator", "AsyncGenerator", "Hashable",
    "Iterable", "Iterator", "Generator", "Reversible", "Sized", "Container", "Callable",
    "Collection", "Set", "MutableSet", "Mapping", "MutableMapping", "MappingView", "KeysView",
    "ItemsView", "ValuesView", "Sequence", "MutableSequence", "ByteString",
]

GenericAlias = type(list[int])


def recognised_by(*methods):
    """A decorator of abstract classes: whatever class has these methods counts as derived from it,
    unless the methods are None."""

    def decorate(abstract):
        def subclasshook(cls, other):
            if cls is not abstract:
                # Classes derived from it ask for more.
                return NotImplemented
            for method in methods:
                for ancestor in other.__mro__:
                    if method in ancestor.__dict__:
                        break
                else:
                    return NotImplemented
                if ancestor.__dict__[method] is None:
                    return NotImplemented
            return True

        subclasshook.__name__ = "__subclasshook__"
        subclasshook.__qualname__ = f"{abstract.__qualname__}.__subclasshook__"
        abstract.__subclasshook__ = classmethod(subclasshook)
        return abstract

    return decorate


def _named(qualname, method):
    """A method made from a pattern gets the name it has in its class."""
    method.__qualname__ = qualname
    method.__name__ = qualname.rpartition(".")[2]
    return method


def _to_define(qualname, error):
    """An abstract method for which there is nothing to be said."""

    def method(self, *args):
        raise error

    return abstractmethod(_named(qualname, method))


def _drain(take, error):
    """Takes out until there is nothing left, as the error says."""
    try:
        while True:
            take()
    except error:
        pass


# Things that can do one thing --------------------------------------------------------------------


def _ability(name, method, behaviour, alias=GenericAlias):
    """An abstract class with one abstract method, which does next to nothing. The class can be
    subscripted if it has parameters."""
    behaviour = abstractmethod(_named(f"{name}.{method}", behaviour))
    namespace = {"__module__": __name__, "__slots__": (), method: behaviour}
    if alias is not None:
        namespace["__class_getitem__"] = classmethod(alias)
    return recognised_by(method)(ABCMeta(name, (), namespace))


def _nothing(self):
    return
    yield


def _one_pause(self):
    yield


class _CallableGenericAlias(GenericAlias):
    """Callable[[argument, ...], result]: `__args__` has all of them in a row, the result last."""

    __slots__ = ()

    def __new__(cls, origin, args):
        if type(args) is not tuple or len(args) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        parameters, result = args
        if isinstance(parameters, (list, tuple)):
            args = *parameters, result
        elif not _stands_for_parameters(parameters):
            raise TypeError(
                "Expected a list of types, an ellipsis, ParamSpec, or Concatenate. "
                f"Got {parameters}"
            )
        return super().__new__(cls, origin, args)

    def __repr__(self):
        parameters, result = _written(self.__args__)
        if isinstance(parameters, list):
            shown = f"[{', '.join(map(_shown, parameters))}]"
        else:
            shown = _shown(parameters)
        return f"collections.abc.Callable[{shown}, {_shown(result)}]"

    def __reduce__(self):
        return _CallableGenericAlias, (Callable, _written(self.__args__))

    def __getitem__(self, item):
        parameters = self.__parameters__
        if len(parameters) == 1 and _is_from_typing(parameters[0], "ParamSpec") and item != ():
            # All types are for the one parameter that stands for them.
            if not isinstance(item, tuple):
                item = (item,)
            elif not isinstance(item[0], (list, tuple)):
                item = ([*item],)
        arguments, result = _written(super().__getitem__(item).__args__)
        if isinstance(arguments, list) and len(arguments) == 1:
            # What stood for all parameters is a list of them now.
            arguments = arguments[0] if isinstance(arguments[0], (list, tuple)) else arguments
        return _CallableGenericAlias(Callable, (arguments, result))


def _written(args):
    """What stood between the brackets: the parameters, a list unless one thing stands for all of
    them, and the result."""
    *parameters, result = args
    if len(parameters) == 1 and _stands_for_parameters(parameters[0]):
        parameters = parameters[0]
    return parameters, result


def _is_from_typing(obj, *names):
    kind = type(obj)
    return kind.__module__ == "typing" and kind.__name__ in names


def _stands_for_parameters(obj):
    return obj is ... or _is_from_typing(obj, "ParamSpec", "_ConcatenateGenericAlias")


def _shown(obj):
    """A type as it is written."""
    if obj is ...:
        return "..."
    if isinstance(obj, type) and not isinstance(obj, GenericAlias):
        prefix = "" if obj.__module__ == "builtins" else obj.__module__ + "."
        return prefix + obj.__qualname__
    return obj.__name__ if type(obj) is type(_shown) else repr(obj)


Hashable = _ability("Hashable", "__hash__", lambda self: 0, alias=None)
Sized = _ability("Sized", "__len__", lambda self: 0, alias=None)
Container = _ability("Container", "__contains__", lambda self, x: False)
Iterable = _ability("Iterable", "__iter__", _nothing)
Awaitable = _ability("Awaitable", "__await__", _one_pause)
AsyncIterable = _ability("AsyncIterable", "__aiter__", lambda self: AsyncIterator())
Callable = _ability(
    "Callable", "__call__", lambda self, *args, **kwds: False, _CallableGenericAlias
)


@recognised_by("__reversed__", "__iter__")
class Reversible(Iterable):
    __slots__ = ()

    @abstractmethod
    def __reversed__(self):
        yield from ()


@recognised_by("__len__", "__iter__", "__contains__")
class Collection(Sized, Iterable, Container):
    __slots__ = ()


# Things that run in steps ------------------------------------------------------------------------


def _thrown(typ, val, tb):
    """The exception that the arguments of `throw` mean."""
    if val is None and tb is None:
        return typ
    error = typ() if val is None else val
    return error if tb is None else error.with_traceback(tb)


def _steps(owner, kind):
    """The methods `send`, `throw` and `close`."""

    def send(self, value):
        """Goes on with a value; what comes next."""
        raise StopIteration

    def throw(self, typ, val=None, tb=None):
        """Goes on with an exception; what comes next."""
        raise _thrown(typ, val, tb)

    def close(self):
        """Ends it by GeneratorExit, which it must let pass."""
        try:
            self.throw(GeneratorExit)
        except (StopIteration, GeneratorExit):
            return
        raise RuntimeError(f"{kind} ignored GeneratorExit")

    for method in (send, throw, close):
        _named(f"{owner}.{method.__name__}", method)
    return abstractmethod(send), abstractmethod(throw), close


@recognised_by("__await__", "send", "throw", "close")
class Coroutine(Awaitable):
    __slots__ = ()

    send, throw, close = _steps("Coroutine", "coroutine")


@recognised_by("__iter__", "__next__")
class Iterator(Iterable):
    __slots__ = ()

    def __iter__(self):
        return self

    @abstractmethod
    def __next__(self):
        """The next item; StopIteration if there is none."""
        raise StopIteration


@recognised_by("__iter__", "__next__", "send", "throw", "close")
class Generator(Iterator):
    __slots__ = ()

    send, throw, close = _steps("Generator", "generator")

    def __next__(self):
        return self.send(None)


@recognised_by("__anext__", "__aiter__")
class AsyncIterator(AsyncIterable):
    __slots__ = ()

    def __aiter__(self):
        return self

    @abstractmethod
    async def __anext__(self):
        """The next item; StopAsyncIteration if there is none."""
        raise StopAsyncIteration


@recognised_by("__aiter__", "__anext__", "asend", "athrow", "aclose")
class AsyncGenerator(AsyncIterator):
    __slots__ = ()

    async def __anext__(self):
        return await self.asend(None)

    @abstractmethod
    async def asend(self, value):
        """Goes on with a value; what comes next."""
        raise StopAsyncIteration

    @abstractmethod
    async def athrow(self, typ, val=None, tb=None):
        """Goes on with an exception; what comes next."""
        raise _thrown(typ, val, tb)

    async def aclose(self):
        """Ends it by GeneratorExit, which it must let pass."""
        try:
            await self.athrow(GeneratorExit)
        except (StopAsyncIteration, GeneratorExit):
            return
        raise RuntimeError("asynchronous generator ignored GeneratorExit")


# Sets --------------------------------------------------------------------------------------------


class Set(Collection):
    """A finite set, from `__contains__`, `__iter__` and `__len__`.

    Operators make new sets by `_from_iterable`, which is to be overridden if the class cannot be
    called with an iterable."""

    __slots__ = ()

    @classmethod
    def _from_iterable(cls, it):
        return cls(it)

    def _as_set(self, other):
        """The right operand as a set; None if it is none of something iterable."""
        if isinstance(other, Set):
            return other
        return self._from_iterable(other) if isinstance(other, Iterable) else None

    def _hash(self):
        """A hash of the elements, the same as that of an equal frozenset."""
        return hash(frozenset(self))

    def isdisjoint(self, other):
        """True if the two have no element in common."""
        for element in other:
            if element in self:
                return False
        return True

    # Comparisons are of parts and wholes: sizes are compared first.

    def __le__(self, other):
        if isinstance(other, Set):
            return len(self) <= len(other) and all(element in other for element in self)
        return NotImplemented

    def __ge__(self, other):
        if isinstance(other, Set):
            return len(self) >= len(other) and all(element in self for element in other)
        return NotImplemented

    def __lt__(self, other):
        if isinstance(other, Set):
            return len(self) != len(other) and self.__le__(other)
        return NotImplemented

    def __gt__(self, other):
        if isinstance(other, Set):
            return len(self) != len(other) and self.__ge__(other)
        return NotImplemented

    def __eq__(self, other):
        if isinstance(other, Set):
            return len(self) == len(other) and self.__le__(other)
        return NotImplemented

    # What either has, what both have, what only one has.

    def __or__(self, other):
        if isinstance(other, Iterable):
            return self._from_iterable(element for part in (self, other) for element in part)
        return NotImplemented

    def __and__(self, other):
        if isinstance(other, Iterable):
            return self._from_iterable(filter(self.__contains__, other))
        return NotImplemented

    def __sub__(self, other):
        other = self._as_set(other)
        if other is None:
            return NotImplemented
        return self._from_iterable(element for element in self if element not in other)

    def __rsub__(self, other):
        other = self._as_set(other)
        if other is None:
            return NotImplemented
        return self._from_iterable(element for element in other if element not in self)

    def __xor__(self, other):
        other = self._as_set(other)
        return NotImplemented if other is None else (self - other) | (other - self)

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__


class MutableSet(Set):
    """A set that changes: `add` and `discard` come in addition."""

    __slots__ = ()

    add = _to_define("MutableSet.add", NotImplementedError)
    discard = _to_define("MutableSet.discard", NotImplementedError)

    def remove(self, value):
        """Removes an element; KeyError if it is not there."""
        if value in self:
            self.discard(value)
        else:
            raise KeyError(value)

    def pop(self):
        """Takes out some element; KeyError if there is none."""
        for element in self:
            break
        else:
            raise KeyError
        self.discard(element)
        return element

    def clear(self):
        """Removes all elements."""
        _drain(self.pop, KeyError)

    def __ior__(self, it):
        for element in it:
            self.add(element)
        return self

    def __iand__(self, it):
        for element in self - it:
            self.discard(element)
        return self

    def __isub__(self, it):
        # Not to be gone through while it shrinks.
        for element in list(it) if it is self else it:
            self.discard(element)
        return self

    def __ixor__(self, it):
        if it is self:
            self.clear()
        else:
            for element in it if isinstance(it, Set) else self._from_iterable(it):
                (self.discard if element in self else self.add)(element)
        return self


# Mappings ----------------------------------------------------------------------------------------


class Mapping(Collection):
    """A finite mapping, from `__getitem__`, `__iter__` and `__len__`."""

    __slots__ = ()
    __reversed__ = None

    # Patterns of the match statement take it for a mapping.
    __abc_tpflags__ = 1 << 6

    __getitem__ = _to_define("Mapping.__getitem__", KeyError)

    def __contains__(self, key):
        try:
            self[key]
            return True
        except KeyError:
            return False

    def get(self, key, default=None):
        """The value of a key that is there, or the default."""
        try:
            value = self[key]
        except KeyError:
            value = default
        return value

    def keys(self):
        """A view of the keys, which is a set."""
        return KeysView(self)

    def values(self):
        """A view of the values."""
        return ValuesView(self)

    def items(self):
        """A view of the pairs of key and value, which is a set."""
        return ItemsView(self)

    def __eq__(self, other):
        if isinstance(other, Mapping):
            return dict(self.items()) == dict(other.items())
        return NotImplemented


class MappingView(Sized):
    """What can be seen of a mapping; it shows changes."""

    __slots__ = ("_mapping",)
    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, mapping):
        self._mapping = mapping

    def __repr__(self):
        return f"{type(self).__name__}({self._mapping!r})"

    def __len__(self):
        return len(self._mapping)


class KeysView(MappingView, Set):
    """The keys of a mapping."""

    __slots__ = ()
    _from_iterable = classmethod(lambda cls, it: set(it))

    def __iter__(self):
        return iter(self._mapping)

    def __contains__(self, key):
        return key in self._mapping


class ValuesView(MappingView, Collection):
    """The values of a mapping."""

    __slots__ = ()

    def __iter__(self):
        return map(self._mapping.__getitem__, self._mapping)

    def __contains__(self, value):
        return any(value is known or value == known for known in self)


class ItemsView(MappingView, Set):
    """The pairs of key and value of a mapping."""

    __slots__ = ()
    _from_iterable = KeysView._from_iterable

    def __iter__(self):
        for key in self._mapping:
            yield key, self._mapping[key]

    def __contains__(self, item):
        key, value = item
        try:
            known = self._mapping[key]
        except KeyError:
            return False
        return value is known or value == known


_required = object()


class MutableMapping(Mapping):
    """A mapping that changes: `__setitem__` and `__delitem__` come in addition."""

    __slots__ = ()

    __setitem__ = _to_define("MutableMapping.__setitem__", KeyError)
    __delitem__ = _to_define("MutableMapping.__delitem__", KeyError)

    def setdefault(self, key, default=None):
        """The value of a key; a key that is not there gets the default."""
        try:
            value = self[key]
        except KeyError:
            value = self[key] = default
        return value

    def pop(self, key, default=_required):
        """Takes out a key; its value, or the default if it is not there."""
        try:
            value = self[key]
        except KeyError:
            if default is _required:
                raise
            value = default
        else:
            del self[key]
        return value

    def popitem(self):
        """Takes out some key; KeyError if there is none."""
        for key in self:
            break
        else:
            raise KeyError
        value = self[key]
        del self[key]
        return key, value

    def clear(self):
        """Removes all keys."""
        _drain(self.popitem, KeyError)

    def update(self, other=(), /, **kwds):
        """Takes over what is in a mapping, in anything with `keys`, or in an iterable of pairs;
        then what is given by name."""
        if isinstance(other, Mapping) or not hasattr(other, "keys"):
            pairs = other.items() if isinstance(other, Mapping) else other
        else:
            pairs = ((key, other[key]) for key in other.keys())
        for source in (pairs, kwds.items()):
            for key, value in source:
                self[key] = value


# Sequences ---------------------------------------------------------------------------------------


class Sequence(Reversible, Collection):
    """A finite sequence, from `__getitem__` and `__len__`."""

    __slots__ = ()

    # Patterns of the match statement take it for a sequence.
    __abc_tpflags__ = 1 << 5

    __getitem__ = _to_define("Sequence.__getitem__", IndexError)

    def __iter__(self):
        index = 0
        while True:
            try:
                item = self[index]
            except IndexError:
                return
            yield item
            index += 1

    def __reversed__(self):
        index = len(self)
        while index:
            index -= 1
            yield self[index]

    def __contains__(self, value):
        return any(value is item or value == item for item in self)

    def count(self, value):
        """How many items are equal to the value."""
        return sum(value is item or value == item for item in self)

    def index(self, value, start=0, stop=None):
        """The place of the first item equal to the value; ValueError if there is none."""
        place, end = (
            bound + len(self) if bound is not None and bound < 0 else bound
            for bound in (start, stop)
        )
        place = max(place, 0)
        while end is None or place < end:
            try:
                item = self[place]
            except IndexError:
                break
            if value is item or value == item:
                return place
            place += 1
        raise ValueError


class ByteString(Sequence):
    """Sequences of bytes."""

    __slots__ = ()


class MutableSequence(Sequence):
    """A sequence that changes: `__setitem__`, `__delitem__` and `insert` come in addition."""

    __slots__ = ()

    __setitem__ = _to_define("MutableSequence.__setitem__", IndexError)
    __delitem__ = _to_define("MutableSequence.__delitem__", IndexError)
    insert = _to_define("MutableSequence.insert", IndexError)

    def append(self, value):
        """Puts a value at the end."""
        self.insert(len(self), value)

    def extend(self, values):
        """Puts all values of an iterable at the end."""
        for value in list(values) if values is self else values:
            self.append(value)

    def __iadd__(self, values):
        self.extend(values)
        return self

    def pop(self, index=-1):
        """Takes out an item, the last one if no index says which."""
        item = self[index]
        del self[index]
        return item

    def remove(self, value):
        """Removes the first item equal to a value."""
        del self[self.index(value)]

    def clear(self):
        """Removes all items."""
        _drain(self.pop, IndexError)

    def reverse(self):
        """Turns the order round."""
        low, high = 0, len(self) - 1
        while low < high:
            self[low], self[high] = self[high], self[low]
            low, high = low + 1, high - 1


# Built-in types that belong to these classes without being derived from them ----------------------


def _register_builtins():
    def generator():
        yield

    async def coroutine():
        pass

    async def async_generator():
        yield

    started = coroutine()
    iterables = (
        b"", bytearray(), {}, {}.values(), {}.items(), [], range(0), set(), "", (), zip(),
    )
    members = {
        Coroutine: [started],
        AsyncGenerator: [async_generator()],
        Generator: [generator()],
        Iterator: [*map(iter, iterables), reversed([])],
        Set: [frozenset()],
        MutableSet: [set()],
        KeysView: [{}.keys()],
        ItemsView: [{}.items()],
        ValuesView: [{}.values()],
        Mapping: [type.__dict__],
        MutableMapping: [{}],
        Sequence: [(), "", range(0), memoryview(b"")],
        ByteString: [b"", bytearray()],
        MutableSequence: [[], bytearray()],
    }
    started.close()
    for abstract, examples in members.items():
        for example in examples:
            abstract.register(type(example))


_register_builtins()
