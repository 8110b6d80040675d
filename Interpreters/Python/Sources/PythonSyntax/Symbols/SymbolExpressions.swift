/// Names in expressions, and the scopes of lambdas and comprehensions.
extension SymbolCollector {
    mutating func visit(_ expressions: [Expression]) throws(PythonSyntaxError) {
        for expression in expressions { try visit(expression) }
    }
    mutating func visit(_ expression: Expression?) throws(PythonSyntaxError) {
        if let expression { try visit(expression) }
    }

    mutating func visit(_ expression: Expression) throws(PythonSyntaxError) {
        try checkDepth()
        switch expression.kind {
        case .name(let id, let context): try visit(name: id, context, expression.span)
        case .constant: break
        case .attribute(let value, _, _), .starred(let value, _): try visit(value)
        case .subscript(let value, let slice, _):
            try visit(value)
            try visit(slice)
        case .call(let function, let args, let keywords):
            try visit(function)
            try visit(args)
            for keyword in keywords { try visit(keyword.value) }
        case .binOp: try visit(chain: expression)
        case .boolOp(_, let values), .joinedStr(let values): try visit(values)
        case .unaryOp(_, let operand): try visit(operand)
        case .compare(let left, _, let comparators):
            try visit(left)
            try visit(comparators)
        case .ifExp(let test, let body, let orelse):
            try visit(test)
            try visit(body)
            try visit(orelse)
        case .dict(let keys, let values):
            for key in keys { try visit(key) }
            try visit(values)
        case .set(let elts), .list(let elts, _), .tuple(let elts, _): try visit(elts)
        case .slice(let lower, let upper, let step):
            try visit(lower)
            try visit(upper)
            try visit(step)
        case .formattedValue(let value, _, let formatSpec):
            try visit(value)
            try visit(formatSpec)
        case .namedExpr(let target, let value): try visit(assignment: expression, target, value)
        case .lambda(let args, let body):
            try visit(defaults: args)
            try enter(.lambda, "<lambda>", expression.span, for: expression) {
                (inside: inout SymbolCollector) throws(PythonSyntaxError) in
                try inside.visit(parameters: args)
                try inside.visit(body)
            }
        case .await(let value):
            try forbidInAnnotation(expression)
            try visit(value)
            if scope.kind == .comprehension { scope.isCoroutine = true }
        case .yield(let value):
            try forbidInAnnotation(expression)
            try visit(value)
            try noteYield(expression.span)
        case .yieldFrom(let value):
            try forbidInAnnotation(expression)
            try visit(value)
            try noteYield(expression.span)
        case .listComp(let elt, let generators):
            try visit(expression, "list comprehension", "<listcomp>", generators, [elt])
        case .setComp(let elt, let generators):
            try visit(expression, "set comprehension", "<setcomp>", generators, [elt])
        case .dictComp(let key, let value, let generators):
            try visit(expression, "dict comprehension", "<dictcomp>", generators, [value, key])
        case .generatorExp(let elt, let generators):
            try visit(expression, "generator expression", "<genexpr>", generators, [elt])
        }
    }

    /// A chain of operators is deep on the left: not by recursion.
    private mutating func visit(chain: Expression) throws(PythonSyntaxError) {
        var operands: [Expression] = []
        var left = chain
        while case .binOp(let next, _, let right) = left.kind {
            operands.append(right)
            left = next
        }
        try visit(left)
        for operand in operands.reversed() { try visit(operand) }
    }

    private mutating func visit(name: String, _ context: ExpressionContext, _ span: Span)
        throws(PythonSyntaxError)
    {
        try add(name, context == .load ? .referenced : .assigned, at: span)
        // `super()` finds the class through this cell.
        if name == "super" && context == .load && scope.runsAsFunction {
            try add("__class__", .referenced, at: span)
        }
    }

    private func forbidInAnnotation(_ expression: Expression) throws(PythonSyntaxError) {
        if isInPostponedAnnotation && scope.name == "<annotation>" {
            throw mistake(
                "'\(expression.description)' can not be used within an annotation",
                expression.span)
        }
    }

    private func noteYield(_ span: Span) throws(PythonSyntaxError) {
        scope.isGenerator = true
        if let comprehension = contexts[contexts.count - 1].comprehension {
            throw mistake("'yield' inside \(comprehension)", span)
        }
    }

    // MARK: Comprehensions

    private mutating func visit(
        _ expression: Expression, _ description: String, _ name: String,
        _ generators: [Comprehension], _ elements: [Expression]
    ) throws(PythonSyntaxError) {
        guard let first = generators.first else { return }
        // The outermost iterable belongs to the scope around.
        try visit(iterable: first.iter)
        let isGenerator = name == "<genexpr>"
        try enter(
            .comprehension, name, expression.span, for: expression, comprehension: description
        ) { (inside: inout SymbolCollector) throws(PythonSyntaxError) in
            if first.isAsync { inside.scope.isCoroutine = true }
            try inside.add(".0", .parameter, at: expression.span)
            try inside.visit(clause: first)
            for clause in generators.dropFirst() {
                try inside.visit(iterationTarget: clause.target)
                try inside.visit(iterable: clause.iter)
                try inside.visit(clause.ifs)
                if clause.isAsync { inside.scope.isCoroutine = true }
            }
            try inside.visit(elements)
            inside.scope.isGenerator = isGenerator
        }
        if let inside = scope.children.last, inside.isCoroutine && !isGenerator {
            if scope.kind == .comprehension {
                scope.isCoroutine = true
            } else if !scope.isCoroutine {
                throw mistake(
                    "asynchronous comprehension outside of an asynchronous function",
                    expression.span)
            }
        }
    }

    private mutating func visit(clause: Comprehension) throws(PythonSyntaxError) {
        try visit(iterationTarget: clause.target)
        try visit(clause.ifs)
    }

    private mutating func visit(iterationTarget target: Expression) throws(PythonSyntaxError) {
        contexts[contexts.count - 1].isIterationTarget = true
        try visit(target)
        contexts[contexts.count - 1].isIterationTarget = false
    }

    private mutating func visit(iterable: Expression) throws(PythonSyntaxError) {
        contexts[contexts.count - 1].iterables += 1
        try visit(iterable)
        contexts[contexts.count - 1].iterables -= 1
    }

    // MARK: Assignment expressions

    private mutating func visit(
        assignment: Expression, _ target: Expression, _ value: Expression
    ) throws(PythonSyntaxError) {
        try forbidInAnnotation(assignment)
        let context = contexts[contexts.count - 1]
        if context.iterables > 0 {
            throw mistake(
                "assignment expression cannot be used in a comprehension iterable expression",
                assignment.span)
        }
        if context.comprehension != nil { try bindOutside(target) }
        try visit(value)
        try visit(target)
    }

    /// `name := value` in a comprehension binds the name in the function or module around it.
    private mutating func bindOutside(_ target: Expression) throws(PythonSyntaxError) {
        guard case .name(let id, _) = target.kind else { return }
        let name = scope.mangled(id)
        for context in contexts.reversed() {
            let outside = context.scope
            if context.comprehension != nil {
                if outside.flags(name).contains(.iteration) {
                    throw mistake(
                        "assignment expression cannot rebind comprehension iteration variable "
                            + "'\(id)'", target.span)
                }
                continue
            }
            if outside.kind == .classBody {
                throw mistake(
                    "assignment expression within a comprehension cannot be used in a class body",
                    target.span)
            }
            let isGlobal = outside.kind == .module || outside.flags(name).contains(.global)
            try add(id, isGlobal ? .global : .nonlocal, at: target.span)
            scope.directives.append((name, target.span))
            outside.note(name, outside.kind == .module ? .global : .assigned)
            return
        }
    }
}
