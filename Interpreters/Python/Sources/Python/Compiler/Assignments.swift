import PythonSyntax

/// Binding and unbinding of targets.
extension Compiler {
    mutating func assign(
        _ targets: [Expression], _ value: Expression, at span: Span
    ) throws(PythonSyntaxError) {
        if targets.count == 1 {
            if case .name(let id, _) = targets[0].kind, let variable = register(of: targets[0]) {
                try checkAssignable(id, at: targets[0].span)
                try self.value(value, into: variable)
                code.bound.insert(variable)
                return
            }
            if let (targets, values) = Compiler.pairs(targets[0], value) {
                return try assignEach(targets, values)
            }
        }
        if let constant = value.folded, targets.allSatisfy({ self.register(of: $0) != nil }) {
            for target in targets { try store(target, constant, at: value.span) }
            return
        }
        let register: Int
        if targets.count == 1 || targets.allSatisfy(\.isPlainName) {
            register = try operand(value, before: targets)
        } else {
            // The variable may change while there are targets left.
            register = code.push()
            try self.value(value, into: register)
        }
        for target in targets {
            let mark = code.top
            try store(target, from: register)
            code.top = mark
        }
    }

    /// The elements of `a, b = c, d`.
    private static func pairs(
        _ target: Expression, _ value: Expression
    ) -> ([Expression], [Expression])? {
        let targets: [Expression]
        switch target.kind {
        case .tuple(let elements, _), .list(let elements, _): targets = elements
        default: return nil
        }
        let values: [Expression]
        switch value.kind {
        case .tuple(let elements, _), .list(let elements, _): values = elements
        default: return nil
        }
        guard targets.count == values.count, targets.count <= largestWindow,
            !targets.contains(where: \.isStarred), !values.contains(where: \.isStarred)
        else { return nil }
        return (targets, values)
    }

    /// Evaluates all values, then stores them, without a tuple in between.
    private mutating func assignEach(
        _ targets: [Expression], _ values: [Expression]
    ) throws(PythonSyntaxError) {
        var registers: [Int?] = []
        for (i, value) in values.enumerated() {
            if value.folded != nil {
                registers.append(nil)
                continue
            }
            // A variable can stay where it is until it is stored, unless it changes before.
            let before = targets.prefix(i)
            let isOverwritten = before.contains { target in
                guard let variable = register(of: target) else { return !target.isPlainName }
                return variable == register(of: value)
            }
            if isOverwritten {
                let copy = code.push()
                try self.value(value, into: copy)
                registers.append(copy)
            } else {
                registers.append(try operand(value, before: Array(values[(i + 1)...]) + before))
            }
        }
        for (i, target) in targets.enumerated() {
            let mark = code.top
            if let register = registers[i] {
                try store(target, from: register)
            } else if let constant = values[i].folded {
                try store(target, constant, at: values[i].span)
            }
            code.top = mark
        }
    }

    /// Stores a constant in a target of any kind.
    private mutating func store(
        _ target: Expression, _ constant: Constant, at span: Span
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        if case .name(let id, _) = target.kind, let variable = register(of: target) {
            try checkAssignable(id, at: target.span)
            load(constant, into: variable, at: span)
            code.bound.insert(variable)
        } else {
            try store(target, from: operand(constant, at: span))
        }
    }

    /// Stores r[register] in a target of any kind.
    mutating func store(
        _ target: Expression, from register: Int
    ) throws(PythonSyntaxError) {
        let span = target.span
        switch target.kind {
        case .name(let id, _):
            try checkAssignable(id, at: span)
            store(id, from: register, at: span)
        case .attribute(let object, let name, _):
            try checkAssignable(name, at: span)
            let object = try operand(object)
            storeAttribute(object, name, register, at: attributeSpan(target))
        case .subscript(let object, let index, _):
            let a = try operand(object, before: [index])
            if case .slice(let lower, let upper, let step) = index.kind {
                let (parts, form) = try slice(lower, upper, step)
                code.emit(.setSlice, a: a, b: parts, c: register | form, at: span)
            } else {
                code.emit(.setItem, a: a, b: try operand(index), c: register, at: span)
            }
        case .tuple(let elements, _), .list(let elements, _):
            try unpack(register, elements, at: span)
        case .starred:
            throw error("starred assignment target must be in a list or tuple", at: span)
        default:
            throw error("cannot assign to expression", at: span)
        }
    }

    private mutating func storeAttribute(
        _ object: Int, _ name: String, _ register: Int, at span: Span
    ) {
        code.emit(.storeAttribute, a: object, b: register, c: code.name(mangled(name)), at: span)
        code.emit(at: span)
    }

    private mutating func unpack(
        _ register: Int, _ elements: [Expression], at span: Span
    ) throws(PythonSyntaxError) {
        if let first = consecutiveRegisters(elements),
            !(first..<first + elements.count).contains(register)
        {
            code.emit(.unpack, a: first, b: register, c: elements.count, at: span)
            for i in elements.indices { code.bound.insert(first + i) }
            return
        }
        let first = code.push(elements.count)
        if let star = elements.firstIndex(where: \.isStarred) {
            let after = elements.count - star - 1
            if elements[(star + 1)...].contains(where: \.isStarred) {
                throw error("multiple starred expressions in assignment", at: span)
            }
            if star > 0xFF || after > 0xFFF {
                throw error("too many expressions in star-unpacking assignment", at: span)
            }
            let counts = star | after << 12
            code.emit(
                .unpackStarred, a: first, b: register,
                c: counts < 1 << 23 ? counts : counts - 1 << 24, at: span)
        } else {
            code.emit(.unpack, a: first, b: register, c: elements.count, at: span)
        }
        for (i, element) in elements.enumerated() {
            if case .starred(let target, _) = element.kind {
                try store(target, from: first + i)
            } else {
                try store(element, from: first + i)
            }
        }
    }
    /// The first of the registers when the targets are variables that lie side by side.
    private func consecutiveRegisters(_ targets: [Expression]) -> Int? {
        guard let first = targets.first.flatMap({ register(of: $0) }) else { return nil }
        for (i, target) in targets.enumerated() where register(of: target) != first + i {
            return nil
        }
        return first
    }

    // MARK: augmented and annotated assignment

    mutating func augmentedAssign(
        _ target: Expression, _ op: BinaryOperator, _ value: Expression, at span: Span
    ) throws(PythonSyntaxError) {
        switch target.kind {
        case .name(let id, _):
            try checkAssignable(id, at: target.span)
            if let variable = register(of: target) {
                let a = try operand(target, before: [value])
                try arithmetic(op, a, value, into: variable, inPlace: true, at: span)
                code.bound.insert(variable)
            } else {
                let register = code.push()
                load(id, into: register, at: target.span)
                try arithmetic(op, register, value, into: register, inPlace: true, at: span)
                store(id, from: register, at: target.span)
            }
        case .attribute(let object, let name, _):
            let targetSpan = attributeSpan(target)
            let object = try operand(object, before: [value])
            let register = code.push()
            code.emit(
                .loadAttribute, a: register, b: object, c: code.name(mangled(name)),
                at: targetSpan)
            code.emit(at: targetSpan)
            try arithmetic(op, register, value, into: register, inPlace: true, at: span)
            storeAttribute(object, name, register, at: targetSpan)
        case .subscript(let object, let index, _):
            let a = try operand(object, before: [index, value])
            let b = try operand(index, before: [value])
            let register = code.push()
            code.emit(.getItem, a: register, b: a, c: b, at: target.span)
            try arithmetic(op, register, value, into: register, inPlace: true, at: span)
            code.emit(.setItem, a: a, b: b, c: register, at: target.span)
        default:
            throw error("illegal expression for augmented assignment", at: target.span)
        }
    }

    mutating func annotatedAssign(
        _ target: Expression, _ annotation: Expression, _ value: Expression?, simple: Bool,
        at span: Span
    ) throws(PythonSyntaxError) {
        if let value { try assign([target], value, at: span) }
        switch target.kind {
        case .name(let id, _):
            try checkAssignable(id, at: span)
            if simple && !scope.runsAsFunction {
                let register = code.push()
                try annotationValue(annotation, into: register)
                let annotations = code.push()
                load("__annotations__", into: annotations, at: span)
                let key = code.push()
                load(Constant(mangled(id)), into: key, at: span)
                code.emit(.setItem, a: annotations, b: key, c: register, at: span)
            }
        case .attribute(let object, let name, _):
            try checkAssignable(name, at: span)
            if value == nil { try effect(object) }
        case .subscript(let object, let index, _) where value == nil:
            try effect(object)
            try effect(index)
        default: break
        }
        let isPostponed = shared.symbols.hasPostponedAnnotations
        if !simple && !scope.runsAsFunction && !isPostponed { try effect(annotation) }
    }

    // MARK: deletion

    mutating func delete(_ target: Expression) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        let span = target.span
        switch target.kind {
        case .name(let id, _):
            if id == "__debug__" { throw error("cannot delete __debug__", at: span) }
            delete(id, at: span)
        case .attribute(let object, let name, _):
            let object = try operand(object)
            code.emit(
                .deleteAttribute, a: object, c: code.name(mangled(name)), at: attributeSpan(target))
        case .subscript(let object, let index, _):
            let a = try operand(object, before: [index])
            code.emit(.deleteItem, a: a, b: try operand(index), at: span)
        case .tuple(let elements, _), .list(let elements, _):
            for element in elements { try delete(element) }
        default:
            throw error("cannot delete expression", at: span)
        }
    }
}

extension Expression {
    fileprivate var isPlainName: Bool {
        if case .name = kind { return true }
        return false
    }
}
