"""Files and folders that nobody else has, and that go away."""

import errno
import io
import os
import random
import shutil
import types
import weakref

__all__ = [
    'NamedTemporaryFile', 'TemporaryFile', 'SpooledTemporaryFile', 'TemporaryDirectory', 'mkstemp',
    'mkdtemp', 'mktemp', 'TMP_MAX', 'gettempprefix', 'tempdir', 'gettempdir', 'gettempprefixb',
    'gettempdirb']

TMP_MAX = 10000
tempdir = None
_random = random.Random(int.from_bytes(os.urandom(8), 'little'))


def _name():
    return ''.join(_random.choices('abcdefghijklmnopqrstuvwxyz0123456789_', k=8))


def gettempdir():
    global tempdir
    if tempdir is None:
        places = [os.environ.get(name) for name in ('TMPDIR', 'TEMP', 'TMP')]
        for place in (*filter(None, places), '/tmp', '/var/tmp', '/usr/tmp', os.getcwd()):
            place = os.path.abspath(place)
            if os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK):
                tempdir = place
                break
        else:
            raise FileNotFoundError(errno.ENOENT, 'No usable temporary directory found')
    return tempdir


def gettempdirb():
    return os.fsencode(gettempdir())


def gettempprefix():
    return 'tmp'


def gettempprefixb():
    return b'tmp'


def _parts(prefix, suffix, dir):
    """The missing parts of a name, as text or as bytes like those that are there."""
    kinds = {bytes if isinstance(os.fspath(part), bytes) else str
             for part in (prefix, suffix, dir) if part is not None}
    if len(kinds) > 1:
        raise TypeError("Can't mix bytes and non-bytes in path components.")
    as_bytes = kinds == {bytes}
    if suffix is None:
        suffix = b'' if as_bytes else ''
    if prefix is None:
        prefix = b'tmp' if as_bytes else 'tmp'
    if dir is None:
        dir = gettempdirb() if as_bytes else gettempdir()
    return prefix, suffix, dir, os.fsencode if as_bytes else str


def _try_names(prefix, suffix, dir, make):
    """Calls `make` with one name after the other until it is a new one."""
    prefix, suffix, dir, convert = _parts(prefix, suffix, dir)
    for _ in range(TMP_MAX):
        path = os.path.abspath(os.path.join(dir, prefix + convert(_name()) + suffix))
        try:
            return make(path), path
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, 'No usable temporary file name found')


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    """A descriptor of a new file, and its path."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    return _try_names(prefix, suffix, dir, lambda path: os.open(path, flags, 0o600))


def mkdtemp(suffix=None, prefix=None, dir=None):
    """The path of a new folder."""
    return _try_names(prefix, suffix, dir, lambda path: os.mkdir(path, 0o700))[1]


def mktemp(suffix='', prefix='tmp', dir=None):
    def make(path):
        if os.path.lexists(path):
            raise FileExistsError
    return _try_names(prefix, suffix, dir, make)[1]


class _TemporaryFileWrapper:
    """A file that is removed when it is closed."""

    def __init__(self, file, name, delete=True):
        self.file = file
        self.name = name
        self.delete = delete
        self._closed = False
        if delete:
            self._finalizer = weakref.finalize(self, _unlink, name)

    def __repr__(self):
        return f'<{type(self).__module__}.{type(self).__name__} file={self.file!r}>'

    def __getattr__(self, name):
        return getattr(self.__dict__['file'], name)

    def __enter__(self):
        self.file.__enter__()
        return self

    def __exit__(self, *args):
        self.close()

    def close(self):
        if self._closed:
            return
        self._closed = True
        try:
            self.file.close()
        finally:
            if self.delete:
                self._finalizer()

    def __iter__(self):
        yield from self.file


def _unlink(name):
    try:
        os.unlink(name)
    except FileNotFoundError:
        pass


def NamedTemporaryFile(mode='w+b', buffering=-1, encoding=None, newline=None, suffix=None,
                       prefix=None, dir=None, delete=True, *, errors=None):
    descriptor, name = mkstemp(suffix, prefix, dir)
    try:
        file = open(descriptor, mode, buffering, encoding, errors, newline)
    except BaseException:
        os.close(descriptor)
        os.unlink(name)
        raise
    return _TemporaryFileWrapper(file, name, delete)


def TemporaryFile(mode='w+b', buffering=-1, encoding=None, newline=None, suffix=None, prefix=None,
                  dir=None, *, errors=None):
    """A file without a name."""
    descriptor, name = mkstemp(suffix, prefix, dir)
    try:
        os.unlink(name)
        return open(descriptor, mode, buffering, encoding, errors, newline)
    except BaseException:
        os.close(descriptor)
        raise


class SpooledTemporaryFile:
    """A file in memory until it grows too large."""

    def __init__(self, max_size=0, mode='w+b', buffering=-1, encoding=None, newline=None,
                 suffix=None, prefix=None, dir=None, *, errors=None):
        if 'b' in mode:
            self._file = io.BytesIO()
        else:
            self._file = io.TextIOWrapper(
                io.BytesIO(), encoding=encoding or 'utf-8', errors=errors, newline=newline)
        self._max_size = max_size
        self._rolled = False
        self._arguments = dict(mode=mode, buffering=buffering, suffix=suffix, prefix=prefix,
                               encoding=encoding, newline=newline, dir=dir, errors=errors)

    __class_getitem__ = classmethod(types.GenericAlias)

    def _check(self):
        if not self._rolled and self._max_size and self._file.tell() > self._max_size:
            self.rollover()

    def rollover(self):
        """From memory to a real file."""
        if self._rolled:
            return
        old = self._file
        new = self._file = TemporaryFile(**self._arguments)
        place = old.tell()
        old.seek(0)
        new.write(old.read())
        new.seek(place)
        self._rolled = True

    def write(self, data):
        result = self._file.write(data)
        self._check()
        return result

    def writelines(self, lines):
        self._file.writelines(lines)
        self._check()

    def truncate(self, size=None):
        if size is not None and self._max_size and size > self._max_size:
            self.rollover()
        return self._file.truncate(size)

    def fileno(self):
        self.rollover()
        return self._file.fileno()

    def __getattr__(self, name):
        return getattr(self.__dict__['_file'], name)

    def __enter__(self):
        if self._file.closed:
            raise ValueError('Cannot enter context with closed file')
        return self

    def __exit__(self, *args):
        self._file.close()

    def __iter__(self):
        return iter(self._file)

    def __next__(self):
        return next(self._file)


class TemporaryDirectory:
    """A folder that is removed with all that is in it."""

    def __init__(self, suffix=None, prefix=None, dir=None, ignore_cleanup_errors=False):
        self.name = mkdtemp(suffix, prefix, dir)
        self._ignores = ignore_cleanup_errors
        self._finalizer = weakref.finalize(self, _remove, self.name, ignore_cleanup_errors)

    def __repr__(self):
        return f'<{self.__class__.__name__} {self.name!r}>'

    def __enter__(self):
        return self.name

    def __exit__(self, *args):
        self.cleanup()

    def cleanup(self):
        if self._finalizer.detach() or os.path.exists(self.name):
            _remove(self.name, self._ignores)

    __class_getitem__ = classmethod(types.GenericAlias)


def _remove(name, ignores):
    try:
        shutil.rmtree(name, ignore_errors=ignores)
    except FileNotFoundError:
        pass
