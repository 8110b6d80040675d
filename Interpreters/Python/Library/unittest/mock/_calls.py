"""Notes of calls, and values with names."""

import pprint


class _Sentinel:
    """One value that is only itself."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"sentinel.{self.name}"

    def __reduce__(self):
        return f"sentinel.{self.name}"


class _Sentinels:
    """Each attribute is a value of its own, the same one every time."""

    def __getattr__(self, name):
        if name == "__bases__":
            raise AttributeError
        made = self.__dict__[name] = _Sentinel(name)
        return made

    def __reduce__(self):
        return "sentinel"


sentinel = _Sentinels()
DEFAULT = sentinel.DEFAULT


class _Any:
    """Equal to everything."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __repr__(self):
        return "<ANY>"


ANY = _Any()


def shown(name, args, kwargs):
    """A call as a program would write it."""
    words = [*map(repr, args), *(f"{key}={value!r}" for key, value in kwargs.items())]
    return f"{name}({', '.join(words)})"


def _parts(value):
    """The name, the arguments and the keywords that a tuple stands for; any of them may be left out."""
    name, args, kwargs = "", (), {}
    for part in value:
        if isinstance(part, str):
            name = part
        elif isinstance(part, tuple):
            args = part
        else:
            kwargs = part
    return name, args, kwargs


class _Call(tuple):
    """A note of one call: (name, arguments, keywords), or without a name the last two.

    `call.a(1).b` makes such notes to compare with. Attributes of a note are further names.
    """

    def __new__(cls, name, args=(), kwargs=None, *, two=False, parent=None, is_open=False):
        kwargs = {} if kwargs is None else kwargs
        made = super().__new__(cls, (args, kwargs) if two else (name, args, kwargs))
        made._mock_name, made._mock_parent, made._is_open = name, parent, is_open
        return made

    @property
    def args(self):
        return self[-2]

    @property
    def kwargs(self):
        return self[-1]

    def __eq__(self, other):
        if not isinstance(other, tuple):
            return NotImplemented
        if len(other) > 3:
            return False
        if isinstance(other, _Call) and self._mock_parent and other._mock_parent \
                and self._mock_parent != other._mock_parent:
            return False
        name, args, kwargs = _parts(self) if len(self) == 2 else tuple(self)
        other_name, other_args, other_kwargs = _parts(other)
        if name and other_name != name:
            return False
        # Who says how arguments are compared stands on the right, as `ANY` does.
        return (other_args, other_kwargs) == (args, kwargs)

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = None

    def __call__(self, *args, **kwargs):
        if self._mock_name is None:
            return _Call("", args, kwargs)
        name = self._mock_name + ("" if self._is_open else "()")
        return _Call(name, args, kwargs, parent=self)

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__") and name != "__call__" \
                and hasattr(tuple, name):
            raise AttributeError(name)
        return self._further(name)

    # A note is a tuple; as names of calls these are more likely meant.
    def count(self, /, *args, **kwargs):
        return self._further("count")(*args, **kwargs)

    def index(self, /, *args, **kwargs):
        return self._further("index")(*args, **kwargs)

    def _further(self, name):
        if self._mock_name is None:
            return _Call(name, parent=None, is_open=True)
        before = self._mock_name + ("" if self._is_open else "()")
        if before == "()":
            before = "call()"
        return _Call(f"{before}.{name}", parent=self if not self._is_open else self._mock_parent,
                     is_open=True)

    def call_list(self):
        """The notes of all calls that led to this one, first things first."""
        notes, note = CallList(), self
        while note is not None and note._mock_name is not None:
            if not note._is_open:
                notes.insert(0, note)
            note = note._mock_parent
        return notes

    def __repr__(self):
        if self._is_open:
            return self._mock_name or "call"
        if len(self) == 2:
            return shown("call", *self)
        name, args, kwargs = self
        separator = "" if not name or name.startswith("()") else "."
        return shown(f"call{separator}{name}", args, kwargs)


call = _Call(None, is_open=True)


class CallList(list):
    """Notes in the order of the calls; another list is contained when it follows somewhere within."""

    def __contains__(self, value):
        if not isinstance(value, list):
            return super().__contains__(value)
        count = len(value)
        return any(self[i:i + count] == value for i in range(len(self) - count + 1))

    def __repr__(self):
        return pprint.pformat(list(self))
