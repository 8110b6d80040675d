"""Encodings by name, error handlers, and files that are encoded."""

import builtins
from _codecs import (ascii_decode, ascii_encode, decode, encode, escape_decode, latin_1_decode,
                     latin_1_encode, lookup as _lookup, lookup_error, register, register_error,
                     unregister, utf_8_decode, utf_8_encode, _decode_part)

__all__ = [
    'register', 'lookup', 'open', 'BOM', 'BOM_BE', 'BOM_LE', 'BOM32_BE',
    'BOM32_LE', 'BOM64_BE', 'BOM64_LE', 'BOM_UTF8', 'BOM_UTF16', 'BOM_UTF16_LE', 'BOM_UTF16_BE',
    'BOM_UTF32', 'BOM_UTF32_LE', 'BOM_UTF32_BE', 'CodecInfo', 'Codec', 'IncrementalEncoder',
    'IncrementalDecoder', 'StreamReader', 'StreamWriter', 'StreamReaderWriter', 'getencoder',
    'getdecoder', 'getincrementalencoder', 'getincrementaldecoder', 'getreader', 'getwriter',
    'encode', 'decode', 'iterencode', 'iterdecode', 'strict_errors', 'ignore_errors',
    'replace_errors', 'xmlcharrefreplace_errors', 'backslashreplace_errors', 'namereplace_errors',
    'register_error', 'lookup_error',
]

BOM_UTF8 = b'\xef\xbb\xbf'
BOM_LE = BOM_UTF16_LE = BOM = BOM_UTF16 = BOM32_LE = b'\xff\xfe'
BOM_BE = BOM_UTF16_BE = BOM32_BE = b'\xfe\xff'
BOM_UTF32_LE = BOM_UTF32 = BOM64_LE = b'\xff\xfe\x00\x00'
BOM_UTF32_BE = BOM64_BE = b'\x00\x00\xfe\xff'


class CodecInfo(tuple):
    """What a name of an encoding stands for: encode, decode, streamreader, streamwriter."""

    def __new__(cls, encode, decode, streamreader=None, streamwriter=None,
                incrementalencoder=None, incrementaldecoder=None, name=None, *,
                _is_text_encoding=None):
        self = tuple.__new__(cls, (encode, decode, streamreader, streamwriter))
        self.name = name
        self.encode = encode
        self.decode = decode
        self.incrementalencoder = incrementalencoder
        self.incrementaldecoder = incrementaldecoder
        self.streamreader = streamreader
        self.streamwriter = streamwriter
        if _is_text_encoding is not None:
            self._is_text_encoding = _is_text_encoding
        return self

    def __repr__(self):
        return "<%s.%s object for encoding %s at %#x>" % (
            self.__class__.__module__, self.__class__.__qualname__, self.name, id(self))


class Codec:
    """Encodes and decodes without a state."""

    def encode(self, input, errors='strict'):
        raise NotImplementedError

    def decode(self, input, errors='strict'):
        raise NotImplementedError


class IncrementalEncoder:
    """Encodes text that comes in pieces."""

    def __init__(self, errors='strict'):
        self.errors = errors
        self.buffer = ""

    def encode(self, input, final=False):
        raise NotImplementedError

    def reset(self):
        pass

    def getstate(self):
        return 0

    def setstate(self, state):
        pass


class IncrementalDecoder:
    """Decodes bytes that come in pieces, which may end within a character."""

    def __init__(self, errors='strict'):
        self.errors = errors

    def decode(self, input, final=False):
        raise NotImplementedError

    def reset(self):
        pass

    def getstate(self):
        return (b"", 0)

    def setstate(self, state):
        pass


class BufferedIncrementalDecoder(IncrementalDecoder):
    """Keeps what is not complete until more comes."""

    def __init__(self, errors='strict'):
        IncrementalDecoder.__init__(self, errors)
        self.buffer = b""

    def _buffer_decode(self, input, errors, final):
        raise NotImplementedError

    def decode(self, input, final=False):
        data = self.buffer + input
        result, consumed = self._buffer_decode(data, self.errors, final)
        self.buffer = data[consumed:]
        return result

    def reset(self):
        self.buffer = b""

    def getstate(self):
        return (self.buffer, 0)

    def setstate(self, state):
        self.buffer = state[0]


class StreamWriter(Codec):
    """A file to which text is written."""

    def __init__(self, stream, errors='strict'):
        self.stream = stream
        self.errors = errors

    def write(self, object):
        data, _ = self.encode(object, self.errors)
        self.stream.write(data)

    def writelines(self, list):
        self.write(''.join(list))

    def reset(self):
        pass

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, type, value, tb):
        self.stream.close()


class StreamReader(Codec):
    """A file from which text is read."""

    def __init__(self, stream, errors='strict'):
        self.stream = stream
        self.errors = errors
        self.bytebuffer = b""
        self.charbuffer = ""

    def _fill(self, size=-1):
        data = self.bytebuffer + (self.stream.read() if size < 0 else self.stream.read(size))
        text, consumed = self.decode(data, self.errors)
        self.bytebuffer = data[consumed:]
        self.charbuffer += text
        return len(data) > consumed or bool(text)

    def read(self, size=-1, chars=-1, firstline=False):
        if chars < 0 and size < 0:
            self._fill()
            chars = len(self.charbuffer)
        elif chars < 0:
            if not self.charbuffer:
                self._fill(size)
            chars = len(self.charbuffer)
        else:
            while len(self.charbuffer) < chars and self._fill(max(size, 72)):
                pass
        result = self.charbuffer[:chars]
        self.charbuffer = self.charbuffer[chars:]
        return result

    def readline(self, size=None, keepends=True):
        while True:
            lines = self.charbuffer.splitlines(True)
            if len(lines) > 1 or not self._fill(size or 72):
                break
        if not lines:
            return ""
        line = lines[0]
        self.charbuffer = self.charbuffer[len(line):]
        return line if keepends else line.splitlines(False)[0]

    def readlines(self, sizehint=None, keepends=True):
        return self.read().splitlines(keepends)

    def reset(self):
        self.bytebuffer = b""
        self.charbuffer = ""

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        self.reset()

    def __next__(self):
        line = self.readline()
        if line:
            return line
        raise StopIteration

    def __iter__(self):
        return self

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, type, value, tb):
        self.stream.close()


class StreamReaderWriter:
    """A file for reading and writing."""

    encoding = 'unknown'

    def __init__(self, stream, Reader, Writer, errors='strict'):
        self.stream = stream
        self.reader = Reader(stream, errors)
        self.writer = Writer(stream, errors)
        self.errors = errors

    def read(self, size=-1):
        return self.reader.read(size)

    def readline(self, size=None):
        return self.reader.readline(size)

    def readlines(self, sizehint=None):
        return self.reader.readlines(sizehint)

    def __next__(self):
        return next(self.reader)

    def __iter__(self):
        return self

    def write(self, data):
        return self.writer.write(data)

    def writelines(self, list):
        return self.writer.writelines(list)

    def reset(self):
        self.reader.reset()
        self.writer.reset()

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        self.reader.reset()

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, type, value, tb):
        self.stream.close()


_known = {}


def _built_in(name):
    """The codec of an encoding that the interpreter knows."""
    def encode_text(input, errors='strict'):
        return input.encode(name, errors), len(input)

    def decode_bytes(input, errors='strict'):
        return bytes(input).decode(name, errors), len(input)

    has_mark = name in ('utf-16', 'utf-32', 'utf-8-sig')
    unmarked = {'utf-16': 'utf-16-le', 'utf-32': 'utf-32-le', 'utf-8-sig': 'utf-8'}.get(name, name)

    class TextEncoder(IncrementalEncoder):
        def __init__(self, errors='strict'):
            IncrementalEncoder.__init__(self, errors)
            self.started = False

        def encode(self, input, final=False):
            encoding = unmarked if self.started else name
            if has_mark:
                self.started = True
            return input.encode(encoding, self.errors)

        def reset(self):
            self.started = False

        def getstate(self):
            return int(self.started)

        def setstate(self, state):
            self.started = bool(state)

    class TextDecoder(BufferedIncrementalDecoder):
        def __init__(self, errors='strict'):
            BufferedIncrementalDecoder.__init__(self, errors)
            self.encoding = name

        def _buffer_decode(self, input, errors, final):
            if self.encoding == name and has_mark:
                size = {'utf-16': 2, 'utf-32': 4}.get(name, 3)
                if len(input) < size and not final:
                    return '', 0
                result = _decode_part(input, name, errors, final)
                self.encoding = unmarked
                if name != 'utf-8-sig' and input[:size] in (BOM_UTF16_BE, BOM_UTF32_BE):
                    self.encoding = unmarked[:-2] + 'be'
                return result
            return _decode_part(input, self.encoding, errors, final)

        def reset(self):
            BufferedIncrementalDecoder.reset(self)
            self.encoding = name

    class TextWriter(StreamWriter):
        def __init__(self, stream, errors='strict'):
            StreamWriter.__init__(self, stream, errors)
            self.encoder = TextEncoder(errors)

        def encode(self, input, errors='strict'):
            return self.encoder.encode(input), len(input)

    class TextReader(StreamReader):
        def __init__(self, stream, errors='strict'):
            StreamReader.__init__(self, stream, errors)
            self.decoder = TextDecoder(errors)

        def decode(self, input, errors='strict'):
            return self.decoder.decode(input), len(input)

        def reset(self):
            StreamReader.reset(self)
            self.decoder.reset()

    TextEncoder.__name__ = TextEncoder.__qualname__ = 'IncrementalEncoder'
    TextDecoder.__name__ = TextDecoder.__qualname__ = 'IncrementalDecoder'
    TextWriter.__name__ = TextWriter.__qualname__ = 'StreamWriter'
    TextReader.__name__ = TextReader.__qualname__ = 'StreamReader'
    return CodecInfo(encode_text, decode_bytes, TextReader, TextWriter, TextEncoder, TextDecoder,
                     name)


def _transform(name, encode, decode):
    """The codec of a conversion that is not from text to bytes."""
    return CodecInfo(lambda input, errors='strict': (encode(input), len(input)),
                     lambda input, errors='strict': (decode(input), len(input)),
                     name=name, _is_text_encoding=False)


def _rot13(text):
    small = 'abcdefghijklmnopqrstuvwxyz'
    turned = small[13:] + small[:13]
    return text.translate(str.maketrans(small + small.upper(), turned + turned.upper()))


def _find_transform(name):
    if name in ('rot13', 'rot_13'):
        return _transform('rot13', _rot13, _rot13)
    if name in ('hex', 'hex_codec'):
        import binascii
        return _transform('hex', binascii.b2a_hex, binascii.a2b_hex)
    if name in ('base64', 'base64_codec', 'base_64'):
        import base64
        return _transform('base64', base64.encodebytes, base64.decodebytes)
    if name in ('zip', 'zlib', 'zlib_codec'):
        import zlib
        return _transform('zlib', zlib.compress, zlib.decompress)
    return None


register(_find_transform)


def lookup(encoding):
    """The CodecInfo of a name; LookupError when nobody knows it."""
    name = _lookup(encoding)
    if not isinstance(name, str):
        return name
    if name not in _known:
        _known[name] = _built_in(name)
    return _known[name]


def getencoder(encoding):
    return lookup(encoding).encode


def getdecoder(encoding):
    return lookup(encoding).decode


def getincrementalencoder(encoding):
    encoder = lookup(encoding).incrementalencoder
    if encoder is None:
        raise LookupError(encoding)
    return encoder


def getincrementaldecoder(encoding):
    decoder = lookup(encoding).incrementaldecoder
    if decoder is None:
        raise LookupError(encoding)
    return decoder


def getreader(encoding):
    return lookup(encoding).streamreader


def getwriter(encoding):
    return lookup(encoding).streamwriter


def iterencode(iterator, encoding, errors='strict', **kwargs):
    encoder = getincrementalencoder(encoding)(errors, **kwargs)
    for piece in iterator:
        output = encoder.encode(piece)
        if output:
            yield output
    output = encoder.encode("", True)
    if output:
        yield output


def iterdecode(iterator, encoding, errors='strict', **kwargs):
    decoder = getincrementaldecoder(encoding)(errors, **kwargs)
    for piece in iterator:
        output = decoder.decode(piece)
        if output:
            yield output
    output = decoder.decode(b"", True)
    if output:
        yield output


def open(filename, mode='r', encoding=None, errors='strict', buffering=-1):
    if encoding is not None and 'b' not in mode:
        mode += 'b'
    file = builtins.open(filename, mode, buffering)
    if encoding is None:
        return file
    try:
        info = lookup(encoding)
        result = StreamReaderWriter(file, info.streamreader, info.streamwriter, errors)
        result.encoding = encoding
        return result
    except:
        file.close()
        raise


strict_errors = lookup_error('strict')
ignore_errors = lookup_error('ignore')
replace_errors = lookup_error('replace')
xmlcharrefreplace_errors = lookup_error('xmlcharrefreplace')
backslashreplace_errors = lookup_error('backslashreplace')
namereplace_errors = lookup_error('namereplace')
