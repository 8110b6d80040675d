"""Random programs, from a seed: whole statements of the language over values of all built-in types.

Every statement that may fail is caught and its error printed, so one program compares hundreds of
results and messages. Nothing in a program depends on time, addresses or the order of a set.
"""
import random

PRELUDE = '''\
import itertools, functools, operator, collections, math, re, string, struct, copy, json

def show(label, value):
    print(label, text(value, 0))

def text(value, depth):
    if depth > 4:
        return "..."
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + str(sorted(text(item, depth + 1) for item in value))
    if type(value) in (list, tuple):
        return type(value).__name__ + "[" + ", ".join(text(item, depth + 1) for item in value) + "]"
    if type(value) is dict:
        items = (text(k, depth + 1) + ": " + text(v, depth + 1) for k, v in value.items())
        return "{" + ", ".join(items) + "}"
    if type(value) in (int, str, bytes, bytearray) and len(str(value)[:3000]) > 2000:
        return type(value).__name__ + " of " + str(hash(str(value)[:2000]) * 0)
    if hasattr(value, "__next__"):
        return type(value).__name__ + text(list(itertools.islice(value, 20)), depth + 1)
    result = repr(value)
    return result if " at 0x" not in result else type(value).__name__

def attempt(label, action):
    try:
        show(label, action())
    except RecursionError:
        print(label, "RecursionError")
    except Exception as error:
        print(label, type(error).__name__, error)
'''

INTS = ["0", "1", "2", "-1", "3", "7", "-5", "10", "100", "255", "256", "-128", "65535", "2**31", "-2**31", "2**61",
        "2**62", "-2**62", "2**63", "2**64-1", "10**18", "10**25", "-10**30", "123456789", "0x7f", "1_000", "True", "False"]
FLOATS = ["0.0", "-0.0", "1.0", "0.5", "-1.5", "3.14159", "1e10", "1e-10", "1e300", "-2.5", "1e16", "123456.789", "0.1", "2.675",
          "float('inf')", "float('-inf')", "float('nan')", "5e-324", "1.7976931348623157e308"]
STRINGS = ["''", "'a'", "'abc'", "'Hello, World'", "'  pad  '", "'a,b,,c'", "'12'", "'-3'", "'1.5'", "'äöü'", "'ß'", "'日本'", "'\\U0001f600x'",
           "'A' * 10", "'line1\\nline2\\r\\nline3'", "'tab\\there'", "'%s-%d'", "'{}:{}'", "'{0!r:>8}'", "'x\\x00y'", "'ǅ'", "'İ'", "'ﬁ'", "'٣'", "'²'",
           "'aAbB'", "'the quick brown fox'", "'0x1f'", "'é'", "'e\\u0301'", "'_id1'", "'class'", "'true'"]
BYTES = ["b''", "b'a'", "b'abc'", "b'a b c'", "b'\\x00\\xff'", "b'Hello'", "bytes(5)", "bytearray(b'xyz')", "bytearray()", "b'12'", "b'%d'", "memoryview(b'abcd')"]
OTHERS = ["None", "Ellipsis", "NotImplemented", "1j", "2+3j", "complex(0, -1.5)", "int", "str", "list", "object", "len", "print", "range(5)", "range(10, 0, -3)",
          "range(0)", "slice(1, 5, 2)", "type", "ValueError('x')", "KeyError('k')"]
FORMATS = ["", "d", "x", "X", "o", "b", "c", "e", ".3e", "f", ".2f", "g", ".4g", "G", "n", "%", ".1%", "s", "10", "<10", ">10", "^10", "*^9", "=+8", "08", "+", " ", ",", "_", "#x",
           "#o", "#b", "08.3f", "+.2e", "z.1f", ",.2f", "_x", "10s", ".2s", "r", "!", "1000000000000", "\\u00e9>6"]
NAMES = ["alpha", "beta", "gamma", "delta", "eps"]


class Programs:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.label = 0
        self.methods = {}
        for kind in (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, memoryview, slice):
            self.methods[kind] = [name for name in dir(kind) if name not in UNCALLED]

    def pick(self, *choices):
        return self.random.choice(choices)

    # -- expressions

    def atom(self):
        return self.random.choice(self.pick(INTS, INTS, FLOATS, STRINGS, STRINGS, BYTES, OTHERS))

    def key(self):
        return self.random.choice(self.pick(INTS, FLOATS, STRINGS, ["None", "()", "(1, 2)", "b'k'", "frozenset()"]))

    def items(self, depth, low=0, high=4, make=None):
        return [(make or self.expression)(depth + 1) for _ in range(self.random.randint(low, high))]

    def container(self, depth):
        shape = self.random.randrange(8)
        if shape == 0:
            return "[" + ", ".join(self.items(depth)) + "]"
        if shape == 1:
            return "(" + "".join(item + ", " for item in self.items(depth)) + ")"
        if shape == 2:
            return "{" + ", ".join(f"{self.key()}: {value}" for value in self.items(depth)) + "}"
        if shape == 3:
            return "{" + ", ".join(self.random.choice(INTS) for _ in range(self.random.randint(1, 4))) + "}"
        if shape == 4:
            return "frozenset([" + ", ".join(self.random.choice(INTS) for _ in range(3)) + "])"
        if shape == 5:
            return f"list({self.iterable(depth)})"
        if shape == 6:
            return self.pick("sorted", "list", "tuple", "set", "dict", "bytes", "bytearray", "sum", "max", "min", "any", "all") + f"({self.iterable(depth)})"
        return self.comprehension(depth)

    def iterable(self, depth):
        if depth > 3:
            return self.pick("range(4)", "'abc'", "[3, 1, 2]", "(1,)", "{'k': 1}", "b'xy'", "{5}")
        shape = self.random.randrange(7)
        if shape == 0:
            return "[" + ", ".join(self.random.choice(INTS) for _ in range(self.random.randint(0, 5))) + "]"
        if shape == 1:
            return "[" + ", ".join(self.random.choice(STRINGS) for _ in range(self.random.randint(0, 5))) + "]"
        if shape == 2:
            return f"zip({self.iterable(depth + 1)}, {self.iterable(depth + 1)})"
        if shape == 3:
            return f"enumerate({self.iterable(depth + 1)}{self.pick('', ', 1', ', start=5')})"
        if shape == 4:
            return f"map({self.pick('str', 'repr', 'len', 'int', 'abs', 'lambda x: x', 'lambda x: (x, x)')}, {self.iterable(depth + 1)})"
        if shape == 5:
            return f"reversed({self.iterable(depth + 1)})"
        return self.pick("range(6)", "range(5, -5, -2)", "'hello'", "b'bytes'", "{'a': 1, 'b': 2}", "{'a': 1}.items()",
                         "itertools.chain([1], (2,))", "itertools.accumulate([1, 2, 3])", "itertools.combinations('abc', 2)",
                         "itertools.groupby('aabb')", "itertools.islice(itertools.count(3), 4)", "itertools.product([0, 1], repeat=2)",
                         "filter(None, [0, 1, '', 'x'])", "collections.deque([1, 2, 3], 2)", "iter([1, 2])")

    def comprehension(self, depth):
        name = self.pick("x", "y", "i")
        body = self.pick(name, f"({name}, {name})", f"str({name})", f"[{name}]", f"{name} {self.operator()} {self.random.choice(INTS[:8])}", f"f'{{{name}!r:>5}}'")
        condition = self.pick("", "", f" if {name}", f" if {name} != 1", f" if isinstance({name}, int)")
        inner = self.pick("", "", f" for z in range(2)")
        loop = f"for {name} in {self.iterable(depth + 1)}{inner}{condition}"
        return self.pick(f"[{body} {loop}]", f"list({body} {loop})", f"{{{name}: {body} {loop}}}" if not inner else f"[{body} {loop}]")

    def operator(self):
        return self.pick("+", "-", "*", "/", "//", "%", "&", "|", "^", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "and", "or", "@", "<<", ">>", "**")

    def small(self):
        return self.random.choice(INTS[:8] + FLOATS[:6])

    def expression(self, depth=0):
        if depth > 3:
            return self.pick(self.atom(), self.random.choice(NAMES))
        shape = self.random.randrange(16)
        if shape < 3:
            return self.atom()
        if shape == 3:
            return self.random.choice(NAMES)
        if shape == 4:
            operator = self.operator()
            if operator in ("**", "<<", ">>", "*"):
                left = self.pick(self.small(), self.random.choice(NAMES), self.container(depth + 1)) if operator == "*" else self.small()
                return f"({left} {operator} {self.small()})"
            return f"({self.expression(depth + 1)} {operator} {self.expression(depth + 1)})"
        if shape == 5:
            return f"({self.pick('-', '+', '~', 'not ')}({self.expression(depth + 1)}))"
        if shape == 6:
            return f"({self.expression(depth + 1)} if {self.expression(depth + 1)} else {self.expression(depth + 1)})"
        if shape in (7, 8):
            return self.container(depth + 1)
        if shape == 9:
            return f"({self.expression(depth + 1)})[{self.subscript(depth)}]"
        if shape == 10:
            return self.call(depth)
        if shape == 11:
            return self.fstring(depth)
        if shape == 12:
            return f"(lambda a, b={self.atom()}, *c, **d: (a, b, c, d))({self.arguments(depth)})"
        if shape == 13:
            return f"format({self.expression(depth + 1)}, '{self.random.choice(FORMATS)}')"
        if shape == 14:
            value = "(" + ", ".join(self.items(depth, 0, 3)) + ",)"
            if value == "(,)":
                value = "()"
            return self.pick(*[repr(t) for t in ("%s", "%d|%s", "%5.2f", "%-8r|", "%x %o", "%c", "%(a)s", "%%", "%+d", "%08.3e", "%i %", "%*d", "%.3s", "%a")]) + " % " + self.pick(value, value, self.expression(depth + 1))
        return self.module(depth)

    def subscript(self, depth):
        part = lambda: self.pick("", "", "0", "1", "-1", "2", "-3", "10", "None", "2**70", "True", "'a'", "1.0")
        if self.random.random() < 0.5:
            return f"{part()}:{part()}" + self.pick("", f":{part()}")
        return self.expression(depth + 1)

    def fstring(self, depth):
        inner = self.pick(self.random.choice(NAMES), self.random.choice(INTS), self.random.choice(FLOATS))
        spec = self.random.choice(FORMATS[:-4])
        return f'f"<{{{inner}{self.pick("", "!r", "!s", "!a", "=")}{":" + spec if spec else ""}}}>"'

    def arguments(self, depth):
        parts = [self.expression(depth + 1) for _ in range(self.random.randint(0, 3))]
        if self.random.random() < 0.12:
            parts.append("*" + self.pick("()", "(1,)", "[1, 2]", "'ab'", self.expression(depth + 2)))
        if self.random.random() < 0.08:
            parts.append(self.pick("a", "b", "key", "zz", "sep") + "=" + self.expression(depth + 1))
        if self.random.random() < 0.06:
            parts.append("**" + self.pick("{}", "{'b': 1}", "{'q': 2}", "{1: 2}", self.expression(depth + 2)))
        return ", ".join(parts)

    def call(self, depth):
        if self.random.random() < 0.35:
            function = self.pick("abs", "len", "int", "float", "str", "repr", "bool", "round", "divmod", "pow", "ord", "chr", "hex", "oct", "bin", "complex", "ascii", "callable",
                                 "isinstance", "issubclass", "type", "tuple", "list", "dict", "set", "sorted", "sum", "min", "max", "range", "slice", "enumerate", "zip", "bytes",
                                 "iter", "next", "getattr", "hasattr", "format", "any", "all", "frozenset", "bytearray", "int.from_bytes", "str.join", "dict.fromkeys", "float.fromhex",
                                 "bytes.fromhex", "str.maketrans", "reversed", "filter", "map", "memoryview")
            if self.random.random() < 0.05:
                return f"hash({self.random.choice(INTS + FLOATS[:-3])})"
            if function == "pow":
                return f"pow({self.small()}, {self.small()}{self.pick('', ', 7', ', -3', ', 0')})"
            if function in ("bytes", "bytearray", "range", "str.maketrans"):
                return f"{function}({self.pick(self.small(), self.atom() if function != 'bytes' else self.random.choice(STRINGS), '[1, 2, 300]', '[1, 2]')})"
            return f"{function}({self.arguments(depth)})"
        kind = self.pick(int, float, complex, str, str, str, bytes, bytearray, list, list, tuple, dict, dict, set, frozenset, range, memoryview)
        name = self.random.choice(self.methods[kind])
        receiver = self.receiver(kind, depth)
        if name in RISKY:
            arguments = ", ".join(self.pick(self.small(), self.small(), self.random.choice(STRINGS)) for _ in range(self.random.randint(0, 2)))
        else:
            arguments = self.arguments(depth)
        return f"{receiver}.{name}({arguments})"

    def receiver(self, kind, depth):
        if kind is int:
            return f"({self.random.choice(INTS)})"
        if kind is float:
            return f"({self.random.choice(FLOATS)})"
        if kind is complex:
            return "(1+2j)"
        if kind is str:
            return f"({self.random.choice(STRINGS)})"
        if kind is bytes:
            return self.random.choice(BYTES[:7])
        if kind is bytearray:
            return self.pick("bytearray(b'abcabc')", "bytearray()", "bytearray(3)")
        if kind is memoryview:
            return self.pick("memoryview(b'abc')", "memoryview(bytearray(4))")
        if kind is list:
            return "[" + ", ".join(self.items(depth, make=lambda _: self.atom())) + "]"
        if kind is tuple:
            return self.pick("()", "(1, 2, 3)", "('a', None, 1.5)", "(1, 1, 2)")
        if kind is dict:
            return "{" + ", ".join(f"{self.key()}: {self.atom()}" for _ in range(self.random.randint(0, 3))) + "}"
        if kind is set:
            return self.pick("{1, 2, 3}", "set()", "{2.5, 1}", "{7, 2**61}")
        if kind is frozenset:
            return self.pick("frozenset()", "frozenset({1, 4})")
        return self.pick("range(5)", "range(0, 10, 3)", "range(10, 0, -2)")

    def module(self, depth):
        return self.pick(
            f"math.{self.pick('sqrt', 'floor', 'ceil', 'trunc', 'isqrt', 'log', 'log2', 'exp', 'sin', 'atan', 'fabs', 'frexp', 'modf', 'isnan', 'isinf', 'degrees', 'erf', 'cbrt', 'gamma')}({self.expression(depth + 1)})",
            f"math.{self.pick('gcd', 'hypot', 'copysign', 'fmod', 'atan2', 'pow', 'ldexp', 'remainder', 'dist', 'isclose', 'nextafter', 'comb')}({self.small()}, {self.small()})",
            f"functools.reduce({self.pick('operator.add', 'operator.mul', 'max', 'lambda a, b: (a, b)')}, {self.iterable(depth + 1)}{self.pick('', ', 0', ', None')})",
            f"re.{self.pick('match', 'search', 'findall', 'split', 'fullmatch')}({self.pick(*PATTERNS)!r}, {self.random.choice(STRINGS)})",
            f"re.sub({self.pick(*PATTERNS)!r}, {self.pick('r', '', '<>', chr(92) + 'g<0>', chr(92) + '1')!r}, {self.random.choice(STRINGS)})",
            f"struct.pack({self.pick('i', '<h', '>Q', 'bB', 'f', 'd', '3s', '?', '!I', 'n', '2x', 'z')!r}, {self.atom()})",
            f"json.dumps({self.expression(depth + 1)}{self.pick('', ', indent=2', ', sort_keys=True', ', separators=(chr(44), chr(58))')})",
            f"json.loads({self.pick('1', '[1, 2.5, null]', '{bad', '', chr(34) + 'x' + chr(34), '[1,]', '{' + chr(34) + 'a' + chr(34) + ': true}', 'NaN', '1e999', ' [ ] ')!r})",
            f"copy.{self.pick('copy', 'deepcopy')}({self.expression(depth + 1)})",
            f"collections.Counter({self.iterable(depth + 1)}).most_common({self.pick('', '1', '2')})",
            f"collections.deque({self.iterable(depth + 1)}, {self.pick('None', '2', '-1')})",
            f"operator.{self.pick('itemgetter(0)', 'itemgetter(1, 0)', 'attrgetter(' + repr('real') + ')', 'methodcaller(' + repr('upper') + ')')}({self.expression(depth + 1)})",
            f"list(itertools.{self.pick('permutations', 'pairwise', 'starmap(max, [(1, 2)]) or iter')}({self.pick(repr('ab'), '[1, 2, 3]', '()')}))")

    # -- statements

    def fresh(self):
        self.label += 1
        return self.label

    def emit(self, line, indent=0):
        self.lines.append("    " * indent + line)

    def guarded(self, body, indent=0):
        """Statements whose error is printed."""
        label = self.fresh()
        self.emit("try:", indent)
        for line in body:
            self.emit(line, indent + 1)
        self.emit("except RecursionError:", indent)
        self.emit(f"print({label}, 'RecursionError')", indent + 1)
        self.emit("except Exception as error:", indent)
        self.emit(f"print({label}, type(error).__name__, error)", indent + 1)

    def statement(self):
        shape = self.random.randrange(22)
        name = self.random.choice(NAMES)
        if shape < 8:
            self.emit(f"attempt({self.fresh()}, lambda: {self.expression()})")
        elif shape == 8:
            self.guarded([f"{name} = {self.expression()}", f"show({self.fresh()}, {name})"])
        elif shape == 9:
            operator = self.pick("+=", "-=", "//=", "%=", "|=", "&=", "^=", "/=", "@=")
            self.guarded([f"{name} {operator} {self.expression(2)}", f"show({self.fresh()}, {name})"])
        elif shape == 10:
            targets = self.pick("a, b", "a, *b", "*a, b", "(a, b), c", "a, (b, *c)", "[a, b, c]", "a, b, c")
            names = [n for n in "abc" if n in targets]
            self.guarded([f"{targets} = {self.pick(self.expression(2), self.iterable(2))}", f"show({self.fresh()}, ({', '.join(names)},))"])
        elif shape == 11:
            self.guarded([f"values = {self.receiver(self.pick(list, dict, bytearray), 1)}",
                          f"values[{self.subscript(2)}] = {self.pick(self.expression(2), self.iterable(2))}", f"show({self.fresh()}, values)"])
        elif shape == 12:
            self.guarded([f"values = {self.receiver(self.pick(list, dict, bytearray), 1)}", f"del values[{self.subscript(2)}]", f"show({self.fresh()}, values)"])
        elif shape == 13:
            self.loop()
        elif shape == 14:
            self.function()
        elif shape == 15:
            self.cls()
        elif shape == 16:
            self.generator()
        elif shape == 17:
            self.exceptions()
        elif shape == 18:
            self.match()
        elif shape == 19:
            kind = self.pick(list, dict, set, bytearray)
            method = self.random.choice(self.methods[kind])
            self.guarded([f"values = {self.receiver(kind, 1)}", f"show({self.fresh()}, values.{method}({self.arguments(2)}))", f"show({self.fresh()}, values)"])
        elif shape == 20:
            self.guarded([f"assert {self.expression(2)}, {self.expression(2)}"])
        else:
            self.context()

    def loop(self):
        label = self.fresh()
        body = [f"for item in {self.iterable(1)}:", "    count += 1", f"    if count > {self.random.randint(1, 6)}:", f"        {self.pick('break', 'continue', 'pass')}",
                f"    show({label}, {self.pick('item', 'count', 'item, ', '(item, count)').rstrip(', ')})"]
        if self.random.random() < 0.4:
            body += ["else:", f"    print({label}, 'else')"]
        self.guarded(["count = 0"] + body)

    def function(self):
        label = self.fresh()
        parameters = self.pick("a", "a, b=1", "a, /, b", "*a", "**a", "a, *, b", "a, b=2, *c, d=3, **e", "a, /, b=1, *, c")
        names = [n for n in "abcde" if n in parameters]
        self.emit(f"def f{label}({parameters}):")
        self.emit("    '''doc'''")
        if self.random.random() < 0.4:
            self.emit(f"    local = {self.expression(2)}".replace("alpha", "1"))
        self.emit("    def inner(x=1):")
        self.emit(f"        nonlocal {names[0]}")
        self.emit(f"        {names[0]} = ({names[0]}, x)")
        self.emit(f"        return {names[0]}")
        if self.random.random() < 0.5:
            self.emit("    inner(2)")
        self.emit(f"    return {', '.join(names)}, inner()")
        for _ in range(3):
            self.emit(f"attempt({self.fresh()}, lambda: f{label}({self.arguments(1)}))")
        self.emit(f"attempt({self.fresh()}, lambda: (f{label}.__name__, f{label}.__defaults__, f{label}.__kwdefaults__, f{label}.__doc__))")

    def cls(self):
        label = self.fresh()
        base = self.pick("", "(int)", "(list)", "(str)", "(dict)", "(tuple)", "(Exception)", "(float)", "(set)")
        self.emit(f"class C{label}{base}:")
        self.emit(f"    shared = {self.atom()}")
        if self.random.random() < 0.3:
            self.emit(f"    __slots__ = {self.pick('()', repr(('p', 'q')), repr('p'))}")
        methods = [
            ("__repr__", "self", "'C!'"), ("__len__", "self", self.pick("3", "-1", "2.5", "0")), ("__bool__", "self", self.pick("True", "False", "1")),
            ("__eq__", "self, other", self.pick("True", "NotImplemented", "False")), ("__add__", "self, other", self.pick("('add', other)", "NotImplemented")),
            ("__radd__", "self, other", "('radd', other)"), ("__getitem__", "self, key", self.pick("key", "[1, 2, 3][key]")), ("__contains__", "self, item", self.pick("True", "0", "''")),
            ("__call__", "self, *a, **k", "(a, k)"), ("__iter__", "self", self.pick("iter([1, 2])", "1", "self")), ("__next__", "self", "1 / 0"),
            ("__getattr__", "self, name", "('missing', name)"), ("__hash__", "self", self.pick("5", "'x'", "2**70")), ("__index__", "self", self.pick("1", "1.0", "-2")),
            ("__lt__", "self, other", self.pick("True", "NotImplemented")), ("__str__", "self", self.pick("'str'", "5")), ("__format__", "self, spec", "'F' + spec"),
            ("__int__", "self", self.pick("4", "'4'")), ("__float__", "self", self.pick("1.5", "1")), ("__enter__", "self", "self"), ("__exit__", "self, *a", self.pick("True", "False", "None")),
            ("__neg__", "self", "'neg'"), ("__iadd__", "self, other", "'iadd'"), ("__missing__", "self, key", "('missing', key)"), ("__setattr__", "self, n, v", "print('set', n)"),
            ("__delitem__", "self, k", "print('del', k)"), ("__reversed__", "self", "iter('rev')"), ("__matmul__", "self, o", "'mm'"), ("__round__", "self, n=None", "('round', n)"),
        ]
        for name, parameters, value in self.random.sample(methods, self.random.randint(1, 7)):
            self.emit(f"    def {name}({parameters}):")
            self.emit(f"        return {value}")
        if self.random.random() < 0.4:
            self.emit("    @property")
            self.emit("    def prop(self):")
            self.emit(f"        return {self.atom()}")
        if self.random.random() < 0.3:
            self.emit("    @classmethod")
            self.emit("    def make(cls, *a):")
            self.emit("        return cls(*a)")
        self.emit(f"attempt({self.fresh()}, lambda: globals().__setitem__('o', C{label}({self.pick('', '', '1', repr('ab'), '[1, 2]', '1, 2')})))")
        uses = ["o", "str(o)", "len(o)", "bool(o)", "o == 1", "o + 1", "1 + o", "o[0]", "o['k']", "1 in o", "o(1, x=2)", "list(o)", "o.nothing", "[1, 2, 3][o]", "o < o", "f'{o:>9}'", "int(o)", "float(o)",
                "-o", "o.prop", "o.shared", "o @ o", "round(o, 1)", "sorted([o, o])", "list(reversed(o))", "type(o).__mro__[1].__name__", "setattr(o, 'p', 3)", "o.p", "o.make()", "C%d.__name__" % label, "isinstance(o, int)",
                "o.__class__.__name__", "max(o, o)", "o * 2", "'%s %r' % (o, o)", "{o: 1}", "o.__dict__", "dir(o)[:2]", "sum([o, o])", "delattr(o, 'p')", "next(o)", "range(o)", "o.prop == o.shared", "o.__doc__", "operator.index(o)"]
        for use in self.random.sample(uses, 9):
            self.emit(f"attempt({self.fresh()}, lambda: {use})")

    def generator(self):
        label = self.fresh()
        self.emit(f"def g{label}(n):")
        self.emit("    try:")
        self.emit("        for i in range(n):")
        self.emit(f"            sent = yield {self.pick('i', '(i, n)', 'i * 2')}")
        self.emit("            if sent is not None:")
        self.emit("                print('sent', sent)")
        if self.random.random() < 0.5:
            self.emit(f"        yield from {self.iterable(2)}")
        caught = self.pick("ValueError", "KeyError", "(TypeError, GeneratorExit)")
        self.emit(f"    except {caught} as e:")
        self.emit("        print('caught', type(e).__name__, e)")
        if "Exit" not in caught and self.random.random() < 0.5:
            self.emit("        yield 'after'")
        self.emit("    finally:")
        self.emit("        print('finally')")
        self.emit(f"    return {self.atom()}")
        self.guarded([f"g = g{label}({self.pick('0', '1', '3')})", f"show({self.fresh()}, next(g))",
                      self.pick("show(0, g.send(5))", "g.throw(ValueError('v'))", "g.close()", "show(0, list(g))", "show(0, next(g))", "g.throw(KeyError)"),
                      f"show({self.fresh()}, next(g, 'end'))"])
        # When a generator that was left is finished is a matter of the collector.
        self.guarded(["g.close()"])

    def exceptions(self):
        raised = self.pick("ValueError('v', 1)", "KeyError('k')", "StopIteration(3)", "Exception", "OSError(2, 'no')", "1", "None", "UnicodeDecodeError('utf-8', b'x', 0, 1, 'why')", "ExceptionGroup('g', [ValueError(1), KeyError(2)])", "SystemError()", "ZeroDivisionError")
        caught = self.pick("ValueError", "(KeyError, OSError)", "Exception", "LookupError", "ArithmeticError", "int", "BaseException")
        label = self.fresh()
        self.guarded(["try:", f"    raise {raised}{self.pick('', ' from None', ' from KeyError(1)')}", f"except {caught} as e:",
                      f"    show({label}, (type(e).__name__, e.args, type(e.__cause__).__name__, e.__suppress_context__))",
                      self.pick("    raise", "    pass", "    raise TypeError('again')", "    e.add_note('n'); show(0, e.__notes__)"),
                      "else:", "    print('else')", "finally:", f"    print({label}, 'finally')"])

    def match(self):
        label = self.fresh()
        patterns = ["0", "1 | 2", "'a'", "[]", "[x]", "[x, y]", "[x, *rest]", "{'a': x}", "{'a': 1, **rest}", "int()", "str(x)", "(1, [2, x])", "None", "float() as x", "[int(x), _]", "True", "-1", "1.5", "list([x, *_])", "bytes()", "{}"]
        body = [f"match {self.expression(1)}:"]
        for i, pattern in enumerate(self.random.sample(patterns, 5)):
            guard = self.pick("", "", f" if {self.expression(3)}")
            names = [n for n in ("x", "y", "rest") if n in pattern.replace("ex", "")]
            body += [f"    case {pattern}{guard}:", f"        show({label}, ({i}, {', '.join(names)}))"]
        body += ["    case _:", f"        show({label}, 'none')"]
        self.guarded(body)

    def context(self):
        label = self.fresh()
        self.emit(f"class M{label}:")
        self.emit("    def __enter__(self):")
        self.emit(f"        return {self.pick('self', '1', '[1, 2]')}")
        self.emit("    def __exit__(self, kind, value, trace):")
        self.emit(f"        print({label}, 'exit', kind and kind.__name__, value)")
        self.emit(f"        return {self.pick('True', 'False', 'None', '0')}")
        self.guarded([f"with M{label}() as a, M{label}():", f"    show({label}, {self.expression(1)})", "print('out')"])

    def program(self, statements=50):
        self.emit(PRELUDE)
        for name in NAMES:
            self.emit(f"{name} = {self.atom()}")
        for _ in range(statements):
            self.statement()
        return "\n".join(self.lines) + "\n"


PATTERNS = ["a", "[a-c]+", "(\\w)(\\d)?", "x*", "^.", "$", "(?i)HELLO", "\\bthe\\b", "(a|b)*c", "[^a]", "(?P<n>.)(?P=n)", "\\s+", ",", "(?=a)", ".*?o", "(", "[z-a]", "*", "(?<!a)b", "\\d{1,2}"]
#: Reductions, sizes and internals: their results are the implementation's own.
UNCALLED = {"__class__", "__sizeof__", "__reduce__", "__reduce_ex__", "__alloc__", "__dir__", "__subclasshook__", "__init_subclass__", "__new__", "__doc__", "__getattribute__", "__setattr__",
            "__delattr__", "__hash__", "__class_getitem__", "__getstate__", "__getnewargs__", "__init__", "obj", "c_contiguous", "f_contiguous", "contiguous", "strides", "suboffsets",
            "shape", "ndim", "itemsize", "readonly", "nbytes", "real", "imag", "numerator", "denominator", "start", "stop", "step"}
#: Only with small operands: the result may be enormous.
RISKY = {"__mul__", "__rmul__", "__imul__", "__pow__", "__rpow__", "__lshift__", "__rlshift__", "__rshift__", "__rrshift__", "ljust", "rjust", "center", "zfill", "expandtabs", "to_bytes", "__format__"}
