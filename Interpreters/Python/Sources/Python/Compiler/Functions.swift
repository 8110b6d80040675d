import PythonSyntax

/// Functions, lambdas and classes: their units, and making objects of them.
extension Compiler {
    // MARK: statements

    mutating func functionDefinition(
        _ definition: FunctionDef, isAsync: Bool, at span: Span
    ) throws(PythonSyntaxError) {
        try checkAssignable(definition.name, at: span)
        let target = destination(of: definition.name) ?? code.push()
        let decorators = try beginDecorators(definition.decoratorList)
        let function = decorators.isEmpty ? target : code.push()
        let scope = shared.symbols[definition]
        let firstLine = definition.decoratorList.first?.span.line ?? span.line
        let mark = code.top
        let parts = try functionParts(definition.args, returns: definition.returns, at: span)
        let unit = try functionUnit(
            scope, definition.args, firstLine: Int(firstLine), body: definition.body,
            isAsync: isAsync, at: span
        ) { (compiler: inout Compiler) throws(PythonSyntaxError) in
            compiler.unit.docstring = Compiler.docstring(of: definition.body).map { .text($0) }
            try compiler.statements(definition.body)
        }
        makeFunction(unit, scope, parts, at: mark, into: function, span)
        finishDecorators(decorators, into: target)
        store(definition.name, from: target, at: span)
    }

    mutating func classDefinition(
        _ definition: ClassDef, at span: Span
    ) throws(PythonSyntaxError) {
        try checkAssignable(definition.name, at: span)
        try checkKeywords(definition.keywords, at: span)
        let target = destination(of: definition.name) ?? code.push()
        let decorators = try beginDecorators(definition.decoratorList)
        let result = decorators.isEmpty ? target : code.push()
        let scope = shared.symbols[definition]
        let firstLine = definition.decoratorList.first?.span.line ?? span.line
        let unit = try classUnit(definition, scope, firstLine: Int(firstLine))
        let window = code.push(4)
        code.emit(.loadBuildClass, a: window + 3, at: span)
        let body = code.push()
        makeFunction(unit, scope, 0, at: code.top, into: body, span)
        load(Constant(definition.name), into: code.push(), at: span)
        try finishCall(
            window, leading: 2, definition.bases, definition.keywords, into: result, at: span)
        finishDecorators(decorators, into: target)
        store(definition.name, from: target, at: span)
    }

    /// The register of a variable that a definition may be written to.
    private func destination(of name: String) -> Int? {
        if case .register(let register) = place(of: name) { return register }
        return nil
    }

    /// Evaluates decorators, each as what its window calls; what they are to be called with goes
    /// to a register pushed next.
    private mutating func beginDecorators(
        _ decorators: [Expression]
    ) throws(PythonSyntaxError) -> [(window: Int, span: Span)] {
        var result: [(window: Int, span: Span)] = []
        for decorator in decorators {
            let window = code.push(4)
            try value(decorator, into: window + 3)
            result.append((window, decorator.span))
        }
        return result
    }
    private mutating func finishDecorators(
        _ decorators: [(window: Int, span: Span)], into target: Int
    ) {
        for (i, decorator) in decorators.enumerated().reversed() {
            // The argument of the one before, or where the name is bound from.
            let result = i == 0 ? target : decorator.window
            code.emit(.call, a: result, b: decorator.window, c: 1, at: decorator.span)
        }
    }

    // MARK: expressions

    mutating func lambda(
        _ parameters: Arguments, _ body: Expression, _ expression: Expression, into result: Int
    ) throws(PythonSyntaxError) {
        let scope = shared.symbols[expression]
        let mark = code.top
        let parts = try functionParts(parameters, returns: nil, at: expression.span)
        let unit = try functionUnit(
            scope, parameters, firstLine: Int(expression.span.line), body: [],
            at: expression.span
        ) { (compiler: inout Compiler) throws(PythonSyntaxError) in
            try compiler.returnValue(body, at: body.span)
        }
        makeFunction(unit, scope, parts, at: mark, into: result, expression.span)
    }

    /// Evaluates defaults and annotations into the registers from `code.top` on; which there are,
    /// as `makeFunction` wants it.
    private mutating func functionParts(
        _ parameters: Arguments, returns: Expression?, at span: Span
    ) throws(PythonSyntaxError) -> Int {
        var parts = 0
        if !parameters.defaults.isEmpty {
            parts |= 1
            let register = code.push()
            if let constants = Compiler.folded(parameters.defaults) {
                load(.tuple(constants), into: register, at: span)
            } else {
                try display(.tuple, parameters.defaults, into: register, at: span)
            }
        }
        let keywordDefaults = zip(parameters.kwonlyargs, parameters.kwDefaults)
            .filter { $0.1 != nil }
        if !keywordDefaults.isEmpty {
            parts |= 2
            let register = code.push()
            let first = code.top
            for (parameter, value) in keywordDefaults {
                load(Constant(mangled(parameter.arg)), into: code.push(), at: span)
                if let value { try self.value(value, into: code.push()) }
            }
            code.emit(.buildDict, a: register, b: first, c: keywordDefaults.count, at: span)
            code.top = first
        }
        let register = code.push()
        let first = code.top
        for parameter in parameters.args + parameters.posonlyargs {
            try annotation(parameter)
        }
        if let parameter = parameters.vararg { try annotation(parameter, isStarred: true) }
        for parameter in parameters.kwonlyargs { try annotation(parameter) }
        if let parameter = parameters.kwarg { try annotation(parameter) }
        if let returns { try annotation("return", returns) }
        if code.top > first {
            parts |= 4
            code.emit(.buildDict, a: register, b: first, c: (code.top - first) / 2, at: span)
            code.top = first
        } else {
            code.top = register
        }
        return parts
    }
    private mutating func annotation(
        _ parameter: Argument, isStarred: Bool = false
    ) throws(PythonSyntaxError) {
        guard let annotation = parameter.annotation else { return }
        try self.annotation(mangled(parameter.arg), annotation, isStarred: isStarred)
    }
    /// Pushes a name and its annotation.
    private mutating func annotation(
        _ name: String, _ annotation: Expression, isStarred: Bool = false
    ) throws(PythonSyntaxError) {
        load(Constant(name), into: code.push(), at: annotation.span)
        let register = code.push()
        if !shared.symbols.hasPostponedAnnotations, isStarred,
            case .starred(let types, _) = annotation.kind
        {
            try value(types, into: register)
            code.emit(.unpack, a: register, b: register, c: 1, at: annotation.span)
        } else {
            try annotationValue(annotation, into: register)
        }
    }
    /// The annotation, or its text when annotations are postponed.
    mutating func annotationValue(
        _ annotation: Expression, into register: Int
    ) throws(PythonSyntaxError) {
        if shared.symbols.hasPostponedAnnotations {
            load(.text(Unparser.text(of: annotation)), into: register, at: annotation.span)
        } else {
            try value(annotation, into: register)
        }
    }

    /// r[result] = a function of `unit`, with `parts` that lie in the registers from `first` on.
    mutating func makeFunction(
        _ unit: CodeUnit, _ scope: Scope, _ parts: Int, at first: Int, into result: Int,
        _ span: Span
    ) {
        var parts = parts
        if !unit.freeNames.isEmpty {
            parts |= 8
            let closure = code.push()
            let cells = code.push(unit.freeNames.count)
            for (i, name) in unit.freeNames.enumerated() {
                let own = name == "__class__" ? classCell : nil
                move(own ?? variables[name]?.register ?? 0, into: cells + i, at: span)
            }
            code.emit(.buildTuple, a: closure, b: cells, c: unit.freeNames.count, at: span)
        }
        code.top = first
        code.emit(
            .makeFunction, a: result, b: first, c: code.constant(.code(unit)), at: span)
        code.emit(word: parts, at: span)
    }

    // MARK: units

    /// The unit of a function with this body.
    private func functionUnit(
        _ scope: Scope, _ parameters: Arguments, firstLine: Int, body: [Statement],
        isAsync: Bool = false, at span: Span,
        _ write: (inout Compiler) throws(PythonSyntaxError) -> Void
    ) throws(PythonSyntaxError) -> CodeUnit {
        var compiler = Compiler(shared, scope, firstLine: firstLine)
        let unit = compiler.unit
        let positional = parameters.posonlyargs + parameters.args
        unit.positional = positional.count
        unit.positionalOnly = parameters.posonlyargs.count
        unit.keywordOnly = parameters.kwonlyargs.count
        if parameters.vararg != nil { unit.flags.insert(.starred) }
        if parameters.kwarg != nil { unit.flags.insert(.doubleStarred) }
        compiler.setFunctionFlags()
        let all =
            positional + parameters.kwonlyargs
            + [parameters.vararg, parameters.kwarg].compactMap { $0 }
        for parameter in all { try checkAssignable(parameter.arg, at: span) }
        compiler.isAsync = isAsync
        let start = Span(
            line: Int32(firstLine), column: 0, endLine: Int32(firstLine), endColumn: 0)
        compiler.begin(parameters: all.map { scope.mangled($0.arg) }, body: body, at: start)
        try write(&compiler)
        try compiler.finish(at: body.last?.span ?? start)
        return unit
    }
    mutating func setFunctionFlags() {
        if scope.isAsyncGenerator {
            unit.flags.insert(.asyncGenerator)
        } else if scope.isCoroutine {
            unit.flags.insert(.coroutine)
        } else if scope.isGenerator {
            unit.flags.insert(.generator)
        }
        if scope.isNested { unit.flags.insert(.nested) }
        if shared.symbols.hasPostponedAnnotations { unit.flags.insert(.future) }
    }

    private func classUnit(
        _ definition: ClassDef, _ scope: Scope, firstLine: Int
    ) throws(PythonSyntaxError) -> CodeUnit {
        var compiler = Compiler(shared, scope, firstLine: firstLine)
        let unit = compiler.unit
        unit.flags.insert(.hasNamespace)
        compiler.setFunctionFlags()
        let start = Span(
            line: Int32(firstLine), column: 0, endLine: Int32(firstLine), endColumn: 0)
        let namespace = compiler.code.push()
        compiler.namespace = namespace
        compiler.begin(parameters: [], body: definition.body, at: start)
        try compiler.classBody(definition.body, namespace, at: start)
        try compiler.finish(at: start)
        return unit
    }
    private mutating func classBody(
        _ body: [Statement], _ namespace: Int, at start: Span
    ) throws(PythonSyntaxError) {
        code.emit(.loadNamespace, a: namespace, at: start)
        let register = code.push()
        load("__name__", into: register, at: start)
        store("__module__", from: register, at: start)
        load(Constant(scope.qualifiedName), into: register, at: start)
        store("__qualname__", from: register, at: start)
        if Compiler.annotatesNames(body) { setupAnnotations(at: start) }
        if let text = Compiler.docstring(of: body) {
            load(.text(text), into: register, at: body[0].span)
            store("__doc__", from: register, at: body[0].span)
        }
        code.top = register
        try statements(body)
        if let cell = classCell {
            code.emit(
                .storeName, a: cell, b: namespace, c: code.name("__classcell__"), at: start)
            code.emit(.return, a: cell, at: start)
        }
    }
}
