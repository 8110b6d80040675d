import InterpreterKit

/// What the loop does itself at calls and returns.
extension Python {
    /// Links a frame for the guest function at `base[0]`, which is `distance` words above the caller's, if
    /// that is all its call takes.
    @inline(__always)
    static func link<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ base: Frame, _ distance: Int, _ count: Int, _ register: Int
    ) -> Bool {
        let callee = base[0]
        guard callee.isA(Kind.function) else { return false }
        let code = q[callee.reference, Function.code].code
        let depth = Link(fp).depth
        guard Int(code.pointee.linkedArguments) == count, depth < shared.pointee.recursionLimit,
            q.hasRoom(base, Int(code.pointee.registers))
        else { return false }
        base[below: 3] = Value(native: pc)
        base[below: 2] = Link.value(distance: distance, to: register, below: depth)
        base[below: 1] = Value(native: code)
        q.enter(base)
        return true
    }

    /// Makes an instance of the class at `base[0]` and links a frame for its `__init__`, if that is all
    /// its call takes: the frame, else nil.
    @inline(never)
    static func construct<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ base: Frame, _ count: Int, _ register: Int
    ) -> Frame? {
        let type = base[0].reference
        let info = q[type, TypeObject.info].native(TypeInfo.self)
        guard let known = info.pointee.construction.pointer,
            known.pointee.version == q[type, TypeObject.version],
            q[type, TypeObject.registry] == .none
        else { return nil }
        let callee = base + 1
        let code = q[known.pointee.initializer.reference, Function.code].code
        let depth = Link(fp).depth &+ 1
        guard Int(code.pointee.linkedArguments) == count &+ 1,
            depth <= shared.pointee.recursionLimit,
            q.hasRoom(callee, Int(code.pointee.registers))
        else { return nil }
        let room = info.pointee.room
        guard room &+ 4 <= Heap.smallWords else { return nil }
        let instance = q.newTuple(Kind.instance, count: room &+ 2) { slots in
            slots[0] = Value(native: info.pointee.rootMap)
            slots[1] = .none
            var i = 2
            let plain = info.pointee.reserved &- info.pointee.slots &+ 2
            while i < plain {
                slots[i] = .none
                i &+= 1
            }
            while i < room &+ 2 {
                slots[i] = .unbound
                i &+= 1
            }
        }
        guard let instance else { return nil }
        var i = count
        while i > 0 {
            callee[i &+ 1] = base[i]
            i &-= 1
        }
        callee[0] = known.pointee.initializer
        callee[1] = Value(instance)
        callee[below: 4] = Value(instance)
        callee[below: 3] = Value(native: pc)
        callee[below: 2] =
            Link(distance: callee - fp, .initializer, to: register, depth: depth).value
        callee[below: 1] = Value(native: code)
        q.enter(callee)
        return callee
    }

    /// The result of a call of a built-in function at `base[0]` that is as good as an instruction;
    /// unbound when it takes a call.
    @inline(never)
    static func intrinsic<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ base: Frame,
        _ count: Int
    ) -> Value {
        let entry = q[base[0].reference, NativeFunction.entry].native(NativeEntry.self)
        let a = base[1]
        switch (entry.pointee.intrinsic, count) {
        case (.len, 1):
            guard a.isReference else { return .unbound }
            switch a.reference.kind {
            case Kind.list.kind: return Value(q[a.reference, List.count])
            case Kind.string.kind: return Value(StringView(a).count)
            case Shape.tuple.kind: return Value(q.tupleCount(a.reference))
            case Kind.dict.kind where q[a.reference, Dict.state] & 1 == 0:
                return Value(q[a.reference, Dict.count])
            default: return .unbound
            }
        case (.abs, 1):
            if a.isInt, let negated = SmallInt.subtract(Value(0), a) { return max(a, negated) }
            return a.isInlineDouble ? Value(inline: a.inlineDouble.magnitude) ?? .unbound : .unbound
        case (.ord, 1):
            guard a.isString, StringView(a).count == 1 else { return .unbound }
            return Value(Int(StringView(a)[0]))
        case (.chr, 1):
            guard a.isInt, UInt(bitPattern: a.int) < 256 else { return .unbound }
            return shared.pointee.characters[a.int]
        case (.min, 2), (.max, 2):
            let b = base[2]
            let isMin = entry.pointee.intrinsic == .min
            if Value.bothInt(a, b) { return isMin ? (b.int < a.int ? b : a) : max(a, b) }
            guard Value.bothInlineDoubles(a, b) else { return .unbound }
            // The first one, unless the second is smaller (greater).
            let (x, y) = (a.inlineDouble, b.inlineDouble)
            return (isMin ? y < x : y > x) ? b : a
        case (.isinstance, 2):
            let kind = base[2]
            guard kind.isType else { return .unbound }
            if a.isInstance,
                q[a.reference, Instance.map].native(Map.self).pointee.type
                    == kind.reference
            {
                return .true
            }
            if a.isReference, shared.pointee.kinds[a.reference.kind] == kind { return .true }
            return .unbound
        default: return .unbound
        }
    }
    /// The greater of two small integers, the first one of equal ones.
    @inline(__always) private static func max(_ a: Value, _ b: Value) -> Value {
        b.int > a.int ? b : a
    }
}

/// Built-in functions that the loop carries out itself for common arguments.
@usableFromInline enum Intrinsic: UInt8 {
    case none, len, abs, ord, chr, min, max, isinstance
    /// `defaultdict.__missing__`, which the loop calls by itself.
    case makeMissing

    static var names: [(StaticString, Intrinsic)] {
        [
            ("len", .len), ("abs", .abs), ("ord", .ord), ("chr", .chr), ("min", .min),
            ("max", .max), ("isinstance", .isinstance),
        ]
    }
}

extension VM {
    /// Marks the functions of ``Intrinsic``.
    func installIntrinsics() {
        for (name, intrinsic) in Intrinsic.names {
            let function = builtin(name)
            guard function.isA(Kind.native) else { continue }
            self[function.reference, NativeFunction.entry].native(NativeEntry.self).pointee
                .intrinsic = intrinsic
        }
    }

    /// A call of the built-in function at `base[0]` by an instruction.
    @inline(never) @usableFromInline
    func enterNative(
        _ base: Frame, _ count: Int, to register: Int
    ) throws(Unwind) -> Position {
        let object = base[0].reference
        let entry = self[object, NativeFunction.entry].native(NativeEntry.self)
        if entry.pointee.kind == .framing {
            return try enter(base, count, names: .none, .result, to: register)
        }
        fp[register] = try callNative(object, entry, base, count, .none)
        return here
    }
}
