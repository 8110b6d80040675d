import InterpreterKit

/// Arithmetic on ints; `a` and `b` are inline integers or ``BigInt`` objects everywhere here.
extension VM {
    /// Any binary operator on two ints.
    func integerOperation(
        _ operation: Operation, _ a: Value, _ b: Value
    ) throws(Unwind) -> Value {
        switch operation {
        case .add: return try add(ints: a, b)
        case .subtract: return try subtract(ints: a, b)
        case .multiply: return try multiply(ints: a, b)
        case .trueDivide: return try trueDivide(ints: a, b)
        case .floorDivide: return try divide(ints: a, b).quotient
        case .modulo:
            if b == Value(0) { throw raise(.zeroDivisionError, "integer modulo by zero") }
            return try divide(ints: a, b).remainder
        case .divmod:
            let (quotient, remainder) = try divide(ints: a, b)
            return try tuple(quotient, remainder)
        case .power: return try power(ints: a, b)
        case .matrixMultiply: return .notImplemented
        case .shiftLeft: return try shiftLeft(int: a, by: b)
        case .shiftRight: return try shiftRight(int: a, by: b)
        case .and:
            return Value.bothInt(a, b) ? Value(bits: a.bits & b.bits) : try bitwise(.and, a, b)
        case .or: return Value.bothInt(a, b) ? Value(bits: a.bits | b.bits) : try bitwise(.or, a, b)
        case .xor:
            return Value.bothInt(a, b) ? Value(bits: a.bits ^ b.bits) : try bitwise(.xor, a, b)
        }
    }

    func add(ints a: Value, _ b: Value) throws(Unwind) -> Value {
        if Value.bothInt(a, b) { return try int(a.int &+ b.int) }
        return try withOperands(a, b) { (x, y) throws(Unwind) in
            try sum(x, y, isNegativeY: y.isNegative)
        }
    }
    func subtract(ints a: Value, _ b: Value) throws(Unwind) -> Value {
        if Value.bothInt(a, b) { return try int(a.int &- b.int) }
        return try withOperands(a, b) { (x, y) throws(Unwind) in
            try sum(x, y, isNegativeY: !y.isNegative)
        }
    }
    private func sum(_ x: Operand, _ y: Operand, isNegativeY: Bool) throws(Unwind) -> Value {
        let (long, short) = x.count < y.count ? (y, x) : (x, y)
        if x.isNegative == isNegativeY && long.count > 1 && short.count > 0
            && long.limbs[long.count &- 1] < 1 << 62
            && (short.count < long.count || short.limbs[long.count &- 1] < 1 << 62)
        {
            // It has as many limbs as the longer one, so it is made in place.
            return try bigInt(long.count, isNegative: x.isNegative) {
                Limbs.add($0, long.limbs, long.count, short.limbs, short.count)
            }
        }
        if x.isNegative != isNegativeY && long.count > short.count && short.count > 0
            && long.limbs[long.count &- 1] > 1
        {
            return try bigInt(
                long.count, isNegative: x.count < y.count ? isNegativeY : x.isNegative
            ) {
                Limbs.subtract($0, long.limbs, long.count, short.limbs, short.count)
            }
        }
        return try withLimbs(long.count &+ 1) { (r) throws(Unwind) in
            if x.isNegative == isNegativeY {
                r[long.count] = Limbs.add(r, long.limbs, long.count, short.limbs, short.count)
                return try int(limbs: r, long.count &+ 1, isNegative: x.isNegative)
            }
            if Limbs.compare(x.limbs, x.count, y.limbs, y.count) >= 0 {
                Limbs.subtract(r, x.limbs, x.count, y.limbs, y.count)
                return try int(limbs: r, x.count, isNegative: x.isNegative)
            }
            Limbs.subtract(r, y.limbs, y.count, x.limbs, x.count)
            return try int(limbs: r, y.count, isNegative: isNegativeY)
        }
    }
    func negate(int a: Value) throws(Unwind) -> Value {
        if a.isInt { return try int(-a.int) }
        let big = BigInt(a.reference)
        return try int(limbs: big.limbs, big.count, isNegative: !big.isNegative)
    }
    func magnitude(ofInt a: Value) throws(Unwind) -> Value {
        isNegative(int: a) ? try negate(int: a) : a
    }

    func multiply(ints a: Value, _ b: Value) throws(Unwind) -> Value {
        if Value.bothInt(a, b) {
            let (high, low) = a.int.magnitude.multipliedFullWidth(by: b.int.magnitude)
            let isNegative = a.int < 0 && b.int > 0 || a.int > 0 && b.int < 0
            if high == 0 { return try int(magnitude: UInt64(low), isNegative: isNegative) }
            var limbs = (UInt64(low), UInt64(high))
            return try withUnsafeBytes(of: &limbs) { (p) throws(Unwind) in
                try int(
                    limbs: p.bindMemory(to: Limb.self).baseAddress.unsafelyUnwrapped, 2,
                    isNegative: isNegative)
            }
        }
        return try withOperands(a, b) { (x, y) throws(Unwind) in
            if x.count == 0 || y.count == 0 { return Value(0) }
            let n = x.count &+ y.count
            // The bits of the product are those of the factors, or one less. The limb that is not needed is
            // zero, as is what lies behind the object's content.
            let unused =
                x.limbs[x.count &- 1].leadingZeroBitCount
                &+ y.limbs[y.count &- 1].leadingZeroBitCount
            if unused != 63 && n > 3 {
                let count = unused < 63 ? n : n &- 1
                return try bigInt(count, isNegative: x.isNegative != y.isNegative) {
                    Limbs.multiply($0, x.limbs, x.count, y.limbs, y.count)
                }
            }
            return try withLimbs(n) { (r) throws(Unwind) in
                Limbs.multiply(r, x.limbs, x.count, y.limbs, y.count)
                return try int(limbs: r, n, isNegative: x.isNegative != y.isNegative)
            }
        }
    }

    // MARK: division

    /// Towards negative infinity; the remainder has the sign of `b`.
    func divide(
        ints a: Value, _ b: Value
    ) throws(Unwind) -> (quotient: Value, remainder: Value) {
        if b == Value(0) {
            throw raise(.zeroDivisionError, "integer division or modulo by zero")
        }
        if Value.bothInt(a, b) {
            let (x, y) = (a.int, b.int)
            if y == -1 { return (try int(-x), Value(0)) }
            let (quotient, remainder) = x.quotientAndRemainder(dividingBy: y)
            let isOff = remainder != 0 && (remainder ^ y) < 0
            return (
                Value(isOff ? quotient &- 1 : quotient), Value(isOff ? remainder &+ y : remainder)
            )
        }
        if a.isInt {
            // The divisor is larger.
            if a == Value(0) || (a.int < 0) == BigInt(b.reference).isNegative {
                return (Value(0), a)
            }
            let rest = try add(ints: a, b)
            return (Value(-1), rest)
        }
        return try divideLong(a, b)
    }
    private func divideLong(
        _ a: Value, _ b: Value
    ) throws(Unwind) -> (quotient: Value, remainder: Value) {
        var quotient = Value.unbound
        var remainder = Value.unbound
        try withOperands(a, b) { (x, y) throws(Unwind) in
            let isNegative = x.isNegative != y.isNegative
            if Limbs.compare(x.limbs, x.count, y.limbs, y.count) < 0 {
                quotient = Value(isNegative ? -1 : 0)
                remainder = isNegative ? try sum(x, y, isNegativeY: y.isNegative) : a
                return
            }
            try withLimbs(x.count &+ 3) { (room) throws(Unwind) in
                let n = x.count &- y.count &+ 1
                let (q, r) = (room, room + (n &+ 1))
                q[n] = 0
                if y.count == 1 {
                    r[0] = Limbs.divide(q, x.limbs, x.count, limb: y.limbs[0])
                } else {
                    Limbs.divide(q, r, x.limbs, x.count, y.limbs, y.count)
                }
                if isNegative && Limbs.normalized(r, y.count) > 0 {
                    Limbs.subtract(r, y.limbs, r, y.count)
                    Limbs.add(q, q, n &+ 1, limb: 1)
                }
                quotient = try int(limbs: q, n &+ 1, isNegative: isNegative)
                remainder = try int(limbs: r, y.count, isNegative: y.isNegative)
            }
        }
        return (quotient, remainder)
    }

    // MARK: powers

    func power(ints a: Value, _ b: Value) throws(Unwind) -> Value {
        if isNegative(int: b) {
            return try floatPower(try double(ofInt: a), try double(ofInt: b))
        }
        if b == Value(0) { return Value(1) }
        if a == Value(0) || a == Value(1) { return a }
        if a == Value(-1) { return isOdd(int: b) ? a : Value(1) }
        guard b.isInt, b.int < 1 << 40 else { throw outOfMemory() }
        let exponent = b.int
        if a.isInt, let small = SmallPower.power(a.int, exponent) { return try int(small) }
        let (bits, overflow) = bitCount(ofInt: a).multipliedReportingOverflow(by: exponent)
        if overflow { throw outOfMemory() }
        try checkSize(limbs: bits / 64)
        return try withOperand(a) { (x) throws(Unwind) in try power(x, exponent, bits: bits) }
    }
    private func power(_ x: Operand, _ exponent: Int, bits: Int) throws(Unwind) -> Value {
        // Powers of two are taken out and put in at the end.
        var zeroLimbs = 0
        while x.limbs[zeroLimbs] == 0 { zeroLimbs &+= 1 }
        let zeros = zeroLimbs &* 64 &+ x.limbs[zeroLimbs].trailingZeroBitCount
        let n = x.count &- zeroLimbs
        let isNegative = x.isNegative && exponent & 1 == 1
        let room = bits / 64 &+ 2
        return try withLimbs(n &+ 2 &* room) { (memory) throws(Unwind) in
            let base = memory
            if zeros % 64 == 0 {
                Limbs.copy(base, x.limbs + zeroLimbs, n)
            } else {
                Limbs.shiftRight(base, x.limbs + zeroLimbs, n, zeros % 64)
            }
            let m = Limbs.normalized(base, n)
            var (result, other) = (memory + n, memory + (n &+ room))
            Limbs.copy(result, base, m)
            var count = m
            if !(m == 1 && base[0] == 1) {
                var bit = Int.bitWidth &- exponent.leadingZeroBitCount &- 2
                while bit >= 0 {
                    Limbs.square(other, result, count)
                    count = Limbs.normalized(other, 2 &* count)
                    swap(&result, &other)
                    if exponent &>> bit & 1 == 1 {
                        if m == 1 {
                            result[count] = Limbs.multiply(result, result, count, base[0])
                            count = Limbs.normalized(result, count &+ 1)
                        } else {
                            Limbs.multiply(other, result, count, base, m)
                            count = Limbs.normalized(other, count &+ m)
                            swap(&result, &other)
                        }
                    }
                    bit &-= 1
                }
            }
            return try shifted(
                Operand(limbs: result, count: count, isNegative: isNegative),
                left: zeros &* exponent)
        }
    }
    private func isOdd(int a: Value) -> Bool {
        (a.isInt ? UInt64(a.int.magnitude) : BigInt(a.reference).limbs[0]) & 1 == 1
    }
}

/// Powers that are machine words.
enum SmallPower {
    static func power(_ base: Int, _ exponent: Int) -> Int? {
        var (result, square, rest) = (1, base, exponent)
        while true {
            if rest & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: square)
                if overflow { return nil }
                result = product
            }
            rest &>>= 1
            if rest == 0 { return result }
            let (product, overflow) = square.multipliedReportingOverflow(by: square)
            if overflow { return nil }
            square = product
        }
    }
}
