"""Values that refer to other values."""

import re

from .errors import (
    MAX_INTERPOLATION_DEPTH, InterpolationDepthError, InterpolationMissingOptionError,
    InterpolationSyntaxError, NoOptionError, NoSectionError)


class Interpolation:
    """Leaves values as they are."""

    def before_get(self, parser, section, option, value, defaults):
        return value

    def _unchanged(self, parser, section, option, value):
        return value

    before_set = before_read = before_write = _unchanged


class BasicInterpolation(Interpolation):
    """Puts values of the same section in: %(name)s."""

    _sign = "%"
    _bracket = "("
    # A doubled sign, or a reference; a sign that begins neither is a mistake.
    _token = re.compile(r"%(?:(?P<sign>%)|\((?P<name>[^)]+)\)s)")

    def before_get(self, parser, section, option, value, defaults):
        return "".join(self._pieces(parser, section, option, value, defaults, 1))

    def before_set(self, parser, section, option, value):
        bare = value.replace(self._sign * 2, "")
        at = self._token.sub("", bare).find(self._sign)
        if at >= 0:
            raise ValueError(f"invalid interpolation syntax in {value!r} at position {at}")
        return value

    def _pieces(self, parser, section, option, value, values, depth):
        """The parts of a value, with what its references stand for."""
        raw = parser.get(section, option, raw=True, fallback=value)
        if depth > MAX_INTERPOLATION_DEPTH:
            raise InterpolationDepthError(option, section, raw)
        position = 0
        while value and (found := value.find(self._sign, position)) >= 0:
            yield value[position:found]
            token = self._token.match(value, found)
            if token is None:
                raise InterpolationSyntaxError(
                    option, section, self._complaint(value[found:]))
            position = token.end()
            if token["sign"]:
                yield self._sign
                continue
            path = token["name"].split(":") if self._bracket == "{" else [token["name"]]
            if len(path) > 2:
                raise InterpolationSyntaxError(
                    option, section, f"More than one ':' found: {value[position:]!r}")
            inner_section, key = [section, *path][-2:]
            key = parser.optionxform(key)
            try:
                if len(path) == 2:
                    inner = parser.get(inner_section, key, raw=True)
                else:
                    inner = values[key]
            except (KeyError, NoSectionError, NoOptionError):
                missing = ":".join(path) if self._bracket == "{" else key
                raise InterpolationMissingOptionError(option, section, raw, missing) from None
            if self._sign in inner:
                yield from self._follow(parser, inner_section, option, key, inner, values, depth)
            else:
                yield inner
        if value:
            yield value[position:]

    def _follow(self, parser, section, option, key, value, values, depth):
        return self._pieces(parser, section, option, value, values, depth + 1)

    def _complaint(self, rest):
        if rest[1:2] == self._bracket:
            return f"bad interpolation variable reference {rest!r}"
        sign = self._sign
        return f"'{sign}' must be followed by '{sign}' or '{self._bracket}', found: {rest!r}"


class ExtendedInterpolation(BasicInterpolation):
    """Puts values of any section in: ${name} or ${section:name}."""

    _sign = "$"
    _bracket = "{"
    _token = re.compile(r"\$(?:(?P<sign>\$)|\{(?P<name>[^}]+)\})")

    def _follow(self, parser, section, option, key, value, values, depth):
        values = dict(parser.items(section, raw=True))
        return self._pieces(parser, section, key, value, values, depth + 1)


class LegacyInterpolation(Interpolation):
    """The oldest one, by the operator %."""

    def __init__(self):
        import warnings
        warnings.warn(
            "LegacyInterpolation has been deprecated since Python 3.2 and will be removed from "
            "the configparser module in Python 3.13. Use BasicInterpolation or "
            "ExtendedInterpolation instead.", DeprecationWarning, stacklevel=2)

    def before_get(self, parser, section, option, value, vars):
        def lowered(reference):
            name = reference[1]
            return reference[0] if name is None else f"%({parser.optionxform(name)})s"

        text = value
        for _ in range(MAX_INTERPOLATION_DEPTH):
            if not (text and "%(" in text):
                return text
            try:
                text = re.sub(r"%\(([^)]*)\)s|.", lowered, text) % vars
            except KeyError as missing:
                raise InterpolationMissingOptionError(
                    option, section, value, missing.args[0]) from None
        if text and "%(" in text:
            raise InterpolationDepthError(option, section, value)
        return text

