"""References that do not keep their objects alive, and containers made of them."""

import sys
from _weakref import ReferenceType, _can_refer, ref
from _weakrefset import WeakSet
from collections.abc import MutableMapping

__all__ = [
    "ref", "proxy", "WeakKeyDictionary", "ReferenceType", "ProxyType", "CallableProxyType",
    "ProxyTypes", "WeakValueDictionary", "WeakSet", "WeakMethod", "finalize",
]


def _report_unraisable(error, where):
    try:
        import traceback

        print(f"Exception ignored in: {where!r}", file=sys.stderr)
        traceback.print_exception(error)
    except Exception:
        pass


# Proxies -------------------------------------------------------------------------------------


class ProxyType:
    """An object that passes everything on to another one without keeping it alive."""

    __slots__ = ("__reference",)
    __hash__ = None

    def __init__(self, object, callback=None):
        if callback is not None:
            user_callback = callback
            callback = lambda reference: user_callback(self)
        super(ProxyType, self).__setattr__("_ProxyType__reference", ref(object, callback))

    def __getattribute__(self, name):
        if name == "__class__":
            return _target(self).__class__
        return getattr(_target(self), name)

    def __setattr__(self, name, value):
        setattr(_target(self), name, value)

    def __delattr__(self, name):
        delattr(_target(self), name)

    def __repr__(self):
        target = _target(self)
        return f"<weakproxy at {id(self):#x} to {type(target).__name__} at {id(target):#x}>"


class CallableProxyType(ProxyType):
    """A proxy of something that can be called."""

    __slots__ = ()

    def __call__(self, *args, **kwargs):
        return _target(self)(*args, **kwargs)


ProxyTypes = (ProxyType, CallableProxyType)
_get_reference = ProxyType.__dict__["_ProxyType__reference"].__get__


def _target(proxy):
    target = _get_reference(proxy)()
    if target is None:
        raise ReferenceError("weakly-referenced object no longer exists")
    return target


def _plain(value):
    return _target(value) if type(value) in ProxyTypes else value


def _add_operators():
    """Special methods are looked up on the type: a proxy has them all."""
    import operator

    def forward(name, function):
        def method(self, *args):
            return function(_target(self), *map(_plain, args))

        method.__name__ = name
        method.__qualname__ = f"ProxyType.{name}"
        setattr(ProxyType, name, method)

    for name in ("str", "bytes", "bool", "len", "iter", "int", "float", "complex", "round",
                 "reversed", "divmod", "next", "abs", "dir"):
        function = next if name == "next" else (
            __builtins__[name] if isinstance(__builtins__, dict) else getattr(__builtins__, name)
        )
        forward(f"__{name}__", function)
    for name in ("lt", "le", "eq", "ne", "gt", "ge", "add", "sub", "mul", "matmul", "truediv",
                 "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor", "neg", "pos",
                 "invert", "contains", "getitem", "setitem", "delitem", "index", "iadd", "isub",
                 "imul", "imatmul", "itruediv", "ifloordiv", "imod", "ipow", "ilshift",
                 "irshift", "iand", "ior", "ixor"):
        forward(f"__{name}__", getattr(operator, f"__{name}__"))
    for name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift",
                 "rshift", "and", "or", "xor"):
        function = getattr(operator, f"__{name}__")
        forward(f"__r{name}__", lambda a, b, function=function: function(b, a))
    for name in ("enter", "exit", "await", "aiter", "anext"):
        special = f"__{name}__"
        forward(
            special,
            lambda target, *args, special=special: getattr(type(target), special)(target, *args),
        )


_add_operators()


def proxy(object, callback=None, /):
    """A proxy of an object; `callback` is called with the proxy when the object is gone."""
    if not _can_refer(object):
        raise TypeError(f"cannot create weak reference to '{type(object).__name__}' object")
    return (CallableProxyType if callable(object) else ProxyType)(object, callback)


# References ----------------------------------------------------------------------------------


class WeakMethod(ref):
    """A weak reference to a bound method: it lives as long as its object and its function do."""

    def __new__(cls, meth, callback=None):
        if not (hasattr(meth, "__self__") and hasattr(meth, "__func__")):
            raise TypeError(f"argument should be a bound method, not {type(meth)}")
        self_reference = None

        def end(_):
            self = self_reference()
            if self is not None and self._alive:
                # There are two things that can die, but one end.
                self._alive = False
                if callback is not None:
                    callback(self)

        self = super().__new__(cls, meth.__self__, end)
        self_reference = ref(self)
        self._alive = True
        self._parts = type(meth), ref(meth.__func__, end)
        return self

    def __call__(self):
        kind, function_reference = self._parts
        function, owner = function_reference(), super().__call__()
        if function is not None and owner is not None:
            return kind(function, owner)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if not (self._alive and other._alive):
            return self is other
        return self._parts[1] == other._parts[1] and super().__eq__(other)

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = ref.__hash__


class KeyedRef(ref):
    """A reference to a value, which knows the key of the value."""

    __slots__ = ("key",)

    def __new__(cls, ob, callback, key):
        self = super().__new__(cls, ob, callback)
        self.key = key
        return self

    def __init__(self, ob, callback, key):
        super().__init__(ob, callback)


# Mappings ------------------------------------------------------------------------------------


class _WeakMapping(MutableMapping):
    """A mapping around a dict, `data`, where keys or values are references. Entries whose object is
    gone are not seen, and go when something is added."""

    def _living(self, key, value):
        """The key and the value of an entry of `data`; None if one of them is gone."""
        raise NotImplementedError

    def _tidy(self):
        for key, value in [*self.data.items()]:
            if self._living(key, value) is None:
                self.data.pop(key, None)

    def items(self):
        """Pairs of key and value."""
        for entry in [*self.data.items()]:
            if (pair := self._living(*entry)) is not None:
                yield pair

    def keys(self):
        """The keys."""
        for key, _ in self.items():
            yield key

    def values(self):
        """The values."""
        for _, value in self.items():
            yield value

    __iter__ = keys

    def __len__(self):
        return sum(1 for _ in self.items())

    def __repr__(self):
        return f"<{type(self).__name__} at {id(self):#x}>"

    def popitem(self):
        """Takes out some pair of key and value."""
        while (pair := self._living(*self.data.popitem())) is None:
            pass
        return pair

    def clear(self):
        """Removes all keys."""
        self.data.clear()

    def update(self, other=None, /, **kwargs):
        """Takes over what is in a mapping or an iterable of pairs, and what is given by name."""
        super().update(() if other is None else other, **kwargs)

    def copy(self):
        """A mapping with the same keys and values."""
        result = self._plain()
        result.update(self)
        return result

    __copy__ = copy

    def _merged(self, *mappings):
        result = self.__class__()
        for mapping in mappings:
            result.update(mapping)
        return result

    def __ior__(self, other):
        self.update(other)
        return self

    def __or__(self, other):
        if hasattr(other, "items"):
            result = self.copy()
            result |= other
            return result
        return NotImplemented

    def __ror__(self, other):
        return self._merged(other, self) if hasattr(other, "items") else NotImplemented

    def __deepcopy__(self, memo):
        # What is referred to is not copied: nobody else would keep the copy alive.
        from copy import deepcopy

        result = self.__class__()
        for key, value in self.items():
            result.__setitem__(*self._deep_pair(key, value, lambda part: deepcopy(part, memo)))
        return result


class WeakValueDictionary(_WeakMapping):
    """A mapping that does not keep its values alive: a key goes with its value."""

    def __init__(self, other=(), /, **kw):
        self.data = {}
        self.update(other, **kw)

    def _living(self, key, reference):
        value = reference()
        return None if value is None else (key, value)

    def _deep_pair(self, key, value, copied):
        return copied(key), value

    def get(self, key, default=None):
        """The value of a key that is there, or the default."""
        reference = self.data.get(key)
        value = None if reference is None else reference()
        return default if value is None else value

    def __contains__(self, key):
        return self.get(key) is not None

    def __getitem__(self, key):
        if (value := self.data[key]()) is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        self._tidy()
        self.data[key] = KeyedRef(value, None, key)

    def __delitem__(self, key):
        del self.data[key]

    def pop(self, key, *args):
        """Takes out a key; its value, or the default."""
        value = self.get(key)
        self.data.pop(key, None)
        if value is None:
            if not args:
                raise KeyError(key)
            value = args[0]
        return value

    def setdefault(self, key, default=None):
        """The value of a key; a key that is not there gets the default."""
        if (value := self.get(key)) is None:
            value = self[key] = default
        return value

    def valuerefs(self):
        """The references to the values, in a list; they may die at any time."""
        return [*self.data.values()]

    def itervaluerefs(self):
        """The same, one after the other."""
        return iter(self.valuerefs())


class WeakKeyDictionary(_WeakMapping):
    """A mapping that does not keep its keys alive."""

    def __init__(self, dict=None):
        self.data = {}
        self.update(dict)

    def _living(self, reference, value):
        key = reference()
        return None if key is None else (key, value)

    def _deep_pair(self, key, value, copied):
        return key, copied(value)

    def get(self, key, default=None):
        """The value of a key that is there, or the default."""
        return self.data.get(ref(key), default)

    def __contains__(self, key):
        try:
            return ref(key) in self.data
        except TypeError:
            return False

    def __getitem__(self, key):
        return self.data[ref(key)]

    def __delitem__(self, key):
        del self.data[ref(key)]

    def __setitem__(self, key, value):
        self._tidy()
        self.data[ref(key)] = value

    def pop(self, key, *args):
        """Takes out a key; its value, or the default."""
        return self.data.pop(ref(key), *args)

    def setdefault(self, key, default=None):
        """The value of a key; a key that is not there gets the default."""
        return self.data.setdefault(ref(key), default)

    def keyrefs(self):
        """The references to the keys, in a list; they may die at any time."""
        return [*self.data]


# Copies of derived classes are not of these classes.
WeakValueDictionary._plain = WeakValueDictionary
WeakKeyDictionary._plain = WeakKeyDictionary


# Finalizers ----------------------------------------------------------------------------------


class _Call:
    """What a finalizer calls, and the reference to the object that it waits for."""

    __slots__ = ("reference", "function", "args", "kwargs", "is_for_exit")


class finalize:
    """A call to be made when an object is gone, or when the program ends, if it lives until then."""

    __slots__ = ()

    # Calls to be made, the oldest first, by the finalizers. This is all that keeps these alive.
    _calls = {}
    _waits_for_exit = False

    def __init__(self, obj, func, /, *args, **kwargs):
        if not finalize._waits_for_exit:
            from atexit import register

            register(finalize._at_exit)
            finalize._waits_for_exit = True
        call = _Call()
        call.function, call.args, call.kwargs = func, args, kwargs
        call.is_for_exit = True
        call.reference = ref(obj, self)
        finalize._calls[self] = call

    def __repr__(self):
        fate = "dead"
        if (parts := self.peek()) is not None:
            fate = f"for {type(parts[0]).__name__!r} at {id(parts[0]):#x}"
        return f"<{type(self).__name__} object at {id(self):#x}; {fate}>"

    def __call__(self, _=None):
        """Makes the call and returns its result; None if it was made or given up before."""
        call = self._calls.pop(self, None)
        return None if call is None else call.function(*call.args, **call.kwargs)

    def peek(self):
        """Object, function, arguments and keywords; None if the call was made or given up."""
        call = self._calls.get(self)
        obj = None if call is None else call.reference()
        return None if obj is None else (obj, call.function, call.args, call.kwargs)

    def detach(self):
        """Gives the call up; what `peek` gives."""
        parts = self.peek()
        return parts if parts is not None and self._calls.pop(self, None) else None

    @property
    def alive(self):
        """Is the call still to be made?"""
        return self in self._calls

    @property
    def atexit(self):
        """Is the call to be made when the program ends?"""
        return self.alive and self._calls[self].is_for_exit

    @atexit.setter
    def atexit(self, value):
        if (call := self._calls.get(self)) is not None:
            call.is_for_exit = bool(value)

    @staticmethod
    def _at_exit():
        """Makes the calls that are left, the youngest first; they may leave new ones."""
        while waiting := [self for self, call in finalize._calls.items() if call.is_for_exit]:
            try:
                waiting[-1]()
            except Exception as error:
                sys.excepthook(type(error), error, error.__traceback__)
