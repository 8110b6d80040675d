"""References that do not keep their objects alive, and containers made of them."""

import itertools
import sys
from _weakref import ReferenceType, _can_refer, _run_callbacks, ref
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
    """A weak reference to a bound method: alive as long as its object is."""

    def __new__(cls, meth, callback=None):
        try:
            obj = meth.__self__
            func = meth.__func__
        except AttributeError:
            raise TypeError(
                f"argument should be a bound method, not {type(meth)}"
            ) from None

        def died(reference):
            self = self_reference()
            if self is not None and self._alive:
                self._alive = False
                if callback is not None:
                    callback(self)

        self = ref.__new__(cls, obj, died)
        self._function_reference = ref(func, died)
        self._method_type = type(meth)
        self._alive = True
        self_reference = ref(self)
        return self

    def __call__(self):
        obj = super().__call__()
        func = self._function_reference()
        if obj is None or func is None:
            return None
        return self._method_type(func, obj)

    def __eq__(self, other):
        if isinstance(other, WeakMethod):
            if not self._alive or not other._alive:
                return self is other
            return ref.__eq__(self, other) and (
                self._function_reference == other._function_reference
            )
        return NotImplemented

    def __ne__(self, other):
        result = self.__eq__(other)
        return result if result is NotImplemented else not result

    __hash__ = ref.__hash__


class KeyedRef(ref):
    """A reference that knows the key of its object in a dictionary."""

    __slots__ = ("key",)

    def __new__(cls, ob, callback, key):
        self = ref.__new__(cls, ob, callback)
        self.key = key
        return self

    def __init__(self, ob, callback, key):
        super().__init__(ob, callback)


class WeakValueDictionary(MutableMapping):
    """A mapping that does not keep its values alive: keys of dead ones are not there."""

    def __init__(self, other=(), /, **kw):
        self.data = {}
        self.update(other, **kw)

    def _tidy(self):
        for key in [key for key, reference in self.data.items() if reference() is None]:
            self.data.pop(key, None)

    def __getitem__(self, key):
        value = self.data[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __delitem__(self, key):
        del self.data[key]

    def __len__(self):
        return sum(1 for reference in self.data.values() if reference() is not None)

    def __contains__(self, key):
        reference = self.data.get(key)
        return reference is not None and reference() is not None

    def __repr__(self):
        return f"<{self.__class__.__name__} at {id(self):#x}>"

    def __setitem__(self, key, value):
        self._tidy()
        self.data[key] = KeyedRef(value, None, key)

    def copy(self):
        result = WeakValueDictionary()
        for key, value in self.items():
            result[key] = value
        return result

    __copy__ = copy

    def __deepcopy__(self, memo):
        from copy import deepcopy

        result = self.__class__()
        for key, value in self.items():
            result[deepcopy(key, memo)] = value
        return result

    def get(self, key, default=None):
        reference = self.data.get(key)
        value = reference() if reference is not None else None
        return default if value is None else value

    def items(self):
        for key, reference in list(self.data.items()):
            value = reference()
            if value is not None:
                yield key, value

    def keys(self):
        for key, reference in list(self.data.items()):
            if reference() is not None:
                yield key

    __iter__ = keys

    def values(self):
        for reference in list(self.data.values()):
            value = reference()
            if value is not None:
                yield value

    def itervaluerefs(self):
        """The references; some may be dead by the time they are looked at."""
        yield from list(self.data.values())

    def valuerefs(self):
        """A list of the references."""
        return list(self.data.values())

    def popitem(self):
        while True:
            key, reference = self.data.popitem()
            value = reference()
            if value is not None:
                return key, value

    def pop(self, key, *args):
        reference = self.data.pop(key, None)
        value = reference() if reference is not None else None
        if value is not None:
            return value
        if args:
            return args[0]
        raise KeyError(key)

    def setdefault(self, key, default=None):
        value = self.get(key)
        if value is None:
            self[key] = default
            return default
        return value

    def update(self, other=None, /, **kwargs):
        if other is not None:
            if not hasattr(other, "items"):
                other = dict(other)
            for key, value in other.items():
                self[key] = value
        for key, value in kwargs.items():
            self[key] = value

    def __ior__(self, other):
        self.update(other)
        return self

    def __or__(self, other):
        if not hasattr(other, "items"):
            return NotImplemented
        result = self.copy()
        result.update(other)
        return result

    def __ror__(self, other):
        if not hasattr(other, "items"):
            return NotImplemented
        result = self.__class__()
        result.update(other)
        result.update(self)
        return result


class WeakKeyDictionary(MutableMapping):
    """A mapping that does not keep its keys alive: entries of dead ones are not there."""

    def __init__(self, dict=None):
        self.data = {}
        if dict is not None:
            self.update(dict)

    def _tidy(self):
        for reference in [reference for reference in self.data if reference() is None]:
            self.data.pop(reference, None)

    def __delitem__(self, key):
        del self.data[ref(key)]

    def __getitem__(self, key):
        return self.data[ref(key)]

    def __len__(self):
        return sum(1 for reference in self.data if reference() is not None)

    def __repr__(self):
        return f"<{self.__class__.__name__} at {id(self):#x}>"

    def __setitem__(self, key, value):
        self._tidy()
        self.data[ref(key)] = value

    def copy(self):
        result = WeakKeyDictionary()
        for key, value in self.items():
            result[key] = value
        return result

    __copy__ = copy

    def __deepcopy__(self, memo):
        from copy import deepcopy

        result = self.__class__()
        for key, value in self.items():
            result[key] = deepcopy(value, memo)
        return result

    def get(self, key, default=None):
        return self.data.get(ref(key), default)

    def __contains__(self, key):
        try:
            reference = ref(key)
        except TypeError:
            return False
        return reference in self.data

    def items(self):
        for reference, value in list(self.data.items()):
            key = reference()
            if key is not None:
                yield key, value

    def keys(self):
        for reference in list(self.data):
            key = reference()
            if key is not None:
                yield key

    __iter__ = keys

    def values(self):
        for reference, value in list(self.data.items()):
            if reference() is not None:
                yield value

    def keyrefs(self):
        """A list of the references."""
        return list(self.data)

    def popitem(self):
        while True:
            reference, value = self.data.popitem()
            key = reference()
            if key is not None:
                return key, value

    def pop(self, key, *args):
        return self.data.pop(ref(key), *args)

    def setdefault(self, key, default=None):
        return self.data.setdefault(ref(key), default)

    def update(self, dict=None, /, **kwargs):
        if dict is not None:
            if not hasattr(dict, "items"):
                dict = type({})(dict)
            for key, value in dict.items():
                self[key] = value
        if kwargs:
            self.update(kwargs)

    def __ior__(self, other):
        self.update(other)
        return self

    def __or__(self, other):
        if not hasattr(other, "items"):
            return NotImplemented
        result = self.copy()
        result.update(other)
        return result

    def __ror__(self, other):
        if not hasattr(other, "items"):
            return NotImplemented
        result = self.__class__()
        result.update(other)
        result.update(self)
        return result


# Finalizers ----------------------------------------------------------------------------------


class finalize:
    """A call to be made when an object is gone, or at exit at the latest."""

    __slots__ = ()
    _registry = {}
    _numbers = itertools.count()
    _registered = False

    class _Info:
        __slots__ = ("weakref", "func", "args", "kwargs", "atexit", "index")

    def __init__(self, obj, func, /, *args, **kwargs):
        if not finalize._registered:
            import atexit

            atexit.register(finalize._at_exit)
            finalize._registered = True
        info = finalize._Info()
        info.weakref = ref(obj, self)
        info.func = func
        info.args = args
        info.kwargs = kwargs or None
        info.atexit = True
        info.index = next(finalize._numbers)
        finalize._registry[self] = info

    def __call__(self, _=None):
        """Makes the call, unless that happened already; its result."""
        info = finalize._registry.pop(self, None)
        if info is not None:
            return info.func(*info.args, **(info.kwargs or {}))

    def detach(self):
        """Forgets the call: object, function and arguments, or None if it was made."""
        info = finalize._registry.get(self)
        obj = info and info.weakref()
        if obj is not None and finalize._registry.pop(self, None):
            return obj, info.func, info.args, info.kwargs or {}

    def peek(self):
        """Object, function and arguments, or None if the call was made."""
        info = finalize._registry.get(self)
        obj = info and info.weakref()
        if obj is not None:
            return obj, info.func, info.args, info.kwargs or {}

    @property
    def alive(self):
        """True while the call is still to be made."""
        return self in finalize._registry

    @property
    def atexit(self):
        """True if the call is made at exit, should the object live until then."""
        info = finalize._registry.get(self)
        return bool(info) and info.atexit

    @atexit.setter
    def atexit(self, value):
        info = finalize._registry.get(self)
        if info:
            info.atexit = bool(value)

    def __repr__(self):
        info = finalize._registry.get(self)
        obj = info and info.weakref()
        if obj is None:
            return f"<{type(self).__name__} object at {id(self):#x}; dead>"
        return (
            f"<{type(self).__name__} object at {id(self):#x}; "
            f"for {type(obj).__name__!r} at {id(obj):#x}>"
        )

    @classmethod
    def _at_exit(cls):
        while True:
            pending = [(f, i) for f, i in cls._registry.items() if i.atexit]
            if not pending:
                break
            finalizer, _ = max(pending, key=lambda pair: pair[1].index)
            try:
                finalizer()
            except Exception as error:
                sys.excepthook(type(error), error, error.__traceback__)
