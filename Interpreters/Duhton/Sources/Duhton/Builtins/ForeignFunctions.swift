import InterpreterKit

/// C functions: `(setq sqrt (foreign "libm.so.6" "pure double sqrt(double)"))`, then `(sqrt 2.0)`.
///
/// Each has a ``Code`` that takes its arguments and calls it, so that it is called like any function,
/// appears in tracebacks and can be a transaction. What may be passed and returned is decided by the
/// gateway; integers returned must fit 32 bits. Lists stand for structs and arrays, in both directions;
/// `'f` stands for a pointer to the function `f` of the program (see Callbacks.swift).
extension Site {
    /// A value for the function that `declaration` declares.
    @inline(never) @usableFromInline
    func foreign<B>(
        _ q: borrowing Quantum<B>, _ library: Value, _ declaration: Value
    ) throws(Abort) -> Value {
        let library = try text(q, library)
        let declaration = try text(q, declaration)
        let language = shared.pointee.language.takeUnretainedValue()
        if !language.allowsForeignCode { try fail(q, "foreign: C functions are not allowed here") }
        // Opening a library runs its code.
        try q.becomeInevitable(reason: "binding a foreign function")
        let bound: ForeignCode
        do throws(BindingError) {
            bound = try language.foreignCode(library, declaration) { warning in
                StandardError.write("\(place?.heading ?? "")warning: \(warning)\n")
            }
        } catch {
            try fail(q, "foreign: \(error)")
        }
        guard let code = bound.code else {
            try fail(q, "foreign: functions with '...' are not supported")
        }
        return Value(
            q.new(Kind.foreign, Value(code: code.code), bound.function.slot))
    }
    private func text<B>(_ q: borrowing Quantum<B>, _ value: Value) throws(Abort) -> String {
        guard value.isA(Kind.string) else { try failType(q, "foreign", wants: "string", value) }
        return String(decoding: Printer.bytes(q, value), as: UTF8.self)
    }

    /// Calls the function in the word after the instruction; where the machine goes on.
    ///
    /// The quantum may end in the call, so everything is in the frame when it returns.
    @inlinable @inline(never)
    func callForeign<B>(
        _ q: borrowing Quantum<B>, _ count: Int
    ) throws(Abort) -> ProgramCounter {
        let function = ForeignFunction(slot: Value(bits: pc.pointee.bits))
        let thread = q.thread
        for i in 0..<count where fp[i].isA(Kind.list) { fp[i] = try tuple(q, fp[i], depth: 0) }
        let result = try q.call(function, UnsafeBufferPointer(start: fp, count: count)) { result in
            Duhton.Task(shared, at: land(Quantum<B>(thread), result))
        }
        return land(q, result)
    }
    /// Puts a result, or the text of an error, into the frame.
    @inlinable @inline(__always)
    func land<B>(_ q: borrowing Quantum<B>, _ result: ForeignResult) -> ProgramCounter {
        if case .value(let value, _) = result,
            value.isInlineDouble || value.isInt && value == Value(wrapping: value.int)
        {
            fp[0] = value
            return pc + 1
        }
        return landSlowly(q, result)
    }
    @inline(never) @usableFromInline
    func landSlowly<B>(_ q: borrowing Quantum<B>, _ result: ForeignResult) -> ProgramCounter {
        let problem: String
        switch result {
        case .value(let value, _) where value.isInt:
            let name = ForeignFunction(slot: Value(bits: pc.pointee.bits)).name
            problem = "\(name): the result \(value.int) does not fit 32 bits"
        case .value(let value, _) where value.isA(.tuple):
            fp[0] = value
            return pc + 3
        case .value(let value, _):
            let boolean = value == .true ? Value(1) : value == .false ? Value(0) : nil
            fp[0] = boolean ?? value
            return pc + 1
        case .failure(let error):
            problem = "\(error)"
        }
        fp[0] = q.newBytes(Kind.string, problem).map(Value.init) ?? .none
        return pc + 2
    }
    /// A list as the gateway takes structs and arrays.
    @inline(never) @usableFromInline
    func tuple<B>(_ q: borrowing Quantum<B>, _ list: Value, depth: Int) throws(Abort) -> Value {
        if depth > 64 { try fail(q, "a list in itself cannot be passed to C") }
        let count = q[list.reference, List.length]
        let tuple = try q.foreignTuple(count: count) { (q, i) throws(Abort) in
            let item = q[q[list.reference, List.items].reference, i]
            return item.isA(Kind.list) ? try self.tuple(q, item, depth: depth + 1) : item
        }
        guard let tuple else { try fail(q, "out of memory") }
        return tuple
    }
    /// The tuple in the frame as a list: results of several parts.
    @inline(never) @usableFromInline
    func spread<B>(_ q: borrowing Quantum<B>) throws(Abort) { fp[0] = try list(q, fp[0]) }
    private func list<B>(_ q: borrowing Quantum<B>, _ value: Value) throws(Abort) -> Value {
        if value == .true || value == .false { return Value(value == .true ? 1 : 0) }
        if value.isInt, value != Value(wrapping: value.int) {
            try fail(q, "foreign: a part of the result, \(value.int), does not fit 32 bits")
        }
        guard value.isA(.tuple) else { return value }
        let count = q.tupleCount(value.reference)
        if count == 0 { return Value(q.new(Kind.list, Value(0), .none)) }
        let items = try array(q, count)
        for i in 0..<count { q[items, i] = try list(q, q.tupleElement(value.reference, i)) }
        return Value(q.new(Kind.list, Value(count), Value(items)))
    }
    @inline(never) @usableFromInline
    func failForeign<B>(_ q: borrowing Quantum<B>) throws(Abort) -> Never {
        let problem = fp[0].isA(Kind.string) ? Printer.bytes(q, fp[0]) : Array("out of memory".utf8)
        try fail(q, String(decoding: problem, as: UTF8.self))
    }
}

/// A bound function, and code that calls it unless it takes any number of arguments. Never changes.
struct ForeignCode: @unchecked Sendable {
    let function: ForeignFunction
    let code: Function?
}

extension Duhton {
    /// Binds a function; twice the same declaration gives the same code.
    func foreignCode(
        _ library: String, _ declaration: String, warn: (String) -> Void
    ) throws(BindingError) -> ForeignCode {
        let key = library + "\n" + declaration
        if let known = foreignFunctions.withLock({ $0[key] }) { return known }
        let name = library == "process" ? Library.Name.process : Library.Name(library)
        let function = try Library(
            name, strings: Kind.string, policy: foreignPolicy, calls: callbacks
        ).bind(declaration)
        if !function.declaration.hasDeclaredEffect {
            warn(
                "'\(function.name)' has no effect declared: transactions that call it become inevitable"
            )
        }
        let count = function.declaration.givenParameters.count
        let code = Function(name: function.name)
        code.install(
            [
                Instruction(.foreign, c: count), Instruction(bits: function.slot.bits),
                Instruction(.return), Instruction(.failForeign), Instruction(.spread),
                Instruction(.return),
            ], parameters: count, registers: max(1, count))
        let bound = ForeignCode(
            function: function, code: function.declaration.isVariadic ? nil : code)
        return foreignFunctions.withLock {
            if let known = $0[key] { return known }
            $0[key] = bound
            return bound
        }
    }
}
