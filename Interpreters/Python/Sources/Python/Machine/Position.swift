import InterpreterKit

/// Where the machine goes on: a frame and an instruction. `fp` is nil when the run is over.
@frozen @usableFromInline struct Position {
    @usableFromInline var fp: Frame?
    @usableFromInline var pc: ProgramCounter

    @inlinable @inline(__always) init(_ fp: Frame?, _ pc: ProgramCounter) {
        self.fp = fp
        self.pc = pc
    }
}

extension VM {
    /// Goes on after the calling instruction.
    @inlinable @inline(__always) var here: Position { Position(fp, pc) }

    /// The calling instruction.
    @inlinable @inline(__always) var instruction: Instruction { (pc - 1).pointee }

    /// Depth of a frame called from here, if there may be one of `size` registers at `base`.
    @inlinable @inline(__always)
    func nextDepth(_ base: Frame, _ size: Int) throws(Unwind) -> Int {
        let depth = Link(fp).depth &+ 1
        if _slowPath(depth > shared.pointee.recursionLimit || !q.hasRoom(base, size)) {
            throw tooDeep()
        }
        return depth
    }
    @inline(never) @usableFromInline func tooDeep(_ place: StaticString = "") -> Unwind {
        raise(.recursionError, "maximum recursion depth exceeded\(place)")
    }
    /// Where the callee's r[0] is for a call that has no window.
    @inlinable @inline(__always) var freeBase: Frame { top + 4 }
}
