"""Paths that match patterns as shells have them."""

import fnmatch
import os
import re

__all__ = ['escape', 'glob', 'iglob']

_MAGIC = {str: re.compile('[*?[]'), bytes: re.compile(b'[*?[]')}


def _magic(text):
    return _MAGIC[bytes if isinstance(text, bytes) else str]


def has_magic(s):
    """Does a pattern match other paths than itself?"""
    return bool(_magic(s).search(s))


def escape(pathname):
    """A pattern that matches just this path."""
    form = rb'[\g<0>]' if isinstance(pathname, bytes) else r'[\g<0>]'
    return _magic(pathname).sub(form, pathname)


def glob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    """The paths that match; `**` stands for any folders if `recursive` is true."""
    return [*iglob(
        pathname, root_dir=root_dir, recursive=recursive, include_hidden=include_hidden)]


def iglob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    """The paths that match, one after the other."""
    search = _Search(pathname[:0] if root_dir is None else root_dir, recursive, include_hidden)
    # `**` matches the empty path too, which nobody means.
    return filter(None, search.find(pathname))


class _Search:
    """What a search does, wherever it is: a pattern is taken name by name."""

    def __init__(self, root, recursive, hidden):
        self.root, self.recursive, self.hidden = root, recursive, hidden

    def place(self, path):
        """Where a path leads from the root of the search."""
        return os.path.join(self.root, path) if path else self.root

    def find(self, pattern):
        magic = _magic(pattern).search(pattern)
        if magic is None:
            asks = os.path.lexists if os.path.basename(pattern) else os.path.isdir
            return [pattern] if asks(self.place(pattern)) else []
        # What is before the first name with magic in it stays as it is written.
        slash = b'/' if isinstance(pattern, bytes) else '/'
        start = pattern.rfind(slash, 0, magic.start()) + 1
        *names, last = pattern[start:].split(slash)
        paths = [pattern[:start].rstrip(slash) or pattern[:start]]
        for name in filter(None, names):
            paths = self.step(paths, name, True)
        return self.step(paths, last, False)

    def step(self, paths, name, folders_only):
        """The paths that have one more name, or several for `**`."""
        for path in paths:
            if self.recursive and name in ('**', b'**'):
                if not path or os.path.isdir(self.place(path)):
                    yield os.path.join(path, name[:0])
                    yield from self.below(path, folders_only)
            elif has_magic(name):
                yield from self.matching(path, name, folders_only)
            else:
                longer = os.path.join(path, name)
                asks = os.path.lexists if name else os.path.isdir
                if asks(self.place(longer)):
                    yield longer

    def matching(self, path, pattern, folders_only):
        names = [entry.name for entry in self.entries(path, pattern)
                 if not folders_only or _is_folder(entry)]
        for name in fnmatch.filter(names, pattern):
            yield os.path.join(path, name)

    def below(self, path, folders_only):
        """All that is in a folder, and in those in it."""
        for entry in self.entries(path, None):
            is_folder = _is_folder(entry)
            longer = os.path.join(path, entry.name)
            if is_folder or not folders_only:
                yield longer
            if is_folder:
                yield from self.below(longer, folders_only)

    def entries(self, path, pattern):
        """What is in a folder; hidden names only for a pattern that has a dot too."""
        shows_hidden = self.hidden or _is_hidden(pattern)
        try:
            with os.scandir(self.place(path) or (b'.' if path == b'' else '.')) as found:
                return [entry for entry in found if shows_hidden or not _is_hidden(entry.name)]
        except OSError:
            return []


def _is_hidden(name):
    return name is not None and name[:1] in ('.', b'.')


def _is_folder(entry):
    try:
        return entry.is_dir()
    except OSError:
        return False
