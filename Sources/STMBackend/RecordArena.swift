/// One thread's entries and records: chunks of memory, used and freed first in, first out.
///
/// While little is alive two chunks take turns and stay in the cache. A long transaction, or a reader
/// with an old snapshot, makes more of them live.
///
/// A1  `chunks` are the live ones, oldest first; the last is being filled from `next` to `end`.
/// A2  Two words are always left at `next`, for the link to the next chunk: 0 and its address.
/// A3  `retired` lists the thread's finished entries in order. A chunk older than the one in which the
///     oldest of them (or the open entry) starts is free.
struct RecordArena {
    static let chunkWords = 1 << 14
    private static let sparesKept = 4

    private struct Chunk {
        let base: UnsafeMutablePointer<UInt64>
        let words: Int
    }
    private var chunks: [Chunk] = []
    /// Number of `chunks[0]`, counted from the thread's first.
    private var firstNumber = 0
    private var spares: [Chunk] = []
    private var next: UnsafeMutablePointer<UInt64>
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

    /// `words` words, a multiple of four, or nil at the limit.
    @inline(__always)
    mutating func allocate(_ words: Int) -> UnsafeMutablePointer<UInt64>? {
        if end - next < words + 2 && !addChunk(words + 2) { return nil }
        let memory = next
        next += words
        return memory
    }
    /// A new entry, active, without records or successor.
    mutating func allocateEntry() -> Entry? {
        guard let memory = allocate(Entry.size) else { return nil }
        memory.update(repeating: 0, count: Entry.size)
        let entry = Entry(base: memory)
        entry.status.pointee = Entry.active
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

    /// A point to return to when what was allocated since is not needed after all.
    struct Mark {
        fileprivate let next: UnsafeMutablePointer<UInt64>
        fileprivate let count: Int
    }
    var mark: Mark { Mark(next: next, count: chunks.count) }
    mutating func rewind(to mark: Mark) {
        while chunks.count > mark.count { discard(chunks.removeLast()) }
        next = mark.next
        end = chunks[chunks.count - 1].base + chunks[chunks.count - 1].words
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
