"""Files in the format of gzip."""

import builtins
import io
import os
import struct
import time
import zlib

__all__ = ["BadGzipFile", "GzipFile", "compress", "decompress", "open"]

READ, WRITE = 1, 2
FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT = 1, 2, 4, 8, 16
_COMPRESS_LEVEL_FAST, _COMPRESS_LEVEL_TRADEOFF, _COMPRESS_LEVEL_BEST = 1, 6, 9
_READ_MODE = "rb"
_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 16


class BadGzipFile(OSError):
    """What is read is no gzip file."""


def open(filename, mode="rb", compresslevel=_COMPRESS_LEVEL_BEST, encoding=None, errors=None,
         newline=None):
    """A gzip file by its path, or in another file object; a text file with a `t` in the mode."""
    is_text = "t" in mode
    if is_text and "b" in mode:
        raise ValueError(f"Invalid mode: {mode!r}")
    given = {"encoding": encoding, "errors": errors, "newline": newline}
    wrong = None if is_text else next((key for key in given if given[key] is not None), None)
    if wrong is not None:
        raise ValueError(f"Argument {wrong!r} not supported in binary mode")
    place = {}
    if isinstance(filename, (str, bytes, os.PathLike)):
        place["filename"] = filename
    elif hasattr(filename, "read") or hasattr(filename, "write"):
        place["fileobj"] = filename
    else:
        raise TypeError("filename must be a str or bytes object, or a file")
    file = GzipFile(mode=mode.replace("t", ""), compresslevel=compresslevel, **place)
    if not is_text:
        return file
    return io.TextIOWrapper(file, io.text_encoding(encoding), errors, newline)


def _header(level, mtime, name=b"", system=255):
    """What stands before the compressed data of a member."""
    speed = {_COMPRESS_LEVEL_BEST: 2, _COMPRESS_LEVEL_FAST: 4}.get(level, 0)
    flags = FNAME if name else 0
    when = int(time.time() if mtime is None else mtime)
    start = _MAGIC + struct.pack("<BBLBB", 8, flags, when & 0xFFFFFFFF, speed, system)
    return start + name + b"\0" if name else start


def _need(read, count):
    data = read(count)
    if len(data) < count:
        raise EOFError("Compressed file ended before the end-of-stream marker was reached")
    return data


def _skip_header(read):
    """Reads the header of a member; None at the end of the file, else the time it was made."""
    magic = read(2)
    if magic == b"":
        return None
    if magic != _MAGIC:
        raise BadGzipFile(f"Not a gzipped file ({magic!r})")
    method, flags, mtime = struct.unpack("<BBLxx", _need(read, 8))
    if method != 8:
        raise BadGzipFile("Unknown compression method")
    if flags & FEXTRA:
        _need(read, *struct.unpack("<H", _need(read, 2)))
    for text in (FNAME, FCOMMENT):
        while flags & text and _need(read, 1) != b"\0":
            pass
    if flags & FHCRC:
        _need(read, 2)
    return mtime


class _Members(io.RawIOBase):
    """The data of all members of a file, one after the other."""

    def __init__(self, file):
        self._file, self._waiting = file, b""
        self._begin()
        self.mtime, self._position, self._size = None, 0, -1

    def _begin(self):
        self._stream, self._sum, self._length = None, 0, 0

    def _take(self, count):
        """The next bytes of the file, fewer at its end."""
        while len(self._waiting) < count:
            more = self._file.read(max(_CHUNK, count))
            if not more:
                break
            self._waiting += more
        data, self._waiting = self._waiting[:count], self._waiting[count:]
        return data

    def readable(self):
        return True

    def seekable(self):
        return True

    def readinto(self, buffer):
        with memoryview(buffer) as view, view.cast("B") as plain:
            data = self.read(len(plain))
            plain[:len(data)] = data
        return len(data)

    def readall(self):
        return b"".join(iter(lambda: self.read(_CHUNK), b""))

    def read(self, size=-1):
        if size < 0:
            return self.readall()
        while size:
            if self._stream is None:
                mtime = _skip_header(self._take)
                if mtime is None:
                    self._size = self._position
                    return b""
                self.mtime = mtime
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            stream = self._stream
            given = stream.unconsumed_tail or self._take(_CHUNK)
            data = stream.decompress(given, size)
            self._sum = zlib.crc32(data, self._sum)
            self._length += len(data)
            if stream.eof:
                self._waiting = stream.unused_data + self._waiting
                self._finish()
            elif not data and not given:
                raise EOFError("Compressed file ended before the end-of-stream marker was reached")
            if data:
                self._position += len(data)
                return data
        return b""

    def _finish(self):
        """Compares the sum and the length that stand behind a member."""
        checksum, length = struct.unpack("<LL", _need(self._take, 8))
        if checksum != self._sum:
            raise BadGzipFile(f"CRC check failed {hex(checksum)} != {hex(self._sum)}")
        if length != self._length & 0xFFFFFFFF:
            raise BadGzipFile("Incorrect length of data produced")
        # Zeros may fill the place up to the next member.
        zero = b"\0"
        while zero == b"\0":
            zero = self._take(1)
        self._waiting = zero + self._waiting
        self._begin()

    def tell(self):
        return self._position

    def seek(self, offset, whence=io.SEEK_SET):
        if whence == io.SEEK_CUR:
            offset += self._position
        elif whence == io.SEEK_END:
            while self._size < 0 and self.read(_CHUNK):
                pass
            offset += self._size
        if offset < self._position:
            self._file.seek(0)
            self._waiting, self._position = b"", 0
            self._begin()
        while offset > self._position and self.read(min(_CHUNK, offset - self._position)):
            pass
        return self._position


class GzipFile(io.BufferedIOBase):
    """A file whose content is compressed."""

    myfileobj = None

    def __init__(self, filename=None, mode=None, compresslevel=_COMPRESS_LEVEL_BEST, fileobj=None,
                 mtime=None):
        if mode and not set(mode).isdisjoint("tU"):
            raise ValueError(f"Invalid mode: {mode!r}")
        mode = mode and mode.replace("b", "") + "b"
        if fileobj is None:
            self.myfileobj = fileobj = builtins.open(filename, mode or _READ_MODE)
        name = getattr(fileobj, "name", None) if filename is None else os.fspath(filename)
        filename = name if isinstance(name, (str, bytes)) else ""
        if mode is None:
            mode = getattr(fileobj, "mode", "rb")
        self.fileobj, self.name = fileobj, filename
        if mode.startswith("r"):
            self.mode = READ
            self._members = _Members(fileobj)
            self._buffer = io.BufferedReader(self._members)
        elif mode.startswith(("w", "a", "x")):
            self.mode = WRITE
            self.compress = zlib.compressobj(
                compresslevel, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, 0)
            self.crc, self.size, self.offset = zlib.crc32(b""), 0, 0
            self._level, self._write_mtime = compresslevel, mtime
            fileobj.write(_header(compresslevel, mtime, self._base_name()))
        else:
            raise ValueError(f"Invalid mode: {mode!r}")

    def _base_name(self):
        """The name of the file without `.gz`, as far as the header can have it."""
        name = os.path.basename(self.name)
        if isinstance(name, str):
            try:
                name = name.encode("latin-1")
            except UnicodeEncodeError:
                return b""
        return name.removesuffix(b".gz")

    def __repr__(self):
        inner = repr(self.fileobj)[1:-1]
        return f"<gzip {inner} {hex(id(self))}>"

    @property
    def mtime(self):
        """When the member was made that was read last."""
        return self._members.mtime

    @property
    def closed(self):
        return self.fileobj is None

    def _check(self, mode, doing):
        if self.fileobj is None:
            raise ValueError("I/O operation on closed file")
        if self.mode != mode:
            import errno
            raise OSError(errno.EBADF, f"{doing} on {'read' if mode == WRITE else 'write'}-only "
                                       "GzipFile object")

    def write(self, data):
        self._check(WRITE, "write()")
        if not isinstance(data, (bytes, bytearray)):
            data = memoryview(data).tobytes()
        if data:
            self.fileobj.write(self.compress.compress(data))
            self.size += len(data)
            self.crc = zlib.crc32(data, self.crc)
            self.offset += len(data)
        return len(data)

    def read(self, size=-1):
        self._check(READ, "read()")
        return self._buffer.read(size)

    def read1(self, size=-1):
        self._check(READ, "read1()")
        return self._buffer.read1(io.DEFAULT_BUFFER_SIZE if size < 0 else size)

    def peek(self, n):
        self._check(READ, "peek()")
        return self._buffer.peek(n)

    def readinto(self, buffer):
        self._check(READ, "readinto()")
        return self._buffer.readinto(buffer)

    def readline(self, size=-1):
        self._check(READ, "readline()")
        return self._buffer.readline(size)

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def flush(self, zlib_mode=zlib.Z_SYNC_FLUSH):
        if self.fileobj is None:
            raise ValueError("I/O operation on closed file")
        if self.mode == WRITE:
            self.fileobj.write(self.compress.flush(zlib_mode))
            self.fileobj.flush()

    def close(self):
        file = self.fileobj
        if file is None:
            return
        self.fileobj = None
        try:
            if self.mode == WRITE:
                file.write(self.compress.flush())
                file.write(struct.pack("<LL", self.crc, self.size & 0xFFFFFFFF))
            else:
                self._buffer.close()
        finally:
            mine, self.myfileobj = self.myfileobj, None
            if mine is not None:
                mine.close()

    def fileno(self):
        return self.fileobj.fileno()

    def readable(self):
        return self.mode == READ

    def writable(self):
        return self.mode == WRITE

    def seekable(self):
        return True

    def tell(self):
        return self.offset if self.mode == WRITE else self._buffer.tell()

    def rewind(self):
        """Back to the beginning, when reading."""
        if self.mode != READ:
            raise OSError("Can't rewind in write mode")
        self._buffer.seek(0)

    def seek(self, offset, whence=io.SEEK_SET):
        if self.mode == READ:
            return self._buffer.seek(offset, whence)
        if whence == io.SEEK_CUR:
            offset += self.offset
        elif whence != io.SEEK_SET:
            raise ValueError("Seek from end not supported")
        if offset < self.offset:
            raise OSError("Negative seek in write mode")
        while self.offset < offset:
            self.write(bytes(min(_CHUNK, offset - self.offset)))
        return self.offset


def compress(data, compresslevel=_COMPRESS_LEVEL_BEST, *, mtime=None):
    """The data as a gzip file."""
    stream = zlib.compressobj(compresslevel, wbits=-zlib.MAX_WBITS)
    body = stream.compress(data) + stream.flush()
    end = struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    # Made at no time, it is as zlib makes it.
    return _header(compresslevel, mtime, system=3 if mtime == 0 else 255) + body + end


def decompress(data):
    """The content of a gzip file that is given as bytes."""
    return _Members(io.BytesIO(data)).readall()
