import InterpreterKit

/// Functions of the program that C calls: `(qsort numbers 3 4 'compare)` passes the function `compare`.
///
/// A callback runs in a frame of its own above the frame of the call of C, within the quantum of that
/// call, or as a quantum of its own when that one has ended.
extension Duhton {
    static func makeCallbacks(_ shared: UnsafeMutablePointer<Shared>) -> GuestCalls {
        // The frame that a callback returns to has one register, for its result.
        let returned = Function(
            "C", registers: 1, [Instruction(.call, a: 0), Instruction(.endCallback)])
        return GuestCalls(isCallable: \.isSymbol) { (q, symbol, arguments) throws(Abort) in
            let current = q.frame
            let end = returned.code
            // A thread of C that has been let in has no frame yet.
            let isFirst = current[-1].bits == 0
            let base = Task.frameEnd(current) + 3
            // Links after registers: the optimiser of Swift 6.3 takes a store to `base[0]` for one that
            // covers an earlier one to `base[-1]`.
            base[0] = .none
            let caller = Site<Dispatched>(
                thread: q.thread, shared: shared, pc: end.pointee.entry, fp: current)
            caller.enter(base, end, from: isFirst ? 0 : base - current)
            let site = caller.at(end.pointee.entry + 1, base)
            let global = shared.pointee.globals.base[symbol.symbol].reference
            let function = q[global, Global.function]
            if function == .unbound { try site.failUndefined(symbol.symbol, "function") }
            let callee = base + 4
            try site.checkCall(function.code, arguments.count, callee)
            for (i, argument) in arguments.enumerated() { callee[i] = argument }
            site.enter(callee, function.code, from: 4)
            var task = Task(shared, at: function.code.pointee.entry)
            try q.nested(&task)
            let result = base[0]
            q.leave(to: current)
            return result
        }
    }
}
