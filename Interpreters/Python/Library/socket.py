"""Sockets of the system, called through `ffi`: while one thread waits for data, the others run."""

import os
import struct

import _socketnames
import _socketobject
import _sockets
from _socketnames import *
from _socketobject import SocketIO, socket
from _sockets import call, checked, gaierror

__all__ = [
    *_socketnames.__all__, "SocketIO", "SocketType", "socket", "gaierror", "close", "create_connection", "create_server", "dup", "error", "fromfd", "getaddrinfo",
    "getdefaulttimeout", "getfqdn", "gethostbyaddr", "gethostbyname", "gethostbyname_ex", "gethostname", "getnameinfo",
    "getprotobyname", "getservbyname", "getservbyport", "has_dualstack_ipv6", "has_ipv6", "herror", "htonl", "htons",
    "inet_aton", "inet_ntoa", "inet_ntop", "inet_pton", "ntohl", "ntohs", "setdefaulttimeout", "socketpair", "timeout"]

SocketType = socket
error = OSError
timeout = TimeoutError
has_ipv6 = True


class herror(OSError):
    """A host that is not known."""


# Making sockets.

def fromfd(fd, family, type, proto=0):
    """A socket of a copy of the descriptor."""
    return socket(family, type, proto, os.dup(fd))


def dup(fd, /):
    return os.dup(fd)


def close(fd, /):
    os.close(fd)


def socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0):
    """Two sockets that are connected with each other."""
    status, pair = call.socketpair(family, type | SOCK_CLOEXEC, proto)
    checked(status)
    return tuple(socket(family, type, proto, fd) for fd in pair)


_as_default = object()


def create_connection(address, timeout=_as_default, source_address=None, *, all_errors=False):
    """A connection to the first address of (host, port) that accepts one."""
    host, port = address
    errors = []
    for family, type, protocol, _, where in getaddrinfo(host, port, 0, SOCK_STREAM):
        end = None
        try:
            end = socket(family, type, protocol)
            if timeout is not _as_default:
                end.settimeout(timeout)
            if source_address:
                end.bind(source_address)
            end.connect(where)
            return end
        except OSError as failure:
            if end is not None:
                end.close()
            errors.append(failure)
    if not errors:
        raise OSError("getaddrinfo returns an empty list")
    if all_errors:
        raise ExceptionGroup("create_connection failed", errors)
    try:
        raise errors[0]
    finally:
        errors = None


def has_dualstack_ipv6():
    """Whether one socket can serve both versions of the protocol."""
    try:
        with socket(AF_INET6, SOCK_STREAM) as end:
            end.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
        return True
    except OSError:
        return False


def create_server(address, *, family=AF_INET, backlog=None, reuse_port=False, dualstack_ipv6=False):
    """A socket that waits for connections."""
    if dualstack_ipv6 and family != AF_INET6:
        raise ValueError("dualstack_ipv6 requires AF_INET6 family")
    end = socket(family, SOCK_STREAM)
    try:
        end.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        if reuse_port:
            end.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)
        if family == AF_INET6:
            end.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0 if dualstack_ipv6 else 1)
        try:
            end.bind(address)
        except OSError as failure:
            text = f"{failure.strerror} (while attempting to bind on address {address!r})"
            raise OSError(failure.errno, text) from None
        end.listen(128 if backlog is None else backlog)
    except BaseException:
        end.close()
        raise
    return end


def getdefaulttimeout():
    return _socketobject.default_timeout


def setdefaulttimeout(timeout, /):
    _socketobject.default_timeout = _socketobject.seconds(timeout)


# Names of hosts and services.

def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    """(family, type, proto, canonical name, address) of each way to reach the host."""
    if isinstance(port, int):
        port = str(port)
    elif not (port is None or isinstance(port, (str, bytes))):
        raise OSError("Int or String expected")
    return [
        (_socketobject.member(AddressFamily, family), _socketobject.member(SocketKind, type), protocol, name,
         _sockets.unpack_address(packed, len(packed)))
        for family, type, protocol, name, packed in _sockets.resolve(host, port, family, type, proto, flags)]


def getnameinfo(address, flags, /):
    """Host and service of an address, by name unless the flags say otherwise."""
    if not isinstance(address, tuple):
        raise TypeError("getnameinfo() argument 1 must be tuple")
    host, port, *rest = address
    family, _, _, _, found = getaddrinfo(host, port, AF_UNSPEC, SOCK_DGRAM, 0, AI_NUMERICHOST)[0]
    if family == AF_INET6:
        found = found[:2] + (*rest, 0, 0)[:2]
    return _sockets.name_of(_sockets.pack_address(family, found, "getnameinfo"), flags)


def gethostname():
    return _sockets.host_name()


def gethostbyname(host, /):
    return getaddrinfo(host, None, AF_INET, SOCK_STREAM)[0][4][0]


def gethostbyname_ex(host, /):
    """The host's name, its other names, and its addresses."""
    found = getaddrinfo(host, None, AF_INET, SOCK_STREAM, 0, AI_CANONNAME)
    return found[0][3] or host, [], [address[0] for _, _, _, _, address in found]


def gethostbyaddr(host, /):
    """As `gethostbyname_ex`, of an address."""
    family, _, _, _, address = getaddrinfo(host, 0, 0, SOCK_STREAM)[0]
    try:
        name = _sockets.name_of(_sockets.pack_address(family, address, "gethostbyaddr"), NI_NAMEREQD)[0]
    except gaierror:
        raise herror(1, "Unknown host") from None
    return name, [], [address[0]]


def getfqdn(name=""):
    """The name of a host with its domain, if that can be found out."""
    name = name.strip()
    if name in ("", "0.0.0.0"):
        name = gethostname()
    try:
        full, others, _ = gethostbyaddr(name)
    except OSError:
        return name
    return next((known for known in (full, *others) if "." in known), full)


def getservbyname(name, protocol=None, /):
    """The port of a service."""
    kinds = {None: (SOCK_STREAM, SOCK_DGRAM), "tcp": (SOCK_STREAM,), "udp": (SOCK_DGRAM,)}.get(protocol, ())
    for kind in kinds:
        try:
            return getaddrinfo("127.0.0.1", name, AF_INET, kind)[0][4][1]
        except gaierror:
            pass
    raise OSError("service/proto not found")


def getservbyport(port, protocol=None, /):
    """The service at a port."""
    if not 0 <= port <= 0xFFFF:
        raise OverflowError("getservbyport: port must be 0-65535.")
    name = getnameinfo(("127.0.0.1", port), NI_NUMERICHOST | (NI_DGRAM if protocol == "udp" else 0))[1]
    if name == str(port):
        raise OSError("port/proto not found")
    return name


def getprotobyname(name, /):
    """The number of a protocol."""
    number = {"ip": 0, "icmp": 1, "tcp": 6, "udp": 17, "ipv6": 41, "ipv6-icmp": 58}.get(name.lower())
    if number is None:
        raise OSError("protocol not found")
    return number


# Numeric addresses.

def inet_aton(text, /):
    fits, packed = call.inet_aton(text)
    if not fits:
        raise OSError("illegal IP address string passed to inet_aton")
    return packed


def inet_ntoa(packed, /):
    if len(packed) != 4:
        raise OSError("packed IP wrong length for inet_ntoa")
    return _sockets.text_of(AF_INET, packed)


def inet_pton(family, text, /):
    if family not in (AF_INET, AF_INET6):
        raise OSError(97, "Address family not supported by protocol")
    packed = _sockets.numeric(family, text)
    if packed is None:
        raise OSError("illegal IP address string passed to inet_pton")
    return packed


def inet_ntop(family, packed, /):
    if family not in (AF_INET, AF_INET6):
        raise ValueError(f"unknown address family {family}")
    if len(packed) != (4 if family == AF_INET else 16):
        raise ValueError("invalid length of packed IP address string")
    return _sockets.text_of(family, packed)


def _turned(name, size):
    """The order of bytes on the network is not the machine's."""
    def turn(number, /):
        if not isinstance(number, int):
            raise TypeError(f"expected int, {type(number).__name__} found")
        if number < 0:
            raise OverflowError(f"{name}: can't convert negative Python int to C {size * 8}-bit unsigned integer")
        if number >> size * 8:
            raise OverflowError(f"{name}: Python int too large to convert to C {size * 8}-bit unsigned integer")
        return struct.unpack("!H" if size == 2 else "!I", struct.pack("=H" if size == 2 else "=I", number))[0]
    turn.__name__ = turn.__qualname__ = name
    return turn


htons, ntohs, htonl, ntohl = _turned("htons", 2), _turned("ntohs", 2), _turned("htonl", 4), _turned("ntohl", 4)
