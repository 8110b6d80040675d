"""Command lines in the manner of C's getopt."""

__all__ = ["GetoptError", "error", "getopt", "gnu_getopt"]

import os


class GetoptError(Exception):
    """An option that is not known, or its argument is missing."""

    def __init__(self, msg, opt=""):
        super().__init__(msg, opt)
        self.msg = msg
        self.opt = opt

    def __str__(self):
        return self.msg


error = GetoptError


def _long_list(longopts):
    return [longopts] if isinstance(longopts, str) else list(longopts)


def getopt(args, shortopts, longopts=[]):
    """(options with their values, the arguments that are left)"""
    options = []
    longopts = _long_list(longopts)
    while args and args[0].startswith("-") and args[0] != "-":
        if args[0] == "--":
            args = args[1:]
            break
        take = _long if args[0].startswith("--") else _short
        args = take(options, args[0], shortopts, longopts, args[1:])
    return options, args


def gnu_getopt(args, shortopts, longopts=[]):
    """The same, and options may follow arguments."""
    options, others = [], []
    longopts = _long_list(longopts)
    stops = shortopts.startswith("+") or bool(os.environ.get("POSIXLY_CORRECT"))
    shortopts = shortopts.removeprefix("+")
    while args:
        if args[0] == "--":
            others += args[1:]
            break
        if args[0].startswith("--"):
            args = _long(options, args[0], shortopts, longopts, args[1:])
        elif args[0].startswith("-") and args[0] != "-":
            args = _short(options, args[0], shortopts, longopts, args[1:])
        elif stops:
            others += args
            break
        else:
            others.append(args[0])
            args = args[1:]
    return options, others


def _long(options, word, shortopts, longopts, args):
    name, has_value, value = word[2:].partition("=")
    candidates = [option for option in longopts if option.startswith(name)]
    if not candidates:
        raise GetoptError("option --%s not recognized" % name, name)
    if name in candidates:
        takes, found = False, name
    elif name + "=" in candidates:
        takes, found = True, name
    elif len(candidates) > 1:
        raise GetoptError("option --%s not a unique prefix" % name, name)
    else:
        takes = candidates[0].endswith("=")
        found = candidates[0].removesuffix("=")
    if takes and not has_value:
        if not args:
            raise GetoptError("option --%s requires argument" % found, found)
        value, args = args[0], args[1:]
    elif has_value and not takes:
        raise GetoptError("option --%s must not have an argument" % found, found)
    options.append(("--" + found, value))
    return args


def _short(options, word, shortopts, longopts, args):
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        at = shortopts.find(letter) if letter != ":" else -1
        if at < 0:
            raise GetoptError("option -%s not recognized" % letter, letter)
        value = ""
        if shortopts.startswith(":", at + 1):
            if not letters:
                if not args:
                    raise GetoptError("option -%s requires argument" % letter, letter)
                letters, args = args[0], args[1:]
            value, letters = letters, ""
        options.append(("-" + letter, value))
    return args
