"""Text from trees, for `ast.unparse`."""

import ast

# How tightly parts of expressions bind, loosest first.
(NAMED, TUPLE, YIELD, TEST, OR, AND, NOT, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT, ARITHMETIC,
 TERM, FACTOR, POWER, AWAIT, ATOM) = range(18)

_BINARY = {
    "Add": ("+", ARITHMETIC), "Sub": ("-", ARITHMETIC), "Mult": ("*", TERM),
    "MatMult": ("@", TERM), "Div": ("/", TERM), "Mod": ("%", TERM), "FloorDiv": ("//", TERM),
    "LShift": ("<<", SHIFT), "RShift": (">>", SHIFT), "BitOr": ("|", BIT_OR),
    "BitXor": ("^", BIT_XOR), "BitAnd": ("&", BIT_AND), "Pow": ("**", POWER)}
_UNARY = {"Invert": ("~", FACTOR), "Not": ("not ", NOT), "UAdd": ("+", FACTOR),
          "USub": ("-", FACTOR)}
_COMPARE = {"Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=",
            "Is": "is", "IsNot": "is not", "In": "in", "NotIn": "not in"}
_INFINITY = "1e309"


class Unparser:
    """Expressions become texts; statements become lines."""

    def __init__(self):
        self.lines = []
        self.level = 0

    def text(self, node):
        method = getattr(self, "do_" + type(node).__name__, None)
        if method is not None:
            method(node)
            return "\n".join(self.lines).strip("\n")
        return self.of(node)

    def line(self, text):
        self.lines.append("    " * self.level + text)

    def block(self, statements):
        self.level += 1
        for statement in statements:
            self.statement(statement)
        self.level -= 1

    def statement(self, node):
        getattr(self, "do_" + type(node).__name__)(node)

    # Modules and statements

    def do_Module(self, node):
        self.body_with_docstring(node.body)

    def do_Interactive(self, node):
        for statement in node.body:
            self.statement(statement)

    def do_Expression(self, node):
        self.line(self.of(node.body))

    def do_FunctionType(self, node):
        self.line(f"({', '.join(map(self.of, node.argtypes))}) -> {self.of(node.returns)}")

    def body_with_docstring(self, body):
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            value = body[0].value.value
            if isinstance(value, str):
                self.line(self.docstring(value))
                body = body[1:]
        for statement in body:
            self.statement(statement)

    def docstring(self, value):
        if all(c.isprintable() or c in "\n\t" for c in value) and "\\" not in value:
            for quotes in ('"""', "'''"):
                if quotes not in value and not value.endswith(quotes[0]):
                    # Further lines are part of the text: they are not indented.
                    return quotes + value + quotes
        return repr(value)

    def do_Expr(self, node):
        self.line(self.of(node.value, YIELD))

    def do_Return(self, node):
        self.line("return" + (f" {self.of(node.value)}" if node.value else ""))

    def do_Delete(self, node):
        self.line("del " + ", ".join(map(self.of, node.targets)))

    def do_Assign(self, node):
        targets = "".join(f"{self.of(target)} = " for target in node.targets)
        self.line(targets + self.of(node.value))

    def do_AugAssign(self, node):
        sign = _BINARY[type(node.op).__name__][0]
        self.line(f"{self.of(node.target)} {sign}= {self.of(node.value)}")

    def do_AnnAssign(self, node):
        target = self.of(node.target)
        if not node.simple and isinstance(node.target, ast.Name):
            target = f"({target})"
        value = f" = {self.of(node.value)}" if node.value else ""
        self.line(f"{target}: {self.of(node.annotation)}{value}")

    def do_Pass(self, node):
        self.line("pass")

    def do_Break(self, node):
        self.line("break")

    def do_Continue(self, node):
        self.line("continue")

    def do_Global(self, node):
        self.line("global " + ", ".join(node.names))

    def do_Nonlocal(self, node):
        self.line("nonlocal " + ", ".join(node.names))

    def do_Assert(self, node):
        self.line("assert " + self.of(node.test) + (f", {self.of(node.msg)}" if node.msg else ""))

    def do_Raise(self, node):
        if not node.exc:
            self.line("raise")
        else:
            cause = f" from {self.of(node.cause)}" if node.cause else ""
            self.line(f"raise {self.of(node.exc)}{cause}")

    def alias(self, node):
        return node.name + (f" as {node.asname}" if node.asname else "")

    def do_Import(self, node):
        self.line("import " + ", ".join(map(self.alias, node.names)))

    def do_ImportFrom(self, node):
        origin = "." * (node.level or 0) + (node.module or "")
        self.line(f"from {origin} import {', '.join(map(self.alias, node.names))}")

    def do_If(self, node, word="if"):
        self.line(f"{word} {self.of(node.test, NAMED)}:")
        self.block(node.body)
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            self.do_If(node.orelse[0], "elif")
        else:
            self.clause("else:", node.orelse)

    def clause(self, head, body):
        if body:
            self.line(head)
            self.block(body)

    def do_While(self, node):
        self.line(f"while {self.of(node.test, NAMED)}:")
        self.block(node.body)
        self.clause("else:", node.orelse)

    def do_For(self, node, word="for"):
        self.line(f"{word} {self.of(node.target, TUPLE)} in {self.of(node.iter)}:")
        self.block(node.body)
        self.clause("else:", node.orelse)

    def do_AsyncFor(self, node):
        self.do_For(node, "async for")

    def do_With(self, node, word="with"):
        items = [self.of(item.context_expr) + (
            f" as {self.of(item.optional_vars)}" if item.optional_vars else "")
            for item in node.items]
        self.line(f"{word} {', '.join(items)}:")
        self.block(node.body)

    def do_AsyncWith(self, node):
        self.do_With(node, "async with")

    def do_Try(self, node, word="except"):
        self.line("try:")
        self.block(node.body)
        for handler in node.handlers:
            kind = f" {self.of(handler.type)}" if handler.type else ""
            name = f" as {handler.name}" if handler.name else ""
            self.line(f"{word}{kind}{name}:")
            self.block(handler.body)
        self.clause("else:", node.orelse)
        self.clause("finally:", node.finalbody)

    def do_TryStar(self, node):
        self.do_Try(node, "except*")

    def decorators(self, node):
        if self.lines:
            self.lines.append("")
        for decorator in node.decorator_list:
            self.line("@" + self.of(decorator))

    def definition_body(self, node):
        self.level += 1
        self.body_with_docstring(node.body)
        self.level -= 1

    def do_ClassDef(self, node):
        self.decorators(node)
        bases = [*map(self.of, node.bases), *map(self.keyword, node.keywords)]
        self.line(f"class {node.name}{'(' + ', '.join(bases) + ')' if bases else ''}:")
        self.definition_body(node)

    def do_FunctionDef(self, node, word="def"):
        self.decorators(node)
        returns = f" -> {self.of(node.returns)}" if node.returns else ""
        self.line(f"{word} {node.name}({self.parameters(node.args)}){returns}:")
        self.definition_body(node)

    def do_AsyncFunctionDef(self, node):
        self.do_FunctionDef(node, "async def")

    def parameters(self, node):
        def shown(parameter, default=None):
            text = parameter.arg
            if parameter.annotation:
                text += f": {self.of(parameter.annotation)}"
            if default is not None:
                text += f"={self.of(default)}"
            return text
        positional = node.posonlyargs + node.args
        defaults = [None] * (len(positional) - len(node.defaults)) + node.defaults
        parts = []
        for i, (parameter, default) in enumerate(zip(positional, defaults), 1):
            parts.append(shown(parameter, default))
            if i == len(node.posonlyargs):
                parts.append("/")
        if node.vararg:
            parts.append("*" + shown(node.vararg))
        elif node.kwonlyargs:
            parts.append("*")
        parts += map(shown, node.kwonlyargs, node.kw_defaults)
        if node.kwarg:
            parts.append("**" + shown(node.kwarg))
        return ", ".join(parts)

    def do_Match(self, node):
        self.line(f"match {self.of(node.subject)}:")
        self.level += 1
        for case in node.cases:
            guard = f" if {self.of(case.guard)}" if case.guard else ""
            self.line(f"case {self.of(case.pattern)}{guard}:")
            self.block(case.body)
        self.level -= 1

    # Expressions

    def of(self, node, outer=TEST):
        """The text of an expression, in parentheses where it binds more loosely than `outer` asks."""
        text, strength = getattr(self, "on_" + type(node).__name__)(node)
        return f"({text})" if strength < outer else text

    def on_Name(self, node):
        return node.id, ATOM

    def on_Constant(self, node):
        value = node.value
        if value is ...:
            return "...", ATOM
        if isinstance(value, (float, complex)):
            text = repr(value).replace("inf", _INFINITY).replace(
                "nan", f"({_INFINITY}-{_INFINITY})")
            return text, ATOM
        if isinstance(value, tuple):
            items = [self.of(ast.Constant(value=item)) for item in value]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})", ATOM
        prefix = "u" if node.kind == "u" else ""
        return prefix + repr(value), ATOM

    def on_JoinedStr(self, node):
        parts = self.joined(node)
        text = "".join(value for _, value in parts)
        for quotes in ("'", '"', '"""', "'''"):
            inside = [value for is_code, value in parts if is_code]
            if any(quotes in value or "\\" in value for value in inside):
                continue
            if len(quotes) == 1 and "\n" in text and any("\n" in value for value in inside):
                continue
            body = ""
            for is_code, value in parts:
                if not is_code:
                    value = repr("'" + value)[1:-1].replace("\\'", "'")[1:] if (
                        '"' in value) else repr('"' + value)[2:-1]
                    value = value.replace(quotes, "\\" + quotes)
                body += value
            return f"f{quotes}{body}{quotes}", ATOM
        raise ValueError("Unable to avoid backslash in f-string expression part")

    def joined(self, node):
        """(is it code, text) of the parts of an f-string."""
        parts = []
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts.append((False, value.value.replace("{", "{{").replace("}", "}}")))
            elif isinstance(value, ast.JoinedStr):
                parts += self.joined(value)
            else:
                code = self.of(value.value, OR)
                code = ("{ " if code.startswith("{") else "{") + code
                if value.conversion != -1:
                    code += f"!{chr(value.conversion)}"
                parts.append((True, code))
                if value.format_spec:
                    parts.append((True, ":"))
                    parts += self.joined(value.format_spec)
                parts.append((True, "}"))
        return parts

    def on_FormattedValue(self, node):
        return self.on_JoinedStr(ast.JoinedStr(values=[node]))

    def on_BinOp(self, node):
        sign, strength = _BINARY[type(node.op).__name__]
        if sign == "**":
            return f"{self.of(node.left, POWER + 1)} ** {self.of(node.right, POWER)}", POWER
        return f"{self.of(node.left, strength)} {sign} {self.of(node.right, strength + 1)}", strength

    def on_UnaryOp(self, node):
        sign, strength = _UNARY[type(node.op).__name__]
        return sign + self.of(node.operand, strength), strength

    def on_BoolOp(self, node):
        word, strength = ("and", AND) if isinstance(node.op, ast.And) else ("or", OR)
        # As the reference does it, each operand asks for more than the one before.
        values = [self.of(value, strength + 1 + i) for i, value in enumerate(node.values)]
        return f" {word} ".join(values), strength

    def on_Compare(self, node):
        text = self.of(node.left, COMPARE + 1)
        for op, value in zip(node.ops, node.comparators):
            text += f" {_COMPARE[type(op).__name__]} {self.of(value, COMPARE + 1)}"
        return text, COMPARE

    def on_NamedExpr(self, node):
        return f"({self.of(node.target)} := {self.of(node.value)})", ATOM

    def on_IfExp(self, node):
        return (f"{self.of(node.body, OR)} if {self.of(node.test, OR)} "
                f"else {self.of(node.orelse, TEST)}"), TEST

    def on_Lambda(self, node):
        parameters = self.parameters(node.args)
        return f"lambda{' ' + parameters if parameters else ''}: {self.of(node.body)}", TEST

    def on_Await(self, node):
        return f"await {self.of(node.value, ATOM)}", AWAIT

    def on_Yield(self, node):
        return "yield" + (f" {self.of(node.value)}" if node.value else ""), YIELD

    def on_YieldFrom(self, node):
        return f"yield from {self.of(node.value)}", YIELD

    def on_Starred(self, node):
        return "*" + self.of(node.value, BIT_OR), ATOM

    def on_Tuple(self, node):
        items = [self.of(item) for item in node.elts]
        if not items:
            return "()", ATOM
        return ", ".join(items) + ("," if len(items) == 1 else ""), TUPLE

    def on_List(self, node):
        return f"[{', '.join(map(self.of, node.elts))}]", ATOM

    def on_Set(self, node):
        if not node.elts:
            return "{*()}", ATOM
        return f"{{{', '.join(map(self.of, node.elts))}}}", ATOM

    def on_Dict(self, node):
        items = [f"**{self.of(value, BIT_OR)}" if key is None
                 else f"{self.of(key)}: {self.of(value)}"
                 for key, value in zip(node.keys, node.values)]
        return f"{{{', '.join(items)}}}", ATOM

    def comprehension(self, node):
        text = ""
        for part in node.generators:
            word = " async for " if part.is_async else " for "
            text += f"{word}{self.of(part.target, TUPLE)} in {self.of(part.iter, OR)}"
            for condition in part.ifs:
                text += f" if {self.of(condition, OR)}"
        return text

    def on_ListComp(self, node):
        return f"[{self.of(node.elt)}{self.comprehension(node)}]", ATOM

    def on_SetComp(self, node):
        return f"{{{self.of(node.elt)}{self.comprehension(node)}}}", ATOM

    def on_GeneratorExp(self, node):
        return f"({self.of(node.elt)}{self.comprehension(node)})", ATOM

    def on_DictComp(self, node):
        return (f"{{{self.of(node.key)}: {self.of(node.value)}{self.comprehension(node)}}}"), ATOM

    def on_Attribute(self, node):
        value = self.of(node.value, ATOM)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, int):
            value += " "
        return f"{value}.{node.attr}", ATOM

    def keyword(self, node):
        return ("**" if node.arg is None else f"{node.arg}=") + self.of(node.value)

    def on_Call(self, node):
        arguments = [*map(self.of, node.args), *map(self.keyword, node.keywords)]
        return f"{self.of(node.func, ATOM)}({', '.join(arguments)})", ATOM

    def on_Subscript(self, node):
        if isinstance(node.slice, ast.Tuple) and node.slice.elts:
            items = list(map(self.of, node.slice.elts))
            index = ", ".join(items) + ("," if len(items) == 1 else "")
        else:
            index = self.of(node.slice)
        return f"{self.of(node.value, ATOM)}[{index}]", ATOM

    def on_Slice(self, node):
        text = (self.of(node.lower) if node.lower else "") + ":"
        text += self.of(node.upper) if node.upper else ""
        return text + (f":{self.of(node.step)}" if node.step else ""), ATOM

    # Patterns

    def on_MatchValue(self, node):
        return self.of(node.value), ATOM

    def on_MatchSingleton(self, node):
        return repr(node.value), ATOM

    def on_MatchSequence(self, node):
        return f"[{', '.join(map(self.of, node.patterns))}]", ATOM

    def on_MatchStar(self, node):
        return "*" + (node.name or "_"), ATOM

    def on_MatchMapping(self, node):
        items = [f"{self.of(key)}: {self.of(pattern)}"
                 for key, pattern in zip(node.keys, node.patterns)]
        if node.rest is not None:
            items.append("**" + node.rest)
        return f"{{{', '.join(items)}}}", ATOM

    def on_MatchClass(self, node):
        items = [*map(self.of, node.patterns)]
        items += [f"{name}={self.of(pattern)}"
                  for name, pattern in zip(node.kwd_attrs, node.kwd_patterns)]
        return f"{self.of(node.cls, ATOM)}({', '.join(items)})", ATOM

    def on_MatchAs(self, node):
        if node.name is None:
            return "_", ATOM
        if node.pattern is None:
            return node.name, ATOM
        return f"{self.of(node.pattern, BIT_OR)} as {node.name}", TEST

    def on_MatchOr(self, node):
        return " | ".join(self.of(pattern, BIT_OR + 1) for pattern in node.patterns), BIT_OR
