"""What parsers of markup share: where they are in the text."""


class ParserBase:
    """A parser that knows line and column of the place it is at."""

    def reset(self):
        self.lineno, self.offset = 1, 0

    def getpos(self):
        """Line, from 1, and column, from 0."""
        return self.lineno, self.offset

    def updatepos(self, i, j):
        """Goes from one place of the text to another."""
        if i < j:
            lines = self.rawdata.count("\n", i, j)
            if lines:
                self.lineno += lines
                self.offset = j - self.rawdata.rindex("\n", i, j) - 1
            else:
                self.offset += j - i
        return j

    def unknown_decl(self, data):
        """To be replaced: a declaration that is not known."""
