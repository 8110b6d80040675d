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
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.check_circular = check_circular
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = indent
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ","
        if default is not None:
            self.default = default

    def default(self, o):
        """Something that can be written in place of `o`."""
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")

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
