"""What is done with arguments when they are met."""

import sys

SUPPRESS = "==SUPPRESS=="
OPTIONAL = "?"
ZERO_OR_MORE = "*"
ONE_OR_MORE = "+"
PARSER = "A..."
REMAINDER = "..."

# Where a namespace keeps the words that the parser of a subcommand did not know.
_UNRECOGNIZED_ARGS_ATTR = "_unrecognized_args"


def _called(name, positional, named):
    """The text of a call; a name that is no identifier is shown in a dictionary."""
    shown = [repr(value) for value in positional]
    shown += [f"{key}={value!r}" for key, value in named if key.isidentifier()]
    odd = {key: value for key, value in named if not key.isidentifier()}
    if odd:
        shown.append(f"**{odd!r}")
    return name + "(" + ", ".join(shown) + ")"


class Namespace:
    """The result of parsing: an attribute for each argument."""

    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)

    def __repr__(self):
        return _called(type(self).__name__, (), self.__dict__.items())

    def __eq__(self, other):
        return vars(self) == vars(other) if isinstance(other, Namespace) else NotImplemented

    def __contains__(self, key):
        return key in self.__dict__


def _get_action_name(action):
    """What messages call an argument; None when nothing names it."""
    if action is None:
        return None
    if action.option_strings:
        return "/".join(action.option_strings)
    for name in (action.metavar, action.dest):
        if name is not None and name != SUPPRESS:
            return name
    return "{" + ",".join(action.choices) + "}" if action.choices else None


class ArgumentError(Exception):
    """A mistake in the use of an argument."""

    def __init__(self, argument, message):
        self.argument_name = _get_action_name(argument)
        self.message = message

    def __str__(self):
        name = self.argument_name
        return str(self.message) if name is None else f"argument {name}: {self.message}"


class ArgumentTypeError(Exception):
    """For functions given as `type`: its text becomes the message."""


_SETTINGS = (
    "option_strings", "dest", "nargs", "const", "default", "type", "choices", "required", "help",
    "metavar")


class Action:
    """What an argument is called, takes, and does."""

    def __init__(
        self, option_strings, dest, nargs=None, const=None, default=None, type=None, choices=None,
        required=False, help=None, metavar=None
    ):
        self.option_strings, self.dest = option_strings, dest
        self.nargs, self.const, self.default = nargs, const, default
        self.type, self.choices, self.required = type, choices, required
        self.help, self.metavar = help, metavar

    def __repr__(self):
        return _called(type(self).__name__, (), self._get_kwargs())

    def _get_kwargs(self):
        return [(name, getattr(self, name)) for name in _SETTINGS]

    def format_usage(self):
        return self.option_strings[0]

    def __call__(self, parser, namespace, values, option_string=None):
        raise NotImplementedError(".__call__() not defined")


def _refuse_others(action, settings, known):
    for name in settings:
        if name not in known:
            raise TypeError(
                f"{type(action).__name__}.__init__() got an unexpected keyword argument {name!r}")


class _Preset(Action):
    """An action with little to declare.

    `_open` has the settings that a declaration may give, with their defaults; `_closed` those
    that it may not.
    """

    _open = {}
    _closed = {"nargs": 0}

    def __init__(self, option_strings, dest=SUPPRESS, **settings):
        _refuse_others(self, settings, self._open)
        super().__init__(option_strings, dest, **{**self._open, **settings, **self._closed})


class _Taking(Action):
    """An action that keeps what follows it, in a way that each subclass has."""

    _purpose = ""

    def __init__(self, option_strings, dest, nargs=None, const=None, **settings):
        if nargs == 0:
            raise ValueError(f"nargs for {self._purpose} may be more appropriate")
        if not (const is None or nargs == OPTIONAL):
            raise ValueError(f"nargs must be {OPTIONAL!r} to supply const")
        _refuse_others(self, settings, _SETTINGS)
        super().__init__(option_strings, dest, nargs, const, **settings)


def _gathered(action, namespace):
    """A copy of what an action has collected so far: the default is not to change."""
    present = getattr(namespace, action.dest, None)
    if present is None:
        return []
    if type(present) is list:
        return list(present)
    import copy
    return copy.copy(present)


class _StoreAction(_Taking):
    _purpose = (
        "store actions must be != 0; if you have nothing to store, actions such as store true or "
        "store const")

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values)


class _AppendAction(_Taking):
    _purpose = (
        "append actions must be != 0; if arg strings are not supplying the value to append, the "
        "append const action")

    def __call__(self, parser, namespace, values, option_string=None):
        gathered = _gathered(self, namespace)
        gathered.append(values)
        setattr(namespace, self.dest, gathered)


class _ExtendAction(_AppendAction):
    def __call__(self, parser, namespace, values, option_string=None):
        gathered = _gathered(self, namespace)
        gathered.extend(values)
        setattr(namespace, self.dest, gathered)


class _StoreConstAction(_Preset):
    _open = {"const": None, "default": None, "required": False, "help": None, "metavar": None}

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, self.const)


class _StoreTrueAction(_StoreConstAction):
    _open = {"default": False, "required": False, "help": None}
    _closed = {"nargs": 0, "const": True}


class _StoreFalseAction(_StoreConstAction):
    _open = {"default": True, "required": False, "help": None}
    _closed = {"nargs": 0, "const": False}


class _AppendConstAction(_Preset):
    _open = _StoreConstAction._open

    def __call__(self, parser, namespace, values, option_string=None):
        gathered = _gathered(self, namespace)
        gathered.append(self.const)
        setattr(namespace, self.dest, gathered)


class _CountAction(_Preset):
    _open = {"default": None, "required": False, "help": None}

    def __call__(self, parser, namespace, values, option_string=None):
        before = getattr(namespace, self.dest, None)
        setattr(namespace, self.dest, (0 if before is None else before) + 1)


class _HelpAction(_Preset):
    _open = {"default": SUPPRESS, "help": None}

    def __call__(self, parser, namespace, values, option_string=None):
        parser.print_help()
        parser.exit()


class _VersionAction(_Preset):
    _open = {"default": SUPPRESS, "help": "show program's version number and exit"}

    def __init__(self, option_strings, version=None, **settings):
        super().__init__(option_strings, **settings)
        self.version = version

    def __call__(self, parser, namespace, values, option_string=None):
        page = parser._get_formatter()
        page.add_text(parser.version if self.version is None else self.version)
        parser._print_message(page.format_help(), sys.stdout)
        parser.exit()


class BooleanOptionalAction(Action):
    """`--flag` and `--no-flag`."""

    def __init__(
        self, option_strings, dest, default=None, type=None, choices=None, required=False,
        help=None, metavar=None
    ):
        spellings = []
        for name in option_strings:
            spellings += [name, f"--no-{name[2:]}"] if name[:2] == "--" else [name]
        super().__init__(
            spellings, dest, 0, None, default, type, choices, required, help, metavar)

    def __call__(self, parser, namespace, values, option_string=None):
        if option_string in self.option_strings:
            setattr(namespace, self.dest, not option_string.startswith("--no-"))

    def format_usage(self):
        return " | ".join(self.option_strings)


class _SubParsersAction(Action):
    """The first word of what is left chooses a parser for the rest."""

    def __init__(
        self, option_strings, prog, parser_class, dest=SUPPRESS, required=False, help=None,
        metavar=None
    ):
        self._prog_prefix, self._parser_class = prog, parser_class
        self._choices_actions = []
        self._name_parser_map = parsers = {}
        super().__init__(
            option_strings, dest, PARSER, None, None, None, parsers, required, help, metavar)

    def add_parser(self, name, *, aliases=(), **kwargs):
        for what, word in [("", name)] + [(" alias", alias) for alias in aliases]:
            if word in self._name_parser_map:
                raise ArgumentError(self, f"conflicting subparser{what}: {word}")
        if "help" in kwargs:
            shown = f"{name} ({', '.join(aliases)})" if aliases else name
            self._choices_actions.append(
                Action([], name, help=kwargs.pop("help"), metavar=shown))
        if kwargs.get("prog") is None:
            kwargs["prog"] = f"{self._prog_prefix} {name}"
        parser = self._parser_class(**kwargs)
        self._name_parser_map.update(dict.fromkeys([name, *aliases], parser))
        return parser

    def _get_subactions(self):
        return self._choices_actions

    def __call__(self, parser, namespace, values, option_string=None):
        name, *words = values
        if self.dest is not SUPPRESS:
            setattr(namespace, self.dest, name)
        chosen = self._name_parser_map.get(name)
        if chosen is None:
            known = ", ".join(self._name_parser_map)
            raise ArgumentError(self, f"unknown parser {name!r} (choices: {known})")
        found, unknown = chosen.parse_known_args(words)
        for dest, value in vars(found).items():
            setattr(namespace, dest, value)
        if unknown:
            vars(namespace).setdefault(_UNRECOGNIZED_ARGS_ATTR, []).extend(unknown)


class FileType:
    """For `type`: opens the file that the argument names; `-` is standard input or output."""

    def __init__(self, mode="r", bufsize=-1, encoding=None, errors=None):
        self._mode = mode
        self._rest = bufsize, encoding, errors

    def _standard(self):
        if "r" in self._mode:
            stream = sys.stdin
        elif set(self._mode) & set("wax"):
            stream = sys.stdout
        else:
            raise ValueError(f'argument "-" with mode {self._mode!r}')
        return stream.buffer if "b" in self._mode else stream

    def __call__(self, string):
        if string == "-":
            return self._standard()
        try:
            return open(string, self._mode, *self._rest)
        except OSError as problem:
            raise ArgumentTypeError(f"can't open '{string}': {problem}") from None

    def __repr__(self):
        bufsize, *named = self._rest
        shown = [value for value in (self._mode, bufsize) if value != -1]
        named = [pair for pair in zip(("encoding", "errors"), named) if pair[1] is not None]
        return _called(type(self).__name__, shown, named)
