import CHost

/// Every guest object of one virtual machine: allocation, liveness, collection.
///
/// Allocation is a thread-local bump inside free runs of size-classed blocks; objects never move;
/// collection is mark and sweep by bitmap. The heap knows no language and no backend: who stops the
/// threads and which words are roots is told to it through ``onPressure`` and the ``Tracer``.
///
/// H1  Between collections a block's bits change only by its owner (B3) or under `lock`.
/// H2  `collect` runs only while every other thread of the machine is stopped outside managed memory
///     or at a safepoint.
/// H3  A cell is fully written before its thread can reach a safepoint.
/// H4  After a collection: allocated bits == mark bits, no allocator owns a run.
///
/// Source: the segregated-fit, bitmap-marking design of Boehm-Demers-Weiser and Go, without a write
/// barrier. Cost: about 2 ns to allocate a small object, collection included.
public final class Heap: @unchecked Sendable {
    public struct Configuration: Sendable {
        /// Blocks in use may not exceed this many bytes; the guest gets a memory error first.
        public var limit: Int
        /// Allocation between two collections while little is live, in bytes; for each of several running threads twice that.
        public var minimumBudget: Int
        /// Verify the heap and poison what is reclaimed at every collection.
        public var checks: Bool
        /// Collections at fixed allocations beside the usual ones, for the search for what is reclaimed too
        /// early; then reclaimed memory is poisoned, too.
        public var stress: Stress?

        public init(
            limit: Int? = nil, minimumBudget: Int? = nil, checks: Bool? = nil, stress: Stress? = nil
        ) {
            self.stress = stress
            self.limit = max(1 << 20, limit ?? Int(host_physical_memory() / 4 * 3))
            self.minimumBudget = minimumBudget ?? max(4 << 20, Int(host_cache_size()) / 2 * 3)
            #if DEBUG
                self.checks = checks ?? true
            #else
                self.checks = checks ?? false
            #endif
        }
    }

    public let configuration: Configuration
    let base: UInt
    let reservedBlocks: Int
    let blocks: UnsafeMutablePointer<UInt64>
    let markStack: UnsafeMutablePointer<UInt>
    /// Marked objects whose headers are on their way into the cache: see ``Tracer/drain()``.
    let arriving = UnsafeMutablePointer<UInt>.allocate(capacity: Tracer.lookahead)
    /// Counts allocations, if there is stress.
    let stressClock = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    let reserved: [(UnsafeMutableRawPointer, Int)]
    @usableFromInline let shapes: UnsafeMutablePointer<ShapeInfo>
    /// By the number of the shape, up to the highest.
    private var shapeNames: [StaticString?] = []

    // Guarded by `lock` between collections (H1).
    let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    var blockCount = 1
    var freeList = 0
    var freeBlocks = 0
    var usedBlocks = 0
    var partial = [Int](repeating: 0, count: SizeClass.count)
    var blocksSinceCollection = 0
    var budgetBlocks: Int
    /// The pages of code have not been given back since the process began.
    var holdsStartupCode = true
    var kept: [Value] = []
    /// See ``KeptObjects``.
    var keptObjects = KeptObjects()
    var weakReferences: [Reference] = []
    var finalizers: [(Reference, @Sendable () -> Void)] = []
    var readyFinalizers: [@Sendable () -> Void] = []

    public internal(set) var statistics = HeapStatistics()
    /// Called when the budget is used up, on the allocating thread, which must stop the others and
    /// call ``collect(_:)``. Returning without a collection lets the heap overshoot.
    public var onPressure: (ThreadContext) -> Void = { _ in }
    /// Called when a small object had to be taken from the reserve behind the limit.
    public var onLimit: (ThreadContext) -> Void = { _ in }
    /// Called when even the reserve is gone. Must not return.
    public var onExhaustion: (ThreadContext) -> Never = { _ in fatalError("heap exhausted") }

    /// Reserves address space for `limit` plus its reserve; nil when the system refuses.
    public init?(_ configuration: Configuration = Configuration(), shapes: [Shape] = []) {
        let wanted = UInt(configuration.limit) + UInt(configuration.limit) / 4 + (64 << 20)
        let blockCapacity = Int(wanted >> BlockInfo.blockShift) + 2
        let bytes = blockCapacity << Int(BlockInfo.blockShift) + host_large_page
        let infoBytes = blockCapacity * BlockInfo.words * 8
        let markBytes = bytes / 2
        guard let heap = host_reserve(bytes), let info = host_reserve(infoBytes),
            let marks = host_reserve(markBytes)
        else { return nil }
        reserved = [(heap, bytes), (info, infoBytes), (marks, markBytes)]
        let mask = UInt(host_large_page) - 1
        base = (UInt(bitPattern: heap) + mask) & ~mask
        // A small heap is not rounded up; a large one gains more than it loses by it.
        let small = UInt(8 << 20)
        if let rest = UnsafeMutableRawPointer(bitPattern: base &+ small) {
            host_prefer_large_pages(rest, bytes - Int(small) - host_large_page)
        }
        reservedBlocks = blockCapacity
        blocks = info.assumingMemoryBound(to: UInt64.self)
        markStack = marks.assumingMemoryBound(to: UInt.self)
        self.configuration = configuration
        // Below a low limit the first collection comes earlier: what is garbage by then is no reason to fail.
        let budget = min(configuration.minimumBudget, configuration.limit)
        budgetBlocks = max(4, budget >> Int(BlockInfo.blockShift))
        lock.initialize(to: 0)
        stressClock.initialize(to: 0)
        self.shapes = .allocate(capacity: Shape.kindCount)
        self.shapes.initialize(
            repeating: ShapeInfo(slots: 0, layout: .bytes, nativeSlots: 0, isPermanent: false),
            count: Shape.kindCount)
        for shape in Shape.framework + shapes { register(shape) }
    }

    deinit {
        for (base, bytes) in reserved { host_release(base, bytes) }
        shapes.deallocate()
        arriving.deallocate()
        stressClock.deallocate()
        lock.deallocate()
    }

    /// Makes `shape` known to the collector and the barriers. Before objects of it exist.
    public func register(_ shape: Shape) {
        precondition(shape.kind > 0 && shape.kind < Shape.kindCount, "shape number out of range")
        precondition(shapeName(shape.kind) == nil, "two shapes have the number \(shape.kind)")
        shapes[shape.kind] = ShapeInfo(
            slots: UInt32(shape.slots), layout: shape.layout, nativeSlots: shape.nativeSlots,
            isPermanent: shape.isPermanent)
        while shapeNames.count <= shape.kind { shapeNames.append(nil) }
        shapeNames[shape.kind] = shape.name
    }
    /// What the shape of this number is called; nil when there is none.
    func shapeName(_ kind: Int) -> StaticString? {
        kind < shapeNames.count ? shapeNames[kind] : nil
    }

    /// Keeps `value` alive for the life of the machine: constants of compiled code, globals.
    public func keep(_ value: Value) {
        locked { kept.append(value) }
    }

    /// Runs `action` once, between two quanta, after `object` has been reclaimed.
    ///
    /// The action must not refer to the object. Called through `Quantum.onReclaim`, so that a
    /// quantum that is rolled back registers nothing.
    public func addFinalizer(_ object: Reference, _ action: @escaping @Sendable () -> Void) {
        locked { finalizers.append((object, action)) }
    }

    public func addWeakReference(_ weak: Reference) { locked { weakReferences.append(weak) } }

    /// Actions of reclaimed objects, to be run outside any quantum.
    public func takeReadyFinalizers() -> [@Sendable () -> Void] {
        locked {
            let ready = readyFinalizers
            readyFinalizers = []
            return ready
        }
    }
    public var hasReadyFinalizers: Bool { locked { !readyFinalizers.isEmpty } }

    /// Bytes of blocks in use.
    public var bytesInUse: Int { usedBlocks << Int(BlockInfo.blockShift) }
    /// Bytes of blocks taken for new objects so far.
    public var bytesAllocated: Int {
        statistics.bytesAllocated + blocksSinceCollection << Int(BlockInfo.blockShift)
    }

    @inline(__always) func locked<R>(_ body: () -> R) -> R {
        host_lock(lock)
        defer { host_unlock(lock) }
        return body()
    }
    @inline(__always) func info(_ block: Int) -> BlockInfo {
        BlockInfo(base: blocks + block &* BlockInfo.words)
    }
    @inline(__always) func block(of address: UInt) -> Int {
        Int((address &- base) &>> BlockInfo.blockShift)
    }
    @inline(__always) func address(of block: Int) -> UInt {
        base &+ UInt(block) &<< BlockInfo.blockShift
    }
}

/// What the collector did.
public struct HeapStatistics: Sendable {
    public var collections = 0
    public var collectionNanoseconds: UInt64 = 0
    public var liveBytes = 0
    public var peakBytes = 0
    public var bytesAllocated = 0
}

/// A guest thread's block of hot words.
public typealias ThreadContext = UnsafeMutablePointer<quanta_thread>

extension Heap {
    /// Values in the conflict unit at `unit`: what a backend saves before the unit is written.
    @inlinable @inline(__always)
    public static func slotCount(_ t: ThreadContext, ofUnit unit: UnsafeMutablePointer<UInt64>)
        -> Int
    {
        let shapes = Unmanaged<Heap>.fromOpaque(t.pointee.heap.unsafelyUnwrapped)
            ._withUnsafeGuaranteedRef { $0.shapes }
        let slots = shapes[Int(host_load_relaxed(unit) & Header.kindMask)].unitSlots
        return _fastPath(slots >= 0)
            ? Int(slots) : Value(bits: host_load_relaxed(unit + 1)).int &+ 1
    }
}
