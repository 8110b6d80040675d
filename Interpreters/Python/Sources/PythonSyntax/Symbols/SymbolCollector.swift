/// Walks a tree once and notes in each scope what is done to which names. What a name means is
/// decided afterwards (Resolution.swift), because a scope further down may still declare it.
struct SymbolCollector {
    /// What the walk needs to know of a scope while it is inside.
    struct Context {
        var scope: Scope
        var privateName: String?
        /// Of a comprehension: its name in messages.
        var comprehension: String?
        /// Inside the iterable of a comprehension, however deep.
        var iterables = 0
        /// Inside the target of a comprehension.
        var isIterationTarget = false
    }

    let table: SymbolTable
    private let futureImports: ArraySlice<Statement>
    var contexts: [Context]
    private let stack = NativeStack()
    /// Inside an annotation that is kept as text.
    var isInPostponedAnnotation = false

    init(_ module: Module, hasPostponedAnnotations: Bool) {
        let place = Span(line: 0, column: 0, endLine: 0, endColumn: 0)
        let top = Scope(.module, "<module>", place, in: nil, privateName: nil)
        table = SymbolTable(top: top, hasPostponedAnnotations: hasPostponedAnnotations)
        contexts = [Context(scope: top)]
        futureImports = Future.header(of: module)
    }

    mutating func collect(_ module: Module) throws(PythonSyntaxError) {
        switch module.content {
        case .module(let body), .interactive(let body): try visit(body)
        case .expression(let body): try visit(body)
        }
    }

    // MARK: Scopes and names

    var scope: Scope { contexts[contexts.count - 1].scope }
    private var privateName: String? { contexts[contexts.count - 1].privateName }

    /// Walks what is inside the scope that `node` opens.
    mutating func enter(
        _ kind: Scope.Kind, _ name: String, _ span: Span, for node: AnyObject,
        privateName: String? = nil, comprehension: String? = nil,
        _ body: (inout SymbolCollector) throws(PythonSyntaxError) -> Void
    ) throws(PythonSyntaxError) {
        let privateName = privateName ?? self.privateName
        let inside = Scope(kind, name, span, in: scope, privateName: privateName)
        table.record(inside, for: node)
        contexts.append(
            Context(
                scope: inside, privateName: privateName, comprehension: comprehension,
                iterables: contexts[contexts.count - 1].iterables))
        try body(&self)
        contexts.removeLast()
    }

    mutating func add(_ name: String, _ flags: Symbol.Flags, at span: Span)
        throws(PythonSyntaxError)
    {
        try add(mangled: scope.mangled(name), flags, to: scope, at: span)
    }

    mutating func add(mangled name: String, _ flags: Symbol.Flags, to scope: Scope, at span: Span)
        throws(PythonSyntaxError)
    {
        var flags = flags
        let known = scope.flags(name)
        if flags.contains(.parameter) && known.contains(.parameter) {
            throw mistake("duplicate argument '\(name)' in function definition", span)
        }
        if contexts[contexts.count - 1].isIterationTarget {
            if !known.union(flags).isDisjoint(with: [.global, .nonlocal]) {
                throw mistake(
                    "comprehension inner loop cannot rebind assignment expression target "
                        + "'\(name)'", span)
            }
            flags.insert(.iteration)
        }
        scope.note(name, flags)
        if flags.contains(.global) { table.top.note(name, .global) }
    }

    func mistake(_ message: String, _ span: Span) -> PythonSyntaxError {
        PythonSyntaxError(
            .syntaxError, message, line: Int(span.line), offset: Int(span.column) + 1,
            endLine: Int(span.endLine), endOffset: Int(span.endColumn) + 1)
    }

    func checkDepth() throws(PythonSyntaxError) {
        if stack.isUsedUp { throw .tooDeep }
    }

    // MARK: Statements

    mutating func visit(_ body: [Statement]) throws(PythonSyntaxError) {
        for statement in body { try visit(statement) }
    }

    private mutating func visit(_ statement: Statement) throws(PythonSyntaxError) {
        let span = statement.span
        switch statement.kind {
        case .functionDef(let function): try visit(function, span, isAsync: false)
        case .asyncFunctionDef(let function): try visit(function, span, isAsync: true)
        case .classDef(let definition): try visit(definition, span)
        case .return(let value): try visit(value)
        case .delete(let targets): try visit(targets)
        case .assign(let targets, let value):
            try visit(targets)
            try visit(value)
        case .augAssign(let target, _, let value):
            try visit(target)
            try visit(value)
        case .annAssign(let target, let annotation, let value, let simple):
            try annotated(target, simple: simple, hasValue: value != nil, span)
            try visit(annotation: annotation)
            try visit(value)
        case .for(let target, let iter, let body, let orelse),
            .asyncFor(let target, let iter, let body, let orelse):
            try visit(target)
            try visit(iter)
            try visit(body)
            try visit(orelse)
        case .while(let test, let body, let orelse):
            try visit(test)
            try visit(body)
            try visit(orelse)
        case .if: try visit(branches: statement)
        case .with(let items, let body), .asyncWith(let items, let body):
            for item in items {
                try visit(item.contextExpr)
                try visit(item.optionalVars)
            }
            try visit(body)
        case .match(let subject, let cases):
            try visit(subject)
            for matchCase in cases {
                try visit(matchCase.pattern)
                try visit(matchCase.guard)
                try visit(matchCase.body)
            }
        case .raise(let exc, let cause):
            try visit(exc)
            try visit(cause)
        case .try(let body, let handlers, let orelse, let finalbody),
            .tryStar(let body, let handlers, let orelse, let finalbody):
            try visit(body)
            try visit(orelse)
            for handler in handlers {
                try visit(handler.type)
                if let name = handler.name { try add(name, .assigned, at: handler.span) }
                try visit(handler.body)
            }
            try visit(finalbody)
        case .assert(let test, let msg):
            try visit(test)
            try visit(msg)
        case .import(let names): try visit(names)
        case .importFrom(let module, let names, let level):
            if module == "__future__" && level == 0
                && !futureImports.contains(where: { $0 === statement })
            {
                throw mistake(
                    "from __future__ imports must occur at the beginning of the file", span)
            }
            try visit(names)
        case .global(let names): try declare(names, .global, span)
        case .nonlocal(let names): try declare(names, .nonlocal, span)
        case .expr(let value): try visit(value)
        case .pass, .break, .continue: break
        }
    }

    /// An `if` with all its `elif`s (A3).
    private mutating func visit(branches first: Statement) throws(PythonSyntaxError) {
        var next: Statement? = first
        while let statement = next, case .if(let test, let body, let orelse) = statement.kind {
            try visit(test)
            try visit(body)
            next = nil
            if orelse.count == 1, case .if = orelse[0].kind {
                next = orelse[0]
            } else {
                try visit(orelse)
            }
        }
    }

    private mutating func visit(_ names: [Alias]) throws(PythonSyntaxError) {
        for alias in names {
            if alias.name == "*" {
                if scope.kind != .module {
                    throw mistake("import * only allowed at module level", alias.span)
                }
                continue
            }
            let name = alias.asname ?? String(alias.name.prefix { $0 != "." })
            try add(name, .imported, at: alias.span)
        }
    }

    // MARK: Declarations

    private mutating func declare(_ names: [String], _ flag: Symbol.Flags, _ span: Span)
        throws(PythonSyntaxError)
    {
        let word = flag == .global ? "global" : "nonlocal"
        for name in names {
            let mangled = scope.mangled(name)
            let known = scope.flags(mangled)
            if known.contains(.parameter) {
                throw mistake("name '\(name)' is parameter and \(word)", span)
            } else if known.contains(.referenced) {
                throw mistake("name '\(name)' is used prior to \(word) declaration", span)
            } else if known.contains(.annotated) {
                throw mistake("annotated name '\(name)' can't be \(word)", span)
            } else if known.contains(.assigned) {
                throw mistake("name '\(name)' is assigned to before \(word) declaration", span)
            }
            try add(name, flag, at: span)
            scope.directives.append((mangled, span))
        }
    }

    private mutating func annotated(
        _ target: Expression, simple: Bool, hasValue: Bool, _ span: Span
    ) throws(PythonSyntaxError) {
        guard case .name(let id, _) = target.kind else { return try visit(target) }
        let known = scope.flags(scope.mangled(id))
        if simple && scope.kind != .module && !known.isDisjoint(with: [.global, .nonlocal]) {
            let word = known.contains(.global) ? "global" : "nonlocal"
            throw mistake("annotated name '\(id)' can't be \(word)", span)
        }
        if simple {
            try add(id, [.annotated, .assigned], at: target.span)
        } else if hasValue {
            try add(id, .assigned, at: target.span)
        }
    }

    // MARK: Definitions

    private mutating func visit(_ function: FunctionDef, _ span: Span, isAsync: Bool)
        throws(PythonSyntaxError)
    {
        try add(function.name, .assigned, at: span)
        try visit(defaults: function.args)
        try visit(annotations: function.args)
        if let returns = function.returns { try visit(annotation: returns) }
        try visit(function.decoratorList)
        try enter(.function, function.name, span, for: function) {
            (inside: inout SymbolCollector) throws(PythonSyntaxError) in
            inside.scope.isCoroutine = isAsync
            try inside.visit(parameters: function.args)
            try inside.visit(function.body)
        }
    }

    private mutating func visit(_ definition: ClassDef, _ span: Span) throws(PythonSyntaxError) {
        try add(definition.name, .assigned, at: span)
        try visit(definition.bases)
        for keyword in definition.keywords { try visit(keyword.value) }
        try visit(definition.decoratorList)
        try enter(
            .classBody, definition.name, span, for: definition, privateName: definition.name
        ) { (inside: inout SymbolCollector) throws(PythonSyntaxError) in
            try inside.visit(definition.body)
        }
    }

    mutating func visit(parameters: Arguments) throws(PythonSyntaxError) {
        let all =
            parameters.posonlyargs + parameters.args + parameters.kwonlyargs
            + [parameters.vararg, parameters.kwarg].compactMap { $0 }
        for parameter in all { try add(parameter.arg, .parameter, at: parameter.span) }
    }

    mutating func visit(defaults parameters: Arguments) throws(PythonSyntaxError) {
        try visit(parameters.defaults)
        for value in parameters.kwDefaults { try visit(value) }
    }

    private mutating func visit(annotations parameters: Arguments) throws(PythonSyntaxError) {
        let all =
            parameters.posonlyargs + parameters.args
            + [parameters.vararg, parameters.kwarg].compactMap { $0 } + parameters.kwonlyargs
        for parameter in all {
            if let annotation = parameter.annotation { try visit(annotation: annotation) }
        }
    }

    /// An annotation that is kept as text names nothing, but it must be one that could be evaluated.
    private mutating func visit(annotation: Expression) throws(PythonSyntaxError) {
        guard table.hasPostponedAnnotations else { return try visit(annotation) }
        let place = Scope(.function, "<annotation>", annotation.span, in: nil, privateName: nil)
        isInPostponedAnnotation = true
        defer { isInPostponedAnnotation = false }
        contexts.append(Context(scope: place))
        try visit(annotation)
        contexts.removeLast()
    }

    // MARK: Patterns

    private mutating func visit(_ pattern: Pattern) throws(PythonSyntaxError) {
        switch pattern.kind {
        case .matchValue(let value): try visit(value)
        case .matchSingleton: break
        case .matchSequence(let patterns), .matchOr(let patterns):
            for part in patterns { try visit(part) }
        case .matchMapping(let keys, let patterns, let rest):
            try visit(keys)
            for part in patterns { try visit(part) }
            if let rest { try add(rest, .assigned, at: pattern.span) }
        case .matchClass(let cls, let patterns, _, let kwdPatterns):
            try visit(cls)
            for part in patterns + kwdPatterns { try visit(part) }
        case .matchStar(let name):
            if let name { try add(name, .assigned, at: pattern.span) }
        case .matchAs(let inner, let name):
            if let inner { try visit(inner) }
            if let name { try add(name, .assigned, at: pattern.span) }
        }
    }
}
