"""Parsers of command lines."""

import os
import sys

from .actions import (
    _UNRECOGNIZED_ARGS_ATTR, PARSER, REMAINDER, SUPPRESS, ArgumentError, Namespace, _called)
from .declaring import _ActionsContainer
from .formatting import HelpFormatter
from .reading import _Reading


class _Altered:
    """Gives attributes of some objects other values while its block runs."""

    def __init__(self, items, **values):
        self._values = [(item, *pair) for item in items for pair in values.items()]

    def __enter__(self):
        self._before = [(item, name, getattr(item, name)) for item, name, _ in self._values]
        for change in self._values:
            setattr(*change)

    def __exit__(self, *problem):
        for change in self._before:
            setattr(*change)


class ArgumentParser(_ActionsContainer):
    """Reads a command line."""

    def __init__(
        self, prog=None, usage=None, description=None, epilog=None, parents=[],
        formatter_class=HelpFormatter, prefix_chars="-", fromfile_prefix_chars=None,
        argument_default=None, conflict_handler="error", add_help=True, allow_abbrev=True,
        exit_on_error=True
    ):
        super().__init__(description, prefix_chars, argument_default, conflict_handler)
        self.prog = prog if prog is not None else os.path.basename(sys.argv[0])
        self.usage, self.epilog = usage, epilog
        self.formatter_class = formatter_class
        self.fromfile_prefix_chars = fromfile_prefix_chars
        self.add_help, self.allow_abbrev = add_help, allow_abbrev
        self.exit_on_error = exit_on_error
        self._subparsers = None
        self._positionals, self._optionals = map(
            self.add_argument_group, ("positional arguments", "options"))
        if add_help:
            dash = "-" if "-" in prefix_chars else prefix_chars[0]
            self.add_argument(
                f"{dash}h", f"{dash}{dash}help", action="help", default=SUPPRESS,
                help="show this help message and exit")
        for parent in parents:
            self._add_container_actions(parent)
            self._defaults.update(parent._defaults)

    def __repr__(self):
        return _called(type(self).__name__, (), self._get_kwargs())

    def _get_kwargs(self):
        shown = "prog usage description formatter_class conflict_handler add_help"
        return [(name, getattr(self, name)) for name in shown.split()]

    # Declaring

    def add_subparsers(self, *, title=None, description=None, action="parsers", **kwargs):
        if self._subparsers is not None:
            self.error("cannot have multiple subparser arguments")
        self._subparsers = self._positionals
        if not title is description is None:
            self._subparsers = self.add_argument_group(title or "subcommands", description)
        if kwargs.get("prog") is None:
            # The words of the parser itself come before the name of a subcommand.
            page = self._get_formatter()
            page.add_usage(
                self.usage, self._get_positional_actions(), self._mutually_exclusive_groups, "")
            kwargs["prog"] = page.format_help().strip()
        make = self._registry_get("action", action, action)
        return self._subparsers._add_action(
            make(**{"parser_class": type(self), "option_strings": [], **kwargs}))

    def _add_action(self, action):
        group = self._optionals if action.option_strings else self._positionals
        return group._add_action(action)

    def _get_optional_actions(self):
        return [action for action in self._actions if action.option_strings]

    def _get_positional_actions(self):
        return [action for action in self._actions if not action.option_strings]

    # Reading

    def _complete(self, outcome):
        """What was read, when all of it was understood."""
        namespace, unknown = outcome
        if unknown:
            self.error("unrecognized arguments: " + " ".join(unknown))
        return namespace

    def parse_args(self, args=None, namespace=None):
        return self._complete(self.parse_known_args(args, namespace))

    def parse_known_args(self, args=None, namespace=None):
        words = list(sys.argv[1:] if args is None else args)
        if namespace is None:
            namespace = Namespace()
        defaults = {}
        for action in self._actions:
            if action.dest is not SUPPRESS and action.default is not SUPPRESS:
                defaults.setdefault(action.dest, action.default)
        for dest, value in [*defaults.items(), *self._defaults.items()]:
            if not hasattr(namespace, dest):
                setattr(namespace, dest, value)
        try:
            if self.fromfile_prefix_chars is not None:
                words = self._read_args_from_files(words)
            reading = _Reading(self, words, namespace)
            reading.run()
        except ArgumentError as mistake:
            if not self.exit_on_error:
                raise
            self.error(str(mistake))
        unknown = reading.unknown
        if hasattr(namespace, _UNRECOGNIZED_ARGS_ATTR):
            unknown += getattr(namespace, _UNRECOGNIZED_ARGS_ATTR)
            delattr(namespace, _UNRECOGNIZED_ARGS_ATTR)
        return namespace, unknown

    def parse_intermixed_args(self, args=None, namespace=None):
        return self._complete(self.parse_known_intermixed_args(args, namespace))

    def parse_known_intermixed_args(self, args=None, namespace=None):
        """Reads the options first, and what they leave as positional arguments."""
        positionals = self._get_positional_actions()
        exclusive = self._mutually_exclusive_groups
        for action in positionals:
            if action.nargs in (PARSER, REMAINDER):
                raise TypeError(f"parse_intermixed_args: positional arg with nargs={action.nargs}")
        if any(action in positionals for group in exclusive for action in group._group_actions):
            raise TypeError("parse_intermixed_args: positional in mutuallyExclusiveGroup")
        usage = self.format_usage()[len("usage: "):] if self.usage is None else self.usage
        with _Altered([self], usage=usage):
            with _Altered(positionals, nargs=SUPPRESS, default=SUPPRESS):
                namespace, words = self.parse_known_args(args, namespace)
            with _Altered(self._get_optional_actions() + exclusive, required=False):
                return self.parse_known_args(words, namespace)

    def _read_args_from_files(self, words):
        result = []
        for word in words:
            if word and word[0] in self.fromfile_prefix_chars:
                try:
                    with open(word[1:]) as file:
                        lines = file.read().splitlines()
                except OSError as problem:
                    self.error(str(problem))
                inner = [part for line in lines for part in self.convert_arg_line_to_args(line)]
                result += self._read_args_from_files(inner)
            else:
                result.append(word)
        return result

    def convert_arg_line_to_args(self, arg_line):
        return [arg_line]

    # Texts

    def _get_formatter(self):
        return self.formatter_class(prog=self.prog)

    def _usage_page(self):
        page = self._get_formatter()
        page.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        return page

    def format_usage(self):
        return self._usage_page().format_help()

    def format_help(self):
        page = self._usage_page()
        page.add_text(self.description)
        for group in self._action_groups:
            page.start_section(group.title)
            page.add_text(group.description)
            page.add_arguments(group._group_actions)
            page.end_section()
        page.add_text(self.epilog)
        return page.format_help()

    def print_usage(self, file=None):
        self._print_message(self.format_usage(), file or sys.stdout)

    def print_help(self, file=None):
        self._print_message(self.format_help(), file or sys.stdout)

    def _print_message(self, message, file=None):
        if message:
            try:
                (file or sys.stderr).write(message)
            except (AttributeError, OSError):
                pass  # A program without streams goes on without the message.

    def exit(self, status=0, message=None):
        self._print_message(message, sys.stderr)
        sys.exit(status)

    def error(self, message):
        """Writes usage and the message, and ends the program with status 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: error: {message}\n")
