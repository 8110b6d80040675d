"""Warnings: a list of filters says what happens to them."""

import sys
from operator import index

__all__ = (
    "warn warn_explicit showwarning formatwarning filterwarnings simplefilter resetwarnings "
    "catch_warnings"
).split()

_ACTIONS = "default always ignore module once error".split()

# Entries: action, message pattern, category, module pattern, line. The first that fits decides.
# None fits everything, and text only itself.
filters = [("default", None, DeprecationWarning, "__main__", 0)]
filters += [
    ("ignore", None, kind, None, 0)
    for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
]
defaultaction = _defaultaction = "default"
# What was shown by the action "once".
onceregistry = _onceregistry = {}
# Changes with the filters: what was shown before may be shown again then.
_version = 1


class WarningMessage:
    """A warning with its place."""

    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.__dict__.update(
            message=message, category=category, filename=filename, lineno=lineno, file=file,
            line=line, source=source, _category_name=category.__name__ if category else None,
        )

    def __str__(self):
        return (
            f"{{message : {self.message!r}, category : {self._category_name!r}, "
            f"filename : {self.filename!r}, lineno : {self.lineno}, line : {self.line!r}}}"
        )


# Showing -------------------------------------------------------------------------------------


def formatwarning(message, category, filename, lineno, line=None):
    """The text of a warning. Programs may put another function in the place of this one."""
    if line is None:
        try:
            import linecache

            line = linecache.getline(filename, lineno)
        except Exception:
            # The machine may be going down, where modules cannot be imported any more.
            line = ""
    code = f"  {line.strip()}\n" if line else ""
    return f"{filename}:{lineno}: {category.__name__}: {message}\n{code}"


def showwarning(message, category, filename, lineno, file=None, line=None):
    """Shows a warning. Programs may put another function in the place of this one."""
    _receive(WarningMessage(message, category, filename, lineno, file, line))


def _write(warning):
    """Writes a warning to its file, which is sys.stderr unless it has one."""
    file = sys.stderr if warning.file is None else warning.file
    if file is not None:
        text = formatwarning(
            warning.message, warning.category, warning.filename, warning.lineno, warning.line
        )
        try:
            file.write(text)
        except OSError:
            pass


# Gets the warnings that no function of the program shows; a list may take them for a while.
_receive = _write
_own_showwarning = showwarning


def _deliver(warning):
    if showwarning is _own_showwarning:
        _receive(warning)
    elif callable(showwarning):
        showwarning(
            warning.message, warning.category, warning.filename, warning.lineno, warning.file,
            warning.line,
        )
    else:
        raise TypeError("warnings.showwarning() must be set to a function or method")


# Filters -------------------------------------------------------------------------------------


def _filters_mutated():
    """To be called by whoever changes the list itself."""
    global _version
    _version += 1


def resetwarnings():
    """Removes all filters."""
    filters.clear()
    _filters_mutated()


def simplefilter(action, category=Warning, lineno=0, append=False):
    """Adds a filter for a category; in front of the others, unless it is to be the last."""
    _check_filter(action, lineno)
    _put((action, None, category, None, lineno), append)


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    """Adds a filter for messages and modules that begin with what these patterns match."""
    for name, value in (("message", message), ("module", module)):
        assert isinstance(value, str), f"{name} must be a string"
    assert isinstance(category, type), "category must be a class"
    assert issubclass(category, Warning), "category must be a Warning subclass"
    _check_filter(action, lineno)
    text = place = None
    if message or module:
        import re

        text = re.compile(message, re.IGNORECASE) if message else None
        place = re.compile(module) if module else None
    _put((action, text, category, place, lineno), append)


def _check_filter(action, lineno):
    assert action in _ACTIONS, f"invalid action: {action!r}"
    assert isinstance(lineno, int) and lineno >= 0, "lineno must be an int >= 0"


def _put(entry, last):
    known = entry in filters
    if last and known:
        return
    if known:
        filters.remove(entry)
    filters.insert(len(filters) if last else 0, entry)
    _filters_mutated()


def _fits(pattern, text):
    if pattern is None or isinstance(pattern, str):
        return pattern is None or pattern == text
    return pattern.match(text) is not None


def _decision(text, category, module, lineno):
    """What to do with a warning."""
    for action, message, kind, place, line in filters:
        if line in (0, lineno) and issubclass(category, kind):
            if _fits(message, text) and _fits(place, module):
                return action
    return _defaultaction


# Options -------------------------------------------------------------------------------------


def _add_option(option):
    """The filter of one -W, which is action:message:category:module:line, or the first of these."""
    fields = [field.strip() for field in option.split(":")]
    if len(fields) > 5:
        raise ValueError(f"too many fields (max 5): {option!r}")
    action, message, kind, module, line = fields + [""] * (5 - len(fields))
    wanted = "always" if action == "all" else action
    chosen = [known for known in _ACTIONS if known.startswith(wanted)]
    if not chosen:
        raise ValueError(f"invalid action: {action!r}")
    try:
        line = int(line or 0)
    except ValueError:
        pass
    if isinstance(line, str) or line < 0:
        raise ValueError(f"invalid lineno {line!r}")
    category = _category_named(kind) if kind else Warning
    if message or module:
        import re

        message, module = re.escape(message), module and re.escape(module) + r"\Z"
    filterwarnings(chosen[0], message, category, module, line)


def _category_named(name):
    path, _, last = name.rpartition(".")
    try:
        found = getattr(__import__(path or "builtins", None, None, [last]), last)
    except ImportError:
        raise ValueError(f"invalid module name: {path!r}") from None
    except AttributeError:
        raise ValueError(f"unknown warning category: {name!r}") from None
    if isinstance(found, type) and issubclass(found, Warning):
        return found
    raise ValueError(f"invalid warning category: {name!r}")


def _process_options(options):
    for option in options:
        try:
            _add_option(option)
        except ValueError as error:
            print("Invalid -W option ignored:", error, file=sys.stderr)


# Warning -------------------------------------------------------------------------------------


def warn(message, category=None, stacklevel=1, source=None):
    """Warns of what the caller does; with more levels, of what a caller of that does."""
    kind = type(message) if isinstance(message, Warning) else category
    if kind is None:
        kind = UserWarning
    elif not isinstance(kind, type) or not issubclass(kind, Warning):
        raise TypeError(
            f"category must be a Warning subclass, not '{type(category).__name__}'"
        )
    try:
        frame = sys._getframe(stacklevel if stacklevel > 0 else 1)
    except ValueError:
        # There are not so many callers.
        names, path, line = vars(sys), "sys", 1
    else:
        names, path, line = frame.f_globals, frame.f_code.co_filename, frame.f_lineno
    shown = names.setdefault("__warningregistry__", {})
    warn_explicit(
        message, kind, path, line, names.get("__name__", "<string>"), shown, names, source
    )


def warn_explicit(
    message, category, filename, lineno, module=None, registry=None, module_globals=None,
    source=None,
):
    """Warns of a place. The registry of its module has the warnings that were shown there."""
    lineno = index(lineno)
    if module is None:
        module = filename or "<unknown>"
        if module.lower().endswith(".py"):
            module = module[:-3]
    if isinstance(message, Warning):
        text, category, warning = str(message), type(message), message
    else:
        text, warning = message, None
    shown = {} if registry is None else registry
    if shown.get("version", 0) != _version:
        shown.clear()
        shown["version"] = _version
    here = text, category, lineno
    if shown.get(here):
        return
    action = _decision(text, category, module, lineno)
    if action == "ignore":
        return
    if warning is None:
        warning = category(message)
    if action == "error":
        raise warning
    if action != "always":
        # Where the action remembers what it showed, and as what.
        memories = {
            "default": (shown, here),
            "module": (shown, (text, category, 0)),
            "once": (_onceregistry, (text, category)),
        }
        if action not in memories:
            raise RuntimeError(
                f"Unrecognized action ({action!r}) in warnings.filters:\n {filters}"
            )
        memory, entry = memories[action]
        known = memory.get(entry)
        shown[here] = memory[entry] = 1
        if known:
            return
    _deliver(WarningMessage(warning, category, filename, lineno, source=source))


class catch_warnings:
    """A block in which filters may be changed; with `record`, a list has the warnings."""

    # What the block puts back.
    _KEPT = ("filters", "showwarning", "_receive")

    def __init__(
        self, *, record=False, module=None, action=None, category=Warning, lineno=0, append=False
    ):
        self._record = record
        self._module = sys.modules["warnings"] if module is None else module
        self._filter = None if action is None else (action, category, lineno, append)
        self._before = None

    def __repr__(self):
        words = ["record=True"] if self._record else []
        if self._module is not sys.modules["warnings"]:
            words.append(f"module={self._module!r}")
        return f"{type(self).__name__}({', '.join(words)})"

    def __enter__(self):
        if self._before is not None:
            raise RuntimeError(f"Cannot enter {self!r} twice")
        module = self._module
        self._before = {name: getattr(module, name) for name in self._KEPT}
        module.filters = list(module.filters)
        module._filters_mutated()
        if self._filter is not None:
            simplefilter(*self._filter)
        if not self._record:
            return None
        caught = []
        module._receive = caught.append
        module.showwarning = module._own_showwarning
        return caught

    def __exit__(self, *exc_info):
        if self._before is None:
            raise RuntimeError(f"Cannot exit {self!r} without entering first")
        for name, value in self._before.items():
            setattr(self._module, name, value)
        self._module._filters_mutated()


def _deprecated(
    name, message="{name!r} is deprecated and slated for removal in Python {remove}", *, remove,
    _version=sys.version_info,
):
    """Warns of something that goes away in a version; from that version on, it must be gone."""
    remove_text = ".".join(map(str, remove))
    late = _version[:2] > remove or _version[:2] == remove and _version[3] != "alpha"
    if late:
        raise RuntimeError(f"{name!r} was slated for removal after Python {remove_text} alpha")
    warn(message.format(name=name, remove=remove_text), DeprecationWarning, stacklevel=3)


_process_options(sys.warnoptions)
