import InterpreterKit

/// C functions: `(setq sqrt (foreign "libm.so.6" "pure double sqrt(double)"))`, then `(sqrt 2.0)`.
///
/// Each has a ``Code`` that takes its arguments and calls it, so that it is called like any function,
/// appears in tracebacks and can be a transaction. What may be passed and returned is decided by the
/// gateway; integers returned must fit 32 bits. Lists stand for structs and arrays, in both directions;
/// `'f` stands for a pointer to the function `f` of the program (see Callbacks.swift).
extension Site {
    /// A value for the function that `declaration` declares.
    @inline(never) func foreign(_ library: Value, _ declaration: Value) throws(Abort) -> Value {
        let library = try text(library)
        let declaration = try text(declaration)
        let language = shared.pointee.language
        if language.foreignPolicy.deniesAll {
            try fail("foreign: C functions are not allowed here")
        }
        // Opening a library runs its code.
        try q.becomeInevitable(reason: "binding a foreign function")
        let key = library + "\n" + declaration
        let known = language.foreignFunctions[key]
        let function = if let known { known } else { try bind(declaration, of: library) }
        language.foreignFunctions[key] = function
        return Value(q.new(Kind.foreign, Value(native: function.code)))
    }
    private func bind(_ declaration: String, of library: String) throws(Abort) -> Function {
        let language = shared.pointee.language
        let library = Library(
            .init(library), strings: Kind.string, policy: language.foreignPolicy,
            calls: language.callbacks)
        let bound: ForeignFunction
        do throws(BindingError) { bound = try library.bind(declaration) } catch {
            try fail("foreign: \(error)")
        }
        if !bound.declaration.hasDeclaredEffect {
            StandardError.write(
                (traceback().0.map { "\($0): " } ?? "")
                    + "warning: '\(bound.name)' has no effect declared: "
                    + "transactions that call it become inevitable\n")
        }
        if bound.declaration.isVariadic {
            try fail("foreign: functions with '...' are not supported")
        }
        let count = bound.declaration.givenParameters.count
        let function = Function(
            bound.name, parameters: count, registers: max(1, count),
            [
                Instruction(.foreign, c: count), Instruction(.return), Instruction(.failForeign),
                Instruction(.spread), Instruction(.return),
            ])
        function.code.pointee.foreign = bound
        return function
    }
    private func text(_ value: Value) throws(Abort) -> String {
        guard value.isA(Kind.string) else { try failType("foreign", wants: .string, value) }
        return String(decoding: bytes(of: value), as: UTF8.self)
    }

    private var boundFunction: ForeignFunction { fp[-1].code.pointee.foreign.unsafelyUnwrapped }

    /// Calls the function of this code; where the machine goes on.
    ///
    /// The quantum may end in the call, so everything is in the frame when it returns.
    @inline(never) func callForeign(_ count: Int) throws(Abort) -> ProgramCounter {
        for i in 0..<count where fp[i].isA(Kind.list) { fp[i] = try tuple(fp[i], depth: 0) }
        let arguments = UnsafeBufferPointer(start: fp, count: count)
        let result = try q.call(boundFunction, arguments) { result in
            Duhton.Task(shared, at: land(result))
        }
        return land(result)
    }
    /// Puts a result, or the text of an error, into the frame.
    @inline(__always) func land(_ result: ForeignResult) -> ProgramCounter {
        if case .value(let value, _) = result,
            value.isInlineDouble || value.isInt && value == Value(wrapping: value.int)
        {
            fp[0] = value
            return pc
        }
        return landSlowly(result)
    }
    @inline(never) func landSlowly(_ result: ForeignResult) -> ProgramCounter {
        let problem: String
        switch result {
        case .value(let value, _) where value.isInt:
            problem = "\(boundFunction.name): the result \(value.int) does not fit 32 bits"
        case .value(let value, _):
            fp[0] = value
            return pc + 2
        case .failure(let error):
            problem = "\(error)"
        }
        fp[0] = q.newBytes(Kind.string, problem).map(Value.init) ?? .none
        return pc + 1
    }
    /// A list as the gateway takes structs and arrays.
    @inline(never) func tuple(_ list: Value, depth: Int) throws(Abort) -> Value {
        if depth > 64 { try fail("a list in itself cannot be passed to C") }
        let count = q[list.reference, List.length]
        let tuple = try q.foreignTuple(count: count) { (q, i) throws(Abort) in
            let item = q[q[list.reference, List.items].reference, i]
            return item.isA(Kind.list) ? try self.tuple(item, depth: depth + 1) : item
        }
        guard let tuple else { try fail("out of memory") }
        return tuple
    }
    /// The tuple in the frame as a list: results of several parts.
    @inline(never) func spread() throws(Abort) {
        fp[0] = try spread(fp[0])
    }
    private func spread(_ value: Value) throws(Abort) -> Value {
        if value == .true || value == .false { return Value(truth: value == .true) }
        if value.isInt, value != Value(wrapping: value.int) {
            try fail("foreign: a part of the result, \(value.int), does not fit 32 bits")
        }
        guard value.isA(.tuple) else { return value }
        return try list(q.tupleCount(value.reference)) { (i) throws(Abort) in
            try spread(q.tupleElement(value.reference, i))
        }
    }
    @inline(never) func failForeign() throws(Abort) -> Never {
        let problem = fp[0].isA(Kind.string) ? bytes(of: fp[0]) : Array("out of memory".utf8)
        try fail(String(decoding: problem, as: UTF8.self))
    }
}
