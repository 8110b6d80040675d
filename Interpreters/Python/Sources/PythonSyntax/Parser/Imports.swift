/// `import` and `from ... import`.
extension Parser {
    mutating func importStatement() throws(Failure) -> Statement {
        let start = at
        try advance()
        var names = [try importedModule()]
        while kind == .comma, try following() == .name {
            try advance()
            names.append(try importedModule())
        }
        return statement(.import(names: names), start)
    }

    private mutating func importedModule() throws(Failure) -> Alias {
        let start = at
        let name = try dottedName()
        return Alias(name: name, asname: try asName(), span: span(from: start))
    }

    private mutating func dottedName() throws(Failure) -> String {
        var name = try self.name()
        while kind == .dot, try following() == .name {
            try advance()
            name += "." + (try self.name())
        }
        return name
    }

    /// `as name`, if it is there.
    private mutating func asName() throws(Failure) -> String? {
        guard kind == .as, try following() == .name else { return nil }
        try advance()
        return try name()
    }

    mutating func importFromStatement() throws(Failure) -> Statement {
        let start = at
        try advance()
        var level = 0
        while kind == .dot || kind == .ellipsis {
            level += kind == .dot ? 1 : 3
            try advance()
        }
        let module = level > 0 && kind == .import ? nil : try dottedName()
        try expect(.import)
        let names = try importedNames()
        return statement(.importFrom(module: module, names: names, level: level), start)
    }

    private mutating func importedNames() throws(Failure) -> [Alias] {
        if kind == .star {
            let place = tokens[at].span
            try advance()
            return [Alias(name: "*", asname: nil, span: place)]
        }
        if try accept(.leftParenthesis) {
            let names = try importedNameList()
            _ = try accept(.comma)
            try expect(.rightParenthesis)
            return names
        }
        let names = try importedNameList()
        if kind == .comma {
            if diagnoses, try following() == .newline {
                throw raise("trailing comma not allowed without surrounding parentheses")
            }
            throw .mismatch
        }
        return names
    }

    private mutating func importedNameList() throws(Failure) -> [Alias] {
        var names = [try importedName()]
        while kind == .comma, try following() == .name {
            try advance()
            names.append(try importedName())
        }
        return names
    }

    private mutating func importedName() throws(Failure) -> Alias {
        let start = at
        let name = try self.name()
        return Alias(name: name, asname: try asName(), span: span(from: start))
    }
}
