"""Files: the types are built in, the base classes to derive from are here."""

import abc
from _io import (
    DEFAULT_BUFFER_SIZE, BlockingIOError, BufferedRandom, BufferedReader, BufferedRWPair,
    BufferedWriter, BytesIO, FileIO, StringIO, TextIOWrapper, UnsupportedOperation, open,
    text_encoding)
import _io

__all__ = [
    'BlockingIOError', 'open', 'open_code', 'IOBase', 'RawIOBase', 'FileIO', 'BytesIO', 'StringIO',
    'BufferedIOBase', 'BufferedReader', 'BufferedWriter', 'BufferedRWPair', 'BufferedRandom',
    'TextIOBase', 'TextIOWrapper', 'UnsupportedOperation', 'SEEK_SET', 'SEEK_CUR', 'SEEK_END']

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2


class IOBase(_io._IOBase, metaclass=abc.ABCMeta):
    """The base of all file objects."""


class RawIOBase(_io._RawIOBase, IOBase):
    """Files without a buffer."""


class BufferedIOBase(_io._BufferedIOBase, IOBase):
    """Files of bytes with a buffer."""


class TextIOBase(_io._TextIOBase, IOBase):
    """Files of text."""


for _base, *_types in (
        (RawIOBase, FileIO),
        (BufferedIOBase, BytesIO, BufferedReader, BufferedWriter, BufferedRandom, BufferedRWPair),
        (TextIOBase, StringIO, TextIOWrapper)):
    for _type in _types:
        _base.register(_type)
del _base, _type, _types


def open_code(path):
    return open(path, 'rb')


class IncrementalNewlineDecoder:
    """Turns all kinds of newlines in pieces of text into one."""

    def __init__(self, decoder, translate, errors='strict'):
        self.errors = errors
        self._decoder, self._translate = decoder, translate
        self._start()

    def _start(self):
        # A '\r' at the end of a piece waits for the next one: both may be one newline.
        self._held = ''
        self._kinds = set()

    def reset(self):
        """Begins anew."""
        if self._decoder is not None:
            self._decoder.reset()
        self._start()

    def decode(self, input, final=False):
        """The text of a piece, as far as its newlines are known."""
        text = input if self._decoder is None else self._decoder.decode(input, final=final)
        if text or final:
            text, self._held = self._held + text, ''
        if text[-1:] == '\r' and not final:
            text, self._held = text[:-1], '\r'
        for kind in ('\r\n', '\r', '\n'):
            others = 0 if kind == '\r\n' else text.count('\r\n')
            if text.count(kind) > others:
                self._kinds.add(kind)
        if self._translate:
            text = text.replace('\r\n', '\n').replace('\r', '\n')
        return text

    @property
    def newlines(self):
        """The kinds of newlines seen so far: None, one, or a tuple."""
        kinds = *filter(self._kinds.__contains__, ('\r', '\n', '\r\n')),
        return kinds if len(kinds) > 1 else kinds[0] if kinds else None
