"""The text of a configuration."""

import re
import sys

from .errors import (
    DuplicateOptionError, DuplicateSectionError, MissingSectionHeaderError, ParsingError)


class _Reader:
    """Takes the lines of one source into a parser."""

    def __init__(self, parser, source):
        self.parser = parser
        self.source = source
        # The section and the option that a line may belong to.
        self.name = self.section = self.option = None
        self.indent = 0
        self.seen = set()
        # The values that were read, as lines, by section and option.
        self.values = {}
        self.problem = None
        signs = "|".join(map(re.escape, parser._inline_comment_prefixes))
        self.inline_comment = re.compile(rf"(?:(?<=\s)|^)(?:{signs})") if signs else None

    def read(self, lines):
        try:
            for number, line in enumerate(lines, 1):
                self._line(number, line)
        finally:
            self._keep_values()
        if self.problem is not None:
            raise self.problem

    def _line(self, number, line):
        content = line.strip()
        comment = content.startswith(self.parser._comment_prefixes)
        if comment:
            content = ""
        elif self.inline_comment and (sign := self.inline_comment.search(line)):
            comment = True
            content = line[:sign.start()].strip()
        if not content:
            self._empty(comment)
            return
        start = self.parser.NONSPACECRE.search(line)
        indent = start.start() if start else 0
        if self.option and indent > self.indent:
            self.values[self.name, self.option].append(content)
            return
        self.indent = indent
        header = self.parser.SECTCRE.match(content)
        if header is not None:
            self._open(header.group("header"), number)
        elif self.section is None:
            raise MissingSectionHeaderError(self.source, number, line)
        else:
            self._set(content, number, line)

    def _empty(self, comment):
        if not self.parser._empty_lines_in_values:
            # The next line cannot go on with a value.
            self.indent = sys.maxsize
        elif self.option and not comment:
            lines = self.values[self.name, self.option]
            if lines is not None:
                lines.append("")

    def _open(self, name, number):
        parser = self.parser
        self.name, self.option = name, None
        if name == parser.default_section:
            self.section = parser._defaults
            return
        if name in self.seen and parser._strict:
            raise DuplicateSectionError(name, self.source, number)
        self.seen.add(name)
        if name not in parser._sections:
            parser._make_section(name)
        self.section = parser._sections[name]

    def _set(self, content, number, line):
        parser = self.parser
        found = parser._optcre.match(content)
        option = found and found.group("option")
        if not option:
            if self.problem is None:
                self.problem = ParsingError(self.source)
            self.problem.append(number, repr(line))
            if found is not None:
                self.option = None
            return
        self.option = option = parser.optionxform(option.rstrip())
        place = self.name, option
        if place in self.values and parser._strict:
            raise DuplicateOptionError(self.name, option, self.source, number)
        text = found.group("value")
        self.values[place] = None if text is None else [text.strip()]
        # The place of the option is that of its first line.
        self.section[option] = None

    def _keep_values(self):
        parser = self.parser
        for (name, option), lines in self.values.items():
            default = name == parser.default_section
            section = parser._defaults if default else parser._sections[name]
            value = None if lines is None else "\n".join(lines).rstrip()
            section[option] = parser._interpolation.before_read(parser, name, option, value)
