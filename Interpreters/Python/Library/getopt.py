"""Command lines in the manner of C's getopt."""

__all__ = ["GetoptError", "error", "getopt", "gnu_getopt"]

import os


class GetoptError(Exception):
    """An option that is not known, or its argument is missing."""

    def __init__(self, msg, opt=""):
        super().__init__(msg, opt)
        self.msg, self.opt = msg, opt

    def __str__(self):
        return self.msg


error = GetoptError


def getopt(args, shortopts, longopts=[]):
    """(options with their values, the arguments that are left)"""
    return _Reader(args, shortopts, longopts).read(stops=True)


def gnu_getopt(args, shortopts, longopts=[]):
    """The same, and options may follow arguments."""
    stops = shortopts[:1] == "+" or bool(os.environ.get("POSIXLY_CORRECT"))
    return _Reader(args, shortopts.removeprefix("+"), longopts).read(stops)


class _Reader:
    """Takes words from a command line."""

    def __init__(self, args, shortopts, longopts):
        self.words = list(args)
        self.letters = shortopts
        self.names = [longopts] if isinstance(longopts, str) else list(longopts)
        self.options = []

    def read(self, stops):
        """Reads to the end, or to the first word that is no option if it `stops` there."""
        others = []
        while self.words:
            word = self.words.pop(0)
            if word == "--":
                break
            if word[:2] == "--":
                self.long(word[2:])
            elif word[:1] == "-" and word != "-":
                self.short(word[1:])
            else:
                others.append(word)
                if stops:
                    break
        return self.options, others + self.words

    def value(self, option, name):
        """The word after an option that needs one."""
        if not self.words:
            raise GetoptError(f"option {option} requires argument", name)
        return self.words.pop(0)

    def long(self, text):
        name, sign, value = text.partition("=")
        full = self.full_name(name)
        found = full.removesuffix("=")
        if found == full:
            if sign:
                raise GetoptError(f"option --{found} must not have an argument", found)
        elif not sign:
            value = self.value(f"--{found}", found)
        self.options.append((f"--{found}", value))

    def full_name(self, begin):
        """The one long option that begins so, or is called so."""
        candidates = [name for name in self.names if name.startswith(begin)]
        for exact in (begin, begin + "="):
            if exact in candidates:
                return exact
        if len(candidates) == 1:
            return candidates[0]
        problem = "not a unique prefix" if candidates else "not recognized"
        raise GetoptError(f"option --{begin} {problem}", begin)

    def short(self, text):
        """One option or several of one letter; the rest of the word may be a value."""
        while text:
            letter, text = text[0], text[1:]
            place = self.letters.find(letter)
            if place < 0 or letter == ":":
                raise GetoptError(f"option -{letter} not recognized", letter)
            value = ""
            if self.letters[place + 1:place + 2] == ":":
                value, text = text or self.value(f"-{letter}", letter), ""
            self.options.append((f"-{letter}", value))
