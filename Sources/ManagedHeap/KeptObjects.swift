/// Objects that live as long as the machine: what ``Heap/keep(_:)`` was told, and objects of permanent
/// shapes with what they refer to.
///
/// Those that refer to nothing are marked for ever: a collection does not look at them again. The others
/// are roots, each of them once.
struct KeptObjects {
    private(set) var roots: [UInt] = []
    private var known: Set<UInt> = []
    /// How many of ``Heap/kept`` have been looked at.
    var settled = 0
    /// What permanent objects refer to, to be looked at by the next collection.
    var found: [Value] = []

    mutating func addRoot(_ object: UInt) {
        if known.insert(object).inserted { roots.append(object) }
    }
}

extension Heap {
    /// Looks at what has been kept since the last collection.
    func settleKeptObjects() {
        while keptObjects.settled < kept.count {
            settle(kept[keptObjects.settled])
            keptObjects.settled += 1
        }
        let found = keptObjects.found
        keptObjects.found = []
        for value in found { settle(value) }
    }
    private func settle(_ value: Value) {
        guard value.isReference else { return }
        let object = value.reference
        let address = UInt(bitPattern: object.address)
        let info = info(block(of: address))
        guard info.state == .cells, refersToNothing(object) else {
            return keptObjects.addRoot(address)
        }
        _ = BlockInfo.set(info.permanent, BlockInfo.granule(address))
        _ = BlockInfo.set(info.marked, BlockInfo.granule(address))
    }
    private func refersToNothing(_ object: Reference) -> Bool {
        switch shapes[object.kind].layout {
        case .bytes: true
        case .sharedBytes: Value(bits: object.address[1]).int >= 0
        case .values, .tuple, .array, .numbers, .card, .ownArray, .weak: false
        }
    }

    /// An object of a permanent shape has been found alive.
    func keepForEver(_ object: UnsafeMutablePointer<UInt64>, _ slots: Int) {
        let address = UInt(bitPattern: object)
        let info = info(block(of: address))
        guard info.state == .cells, BlockInfo.set(info.permanent, BlockInfo.granule(address))
        else { return }
        for i in 1..<(slots + 1) {
            let value = Value(bits: object[i])
            if value.isReference { keptObjects.found.append(value) }
        }
    }
}
