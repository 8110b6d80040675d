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
    if isinstance(node_or_string, str):
        node_or_string = parse(node_or_string.lstrip(" \t"), mode="eval")
    if isinstance(node_or_string, Expression):
        node_or_string = node_or_string.body

    def malformed(node):
        message = "malformed node or string"
        if line := getattr(node, "lineno", None):
            message += f" on line {line}"
        raise ValueError(message + f": {node!r}")

    def number(node):
        if type(node) is not Constant or type(node.value) not in (int, float, complex):
            malformed(node)
        return node.value

    def signed(node):
        if isinstance(node, UnaryOp) and isinstance(node.op, (UAdd, USub)):
            operand = number(node.operand)
            return +operand if isinstance(node.op, UAdd) else -operand
        return number(node)

    def convert(node):
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Tuple):
            return tuple(map(convert, node.elts))
        if isinstance(node, List):
            return list(map(convert, node.elts))
        if isinstance(node, Set):
            return set(map(convert, node.elts))
        if (isinstance(node, Call) and isinstance(node.func, Name) and node.func.id == "set"
                and node.args == node.keywords == []):
            return set()
        if isinstance(node, Dict):
            if len(node.keys) != len(node.values):
                malformed(node)
            return dict(zip(map(convert, node.keys), map(convert, node.values)))
        if isinstance(node, BinOp) and isinstance(node.op, (Add, Sub)):
            left, right = signed(node.left), number(node.right)
            if isinstance(left, (int, float)) and isinstance(right, complex):
                return left + right if isinstance(node.op, Add) else left - right
        return signed(node)
    return convert(node_or_string)


# Walking ----------------------------------------------------------------------------------------


def iter_fields(node):
    for field in node._fields:
        try:
            yield field, getattr(node, field)
        except AttributeError:
            pass


def iter_child_nodes(node):
    for _, field in iter_fields(node):
        if isinstance(field, AST):
            yield field
        elif isinstance(field, list):
            for item in field:
                if isinstance(item, AST):
                    yield item


def walk(node):
    """All nodes of a tree, in no order to rely on."""
    from collections import deque
    todo = deque([node])
    while todo:
        node = todo.popleft()
        todo.extend(iter_child_nodes(node))
        yield node


class NodeVisitor:
    """Calls `visit_X` for nodes of class X, and goes on to their children where there is none."""

    def visit(self, node):
        return getattr(self, "visit_" + type(node).__name__, self.generic_visit)(node)

    def generic_visit(self, node):
        for _, value in iter_fields(node):
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, AST):
                        self.visit(item)
            elif isinstance(value, AST):
                self.visit(value)


class NodeTransformer(NodeVisitor):
    """A visitor whose methods give what shall stand in place of the node: None for nothing."""

    def generic_visit(self, node):
        for field, old in iter_fields(node):
            if isinstance(old, list):
                new = []
                for item in old:
                    if isinstance(item, AST):
                        item = self.visit(item)
                        if item is None:
                            continue
                        if not isinstance(item, AST):
                            new.extend(item)
                            continue
                    new.append(item)
                old[:] = new
            elif isinstance(old, AST):
                new = self.visit(old)
                if new is None:
                    delattr(node, field)
                else:
                    setattr(node, field, new)
        return node


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
    for child in walk(node):
        if isinstance(child, TypeIgnore):
            child.lineno = getattr(child, "lineno", 0) + n
            continue
        if "lineno" in child._attributes:
            child.lineno = getattr(child, "lineno", 0) + n
        if "end_lineno" in child._attributes and getattr(child, "end_lineno", 0) is not None:
            child.end_lineno = getattr(child, "end_lineno", 0) + n
    return node


def get_docstring(node, clean=True):
    if not isinstance(node, (AsyncFunctionDef, FunctionDef, ClassDef, Module)):
        raise TypeError("%r can't have docstrings" % (node.__class__.__name__))
    if not (node.body and isinstance(node.body[0], Expr)):
        return None
    value = node.body[0].value
    if not (isinstance(value, Constant) and isinstance(value.value, str)):
        return None
    if clean:
        import inspect
        return inspect.cleandoc(value.value)
    return value.value


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
    """A tree as text."""
    if indent is not None and not isinstance(indent, str):
        indent = " " * indent

    def show(node, level):
        """The text, and whether it is short enough for the line of its parent."""
        if indent is not None:
            level += 1
            prefix, separator = "\n" + indent * level, ",\n" + indent * level
        else:
            prefix, separator = "", ", "
        if isinstance(node, AST):
            cls = type(node)
            parts = []
            all_simple = True
            keywords = annotate_fields
            for name in node._fields:
                try:
                    value = getattr(node, name)
                except AttributeError:
                    keywords = True
                    continue
                if value is None and getattr(cls, name, ...) is None:
                    keywords = True
                    continue
                value, simple = show(value, level)
                all_simple = all_simple and simple
                parts.append(f"{name}={value}" if keywords else value)
            if include_attributes and node._attributes:
                for name in node._attributes:
                    try:
                        value = getattr(node, name)
                    except AttributeError:
                        continue
                    if value is None and getattr(cls, name, ...) is None:
                        continue
                    value, simple = show(value, level)
                    all_simple = all_simple and simple
                    parts.append(f"{name}={value}")
            if all_simple and len(parts) <= 3:
                return f"{cls.__name__}({', '.join(parts)})", not parts
            return f"{cls.__name__}({prefix}{separator.join(parts)})", False
        if isinstance(node, list):
            if not node:
                return "[]", True
            return f"[{prefix}{separator.join(show(item, level)[0] for item in node)}]", False
        return repr(node), True

    if not isinstance(node, AST):
        raise TypeError("expected AST, got %r" % node.__class__.__name__)
    return show(node, 0)[0]


def unparse(ast_obj):
    """A program that has this tree."""
    from _unparse import Unparser
    return Unparser().text(ast_obj)


def main():
    import argparse
    parser = argparse.ArgumentParser(prog="python -m ast")
    parser.add_argument("infile", type=argparse.FileType(mode="rb"), nargs="?", default="-")
    parser.add_argument("-m", "--mode", default="exec", choices=("exec", "single", "eval"))
    parser.add_argument("-a", "--include-attributes", action="store_true")
    parser.add_argument("-i", "--indent", type=int, default=3)
    args = parser.parse_args()
    with args.infile as infile:
        source = infile.read()
    tree = parse(source, args.infile.name, args.mode)
    print(dump(tree, include_attributes=args.include_attributes, indent=args.indent))


if __name__ == "__main__":
    main()
