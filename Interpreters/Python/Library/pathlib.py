"""Paths as objects."""

import fnmatch
import functools
import io
import operator
import os
import re
import stat as _stat
from errno import EBADF, ELOOP, ENOENT, ENOTDIR

__all__ = ['PurePath', 'PurePosixPath', 'PureWindowsPath', 'Path', 'PosixPath', 'WindowsPath']


def _is_missing(error):
    return error.errno in (ENOENT, ENOTDIR, EBADF, ELOOP)


class _Parents:
    """The folders above a path, the nearest first."""

    def __init__(self, path):
        self._path = path
        self._places = range(len(path._names) - 1, -1, -1)

    def __len__(self):
        return len(self._places)

    def __iter__(self):
        return map(self._above, self._places)

    def __getitem__(self, index):
        try:
            place = self._places[index]
        except IndexError:
            raise IndexError(index) from None
        return tuple(map(self._above, place)) if isinstance(index, slice) else self._above(place)

    def _above(self, count):
        """The folder with the first names of the path."""
        return self._path._of(self._path._root, self._path._names[:count])

    def __repr__(self):
        return f'<{type(self._path).__name__}.parents>'


def _comparison(name):
    """A method that compares the parts of two paths."""
    compare = getattr(operator, name)

    def method(self, other):
        return compare(self.parts, other.parts) if isinstance(other, PurePath) else NotImplemented

    method.__name__ = f'__{name}__'
    return method


class PurePath:
    """A path, without asking the system about it."""

    __slots__ = ('_root', '_names', '_text', '_hash')

    def __new__(cls, *args):
        if cls is PurePath:
            cls = PurePosixPath
        return cls._from(args)

    def __reduce__(self):
        return self.__class__, tuple(self.parts)

    @classmethod
    def _from(cls, args):
        root, names = '', []
        for arg in args:
            if isinstance(arg, PurePath):
                text, more = arg._root, list(arg._names)
            else:
                path = os.fspath(arg)
                if not isinstance(path, str):
                    raise TypeError(
                        'argument should be a str object or an os.PathLike object returning str, '
                        'not %r' % type(path))
                text, more = cls._parse(path)
            if text:
                root, names = text, more
            else:
                names += more
        return cls._of(root, tuple(names))

    @staticmethod
    def _parse(path):
        root = ''
        if path.startswith('/'):
            root = '//' if path.startswith('//') and not path.startswith('///') else '/'
        return root, [name for name in path.split('/') if name and name != '.']

    @classmethod
    def _of(cls, root, names):
        self = object.__new__(cls)
        self._root = root
        self._names = tuple(names)
        return self

    # MARK: text

    def __str__(self):
        try:
            return self._text
        except AttributeError:
            self._text = self._root + '/'.join(self._names) or '.'
            return self._text

    def as_posix(self):
        return str(self)

    __fspath__ = as_posix

    def __bytes__(self):
        return os.fsencode(str(self))

    def __repr__(self):
        return f'{type(self).__name__}({str(self)!r})'

    def as_uri(self):
        if not self.is_absolute():
            raise ValueError("relative path can't be expressed as a file URI")
        plain = b'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~/'
        return 'file://' + ''.join(chr(b) if b in plain else '%%%02X' % b for b in bytes(self))

    # MARK: order

    def _key(self):
        return self._root, self._names

    def __eq__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self):
        try:
            return self._hash
        except AttributeError:
            self._hash = hash(self._key())
            return self._hash

    __lt__, __le__, __gt__, __ge__ = map(_comparison, ('lt', 'le', 'gt', 'ge'))

    # MARK: parts

    drive = property(lambda self: '')
    root = anchor = property(lambda self: self._root)

    @property
    def parts(self):
        return (self._root, *self._names) if self._root else self._names

    @property
    def name(self):
        return self._names[-1] if self._names else ''

    def _split_name(self):
        """The name before its last suffix, and the suffix."""
        stem, dot, ending = self.name.rpartition('.')
        return (stem, dot + ending) if stem and ending else (self.name, '')

    @property
    def stem(self):
        return self._split_name()[0]

    @property
    def suffix(self):
        return self._split_name()[1]

    @property
    def suffixes(self):
        first, *endings = self.name.lstrip('.').split('.')
        return [f'.{ending}' for ending in endings] if self.name[-1:] != '.' else []

    @property
    def parent(self):
        return self._of(self._root, self._names[:-1]) if self._names else self

    @property
    def parents(self):
        return _Parents(self)

    def is_absolute(self):
        return bool(self._root)

    def is_reserved(self):
        return False

    # MARK: other paths

    def _renamed(self, name):
        if self._names:
            return self._of(self._root, (*self._names[:-1], name))
        raise ValueError(f'{self!r} has an empty name')

    def with_name(self, name):
        changed = self._renamed(name)
        root, names = self._parse(name)
        if root or len(names) != 1 or name[-1] == '/':
            raise ValueError(f'Invalid name {name!r}')
        return changed

    def with_stem(self, stem):
        return self.with_name(stem + self.suffix)

    def with_suffix(self, suffix):
        if '/' in suffix or suffix == '.' or suffix[:1] not in ('', '.'):
            raise ValueError(f'Invalid suffix {suffix!r}')
        return self._renamed(self.stem + suffix)

    def _is_below(self, base):
        return self._root == base._root and self._names[:len(base._names)] == base._names

    def is_relative_to(self, *other):
        if not other:
            raise TypeError('need at least one argument')
        return self._is_below(self._from(other))

    def relative_to(self, *other):
        """The names that lead from another path to this one."""
        if not other:
            raise TypeError('need at least one argument')
        base = self._from(other)
        if not self._is_below(base):
            place = base._root + '/'.join(base._names)
            raise ValueError(f'{str(self)!r} is not in the subpath of {place!r} OR one path is '
                             'relative and the other is absolute.')
        return self._of('', self._names[len(base._names):])

    def joinpath(self, *args):
        return self._from((self, *args))

    def _joined(self, parts):
        try:
            return self._from(parts)
        except TypeError:
            return NotImplemented

    def __truediv__(self, key):
        return self._joined((self, key))

    def __rtruediv__(self, key):
        return self._joined((key, self))

    def match(self, path_pattern):
        """Do the last names, or all parts, match those of a pattern?"""
        pattern = PurePosixPath(path_pattern)
        wanted, there = pattern.parts, self.parts
        if not wanted:
            raise ValueError('empty pattern')
        spare = len(there) - len(wanted)
        if spare < 0 or spare and pattern._root:
            return False
        return all(map(fnmatch.fnmatchcase, there[spare:], wanted))

    def __class_getitem__(cls, type):
        return cls


os.PathLike.register(PurePath)


class PurePosixPath(PurePath):
    """A path with slashes."""

    __slots__ = ()


class PureWindowsPath(PurePath):
    """A path of another system, which this interpreter does not run on."""

    __slots__ = ()

    def __new__(cls, *args):
        raise NotImplementedError('cannot instantiate %r on your system' % (cls.__name__,))


def _question(test):
    """A method that asks about the kind of what is at a path."""
    return lambda self: test(self._mode())


class Path(PurePath):
    """A path of this system."""

    __slots__ = ()

    def __new__(cls, *args, **kwargs):
        if cls is Path:
            cls = PosixPath
        return cls._from(args)

    @classmethod
    def cwd(cls):
        return cls(os.getcwd())

    @classmethod
    def home(cls):
        return cls('~').expanduser()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    # MARK: questions

    def stat(self, *, follow_symlinks=True):
        return os.stat(self, follow_symlinks=follow_symlinks)

    def lstat(self):
        return os.lstat(self)

    def _mode(self, follow=True):
        """The mode, or 0 for what is not there."""
        try:
            return (os.stat if follow else os.lstat)(self).st_mode
        except OSError as error:
            if not _is_missing(error):
                raise
            return 0
        except ValueError:
            return 0

    def exists(self):
        return self._mode() != 0

    def is_symlink(self):
        return _stat.S_ISLNK(self._mode(follow=False))

    is_dir, is_file, is_fifo, is_socket, is_block_device, is_char_device = map(_question, (
        _stat.S_ISDIR, _stat.S_ISREG, _stat.S_ISFIFO, _stat.S_ISSOCK, _stat.S_ISBLK,
        _stat.S_ISCHR))

    def is_mount(self):
        return os.path.ismount(self)

    def samefile(self, other_path):
        return os.path.samefile(self, other_path)

    def owner(self):
        return _name_of('/etc/passwd', self.stat().st_uid)

    def group(self):
        return _name_of('/etc/group', self.stat().st_gid)

    # MARK: folders

    def iterdir(self):
        for name in os.listdir(self):
            yield self._of(self._root, self._names + (name,))

    def _pattern(self, pattern):
        root, names = self._parse(pattern)
        if root:
            raise NotImplementedError('Non-relative patterns are unsupported')
        return (*names, '') if pattern.endswith('/') else tuple(names)

    def glob(self, pattern):
        if not pattern:
            raise ValueError(f'Unacceptable pattern: {pattern!r}')
        yield from _select(self, self._pattern(pattern))

    def rglob(self, pattern):
        yield from _select(self, ('**', *self._pattern(pattern)))

    def mkdir(self, mode=0o777, parents=False, exist_ok=False):
        try:
            os.mkdir(self, mode)
        except OSError as problem:
            if isinstance(problem, FileNotFoundError) and parents and self._names:
                self.parent.mkdir(parents=True, exist_ok=True)
                self.mkdir(mode, exist_ok=exist_ok)
            elif not (exist_ok and self.is_dir()):
                raise

    def rmdir(self):
        os.rmdir(self)

    # MARK: files

    def open(self, mode='r', buffering=-1, encoding=None, errors=None, newline=None):
        return io.open(self, mode, buffering, encoding, errors, newline)

    def _do(self, method, *args, mode, **settings):
        """Calls a method of the file, which is open only for that."""
        with self.open(mode, **settings) as file:
            return getattr(file, method)(*args)

    def read_bytes(self):
        return self._do('read', mode='rb')

    def read_text(self, encoding=None, errors=None):
        return self._do('read', mode='r', encoding=encoding, errors=errors)

    def write_bytes(self, data):
        return self._do('write', memoryview(data), mode='wb')

    def write_text(self, data, encoding=None, errors=None, newline=None):
        if isinstance(data, str):
            return self._do(
                'write', data, mode='w', encoding=encoding, errors=errors, newline=newline)
        raise TypeError(f'data must be str, not {type(data).__name__}')

    def touch(self, mode=0o666, exist_ok=True):
        """Makes an empty file; one that is there counts as changed now."""
        if exist_ok and self.exists():
            os.utime(self)
        else:
            only_new = 0 if exist_ok else os.O_EXCL
            os.close(os.open(self, os.O_WRONLY | os.O_CREAT | only_new, mode))

    def unlink(self, missing_ok=False):
        try:
            os.unlink(self)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rename(self, target):
        os.rename(self, target)
        return self.__class__(target)

    def replace(self, target):
        os.replace(self, target)
        return self.__class__(target)

    def chmod(self, mode, *, follow_symlinks=True):
        os.chmod(self, mode)

    def lchmod(self, mode):
        self.chmod(mode, follow_symlinks=False)

    def readlink(self):
        return type(self)(os.readlink(self))

    def symlink_to(self, target, target_is_directory=False):
        os.symlink(target, self)

    def hardlink_to(self, target):
        os.link(target, self)

    def link_to(self, target):
        import warnings
        warnings.warn(
            'pathlib.Path.link_to() is deprecated and is scheduled for removal in Python 3.12. '
            'Use pathlib.Path.hardlink_to() instead.', DeprecationWarning, stacklevel=2)
        os.link(self, target)

    # MARK: the same place by another path

    def absolute(self):
        return self if self.is_absolute() else self._from((os.getcwd(), self))

    def resolve(self, strict=False):
        try:
            path = type(self)(os.path.realpath(self, strict=strict))
            if not strict:
                path._mode()
        except OSError as problem:
            if problem.errno == ELOOP:
                raise RuntimeError(f'Symlink loop from {problem.filename!r}') from None
            raise
        return path

    def expanduser(self):
        if not self._root and self._names and self._names[0].startswith('~'):
            home = os.path.expanduser(self._names[0])
            if home.startswith('~'):
                raise RuntimeError('Could not determine home directory.')
            return self._from((home, *self._names[1:]))
        return self


class PosixPath(Path, PurePosixPath):
    """A path of a system with slashes."""

    __slots__ = ()


class WindowsPath(Path, PureWindowsPath):
    """A path of another system, which this interpreter does not run on."""

    __slots__ = ()

    def __new__(cls, *args, **kwargs):
        raise NotImplementedError('cannot instantiate %r on your system' % (cls.__name__,))


def _name_of(file, number):
    """The name in a list of users or groups."""
    with open(file) as lines:
        for line in lines:
            fields = line.split(':')
            if len(fields) > 2 and fields[2] == str(number):
                return fields[0]
    raise KeyError(number)


@functools.lru_cache(maxsize=64)
def _matcher(pattern):
    return re.compile(fnmatch.translate(pattern)).fullmatch


def _select(path, names):
    """What matches the rest of a pattern below a path."""
    if not names:
        yield path
        return
    first, rest = names[0], names[1:]
    if first == '**':
        seen = set()
        for folder in _folders(path):
            for found in _select(folder, rest) if rest else (folder,):
                if found not in seen:
                    seen.add(found)
                    yield found
        return
    if '**' in first:
        raise ValueError("Invalid pattern: '**' can only be an entire path component")
    if not first:
        if path.is_dir():
            yield path
        return
    if not any(c in first for c in '*?['):
        step = path._of(path._root, path._names + (first,))
        if (step.is_dir() if rest else step.exists()):
            yield from _select(step, rest)
        return
    try:
        with os.scandir(path) as entries:
            entries = list(entries)
    except OSError:
        return
    match = _matcher(first)
    for entry in entries:
        if match(entry.name) and (not rest or entry.is_dir()):
            yield from _select(path._of(path._root, path._names + (entry.name,)), rest)


def _folders(path):
    """A folder and all below it, but for those behind symbolic links."""
    if not path.is_dir():
        return
    yield path
    try:
        with os.scandir(path) as entries:
            entries = list(entries)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            yield from _folders(path._of(path._root, path._names + (entry.name,)))
