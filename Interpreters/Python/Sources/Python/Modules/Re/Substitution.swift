import InterpreterKit

/// What `sub` puts in the place of a match, read from `\1`, `\g<name>` and the like.
struct RegexTemplate {
    enum Piece {
        case literal([UInt32])
        case group(Int)
    }
    private(set) var pieces: [Piece] = []

    /// True when the template is nothing but text.
    static func isPlain(_ data: UnsafeMutableRawPointer, _ width: Int, _ count: Int) -> Bool {
        for i in 0..<count where loadCodePoint(data, width, i) == 0x5C { return false }
        return true
    }

    /// - Parameter groups: number of groups, group 0 included.
    init(
        _ text: [UInt32], isBytes: Bool, groups: Int, names: [(name: String, number: Int)]
    ) throws(RegexTemplateFailure) {
        var literal: [UInt32] = []
        var i = 0
        func add(group: Int, to pieces: inout [Piece]) {
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            pieces.append(.group(group))
        }
        func string(_ c: ArraySlice<UInt32>) -> String {
            var text = ""
            for c in c { text.unicodeScalars.append(Unicode.Scalar(c) ?? "\u{FFFD}") }
            return text
        }
        while i < text.count {
            if text[i] != 0x5C {
                literal.append(text[i])
                i += 1
                continue
            }
            let start = i
            i += 1
            if i >= text.count {
                throw .syntax("bad escape (end of pattern)", start)
            }
            let c = text[i]
            i += 1
            switch Unicode.Scalar(c) {
            case "g":
                if i >= text.count || text[i] != 0x3C { throw .syntax("missing <", i) }
                i += 1
                let nameStart = i
                while i < text.count && text[i] != 0x3E { i += 1 }
                if i >= text.count {
                    throw nameStart == i
                        ? .syntax("missing group name", i)
                        : .syntax("missing >, unterminated name", nameStart)
                }
                if nameStart == i { throw .syntax("missing group name", i) }
                let name = text[nameStart..<i]
                i += 1
                if CodePoint.startsIdentifier(name[nameStart]) {
                    if !name.allSatisfy({ CodePoint.continuesIdentifier($0) }) {
                        throw .syntax(
                            "bad character in group name '\(string(name))'", nameStart)
                    }
                    let text = string(name)
                    guard let known = names.first(where: { $0.name == text }) else {
                        throw .unknownName(text)
                    }
                    add(group: known.number, to: &pieces)
                } else {
                    if !name.allSatisfy(RegexParser.isDigit) {
                        throw .syntax(
                            "bad character in group name '\(string(name))'", nameStart)
                    }
                    let number = RegexParser.number(Array(name))
                    if number >= groups {
                        throw .syntax("invalid group reference \(number)", nameStart)
                    }
                    add(group: number, to: &pieces)
                }
            case "0":
                var value: UInt32 = 0
                var k = 0
                while k < 2 && i < text.count && RegexParser.isOctal(text[i]) {
                    value = value << 3 | (text[i] - 0x30)
                    i += 1
                    k += 1
                }
                literal.append(value)
            case "1", "2", "3", "4", "5", "6", "7", "8", "9":
                var number = Int(c - 0x30)
                if i < text.count && RegexParser.isDigit(text[i]) {
                    if RegexParser.isOctal(c) && RegexParser.isOctal(text[i])
                        && i + 1 < text.count && RegexParser.isOctal(text[i + 1])
                    {
                        let value = (c - 0x30) << 6 | (text[i] - 0x30) << 3 | (text[i + 1] - 0x30)
                        i += 2
                        if value > 0o377 {
                            throw .syntax(
                                "octal escape value \(string(text[start..<i])) outside of range 0-0o377",
                                start)
                        }
                        literal.append(value)
                        continue
                    }
                    number = number * 10 + Int(text[i] - 0x30)
                    i += 1
                }
                if number >= groups {
                    throw .syntax("invalid group reference \(number)", start + 1)
                }
                add(group: number, to: &pieces)
            case "a": literal.append(7)
            case "b": literal.append(8)
            case "f": literal.append(12)
            case "n": literal.append(10)
            case "r": literal.append(13)
            case "t": literal.append(9)
            case "v": literal.append(11)
            case "\\": literal.append(0x5C)
            default:
                if c < 128 && CodePoint.isASCIILetter(c) {
                    throw .syntax("bad escape \(string(text[start..<i]))", start)
                }
                literal += [0x5C, c]
            }
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
    }
}
enum RegexTemplateFailure: Error {
    case syntax(String, Int)
    case unknownName(String)
}

extension VM {
    /// The code points of a `str` or bytes-like object.
    func codePoints(_ value: Value) throws(Unwind) -> [UInt32] {
        if let string = asString(value) {
            let view = StringView(string)
            return (0..<view.count).map { view[$0] }
        }
        return try bytesLike(value).buffer.map { UInt32($0) }
    }
    func template(
        _ types: RegexTypes, _ pattern: Reference, _ text: Value
    ) throws(Unwind) -> RegexTemplate {
        let points = try codePoints(text)
        var names: [(name: String, number: Int)] = []
        let groupNames = self[pattern, PatternObject.groupNames].reference
        for i in 0..<q.tupleCount(groupNames) {
            let name = q.tupleElement(groupNames, i)
            if name.isString { names.append((self.text(name), i)) }
        }
        do throws(RegexTemplateFailure) {
            return try RegexTemplate(
                points, isBytes: asString(text) == nil, groups: q.tupleCount(groupNames),
                names: names)
        } catch {
            switch error {
            case .syntax(let message, let position):
                throw try regexError(types, message, text, position)
            case .unknownName(let name):
                throw raise(.indexError, "unknown group name '\(name)'")
            }
        }
    }
    /// `sub` and `subn`
    func substitute(
        _ types: RegexTypes, _ pattern: Reference, _ replacement: Value, _ string: Value,
        _ most: Int
    ) throws(Unwind) -> (text: Value, count: Int) {
        let subject = try subject(string, for: pattern)
        let isText = subject.content.isString
        var template: RegexTemplate?
        var literal = Value.unbound
        let isCallable = asString(replacement) == nil && !isBytesLike(replacement)
        if isCallable {
            if lookup(typeOf: replacement, name(.call)) == .unbound,
                !replacement.isA(Kind.function),
                !replacement.isA(Kind.native), !replacement.isA(Kind.method), !replacement.isType
            {
                throw raise(
                    .typeError,
                    "decoding to str: need a bytes-like object, \(typeName(replacement)) found")
            }
        } else {
            literal = try replacementText(replacement, isText)
            let view = literal.isString ? StringView(literal) : nil
            let isPlain =
                view.map { RegexTemplate.isPlain($0.data, $0.width, $0.count) }
                ?? RegexTemplate.isPlain(
                    ByteContent(literal).raw, 0, ByteContent(literal).count)
            if !isPlain { template = try self.template(types, pattern, replacement) }
        }
        var run = run(pattern, subject, end: subject.count)
        var result = StringBuilder(capacity: subject.count)
        var last = 0
        var place = 0
        var count = 0
        while (most == 0 || count < most) && place <= subject.count {
            if try !run.search(from: place) { break }
            let (from, to) = (run.registers[0], run.registers[1])
            result.append(raw: subject.data, subject.width, last..<from, subject.content)
            if let template {
                append(template, run, subject, to: &result)
            } else if isCallable {
                let match = try newMatch(types, pattern, subject, 0, run)
                let piece = try call(replacement, match)
                if piece != .none { try append(piece, isText, to: &result) }
            } else {
                try append(literal, isText, to: &result)
            }
            last = to
            count += 1
            place = run.advance()
        }
        if count == 0 { return (subject.content, 0) }
        result.append(raw: subject.data, subject.width, last..<subject.count, subject.content)
        return (isText ? try result.string(self) : try result.bytes(self), count)
    }
    private func replacementText(_ value: Value, _ isText: Bool) throws(Unwind) -> Value {
        if isText, let string = asString(value) { return string }
        if !isText, isBytesLike(value) { return try bytesLike(value).bytes(self) }
        throw raise(
            .typeError,
            isText
                ? "sequence item 0: expected str instance, \(typeName(value)) found"
                : "sequence item 0: expected a bytes-like object, \(typeName(value)) found")
    }
    private func append(
        _ piece: Value, _ isText: Bool, to result: inout StringBuilder
    ) throws(Unwind) {
        if isText, let string = asString(piece) { return result.append(string: string) }
        if !isText, let content = try byteContent(piece) {
            return result.append(latin1: content.buffer)
        }
        _ = try replacementText(piece, isText)
    }
    func append(
        _ template: RegexTemplate, _ run: borrowing RegexRun, _ subject: RegexSubject,
        to result: inout StringBuilder
    ) {
        for piece in template.pieces {
            switch piece {
            case .literal(let points): for c in points { result.append(c) }
            case .group(let i):
                let (from, to) = (run.registers[2 * i], run.registers[2 * i + 1])
                if from >= 0 && to >= from {
                    result.append(raw: subject.data, subject.width, from..<to, subject.content)
                }
            }
        }
    }
}

extension StringBuilder {
    /// Code points `range` of raw memory, which `owner` holds.
    mutating func append(
        raw data: UnsafeMutableRawPointer, _ width: Int, _ range: Swift.Range<Int>, _ owner: Value
    ) {
        if owner.isString { return append(StringView(owner), range) }
        if range.isEmpty { return }
        append(
            latin1: UnsafeBufferPointer(
                start: data.assumingMemoryBound(to: UInt8.self) + range.lowerBound,
                count: range.count))
    }
}
