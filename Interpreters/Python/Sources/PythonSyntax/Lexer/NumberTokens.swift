/// The extent of number literals. Their values are made in Literals/Numbers.swift.
extension Lexer {
    mutating func number() {
        let start = at
        let isComplete: Bool
        if byte == UInt8(ascii: "0") {
            switch byte(1) | 0x20 {
            case UInt8(ascii: "x"): isComplete = prefixed("hexadecimal", Lexer.isHexDigit)
            case UInt8(ascii: "o"): isComplete = prefixed("octal") { $0 & 0xF8 == 0x30 }
            case UInt8(ascii: "b"): isComplete = prefixed("binary") { $0 & 0xFE == 0x30 }
            default: isComplete = leadingZero(start)
            }
        } else {
            isComplete = (byte == UInt8(ascii: ".") || decimalDigits()) && fractionAndExponent()
        }
        if isComplete { add(.number, from: start, to: at) }
    }

    static func isHexDigit(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return isDigit(byte) || letter >= 0x61 && letter <= 0x66
    }

    private mutating func prefixed(_ base: String, _ isDigitOfBase: (UInt8) -> Bool) -> Bool {
        at += 2
        repeat {
            if byte == 0x5F { at += 1 }
            guard isDigitOfBase(byte) else {
                return failDigit(base) ?? failed("invalid \(base) literal")
            }
            while isDigitOfBase(byte) { at += 1 }
        } while byte == 0x5F
        return failDigit(base) ?? endOfNumber(base)
    }

    /// False when the next byte is a decimal digit too large for the base.
    private mutating func failDigit(_ base: String) -> Bool? {
        guard base != "hexadecimal" && Lexer.isDigit(byte) else { return nil }
        let digit = Character(Unicode.Scalar(byte))
        at += 1
        return failed("invalid digit '\(digit)' in \(base) literal")
    }

    /// A number that starts with 0: zero, or a float such as `00.5`.
    private mutating func leadingZero(_ start: Int) -> Bool {
        while byte == 0x30 || byte == 0x5F {
            if byte == 0x5F && !Lexer.isDigit(byte(1)) {
                at += 1
                return failed("invalid decimal literal")
            }
            at += 1
        }
        let zerosEnd = at + 1
        let isNonzero = Lexer.isDigit(byte)
        if isNonzero && !decimalDigits() { return false }
        if isNonzero && byte != UInt8(ascii: ".") && byte | 0x20 != UInt8(ascii: "e")
            && byte | 0x20 != UInt8(ascii: "j")
        {
            error = .raised(
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for "
                    + "octal integers", line: line, lineStart: lineStart, at: start + 1,
                endingAt: zerosEnd)
            return false
        }
        return fractionAndExponent()
    }

    /// Digits with single underscores between them.
    private mutating func decimalDigits() -> Bool {
        while true {
            while Lexer.isDigit(byte) { at += 1 }
            if byte != 0x5F { return true }
            at += 1
            if !Lexer.isDigit(byte) { return failed("invalid decimal literal") }
        }
    }

    private mutating func fractionAndExponent() -> Bool {
        if byte == UInt8(ascii: ".") {
            at += 1
            if Lexer.isDigit(byte) && !decimalDigits() { return false }
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
            if Lexer.isDigit(byte(sign ? 2 : 1)) {
                at += sign ? 2 : 1
                if !decimalDigits() { return false }
            } else if sign {
                at += 2
                return failed("invalid decimal literal")
            } else {
                return endOfNumber("decimal")
            }
        }
        if byte | 0x20 == UInt8(ascii: "j") {
            at += 1
            return endOfNumber("imaginary")
        }
        return endOfNumber("decimal")
    }

    /// A number may run into a keyword, as in `1if x else y`, but into no other name.
    private mutating func endOfNumber(_ kind: String) -> Bool {
        if !Lexer.isIdentifierPart(byte) { return true }
        let words: [StaticString] = ["and", "else", "for", "not", "or"]
        if words.contains(where: {
            starts($0) && !Lexer.isIdentifierPart(byte($0.utf8CodeUnitCount))
        }) {
            return true
        }
        let beginnings: [StaticString] = ["if", "in", "is"]
        if beginnings.contains(where: starts) { return true }
        return failed("invalid \(kind) literal")
    }
    private func starts(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            at + word.count <= end && bytes[at..<at + word.count].elementsEqual(word)
        }
    }

    private mutating func failed(_ message: String) -> Bool {
        fail(message)
        return false
    }
}
