import InterpreterKit

/// Doubles with a fixed number of digits after the point, by integers: exact, and faster than the C library
/// for the numbers that programs print.
enum FixedPoint {
    /// Powers of ten that a significand can be multiplied by within 128 bits.
    private static let most = 18
    private static let powers: [UInt64] = (0...most).map { n in (0..<n).reduce(1) { p, _ in p * 10 }
    }

    /// The digits of |d| without the point, `precision` of them behind it, at least one before it;
    /// written to the end of the 48 bytes at `end - 48`. Their number, or 0 when the number is not of
    /// that kind.
    static func digits(_ d: Double, _ precision: Int, _ end: UnsafeMutablePointer<UInt8>) -> Int {
        let magnitude = d.magnitude
        if !(magnitude < 0x1p63) || precision > most { return 0 }
        let significand = d.significandBitPattern | (d.isNormal ? 1 << 52 : 0)
        let exponent = max(Int(d.exponentBitPattern), 1) &- 1075
        let scaled = UInt128(significand) &* UInt128(powers[precision])
        var value: UInt128
        if exponent >= 0 {
            // The magnitude is below 2**63, so the exponent is at most 10.
            value = scaled &<< UInt128(exponent)
        } else if exponent > -127 {
            let shift = UInt128(-exponent)
            value = scaled &>> shift
            let rest = scaled & ((1 &<< shift) &- 1)
            let half = 1 as UInt128 &<< (shift &- 1)
            if rest > half || rest == half && value & 1 == 1 { value &+= 1 }
        } else {
            // Below half of the last digit.
            value = 0
        }
        var p = end
        var count = 0
        while value > UInt128(UInt64.max) {
            let (quotient, rest) = value.quotientAndRemainder(
                dividingBy: 10_000_000_000_000_000_000)
            var chunk = UInt64(truncatingIfNeeded: rest)
            for _ in 0..<19 {
                p -= 1
                p.pointee = UInt8(truncatingIfNeeded: 48 &+ chunk % 10)
                chunk /= 10
            }
            count &+= 19
            value = quotient
        }
        var low = UInt64(truncatingIfNeeded: value)
        while low != 0 || count <= precision {
            p -= 1
            p.pointee = UInt8(truncatingIfNeeded: 48 &+ low % 10)
            low /= 10
            count &+= 1
        }
        return count
    }
}

extension StringBuilder {
    /// `d` with `precision` digits behind the point, a sign if it is negative or `plus` is one, filled up
    /// to `width` on the left; false when that needs the general way.
    mutating func append(
        fixed d: Double, _ precision: Int, plus: UInt32 = 0, width: Int = 0, fill: UInt32 = 0x20,
        isLeft: Bool = false
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { memory in
            let end = memory.baseAddress.unsafelyUnwrapped + 48
            let count = FixedPoint.digits(d, precision, end)
            if count == 0 { return false }
            let sign: UInt32 = d.sign == .minus ? 0x2D : plus
            let missing = width &- (count &+ (precision > 0 ? 1 : 0) &+ (sign == 0 ? 0 : 1))
            if missing > 0 && fill == 0x20 && !isLeft { append(0x20, times: missing) }
            if sign != 0 { append(sign) }
            if missing > 0 && fill == 0x30 && !isLeft { append(0x30, times: missing) }
            append(ascii: UnsafeBufferPointer(start: end - count, count: count &- precision))
            if precision > 0 {
                append(0x2E)
                append(ascii: UnsafeBufferPointer(start: end - precision, count: precision))
            }
            if missing > 0 && isLeft { append(0x20, times: missing) }
            return true
        }
    }
}
