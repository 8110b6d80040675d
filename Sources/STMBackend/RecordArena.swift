import CHost

/// One thread's entries and records: a ring in reserved address space, used first in, first out.
///
/// While little is alive the ring turns over within `softWords`, to stay in the cache; a long
/// transaction, or a reader with an old snapshot, lets it grow.
///
/// A1  Live words are `[head, position)`, or `[head, end of use)` and `[0, position)` after a wrap.
/// A2  `retired` lists the thread's finished entries in order; words before the first one's are free.
struct RecordArena {
    static let softWords = 1 << 15

    let base: UnsafeMutablePointer<UInt64>
    let capacity: Int
    var position = 0
    var head = 0
    var highWater = 0
    /// Finished entries that somebody may still read: a growing ring of entry words.
    var retired: UnsafeMutablePointer<UInt64>
    var retiredMask = 1023
    var retiredHead = 0
    var retiredTail = 0

    /// Reserves as much address space as the system gives; nil below 1 MB.
    init?(reserving bytes: Int) {
        var bytes = bytes
        while true {
            if let memory = host_reserve(bytes) {
                base = memory.assumingMemoryBound(to: UInt64.self)
                break
            }
            bytes /= 2
            if bytes < 1 << 20 { return nil }
        }
        capacity = bytes / 8
        retired = .allocate(capacity: retiredMask + 1)
    }
    func release() {
        host_release(base, capacity * 8)
        retired.deallocate()
    }

    /// `words` (even) words, or nil when live ones are in the way.
    mutating func allocate(_ words: Int) -> UnsafeMutablePointer<UInt64>? {
        if position >= head {
            let wrapIsWorthIt = position + words > RecordArena.softWords
                && head > RecordArena.softWords / 2
            let atEnd = position + words + 2 > capacity
            if (wrapIsWorthIt || atEnd) && words + 2 < head {
                base[position] = 0
                position = words
                return base
            }
            if atEnd { return nil }
        } else if position + words + 2 >= head {
            return nil
        }
        let p = base + position
        position += words
        highWater = max(highWater, position)
        return p
    }

    mutating func retire(_ entry: Entry) {
        if retiredTail - retiredHead == retiredMask {
            let count = retiredTail - retiredHead
            let bigger = UnsafeMutablePointer<UInt64>.allocate(capacity: (retiredMask + 1) * 2)
            for i in 0..<count { bigger[i] = retired[(retiredHead + i) & retiredMask] }
            retired.deallocate()
            retired = bigger
            retiredMask = retiredMask * 2 + 1
            retiredHead = 0
            retiredTail = count
        }
        retired[retiredTail & retiredMask] = entry.word
        retiredTail += 1
    }

    var oldestRetired: Entry? {
        retiredHead == retiredTail ? nil : Entry(word: retired[retiredHead & retiredMask])
    }
    var retiredCount: Int { retiredTail - retiredHead }

    /// After entries were dropped from the front of `retired`. `open` is the running transaction's.
    mutating func moveHead(open: Entry?) {
        if let oldest = oldestRetired ?? open {
            head = oldest.base - base
            return
        }
        if highWater > 1 << 20 {
            host_discard(base, highWater * 8)
            highWater = 0
        }
        head = 0
        position = 0
    }

    func forEachRetired(_ body: (Entry) -> Void) {
        for i in retiredHead..<retiredTail { body(Entry(word: retired[i & retiredMask])) }
    }
    /// Words in use, about.
    var live: Int { position >= head ? position - head : highWater - head + position }
}
