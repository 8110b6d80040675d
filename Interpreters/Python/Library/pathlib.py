"""Paths as objects."""

import fnmatch
import functools
import io
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
        self._type = type(path)
        self._root = path._root
        self._names = path._names

    def __len__(self):
        return len(self._names)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        if index >= len(self) or index < -len(self):
            raise IndexError(index)
        if index < 0:
            index += len(self)
        return self._type._of(self._root, self._names[:len(self._names) - index - 1])

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __repr__(self):
        return f'<{self._type.__name__}.parents>'


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

    def __fspath__(self):
        return str(self)

    def as_posix(self):
        return str(self)

    def __bytes__(self):
        return os.fsencode(self)

    def __repr__(self):
        return '{}({!r})'.format(self.__class__.__name__, self.as_posix())

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

    def _parts_key(self):
        return ((self._root,) if self._root else ()) + self._names

    def __lt__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._parts_key() < other._parts_key()

    def __le__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._parts_key() <= other._parts_key()

    def __gt__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._parts_key() > other._parts_key()

    def __ge__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._parts_key() >= other._parts_key()

    # MARK: parts

    @property
    def drive(self):
        return ''

    @property
    def root(self):
        return self._root

    @property
    def anchor(self):
        return self._root

    @property
    def parts(self):
        return self._parts_key()

    @property
    def name(self):
        return self._names[-1] if self._names else ''

    @property
    def suffix(self):
        name = self.name
        i = name.rfind('.')
        return name[i:] if 0 < i < len(name) - 1 else ''

    @property
    def suffixes(self):
        name = self.name
        if name.endswith('.'):
            return []
        return ['.' + suffix for suffix in name.lstrip('.').split('.')[1:]]

    @property
    def stem(self):
        name = self.name
        i = name.rfind('.')
        return name[:i] if 0 < i < len(name) - 1 else name

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

    def with_name(self, name):
        if not self.name:
            raise ValueError('%r has an empty name' % (self,))
        if not name or '/' in name or name == '.':
            raise ValueError('Invalid name %r' % (name))
        return self._of(self._root, self._names[:-1] + (name,))

    def with_stem(self, stem):
        return self.with_name(stem + self.suffix)

    def with_suffix(self, suffix):
        if '/' in suffix or suffix and not suffix.startswith('.') or suffix == '.':
            raise ValueError('Invalid suffix %r' % (suffix))
        name = self.name
        if not name:
            raise ValueError('%r has an empty name' % (self,))
        old = self.suffix
        return self._of(
            self._root, self._names[:-1] + ((name[:-len(old)] if old else name) + suffix,))

    def relative_to(self, *other):
        if not other:
            raise TypeError('need at least one argument')
        base = self._from(other)
        n = len(base._names)
        if base._root != self._root or self._names[:n] != base._names:
            raise ValueError(
                '{!r} is not in the subpath of {!r} OR one path is relative and the other is '
                'absolute.'.format(str(self), str(base)))
        return self._of('', self._names[n:])

    def is_relative_to(self, *other):
        try:
            self.relative_to(*other)
            return True
        except ValueError:
            return False

    def joinpath(self, *args):
        return self._from((self, *args))

    def __truediv__(self, key):
        try:
            return self._from((self, key))
        except TypeError:
            return NotImplemented

    def __rtruediv__(self, key):
        try:
            return self._from((key, self))
        except TypeError:
            return NotImplemented

    def match(self, path_pattern):
        pattern = PurePosixPath(path_pattern)
        if not pattern.parts:
            raise ValueError('empty pattern')
        parts = self.parts
        wanted = pattern.parts
        if pattern._root:
            if len(wanted) != len(parts):
                return False
        elif len(wanted) > len(parts):
            return False
        return all(fnmatch.fnmatchcase(part, want)
                   for part, want in zip(reversed(parts), reversed(wanted)))

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

    def is_dir(self):
        return _stat.S_ISDIR(self._mode())

    def is_file(self):
        return _stat.S_ISREG(self._mode())

    def is_symlink(self):
        return _stat.S_ISLNK(self._mode(False))

    def is_fifo(self):
        return _stat.S_ISFIFO(self._mode())

    def is_socket(self):
        return _stat.S_ISSOCK(self._mode())

    def is_block_device(self):
        return _stat.S_ISBLK(self._mode())

    def is_char_device(self):
        return _stat.S_ISCHR(self._mode())

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

    def glob(self, pattern):
        if not pattern:
            raise ValueError('Unacceptable pattern: {!r}'.format(pattern))
        root, names = self._parse(pattern)
        if root:
            raise NotImplementedError('Non-relative patterns are unsupported')
        if pattern.endswith('/'):
            names.append('')
        yield from _select(self, tuple(names))

    def rglob(self, pattern):
        root, names = self._parse(pattern)
        if root:
            raise NotImplementedError('Non-relative patterns are unsupported')
        if pattern.endswith('/'):
            names.append('')
        yield from _select(self, ('**', *names))

    def mkdir(self, mode=0o777, parents=False, exist_ok=False):
        try:
            os.mkdir(self, mode)
        except FileNotFoundError:
            if not parents or self.parent == self:
                raise
            self.parent.mkdir(parents=True, exist_ok=True)
            self.mkdir(mode, parents=False, exist_ok=exist_ok)
        except OSError:
            if not exist_ok or not self.is_dir():
                raise

    def rmdir(self):
        os.rmdir(self)

    # MARK: files

    def open(self, mode='r', buffering=-1, encoding=None, errors=None, newline=None):
        return io.open(self, mode, buffering, encoding, errors, newline)

    def read_bytes(self):
        with self.open('rb') as file:
            return file.read()

    def read_text(self, encoding=None, errors=None):
        with self.open('r', encoding=encoding, errors=errors) as file:
            return file.read()

    def write_bytes(self, data):
        view = memoryview(data)
        with self.open('wb') as file:
            return file.write(view)

    def write_text(self, data, encoding=None, errors=None, newline=None):
        if not isinstance(data, str):
            raise TypeError('data must be str, not %s' % data.__class__.__name__)
        with self.open('w', encoding=encoding, errors=errors, newline=newline) as file:
            return file.write(data)

    def touch(self, mode=0o666, exist_ok=True):
        if exist_ok:
            try:
                os.utime(self)
                return
            except OSError:
                pass
        flags = os.O_CREAT | os.O_WRONLY | (0 if exist_ok else os.O_EXCL)
        os.close(os.open(self, flags, mode))

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
        return self.__class__(os.readlink(self))

    def symlink_to(self, target, target_is_directory=False):
        os.symlink(target, self)

    def hardlink_to(self, target):
        os.link(target, self)

    # MARK: the same place by another path

    def absolute(self):
        return self if self.is_absolute() else self._from((os.getcwd(), self))

    def resolve(self, strict=False):
        return self.__class__(os.path.realpath(self, strict=strict))

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
