import Glibc

/// Doubles as text, both ways; all conversions are rounded once and correctly.
enum FloatText {
    // MARK: to text

    /// The shortest text that reads back as `d`, as `repr` shows it.
    static func withRepr<R>(_ d: Double, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let magnitude = d.magnitude
        if magnitude >= 0x1p53 && magnitude < 1e16 {
            // 16 digits before the point, which the standard library would write with an exponent.
            return string(d, "r").withUnsafeBufferPointer(body)
        }
        if d.isNaN {
            var nan: (UInt8, UInt8, UInt8) = (0x6E, 0x61, 0x6E)
            return withUnsafeBytes(of: &nan) { body($0.bindMemory(to: UInt8.self)) }
        }
        var text = d.description
        return text.withUTF8(body)
    }
    static func repr(_ d: Double) -> [UInt8] { withRepr(d) { Array($0) } }

    /// The significant digits of a finite double other than zero: 0.d1d2d3… * 10**point.
    struct Digits {
        var digits: [UInt8]
        var point: Int
    }
    /// The fewest that tell it from its neighbours.
    static func shortest(_ d: Double) -> Digits { read(Array(d.magnitude.description.utf8)) }
    /// `count` of them, at least 1.
    static func digits(_ d: Double, count: Int) -> Digits {
        if let digits = DecimalScaling.significant(d, count) { return digits }
        return read(printed(d.magnitude, "e", count - 1), keepsZeros: true)
    }
    /// Takes `123.45e6` apart.
    private static func read(_ text: [UInt8], keepsZeros: Bool = false) -> Digits {
        var result = Digits(digits: [], point: 0)
        var i = 0
        var isAfterPoint = false
        while i < text.count, text[i] != 0x65 {
            if text[i] == 0x2E {
                isAfterPoint = true
            } else {
                if result.digits.isEmpty && text[i] == 0x30 && !keepsZeros {
                    if isAfterPoint { result.point -= 1 }
                } else {
                    result.digits.append(text[i])
                    if !isAfterPoint { result.point += 1 }
                }
            }
            i += 1
        }
        if i < text.count {
            var exponent = 0
            let isNegative = text[i + 1] == 0x2D
            for c in text[(i + 2)...] { exponent = exponent * 10 + Int(c - 0x30) }
            result.point += isNegative ? -exponent : exponent
        }
        if !keepsZeros { while result.digits.last == 0x30 { result.digits.removeLast() } }
        return result
    }

    /// With an exponent or without one: `code` is e or f.
    static func printed(_ d: Double, _ code: Unicode.Scalar, _ precision: Int) -> [UInt8] {
        if code == "f", var text = DecimalScaling.fixed(d, precision) {
            if d.sign == .minus { text.insert(0x2D, at: 0) }
            return text
        }
        if code == "e", d.isFinite, d != 0, precision >= 0,
            let number = DecimalScaling.significant(d, precision + 1)
        {
            var text: [UInt8] = d.sign == .minus ? [0x2D] : []
            text.append(number.digits[0])
            if precision > 0 { text.append(0x2E) }
            text += number.digits[1...]
            appendExponent(number.point - 1, false, to: &text)
            return text
        }
        return printedByLibrary(d, code, precision)
    }
    private static func printedByLibrary(
        _ d: Double, _ code: Unicode.Scalar, _ precision: Int
    ) -> [UInt8] {
        let format: StaticString = code == "f" ? "%.*f" : "%.*e"
        // After 1074 digits only zeros can follow.
        if precision > 1100 {
            let text = printedByLibrary(d, code, 1100)
            let end = text.firstIndex(of: 0x65) ?? text.count
            let zeros = [UInt8](repeating: 0x30, count: precision - 1100)
            return d.isFinite ? text[..<end] + zeros + text[end...] : text
        }
        let precision = Int32(max(precision, 0))
        let room = Int(precision) + 350
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            let p = UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped)
                .assumingMemoryBound(to: CChar.self)
            let n = format.utf8Start.withMemoryRebound(to: CChar.self, capacity: 5) { format in
                withVaList([precision, d]) { vsnprintf(p, room, format, $0) }
            }
            count = max(0, min(Int(n), room - 1))
        }
    }

    /// A double in one of Python's formats: e, f, g, or r for the shortest text, and E, F, G for capital
    /// letters. A minus sign comes with it, no plus sign.
    ///
    /// - Parameters:
    ///   - isAlternate: a point even without digits after it, and zeros at the end stay for g.
    ///   - addsPointZero: `.0` for whole numbers without exponent, for g and r.
    static func string(
        _ d: Double, _ code: Unicode.Scalar, precision: Int = 0, isAlternate: Bool = false,
        addsPointZero: Bool = true
    ) -> [UInt8] {
        let isCapital = code.value < 0x61
        guard d.isFinite else {
            let text: StaticString =
                d.isNaN
                ? (isCapital ? "NAN" : "nan")
                : d < 0 ? (isCapital ? "-INF" : "-inf") : isCapital ? "INF" : "inf"
            return Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        let kind = Unicode.Scalar(UInt8(code.value | 0x20))
        switch kind {
        case "f":
            var text = printed(d, "f", precision)
            if precision == 0 && isAlternate { text.append(0x2E) }
            return text
        case "e":
            var text = printed(d, "e", precision)
            if precision == 0 && isAlternate, let e = text.firstIndex(of: 0x65) {
                text.insert(0x2E, at: e)
            }
            if isCapital, let e = text.firstIndex(of: 0x65) { text[e] = 0x45 }
            return text
        default:
            return general(d, kind, precision, isAlternate, addsPointZero, isCapital)
        }
    }
    private static func general(
        _ d: Double, _ kind: Unicode.Scalar, _ precision: Int, _ isAlternate: Bool,
        _ addsPointZero: Bool, _ isCapital: Bool
    ) -> [UInt8] {
        let precision = max(precision, 1)
        var number: Digits
        let limit: Int
        if d == 0 {
            number = Digits(digits: [0x30], point: 1)
            limit = 16
        } else if kind == "r" {
            number = shortest(d)
            limit = 16
        } else {
            number = digits(d, count: precision)
            while number.digits.count > 1 && number.digits.last == 0x30 {
                number.digits.removeLast()
            }
            limit = precision - (addsPointZero ? 1 : 0)
        }
        var text: [UInt8] = d.sign == .minus ? [0x2D] : []
        let usesExponent = d != 0 && (number.point <= -4 || number.point > limit)
        if isAlternate && kind != "r" {
            while number.digits.count < precision { number.digits.append(0x30) }
        }
        let count = number.digits.count
        if usesExponent {
            text.append(number.digits[0])
            if count > 1 || isAlternate { text.append(0x2E) }
            text += number.digits[1...]
            appendExponent(number.point - 1, isCapital, to: &text)
        } else if number.point <= 0 {
            text += [0x30, 0x2E]
            text += [UInt8](repeating: 0x30, count: -number.point)
            text += number.digits
        } else if number.point >= count {
            text += number.digits
            text += [UInt8](repeating: 0x30, count: number.point - count)
            if addsPointZero {
                text += [0x2E, 0x30]
            } else if isAlternate {
                text.append(0x2E)
            }
        } else {
            text += number.digits[..<number.point]
            text.append(0x2E)
            text += number.digits[number.point...]
        }
        return text
    }
    private static func appendExponent(_ e: Int, _ isCapital: Bool, to text: inout [UInt8]) {
        text.append(isCapital ? 0x45 : 0x65)
        text.append(e < 0 ? 0x2D : 0x2B)
        let magnitude = abs(e)
        if magnitude < 10 { text.append(0x30) }
        text += Array("\(magnitude)".utf8)
    }

    // MARK: from text

    /// The double of a text, nil when it is none. Spaces around it and single underscores between digits
    /// are allowed.
    static func parse(_ text: [UInt8]) -> Double? {
        if let plain = text.withUnsafeBufferPointer({ parsePlain($0) }) { return plain }
        var (start, end) = (0, text.count)
        while start < end && IntegerText.isSpace(text[start]) { start += 1 }
        while end > start && IntegerText.isSpace(text[end - 1]) { end -= 1 }
        guard let (value, next) = scan(text, start, end), next == end else { return nil }
        return value
    }
    /// Of digits with at most one point, and an exponent perhaps; nil for all else, and when there are too
    /// many of them to be rounded once by one product or quotient.
    static func parsePlain(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var i = 0
        let end = text.count
        let isNegative = end > 0 && text[0] == 0x2D
        if isNegative { i = 1 }
        if end - i > 40 { return nil }
        var significand: UInt64 = 0
        var (digits, scale) = (0, 0)
        var isAfterPoint = false
        while i < end {
            let c = text[i]
            if c &- 0x30 < 10 {
                significand = significand &* 10 &+ UInt64(c &- 0x30)
                if significand != 0 { digits &+= 1 }
                if isAfterPoint { scale &-= 1 }
            } else if c == 0x2E && !isAfterPoint {
                isAfterPoint = true
            } else {
                break
            }
            i &+= 1
        }
        if digits == 0 || digits > 19 || i < 1 { return nil }
        if i < end {
            guard text[i] | 0x20 == 0x65, end - i >= 2 else { return nil }
            i &+= 1
            let isDown = text[i] == 0x2D
            if isDown || text[i] == 0x2B { i &+= 1 }
            if i == end || end - i > 3 { return nil }
            var exponent = 0
            while i < end {
                if text[i] &- 0x30 >= 10 { return nil }
                exponent = exponent &* 10 &+ Int(text[i] &- 0x30)
                i &+= 1
            }
            scale &+= isDown ? 0 &- exponent : exponent
        }
        guard let value = rounded(significand, scale) else { return nil }
        return isNegative ? -value : value
    }
    /// significand * 10**scale, where one exact product or quotient gives it.
    private static func rounded(_ significand: UInt64, _ scale: Int) -> Double? {
        if significand <= 1 << 53 {
            if scale < -22 || scale > 22 { return nil }
            let whole = Double(significand)
            return scale < 0 ? whole / power(-scale) : whole * power(scale)
        }
        // All 64 bits in use, divided with 64 zeros behind them: at least 63 bits come out, and what remains
        // only tells the direction.
        if scale > 0 || scale < -19 { return scale == 0 ? Double(significand) : nil }
        let divisor = UInt64(DecimalScaling.power(-scale))
        let shift = significand.leadingZeroBitCount
        let (top, rest) = (significand &<< UInt64(shift)).quotientAndRemainder(
            dividingBy: divisor)
        let (bottom, last) = divisor.dividingFullWidth((rest, 0))
        var limbs = (bottom | (last != 0 ? 1 : 0), top)
        return withUnsafeBytes(of: &limbs) {
            Limbs.double(
                $0.bindMemory(to: Limb.self).baseAddress.unsafelyUnwrapped, top == 0 ? 1 : 2,
                exponent: -64 - shift)
        }
    }
    /// The longest double that begins at `start`, and where it ends; nil when there is none.
    static func scan(_ text: [UInt8], _ start: Int, _ end: Int) -> (Double, Int)? {
        var i = start
        var clean: [CChar] = []
        var isNegative = false
        if i < end && (text[i] == 0x2B || text[i] == 0x2D) {
            isNegative = text[i] == 0x2D
            i += 1
        }
        if let (special, next) = scanSpecial(text, i, end) {
            return (isNegative ? -special : special, next)
        }
        var digits = 0
        var significand: UInt64 = 0
        var scale = 0
        // True when all went well; an underscore must have digits on both sides.
        func scanDigits(_ isFraction: Bool) -> Bool {
            while i < end {
                let c = text[i]
                if c == 0x5F {
                    guard i > start, isDigit(text[i - 1]), i + 1 < end, isDigit(text[i + 1]) else {
                        return false
                    }
                } else if isDigit(c) {
                    clean.append(CChar(c))
                    digits += 1
                    if digits <= 19 { significand = significand &* 10 &+ UInt64(c - 0x30) }
                    if isFraction { scale -= 1 }
                } else {
                    break
                }
                i += 1
            }
            return true
        }
        if !scanDigits(false) { return nil }
        if i < end && text[i] == 0x2E {
            clean.append(0x2E)
            i += 1
            if !scanDigits(true) { return nil }
        }
        if digits == 0 { return nil }
        let count = digits
        if i < end && text[i] | 0x20 == 0x65 {
            var k = i + 1
            var sign: CChar = 0x2B
            if k < end && (text[k] == 0x2B || text[k] == 0x2D) {
                sign = CChar(text[k])
                k += 1
            }
            if k < end && isDigit(text[k]) {
                clean += [0x65, sign]
                var exponent = 0
                i = k
                while i < end && (isDigit(text[i]) || text[i] == 0x5F) {
                    if text[i] == 0x5F {
                        guard isDigit(text[i - 1]), i + 1 < end, isDigit(text[i + 1]) else {
                            return nil
                        }
                    } else {
                        clean.append(CChar(text[i]))
                        exponent = min(exponent * 10 + Int(text[i] - 0x30), 1_000_000)
                    }
                    i += 1
                }
                scale += sign == 0x2D ? -exponent : exponent
            }
        }
        // Whole numbers below 2**53 times or by an exact power of ten are rounded once.
        if count <= 15 && scale >= -22 && scale <= 22 {
            let power = FloatText.power(abs(scale))
            let whole = Double(significand)
            let value = scale < 0 ? whole / power : whole * power
            return (isNegative ? -value : value, i)
        }
        clean.append(0)
        let value = strtod(clean, nil)
        return (isNegative ? -value : value, i)
    }
    private static func isDigit(_ c: UInt8) -> Bool { c &- 0x30 < 10 }
    /// Exact for n up to 22: so are both factors, and so is their product.
    private static func power(_ n: Int) -> Double {
        let n = UInt64(n)
        let (low, high) = (min(n, 15), n &- min(n, 15))
        return Double(integerPower(low)) * Double(integerPower(high))
    }
    private static func integerPower(_ n: UInt64) -> Int64 {
        var power: Int64 = 1
        for _ in 0..<n { power &*= 10 }
        return power
    }
    private static func scanSpecial(_ text: [UInt8], _ i: Int, _ end: Int) -> (Double, Int)? {
        func matches(_ word: StaticString) -> Bool {
            let n = word.utf8CodeUnitCount
            if end - i < n { return false }
            for k in 0..<n where text[i + k] | 0x20 != word.utf8Start[k] { return false }
            return true
        }
        if matches("infinity") { return (.infinity, i + 8) }
        if matches("inf") { return (.infinity, i + 3) }
        return matches("nan") ? (.nan, i + 3) : nil
    }
}
