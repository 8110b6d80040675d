"""Paths that match patterns as shells have them."""

import fnmatch
import os
import re

__all__ = ['escape', 'glob', 'iglob']

_magic = re.compile('[*?[]')
_magic_bytes = re.compile(b'[*?[]')


def has_magic(s):
    return (_magic_bytes if isinstance(s, bytes) else _magic).search(s) is not None


def escape(pathname):
    """A pattern that matches just this path."""
    if isinstance(pathname, bytes):
        return _magic_bytes.sub(rb'[\g<0>]', pathname)
    return _magic.sub(r'[\g<0>]', pathname)


def glob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    return list(iglob(pathname, root_dir=root_dir, dir_fd=dir_fd, recursive=recursive,
                      include_hidden=include_hidden))


def iglob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    root = root_dir if root_dir is not None else pathname[:0]
    found = _paths(root, pathname, recursive, include_hidden)
    if not pathname or recursive and _is_recursive(pathname[:2]):
        # `**` matches the empty path too, which nobody means.
        first = next(found, None)
        if first:
            return _chain(first, found)
    return found


def _chain(first, rest):
    yield first
    yield from rest


def _paths(root, pathname, recursive, hidden, folders_only=False):
    folder, base = os.path.split(pathname)
    if not has_magic(pathname):
        if base:
            if os.path.lexists(_join(root, pathname)):
                yield pathname
        elif os.path.isdir(_join(root, folder)):
            yield pathname
        return
    if not folder:
        yield from _names(root, base, recursive, hidden, folders_only)
        return
    if folder != pathname and has_magic(folder):
        folders = _paths(root, folder, recursive, hidden, True)
    else:
        folders = [folder]
    for folder in folders:
        for name in _members(_join(root, folder), base, recursive, hidden, folders_only):
            yield os.path.join(folder, name)


def _members(folder, base, recursive, hidden, folders_only):
    if has_magic(base):
        return _names(folder, base, recursive, hidden, folders_only)
    if base:
        return [base] if os.path.lexists(_join(folder, base)) else []
    return [base] if os.path.isdir(folder) else []


def _names(folder, pattern, recursive, hidden, folders_only):
    if recursive and _is_recursive(pattern):
        return _below(folder, pattern[:0], hidden, folders_only)
    names = _list(folder, folders_only)
    if not hidden and not _is_hidden(pattern):
        names = [name for name in names if not _is_hidden(name)]
    return fnmatch.filter(names, pattern)


def _below(folder, empty, hidden, folders_only):
    if not folder or os.path.isdir(folder):
        yield empty
    yield from _walk(folder, hidden, folders_only)


def _walk(folder, hidden, folders_only):
    for name in _list(folder, folders_only):
        if hidden or not _is_hidden(name):
            yield name
            for below in _walk(_join(folder, name), hidden, folders_only):
                yield _join(name, below)


def _list(folder, folders_only):
    try:
        with os.scandir(folder or ('.' if not isinstance(folder, bytes) else b'.')) as entries:
            return [entry.name for entry in entries if not folders_only or entry.is_dir()]
    except OSError:
        return []


def _join(folder, name):
    return os.path.join(folder, name) if folder and name else folder or name


def _is_hidden(name):
    return name[:1] in ('.', b'.')


def _is_recursive(pattern):
    return pattern in ('**', b'**')
