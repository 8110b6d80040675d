import InterpreterKit

/// The slots of a `re.Pattern`.
enum PatternObject {
    /// A `str` or `bytes`.
    static var pattern: Field<Value> { Instance.slot(0) }
    static var flags: Field<Int> { Field(Instance.slot(1).index) }
    /// A dict from names to numbers of groups.
    static var groupIndex: Field<Value> { Instance.slot(2) }
    /// A tuple: the name of each group, or None.
    static var groupNames: Field<Value> { Instance.slot(3) }
    /// The words of the program, in a `bytes`.
    static var program: Field<Value> { Instance.slot(4) }
    static let reserved = 5
}

/// The slots of a `re.Match`.
enum MatchObject {
    static var pattern: Field<Value> { Instance.slot(0) }
    /// What was searched, as the guest gave it.
    static var string: Field<Value> { Instance.slot(1) }
    static var start: Field<Int> { Field(Instance.slot(2).index) }
    static var end: Field<Int> { Field(Instance.slot(3).index) }
    /// Number of the last group that was closed, or -1.
    static var lastGroup: Field<Int> { Field(Instance.slot(4).index) }
    /// A tuple: start and end of each group, -1 for those that did not match.
    static var spans: Field<Value> { Instance.slot(5) }
    static let reserved = 6
}

/// The slots of what `finditer` gives.
enum MatchIterator {
    static var pattern: Field<Value> { Instance.slot(0) }
    /// None at the end.
    static var string: Field<Value> { Instance.slot(1) }
    static var end: Field<Int> { Field(Instance.slot(2).index) }
    static var next: Field<Int> { Field(Instance.slot(3).index) }
    /// Where the next match must not be empty, or -1.
    static var notEmptyAt: Field<Int> { Field(Instance.slot(4).index) }
    static var start: Field<Int> { Field(Instance.slot(5).index) }
    static let reserved = 6
}

/// The types of the module, which its functions need.
struct RegexTypes {
    let pattern: Reference
    let match: Reference
    let iterator: Reference
    let scanner: Reference
    let error: Reference
    let flag: Reference
    /// A dict of compiled patterns by text, or by text and flags.
    let cache: Reference
}

/// What is searched: code points or bytes.
struct RegexSubject {
    /// As the guest gave it.
    let value: Value
    let data: UnsafeMutableRawPointer
    let width: Int
    let count: Int
    /// The `str` or `bytes` that holds the data.
    let content: Value

    func piece(_ vm: VM, _ from: Int, _ to: Int) throws(Unwind) -> Value {
        if content.isString { return try vm.substring(StringView(content), from, to) }
        if from == 0 && to == count { return content }
        return try ByteContent(content).bytes(vm, from, to)
    }
}

extension VM {
    /// What a pattern is to search.
    func subject(_ value: Value, for pattern: Reference) throws(Unwind) -> RegexSubject {
        let isBytes = self[pattern, PatternObject.pattern].isBytes
        if let string = asString(value) {
            if isBytes {
                throw raise(
                    .typeError, "cannot use a bytes pattern on a string-like object")
            }
            let view = StringView(string)
            return RegexSubject(
                value: value, data: view.data, width: view.width, count: view.count,
                content: string)
        }
        guard isBytesLike(value) else {
            throw raise(
                .typeError, "expected string or bytes-like object, got '\(typeName(value))'")
        }
        if !isBytes {
            throw raise(.typeError, "cannot use a string pattern on a bytes-like object")
        }
        var bytes = asBytes(value) ?? .none
        if bytes == .none { bytes = try bytesLike(value).bytes(self) }
        let content = ByteContent(bytes)
        return RegexSubject(
            value: value, data: content.raw, width: 0, count: content.count, content: bytes)
    }
    func program(_ pattern: Reference) -> UnsafePointer<UInt32> {
        UnsafeRawPointer(BytesView(self[pattern, PatternObject.program]).data)
            .assumingMemoryBound(to: UInt32.self)
    }
    /// A run of a pattern over the text up to `end`.
    func run(_ pattern: Reference, _ subject: RegexSubject, end: Int) -> RegexRun {
        RegexRun(program(pattern), subject.data, subject.width, end: end)
    }
    func exhausted() -> Unwind { raise(.memoryError) }

    /// `pos` and `endpos`, brought into the text.
    func window(
        _ start: Value, _ end: Value, _ count: Int
    ) throws(Unwind) -> (start: Int, end: Int) {
        let from = start == .unbound ? 0 : try clampedIndex(start)
        let to = end == .unbound ? Int.max : try clampedIndex(end)
        let last = max(0, min(to, count))
        return (max(0, min(from, last)), last)
    }

    func newMatch(
        _ types: RegexTypes, _ pattern: Reference, _ subject: RegexSubject, _ start: Int,
        _ run: borrowing RegexRun
    ) throws(Unwind) -> Value {
        let registers = run.registers
        let n = 2 * run.groupCount
        let spans = try checked(
            q.newTuple(count: n) { for i in 0..<n { $0[i] = Value(registers[i]) } })
        // A group that a failed attempt has left half done did not match.
        let match = try newInstance(types.match)
        self[match, MatchObject.pattern] = Value(pattern)
        self[match, MatchObject.string] = subject.value
        self[match, MatchObject.start] = start
        self[match, MatchObject.end] = run.end
        self[match, MatchObject.lastGroup] = run.lastGroup
        self[match, MatchObject.spans] = Value(spans)
        return Value(match)
    }
    /// Group `i` of what has just matched, or `none`.
    func group(
        _ i: Int, _ run: borrowing RegexRun, _ subject: RegexSubject, _ none: Value
    ) throws(Unwind) -> Value {
        let (from, to) = (run.registers[2 * i], run.registers[2 * i + 1])
        if from < 0 || to < from { return none }
        return try subject.piece(self, from, to)
    }
    func empty(_ subject: RegexSubject) -> Value {
        subject.content.isString ? shared.pointee.emptyString : shared.pointee.emptyBytes
    }
}
