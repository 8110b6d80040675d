import InterpreterKit

extension Tally {
    /// A guest thread. Its frames are on the VM stack; what is left is where it stands.
    ///
    /// Mapping: quanta may end where a loop starts over, at calls, and after `print` and `spawn`.
    /// So `hits = hits + 1` is never cut in two, and neither is an atomic block.
    ///
    /// A frame is its function's registers. The three words below are the caller's: the instruction
    /// to return to, the distance of its frame, and the length of this one.
    public struct Task: GuestTask {
        private let program: Unmanaged<Program>
        private let code: UnsafePointer<Instruction>
        private let functions: UnsafePointer<Program.Function>
        private let isMain: Bool
        private var pc: Int

        init(_ program: Program, isMain: Bool) {
            self.program = .passUnretained(program)
            self.isMain = isMain
            code = UnsafePointer(program.code)
            functions = UnsafePointer(program.functions)
            pc = isMain ? Program.main : Program.worker
        }

        public static func frameEnd(_ frame: Frame) -> Frame { frame + frame[-1].int }

        /// This thread, about to execute instruction `pc`.
        private func at(_ pc: Int) -> Task {
            var task = self
            task.pc = pc
            return task
        }

        @inline(never)
        public mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            var pc = pc
            var frame = q.frame
            while true {
                let instruction = code[pc]
                let a = Int(instruction.a)
                let b = Int(instruction.b)
                let c = instruction.c
                pc &+= 1
                switch instruction.operation {
                case .constant: frame[a] = Value(c)
                case .move: frame[a] = frame[b]
                case .read: frame[a] = Value(q[cell(c), Cell.content])
                case .write: q[cell(c), Cell.content] = frame[a].int

                case .add:
                    // Values have 62 bits: sums cannot overflow, they can only be too long.
                    let sum = Value(exactly: frame[b].int &+ frame[c].int)
                    guard let sum else { try fail(q, pc, .tooLarge) }
                    frame[a] = sum
                case .subtract:
                    let difference = Value(exactly: frame[b].int &- frame[c].int)
                    guard let difference else { try fail(q, pc, .tooLarge) }
                    frame[a] = difference
                case .multiply:
                    let (product, overflow) = frame[b].int.multipliedReportingOverflow(
                        by: frame[c].int)
                    guard !overflow, let value = Value(exactly: product) else {
                        try fail(q, pc, .tooLarge)
                    }
                    frame[a] = value
                case .divide:
                    let divisor = frame[c].int
                    if divisor == 0 { try fail(q, pc, .divisionByZero) }
                    guard let value = Value(exactly: frame[b].int / divisor) else {
                        try fail(q, pc, .tooLarge)
                    }
                    frame[a] = value
                case .remainder:
                    let divisor = frame[c].int
                    if divisor == 0 { try fail(q, pc, .divisionByZero) }
                    frame[a] = Value(frame[b].int % divisor)
                case .less: frame[a] = Value(frame[b].int < frame[c].int ? 1 : 0)
                case .equal: frame[a] = Value(frame[b] == frame[c] ? 1 : 0)

                case .jump: pc = c
                case .unless: if frame[a] == Value(0) { pc = c }
                case .loop:
                    pc = c
                    try mayEnd(q, pc)

                case .call:
                    let callee = frame + a + 3
                    if callee + functions[c].registers >= q.stackLimit {
                        try fail(q, pc, .tooDeep)
                    }
                    begin(c, callee, from: pc, distance: a + 3)
                    q.enter(callee)
                    (frame, pc) = (callee, functions[c].entry)
                    try mayEnd(q, pc)
                case .result:
                    let value = frame[a]
                    let distance = frame[-2].int
                    pc = frame[-3].int
                    frame -= distance
                    q.leave(to: frame)
                    frame[distance - 3] = value

                case .spawn:
                    try spawn(c, frame + a, count: b, q, pc)
                    try mayEnd(q, pc)
                case .join: join(q)
                case .wait:
                    if let entry = try take(q, frame + a + 3, distance: a + 3, wait: pc - 1) {
                        (frame, pc) = (frame + a + 3, entry)
                    }

                case .enter: q.enterAtomic()
                case .leave: q.leaveAtomic()
                case .print:
                    write(frame[a], q)
                    try mayEnd(q, pc)
                case .end:
                    if isMain { close(q) }
                    return
                }
            }
        }

        private func cell(_ address: Int) -> Reference {
            Reference(UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped)
        }

        /// The words of a new frame, whose arguments are in place: the others start as 0.
        private func begin(_ function: Int, _ frame: Frame, from pc: Int, distance: Int) {
            let registers = functions[function].registers
            frame[-3] = Value(pc)
            frame[-2] = Value(distance)
            frame[-1] = Value(registers)
            var register = functions[function].parameters
            while register < registers {
                frame[register] = Value(0)
                register += 1
            }
        }

        // MARK: jobs

        /// A job is a tuple: the function's number, its arguments.
        @inline(never)
        private func spawn<B: Backend>(
            _ function: Int, _ arguments: Frame, count: Int, _ q: borrowing Quantum<B>, _ pc: Int
        ) throws(Abort) {
            let job = q.newTuple(count: count + 1) { slots in
                slots[0] = Value(function)
                for i in 0..<count { slots[i + 1] = arguments[i] }
            }
            guard let job else { try fail(q, pc, .memory) }
            q.submit(Value(job), to: program.takeUnretainedValue().queue)
        }

        /// A step of its own: when waiting is over this thread is no member any more, and a retry of
        /// what follows must find that.
        @inline(never)
        private func join<B: Backend>(_ q: borrowing Quantum<B>) {
            q.join(program.takeUnretainedValue().queue)
        }

        /// Begins a job in `frame`, to come back for more; nil when there are none.
        @inline(never)
        private func take<B: Backend>(
            _ q: borrowing Quantum<B>, _ frame: Frame, distance: Int, wait pc: Int
        ) throws(Abort) -> Int? {
            let queue = program.takeUnretainedValue().queue
            guard let job = try q.next(from: queue, coordinator: isMain, resumeAt: at(pc)) else {
                return nil
            }
            let tuple = job.reference
            let function = q.tupleElement(tuple, 0).int
            if frame + functions[function].registers >= q.stackLimit { try fail(q, pc, .tooDeep) }
            for i in 0..<functions[function].parameters { frame[i] = q.tupleElement(tuple, i + 1) }
            begin(function, frame, from: pc, distance: distance)
            q.enter(frame)
            return functions[function].entry
        }

        /// The main program has come to its end: workers need not wait for more.
        @inline(never)
        private func close<B: Backend>(_ q: borrowing Quantum<B>) {
            let queue = program.takeUnretainedValue().queue
            q.onCommit { queue.close() }
        }

        // MARK: effects and errors

        @inline(never)
        private func write<B: Backend>(_ value: Value, _ q: borrowing Quantum<B>) {
            q.write("\(value.int)\n")
        }

        private enum Failure {
            case tooLarge, divisionByZero, tooDeep, memory
            var message: String {
                switch self {
                case .tooLarge: "the number is too large"
                case .divisionByZero: "division by zero"
                case .tooDeep: "too many calls inside each other"
                case .memory: "no memory left"
                }
            }
        }

        /// A break; the next quantum starts at `pc`.
        @inline(__always)
        private func mayEnd<B: Backend>(_ q: borrowing Quantum<B>, _ pc: Int) throws(Abort) {
            let signal = try q.qbreak(resumeAt: at(pc))
            if _slowPath(signal != nil) { try hear(signal.unsafelyUnwrapped, q, pc) }
        }

        /// At a break the machine may have something to say.
        @inline(never)
        private func hear<B: Backend>(
            _ signal: Signal, _ q: borrowing Quantum<B>, _ pc: Int
        ) throws(Abort) {
            switch signal {
            case .interrupt: try q.halt(.interrupted)
            case .memory: try fail(q, pc, .memory)
            }
        }

        /// Ends the program with an error at the instruction before `pc`.
        @inline(never)
        private func fail<B: Backend>(
            _ q: borrowing Quantum<B>, _ pc: Int, _ failure: Failure
        ) throws(Abort) -> Never {
            let program = program.takeUnretainedValue()
            var frames: [Diagnostic.Frame] = []
            var frame = q.frame
            var instruction = pc - 1
            while frame[-2].int != 0 {
                frames.append(program.frame(at: instruction))
                instruction = frame[-3].int - 1
                frame -= frame[-2].int
            }
            let error = Diagnostic(
                failure.message, at: program.place(of: pc - 1), traceback: frames)
            try q.halt(.failed(error))
        }
    }
}
