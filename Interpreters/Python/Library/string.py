"""Constants of characters, templates with $names, and the class behind `str.format`."""

import re as _re
from _string import formatter_field_name_split, formatter_parser

__all__ = ["ascii_letters", "ascii_lowercase", "ascii_uppercase", "capwords", "digits", "hexdigits",
           "octdigits", "printable", "punctuation", "whitespace", "Formatter", "Template"]

ascii_lowercase, ascii_uppercase, digits = (
    ''.join(map(chr, range(ord(first), ord(last) + 1))) for first, last in ('az', 'AZ', '09'))
ascii_letters = ascii_lowercase + ascii_uppercase
octdigits = digits[:8]
hexdigits = f'{digits}abcdefABCDEF'
# What is left of the characters that ASCII can print.
punctuation = ''.join(sign for sign in map(chr, range(33, 127)) if not sign.isalnum())
whitespace = ' \t\n\r\v\f'
printable = f'{digits}{ascii_letters}{punctuation}{whitespace}'


def capwords(s, sep=None):
    """The words of a text with capitals. Runs of white space between them become one blank, unless
    it is said what stands between words."""
    return (sep or ' ').join(map(str.capitalize, s.split(sep)))


class Template:
    """A text in which $name and ${name} stand for values, and $$ for one $. Derived classes may
    change what the sign is and what names look like, or the whole pattern."""

    delimiter = '$'
    idpattern = '(?a:[_a-z][_a-z0-9]*)'
    braceidpattern = None
    flags = _re.IGNORECASE

    def __init_subclass__(cls):
        super().__init_subclass__()
        pattern = cls.__dict__.get('pattern')
        if pattern is None:
            sign = _re.escape(cls.delimiter)
            kinds = {'escaped': sign, 'named': cls.idpattern, 'invalid': ''}
            braced = '{(?P<braced>%s)}' % (cls.braceidpattern or cls.idpattern)
            escaped, named, invalid = (f'(?P<{kind}>{text})' for kind, text in kinds.items())
            pattern = f'{sign}(?:{escaped}|{named}|{braced}|{invalid})'
        cls.pattern = _re.compile(pattern, cls.flags | _re.VERBOSE)

    def __init__(self, template):
        self.template = template

    def _name(self, match, invalid=lambda match: None):
        """The name in a placeholder. A doubled sign has none, nor has an invalid placeholder, about
        which `invalid` may complain."""
        groups = match.groupdict()
        name = groups.get('named') or groups.get('braced')
        if name is None and groups.get('escaped') is None:
            if groups.get('invalid') is None:
                raise ValueError('Unrecognized named group in pattern', self.pattern)
            invalid(match)
        return name

    def _refuse(self, match):
        place = match.start('invalid')
        before = self.template[:place].splitlines(keepends=True)
        # Lines and columns are counted from one.
        column = place - sum(map(len, before[:-1])) if before else 1
        raise ValueError('Invalid placeholder in string: line %d, col %d'
                         % (len(before) or 1, column))

    def _filled(self, mapping, named, keeps_unknown):
        def text(match):
            name = self._name(match, invalid=lambda match: keeps_unknown or self._refuse(match))
            if name is not None:
                try:
                    return str(named[name] if name in named else mapping[name])
                except KeyError:
                    if not keeps_unknown:
                        raise
            elif match.group('escaped') is not None:
                return self.delimiter
            return match.group()

        return self.pattern.sub(text, self.template)

    def substitute(self, mapping={}, /, **kws):
        """The text with values for all names; KeyError if there is none for a name."""
        return self._filled(mapping, kws, keeps_unknown=False)

    def safe_substitute(self, mapping={}, /, **kws):
        """The text with values for names that have one; other placeholders stay."""
        return self._filled(mapping, kws, keeps_unknown=True)

    def is_valid(self):
        """Would `substitute` find all placeholders well formed?"""
        faults = []
        for match in self.pattern.finditer(self.template):
            self._name(match, invalid=faults.append)
        return not faults

    def get_identifiers(self):
        """The names in the text, each once, in order."""
        names = map(self._name, self.pattern.finditer(self.template))
        return [*dict.fromkeys(name for name in names if name is not None)]


# The pattern of this class is made as those of derived ones.
Template.__init_subclass__()


class _Numbering:
    """Counts the fields without a name. Whoever numbers fields must number all of them."""

    def __init__(self):
        self._next = 0
        self._is_manual = False

    def name(self, field):
        """The name of a field as it is to be looked up."""
        is_counted = field == ''
        if is_counted and self._is_manual or field.isdigit() and self._next:
            raise ValueError('cannot switch from manual field specification to automatic field '
                             'numbering')
        if is_counted:
            field = str(self._next)
            self._next += 1
        elif field.isdigit():
            self._is_manual = True
        return field


class Formatter:
    """What `str.format` does, in parts that derived classes may change."""

    _conversions = {None: lambda value: value, 's': str, 'r': repr, 'a': ascii}

    def format(self, format_string, /, *args, **kwargs):
        """The text with values in place of the fields."""
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        """The same with the arguments in a sequence and a mapping."""
        used = set()
        text = self._vformat(format_string, args, kwargs, used, 2, _Numbering())
        self.check_unused_args(used, args, kwargs)
        return text

    def _vformat(self, format_string, args, kwargs, used, depth, numbering=None):
        # Specifications of formats may have fields themselves, but not without end.
        if depth < 0:
            raise ValueError('Max string recursion exceeded')

        def texts():
            for literal, field, spec, conversion in self.parse(format_string):
                yield literal or ''
                if field is not None:
                    value, key = self.get_field(numbering.name(field), args, kwargs)
                    used.add(key)
                    value = self.convert_field(value, conversion)
                    spec = self._vformat(spec, args, kwargs, used, depth - 1, numbering)
                    yield self.format_field(value, spec)

        return ''.join(texts())

    def parse(self, format_string):
        """Tuples of text, and the field behind it: name, specification, conversion."""
        return formatter_parser(format_string)

    def get_field(self, field_name, args, kwargs):
        """The value of a field, and the argument it came from: `0`, or `name.attribute[item]`."""
        argument, path = formatter_field_name_split(field_name)
        value = self.get_value(argument, args, kwargs)
        for is_attribute, step in path:
            value = getattr(value, step) if is_attribute else value[step]
        return value, argument

    def get_value(self, key, args, kwargs):
        """The argument with a number or a name."""
        return (args if isinstance(key, int) else kwargs)[key]

    def convert_field(self, value, conversion):
        """What `!r` and the like make of a value."""
        convert = self._conversions.get(conversion)
        if convert is None:
            raise ValueError(f'Unknown conversion specifier {conversion}')
        return convert(value)

    def format_field(self, value, format_spec):
        """The text of a value."""
        return format(value, format_spec)

    def check_unused_args(self, used_args, args, kwargs):
        """To complain about arguments that were not used."""
