"""From JSON text to values."""

from _json import read as _read
from _json import scanstring

__all__ = ["JSONDecoder", "JSONDecodeError"]


class JSONDecodeError(ValueError):
    """The text is not JSON; says where."""

    def __init__(self, msg, doc, pos):
        self.msg, self.doc, self.pos = msg, doc, pos
        before = doc[:pos]
        self.lineno = 1 + before.count("\n")
        self.colno = pos - before.rfind("\n")
        super().__init__(f"{msg}: line {self.lineno} column {self.colno} (char {pos})")

    def __reduce__(self):
        return type(self), (self.msg, self.doc, self.pos)


_space = " \t\n\r"


def _end_of_space(s, start):
    end = len(s)
    while start < end and s[start] in _space:
        start += 1
    return start


class JSONDecoder:
    """Reads JSON; functions of the program may make objects and numbers."""

    def __init__(
        self, *, object_hook=None, parse_float=None, parse_int=None, parse_constant=None,
        strict=True, object_pairs_hook=None,
    ):
        self.strict = strict
        self.object_hook, self.object_pairs_hook = object_hook, object_pairs_hook
        self.parse_int, self.parse_float = parse_int, parse_float
        self.parse_constant = parse_constant
        # What a reader has noted of keys; it is empty after a text.
        self.memo = {}

    def scan_once(self, s, idx):
        """The value at an index, and where it ends."""
        return _read(
            s, idx, self.strict, self.object_hook, self.object_pairs_hook,
            None if self.parse_float is float else self.parse_float,
            None if self.parse_int is int else self.parse_int, self.parse_constant,
        )

    def decode(self, s):
        """The value of a text."""
        value, end = self.raw_decode(s, _end_of_space(s, 0))
        end = _end_of_space(s, end)
        if end < len(s):
            raise JSONDecodeError("Extra data", s, end)
        return value

    def raw_decode(self, s, idx=0):
        """The value at an index, and where it ends; more text may follow."""
        return self.scan_once(s, idx)
