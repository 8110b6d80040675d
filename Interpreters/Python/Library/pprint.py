"""Shows data in several lines, so that it is pleasant to read.

A value that is too wide for its line is laid out: a function for its kind gives a `_Layout`, which has
an opening, entries and a closing, and `PrettyPrinter` puts each entry on a line of its own.
"""

import collections as _collections
import sys as _sys
import types as _types

__all__ = ["pprint", "pformat", "isreadable", "isrecursive", "saferepr", "PrettyPrinter", "pp"]


def pprint(
    object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
    underscore_numbers=False,
):
    """Writes a value to a stream, `sys.stdout` if none is given."""
    PrettyPrinter(
        indent, width, depth, stream, compact=compact, sort_dicts=sort_dicts,
        underscore_numbers=underscore_numbers,
    ).pprint(object)


def pp(object, *args, sort_dicts=False, **kwargs):
    """Like `pprint`, but dicts keep their order."""
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


def pformat(
    object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
    underscore_numbers=False,
):
    """The text of a value."""
    return PrettyPrinter(
        indent, width, depth, compact=compact, sort_dicts=sort_dicts,
        underscore_numbers=underscore_numbers,
    ).pformat(object)


def saferepr(object):
    """The representation in one line; also of something that contains itself."""
    return PrettyPrinter().format(object, {}, None, 0)[0]


def isreadable(object):
    """Could Python read the representation back?"""
    return PrettyPrinter().isreadable(object)


def isrecursive(object):
    """Does it contain itself?"""
    return PrettyPrinter().isrecursive(object)


class _Sortable:
    """Something that has an order, even if its value has none."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        try:
            return self.value < other.value
        except TypeError:
            return self._kind() < other._kind()

    def _kind(self):
        return str(type(self.value)), id(self.value)


def _item_order(item):
    return _Sortable(item[0]), _Sortable(item[1])


def _recursion(value):
    return f"<Recursion on {type(value).__name__} with id={id(value)}>"


class _Layout:
    """A value in several lines.

    The entries are pairs of a label and a value. With a `bracket` they are indented by one level;
    else they begin where the opening ends. `packed` entries may share a line if the printer is compact.
    """

    __slots__ = ("opening", "bracket", "entries", "closing", "packed", "named", "step")

    def __init__(self, opening, bracket, entries, closing, packed=False, named=False, step=0):
        self.opening = opening
        self.bracket = bracket
        self.entries = entries
        self.closing = closing
        self.packed = packed
        self.named = named
        self.step = step


class PrettyPrinter:
    """Shows values with an indentation, a width and a depth.

    `compact` puts several items on a line; `sort_dicts` sorts dicts by their keys;
    `underscore_numbers` groups digits.
    """

    def __init__(
        self, indent=1, width=80, depth=None, stream=None, *, compact=False, sort_dicts=True,
        underscore_numbers=False,
    ):
        self._indent = int(indent)
        self._width = int(width)
        if self._indent < 0:
            raise ValueError("indent must be >= 0")
        if depth is not None and depth <= 0:
            raise ValueError("depth must be > 0")
        if not self._width:
            raise ValueError("width must be != 0")
        self._depth = depth
        self._stream = _sys.stdout if stream is None else stream
        self._compact = bool(compact)
        self._sort_dicts = sort_dicts
        self._underscore_numbers = underscore_numbers

    def pprint(self, object):
        """Writes the value to the stream."""
        if self._stream is not None:
            self._stream.write(self._shown(object, 0, 0, {}, 0) + "\n")

    def pformat(self, object):
        """The text of the value."""
        return self._shown(object, 0, 0, {}, 0)

    def isrecursive(self, object):
        """Does it contain itself?"""
        return self.format(object, {}, 0, 0)[2]

    def isreadable(self, object):
        """Could Python read the representation back?"""
        _, readable, recursive = self.format(object, {}, 0, 0)
        return readable and not recursive

    def format(self, object, context, maxlevels, level):
        """A representation in one line, if it is readable, if it is recursive.

        Subclasses override this. `context` has the ids of the values around it.
        """
        kind = type(object)
        method = kind.__repr__
        if method is int.__repr__ and self._underscore_numbers:
            return f"{object:_d}", True, False
        if method is dict.__repr__:
            opening, closing = "{", "}"
        elif method is list.__repr__:
            opening, closing = "[", "]"
        elif method is tuple.__repr__:
            opening, closing = "(", ",)" if len(object) == 1 else ")"
        else:
            text = repr(object)
            return text, bool(text) and not text.startswith("<"), False
        if not object:
            return opening + closing, True, False
        here = id(object)
        if maxlevels and level >= maxlevels:
            return f"{opening}...{closing}", False, here in context
        if here in context:
            return _recursion(object), False, True
        context[here] = 1
        readable, recursive = True, False

        def part(value):
            nonlocal readable, recursive
            text, can_be_read, repeats = self.format(value, context, maxlevels, level + 1)
            readable = readable and can_be_read
            recursive = recursive or repeats
            return text

        if opening == "{":
            words = [f"{part(key)}: {part(value)}" for key, value in self._items(object)]
        else:
            words = [part(value) for value in object]
        del context[here]
        return f"{opening}{', '.join(words)}{closing}", readable, recursive

    def _items(self, mapping):
        items = mapping.items()
        return sorted(items, key=_item_order) if self._sort_dicts else items

    def _one_line(self, value, context, level):
        return self.format(value, context.copy(), self._depth, level)[0]

    def _shown(self, value, column, reserved, context, level):
        """The text of a value that begins at a column; `reserved` is for what follows it."""
        here = id(value)
        if here in context:
            return _recursion(value)
        text = self._one_line(value, context, level)
        if len(text) <= self._width - column - reserved:
            return text
        kind = type(value)
        lay_out = _LAYOUTS.get(kind.__repr__)
        if lay_out is None and getattr(kind.__repr__, "_of_dataclass", False):
            lay_out = _dataclass_layout
        if lay_out is None:
            return text
        context[here] = 1
        shape = lay_out(self, value, column, reserved, context, level + 1)
        if isinstance(shape, _Layout):
            shape = self._laid_out(shape, column, reserved, context, level + 1 + shape.step)
        del context[here]
        return shape

    def _laid_out(self, layout, column, reserved, context, level):
        # An opening of several lines ends in the indentation of the last.
        column = len(layout.opening.rpartition("\n")[2]) + (0 if "\n" in layout.opening else column)
        parts = [layout.opening, layout.bracket]
        if layout.bracket:
            column += self._indent
            parts.append(" " * (self._indent - 1))
        ending, broken, _ = layout.closing.partition("\n")
        if not layout.named:
            reserved = len(ending) + (0 if broken else reserved)
        new_line = ",\n" + " " * column
        room = full = self._width - column + 1
        separator = ""
        last = len(layout.entries) - 1
        for i, (label, value) in enumerate(layout.entries):
            if i == last:
                room -= reserved
                full -= reserved
            if layout.packed and self._compact:
                text = self._one_line(value, context, level)
                needed = len(text) + 2
                if room < needed:
                    room = full
                    if separator:
                        separator = new_line
                if room >= needed:
                    room -= needed
                    parts += separator, text
                    separator = ", "
                    continue
            if layout.named and id(value) in context:
                # The representation of its class says this.
                text = "..."
            else:
                after = reserved if i == last else 1
                text = self._shown(value, column + len(label), after, context, level)
            parts += separator, label, text
            separator = new_line
        parts.append(layout.closing)
        return "".join(parts)


# How values of each kind are laid out: as a layout, or as text that is ready -------------------


def _dict_layout(printer, value, column, reserved, context, level):
    return _braces(printer, printer._items(value), context, level)


def _braces(printer, items, context, level, opening="", closing="}"):
    """A dict with these items, perhaps in something else."""
    entries = [(printer._one_line(key, context, level) + ": ", item) for key, item in items]
    return _Layout(opening, "{", entries, closing)


def _sequence(items, opening, bracket, closing):
    return _Layout(opening, bracket, [("", item) for item in items], closing, packed=True)


def _list_layout(printer, value, column, reserved, context, level):
    return _sequence(value, "", "[", "]")


def _tuple_layout(printer, value, column, reserved, context, level):
    return _sequence(value, "", "(", ",)" if len(value) == 1 else ")")


def _set_layout(printer, value, column, reserved, context, level):
    if not value:
        return repr(value)
    items = sorted(value, key=_Sortable)
    if type(value) is set:
        return _sequence(items, "", "{", "}")
    return _sequence(items, f"{type(value).__name__}(", "{", "})")


def _call_layout(of):
    """The layout of what looks like a call with the argument or arguments `of(value)`."""

    def lay_out(printer, value, column, reserved, context, level):
        arguments = of(value)
        if not arguments:
            return repr(value)
        return _Layout(f"{type(value).__name__}(", "", [("", item) for item in arguments], ")")

    return lay_out


def _deque_layout(printer, value, column, reserved, context, level):
    if not value:
        return repr(value)
    opening = f"{type(value).__name__}("
    closing = "])"
    if value.maxlen is not None:
        limit = printer._one_line(value.maxlen, context, level)
        closing = f"],\n{' ' * (column + len(opening))}maxlen={limit})"
    return _sequence(value, opening, "[", closing)


def _default_dict_layout(printer, value, column, reserved, context, level):
    if not value:
        return repr(value)
    name = type(value).__name__
    factory = printer._one_line(value.default_factory, context, level)
    opening = f"{name}({factory},\n{' ' * (column + len(name) + 1)}"
    return _braces(printer, printer._items(value), context, level, opening, "})")


def _counter_layout(printer, value, column, reserved, context, level):
    if not value:
        return repr(value)
    opening = f"{type(value).__name__}("
    return _braces(printer, value.most_common(), context, level, opening, "})")


def _user_layout(printer, value, column, reserved, context, level):
    # A wrapper takes no level of its own.
    return _Layout("", "", [("", value.data)], "", step=-1)


def _named_layout(name, pairs):
    entries = [(f"{label}=", item) for label, item in pairs]
    return _Layout(f"{name}(", "", entries, ")", named=True)


def _namespace_layout(printer, value, column, reserved, context, level):
    kind = type(value)
    name = "namespace" if kind is _types.SimpleNamespace else kind.__name__
    return _named_layout(name, vars(value).items())


def _dataclass_layout(printer, value, column, reserved, context, level):
    fields = value.__dataclass_fields__.values()
    shown = [f.name for f in fields if f.repr and repr(f._field_type) == "_FIELD"]
    return _named_layout(type(value).__name__, [(name, getattr(value, name)) for name in shown])


def _fitted(parts, width, reserved):
    """Parts of text or bytes joined as long as their representation fits into the width.

    The last part has less room: something follows it.
    """
    current = parts[0][:0]
    for i, part in enumerate(parts):
        if i == len(parts) - 1:
            width -= reserved
        if len(repr(current + part)) > width:
            if current:
                yield repr(current)
            current = part
        else:
            current += part
    if current:
        yield repr(current)


def _bracketed(pieces, column, around):
    joined = ("\n" + " " * column).join(pieces)
    return f"({joined})" if around else joined


def _str_layout(printer, value, column, reserved, context, level):
    """A line of text on each line, or what fits of one."""
    if not value:
        return repr(value)
    import re

    outermost = level == 1
    column += outermost
    reserved += outermost
    width = printer._width - column
    lines = value.splitlines(True)
    pieces = []
    for i, line in enumerate(lines):
        after = reserved if i == len(lines) - 1 else 0
        text = repr(line)
        if len(text) <= width - after:
            pieces.append(text)
        else:
            words = re.findall(r"\S+\s*|\s+", line)
            pieces += _fitted(words, width, after)
    return text if len(pieces) == 1 else _bracketed(pieces, column, outermost)


def _bytes_layout(printer, value, column, reserved, context, level):
    if len(value) <= 4:
        return repr(value)
    outermost = level == 1
    column += outermost
    fours = [value[i:i + 4] for i in range(0, len(value), 4)]
    # Only a last group that is shorter leaves room for what follows.
    after = reserved + outermost if len(value) % 4 else 0
    pieces = _fitted(fours, printer._width - column, after)
    return _bracketed(pieces, column, outermost)


def _bytearray_layout(printer, value, column, reserved, context, level):
    inner = _bytes_layout(printer, bytes(value), column + 10, reserved + 1, context, level + 1)
    return f"bytearray({inner})"


# By the method that makes the representation: a subclass may have another.
_LAYOUTS = {
    kind.__repr__: lay_out
    for kind, lay_out in (
        (dict, _dict_layout),
        (list, _list_layout),
        (tuple, _tuple_layout),
        (set, _set_layout),
        (frozenset, _set_layout),
        (str, _str_layout),
        (bytes, _bytes_layout),
        (bytearray, _bytearray_layout),
        (_types.MappingProxyType, _call_layout(lambda value: [value.copy()])),
        (_types.SimpleNamespace, _namespace_layout),
        (_collections.OrderedDict, _call_layout(lambda value: [list(value.items())] if value else [])),
        (_collections.ChainMap, _call_layout(lambda value: value.maps)),
        (_collections.defaultdict, _default_dict_layout),
        (_collections.Counter, _counter_layout),
        (_collections.deque, _deque_layout),
        (_collections.UserDict, _user_layout),
        (_collections.UserList, _user_layout),
        (_collections.UserString, _user_layout),
    )
}
