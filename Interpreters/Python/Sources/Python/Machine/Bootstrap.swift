import InterpreterKit
import PythonSyntax

/// The few instructions under a guest thread's first function.
///
/// A program is run, then finished. A session, which may follow, runs one statement after the other. Any
/// other thread calls what `Task.arguments` says, a tuple of callable, arguments and keywords. Exceptions
/// that come back are handed to functions that report them.
enum Bootstrap {
    enum Role: Int, CaseIterable { case program, input, thread }

    private static let window = 4
    /// Where an exception that comes back is put.
    private static let exceptionRegister = 3

    static func code(_ shared: UnsafeMutablePointer<Shared>, _ role: Role) -> CodePointer {
        var instructions: [Instruction] = []
        var handlers: [Handler] = []
        /// Calls a starter; returns the instruction it begins at.
        func call(_ starter: Starter, withException: Bool = false) {
            instructions.append(Instruction(.loadConstant, a: window + 3, c: starter.rawValue))
            if withException {
                instructions.append(Instruction(.move, a: window + 4, b: exceptionRegister))
            }
            instructions.append(Instruction(.call, a: 2, b: window, c: withException ? 1 : 0))
        }
        func jump(to target: Int) {
            instructions.append(Instruction(.jump, c: target - instructions.count - 1))
        }
        /// What follows gets the exceptions of the instructions from `start` to `end`.
        func handle(_ start: Int, _ end: Int) {
            handlers.append(
                Handler(
                    start: start, end: end, target: instructions.count,
                    register: exceptionRegister, bodyStart: 0, bodyEnd: 0))
        }
        switch role {
        case .thread:
            instructions = [
                Instruction(.unpack, a: window + 3, b: 1, c: 3),
                Instruction(.callSpread, a: 2, b: window),
                Instruction(.stop, a: 2),
            ]
            handle(0, 2)
            call(.uncaughtInThread, withException: true)
            instructions.append(Instruction(.stop, a: 2))
        case .input:
            call(.main)
            instructions.append(Instruction(.stop, a: 2))
            handle(0, 2)
            call(.uncaughtInSession, withException: true)
            instructions.append(Instruction(.stop, a: 2))
        case .program:
            call(.main)
            let end = instructions.count
            call(.finish)
            let session = instructions.count
            call(.statement)
            jump(to: session)
            handle(0, end)
            call(.uncaught, withException: true)
            jump(to: session)
            handle(session, session + 2)
            call(.uncaughtInSession, withException: true)
            jump(to: session)
        }
        return make(
            shared, instructions, handlers, name: "<start>", registers: 20, flags: [])
    }
    /// Code that the guest does not see.
    static func make(
        _ shared: UnsafeMutablePointer<Shared>, _ instructions: [Instruction],
        _ handlers: [Handler], name: String, registers: Int, flags: CodeFlags
    ) -> CodePointer {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<Code>.stride, alignment: 16)
        let code = memory.bindMemory(to: Code.self, capacity: 1)
        let description = CodeDescription(
            name: name, qualifiedName: name, source: Source(name: name, text: ""),
            firstLine: 0, code: code)
        let entry = ProgramCounter.allocate(capacity: instructions.count)
        entry.initialize(from: instructions, count: instructions.count)
        code.initialize(
            to: Code(
                entry: entry, constants: shared.pointee.starters, names: shared.pointee.names,
                registers: registers, positional: 0, flags: flags.union(.hidden),
                handlers: handlers, description: .passRetained(description)))
        return code
    }
}

extension VM {
    /// Everything that exists before the first program line.
    func start() throws(Unwind) {
        startStrings()
        startTypes()
        shared.pointee.namespaces = (Value(newNamespace()), Value(newDict()))
        machine.heap.keep(shared.pointee.namespaces.builtins)
        machine.heap.keep(shared.pointee.namespaces.modules)
        installAll()
        installStarters()
        let object = type(.object)
        // Look-ups so far have seen unfinished types; this touches all.
        touch(object)
        shared.pointee.objectNew = lookup(object, name(.new))
        shared.pointee.objectInit = lookup(object, name(.`init`))
        shared.pointee.objectGetAttribute = lookup(object, name(.getattribute))
        shared.pointee.objectSetAttribute = lookup(object, name(.setattr))
        // From here on types have traits.
        touch(object)
        Consumer.makeCode(shared)
        shared.pointee.listAppend = lookup(type(.list), name(.append))
        try startSystem()
        try startModules()
    }

    private func startStrings() {
        // A string of one character is looked up here, so these are made by hand.
        func character(_ c: Int) -> Value {
            let string = q.newBytes(Kind.string, count: 17) { bytes in
                let words = bytes.assumingMemoryBound(to: UInt64.self)
                words[0] = 0
                words[1] = 1 << 8 | (c < 128 ? 4 : 0)
                bytes.storeBytes(of: UInt8(c), toByteOffset: 16, as: UInt8.self)
            }
            return string.map(Value.init) ?? .none
        }
        for c in 0..<256 {
            let value = character(c)
            shared.pointee.characters[c] = value
            machine.heap.keep(value)
        }
        let emptyTuple = q.newTuple(count: 0) { _ in }
        shared.pointee.emptyTuple = emptyTuple.map(Value.init) ?? .none
        machine.heap.keep(shared.pointee.emptyTuple)
        let emptyBytes = q.newBytes(Kind.bytes, count: 8) { $0.storeBytes(of: 0, as: UInt64.self) }
        shared.pointee.emptyBytes = emptyBytes.map(Value.init) ?? .none
        machine.heap.keep(shared.pointee.emptyBytes)
        for name in Name.allCases { shared.pointee.names[name.number] = intern(name.text) }
        shared.pointee.emptyString = intern("")
    }

    private func startTypes() {
        let kinds: [(Shape, BuiltinType)] = [
            (.boxedDouble, .float), (.tuple, .tuple), (Kind.string, .str), (Kind.bytes, .bytes),
            (Kind.bigInt, .int), (Kind.list, .list), (Kind.dict, .dict), (Kind.set, .set),
            (Kind.frozenSet, .frozenset), (Kind.function, .function), (Kind.cell, .cell),
            (Kind.range, .range), (Kind.slice, .slice),
            (Kind.complex, .complex), (Kind.property, .property),
            (Kind.staticMethod, .staticMethod), (Kind.classMethod, .classMethod),
            (Kind.super, .superType), (Kind.code, .code), (Kind.traceback, .traceback),
            (Kind.frame, .frame), (Kind.byteArray, .bytearray), (Kind.memoryView, .memoryview),
            (Kind.mappingProxy, .mappingProxy),
        ]
        for type in BuiltinType.allCases {
            let (name, base) = type.facts
            let layout = type.layout
            let made = newBuiltinType(
                name, base: type == .object ? nil : self.type(base),
                module: type.module.description,
                reserved: layout.reserved, builtin: type, payload: layout.payload,
                hasDict: layout.hasDict)
            info(made).pointee.isBase = layout.isBase
            shared.pointee.types[Int(type.rawValue)] = Value(made)
        }
        for type in [BuiltinType.object, .type] {
            self[self.type(type), TypeObject.metatype] = Value(self.type(.type))
        }
        for (shape, type) in kinds { shared.pointee.kinds[shape.kind] = Value(self.type(type)) }
    }
}
