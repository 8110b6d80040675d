"""Words as a shell reads them."""

__all__ = ["shlex", "split", "quote", "join"]

import os
import re
import string
import sys
from collections import deque
from io import StringIO

# The letters of Latin-1 that are words of a shell; the sign × is not one of them, nor is ÷.
_LATIN = "".join(c for c in map(chr, range(0xC0, 0x100)) if c.isalpha())


def _as_stream(source):
    return StringIO(source) if isinstance(source, str) else source


class shlex:
    """Reads words from a text or a stream.

    What the characters mean is said by attributes, which may be changed at any time.
    """

    def __init__(self, instream=None, infile=None, posix=False, punctuation_chars=False):
        self.instream = sys.stdin if instream is None else _as_stream(instream)
        self.infile = None if instream is None else infile
        self.lineno = 1
        # What is read when this is through, and words and characters that were given back.
        self.filestack, self.pushback, self._returned = deque(), deque(), []
        self._at_end = False
        self.source = None
        self.debug = 0
        self.token = ""
        self.posix = posix
        self.eof = None if posix else ""
        self.whitespace, self.whitespace_split = " \t\r\n", False
        self.commenters = "#"
        self.quotes, self.escape, self.escapedquotes = "'\"", "\\", '"'
        if punctuation_chars is True:
            punctuation_chars = "();<>|&"
        self._punctuation_chars = punctuation_chars or ""
        self.wordchars = string.ascii_letters + string.digits + "_" + (_LATIN if posix else "")
        if punctuation_chars:
            # What stands in names of files, and is no punctuation then.
            wordchars = self.wordchars + "~-./*?="
            self.wordchars = "".join(c for c in wordchars if c not in punctuation_chars)

    @property
    def punctuation_chars(self):
        return self._punctuation_chars

    # Characters

    def _next(self):
        """The next character; nothing at the end."""
        character = self._returned.pop() if self._returned else self.instream.read(1)
        self.lineno += character == "\n"
        return character

    def _skip_line(self):
        self.instream.readline()
        self.lineno += 1

    def _first(self):
        """The first character that is neither blank nor in a comment."""
        while character := self._next():
            if character in self.commenters and character not in self.whitespace:
                self._skip_line()
            elif character not in self.whitespace:
                break
        return character

    def _after_escape(self):
        character = self._next()
        if not character:
            raise ValueError("No escaped character")
        return character

    def _quoted(self, quote):
        """What comes before the next such quote."""
        text = []
        while (character := self._next()) != quote:
            if not character:
                raise ValueError("No closing quotation")
            if self.posix and character in self.escape and quote in self.escapedquotes:
                following = self._after_escape()
                text.append(following if following in (character, quote) else character + following)
            else:
                text.append(character)
        return "".join(text)

    # Words

    def read_token(self):
        """The next word of the stream; None in POSIX mode, or else "", at the end."""
        character = "" if self._at_end else self._first()
        if not character:
            self._at_end = True
            return None if self.posix else ""
        if not (self.posix and character in self.escape or character in self.wordchars):
            if character in self._punctuation_chars:
                return self._punctuation(character)
            if character in self.quotes:
                if not self.posix:
                    return character + self._quoted(character) + character
            elif not self.whitespace_split:
                return character
        return self._word(character)

    def _punctuation(self, character):
        run = ""
        while character and character in self._punctuation_chars:
            run += character
            character = self._after_word_part()
        if character and character not in self.whitespace:
            self._give_back(character)
        return run

    def _after_word_part(self):
        """The next character, or nothing where a word ends; a comment ends only those of POSIX."""
        while character := self._next():
            if character not in self.commenters or character in self.whitespace:
                return character
            self._skip_line()
            if self.posix:
                return ""
        self._at_end = True
        return ""

    def _word(self, character):
        posix = self.posix
        word = ""
        while True:
            if posix and character in self.quotes:
                word += self._quoted(character)
            elif posix and character in self.escape:
                word += self._after_escape()
            else:
                word += character
            character = self._after_word_part()
            if not character or character in self.whitespace:
                return word
            if not self._goes_on(character):
                self._give_back(character)
                return word

    def _goes_on(self, character):
        """Does a word go on with the character?"""
        return (
            character in self.wordchars or character in self.quotes
            or self.posix and character in self.escape
            or self.whitespace_split and character not in self._punctuation_chars)

    def _give_back(self, character):
        if self._punctuation_chars:
            self._returned.append(character)
            self.lineno -= character == "\n"
        else:
            self.pushback.appendleft(character)

    def push_token(self, tok):
        self.pushback.appendleft(tok)

    def get_token(self):
        """The next word, of the sources that are named in the text as well."""
        if self.pushback:
            return self.pushback.popleft()
        token = self.read_token()
        while self.source is not None and token == self.source:
            found = self.sourcehook(self.read_token())
            if found:
                name, stream = found
                self.push_source(stream, name)
            token = self.get_token()
        while token == self.eof and self.filestack:
            self.pop_source()
            token = self.get_token()
        return token

    def __iter__(self):
        return self

    def __next__(self):
        token = self.get_token()
        if token == self.eof:
            raise StopIteration
        return token

    # Sources

    def push_source(self, newstream, newfile=None):
        """Reads another stream first."""
        self.filestack.appendleft((self.infile, self.instream, self.lineno))
        self.instream, self.infile, self.lineno = _as_stream(newstream), newfile, 1

    def pop_source(self):
        """Goes back to the stream that was read before."""
        self.instream.close()
        self.infile, self.instream, self.lineno = self.filestack.popleft()
        self._at_end = False

    def sourcehook(self, newfile):
        """The name and the stream of a file that is named in the text."""
        name = newfile.strip('"')
        if isinstance(self.infile, str) and not os.path.isabs(name):
            name = os.path.join(os.path.dirname(self.infile), name)
        return name, open(name)

    def error_leader(self, infile=None, lineno=None):
        """How messages of compilers begin."""
        name = self.infile if infile is None else infile
        line = self.lineno if lineno is None else lineno
        return f'"{name}", line {line}: '


def split(s, comments=False, posix=True):
    """The words of a command line."""
    if s is None:
        import warnings
        warnings.warn("Passing None for 's' to shlex.split() is deprecated.",
                      DeprecationWarning, stacklevel=2)
    words = shlex(s, posix=posix)
    words.whitespace_split = True
    words.commenters = words.commenters if comments else ""
    return list(words)


def quote(s):
    """A word as the shell must read it."""
    if re.fullmatch(r"[\w@%+=:,./-]+", s, re.ASCII):
        return s
    return "'" + "'\"'\"'".join(s.split("'")) + "'"


def join(split_command):
    """A command line of these words."""
    return " ".join(map(quote, split_command))
