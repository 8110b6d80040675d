/// A set of characters: a bitmap below 256, ranges and categories above.
struct RegexSet {
    /// One bit for each code point below 256, all done: negated, both cases.
    var bitmap = [UInt32](repeating: 0, count: 8)
    /// Of code points from 256 on.
    var ranges: [ClosedRange<UInt32>] = []
    var traits: Traits = []

    /// What counts from 256 on beside the ranges.
    struct Traits: OptionSet {
        let rawValue: UInt32
        static let negated = Traits(rawValue: 1)
        static let word = Traits(rawValue: 2)
        static let notWord = Traits(rawValue: 4)
        static let digit = Traits(rawValue: 8)
        static let notDigit = Traits(rawValue: 16)
        static let space = Traits(rawValue: 32)
        static let notSpace = Traits(rawValue: 64)
        static let all = Traits(rawValue: 128)
        /// The other cases of a character count too.
        static let ignoresCase = Traits(rawValue: 256)
    }
    enum Category { case word, digit, space }

    @inline(__always) func holds(low c: UInt32) -> Bool { bitmap[Int(c >> 5)] >> (c & 31) & 1 != 0 }
    mutating func insert(low c: UInt32) { bitmap[Int(c >> 5)] |= 1 << (c & 31) }

    mutating func insert(_ range: ClosedRange<UInt32>) {
        var c = range.lowerBound
        while c <= min(range.upperBound, 255) {
            insert(low: c)
            c += 1
        }
        if range.upperBound >= 256 {
            ranges.append(max(range.lowerBound, 256)...range.upperBound)
        }
    }
    mutating func insert(_ category: Category, isNegated: Bool, isASCII: Bool) {
        for c: UInt32 in 0..<256 {
            if RegexSet.test(c, category, isASCII: isASCII) != isNegated { insert(low: c) }
        }
        if isASCII {
            if isNegated { traits.insert(.all) }
            return
        }
        switch category {
        case .word: traits.insert(isNegated ? .notWord : .word)
        case .digit: traits.insert(isNegated ? .notDigit : .digit)
        case .space: traits.insert(isNegated ? .notSpace : .space)
        }
    }
    static func test(_ c: UInt32, _ category: Category, isASCII: Bool) -> Bool {
        switch category {
        case .word:
            if c == 0x5F { return true }
            return isASCII
                ? CodePoint.isASCIILetter(c) || CodePoint.isASCIIDigit(c)
                : CodePoint.isAlphanumeric(c)
        case .digit: return isASCII ? CodePoint.isASCIIDigit(c) : CodePoint.isDecimal(c)
        case .space:
            return isASCII
                ? c == 0x20 || c >= 0x09 && c <= 0x0D : CodePoint.isSpace(c)
        }
    }
    mutating func ignoreCase(isASCII: Bool) {
        let plain = self
        if !isASCII { traits.insert(.ignoresCase) }
        for c: UInt32 in 0..<256 {
            let others =
                isASCII
                ? (CodePoint.isASCIILetter(c) && c < 128 ? [c ^ 0x20] : [])
                : RegexSet.otherCases[Int(c)]
            for other in others where plain.contains(other) { insert(low: c) }
        }
    }
    mutating func negate() {
        for i in 0..<8 { bitmap[i] = ~bitmap[i] }
        traits.insert(.negated)
    }
    /// For the compiler; matching uses ``RegexProgram``.
    func contains(_ c: UInt32) -> Bool {
        c < 256
            ? holds(low: c)
            : RegexSet.containsHigh(c, ranges, traits.subtracting(.negated))
                != traits.contains(.negated)
    }
    private static func containsHigh(
        _ c: UInt32, _ ranges: [ClosedRange<UInt32>], _ traits: Traits
    ) -> Bool {
        ranges.contains { $0.contains(c) } || hasTrait(c, traits)
    }
    /// Has a code point from 256 on one of these traits?
    static func hasTrait(_ c: UInt32, _ traits: Traits) -> Bool {
        if traits.contains(.all) { return true }
        if !traits.isDisjoint(with: [.word, .notWord]),
            test(c, .word, isASCII: false) == traits.contains(.word)
                || traits.isSuperset(of: [.word, .notWord])
        {
            return true
        }
        if !traits.isDisjoint(with: [.digit, .notDigit]),
            test(c, .digit, isASCII: false) == traits.contains(.digit)
                || traits.isSuperset(of: [.digit, .notDigit])
        {
            return true
        }
        return !traits.isDisjoint(with: [.space, .notSpace])
            && (test(c, .space, isASCII: false) == traits.contains(.space)
                || traits.isSuperset(of: [.space, .notSpace]))
    }
    /// May it hold a code point from 256 on?
    var mayHoldHigh: Bool {
        !ranges.isEmpty || !traits.subtracting(.ignoresCase).isEmpty
            || traits.contains(.ignoresCase)
    }

    // MARK: case

    /// Characters that differ from `c` only in case.
    static func otherCases(_ c: UInt32) -> [UInt32] {
        if c < 256 { return otherCases[Int(c)] }
        return findOtherCases(c)
    }
    private static let otherCases: [[UInt32]] = (0..<256).map { findOtherCases($0) }
    private static func findOtherCases(_ c: UInt32) -> [UInt32] {
        let lower = CodePoint.lower(c)
        let upper = CodePoint.upper(c)
        var found: [UInt32] = []
        func add(_ other: UInt32) {
            if other != c && !found.contains(other) { found.append(other) }
        }
        add(lower)
        add(upper)
        add(CodePoint.upper(lower))
        if c < 128 && !CodePoint.isASCIILetter(c) { return found }
        let small = CodePoint.lower(upper)
        add(small)
        for (other, otherSmall) in irregular where otherSmall == lower || otherSmall == small {
            add(other)
        }
        return found
    }
    /// Characters that share a small letter with others, and that letter.
    private static let irregular: [(UInt32, UInt32)] = [
        (0x131, 0x69), (0x130, 0x69), (0x17F, 0x73), (0xB5, 0x3BC), (0x3C2, 0x3C3),
        (0x3D0, 0x3B2), (0x3D1, 0x3B8), (0x3D5, 0x3C6), (0x3D6, 0x3C0), (0x3F0, 0x3BA),
        (0x3F1, 0x3C1), (0x3F5, 0x3B5), (0x1E9B, 0x1E61), (0x1FBE, 0x3B9), (0x345, 0x3B9),
        (0x212A, 0x6B), (0x212B, 0xE5), (0x2126, 0x3C9), (0x1E9E, 0xDF), (0x3F4, 0x3B8),
        (0x1C80, 0x432), (0x1C81, 0x434), (0x1C82, 0x43E), (0x1C83, 0x441), (0x1C84, 0x442),
        (0x1C85, 0x442), (0x1C86, 0x44A), (0x1C87, 0x463), (0x1C88, 0xA64B),
    ]
}
