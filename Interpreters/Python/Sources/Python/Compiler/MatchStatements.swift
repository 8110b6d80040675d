import PythonSyntax

/// `match`: the cases are tried one by one.
extension Compiler {
    mutating func match(
        _ subject: Expression, _ cases: [MatchCase], at span: Span
    ) throws(PythonSyntaxError) {
        let register = code.push()
        try value(subject, into: register)
        let end = code.label()
        for (i, matchCase) in cases.enumerated() {
            let mark = code.top
            let next = code.label()
            let isLast = i == cases.count - 1
            let pattern = matchCase.pattern
            var captures = Captures(last: pattern.span)
            try check(
                pattern, in: &captures, mayAlwaysMatch: isLast || matchCase.guard != nil)
            try match(pattern, register, captures, otherwise: next)
            for (name, span) in captures.names {
                guard let captured = captures.registers[name] else { continue }
                store(name, from: captured, at: span)
            }
            code.top = mark
            if let test = matchCase.guard { try condition(test, is: false, to: next) }
            try statements(matchCase.body)
            if !isLast { code.jump(to: end, at: span) }
            code.place(next)
        }
        code.place(end)
    }

    /// Names that a pattern binds. They are bound together once all of it matches; until then the
    /// values are in temporaries.
    private struct Captures {
        var names: [(name: String, span: Span)] = []
        var registers: [String: Int] = [:]
        /// Of the pattern that was looked at last.
        var last: Span
    }

    /// Finds mistakes in a pattern, and gives registers to the names it binds.
    private mutating func check(
        _ pattern: Pattern, in captures: inout Captures, mayAlwaysMatch: Bool = true
    ) throws(PythonSyntaxError) {
        let span = pattern.span
        captures.last = span
        switch pattern.kind {
        case .matchValue(let value):
            if case .joinedStr = value.kind {
                throw error(
                    "patterns may only match literals and attribute lookups", at: value.span)
            }
        case .matchSingleton: break
        case .matchSequence(let patterns):
            if patterns.count(where: \.isStar) > 1 {
                throw error("multiple starred names in sequence pattern", at: span)
            }
            for pattern in patterns { try check(pattern, in: &captures) }
        case .matchMapping(let keys, let patterns, let rest):
            try checkKeys(keys, at: span)
            for pattern in patterns { try check(pattern, in: &captures) }
            if let rest { try declareCapture(rest, in: &captures, at: captures.last) }
        case .matchClass(_, let patterns, let names, let keywordPatterns):
            try checkAttributes(names, keywordPatterns)
            for pattern in patterns + keywordPatterns { try check(pattern, in: &captures) }
        case .matchStar(let name):
            if let name { try declareCapture(name, in: &captures, at: span) }
        case .matchAs(let pattern, let name):
            if let pattern {
                try check(pattern, in: &captures, mayAlwaysMatch: mayAlwaysMatch)
            } else if !mayAlwaysMatch {
                let what = name.map { "name capture '\($0)'" } ?? "wildcard"
                throw error("\(what) makes remaining patterns unreachable", at: span)
            }
            if let name { try declareCapture(name, in: &captures, at: captures.last) }
        case .matchOr(let patterns):
            let before = captures
            var bound: Set<String>?
            for (i, pattern) in patterns.enumerated() {
                var alternative = before
                let isLast = i == patterns.count - 1
                try check(pattern, in: &alternative, mayAlwaysMatch: isLast && mayAlwaysMatch)
                let names = Set(alternative.names.map(\.name))
                if let bound {
                    if bound != names {
                        throw error(
                            "alternative patterns bind different names", at: alternative.last)
                    }
                    captures.last = alternative.last
                } else {
                    bound = names
                    captures = alternative
                }
            }
        }
    }
    private mutating func declareCapture(
        _ name: String, in captures: inout Captures, at span: Span
    ) throws(PythonSyntaxError) {
        try checkAssignable(name, at: span)
        if captures.registers[name] != nil {
            throw error("multiple assignments to name '\(name)' in pattern", at: span)
        }
        captures.names.append((name, span))
        captures.registers[name] = code.push()
    }
    private func checkAttributes(
        _ names: [String], _ patterns: [Pattern]
    ) throws(PythonSyntaxError) {
        var seen: Set<String> = []
        for (name, pattern) in zip(names, patterns) {
            try checkAssignable(name, at: pattern.span)
            if !seen.insert(name).inserted {
                throw error(
                    "attribute name repeated in class pattern: \(name)", at: pattern.span)
            }
        }
    }
    private mutating func capture(
        _ name: String?, _ register: Int, _ captures: Captures, at span: Span
    ) {
        if let name, let target = captures.registers[name] {
            move(register, into: target, at: span)
        }
    }

    // MARK: patterns

    /// Jumps to `no` unless r[subject] matches.
    private mutating func match(
        _ pattern: Pattern, _ subject: Int, _ captures: Captures, otherwise no: Label
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        let span = pattern.span
        switch pattern.kind {
        case .matchValue(let value):
            try compareAndJump(.eq, subject, value, is: false, to: no, at: span)
        case .matchSingleton(.none):
            code.jump(.jumpIfNotNone, a: subject, to: no, at: span)
        case .matchSingleton(let value):
            let constant = code.push()
            load(Constant(value), into: constant, at: span)
            code.emit(.is, a: constant, b: subject, c: constant, at: span)
            code.jump(.jumpUnless, a: constant, to: no, at: span)
        case .matchSequence(let patterns):
            try matchSequence(patterns, subject, captures, otherwise: no, at: span)
        case .matchMapping(let keys, let patterns, let rest):
            try matchMapping(keys, patterns, rest, subject, captures, otherwise: no, at: span)
        case .matchClass(let type, let patterns, let names, let keywordPatterns):
            try matchClass(
                type, patterns, names, keywordPatterns, subject, captures, otherwise: no, at: span)
        case .matchStar(let name):
            capture(name, subject, captures, at: span)
        case .matchAs(let inner, let name):
            if let inner { try match(inner, subject, captures, otherwise: no) }
            capture(name, subject, captures, at: span)
        case .matchOr(let patterns):
            let matched = code.label()
            for (i, alternative) in patterns.enumerated() {
                let isLast = i == patterns.count - 1
                let next = isLast ? no : code.label()
                try match(alternative, subject, captures, otherwise: next)
                if !isLast {
                    code.jump(to: matched, at: span)
                    code.place(next)
                }
            }
            code.place(matched)
        }
    }

    private mutating func matchSequence(
        _ patterns: [Pattern], _ subject: Int, _ captures: Captures, otherwise no: Label,
        at span: Span
    ) throws(PythonSyntaxError) {
        let star = patterns.firstIndex { $0.isStar }
        let isSequence = code.push()
        code.emit(.matchSequence, a: isSequence, b: subject, at: span)
        code.jump(.jumpUnless, a: isSequence, to: no, at: span)
        let length = code.push()
        if star == nil {
            code.emit(.length, a: length, b: subject, at: span)
            compare(length, .eq, patterns.count, otherwise: no, at: span)
        } else if patterns.count > 1 {
            code.emit(.length, a: length, b: subject, at: span)
            compare(length, .gtE, patterns.count - 1, otherwise: no, at: span)
        }
        if patterns.allSatisfy(\.isWildcard) { return }
        if let star, patterns[star].isWildcard {
            // Items are looked at one by one: nobody wants the rest.
            for (i, pattern) in patterns.enumerated() where !pattern.isWildcard {
                let mark = code.top
                let item = code.push()
                if i < star {
                    code.emit(.getItemInt, a: item, b: subject, c: i, at: span)
                } else {
                    load(.int(patterns.count - i), into: item, at: span)
                    code.emit(.subtract, a: item, b: length, c: item, at: span)
                    code.emit(.getItem, a: item, b: subject, c: item, at: span)
                }
                try match(pattern, item, captures, otherwise: no)
                code.top = mark
            }
            return
        }
        let items = code.push(patterns.count)
        if let star {
            let after = patterns.count - star - 1
            if star > 0xFF || after > 0x7FF {
                throw error(
                    "too many expressions in star-unpacking sequence pattern", at: span)
            }
            code.emit(.unpackStarred, a: items, b: subject, c: star | after << 12, at: span)
        } else {
            code.emit(.unpack, a: items, b: subject, c: patterns.count, at: span)
        }
        for (i, pattern) in patterns.enumerated() where !pattern.isWildcard {
            try match(pattern, items + i, captures, otherwise: no)
        }
    }

    /// Jumps to `no` unless the int in r[register] compares so with `value`.
    private mutating func compare(
        _ register: Int, _ op: ComparisonOperator, _ value: Int, otherwise no: Label, at span: Span
    ) {
        let offset = op.offset ?? 0
        if Instruction.smallConstants.contains(value) {
            code.jump(.unlessLessInt.next(offset), a: register, b: value, to: no, at: span)
        } else {
            let constant = code.push()
            load(.int(value), into: constant, at: span)
            code.jump(.unlessLess.next(offset), a: register, b: constant, to: no, at: span)
            code.top = constant
        }
    }

    private mutating func matchMapping(
        _ keys: [Expression], _ patterns: [Pattern], _ rest: String?, _ subject: Int,
        _ captures: Captures, otherwise no: Label, at span: Span
    ) throws(PythonSyntaxError) {
        let isMapping = code.push()
        code.emit(.matchMapping, a: isMapping, b: subject, at: span)
        code.jump(.jumpUnless, a: isMapping, to: no, at: span)
        let first = code.push(keys.count)
        if !keys.isEmpty {
            let length = code.push()
            code.emit(.length, a: length, b: subject, at: span)
            compare(length, .gtE, keys.count, otherwise: no, at: span)
            for (i, key) in keys.enumerated() { try value(key, into: first + i) }
            let values = code.push()
            code.emit(.buildTuple, a: values, b: first, c: keys.count, at: span)
            code.emit(.matchKeys, a: values, b: subject, c: values, at: span)
            code.jump(.jumpIfNone, a: values, to: no, at: span)
            let items = code.push(keys.count)
            code.emit(.unpack, a: items, b: values, c: keys.count, at: span)
            for (i, pattern) in patterns.enumerated() where !pattern.isWildcard {
                try match(pattern, items + i, captures, otherwise: no)
            }
        }
        guard let rest else { return }
        let others = code.push()
        code.emit(.buildDict, a: others, b: others, at: span)
        code.emit(.updateDict, a: others, b: subject, at: span)
        for i in keys.indices {
            code.emit(.deleteItem, a: others, b: first + i, at: span)
        }
        capture(rest, others, captures, at: span)
    }

    private func checkKeys(_ keys: [Expression], at span: Span) throws(PythonSyntaxError) {
        var seen: Set<Constant> = []
        for key in keys {
            guard var constant = key.folded else { continue }
            // Numbers that are equal are the same key.
            switch constant {
            case .true: constant = .int(1)
            case .false: constant = .int(0)
            case .float(let value):
                if let value = Int(exactly: value) { constant = .int(value) }
            default: break
            }
            if !seen.insert(constant).inserted {
                let text = Unparser.text(of: key).string
                throw error("mapping pattern checks duplicate key (\(text))", at: span)
            }
        }
    }

    private mutating func matchClass(
        _ type: Expression, _ patterns: [Pattern], _ names: [String],
        _ keywordPatterns: [Pattern], _ subject: Int, _ captures: Captures, otherwise no: Label,
        at span: Span
    ) throws(PythonSyntaxError) {
        let operands = code.push(3)
        move(subject, into: operands, at: span)
        try value(type, into: operands + 1)
        load(.tuple(names.map { Constant($0) }), into: operands + 2, at: span)
        let attributes = code.push()
        code.emit(.matchClass, a: attributes, b: operands, c: patterns.count, at: span)
        code.jump(.jumpIfNone, a: attributes, to: no, at: span)
        let all = patterns + keywordPatterns
        if all.allSatisfy(\.isWildcard) { return }
        let items = code.push(all.count)
        code.emit(.unpack, a: items, b: attributes, c: all.count, at: span)
        for (i, pattern) in all.enumerated() where !pattern.isWildcard {
            try match(pattern, items + i, captures, otherwise: no)
        }
    }
}

extension Pattern {
    fileprivate var isStar: Bool {
        if case .matchStar = kind { return true }
        return false
    }
    /// Matches anything and binds nothing: `_`, `*_`.
    fileprivate var isWildcard: Bool {
        switch kind {
        case .matchAs(pattern: nil, name: nil), .matchStar(name: nil): true
        default: false
        }
    }
}
