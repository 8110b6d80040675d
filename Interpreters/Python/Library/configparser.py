"""Configuration files: sections of names and values."""

__all__ = [
    "NoSectionError", "DuplicateOptionError", "DuplicateSectionError", "NoOptionError",
    "InterpolationError", "InterpolationDepthError", "InterpolationMissingOptionError",
    "InterpolationSyntaxError", "ParsingError", "MissingSectionHeaderError", "ConfigParser",
    "SafeConfigParser", "RawConfigParser", "Interpolation", "BasicInterpolation",
    "ExtendedInterpolation", "LegacyInterpolation", "SectionProxy", "ConverterMapping",
    "DEFAULTSECT", "MAX_INTERPOLATION_DEPTH",
]

import functools
import itertools
import os
import re
import sys
from collections import ChainMap
from collections.abc import MutableMapping

DEFAULTSECT = "DEFAULT"
MAX_INTERPOLATION_DEPTH = 10
_UNSET = object()


class Error(Exception):
    """What the exceptions here are derived from."""

    def __init__(self, msg=""):
        self.message = msg
        Exception.__init__(self, msg)

    def __repr__(self):
        return self.message

    __str__ = __repr__


class NoSectionError(Error):
    def __init__(self, section):
        Error.__init__(self, "No section: %r" % (section,))
        self.section = section
        self.args = (section,)


class DuplicateSectionError(Error):
    def __init__(self, section, source=None, lineno=None):
        Error.__init__(self, _duplicate("section", f"{section!r}", source, lineno))
        self.section, self.source, self.lineno = section, source, lineno
        self.args = (section, source, lineno)


def _duplicate(what, shown, source, lineno):
    text = f"{shown} already exists"
    if source is None:
        return text if what == "option" else f"Section {text}"
    where = f"While reading from {source!r}"
    if lineno is not None:
        where += f" [line {lineno:2d}]"
    return f"{where}: {what} {text}"


class DuplicateOptionError(Error):
    def __init__(self, section, option, source=None, lineno=None):
        text = f"{option!r} in section {section!r} already exists"
        if source is not None:
            where = f"While reading from {source!r}"
            if lineno is not None:
                where += f" [line {lineno:2d}]"
            text = f"{where}: option {text}"
        else:
            text = f"Option {text}"
        Error.__init__(self, text)
        self.section, self.option, self.source, self.lineno = section, option, source, lineno
        self.args = (section, option, source, lineno)


class NoOptionError(Error):
    def __init__(self, option, section):
        Error.__init__(self, "No option %r in section: %r" % (option, section))
        self.option, self.section = option, section
        self.args = (option, section)


class InterpolationError(Error):
    def __init__(self, option, section, msg):
        Error.__init__(self, msg)
        self.option, self.section = option, section
        self.args = (option, section, msg)


class InterpolationMissingOptionError(InterpolationError):
    def __init__(self, option, section, rawval, reference):
        InterpolationError.__init__(
            self, option, section,
            f"Bad value substitution: option {option!r} in section {section!r} contains an "
            f"interpolation key {reference!r} which is not a valid option name. "
            f"Raw value: {rawval!r}")
        self.reference = reference
        self.args = (option, section, rawval, reference)


class InterpolationSyntaxError(InterpolationError):
    """The value does not say properly what shall be put in."""


class InterpolationDepthError(InterpolationError):
    def __init__(self, option, section, rawval):
        InterpolationError.__init__(
            self, option, section,
            f"Recursion limit exceeded in value substitution: option {option!r} in section "
            f"{section!r} contains an interpolation key which cannot be substituted in "
            f"{MAX_INTERPOLATION_DEPTH} steps. Raw value: {rawval!r}")
        self.args = (option, section, rawval)


class ParsingError(Error):
    def __init__(self, source=None, filename=None):
        source = filename if source is None else source
        if source is None:
            raise ValueError("Required argument `source' not given.")
        Error.__init__(self, f"Source contains parsing errors: {source!r}")
        self.source = source
        self.errors = []
        self.args = (source,)

    def append(self, lineno, line):
        self.errors.append((lineno, line))
        self.message += f"\n\t[line {lineno:2d}]: {line}"


class MissingSectionHeaderError(ParsingError):
    def __init__(self, filename, lineno, line):
        Error.__init__(
            self, f"File contains no section headers.\nfile: {filename!r}, line: {lineno}\n{line!r}")
        self.source, self.lineno, self.line = filename, lineno, line
        self.args = (filename, lineno, line)


# Values that refer to others --------------------------------------------------------------------


class Interpolation:
    """Leaves values as they are."""

    def before_get(self, parser, section, option, value, defaults):
        return value

    def before_set(self, parser, section, option, value):
        return value

    def before_read(self, parser, section, option, value):
        return value

    def before_write(self, parser, section, option, value):
        return value


class BasicInterpolation(Interpolation):
    """Puts values of the same section in: %(name)s."""

    _sign = "%"
    _reference = re.compile(r"%\(([^)]+)\)s")

    def before_get(self, parser, section, option, value, defaults):
        parts = []
        self._interpolate(parser, option, parts, value, section, defaults, 1)
        return "".join(parts)

    def before_set(self, parser, section, option, value):
        rest = self._reference.sub("", value.replace(self._sign * 2, ""))
        if self._sign in rest:
            raise ValueError(
                f"invalid interpolation syntax in {value!r} at position {rest.find(self._sign)}")
        return value

    def _interpolate(self, parser, option, parts, rest, section, values, depth):
        raw = parser.get(section, option, raw=True, fallback=rest)
        if depth > MAX_INTERPOLATION_DEPTH:
            raise InterpolationDepthError(option, section, raw)
        while rest:
            before, sign, rest = rest.partition(self._sign)
            parts.append(before)
            if not sign:
                return
            rest = sign + rest
            if rest[1:2] == self._sign:
                parts.append(self._sign)
                rest = rest[2:]
            elif rest[1:2] == self._opening:
                match = self._reference.match(rest)
                if match is None:
                    raise InterpolationSyntaxError(
                        option, section, f"bad interpolation variable reference {rest!r}")
                rest = rest[match.end():]
                self._put(parser, option, parts, match.group(1), section, values, depth, raw, rest)
            else:
                raise InterpolationSyntaxError(
                    option, section,
                    f"'{self._sign}' must be followed by '{self._sign}' or "
                    f"'{self._opening}', found: {rest!r}")

    _opening = "("

    def _put(self, parser, option, parts, name, section, values, depth, raw, rest):
        name = parser.optionxform(name)
        try:
            value = values[name]
        except KeyError:
            raise InterpolationMissingOptionError(option, section, raw, name) from None
        if self._sign in value:
            self._interpolate(parser, option, parts, value, section, values, depth + 1)
        else:
            parts.append(value)


class ExtendedInterpolation(BasicInterpolation):
    """Puts values of any section in: ${name} or ${section:name}."""

    _sign = "$"
    _opening = "{"
    _reference = re.compile(r"\$\{([^}]+)\}")

    def _put(self, parser, option, parts, name, section, values, depth, raw, rest):
        path = name.split(":")
        other, key = section, option
        try:
            if len(path) == 1:
                key = parser.optionxform(path[0])
                value = values[key]
            elif len(path) == 2:
                other = path[0]
                key = parser.optionxform(path[1])
                value = parser.get(other, key, raw=True)
            else:
                raise InterpolationSyntaxError(
                    option, section, f"More than one ':' found: {rest!r}")
        except (KeyError, NoSectionError, NoOptionError):
            raise InterpolationMissingOptionError(
                option, section, raw, ":".join(path)) from None
        if "$" in value:
            self._interpolate(
                parser, key, parts, value, other, dict(parser.items(other, raw=True)), depth + 1)
        else:
            parts.append(value)


class LegacyInterpolation(Interpolation):
    """The oldest one, by the operator %."""

    def before_get(self, parser, section, option, value, vars):
        raw = value
        for _ in range(MAX_INTERPOLATION_DEPTH):
            if not value or "%(" not in value:
                return value
            value = re.sub(
                r"%\(([^)]*)\)s|.",
                lambda match: f"%({parser.optionxform(match[1])})s" if match[1] else match[0],
                value)
            try:
                value = value % vars
            except KeyError as error:
                raise InterpolationMissingOptionError(
                    option, section, raw, error.args[0]) from None
        if value and "%(" in value:
            raise InterpolationDepthError(option, section, raw)
        return value


# Parsers ----------------------------------------------------------------------------------------


class RawConfigParser(MutableMapping):
    """Reads and writes configurations; a mapping from sections."""

    _SECT_TMPL = r"\[(?P<header>.+)\]"
    _OPT_TMPL = r"(?P<option>.*?)\s*(?:(?P<vi>{delim})\s*(?P<value>.*))$"
    _OPT_NV_TMPL = r"(?P<option>.*?)\s*(?:(?P<vi>{delim})\s*(?P<value>.*))?$"
    _DEFAULT_INTERPOLATION = Interpolation()
    SECTCRE = re.compile(_SECT_TMPL)
    NONSPACECRE = re.compile(r"\S")
    BOOLEAN_STATES = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False,
                      "false": False, "off": False}

    def __init__(
        self, defaults=None, dict_type=dict, allow_no_value=False, *, delimiters=("=", ":"),
        comment_prefixes=("#", ";"), inline_comment_prefixes=None, strict=True,
        empty_lines_in_values=True, default_section=DEFAULTSECT, interpolation=_UNSET,
        converters=_UNSET
    ):
        self._dict = dict_type
        self._sections = dict_type()
        self._defaults = dict_type()
        self._converters = ConverterMapping(self)
        self._proxies = dict_type()
        self._proxies[default_section] = SectionProxy(self, default_section)
        self._delimiters = tuple(delimiters)
        template = self._OPT_NV_TMPL if allow_no_value else self._OPT_TMPL
        self._optcre = re.compile(
            template.format(delim="|".join(map(re.escape, self._delimiters))))
        self._comment_prefixes = tuple(comment_prefixes or ())
        self._inline_comment_prefixes = tuple(inline_comment_prefixes or ())
        self._strict = strict
        self._allow_no_value = allow_no_value
        self._empty_lines_in_values = empty_lines_in_values
        self.default_section = default_section
        if interpolation is _UNSET:
            interpolation = self._DEFAULT_INTERPOLATION
        self._interpolation = Interpolation() if interpolation is None else interpolation
        if converters is not _UNSET:
            self._converters.update(converters)
        if defaults:
            self._read_defaults(defaults)

    def defaults(self):
        return self._defaults

    def sections(self):
        return list(self._sections)

    def add_section(self, section):
        if section == self.default_section:
            raise ValueError("Invalid section name: %r" % section)
        if section in self._sections:
            raise DuplicateSectionError(section)
        self._sections[section] = self._dict()
        self._proxies[section] = SectionProxy(self, section)

    def has_section(self, section):
        return section in self._sections

    def options(self, section):
        try:
            options = self._sections[section].copy()
        except KeyError:
            raise NoSectionError(section) from None
        options.update(self._defaults)
        return list(options)

    # Reading

    def read(self, filenames, encoding=None):
        """Reads those of the files that are there; returns their names."""
        if isinstance(filenames, (str, bytes, os.PathLike)):
            filenames = [filenames]
        found = []
        for name in filenames:
            try:
                with open(name, encoding=encoding) as file:
                    self._read(file, name)
            except OSError:
                continue
            found.append(os.fspath(name))
        return found

    def read_file(self, f, source=None):
        if source is None:
            source = getattr(f, "name", "<???>")
        self._read(f, source)

    def read_string(self, string, source="<string>"):
        import io
        self.read_file(io.StringIO(string), source)

    def read_dict(self, dictionary, source="<dict>"):
        seen = set()
        for section, options in dictionary.items():
            section = str(section)
            try:
                self.add_section(section)
            except (DuplicateSectionError, ValueError):
                if self._strict and section in seen:
                    raise
            seen.add(section)
            for key, value in options.items():
                key = self.optionxform(str(key))
                if value is not None:
                    value = str(value)
                if self._strict and (section, key) in seen:
                    raise DuplicateOptionError(section, key, source)
                seen.add((section, key))
                self.set(section, key, value)

    def _strip_comment(self, line):
        """A line without comments, and whether it is not only a comment."""
        end = len(line)
        for prefix in self._inline_comment_prefixes:
            at = line.find(prefix)
            while at >= 0:
                if at == 0 or line[at - 1].isspace():
                    end = min(end, at)
                    break
                at = line.find(prefix, at + 1)
        if line.strip().startswith(self._comment_prefixes) and self._comment_prefixes:
            return "", True
        return line[:end].strip(), end != len(line)

    def _read(self, lines, source):
        seen = set()
        section = None
        section_name = option = None
        indent = 0
        problem = None
        for number, line in enumerate(lines, 1):
            value, is_comment = self._strip_comment(line)
            if not value:
                if self._empty_lines_in_values:
                    if (not is_comment and section is not None and option
                            and section[option] is not None):
                        section[option].append("")
                else:
                    indent = sys.maxsize
                continue
            match = self.NONSPACECRE.search(line)
            level = match.start() if match else 0
            if section is not None and option and level > indent:
                section[option].append(value)
                continue
            indent = level
            header = self.SECTCRE.match(value)
            if header:
                section_name = header["header"]
                if section_name in self._sections:
                    if self._strict and section_name in seen:
                        raise DuplicateSectionError(section_name, source, number)
                    section = self._sections[section_name]
                    seen.add(section_name)
                elif section_name == self.default_section:
                    section = self._defaults
                else:
                    section = self._dict()
                    self._sections[section_name] = section
                    self._proxies[section_name] = SectionProxy(self, section_name)
                    seen.add(section_name)
                option = None
                continue
            if section is None:
                raise MissingSectionHeaderError(source, number, line)
            match = self._optcre.match(value)
            if match is None:
                problem = problem or ParsingError(source)
                problem.append(number, repr(line))
                continue
            option, _, text = match.group("option", "vi", "value")
            if not option:
                problem = problem or ParsingError(source)
                problem.append(number, repr(line))
            option = self.optionxform(option.rstrip())
            if self._strict and (section_name, option) in seen:
                raise DuplicateOptionError(section_name, option, source, number)
            seen.add((section_name, option))
            section[option] = None if text is None else [text.strip()]
        self._join_lines()
        if problem:
            raise problem

    def _join_lines(self):
        all_sections = itertools.chain(
            [(self.default_section, self._defaults)], self._sections.items())
        for name, options in all_sections:
            for option, value in options.items():
                if isinstance(value, list):
                    value = "\n".join(value).rstrip()
                options[option] = self._interpolation.before_read(self, name, option, value)

    def _read_defaults(self, defaults):
        for key, value in defaults.items():
            self._defaults[self.optionxform(key)] = value

    # Values

    def _unify(self, section, vars):
        try:
            own = self._sections[section]
        except KeyError:
            own = {}
            if section != self.default_section:
                raise NoSectionError(section) from None
        given = {}
        for key, value in (vars or {}).items():
            given[self.optionxform(key)] = value if value is None else str(value)
        return ChainMap(given, own, self._defaults)

    def get(self, section, option, *, raw=False, vars=None, fallback=_UNSET):
        try:
            values = self._unify(section, vars)
        except NoSectionError:
            if fallback is _UNSET:
                raise
            return fallback
        option = self.optionxform(option)
        try:
            value = values[option]
        except KeyError:
            if fallback is _UNSET:
                raise NoOptionError(option, section) from None
            return fallback
        if raw or value is None:
            return value
        return self._interpolation.before_get(self, section, option, value, values)

    def _get_conv(self, section, option, conv, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        try:
            return conv(self.get(section, option, raw=raw, vars=vars, **kwargs))
        except (NoSectionError, NoOptionError):
            if fallback is _UNSET:
                raise
            return fallback

    def getint(self, section, option, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        return self._get_conv(
            section, option, int, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def getfloat(self, section, option, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        return self._get_conv(
            section, option, float, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def getboolean(self, section, option, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        return self._get_conv(
            section, option, self._convert_to_boolean, raw=raw, vars=vars, fallback=fallback,
            **kwargs)

    def _convert_to_boolean(self, value):
        if value.lower() not in self.BOOLEAN_STATES:
            raise ValueError("Not a boolean: %s" % value)
        return self.BOOLEAN_STATES[value.lower()]

    def items(self, section=_UNSET, raw=False, vars=None):
        if section is _UNSET:
            return super().items()
        values = self._defaults.copy()
        try:
            values.update(self._sections[section])
        except KeyError:
            if section != self.default_section:
                raise NoSectionError(section) from None
        names = list(values)
        for key, value in (vars or {}).items():
            values[self.optionxform(key)] = value
        if raw:
            return [(name, values[name]) for name in names]
        return [(name, self._interpolation.before_get(self, section, name, values[name], values)
                 if values[name] is not None else None) for name in names]

    def optionxform(self, optionstr):
        return optionstr.lower()

    def has_option(self, section, option):
        option = self.optionxform(option)
        if not section or section == self.default_section:
            return option in self._defaults
        if section not in self._sections:
            return False
        return option in self._sections[section] or option in self._defaults

    def set(self, section, option, value=None):
        if value:
            value = self._interpolation.before_set(self, section, option, value)
        if not section or section == self.default_section:
            options = self._defaults
        else:
            try:
                options = self._sections[section]
            except KeyError:
                raise NoSectionError(section) from None
        options[self.optionxform(option)] = value

    def remove_option(self, section, option):
        if not section or section == self.default_section:
            options = self._defaults
        else:
            try:
                options = self._sections[section]
            except KeyError:
                raise NoSectionError(section) from None
        return options.pop(self.optionxform(option), _UNSET) is not _UNSET

    def remove_section(self, section):
        existed = section in self._sections
        if existed:
            del self._sections[section]
            del self._proxies[section]
        return existed

    def write(self, fp, space_around_delimiters=True):
        sign = self._delimiters[0]
        if space_around_delimiters:
            sign = f" {sign} "
        if self._defaults:
            self._write_section(fp, self.default_section, self._defaults.items(), sign)
        for section in self._sections:
            self._write_section(fp, section, self._sections[section].items(), sign)

    def _write_section(self, fp, name, items, delimiter):
        fp.write(f"[{name}]\n")
        for key, value in items:
            value = self._interpolation.before_write(self, name, key, value)
            if value is not None or not self._allow_no_value:
                value = delimiter + str(value).replace("\n", "\n\t")
            else:
                value = ""
            fp.write(f"{key}{value}\n")
        fp.write("\n")

    # As a mapping

    def __getitem__(self, key):
        if key != self.default_section and not self.has_section(key):
            raise KeyError(key)
        return self._proxies[key]

    def __setitem__(self, key, value):
        if key in self and self[key] is value:
            return
        if key == self.default_section:
            self._defaults.clear()
        elif key in self._sections:
            self._sections[key].clear()
        self.read_dict({key: value})

    def __delitem__(self, key):
        if key == self.default_section:
            raise ValueError("Cannot remove the default section.")
        if not self.has_section(key):
            raise KeyError(key)
        self.remove_section(key)

    def __contains__(self, key):
        return key == self.default_section or self.has_section(key)

    def __len__(self):
        return len(self._sections) + 1

    def __iter__(self):
        return itertools.chain((self.default_section,), self._sections.keys())

    def popitem(self):
        for key in self.sections():
            value = self[key]
            del self[key]
            return key, value
        raise KeyError

    converters = property(lambda self: self._converters)


class ConfigParser(RawConfigParser):
    """A parser whose values are texts and may refer to others."""

    _DEFAULT_INTERPOLATION = BasicInterpolation()

    def _check(self, section="", option="", value=""):
        if not isinstance(section, str):
            raise TypeError("section names must be strings")
        if not isinstance(option, str):
            raise TypeError("option keys must be strings")
        if not self._allow_no_value or value:
            if not isinstance(value, str):
                raise TypeError("option values must be strings")

    def set(self, section, option, value=None):
        self._check(option=option, value=value)
        super().set(section, option, value)

    def add_section(self, section):
        self._check(section=section)
        super().add_section(section)

    def _read_defaults(self, defaults):
        interpolation, self._interpolation = self._interpolation, Interpolation()
        try:
            self.read_dict({self.default_section: defaults})
        finally:
            self._interpolation = interpolation


class SafeConfigParser(ConfigParser):
    """An old name of ConfigParser."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        import warnings
        warnings.warn(
            "The SafeConfigParser class has been renamed to ConfigParser in Python 3.2. This alias "
            "will be removed in Python 3.12. Use ConfigParser directly instead.",
            DeprecationWarning, stacklevel=2)


class SectionProxy(MutableMapping):
    """A section of a parser, as a mapping."""

    def __init__(self, parser, name):
        self._parser = parser
        self._name = name
        for kind in parser.converters:
            setattr(self, "get" + kind, functools.partial(
                self.get, _impl=getattr(parser, "get" + kind)))

    def __repr__(self):
        return f"<Section: {self._name}>"

    def __getitem__(self, key):
        if not self._parser.has_option(self._name, key):
            raise KeyError(key)
        return self._parser.get(self._name, key)

    def __setitem__(self, key, value):
        if isinstance(self._parser, ConfigParser):
            self._parser._check(option=key, value=value)
        return self._parser.set(self._name, key, value)

    def __delitem__(self, key):
        if not (self._parser.has_option(self._name, key)
                and self._parser.remove_option(self._name, key)):
            raise KeyError(key)

    def __contains__(self, key):
        return self._parser.has_option(self._name, key)

    def _options(self):
        if self._name != self._parser.default_section:
            return self._parser.options(self._name)
        return self._parser.defaults()

    def __len__(self):
        return len(self._options())

    def __iter__(self):
        return iter(self._options())

    parser = property(lambda self: self._parser)
    name = property(lambda self: self._name)

    def get(self, option, fallback=None, *, raw=False, vars=None, _impl=None, **kwargs):
        get = _impl or self._parser.get
        return get(self._name, option, raw=raw, vars=vars, fallback=fallback, **kwargs)


class ConverterMapping(MutableMapping):
    """The conversions of a parser: each `x` gives it, and its sections, a method `getx`."""

    _GETTER = re.compile(r"^get(?P<name>.+)$")

    def __init__(self, parser):
        self._parser = parser
        self._data = {}
        for getter in dir(type(parser)):
            match = self._GETTER.match(getter)
            if match and callable(getattr(parser, getter)):
                self._data[match["name"]] = None

    def __getitem__(self, key):
        return self._data[key]

    def __setitem__(self, key, value):
        method = "get" + key
        self._data[key] = value
        function = functools.partial(self._parser._get_conv, conv=value)
        function.converter = value
        setattr(self._parser, method, function)
        for proxy in self._parser._proxies.values():
            setattr(proxy, method, functools.partial(proxy.get, _impl=function))

    def __delitem__(self, key):
        del self._data[key]
        for item in itertools.chain((self._parser,), self._parser._proxies.values()):
            try:
                delattr(item, "get" + key)
            except AttributeError:
                continue

    def __iter__(self):
        return iter(self._data)

    def __len__(self):
        return len(self._data)
