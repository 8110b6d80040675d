/// What Unicode says about a code point, in the words of `str` methods.
enum CodePoint {
    @inline(__always) private static func properties(_ c: UInt32) -> Unicode.Scalar.Properties? {
        Unicode.Scalar(c)?.properties
    }
    static func category(_ c: UInt32) -> Unicode.GeneralCategory {
        properties(c)?.generalCategory ?? .surrogate
    }

    static func isAlpha(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIILetter(c) }
        switch category(c) {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return true
        default: return false
        }
    }
    @inline(__always) static func isASCIILetter(_ c: UInt32) -> Bool { (c | 0x20) &- 0x61 < 26 }
    @inline(__always) static func isASCIIDigit(_ c: UInt32) -> Bool { c &- 0x30 < 10 }

    static func isDecimal(_ c: UInt32) -> Bool {
        c < 128 ? isASCIIDigit(c) : properties(c)?.numericType == .decimal
    }
    static func isDigit(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIIDigit(c) }
        let type = properties(c)?.numericType
        return type == .decimal || type == .digit
    }
    static func isNumeric(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIIDigit(c) }
        return properties(c)?.numericType != nil
    }
    static func isAlphanumeric(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIILetter(c) || isASCIIDigit(c) }
        return isAlpha(c) || isNumeric(c)
    }
    /// The value of a decimal digit, or nil.
    static func decimal(_ c: UInt32) -> Int? {
        if c < 128 { return isASCIIDigit(c) ? Int(c) - 0x30 : nil }
        guard let p = properties(c), p.numericType == .decimal, let value = p.numericValue else {
            return nil
        }
        return Int(value)
    }
    static func isSpace(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIISpace(c) }
        return properties(c)?.isWhitespace ?? false
    }
    @inline(__always) static func isASCIISpace(_ c: UInt32) -> Bool {
        c == 0x20 || c >= 0x09 && c <= 0x0D || c >= 0x1C && c <= 0x1F
    }
    static func isLineBreak(_ c: UInt32) -> Bool {
        switch c {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
    static func isPrintable(_ c: UInt32) -> Bool {
        if c < 128 { return c >= 0x20 && c != 0x7F }
        switch category(c) {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator, .spaceSeparator:
            return false
        default: return true
        }
    }

    // MARK: case

    static func isLower(_ c: UInt32) -> Bool {
        if c < 128 { return c &- 0x61 < 26 }
        return properties(c)?.isLowercase ?? false
    }
    static func isUpper(_ c: UInt32) -> Bool {
        if c < 128 { return c &- 0x41 < 26 }
        return properties(c)?.isUppercase ?? false
    }
    static func isTitle(_ c: UInt32) -> Bool { c >= 128 && category(c) == .titlecaseLetter }
    static func isCased(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIILetter(c) }
        return properties(c)?.isCased ?? false
    }
    static func isCaseIgnorable(_ c: UInt32) -> Bool { properties(c)?.isCaseIgnorable ?? false }

    /// The one code point that is the lower case of `c`, or `c` itself.
    static func lower(_ c: UInt32) -> UInt32 {
        if c < 128 { return c &- 0x41 < 26 ? c | 0x20 : c }
        return single(c, properties(c)?.lowercaseMapping)
    }
    static func upper(_ c: UInt32) -> UInt32 {
        if c < 128 { return c &- 0x61 < 26 ? c & ~0x20 : c }
        return single(c, properties(c)?.uppercaseMapping)
    }
    private static func single(_ c: UInt32, _ mapping: String?) -> UInt32 {
        guard let scalars = mapping?.unicodeScalars, let first = scalars.first else { return c }
        // İ: its full lower case has a combining dot, its simple one has not.
        if c == 0x130 { return 0x69 }
        return scalars.count == 1 && isKnown(first) ? first.value : c
    }
    /// A few letters got their other case after Unicode 14, of which the language speaks. Theirs are in
    /// Latin Extended-D.
    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value &- 0xA7CB > 0x11 || scalar.properties.age.map { $0.major <= 14 } ?? false
    }

    enum Mapping { case lower, upper, title, fold }

    /// Adds the full mapping of `c`, one to three code points.
    static func append(_ mapping: Mapping, of c: UInt32, to text: inout StringBuilder) {
        if c < 128 {
            switch mapping {
            case .lower, .fold: return text.append(c &- 0x41 < 26 ? c | 0x20 : c)
            case .upper, .title: return text.append(c &- 0x61 < 26 ? c & ~0x20 : c)
            }
        }
        guard let properties = properties(c) else { return text.append(c) }
        switch mapping {
        case .lower: append(properties.lowercaseMapping, of: c, to: &text)
        case .upper: append(properties.uppercaseMapping, of: c, to: &text)
        case .title: append(properties.titlecaseMapping, of: c, to: &text)
        case .fold: appendFolded(c, properties, to: &text)
        }
    }
    private static func append(
        _ mapped: String, of c: UInt32, to text: inout StringBuilder
    ) {
        for scalar in mapped.unicodeScalars { text.append(isKnown(scalar) ? scalar.value : c) }
    }
    /// Case folding is the lower case of the upper case of the lower case, but for the dotless i, which
    /// stays, and for Cherokee, whose small letters fold to the others.
    private static func appendFolded(
        _ c: UInt32, _ properties: Unicode.Scalar.Properties, to text: inout StringBuilder
    ) {
        if c == 0x131 || c >= 0x13A0 && c <= 0x13F5 { return text.append(c) }
        if c >= 0x13F8 && c <= 0x13FD || c >= 0xAB70 && c <= 0xABBF {
            return append(properties.uppercaseMapping, of: c, to: &text)
        }
        for low in properties.lowercaseMapping.unicodeScalars {
            for up in low.properties.uppercaseMapping.unicodeScalars {
                append(up.properties.lowercaseMapping, of: up.value, to: &text)
            }
        }
    }

    // MARK: identifiers

    static func startsIdentifier(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIILetter(c) || c == 0x5F }
        return properties(c)?.isXIDStart ?? false
    }
    static func continuesIdentifier(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIILetter(c) || isASCIIDigit(c) || c == 0x5F }
        return properties(c)?.isXIDContinue ?? false
    }
}
