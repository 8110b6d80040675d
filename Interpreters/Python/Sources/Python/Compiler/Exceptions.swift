import PythonSyntax

/// `try` with its clauses.
extension Compiler {
    mutating func tryStatement(
        _ body: [Statement], _ handlers: [ExceptHandler], _ orelse: [Statement],
        _ final: [Statement], isGroup: Bool, at span: Span
    ) throws(PythonSyntaxError) {
        if final.isEmpty {
            return try tryExcept(body, handlers, orelse, isGroup: isGroup, at: span)
        }
        let exception = code.push()
        let bound = code.bound.subtracting(deletable)
        let region = code.openRegion()
        try enter(Block(.beforeFinally(final), [region], at: span))
        if handlers.isEmpty {
            try statements(body)
            try statements(orelse)
        } else {
            try tryExcept(body, handlers, orelse, isGroup: isGroup, at: span)
        }
        blocks.removeLast()
        code.interrupt(region)

        let end = code.label()
        try statements(final)
        code.jump(to: end, at: span)

        let target = code.enterHandler(of: region, bound: bound)
        let handled = code.openRegion()
        try enter(Block(.inFinally, [handled], at: span))
        try statements(final)
        blocks.removeLast()
        code.emit(.reraise, a: exception, at: span)
        code.interrupt(handled)
        code.handle(region, target: target, register: exception, during: handled)
        code.place(end)
    }

    private mutating func tryExcept(
        _ body: [Statement], _ handlers: [ExceptHandler], _ orelse: [Statement], isGroup: Bool,
        at span: Span
    ) throws(PythonSyntaxError) {
        let exception = code.push()
        let end = code.label()
        let bound = code.bound.subtracting(deletable)
        let region = code.openRegion()
        try enter(Block(.watched, [region], at: span))
        try statements(body)
        blocks.removeLast()
        code.interrupt(region)
        try statements(orelse)
        code.jump(to: end, at: span)

        let target = code.enterHandler(of: region, bound: bound)
        let handled = code.openRegion()
        if isGroup {
            try groupHandlers(handlers, exception, handled, end: end, at: span)
        } else {
            try self.handlers(handlers, exception, handled, end: end)
        }
        code.interrupt(handled)
        code.handle(region, target: target, register: exception, during: handled)
        code.place(end)
    }

    // MARK: except

    /// The clauses, for the exception in r[exception].
    private mutating func handlers(
        _ handlers: [ExceptHandler], _ exception: Int, _ handled: Region, end: Label
    ) throws(PythonSyntaxError) {
        for (i, handler) in handlers.enumerated() {
            let next = code.label()
            if let type = handler.type {
                let mark = code.top
                let type = try operand(type)
                let matches = code.push()
                code.emit(
                    .matchException, a: matches, b: exception, c: type, at: handler.span)
                code.jump(.jumpUnless, a: matches, to: next, at: handler.span)
                code.top = mark
            } else if i < handlers.count - 1 {
                throw error("default 'except:' must be last", at: handler.span)
            }
            try body(of: handler, exception, handled, end: end)
            code.place(next)
        }
        if let last = handlers.last { code.emit(.reraise, a: exception, at: last.span) }
    }

    /// The body of a clause, in which r[exception] is being handled, and what follows it.
    private mutating func body(
        of handler: ExceptHandler, _ exception: Int, _ handled: Region, end: Label
    ) throws(PythonSyntaxError) {
        guard let name = handler.name else {
            try enter(Block(.handler(name: nil), [handled], at: handler.span))
            try statements(handler.body)
            blocks.removeLast()
            code.interrupt(handled)
            code.jump(to: end, at: handler.span)
            code.resume(handled)
            return
        }
        try checkAssignable(name, at: handler.span)
        store(name, from: exception, at: handler.span)
        let bound = code.bound.subtracting(deletable)
        let region = code.openRegion()
        try enter(Block(.handler(name: name), [handled, region], at: handler.span))
        try statements(handler.body)
        blocks.removeLast()
        code.interrupt(region)
        code.interrupt(handled)
        unbindHandled(name, at: handler.span)
        code.jump(to: end, at: handler.span)
        // The clause itself failed.
        let target = code.enterHandler(of: region, bound: bound)
        unbindHandled(name, at: handler.span)
        code.emit(.reraise, a: exception, at: handler.span)
        code.handle(region, target: target, register: exception)
        code.resume(handled)
    }

    /// `name = None; del name`: the clause may have unbound it before.
    mutating func unbindHandled(_ name: String, at span: Span) {
        if case .register(let register) = place(of: name) {
            code.emit(.unbind, a: register, c: 1, at: span)
            code.bound.remove(register)
            return
        }
        let none = code.push()
        load(.none, into: none, at: span)
        store(name, from: none, at: span)
        delete(name, at: span)
        code.top = none
    }

    // MARK: except*

    /// The clauses each take their part of the group in r[group]; what they raise and what is left
    /// is raised in the end.
    private mutating func groupHandlers(
        _ handlers: [ExceptHandler], _ group: Int, _ handled: Region, end: Label, at span: Span
    ) throws(PythonSyntaxError) {
        let raised = code.push()
        let part = code.push()
        let rest = code.push()
        let failure = code.push()
        code.emit(.buildList, a: raised, b: raised, at: span)
        move(group, into: rest, at: span)
        for handler in handlers {
            let next = code.label()
            if let type = handler.type {
                let mark = code.top
                code.emit(
                    .matchGroup, a: part, b: rest, c: try operand(type), at: handler.span)
                code.top = mark
            }
            code.jump(.jumpIfNone, a: part, to: next, at: handler.span)
            if let name = handler.name {
                try checkAssignable(name, at: handler.span)
                store(name, from: part, at: handler.span)
            }
            let bound = code.bound.subtracting(deletable)
            let region = code.openRegion()
            let body = code.openRegion()
            try enter(Block(.groupHandler, [region, body], at: handler.span))
            try statements(handler.body)
            blocks.removeLast()
            code.interrupt(region)
            code.interrupt(body)
            code.mark(body, handles: part)
            if let name = handler.name { unbindHandled(name, at: handler.span) }
            code.jump(to: next, at: handler.span)
            // The clause itself failed.
            let target = code.enterHandler(of: region, bound: bound)
            if let name = handler.name { unbindHandled(name, at: handler.span) }
            code.emit(.append, a: raised, b: failure, at: handler.span)
            code.handle(region, target: target, register: failure)
            code.place(next)
        }
        let isAll = code.label()
        code.jump(.jumpIfNone, a: rest, to: isAll, at: span)
        code.emit(.append, a: raised, b: rest, at: span)
        code.place(isAll)
        code.emit(.reraiseGroup, a: failure, b: raised, c: group, at: span)
        code.interrupt(handled)
        code.jump(.jumpIfNone, a: failure, to: end, at: span)
        code.emit(.reraise, a: failure, at: span)
    }
}
