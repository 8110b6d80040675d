"""From a text in TOML to dicts, by going through it once."""

import re
from datetime import date, datetime, time, timedelta, timezone

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_NUMBER = re.compile(
    r"0(?:x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|b[01](?:_?[01])*|o[0-7](?:_?[0-7])*)"
    r"|[+-]?(?:0|[1-9](?:_?[0-9])*)(?P<float>(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?)")
_CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,6})[0-9]*)?"
_TIME = re.compile(_CLOCK)
_DATE = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    rf"(?:[Tt ]{_CLOCK}(?:([Zz])|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))?)?")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
#: Characters that must be escaped.
_CONTROLS = frozenset(chr(code) for code in (*range(32), 127)) - {"\t"}


class TOMLDecodeError(ValueError):
    """The text is no TOML."""


class _Table(dict):
    """A table while it is read: how it came about says what may still be added."""

    #: Written as `[a]`; made by `a.b = ...`; written as `{...}`, which is complete.
    is_header = is_dotted = is_closed = False


class _Tables(list):
    """A list of tables, made by `[[a]]`."""


def loads(s, /, *, parse_float=float):
    """The content of a text."""
    return _Reader(s.replace("\r\n", "\n"), parse_float).document()


def _plain(value):
    """The same with ordinary dicts and lists."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


class _Reader:
    def __init__(self, text, parse_float):
        self.text, self.at, self.parse_float = text, 0, parse_float

    def fail(self, message, at=None):
        at = self.at if at is None else at
        if at >= len(self.text):
            place = "at end of document"
        else:
            line = self.text.count("\n", 0, at) + 1
            column = at - self.text.rfind("\n", 0, at)
            place = f"at line {line}, column {column}"
        raise TOMLDecodeError(f"{message} ({place})")

    def peek(self):
        return self.text[self.at:self.at + 1]

    def takes(self, word):
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def blanks(self):
        self.at = _BLANK.match(self.text, self.at).end()

    def comment(self):
        if self.peek() == "#":
            end = self.text.find("\n", self.at)
            end = len(self.text) if end < 0 else end
            for at in range(self.at, end):
                if self.text[at] in _CONTROLS:
                    self.fail(f"Found invalid character {self.text[at]!r}", at)
            self.at = end

    def blank_lines(self):
        while True:
            before = self.at
            self.blanks()
            self.takes("\n")
            self.comment()
            if self.at == before:
                return

    def document(self):
        root = table = _Table()
        while True:
            self.blanks()
            self.comment()
            if self.at >= len(self.text):
                return _plain(root)
            if self.takes("\n"):
                continue
            if self.peek() == "[":
                table = self.header(root)
            elif self.peek() in "\"'" or _BARE.match(self.text, self.at):
                self.pair(table)
            else:
                self.fail("Invalid statement")
            self.blanks()
            self.comment()
            if self.at < len(self.text) and not self.takes("\n"):
                self.fail("Expected newline or end of document after a statement")

    # Keys

    def key(self):
        """The parts of a key with dots."""
        parts = [self.key_part()]
        while True:
            self.blanks()
            if not self.takes("."):
                return parts
            self.blanks()
            parts.append(self.key_part())

    def key_part(self):
        mark = self.peek()
        if mark in ('"', "'") and mark:
            return self.string(mark, may_be_long=False)
        match = _BARE.match(self.text, self.at)
        if match is None:
            self.fail("Invalid initial character for a key part")
        self.at = match.end()
        return match.group()

    def header(self, root):
        is_list = self.takes("[[")
        if not is_list:
            self.takes("[")
        start = self.at
        self.blanks()
        parts = self.key()
        if not self.takes("]]" if is_list else "]"):
            words = ("']]' at the end of an array" if is_list else "']' at the end of a table")
            self.fail(f"Expected {words} declaration")
        end = self.at - (2 if is_list else 1)
        table = root
        for part in parts[:-1]:
            table = self.inner(table, part, end, parts)
        last = parts[-1]
        known = table.get(last)
        if is_list:
            if known is None:
                known = table[last] = _Tables()
            elif not isinstance(known, _Tables):
                self.fail("Cannot overwrite a value" if not isinstance(known, list) else
                          f"Cannot mutate immutable namespace {tuple(parts)}", end)
            known.append(_Table())
            return known[-1]
        if known is None:
            known = table[last] = _Table()
        elif not isinstance(known, _Table) or known.is_closed and not isinstance(known, _Tables):
            self.fail("Cannot overwrite a value" if not isinstance(known, (_Table, _Tables))
                      else f"Cannot declare {tuple(parts)} twice", end)
        elif known.is_header or known.is_dotted:
            self.fail(f"Cannot declare {tuple(parts)} twice", end)
        known.is_header = True
        return known

    def inner(self, table, part, end, parts):
        """The table within a table, made when it is not there."""
        known = table.get(part)
        if known is None:
            known = table[part] = _Table()
        elif isinstance(known, _Tables):
            known = known[-1]
        elif not isinstance(known, _Table):
            self.fail("Cannot overwrite a value", end)
        if known.is_closed:
            self.fail(f"Cannot declare {tuple(parts)} twice", end)
        return known

    def pair(self, table):
        """One line `key = value`."""
        start = self.at
        parts, value = self.key_and_value()
        for count, part in enumerate(parts[:-1], 1):
            known = table.get(part)
            if known is None:
                known = table[part] = _Table()
                known.is_dotted = True
            elif not isinstance(known, _Table):
                self.fail("Cannot overwrite a value")
            elif known.is_header:
                self.fail(f"Cannot redefine namespace {tuple(parts[:count])}")
            elif known.is_closed:
                self.fail(f"Cannot mutate immutable namespace {tuple(parts[:-1])}")
            table = known
        if parts[-1] in table:
            self.fail("Cannot overwrite a value")
        table[parts[-1]] = value

    def key_and_value(self):
        parts = self.key()
        if not self.takes("="):
            self.fail("Expected '=' after a key in a key/value pair")
        self.blanks()
        return parts, self.value()

    # Values

    def value(self):
        mark = self.peek()
        if mark and mark in "\"'":
            return self.string(mark)
        if mark == "[":
            return self.array()
        if mark == "{":
            return self.inline_table()
        for word, value in (("true", True), ("false", False)):
            if self.takes(word):
                return value
        match = _DATE.match(self.text, self.at)
        if match is not None:
            try:
                value = self.date(match)
            except ValueError:
                self.fail("Invalid date or datetime")
            self.at = match.end()
            return value
        match = _TIME.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
            return self.time(match.groups())
        match = _NUMBER.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
            text = match.group().replace("_", "")
            return self.number(text) if match["float"] else int(text, 0)
        for words in (("inf", "nan"), ("+inf", "-inf", "+nan", "-nan")):
            for word in words:
                if self.takes(word):
                    return self.parse_float(word)
        self.fail("Invalid value")

    def number(self, text):
        value = self.parse_float(text)
        if isinstance(value, (dict, list)):
            raise ValueError("parse_float must not return dicts or lists")
        return value

    def time(self, groups):
        hour, minute, second, fraction = groups
        return time(int(hour), int(minute), int(second), int(f"{fraction or 0:0<6}"))

    def date(self, match):
        year, month, day, hour, minute, second, fraction, zulu, sign, hours, minutes = match.groups()
        numbers = int(year), int(month), int(day)
        if hour is None:
            return date(*numbers)
        zone = None
        if zulu:
            zone = timezone.utc
        elif sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            zone = timezone(-offset if sign == "-" else offset)
        return datetime(*numbers, int(hour), int(minute), int(second), int(f"{fraction or 0:0<6}"),
                        tzinfo=zone)

    def array(self):
        self.takes("[")
        values = []
        self.blank_lines()
        while not self.takes("]"):
            values.append(self.value())
            self.blank_lines()
            if not self.takes(","):
                if self.takes("]"):
                    break
                self.fail("Unclosed array")
            self.blank_lines()
        return values

    def inline_table(self):
        self.takes("{")
        table = _Table()
        self.blanks()
        if not self.takes("}"):
            while True:
                self.inline_pair(table)
                self.blanks()
                if self.takes("}"):
                    break
                if not self.takes(","):
                    self.fail("Unclosed inline table")
                self.blanks()
        self.close(table)
        return table

    def inline_pair(self, table):
        parts, value = self.key_and_value()
        for part in parts[:-1]:
            known = table.setdefault(part, _Table())
            if not isinstance(known, _Table) or known.is_closed:
                self.fail("Cannot overwrite a value" if not isinstance(known, _Table)
                          else f"Cannot mutate immutable namespace {tuple(parts)}")
            table = known
        if parts[-1] in table:
            self.fail(f"Duplicate inline table key {parts[-1]!r}")
        table[parts[-1]] = value

    def close(self, table):
        table.is_closed = True
        for value in table.values():
            if isinstance(value, _Table) and not value.is_closed:
                self.close(value)

    # Strings

    def string(self, mark, may_be_long=True):
        if may_be_long and self.takes(mark * 3):
            self.takes("\n")
            return self.long_string(mark)
        self.takes(mark)
        pieces = []
        while True:
            letter = self.peek()
            if not letter:
                if mark == "'":
                    self.fail("Expected \"'\"")
                self.fail("Unterminated string")
            if letter == mark:
                self.at += 1
                return "".join(pieces)
            if letter in _CONTROLS:
                self.fail(f"Illegal character {letter!r}" if mark == '"'
                          else f"Found invalid character {letter!r}")
            if letter == "\\" and mark == '"':
                pieces.append(self.escape())
            else:
                pieces.append(letter)
                self.at += 1

    def long_string(self, mark):
        pieces = []
        while True:
            letter = self.peek()
            if not letter:
                self.fail("Expected \"'''\"" if mark == "'" else "Unterminated string")
            if self.takes(mark * 3):
                # Up to two more belong to the text.
                for _ in range(2):
                    if self.takes(mark):
                        pieces.append(mark)
                return "".join(pieces)
            if letter in _CONTROLS and letter != "\n":
                self.fail(f"Illegal character {letter!r}" if mark == '"'
                          else f"Found invalid character {letter!r}")
            if letter == "\\" and mark == '"':
                pieces.append(self.escape(is_long=True))
            else:
                pieces.append(letter)
                self.at += 1

    def escape(self, is_long=False):
        start = self.at
        letter = self.text[start + 1:start + 2]
        self.at += 2
        if is_long and letter in (" ", "\t", "\n") and letter:
            if letter != "\n":
                self.blanks()
                if self.peek() == "":
                    return ""
                if not self.takes("\n"):
                    self.fail("Unescaped '\\' in a string")
            while self.peek() and self.peek() in " \t\n":
                self.at += 1
            return ""
        if letter and letter in "uU":
            count = 4 if letter == "u" else 8
            digits = self.text[self.at:self.at + count]
            if len(digits) != count or not re.fullmatch("[0-9a-fA-F]+", digits):
                self.fail("Invalid hex value")
            self.at += count
            code = int(digits, 16)
            if code > 0x10FFFF or 0xD800 <= code < 0xE000:
                self.fail("Escaped character is not a Unicode scalar value")
            return chr(code)
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        self.fail("Unescaped '\\' in a string")
