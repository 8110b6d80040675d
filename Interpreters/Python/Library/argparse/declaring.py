"""Where arguments are declared: parsers, and groups in them."""

import re

from . import actions as kinds
from .actions import ArgumentError, FileType

_NUMBER = re.compile(r"-(\d+|\d*\.\d+)\Z")

_ACTION_NAMES = {
    None: kinds._StoreAction, "store": kinds._StoreAction, "store_const": kinds._StoreConstAction,
    "store_true": kinds._StoreTrueAction, "store_false": kinds._StoreFalseAction,
    "append": kinds._AppendAction, "append_const": kinds._AppendConstAction,
    "extend": kinds._ExtendAction, "count": kinds._CountAction, "help": kinds._HelpAction,
    "version": kinds._VersionAction, "parsers": kinds._SubParsersAction,
}

# The attributes that a group has in common with the parser it belongs to.
_COMMON = (
    "_registries", "_actions", "_option_string_actions", "_defaults",
    "_mutually_exclusive_groups")


class _ActionsContainer:
    """What arguments can be added to."""

    def __init__(self, description, prefix_chars, argument_default, conflict_handler):
        self.description = description
        self.prefix_chars = prefix_chars
        self.argument_default = argument_default
        self.conflict_handler = conflict_handler
        self._registries = {"action": dict(_ACTION_NAMES), "type": {None: str}}
        self._actions = []
        self._option_string_actions = {}
        self._defaults = {}
        self._action_groups = []
        self._mutually_exclusive_groups = []
        self._settle_conflicts(None, {})

    # Names for actions and types

    def register(self, registry_name, value, object):
        self._registries.setdefault(registry_name, {})[value] = object

    def _registry_get(self, registry_name, value, default=None):
        return self._registries[registry_name].get(value, default)

    # Defaults

    def set_defaults(self, **kwargs):
        for action in self._actions:
            action.default = kwargs.get(action.dest, action.default)
        self._defaults.update(kwargs)

    def get_default(self, dest):
        own = (action.default for action in self._actions if action.dest == dest)
        return next((value for value in own if value is not None), self._defaults.get(dest))

    # Arguments

    def add_argument(self, *args, **kwargs):
        """add_argument(dest, ..., name=value, ...)
        add_argument(option_string, option_string, ..., name=value, ...)"""
        if args and (len(args) > 1 or args[0][0] in self.prefix_chars):
            settings = self._get_optional_kwargs(args, **kwargs)
        else:
            if args and "dest" in kwargs:
                raise ValueError("dest supplied twice for positional argument")
            settings = self._get_positional_kwargs(*args, **kwargs)
        if "default" not in settings:
            default = self._defaults.get(settings["dest"], self.argument_default)
            if default is not None:
                settings["default"] = default
        kind = settings.pop("action", None)
        make = self._registry_get("action", kind, kind)
        if not callable(make):
            raise ValueError(f'unknown action "{make}"')
        action = make(**settings)
        self._check(action)
        return self._add_action(action)

    def _check(self, action):
        """Refuses what would fail only when a command line is read."""
        convert = self._registry_get("type", action.type, action.type)
        if not callable(convert):
            raise ValueError(f"{convert!r} is not callable")
        if convert is FileType:
            raise ValueError(
                f"{convert!r} is a FileType class object, instance of it must be passed")
        if hasattr(self, "_get_formatter"):
            try:
                self._get_formatter()._format_args(action, None)
            except TypeError:
                raise ValueError("length of metavar tuple does not match nargs") from None

    def _get_positional_kwargs(self, dest, **settings):
        if "required" in settings:
            raise TypeError("'required' is an invalid argument for positionals")
        nargs = settings.get("nargs")
        if nargs == kinds.ZERO_OR_MORE:
            needed = "default" not in settings
        else:
            needed = nargs != kinds.OPTIONAL
        if needed:
            settings["required"] = True
        return {**settings, "dest": dest, "option_strings": []}

    def _get_optional_kwargs(self, names, dest=None, **settings):
        chars = self.prefix_chars
        for name in names:
            if name[0] not in chars:
                raise ValueError(
                    f"invalid option string {name!r}: must start with a character {chars!r}")
        if dest is None:
            long = [name for name in names if name[1:2] and name[1] in chars]
            dest = (long or names)[0].lstrip(chars).replace("-", "_")
            if not dest:
                raise ValueError(f"dest= is required for options like {names[-1]!r}")
        return {**settings, "dest": dest, "option_strings": list(names)}

    def _add_action(self, action):
        table = self._option_string_actions
        taken = {name: table[name] for name in action.option_strings if name in table}
        if taken:
            self._settle_conflicts(action, taken)
        action.container = self
        self._actions.append(action)
        table.update(dict.fromkeys(action.option_strings, action))
        return action

    def _remove_action(self, action):
        self._actions.remove(action)

    def _has_options_like_numbers(self):
        return any(_NUMBER.match(name) for name in self._option_string_actions)

    def _settle_conflicts(self, action, taken):
        """An option that is declared twice is a mistake, or belongs to the last declaration."""
        settle = getattr(self, f"_handle_conflict_{self.conflict_handler}", None)
        if settle is None:
            raise ValueError(f"invalid conflict_resolution value: {self.conflict_handler!r}")
        if taken:
            settle(action, list(taken.items()))

    def _handle_conflict_error(self, action, conflicts):
        names = ", ".join(name for name, _ in conflicts)
        plural = "s" if len(conflicts) > 1 else ""
        raise ArgumentError(action, f"conflicting option string{plural}: {names}")

    def _handle_conflict_resolve(self, action, conflicts):
        for name, loser in conflicts:
            del self._option_string_actions[name]
            loser.option_strings.remove(name)
            if not loser.option_strings:
                loser.container._remove_action(loser)

    # Groups

    def add_argument_group(self, *args, **kwargs):
        self._action_groups.append(_ArgumentGroup(self, *args, **kwargs))
        return self._action_groups[-1]

    def add_mutually_exclusive_group(self, **kwargs):
        self._mutually_exclusive_groups.append(_MutuallyExclusiveGroup(self, **kwargs))
        return self._mutually_exclusive_groups[-1]

    def _add_container_actions(self, container):
        """Takes over the arguments of a parent parser, with their groups."""
        by_title = {}
        for group in self._action_groups:
            if by_title.setdefault(group.title, group) is not group:
                raise ValueError(
                    f"cannot merge actions - two groups are named {group.title!r}")
        place = {}
        for group in container._action_groups:
            mine = by_title.get(group.title)
            if mine is None:
                mine = by_title[group.title] = self.add_argument_group(
                    group.title, group.description, conflict_handler=group.conflict_handler)
            place.update(dict.fromkeys(group._group_actions, mine))
        for group in container._mutually_exclusive_groups:
            mine = self.add_mutually_exclusive_group(required=group.required)
            place.update(dict.fromkeys(group._group_actions, mine))
        for action in container._actions:
            place.get(action, self)._add_action(action)


class _ArgumentGroup(_ActionsContainer):
    """Arguments that help shows together."""

    def __init__(self, container, title=None, description=None, **kwargs):
        inherited = {
            name: getattr(container, name)
            for name in ("prefix_chars", "argument_default", "conflict_handler")}
        super().__init__(description, **{**inherited, **kwargs})
        self.title = title
        self._group_actions = []
        for name in _COMMON:
            setattr(self, name, getattr(container, name))

    def _add_action(self, action):
        self._group_actions.append(super()._add_action(action))
        return action

    def _remove_action(self, action):
        self._group_actions.remove(action)
        super()._remove_action(action)


class _MutuallyExclusiveGroup(_ArgumentGroup):
    """Arguments of which at most one, or exactly one, may be given."""

    def __init__(self, container, required=False):
        super().__init__(container)
        self._container = container
        self.required = required

    def _add_action(self, action):
        if action.required:
            raise ValueError("mutually exclusive arguments must be optional")
        self._group_actions.append(self._container._add_action(action))
        return action

    def _remove_action(self, action):
        self._group_actions.remove(action)
        self._container._remove_action(action)
