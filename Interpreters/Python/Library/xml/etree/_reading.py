"""From the text of an XML document to what is in it, piece by piece."""

import codecs
import re

_START = r"A-Z_a-z\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F" \
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
_NAME = rf"[{_START}][{_START}\-.0-9\xB7\u0300-\u036F\u203F-\u2040]*"
_QUALIFIED = re.compile(rf"{_NAME}(?::{_NAME})?")
_PLAIN = re.compile(_NAME)
_SPACE = re.compile(r"[ \t\r\n]*")
_BAD = re.compile("[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_REFERENCE = re.compile(rf"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|({_NAME}));")
_ENTITY = re.compile(rf"""<!ENTITY\s+({_NAME})\s+("[^"]*"|'[^']*')\s*>""")
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}

NO_MEMORY, SYNTAX, NO_ELEMENTS, INVALID, UNCLOSED, PARTIAL, MISMATCH, DUPLICATE, JUNK = range(1, 10)
UNDEFINED, BAD_CHARACTER, LATE_DECLARATION, UNCLOSED_CDATA, UNBOUND, UNDECLARED = 11, 14, 17, 20, 27, 28
_MESSAGES = {
    NO_ELEMENTS: "no element found", INVALID: "not well-formed (invalid token)",
    UNCLOSED: "unclosed token", MISMATCH: "mismatched tag", DUPLICATE: "duplicate attribute",
    JUNK: "junk after document element", UNDEFINED: "undefined entity",
    BAD_CHARACTER: "reference to invalid character number",
    LATE_DECLARATION: "XML or text declaration not at start of entity",
    UNCLOSED_CDATA: "unclosed CDATA section", UNBOUND: "unbound prefix",
    UNDECLARED: "must not undeclare prefix"}


class ParseError(SyntaxError):
    """The text is no XML. `code` says why, `position` is line and column."""


ParseError.__module__ = "xml.etree.ElementTree"


class Reader:
    """Takes a text in pieces, and tells a handler what is in it."""

    def __init__(self, handler, encoding=None):
        self.handler, self.encoding = handler, encoding
        self.text, self.at, self.decoder, self.first = "", 0, None, b""
        self.open, self.scopes = [], [{"xml": "http://www.w3.org/XML/1998/namespace", "": ""}]
        self.entities, self.has_root = {}, False

    # Input

    def feed(self, data, is_final=False):
        if not isinstance(data, str):
            data = self._decoded(bytes(data), is_final)
        self.text += data
        if "\r" in data:
            held = "\r" if self.text.endswith("\r") and not is_final else ""
            text = self.text[:len(self.text) - len(held)]
            self.text = text.replace("\r\n", "\n").replace("\r", "\n") + held
        self._run(is_final)

    def _decoded(self, data, is_final):
        if self.decoder is None:
            self.first += data
            if len(self.first) < 4 and not is_final or b"<?xml" == self.first[:5] \
                    and b">" not in self.first and not is_final:
                return ""
            data, encoding = self.first, self.encoding
            if encoding is None:
                if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    encoding = "utf-16"
                elif data[:2] in (b"<\0", b"\0<"):
                    encoding = "utf-16-le" if data[:1] == b"<" else "utf-16-be"
                else:
                    match = _DECLARED.match(data.removeprefix(codecs.BOM_UTF8))
                    encoding = match[1].decode() if match else "utf-8"
            if encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
                encoding = "utf-8-sig"
            self.decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            return self.decoder.decode(data, is_final)
        except UnicodeDecodeError as error:
            self.text += error.object[:error.start].decode(error.encoding, "replace")
            self.fail(INVALID, len(self.text))

    def fail(self, code, at):
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1)
        error = ParseError(f"{_MESSAGES[code]}: line {line}, column {column}")
        error.code, error.position = code, (line, column)
        raise error

    # Pieces

    def _run(self, is_final):
        while self.at < len(self.text):
            before = self.at
            if self.text[before] == "<":
                self._markup(is_final)
            else:
                end = self.text.find("<", before)
                if end < 0:
                    if not is_final:
                        # Of text outside the elements only blanks may come; inside, a reference may go on.
                        break
                    end = len(self.text)
                self._characters(before, end)
                self.at = end
            if self.at == before:
                break
        if is_final and self.at >= len(self.text) and (self.open or not self.has_root):
            self.fail(NO_ELEMENTS, len(self.text))

    def _check(self, start, end):
        bad = _BAD.search(self.text, start, end)
        if bad is not None:
            self.fail(INVALID, bad.start())

    def _characters(self, start, end):
        text = self.text[start:end]
        if not self.open:
            blank = len(text) - len(text.lstrip(" \t\n\r"))
            if blank < len(text):
                place = start + blank
                name = None if self.has_root else _PLAIN.match(self.text, place)
                self.fail(JUNK if self.has_root else INVALID, name.end() if name else place)
            return
        self._check(start, end)
        wrong = text.find("]]>")
        if wrong >= 0:
            self.fail(INVALID, start + wrong + 2)
        self._text(text, start)

    def _text(self, text, start):
        """Text with references, which stands at `start`."""
        at = 0
        while at < len(text):
            found = text.find("&", at)
            if found < 0:
                found = len(text)
            if found > at:
                self.handler.data(text[at:found])
            if found == len(text):
                break
            match = self._reference(text, found, start)
            name = match[3]
            if name is not None and name in self.entities:
                self._entity(name)
            else:
                self.handler.data(self._character(match, start))
            at = match.end()

    def _reference(self, text, at, start):
        match = _REFERENCE.match(text, at)
        if match is None:
            partial = re.compile(rf"&(?:#x?[0-9a-fA-F]*|{_NAME})?").match(text, at)
            self.fail(INVALID, start + max(partial.end(), at + 1))
        return match

    def _character(self, match, start):
        hexadecimal, decimal, name = match.groups()
        if name is not None:
            known = _ENTITIES.get(name)
            if known is None:
                self.handler.undefined(name, self, start + match.start())
                return ""
            return known
        number = int(hexadecimal, 16) if hexadecimal else int(decimal)
        if number > 0x10FFFF or 0xD800 <= number < 0xE000 or _BAD.match(chr(number)):
            self.fail(BAD_CHARACTER, start + match.start())
        return chr(number)

    def _entity(self, name):
        """What an entity stands for may have elements in it."""
        value = self.entities.pop(name)
        kept = self.text, self.at
        self.text, self.at = value, 0
        try:
            self._run_within()
        finally:
            (self.text, self.at), self.entities[name] = kept, value

    def _run_within(self):
        while self.at < len(self.text):
            if self.text[self.at] == "<":
                self._markup(True)
            else:
                end = self.text.find("<", self.at)
                end = len(self.text) if end < 0 else end
                start, self.at = self.at, end
                self._characters(start, end)

    # Markup

    def _markup(self, is_final):
        start, text = self.at, self.text
        for opening, closing, action in self._SPECIAL:
            if text.startswith(opening, start):
                end = text.find(closing, start + len(opening))
                if end < 0:
                    return self._incomplete(start, is_final, action is Reader._cdata)
                self.at = end + len(closing)
                return action(self, start, start + len(opening), end)
        if text.startswith("<!DOCTYPE", start):
            return self._doctype(start, is_final)
        if not is_final and any(opening.startswith(text[start:]) for opening in
                                ("<!--", "<![CDATA[", "<!DOCTYPE", "</")):
            return None
        end = self._tag_end(start)
        if end < 0:
            following = text[start + 1:start + 2]
            if following and not (following in "/!" or _PLAIN.match(following)):
                self.fail(INVALID, start + 1)
            return self._incomplete(start, is_final, False)
        if text[start + 1] == "/":
            return self._end_tag(start, end)
        if text[start + 1] == "!":
            self.fail(INVALID, start + 2)
        return self._start_tag(start, end)

    def _incomplete(self, start, is_final, is_cdata):
        if is_final and is_cdata:
            self.fail(UNCLOSED_CDATA, len(self.text))
        if is_final:
            self.fail(UNCLOSED, start)

    def _tag_end(self, start):
        """The place of the `>` of a tag, which may have others in its attributes; -1 without one."""
        at, text = start + 1, self.text
        while at < len(text):
            letter = text[at]
            if letter == ">":
                return at
            if letter in "\"'":
                at = text.find(letter, at + 1)
                if at < 0:
                    return -1
            elif letter == "<":
                return at
            at += 1
        return -1

    def _comment(self, start, inner, end):
        self._check(inner, end)
        dashes = self.text.find("--", inner, end + 2)
        if 0 <= dashes < end:
            self.fail(INVALID, dashes + 2)
        self.handler.comment(self.text[inner:end])

    def _cdata(self, start, inner, end):
        if not self.open:
            self.fail(JUNK if self.has_root else INVALID, start + (0 if self.has_root else 3))
        self._check(inner, end)
        if end > inner:
            self.handler.data(self.text[inner:end])

    def _instruction(self, start, inner, end):
        match = _PLAIN.match(self.text, inner)
        if match is None:
            self.fail(INVALID, inner)
        if match.group().lower() == "xml":
            if start:
                self.fail(LATE_DECLARATION, start)
            return
        self.handler.pi(match.group(), self.text[match.end():end].lstrip(" \t\n"))

    _SPECIAL = (("<!--", "-->", _comment), ("<![CDATA[", "]]>", _cdata), ("<?", "?>", _instruction))

    def _doctype(self, start, is_final):
        at, depth, quote = start, 0, ""
        text = self.text
        while at < len(text):
            letter = text[at]
            if quote:
                quote = "" if letter == quote else quote
            elif text.startswith("<!--", at):
                at = text.find("-->", at)
                if at < 0:
                    break
            elif letter in "\"'":
                quote = letter
            elif letter == "[":
                depth += 1
            elif letter == "]":
                depth -= 1
            elif letter == ">" and not depth:
                break
            at += 1
        else:
            at = -1
        if at < 0:
            if is_final:
                self.fail(NO_ELEMENTS, len(text))
            return
        self.at = at + 1
        declaration = text[start:at]
        for name, value in _ENTITY.findall(declaration):
            self.entities.setdefault(name, self._entity_text(value[1:-1]))
        match = re.match(rf"<!DOCTYPE\s+({_NAME}(?::{_NAME})?)(?:\s+(?:SYSTEM\s+(\"[^\"]*\"|'[^']*')"
                         r"|PUBLIC\s+(\"[^\"]*\"|'[^']*')\s+(\"[^\"]*\"|'[^']*')))?", declaration)
        if match is None:
            self.fail(INVALID, start + 9)
        name, system, public, other = match.groups()
        system = system or other
        self.handler.doctype(name, public and public[1:-1], system and system[1:-1])

    def _entity_text(self, text):
        """The value of an entity: references to characters are replaced at once."""
        def replaced(match):
            number = match[1] or match[2]
            if number is None:
                return match.group()
            return chr(int(number, 16 if match[1] else 10))
        return _REFERENCE.sub(replaced, text)

    def _end_tag(self, start, end):
        match = _QUALIFIED.match(self.text, start + 2)
        if match is None:
            self.fail(INVALID, start + 2)
        rest = _SPACE.match(self.text, match.end()).end()
        if rest != end or self.text[end] != ">":
            self.fail(INVALID, rest)
        if not self.open:
            self.fail(JUNK if self.has_root else INVALID, start + (0 if self.has_root else 1))
        if self.open[-1][0] != match.group():
            self.fail(MISMATCH, start + 2)
        self.at = end + 1
        self._close()

    def _close(self):
        _, name, count = self.open.pop()
        self.handler.end(name)
        if count is not None:
            self.scopes.pop()
            for prefix in reversed(count):
                self.handler.end_ns(prefix)

    def _start_tag(self, start, end):
        text = self.text
        if not self.open and self.has_root:
            self.fail(JUNK, start)
        match = _QUALIFIED.match(text, start + 1)
        if match is None:
            self.fail(INVALID, start + 1)
        tag, at = match.group(), match.end()
        pairs, spaces, seen = [], [], set()
        while True:
            after = _SPACE.match(text, at).end()
            if after == end and text[end] == ">" or text.startswith("/>", after):
                at = after
                break
            if after == at:
                self.fail(INVALID, at)
            match = _QUALIFIED.match(text, after)
            if match is None:
                self.fail(INVALID, after)
            name, place = match.group(), after
            at = _SPACE.match(text, match.end()).end()
            if text[at] != "=":
                self.fail(INVALID, at)
            at = _SPACE.match(text, at + 1).end()
            quote = text[at]
            if quote not in "\"'":
                self.fail(INVALID, at)
            close = text.find(quote, at + 1)
            less = text.find("<", at + 1, close)
            if less >= 0:
                self.fail(INVALID, less)
            self._check(at + 1, close)
            value = self._value(text[at + 1:close], at + 1)
            if name in seen:
                self.fail(DUPLICATE, place)
            seen.add(name)
            at = close + 1
            if name == "xmlns" or name.startswith("xmlns:"):
                prefix = name[6:]
                if prefix and not value:
                    self.fail(UNDECLARED, start)
                spaces.append((prefix, value))
            else:
                pairs.append((name, value))
        is_empty = text[at] == "/"
        self.at = at + (2 if is_empty else 1)
        if spaces:
            self.scopes.append({**self.scopes[-1], **dict(spaces)})
            for prefix, uri in spaces:
                self.handler.start_ns(prefix, uri)
        self.has_root = True
        attributes = {}
        for name, value in pairs:
            key = self._expanded(name, start, True)
            if key in attributes:
                self.fail(DUPLICATE, start)
            attributes[key] = value
        name = self._expanded(tag, start, False)
        self.open.append((tag, name, [prefix for prefix, _ in spaces] if spaces else None))
        self.handler.start(name, attributes)
        if is_empty:
            self._close()

    def _value(self, text, start):
        """The value of an attribute: blanks are spaces, references are replaced."""
        text = text.replace("\n", " ").replace("\t", " ")
        if "&" not in text:
            return text
        pieces, at = [], 0
        while (found := text.find("&", at)) >= 0:
            pieces.append(text[at:found])
            match = self._reference(text, found, start)
            known = self.entities.get(match[3]) if match[3] else None
            pieces.append(self._character(match, start) if known is None
                          else self._value(known, start))
            at = match.end()
        return "".join(pieces) + text[at:]

    def _expanded(self, name, start, is_attribute):
        prefix, colon, local = name.rpartition(":")
        if is_attribute and not colon:
            return name
        uri = self.scopes[-1].get(prefix)
        if uri is None:
            self.fail(UNBOUND, start)
        return f"{{{uri}}}{local}" if uri else local
