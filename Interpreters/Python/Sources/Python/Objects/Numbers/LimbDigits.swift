import CGMP

/// Digits of natural numbers, both ways: short ones here, long ones by GMP.
extension Limbs {
    /// Decimal digits in a limb: 10**19 is the largest power of ten below 2**64.
    static let chunkDigits = 19
    static let chunk: Limb = 10_000_000_000_000_000_000

    /// From so many limbs on GMP is faster.
    private static let longFrom = 8

    // MARK: to decimal

    /// Calls `body` with the decimal digits of a number without leading zeros, after a minus sign if it is
    /// negative.
    static func withDecimal<R>(
        _ a: LimbSource, _ n: Int, isNegative: Bool = false,
        _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        // log10(2) from above, and room for the sign and for what GMP asks for.
        let width = Int(Double(n * 64) * 0.301_029_995_663_982) + 3
        return withUnsafeTemporaryAllocation(of: Limb.self, capacity: n + 1) { memory in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width + 1) { text in
                let limbs = memory.baseAddress.unsafelyUnwrapped
                let p = text.baseAddress.unsafelyUnwrapped + 1
                copy(limbs, a, n)
                var end = width
                if n >= longFrom {
                    end = gmp_decimal(p, limbs, n)
                    for i in 0..<end { p[i] |= 0x30 }
                } else {
                    put(limbs, n, p, width)
                }
                var zeros = 0
                while zeros < end &- 1 && p[zeros] == 0x30 { zeros &+= 1 }
                var start = p + zeros
                if isNegative {
                    start -= 1
                    start.pointee = 0x2D
                }
                return body(UnsafeBufferPointer(start: start, count: p + end - start))
            }
        }
    }
    static func decimal(_ a: LimbSource, _ n: Int) -> [UInt8] { withDecimal(a, n) { Array($0) } }
    /// Writes exactly `width` digits; destroys `a`.
    private static func put(
        _ a: LimbBuffer, _ n: Int, _ out: UnsafeMutablePointer<UInt8>, _ width: Int
    ) {
        var n = normalized(a, n)
        var end = width
        while n > 0 {
            var limb = divideByChunk(a, n)
            n = normalized(a, n)
            var k = min(chunkDigits, end)
            while k > 1 {
                end &-= 2
                k &-= 2
                let next = limb / 100
                let pair = Int(truncatingIfNeeded: limb &- next &* 100) &* 2
                out[end] = pairs.utf8Start[pair]
                out[end &+ 1] = pairs.utf8Start[pair &+ 1]
                limb = next
            }
            if k == 1 {
                end &-= 1
                out[end] = 0x30 &+ UInt8(truncatingIfNeeded: limb)
            }
        }
        if end > 0 { out.update(repeating: 0x30, count: end) }
    }
    /// All numbers of two digits.
    private static let pairs: StaticString = """
        000102030405060708091011121314151617181920212223242526272829\
        303132333435363738394041424344454647484950515253545556575859\
        606162636465666768697071727374757677787980818283848586878889\
        90919293949596979899
        """
    private static let byChunk = Divisor(chunk)
    private static func divideByChunk(_ a: LimbBuffer, _ n: Int) -> Limb {
        let divisor = byChunk
        var rest: Limb = 0
        var i = n &- 1
        while i >= 0 {
            (a[i], rest) = divisor.divide(rest, a[i])
            i &-= 1
        }
        return rest
    }

    // MARK: from decimal

    /// The number with these decimal digits (values 0 to 9), at least one.
    static func number(decimal digits: UnsafeBufferPointer<UInt8>) -> [Limb] {
        guard let first = digits.firstIndex(where: { $0 != 0 }) else { return [] }
        let p = digits.baseAddress.unsafelyUnwrapped + first
        let count = digits.count - first
        if count <= chunkDigits * longFrom { return parse(p, count, radix: 10) }
        return [Limb](unsafeUninitializedCapacity: count / chunkDigits + 3) { limbs, used in
            used = gmp_parse_decimal(limbs.baseAddress.unsafelyUnwrapped, p, count)
        }
    }
    /// Digit by digit, in a radix of 2 to 36.
    static func parse(_ digits: UnsafePointer<UInt8>, _ count: Int, radix: Int) -> [Limb] {
        if radix & (radix - 1) == 0 {
            return parse(digits, count, bits: radix.trailingZeroBitCount)
        }
        var perLimb = 0
        var scale: Limb = 1
        while true {
            let (next, overflow) = scale.multipliedReportingOverflow(by: Limb(radix))
            if overflow { break }
            scale = next
            perLimb += 1
        }
        var result: [Limb] = []
        result.reserveCapacity(count / perLimb + 1)
        var i = 0
        while i < count {
            // The first piece is the odd one.
            let k = i == 0 && count % perLimb != 0 ? count % perLimb : perLimb
            var limb: Limb = 0
            for j in i..<i &+ k { limb = limb &* Limb(radix) &+ Limb(digits[j]) }
            i &+= k
            let n = result.count
            let carry = result.withUnsafeMutableBufferPointer { r in
                n == 0 ? limb : multiply(r.baseAddress!, r.baseAddress!, n, scale, carry: limb)
            }
            if carry != 0 { result.append(carry) }
        }
        return result
    }
    private static func parse(
        _ digits: UnsafePointer<UInt8>, _ count: Int, bits: Int
    ) -> [Limb] {
        var result: [Limb] = []
        result.reserveCapacity(count * bits / 64 + 1)
        var limb: Limb = 0
        var filled = 0
        var i = count
        while i > 0 {
            i &-= 1
            let digit = Limb(digits[i])
            limb |= digit &<< Limb(filled)
            filled &+= bits
            if filled >= 64 {
                result.append(limb)
                filled &-= 64
                limb = filled > 0 ? digit &>> Limb(bits &- filled) : 0
            }
        }
        if limb != 0 { result.append(limb) }
        while result.last == 0 { result.removeLast() }
        return result
    }

    /// Digits in the radix 2**bits, without leading zeros, as ASCII in lower case.
    static func digits(_ a: LimbSource, _ n: Int, bits: Int) -> [UInt8] {
        let total = bitCount(a, n)
        if total == 0 { return [0x30] }
        let count = (total + bits - 1) / bits
        let mask = Limb(1) << Limb(bits) - 1
        return [UInt8](unsafeUninitializedCapacity: count) { out, used in
            for k in 0..<count {
                let at = k * bits
                var digit = a[at / 64] &>> Limb(at % 64)
                if at % 64 + bits > 64 && at / 64 + 1 < n {
                    digit |= a[at / 64 + 1] &<< Limb(64 - at % 64)
                }
                let value = UInt8(truncatingIfNeeded: digit & mask)
                out[count - 1 - k] = value < 10 ? 0x30 + value : 0x57 + value
            }
            used = count
        }
    }
}
