"""Tables as text: rows of fields with commas between them, in many dialects."""

__all__ = [
    "QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC", "QUOTE_NONE", "Error", "Dialect", "excel",
    "excel_tab", "field_size_limit", "reader", "writer", "register_dialect", "get_dialect",
    "list_dialects", "Sniffer", "unregister_dialect", "DictReader", "DictWriter", "unix_dialect",
]

import re
from io import StringIO
from types import GenericAlias

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
                raise TypeError(
                    f'"lineterminator" must be a string, not {type(value).__name__}')
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

(_START_RECORD, _START_FIELD, _IN_FIELD, _IN_QUOTED, _QUOTE_IN_QUOTED, _ESCAPED, _ESCAPED_QUOTED,
 _EAT_NEWLINE, _AFTER_ESCAPED_NEWLINE) = range(9)


class _Reader:
    """Rows of texts, from an iterable of lines."""

    def __init__(self, lines, dialect):
        self._lines = iter(lines)
        self.dialect = dialect
        self.line_num = 0
        dialect_signs = [
            sign for sign in (dialect.delimiter, dialect.quotechar, dialect.escapechar) if sign]
        # Runs of characters that mean nothing: they are taken at once.
        self._plain = re.compile("[^%s\n\r\0]+" % re.escape("".join(dialect_signs))).match

    def __iter__(self):
        return self

    def _end_field(self):
        text = "".join(self._field)
        self._field = []
        if self._is_numeric:
            self._is_numeric = False
            text = float(text)
        self._row.append(text)

    def __next__(self):
        self._row = []
        self._field = []
        self._is_numeric = False
        state = _START_RECORD
        while True:
            try:
                line = next(self._lines)
            except StopIteration:
                if self._field or state in (_IN_QUOTED, _ESCAPED_QUOTED):
                    if self.dialect.strict:
                        raise Error("unexpected end of data") from None
                    self._end_field()
                elif state != _START_RECORD:
                    self._end_field()
                else:
                    raise
                return self._row
            if not isinstance(line, str):
                raise Error(f"iterator should return strings, not {type(line).__name__} "
                            f"(the file should be opened in text mode)")
            self.line_num += 1
            state = self._read(line, state)
            if state == _START_RECORD:
                return self._row

    def _read(self, line, state):
        dialect = self.dialect
        delimiter, quote, escape = dialect.delimiter, dialect.quotechar, dialect.escapechar
        quoting = dialect.quoting
        i, n = 0, len(line)
        size = sum(map(len, self._field))
        while i <= n:
            c = line[i] if i < n else ""
            i += 1
            if c == "\0":
                raise Error("line contains NUL")
            is_end = c in ("\n", "\r", "")
            if state == _AFTER_ESCAPED_NEWLINE:
                if c == "":
                    break
                state = _IN_FIELD
            if state == _START_RECORD:
                if c == "":
                    break
                if is_end:
                    state = _EAT_NEWLINE
                    continue
                state = _START_FIELD
            if state == _START_FIELD:
                size = 0
                if is_end:
                    self._end_field()
                    state = _START_RECORD if c == "" else _EAT_NEWLINE
                elif c == quote and quoting != QUOTE_NONE:
                    state = _IN_QUOTED
                elif c == escape:
                    state = _ESCAPED
                elif c == " " and dialect.skipinitialspace:
                    pass
                elif c == delimiter:
                    self._end_field()
                else:
                    if quoting == QUOTE_NONNUMERIC:
                        self._is_numeric = True
                    match = self._plain(line, i - 1)
                    text = match.group() if match else c
                    i += len(text) - 1
                    size += len(text)
                    self._check(size)
                    self._field.append(text)
                    state = _IN_FIELD
            elif state == _ESCAPED:
                if c == "":
                    c = "\n"
                size += 1
                self._field.append(c)
                state = _AFTER_ESCAPED_NEWLINE if is_end and line[i - 1:i] else _IN_FIELD
                if i > n:
                    break
            elif state == _IN_FIELD:
                if is_end:
                    self._end_field()
                    state = _START_RECORD if c == "" else _EAT_NEWLINE
                elif c == escape:
                    state = _ESCAPED
                elif c == delimiter:
                    self._end_field()
                    state = _START_FIELD
                else:
                    match = self._plain(line, i - 1)
                    text = match.group() if match else c
                    i += len(text) - 1
                    size += len(text)
                    self._check(size)
                    self._field.append(text)
            elif state == _IN_QUOTED:
                if c == "":
                    break
                if c == escape:
                    state = _ESCAPED_QUOTED
                elif c == quote and quoting != QUOTE_NONE:
                    state = _QUOTE_IN_QUOTED if dialect.doublequote else _IN_FIELD
                else:
                    match = self._plain(line, i - 1)
                    text = match.group() if match else c
                    i += len(text) - 1
                    size += len(text)
                    self._check(size)
                    self._field.append(text)
            elif state == _ESCAPED_QUOTED:
                self._field.append(c or "\n")
                size += 1
                state = _IN_QUOTED
                if c == "":
                    break
            elif state == _QUOTE_IN_QUOTED:
                if quoting != QUOTE_NONE and c == quote:
                    self._field.append(c)
                    size += 1
                    state = _IN_QUOTED
                elif c == delimiter:
                    self._end_field()
                    state = _START_FIELD
                elif is_end:
                    self._end_field()
                    state = _START_RECORD if c == "" else _EAT_NEWLINE
                elif not dialect.strict:
                    self._field.append(c)
                    size += 1
                    state = _IN_FIELD
                else:
                    raise Error(f"'{delimiter}' expected after '{quote}'")
            elif state == _EAT_NEWLINE:
                if c == "":
                    state = _START_RECORD
                elif not is_end:
                    raise Error("new-line character seen in unquoted field - do you need to open "
                                "the file with newline=''?")
        if state == _EAT_NEWLINE:
            state = _START_RECORD
        return state

    def _check(self, size):
        if size > _field_limit:
            raise Error(f"field larger than field limit ({_field_limit})")


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
        signs = dialect.delimiter + (dialect.quotechar or "") + (dialect.escapechar or "")
        self._special = re.compile(
            "[%s\n\r%s]" % (re.escape(signs), re.escape(dialect.lineterminator))).search

    def _field(self, value, is_only):
        dialect = self.dialect
        quoting, quote, escape = dialect.quoting, dialect.quotechar, dialect.escapechar
        if quoting == QUOTE_NONNUMERIC:
            quoted = not isinstance(value, (int, float, complex)) and not (
                hasattr(type(value), "__float__"))
        else:
            quoted = quoting == QUOTE_ALL
        text = "" if value is None else value if isinstance(value, str) else str(value)
        if not quoted and self._special(text) is None:
            if text == "" and is_only:
                if quoting == QUOTE_NONE:
                    raise Error("single empty field record must be quoted")
                return quote + quote
            return text
        result = []
        for c in text:
            if (c == dialect.delimiter or c == quote or c == escape or c in "\n\r"
                    or c in dialect.lineterminator):
                if quoting == QUOTE_NONE:
                    wants_escape = True
                elif c == quote:
                    if dialect.doublequote:
                        result.append(quote)
                        wants_escape = False
                    else:
                        wants_escape = True
                    if not wants_escape:
                        quoted = True
                elif c == escape:
                    wants_escape = True
                else:
                    wants_escape = False
                    quoted = True
                if wants_escape:
                    if escape is None:
                        raise Error("need to escape, but no escapechar set")
                    result.append(escape)
            result.append(c)
        text = "".join(result)
        return quote + text + quote if quoted else text

    def writerow(self, row, /):
        try:
            row = list(row)
        except TypeError:
            raise Error(f"iterable expected, not {type(row).__name__}") from None
        is_only = len(row) == 1
        text = self.dialect.delimiter.join(self._field(value, is_only) for value in row)
        return self._write(text + self.dialect.lineterminator)

    def writerows(self, rows, /):
        for row in rows:
            self.writerow(row)


def writer(fileobj, /, dialect=None, **options):
    """An object with `writerow` and `writerows`."""
    return _Writer(fileobj, _dialect(dialect, options))


# Rows as dicts ------------------------------------------------------------------------------------


class DictReader:
    """Rows as dicts, with the names of the first row or with given ones."""

    def __init__(
        self, f, fieldnames=None, restkey=None, restval=None, dialect="excel", *args, **kwds
    ):
        if fieldnames is not None and iter(fieldnames) is fieldnames:
            fieldnames = list(fieldnames)
        self._fieldnames = fieldnames
        self.restkey = restkey
        self.restval = restval
        self.reader = reader(f, dialect, *args, **kwds)
        self.dialect = dialect
        self.line_num = 0

    def __iter__(self):
        return self

    @property
    def fieldnames(self):
        if self._fieldnames is None:
            try:
                self._fieldnames = next(self.reader)
            except StopIteration:
                pass
        self.line_num = self.reader.line_num
        return self._fieldnames

    @fieldnames.setter
    def fieldnames(self, value):
        self._fieldnames = value

    def __next__(self):
        if self.line_num == 0:
            self.fieldnames
        row = next(self.reader)
        self.line_num = self.reader.line_num
        while row == []:
            row = next(self.reader)
        result = dict(zip(self.fieldnames, row))
        names, values = len(self.fieldnames), len(row)
        if names < values:
            result[self.restkey] = row[names:]
        elif names > values:
            for key in self.fieldnames[values:]:
                result[key] = self.restval
        return result

    __class_getitem__ = classmethod(GenericAlias)


class DictWriter:
    """Writes dicts as rows."""

    def __init__(
        self, f, fieldnames, restval="", extrasaction="raise", dialect="excel", *args, **kwds
    ):
        if fieldnames is not None and iter(fieldnames) is fieldnames:
            fieldnames = list(fieldnames)
        self.fieldnames = fieldnames
        self.restval = restval
        extrasaction = extrasaction.lower()
        if extrasaction not in ("raise", "ignore"):
            raise ValueError("extrasaction (%s) must be 'raise' or 'ignore'" % extrasaction)
        self.extrasaction = extrasaction
        self.writer = writer(f, dialect, *args, **kwds)

    def writeheader(self):
        return self.writerow(dict(zip(self.fieldnames, self.fieldnames)))

    def _dict_to_list(self, rowdict):
        if self.extrasaction == "raise":
            wrong = rowdict.keys() - self.fieldnames
            if wrong:
                raise ValueError("dict contains fields not in fieldnames: "
                                 + ", ".join([repr(name) for name in wrong]))
        return (rowdict.get(key, self.restval) for key in self.fieldnames)

    def writerow(self, rowdict):
        return self.writer.writerow(self._dict_to_list(rowdict))

    def writerows(self, rowdicts):
        return self.writer.writerows(map(self._dict_to_list, rowdicts))

    __class_getitem__ = classmethod(GenericAlias)


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
            r"""(?:^|(?P<before>[^\w\n"'])(?P<space> ?))(?P<quote>["']).*?(?P=quote)(?=(?P<after>[^\w\n"'])|$|\n)""",
            sample, re.DOTALL | re.MULTILINE)
        if not found:
            return "", None, False, 0
        quotes, signs, spaces = {}, {}, 0
        for before, space, quote, after in found:
            quotes[quote] = quotes.get(quote, 0) + 1
            sign = before or after
            if sign and (delimiters is None or sign in delimiters):
                signs[sign] = signs.get(sign, 0) + 1
            if space:
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
        """Do the columns differ in kind from their first row?"""
        rows = reader(StringIO(sample), self.sniff(sample))
        header = next(rows)
        kinds = dict.fromkeys(range(len(header)))
        for checked, row in enumerate(rows):
            if checked > 20:
                break
            if len(row) != len(header):
                continue
            for i in list(kinds):
                try:
                    complex(row[i])
                    kind = complex
                except (ValueError, OverflowError):
                    kind = len(row[i])
                if kind != kinds[i]:
                    if kinds[i] is None:
                        kinds[i] = kind
                    else:
                        del kinds[i]
        votes = 0
        for i, kind in kinds.items():
            if isinstance(kind, int):
                votes += 1 if len(header[i]) != kind else -1
            else:
                try:
                    kind(header[i])
                    votes -= 1
                except (ValueError, TypeError):
                    votes += 1
        return votes > 0
