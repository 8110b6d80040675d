"""Text in HTML."""

__all__ = ["escape", "unescape"]

import re

from .entities import html5

_reference = re.compile(r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
# Numbers of characters that are not what they say: those of Windows.
_windows = dict(enumerate(
    "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f"
    "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178",
    0x80)) | {0x00: "\ufffd", 0x0D: "\r"}


def escape(s, quote=True):
    """With references for &, < and >, and for quotes."""
    s = s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        s = s.replace('"', "&quot;").replace("'", "&#x27;")
    return s


def _is_invalid(number):
    return (0x1 <= number <= 0x8 or 0xE <= number <= 0x1F or 0x7F <= number <= 0x9F
            or 0xFDD0 <= number <= 0xFDEF or number == 0xB or number & 0xFFFE == 0xFFFE)


def _replace(match):
    name = match.group(1)
    if name[0] == "#":
        digits = name[1:].rstrip(";")
        number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        if number in _windows:
            return _windows[number]
        if 0xD800 <= number <= 0xDFFF or number > 0x10FFFF:
            return "\ufffd"
        return "" if _is_invalid(number) else chr(number)
    if name in html5:
        return html5[name]
    # The longest name that it begins with.
    for end in range(len(name) - 1, 1, -1):
        if name[:end] in html5:
            return html5[name[:end]] + name[end:]
    return "&" + name


def unescape(s):
    """With the characters that references stand for."""
    return _reference.sub(_replace, s) if "&" in s else s
