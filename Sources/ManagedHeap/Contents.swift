import CHost

/// What an object holds, for backends.
extension Heap {
    private func info(_ object: Reference) -> ShapeInfo { shapes[object.kind] }

    /// Words of the object.
    public func wordCount(of object: Reference) -> Int {
        let info = info(object)
        switch info.layout {
        case .values, .card, .weak: return Int(info.slots) + 1
        case .tuple: return Value(bits: object.address[1]).int + 2
        case .bytes, .sharedBytes: return 2
        case .array, .numbers:
            return ArrayLayout(capacity: Value(bits: object.address[1]).int).words
        case .ownArray:
            let slots = Int(info.slots)
            return OwnArray.words(slots, capacity: Value(bits: object.address[slots + 1]).int)
        }
    }

    /// Conflict units of the object beside itself.
    public func forEachCard(of object: Reference, _ body: (UnsafeMutablePointer<UInt64>) -> Void) {
        let info = info(object)
        switch info.layout {
        case .array, .numbers:
            let layout = ArrayLayout(capacity: Value(bits: object.address[1]).int)
            for card in 0..<layout.cards { body(object.address + layout.wordOfCard(card)) }
        case .ownArray:
            let slots = Int(info.slots)
            if Value(bits: object.address[slots + 1]).int > 0 {
                body(object.address + (OwnArray.firstWord(slots) - 1))
            }
        case .values, .tuple, .bytes, .sharedBytes, .card, .weak: break
        }
    }

    /// Every value in the object, also those that the collector does not follow.
    public func forEachValue(in object: Reference, _ body: (Value) -> Void) {
        let words = object.address
        func slots(_ first: UnsafeMutablePointer<UInt64>, _ count: Int) {
            for i in 0..<count { body(Value(bits: host_load_relaxed(first + i))) }
        }
        let info = info(object)
        switch info.layout {
        case .values, .card: slots(words + 1, Int(info.slots))
        case .tuple: slots(words + 2, Value(bits: words[1]).int)
        case .array:
            let layout = ArrayLayout(capacity: Value(bits: words[1]).int)
            for card in 0..<layout.cards {
                slots(words + (layout.wordOfCard(card) + 1), layout.slotsPerCard)
            }
        case .ownArray:
            let last = Int(info.slots)
            // The array of its own is no object: its header is a value.
            slots(words + 1, words[last] == ownArray(object, last) ? last - 1 : last)
            slots(words + OwnArray.firstWord(last), Value(bits: words[last + 1]).int)
        case .sharedBytes:
            let count = Value(bits: words[1]).int
            if count < 0 { slots(words - count, 1) }
        case .weak:
            if let target = UnsafeMutablePointer<UInt64>(
                bitPattern: UInt(host_load_relaxed(words + 1)))
            {
                body(Value(Reference(target)))
            }
        case .bytes, .numbers: break
        }
    }
    private func ownArray(_ object: Reference, _ slots: Int) -> UInt64 {
        Value(OwnArray.array(in: object, slots)).bits
    }
}
