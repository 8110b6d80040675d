import InterpreterKit

extension VM {
    /// Makes an exception of a built-in type the pending one: `throw vm.raise(.typeError, "…")`.
    @inline(never) func raise(_ type: BuiltinType, _ message: String) -> Unwind {
        do throws(Unwind) {
            let text = try string(message)
            return raise(type, arguments: try tuple(text))
        } catch { return error }
    }
    /// An exception with these arguments (a tuple).
    @inline(never) func raise(_ type: BuiltinType, arguments: Value) -> Unwind {
        pending = newException(self.type(type), arguments)
        return .raise
    }
    /// An exception without arguments.
    func raise(_ type: BuiltinType) -> Unwind { raise(type, arguments: shared.pointee.emptyTuple) }
    /// An exception object.
    func raise(_ exception: Value) -> Unwind {
        pending = exception
        return .raise
    }
    func outOfMemory() -> Unwind { raise(.memoryError) }

    /// What an allocation gave, or MemoryError.
    @inline(__always) func checked(_ object: Reference?) throws(Unwind) -> Reference {
        if let object { return object }
        throw outOfMemory()
    }
}
