"""Text about exceptions and about where the program is."""

import linecache
import sys
import _traceback

__all__ = (
    "extract_stack extract_tb format_exception format_exception_only format_list format_stack "
    "format_tb print_exc format_exc print_exception print_last print_stack print_tb clear_frames "
    "FrameSummary StackSummary TracebackException walk_stack walk_tb"
).split()

_LINKS = {
    "__cause__": "\nThe above exception was the direct cause of the following exception:\n\n",
    "__context__": "\nDuring handling of the above exception, another exception occurred:\n\n",
}
# How often the same entry is shown before it is only counted.
_SHOWN_REPETITIONS = 3
_ABSENT = object()


def _text_of(value, what, function=str):
    """Text of any object, which may fail to say what it is."""
    try:
        return function(value)
    except Exception:
        return f"<{what} {function.__name__}() failed>"


def _texts_of(variables):
    if not variables:
        return None
    return {name: _text_of(value, "local", repr) for name, value in variables.items()}


# Places --------------------------------------------------------------------------------------


def walk_stack(f):
    """Frames and lines from `f`, or from the caller of the caller, outwards."""
    frame = sys._getframe().f_back.f_back if f is None else f
    while frame is not None:
        yield frame, frame.f_lineno
        frame = frame.f_back


def walk_tb(tb):
    """Frames and lines of a traceback, inwards."""
    while tb is not None:
        here, tb = tb, tb.tb_next
        yield here.tb_frame, here.tb_lineno


class FrameSummary:
    """A place in the program: an entry of a traceback. It is also a tuple of four."""

    __slots__ = (
        "filename", "lineno", "end_lineno", "colno", "end_colno", "name", "_line", "locals"
    )

    def __init__(
        self, filename, lineno, name, *, lookup_line=True, locals=None, line=None,
        end_lineno=None, colno=None, end_colno=None,
    ):
        self.filename, self.lineno, self.name = filename, lineno, name
        self.end_lineno, self.colno, self.end_colno = end_lineno, colno, end_colno
        self.locals = _texts_of(locals)
        self._line = line
        if lookup_line:
            self._original_line

    @property
    def _original_line(self):
        """The line as it is in the file, which is read at the first use."""
        if self._line is None and self.lineno is not None:
            self._line = linecache.getline(self.filename, self.lineno)
        return self._line

    @property
    def line(self):
        """The line without the blanks around it."""
        line = self._original_line
        return line if line is None else line.strip()

    def _four(self):
        return self.filename, self.lineno, self.name, self.line

    def __len__(self):
        return 4

    def __iter__(self):
        return iter(self._four())

    def __getitem__(self, index):
        return self._four()[index]

    def __eq__(self, other):
        if isinstance(other, tuple):
            return self._four() == other
        if not isinstance(other, FrameSummary):
            return NotImplemented
        names = ("filename", "lineno", "name", "locals")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


def _within(limit, places):
    """The first places, or with a negative limit the last."""
    if limit is None:
        limit = getattr(sys, "tracebacklimit", None)
        if limit is None:
            return places
        limit = max(limit, 0)
    return places[:limit] if limit >= 0 else places[limit:]


class StackSummary(list):
    """The entries of a traceback, outermost first."""

    @classmethod
    def extract(cls, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False):
        """The places of frames and lines; on demand with the variables there."""
        return cls(
            FrameSummary(
                frame.f_code.co_filename, line, frame.f_code.co_name, lookup_line=lookup_lines,
                locals=frame.f_locals if capture_locals else None,
            )
            for frame, line in _within(limit, list(frame_gen))
        )

    @classmethod
    def _of_places(cls, places, limit, lookup_lines=True):
        """The same from what the machine says of a traceback."""
        return cls(
            FrameSummary(
                path, line, name, lookup_line=lookup_lines, end_lineno=end_line, colno=column,
                end_colno=end_column,
            )
            for path, line, end_line, column, end_column, name in _within(limit, places)
        )

    @classmethod
    def from_list(cls, a_list):
        """The same from tuples of file, line number, name and line, or from entries."""
        return cls(map(_entry, a_list))

    def format_frame_summary(self, frame_summary):
        """The text of an entry; None if it is not to be shown."""
        entry = frame_summary
        text = f'  File "{entry.filename}", line {entry.lineno}, in {entry.name}\n'
        if entry.line:
            text += f"    {entry.line}\n"
            if entry.colno is not None and entry.end_colno is not None:
                marks = _traceback.marks(
                    entry._original_line.rstrip(), entry.lineno, entry.colno,
                    entry.end_lineno or entry.lineno, entry.end_colno,
                )
                text += "" if marks is None else f"    {marks}\n"
        for name in sorted(entry.locals or ()):
            text += f"    {name} = {entry.locals[name]}\n"
        return text

    def format(self):
        """The text of each entry. Where one is repeated often, it is only counted."""
        texts = []
        before, times = None, 0
        for entry in self:
            text = self.format_frame_summary(entry)
            if text is None:
                continue
            place = entry.filename, entry.lineno, entry.name
            if place != before:
                texts += _repetition(times)
                before, times = place, 0
            times += 1
            if times <= _SHOWN_REPETITIONS:
                texts.append(text)
        return texts + _repetition(times)


def _entry(given):
    if isinstance(given, FrameSummary):
        return given
    path, number, name, line = given
    return FrameSummary(path, number, name, line=line)


def _repetition(times):
    more = times - _SHOWN_REPETITIONS
    if more <= 0:
        return []
    return [f"  [Previous line repeated {more} more time{'s' if more > 1 else ''}]\n"]


# Exceptions ----------------------------------------------------------------------------------


class TracebackException:
    """What there is to print about an exception, without holding on to it."""

    def __init__(
        self, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True,
        capture_locals=False, compact=False, max_group_width=15, max_group_depth=10, _seen=None,
    ):
        seen = set() if _seen is None else _seen
        seen.add(id(exc_value))
        settings = {
            "limit": limit, "lookup_lines": lookup_lines, "capture_locals": capture_locals,
            "compact": compact, "max_group_width": max_group_width,
            "max_group_depth": max_group_depth,
        }
        self.max_group_width, self.max_group_depth = max_group_width, max_group_depth
        self.exc_type = exc_type
        self.stack = StackSummary._of_places(
            _traceback.entries(exc_traceback), limit, lookup_lines
        )
        if capture_locals:
            for entry, (frame, _) in zip(self.stack, _within(limit, list(walk_tb(exc_traceback)))):
                entry.locals = _texts_of(frame.f_locals)
        self._str = _text_of(exc_value, "exception")
        try:
            self.__notes__ = getattr(exc_value, "__notes__", None)
        except Exception:
            self.__notes__ = None
        if exc_type and issubclass(exc_type, SyntaxError):
            self._keep_place(exc_value)
        self.__suppress_context__ = exc_value is not None and exc_value.__suppress_context__
        self.__cause__ = self.__context__ = self.exceptions = None
        if exc_value is None:
            return

        def kept(exception):
            return TracebackException.from_exception(exception, **settings, _seen=seen)

        cause, context = exc_value.__cause__, exc_value.__context__
        if cause is not None and id(cause) not in seen:
            self.__cause__ = kept(cause)
        # A compact one has nothing that would not be shown.
        hidden = compact and (cause is not None or self.__suppress_context__)
        if context is not None and not hidden and id(context) not in seen:
            self.__context__ = kept(context)
        if isinstance(exc_value, BaseExceptionGroup):
            self.exceptions = [kept(member) for member in exc_value.exceptions]

    def _keep_place(self, error):
        """The place in a source that could not be compiled."""
        for name in ("filename", "text", "offset", "end_offset", "msg"):
            setattr(self, name, getattr(error, name))
        for name in ("lineno", "end_lineno"):
            number = getattr(error, name)
            setattr(self, name, None if number is None else str(number))

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        """What there is to print about this exception."""
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    def __eq__(self, other):
        if not isinstance(other, TracebackException):
            return NotImplemented
        return vars(self) == vars(other)

    def __str__(self):
        return self._str

    def print(self, *, file=None, chain=True):
        """Writes all lines to a file."""
        _write(self.format(chain=chain), file)

    def format_exception_only(self):
        """The lines after the traceback."""
        kind = self.exc_type
        if kind is None:
            yield _named(None, self._str)
            return
        name = kind.__qualname__
        if kind.__module__ not in ("__main__", "builtins"):
            module = kind.__module__ if isinstance(kind.__module__, str) else "<unknown>"
            name = f"{module}.{name}"
        if issubclass(kind, SyntaxError):
            yield from self._syntax_error_lines(name)
        else:
            yield _named(name, self._str)
        if isinstance(self.__notes__, (list, tuple)):
            for note in self.__notes__:
                for line in _text_of(note, "note").split("\n"):
                    yield line + "\n"
        elif self.__notes__ is not None:
            yield _text_of(self.__notes__, "__notes__", repr)

    def _syntax_error_lines(self, name):
        where = ""
        if self.lineno is not None:
            yield f'  File "{self.filename or "<string>"}", line {self.lineno}\n'
        elif self.filename is not None:
            where = f" ({self.filename})"
        if self.text is not None:
            line = self.text.rstrip("\n")
            shown = line.lstrip(" \n\f")
            yield f"    {shown}\n"
            if self.offset is not None:
                start = self.offset - 1 - (len(line) - len(shown))
                width = (self.end_offset or 0) - self.offset
                if self.end_offset in (None, 0, -1) or width == 0:
                    width = 1
                if start >= 0:
                    # Tabs stay, so that the marks are below what they mean.
                    before = "".join(c if c.isspace() else " " for c in shown[:start])
                    yield f"    {before}{'^' * width}\n"
        yield f"{name}: {self.msg or '<no detail available>'}{where}\n"

    def format(self, *, chain=True):
        """All lines, those of causes and contexts first."""
        return self._lines(chain, 0)

    def _links(self, chain):
        """The exceptions to show, this last, with what is said before each."""
        links = []
        current = self
        while current is not None:
            link = None
            if chain and current.__cause__ is not None:
                link = "__cause__"
            elif chain and current.__context__ is not None and not current.__suppress_context__:
                link = "__context__"
            links.insert(0, (_LINKS.get(link), current))
            current = link and getattr(current, link)
        return links

    def _lines(self, chain, depth):
        """The lines at a depth of groups; the result says whether they close a group."""
        closed = False
        for message, exception in self._links(chain):
            if message is not None:
                yield _inside(depth, message)
            if exception.exceptions is not None:
                if depth <= self.max_group_depth:
                    yield from exception._group_lines(chain, depth, self.max_group_width)
                    closed = True
                else:
                    yield _inside(depth, f"... (max_group_depth is {self.max_group_depth})\n")
                continue
            for text in exception._own_lines("Traceback"):
                yield _inside(depth, text)
        return closed

    def _own_lines(self, title):
        if self.stack:
            yield f"{title} (most recent call last):\n"
            yield from self.stack.format()
        yield from self.format_exception_only()

    def _group_lines(self, chain, depth, width):
        mark = "|" if depth else "+"
        depth = depth or 1
        for text in self._own_lines("Exception Group Traceback"):
            # Only the title of the outermost group has the mark.
            yield _inside(depth, text, mark if self.stack else "|")
            mark = "|"
        margin = "  " * depth
        closed = False
        for number, member in enumerate(self.exceptions[:width], 1):
            start = "+-" if number == 1 else "  "
            yield f"{margin}{start}+---------------- {number} ----------------\n"
            closed = yield from member._lines(chain, depth + 1)
        more = len(self.exceptions) - width
        if more > 0:
            start = "  " if width else "+-"
            yield f"{margin}{start}+---------------- ... ----------------\n"
            yield _inside(depth + 1, f"and {more} more exception{'s' if more > 1 else ''}\n")
            closed = False
        if not closed:
            yield f"{margin}  +------------------------------------\n"


def _inside(depth, text, mark="|"):
    """Text with the margin of the groups that it is in."""
    if not depth:
        return text
    margin = f"{'  ' * depth}{mark} "
    return "".join(margin + line for line in text.splitlines(keepends=True))


def _named(name, text):
    return f"{name}: {text}\n" if text else f"{name}\n"


def _exception_of(exc, value, tb, **settings):
    """The exception that a call is about: it is given alone, or as three arguments."""
    if (value is _ABSENT) != (tb is _ABSENT):
        raise ValueError("Both or neither of value and tb must be given")
    if value is _ABSENT:
        if exc is not None and not isinstance(exc, BaseException):
            raise TypeError(f"Exception expected for value, {type(exc).__name__} found")
        value, tb = exc, getattr(exc, "__traceback__", None)
    return TracebackException(type(value), value, tb, compact=True, **settings)


# Functions -----------------------------------------------------------------------------------


def _write(texts, file):
    stream = sys.stderr if file is None else file
    for text in texts:
        print(text, file=stream, end="")


def format_exception(exc, /, value=_ABSENT, tb=_ABSENT, limit=None, chain=True):
    """An exception with its traceback and its causes, as a list of texts."""
    return list(_exception_of(exc, value, tb, limit=limit).format(chain=chain))


def print_exception(exc, /, value=_ABSENT, tb=_ABSENT, limit=None, file=None, chain=True):
    """Prints an exception with its traceback and its causes."""
    _exception_of(exc, value, tb, limit=limit).print(file=file, chain=chain)


def format_exception_only(exc, /, value=_ABSENT):
    """The lines after the traceback."""
    error = exc if value is _ABSENT else value
    return list(_exception_of(error, error, None).format_exception_only())


def format_exc(limit=None, chain=True):
    """The exception that is being handled, as one text."""
    return "".join(format_exception(*sys.exc_info(), limit, chain))


def print_exc(limit=None, file=None, chain=True):
    """Prints the exception that is being handled."""
    print_exception(*sys.exc_info(), limit, file, chain)


def print_last(limit=None, file=None, chain=True):
    """Prints the last exception that nothing has caught."""
    if not hasattr(sys, "last_type"):
        raise ValueError("no last exception")
    print_exception(sys.last_type, sys.last_value, sys.last_traceback, limit, file, chain)


def extract_tb(tb, limit=None):
    """The entries of a traceback."""
    return StackSummary._of_places(_traceback.entries(tb), limit)


def extract_stack(f=None, limit=None):
    """Where the program is: the entries of the frames around, outermost first."""
    frame = sys._getframe(1) if f is None else f
    places = [
        (path, line, None, None, None, name)
        for path, line, _, _, _, name in _traceback.stack(frame)
    ]
    # The innermost are wanted, which come last.
    return StackSummary._of_places(places, limit and -limit)


def format_list(extracted_list):
    """The texts of entries."""
    return StackSummary.from_list(extracted_list).format()


def print_list(extracted_list, file=None):
    """Prints entries."""
    _write(format_list(extracted_list), file)


def format_tb(tb, limit=None):
    """The texts of a traceback."""
    return extract_tb(tb, limit).format()


def print_tb(tb, limit=None, file=None):
    """Prints a traceback."""
    _write(format_tb(tb, limit), file)


def format_stack(f=None, limit=None):
    """The texts of where the program is."""
    return extract_stack(sys._getframe(1) if f is None else f, limit).format()


def print_stack(f=None, limit=None, file=None):
    """Prints where the program is."""
    _write(extract_stack(sys._getframe(1) if f is None else f, limit).format(), file)


def clear_frames(tb):
    """Lets go of the variables of a traceback's frames."""
    for frame, _ in walk_tb(tb):
        try:
            frame.clear()
        except RuntimeError:
            # It is still running.
            pass
