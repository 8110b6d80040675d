import Glibc
import InterpreterKit

/// The content of a `bytearray`.
///
/// Seven bytes lie in each slot of an array, as an integer: the collector must be able to read every
/// slot, and two threads that write far apart do not conflict.
///
/// B1  Byte `i` is byte `(start + i) % 7` of slot `(start + i) / 7`.
/// B2  While `exports` is not 0, a `with` statement has a memory view of the content and `count` does not
///     change. Views that are merely alive do not count: nobody knows when they are dropped. They check
///     each place they look at.
enum ByteArray {
    /// An array, or None while there has been no content.
    static var storage: Field<Value> { Field(0) }
    static var start: Field<Int> { Field(1) }
    static var count: Field<Int> { Field(2) }
    static var exports: Field<Int> { Field(3) }

    static let perSlot = 7
    @inline(__always) static func place(_ i: Int) -> (slot: Int, shift: UInt64) {
        let (slot, rest) = UInt(bitPattern: i).quotientAndRemainder(dividingBy: 7)
        return (Int(slot), UInt64(rest &* 8))
    }
}

extension VM {
    func newByteArray() -> Reference {
        q.new(Kind.byteArray) { slots in
            slots[0] = .none
            slots[1] = Value(0)
            slots[2] = Value(0)
            slots[3] = Value(0)
        }
    }
    func newByteArray(_ content: UnsafeBufferPointer<UInt8>) throws(Unwind) -> Value {
        let array = newByteArray()
        if let base = content.baseAddress, content.count > 0 {
            try append(toArray: array, base, content.count)
        }
        return Value(array)
    }
    @inline(__always) func count(ofArray array: Reference) -> Int { self[array, ByteArray.count] }

    /// Byte `i`, which there must be.
    @inline(__always) func byte(_ array: Reference, _ i: Int) -> UInt8 {
        let (slot, shift) = ByteArray.place(i &+ self[array, ByteArray.start])
        let word = self[self[array, ByteArray.storage].reference, slot].int
        return UInt8(truncatingIfNeeded: word &>> Int(shift))
    }
    @inline(__always) func setByte(_ array: Reference, _ i: Int, _ byte: UInt8) {
        let (slot, shift) = ByteArray.place(i &+ self[array, ByteArray.start])
        let storage = self[array, ByteArray.storage].reference
        let word = self[storage, slot].int & ~(0xFF &<< Int(shift))
        self[storage, slot] = Value(word | Int(byte) &<< Int(shift))
    }
    /// Copies bytes `start ..< start + n` out.
    func read(
        _ array: Reference, _ start: Int, _ n: Int, to target: UnsafeMutablePointer<UInt8>
    ) {
        if n <= 0 { return }
        let storage = self[array, ByteArray.storage].reference
        var (slot, shift) = ByteArray.place(start &+ self[array, ByteArray.start])
        var done = 0
        while done < n {
            let word = UInt64(bitPattern: Int64(self[storage, slot].int)) &>> shift
            let piece = min(n &- done, (56 &- Int(shift)) &>> 3)
            if n &- done >= 8 {
                UnsafeMutableRawPointer(target + done).storeBytes(of: word, as: UInt64.self)
            } else {
                for k in 0..<piece {
                    target[done &+ k] = UInt8(truncatingIfNeeded: word &>> UInt64(k &* 8))
                }
            }
            done &+= piece
            slot &+= 1
            shift = 0
        }
    }
    /// Overwrites bytes from `start` on; `count` may be behind the end if there is room.
    func write(
        _ array: Reference, _ start: Int, _ source: UnsafePointer<UInt8>, _ n: Int
    ) {
        if n <= 0 { return }
        let storage = self[array, ByteArray.storage].reference
        var (slot, shift) = ByteArray.place(start &+ self[array, ByteArray.start])
        var done = 0
        while done < n {
            let piece = min(n &- done, (56 &- Int(shift)) &>> 3)
            var word: UInt64 = 0
            for k in 0..<piece { word |= UInt64(source[done &+ k]) &<< UInt64(k &* 8) }
            if piece == 7 {
                self[storage, slot] = Value(Int(word))
            } else {
                let mask = ((1 as UInt64) &<< UInt64(piece &* 8) &- 1) &<< shift
                let old = UInt64(bitPattern: Int64(self[storage, slot].int))
                self[storage, slot] = Value(Int(old & ~mask | word &<< shift))
            }
            done &+= piece
            slot &+= 1
            shift = 0
        }
    }

    /// Room for `n` bytes in all.
    private func reserve(array: Reference, _ n: Int) throws(Unwind) {
        let storage = self[array, ByteArray.storage]
        let start = self[array, ByteArray.start]
        let slots = storage == .none ? 0 : q.capacity(ofArray: storage.reference)
        if n &+ start <= slots &* ByteArray.perSlot { return }
        if n > 1 << 40 { throw outOfMemory() }
        let count = count(ofArray: array)
        let wanted = storage == .none ? n : n &+ n / 8 &+ 16
        let larger = try checked(
            q.newArray(capacity: wanted / ByteArray.perSlot &+ 1, filling: Value(0)))
        if count > 0 {
            if start % ByteArray.perSlot == 0 {
                let first = start / ByteArray.perSlot
                for i in 0..<((count &+ 6) / ByteArray.perSlot) {
                    self[larger, i] = self[storage.reference, first &+ i]
                }
            } else {
                guard let copy = malloc(count) else { throw outOfMemory() }
                defer { free(copy) }
                let bytes = copy.assumingMemoryBound(to: UInt8.self)
                read(array, 0, count, to: bytes)
                self[array, ByteArray.storage] = Value(larger)
                self[array, ByteArray.start] = 0
                write(array, 0, bytes, count)
                return
            }
        }
        self[array, ByteArray.storage] = Value(larger)
        self[array, ByteArray.start] = 0
    }
    /// Refuses to change the length while somebody looks.
    func checkResizable(_ array: Reference) throws(Unwind) {
        if self[array, ByteArray.exports] > 0 {
            throw raise(
                .bufferError, "Existing exports of data: object cannot be re-sized")
        }
    }
    func append(toArray array: Reference, byte: UInt8) throws(Unwind) {
        try checkResizable(array)
        let n = count(ofArray: array)
        try reserve(array: array, n &+ 1)
        self[array, ByteArray.count] = n &+ 1
        setByte(array, n, byte)
    }
    func append(
        toArray array: Reference, _ source: UnsafePointer<UInt8>, _ count: Int
    ) throws(Unwind) {
        if count <= 0 { return }
        try checkResizable(array)
        let n = self.count(ofArray: array)
        try reserve(array: array, n &+ count)
        self[array, ByteArray.count] = n &+ count
        write(array, n, source, count)
    }
    /// Replaces bytes `start ..< end`.
    func replace(
        _ array: Reference, _ start: Int, _ end: Int, with source: UnsafePointer<UInt8>,
        _ count: Int
    ) throws(Unwind) {
        let n = self.count(ofArray: array)
        let grown = count &- (end &- start)
        if grown == 0 { return write(array, start, source, count) }
        try checkResizable(array)
        if end == n && grown > 0 {
            try reserve(array: array, n &+ grown)
            self[array, ByteArray.count] = n &+ grown
            return write(array, start, source, count)
        }
        if start == 0 && count == 0 {
            // From the front: the rest stays where it is.
            self[array, ByteArray.count] = n &- end
            self[array, ByteArray.start] = end == n ? 0 : self[array, ByteArray.start] &+ end
            return
        }
        let rest = n &- end
        guard let copy = malloc(max(1, rest)) else { throw outOfMemory() }
        defer { free(copy) }
        let tail = copy.assumingMemoryBound(to: UInt8.self)
        read(array, end, rest, to: tail)
        try reserve(array: array, n &+ grown)
        self[array, ByteArray.count] = n &+ grown
        write(array, start, source, count)
        write(array, start &+ count, tail, rest)
    }
    /// `count` zero bytes at the end.
    func append(toArray array: Reference, zeros count: Int) throws(Unwind) {
        try checkResizable(array)
        let n = self.count(ofArray: array)
        if count > 1 << 40 { throw outOfMemory() }
        try reserve(array: array, n &+ count)
        self[array, ByteArray.count] = n &+ count
        if n == 0 && self[array, ByteArray.start] == 0 {
            let storage = self[array, ByteArray.storage].reference
            for i in 0..<((count &+ 6) / ByteArray.perSlot)
            where self[storage, i] != Value(0) {
                self[storage, i] = Value(0)
            }
            return
        }
        for i in n..<(n &+ count) { setByte(array, i, 0) }
    }
    /// The content as a new `bytes`.
    func bytes(ofArray array: Reference) throws(Unwind) -> Value {
        let n = count(ofArray: array)
        if n == 0 { return shared.pointee.emptyBytes }
        return try newBytes(count: n) { read(array, 0, n, to: $0) }
    }
    func bytes(ofArray array: Reference, _ start: Int, _ end: Int) throws(Unwind) -> Value {
        if start >= end { return shared.pointee.emptyBytes }
        return try newBytes(count: end &- start) { read(array, start, end &- start, to: $0) }
    }

    /// `bytearray(b'…')`
    func show(
        byteArray array: Reference, as instance: Value, into text: inout StringBuilder
    ) throws(Unwind) {
        text.append(string: self[type(of: instance), TypeObject.name])
        text.append("(")
        let content = ByteContent(try bytes(ofArray: array))
        text.append(reprOf: content.buffer, escapesSingleQuotes: true)
        text.append(")")
    }
}
