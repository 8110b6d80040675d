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


# Copies

def copyfileobj(fsrc, fdst, length=0):
    """Copies what is left of one file to another one."""
    while piece := fsrc.read(length or _PIECE):
        fdst.write(piece)


def _are_same(src, dst):
    try:
        return os.path.samefile(src, dst)
    except OSError:
        return False


def _refuse_pipe(path):
    if os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode):
        raise SpecialFileError(f'`{os.fspath(path)}` is a named pipe')


def copyfile(src, dst, *, follow_symlinks=True):
    """Copies content."""
    if _are_same(src, dst):
        raise SameFileError(f'{src!r} and {dst!r} are the same file')
    _refuse_pipe(src)
    _refuse_pipe(dst)
    if os.path.islink(src) and not follow_symlinks:
        os.symlink(os.readlink(src), dst)
        return dst
    with open(src, 'rb') as source:
        try:
            target = open(dst, 'wb')
        except IsADirectoryError as problem:
            if os.path.exists(dst):
                raise
            raise FileNotFoundError(f'Directory does not exist: {dst}') from problem
        with target:
            copyfileobj(source, target)
    return dst


def copymode(src, dst, *, follow_symlinks=True):
    """Copies permissions."""
    if follow_symlinks or not os.path.islink(src):
        os.chmod(dst, stat.S_IMODE(os.stat(src).st_mode))


def copystat(src, dst, *, follow_symlinks=True):
    """Copies permissions and times."""
    links = not follow_symlinks and os.path.islink(src) and os.path.islink(dst)
    facts = os.lstat(src) if links else os.stat(src)
    os.utime(dst, ns=(facts.st_atime_ns, facts.st_mtime_ns), follow_symlinks=not links)
    if not links:
        os.chmod(dst, stat.S_IMODE(facts.st_mode))


def _file_copy(name, copy_facts, doc):
    """A function that copies a file, into `dst` if that is a folder, with facts about it."""

    def function(src, dst, *, follow_symlinks=True):
        target = os.path.join(dst, os.path.basename(src)) if os.path.isdir(dst) else dst
        copyfile(src, target, follow_symlinks=follow_symlinks)
        copy_facts(src, target, follow_symlinks=follow_symlinks)
        return target

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


copy = _file_copy('copy', copymode, "Copies content and permissions.")
copy2 = _file_copy('copy2', copystat, "Copies content, permissions and times.")


def ignore_patterns(*patterns):
    """For `copytree`: leaves out what matches."""
    return lambda path, names: {
        name for pattern in patterns for name in fnmatch.filter(names, pattern)}


def copytree(src, dst, symlinks=False, ignore=None, copy_function=copy2,
             ignore_dangling_symlinks=False, dirs_exist_ok=False):
    """Copies a folder and all that is in it; what fails is told at the end."""
    with os.scandir(src) as found:
        entries = {entry.name: entry for entry in found}
    for name in ignore(os.fspath(src), [*entries]) if ignore else ():
        entries.pop(name, None)
    os.makedirs(dst, exist_ok=dirs_exist_ok)
    failures = []

    def attempt(function, source, target):
        try:
            function(source, target)
        except Error as several:
            failures.extend(several.args[0])
        except OSError as problem:
            failures.append((source, target, str(problem)))

    def copy_link(source, target):
        os.symlink(os.readlink(source), target)
        copystat(source, target, follow_symlinks=False)

    def copy_folder(source, target):
        copytree(source, target, symlinks, ignore, copy_function, ignore_dangling_symlinks,
                 dirs_exist_ok)

    for name, entry in entries.items():
        source, target = os.path.join(src, name), os.path.join(dst, name)
        link = entry.is_symlink()
        if link and symlinks:
            attempt(copy_link, source, target)
        elif link and ignore_dangling_symlinks and not os.path.exists(source):
            continue
        else:
            attempt(copy_folder if os.path.isdir(source) else copy_function, source, target)
    attempt(copystat, src, dst)
    if failures:
        raise Error(failures)
    return dst


# Removal

def rmtree(path, ignore_errors=False, onerror=None, *, dir_fd=None):
    """Removes a folder and all that is in it."""

    def attempt(function, target, *, called=None):
        """What the function gives; None if that has failed and is no reason to stop."""
        try:
            return function(target)
        except OSError:
            if ignore_errors:
                return None
            if onerror is None:
                raise
            onerror(called or function, target, sys.exc_info())

    def refuse(target):
        raise OSError('Cannot call rmtree on a symbolic link')

    if os.path.islink(path):
        attempt(refuse, path, called=os.path.islink)
        return
    if attempt(os.lstat, path) is None:
        return
    # Folders whose content is to be removed, and those that are empty when their turn comes.
    waiting = [(path, False)]
    while waiting:
        folder, is_empty = waiting.pop()
        if is_empty:
            attempt(os.rmdir, folder)
            continue
        waiting.append((folder, True))
        for entry in attempt(os.scandir, folder) or ():
            if _is_real_folder(entry):
                waiting.append((entry.path, False))
            else:
                attempt(os.unlink, entry.path)


def _is_real_folder(entry):
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


# Moves

def _is_inside(path, folder):
    """Is a path that of a folder, or of something in it?"""
    path, folder = (os.path.join(os.path.abspath(each), '') for each in (path, folder))
    return path.startswith(folder)


def move(src, dst, copy_function=copy2):
    """Moves a file or folder, into `dst` when that is a folder."""
    target = dst
    if os.path.isdir(dst):
        if _are_same(src, dst):
            # Only the case of the name may change.
            os.rename(src, dst)
            return None
        name = os.path.basename(os.fspath(src).rstrip(os.path.sep))
        target = os.path.join(dst, name)
        if os.path.exists(target):
            raise Error(f"Destination path '{target}' already exists")
    try:
        os.rename(src, target)
    except OSError:
        _move_by_copy(src, dst, target, copy_function)
    return target


def _move_by_copy(src, dst, target, copy_function):
    """Moves to where a rename does not lead, as to another file system."""
    if os.path.islink(src):
        os.symlink(os.readlink(src), target)
    elif not os.path.isdir(src):
        copy_function(src, target)
    else:
        if _is_inside(dst, src):
            raise Error(f"Cannot move a directory '{src}' into itself '{dst}'.") from None
        copytree(src, target, copy_function=copy_function, symlinks=True)
        rmtree(src)
        return
    os.unlink(src)


# What is where

def get_terminal_size(fallback=(80, 24)):
    """What the environment says, or the terminal."""

    def said(name):
        try:
            return int(os.environ[name])
        except (KeyError, ValueError):
            return 0

    size = [said('COLUMNS'), said('LINES')]
    if min(size) <= 0:
        try:
            known = os.get_terminal_size(sys.__stdout__.fileno())
        except (AttributeError, ValueError, OSError):
            known = fallback
        size = [
            number if number > 0 else seen or other
            for number, seen, other in zip(size, known, fallback)]
    return os.terminal_size(size)


def which(cmd, mode=os.F_OK | os.X_OK, path=None):
    """The path of a command, or None."""
    if os.path.dirname(cmd):
        places = [cmd]
    else:
        folders = os.environ.get('PATH', os.defpath) if path is None else path
        if not folders:
            return None
        folders = os.fsdecode(folders).split(os.pathsep)
        if isinstance(cmd, bytes):
            folders = map(os.fsencode, folders)
        places = [os.path.join(folder, cmd) for folder in folders]
    for place in places:
        if os.path.exists(place) and not os.path.isdir(place) and os.access(place, mode):
            return place
    return None
