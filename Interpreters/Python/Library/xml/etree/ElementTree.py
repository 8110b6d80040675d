"""Trees of XML elements: made, read, searched and written."""

import contextlib
import io
import re
import sys

from . import ElementPath
from ._reading import ParseError, Reader, UNDEFINED

__all__ = ["Comment", "dump", "Element", "ElementTree", "fromstring", "fromstringlist", "indent",
           "iselement", "iterparse", "parse", "ParseError", "PI", "ProcessingInstruction", "QName",
           "SubElement", "tostring", "tostringlist", "TreeBuilder", "VERSION", "XML", "XMLID",
           "XMLParser", "XMLPullParser", "register_namespace"]

VERSION = "1.3.0"


def iselement(element):
    """Is it an element?"""
    return hasattr(element, "tag")


class Element:
    """An element: `tag`, `attrib`, `text` in front of the first child and `tail` behind the element."""

    def __init__(self, tag, attrib={}, **extra):
        if not isinstance(attrib, dict):
            raise TypeError(f"Element() argument 2 must be dict, not {type(attrib).__name__}")
        self.tag, self.attrib, self._children = tag, {**attrib, **extra}, []
        self.text = self.tail = None

    def __repr__(self):
        return f"<{type(self).__name__} {self.tag!r} at {id(self):#x}>"

    def makeelement(self, tag, attrib):
        """Another element of the same kind."""
        return type(self)(tag, attrib)

    def __copy__(self):
        copy = self.makeelement(self.tag, self.attrib)
        copy.text, copy.tail, copy._children = self.text, self.tail, self._children[:]
        return copy

    def __bool__(self):
        import warnings
        warnings.warn("The behavior of this method will change in future versions.  Use specific "
                      "'len(elem)' or 'elem is not None' test instead.", FutureWarning, stacklevel=2)
        return bool(self._children)

    def __setitem__(self, index, element):
        for each in element if isinstance(index, slice) else [element]:
            _check(each)
        self._children[index] = element

    def append(self, subelement, /):
        """Adds a child behind the others."""
        self._children.append(_check(subelement, "append"))

    def extend(self, elements, /):
        """Adds children behind the others."""
        self._children += [_check(element, "append") for element in elements]

    def insert(self, index, subelement, /):
        """Adds a child at a place."""
        self._children.insert(index, _check(subelement, "insert"))

    def remove(self, subelement, /):
        """Takes a child away."""
        place = next((i for i, child in enumerate(self) if child is subelement), None)
        if place is None:
            self._children.remove(subelement)
        else:
            self._children.pop(place)

    def clear(self):
        """Forgets everything but the tag."""
        self.attrib.clear()
        vars(self).update(_children=[], text=None, tail=None)

    def set(self, key, value, /):
        """Gives an attribute a value."""
        self.attrib[key] = value

    def iter(self, tag=None):
        """The element and all in it, in the order of the document."""
        if tag == "*":
            tag = None
        waiting = [iter((self,))]
        while waiting:
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
                continue
            if tag is None or element.tag == tag:
                yield element
            waiting.append(iter(element._children))

    def itertext(self):
        """All texts in the element, in the order of the document."""
        if self.text:
            yield self.text
        for child in self._children:
            yield from child.itertext()
            if child.tail:
                yield child.tail


def _check(element, function=None):
    """The element, if it is one."""
    if isinstance(element, Element):
        return element
    name = type(element).__name__
    raise TypeError(f"{function}() argument must be xml.etree.ElementTree.Element, not {name}"
                    if function else f"expected an Element, not {name}")


def _passed_on(kind, part, names):
    """Methods that a part of the object has."""
    def passed(name, convert):
        def method(self, *args):
            return convert(getattr(getattr(self, part), name)(*args))
        method.__name__, method.__qualname__ = name, f"{kind.__name__}.{name}"
        setattr(kind, name, method)
    for name in names.split():
        passed(name, list if name in ("keys", "items") else lambda value: value)


_passed_on(Element, "_children", "__len__ __getitem__ __delitem__")
_passed_on(Element, "attrib", "get keys items")


def _searching(kind, start):
    """The methods that look for elements; `start` says where, and by which path."""
    def find(self, path, namespaces=None):
        """The first element at a path."""
        return ElementPath.find(*start(self, path), namespaces)

    def findtext(self, path, default=None, namespaces=None):
        """The text of the first element at a path."""
        return ElementPath.findtext(*start(self, path), default, namespaces)

    def findall(self, path, namespaces=None):
        """All elements at a path."""
        return ElementPath.findall(*start(self, path), namespaces)

    def iterfind(self, path, namespaces=None):
        """All elements at a path, one after the other."""
        return ElementPath.iterfind(*start(self, path), namespaces)

    for method in (find, findtext, findall, iterfind):
        method.__qualname__ = f"{kind.__name__}.{method.__name__}"
        setattr(kind, method.__name__, method)


_searching(Element, lambda self, path: (self, path))


def SubElement(parent, tag, attrib={}, **extra):
    """A new child of an element."""
    element = parent.makeelement(tag, {**attrib, **extra})
    parent.append(element)
    return element


def Comment(text=None):
    """A comment, which stands in a tree as an element does."""
    element = Element(Comment)
    element.text = text
    return element


def ProcessingInstruction(target, text=None):
    """An instruction to other programs, which stands in a tree as an element does."""
    element = Element(ProcessingInstruction)
    element.text = f"{target} {text}" if text else target
    return element


PI = ProcessingInstruction


class QName:
    """A name within a namespace."""

    def __init__(self, text_or_uri, tag=None):
        self.text = f"{{{text_or_uri}}}{tag}" if tag else text_or_uri

    def __str__(self):
        return self.text

    def __repr__(self):
        return f"<{type(self).__name__} {self.text!r}>"

    def __hash__(self):
        return hash(self.text)

    def _ordered(name):
        def compare(self, other):
            return getattr(self.text, name)(other.text if isinstance(other, QName) else other)
        return compare

    __eq__, __lt__, __le__ = _ordered("__eq__"), _ordered("__lt__"), _ordered("__le__")
    __gt__, __ge__ = _ordered("__gt__"), _ordered("__ge__")
    del _ordered


class ElementTree:
    """A document: its root, read from a file or written to one."""

    def __init__(self, element=None, file=None):
        self._root = element
        if file:
            self.parse(file)

    def getroot(self):
        return self._root

    def _setroot(self, element):
        self._root = element

    def parse(self, source, parser=None):
        """Reads a document from a file or a path."""
        reader = parser or XMLParser()
        with _opened(source) as file:
            for data in iter(lambda: file.read(1 << 16), type(file.read(0))()):
                reader.feed(data)
        self._setroot(reader.close())
        return self.getroot()

    def iter(self, tag=None):
        """All elements, in the order of the document."""
        return self.getroot().iter(tag)

    def write(self, file_or_filename, encoding=None, xml_declaration=None, default_namespace=None,
              method=None, *, short_empty_elements=True):
        """Writes the document to a file or a path."""
        method = method or "xml"
        if method not in ("xml", "html", "text", "c14n"):
            raise ValueError(f"unknown method {method!r}")
        encoding = encoding or "us-ascii"
        is_text = encoding.lower() == "unicode"
        out = []
        if method == "xml" and (xml_declaration or xml_declaration is None and encoding.lower()
                                not in ("utf-8", "us-ascii", "unicode")):
            shown = "utf-8" if is_text else encoding
            out.append(f"<?xml version='1.0' encoding='{shown}'?>\n")
        if method == "text":
            out.extend(self._root.itertext())
        else:
            names, spaces = _namespaces(self._root, default_namespace)
            if method == "html":
                _write_html(out.append, self._root, names, spaces)
            else:
                _write_xml(out.append, self._root, names, spaces, short_empty_elements)
        text = "".join(out)
        data = text if is_text else text.encode(encoding, "xmlcharrefreplace")
        if hasattr(file_or_filename, "write"):
            try:
                file_or_filename.write(data)
            except TypeError:
                if is_text or not isinstance(file_or_filename, io.TextIOBase):
                    raise
                file_or_filename.write(data.decode(encoding))
        elif is_text:
            with open(file_or_filename, "w", encoding="utf-8",
                      errors="xmlcharrefreplace") as file:
                file.write(data)
        else:
            with open(file_or_filename, "wb") as file:
                file.write(data)


def _from_root(tree, path):
    if path[:1] == "/":
        import warnings
        path = "." + path
        warnings.warn("This search is broken in 1.3 and earlier, and will be fixed in a future "
                      f"version.  If you rely on the current behaviour, change it to {path!r}",
                      FutureWarning, stacklevel=3)
    return tree.getroot(), path


_searching(ElementTree, _from_root)


@contextlib.contextmanager
def _opened(source):
    if hasattr(source, "read"):
        yield source
    else:
        with open(source, "rb") as file:
            yield file


# Writing

_namespace_map = {
    "http://www.w3.org/XML/1998/namespace": "xml", "http://www.w3.org/1999/xhtml": "html",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf", "http://schemas.xmlsoap.org/wsdl/": "wsdl",
    "http://www.w3.org/2001/XMLSchema": "xs", "http://www.w3.org/2001/XMLSchema-instance": "xsi",
    "http://purl.org/dc/elements/1.1/": "dc"}
_EMPTY = frozenset("area base basefont br col embed frame hr img input isindex link meta param "
                   "source track wbr".split())


def register_namespace(prefix, uri):
    """The prefix with which names of a namespace are written from now on."""
    if re.match(r"ns\d+$", prefix):
        raise ValueError("Prefix format reserved for internal use")
    for known, other in list(_namespace_map.items()):
        if known == uri or other == prefix:
            del _namespace_map[known]
    _namespace_map[uri] = prefix


def _not_text(value):
    raise TypeError(f"cannot serialize {value!r} (type {type(value).__name__})")


def _namespaces(root, default):
    """How the names of a tree are written, and the prefixes of its namespaces."""
    names, spaces = {None: None}, {}
    if default:
        spaces[default] = ""

    def add(name):
        if name[:1] == "{":
            uri, _, local = name[1:].rpartition("}")
            prefix = spaces.get(uri)
            if prefix is None:
                prefix = _namespace_map.get(uri) or f"ns{len(spaces)}"
                if prefix != "xml":
                    spaces[uri] = prefix
            names[name] = f"{prefix}:{local}" if prefix else local
        else:
            if default:
                raise ValueError("cannot use non-qualified names with default_namespace option")
            names[name] = name

    def see(name):
        if isinstance(name, QName):
            name = name.text
        if isinstance(name, str):
            if name not in names:
                add(name)
        elif name is not None and name is not Comment and name is not PI:
            _not_text(name)

    for element in root.iter():
        see(element.tag)
        for key, value in element.items():
            if not isinstance(key, (str, QName)):
                _not_text(key)
            see(key)
            if isinstance(value, QName):
                see(value)
        if isinstance(element.text, QName):
            see(element.text)
    return names, spaces


def _name(names, name):
    return names[name.text if isinstance(name, QName) else name]


def _escaped(text):
    try:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    except (TypeError, AttributeError):
        _not_text(text)


def _escaped_attribute(text):
    text = _escaped(text).replace('"', "&quot;").replace("\r", "&#13;")
    return text.replace("\n", "&#10;").replace("\t", "&#09;")


def _escaped_html(text):
    try:
        return text.replace("&", "&amp;").replace(">", "&gt;").replace('"', "&quot;")
    except (TypeError, AttributeError):
        _not_text(text)


def _write_start(write, element, names, spaces, escape):
    write(f"<{_name(names, element.tag)}")
    for uri, prefix in sorted((spaces or {}).items(), key=lambda item: item[1]):
        write(f' xmlns{":" + prefix if prefix else ""}="{_escaped_attribute(uri)}"')
    for key, value in element.items():
        shown = _name(names, value) if isinstance(value, QName) else escape(value)
        write(f' {_name(names, key)}="{shown}"')


def _write_special(write, element, escape):
    """Comments and instructions, which are written as they are."""
    if element.tag is Comment:
        write(f"<!--{element.text}-->")
    elif element.tag is PI:
        write(f"<?{element.text}?>")
    else:
        return False
    return True


def _write_xml(write, element, names, spaces, is_short):
    if not _write_special(write, element, _escaped):
        if element.tag is None:
            if element.text:
                write(_escaped(element.text))
            for child in element:
                _write_xml(write, child, names, None, is_short)
        else:
            _write_start(write, element, names, spaces, _escaped_attribute)
            text = element.text
            if text or len(element) or not is_short:
                write(">")
                if text:
                    write(_name(names, text) if isinstance(text, QName) else _escaped(text))
                for child in element:
                    _write_xml(write, child, names, None, is_short)
                write(f"</{_name(names, element.tag)}>")
            else:
                write(" />")
    if element.tail:
        write(_escaped(element.tail))


def _write_html(write, element, names, spaces):
    if not _write_special(write, element, _escaped):
        if element.tag is not None:
            _write_start(write, element, names, spaces, _escaped_html)
            write(">")
        name = element.tag.lower() if isinstance(element.tag, str) else ""
        if element.text:
            write(element.text if name in ("script", "style") else _escaped(element.text))
        for child in element:
            _write_html(write, child, names, None)
        if element.tag is not None and name not in _EMPTY:
            write(f"</{_name(names, element.tag)}>")
    if element.tail:
        write(_escaped(element.tail))


def tostring(element, encoding=None, method=None, *, xml_declaration=None, default_namespace=None,
             short_empty_elements=True):
    """An element as bytes; as a text with the encoding `unicode`."""
    out = io.StringIO() if encoding == "unicode" else io.BytesIO()
    ElementTree(element).write(
        out, encoding, xml_declaration=xml_declaration, default_namespace=default_namespace,
        method=method, short_empty_elements=short_empty_elements)
    return out.getvalue()


def tostringlist(element, encoding=None, method=None, *, xml_declaration=None,
                 default_namespace=None, short_empty_elements=True):
    """The same in a list."""
    return [tostring(element, encoding, method, xml_declaration=xml_declaration,
                     default_namespace=default_namespace, short_empty_elements=short_empty_elements)]


def dump(elem):
    """Prints an element."""
    tree = elem if isinstance(elem, ElementTree) else ElementTree(elem)
    tree.write(sys.stdout, encoding="unicode")
    if not (tree.getroot().tail or "").endswith("\n"):
        sys.stdout.write("\n")


def indent(tree, space="  ", level=0):
    """Puts elements on lines of their own, by texts between them."""
    if isinstance(tree, ElementTree):
        tree = tree.getroot()
    if level < 0:
        raise ValueError(f"Initial indentation level must be >= 0, got {level}")
    if not len(tree):
        return

    def step(element, depth):
        inner = "\n" + depth * space
        if not (element.text or "").strip():
            element.text = inner
        for child in element:
            if len(child):
                step(child, depth + 1)
            if not (child.tail or "").strip():
                child.tail = inner
        if not child.tail.strip():
            child.tail = inner[:len(inner) - len(space)]

    step(tree, level + 1)


# Reading

class TreeBuilder:
    """Makes a tree of what it is told."""

    def __init__(self, element_factory=None, *, comment_factory=None, pi_factory=None,
                 insert_comments=False, insert_pis=False):
        self._factories = {"element": element_factory or Element,
                           "comment": comment_factory or Comment, "pi": pi_factory or PI}
        self._kept = {"comment": insert_comments, "pi": insert_pis}
        # The elements around, the root; where text goes, and the pieces of it that have come.
        self._path, self._roots, self._place, self._pieces = [], [], None, []

    def _go_on(self, element, attribute):
        """What has come as text belongs where it began; the next goes to another place."""
        if self._pieces and self._place is not None:
            setattr(*self._place, "".join(self._pieces))
        self._pieces.clear()
        self._place = element, attribute
        return element

    def _put(self, element):
        if self._path:
            self._path[-1].append(element)
        elif not self._roots:
            self._roots.append(element)

    def start(self, tag, attrs):
        """An element begins."""
        element = self._go_on(self._factories["element"](tag, attrs), "text")
        self._put(element)
        self._path.append(element)
        return element

    def end(self, tag):
        """An element ends."""
        return self._go_on(self._path.pop(), "tail")

    def data(self, data):
        """Some text comes."""
        self._pieces.append(data)

    def _special(self, kind, *words):
        element = self._factories[kind](*words)
        if self._kept[kind] and self._path:
            self._put(self._go_on(element, "tail"))
        return element

    def comment(self, text):
        """A comment comes."""
        return self._special("comment", text)

    def pi(self, target, text=None):
        """An instruction to other programs comes."""
        return self._special("pi", target, text)

    def close(self):
        """The root, when all elements are closed."""
        assert not self._path, "missing end tags"
        assert self._roots, "missing toplevel element"
        return self._roots[0]


class XMLParser:
    """Reads a document in pieces and tells a target, by itself a TreeBuilder."""

    def __init__(self, *, target=None, encoding=None):
        self.target = TreeBuilder() if target is None else target
        self.entity, self.version = {}, "Expat 2.4"
        self._events = None
        self._reader = Reader(self, encoding)

    # What the reader tells

    def _tell(self, name, *words):
        function = getattr(self.target, name, None)
        return None if function is None else function(*words)

    def _note(self, kind, value):
        if self._events is not None and kind in self._wanted:
            self._events.append((kind, value))

    def start(self, tag, attributes):
        self._note("start", self._tell("start", tag, attributes))

    def end(self, tag):
        self._note("end", self._tell("end", tag))

    def data(self, data):
        self._tell("data", data)

    def comment(self, text):
        if self._events is not None or hasattr(self.target, "comment"):
            self._note("comment", self._tell("comment", text))

    def pi(self, target, data):
        self._note("pi", self._tell("pi", target, data))

    def start_ns(self, prefix, uri):
        self._tell("start_ns", prefix, uri)
        self._note("start-ns", (prefix, uri))

    def end_ns(self, prefix):
        self._tell("end_ns", prefix)
        self._note("end-ns", None)

    def doctype(self, name, public, system):
        self._tell("doctype", name, public, system)

    def undefined(self, name, reader, at):
        if name not in self.entity:
            reader.fail(UNDEFINED, at)
        self.data(self.entity[name])

    # What programs use

    def feed(self, data, /):
        """Takes a piece of the document."""
        self._reader.feed(data)

    def close(self):
        """Takes the end of the document; what the target makes of it."""
        self._reader.feed("" if self._reader.decoder is None and not self._reader.first else b"",
                          is_final=True)
        return self._tell("close")

    def flush(self):
        """Does nothing: pieces are read at once."""


class XMLPullParser:
    """Reads a document in pieces, and has a list of what was in it."""

    def __init__(self, events=None, *, _parser=None):
        self._events = []
        self._parser = _parser or XMLParser(target=TreeBuilder())
        self._parser._events = self._events
        self._parser._wanted = wanted = ("end",) if events is None else tuple(events)
        for event in wanted:
            if event not in ("start", "end", "comment", "pi", "start-ns", "end-ns"):
                raise ValueError(f"unknown event {event!r}")

    def feed(self, data):
        """Takes a piece of the document."""
        if self._parser is None:
            raise ValueError("feed() called after end of stream")
        try:
            self._parser.feed(data)
        except SyntaxError as error:
            # Told when the events before it have been seen.
            self._events.append(error)

    def close(self):
        """Takes the end of the document."""
        parser, self._parser = self._parser, None
        self.root = parser.close()

    def flush(self):
        """Does nothing: pieces are read at once."""

    def read_events(self):
        """What has been in the document since the last time."""
        while self._events:
            event = self._events.pop(0)
            if isinstance(event, Exception):
                raise event
            yield event


def iterparse(source, events=None, parser=None):
    """What is in a document, event by event; the iterator has the root at the end."""
    pull = XMLPullParser(events, _parser=parser)
    is_own = not hasattr(source, "read")
    file = open(source, "rb") if is_own else source

    def steps():
        try:
            while True:
                yield from pull.read_events()
                data = file.read(1 << 14)
                if not data:
                    break
                pull.feed(data)
            pull.close()
            yield from pull.read_events()
            iterator.root = pull.root
        finally:
            if is_own:
                file.close()

    iterator = _Steps(steps())
    return iterator


class _Steps:
    """The iterator of `iterparse`."""

    root = None

    def __init__(self, steps):
        self._steps = steps

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._steps)

    def close(self):
        self._steps.close()


def parse(source, parser=None):
    """The document in a file or at a path."""
    tree = ElementTree()
    tree.parse(source, parser)
    return tree


def XML(text, parser=None):
    """The root of the document in a text."""
    parser = parser or XMLParser(target=TreeBuilder())
    parser.feed(text)
    return parser.close()


fromstring = XML


def XMLID(text, parser=None):
    """The root of the document in a text, and its elements by their `id`."""
    root = XML(text, parser)
    return root, {element.get("id"): element for element in root.iter() if element.get("id")}


def fromstringlist(sequence, parser=None):
    """The root of a document in pieces."""
    parser = parser or XMLParser(target=TreeBuilder())
    for text in sequence:
        parser.feed(text)
    return parser.close()
