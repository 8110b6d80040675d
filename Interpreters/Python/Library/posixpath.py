"""Paths with slashes."""

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

curdir = '.'
pardir = '..'
extsep = '.'
sep = '/'
pathsep = ':'
defpath = '/bin:/usr/bin'
altsep = None
devnull = '/dev/null'
supports_unicode_filenames = False


def _slash(path):
    return b'/' if isinstance(path, bytes) else '/'


def _dots(path):
    return (b'.', b'..') if isinstance(path, bytes) else ('.', '..')


def _check_kinds(function, *paths):
    """Refuses a mixture of text and bytes."""
    texts = any(isinstance(path, str) for path in paths)
    for path in paths:
        if not isinstance(path, (str, bytes)):
            raise TypeError(
                f'{function}() argument must be str, bytes, or os.PathLike object, '
                f'not {path.__class__.__name__!r}') from None
        if texts and isinstance(path, bytes):
            raise TypeError("Can't mix strings and bytes in path components") from None


def normcase(s):
    return os.fspath(s)


def isabs(s):
    s = os.fspath(s)
    return s.startswith(_slash(s))


def join(a, *p):
    a = os.fspath(a)
    slash = _slash(a)
    path = a
    parts = tuple(map(os.fspath, p))
    try:
        if not parts:
            path[:0] + slash
        for part in parts:
            if part.startswith(slash):
                path = part
            elif not path or path.endswith(slash):
                path += part
            else:
                path += slash + part
    except (TypeError, AttributeError, BytesWarning):
        _check_kinds('join', a, *parts)
        raise
    return path


def split(p):
    p = os.fspath(p)
    slash = _slash(p)
    i = p.rfind(slash) + 1
    head, tail = p[:i], p[i:]
    if head and head != slash * len(head):
        head = head.rstrip(slash)
    return head, tail


def splitext(p):
    p = os.fspath(p)
    slash = _slash(p)
    dot = _dots(p)[0]
    start = p.rfind(slash) + 1
    i = p.rfind(dot)
    # Leading dots begin a name.
    if i > start and p[start:i].strip(dot):
        return p[:i], p[i:]
    return p, p[:0]


def splitdrive(p):
    p = os.fspath(p)
    return p[:0], p


def basename(p):
    p = os.fspath(p)
    return p[p.rfind(_slash(p)) + 1:]


def dirname(p):
    return split(p)[0]


def islink(path):
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except (OSError, ValueError, AttributeError):
        return False


def lexists(path):
    try:
        os.lstat(path)
    except (OSError, ValueError):
        return False
    return True


def ismount(path):
    try:
        here = os.lstat(path)
        if stat.S_ISLNK(here.st_mode):
            return False
        above = os.lstat(join(path, _dots(os.fspath(path))[1]))
    except (OSError, ValueError):
        return False
    return here.st_dev != above.st_dev or here.st_ino == above.st_ino


def expanduser(path):
    path = os.fspath(path)
    slash, tilde = (b'/', b'~') if isinstance(path, bytes) else ('/', '~')
    if not path.startswith(tilde):
        return path
    end = path.find(slash, 1)
    if end < 0:
        end = len(path)
    if end == 1:
        home = os.environ.get('HOME')
    else:
        home = _home(os.fsdecode(path[1:end]))
    if home is None:
        return path
    if isinstance(path, bytes):
        home = os.fsencode(home)
    return (home.rstrip(slash) + path[end:]) or slash


def _home(user):
    """The folder of a user, as the system's list of users says."""
    try:
        with open('/etc/passwd') as users:
            for line in users:
                fields = line.split(':')
                if fields[0] == user and len(fields) > 5:
                    return fields[5]
    except OSError:
        pass
    return None


def expandvars(path):
    path = os.fspath(path)
    if isinstance(path, bytes):
        return os.fsencode(expandvars(os.fsdecode(path)))
    result = []
    i = 0
    while True:
        dollar = path.find('$', i)
        if dollar < 0:
            return ''.join(result) + path[i:]
        result.append(path[i:dollar])
        end = dollar + 1
        if path[end:end + 1] == '{':
            close = path.find('}', end)
            if close < 0:
                return ''.join(result) + path[dollar:]
            name, end = path[end + 1:close], close + 1
        else:
            while end < len(path) and (path[end] == '_' or path[end].isascii() and path[end].isalnum()):
                end += 1
            name = path[dollar + 1:end]
        result.append(os.environ.get(name, path[dollar:end]) if name else path[dollar:end])
        i = end


def normpath(path):
    path = os.fspath(path)
    slash = _slash(path)
    dot, dots = _dots(path)
    if not path:
        return dot
    # Two leading slashes mean something else to POSIX than one or three.
    root = path[:0]
    if path.startswith(slash):
        root = slash * 2 if path.startswith(slash * 2) and not path.startswith(slash * 3) else slash
    parts = []
    for part in path.split(slash):
        if not part or part == dot:
            continue
        if part != dots or not root and not parts or parts and parts[-1] == dots:
            parts.append(part)
        elif parts:
            parts.pop()
    return root + slash.join(parts) or dot


def abspath(path):
    path = os.fspath(path)
    if not isabs(path):
        path = join(os.getcwdb() if isinstance(path, bytes) else os.getcwd(), path)
    return normpath(path)


def realpath(filename, *, strict=False):
    """The path without symbolic links."""
    filename = os.fspath(filename)
    slash = _slash(filename)
    dot, dots = _dots(filename)
    path = filename if isabs(filename) else (
        os.getcwdb() if isinstance(filename, bytes) else os.getcwd()) + slash + filename
    rest = path.split(slash)[::-1]
    done = slash
    seen = {}
    while rest:
        name = rest.pop()
        if not name or name == dot:
            continue
        if name == dots:
            done = dirname(done)
            continue
        step = join(done, name)
        try:
            mode = os.lstat(step).st_mode
        except OSError:
            if strict:
                raise
            done = step
            continue
        if not stat.S_ISLNK(mode):
            done = step
            continue
        seen[step] = seen.get(step, 0) + 1
        if seen[step] > 40:
            # A link that leads to itself.
            if strict:
                os.stat(step)
            done = step
            continue
        target = os.readlink(step)
        if isabs(target):
            done = slash
        rest.extend(target.split(slash)[::-1])
    return done


def relpath(path, start=None):
    if not path:
        raise ValueError('no path specified')
    path = os.fspath(path)
    slash = _slash(path)
    dot, dots = _dots(path)
    start = dot if start is None else os.fspath(start)
    try:
        here = [part for part in abspath(start).split(slash) if part]
        there = [part for part in abspath(path).split(slash) if part]
        shared = len(commonprefix([here, there]))
        parts = [dots] * (len(here) - shared) + there[shared:]
        return join(*parts) if parts else dot
    except (TypeError, AttributeError, BytesWarning):
        _check_kinds('relpath', path, start)
        raise


def commonpath(paths):
    if not paths:
        raise ValueError('commonpath() arg is an empty sequence')
    paths = tuple(map(os.fspath, paths))
    slash = _slash(paths[0])
    dot = _dots(paths[0])[0]
    try:
        if len({path[:1] == slash for path in paths}) > 1:
            raise ValueError("Can't mix absolute and relative paths") from None
        split_paths = [[c for c in path.split(slash) if c and c != dot] for path in paths]
        first, last = min(split_paths), max(split_paths)
        common = first
        for i, part in enumerate(first):
            if part != last[i]:
                common = first[:i]
                break
        return (slash if paths[0].startswith(slash) else slash[:0]) + slash.join(common)
    except (TypeError, AttributeError):
        _check_kinds('commonpath', *paths)
        raise
