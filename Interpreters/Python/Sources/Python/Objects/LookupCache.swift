import InterpreterKit
import Synchronization

/// What a name means on a type, remembered: one table for all threads, in native memory.
///
/// L1  An entry is good when its stamp is even and the same before and after it has been read, and its
///     version is the type's, read through the heap. A writer makes the stamp odd first.
@usableFromInline enum LookupCache {
    @usableFromInline struct Entry {
        @usableFromInline var stamp: UInt64 = 0
        @usableFromInline var type: UInt64 = 0
        @usableFromInline var name: UInt64 = 0
        @usableFromInline var version: UInt64 = 0
        @usableFromInline var value: UInt64 = 0
        @usableFromInline var gap: (UInt64, UInt64, UInt64) = (0, 0, 0)
    }
    @inlinable static var size: Int { 4096 }

    static func make() -> UnsafeMutablePointer<Entry> {
        let table = UnsafeMutablePointer<Entry>.allocate(capacity: size)
        table.initialize(repeating: Entry(), count: size)
        return table
    }
}

extension VM {
    /// What interned `name` means on `type` or its ancestors; unbound when nothing.
    @inlinable func lookup(_ type: Reference, _ name: Value) -> Value {
        let version = UInt64(truncatingIfNeeded: self[type, TypeObject.version])
        let address = UInt64(UInt(bitPattern: type.address))
        let index = Int(((address &>> 4) ^ (name.bits &>> 4) &* 31) & UInt64(LookupCache.size - 1))
        let entry = shared.pointee.lookups + index
        let stamp = entry.pointee.stamp
        atomicMemoryFence(ordering: .acquiring)
        if stamp & 1 == 0, entry.pointee.type == address, entry.pointee.name == name.bits,
            entry.pointee.version == version
        {
            let value = entry.pointee.value
            atomicMemoryFence(ordering: .acquiring)
            if entry.pointee.stamp == stamp { return Value(bits: value) }
        }
        return lookupSlowly(type, name, version, entry)
    }
    @inline(never) @usableFromInline
    func lookupSlowly(
        _ type: Reference, _ name: Value, _ version: UInt64,
        _ entry: UnsafeMutablePointer<LookupCache.Entry>
    ) -> Value {
        var value = Value.unbound
        let mro = self[type, TypeObject.mro].reference
        for i in 0..<q.tupleCount(mro) {
            let ancestor = q.tupleElement(mro, i)
            guard ancestor.isType else { continue }
            value = find(self[ancestor.reference, TypeObject.namespace], name: name)
            if value != .unbound { break }
        }
        let stamp = UnsafeMutableRawPointer(entry).assumingMemoryBound(to: Atomic<UInt64>.self)
        let old = stamp.pointee.load(ordering: .relaxed)
        if old & 1 == 0,
            stamp.pointee.compareExchange(
                expected: old, desired: old &+ 1, ordering: .acquiringAndReleasing
            ).exchanged
        {
            atomicMemoryFence(ordering: .releasing)
            entry.pointee.type = UInt64(UInt(bitPattern: type.address))
            entry.pointee.name = name.bits
            entry.pointee.version = version
            entry.pointee.value = value.bits
            // Publishes the entry to readers that see the new stamp.
            stamp.pointee.store(old &+ 2, ordering: .releasing)
        }
        return value
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
        self[type, TypeObject.traits] =
            self[type, TypeObject.mro].isTuple ? Value(findTraits(type)) : .none
        let subclasses = self[type, TypeObject.subclasses]
        guard subclasses.isList else { return }
        for i in 0..<self[subclasses.reference, List.count] {
            let weak = self[self[subclasses.reference, List.items].reference, i]
            if weak.isType { touch(weak.reference) }
        }
    }
}
