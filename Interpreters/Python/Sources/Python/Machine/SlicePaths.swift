import InterpreterKit

/// What the loop does itself at slices.
extension Python {
    /// `getSlice` of a short piece of ASCII text; false when it takes a call.
    @inline(never)
    static func getSlice<B>(_ q: borrowing Quantum<B>, _ fp: Frame, _ i: Operands) -> Bool {
        let (object, lower, upper) = (fp[i.b], fp[i.c], fp[i.c &+ 1])
        guard object.isString, Value.bothInt(lower, upper) else { return false }
        let view = StringView(object)
        let start = lower.int
        let count = min(upper.int, view.count) &- start
        // One character, and the whole text, are strings that exist.
        guard view.isASCII, start >= 0, count > 1, count < view.count, count <= 256
        else { return false }
        let from = view.data + start
        let piece = q.newBytes(Kind.string, count: 16 &+ count) { bytes in
            let words = bytes.assumingMemoryBound(to: UInt64.self)
            words[0] = 0
            words[1] = StringView.facts(ofASCII: count)
            (bytes + 16).copyMemory(from: from, byteCount: count)
        }
        guard let piece else { return false }
        fp[i.a] = Value(piece)
        return true
    }
}

extension VM {
    /// `r[a] = r[b][r[c] : r[c + 1]]`
    @inline(never) @usableFromInline func getSlice() throws(Unwind) -> Position {
        let i = instruction
        let object = fp[i.b]
        let (lower, upper) = (fp[i.c], fp[i.c + 1])
        if object.isReference, lower.isInt || lower == .none, upper.isInt || upper == .none {
            let bounds = SliceBounds(
                start: lower.isInt ? lower.int : 0, stop: upper.isInt ? upper.int : Int.max, step: 1
            )
            let r = object.reference
            switch r.kind {
            case Kind.string.kind:
                fp[i.a] = try slice(StringView(r), bounds)
                return here
            case Kind.list.kind:
                let (start, count) = bounds.selection(of: self[r, List.count])
                fp[i.a] = Value(try slice(ofList: r, start, 1, count))
                return here
            default: break
            }
        }
        return try getItemSlowly(newSlice(lower, upper, .none))
    }
}
