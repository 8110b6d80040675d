"""Bytes as text of few letters: base 16, 32, 64 and 85."""

import binascii

__all__ = [
    'encode', 'decode', 'encodebytes', 'decodebytes', 'b64encode', 'b64decode', 'b32encode',
    'b32decode', 'b32hexencode', 'b32hexdecode', 'b16encode', 'b16decode', 'b85encode',
    'b85decode', 'a85encode', 'a85decode', 'standard_b64encode', 'standard_b64decode',
    'urlsafe_b64encode', 'urlsafe_b64decode',
]


def _plain(data):
    """The bytes of something that holds bytes."""
    return data if isinstance(data, bytes) else memoryview(data).tobytes()


def _letters(data):
    """The bytes of what is to be decoded, which may be a text."""
    if isinstance(data, str):
        if not data.isascii():
            raise ValueError('string argument should contain only ASCII characters')
        return data.encode()
    try:
        return _plain(data)
    except TypeError:
        raise TypeError('argument should be a bytes-like object or ASCII string, not '
                        f'{type(data).__name__!r}') from None


# Base 64

def _exchange(altchars):
    assert len(altchars) == 2, repr(altchars)
    return b'+/', altchars


def b64encode(s, altchars=None):
    """Bytes in base 64; two other letters may stand for + and /."""
    text = binascii.b2a_base64(s, newline=False)
    return text if altchars is None else text.translate(bytes.maketrans(*_exchange(altchars)))


def b64decode(s, altchars=None, validate=False):
    """The bytes of a text in base 64; what is no letter does not count unless it is checked."""
    text = _letters(s)
    if altchars is not None:
        text = text.translate(bytes.maketrans(*_exchange(_letters(altchars))[::-1]))
    return binascii.a2b_base64(text, strict_mode=validate)


def standard_b64encode(s):
    """Bytes in base 64 with + and /."""
    return b64encode(s)


def urlsafe_b64encode(s):
    """Bytes in base 64 with - and _, which addresses of the web can hold."""
    return b64encode(s, b'-_')


def urlsafe_b64decode(s):
    return b64decode(s, b'-_')


def standard_b64decode(s):
    return b64decode(s)


# Base 32: eight letters for five bytes.

# How many bytes there are in a group with so many letters.
_B32_SIZES = {8: 5, 7: 4, 5: 3, 4: 2, 2: 1}


class _Base32:
    def __init__(self, alphabet):
        self.alphabet = alphabet
        self.values = {letter: value for value, letter in enumerate(alphabet)}

    def encode(self, data):
        data = _plain(data)
        alphabet = self.alphabet
        text = bytearray()
        for start in range(0, len(data), 5):
            group = data[start:start + 5]
            number = int.from_bytes(group + bytes(5 - len(group)), 'big')
            shown = -(-len(group) * 8 // 5)
            text += bytes([alphabet[number >> 35 - 5 * place & 31] for place in range(shown)])
            text += b'=' * (8 - shown)
        return bytes(text)

    def decode(self, text):
        if len(text) % 8:
            raise binascii.Error('Incorrect padding')
        letters = text.rstrip(b'=')
        missing = len(text) - len(letters)
        data = bytearray()
        for start in range(0, len(letters), 8):
            group = letters[start:start + 8]
            number = 0
            for letter in group:
                if letter not in self.values:
                    raise binascii.Error('Non-base32 digit found')
                number = number << 5 | self.values[letter]
            number <<= 5 * (8 - len(group))
            data += number.to_bytes(5, 'big')[:_B32_SIZES.get(len(group), 0)]
        if 8 - missing not in _B32_SIZES:
            raise binascii.Error('Incorrect padding')
        return bytes(data)


_standard32 = _Base32(b'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')
_hex32 = _Base32(b'0123456789ABCDEFGHIJKLMNOPQRSTUV')


def b32encode(s):
    """Bytes in base 32 with letters and the digits from 2 to 7."""
    return _standard32.encode(s)


def b32decode(s, casefold=False, map01=None):
    """The bytes of a text in base 32; `map01` is the letter that 1 stands for, with 0 for O."""
    text = _letters(s)
    if map01 is not None:
        letter = _letters(map01)
        assert len(letter) == 1, repr(letter)
        text = text.replace(b'0', b'O').replace(b'1', letter)
    return _standard32.decode(text.upper() if casefold else text)


def b32hexencode(s):
    """Bytes in base 32 with digits and the letters to V."""
    return _hex32.encode(s)


def b32hexdecode(s, casefold=False):
    text = _letters(s)
    return _hex32.decode(text.upper() if casefold else text)


# Base 16

def b16encode(s):
    """Bytes in base 16, with capital letters."""
    return binascii.hexlify(s).upper()


def b16decode(s, casefold=False):
    text = _letters(s)
    text = text.upper() if casefold else text
    if text.translate(None, b'0123456789ABCDEF'):
        raise binascii.Error('Non-base16 digit found')
    return binascii.unhexlify(text)


# Ascii85 and base 85: five letters for four bytes.

_PLACES = 85 ** 4, 85 ** 3, 85 ** 2, 85, 1
_A85 = bytes(range(33, 118))
_B85 = (b'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~')
_B85_VALUES = {letter: value for value, letter in enumerate(_B85)}


def _to_85(data, letters, pad, short):
    """The letters for bytes; `short` has shorter forms of some words of four bytes."""

    def in_letters(word):
        return bytes([letters[word // place % 85] for place in _PLACES])

    data = _plain(data)
    rest = len(data) % 4
    if pad and rest:
        data += bytes(4 - rest)
        rest = 0
    pieces = []
    for start in range(0, len(data) - rest, 4):
        word = int.from_bytes(data[start:start + 4], 'big')
        pieces.append(short.get(word) or in_letters(word))
    if rest:
        tail = data[-rest:] + bytes(4 - rest)
        pieces.append(in_letters(int.from_bytes(tail, 'big'))[:rest + 1])
    return b''.join(pieces)


def _from_85(values, problem):
    """The four bytes that five values stand for."""
    word = sum(map(int.__mul__, values, _PLACES))
    if word >> 32:
        raise ValueError(problem)
    return word.to_bytes(4, 'big')


def a85encode(b, *, foldspaces=False, wrapcol=0, pad=False, adobe=False):
    """Bytes in Ascii85; in Adobe's form the text is between marks."""
    short = {0: b'z', 0x20202020: b'y'} if foldspaces else {0: b'z'}
    text = (b'<~' if adobe else b'') + _to_85(b, _A85, pad, short)
    end = b'~>' if adobe else b''
    if not wrapcol:
        return text + end
    width = max(wrapcol, 1 + len(end) // 2)
    lines = [text[start:start + width] for start in range(0, len(text), width)]
    if adobe and len(lines[-1]) > width - len(end):
        # The mark at the end is not broken.
        lines.append(b'')
    return b'\n'.join(lines) + end


def a85decode(b, *, foldspaces=False, adobe=False, ignorechars=b' \t\n\r\v'):
    """The bytes of a text in Ascii85."""
    text = _letters(b)
    if adobe:
        if text[-2:] != b'~>':
            raise ValueError(f"Ascii85 encoded byte sequences must end with {b'~>'!r}")
        text = text[:-2].removeprefix(b'<~')
    short = {ord('z'): bytes(4), **({ord('y'): b'    '} if foldspaces else {})}
    data, group = bytearray(), []
    for letter in text:
        if letter in short:
            if group:
                raise ValueError(f'{letter:c} inside Ascii85 5-tuple')
            data += short[letter]
        elif letter in _A85:
            group.append(letter - _A85[0])
            if len(group) == 5:
                data += _from_85(group, 'Ascii85 overflow')
                group = []
        elif letter not in ignorechars:
            raise ValueError(f'Non-Ascii85 digit found: {letter:c}')
    if group:
        missing = 5 - len(group)
        data += _from_85(group + [84] * missing, 'Ascii85 overflow')[:-missing]
    return bytes(data)


def b85encode(b, pad=False):
    """Bytes in base 85, with the letters that Git has."""
    return _to_85(b, _B85, pad, {})


def b85decode(b):
    """The bytes of a text in base 85."""
    text = _letters(b)
    values = [_B85_VALUES.get(letter, -1) for letter in text]
    if -1 in values:
        raise ValueError(f'bad base85 character at position {values.index(-1)}')
    missing = -len(values) % 5
    values += [84] * missing
    data = b''.join([
        _from_85(values[start:start + 5], f'base85 overflow in hunk starting at byte {start}')
        for start in range(0, len(values), 5)])
    return data[:len(data) - missing]


# Files and lines of base 64

MAXLINESIZE = 76
MAXBINSIZE = MAXLINESIZE // 4 * 3


def encode(input, output):
    """Writes a file in lines of base 64."""
    waiting = b''
    while piece := input.read(MAXBINSIZE - len(waiting)):
        waiting += piece
        if len(waiting) == MAXBINSIZE:
            output.write(binascii.b2a_base64(waiting))
            waiting = b''
    if waiting:
        output.write(binascii.b2a_base64(waiting))


def decode(input, output):
    """Writes what lines of base 64 stand for."""
    for line in iter(input.readline, b''):
        output.write(binascii.a2b_base64(line))


def _checked(data):
    kind = type(data).__name__
    try:
        view = memoryview(data)
    except TypeError as cause:
        raise TypeError(f'expected bytes-like object, not {kind}') from cause
    if view.format not in ('c', 'b', 'B'):
        raise TypeError(f'expected single byte elements, not {view.format!r} from {kind}')
    if view.ndim != 1:
        raise TypeError(f'expected 1-D data, not {view.ndim}-D data from {kind}')
    return view


def encodebytes(s):
    """Bytes in lines of base 64."""
    data = _checked(s)
    return b''.join([
        binascii.b2a_base64(data[start:start + MAXBINSIZE])
        for start in range(0, len(data), MAXBINSIZE)])


def decodebytes(s):
    """The bytes of lines of base 64."""
    return binascii.a2b_base64(_checked(s))
