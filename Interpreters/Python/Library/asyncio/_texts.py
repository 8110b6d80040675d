"""How calls and coroutines appear in texts."""

import functools
import inspect
import reprlib


def call_text(function, *arguments):
    """name(arguments) at file:line"""
    place = _place_of(function)
    while isinstance(function, functools.partial):
        arguments = ((function.args, function.keywords), *arguments)
        function = function.func
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", None)
    return (name or repr(function)) + "".join(map(_list_text, arguments)) + place


def _list_text(arguments):
    args, kwargs = arguments
    texts = [reprlib.repr(value) for value in args]
    texts += [f"{name}={reprlib.repr(value)}" for name, value in kwargs.items()]
    return f"({', '.join(texts)})"


def _place_of(function):
    function = inspect.unwrap(function)
    while isinstance(function, (functools.partial, functools.partialmethod)):
        function = inspect.unwrap(function.func)
    code = getattr(function, "__code__", None)
    return "" if code is None else f" at {code.co_filename}:{code.co_firstlineno}"


def coroutine_text(coro):
    """Where a coroutine is, or where it came from when it is done."""
    name = getattr(coro, "__qualname__", None) or getattr(coro, "__name__", None)
    name = (name or f"<{type(coro).__name__} without __name__>") + "()"
    code = getattr(coro, "cr_code", None) or getattr(coro, "gi_code", None)
    if code is None:
        return name
    frame = getattr(coro, "cr_frame", None) or getattr(coro, "gi_frame", None)
    if frame is None:
        return f"{name} done, defined at {code.co_filename}:{code.co_firstlineno}"
    return f"{name} running at {code.co_filename}:{frame.f_lineno or code.co_firstlineno}"
