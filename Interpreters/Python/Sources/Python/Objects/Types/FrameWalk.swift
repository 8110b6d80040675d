import InterpreterKit

/// The guest frames of a thread, from the calling one outwards.
struct FrameWalk {
    /// The frame and the instruction after the one it is at.
    private(set) var fp: Frame
    private(set) var pc: ProgramCounter

    /// The innermost guest frame; nil when there is none.
    init?(_ vm: VM) {
        fp = vm.fp
        pc = vm.pc
        if !isGuest, !goOut() { return nil }
    }
    private var isGuest: Bool {
        let code = fp[below: 1]
        if code.bits <= 16 { return false }
        return !code.code.pointee.flags.isHidden
    }
    var code: CodePointer { fp[below: 1].code }
    /// Index of the instruction that is being executed.
    var instruction: Int { pc - code.pointee.entry - 1 }

    /// To the next guest frame; false when this was the outermost.
    mutating func goOut() -> Bool {
        while true {
            let link = Link(fp)
            if link.distance == 0 { return false }
            pc = fp[below: 3].native(Instruction.self)
            fp -= link.distance
            if isGuest { return true }
        }
    }
    /// The globals of the frame's function.
    func globals(_ vm: VM) -> Reference? {
        fp[0].isA(Kind.function) ? vm[fp[0].reference, Function.globals] : nil
    }
}

extension VM {
    func callerFrame() -> FrameWalk? { FrameWalk(self) }
    /// The globals of the innermost guest frame.
    func callerGlobals() -> Reference? { FrameWalk(self)?.globals(self) }
}
