"""The numbers that Linux gives to what sockets deal with."""

from enum import IntEnum, IntFlag

from _sockets import CLOSE_ON_EXEC, NON_BLOCKING

_known = set(globals())

AddressFamily = IntEnum("AddressFamily", {
    "AF_UNSPEC": 0, "AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17})
SocketKind = IntEnum("SocketKind", {
    "SOCK_STREAM": 1, "SOCK_DGRAM": 2, "SOCK_RAW": 3, "SOCK_RDM": 4, "SOCK_SEQPACKET": 5,
    "SOCK_NONBLOCK": NON_BLOCKING, "SOCK_CLOEXEC": CLOSE_ON_EXEC})
MsgFlag = IntFlag("MsgFlag", {
    "MSG_OOB": 1, "MSG_PEEK": 2, "MSG_DONTROUTE": 4, "MSG_CTRUNC": 8, "MSG_TRUNC": 0x20, "MSG_DONTWAIT": 0x40,
    "MSG_EOR": 0x80, "MSG_WAITALL": 0x100, "MSG_CONFIRM": 0x800, "MSG_ERRQUEUE": 0x2000, "MSG_NOSIGNAL": 0x4000,
    "MSG_MORE": 0x8000, "MSG_CMSG_CLOEXEC": 0x40000000})
AddressInfo = IntFlag("AddressInfo", {
    "AI_PASSIVE": 1, "AI_CANONNAME": 2, "AI_NUMERICHOST": 4, "AI_V4MAPPED": 8, "AI_ALL": 0x10, "AI_ADDRCONFIG": 0x20,
    "AI_NUMERICSERV": 0x400})
for _kind in AddressFamily, SocketKind, MsgFlag, AddressInfo:
    globals().update(_kind.__members__)

globals().update({
    "SOL_SOCKET": 1, "SOL_IP": 0, "SOL_TCP": 6, "SOL_UDP": 17, "SO_DEBUG": 1, "SO_REUSEADDR": 2, "SO_TYPE": 3,
    "SO_ERROR": 4, "SO_DONTROUTE": 5, "SO_BROADCAST": 6, "SO_SNDBUF": 7, "SO_RCVBUF": 8, "SO_KEEPALIVE": 9,
    "SO_OOBINLINE": 10, "SO_LINGER": 13, "SO_REUSEPORT": 15, "SO_PASSCRED": 16, "SO_RCVLOWAT": 18,
    "SO_SNDLOWAT": 19, "SO_RCVTIMEO": 20, "SO_SNDTIMEO": 21, "SO_ACCEPTCONN": 30, "SO_PROTOCOL": 38,
    "SO_DOMAIN": 39, "SOMAXCONN": 4096, "SHUT_RD": 0, "SHUT_WR": 1, "SHUT_RDWR": 2, "IPPROTO_IP": 0,
    "IPPROTO_ICMP": 1, "IPPROTO_TCP": 6, "IPPROTO_UDP": 17, "IPPROTO_IPV6": 41, "IPPROTO_RAW": 255, "IP_TOS": 1,
    "IP_TTL": 2, "IP_MULTICAST_IF": 32, "IP_MULTICAST_TTL": 33, "IP_MULTICAST_LOOP": 34, "IP_ADD_MEMBERSHIP": 35,
    "IP_DROP_MEMBERSHIP": 36, "IPV6_UNICAST_HOPS": 16, "IPV6_V6ONLY": 26, "TCP_NODELAY": 1, "TCP_MAXSEG": 2,
    "TCP_CORK": 3, "TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 6, "TCP_DEFER_ACCEPT": 9, "TCP_INFO": 11,
    "TCP_QUICKACK": 12, "TCP_USER_TIMEOUT": 18, "TCP_FASTOPEN": 23, "INADDR_ANY": 0, "INADDR_BROADCAST": 0xFFFFFFFF,
    "INADDR_LOOPBACK": 0x7F000001, "INADDR_NONE": 0xFFFFFFFF, "NI_NUMERICHOST": 1, "NI_NUMERICSERV": 2,
    "NI_NOFQDN": 4, "NI_NAMEREQD": 8, "NI_DGRAM": 16, "EAI_BADFLAGS": -1, "EAI_NONAME": -2, "EAI_AGAIN": -3,
    "EAI_FAIL": -4, "EAI_NODATA": -5, "EAI_FAMILY": -6, "EAI_SOCKTYPE": -7, "EAI_SERVICE": -8,
    "EAI_ADDRFAMILY": -9, "EAI_MEMORY": -10, "EAI_SYSTEM": -11, "EAI_OVERFLOW": -12})

__all__ = [name for name in globals() if name not in _known and name[0] != "_"]
