/// What each name means, once all scopes are known.
extension Scope {
    /// Notes a use of a mangled name.
    func note(_ name: String, _ flags: Symbol.Flags) {
        modify(name) { symbol in
            symbol.flags.formUnion(flags)
            if symbol.order == .max && !flags.isDisjoint(with: .bound) {
                symbol.order = nextOrder
                nextOrder += 1
                if flags.contains(.parameter) { parameterCount += 1 }
            }
        }
    }

    /// Resolves this scope, then those below.
    func resolve() throws(PythonSyntaxError) {
        qualify()
        for i in symbols.indices { try resolve(i) }
        for child in children { try child.resolve() }
    }

    private func resolve(_ i: Int) throws(PythonSyntaxError) {
        let flags = symbols[i].flags
        let name = symbols[i].name
        if flags.contains(.global) {
            if flags.contains(.nonlocal) {
                throw mistake("name '\(name)' is nonlocal and global", name)
            }
            symbols[i].resolution = .globalExplicit
        } else if flags.contains(.nonlocal) {
            if kind == .module {
                throw mistake("nonlocal declaration not allowed at module level", name)
            }
            guard bindFree(name) else {
                throw mistake("no binding for nonlocal '\(name)' found", name)
            }
        } else if !flags.isDisjoint(with: .bound) {
            // A function below may have made it a cell already.
            if symbols[i].resolution != .cell { symbols[i].resolution = .local }
        } else if !bindFree(name) {
            symbols[i].resolution = .globalImplicit
        }
    }

    private func mistake(_ message: String, _ name: String) -> PythonSyntaxError {
        let span = directives.first { $0.name == name }?.span ?? self.span
        return PythonSyntaxError(
            .syntaxError, message, line: Int(span.line), offset: Int(span.column) + 1,
            endLine: Int(span.endLine), endOffset: Int(span.endColumn) + 1)
    }

    /// Makes the name free here and in all scopes up to the one that binds it, where it becomes a
    /// cell (S2). False when no function around binds it.
    private func bindFree(_ name: String) -> Bool {
        guard let binder = binder(of: name) else { return false }
        if binder.kind == .classBody {
            binder.needsClassCell = true
        } else {
            binder.modify(name) { $0.resolution = .cell }
        }
        var scope = self
        while scope !== binder {
            let isOwn = !scope.flags(name).isDisjoint(with: [.bound, .global])
            scope.modify(name) { symbol in
                if scope.kind == .classBody && isOwn && !symbol.flags.contains(.nonlocal) {
                    symbol.flags.insert(.freeBelow)
                } else {
                    symbol.resolution = .free
                }
            }
            guard let parent = scope.parent else { break }
            scope = parent
        }
        return true
    }

    /// The nearest function above that binds the name, or the class body for `__class__`.
    private func binder(of name: String) -> Scope? {
        var next = parent
        while let scope = next {
            if scope.runsAsFunction {
                let flags = scope.flags(name)
                if flags.contains(.global) { return nil }
                if !flags.isDisjoint(with: .bound) && !flags.contains(.nonlocal) { return scope }
            } else if scope.kind == .classBody && name == "__class__" {
                return scope
            }
            next = scope.parent
        }
        return nil
    }
}
