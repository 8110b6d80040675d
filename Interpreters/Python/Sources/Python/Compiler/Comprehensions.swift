import PythonSyntax

/// A comprehension that runs in the frame around it.
struct Inlined {
    let scope: Scope
    /// Of its variables, by mangled name.
    var registers: [String: Int]
}

/// Comprehensions and generator expressions.
///
/// They are functions of their own, called with an iterator over the first iterable. Where nobody
/// can tell, a list, set or dict comprehension runs in the frame around it instead.
extension Compiler {
    private enum Element {
        case list(Expression)
        case set(Expression)
        case pair(Expression, Expression)
        case yielded(Expression)
    }
    private static func parts(_ expression: Expression) -> (Element, [Comprehension])? {
        switch expression.kind {
        case .listComp(let element, let generators): (.list(element), generators)
        case .setComp(let element, let generators): (.set(element), generators)
        case .dictComp(let key, let value, let generators): (.pair(key, value), generators)
        case .generatorExp(let element, let generators): (.yielded(element), generators)
        default: nil
        }
    }

    mutating func comprehension(
        _ expression: Expression, into result: Int
    ) throws(PythonSyntaxError) {
        guard let (element, generators) = Compiler.parts(expression),
            let first = generators.first
        else { return }
        let scope = shared.symbols[expression]
        let span = expression.span
        if isInlined(scope) {
            return try inlineComprehension(
                scope, element, generators[...], into: result, at: span)
        }
        let isAwaited = scope.isCoroutine && !scope.isGenerator
        if isAwaited && !isAsync && self.scope.kind != .comprehension {
            throw error(
                "asynchronous comprehension outside of an asynchronous function", at: span)
        }
        let unit = try comprehensionUnit(scope, element, generators[...], at: span)
        let window = code.push(4)
        makeFunction(unit, scope, 0, at: code.top, into: window + 3, span)
        let iterator = code.push()
        if first.isAsync {
            code.emit(.getAsyncIterator, a: iterator, b: try operand(first.iter), at: span)
            code.top = iterator + 1
        } else {
            try iterate(first.iter, into: iterator, at: span)
        }
        if isAwaited {
            code.emit(.call, a: window, b: window, c: 1, at: span)
            code.top = window + 1
            try awaitValue(window, kind: 0, into: result, at: span)
        } else {
            code.emit(.call, a: result, b: window, c: 1, at: span)
        }
    }

    private func comprehensionUnit(
        _ scope: Scope, _ element: Element, _ generators: ArraySlice<Comprehension>, at span: Span
    ) throws(PythonSyntaxError) -> CodeUnit {
        var compiler = Compiler(shared, scope, firstLine: Int(span.line))
        compiler.unit.positional = 1
        compiler.setFunctionFlags()
        compiler.begin(parameters: [".0"], body: [], at: span)
        let collection = compiler.code.push()
        compiler.buildEmpty(element, into: collection, at: span)
        compiler.enterLoop(Compiler.repeated(element, generators), at: span)
        try compiler.loops(generators, over: 1, element, into: collection, at: span)
        if case .yielded = element {
        } else {
            compiler.code.emit(.return, a: collection, at: span)
        }
        try compiler.finish(at: span)
        return compiler.unit
    }

    /// What is evaluated over and over.
    private static func repeated(
        _ element: Element, _ generators: ArraySlice<Comprehension>
    ) -> [Expression] {
        let elements: [Expression] =
            switch element {
            case .list(let item), .set(let item), .yielded(let item): [item]
            case .pair(let key, let value): [key, value]
            }
        return elements + generators.flatMap(\.ifs) + generators.dropFirst().map(\.iter)
    }

    private mutating func buildEmpty(_ element: Element, into collection: Int, at span: Span) {
        switch element {
        case .list: code.emit(.buildList, a: collection, b: collection, at: span)
        case .set: code.emit(.buildSet, a: collection, b: collection, at: span)
        case .pair: code.emit(.buildDict, a: collection, b: collection, at: span)
        case .yielded: break
        }
    }

    /// The loops of `generators`, the first of them over r[iterator].
    private mutating func loops(
        _ generators: ArraySlice<Comprehension>, over iterator: Int, _ element: Element,
        into collection: Int, at span: Span
    ) throws(PythonSyntaxError) {
        guard let generator = generators.first else {
            return try collect(element, into: collection)
        }
        let mark = code.top
        defer { code.top = mark }
        let exception = generator.isAsync ? code.push() : 0
        let (again, skipped, exhausted) = (code.label(), code.label(), code.label())
        let bound = code.bound
        code.place(again)
        var region: Region?
        if generator.isAsync {
            region = try asyncNext(of: iterator, into: generator.target, at: span)
        } else {
            try next(of: iterator, into: generator.target, exhausted: exhausted, at: span)
        }
        for test in generator.ifs { try condition(test, is: false, to: skipped) }
        let rest = generators.dropFirst()
        var inner = iterator
        if let next = rest.first {
            inner = code.push()
            if next.isAsync {
                code.emit(.getAsyncIterator, a: inner, b: try operand(next.iter), at: span)
                code.top = inner + 1
            } else {
                try iterate(next.iter, into: inner, at: span)
            }
        }
        try loops(rest, over: inner, element, into: collection, at: span)
        code.place(skipped)
        code.jump(to: again, at: span)
        if let region { endAsyncLoop(region, exception, bound, exhausted: exhausted, at: span) }
        code.place(exhausted)
    }

    private mutating func collect(
        _ element: Element, into collection: Int
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        switch element {
        case .list(let item):
            code.emit(.append, a: collection, b: try operand(item), at: item.span)
        case .set(let item):
            code.emit(.addToSet, a: collection, b: try operand(item), at: item.span)
        case .pair(let key, let value):
            let a = try operand(key, before: [value])
            let b = try operand(value)
            code.emit(.setEntry, a: collection, b: a, c: b, at: Span(key.span, to: value.span))
        case .yielded(let item):
            let ignored = code.push()
            yieldValue(try operand(item), into: ignored, at: item.span)
        }
    }

    // MARK: in the frame around

    private mutating func inlineComprehension(
        _ scope: Scope, _ element: Element, _ generators: ArraySlice<Comprehension>,
        into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        guard let first = generators.first else { return }
        let iterator = code.push()
        try iterate(first.iter, into: iterator, at: span)
        let start = code.instructions.count
        let variables = scope.locals.filter { $0 != ".0" }
        let firstVariable = code.push(variables.count)
        var registers: [String: Int] = [:]
        for (i, name) in variables.enumerated() {
            registers[name] = firstVariable + i
            code.bound.remove(firstVariable + i)
        }
        if generators.count > 1 || self.register(named: first.target, in: registers) == nil {
            // A variable may be asked for before it is bound.
            code.emit(.unbind, a: firstVariable, c: variables.count, at: span)
        }
        let collection = isTemporary(result) ? result : code.push()
        buildEmpty(element, into: collection, at: span)
        enterLoop(Compiler.repeated(element, generators), at: span)
        inlined.append(Inlined(scope: scope, registers: registers))
        try loops(generators, over: iterator, element, into: collection, at: span)
        inlined.removeLast()
        loopConstants.leave()
        unit.inlined.append(
            InlinedCode(
                start: start, end: code.instructions.count, name: scope.name, span: span))
        move(collection, into: result, at: span)
    }
    private func register(named target: Expression, in registers: [String: Int]) -> Int? {
        guard case .name(let id, _) = target.kind else { return nil }
        return registers[mangled(id)]
    }

    /// Names of functions that see the frame they are called from.
    private static let frameNames = ["locals", "vars", "dir", "eval", "exec", "super"]

    /// Whether a comprehension runs in the frame around it: nothing in it waits, no function keeps
    /// its variables, and nothing looks at the frame.
    func isInlined(_ scope: Scope) -> Bool {
        if scope.kind != .comprehension || scope.isGenerator || scope.isCoroutine { return false }
        let identity = ObjectIdentifier(scope)
        if let known = shared.isInlined[identity] { return known }
        let isInlined =
            !Compiler.frameNames.contains { scope.symbol($0) != nil }
            && !scope.locals.contains { isShared($0, by: scope) }
        shared.isInlined[identity] = isInlined
        return isInlined
    }

    /// Whether a function inside `scope` that has a frame of its own uses the variable.
    func isShared(_ name: String, by scope: Scope) -> Bool {
        scope.children.contains { child in
            guard let symbol = child.symbol(name) else { return false }
            let isFree = symbol.resolution == .free || symbol.flags.contains(.freeBelow)
            return isFree && (!isInlined(child) || isShared(name, by: child))
        }
    }
}
