"""Bytes as text of few letters: base 16, 32, 64 and 85."""

import binascii

__all__ = [
    'encode', 'decode', 'encodebytes', 'decodebytes', 'b64encode', 'b64decode', 'b32encode',
    'b32decode', 'b32hexencode', 'b32hexdecode', 'b16encode', 'b16decode', 'b85encode',
    'b85decode', 'a85encode', 'a85decode', 'standard_b64encode', 'standard_b64decode',
    'urlsafe_b64encode', 'urlsafe_b64decode',
]


def _ascii_bytes(data):
    if isinstance(data, str):
        try:
            return data.encode('ascii')
        except UnicodeEncodeError:
            raise ValueError('string argument should contain only ASCII characters')
    if isinstance(data, (bytes, bytearray)):
        return data
    try:
        return memoryview(data).tobytes()
    except TypeError:
        raise TypeError("argument should be a bytes-like object or ASCII string, not %r"
                        % data.__class__.__name__) from None


# Base 64

def b64encode(s, altchars=None):
    encoded = binascii.b2a_base64(s, newline=False)
    if altchars is not None:
        assert len(altchars) == 2, repr(altchars)
        return encoded.translate(bytes.maketrans(b'+/', altchars))
    return encoded


def b64decode(s, altchars=None, validate=False):
    s = _ascii_bytes(s)
    if altchars is not None:
        altchars = _ascii_bytes(altchars)
        assert len(altchars) == 2, repr(altchars)
        s = s.translate(bytes.maketrans(altchars, b'+/'))
    return binascii.a2b_base64(s, strict_mode=validate)


def standard_b64encode(s):
    return b64encode(s)


def standard_b64decode(s):
    return b64decode(s)


def urlsafe_b64encode(s):
    return b64encode(s, b'-_')


def urlsafe_b64decode(s):
    return b64decode(_ascii_bytes(s), b'-_')


# Base 32

_b32alphabet = b'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
_b32hexalphabet = b'0123456789ABCDEFGHIJKLMNOPQRSTUV'


def _b32encode(alphabet, s):
    if not isinstance(s, (bytes, bytearray)):
        s = memoryview(s).tobytes()
    encoded = bytearray()
    for i in range(0, len(s), 5):
        group = bytes(s[i:i + 5])
        number = int.from_bytes(group.ljust(5, b'\0'), 'big')
        letters = bytes(alphabet[number >> shift & 31] for shift in range(35, -1, -5))
        used = (len(group) * 8 + 4) // 5
        encoded += letters[:used].ljust(8, b'=')
    return bytes(encoded)


def _b32decode(alphabet, s, casefold=False, map01=None):
    s = _ascii_bytes(s)
    if len(s) % 8:
        raise binascii.Error('Incorrect padding')
    if map01 is not None:
        map01 = _ascii_bytes(map01)
        assert len(map01) == 1, repr(map01)
        s = s.translate(bytes.maketrans(b'01', b'O' + map01))
    if casefold:
        s = s.upper()
    count = len(s)
    s = s.rstrip(b'=')
    padding = count - len(s)
    values = {letter: i for i, letter in enumerate(alphabet)}
    decoded = bytearray()
    number = 0
    for i in range(0, len(s), 8):
        group = s[i:i + 8]
        number = 0
        try:
            for letter in group:
                number = number << 5 | values[letter]
        except KeyError:
            raise binascii.Error('Non-base32 digit found') from None
        number <<= 5 * (8 - len(group))
        decoded += number.to_bytes(5, 'big')
    if count % 8 or padding not in (0, 1, 3, 4, 6):
        raise binascii.Error('Incorrect padding')
    if padding and decoded:
        decoded[-5:] = decoded[-5:][:(43 - 5 * padding) // 8]
    return bytes(decoded)


def b32encode(s):
    return _b32encode(_b32alphabet, s)


def b32decode(s, casefold=False, map01=None):
    return _b32decode(_b32alphabet, s, casefold, map01)


def b32hexencode(s):
    return _b32encode(_b32hexalphabet, s)


def b32hexdecode(s, casefold=False):
    return _b32decode(_b32hexalphabet, s, casefold)


# Base 16

def b16encode(s):
    return binascii.hexlify(s).upper()


def b16decode(s, casefold=False):
    s = _ascii_bytes(s)
    if casefold:
        s = s.upper()
    if s.translate(None, b'0123456789ABCDEF'):
        raise binascii.Error('Non-base16 digit found')
    return binascii.unhexlify(s)


# Ascii85 and base 85

def _85encode(data, letters, pad=False, fold_zeros=False, fold_spaces=False):
    if not isinstance(data, (bytes, bytearray)):
        data = memoryview(data).tobytes()
    padding = -len(data) % 4
    data = bytes(data) + b'\0' * padding
    pieces = []
    for i in range(0, len(data), 4):
        word = int.from_bytes(data[i:i + 4], 'big')
        if fold_zeros and not word:
            pieces.append(b'z')
        elif fold_spaces and word == 0x20202020:
            pieces.append(b'y')
        else:
            digits = bytearray(5)
            for k in range(4, -1, -1):
                word, digit = divmod(word, 85)
                digits[k] = letters[digit]
            pieces.append(bytes(digits))
    if padding and not pad:
        if pieces[-1] == b'z':
            pieces[-1] = bytes([letters[0]]) * 5
        pieces[-1] = pieces[-1][:-padding]
    return b''.join(pieces)


_a85letters = bytes(range(33, 118))
_b85letters = (b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
               b"!#$%&()*+-;<=>?@^_`{|}~")


def a85encode(b, *, foldspaces=False, wrapcol=0, pad=False, adobe=False):
    result = _85encode(b, _a85letters, pad, True, foldspaces)
    if adobe:
        result = b'<~' + result
    if wrapcol:
        wrapcol = max(2 if adobe else 1, wrapcol)
        lines = [result[i:i + wrapcol] for i in range(0, len(result), wrapcol)]
        if adobe and len(lines[-1]) + 2 > wrapcol:
            lines.append(b'')
        result = b'\n'.join(lines)
    if adobe:
        result += b'~>'
    return result


def a85decode(b, *, foldspaces=False, adobe=False, ignorechars=b' \t\n\r\v'):
    b = _ascii_bytes(b)
    if adobe:
        if not b.endswith(b'~>'):
            raise ValueError("Ascii85 encoded byte sequences must end with %r" % b'~>')
        b = b[2:-2] if b.startswith(b'<~') else b[:-2]
    decoded = bytearray()
    group = []
    for letter in b + b'u' * 4:
        if 33 <= letter <= 117:
            group.append(letter - 33)
            if len(group) == 5:
                word = 0
                for digit in group:
                    word = word * 85 + digit
                if word > 0xFFFFFFFF:
                    raise ValueError('Ascii85 overflow')
                decoded += word.to_bytes(4, 'big')
                group = []
        elif letter == ord('z'):
            if group:
                raise ValueError('z inside Ascii85 5-tuple')
            decoded += b'\0\0\0\0'
        elif foldspaces and letter == ord('y'):
            if group:
                raise ValueError('y inside Ascii85 5-tuple')
            decoded += b'    '
        elif letter not in ignorechars:
            raise ValueError('Non-Ascii85 digit found: %c' % letter)
    padding = 4 - len(group)
    return bytes(decoded[:-padding] if padding else decoded)


def b85encode(b, pad=False):
    return _85encode(b, _b85letters, pad)


def b85decode(b):
    b = _ascii_bytes(b)
    values = {letter: i for i, letter in enumerate(_b85letters)}
    padding = -len(b) % 5
    b = bytes(b) + b'~' * padding
    decoded = bytearray()
    for i in range(0, len(b), 5):
        word = 0
        for k, letter in enumerate(b[i:i + 5]):
            if letter not in values:
                raise ValueError('bad base85 character at position %d' % (i + k)) from None
            word = word * 85 + values[letter]
        if word > 0xFFFFFFFF:
            raise ValueError('base85 overflow in hunk starting at byte %d' % i) from None
        decoded += word.to_bytes(4, 'big')
    return bytes(decoded[:-padding] if padding else decoded)


# Files and lines

MAXLINESIZE = 76
MAXBINSIZE = (MAXLINESIZE // 4) * 3


def encode(input, output):
    while s := input.read(MAXBINSIZE):
        while len(s) < MAXBINSIZE and (more := input.read(MAXBINSIZE - len(s))):
            s += more
        output.write(binascii.b2a_base64(s))


def decode(input, output):
    while line := input.readline():
        output.write(binascii.a2b_base64(line))


def _input_type_check(s):
    try:
        m = memoryview(s)
    except TypeError:
        raise TypeError("expected bytes-like object, not %s" % s.__class__.__name__) from None
    if m.format not in ('c', 'b', 'B'):
        raise TypeError("expected single byte elements, not %r from %s"
                        % (m.format, s.__class__.__name__))


def encodebytes(s):
    _input_type_check(s)
    return b''.join(binascii.b2a_base64(s[i:i + MAXBINSIZE])
                    for i in range(0, len(s), MAXBINSIZE))


def decodebytes(s):
    _input_type_check(s)
    return binascii.a2b_base64(s)
