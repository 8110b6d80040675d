"""Paragraphs of text: wrapping, filling, and common indentation."""

import re

__all__ = ['TextWrapper', 'wrap', 'fill', 'dedent', 'indent', 'shorten']

_blanks = '\t\n\v\f\r '


class TextWrapper:
    """Breaks a paragraph into lines of limited width. The arguments are attributes, too, and may be
    changed between two paragraphs."""

    unicode_whitespace_trans = dict.fromkeys(map(ord, _blanks), ' ')

    # White space, or what lies between; dashes between words; where a word may break after a hyphen.
    _pieces = re.compile('[{0}]+|[^{0}]+'.format(re.escape(_blanks)))
    _dashes = re.compile(r'''(?<=[\w!"'&.,?])(--+)(?=\w)''')
    _hyphens = re.compile(r'(?:(?<=[^\d\W][^\d\W]-)|(?<=[^\d\W]-[^\d\W]-))(?=[^\d\W]-?[^\d\W])')
    sentence_end_re = re.compile(r"""[a-z][.!?]["']?\Z""")

    def __init__(self, width=70, initial_indent="", subsequent_indent="", expand_tabs=True,
                 replace_whitespace=True, fix_sentence_endings=False, break_long_words=True,
                 drop_whitespace=True, break_on_hyphens=True, tabsize=8, *, max_lines=None,
                 placeholder=' [...]'):
        self.width, self.max_lines, self.placeholder = width, max_lines, placeholder
        self.initial_indent, self.subsequent_indent = initial_indent, subsequent_indent
        self.expand_tabs, self.tabsize = expand_tabs, tabsize
        self.replace_whitespace, self.drop_whitespace = replace_whitespace, drop_whitespace
        self.break_long_words, self.break_on_hyphens = break_long_words, break_on_hyphens
        self.fix_sentence_endings = fix_sentence_endings

    def wrap(self, text):
        """The lines of a paragraph."""
        chunks = self._split_chunks(text)
        if self.fix_sentence_endings:
            self._fix_sentence_endings(chunks)
        return self._wrap_chunks(chunks)

    def fill(self, text):
        """The paragraph in lines, as one text."""
        return "\n".join(self.wrap(text))

    # A text is a list of chunks, which are white space or may not be broken.

    def _split_chunks(self, text):
        return self._split(self._munge_whitespace(text))

    def _munge_whitespace(self, text):
        text = text.expandtabs(self.tabsize) if self.expand_tabs else text
        return text.translate(self.unicode_whitespace_trans) if self.replace_whitespace else text

    def _split(self, text):
        pieces = self._pieces.findall(text)
        if not self.break_on_hyphens:
            return pieces
        chunks = []
        for piece in pieces:
            for part in self._dashes.split(piece) if '-' in piece else (piece,):
                # Dashes stay together.
                chunks += self._hyphens.split(part) if part.strip('-') else [part] if part else []
        return chunks

    def _fix_sentence_endings(self, chunks):
        """Two blanks after what looks like the end of a sentence."""
        for place in range(1, len(chunks)):
            if chunks[place] == " " and self.sentence_end_re.search(chunks[place - 1]):
                chunks[place] = "  "

    def _indentation(self, lines):
        return self.subsequent_indent if lines else self.initial_indent

    def _wrap_chunks(self, chunks):
        if self.width <= 0:
            raise ValueError(f"invalid width {self.width!r} (must be > 0)")
        if self.max_lines is not None:
            last_indent = self._indentation(self.max_lines > 1)
            if len(last_indent) + len(self.placeholder.lstrip()) > self.width:
                raise ValueError("placeholder too large for max width")
        lines = []
        # The next chunk is the last one.
        rest = chunks[::-1]
        while rest:
            indent = self._indentation(lines)
            width = self.width - len(indent)
            if lines:
                self._drop_blank(rest)
            line = self._take_line(rest, width)
            if not line:
                continue
            if self._is_over(lines, line, rest, width):
                self._abridge(lines, line, indent, width)
                break
            lines.append(indent + ''.join(line))
        return lines

    def _drop_blank(self, chunks):
        if self.drop_whitespace and chunks and not chunks[-1].strip():
            chunks.pop()

    def _take_line(self, rest, width):
        """Moves as many chunks into a line as fit, and at least a part of one."""
        line, room = [], width
        while rest and len(rest[-1]) <= room:
            room -= len(rest[-1])
            line.append(rest.pop())
        if rest and len(rest[-1]) > width:
            self._handle_long_word(rest, line, width - room, width)
        self._drop_blank(line)
        return line

    def _handle_long_word(self, reversed_chunks, line, length, width):
        """Moves as much of a word as fits, when it would fit into no line as a whole."""
        if self.break_long_words:
            word = reversed_chunks[-1]
            end = width - length if width >= 1 else 1
            if self.break_on_hyphens and len(word) > end:
                # Behind a hyphen, if there is one with something before it.
                head = word[:end].rpartition('-')[0]
                if head.strip('-'):
                    end = len(head) + 1
            line.append(word[:end])
            # A word may look blank, and be dropped: nothing of it may come back for ever.
            reversed_chunks[-1:] = [word[end:]] if word[end:] else []
        elif not line:
            line.append(reversed_chunks.pop())

    def _is_over(self, lines, line, rest, width):
        """Is this the last line that is allowed, with text behind it?"""
        if self.max_lines is None or len(lines) + 1 < self.max_lines:
            return False
        is_rest_blank = not rest or (
            self.drop_whitespace and len(rest) == 1 and not rest[0].strip())
        return not is_rest_blank or sum(map(len, line)) > width

    def _abridge(self, lines, line, indent, width):
        """Ends the text with the placeholder, behind as much of the last line as there is room for,
        or behind the line before."""
        room = width - len(self.placeholder)
        while line and (not line[-1].strip() or sum(map(len, line)) > room):
            line.pop()
        if line:
            lines.append(indent + ''.join(line) + self.placeholder)
            return
        before = lines[-1].rstrip() if lines else None
        if before is not None and len(before) + len(self.placeholder) <= self.width:
            lines[-1] = before + self.placeholder
        else:
            lines.append(indent + self.placeholder.lstrip())


def wrap(text, width=70, **kwargs):
    """The lines of a paragraph; the keywords are those of TextWrapper."""
    return TextWrapper(width, **kwargs).wrap(text)


def fill(text, width=70, **kwargs):
    """The paragraph in lines, as one text."""
    return "\n".join(wrap(text, width, **kwargs))


def shorten(text, width, **kwargs):
    """The text on one line, cut at a word and marked when it is too long."""
    return fill(' '.join(text.split()), width, max_lines=1, **kwargs)


def dedent(text):
    """The text without the white space that all its lines begin with."""
    lines = text.split('\n')
    margin = None
    for i, line in enumerate(lines):
        content = line.lstrip(' \t')
        if not content:
            lines[i] = ''
            continue
        indentation = line[:len(line) - len(content)]
        if margin is None:
            margin = indentation
            continue
        common = 0
        for a, b in zip(margin, indentation):
            if a != b:
                break
            common += 1
        margin = margin[:common]
    if margin:
        lines = [line[len(margin):] for line in lines]
    return '\n'.join(lines)


def indent(text, prefix, predicate=None):
    """The text with a prefix before each line that the predicate likes, or that is not blank."""
    if predicate is None:
        predicate = str.strip
    return ''.join(prefix + line if predicate(line) else line for line in text.splitlines(True))
