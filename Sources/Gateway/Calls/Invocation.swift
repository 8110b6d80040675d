import CFFI
import CForeign
import ManagedHeap

/// The two steps of a call: arguments into a buffer of words, and the call itself. They are apart
/// because everything that can be wrong with arguments must show before anything irrevocable happens.
///
/// The buffer is the caller's: registers for a register plan, one word per argument for libffi,
/// followed for `...` by one word per argument for its type.
extension UnsafePointer where Pointee == CallPlan {
    /// Words that a call with `count` arguments needs.
    @usableFromInline func words(for count: Int) -> Int {
        switch pointee.tier {
        case .libffi, .unbound: max(1, pointee.count)
        case .variadic: 2 * max(count, pointee.count)
        case .general: 1 + pointee.recipe.unsafelyUnwrapped.pointee.words(for: count)
        case .integers, .mixedInteger, .mixedVector: CallPlan.registerWords
        }
    }

    /// Arguments into `words`; the outcome is a failure or of no interest.
    @inline(never) @usableFromInline
    func marshal(
        _ values: UnsafeBufferPointer<Value>, _ words: UnsafeMutablePointer<UInt64>
    ) -> Outcome { fill(words, values) }

    /// The call, with words that ``marshal(_:_:)`` has filled for `count` arguments.
    @inline(never) @usableFromInline
    func perform(_ words: UnsafeMutablePointer<UInt64>, _ count: Int) -> Outcome {
        invoke(words, count)
    }

    // MARK: both steps at once, for calls inside a quantum

    /// By the thunk, if there is one; ``finished(_:_:)`` does what it leaves.
    @inlinable @inline(__always)
    func call(_ values: UnsafeBufferPointer<Value>) -> Outcome {
        guard let thunk = pointee.thunk, values.count == pointee.count else {
            return callInAnyTier(values)
        }
        let outcome = foreign_run(thunk, CallPlan.words(values))
        return Outcome(outcome.bits, facts: outcome.facts)
    }
    /// What ``call(_:)`` has come to, or the call in another way.
    @inline(__always)
    func finished(_ outcome: Outcome, _ values: UnsafeBufferPointer<Value>) -> Outcome {
        switch outcome.state {
        case .raw: pointee.result.outcome(outcome.bits, errno: outcome.errno)
        case .again: callInAnyTier(values)
        default: outcome
        }
    }
    func callCompletely(_ values: UnsafeBufferPointer<Value>) -> Outcome {
        finished(call(values), values)
    }

    @inline(never) @usableFromInline func callInAnyTier(_ values: UnsafeBufferPointer<Value>)
        -> Outcome
    {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words(for: values.count)) {
            let words = $0.baseAddress.unsafelyUnwrapped
            let ready =
                pointee.tier == .general
                ? GeneralCall(self, words).fill(values, nil) : fill(words, values)
            return ready.isFailure ? ready : invokeDirectly(words, values.count)
        }
    }
    @inline(__always) private func invokeDirectly(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int
    ) -> Outcome {
        var call = foreign_call(description: pointee.description, values: nil)
        return withUnsafePointer(to: &call) { call in
            foreign_set_direct(call)
            let outcome = invoke(words, count)
            foreign_set_direct(nil)
            return outcome
        }
    }

    // MARK: arguments

    @inline(__always) private func fill(
        _ words: UnsafeMutablePointer<UInt64>, _ values: UnsafeBufferPointer<Value>
    ) -> Outcome {
        switch pointee.tier {
        case .integers, .mixedInteger, .mixedVector:
            // Registers without an argument are loaded too; they must hold something.
            words.update(repeating: 0, count: CallPlan.registerWords)
        case .libffi: break
        case .unbound: return .failure(.unbound, 0)
        case .general: preconditionFailure("general calls fill their words themselves")
        case .variadic:
            if values.count > pointee.count { return fillVariadic(words, values) }
        }
        if _slowPath(values.count != pointee.count) {
            return .failure(.argumentCount, Value(values.count).bits)
        }
        return fillDeclared(words, values)
    }

    @inline(__always) private func fillDeclared(
        _ words: UnsafeMutablePointer<UInt64>, _ values: UnsafeBufferPointer<Value>
    ) -> Outcome {
        let arguments = pointee.arguments
        var i = 0
        while i < pointee.count {
            let argument = arguments[i]
            let word = words + Int(argument.word)
            if var problem = argument.type.store(
                values[i], in: word, low: argument.low, high: argument.high, pointee.strings.kind),
                !store(wide: values[i], as: argument.type, in: word, &problem)
            {
                return .failure(problem, values[i].bits, argument: i)
            }
            i &+= 1
        }
        return .ready
    }

    /// Arguments of `...` go by what they are: integers and booleans as 64 bits, which serves `%d` and
    /// `%ld` alike, doubles as doubles, everything else as a pointer.
    @inline(never) private func fillVariadic(
        _ words: UnsafeMutablePointer<UInt64>, _ values: UnsafeBufferPointer<Value>
    ) -> Outcome {
        let declared = fillDeclared(words, values)
        if declared.isFailure { return declared }
        for i in pointee.count..<values.count {
            let value = values[i]
            let type: Scalar =
                value.isInt || value == .true || value == .false
                ? .int64 : value.asDouble != nil ? .double : .string
            if let problem = type.store(
                value, in: words + i, low: Int.min, high: Int.max, pointee.strings.kind)
            {
                return .failure(problem, value.bits, argument: i)
            }
            words[values.count + i] = UInt64(type.rawValue)
        }
        return .ready
    }

    // MARK: the call

    /// In all tiers nothing of ours comes between the call and the reading of `errno`.
    @inline(__always) private func invoke(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int
    ) -> Outcome {
        if pointee.errnoRule == .clearedAndCaptured { foreign_clear_errno() }
        let bits: UInt64
        switch pointee.tier {
        case .integers: bits = foreign_call_integers(pointee.address, words)
        case .mixedInteger: bits = foreign_call_mixed_integer(pointee.address, words)
        case .mixedVector:
            bits = foreign_call_mixed_vector(pointee.address, words).bitPattern
        case .libffi: return callThroughLibffi(pointee.cif.unsafelyUnwrapped, words, pointee.count)
        case .variadic: return callVariadic(words, count)
        case .general: return GeneralCall(self, words).perform(count)
        case .unbound: return .failure(.unbound, 0)
        }
        let code = pointee.errnoRule == .ignored ? 0 : foreign_errno()
        return pointee.result.outcome(bits, errno: code)
    }

    @inline(never) private func callThroughLibffi(
        _ cif: UnsafeMutablePointer<ffi_cif>, _ words: UnsafeMutablePointer<UInt64>, _ count: Int
    ) -> Outcome {
        withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: max(1, count)) {
            pointers in
            for i in 0..<count { pointers[i] = UnsafeMutableRawPointer(words + i) }
            // libffi widens small integers to a register; a float fills the low half (little-endian).
            var bits: UInt64 = 0
            if pointee.errnoRule == .clearedAndCaptured { foreign_clear_errno() }
            ffi_invoke(cif, pointee.address, &bits, pointers.baseAddress)
            let code = pointee.errnoRule == .ignored ? 0 : foreign_errno()
            return pointee.result.outcome(bits, errno: code)
        }
    }

    @inline(never) private func callVariadic(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int
    ) -> Outcome {
        withUnsafeTemporaryAllocation(
            of: UnsafeMutablePointer<ffi_type>?.self, capacity: max(1, count)
        ) { types in
            for i in 0..<count {
                let type =
                    i < pointee.count
                    ? pointee.arguments[i].type
                    : Scalar(rawValue: UInt8(truncatingIfNeeded: words[count + i]))
                types[i] = type.unsafelyUnwrapped.ffi
            }
            var cif = ffi_cif()
            let status = ffi_prep_cif_var(
                &cif, FFI_DEFAULT_ABI, UInt32(pointee.count), UInt32(count), pointee.result.ffi,
                types.baseAddress)
            if status != FFI_OK { return .failure(.unsupported, 0) }
            return callThroughLibffi(&cif, words, count)
        }
    }
}
