import InterpreterKit

extension VM {
    /// Puts the arguments of a call where the parameters of a guest function are (K1).
    @inline(never)
    func bindArguments(
        _ function: Reference, _ code: CodePointer, _ base: Frame, _ count: Int, _ names: Value
    ) throws(Unwind) {
        let positional = Int(code.pointee.positional)
        let keywordOnly = Int(code.pointee.keywordOnly)
        let flags = code.pointee.flags
        let keywords = names == .none ? 0 : q.tupleCount(names.reference)
        let given = count - keywords
        let total = positional + keywordOnly

        // Keyword arguments move out of the way first: the parameters' places may be theirs.
        let cover = q.cover
        defer { q.cover = cover }
        let parked = max(base + max(Int(code.pointee.registers), count + 1), cover) + 1
        if parked + keywords > q.stackLimit + 2048 { throw tooDeep() }
        for k in 0..<keywords { parked[k] = base[1 + given + k] }
        q.cover = parked + keywords

        var rest = Value.unbound
        if flags.contains(.starred) {
            rest =
                given > positional
                ? try tuple(base + (1 + positional), given - positional) : shared.pointee.emptyTuple
        } else if given > positional {
            for k in 0..<keywords {
                let key = q.tupleElement(names.reference, k)
                let index = parameter(code, key, total)
                if let index, index >= Int(code.pointee.positionalOnly) {
                    if index < positional { throw multipleValues(function, key) }
                } else if !flags.contains(.doubleStarred) {
                    throw unexpectedKeyword(function, code, names)
                }
            }
            throw tooManyPositional(function, code, given, base)
        }
        var i = min(given, positional)
        while i < total {
            base[1 + i] = .unbound
            i += 1
        }
        if flags.contains(.starred) { base[1 + total] = rest }
        var dict = Value.unbound
        if flags.contains(.doubleStarred) {
            dict = Value(newDict())
            base[1 + total + (flags.contains(.starred) ? 1 : 0)] = dict
        }
        for k in 0..<keywords {
            let key = q.tupleElement(names.reference, k)
            let value = parked[k]
            if let index = parameter(code, key, total),
                index >= Int(code.pointee.positionalOnly)
            {
                if base[1 + index] != .unbound { throw multipleValues(function, key) }
                base[1 + index] = value
            } else if dict != .unbound {
                try set(dict.reference, key, value)
            } else {
                throw unexpectedKeyword(function, code, names)
            }
        }
        if given < positional {
            let defaults = self[function, Function.defaults]
            let available = defaults == .none ? 0 : q.tupleCount(defaults.reference)
            let first = positional - available
            var isMissing = false
            for i in given..<positional where base[1 + i] == .unbound {
                if i >= first {
                    base[1 + i] = q.tupleElement(defaults.reference, i - first)
                } else {
                    isMissing = true
                }
            }
            if isMissing { throw missing(function, code, base, 0, positional, "positional") }
        }
        if keywordOnly > 0 {
            let defaults = self[function, Function.keywordDefaults]
            var isMissing = false
            for i in positional..<total where base[1 + i] == .unbound {
                if defaults.isDict {
                    let name = Value(bits: code.pointee.parameterNames[i])
                    base[1 + i] = find(defaults.reference, name: name)
                }
                if base[1 + i] == .unbound { isMissing = true }
            }
            if isMissing {
                throw missing(function, code, base, positional, total, "keyword-only")
            }
        }
    }

    /// The parameter that a keyword means.
    private func parameter(
        _ code: CodePointer, _ key: Value, _ total: Int
    ) -> Int? {
        let names = code.pointee.parameterNames
        for i in 0..<total where names[i] == key.bits { return i }
        if let string = asString(key), !StringView(string).isInterned || key != string {
            let interned = intern(string).bits
            for i in 0..<total where names[i] == interned { return i }
        }
        return nil
    }

    func functionName(_ function: Reference) -> String {
        text(self[function, Function.qualifiedName]) + "()"
    }

    private func multipleValues(_ function: Reference, _ name: Value) -> Unwind {
        raise(
            .typeError, "\(functionName(function)) got multiple values for argument '\(text(name))'"
        )
    }
    private func tooManyPositional(
        _ function: Reference, _ code: CodePointer, _ given: Int, _ base: Frame
    ) -> Unwind {
        let positional = Int(code.pointee.positional)
        let defaults = self[function, Function.defaults]
        let optional = defaults == .none ? 0 : q.tupleCount(defaults.reference)
        let takes =
            optional == 0
            ? "\(positional) positional argument\(positional == 1 ? "" : "s")"
            : "from \(positional - optional) to \(positional) positional arguments"
        return raise(
            .typeError,
            "\(functionName(function)) takes \(takes) but \(given) \(given == 1 ? "was" : "were") given"
        )
    }
    private func unexpectedKeyword(
        _ function: Reference, _ code: CodePointer, _ names: Value
    ) -> Unwind {
        let total = Int(code.pointee.positional) + Int(code.pointee.keywordOnly)
        var positionalOnly: [String] = []
        var unexpected: String?
        for k in 0..<q.tupleCount(names.reference) {
            let key = q.tupleElement(names.reference, k)
            if let index = parameter(code, key, total) {
                if index < Int(code.pointee.positionalOnly) { positionalOnly.append(text(key)) }
            } else if unexpected == nil {
                unexpected = text(key)
            }
        }
        if !positionalOnly.isEmpty {
            return raise(
                .typeError,
                "\(functionName(function)) got some positional-only arguments passed as keyword arguments: '\(positionalOnly.joined(separator: ", "))'"
            )
        }
        return raise(
            .typeError,
            "\(functionName(function)) got an unexpected keyword argument '\(unexpected ?? "")'")
    }
    private func missing(
        _ function: Reference, _ code: CodePointer, _ base: Frame, _ from: Int, _ to: Int,
        _ kind: String
    ) -> Unwind {
        let description = code.pointee.description.takeUnretainedValue()
        var names: [String] = []
        for i in from..<to where base[1 + i] == .unbound {
            names.append("'\(description.registerNames[1 + i])'")
        }
        let list: String
        switch names.count {
        case 1: list = names[0]
        case 2: list = "\(names[0]) and \(names[1])"
        default:
            list =
                names.dropLast().joined(separator: ", ") + ", and \(names[names.count - 1])"
        }
        return raise(
            .typeError,
            "\(functionName(function)) missing \(names.count) required \(kind) argument\(names.count == 1 ? "" : "s"): \(list)"
        )
    }
}
