"""Hashes with a key, as RFC 2104 says."""

import hashlib

__all__ = ["new", "digest", "compare_digest", "HMAC"]

digest_size = None


def compare_digest(a, b, /):
    """Are they equal? Takes as long whatever the answer is."""
    if isinstance(a, str) and isinstance(b, str):
        if not (a.isascii() and b.isascii()):
            raise TypeError("comparing strings with non-ASCII characters is not supported")
        a, b = a.encode(), b.encode()
    elif isinstance(a, str) or isinstance(b, str):
        given = ", ".join(repr(type(value).__name__) for value in (a, b))
        raise TypeError(f"unsupported operand types(s) or combination of types: {given}")
    a, b = bytes(a), bytes(b)
    difference = len(a) ^ len(b)
    for x, y in zip(a, b if len(a) == len(b) else a):
        difference |= x ^ y
    return difference == 0


def _maker(digestmod):
    """A function that begins a hash, whatever way the hash was named."""
    if not digestmod:
        raise TypeError("Missing required parameter 'digestmod'.")
    if isinstance(digestmod, str):
        return lambda data=b"": hashlib.new(digestmod, data)
    return digestmod if callable(digestmod) else digestmod.new


class HMAC:
    """A keyed hash at work."""

    __slots__ = "_inner", "_outer", "block_size", "digest_size"
    blocksize = 64

    def __init__(self, key, msg=None, digestmod=""):
        if not isinstance(key, (bytes, bytearray)):
            raise TypeError(f"key: expected bytes or bytearray, but got {type(key).__name__!r}")
        make = _maker(digestmod)
        self._inner, self._outer = make(), make()
        self.digest_size = self._inner.digest_size
        self.block_size = size = getattr(self._inner, "block_size", self.blocksize)
        key = make(bytes(key)).digest() if len(key) > size else bytes(key)
        for hash, mask in ((self._inner, 0x36), (self._outer, 0x5C)):
            hash.update(bytes([byte ^ mask for byte in key.ljust(size, b"\0")]))
        if msg is not None:
            self._inner.update(msg)

    @property
    def name(self):
        return f"hmac-{self._inner.name}"

    def update(self, msg):
        self._inner.update(msg)

    def copy(self):
        twin = object.__new__(type(self))
        for slot in HMAC.__slots__:
            value = getattr(self, slot)
            setattr(twin, slot, value if isinstance(value, int) else value.copy())
        return twin

    def digest(self):
        whole = self._outer.copy()
        whole.update(self._inner.digest())
        return whole.digest()

    def hexdigest(self):
        return self.digest().hex()


def new(key, msg=None, digestmod=""):
    """A keyed hash to which more may be added."""
    return HMAC(key, msg, digestmod)


def digest(key, msg, digest):
    """The keyed hash of a message."""
    return HMAC(key, msg, digest).digest()
