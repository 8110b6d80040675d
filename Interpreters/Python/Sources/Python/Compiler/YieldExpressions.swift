import PythonSyntax

/// `yield`, `yield from`, `await` and `async for`.
extension Compiler {
    func checkAsync(_ what: String, at span: Span) throws(PythonSyntaxError) {
        if !isAsync {
            throw error("'\(what)' outside async function", at: span)
        }
    }

    mutating func yieldExpression(
        _ value: Expression?, into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        guard scope.runsAsFunction else { throw error("'yield' outside function", at: span) }
        let register: Int
        if let value {
            register = try operand(value)
        } else {
            register = code.push()
            load(.none, into: register, at: span)
        }
        yieldValue(register, into: result, at: span)
    }
    /// Hands r[value] to the consumer; r[result] = what it sends.
    mutating func yieldValue(_ value: Int, into result: Int, at span: Span) {
        code.emit(scope.isAsyncGenerator ? .asyncYield : .yield, a: result, b: value, at: span)
    }

    mutating func yieldFrom(
        _ iterable: Expression, into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        guard scope.runsAsFunction else { throw error("'yield' outside function", at: span) }
        if isAsync { throw error("'yield from' inside async function", at: span) }
        let iterator = code.push()
        code.emit(.getYieldFromIterator, a: iterator, b: try operand(iterable), at: span)
        code.top = iterator + 1
        delegate(to: iterator, into: result, at: span)
    }

    mutating func awaitExpression(
        _ value: Expression, into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        guard scope.runsAsFunction else { throw error("'await' outside function", at: span) }
        if !isAsync && scope.kind != .comprehension {
            throw error("'await' outside async function", at: span)
        }
        let register = try operand(value)
        try awaitValue(register, kind: 0, into: result, at: span)
    }

    /// Awaits r[value]; `kind` as ``Opcode/getAwaitable`` has it.
    mutating func awaitValue(
        _ value: Int, kind: Int, into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let iterator = code.push()
        code.emit(.getAwaitable, a: iterator, b: value, c: kind, at: span)
        delegate(to: iterator, into: result, at: span)
        code.top = iterator
    }

    /// Yields all that the iterator yields; r[result] = what it returns. The loop has a fixed
    /// form: `send`, `yieldDelegating`, `loop`.
    private mutating func delegate(to iterator: Int, into result: Int, at span: Span) {
        let sent = code.push()
        let (again, done) = (code.label(), code.label())
        load(.none, into: sent, at: span)
        code.place(again)
        code.jump(.send, a: sent, b: iterator, to: done, at: span)
        code.emit(.yieldDelegating, a: sent, b: sent, c: iterator, at: span)
        code.jump(to: again, at: span)
        code.place(done)
        move(sent, into: result, at: span)
        code.top = sent
    }

    mutating func asyncForLoop(
        _ target: Expression, _ iterable: Expression, _ body: [Statement], _ orelse: [Statement],
        at span: Span
    ) throws(PythonSyntaxError) {
        let (again, exhausted, end) = (code.label(), code.label(), code.label())
        let iterator = code.push()
        let exception = code.push()
        code.emit(.getAsyncIterator, a: iterator, b: try operand(iterable), at: span)
        code.top = exception + 1
        enterLoop([target], body, at: span)
        code.bound = code.bound.subtracting(deletable)
        let bound = code.bound
        code.place(again)
        let region = try asyncNext(of: iterator, into: target, at: span)
        try enter(Block(.loop(leave: end, next: again), at: span))
        try statements(body)
        blocks.removeLast()
        code.jump(to: again, at: span)
        loopConstants.leave()
        endAsyncLoop(region, exception, bound, exhausted: exhausted, at: span)
        code.place(exhausted)
        try statements(orelse)
        code.place(end)
    }

    /// Stores the next item of an asynchronous iterator in `target`. The region is where its end
    /// may show up as an exception.
    mutating func asyncNext(
        of iterator: Int, into target: Expression, at span: Span
    ) throws(PythonSyntaxError) -> Region {
        let mark = code.top
        defer { code.top = mark }
        let item = code.push()
        let region = code.openRegion()
        code.emit(.getAsyncNext, a: item, b: iterator, at: span)
        delegate(to: item, into: item, at: span)
        code.interrupt(region)
        try store(target, from: item)
        return region
    }

    /// Where an exception of `region` goes: to `exhausted` when the loop is simply over.
    mutating func endAsyncLoop(
        _ region: Region, _ exception: Int, _ bound: RegisterSet, exhausted: Label, at span: Span
    ) {
        let target = code.enterHandler(of: region, bound: bound)
        code.jump(.endAsyncFor, a: exception, to: exhausted, at: span)
        code.handle(region, target: target, register: exception)
    }
}
