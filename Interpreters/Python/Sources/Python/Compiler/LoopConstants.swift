import PythonSyntax

/// Constants that are operands within loops: they are loaded once, before the outermost loop, and
/// stay in registers until it is over.
struct LoopConstants {
    /// More than this are not kept.
    static let most = 8

    private(set) var registers: [Constant: Int] = [:]
    private var depth = 0

    /// Whether a loop that starts here is the outermost one.
    var isOutside: Bool { depth == 0 }

    mutating func enter() { depth += 1 }
    mutating func leave() {
        depth -= 1
        if depth == 0 { registers = [:] }
    }
    mutating func keep(_ constant: Constant, in register: Int) { registers[constant] = register }
}

/// Finds constants that instructions have no operand form for.
private struct OperandSearch {
    let compiler: Compiler
    var found: [Constant] = []

    mutating func note(_ expression: Expression) {
        guard found.count < LoopConstants.most, let constant = expression.folded,
            !found.contains(constant)
        else { return }
        found.append(constant)
    }

    mutating func visit(_ statements: [Statement]) {
        var all: [Statement] = []
        Compiler.forEachStatement(of: statements) { all.append($0) }
        for statement in all {
            switch statement.kind {
            case .assign(let targets, let value):
                if targets.contains(where: \.isPart) { note(value) }
            case .augAssign(_, let op, let value):
                noteRight(value, op)
            default: break
            }
            for expression in statement.expressions { visit(expression) }
        }
    }

    mutating func visit(_ expression: Expression) {
        if found.count == LoopConstants.most || expression.folded != nil { return }
        switch expression.kind {
        case .binOp(let left, let op, let right):
            note(left)
            noteRight(right, op)
        case .compare(let left, let ops, let comparators):
            note(left)
            for (op, right) in zip(ops, comparators) {
                switch right.folded {
                case .some(.none) where op == .is || op == .isNot: break
                case .int(let value)
                where op.offset != nil && Instruction.smallConstants.contains(value):
                    break
                default: note(right)
                }
            }
        case .subscript(_, let index, _):
            if case .int = index.folded {} else { note(index) }
        case .lambda: return
        case .listComp, .setComp, .dictComp, .generatorExp:
            if !compiler.isInlined(compiler.shared.symbols[expression]) { return }
        default: break
        }
        for child in expression.children { visit(child) }
    }

    private mutating func noteRight(_ right: Expression, _ op: BinaryOperator) {
        if case .int(let value) = right.folded, op.constantOpcode != nil,
            Instruction.smallConstants.contains(value)
        {
            return
        }
        note(right)
    }
}

extension Compiler {
    /// A loop of these parts follows; ``LoopConstants/leave()`` ends it.
    mutating func enterLoop(
        _ expressions: [Expression], _ body: [Statement] = [], at span: Span
    ) {
        if loopConstants.isOutside {
            var search = OperandSearch(compiler: self)
            for expression in expressions { search.visit(expression) }
            search.visit(body)
            for constant in search.found {
                let register = code.push()
                load(constant, into: register, at: span)
                loopConstants.keep(constant, in: register)
            }
        }
        loopConstants.enter()
    }
}

extension Expression {
    /// A target inside an object.
    fileprivate var isPart: Bool {
        switch kind {
        case .attribute, .subscript: true
        default: false
        }
    }
}

extension Statement {
    /// The expressions of the statement itself that are evaluated where it stands.
    fileprivate var expressions: [Expression] {
        switch kind {
        case .return(let value): value.map { [$0] } ?? []
        case .delete(let targets): targets
        case .assign(let targets, let value): targets + [value]
        case .augAssign(let target, _, let value): [target, value]
        case .annAssign(let target, _, let value, _): [target] + (value.map { [$0] } ?? [])
        case .for(let target, let iterable, _, _), .asyncFor(let target, let iterable, _, _):
            [target, iterable]
        case .while(let test, _, _), .if(let test, _, _): [test]
        case .with(let items, _), .asyncWith(let items, _): items.map(\.contextExpr)
        case .match(let subject, let cases): [subject] + cases.compactMap(\.guard)
        case .raise(let exception, let cause): [exception, cause].compactMap { $0 }
        case .assert(let test, let message): [test] + (message.map { [$0] } ?? [])
        case .expr(let value): [value]
        case .functionDef, .asyncFunctionDef, .classDef, .try, .tryStar, .import, .importFrom,
            .global, .nonlocal, .pass, .break, .continue:
            []
        }
    }
}
