"""Values as JSON text, and back."""

from codecs import (
    BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE)

from .decoder import JSONDecodeError, JSONDecoder
from .encoder import JSONEncoder

__all__ = ["dump", "dumps", "load", "loads", "JSONDecoder", "JSONDecodeError", "JSONEncoder"]

_ENCODING = dict(
    skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, indent=None,
    separators=None, default=None, sort_keys=False)
_HOOKS = "object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant"

# Encodings by how a text in them begins; a mark of four bytes begins with one of two.
_MARKS = (
    ("utf-32", (BOM_UTF32_BE, BOM_UTF32_LE)), ("utf-16", (BOM_UTF16_BE, BOM_UTF16_LE)),
    ("utf-8-sig", BOM_UTF8))

_plain_encoder = JSONEncoder()
_plain_decoder = JSONDecoder()


def _encoder(cls, options):
    if cls is None and not options:
        return _plain_encoder
    return (cls or JSONEncoder)(**{**_ENCODING, **options})


def dumps(obj, *, cls=None, **options):
    """The text of a value; the options are those of JSONEncoder."""
    return _encoder(cls, options).encode(obj)


def dump(obj, fp, *, cls=None, **options):
    """Writes a value to a file; the options are those of JSONEncoder."""
    for piece in _encoder(cls, options).iterencode(obj):
        fp.write(piece)


def detect_encoding(b):
    """The encoding of JSON in bytes: without a mark, by where zeros are in its first characters."""
    for name, mark in _MARKS:
        if b.startswith(mark):
            return name
    if len(b) == 2 or len(b) >= 4:
        if not b[0]:
            return "utf-16-be" if len(b) == 2 or b[1] else "utf-32-be"
        if not b[1]:
            return "utf-16-le" if len(b) == 2 or any(b[2:4]) else "utf-32-le"
    return "utf-8"


def loads(s, *, cls=None, **options):
    """The value of a text; the options are those of JSONDecoder."""
    if isinstance(s, (bytes, bytearray)):
        s = s.decode(detect_encoding(s), "surrogatepass")
    elif not isinstance(s, str):
        raise TypeError(
            f"the JSON object must be str, bytes or bytearray, not {type(s).__name__}")
    elif s[:1] == "\ufeff":
        raise JSONDecodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", s, 0)
    if cls is None and not options:
        return _plain_decoder.decode(s)
    for hook in _HOOKS:
        if options.get(hook, s) is None:
            del options[hook]
    return (cls or JSONDecoder)(**options).decode(s)


def load(fp, *, cls=None, **options):
    """Reads a value from a file; the options are those of JSONDecoder."""
    return loads(fp.read(), cls=cls, **options)
