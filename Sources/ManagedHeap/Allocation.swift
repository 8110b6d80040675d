import CHost

/// Allocation: the inlined bump, and what happens when a run, a block or the budget ends.
extension Heap {
    /// Memory for `words` words, header included, not initialised. Nil only for objects beyond
    /// ``SizeClass/largestCell`` that do not fit under the limit.
    ///
    /// The caller writes every word before its thread can reach a safepoint (H3).
    @inlinable @inline(__always)
    public static func allocate(_ t: ThreadContext, words: Int) -> UnsafeMutablePointer<UInt64>? {
        if _fastPath(words <= smallWords) {
            return allocateSmall(t, granules: (words &+ 1) &>> 1)
        }
        return allocateSlowly(t, words: words)
    }

    /// Objects of so many words are cells of their exact size.
    @inlinable @inline(__always) public static var smallWords: Int { 64 }

    /// `granules` in 1...32, of 16 bytes each. Never fails: behind the limit lies a reserve.
    @inlinable @inline(__always)
    public static func allocateSmall(_ t: ThreadContext, granules: Int)
        -> UnsafeMutablePointer<UInt64>
    {
        let allocator = quanta_allocator_at(t, granules)
        let cell = allocator.pointee.next
        let end = cell &+ UInt64(truncatingIfNeeded: granules &* 16)
        if _fastPath(end <= allocator.pointee.limit) {
            allocator.pointee.next = end
            return UnsafeMutablePointer(bitPattern: UInt(cell)).unsafelyUnwrapped
        }
        return refill(t, granules)
    }

    @inline(__always) public static func of(_ t: ThreadContext) -> Heap {
        Unmanaged<Heap>.fromOpaque(t.pointee.heap.unsafelyUnwrapped)
            ._withUnsafeGuaranteedRef { $0 }
    }
    /// Has the thread allocated since the last collection? One that only waits needs no memory to do it in.
    public static func hasTakenBlocks(_ t: ThreadContext) -> Bool {
        (0..<SizeClass.count).contains { quanta_allocator_at(t, $0).pointee.block != 0 }
    }
    /// Uses the heap without keeping it alive: its machine does that.
    @inline(__always)
    private static func with<R>(_ t: ThreadContext, _ body: (Heap) -> R) -> R {
        Unmanaged<Heap>.fromOpaque(t.pointee.heap.unsafelyUnwrapped)._withUnsafeGuaranteedRef(body)
    }

    @inline(never) @usableFromInline
    static func refill(_ t: ThreadContext, _ sizeClass: Int) -> UnsafeMutablePointer<UInt64> {
        with(t) { $0.refill(t, sizeClass) }
    }
    @inline(never) @usableFromInline
    static func allocateSlowly(_ t: ThreadContext, words: Int) -> UnsafeMutablePointer<UInt64>? {
        with(t) { $0.allocateSlowly(t, words: words) }
    }

    private func allocateSlowly(_ t: ThreadContext, words: Int) -> UnsafeMutablePointer<UInt64>? {
        let bytes = UInt(words) &* 8
        if bytes > SizeClass.largestCell { return allocateLarge(t, bytes) }
        let sizeClass = SizeClass.of(bytes: bytes)
        let allocator = quanta_allocator_at(t, sizeClass)
        let size = UInt64(SizeClass.bytes(of: sizeClass))
        let cell = allocator.pointee.next
        if cell &+ size <= allocator.pointee.limit {
            allocator.pointee.next = cell &+ size
            return UnsafeMutablePointer(bitPattern: UInt(cell)).unsafelyUnwrapped
        }
        return refill(t, sizeClass)
    }

    // MARK: runs and blocks

    private func refill(_ t: ThreadContext, _ sizeClass: Int) -> UnsafeMutablePointer<UInt64> {
        let allocator = quanta_allocator_at(t, sizeClass)
        let size = SizeClass.bytes(of: sizeClass)
        if let stress = configuration.stress { collectIfDue(t, stress) }
        var collected = false
        while !nextRun(allocator, size) {
            release(allocator)
            host_lock(lock)
            if blocksSinceCollection >= budgetBlocks && !collected {
                host_unlock(lock)
                collected = true
                onPressure(t)
                continue
            }
            if let block = takeBlock(sizeClass, size) {
                blocksSinceCollection += 1
                if _slowPath(holdsStartupCode && 2 * blocksSinceCollection > budgetBlocks) {
                    // What only the start of the program has needed makes room for its objects.
                    holdsStartupCode = false
                    host_release_code()
                }
                info(block).owner = allocator
                allocator.pointee.block = UInt64(block)
                allocator.pointee.next = 0
                allocator.pointee.limit = 0
                let over = bytesInUse > configuration.limit
                host_unlock(lock)
                if over { onLimit(t) }
            } else {
                host_unlock(lock)
                if collected { onExhaustion(t) }
                collected = true
                onPressure(t)
            }
        }
        let cell = allocator.pointee.next
        allocator.pointee.next = cell &+ UInt64(size)
        return UnsafeMutablePointer(bitPattern: UInt(cell)).unsafelyUnwrapped
    }

    /// Moves the allocator to the next free run of its block.
    private func nextRun(_ allocator: UnsafeMutablePointer<quanta_allocator>, _ size: UInt) -> Bool
    {
        if allocator.pointee.block == 0 { return false }
        let block = Int(allocator.pointee.block)
        let info = info(block)
        let start = address(of: block)
        let last = start &+ BlockInfo.blockBytes &- size
        let bits = info.allocated
        var cell = info.cursor
        if cell == start && !isStressed && info.isEmpty {
            let end = start &+ BlockInfo.blockBytes / size &* size
            bits.update(repeating: ~0, count: BlockInfo.bitmapWords)
            info.cursor = end
            allocator.pointee.next = UInt64(start)
            allocator.pointee.limit = UInt64(end)
            return true
        }
        while cell <= last && BlockInfo.test(bits, BlockInfo.granule(cell)) { cell &+= size }
        if cell > last { return false }
        let first = cell
        // Behind the cursor every bit is that of a cell's first granule.
        let next = BlockInfo.firstSet(bits, from: BlockInfo.granule(first))
        if _slowPath(isStressed) {
            cell = first &+ size
        } else if next < BlockInfo.bitmapWords &* 64 {
            cell = start &+ UInt(next) &<< BlockInfo.granuleShift
        } else {
            cell = first &+ (start &+ BlockInfo.blockBytes &- first) / size &* size
        }
        // The whole run counts as allocated; cells not yet bumped over are told apart by the owner (B2).
        let i = BlockInfo.granule(first)
        BlockInfo.set(bits, from: i, count: Int((cell &- first) &>> BlockInfo.granuleShift))
        info.cursor = cell
        allocator.pointee.next = UInt64(first)
        allocator.pointee.limit = UInt64(cell)
        return true
    }

    private func release(_ allocator: UnsafeMutablePointer<quanta_allocator>) {
        if allocator.pointee.block != 0 { info(Int(allocator.pointee.block)).owner = nil }
        allocator.pointee.block = 0
        allocator.pointee.next = 0
        allocator.pointee.limit = 0
    }

    /// A block with free cells of this class, under `lock`; nil when memory is gone.
    private func takeBlock(_ sizeClass: Int, _ size: UInt) -> Int? {
        let block = partial[sizeClass]
        if block != 0 {
            partial[sizeClass] = info(block).link
            info(block).cursor = address(of: block)
            if isStressed {
                info(block).cursor += size &* firstCellUnderStress(of: BlockInfo.blockBytes / size)
            }
            return block
        }
        guard let fresh = takeFreeBlock() else { return nil }
        let info = info(fresh)
        info.state = .cells
        info.cellBytes = size
        info.cursor = address(of: fresh)
        info.allocated.update(repeating: 0, count: BlockInfo.bitmapWords)
        return fresh
    }

    private func takeFreeBlock() -> Int? {
        if freeList != 0 {
            let block = freeList
            freeList = info(block).link
            freeBlocks -= 1
            usedBlocks += 1
            return block
        }
        if blockCount >= reservedBlocks { return nil }
        blockCount += 1
        usedBlocks += 1
        return blockCount - 1
    }

    // MARK: large objects

    private func allocateLarge(_ t: ThreadContext, _ bytes: UInt) -> UnsafeMutablePointer<UInt64>? {
        let (rounded, overflow) = bytes.addingReportingOverflow(BlockInfo.blockBytes - 1)
        if overflow || rounded >> BlockInfo.blockShift >= UInt(reservedBlocks) { return nil }
        if let stress = configuration.stress { collectIfDue(t, stress) }
        let span = Int(rounded >> BlockInfo.blockShift)
        let limitBlocks = configuration.limit >> Int(BlockInfo.blockShift)
        var collected = false
        while true {
            host_lock(lock)
            let pressed = blocksSinceCollection + span > budgetBlocks && blocksSinceCollection > 0
            let fits = usedBlocks + span <= limitBlocks
            if !collected && (pressed || !fits) {
                host_unlock(lock)
                collected = true
                onPressure(t)
                continue
            }
            guard fits, let head = takeSpan(span) else {
                host_unlock(lock)
                if collected { return nil }
                collected = true
                onPressure(t)
                continue
            }
            blocksSinceCollection += span
            host_unlock(lock)
            return UnsafeMutablePointer(bitPattern: address(of: head)).unsafelyUnwrapped
        }
    }

    /// `span` neighbouring blocks, from the free ones if they lie together, else from the end.
    private func takeSpan(_ span: Int) -> Int? {
        var head = 0
        if span <= freeBlocks {
            var run = 0
            var block = 1
            while block < blockCount && run < span {
                run = info(block).state == .free ? run + 1 : 0
                block += 1
            }
            if run == span { head = block - span }
        }
        let isFresh = head == 0
        if isFresh {
            if blockCount + span > reservedBlocks { return nil }
            head = blockCount
            blockCount += span
        } else {
            freeBlocks -= span
        }
        for i in 0..<span {
            let info = info(head + i)
            info.state = i == 0 ? .large : .continuation
            info.span = i == 0 ? span : i
            info.owner = nil
            info.allocated[0] = i == 0 ? 1 : 0
            info.marked[0] = 0
            info.cellBytes = UInt(span) &<< BlockInfo.blockShift
        }
        usedBlocks += span
        if !isFresh { relinkFreeBlocks() }
        return head
    }

    /// Rebuilds the free list in address order.
    func relinkFreeBlocks() {
        freeList = 0
        var block = blockCount - 1
        while block > 0 {
            let info = info(block)
            if info.state == .free {
                info.link = freeList
                freeList = block
            }
            block -= 1
        }
    }
}
