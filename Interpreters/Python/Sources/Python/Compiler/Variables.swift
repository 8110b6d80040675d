import PythonSyntax

/// Variables: where a name lives, and how to read, bind and unbind it.
extension Compiler {
    enum Place {
        /// A register of the frame.
        case register(Int)
        /// The cell in a register.
        case cell(Int)
        /// An entry of the namespace or, without one, the cell in a register: names in a class
        /// body that a function around it binds.
        case namespaceOrCell(Int)
        /// An entry of the namespace; if it has none, a global or builtin.
        case namespace(Int)
        case global
    }

    /// What a name as written in the source means at this point.
    func place(of name: String) -> Place {
        for comprehension in inlined.reversed() {
            guard let symbol = comprehension.scope.symbol(name) else { continue }
            switch symbol.resolution {
            case .local, .cell:
                if let register = comprehension.registers[symbol.name] {
                    return .register(register)
                }
            case .free: break
            case .globalExplicit, .globalImplicit: return .global
            }
        }
        let symbol = scope.symbol(name)
        let variable = symbol.flatMap { variables[$0.name] }
        if !inlined.isEmpty, name == "__class__", let classCell { return .cell(classCell) }
        if scope.runsAsFunction || !inlined.isEmpty {
            guard let variable else { return .global }
            return variable.isCell ? .cell(variable.register) : .register(variable.register)
        }
        switch symbol?.resolution ?? .globalImplicit {
        case .local, .cell, .globalImplicit: return namespace.map { .namespace($0) } ?? .global
        case .globalExplicit: return .global
        case .free: return variable.map { .namespaceOrCell($0.register) } ?? .global
        }
    }

    /// The register of a variable that no cell holds.
    func register(of expression: Expression) -> Int? {
        guard case .name(let id, _) = expression.kind, case .register(let register) = place(of: id)
        else { return nil }
        return register
    }

    func mangled(_ name: String) -> String { scope.mangled(name) }

    // MARK: reading, binding, unbinding

    mutating func load(_ name: String, into result: Int, at span: Span) {
        switch place(of: name) {
        case .register(let register):
            checkBound(register, name, at: span)
            move(register, into: result, at: span)
        case .cell(let register):
            code.emit(.loadCell, a: result, b: register, c: code.name(mangled(name)), at: span)
        case .namespaceOrCell(let register):
            code.emit(
                .loadNameOrCell, a: result, b: namespace ?? 0, c: code.name(mangled(name)),
                at: span)
            code.emit(word: register, at: span)
        case .namespace(let namespace):
            code.emit(.loadName, a: result, b: namespace, c: code.name(mangled(name)), at: span)
        case .global:
            code.emit(.loadGlobal, a: result, c: code.name(mangled(name)), at: span)
            code.emit(at: span)
        }
    }

    /// Binds the name to r[register].
    mutating func store(_ name: String, from register: Int, at span: Span) {
        switch place(of: name) {
        case .register(let variable):
            move(register, into: variable, at: span)
            code.bound.insert(variable)
        case .cell(let cell), .namespaceOrCell(let cell):
            code.emit(.storeCell, a: cell, b: register, at: span)
        case .namespace(let namespace):
            code.emit(.storeName, a: register, b: namespace, c: code.name(mangled(name)), at: span)
        case .global:
            code.emit(.storeGlobal, a: register, c: code.name(mangled(name)), at: span)
            code.emit(at: span)
        }
    }

    mutating func delete(_ name: String, at span: Span) {
        switch place(of: name) {
        case .register(let register):
            checkBound(register, name, at: span)
            code.emit(.unbind, a: register, c: 1, at: span)
            code.bound.remove(register)
        case .cell(let cell), .namespaceOrCell(let cell):
            code.emit(.deleteCell, a: cell, c: code.name(mangled(name)), at: span)
        case .namespace(let namespace):
            code.emit(.deleteName, b: namespace, c: code.name(mangled(name)), at: span)
        case .global:
            code.emit(.deleteGlobal, c: code.name(mangled(name)), at: span)
        }
    }

    mutating func checkBound(_ register: Int, _ name: String, at span: Span) {
        if code.bound.contains(register) { return }
        code.emit(.checkBound, a: register, c: code.name(mangled(name)), at: span)
        code.bound.insert(register)
    }

    // MARK: moving values

    mutating func move(_ register: Int, into result: Int, at span: Span) {
        if register != result { code.emit(.move, a: result, b: register, at: span) }
    }

    mutating func load(_ constant: Constant, into result: Int, at span: Span) {
        if case .int(let value) = constant, Instruction.constants.contains(value) {
            code.emit(.loadInt, a: result, c: value, at: span)
        } else {
            code.emit(.loadConstant, a: result, c: code.constant(constant), at: span)
        }
    }

    /// Names that no program may bind.
    func checkAssignable(_ name: String, at span: Span) throws(PythonSyntaxError) {
        if name == "__debug__" { throw error("cannot assign to __debug__", at: span) }
    }
}
