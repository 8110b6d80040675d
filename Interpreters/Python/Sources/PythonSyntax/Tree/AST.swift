/// The abstract syntax of Python 3.11, node for node and field for field that of CPython's `ast`
/// module, in Swift spelling: `ast.BinOp(left, op, right)` is `.binOp(left:op:right:)`.
///
/// A node is a final class of a ``Span`` and a `kind`, so that it has an identity (``SymbolTable``
/// finds a scope by the node that opens it) and a compiler is a `switch` over `kind`. Parts that
/// are no nodes of their own right (arguments, aliases, handlers) are structs.
///
/// A1  Children lie inside the span of their parent, except decorators, which lie before it.
/// A2  `context` of a target is `.store` or `.del` all the way down through tuples, lists and
///     stars; of everything else `.load`.
/// A3  An `elif` is an `if` alone in the `orelse` of the one before. Chains of them, and chains of
///     operators, attributes and calls, are up to 2900 nodes deep; other expressions nest at most
///     1000 levels. ``NativeStack`` is for walks that recurse on them.

/// A range of source: lines from 1, columns in UTF-8 bytes from 0, as `lineno`, `col_offset`,
/// `end_lineno` and `end_col_offset`.
public struct Span: Hashable, Sendable, BitwiseCopyable {
    public var line: Int32
    public var column: Int32
    public var endLine: Int32
    public var endColumn: Int32

    public init(line: Int32, column: Int32, endLine: Int32, endColumn: Int32) {
        self.line = line
        self.column = column
        self.endLine = endLine
        self.endColumn = endColumn
    }
    /// From the start of one node to the end of another.
    public init(_ first: Span, to last: Span) {
        self.init(
            line: first.line, column: first.column, endLine: last.endLine,
            endColumn: last.endColumn)
    }
}

/// What the text is: a whole file, one statement typed at the prompt, or an expression.
public enum ParseMode: Sendable { case file, single, eval }

/// The root of a tree.
public final class Module {
    public enum Content {
        /// `ast.Module`, of a file.
        case module(body: [Statement])
        /// `ast.Interactive`, of a statement typed at the prompt.
        case interactive(body: [Statement])
        /// `ast.Expression`, of an argument of `eval`.
        case expression(body: Expression)
    }
    public let content: Content

    public init(_ content: Content) { self.content = content }

    /// The statements; none in an expression.
    public var body: [Statement] {
        switch content {
        case .module(let body), .interactive(let body): body
        case .expression: []
        }
    }
}

/// Whether an expression is read, bound or deleted.
public enum ExpressionContext: UInt8, Sendable { case load, store, del }

public enum BoolOperator: UInt8, Sendable { case and, or }

public enum BinaryOperator: UInt8, Sendable, CaseIterable {
    case add, sub, mult, matMult, div, mod, pow, lShift, rShift, bitOr, bitXor, bitAnd, floorDiv
}

public enum UnaryOperator: UInt8, Sendable { case invert, not, uAdd, uSub }

public enum ComparisonOperator: UInt8, Sendable, CaseIterable {
    case eq, notEq, lt, ltE, gt, gtE, `is`, isNot, `in`, notIn
}

/// A literal's value.
public enum Constant: Equatable, Sendable {
    case none
    case `true`
    case `false`
    case ellipsis
    /// An integer of at most 61 bits; literals have no sign.
    case int(Int)
    /// A larger integer: lower-case hexadecimal digits without leading zeros.
    case bigInt(hex: String)
    case float(Double)
    /// `1.5j`: a complex number with real part zero.
    case imaginary(Double)
    case str(Text)
    case bytes([UInt8])
}

/// A string literal's value: any sequence of code points, lone surrogates included.
public struct Text: Hashable, Sendable {
    /// UTF-8, with lone surrogates encoded as if they were scalars (WTF-8). Always well formed.
    public var bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }
    public init(_ string: String) { bytes = Array(string.utf8) }

    /// The text as a string; lone surrogates become replacement characters.
    public var string: String { String(decoding: bytes, as: UTF8.self) }
}

public final class Statement {
    public enum Kind {
        case functionDef(FunctionDef)
        case asyncFunctionDef(FunctionDef)
        case classDef(ClassDef)
        case `return`(value: Expression?)
        case delete(targets: [Expression])
        case assign(targets: [Expression], value: Expression)
        case augAssign(target: Expression, op: BinaryOperator, value: Expression)
        /// `simple`: the target is a name without parentheses.
        case annAssign(target: Expression, annotation: Expression, value: Expression?, simple: Bool)
        case `for`(
            target: Expression, iter: Expression, body: [Statement], orelse: [Statement])
        case asyncFor(
            target: Expression, iter: Expression, body: [Statement], orelse: [Statement])
        case `while`(test: Expression, body: [Statement], orelse: [Statement])
        case `if`(test: Expression, body: [Statement], orelse: [Statement])
        case with(items: [WithItem], body: [Statement])
        case asyncWith(items: [WithItem], body: [Statement])
        case match(subject: Expression, cases: [MatchCase])
        case raise(exc: Expression?, cause: Expression?)
        case `try`(
            body: [Statement], handlers: [ExceptHandler], orelse: [Statement],
            finalbody: [Statement])
        /// `except*`.
        case tryStar(
            body: [Statement], handlers: [ExceptHandler], orelse: [Statement],
            finalbody: [Statement])
        case assert(test: Expression, msg: Expression?)
        case `import`(names: [Alias])
        /// `module` is nil in `from . import x`; `level` counts the leading dots. A star is one
        /// alias named `*`.
        case importFrom(module: String?, names: [Alias], level: Int)
        case global(names: [String])
        case nonlocal(names: [String])
        case expr(value: Expression)
        case pass
        case `break`
        case `continue`
    }
    public let span: Span
    public let kind: Kind

    public init(_ kind: Kind, _ span: Span) {
        self.kind = kind
        self.span = span
    }
}

/// `def` and `async def`. The statement's span starts at `def` or `async`, after the decorators.
public final class FunctionDef {
    public let name: String
    public let args: Arguments
    public let body: [Statement]
    public let decoratorList: [Expression]
    public let returns: Expression?

    public init(
        name: String, args: Arguments, body: [Statement], decoratorList: [Expression],
        returns: Expression?
    ) {
        self.name = name
        self.args = args
        self.body = body
        self.decoratorList = decoratorList
        self.returns = returns
    }
}

public final class ClassDef {
    public let name: String
    public let bases: [Expression]
    public let keywords: [Keyword]
    public let body: [Statement]
    public let decoratorList: [Expression]

    public init(
        name: String, bases: [Expression], keywords: [Keyword], body: [Statement],
        decoratorList: [Expression]
    ) {
        self.name = name
        self.bases = bases
        self.keywords = keywords
        self.body = body
        self.decoratorList = decoratorList
    }
}

/// The parameters of a function or a lambda.
public final class Arguments {
    public let posonlyargs: [Argument]
    public let args: [Argument]
    public let vararg: Argument?
    public let kwonlyargs: [Argument]
    /// One entry for each of `kwonlyargs`; nil where there is no default.
    public let kwDefaults: [Expression?]
    public let kwarg: Argument?
    /// Of the last positional parameters (`posonlyargs`, then `args`).
    public let defaults: [Expression]

    public init(
        posonlyargs: [Argument] = [], args: [Argument] = [], vararg: Argument? = nil,
        kwonlyargs: [Argument] = [], kwDefaults: [Expression?] = [], kwarg: Argument? = nil,
        defaults: [Expression] = []
    ) {
        self.posonlyargs = posonlyargs
        self.args = args
        self.vararg = vararg
        self.kwonlyargs = kwonlyargs
        self.kwDefaults = kwDefaults
        self.kwarg = kwarg
        self.defaults = defaults
    }
}

/// A parameter.
public struct Argument {
    public var arg: String
    public var annotation: Expression?
    public var span: Span
}

/// `arg=value` in a call or a class statement; `arg` is nil for `**value`.
public struct Keyword {
    public var arg: String?
    public var value: Expression
    public var span: Span
}

/// `name as asname` in an import.
public struct Alias {
    /// Dotted in `import a.b`; `*` in `from a import *`.
    public var name: String
    public var asname: String?
    public var span: Span
}

/// `contextExpr as optionalVars`.
public struct WithItem {
    public var contextExpr: Expression
    public var optionalVars: Expression?
}

/// `except type as name:`.
public struct ExceptHandler {
    public var type: Expression?
    public var name: String?
    public var body: [Statement]
    public var span: Span
}

/// `case pattern if guard:`.
public struct MatchCase {
    public var pattern: Pattern
    public var `guard`: Expression?
    public var body: [Statement]
}

/// `for target in iter if ifs...` in a comprehension.
public struct Comprehension {
    public var target: Expression
    public var iter: Expression
    public var ifs: [Expression]
    public var isAsync: Bool
}

public final class Expression {
    public enum Kind {
        case boolOp(op: BoolOperator, values: [Expression])
        /// `target := value`; the target is a name.
        case namedExpr(target: Expression, value: Expression)
        case binOp(left: Expression, op: BinaryOperator, right: Expression)
        case unaryOp(op: UnaryOperator, operand: Expression)
        case lambda(args: Arguments, body: Expression)
        case ifExp(test: Expression, body: Expression, orelse: Expression)
        /// A nil key stands before the value of `**value`.
        case dict(keys: [Expression?], values: [Expression])
        case set(elts: [Expression])
        case listComp(elt: Expression, generators: [Comprehension])
        case setComp(elt: Expression, generators: [Comprehension])
        case dictComp(key: Expression, value: Expression, generators: [Comprehension])
        case generatorExp(elt: Expression, generators: [Comprehension])
        case await(value: Expression)
        case yield(value: Expression?)
        case yieldFrom(value: Expression)
        /// `left ops[0] comparators[0] ops[1] comparators[1] ...`.
        case compare(left: Expression, ops: [ComparisonOperator], comparators: [Expression])
        case call(func: Expression, args: [Expression], keywords: [Keyword])
        /// `{value!r:formatSpec}` of an f-string; `formatSpec` is a `joinedStr`.
        case formattedValue(value: Expression, conversion: Conversion, formatSpec: Expression?)
        case joinedStr(values: [Expression])
        /// `unicodePrefix`: the first literal was written `u"..."` (`kind='u'`).
        case constant(value: Constant, unicodePrefix: Bool)
        case attribute(value: Expression, attr: String, context: ExpressionContext)
        case `subscript`(value: Expression, slice: Expression, context: ExpressionContext)
        case starred(value: Expression, context: ExpressionContext)
        case name(id: String, context: ExpressionContext)
        case list(elts: [Expression], context: ExpressionContext)
        case tuple(elts: [Expression], context: ExpressionContext)
        case slice(lower: Expression?, upper: Expression?, step: Expression?)
    }

    /// What `!s`, `!r` and `!a` ask for.
    public enum Conversion: UInt8, Sendable { case none, str, repr, ascii }

    public internal(set) var span: Span
    public internal(set) var kind: Kind

    public init(_ kind: Kind, _ span: Span) {
        self.kind = kind
        self.span = span
    }
}

/// What stands after `case`.
public final class Pattern {
    public enum Kind {
        /// A literal or a dotted name, compared with `==`.
        case matchValue(value: Expression)
        /// None, True or False, compared with `is`.
        case matchSingleton(value: Constant)
        case matchSequence(patterns: [Pattern])
        case matchMapping(keys: [Expression], patterns: [Pattern], rest: String?)
        case matchClass(
            cls: Expression, patterns: [Pattern], kwdAttrs: [String], kwdPatterns: [Pattern])
        /// `*name`; nil is `*_`.
        case matchStar(name: String?)
        /// `pattern as name`, `name`, or the wildcard (both nil).
        case matchAs(pattern: Pattern?, name: String?)
        case matchOr(patterns: [Pattern])
    }
    public let span: Span
    public let kind: Kind

    public init(_ kind: Kind, _ span: Span) {
        self.kind = kind
        self.span = span
    }
}
