"""The type of sockets, and files that are made of them."""

import io
import os
import struct
import sys
import time
from operator import index

import _sockets
import ffi
from _socketnames import *
from _sockets import CLOSE_ON_EXEC, NON_BLOCKING, call, checked

#: What new sockets have for a timeout.
default_timeout = None


def member(kind, value):
    try:
        return kind(value)
    except ValueError:
        return value


def seconds(value):
    """A timeout as programs give it."""
    if value is None:
        return None
    value = float(value if isinstance(value, float) else index(value))
    if value != value:
        raise ValueError("Invalid value NaN (not a number)")
    if value < 0:
        raise ValueError("Timeout value out of range")
    if value >= 1 << 33:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")
    return value


class socket:
    """An end of a connection, or where connections come in."""

    __module__ = "socket"

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._closed = False
        self._files = 0
        self._fd = -1
        self._timeout = None
        if fileno is None:
            family = AF_INET if family == -1 else family
            type = SOCK_STREAM if type == -1 else type
            proto = 0 if proto == -1 else proto
            self._fd = checked(call.socket(family, type | CLOSE_ON_EXEC, proto))
        else:
            fileno = index(fileno)
            if fileno < 0:
                raise ValueError("negative file descriptor")
            self._fd = fileno
            try:
                family = self._option(39) if family == -1 else family
                type = self._option(3) if type == -1 else type
                proto = self._option(38) if proto == -1 else proto
            except OSError:
                self._fd = -1
                raise
        self._family, self._type, self.proto = family, type & ~(CLOSE_ON_EXEC | NON_BLOCKING), proto
        if type & NON_BLOCKING:
            self._timeout = 0.0
        elif default_timeout is not None:
            self.settimeout(default_timeout)

    def _option(self, option):
        return self.getsockopt(SOL_SOCKET, option)

    family = property(lambda self: member(AddressFamily, self._family), doc="The address family.")
    type = property(lambda self: member(SocketKind, self._type), doc="The kind of socket.")
    timeout = property(lambda self: self._timeout, doc="Seconds that an operation may wait; None for ever.")

    def __repr__(self):
        text = f"<{type(self).__module__}.{type(self).__qualname__}{' [closed]' if self._closed else ''}" \
            f" fd={self._fd}, family={self.family}, type={self.type}, proto={self.proto}"
        for label, ask in ("laddr", self.getsockname), ("raddr", self.getpeername):
            if not self._closed:
                try:
                    address = ask()
                    if address:
                        text += f", {label}={address}"
                except OSError:
                    pass
        return text + ">"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self._closed:
            self.close()

    def __getstate__(self):
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    def __del__(self):
        if getattr(self, "_fd", -1) >= 0 and not self._closed:
            os.close(self._fd)

    # The descriptor.

    def fileno(self):
        return self._fd

    def close(self):
        """Closes the socket, or lets the files do it that have been made of it."""
        self._closed = True
        if self._files <= 0:
            self._real_close()

    def _real_close(self):
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _file_closed(self):
        if self._files > 0:
            self._files -= 1
        if self._closed:
            self.close()

    def detach(self):
        """The descriptor, which is the caller's from now on."""
        self._closed = True
        fd, self._fd = self._fd, -1
        return fd

    def dup(self):
        copy = self.__class__(self.family, self.type, self.proto, fileno=os.dup(self._fd))
        copy.settimeout(self._timeout)
        return copy

    def get_inheritable(self):
        return os.get_inheritable(self._fd)

    def set_inheritable(self, inheritable):
        os.set_inheritable(self._fd, inheritable)

    # Waiting.

    def settimeout(self, value):
        value = seconds(value)
        os.set_blocking(self._fd, value is None)
        self._timeout = value

    def gettimeout(self):
        return self._timeout

    def setblocking(self, flag):
        self.settimeout(None if flag else 0.0)

    def getblocking(self):
        return self._timeout != 0.0

    def _wait(self, events, end):
        """Until the socket is ready. With a timeout the descriptor does not block."""
        while True:
            left = -1 if end is None else end - time.monotonic()
            if end is not None and left <= 0:
                raise TimeoutError("timed out")
            try:
                if _sockets.poll([(self._fd, events)], -1 if end is None else int(left * 1000) + 1)[0]:
                    return
            except InterruptedError:
                pass

    def _try(self, events, function, *arguments):
        """Calls `function` with the descriptor until it has not failed for want of something to do."""
        end = time.monotonic() + self._timeout if self._timeout else None
        while True:
            if end is not None:
                self._wait(events, end)
            try:
                return _sockets.again(function, self._fd, *arguments)
            except BlockingIOError:
                if end is None:
                    raise

    # Connections.

    def bind(self, address, /):
        checked(call.bind(self._fd, *_sized(_sockets.pack_address(self._family, address, "bind"))))

    def listen(self, backlog=128, /):
        checked(call.listen(self._fd, max(0, backlog)))

    def accept(self):
        """The next connection, and whose it is."""
        fd, address, size = self._try(1, call.accept4, 128, CLOSE_ON_EXEC)
        return socket(self._family, self._type, self.proto, fileno=fd), _sockets.unpack_address(address, size)

    def connect(self, address, /):
        code = self._connect(address)
        if code:
            raise _sockets.failed(code)

    def connect_ex(self, address, /):
        """As `connect`, but gives the error's number."""
        return self._connect(address, 11)

    def _connect(self, address, at_timeout=None):
        packed = _sockets.pack_address(self._family, address, "connect")
        if call.connect(self._fd, *_sized(packed)) == 0:
            return 0
        code = ffi.errno
        if not (code == 4 or code == 115 and self._timeout):
            return code
        # It goes on by itself, interrupted or not.
        try:
            self._wait(4, time.monotonic() + self._timeout if self._timeout else None)
        except TimeoutError:
            if at_timeout is None:
                raise
            return at_timeout
        return self._option(4)

    def shutdown(self, how, /):
        checked(call.shutdown(self._fd, how))

    def getsockname(self):
        return self._address(call.getsockname)

    def getpeername(self):
        return self._address(call.getpeername)

    def _address(self, ask):
        status, address, size = ask(self._fd, 128)
        checked(status)
        return _sockets.unpack_address(address, size)

    # Data.

    def send(self, data, flags=0, /):
        data = _bytes(data)
        return self._try(4, call.send, data, len(data), flags | MSG_NOSIGNAL)

    def sendall(self, data, flags=0, /):
        data = _bytes(data)
        done = self.send(data, flags)
        while done < len(data):
            done += self.send(memoryview(data)[done:], flags)

    def sendto(self, data, *rest):
        if not 1 <= len(rest) <= 2:
            raise TypeError(f"sendto() takes 2 or 3 arguments ({len(rest) + 1} given)")
        flags, address = rest if len(rest) == 2 else (0, *rest)
        data = _bytes(data)
        return self._try(
            4, call.sendto, data, len(data), flags | MSG_NOSIGNAL,
            *_sized(_sockets.pack_address(self._family, address, "sendto")))

    def recv(self, size, flags=0, /):
        return self._try(1, call.recv, _size(size, "recv"), flags)[1]

    def recvfrom(self, size, flags=0, /):
        _, data, address, length = self._try(1, call.recvfrom, _size(size, "recvfrom"), flags, 128)
        return data, _sockets.unpack_address(address, length)

    def recv_into(self, buffer, nbytes=0, flags=0):
        view = memoryview(buffer).cast("B")
        data = self.recv(self._room(view, nbytes, "recv_into"), flags)
        view[:len(data)] = data
        return len(data)

    def recvfrom_into(self, buffer, nbytes=0, flags=0):
        view = memoryview(buffer).cast("B")
        data, address = self.recvfrom(self._room(view, nbytes, "recvfrom_into"), flags)
        view[:len(data)] = data
        return len(data), address

    def _room(self, view, size, name):
        if _size(size, name) > len(view):
            raise ValueError("nbytes is greater than the length of the buffer")
        return size or len(view)

    def sendfile(self, file, offset=0, count=None):
        """Sends what a binary file has from `offset` on, `count` bytes at most."""
        if self._timeout == 0:
            raise ValueError("non-blocking sockets are not supported")
        file.seek(offset)
        sent = 0
        while count is None or sent < count:
            block = file.read(65536 if count is None else min(65536, count - sent))
            if not block:
                break
            self.sendall(block)
            sent += len(block)
        file.seek(offset + sent)
        return sent

    # Options.

    def setsockopt(self, level, option, value, size=None, /):
        if value is None:
            value = bytes(size)
        elif isinstance(value, int):
            value = struct.pack("=i", value)
        checked(call.setsockopt(self._fd, level, option, *_sized(_bytes(value))))

    def getsockopt(self, level, option, size=0, /):
        if not 0 <= size <= 1024:
            raise OSError("getsockopt buflen out of range")
        status, value, _ = call.getsockopt(self._fd, level, option, size or 4)
        checked(status)
        return value if size else int.from_bytes(value, sys.byteorder, signed=True)

    # Files.

    def makefile(self, mode="r", buffering=None, *, encoding=None, errors=None, newline=None):
        """A file that reads from the socket and writes to it."""
        if not set(mode) <= {"r", "w", "b"}:
            raise ValueError(f"invalid mode {mode!r} (only r, w, b allowed)")
        writing = "w" in mode
        reading = "r" in mode or not writing
        raw = SocketIO(self, ("r" if reading else "") + ("w" if writing else ""))
        self._files += 1
        if buffering is None or buffering < 0:
            buffering = io.DEFAULT_BUFFER_SIZE
        if buffering == 0:
            if "b" not in mode:
                raise ValueError("unbuffered streams must be binary")
            return raw
        if reading and writing:
            buffer = io.BufferedRWPair(raw, raw, buffering)
        else:
            buffer = (io.BufferedReader if reading else io.BufferedWriter)(raw, buffering)
        if "b" in mode:
            return buffer
        text = io.TextIOWrapper(buffer, encoding, errors, newline)
        text.mode = mode
        return text


def _bytes(data):
    if isinstance(data, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    return data if isinstance(data, bytes) else bytes(memoryview(data))


def _sized(data):
    return data, len(data)


def _size(size, name):
    size = index(size)
    if size < 0:
        raise ValueError(f"negative buffersize in {name}")
    if size > 1 << 30:
        raise MemoryError
    return size


class SocketIO(io.RawIOBase):
    """What is below the files of a socket."""

    __module__ = "socket"

    def __init__(self, sock, mode):
        if mode not in ("r", "w", "rw", "rb", "wb", "rwb"):
            raise ValueError(f"invalid mode: {mode!r}")
        self._sock = sock
        self._reads, self._writes = "r" in mode, "w" in mode
        self._mode = mode if "b" in mode else mode + "b"
        self._has_timed_out = False

    mode = property(lambda self: self._mode)
    name = property(lambda self: -1 if self.closed else self.fileno())

    def readable(self):
        self._check_open()
        return self._reads

    def writable(self):
        self._check_open()
        return self._writes

    def seekable(self):
        self._check_open()
        return False

    def _check_open(self):
        if self.closed:
            raise ValueError("I/O operation on closed socket.")

    def fileno(self):
        self._check_open()
        return self._sock.fileno()

    def readinto(self, buffer):
        self._check_open()
        if not self._reads:
            raise io.UnsupportedOperation("not readable")
        if self._has_timed_out:
            raise OSError("cannot read from timed out object")
        try:
            return self._sock.recv_into(buffer)
        except TimeoutError:
            self._has_timed_out = True
            raise
        except BlockingIOError:
            return None

    def write(self, data):
        self._check_open()
        if not self._writes:
            raise io.UnsupportedOperation("not writable")
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return None

    def close(self):
        if self.closed:
            return
        super().close()
        self._sock._file_closed()
        self._sock = None
