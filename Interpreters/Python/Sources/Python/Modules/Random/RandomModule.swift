import InterpreterKit

extension ModuleBuilder {
    /// The module `random`: types `Random` and `SystemRandom`, and the methods of one hidden `Random` as
    /// functions.
    func random() throws(Unwind) {
        let type = type("Random", reserved: 3) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                let object = try vm.newInstance(a[0].reference)
                let twister = MersenneTwister(vm: vm, owner: object)
                try twister.seed(vm.systemKey())
                return Value(object)
            }
            type.method("__init__", "(self, x=None)") { (vm, a) throws(Unwind) in
                let seed = vm.intern("seed")
                _ = try vm.callMethod(a[0], seed, a.value(1, or: .none))
                return .none
            }
            addState(type)
            addSources(type)
            addIntegers(type)
            addChoices(type)
            addDistributions(type)
        }
        addSystemRandom(type)
        let hidden = try vm.newInstance(type)
        try MersenneTwister(vm: vm, owner: hidden).seed(vm.systemKey())
        let namespace = vm[type, TypeObject.namespace]
        for i in 0..<vm.fill(namespace) {
            guard let (key, value) = vm.entry(namespace, i), value.isA(Kind.native),
                StringView(key)[0] != 0x5F
            else { continue }
            let method = vm.q.new(Kind.method, value, Value(hidden))
            vm.define(vm[module, ModuleObject.namespace], key, Value(method))
        }
    }

    private func addSystemRandom(_ base: Reference) {
        let type = vm.newBuiltinType("SystemRandom", base: base, module: name, reserved: 3)
        let builder = TypeBuilder(vm: vm, type: type, name: "SystemRandom")
        // Without a twister, numbers come from the system.
        builder.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            Value(try vm.newInstance(a[0].reference))
        }
        builder.method("seed", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in .none }
        for name: StaticString in ["getstate", "setstate"] {
            builder.method(name, "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                throw vm.raise(
                    .notImplementedError, "System entropy source does not have state.")
            }
        }
        add("SystemRandom", type)
    }

    private func addSources(_ type: TypeBuilder) {
        type.method("random", "(self, /)") { (vm, a) throws(Unwind) in
            vm.value(try RandomSource(vm, a[0]).builtInDouble())
        }
        type.method("getrandbits", "(self, k, /)") { (vm, a) throws(Unwind) in
            let count = try vm.index(a[1])
            if count < 0 {
                throw vm.raise(.valueError, "number of bits must be non-negative")
            }
            return try RandomSource(vm, a[0]).builtInBits(count)
        }
        type.method("randbytes", "(self, n)") { (vm, a) throws(Unwind) in
            let count = try vm.index(a[1])
            let (bits, overflow) = count.multipliedReportingOverflow(by: 8)
            if overflow { throw vm.outOfMemory() }
            let int = try vm.integer(try RandomSource(vm, a[0]).bits(bits))
            return try vm.bytes(ofInt: int, count: count, isBig: false, isSigned: false)
        }
    }

    // MARK: state

    private func addState(_ type: TypeBuilder) {
        type.method("seed", "(self, a=None, version=2)") { (vm, a) throws(Unwind) in
            let object = a[0].reference
            let version = a.has(2) ? try vm.index(a[2]) : 2
            let key = try vm.randomKey(a.value(1, or: .none), version: version)
            try MersenneTwister(vm: vm, owner: object).seed(key)
            vm[object, VM.nextGauss] = .none
            return .none
        }
        type.method("getstate", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.randomState(a[0].reference)
        }
        type.method("setstate", "(self, state, /)") { (vm, a) throws(Unwind) in
            try vm.setRandomState(a[0].reference, a[1])
            return .none
        }
        type.method("__getstate__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.callMethod(a[0], vm.intern("getstate"))
        }
        type.method("__setstate__", "(self, state, /)") { (vm, a) throws(Unwind) in
            try vm.callMethod(a[0], vm.intern("setstate"), a[1])
        }
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let state = try vm.callMethod(a[0], vm.intern("getstate"))
            return try vm.tuple(
                Value(vm.type(of: a[0])), vm.shared.pointee.emptyTuple, state)
        }
        type.attribute(
            "gauss_next", get: { (vm, a) throws(Unwind) in vm[a[0].reference, VM.nextGauss] },
            set: { (vm, a) throws(Unwind) in
                vm[a[0].reference, VM.nextGauss] = a[1]
                return .none
            })
        type.constant("VERSION", Value(3))
    }
}

extension VM {
    /// The second of two normally distributed numbers that were made together, or None.
    static var nextGauss: Field<Value> { Instance.slot(2) }

    fileprivate func systemKey() -> [UInt32] {
        let bytes = q.observe { SystemRandom.bytes(MersenneTwister.size * 4) }
        return bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
    }
    fileprivate func randomKey(_ seed: Value, version: Int) throws(Unwind) -> [UInt32] {
        if seed == .none { return systemKey() }
        if let int = asInt(seed) { return try key(ofInt: int) }
        var bytes: [UInt8]
        if let string = asString(seed) {
            if version == 1 { return try oldKey(string) }
            bytes = utf8(string)
        } else if asBytes(seed) != nil || asByteArray(seed) != nil, let list = try byteList(seed) {
            if version == 1 && asBytes(seed) != nil {
                return try oldKey(try string(codePoints: list.map { UInt32($0) }))
            }
            bytes = list
        } else if let double = floatContent(seed) {
            return try key(
                ofInt: try int(UInt64(bitPattern: Int64(NumberHash.double(double, seed)))))
        } else {
            throw raise(
                .typeError,
                "The only supported seed types are: None,\nint, float, str, bytes, and bytearray.")
        }
        if version != 2 {
            return try key(ofInt: try int(UInt64(bitPattern: Int64(try hash(seed)))))
        }
        bytes += HashState.digest(.sha512, bytes)
        return try key(ofInt: try int(bytes: bytes.reversed(), isSigned: false))
    }
    /// Of version 1: a hash of the characters.
    private func oldKey(_ string: Value) throws(Unwind) -> [UInt32] {
        let view = StringView(string)
        var x: UInt64 = view.count > 0 ? UInt64(view[0]) << 7 : 0
        for i in 0..<view.count { x = 1_000_003 &* x ^ UInt64(view[i]) }
        return try key(ofInt: try int(x ^ UInt64(view.count)))
    }
    /// The magnitude in words of 32 bits, least significant first.
    private func key(ofInt int: Value) throws(Unwind) -> [UInt32] {
        try withOperand(int) { (x) throws(Unwind) in
            var words: [UInt32] = []
            for i in 0..<x.count {
                words.append(UInt32(truncatingIfNeeded: x.limbs[i]))
                words.append(UInt32(x.limbs[i] >> 32))
            }
            while words.count > 1 && words.last == 0 { words.removeLast() }
            return words.isEmpty ? [0] : words
        }
    }

    fileprivate func randomState(_ object: Reference) throws(Unwind) -> Value {
        let state = self[object, MersenneTwister.state].reference
        let position = self[object, MersenneTwister.position]
        let size = MersenneTwister.size
        let words = try checked(
            q.newTuple(count: size + 1) { slots in
                for i in 0..<size { slots[i] = self[state, i] }
                slots[size] = position
            })
        return try tuple(Value(3), Value(words), self[object, VM.nextGauss])
    }
    fileprivate func setRandomState(_ object: Reference, _ state: Value) throws(Unwind) {
        let version = try getItem(state, Value(0))
        guard version == Value(3) || version == Value(2) else {
            throw raise(
                .valueError,
                "state with version \(text(try str(version))) passed to Random.setstate() of version 3"
            )
        }
        if try length(state) != 3 {
            throw raise(.valueError, "too many values to unpack (expected 3)")
        }
        let words = try getItem(state, Value(1))
        guard words.isTuple else { throw raise(.typeError, "state vector must be a tuple") }
        let size = MersenneTwister.size
        guard q.tupleCount(words.reference) == size + 1 else {
            throw raise(.valueError, "state vector is the wrong size")
        }
        var content: [UInt32] = []
        for i in 0..<size {
            let word = try integer(q.tupleElement(words.reference, i))
            if isNegative(int: word) && version == Value(3) {
                throw raise(.overflowError, "can't convert negative value to unsigned int")
            }
            content.append(UInt32(truncatingIfNeeded: self.word(ofInt: word) ?? 0))
        }
        let position = try index(q.tupleElement(words.reference, size))
        if position < 0 || position > size { throw raise(.valueError, "invalid state") }
        let next = try getItem(state, Value(2))
        try MersenneTwister(vm: self, owner: object).set(content, position: position)
        self[object, VM.nextGauss] = next
    }
}
