"""The texts of records."""

import io
import re
import string
import time
import traceback


class PercentStyle:
    """%(message)s"""

    default_format = "%(message)s"
    asctime_format = asctime_search = "%(asctime)s"
    _times = ("%(asctime)",)
    _field = re.compile(r"%\(\w+\)[-+ #0]*(\*|\d+)?(\.(\*|\d+))?[diouxefgcrsa%]", re.IGNORECASE)

    def __init__(self, fmt, *, defaults=None):
        self._fmt = fmt or self.default_format
        self._defaults = defaults
        self._shows_time = any(text in self._fmt for text in self._times)

    def usesTime(self):
        return self._shows_time

    def validate(self):
        """ValueError if the format cannot be one."""
        if self._field.search(self._fmt) is None:
            raise ValueError("Invalid format '%s' for '%s' style"
                             % (self._fmt, self.default_format[0]))

    def format(self, record):
        fields = vars(record)
        if self._defaults:
            fields = {**self._defaults, **fields}
        try:
            return self._filled(fields)
        except KeyError as missing:
            raise ValueError("Formatting field not found in record: %s" % missing)

    def _filled(self, fields):
        return self._fmt % fields


class StrFormatStyle(PercentStyle):
    """{message}"""

    default_format = "{message}"
    asctime_format = asctime_search = "{asctime}"
    _times = ("{asctime",)
    _field = re.compile(r"\w+(\.\w+|\[[^]]+\])*")
    _number = r"(\d+|\{\w+\})"
    _spec = re.compile(
        rf"(.?[<=>^])?[+ -]?#?0?{_number}?[,_]?(\.{_number})?[bcdefgnosx%]?", re.IGNORECASE)

    def validate(self):
        try:
            names = [self._checked_field(*field)
                     for field in string.Formatter().parse(self._fmt)]
        except ValueError as error:
            raise ValueError("invalid format: %s" % error)
        if not any(names):
            raise ValueError("invalid format: no fields")

    def _checked_field(self, text, name, spec, conversion):
        if name and self._field.fullmatch(name) is None:
            raise ValueError(f"invalid field name/expression: {name!r}")
        if conversion and conversion not in "rsa":
            raise ValueError(f"invalid conversion: {conversion!r}")
        if spec and self._spec.fullmatch(spec) is None:
            raise ValueError(f"bad specifier: {spec!r}")
        return name

    def _filled(self, fields):
        return self._fmt.format_map(fields)


class StringTemplateStyle(PercentStyle):
    """${message}"""

    default_format = "${message}"
    asctime_format = asctime_search = "${asctime}"
    _times = "$asctime", "${asctime}"

    def __init__(self, fmt, *, defaults=None):
        super().__init__(fmt, defaults=defaults)
        self._template = string.Template(self._fmt)

    def validate(self):
        found = list(string.Template.pattern.finditer(self._fmt))
        for match in found:
            if match.group() == "$":
                raise ValueError("invalid format: bare '$' not allowed")
        if not any(match["named"] or match["braced"] for match in found):
            raise ValueError("invalid format: no fields")

    def _filled(self, fields):
        return self._template.substitute(fields)


BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s"

# For each style: what handles it, and the format of `basicConfig`.
_STYLES = {
    "%": (PercentStyle, BASIC_FORMAT),
    "{": (StrFormatStyle, "{levelname}:{name}:{message}"),
    "$": (StringTemplateStyle, "${levelname}:${name}:${message}")}


def style_named(style):
    if style not in _STYLES:
        raise ValueError("Style must be one of: %s" % ",".join(_STYLES))
    return _STYLES[style]


class Formatter:
    """Makes the text of a record."""

    converter = time.localtime
    default_time_format = "%Y-%m-%d %H:%M:%S"
    default_msec_format = "%s,%03d"

    def __init__(self, fmt=None, datefmt=None, style="%", validate=True, *, defaults=None):
        self._style = style_named(style)[0](fmt, defaults=defaults)
        self._fmt, self.datefmt = self._style._fmt, datefmt
        if validate:
            self._style.validate()

    def formatTime(self, record, datefmt=None):
        moment = self.converter(record.created)
        text = time.strftime(datefmt or self.default_time_format, moment)
        if datefmt or not self.default_msec_format:
            return text
        return self.default_msec_format % (text, record.msecs)

    def formatException(self, ei):
        text = io.StringIO()
        traceback.print_exception(*ei, None, text)
        return text.getvalue().removesuffix("\n")

    def formatStack(self, stack_info):
        """The text of a stack, which is one already."""
        return stack_info

    def usesTime(self):
        return self._style.usesTime()

    def formatMessage(self, record):
        return self._style.format(record)

    def format(self, record):
        """The message in its format, then the exception and the stack, each on lines of its own."""
        self._complete(record)
        text = self.formatMessage(record)
        if record.exc_info or record.exc_text:
            text = _with_lines(text, self._exception_text(record))
        if record.stack_info:
            text = _with_lines(text, self.formatStack(record.stack_info))
        return text

    def _complete(self, record):
        """Adds what only texts need."""
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        record.message = record.getMessage()

    def _exception_text(self, record):
        # Other formatters need not make it again.
        record.exc_text = record.exc_text or self.formatException(record.exc_info)
        return record.exc_text


def _with_lines(text, lines):
    return text + lines if text.endswith("\n") else f"{text}\n{lines}"


_defaultFormatter = Formatter()


class BufferingFormatter:
    """Makes one text of several records."""

    def __init__(self, linefmt=None):
        self.linefmt = _defaultFormatter if linefmt is None else linefmt

    def _nothing(self, records):
        return ""

    # What is before and after the records.
    formatHeader = formatFooter = _nothing

    def format(self, records):
        if not records:
            return ""
        parts = [self.formatHeader(records), *map(self.linefmt.format, records),
                 self.formatFooter(records)]
        return "".join(parts)
