import PythonSyntax

/// Comparisons, and expressions of which only the truth is wanted.
extension Compiler {
    /// Jumps to `label` if the truth of `expression` is `sense`.
    mutating func condition(
        _ expression: Expression, is sense: Bool, to label: Label
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        let span = expression.span
        if let constant = expression.folded {
            if constant.truth == sense { code.jump(to: label, at: span) }
            return
        }
        switch expression.kind {
        case .unaryOp(.not, let operand):
            try condition(operand, is: !sense, to: label)
        case .boolOp(let op, let values):
            // `all`: the jump is taken only when no value decides otherwise.
            let all = (op == .and) == sense
            let decided = code.label()
            for value in values.dropLast() {
                try condition(value, is: op == .or, to: all ? decided : label)
            }
            if let last = values.last { try condition(last, is: sense, to: label) }
            code.place(decided)
        case .ifExp(let test, let body, let orelse):
            let (no, end) = (code.label(), code.label())
            try condition(test, is: false, to: no)
            try condition(body, is: sense, to: label)
            code.jump(to: end, at: span)
            code.place(no)
            try condition(orelse, is: sense, to: label)
            code.place(end)
        case .compare(let left, let ops, let comparators):
            warnIfIdentityOfLiteral(left, ops, comparators, at: span)
            let no = code.label()
            let later = comparators.filter(\.binds)
            var a = try operand(left, before: later)
            for (i, op) in ops.enumerated() where i < ops.count - 1 {
                let b = try comparand(op, comparators[i], before: later)
                compareAndJump(op, a, b, is: false, to: sense ? no : label, at: span)
                a = b
            }
            if let op = ops.last, let right = comparators.last {
                try compareAndJump(op, a, right, is: sense, to: label, at: span)
            }
            code.place(no)
        default:
            let register = try operand(expression)
            code.jump(sense ? .jumpIf : .jumpUnless, a: register, to: label, at: span)
        }
    }

    mutating func compareAndJump(
        _ op: ComparisonOperator, _ a: Int, _ right: Expression, is sense: Bool, to label: Label,
        at span: Span
    ) throws(PythonSyntaxError) {
        let constant = right.folded
        if case .int(let value) = constant, Instruction.smallConstants.contains(value),
            let offset = op.offset
        {
            let opcode = (sense ? Opcode.ifLessInt : .unlessLessInt).next(offset)
            code.jump(opcode, a: a, b: value, to: label, at: span)
        } else if constant == Constant.none, op == .is || op == .isNot {
            let opcode: Opcode = (op == .is) == sense ? .jumpIfNone : .jumpIfNotNone
            code.jump(opcode, a: a, to: label, at: span)
        } else {
            let b = try comparand(op, right)
            compareAndJump(op, a, b, is: sense, to: label, at: span)
        }
    }

    private mutating func compareAndJump(
        _ op: ComparisonOperator, _ a: Int, _ b: Int, is sense: Bool, to label: Label, at span: Span
    ) {
        if let offset = op.offset {
            let opcode = (sense ? Opcode.ifLess : .unlessLess).next(offset)
            code.jump(opcode, a: a, b: b, to: label, at: span)
        } else {
            let truth = code.push()
            code.emit(op.opcode, a: truth, b: a, c: b, at: span)
            code.jump(sense ? .jumpIf : .jumpUnless, a: truth, to: label, at: span)
        }
    }

    /// The value of a comparison or of a chain of them.
    mutating func comparison(
        _ left: Expression, _ ops: [ComparisonOperator], _ comparators: [Expression],
        into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        warnIfIdentityOfLiteral(left, ops, comparators, at: span)
        let later = comparators.filter(\.binds)
        var a = try operand(left, before: later)
        if ops.count == 1 {
            let b = try comparand(ops[0], comparators[0])
            code.emit(ops[0].opcode, a: result, b: a, c: b, at: span)
            return
        }
        let target = code.push()
        let end = code.label()
        for (i, op) in ops.enumerated() {
            let b = try comparand(op, comparators[i], before: later)
            code.emit(op.opcode, a: target, b: a, c: b, at: span)
            if i < ops.count - 1 { code.jump(.jumpUnless, a: target, to: end, at: span) }
            a = b
        }
        code.place(end)
        move(target, into: result, at: span)
    }

    /// The right side of a comparison. Of `in`, a display of constants is a constant itself: nobody
    /// else ever sees it.
    private mutating func comparand(
        _ op: ComparisonOperator, _ right: Expression, before later: [Expression] = []
    ) throws(PythonSyntaxError) -> Int {
        var constant: Constant?
        if op == .in || op == .notIn {
            switch right.kind {
            case .list(let elements, .load):
                constant = Compiler.folded(elements).map { .tuple($0) }
            case .set(let elements):
                constant = Compiler.folded(elements).map { .frozenSet($0) }
            default: break
            }
        }
        if let constant { return operand(constant, at: right.span) }
        return try operand(right, before: later)
    }
}

extension ComparisonOperator {
    var opcode: Opcode {
        switch self {
        case .eq: .equal
        case .notEq: .notEqual
        case .lt: .less
        case .ltE: .lessEqual
        case .gt: .greater
        case .gtE: .greaterEqual
        case .is: .is
        case .isNot: .isNot
        case .in: .contains
        case .notIn: .notContains
        }
    }
    /// Of its fused jump among those of its kind.
    var offset: Int? {
        switch self {
        case .lt: 0
        case .ltE: 1
        case .eq: 2
        case .notEq: 3
        case .gt: 4
        case .gtE: 5
        default: nil
        }
    }
}
