import InterpreterKit

/// An `ffi.Function`: a C function that has been bound.
enum ForeignFunctionObject {
    /// The address of a ``ForeignBinding``.
    static var binding: Field<Value> { Instance.slot(0) }
    /// How structs among its results are shown: see ``VM/shown(_:as:)``.
    static var shape: Field<Value> { Instance.slot(1) }
    static let reserved = 2
}

extension VM {
    func addForeignFunction(to module: ModuleBuilder) -> Reference {
        let type = module.type(
            "Function", in: "ffi", reserved: ForeignFunctionObject.reserved, isBase: false)
        type.method("__call__", "(self, /, *args)") { (vm, a) throws(Unwind) in
            try vm.callForeign(a)
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let function = vm.foreignBinding(a[0]).pointee.function
            let place = function.library.isEmpty ? "" : " of \(function.library)"
            return try vm.string("<ffi.Function '\(function.declaration)'\(place)>")
        }
        type.attribute(
            "__name__",
            get: { (vm, a) throws(Unwind) in
                try vm.string(vm.foreignBinding(a[0]).pointee.function.name)
            })
        type.attribute(
            "__doc__",
            get: { (vm, a) throws(Unwind) in
                try vm.string("\(vm.foreignBinding(a[0]).pointee.function.declaration)")
            })
        type.attribute(
            "library",
            get: { (vm, a) throws(Unwind) in
                try vm.string(vm.foreignBinding(a[0]).pointee.function.library)
            })
        type.attribute(
            "effect",
            get: { (vm, a) throws(Unwind) in
                try vm.string(vm.foreignBinding(a[0]).pointee.function.declaration.effect.word)
            })
        type.attribute(
            "_has_effect",
            get: { (vm, a) throws(Unwind) in
                Value(vm.foreignBinding(a[0]).pointee.function.declaration.hasDeclaredEffect)
            })
        type.attribute(
            "_shape",
            get: { (vm, a) throws(Unwind) in
                vm[a[0].reference, ForeignFunctionObject.shape]
            },
            set: { (vm, a) throws(Unwind) in
                vm[a[0].reference, ForeignFunctionObject.shape] = a[1]
                return .none
            })
        touch(type.type)
        return type.type
    }

    func foreignBinding(_ function: Value) -> UnsafeMutablePointer<ForeignBinding> {
        self[function.reference, ForeignFunctionObject.binding].native(ForeignBinding.self)
    }

    /// `function(*arguments)`: argument 0 is the function.
    ///
    /// What C gets lies in a frame of its own, twice as many words as arguments: what stands for them, and
    /// what must live as long as the call.
    func callForeign(_ a: CallArguments) throws(Unwind) -> Value {
        let binding = foreignBinding(a[0])
        let count = a.count - 1
        let end = max(top, a.base + a.count)
        if end + (2 * count + 64) > q.stackLimit + 2048 { throw tooDeep() }
        let frame = nativeFrame(above: end).fp
        defer { Quantum<Dispatched>(thread).leave(to: fp) }
        frame[0] = Value(1 + 2 * count)
        (frame + 1).update(repeating: .none, count: 2 * count)
        var arguments = ForeignArguments(
            VM(thread, shared, frame, pc), binding, frame + 1, count)
        defer { arguments.release() }
        if binding.pointee.takes(count) {
            for i in 0..<count { try arguments.take(a.base[i + 1], i) }
        }
        try arguments.lendAll()
        pending = .none
        let outcome: ForeignResult
        do throws(Abort) {
            outcome = try q.callInMiddle(
                binding.pointee.function, UnsafeBufferPointer(start: frame + 1, count: count))
        } catch {
            throw .abort
        }
        arguments.takeBack()
        switch outcome {
        case .value(let value, let errno):
            note(foreignError: errno)
            // A function that C has called later on may have failed.
            if pending != .none { throw .raise }
            if value.isInt || value.isInlineDouble || value == .none { return value }
            return try shown(value, as: self[a[0].reference, ForeignFunctionObject.shape])
        case .failure(let error):
            return try self.result(of: error)
        }
    }

    /// A result that only Python can hold, or an exception.
    private func result(of error: ForeignError) throws(Unwind) -> Value {
        switch error.problem {
        case .resultRange where error.function.declaration.result == .int64:
            return try int(Int(Int64(bitPattern: error.bits)))
        case .resultRange where error.function.declaration.result == .uint64:
            return try int(error.bits)
        case .callback:
            if pending != .none { throw .raise }
            throw raise(
                foreign: .call,
                "\(error.function.name): what a function that it called has returned is not as declared"
            )
        default: throw raise(foreign: error)
        }
    }

    /// `ffi.errno` of this thread, as its last call has left it; taken back with the call.
    private func note(foreignError errno: Int32) {
        let words = thread.pointee.stackBase
        let old = words[ThreadWord.foreignError]
        let new = Value(Int(errno)).bits
        if old == new { return }
        words[ThreadWord.foreignError] = new
        q.onAbort { words[ThreadWord.foreignError] = old }
    }
    var foreignError: Value { Value(bits: thread.pointee.stackBase[ThreadWord.foreignError]) }
}
