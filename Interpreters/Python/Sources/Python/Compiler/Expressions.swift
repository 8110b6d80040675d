import PythonSyntax

/// Expressions: their value into a register, or for the effect only.
extension Compiler {
    /// Evaluates `expression` into r[result] (C1).
    mutating func value(
        _ expression: Expression, into result: Int
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        let span = expression.span
        if let constant = expression.folded { return load(constant, into: result, at: span) }
        switch expression.kind {
        case .constant:
            break  // folded
        case .name(let id, _):
            load(id, into: result, at: span)
        case .namedExpr(let target, let value):
            move(try namedExpression(target, value), into: result, at: span)
        case .boolOp(let op, let values):
            try boolean(op, values, into: result, at: span)
        case .binOp(let left, let op, let right):
            if let parts = PercentFolding.parts(left, op, right) {
                return try joinedString(parts, into: result, at: span)
            }
            let a = try operand(left, before: [right])
            try arithmetic(op, a, right, into: result, at: span)
        case .unaryOp(let op, let operand):
            let opcode: Opcode =
                switch op {
                case .invert: .invert
                case .not: .not
                case .uAdd: .positive
                case .uSub: .negative
                }
            code.emit(opcode, a: result, b: try self.operand(operand), at: span)
        case .lambda(let parameters, let body):
            try lambda(parameters, body, expression, into: result)
        case .ifExp(let test, let body, let orelse):
            let (no, end) = (code.label(), code.label())
            try condition(test, is: false, to: no)
            try value(body, into: result)
            code.jump(to: end, at: span)
            code.place(no)
            try value(orelse, into: result)
            code.place(end)
        case .compare(let left, let ops, let comparators):
            try comparison(left, ops, comparators, into: result, at: span)
        case .call(let callee, let arguments, let keywords):
            try call(callee, arguments, keywords, into: result, at: span)
        case .attribute(let object, let name, _):
            let object = try operand(object)
            let span = attributeSpan(expression)
            code.emit(
                .loadAttribute, a: result, b: object, c: code.name(mangled(name)), at: span)
            code.emit(at: span)
        case .subscript(let object, let index, _):
            try item(object, index, into: result, at: span)
        case .slice(let lower, let upper, let step):
            let parts = code.push(3)
            for (i, part) in [lower, upper, step].enumerated() {
                if let part {
                    try value(part, into: parts + i)
                } else {
                    load(.none, into: parts + i, at: span)
                }
            }
            code.emit(.buildSlice, a: result, b: parts, at: span)
        case .tuple(let elements, _):
            try display(.tuple, elements, into: result, at: span)
        case .list(let elements, _):
            try display(.list, elements, into: result, at: span)
        case .set(let elements):
            try display(.set, elements, into: result, at: span)
        case .dict(let keys, let values):
            try dictionary(keys, values, into: result, at: span)
        case .listComp, .setComp, .dictComp, .generatorExp:
            try comprehension(expression, into: result)
        case .joinedStr(let parts):
            try joinedString(parts, into: result, at: span)
        case .formattedValue(let value, let conversion, let spec):
            try formattedValue(value, conversion, spec, into: result, at: span)
        case .await(let awaited):
            try awaitExpression(awaited, into: result, at: span)
        case .yield(let yielded):
            try yieldExpression(yielded, into: result, at: span)
        case .yieldFrom(let iterable):
            try yieldFrom(iterable, into: result, at: span)
        case .starred:
            throw error("can't use starred expression here", at: span)
        }
    }

    /// Evaluates for the effect, or the exception.
    mutating func effect(_ expression: Expression) throws(PythonSyntaxError) {
        if expression.folded != nil { return }
        let mark = code.top
        defer { code.top = mark }
        switch expression.kind {
        case .namedExpr(let target, let value):
            _ = try namedExpression(target, value)
        case .boolOp, .unaryOp(.not, _), .compare:
            _ = try operand(expression)
        case .ifExp(let test, let body, let orelse):
            let (no, end) = (code.label(), code.label())
            try condition(test, is: false, to: no)
            try effect(body)
            code.jump(to: end, at: expression.span)
            code.place(no)
            try effect(orelse)
            code.place(end)
        default:
            _ = try operand(expression)
        }
    }

    /// A register with the value: the variable's own if `later`, evaluated before it is used,
    /// cannot bind it (C3), else a new temporary.
    mutating func operand(
        _ expression: Expression, before later: [Expression] = []
    ) throws(PythonSyntaxError) -> Int {
        if let constant = expression.folded { return operand(constant, at: expression.span) }
        switch expression.kind {
        case .name(let id, _):
            if case .register(let register) = place(of: id),
                !later.contains(where: \.binds)
            {
                checkBound(register, id, at: expression.span)
                return register
            }
        case .namedExpr(let target, let value) where !later.contains(where: \.binds):
            return try namedExpression(target, value)
        default: break
        }
        let register = code.push()
        try value(expression, into: register)
        return register
    }

    /// A register with the constant, for reading only.
    mutating func operand(_ constant: Constant, at span: Span) -> Int {
        if let register = loopConstants.registers[constant] { return register }
        let register = code.push()
        load(constant, into: register, at: span)
        return register
    }

    /// A temporary, not the register of a variable.
    func isTemporary(_ register: Int) -> Bool { register >= firstTemporary }

    /// `target := value`; a register that holds the value.
    private mutating func namedExpression(
        _ target: Expression, _ value: Expression
    ) throws(PythonSyntaxError) -> Int {
        guard case .name(let id, _) = target.kind else { return try operand(value) }
        try checkAssignable(id, at: target.span)
        if let variable = register(of: target) {
            try self.value(value, into: variable)
            code.bound.insert(variable)
            return variable
        }
        let register = code.push()
        try self.value(value, into: register)
        store(id, from: register, at: target.span)
        return register
    }

    // MARK: operators

    /// r[result] = r[a] `op` `right`.
    mutating func arithmetic(
        _ op: BinaryOperator, _ a: Int, _ right: Expression, into result: Int,
        inPlace: Bool = false,
        at span: Span
    ) throws(PythonSyntaxError) {
        let flag = inPlace ? 1 << 16 : 0
        if case .int(let value) = right.folded, Instruction.smallConstants.contains(value),
            let opcode = op.constantOpcode
        {
            code.emit(opcode, a: result, b: a, c: value & 0xFFFF | flag, at: span)
        } else {
            let b = try operand(right)
            code.emit(op.opcode, a: result, b: a, c: b | flag, at: span)
        }
    }

    private mutating func item(
        _ object: Expression, _ index: Expression, into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        warnIfNoSubscript(object, index)
        let a = try operand(object, before: [index])
        if case .int(let value) = index.folded, Instruction.constants.contains(value) {
            code.emit(.getItemInt, a: result, b: a, c: value, at: span)
        } else if case .slice(let lower, let upper, let step) = index.kind {
            let (parts, form) = try slice(lower, upper, step)
            code.emit(.getSlice, a: result, b: a, c: parts | form, at: span)
        } else {
            code.emit(.getItem, a: result, b: a, c: try operand(index), at: span)
        }
    }

    /// Puts the parts of a slice that are written down into three neighbouring registers: the first of
    /// these, and which parts there are, in the place that an instruction has for it.
    mutating func slice(
        _ lower: Expression?, _ upper: Expression?, _ step: Expression?
    ) throws(PythonSyntaxError) -> (parts: Int, form: Int) {
        let parts = code.push(3)
        var form: SliceForm = []
        for (i, part) in [lower, upper, step].enumerated() {
            guard let part else { continue }
            try value(part, into: parts + i)
            form.insert(SliceForm(rawValue: 1 << UInt8(i)))
        }
        return (parts, Int(form.rawValue) << 16)
    }

    /// `and`, `or`: the first value that decides, else the last one.
    private mutating func boolean(
        _ op: BoolOperator, _ values: [Expression], into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let target = isTemporary(result) ? result : code.push()
        let end = code.label()
        for (i, operand) in values.enumerated() {
            let isLast = i == values.count - 1
            if !isLast, let constant = operand.folded {
                if constant.truth != (op == .or) { continue }
                load(constant, into: target, at: operand.span)
                break
            }
            try value(operand, into: target)
            if !isLast {
                code.jump(op == .or ? .jumpIf : .jumpUnless, a: target, to: end, at: span)
            }
        }
        code.place(end)
        move(target, into: result, at: span)
    }

    // MARK: strings

    private mutating func joinedString(
        _ parts: [Expression], into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        if parts.isEmpty { return load(Constant(""), into: result, at: span) }
        if parts.count == 1 { return try value(parts[0], into: result) }
        if parts.count > Compiler.largestWindow {
            // "".join(parts)
            let window = code.push(5)
            let separator = code.push()
            load(Constant(""), into: separator, at: span)
            code.emit(
                .loadMethod, a: window + 3, b: separator, c: code.name("join"), at: span)
            code.emit(at: span)
            code.top = window + 5
            try display(.list, parts, into: code.push(), at: span)
            code.emit(.callMethod, a: result, b: window, c: 1, at: span)
            return
        }
        let first = code.top
        for part in parts { try value(part, into: code.push()) }
        code.emit(.buildString, a: result, b: first, c: parts.count, at: span)
    }

    private mutating func formattedValue(
        _ value: Expression, _ conversion: Expression.Conversion, _ spec: Expression?,
        into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let register = try operand(value, before: spec.map { [$0] } ?? [])
        var kind = Int(conversion.rawValue)
        if let spec { kind += 4 * (try operand(spec)) }
        code.emit(.formatValue, a: result, b: register, c: kind, at: span)
    }

    // MARK: places

    /// What a traceback marks for an attribute: from its name on, when that stands on another line
    /// than the start of the expression.
    func attributeSpan(_ expression: Expression) -> Span {
        guard case .attribute(_, let name, _) = expression.kind else { return expression.span }
        return Compiler.span(expression.span, fromNameEnding: expression.span, name)
    }
    /// `span` from `name`, which ends where `attribute` ends, if that is on another line.
    static func span(_ span: Span, fromNameEnding attribute: Span, _ name: String) -> Span {
        guard span.line != attribute.endLine else { return span }
        var result = span
        result.line = attribute.endLine
        result.column = max(0, attribute.endColumn - Int32(name.unicodeScalars.count))
        return result
    }
}

extension BinaryOperator {
    var opcode: Opcode {
        switch self {
        case .add: .add
        case .sub: .subtract
        case .mult: .multiply
        case .matMult: .matrixMultiply
        case .div: .trueDivide
        case .mod: .modulo
        case .pow: .power
        case .lShift: .shiftLeft
        case .rShift: .shiftRight
        case .bitOr: .or
        case .bitXor: .xor
        case .bitAnd: .and
        case .floorDiv: .floorDivide
        }
    }
    /// The same with a small constant on the right.
    var constantOpcode: Opcode? {
        switch self {
        case .add: .addInt
        case .sub: .subtractInt
        case .mult: .multiplyInt
        case .floorDiv: .floorDivideInt
        case .mod: .moduloInt
        case .bitAnd: .andInt
        case .lShift: .shiftLeftInt
        case .rShift: .shiftRightInt
        case .div, .matMult, .pow, .bitOr, .bitXor: nil
        }
    }
}
