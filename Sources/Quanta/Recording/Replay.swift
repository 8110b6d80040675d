import CHost
import ManagedHeap
import Observe

/// A recording while it is followed: each thread's next stretch, and the order among them.
///
/// Used by one thread at a time.
public final class Replay: @unchecked Sendable {
    public let recording: Recording
    private var journals: [Int: JournalReader] = [:]

    public init(_ recording: Recording) {
        self.recording = recording
        for (number, bytes) in recording.stretches {
            journals[number] = JournalReader(number, bytes)
        }
    }

    /// The thread whose stretch is the next of all; nil when there are no more.
    public var next: Int? {
        var first: (position: Stretch.Position, number: Int)?
        for (number, journal) in journals {
            guard let position = journal.position else { continue }
            if first.map({ position < $0.position }) ?? true { first = (position, number) }
        }
        return first?.number
    }
    public func journal(of number: Int) -> Journal {
        journals[number] ?? JournalReader(number, [])
    }
    /// The break at which the open quantum of `t` ends, unless something else ends it before; nil when
    /// this is no replay.
    public static func budget(_ t: ThreadContext) -> Int64? {
        guard let journal = Journal.of(t), journal.isReplay else { return nil }
        return unsafeDowncast(journal, to: JournalReader.self).budget
    }
}

/// The run does not go as recorded.
public struct Divergence: Error, CustomStringConvertible {
    public let description: String

    public init(_ reason: String) { description = "the run does not go as recorded: \(reason)" }
}

/// One thread's part of a recording, while it is followed.
final class JournalReader: Journal {
    private var stretches: Decoder
    private var last = Stretch.Position(stamp: 0, ticket: 0)
    private var current: Stretch?
    private var notes = Decoder([])
    /// Stretches before the current one.
    private var count = 0
    private var isDamaged = false

    init(_ number: Int, _ bytes: [UInt8]) {
        stretches = Decoder(bytes)
        super.init(number: number)
        load()
    }

    override var isReplay: Bool { true }
    /// Of the current stretch, unless it never ended.
    var position: Stretch.Position? {
        guard let current, current.end != .never else { return nil }
        return current.position
    }
    var budget: Int64 {
        guard let current else { return 1 }
        return Int64(current.breaks) + (current.end == .atBreak ? 0 : 1)
    }

    private func load() {
        current = nil
        if stretches.isAtEnd { return }
        guard let stretch = Stretch.decode(&stretches, after: last) else {
            isDamaged = true
            return
        }
        let position = stretch.position
        last = Stretch.Position(
            stamp: position.stamp, ticket: position.ticket == 0 ? last.ticket : position.ticket)
        notes = stretches.part(stretch.notes)
        current = stretch
    }

    override func end(
        _ end: Stretch.End, _ breaks: Int, _ stamp: UInt64, _ changes: Bool, _ t: ThreadContext
    ) {
        if isDamaged { return diverge(t, "the recording makes no sense here") }
        guard let current else { return diverge(t, "the recording knows no more quanta") }
        if !notes.isAtEnd { return diverge(t, "the recorded quantum learned more from outside") }
        if end != current.end || breaks != current.breaks {
            let recorded = JournalReader.describe(current.end, current.breaks)
            return diverge(
                t, "ended \(JournalReader.describe(end, breaks)), and \(recorded) in the recording")
        }
        count += 1
        load()
    }
    private static func describe(_ end: Stretch.End, _ breaks: Int) -> String {
        end == .atBreak ? "at break \(breaks)" : "by itself after \(breaks) breaks"
    }

    private func diverge(_ t: ThreadContext, _ reason: String) {
        let place = "quantum \(count + 1) of thread \(number)"
        VirtualMachine.of(t).halt(.failed(Divergence("\(place): \(reason)")))
    }

    private func next(_ kind: Note) -> Bool {
        guard let current, current.end != .never || !notes.isAtEnd else { return false }
        var ahead = notes
        guard ahead.byte() == kind.rawValue else { return false }
        notes = ahead
        return true
    }

    override func observe<R>(_ t: ThreadContext, _ body: () -> R) -> R {
        if next(.result), let place = notes.block() {
            let bytes = notes.slice(place)
            if let type = R.self as? any Recordable.Type {
                if let result = type.init(recorded: bytes) as? R { return result }
            } else if _isPOD(R.self), bytes.count == MemoryLayout<R>.size {
                return withUnsafeTemporaryAllocation(of: R.self, capacity: 1) { memory in
                    UnsafeMutableRawBufferPointer(memory).copyBytes(from: bytes)
                    return memory[0]
                }
            }
        }
        diverge(t, "learned something from outside, and nothing or something else in the recording")
        return body()
    }
    override func nextJob(_ t: ThreadContext) -> JobName? {
        if !next(.job) { return nil }
        guard let thread = notes.number(), let number = notes.number() else {
            diverge(t, "the recording makes no sense here")
            return nil
        }
        return JobName(thread: thread, number: number)
    }
    override func nextFound(_ t: ThreadContext) -> Bool {
        if next(.found) { return true }
        if next(.nothing) { return false }
        // The recorded run ended meanwhile; so will this one.
        if current != nil && position != nil {
            diverge(t, "looked for jobs, and did not in the recording")
        }
        return true
    }
}
