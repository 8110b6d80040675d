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
        super().reset()
        self.rawdata, self.lasttag, self._start_text = "", "???", None
        self.clear_cdata_mode()

    def feed(self, data):
        """Takes a piece of text."""
        self.rawdata += data
        self.goahead(0)

    def close(self):
        """Takes what is left as it is."""
        self.goahead(1)

    def get_starttag_text(self):
        """The text of the last start tag."""
        return self._start_text

    def set_cdata_mode(self, elem):
        self.cdata_elem = elem.lower()
        self._interesting = re.compile(rf"</{self.cdata_elem}\s*>", re.IGNORECASE)

    def clear_cdata_mode(self):
        self.cdata_elem, self._interesting = None, re.compile("[&<]")

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

    def parse_comment(self, i, report=1):
        match = _COMMENT_END.search(self.rawdata, i + 4)
        if match is None:
            return -1
        if report:
            self.handle_comment(self.rawdata[i + 4:match.start()])
        return match.end()

    def parse_bogus_comment(self, i, report=1):
        place = self.rawdata.find(">", i + 2)
        if place < 0:
            return -1
        if report:
            self.handle_comment(self.rawdata[i + 2:place])
        return place + 1

    def parse_html_declaration(self, i):
        text = self.rawdata
        if text.startswith("<![", i):
            place = text.find("]>" if not text.startswith("<![CDATA[", i) else "]]>", i + 3)
            if place < 0:
                return -1
            self.unknown_decl(text[i + 3:place])
            return text.index(">", place) + 1
        if text[i:i + 9].lower() == "<!doctype":
            place = text.find(">", i + 9)
            if place < 0:
                return -1
            self.handle_decl(text[i + 2:place])
            return place + 1
        return self.parse_bogus_comment(i)

    def parse_pi(self, i):
        place = self.rawdata.find(">", i + 2)
        if place < 0:
            return -1
        self.handle_pi(self.rawdata[i + 2:place])
        return place + 1

    def check_for_whole_start_tag(self, i):
        text = self.rawdata
        place = _START.match(text, i).end()
        following = text[place:place + 1]
        if following == ">":
            return place + 1
        if following == "/":
            if text.startswith("/>", place):
                return place + 2
            if text.startswith("/", place) and place + 1 == len(text):
                return -1
            return place if place > i else i + 1
        if following == "" or following in "abcdefghijklmnopqrstuvwxyz=/ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            return -1
        return place if place > i else i + 1

    def parse_starttag(self, i):
        self._start_text = None
        end = self.check_for_whole_start_tag(i)
        if end < 0:
            return end
        text = self.rawdata
        self._start_text = text[i:end]
        match = _TAG.match(text, i + 1)
        self.lasttag = tag = match[1].lower()
        attributes, at = [], match.end()
        while at < end:
            match = _ATTRIBUTE.match(text, at)
            if match is None:
                break
            name, rest, value = match.groups()
            if not rest:
                value = None
            elif value[:1] == value[-1:] and value[:1] in ("'", '"') and value:
                value = value[1:-1]
            attributes.append((name.lower(), unescape(value) if value else value))
            at = match.end()
        tail = text[at:end].strip()
        if tail not in (">", "/>"):
            self.handle_data(text[i:end])
            return end
        if tail.endswith("/>"):
            self.handle_startendtag(tag, attributes)
        else:
            self.handle_starttag(tag, attributes)
            if tag in self.CDATA_CONTENT_ELEMENTS:
                self.set_cdata_mode(tag)
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
                return i + 3 if text[i:i + 3] == "</>" else self.parse_bogus_comment(i)
            self.handle_endtag(name[1].lower())
            return text.find(">", name.end()) + 1
        tag = match[1].lower()
        if self.cdata_elem is not None and tag != self.cdata_elem:
            self.handle_data(text[i:match.end()])
            return match.end()
        self.handle_endtag(tag)
        self.clear_cdata_mode()
        return match.end()

    # To be replaced

    def handle_startendtag(self, tag, attrs):
        """`<tag/>`: by itself the two tags."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_starttag(self, tag, attrs):
        """`<tag>` with its attributes, a list of pairs."""

    def handle_endtag(self, tag):
        """`</tag>`"""

    def handle_charref(self, name):
        """`&#name;`"""

    def handle_entityref(self, name):
        """`&name;`"""

    def handle_data(self, data):
        """Text."""

    def handle_comment(self, data):
        """`<!--data-->`"""

    def handle_decl(self, decl):
        """`<!decl>`"""

    def handle_pi(self, data):
        """`<?data>`"""
