"""Configuration files: sections of names and values."""

import os
import re
from collections import ChainMap
from collections.abc import MutableMapping

from . import errors, interpolation
from .errors import *
from .errors import (
    MAX_INTERPOLATION_DEPTH, DuplicateOptionError, DuplicateSectionError, Error, NoOptionError,
    NoSectionError)
from .interpolation import (
    BasicInterpolation, ExtendedInterpolation, Interpolation, LegacyInterpolation)
from .reading import _Reader
from .sections import ConverterMapping, SectionProxy

__all__ = [
    "NoSectionError", "DuplicateOptionError", "DuplicateSectionError", "NoOptionError",
    "InterpolationError", "InterpolationDepthError", "InterpolationMissingOptionError",
    "InterpolationSyntaxError", "ParsingError", "MissingSectionHeaderError", "ConfigParser",
    "SafeConfigParser", "RawConfigParser", "Interpolation", "BasicInterpolation",
    "ExtendedInterpolation", "LegacyInterpolation", "SectionProxy", "ConverterMapping",
    "DEFAULTSECT", "MAX_INTERPOLATION_DEPTH",
]

DEFAULTSECT = "DEFAULT"
_UNSET = object()


def _option_pattern(delimiters, lone_names):
    signs = "|".join(map(re.escape, delimiters))
    value = rf"(?:(?P<vi>{signs})\s*(?P<value>.*))" + ("?" if lone_names else "")
    return re.compile(rf"(?P<option>.*?)\s*{value}$")


def _getter(kind, convert):
    """A method that gives a value as `convert` makes it; a name stands for a method."""

    def get(self, section, option, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        function = getattr(self, convert) if isinstance(convert, str) else convert
        return self._get_conv(
            section, option, function, raw=raw, vars=vars, fallback=fallback, **kwargs)

    get.__name__ = f"get{kind}"
    get.__qualname__ = f"RawConfigParser.get{kind}"
    return get


class RawConfigParser(MutableMapping):
    """Reads and writes configurations; a mapping from sections."""

    SECTCRE = re.compile(r"\[(?P<header>.+)\]")
    OPTCRE = _option_pattern("=:", lone_names=False)
    OPTCRE_NV = _option_pattern("=:", lone_names=True)
    NONSPACECRE = re.compile(r"\S")
    BOOLEAN_STATES = {
        **dict.fromkeys(("1", "yes", "true", "on"), True),
        **dict.fromkeys(("0", "no", "false", "off"), False)}
    _DEFAULT_INTERPOLATION = Interpolation()

    def __init__(
        self, defaults=None, dict_type=dict, allow_no_value=False, *, delimiters=("=", ":"),
        comment_prefixes=("#", ";"), inline_comment_prefixes=None, strict=True,
        empty_lines_in_values=True, default_section=DEFAULTSECT, interpolation=_UNSET,
        converters=_UNSET
    ):
        self._dict = dict_type
        self._defaults, self._sections, self._proxies = dict_type(), dict_type(), dict_type()
        self._strict, self._allow_no_value = strict, allow_no_value
        self._empty_lines_in_values = empty_lines_in_values
        self._delimiters = tuple(delimiters)
        if self._delimiters == ("=", ":"):
            self._optcre = self.OPTCRE_NV if allow_no_value else self.OPTCRE
        else:
            self._optcre = _option_pattern(self._delimiters, allow_no_value)
        self._comment_prefixes = tuple(comment_prefixes or ())
        self._inline_comment_prefixes = tuple(inline_comment_prefixes or ())
        if interpolation is _UNSET:
            interpolation = self._DEFAULT_INTERPOLATION
        self._interpolation = Interpolation() if interpolation is None else interpolation
        if not isinstance(self._interpolation, Interpolation):
            raise TypeError(
                "interpolation= must be None or an instance of Interpolation; "
                f"got an object of type {type(interpolation)}")
        self._converters = ConverterMapping(self)
        if converters is not _UNSET:
            self._converters.update(converters)
        self.default_section = default_section
        self._proxies[default_section] = SectionProxy(self, default_section)
        if defaults:
            self._read_defaults(defaults)

    converters = property(lambda self: self._converters)

    # Sections

    def _options(self, section):
        """The values of a section itself; those of the default section for an empty name."""
        if not section or section == self.default_section:
            return self._defaults
        try:
            return self._sections[section]
        except KeyError:
            raise NoSectionError(section) from None

    def _make_section(self, section):
        self._sections[section] = self._dict()
        self._proxies[section] = SectionProxy(self, section)

    def defaults(self):
        return self._defaults

    def sections(self):
        return [*self._sections]

    def has_section(self, section):
        return section in self._sections

    def add_section(self, section):
        if section == self.default_section:
            raise ValueError(f"Invalid section name: {section!r}")
        if self.has_section(section):
            raise DuplicateSectionError(section)
        self._make_section(section)

    def remove_section(self, section):
        self._proxies.pop(section if section in self._sections else _UNSET, None)
        return self._sections.pop(section, _UNSET) is not _UNSET

    def options(self, section):
        try:
            return [*{**self._sections[section], **self._defaults}]
        except KeyError:
            raise NoSectionError(section) from None

    def has_option(self, section, option):
        try:
            own = self._options(section)
        except NoSectionError:
            return False
        option = self.optionxform(option)
        return option in own or option in self._defaults

    def optionxform(self, optionstr):
        return optionstr.lower()

    # Reading

    def _read(self, fp, fpname):
        _Reader(self, fpname).read(fp)

    def read(self, filenames, encoding=None):
        """Reads those of the files that are there; returns their names."""
        done = []
        one = isinstance(filenames, (str, bytes, os.PathLike))
        for name in [filenames] if one else filenames:
            try:
                with open(name, encoding=encoding) as file:
                    self._read(file, name)
            except OSError:
                pass  # There need not be a file.
            else:
                done.append(os.fspath(name))
        return done

    def read_file(self, f, source=None):
        self._read(f, getattr(f, "name", "<???>") if source is None else source)

    def read_string(self, string, source="<string>"):
        from io import StringIO
        self.read_file(StringIO(string), source)

    def read_dict(self, dictionary, source="<dict>"):
        sections, places = set(), set()
        for section, values in dictionary.items():
            section = str(section)
            try:
                self.add_section(section)
            except (DuplicateSectionError, ValueError):
                if section in sections and self._strict:
                    raise
            sections.add(section)
            for option, value in values.items():
                option = self.optionxform(str(option))
                if (section, option) in places and self._strict:
                    raise DuplicateOptionError(section, option, source)
                places.add((section, option))
                self.set(section, option, value if value is None else str(value))

    def _read_defaults(self, defaults):
        self._defaults.update(
            (self.optionxform(option), value) for option, value in defaults.items())

    def readfp(self, fp, filename=None):
        import warnings
        warnings.warn(
            "This method will be removed in Python 3.12. Use 'parser.read_file()' instead.",
            DeprecationWarning, stacklevel=2)
        self.read_file(fp, source=filename)

    # Values

    def get(self, section, option, *, raw=False, vars=None, fallback=_UNSET):
        try:
            own = {} if section == self.default_section else self._sections[section]
        except KeyError:
            if fallback is _UNSET:
                raise NoSectionError(section) from None
            return fallback
        given = {
            self.optionxform(name): value if value is None else str(value)
            for name, value in vars.items()} if vars else {}
        values = ChainMap(given, own, self._defaults)
        option = self.optionxform(option)
        try:
            value = values[option]
        except KeyError:
            if fallback is _UNSET:
                raise NoOptionError(option, section) from None
            return fallback
        if value is None or raw:
            return value
        return self._interpolation.before_get(self, section, option, value, values)

    def _get_conv(self, section, option, conv, *, fallback=_UNSET, **kwargs):
        try:
            value = self.get(section, option, **kwargs)
        except (NoSectionError, NoOptionError):
            if fallback is _UNSET:
                raise
            return fallback
        return conv(value)

    getint = _getter("int", int)
    getfloat = _getter("float", float)
    getboolean = _getter("boolean", "_convert_to_boolean")

    def _convert_to_boolean(self, value):
        state = self.BOOLEAN_STATES.get(value.lower())
        if state is None:
            raise ValueError(f"Not a boolean: {value}")
        return state

    def items(self, section=_UNSET, raw=False, vars=None):
        if section is _UNSET:
            return super().items()
        if section != self.default_section and section not in self._sections:
            raise NoSectionError(section)
        values = self._defaults.copy()
        values.update(self._sections.get(section, ()))
        names = [*values]
        if vars:
            values.update((self.optionxform(name), value) for name, value in vars.items())
        if raw:
            return [(name, values[name]) for name in names]
        fill = self._interpolation.before_get
        return [(name, fill(self, section, name, values[name], values)) for name in names]

    def set(self, section, option, value=None):
        if value:
            value = self._interpolation.before_set(self, section, option, value)
        self._options(section)[self.optionxform(option)] = value

    def remove_option(self, section, option):
        return self._options(section).pop(self.optionxform(option), _UNSET) is not _UNSET

    def _validate_value_types(self, *, section="", option="", value=""):
        optional = self._allow_no_value and not value
        for what, text in [
                ("section names", section), ("option keys", option),
                ("option values", "" if optional else value)]:
            if not isinstance(text, str):
                raise TypeError(f"{what} must be strings")

    # Writing

    def write(self, fp, space_around_delimiters=True):
        sign = self._delimiters[0]
        sign = f" {sign} " if space_around_delimiters else sign
        if self._defaults:
            self._write_section(fp, self.default_section, self._defaults.items(), sign)
        for section, options in self._sections.items():
            self._write_section(fp, section, options.items(), sign)

    def _write_section(self, fp, section_name, section_items, delimiter):
        lines = [f"[{section_name}]\n"]
        for option, value in section_items:
            value = self._interpolation.before_write(self, section_name, option, value)
            alone = value is None and self._allow_no_value
            text = "" if alone else delimiter + str(value).replace("\n", "\n\t")
            lines.append(f"{option}{text}\n")
        fp.write("".join(lines) + "\n")

    # As a mapping

    def __contains__(self, key):
        return key == self.default_section or self.has_section(key)

    def __getitem__(self, key):
        if key not in self:
            raise KeyError(key)
        return self._proxies[key]

    def __setitem__(self, key, value):
        if key in self:
            if value is self._proxies[key]:
                return
            self._options(key).clear()
        self.read_dict({key: value})

    def __delitem__(self, key):
        if key == self.default_section:
            raise ValueError("Cannot remove the default section.")
        if not self.remove_section(key):
            raise KeyError(key)

    def __iter__(self):
        yield self.default_section
        yield from self._sections

    def __len__(self):
        return 1 + len(self._sections)

    def popitem(self):
        """Removes the first section, which is never the default one."""
        if not self._sections:
            raise KeyError
        first = next(iter(self._sections))
        proxy = self[first]
        del self[first]
        return first, proxy


class ConfigParser(RawConfigParser):
    """A parser whose values are texts and may refer to others."""

    _DEFAULT_INTERPOLATION = BasicInterpolation()

    def add_section(self, section):
        self._validate_value_types(section=section)
        super().add_section(section)

    def set(self, section, option, value=None):
        self._validate_value_types(option=option, value=value)
        super().set(section, option, value)

    def _read_defaults(self, defaults):
        # They may refer to what is not there yet.
        kept, self._interpolation = self._interpolation, Interpolation()
        try:
            self.read_dict({self.default_section: defaults})
        finally:
            self._interpolation = kept


class SafeConfigParser(ConfigParser):
    """An old name of ConfigParser."""

    def __init__(self, *args, **kwargs):
        import warnings
        warnings.warn(
            "The SafeConfigParser class has been renamed to ConfigParser in Python 3.2. This alias "
            "will be removed in Python 3.12. Use ConfigParser directly instead.",
            DeprecationWarning, stacklevel=2)
        super().__init__(*args, **kwargs)


for _item in [*vars(errors).values(), *vars(interpolation).values(), SectionProxy,
              ConverterMapping]:
    if isinstance(_item, type):
        _item.__module__ = __name__
del _item, errors, interpolation
