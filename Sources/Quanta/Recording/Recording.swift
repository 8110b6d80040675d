import Observe

/// A recorded run, as read from a file: what it was, each thread's stretches, how it ended.
///
/// ```
/// magic, section...           section: kind, length, payload, checksum of all that
/// D  description              names and values
/// S  stretches of a thread    its number, then stretches; any number of these, in any order
/// E  summary                  why it cannot be replayed, if so; how the run ended
/// ```
public final class Recording: @unchecked Sendable {
    static let magic = "quanta recording 1\n"
    enum Section: UInt8 {
        case description = 0x44
        case stretches = 0x53
        case summary = 0x45
    }
    static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var digest = Digest()
        digest.add(bytes)
        return (0..<4).map { UInt8(truncatingIfNeeded: digest.hash >> ($0 * 8)) }
    }

    /// The file is no recording, or no longer.
    public struct Damage: Error, CustomStringConvertible {
        public let offset: Int
        public let reason: String
        public var description: String { "damaged at byte \(offset): \(reason)" }
    }

    public let description: [String: String]
    public let summary: RunSummary
    /// Why it cannot be replayed.
    public let refusal: String?
    let stretches: [Int: [UInt8]]

    public init(_ bytes: [UInt8]) throws(Damage) {
        var decoder = Decoder(bytes)
        guard bytes.starts(with: Recording.magic.utf8) else {
            throw Damage(offset: 0, reason: "this is no recording")
        }
        _ = decoder.block(UInt64(Recording.magic.utf8.count))
        var description: [String: String] = [:]
        var stretches: [Int: [UInt8]] = [:]
        var end: (RunSummary, String?)?
        while end == nil {
            let start = decoder.position
            func damage(_ reason: String) -> Damage { Damage(offset: start, reason: reason) }
            guard let kind = decoder.byte(), let payload = decoder.block(),
                let checksum = decoder.block(4)
            else { throw damage("the file ends before the recorded run does") }
            let section = decoder.slice(start..<payload.upperBound)
            guard decoder.slice(checksum).elementsEqual(Recording.checksum(section)) else {
                throw damage("a checksum is wrong")
            }
            var part = decoder.part(payload)
            switch Section(rawValue: kind) {
            case .description:
                while let name = part.text(), let value = part.text() { description[name] = value }
            case .stretches:
                guard let number = part.int() else { throw damage("a thread has no number") }
                stretches[number, default: []] +=
                    decoder.slice(part.position..<payload.upperBound)
            case .summary:
                guard let refusal = part.text(), let summary = RunSummary(from: &part) else {
                    throw damage("the summary makes no sense")
                }
                end = (summary, refusal.isEmpty ? nil : refusal)
            case nil: throw damage("an unknown section")
            }
        }
        guard decoder.isAtEnd, let (summary, refusal) = end else {
            throw Damage(offset: decoder.position, reason: "something follows the end")
        }
        self.description = description
        self.stretches = stretches
        self.summary = summary
        self.refusal = refusal
    }
}

/// How a run ended and what it left behind: equal for a recorded run and its replay.
public struct RunSummary: Equatable, Sendable {
    public enum Ending: UInt8, Sendable { case finished, failed, exited, interrupted }
    public var ending: Ending
    public var status: Int32
    public var message: String
    public var output: Digest
    public var heap: Digest

    public init(
        _ ending: Ending, status: Int32 = 0, message: String = "", output: Digest, heap: Digest
    ) {
        self.ending = ending
        self.status = status
        self.message = message
        self.output = output
        self.heap = heap
    }

    func encode(into encoder: inout Encoder) {
        encoder.add(UInt64(ending.rawValue))
        encoder.add(Int(status))
        encoder.add(text: message)
        for digest in [output, heap] {
            encoder.add(digest.count)
            encoder.add(digest.hash)
        }
    }
    init?(from decoder: inout Decoder) {
        guard let kind = decoder.number().flatMap({ UInt8(exactly: $0) }),
            let ending = Ending(rawValue: kind),
            let status = decoder.int().flatMap({ Int32(exactly: $0) }),
            let message = decoder.text(), let outputCount = decoder.number(),
            let outputHash = decoder.number(), let heapCount = decoder.number(),
            let heapHash = decoder.number()
        else { return nil }
        self.init(
            ending, status: status, message: message,
            output: Digest(count: outputCount, hash: outputHash),
            heap: Digest(count: heapCount, hash: heapHash))
    }
}
