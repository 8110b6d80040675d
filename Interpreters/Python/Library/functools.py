"""Functions that work on functions."""

__all__ = [
    "WRAPPER_ASSIGNMENTS", "WRAPPER_UPDATES", "cache", "cached_property", "cmp_to_key",
    "lru_cache", "partial", "partialmethod", "reduce", "singledispatch", "singledispatchmethod",
    "total_ordering", "update_wrapper", "wraps",
]

import sys
from _functools import _lru_cache_wrapper, cmp_to_key, partial, reduce
from abc import get_cache_token
from collections import namedtuple
from _thread import RLock

GenericAlias = type(list[int])
UnionType = type(int | str)

WRAPPER_ASSIGNMENTS = (
    "__module__", "__name__", "__qualname__", "__doc__", "__annotations__",
)
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(
    wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES
):
    """Makes a wrapper look like the function it wraps; returns it."""
    for attribute in assigned:
        try:
            value = getattr(wrapped, attribute)
        except AttributeError:
            pass
        else:
            setattr(wrapper, attribute, value)
    for attribute in updated:
        getattr(wrapper, attribute).update(getattr(wrapped, attribute, {}))
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """A decorator for wrappers of `wrapped`: see `update_wrapper`."""
    return partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


# Ordering ------------------------------------------------------------------------------------
#
# Each of the four comparisons follows from any other one and from equality. The method that exists
# is asked on the type, as the operator does.


def _gt_from_lt(self, other):
    "Return a > b.  Computed by @total_ordering from (not a < b) and (a != b)."
    result = type(self).__lt__(self, other)
    return result if result is NotImplemented else not result and self != other


def _le_from_lt(self, other):
    "Return a <= b.  Computed by @total_ordering from (a < b) or (a == b)."
    result = type(self).__lt__(self, other)
    return result if result is NotImplemented else result or self == other


def _ge_from_lt(self, other):
    "Return a >= b.  Computed by @total_ordering from (not a < b)."
    result = type(self).__lt__(self, other)
    return result if result is NotImplemented else not result


def _ge_from_le(self, other):
    "Return a >= b.  Computed by @total_ordering from (not a <= b) or (a == b)."
    result = type(self).__le__(self, other)
    return result if result is NotImplemented else not result or self == other


def _lt_from_le(self, other):
    "Return a < b.  Computed by @total_ordering from (a <= b) and (a != b)."
    result = type(self).__le__(self, other)
    return result if result is NotImplemented else result and self != other


def _gt_from_le(self, other):
    "Return a > b.  Computed by @total_ordering from (not a <= b)."
    result = type(self).__le__(self, other)
    return result if result is NotImplemented else not result


def _lt_from_gt(self, other):
    "Return a < b.  Computed by @total_ordering from (not a > b) and (a != b)."
    result = type(self).__gt__(self, other)
    return result if result is NotImplemented else not result and self != other


def _ge_from_gt(self, other):
    "Return a >= b.  Computed by @total_ordering from (a > b) or (a == b)."
    result = type(self).__gt__(self, other)
    return result if result is NotImplemented else result or self == other


def _le_from_gt(self, other):
    "Return a <= b.  Computed by @total_ordering from (not a > b)."
    result = type(self).__gt__(self, other)
    return result if result is NotImplemented else not result


def _le_from_ge(self, other):
    "Return a <= b.  Computed by @total_ordering from (not a >= b) or (a == b)."
    result = type(self).__ge__(self, other)
    return result if result is NotImplemented else not result or self == other


def _gt_from_ge(self, other):
    "Return a > b.  Computed by @total_ordering from (a >= b) and (a != b)."
    result = type(self).__ge__(self, other)
    return result if result is NotImplemented else result and self != other


def _lt_from_ge(self, other):
    "Return a < b.  Computed by @total_ordering from (not a >= b)."
    result = type(self).__ge__(self, other)
    return result if result is NotImplemented else not result


_derived = {
    "__lt__": {"__gt__": _gt_from_lt, "__le__": _le_from_lt, "__ge__": _ge_from_lt},
    "__le__": {"__ge__": _ge_from_le, "__lt__": _lt_from_le, "__gt__": _gt_from_le},
    "__gt__": {"__lt__": _lt_from_gt, "__ge__": _ge_from_gt, "__le__": _le_from_gt},
    "__ge__": {"__le__": _le_from_ge, "__gt__": _gt_from_ge, "__lt__": _lt_from_ge},
}


def total_ordering(cls):
    """Gives a class with one ordering method the other three."""
    defined = {
        name
        for name in _derived
        if getattr(cls, name, None) is not getattr(object, name, None)
    }
    if not defined:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    for root in ("__lt__", "__le__", "__gt__", "__ge__"):
        if root in defined:
            break
    for name, function in _derived[root].items():
        if name not in defined:
            function.__name__ = name
            setattr(cls, name, function)
    return cls


# Methods with fixed arguments ----------------------------------------------------------------


class partialmethod:
    """`partial` for methods: a descriptor."""

    def __init__(self, func, /, *args, **keywords):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        if isinstance(func, partialmethod):
            self.func = func.func
            self.args = func.args + args
            self.keywords = {**func.keywords, **keywords}
        else:
            self.func = func
            self.args = args
            self.keywords = keywords

    def __repr__(self):
        arguments = [repr(self.func), *map(repr, self.args)]
        arguments += [f"{name}={value!r}" for name, value in self.keywords.items()]
        cls = self.__class__
        return f"{cls.__module__}.{cls.__qualname__}({', '.join(arguments)})"

    def _make_unbound_method(self):
        def _method(cls_or_self, /, *args, **keywords):
            keywords = {**self.keywords, **keywords}
            return self.func(cls_or_self, *self.args, *args, **keywords)

        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method._partialmethod = self
        return _method

    def __get__(self, obj, cls=None):
        get = getattr(self.func, "__get__", None)
        result = None
        if get is not None:
            bound = get(obj, cls)
            if bound is not self.func:
                # Something that binds in its own way, like a class method.
                result = partial(bound, *self.args, **self.keywords)
                try:
                    result.__self__ = bound.__self__
                except AttributeError:
                    pass
        if result is None:
            result = self._make_unbound_method().__get__(obj, cls)
        return result

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)

    __class_getitem__ = classmethod(GenericAlias)


def _unwrap_partial(func):
    while isinstance(func, partial):
        func = func.func
    return func


# Caches --------------------------------------------------------------------------------------

_CacheInfo = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"])


def lru_cache(maxsize=128, typed=False):
    """A decorator: results are remembered, those used least recently are forgotten first."""
    if isinstance(maxsize, int):
        if maxsize < 0:
            maxsize = 0
    elif callable(maxsize) and isinstance(typed, bool):
        # Used without parentheses.
        return _cached(maxsize, 128, typed)
    elif maxsize is not None:
        raise TypeError("Expected first argument to be an integer, a callable, or None")

    def decorating_function(user_function):
        return _cached(user_function, maxsize, typed)

    return decorating_function


def _cached(user_function, maxsize, typed):
    wrapper = _lru_cache_wrapper(user_function, maxsize, typed, _CacheInfo)
    wrapper.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
    return update_wrapper(wrapper, user_function)


def cache(user_function, /):
    """A decorator: all results are remembered."""
    return lru_cache(maxsize=None)(user_function)


_missing = object()


class cached_property:
    """A method whose result, computed once, becomes an attribute of the object."""

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__
        self.lock = RLock()

    def __set_name__(self, owner, name):
        if self.attrname is None:
            self.attrname = name
        elif name != self.attrname:
            raise TypeError(
                "Cannot assign the same cached_property to two different names "
                f"({self.attrname!r} and {name!r})."
            )

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.attrname is None:
            raise TypeError(
                "Cannot use cached_property instance without calling __set_name__ on it."
            )
        try:
            values = instance.__dict__
        except AttributeError:
            raise TypeError(
                f"No '__dict__' attribute on {type(instance).__name__!r} "
                f"instance to cache {self.attrname!r} property."
            ) from None
        value = values.get(self.attrname, _missing)
        if value is _missing:
            with self.lock:
                # Another thread may have been faster.
                value = values.get(self.attrname, _missing)
                if value is _missing:
                    value = self.func(instance)
                    try:
                        values[self.attrname] = value
                    except TypeError:
                        raise TypeError(
                            f"The '__dict__' attribute on {type(instance).__name__!r} instance "
                            "does not support item assignment for caching "
                            f"{self.attrname!r} property."
                        ) from None
        return value

    __class_getitem__ = classmethod(GenericAlias)


# Functions that choose by type ---------------------------------------------------------------


def _merged(orders):
    """The classes of several resolution orders in one order that agrees with each."""
    result = []
    while True:
        orders = [order for order in orders if order]
        if not orders:
            return result
        for order in orders:
            candidate = order[0]
            if not any(candidate in other[1:] for other in orders):
                break
        else:
            raise RuntimeError("Inconsistent hierarchy")
        result.append(candidate)
        for order in orders:
            if order[0] == candidate:
                del order[0]


def _order_with_abstract(cls, abstract):
    """The resolution order of a class with abstract classes put where they belong."""
    for i, base in enumerate(reversed(cls.__bases__)):
        if hasattr(base, "__abstractmethods__"):
            boundary = len(cls.__bases__) - i
            break
    else:
        boundary = 0
    explicit = list(cls.__bases__[:boundary])
    others = list(cls.__bases__[boundary:])
    own = []
    for base in list(abstract):
        if issubclass(cls, base) and not any(issubclass(b, base) for b in cls.__bases__):
            # The class itself brought this ability in.
            own.append(base)
    for base in own:
        abstract.remove(base)
    orders = [_order_with_abstract(base, list(abstract)) for base in explicit]
    orders += [_order_with_abstract(base, list(abstract)) for base in own]
    orders += [_order_with_abstract(base, list(abstract)) for base in others]
    return _merged([[cls]] + orders + [explicit, own, others])


def _compose_mro(cls, types):
    """The resolution order of a class among registered types, abstract ones included."""
    bases = set(cls.__mro__)

    def is_related(typ):
        return (
            typ not in bases
            and hasattr(typ, "__mro__")
            and not isinstance(typ, GenericAlias)
            and issubclass(cls, typ)
        )

    types = [t for t in types if is_related(t)]
    types = [t for t in types if not any(t != o and t in o.__mro__ for o in types)]
    known = set(types)
    order = []
    for typ in types:
        found = []
        for sub in typ.__subclasses__():
            if sub not in bases and issubclass(cls, sub):
                found.append([s for s in sub.__mro__ if s in known])
        if not found:
            order.append(typ)
            continue
        found.sort(key=len, reverse=True)
        for sub in found:
            for subclass in sub:
                if subclass not in order:
                    order.append(subclass)
    return _order_with_abstract(cls, order)


def _find_implementation(cls, registry):
    """The function registered for the class or for the nearest of its ancestors."""
    match = None
    for typ in _compose_mro(cls, registry.keys()):
        if match is not None:
            # Two unrelated abstract classes: which one is meant cannot be said.
            if (
                typ in registry
                and typ not in cls.__mro__
                and match not in cls.__mro__
                and not issubclass(match, typ)
            ):
                raise RuntimeError(f"Ambiguous dispatch: {match} or {typ}")
            break
        if typ in registry:
            match = typ
    return registry.get(match)


def _is_union(cls):
    # There is no typing.Union before somebody has imported the module.
    typing = sys.modules.get("typing")
    return isinstance(cls, UnionType) or (
        typing is not None and typing.get_origin(cls) is typing.Union
    )


def singledispatch(func):
    """A function with several implementations; the type of the first argument chooses."""
    registry = {}
    found = {}
    token = None

    def dispatch(cls):
        """The implementation for a class."""
        nonlocal token
        if token is not None:
            current = get_cache_token()
            if token != current:
                found.clear()
                token = current
        try:
            return found[cls]
        except KeyError:
            pass
        try:
            implementation = registry[cls]
        except KeyError:
            implementation = _find_implementation(cls, registry)
        found[cls] = implementation
        return implementation

    def is_valid(cls):
        if isinstance(cls, type) and not isinstance(cls, GenericAlias):
            return True
        return _is_union(cls) and all(
            isinstance(arg, type) and not isinstance(arg, GenericAlias) for arg in cls.__args__
        )

    def register(cls, func=None):
        """Registers an implementation for a class; also a decorator."""
        nonlocal token
        if is_valid(cls):
            if func is None:
                return lambda f: register(cls, f)
        else:
            if func is not None:
                raise TypeError(
                    "Invalid first argument to `register()`. "
                    f"{cls!r} is not a class or union type."
                )
            annotations = getattr(cls, "__annotations__", {})
            if not annotations:
                raise TypeError(
                    f"Invalid first argument to `register()`: {cls!r}. "
                    "Use either `@register(some_class)` or plain `@register` "
                    "on an annotated function."
                )
            func = cls
            from typing import get_type_hints

            argument, cls = next(iter(get_type_hints(func).items()))
            if not is_valid(cls):
                if _is_union(cls):
                    raise TypeError(
                        f"Invalid annotation for {argument!r}. "
                        f"{cls!r} not all arguments are classes."
                    )
                raise TypeError(
                    f"Invalid annotation for {argument!r}. {cls!r} is not a class."
                )
        if _is_union(cls):
            for arg in cls.__args__:
                registry[arg] = func
        else:
            registry[cls] = func
            if token is None and hasattr(cls, "__abstractmethods__"):
                token = get_cache_token()
        found.clear()
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f"{name} requires at least 1 positional argument")
        return dispatch(args[0].__class__)(*args, **kw)

    name = getattr(func, "__name__", "singledispatch function")
    registry[object] = func
    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = type(type.__dict__)(registry)
    wrapper._clear_cache = found.clear
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    """`singledispatch` for methods: the type of the first argument after `self` chooses."""

    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        """Registers an implementation for a class; also a decorator."""
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        def _method(*args, **kwargs):
            method = self.dispatcher.dispatch(args[0].__class__)
            return method.__get__(obj, cls)(*args, **kwargs)

        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method.register = self.register
        update_wrapper(_method, self.func)
        return _method

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)
