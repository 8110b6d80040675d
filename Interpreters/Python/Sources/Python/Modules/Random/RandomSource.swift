import InterpreterKit

/// Where a `Random` object gets its numbers from: its twister, the system, or what a class of the guest
/// has put in the place of `random` and `getrandbits`.
struct RandomSource {
    enum Origin { case twister, system, guest }

    let vm: VM
    let object: Value
    let origin: Origin

    init(_ vm: VM, _ object: Value) throws(Unwind) {
        self.vm = vm
        self.object = object
        guard object.isInstance else {
            throw vm.raise(.typeError, "a Random object is required, not '\(vm.typeName(object))'")
        }
        let type = vm.type(of: object)
        if vm.info(type).pointee.isGuest && RandomSource.isOverridden(vm, type) {
            origin = .guest
        } else {
            origin =
                vm[object.reference, MersenneTwister.state] == .none ? .system : .twister
        }
    }
    private static func isOverridden(_ vm: VM, _ type: Reference) -> Bool {
        for name in ["random", "getrandbits", "_randbelow"] as [StaticString]
        where !vm.lookup(type, vm.intern(name)).isA(Kind.native) {
            return true
        }
        return false
    }

    private var twister: MersenneTwister { MersenneTwister(vm: vm, owner: object.reference) }

    /// In 0 ..< 1.
    func double() throws(Unwind) -> Double {
        switch origin {
        case .twister: return twister.double()
        case .system: return Double(UInt64.random(in: 0..<1 << 53)) * 0x1p-53
        case .guest:
            return try vm.asFloat(try vm.callMethod(object, vm.intern("random")))
        }
    }
    /// A number of `count` bits.
    func bits(_ count: Int) throws(Unwind) -> Value {
        if count < 0 {
            throw vm.raise(.valueError, "number of bits must be non-negative")
        }
        if origin == .guest {
            return try vm.callMethod(object, vm.intern("getrandbits"), Value(count))
        }
        return try builtInBits(count)
    }
    /// The same, whatever the guest has overridden.
    func builtInBits(_ count: Int) throws(Unwind) -> Value {
        if count <= 32 { return Value(count == 0 ? 0 : Int(word() >> UInt32(32 - count))) }
        let n = (count + 63) / 64
        try vm.checkSize(limbs: n)
        return try vm.withLimbs(n) { (limbs) throws(Unwind) in
            Limbs.clear(limbs, n)
            var left = count
            var i = 0
            while left > 0 {
                var word = word()
                if left < 32 { word >>= UInt32(32 - left) }
                limbs[i / 2] |= UInt64(word) << UInt64(i % 2 * 32)
                left -= 32
                i += 1
            }
            return try vm.int(limbs: limbs, n, isNegative: false)
        }
    }
    private func word() -> UInt32 {
        vm[object.reference, MersenneTwister.state] == .none
            ? UInt32.random(in: 0...UInt32.max) : twister.next()
    }
    func builtInDouble() -> Double {
        vm[object.reference, MersenneTwister.state] == .none
            ? Double(UInt64.random(in: 0..<1 << 53)) * 0x1p-53 : twister.double()
    }

    /// In 0 ..< n, for n > 0.
    func below(_ n: Int) throws(Unwind) -> Int {
        if origin == .guest { return try vm.index(try guestBelow(Value(n))) }
        let bits = Int.bitWidth - n.leadingZeroBitCount
        if bits <= 32 {
            while true {
                let r = Int(word() >> UInt32(32 - bits))
                if r < n { return r }
            }
        }
        while true {
            let r = try builtInBits(bits)
            if let word = vm.word(ofInt: r), word < n { return word }
        }
    }
    func below(_ n: Value) throws(Unwind) -> Value {
        if origin == .guest { return try guestBelow(n) }
        if n.isInt { return Value(try below(n.int)) }
        let bits = vm.bitCount(ofInt: n)
        while true {
            let r = try builtInBits(bits)
            if vm.order(ofInts: r, n) < 0 { return r }
        }
    }
    /// By the method that the most derived class has defined.
    private func guestBelow(_ n: Value) throws(Unwind) -> Value {
        let mro = vm[vm.type(of: object), TypeObject.mro].reference
        for i in 0..<vm.q.tupleCount(mro) {
            let type = vm.q.tupleElement(mro, i)
            guard type.isType else { continue }
            let namespace = vm[type.reference, TypeObject.namespace]
            if vm.find(namespace, name: vm.intern("_randbelow")) != .unbound {
                return try vm.callMethod(object, vm.intern("_randbelow"), n)
            }
            if vm.find(namespace, name: vm.intern("getrandbits")) != .unbound { break }
            if vm.find(namespace, name: vm.intern("random")) != .unbound {
                return try belowByDouble(n)
            }
        }
        let bits = Value(vm.bitCount(ofInt: n))
        while true {
            let r = try vm.callMethod(object, vm.intern("getrandbits"), bits)
            if try vm.holds(.less, r, n) { return r }
        }
    }
    private func belowByDouble(_ n: Value) throws(Unwind) -> Value {
        let most = 1 << 53
        guard n.isInt && n.int < most else {
            return try vm.int(truncating: (try double() * (try vm.double(ofInt: n))).rounded(.down))
        }
        let rest = most % n.int
        let limit = Double(most - rest) / Double(most)
        var r = try double()
        while r >= limit { r = try double() }
        return Value(Int(r * Double(most)) % n.int)
    }
}
