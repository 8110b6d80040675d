import Glibc
import InterpreterKit

/// The arguments of one call of C: Python's values become what the gateway takes.
///
/// `bytes` are passed in place, text as UTF-8. What Python can change is passed as a copy in memory of the
/// call, and copied back after it: C never sees managed memory that may be rolled back.
struct ForeignArguments {
    private let vm: VM
    private let binding: UnsafeMutablePointer<ForeignBinding>
    /// What the gateway gets; behind them, as many words for objects that must outlive the call.
    private let words: Frame
    private let count: Int
    private var loans: [Loan] = []

    /// Memory that stands for a part of a `bytearray` during the call.
    private struct Loan {
        /// Which argument; the `bytearray` is in the word that belongs to it.
        let argument: Int
        /// Where the argument begins.
        let first: Int
        /// What is lent.
        var start: Int
        var count: Int
        /// An earlier loan of the same `bytearray`, in whose memory this one is.
        var leader: Int?
        var memory: UnsafeMutableRawPointer?

        init(_ argument: Int, _ start: Int, _ count: Int) {
            self.argument = argument
            first = start
            self.start = start
            self.count = count
        }
    }

    init(_ vm: VM, _ binding: UnsafeMutablePointer<ForeignBinding>, _ words: Frame, _ count: Int) {
        self.vm = vm
        self.binding = binding
        self.words = words
        self.count = count
    }

    /// Takes argument `i`.
    mutating func take(_ value: Value, _ i: Int) throws(Unwind) {
        if i >= binding.pointee.parameters.count {
            words[i] = try variadic(value, i)
        } else if value.isInt || value.isInlineDouble || value == .none {
            words[i] = value
        } else {
            let parameter = binding.pointee.parameters[i]
            words[i] =
                parameter.direction == .inout
                ? try content(value, parameter, i) : try passed(value, parameter.type, i)
        }
    }

    // MARK: by type

    private mutating func passed(
        _ value: Value, _ type: CType, _ i: Int
    ) throws(Unwind) -> Value {
        switch type {
        case .string, .constPointer, .pointer, .callback:
            if let address = vm.address(ofPointer: value) { return address }
            switch type {
            case .string: return try text(value, i)
            case .constPointer: return try bytes(value, i)
            case .pointer: return try lend(value, i)
            default:
                if vm.isCallable(value) { return value }
                throw unsuitable(value, i)
            }
        default: return try plain(value, type, i)
        }
    }
    /// What an `inout` pointer leads to.
    private func content(
        _ value: Value, _ parameter: Declaration.Parameter, _ i: Int
    ) throws(Unwind) -> Value {
        let element = parameter.element ?? .pointer
        if parameter.capacity == nil { return try plain(value, element, i) }
        if vm.isBytesLike(value) {
            if element.size == 1 { return try vm.gatewayBytes(value) }
            let view = try vm.newMemoryView(of: value).reference
            if MemoryView.size(vm[view, MemoryView.format]) == element.size {
                let items = try vm.newList(of: value)
                if let items = try vm.foreign(elementsOf: Value(items), as: { _ in element }) {
                    return items
                }
            }
        }
        if let items = try vm.foreign(elementsOf: value, as: { _ in element }) { return items }
        throw unsuitable(value, i)
    }
    /// Numbers, structs, arrays.
    private func plain(_ value: Value, _ type: CType, _ i: Int) throws(Unwind) -> Value {
        if let plain = try vm.foreign(value, as: type) { return plain }
        throw unsuitable(value, i)
    }

    // MARK: pointers

    /// `const char *`
    private mutating func text(_ value: Value, _ i: Int) throws(Unwind) -> Value {
        let bytes: Value
        if vm.asString(value) != nil {
            bytes = try vm.bytes(vm.utf8(vm.asString(value) ?? value))
        } else if vm.isBytesLike(value) {
            bytes = try vm.contiguous(value)
        } else {
            throw unsuitable(value, i)
        }
        let view = BytesView(bytes)
        if memchr(view.data, 0, view.count) != nil {
            throw vm.raise(
                foreign: .value, "\(place(i)): text for C must not contain a zero byte")
        }
        return keep(bytes, i)
    }
    /// `const T *`
    private mutating func bytes(_ value: Value, _ i: Int) throws(Unwind) -> Value {
        guard vm.isBytesLike(value) else { throw unsuitable(value, i) }
        return keep(try vm.contiguous(value), i)
    }
    private func keep(_ bytes: Value, _ i: Int) -> Value {
        words[count + i] = bytes
        return Value(address: UnsafeMutableRawPointer(BytesView(bytes).data))
    }

    /// `T *`: the callee may write.
    private mutating func lend(_ value: Value, _ i: Int) throws(Unwind) -> Value {
        guard let part = try vm.writablePart(value) else {
            if vm.isBytesLike(value) {
                throw vm.raise(
                    foreign: .argument,
                    "\(place(i)): '\(spelling(i))' may be written to, and this never changes: pass a bytearray"
                )
            }
            throw unsuitable(value, i)
        }
        words[count + i] = part.storage
        loans.append(Loan(i, part.start, part.count))
        return .none
    }
    /// Makes the memory for all that is lent: last, because nothing may fail between this and the call. Parts of
    /// one `bytearray` lie in one piece of memory, as they do in it.
    mutating func lendAll() throws(Unwind) {
        if loans.isEmpty { return }
        for i in loans.indices {
            let storage = storage(i)
            if let first = loans.indices.first(where: { storage == self.storage($0) }), first < i {
                let loan = loans[first]
                let start = min(loan.start, loans[i].start)
                let end = max(loan.start + loan.count, loans[i].start + loans[i].count)
                loans[first].start = start
                loans[first].count = end - start
                loans[i].leader = first
            }
        }
        for i in loans.indices where loans[i].leader == nil {
            let loan = loans[i]
            guard let memory = malloc(max(1, loan.count)) else { throw vm.outOfMemory() }
            loans[i].memory = memory
            vm.read(
                storage(i).reference, loan.start, loan.count,
                to: memory.assumingMemoryBound(to: UInt8.self))
        }
        for loan in loans {
            let owner = loan.leader.map { loans[$0] } ?? loan
            let memory = owner.memory.unsafelyUnwrapped + (loan.first - owner.start)
            words[loan.argument] = Value(address: memory)
            let array = words[count + loan.argument].reference
            vm[array, ByteArray.exports] += 1
        }
    }
    private func storage(_ loan: Int) -> Value { words[count + loans[loan].argument] }

    /// What C has changed goes back; the rest is left alone.
    func takeBack() {
        for loan in loans {
            let array = words[count + loan.argument].reference
            vm[array, ByteArray.exports] = max(0, vm[array, ByteArray.exports] - 1)
            guard let memory = loan.memory else { continue }
            if vm.thread.pointee.journal != nil { record(memory, loan.count) }
            let bytes = memory.assumingMemoryBound(to: UInt8.self)
            let end = min(loan.start + loan.count, vm.count(ofArray: array))
            // Reading writes whole words.
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ForeignArguments.piece + 8) {
                let seen = $0.baseAddress.unsafelyUnwrapped
                for start in stride(from: loan.start, to: end, by: ForeignArguments.piece) {
                    let n = min(ForeignArguments.piece, end - start)
                    let now = bytes + (start - loan.start)
                    vm.read(array, start, n, to: seen)
                    if memcmp(seen, now, n) != 0 { vm.write(array, start, now, n) }
                }
            }
        }
    }
    /// A recording keeps what C has left; its replay finds it there.
    private func record(_ memory: UnsafeMutableRawPointer, _ count: Int) {
        let left = vm.q.observe {
            [UInt8](UnsafeRawBufferPointer(start: memory, count: count))
        }
        memory.copyMemory(from: left, byteCount: min(count, left.count))
    }
    /// A multiple of the bytes in a slot.
    private static let piece = 7 * 128

    /// Gives back the memory of the call.
    mutating func release() {
        for loan in loans { free(loan.memory) }
        loans = []
    }

    // MARK: `...`

    private mutating func variadic(_ value: Value, _ i: Int) throws(Unwind) -> Value {
        if value.isInt || value.isFloat || value.isBool || value == .none { return value }
        if let int = vm.asInt(value) { return int }
        if let address = vm.address(ofPointer: value) { return address }
        if vm.asString(value) != nil || vm.asBytes(value) != nil { return try text(value, i) }
        if vm.isBytesLike(value) { return try lend(value, i) }
        throw unsuitable(value, i)
    }

    // MARK: messages

    private func place(_ i: Int) -> String {
        let name = i < binding.pointee.parameters.count ? binding.pointee.parameters[i].name : nil
        return "\(binding.pointee.function.name): argument \(i + 1)"
            + (name.map { " (\($0))" } ?? "")
    }
    private func spelling(_ i: Int) -> String {
        i < binding.pointee.parameters.count ? binding.pointee.parameters[i].spelling : "..."
    }
    private func unsuitable(_ value: Value, _ i: Int) -> Unwind {
        var hint = ""
        if i < binding.pointee.parameters.count, vm.asTuple(value) != nil || value.isList {
            switch binding.pointee.parameters[i].type {
            case .constPointer, .pointer: hint = ": pack it, or use an array"
            default: break
            }
        }
        return vm.raise(
            foreign: .argument,
            "\(place(i)): '\(spelling(i))' cannot be made from \(vm.typeName(value))\(hint)")
    }
}

extension VM {
    /// The content of anything like bytes, as `bytes`: itself, or a copy.
    func contiguous(_ value: Value) throws(Unwind) -> Value {
        if let bytes = asBytes(value) { return bytes }
        if let array = asByteArray(value) { return try bytes(ofArray: array.reference) }
        return try bytes(ofView: try newMemoryView(of: value).reference)
    }
    /// Where the bytes are that C may write for a value; nil when it may not.
    fileprivate func writablePart(
        _ value: Value
    ) throws(Unwind) -> (storage: Value, start: Int, count: Int)? {
        if let array = asByteArray(value) {
            return (array, 0, count(ofArray: array.reference))
        }
        if let (storage, _) = exportedStorage(value) {
            return (storage, 0, count(ofArray: storage.reference))
        }
        guard value.isMemoryView else { return nil }
        let view = try live(value)
        let size = MemoryView.size(self[view, MemoryView.format]) ?? 1
        guard self[view, MemoryView.storage].isByteArray, self[view, MemoryView.stride] == size
        else { return nil }
        let storage = self[view, MemoryView.storage]
        let start = self[view, MemoryView.start]
        let count = self[view, MemoryView.count] * size
        if start + count > self.count(ofArray: storage.reference) {
            throw raise(.valueError, "the memory behind the view has become smaller")
        }
        return (storage, start, count)
    }
}
