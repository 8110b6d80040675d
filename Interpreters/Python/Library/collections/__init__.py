"""Containers beyond list, tuple, dict and set."""

__all__ = [
    "ChainMap", "Counter", "OrderedDict", "UserDict", "UserList", "UserString", "defaultdict",
    "deque", "namedtuple",
]

import operator
import sys
from _collections import OrderedDict, _count_elements, _tuplegetter, defaultdict, deque
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from heapq import nlargest
from itertools import chain, repeat
from keyword import iskeyword
from reprlib import recursive_repr

MutableSequence.register(deque)


def _renamed(method, owner, name):
    """A method made from a pattern gets the name it has in its class."""
    method.__name__ = name
    method.__qualname__ = f"{owner}.{name}"
    return method


# Tuples with names -------------------------------------------------------------------------------


def _fault(name):
    """Why a name cannot be that of a type or a field; None if it can."""
    if not name.isidentifier():
        return f"Type names and field names must be valid identifiers: {name!r}"
    if iskeyword(name):
        return f"Type names and field names cannot be a keyword: {name!r}"
    return None


def _field_names(typename, given, rename):
    """The names of the fields, checked; with `rename` the bad ones are replaced by their place."""
    if isinstance(given, str):
        given = given.replace(",", " ").split()
    names = [str(name) for name in given]
    first = {}
    for place, name in enumerate(names):
        first.setdefault(name, place)
    if rename:
        for place, name in enumerate(names):
            if first[name] != place or name[:1] == "_" or _fault(name):
                names[place] = f"_{place}"
    for fault in map(_fault, (typename, *names)):
        if fault:
            raise ValueError(fault)
    if not rename:
        for place, name in enumerate(names):
            if name[0] == "_":
                raise ValueError(f"Field names cannot start with an underscore: {name!r}")
            if first[name] != place:
                raise ValueError(f"Encountered duplicate field name: {name!r}")
    return tuple(map(sys.intern, names))


class _Record:
    """The methods that all classes made by `namedtuple` have. They are copied, not inherited: the
    only base is tuple."""

    @classmethod
    def _make(cls, iterable):
        """A new tuple of the items of an iterable, which must be as many as there are fields."""
        record = tuple.__new__(cls, iterable)
        if len(record) == len(cls._fields):
            return record
        raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(record)}")

    def _replace(self, /, **kwds):
        """A new tuple with other values for some fields."""
        record = self._make(map(kwds.pop, self._fields, self))
        if kwds:
            raise ValueError(f"Got unexpected field names: {list(kwds)!r}")
        return record

    def _asdict(self):
        """The values by the names of their fields."""
        return dict(zip(self._fields, self))

    def __repr__(self):
        shown = map("{}={!r}".format, self._fields, self)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __getnewargs__(self):
        """The values as a plain tuple, for `copy` and `pickle`."""
        return tuple(self)


_record_methods = {
    name: vars(_Record)[name]
    for name in ("_make", "_replace", "_asdict", "__repr__", "__getnewargs__")
}


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    """A new class of tuples whose items have names, too."""
    typename = sys.intern(str(typename))
    fields = _field_names(typename, field_names, rename)
    defaults = () if defaults is None else tuple(defaults)
    if len(defaults) > len(fields):
        raise TypeError("Got more default values than field names")
    listing = ", ".join(fields)

    # The constructor is compiled, so that its parameters are the fields. The names of fields do not
    # begin with an underscore unless they were replaced.
    scope = {"_new": tuple.__new__, "__builtins__": {}, "__name__": f"namedtuple_{typename}"}
    values = listing and listing + ","
    exec(f"def __new__(_cls, {listing}): return _new(_cls, ({values}))", scope)
    constructor = _renamed(scope["__new__"], typename, "__new__")
    constructor.__doc__ = f"Create new instance of {typename}({listing})"
    constructor.__defaults__ = defaults or None

    namespace = {
        "__slots__": (),
        "__doc__": f"{typename}({listing})",
        "__match_args__": fields,
        "_fields": fields,
        "_field_defaults": dict(zip(fields[len(fields) - len(defaults):], defaults)),
        "__new__": constructor,
        **_record_methods,
    }
    for place, name in enumerate(fields):
        namespace[name] = _tuplegetter(place, sys.intern(f"Alias for field number {place}"))

    # The class says that it was made where the call stands.
    if module is None:
        module = sys._getframe(1).f_globals.get("__name__", "__main__")
    namespace["__module__"] = module
    return type(typename, (tuple,), namespace)


# Counting ----------------------------------------------------------------------------------------


def _counters_compare(name, holds, strict=False):
    """A comparison of counters: it must hold for each thing that one of them knows."""

    def compare(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        for thing in chain(self, other):
            if not holds(self[thing], other[thing]):
                return False
        return not strict or self != other

    return _renamed(compare, "Counter", name)


def _counters_combine(name, combined):
    """An operator of counters that keeps what is more than zero."""

    def combine(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        result = Counter()
        others = other.get
        for thing, count in self.items():
            total = combined(count, others(thing, 0))
            if total > 0:
                result[thing] = total
        for thing, count in other.items():
            if thing not in self and (total := combined(0, count)) > 0:
                result[thing] = total
        return result

    return _renamed(combine, "Counter", name)


def _counters_change(name, combined):
    """The same in place: the left counter changes."""

    def change(self, other):
        known = self.get
        for thing, count in list(other.items()):
            self[thing] = combined(known(thing, 0), count)
        for thing, count in self.items():
            if thing not in other:
                self[thing] = combined(count, 0)
        for thing in [thing for thing, count in self.items() if not count > 0]:
            del self[thing]
        return self

    return _renamed(change, "Counter", name)


class Counter(dict):
    """How often things occur: a dict from things to numbers, where what is not there counts 0."""

    def __init__(self, iterable=None, /, **kwds):
        super().__init__()
        self.update(iterable, **kwds)

    def __missing__(self, key):
        return 0

    def __delitem__(self, elem):
        # Unlike that of a dict, it does not mind.
        self.pop(elem, None)

    def __repr__(self):
        name = type(self).__name__
        if not self:
            return f"{name}()"
        try:
            counts = dict(self.most_common())
        except TypeError:
            # Counts that cannot be sorted stay as they are.
            counts = dict(self)
        return f"{name}({counts!r})"

    def __reduce__(self):
        return self.__class__, (dict(self),)

    def copy(self):
        """A counter with the same counts."""
        return self.__class__(self)

    @classmethod
    def fromkeys(cls, iterable, v=None):
        """Not for counters: what should become of things that occur twice?"""
        raise NotImplementedError(
            "Counter.fromkeys() is undefined.  Use Counter(iterable) instead."
        )

    def update(self, iterable=None, /, **kwds):
        """Adds counts: those in a mapping, or one for each item of an iterable."""
        if iterable is None:
            pass
        elif not isinstance(iterable, Mapping):
            _count_elements(self, iterable)
        elif self:
            known = self.get
            for thing, count in iterable.items():
                self[thing] = count + known(thing, 0)
        else:
            super().update(iterable)
        if kwds:
            self.update(kwds)

    def subtract(self, iterable=None, /, **kwds):
        """Takes counts away, as `update` adds them; they may fall below zero."""
        known = self.get
        for amounts in (iterable, kwds):
            if amounts is None:
                continue
            if not isinstance(amounts, Mapping):
                _count_elements(counted := {}, amounts)
                amounts = counted
            for thing, count in amounts.items():
                self[thing] = known(thing, 0) - count

    def total(self):
        """The sum of the counts."""
        return sum(self.values())

    def elements(self):
        """Each thing as many times as it counts."""
        return chain.from_iterable(map(repeat, self, self.values()))

    def most_common(self, n=None):
        """The `n` most frequent things, or all, as pairs of thing and count."""
        by_count = operator.itemgetter(1)
        if n is None:
            return sorted(self.items(), key=by_count, reverse=True)
        return nlargest(n, self.items(), key=by_count)

    __eq__ = _counters_compare("__eq__", operator.eq)
    __le__ = _counters_compare("__le__", operator.le)
    __ge__ = _counters_compare("__ge__", operator.ge)
    __lt__ = _counters_compare("__lt__", operator.le, strict=True)
    __gt__ = _counters_compare("__gt__", operator.ge, strict=True)

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __add__ = _counters_combine("__add__", operator.add)
    __sub__ = _counters_combine("__sub__", operator.sub)
    __or__ = _counters_combine("__or__", max)
    __and__ = _counters_combine("__and__", min)
    __iadd__ = _counters_change("__iadd__", operator.add)
    __isub__ = _counters_change("__isub__", operator.sub)
    __ior__ = _counters_change("__ior__", max)
    __iand__ = _counters_change("__iand__", min)

    def __pos__(self):
        return self + Counter()

    def __neg__(self):
        return Counter() - self


# Mappings in a row -------------------------------------------------------------------------------


class ChainMap(MutableMapping):
    """Several mappings looked at as one: the first that has a key gives the value, and the very
    first takes all changes."""

    def __init__(self, *maps):
        self.maps = [*maps] if maps else [{}]

    def __missing__(self, key):
        raise KeyError(key)

    def __getitem__(self, key):
        for mapping in self.maps:
            # To be asked for the value, not only whether it has it: it may be a defaultdict.
            try:
                value = mapping[key]
            except KeyError:
                continue
            return value
        return self.__missing__(key)

    def get(self, key, default=None):
        """The value of a key that one of the mappings has, or the default."""
        return self[key] if key in self else default

    def __contains__(self, key):
        for mapping in self.maps:
            if key in mapping:
                return True
        return False

    def _all_keys(self):
        # Those of the last mapping come first, as if it had been updated by the others.
        return dict.fromkeys(chain.from_iterable(reversed(self.maps)))

    def __iter__(self):
        return iter(self._all_keys())

    def __len__(self):
        return len(self._all_keys())

    def __bool__(self):
        return any(self.maps)

    @recursive_repr()
    def __repr__(self):
        return type(self).__name__ + "(" + ", ".join([repr(mapping) for mapping in self.maps]) + ")"

    def _flattened(self):
        merged = {}
        for mapping in self.maps[::-1]:
            merged.update(mapping)
        return merged

    # Other chains.

    @classmethod
    def fromkeys(cls, iterable, *args):
        """A chain of one dict that has these keys."""
        return cls(dict.fromkeys(iterable, *args))

    def new_child(self, m=None, **kwargs):
        """A chain with one more mapping in front: `m` with the keywords, or a new dict of them."""
        if m is not None and kwargs:
            m.update(kwargs)
        return self.__class__(kwargs if m is None else m, *self.maps)

    @property
    def parents(self):
        """A chain without the first mapping."""
        return self.__class__(*self.maps[1:])

    def copy(self):
        """A chain with a copy of the first mapping; the others are shared."""
        first, *others = self.maps
        return self.__class__(first.copy(), *others)

    __copy__ = copy

    def __or__(self, other):
        if isinstance(other, Mapping):
            result = self.copy()
            result |= other
            return result
        return NotImplemented

    def __ror__(self, other):
        if isinstance(other, Mapping):
            return self.__class__(dict(other) | self._flattened())
        return NotImplemented

    # Changes.

    def _in_first(self, change, key, *args):
        try:
            return change(key, *args)
        except KeyError:
            raise KeyError(f"Key not found in the first mapping: {key!r}")

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __delitem__(self, key):
        self._in_first(self.maps[0].__delitem__, key)

    def pop(self, key, *args):
        """Takes a key out of the first mapping; its value, or the default."""
        return self._in_first(self.maps[0].pop, key, *args)

    def popitem(self):
        """Takes a pair of key and value out of the first mapping."""
        try:
            return self.maps[0].popitem()
        except KeyError:
            raise KeyError("No keys found in the first mapping.")

    def clear(self):
        """Empties the first mapping."""
        self.maps[0].clear()

    def __ior__(self, other):
        self.maps[0].update(other)
        return self


# Built-in types to derive from -------------------------------------------------------------------
#
# Each of the three classes keeps an object of the type it stands for in `data`, passes on to it what
# can be passed on, and wraps what comes back where that should be of the same class again.


def _inner(value, kind):
    """What an operand keeps, if it is of one of these classes itself."""
    return value.data if isinstance(value, kind) else value


def _passed_on(owner, names):
    """Methods that do what the method of `data` does."""

    def method_for(name):
        def method(self, *args, **kwargs):
            return getattr(self.data, name)(*args, **kwargs)

        return _renamed(method, owner, name)

    return map(method_for, names.split())


def _data_comparisons(owner):
    """Comparisons of `data` with that of another one, or with anything else."""

    def method_for(name):
        operation = getattr(operator, name)

        def compare(self, other):
            return operation(self.data, _inner(other, globals()[owner]))

        return _renamed(compare, owner, name)

    return map(method_for, ("__lt__", "__le__", "__eq__", "__gt__", "__ge__"))


def _repeated(self, n):
    return self.__class__(self.data * n)


def _copy_with_data(original):
    """A copy of an object with everything it has, and a copy of its data."""
    cls = type(original)
    double = cls.__new__(cls)
    double.__dict__ |= original.__dict__ | {"data": original.data.copy()}
    return double


class UserDict(MutableMapping):
    """A mapping that keeps a dict in `data`, for classes that change what a dict does."""

    def __init__(self, dict=None, /, **kwargs):
        self.data = {}
        if dict is not None or kwargs:
            self.update(() if dict is None else dict, **kwargs)

    def __getitem__(self, key):
        if key not in self.data:
            missing = getattr(type(self), "__missing__", None)
            if missing is None:
                raise KeyError(key)
            return missing(self, key)
        return self.data[key]

    def __contains__(self, key):
        return key in self.data

    def __delitem__(self, key):
        del self.data[key]

    def __iter__(self):
        return iter(self.data)

    def __setitem__(self, key, item):
        self.data[key] = item

    __len__, __repr__ = _passed_on("UserDict", "__len__ __repr__")

    def __or__(self, other):
        other = _inner(other, UserDict)
        return self.__class__(self.data | other) if isinstance(other, dict) else NotImplemented

    def __ror__(self, other):
        other = _inner(other, UserDict)
        return self.__class__(other | self.data) if isinstance(other, dict) else NotImplemented

    def __ior__(self, other):
        self.data |= _inner(other, UserDict)
        return self

    __copy__ = _copy_with_data

    def copy(self):
        """A mapping of the same class with the same keys and values."""
        if type(self) is UserDict:
            return UserDict(self.data)
        import copy

        # A derived class may keep more, and wants to hear of every key: it is copied without its
        # data, and then updated.
        data, self.data = self.data, {}
        try:
            double = copy.copy(self)
        finally:
            self.data = data
        double.update(self)
        return double

    @classmethod
    def fromkeys(cls, iterable, value=None):
        """A mapping with these keys and one value for all."""
        result = cls()
        result.update(zip(iterable, repeat(value)))
        return result


def _list_of(values):
    """The items of an operand, as a list or what is derived from it."""
    values = _inner(values, UserList)
    return values if isinstance(values, list) else list(values)


class UserList(MutableSequence):
    """A sequence that keeps a list in `data`, for classes that change what a list does."""

    def __init__(self, initlist=None):
        self.data = []
        if initlist is not None:
            self.data.extend(_inner(initlist, UserList))

    __lt__, __le__, __eq__, __gt__, __ge__ = _data_comparisons("UserList")

    (
        __repr__, __contains__, __len__, __setitem__, __delitem__, append, insert, pop, remove,
        clear, count, index, reverse, sort,
    ) = _passed_on(
        "UserList",
        "__repr__ __contains__ __len__ __setitem__ __delitem__ append insert pop remove clear "
        "count index reverse sort",
    )

    def __getitem__(self, i):
        found = self.data[i]
        return self.__class__(found) if isinstance(i, slice) else found

    def __add__(self, other):
        return self.__class__(self.data + _list_of(other))

    def __radd__(self, other):
        return self.__class__(_list_of(other) + self.data)

    def __iadd__(self, other):
        self.data += _list_of(other)
        return self

    __mul__ = __rmul__ = _repeated

    def __imul__(self, n):
        self.data *= n
        return self

    def extend(self, other):
        """Adds the items of an iterable at the end."""
        self.data.extend(_inner(other, UserList))

    def copy(self):
        """A sequence of the same class with the same items."""
        return self.__class__(self)

    __copy__ = _copy_with_data


def _text(value):
    """An operand as text, whatever it is."""
    return str(_inner(value, UserString))


def _text_conversions(*functions):
    """Special methods that are asked for by these functions."""

    def method_for(function):
        return _renamed(
            lambda self: function(self.data), "UserString", f"__{function.__name__}__"
        )

    return map(method_for, functions)


def _text_methods(names, plain_arguments=True):
    """Methods of `str` whose results are wrapped again."""

    def method_for(name):
        def method(self, *args, **kwargs):
            if not plain_arguments:
                args = [_inner(arg, UserString) for arg in args]
            return self.__class__(getattr(self.data, name)(*args, **kwargs))

        return _renamed(method, "UserString", name)

    return map(method_for, names.split())


def _text_searches(names):
    """Methods of `str` that look for a piece of text, which may be wrapped."""

    def method_for(name):
        def search(self, sub, start=0, end=sys.maxsize):
            return getattr(self.data, name)(_inner(sub, UserString), start, end)

        return _renamed(search, "UserString", name)

    return map(method_for, names.split())


class UserString(Sequence):
    """A sequence that keeps a string in `data`, for classes that change what a string does."""

    def __init__(self, seq):
        self.data = seq if isinstance(seq, str) else _text(seq)

    __lt__, __le__, __eq__, __gt__, __ge__ = _data_comparisons("UserString")

    __str__, __repr__, __hash__, __len__, __int__, __float__, __complex__ = _text_conversions(
        str, repr, hash, len, int, float, complex
    )

    def __getnewargs__(self):
        return (self.data,)

    def __contains__(self, char):
        return _inner(char, UserString) in self.data

    def __getitem__(self, index):
        return self.__class__(self.data[index])

    def __add__(self, other):
        return self.__class__(self.data + _text(other))

    def __radd__(self, other):
        return self.__class__(_text(other) + self.data)

    def __mod__(self, args):
        return self.__class__(self.data % args)

    def __rmod__(self, template):
        return self.__class__(str(template) % self)

    __mul__ = __rmul__ = _repeated

    count, find, index, rfind, rindex = _text_searches("count find index rfind rindex")

    (
        capitalize, casefold, center, expandtabs, ljust, lower, lstrip, rjust, rstrip, strip,
        swapcase, title, translate, upper, zfill,
    ) = _text_methods(
        "capitalize casefold center expandtabs ljust lower lstrip rjust rstrip strip swapcase "
        "title translate upper zfill"
    )

    removeprefix, removesuffix = _text_methods("removeprefix removesuffix", plain_arguments=False)

    (
        endswith, format, format_map, isalnum, isalpha, isascii, isdecimal, isdigit, isidentifier,
        islower, isnumeric, isprintable, isspace, istitle, isupper, join, partition, rpartition,
        rsplit, split, splitlines, startswith,
    ) = _passed_on(
        "UserString",
        "endswith format format_map isalnum isalpha isascii isdecimal isdigit isidentifier islower "
        "isnumeric isprintable isspace istitle isupper join partition rpartition rsplit split "
        "splitlines startswith",
    )

    def encode(self, encoding="utf-8", errors="strict"):
        """The bytes of the text; None stands for the usual encoding and way with errors."""
        return self.data.encode(encoding or "utf-8", errors or "strict")

    def replace(self, old, new, maxsplit=-1):
        """The text with `new` in place of `old`, at most so many times."""
        old, new = _inner(old, UserString), _inner(new, UserString)
        return self.__class__(self.data.replace(old, new, maxsplit))

    maketrans = str.maketrans
