/// One thread's entries and records: chunks of memory, used and freed first in, first out.
///
/// While little is alive few chunks take turns and stay in the cache. A long transaction, or a reader
/// with an old snapshot, makes more of them live.
///
/// A1  `chunks` are the live ones, oldest first; the last is being filled from `next` to `end`.
/// A2  Two words are always left at `next`, for the link to the next chunk: 0 and its address.
/// A3  `retired` lists the thread's finished entries in order. A chunk older than the one in which the
///     oldest of them (or the open entry) starts is free.
struct RecordArena {
    static let chunkWords = 1 << 12
    private static let sparesKept = 64

    private struct Chunk {
        let base: UnsafeMutablePointer<UInt64>
        let words: Int
    }
    private var chunks: [Chunk] = []
    /// Number of `chunks[0]`, counted from the thread's first.
    private var firstNumber = 0
    private var spares: [Chunk] = []
    private(set) var next: UnsafeMutablePointer<UInt64>
    private var end: UnsafeMutablePointer<UInt64>
    private(set) var usedWords = 0
    let limitWords: Int

    private var retired: [Entry] = []
    private var retiredHead = 0

    init(limitBytes: Int) {
        limitWords = max(2 * RecordArena.chunkWords, limitBytes / 8)
        let chunk = RecordArena.make(RecordArena.chunkWords)
        chunks.append(chunk)
        usedWords = chunk.words
        next = chunk.base
        end = chunk.base + chunk.words
    }
    func release() {
        for chunk in chunks + spares { chunk.base.deallocate() }
    }
    private static func make(_ words: Int) -> Chunk {
        // Records are found by address / 32.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: words * 8, alignment: 64)
        return Chunk(base: memory.bindMemory(to: UInt64.self, capacity: words), words: words)
    }
    private var lastNumber: Int { firstNumber + chunks.count - 1 }

    // MARK: allocation

    /// Is there room for `words` words, a multiple of four, at `next`?
    @inline(__always) func hasRoom(_ words: Int) -> Bool {
        UInt(bitPattern: end) &- UInt(bitPattern: next) >= UInt(bitPattern: (words &+ 2) &<< 3)
    }
    /// Makes room; false at the limit.
    mutating func makeRoom(_ words: Int) -> Bool { hasRoom(words) || addChunk(words + 2) }
    /// The words at `next` are in use from here on.
    @inline(__always) mutating func take(_ words: Int) { next += words }

    /// A new entry, active, without records or successor. There is room for it.
    mutating func takeEntry() -> Entry {
        let entry = Entry(base: next)
        take(Entry.size)
        entry.base.update(repeating: 0, count: Entry.size)
        entry.status.pointee = Entry.active
        entry.endRecord = entry.firstRecord
        entry.chunk = lastNumber
        return entry
    }

    private mutating func addChunk(_ words: Int) -> Bool {
        let size = max(words, RecordArena.chunkWords)
        if usedWords + size > limitWords { return false }
        let chunk: Chunk
        if size == RecordArena.chunkWords, let spare = spares.popLast() {
            chunk = spare
        } else {
            chunk = RecordArena.make(size)
        }
        next[0] = 0
        next[1] = UInt64(UInt(bitPattern: chunk.base))
        chunks.append(chunk)
        usedWords += chunk.words
        next = chunk.base
        end = chunk.base + chunk.words
        return true
    }

    private mutating func discard(_ chunk: Chunk) {
        usedWords -= chunk.words
        if chunk.words == RecordArena.chunkWords && spares.count < RecordArena.sparesKept {
            spares.append(chunk)
        } else {
            chunk.base.deallocate()
        }
    }

    // MARK: finished entries

    mutating func retire(_ entry: Entry) {
        retired.append(entry)
    }
    var retiredCount: Int { retired.count - retiredHead }
    var oldestRetired: Entry? {
        retiredHead == retired.count ? nil : retired[retiredHead]
    }
    mutating func dropOldest() { retiredHead += 1 }

    /// Frees chunks, after entries were dropped.
    mutating func trim(open: Entry?) {
        if retiredHead == retired.count {
            retired.removeAll(keepingCapacity: true)
            retiredHead = 0
        } else if retiredHead > 1024 && retiredHead * 2 > retired.count {
            retired.removeFirst(retiredHead)
            retiredHead = 0
        }
        let needed: Int
        if let oldest = oldestRetired ?? open {
            needed = oldest.chunk
        } else {
            needed = lastNumber
            next = chunks[chunks.count - 1].base
        }
        let free = needed - firstNumber
        if free > 0 {
            for chunk in chunks[..<free] { discard(chunk) }
            chunks.removeFirst(free)
            firstNumber = needed
        }
    }

    func forEachRetired(_ body: (Entry) -> Void) {
        for i in retiredHead..<retired.count { body(retired[i]) }
    }
}
