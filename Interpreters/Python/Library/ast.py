"""Programs as trees.

    tree = ast.parse("x + 1", mode="eval")
    print(ast.dump(tree), ast.literal_eval("[1, (2, 3)]"))
"""


import _trees

PyCF_ONLY_AST = 0x400
PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000
PyCF_TYPE_COMMENTS = 0x1000

# Classes of nodes -------------------------------------------------------------------------------


class AST:
    """A node of a tree; its class says which fields it has."""

    _fields = ()
    _attributes = ()
    __match_args__ = ()

    def __init__(self, *args, **kwargs):
        if len(args) > len(self._fields):
            raise TypeError(f"{type(self).__name__} constructor takes at most {len(self._fields)} "
                            f"positional argument{'' if len(self._fields) == 1 else 's'}")
        for name, value in zip(self._fields, args):
            setattr(self, name, value)
        for name, value in kwargs.items():
            if name in self._fields[:len(args)]:
                raise TypeError(
                    f"{type(self).__name__} got multiple values for argument {name!r}")
            setattr(self, name, value)

    def __reduce__(self):
        return _restore, (type(self), dict(self.__dict__))


def _restore(cls, state):
    node = cls.__new__(cls)
    node.__dict__.update(state)
    return node


_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")

# Groups of nodes: whether they have a place, and their classes with their fields; `?` marks fields
# that may be left out, `*` lists.
_GRAMMAR = """
mod: Module(body*, type_ignores*) Interactive(body*) Expression(body) FunctionType(argtypes*, returns)
stmt@: FunctionDef(name, args, body*, decorator_list*, returns?, type_comment?)
 AsyncFunctionDef(name, args, body*, decorator_list*, returns?, type_comment?)
 ClassDef(name, bases*, keywords*, body*, decorator_list*) Return(value?) Delete(targets*)
 Assign(targets*, value, type_comment?) AugAssign(target, op, value)
 AnnAssign(target, annotation, value?, simple) For(target, iter, body*, orelse*, type_comment?)
 AsyncFor(target, iter, body*, orelse*, type_comment?) While(test, body*, orelse*)
 If(test, body*, orelse*) With(items*, body*, type_comment?) AsyncWith(items*, body*, type_comment?)
 Match(subject, cases*) Raise(exc?, cause?) Try(body*, handlers*, orelse*, finalbody*)
 TryStar(body*, handlers*, orelse*, finalbody*) Assert(test, msg?) Import(names*)
 ImportFrom(module?, names*, level?) Global(names*) Nonlocal(names*) Expr(value) Pass() Break()
 Continue()
expr@: BoolOp(op, values*) NamedExpr(target, value) BinOp(left, op, right) UnaryOp(op, operand)
 Lambda(args, body) IfExp(test, body, orelse) Dict(keys*, values*) Set(elts*)
 ListComp(elt, generators*) SetComp(elt, generators*) DictComp(key, value, generators*)
 GeneratorExp(elt, generators*) Await(value) Yield(value?) YieldFrom(value)
 Compare(left, ops*, comparators*) Call(func, args*, keywords*)
 FormattedValue(value, conversion, format_spec?) JoinedStr(values*) Constant(value, kind?)
 Attribute(value, attr, ctx) Subscript(value, slice, ctx) Starred(value, ctx) Name(id, ctx)
 List(elts*, ctx) Tuple(elts*, ctx) Slice(lower?, upper?, step?)
expr_context: Load() Store() Del()
boolop: And() Or()
operator: Add() Sub() Mult() MatMult() Div() Mod() Pow() LShift() RShift() BitOr() BitXor() BitAnd()
 FloorDiv()
unaryop: Invert() Not() UAdd() USub()
cmpop: Eq() NotEq() Lt() LtE() Gt() GtE() Is() IsNot() In() NotIn()
comprehension: comprehension(target, iter, ifs*, is_async)
excepthandler@: ExceptHandler(type?, name?, body*)
arguments: arguments(posonlyargs*, args*, vararg?, kwonlyargs*, kw_defaults*, kwarg?, defaults*)
arg@: arg(arg, annotation?, type_comment?)
keyword@: keyword(arg?, value)
alias@: alias(name, asname?)
withitem: withitem(context_expr, optional_vars?)
match_case: match_case(pattern, guard?, body*)
pattern@: MatchValue(value) MatchSingleton(value) MatchSequence(patterns*)
 MatchMapping(keys*, patterns*, rest?) MatchClass(cls, patterns*, kwd_attrs*, kwd_patterns*)
 MatchStar(name?) MatchAs(pattern?, name?) MatchOr(patterns*)
type_ignore: TypeIgnore(lineno, tag)
"""


def _make_classes():
    """Classes by their names, and the fields of each that are lists."""
    classes, lists = {"AST": AST}, {}
    group = None
    for line in _GRAMMAR.strip().split("\n"):
        if not line.startswith(" "):
            head, line = line.split(":", 1)
            has_place = head.endswith("@")
            group = type(head.rstrip("@"), (AST,), {"__module__": "ast"})
            if has_place:
                group._attributes = _PLACE
                group.end_lineno = group.end_col_offset = None
            classes[group.__name__] = group
        for item in line.strip().split(") "):
            name, _, inner = item.rstrip(")").partition("(")
            marked = [part.strip() for part in inner.split(",") if part.strip()]
            fields = tuple(part.rstrip("?*") for part in marked)
            space = {"__module__": "ast", "_fields": fields, "__match_args__": fields}
            space.update((part[:-1], None) for part in marked if part.endswith("?"))
            base = group
            if name == group.__name__:
                base = AST
                space["_attributes"] = group._attributes
                if group._attributes:
                    space["end_lineno"] = space["end_col_offset"] = None
            classes[name] = type(name, (base,), space)
            lists[name] = [part[:-1] for part in marked if part.endswith("*")]
    return classes, lists


_classes, _lists = _make_classes()
globals().update(_classes)

# Trees from text --------------------------------------------------------------------------------


def _node(plain, shared):
    name, place = plain[0], plain[1]
    cls = _classes[name]
    if not cls._fields:
        # Operators and contexts are always the same objects.
        if name not in ("Pass", "Break", "Continue"):
            if name not in shared:
                shared[name] = cls()
            return shared[name]
    node = cls.__new__(cls)
    attributes = node.__dict__
    for i in range(2, len(plain), 2):
        attributes[plain[i]] = _value(plain[i + 1], shared)
    for field in cls._fields:
        if field not in attributes:
            attributes[field] = [] if field in _lists[name] else None
    if place is not None:
        (attributes["lineno"], attributes["col_offset"], attributes["end_lineno"],
         attributes["end_col_offset"]) = place
    return node


def _value(plain, shared):
    if type(plain) is tuple:
        return _node(plain, shared)
    if type(plain) is list:
        return [_value(item, shared) for item in plain]
    return plain


def _tree(source, filename, mode):
    """What `compile` with PyCF_ONLY_AST gives."""
    if isinstance(source, AST):
        return source
    return _node(_trees.parse(source, filename, mode), {})


def _source(tree, mode):
    """The text of a tree that `compile` shall make code of; None of what is no tree."""
    if not isinstance(tree, AST):
        return None
    wanted = {"exec": Module, "eval": Expression, "single": Interactive}[mode]
    if not isinstance(tree, wanted):
        raise TypeError(f"expected {wanted.__name__} node, got {type(tree).__name__}")
    _validate(tree)
    return unparse(tree)


def _validate(tree):
    for node in walk(tree):
        for name in node._attributes[:2]:
            if not hasattr(node, name):
                raise TypeError(f'required field "{name}" missing from {_group(node)}')
        for name in node._fields:
            if not hasattr(node, name):
                raise TypeError(f'required field "{name}" missing from {type(node).__name__}')


def _group(node):
    base = type(node).__mro__[1]
    return type(node).__name__ if base is AST else base.__name__


def parse(source, filename="<unknown>", mode="exec", *, type_comments=False, feature_version=None):
    return compile(source, filename, mode, PyCF_ONLY_AST)


def literal_eval(node_or_string):
    """The value of an expression of literals: nothing is called, no name is looked up."""
    tree = node_or_string
    if isinstance(tree, str):
        tree = parse(tree.lstrip(" \t"), mode="eval")
    return _literal(tree.body if isinstance(tree, Expression) else tree)


def _literal(node):
    match node:
        case Constant(value=value):
            return value
        case Tuple(elts=items):
            return tuple(map(_literal, items))
        case List(elts=items):
            return list(map(_literal, items))
        case Set(elts=items):
            return set(map(_literal, items))
        case Dict(keys=keys, values=values) if len(keys) == len(values):
            return {_literal(key): _literal(value) for key, value in zip(keys, values)}
        case Call(func=Name(id="set"), args=[], keywords=[]):
            return set()
        case BinOp(left=left, op=Add() | Sub() as op, right=right):
            # The one sum that is a literal is a complex number.
            real, imaginary = _signed_number(left), _number(right)
            if not isinstance(real, complex) and isinstance(imaginary, complex):
                return real + imaginary if isinstance(op, Add) else real - imaginary
            raise _no_literal(node)
    return _signed_number(node)


def _number(node):
    if type(node) is Constant and type(node.value) in (int, float, complex):
        return node.value
    raise _no_literal(node)


def _signed_number(node):
    match node:
        case UnaryOp(op=UAdd(), operand=operand):
            return +_number(operand)
        case UnaryOp(op=USub(), operand=operand):
            return -_number(operand)
    return _number(node)


def _no_literal(node):
    line = getattr(node, "lineno", None)
    place = f" on line {line}" if line else ""
    return ValueError(f"malformed node or string{place}: {node!r}")


# Walking ----------------------------------------------------------------------------------------

_ABSENT = object()


def iter_fields(node):
    """The fields that a node has, with their values."""
    for name in node._fields:
        value = getattr(node, name, _ABSENT)
        if value is not _ABSENT:
            yield name, value


def iter_child_nodes(node):
    """The nodes in the fields of a node."""
    for _, value in iter_fields(node):
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, AST):
                yield item


def walk(node):
    """All nodes of a tree, level by level."""
    level = [node]
    while level:
        below = []
        for item in level:
            yield item
            # Only now: whoever got the node may have changed it.
            below += iter_child_nodes(item)
        level = below


class NodeVisitor:
    """Calls `visit_X` for nodes of class X, and goes on to their children where there is none."""

    def visit(self, node):
        """Visits a node; the result is that of its method."""
        method = getattr(self, f"visit_{type(node).__name__}", None)
        return self.generic_visit(node) if method is None else method(node)

    def generic_visit(self, node):
        """Visits the children of a node."""
        for child in iter_child_nodes(node):
            self.visit(child)


class NodeTransformer(NodeVisitor):
    """A visitor whose methods give what shall stand in place of the node: None for nothing."""

    def generic_visit(self, node):
        """Visits the children of a node and puts the results in their places."""
        for name, value in iter_fields(node):
            if isinstance(value, list):
                value[:] = [new for item in value for new in self._replacements(item)]
            elif isinstance(value, AST):
                new = self.visit(value)
                if new is None:
                    delattr(node, name)
                else:
                    setattr(node, name, new)
        return node

    def _replacements(self, item):
        """What stands in a list in place of an item: a method may give a list of nodes."""
        if not isinstance(item, AST):
            return (item,)
        new = self.visit(item)
        if new is None:
            return ()
        return (new,) if isinstance(new, AST) else new


def copy_location(new_node, old_node):
    for name in _PLACE:
        if name in old_node._attributes and name in new_node._attributes:
            value = getattr(old_node, name, None)
            if value is not None or hasattr(old_node, name) and name.startswith("end_"):
                setattr(new_node, name, value)
    return new_node


def fix_missing_locations(node):
    """Gives nodes without a place that of their parent."""
    def fix(node, place):
        place = list(place)
        for i, name in enumerate(_PLACE):
            if name in node._attributes:
                value = getattr(node, name, None)
                if value is None and (not name.startswith("end_") or name not in node.__dict__):
                    setattr(node, name, place[i])
                elif value is not None:
                    place[i] = value
        for child in iter_child_nodes(node):
            fix(child, place)
    fix(node, (1, 0, 1, 0))
    return node


def increment_lineno(node, n=1):
    """Moves a tree by some lines."""
    for item in walk(node):
        # The line of this one is a field.
        first = "lineno" in item._attributes or isinstance(item, TypeIgnore)
        for name, wanted in (("lineno", first), ("end_lineno", "end_lineno" in item._attributes)):
            line = getattr(item, name, 0)
            if wanted and line is not None:
                setattr(item, name, line + n)
    return node


def get_docstring(node, clean=True):
    """The text that a module, class or function has in the place of its documentation."""
    if not isinstance(node, (Module, ClassDef, FunctionDef, AsyncFunctionDef)):
        raise TypeError(f"{type(node).__name__!r} can't have docstrings")
    match node.body:
        case [Expr(value=Constant(value=str() as text)), *_]:
            if not clean:
                return text
            import inspect

            return inspect.cleandoc(text)
    return None


def get_source_segment(source, node, *, padded=False):
    """The text of a node."""
    place = [getattr(node, name, None) for name in _PLACE]
    if None in place:
        return None
    first, start, last, end = place[0] - 1, place[1], place[2] - 1, place[3]
    import re
    lines = re.findall(r".*?(?:\r\n|\n|\r|$)", source, re.DOTALL)
    if last == first:
        return lines[first].encode()[start:end].decode()
    padding = ""
    if padded:
        before = lines[first].encode()[:start].decode()
        padding = "".join(c if c in "\f\t" else " " for c in before)
    return "".join([padding + lines[first].encode()[start:].decode(), *lines[first + 1:last],
                    lines[last].encode()[:end].decode()])


def dump(node, annotate_fields=True, include_attributes=False, *, indent=None):
    """A tree as text; with an indentation, in several lines."""
    if not isinstance(node, AST):
        raise TypeError(f"expected AST, got {type(node).__name__!r}")
    if indent is not None and not isinstance(indent, str):
        indent = " " * indent
    return _dumped(node, annotate_fields, include_attributes, indent, "\n")[0]


def _dumped(value, named, places, indent, line):
    """The text, and whether it goes on the line of its parent. `line` begins a line as deep as it."""
    inner = None if indent is None else line + indent

    def listed(texts):
        return ", ".join(texts) if inner is None else inner + f",{inner}".join(texts)

    if isinstance(value, list):
        if not value:
            return "[]", True
        texts = [_dumped(item, named, places, indent, inner)[0] for item in value]
        return f"[{listed(texts)}]", False
    if not isinstance(value, AST):
        return repr(value), True
    texts, short, with_names = [], True, named
    for name in value._fields + (value._attributes if places else ()):
        item = getattr(value, name, _ABSENT)
        if item is _ABSENT or item is None and getattr(type(value), name, _ABSENT) is None:
            # What comes after a gap needs its name.
            with_names = True
            continue
        text, fits = _dumped(item, named, places, indent, inner)
        short = short and fits
        texts.append(f"{name}={text}" if with_names or name in value._attributes else text)
    if short and len(texts) <= 3:
        return f"{type(value).__name__}({', '.join(texts)})", not texts
    return f"{type(value).__name__}({listed(texts)})", False


def unparse(ast_obj):
    """A program that has this tree."""
    from _unparse import Unparser
    return Unparser().text(ast_obj)


def main():
    """Shows the tree of a program."""
    import argparse

    options = argparse.ArgumentParser(prog="python -m ast")
    options.add_argument("infile", type=argparse.FileType(mode="rb"), nargs="?", default="-")
    for names, settings in (
        (("-m", "--mode"), {"default": "exec", "choices": ("exec", "single", "eval", "func_type")}),
        (("-a", "--include-attributes"), {"action": "store_true"}),
        (("-i", "--indent"), {"type": int, "default": 3}),
    ):
        options.add_argument(*names, **settings)
    chosen = options.parse_args()
    with chosen.infile as file:
        tree = parse(file.read(), file.name, chosen.mode)
    print(dump(tree, include_attributes=chosen.include_attributes, indent=chosen.indent))


if __name__ == "__main__":
    main()
