"""Encodings that few programs use: UTF-7, Punycode, names of hosts, and those with a table of characters."""

import codecs
import functools
import unicodedata


def _answer(errors, kind, encoding, data, start, end, reason):
    """What the error handler wants in place of a part, and where it wants to go on."""
    error = kind(encoding, data, start, end, reason)
    text, place = codecs.lookup_error(errors)(error)
    if place < 0:
        place += len(data)
    if not 0 <= place <= len(data):
        raise IndexError(f"position {place} from error handler out of bounds")
    return text, place


# UTF-7

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PLACES = {ord(digit): place for place, digit in enumerate(_DIGITS)}
_DIRECT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'(),-./:? \t\r\n"
                    "!\"#$%&*;<=>@[]^_`{|}")


def _in_base64(text):
    data = text.encode("utf-16-be", "surrogatepass")
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 6)
    return "".join(_DIGITS[int(bits[at:at + 6], 2)] for at in range(0, len(bits), 6))


def _utf7_encode(text, errors="strict"):
    pieces, at = [], 0
    while at < len(text):
        end = at
        while end < len(text) and text[end] in _DIRECT:
            end += 1
        pieces.append(text[at:end])
        at = end
        while end < len(text) and text[end] not in _DIRECT:
            end += 1
        if end == at:
            break
        if text[at:end] == "+" and at + 1 == end:
            pieces.append("+-")
        elif text[at] == "+":
            # A plus sign that nothing else stands before is written by itself.
            pieces.append("+-")
            end = at + 1
        else:
            closed = end == len(text) or text[end] in _DIGITS or text[end] == "-"
            pieces.append("+" + _in_base64(text[at:end]) + ("-" if closed else ""))
        at = end
    return "".join(pieces).encode("ascii"), len(text)


def _utf7_decode(data, errors="strict", final=True):
    data = bytes(data)
    pieces = []
    at = start = bits = buffer = high = 0
    shifted_from = shifted_at = -1

    def refuse(end, reason):
        text, place = _answer(errors, UnicodeDecodeError, "utf7", data, start, end, reason)
        pieces.append(text)
        return place

    while at < len(data):
        byte = data[at]
        if shifted_from >= 0 and byte in _PLACES:
            buffer, bits = buffer << 6 | _PLACES[byte], bits + 6
            at += 1
            if bits < 16:
                continue
            bits -= 16
            unit, buffer = buffer >> bits, buffer & (1 << bits) - 1
            if high and 0xDC00 <= unit < 0xE000:
                pieces.append(chr(0x10000 + (high - 0xD800 << 10) + unit - 0xDC00))
                high = 0
                continue
            if high:
                pieces.append(chr(high))
            high = unit if 0xD800 <= unit < 0xDC00 else 0
            if not high:
                pieces.append(chr(unit))
        elif shifted_from >= 0:
            shifted_from = -1
            if bits >= 6 or buffer:
                at = refuse(at + 1, "partial character in base64 sequence" if bits >= 6
                            else "non-zero padding bits in shift sequence")
                bits = buffer = high = 0
                continue
            if high and byte < 128:
                pieces.append(chr(high))
            high = 0
            if byte == 0x2D:
                at += 1
        elif byte == 0x2B:
            start = at
            following = data[at + 1:at + 2]
            if following == b"-":
                pieces.append("+")
                at += 2
            elif following and following[0] not in _PLACES:
                at = refuse(at + 2, "ill-formed sequence")
            else:
                shifted_from, shifted_at = at, len(pieces)
                at += 1
                bits = buffer = high = 0
        elif byte < 128:
            pieces.append(chr(byte))
            at += 1
        else:
            start = at
            at = refuse(at + 1, "unexpected special character")
    if shifted_from >= 0:
        if not final:
            return "".join(pieces[:shifted_at]), shifted_from
        if high or bits >= 6 or buffer:
            refuse(len(data), "unterminated shift sequence")
    return "".join(pieces), at


# Punycode, RFC 3492

_BASE, _LEAST, _MOST, _SKEW, _DAMP = 36, 1, 26, 38, 700
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def _adapted(delta, count, is_first):
    delta = delta // (_DAMP if is_first else 2)
    delta += delta // count
    steps = 0
    while delta > (_BASE - _LEAST) * _MOST // 2:
        delta //= _BASE - _LEAST
        steps += _BASE
    return steps + (_BASE - _LEAST + 1) * delta // (delta + _SKEW)


def _threshold(place, bias):
    return min(max(place - bias, _LEAST), _MOST)


def _number(value, bias):
    """A number as a series of letters that says itself where it ends."""
    letters, place = "", _BASE
    while value >= (limit := _threshold(place, bias)):
        value, digit = divmod(value - limit, _BASE - limit)
        letters += _LETTERS[limit + digit]
        place += _BASE
    return letters + _LETTERS[value]


def _puny_encode(text, errors="strict"):
    plain = "".join(c for c in text if c < "\x80")
    coded, bias, delta, done, is_first = "", 72, 0, len(plain), True
    last = 0x80
    for point in sorted({ord(c) for c in text if c >= "\x80"}):
        delta += (point - last) * (done + 1)
        for c in text:
            if ord(c) < point:
                delta += 1
            elif ord(c) == point:
                coded += _number(delta, bias)
                bias = _adapted(delta, done + 1, is_first)
                delta, done, is_first = 0, done + 1, False
        delta += 1
        last = point + 1
    return (f"{plain}-{coded}" if plain else coded).encode("ascii"), len(text)


def _puny_decode(data, errors="strict"):
    if errors not in ("strict", "replace", "ignore"):
        raise UnicodeError("Unsupported error handling " + errors)
    data = bytes(data)
    plain, _, coded = data.rpartition(b"-")
    text = list(plain.decode("ascii", errors))
    point, place, bias, at, is_first = 0x80, 0, 72, 0, True
    coded = coded.decode("ascii", errors).lower()
    while at < len(coded):
        value, weight, step = 0, 1, _BASE
        while True:
            if at >= len(coded):
                if errors == "strict":
                    raise UnicodeError("incomplete punicode string")
                return "".join(text), len(data)
            digit = _LETTERS.find(coded[at])
            if digit < 0:
                if errors == "strict":
                    raise UnicodeError(f"Invalid extended code point '{coded[at].upper()}'")
                return "".join(text), len(data)
            at += 1
            value += digit * weight
            limit = _threshold(step, bias)
            if digit < limit:
                break
            weight *= _BASE - limit
            step += _BASE
        count = len(text) + 1
        place += value
        point += place // count
        place %= count
        if point > 0x10FFFF:
            if errors == "strict":
                raise UnicodeError(f"Invalid character U+{point:x}")
            point = ord("?")
        text.insert(place, chr(point))
        bias = _adapted(value, count, is_first)
        is_first = False
        place += 1
    return "".join(text), len(data)


# Names of hosts, RFC 3490

_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def _prepared(label):
    """A label as it is compared: small letters, in their compatible form."""
    gone = {0xAD, 0x34F, 0x1806, 0x180B, 0x180C, 0x180D, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF,
            *range(0xFE00, 0xFE10)}
    text = "".join(c for c in label if ord(c) not in gone).casefold()
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    for c in text:
        if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zs", "Zl", "Zp") and c > "\x7f":
            raise UnicodeError(f"Invalid character {c!r}")
    sides = [unicodedata.bidirectional(c) for c in text]
    if any(side in ("R", "AL") for side in sides):
        if "L" in sides:
            raise UnicodeError("Violation of BIDI requirement 2")
        if sides[0] not in ("R", "AL") or sides[-1] not in ("R", "AL"):
            raise UnicodeError("Violation of BIDI requirement 3")
    return text


def _to_ascii(label):
    if not label.isascii():
        label = _prepared(label)
        if not label.isascii():
            if label.startswith("xn--"):
                raise UnicodeError("Label starts with ACE prefix")
            label = "xn--" + _puny_encode(label)[0].decode()
    if 0 < len(label) < 64:
        return label.encode("ascii")
    raise UnicodeError("label empty or too long")


def _to_unicode(label):
    if not label.lower().startswith("xn--"):
        return label
    text = _puny_decode(label[4:].encode())[0]
    if _to_ascii(text).decode().lower() != label.lower():
        raise UnicodeError("IDNA does not round-trip", label, _to_ascii(text).decode())
    return text


def _idna_encode(text, errors="strict"):
    if errors != "strict":
        raise UnicodeError("unsupported error handling " + errors)
    if not text:
        return b"", 0
    if text.isascii():
        *labels, last = text.split(".")
        if any(not label or len(label) > 63 for label in labels):
            raise UnicodeError("label empty or too long")
        if len(last) > 63:
            raise UnicodeError("label too long")
        return text.encode(), len(text)
    labels = text.translate(_DOTS).split(".")
    end = b""
    if not labels[-1]:
        end = b"."
        labels.pop()
    return b".".join(map(_to_ascii, labels)) + end, len(text)


def _idna_decode(data, errors="strict"):
    if errors != "strict":
        raise UnicodeError(f"Unsupported error handling {errors}")
    data = bytes(data)
    labels = data.decode("ascii").split(".")
    return ".".join(map(_to_unicode, labels)), len(data)


# Tables

def _table_functions(table):
    """The functions of an encoding whose bytes stand for the characters of a table."""
    bytes_of = {c: bytes([byte]) for byte, c in enumerate(table) if c != "\ufffe"}

    def encode(text, errors="strict"):
        try:
            return b"".join([bytes_of[c] for c in text]), len(text)
        except KeyError:
            pass
        pieces, at = [], 0
        while at < len(text):
            known = bytes_of.get(text[at])
            if known is not None:
                pieces.append(known)
                at += 1
                continue
            end = at + 1
            while end < len(text) and text[end] not in bytes_of:
                end += 1
            answer, place = _answer(errors, UnicodeEncodeError, "charmap", text, at, end,
                                    "character maps to <undefined>")
            if isinstance(answer, str):
                missing = next((c for c in answer if c not in bytes_of), None)
                if missing is not None:
                    raise UnicodeEncodeError("charmap", text, at, end,
                                             "character maps to <undefined>")
                answer = b"".join([bytes_of[c] for c in answer])
            pieces.append(answer)
            at = place
        return b"".join(pieces), len(text)

    def decode(data, errors="strict"):
        data = bytes(data)
        text = "".join([table[byte] for byte in data])
        if "\ufffe" not in text:
            return text, len(data)
        pieces, at = [], 0
        while at < len(data):
            c = table[data[at]]
            if c != "\ufffe":
                at += 1
            else:
                c, at = _answer(errors, UnicodeDecodeError, "charmap", data, at, at + 1,
                                "character maps to <undefined>")
            pieces.append(c)
        return "".join(pieces), len(data)

    return encode, decode


@functools.cache
def _table_names():
    """What names the tables have, without signs between the letters and digits."""
    import _charmaps
    names = {}
    for name in _charmaps.TABLES:
        for alias in (name, *_charmaps.ALIASES.get(name, "").split()):
            names[_plain(alias)] = name
    return names


def _plain(name):
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _codec(name, encode, decode, decode_pieces=None):
    """A codec of functions that take all at once, or a decoder that leaves what is not complete."""

    class IncrementalEncoder(codecs.IncrementalEncoder):
        def encode(self, input, final=False):
            return encode(input, self.errors)[0]

    if decode_pieces is None:
        class IncrementalDecoder(codecs.IncrementalDecoder):
            def decode(self, input, final=False):
                return decode(input, self.errors)[0]
    else:
        class IncrementalDecoder(codecs.BufferedIncrementalDecoder):
            _buffer_decode = staticmethod(decode_pieces)

    for part in (IncrementalEncoder, IncrementalDecoder):
        part.__qualname__ = part.__name__
    reader, writer = codecs._streams(IncrementalEncoder, IncrementalDecoder)
    return codecs.CodecInfo(encode, decode, reader, writer, IncrementalEncoder, IncrementalDecoder,
                            name)


@functools.cache
def find(name):
    """The codec of a name; None when it is not one of these."""
    plain = _plain(name)
    if plain in ("utf7", "u7", "unicode11utf7"):
        return _codec("utf-7", _utf7_encode, _utf7_decode, _utf7_decode)
    if plain == "punycode":
        return _codec("punycode", _puny_encode, _puny_decode)
    if plain == "idna":
        return _codec("idna", _idna_encode, _idna_decode)
    known = _table_names().get(plain)
    if known is None:
        return None
    import _charmaps
    table = _charmaps.TABLES[known]
    if len(table) == 128:
        table = bytes(range(128)).decode() + table
    return _codec(known, *_table_functions(table))
