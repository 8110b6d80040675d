import InterpreterKit

/// Python functions that C calls.
///
/// One runs as a nested run, in a frame of its own above the frame of the call of C. A thread of C that has been
/// let in has no frame yet and gets one like that of a built-in function.
extension VM {
    static func foreignCalls(_ shared: UnsafeMutablePointer<Shared>) -> GuestCalls {
        GuestCalls(isCallable: \.isReference) { (q, function, arguments) throws(Abort) in
            let thread = q.thread
            let frame = q.frame
            let isFirst = frame[below: 1].bits == 0
            let fp = isFirst ? letIn(thread) : frame
            let vm = VM(
                thread, shared, fp, ProgramCounter(bitPattern: pc(of: fp)).unsafelyUnwrapped)
            defer { if isFirst { Quantum<Dispatched>(thread).leave(to: frame) } }
            do throws(Unwind) {
                return try vm.answer(function, arguments)
            } catch {
                if error == .abort { throw Abort() }
                if isFirst { vm.reportFailure(of: function) }
                return nil
            }
        }
    }

    /// Where the caller of a built-in function goes on, for tracebacks.
    private static func pc(of frame: Frame) -> UInt {
        if frame[below: 1] == Link.native { return UInt(frame[below: 3].bits) }
        return UInt(bitPattern: frame[below: 1].code.pointee.entry)
    }

    /// The first frame of a thread of C.
    private static func letIn(_ t: ThreadHandle) -> Frame {
        let fp = firstFrame(t, object: .none, code: Link.native, back: Value(bits: 16))
        fp[0] = Value(1)
        Quantum<Dispatched>(t).enter(fp)
        beginThread(t)
        return fp
    }

    /// Calls `function` with what C has passed.
    private func answer(
        _ function: Value, _ arguments: UnsafeBufferPointer<Value>
    ) throws(Unwind) -> Value {
        let count = arguments.count
        if top + (2 * count + 64) > q.stackLimit + 2048 { throw tooDeep() }
        let frame = nativeFrame(above: top).fp
        defer { Quantum<Dispatched>(thread).leave(to: fp) }
        frame[0] = Value(1 + count)
        (frame + 1).update(repeating: .none, count: count)
        let inner = VM(thread, shared, frame, pc)
        for i in 0..<count { frame[1 + i] = try inner.shown(arguments[i], as: .none) }
        let base = inner.open(count)
        defer { inner.close(base) }
        base[0] = function
        (base + 1).update(from: frame + 1, count: count)
        let result = try inner.call(prepared: base, count)
        if result.isInt || result == .none { return result }
        if let address = address(ofPointer: result) { return address }
        return asInt(result) ?? result
    }

    /// Nobody is there whom an exception could reach.
    private func reportFailure(of function: Value) {
        let exception = pending
        pending = .none
        do throws(Unwind) {
            let name = text(try repr(function))
            try report(exception: exception, heading: "Exception ignored in: \(name)\n")
        } catch {
            pending = .none
        }
    }
}
