"""Goes through HTML, as it is found in the wild."""

import re
from html import unescape

import _markupbase

__all__ = ["HTMLParser"]

_TAG = re.compile(r"([a-zA-Z][^\t\n\r\f />\x00]*)(?:\s|/(?!>))*")
_ATTRIBUTE = re.compile(
    r"((?<=['\"\s/])[^\s/>][^\s/=>]*)(\s*=+\s*('[^']*'|\"[^\"]*\"|(?!['\"])[^>\s]*))?"
    r"(?:\s|/(?!>))*")
_START = re.compile(
    r"<[a-zA-Z][^\t\n\r\f />\x00]*(?:[\s/]*(?:(?<=['\"\s/])[^\s/>][^\s/=>]*(?:\s*=+\s*(?:'[^']*'"
    r"|\"[^\"]*\"|(?!['\"])[^>\s]*)\s*)?(?:\s|/(?!>))*)*)?\s*")
_END_NAME = re.compile(r"</\s*([a-zA-Z][-.a-zA-Z0-9:_]*)\s*>")
_ENTITY = re.compile("&([a-zA-Z][-.a-zA-Z0-9]*)[^a-zA-Z0-9]")
_NUMBER = re.compile("&#(?:[0-9]+|[xX][0-9a-fA-F]+)[^0-9a-fA-F]")
_INCOMPLETE = re.compile("&[a-zA-Z#]")
_COMMENT_END = re.compile(r"--\s*>")


class HTMLParser(_markupbase.ParserBase):
    """Calls a method for each thing in a text; the methods named `handle_...` are to be replaced."""

    CDATA_CONTENT_ELEMENTS = ("script", "style")

    def __init__(self, *, convert_charrefs=True):
        self.convert_charrefs = convert_charrefs
        self.reset()

    def reset(self):
        """Forgets everything."""
        vars(self).update(rawdata="", lasttag="???", _start_text=None, cdata_elem=None)
        super().reset()

    def feed(self, data):
        """Takes a piece of text."""
        self.rawdata = self.rawdata + data
        self.goahead(False)

    def close(self):
        """Takes what is left as it is."""
        self.goahead(True)

    def get_starttag_text(self):
        """The text of the last start tag."""
        return self._start_text

    @property
    def _interesting(self):
        """What ends text: the end tag of an element without markup in it, or any markup."""
        if self.cdata_elem is None:
            return re.compile("[&<]")
        return re.compile(rf"</{self.cdata_elem}\s*>", re.IGNORECASE)

    def _plain(self, start, end):
        """Tells of the text between two places."""
        if start < end:
            text = self.rawdata[start:end]
            self.handle_data(unescape(text) if self.convert_charrefs and not self.cdata_elem
                             else text)

    def _next_mark(self, at, is_end):
        """Where something other than text begins; None to wait for more."""
        text = self.rawdata
        if self.convert_charrefs and not self.cdata_elem:
            place = text.find("<", at)
            if place >= 0:
                return place
            # A reference at the end may go on in the next piece.
            ampersand = text.rfind("&", max(at, len(text) - 34))
            if not is_end and ampersand >= 0 and not re.search(r"[\s;]", text[ampersand:]):
                return None
            return len(text)
        match = self._interesting.search(text, at)
        if match is not None:
            return match.start()
        return None if self.cdata_elem else len(text)

    def goahead(self, end):
        """Takes what is complete; everything, when it is the end."""
        text, at = self.rawdata, 0
        size = len(text)
        while at < size:
            mark = self._next_mark(at, end)
            if mark is None:
                break
            self._plain(at, mark)
            at = self.updatepos(at, mark)
            if at == size:
                break
            following = self._markup(at, end) if text[at] == "<" else self._reference(at, end)
            if following is None:
                break
            at = self.updatepos(at, following)
        if end and at < size:
            self._plain(at, size)
            at = self.updatepos(at, size)
        self.rawdata = text[at:]

    def _markup(self, at, end):
        """Takes what begins with `<`; the place behind it."""
        text = self.rawdata
        if re.compile("<[a-zA-Z]").match(text, at):
            place = self.parse_starttag(at)
        elif text.startswith("</", at):
            place = self.parse_endtag(at)
        elif text.startswith("<!--", at):
            place = self.parse_comment(at)
        elif text.startswith("<?", at):
            place = self.parse_pi(at)
        elif text.startswith("<!", at):
            place = self.parse_html_declaration(at)
        elif at + 1 < len(text):
            self.handle_data("<")
            return at + 1
        else:
            return None
        if place >= 0:
            return place
        if not end:
            return None
        # What is not complete is text, up to the next tag.
        place = text.find(">", at + 1)
        if place < 0:
            place = text.find("<", at + 1)
            if place < 0:
                place = at + 1
        else:
            place += 1
        self._plain(at, place)
        return place

    def _reference(self, at, end):
        """Takes what begins with `&`; the place behind it."""
        text = self.rawdata
        match = _NUMBER.match(text, at)
        if match is not None:
            self.handle_charref(match.group()[2:-1])
            return match.end() - (0 if text[match.end() - 1] == ";" else 1)
        match = _ENTITY.match(text, at)
        if match is not None:
            self.handle_entityref(match[1])
            return match.end() - (0 if text[match.end() - 1] == ";" else 1)
        if text.startswith("&#", at):
            if ";" in text[at:]:
                self.handle_data(text[at:at + 2])
                return at + 2
            return None
        if _INCOMPLETE.match(text, at):
            return None
        if at + 1 < len(text):
            self.handle_data("&")
            return at + 1
        return None

    # Kinds of markup: the place behind it, or -1 when it is not complete

    def parse_comment(self, i):
        if match := _COMMENT_END.search(self.rawdata, i + 4):
            self.handle_comment(self.rawdata[i + 4:match.start()])
        return match.end() if match else -1

    def _up_to_bracket(self, start, tell):
        """Tells of what is between `start` and the next `>`."""
        place = self.rawdata.find(">", start)
        if place >= 0:
            tell(self.rawdata[start:place])
        return place + 1 or -1

    def parse_html_declaration(self, i):
        text = self.rawdata
        if text.startswith("<![", i):
            place = text.find("]>" if not text.startswith("<![CDATA[", i) else "]]>", i + 3)
            if place < 0:
                return -1
            self.unknown_decl(text[i + 3:place])
            return text.index(">", place) + 1
        is_type = text[i:i + 9].lower() == "<!doctype"
        return self._up_to_bracket(i + 2, self.handle_decl if is_type else self.handle_comment)

    def parse_pi(self, i):
        return self._up_to_bracket(i + 2, self.handle_pi)

    def _start_tag_end(self, i):
        """The place behind a start tag, or where it goes wrong; -1 when it is not complete."""
        place = _START.match(self.rawdata, i).end()
        rest = self.rawdata[place:place + 2]
        for closing in (">", "/>"):
            if rest.startswith(closing):
                return place + len(closing)
        is_open = rest in ("", "/") or rest[0].isalpha() and rest[0].isascii() or rest[0] == "="
        return -1 if is_open else max(place, i + 1)

    def _attributes(self, at, end):
        """The attributes between two places, and the place behind them."""
        found = []
        while at < end and (match := _ATTRIBUTE.match(self.rawdata, at)):
            at = match.end()
            value = match[3] if match[2] else None
            if value and value[0] in "'\"" and value[0] == value[-1]:
                value = value[1:-1]
            found.append((match[1].lower(), value and unescape(value)))
        return found, at

    def parse_starttag(self, i):
        end = self._start_tag_end(i)
        self._start_text = None if end < 0 else self.rawdata[i:end]
        if end < 0:
            return -1
        name = _TAG.match(self.rawdata, i + 1)
        tag = self.lasttag = name[1].lower()
        pairs, at = self._attributes(name.end(), end)
        closing = self.rawdata[at:end].strip()
        if closing == "/>":
            self.handle_startendtag(tag, pairs)
        elif closing == ">":
            self.handle_starttag(tag, pairs)
            if tag in self.CDATA_CONTENT_ELEMENTS:
                self.cdata_elem = tag
        else:
            self.handle_data(self._start_text)
        return end

    def parse_endtag(self, i):
        text = self.rawdata
        close = text.find(">", i + 1)
        if close < 0:
            return -1
        match = _END_NAME.match(text, i)
        if match is None:
            if self.cdata_elem is not None:
                self.handle_data(text[i:close + 1])
                return close + 1
            name = _TAG.match(text, i + 2)
            if name is None:
                return i + 3 if text[i:i + 3] == "</>" else \
                    self._up_to_bracket(i + 2, self.handle_comment)
            self.handle_endtag(name[1].lower())
            return text.find(">", name.end()) + 1
        tag = match[1].lower()
        if self.cdata_elem is not None and tag != self.cdata_elem:
            self.handle_data(text[i:match.end()])
            return match.end()
        self.handle_endtag(tag)
        self.cdata_elem = None
        return match.end()

    def handle_startendtag(self, tag, attrs):
        """`<tag/>`: by itself the two tags."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)


def _ignored(name, parameters, doc):
    """A method that is to be replaced."""
    scope = {}
    exec(f"def {name}(self, {parameters}): pass", scope)
    scope[name].__doc__, scope[name].__qualname__ = doc, f"HTMLParser.{name}"
    setattr(HTMLParser, name, scope[name])


for _words in (("starttag", "tag, attrs", "`<tag>` with its attributes, a list of pairs."),
               ("endtag", "tag", "`</tag>`"), ("charref", "name", "`&#name;`"),
               ("entityref", "name", "`&name;`"), ("data", "data", "Text."),
               ("comment", "data", "`<!--data-->`"), ("decl", "decl", "`<!decl>`"),
               ("pi", "data", "`<?data>`")):
    _ignored(f"handle_{_words[0]}", *_words[1:])
