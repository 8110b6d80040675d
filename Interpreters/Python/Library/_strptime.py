"""Times from text, by a format as for `strftime`."""

import re
import time
from functools import lru_cache

_DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
_MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september',
           'october', 'november', 'december']


def _any(names):
    return '|'.join(sorted(map(re.escape, names), key=len, reverse=True))


_PATTERNS = {
    'd': r'(?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])',
    'f': r'(?P<f>[0-9]{1,6})',
    'H': r'(?P<H>2[0-3]|[0-1]\d|\d)',
    'I': r'(?P<I>1[0-2]|0[1-9]|[1-9]| [1-9])',
    'G': r'(?P<G>\d\d\d\d)',
    'j': r'(?P<j>36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9])',
    'm': r'(?P<m>1[0-2]|0[1-9]|[1-9])',
    'M': r'(?P<M>[0-5]\d|\d)',
    'S': r'(?P<S>6[0-1]|[0-5]\d|\d)',
    'U': r'(?P<U>5[0-3]|[0-4]\d|\d)',
    'w': r'(?P<w>[0-6])',
    'u': r'(?P<u>[1-7])',
    'V': r'(?P<V>5[0-3]|0[1-9]|[1-4]\d|\d)',
    'W': r'(?P<W>5[0-3]|[0-4]\d|\d)',
    'y': r'(?P<y>\d\d)',
    'Y': r'(?P<Y>\d\d\d\d)',
    'z': r'(?P<z>[+-]\d\d:?[0-5]\d(:?[0-5]\d(\.\d{1,6})?)?|(?-i:Z))',
    'A': f'(?P<A>{_any(_DAYS)})',
    'a': f'(?P<a>{_any(day[:3] for day in _DAYS)})',
    'B': f'(?P<B>{_any(_MONTHS)})',
    'b': f'(?P<b>{_any(month[:3] for month in _MONTHS)})',
    'p': '(?P<p>am|pm)',
    '%': '%',
}
_PATTERNS['h'] = _PATTERNS['b'].replace('<b>', '<h>')
_COMPOSED = {'c': '%a %b %d %H:%M:%S %Y', 'x': '%m/%d/%y', 'X': '%H:%M:%S', 'D': '%m/%d/%y',
             'T': '%H:%M:%S', 'R': '%H:%M', 'r': '%I:%M:%S %p', 'F': '%Y-%m-%d'}


@lru_cache(maxsize=64)
def _matcher(format, zones):
    """A regular expression for a format."""
    expression = []
    i = 0
    while i < len(format):
        c = format[i]
        i += 1
        if c == '%':
            if i == len(format):
                raise ValueError('stray %% in format %r' % format)
            c = format[i]
            i += 1
            if c in _COMPOSED and c in 'cxX':
                format = format[:i] + _COMPOSED[c] + format[i:]
            elif c == 'Z':
                expression.append(f'(?P<Z>{_any(zones)})')
            elif c in _PATTERNS:
                expression.append(_PATTERNS[c])
            else:
                raise ValueError('%r is a bad directive in format %r' % (c, format))
        elif c.isspace():
            while i < len(format) and format[i].isspace():
                i += 1
            expression.append(r'\s+')
        else:
            expression.append(re.escape(c))
    try:
        return re.compile(''.join(expression), re.IGNORECASE)
    except re.error as error:
        raise ValueError(str(error)) from None


def _days_before(year):
    year -= 1
    return year * 365 + year // 4 - year // 100 + year // 400


def _is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_days(year):
    return (31, 29 if _is_leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _ordinal(year, month, day):
    return _days_before(year) + sum(_month_days(year)[:month - 1]) + day


def _strptime(data_string, format='%a %b %d %H:%M:%S %Y'):
    """The parts of a time: nine numbers, zone and offset; fraction in microseconds; that of the offset."""
    for i, arg in enumerate((data_string, format)):
        if not isinstance(arg, str):
            raise TypeError('strptime() argument {} must be str, not {}'.format(i, type(arg)))
    zones = tuple({'utc', 'gmt', *(name.lower() for name in time.tzname)})
    found = _matcher(format, zones).match(data_string)
    if not found:
        raise ValueError('time data %r does not match format %r' % (data_string, format))
    if len(data_string) != found.end():
        raise ValueError('unconverted data remains: %s' % data_string[found.end():])
    parts = found.groupdict()
    year, month, day = None, 1, 1
    hour = minute = second = fraction = 0
    weekday = julian = iso_year = iso_week = week = None
    zone = -1
    offset = None
    offset_fraction = 0
    monday_first = False
    for key, text in parts.items():
        if text is None:
            continue
        if key == 'y':
            year = int(text)
            year += 2000 if year <= 68 else 1900
        elif key == 'Y':
            year = int(text)
        elif key == 'G':
            iso_year = int(text)
        elif key == 'm':
            month = int(text)
        elif key == 'B':
            month = _MONTHS.index(text.lower()) + 1
        elif key in 'bh':
            month = [name[:3] for name in _MONTHS].index(text.lower()) + 1
        elif key == 'd':
            day = int(text)
        elif key == 'H':
            hour = int(text)
        elif key == 'I':
            hour = int(text)
            half = (parts.get('p') or '').lower()
            if half in ('', 'am'):
                hour = 0 if hour == 12 else hour
            else:
                hour = 12 if hour == 12 else hour + 12
        elif key == 'M':
            minute = int(text)
        elif key == 'S':
            second = int(text)
        elif key == 'f':
            fraction = int(text.ljust(6, '0'))
        elif key == 'A':
            weekday = _DAYS.index(text.lower())
        elif key == 'a':
            weekday = [name[:3] for name in _DAYS].index(text.lower())
        elif key == 'w':
            weekday = (int(text) + 6) % 7
        elif key == 'u':
            weekday = int(text) - 1
        elif key == 'j':
            julian = int(text)
        elif key in 'UW':
            week = int(text)
            monday_first = key == 'W'
        elif key == 'V':
            iso_week = int(text)
        elif key == 'z':
            offset, offset_fraction = _offset(text)
        elif key == 'Z':
            name = text.lower()
            if name in ('utc', 'gmt'):
                zone = 0
            elif time.tzname[0].lower() == name:
                zone = 0
            elif time.daylight and time.tzname[1].lower() == name:
                zone = 1
    if iso_year is not None:
        if iso_week is None or weekday is None:
            raise ValueError("ISO year directive '%G' must be used with the ISO week directive "
                             "'%V' and a weekday directive ('%A', '%a', '%w', or '%u').")
        if julian is not None:
            raise ValueError("Day of the year directive '%j' is not compatible with ISO year "
                             "directive '%G'. Use '%Y' instead.")
    elif iso_week is not None:
        if year is None or weekday is None:
            raise ValueError("ISO week directive '%V' must be used with the ISO year directive "
                             "'%G' and a weekday directive ('%A', '%a', '%w', or '%u').")
        raise ValueError("ISO week directive '%V' is incompatible with the year directive '%Y'. "
                         "Use the ISO year '%G' instead.")
    leap_without_year = year is None and month == 2 and day == 29
    if leap_without_year:
        year = 1904
    elif year is None:
        year = 1900
    if julian is None and weekday is not None:
        if week is not None:
            first = (_ordinal(year, 1, 1) + 6) % 7
            start = weekday if monday_first else (weekday + 1) % 7
            first = first if monday_first else (first + 1) % 7
            if week == 0:
                julian = 1 + start - first
            else:
                julian = 1 + (7 - first) % 7 + 7 * (week - 1) + start
        elif iso_year is not None:
            fourth = _ordinal(iso_year, 1, 4)
            monday = fourth - (fourth + 6) % 7
            ordinal = monday + 7 * (iso_week - 1) + weekday
            year = iso_year
            julian = ordinal - _ordinal(year, 1, 1) + 1
        if julian is not None and julian <= 0:
            year -= 1
            julian += 366 if _is_leap(year) else 365
    if julian is None:
        if day > _month_days(year)[month - 1]:
            raise ValueError('day is out of range for month')
        julian = _ordinal(year, month, day) - _ordinal(year, 1, 1) + 1
    else:
        left = julian
        days = _month_days(year)
        if left > sum(days):
            year, left = year + 1, left - sum(days)
            julian = left
            days = _month_days(year)
        month = 1
        while left > days[month - 1]:
            left -= days[month - 1]
            month += 1
        day = left
    if weekday is None:
        weekday = (_ordinal(year, month, day) + 6) % 7
    if leap_without_year:
        year = 1900
    return ((year, month, day, hour, minute, second, weekday, julian, zone, parts.get('Z'), offset),
            fraction, offset_fraction)


def _offset(text):
    """Seconds and microseconds east of Greenwich."""
    if text == 'Z':
        return 0, 0
    digits = text[1:].replace(':', '')
    if text.count(':') and len(text) > 5 and text[3] == ':' and len(text) > 6 and text[6:7] not in ('', ':'):
        raise ValueError(f'Inconsistent use of : in {text}')
    seconds = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:6] or 0)
    micro = int(digits[7:].ljust(6, '0')) if len(digits) > 7 else 0
    return (-seconds, -micro) if text[0] == '-' else (seconds, micro)


def _strptime_time(data_string, format='%a %b %d %H:%M:%S %Y'):
    parts = _strptime(data_string, format)[0]
    return time.struct_time(parts)


def _strptime_datetime(cls, data_string, format='%a %b %d %H:%M:%S %Y'):
    from datetime import timedelta, timezone
    parts, fraction, offset_fraction = _strptime(data_string, format)
    name, offset = parts[-2:]
    args = parts[:6] + (fraction,)
    if offset is not None:
        delta = timedelta(seconds=offset, microseconds=offset_fraction)
        zone = timezone(delta, name) if name else timezone(delta)
        args += (zone,)
    return cls(*args)
