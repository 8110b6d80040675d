import Glibc
import InterpreterKit

/// Every builtin that is no special form, on evaluated arguments: for those without an instruction of
/// their own, and for calls where the name has also been defined by the program.
extension Site {
    @inlinable @inline(never)
    func builtin<B>(_ q: borrowing Quantum<B>, _ i: Instruction) throws(Abort) -> Value {
        let builtin = Builtin(number: i.c & 255)
        let count = i.c >> 8
        let arguments = fp + i.b
        if builtin.isArithmetic { return try fold(q, builtin, arguments, count) }
        if builtin.isComparison {
            if count != 2 { try fail(q, "comparison: expected two arguments") }
            return Value(truth: try holds(q, builtin, arguments[0], arguments[1]))
        }
        switch (builtin, count) {
        case (.print, _): try print(q, arguments, count)
        case (.list, _): return try list(q, arguments, count)
        case (.not, 1): return Value(isTrue(q, arguments[0]) ? 0 : 1)
        case (.type, 1): return typeSymbol(arguments[0])
        case (.cons, 2): return Value(q.new(Kind.cons, arguments[0], arguments[1]))
        case (.car, 1): return try part(q, Cons.car, arguments[0])
        case (.cdr, 1): return try part(q, Cons.cdr, arguments[0])
        case (.isPair, 1): return Value(truth: arguments[0].isA(Kind.cons))
        case (.append, 2):
            try append(q, arguments[0], arguments[1])
            return arguments[0]
        case (.get, 1): return try content(q, arguments[0])
        case (.get, 2): return try item(q, arguments[0], arguments[1])
        case (.set, 2): try setContent(q, arguments[0], arguments[1])
        case (.set, 3): try setItem(q, arguments[0], arguments[1], arguments[2])
        case (.pop, 1): return try pop(q, arguments[0], nil)
        case (.pop, 2): return try pop(q, arguments[0], arguments[1])
        case (.len, 1): return try length(q, arguments[0])
        case (.container, 0): return Value(q.new(Kind.container, .none))
        case (.container, 1): return Value(q.new(Kind.container, arguments[0]))
        case (.time, 0): return Value(q.observe { Clock.milliseconds })
        case (.sleepms, 1): try sleep(q, try int(q, arguments[0]), result: i.a)
        case (.foreign, 2): return try foreign(q, arguments[0], arguments[1])
        default: try failArguments(q, builtin, arguments, count)
        }
        return .none
    }

    @inlinable @inline(never)
    func fold<B>(
        _ q: borrowing Quantum<B>, _ operation: Builtin, _ operands: Frame, _ count: Int
    ) throws(Abort) -> Value {
        if count == 0 {
            if operation == .shiftLeft || operation == .shiftRight {
                try fail(q, "_DuCons_NEXT: not a well-formed cons list")
            }
            return Value(operation == .multiply ? 1 : 0)
        }
        var result = operands[0]
        if count == 1 { _ = try calculate(q, operation, result, Value(1)) }
        for i in 1..<max(1, count) { result = try calculate(q, operation, result, operands[i]) }
        return result
    }

    /// A builtin with a number of arguments that it does not take.
    @inline(never) @usableFromInline
    func failArguments<B>(
        _ q: borrowing Quantum<B>, _ builtin: Builtin, _ arguments: Frame, _ count: Int
    ) throws(Abort) -> Never {
        let name = builtin.rawValue
        switch builtin {
        case .get where count > 1, .set where count > 0:
            let (one, other) =
                builtin == .get ? ("one argument", "two") : ("two arguments", "three")
            switch arguments[0].typeName {
            case "list": try fail(q, "\(name) with a list: expected \(other) arguments")
            case "container": try fail(q, "\(name) with a container: expected \(one)")
            case let type: try fail(q, "\(name): bad argument type '\(type)'")
            }
        case .get, .set: try fail(q, "\(name): expected at least one argument")
        case .pop where count == 0: try fail(q, "pop: expected at least one argument")
        case .pop: try fail(q, "pop: expected at most two arguments")
        case .container: try fail(q, "container: expected at most one argument")
        case .time: try fail(q, "time: expected no argument")
        case .cons, .append, .foreign: try fail(q, "\(name): expected two arguments")
        default: try fail(q, "\(name): expected one argument")
        }
    }

    @inline(never) @usableFromInline func typeSymbol(_ value: Value) -> Value {
        shared.pointee.types.base[value.type.number]
    }

    /// `assert`: `shown` is the expression as data.
    @inlinable @inline(__always)
    func assert<B>(_ q: borrowing Quantum<B>, _ value: Value, _ shown: Value) throws(Abort) {
        if _slowPath(!value.isInt || value.bits == 0) { try failAssertion(q, value, shown) }
    }
    @inline(never) @usableFromInline
    func failAssertion<B>(
        _ q: borrowing Quantum<B>, _ value: Value, _ shown: Value
    ) throws(Abort) -> Never {
        _ = try int(q, value)
        var printer = Printer(shared)
        printer.append("assert failed: ")
        _ = printer.show(q, shown)
        printer.append("\n")
        q.write(printer.text)
        try fail(q, "assert failed")
    }

    /// Sleeps between two quanta, so that nothing is repeated and others run meanwhile.
    @inline(never) @usableFromInline
    func sleep<B>(
        _ q: borrowing Quantum<B>, _ milliseconds: Int, result: Int
    ) throws(Abort) {
        let machine = q.machine
        try q.call(
            between: {
                StandardError.write("[sleeping \(milliseconds) ms]\n")
                Clock.sleep(milliseconds) { machine.isHalted }
                StandardError.write("[slept \(milliseconds) ms]\n")
            },
            resumeWith: { _ in
                fp[result] = .none
                return Duhton.Task(shared, at: pc)
            })
    }
}

/// Time of day, as the builtins see it.
@usableFromInline enum Clock {
    /// Since the epoch; the low 31 bits.
    @usableFromInline static var milliseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return (now.tv_sec * 1000 + now.tv_nsec / 1_000_000) & 0x7FFF_FFFF
    }

    /// Wakes up now and then to see whether it should stop early.
    static func sleep(_ milliseconds: Int, unless stopped: () -> Bool) {
        var left = milliseconds
        while left > 0 && !stopped() {
            let step = min(left, 50)
            usleep(UInt32(step) * 1000)
            left -= step
        }
    }
}

enum StandardError {
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
