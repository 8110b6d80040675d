/// Doubles times powers of ten as whole numbers, rounded once, half to even, in 128 bits.
///
/// This is how floats are printed and rounded to few digits; what does not fit goes through the C library.
enum DecimalScaling {
    /// Powers of ten below 2**128.
    private static let powers: [UInt128] = {
        var result: [UInt128] = [1]
        while result.count < 39 { result.append(result[result.count - 1] * 10) }
        return result
    }()
    static func power(_ n: Int) -> UInt128 { powers[n] }

    /// |d| * 10**digits rounded; nil when it takes more than 127 bits to find out.
    static func scaled(_ d: Double, by digits: Int) -> UInt128? {
        guard d.isFinite, digits >= -37, digits <= 22 else { return nil }
        let field = Int(d.exponentBitPattern)
        let significand = d.significandBitPattern | (field == 0 ? 0 : 1 << 52)
        if significand == 0 { return 0 }
        // |d| = significand * 2**exponent
        let exponent = max(field, 1) - 1075
        if digits >= 0 {
            // Below 2**53 * 10**22 < 2**127.
            let product = UInt128(significand) &* powers[digits]
            if exponent < 0 { return shiftedDown(product, -exponent) }
            return product.leadingZeroBitCount > exponent + 1 ? product &<< UInt128(exponent) : nil
        }
        if exponent > 70 || exponent < 0 && exponent > -53 && digits < -20 { return nil }
        let divisor = powers[-digits]
        if exponent >= 0 {
            return rounded(UInt128(significand) &<< UInt128(exponent), divisor)
        }
        // significand / (10**n * 2**m): the powers of two join the divisor.
        guard divisor.leadingZeroBitCount > -exponent + 1 else { return nil }
        return rounded(UInt128(significand), divisor &<< UInt128(-exponent))
    }
    private static func shiftedDown(_ a: UInt128, _ bits: Int) -> UInt128 {
        if bits > 128 { return 0 }
        let quotient = bits == 128 ? 0 : a &>> UInt128(bits)
        let half = (1 as UInt128) &<< UInt128(bits - 1)
        let rest = bits == 128 ? a : a & (half &* 2 &- 1)
        return rest > half || rest == half && quotient & 1 == 1 ? quotient + 1 : quotient
    }
    private static func rounded(_ a: UInt128, _ b: UInt128) -> UInt128 {
        let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
        let other = b - rest
        return rest > other || rest == other && quotient & 1 == 1 ? quotient + 1 : quotient
    }

    /// Writes the decimal digits of `number` before `end`, at least `minimum` of them; how many.
    static func write(
        _ number: UInt128, before end: UnsafeMutablePointer<UInt8>, minimum: Int
    ) -> Int {
        var p = end
        var rest = number
        while rest > UInt128(UInt64.max) {
            // Nineteen at a time.
            let (next, low) = rest.quotientAndRemainder(dividingBy: powers[19])
            var digits = UInt64(low)
            for _ in 0..<19 {
                p -= 1
                p.pointee = 0x30 &+ UInt8(truncatingIfNeeded: digits % 10)
                digits /= 10
            }
            rest = next
        }
        var digits = UInt64(rest)
        while digits != 0 {
            p -= 1
            p.pointee = 0x30 &+ UInt8(truncatingIfNeeded: digits % 10)
            digits /= 10
        }
        while end - p < minimum {
            p -= 1
            p.pointee = 0x30
        }
        return end - p
    }

    /// `%.*f` of the magnitude.
    static func fixed(_ d: Double, _ precision: Int) -> [UInt8]? {
        guard precision >= 0, precision <= 22, let number = scaled(d, by: precision) else {
            return nil
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
            let end = buffer.baseAddress.unsafelyUnwrapped + 64
            let n = write(number, before: end, minimum: precision + 1)
            let start = end - n
            return [UInt8](unsafeUninitializedCapacity: n + 1) { out, count in
                let whole = n - precision
                let p = out.baseAddress.unsafelyUnwrapped
                p.update(from: start, count: whole)
                count = whole
                if precision > 0 {
                    p[whole] = 0x2E
                    (p + (whole + 1)).update(from: start + whole, count: precision)
                    count = n + 1
                }
            }
        }
    }
    /// `count` significant digits of a finite double other than zero, and where the point is.
    static func significant(_ d: Double, _ count: Int) -> FloatText.Digits? {
        // 10**(point - 1) <= |d| < 10**point, the estimate at most one too small.
        let estimate = Double(Int(d.exponent)) * 0.301_029_995_663_981_2
        var point = Int(estimate.rounded(.down)) + 1
        if count > 36 { return nil }
        for _ in 0..<2 {
            guard let number = scaled(d, by: count - point) else { return nil }
            if number < powers[count] {
                return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
                    let end = buffer.baseAddress.unsafelyUnwrapped + 64
                    let n = write(number, before: end, minimum: count)
                    return n == count && (end - n).pointee != 0x30
                        ? FloatText.Digits(
                            digits: Array(UnsafeBufferPointer(start: end - n, count: n)),
                            point: point) : nil
                }
            }
            point += 1
        }
        return nil
    }
}
