import InterpreterKit

/// Forms: calls, special forms, builtins.
extension Compiler {
    /// The builtin that `name` means for sure.
    func builtin(_ name: Int) -> Builtin? {
        let isCertain = name < Builtin.count && locals[name] == nil && !program.isDefined(name)
        return isCertain ? Builtin(number: name) : nil
    }

    mutating func form(_ head: Int, _ arguments: [Int], into result: Int?) {
        guard let name = syntax.symbol(head) else { return failNotSymbol(head) }
        if let builtin = builtin(name) { return form(of: builtin, arguments, into: result) }
        let window = callee(name)
        var end = Label()
        let before = assigned
        let isSpecial = name < Builtin.count && Builtin(number: name).isSpecial
        if !isSpecial { pass(arguments, to: name) }
        if name < Builtin.count {
            // A builtin, unless the name means a function at that moment.
            let builtin = Builtin(number: name)
            var isFunction = Label()
            jump(.jumpIf, a: window + 2, to: &isFunction)
            if isSpecial {
                form(of: builtin, arguments, into: result)
            } else {
                apply(builtin, Array(window + 3..<window + 3 + arguments.count), into: result)
            }
            jump(.jump, to: &end)
            bind(&isFunction)
        }
        if isSpecial {
            assigned = before
            top = window + 3
            pass(arguments, to: name)
        }
        emit(.call, a: result ?? window, b: window, c: arguments.count)
        bind(&end)
        if isSpecial { assigned = before }
    }

    // MARK: calls

    /// A window for a call of what `name` means at that moment: of None if that is a builtin.
    private mutating func callee(_ name: Int) -> Int {
        let window = push(3)
        let local = locals[name]
        if local == nil && name >= Builtin.count {
            emit(.lookup, a: window, c: name)
            return window
        }
        needsUnbound = true
        for (i, register) in [local?.value, local?.function].enumerated() {
            if let register {
                move(register, into: window + i)
            } else {
                load(.unbound, into: window + i)
            }
        }
        load(name < Builtin.count ? .none : .unbound, into: window + 2)
        emit(.lookupLocal, a: window, c: name)
        return window
    }

    /// Evaluates a call's arguments behind its window. What the function does not take is not evaluated.
    private mutating func pass(_ arguments: [Int], to name: Int) {
        let window = top - 3
        let taken = locals[name] == nil ? program.fewestParameters[name] ?? 0 : 0
        for (i, argument) in arguments.enumerated() {
            if i >= taken { emit(.surplus, a: window, c: i) }
            value(argument, into: push())
        }
    }

    // MARK: builtins

    private mutating func form(of builtin: Builtin, _ arguments: [Int], into result: Int?) {
        if let complaint = builtin.complaint(arguments.count) { return fail(complaint) }
        switch builtin {
        case .progn: sequence(arguments, into: result)
        case .setq: setq(arguments, into: result)
        case .defun: defun(arguments, into: result)
        case .if: conditional(arguments, into: result)
        case .while: loop(arguments[0], Array(arguments.dropFirst()), into: result)
        case .quote:
            if let result { emit(.load, a: result, c: program.literal(syntax, arguments[0])) }
        case .isDefined:
            guard let name = syntax.symbol(arguments[0]) else {
                return failNotSymbol(arguments[0])
            }
            needsUnbound = true
            let register = locals[name]?.value ?? Instruction.noRegister
            emit(.isDefined, a: result ?? push(), b: register, c: name)
        case .assert:
            let shown = program.literal(syntax, arguments[0])
            emit(.assert, a: operand(arguments[0]), c: shown)
            load(.none, into: result)
        case .transaction: transaction(arguments, into: result)
        case .runTransactions:
            runTransactions()
            load(.none, into: result)
        case _ where builtin.isTest: truth(of: builtin, arguments, into: result)
        case .list where arguments.count > Compiler.longestWindow:
            longList(arguments, into: result)
        default: ordinary(builtin, arguments, into: result)
        }
    }

    private mutating func setq(_ arguments: [Int], into result: Int?) {
        if arguments.isEmpty { return load(.none, into: result) }
        for i in stride(from: 0, to: arguments.count, by: 2) {
            guard i + 1 < arguments.count else {
                return fail("setq: number of arguments is odd")
            }
            let wanted = i + 2 == arguments.count ? result : nil
            guard let name = syntax.symbol(arguments[i]) else {
                value(arguments[i + 1], into: nil)
                return failNotSymbol(arguments[i])
            }
            let mark = top
            let local = locals[name]?.value
            let register = local ?? wanted ?? push()
            value(arguments[i + 1], into: register)
            if local != nil {
                assigned.insert(register)
            } else {
                emit(.setGlobal, a: register, c: name)
            }
            move(register, into: wanted)
            top = mark
        }
    }

    private mutating func defun(_ arguments: [Int], into result: Int?) {
        guard let name = syntax.symbol(arguments[0]), let here else {
            return failNotSymbol(arguments[0])
        }
        let function = Value(native: program.function(syntax, here).code)
        let local = locals[name]?.function
        let register = local ?? push()
        load(function, into: register)
        if local == nil { emit(.define, a: register, c: name) }
        load(.none, into: result)
    }

    private mutating func conditional(_ arguments: [Int], into result: Int?) {
        var otherwise = Label()
        var end = Label()
        condition(arguments[0], is: false, to: &otherwise)
        let before = assigned
        value(arguments[1], into: result)
        let afterThen = assigned
        assigned = before
        if arguments.count > 2 || result != nil { jump(.jump, to: &end) }
        bind(&otherwise)
        sequence(Array(arguments.dropFirst(2)), into: result)
        bind(&end)
        assigned.formIntersection(afterThen)
    }

    /// The condition is tested at the end of the loop, which saves a jump per turn.
    private mutating func loop(_ test: Int, _ body: [Int], into result: Int?) {
        var start = Label()
        var end = Label()
        let before = assigned
        jump(.jump, to: &end)
        bind(&start)
        for node in body { value(node, into: nil) }
        bind(&end)
        assigned = before
        condition(test, is: true, to: &start)
        load(.none, into: result)
    }

    private mutating func transaction(_ arguments: [Int], into result: Int?) {
        guard let name = syntax.symbol(arguments[0]) else {
            return failNotSymbol(arguments[0])
        }
        let window = callee(name)
        if name < Builtin.count {
            var isFunction = Label()
            jump(.jumpIf, a: window + 2, to: &isFunction)
            fail("symbol refers to a macro: '\(Builtin(number: name).rawValue)'")
            bind(&isFunction)
        }
        pass(Array(arguments.dropFirst()), to: name)
        emit(.submit, a: window, c: arguments.count - 1)
        load(.none, into: result)
    }

    /// Takes and runs jobs until none is left.
    mutating func runTransactions() {
        let result = push()
        let floor = push()
        let window = push(3)
        emit(.runTransactions, c: floor)
        emit(.nextJob, a: result, b: window, c: floor)
        emit(.endJob)
    }

    private mutating func truth(of builtin: Builtin, _ arguments: [Int], into result: Int?) {
        var no = Label()
        var end = Label()
        test(builtin, arguments, is: false, to: &no)
        load(Value(1), into: result)
        if result != nil { jump(.jump, to: &end) }
        bind(&no)
        load(Value(0), into: result)
        bind(&end)
    }

    mutating func ordinary(_ builtin: Builtin, _ arguments: [Int], into result: Int?) {
        if builtin.isArithmetic && arguments.count > 1 {
            arithmetic(builtin, arguments, into: result)
        } else if builtin.opcode(arguments.count) == nil {
            apply(builtin, window(arguments), into: result)
        } else {
            apply(builtin, operands(arguments), into: result)
        }
    }

    /// A builtin of what is in these registers, which are consecutive if it has no instruction of its own.
    private mutating func apply(_ builtin: Builtin, _ registers: [Int], into result: Int?) {
        let count = registers.count
        if let complaint = builtin.complaint(count) { return fail(complaint) }
        switch builtin.opcode(count) {
        case .setItem:
            emit(.setItem, a: registers[0], b: registers[1], c: registers[2])
            load(.none, into: result)
        case let opcode?:
            emit(opcode, a: result ?? push(), b: registers[0], c: registers[count - 1])
        case nil:
            let first = registers.first ?? top
            emit(.builtin, a: result ?? push(), b: first, c: count << 8 | builtin.number)
        }
    }

    /// A fold from the left; small constants on the right are part of the instruction.
    private mutating func arithmetic(
        _ builtin: Builtin, _ arguments: [Int], into result: Int?
    ) {
        let opcode = Opcode.add.next(builtin.number - Builtin.add.number)
        var a = operand(arguments[0], before: arguments[1...])
        let partial = push()
        for (i, argument) in arguments.enumerated().dropFirst() {
            let target = i + 1 == arguments.count ? result ?? partial : partial
            let mark = top
            if let int = syntax.int(argument),
                let (opcode, constant) = builtin.opcode(constant: int)
            {
                emit(opcode, a: target, b: a, c: constant)
            } else {
                emit(opcode, a: target, b: a, c: operand(argument))
            }
            top = mark
            a = target
        }
    }

    /// Long lists are built in pieces, so that their length is not limited by the frame.
    private static let longestWindow = 256
    private mutating func longList(_ arguments: [Int], into result: Int?) {
        let list = push()
        let mark = top
        apply(.list, window(Array(arguments.prefix(Compiler.longestWindow))), into: list)
        top = mark
        for argument in arguments.dropFirst(Compiler.longestWindow) {
            emit(.append, a: list, b: list, c: operand(argument))
            top = mark
        }
        move(list, into: result)
    }
}
