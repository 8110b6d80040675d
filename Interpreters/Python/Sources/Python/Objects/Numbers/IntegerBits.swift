import InterpreterKit

/// Shifts and logic on ints; negative ones behave as if they had infinitely many leading one bits.
extension VM {
    func shiftLeft(int a: Value, by b: Value) throws(Unwind) -> Value {
        if isNegative(int: b) { throw raise(.valueError, "negative shift count") }
        if a == Value(0) || b == Value(0) { return a }
        guard b.isInt, b.int < 1 << 48 else {
            throw raise(.overflowError, "too many digits in integer")
        }
        return try withOperand(a) { (x) throws(Unwind) in try shifted(x, left: b.int) }
    }
    /// x * 2**bits
    func shifted(_ x: Operand, left bits: Int) throws(Unwind) -> Value {
        if bits == 0 { return try int(limbs: x.limbs, x.count, isNegative: x.isNegative) }
        let zeros = bits / 64
        let n = x.count &+ zeros &+ 1
        return try withLimbs(n) { (r) throws(Unwind) in
            Limbs.clear(r, zeros)
            if bits % 64 == 0 {
                Limbs.copy(r + zeros, x.limbs, x.count)
                r[n &- 1] = 0
            } else {
                r[n &- 1] = Limbs.shiftLeft(r + zeros, x.limbs, x.count, bits % 64)
            }
            return try int(limbs: r, n, isNegative: x.isNegative)
        }
    }

    func shiftRight(int a: Value, by b: Value) throws(Unwind) -> Value {
        if isNegative(int: b) { throw raise(.valueError, "negative shift count") }
        guard b.isInt else { return Value(isNegative(int: a) ? -1 : 0) }
        if a.isInt { return Value(a.int &>> min(b.int, 63)) }
        return try shiftRight(big: a, by: b.int)
    }
    private func shiftRight(big a: Value, by bits: Int) throws(Unwind) -> Value {
        let big = BigInt(a.reference)
        let gone = bits / 64
        if gone >= big.count { return Value(big.isNegative ? -1 : 0) }
        let n = big.count &- gone
        let shift = bits % 64
        if !big.isNegative && n > 2 && shift > 0 {
            let isShorter = big.limbs[big.count &- 1] &>> UInt64(shift) == 0
            // If so, the last limb that is written is the zero behind the content.
            return try bigInt(isShorter ? n &- 1 : n, isNegative: false) {
                Limbs.shiftRight($0, big.limbs + gone, n, shift)
            }
        }
        return try withLimbs(n &+ 1) { (r) throws(Unwind) in
            if bits % 64 == 0 {
                Limbs.copy(r, big.limbs + gone, n)
            } else {
                Limbs.shiftRight(r, big.limbs + gone, n, bits % 64)
            }
            r[n] = 0
            if big.isNegative {
                // Downwards: one more when bits other than zero have gone.
                let lost =
                    Limbs.normalized(big.limbs, gone) > 0
                    || big.limbs[gone] & (1 &<< UInt64(bits % 64) &- 1) != 0
                if lost { Limbs.add(r, r, n &+ 1, limb: 1) }
            }
            return try int(limbs: r, n &+ 1, isNegative: big.isNegative)
        }
    }

    enum Bitwise { case and, or, xor }

    func bitwise(_ operation: Bitwise, _ a: Value, _ b: Value) throws(Unwind) -> Value {
        if operation == .and {
            // A mask needs only the low limb.
            if b.isInt && b.int >= 0 { return Value(b.int & lowWord(ofInt: a)) }
            if a.isInt && a.int >= 0 { return Value(a.int & lowWord(ofInt: b)) }
        }
        return try withOperands(a, b) { (x, y) throws(Unwind) in
            if !x.isNegative && !y.isNegative { return try bitwise(operation, x, y) }
            // One limb more than the longer one has room for the sign.
            let n = max(x.count, y.count) &+ 1
            return try withLimbs(2 &* n) { (memory) throws(Unwind) in
                let (r, s) = (memory, memory + n)
                twosComplement(x, r, n)
                twosComplement(y, s, n)
                switch operation {
                case .and: for i in 0..<n { r[i] &= s[i] }
                case .or: for i in 0..<n { r[i] |= s[i] }
                case .xor: for i in 0..<n { r[i] ^= s[i] }
                }
                let isNegative = r[n &- 1] >> 63 == 1
                if isNegative { negate(r, n) }
                return try int(limbs: r, n, isNegative: isNegative)
            }
        }
    }
    /// Of magnitudes.
    private func bitwise(
        _ operation: Bitwise, _ x: Operand, _ y: Operand
    ) throws(Unwind) -> Value {
        let (long, short) = x.count < y.count ? (y, x) : (x, y)
        let (a, b) = (long.limbs, short.limbs)
        var n = operation == .and ? short.count : long.count
        func limb(_ i: Int) -> Limb {
            switch operation {
            case .and: a[i] & b[i]
            case .or: i < short.count ? a[i] | b[i] : a[i]
            case .xor: i < short.count ? a[i] ^ b[i] : a[i]
            }
        }
        while n > 0 && limb(n &- 1) == 0 { n &-= 1 }
        if n < 2 { return try int(magnitude: n == 0 ? 0 : limb(0), isNegative: false) }
        return try bigInt(n, isNegative: false) { r in
            let shared = min(n, short.count)
            switch operation {
            case .and: for i in 0..<shared { r[i] = a[i] & b[i] }
            case .or: for i in 0..<shared { r[i] = a[i] | b[i] }
            case .xor: for i in 0..<shared { r[i] = a[i] ^ b[i] }
            }
            if n > shared { Limbs.copy(r + shared, a + shared, n &- shared) }
        }
    }
    /// The low 64 bits.
    private func lowWord(ofInt a: Value) -> Int {
        if a.isInt { return a.int }
        let big = BigInt(a.reference)
        let word = Int(truncatingIfNeeded: big.limbs[0])
        return big.isNegative ? 0 &- word : word
    }
    /// r[0 ..< n] = x with the sign in the high bits.
    func twosComplement(_ x: Operand, _ r: LimbBuffer, _ n: Int) {
        Limbs.copy(r, x.limbs, x.count)
        Limbs.clear(r + x.count, n &- x.count)
        if x.isNegative { negate(r, n) }
    }
    private func negate(_ r: LimbBuffer, _ n: Int) {
        for i in 0..<n { r[i] = ~r[i] }
        Limbs.add(r, r, n, limb: 1)
    }

    func invert(int a: Value) throws(Unwind) -> Value {
        if a.isInt { return Value(~a.int) }
        return try negate(int: try add(ints: a, Value(1)))
    }
    /// One bits of the magnitude.
    func bitsSet(inInt a: Value) -> Int {
        if a.isInt { return a.int.magnitude.nonzeroBitCount }
        let big = BigInt(a.reference)
        var count = 0
        for i in 0..<big.count { count &+= big.limbs[i].nonzeroBitCount }
        return count
    }
}
