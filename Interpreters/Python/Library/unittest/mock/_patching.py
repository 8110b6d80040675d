"""Puts mocks in place of attributes and entries, and takes them away again."""

import contextlib
import importlib
import inspect
from functools import wraps

from ._calls import DEFAULT
from ._mocks import AsyncMock, MagicMock, NonCallableMagicMock, NonCallableMock, \
    is_coroutine_function
from ._specs import create_autospec

_MISSING = object()
#: Those that `start` has started, in this order.
_started = []


class _Decorating:
    """Used as a decorator: what is put in place is there while the function runs."""

    def _begin(self):
        raise NotImplementedError

    def _given(self, value, args, kwargs):
        """The arguments of a call with what this adds to them."""
        return args, kwargs

    def __call__(self, target):
        if isinstance(target, type):
            return self._decorate_class(target)
        if inspect.iscoroutinefunction(target):
            @wraps(target)
            async def patched(*args, **kwargs):
                with contextlib.ExitStack() as stack:
                    args, kwargs = _enter_all(stack, patched, args, kwargs)
                    return await target(*args, **kwargs)
        else:
            @wraps(target)
            def patched(*args, **kwargs):
                with contextlib.ExitStack() as stack:
                    args, kwargs = _enter_all(stack, patched, args, kwargs)
                    return target(*args, **kwargs)
        known = getattr(target, "patchings", None)
        if known is not None:
            # One more decorator of the same function: it is entered by the first.
            known.append(self)
            return target
        patched.patchings = [self]
        return patched

    def _copy(self):
        return self

    def _decorate_class(self, kind):
        for name in dir(kind):
            if not name.startswith(patch.TEST_PREFIX):
                continue
            value = getattr(kind, name)
            if callable(value):
                setattr(kind, name, self._copy()(value))
        return kind

    def start(self):
        """Puts things in place until `stop`."""
        value = self.__enter__()
        _started.append(self)
        return value

    def stop(self):
        """Takes away what `start` has put in place."""
        try:
            _started.remove(self)
        except ValueError:
            return None
        return self.__exit__(None, None, None)


def _enter_all(stack, patched, args, kwargs):
    for patching in patched.patchings:
        args, kwargs = patching._given(stack.enter_context(patching), args, kwargs)
    return args, kwargs


class _Patch(_Decorating):
    """Another value for one attribute."""

    def __init__(self, getter, attribute, new, spec, create, spec_set, autospec, new_callable,
                 kwargs, *, unsafe=False):
        if new_callable is not None:
            if new is not DEFAULT:
                raise ValueError("Cannot use 'new' and 'new_callable' together")
            if autospec is not None:
                raise ValueError("Cannot use 'autospec' and 'new_callable' together")
        self._getter, self.attribute, self.new = getter, attribute, new
        self.new_callable, self.spec, self.create = new_callable, spec, create
        self.spec_set, self.autospec, self.kwargs = spec_set, autospec, kwargs
        #: Further ones of `patch.multiple`, and under which name the function gets the mock.
        self.further, self.keyword = [], None
        self._states = []

    def _copy(self):
        copy = _Patch(self._getter, self.attribute, self.new, self.spec, self.create,
                      self.spec_set, self.autospec, self.new_callable, self.kwargs)
        copy.keyword = self.keyword
        copy.further = [further._copy() for further in self.further]
        return copy

    def _given(self, value, args, kwargs):
        if self.keyword is not None:
            return args, {**kwargs, **value}
        return (args + (value,), kwargs) if self.new is DEFAULT else (args, kwargs)

    def _original(self, target):
        """What is there now, and whether it is the target's own."""
        own = vars(target) if hasattr(target, "__dict__") else {}
        if self.attribute in own:
            return own[self.attribute], True
        value = getattr(target, self.attribute, _MISSING)
        if value is _MISSING:
            import builtins
            if isinstance(target, type(builtins)) and hasattr(builtins, self.attribute):
                # A name of the module hides the built-in one.
                return getattr(builtins, self.attribute), False
            if not self.create:
                raise AttributeError(f"{target} does not have the attribute {self.attribute!r}")
        return value, False

    def _make(self, original):
        """The mock that nobody has given."""
        spec, spec_set, autospec = (
            None if value is False else value for value in (self.spec, self.spec_set, self.autospec))
        if spec is not None and autospec is not None:
            raise TypeError("Can't specify spec and autospec")
        if self.autospec in (None, False) or autospec is None:
            if spec is not None and spec_set is not None and spec_set not in (True,):
                raise TypeError("Can't specify both spec and spec_set")
            kind = self.new_callable
            words = {}
            for key, value in (("spec", spec), ("spec_set", spec_set)):
                if value is True:
                    if original is _MISSING:
                        raise TypeError("Can't use 'spec' with create=True")
                    value = original
                if value is not None:
                    words = {key: value}
            model = next(iter(words.values()), None)
            if kind is None:
                if model is None:
                    kind = AsyncMock if is_coroutine_function(original) else MagicMock
                elif is_coroutine_function(model):
                    kind = AsyncMock
                else:
                    kind = MagicMock if isinstance(model, (list, tuple)) and "__call__" in model \
                        or callable(model) else NonCallableMagicMock
            if isinstance(kind, type) and issubclass(kind, NonCallableMock):
                words["name"] = self.attribute
            new = kind(**{**words, **self.kwargs})
            if isinstance(model, type) and isinstance(new, MagicMock):
                new.return_value = kind(_new_parent=new, _new_name="()",
                                        **{key: model for key in words if key != "name"})
            return new
        if self.new_callable is not None:
            raise TypeError("Can't use 'autospec' with create=True")
        if original is _MISSING:
            raise TypeError("Can't use 'autospec' with create=True")
        if autospec is True:
            autospec = original
        return create_autospec(autospec, spec_set=bool(spec_set), _name=self.attribute,
                               **self.kwargs)

    def __enter__(self):
        if self.new is not DEFAULT and self.autospec is not None:
            raise TypeError("autospec creates the mock for you. Can't specify autospec and new.")
        if self.new is not DEFAULT and self.kwargs:
            raise TypeError("Can't pass kwargs to a mock we aren't creating")
        target = self._getter()
        original, is_own = self._original(target)
        new = self._make(original) if self.new is DEFAULT else self.new
        with contextlib.ExitStack() as stack:
            stack.callback(self._restore, target, original, is_own)
            setattr(target, self.attribute, new)
            value = new
            if self.keyword is not None:
                value = {self.keyword: new} if self.new is DEFAULT else {}
                for further in self.further:
                    value.update(stack.enter_context(further))
            self._states.append((stack.pop_all(), target))
        return value

    def _restore(self, target, original, is_own):
        if is_own and original is not _MISSING:
            setattr(target, self.attribute, original)
            return
        delattr(target, self.attribute)
        if not self.create and (not hasattr(target, self.attribute) or self.attribute in (
                "__doc__", "__module__", "__defaults__", "__annotations__", "__kwdefaults__")):
            # What was there was not to be seen in the target's dict.
            setattr(target, self.attribute, original)

    def __exit__(self, *exc_info):
        if self._states:
            return self._states.pop()[0].__exit__(*exc_info)
        return None

    @property
    def target(self):
        return self._getter()


def _imported(path):
    """The object that a path with dots names; modules on the way are imported."""
    names = path.split(".")
    for count in range(len(names), 0, -1):
        name = ".".join(names[:count])
        try:
            found = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if count == 1 or not (error.name and name.startswith(error.name)):
                raise
            continue
        for attribute in names[count:]:
            found = getattr(found, attribute)
        return found


def patch(target, new=DEFAULT, spec=None, create=False, spec_set=None, autospec=None,
          new_callable=None, *, unsafe=False, **kwargs):
    """Another value for what `target`, a path with dots, names: a context manager and a decorator."""
    try:
        place, attribute = target.rsplit(".", 1)
    except (AttributeError, ValueError):
        raise TypeError(f"Need a valid target to patch. You supplied: {target!r}") from None
    return _Patch(lambda: _imported(place), attribute, new, spec, create, spec_set, autospec,
                  new_callable, kwargs)


def _patch_object(target, attribute, new=DEFAULT, spec=None, create=False, spec_set=None,
                  autospec=None, new_callable=None, *, unsafe=False, **kwargs):
    """Another value for an attribute of an object."""
    if isinstance(target, str):
        raise TypeError(f"{target!r} must be the actual object to be patched, not a str")
    return _Patch(lambda: target, attribute, new, spec, create, spec_set, autospec, new_callable,
                  kwargs)


def _patch_multiple(target, spec=None, create=False, spec_set=None, autospec=None,
                    new_callable=None, **kwargs):
    """Other values for several attributes of an object, or of what a path names."""
    if not kwargs:
        raise ValueError("Must supply at least one keyword argument with patch.multiple")
    getter = (lambda: _imported(target)) if isinstance(target, str) else lambda: target
    patchings = []
    for name, new in kwargs.items():
        patchings.append(_Patch(getter, name, new, spec, create, spec_set, autospec, new_callable,
                                {}))
        patchings[-1].keyword = name
    patchings[0].further = patchings[1:]
    return patchings[0]


class _patch_dict(_Decorating):
    """Other entries in a dict, or in what a path names."""

    def __init__(self, in_dict, values=(), clear=False, **kwargs):
        self.in_dict, self.clear = in_dict, clear
        self.values = {**dict(values), **kwargs}
        self._before = None

    def _copy(self):
        return _patch_dict(self.in_dict, self.values, self.clear)

    def __enter__(self):
        target = self.in_dict
        if isinstance(target, str):
            target = self.in_dict = _imported(target)
        self._before = target.copy() if hasattr(target, "copy") else {k: target[k] for k in target}
        if self.clear:
            _empty(target)
        _fill(target, self.values)
        return target

    def __exit__(self, *exc_info):
        if self._before is not None:
            _empty(self.in_dict)
            _fill(self.in_dict, self._before)
            self._before = None
        return False


def _empty(target):
    if hasattr(target, "clear"):
        target.clear()
    else:
        for key in list(target):
            del target[key]


def _fill(target, values):
    if hasattr(target, "update"):
        target.update(values)
    else:
        for key in values:
            target[key] = values[key]


def _stop_all():
    """Stops everything that was started, the last first."""
    for patching in reversed(_started[:]):
        patching.stop()


patch.object, patch.multiple, patch.dict = _patch_object, _patch_multiple, _patch_dict
patch.stopall = _stop_all
patch.TEST_PREFIX = "test"
for _thing in (patch, _patch_dict, _patch_object, _patch_multiple):
    _thing.__module__ = "unittest.mock"
