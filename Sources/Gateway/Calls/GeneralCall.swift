import CForeign
import CHost
import Glibc
import ManagedHeap
import Quanta

/// One call in the general tier: a plan and the words of this call, which ``Recipe`` describes.
struct GeneralCall {
    private let plan: UnsafePointer<CallPlan>
    private let recipe: UnsafePointer<Recipe>
    private let words: UnsafeMutablePointer<UInt64>

    /// - Parameter words: as many as `plan.words(for:)` says; an alignment to 16 bytes is made here.
    init(_ plan: UnsafePointer<CallPlan>, _ words: UnsafeMutablePointer<UInt64>) {
        self.plan = plan
        recipe = plan.pointee.recipe.unsafelyUnwrapped
        self.words = words + (UInt(bitPattern: words) & 8 == 0 ? 0 : 1)
    }

    /// The first of its words.
    var start: UnsafeMutablePointer<UInt64> { words }
    var resultBits: UInt64 { words[recipe.pointee.resultWord] }
    func word(ofItem i: Int) -> UInt64 { words[recipe.pointee.items[i].word] }

    // MARK: arguments

    /// Writes the arguments. After a failure nothing is left to be released.
    ///
    /// - Parameter t: nil for signatures without callbacks only.
    func fill(_ values: UnsafeBufferPointer<Value>, _ t: ThreadContext?) -> Outcome {
        let count = values.count
        if count != recipe.pointee.givenCount,
            !recipe.pointee.isVariadic || count < recipe.pointee.givenCount
        {
            return .failure(.argumentCount, Value(count).bits)
        }
        words.update(repeating: 0, count: recipe.pointee.words(for: count))
        if recipe.pointee.kind == FOREIGN_RESULT_MEMORY {
            words[0] = UInt64(UInt(bitPattern: words + recipe.pointee.resultWord))
        }
        for i in 0..<recipe.pointee.items.count {
            guard let problem = fill(i, values, t) else { continue }
            return failure(problem, i, values)
        }
        // Lengths depend on other arguments.
        if recipe.pointee.hasBuffers {
            for i in recipe.pointee.returned where recipe.pointee.items[i].way == .buffer {
                guard let problem = fillBuffer(i, values) else { continue }
                return failure(problem, i, nil)
            }
        }
        return count > recipe.pointee.givenCount ? fillVariadic(values) : .ready
    }
    @inline(never) private func failure(
        _ problem: ForeignError.Problem, _ i: Int, _ values: UnsafeBufferPointer<Value>?
    ) -> Outcome {
        release()
        let given = recipe.pointee.items[i].given
        let bits = given < 0 ? 0 : values?[given].bits ?? 0
        return .failure(problem, bits, argument: given)
    }

    @inline(__always) private func fill(
        _ i: Int, _ values: UnsafeBufferPointer<Value>, _ t: ThreadContext?
    ) -> ForeignError.Problem? {
        let item = recipe.pointee.items.baseAddress.unsafelyUnwrapped + i
        let word = words + item.pointee.word
        let strings = plan.pointee.strings.kind
        let given = item.pointee.given
        switch item.pointee.way {
        case .callback where values[given] != .none && !values[given].isAddress:
            return fillCallback(i, values[given], t.unsafelyUnwrapped)
        case .word, .callback:
            let scalar = item.pointee.scalar
            guard
                var problem = scalar.store(
                    values[given], in: word, low: item.pointee.low, high: item.pointee.high,
                    strings),
                !plan.store(wide: values[given], as: scalar, in: word, &problem)
            else { return nil }
            return problem
        case .value where item.pointee.isOnStack:
            return item.pointee.layout.write(values[given], to: word, strings: strings)
        case .value:
            var pair: (UInt64, UInt64) = (0, 0)
            let problem = withUnsafeMutableBytes(of: &pair) {
                item.pointee.layout.write(
                    values[given], to: $0.baseAddress.unsafelyUnwrapped, strings: strings)
            }
            word.pointee = pair.0
            if item.pointee.second >= 0 { words[item.pointee.second] = pair.1 }
            return problem
        case .cell:
            let cell = words + item.pointee.cell
            word.pointee = UInt64(UInt(bitPattern: cell))
            if given < 0 { return nil }
            return item.pointee.layout.write(values[given], to: cell, strings: strings)
        case .buffer: return nil
        }
    }
    private func fillCallback(
        _ i: Int, _ value: Value, _ t: ThreadContext
    ) -> ForeignError.Problem? {
        let parameter = recipe.pointee.parameters[i]
        let about = plan.pointee.about.takeUnretainedValue()
        guard let calls = about.calls, calls.isCallable(value) else { return .argumentType }
        let strings = plan.pointee.strings
        let address: UnsafeRawPointer?
        if parameter.callback.isKept {
            address = KeptCallbacks.of(VirtualMachine.of(t))
                .address(value, about, parameter, strings, t)
        } else {
            let callback = Callback(value, about, parameter, strings, t)
            address = callback?.address
            if let callback {
                let held = Unmanaged.passRetained(callback).toOpaque()
                words[recipe.pointee.items[i].cell] = UInt64(UInt(bitPattern: held))
            }
        }
        guard let address else { return .unsupported }
        words[recipe.pointee.items[i].word] = UInt64(UInt(bitPattern: address))
        return nil
    }

    /// The largest buffer, in bytes.
    private static let largest = 1 << 30

    private func fillBuffer(
        _ i: Int, _ values: UnsafeBufferPointer<Value>
    ) -> ForeignError.Problem? {
        let item = recipe.pointee.items[i]
        let layout = item.layout
        guard let capacity = recipe.pointee.parameters[i].capacity,
            let count = evaluate(capacity, result: nil), count >= 0,
            count <= GeneralCall.largest / layout.size
        else { return .length }
        guard let memory = calloc(max(1, count), layout.size) else { return .memory }
        words[item.cell] = UInt64(UInt(bitPattern: memory))
        words[item.cell + 1] = UInt64(count)
        words[item.word] = words[item.cell]
        if item.given < 0 { return nil }
        let value = values[item.given]
        let strings = plan.pointee.strings.kind
        if layout.size == 1, value.isReference, value.reference.kind == strings {
            let text = ByteString(value.reference)
            if text.count > count { return .length }
            memory.copyMemory(from: text.pointer, byteCount: text.count)
            return nil
        }
        guard value.isA(.tuple) else { return .argumentType }
        let tuple = value.reference
        let length = Value(bits: tuple.address[1]).int
        if length > count { return .length }
        for i in 0..<length {
            let value = Value(bits: tuple.address[i + 2])
            if let problem = layout.write(value, to: memory + i * layout.size, strings: strings) {
                return problem
            }
        }
        return nil
    }

    private func evaluate(_ length: Length, result: Int?) -> Int? {
        length.evaluate(
            parameter: { i in
                let item = recipe.pointee.items[i]
                return item.way == .word ? integer(item.scalar, words[item.word]) : nil
            },
            pointee: { i in
                let item = recipe.pointee.items[i]
                return item.way == .cell ? integer(item.scalar, words[item.cell]) : nil
            }, result: result)
    }
    private func integer(_ scalar: Scalar, _ bits: UInt64) -> Int? {
        let outcome = scalar.outcome(bits, errno: 0)
        guard outcome.isValue else { return nil }
        let value = Value(bits: outcome.bits)
        return value.isInt ? value.int : value == .true ? 1 : value == .false ? 0 : nil
    }

    /// Arguments of `...` go by what they are: integers and booleans as 64 bits, which serves `%d` and
    /// `%ld` alike, doubles as doubles, everything else as a pointer.
    private func fillVariadic(_ values: UnsafeBufferPointer<Value>) -> Outcome {
        var assignment = recipe.pointee.assignment
        for i in recipe.pointee.givenCount..<values.count {
            let value = values[i]
            let type: Scalar =
                value.isInt || value == .true || value == .false
                ? .int64 : value.asDouble != nil ? .double : .string
            let place = assignment.place(type == .double ? .vector : .integer)
            if let problem = type.store(
                value, in: words + recipe.pointee.word(place.first), low: Int.min, high: Int.max,
                plan.pointee.strings.kind)
            {
                release()
                return .failure(problem, value.bits, argument: i)
            }
            if assignment.stackWords > Int(FOREIGN_STACK_WORDS) {
                release()
                return .failure(.unsupported, 0)
            }
        }
        return .ready
    }

    // MARK: the call

    func perform(_ count: Int) -> Outcome {
        let result = words + recipe.pointee.resultWord
        let stack = recipe.pointee.stackWords + max(0, count - recipe.pointee.givenCount)
        let rule = plan.pointee.errnoRule
        #if arch(x86_64)
            let code = foreign_call_general(
                plan.pointee.address, words, words + recipe.pointee.stackWord, stack,
                Int32(recipe.pointee.kind.rawValue), result, rule == .clearedAndCaptured)
        #else
            let code: Int32 = 0
        #endif
        let errno = rule == .ignored ? 0 : code
        if recipe.pointee.leavesWords { return Outcome(.words, 0, errno: errno) }
        return plan.pointee.result.outcome(result.pointee, errno: errno)
    }

    /// Text that was returned, in memory of its own: for results that are looked at later.
    func owningText() -> Outcome? {
        guard plan.pointee.result == .string, words[recipe.pointee.resultWord] != 0 else {
            return nil
        }
        let text = Outcome(.text, words[recipe.pointee.resultWord])
        let copy = text.owningText()
        if copy.isFailure { return copy }
        freeResult()
        words[recipe.pointee.resultWord] = copy.bits
        return nil
    }
    private func freeResult() {
        let about = plan.pointee.about.takeUnretainedValue()
        guard let address = about.freesResult else { return }
        foreign_call_pointer(address, words[recipe.pointee.resultWord])
    }

    /// What the guest gets: the result; the result and what `out` parameters lead to, as a tuple; or
    /// the latter alone when the function is `void` and there is one.
    func finish(_ t: ThreadContext, errno: Int32, ownsText: Bool) -> ForeignResult {
        let strings = plan.pointee.strings
        let q = Quantum<Dispatched>(t)
        let returned = recipe.pointee.returned
        let result = words + recipe.pointee.resultWord
        func failure(_ problem: ForeignError.Problem) -> ForeignResult {
            .failure(
                ForeignError(
                    ForeignFunction(plan), problem, argument: nil, bits: result.pointee))
        }
        // Copied before anything else is allocated, so that it is freed whatever follows.
        let first = recipe.pointee.result.read(result, q, strings: strings)
        if plan.pointee.result == .string, result.pointee != 0 {
            if ownsText {
                free(UnsafeMutableRawPointer(bitPattern: UInt(result.pointee)))
            } else {
                freeResult()
            }
        }
        guard let first else {
            let isInteger = plan.pointee.about.takeUnretainedValue().declaration.result.isInteger
            return failure(isInteger ? .resultRange : .memory)
        }
        if returned.isEmpty { return .value(first, errno: errno) }
        if recipe.pointee.isVoid && returned.count == 1 {
            guard let value = read(returned[0], q, first) else { return failure(.memory) }
            return .value(value, errno: errno)
        }
        let more = recipe.pointee.isVoid ? 0 : 1
        let tuple = CLayout.tuple(q, returned.count + more) { (q, i) in
            i < more ? first : read(returned[i - more], q, first)
        }
        guard let tuple else { return failure(.memory) }
        return .value(tuple, errno: errno)
    }

    private func read(
        _ i: Int, _ q: borrowing Quantum<Dispatched>, _ result: Value
    ) -> Value? {
        let item = recipe.pointee.items[i]
        let layout = item.layout
        let strings = plan.pointee.strings
        if item.way == .cell { return layout.read(words + item.cell, q, strings: strings) }
        guard let memory = UnsafeRawPointer(bitPattern: UInt(words[item.cell])) else { return nil }
        let capacity = Int(words[item.cell + 1])
        var count = capacity
        // After the call, because the callee may say how much it has written; never more than fits.
        let parameter = recipe.pointee.parameters[i]
        if let length = parameter.used ?? parameter.capacity,
            let used = evaluate(length, result: result.isInt ? result.int : nil)
        {
            count = max(0, min(used, capacity))
        }
        if layout.size == 1 {
            return q.newBytes(strings, count: count) {
                $0.copyMemory(from: memory, byteCount: count)
            }.map { Value($0) }
        }
        return CLayout.tuple(q, count) { (q, i) in
            layout.read(memory + i * layout.size, q, strings: strings)
        }
    }

    /// Gives back the memory of this call.
    func release() {
        guard recipe.pointee.hasCells else { return }
        for item in recipe.pointee.items where item.cell != 0 && item.way != .cell {
            guard let held = UnsafeMutableRawPointer(bitPattern: UInt(words[item.cell])) else {
                continue
            }
            if item.way == .buffer {
                free(held)
            } else {
                Unmanaged<Callback>.fromOpaque(held).release()
            }
            words[item.cell] = 0
        }
    }

    // MARK: recordings

    /// What the call has left: the result, what `out` parameters lead to, and text at last.
    var left: [UInt8] {
        var bytes: [UInt8] = []
        forEachPart { bytes += UnsafeRawBufferPointer($0) }
        if plan.pointee.result == .string, words[recipe.pointee.resultWord] != 0 {
            bytes += Outcome(.text, words[recipe.pointee.resultWord]).text
        }
        return bytes
    }
    /// Puts back what a recorded call has left. True when there is text, which is the gateway's own then.
    func take(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        forEachPart { part in
            part.copyBytes(from: rest.prefix(part.count))
            rest = rest.dropFirst(part.count)
        }
        guard plan.pointee.result == .string, words[recipe.pointee.resultWord] != 0,
            let text = malloc(rest.count + 1)
        else { return false }
        UnsafeMutableRawBufferPointer(start: text, count: rest.count).copyBytes(from: rest)
        text.storeBytes(of: 0, toByteOffset: rest.count, as: UInt8.self)
        words[recipe.pointee.resultWord] = UInt64(UInt(bitPattern: text))
        return true
    }
    private func forEachPart(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        let size = max(16, recipe.pointee.result.size)
        body(UnsafeMutableRawBufferPointer(start: words + recipe.pointee.resultWord, count: size))
        for i in recipe.pointee.returned {
            let item = recipe.pointee.items[i]
            if item.way == .cell {
                body(
                    UnsafeMutableRawBufferPointer(
                        start: words + item.cell, count: item.layout.size))
                continue
            }
            body(
                UnsafeMutableRawBufferPointer(
                    start: UnsafeMutableRawPointer(bitPattern: UInt(words[item.cell])),
                    count: Int(words[item.cell + 1]) * item.layout.size))
        }
    }
}
