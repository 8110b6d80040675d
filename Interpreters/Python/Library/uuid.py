"""Numbers of 128 bits that are given only once."""

import operator
import os
import time
from enum import Enum

RESERVED_NCS = "reserved for NCS compatibility"
RFC_4122 = "specified in RFC 4122"
RESERVED_MICROSOFT = "reserved for Microsoft compatibility"
RESERVED_FUTURE = "reserved for future definition"

# The fields of a number from its first bits on, with their widths.
_FIELDS = {
    "time_low": 32, "time_mid": 16, "time_hi_version": 16, "clock_seq_hi_variant": 8,
    "clock_seq_low": 8, "node": 48}
_int = int

SafeUUID = Enum("SafeUUID", {"safe": 0, "unsafe": -1, "unknown": None}, module=__name__)


def _from_hex(text):
    digits = text.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
    if len(digits) != 32:
        raise ValueError("badly formed hexadecimal UUID string")
    return _int(digits, 16)


def _from_bytes(data, name="bytes"):
    if len(data) != 16:
        raise ValueError(f"{name} is not a 16-char string")
    return _int.from_bytes(data, "big")


def _turned(data):
    """The bytes with the first three fields turned round, from one order to the other."""
    return data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]


def _from_fields(fields):
    if len(fields) != len(_FIELDS):
        raise ValueError("fields is not a 6-tuple")
    number = 0
    for place, (value, width) in enumerate(zip(fields, _FIELDS.values()), 1):
        if value < 0 or value >> width:
            article = "an" if width == 8 else "a"
            raise ValueError(f"field {place} out of range (need {article} {width}-bit value)")
        number = number << width | value
    return number


def _from_int(number):
    if not 0 <= number < 1 << 128:
        raise ValueError("int is out of range (need a 128-bit value)")
    return number


def _with_bits(number, position, width, value):
    """The number with other bits at a position."""
    mask = (1 << width) - 1
    return number & ~(mask << position) | value << position


def _add_fields(cls):
    position = 128
    for name, width in _FIELDS.items():
        position -= width

        def get(self, position=position, mask=(1 << width) - 1):
            return self.int >> position & mask

        setattr(cls, name, property(get))
    return cls


def _add_comparisons(cls):
    for name in ("eq", "lt", "le", "gt", "ge"):

        def method(self, other, compare=getattr(operator, name)):
            return compare(self.int, other.int) if isinstance(other, UUID) else NotImplemented

        method.__name__ = f"__{name}__"
        setattr(cls, method.__name__, method)
    cls.__hash__ = lambda self: hash(self.int)
    return cls


@_add_comparisons
@_add_fields
class UUID:
    """A universally unique identifier."""

    __slots__ = "int", "is_safe", "__weakref__"

    def __init__(
        self, hex=None, bytes=None, bytes_le=None, fields=None, int=None, version=None, *,
        is_safe=SafeUUID.unknown
    ):
        sources = [
            (hex, _from_hex), (bytes, _from_bytes),
            (bytes_le, lambda data: _from_bytes(_turned(data), "bytes_le")),
            (fields, _from_fields), (int, _from_int)]
        given = [(value, make) for value, make in sources if value is not None]
        if len(given) != 1:
            raise TypeError(
                "one of the hex, bytes, bytes_le, fields, or int arguments must be given")
        (value, make), = given
        number = make(value)
        if version is not None:
            if version not in range(1, 6):
                raise ValueError("illegal version number")
            number = _with_bits(_with_bits(number, 62, 2, 0b10), 76, 4, version)
        self.__setstate__({"int": number, "is_safe": is_safe.value})

    def __setattr__(self, name, value):
        raise TypeError("UUID objects are immutable")

    def __getstate__(self):
        state = {"int": self.int, "is_safe": self.is_safe.value}
        if self.is_safe is SafeUUID.unknown:
            del state["is_safe"]
        return state

    def __setstate__(self, state):
        put = super().__setattr__
        put("int", state["int"])
        put("is_safe", SafeUUID(state.get("is_safe")))

    # Other forms

    def __int__(self):
        return self.int

    def __str__(self):
        digits = self.hex
        return "-".join(
            digits[start:end] for start, end in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))

    def __repr__(self):
        return f"{type(self).__name__}('{self}')"

    hex = property(lambda self: f"{self.int:032x}")
    urn = property(lambda self: f"urn:uuid:{self}")
    bytes = property(lambda self: self.int.to_bytes(16, "big"))
    bytes_le = property(lambda self: _turned(self.bytes))
    fields = property(lambda self: tuple(getattr(self, name) for name in _FIELDS))

    # Parts

    @property
    def time(self):
        return self.time_low | self.time_mid << 32 | (self.time_hi_version & 0xFFF) << 48

    @property
    def clock_seq(self):
        return self.clock_seq_low | (self.clock_seq_hi_variant & 0x3F) << 8

    @property
    def variant(self):
        """Who says what the bits mean: the number of ones that they begin with tells."""
        ones = f"{self.clock_seq_hi_variant:08b}".partition("0")[0]
        kinds = RESERVED_NCS, RFC_4122, RESERVED_MICROSOFT, RESERVED_FUTURE
        return kinds[min(len(ones), 3)]

    @property
    def version(self):
        return self.time_hi_version >> 12 if self.variant == RFC_4122 else None


def _random_number(size):
    return int.from_bytes(os.urandom(size), "big")


_node = None
_last_time = 0


def getnode():
    """A number of this machine; here one that is made up once, and marked as such."""
    global _node
    if _node is None:
        _node = _random_number(6) | 1 << 40
    return _node


def uuid1(node=None, clock_seq=None):
    """From the time and the machine."""
    global _last_time
    # Since the 15th of October of 1582, in tenths of microseconds; never the same twice.
    now = max(time.time_ns() // 100 + 0x01B21DD213814000, _last_time + 1)
    _last_time = now
    sequence = _random_number(2) if clock_seq is None else clock_seq
    machine = getnode() if node is None else node
    return UUID(version=1, fields=(
        now & 0xFFFFFFFF, now >> 32 & 0xFFFF, now >> 48 & 0xFFF, sequence >> 8 & 0x3F,
        sequence & 0xFF, machine))


def _from_name(algorithm, version):
    def make(namespace, name):
        """From a name in a namespace; the same for the same name."""
        import hashlib
        data = name if isinstance(name, bytes) else bytes(name, "utf-8")
        digest = hashlib.new(algorithm, namespace.bytes + data).digest()
        return UUID(bytes=digest[:16], version=version)

    make.__name__ = make.__qualname__ = f"uuid{version}"
    return make


uuid3, uuid5 = _from_name("md5", 3), _from_name("sha1", 5)


def uuid4():
    """By chance."""
    return UUID(int=_random_number(16), version=4)


NAMESPACE_DNS, NAMESPACE_URL, NAMESPACE_OID, NAMESPACE_X500 = (
    UUID(f"6ba7b81{digit}-9dad-11d1-80b4-00c04fd430c8") for digit in "0124")
