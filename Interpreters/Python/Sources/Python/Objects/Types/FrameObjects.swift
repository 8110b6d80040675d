import InterpreterKit
import PythonSyntax

/// `frame` objects. While the frame is on the stack they show what it does at the moment.
enum FrameObject {
    /// The address of a ``Code``.
    static var code: ImmutableField<Value> { ImmutableField(0) }
    /// Index of the instruction when the object was made.
    static var instruction: ImmutableField<Int> { ImmutableField(1) }
    /// A dict or None.
    static var globals: ImmutableField<Value> { ImmutableField(2) }
    /// The variables, as last asked for; None before.
    static var locals: Field<Value> { Field(3) }
    /// Words between the bottom of the stack and the frame; -1 for a frame that was left.
    static var place: ImmutableField<Int> { ImmutableField(4) }
    /// The entry of a traceback, or the generator, that the frame is of; or None.
    static var owner: ImmutableField<Value> { ImmutableField(5) }
}

extension VM {
    func newFrameObject(_ walk: FrameWalk) -> Value {
        newFrameObject(
            walk.code, walk.instruction, walk.globals(self).map(Value.init) ?? .none,
            place: place(walk.fp))
    }
    /// The frame of an entry of a traceback.
    func newFrameObject(ofEntry entry: Reference) -> Value {
        let variables = self[entry, Traceback.variables]
        return newFrameObject(
            self[entry, Traceback.code].code, self[entry, Traceback.instruction],
            self[entry, Traceback.globals], place: variables.isInt ? variables.int : -1,
            owner: Value(entry))
    }
    func newFrameObject(
        _ code: CodePointer, _ instruction: Int, _ globals: Value, place: Int = -1,
        owner: Value = .none
    ) -> Value {
        Value(
            q.new(Kind.frame) { slots in
                slots[0] = Value(native: code)
                slots[1] = Value(instruction)
                slots[2] = globals
                slots[3] = .none
                slots[4] = Value(place)
                slots[5] = owner
            })
    }
    /// The frame on the stack that the object stands for; nil when it has been left.
    private func live(_ object: Reference) -> FrameWalk? {
        let wanted = self[object, FrameObject.place]
        guard wanted >= 0, var walk = FrameWalk(self) else { return nil }
        while true {
            let here = place(walk.fp)
            if here == wanted {
                let isSame = Value(native: walk.code) == self[object, FrameObject.code]
                return isSame ? walk : nil
            }
            if here < wanted || !walk.goOut() { return nil }
        }
    }
    /// The entries of a frame and of those it was called from, outermost first.
    func entries(ofFrame frame: Reference) -> [TracebackEntry] {
        if let walk = live(frame) { return entries(ofStack: walk) }
        var entries: [TracebackEntry] = []
        append(
            self[frame, FrameObject.code].code, self[frame, FrameObject.instruction], to: &entries)
        return entries
    }
    /// The frame `depth` calls out; nil when there are not so many.
    func frameObject(depth: Int) -> Value? {
        guard var walk = FrameWalk(self) else { return nil }
        for _ in 0..<depth where !walk.goOut() { return nil }
        return newFrameObject(walk)
    }

    /// The line that an instruction belongs to.
    func line(_ code: CodePointer, _ instruction: Int) -> Int {
        let description = code.pointee.description.takeUnretainedValue()
        guard description.spans.indices.contains(instruction) else { return description.firstLine }
        return Int(description.spans[instruction].line)
    }

    func installFrame() {
        build(.frame) { type in
            type.attribute(
                "f_code",
                get: { (vm, a) throws(Unwind) in
                    try vm.codeObject(vm[a[0].reference, FrameObject.code].code)
                })
            type.attribute(
                "f_lineno",
                get: { (vm, a) throws(Unwind) in
                    let frame = a[0].reference
                    let at = vm.live(frame)?.instruction ?? vm[frame, FrameObject.instruction]
                    return Value(vm.line(vm[frame, FrameObject.code].code, at))
                })
            type.attribute(
                "f_lasti",
                get: { (vm, a) throws(Unwind) in
                    let frame = a[0].reference
                    return Value(
                        8 * (vm.live(frame)?.instruction ?? vm[frame, FrameObject.instruction]))
                })
            type.attribute(
                "f_globals",
                get: { (vm, a) throws(Unwind) in
                    let globals = vm[a[0].reference, FrameObject.globals]
                    return globals == .none ? Value(vm.newDict()) : globals
                })
            type.attribute(
                "f_builtins", get: { (vm, _) throws(Unwind) in Value(vm.shared.pointee.builtins) })
            type.attribute(
                "f_locals", get: { (vm, a) throws(Unwind) in try vm.locals(of: a[0].reference) })
            type.attribute(
                "f_back",
                get: { (vm, a) throws(Unwind) in
                    let owner = vm[a[0].reference, FrameObject.owner]
                    if owner.isA(Kind.traceback) {
                        let caller = vm[owner.reference, Traceback.caller]
                        if caller != .none { return vm.newFrameObject(ofEntry: caller.reference) }
                    }
                    guard var walk = vm.live(a[0].reference), walk.goOut() else { return .none }
                    return vm.newFrameObject(walk)
                })
            type.attribute("f_trace", get: { (_, _) throws(Unwind) in .none })
            type.method("clear", "(self, /)") { (vm, a) throws(Unwind) in
                if vm.live(a[0].reference) != nil {
                    throw vm.raise(.runtimeError, "cannot clear an executing frame")
                }
                vm[a[0].reference, FrameObject.locals] = .none
                let owner = vm[a[0].reference, FrameObject.owner]
                if owner.isA(Kind.traceback) {
                    vm[owner.reference, Traceback.variables] = .none
                } else if owner.isA(Kind.generator) {
                    try vm.close(owner.reference)
                }
                return .none
            }
            type.method("__eq__", "(self, value, /)") { (vm, a) throws(Unwind) in
                guard a[1].isA(Kind.frame) else { return .notImplemented }
                if a[0] == a[1] { return .true }
                let (x, y) = (a[0].reference, a[1].reference)
                return Value(
                    vm[x, FrameObject.place] >= 0
                        && vm[x, FrameObject.place] == vm[y, FrameObject.place]
                        && vm[x, FrameObject.code] == vm[y, FrameObject.code])
            }
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                Value(vm.identityHash(vm[a[0].reference, FrameObject.code]))
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                let frame = a[0].reference
                let code = vm[frame, FrameObject.code].code
                let description = code.pointee.description.takeUnretainedValue()
                let line = vm.line(
                    code, vm.live(frame)?.instruction ?? vm[frame, FrameObject.instruction])
                var text = StringBuilder()
                text.append("<frame at 0x")
                text.append(hex: vm.identity(a[0]), digits: 12)
                text.append(
                    ", file '\(description.source.name)', line \(line), "
                        + "code \(description.name)>")
                return try text.string(vm)
            }
        }
    }
    private func locals(of frame: Reference) throws(Unwind) -> Value {
        let locals: Value
        if let walk = live(frame) {
            locals = try self.locals(walk.fp)
        } else {
            let known = self[frame, FrameObject.locals]
            if known != .none { return known }
            locals = try keptLocals(of: frame)
        }
        self[frame, FrameObject.locals] = locals
        return locals
    }

    /// The variables of a frame that is not on the stack, as far as somebody has kept them.
    private func keptLocals(of frame: Reference) throws(Unwind) -> Value {
        let owner = self[frame, FrameObject.owner]
        var registers = Value.none
        if owner.isA(Kind.traceback) {
            registers = self[owner.reference, Traceback.variables]
        } else if owner.isA(Kind.generator),
            self[owner.reference, Generator.state] != GeneratorState.finished.rawValue
        {
            registers = Value(self[owner.reference, Generator.registers])
        }
        if registers.isDict { return registers }
        let dict = newDict()
        guard registers.isTuple else { return Value(dict) }
        let names = self[frame, FrameObject.code].code.pointee.description.takeUnretainedValue()
            .registerNames
        let count = min(names.count, q.tupleCount(registers.reference))
        for i in 1..<max(1, count) where !names[i].isEmpty && !names[i].hasPrefix(".") {
            var value = self[registers.reference, Generator.register(i)]
            if value.isA(Kind.cell) { value = self[value.reference, Cell.content] }
            if value != .unbound { try set(dict, name: intern(names[i]), value) }
        }
        return Value(dict)
    }

    // MARK: tracebacks

    func installTraceback() {
        build(.traceback) { type in
            type.new("(cls, tb_next, tb_frame, tb_lasti, tb_lineno)") { (vm, a) throws(Unwind) in
                guard a[1] == .none || a[1].isA(Kind.traceback) else {
                    throw vm.raise(
                        .typeError,
                        "expected traceback object or None, got '\(vm.typeName(a[1]))'")
                }
                guard a[2].isA(Kind.frame) else {
                    throw vm.raise(
                        .typeError,
                        "traceback() argument 'tb_frame' must be frame, not \(vm.typeName(a[2]))")
                }
                let frame = a[2].reference
                let at = try vm.index(a[3])
                let made = try vm.tuple(a[2], Value(at), Value(try vm.index(a[4])))
                return Value(
                    vm.q.new(Kind.traceback) { slots in
                        slots[0] = a[1]
                        slots[1] = vm[frame, FrameObject.code]
                        slots[2] = Value(max(0, at / 8))
                        slots[3] = made
                        slots[4] = .none
                        slots[5] = .none
                    })
            }
            type.attribute(
                "tb_next", get: { (vm, a) throws(Unwind) in vm[a[0].reference, Traceback.next] },
                set: { (vm, a) throws(Unwind) in
                    try vm.setNext(a[0], a[1])
                    return .none
                })
            type.attribute(
                "tb_lineno",
                get: { (vm, a) throws(Unwind) in
                    let entry = a[0].reference
                    if let parts = vm.madeParts(entry) { return vm.item(ofTuple: parts, 2) }
                    return Value(
                        vm.line(
                            vm[entry, Traceback.code].code, vm[entry, Traceback.instruction]))
                })
            type.attribute(
                "tb_lasti",
                get: { (vm, a) throws(Unwind) in
                    let entry = a[0].reference
                    if let parts = vm.madeParts(entry) { return vm.item(ofTuple: parts, 1) }
                    return Value(8 * vm[entry, Traceback.instruction])
                })
            type.attribute(
                "tb_frame",
                get: { (vm, a) throws(Unwind) in
                    let entry = a[0].reference
                    if let parts = vm.madeParts(entry) { return vm.item(ofTuple: parts, 0) }
                    return vm.newFrameObject(ofEntry: entry)
                })
        }
    }
    /// Frame, last instruction and line of an entry that the program has made.
    private func madeParts(_ entry: Reference) -> Reference? {
        let parts = self[entry, Traceback.globals]
        return parts.isTuple ? parts.reference : nil
    }
    private func setNext(_ entry: Value, _ next: Value) throws(Unwind) {
        guard next == .none || next.isA(Kind.traceback) else {
            throw raise(
                .typeError, "expected traceback object, got '\(typeName(next))'")
        }
        var at = next
        while at != .none {
            if at == entry { throw raise(.valueError, "traceback loop detected") }
            at = self[at.reference, Traceback.next]
        }
        self[entry.reference, Traceback.next] = next
    }
}
