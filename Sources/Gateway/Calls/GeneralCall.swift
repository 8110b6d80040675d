import CForeign
import CHost
import Glibc
import ManagedHeap
import Quanta

/// One call in the general tier: a plan and the words of this call, which ``Recipe`` describes.
struct GeneralCall {
    private let plan: UnsafePointer<CallPlan>
    private let recipe: Recipe
    private let words: UnsafeMutablePointer<UInt64>

    /// - Parameter words: as many as `plan.words(for:)` says; an alignment to 16 bytes is made here.
    init(_ plan: UnsafePointer<CallPlan>, _ words: UnsafeMutablePointer<UInt64>) {
        self.plan = plan
        recipe = plan.pointee.recipe.unsafelyUnwrapped.takeUnretainedValue()
        self.words = words + (UInt(bitPattern: words) & 8 == 0 ? 0 : 1)
    }

    /// The first of its words.
    var start: UnsafeMutablePointer<UInt64> { words }
    var resultBits: UInt64 { words[recipe.resultWord] }
    func word(ofItem i: Int) -> UInt64 { words[recipe.word(recipe.items[i].place.first)] }

    // MARK: arguments

    /// Writes the arguments. After a failure nothing is left to be released.
    func fill(_ values: UnsafeBufferPointer<Value>, _ t: ThreadContext) -> Outcome {
        let isVariadic = plan.pointee.about.takeUnretainedValue().declaration.isVariadic
        let count = values.count
        if count != recipe.givenCount, !isVariadic || count < recipe.givenCount {
            return .failure(.argumentCount, Value(count).bits)
        }
        words.update(repeating: 0, count: recipe.words(for: count))
        if recipe.kind == FOREIGN_RESULT_MEMORY {
            words[0] = UInt64(UInt(bitPattern: words + recipe.resultWord))
        }
        for item in recipe.items {
            guard let problem = fill(item, values, t) else { continue }
            release()
            let bits = item.given.map { values[$0].bits } ?? 0
            return .failure(problem, bits, argument: item.given ?? -1)
        }
        // Lengths depend on other arguments.
        for item in recipe.items where item.cell != 0 && item.capacity != nil {
            guard let problem = fillBuffer(item, values) else { continue }
            release()
            return .failure(problem, 0, argument: item.given ?? -1)
        }
        return count > recipe.givenCount ? fillVariadic(values) : .ready
    }

    private func fill(
        _ item: Recipe.Item, _ values: UnsafeBufferPointer<Value>, _ t: ThreadContext
    ) -> ForeignError.Problem? {
        let strings = plan.pointee.strings.kind
        if item.parameter.isReturned {
            if item.capacity == nil {
                let cell = words + item.cell
                put(UInt64(UInt(bitPattern: cell)), item.place)
                if let given = item.given {
                    return item.parameter.element.unsafelyUnwrapped.write(
                        values[given], to: cell, strings: strings)
                }
            }
            return nil
        }
        let value = values[item.given.unsafelyUnwrapped]
        if case .callback = item.type, value != .none, !value.isAddress {
            return fillCallback(item, value, t)
        }
        if let scalar = item.type.scalar {
            let range = scalar.range ?? 0...0
            let word = words + recipe.word(item.place.first)
            guard
                var problem = scalar.store(
                    value, in: word, low: range.lowerBound, high: range.upperBound, strings),
                !plan.store(wide: value, as: scalar, in: word, &problem)
            else { return nil }
            return problem
        }
        if item.place.isOnStack {
            return item.type.write(
                value, to: words + recipe.word(item.place.first), strings: strings)
        }
        var pair: (UInt64, UInt64) = (0, 0)
        let problem = withUnsafeMutableBytes(of: &pair) {
            item.type.write(value, to: $0.baseAddress.unsafelyUnwrapped, strings: strings)
        }
        words[item.place.first] = pair.0
        if item.place.second >= 0 { words[item.place.second] = pair.1 }
        return problem
    }
    private func fillCallback(
        _ item: Recipe.Item, _ value: Value, _ t: ThreadContext
    ) -> ForeignError.Problem? {
        let about = plan.pointee.about.takeUnretainedValue()
        guard let calls = about.calls, calls.isCallable(value) else { return .argumentType }
        let strings = plan.pointee.strings
        let address: UnsafeRawPointer?
        if item.parameter.callback.isKept {
            address = KeptCallbacks.of(VirtualMachine.of(t))
                .address(value, about, item.parameter, strings, t)
        } else {
            let callback = Callback(value, about, item.parameter, strings, t)
            address = callback?.address
            if let callback {
                let held = Unmanaged.passRetained(callback).toOpaque()
                words[item.cell] = UInt64(UInt(bitPattern: held))
            }
        }
        guard let address else { return .unsupported }
        put(UInt64(UInt(bitPattern: address)), item.place)
        return nil
    }
    private func put(_ word: UInt64, _ place: Assignment.Place) {
        words[recipe.word(place.first)] = word
    }

    /// The largest buffer, in bytes.
    private static let largest = 1 << 30

    private func fillBuffer(
        _ item: Recipe.Item, _ values: UnsafeBufferPointer<Value>
    ) -> ForeignError.Problem? {
        let element = item.parameter.element.unsafelyUnwrapped
        guard let count = evaluate(item.capacity.unsafelyUnwrapped, result: nil), count >= 0,
            count <= GeneralCall.largest / element.size
        else { return .length }
        guard let memory = calloc(max(1, count), element.size) else { return .memory }
        words[item.cell] = UInt64(UInt(bitPattern: memory))
        words[item.cell + 1] = UInt64(count)
        put(words[item.cell], item.place)
        guard let given = item.given else { return nil }
        let value = values[given]
        let strings = plan.pointee.strings.kind
        if element.size == 1, value.isReference, value.reference.kind == strings {
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
            if let problem = element.write(value, to: memory + i * element.size, strings: strings) {
                return problem
            }
        }
        return nil
    }

    private func evaluate(_ length: Length, result: Int?) -> Int? {
        length.evaluate(
            parameter: { i in
                guard let scalar = recipe.items[i].type.scalar else { return nil }
                return integer(scalar, words[recipe.word(recipe.items[i].place.first)])
            },
            pointee: { i in
                let item = recipe.items[i]
                guard let scalar = item.parameter.element?.scalar, item.cell != 0,
                    item.capacity == nil
                else { return nil }
                return integer(scalar, words[item.cell])
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
        var assignment = recipe.assignment
        for i in recipe.givenCount..<values.count {
            let value = values[i]
            let type: Scalar =
                value.isInt || value == .true || value == .false
                ? .int64 : value.asDouble != nil ? .double : .string
            let place = assignment.place(type == .double ? .vector : .integer)
            if let problem = type.store(
                value, in: words + recipe.word(place.first), low: Int.min, high: Int.max,
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
        let result = words + recipe.resultWord
        let stack = recipe.stackWords + max(0, count - recipe.givenCount)
        let rule = plan.pointee.errnoRule
        #if arch(x86_64)
            let code = foreign_call_general(
                plan.pointee.address, words, words + recipe.stackWord, stack,
                Int32(recipe.kind.rawValue), result, rule == .clearedAndCaptured)
        #else
            let code: Int32 = 0
        #endif
        let errno = rule == .ignored ? 0 : code
        let declaration = plan.pointee.about.takeUnretainedValue().declaration
        if recipe.returnsMore || declaration.result.scalar == nil
            || declaration.freesResultWith != nil
        {
            return Outcome(.words, 0, errno: errno)
        }
        return plan.pointee.result.outcome(result.pointee, errno: errno)
    }

    /// Text that was returned, in memory of its own: for results that are looked at later.
    func owningText() -> Outcome? {
        guard plan.pointee.result == .string, words[recipe.resultWord] != 0 else { return nil }
        let text = Outcome(.text, words[recipe.resultWord])
        let copy = text.owningText()
        if copy.isFailure { return copy }
        freeResult()
        words[recipe.resultWord] = copy.bits
        return nil
    }
    private func freeResult() {
        let about = plan.pointee.about.takeUnretainedValue()
        guard let address = about.freesResult else { return }
        foreign_call_pointer(address, words[recipe.resultWord])
    }

    /// What the guest gets: the result; the result and what `out` parameters lead to, as a tuple; or
    /// the latter alone when the function is `void` and there is one.
    func finish(_ t: ThreadContext, errno: Int32, ownsText: Bool) -> ForeignResult {
        let about = plan.pointee.about.takeUnretainedValue()
        let declaration = about.declaration
        let strings = plan.pointee.strings
        let q = Quantum<Dispatched>(t)
        let returned = recipe.items.filter(\.parameter.isReturned)
        let result = words + recipe.resultWord
        func failure(_ problem: ForeignError.Problem) -> ForeignResult {
            .failure(
                ForeignError(
                    ForeignFunction(plan), problem, argument: nil, bits: result.pointee))
        }
        // Copied before anything else is allocated, so that it is freed whatever follows.
        let first = declaration.result.read(result, q, strings: strings)
        if plan.pointee.result == .string, result.pointee != 0 {
            if ownsText {
                free(UnsafeMutableRawPointer(bitPattern: UInt(result.pointee)))
            } else {
                freeResult()
            }
        }
        guard let first else {
            return failure(declaration.result.isInteger ? .resultRange : .memory)
        }
        if returned.isEmpty { return .value(first, errno: errno) }
        let isVoid = declaration.result == .void
        if isVoid && returned.count == 1 {
            guard let value = read(returned[0], q, first) else { return failure(.memory) }
            return .value(value, errno: errno)
        }
        let more = isVoid ? 0 : 1
        let tuple = CType.tuple(q, returned.count + more) { (q, i) in
            i < more ? first : read(returned[i - more], q, first)
        }
        guard let tuple else { return failure(.memory) }
        return .value(tuple, errno: errno)
    }

    private func read(
        _ item: Recipe.Item, _ q: borrowing Quantum<Dispatched>, _ result: Value
    ) -> Value? {
        let element = item.parameter.element.unsafelyUnwrapped
        let strings = plan.pointee.strings
        guard item.capacity != nil else {
            return element.read(words + item.cell, q, strings: strings)
        }
        guard let memory = UnsafeRawPointer(bitPattern: UInt(words[item.cell])) else { return nil }
        let capacity = Int(words[item.cell + 1])
        var count = capacity
        // After the call, because the callee may say how much it has written; never more than fits.
        let length = item.parameter.used ?? item.capacity.unsafelyUnwrapped
        if let used = evaluate(length, result: result.isInt ? result.int : nil) {
            count = max(0, min(used, capacity))
        }
        if element.size == 1 {
            return q.newBytes(strings, count: count) {
                $0.copyMemory(from: memory, byteCount: count)
            }.map { Value($0) }
        }
        return CType.tuple(q, count) { (q, i) in
            element.read(memory + i * element.size, q, strings: strings)
        }
    }

    /// Gives back the memory of this call.
    func release() {
        guard recipe.hasCells else { return }
        for item in recipe.items where item.cell != 0 {
            guard let held = UnsafeMutableRawPointer(bitPattern: UInt(words[item.cell])) else {
                continue
            }
            if item.capacity != nil {
                free(held)
            } else if case .callback = item.type {
                Unmanaged<Callback>.fromOpaque(held).release()
            } else {
                continue
            }
            words[item.cell] = 0
        }
    }

    // MARK: recordings

    /// What the call has left: the result, what `out` parameters lead to, and text at last.
    var left: [UInt8] {
        var bytes: [UInt8] = []
        forEachPart { bytes += UnsafeRawBufferPointer($0) }
        if plan.pointee.result == .string, words[recipe.resultWord] != 0 {
            bytes += Outcome(.text, words[recipe.resultWord]).text
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
        guard plan.pointee.result == .string, words[recipe.resultWord] != 0,
            let text = malloc(rest.count + 1)
        else { return false }
        UnsafeMutableRawBufferPointer(start: text, count: rest.count).copyBytes(from: rest)
        text.storeBytes(of: 0, toByteOffset: rest.count, as: UInt8.self)
        words[recipe.resultWord] = UInt64(UInt(bitPattern: text))
        return true
    }
    private func forEachPart(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        let size = max(16, plan.pointee.about.takeUnretainedValue().declaration.result.size)
        body(UnsafeMutableRawBufferPointer(start: words + recipe.resultWord, count: size))
        for item in recipe.items where item.parameter.isReturned {
            let element = item.parameter.element.unsafelyUnwrapped
            guard item.capacity != nil else {
                body(UnsafeMutableRawBufferPointer(start: words + item.cell, count: element.size))
                continue
            }
            body(
                UnsafeMutableRawBufferPointer(
                    start: UnsafeMutableRawPointer(bitPattern: UInt(words[item.cell])),
                    count: Int(words[item.cell + 1]) * element.size))
        }
    }
}
