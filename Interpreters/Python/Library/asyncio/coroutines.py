"""What is a coroutine."""

import collections.abc
import inspect
import types


# Functions that give coroutines and do not show it have it as `_is_coroutine`.
_is_coroutine = object()


def iscoroutine(obj):
    return isinstance(
        obj, (types.CoroutineType, types.GeneratorType, collections.abc.Coroutine))


def iscoroutinefunction(func):
    return (inspect.iscoroutinefunction(func)
            or getattr(func, "_is_coroutine", None) is _is_coroutine)
