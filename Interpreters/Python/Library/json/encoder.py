"""From values to JSON text."""

from _json import encode_basestring, encode_basestring_ascii
from _json import write as _write

__all__ = ["JSONEncoder"]

py_encode_basestring = encode_basestring
py_encode_basestring_ascii = encode_basestring_ascii


class JSONEncoder:
    """Writes JSON; a subclass may say in `default` how other objects are written."""

    item_separator = ", "
    key_separator = ": "

    def __init__(
        self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True,
        sort_keys=False, indent=None, separators=None, default=None,
    ):
        self.skipkeys, self.sort_keys = skipkeys, sort_keys
        self.ensure_ascii, self.allow_nan = ensure_ascii, allow_nan
        self.check_circular = check_circular
        self.indent = indent
        if default is not None:
            self.default = default
        if indent is not None:
            # The items are on lines of their own.
            self.item_separator = ","
        if separators is not None:
            self.item_separator, self.key_separator = separators

    def default(self, o):
        """Something that can be written in place of `o`."""
        raise TypeError(f"Object of type {type(o).__name__} is not JSON serializable")

    def encode(self, o):
        """The text of a value."""
        return "".join(self.iterencode(o))

    def iterencode(self, o, _one_shot=False):
        """The text of a value in pieces."""
        indent = self.indent
        if indent is not None and not isinstance(indent, str):
            indent = " " * indent
        yield _write(
            o, self.default, indent, self.item_separator, self.key_separator, self.sort_keys,
            self.skipkeys, self.ensure_ascii, self.allow_nan, self.check_circular,
        )
