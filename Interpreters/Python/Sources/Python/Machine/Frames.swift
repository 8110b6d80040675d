import InterpreterKit

/// Frames that begin and end other than by plain call and return.
extension VM {
    /// First frame of a guest thread.
    @inline(never) @usableFromInline
    static func begin(
        _ t: ThreadHandle, _ shared: UnsafeMutablePointer<Shared>, _ task: Python.Task
    ) -> Frame {
        let fp = firstFrame(t, object: task.object, code: task.start, back: Value(0))
        fp[0] = task.object
        fp[1] = task.arguments
        Quantum<Dispatched>(t).enter(fp)
        beginThread(t)
        return fp
    }
    /// The thread's words at the bottom of the VM stack, and the links of a frame above them.
    static func firstFrame(
        _ t: ThreadHandle, object: Value, code: Value, back: Value
    ) -> Frame {
        let fp = UnsafeMutableRawPointer(t.pointee.stackBase + (ThreadWord.count + 4))
            .assumingMemoryBound(to: Value.self)
        for word in ThreadWord.pending..<ThreadWord.count { t.pointee.stackBase[word] = 0 }
        t.pointee.stackBase[ThreadWord.pending] = Value.none.bits
        t.pointee.stackBase[ThreadWord.thread] = object.bits
        fp[below: 4] = .none
        fp[below: 3] = back
        fp[below: 2] = Link(distance: 0, .exit, to: 0, depth: 0).value
        fp[below: 1] = code
        return fp
    }

    /// A frame ends with `value`; its link says what that means. The position has no frame when the run
    /// is over.
    @inline(never) @usableFromInline
    func leave(returning value: Value) throws(Unwind) -> Position {
        let link = Link(fp)
        let code = fp[below: 1].code
        if code.pointee.flags.isGeneratorKind,
            fp[below: 4].isA(Kind.generator), (pc - 1).pointee.opcode == .return
        {
            return try didReturn(fp[below: 4].reference, link, value)
        }
        let extra = fp[below: 4]
        let caller = fp - link.distance
        let back = fp[below: 3].native(Instruction.self)
        q.leave(to: caller)
        let outer = VM(thread, shared, caller, back)
        do throws(Unwind) { return try outer.accept(value, link, extra) } catch {
            if error == .abort { throw error }
            // Unwinding starts in the frame that called: this one is gone.
            do throws(Abort) { return try outer.unwind() } catch { throw .abort }
        }
    }

    /// The value that a call linked by `link` has given, in the frame that called.
    func accept(_ value: Value, _ link: Link, _ extra: Value) throws(Unwind) -> Position {
        switch link.continuation {
        case .result, .iterate:
            fp[link.register] = value
        case .exit:
            thread.pointee.stackBase[ThreadWord.result] = value.bits
            return Position(nil, pc)
        case .initializer:
            if value != .none {
                throw raise(
                    .typeError, "__init__() should return None, not '\(typeName(value))'")
            }
            fp[link.register] = extra
        case .discard: break
        case .truth:
            fp[link.register] = Value(try isTrue(value) != (instruction.opcode == .notContains))
        case .operation:
            if value == .notImplemented { return try operateAgain(link.register) }
            fp[link.register] = value
        case .classBody:
            fp[link.register] = try finishClass(value, extra)
        case .send, .ask, .numbered:
            fp[link.register] = value
        }
        return here
    }

    /// The guest thread's code has ended.
    @inline(never) @usableFromInline func stop(_ value: Value) {
        q.leave(to: fp)
    }

    /// What the guest should hear of: an exception, or what it has a handler for.
    @inline(never) @usableFromInline func hear(_ signal: Signal) throws(Unwind) {
        switch signal {
        case .interrupt: try runInterruptHandler()
        case .memory: throw outOfMemory()
        }
    }
}
