import CHost
import ManagedHeap
import Observe

/// Writes a recording of one run: the order in which quanta have committed, and what they have learned
/// from outside. A replay follows it (``Recording``).
///
/// Each thread collects its stretches and hands them over in pieces, so that recording costs no
/// ordering among threads; positions put them in order when they are read.
public final class Recorder: @unchecked Sendable {
    public typealias Sink = (UnsafeRawBufferPointer) -> Void

    private let sink: Sink
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private let tickets = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    private var refusal: String?

    /// - Parameter sink: gets the bytes of the file, one call after the other.
    public init(to sink: @escaping Sink) {
        self.sink = sink
        lock.initialize(to: 0)
        tickets.initialize(to: 0)
    }
    deinit {
        lock.deallocate()
        tickets.deallocate()
    }

    /// Before the first guest thread runs: names and values that describe the run.
    public func begin(_ description: [(name: String, value: String)]) {
        let magic = Array(Recording.magic.utf8)
        magic.withUnsafeBytes(sink)
        var payload = Encoder()
        for (name, value) in description {
            payload.add(text: name)
            payload.add(text: value)
        }
        write(.description, payload.bytes)
    }
    /// After the last.
    public func finish(_ summary: RunSummary) {
        var payload = Encoder()
        payload.add(text: refusal ?? "")
        summary.encode(into: &payload)
        write(.summary, payload.bytes)
    }

    public func journal(of number: Int) -> Journal { JournalWriter(self, number) }

    func nextTicket() -> UInt64 { host_fetch_add(tickets, 1) + 1 }
    func add(_ stretches: [UInt8], of number: Int) {
        var payload = Encoder()
        payload.add(number)
        payload.add(raw: stretches)
        write(.stretches, payload.bytes)
    }
    func refuse(_ reason: String) {
        host_lock(lock)
        if refusal == nil { refusal = reason }
        host_unlock(lock)
    }

    private func write(_ kind: Recording.Section, _ payload: [UInt8]) {
        var section = Encoder()
        section.add(raw: [kind.rawValue])
        section.add(block: payload)
        section.add(raw: Recording.checksum(section.bytes[...]))
        host_lock(lock)
        section.bytes.withUnsafeBytes(sink)
        host_unlock(lock)
    }
}

/// One thread's part of a recording.
final class JournalWriter: Journal {
    private static let pieceBytes = 1 << 16

    private let recorder: Recorder
    private var notes = Encoder()
    /// Bytes of notes from before the open quantum (J1).
    private var kept = 0
    private var stretches = Encoder()
    private var last = Stretch.Position(stamp: 0, ticket: 0)

    init(_ recorder: Recorder, _ number: Int) {
        self.recorder = recorder
        super.init(number: number)
    }

    override func begin() { kept = notes.bytes.count }
    override func rollback() { notes.truncate(to: kept) }
    override func end(
        _ end: Stretch.End, _ breaks: Int, _ stamp: UInt64, _ changes: Bool, _ t: ThreadContext
    ) {
        let ticket = changes ? 0 : recorder.nextTicket()
        add(end, Stretch.Position(stamp: stamp, ticket: ticket), breaks)
        if stretches.bytes.count >= JournalWriter.pieceBytes { handOver() }
    }
    /// The thread has ended; perhaps because the machine halted while it was outside.
    override func close() {
        add(.never, last, 0)
        handOver()
    }

    private func add(_ end: Stretch.End, _ position: Stretch.Position, _ breaks: Int) {
        Stretch.encode(
            end, position, after: last, breaks: breaks, notes: notes.bytes, into: &stretches)
        last = Stretch.Position(
            stamp: position.stamp, ticket: position.ticket == 0 ? last.ticket : position.ticket)
        notes.removeAll()
        kept = 0
    }
    private func handOver() {
        recorder.add(stretches.bytes, of: number)
        stretches.removeAll()
    }

    override func observe<R>(_ t: ThreadContext, _ body: () -> R) -> R {
        let result = body()
        notes.add(raw: [Note.result.rawValue])
        if let result = result as? any Recordable {
            notes.add(block: result.recorded)
        } else if _isPOD(R.self) {
            withUnsafeBytes(of: result) { notes.add(block: $0) }
        } else {
            notes.add(block: [])
            refuse("a result of type \(R.self) cannot be recorded")
        }
        return result
    }
    override func take(_ job: JobName) {
        notes.add(raw: [Note.job.rawValue])
        notes.add(job.thread)
        notes.add(job.number)
    }
    override func find(_ found: Bool) {
        notes.add(raw: [(found ? Note.found : .nothing).rawValue])
    }
    override func refuse(_ reason: String) { recorder.refuse(reason) }
}
