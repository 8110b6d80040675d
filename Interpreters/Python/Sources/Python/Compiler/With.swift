import PythonSyntax

/// `with` and `async with`.
extension Compiler {
    mutating func with(
        _ items: ArraySlice<WithItem>, _ body: [Statement], isAsync: Bool, at span: Span
    ) throws(PythonSyntaxError) {
        guard let item = items.first else { return try statements(body) }
        let exception = code.push()
        // The call of `__exit__` is prepared here, that of `__enter__` above it.
        let window = code.push(5)
        try enterContext(item, window, isAsync: isAsync, at: span)
        let entered = window + 5
        let bound = code.bound.subtracting(deletable)
        let region = code.openRegion()
        try enter(Block(.with(window: window, isAsync: isAsync), [region], at: span))
        if let target = item.optionalVars {
            code.top = entered + 1
            try store(target, from: entered)
        }
        code.top = entered
        try with(items.dropFirst(), body, isAsync: isAsync, at: span)
        code.top = entered
        blocks.removeLast()
        code.interrupt(region)

        let end = code.label()
        try exitNormally(window, isAsync: isAsync, at: span)
        code.jump(to: end, at: span)

        let target = code.enterHandler(of: region, bound: bound)
        let handled = code.openRegion()
        let arguments = code.push(3)
        code.emit(.exceptionTriple, a: arguments, b: exception, at: span)
        code.emit(.callMethod, a: arguments, b: window, c: 3, at: span)
        if isAsync { try awaitValue(arguments, kind: 2, into: arguments, at: span) }
        code.interrupt(handled)
        code.jump(.jumpIf, a: arguments, to: end, at: span)
        code.emit(.reraise, a: exception, at: span)
        code.handle(region, target: target, register: exception, during: handled)
        code.top = entered
        code.place(end)
    }

    /// Prepares the call of `__exit__` in `window`, and leaves what `__enter__` returns above it.
    private mutating func enterContext(
        _ item: WithItem, _ window: Int, isAsync: Bool, at span: Span
    ) throws(PythonSyntaxError) {
        let call = code.push(5)
        let manager = try operand(item.contextExpr)
        let (enter, exit): (SpecialName, SpecialName) =
            isAsync ? (.asyncEnter, .asyncExit) : (.enter, .exit)
        code.emit(.loadSpecial, a: call + 3, b: manager, c: enter.rawValue, at: span)
        code.emit(.loadSpecial, a: window + 3, b: manager, c: exit.rawValue, at: span)
        code.emit(.callMethod, a: call, b: call, c: 0, at: span)
        code.top = call + 1
        if isAsync { try awaitValue(call, kind: 1, into: call, at: span) }
    }

    /// Calls `__exit__(None, None, None)` in a window that ends where free registers start.
    mutating func exitNormally(
        _ window: Int, isAsync: Bool, at span: Span
    ) throws(PythonSyntaxError) {
        let arguments = code.push(3)
        for i in 0..<3 { load(.none, into: arguments + i, at: span) }
        code.emit(.callMethod, a: arguments, b: window, c: 3, at: span)
        code.top = arguments + 1
        if isAsync { try awaitValue(arguments, kind: 2, into: arguments, at: span) }
        code.top = arguments
    }
}
