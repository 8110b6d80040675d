"""Compression by the system's zlib, which is called through `ffi`.

A stream lives in memory of C. Calls that change it are `atomic`: they happen exactly once, and other threads
go on meanwhile.
"""

import ffi as _ffi
import struct as _struct
import threading as _threading
import weakref as _weakref

__all__ = ["DEFLATED", "DEF_BUF_SIZE", "DEF_MEM_LEVEL", "MAX_WBITS", "ZLIB_RUNTIME_VERSION",
           "ZLIB_VERSION", "Z_BEST_COMPRESSION", "Z_BEST_SPEED", "Z_BLOCK", "Z_DEFAULT_COMPRESSION",
           "Z_DEFAULT_STRATEGY", "Z_FILTERED", "Z_FINISH", "Z_FIXED", "Z_FULL_FLUSH",
           "Z_HUFFMAN_ONLY", "Z_NO_COMPRESSION", "Z_NO_FLUSH", "Z_PARTIAL_FLUSH", "Z_RLE",
           "Z_SYNC_FLUSH", "Z_TREES", "adler32", "compress", "compressobj", "crc32", "decompress",
           "decompressobj", "error"]

DEFLATED, DEF_BUF_SIZE, DEF_MEM_LEVEL, MAX_WBITS = 8, 16384, 8, 15
Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH, Z_BLOCK, Z_TREES = range(7)
Z_NO_COMPRESSION, Z_BEST_SPEED, Z_BEST_COMPRESSION, Z_DEFAULT_COMPRESSION = 0, 1, 9, -1
Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED = range(5)

_OK, _STREAM_END, _NEED_DICT, _BUF_ERROR = 0, 1, 2, -5


class error(Exception):
    """zlib refuses to go on."""


error.__module__ = "zlib"

_DECLARATIONS = """
pure   unsigned long crc32(unsigned long crc, const void *data, unsigned size)
pure   unsigned long adler32(unsigned long adler, const void *data, unsigned size)
const  const char *zlibVersion(void)
atomic int deflateInit2_(void *stream, int level, int method, int bits, int memory, int strategy,
                         const char *version, int size)
atomic int deflate(void *stream, int flush)
atomic int deflateEnd(void *stream)
atomic int deflateCopy(void *target, void *source)
atomic int deflateSetDictionary(void *stream, const void *dictionary, unsigned size)
atomic int inflateInit2_(void *stream, int bits, const char *version, int size)
atomic int inflate(void *stream, int flush)
atomic int inflateEnd(void *stream)
atomic int inflateCopy(void *target, void *source)
atomic int inflateSetDictionary(void *stream, const void *dictionary, unsigned size)
"""


def _bound():
    library = _ffi.library("libz.so.1", "libz.so")
    try:
        declaration = ""
        for line in _DECLARATIONS.strip().splitlines():
            declaration += line
            if line.endswith(")"):
                library.bind(declaration)
                declaration = ""
    except _ffi.Error as reason:
        raise ModuleNotFoundError(f"No module named 'zlib': {reason}", name="zlib") from None
    _ffi.process.bind("atomic void *calloc(size_t count, size_t size)")
    _ffi.process.bind("atomic void *malloc(size_t size)")
    _ffi.process.bind("atomic void free(void *memory)")
    return library, _ffi.process


_z, _memory = _bound()
ZLIB_VERSION = ZLIB_RUNTIME_VERSION = _z.zlibVersion().decode()


def _plain(data):
    """Any bytes-like object as bytes."""
    if type(data) is bytes:
        return data
    try:
        return bytes(memoryview(data).cast("B"))
    except TypeError:
        kind = type(data).__name__
        raise TypeError(f"a bytes-like object is required, not '{kind}'") from None


def _check(function, data, value):
    data = _plain(data)
    value &= 0xFFFFFFFF
    # The length that C takes has 32 bits.
    for start in range(0, len(data), 1 << 30):
        part = data[start:start + (1 << 30)] if len(data) > 1 << 30 else data
        value = function(value, part, len(part))
    return value


def crc32(data, value=0, /):
    """The cyclic redundancy check of the data, following one of what came before."""
    return _check(_z.crc32, data, value)


def adler32(data, value=1, /):
    """The Adler-32 checksum of the data, following one of what came before."""
    return _check(_z.adler32, data, value)


# Where the parts of a `z_stream` are: what is to be read, what is to be written, a message.
_SIZE, _INPUT, _OUTPUT, _MESSAGE = 112, 0, 24, 48
_PLACE = _struct.Struct("<QI")


class _Stream:
    """A `z_stream` with the buffers it works on."""

    def __init__(self, begin, run, end, *arguments):
        self._run, self._end = run, end
        self.address = _memory.calloc(1, _SIZE)
        if self.address is None:
            raise MemoryError
        self._free = _weakref.finalize(self, _release, self.address, end)
        self._free.atexit = False
        status = begin and begin(self.address, *arguments, ZLIB_VERSION, _SIZE)
        if status:
            self.fail(status, "while preparing")

    def close(self):
        self._free()

    def fail(self, status, doing):
        if status == -4:
            raise MemoryError
        known = _struct.unpack("<Q", (self.address + _MESSAGE).read(8))[0]
        message = _ffi.Pointer(known).string().decode() if known else {
            -2: "inconsistent stream state", -3: "invalid input data",
            _BUF_ERROR: "incomplete or truncated stream"}.get(status)
        raise error(f"Error {status} {doing}" + (f": {message}" if message else ""))

    def work(self, data, flush, limit=None):
        """Gives the stream data; what it makes of it, the status, and how much it has not looked at."""
        pieces, size, made = [], DEF_BUF_SIZE, 0
        given = _memory.malloc(max(1, len(data)))
        try:
            given.write(data)
            (self.address + _INPUT).write(_PLACE.pack(int(given), len(data)))
            while True:
                if limit is not None:
                    size = min(size, limit - made)
                room = _memory.malloc(max(1, size))
                try:
                    (self.address + _OUTPUT).write(_PLACE.pack(int(room), size))
                    status = self._run(self.address, flush)
                    left = _PLACE.unpack((self.address + _OUTPUT).read(12))[1]
                    pieces.append(room.read(size - left))
                finally:
                    _memory.free(room)
                made += size - left
                if status not in (_OK, _BUF_ERROR) or left or made == limit:
                    break
                size = min(size * 2, 1 << 22)
            rest = _PLACE.unpack((self.address + _INPUT).read(12))[1]
        finally:
            _memory.free(given)
        return b"".join(pieces), status, rest

    def copy(self, function):
        other = object.__new__(_Stream)
        _Stream.__init__(other, None, self._run, self._end)
        status = function(other.address, self.address)
        if status:
            other.fail(status, "while copying")
        return other


def _release(address, end):
    end(address)
    _memory.free(address)


def _compressing(level, method, wbits, memLevel, strategy):
    if not -1 <= level <= 9:
        raise error("Bad compression level")
    try:
        return _Stream(_z.deflateInit2_, _z.deflate, _z.deflateEnd, level, method, wbits, memLevel,
                       strategy)
    except error as reason:
        if str(reason).startswith("Error -2"):
            raise ValueError("Invalid initialization option") from None
        raise


def _decompressing(wbits):
    try:
        return _Stream(_z.inflateInit2_, _z.inflate, _z.inflateEnd, wbits)
    except error as reason:
        if str(reason).startswith("Error -2"):
            raise ValueError("Invalid initialization option") from None
        raise


def compress(data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS):
    """The data, compressed."""
    stream = _compressing(level, DEFLATED, wbits, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY)
    try:
        result, status, _ = stream.work(_plain(data), Z_FINISH)
        if status != _STREAM_END:
            stream.fail(status, "while compressing data")
        return result
    finally:
        stream.close()


def decompress(data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE):
    """What was compressed to the data."""
    if bufsize <= 0:
        raise ValueError("bufsize must be non-zero" if bufsize == 0 else "bufsize must be positive")
    stream = _decompressing(wbits)
    try:
        result, status, _ = stream.work(_plain(data), Z_SYNC_FLUSH)
        if status == _OK:
            status = _BUF_ERROR
        if status != _STREAM_END:
            stream.fail(status, "while decompressing data")
        return result
    finally:
        stream.close()


class Compress:
    """Compresses what comes in pieces; made by `compressobj`."""

    __module__ = "zlib"

    def __init__(self, stream):
        self._stream = stream
        self._lock = _threading.Lock()
        self._is_finished = False

    def compress(self, data, /):
        """The compressed data that is complete by now; more may wait inside."""
        with self._lock:
            result, status, _ = self._stream.work(_plain(data), Z_NO_FLUSH)
            if status not in (_OK, _BUF_ERROR):
                self._stream.fail(status, "while compressing data")
            return result

    def flush(self, mode=Z_FINISH, /):
        """What waits inside. After Z_FINISH the object is of no more use."""
        if mode == Z_NO_FLUSH:
            return b""
        with self._lock:
            result, status, _ = self._stream.work(b"", mode)
            if mode == Z_FINISH and status == _STREAM_END:
                self._is_finished = True
            elif status not in (_OK, _BUF_ERROR):
                self._stream.fail(status, "while flushing")
            return result

    def copy(self):
        """Another one in the same state."""
        with self._lock:
            if self._is_finished:
                raise ValueError("Inconsistent stream state")
            return Compress(self._stream.copy(_z.deflateCopy))

    __copy__ = copy

    def __deepcopy__(self, memo, /):
        return self.copy()

    def __reduce__(self):
        raise TypeError(f"cannot pickle 'zlib.{type(self).__name__}' object")


class Decompress:
    """Decompresses what comes in pieces; made by `decompressobj`."""

    __module__ = "zlib"

    def __init__(self, stream, dictionary):
        self._stream, self._dictionary = stream, dictionary
        self._lock = _threading.Lock()
        #: What came behind the end of the compressed data; what there was no room for; whether it has ended.
        self.unused_data, self.unconsumed_tail, self.eof = b"", b"", False

    def _give_dictionary(self):
        status = _z.inflateSetDictionary(
            self._stream.address, self._dictionary, len(self._dictionary))
        if status:
            self._stream.fail(status, "while setting zdict")

    def _work(self, data, flush, limit):
        result, status, rest = self._stream.work(data, flush, limit)
        if status == _NEED_DICT and self._dictionary is not None:
            self._give_dictionary()
            more, status, rest = self._stream.work(data[len(data) - rest:], flush, limit)
            result += more
        if status == _STREAM_END:
            self.eof = True
            self.unused_data += data[len(data) - rest:]
            self.unconsumed_tail = b""
        else:
            self.unconsumed_tail = data[len(data) - rest:] if rest else b""
        return result, status

    def decompress(self, data, /, max_length=0):
        """What the data stands for, at most `max_length` bytes of it unless that is 0."""
        if max_length < 0:
            raise ValueError("max_length must be non-negative")
        data = _plain(data)
        with self._lock:
            if self.eof:
                self.unused_data += data
                return b""
            result, status = self._work(data, Z_SYNC_FLUSH, max_length or None)
            if status not in (_OK, _BUF_ERROR, _STREAM_END):
                self._stream.fail(status, "while decompressing data")
            return result

    def flush(self, length=DEF_BUF_SIZE, /):
        """What there was no room for."""
        if length <= 0:
            raise ValueError("length must be greater than zero")
        with self._lock:
            if self.eof:
                return b""
            result, status = self._work(self.unconsumed_tail, Z_FINISH, None)
            if status not in (_OK, _BUF_ERROR, _STREAM_END):
                self._stream.fail(status, "while finishing decompression")
            return result

    def copy(self):
        """Another one in the same state."""
        with self._lock:
            other = Decompress(self._stream.copy(_z.inflateCopy), self._dictionary)
            other.unused_data, other.unconsumed_tail = self.unused_data, self.unconsumed_tail
            other.eof = self.eof
            return other

    __copy__ = copy
    __deepcopy__ = Compress.__deepcopy__
    __reduce__ = Compress.__reduce__


def compressobj(level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS,
                memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=None):
    """An object that compresses what comes in pieces."""
    stream = _compressing(level, method, wbits, memLevel, strategy)
    if zdict is not None:
        zdict = _plain(zdict)
        if _z.deflateSetDictionary(stream.address, zdict, len(zdict)):
            raise ValueError("Invalid dictionary")
    return Compress(stream)


def decompressobj(wbits=MAX_WBITS, zdict=None):
    """An object that decompresses what comes in pieces."""
    if zdict is not None:
        zdict = _plain(zdict)
    made = Decompress(_decompressing(wbits), zdict)
    if zdict is not None and wbits < 0:
        made._give_dictionary()
    return made
