"""Calendars of months and years."""

__all__ = [
    "IllegalMonthError", "IllegalWeekdayError", "setfirstweekday", "firstweekday", "isleap",
    "leapdays", "weekday", "monthrange", "monthcalendar", "prmonth", "month", "prcal", "calendar",
    "timegm", "month_name", "month_abbr", "day_name", "day_abbr", "Calendar", "TextCalendar",
    "HTMLCalendar", "LocaleTextCalendar", "LocaleHTMLCalendar", "weekheader", "FRIDAY", "MONDAY",
    "SATURDAY", "SUNDAY", "THURSDAY", "TUESDAY", "WEDNESDAY",
]

import datetime
import sys

error = ValueError


def _bad_number(name, message):
    """A kind of error that says which number is wrong."""

    class BadNumber(ValueError):
        def __init__(self, number):
            super().__init__(number)
            setattr(self, name, number)

        def __str__(self):
            return message.format(*self.args)

    return BadNumber


class IllegalMonthError(_bad_number("month", "bad month number {!r}; must be 1-12")):
    """There is no such month."""


class IllegalWeekdayError(_bad_number(
        "weekday", "bad weekday number {!r}; must be 0 (Monday) to 6 (Sunday)")):
    """There is no such day of the week."""


EPOCH = 1970
January, February = 1, 2
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
# The lengths of the months, of which the first has the number 1.
mdays = [0] + [30 + (month + month // 8) % 2 for month in range(1, 13)]
mdays[February] = 28


class _Names:
    """The names that `strftime` has for days, as a sequence."""

    def __init__(self, form, days):
        self._form, self._days = form, days

    def __len__(self):
        return len(self._days)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        day = self._days[index]
        return day.strftime(self._form) if day else ""


# The first day of the year 2001 was a Monday.
day_name, day_abbr = (
    _Names(form, [datetime.date(2001, 1, day) for day in range(1, 8)]) for form in ("%A", "%a"))
month_name, month_abbr = (
    _Names(form, [None] + [datetime.date(2001, month, 1) for month in range(1, 13)])
    for form in ("%B", "%b"))


def isleap(year):
    """Has the year a 29th of February?"""
    return year % (400 if year % 100 == 0 else 4) == 0


def leapdays(y1, y2):
    """How many leap years there are from y1 to before y2."""

    def before(year):
        year -= 1
        return year // 4 - year // 100 + year // 400

    return before(y2) - before(y1)


def weekday(year, month, day):
    """0 for Monday; the days of the week come again every 400 years."""
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        year = year % 400 + 2000
    return datetime.date(year, month, day).weekday()


def _length(year, month):
    return 29 if month == February and isleap(year) else mdays[month]


def monthrange(year, month):
    """The weekday of the first day, and the number of days."""
    if not 1 <= month <= 12:
        raise IllegalMonthError(month)
    return weekday(year, month, 1), _length(year, month)


def _month_calendar(iterator):
    """A method that gives what the method `iterator` does, in weeks."""

    def weeks(self, year, month):
        days = iter(getattr(self, iterator)(year, month))
        return [list(week) for week in zip(*[days] * 7)]

    return weeks


def _year_calendar(of_month):
    """A method that gives what the method `of_month` does, in rows of months."""

    def rows(self, year, width=3):
        months = [getattr(self, of_month)(year, month) for month in range(1, 13)]
        return [months[place:place + width] for place in range(0, 12, width)]

    return rows


class Calendar:
    """Weeks of months and years, without a form."""

    def __init__(self, firstweekday=0):
        self.firstweekday = firstweekday

    def getfirstweekday(self):
        return self._firstweekday % 7

    def setfirstweekday(self, firstweekday):
        self._firstweekday = firstweekday

    firstweekday = property(getfirstweekday, setfirstweekday)

    def iterweekdays(self):
        return ((self.firstweekday + place) % 7 for place in range(7))

    def itermonthdays4(self, year, month):
        """(year, month, day, weekday) for the days of the weeks that the month has part of."""
        start, length = monthrange(year, month)
        first = self.firstweekday
        day = 1 - (start - first) % 7
        last = length + (first - start - length) % 7
        place = first
        while day <= last:
            y, m, d = year, month, day
            if day < 1:
                y, m = (year, month - 1) if month > 1 else (year - 1, 12)
                d += _length(y, m)
            elif day > length:
                y, m = (year, month + 1) if month < 12 else (year + 1, 1)
                d -= length
            yield y, m, d, place % 7
            day += 1
            place += 1

    def itermonthdays3(self, year, month):
        return (day[:3] for day in self.itermonthdays4(year, month))

    def itermonthdays2(self, year, month):
        """(day, weekday); the day is 0 if it belongs to another month."""
        return (
            (day if month_of_day == month else 0, place)
            for _, month_of_day, day, place in self.itermonthdays4(year, month))

    def itermonthdays(self, year, month):
        return (day for day, _ in self.itermonthdays2(year, month))

    def itermonthdates(self, year, month):
        return (datetime.date(*day) for day in self.itermonthdays3(year, month))

    monthdatescalendar = _month_calendar("itermonthdates")
    monthdays2calendar = _month_calendar("itermonthdays2")
    monthdayscalendar = _month_calendar("itermonthdays")
    yeardatescalendar = _year_calendar("monthdatescalendar")
    yeardays2calendar = _year_calendar("monthdays2calendar")
    yeardayscalendar = _year_calendar("monthdayscalendar")


class TextCalendar(Calendar):
    """Calendars as plain text."""

    def formatday(self, day, weekday, width):
        return (f"{day:2d}" if day else "").center(width)

    def formatweek(self, theweek, width):
        return " ".join([self.formatday(*day, width) for day in theweek])

    def formatweekday(self, day, width):
        name = (day_abbr if width < 9 else day_name)[day]
        return name[:width].center(width)

    def formatweekheader(self, width):
        return " ".join([self.formatweekday(day, width) for day in self.iterweekdays()])

    def formatmonthname(self, theyear, themonth, width, withyear=True):
        name = month_name[themonth]
        return (f"{name} {theyear!r}" if withyear else name).center(width)

    def formatmonth(self, theyear, themonth, w=0, l=0):
        """A month; `w` is the width of a day, `l` how many lines a week takes."""
        w, end = max(w, 2), "\n" * max(l, 1)
        lines = [
            self.formatmonthname(theyear, themonth, 7 * w + 6), self.formatweekheader(w),
            *(self.formatweek(week, w) for week in self.monthdays2calendar(theyear, themonth))]
        return "".join([line.rstrip() + end for line in lines])

    def formatyear(self, theyear, w=2, l=1, c=6, m=3):
        """A year with `m` months in a row and `c` spaces between them."""
        w, end, c = max(w, 2), "\n" * max(l, 1), max(c, 2)
        width = 7 * w + 6
        lines = [f"{theyear!r}".center((width + c) * m - c)]
        header = self.formatweekheader(w)
        month = 1
        for row in self.yeardays2calendar(theyear, m):
            names = [
                self.formatmonthname(theyear, number, width, False)
                for number in range(month, month + len(row))]
            month += len(row)
            depth = max(map(len, row))
            blocks = [
                [self.formatweek(week, w) for week in weeks] + [""] * (depth - len(weeks))
                for weeks in row]
            lines.append("")
            for cells in [names, [header] * len(row), *zip(*blocks)]:
                lines.append(formatstring(cells, width, c))
        return "".join([line.rstrip() + end for line in lines])

    def prweek(self, theweek, width):
        print(self.formatweek(theweek, width), end="")

    def prmonth(self, theyear, themonth, w=0, l=0):
        print(self.formatmonth(theyear, themonth, w, l), end="")

    def pryear(self, theyear, w=0, l=0, c=6, m=3):
        print(self.formatyear(theyear, w, l, c, m), end="")


def _element(name, content, **attributes):
    """A piece of HTML; a name that Python uses itself is written with `_` after it."""
    given = "".join(f' {key.rstrip("_")}="{value}"' for key, value in attributes.items())
    return f"<{name}{given}>{content}</{name}>"


def _table(content, kind):
    return _element("table", content, border=0, cellpadding=0, cellspacing=0, class_=kind)


class HTMLCalendar(Calendar):
    """Calendars as HTML tables."""

    cssclasses = [day[:3].lower() for day in day_name]
    cssclasses_weekday_head = cssclasses
    cssclass_noday = "noday"
    cssclass_month = cssclass_month_head = "month"
    cssclass_year = cssclass_year_head = "year"

    def formatday(self, day, weekday):
        if not day:
            return _element("td", "&nbsp;", class_=self.cssclass_noday)
        return _element("td", f"{day:d}", class_=self.cssclasses[weekday])

    def formatweek(self, theweek):
        return _element("tr", "".join([self.formatday(*day) for day in theweek]))

    def formatweekday(self, day):
        return _element("th", day_abbr[day], class_=self.cssclasses_weekday_head[day])

    def formatweekheader(self):
        return _element("tr", "".join(map(self.formatweekday, self.iterweekdays())))

    def formatmonthname(self, theyear, themonth, withyear=True):
        name = month_name[themonth] + (f" {theyear}" if withyear else "")
        return _element("tr", _element("th", name, colspan=7, class_=self.cssclass_month_head))

    def formatmonth(self, theyear, themonth, withyear=True):
        rows = [self.formatmonthname(theyear, themonth, withyear), self.formatweekheader()]
        rows += map(self.formatweek, self.monthdays2calendar(theyear, themonth))
        return _table("\n" + "\n".join(rows) + "\n", self.cssclass_month) + "\n"

    def formatyear(self, theyear, width=3):
        width = max(1, width)
        months = [_element("td", self.formatmonth(theyear, m, False)) for m in range(1, 13)]
        rows = [_element("th", theyear, colspan=width, class_=self.cssclass_year_head)]
        rows += ["".join(months[place:place + width]) for place in range(0, 12, width)]
        return _table(
            "\n" + "".join([_element("tr", row) for row in rows]), self.cssclass_year)

    def formatyearpage(self, theyear, width=3, css="calendar.css", encoding=None):
        """A page of its own, as bytes."""
        encoding = encoding or sys.getdefaultencoding()
        page = [
            f'<?xml version="1.0" encoding="{encoding}"?>',
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
            '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
            "<html>", "<head>",
            f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}" />',
            css and f'<link rel="stylesheet" type="text/css" href="{css}" />',
            _element("title", f"Calendar for {theyear}"), "</head>", "<body>",
            self.formatyear(theyear, width) + "</body>", "</html>"]
        text = "".join([line + "\n" for line in page if line])
        return text.encode(encoding, "xmlcharrefreplace")


def _of_a_place(base):
    """A kind of calendar in the language of a place; only one is known here."""

    class Local(base):
        def __init__(self, firstweekday=0, locale=None):
            super().__init__(firstweekday)
            self.locale = locale

    Local.__name__ = Local.__qualname__ = f"Locale{base.__name__}"
    return Local


LocaleTextCalendar, LocaleHTMLCalendar = _of_a_place(TextCalendar), _of_a_place(HTMLCalendar)


def formatstring(cols, colwidth=20, spacing=6):
    """Texts in columns."""
    return (" " * spacing).join([text.center(colwidth) for text in cols])


def format(cols, colwidth=20, spacing=6):
    print(formatstring(cols, colwidth, spacing))


# The functions of the module are methods of one calendar.

c = TextCalendar()
firstweekday, monthcalendar, weekheader = (
    c.getfirstweekday, c.monthdayscalendar, c.formatweekheader)
week, month, calendar = c.formatweek, c.formatmonth, c.formatyear
prweek, prmonth, prcal = c.prweek, c.prmonth, c.pryear


def setfirstweekday(firstweekday):
    if not MONDAY <= firstweekday <= SUNDAY:
        raise IllegalWeekdayError(firstweekday)
    c.firstweekday = firstweekday


def timegm(tuple):
    """Seconds since the epoch of a time in UTC."""
    year, month, day, hour, minute, second = tuple[:6]
    first = datetime.date(year, month, 1) - datetime.date(EPOCH, 1, 1)
    return (((first.days + day - 1) * 24 + hour) * 60 + minute) * 60 + second


def main(args):
    """Prints a calendar as the arguments say."""
    import argparse
    parser = argparse.ArgumentParser()
    of_text = parser.add_argument_group("text only arguments")
    of_html = parser.add_argument_group("html only arguments")
    for group, letter, name, kind, default, text in (
            (of_text, "w", "width", int, 2, "width of date column (default 2)"),
            (of_text, "l", "lines", int, 1, "number of lines for each week (default 1)"),
            (of_text, "s", "spacing", int, 6, "spacing between months (default 6)"),
            (of_text, "m", "months", int, 3, "months per row (default 3)"),
            (of_html, "c", "css", None, "calendar.css", "CSS to use for page"),
            (parser, "L", "locale", None, None, "locale to use for month and weekday names"),
            (parser, "e", "encoding", None, None, "encoding to use for output")):
        group.add_argument(f"-{letter}", f"--{name}", type=kind, default=default, help=text)
    parser.add_argument("-t", "--type", default="text", choices=("text", "html"),
                        help="output type (text or html)")
    parser.add_argument("year", nargs="?", type=int, help="year number (1-9999)")
    parser.add_argument("month", nargs="?", type=int, help="month number (1-12, text only)")
    chosen = parser.parse_args(args[1:])
    if chosen.locale and not chosen.encoding:
        parser.error("if --locale is specified --encoding is required")
    year = chosen.year or datetime.date.today().year
    if chosen.type == "html":
        if chosen.month:
            parser.error("incorrect number of arguments")
        page = HTMLCalendar().formatyearpage(year, css=chosen.css, encoding=chosen.encoding)
        sys.stdout.buffer.write(page)
        return
    if chosen.month:
        text = TextCalendar().formatmonth(year, chosen.month, chosen.width, chosen.lines)
    else:
        text = TextCalendar().formatyear(
            year, chosen.width, chosen.lines, chosen.spacing, chosen.months)
    if chosen.encoding:
        sys.stdout.buffer.write(text.encode(chosen.encoding))
    else:
        print(text, end="")


if __name__ == "__main__":
    main(sys.argv)
