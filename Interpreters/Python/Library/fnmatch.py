"""Names that match patterns as shells have them."""

import functools
import os
import posixpath
import re

__all__ = ['filter', 'fnmatch', 'fnmatchcase', 'translate']


def fnmatch(name, pat):
    return fnmatchcase(os.path.normcase(name), os.path.normcase(pat))


@functools.lru_cache(maxsize=256, typed=True)
def _matcher(pat):
    if isinstance(pat, bytes):
        expression = bytes(translate(str(pat, 'ISO-8859-1')), 'ISO-8859-1')
    else:
        expression = translate(pat)
    return re.compile(expression).match


def filter(names, pat):
    match = _matcher(os.path.normcase(pat))
    return [name for name in names if match(name)]


def fnmatchcase(name, pat):
    return _matcher(pat)(name) is not None


def translate(pat):
    """A regular expression that matches what the pattern matches."""
    parts = []
    i, n = 0, len(pat)
    while i < n:
        c = pat[i]
        i += 1
        if c == '*':
            if not parts or parts[-1] != '.*':
                parts.append('.*')
        elif c == '?':
            parts.append('.')
        elif c == '[':
            end = i
            if end < n and pat[end] == '!':
                end += 1
            if end < n and pat[end] == ']':
                end += 1
            end = pat.find(']', end)
            if end < 0:
                parts.append('\\[')
                continue
            parts.append(_set(pat[i:end]))
            i = end + 1
        else:
            parts.append(re.escape(c))
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
