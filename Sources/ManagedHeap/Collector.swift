import CHost

/// Marks what is reachable. Handed to whoever knows roots during a collection.
public struct Tracer: ~Copyable {
    let heap: Heap
    var top = 0

    /// Everything reachable from `value`. The word may be stale: it counts only if it leads to an
    /// allocated cell.
    public mutating func value(_ value: Value) {
        if value.isReference { word(UInt(value.bits &- 1)) }
    }

    /// A word that may be an address anywhere inside an object, plain or tagged.
    @inline(__always) public mutating func word(_ word: UInt) {
        let object = heap.objectContaining(word)
        if object != 0 { push(object) }
    }

    /// Every aligned word of native memory.
    public mutating func native(from low: UInt64, to high: UInt64) {
        var p = (low &+ 7) & ~7
        while p &+ 8 <= high {
            word(UInt(quanta_read_native(UnsafePointer(bitPattern: UInt(p)).unsafelyUnwrapped)))
            p &+= 8
        }
    }

    /// Every value in a stretch of VM stack or log.
    public mutating func values(
        from low: UnsafeMutablePointer<UInt64>, to high: UnsafeMutablePointer<UInt64>
    ) {
        var p = low
        while p < high {
            value(Value(bits: p.pointee))
            p += 1
        }
    }

    @inline(__always) mutating func push(_ object: UInt) {
        let info = heap.info(heap.block(of: object))
        if BlockInfo.set(info.marked, BlockInfo.granule(object)) {
            heap.markStack[top] = object
            top &+= 1
        }
    }

    /// Slots are trusted: they hold references to objects or no references.
    @inline(__always)
    private mutating func slots(_ first: UnsafeMutablePointer<UInt64>, _ count: Int) {
        var p = first
        let end = first + count
        while p < end {
            let value = Value(bits: p.pointee)
            if value.isReference { push(UInt(bitPattern: value.reference.address)) }
            p += 1
        }
    }

    /// Objects that are taken from the stack before the first of them is looked at.
    static var lookahead: Int { 16 }

    /// Visits everything on the mark stack, and what that leads to.
    ///
    /// An object is not looked at when it is taken from the stack but ``lookahead`` objects later, so that
    /// the memory it lies in is read meanwhile.
    mutating func drain() {
        let arriving = heap.arriving
        arriving.update(repeating: 0, count: Tracer.lookahead)
        var next = 0
        var waiting = 0
        while true {
            var taken: UInt = 0
            if top > 0 {
                top &-= 1
                taken = heap.markStack[top]
                if taken & 1 != 0 {
                    // A large array in pieces: next card, and the array below it.
                    top &-= 1
                    cards(heap.markStack[top], from: Int(taken &>> 1))
                    continue
                }
                host_prefetch(UnsafeRawPointer(bitPattern: taken))
                waiting &+= 1
            } else if waiting == 0 {
                return
            }
            let object = arriving[next]
            arriving[next] = taken
            next = (next &+ 1) & (Tracer.lookahead &- 1)
            if object != 0 {
                waiting &-= 1
                visit(object)
            }
        }
    }
    @inline(__always) private mutating func visit(_ address: UInt) {
        let object = UnsafeMutablePointer<UInt64>(bitPattern: address).unsafelyUnwrapped
        let kind = Int(object.pointee & Header.kindMask)
        let shape = heap.shapes[kind]
        switch shape.layout {
        case .values, .card:
            slots(object + 1, Int(shape.slots))
            if _slowPath(shape.isPermanent) { heap.keepForEver(object, Int(shape.slots)) }
        case .tuple: slots(object + 2, Value(bits: object[1]).int)
        case .array: cards(address, from: 0)
        case .ownArray:
            let last = Int(shape.slots)
            slots(object + 1, last &- 1)
            if object[last] != Value(OwnArray.array(in: Reference(object), last)).bits {
                slots(object + last, 1)
            }
            slots(object + OwnArray.firstWord(last), Value(bits: object[last &+ 1]).int)
        case .sharedBytes:
            let count = Value(bits: object[1]).int
            if count < 0 { slots(object - count, 1) }
        case .bytes: if _slowPath(kind == 0) { heap.reportReclaimed(address) }
        case .numbers, .weak: break
        }
    }

    /// Up to 256 cards; the rest of a longer array goes back onto the stack.
    private mutating func cards(_ array: UInt, from first: Int) {
        let object = UnsafeMutablePointer<UInt64>(bitPattern: array).unsafelyUnwrapped
        let layout = ArrayLayout(capacity: Value(bits: object[1]).int)
        let end = min(layout.cards, first + 256)
        if end < layout.cards {
            heap.markStack[top] = array
            heap.markStack[top + 1] = UInt(end) &<< 1 | 1
            top &+= 2
        }
        for card in first..<end {
            slots(object + (layout.wordOfCard(card) + 1), layout.slotsPerCard)
        }
    }
}

extension Heap {
    /// The object whose cell contains `word`, or 0. Accepts interior addresses.
    @inline(__always) func objectContaining(_ word: UInt) -> UInt {
        if word < base || word >= address(of: blockCount) { return 0 }
        return cellContaining(word)
    }

    private func cellContaining(_ word: UInt) -> UInt {
        var block = block(of: word)
        var info = info(block)
        switch info.state {
        case .free: return 0
        case .continuation:
            block -= info.span
            info = self.info(block)
            fallthrough
        case .large:
            return info.allocated[0] != 0 ? address(of: block) : 0
        case .cells:
            let start = address(of: block)
            let size = info.cellBytes
            let cell = start &+ (word &- start) / size &* size
            if cell &+ size > start &+ BlockInfo.blockBytes { return 0 }
            if !BlockInfo.test(info.allocated, BlockInfo.granule(cell)) { return 0 }
            if let owner = info.owner, UInt64(cell) >= owner.pointee.next,
                UInt64(cell) < owner.pointee.limit
            {
                return 0
            }
            return cell
        }
    }

    /// One collection (H2). `roots` reports every root to the tracer; `running` threads allocate at the
    /// same time.
    ///
    /// Cost: proportional to live objects plus blocks; single-threaded.
    public func collect(
        threads: [ThreadContext], running: Int = 1, roots: (inout Tracer) -> Void
    ) {
        let start = host_monotonic_ns()
        for block in 1..<max(1, blockCount) {
            let info = info(block)
            info.marked.update(from: info.permanent, count: BlockInfo.bitmapWords)
        }
        var tracer = Tracer(heap: self)
        settleKeptObjects()
        for address in keptObjects.roots { tracer.push(address) }
        roots(&tracer)
        tracer.drain()
        settleWeakReferencesAndFinalizers()
        if configuration.checks { verify() }
        statistics.bytesAllocated += blocksSinceCollection << Int(BlockInfo.blockShift)
        statistics.peakBytes = max(statistics.peakBytes, bytesInUse)
        sweep(threads, running)
        statistics.collections += 1
        statistics.collectionNanoseconds += host_monotonic_ns() - start
    }

    func isMarked(_ object: Reference) -> Bool {
        let address = UInt(bitPattern: object.address)
        return BlockInfo.test(info(block(of: address)).marked, BlockInfo.granule(address))
    }

    private func settleWeakReferencesAndFinalizers() {
        weakReferences.removeAll { weak in
            if !isMarked(weak) { return true }
            let target = UnsafeMutablePointer<UInt64>(bitPattern: UInt(weak.address[1]))
            if let target, !isMarked(Reference(target)) { weak.address[1] = 0 }
            return weak.address[1] == 0
        }
        finalizers.removeAll { object, action in
            if isMarked(object) { return false }
            readyFinalizers.append(action)
            return true
        }
    }

    private func sweep(_ threads: [ThreadContext], _ running: Int) {
        for thread in threads {
            for i in 0..<SizeClass.count {
                quanta_allocator_at(thread, i).pointee = quanta_allocator()
            }
        }
        for i in partial.indices { partial[i] = 0 }
        var live = 0
        usedBlocks = 0
        freeBlocks = 0
        var block = 1
        while block < blockCount {
            let info = info(block)
            switch info.state {
            case .free, .continuation: break
            case .large:
                let span = info.span
                if info.marked[0] & 1 == 0 {
                    if poisons { poison(address(of: block), UInt(span) << BlockInfo.blockShift) }
                    for i in 0..<span { self.info(block + i).state = .free }
                    // Memory for a small one is needed again soon.
                    if span >= 64 {
                        host_discard(
                            UnsafeMutableRawPointer(bitPattern: address(of: block))!,
                            span << Int(BlockInfo.blockShift))
                    }
                    freeBlocks += span
                } else {
                    usedBlocks += span
                    live += span << Int(BlockInfo.blockShift)
                }
                block += span
                continue
            case .cells: live += sweepCells(block, info)
            }
            if info.state == .free { freeBlocks += 1 }
            block += 1
        }
        relinkFreeBlocks()
        statistics.liveBytes = live
        blocksSinceCollection = 0
        // Each running thread has a cache of its own to fill. Several stand still while one collects: half as often.
        let caches = running > 1 ? 2 * running : 1
        let minimum = max(4, caches * configuration.minimumBudget >> Int(BlockInfo.blockShift))
        // Near the limit collect more often rather than fail; never less than an eighth of the minimum.
        let room = (configuration.limit >> Int(BlockInfo.blockShift)) - usedBlocks
        let wanted = max(minimum, live >> Int(BlockInfo.blockShift))
        budgetBlocks = max(min(wanted, room), max(4, minimum / 8))
    }

    /// Frees the unmarked cells of a block; returns its live bytes.
    private func sweepCells(_ block: Int, _ info: BlockInfo) -> Int {
        var cells = 0
        if _slowPath(poisons) { poisonUnmarked(block, info) }
        for i in 0..<BlockInfo.bitmapWords {
            let marks = info.marked[i]
            info.allocated[i] = marks
            cells &+= marks.nonzeroBitCount
        }
        info.owner = nil
        if cells == 0 {
            info.state = .free
            return 0
        }
        usedBlocks += 1
        let capacity = Int(BlockInfo.blockBytes / info.cellBytes)
        if cells < capacity {
            let sizeClass = SizeClass.of(bytes: info.cellBytes)
            info.link = partial[sizeClass]
            partial[sizeClass] = block
        }
        return cells * Int(info.cellBytes)
    }
}
