import Glibc
import InterpreterKit

/// Builtins that have no instruction of their own, on evaluated arguments, whose number is right.
extension Site {
    @inline(never) func builtin(_ i: Instruction) throws(Abort) -> Value {
        let builtin = Builtin(number: i.c & 255)
        let count = i.c >> 8
        let a = fp + i.b
        switch (builtin, count) {
        case _ where builtin.isArithmetic: return try fold(builtin, a, count)
        case _ where builtin.isComparison: return Value(truth: try holds(builtin, a[0], a[1]))
        case (.not, _): return Value(truth: !isTrue(a[0]))
        case (.type, _): return Value(symbol: program.symbols.types[a[0].type.number])
        case (.list, _): return try list(count) { a[$0] }
        case (.get, _), (.set, _): try failForm(builtin, a[0])
        case (.pop, _): return try pop(a[0], count == 1 ? nil : a[1])
        case (.container, _): return Value(q.new(Kind.container, count == 0 ? .none : a[0]))
        case (.print, _): try print(a, count)
        case (.time, _): return Value(q.observe(milliseconds))
        case (.sleepms, _): try sleep(try int(a[0]), result: i.a)
        case (.foreign, _): return try foreign(a[0], a[1])
        default: preconditionFailure("\(builtin) is no such builtin")
        }
        return .none
    }

    /// `assert`: `shown` is the expression as data.
    @inline(__always) func assert(_ value: Value, _ shown: Value) throws(Abort) {
        if _slowPath(!value.isInt || value.bits == 0) { try failAssertion(value, shown) }
    }
    @inline(never) func failAssertion(_ value: Value, _ shown: Value) throws(Abort) -> Never {
        _ = try int(value)
        var printer = Printer(self)
        printer.append("assert failed: ")
        _ = printer.show(shown)
        printer.append("\n")
        q.write(printer.text)
        try fail("assert failed")
    }

    /// Sleeps between two quanta, so that nothing is repeated and others run meanwhile.
    @inline(never) func sleep(_ milliseconds: Int, result: Int) throws(Abort) {
        let machine = q.machine
        try q.call(
            between: {
                StandardError.write("[sleeping \(milliseconds) ms]\n")
                // Wakes up now and then to see whether it should stop early.
                for start in stride(from: 0, to: milliseconds, by: 50) where !machine.isHalted {
                    usleep(UInt32(min(50, milliseconds - start)) * 1000)
                }
                StandardError.write("[slept \(milliseconds) ms]\n")
            },
            resumeWith: { _ in
                fp[result] = .none
                return Duhton.Task(shared, at: pc)
            })
    }
}

/// Since the epoch; the low 31 bits.
private func milliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return (now.tv_sec * 1000 + now.tv_nsec / 1_000_000) & 0x7FFF_FFFF
}
