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
        return self._replace(type=_Plain(kind))._plain_repr()

    def _plain_repr(self):
        return super().__repr__()

    @property
    def exact_type(self):
        if self.type == OP and self.string in EXACT_TOKEN_TYPES:
            return EXACT_TOKEN_TYPES[self.string]
        return self.type


class _Plain(str):
    def __repr__(self):
        return str(self)


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


def detect_encoding(readline):
    """(encoding, the lines that were read to find it)"""
    try:
        name = readline.__self__.name
    except AttributeError:
        name = None

    def read():
        try:
            return readline()
        except StopIteration:
            return b""

    def cookie_of(line):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            message = "invalid or missing encoding declaration"
            raise SyntaxError(message if name is None else f"{message} for {name!r}") from None
        match = _cookie.match(text)
        if not match:
            return None
        encoding = match.group(1)
        plain = encoding[:12].lower().replace("_", "-")
        if plain == "utf-8" or plain.startswith("utf-8-"):
            encoding = "utf-8"
        elif plain in ("latin-1", "iso-8859-1", "iso-latin-1"):
            encoding = "iso-8859-1"
        try:
            lookup(encoding)
        except LookupError:
            message = f"unknown encoding: {encoding}"
            raise SyntaxError(
                message if name is None else f"unknown encoding for {name!r}: {encoding}"
            ) from None
        if has_mark:
            if encoding != "utf-8":
                raise SyntaxError("encoding problem: utf-8" if name is None
                                  else f"encoding problem for {name!r}: utf-8")
            encoding += "-sig"
        return encoding
    first = read()
    has_mark = first.startswith(BOM_UTF8)
    default = "utf-8"
    if has_mark:
        first = first[3:]
        default = "utf-8-sig"
    if not first:
        return default, []
    encoding = cookie_of(first)
    if encoding:
        return encoding, [first]
    if not _blank.match(first):
        return default, [first]
    second = read()
    if not second:
        return default, [first]
    return cookie_of(second) or default, [first, second]


def open(filename):
    """A program's file as text, in the encoding that it says."""
    buffer = _open(filename, "rb")
    try:
        encoding, _ = detect_encoding(buffer.readline)
        buffer.seek(0)
        text = TextIOWrapper(buffer, encoding, line_buffering=True)
        text.mode = "r"
        return text
    except:
        buffer.close()
        raise


def tokenize(readline):
    """The tokens of lines of bytes; the first one is the encoding."""
    encoding, consumed = detect_encoding(readline)

    def lines():
        for line in consumed:
            yield line.decode(encoding)
        while True:
            try:
                line = readline()
            except StopIteration:
                return
            if not line:
                return
            yield line.decode(encoding)
    return _tokens(lines(), encoding)


def generate_tokens(readline):
    """The tokens of lines of text."""
    def lines():
        while True:
            try:
                line = readline()
            except StopIteration:
                return
            if not line:
                return
            yield line
    return _tokens(lines(), None)


def _indentation(line):
    """(its width, where it ends)"""
    column = i = 0
    for i, c in enumerate(line):
        if c == " ":
            column += 1
        elif c == "\t":
            column = (column // tabsize + 1) * tabsize
        elif c == "\f":
            column = 0
        else:
            return column, i
    return column, len(line)


def _tokens(lines, encoding):
    number = depth = 0
    is_continued = False
    indents = [0]
    # A text that goes on: its beginning, its first line, the lines so far, what it ends with.
    text = start = text_lines = closing = None
    if encoding is not None:
        yield TokenInfo(ENCODING, "utf-8" if encoding == "utf-8-sig" else encoding,
                        (0, 0), (0, 0), "")
    previous = line = ""
    for line in lines:
        previous = line
        number += 1
        at, end = 0, len(line)
        if closing is not None:
            match = _REST[closing].match(line)
            if match:
                at = match.end()
                yield TokenInfo(
                    STRING, text + line[:at], start, (number, at), text_lines + line)
                text = closing = None
            elif len(closing) == 1 and not line.endswith(("\\\n", "\\\r\n")):
                yield TokenInfo(ERRORTOKEN, text + line, start, (number, len(line)), text_lines)
                text = closing = None
                continue
            else:
                text += line
                text_lines += line
                continue
        elif depth == 0 and not is_continued:
            column, at = _indentation(line)
            if at == end:
                break
            if line[at] in "#\r\n":
                if line[at] == "#":
                    comment = line[at:].rstrip("\r\n")
                    yield TokenInfo(
                        COMMENT, comment, (number, at), (number, at + len(comment)), line)
                    at += len(comment)
                yield TokenInfo(NL, line[at:], (number, at), (number, len(line)), line)
                continue
            if column > indents[-1]:
                indents.append(column)
                yield TokenInfo(INDENT, line[:at], (number, 0), (number, at), line)
            while column < indents[-1]:
                if column not in indents:
                    raise IndentationError(
                        "unindent does not match any outer indentation level",
                        ("<tokenize>", number, at, line))
                indents.pop()
                yield TokenInfo(DEDENT, "", (number, at), (number, at), line)
        else:
            is_continued = False
        while at < end:
            match = _TOKEN.match(line, at)
            if match is None:
                yield TokenInfo(ERRORTOKEN, line[at], (number, at), (number, at + 1), line)
                at += 1
                continue
            kind = match.lastgroup
            begin, at = match.span(kind)
            found = line[begin:at]
            place = (number, begin), (number, at)
            if kind == "end":
                break
            if kind == "continued":
                is_continued = True
            elif kind == "number":
                yield TokenInfo(NUMBER, found, *place, line)
            elif kind == "newline":
                yield TokenInfo(NL if depth else NEWLINE, found, *place, line)
            elif kind == "comment":
                yield TokenInfo(COMMENT, found, *place, line)
            elif kind == "triple":
                closing = found[-3:]
                ending = _REST[closing].match(line, at)
                if ending:
                    at = ending.end()
                    yield TokenInfo(STRING, line[begin:at], (number, begin), (number, at), line)
                    closing = None
                else:
                    start, text, text_lines = (number, begin), line[begin:], line
                    break
            elif kind == "string":
                if found.endswith("\n"):
                    start, text, text_lines = (number, begin), line[begin:], line
                    closing = next(c for c in found if c in "'\"")
                    break
                yield TokenInfo(STRING, found, *place, line)
            elif kind == "sign":
                if found in "([{":
                    depth += 1
                elif found in ")]}":
                    depth -= 1
                yield TokenInfo(OP, found, *place, line)
            elif found.isidentifier():
                yield TokenInfo(NAME, found, *place, line)
            else:
                yield TokenInfo(ERRORTOKEN, found[0], place[0], (number, begin + 1), line)
                at = begin + 1
    if closing is not None:
        raise TokenError("EOF in multi-line string", start)
    if depth > 0 or is_continued:
        raise TokenError("EOF in multi-line statement", (number + 1, 0))
    if previous and previous[-1] not in "\r\n" and not previous.strip().startswith("#"):
        yield TokenInfo(
            NEWLINE, "", (number, len(previous)), (number, len(previous) + 1), "")
    for _ in indents[1:]:
        yield TokenInfo(DEDENT, "", (number + 1, 0), (number + 1, 0), "")
    yield TokenInfo(ENDMARKER, "", (number + 1, 0), (number + 1, 0), "")


# Back to text -----------------------------------------------------------------------------------


def untokenize(iterable):
    """A program with these tokens; with whole tokens, the very text."""
    tokens = [tuple(item) for item in iterable]
    encoding = None
    if tokens and tokens[0][0] == ENCODING:
        encoding = tokens[0][1]
    if tokens and len(tokens[0]) == 2:
        text = _loosely(tokens)
    else:
        text = _exactly(tokens)
    return text if encoding is None else text.encode(encoding)


def _exactly(tokens):
    parts = []
    row, column = 1, 0
    indents = []
    starts_line = False
    for kind, text, start, end, line in tokens:
        if kind == ENCODING:
            continue
        if kind == ENDMARKER:
            break
        if kind == INDENT:
            indents.append(text)
            continue
        if kind == DEDENT:
            indents.pop()
            row, column = end
            continue
        if kind in (NEWLINE, NL):
            starts_line = True
        elif starts_line and indents:
            if start[1] >= len(indents[-1]):
                parts.append(indents[-1])
                column = len(indents[-1])
            starts_line = False
        if start < (row, column):
            raise ValueError(f"start ({start[0]},{start[1]}) precedes previous end "
                             f"({row},{column})")
        if start[0] > row:
            parts.append("\\\n" * (start[0] - row))
            column = 0
        parts.append(" " * (start[1] - column))
        parts.append(text)
        row, column = end
        if kind in (NEWLINE, NL):
            row += 1
            column = 0
    return "".join(parts)


def _loosely(tokens):
    parts = []
    indents = []
    starts_line = was_string = False
    for kind, text, *_ in tokens:
        if kind == ENCODING:
            continue
        if kind in (NAME, NUMBER):
            text += " "
        if kind == STRING:
            if was_string:
                text = " " + text
            was_string = True
        else:
            was_string = False
        if kind == INDENT:
            indents.append(text)
            continue
        if kind == DEDENT:
            indents.pop()
            continue
        if kind in (NEWLINE, NL):
            starts_line = True
        elif starts_line and indents:
            parts.append(indents[-1])
            starts_line = False
        parts.append(text)
    return "".join(parts)


def main():
    import argparse
    import sys
    parser = argparse.ArgumentParser(prog="python -m tokenize")
    parser.add_argument("filename", nargs="?", metavar="filename.py")
    parser.add_argument("-e", "--exact", action="store_true")
    args = parser.parse_args()
    if args.filename:
        with _open(args.filename, "rb") as file:
            tokens = list(tokenize(file.readline))
    else:
        tokens = _tokens(iter(sys.stdin.readline, ""), None)
    for item in tokens:
        kind = item.exact_type if args.exact else item.type
        place = "%d,%d-%d,%d:" % (item.start + item.end)
        print("%-20s%-15s%-15r" % (place, tok_name[kind], item.string))


if __name__ == "__main__":
    main()
