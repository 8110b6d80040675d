import InterpreterKit

/// How an exception finds its handler: frame by frame, through the tables of their code.
extension VM {
    /// Goes on at the handler of the pending exception. A position without a frame means that the run
    /// ends here with the exception still pending.
    @inline(never) @usableFromInline
    func unwind() throws(Abort) -> Position {
        var fp = self.fp
        var pc = self.pc
        let exception = pending
        let isReraise =
            (pc - 1).pointee.isReraise && exception.isInstance
            && self[exception.reference, Exception.traceback] != .none
        if !isReraise { setContext(exception) }
        var isOrigin = isReraise
        while true {
            let code = fp[below: 1].code
            let index = pc - code.pointee.entry - 1
            if !isOrigin { addTraceback(exception, code, fp, index) }
            isOrigin = false
            if let (register, target) = code.pointee.handler(at: index) {
                fp[register] = exception
                pending = .none
                return Position(fp, code.pointee.entry + target)
            }
            // The frame is left.
            keepVariables(exception, code, fp)
            let link = Link(fp)
            let current = fp
            let caller = fp - link.distance
            pc = fp[below: 3].native(Instruction.self)
            var leaving = exception
            if code.pointee.flags.isGeneratorKind,
                current[below: 4].isA(Kind.generator)
            {
                leaving = didFail(current[below: 4].reference, code, exception)
            }
            q.leave(to: caller)
            if leaving != exception {
                pending = leaving
                // A new exception, raised by the generator itself.
                return try VM(thread, shared, caller, pc).continueUnwinding(link, leaving)
            }
            switch link.continuation {
            case .exit:
                thread.pointee.stackBase[ThreadWord.result] = Value.unbound.bits
                return Position(nil, pc)
            case .iterate where isInstance(exception, .stopIteration):
                pending = .none
                return Position(caller, pc + (pc - 1).pointee.c)
            case .send where isInstance(exception, .stopIteration):
                pending = .none
                caller[link.register] = stopValue(exception)
                return Position(caller, pc + (pc - 1).pointee.c)
            default: break
            }
            fp = caller
        }
    }
    private func continueUnwinding(_ link: Link, _ exception: Value) throws(Abort) -> Position {
        if link.continuation == .exit {
            thread.pointee.stackBase[ThreadWord.result] = Value.unbound.bits
            return Position(nil, pc)
        }
        return try unwind()
    }

    /// The value with which a generator has stopped.
    func stopValue(_ exception: Value) -> Value {
        let arguments = self[exception.reference, Exception.arguments]
        guard arguments.isTuple, q.tupleCount(arguments.reference) > 0 else { return .none }
        return q.tupleElement(arguments.reference, 0)
    }

    /// The exception being handled where this frame is, or none.
    func handledException() -> Value {
        var fp = self.fp
        var pc = self.pc
        while true {
            let code = fp[below: 1]
            if code.bits > 16 {
                let code = code.code
                let index = pc - code.pointee.entry - 1
                var first = 0
                while let (register, number) = code.pointee.handled(at: index, from: first) {
                    if fp[register].isInstance { return fp[register] }
                    first = number + 1
                }
            }
            let link = Link(fp)
            if link.distance == 0 { return .none }
            pc = fp[below: 3].native(Instruction.self)
            fp -= link.distance
        }
    }

    private func setContext(_ exception: Value) {
        let handled = handledException()
        guard handled.isInstance, handled != exception, exception.isInstance else { return }
        // No cycles: the exception must not be among its own causes.
        var link = handled
        // A chain that the program has closed to a circle is left as it is.
        var slow = handled
        var isOdd = false
        while true {
            let next = self[link.reference, Exception.context]
            if !next.isInstance { break }
            if next == exception {
                self[link.reference, Exception.context] = .none
                break
            }
            link = next
            if isOdd { slow = self[slow.reference, Exception.context] }
            isOdd.toggle()
            if slow == link { break }
        }
        self[exception.reference, Exception.context] = handled
    }

    /// One more frame at the head of the exception's traceback.
    private func addTraceback(
        _ exception: Value, _ code: CodePointer, _ fp: Frame, _ index: Int
    ) {
        guard exception.isInstance, !code.pointee.flags.isHidden else { return }
        let next = self[exception.reference, Exception.traceback]
        let place = Value(self.place(fp))
        let globals =
            fp[0].isA(Kind.function) ? Value(self[fp[0].reference, Function.globals]) : .none
        let entry = q.new(Kind.traceback) { slots in
            slots[0] = next
            slots[1] = Value(native: code)
            slots[2] = Value(index)
            slots[3] = globals
            slots[4] = place
            slots[5] = .none
        }
        self[exception.reference, Exception.traceback] = Value(entry)
        if next.isA(Kind.traceback) { self[next.reference, Traceback.caller] = Value(entry) }
    }
    /// What the frame that is about to be left has in its variables goes to its entry.
    private func keepVariables(_ exception: Value, _ code: CodePointer, _ fp: Frame) {
        guard exception.isInstance else { return }
        let entry = self[exception.reference, Exception.traceback]
        guard entry.isA(Kind.traceback),
            self[entry.reference, Traceback.variables] == Value(place(fp))
        else { return }
        if code.pointee.flags.contains(.hasNamespace) {
            self[entry.reference, Traceback.variables] = VM(thread, shared, fp, pc).namespace()
            return
        }
        let description = code.pointee.description.takeUnretainedValue()
        let count = description.namedRegisters
        let registers = q.newTuple(count: count) {
            // The places of temporaries may hold anything.
            for i in 0..<count {
                $0[i] = description.registerNames[i].isEmpty ? .unbound : fp[i]
            }
        }
        if let registers { self[entry.reference, Traceback.variables] = Value(registers) }
    }
    /// Where a frame is: bytes between the bottom of the stack and its first register.
    func place(_ fp: Frame) -> Int {
        UnsafeMutableRawPointer(fp) - UnsafeMutableRawPointer(thread.pointee.stackBase)
    }
}
