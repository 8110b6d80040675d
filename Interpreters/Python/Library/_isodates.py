"""Reads dates and times as ISO 8601 writes them, for `datetime`."""

_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year, month):
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def days_before_year(year):
    year -= 1
    return year * 365 + year // 4 - year // 100 + year // 400


def to_ordinal(year, month, day):
    """1 for the first day of the year 1."""
    leap = 1 if month > 2 and is_leap(year) else 0
    return days_before_year(year) + _DAYS_BEFORE_MONTH[month - 1] + leap + day


def from_ordinal(n):
    n -= 1
    n400, n = divmod(n, 146097)
    n100, n = divmod(n, 36524)
    n4, n = divmod(n, 1461)
    n1, n = divmod(n, 365)
    year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1
    if n1 == 4 or n100 == 4:
        return year - 1, 12, 31
    month = (n + 50) >> 5
    leap = 1 if is_leap(year) else 0
    before = _DAYS_BEFORE_MONTH[month - 1] + (leap if month > 2 else 0)
    if before > n:
        month -= 1
        before -= days_in_month(year, month)
    return year, month, n - before + 1


def week_one(year):
    """The ordinal of the Monday that the ISO year begins with."""
    first = to_ordinal(year, 1, 1)
    weekday = (first + 6) % 7
    monday = first - weekday
    return monday + 7 if weekday > 3 else monday


def from_week(year, week, day):
    """Year, month and day of a day of an ISO week."""
    if not 1 <= year <= 9999:
        raise ValueError(f"Year is out of range: {year}")
    if not 0 < week < 53:
        # Years that begin on a Thursday, or leap years on a Wednesday, have 53 weeks.
        first = to_ordinal(year, 1, 1) % 7
        if not (week == 53 and (first == 4 or first == 3 and is_leap(year))):
            raise ValueError(f"Invalid week: {week}")
    if not 0 < day < 8:
        raise ValueError(f"Invalid weekday: {day} (range is [1, 7])")
    return from_ordinal(week_one(year) + (week - 1) * 7 + day - 1)


def _digits(text):
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def parse_date(text):
    """(year, month, day) of YYYY-MM-DD, YYYYMMDD and the forms with weeks, without and with a day."""
    year = _digits(text[:4])
    separated = text[4:5] == "-"
    rest = text[5:] if separated else text[4:]
    if rest[:1] == "W":
        week = _digits(_exactly(rest[1:3], 2))
        rest = rest[3:]
        if not rest:
            return from_week(year, week, 1)
        if separated:
            if rest[0] != "-":
                raise ValueError(text)
            rest = rest[1:]
        return from_week(year, week, _digits(_exactly(rest, 1)))
    month = _digits(_exactly(rest[:2], 2))
    rest = rest[2:]
    if separated:
        if rest[:1] != "-":
            raise ValueError(text)
        rest = rest[1:]
    return year, month, _digits(_exactly(rest, 2))


def _exactly(text, count):
    if len(text) != count:
        raise ValueError(text)
    return text


def _parse_clock(text):
    """[hour, minute, second, microsecond]"""
    parts = [0, 0, 0, 0]
    parts[0] = _digits(_exactly(text[:2], 2))
    rest = text[2:]
    separator = ":" if rest[:1] == ":" else ""
    for i in (1, 2):
        if not rest:
            return parts
        if separator:
            if rest[0] != ":":
                raise ValueError(text)
            rest = rest[1:]
        parts[i] = _digits(_exactly(rest[:2], 2))
        rest = rest[2:]
    if rest:
        if rest[0] not in ".,":
            raise ValueError(text)
        fraction = rest[1:]
        _digits(fraction)
        parts[3] = int(fraction[:6].ljust(6, "0"))
    return parts


def parse_time(text):
    """(hour, minute, second, microsecond, offset): the offset is None, or seconds and microseconds."""
    at = next((i for i, c in enumerate(text) if c in "+-Z"), -1)
    if at < 0:
        return (*_parse_clock(text), None)
    clock = _parse_clock(text[:at])
    if text[at] == "Z":
        if at + 1 != len(text):
            raise ValueError(text)
        return (*clock, (0, 0))
    hour, minute, second, micro = _parse_clock(text[at + 1:])
    if not (hour < 24 and minute < 60 and second < 60):
        raise ValueError(text)
    sign = -1 if text[at] == "-" else 1
    return (*clock, (sign * (hour * 3600 + minute * 60 + second), sign * micro))


def date_length(text):
    """How many characters of a text with date and time are the date."""
    if len(text) == 7:
        return 7
    if text[4:5] == "-":
        if text[5:6] != "W":
            return 10
        if len(text) < 8:
            raise ValueError(text)
        if len(text) > 8 and text[8] == "-":
            if len(text) == 9:
                raise ValueError(text)
            if len(text) > 10 and text[10].isdigit():
                # YYYY-Www-HH…, where the hyphen separates date and time.
                return 8
            return 10
        return 8
    if text[4:5] == "W":
        at = 7
        while at < len(text) and text[at].isdigit():
            at += 1
        if at < 9:
            return at
        return 7 if at % 2 == 0 else 8
    return 8
