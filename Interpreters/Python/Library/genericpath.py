"""Questions about paths that every system answers alike."""

import os
import stat

__all__ = [
    'commonprefix', 'exists', 'getatime', 'getctime', 'getmtime', 'getsize', 'isdir', 'isfile',
    'samefile', 'sameopenfile', 'samestat']


def _question(name, answer):
    """A function that asks about the status of what a path names; false if nothing is there."""

    def ask(path):
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return False
        return answer(status)

    ask.__name__ = ask.__qualname__ = name
    return ask


exists = _question('exists', lambda status: True)
isfile = _question('isfile', lambda status: stat.S_ISREG(status.st_mode))
isdir = _question('isdir', lambda status: stat.S_ISDIR(status.st_mode))


def _field(field):
    """A function that gives a field of the status of a file."""

    def get(filename):
        return getattr(os.stat(filename), field)

    get.__name__ = get.__qualname__ = field.replace('st_', 'get')
    return get


getsize, getmtime, getatime, getctime = map(
    _field, ('st_size', 'st_mtime', 'st_atime', 'st_ctime'))


def commonprefix(m):
    """The longest beginning that all have, character by character or item by item."""
    if not m:
        return ''
    texts = m if isinstance(m[0], (list, tuple)) else [os.fspath(path) for path in m]
    # What the least and the greatest have in common, those between them have as well.
    least, greatest = min(texts), max(texts)
    same = 0
    while same < len(least) and least[same] == greatest[same]:
        same += 1
    return least[:same]


def _place(status):
    return status.st_dev, status.st_ino


def samestat(s1, s2):
    return _place(s1) == _place(s2)


def samefile(f1, f2):
    """Do two paths lead to the same file?"""
    return samestat(*map(os.stat, (f1, f2)))


def sameopenfile(fp1, fp2):
    """Are two descriptors of the same file?"""
    return samestat(*map(os.fstat, (fp1, fp2)))
