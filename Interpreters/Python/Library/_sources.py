"""Where the source of objects is: part of `inspect`."""

import linecache
import os
import sys
import types

from _signatures import unwrap

__all__ = (
    "findsource getabsfile getblock getfile getmodule getmodulename getsource getsourcefile "
    "getsourcelines indentsize"
).split()

# What leads from an object to the code that it runs, one step at a time.
_TO_CODE = (
    (types.MethodType, "__func__"),
    (types.FunctionType, "__code__"),
    (types.TracebackType, "tb_frame"),
    (types.FrameType, "f_code"),
)


def _code_of(object):
    """The code object behind an object, or None."""
    for kind, attribute in _TO_CODE:
        if isinstance(object, kind):
            object = getattr(object, attribute)
    return object if isinstance(object, types.CodeType) else None


def indentsize(line):
    """The width of the blanks that a line begins with."""
    wide = line.expandtabs()
    return len(wide) - len(wide.lstrip())


# Files and modules ---------------------------------------------------------------------------


def getfile(object):
    """The file that an object was made in."""
    code = _code_of(object)
    if code is not None:
        return code.co_filename
    if isinstance(object, types.ModuleType):
        what, home = "module", object
    elif isinstance(object, type):
        what, home = "class", sys.modules.get(object.__module__)
    else:
        raise TypeError(
            "module, class, method, function, traceback, frame, or "
            f"code object was expected, got {type(object).__name__}"
        )
    path = getattr(home, "__file__", None)
    if path:
        return path
    if what == "class" and object.__module__ == "__main__":
        raise OSError("source code not available")
    raise TypeError(f"{object!r} is a built-in {what}")


def getmodulename(path):
    """The name of the module in a file; None if the file is none."""
    name = os.path.basename(path)
    return name.removesuffix(".py") if name.endswith(".py") else None


def getsourcefile(object):
    """The file with the source of an object, or None."""
    path = getfile(object)
    if path in linecache.cache or os.path.exists(path):
        return path
    loader = getattr(getmodule(object, path), "__loader__", None)
    return None if loader is None else path


def getabsfile(object, _filename=None):
    """The full path of that file."""
    return _full(_filename or getsourcefile(object) or getfile(object))


def _full(path):
    return os.path.normcase(os.path.abspath(path))


def getmodule(object, _filename=None):
    """The module that an object was made in, or None."""
    if isinstance(object, types.ModuleType):
        return object
    if hasattr(object, "__module__"):
        return sys.modules.get(object.__module__)
    try:
        wanted = _full(_filename or getfile(object))
    except (TypeError, OSError):
        return None
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if path and isinstance(module, types.ModuleType) and _full(path) == wanted:
            return module
    return None


# Definitions ---------------------------------------------------------------------------------


def findsource(object):
    """All lines of the file of an object, and the index of its first one."""
    path = getsourcefile(object)
    if path:
        linecache.checkcache(path)
    else:
        path = getfile(object)
        if path[:1] + path[-1:] != "<>":
            raise OSError("source code not available")
    lines = linecache.getlines(path, getattr(getmodule(object, path), "__dict__", None))
    if not lines:
        raise OSError("could not get source code")
    if isinstance(object, types.ModuleType):
        return lines, 0
    code = _code_of(object)
    if isinstance(object, type):
        line = _line_of_class("".join(lines), object.__qualname__)
        if line is None:
            raise OSError("could not find class definition")
    elif code is not None:
        line = code.co_firstlineno
        if line > len(lines):
            raise OSError("lineno is out of bounds")
    else:
        raise OSError("could not find code object")
    return lines, line - 1


def _line_of_class(source, wanted):
    """The line where the first class of this qualified name begins, with its decorators."""
    import ast

    try:
        pending = [(ast.parse(source), "")]
    except SyntaxError:
        return None
    while pending:
        node, place = pending.pop()
        if isinstance(node, ast.ClassDef):
            if place + node.name == wanted:
                return min(item.lineno for item in (node, *node.decorator_list))
            place += f"{node.name}."
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            place += f"{node.name}.<locals>."
        # The last one is the next one.
        pending += [(child, place) for child in ast.iter_child_nodes(node)][::-1]
    return None


class _Reader:
    """Reads lines, and knows after each what is still open."""

    def __init__(self):
        self.depth = 0
        self.quote = None
        self.continued = False

    @property
    def is_inside(self):
        """Does the next line go on with the same statement?"""
        return self.depth > 0 or self.quote is not None or self.continued

    def read(self, line):
        """Reads a line; False if it closes a bracket that was not opened here."""
        at, size = 0, len(line)
        while at < size:
            if self.quote is not None:
                if line[at] == "\\":
                    at += 1
                elif line.startswith(self.quote, at):
                    at += len(self.quote) - 1
                    self.quote = None
            elif line[at] in "'\"":
                triple = line[at] * 3
                self.quote = triple if line.startswith(triple, at) else line[at]
                at += len(self.quote) - 1
            elif line[at] == "#":
                break
            elif line[at] in "([{":
                self.depth += 1
            elif line[at] in ")]}":
                self.depth -= 1
                if self.depth < 0:
                    return False
            at += 1
        self.continued = line.rstrip("\r\n").endswith("\\")
        if self.quote is not None and len(self.quote) == 1 and not self.continued:
            # Such a string ends with its line, even if that is wrong.
            self.quote = None
        return True


def getblock(lines):
    """The lines of the definition that begins with the first."""
    margin = indentsize(lines[0])
    words = lines[0].split(None, 1)[:1] or [""]
    # Decorators come before a definition; anything else is one statement.
    decorators = words[0].startswith("@")
    has_body = decorators or words[0] in ("def", "class", "async")
    reader = _Reader()
    end = 0
    for number, line in enumerate(lines):
        text = line.strip()
        if number > 0 and not reader.is_inside:
            if not text:
                continue
            outside = indentsize(line) <= margin
            if text.startswith("#"):
                if not outside:
                    end = number + 1
                continue
            if not has_body or outside and not decorators:
                break
            if outside:
                decorators = text.startswith("@")
        whole = reader.read(line)
        end = number + 1
        if not whole:
            break
    return lines[:end]


def getsourcelines(object):
    """The lines of an object and the number of the first."""
    object = unwrap(object)
    lines, first = findsource(object)
    code = _code_of(object)
    of_frame = isinstance(object, (types.FrameType, types.TracebackType))
    if isinstance(object, types.ModuleType) or of_frame and code.co_name == "<module>":
        return lines, 0
    return getblock(lines[first:]), first + 1


def getsource(object):
    """The text of an object's definition."""
    return "".join(getsourcelines(object)[0])
