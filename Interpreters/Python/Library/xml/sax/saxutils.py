"""Writes texts so that XML can have them."""

__all__ = ["escape", "quoteattr", "unescape"]


def _replaced(text, pairs):
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def escape(data, entities={}):
    """The text with `&`, `<`, `>` and what `entities` names replaced."""
    return _replaced(data, (("&", "&amp;"), (">", "&gt;"), ("<", "&lt;"), *entities.items()))


def unescape(data, entities={}):
    """The text that was escaped."""
    return _replaced(data, (("&lt;", "<"), ("&gt;", ">"), *entities.items(), ("&amp;", "&")))


def quoteattr(data, entities={}):
    """The text as the value of an attribute, in quotes."""
    text = escape(data, {**entities, "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "&quot;") + '"'
