import InterpreterKit

/// Operators on other than small numbers: guest methods get frames, everything else is a call.
extension VM {
    @inline(never) @usableFromInline
    func operate(_ operation: Operation) throws(Unwind) -> Position {
        let i = instruction
        return try operate(operation, fp[i.b], fp[i.registerC], i)
    }
    @inline(never) @usableFromInline
    func operateConstant(_ operation: Operation) throws(Unwind) -> Position {
        let i = instruction
        return try operate(operation, fp[i.b], Value(i.smallC), i)
    }
    private func operate(
        _ operation: Operation, _ a: Value, _ b: Value, _ i: Instruction
    ) throws(Unwind) -> Position {
        if a.isInstance, !i.isInPlace {
            let type = map(a.reference).pointee.type
            let method = lookup(type, name(operation.name))
            if method.isA(Kind.function), !mayComeFirst(b, before: type) {
                return try enter(method: method, a, b, then: .operation, to: i.a)
            }
        }
        if operation == .add, a.isList, b.isList, !i.isInPlace {
            let sum = Python.concatenate(q, a.reference, b.reference)
            if sum != .unbound {
                fp[i.a] = sum
                return here
            }
        }
        if b.isInstance, a.isInt || a.isInlineDouble, map(b.reference).pointee.payload == .none {
            // The number knows nothing of such objects.
            let method = lookup(typeOf: b, name(operation.reflectedName))
            if method.isA(Kind.function) {
                return try enter(method: method, b, a, then: .operation, to: i.a)
            }
        }
        fp[i.a] = try binary(operation, a, b, inPlace: i.isInPlace)
        return here
    }
    /// Is the right operand of a type derived from that of the left one, so that its method is asked first?
    @inline(__always)
    private func mayComeFirst(_ b: Value, before type: Reference) -> Bool {
        // No built-in type whose objects are not on the heap is derived from a class.
        guard b.isReference else { return false }
        let other =
            b.isInstance ? map(b.reference).pointee.type : self.type(of: b)
        return other != type && isSubtype(other, type)
    }
    /// Leaves a frame for the guest function `method(a, b)` to be run.
    @inline(__always)
    private func enter(
        method: Value, _ a: Value, _ b: Value, then continuation: Continuation, to register: Int
    ) throws(Unwind) -> Position {
        let base = firstFree + 4
        let code = self[method.reference, Function.code].code
        let depth = Link(fp).depth &+ 1
        guard code.pointee.linkedArguments == 2, depth <= shared.pointee.recursionLimit,
            q.hasRoom(base, Int(code.pointee.registers))
        else { return try push(method, a, b, then: continuation, to: register) }
        base[0] = method
        base[1] = a
        base[2] = b
        return link(code, base, depth, continuation, register)
    }
    /// The method of the left operand has given NotImplemented, or that of the right one if the left one is
    /// a number.
    func operateAgain(_ register: Int) throws(Unwind) -> Position {
        let i = instruction
        let constant = i.opcode.rawValue >= Opcode.addInt.rawValue
        let b = constant ? Value(i.smallC) : fp[i.registerC]
        fp[register] = try binaryReflected(i.opcode.operation, fp[i.b], b)
        return here
    }
    /// What the right operand makes of it, the left one having refused.
    private func binaryReflected(
        _ operation: Operation, _ a: Value, _ b: Value
    ) throws(Unwind) -> Value {
        if a.isInstance, type(of: a) != type(of: b) {
            let method = lookup(typeOf: b, name(operation.reflectedName))
            if method != .unbound {
                let result = try callSpecial(method, b, a)
                if result != .notImplemented { return result }
            }
        }
        throw raise(
            .typeError,
            "unsupported operand type(s) for \(operation.symbol): '\(typeName(a))' and '\(typeName(b))'"
        )
    }

    /// `r[a] = r[b] in r[c]`, or `not in`.
    @inline(never) @usableFromInline func containsSlowly() throws(Unwind) -> Position {
        let i = instruction
        let (container, item) = (fp[i.c], fp[i.b])
        if container.isInstance {
            let method = lookup(typeOf: container, name(.contains))
            if method.isA(Kind.function) {
                return try enter(method: method, container, item, then: .truth, to: i.a)
            }
        }
        fp[i.a] = Value(try contains(container, item) == (i.opcode == .contains))
        return here
    }

    @inline(never) @usableFromInline
    func getItemSlowly(_ key: Value) throws(Unwind) -> Position {
        let i = instruction
        let object = fp[i.b]
        if object.isList {
            fp[i.a] = try getItem(ofList: object.reference, key)
            return here
        }
        if object.isDict {
            let value = try get(object.reference, key)
            if value != .unbound {
                fp[i.a] = value
                return here
            }
        } else if object.isInstance {
            let type = type(of: object)
            let version = self[type, TypeObject.version]
            // Reads and sets its items as a dict does.
            var isPlain = info(type).pointee.dictVersion == version
            let method = isPlain ? .unbound : lookup(type, name(.getitem))
            if method.isA(Kind.function) {
                return try enter(method: method, object, key, then: .result, to: i.a)
            }
            if let dict = payload(object, .dict), dict.isDict,
                isPlain || method == lookup(self.type(.dict), name(.getitem))
            {
                if !isPlain,
                    lookup(type, name(.setitem)) == lookup(self.type(.dict), name(.setitem))
                {
                    info(type).pointee.dictVersion = version
                    isPlain = true
                }
                if !(isPlain && Python.entry(q, dict.reference, key) == -1) {
                    let value = try get(dict.reference, key)
                    if value != .unbound {
                        fp[i.a] = value
                        return here
                    }
                }
                let missing = lookup(type, name(.missing))
                if missing.isA(Kind.function) {
                    return try push(missing, object, key, then: .result, to: i.a)
                }
                if missing.isA(Kind.native) {
                    fp[i.a] =
                        isPlain
                            && entry(ofNative: missing.reference).pointee.intrinsic == .makeMissing
                        ? try makeMissing(object.reference, dict.reference, key)
                        : try callSpecial(missing, object, key)
                    return here
                }
            }
        }
        fp[i.a] = try getItem(object, key)
        return here
    }
    @inline(never) @usableFromInline
    func setItemSlowly(_ key: Value, _ value: Value) throws(Unwind) -> Position {
        let object = fp[instruction.a]
        if object.isList {
            try setItem(ofList: object.reference, key, value)
            return here
        }
        if object.isInstance {
            let method = lookup(typeOf: object, name(.setitem))
            if method.isA(Kind.function) {
                return try push(method, object, key, value, then: .discard)
            }
        }
        try setItem(object, key, value)
        return here
    }

    // MARK: iteration

    @inline(never) @usableFromInline func getIterator() throws(Unwind) -> Position {
        let i = instruction
        let object = fp[i.b]
        if object.isA(Kind.generator)
            && self[object.reference, Generator.type]
                == Int(BuiltinType.generator.rawValue)
        {
            fp[i.a] = object
        } else {
            fp[i.a] = try iterator(of: object)
        }
        return here
    }
    @inline(never) @usableFromInline func send() throws(Unwind) -> Position {
        let i = instruction
        let (value, sub) = (fp[i.a], fp[i.b])
        if sub.isA(Kind.generator) {
            return try resume(sub.reference, value, .send, to: i.a)
        }
        if value == .none {
            // A step of an asynchronous generator returns a value at its end.
            let isBuiltin =
                sub.isA(Kind.iterator)
                && self[sub.reference, Iterator.type]
                    != Int(BuiltinType.asyncGeneratorStep.rawValue)
            let next = isBuiltin ? .none : lookup(typeOf: sub, name(.next))
            if next.isA(Kind.function) { return try push(next, sub, then: .send, to: i.a) }
            do throws(Unwind) {
                ending = .none
                let item = isBuiltin ? try advance(sub.reference) : try callSpecial(next, sub)
                fp[i.a] = item == .unbound ? ending : item
                return item == .unbound ? Position(fp, pc + i.c) : here
            } catch {
                guard error == .raise, isInstance(pending, .stopIteration) else { throw error }
                fp[i.a] = stopValue(pending)
                pending = .none
                return Position(fp, pc + i.c)
            }
        }
        do throws(Unwind) {
            fp[i.a] = try callMethod(sub, name(.send), value)
            return here
        } catch {
            guard error == .raise, isInstance(pending, .stopIteration) else { throw error }
            fp[i.a] = stopValue(pending)
            pending = .none
            return Position(fp, pc + i.c)
        }
    }
}

extension Opcode {
    /// Of arithmetic.
    var operation: Operation {
        switch self {
        case .addInt: .add
        case .subtractInt: .subtract
        case .multiplyInt: .multiply
        case .floorDivideInt: .floorDivide
        case .moduloInt: .modulo
        case .andInt: .and
        case .shiftLeftInt: .shiftLeft
        case .shiftRightInt: .shiftRight
        default:
            unsafeBitCast(rawValue &- Opcode.add.rawValue, to: Operation.self)
        }
    }
}
