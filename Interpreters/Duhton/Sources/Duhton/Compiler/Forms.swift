import InterpreterKit

/// Forms: calls, special forms, builtins with instructions of their own.
extension Compiler {
    /// A list that is not empty.
    mutating func form(_ node: Int, into result: Int?) throws(Diagnostic) {
        let head = syntax.child(node, 0)
        guard let name = syntax.symbol(head) else {
            return try failNotSymbol(head, at: node)
        }
        let arguments = syntax.children(node, from: 1)
        let local = locals[name]
        guard name < Builtin.count else {
            return try call(name, arguments, local, into: result, node)
        }
        let builtin = Builtin(number: name)
        if local == nil && !program.isDefined(name) {
            if builtin.isSpecial {
                try special(builtin, arguments, into: result, node)
            } else {
                try ordinary(builtin, arguments, into: result, node)
            }
        } else if builtin.isSpecial {
            var defined = Label()
            var end = Label()
            try jumpIfFunction(name, local, to: &defined, node)
            let before = assigned
            try special(builtin, arguments, into: result, node)
            try jump(.jump, to: &end, at: node)
            bind(&defined)
            assigned = before
            try call(name, arguments, local, into: result, node)
            bind(&end)
            assigned = before
        } else {
            let function = program.function(of: builtin, arguments.count)
            try call(name, arguments, local, builtin: function, into: result, node)
        }
    }

    // MARK: calls

    private mutating func jumpIfFunction(
        _ name: Int, _ local: Local?, to label: inout Label, _ node: Int
    ) throws(Diagnostic) {
        needsUnbound = true
        try emit(
            .jumpIfFunction, a: local?.value ?? Instruction.noRegister,
            b: local?.function ?? Instruction.noRegister, c: name, at: node)
        try jump(.jump, to: &label, at: node)
    }

    /// A call of what `name` means at that moment: `builtin` if nothing else.
    mutating func call(
        _ name: Int, _ arguments: [Int], _ local: Local?, builtin: Function? = nil,
        asJob: Bool = false, into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        let base = top
        for _ in 0..<3 { _ = push() }
        var known: Int?
        if local == nil && builtin == nil {
            if let only = program.onlyFunction(name) {
                known = only.parameters
                try emit(.lookupOnly, a: base, c: only.number, at: node)
            } else {
                try emit(.lookup, a: base, c: name, at: node)
            }
        } else {
            needsUnbound = true
            let value = local?.value ?? Instruction.noRegister
            try emit(.lookupLocal, a: base, b: value, c: name, at: node)
            emit(word: UInt64(local?.function ?? Instruction.noRegister))
            emit(word: builtin.map { Value(code: $0.code).bits } ?? 0)
        }
        // Surplus arguments are not evaluated.
        for (i, argument) in arguments.prefix(known ?? arguments.count).enumerated() {
            if known == nil && !syntax.facts.isQuiet[argument] {
                try emit(.surplus, a: base, c: i, at: node)
            }
            try value(argument, into: push())
        }
        if asJob {
            try emit(.submit, a: base, c: arguments.count, at: node)
            top = base
            try none(into: result)
        } else {
            try emit(.call, a: result ?? base, b: base, c: arguments.count, at: node)
        }
    }

    // MARK: special forms

    private mutating func special(
        _ builtin: Builtin, _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        let count = arguments.count
        switch builtin {
        case .progn:
            try sequence(arguments, into: result)
        case .setq:
            try setq(arguments, into: result, node)
        case .defun:
            try defun(arguments, into: result, node)
        case .if:
            if count < 2 { return try fail("if: expected at least two arguments", at: node) }
            try conditional(arguments, into: result, node)
        case .while:
            if count < 1 { return try fail("while: expected at least one argument", at: node) }
            try loop(arguments[0], Array(arguments.dropFirst()), into: result, node)
        case .quote:
            if count != 1 { return try fail("quote: expected one argument", at: node) }
            guard let result else { return }
            let literal = program.literal(syntax, arguments[0])
            try emit(.loadLiteral, a: result, c: literal, at: node)
        case .and, .or:
            var no = Label()
            var end = Label()
            try condition(node, is: false, to: &no)
            if let result {
                try emit(.loadInt, a: result, c: 1, at: node)
                try jump(.jump, to: &end, at: node)
                bind(&no)
                try emit(.loadInt, a: result, c: 0, at: node)
                bind(&end)
            } else {
                bind(&no)
            }
        case .isDefined:
            if count != 1 { return try fail("defined?: expected one argument", at: node) }
            guard let name = syntax.symbol(arguments[0]) else {
                return try failNotSymbol(arguments[0], at: node)
            }
            needsUnbound = true
            let register = locals[name]?.value ?? Instruction.noRegister
            try emit(.isDefined, a: result ?? push(), b: register, c: name, at: node)
        case .assert:
            if count != 1 { return try fail("assert: expected one argument", at: node) }
            let register = try operand(arguments[0])
            let shown = program.literal(syntax, arguments[0])
            try emit(.assert, a: register, c: shown, at: node)
            try none(into: result)
        case .transaction:
            try transaction(arguments, into: result, node)
        case .runTransactions:
            if count != 0 { return try fail("run-transactions: expected no argument", at: node) }
            try runTransactions(node)
            try none(into: result)
        default:
            preconditionFailure("\(builtin) is no special form")
        }
    }

    private mutating func setq(
        _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        if arguments.isEmpty { return try none(into: result) }
        for i in stride(from: 0, to: arguments.count, by: 2) {
            guard i + 1 < arguments.count else {
                return try fail("setq: number of arguments is odd", at: node)
            }
            let wanted = i + 2 == arguments.count ? result : nil
            guard let name = syntax.symbol(arguments[i]) else {
                try effect(arguments[i + 1])
                return try failNotSymbol(arguments[i], at: node)
            }
            if let register = locals[name]?.value {
                try value(arguments[i + 1], into: register)
                assigned.insert(register)
                if let wanted, wanted != register {
                    try emit(.move, a: wanted, b: register, at: node)
                }
            } else {
                let mark = top
                let register = wanted ?? push()
                try value(arguments[i + 1], into: register)
                try emit(.setGlobal, a: register, c: name, at: node)
                top = mark
            }
        }
    }

    private mutating func defun(
        _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        if arguments.count < 2 {
            return try fail("defun: expected at least two arguments", at: node)
        }
        guard let name = syntax.symbol(arguments[0]) else {
            return try failNotSymbol(arguments[0], at: node)
        }
        let number = program.function(syntax, node)
        if let register = locals[name]?.function {
            try emit(.defineLocal, a: register, c: number, at: node)
        } else {
            try emit(.defineGlobal, a: number & 0xFFFF, b: number >> 16, c: name, at: node)
        }
        try none(into: result)
    }

    private mutating func conditional(
        _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        var otherwise = Label()
        var end = Label()
        try condition(arguments[0], is: false, to: &otherwise)
        let before = assigned
        try value(arguments[1], into: result)
        let afterThen = assigned
        assigned = before
        if arguments.count > 2 || result != nil {
            try jump(.jump, to: &end, at: node)
            bind(&otherwise)
            try sequence(Array(arguments.dropFirst(2)), into: result)
            bind(&end)
        } else {
            bind(&otherwise)
        }
        assigned.formIntersection(afterThen)
    }

    /// The condition of a small loop is tested at its end, which saves a jump per turn.
    private mutating func loop(
        _ test: Int, _ body: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        var start = Label()
        var end = Label()
        let isSmall = syntax.facts.isQuiet[test] && syntax.facts.forms[test] <= 8
        if !isSmall { bind(&start) }
        try condition(test, is: false, to: &end)
        if isSmall { bind(&start) }
        let before = assigned
        for node in body { try effect(node) }
        if isSmall {
            try condition(test, is: true, to: &start)
        } else {
            try jump(.jump, to: &start, at: node)
        }
        bind(&end)
        assigned = before
        try none(into: result)
    }

    private mutating func transaction(
        _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        guard let head = arguments.first else {
            return try fail("transaction: expected at least one argument", at: node)
        }
        guard let name = syntax.symbol(head) else { return try failNotSymbol(head, at: node) }
        let local = locals[name]
        if name < Builtin.count {
            let message = "symbol refers to a macro: '\(program.symbols.text(name))'"
            var defined = Label()
            if local != nil || program.isDefined(name) {
                try jumpIfFunction(name, local, to: &defined, node)
            }
            try fail(message, at: node)
            bind(&defined)
        }
        let operands = Array(arguments.dropFirst())
        try call(name, operands, local, asJob: true, into: result, node)
    }

    /// Takes and runs jobs until none is left.
    mutating func runTransactions(_ node: Int?) throws(Diagnostic) {
        let mark = top
        let result = push()
        let floor = push()
        let base = top
        for _ in 0..<3 { _ = push() }
        try emit(.runTransactions, c: floor, at: node)
        try emit(.nextJob, a: result, b: base, c: floor, at: node)
        try emit(.endJob, at: node)
        top = mark
    }

    // MARK: builtins with instructions of their own

    private mutating func ordinary(
        _ builtin: Builtin, _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        let name = builtin.rawValue
        switch (builtin, arguments.count) {
        case _ where builtin.isArithmetic:
            try arithmetic(builtin, arguments, into: result, node)
        case _ where builtin.isComparison:
            if arguments.count != 2 {
                return try fail("comparison: expected two arguments", at: node)
            }
            let opcode = Opcode.less.next(builtin.number - Builtin.less.number)
            try binary(opcode, arguments, into: result, node)
        case (.cons, 2): try binary(.cons, arguments, into: result, node)
        case (.get, 2): try binary(.getItem, arguments, into: result, node)
        case (.not, 1): try unary(.not, arguments, into: result, node)
        case (.type, 1): try unary(.type, arguments, into: result, node)
        case (.car, 1): try unary(.car, arguments, into: result, node)
        case (.cdr, 1): try unary(.cdr, arguments, into: result, node)
        case (.isPair, 1): try unary(.isPair, arguments, into: result, node)
        case (.len, 1): try unary(.len, arguments, into: result, node)
        case (.get, 1): try unary(.getContent, arguments, into: result, node)
        case (.container, 1): try unary(.container, arguments, into: result, node)
        case (.set, 2):
            let container = try operand(arguments[0], before: [arguments[1]])
            let content = try operand(arguments[1])
            try emit(.setContent, a: container, b: content, at: node)
            try none(into: result)
        case (.set, 3):
            let list = try operand(arguments[0], before: Array(arguments[1...]))
            let index = try operand(arguments[1], before: [arguments[2]])
            let item = try operand(arguments[2])
            try emit(.setItem, a: list, b: index, c: item, at: node)
            try none(into: result)
        case (.append, 2):
            let list = try operand(arguments[0], before: [arguments[1]])
            let item = try operand(arguments[1])
            try emit(.append, a: list, b: item, at: node)
            if let result, result != list { try emit(.move, a: result, b: list, at: node) }
        case (.cons, _), (.append, _):
            try fail("\(name): expected two arguments", at: node)
        case (.not, _), (.type, _), (.car, _), (.cdr, _), (.isPair, _), (.len, _):
            try fail("\(name): expected one argument", at: node)
        case (.list, _): try list(arguments, into: result, node)
        default: try general(builtin, arguments, into: result, node)
        }
    }

    private mutating func unary(
        _ opcode: Opcode, _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        let a = try operand(arguments[0])
        try emit(opcode, a: result ?? push(), b: a, at: node)
    }
    private mutating func binary(
        _ opcode: Opcode, _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        let a = try operand(arguments[0], before: [arguments[1]])
        let b = try operand(arguments[1])
        try emit(opcode, a: result ?? push(), b: a, c: b, at: node)
    }

    /// A fold from the left; small constants on the right are part of the instruction.
    private mutating func arithmetic(
        _ builtin: Builtin, _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        let opcode = Opcode.add.next(builtin.number - Builtin.add.number)
        if arguments.isEmpty {
            if builtin == .shiftLeft || builtin == .shiftRight {
                return try fail("_DuCons_NEXT: not a well-formed cons list", at: node)
            }
            guard let result else { return }
            try emit(.loadInt, a: result, c: builtin == .multiply ? 1 : 0, at: node)
            return
        }
        var a = try operand(arguments[0], before: Array(arguments.dropFirst()))
        if arguments.count == 1 {
            // Only checks the type.
            switch builtin {
            case .xor, .shiftLeft, .shiftRight:
                let zero = push()
                try emit(.loadInt, a: zero, c: 0, at: node)
                try emit(opcode, a: result ?? push(), b: a, c: zero, at: node)
            default:
                try emit(.multiplyInt, a: result ?? push(), b: a, c: 1, at: node)
            }
            return
        }
        let partial = push()
        for (i, argument) in arguments.enumerated().dropFirst() {
            let wanted = i + 1 == arguments.count ? result ?? partial : partial
            let mark = top
            if let int = syntax.int(argument),
                let (opcode, constant) = builtin.withConstant(int)
            {
                try emit(opcode, a: wanted, b: a, c: constant, at: node)
            } else {
                let b = try operand(argument)
                try emit(opcode, a: wanted, b: a, c: b, at: node)
            }
            top = mark
            a = wanted
        }
    }

    /// Long lists are built in pieces, so that their length is not limited by the frame.
    private mutating func list(
        _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        let inWindow = arguments.prefix(256)
        let base = top
        for argument in inWindow { try value(argument, into: push()) }
        top = base
        let list = arguments.count > inWindow.count ? push() : result ?? push()
        try emit(.list, a: list, b: base, c: inWindow.count, at: node)
        for argument in arguments.dropFirst(inWindow.count) {
            let mark = top
            let item = try operand(argument)
            try emit(.append, a: list, b: item, at: node)
            top = mark
        }
        if let result, result != list { try emit(.move, a: result, b: list, at: node) }
    }

    /// Arguments in consecutive registers, then one instruction for all kinds.
    private mutating func general(
        _ builtin: Builtin, _ arguments: [Int], into result: Int?, _ node: Int
    ) throws(Diagnostic) {
        let base = top
        for argument in arguments { try value(argument, into: push()) }
        top = base
        try emit(
            .builtin, a: result ?? push(), b: base, c: arguments.count << 8 | builtin.number,
            at: node)
    }
}

extension Builtin {
    /// The instruction with a constant second operand, for constants that have one.
    fileprivate func withConstant(_ int: Int) -> (Opcode, Int)? {
        guard Instruction.constants.contains(int), Instruction.constants.contains(-int) else {
            return nil
        }
        switch self {
        case .add: return (.addInt, int)
        case .subtract: return (.addInt, -int)
        case .multiply: return (.multiplyInt, int)
        case .divide where int != 0: return (.divideInt, int)
        case .remainder where int != 0: return (.remainderInt, int)
        default: return nil
        }
    }
}
