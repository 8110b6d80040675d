"""The operating system: files, folders, processes, the environment."""

import abc
import posix
import stat as _st
import sys
from posix import *
from posix import _exit, _scandir

import posixpath as path
from builtins import open as _builtin_open
from posixpath import altsep, curdir, defpath, devnull, extsep, pardir, pathsep, sep

sys.modules['os.path'] = path

name = 'posix'
linesep = '\n'
error = OSError
P_WAIT, P_NOWAIT = 0, 1
supports_dir_fd, supports_effective_ids = set(), set()
supports_fd = {stat, chdir, listdir, truncate}
supports_follow_symlinks = {stat, utime}

# Paths are bytes to the system; bytes that are no text come back as they were.
_CODEC = 'utf-8', 'surrogateescape'


def fsencode(filename):
    """The path as bytes."""
    plain = fspath(filename)
    return plain if isinstance(plain, bytes) else plain.encode(*_CODEC)


def fsdecode(filename):
    """The path as a text."""
    plain = fspath(filename)
    return plain if isinstance(plain, str) else plain.decode(*_CODEC)


class PathLike(abc.ABC):
    """What stands for a path."""

    __class_getitem__ = classmethod(type(list[str]))

    @abc.abstractmethod
    def __fspath__(self):
        """The path, as a text or bytes."""
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass):
        if cls is not PathLike:
            return NotImplemented
        return any('__fspath__' in vars(base) for base in subclass.__mro__)


# MARK: environment

def _text(value):
    """Refuses what the system could not be told."""
    if not isinstance(value, str):
        raise TypeError(f'str expected, not {type(value).__name__}')
    value.encode(*_CODEC)
    return value


class _Environ(dict):
    """The environment. Changes are seen by processes that are started from here."""

    encodekey = encodevalue = staticmethod(lambda text: _text(text).encode(*_CODEC))
    decodekey = decodevalue = staticmethod(fsdecode)

    def __getitem__(self, key):
        return super().__getitem__(_text(key))

    def __setitem__(self, key, value):
        putenv(_text(key), _text(value))
        super().__setitem__(key, value)

    def __delitem__(self, key):
        self[key]
        unsetenv(key)
        super().__delitem__(key)

    def __repr__(self):
        return f"environ({{{', '.join([f'{key!r}: {self[key]!r}' for key in self])}}})"

    # What follows would pass by the methods above if it were that of a dictionary.

    def update(self, *others, **more):
        for key, value in dict(*others, **more).items():
            self[key] = value

    def setdefault(self, key, value):
        if key not in self:
            self[key] = value
        return self[key]

    def pop(self, key, *default):
        value = self.get(key, *default) if default else self[key]
        if key in self:
            del self[key]
        return value

    def popitem(self):
        for key, value in self.items():
            del self[key]
            return key, value
        raise KeyError

    def clear(self):
        while self:
            self.popitem()

    def copy(self):
        return dict(self)

    def __or__(self, other):
        return {**self, **other} if isinstance(other, dict) else NotImplemented

    def __ror__(self, other):
        return {**other, **self} if isinstance(other, dict) else NotImplemented

    def __ior__(self, other):
        self.update(other)
        return self


environ = _Environ(posix.environ)


class _EnvironBytes:
    """The same environment as bytes."""

    def __getitem__(self, key):
        if key not in self:
            raise KeyError(key)
        return fsencode(environ[fsdecode(key)])

    def __setitem__(self, key, value):
        environ[fsdecode(key)] = fsdecode(value)

    def __delitem__(self, key):
        del environ[fsdecode(key)]

    def __iter__(self):
        return map(fsencode, environ)

    def __len__(self):
        return len(environ)

    def __contains__(self, key):
        return fsdecode(key) in environ

    def get(self, key, default=None):
        return self[key] if key in self else default

    def keys(self):
        return [*self]

    def items(self):
        return [(key, self[key]) for key in self]


environb = _EnvironBytes()
supports_bytes_environ = True


def getenv(key, default=None):
    return environ.get(key, default)


def getenvb(key, default=None):
    return environb.get(key, default)


def get_exec_path(env=None):
    """The folders in which programs are looked for."""
    variables = environ if env is None else env
    return variables.get('PATH', defpath).split(pathsep)


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


def _above(name):
    """The folder that a path is in, and the name in it; slashes at the end do not count."""
    slash = b'/' if isinstance(name, bytes) else '/'
    return path.split(name.rstrip(slash) or name)


def makedirs(name, mode=0o777, exist_ok=False):
    """Makes a folder and those above it."""
    name = fspath(name)
    missing = []
    head, tail = _above(name)
    while head and tail and not path.exists(head):
        missing.append((head, tail))
        head, tail = _above(head)
    for folder, _ in reversed(missing):
        if path.basename(folder) in (curdir, b'.'):
            continue
        try:
            mkdir(folder)
        except OSError as problem:
            # Somebody else may have made it in the meantime.
            if not (isinstance(problem, FileExistsError) or exist_ok and path.isdir(folder)):
                raise
    if missing and missing[0][1] in (curdir, b'.'):
        return
    try:
        mkdir(name, mode)
    except OSError:
        if not (exist_ok and path.isdir(name)):
            raise


def _remove_empty_above(name):
    """Removes the folders above a path, as far as they are empty."""
    head, tail = _above(name)
    while head and tail:
        try:
            rmdir(head)
        except OSError:
            return
        head, tail = path.split(head)


def removedirs(name):
    """Removes an empty folder and those above it that are empty then."""
    rmdir(name)
    _remove_empty_above(fspath(name))


def renames(old, new):
    """Renames, makes the folders that are needed, and removes those that are empty then."""
    head, tail = path.split(new)
    if tail and head and not path.exists(head):
        makedirs(head)
    rename(old, new)
    _remove_empty_above(fspath(old))


def _listed(top, onerror):
    """The entries of a folder that are folders, and the others; None if it cannot be read."""
    try:
        entries = list(_scandir(top))
    except OSError as problem:
        if onerror is not None:
            onerror(problem)
        return None

    def is_folder(entry):
        try:
            return entry.is_dir()
        except OSError:
            return False

    kinds = [is_folder(entry) for entry in entries]
    return ([entry for entry, folder in zip(entries, kinds) if folder],
            [entry.name for entry, folder in zip(entries, kinds) if not folder])


def walk(top, topdown=True, onerror=None, followlinks=False):
    """For each folder: its path, the names of its folders, the names of its files."""
    sys.audit('os.walk', top, topdown, onerror, followlinks)
    # Folders that are to be read, and what is to be given after the folders below it.
    waiting = [fspath(top)]
    first = True
    while waiting:
        step = waiting.pop()
        if isinstance(step, tuple):
            yield step
            continue
        if topdown and not (first or followlinks) and path.islink(step):
            continue
        first = False
        found = _listed(step, onerror)
        if found is None:
            continue
        folders, names = found
        result = step, [folder.name for folder in folders], names
        if topdown:
            yield result
            # Whoever took them may have changed the names.
            waiting += [path.join(step, name) for name in reversed(result[1])]
        else:
            waiting.append(result)
            waiting += [
                folder.path for folder in reversed(folders)
                if followlinks or not folder.is_symlink()]


# MARK: files

def fdopen(fd, mode='r', buffering=-1, encoding=None, *args, **kwargs):
    """The file of a descriptor."""
    if isinstance(fd, int):
        return _builtin_open(fd, mode, buffering, encoding, *args, **kwargs)
    raise TypeError(f'invalid fd type ({type(fd)}, expected integer)')


class _Pipe:
    """A file at the other end of which is a process; closing it waits for the process."""

    def __init__(self, process, stream):
        self._process, self._stream = process, stream

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def __iter__(self):
        return iter(self._stream)

    def close(self):
        """The status of the process as `wait` has it; None if all is well."""
        self._stream.close()
        status = self._process.wait()
        return status << 8 or None

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


def popen(cmd, mode='r', buffering=-1):
    """A file that reads what a command prints, or that the command reads."""
    end = {'r': 'stdout', 'w': 'stdin'}.get(mode)
    if not isinstance(cmd, str):
        raise TypeError(f'invalid cmd type ({type(cmd)}, expected string)')
    if end is None:
        raise ValueError(f'invalid mode {mode!r}')
    if buffering == 0 or buffering is None:
        raise ValueError('popen() does not support unbuffered streams')
    from subprocess import PIPE, Popen
    process = Popen(cmd, shell=True, text=True, **{end: PIPE})
    return _Pipe(process, getattr(process, end))


# MARK: processes

# A status has the signal in its last seven bits, and what the process said above eight.

def WTERMSIG(status):
    return status & 0x7F


def WEXITSTATUS(status):
    return status >> 8 & 0xFF


def WIFEXITED(status):
    return not WTERMSIG(status)


def WIFSIGNALED(status):
    return WTERMSIG(status) not in (0, 0x7F)


def _record(module, name, fields):
    """A kind of tuple whose items have names."""
    fields = fields.split()

    def show(self):
        return f"{module}.{name}({', '.join(map('{}={!r}'.format, fields, self))})"

    def item(place):
        return property(lambda self: self[place])

    members = {field: item(place) for place, field in enumerate(fields)}
    return type(name, (tuple,), {'__module__': module, '__repr__': show, **members})


terminal_size = _record('os', 'terminal_size', 'columns lines')
uname_result = _record('posix', 'uname_result', 'sysname nodename release version machine')
times_result = _record(
    'posix', 'times_result', 'user system children_user children_system elapsed')


def get_terminal_size(fd=1):
    return terminal_size(posix.get_terminal_size(fd))


def uname():
    """What the system is called."""
    return uname_result(posix.uname())


def times():
    """The seconds that the process, and those that it waited for, have used."""
    return times_result(posix.times())


def sched_getaffinity(pid):
    return {*range(cpu_count())}


def ctermid():
    return '/dev/tty'


__all__ = [
    name for name in globals() if name[0] != '_' and name not in ('abc', 'posix', 'sys')]
