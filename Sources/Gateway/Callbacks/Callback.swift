import CFFI
import CForeign
import CHost
import Glibc
import ManagedHeap
import Quanta

/// A guest function as C sees it: an address, and what happens when it is called.
///
/// | called on | happens |
/// | --- | --- |
/// | the guest thread whose call of C this is, within a quantum | the function runs in that quantum |
/// | the same, outside the virtual machine | the function runs as an inevitable quantum of its own |
/// | any other thread | as the declaration says: adopt, queue, reject |
///
/// K1  A callback without `kept` is taken by one call and given back after it: the arguments of the call
///     keep the function alive.
/// K2  A kept one is never given back; ``KeptCallbacks`` keeps the function alive.
final class Callback: @unchecked Sendable {
    let function: Value
    let name: String
    let signature: CSignature
    let rules: CallbackRules
    private let calls: GuestCalls
    private let strings: Shape
    /// Gone when C holds on to a function longer than the program that gave it.
    private weak var machine: VirtualMachine?
    private let owner: ThreadContext
    private let taskType: UnsafeMutableRawPointer?
    /// In raw memory, because a call must not count references.
    private let parameters: UnsafeMutablePointer<Parameter>
    private let count: Int
    private let result: Scalar
    private let low: Int
    private let high: Int
    private(set) var address: UnsafeRawPointer?
    private var closure: UnsafeMutableRawPointer?
    private var comparison: UnsafeMutablePointer<ComparisonCallback>?
    private var cif: UnsafeMutablePointer<ffi_cif>?

    private struct Parameter {
        let type: Scalar
        /// Which word of the call holds it.
        let word: Int
    }

    /// Nil when it needs more than there is.
    init?(
        _ function: Value, _ about: CallPlan.About, _ parameter: Declaration.Parameter,
        _ strings: Shape, _ t: ThreadContext
    ) {
        guard case .callback(let signature) = parameter.type, let calls = about.calls,
            let result = signature.result.scalar
        else { return nil }
        let types = signature.parameters.compactMap(\.scalar)
        if types.count != signature.parameters.count { return nil }
        if parameter.callback.onForeignThread == .adopt {
            VirtualMachine.of(t).expectForeignThreads(atAnyTime: parameter.callback.isKept)
        }
        self.function = function
        self.signature = signature
        self.calls = calls
        self.strings = strings
        self.result = result
        name = "\(about.declaration.name): \(parameter.name ?? signature.spelling)"
        rules = parameter.callback
        machine = VirtualMachine.of(t)
        owner = t
        taskType = t.pointee.taskType
        var integers = 0
        var vectors = 0
        count = types.count
        low = result.range?.lowerBound ?? 0
        high = result.range?.upperBound ?? 0
        let isInRegisters =
            types.count { !$0.isFloating } <= FOREIGN_INTEGERS
            && types.count { $0.isFloating } <= FOREIGN_VECTORS
        parameters = .allocate(capacity: max(1, types.count))
        for (i, type) in types.enumerated() {
            var word = i
            if isInRegisters && type.isFloating {
                word = Int(FOREIGN_INTEGERS) + vectors
            } else if isInRegisters {
                word = integers
            }
            if type.isFloating { vectors += 1 } else { integers += 1 }
            (parameters + i).initialize(to: Parameter(type: type, word: word))
        }
        let me = Unmanaged.passUnretained(self).toOpaque()
        if isInRegisters {
            let isComparison =
                types.count == 2 && result.range != nil
                && types.allSatisfy { $0 == .pointer || $0 == .constPointer }
            if isComparison {
                let comparison = UnsafeMutablePointer<ComparisonCallback>.allocate(capacity: 1)
                comparison.initialize(
                    to: ComparisonCallback(
                        owner: t, function: function, low: low, high: high, calls: calls,
                        callback: self))
                self.comparison = comparison
                address = foreign_callback_take(
                    Int32(FOREIGN_SHAPE_PAIR.rawValue), comparison, ComparisonCallback.other)
            }
            let shape =
                result.isFloating
                ? FOREIGN_SHAPE_MIXED_VECTOR
                : vectors == 0 ? FOREIGN_SHAPE_INTEGERS : FOREIGN_SHAPE_MIXED_INTEGER
            if address == nil {
                address = foreign_callback_take(Int32(shape.rawValue), me) { owner, words in
                    Unmanaged<Callback>.fromOpaque(owner)
                        ._withUnsafeGuaranteedRef { $0.answer(words) }
                }
            }
        }
        if address == nil && isInRegisters {
            // Words as libffi gives them.
            for (i, type) in types.enumerated() {
                parameters[i] = Parameter(type: type, word: i)
            }
        }
        if address == nil { address = makeClosure(types, me) }
        if address == nil { return nil }
    }
    deinit {
        giveBack()
        parameters.deallocate()
        comparison?.deallocate()
    }

    func giveBack() {
        if let closure {
            ffi_closure_free(closure)
            cif?.pointee.arg_types.deallocate()
            cif?.deallocate()
        } else if let address {
            foreign_callback_give_back(address) { _, _ in
                GatewayReport.write(
                    """
                    a guest function was called after the call that it had been passed to; \
                    such a parameter must be declared 'kept'
                    """)
                return 0
            }
        }
        closure = nil
        address = nil
    }

    /// Through libffi: for arguments on the stack, and when the pool is empty.
    private func makeClosure(_ types: [Scalar], _ me: UnsafeMutableRawPointer) -> UnsafeRawPointer?
    {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(
            capacity: max(1, types.count))
        for (i, type) in types.enumerated() { (list + i).initialize(to: type.ffi) }
        let cif = UnsafeMutablePointer<ffi_cif>.allocate(capacity: 1)
        cif.initialize(to: ffi_cif())
        self.cif = cif
        guard ffi_prep_cif(cif, FFI_DEFAULT_ABI, UInt32(types.count), result.ffi, list) == FFI_OK
        else { return nil }
        return ffi_make_closure(
            cif, &closure,
            { _, result, arguments, owner in
                guard let owner else { return }
                Unmanaged<Callback>.fromOpaque(owner)._withUnsafeGuaranteedRef { callback in
                    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: callback.count + 1) {
                        $0.initialize(repeating: 0)
                        for i in 0..<callback.count {
                            guard let source = arguments?[i] else { continue }
                            memcpy(&$0[i], source, callback.parameters[i].type.size)
                        }
                        // libffi takes small integers as whole words.
                        result?.storeBytes(
                            of: callback.answer($0.baseAddress.unsafelyUnwrapped), as: UInt64.self)
                    }
                }
            }, me)
    }

    // MARK: being called

    private typealias Words = UnsafeMutablePointer<UInt64>

    /// What C gets for the arguments in `words`.
    @inline(never) func answer(_ word: UnsafeMutablePointer<UInt64>) -> UInt64 {
        if let frame = foreign_current(), frame.pointee.thread == UnsafeMutableRawPointer(owner) {
            if frame.pointee.problem != 0 { return 0 }
            return frame.pointee.isOutside == 0
                ? runInside(owner, frame, word) : runOutside(owner, frame, word)
        }
        return answerForeign(word)
    }

    /// A guest's answer as C wants it.
    @inline(never) func bits(of answer: Value) -> UInt64? {
        if result == .void { return 0 }
        var bits: UInt64 = 0
        let problem = result.store(answer, in: &bits, low: low, high: high, strings.kind)
        return problem == nil ? bits : nil
    }

    @inline(never) private func runInside(
        _ t: ThreadContext, _ frame: UnsafeMutablePointer<foreign_frame>, _ word: Words
    ) -> UInt64 {
        do throws(Abort) {
            if frame.pointee.isStay == 0 { return try run(t, word) ?? giveUp(frame, .guest) }
            frame.pointee.isStay = 0
            let result = try Stay.interrupt(t) { () throws(Abort) in
                try run(t, word) ?? giveUp(frame, .guest)
            }
            frame.pointee.isStay = 1
            return result
        } catch {
            return giveUp(frame, .abort)
        }
    }

    /// The thread comes in and goes out again. Nothing of this quantum can be undone: C is in the middle
    /// of something.
    @inline(never) private func runOutside(
        _ t: ThreadContext, _ frame: UnsafeMutablePointer<foreign_frame>, _ word: Words
    ) -> UInt64 {
        Dispatched.arrive(t)
        defer { Dispatched.leave(t) }
        do throws(Abort) {
            try Dispatched.startInevitable(t)
            let result = try run(t, word)
            try Dispatched.finish(t)
            return result ?? giveUp(frame, .guest)
        } catch {
            return giveUp(frame, .abort)
        }
    }

    enum Problem: Int32 {
        /// The guest function failed.
        case guest = 1
        /// The machine has halted, or the quantum does not exist any more.
        case abort = 2
    }
    private func giveUp(_ frame: UnsafeMutablePointer<foreign_frame>, _ problem: Problem) -> UInt64
    {
        Callback.giveUp(frame, problem)
    }
    static func giveUp(
        _ frame: UnsafeMutablePointer<foreign_frame>, _ problem: Problem
    ) -> UInt64 {
        frame.pointee.problem = max(frame.pointee.problem, problem.rawValue)
        return 0
    }

    /// Nil when the guest has failed, or its result is not what C wants.
    private func run(_ t: ThreadContext, _ word: Words) throws(Abort) -> UInt64? {
        let frame = foreign_current()
        foreign_set_current(nil)
        defer { foreign_set_current(frame) }
        let count = count
        return try withUnsafeTemporaryAllocation(of: Value.self, capacity: count) {
            (values) throws(Abort) -> UInt64? in
            let q = Quantum<Dispatched>(t)
            values.initialize(repeating: .none)
            for i in 0..<count {
                let outcome = parameters[i].type.outcome(word[parameters[i].word], errno: 0)
                guard let value = guestValue(outcome, q) else { return nil }
                values[i] = value
            }
            let answer = try calls.run(q, function, UnsafeBufferPointer(values))
            quanta_keep(values.baseAddress)
            return answer.flatMap { bits(of: $0) }
        }
    }
    @inline(__always) private func guestValue(
        _ outcome: Outcome, _ q: borrowing Quantum<Dispatched>
    ) -> Value? {
        if _fastPath(outcome.isValue) { return Value(bits: outcome.bits) }
        switch outcome.state {
        case .double: return q.value(Double(bitPattern: outcome.bits))
        case .text:
            let text = outcome.text
            return q.newBytes(strings, count: text.count) {
                $0.copyMemory(from: text.baseAddress.unsafelyUnwrapped, byteCount: text.count)
            }.map { Value($0) }
        default: return nil
        }
    }

    // MARK: on threads that are not the owner's

    @inline(never) private func answerForeign(_ word: Words) -> UInt64 {
        guard let machine else { return reject("the program that it belongs to has ended") }
        if let frame = foreign_current(), let thread = frame.pointee.thread {
            // Another guest thread is in C: it may run any function of its machine.
            let t = thread.assumingMemoryBound(to: quanta_thread.self)
            if VirtualMachine.of(t) === machine {
                if frame.pointee.problem != 0 { return 0 }
                return frame.pointee.isOutside == 0
                    ? runInside(t, frame, word) : runOutside(t, frame, word)
            }
        }
        switch rules.onForeignThread {
        case .reject: return reject("it was called on a thread of foreign code")
        case .queue:
            let words = (0..<count).map { word[parameters[$0].word] }
            QueuedCallbacks.add(self, words, for: owner)
            return 0
        case .adopt:
            var bits: UInt64 = 0
            let ran = machine.adopt(as: taskType) { t throws(Abort) in
                bits = try run(t, word) ?? 0
            }
            return ran ? bits : reject("the machine has no room for another thread")
        }
    }

    /// A call that waited until its owner is back.
    func runQueued(_ words: [UInt64], _ t: ThreadContext) throws(Abort) {
        var ordered = [UInt64](
            repeating: 0, count: Int(FOREIGN_INTEGERS + FOREIGN_VECTORS) + words.count)
        for i in 0..<count { ordered[parameters[i].word] = words[i] }
        _ = try ordered.withUnsafeMutableBufferPointer { (buffer) throws(Abort) in
            try run(t, buffer.baseAddress.unsafelyUnwrapped)
        }
    }

    /// Calls that waited for this thread, which is outside the virtual machine: each is an inevitable quantum of
    /// its own, so that it happens once whatever becomes of the next quantum.
    static func runQueuedOutside(_ t: ThreadContext) {
        while let (callback, words) = QueuedCallbacks.next(for: t) {
            Dispatched.arrive(t)
            do throws(Abort) {
                try Dispatched.startInevitable(t)
                try callback.runQueued(words, t)
                try Dispatched.finish(t)
            } catch {
                // The machine has been halted.
            }
            Dispatched.leave(t)
        }
    }

    private func reject(_ reason: String) -> UInt64 {
        GatewayReport.write("\(name) was not called back: \(reason)")
        return 0
    }
}

/// Guest functions that C may call as long as the machine lives.
///
/// One machine, one table; it grows under its lock and is read by collections, which stop guest threads.
final class KeptCallbacks: @unchecked Sendable {
    private struct Key: Hashable {
        let function: Value
        let parameter: Declaration.Parameter
        let name: String
    }
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var callbacks: [Key: Callback] = [:]

    private init(_ machine: VirtualMachine) {
        lock.initialize(to: 0)
        machine.addRoots { [self] tracer in
            for callback in callbacks.values { tracer.value(callback.function) }
        }
    }
    deinit {
        // C may still call: the functions stay, and say that the program has ended.
        for callback in callbacks.values { _ = Unmanaged.passRetained(callback) }
        lock.deallocate()
    }

    /// The address for a function: the same one each time.
    func address(
        _ function: Value, _ about: CallPlan.About, _ parameter: Declaration.Parameter,
        _ strings: Shape, _ t: ThreadContext
    ) -> UnsafeRawPointer? {
        let key = Key(function: function, parameter: parameter, name: about.declaration.name)
        host_lock(lock)
        defer { host_unlock(lock) }
        if let known = callbacks[key] { return known.address }
        guard let callback = Callback(function, about, parameter, strings, t) else { return nil }
        callbacks[key] = callback
        return callback.address
    }

    private static let table = Table()
    private final class Table: @unchecked Sendable {
        struct Entry {
            weak var machine: VirtualMachine?
            let kept: KeptCallbacks
        }
        let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
        var entries: [ObjectIdentifier: Entry] = [:]
        init() { lock.initialize(to: 0) }
    }
    static func of(_ machine: VirtualMachine) -> KeptCallbacks {
        host_lock(table.lock)
        defer { host_unlock(table.lock) }
        table.entries = table.entries.filter { $0.value.machine != nil }
        if let known = table.entries[ObjectIdentifier(machine)] { return known.kept }
        let kept = KeptCallbacks(machine)
        table.entries[ObjectIdentifier(machine)] = .init(machine: machine, kept: kept)
        return kept
    }
}
