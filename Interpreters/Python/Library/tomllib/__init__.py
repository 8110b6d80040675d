"""Reads TOML, a language for configurations."""

__all__ = ["TOMLDecodeError", "load", "loads"]

from ._reading import TOMLDecodeError, loads

TOMLDecodeError.__module__ = loads.__module__ = __name__


def load(fp, /, *, parse_float=float):
    """The content of a file, which is open for reading bytes."""
    data = fp.read()
    try:
        text = data.decode()
    except AttributeError:
        raise TypeError("File must be opened in binary mode, e.g. use `open('foo.toml', 'rb')`") \
            from None
    return loads(text, parse_float=parse_float)
