"""Hash functions: MD5, SHA-1, SHA-2, SHA-3, SHAKE and BLAKE2."""

import _hashes

__all__ = (
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_224",
    "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256", "new", "algorithms_guaranteed",
    "algorithms_available", "pbkdf2_hmac", "file_digest", "scrypt")

algorithms_guaranteed = set(__all__[:14])
algorithms_available = set(algorithms_guaranteed)


class _Hash:
    """A hash function at work."""

    __slots__ = "name", "digest_size", "block_size", "_state"

    def __init__(self, name, state, digest_size, block_size):
        self.name = name
        self._state = state
        self.digest_size = digest_size
        self.block_size = block_size

    def update(self, data, /):
        if isinstance(data, str):
            raise TypeError("Strings must be encoded before hashing")
        self._state = _hashes.update(self._state, data)

    def digest(self):
        return _hashes.digest(self._state, self.digest_size)

    def hexdigest(self):
        return self.digest().hex()

    def copy(self):
        return type(self)(self.name, self._state, self.digest_size, self.block_size)

    def __repr__(self):
        return f"<{self.name} {type(self).__module__}.HASH object @ {id(self):#x}>"


class _Shake(_Hash):
    """A function with digests of any length."""

    __slots__ = ()

    def digest(self, length, /):
        if length >= 1 << 29:
            raise ValueError("length is too large")
        return _hashes.digest(self._state, length)

    def hexdigest(self, length, /):
        return self.digest(length).hex()


def _constructor(name):
    digest_size, block_size = _hashes.sizes(name)
    kind = _Hash if digest_size else _Shake

    def construct(string=b"", *, usedforsecurity=True):
        result = kind(name, _hashes.start(name), digest_size, block_size)
        if string != b"" or isinstance(string, str):
            result.update(string)
        return result
    construct.__name__ = construct.__qualname__ = f"openssl_{name}"
    return construct


md5, sha1, sha224, sha256, sha384, sha512 = map(_constructor, __all__[:6])
sha3_224, sha3_256, sha3_384, sha3_512, shake_128, shake_256 = map(_constructor, __all__[8:14])


class _Blake2(_Hash):
    """BLAKE2 may be keyed, salted and personal, and part of a tree."""

    __slots__ = ()

    def __new__(
        cls, data=b"", /, *, digest_size=None, key=b"", salt=b"", person=b"", fanout=1, depth=1,
        leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False,
        usedforsecurity=True
    ):
        name, word = cls.__name__, cls.SALT_SIZE // 2
        digest_size = cls.MAX_DIGEST_SIZE if digest_size is None else digest_size
        if not 1 <= digest_size <= cls.MAX_DIGEST_SIZE:
            raise ValueError(f"digest_size must be between 1 and {cls.MAX_DIGEST_SIZE} bytes")
        for what, value, limit in (
                ("salt", salt, cls.SALT_SIZE), ("person", person, cls.PERSON_SIZE),
                ("key", key, cls.MAX_KEY_SIZE)):
            if len(value) > limit:
                raise ValueError(f"maximum {what} length is {limit} bytes")
        for what, value, limit in (
                ("fanout", fanout, 255), ("depth", depth, 255), ("node_depth", node_depth, 255),
                ("inner_size", inner_size, cls.MAX_DIGEST_SIZE)):
            if not (1 if what == "depth" else 0) <= value <= limit:
                low = 1 if what == "depth" else 0
                raise ValueError(f"{what} must be between {low} and {limit}")
        if last_node:
            raise ValueError("last_node is not supported")
        offset_size = 8 if word == 8 else 6
        if node_offset >= 1 << 8 * offset_size:
            raise OverflowError("node_offset is too large")
        parameters = (
            bytes((digest_size, len(key), fanout, depth)) + leaf_size.to_bytes(4, "little")
            + node_offset.to_bytes(offset_size, "little") + bytes((node_depth, inner_size))
            + bytes(14 if word == 8 else 0) + bytes(salt).ljust(cls.SALT_SIZE, b"\0")
            + bytes(person).ljust(cls.PERSON_SIZE, b"\0"))
        self = object.__new__(cls)
        self.name = name
        self._state = _hashes.start(name, parameters, bytes(key))
        self.digest_size = digest_size
        self.block_size = 16 * word
        if data != b"" or isinstance(data, str):
            self.update(data)
        return self

    def __init__(self, *args, **kwargs):
        pass

    def copy(self):
        other = object.__new__(type(self))
        for name in _Hash.__slots__:
            setattr(other, name, getattr(self, name))
        return other


class blake2b(_Blake2):
    """BLAKE2b, for processors with words of 64 bits."""

    __slots__ = ()
    SALT_SIZE = PERSON_SIZE = 16
    MAX_KEY_SIZE = MAX_DIGEST_SIZE = 64


class blake2s(_Blake2):
    """BLAKE2s, for processors with words of 32 bits."""

    __slots__ = ()
    SALT_SIZE = PERSON_SIZE = 8
    MAX_KEY_SIZE = MAX_DIGEST_SIZE = 32


def new(name, data=b"", **kwargs):
    """A hash function by its name."""
    function = name.lower().replace("-", "_") if isinstance(name, str) else name
    if function not in algorithms_guaranteed:
        raise ValueError("unsupported hash type " + name)
    return globals()[function](data, **kwargs)


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """A key from a password, made slowly."""
    inner, outer = new(hash_name), new(hash_name)
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    if dklen is None:
        dklen = outer.digest_size
    if dklen < 1:
        raise ValueError("key length must be greater than 0.")
    if dklen > 0x7FFF_FFFF:
        raise OverflowError("key length is too great.")
    password = bytes(password)
    if len(password) > inner.block_size:
        password = new(hash_name, password).digest()
    password = password.ljust(inner.block_size, b"\0")
    inner.update(bytes(byte ^ 0x36 for byte in password))
    outer.update(bytes(byte ^ 0x5C for byte in password))

    def keyed(message):
        first, second = inner.copy(), outer.copy()
        first.update(message)
        second.update(first.digest())
        return second.digest()
    key = b""
    number = 1
    while len(key) < dklen:
        previous = keyed(bytes(salt) + number.to_bytes(4, "big"))
        total = int.from_bytes(previous, "big")
        for _ in range(iterations - 1):
            previous = keyed(previous)
            total ^= int.from_bytes(previous, "big")
        key += total.to_bytes(inner.digest_size, "big")
        number += 1
    return key[:dklen]


def scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64):
    """A key from a password, made with much memory."""
    if n < 2 or n & (n - 1):
        raise ValueError("n must be a power of 2.")
    if r < 1 or p < 1:
        raise ValueError("Invalid parameter combination for n, r, p, maxmem.")
    if 128 * n * r > (maxmem or 32 << 20):
        raise ValueError("Invalid parameter combination for n, r, p, maxmem.")
    from struct import pack, unpack

    def salsa(words):
        x = list(words)
        for _ in range(4):
            for i in range(4):
                for a, b, c, turn in (
                        (4, 0, 12, 7), (8, 4, 0, 9), (12, 8, 4, 13), (0, 12, 8, 18)):
                    a, b, c = ((k + 5 * i) % 16 for k in (a, b, c))
                    s = x[b] + x[c] & 0xFFFFFFFF
                    x[a] ^= s << turn & 0xFFFFFFFF | s >> 32 - turn
            for i in range(4):
                base = 4 * i
                for a, b, c, turn in ((1, 0, 3, 7), (2, 1, 0, 9), (3, 2, 1, 13), (0, 3, 2, 18)):
                    a, b, c = (base + (k + i) % 4 for k in (a, b, c))
                    s = x[b] + x[c] & 0xFFFFFFFF
                    x[a] ^= s << turn & 0xFFFFFFFF | s >> 32 - turn
        return [a + b & 0xFFFFFFFF for a, b in zip(x, words)]

    def mix(block):
        x = block[-16:]
        even, odd = [], []
        for i in range(2 * r):
            x = salsa([a ^ b for a, b in zip(x, block[16 * i:16 * i + 16])])
            (odd if i % 2 else even).extend(x)
        return even + odd
    size = 128 * r
    data = pbkdf2_hmac("sha256", password, salt, 1, p * size)
    result = b""
    for i in range(p):
        block = list(unpack(f"<{32 * r}I", data[i * size:(i + 1) * size]))
        seen = []
        for _ in range(n):
            seen.append(block)
            block = mix(block)
        for _ in range(n):
            block = mix([a ^ b for a, b in zip(block, seen[block[-16] & n - 1])])
        result += pack(f"<{32 * r}I", *block)
    return pbkdf2_hmac("sha256", password, result, 1, dklen)


def file_digest(fileobj, digest, /, *, _bufsize=2 ** 18):
    """The hash of what is in a file."""
    result = new(digest) if isinstance(digest, str) else digest()
    if hasattr(fileobj, "getbuffer"):
        result.update(fileobj.getbuffer())
        return result
    if not (hasattr(fileobj, "readinto") and hasattr(fileobj, "readable") and fileobj.readable()):
        raise ValueError(f"'{fileobj!r}' is not a file-like object in binary reading mode.")
    while data := fileobj.read(_bufsize):
        result.update(data)
    return result
