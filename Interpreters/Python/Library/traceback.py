"""Text about exceptions and about where the program is."""

import sys
import linecache
import _traceback

__all__ = [
    "extract_stack", "extract_tb", "format_exception", "format_exception_only", "format_list",
    "format_stack", "format_tb", "print_exc", "format_exc", "print_exception", "print_last",
    "print_stack", "print_tb", "clear_frames", "FrameSummary", "StackSummary",
    "TracebackException", "walk_stack", "walk_tb",
]

_RECURSION_SHOWN = 3
_missing = object()

_cause_message = "\nThe above exception was the direct cause of the following exception:\n\n"
_context_message = "\nDuring handling of the above exception, another exception occurred:\n\n"


def _safe(value, what, function=str):
    try:
        return function(value)
    except Exception:
        return f"<{what} {function.__name__}() failed>"


# Frames


def walk_stack(f):
    """Frames and lines from `f`, or from the caller, outwards."""
    if f is None:
        f = sys._getframe().f_back.f_back
    while f is not None:
        yield f, f.f_lineno
        f = f.f_back


def walk_tb(tb):
    """Frames and lines of a traceback."""
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


class FrameSummary:
    """One entry of a traceback."""

    __slots__ = ("filename", "lineno", "end_lineno", "colno", "end_colno", "name", "_line", "locals")

    def __init__(
        self, filename, lineno, name, *, lookup_line=True, locals=None, line=None, end_lineno=None,
        colno=None, end_colno=None
    ):
        self.filename = filename
        self.lineno = lineno
        self.name = name
        self._line = line
        if lookup_line:
            self.line
        self.locals = {k: _safe(v, "local", repr) for k, v in locals.items()} if locals else None
        self.end_lineno = end_lineno
        self.colno = colno
        self.end_colno = end_colno

    def __eq__(self, other):
        if isinstance(other, FrameSummary):
            return (
                self.filename == other.filename and self.lineno == other.lineno
                and self.name == other.name and self.locals == other.locals
            )
        if isinstance(other, tuple):
            return (self.filename, self.lineno, self.name, self.line) == other
        return NotImplemented

    def __getitem__(self, index):
        return (self.filename, self.lineno, self.name, self.line)[index]

    def __iter__(self):
        return iter((self.filename, self.lineno, self.name, self.line))

    def __len__(self):
        return 4

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"

    @property
    def _original_line(self):
        self.line
        return self._line

    @property
    def line(self):
        if self._line is None:
            if self.lineno is None:
                return None
            self._line = linecache.getline(self.filename, self.lineno)
        return self._line.strip()


def _limited(entries, limit):
    if limit is None:
        limit = getattr(sys, "tracebacklimit", None)
        if limit is not None and limit < 0:
            limit = 0
    if limit is None:
        return entries
    return entries[:limit] if limit >= 0 else entries[limit:]


class StackSummary(list):
    """The entries of a traceback, outermost first."""

    @classmethod
    def extract(cls, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False):
        result = cls()
        for frame, lineno in _limited(list(frame_gen), limit):
            code = frame.f_code
            result.append(
                FrameSummary(
                    code.co_filename, lineno, code.co_name, lookup_line=lookup_lines,
                    locals=frame.f_locals if capture_locals else None))
        return result

    @classmethod
    def _of_entries(cls, entries, limit, lookup_lines=True):
        result = cls()
        for filename, lineno, end_lineno, colno, end_colno, name in _limited(entries, limit):
            result.append(
                FrameSummary(
                    filename, lineno, name, lookup_line=lookup_lines, end_lineno=end_lineno,
                    colno=colno, end_colno=end_colno))
        return result

    @classmethod
    def from_list(cls, a_list):
        result = cls()
        for entry in a_list:
            if not isinstance(entry, FrameSummary):
                filename, lineno, name, line = entry
                entry = FrameSummary(filename, lineno, name, line=line)
            result.append(entry)
        return result

    def format_frame_summary(self, frame_summary):
        entry = frame_summary
        rows = [f'  File "{entry.filename}", line {entry.lineno}, in {entry.name}\n']
        if entry.line:
            rows.append(f"    {entry.line}\n")
            if entry.colno is not None and entry.end_colno is not None:
                marks = _traceback.marks(
                    entry._original_line.rstrip(), entry.lineno, entry.colno,
                    entry.end_lineno or entry.lineno, entry.end_colno)
                if marks is not None:
                    rows.append(f"    {marks}\n")
        if entry.locals:
            for name, value in sorted(entry.locals.items()):
                rows.append(f"    {name} = {value}\n")
        return "".join(rows)

    def format(self):
        result = []
        last = None
        count = 0

        def repetition():
            hidden = count - _RECURSION_SHOWN
            if hidden > 0:
                plural = "s" if hidden > 1 else ""
                result.append(f"  [Previous line repeated {hidden} more time{plural}]\n")

        for entry in self:
            text = self.format_frame_summary(entry)
            if text is None:
                continue
            place = (entry.filename, entry.lineno, entry.name)
            if place != last:
                repetition()
                last = place
                count = 0
            count += 1
            if count <= _RECURSION_SHOWN:
                result.append(text)
        repetition()
        return result


# Exceptions


class _Margin:
    """How deep in groups the text is, and the lines drawn on the left for that."""

    def __init__(self):
        self.depth = 0
        self.needs_closing = False

    def indent(self):
        return " " * (2 * self.depth)

    def emit(self, text, mark=None):
        if not self.depth:
            yield text
            return
        start = self.indent() + (mark or "|") + " "
        yield "".join(start + line for line in text.splitlines(keepends=True))


class TracebackException:
    """What there is to print about an exception, without holding on to it."""

    def __init__(
        self, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True,
        capture_locals=False, compact=False, max_group_width=15, max_group_depth=10, _seen=None
    ):
        seen = set() if _seen is None else _seen
        seen.add(id(exc_value))
        self.max_group_width = max_group_width
        self.max_group_depth = max_group_depth
        if capture_locals:
            self.stack = StackSummary.extract(
                walk_tb(exc_traceback), limit=limit, lookup_lines=lookup_lines,
                capture_locals=True)
        else:
            self.stack = StackSummary._of_entries(
                _traceback.entries(exc_traceback), limit, lookup_lines)
        self._has_traceback = exc_traceback is not None
        self.exc_type = exc_type
        self._str = _safe(exc_value, "exception")
        try:
            self.__notes__ = getattr(exc_value, "__notes__", None)
        except Exception:
            self.__notes__ = None
        if exc_type and issubclass(exc_type, SyntaxError):
            self.filename = exc_value.filename
            line, end_line = exc_value.lineno, exc_value.end_lineno
            self.lineno = str(line) if line is not None else None
            self.end_lineno = str(end_line) if end_line is not None else None
            self.text = exc_value.text
            self.offset = exc_value.offset
            self.end_offset = exc_value.end_offset
            self.msg = exc_value.msg

        def inner(exception):
            return TracebackException(
                type(exception), exception, exception.__traceback__, limit=limit,
                lookup_lines=lookup_lines, capture_locals=capture_locals, compact=compact,
                max_group_width=max_group_width, max_group_depth=max_group_depth, _seen=seen)

        self.__cause__ = self.__context__ = self.exceptions = None
        self.__suppress_context__ = False
        if exc_value is None:
            return
        self.__suppress_context__ = exc_value.__suppress_context__
        cause, context = exc_value.__cause__, exc_value.__context__
        if cause is not None and id(cause) not in seen:
            self.__cause__ = inner(cause)
        wanted = not compact or (cause is None and not self.__suppress_context__)
        if wanted and context is not None and id(context) not in seen:
            self.__context__ = inner(context)
        if isinstance(exc_value, BaseExceptionGroup):
            self.exceptions = [inner(member) for member in exc_value.exceptions]

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    def __eq__(self, other):
        if isinstance(other, TracebackException):
            return self.__dict__ == other.__dict__
        return NotImplemented

    def __str__(self):
        return self._str

    def format_exception_only(self):
        """The lines after the traceback."""
        if self.exc_type is None:
            yield _last_line(None, self._str)
            return
        name = self.exc_type.__qualname__
        module = self.exc_type.__module__
        if module not in ("__main__", "builtins"):
            name = f"{module if isinstance(module, str) else '<unknown>'}.{name}"
        if issubclass(self.exc_type, SyntaxError):
            yield from self._format_syntax_error(name)
        else:
            yield _last_line(name, self._str)
        notes = self.__notes__
        if isinstance(notes, (list, tuple)):
            for note in notes:
                yield from [line + "\n" for line in _safe(note, "note").split("\n")]
        elif notes is not None:
            yield _safe(notes, "__notes__", repr) + "\n"

    def _format_syntax_error(self, name):
        suffix = ""
        if self.lineno is not None:
            yield f'  File "{self.filename or "<string>"}", line {self.lineno}\n'
        elif self.filename is not None:
            suffix = f" ({self.filename})"
        if self.text is not None:
            line = self.text.rstrip("\n")
            stripped = line.lstrip(" \n\f")
            removed = len(line) - len(stripped)
            yield f"    {stripped}\n"
            if self.offset is not None:
                end = self.end_offset
                if end in (None, 0, -1) or end == self.offset:
                    end = self.offset + 1
                column = self.offset - 1 - removed
                if column >= 0:
                    blank = "".join(c if c.isspace() else " " for c in stripped[:column])
                    yield f"    {blank}{'^' * (end - self.offset)}\n"
        yield f"{name}: {self.msg or '<no detail available>'}{suffix}\n"

    def format(self, *, chain=True, _ctx=None):
        """All lines, those of causes and contexts first."""
        margin = _ctx or _Margin()
        links = []
        exception = self
        while exception is not None:
            message = following = None
            if chain:
                if exception.__cause__ is not None:
                    message, following = _cause_message, exception.__cause__
                elif exception.__context__ is not None and not exception.__suppress_context__:
                    message, following = _context_message, exception.__context__
            links.append((message, exception))
            exception = following
        for message, exception in reversed(links):
            if message is not None:
                yield from margin.emit(message)
            if exception.exceptions is None:
                if exception._has_traceback:
                    yield from margin.emit("Traceback (most recent call last):\n")
                    for text in exception.stack.format():
                        yield from margin.emit(text)
                for text in exception.format_exception_only():
                    yield from margin.emit(text)
            elif margin.depth > self.max_group_depth:
                yield from margin.emit(f"... (max_group_depth is {self.max_group_depth})\n")
            else:
                yield from exception._format_group(margin, chain, self.max_group_width)

    def _format_group(self, margin, chain, width):
        is_outermost = margin.depth == 0
        if is_outermost:
            margin.depth = 1
        if self._has_traceback:
            yield from margin.emit(
                "Exception Group Traceback (most recent call last):\n",
                "+" if is_outermost else None)
            for text in self.stack.format():
                yield from margin.emit(text)
        for text in self.format_exception_only():
            yield from margin.emit(text)
        count = len(self.exceptions)
        shown = count if count <= width else width + 1
        margin.needs_closing = False
        for i in range(shown):
            is_last = i == shown - 1
            if is_last:
                margin.needs_closing = True
            is_cut = i >= width
            title = "..." if is_cut else str(i + 1)
            start = "+-" if i == 0 else "  "
            yield f"{margin.indent()}{start}+---------------- {title} ----------------\n"
            margin.depth += 1
            if is_cut:
                rest = count - width
                yield from margin.emit(f"and {rest} more exception{'s' if rest > 1 else ''}\n")
            else:
                yield from self.exceptions[i].format(chain=chain, _ctx=margin)
            if is_last and margin.needs_closing:
                yield margin.indent() + "+------------------------------------\n"
                margin.needs_closing = False
            margin.depth -= 1
        if is_outermost:
            margin.depth = 0

    def print(self, *, file=None, chain=True):
        if file is None:
            file = sys.stderr
        for text in self.format(chain=chain):
            print(text, file=file, end="")


def _last_line(name, text):
    return f"{name}: {text}\n" if text else f"{name}\n"


def _parts(exc, value, tb):
    if value is _missing and tb is _missing:
        if exc is None or isinstance(exc, BaseException):
            return type(exc), exc, getattr(exc, "__traceback__", None)
        raise TypeError(f"Exception expected for value, {type(exc).__name__} found")
    if value is _missing or tb is _missing:
        raise ValueError("Both or neither of value and tb must be given")
    return type(value), value, tb


# Functions


def print_exception(exc, /, value=_missing, tb=_missing, limit=None, file=None, chain=True):
    """Prints an exception with its traceback and its causes."""
    kind, value, tb = _parts(exc, value, tb)
    TracebackException(kind, value, tb, limit=limit, compact=True).print(file=file, chain=chain)


def format_exception(exc, /, value=_missing, tb=_missing, limit=None, chain=True):
    """The same as a list of strings."""
    kind, value, tb = _parts(exc, value, tb)
    return list(TracebackException(kind, value, tb, limit=limit, compact=True).format(chain=chain))


def format_exception_only(exc, /, value=_missing):
    """The lines after the traceback."""
    value = exc if value is _missing else value
    return list(TracebackException(type(value), value, None, compact=True).format_exception_only())


def print_exc(limit=None, file=None, chain=True):
    """Prints the exception being handled."""
    print_exception(*sys.exc_info(), limit=limit, file=file, chain=chain)


def format_exc(limit=None, chain=True):
    """The exception being handled, as one string."""
    return "".join(format_exception(*sys.exc_info(), limit=limit, chain=chain))


def print_last(limit=None, file=None, chain=True):
    """Prints the last exception that nothing has caught."""
    if not hasattr(sys, "last_type"):
        raise ValueError("no last exception")
    print_exception(sys.last_type, sys.last_value, sys.last_traceback, limit, file, chain)


def extract_tb(tb, limit=None):
    """The entries of a traceback."""
    return StackSummary._of_entries(_traceback.entries(tb), limit)


def format_tb(tb, limit=None):
    return extract_tb(tb, limit=limit).format()


def print_tb(tb, limit=None, file=None):
    print_list(extract_tb(tb, limit=limit), file=file)


def format_list(extracted_list):
    return StackSummary.from_list(extracted_list).format()


def print_list(extracted_list, file=None):
    if file is None:
        file = sys.stderr
    for text in format_list(extracted_list):
        print(text, file=file, end="")


def extract_stack(f=None, limit=None):
    """Where the program is: the entries of the frames around, outermost first."""
    if f is None:
        f = sys._getframe().f_back
    entries = [
        (filename, lineno, None, None, None, name)
        for filename, lineno, _, _, _, name in _traceback.stack(f)
    ]
    if limit is not None:
        limit = -limit
    return StackSummary._of_entries(entries, limit)


def format_stack(f=None, limit=None):
    if f is None:
        f = sys._getframe().f_back
    return format_list(extract_stack(f, limit=limit))


def print_stack(f=None, limit=None, file=None):
    if f is None:
        f = sys._getframe().f_back
    print_list(extract_stack(f, limit=limit), file=file)


def clear_frames(tb):
    """Lets go of the variables of a traceback's frames."""
    while tb is not None:
        try:
            tb.tb_frame.clear()
        except RuntimeError:
            pass
        tb = tb.tb_next
