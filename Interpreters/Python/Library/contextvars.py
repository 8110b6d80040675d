"""Variables whose values belong to a context: a thread has one, and so has each task of asyncio."""

__all__ = ["Context", "ContextVar", "Token", "copy_context"]

from collections.abc import Mapping as _Mapping
from types import GenericAlias as _GenericAlias

from _thread import _local

_current = _local()
_missing = object()


def _context():
    try:
        return _current.context
    except AttributeError:
        context = _current.context = Context()
        return context


class Context(_Mapping):
    """A mapping from variables to values. Only variables change it, while it is entered."""

    __slots__ = "_data", "_is_entered", "_previous"

    def __init__(self):
        self._data = {}
        self._is_entered = False
        self._previous = None

    def run(self, callable, /, *args, **kwargs):
        """Calls a function within the context; what it sets remains in the context."""
        if self._is_entered:
            raise RuntimeError(f"cannot enter context: {self!r} is already entered")
        previous = _context()
        self._is_entered = True
        _current.context = self
        try:
            return callable(*args, **kwargs)
        finally:
            _current.context = previous
            self._is_entered = False

    def copy(self):
        other = Context()
        other._data = self._data.copy()
        return other

    def __getitem__(self, var, /):
        _check(var)
        return self._data[var]

    def __contains__(self, var, /):
        _check(var)
        return var in self._data

    def __iter__(self):
        return iter(self._data)

    def __len__(self):
        return len(self._data)

    def __eq__(self, other):
        return self._data == other._data if isinstance(other, Context) else NotImplemented

    __hash__ = None

    def __repr__(self):
        return f"<_contextvars.Context object at {id(self):#x}>"


def _check(var):
    if not isinstance(var, ContextVar):
        raise TypeError(f"a ContextVar key was expected, got {var!r}")


def copy_context():
    return _context().copy()


class ContextVar:
    """A variable with a value in each context, or a default."""

    __slots__ = "_name", "_default", "__weakref__"

    def __init__(self, name, /, *, default=_missing):
        if not isinstance(name, str):
            raise TypeError("context variable name must be a str")
        self._name = name
        self._default = default

    name = property(lambda self: self._name)

    def get(self, default=_missing, /):
        value = _context()._data.get(self, default)
        if value is not _missing:
            return value
        if self._default is not _missing:
            return self._default
        raise LookupError(self)

    def set(self, value, /):
        """Returns a token with which `reset` restores what was there before."""
        context = _context()
        token = Token(context, self, context._data.get(self, _missing))
        context._data[self] = value
        return token

    def reset(self, token, /):
        if not isinstance(token, Token):
            raise TypeError(f"expected an instance of Token, got {token!r}")
        if token._used:
            raise RuntimeError(f"{token!r} has already been used once")
        if token._var is not self:
            raise ValueError(f"{token!r} was created by a different ContextVar")
        context = _context()
        if token._context is not context:
            raise ValueError(f"{token!r} was created in a different Context")
        token._used = True
        if token._old is _missing:
            del context._data[self]
        else:
            context._data[self] = token._old

    def __repr__(self):
        default = "" if self._default is _missing else f" default={self._default!r}"
        return f"<ContextVar name={self._name!r}{default} at {id(self):#x}>"

    __class_getitem__ = classmethod(_GenericAlias)


class Token:
    """What a variable was before it was set."""

    __slots__ = "_context", "_var", "_old", "_used"

    class _Missing:
        def __repr__(self):
            return "<Token.MISSING>"

    MISSING = _Missing()

    def __init__(self, context, var, old):
        self._context = context
        self._var = var
        self._old = old
        self._used = False

    var = property(lambda self: self._var)
    old_value = property(lambda self: Token.MISSING if self._old is _missing else self._old)

    def __repr__(self):
        used = " used" if self._used else ""
        return f"<Token{used} var={self._var!r} at {id(self):#x}>"

    __class_getitem__ = classmethod(_GenericAlias)
