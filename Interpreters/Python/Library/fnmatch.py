"""Names that match patterns as shells have them."""

import functools
import os
import re

__all__ = ['filter', 'fnmatch', 'fnmatchcase', 'translate']


@functools.lru_cache(maxsize=256, typed=True)
def _matcher(pat):
    if isinstance(pat, str):
        return re.compile(translate(pat)).match
    # Each byte is the character with its number.
    return re.compile(translate(pat.decode('latin-1')).encode('latin-1')).match


def fnmatchcase(name, pat):
    """Does a name match a pattern?"""
    return bool(_matcher(pat)(name))


def fnmatch(name, pat):
    """Does a name match a pattern, as the system compares names?"""
    return fnmatchcase(*map(os.path.normcase, (name, pat)))


def filter(names, pat):
    """The names that match."""
    match = _matcher(os.path.normcase(pat))
    return [name for name in names if match(name)]


# Stars, a question mark, a set of characters, of which the first may be a bracket, or a character.
_PART = re.compile(
    r'(?P<stars>\*+)|(?P<any>\?)'
    r'|\[(?P<set>!(?:\][^\]]*|[^\]]+)|\][^\]]*|[^!\]][^\]]*)\]'
    r'|(?P<character>.)', re.S)
_FORMS = {
    'stars': lambda text: '.*', 'any': lambda text: '.', 'set': lambda text: _set(text),
    'character': re.escape}


def translate(pat):
    """A regular expression that matches what the pattern matches."""
    parts = [_FORMS[part.lastgroup](part[part.lastgroup]) for part in _PART.finditer(pat)]
    return f'(?s:{"".join(parts)})\\Z'


def _set(content):
    """A set of characters; ranges that are empty are dropped."""
    negated = content.startswith('!')
    if negated:
        content = content[1:]
    items = []
    i = 0
    while i < len(content):
        if i + 2 < len(content) and content[i + 1] == '-':
            if content[i] <= content[i + 2]:
                items.append(_quoted(content[i]) + '-' + _quoted(content[i + 2]))
            i += 3
        else:
            items.append(_quoted(content[i]))
            i += 1
    if not items:
        return '.' if negated else '(?!)'
    inner = ''.join(items)
    if negated:
        return f'[^{inner}]'
    return f'[{inner}]'


def _quoted(c):
    return '\\' + c if c in '\\[]^-&~|' else c
