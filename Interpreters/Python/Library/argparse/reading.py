"""How the words of a command line are given to the arguments that were declared."""

from math import inf

from .actions import (
    ONE_OR_MORE, OPTIONAL, PARSER, REMAINDER, SUPPRESS, ZERO_OR_MORE, ArgumentError,
    ArgumentTypeError, _get_action_name)
from .declaring import _NUMBER

# The least and the most words that an argument takes, and whether options are words as well.
_NEEDS = {
    None: (1, 1, False), OPTIONAL: (0, 1, False), ZERO_OR_MORE: (0, inf, False),
    ONE_OR_MORE: (1, inf, False), REMAINDER: (0, inf, True), PARSER: (1, inf, True),
    SUPPRESS: (0, 0, False),
}

_EXPECTED = {
    None: "expected one argument", OPTIONAL: "expected at most one argument",
    ONE_OR_MORE: "expected at least one argument",
}


def _ends(action, kinds, start):
    """Where the words of an action that begin at `start` may end, the farthest first.

    `kinds` has a letter for each word: A for an argument, O for an option, and a dash for the
    `--` after which all words are arguments; the dash goes with the positional argument there.
    """
    nargs = action.nargs
    least, most, takes_options = _NEEDS[nargs] if nargs in _NEEDS else (nargs, nargs, False)
    ends = [start] if least == 0 else []
    count = 0
    for position in range(start, len(kinds)):
        kind = kinds[position]
        if kind == "A":
            count += 1
            if count > most:
                break
        elif kind == "-":
            if action.option_strings:
                break
        elif not takes_options or count < least:
            break
        if count >= least:
            ends.append(position + 1)
    return ends[::-1]


def _shares(actions, kinds, start):
    """Where the words of each of several actions end; None when there are too few words."""
    hopeless = set()

    def share(index, position):
        if index == len(actions):
            return []
        if (index, position) not in hopeless:
            for end in _ends(actions[index], kinds, position):
                following = share(index + 1, end)
                if following is not None:
                    return [end] + following
            hopeless.add((index, position))
        return None

    return share(0, start)


class _Reading:
    """One command line while it is read."""

    def __init__(self, parser, words, namespace):
        self.parser = parser
        self.words = words
        self.namespace = namespace
        self.unknown = []
        self.waiting = parser._get_positional_actions()
        self.met = set()
        # Those that were met and given something else than their default.
        self.given = set()
        # What is known of the words that are options, by position.
        self.options = {}
        kinds = []
        for position, word in enumerate(words):
            if word == "--":
                kinds += ["-"] + ["A"] * (len(words) - position - 1)
                break
            option = self._recognize(word)
            kinds.append("A" if option is None else "O")
            self.options[position] = option
        self.kinds = "".join(kinds)

    def run(self):
        at = 0
        while (option := self.kinds.find("O", at)) >= 0:
            if at < option:
                end = self._feed_positionals(at)
                if end > at:
                    at = end
                    continue
                self.unknown += self.words[at:option]
            at = self._feed_option(option)
        self.unknown += self.words[self._feed_positionals(at):]
        self._finish()

    # Options

    def _recognize(self, word):
        """(action, option, value after it) for an option, None for an argument."""
        parser = self.parser
        if word[:1] not in parser.prefix_chars or not word:
            return None
        table = parser._option_string_actions
        if word in table:
            return table[word], word, None
        if len(word) == 1:
            return None
        name, equals, value = word.partition("=")
        if equals and name in table:
            return table[name], name, value
        meant = self._abbreviated(word)
        if len(meant) > 1:
            names = ", ".join(name for _, name, _ in meant)
            parser.error(f"ambiguous option: {word} could match {names}")
        if meant:
            return meant[0]
        is_number = _NUMBER.match(word) and not parser._has_options_like_numbers()
        return None if is_number or " " in word else (None, word, None)

    def _abbreviated(self, word):
        """All options that a word may stand for."""
        parser = self.parser
        table = parser._option_string_actions.items()
        if word[1] not in parser.prefix_chars:
            joined = [(action, name, word[2:]) for name, action in table if name == word[:2]]
            return joined + [
                (action, name, None) for name, action in table
                if name.startswith(word) and name != word[:2]]
        if not parser.allow_abbrev:
            return []
        begin, equals, value = word.partition("=")
        value = value if equals else None
        return [(action, name, value) for name, action in table if name.startswith(begin)]

    def _feed_option(self, at):
        """Gives an option its words; says where the next word is."""
        action, name, value = self.options[at]
        if action is None:
            self.unknown.append(self.words[at])
            return at + 1
        takes = []
        while value is not None:
            if self._first_end(action, "A", 0):
                takes.append((action, [value], name))
                break
            # Perhaps several options of one letter in a word.
            joined = name[0] + value[:1]
            if not value or name[1] in self.parser.prefix_chars \
                    or joined not in self.parser._option_string_actions:
                raise ArgumentError(action, f"ignored explicit argument {value!r}")
            takes.append((action, [], name))
            action, name = self.parser._option_string_actions[joined], joined
            value = value[1:] or None
        end = at + 1
        if value is None:
            end = self._first_end(action, self.kinds, end)
            takes.append((action, self.words[at + 1:end], name))
        for take in takes:
            self._act(*take)
        return end

    def _first_end(self, action, kinds, start):
        ends = _ends(action, kinds, start)
        if ends:
            return ends[0]
        nargs = action.nargs
        default = f"expected {nargs} argument{'' if nargs == 1 else 's'}"
        raise ArgumentError(action, _EXPECTED.get(nargs, default))

    # Positional arguments

    def _feed_positionals(self, at):
        """Gives words to as many arguments as there are words for; says where they end."""
        for count in range(len(self.waiting), 0, -1):
            ends = _shares(self.waiting[:count], self.kinds, at)
            if ends is not None:
                break
        else:
            return at
        fed, self.waiting = self.waiting[:count], self.waiting[count:]
        for action, end in zip(fed, ends):
            self._act(action, self.words[at:end])
            at = end
        return at

    # Values

    def _act(self, action, words, option=None):
        self.met.add(action)
        values = self._values(action, words)
        if values is not action.default:
            self.given.add(action)
            for group in self.parser._mutually_exclusive_groups:
                if action in group._group_actions:
                    for other in group._group_actions:
                        if other is not action and other in self.given:
                            raise ArgumentError(
                                action, f"not allowed with argument {_get_action_name(other)}")
        if values is not SUPPRESS:
            action(self.parser, self.namespace, values, option)

    def _values(self, action, words):
        nargs, positional = action.nargs, not action.option_strings
        if nargs == SUPPRESS:
            return SUPPRESS
        if "--" in words and nargs not in (PARSER, REMAINDER):
            words.remove("--")
        if not words and nargs == OPTIONAL:
            value = action.default if positional else action.const
            return self._checked(action, value, True) if isinstance(value, str) else value
        if not words and nargs == ZERO_OR_MORE and positional:
            value = action.default
            return words if value is None else self._checked(action, value)
        if nargs == REMAINDER:
            return [self._converted(action, word) for word in words]
        if nargs == PARSER:
            values = [self._converted(action, word) for word in words]
            self._checked(action, values[0])
            return values
        if len(words) == 1 and nargs in (None, OPTIONAL):
            return self._checked(action, words[0], True)
        values = [self._converted(action, word) for word in words]
        for value in values:
            self._checked(action, value)
        return values

    def _converted(self, action, word):
        convert = self.parser._registry_get("type", action.type, action.type)
        if not callable(convert):
            raise ArgumentError(action, f"{convert!r} is not callable")
        try:
            return convert(word)
        except ArgumentTypeError as mistake:
            problem = str(mistake)
        except (TypeError, ValueError):
            kind = getattr(action.type, "__name__", repr(action.type))
            problem = f"invalid {kind} value: {word!r}"
        raise ArgumentError(action, problem)

    def _checked(self, action, value, convert=False):
        if convert:
            value = self._converted(action, value)
        choices = action.choices
        if choices is None or value in choices:
            return value
        offered = ", ".join(map(repr, choices))
        raise ArgumentError(action, f"invalid choice: {value!r} (choose from {offered})")

    # The end

    def _finish(self):
        """Converts the defaults that were not replaced, and complains of what is missing."""
        missing = []
        for action in self.parser._actions:
            if action in self.met:
                continue
            default = action.default
            if action.required:
                missing.append(str(_get_action_name(action)))
            elif isinstance(default, str) and default is getattr(
                    self.namespace, action.dest, None):
                setattr(self.namespace, action.dest, self._converted(action, default))
        if missing:
            self.parser.error(
                f"the following arguments are required: {', '.join(missing)}")
        for group in self.parser._mutually_exclusive_groups:
            if group.required and self.given.isdisjoint(group._group_actions):
                names = " ".join(
                    str(_get_action_name(action)) for action in group._group_actions
                    if action.help is not SUPPRESS)
                self.parser.error(f"one of the arguments {names} is required")
