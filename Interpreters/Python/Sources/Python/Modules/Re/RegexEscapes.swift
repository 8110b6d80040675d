/// Escapes and sets of characters.
extension RegexParser {
    /// What follows a backslash outside a set.
    mutating func escape(_ scope: RegexFlags) throws(RegexFailure) -> RegexNode {
        let start = position - 1
        guard let c = take() else { throw error("bad escape (end of pattern)", back: 1) }
        if let (category, isNegated) = category(c) {
            var set = RegexSet()
            set.insert(category, isNegated: isNegated, isASCII: isASCII(scope))
            return .atom(.set(set))
        }
        switch Unicode.Scalar(c) {
        case "A": return .assertion(.start)
        case "Z": return .assertion(.textEnd)
        case "b": return .assertion(isASCII(scope) ? .boundaryASCII : .boundary)
        case "B": return .assertion(isASCII(scope) ? .notBoundaryASCII : .notBoundary)
        case "0":
            let digits = take(most: 2, RegexParser.isOctal)
            return literal(octal(digits), scope)
        default: break
        }
        if RegexParser.isDigit(c) {
            var digits = [c]
            if let d = next, RegexParser.isDigit(d) {
                position += 1
                digits.append(d)
                if RegexParser.isOctal(c) && RegexParser.isOctal(d), let e = next,
                    RegexParser.isOctal(e)
                {
                    position += 1
                    digits.append(e)
                    return literal(try octal(checked: digits), scope)
                }
            }
            return try reference(RegexParser.number(digits), scope, position - start)
        }
        return literal(try character(c, start), scope)
    }
    private func category(_ c: UInt32) -> (RegexSet.Category, isNegated: Bool)? {
        switch Unicode.Scalar(c) {
        case "d": (.digit, false)
        case "D": (.digit, true)
        case "s": (.space, false)
        case "S": (.space, true)
        case "w": (.word, false)
        case "W": (.word, true)
        default: nil
        }
    }
    private func octal(_ digits: [UInt32]) -> UInt32 {
        digits.reduce(0) { $0 << 3 | ($1 - 0x30) }
    }
    private func octal(checked digits: [UInt32]) throws(RegexFailure) -> UInt32 {
        let value = octal(digits)
        if value > 0o377 {
            throw error(
                "octal escape value \\\(string(digits)) outside of range 0-0o377",
                back: digits.count + 1)
        }
        return value
    }
    /// The character that an escape stands for, in a set or outside.
    private mutating func character(_ c: UInt32, _ start: Int) throws(RegexFailure) -> UInt32 {
        switch Unicode.Scalar(c) {
        case "a": return 7
        case "f": return 12
        case "n": return 10
        case "r": return 13
        case "t": return 9
        case "v": return 11
        case "x": return try hexadecimal(2, start)
        case "u" where !isBytes: return try hexadecimal(4, start)
        case "U" where !isBytes:
            let value = try hexadecimal(8, start)
            if value > 0x10FFFF { throw badEscape(start) }
            return value
        case "N" where !isBytes: return try named(start)
        default:
            if c < 128 && CodePoint.isASCIILetter(c) { throw badEscape(start) }
            return c
        }
    }
    private func badEscape(_ start: Int) -> RegexFailure {
        error("bad escape \(string(Array(text[start..<position])))", back: position - start)
    }
    private mutating func hexadecimal(_ count: Int, _ start: Int) throws(RegexFailure) -> UInt32 {
        let digits = take(most: count) { $0 < 128 && IntegerText.digit(UInt8($0)) < 16 }
        if digits.count < count {
            throw error(
                "incomplete escape \(string(Array(text[start..<position])))",
                back: position - start)
        }
        return digits.reduce(0) { $0 << 4 | UInt32(IntegerText.digit(UInt8($1))) }
    }
    private mutating func named(_ start: Int) throws(RegexFailure) -> UInt32 {
        if !take("{") { throw error("missing {") }
        let nameStart = position
        while let c = take() {
            if c != 0x7D { continue }
            let name = Array(text[nameStart..<(position - 1)])
            if name.isEmpty { throw error("missing character name", back: 1) }
            guard let found = CharacterNames.codePoint(named: string(name)) else {
                throw error(
                    "undefined character name \(shown(name))", back: position - start)
            }
            return found
        }
        if position == nameStart { throw error("missing character name") }
        throw error("missing }, unterminated name", back: position - nameStart)
    }

    // MARK: sets

    /// `[…]`, after the bracket.
    mutating func characterSet(_ scope: RegexFlags) throws(RegexFailure) -> RegexNode {
        let here = position - 1
        var set = RegexSet()
        var only: [UInt32] = []
        var isPlain = true
        let isNegated = take("^")
        var isFirst = true
        while true {
            guard let c = take() else {
                throw error("unterminated character set", back: position - here)
            }
            if c == 0x5D && !isFirst { break }
            isFirst = false
            let start = position - 1
            let low = try setItem(c, scope, &set, start)
            guard take("-") else {
                if let low {
                    set.insert(low...low)
                    only.append(low)
                } else {
                    isPlain = false
                }
                continue
            }
            guard let d = take() else {
                throw error("unterminated character set", back: position - here)
            }
            if d == 0x5D {
                if let low {
                    set.insert(low...low)
                    only.append(low)
                } else {
                    isPlain = false
                }
                set.insert(0x2D...0x2D)
                only.append(0x2D)
                break
            }
            let highStart = position - 1
            var ignored = RegexSet()
            let high = try setItem(d, scope, &ignored, highStart)
            guard let low, let high, low <= high else {
                throw error(
                    "bad character range \(string(Array(text[start..<position])))",
                    back: position - start)
            }
            set.insert(low...high)
            isPlain = false
        }
        if isPlain && only.count == 1 && !isNegated { return literal(only[0], scope) }
        if scope.contains(.ignoreCase) { set.ignoreCase(isASCII: isASCII(scope)) }
        if isNegated { set.negate() }
        return .atom(.set(set))
    }
    /// One character of a set, or nil for a category, which goes into the set.
    private mutating func setItem(
        _ c: UInt32, _ scope: RegexFlags, _ set: inout RegexSet, _ start: Int
    ) throws(RegexFailure) -> UInt32? {
        if c != 0x5C { return c }
        guard let c = take() else { throw error("bad escape (end of pattern)", back: 1) }
        if let (category, isNegated) = category(c) {
            set.insert(category, isNegated: isNegated, isASCII: isASCII(scope))
            return nil
        }
        if c == 0x62 { return 8 }
        if RegexParser.isOctal(c) {
            let digits = [c] + take(most: 2, RegexParser.isOctal)
            return try octal(checked: digits)
        }
        if RegexParser.isDigit(c) { throw badEscape(start) }
        return try character(c, start)
    }
}
