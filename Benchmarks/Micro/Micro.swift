import InterpreterKit

/// Single operations of the framework, many times: `LOOP COUNT`.
final class Micro: Language {
    static let name = "micro"
    static let fileExtensions: [String] = []
    static var shapes: [Shape] { [Object.shape] }

    /// With its header, 32 bytes.
    enum Object {
        static var shape: Shape { Shape(kind: Shape.firstLanguageKind, name: "object", slots: 3) }
        static var first: Field<Int> { Field(0) }
    }

    enum Loop: String, CaseIterable {
        /// Nothing but a break.
        case `break`
        /// Allocates an object that dies at once; collections included.
        case allocate
        /// Reads a field of one object, or writes it.
        case read, write
        /// Submits a job and takes it.
        case job
    }

    private let queue: WorkQueue
    init(_ host: Host) { queue = WorkQueue(host.machine) }

    func tasks(for source: Source) throws(Diagnostic) -> [Task] {
        let words = source.text.split(separator: " ")
        guard words.count == 2, let loop = Loop(rawValue: String(words[0])),
            let count = Int(words[1])
        else { throw Diagnostic("LOOP COUNT is needed") }
        queue.reset()
        return [Task(loop: loop, left: count, queue: .passUnretained(queue))]
    }

    struct Task: GuestTask {
        let loop: Loop
        var left: Int
        let queue: Unmanaged<WorkQueue>

        static func frameEnd(_ frame: Frame) -> Frame { frame + 1 }

        @inline(never)
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            let frame = q.frame
            if !frame[0].isReference {
                frame[0] = Value(q.new(Object.shape, Value(0), Value(0), Value(0)))
            }
            switch loop {
            case .break:
                while left > 0 {
                    left -= 1
                    try q.qbreak(resumeAt: self)
                }
            case .allocate:
                while left > 0 {
                    _ = q.new(Object.shape, Value(left), Value(0), Value(0))
                    left -= 1
                    try q.qbreak(resumeAt: self)
                }
            case .read:
                var sum = 0
                while left > 0 {
                    sum &+= q[frame[0].reference, Object.first]
                    left -= 1
                    try q.qbreak(resumeAt: self)
                }
                frame[0] = Value(sum)
            case .write:
                while left > 0 {
                    q[frame[0].reference, Object.first] = left
                    left -= 1
                    try q.qbreak(resumeAt: self)
                }
            case .job:
                let queue = queue.takeUnretainedValue()
                q.join(queue)
                while left > 0 {
                    q.submit(Value(left), to: queue)
                    _ = try q.next(from: queue, coordinator: true, resumeAt: self)
                    left -= 1
                    try q.qbreak(resumeAt: self)
                }
            }
        }
    }
}
