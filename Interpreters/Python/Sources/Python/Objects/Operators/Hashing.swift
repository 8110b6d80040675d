import InterpreterKit

/// `hash(value)`: equal values have equal hashes, numbers of all types included.
extension VM {
    func hash(_ value: Value) throws(Unwind) -> Int {
        if value.isInt { return NumberHash.int(value.int) }
        if value.isReference {
            let object = value.reference
            switch object.kind {
            case Kind.string.kind: return StringView(object).hash
            case Shape.tuple.kind: return try hash(ofTuple: object)
            case Kind.bigInt.kind: return NumberHash.limbs(BigInt(object))
            case Shape.boxedDouble.kind, Kind.complex.kind: break
            case Kind.instance.kind, Kind.type.kind: return try hashByMethod(value)
            case Kind.function.kind, Kind.cell.kind, Kind.module.kind, Kind.generator.kind:
                return identityHash(value)
            default: return try hashByMethod(value)
            }
        }
        if let double = value.asDouble { return NumberHash.double(double, value) }
        if let (re, im) = complexContent(value) {
            return NumberHash.complex(re, im, value)
        }
        switch value {
        case .true: return 1
        case .false: return 0
        default: return Int(truncatingIfNeeded: value.bits &* 0x9E37_79B9) & 0xFFF_FFFF
        }
    }

    private func hashByMethod(_ value: Value) throws(Unwind) -> Int {
        let method = lookup(typeOf: value, name(.hash))
        if method == .none || method == .unbound {
            throw raise(.typeError, "unhashable type: '\(typeName(value))'")
        }
        if method.isA(Kind.native)
            && self[method.reference, NativeFunction.owner] == Value(type(.object))
        {
            return identityHash(value)
        }
        let result = try callSpecial(method, value)
        guard let int = asInt(result) else {
            throw raise(.typeError, "__hash__ method should return an integer")
        }
        let hash = word(ofInt: int) ?? NumberHash.limbs(BigInt(int.reference))
        return hash == -1 ? -2 : hash
    }

    /// The hash of an object that is only equal to itself. Objects do not move.
    func identityHash(_ value: Value) -> Int {
        Int(bitPattern: UInt(value.bits &>> 4 | value.bits &<< 60)) & (1 << 60 - 1)
    }

    private func hash(ofTuple tuple: Reference) throws(Unwind) -> Int {
        try enterNative()
        defer { leaveNative() }
        // The mixing of xxHash, as everybody does who hashes sequences of hashes.
        var accumulator: UInt64 = 2_870_177_450_012_600_261
        let count = q.tupleCount(tuple)
        for i in 0..<count {
            let lane = UInt64(bitPattern: Int64(try hash(q.tupleElement(tuple, i))))
            accumulator &+= lane &* 14_029_467_366_897_019_727
            accumulator = accumulator &<< 31 | accumulator &>> 33
            accumulator = accumulator &* 11_400_714_785_074_694_791
        }
        accumulator &+= UInt64(count) ^ (2_870_177_450_012_600_261 ^ 3_527_539)
        return accumulator == .max
            ? 1_546_275_796 : Int(truncatingIfNeeded: Int64(bitPattern: accumulator))
    }
}

/// Hashes of numbers: the remainder by the prime 2**61 - 1, which a float can have as well as an int.
enum NumberHash {
    static let modulus: UInt64 = 1 << 61 - 1

    @inline(__always) static func int(_ i: Int) -> Int {
        let prime = Int(modulus)
        if i > -prime && i < prime { return i == -1 ? -2 : i }
        let rest = i % prime
        return rest == -1 ? -2 : rest
    }
    static func limbs(_ number: BigInt) -> Int {
        var rest: UInt64 = 0
        var i = number.count
        while i > 0 {
            i &-= 1
            // 2**64 is 8 modulo 2**61 - 1.
            let limb = number.limbs[i]
            let sum = UInt128(rest) &* 8 &+ UInt128(limb)
            rest = reduce(sum)
        }
        let signed = number.isNegative ? -Int(rest) : Int(rest)
        return signed == -1 ? -2 : signed
    }
    private static func reduce(_ wide: UInt128) -> UInt64 {
        var x = UInt64(truncatingIfNeeded: wide) & modulus
        x &+= UInt64(truncatingIfNeeded: wide &>> 61)
        while x >= modulus { x &-= modulus }
        return x
    }
    /// `value` is what holds the double: NaNs are different from each other.
    static func double(_ d: Double, _ value: Value) -> Int {
        guard d.isFinite else {
            if d.isNaN { return Int(truncatingIfNeeded: value.bits &>> 4) & 0xFFF_FFFF_FFFF }
            return d > 0 ? 314_159 : -314_159
        }
        if d == 0 { return 0 }
        // significand * 2**exponent, an integer times a power of two
        let significand = UInt64(d.significandBitPattern) | (d.isNormal ? 1 << 52 : 0)
        let exponent = (d.isNormal ? Int(d.exponentBitPattern) : 1) - 1075
        var shift = exponent % 61
        if shift < 0 { shift += 61 }
        let rotated = (significand &<< UInt64(shift)) & modulus | significand &>> UInt64(61 - shift)
        let hash = rotated == modulus ? 0 : Int(rotated)
        let signed = d < 0 ? -hash : hash
        return signed == -1 ? -2 : signed
    }
    static func complex(_ re: Double, _ im: Double, _ value: Value) -> Int {
        let hash = double(re, value) &+ 1_000_003 &* double(im, value)
        return hash == -1 ? -2 : hash
    }
}
