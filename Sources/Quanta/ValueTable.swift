import ManagedHeap

/// A growing table of values in raw memory that the collector sees: for what a language shares
/// between its threads and never rolls back, such as constants and the cells of global variables.
///
/// Lives as long as its machine. Growing moves the entries: only while no other guest thread runs.
///
/// ```swift
/// let constants = ValueTable(host.machine)
/// constants.set(0, Value(7))
/// ```
/// Cost: an entry is one load from `base`, which loops may keep in a local.
@frozen public struct ValueTable {
    @usableFromInline struct Storage {
        @usableFromInline var base: Frame
        var count = 0
        var capacity = 64
    }
    @usableFromInline let storage: UnsafeMutablePointer<Storage>

    public init(_ machine: VirtualMachine) {
        let owner = Owner()
        storage = owner.storage
        machine.addRoots { owner.visit(&$0) }
    }

    /// The first entry.
    @inlinable @inline(__always) public var base: Frame { storage.pointee.base }
    public var count: Int { storage.pointee.count }

    /// At least `wanted` entries; new ones are `Value.none`.
    public func resize(_ wanted: Int) {
        storage.pointee.count = max(count, wanted)
        let capacity = storage.pointee.capacity
        guard count > capacity else { return }
        let larger = max(capacity * 2, count)
        let moved = Frame.allocate(capacity: larger)
        moved.initialize(repeating: .none, count: larger)
        moved.update(from: base, count: capacity)
        base.deallocate()
        storage.pointee.base = moved
        storage.pointee.capacity = larger
    }
    public func set(_ index: Int, _ value: Value) {
        resize(index + 1)
        base[index] = value
    }

    /// Forgets all entries.
    public func removeAll() {
        base.update(repeating: .none, count: count)
        storage.pointee.count = 0
    }

    /// Held by the machine.
    private final class Owner {
        let storage = UnsafeMutablePointer<Storage>.allocate(capacity: 1)

        init() {
            let base = Frame.allocate(capacity: 64)
            base.initialize(repeating: .none, count: 64)
            storage.initialize(to: Storage(base: base))
        }
        deinit {
            storage.pointee.base.deallocate()
            storage.deallocate()
        }
        func visit(_ tracer: inout Tracer) {
            for i in 0..<storage.pointee.count { tracer.value(storage.pointee.base[i]) }
        }
    }
}
