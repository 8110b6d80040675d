"""What sockets need of the C library: its functions with their effects, and addresses as bytes.

Nothing here can be taken back by a rollback, so every function that talks to the system is `atomic`: it is called
once, between two quanta, and the other threads go on meanwhile. What may wait can be interrupted by Ctrl-C.
"""

import errno as _errno
import os
import struct
from operator import index

import ffi

call = ffi.Bindings("""
library libc.so.6
atomic brief int socket(int family, int type, int protocol)
atomic brief int socketpair(int family, int type, int protocol, out(2) int *pair)
atomic brief int bind(int fd, const void *address, unsigned size)
atomic brief int listen(int fd, int backlog)
atomic interruptible int connect(int fd, const void *address, unsigned size)
atomic interruptible int accept4(int fd, out(128) void *address, inout unsigned *size, int flags)
atomic brief int getsockname(int fd, out(128) void *address, inout unsigned *size)
atomic brief int getpeername(int fd, out(128) void *address, inout unsigned *size)
atomic interruptible ssize_t send(int fd, const void *data, size_t size, int flags)
atomic interruptible ssize_t sendto(int fd, const void *data, size_t size, int flags,
    const void *address, unsigned length)
atomic interruptible ssize_t recv(int fd, out(size, $result) void *data, size_t size, int flags)
atomic interruptible ssize_t recvfrom(int fd, out(size, $result) void *data, size_t size, int flags,
    out(128) void *address, inout unsigned *length)
atomic brief int setsockopt(int fd, int level, int option, const void *value, unsigned size)
atomic brief int getsockopt(int fd, int level, int option, out(*size) void *value, inout unsigned *size)
atomic brief int shutdown(int fd, int how)
atomic interruptible int poll(inout(8 * count) void *entries, unsigned long count, int milliseconds)
atomic int getaddrinfo(const char *host, const char *service, const void *hints, out void **found)
atomic void freeaddrinfo(void *found)
atomic int getnameinfo(const void *address, unsigned size, out(1025) void *host, unsigned m,
    out(32) void *service, unsigned n, int flags)
const const char *gai_strerror(int code)
atomic brief int gethostname(out(256) void *name, size_t size)
const int inet_pton(int family, const char *text, out(16) void *address)
const int inet_aton(const char *text, out(4) void *address)
""")

AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
CLOSE_ON_EXEC, NON_BLOCKING = 0o2000000, 0o4000


class gaierror(OSError):
    """A name that cannot be resolved."""

    __module__ = "socket"


def failed(code=None):
    """The OSError of the last call."""
    code = ffi.errno if code is None else code
    return OSError(code, os.strerror(code))


def checked(result):
    """A result of C that is below 0 when the call has failed."""
    if result < 0:
        raise failed()
    return result


def again(call, *arguments):
    """Calls until no signal comes between; a result may be a tuple that begins with it."""
    while True:
        result = call(*arguments)
        status = result[0] if isinstance(result, tuple) else result
        if status >= 0:
            return result
        if ffi.errno != _errno.EINTR:
            raise failed()


# Addresses: a tuple or a path for programs, a struct for C.

def numeric(family, text):
    """The bytes of a numeric address, or None."""
    fits, address = call.inet_pton(family, text)
    return address[:4 if family == AF_INET else 16] if fits == 1 else None


def _resolved(family, host):
    """The bytes of a host's address."""
    if isinstance(host, (bytes, bytearray)):
        host = host.decode()
    if not isinstance(host, str):
        raise TypeError(f"str, bytes or bytearray expected, not {type(host).__name__}")
    if host == "":
        return bytes(4 if family == AF_INET else 16)
    if family == AF_INET and host == "<broadcast>":
        return b"\xff\xff\xff\xff"
    known = numeric(family, host)
    if known is not None:
        return known
    for found, _, _, _, packed in resolve(host, None, family, 0, 0, 0):
        if found == family:
            return packed[4:8] if family == AF_INET else packed[8:24]
    raise gaierror(-2, "Name or service not known")


def _port(name, value):
    value = index(value)
    if not 0 <= value <= 0xFFFF:
        raise OverflowError(f"{name}(): port must be 0-65535.")
    return value


def pack_address(family, address, name):
    """`address` as C wants it; `name` is the method that wants it."""
    if family == AF_UNIX:
        path = os.fsencode(address) if isinstance(address, str) else bytes(address)
        if len(path) > 107:
            raise OSError("AF_UNIX path too long")
        return struct.pack("=H", family) + path + (b"" if path[:1] == b"\0" or not path else b"\0")
    label = "AF_INET" if family == AF_INET else "AF_INET6" if family == AF_INET6 else None
    if label is None:
        raise OSError(f"{name}(): bad family")
    if not isinstance(address, tuple):
        raise TypeError(f"{name}(): {label} address must be tuple, not {type(address).__name__}")
    if family == AF_INET:
        if len(address) != 2:
            raise TypeError("AF_INET address must be a pair (host, port)")
        host, port = address
        return struct.pack("=H", family) + struct.pack("!H", _checked_port(name, host, port)) \
            + _resolved(family, host) + bytes(8)
    if not 2 <= len(address) <= 4:
        raise TypeError("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])")
    host, port, flow, scope = address + (0, 0)[:4 - len(address)]
    port = _checked_port(name, host, port)
    if not 0 <= flow <= 0xFFFFF:
        raise OverflowError(f"{name}(): flowinfo must be 0-1048575.")
    return struct.pack("=H", family) + struct.pack("!HI", port, flow) + _resolved(family, host) \
        + struct.pack("=I", scope)


def _checked_port(name, host, port):
    if not isinstance(host, (str, bytes, bytearray)):
        raise TypeError(f"str, bytes or bytearray expected, not {type(host).__name__}")
    return _port(name, port)


def unpack_address(data, size):
    """What programs see of `size` bytes of an address; None when there are none."""
    if size < 2:
        return None
    family, = struct.unpack_from("=H", data)
    if family == AF_UNIX:
        path = data[2:size]
        if path[:1] == b"\0":
            return bytes(path)
        return os.fsdecode(bytes(path).split(b"\0", 1)[0])
    if family == AF_INET:
        port, = struct.unpack_from("!H", data, 2)
        return text_of(AF_INET, data[4:8]), port
    if family == AF_INET6:
        port, flow = struct.unpack_from("!HI", data, 2)
        scope, = struct.unpack_from("=I", data, 24)
        return text_of(AF_INET6, data[8:24]), port, flow, scope
    return family, bytes(data[2:size])


def text_of(family, packed):
    """A numeric address as text."""
    if family == AF_INET:
        return ".".join(map(str, packed))
    words = struct.unpack("!8H", packed)
    if words[:5] == (0,) * 5 and words[5] in (0, 0xFFFF) and (words[5] or words[6]):
        return ("::ffff:" if words[5] else "::") + text_of(AF_INET, packed[12:])
    # The longest run of zeros, of two at least, becomes "::".
    best, start = (0, 0), None
    for i, word in enumerate((*words, 1)):
        if word:
            if start is not None and i - start > best[0]:
                best = i - start, start
            start = None
        elif start is None:
            start = i
    length, first = best
    parts = [f"{word:x}" for word in words]
    if length < 2:
        return ":".join(parts)
    return ":".join(parts[:first]) + "::" + ":".join(parts[first + length:])


# Names.

_INFO = struct.Struct("=iiiiIxxxxQQQ")


def resolve(host, service, family, type, protocol, flags):
    """What getaddrinfo finds: (family, type, protocol, canonical name, packed address)."""
    hints = struct.pack("=iiii", flags, family, type, protocol) + bytes(32)
    code, first = call.getaddrinfo(host, service, hints)
    if code == -11:
        raise failed()
    if code:
        raise gaierror(code, call.gai_strerror(code).decode())
    found = []
    entry = first
    try:
        while entry:
            _, family, type, protocol, size, address, name, following = _INFO.unpack(entry.read(_INFO.size))
            found.append((
                family, type, protocol, ffi.Pointer(name).string().decode() if name else "",
                ffi.Pointer(address).read(size)))
            entry = ffi.Pointer(following) if following else None
    finally:
        call.freeaddrinfo(first)
    return found


def name_of(packed, flags):
    """Host and service of an address."""
    code, host, service = call.getnameinfo(packed, len(packed), 1025, 32, flags)
    if code:
        raise gaierror(code, call.gai_strerror(code).decode())
    return host.split(b"\0", 1)[0].decode(), service.split(b"\0", 1)[0].decode()


def host_name():
    status, name = call.gethostname(256)
    checked(status)
    return name.split(b"\0", 1)[0].decode()


def poll(entries, milliseconds):
    """C's poll for (fd, events): a list of what happened to each. It waits for 24 days at most."""
    packed = b"".join(struct.pack("=ihh", fd, events, 0) for fd, events in entries)
    status, packed = call.poll(packed, len(entries), min(milliseconds, 0x7FFFFFFF))
    checked(status)
    return [happened & 0xFFFF for _, _, happened in struct.iter_unpack("=ihh", packed)]

