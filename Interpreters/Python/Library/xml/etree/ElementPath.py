"""Finds elements by paths, a small part of XPath."""

import re

_TOKEN = re.compile(r"('[^']*'|\"[^\"]*\"|::|//?|\.\.|\(\)|!=|[/.*:\[\]()@=])|((?:\{[^}]+\})?[^/\[\]()@!=\s]+)|\s+")
_steps = {}


def _tokens(path, namespaces):
    default = namespaces.get("") if namespaces else None
    is_attribute = False
    for match in _TOKEN.finditer(path):
        mark, name = match.groups()
        if name and name[0] != "{":
            if ":" in name:
                prefix, _, local = name.partition(":")
                if not namespaces or prefix not in namespaces:
                    raise SyntaxError(f"prefix {prefix!r} not found in prefix map") from None
                name = f"{{{namespaces[prefix]}}}{local}"
            elif default and not is_attribute and name != "*":
                name = f"{{{default}}}{name}"
        if mark or name:
            yield mark or "", name or ""
        is_attribute = mark == "@"


def _matches(wanted):
    """Says whether a tag is what is wanted, in which the name or the namespace may be `*`."""
    if wanted in ("*", "{*}*"):
        return (lambda tag: isinstance(tag, str)) if wanted != "*" else lambda tag: True
    if wanted.startswith("{*}"):
        local = wanted[3:]
        return lambda tag: isinstance(tag, str) and tag.rpartition("}")[2] == local
    if wanted.endswith("}*") and wanted[0] == "{":
        space = wanted[:-1]
        if space == "{}":
            return lambda tag: isinstance(tag, str) and tag[:1] != "{"
        return lambda tag: isinstance(tag, str) and tag.startswith(space)
    if wanted.startswith("{}"):
        wanted = wanted[2:]
    return lambda tag: tag == wanted


class _Context:
    def __init__(self, root):
        self.root, self._parents = root, None

    @property
    def parents(self):
        if self._parents is None:
            self._parents = {child: parent for parent in self.root.iter() for child in parent}
        return self._parents


def _children(wanted):
    fits = _matches(wanted)

    def select(context, elements):
        for element in elements:
            for child in element:
                if fits(child.tag):
                    yield child
    return select


def _descendants(wanted):
    fits = _matches(wanted)

    def select(context, elements):
        for element in elements:
            for inner in element.iter():
                if inner is not element and fits(inner.tag):
                    yield inner
    return select


def _themselves(context, elements):
    return elements


def _parents(context, elements):
    seen = {}
    for element in elements:
        parent = context.parents.get(element)
        if parent is not None and parent not in seen:
            seen[parent] = True
            yield parent


def _kept(test):
    return lambda context, elements: (e for e in elements if test(context, e))


def _predicate(tokens):
    shape, values = "", []
    while True:
        try:
            mark, name = next(tokens)
        except StopIteration:
            return None
        if mark == "]":
            break
        if mark and mark[0] in "'\"":
            shape += "'"
            values.append(mark[1:-1])
        elif mark:
            shape += mark
        else:
            shape += "-"
            values.append(name)
    if shape == "@-":
        return _kept(lambda context, e: e.get(values[0]) is not None)
    if shape in ("@-='", "@-!='"):
        key, value = values
        if "!" in shape:
            return _kept(lambda context, e: e.get(key) not in (None, value))
        return _kept(lambda context, e: e.get(key) == value)
    if shape == "-" and not re.fullmatch(r"-?\d+", values[0]):
        return _kept(lambda context, e: e.find(values[0]) is not None)
    if shape in (".='", ".!='", "-='", "-!='"):
        value = values[-1]
        is_equal = "!" not in shape
        if shape[0] == ".":
            return _kept(lambda context, e: ("".join(e.itertext()) == value) == is_equal)
        if not re.fullmatch(r"-?\d+", values[0]):
            return _kept(lambda context, e: any(
                ("".join(inner.itertext()) == value) == is_equal for inner in e.findall(values[0])))
    if shape in ("-", "-()", "-()-"):
        return _kept(_at_place(shape, values))
    raise SyntaxError("invalid predicate")


def _at_place(shape, values):
    """The element is at a place among those with its tag."""
    if shape == "-":
        place = int(values[0]) - 1
        if place < 0:
            raise SyntaxError("XPath position >= 1 expected")
    else:
        if values[0] != "last":
            raise SyntaxError("unsupported function")
        place = -1
        if shape == "-()-":
            try:
                place = int(values[1]) - 1
            except ValueError:
                raise SyntaxError("unsupported expression") from None
            if place > -2:
                raise SyntaxError("XPath offset from last() must be negative")

    def is_there(context, element):
        parent = context.parents.get(element)
        if parent is None:
            return False
        same = parent.findall(element.tag)
        return -len(same) <= place < len(same) and same[place] is element
    return is_there


def _compiled(path, namespaces):
    key = path, None if not namespaces else tuple(sorted(namespaces.items(), key=str))
    known = _steps.get(key)
    if known is not None:
        return known
    if path[:1] == "/":
        raise SyntaxError("cannot use absolute path on element")
    tokens = _tokens(path + "*" if path[-1:] == "/" else path, namespaces)
    steps, following = [], next(tokens, None)
    if following is None:
        return []
    while following is not None:
        mark, name = following
        if mark == "[":
            step = _predicate(tokens)
        elif mark == "" or mark == "*":
            step = _children(name or mark)
        elif mark == ".":
            step = _themselves
        elif mark == "..":
            step = _parents
        elif mark == "//":
            following = next(tokens, None)
            if following is None:
                raise SyntaxError("invalid path")
            mark, name = following
            if mark not in ("", "*"):
                raise SyntaxError("invalid descendant")
            step = _descendants(name or mark)
        else:
            raise SyntaxError("invalid path")
        steps.append(step)
        following = next(tokens, None)
        if following is not None and following[0] == "/":
            following = next(tokens, None)
            if following is None:
                raise SyntaxError("invalid path")
    if len(_steps) > 100:
        _steps.clear()
    _steps[key] = steps
    return steps


def iterfind(element, path, namespaces=None):
    """The elements at a path."""
    context, found = _Context(element), (element,)
    for step in _compiled(path, namespaces):
        found = step(context, found)
    return iter(found)


def find(element, path, namespaces=None):
    return next(iterfind(element, path, namespaces), None)


def findall(element, path, namespaces=None):
    return list(iterfind(element, path, namespaces))


def findtext(element, path, default=None, namespaces=None):
    found = find(element, path, namespaces)
    return default if found is None else found.text or ""
