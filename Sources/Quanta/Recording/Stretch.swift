/// A committed quantum in a recording: where it stands among all, how far it went, and what it learned
/// from outside.
///
/// Where it stands: a quantum that has changed something has a stamp of its own. One that has only read
/// stands behind the change it has seen last, and among others that have seen the same in the order of
/// their tickets, which are given out in the order of time.
struct Stretch {
    /// What ended it.
    enum End: UInt64 {
        /// A break.
        case atBreak
        /// Something else that the guest did: a call out of the machine, a wait, its end.
        case byItself
        /// It never ended; only what was learned before it began counts.
        case never
    }
    struct Position: Comparable {
        let stamp: UInt64
        /// 0 for a change.
        let ticket: UInt64

        static func < (a: Position, b: Position) -> Bool {
            (a.stamp, a.ticket) < (b.stamp, b.ticket)
        }
    }
    let position: Position
    let end: End
    /// Breaks that it has come to, the last included if it ended there.
    let breaks: Int
    let notes: Range<Int>

    /// Stamps and tickets relative to those of the same thread's last stretch.
    static func encode(
        _ end: End, _ position: Position, after last: Position, breaks: Int,
        notes: [UInt8], into encoder: inout Encoder
    ) {
        encoder.add(end.rawValue << 1 | (position.ticket == 0 ? 1 : 0))
        encoder.add(position.stamp &- last.stamp)
        if position.ticket != 0 { encoder.add(position.ticket &- last.ticket) }
        encoder.add(breaks)
        encoder.add(block: notes)
    }
    static func decode(_ decoder: inout Decoder, after last: Position) -> Stretch? {
        guard let kind = decoder.number(), let end = End(rawValue: kind >> 1),
            let stamp = decoder.number()
        else { return nil }
        var ticket: UInt64 = 0
        if kind & 1 == 0 {
            guard let delta = decoder.number() else { return nil }
            ticket = last.ticket &+ delta
        }
        guard let breaks = decoder.int(), breaks >= 0, let notes = decoder.block() else {
            return nil
        }
        return Stretch(
            position: Position(stamp: last.stamp &+ stamp, ticket: ticket), end: end,
            breaks: breaks, notes: notes)
    }
}
