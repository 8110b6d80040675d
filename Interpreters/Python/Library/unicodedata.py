"""What Unicode says about characters."""

from _unicodedata import (category, combining, compose as _compose, decimal, decompose as _decompose,
                          digit, lookup, mirrored, name, numeric)

unidata_version = '14.0.0'
_tables = {}


def _one(chr, function):
    if not isinstance(chr, str) or len(chr) != 1:
        raise TypeError("%s() argument must be a unicode character, not %s"
                        % (function, type(chr).__name__))
    return ord(chr)


def _compatibility():
    """From code points to tags and what they stand for."""
    if 'compatibility' not in _tables:
        from _unicodetables import compatibility
        table = {}
        for tag, entries in compatibility.items():
            for entry in entries.split():
                place, _, meaning = entry.partition('=')
                first, _, last = place.partition('-')
                if last:
                    first = int(first, 16)
                    start = int(meaning, 16)
                    for c in range(first, int(last, 16) + 1):
                        table[c] = (tag, chr(start + c - first))
                else:
                    text = ''.join(chr(int(c, 16)) for c in meaning.split('+'))
                    table[int(first, 16)] = (tag, text)
        _tables['compatibility'] = table
    return _tables['compatibility']


def _find(kind, c, standard):
    """The value of a table of stretches."""
    if kind not in _tables:
        import _unicodetables
        table = []
        for value, entries in getattr(_unicodetables, kind).items():
            for entry in entries.split():
                first, _, last = entry.partition('-')
                table.append((int(first, 16), int(last or first, 16), value))
        table.sort()
        _tables[kind] = table
    table = _tables[kind]
    low, high = 0, len(table)
    while low < high:
        middle = (low + high) // 2
        first, last, value = table[middle]
        if c < first:
            high = middle
        elif c > last:
            low = middle + 1
        else:
            return value
    return standard


def east_asian_width(chr, /):
    return _find('widths', _one(chr, 'east_asian_width'), 'N')


def bidirectional(chr, /):
    return _find('directions', _one(chr, 'bidirectional'), 'L')


def decomposition(chr, /):
    """The characters that one stands for, in hexadecimal, with a tag if it is not quite the same."""
    c = _one(chr, 'decomposition')
    known = _compatibility().get(c)
    if known is not None:
        tag, text = known
        return '<%s> ' % tag + ' '.join('%04X' % ord(part) for part in text)
    parts = _decompose(chr)
    if parts == chr or 0xAC00 <= c <= 0xD7A3:
        return ''
    if len(parts) > 2:
        first = _compose(parts[:-1])
        if len(first) == 1:
            parts = first + parts[-1]
    return ' '.join('%04X' % ord(part) for part in parts)


def _decompose_fully(text):
    table = _compatibility()
    while True:
        text = _decompose(text)
        pieces = [table[ord(c)][1] if ord(c) in table else c for c in text]
        replaced = ''.join(pieces)
        if replaced == text:
            return text
        text = replaced


def normalize(form, unistr, /):
    if not isinstance(form, str):
        raise TypeError("normalize() argument 1 must be str, not %s" % type(form).__name__)
    if not isinstance(unistr, str):
        raise TypeError("normalize() argument 2 must be str, not %s" % type(unistr).__name__)
    if form not in ('NFC', 'NFD', 'NFKC', 'NFKD'):
        raise ValueError('invalid normalization form')
    if unistr.isascii():
        return unistr
    if form == 'NFC':
        return _compose(unistr)
    if form == 'NFD':
        return _decompose(unistr)
    text = _decompose_fully(unistr)
    return _compose(text) if form == 'NFKC' else text


def is_normalized(form, unistr, /):
    return normalize(form, unistr) == unistr
