"""Archives in the format of ZIP."""

import io
import os
import posixpath
import shutil
import stat
import struct
import sys
import threading
import time

try:
    import zlib
    crc32 = zlib.crc32
except ImportError:
    import binascii
    zlib, crc32 = None, binascii.crc32

__all__ = ["BadZipFile", "BadZipfile", "error", "ZIP_STORED", "ZIP_DEFLATED", "ZIP_BZIP2",
           "ZIP_LZMA", "is_zipfile", "ZipInfo", "ZipFile", "LargeZipFile", "Path"]

ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA = 0, 8, 12, 14
ZIP64_LIMIT, ZIP_FILECOUNT_LIMIT, ZIP_MAX_COMMENT = (1 << 31) - 1, (1 << 16) - 1, (1 << 16) - 1
_METHODS = {0: "store", 1: "shrink", 2: "reduce", 3: "reduce", 4: "reduce", 5: "reduce",
            6: "implode", 7: "tokenize", 8: "deflate", 9: "deflate64", 10: "implode", 12: "bzip2",
            14: "lzma", 18: "terse", 19: "lz77", 97: "wavpack", 98: "ppmd"}

# The records of an archive: a signature, and what follows it.
_LOCAL = struct.Struct("<4s2B4HL2L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_MARKS = {_LOCAL: b"PK\3\4", _CENTRAL: b"PK\1\2", _END: b"PK\5\6", _END64: b"PK\6\6",
          _LOCATOR: b"PK\6\7"}
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 1, 8, 0x800
_CHUNK = 1 << 16


class BadZipFile(Exception):
    """The file is no archive, or damaged."""


class LargeZipFile(Exception):
    """A file needs extensions of the format that are not allowed."""


error = BadZipfile = BadZipFile


def is_zipfile(filename):
    """Is it an archive, by what is at its end?"""
    try:
        if hasattr(filename, "read"):
            return _find_end(filename) is not None
        with open(filename, "rb") as file:
            return _find_end(file) is not None
    except (OSError, BadZipFile):
        return False


def _find_end(file):
    """The last record of an archive: where it is, its fields and the comment; None without one."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    start = max(0, size - ZIP_MAX_COMMENT - _END.size)
    file.seek(start)
    data = file.read()
    place = data.rfind(_MARKS[_END])
    if place < 0 or len(data) - place < _END.size:
        return None
    fields = _END.unpack_from(data, place)
    comment = data[place + _END.size:place + _END.size + fields[7]]
    return start + place, fields, comment


class ZipInfo:
    """What an archive knows of a file in it."""

    __slots__ = ("orig_filename", "filename", "date_time", "compress_type", "_compresslevel",
                 "comment", "extra", "create_system", "create_version", "extract_version",
                 "reserved", "flag_bits", "volume", "internal_attr", "external_attr",
                 "header_offset", "CRC", "compress_size", "file_size", "_raw_time")

    def __init__(self, filename="NoName", date_time=(1980, 1, 1, 0, 0, 0)):
        self.orig_filename = filename
        self.filename = filename.partition("\0")[0]
        if date_time[0] < 1980:
            raise ValueError("ZIP does not support timestamps before 1980")
        self.date_time, self.compress_type, self._compresslevel = date_time, ZIP_STORED, None
        self.comment = self.extra = b""
        self.create_system, self.create_version, self.extract_version = 3, 20, 20
        self.reserved = self.flag_bits = self.volume = self.internal_attr = 0
        self.external_attr = self.compress_size = self.file_size = self.header_offset = self.CRC = 0

    def __repr__(self):
        words = [f"<{type(self).__name__} filename={self.filename!r}"]
        if self.compress_type != ZIP_STORED:
            method = _METHODS.get(self.compress_type, self.compress_type)
            words.append(f"compress_type={method}")
        high, low = self.external_attr >> 16, self.external_attr & 0xFFFF
        if high:
            words.append(f"filemode={stat.filemode(high)!r}")
        if low:
            words.append(f"external_attr={low:#x}")
        if not self.is_dir() or self.file_size:
            words.append(f"file_size={self.file_size}")
        if (not self.is_dir() or self.compress_size) and (
                self.compress_type != ZIP_STORED or self.file_size != self.compress_size):
            words.append(f"compress_size={self.compress_size}")
        return " ".join(words) + ">"

    def is_dir(self):
        """Is it a folder?"""
        return self.filename.endswith("/")

    @classmethod
    def from_file(cls, filename, arcname=None, *, strict_timestamps=True):
        """What is to be known of a file on the disk."""
        filename = os.fspath(filename)
        status = os.stat(filename)
        is_folder = stat.S_ISDIR(status.st_mode)
        when = time.localtime(status.st_mtime)[:6]
        if not strict_timestamps:
            when = max((1980, 1, 1, 0, 0, 0), min(when, (2107, 12, 31, 23, 59, 59)))
        name = os.path.normpath(filename if arcname is None else arcname).lstrip("/")
        info = cls(name + "/" if is_folder else name, when)
        info.external_attr = (status.st_mode & 0xFFFF) << 16
        if is_folder:
            info.external_attr |= 0x10
        else:
            info.file_size = status.st_size
        return info

    # As bytes

    def _stamp(self):
        year, month, day, hour, minute, second = self.date_time
        return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day

    def _name(self):
        try:
            return self.filename.encode("ascii"), self.flag_bits & ~_UTF8
        except UnicodeEncodeError:
            return self.filename.encode(), self.flag_bits | _UTF8

    def FileHeader(self, zip64=None):
        """The record in front of the content."""
        clock, day = self._stamp()
        name, flags = self._name()
        sizes = 0, 0, 0
        if not flags & _DESCRIPTOR:
            sizes = self.CRC, self.compress_size, self.file_size
        extra = self.extra
        if zip64 or zip64 is None and max(sizes[1:]) > ZIP64_LIMIT:
            extra = struct.pack("<HHQQ", 1, 16, sizes[2], sizes[1]) + extra
            sizes = sizes[0], 0xFFFFFFFF, 0xFFFFFFFF
            self.extract_version = max(45, self.extract_version)
            self.create_version = max(45, self.create_version)
        record = _LOCAL.pack(_MARKS[_LOCAL], self.extract_version, self.reserved, flags,
                             self.compress_type, clock, day, *sizes, len(name), len(extra))
        return record + name + extra

    def _central(self):
        """The record in the list at the end."""
        clock, day = self._stamp()
        name, flags = self._name()
        large, numbers = [], []
        for value in (self.file_size, self.compress_size):
            numbers.append(0xFFFFFFFF if value > ZIP64_LIMIT else value)
            if value > ZIP64_LIMIT:
                large.append(value)
        offset = self.header_offset
        if offset > ZIP64_LIMIT:
            large.append(offset)
            offset = 0xFFFFFFFF
        extra = _without_zip64(self.extra)
        version = self.extract_version, self.create_version
        if large:
            extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) + extra
            version = max(45, version[0]), max(45, version[1])
        record = _CENTRAL.pack(
            _MARKS[_CENTRAL], version[1], self.create_system, version[0], self.reserved, flags,
            self.compress_type, clock, day, self.CRC, numbers[1], numbers[0], len(name), len(extra),
            len(self.comment), 0, self.internal_attr, self.external_attr, offset)
        return record + name + extra + self.comment

    def _read_extra(self):
        """Sizes that need more than 32 bits are in the extra field."""
        extra = self.extra
        while len(extra) >= 4:
            kind, count = struct.unpack("<HH", extra[:4])
            if count + 4 > len(extra):
                raise BadZipFile(f"Corrupt extra field {kind:04x} (size={count})")
            if kind == 1:
                data = extra[4:count + 4]
                try:
                    for name, mark in (("file_size", 0xFFFFFFFF), ("compress_size", 0xFFFFFFFF),
                                       ("header_offset", 0xFFFFFFFF)):
                        if getattr(self, name) == mark:
                            setattr(self, name, struct.unpack("<Q", data[:8])[0])
                            data = data[8:]
                except struct.error:
                    raise BadZipFile("Corrupt zip64 extra field.") from None
            extra = extra[count + 4:]


def _without_zip64(extra):
    kept = b""
    while len(extra) >= 4:
        kind, count = struct.unpack("<HH", extra[:4])
        if kind != 1:
            kept += extra[:count + 4]
        extra = extra[count + 4:]
    return kept + extra


def _check_method(method):
    if method == ZIP_DEFLATED:
        if zlib is None:
            raise RuntimeError("Compression requires the (missing) zlib module")
    elif method in (ZIP_BZIP2, ZIP_LZMA):
        raise RuntimeError(
            f"Compression requires the (missing) {'bz2' if method == ZIP_BZIP2 else 'lzma'} module")
    elif method != ZIP_STORED:
        raise NotImplementedError("That compression method is not supported")


class ZipExtFile(io.BufferedIOBase):
    """A file of an archive, read."""

    MIN_READ_SIZE = 4096

    def __init__(self, fileobj, mode, zipinfo, start, lock, done):
        self._file, self.mode, self.name, self.newlines = fileobj, mode, zipinfo.filename, None
        self._info, self._start, self._lock, self._done = zipinfo, start, lock, done
        self._begin()

    def _begin(self):
        self._place, self._left, self._position = self._start, self._info.compress_size, 0
        self._buffer, self._sum, self._is_done = b"", 0, False
        self._stream = zlib.decompressobj(-15) if self._info.compress_type == ZIP_DEFLATED else None

    def __repr__(self):
        words = f"<{type(self).__module__}.{type(self).__qualname__}"
        if self.closed:
            return words + " [closed]>"
        words += f" name={self.name!r} mode={self.mode!r}"
        if self._info.compress_type != ZIP_STORED:
            words += f" compress_type={_METHODS.get(self._info.compress_type)}"
        return words + ">"

    def readable(self):
        self._check()
        return True

    def seekable(self):
        self._check()
        return True

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    def _raw(self, count):
        count = min(count, self._left)
        with self._lock:
            self._file.seek(self._place)
            data = self._file.read(count)
        self._place += len(data)
        self._left -= len(data)
        if count and not data:
            raise EOFError
        return data

    def _more(self, count):
        """Fills the buffer with some more of the content; false at its end."""
        if self._is_done:
            return False
        if self._stream is None:
            data = self._raw(max(count, self.MIN_READ_SIZE))
            self._is_done = self._left <= 0
        else:
            given = self._stream.unconsumed_tail or self._raw(_CHUNK)
            data = self._stream.decompress(given, max(count, self.MIN_READ_SIZE))
            if self._stream.eof or self._left <= 0 and not self._stream.unconsumed_tail:
                data += self._stream.flush()
                self._is_done = True
        self._buffer += data
        self._sum = crc32(data, self._sum)
        if self._is_done and self._sum != self._info.CRC:
            raise BadZipFile(f"Bad CRC-32 for file {self.name!r}")
        return True

    def _take(self, count):
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        self._position += len(data)
        return data

    def read(self, n=-1):
        self._check()
        if n is None or n < 0:
            pieces = [self._take(len(self._buffer))]
            while self._more(1 << 20):
                pieces.append(self._take(len(self._buffer)))
            return b"".join(pieces)
        while len(self._buffer) < n and self._more(n - len(self._buffer)):
            pass
        return self._take(n)

    def read1(self, n=-1):
        self._check()
        while not self._buffer and self._more(self.MIN_READ_SIZE):
            pass
        return self._take(len(self._buffer) if n is None or n < 0 else n)

    def peek(self, n=1):
        self._check()
        while len(self._buffer) < n and self._more(n):
            pass
        return self._buffer[:512] if len(self._buffer) > 512 else self._buffer

    def readinto(self, buffer):
        data = self.read(len(memoryview(buffer).cast("B")))
        memoryview(buffer).cast("B")[:len(data)] = data
        return len(data)

    def readline(self, limit=-1):
        self._check()
        while True:
            end = self._buffer.find(b"\n") + 1
            if 0 <= limit <= len(self._buffer) and not 0 < end <= limit:
                return self._take(limit)
            if end:
                return self._take(end)
            if not self._more(self.MIN_READ_SIZE):
                return self._take(len(self._buffer))

    def tell(self):
        self._check()
        return self._position

    def seek(self, offset, whence=io.SEEK_SET):
        self._check()
        if whence == io.SEEK_CUR:
            offset += self._position
        elif whence == io.SEEK_END:
            offset += self._info.file_size
        elif whence != io.SEEK_SET:
            raise ValueError("whence must be os.SEEK_SET (0), os.SEEK_CUR (1), or os.SEEK_END (2)")
        offset = max(0, min(offset, self._info.file_size))
        if offset < self._position:
            self._begin()
        while self._position < offset and self.read(min(_CHUNK, offset - self._position)):
            pass
        return self._position

    def close(self):
        if not self.closed:
            self._done()
        super().close()


class _ZipWriteFile(io.BufferedIOBase):
    """A file of an archive, written."""

    def __init__(self, archive, info, zip64):
        self._archive, self._info, self._zip64 = archive, info, zip64
        self._stream = None
        if info.compress_type == ZIP_DEFLATED:
            level = info._compresslevel
            self._stream = zlib.compressobj(-1 if level is None else level, zlib.DEFLATED, -15)
        self._size = self._packed = self._sum = 0
        self.name, self.mode = info.filename, "w"

    def writable(self):
        return True

    def write(self, data):
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        if not isinstance(data, (bytes, bytearray)):
            data = memoryview(data).tobytes()
        count = len(data)
        self._size += count
        self._sum = crc32(data, self._sum)
        self._put(self._stream.compress(data) if self._stream else data)
        return count

    def _put(self, data):
        self._packed += len(data)
        self._archive.fp.write(data)

    def close(self):
        if self.closed:
            return
        try:
            super().close()
            if self._stream:
                self._put(self._stream.flush())
            archive, info = self._archive, self._info
            info.CRC, info.file_size, info.compress_size = self._sum, self._size, self._packed
            if not self._zip64 and max(self._size, self._packed) > ZIP64_LIMIT:
                raise RuntimeError("File size too large, try using force_zip64")
            archive.start_dir = archive.fp.tell()
            archive.fp.seek(info.header_offset)
            archive.fp.write(info.FileHeader(self._zip64))
            archive.fp.seek(archive.start_dir)
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
        finally:
            self._archive._writing = False


class ZipFile:
    """An archive."""

    fp = None

    def __init__(self, file, mode="r", compression=ZIP_STORED, allowZip64=True, compresslevel=None,
                 *, strict_timestamps=True, metadata_encoding=None):
        if mode not in ("r", "w", "x", "a"):
            raise ValueError("ZipFile requires mode 'r', 'w', 'x', or 'a'")
        _check_method(compression)
        if metadata_encoding and mode != "r":
            raise ValueError("metadata_encoding is only supported for reading files")
        self.mode, self.compression, self.compresslevel = mode, compression, compresslevel
        self.debug, self.pwd, self._comment, self._allow_64 = 0, None, b"", allowZip64
        self.metadata_encoding, self._strict = metadata_encoding, strict_timestamps
        self.NameToInfo, self.filelist = {}, []
        self._lock, self._writing, self._readers = threading.RLock(), False, 0
        self._did_change = False
        if isinstance(file, (str, os.PathLike)):
            self._is_own, self.filename = True, os.fspath(file)
            how = {"r": "rb", "w": "w+b", "x": "x+b", "a": "r+b"}[mode]
            try:
                self.fp = open(file, how)
            except FileNotFoundError:
                if mode != "a":
                    raise
                self.fp = open(file, "w+b")
        else:
            self._is_own, self.fp, self.filename = False, file, getattr(file, "name", None)
        try:
            if mode == "r":
                self._read_list()
            elif mode == "a":
                try:
                    self._read_list()
                    self.fp.seek(self.start_dir)
                except BadZipFile:
                    self.fp.seek(0, io.SEEK_END)
                    self.start_dir, self._did_change = self.fp.tell(), True
            else:
                self._did_change = True
                self.start_dir = self.fp.tell()
        except BaseException:
            file, self.fp = self.fp, None
            if self._is_own:
                file.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.close()

    def __repr__(self):
        words = f"<{type(self).__module__}.{type(self).__qualname__}"
        if self.fp is None:
            return words + " [closed]>"
        if self._is_own:
            words += f" filename={self.filename!r}"
        else:
            words += f" file={self.fp!r}"
        return words + f" mode={self.mode!r}>"

    # Reading

    def _read_list(self):
        file = self.fp
        try:
            found = _find_end(file)
        except OSError:
            raise BadZipFile("File is not a zip file") from None
        if found is None:
            raise BadZipFile("File is not a zip file")
        place, fields, self._comment = found
        _, _, _, _, count, size, offset, _ = fields
        end = place
        if place >= _LOCATOR.size:
            file.seek(place - _LOCATOR.size)
            locator = file.read(_LOCATOR.size)
            if locator[:4] == _MARKS[_LOCATOR]:
                file.seek(place - _LOCATOR.size - _END64.size)
                record = file.read(_END64.size)
                if record[:4] == _MARKS[_END64]:
                    *_, count, _, size, offset = _END64.unpack(record)[-5:]
                    end = place - _LOCATOR.size - _END64.size
        # Something may stand in front of the archive.
        ahead = end - size - offset
        self.start_dir = offset + ahead
        if self.start_dir < 0:
            raise BadZipFile("Bad offset for central directory")
        file.seek(self.start_dir)
        data, at = file.read(size), 0
        while at < size:
            if len(data) - at < _CENTRAL.size:
                raise BadZipFile("Truncated central directory")
            (mark, create, system, extract, reserved, flags, method, clock, day, checksum, packed,
             length, name_size, extra_size, comment_size, volume, internal, external,
             start) = _CENTRAL.unpack_from(data, at)
            if mark != _MARKS[_CENTRAL]:
                raise BadZipFile("Bad magic number for central directory")
            at += _CENTRAL.size
            name = data[at:at + name_size]
            encoding = "utf-8" if flags & _UTF8 else self.metadata_encoding or "cp437"
            info = ZipInfo(name.decode(encoding))
            at += name_size
            info.extra, at = data[at:at + extra_size], at + extra_size
            info.comment, at = data[at:at + comment_size], at + comment_size
            info.create_version, info.create_system, info.extract_version = create, system, extract
            info.reserved, info.flag_bits, info.compress_type = reserved, flags, method
            info.CRC, info.compress_size, info.file_size = checksum, packed, length
            info.volume, info.internal_attr, info.external_attr = volume, internal, external
            info.header_offset, info._raw_time = start, clock
            info.date_time = ((day >> 9) + 1980, day >> 5 & 15, day & 31, clock >> 11,
                              clock >> 5 & 63, (clock & 31) * 2)
            info._read_extra()
            info.header_offset += ahead
            self.filelist.append(info)
            self.NameToInfo[info.filename] = info

    def namelist(self):
        """The names of the files."""
        return [info.filename for info in self.filelist]

    def infolist(self):
        """What is known of the files."""
        return self.filelist

    def getinfo(self, name):
        """What is known of a file."""
        info = self.NameToInfo.get(name)
        if info is None:
            raise KeyError(f"There is no item named {name!r} in the archive")
        return info

    def printdir(self, file=None):
        """Prints the list of files."""
        print("%-46s %19s %12s" % ("File Name", "Modified    ", "Size"), file=file)
        for info in self.filelist:
            when = "%d-%02d-%02d %02d:%02d:%02d" % info.date_time[:6]
            print("%-46s %s %12d" % (info.filename, when, info.file_size), file=file)

    def testzip(self):
        """The name of the first damaged file; None when all are right."""
        for info in self.filelist:
            try:
                with self.open(info.filename) as file:
                    while file.read(1 << 20):
                        pass
            except BadZipFile:
                return info.filename
        return None

    @property
    def comment(self):
        return self._comment

    @comment.setter
    def comment(self, comment):
        if not isinstance(comment, bytes):
            raise TypeError(f"comment: expected bytes, got {type(comment).__name__}")
        self._comment, self._did_change = comment[:ZIP_MAX_COMMENT], True

    def setpassword(self, pwd):
        """Encrypted files cannot be read; the password is kept for nothing."""
        if pwd and not isinstance(pwd, bytes):
            raise TypeError(f"pwd: expected bytes, got {type(pwd).__name__}")
        self.pwd = pwd or None

    def read(self, name, pwd=None):
        """The content of a file."""
        with self.open(name, "r", pwd) as file:
            return file.read()

    def open(self, name, mode="r", pwd=None, *, force_zip64=False):
        """A file of the archive, to be read or written."""
        if mode not in ("r", "w"):
            raise ValueError('open() requires mode "r" or "w"')
        if self.fp is None:
            raise ValueError("Attempt to use ZIP archive that was already closed")
        if mode == "w":
            if isinstance(name, ZipInfo):
                info = name
            else:
                info = ZipInfo(name)
                info.compress_type, info._compresslevel = self.compression, self.compresslevel
            return self._open_to_write(info, force_zip64)
        info = name if isinstance(name, ZipInfo) else self.getinfo(name)
        if self._writing:
            raise ValueError("Can't read from the ZIP file while there is an open writing handle on "
                             "it. Close the writing handle before trying to read.")
        with self._lock:
            self.fp.seek(info.header_offset)
            header = self.fp.read(_LOCAL.size)
            if len(header) != _LOCAL.size:
                raise BadZipFile("Truncated file header")
            mark, _, _, flags, method, _, _, _, _, _, name_size, extra_size = _LOCAL.unpack(header)
            if mark != _MARKS[_LOCAL]:
                raise BadZipFile("Bad magic number for file header")
            known = self.fp.read(name_size)
            self.fp.read(extra_size)
            start = self.fp.tell()
        encoding = "utf-8" if flags & _UTF8 else self.metadata_encoding or "cp437"
        if known.decode(encoding) != info.orig_filename:
            raise BadZipFile(f"File name in directory {info.orig_filename!r} and header {known!r} "
                             "differ.")
        if info.flag_bits & _ENCRYPTED:
            raise RuntimeError(f"File {info.filename!r} is encrypted, password required for "
                               "extraction")
        _check_method(info.compress_type)
        self._readers += 1
        return ZipExtFile(self.fp, mode, info, start, self._lock, self._reader_done)

    def _reader_done(self):
        self._readers -= 1
        if self.fp is None and not self._readers and self._is_own:
            self._waiting.close()

    # Writing

    def _open_to_write(self, info, force_zip64=False):
        if force_zip64 and not self._allow_64:
            raise ValueError("force_zip64 is True, but allowZip64 was False when opening the ZIP "
                             "file.")
        if self._writing:
            raise ValueError("Can't write to the ZIP file while there is another write handle open "
                             "on it. Close the first handle before opening another.")
        info.compress_size = info.CRC = 0
        if not info.external_attr:
            info.external_attr = 0o600 << 16
        self._check_write(info)
        zip64 = force_zip64 or info.file_size * 1.05 > ZIP64_LIMIT
        self.fp.seek(self.start_dir)
        info.header_offset = self.fp.tell()
        self._did_change = self._writing = True
        self.fp.write(info.FileHeader(zip64))
        return _ZipWriteFile(self, info, zip64)

    def _check_write(self, info):
        if info.filename in self.NameToInfo:
            import warnings
            warnings.warn(f"Duplicate name: {info.filename!r}", stacklevel=4)
        if self.mode not in ("w", "x", "a"):
            raise ValueError("write() requires mode 'w', 'x', or 'a'")
        if not self.fp:
            raise ValueError("Attempt to write ZIP archive that was already closed")
        _check_method(info.compress_type)
        if not self._allow_64 and (len(self.filelist) >= ZIP_FILECOUNT_LIMIT
                                   or info.file_size > ZIP64_LIMIT):
            raise LargeZipFile("Filesize would require ZIP64 extensions")

    def write(self, filename, arcname=None, compress_type=None, compresslevel=None):
        """Adds a file of the disk."""
        if not self.fp:
            raise ValueError("Attempt to write to ZIP archive that was already closed")
        if self._writing:
            raise ValueError("Can't write to ZIP archive while an open writing handle exists")
        info = ZipInfo.from_file(filename, arcname, strict_timestamps=self._strict)
        if info.is_dir():
            return self.mkdir(info)
        info.compress_type = self.compression if compress_type is None else compress_type
        info._compresslevel = self.compresslevel if compresslevel is None else compresslevel
        with open(filename, "rb") as source, self.open(info, "w") as target:
            shutil.copyfileobj(source, target, 1 << 13)

    def writestr(self, zinfo_or_arcname, data, compress_type=None, compresslevel=None):
        """Adds a file with this content."""
        if isinstance(data, str):
            data = data.encode()
        info = zinfo_or_arcname
        if not isinstance(info, ZipInfo):
            info = ZipInfo(info, time.localtime(time.time())[:6])
            info.compress_type, info._compresslevel = self.compression, self.compresslevel
            info.external_attr = 0o40775 << 16 | 0x10 if info.is_dir() else 0o600 << 16
        if not self.fp:
            raise ValueError("Attempt to write to ZIP archive that was already closed")
        if self._writing:
            raise ValueError("Can't write to ZIP archive while an open writing handle exists.")
        if compress_type is not None:
            info.compress_type = compress_type
        if compresslevel is not None:
            info._compresslevel = compresslevel
        info.file_size = len(data)
        with self._lock, self.open(info, "w") as target:
            target.write(data)

    def mkdir(self, zinfo_or_directory_name, mode=511):
        """Adds a folder."""
        info = zinfo_or_directory_name
        if isinstance(info, str):
            info = ZipInfo(info if info.endswith("/") else info + "/",
                           time.localtime(time.time())[:6])
            info.external_attr = ((0o40000 | mode) & 0xFFFF) << 16 | 0x10
        elif not info.is_dir():
            raise TypeError("Expected type str or ZipInfo")
        info.file_size = info.compress_size = info.CRC = 0
        info.compress_type = ZIP_STORED
        self._check_write(info)
        self.fp.seek(self.start_dir)
        info.header_offset = self.fp.tell()
        self._did_change = True
        self.filelist.append(info)
        self.NameToInfo[info.filename] = info
        self.fp.write(info.FileHeader(False))
        self.start_dir = self.fp.tell()

    def close(self):
        """Writes the list at the end, if anything has changed, and closes the file."""
        if self.fp is None:
            return
        if self._writing:
            raise ValueError("Can't close the ZIP file while there is an open writing handle on it. "
                             "Close the writing handle before closing the zip.")
        try:
            if self.mode in ("w", "x", "a") and self._did_change:
                self.fp.seek(self.start_dir)
                self._write_list()
        finally:
            self._waiting, self.fp = self.fp, None
            if self._is_own and not self._readers:
                self._waiting.close()

    def _write_list(self):
        start = self.fp.tell()
        for info in self.filelist:
            self.fp.write(info._central())
        place = self.fp.tell()
        count, size = len(self.filelist), place - start
        if count > ZIP_FILECOUNT_LIMIT or max(start, size) > ZIP64_LIMIT:
            if not self._allow_64:
                raise LargeZipFile("Central directory would require ZIP64 extensions")
            self.fp.write(_END64.pack(_MARKS[_END64], 44, 45, 45, 0, 0, count, count, size, start))
            self.fp.write(_LOCATOR.pack(_MARKS[_LOCATOR], 0, place, 1))
            count, size, start = (min(count, 0xFFFF), min(size, 0xFFFFFFFF),
                                  min(start, 0xFFFFFFFF))
        self.fp.write(_END.pack(_MARKS[_END], 0, 0, count, count, size, start,
                                len(self._comment)) + self._comment)
        if self.mode == "a":
            self.fp.truncate()
        self.fp.flush()

    # To the disk

    def extract(self, member, path=None, pwd=None):
        """Writes a file of the archive below a folder; where it is then."""
        return self._extract(member, os.getcwd() if path is None else os.fspath(path), pwd)

    def extractall(self, path=None, members=None, pwd=None):
        """Writes all files of the archive below a folder."""
        folder = os.getcwd() if path is None else os.fspath(path)
        for member in self.namelist() if members is None else members:
            self._extract(member, folder, pwd)

    def _extract(self, member, folder, pwd):
        info = member if isinstance(member, ZipInfo) else self.getinfo(member)
        # Names that lead elsewhere stay below the folder.
        parts = [part for part in info.filename.split("/") if part not in ("", ".", "..")]
        target = os.path.normpath(os.path.join(folder, *parts))
        above = target if info.is_dir() else os.path.dirname(target)
        if above:
            os.makedirs(above, exist_ok=True)
        if not info.is_dir():
            with self.open(info, pwd=pwd) as source, open(target, "wb") as file:
                shutil.copyfileobj(source, file)
        return target


class Path:
    """A file or folder of an archive, used as those of `pathlib` are."""

    def __init__(self, root, at=""):
        self.root = root if isinstance(root, ZipFile) else ZipFile(root)
        self.at = at

    def __repr__(self):
        return f"{type(self).__name__}({self.root.filename!r}, {self.at!r})"

    def __str__(self):
        return posixpath.join(self.root.filename or ":zipfile:", self.at)

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return (self.root, self.at) == (other.root, other.at)

    def __hash__(self):
        return hash((self.root, self.at))

    def _names(self):
        """All names, with those of folders that no entry is for."""
        names = dict.fromkeys(self.root.namelist())
        for name in list(names):
            folder = posixpath.dirname(name.rstrip("/"))
            while folder:
                names.setdefault(folder + "/")
                folder = posixpath.dirname(folder)
        return names

    @property
    def filename(self):
        import pathlib
        return pathlib.Path(self.root.filename).joinpath(self.at)

    @property
    def _pure(self):
        import pathlib
        return pathlib.PurePosixPath(self.at.rstrip("/") or self.root.filename or "")

    name = property(lambda self: self._pure.name)
    stem = property(lambda self: self._pure.stem)
    suffix = property(lambda self: self._pure.suffix)
    suffixes = property(lambda self: self._pure.suffixes)

    @property
    def parent(self):
        above = posixpath.dirname(self.at.rstrip("/"))
        return type(self)(self.root, above + "/" if above else "")

    def is_dir(self):
        return not self.at or self.at.endswith("/")

    def is_file(self):
        return self.exists() and not self.is_dir()

    def exists(self):
        return self.at in self._names()

    def iterdir(self):
        """What is in the folder."""
        if not self.is_dir():
            raise ValueError("Can't listdir a file")
        for name in self._names():
            if posixpath.dirname(name.rstrip("/")) == self.at.rstrip("/") and name != self.at:
                yield type(self)(self.root, name)

    def joinpath(self, *other):
        path = posixpath.join(self.at, *other)
        names = self._names()
        if path + "/" in names and path not in names:
            path += "/"
        return type(self)(self.root, path)

    def __truediv__(self, other):
        return self.joinpath(other)

    def open(self, mode="r", *args, pwd=None, **kwargs):
        """The file, as text unless the mode says otherwise."""
        if self.is_dir():
            raise IsADirectoryError(self)
        if not self.exists() and mode[0] == "r":
            raise FileNotFoundError(self)
        stream = self.root.open(self.at, mode[0], pwd=pwd)
        if "b" in mode:
            if args or kwargs:
                raise ValueError("encoding args invalid for binary operation")
            return stream
        return io.TextIOWrapper(stream, *args, **kwargs)

    def read_text(self, *args, **kwargs):
        with self.open("r", *args, **kwargs) as file:
            return file.read()

    def read_bytes(self):
        with self.open("rb") as file:
            return file.read()
