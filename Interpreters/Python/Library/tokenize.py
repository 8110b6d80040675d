"""Python programs as tokens, comments and blank lines included."""

import re
import token
from builtins import open as _open
from codecs import BOM_UTF8, lookup
from collections import namedtuple
from io import TextIOWrapper
from token import *
from token import EXACT_TOKEN_TYPES

__all__ = token.__all__ + ["tokenize", "generate_tokens", "detect_encoding", "untokenize",
                           "TokenInfo", "open", "TokenError"]

_cookie = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_blank = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)", re.ASCII)
tabsize = 8


class TokenError(Exception):
    """The program ends within a statement or a text."""


class TokenInfo(namedtuple("TokenInfo", "type string start end line")):
    """A token: kind, text, (row, column) of its ends, and the line it is in."""

    def __repr__(self):
        kind = f"{self.type} ({tok_name[self.type]})"
        others = (f"{name}={getattr(self, name)!r}" for name in self._fields[1:])
        return f"TokenInfo(type={kind}, {', '.join(others)})"

    @property
    def exact_type(self):
        """The kind; of an operator, which one it is."""
        found = EXACT_TOKEN_TYPES.get(self.string) if self.type == OP else None
        return self.type if found is None else found


# Patterns ---------------------------------------------------------------------------------------

_NAME = r"\w+"
_INTEGER = (r"0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|"
            r"(?:0(?:_?0)*|[1-9](?:_?[0-9])*)")
_EXPONENT = r"[eE][-+]?[0-9](?:_?[0-9])*"
_POINT = (rf"(?:[0-9](?:_?[0-9])*\.(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:{_EXPONENT})?"
          rf"|[0-9](?:_?[0-9])*{_EXPONENT}")
_NUMBER = rf"(?:[0-9](?:_?[0-9])*|{_POINT})[jJ]|{_POINT}|{_INTEGER}"
_PREFIX = r"(?:[bB][rR]?|[rR][bB]?|[fF][rR]?|[rR][fF]|[uU])?"
_SIGNS = "|".join(map(re.escape, sorted(EXACT_TOKEN_TYPES, key=len, reverse=True)))
_TOKEN = re.compile(
    rf"""[ \f\t]*(?:(?P<end>\Z)|(?P<continued>\\\r?\n)|(?P<comment>\#[^\r\n]*)"""
    rf"""|(?P<triple>{_PREFIX}(?:'''|\"\"\"))|(?P<number>{_NUMBER})|(?P<newline>\r?\n)"""
    rf"""|(?P<string>{_PREFIX}(?:'[^\n'\\]*(?:\\.[^\n'\\]*)*(?:'|\\\r?\n)"""
    rf"""|"[^\n"\\]*(?:\\.[^\n"\\]*)*(?:"|\\\r?\n)))"""
    rf"""|(?P<sign>{_SIGNS})|(?P<name>{_NAME}))""")
_REST = {
    "'": re.compile(r"[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL),
    '"': re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL),
    "'''": re.compile(r"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''", re.DOTALL),
    '"""': re.compile(r'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""', re.DOTALL),
}


# Encodings --------------------------------------------------------------------------------------


def _rest_of(readline):
    """The lines that a function still gives; it ends with an empty one, or with StopIteration."""
    try:
        while line := readline():
            yield line
    except StopIteration:
        pass


def detect_encoding(readline):
    """(encoding, the lines that were read to find it)

    It may be said by a mark before the first line, or by a comment in one of the first two.
    """
    name = getattr(getattr(readline, "__self__", None), "name", None)
    where = "" if name is None else f" for {name!r}"
    lines = _rest_of(readline)
    first = next(lines, b"")
    marked = first.startswith(BOM_UTF8)
    first = first.removeprefix(BOM_UTF8)
    default = "utf-8-sig" if marked else "utf-8"
    read = []
    for line in (first, None):
        # The second counts only if there is no code in the first.
        if line is None:
            line = next(lines, b"") if _blank.match(first) else b""
        if not line:
            break
        read.append(line)
        said = _declared_encoding(line, where)
        if said is None:
            continue
        if not marked:
            return said, read
        if said != "utf-8":
            raise SyntaxError(f"encoding problem{where}: utf-8")
        return default, read
    return default, read


def _declared_encoding(line, where):
    """The encoding that a comment says; None if it says nothing."""
    try:
        match = _cookie.match(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise SyntaxError(f"invalid or missing encoding declaration{where}") from None
    if match is None:
        return None
    said = match[1]
    start = said[:12].lower().replace("_", "-")
    for usual, others in (
        ("utf-8", ("utf-8",)), ("iso-8859-1", ("latin-1", "iso-8859-1", "iso-latin-1"))
    ):
        if any(start == other or start.startswith(f"{other}-") for other in others):
            said = usual
    try:
        lookup(said)
    except LookupError:
        raise SyntaxError(f"unknown encoding{where}: {said}") from None
    return said


def open(filename):
    """A program's file as text, in the encoding that it says."""
    file = _open(filename, "rb")
    try:
        encoding = detect_encoding(file.readline)[0]
        file.seek(0)
        text = TextIOWrapper(file, encoding, line_buffering=True)
        text.mode = "r"
    except BaseException:
        file.close()
        raise
    return text


# Tokens from lines ------------------------------------------------------------------------------


def tokenize(readline):
    """The tokens of lines of bytes; the first one is the encoding."""
    encoding, first = detect_encoding(readline)

    def lines():
        yield from first
        yield from _rest_of(readline)

    return _Tokenizer(encoding).tokens(line.decode(encoding) for line in lines())


def generate_tokens(readline):
    """The tokens of lines of text."""
    return _Tokenizer(None).tokens(_rest_of(readline))


class _Tokenizer:
    """Reads lines one after the other, and knows what is open between them."""

    def __init__(self, encoding):
        self.encoding = encoding
        self.row = 0
        self.line = ""
        self.depth = 0
        self.continued = False
        # The widths of the blocks around.
        self.margins = [0]
        # A text that goes on in the next line: its quote, where it began, itself, its lines.
        self.quote = self.start = self.text = self.lines = None

    def token(self, kind, start, end):
        """A token of the present line."""
        return TokenInfo(
            kind, self.line[start:end], (self.row, start), (self.row, end), self.line
        )

    def tokens(self, lines):
        """All tokens."""
        if self.encoding is not None:
            name = self.encoding.removesuffix("-sig")
            yield TokenInfo(ENCODING, name, (0, 0), (0, 0), "")
        for line in lines:
            self.row += 1
            self.line = line
            if self.quote is not None:
                yield from self.of_text()
            elif self.depth or self.continued:
                self.continued = False
                yield from self.of_code(0)
            elif line.strip(" \t\f"):
                yield from self.of_first_line()
            else:
                # Blanks without an end of line are no line: the program ended before.
                self.row -= 1
                self.line = ""
                break
        yield from self.of_end()

    def of_end(self):
        if self.quote is not None:
            raise TokenError("EOF in multi-line string", self.start)
        after = (self.row + 1, 0)
        if self.depth > 0 or self.continued:
            raise TokenError("EOF in multi-line statement", after)
        line = self.line
        if line and not line.endswith(("\n", "\r")) and not line.strip().startswith("#"):
            size = len(line)
            yield TokenInfo(NEWLINE, "", (self.row, size), (self.row, size + 1), "")
        for kind in [DEDENT] * (len(self.margins) - 1) + [ENDMARKER]:
            yield TokenInfo(kind, "", after, after, "")

    def of_first_line(self):
        """The tokens of a line that begins a statement."""
        line = self.line
        at = len(line) - len(line.lstrip(" \t\f"))
        if line[at] in "#\r\n":
            end = len(line.rstrip("\r\n"))
            if line[at] == "#":
                yield self.token(COMMENT, at, end)
                at = end
            yield self.token(NL, at, len(line))
            return
        # A form feed starts the line again; tabs go to the next stop.
        width = len(line[:at].rpartition("\f")[2].expandtabs(tabsize))
        if width > self.margins[-1]:
            self.margins.append(width)
            yield self.token(INDENT, 0, at)
        elif width not in self.margins:
            raise IndentationError(
                "unindent does not match any outer indentation level",
                ("<tokenize>", self.row, at, line),
            )
        while width < self.margins[-1]:
            self.margins.pop()
            yield self.token(DEDENT, at, at)
        yield from self.of_code(at)

    def of_text(self):
        """The rest of a text that began in a line before, and what comes after it."""
        line, one_line = self.line, len(self.quote) == 1
        match = _REST[self.quote].match(line)
        if match is not None:
            end = (self.row, match.end())
            yield TokenInfo(
                STRING, self.text + line[:match.end()], self.start, end, self.lines + line
            )
            self.quote = None
            yield from self.of_code(match.end())
        elif one_line and not line.endswith(("\\\n", "\\\r\n")):
            end = (self.row, len(line))
            yield TokenInfo(ERRORTOKEN, self.text + line, self.start, end, self.lines)
            self.quote = None
        else:
            self.text += line
            self.lines += line

    def begin_text(self, quote, at):
        self.quote, self.start = quote, (self.row, at)
        self.text, self.lines = self.line[at:], self.line

    def of_code(self, at):
        """The tokens from a column on."""
        line = self.line
        while at < len(line):
            match = _TOKEN.match(line, at)
            if match is None:
                yield self.token(ERRORTOKEN, at, at + 1)
                at += 1
                continue
            what = match.lastgroup
            start, at = match.span(what)
            if what == "end":
                return
            if what == "continued":
                self.continued = True
            elif what == "newline":
                yield self.token(NL if self.depth else NEWLINE, start, at)
            elif what == "triple":
                quote = line[at - 3:at]
                rest = _REST[quote].match(line, at)
                if rest is None:
                    self.begin_text(quote, start)
                    return
                at = rest.end()
                yield self.token(STRING, start, at)
            elif what == "string" and line[at - 1] == "\n":
                self.begin_text("'" if "'" in line[start:start + 3].partition('"')[0] else '"', start)
                return
            elif what == "name" and not match[what].isidentifier():
                at = start + 1
                yield self.token(ERRORTOKEN, start, at)
            else:
                if what == "sign":
                    found = match[what]
                    self.depth += (found in "([{") - (found in ")]}")
                yield self.token(_KINDS[what], start, at)


_KINDS = {"comment": COMMENT, "number": NUMBER, "string": STRING, "sign": OP, "name": NAME}


# Back to text -----------------------------------------------------------------------------------


def untokenize(iterable):
    """A program with these tokens; with whole tokens, the very text."""
    tokens = [tuple(item) for item in iterable]
    encoding = None
    if tokens and tokens[0][0] == ENCODING:
        encoding = tokens.pop(0)[1]
    whole = bool(tokens) and len(tokens[0]) == 5
    text = "".join(_in_place(tokens) if whole else _in_order(tokens))
    return text if encoding is None else text.encode(encoding)


class _Margins:
    """The indentation of each line, from the tokens that begin and end blocks."""

    def __init__(self):
        self.blocks = []
        self.at_start = False

    def takes(self, kind, text):
        """Is it a token that only says something about blocks?"""
        if kind == INDENT:
            self.blocks.append(text)
        elif kind == DEDENT:
            self.blocks.pop()
        return kind in (INDENT, DEDENT)

    def before(self, kind):
        """What stands before a token."""
        if kind in (NEWLINE, NL):
            self.at_start = True
        elif self.at_start and self.blocks:
            self.at_start = False
            return self.blocks[-1]
        return ""


def _in_place(tokens):
    """Tokens with whatever brings each to its place before it."""
    margins = _Margins()
    here = (1, 0)
    for kind, text, start, end, _ in tokens:
        if kind == ENDMARKER:
            return
        if margins.takes(kind, text):
            if kind == DEDENT:
                here = end
            continue
        margin = margins.before(kind)
        if margin and start[1] >= len(margin):
            yield margin
            here = here[0], len(margin)
        if start < here:
            raise ValueError(
                f"start ({start[0]},{start[1]}) precedes previous end ({here[0]},{here[1]})"
            )
        rows = start[0] - here[0]
        yield "\\\n" * rows
        yield " " * (start[1] - (0 if rows else here[1]))
        yield text
        here = (end[0] + 1, 0) if kind in (NEWLINE, NL) else end


def _in_order(tokens):
    """Tokens without places, as far apart as they must be."""
    margins = _Margins()
    before = None
    for kind, text, *_ in tokens:
        if kind == ENCODING:
            continue
        if not margins.takes(kind, text):
            yield margins.before(kind)
            if kind == before == STRING:
                # Else they would be one.
                yield " "
            yield text
            if kind in (NAME, NUMBER):
                yield " "
        before = kind


def main():
    """Shows the tokens of a program."""
    import argparse
    import sys

    options = argparse.ArgumentParser(prog="python -m tokenize")
    options.add_argument("filename", nargs="?", metavar="filename.py")
    options.add_argument("-e", "--exact", action="store_true")
    chosen = options.parse_args()
    if chosen.filename:
        with _open(chosen.filename, "rb") as file:
            found = list(tokenize(file.readline))
    else:
        found = generate_tokens(sys.stdin.readline)
    for item in found:
        (row, column), (end_row, end_column) = item.start, item.end
        kind = tok_name[item.exact_type if chosen.exact else item.type]
        place = f"{row},{column}-{end_row},{end_column}:"
        print(f"{place:<20}{kind:<15}{item.string!r:<15}")


if __name__ == "__main__":
    main()
