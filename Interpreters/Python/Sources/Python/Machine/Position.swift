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
    /// Where the callee's r[0] is for a call that has no window in the frame: room for it and `count` more
    /// words, and for four below. Until `close` the collector sees them, and no frame lies there.
    @inlinable @inline(__always) func open(_ count: Int) -> Frame {
        let old = q.cover
        let base = max(top, old) + 5
        // An address of a word looks like an integer.
        base[below: 5] = Value(bits: UInt64(UInt(bitPattern: old)))
        q.cover = base + (count &+ 1)
        return base
    }
    @inlinable @inline(__always) func close(_ base: Frame) {
        q.cover = Frame(bitPattern: UInt(base[below: 5].bits)).unsafelyUnwrapped
    }

    /// The end of the frame and of all that has been prepared above it.
    @inlinable @inline(__always) var firstFree: Frame { max(top, q.cover) }
}
