import PythonSyntax

/// Writes an expression as source again, as CPython does for annotations that are kept as text.
struct Unparser {
    /// How tightly an operator binds; a part that binds less is put in parentheses.
    private enum Level: Int {
        case tuple, test, or, and, not, comparison, bitOr, bitXor, bitAnd, shift, arithmetic, term,
            factor, power, await, atom

        var tighter: Level { Level(rawValue: rawValue + 1) ?? .atom }
    }

    private var bytes: [UInt8] = []

    static func text(of expression: Expression) -> Text {
        var unparser = Unparser()
        unparser.write(expression, .test)
        return Text(bytes: unparser.bytes)
    }

    private mutating func write(_ string: String) { bytes += string.utf8 }
    private mutating func write<Parts: Sequence>(
        _ parts: Parts, separator: String = ", ", _ body: (inout Unparser, Parts.Element) -> Void
    ) {
        var isFirst = true
        for part in parts {
            if !isFirst { write(separator) }
            isFirst = false
            body(&self, part)
        }
    }
    private mutating func write(
        _ expressions: [Expression], separator: String = ", ", _ level: Level
    ) {
        write(expressions, separator: separator) { $0.write($1, level) }
    }
    private mutating func parenthesized(if needed: Bool, _ body: (inout Unparser) -> Void) {
        if needed { write("(") }
        body(&self)
        if needed { write(")") }
    }

    private mutating func write(_ expression: Expression, _ level: Level) {
        func isTooTight(_ own: Level) -> Bool { level.rawValue > own.rawValue }
        switch expression.kind {
        case .boolOp(let op, let values):
            let own: Level = op == .and ? .and : .or
            parenthesized(if: isTooTight(own)) {
                $0.write(values, separator: op == .and ? " and " : " or ", own.tighter)
            }
        case .namedExpr(let target, let value):
            parenthesized(if: isTooTight(.tuple)) {
                $0.write(target, .atom)
                $0.write(" := ")
                $0.write(value, .atom)
            }
        case .binOp(let left, let op, let right):
            let own = Unparser.level(op)
            parenthesized(if: isTooTight(own)) {
                $0.write(left, op == .pow ? own.tighter : own)
                $0.write(" \(op.symbol) ")
                $0.write(right, op == .pow ? own : own.tighter)
            }
        case .unaryOp(let op, let operand):
            let own: Level = op == .not ? .not : .factor
            parenthesized(if: isTooTight(own)) {
                $0.write(op.symbol)
                $0.write(operand, own)
            }
        case .lambda(let parameters, let body):
            parenthesized(if: isTooTight(.test)) {
                $0.write("lambda")
                $0.write(parameters)
                $0.write(": ")
                $0.write(body, .test)
            }
        case .ifExp(let test, let body, let orelse):
            parenthesized(if: isTooTight(.test)) {
                $0.write(body, .or)
                $0.write(" if ")
                $0.write(test, .or)
                $0.write(" else ")
                $0.write(orelse, .test)
            }
        case .dict(let keys, let values):
            write("{")
            write(zip(keys, values)) {
                if let key = $1.0 {
                    $0.write(key, .test)
                    $0.write(": ")
                    $0.write($1.1, .test)
                } else {
                    $0.write("**")
                    $0.write($1.1, .bitOr)
                }
            }
            write("}")
        case .set(let elements):
            write("{")
            write(elements, .test)
            write("}")
        case .list(let elements, _):
            write("[")
            write(elements, .test)
            write("]")
        case .tuple(let elements, _):
            parenthesized(if: elements.isEmpty || isTooTight(.tuple)) {
                $0.write(elements, .test)
                if elements.count == 1 { $0.write(",") }
            }
        case .listComp(let element, let generators):
            write("[")
            write(element, .test)
            write(generators)
            write("]")
        case .setComp(let element, let generators):
            write("{")
            write(element, .test)
            write(generators)
            write("}")
        case .generatorExp(let element, let generators):
            write("(")
            write(element, .test)
            write(generators)
            write(")")
        case .dictComp(let key, let value, let generators):
            write("{")
            write(key, .test)
            write(": ")
            write(value, .test)
            write(generators)
            write("}")
        case .await(let value):
            parenthesized(if: isTooTight(.await)) {
                $0.write("await ")
                $0.write(value, .atom)
            }
        case .yield(let value):
            write("(yield")
            if let value {
                write(" ")
                write(value, .test)
            }
            write(")")
        case .yieldFrom(let value):
            write("(yield from ")
            write(value, .test)
            write(")")
        case .compare(let left, let ops, let comparators):
            parenthesized(if: isTooTight(.comparison)) {
                $0.write(left, Level.comparison.tighter)
                for (op, right) in zip(ops, comparators) {
                    $0.write(" \(op.symbol) ")
                    $0.write(right, Level.comparison.tighter)
                }
            }
        case .call(let callee, let arguments, let keywords):
            write(callee, .atom)
            if arguments.count == 1, keywords.isEmpty, case .generatorExp = arguments[0].kind {
                return write(arguments[0], .test)
            }
            write("(")
            write(arguments, .test)
            if !arguments.isEmpty && !keywords.isEmpty { write(", ") }
            write(keywords) {
                $0.write($1.arg.map { "\($0)=" } ?? "**")
                $0.write($1.value, .test)
            }
            write(")")
        case .joinedStr(let parts):
            var inner = Unparser()
            for part in parts { inner.writePart(part) }
            write("f")
            bytes += Literal.text(inner.bytes)
        case .formattedValue:
            var inner = Unparser()
            inner.writePart(expression)
            write("f")
            bytes += Literal.text(inner.bytes)
        case .constant(let value, let unicodePrefix):
            if unicodePrefix { write("u") }
            bytes += Literal.constant(value)
        case .attribute(let object, let name, _):
            write(object, .atom)
            if case .constant(.int, _) = object.kind { write(" ") }
            write(".\(name)")
        case .subscript(let object, let index, _):
            write(object, .atom)
            write("[")
            write(index, .tuple)
            write("]")
        case .starred(let value, _):
            write("*")
            write(value, .bitOr)
        case .name(let id, _):
            write(id)
        case .slice(let lower, let upper, let step):
            if let lower { write(lower, .test) }
            write(":")
            if let upper { write(upper, .test) }
            if let step {
                write(":")
                write(step, .test)
            }
        }
    }

    private static func level(_ op: BinaryOperator) -> Level {
        switch op {
        case .add, .sub: .arithmetic
        case .mult, .matMult, .div, .mod, .floorDiv: .term
        case .lShift, .rShift: .shift
        case .bitOr: .bitOr
        case .bitXor: .bitXor
        case .bitAnd: .bitAnd
        case .pow: .power
        }
    }

    private mutating func write(_ generators: [Comprehension]) {
        for generator in generators {
            write(generator.isAsync ? " async for " : " for ")
            write(generator.target, .tuple)
            write(" in ")
            write(generator.iter, .or)
            for test in generator.ifs {
                write(" if ")
                write(test, .or)
            }
        }
    }

    private mutating func write(_ parameters: Arguments) {
        var parts: [(text: String, value: Expression?)] = []
        let positional = parameters.posonlyargs + parameters.args
        let plain = positional.count - parameters.defaults.count
        for (i, parameter) in positional.enumerated() {
            parts.append((parameter.arg, i < plain ? nil : parameters.defaults[i - plain]))
            if i == parameters.posonlyargs.count - 1 { parts.append(("/", nil)) }
        }
        if let parameter = parameters.vararg {
            parts.append(("*" + parameter.arg, nil))
        } else if !parameters.kwonlyargs.isEmpty {
            parts.append(("*", nil))
        }
        for (parameter, value) in zip(parameters.kwonlyargs, parameters.kwDefaults) {
            parts.append((parameter.arg, value))
        }
        if let parameter = parameters.kwarg { parts.append(("**" + parameter.arg, nil)) }
        if !positional.isEmpty { write(" ") }
        write(parts) {
            $0.write($1.text)
            if let value = $1.value {
                $0.write("=")
                $0.write(value, .test)
            }
        }
    }

    /// A part of the inside of an f-string.
    private mutating func writePart(_ part: Expression) {
        switch part.kind {
        case .constant(.str(let text), _):
            for byte in text.bytes {
                bytes.append(byte)
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { bytes.append(byte) }
            }
        case .joinedStr(let parts):
            for part in parts { writePart(part) }
        case .formattedValue(let value, let conversion, let spec):
            var inner = Unparser()
            inner.write(value, .or)
            write(inner.bytes.first == UInt8(ascii: "{") ? "{ " : "{")
            bytes += inner.bytes
            switch conversion {
            case .none: break
            case .str: write("!s")
            case .repr: write("!r")
            case .ascii: write("!a")
            }
            if let spec {
                write(":")
                writePart(spec)
            }
            write("}")
        default: write(part, .test)
        }
    }
}

extension BinaryOperator {
    fileprivate var symbol: String {
        switch self {
        case .add: "+"
        case .sub: "-"
        case .mult: "*"
        case .matMult: "@"
        case .div: "/"
        case .mod: "%"
        case .pow: "**"
        case .lShift: "<<"
        case .rShift: ">>"
        case .bitOr: "|"
        case .bitXor: "^"
        case .bitAnd: "&"
        case .floorDiv: "//"
        }
    }
}

extension UnaryOperator {
    fileprivate var symbol: String {
        switch self {
        case .invert: "~"
        case .not: "not "
        case .uAdd: "+"
        case .uSub: "-"
        }
    }
}

extension ComparisonOperator {
    fileprivate var symbol: String {
        switch self {
        case .eq: "=="
        case .notEq: "!="
        case .lt: "<"
        case .ltE: "<="
        case .gt: ">"
        case .gtE: ">="
        case .is: "is"
        case .isNot: "is not"
        case .in: "in"
        case .notIn: "not in"
        }
    }
}
