import PythonSyntax

/// Conditions, loops, and leaving what is around a statement.
extension Compiler {
    mutating func ifStatement(_ statement: Statement) throws(PythonSyntaxError) {
        let end = code.label()
        var current = statement
        while case .if(let test, let body, let orelse) = current.kind {
            let no = code.label()
            try condition(test, is: false, to: no)
            try statements(body)
            if !orelse.isEmpty { code.jump(to: end, at: current.span) }
            code.place(no)
            if orelse.count == 1, case .if = orelse[0].kind {
                current = orelse[0]
            } else {
                try statements(orelse)
                break
            }
        }
        code.place(end)
    }

    // MARK: loops

    mutating func whileLoop(
        _ test: Expression, _ body: [Statement], _ orelse: [Statement], at span: Span
    ) throws(PythonSyntaxError) {
        let (again, start) = (code.label(), code.label())
        let (exhausted, end) = (code.label(), code.label())
        // The test stands at both ends when it is short, so that a turn is one jump.
        let isDoubled = test.folded == nil && test.isShort
        enterLoop([test], body, at: span)
        code.bound = code.bound.subtracting(deletable)
        if !isDoubled { code.place(again) }
        try condition(test, is: false, to: exhausted)
        code.place(start)
        try enter(Block(.loop(leave: end, next: again), at: span))
        try statements(body)
        blocks.removeLast()
        if isDoubled {
            code.place(again)
            try condition(test, is: true, to: start)
        } else {
            code.jump(to: again, at: span)
        }
        loopConstants.leave()
        code.place(exhausted)
        try statements(orelse)
        code.place(end)
    }

    mutating func forLoop(
        _ target: Expression, _ iterable: Expression, _ body: [Statement], _ orelse: [Statement],
        at span: Span
    ) throws(PythonSyntaxError) {
        let (again, exhausted, end) = (code.label(), code.label(), code.label())
        let iterator = code.push()
        try iterate(iterable, into: iterator, at: span)
        enterLoop([target], body, at: span)
        code.bound = code.bound.subtracting(deletable)
        code.place(again)
        try next(of: iterator, into: target, exhausted: exhausted, at: span)
        try enter(Block(.loop(leave: end, next: again), at: span))
        try statements(body)
        blocks.removeLast()
        code.jump(to: again, at: span)
        loopConstants.leave()
        code.place(exhausted)
        try statements(orelse)
        code.place(end)
    }

    /// r[iterator] = an iterator over the value of `iterable`.
    mutating func iterate(
        _ iterable: Expression, into iterator: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        if case .list(let elements, .load) = iterable.kind,
            elements.count <= Compiler.largestWindow, !elements.contains(where: \.isStarred)
        {
            // Nobody sees the list; a tuple may be a constant.
            let register = code.push()
            if let constants = Compiler.folded(elements) {
                load(.tuple(constants), into: register, at: iterable.span)
            } else {
                try display(.tuple, elements, into: register, at: iterable.span)
            }
            code.emit(.getIterator, a: iterator, b: register, at: span)
        } else {
            code.emit(.getIterator, a: iterator, b: try operand(iterable), at: span)
        }
    }

    /// Stores the next item in `target`, or jumps to `exhausted`.
    mutating func next(
        of iterator: Int, into target: Expression, exhausted: Label, at span: Span
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        if case .name(let id, _) = target.kind { try checkAssignable(id, at: target.span) }
        if let variable = register(of: target) {
            code.jump(.forIterate, a: variable, b: iterator, to: exhausted, at: span)
            code.bound.insert(variable)
        } else {
            let item = code.push()
            code.jump(.forIterate, a: item, b: iterator, to: exhausted, at: span)
            try store(target, from: item)
        }
    }

    /// `break` or `continue`.
    mutating func leaveLoop(isBreak: Bool, at span: Span) throws(PythonSyntaxError) {
        let saved = blocks
        while let block = blocks.last {
            if case .loop(let leave, let next) = block.kind {
                code.jump(to: isBreak ? leave : next, at: span)
                return reenter(saved)
            }
            try leave(block, keeping: nil, at: span)
        }
        let message = isBreak ? "'break' outside loop" : "'continue' not properly in loop"
        throw error(message, at: span)
    }

    // MARK: return

    mutating func returnStatement(
        _ value: Expression?, at span: Span
    ) throws(PythonSyntaxError) {
        guard scope.runsAsFunction else { throw error("'return' outside function", at: span) }
        if value != nil && scope.isAsyncGenerator {
            throw error("'return' with value in async generator", at: span)
        }
        let none = Expression(.constant(value: .none, unicodePrefix: false), span)
        if !blocks.contains(where: \.hasExit) {
            return try returnValue(value ?? none, at: span)
        }
        // The value must not change while blocks are left.
        let result = code.push()
        try self.value(value ?? none, into: result)
        let saved = blocks
        let place = value.flatMap { $0.folded == nil ? nil : $0.span } ?? span
        while let block = blocks.last { try leave(block, keeping: result, at: place) }
        code.emit(.return, a: result, at: span)
        reenter(saved)
    }

    /// Returns what `expression` is; nothing else has to be done.
    mutating func returnValue(
        _ expression: Expression, at span: Span
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        if case .ifExp(let test, let body, let orelse) = expression.kind {
            let no = code.label()
            try condition(test, is: false, to: no)
            try returnValue(body, at: span)
            code.place(no)
            try returnValue(orelse, at: span)
        } else {
            code.emit(.return, a: try operand(expression), at: span)
        }
    }
}
