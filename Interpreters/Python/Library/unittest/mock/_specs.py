"""Mocks that are like something: functions with its signature, classes with its attributes, open files."""

import inspect
import io
from functools import wraps
from types import FunctionType, ModuleType

from ._calls import DEFAULT, CallList
from ._mocks import (AsyncMock, LateSpec, MagicMock, NonCallableMagicMock, NonCallableMock,
                     call_signature, is_coroutine_function)

_METHODS = (
    "assert_called assert_called_with assert_called_once assert_called_once_with assert_any_call "
    "assert_has_calls assert_not_called attach_mock configure_mock").split()
_ASYNC_METHODS = (
    "assert_awaited assert_awaited_once assert_awaited_with assert_awaited_once_with "
    "assert_any_await assert_has_awaits assert_not_awaited").split()


def create_autospec(spec, spec_set=False, instance=False, _parent=None, _name=None, *,
                    unsafe=False, **kwargs):
    """A mock with the attributes of `spec`, whose functions check how they are called."""
    if isinstance(spec, (list, tuple)) and type(spec) is not type:
        # Names, not an object.
        spec = type(spec)
    if isinstance(spec, NonCallableMock):
        raise TypeError(f"Cannot autospec a mock object. [object={spec!r}]")
    is_type = isinstance(spec, type)
    is_async = is_coroutine_function(spec)
    words = {"spec_set" if spec_set else "spec": spec} if spec is not None else {}
    if isinstance(spec, FunctionType) and is_async:
        kind = AsyncMock
    elif inspect.isdatadescriptor(spec):
        # What a property gives is not known.
        kind, words = MagicMock, {}
    elif not callable(spec):
        kind = NonCallableMagicMock
    elif is_type and instance and not any("__call__" in vars(c) for c in spec.__mro__):
        kind = NonCallableMagicMock
    else:
        kind = MagicMock
    mock = kind(name=_name, parent=_parent, _new_parent=_parent, _new_name=_name or "",
                _spec_as_instance=is_type and instance, _eat_self=False, **words)
    signature = call_signature(spec, is_type and instance) if kind is not NonCallableMagicMock \
        else None
    if signature is not None:
        mock.__dict__.update(_mock_check_signature=signature, _spec_signature=signature)
    if isinstance(spec, FunctionType):
        result = _function(mock, spec, signature, is_async)
    else:
        result = mock
    if is_type and not instance and "return_value" not in kwargs:
        mock.return_value = create_autospec(spec, spec_set, instance=True, _name="()", _parent=mock)
    _specify_attributes(mock, spec, spec_set, is_type)
    if kwargs:
        mock.configure_mock(**kwargs)
    return result


def _specify_attributes(mock, spec, spec_set, is_type):
    for name in dir(spec):
        if name.startswith("__") and name.endswith("__"):
            continue
        static = inspect.getattr_static(spec, name, None)
        if inspect.isdatadescriptor(static) and not isinstance(spec, ModuleType):
            continue
        try:
            value = getattr(spec, name)
        except Exception:
            continue
        if isinstance(value, (FunctionType, type(_function.__get__(0)))):
            mock._mock_children[name] = LateSpec(_late(mock, name, value, static, is_type))
        else:
            mock._mock_children[name] = LateSpec(_later(mock, name, value, spec_set))


def _late(mock, name, function, static, is_type):
    """Makes the mock of a method when it is asked for."""
    def make():
        eats_self = is_type and isinstance(static, FunctionType)
        signature = call_signature(function, eats_self=eats_self)
        kind = AsyncMock if is_coroutine_function(function) else MagicMock
        child = kind(name=name, parent=mock, _new_name=name, _new_parent=mock)
        child.__dict__.update(_mock_check_signature=signature, _spec_signature=signature)
        return child
    return make


def _later(mock, name, value, spec_set):
    """Makes the mock of another attribute when it is asked for."""
    def make():
        return create_autospec(value, spec_set, _name=name, _parent=mock)
    return make


def _function(mock, spec, signature, is_async):
    """A function in front of a mock."""
    if is_async:
        async def behind(*args, **kwargs):
            return await mock(*args, **kwargs)
    else:
        def behind(*args, **kwargs):
            return mock(*args, **kwargs)
    function = wraps(spec)(behind)
    del function.__wrapped__
    if signature is not None:
        function.__signature__ = signature
    function.mock = mock
    function.called, function.call_count, function.call_args = False, 0, None
    function.call_args_list, function.mock_calls = CallList(), CallList()
    function.method_calls = CallList()
    function.return_value = mock.__dict__.get("_mock_return_value", DEFAULT)
    function.side_effect = mock.__dict__.get("_mock_side_effect")
    function._mock_children = mock._mock_children
    if is_async:
        function.await_count, function.await_args = 0, None
        function.await_args_list = CallList()
    for name in _METHODS + (_ASYNC_METHODS if is_async else []):
        setattr(function, name, getattr(mock, name))

    def reset_mock():
        function.method_calls = CallList()
        mock.reset_mock()

    function.reset_mock = reset_mock
    if function.return_value is DEFAULT:
        function.return_value = mock.return_value
    mock.__dict__["_mock_delegate"] = function
    return function


def mock_open(mock=None, read_data=""):
    """A mock of `open`, whose files have this content."""
    content = [None]

    def new_content():
        return io.BytesIO(read_data) if isinstance(read_data, bytes) else io.StringIO(read_data)

    def reading(name):
        def read(*args, **kwargs):
            given = getattr(handle, name).__dict__.get("_mock_return_value", DEFAULT)
            return getattr(content[0], name)(*args, **kwargs) if given is DEFAULT else given
        return read

    def lines():
        given = handle.readline.__dict__.get("_mock_return_value", DEFAULT)
        while given is not DEFAULT:
            yield given
        yield from content[0]

    def opened(*args, **kwargs):
        content[0] = new_content()
        return DEFAULT

    if mock is None:
        mock = MagicMock(name="open", spec=open)
    names = sorted(set(dir(io.TextIOWrapper)) | set(dir(io.BytesIO)))
    handle = MagicMock(spec=names)
    content[0] = new_content()
    handle.__enter__.return_value = handle
    handle.write.return_value = None
    for name in ("read", "readline", "readlines"):
        getattr(handle, name).side_effect = reading(name)
    handle.__iter__.side_effect = lines
    handle.__next__.side_effect = lambda: next(content[0])
    handle.__exit__.return_value = None
    mock.side_effect = opened
    mock.return_value = handle
    return mock
