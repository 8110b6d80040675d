"""How objects are taken apart for `copy` and `pickle`."""

__all__ = [
    "pickle", "constructor", "add_extension", "remove_extension", "clear_extension_cache",
]

# Functions that take objects of a type apart, by the type.
dispatch_table = {}


def constructor(object):
    """Complains about what cannot be called to put objects together."""
    if callable(object):
        return
    raise TypeError("constructors must be callable")


def pickle(ob_type, pickle_function, constructor_ob=None):
    """Lets a function take apart the objects of a type: it returns what is to be called to make
    such an object, and with which arguments."""
    if callable(pickle_function):
        dispatch_table[ob_type] = pickle_function
    else:
        raise TypeError("reduction functions must be callable")
    if constructor_ob is not None:
        constructor(constructor_ob)


def _reduce_union(union):
    from functools import reduce
    from operator import or_

    return reduce, (or_, union.__args__)


pickle(complex, lambda number: (complex, (number.real, number.imag)))
pickle(type(int | str), _reduce_union)

# What objects are put together with --------------------------------------------------------------
#
# Pickles name these functions.


def __newobj__(cls, *args):
    return cls.__new__(cls, *args)


def __newobj_ex__(cls, args, kwargs):
    return cls.__new__(cls, *args, **kwargs)


def _reconstructor(cls, base, state):
    """An object as `_reduce_ex` takes it apart: a value of a built-in type, if one of these is a
    base, that has become an object of a class."""
    if base is object:
        return base.__new__(cls)
    result = base.__new__(cls, state)
    if base.__init__ is not object.__init__:
        base.__init__(result, state)
    return result


# Types made by a class statement have this flag.
_HEAPTYPE = 1 << 9


def _builtin_base(cls):
    """The first built-in class among the ancestors of a class."""
    for base in cls.__mro__:
        new = base.__new__
        if not getattr(base, "__flags__", _HEAPTYPE) & _HEAPTYPE:
            return base
        if type(new) is type(len) and new.__self__ is base:
            return base
    return object


def _reduce_ex(self, proto):
    """Takes an object apart in the old way, for protocols 0 and 1."""
    assert proto < 2
    cls = self.__class__
    base = _builtin_base(cls)
    if base is cls and base is not object:
        raise TypeError(f"cannot pickle {cls.__name__!r} object")
    parts = cls, base, None if base is object else base(self)
    if getattr(self, "__slots__", None) and (
        getattr(type(self), "__getstate__", None) is object.__getstate__
    ):
        raise TypeError(
            "a class that defines __slots__ without defining __getstate__ cannot be pickled"
        )
    state = self.__getstate__()
    return (_reconstructor, parts, state) if state else (_reconstructor, parts)


def _slotnames(cls):
    """The names of the slots of a class and its ancestors, as the attributes are really called."""
    known = cls.__dict__.get("__slotnames__")
    if known is not None:
        return known
    found = []
    for ancestor in cls.__mro__:
        slots = ancestor.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name[:2] == "__" and name[-2:] != "__":
                # The name of the class is part of it, unless that is nothing but underscores.
                owner = ancestor.__name__.lstrip("_")
                found.append(f"_{owner}{name}" if owner else name)
            elif name != "__dict__" and name != "__weakref__":
                found.append(name)
    try:
        cls.__slotnames__ = found
    except Exception:
        # It is found again next time.
        pass
    return found


# Classes as numbers ------------------------------------------------------------------------------
#
# A pickle may have a small number in place of module and name of a class.

_extension_registry = {}
_inverted_registry = {}
_extension_cache = {}


def add_extension(module, name, code):
    """Gives a class a number; the two belong together until they are removed."""
    place, code = (module, name), int(code)
    if not 0 < code < 1 << 31:
        raise ValueError("code out of range")
    known, owner = _extension_registry.get(place, code), _inverted_registry.get(code, place)
    if known != code:
        raise ValueError(f"key {place} is already registered with code {known}")
    if owner != place:
        raise ValueError(f"code {code} is already in use for key {owner}")
    _extension_registry[place], _inverted_registry[code] = code, place


def remove_extension(module, name, code):
    """Takes the number away again."""
    place = module, name
    if _extension_registry.get(place) != code or _inverted_registry.get(code) != place:
        raise ValueError(f"key {place} is not registered with code {code}")
    for registry, key in (
        (_extension_registry, place), (_inverted_registry, code), (_extension_cache, code),
    ):
        registry.pop(key, None)


def clear_extension_cache():
    """Forgets which classes were found by their numbers."""
    _extension_cache.clear()
