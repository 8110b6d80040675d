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


RawIOBase.register(FileIO)
for _type in (BytesIO, BufferedReader, BufferedWriter, BufferedRandom, BufferedRWPair):
    BufferedIOBase.register(_type)
for _type in (StringIO, TextIOWrapper):
    TextIOBase.register(_type)
del _type


def open_code(path):
    return open(path, 'rb')


class IncrementalNewlineDecoder:
    """Turns all kinds of newlines in pieces of text into one."""

    def __init__(self, decoder, translate, errors='strict'):
        self._decoder = decoder
        self._translate = translate
        self.errors = errors
        self._pending = False
        self._seen = 0

    def decode(self, input, final=False):
        text = input if self._decoder is None else self._decoder.decode(input, final=final)
        if self._pending and (text or final):
            text = '\r' + text
            self._pending = False
        if text.endswith('\r') and not final:
            text = text[:-1]
            self._pending = True
        pairs = text.count('\r\n')
        returns = text.count('\r') - pairs
        newlines = text.count('\n') - pairs
        self._seen |= (returns and 1) | (newlines and 2) | (pairs and 4)
        if self._translate:
            text = text.replace('\r\n', '\n').replace('\r', '\n')
        return text

    def reset(self):
        self._pending = False
        self._seen = 0
        if self._decoder is not None:
            self._decoder.reset()

    @property
    def newlines(self):
        kinds = [kind for bit, kind in ((1, '\r'), (2, '\n'), (4, '\r\n')) if self._seen & bit]
        return None if not kinds else kinds[0] if len(kinds) == 1 else tuple(kinds)
