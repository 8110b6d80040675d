"""Addresses of the Internet, and networks of them."""

import functools

IPV4LENGTH, IPV6LENGTH = 32, 128


class AddressValueError(ValueError):
    """Something is wrong with an address."""


class NetmaskValueError(ValueError):
    """Something is wrong with the mask of a network."""


def _first_of(kinds, what, address, *more):
    for kind in kinds:
        try:
            return kind(address, *more)
        except (AddressValueError, NetmaskValueError):
            pass
    raise ValueError(f"{address!r} does not appear to be an IPv4 or IPv6 {what}")


def ip_address(address):
    """The IPv4Address or IPv6Address that a text or a number means."""
    return _first_of((IPv4Address, IPv6Address), "address", address)


def ip_network(address, strict=True):
    """The IPv4Network or IPv6Network that a text, a number or a pair means."""
    return _first_of((IPv4Network, IPv6Network), "network", address, strict)


def ip_interface(address):
    """The IPv4Interface or IPv6Interface that a text, a number or a pair means."""
    return _first_of((IPv4Interface, IPv6Interface), "interface", address)


def v4_int_to_packed(address):
    """A number as 4 bytes."""
    try:
        return address.to_bytes(4, "big")
    except OverflowError:
        raise ValueError("Address negative or too large for IPv4") from None


def v6_int_to_packed(address):
    """A number as 16 bytes."""
    try:
        return address.to_bytes(16, "big")
    except OverflowError:
        raise ValueError("Address negative or too large for IPv6") from None


def _of_one_version(first, last):
    if first.version != last.version:
        raise TypeError(f"{first} and {last} are not of the same version")


def summarize_address_range(first, last):
    """The fewest networks that have all addresses from the first to the last."""
    if not isinstance(first, _Address) or not isinstance(last, _Address):
        raise TypeError("first and last must be IP addresses, not networks")
    _of_one_version(first, last)
    if first > last:
        raise ValueError("last IP address must be greater than first")
    kind = first._network
    start, end = int(first), int(last)
    while start <= end:
        zeros = (start & -start).bit_length() - 1 if start else kind._bits
        bits = min(zeros, (end - start + 1).bit_length() - 1)
        yield kind((start, kind._bits - bits))
        start += 1 << bits


def collapse_addresses(addresses):
    """The fewest networks that have all these addresses and networks."""
    networks = []
    for each in addresses:
        network = each if isinstance(each, _Network) else each._network(
            (int(each), each._bits)) if not hasattr(each, "network") else each.network
        if networks:
            _of_one_version(network, networks[-1])
        networks.append(network)
    merged = []
    for network in sorted(set(networks)):
        while merged and merged[-1].broadcast_address < network.network_address and \
                merged[-1].prefixlen == network.prefixlen and network.prefixlen and \
                merged[-1].supernet() == network.supernet():
            network = merged.pop().supernet()
        if not merged or network.broadcast_address > merged[-1].broadcast_address:
            merged.append(network)
    return iter(merged)


def get_mixed_type_key(obj):
    """What addresses and networks are sorted by, when both are in a list."""
    if isinstance(obj, _Network):
        return obj._version, obj.network_address, obj.netmask
    return (obj._version, obj) if isinstance(obj, _Address) else NotImplemented


@functools.total_ordering
class _Address:
    """A number of as many bits as its version has."""

    __slots__ = "_ip", "__weakref__"

    def __new__(cls, address, *more):
        return object.__new__(cls)

    def __init__(self, address):
        if isinstance(address, int):
            self._check(address)
            self._ip = address
        elif isinstance(address, bytes):
            if len(address) * 8 != self._bits:
                raise AddressValueError(
                    f"{address!r} (len {len(address)} != {self._bits // 8}) is not permitted as an "
                    f"IPv{self._version} address")
            self._ip = int.from_bytes(address, "big")
        else:
            text = str(address)
            if "/" in text:
                raise AddressValueError(f"Unexpected '/' in {address!r}")
            self._read(text)

    def _check(self, number):
        if number < 0:
            raise AddressValueError(
                f"{number} (< 0) is not permitted as an IPv{self._version} address")
        if number >> self._bits:
            raise AddressValueError(f"{number} (>= 2**{self._bits}) is not permitted as an "
                                    f"IPv{self._version} address")

    def _read(self, text):
        self._ip = self._number(text)

    version = property(lambda self: self._version)
    max_prefixlen = property(lambda self: self._bits)
    packed = property(lambda self: self._ip.to_bytes(self._bits // 8, "big"))
    compressed = property(str)

    def __int__(self):
        return self._ip

    def __str__(self):
        return self._text(self._ip)

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __hash__(self):
        return hash(hex(self._ip))

    def __eq__(self, other):
        if not isinstance(other, _Address):
            return NotImplemented
        return self._ip == other._ip and self._version == other._version

    def __lt__(self, other):
        if not isinstance(other, _Address):
            return NotImplemented
        if self._version != other._version:
            raise TypeError(f"{self} and {other} are not of the same version")
        return self._ip < other._ip

    def __add__(self, other):
        return type(self)(int(self) + other) if isinstance(other, int) else NotImplemented

    def __sub__(self, other):
        return type(self)(int(self) - other) if isinstance(other, int) else NotImplemented

    def __reduce__(self):
        return type(self), (self._ip,)

    def __format__(self, fmt):
        import re
        match = re.fullmatch("(#?)(_?)([xbnX])", fmt)
        if match is None:
            return super().__format__(fmt)
        sign, groups, kind = match.groups()
        if kind == "n":
            kind = "b" if self._version == 4 else "x"
        digits = self._bits // (1 if kind == "b" else 4)
        width = digits + (2 if sign else 0) + (digits // 4 - 1 if groups else 0)
        return format(int(self), f"{sign}0{width}{groups}{kind}")

    @property
    def reverse_pointer(self):
        """The name under which the domain name system has the address."""
        if self._version == 4:
            return ".".join(reversed(str(self).split("."))) + ".in-addr.arpa"
        return ".".join(reversed(self.exploded.replace(":", ""))) + ".ip6.arpa"

    def _is_in(self, names):
        return any(self in network for network in _known(self._version, names))


class _V4:
    """What addresses and networks of version 4 share."""

    __slots__ = ()
    _version, _bits, _all = 4, 32, (1 << 32) - 1

    @classmethod
    def _number(cls, text):
        if not text:
            raise AddressValueError("Address cannot be empty")
        parts = text.split(".")
        if len(parts) != 4:
            raise AddressValueError(f"Expected 4 octets in {text!r}")
        try:
            return int.from_bytes(map(cls._octet, parts), "big")
        except ValueError as error:
            raise AddressValueError(f"{error} in {text!r}") from None

    @staticmethod
    def _octet(text):
        if not text:
            raise ValueError("Empty octet not permitted")
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"Only decimal digits permitted in {text!r}")
        if len(text) > 3:
            raise ValueError(f"At most 3 characters permitted in {text!r}")
        if text != "0" and text[0] == "0":
            raise ValueError(f"Leading zeros are not permitted in {text!r}")
        if int(text) > 255:
            raise ValueError(f"Octet {int(text)} (> 255) not permitted")
        return int(text)

    @staticmethod
    def _text(number):
        return ".".join(map(str, number.to_bytes(4, "big")))

    exploded = property(str)


class _V6:
    """What addresses and networks of version 6 share."""

    __slots__ = ()
    _version, _bits, _all = 6, 128, (1 << 128) - 1

    @classmethod
    def _number(cls, text):
        if not text:
            raise AddressValueError("Address cannot be empty")
        parts = text.split(":")
        if len(parts) < 3:
            raise AddressValueError(f"At least 3 parts expected in {text!r}")
        if "." in parts[-1]:
            try:
                low = int(IPv4Address(parts.pop()))
            except AddressValueError as error:
                raise AddressValueError(f"{error} in {text!r}") from None
            parts += [f"{low >> 16:x}", f"{low & 0xFFFF:x}"]
        if len(parts) > 9:
            raise AddressValueError(f"At most 8 colons permitted in {text!r}")
        skipped = [i for i in range(1, len(parts) - 1) if not parts[i]]
        if len(skipped) > 1:
            raise AddressValueError(f"At most one '::' permitted in {text!r}")
        if skipped:
            before, after = parts[:skipped[0]], parts[skipped[0] + 1:]
            if not before[0]:
                before = before[1:]
                if before:
                    raise AddressValueError(
                        f"Leading ':' only permitted as part of '::' in {text!r}")
            if not after[-1]:
                after = after[:-1]
                if after:
                    raise AddressValueError(
                        f"Trailing ':' only permitted as part of '::' in {text!r}")
            gap = 8 - len(before) - len(after)
            if gap < 1:
                raise AddressValueError(
                    f"Expected at most 7 other parts with '::' in {text!r}")
            parts = [*before, *["0"] * gap, *after]
        else:
            if len(parts) != 8:
                raise AddressValueError(f"Exactly 8 parts expected without '::' in {text!r}")
            if not parts[0]:
                raise AddressValueError(f"Leading ':' only permitted as part of '::' in {text!r}")
            if not parts[-1]:
                raise AddressValueError(f"Trailing ':' only permitted as part of '::' in {text!r}")
        number = 0
        for part in parts:
            if not part or part.strip("0123456789abcdefABCDEF"):
                raise AddressValueError(f"Only hex digits permitted in {part!r} in {text!r}")
            if len(part) > 4:
                raise AddressValueError(f"At most 4 characters permitted in {part!r} in {text!r}")
            number = number << 16 | int(part, 16)
        return number

    @staticmethod
    def _text(number):
        parts = [f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)]
        # The longest row of zeros, the first of several, is left out.
        best = (0, 0)
        at = 0
        while at < 8:
            end = at
            while end < 8 and parts[end] == "0":
                end += 1
            if end - at > best[1]:
                best = at, end - at
            at = end + 1
        if best[1] < 2:
            return ":".join(parts)
        start, count = best
        return ":".join(parts[:start]) + "::" + ":".join(parts[start + count:])

    @staticmethod
    def _long(number):
        return ":".join(f"{number >> shift & 0xFFFF:04x}" for shift in range(112, -1, -16))


class IPv4Address(_V4, _Address):
    """An address of version 4, such as 192.0.2.1."""

    __slots__ = ()
    is_reserved = property(lambda self: self._is_in("reserved"))
    is_private = property(lambda self: self._is_in("private"))
    is_multicast = property(lambda self: self._is_in("multicast"))
    is_loopback = property(lambda self: self._is_in("loopback"))
    is_link_local = property(lambda self: self._is_in("link_local"))
    is_unspecified = property(lambda self: self._ip == 0)
    is_global = property(lambda self: not self.is_private and not self._is_in("shared"))


class IPv6Address(_V6, _Address):
    """An address of version 6, such as 2001:db8::1."""

    __slots__ = "_scope_id",

    def __init__(self, address):
        self._scope_id = None
        super().__init__(address)

    def _read(self, text):
        text, mark, scope = text.partition("%")
        if mark and (not scope or "%" in scope):
            raise AddressValueError(f'Invalid IPv6 address: "{text + mark + scope!r}"')
        self._scope_id = scope or None
        self._ip = self._number(text)

    scope_id = property(lambda self: self._scope_id)

    def __str__(self):
        text = self._text(self._ip)
        return f"{text}%{self._scope_id}" if self._scope_id else text

    @property
    def exploded(self):
        text = self._long(self._ip)
        return f"{text}%{self._scope_id}" if self._scope_id else text

    def __hash__(self):
        return hash((self._ip, self._scope_id))

    def __eq__(self, other):
        equal = super().__eq__(other)
        if equal is not True:
            return equal
        return self._scope_id == getattr(other, "_scope_id", None)

    def __reduce__(self):
        return type(self), (str(self),)

    @property
    def ipv4_mapped(self):
        """The address of version 4 that it stands for, or None."""
        return IPv4Address(self._ip & 0xFFFFFFFF) if self._ip >> 32 == 0xFFFF else None

    @property
    def sixtofour(self):
        return IPv4Address(self._ip >> 80 & 0xFFFFFFFF) if self._ip >> 112 == 0x2002 else None

    @property
    def teredo(self):
        if self._ip >> 96 != 0x20010000:
            return None
        return IPv4Address(self._ip >> 64 & 0xFFFFFFFF), IPv4Address(~self._ip & 0xFFFFFFFF)

    is_multicast = property(lambda self: self._is_in("multicast"))
    is_reserved = property(lambda self: self._is_in("reserved"))
    is_link_local = property(lambda self: self._is_in("link_local"))
    is_site_local = property(lambda self: self._is_in("site_local"))
    is_unspecified = property(lambda self: self._ip == 0)
    is_loopback = property(lambda self: self._ip == 1)
    is_global = property(lambda self: not self.is_private)

    @property
    def is_private(self):
        mapped = self.ipv4_mapped
        return self._is_in("private") if mapped is None else mapped.is_private


@functools.total_ordering
class _Network:
    """The addresses that begin with the same bits."""

    def __init__(self, address, strict=True):
        base, bits = self._split(address)
        self.network_address = self._address(base)
        self.netmask, self._prefixlen = self._mask(bits)
        number = int(self.network_address)
        masked = number & int(self.netmask)
        if masked != number:
            if strict:
                raise ValueError(f"{self} has host bits set")
            self.network_address = self._address(masked)

    @classmethod
    def _split(cls, address):
        if isinstance(address, (bytes, int)):
            return address, cls._bits
        if isinstance(address, tuple):
            return address if len(address) > 1 else (address[0], cls._bits)
        parts = str(address).split("/")
        if len(parts) > 2:
            raise AddressValueError(f"Only one '/' permitted in {address!r}")
        return parts[0], parts[1] if len(parts) == 2 else cls._bits

    @classmethod
    @functools.lru_cache(256)
    def _mask(cls, bits):
        """The mask that a number of bits, or a text, means; and the number."""
        if isinstance(bits, int):
            if not 0 <= bits <= cls._bits:
                raise NetmaskValueError(f"{str(bits)!r} is not a valid netmask")
            length = bits
        elif bits.isascii() and bits.isdigit():
            length = int(bits)
            if length > cls._bits:
                raise NetmaskValueError(f"{bits!r} is not a valid netmask")
        else:
            length = cls._length(bits)
        return cls._address(cls._all ^ cls._all >> length), length

    @classmethod
    def _length(cls, text):
        """The number of bits that a mask in the form of an address has."""
        if cls._version == 6:
            raise NetmaskValueError(f"{text!r} is not a valid netmask")
        try:
            mask = cls._number(text)
        except AddressValueError:
            raise NetmaskValueError(f"{text!r} is not a valid netmask") from None
        for number in (mask, mask ^ cls._all):
            rest = number ^ cls._all
            if not rest & rest + 1:
                return cls._bits - rest.bit_length()
        raise NetmaskValueError(f"{text!r} is not a valid netmask")

    version = property(lambda self: self._version)
    max_prefixlen = property(lambda self: self._bits)
    prefixlen = property(lambda self: self._prefixlen)
    compressed = property(str)

    def __str__(self):
        return f"{self.network_address}/{self.prefixlen}"

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    @functools.cached_property
    def broadcast_address(self):
        """The last address."""
        return self._address(int(self.network_address) | int(self.hostmask))

    @functools.cached_property
    def hostmask(self):
        return self._address(int(self.netmask) ^ self._all)

    @property
    def num_addresses(self):
        return int(self.broadcast_address) - int(self.network_address) + 1

    @property
    def exploded(self):
        return f"{self.network_address.exploded}/{self.prefixlen}"

    @property
    def with_prefixlen(self):
        return f"{self.network_address}/{self.prefixlen}"

    @property
    def with_netmask(self):
        return f"{self.network_address}/{self.netmask}"

    @property
    def with_hostmask(self):
        return f"{self.network_address}/{self.hostmask}"

    @property
    def reverse_pointer(self):
        return _Address.reverse_pointer.fget(self)

    def _range(self, start, end):
        return map(self._address, range(start, end))

    def __iter__(self):
        return self._range(int(self.network_address), int(self.broadcast_address) + 1)

    def __getitem__(self, n):
        start, end = int(self.network_address), int(self.broadcast_address)
        number = start + n if n >= 0 else end + n + 1
        if not start <= number <= end:
            raise IndexError("address out of range")
        return self._address(number)

    def hosts(self):
        """The addresses that computers may have."""
        first, last = int(self.network_address), int(self.broadcast_address)
        if self.prefixlen == self._bits:
            return [self._address(first)]
        if self.prefixlen == self._bits - 1:
            return list(self)
        return self._range(first + 1, last + (0 if self._version == 4 else 1))

    def __contains__(self, other):
        if self._version != other._version or isinstance(other, _Network):
            return False
        return other._ip & int(self.netmask) == int(self.network_address)

    def __eq__(self, other):
        if not isinstance(other, _Network):
            return NotImplemented
        return self._key() == other._key()

    def _key(self):
        return self._version, int(self.network_address), int(self.netmask)

    def __lt__(self, other):
        if not isinstance(other, _Network):
            return NotImplemented
        if self._version != other._version:
            raise TypeError(f"{self} and {other} are not of the same version")
        return self._key() < other._key()

    def __hash__(self):
        return hash((int(self.network_address), int(self.netmask)))

    def __reduce__(self):
        return type(self), (str(self),)

    def overlaps(self, other):
        """Is any address in both?"""
        return self.network_address in other or other.network_address in self

    def _covers(self, other):
        _of_one_version(self, other)
        return (other.network_address <= self.network_address
                and other.broadcast_address >= self.broadcast_address)

    def subnet_of(self, other):
        """Are all its addresses in the other one?"""
        return self._covers(other)

    def supernet_of(self, other):
        """Are all addresses of the other one in it?"""
        return other._covers(self)

    def subnets(self, prefixlen_diff=1, new_prefix=None):
        """The networks that it consists of, with more bits in common."""
        if self.prefixlen == self._bits:
            yield self
            return
        if new_prefix is not None:
            if new_prefix < self.prefixlen:
                raise ValueError("new prefix must be longer")
            if prefixlen_diff != 1:
                raise ValueError("cannot set prefixlen_diff and new_prefix")
            prefixlen_diff = new_prefix - self.prefixlen
        if prefixlen_diff < 0:
            raise ValueError("prefix length diff must be > 0")
        length = self.prefixlen + prefixlen_diff
        if length > self._bits:
            raise ValueError(f"prefix length diff {length} is invalid for netblock {self}")
        start, end = int(self.network_address), int(self.broadcast_address) + 1
        for number in range(start, end, int(self.hostmask) + 1 >> prefixlen_diff):
            yield type(self)((number, length))

    def supernet(self, prefixlen_diff=1, new_prefix=None):
        """The network that it is a part of, with fewer bits in common."""
        if self.prefixlen == 0:
            return self
        if new_prefix is not None:
            if new_prefix > self.prefixlen:
                raise ValueError("new prefix must be shorter")
            if prefixlen_diff != 1:
                raise ValueError("cannot set prefixlen_diff and new_prefix")
            prefixlen_diff = self.prefixlen - new_prefix
        length = self.prefixlen - prefixlen_diff
        if length < 0:
            raise ValueError(f"current prefixlen is {self.prefixlen}, cannot have a prefixlen_diff "
                             f"of {prefixlen_diff}")
        mask = int(self.netmask) << prefixlen_diff
        return type(self)((int(self.network_address) & mask, length))

    def address_exclude(self, other):
        """The networks that are left when another one is taken out."""
        _of_one_version(self, other)
        if not isinstance(other, _Network):
            raise TypeError(f"{other} is not a network object")
        if not other.subnet_of(self):
            raise ValueError(f"{other} not contained in {self}")
        rest = self
        while rest != other:
            for half in rest.subnets():
                if other.subnet_of(half):
                    following = half
                else:
                    yield half
            rest = following

    def compare_networks(self, other):
        """Below, at or above zero: the order of two networks."""
        if self._version != other._version:
            raise TypeError(f"{self} and {other} are not of the same type")
        return (self._key() > other._key()) - (self._key() < other._key())


def _of_both_ends(name):
    def both(self):
        return getattr(self.network_address, name) and getattr(self.broadcast_address, name)
    return property(both)


for _name in "multicast reserved link_local private global unspecified loopback site_local".split():
    setattr(_Network, f"is_{_name}", _of_both_ends(f"is_{_name}"))


class IPv4Network(_V4, _Network):
    """A network of version 4, such as 192.0.2.0/24."""

    _address = IPv4Address
    exploded = _Network.exploded


class IPv6Network(_V6, _Network):
    """A network of version 6, such as 2001:db8::/32."""

    _address = IPv6Address


class _Interface:
    """An address together with its network."""

    __slots__ = ()

    def __init__(self, address):
        base, bits = self._network._split(address)
        super().__init__(base)
        self.network = self._network((int(self), bits) if isinstance(bits, int)
                                     else f"{self.ip._text(int(self))}/{bits}", strict=False)
        self.netmask, self._prefixlen = self.network.netmask, self.network._prefixlen

    hostmask = property(lambda self: self.network.hostmask)
    ip = property(lambda self: self._plain(self._ip))

    def __str__(self):
        return f"{super().__str__()}/{self._prefixlen}"

    @property
    def exploded(self):
        return f"{self.ip.exploded}/{self._prefixlen}"

    @property
    def with_prefixlen(self):
        return str(self)

    @property
    def with_netmask(self):
        return f"{self.ip}/{self.netmask}"

    @property
    def with_hostmask(self):
        return f"{self.ip}/{self.hostmask}"

    def __eq__(self, other):
        equal = super().__eq__(other)
        if equal is not True:
            return equal
        return self.network == getattr(other, "network", None)

    def __lt__(self, other):
        less = super().__lt__(other)
        if less is NotImplemented or not isinstance(other, _Interface):
            return less
        return (self.network, self._ip) < (other.network, other._ip)

    def __hash__(self):
        return hash((self._ip, self._prefixlen, int(self.network.network_address)))

    def __reduce__(self):
        return type(self), (str(self),)


class IPv4Interface(_Interface, IPv4Address):
    """An address of version 4 with its network."""

    _plain = IPv4Address


class IPv6Interface(_Interface, IPv6Address):
    """An address of version 6 with its network."""

    _plain = IPv6Address


IPv4Address._network = IPv4Network
IPv6Address._network = IPv6Network

_KNOWN = {
    (4, "private"): "0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/29 "
                    "192.0.0.170/31 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 "
                    "203.0.113.0/24 240.0.0.0/4 255.255.255.255/32",
    (4, "shared"): "100.64.0.0/10", (4, "multicast"): "224.0.0.0/4", (4, "reserved"): "240.0.0.0/4",
    (4, "loopback"): "127.0.0.0/8", (4, "link_local"): "169.254.0.0/16",
    (6, "private"): "::1/128 ::/128 ::ffff:0:0/96 100::/64 2001::/23 2001:2::/48 2001:db8::/32 "
                    "2001:10::/28 fc00::/7 fe80::/10",
    (6, "multicast"): "ff00::/8", (6, "link_local"): "fe80::/10", (6, "site_local"): "fec0::/10",
    (6, "reserved"): "::/8 100::/8 200::/7 400::/6 800::/5 1000::/4 4000::/3 6000::/3 8000::/3 "
                     "a000::/3 c000::/3 e000::/4 f000::/5 f800::/6 fe00::/9",
}


@functools.cache
def _known(version, names):
    """The networks that are set aside for a purpose."""
    return [ip_network(text) for text in _KNOWN[version, names].split()]
