"""Sections as mappings, and the conversions of their values."""

from collections.abc import MutableMapping
from functools import partial


class SectionProxy(MutableMapping):
    """A section of a parser, as a mapping."""

    def __init__(self, parser, name):
        self._parser, self._name = parser, name

    parser = property(lambda self: self._parser)
    name = property(lambda self: self._name)

    def __repr__(self):
        return f"<Section: {self._name}>"

    def __getattr__(self, name):
        if not name.startswith("get") or name[3:] not in self._parser.converters:
            raise AttributeError(f"'SectionProxy' object has no attribute {name!r}")
        return partial(self.get, _impl=getattr(self._parser, name))

    def get(self, option, fallback=None, *, raw=False, vars=None, _impl=None, **kwargs):
        return (_impl or self._parser.get)(
            self._name, option, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def _names(self):
        parser = self._parser
        inner = self._name != parser.default_section
        return parser.options(self._name) if inner else parser.defaults()

    def __iter__(self):
        return iter(self._names())

    def __len__(self):
        return len(self._names())

    def __contains__(self, key):
        return self._parser.has_option(self._name, key)

    def __getitem__(self, key):
        if key in self:
            return self._parser.get(self._name, key)
        raise KeyError(key)

    def __setitem__(self, key, value):
        # Also of a parser that would take other values by its own `set`.
        self._parser._validate_value_types(option=key, value=value)
        self._parser.set(self._name, key, value)

    def __delitem__(self, key):
        if key not in self or not self._parser.remove_option(self._name, key):
            raise KeyError(key)


class ConverterMapping(MutableMapping):
    """The conversions of a parser: each `x` gives it, and its sections, a method `getx`.

    The methods that a parser has by itself stand for None.
    """

    def __init__(self, parser):
        self._parser = parser
        self._table = {
            name[3:]: None for name in dir(type(parser))
            if len(name) > 3 and name.startswith("get") and callable(getattr(type(parser), name))}

    def __getitem__(self, key):
        return self._table[key]

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise ValueError(f"Incompatible key: {key} (type: {type(key)})")
        if not key:
            raise ValueError('Incompatible key: cannot use "" as a name')
        self._table[key] = value
        setattr(self._parser, f"get{key}", partial(self._parser._get_conv, conv=value))

    def __delitem__(self, key):
        del self._table[key]
        vars(self._parser).pop(f"get{key}", None)

    def __iter__(self):
        return iter(self._table)

    def __len__(self):
        return len(self._table)
