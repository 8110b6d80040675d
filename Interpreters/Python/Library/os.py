"""The operating system: files, folders, processes, the environment."""

import abc
import posix
import stat as _st
import sys
from posix import *
from posix import _exit, _scandir

import posixpath as path

sys.modules['os.path'] = path

name = 'posix'
linesep = '\n'
curdir, pardir, sep, pathsep = path.curdir, path.pardir, path.sep, path.pathsep
defpath, extsep, altsep, devnull = path.defpath, path.extsep, path.altsep, path.devnull
error = OSError

P_WAIT, P_NOWAIT = 0, 1
supports_dir_fd = set()
supports_effective_ids = set()
supports_fd = {stat, chdir, listdir, truncate}
supports_follow_symlinks = {stat, utime}


def fsencode(filename):
    filename = fspath(filename)
    if isinstance(filename, str):
        return filename.encode('utf-8', 'surrogateescape')
    return filename


def fsdecode(filename):
    filename = fspath(filename)
    if isinstance(filename, bytes):
        return filename.decode('utf-8', 'surrogateescape')
    return filename


class PathLike(abc.ABC):
    """What stands for a path."""

    @abc.abstractmethod
    def __fspath__(self):
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass):
        if cls is PathLike:
            return any('__fspath__' in base.__dict__ for base in subclass.__mro__)
        return NotImplemented

    def __class_getitem__(cls, item):
        from types import GenericAlias
        return GenericAlias(cls, item)


# MARK: environment

class _Environ(dict):
    """The environment. Changes are seen by processes that are started from here."""

    def __init__(self, variables, encode, decode):
        dict.__init__(self, variables)
        self.encodekey = self.encodevalue = encode
        self.decodekey = self.decodevalue = decode

    def __repr__(self):
        inner = ', '.join(f'{key!r}: {value!r}' for key, value in self.items())
        return f'environ({{{inner}}})'

    def __setitem__(self, key, value):
        self.encodekey(key)
        self.encodevalue(value)
        putenv(key, value)
        dict.__setitem__(self, key, value)

    def __delitem__(self, key):
        self.encodekey(key)
        if key not in self:
            raise KeyError(key)
        unsetenv(key)
        dict.__delitem__(self, key)

    def __getitem__(self, key):
        self.encodekey(key)
        return dict.__getitem__(self, key)

    def setdefault(self, key, value):
        if key not in self:
            self[key] = value
        return self[key]

    def pop(self, key, *default):
        if key not in self:
            if default:
                return default[0]
            raise KeyError(key)
        value = self[key]
        del self[key]
        return value

    def popitem(self):
        for key in self:
            return key, self.pop(key)
        raise KeyError('popitem(): dictionary is empty')

    def clear(self):
        for key in list(self):
            del self[key]

    def update(self, *others, **more):
        for key, value in dict(*others, **more).items():
            self[key] = value

    def copy(self):
        return dict(self)

    def __or__(self, other):
        return dict(self) | dict(other)

    def __ror__(self, other):
        return dict(other) | dict(self)

    def __ior__(self, other):
        self.update(other)
        return self


def _check_text(value):
    if not isinstance(value, str):
        raise TypeError('str expected, not %s' % type(value).__name__)
    return value.encode('utf-8', 'surrogateescape')


environ = _Environ(posix.environ, _check_text, fsdecode)


def getenv(key, default=None):
    return environ.get(key, default)


class _EnvironBytes:
    """The environment as bytes."""

    def __getitem__(self, key):
        return fsencode(environ[fsdecode(key)])

    def __setitem__(self, key, value):
        environ[fsdecode(key)] = fsdecode(value)

    def __delitem__(self, key):
        del environ[fsdecode(key)]

    def __contains__(self, key):
        return fsdecode(key) in environ

    def __iter__(self):
        return map(fsencode, environ)

    def __len__(self):
        return len(environ)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def keys(self):
        return list(self)

    def items(self):
        return [(fsencode(key), fsencode(value)) for key, value in environ.items()]


environb = _EnvironBytes()
supports_bytes_environ = True


def getenvb(key, default=None):
    return environb.get(key, default)


def get_exec_path(env=None):
    return (environ if env is None else env).get('PATH', defpath).split(pathsep)


# MARK: folders

class _ScandirIterator:
    """What `scandir` gives."""

    def __init__(self, entries):
        self._entries = iter(entries)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def close(self):
        self._entries = iter(())

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


def scandir(path=None):
    return _ScandirIterator(_scandir(path))


def makedirs(name, mode=0o777, exist_ok=False):
    """Makes a folder and those above it."""
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    if head and tail and not path.exists(head):
        try:
            makedirs(head, exist_ok=exist_ok)
        except FileExistsError:
            pass
        if tail == (curdir if isinstance(tail, str) else b'.'):
            return
    try:
        mkdir(name, mode)
    except OSError:
        if not exist_ok or not path.isdir(name):
            raise


def removedirs(name):
    """Removes an empty folder and those above it that are empty then."""
    rmdir(name)
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    while head and tail:
        try:
            rmdir(head)
        except OSError:
            break
        head, tail = path.split(head)


def renames(old, new):
    head, tail = path.split(new)
    if head and tail and not path.exists(head):
        makedirs(head)
    rename(old, new)
    head, tail = path.split(old)
    if head and tail:
        try:
            removedirs(head)
        except OSError:
            pass


def walk(top, topdown=True, onerror=None, followlinks=False):
    """For each folder: its path, the names of its folders, the names of its files."""
    sys.audit('os.walk', top, topdown, onerror, followlinks)
    top = fspath(top)
    try:
        entries = _scandir(top)
    except OSError as error:
        if onerror is not None:
            onerror(error)
        return
    dirs, nondirs, below = [], [], []
    for entry in entries:
        try:
            is_dir = entry.is_dir()
        except OSError:
            is_dir = False
        (dirs if is_dir else nondirs).append(entry.name)
        if not topdown and is_dir and (followlinks or not entry.is_symlink()):
            below.append(entry.path)
    if topdown:
        yield top, dirs, nondirs
        for name in dirs:
            step = path.join(top, name)
            if followlinks or not path.islink(step):
                yield from walk(step, topdown, onerror, followlinks)
    else:
        for step in below:
            yield from walk(step, topdown, onerror, followlinks)
        yield top, dirs, nondirs


# MARK: files

def fdopen(fd, mode='r', buffering=-1, encoding=None, *args, **kwargs):
    if not isinstance(fd, int):
        raise TypeError('invalid fd type (%s, expected integer)' % type(fd))
    return _builtin_open(fd, mode, buffering, encoding, *args, **kwargs)


from builtins import open as _builtin_open


def popen(cmd, mode='r', buffering=-1):
    """A file that reads what a command prints, or that the command reads."""
    if not isinstance(cmd, str):
        raise TypeError('invalid cmd type (%s, expected string)' % type(cmd))
    if mode not in ('r', 'w'):
        raise ValueError('invalid mode %r' % mode)
    import subprocess
    if mode == 'r':
        process = subprocess.Popen(cmd, shell=True, text=True, stdout=subprocess.PIPE)
        return _PopenFile(process.stdout, process)
    process = subprocess.Popen(cmd, shell=True, text=True, stdin=subprocess.PIPE)
    return _PopenFile(process.stdin, process)


class _PopenFile:
    """A pipe to a process; closing it waits for the process."""

    def __init__(self, stream, process):
        self._stream = stream
        self._process = process

    def close(self):
        self._stream.close()
        status = self._process.wait()
        if status == 0:
            return None
        return status if status < 0 else status << 8

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def __iter__(self):
        return iter(self._stream)


# MARK: processes

WEXITSTATUS = lambda status: status >> 8 & 0xFF
WIFEXITED = lambda status: status & 0x7F == 0
WIFSIGNALED = lambda status: 0 < status & 0x7F < 0x7F
WTERMSIG = lambda status: status & 0x7F


class terminal_size(tuple):
    """Columns and lines."""

    columns = property(lambda self: self[0])
    lines = property(lambda self: self[1])

    def __repr__(self):
        return 'os.terminal_size(columns=%r, lines=%r)' % tuple(self)


class uname_result(tuple):
    """What `uname` says."""

    sysname = property(lambda self: self[0])
    nodename = property(lambda self: self[1])
    release = property(lambda self: self[2])
    version = property(lambda self: self[3])
    machine = property(lambda self: self[4])

    def __repr__(self):
        return ('posix.uname_result(sysname=%r, nodename=%r, release=%r, version=%r, machine=%r)'
                % tuple(self))


class times_result(tuple):
    """Seconds that the process has used."""

    user = property(lambda self: self[0])
    system = property(lambda self: self[1])
    children_user = property(lambda self: self[2])
    children_system = property(lambda self: self[3])
    elapsed = property(lambda self: self[4])

    def __repr__(self):
        return ('posix.times_result(user=%r, system=%r, children_user=%r, children_system=%r, '
                'elapsed=%r)' % tuple(self))


def get_terminal_size(fd=1):
    return terminal_size(posix.get_terminal_size(fd))


def uname():
    return uname_result(posix.uname())


def times():
    return times_result(posix.times())


def sched_getaffinity(pid):
    return set(range(cpu_count()))


def ctermid():
    return '/dev/tty'


__all__ = [name for name in globals() if not name.startswith('_') and name not in ('abc', 'posix', 'sys')]
