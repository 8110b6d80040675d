"""Customs of places: there are those of the locale C, in UTF-8 too, and no others."""

import builtins
import functools
import sys
import warnings

__all__ = ["CHAR_MAX", "Error", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY",
           "LC_NUMERIC", "LC_TIME", "atof", "atoi", "currency", "format", "format_string",
           "getdefaultlocale", "getencoding", "getlocale", "getpreferredencoding", "localeconv",
           "normalize", "resetlocale", "setlocale", "str", "strcoll", "strxfrm"]

LC_CTYPE, LC_NUMERIC, LC_TIME, LC_COLLATE, LC_MONETARY, LC_MESSAGES, LC_ALL = range(7)
CHAR_MAX = 127

_PARTS = ("LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_PAPER",
          "LC_NAME", "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION")
_known = {"C": "C", "POSIX": "C", "": "C.UTF-8", "C.UTF-8": "C.UTF-8", "C.utf8": "C.UTF-8",
          "C.UTF8": "C.UTF-8"}
#: What is set, by category. Text is UTF-8 whatever it says.
_current = ["C.UTF-8"] + ["C"] * (len(_PARTS) - 1)

# What `nl_langinfo` is asked for.
_TEXTS = {
    "CODESET": (14, "UTF-8"), "RADIXCHAR": (65536, "."), "THOUSEP": (65537, ""),
    "CRNCYSTR": (262159, "-"), "YESEXPR": (327680, "^[yY]"), "NOEXPR": (327681, "^[nN]"),
    "AM_STR": (131110, "AM"), "PM_STR": (131111, "PM"), "D_T_FMT": (131112, "%a %b %e %H:%M:%S %Y"),
    "D_FMT": (131113, "%m/%d/%y"), "T_FMT": (131114, "%H:%M:%S"),
    "T_FMT_AMPM": (131115, "%I:%M:%S %p"), "ERA": (131116, ""), "ERA_D_FMT": (131118, ""),
    "ALT_DIGITS": (131119, ""), "ERA_D_T_FMT": (131120, ""), "ERA_T_FMT": (131121, ""),
}
_DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()
_MONTHS = ("January February March April May June July August September October November "
           "December").split()
for _first, _prefix, _words in ((131072, "ABDAY", [word[:3] for word in _DAYS]),
                                (131079, "DAY", _DAYS),
                                (131086, "ABMON", [word[:3] for word in _MONTHS]),
                                (131098, "MON", _MONTHS)):
    for _place, _word in enumerate(_words):
        _TEXTS[f"{_prefix}_{_place + 1}"] = _first + _place, _word
globals().update({name: number for name, (number, _) in _TEXTS.items()})
_texts = dict(_TEXTS.values())


class Error(Exception):
    """There is no such locale."""


def nl_langinfo(key, /):
    """A text that the locale has, by its number."""
    if key == _TEXTS["CODESET"][0]:
        return getencoding()
    try:
        return _texts[key]
    except KeyError:
        raise ValueError("unsupported langinfo constant") from None


def setlocale(category, locale=None):
    """Sets a locale, or tells which one is set."""
    if not 0 <= category < len(_PARTS) + 1:
        raise Error("locale query failed" if locale is None else "unsupported locale setting")
    places = range(len(_PARTS)) if category == LC_ALL else [category]
    if locale is not None:
        if not isinstance(locale, builtins.str):
            try:
                language, encoding = locale
            except (TypeError, ValueError):
                raise TypeError("Locale must be None, a string, or an iterable of two strings -- "
                                "language code, encoding.") from None
            locale = (language or "C") + (f".{encoding}" if encoding else "")
        if locale.startswith("LC_"):
            wanted = dict(part.split("=", 1) for part in locale.split(";"))
        else:
            wanted = dict.fromkeys(_PARTS, locale)
        if not all(wanted.get(_PARTS[place], "C") in _known for place in places):
            raise Error("unsupported locale setting")
        for place in places:
            _current[place] = _known[wanted.get(_PARTS[place], "C")]
    names = {_current[place] for place in places}
    if len(names) == 1:
        return names.pop()
    return ";".join(map("=".join, zip(_PARTS, _current)))


def resetlocale(category=LC_ALL):
    """Sets the locale of the environment."""
    warnings.warn('Use locale.setlocale(locale.LC_ALL, "") instead', DeprecationWarning,
                  stacklevel=2)
    setlocale(category, "")


def getlocale(category=LC_CTYPE):
    """The language and the encoding that are set; None for those of C."""
    if category == LC_ALL and len(set(_current)) > 1:
        raise TypeError("category LC_ALL is not supported")
    name = setlocale(category)
    return (None, None) if name == "C" else ("en_US", "UTF-8")


def getdefaultlocale(envvars=("LC_ALL", "LC_CTYPE", "LANG", "LANGUAGE")):
    """The language and the encoding of the environment."""
    warnings.warn(
        "'locale.getdefaultlocale' is deprecated and slated for removal in Python 3.15. "
        "Use setlocale(), getencoding() and getlocale() instead.", DeprecationWarning, stacklevel=2)
    return "en_US", "UTF-8"


def getencoding():
    """The encoding of the locale; all text outside is UTF-8."""
    return "UTF-8"


def getpreferredencoding(do_setlocale=True):
    """The encoding of files."""
    return "UTF-8"


# What a language is written in when its name does not say.
_LATIN_1 = frozenset("af br ca da de en es eu fi fo fr ga gl id is it kl ms nl nn no pt sq sv".split())
_LATIN_2 = frozenset("cs hr hu pl ro sk sl".split())


def normalize(localename):
    """The name of a locale as it is usually written."""
    name, _, modifier = localename.partition("@")
    language, _, encoding = name.partition(".")
    if language.upper() in ("C", "POSIX"):
        return "C" if not encoding else f"C.{_encoding_name(encoding)}"
    if not encoding and "_" in language:
        code = language.partition("_")[0].lower()
        encoding = "ISO8859-15" if modifier.lower() == "euro" else (
            "ISO8859-1" if code in _LATIN_1 else "ISO8859-2" if code in _LATIN_2 else "")
    if not encoding:
        return localename
    lower, _, country = language.partition("_")
    full = f"{lower.lower()}_{country.upper()}" if country else lower.lower()
    return f"{full}.{_encoding_name(encoding)}"


def _encoding_name(encoding):
    plain = encoding.lower().replace("-", "").replace("_", "")
    if plain == "utf8":
        return "UTF-8"
    if plain.startswith("iso8859"):
        return "ISO8859-" + plain.removeprefix("iso8859")
    return encoding


def localeconv():
    """How numbers and money are written."""
    texts = ("int_curr_symbol", "currency_symbol", "mon_decimal_point", "mon_thousands_sep",
             "mon_grouping", "positive_sign", "negative_sign")
    numbers = ("int_frac_digits", "frac_digits", "p_cs_precedes", "p_sep_by_space", "n_cs_precedes",
               "n_sep_by_space", "p_sign_posn", "n_sign_posn")
    return {**dict.fromkeys(texts, ""), **dict.fromkeys(numbers, CHAR_MAX), "mon_grouping": [],
            "decimal_point": ".", "thousands_sep": "", "grouping": [], **_override_localeconv}


#: Tests put other customs here.
_override_localeconv = {}


def strcoll(os1, os2, /):
    """Below, at or above zero: the order of two texts."""
    return (os1 > os2) - (os1 < os2)


def strxfrm(string, /):
    """A text that compares as the given one is to be ordered."""
    if "\0" in string:
        raise ValueError("embedded null character")
    return string


def _group(digits, monetary=False):
    """The digits with marks between groups, and how many marks there are."""
    customs = localeconv()
    mark = customs["mon_thousands_sep" if monetary else "thousands_sep"]
    sizes = customs["mon_grouping" if monetary else "grouping"]
    if not mark or not sizes:
        return digits, 0
    blanks = digits[len(digits.rstrip()):]
    digits = digits.rstrip()
    left = digits.lstrip("0123456789") if not digits[:1].isdigit() else ""
    start = next((i for i, c in enumerate(digits) if c.isdigit()), len(digits))
    left, digits = digits[:start], digits[start:]
    groups, size = [], 0
    remaining = list(sizes)
    while digits:
        if remaining:
            following = remaining.pop(0)
            if following == CHAR_MAX:
                size = len(digits)
            elif following:
                size = following
        groups.insert(0, digits[-size:])
        digits = digits[:-size]
    return left + mark.join(groups) + blanks, len(groups) - 1


def _localized(text, grouping, monetary=False):
    """A number as the locale writes it."""
    mark = localeconv()["mon_decimal_point" if monetary else "decimal_point"] or "."
    whole, point, rest = text.partition(".")
    if grouping:
        before = len(whole)
        whole, marks = _group(whole, monetary)
        # Blanks that only fill the width make room for the marks.
        spare = min(len(whole) - before, len(whole) - len(whole.lstrip(" ")))
        whole = whole[spare:] if spare > 0 else whole
    return whole + (mark + rest if point else "")


@functools.cache
def _pattern():
    import re
    return re.compile(r"%(?:\((?P<key>.*?)\))?(?P<modifiers>[-#0-9 +*.hlL]*?)[eEfFgGdiouxXcrs%]")


def format_string(f, val, grouping=False, monetary=False):
    """`f % val`, with numbers as the locale writes them."""
    places = list(_pattern().finditer(f))
    if isinstance(val, dict) or hasattr(val, "keys"):
        values = [val] * len(places)
    else:
        values = list(val) if isinstance(val, tuple) else [val]
    pieces, end = [], 0
    for place in places:
        pieces.append(f[end:place.start()])
        end = place.end()
        text = place.group()
        if text[-1] == "%":
            pieces.append("%")
            continue
        if place["key"] is not None:
            value = (val[place["key"]],)
            text = "%" + text[text.index(")") + 1:]
        else:
            count = 1 + place["modifiers"].count("*")
            value, values[:count] = tuple(values[:count]), []
        shown = text % value
        if text[-1] in "eEfFgGdiu":
            shown = _localized(shown, grouping, monetary)
        pieces.append(shown)
    return "".join(pieces) + f[end:]


def format(percent, value, grouping=False, monetary=False, *additional):
    """As `format_string`, with a single place for a value."""
    warnings.warn("Method locale.format() is deprecated and will be removed in Python 3.12. "
                  "Use 'format_string' instead", DeprecationWarning, stacklevel=2)
    match = _pattern().match(percent)
    if match is None or match.group() != percent:
        raise ValueError(f"format() must be given exactly one %char format specifier, "
                         f"{percent!r} not valid")
    return format_string(percent, (value, *additional) if additional else (value,), grouping,
                         monetary)


def currency(val, symbol=True, grouping=False, international=False):
    """An amount of money."""
    customs = localeconv()
    digits = customs["int_frac_digits" if international else "frac_digits"]
    if digits == CHAR_MAX:
        raise ValueError("Currency formatting is not possible using the 'C' locale.")
    amount = _localized(f"{abs(val):.{digits}f}", grouping, monetary=True)
    kind = "n" if val < 0 else "p"
    if symbol:
        sign = customs["int_curr_symbol" if international else "currency_symbol"]
        space = " " if customs[f"{kind}_sep_by_space"] else ""
        if international and sign.endswith(" "):
            sign, space = sign[:-1], " "
        amount = sign + space + amount if customs[f"{kind}_cs_precedes"] else amount + space + sign
    mark = customs["negative_sign" if val < 0 else "positive_sign"]
    position = customs[f"{kind}_sign_posn"]
    if position == 0:
        return f"({amount})"
    return amount + mark if position == 2 else mark + amount


def str(val):
    """A number as text."""
    return _localized(f"{val:.12g}", False)


def delocalize(string):
    """A number that the locale has written, as Python writes it."""
    customs = localeconv()
    if customs["thousands_sep"]:
        string = string.replace(customs["thousands_sep"], "")
    return string.replace(customs["decimal_point"], ".") if customs["decimal_point"] else string


def localize(string, grouping=False, monetary=False):
    """A number that Python has written, as the locale writes it."""
    return _localized(string, grouping, monetary)


def atof(string, func=float):
    """The number that a text of the locale means."""
    return func(delocalize(string))


def atoi(string):
    return int(delocalize(string))
