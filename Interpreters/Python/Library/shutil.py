"""Files and folders as wholes: copies, moves, removals."""

import fnmatch
import os
import stat
import sys

__all__ = [
    'copyfileobj', 'copyfile', 'copymode', 'copystat', 'copy', 'copy2', 'copytree', 'move',
    'rmtree', 'Error', 'SpecialFileError', 'which', 'get_terminal_size', 'ignore_patterns',
    'SameFileError']

_PIECE = 64 * 1024


class Error(OSError):
    """Something of many has gone wrong."""


class SameFileError(Error):
    """Source and destination are one file."""


class SpecialFileError(OSError):
    """Not a file that can be copied: a pipe, for example."""


def copyfileobj(fsrc, fdst, length=0):
    length = length or _PIECE
    while piece := fsrc.read(length):
        fdst.write(piece)


def copyfile(src, dst, *, follow_symlinks=True):
    """Copies content."""
    try:
        same = os.path.samefile(src, dst)
    except OSError:
        same = False
    if same:
        raise SameFileError('{!r} and {!r} are the same file'.format(src, dst))
    for path in (src, dst):
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue
        if stat.S_ISFIFO(mode):
            raise SpecialFileError('`%s` is a named pipe' % os.fspath(path))
    if not follow_symlinks and os.path.islink(src):
        os.symlink(os.readlink(src), dst)
        return dst
    with open(src, 'rb') as source:
        try:
            with open(dst, 'wb') as target:
                copyfileobj(source, target)
        except IsADirectoryError as error:
            if not os.path.exists(dst):
                raise FileNotFoundError(f'Directory does not exist: {dst}') from error
            raise
    return dst


def copymode(src, dst, *, follow_symlinks=True):
    if follow_symlinks or not os.path.islink(src):
        os.chmod(dst, stat.S_IMODE(os.stat(src).st_mode))


def copystat(src, dst, *, follow_symlinks=True):
    """Copies permissions and times."""
    follows = follow_symlinks or not (os.path.islink(src) and os.path.islink(dst))
    facts = os.stat(src) if follows else os.lstat(src)
    os.utime(dst, ns=(facts.st_atime_ns, facts.st_mtime_ns), follow_symlinks=follows)
    if follows:
        os.chmod(dst, stat.S_IMODE(facts.st_mode))


def copy(src, dst, *, follow_symlinks=True):
    if os.path.isdir(dst):
        dst = os.path.join(dst, os.path.basename(src))
    copyfile(src, dst, follow_symlinks=follow_symlinks)
    copymode(src, dst, follow_symlinks=follow_symlinks)
    return dst


def copy2(src, dst, *, follow_symlinks=True):
    if os.path.isdir(dst):
        dst = os.path.join(dst, os.path.basename(src))
    copyfile(src, dst, follow_symlinks=follow_symlinks)
    copystat(src, dst, follow_symlinks=follow_symlinks)
    return dst


def ignore_patterns(*patterns):
    """For `copytree`: leaves out what matches."""

    def ignore(path, names):
        left_out = set()
        for pattern in patterns:
            left_out.update(fnmatch.filter(names, pattern))
        return left_out

    return ignore


def copytree(src, dst, symlinks=False, ignore=None, copy_function=copy2,
             ignore_dangling_symlinks=False, dirs_exist_ok=False):
    with os.scandir(src) as entries:
        entries = list(entries)
    left_out = set()
    if ignore is not None:
        left_out = ignore(os.fspath(src), [entry.name for entry in entries])
    os.makedirs(dst, exist_ok=dirs_exist_ok)
    errors = []
    for entry in entries:
        if entry.name in left_out:
            continue
        source = os.path.join(src, entry.name)
        target = os.path.join(dst, entry.name)
        try:
            if entry.is_symlink():
                leads_to = os.readlink(source)
                if symlinks:
                    os.symlink(leads_to, target)
                    continue
                if not os.path.exists(source) and ignore_dangling_symlinks:
                    continue
            if entry.is_dir():
                copytree(source, target, symlinks, ignore, copy_function,
                         ignore_dangling_symlinks, dirs_exist_ok)
            else:
                copy_function(source, target)
        except Error as error:
            errors.extend(error.args[0])
        except OSError as error:
            errors.append((source, target, str(error)))
    try:
        copystat(src, dst)
    except OSError as error:
        errors.append((src, dst, str(error)))
    if errors:
        raise Error(errors)
    return dst


def rmtree(path, ignore_errors=False, onerror=None, *, dir_fd=None):
    if ignore_errors:
        def onerror(*args):
            pass
    elif onerror is None:
        def onerror(*args):
            raise
    try:
        if os.path.islink(path):
            raise OSError('Cannot call rmtree on a symbolic link')
    except OSError:
        onerror(os.path.islink, path, sys.exc_info())
        return
    _remove(path, onerror)


def _remove(path, onerror):
    try:
        with os.scandir(path) as entries:
            entries = list(entries)
    except OSError:
        onerror(os.scandir, path, sys.exc_info())
        entries = []
    for entry in entries:
        try:
            is_dir = entry.is_dir(follow_symlinks=False)
        except OSError:
            is_dir = False
        if is_dir:
            _remove(entry.path, onerror)
        else:
            try:
                os.unlink(entry.path)
            except OSError:
                onerror(os.unlink, entry.path, sys.exc_info())
    try:
        os.rmdir(path)
    except OSError:
        onerror(os.rmdir, path, sys.exc_info())


def move(src, dst, copy_function=copy2):
    """Moves a file or folder, into `dst` when that is a folder."""
    target = dst
    if os.path.isdir(dst):
        try:
            same = os.path.samefile(src, dst)
        except OSError:
            same = False
        if same:
            os.rename(src, dst)
            return None
        target = os.path.join(dst, os.path.basename(os.fspath(src).rstrip(os.path.sep)))
        if os.path.exists(target):
            raise Error("Destination path '%s' already exists" % target)
    try:
        os.rename(src, target)
    except OSError:
        if os.path.islink(src):
            os.symlink(os.readlink(src), target)
            os.unlink(src)
        elif os.path.isdir(src):
            inside = os.path.abspath(dst) + os.path.sep
            if inside.startswith(os.path.abspath(src) + os.path.sep):
                raise Error("Cannot move a directory '%s' into itself '%s'." % (src, dst)) from None
            copytree(src, target, copy_function=copy_function, symlinks=True)
            rmtree(src)
        else:
            copy_function(src, target)
            os.unlink(src)
    return target


def get_terminal_size(fallback=(80, 24)):
    """What the environment says, or the terminal."""
    size = []
    for name in ('COLUMNS', 'LINES'):
        try:
            size.append(int(os.environ[name]))
        except (KeyError, ValueError):
            size.append(0)
    columns, lines = size
    if columns <= 0 or lines <= 0:
        try:
            known = os.get_terminal_size(sys.__stdout__.fileno())
        except (AttributeError, ValueError, OSError):
            known = os.terminal_size(fallback)
        columns = columns if columns > 0 else known.columns or fallback[0]
        lines = lines if lines > 0 else known.lines or fallback[1]
    return os.terminal_size((columns, lines))


def which(cmd, mode=os.F_OK | os.X_OK, path=None):
    """The path of a command, or None."""

    def fits(name):
        return os.path.exists(name) and os.access(name, mode) and not os.path.isdir(name)

    if os.path.dirname(cmd):
        return cmd if fits(cmd) else None
    if path is None:
        path = os.environ.get('PATH', os.defpath)
    if not path:
        return None
    for folder in dict.fromkeys(path.split(os.pathsep)):
        name = os.path.join(folder, cmd)
        if fits(name):
            return name
    return None
