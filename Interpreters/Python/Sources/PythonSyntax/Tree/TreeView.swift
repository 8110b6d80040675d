/// A tree without its types: nodes by name, with the fields of `ast` in their order. What prints
/// trees or hands them to guests needs no `switch` over the kinds of nodes.
public indirect enum TreeView {
    public struct Node {
        /// `BinOp`.
        public var name: String
        public var fields: [(String, TreeView)]
        /// Of expressions, statements, patterns and some of their parts.
        public var span: Span?
    }
    case node(Node)
    case list([TreeView])
    case identifier(String)
    case integer(Int)
    case constant(Constant)
    /// None, in an optional field or in a list.
    case absent

    init(_ name: String, _ span: Span?, _ fields: [(String, TreeView)] = []) {
        self = .node(Node(name: name, fields: fields, span: span))
    }
    private static func mark(_ name: String) -> TreeView { TreeView(name, nil) }
    private static func name(_ name: String?) -> TreeView {
        name.map { .identifier($0) } ?? .absent
    }
    private static func names(_ names: [String]) -> TreeView {
        .list(names.map { .identifier($0) })
    }

    // MARK: Modules and statements

    public init(_ module: Module) {
        switch module.content {
        case .module(let body):
            self.init("Module", nil, [("body", .body(body)), ("type_ignores", .list([]))])
        case .interactive(let body): self.init("Interactive", nil, [("body", .body(body))])
        case .expression(let body): self.init("Expression", nil, [("body", .init(body))])
        }
    }

    private static func body(_ statements: [Statement]) -> TreeView {
        .list(statements.map { TreeView($0) })
    }

    public init(_ statement: Statement) {
        let (name, fields) = TreeView.parts(statement.kind)
        self.init(name, statement.span, fields)
    }

    private static func parts(_ kind: Statement.Kind) -> (String, [(String, TreeView)]) {
        switch kind {
        case .functionDef(let function): ("FunctionDef", fields(function))
        case .asyncFunctionDef(let function): ("AsyncFunctionDef", fields(function))
        case .classDef(let definition):
            (
                "ClassDef",
                [
                    ("name", .identifier(definition.name)),
                    ("bases", .all(definition.bases)),
                    ("keywords", .list(definition.keywords.map { TreeView($0) })),
                    ("body", .body(definition.body)),
                    ("decorator_list", .all(definition.decoratorList)),
                ]
            )
        case .return(let value): ("Return", [("value", .maybe(value))])
        case .delete(let targets): ("Delete", [("targets", .all(targets))])
        case .assign(let targets, let value):
            ("Assign", [("targets", .all(targets)), ("value", .init(value))])
        case .augAssign(let target, let op, let value):
            (
                "AugAssign",
                [("target", .init(target)), ("op", .mark(op.className)), ("value", .init(value))]
            )
        case .annAssign(let target, let annotation, let value, let simple):
            (
                "AnnAssign",
                [
                    ("target", .init(target)), ("annotation", .init(annotation)),
                    ("value", .maybe(value)), ("simple", .integer(simple ? 1 : 0)),
                ]
            )
        case .for(let target, let iter, let body, let orelse):
            ("For", loop(target, iter, body, orelse))
        case .asyncFor(let target, let iter, let body, let orelse):
            ("AsyncFor", loop(target, iter, body, orelse))
        case .while(let test, let body, let orelse):
            ("While", [("test", .init(test)), ("body", .body(body)), ("orelse", .body(orelse))])
        case .if(let test, let body, let orelse):
            ("If", [("test", .init(test)), ("body", .body(body)), ("orelse", .body(orelse))])
        case .with(let items, let body): ("With", with(items, body))
        case .asyncWith(let items, let body): ("AsyncWith", with(items, body))
        case .match(let subject, let cases):
            ("Match", [("subject", .init(subject)), ("cases", .list(cases.map { TreeView($0) }))])
        case .raise(let exc, let cause):
            ("Raise", [("exc", .maybe(exc)), ("cause", .maybe(cause))])
        case .try(let body, let handlers, let orelse, let finalbody):
            ("Try", handling(body, handlers, orelse, finalbody))
        case .tryStar(let body, let handlers, let orelse, let finalbody):
            ("TryStar", handling(body, handlers, orelse, finalbody))
        case .assert(let test, let msg):
            ("Assert", [("test", .init(test)), ("msg", .maybe(msg))])
        case .import(let names): ("Import", [("names", .list(names.map { TreeView($0) }))])
        case .importFrom(let module, let names, let level):
            (
                "ImportFrom",
                [
                    ("module", .name(module)), ("names", .list(names.map { TreeView($0) })),
                    ("level", .integer(level)),
                ]
            )
        case .global(let names): ("Global", [("names", .names(names))])
        case .nonlocal(let names): ("Nonlocal", [("names", .names(names))])
        case .expr(let value): ("Expr", [("value", .init(value))])
        case .pass: ("Pass", [])
        case .break: ("Break", [])
        case .continue: ("Continue", [])
        }
    }

    private static func fields(_ function: FunctionDef) -> [(String, TreeView)] {
        [
            ("name", .identifier(function.name)), ("args", .init(function.args)),
            ("body", .body(function.body)), ("decorator_list", .all(function.decoratorList)),
            ("returns", .maybe(function.returns)),
        ]
    }
    private static func loop(
        _ target: Expression, _ iter: Expression, _ body: [Statement], _ orelse: [Statement]
    ) -> [(String, TreeView)] {
        [
            ("target", .init(target)), ("iter", .init(iter)), ("body", .body(body)),
            ("orelse", .body(orelse)),
        ]
    }
    private static func with(_ items: [WithItem], _ body: [Statement]) -> [(String, TreeView)] {
        let views = items.map {
            TreeView(
                "withitem", nil,
                [
                    ("context_expr", .init($0.contextExpr)),
                    ("optional_vars", .maybe($0.optionalVars)),
                ])
        }
        return [("items", .list(views)), ("body", .body(body))]
    }
    private static func handling(
        _ body: [Statement], _ handlers: [ExceptHandler], _ orelse: [Statement],
        _ finalbody: [Statement]
    ) -> [(String, TreeView)] {
        let views = handlers.map {
            TreeView(
                "ExceptHandler", $0.span,
                [("type", .maybe($0.type)), ("name", .name($0.name)), ("body", .body($0.body))])
        }
        return [
            ("body", .body(body)), ("handlers", .list(views)), ("orelse", .body(orelse)),
            ("finalbody", .body(finalbody)),
        ]
    }

    // MARK: Parts of statements

    init(_ alias: Alias) {
        self.init(
            "alias", alias.span,
            [("name", .identifier(alias.name)), ("asname", .name(alias.asname))])
    }
    init(_ keyword: Keyword) {
        self.init(
            "keyword", keyword.span, [("arg", .name(keyword.arg)), ("value", .init(keyword.value))])
    }
    init(_ argument: Argument) {
        self.init(
            "arg", argument.span,
            [("arg", .identifier(argument.arg)), ("annotation", .maybe(argument.annotation))])
    }
    init(_ arguments: Arguments) {
        func all(_ list: [Argument]) -> TreeView { .list(list.map { TreeView($0) }) }
        self.init(
            "arguments", nil,
            [
                ("posonlyargs", all(arguments.posonlyargs)), ("args", all(arguments.args)),
                ("vararg", arguments.vararg.map { .init($0) } ?? .absent),
                ("kwonlyargs", all(arguments.kwonlyargs)),
                ("kw_defaults", .list(arguments.kwDefaults.map { .maybe($0) })),
                ("kwarg", arguments.kwarg.map { .init($0) } ?? .absent),
                ("defaults", .all(arguments.defaults)),
            ])
    }
    init(_ matchCase: MatchCase) {
        self.init(
            "match_case", nil,
            [
                ("pattern", .init(matchCase.pattern)), ("guard", .maybe(matchCase.guard)),
                ("body", .body(matchCase.body)),
            ])
    }

    init(_ pattern: Pattern) {
        func all(_ patterns: [Pattern]) -> TreeView { .list(patterns.map { TreeView($0) }) }
        let name: String
        let fields: [(String, TreeView)]
        switch pattern.kind {
        case .matchValue(let value): (name, fields) = ("MatchValue", [("value", .init(value))])
        case .matchSingleton(let value):
            (name, fields) = ("MatchSingleton", [("value", .constant(value))])
        case .matchSequence(let patterns):
            (name, fields) = ("MatchSequence", [("patterns", all(patterns))])
        case .matchMapping(let keys, let patterns, let rest):
            name = "MatchMapping"
            fields = [("keys", .all(keys)), ("patterns", all(patterns)), ("rest", .name(rest))]
        case .matchClass(let cls, let patterns, let kwdAttrs, let kwdPatterns):
            name = "MatchClass"
            fields = [
                ("cls", .init(cls)), ("patterns", all(patterns)), ("kwd_attrs", .names(kwdAttrs)),
                ("kwd_patterns", all(kwdPatterns)),
            ]
        case .matchStar(let star): (name, fields) = ("MatchStar", [("name", .name(star))])
        case .matchAs(let inner, let capture):
            name = "MatchAs"
            fields = [
                ("pattern", inner.map { .init($0) } ?? .absent), ("name", .name(capture)),
            ]
        case .matchOr(let patterns): (name, fields) = ("MatchOr", [("patterns", all(patterns))])
        }
        self.init(name, pattern.span, fields)
    }

    // MARK: Expressions

    private static func maybe(_ value: Expression?) -> TreeView {
        value.map { .init($0) } ?? .absent
    }
    private static func all(_ values: [Expression]) -> TreeView {
        .list(values.map { TreeView($0) })
    }

    public init(_ expression: Expression) {
        let (name, fields) = TreeView.parts(expression.kind)
        self.init(name, expression.span, fields)
    }

    private static func parts(_ kind: Expression.Kind) -> (String, [(String, TreeView)]) {
        switch kind {
        case .boolOp(let op, let values):
            ("BoolOp", [("op", .mark(op == .and ? "And" : "Or")), ("values", .all(values))])
        case .namedExpr(let target, let value):
            ("NamedExpr", [("target", .init(target)), ("value", .init(value))])
        case .binOp(let left, let op, let right):
            (
                "BinOp",
                [("left", .init(left)), ("op", .mark(op.className)), ("right", .init(right))]
            )
        case .unaryOp(let op, let operand):
            ("UnaryOp", [("op", .mark(op.className)), ("operand", .init(operand))])
        case .lambda(let args, let body):
            ("Lambda", [("args", .init(args)), ("body", .init(body))])
        case .ifExp(let test, let body, let orelse):
            ("IfExp", [("test", .init(test)), ("body", .init(body)), ("orelse", .init(orelse))])
        case .dict(let keys, let values):
            ("Dict", [("keys", .list(keys.map { .maybe($0) })), ("values", .all(values))])
        case .set(let elts): ("Set", [("elts", .all(elts))])
        case .listComp(let elt, let generators):
            ("ListComp", [("elt", .init(elt)), ("generators", clauses(generators))])
        case .setComp(let elt, let generators):
            ("SetComp", [("elt", .init(elt)), ("generators", clauses(generators))])
        case .dictComp(let key, let value, let generators):
            (
                "DictComp",
                [
                    ("key", .init(key)), ("value", .init(value)),
                    ("generators", clauses(generators)),
                ]
            )
        case .generatorExp(let elt, let generators):
            ("GeneratorExp", [("elt", .init(elt)), ("generators", clauses(generators))])
        case .await(let value): ("Await", [("value", .init(value))])
        case .yield(let value): ("Yield", [("value", .maybe(value))])
        case .yieldFrom(let value): ("YieldFrom", [("value", .init(value))])
        case .compare(let left, let ops, let comparators):
            (
                "Compare",
                [
                    ("left", .init(left)), ("ops", .list(ops.map { .mark($0.className) })),
                    ("comparators", .all(comparators)),
                ]
            )
        case .call(let function, let args, let keywords):
            (
                "Call",
                [
                    ("func", .init(function)), ("args", .all(args)),
                    ("keywords", .list(keywords.map { TreeView($0) })),
                ]
            )
        case .formattedValue(let value, let conversion, let formatSpec):
            (
                "FormattedValue",
                [
                    ("value", .init(value)), ("conversion", .integer(conversion.code)),
                    ("format_spec", .maybe(formatSpec)),
                ]
            )
        case .joinedStr(let values): ("JoinedStr", [("values", .all(values))])
        case .constant(let value, let unicodePrefix):
            (
                "Constant",
                [
                    ("value", .constant(value)),
                    ("kind", unicodePrefix ? .identifier("u") : .absent),
                ]
            )
        case .attribute(let value, let attr, let context):
            (
                "Attribute",
                [("value", .init(value)), ("attr", .identifier(attr)), ("ctx", .context(context))]
            )
        case .subscript(let value, let slice, let context):
            (
                "Subscript",
                [("value", .init(value)), ("slice", .init(slice)), ("ctx", .context(context))]
            )
        case .starred(let value, let context):
            ("Starred", [("value", .init(value)), ("ctx", .context(context))])
        case .name(let id, let context):
            ("Name", [("id", .identifier(id)), ("ctx", .context(context))])
        case .list(let elts, let context):
            ("List", [("elts", .all(elts)), ("ctx", .context(context))])
        case .tuple(let elts, let context):
            ("Tuple", [("elts", .all(elts)), ("ctx", .context(context))])
        case .slice(let lower, let upper, let step):
            (
                "Slice",
                [("lower", .maybe(lower)), ("upper", .maybe(upper)), ("step", .maybe(step))]
            )
        }
    }

    private static func context(_ context: ExpressionContext) -> TreeView {
        .mark(context == .load ? "Load" : context == .store ? "Store" : "Del")
    }
    private static func clauses(_ generators: [Comprehension]) -> TreeView {
        .list(
            generators.map {
                TreeView(
                    "comprehension", nil,
                    [
                        ("target", .init($0.target)), ("iter", .init($0.iter)),
                        ("ifs", .all($0.ifs)), ("is_async", .integer($0.isAsync ? 1 : 0)),
                    ])
            })
    }
}

extension BinaryOperator {
    /// Of its node in `ast`.
    public var className: String {
        switch self {
        case .add: "Add"
        case .sub: "Sub"
        case .mult: "Mult"
        case .matMult: "MatMult"
        case .div: "Div"
        case .mod: "Mod"
        case .pow: "Pow"
        case .lShift: "LShift"
        case .rShift: "RShift"
        case .bitOr: "BitOr"
        case .bitXor: "BitXor"
        case .bitAnd: "BitAnd"
        case .floorDiv: "FloorDiv"
        }
    }
}

extension UnaryOperator {
    public var className: String {
        switch self {
        case .invert: "Invert"
        case .not: "Not"
        case .uAdd: "UAdd"
        case .uSub: "USub"
        }
    }
}

extension ComparisonOperator {
    public var className: String {
        switch self {
        case .eq: "Eq"
        case .notEq: "NotEq"
        case .lt: "Lt"
        case .ltE: "LtE"
        case .gt: "Gt"
        case .gtE: "GtE"
        case .is: "Is"
        case .isNot: "IsNot"
        case .in: "In"
        case .notIn: "NotIn"
        }
    }
}

extension Expression.Conversion {
    /// As `FormattedValue` has it: the letter's code, or -1.
    public var code: Int {
        switch self {
        case .none: -1
        case .str: 115
        case .repr: 114
        case .ascii: 97
        }
    }
}
