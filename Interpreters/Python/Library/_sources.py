"""Where the source of objects is: part of `inspect`."""

import linecache
import os
import re
import sys
import types

from _signatures import unwrap

__all__ = [
    "findsource", "getabsfile", "getblock", "getfile", "getmodule", "getmodulename", "getsource",
    "getsourcefile", "getsourcelines", "indentsize",
]


def indentsize(line):
    """The width of the spaces that a line begins with."""
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def getfile(object):
    """The file that an object was made in."""
    if isinstance(object, types.ModuleType):
        if getattr(object, "__file__", None):
            return object.__file__
        raise TypeError(f"{object!r} is a built-in module")
    if isinstance(object, type):
        if hasattr(object, "__module__"):
            module = sys.modules.get(object.__module__)
            if getattr(module, "__file__", None):
                return module.__file__
            if object.__module__ == "__main__":
                raise OSError("source code not available")
        raise TypeError(f"{object!r} is a built-in class")
    if isinstance(object, types.MethodType):
        object = object.__func__
    if isinstance(object, types.FunctionType):
        object = object.__code__
    if isinstance(object, types.TracebackType):
        object = object.tb_frame
    if isinstance(object, types.FrameType):
        object = object.f_code
    if isinstance(object, types.CodeType):
        return object.co_filename
    raise TypeError(
        "module, class, method, function, traceback, frame, or "
        f"code object was expected, got {type(object).__name__}")


def getmodulename(path):
    """The name of the module in a file; None if the file is none."""
    name = os.path.basename(path)
    return name[:-3] if name.endswith(".py") and len(name) > 3 else None


def getsourcefile(object):
    """The file with the source of an object, or None."""
    filename = getfile(object)
    if os.path.exists(filename) or filename in linecache.cache:
        return filename
    return None


def getabsfile(object, _filename=None):
    filename = _filename or getsourcefile(object) or getfile(object)
    return os.path.normcase(os.path.abspath(filename))


def getmodule(object, _filename=None):
    """The module that an object was made in, or None."""
    if isinstance(object, types.ModuleType):
        return object
    if hasattr(object, "__module__"):
        return sys.modules.get(object.__module__)
    try:
        filename = getabsfile(object, _filename)
    except (TypeError, FileNotFoundError):
        return None
    for module in list(sys.modules.values()):
        if isinstance(module, types.ModuleType) and getattr(module, "__file__", None):
            if os.path.normcase(os.path.abspath(module.__file__)) == filename:
                return module
    return None


def findsource(object):
    """All lines of the file of an object, and the index of its first one."""
    filename = getsourcefile(object)
    if filename:
        linecache.checkcache(filename)
    else:
        filename = getfile(object)
        if not (filename.startswith("<") and filename.endswith(">")):
            raise OSError("source code not available")
    module = getmodule(object, filename)
    lines = linecache.getlines(filename, module.__dict__ if module else None)
    if not lines:
        raise OSError("could not get source code")
    if isinstance(object, types.ModuleType):
        return lines, 0
    if isinstance(object, type):
        return lines, _class_line(object, lines)
    if isinstance(object, types.MethodType):
        object = object.__func__
    if isinstance(object, types.FunctionType):
        object = object.__code__
    if isinstance(object, types.TracebackType):
        object = object.tb_frame
    if isinstance(object, types.FrameType):
        object = object.f_code
    if isinstance(object, types.CodeType):
        number = object.co_firstlineno - 1
        if number >= len(lines):
            raise OSError("lineno is out of bounds")
        return lines, number
    raise OSError("could not find code object")


def _class_line(cls, lines):
    """The index of the line in which a class statement, or its first decorator, begins."""
    *path, name = cls.__qualname__.replace(".<locals>", "").split(".")
    scope = []  # Indentation and name of the definitions around a line.
    candidates = []
    for number, line in enumerate(lines):
        match = re.match(r"(\s*)(?:async\s+)?(class|def)\s+(\w+)", line)
        if match is None:
            continue
        indent = len(match[1].expandtabs())
        while scope and scope[-1][0] >= indent:
            scope.pop()
        if match[2] == "class" and match[3] == name and [n for _, n in scope] == path:
            candidates.append((indent, number))
        scope.append((indent, match[3]))
    if not candidates:
        raise OSError("could not find class definition")
    number = candidates[-1][1]
    while number > 0 and lines[number - 1].lstrip().startswith("@"):
        number -= 1
    return number


def getblock(lines):
    """The lines of the definition that begins with the first."""
    depth, quote, is_continued = 0, None, False
    has_begun = False
    is_lambda = not re.match(r"\s*(@|(async\s+)?def\b|class\b)", lines[0])
    indent = indentsize(lines[0])
    end = 0
    for number, line in enumerate(lines):
        stripped = line.strip()
        if quote is None and depth == 0 and not is_continued:
            if not stripped or stripped.startswith("#"):
                if stripped and has_begun and indentsize(line) > indent:
                    end = number + 1
                continue
            if has_begun and indentsize(line) <= indent:
                break
            if number > 0 and is_lambda:
                break
            if re.match(r"\s*((async\s+)?def\b|class\b)", line):
                has_begun = True
        depth, quote = _scan(line, depth, quote)
        is_continued = quote is None and stripped.endswith("\\")
        end = number + 1
    return lines[:end]


def _scan(line, depth, quote):
    """Brackets that are open and the quotes of a string that goes on after a line."""
    i = 0
    while i < len(line):
        if quote is not None:
            if line[i] == "\\":
                i += 1
            elif line.startswith(quote, i):
                i += len(quote) - 1
                quote = None
        elif line[i] in "\"'":
            quote = line[i:i + 3] if line[i:i + 3] == line[i] * 3 else line[i]
            i += len(quote) - 1
        elif line[i] == "#":
            break
        else:
            depth += (line[i] in "([{") - (line[i] in ")]}")
        i += 1
    return depth, quote if quote is not None and len(quote) == 3 else None


def getsourcelines(object):
    """The lines of an object and the number of the first."""
    object = unwrap(object)
    lines, number = findsource(object)
    if isinstance(object, types.TracebackType):
        object = object.tb_frame
    is_module_frame = (
        isinstance(object, types.FrameType) and object.f_code.co_name == "<module>")
    if isinstance(object, types.ModuleType) or is_module_frame:
        return lines, 0
    return getblock(lines[number:]), number + 1


def getsource(object):
    """The text of an object's definition."""
    return "".join(getsourcelines(object)[0])
