import Glibc
import InterpreterKit
import Synchronization

/// What a name means on a type, remembered: one table for all threads, in native memory.
///
/// L1  An entry is good when its stamp is even and the same before and after it has been read, and its
///     version is the type's, read through the heap. A writer makes the stamp odd first.
@usableFromInline enum LookupCache {
    @usableFromInline struct Entry: ~Copyable {
        @usableFromInline let stamp = Atomic<UInt64>(0)
        @usableFromInline let type = Atomic<UInt64>(0)
        @usableFromInline let name = Atomic<UInt64>(0)
        @usableFromInline let version = Atomic<UInt64>(0)
        @usableFromInline let value = Atomic<UInt64>(0)
        @usableFromInline let gap: (UInt64, UInt64, UInt64) = (0, 0, 0)
    }
    @inlinable static var size: Int { 4096 }

    static func make() -> UnsafeMutablePointer<Entry> {
        // Zeros, as an empty entry has, in pages that take no memory until they are written.
        let memory = mmap(
            nil, size * MemoryLayout<Entry>.stride, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { fatalError("no memory for a table") }
        return memory.bindMemory(to: Entry.self, capacity: size)
    }
}

extension VM {
    /// What interned `name` means on `type` or its ancestors; unbound when nothing.
    @inlinable func lookup(_ type: Reference, _ name: Value) -> Value {
        let version = UInt64(truncatingIfNeeded: self[type, TypeObject.version])
        let address = UInt64(UInt(bitPattern: type.address))
        let index = Int(((address &>> 4) ^ (name.bits &>> 4) &* 31) & UInt64(LookupCache.size - 1))
        let entry = shared.pointee.lookups + index
        let stamp = entry.pointee.stamp.load(ordering: .acquiring)
        if stamp & 1 == 0, entry.pointee.type.load(ordering: .relaxed) == address,
            entry.pointee.name.load(ordering: .relaxed) == name.bits,
            entry.pointee.version.load(ordering: .relaxed) == version
        {
            let value = entry.pointee.value.load(ordering: .relaxed)
            // The entry was read before the stamp is seen again.
            atomicMemoryFence(ordering: .acquiring)
            if entry.pointee.stamp.load(ordering: .relaxed) == stamp { return Value(bits: value) }
        }
        return lookupSlowly(type, name, version, entry)
    }
    @inline(never) @usableFromInline
    func lookupSlowly(
        _ type: Reference, _ name: Value, _ version: UInt64,
        _ entry: UnsafeMutablePointer<LookupCache.Entry>
    ) -> Value {
        let value = search(type, name)
        let old = entry.pointee.stamp.load(ordering: .relaxed)
        if old & 1 == 0,
            entry.pointee.stamp.compareExchange(
                expected: old, desired: old &+ 1, ordering: .acquiringAndReleasing
            ).exchanged
        {
            // The odd stamp is seen by whoever sees anything of what follows.
            atomicMemoryFence(ordering: .releasing)
            entry.pointee.type.store(
                UInt64(UInt(bitPattern: type.address)), ordering: .relaxed)
            entry.pointee.name.store(name.bits, ordering: .relaxed)
            entry.pointee.version.store(version, ordering: .relaxed)
            entry.pointee.value.store(value.bits, ordering: .relaxed)
            // Publishes the entry to readers that see the new stamp.
            entry.pointee.stamp.store(old &+ 2, ordering: .releasing)
        }
        return value
    }
    /// The same, not to be remembered.
    func search(_ type: Reference, _ name: Value) -> Value {
        let mro = self[type, TypeObject.mro].reference
        for i in 0..<q.tupleCount(mro) {
            let ancestor = q.tupleElement(mro, i)
            guard ancestor.isType else { continue }
            let value = find(self[ancestor.reference, TypeObject.namespace], name: name)
            if value != .unbound { return value }
        }
        return .unbound
    }
    /// What `name` means on the type of `value`; unbound when nothing.
    @inlinable func lookup(typeOf value: Value, _ name: Value) -> Value {
        lookup(type(of: value), name)
    }

    /// After a change of what names mean on `type`.
    func touch(_ type: Reference) {
        let next = UnsafeMutableRawPointer(shared.pointee.nextVersion)
            .assumingMemoryBound(to: Atomic<UInt64>.self)
        let version = next.pointee.add(1, ordering: .relaxed).oldValue
        self[type, TypeObject.version] = Int(truncatingIfNeeded: version)
        // While the interpreter starts, types have no methods yet.
        let isFinished = self[type, TypeObject.mro].isTuple && shared.pointee.objectNew != .none
        self[type, TypeObject.traits] = isFinished ? Value(findTraits(type)) : .none
        let subclasses = self[type, TypeObject.subclasses]
        guard subclasses.isList else { return }
        for i in 0..<self[subclasses.reference, List.count] {
            let weak = self[self[subclasses.reference, List.items].reference, i]
            if weak.isType { touch(weak.reference) }
        }
    }
}
