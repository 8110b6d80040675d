"""Paths with slashes."""

# What `os` takes from here, which may be what is imported first.
sep, altsep, extsep, pathsep = '/', None, '.', ':'
curdir, pardir = '.', '..'
devnull, defpath = '/dev/null', '/bin:/usr/bin'

import genericpath
import os
import stat
from genericpath import *

__all__ = [
    'normcase', 'isabs', 'join', 'splitdrive', 'split', 'splitext', 'basename', 'dirname',
    'commonprefix', 'getsize', 'getmtime', 'getatime', 'getctime', 'islink', 'exists', 'lexists',
    'isdir', 'isfile', 'ismount', 'expanduser', 'expandvars', 'normpath', 'abspath', 'samefile',
    'sameopenfile', 'samestat', 'curdir', 'pardir', 'sep', 'pathsep', 'defpath', 'altsep', 'extsep',
    'devnull', 'realpath', 'supports_unicode_filenames', 'relpath', 'commonpath']

supports_unicode_filenames = False


def _signs(path):
    """The slash, one dot and two dots, as texts or bytes like the path."""
    return (b'/', b'.', b'..') if isinstance(path, bytes) else ('/', '.', '..')


def _slash(path):
    return b'/' if isinstance(path, bytes) else '/'


def _like(first, path, function):
    """The path as a text, or bytes, like the first one."""
    try:
        plain = os.fspath(path)
    except TypeError:
        raise TypeError(f'{function}() argument must be str, bytes, or os.PathLike object, '
                        f'not {type(path).__name__!r}') from None
    if isinstance(plain, str) is not isinstance(first, str):
        raise TypeError("Can't mix strings and bytes in path components") from None
    return plain


# Parts of paths

def normcase(s):
    return os.fspath(s)


def isabs(s):
    s = os.fspath(s)
    return s[:1] == _slash(s)


def splitdrive(p):
    """There are no drives."""
    p = os.fspath(p)
    return p[:0], p


def _name_start(path):
    return path.rfind(_slash(path)) + 1


def basename(p):
    """What comes after the last slash."""
    p = os.fspath(p)
    return p[_name_start(p):]


def dirname(p):
    """What comes before the last slash; slashes are kept if there is nothing else."""
    p = os.fspath(p)
    head = p[:_name_start(p)]
    return head.rstrip(_slash(p)) or head


def split(p):
    return dirname(p), basename(p)


def splitext(p):
    """(root, extension); dots at the beginning of a name do not begin an extension."""
    p = os.fspath(p)
    dot = _signs(p)[1]
    name = p[_name_start(p):]
    stem, found, extension = name.rpartition(dot)
    if not found or not stem.strip(dot):
        return p, p[:0]
    at = len(p) - len(extension) - 1
    return p[:at], p[at:]


def join(a, *p):
    """The paths one after the other; one that begins with a slash drops what is before it."""
    path = os.fspath(a)
    slash = _slash(path)
    complete = slash, slash[:0]
    for part in p:
        part = _like(path, part, 'join')
        if part[:1] == slash:
            path = part
            continue
        path += part if path[-1:] in complete else slash + part
    return path


# Questions to the system

def _link_status(path):
    """The status of what is at a path, which may be a link; None if nothing is there."""
    try:
        return os.lstat(path)
    except (OSError, ValueError):
        return None


def lexists(path):
    """Is there something, even if it is a link that leads nowhere?"""
    return _link_status(path) is not None


def islink(path):
    status = _link_status(path)
    return status is not None and stat.S_ISLNK(status.st_mode)


def ismount(path):
    """Does another file system begin here?"""
    here = _link_status(path)
    if here is None or stat.S_ISLNK(here.st_mode):
        return False
    above = _link_status(join(path, _signs(os.fspath(path))[2]))
    if above is None:
        return False
    return here.st_dev != above.st_dev or here.st_ino == above.st_ino


# Names in paths

def _home(user):
    """The folder of a user, or without a name of the one who runs this, by the system's list."""
    place, wanted = (0, user) if user else (2, str(os.getuid()))
    try:
        with open('/etc/passwd') as users:
            for line in users:
                fields = line.split(':')
                if len(fields) > 5 and fields[place] == wanted:
                    return fields[5]
    except OSError:
        pass
    return None


def expanduser(path):
    """Puts the folder of a user for `~` or `~name` at the beginning."""
    path = os.fspath(path)
    slash = _slash(path)
    user, found, _ = path.partition(slash)
    name = os.fsdecode(user)
    if not name.startswith('~'):
        return path
    home = os.environ.get('HOME') if name == '~' else None
    if home is None:
        home = _home(name[1:])
    if home is None:
        return path
    home = os.fsencode(home) if isinstance(path, bytes) else home
    return home.rstrip(slash) + path[len(user):] or slash


def expandvars(path):
    """Puts the values of variables of the environment for `$name` and `${name}`."""
    path = os.fspath(path)
    if isinstance(path, bytes):
        return os.fsencode(expandvars(os.fsdecode(path)))
    texts, done = [], 0
    while (dollar := path.find('$', done)) >= 0:
        texts.append(path[done:dollar])
        name, done = _variable(path, dollar + 1)
        value = os.environ.get(name) if name else None
        texts.append(path[dollar:done] if value is None else value)
    return ''.join(texts) + path[done:]


def _variable(path, start):
    """The name of the variable that is written at a place, and where it ends."""
    if path[start:start + 1] == '{':
        end = path.find('}', start)
        return (path[start + 1:end], end + 1) if end > 0 else ('', start)
    end = start
    while path[end:end + 1].isascii() and (path[end:end + 1].isalnum() or path[end:end + 1] == '_'):
        end += 1
    return path[start:end], end


# Other forms of paths

def _root(path):
    """The slashes that a path begins with; to POSIX, two are not the same as one or three."""
    slash = _slash(path)
    count = len(path) - len(path.lstrip(slash))
    return slash * count if count < 3 else slash


def _names(path):
    """The names in a path, without dots that mean nothing."""
    slash, dot, _ = _signs(path)
    return [name for name in path.split(slash) if name and name != dot]


def _absolute(path):
    if isabs(path):
        return path
    return join(os.getcwdb() if isinstance(path, bytes) else os.getcwd(), path)


def normpath(path):
    """The path without what does not change it, as far as its text tells."""
    path = os.fspath(path)
    slash, dot, dots = _signs(path)
    root, names = _root(path), []
    for name in _names(path):
        if name != dots or (names[-1] == dots if names else not root):
            names.append(name)
        elif names:
            del names[-1]
    return root + slash.join(names) or dot


def abspath(path):
    return normpath(_absolute(os.fspath(path)))


def realpath(filename, *, strict=False):
    """The path without symbolic links."""
    filename = os.fspath(filename)
    slash, _, dots = _signs(filename)
    # The names that are still to be followed, the next one last, and after those of a link the
    # link itself in a tuple; and where links lead, which is None until that is known.
    ahead, leads = _names(filename)[::-1], {}
    path = _root(filename)[:1]
    while ahead:
        name = ahead.pop()
        if isinstance(name, tuple):
            leads[name[0]] = path
            continue
        if name == dots:
            path = dirname(path) if path and basename(path) != dots else join(path, dots)
            continue
        step = join(path, name)
        try:
            is_link = stat.S_ISLNK(os.lstat(step).st_mode)
        except OSError:
            if strict:
                raise
            is_link = False
        if is_link and step not in leads:
            target = os.readlink(step)
            leads[step] = None
            ahead += [(step,), *_names(target)[::-1]]
            path = slash if isabs(target) else path
            continue
        if is_link and strict and leads[step] is None:
            os.stat(step)
        path = leads.get(step) or step
    return abspath(path)


def relpath(path, start=None):
    """How to get to a path from another one."""
    if not path:
        raise ValueError('no path specified')
    path = os.fspath(path)
    slash, dot, dots = _signs(path)
    if start is None:
        start = dot
    else:
        start = _like(path, os.fspath(start), 'relpath')
    here, there = _names(abspath(start)), _names(abspath(path))
    same = len(commonprefix([here, there]))
    return slash.join([dots] * (len(here) - same) + there[same:]) or dot


def commonpath(paths):
    """The longest path that all begin with."""
    if not paths:
        raise ValueError('commonpath() arg is an empty sequence')
    first, *others = map(os.fspath, paths)
    others = [_like(first, path, 'commonpath') for path in others]
    if any(isabs(path) != isabs(first) for path in others):
        raise ValueError("Can't mix absolute and relative paths")
    slash = _slash(first)
    names = commonprefix([_names(path) for path in (first, *others)])
    return (slash if isabs(first) else slash[:0]) + slash.join(names)
