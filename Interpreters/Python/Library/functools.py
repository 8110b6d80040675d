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
_nothing = object()

# Wrappers ----------------------------------------------------------------------------------------

WRAPPER_ASSIGNMENTS = "__module__", "__name__", "__qualname__", "__doc__", "__annotations__"
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Makes a function look like the one that it wraps; returns it."""
    for name in assigned:
        if (value := getattr(wrapped, name, _nothing)) is not _nothing:
            setattr(wrapper, name, value)
    for name in updated:
        getattr(wrapper, name).update(getattr(wrapped, name, ()))
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """`update_wrapper` as a decorator of the wrapper."""
    return partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


# Ordering ----------------------------------------------------------------------------------------

# What each comparison looks like. From one of them and equality the other three follow: one that
# looks the other way is the contrary, up to equality; equality itself is then let in or kept out.
_SIGNS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _follows(name, root):
    """A comparison made of another one, which is asked of the type as operators do."""
    sign, known = _SIGNS[name], _SIGNS[root]
    contrary = sign[0] != known[0]
    has_equal = ("=" in known) is not contrary
    reason = f"(not a {known} b)" if contrary else f"(a {known} b)"

    if has_equal is ("=" in sign):

        def method(self, other):
            answer = getattr(type(self), root)(self, other)
            return answer if answer is NotImplemented else not answer

    elif has_equal:
        reason += " and (a != b)"

        def method(self, other):
            answer = getattr(type(self), root)(self, other)
            if answer is NotImplemented:
                return answer
            return (not answer if contrary else answer) and self != other

    else:
        reason += " or (a == b)"

        def method(self, other):
            answer = getattr(type(self), root)(self, other)
            if answer is NotImplemented:
                return answer
            return (not answer if contrary else answer) or self == other

    method.__doc__ = f"Return a {sign} b.  Computed by @total_ordering from {reason}."
    method.__name__ = name
    return method


def total_ordering(cls):
    """Gives a class those of `<`, `<=`, `>` and `>=` that it does not define; it needs one."""
    defined = [
        name for name in _SIGNS if getattr(cls, name, None) is not getattr(object, name, None)
    ]
    if not defined:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    for name in _SIGNS:
        if name not in defined:
            setattr(cls, name, _follows(name, defined[0]))
    return cls


# Methods with fixed arguments --------------------------------------------------------------------


def _is_abstract(self):
    return getattr(self.func, "__isabstractmethod__", False)


def _require_method(func):
    if not (callable(func) or hasattr(func, "__get__")):
        raise TypeError(f"{func!r} is not callable or a descriptor")


class partialmethod:
    """A method that is another one with some arguments given. What it calls may be a function, or
    any descriptor."""

    def __init__(self, func, /, *args, **keywords):
        if isinstance(func, partialmethod):
            func, args, keywords = func.func, func.args + args, func.keywords | keywords
        else:
            _require_method(func)
        self.func, self.args, self.keywords = func, args, keywords

    def __repr__(self):
        cls = type(self)
        args = ", ".join([repr(arg) for arg in self.args])
        keywords = ", ".join([f"{name}={value!r}" for name, value in self.keywords.items()])
        return f"{cls.__module__}.{cls.__qualname__}({self.func}, {args}, {keywords})"

    def _function(self):
        """A function that puts the given arguments between `self` and those of a call."""

        def method(bound, /, *args, **keywords):
            return self.func(bound, *self.args, *args, **self.keywords | keywords)

        method.__isabstractmethod__ = self.__isabstractmethod__
        method._partialmethod = self
        return method

    def __get__(self, obj, cls=None):
        binding = getattr(self.func, "__get__", None)
        bound = self.func if binding is None else binding(obj, cls)
        if bound is self.func:
            return self._function().__get__(obj, cls)
        # It has been bound in its own way, as class methods are.
        method = partial(bound, *self.args, **self.keywords)
        if hasattr(bound, "__self__"):
            method.__self__ = bound.__self__
        return method

    __isabstractmethod__ = property(_is_abstract)
    __class_getitem__ = classmethod(GenericAlias)


# Caches ------------------------------------------------------------------------------------------

_CacheInfo = namedtuple("CacheInfo", "hits misses maxsize currsize")


def lru_cache(maxsize=128, typed=False):
    """A decorator: results are remembered by arguments. When there are too many, those that were
    not asked for the longest time are forgotten."""
    function = None
    if callable(maxsize) and isinstance(typed, bool):
        # There was nothing in parentheses.
        function, maxsize = maxsize, 128
    elif isinstance(maxsize, int):
        maxsize = max(maxsize, 0)
    elif maxsize is not None:
        raise TypeError("Expected first argument to be an integer, a callable, or None")

    def remembering(user_function):
        cached = _lru_cache_wrapper(user_function, maxsize, typed, _CacheInfo)
        cached.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
        return update_wrapper(cached, user_function)

    return remembering if function is None else remembering(function)


def cache(user_function, /):
    """A decorator: results are remembered by arguments, all of them."""
    return lru_cache(maxsize=None)(user_function)


class cached_property:
    """A method without arguments that is called once for an object: its result becomes an attribute
    of the object, found without this property from then on."""

    def __init__(self, func):
        self.func = func
        self.__doc__ = func.__doc__
        self.attrname = None
        self.lock = RLock()

    def __set_name__(self, owner, name):
        if self.attrname not in (None, name):
            raise TypeError(
                "Cannot assign the same cached_property to two different names "
                f"({self.attrname!r} and {name!r})."
            )
        self.attrname = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        name = self.attrname
        if name is None:
            raise TypeError(
                "Cannot use cached_property instance without calling __set_name__ on it."
            )
        kind = type(instance).__name__
        try:
            attributes = instance.__dict__
        except AttributeError:
            raise TypeError(
                f"No '__dict__' attribute on {kind!r} instance to cache {name!r} property."
            ) from None
        with self.lock:
            # Another thread may have been here while this one waited.
            if (value := attributes.get(name, _nothing)) is not _nothing:
                return value
            value = self.func(instance)
            try:
                attributes[name] = value
            except TypeError:
                raise TypeError(
                    f"The '__dict__' attribute on {kind!r} instance does not support item "
                    f"assignment for caching {name!r} property."
                ) from None
            return value

    __class_getitem__ = classmethod(GenericAlias)


# Functions that choose by type -------------------------------------------------------------------
#
# A function may be registered for an abstract class from which the class of an argument is not
# derived, but to which it belongs. To find the nearest registered class, such abstract classes are
# put into the resolution order of the class: at the class that belongs to them while none of its
# bases does, behind those bases that are abstract themselves.


def _merged(orders):
    """One order that agrees with several: the first class that stands behind no other is next."""
    orders = [list(reversed(order)) for order in orders if order]
    behind = {}
    for order in orders:
        for cls in order[:-1]:
            behind[cls] = behind.get(cls, 0) + 1
    result = []
    while orders:
        free = [order[-1] for order in orders if not behind.get(order[-1])]
        if not free:
            raise RuntimeError("Inconsistent hierarchy")
        result.append(free[0])
        for order in orders:
            if order[-1] is free[0]:
                order.pop()
                if order:
                    behind[order[-1]] -= 1
        orders = [order for order in orders if order]
    return result


def _order_with(cls, abstract):
    """The resolution order of a class that belongs to some abstract classes."""
    bases = list(cls.__bases__)
    border = len(bases)
    while border and not hasattr(bases[border - 1], "__abstractmethods__"):
        border -= 1
    own, inherited = [], []
    for candidate in abstract:
        by_base = not issubclass(cls, candidate) or any(issubclass(b, candidate) for b in bases)
        (inherited if by_base else own).append(candidate)
    groups = bases[:border], own, bases[border:]
    orders = [_order_with(parent, inherited) for group in groups for parent in group]
    return _merged([[cls], *orders, *groups])


def _compose_mro(cls, types):
    """The resolution order of a class with those of some types in it to which it belongs."""
    derived_from = set(cls.__mro__)

    def is_news(other):
        return other not in derived_from and issubclass(cls, other)

    virtual = [
        other
        for other in types
        if isinstance(other, type) and not isinstance(other, GenericAlias) and is_news(other)
    ]
    # Bases of others come with these.
    nearest = [t for t in virtual if not any(t in o.__mro__ and t is not o for o in virtual)]
    order = {}
    for abstract in nearest:
        # Abstract classes derived from it, to which the class belongs, say which one is nearer.
        chains = [
            [base for base in heir.__mro__ if base in nearest]
            for heir in filter(is_news, abstract.__subclasses__())
        ]
        chains.sort(key=len, reverse=True)
        for chain in chains or [[abstract]]:
            order.update(dict.fromkeys(chain))
    return _order_with(cls, list(order))


def _is_class(cls):
    return isinstance(cls, type) and not isinstance(cls, GenericAlias)


def _union_members(annotation):
    """The types in a union; None if it is something else."""
    if not isinstance(annotation, UnionType):
        # There is no typing.Union before somebody has imported the module.
        typing = sys.modules.get("typing")
        if typing is None or typing.get_origin(annotation) is not typing.Union:
            return None
    return annotation.__args__


def _is_dispatchable(annotation):
    members = _union_members(annotation)
    return _is_class(annotation) if members is None else all(map(_is_class, members))


class _Dispatcher:
    """Functions by the types they are for, and those chosen so far."""

    def __init__(self, function):
        self.functions = {object: function}
        self._chosen = {}
        # Once a function is for an abstract class, registrations at such classes change choices.
        self._token = None

    def dispatch(self, cls):
        """The function for a class: its own one, or that of the nearest class above it."""
        if self._token is not None and self._token != (current := get_cache_token()):
            self._chosen.clear()
            self._token = current
        function = self._chosen.get(cls)
        if function is None:
            function = self.functions[cls] if cls in self.functions else self._nearest(cls)
            self._chosen[cls] = function
        return function

    def _nearest(self, cls):
        order = _compose_mro(cls, self.functions)
        for place, found in enumerate(order):
            if found in self.functions:
                break
        rival = order[place + 1] if place + 1 < len(order) else object
        # Two abstract classes that have nothing to do with each other: neither is nearer.
        if rival in self.functions and not {found, rival} & set(cls.__mro__):
            if not issubclass(found, rival):
                raise RuntimeError(f"Ambiguous dispatch: {found} or {rival}")
        return self.functions[found]

    def register(self, cls, func=None):
        """Adds a function for a class, or for each class in a union. It is a decorator if there is
        no function; if there is no class either, the annotation of the first parameter says it."""
        if func is None:
            if _is_dispatchable(cls):
                return lambda function: self.register(cls, function)
            func, cls = cls, self._annotated_class(cls)
        elif not _is_dispatchable(cls):
            raise TypeError(
                f"Invalid first argument to `register()`. {cls!r} is not a class or union type."
            )
        for member in _union_members(cls) or (cls,):
            self.functions[member] = func
            if self._token is None and hasattr(member, "__abstractmethods__"):
                self._token = get_cache_token()
        self._chosen.clear()
        return func

    @staticmethod
    def _annotated_class(func):
        if not getattr(func, "__annotations__", None):
            raise TypeError(
                f"Invalid first argument to `register()`: {func!r}. Use either "
                "`@register(some_class)` or plain `@register` on an annotated function."
            )
        from typing import get_type_hints

        parameter, annotation = next(iter(get_type_hints(func).items()))
        if not _is_dispatchable(annotation):
            fault = "is not a class" if _union_members(annotation) is None else (
                "not all arguments are classes")
            raise TypeError(f"Invalid annotation for {parameter!r}. {annotation!r} {fault}.")
        return annotation


def singledispatch(func):
    """A function with several implementations: the type of the first argument chooses one. Those
    for other types than `object` are added by `register`."""
    name = getattr(func, "__name__", "singledispatch function")
    dispatcher = _Dispatcher(func)
    dispatch = dispatcher.dispatch

    def chosen(*args, **kw):
        if args:
            return dispatch(args[0].__class__)(*args, **kw)
        raise TypeError(f"{name} requires at least 1 positional argument")

    chosen.dispatch = dispatch
    chosen.register = dispatcher.register
    chosen.registry = type(type.__dict__)(dispatcher.functions)
    chosen._clear_cache = dispatcher._chosen.clear
    return update_wrapper(chosen, func)


class singledispatchmethod:
    """The same for methods: the type of the first argument after `self` chooses."""

    def __init__(self, func):
        _require_method(func)
        self.func = func
        self.dispatcher = singledispatch(func)

    def register(self, cls, method=None):
        """Adds a method for a class; a decorator if there is none."""
        return self.dispatcher.register(cls, method)

    def __get__(self, obj, cls=None):
        dispatch = self.dispatcher.dispatch

        def method(*args, **kwargs):
            return dispatch(args[0].__class__).__get__(obj, cls)(*args, **kwargs)

        method.register = self.register
        method.__isabstractmethod__ = self.__isabstractmethod__
        return update_wrapper(method, self.func)

    __isabstractmethod__ = property(_is_abstract)
