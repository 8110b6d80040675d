"""Copies of objects, shallow and deep."""

import types
import weakref
from copyreg import dispatch_table

__all__ = ["Error", "copy", "deepcopy"]


class Error(Exception):
    """Something cannot be copied."""


error = Error

# Things that never change, or that are never copied: the same object serves.
_atomic = {
    type(None), int, float, bool, complex, str, bytes, type, range, property,
    types.EllipsisType, types.NotImplementedType, types.CodeType, types.FunctionType,
    types.BuiltinFunctionType, weakref.ref,
}
_shallow_atomic = _atomic | {tuple, frozenset, slice}
_shallow = {list: list.copy, dict: dict.copy, set: set.copy, bytearray: bytearray.copy}


def _reduced(x, cls):
    """An object taken apart as for pickling; a string means that it serves itself."""
    reductor = dispatch_table.get(cls)
    if reductor is not None:
        return reductor(x)
    reductor = getattr(x, "__reduce_ex__", None)
    if reductor is not None:
        return reductor(4)
    reductor = getattr(x, "__reduce__", None)
    if reductor is not None:
        return reductor()
    raise Error(f"un(shallow)copyable object of type {cls}")


def copy(x):
    """A new object with the same parts."""
    cls = type(x)
    if cls in _shallow_atomic:
        return x
    copier = _shallow.get(cls)
    if copier is not None:
        return copier(x)
    if issubclass(cls, type):
        return x
    copier = getattr(cls, "__copy__", None)
    if copier is not None:
        return copier(x)
    parts = _reduced(x, cls)
    if isinstance(parts, str):
        return x
    make, args, state, items, pairs = (*parts, None, None, None)[:5]
    return _filled(make(*args), state, items, pairs)


def deepcopy(x, memo=None, _nil=[]):
    """A new object with copies of the parts, of their parts, and so on.

    `memo` remembers copies by the `id` of their originals: shared parts stay shared, and cycles end.
    """
    cls = type(x)
    if memo is None:
        memo = {}
    elif (known := memo.get(id(x), _nil)) is not _nil:
        return known
    if cls in _atomic or issubclass(cls, type):
        return x
    if cls in _deep:
        result = _deep[cls](x, memo)
    elif (own := getattr(x, "__deepcopy__", None)) is not None:
        result = own(memo)
    else:
        result = _deepcopy_parts(x, memo, _reduced(x, cls))
    if result is not x:
        memo[id(x)] = result
        _keep_alive(x, memo)
    return result


def _keep_alive(x, memo):
    # An original that died could leave its id to another object.
    memo.setdefault(id(memo), []).append(x)


def _deepcopy_list(x, memo):
    result = []
    memo[id(x)] = result
    append = result.append
    for item in x:
        append(deepcopy(item, memo))
    return result


def _deepcopy_tuple(x, memo):
    items = [deepcopy(item, memo) for item in x]
    # The tuple may be part of itself, and copied by now.
    if id(x) in memo:
        return memo[id(x)]
    for old, new in zip(x, items):
        if old is not new:
            return tuple(items)
    return x


def _deepcopy_dict(x, memo):
    result = {}
    memo[id(x)] = result
    for key, value in x.items():
        result[deepcopy(key, memo)] = deepcopy(value, memo)
    return result


def _deepcopy_method(x, memo):
    return type(x)(x.__func__, deepcopy(x.__self__, memo))


_deep = {
    list: _deepcopy_list,
    tuple: _deepcopy_tuple,
    dict: _deepcopy_dict,
    types.MethodType: _deepcopy_method,
}


def _deepcopy_parts(x, memo, parts):
    if isinstance(parts, str):
        return x
    make, args, state, items, pairs = (*parts, None, None, None)[:5]
    result = make(*[deepcopy(arg, memo) for arg in args])
    # Parts may refer to the whole.
    memo[id(x)] = result
    return _filled(
        result,
        state and deepcopy(state, memo),
        items and (deepcopy(item, memo) for item in items),
        pairs and ((deepcopy(key, memo), deepcopy(value, memo)) for key, value in pairs),
    )


def _filled(result, state, items, pairs):
    """A new object gets its state, and what it contains."""
    if state is not None:
        if hasattr(result, "__setstate__"):
            result.__setstate__(state)
        else:
            is_pair = isinstance(state, tuple) and len(state) == 2
            attributes, slots = state if is_pair else (state, None)
            if attributes is not None:
                result.__dict__.update(attributes)
            for name, value in (slots or {}).items():
                setattr(result, name, value)
    for item in items or ():
        result.append(item)
    for key, value in pairs or ():
        result[key] = value
    return result
