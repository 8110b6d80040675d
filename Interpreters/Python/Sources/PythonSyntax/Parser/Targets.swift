/// What can stand where a name is bound or deleted.
extension Expression {
    /// Of an assignment with `=`, a loop or a `with`.
    var isTarget: Bool {
        switch kind {
        case .name, .attribute, .subscript: true
        case .starred(let value, _):
            if case .starred = value.kind { false } else { value.isTarget }
        case .tuple(let elements, _), .list(let elements, _): elements.allSatisfy(\.isTarget)
        default: false
        }
    }
    var isStarred: Bool {
        if case .starred = kind { true } else { false }
    }
    /// Of an augmented or annotated assignment.
    var isSingleTarget: Bool {
        switch kind {
        case .name, .attribute, .subscript: true
        default: false
        }
    }
    /// Of `del`.
    var isDeletable: Bool {
        switch kind {
        case .name, .attribute, .subscript: true
        case .tuple(let elements, _), .list(let elements, _): elements.allSatisfy(\.isDeletable)
        default: false
        }
    }

    /// Of a target and everything in it (A2).
    func setContext(_ context: ExpressionContext) {
        switch kind {
        case .name(let id, _): kind = .name(id: id, context: context)
        case .attribute(let value, let name, _):
            kind = .attribute(value: value, attr: name, context: context)
        case .subscript(let value, let slice, _):
            kind = .subscript(value: value, slice: slice, context: context)
        case .starred(let value, _):
            value.setContext(context)
            kind = .starred(value: value, context: context)
        case .tuple(let elements, _):
            for element in elements { element.setContext(context) }
            kind = .tuple(elts: elements, context: context)
        case .list(let elements, _):
            for element in elements { element.setContext(context) }
            kind = .list(elts: elements, context: context)
        default: break
        }
    }
}

extension Parser {
    /// One or more targets, with a comma a tuple.
    mutating func starTargets() throws(Failure) -> Expression {
        let start = at
        let first = try starTarget()
        guard kind == .comma else { return first }
        var elements = [first]
        while try accept(.comma) {
            guard let next = try attempt({ p throws(Failure) in try p.starTarget() }) else { break }
            elements.append(next)
        }
        return Expression(.tuple(elts: elements, context: .store), span(from: start))
    }

    mutating func starTarget() throws(Failure) -> Expression {
        let start = at
        let target: Expression
        if try accept(.star) {
            if kind == .star { throw .mismatch }
            let value = try starTarget()
            target = Expression(.starred(value: value, context: .store), span(from: start))
        } else {
            target = try remember(.target) { p throws(Failure) in
                let target = try p.primary()
                if !target.isTarget { throw .mismatch }
                return target
            }
        }
        target.setContext(.store)
        return target
    }

    mutating func deleteTargets() throws(Failure) -> [Expression] {
        var targets: [Expression] = []
        repeat {
            let target = try attempt { p throws(Failure) in
                let target = try p.primary()
                if !target.isDeletable { throw .mismatch }
                return target
            }
            guard let target else {
                if targets.isEmpty { throw .mismatch }
                break
            }
            target.setContext(.del)
            targets.append(target)
        } while try accept(.comma)
        return targets
    }
}
