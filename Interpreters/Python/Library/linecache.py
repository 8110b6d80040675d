"""Lines of source files, read once."""

import os
import sys

__all__ = ["getline", "clearcache", "checkcache", "lazycache"]

# By file name: (size, time of change, lines, full name), or (function that gives the text,).
cache = {}


def clearcache():
    """Forgets all files."""
    cache.clear()


def getline(filename, lineno, module_globals=None):
    """A line with its end, or '' when there is none."""
    lines = getlines(filename, module_globals)
    return lines[lineno - 1] if 1 <= lineno <= len(lines) else ""


def getlines(filename, module_globals=None):
    """All lines of a file; an empty list when it cannot be read."""
    entry = cache.get(filename)
    if entry is not None and len(entry) != 1:
        return entry[2]
    try:
        return updatecache(filename, module_globals)
    except MemoryError:
        clearcache()
        return []


def checkcache(filename=None):
    """Forgets files that have changed since they were read."""
    names = list(cache) if filename is None else [filename]
    for name in names:
        entry = cache.get(name)
        if entry is None or len(entry) == 1 or entry[1] is None:
            continue
        size, changed, _, full_name = entry
        try:
            status = os.stat(full_name)
        except OSError:
            cache.pop(name, None)
            continue
        if status.st_size != size or status.st_mtime != changed:
            cache.pop(name, None)


def updatecache(filename, module_globals=None):
    """Reads a file, whether it is known or not."""
    lazy = cache.pop(filename, None)
    if not filename or (filename.startswith("<") and filename.endswith(">")):
        return []
    full_name = filename
    if not os.path.exists(full_name):
        if lazy is not None and len(lazy) == 1:
            try:
                text = lazy[0]()
            except (ImportError, OSError):
                text = None
            if text is not None:
                lines = [line + "\n" for line in text.splitlines()]
                cache[filename] = (len(text), None, lines, full_name)
                return lines
        if os.path.isabs(filename):
            return []
        for folder in sys.path:
            full_name = os.path.join(folder, filename)
            if os.path.exists(full_name):
                break
        else:
            return []
    try:
        with open(full_name, encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
        status = os.stat(full_name)
    except OSError:
        return []
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    cache[filename] = (status.st_size, status.st_mtime, lines, full_name)
    return lines


def lazycache(filename, module_globals):
    """Remembers how to get the text of a module that is no file."""
    if filename in cache:
        return len(cache[filename]) == 1
    if not filename or (filename.startswith("<") and filename.endswith(">")):
        return False
    if module_globals and "__name__" in module_globals:
        name = module_globals["__name__"]
        loader = module_globals.get("__loader__")
        get_source = getattr(loader, "get_source", None)
        if name and get_source:
            cache[filename] = (lambda: get_source(name),)
            return True
    return False
