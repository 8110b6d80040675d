"""C functions, by their declarations.

    libz = ffi.library("libz.so.1", "libz.so")
    crc32 = libz.bind("pure unsigned long crc32(unsigned long crc, const void *data, unsigned size)")
    crc32(0, b"some bytes")

The word in front of the prototype is the effect: what the function promises, from which follows how a call
leaves the virtual machine. Without one a function promises nothing, and threads wait for each other's
calls of it. Functions of the process itself, such as those of libc, are in `ffi.process`.

`ffi.load("zlib.bindings")` binds everything in a file of declarations. `ffi.errno` is what the last call of
this thread has left there.
"""

import warnings as _warnings
from os import fspath as _fspath

import _ffi
from _ffi import Function, Pointer, Type

__all__ = [
    "Bindings", "CallError", "DeclarationError", "EffectWarning", "Error", "Function",
    "InvalidValue", "Library", "LibraryMissing", "NotAllowed", "Pointer", "RangeError", "SymbolMissing",
    "Type", "UnsuitableArgument", "library", "load", "process", "type",
]


class Error(Exception):
    """Something is wrong with foreign code; `kind` says what."""

    kind = "call"


class DeclarationError(Error, ValueError):
    """A declaration cannot be used; the text of the exception shows the place."""

    kind = "declaration"


class LibraryMissing(Error, OSError):
    """A library cannot be opened."""

    kind = "library"


class SymbolMissing(Error, AttributeError):
    """A library has no such function."""

    kind = "symbol"


class NotAllowed(Error, PermissionError):
    """Whoever runs the program does not allow this function."""

    kind = "denied"


class UnsuitableArgument(Error, TypeError):
    """The number of arguments is wrong, or C has no use for one of them."""

    kind = "argument"


class RangeError(Error, OverflowError):
    """A number does not fit its C type."""

    kind = "range"


class InvalidValue(Error, ValueError):
    """An argument has the right type and the wrong content."""

    kind = "value"


class CallError(Error, RuntimeError):
    """The call could not be made, or its result is nothing that Python can hold."""


class EffectWarning(UserWarning):
    """A function has been bound without an effect."""


_errors = {
    error.kind: error
    for error in (
        DeclarationError, LibraryMissing, SymbolMissing, NotAllowed, UnsuitableArgument, RangeError,
        InvalidValue, CallError)}


def _error(kind, message):
    return _errors[kind](message)


class Library:
    """A shared library: the first of the names that can be opened, or the process itself for none."""

    def __init__(self, *names):
        self._names = tuple(map(_fspath, names))
        self._scope = _ffi.no_types
        self._functions = {}

    def define(self, text):
        """Defines types for the declarations that follow: typedefs, structs, unions, enums."""
        self._scope = _ffi.define(self._scope, text)

    def bind(self, declaration):
        """The function that `declaration` declares, which is an attribute of the library from now on."""
        function, self._scope = _ffi.bind(self._names, self._scope, declaration)
        if function is not None:
            _prepare(function)
            _warn(function, 3)
            self._functions[function.__name__] = function
        return function

    def type(self, name):
        """A type: `int`, `struct tm`, or one that has been defined here."""
        return _type(self._scope, name)

    @property
    def constants(self):
        """The constants of enums that have been defined here."""
        return _ffi.constants(self._scope)

    def __getattr__(self, name):
        try:
            return self.__dict__["_functions"][name]
        except KeyError:
            raise AttributeError(f"'{name}' has not been bound") from None

    def __dir__(self):
        return [*super().__dir__(), *self._functions]

    def __repr__(self):
        return f"ffi.library({', '.join(map(repr, self._names))})" if self._names else "ffi.process"


class Bindings:
    """What a file of declarations gives: its functions and the constants of its enums, as attributes.

    A function that is not allowed raises NotAllowed when it is asked for."""

    def __init__(self, text):
        functions, self._scope = _ffi.bindings(text)
        vars(self).update(_ffi.constants(self._scope))
        self._refusals = {name: function for name, function in functions if isinstance(function, str)}
        for name, function in functions:
            if name in self._refusals:
                continue
            if function is not None:
                _prepare(function)
                _warn(function, 4)
            setattr(self, name, function)

    def __getattr__(self, name):
        refusal = self.__dict__.get("_refusals", {}).get(name)
        if refusal is not None:
            raise NotAllowed(refusal)
        raise AttributeError(f"'{name}' is not declared there")

    def type(self, name):
        """A type: `int`, `struct tm`, or one that the file defines."""
        return _type(self._scope, name)


process = Library()


def library(*names):
    """A library by its names, of which the first is used that can be opened."""
    if not names:
        raise TypeError("library() needs a name; functions that are linked in are in ffi.process")
    return Library(*names)


def load(path):
    """Binds what a `.bindings` file declares. `optional` functions that are missing are None."""
    with open(path, encoding="utf-8") as file:
        return Bindings(file.read())


def type(name):
    """A type of C itself, `int` or `unsigned long` for example."""
    return _type(_ffi.no_types, name)


def _warn(function, level):
    if not function._has_effect:
        _warnings.warn(
            f"'{function.__name__}' has no effect declared: threads wait for each other's calls of it",
            EffectWarning, stacklevel=level)


def _prepare(function):
    function._shape = _shape(_ffi.description(function))


def _type(scope, name):
    made = _ffi.type(scope, name)
    made._shape = _shape(made._description)
    return made


_classes = {}


def _shape(description):
    """What `_ffi` wants to know of structs: (a class for them or None, the same for their members)."""
    if description is None or description is True:
        return description
    tag, names, members = description
    shapes = tuple(map(_shape, members))
    if names is None:
        return None, shapes
    key = tag, names
    made = _classes.get(key)
    if made is None:
        from collections import namedtuple
        made = _classes[key] = namedtuple(tag, names, rename=True)
        made.__module__ = "ffi"
    return made, shapes


def __getattr__(name):
    if name == "errno":
        return _ffi.errno()
    raise AttributeError(f"module 'ffi' has no attribute {name!r}")
