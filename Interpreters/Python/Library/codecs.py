"""Encodings by name, error handlers, and files that are encoded."""

import builtins
from _codecs import (ascii_decode, ascii_encode, decode, encode, escape_decode, latin_1_decode,
                     latin_1_encode, lookup as _lookup, lookup_error, register, register_error,
                     unregister, utf_8_decode, utf_8_encode, _decode_part)

# The mark that begins a text says which of the bytes of a number comes first.
_MARK = '\ufeff'
BOM_UTF8, BOM_UTF16_LE, BOM_UTF16_BE, BOM_UTF32_LE, BOM_UTF32_BE = [
    _MARK.encode(name) for name in ('utf-8', 'utf-16-le', 'utf-16-be', 'utf-32-le', 'utf-32-be')]
BOM = BOM_UTF16 = BOM_LE = BOM32_LE = BOM_UTF16_LE
BOM_BE = BOM32_BE = BOM_UTF16_BE
BOM_UTF32 = BOM64_LE = BOM_UTF32_LE
BOM64_BE = BOM_UTF32_BE


class CodecInfo(tuple):
    """What a name of an encoding stands for: encode, decode, streamreader, streamwriter."""

    _is_text_encoding = True

    def __new__(cls, encode, decode, streamreader=None, streamwriter=None,
                incrementalencoder=None, incrementaldecoder=None, name=None, *,
                _is_text_encoding=None):
        functions = dict(
            encode=encode, decode=decode, streamreader=streamreader, streamwriter=streamwriter)
        info = super().__new__(cls, functions.values())
        vars(info).update(functions, name=name, incrementalencoder=incrementalencoder,
                          incrementaldecoder=incrementaldecoder)
        if _is_text_encoding is not None:
            info._is_text_encoding = _is_text_encoding
        return info

    def __repr__(self):
        kind = type(self)
        return (f"<{kind.__module__}.{kind.__qualname__} object for encoding {self.name} "
                f"at {id(self):#x}>")


# What codecs are made of

class Codec:
    """Encodes and decodes without a state."""

    def encode(self, input, errors='strict'):
        raise NotImplementedError

    decode = encode


class _Incremental:
    """Takes its input in pieces; what is not complete may wait in the buffer."""

    _nothing = None

    def __init__(self, errors='strict'):
        self.errors = errors
        self.buffer = self._nothing

    def _convert(self, input, final=False):
        raise NotImplementedError

    def _convert_with_rest(self, convert, input, final):
        rest = self.buffer
        waiting = rest + input if rest else input
        result, used = convert(waiting, self.errors, final)
        self.buffer = waiting[used:]
        return result

    def reset(self):
        """Forgets what was taken before."""


class IncrementalEncoder(_Incremental):
    """Encodes text that comes in pieces."""

    _nothing = ''
    encode = _Incremental._convert

    def getstate(self):
        return 0

    def setstate(self, state):
        """Takes back what `getstate` gave."""


class BufferedIncrementalEncoder(IncrementalEncoder):
    """Keeps what cannot be encoded until more comes."""

    def _buffer_encode(self, input, errors, final):
        raise NotImplementedError

    def encode(self, input, final=False):
        return self._convert_with_rest(self._buffer_encode, input, final)

    def reset(self):
        self.buffer = ''

    def getstate(self):
        return self.buffer or 0

    def setstate(self, state):
        self.buffer = state or ''


class IncrementalDecoder(_Incremental):
    """Decodes bytes that come in pieces, which may end within a character."""

    _nothing = b''
    decode = _Incremental._convert

    def getstate(self):
        return b'', 0

    def setstate(self, state):
        """Takes back what `getstate` gave."""


class BufferedIncrementalDecoder(IncrementalDecoder):
    """Keeps what is not complete until more comes."""

    def _buffer_decode(self, input, errors, final):
        raise NotImplementedError

    def decode(self, input, final=False):
        return self._convert_with_rest(self._buffer_decode, input, final)

    def reset(self):
        self.buffer = b''

    def getstate(self):
        return self.buffer, 0

    def setstate(self, state):
        self.buffer, _ = state


# Files

class _Wrapped:
    """What goes round a file, and leaves to it what it does not do itself."""

    def __getattr__(self, name):
        if name == 'stream':
            raise AttributeError(name)
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.stream.close()

    def __reduce_ex__(self, proto):
        raise TypeError(f"can't serialize {type(self).__name__}")


class _Lines(_Wrapped):
    """Gives the lines of a file that has `readline`."""

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line


class StreamWriter(_Wrapped, Codec):
    """A file to which text is written."""

    def __init__(self, stream, errors='strict'):
        self.stream, self.errors = stream, errors

    def write(self, object):
        self.stream.write(self.encode(object, self.errors)[0])

    def writelines(self, list):
        self.write(''.join(list))

    def reset(self):
        """What is written next is a beginning."""

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        if offset == whence == 0:
            self.reset()


class StreamReader(_Lines, Codec):
    """A file from which text is read."""

    charbuffertype = str

    def __init__(self, stream, errors='strict'):
        self.stream, self.errors = stream, errors
        StreamReader.reset(self)

    def reset(self):
        # Bytes that are part of a character, and characters that nobody has asked for.
        self.bytebuffer = b''
        self.charbuffer = self.charbuffertype()

    def _take(self, size):
        """Reads and decodes a piece; false at the end."""
        piece = self.stream.read(size) if size >= 0 else self.stream.read()
        waiting = self.bytebuffer + piece
        if waiting:
            text, used = self.decode(waiting, self.errors)
            self.bytebuffer = waiting[used:]
            self.charbuffer += text
        return bool(piece)

    def _give(self, count):
        text, self.charbuffer = self.charbuffer[:count], self.charbuffer[count:]
        return text

    def read(self, size=-1, chars=-1, firstline=False):
        """Up to `chars` characters, or `size` ones; all when neither is said.

        `size` is also how many bytes are read at a time.
        """
        wanted = size if chars < 0 else chars
        while wanted < 0 or len(self.charbuffer) < wanted:
            if not self._take(size):
                break
        return self._give(wanted if wanted >= 0 else len(self.charbuffer))

    def _first_line(self):
        """The first line of the buffer, and whether what follows may belong to it."""
        for text in (self.charbuffer[:100], self.charbuffer):
            lines = text.splitlines(True)
            if len(lines) > 1:
                return lines[0], False
        # A carriage return may be half the end of a line.
        open_ended = text[-1:] == '\r' or lines == text.splitlines()
        return text, open_ended

    def readline(self, size=None, keepends=True):
        """A line, or the first `size` characters of it."""
        step = size or 72
        while True:
            line, open_ended = self._first_line()
            if not open_ended or size and len(line) >= size:
                break
            if not self._take(1 if line[-1:] == '\r' else step):
                break
            step = min(2 * step, 8000)
        line = self._give(min(len(line), size or len(line)))
        return line if keepends else ''.join(line.splitlines())

    def readlines(self, sizehint=None, keepends=True):
        return self.read().splitlines(keepends)

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        self.reset()


def _passed(side):
    """Makes methods that leave all to the reader or the writer of a file."""

    def method(name):
        def call(self, *args, **kwargs):
            return getattr(getattr(self, side), name)(*args, **kwargs)

        call.__name__, call.__qualname__ = name, f'StreamReaderWriter.{name}'
        return call

    return method


class StreamReaderWriter(_Lines):
    """A file for reading and writing."""

    encoding = 'unknown'

    def __init__(self, stream, Reader, Writer, errors='strict'):
        self.stream, self.errors = stream, errors
        self.reader, self.writer = (kind(stream, errors) for kind in (Reader, Writer))

    read, readline, readlines = map(_passed('reader'), ('read', 'readline', 'readlines'))
    write, writelines = map(_passed('writer'), ('write', 'writelines'))

    def reset(self):
        for side in (self.reader, self.writer):
            side.reset()

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        self.reader.reset()
        if offset == whence == 0:
            self.writer.reset()


class StreamRecoder(StreamReaderWriter):
    """A file in one encoding that is read and written in another one."""

    data_encoding = file_encoding = 'unknown'

    def __init__(self, stream, encode, decode, Reader, Writer, errors='strict'):
        super().__init__(stream, Reader, Writer, errors)
        self.encode, self.decode = encode, decode

    def _outward(self, text):
        return self.encode(text, self.errors)[0]

    def read(self, size=-1):
        return self._outward(self.reader.read(size))

    def readline(self, size=None):
        return self._outward(self.reader.readline(size))

    def readlines(self, sizehint=None):
        return self.read().splitlines(keepends=True)

    def write(self, data):
        return self.writer.write(self.decode(data, self.errors)[0])

    def writelines(self, list):
        return self.write(b''.join(list))


# The encodings that the interpreter knows

def _codec_class(base, name, **members):
    return type(name, (base,), {'__module__': __name__, **members})


def _built_in(name):
    marked = name in ('utf-16', 'utf-32', 'utf-8-sig')
    # What follows the mark is in an encoding without one.
    later = {'utf-16': 'utf-16-le', 'utf-32': 'utf-32-le', 'utf-8-sig': 'utf-8'}.get(name, name)
    width = {'utf-16': 2, 'utf-32': 4}.get(name, 3)

    def encode_text(input, errors='strict'):
        if not isinstance(input, str):
            raise TypeError(f"{name.replace('-', '_')}_encode() argument 1 must be str, "
                            f"not {type(input).__name__}")
        return input.encode(name, errors), len(input)

    def decode_bytes(input, errors='strict'):
        return bytes(input).decode(name, errors), len(input)

    def encode_next(self, input, final=False):
        encoding = later if self.getstate() else name
        if marked:
            self.setstate(1)
        return input.encode(encoding, self.errors)

    def decode_next(self, input, errors, final):
        encoding = self.encoding
        if encoding != name or not marked:
            return _decode_part(input, encoding, errors, final)
        if len(input) < width and not final:
            return '', 0
        mark = input[:width]
        if name != 'utf-8-sig' and input and mark not in (
                BOM_UTF16_LE, BOM_UTF16_BE, BOM_UTF32_LE, BOM_UTF32_BE):
            raise UnicodeError(f"{name.upper()} stream does not start with BOM")
        result = _decode_part(input, name, errors, final)
        big = name != 'utf-8-sig' and mark in (BOM_UTF16_BE, BOM_UTF32_BE)
        self.encoding = name + '-be' if big else later
        return result

    def reset_decoder(self):
        self.buffer, self.encoding = b'', name

    encoder = _codec_class(
        IncrementalEncoder, 'IncrementalEncoder', encode=encode_next, started=0,
        getstate=lambda self: self.started, reset=lambda self: self.setstate(0),
        setstate=lambda self, state: setattr(self, 'started', state))
    decoder = _codec_class(
        BufferedIncrementalDecoder, 'IncrementalDecoder', encoding=name,
        _buffer_decode=decode_next, reset=reset_decoder)
    return CodecInfo(encode_text, decode_bytes, *_streams(encoder, decoder), encoder, decoder, name)


def _streams(encoder, decoder):
    """The readers and writers of files that go with an encoder and a decoder of pieces."""

    class StreamWriterOf(StreamWriter):
        def reset(self):
            vars(self).pop('encoder', None)

        def encode(self, input, errors='strict'):
            if 'encoder' not in vars(self):
                self.encoder = encoder(errors)
            return self.encoder.encode(input), len(input)

    class StreamReaderOf(StreamReader):
        def reset(self):
            super().reset()
            vars(self).pop('decoder', None)

        def decode(self, input, errors='strict'):
            if 'decoder' not in vars(self):
                self.decoder = decoder(errors)
            return self.decoder.decode(input), len(input)

    for kind in (StreamReaderOf, StreamWriterOf):
        kind.__name__ = kind.__qualname__ = kind.__name__[:-2]
    return StreamReaderOf, StreamWriterOf


def _transform(name, encode, decode):
    """The codec of a conversion that is not from text to bytes."""

    def whole(convert):
        def function(input, errors='strict'):
            return convert(input), len(input)
        return function

    def piece(convert):
        return lambda self, input, final=False: convert(input)

    encoder = _codec_class(IncrementalEncoder, 'IncrementalEncoder', encode=piece(encode))
    decoder = _codec_class(IncrementalDecoder, 'IncrementalDecoder', decode=piece(decode))
    return CodecInfo(whole(encode), whole(decode), *_streams(encoder, decoder), encoder, decoder,
                     name, _is_text_encoding=False)


_TURNED = {
    first + place: first + (place + 13) % 26 for first in b'aA' for place in range(26)}


def _rot13(text):
    return str.translate(text, _TURNED)


def _find_transform(name):
    if name in ('rot13', 'rot_13'):
        return _transform('rot-13', _rot13, _rot13)
    if name in ('hex', 'hex_codec'):
        import binascii
        return _transform('hex', binascii.b2a_hex, binascii.a2b_hex)
    if name in ('base64', 'base64_codec', 'base_64'):
        import base64
        return _transform('base64', base64.encodebytes, base64.decodebytes)
    if name in ('zlib', 'zlib_codec', 'zip'):
        import zlib
        return _transform('zlib', zlib.compress, zlib.decompress)
    import _textcodecs
    return _textcodecs.find(name)


register(_find_transform)
_known = {}


def lookup(encoding):
    """The CodecInfo of a name; LookupError when nobody knows it."""
    found = _lookup(encoding)
    if isinstance(found, str):
        found = _known.get(found) or _known.setdefault(found, _built_in(found))
    return found


# Parts of codecs, by name

def _part(attribute, required=False):
    def get(encoding):
        part = getattr(lookup(encoding), attribute)
        if part is None and required:
            raise LookupError(encoding)
        return part

    get.__name__ = get.__qualname__ = f"get{attribute.removeprefix('stream')}"
    return get


getencoder, getdecoder = _part('encode'), _part('decode')
getencoder.__name__ = getencoder.__qualname__ = 'getencoder'
getdecoder.__name__ = getdecoder.__qualname__ = 'getdecoder'
getincrementalencoder = _part('incrementalencoder', required=True)
getincrementaldecoder = _part('incrementaldecoder', required=True)
getreader, getwriter = _part('streamreader'), _part('streamwriter')


def _converted(convert, pieces, last):
    for piece in pieces:
        if output := convert(piece):
            yield output
    if output := convert(last, True):
        yield output


def iterencode(iterator, encoding, errors='strict', **kwargs):
    """The pieces of a text, encoded."""
    encoder = getincrementalencoder(encoding)(errors, **kwargs)
    yield from _converted(encoder.encode, iterator, '')


def iterdecode(iterator, encoding, errors='strict', **kwargs):
    """The pieces of an encoded text, decoded."""
    decoder = getincrementaldecoder(encoding)(errors, **kwargs)
    yield from _converted(decoder.decode, iterator, b'')


def open(filename, mode='r', encoding=None, errors='strict', buffering=-1):
    """Opens a file; with an encoding, as a StreamReaderWriter round a file of bytes."""
    if encoding is None:
        return builtins.open(filename, mode, buffering)
    file = builtins.open(filename, mode if 'b' in mode else mode + 'b', buffering)
    try:
        _, _, *kinds = lookup(encoding)
        wrapped = StreamReaderWriter(file, *kinds, errors)
    except BaseException:
        file.close()
        raise
    wrapped.encoding = encoding
    return wrapped


def EncodedFile(file, data_encoding, file_encoding=None, errors='strict'):
    """A file in one encoding that is read and written in another one."""
    file_encoding = file_encoding or data_encoding
    encode, decode, *_ = lookup(data_encoding)
    _, _, *kinds = lookup(file_encoding)
    recoder = StreamRecoder(file, encode, decode, *kinds, errors)
    recoder.data_encoding, recoder.file_encoding = data_encoding, file_encoding
    return recoder


def make_identity_dict(rng):
    return {number: number for number in rng}


def make_encoding_map(decoding_map):
    """The map turned round; what two keys stand for is None."""
    turned = {}
    for key, value in decoding_map.items():
        turned[value] = None if value in turned else key
    return turned


_HANDLERS = 'strict', 'ignore', 'replace', 'xmlcharrefreplace', 'backslashreplace', 'namereplace'
globals().update((f'{name}_errors', lookup_error(name)) for name in _HANDLERS)

__all__ = [
    'register', 'lookup', 'open', 'EncodedFile', *(name for name in dir() if name[:3] == 'BOM'),
    'CodecInfo', 'Codec', 'IncrementalEncoder', 'IncrementalDecoder', 'StreamReader',
    'StreamWriter', 'StreamReaderWriter', 'StreamRecoder', 'getencoder', 'getdecoder',
    'getincrementalencoder', 'getincrementaldecoder', 'getreader', 'getwriter', 'encode', 'decode',
    'iterencode', 'iterdecode', *(name + '_errors' for name in _HANDLERS), 'register_error',
    'lookup_error',
]
