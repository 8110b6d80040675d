import CHost

/// Checks that run at every collection when `Heap.Configuration.checks` is set: each reference in a
/// live object leads to a live object of a known shape, and what is reclaimed is poisoned, so that a use
/// after free shows at once. The latter also under ``Stress``.
extension Heap {
    /// What reclaimed cells hold: shape 0, which no object has, and words that are no references; under stress
    /// references that lead nowhere, so that a slot which nobody has written shows, too.
    static let poisonHeader: UInt64 = 0xDEAD_DEAD_DEAD_D000
    private var poisonWord: UInt64 { Heap.poisonHeader | (isStressed ? 1 : 0) }

    func verify() {
        forEachMarkedObject { object in
            let info = shapes[object.kind]
            guard shapeName(object.kind) != nil else {
                fatalError(
                    "heap check: object at \(object.address) has unknown shape \(object.kind)")
            }
            switch info.layout {
            case .values, .card: verify(object, 1, Int(info.slots))
            case .tuple: verify(object, 2, Value(bits: object.address[1]).int)
            case .array, .numbers:
                let layout = ArrayLayout(capacity: Value(bits: object.address[1]).int)
                for card in 0..<layout.cards {
                    verify(object, layout.wordOfCard(card) + 1, layout.slotsPerCard)
                }
            case .ownArray:
                let last = Int(info.slots)
                let own = Value(OwnArray.array(in: object, last))
                let isOwn = object.address[last] == own.bits
                verify(object, 1, isOwn ? last - 1 : last)
                verify(
                    object, OwnArray.firstWord(last), Value(bits: object.address[last + 1]).int)
            case .sharedBytes:
                let count = Value(bits: object.address[1]).int
                if count < 0 { verify(object, -count, 1) }
            case .bytes, .weak: break
            }
        }
    }

    private func verify(_ object: Reference, _ first: Int, _ count: Int) {
        for i in first..<(first + count) {
            let value = Value(bits: object.address[i])
            guard value.isReference else { continue }
            let address = UInt(bitPattern: value.reference.address)
            if objectContaining(address) != address || !isMarked(value.reference) {
                fatalError(
                    "heap check: word \(i) of \(shapeName(object.kind) ?? "an object") at \(object.address) "
                        + "leads to \(value.reference.address), which is no live object")
            }
        }
    }

    /// Every object that survived marking, in address order.
    public func forEachMarkedObject(_ body: (Reference) -> Void) {
        var block = 1
        while block < blockCount {
            let info = info(block)
            let start = address(of: block)
            switch info.state {
            case .free, .continuation: break
            case .large:
                if info.marked[0] & 1 != 0 {
                    body(Reference(UnsafeMutablePointer(bitPattern: start)!))
                }
            case .cells:
                for word in 0..<BlockInfo.bitmapWords where info.marked[word] != 0 {
                    for bit in 0..<64 where (info.marked[word] >> UInt64(bit)) & 1 != 0 {
                        let address = start + UInt(word * 64 + bit) << BlockInfo.granuleShift
                        body(Reference(UnsafeMutablePointer(bitPattern: address)!))
                    }
                }
            }
            block += 1
        }
    }

    /// Poisons the cells of a block that are free from now on.
    func poisonUnmarked(_ block: Int, _ info: BlockInfo) {
        var cell = address(of: block)
        let end = cell + BlockInfo.blockBytes - info.cellBytes
        while cell <= end {
            let granule = BlockInfo.granule(cell)
            if BlockInfo.test(info.allocated, granule) && !BlockInfo.test(info.marked, granule) {
                poison(cell, info.cellBytes)
            }
            cell += info.cellBytes
        }
    }
    func poison(_ cell: UInt, _ bytes: UInt) {
        let words = UnsafeMutablePointer<UInt64>(bitPattern: cell)!
        words.pointee = Heap.poisonHeader
        (words + 1).update(repeating: poisonWord, count: Int(bytes) / 8 - 1)
    }

    /// Something alive refers to a cell that has been reclaimed and not been used again.
    @inline(never) func reportReclaimed(_ address: UInt) -> Never {
        var holder = "a root"
        forEachMarkedObject { object in
            forEachValue(in: object) { value in
                if value.isReference && UInt(bitPattern: value.reference.address) == address {
                    holder = "\(shapeName(object.kind) ?? "an object") at \(object.address)"
                }
            }
        }
        fatalError(
            "heap check: \(holder) leads to 0x\(String(address, radix: 16)), which has been reclaimed"
        )
    }
}
