import InterpreterKit

/// Methods of `re.Pattern`.
extension VM {
    enum RegexAnchor { case search, start, full }

    func addPatternMethods(_ type: TypeBuilder, _ types: RegexTypes) {
        let anchors: [(StaticString, RegexAnchor)] = [
            ("search", .search), ("match", .start), ("fullmatch", .full),
        ]
        for (name, anchor) in anchors {
            type.method(name, "(self, /, string, pos=0, endpos=sys.maxsize)") {
                (vm, a) throws(Unwind) in
                try vm.find(types, a[0].reference, a[1], a[2], a[3], anchor)
            }
        }
        type.method("findall", "(self, /, string, pos=0, endpos=sys.maxsize)") {
            (vm, a) throws(Unwind) in
            try vm.findAll(a[0].reference, a[1], a[2], a[3])
        }
        type.method("finditer", "(self, /, string, pos=0, endpos=sys.maxsize)") {
            (vm, a) throws(Unwind) in
            try vm.matches(types.iterator, a[0].reference, a[1], a[2], a[3])
        }
        type.method("scanner", "(self, /, string, pos=0, endpos=sys.maxsize)") {
            (vm, a) throws(Unwind) in
            try vm.matches(types.scanner, a[0].reference, a[1], a[2], a[3])
        }
        type.method("split", "(self, /, string, maxsplit=0)") { (vm, a) throws(Unwind) in
            try vm.split(a[0].reference, a[1], a.has(2) ? try vm.index(a[2]) : 0)
        }
        type.method("sub", "(self, /, repl, string, count=0)") { (vm, a) throws(Unwind) in
            try vm.substitute(
                types, a[0].reference, a[1], a[2], a.has(3) ? try vm.index(a[3]) : 0
            ).text
        }
        type.method("subn", "(self, /, repl, string, count=0)") { (vm, a) throws(Unwind) in
            let (text, count) = try vm.substitute(
                types, a[0].reference, a[1], a[2], a.has(3) ? try vm.index(a[3]) : 0)
            return try vm.tuple(text, Value(count))
        }
        addPatternFacts(type, types)
    }
    private func addPatternFacts(_ type: TypeBuilder, _ types: RegexTypes) {
        type.attribute(
            "pattern",
            get: { (vm, a) throws(Unwind) in
                vm[a[0].reference, PatternObject.pattern]
            })
        type.attribute(
            "flags",
            get: { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, PatternObject.flags])
            })
        type.attribute(
            "groups",
            get: { (vm, a) throws(Unwind) in
                Value(Int(vm.program(a[0].reference)[1]) - 1)
            })
        type.attribute(
            "groupindex",
            get: { (vm, a) throws(Unwind) in
                Value(vm.q.new(Kind.mappingProxy, vm[a[0].reference, PatternObject.groupIndex]))
            })
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let pattern = a[0].reference
            var text = StringBuilder()
            let shown = try vm.repr(vm[pattern, PatternObject.pattern])
            text.append("re.compile(")
            text.append(StringView(shown), 0..<min(200, StringView(shown).count))
            var flags = RegexFlags(rawValue: vm[pattern, PatternObject.flags])
            if vm[pattern, PatternObject.pattern].isString
                && flags.intersection(.kinds) == .unicode
            {
                flags.remove(.unicode)
            }
            if flags.rawValue != 0 {
                text.append(", ")
                text.append(flags.shown)
            }
            text.append(")")
            return try text.string(vm)
        }
        for comparison in [Comparison.equal, .notEqual] {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                guard vm.type(of: a[1]) == types.pattern else { return .notImplemented }
                let (x, y) = (a[0].reference, a[1].reference)
                let texts = (vm[x, PatternObject.pattern], vm[y, PatternObject.pattern])
                var same = vm[x, PatternObject.flags] == vm[y, PatternObject.flags]
                same = same && texts.0.isBytes == texts.1.isBytes
                if same { same = try vm.equal(texts.0, texts.1) }
                return Value(same == (comparison == .equal))
            }
        }
        type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
            let text = try vm.hash(vm[a[0].reference, PatternObject.pattern])
            return Value((text ^ vm[a[0].reference, PatternObject.flags]) & (1 << 60 - 1))
        }
        type.method("__copy__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
        type.method("__deepcopy__", "(self, memo, /)") { (vm, a) throws(Unwind) in a[0] }
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let module = vm.find(vm.shared.pointee.modules, name: vm.intern("re"))
            let compile = try vm.getAttribute(module, vm.intern("compile"))
            return try vm.tuple(
                compile,
                try vm.tuple(
                    vm[a[0].reference, PatternObject.pattern],
                    Value(vm[a[0].reference, PatternObject.flags])))
        }
        addClassItem(type)
    }

    // MARK: searching

    func find(
        _ types: RegexTypes, _ pattern: Reference, _ string: Value, _ start: Value, _ end: Value,
        _ anchor: RegexAnchor
    ) throws(Unwind) -> Value {
        let subject = try subject(string, for: pattern)
        let (from, to) = try window(start, end, subject.count)
        var run = run(pattern, subject, end: to)
        run.isFull = anchor == .full
        let found = anchor == .search ? run.search(from: from) : run.match(at: from)
        if run.isExhausted { throw exhausted() }
        return found ? try newMatch(types, pattern, subject, from, run) : .none
    }
    func findAll(
        _ pattern: Reference, _ string: Value, _ start: Value, _ end: Value
    ) throws(Unwind) -> Value {
        let subject = try subject(string, for: pattern)
        let (from, to) = try window(start, end, subject.count)
        var run = run(pattern, subject, end: to)
        let list = try newList()
        let groups = run.groupCount
        let nothing = empty(subject)
        var place = from
        while place <= to && run.search(from: place) {
            switch groups {
            case 1: try append(list, try group(0, run, subject, nothing))
            case 2: try append(list, try group(1, run, subject, nothing))
            default:
                let pieces = try newList(capacity: groups - 1)
                for i in 1..<groups {
                    try append(pieces, try group(i, run, subject, nothing))
                }
                try append(list, try tuple(ofList: pieces))
            }
            place = run.advance()
        }
        if run.isExhausted { throw exhausted() }
        return Value(list)
    }
    func split(
        _ pattern: Reference, _ string: Value, _ most: Int
    ) throws(Unwind) -> Value {
        let subject = try subject(string, for: pattern)
        var run = run(pattern, subject, end: subject.count)
        let list = try newList()
        var last = 0
        var place = 0
        var count = 0
        while (most == 0 || count < most) && place <= subject.count && run.search(from: place) {
            try append(list, try subject.piece(self, last, run.registers[0]))
            for i in 1..<max(1, run.groupCount) {
                try append(list, try group(i, run, subject, .none))
            }
            last = run.registers[1]
            count += 1
            place = run.advance()
        }
        if run.isExhausted { throw exhausted() }
        try append(list, try subject.piece(self, last, subject.count))
        return Value(list)
    }
}

extension RegexRun {
    /// After a match: where to search for the next one.
    mutating func advance() -> Int {
        let end = registers[1]
        notEmptyAt = registers[0] == end ? end : -1
        reset()
        return end
    }
}
extension RegexFlags {
    /// `re.IGNORECASE|re.MULTILINE`
    var shown: String {
        let names: [(RegexFlags, String)] = [
            (.template, "re.TEMPLATE"), (.ignoreCase, "re.IGNORECASE"), (.locale, "re.LOCALE"),
            (.multiline, "re.MULTILINE"), (.dotAll, "re.DOTALL"), (.unicode, "re.UNICODE"),
            (.verbose, "re.VERBOSE"), (.debug, "re.DEBUG"), (.ascii, "re.ASCII"),
        ]
        var parts = names.filter { contains($0.0) }.map(\.1)
        let rest = rawValue & ~0x1FF
        if rest != 0 || parts.isEmpty { parts.append("0x" + String(rest, radix: 16)) }
        return parts.joined(separator: "|")
    }
}
