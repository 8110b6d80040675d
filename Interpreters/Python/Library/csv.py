"""Tables as text: rows of fields with commas between them, in many dialects."""

__all__ = [
    "QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC", "QUOTE_NONE", "Error", "Dialect", "excel",
    "excel_tab", "field_size_limit", "reader", "writer", "register_dialect", "get_dialect",
    "list_dialects", "Sniffer", "unregister_dialect", "DictReader", "DictWriter", "unix_dialect",
    "__doc__", "__version__",
]

import re
from io import StringIO
from itertools import islice

QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE = range(4)
__version__ = "1.0"


class Error(Exception):
    """A dialect that cannot be, or a text that is no table."""


_field_limit = 131072


def field_size_limit(new_limit=None, /):
    global _field_limit
    old = _field_limit
    if new_limit is not None:
        if not isinstance(new_limit, int):
            raise TypeError("limit must be an integer")
        _field_limit = new_limit
    return old


# Dialects ---------------------------------------------------------------------------------------

_DEFAULTS = {
    "delimiter": ",", "quotechar": '"', "escapechar": None, "doublequote": True,
    "skipinitialspace": False, "lineterminator": "\r\n", "quoting": QUOTE_MINIMAL,
    "strict": False}
_dialects = {}


class _Dialect:
    """A dialect whose attributes have been checked."""

    __slots__ = tuple(_DEFAULTS)

    def __init__(self, base, options):
        for name in options:
            if name not in _DEFAULTS:
                raise TypeError(f"'{name}' is an invalid keyword argument for this function")
        for name, default in _DEFAULTS.items():
            value = options[name] if name in options else getattr(base, name, default)
            object.__setattr__(self, name, self._checked(name, value))
        if self.quotechar is None and self.quoting != QUOTE_NONE:
            if "quoting" in options or hasattr(base, "quoting"):
                raise TypeError("quotechar must be set if quoting enabled")
            object.__setattr__(self, "quoting", QUOTE_NONE)

    @staticmethod
    def _checked(name, value):
        if name in ("delimiter", "quotechar", "escapechar"):
            if value is None and name != "delimiter":
                return None
            if not isinstance(value, str):
                given = type(value).__name__
                wanted = "string" if name == "delimiter" else "string or None"
                raise TypeError(f'"{name}" must be {wanted}, not {given}')
            if len(value) != 1:
                raise TypeError(f'"{name}" must be a 1-character string')
            return value
        if name == "lineterminator":
            if value is None:
                raise TypeError("lineterminator must be set")
            if not isinstance(value, str):
                raise TypeError('"lineterminator" must be a string')
            return value
        if name == "quoting":
            if not isinstance(value, int) or isinstance(value, bool):
                raise TypeError('"quoting" must be an integer')
            if not 0 <= value <= 3:
                raise TypeError('bad "quoting" value')
            return value
        return bool(value)

    def __setattr__(self, name, value):
        raise AttributeError(
            f"attribute '{name}' of '_csv.Dialect' objects is not writable")


def _dialect(dialect, options):
    if isinstance(dialect, str):
        dialect = get_dialect(dialect)
    if isinstance(dialect, _Dialect) and not options:
        return dialect
    return _Dialect(dialect, options)


def register_dialect(name, dialect=None, /, **options):
    if not isinstance(name, str):
        raise TypeError("dialect name must be a string")
    _dialects[name] = _dialect(dialect, options)


def unregister_dialect(name, /):
    try:
        del _dialects[name]
    except KeyError:
        raise Error("unknown dialect") from None


def get_dialect(name, /):
    try:
        return _dialects[name]
    except KeyError:
        raise Error("unknown dialect") from None


def list_dialects():
    return list(_dialects)


class Dialect:
    """To derive dialects from: its attributes say how texts look."""

    _name = ""
    _valid = False
    delimiter = quotechar = escapechar = doublequote = None
    skipinitialspace = lineterminator = quoting = None

    def __init__(self):
        if self.__class__ is not Dialect:
            self._valid = True
        try:
            _Dialect(self, {})
        except TypeError as error:
            raise Error(str(error)) from None


class excel(Dialect):
    """What spreadsheets write."""

    delimiter = ","
    quotechar = '"'
    doublequote = True
    skipinitialspace = False
    lineterminator = "\r\n"
    quoting = QUOTE_MINIMAL


class excel_tab(excel):
    """The same with tabs."""

    delimiter = "\t"


class unix_dialect(Dialect):
    """All fields in quotes, lines as in Unix."""

    delimiter = ","
    quotechar = '"'
    doublequote = True
    skipinitialspace = False
    lineterminator = "\n"
    quoting = QUOTE_ALL


for _name, _class in (("excel", excel), ("excel-tab", excel_tab), ("unix", unix_dialect)):
    register_dialect(_name, _class)


# Reading ----------------------------------------------------------------------------------------


def _run(*signs):
    """A function that finds a run of characters none of which is one of these."""
    signs = re.escape("".join(filter(None, signs)))
    return re.compile(f"[^{signs}]*" if signs else "(?s:.*)").match


class _Reader:
    """Rows of texts, from an iterable of lines."""

    def __init__(self, lines, dialect):
        self.dialect = dialect
        self.line_num = 0
        self._lines = iter(lines)
        self._quote = None if dialect.quoting == QUOTE_NONE else dialect.quotechar
        self._plain_run = _run(dialect.delimiter, dialect.escapechar, "\r", "\n")
        self._quoted_run = _run(self._quote, dialect.escapechar)
        # Lines without these are taken apart at once.
        self._signs = {self._quote, dialect.escapechar} - {None}
        self._is_simple = not dialect.skipinitialspace and dialect.quoting != QUOTE_NONNUMERIC

    def __iter__(self):
        return self

    def __next__(self):
        self._line, self._place = self._next_line(), 0
        if self._is_simple and not any(sign in self._line for sign in self._signs):
            body = self._line.rstrip("\r\n")
            if "\n" not in body and "\r" not in body and len(body) <= _field_limit:
                return body.split(self.dialect.delimiter) if body else []
        row = []
        if self._at("\r\n"):
            self._end_row()
            return row
        while True:
            row.append(self._field())
            if self._at("\r\n"):
                self._end_row()
                return row
            # Over the delimiter.
            self._place += 1

    def _next_line(self):
        line = next(self._lines)
        if not isinstance(line, str):
            raise Error(f"iterator should return strings, not {type(line).__name__} "
                        "(the file should be opened in text mode)")
        self.line_num += 1
        return line

    def _go_on(self):
        """Goes on with the next line within a row; false if there is none."""
        try:
            self._line, self._place = self._next_line(), 0
        except StopIteration:
            if self.dialect.strict:
                raise Error("unexpected end of data") from None
            self._line, self._place = "", 0
            return False
        return True

    def _at(self, signs):
        """Is one of these characters next, or the end of the line?"""
        return self._place >= len(self._line) or self._line[self._place] in signs

    def _end_row(self):
        if self._line[self._place:].strip("\r\n"):
            raise Error("new-line character seen in unquoted field - do you need to open the file "
                        "in universal-newline mode?")

    def _take(self, run, pieces):
        """Takes a run of characters; what ends it, which is empty at the end of the line."""
        found = run(self._line, self._place)
        pieces.append(found[0])
        self._place = found.end()
        if len(pieces[-1]) > _field_limit or sum(map(len, pieces)) > _field_limit:
            raise Error(f"field larger than field limit ({_field_limit})")
        return self._line[self._place:self._place + 1]

    def _take_escaped(self, pieces):
        """Takes an escape character and the next one, which stands for itself; an end of a line
        does so, too."""
        sign = self._line[self._place + 1:self._place + 2] or "\n"
        self._place += 2
        pieces.append(sign)
        return sign

    def _field(self):
        dialect = self.dialect
        while dialect.skipinitialspace and self._line[self._place:self._place + 1] == " ":
            self._place += 1
        first = self._line[self._place:self._place + 1]
        pieces = []
        if first and first == self._quote:
            if self._take_quoted(pieces):
                self._take_plain(pieces)
        else:
            self._take_plain(pieces)
            is_number = first != dialect.escapechar and pieces != [""]
            if dialect.quoting == QUOTE_NONNUMERIC and is_number:
                return float("".join(pieces))
        return "".join(pieces)

    def _take_plain(self, pieces):
        # After an escaped newline the line has no end, until something else ends the field.
        is_endless = False
        while True:
            sign = self._take(self._plain_run, pieces)
            if sign and sign == self.dialect.escapechar:
                is_newline = self._take_escaped(pieces) in "\r\n"
                # It may have been the end of a line that has no newline: that is over then.
                is_inside = self._place <= len(self._line)
                is_endless = is_newline and is_inside
                if is_inside:
                    continue
            elif sign or not is_endless:
                return
            if not self._go_on():
                return

    def _take_quoted(self, pieces):
        """Takes what is in quotes; false at the end of all lines, within the quotes."""
        quote, is_doubled = self._quote, self.dialect.doublequote
        self._place += 1
        while True:
            sign = self._take(self._quoted_run, pieces)
            if sign == "":
                if not self._go_on():
                    return False
            elif sign != quote:
                self._take_escaped(pieces)
            elif is_doubled and self._line[self._place + 1:self._place + 2] == quote:
                pieces.append(quote)
                self._place += 2
            else:
                break
        self._place += 1
        if is_doubled and not self._at(self.dialect.delimiter + "\r\n"):
            # There should be nothing behind the quotes, but there is.
            if self.dialect.strict:
                raise Error(f"'{self.dialect.delimiter}' expected after '{quote}'")
            pieces.append(self._line[self._place])
            self._place += 1
        return True


def reader(iterable, /, dialect=None, **options):
    """An iterator over the rows of a table."""
    return _Reader(iterable, _dialect(dialect, options))


# Writing ----------------------------------------------------------------------------------------


class _Writer:
    """Writes rows to anything with `write`."""

    def __init__(self, file, dialect):
        if not callable(getattr(file, "write", None)):
            raise TypeError('argument 1 must have a "write" method')
        self._write = file.write
        self.dialect = dialect
        quote, escape = dialect.quotechar or "", dialect.escapechar or ""
        meaningful = dialect.delimiter + quote + escape + dialect.lineterminator
        # What has a meaning; of this what needs a sign before it, and then no quotes around it.
        self._special = re.compile(f"[{re.escape(meaningful)}]").search
        if dialect.quoting == QUOTE_NONE:
            marked, outside = meaningful, ""
        else:
            marked = quote + escape
            outside = meaningful.replace(escape, "") if escape else meaningful
            if not dialect.doublequote and quote:
                outside = outside.replace(quote, "")
        self._marked = re.compile(f"[{re.escape(marked)}]" if marked else "(?!)")
        self._needs_quotes = re.compile(f"[{re.escape(outside)}]" if outside else "(?!)").search

    def _mark(self, match):
        sign, dialect = match[0], self.dialect
        if sign == dialect.quotechar and dialect.doublequote and dialect.quoting != QUOTE_NONE:
            return sign + sign
        if dialect.escapechar is None:
            raise Error("need to escape, but no escapechar set")
        return dialect.escapechar + sign

    def _field(self, value):
        quoting = self.dialect.quoting
        is_quoted = quoting == QUOTE_ALL or quoting == QUOTE_NONNUMERIC and not (
            isinstance(value, (int, float, complex)) or hasattr(type(value), "__float__"))
        text = "" if value is None else str(value)
        if self._special(text):
            is_quoted = is_quoted or self._needs_quotes(text) is not None
            text = self._marked.sub(self._mark, text)
        quote = self.dialect.quotechar
        return f"{quote}{text}{quote}" if is_quoted else text

    def writerow(self, row, /):
        """Writes a row; what `write` returns."""
        try:
            fields = [*map(self._field, iter(row))]
        except TypeError:
            if hasattr(type(row), "__iter__") or hasattr(type(row), "__getitem__"):
                raise
            raise Error(f"iterable expected, not {type(row).__name__}") from None
        if fields == [""]:
            # Without quotes it would be a row without fields.
            if self.dialect.quoting == QUOTE_NONE:
                raise Error("single empty field record must be quoted")
            fields = [self.dialect.quotechar * 2]
        return self._write(self.dialect.delimiter.join(fields) + self.dialect.lineterminator)

    def writerows(self, rows, /):
        """Writes several rows."""
        for row in rows:
            self.writerow(row)


def writer(fileobj, /, dialect=None, **options):
    """An object with `writerow` and `writerows`."""
    return _Writer(fileobj, _dialect(dialect, options))


# Rows as dicts ------------------------------------------------------------------------------------


def _kept(names):
    """Names that can be gone through more than once."""
    return names if names is None or iter(names) is not names else [*names]


class DictReader:
    """Rows as dicts, by given names or by those in the first row. `restkey` is the name of what is
    too much, `restval` stands for what is missing."""

    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect="excel", *args,
                 **kwds):
        self.reader = reader(f, dialect, *args, **kwds)
        self.dialect, self.line_num = dialect, 0
        self.restkey, self.restval = restkey, restval
        self._names = _kept(fieldnames)

    @property
    def fieldnames(self):
        """The names; the first row is read for them, if they were not given."""
        if self._names is None:
            self._names = next(self.reader, None)
        self.line_num = self.reader.line_num
        return self._names

    @fieldnames.setter
    def fieldnames(self, names):
        self._names = names

    def __iter__(self):
        return self

    def __next__(self):
        names = self.fieldnames if self.line_num == 0 else self._names
        # Empty lines are no rows.
        row = next(filter(None, self.reader))
        self.line_num = self.reader.line_num
        names = self.fieldnames if names is None else names
        result = dict.fromkeys(names[len(row):], self.restval)
        result = dict(zip(names, row)) | result
        if len(row) > len(names):
            result[self.restkey] = row[len(names):]
        return result


class DictWriter:
    """Writes dicts as rows, their values in the order of the names. `restval` stands for what a
    dict lacks; other keys are ignored, or an error."""

    def __init__(self, f, fieldnames, restval="", extrasaction="raise", dialect="excel", *args,
                 **kwds):
        self.extrasaction = extrasaction.lower()
        if self.extrasaction not in ("raise", "ignore"):
            raise ValueError(
                f"extrasaction ({self.extrasaction}) must be 'raise' or 'ignore'")
        self.fieldnames, self.restval = _kept(fieldnames), restval
        self.writer = writer(f, dialect, *args, **kwds)

    def _row(self, values):
        extra = self.extrasaction == "raise" and values.keys() - self.fieldnames
        if extra:
            raise ValueError("dict contains fields not in fieldnames: "
                             + ", ".join(map(repr, extra)))
        return [values.get(name, self.restval) for name in self.fieldnames]

    def writeheader(self):
        """Writes the names."""
        return self.writerow({name: name for name in self.fieldnames})

    def writerow(self, rowdict):
        """Writes a row; what `write` returns."""
        return self.writer.writerow(self._row(rowdict))

    def writerows(self, rowdicts):
        """Writes several rows."""
        return self.writer.writerows(map(self._row, rowdicts))


class Sniffer:
    """Guesses the dialect of a sample, and whether it begins with names."""

    def __init__(self):
        self.preferred = [",", "\t", ";", " ", ":"]

    def sniff(self, sample, delimiters=None):
        quote, delimiter, doubled, skips = self._from_quotes(sample, delimiters)
        if not delimiter:
            delimiter, skips = self._from_counts(sample, delimiters)
        if not delimiter:
            raise Error("Could not determine delimiter")

        class dialect(Dialect):
            _name = "sniffed"
            lineterminator = "\r\n"
            quoting = QUOTE_MINIMAL
        dialect.doublequote = doubled
        dialect.delimiter = delimiter
        dialect.quotechar = quote or '"'
        dialect.skipinitialspace = skips
        return dialect

    def _from_quotes(self, sample, delimiters):
        """By what stands beside quoted fields."""
        found = re.findall(
            r"""(?:^|(?P<before>[^\w\n"'])(?P<space> ?))(?P<quote>["']).*?(?P=quote)"""
            r"""(?=(?P<after>[^\w\n"'])(?P<gap> ?)|$|\n)""",
            sample, re.DOTALL | re.MULTILINE)
        if not found:
            return "", None, False, 0
        quotes, signs, spaces = {}, {}, 0
        for before, space, quote, after, gap in found:
            quotes[quote] = quotes.get(quote, 0) + 1
            sign = before or after
            if sign and (delimiters is None or sign in delimiters):
                signs[sign] = signs.get(sign, 0) + 1
            if space if before else gap:
                spaces += 1
        quote = max(quotes, key=quotes.get)
        delimiter = max(signs, key=signs.get) if signs else ""
        skips = bool(delimiter) and signs[delimiter] == spaces
        doubled = bool(re.search(
            rf"{quote}[^{quote}\n]*{quote}{quote}[^\n]*{quote}", sample))
        return quote, delimiter, doubled, skips

    def _from_counts(self, sample, delimiters):
        """By characters that are as often in nearly all lines."""
        lines = [line for line in sample.split("\n") if line]
        if not lines:
            return "", 0
        best = []
        candidates = {c for line in lines for c in line if c.isascii()}
        for sign in candidates:
            if delimiters is not None and sign not in delimiters:
                continue
            counts = [line.count(sign) for line in lines]
            usual = max(set(counts), key=counts.count)
            share = counts.count(usual) / len(counts)
            if usual > 0 and share >= 0.9:
                best.append((share, usual, sign))
        if not best:
            return "", 0
        top = max(share for share, _, _ in best)
        signs = [sign for share, _, sign in best if share == top]
        if len(signs) > 1:
            for sign in self.preferred:
                if sign in signs:
                    signs = [sign]
                    break
            else:
                signs.sort(key=lambda sign: max(
                    (usual for share, usual, s in best if s == sign)), reverse=True)
        delimiter = signs[0]
        return delimiter, lines[0].count(delimiter) == lines[0].count(delimiter + " ")

    def has_header(self, sample):
        """Does the first row differ in kind from what stands below it?"""
        rows = reader(StringIO(sample), self.sniff(sample))
        header = next(rows)
        # For each column what all its fields are: numbers, or of one length.
        kinds = {column: set() for column in range(len(header))}
        for row in islice(rows, 21):
            if len(row) == len(header):
                for column, text in enumerate(row):
                    kinds[column].add(_kind(text))
        votes = 0
        for column, found in kinds.items():
            if len(found) < 2:
                name = header[column]
                votes += -1 if found & {len(name)} or found & {_kind(name)} == {"number"} else 1
        return votes > 0


def _kind(text):
    """What a field looks like: a number, or something of a length."""
    try:
        complex(text)
        return "number"
    except (ValueError, OverflowError):
        return len(text)
