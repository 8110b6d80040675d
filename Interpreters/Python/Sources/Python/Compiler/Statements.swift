import PythonSyntax

/// Statements that are no blocks of control flow.
extension Compiler {
    mutating func statements(_ body: [Statement]) throws(PythonSyntaxError) {
        for statement in body { try self.statement(statement) }
    }

    mutating func statement(_ statement: Statement) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        let span = statement.span
        switch statement.kind {
        case .expr(let value):
            if isInteractive {
                code.emit(.printExpression, a: try operand(value), at: span)
            } else {
                try effect(value)
            }
        case .assign(let targets, let value):
            try assign(targets, value, at: span)
        case .augAssign(let target, let op, let value):
            try augmentedAssign(target, op, value, at: span)
        case .annAssign(let target, let annotation, let value, let simple):
            try annotatedAssign(target, annotation, value, simple: simple, at: span)
        case .delete(let targets):
            for target in targets { try delete(target) }
        case .functionDef(let definition):
            try functionDefinition(definition, isAsync: false, at: span)
        case .asyncFunctionDef(let definition):
            try functionDefinition(definition, isAsync: true, at: span)
        case .classDef(let definition):
            try classDefinition(definition, at: span)
        case .return(let value):
            try returnStatement(value, at: span)
        case .raise(let exception, let cause):
            var registers = [Instruction.noRegister, Instruction.noRegister]
            if let exception {
                registers[0] = try operand(exception, before: [cause].compactMap { $0 })
            }
            if let cause { registers[1] = try operand(cause) }
            code.emit(.raise, a: registers[0], b: registers[1], at: span)
        case .assert(let test, let message):
            try assertion(test, message, at: span)
        case .if:
            try ifStatement(statement)
        case .while(let test, let body, let orelse):
            try whileLoop(test, body, orelse, at: span)
        case .for(let target, let iterable, let body, let orelse):
            try forLoop(target, iterable, body, orelse, at: span)
        case .asyncFor(let target, let iterable, let body, let orelse):
            try checkAsync("async for", at: span)
            try asyncForLoop(target, iterable, body, orelse, at: span)
        case .break:
            try leaveLoop(isBreak: true, at: span)
        case .continue:
            try leaveLoop(isBreak: false, at: span)
        case .with(let items, let body):
            try with(items[...], body, isAsync: false, at: span)
        case .asyncWith(let items, let body):
            try checkAsync("async with", at: span)
            try with(items[...], body, isAsync: true, at: span)
        case .try(let body, let handlers, let orelse, let finalbody):
            try tryStatement(body, handlers, orelse, finalbody, isGroup: false, at: span)
        case .tryStar(let body, let handlers, let orelse, let finalbody):
            try tryStatement(body, handlers, orelse, finalbody, isGroup: true, at: span)
        case .match(let subject, let cases):
            try match(subject, cases, at: span)
        case .import(let names):
            try importModules(names, at: span)
        case .importFrom(let module, let names, let level):
            try importNames(module, names, level, at: span)
        case .global, .nonlocal, .pass:
            break
        }
    }

    private mutating func assertion(
        _ test: Expression, _ message: Expression?, at span: Span
    ) throws(PythonSyntaxError) {
        warnIfAlwaysTrue(test, at: span)
        let holds = code.label()
        try condition(test, is: true, to: holds)
        let failure = test.lastComparison?.span ?? span
        let window = code.push(4)
        code.emit(.loadAssertionError, a: window + 3, at: failure)
        if let message {
            try value(message, into: code.push())
            code.emit(.call, a: window + 3, b: window, c: 1, at: failure)
        }
        code.emit(.raise, a: window + 3, b: Instruction.noRegister, at: failure)
        code.place(holds)
    }

    // MARK: imports

    private mutating func importModules(
        _ names: [Alias], at span: Span
    ) throws(PythonSyntaxError) {
        for alias in names {
            let module = code.push()
            importModule(alias.name, level: 0, names: .none, into: module, at: span)
            let path = alias.name.split(separator: ".").map(String.init)
            if let name = alias.asname {
                for part in path.dropFirst() {
                    code.emit(
                        .importFrom, a: module, b: module, c: code.name(mangled(part)), at: span)
                }
                try checkAssignable(name, at: span)
                store(name, from: module, at: span)
            } else if let name = path.first {
                try checkAssignable(name, at: span)
                store(name, from: module, at: span)
            }
            code.top = module
        }
    }

    private mutating func importNames(
        _ module: String?, _ names: [Alias], _ level: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let register = code.push()
        let wanted = Constant.tuple(names.map { Constant($0.name) })
        importModule(module ?? "", level: level, names: wanted, into: register, at: span)
        if names.first?.name == "*" {
            code.emit(.importStar, a: namespace ?? Instruction.noRegister, b: register, at: span)
            return
        }
        for alias in names {
            let name = alias.asname ?? alias.name
            try checkAssignable(name, at: span)
            let value = code.push()
            code.emit(
                .importFrom, a: value, b: register, c: code.name(mangled(alias.name)), at: span)
            store(name, from: value, at: span)
            code.top = value
        }
    }

    private mutating func importModule(
        _ name: String, level: Int, names: Constant, into result: Int, at span: Span
    ) {
        let operands = code.push(2)
        load(.int(level), into: operands, at: span)
        load(names, into: operands + 1, at: span)
        code.emit(.importName, a: result, b: operands, c: code.name(mangled(name)), at: span)
        code.top = operands
    }
}

extension Expression {
    /// The comparison that a failed assertion points at.
    fileprivate var lastComparison: Expression? {
        switch kind {
        case .compare: self
        case .unaryOp(.not, let operand): operand.lastComparison
        case .boolOp(_, let values): values.reversed().lazy.compactMap(\.lastComparison).first
        case .ifExp(let test, let body, let orelse):
            orelse.lastComparison ?? body.lastComparison ?? test.lastComparison
        default: nil
        }
    }
}
