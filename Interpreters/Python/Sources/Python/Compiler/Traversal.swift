import PythonSyntax

/// Walks over syntax trees for what the compiler wants to know beforehand.
extension Compiler {
    /// All statements of a block, at any depth, without those of blocks inside it.
    static func forEachStatement(of body: [Statement], _ visit: (Statement) -> Void) {
        var unseen = [body]
        while let list = unseen.popLast() {
            for statement in list {
                visit(statement)
                switch statement.kind {
                case .for(_, _, let body, let orelse), .asyncFor(_, _, let body, let orelse),
                    .while(_, let body, let orelse), .if(_, let body, let orelse):
                    unseen += [body, orelse]
                case .with(_, let body), .asyncWith(_, let body):
                    unseen.append(body)
                case .match(_, let cases):
                    unseen += cases.map(\.body)
                case .try(let body, let handlers, let orelse, let finalbody),
                    .tryStar(let body, let handlers, let orelse, let finalbody):
                    unseen += [body, orelse, finalbody]
                    unseen += handlers.map(\.body)
                default: break
                }
            }
        }
    }
}

extension Expression {
    /// The expressions directly inside, in no particular order.
    var children: [Expression] {
        switch kind {
        case .boolOp(_, let values), .joinedStr(let values): values
        case .namedExpr(let target, let value): [target, value]
        case .binOp(let left, _, let right): [left, right]
        case .unaryOp(_, let operand): [operand]
        case .lambda(let parameters, let body):
            [body] + parameters.defaults + parameters.kwDefaults.compactMap { $0 }
        case .ifExp(let test, let body, let orelse): [test, body, orelse]
        case .dict(let keys, let values): keys.compactMap { $0 } + values
        case .set(let elements), .list(let elements, _), .tuple(let elements, _): elements
        case .listComp(let element, let generators), .setComp(let element, let generators),
            .generatorExp(let element, let generators):
            [element] + generators.flatMap { [$0.target, $0.iter] + $0.ifs }
        case .dictComp(let key, let value, let generators):
            [key, value] + generators.flatMap { [$0.target, $0.iter] + $0.ifs }
        case .await(let value), .yieldFrom(let value), .attribute(let value, _, _),
            .starred(let value, _):
            [value]
        case .yield(let value): value.map { [$0] } ?? []
        case .compare(let left, _, let comparators): [left] + comparators
        case .call(let callee, let arguments, let keywords):
            [callee] + arguments + keywords.map(\.value)
        case .formattedValue(let value, _, let spec): spec.map { [value, $0] } ?? [value]
        case .constant, .name: []
        case .subscript(let value, let slice, _): [value, slice]
        case .slice(let lower, let upper, let step): [lower, upper, step].compactMap { $0 }
        }
    }

    /// Whether evaluating it may bind a variable of the frame.
    var binds: Bool {
        if case .namedExpr = kind { return true }
        return children.contains(where: \.binds)
    }

    /// Whether it is cheap to have its code twice: no code of its own inside, and few operations.
    var isShort: Bool {
        var budget = 12
        return isWithin(&budget)
    }
    private func isWithin(_ budget: inout Int) -> Bool {
        budget -= 1
        if budget < 0 { return false }
        switch kind {
        case .lambda, .listComp, .setComp, .dictComp, .generatorExp, .yield, .yieldFrom, .await:
            return false
        default:
            for child in children where !child.isWithin(&budget) { return false }
            return true
        }
    }

    var isStarred: Bool {
        if case .starred = kind { return true }
        return false
    }
}
