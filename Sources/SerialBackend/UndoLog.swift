import CHost
import ManagedHeap
import Observe
import Quanta

/// One thread's open quantum on the serial backend: what it overwrote, and how often it was tried.
@usableFromInline final class UndoLog {
    private var overwritten: [(unit: UnsafeMutablePointer<UInt64>, word: Int, bits: UInt64)] = []
    private let enabled: Bool
    private(set) var open = false
    /// ``Abort`` has been thrown: native frames are being left, and the quantum is undone when they are.
    private(set) var isLost = false
    /// This quantum has been rolled back once; now it stays.
    private(set) var aborted = false
    var inevitable = false

    init(enabled: Bool) { self.enabled = enabled }

    static func of(_ t: ThreadContext) -> UndoLog {
        Unmanaged<UndoLog>.fromOpaque(t.pointee.backend.unsafelyUnwrapped).takeUnretainedValue()
    }

    func begin(_ t: ThreadContext) {
        open = true
        inevitable = false
        // Any address: says to the write barrier that old contents are wanted.
        t.pointee.logNext = enabled ? t.pointee.stackBase : nil
        VMStack.begin(t)
    }

    @inline(never) @usableFromInline
    static func note(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int) {
        let log = of(t)
        if log.open { log.overwritten.append((unit, word, unit[word])) }
    }

    func commit(_ t: ThreadContext) {
        overwritten.removeAll(keepingCapacity: true)
        open = false
        aborted = false
        t.pointee.logNext = nil
    }

    /// Whoever gets false throws ``Abort``.
    @discardableResult func lose(_ t: ThreadContext) -> Bool {
        isLost = true
        Driver.allowBreaks(t, 0)
        return false
    }
    /// The quantum that is open did not happen. Nobody uses what it has seen: its native frames have been left.
    static func rollback(_ t: ThreadContext) {
        let log = of(t)
        if !log.open { return }
        for (unit, word, bits) in log.overwritten.reversed() { unit[word] = bits }
        log.overwritten.removeAll(keepingCapacity: true)
        log.open = false
        log.isLost = false
        log.aborted = true
        t.pointee.logNext = nil
        VMStack.restore(t)
        Driver.reset(t)
        if t.pointee.pendingEffects != 0 { Effects.of(t).abort(t) }
        t.count(.aborts)
        t.count(.abortsForced)
    }

    func visitRoots(_ tracer: inout Tracer) {
        for (unit, _, bits) in overwritten {
            tracer.word(UInt(bitPattern: unit))
            tracer.value(Value(bits: bits))
        }
    }
}
