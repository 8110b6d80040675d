import Observe

extension Heap {
    /// A digest of everything that can be reached from `kept` values and from `roots`: equal for two heaps
    /// whose objects have the same shapes and contents and refer to each other in the same way, wherever
    /// they are in memory. C addresses and native slots count as equal.
    ///
    /// No guest thread is running. Cost: proportional to live objects, and a table of them.
    public func digest(roots: (inout Tracer) -> Void) -> Digest {
        for block in 1..<max(1, blockCount) {
            info(block).marked.update(repeating: 0, count: BlockInfo.bitmapWords)
        }
        var tracer = Tracer(heap: self)
        for value in kept { tracer.value(value) }
        roots(&tracer)
        var walk = HeapWalk()
        for i in 0..<tracer.top { walk.visit(markStack[i]) }
        while let object = walk.next() { hash(object, &walk) }
        return Digest(count: UInt64(walk.count), hash: walk.hash.hash)
    }

    private func hash(_ address: UInt, _ walk: inout HeapWalk) {
        let object = UnsafeMutablePointer<UInt64>(bitPattern: address).unsafelyUnwrapped
        let kind = object.pointee & Header.kindMask
        walk.hash.add(kind)
        let shape = shapes[Int(kind)]
        func values(_ first: Int, _ count: Int) {
            for i in first..<(first + count) { walk.add(Value(bits: object[i])) }
        }
        func slots() {
            for i in 0..<Int(shape.slots) {
                let isNative = i < 64 && shape.nativeSlots >> UInt64(i) & 1 != 0
                if !isNative { walk.add(Value(bits: object[1 + i])) }
            }
        }
        func bytes(_ count: Int) {
            let start = UnsafeRawPointer(object + 2)
            walk.hash.add(UnsafeRawBufferPointer(start: start, count: count))
        }
        switch shape.layout {
        case .values, .card: slots()
        case .tuple: values(1, 1 + Value(bits: object[1]).int)
        case .array, .numbers:
            let layout = ArrayLayout(capacity: Value(bits: object[1]).int)
            values(1, 1)
            for card in 0..<layout.cards {
                values(layout.wordOfCard(card) + 1, layout.slotsPerCard)
            }
        case .ownArray:
            let last = Int(shape.slots)
            let own = Value(OwnArray.array(in: Reference(object), last))
            values(1, last - 1)
            if object[last] == own.bits { walk.hash.add(UInt64(1)) } else { values(last, 1) }
            values(last + 1, 1)
            values(OwnArray.firstWord(last), Value(bits: object[last + 1]).int)
        case .bytes where shape.slots > 0:
            for i in 1...Int(shape.slots) { walk.hash.add(object[i]) }
        case .bytes, .sharedBytes:
            values(1, 1)
            let count = Value(bits: object[1]).int
            if count >= 0 { bytes(count) } else { values(-count, 1) }
        case .weak:
            if let target = UInt(exactly: object[1]), target != 0 {
                walk.hash.add(UInt64(walk.visit(target)))
            } else {
                walk.hash.add(UInt64(0))
            }
        }
    }
}

/// Objects in the order in which they are found.
struct HeapWalk {
    private var numbers: [UInt: Int] = [:]
    private var pending: [UInt] = []
    var hash = Digest()
    var count: Int { numbers.count }

    /// The object's number.
    @discardableResult
    mutating func visit(_ object: UInt) -> Int {
        if let known = numbers[object] { return known }
        numbers[object] = numbers.count + 1
        pending.append(object)
        return numbers.count
    }
    mutating func next() -> UInt? { pending.popLast() }
    mutating func add(_ value: Value) {
        if value.isReference {
            hash.add(UInt64(visit(UInt(bitPattern: value.reference.address))) << 3 | 1)
        } else {
            hash.add(value.isAddress ? 3 : value.bits)
        }
    }
}
