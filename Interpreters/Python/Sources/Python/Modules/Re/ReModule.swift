import InterpreterKit

extension ModuleBuilder {
    /// The module `re`.
    func re() throws(Unwind) {
        let error = regexErrorType()
        let flag = regexFlagType()
        let cache = vm.newDict()
        vm.machine.heap.keep(Value(cache))
        let iterator = vm.newBuiltinType(
            "callable_iterator", base: vm.type(.object), module: "builtins",
            reserved: MatchIterator.reserved)
        let scanner = vm.newBuiltinType(
            "SRE_Scanner", base: vm.type(.object), module: "_sre", reserved: MatchIterator.reserved)
        let match = type("Match", reserved: MatchObject.reserved)
        let pattern = type("Pattern", reserved: PatternObject.reserved)
        let types = RegexTypes(
            pattern: pattern, match: match, iterator: iterator, scanner: scanner, error: error,
            flag: flag,
            cache: cache)
        vm.addMatchIterator(
            TypeBuilder(vm: vm, type: iterator, name: "callable_iterator"), types)
        vm.addScannerMethods(
            TypeBuilder(vm: vm, type: scanner, name: "SRE_Scanner"), types)
        vm.addMatchMethods(TypeBuilder(vm: vm, type: match, name: "Match"), types)
        vm.addPatternMethods(TypeBuilder(vm: vm, type: pattern, name: "Pattern"), types)
        addFunctions(types)
    }

    private func addFunctions(_ types: RegexTypes) {
        function("compile", "(pattern, flags=0)") { (vm, a) throws(Unwind) in
            Value(try vm.compile(types, a[0], a[1]))
        }
        function("template", "(pattern, flags=0)") { (vm, a) throws(Unwind) in
            Value(try vm.compile(types, a[0], a[1]))
        }
        let anchors: [(StaticString, VM.RegexAnchor)] = [
            ("search", .search), ("match", .start), ("fullmatch", .full),
        ]
        for (name, anchor) in anchors {
            function(name, "(pattern, string, flags=0)") { (vm, a) throws(Unwind) in
                try vm.find(
                    types, try vm.compile(types, a[0], a[2]), a[1], .unbound, .unbound, anchor)
            }
        }
        function("findall", "(pattern, string, flags=0)") { (vm, a) throws(Unwind) in
            try vm.findAll(try vm.compile(types, a[0], a[2]), a[1], .unbound, .unbound)
        }
        function("finditer", "(pattern, string, flags=0)") { (vm, a) throws(Unwind) in
            try vm.matches(
                types.iterator, try vm.compile(types, a[0], a[2]), a[1], .unbound, .unbound)
        }
        function("split", "(pattern, string, maxsplit=0, flags=0)") { (vm, a) throws(Unwind) in
            let most = a.has(2) ? try vm.index(a[2]) : 0
            return try vm.split(try vm.compile(types, a[0], a[3]), a[1], most)
        }
        function("sub", "(pattern, repl, string, count=0, flags=0)") { (vm, a) throws(Unwind) in
            let most = a.has(3) ? try vm.index(a[3]) : 0
            return try vm.substitute(
                types, try vm.compile(types, a[0], a[4]), a[1], a[2], most
            ).text
        }
        function("subn", "(pattern, repl, string, count=0, flags=0)") { (vm, a) throws(Unwind) in
            let most = a.has(3) ? try vm.index(a[3]) : 0
            let (text, count) = try vm.substitute(
                types, try vm.compile(types, a[0], a[4]), a[1], a[2], most)
            return try vm.tuple(text, Value(count))
        }
        function("purge", "()") { (vm, a) throws(Unwind) in
            vm.clear(types.cache)
            return .none
        }
        function("escape", "(pattern)") { (vm, a) throws(Unwind) in
            let isText = vm.asString(a[0]) != nil
            var text = StringBuilder()
            for c in try vm.codePoints(a[0]) {
                if VM.isSpecialInRegex(c) { text.append(0x5C) }
                text.append(c)
            }
            return isText ? try text.string(vm) : try text.bytes(vm)
        }
    }
    private func regexErrorType() -> Reference {
        let type = type("error", base: .exception, hasDict: true) { type in
            type.method("__init__", "(self, msg, pattern=None, pos=None)") {
                (vm, a) throws(Unwind) in
                try vm.initializeRegexError(
                    a[0], a[1], a.value(2, or: .none), a.value(3, or: .none))
                return .none
            }
        }
        return type
    }
}

extension VM {
    static func isSpecialInRegex(_ c: UInt32) -> Bool {
        switch c {
        case 0x09...0x0D, 0x20, 0x23, 0x24, 0x26, 0x28...0x2B, 0x2D, 0x2E, 0x3F, 0x5B...0x5E,
            0x7B...0x7E:
            true
        default: false
        }
    }

    // MARK: compiling

    func compile(_ types: RegexTypes, _ pattern: Value, _ flags: Value) throws(Unwind) -> Reference
    {
        if type(of: pattern) == types.pattern {
            if flags != .unbound, try integer(flags) != Value(0) {
                throw raise(
                    .valueError, "cannot process flags argument with a compiled pattern")
            }
            return pattern.reference
        }
        let flagBits = flags == .unbound ? 0 : try index(flags)
        let isText = asString(pattern) != nil
        var text = asString(pattern) ?? asBytes(pattern) ?? .none
        if text == .none {
            guard let content = try byteContent(pattern) else {
                throw raise(
                    .typeError, "first argument must be string or compiled pattern")
            }
            text = try content.bytes(self)
        }
        let key = flagBits == 0 ? text : try tuple(text, Value(flagBits))
        let known = try get(types.cache, key)
        if known != .unbound { return known.reference }
        let points = try codePoints(text)
        var parser = RegexParser(points, isBytes: !isText, flags: RegexFlags(rawValue: flagBits))
        let words: [UInt32]
        do throws(RegexFailure) {
            let node = try parser.parse()
            words = try RegexCompiler.compile(node, groupCount: parser.groupCount)
        } catch {
            switch error {
            case .syntax(let message, let position):
                throw try regexError(types, message, text, position)
            case .value(let message): throw raise(.valueError, message)
            case .overflow(let message): throw raise(.overflowError, message)
            case .tooDeep: throw raise(.recursionError, "maximum recursion depth exceeded")
            }
        }
        let compiled = try newPattern(types, text, parser, words)
        if !RegexFlags(rawValue: flagBits).contains(.debug) {
            if self[types.cache, Dict.count] >= 512 { clear(types.cache) }
            try set(types.cache, key, Value(compiled))
        }
        return compiled
    }
    private func newPattern(
        _ types: RegexTypes, _ text: Value, _ parser: RegexParser, _ words: [UInt32]
    ) throws(Unwind) -> Reference {
        let program = try newBytes(count: words.count * 4) { target in
            words.withUnsafeBytes {
                target.update(
                    from: $0.bindMemory(to: UInt8.self).baseAddress.unsafelyUnwrapped,
                    count: $0.count)
            }
        }
        let groupIndex = newDict()
        let names = try newList(capacity: parser.groupCount)
        for _ in 0..<parser.groupCount { try append(names, .none) }
        for (name, number) in parser.groupNames {
            // Who asks a `groupdict` for one has it in an interned string.
            let text = intern(name)
            try set(groupIndex, text, Value(number))
            self[self[names, List.items].reference, number] = text
        }
        let pattern = try newInstance(types.pattern)
        self[pattern, PatternObject.pattern] = text
        self[pattern, PatternObject.flags] = parser.flags.rawValue
        self[pattern, PatternObject.groupIndex] = Value(groupIndex)
        self[pattern, PatternObject.groupNames] = try tuple(ofList: names)
        self[pattern, PatternObject.program] = program
        return pattern
    }

    // MARK: errors

    func regexError(
        _ types: RegexTypes, _ message: String, _ pattern: Value, _ position: Int?
    ) throws(Unwind) -> Unwind {
        raise(
            try call(
                Value(types.error), try string(message), position == nil ? .none : pattern,
                position.map { Value($0) } ?? .none))
    }
    fileprivate func initializeRegexError(
        _ error: Value, _ message: Value, _ pattern: Value, _ position: Value
    ) throws(Unwind) {
        var text = self.text(message)
        var line = Value.none
        var column = Value.none
        if pattern != .none && position.isInt {
            let points = try codePoints(pattern).prefix(position.int)
            let lines = points.count { $0 == 10 } + 1
            let start = points.lastIndex(of: 10) ?? -1
            line = Value(lines)
            column = Value(position.int - start)
            text += " at position \(position.int)"
            if try codePoints(pattern).contains(10) {
                text += " (line \(lines), column \(position.int - start))"
            }
        }
        try setAttribute(error, intern("msg"), message)
        try setAttribute(error, intern("pattern"), pattern)
        try setAttribute(error, intern("pos"), position)
        try setAttribute(error, intern("lineno"), line)
        try setAttribute(error, intern("colno"), column)
        self[error.reference, Exception.arguments] = try tuple(try string(text))
    }
}
