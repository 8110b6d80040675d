import CHost

/// Where deterministic tests take hold of the transactions: all shared atomic steps of this module go through
/// the functions below, which hide those of CHost. In release builds they are those of CHost.
///
/// In a debug build a test can stop before each step and let another thread go on, and can leave out a
/// part of the algorithm to see that this is noticed. See docs/testing.md.
@usableFromInline enum Seam {
    /// Parts of the algorithm whose absence tests must notice.
    @usableFromInline enum Part: UInt64, CaseIterable {
        /// The header is seen again after the content was read.
        case recheck
        /// What is known of units is forgotten when a transaction begins or is doomed.
        case forgetting
        /// What is known of a unit moves to its new place when the table grows.
        case spreading
        /// A rollback changes the header.
        case incarnation
        /// What was read is looked at again before the commit.
        case validation
        /// Whoever walks past an entry sees to it that it is known to have committed.
        case helping
        /// Units are unlocked after the entry is in the log.
        case order
        /// A rollback restores the content.
        case undo
        /// Records stay while a snapshot may need them.
        case patience
        /// Who stays at an old snapshot copies what he may need before others reuse it.
        case keeping
        /// What others will be able to reach is given away before the commit.
        case giving
        /// A rollback restores the content of what the thread owns.
        case saving
        /// What was owned in an era is shared only after the transaction that is open in it.
        case ending
    }

    @inlinable @inline(__always) static func step() {
        #if DEBUG
            host_step()
        #endif
    }
    @inlinable @inline(__always) static func omits(_ part: Part) -> Bool {
        #if DEBUG
            host_omits(part.rawValue) != 0
        #else
            false
        #endif
    }
    /// A test decides who goes on: nobody sleeps.
    @inline(__always) static var isStepped: Bool {
        #if DEBUG
            host_is_stepped() != 0
        #else
            false
        #endif
    }
}

// MARK: shared atomic steps

@inlinable @inline(__always) func host_load_acquire(_ p: UnsafeRawPointer) -> UInt64 {
    Seam.step()
    return CHost.host_load_acquire(p)
}
@inlinable @inline(__always) func host_load_relaxed(_ p: UnsafeRawPointer) -> UInt64 {
    Seam.step()
    return CHost.host_load_relaxed(p)
}
/// Whose the unit is: half of its header.
@inlinable @inline(__always) func host_tag(_ unit: UnsafeRawPointer) -> UInt32 {
    Seam.step()
    return CHost.quanta_tag_at(unit)
}
@inlinable @inline(__always) func host_load32_acquire(_ p: UnsafeRawPointer) -> UInt32 {
    Seam.step()
    return CHost.host_load32_acquire(p)
}
@inlinable @inline(__always) func host_store_relaxed(_ p: UnsafeMutableRawPointer, _ v: UInt64) {
    Seam.step()
    CHost.host_store_relaxed(p, v)
}
@inlinable @inline(__always) func host_store_release(_ p: UnsafeMutableRawPointer, _ v: UInt64) {
    Seam.step()
    CHost.host_store_release(p, v)
}
@inlinable @inline(__always) func host_store_seqcst(_ p: UnsafeMutableRawPointer, _ v: UInt64) {
    Seam.step()
    CHost.host_store_seqcst(p, v)
}
@inlinable @inline(__always)
func host_store32_release(_ p: UnsafeMutableRawPointer, _ v: UInt32) {
    Seam.step()
    CHost.host_store32_release(p, v)
}
@inlinable @inline(__always)
func host_cas(_ p: UnsafeMutableRawPointer, _ expected: UInt64, _ desired: UInt64) -> Bool {
    Seam.step()
    return CHost.host_cas(p, expected, desired)
}
@inlinable @inline(__always)
func host_fetch_add32(_ p: UnsafeMutableRawPointer, _ v: UInt32) -> UInt32 {
    Seam.step()
    return CHost.host_fetch_add32(p, v)
}
/// One step per word where a test decides who goes on.
@inlinable @inline(__always)
func host_copy_words(
    _ to: UnsafeMutablePointer<UInt64>, _ from: UnsafeMutablePointer<UInt64>, _ count: Int
) {
    #if DEBUG
        for i in 0..<count { to[i] = host_load_relaxed(from + i) }
    #else
        CHost.host_copy_words(to, from, count)
    #endif
}
@inlinable @inline(__always) func host_move_words(
    _ to: UnsafeMutablePointer<UInt64>, _ from: UnsafeMutablePointer<UInt64>, _ count: Int
) {
    #if DEBUG
        for i in 0..<count { host_store_relaxed(to + i, host_load_relaxed(from + i)) }
    #else
        CHost.host_move_words(to, from, count)
    #endif
}

// MARK: waiting

@inlinable @inline(__always) func host_pause() {
    Seam.step()
    CHost.host_pause()
}
func host_yield() { Seam.isStepped ? Seam.step() : CHost.host_yield() }
func host_futex_wait(_ p: UnsafeMutableRawPointer, _ expected: UInt32, _ microseconds: UInt64) {
    Seam.isStepped ? Seam.step() : CHost.host_futex_wait(p, expected, microseconds)
}
