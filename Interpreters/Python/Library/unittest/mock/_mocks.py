"""What tests put in place of objects."""

import asyncio
import inspect
import threading
from functools import partial
from types import FunctionType

from ._calls import ANY, DEFAULT, CallList, _Call, shown

_ARITHMETIC = ("add sub mul matmul truediv floordiv mod lshift rshift and xor or pow divmod").split()
_BASIC = ("hash str sizeof lt gt le ge eq ne int contains len enter exit complex ceil floor trunc "
          "round bool index iter getitem setitem delitem float abs neg pos invert fspath").split()
_ASYNC = {f"__{name}__" for name in ("aenter", "aexit", "anext", "aiter")}


def _dunders(names, prefix=""):
    return {f"__{prefix}{name}__" for name in names}


#: What a MagicMock has from the start; what any mock may be given; what none may.
_STANDARD = (_dunders(_BASIC) | _dunders(_ARITHMETIC) | _dunders(_ARITHMETIC, "r")
             | _dunders(set(_ARITHMETIC) - {"divmod"}, "i") | _ASYNC)
_OPTIONAL = _dunders("reversed missing format dir getformat get set delete reduce reduce_ex "
                     "getinitargs getnewargs getstate setstate subclasses repr".split())
_MAGIC = _STANDARD | _OPTIONAL
_UNSUPPORTED = _dunders("getattr setattr init new prepare instancecheck subclasscheck del".split())

_VALUES = {
    "__hash__": object.__hash__, "__str__": object.__str__, "__sizeof__": object.__sizeof__,
    "__fspath__": lambda self: f"{type(self).__name__}/{self._describe()}/{id(self)}",
}
_RESULTS = {
    "__lt__": NotImplemented, "__gt__": NotImplemented, "__le__": NotImplemented,
    "__ge__": NotImplemented, "__int__": 1, "__contains__": False, "__len__": 0, "__exit__": False,
    "__complex__": 1j, "__float__": 1.0, "__bool__": True, "__index__": 1, "__aexit__": False,
}
_MISSING, _DELETED = object(), object()
# A name that begins so is a mistake rather than an attribute.
_LIKE_ASSERTIONS = ("assert", "assret", "asert", "aseert", "assrt")


class _Magic:
    """A special method of a mock's class, which is a mock of each object's own."""

    def __init__(self, name):
        self.name = name

    def __get__(self, mock, owner=None):
        if mock is None:
            return self
        return mock._magic(self.name)


_MAGIC_METHODS = {name: _Magic(name) for name in _STANDARD}


def is_coroutine_function(value):
    return inspect.iscoroutinefunction(getattr(value, "__func__", value)) \
        or isinstance(value, AsyncMock)


def _is_exception(value):
    return isinstance(value, BaseException) \
        or isinstance(value, type) and issubclass(value, BaseException)


def _kept(name, default=None, also=None):
    """A property that is an attribute with another name; of a mock behind a function, the function's."""
    key = f"_mock_{name}"

    def get(self):
        delegate = self.__dict__.get("_mock_delegate")
        return self.__dict__.get(key, default) if delegate is None else getattr(delegate, name)

    def put(self, value):
        delegate = self.__dict__.get("_mock_delegate")
        if delegate is None:
            self.__dict__[key] = value
        else:
            setattr(delegate, name, value)

    return property(get, put)


class NonCallableMock:
    """A mock that cannot be called itself."""

    _has_magic = False

    def __new__(cls, *args, **kwargs):
        # Each mock has a class of its own, to which special methods and properties can be added.
        bases = (cls,)
        spec = next((kwargs[key] for key in ("spec", "spec_set") if kwargs.get(key) is not None),
                    args[0] if args else None)
        if not issubclass(cls, AsyncMock) and spec is not None and is_coroutine_function(spec) \
                and issubclass(cls, MagicMock):
            bases = (AsyncMixin, cls)
        members = {"__doc__": cls.__doc__, "__module__": cls.__module__}
        if cls._has_magic:
            wanted = None if spec is None or isinstance(spec, (list, tuple)) else set(dir(spec))
            members |= {name: method for name, method in _MAGIC_METHODS.items()
                        if wanted is None or name in wanted}
        return object.__new__(type(cls)(cls.__name__, bases, members))

    def __init__(self, spec=None, wraps=None, name=None, spec_set=None, parent=None,
                 _spec_state=None, _new_name="", _new_parent=None, _spec_as_instance=False,
                 _eat_self=None, unsafe=False, **kwargs):
        state = self.__dict__
        state.update(
            _mock_parent=parent, _mock_name=name, _mock_new_name=_new_name,
            _mock_new_parent=parent if _new_parent is None else _new_parent, _mock_sealed=False,
            _mock_children={}, _mock_wraps=wraps, _mock_delegate=None, _mock_unsafe=unsafe,
            _mock_called=False, _mock_call_args=None, _mock_call_count=0,
            _mock_call_args_list=CallList(), _mock_mock_calls=CallList(),
            _mock_method_calls=CallList(), _mock_lock=threading.RLock())
        if spec_set is not None:
            spec = spec_set
        # The first parameter of a function that is a method is not given by its callers.
        self._use_spec(spec, spec_set is not None, _spec_as_instance,
                       parent is not None if _eat_self is None else _eat_self)
        if kwargs:
            self.configure_mock(**kwargs)

    def _use_spec(self, spec, strictly, as_instance=False, eats_self=False):
        state = self.__dict__
        kind = signature = None
        coroutines = set()
        if spec is not None and not isinstance(spec, (list, tuple)):
            kind = spec if isinstance(spec, type) else type(spec)
            signature = call_signature(spec, as_instance, eats_self)
            for name in dir(spec):
                if inspect.iscoroutinefunction(inspect.getattr_static(spec, name, None)):
                    coroutines.add(name)
            spec = dir(spec)
        state.update(_spec_class=kind, _spec_set=strictly, _spec_signature=signature,
                     _spec_asyncs=coroutines, _mock_methods=spec)

    # What is known of the calls

    called = _kept("called", False)
    call_count = _kept("call_count", 0)
    call_args = _kept("call_args")
    call_args_list = _kept("call_args_list")
    mock_calls = _kept("mock_calls")

    @property
    def method_calls(self):
        return self._mock_method_calls

    @property
    def return_value(self):
        delegate = self._mock_delegate
        value = self.__dict__.get("_mock_return_value", DEFAULT)
        if delegate is not None and delegate.return_value is not DEFAULT:
            value = delegate.return_value
        if value is DEFAULT:
            if self._mock_sealed:
                raise AttributeError(self._full_name("return_value"))
            value = self._child(_new_parent=self, _new_name="()")
            self.return_value = value
        return value

    @return_value.setter
    def return_value(self, value):
        if self._mock_delegate is not None:
            self._mock_delegate.return_value = value
        else:
            self.__dict__["_mock_return_value"] = value
            self._adopt(value, None, "()")

    @property
    def side_effect(self):
        delegate = self._mock_delegate
        return self.__dict__.get("_mock_side_effect") if delegate is None else delegate.side_effect

    @side_effect.setter
    def side_effect(self, value):
        if value is not None and not callable(value) and not _is_exception(value):
            value = iter(value)
        if self._mock_delegate is not None:
            self._mock_delegate.side_effect = value
        else:
            self.__dict__["_mock_side_effect"] = value

    @property
    def __class__(self):
        return type(self) if self._spec_class is None else self._spec_class

    @__class__.setter
    def __class__(self, value):
        self.__dict__["_spec_class"] = value

    # Children

    def _child(self, **kwargs):
        """A mock for an attribute or a result."""
        if self._mock_sealed:
            raise AttributeError(self._full_name(kwargs.get("name", "()")))
        return self._get_child_mock(**kwargs)

    def _get_child_mock(self, /, **kwargs):
        """To be replaced in derived classes that want children of another kind."""
        name = kwargs.get("_new_name") or kwargs.get("name")
        if name in self.__dict__.get("_spec_asyncs", ()):
            return AsyncMock(**kwargs)
        kind = next(c for c in type(self).__mro__[1:] if c is not AsyncMixin)
        if issubclass(kind, AsyncMock):
            is_plain = name in _STANDARD - _ASYNC or \
                self._mock_methods is not None and name in self._mock_methods
            kind = MagicMock if is_plain else AsyncMock
        elif not issubclass(kind, CallableMixin):
            kind = {NonCallableMagicMock: MagicMock, NonCallableMock: Mock}.get(kind, kind)
        return kind(**kwargs)

    def _adopt(self, value, name, new_name):
        """Makes a mock that belongs to nobody a child of this one."""
        mock = value.__dict__.get("mock") if isinstance(value, FunctionType) else value
        if not isinstance(mock, NonCallableMock):
            return False
        state = mock.__dict__
        if any(state[key] for key in ("_mock_name", "_mock_new_name", "_mock_parent")) \
                or state["_mock_new_parent"] is not None:
            return False
        parent = self
        while parent is not None:
            if parent is mock:
                return False
            parent = parent._mock_new_parent
        if new_name:
            state.update(_mock_new_parent=self, _mock_new_name=new_name)
        if name:
            state.update(_mock_parent=self, _mock_name=name)
        return True

    def __getattr__(self, name):
        state = object.__getattribute__(self, "__dict__")
        methods = state.get("_mock_methods", _MISSING)
        if methods is _MISSING or name in ("_mock_methods", "_spec_class"):
            raise AttributeError(name)
        is_magic = name.startswith("__") and name.endswith("__")
        if methods is not None and (name not in methods or name in _MAGIC):
            raise AttributeError(f"Mock object has no attribute {name!r}")
        if methods is None and is_magic:
            raise AttributeError(name)
        if not state["_mock_unsafe"] and name.startswith(_LIKE_ASSERTIONS):
            raise AttributeError(f"{name!r} is not a valid assertion. Use a spec for the mock if "
                                 f"{name!r} is meant to be an attribute.")
        with state["_mock_lock"]:
            child = state["_mock_children"].get(name)
            if child is _DELETED:
                raise AttributeError(name)
            if child is None:
                wraps = state["_mock_wraps"]
                child = self._child(
                    parent=self, name=name, _new_name=name, _new_parent=self,
                    wraps=None if wraps is None else getattr(wraps, name))
                state["_mock_children"][name] = child
            elif isinstance(child, LateSpec):
                child = state["_mock_children"][name] = child.make()
            return child

    def _magic(self, name):
        """The mock that is this special method."""
        with self._mock_lock:
            child = self._mock_children.get(name)
            if child is None:
                kind = AsyncMock if name in ("__aenter__", "__aexit__", "__anext__") else MagicMock
                child = kind(name=name, parent=self, _new_name=name, _new_parent=self)
                self._mock_children[name] = child
                self._prepare(child, name)
            return child

    def _prepare(self, child, name):
        if name in _RESULTS:
            child.return_value = _RESULTS[name]
        elif name in _VALUES:
            child.side_effect = partial(_VALUES[name], self)
        elif name == "__iter__":
            def items():
                value = child.__dict__.get("_mock_return_value", DEFAULT)
                return iter([]) if value is DEFAULT else iter(value)
            child.side_effect = items
        elif name == "__aiter__":
            def later():
                value = child.__dict__.get("_mock_return_value", DEFAULT)
                return _later(() if value is DEFAULT else value)
            child.side_effect = later
        elif name in ("__eq__", "__ne__"):
            def compare(other):
                value = child.__dict__.get("_mock_return_value", DEFAULT)
                if value is not DEFAULT:
                    return value
                if self is other or other is ANY:
                    return name == "__eq__"
                return NotImplemented
            child.side_effect = compare

    def __setattr__(self, name, value):
        kind = type(self)
        if name.startswith(("_mock_", "_spec_")) or isinstance(
                getattr(NonCallableMock, name, None), property) or name == "_mock_methods":
            return object.__setattr__(self, name, value) if name != "__class__" else \
                self.__dict__.__setitem__("_spec_class", value)
        if self._spec_set and self._mock_methods is not None and name not in self._mock_methods \
                and name not in self.__dict__:
            raise AttributeError(f"Mock object has no attribute '{name}'")
        if name in _UNSUPPORTED:
            raise AttributeError(f"Attempting to set unsupported magic method {name!r}.")
        if name in _MAGIC:
            if self._mock_methods is not None and name not in self._mock_methods:
                raise AttributeError(f"Mock object has no attribute {name!r}")
            if isinstance(value, NonCallableMock):
                self._adopt(value, None, name)
                self._mock_children[name] = value
                setattr(kind, name, _Magic(name))
            else:
                self._mock_children.pop(name, None)
                setattr(kind, name, value)
            return None
        own = next((c.__dict__[name] for c in kind.__mro__ if name in c.__dict__), None)
        if hasattr(type(own), "__set__") or isinstance(own, PropertyMock):
            return object.__setattr__(self, name, value)
        if self._mock_sealed and not hasattr(self, name):
            raise AttributeError("Cannot set " + self._full_name(name))
        if self._adopt(value, name, name):
            self._mock_children[name] = value
        elif name in self._mock_children:
            del self._mock_children[name]
        return object.__setattr__(self, name, value)

    def __delattr__(self, name):
        kind = type(self)
        if name in _MAGIC and name in kind.__dict__:
            delattr(kind, name)
            self._mock_children.pop(name, None)
            return
        known = self._mock_children.get(name, _MISSING)
        if name in self.__dict__:
            object.__delattr__(self, name)
        elif known is _DELETED:
            raise AttributeError(name)
        self._mock_children[name] = _DELETED

    def __dir__(self):
        import unittest.mock
        if not unittest.mock.FILTER_DIR:
            return object.__dir__(self)
        own = [name for name in (*dir(type(self)), *self.__dict__)
               if not name.startswith("_") or name in self._mock_methods_known()]
        names = {*own, *self._mock_methods_known(),
                 *(name for name, child in self._mock_children.items() if child is not _DELETED)}
        return sorted(name for name in names
                      if not name.startswith("_mock_") and (name not in ("_spec_set",)))

    def _mock_methods_known(self):
        return self._mock_methods or ()

    # Texts

    def _full_name(self, last=None):
        """How the mock is reached from the outermost one: `mock.a().b`."""
        names, dot, mock = [], "", self
        if self._mock_new_name == "()":
            dot = ""
        while mock._mock_new_parent is not None:
            names.insert(0, mock._mock_new_name + dot)
            dot = "" if mock._mock_new_name == "()" else "."
            mock = mock._mock_new_parent
        text = (mock._mock_name or "mock") + dot + "".join(names)
        return text if last is None else text + ("" if last == "()" else ".") + last

    def _describe(self):
        return self._full_name()

    def __repr__(self):
        name = self._full_name()
        words = [] if name == "mock" and not self._mock_name else [f"name={name!r}"]
        if self._spec_class is not None:
            key = "spec_set" if self._spec_set else "spec"
            words.append(f"{key}={self._spec_class.__name__!r}")
        words.append(f"id={str(id(self))!r}")
        return f"<{type(self).__name__} {' '.join(words)}>"

    # What tests do with a mock

    def mock_add_spec(self, spec, spec_set=False):
        """Only attributes of `spec` can be read from now on, or set either."""
        self._use_spec(spec, spec_set)

    def attach_mock(self, mock, attribute):
        """Makes a mock an attribute of this one, which notes its calls from now on."""
        inner = mock.mock if isinstance(mock, FunctionType) else mock
        inner.__dict__.update(
            _mock_parent=None, _mock_new_parent=None, _mock_name="", _mock_new_name=None)
        setattr(self, attribute, mock)

    def configure_mock(self, /, **kwargs):
        """Sets attributes, which may have dots in their names."""
        for path, value in sorted(kwargs.items(), key=lambda item: item[0].count(".")):
            *names, last = path.split(".")
            target = self
            for name in names:
                target = getattr(target, name)
            setattr(target, last, value)

    def reset_mock(self, visited=None, *, return_value=False, side_effect=False):
        """Forgets all calls; what the mock does stays as it is, unless more is asked for."""
        visited = set() if visited is None else visited
        if id(self) in visited:
            return
        visited.add(id(self))
        self.called, self.call_args, self.call_count = False, None, 0
        self.mock_calls, self.call_args_list = CallList(), CallList()
        self.__dict__["_mock_method_calls"] = CallList()
        if return_value:
            self.__dict__["_mock_return_value"] = DEFAULT
        if side_effect:
            self.__dict__["_mock_side_effect"] = None
        result = self.__dict__.get("_mock_return_value")
        for child in (*self._mock_children.values(), result):
            if isinstance(child, NonCallableMock) and child is not self:
                child.reset_mock(visited, return_value=return_value, side_effect=side_effect)

    def _comparable(self, note):
        """A note of a call with its arguments bound, so that keywords and places compare equal."""
        name, args, kwargs = note if len(note) == 3 else ("", *note)
        signature = self._signature_of(name) if name else self._spec_signature
        if signature is None:
            return note
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            return error.with_traceback(None)
        return _Call(name, bound.args, bound.kwargs)

    def _signature_of(self, name):
        mock = self
        for part in name.replace("()", "").split("."):
            mock = mock.__dict__.get("_mock_children", {}).get(part)
            if not isinstance(mock, NonCallableMock):
                return None
        return mock._spec_signature

    def _all_calls(self, prefix="Calls"):
        return f"\n{prefix}: {self.mock_calls!r}." if self.mock_calls else ""

    def _fail(self, message):
        raise AssertionError(message)

    def _own_name(self):
        return self._mock_name or "mock"

    def _mismatch(self, what, args, kwargs, actual):
        wanted = shown(self._own_name(), args, kwargs)
        return f"expected {what} not found.\nExpected: {wanted}\n  Actual: {actual}"

    def _check_same(self, what, actual, args, kwargs):
        if actual is None:
            text = self._mismatch(what, args, kwargs, f"not {what}ed.")
            raise AssertionError(text)
        wanted = self._comparable(_Call("", args, kwargs, two=True))
        given = self._comparable(actual)
        if wanted != given:
            cause = wanted if isinstance(wanted, Exception) else None
            text = self._mismatch(what, args, kwargs, shown(self._own_name(), *actual))
            raise AssertionError(text) from cause

    def _check_contained(self, what, notes, calls, any_order):
        wanted = [self._comparable(c) for c in calls]
        cause = next((c for c in wanted if isinstance(c, Exception)), None)
        known = CallList(self._comparable(c) for c in notes)
        if any_order:
            missing, left = [], list(known)
            for note, given in zip(wanted, calls):
                try:
                    left.remove(note)
                except ValueError:
                    missing.append(given)
            if missing:
                raise AssertionError(
                    f"{self._own_name()!r} does not contain all of {tuple(missing)!r} in its "
                    f"{what} list, found {notes!r} instead") from cause
        elif wanted not in known:
            if cause is None:
                problem = f"{what.capitalize()}s not found."
            else:
                errors = [e if isinstance(e, Exception) else None for e in wanted]
                problem = f"Error processing expected {what}s.\nErrors: {errors}"
            text = f"{problem}\nExpected: {CallList(calls)!r}"
            if what == "await":
                text += f"\nActual: {notes!r}"
            elif notes:
                text += f"\n  Actual: {notes!r}"
            raise AssertionError(text) from cause

    def assert_called(self):
        """There was a call."""
        if not self.call_count:
            self._fail(f"Expected '{self._own_name()}' to have been called.")

    def assert_not_called(self):
        """There was no call."""
        if self.call_count:
            self._fail(f"Expected '{self._own_name()}' to not have been called. "
                       f"Called {self.call_count} times.{self._all_calls()}")

    def assert_called_once(self):
        """There was exactly one call."""
        if self.call_count != 1:
            self._fail(f"Expected '{self._own_name()}' to have been called once. "
                       f"Called {self.call_count} times.{self._all_calls()}")

    def assert_called_with(self, /, *args, **kwargs):
        """The last call had these arguments."""
        self._check_same("call", self.call_args, args, kwargs)

    def assert_called_once_with(self, /, *args, **kwargs):
        """There was exactly one call, with these arguments."""
        if self.call_count != 1:
            self._fail(f"Expected '{self._own_name()}' to be called once. "
                       f"Called {self.call_count} times.{self._all_calls()}")
        return self.assert_called_with(*args, **kwargs)

    def assert_any_call(self, /, *args, **kwargs):
        """Some call had these arguments."""
        wanted = self._comparable(_Call("", args, kwargs, two=True))
        cause = wanted if isinstance(wanted, Exception) else None
        if cause or wanted not in CallList(self._comparable(c) for c in self.call_args_list):
            raise AssertionError(
                f"{shown(self._own_name(), args, kwargs)} call not found") from cause

    def assert_has_calls(self, calls, any_order=False):
        """These calls were made, one after the other or in any order."""
        self._check_contained("call", self.mock_calls, calls, any_order)


async def _later(items):
    for item in items:
        yield item


def call_signature(spec, as_instance=False, eats_self=False):
    """How something is called; None when that is not known."""
    if isinstance(spec, type):
        if as_instance:
            spec = getattr(spec, "__call__", None)
            if not isinstance(spec, FunctionType):
                return None
            eats_self = True
        else:
            spec = spec.__init__
            if not isinstance(spec, FunctionType):
                return None
            eats_self = True
    elif not callable(spec):
        return None
    elif not isinstance(spec, FunctionType) and not inspect.isroutine(spec):
        spec = type(spec).__call__
        eats_self = True
        if not isinstance(spec, FunctionType):
            return None
    try:
        signature = inspect.signature(spec)
    except (TypeError, ValueError):
        return None
    if eats_self and isinstance(spec, FunctionType):
        parameters = list(signature.parameters.values())
        if parameters and parameters[0].kind is not parameters[0].VAR_POSITIONAL:
            signature = signature.replace(parameters=parameters[1:])
    return signature


class LateSpec:
    """A child with a spec, made when it is asked for."""

    def __init__(self, make):
        self.make = make


class CallableMixin:
    """Calls of a mock."""

    def __init__(self, spec=None, side_effect=None, return_value=DEFAULT, wraps=None, name=None,
                 spec_set=None, parent=None, _spec_state=None, _new_name="", _new_parent=None,
                 **kwargs):
        self.__dict__["_mock_return_value"] = return_value
        super().__init__(spec, wraps, name, spec_set, parent, _spec_state, _new_name, _new_parent,
                         **kwargs)
        self.side_effect = side_effect
        if return_value is not DEFAULT:
            self._adopt(return_value, None, "()")

    def __call__(self, /, *args, **kwargs):
        checked = self.__dict__.get("_mock_check_signature")
        if checked is not None:
            checked.bind(*args, **kwargs)
        self._note(args, kwargs)
        return self._act(args, kwargs)

    def _note(self, args, kwargs):
        """Every mock from here to the outermost one notes the call, each by its own name for it."""
        with self._mock_lock:
            self.called = True
            self.call_count += 1
            note = _Call("", args, kwargs, two=True)
            self.call_args = note
            self.call_args_list.append(note)
            self.mock_calls.append(_Call("", args, kwargs))
        method, name = self._mock_name, self._mock_new_name
        is_method, is_result = self._mock_parent is not None, self._mock_new_name == "()"
        mock = self._mock_new_parent
        while mock is not None:
            if is_method:
                mock.method_calls.append(_Call(method, args, kwargs))
                is_method = mock._mock_parent is not None
                if is_method:
                    method = f"{mock._mock_name}.{method}"
            mock.mock_calls.append(_Call(name, args, kwargs))
            if mock._mock_new_name:
                name = f"{mock._mock_new_name}{'' if is_result else '.'}{name}"
                is_result = mock._mock_new_name == "()"
            mock = mock._mock_new_parent

    def _act(self, args, kwargs):
        effect = self.side_effect
        if effect is not None:
            if _is_exception(effect):
                raise effect
            result = effect(*args, **kwargs) if callable(effect) else next(effect)
            if not callable(effect) and _is_exception(result):
                raise result
            if result is not DEFAULT:
                return result
        if self.__dict__.get("_mock_return_value", DEFAULT) is DEFAULT \
                and self._mock_delegate is None and self._mock_wraps is not None:
            return self._mock_wraps(*args, **kwargs)
        return self.return_value


class Mock(CallableMixin, NonCallableMock):
    """Has every attribute and can be called; notes what happens to it."""


class NonCallableMagicMock(NonCallableMock):
    """A MagicMock that cannot be called itself."""

    _has_magic = True

    def mock_add_spec(self, spec, spec_set=False):
        self._use_spec(spec, spec_set)
        kind = type(self)
        for name in [n for n, value in vars(kind).items() if isinstance(value, _Magic)]:
            if self._mock_methods is not None and name not in self._mock_methods:
                delattr(kind, name)


class MagicMock(CallableMixin, NonCallableMagicMock):
    """A mock with special methods."""


class AsyncMixin:
    """Calls of a mock that are awaited."""

    await_count = _kept("await_count", 0)
    await_args = _kept("await_args")
    await_args_list = _kept("await_args_list")

    def __init__(self, /, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.__dict__.update(_mock_await_count=0, _mock_await_args=None,
                             _mock_await_args_list=CallList(),
                             _is_coroutine=asyncio.coroutines._is_coroutine
                             if hasattr(asyncio.coroutines, "_is_coroutine") else True)

    async def _act(self, args, kwargs):
        note = _Call("", args, kwargs, two=True)
        self.await_count += 1
        self.await_args = note
        self.await_args_list.append(note)
        effect = self.side_effect
        if effect is not None:
            if _is_exception(effect):
                raise effect
            if not callable(effect):
                try:
                    result = next(effect)
                except StopIteration:
                    raise StopAsyncIteration from None
                if _is_exception(result):
                    raise result
            else:
                result = effect(*args, **kwargs)
                if inspect.iscoroutine(result):
                    result = await result
            if result is not DEFAULT:
                return result
        if self.__dict__.get("_mock_return_value", DEFAULT) is DEFAULT \
                and self._mock_delegate is None and self._mock_wraps is not None:
            result = self._mock_wraps(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result
        return self.return_value

    def reset_mock(self, /, *args, **kwargs):
        super().reset_mock(*args, **kwargs)
        self.await_count, self.await_args, self.await_args_list = 0, None, CallList()

    def assert_awaited(self):
        """A call was awaited."""
        if not self.await_count:
            self._fail(f"Expected {self._own_name()} to have been awaited.")

    def assert_not_awaited(self):
        """No call was awaited."""
        if self.await_count:
            self._fail(f"Expected {self._own_name()} to not have been awaited. "
                       f"Awaited {self.await_count} times.")

    def assert_awaited_once(self):
        """Exactly one call was awaited."""
        if self.await_count != 1:
            self._fail(f"Expected {self._own_name()} to have been awaited once. "
                       f"Awaited {self.await_count} times.")

    def assert_awaited_with(self, /, *args, **kwargs):
        """The call that was awaited last had these arguments."""
        if self.await_args is None:
            wanted = shown(self._own_name(), args, kwargs)
            self._fail(f"Expected await: {wanted}\nNot awaited")
        self._check_same("await", self.await_args, args, kwargs)

    def assert_awaited_once_with(self, /, *args, **kwargs):
        """Exactly one call was awaited, with these arguments."""
        self.assert_awaited_once()
        return self.assert_awaited_with(*args, **kwargs)

    def assert_any_await(self, /, *args, **kwargs):
        """A call with these arguments was awaited."""
        wanted = self._comparable(_Call("", args, kwargs, two=True))
        if wanted not in CallList(self._comparable(c) for c in self.await_args_list):
            self._fail(f"{shown(self._own_name(), args, kwargs)} await not found")

    def assert_has_awaits(self, calls, any_order=False):
        """These calls were awaited, one after the other or in any order."""
        self._check_contained("await", self.await_args_list, calls, any_order)


class AsyncMock(AsyncMixin, MagicMock):
    """A mock of a coroutine function; its attributes are such mocks, too."""


class PropertyMock(Mock):
    """A mock of a property, to be put on a class: reading calls it, setting calls it with the value."""

    def _get_child_mock(self, /, **kwargs):
        return MagicMock(**kwargs)

    def __get__(self, obj, obj_type=None):
        return self()

    def __set__(self, obj, value):
        self(value)


def seal(mock):
    """From now on the mock and its children make no further children."""
    mock.__dict__["_mock_sealed"] = True
    for name, child in list(mock._mock_children.items()):
        if isinstance(child, NonCallableMock) and child._mock_new_parent is mock \
                and not child._mock_sealed:
            seal(child)
