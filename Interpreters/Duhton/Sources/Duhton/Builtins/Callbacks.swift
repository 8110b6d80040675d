import InterpreterKit

/// Functions of the program that C calls: `(qsort numbers 3 4 'compare)` passes the function `compare`.
///
/// A callback runs in a frame of its own above the frame of the call of C, within the quantum of that
/// call, or as a quantum of its own when that one has ended.
extension Duhton {
    /// The frame that a callback returns to has one register, for its result.
    static func makeCallbackEnd() -> Function {
        let end = Function(name: "C")
        end.install(
            [Instruction(.call, a: 0), Instruction(.endCallback)], parameters: 0, registers: 1)
        return end
    }

    static func makeCallbacks(
        _ shared: UnsafeMutablePointer<Shared>, _ end: CodePointer
    ) -> GuestCalls {
        GuestCalls(isCallable: \.isSymbol) { (q, symbol, arguments) throws(Abort) in
            let current = q.frame
            // A thread of C that has been let in has no frame yet.
            let isFirst = current[-1].bits == 0
            let base = Task.frameEnd(current) + 3
            // Links after registers: the optimiser of Swift 6.3 takes a store to `base[0]` for one that
            // covers an earlier one to `base[-1]`.
            base[0] = .none
            base[-3] = Value(pc: end.pointee.entry)
            base[-2] = Value(isFirst ? 0 : base - current)
            base[-1] = Value(code: end)
            q.enter(base)
            let site = Site(shared, end.pointee.entry + 1, base)
            let function = q[shared.pointee.globals.base[symbol.symbol].reference, Global.function]
            if function == .unbound { try site.failUndefined(q, symbol.symbol, "function") }
            let callee = base + 4
            try site.checkCall(q, function.code, arguments.count, callee)
            for (i, argument) in arguments.enumerated() { callee[i] = argument }
            callee[-3] = Value(pc: end.pointee.entry + 1)
            callee[-2] = Value(4)
            callee[-1] = function
            q.enter(callee)
            var task = Task(shared, at: function.code.pointee.entry)
            try q.nested(&task)
            let result = base[0]
            q.leave(to: current)
            return result
        }
    }
}
