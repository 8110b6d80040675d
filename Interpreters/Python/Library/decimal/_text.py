"""Decimals as text: reading, and the format language."""

import re

_NUMBER = re.compile(
    r"(?P<sign>[-+])?"
    r"(?:(?=\d|\.\d)(?P<whole>\d*)(?:\.(?P<fraction>\d*))?(?:e(?P<exponent>[-+]?\d+))?"
    r"|inf(?:inity)?|(?P<signal>s)?nan(?P<payload>\d*))", re.IGNORECASE)

_FORMAT = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ])?(?P<no_negative_zero>z)?"
    r"(?P<zero>0)?(?P<width>\d+)?(?P<thousands>,)?(?:\.(?P<precision>\d+))?"
    r"(?P<type>[eEfFgGn%])?", re.DOTALL)


def parse(text):
    """(sign, coefficient, exponent, kind), or None when the text is no number."""
    match = _NUMBER.fullmatch(text.strip().replace("_", ""))
    if match is None:
        return None
    sign = 1 if match["sign"] == "-" else 0
    whole = match["whole"]
    if whole is not None:
        fraction = match["fraction"] or ""
        exponent = int(match["exponent"] or "0") - len(fraction)
        return sign, to_int(whole + fraction), exponent, ""
    if match["payload"] is not None:
        payload = to_int(match["payload"] or "0")
        return sign, payload, 0, "N" if match["signal"] else "n"
    return sign, 0, 0, "F"


_CHUNK = 4000


def to_int(digits):
    """`int(digits)`, of texts of any length."""
    if len(digits) <= _CHUNK:
        return int(digits)
    half = len(digits) // 2
    return to_int(digits[:-half]) * 10 ** half + to_int(digits[-half:])


def to_digits(number):
    """`str(number)`, of natural numbers of any length."""
    if number.bit_length() < 13000:
        return str(number)
    half = number.bit_length() * 3 // 20
    high, low = divmod(number, 10 ** half)
    return to_digits(high) + to_digits(low).rjust(half, "0")


def scientific(value, eng=False, capitals=1):
    """`str(value)`"""
    sign = "-" if value._sign else ""
    if value._kind:
        if value._kind == "F":
            return sign + "Infinity"
        payload = to_digits(value._int) if value._int else ""
        return sign + ("NaN" if value._kind == "n" else "sNaN") + payload
    digits = to_digits(value._int)
    # Where the point would be in the digits.
    left = value._exp + len(digits)
    if value._exp <= 0 and left > -6:
        point = left
    elif not eng:
        point = 1
    elif not value._int:
        point = (left + 1) % 3 - 1
    else:
        point = (left - 1) % 3 + 1
    if point <= 0:
        whole, fraction = "0", "." + "0" * -point + digits
    elif point >= len(digits):
        whole, fraction = digits + "0" * (point - len(digits)), ""
    else:
        whole, fraction = digits[:point], "." + digits[point:]
    exponent = "" if left == point else f"{'E' if capitals else 'e'}{left - point:+d}"
    return sign + whole + fraction + exponent


def _grouped(digits, separator, width):
    """Digits in groups of three, with zeros in front up to a width."""
    groups = []
    while True:
        length = min(max(len(digits), width, 1), 3)
        groups.append(digits[-length:].rjust(length, "0"))
        digits = digits[:-length]
        width -= length
        if not digits and width <= 0:
            break
        width -= len(separator)
    return separator.join(reversed(groups))


def format_decimal(value, specifier, context):
    match = _FORMAT.fullmatch(specifier)
    if match is None:
        raise ValueError("invalid format string")
    kind = match["type"]
    fill, align = match["fill"], match["align"]
    zero = match["zero"] is not None
    if zero and (fill is not None or align is not None):
        raise ValueError("invalid format string")
    width = int(match["width"] or "0")
    separator = match["thousands"] or ""
    if kind == "n":
        if separator:
            raise ValueError("invalid format string")
        kind = "g"
    sign_style = match["sign"] or "-"
    precision = None if match["precision"] is None else int(match["precision"])

    def sign_of(negative):
        return "-" if negative else sign_style if sign_style in " +" else ""

    def padded(sign, body):
        room = width - len(sign) - len(body)
        padding = (" " if fill is None else fill) * max(room, 0)
        side = align or ">"
        if side == "<":
            return sign + body + padding
        if side == "=":
            return sign + padding + body
        if side == "^":
            half = len(padding) // 2
            return padding[:half] + sign + body + padding[half:]
        return padding + sign + body

    if value._kind:
        body = scientific(value.copy_abs()) + ("%" if kind == "%" else "")
        return padded(sign_of(value._sign), body)
    if kind is None:
        kind = "g" if context.capitals == 0 else "G"
    if kind == "%":
        value = value._shifted(2)
    rounding = context.rounding
    if precision is not None:
        if kind in "eE":
            value = value._rounded_to(precision + 1, rounding)
        elif kind in "fF%":
            value = value._rescale(-precision, rounding)
        elif value._digits() > max(precision, 1):
            value = value._rounded_to(max(precision, 1), rounding)
    if not value._int and value._exp > 0 and kind in "fF%":
        value = value._rescale(0, rounding)
    negative = value._sign
    if match["no_negative_zero"] and not value._int:
        negative = 0
    digits = to_digits(value._int)
    left = value._exp + len(digits)
    if kind in "eE":
        point = 1 - precision if not value._int and precision is not None else 1
    elif kind in "fF%":
        point = left
    elif value._exp <= 0 and left > -6:
        point = left
    else:
        point = 1
    if point < 0:
        whole, fraction = "0", "0" * -point + digits
    elif point > len(digits):
        whole, fraction = digits + "0" * (point - len(digits)), ""
    else:
        whole, fraction = digits[:point] or "0", digits[point:]
    exponent = left - point
    tail = ("." if fraction else "") + fraction
    if exponent != 0 or kind in "eE":
        tail += f"{'E' if kind in 'EG' else 'e'}{exponent:+d}"
    if kind == "%":
        tail += "%"
    sign = sign_of(negative)
    if zero:
        room = width - len(sign) - len(tail)
        if separator:
            return sign + _grouped(whole, separator, room) + tail
        return sign + whole.rjust(room, "0") + tail
    if separator:
        whole = _grouped(whole, separator, 1)
    return padded(sign, whole + tail)
