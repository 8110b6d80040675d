"""Dates, times, and the spans between them."""

__all__ = (
    "date", "datetime", "time", "timedelta", "timezone", "tzinfo", "MINYEAR", "MAXYEAR", "UTC")

import math as _math
import operator as _operator
import time as _time
from operator import index as _index

import _isodates as _iso

MINYEAR = 1
MAXYEAR = 9999
_MAX_ORDINAL = 3652059
# The last day begins then, in seconds since the epoch.
_LAST_DAY = (_MAX_ORDINAL - 719163) * 86400
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _check_date(year, month, day):
    year, month, day = _index(year), _index(month), _index(day)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year {year} is out of range")
    if not 1 <= month <= 12:
        raise ValueError("month must be in 1..12")
    if not 1 <= day <= _iso.days_in_month(year, month):
        raise ValueError("day is out of range for month")
    return year, month, day


def _require_date(*parts):
    """Refuses a call that leaves out one of the three, or has something else in front of it."""
    for i, (name, value) in enumerate(zip(("year", "month", "day"), parts), 1):
        if value is None and i > 1:
            raise TypeError(f"function missing required argument '{name}' (pos {i})")
        _index(value)


def _check_time(hour, minute, second, microsecond, fold):
    hour, minute, second = _index(hour), _index(minute), _index(second)
    microsecond = _index(microsecond)
    if not 0 <= hour <= 23:
        raise ValueError("hour must be in 0..23")
    if not 0 <= minute <= 59:
        raise ValueError("minute must be in 0..59")
    if not 0 <= second <= 59:
        raise ValueError("second must be in 0..59")
    if not 0 <= microsecond <= 999999:
        raise ValueError("microsecond must be in 0..999999")
    if fold not in (0, 1):
        raise ValueError("fold must be either 0 or 1")
    return hour, minute, second, microsecond, fold


def _check_tzinfo(tz):
    if tz is not None and not isinstance(tz, tzinfo):
        raise TypeError("tzinfo argument must be None or of a tzinfo subclass, "
                        f"not type '{type(tz).__name__}'")


def _check_offset(name, offset):
    """What a time zone said its offset is."""
    if offset is None:
        return None
    if not isinstance(offset, timedelta):
        raise TypeError(
            f"tzinfo.{name}() must return None or timedelta, not '{type(offset).__name__}'")
    if not -_DAY < offset < _DAY:
        raise ValueError(
            "offset must be a timedelta strictly between -timedelta(hours=24) and "
            "timedelta(hours=24).")
    return offset


def _format_clock(hour, minute, second, microsecond, timespec="auto"):
    if timespec == "auto":
        timespec = "microseconds" if microsecond else "seconds"
    if timespec == "hours":
        return f"{hour:02d}"
    if timespec == "minutes":
        return f"{hour:02d}:{minute:02d}"
    text = f"{hour:02d}:{minute:02d}:{second:02d}"
    if timespec == "seconds":
        return text
    if timespec == "milliseconds":
        return f"{text}.{microsecond // 1000:03d}"
    if timespec == "microseconds":
        return f"{text}.{microsecond:06d}"
    raise ValueError("Unknown timespec value")


def _format_offset(offset, separator=":"):
    if offset is None:
        return ""
    sign = "+"
    if offset.days < 0:
        sign, offset = "-", -offset
    minutes, seconds = divmod(offset.seconds, 60)
    text = f"{sign}{minutes // 60:02d}{separator}{minutes % 60:02d}"
    if seconds or offset.microseconds:
        text += f"{separator}{seconds:02d}"
        if offset.microseconds:
            text += f".{offset.microseconds:06d}"
    return text


def _strftime(moment, format, timetuple):
    """`time.strftime`, which does not know of %f, %z and %Z."""
    parts = []
    i = 0
    while i < len(format):
        c = format[i]
        i += 1
        if c != "%" or i == len(format):
            parts.append(c)
            continue
        c = format[i]
        i += 1
        if c == "f":
            parts.append("%06d" % getattr(moment, "microsecond", 0))
        elif c == "z":
            parts.append(
                _format_offset(moment.utcoffset(), "") if hasattr(moment, "utcoffset") else "")
        elif c == "Z":
            name = moment.tzname() if hasattr(moment, "tzname") else None
            if name is not None and not isinstance(name, str):
                raise TypeError(
                    f"tzinfo.tzname() must return None or a string, not '{type(name).__name__}'")
            parts.append(name.replace("%", "%%") if name else "")
        else:
            parts.append("%" + c)
    return _time.strftime("".join(parts), timetuple)


def _nearest(a, b):
    """a / b as the nearest int; of two, the even one."""
    if b < 0:
        a, b = -a, -b
    above, rest = divmod(2 * a + b, 2 * b)
    return above - (rest == 0 and above % 2)


def _ordered(cls):
    """Gives a class the comparisons that follow from `_order(other, strict)`.

    That is negative, zero or positive, and None if other is nothing to compare with. If not strict, it
    may also be `_DIFFERENT`, which has no order.
    """

    def method(name):
        compare = getattr(_operator, name)

        def comparison(self, other):
            order = self._order(other, True)
            return NotImplemented if order is None else compare(order, 0)

        return comparison

    def equal(self, other):
        order = self._order(other, False)
        return NotImplemented if order is None else order == 0

    for name in ("__lt__", "__le__", "__gt__", "__ge__"):
        setattr(cls, name, method(name))
    cls.__eq__ = equal
    for name in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__"):
        vars(cls)[name].__name__ = name
        vars(cls)[name].__qualname__ = f"{cls.__qualname__}.{name}"
    return cls


_DIFFERENT = 2


def _sign(a, b):
    return (a > b) - (a < b)


def _from_microseconds(cls, total):
    seconds, microseconds = divmod(total, 1000000)
    days, seconds = divmod(seconds, 86400)
    return _make_delta(cls, days, seconds, microseconds)


def _make_delta(cls, days, seconds, microseconds):
    if not -999999999 <= days <= 999999999:
        if days.bit_length() > 31:
            raise OverflowError("Python int too large to convert to C int")
        raise OverflowError(f"days={days}; must have magnitude <= 999999999")
    self = object.__new__(cls)
    self._days = days
    self._seconds = seconds
    self._microseconds = microseconds
    self._hash = -1
    return self


@_ordered
class timedelta:
    """A span of time, to the microsecond."""

    __slots__ = "_days", "_seconds", "_microseconds", "_hash"

    def __new__(
        cls, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0
    ):
        total, fraction = 0, 0.0
        for name, value, scale in (
                ("microseconds", microseconds, 1), ("milliseconds", milliseconds, 1000),
                ("seconds", seconds, 1000000), ("minutes", minutes, 60000000),
                ("hours", hours, 3600000000), ("days", days, 86400000000),
                ("weeks", weeks, 604800000000)):
            if isinstance(value, int):
                total += value * scale
            elif isinstance(value, float):
                part, whole = _math.modf(value)
                total += int(whole) * scale
                if part:
                    part, whole = _math.modf(part * scale)
                    total += int(whole)
                    fraction += part
            else:
                raise TypeError(
                    f"unsupported type for timedelta {name} component: {type(value).__name__}")
        if fraction:
            # To the nearest one; halfway to the even one, counting what is there already.
            whole = round(fraction)
            if abs(whole - fraction) == 0.5:
                is_odd = total & 1
                whole = 2 * round((fraction + is_odd) * 0.5) - is_odd
            total += whole
        return _from_microseconds(cls, total)

    def __repr__(self):
        parts = []
        if self._days:
            parts.append(f"days={self._days}")
        if self._seconds:
            parts.append(f"seconds={self._seconds}")
        if self._microseconds:
            parts.append(f"microseconds={self._microseconds}")
        return f"{_name(self)}({', '.join(parts) or '0'})"

    def __str__(self):
        minutes, seconds = divmod(self._seconds, 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}:{minutes:02d}:{seconds:02d}"
        if self._days:
            text = f"{self._days} day{'s' if abs(self._days) != 1 else ''}, {text}"
        if self._microseconds:
            text += f".{self._microseconds:06d}"
        return text

    def total_seconds(self):
        return self._total() / 10**6

    days = property(lambda self: self._days, doc="Number of days.")
    seconds = property(lambda self: self._seconds, doc="Number of seconds (>= 0 and less than 1 day).")
    microseconds = property(
        lambda self: self._microseconds,
        doc="Number of microseconds (>= 0 and less than 1 second).")

    def _total(self):
        return (self._days * 86400 + self._seconds) * 1000000 + self._microseconds

    def __add__(self, other):
        if isinstance(other, timedelta):
            return _from_microseconds(timedelta, self._total() + other._total())
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return _from_microseconds(timedelta, self._total() - other._total())
        return NotImplemented

    def __rsub__(self, other):
        if isinstance(other, timedelta):
            return _from_microseconds(timedelta, other._total() - self._total())
        return NotImplemented

    def __neg__(self):
        return _from_microseconds(timedelta, -self._total())

    def __pos__(self):
        return _make_delta(timedelta, self._days, self._seconds, self._microseconds)

    def __abs__(self):
        return -self if self._days < 0 else +self

    def __mul__(self, other):
        if isinstance(other, int):
            return _from_microseconds(timedelta, self._total() * other)
        if isinstance(other, float):
            a, b = other.as_integer_ratio()
            return _from_microseconds(timedelta, _nearest(self._total() * a, b))
        return NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, other):
        if isinstance(other, timedelta):
            return self._total() // other._total()
        if isinstance(other, int):
            return _from_microseconds(timedelta, self._total() // other)
        return NotImplemented

    def __truediv__(self, other):
        if isinstance(other, timedelta):
            return self._total() / other._total()
        if isinstance(other, int):
            if other == 0:
                raise ZeroDivisionError("integer division or modulo by zero")
            return _from_microseconds(timedelta, _nearest(self._total(), other))
        if isinstance(other, float):
            a, b = other.as_integer_ratio()
            if a == 0:
                raise ZeroDivisionError("integer division or modulo by zero")
            return _from_microseconds(timedelta, _nearest(b * self._total(), a))
        return NotImplemented

    def __mod__(self, other):
        if isinstance(other, timedelta):
            return _from_microseconds(timedelta, self._total() % other._total())
        return NotImplemented

    def __divmod__(self, other):
        if isinstance(other, timedelta):
            quotient, rest = divmod(self._total(), other._total())
            return quotient, _from_microseconds(timedelta, rest)
        return NotImplemented

    def _order(self, other, strict):
        return self._total() - other._total() if isinstance(other, timedelta) else None

    def __hash__(self):
        if self._hash == -1:
            self._hash = hash((self._days, self._seconds, self._microseconds))
        return self._hash

    def __bool__(self):
        return self._total() != 0

    def __reduce__(self):
        return self.__class__, (self._days, self._seconds, self._microseconds)


_DAY = timedelta(1)
timedelta.min = timedelta(-999999999)
timedelta.max = timedelta(
    days=999999999, hours=23, minutes=59, seconds=59, microseconds=999999)
timedelta.resolution = timedelta(microseconds=1)


class _IsoCalendarDate(tuple):
    """Year, week and day of the week, as ISO 8601 counts them."""

    def __new__(cls, year, week, weekday, /):
        return super().__new__(cls, (year, week, weekday))

    year = property(lambda self: self[0])
    week = property(lambda self: self[1])
    weekday = property(lambda self: self[2])

    def __reduce__(self):
        return tuple, (tuple(self),)

    def __repr__(self):
        return f"datetime.IsoCalendarDate(year={self[0]}, week={self[1]}, weekday={self[2]})"


_IsoCalendarDate.__name__ = _IsoCalendarDate.__qualname__ = "IsoCalendarDate"


def _name(self):
    cls = self.__class__
    return f"datetime.{cls.__name__}" if cls.__module__ == "datetime" else cls.__name__


@_ordered
class date:
    """A day of the Gregorian calendar, extended to the year 1."""

    __slots__ = "_year", "_month", "_day", "_hash"

    def __new__(cls, year, month=None, day=None):
        if month is None and isinstance(year, (bytes, str)) and len(year) == 4:
            return _new_date(cls, *_state(year, 1))
        _require_date(year, month, day)
        return _new_date(cls, *_check_date(year, month, day))

    @classmethod
    def fromtimestamp(cls, timestamp, /):
        """The local day of seconds since the epoch."""
        return cls(*_time.localtime(timestamp)[:3])

    @classmethod
    def today(cls):
        return cls.fromtimestamp(_time.time())

    @classmethod
    def fromordinal(cls, ordinal, /):
        """The day with this number, 1 for the first day of the year 1."""
        ordinal = _index(ordinal)
        if ordinal < 1:
            raise ValueError("ordinal must be >= 1")
        if ordinal > _MAX_ORDINAL:
            raise ValueError(f"year {_iso.from_ordinal(ordinal)[0]} is out of range")
        return cls(*_iso.from_ordinal(ordinal))

    @classmethod
    def fromisoformat(cls, date_string, /):
        if not isinstance(date_string, str):
            raise TypeError("fromisoformat: argument must be str")
        try:
            if len(date_string) not in (7, 8, 10):
                raise ValueError(date_string)
            parts = _iso.parse_date(date_string)
        except ValueError:
            raise ValueError(f"Invalid isoformat string: {date_string!r}") from None
        return cls(*parts)

    @classmethod
    def fromisocalendar(cls, year, week, day):
        return cls(*_iso.from_week(year, week, day))

    def __repr__(self):
        return f"{_name(self)}({self._year}, {self._month}, {self._day})"

    def ctime(self):
        weekday = self.toordinal() % 7 or 7
        return (f"{_DAYS[weekday - 1]} {_MONTHS[self._month - 1]} {self._day:2d} 00:00:00 "
                f"{self._year:04d}")

    def strftime(self, format):
        return _strftime(self, format, self.timetuple())

    def __format__(self, format, /):
        if not isinstance(format, str):
            raise TypeError(f"__format__() argument 1 must be str, not {type(format).__name__}")
        return self.strftime(format) if format else str(self)

    def isoformat(self):
        return f"{self._year:04d}-{self._month:02d}-{self._day:02d}"

    def __str__(self):
        return self.isoformat()

    year = property(lambda self: self._year)
    month = property(lambda self: self._month)
    day = property(lambda self: self._day)

    def timetuple(self):
        return _timetuple(self, 0, 0, 0, -1)

    def toordinal(self):
        return _iso.to_ordinal(self._year, self._month, self._day)

    def replace(self, year=None, month=None, day=None):
        return type(self)(
            self._year if year is None else year, self._month if month is None else month,
            self._day if day is None else day)

    def _key(self):
        return self._year, self._month, self._day

    def _order(self, other, strict):
        # A datetime is no date where they are compared.
        if not isinstance(other, date) or isinstance(other, datetime):
            return None
        return _sign(self._key(), other._key())

    def __hash__(self):
        if self._hash == -1:
            self._hash = hash(self._packed())
        return self._hash

    def __add__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        number = self.toordinal() + other.days
        if number < 1 or number > _MAX_ORDINAL:
            raise OverflowError("date value out of range")
        return type(self).fromordinal(number)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return self + timedelta(-other.days)
        if not isinstance(other, date) or isinstance(other, datetime):
            return NotImplemented
        return timedelta(self.toordinal() - other.toordinal())

    def weekday(self):
        """0 for Monday."""
        return (self.toordinal() + 6) % 7

    def isoweekday(self):
        """1 for Monday."""
        return self.toordinal() % 7 or 7

    def isocalendar(self):
        """Year, week and day; a week belongs to the year that has its Thursday."""
        today = self.toordinal()
        thursday = today - (today - 1) % 7 + 3
        year = _iso.from_ordinal(thursday)[0]
        week = (thursday - 1 - _iso.days_before_year(year)) // 7
        return _IsoCalendarDate(year, week + 1, (today - 1) % 7 + 1)

    def _packed(self):
        high, low = divmod(self._year, 256)
        return bytes((high, low, self._month, self._day))

    def __reduce__(self):
        return self.__class__, (self._packed(),)


def _new_date(cls, year, month, day):
    made = object.__new__(cls)
    made._year, made._month, made._day = year, month, day
    made._hash = -1
    return made


def _state(packed, first):
    """The date in what pickles hold."""
    if isinstance(packed, str):
        packed = packed.encode("latin-1")
    if not 1 <= packed[2] & 0x7F <= 12:
        raise TypeError("an integer is required (got type bytes)")
    return packed[0] * 256 + packed[1], packed[2] & 0x7F, packed[3]


def _timetuple(day, hour, minute, second, dst):
    number = day.toordinal()
    of_year = number - _iso.days_before_year(day.year)
    weekday = (number - 1) % 7
    return _time.struct_time(
        (day.year, day.month, day.day, hour, minute, second, weekday, of_year, dst)
    )


date.min = date(1, 1, 1)
date.max = date(9999, 12, 31)
date.resolution = timedelta(days=1)


class tzinfo:
    """A time zone; what derives from it says what its offset is."""

    __slots__ = ()

    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def tzname(self, dt, /):
        raise NotImplementedError("a tzinfo subclass must implement tzname()")

    def utcoffset(self, dt, /):
        raise NotImplementedError("a tzinfo subclass must implement utcoffset()")

    def dst(self, dt, /):
        raise NotImplementedError("a tzinfo subclass must implement dst()")

    def fromutc(self, dt, /):
        """The time of the zone, from one in UTC that has this zone."""
        if not isinstance(dt, datetime):
            raise TypeError("fromutc: argument must be a datetime")
        if dt.tzinfo is not self:
            raise ValueError("fromutc: dt.tzinfo is not self")
        offset, dst = dt.utcoffset(), dt.dst()
        for name, value in (("utcoffset", offset), ("dst", dst)):
            if value is None:
                raise ValueError(f"fromutc: non-None {name}() result required")
        if offset != dst:
            # Whether it is summer is asked of the standard time of the place.
            dt += offset - dst
            dst = dt.dst()
            if dst is None:
                raise ValueError(
                    "fromutc: tz.dst() gave inconsistent results; cannot convert")
        return dt + dst

    def __reduce__(self):
        get_args = getattr(self, "__getinitargs__", None)
        args = get_args() if get_args else ()
        return self.__class__, args, self.__getstate__()


@_ordered
class time:
    """A time of day, with a time zone perhaps."""

    __slots__ = "_hour", "_minute", "_second", "_microsecond", "_tzinfo", "_hash", "_fold"

    def __new__(cls, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
        if isinstance(hour, (bytes, str)) and len(hour) == 6:
            packed = hour.encode("latin-1") if isinstance(hour, str) else hour
            if packed[0] & 0x7F < 24:
                return _new_time(
                    cls, packed[0] & 0x7F, packed[1], packed[2],
                    packed[3] << 16 | packed[4] << 8 | packed[5], minute or None, packed[0] >> 7)
        parts = _check_time(hour, minute, second, microsecond, fold)
        _check_tzinfo(tzinfo)
        return _new_time(cls, *parts[:4], tzinfo, fold)

    hour = property(lambda self: self._hour)
    minute = property(lambda self: self._minute)
    second = property(lambda self: self._second)
    microsecond = property(lambda self: self._microsecond)
    tzinfo = property(lambda self: self._tzinfo)
    fold = property(lambda self: self._fold)

    def _key(self):
        return self._hour, self._minute, self._second, self._microsecond

    def _order(self, other, strict):
        if not isinstance(other, time):
            return None
        offset, other_offset = self.utcoffset(), other.utcoffset()
        if self._tzinfo is other._tzinfo or offset == other_offset:
            return _sign(self._key(), other._key())
        if offset is not None and other_offset is not None:
            return _sign(self._in_utc(offset), other._in_utc(other_offset))
        if strict:
            raise TypeError("can't compare offset-naive and offset-aware times")
        return _DIFFERENT

    def _in_utc(self, offset):
        seconds = self._hour * 3600 + self._minute * 60 + self._second
        return timedelta(seconds=seconds, microseconds=self._microsecond) - offset

    def __hash__(self):
        if self._hash == -1:
            moment = self.replace(fold=0) if self._fold else self
            offset = moment.utcoffset()
            if not offset:
                self._hash = hash(moment._packed())
            else:
                self._hash = hash(moment._in_utc(offset))
        return self._hash

    def __repr__(self):
        text = f"{self._hour}, {self._minute}"
        if self._second or self._microsecond:
            text += f", {self._second}"
            if self._microsecond:
                text += f", {self._microsecond}"
        if self._tzinfo is not None:
            text += f", tzinfo={self._tzinfo!r}"
        if self._fold:
            text += ", fold=1"
        return f"{_name(self)}({text})"

    def isoformat(self, timespec="auto"):
        return _format_clock(*self._key(), timespec) + _format_offset(self.utcoffset())

    def __str__(self):
        return self.isoformat()

    @classmethod
    def fromisoformat(cls, time_string, /):
        if not isinstance(time_string, str):
            raise TypeError("fromisoformat: argument must be str")
        try:
            parts = _iso.parse_time(time_string.removeprefix("T"))
        except ValueError:
            raise ValueError(f"Invalid isoformat string: {time_string!r}") from None
        return cls(*parts[:4], tzinfo=_zone(parts[4]))

    def strftime(self, format):
        return _strftime(
            self, format, (1900, 1, 1, self._hour, self._minute, self._second, 0, 1, -1))

    __format__ = date.__format__

    def utcoffset(self):
        if self._tzinfo is None:
            return None
        return _check_offset("utcoffset", self._tzinfo.utcoffset(None))

    def tzname(self):
        return None if self._tzinfo is None else _check_name(self._tzinfo.tzname(None))

    def dst(self):
        return None if self._tzinfo is None else _check_offset("dst", self._tzinfo.dst(None))

    def replace(
        self, hour=None, minute=None, second=None, microsecond=None, tzinfo=True, *, fold=None
    ):
        return type(self)(
            self._hour if hour is None else hour, self._minute if minute is None else minute,
            self._second if second is None else second,
            self._microsecond if microsecond is None else microsecond,
            self._tzinfo if tzinfo is True else tzinfo,
            fold=self._fold if fold is None else fold)

    def _packed(self, protocol=3):
        micro = self._microsecond
        hour = self._hour | (128 if self._fold and protocol > 3 else 0)
        return bytes((
            hour, self._minute, self._second, micro >> 16, micro >> 8 & 255, micro & 255))

    def __reduce_ex__(self, protocol):
        state = (self._packed(protocol),)
        return self.__class__, state if self._tzinfo is None else state + (self._tzinfo,)

    def __reduce__(self):
        return self.__reduce_ex__(2)


def _check_name(name):
    if name is not None and not isinstance(name, str):
        raise TypeError(
            f"tzinfo.tzname() must return None or a string, not '{type(name).__name__}'")
    return name


def _zone(offset):
    if offset is None:
        return None
    if offset == (0, 0):
        return timezone.utc
    return timezone(timedelta(seconds=offset[0], microseconds=offset[1]))


def _new_time(cls, hour, minute, second, microsecond, tz, fold):
    made = object.__new__(cls)
    made._hour, made._minute, made._second, made._microsecond = hour, minute, second, microsecond
    made._tzinfo, made._fold = tz, fold
    made._hash = -1
    return made


time.min = time(0, 0, 0)
time.max = time(23, 59, 59, 999999)
time.resolution = timedelta(microseconds=1)


def _clock_offset(instant):
    """By how much the clocks of the place were or will be ahead of UTC, in seconds."""
    local = _time.localtime(instant)
    if not MINYEAR <= local.tm_year <= MAXYEAR:
        raise ValueError(f"year {local.tm_year} is out of range")
    return local.tm_gmtoff


def _place_zone(instant):
    """A zone with the offset that the clocks of the place have at an instant."""
    local = _time.localtime(instant)
    return timezone(timedelta(seconds=local.tm_gmtoff), local.tm_zone)


def _instants(wall):
    """When the clocks of the place showed a time: all instants, and what else might be meant."""
    # They are not set twice within two days.
    shifts = (-86400, 0, 86400) if wall < _LAST_DAY else (-86400, 0)
    offsets = {_clock_offset(wall + shift) for shift in shifts}
    possible = sorted(wall - offset for offset in offsets)
    return [instant for instant in possible if instant + _clock_offset(instant) == wall], possible


@_ordered
class datetime(date):
    """A day and a time, with a time zone perhaps."""

    __slots__ = "_hour", "_minute", "_second", "_microsecond", "_tzinfo", "_fold"

    def __new__(
        cls, year, month=None, day=None, hour=0, minute=0, second=0, microsecond=0, tzinfo=None,
        *, fold=0
    ):
        if isinstance(year, (bytes, str)) and len(year) == 10:
            packed = year.encode("latin-1") if isinstance(year, str) else year
            return _new_datetime(
                cls, *_state(packed, 0), packed[4], packed[5], packed[6],
                packed[7] << 16 | packed[8] << 8 | packed[9], month, packed[2] >> 7)
        _require_date(year, month, day)
        parts = _check_date(year, month, day)
        clock = _check_time(hour, minute, second, microsecond, fold)
        _check_tzinfo(tzinfo)
        return _new_datetime(cls, *parts, *clock[:4], tzinfo, fold)

    hour = property(lambda self: self._hour)
    minute = property(lambda self: self._minute)
    second = property(lambda self: self._second)
    microsecond = property(lambda self: self._microsecond)
    tzinfo = property(lambda self: self._tzinfo)
    fold = property(lambda self: self._fold)

    @classmethod
    def _of_timestamp(cls, timestamp, utc, tz):
        if isinstance(timestamp, float):
            if timestamp != timestamp:
                raise ValueError("Invalid value NaN (not a number)")
            if _math.isinf(timestamp):
                raise OverflowError("timestamp out of range for platform time_t")
            fraction, whole = _math.modf(timestamp)
            micro = round(fraction * 1e6)
        else:
            whole, micro = _index(timestamp), 0
        if micro >= 1000000:
            whole, micro = whole + 1, micro - 1000000
        elif micro < 0:
            whole, micro = whole - 1, micro + 1000000
        whole = int(whole)
        parts = (_time.gmtime if utc else _time.localtime)(whole)
        result = cls(*parts[:5], min(parts[5], 59), micro, tz)
        if tz is not None:
            return tz.fromutc(result)
        if not utc and whole >= 86400:
            offset = _clock_offset(whole)
            if _clock_offset(whole - 86400) > offset:
                # The clocks were set back: they may show this time again.
                result._fold = int(whole != _instants(whole + offset)[0][0])
        return result

    @classmethod
    def fromtimestamp(cls, timestamp, tz=None):
        _check_tzinfo(tz)
        return cls._of_timestamp(timestamp, tz is not None, tz)

    @classmethod
    def utcfromtimestamp(cls, timestamp, /):
        return cls._of_timestamp(timestamp, True, None)

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_time.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.utcfromtimestamp(_time.time())

    @classmethod
    def combine(cls, date, time, tzinfo=True):
        if not isinstance(date, _date):
            raise TypeError(
                f"combine() argument 1 must be datetime.date, not {type(date).__name__}")
        if not isinstance(time, _time_class):
            raise TypeError(
                f"combine() argument 2 must be datetime.time, not {type(time).__name__}")
        if tzinfo is True:
            tzinfo = time.tzinfo
        return cls(date.year, date.month, date.day, *time._key(), tzinfo, fold=time.fold)

    @classmethod
    def fromisoformat(cls, date_string, /):
        if not isinstance(date_string, str):
            raise TypeError("fromisoformat: argument must be str")
        try:
            if len(date_string) < 7:
                raise ValueError(date_string)
            end = _iso.date_length(date_string)
            day = _iso.parse_date(date_string[:end])
            clock = (0, 0, 0, 0, None)
            if len(date_string) > end:
                clock = _iso.parse_time(date_string[end + 1:])
        except ValueError:
            raise ValueError(f"Invalid isoformat string: {date_string!r}") from None
        return cls(*day, *clock[:4], _zone(clock[4]))

    @classmethod
    def strptime(cls, date_string, format, /):
        import _strptime
        return _strptime._strptime_datetime(cls, date_string, format)

    def timetuple(self):
        dst = self.dst()
        dst = -1 if dst is None else 1 if dst else 0
        return _timetuple(self, self._hour, self._minute, self._second, dst)

    def utctimetuple(self):
        offset = self.utcoffset()
        moment = self - offset if offset else self
        return _timetuple(moment, moment._hour, moment._minute, moment._second, 0)

    def _mktime(self):
        """Seconds since the epoch of a local time."""
        days = self.toordinal() - _EPOCH.toordinal()
        wall = days * 86400 + self._hour * 3600 + self._minute * 60 + self._second
        found, possible = _instants(wall)
        if found:
            return found[-1 if self._fold else 0]
        # A time that the clocks leave out: it goes on from before, or back from after.
        return possible[0 if self._fold else -1]

    def timestamp(self):
        if self._tzinfo is None:
            return self._mktime() + self._microsecond / 1e6
        return (self - _EPOCH).total_seconds()

    def date(self):
        return _new_date(_date, self._year, self._month, self._day)

    def time(self):
        return _new_time(_time_class, *self._clock(), None, self._fold)

    def timetz(self):
        return _new_time(_time_class, *self._clock(), self._tzinfo, self._fold)

    def _clock(self):
        return self._hour, self._minute, self._second, self._microsecond

    def replace(
        self, year=None, month=None, day=None, hour=None, minute=None, second=None,
        microsecond=None, tzinfo=True, *, fold=None
    ):
        return type(self)(
            self._year if year is None else year, self._month if month is None else month,
            self._day if day is None else day, self._hour if hour is None else hour,
            self._minute if minute is None else minute,
            self._second if second is None else second,
            self._microsecond if microsecond is None else microsecond,
            self._tzinfo if tzinfo is True else tzinfo,
            fold=self._fold if fold is None else fold)

    def astimezone(self, tz=None):
        """The same instant in another zone, in that of the place if none is given."""
        _check_tzinfo(tz)
        mine = self._tzinfo
        if mine is not None and tz is mine:
            return self
        offset = self.utcoffset()
        if offset is None:
            offset = _place_zone(self._mktime()).utcoffset(None)
        moment = self.replace(tzinfo=timezone.utc) - offset
        if tz is None:
            tz = _place_zone((moment - _EPOCH) // timedelta(0, 1))
        return tz.fromutc(moment.replace(tzinfo=tz))

    def ctime(self):
        weekday = self.toordinal() % 7 or 7
        return (f"{_DAYS[weekday - 1]} {_MONTHS[self._month - 1]} {self._day:2d} "
                f"{self._hour:02d}:{self._minute:02d}:{self._second:02d} {self._year:04d}")

    def isoformat(self, sep="T", timespec="auto"):
        if not isinstance(sep, str) or len(sep) != 1:
            given = "str" if isinstance(sep, str) else type(sep).__name__
            raise TypeError(f"isoformat() argument 1 must be a unicode character, not {given}")
        return (f"{self._year:04d}-{self._month:02d}-{self._day:02d}{sep}"
                + _format_clock(*self._clock(), timespec) + _format_offset(self.utcoffset()))

    def __repr__(self):
        parts = [self._year, self._month, self._day, *self._clock()]
        while parts[-1] == 0 and len(parts) > 5:
            del parts[-1]
        text = ", ".join(map(str, parts))
        if self._fold:
            text += ", fold=1"
        if self._tzinfo is not None:
            text += f", tzinfo={self._tzinfo!r}"
        return f"{_name(self)}({text})"

    def __str__(self):
        return self.isoformat(sep=" ")

    def utcoffset(self):
        if self._tzinfo is None:
            return None
        return _check_offset("utcoffset", self._tzinfo.utcoffset(self))

    def tzname(self):
        return None if self._tzinfo is None else _check_name(self._tzinfo.tzname(self))

    def dst(self):
        return None if self._tzinfo is None else _check_offset("dst", self._tzinfo.dst(self))

    def _key(self):
        return (self._year, self._month, self._day, *self._clock())

    def _order(self, other, strict):
        if not isinstance(other, datetime):
            if not isinstance(other, _date):
                return None
            if strict:
                names = [f"{type(x).__module__}.{type(x).__qualname__}" for x in (self, other)]
                raise TypeError(f"can't compare {names[0]} to {names[1]}")
            return _DIFFERENT
        if self._tzinfo is other._tzinfo:
            return _sign(self._key(), other._key())
        offsets = self.utcoffset(), other.utcoffset()
        if not strict and (self._is_doubtful(offsets[0]) or other._is_doubtful(offsets[1])):
            # A time that zones do not agree on is not equal to any in another zone.
            return _DIFFERENT
        if offsets[0] == offsets[1]:
            return _sign(self._key(), other._key())
        if None not in offsets:
            return (self - other)._total()
        if strict:
            raise TypeError("can't compare offset-naive and offset-aware datetimes")
        return _DIFFERENT

    def _is_doubtful(self, offset):
        """Does the offset depend on which of two times is meant?"""
        return offset != self.replace(fold=not self._fold).utcoffset()

    def _span(self):
        """Since the day before the first."""
        return timedelta(
            self.toordinal(), hours=self._hour, minutes=self._minute, seconds=self._second,
            microseconds=self._microsecond)

    def __add__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        sum = self._span()._total() + other._total()
        seconds, micro = divmod(sum, 1000000)
        ordinal, seconds = divmod(seconds, 86400)
        if not 0 < ordinal <= _MAX_ORDINAL:
            raise OverflowError("date value out of range")
        return type(self)(
            *_iso.from_ordinal(ordinal), seconds // 3600, seconds % 3600 // 60, seconds % 60,
            micro, self._tzinfo)

    __radd__ = __add__

    def __sub__(self, other):
        if not isinstance(other, datetime):
            return self + -other if isinstance(other, timedelta) else NotImplemented
        base = self._span() - other._span()
        if self._tzinfo is other._tzinfo:
            return base
        offset, other_offset = self.utcoffset(), other.utcoffset()
        if offset == other_offset:
            return base
        if offset is None or other_offset is None:
            raise TypeError("can't subtract offset-naive and offset-aware datetimes")
        return base + other_offset - offset

    def __hash__(self):
        if self._hash == -1:
            moment = self.replace(fold=0) if self._fold else self
            offset = moment.utcoffset()
            self._hash = hash(
                moment._packed() if offset is None else moment._span() - offset)
        return self._hash

    def _packed(self, protocol=3):
        high, low = divmod(self._year, 256)
        micro = self._microsecond
        month = self._month | (128 if self._fold and protocol > 3 else 0)
        return bytes((
            high, low, month, self._day, self._hour, self._minute, self._second, micro >> 16,
            micro >> 8 & 255, micro & 255))

    def __reduce_ex__(self, protocol):
        state = (self._packed(protocol),)
        return self.__class__, state if self._tzinfo is None else state + (self._tzinfo,)

    def __reduce__(self):
        return self.__reduce_ex__(2)


_date = date
_time_class = time


def _new_datetime(cls, year, month, day, hour, minute, second, microsecond, tz, fold):
    made = _new_date(cls, year, month, day)
    made._hour, made._minute, made._second, made._microsecond = hour, minute, second, microsecond
    made._tzinfo, made._fold = tz, fold
    return made


datetime.min = datetime(1, 1, 1)
datetime.max = datetime(9999, 12, 31, 23, 59, 59, 999999)
datetime.resolution = timedelta(microseconds=1)


class timezone(tzinfo):
    """A time zone with one offset for ever."""

    __slots__ = "_offset", "_name"

    def __new__(cls, offset, name=None):
        if not isinstance(offset, timedelta):
            raise TypeError(
                f"timezone() argument 1 must be datetime.timedelta, not {type(offset).__name__}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"timezone() argument 2 must be str, not {type(name).__name__}")
        if name is None and not offset and hasattr(cls, "utc"):
            return cls.utc
        if not -_DAY < offset < _DAY:
            raise ValueError(
                "offset must be a timedelta strictly between -timedelta(hours=24) and "
                f"timedelta(hours=24), not {offset!r}.")
        return _new_zone(cls, offset, name)

    def __init_subclass__(cls):
        raise TypeError("type 'datetime.timezone' is not an acceptable base type")

    def __getinitargs__(self):
        return (self._offset,) if self._name is None else (self._offset, self._name)

    def __eq__(self, other):
        return self._offset == other._offset if isinstance(other, timezone) else NotImplemented

    def __hash__(self):
        return hash(self._offset)

    def __repr__(self):
        if self is timezone.utc:
            return "datetime.timezone.utc"
        if self._name is None:
            return f"datetime.timezone({self._offset!r})"
        return f"datetime.timezone({self._offset!r}, {self._name!r})"

    def __str__(self):
        return self.tzname(None)

    def _check(self, method, dt):
        if dt is not None and not isinstance(dt, datetime):
            raise TypeError(
                f"{method}(dt) argument must be a datetime instance or None, "
                f"not {type(dt).__name__}")

    def utcoffset(self, dt, /):
        self._check("utcoffset", dt)
        return self._offset

    def tzname(self, dt, /):
        self._check("tzname", dt)
        if self._name is not None:
            return self._name
        return "UTC" + _format_offset(self._offset) if self._offset else "UTC"

    def dst(self, dt, /):
        self._check("dst", dt)
        return None

    def fromutc(self, dt, /):
        if not isinstance(dt, datetime):
            raise TypeError("fromutc() argument must be a datetime instance")
        if dt.tzinfo is not self:
            raise ValueError("fromutc: dt.tzinfo is not self")
        return dt + self._offset

    def __reduce__(self):
        return self.__class__, self.__getinitargs__()


def _new_zone(cls, offset, name):
    made = tzinfo.__new__(cls)
    made._offset, made._name = offset, name
    return made


UTC = timezone.utc = _new_zone(timezone, timedelta(0), None)
timezone.min = _new_zone(timezone, -timedelta(hours=23, minutes=59), None)
timezone.max = _new_zone(timezone, timedelta(hours=23, minutes=59), None)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
