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
    """A line with its end, or '' if there is none."""
    lines = getlines(filename, module_globals)
    return lines[lineno - 1] if 0 < lineno <= len(lines) else ""


def getlines(filename, module_globals=None):
    """All lines of a file; an empty list if it cannot be read."""
    known = cache.get(filename, ())
    if len(known) == 4:
        return known[2]
    try:
        return updatecache(filename, module_globals)
    except MemoryError:
        clearcache()
    return []


def checkcache(filename=None):
    """Forgets files that have changed since they were read."""
    for name in [filename] if filename is not None else list(cache):
        match cache.get(name):
            case (size, changed, _, path) if changed is not None:
                try:
                    found = os.stat(path)
                except OSError:
                    found = None
                if found is None or (found.st_size, found.st_mtime) != (size, changed):
                    cache.pop(name, None)


def _is_no_file(name):
    return not name or name.startswith("<") and name.endswith(">")


def _places(name):
    """Where a file may be."""
    yield name
    if not os.path.isabs(name):
        for folder in sys.path:
            if isinstance(folder, str):
                yield os.path.join(folder, name)


def _read(path):
    """The lines of a file, in the encoding that a comment in the first two may say."""
    with open(path, "rb") as file:
        said = any(b"coding" in file.readline() for _ in range(2))
    if said:
        import tokenize

        file = tokenize.open(path)
    else:
        file = open(path, encoding="utf-8-sig")
    with file:
        return file.readlines()


def updatecache(filename, module_globals=None):
    """Reads a file, whether it is known or not."""
    known = cache.pop(filename, None)
    if _is_no_file(filename):
        return []
    if not os.path.exists(filename) and (known is not None or lazycache(filename, module_globals)):
        (source,) = known if known is not None and len(known) == 1 else cache.pop(filename, (None,))
        try:
            text = None if source is None else source()
        except (ImportError, OSError):
            # The loader has no more luck than we would.
            text = None
        if text is not None:
            lines = [f"{line}\n" for line in text.splitlines()]
            cache[filename] = len(text), None, lines, filename
            return lines
    path = next(filter(os.path.exists, _places(filename)), None)
    if path is None:
        return []
    try:
        lines = _read(path)
        found = os.stat(path)
    except (OSError, UnicodeDecodeError, SyntaxError):
        return []
    if lines and lines[-1][-1:] != "\n":
        lines[-1] += "\n"
    cache[filename] = found.st_size, found.st_mtime, lines, path
    return lines


def lazycache(filename, module_globals):
    """Remembers who has the text of a module; says whether somebody has."""
    if filename in cache:
        return len(cache[filename]) == 1
    if _is_no_file(filename) or not module_globals:
        return False
    name = module_globals.get("__name__")
    get_source = getattr(module_globals.get("__loader__"), "get_source", None)
    if not name or get_source is None:
        return False
    cache[filename] = (lambda: get_source(name),)
    return True
