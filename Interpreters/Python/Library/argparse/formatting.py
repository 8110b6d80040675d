"""The texts that explain a command line."""

import re

from .actions import (
    ONE_OR_MORE, OPTIONAL, PARSER, REMAINDER, SUPPRESS, ZERO_OR_MORE)

# How the words of an argument are shown: how many names it takes, and the text around them.
_ARGUMENT_FORMS = {
    None: (1, "{0}"), OPTIONAL: (1, "[{0}]"), ONE_OR_MORE: (2, "{0} [{1} ...]"),
    REMAINDER: (0, "..."), PARSER: (1, "{0} ..."), SUPPRESS: (0, ""),
}


class _Section:
    """A heading and what comes under it: functions that give the texts, and further sections."""

    def __init__(self, heading):
        self.heading = heading
        self.content = []


def _loose_words(text):
    """The words of a usage; what a bracket begins is one word, to the next one that closes."""
    words, closing = [], None
    for piece in text.split():
        if closing:
            words[-1] += " " + piece
        else:
            words.append(piece)
            closing = {"[": "]", "(": ")"}.get(piece[0])
        if closing and piece[-1] == closing:
            closing = None
    return words


class HelpFormatter:
    """Usage and help, wrapped to the width of the terminal."""

    def __init__(self, prog, indent_increment=2, max_help_position=24, width=None):
        if width is None:
            from shutil import get_terminal_size
            width = get_terminal_size().columns - 2
        self._prog, self._width = prog, width
        self._indent_increment = indent_increment
        self._current_indent = 0
        self._max_help_position = min(max_help_position, max(width - 20, 2 * indent_increment))
        self._action_max_length = 0
        self._sections = [_Section(None)]

    # Building

    def _step(self, direction):
        self._current_indent += direction * self._indent_increment

    def _add(self, function, *args):
        self._sections[-1].content.append((function, args))

    def start_section(self, heading):
        section = _Section(heading)
        self._add(self._format_section, section)
        self._sections.append(section)
        self._step(+1)

    def end_section(self):
        self._step(-1)
        self._sections.pop()

    def add_text(self, text):
        if not (text is None or text is SUPPRESS):
            self._add(self._format_text, text)

    def add_usage(self, usage, actions, groups, prefix=None):
        if usage is not SUPPRESS:
            self._add(self._format_usage, usage, actions, groups, prefix)

    def add_argument(self, action):
        if action.help is SUPPRESS:
            return
        entries = [action, *self._iter_indented_subactions(action)]
        headers = [self._format_action_invocation(entry) for entry in entries]
        self._action_max_length = max(
            self._action_max_length, self._current_indent + max(map(len, headers)))
        self._add(self._format_action, action)

    def add_arguments(self, actions):
        for action in actions:
            self.add_argument(action)

    # Sections and texts

    def format_help(self):
        page = self._join_parts(function(*args) for function, args in self._sections[0].content)
        page = re.sub("\n{3,}", "\n\n", page).strip("\n")
        return page + "\n" if page else page

    def _format_section(self, section):
        self._step(+1)
        body = self._join_parts(function(*args) for function, args in section.content)
        self._step(-1)
        if not body:
            return ""
        title = section.heading
        if title is None or title is SUPPRESS:
            return f"\n{body}\n"
        return f"\n{' ' * self._current_indent}{title}:\n{body}\n"

    def _join_parts(self, parts):
        return "".join(filter(lambda part: part and part is not SUPPRESS, parts))

    def _format_text(self, text):
        if "%(prog)" in text:
            text %= {"prog": self._prog}
        margin = " " * self._current_indent
        return self._fill_text(text, max(self._width - len(margin), 11), margin) + "\n\n"

    # Usage

    def _format_usage(self, usage, actions, groups, prefix):
        prefix = "usage: " if prefix is None else prefix
        if usage is not None:
            return prefix + usage % {"prog": self._prog} + "\n\n"
        prog = str(self._prog)
        options = [action for action in actions if action.option_strings]
        others = [action for action in actions if not action.option_strings]
        words = self._format_actions_usage(options + others, groups) if actions else ""
        line = f"{prog} {words}" if words else prog
        if len(prefix) + len(line) > self._width - self._current_indent:
            line = self._wrapped_usage(
                len(prefix), prog, *(
                    _loose_words(self._format_actions_usage(part, groups))
                    for part in (options, others)))
        return f"{prefix}{line}\n\n"

    def _wrapped_usage(self, taken, prog, options, others):
        """The usage on several lines, of which the first has `taken` columns in use."""
        width = self._width - self._current_indent

        def wrap(words, margin, first=None):
            lines, column = [], width
            for word in words:
                if lines and column + 1 + len(word) <= width:
                    lines[-1] += " " + word
                    column += 1 + len(word)
                    continue
                # A line counts from its margin, and the first one from what is before it.
                start = margin if lines or first is None else first
                lines.append(word)
                column = start + len(word)
            return lines

        if taken + len(prog) <= 0.75 * width:
            margin = taken + len(prog) + 1
            head, *tail = [words for words in (options, others) if words] or [[]]
            lines = wrap([prog, *head], margin, taken)
            for words in tail:
                lines += wrap(words, margin)
        else:
            margin = taken
            lines = wrap(options + others, margin)
            if len(lines) > 1:
                lines = wrap(options, margin) + wrap(others, margin)
            lines.insert(0, prog)
        return ("\n" + " " * margin).join(lines)

    def _format_actions_usage(self, actions, groups):
        for group in groups:
            if not group._group_actions:
                raise ValueError(f"empty group {group}")
        return " ".join(self._usage_words(actions, groups))

    def _usage_words(self, actions, groups, exclusive=False):
        """A text for each action, or for several that exclude each other and stand together."""
        words = []
        at = 0
        while at < len(actions):
            here = [
                group for group in groups
                if group._group_actions == actions[at:at + len(group._group_actions)]]
            if not here:
                words.append(self._usage_word(actions[at], exclusive))
                at += 1
                continue
            group = max(here, key=lambda group: len(group._group_actions))
            inner = [other for other in groups if other is not group]
            members = [
                word for word in self._usage_words(group._group_actions, inner, True) if word]
            if members and not group.required:
                words.append(f"[{' | '.join(members)}]")
            elif len(members) > 1:
                words.append(f"({' | '.join(members)})")
            else:
                words += members
            at += len(group._group_actions)
        return [word for word in words if word]

    def _usage_word(self, action, exclusive):
        if action.help is SUPPRESS:
            return ""
        if not action.option_strings:
            word = self._format_args(action, self._get_default_metavar_for_positional(action))
            return word[1:-1] if exclusive and word[:1] + word[-1:] == "[]" else word
        if action.nargs == 0:
            word = action.format_usage()
        else:
            default = self._get_default_metavar_for_optional(action)
            word = f"{action.option_strings[0]} {self._format_args(action, default)}"
        return word if action.required or exclusive else f"[{word}]"

    # Arguments

    def _format_action(self, action):
        column = min(self._action_max_length + 2, self._max_help_position)
        margin = " " * self._current_indent
        header = margin + self._format_action_invocation(action)
        text = action.help or ""
        if text.strip():
            text = self._expand_help(action)
        lines = self._split_lines(text, max(self._width - column, 11)) if text else []
        if action.help and len(header) <= column - 2:
            header = header.ljust(column) + "".join(lines[:1])
            del lines[:1]
        rows = [header] + [" " * column + line for line in lines]
        below = [self._format_action(entry) for entry in self._iter_indented_subactions(action)]
        return self._join_parts([row + "\n" for row in rows] + below)

    def _iter_indented_subactions(self, action):
        if hasattr(action, "_get_subactions"):
            self._step(+1)
            yield from action._get_subactions()
            self._step(-1)

    def _format_action_invocation(self, action):
        if not action.option_strings:
            default = self._get_default_metavar_for_positional(action)
            return " ".join(self._metavar_formatter(action, default)(1))
        words = ""
        if action.nargs != 0:
            default = self._get_default_metavar_for_optional(action)
            words = " " + self._format_args(action, default)
        return ", ".join(name + words for name in action.option_strings)

    def _metavar_formatter(self, action, default_metavar):
        """A function that gives as many names as it is asked for."""
        name = action.metavar
        if name is None:
            name = default_metavar
            if action.choices is not None:
                name = "{" + ",".join(map(str, action.choices)) + "}"
        return lambda count: name if isinstance(name, tuple) else (name,) * count

    def _format_args(self, action, default_metavar):
        names = self._metavar_formatter(action, default_metavar)
        nargs = action.nargs
        if nargs == ZERO_OR_MORE:
            given = names(1)
            count, form = len(given), "[{0} [{1} ...]]" if len(given) == 2 else "[{0} ...]"
            if count not in (1, 2):
                raise TypeError("not all arguments converted during string formatting")
        elif nargs in _ARGUMENT_FORMS:
            count, form = _ARGUMENT_FORMS[nargs]
            given = names(count) if count else ()
        else:
            try:
                count, form = nargs, " ".join(["{}"] * nargs)
            except TypeError:
                raise ValueError("invalid nargs value") from None
            given = names(count)
        if len(given) != count:
            kind = "not enough arguments for format string" if len(given) < count else (
                "not all arguments converted during string formatting")
            raise TypeError(kind)
        return form.format(*given)

    def _expand_help(self, action):
        settings = {
            name: getattr(value, "__name__", value)
            for name, value in {**vars(action), "prog": self._prog}.items()
            if value is not SUPPRESS}
        choices = settings.get("choices")
        if choices is not None:
            settings["choices"] = ", ".join(map(str, choices))
        return self._get_help_string(action) % settings

    # What the formatters below change

    def _split_lines(self, text, width):
        from textwrap import wrap
        return wrap(" ".join(re.split(r"\s+", text.strip(), flags=re.ASCII)), width)

    def _fill_text(self, text, width, indent):
        lines = HelpFormatter._split_lines(self, text, max(width - len(indent), 1))
        return "\n".join(indent + line for line in lines)

    def _get_help_string(self, action):
        return action.help

    def _get_default_metavar_for_optional(self, action):
        return action.dest.upper()

    def _get_default_metavar_for_positional(self, action):
        return action.dest


class RawDescriptionHelpFormatter(HelpFormatter):
    """Leaves the lines of descriptions as they are."""

    def _fill_text(self, text, width, indent):
        return indent + indent.join(text.splitlines(True)) if text else ""


class RawTextHelpFormatter(RawDescriptionHelpFormatter):
    """Leaves the lines of all texts as they are."""

    def _split_lines(self, text, width):
        return str.splitlines(text)


class ArgumentDefaultsHelpFormatter(HelpFormatter):
    """Says what the defaults are."""

    def _get_help_string(self, action):
        text = action.help or ""
        may_lack = bool(action.option_strings) or action.nargs in (OPTIONAL, ZERO_OR_MORE)
        if may_lack and action.default is not SUPPRESS and "%(default)" not in text:
            text += " (default: %(default)s)"
        return text


class MetavarTypeHelpFormatter(HelpFormatter):
    """Calls arguments by their types."""

    def _get_default_metavar_for_positional(self, action):
        return action.type.__name__

    _get_default_metavar_for_optional = _get_default_metavar_for_positional
