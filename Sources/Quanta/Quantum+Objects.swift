import CHost
import ManagedHeap

/// Objects: fields, birth, arrays. The barriers of the backend are inside, so no author can forget
/// one.
extension Quantum {
    // MARK: fields

    @inlinable @inline(__always)
    public subscript<C: SlotContent>(object: Reference, field: Field<C>) -> C {
        get { C(slot: Value(bits: B.read(thread, object.address, field.index &+ 1))) }
        nonmutating set { B.write(thread, object.address, field.index &+ 1, newValue.slot.bits) }
    }
    /// Two fields of one object as they are at one time. Cheaper than one after the other where accesses are looked
    /// after.
    @inlinable @inline(__always)
    public subscript<C: SlotContent, D: SlotContent>(
        object: Reference, a: Field<C>, b: Field<D>
    ) -> (C, D) {
        let (x, y) = B.read(thread, object.address, a.index &+ 1, b.index &+ 1)
        return (C(slot: Value(bits: x)), D(slot: Value(bits: y)))
    }
    /// Three fields of one object.
    @inlinable @inline(__always)
    public subscript<C: SlotContent, D: SlotContent, E: SlotContent>(
        object: Reference, a: Field<C>, b: Field<D>, c: Field<E>
    ) -> (C, D, E) {
        let (x, y, z) = B.read(
            thread, object.address, a.index &+ 1, b.index &+ 1, c.index &+ 1)
        return (C(slot: Value(bits: x)), D(slot: Value(bits: y)), E(slot: Value(bits: z)))
    }
    /// A field and, if `next` knows one for its content, another one of the same object, as they are at one time.
    /// `next` must be able to do with anything that the field ever holds, committed or not.
    @inlinable @inline(__always)
    public subscript<C: SlotContent, D: SlotContent>(
        object: Reference, a: Field<C>, then next: (C) -> Field<D>?
    ) -> (C, D?) {
        let (x, y) = B.read(thread, object.address, a.index &+ 1) { bits in
            next(C(slot: Value(bits: bits))).map { $0.index &+ 1 }
        }
        return (C(slot: Value(bits: x)), y.map { D(slot: Value(bits: $0)) })
    }
    /// Written at birth only: one plain load, no conflict possible.
    @inlinable @inline(__always)
    public subscript<C: SlotContent>(object: Reference, field: ImmutableField<C>) -> C {
        C(slot: Value(bits: host_load_relaxed(object.address + (field.index &+ 1))))
    }

    // MARK: birth

    @inlinable @inline(__always)
    func memory(_ shape: Shape, words: Int) -> UnsafeMutablePointer<UInt64> {
        let memory = Heap.allocateSmall(thread, granules: (words &+ 1) &>> 1)
        host_store_relaxed(memory, B.birth(thread) | UInt64(truncatingIfNeeded: shape.kind))
        return memory
    }

    /// A new object of a shape with one slot.
    @inlinable @inline(__always) public func new(_ shape: Shape, _ a: Value) -> Reference {
        let memory = memory(shape, words: 2)
        memory[1] = a.bits
        return Reference(memory)
    }
    /// A new object of a shape with two slots.
    @inlinable @inline(__always)
    public func new(_ shape: Shape, _ a: Value, _ b: Value) -> Reference {
        let memory = memory(shape, words: 3)
        memory[1] = a.bits
        memory[2] = b.bits
        return Reference(memory)
    }
    /// A new object of a shape with three slots.
    @inlinable @inline(__always)
    public func new(_ shape: Shape, _ a: Value, _ b: Value, _ c: Value) -> Reference {
        let memory = memory(shape, words: 4)
        memory[1] = a.bits
        memory[2] = b.bits
        memory[3] = c.bits
        return Reference(memory)
    }
    /// A new object of a shape with four slots.
    @inlinable @inline(__always)
    public func new(_ shape: Shape, _ a: Value, _ b: Value, _ c: Value, _ d: Value) -> Reference {
        let memory = memory(shape, words: 5)
        memory[1] = a.bits
        memory[2] = b.bits
        memory[3] = c.bits
        memory[4] = d.bits
        return Reference(memory)
    }
    /// A new object of any shape with fixed slots; `initialise` writes all of them and allocates
    /// nothing.
    @inlinable @inline(__always)
    public func new(
        _ shape: Shape, initialise: (UnsafeMutablePointer<Value>) -> Void
    ) -> Reference {
        let memory = Heap.allocate(thread, words: shape.slots &+ 1).unsafelyUnwrapped
        host_store_relaxed(memory, B.birth(thread) | UInt64(truncatingIfNeeded: shape.kind))
        initialise(UnsafeMutableRawPointer(memory + 1).assumingMemoryBound(to: Value.self))
        return Reference(memory)
    }

    /// An object of `words` words, the first of which after the header is `first`.
    @inlinable @inline(__always)
    func variable(_ shape: Shape, words: Int, first: Int) -> Reference? {
        if _slowPath(words > Heap.smallWords) {
            return largeVariable(thread, shape, words: words, first: first, birth: B.birth(thread))
        }
        let memory = memory(shape, words: words)
        memory[1] = Value(first).bits
        return Reference(memory)
    }

    /// A new tuple of `count` slots, all written by `initialise`; nil beyond the heap limit.
    @inlinable @inline(__always)
    public func newTuple(
        _ shape: Shape = .tuple, count: Int, initialise: (UnsafeMutablePointer<Value>) -> Void
    ) -> Reference? {
        guard let object = variable(shape, words: count &+ 2, first: count) else { return nil }
        initialise(UnsafeMutableRawPointer(object.address + 2).assumingMemoryBound(to: Value.self))
        return object
    }
    @inlinable @inline(__always) public func tupleCount(_ tuple: Reference) -> Int {
        Value(bits: tuple.address[1]).int
    }
    /// Slot `i` of a tuple that is never written after birth.
    @inlinable @inline(__always) public func tupleElement(_ tuple: Reference, _ i: Int) -> Value {
        Value(bits: host_load_relaxed(tuple.address + (i &+ 2)))
    }

    /// Copies slots of a tuple that is written after birth to `target`.
    @inlinable
    public func copy(_ tuple: Reference, count: Int, to target: UnsafeMutablePointer<Value>) {
        let target = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt64.self)
        B.copy(thread, tuple.address, 2, to: target, count)
    }
    /// Copies `count` values from `source` to the slots of a tuple that is written after birth.
    @inlinable
    public func copy(_ source: UnsafeMutablePointer<Value>, count: Int, to tuple: Reference) {
        if B.own(thread, tuple.address) {
            let target = UnsafeMutableRawPointer(tuple.address + 2)
                .assumingMemoryBound(to: Value.self)
            target.update(from: source, count: count)
        } else {
            for i in 0..<count { B.write(thread, tuple.address, i &+ 2, source[i].bits) }
        }
    }

    /// Sets all slots of a tuple that is written after birth to `value`.
    @inlinable
    public func fill(_ tuple: Reference, with value: Value) {
        let (count, unit) = (tupleCount(tuple), tuple.address)
        if B.isPlain(thread) || isNew(unit) {
            (unit + 2).update(repeating: value.bits, count: count)
        } else if B.own(thread, unit) {
            // Others may be looking.
            for i in 0..<count { host_store_relaxed(unit + (i &+ 2), value.bits) }
        } else {
            for i in 0..<count { B.write(thread, unit, i &+ 2, value.bits) }
        }
    }

    /// A new immutable byte string; nil beyond the heap limit. A zero byte follows the content, so
    /// that C can read it in place.
    @inlinable @inline(__always)
    public func newBytes(
        _ shape: Shape = .bytes, count: Int, initialise: (UnsafeMutableRawPointer) -> Void
    ) -> Reference? {
        guard let object = variable(shape, words: 2 &+ (count &+ 8) &>> 3, first: count)
        else { return nil }
        let bytes = UnsafeMutableRawPointer(object.address + 2)
        bytes.storeBytes(of: 0, toByteOffset: count & ~7, as: UInt64.self)
        initialise(bytes)
        return object
    }
    public func newBytes(_ shape: Shape = .bytes, _ text: String) -> Reference? {
        var text = text
        return text.withUTF8 { utf8 in
            newBytes(shape, count: utf8.count) {
                $0.copyMemory(from: utf8.baseAddress!, byteCount: utf8.count)
            }
        }
    }

    /// A new object of a shape with shared bytes that has none of its own: `words` words, all written by
    /// `initialise`, then a reference to the object whose bytes it shares.
    public func newShare(
        _ shape: Shape, of owner: Reference, words: Int,
        initialise: (UnsafeMutablePointer<UInt64>) -> Void
    ) -> Reference? {
        guard let object = variable(shape, words: words &+ 3, first: -(words &+ 2))
        else { return nil }
        initialise(object.address + 2)
        object.address[words &+ 2] = Value(owner).bits
        return object
    }

    /// `d` as a value, boxed when it is outside the inline range.
    @inlinable @inline(__always) public func value(_ d: Double) -> Value {
        if let inline = Value(inline: d) { return inline }
        return Value(new(.boxedDouble, Value(bits: d.bitPattern)))
    }

    // MARK: arrays

    /// A new array of at least `capacity` slots, all `filling`; nil beyond the heap limit.
    ///
    /// Conflicts are per 64 slots, not per array. Cost: one write per slot.
    @inlinable @inline(never)
    public func newArray(
        _ shape: Shape = .array, capacity: Int, filling: Value = .none
    ) -> Reference? {
        if capacity < 0 || capacity > 1 << 56 { return nil }
        let layout = ArrayLayout(capacity: capacity)
        guard let array = variable(shape, words: layout.words, first: layout.capacity)
        else { return nil }
        let header = B.birth(thread) | UInt64(truncatingIfNeeded: layout.cardKind)
        var word = array.address + 2
        for _ in 0..<layout.cards {
            host_store_relaxed(word, header)
            (word + 1).update(repeating: filling.bits, count: layout.slotsPerCard)
            word += layout.slotsPerCard &+ 1
        }
        return array
    }
    /// A new object of a shape with two values and an array of its own: `first`, and the array of at least
    /// `capacity` slots, which hold None. With the capacity 0 it has none, and its second value is `array`.
    @inlinable @inline(__always)
    public func new(
        _ shape: Shape, _ first: Value, capacity: Int, array: Value = .none
    ) -> Reference {
        assert(shape.slots == 2)
        let object = newWithArray(shape, 2, capacity: capacity, filling: .none)
        object.address[1] = first.bits
        if capacity == 0 { object.address[2] = array.bits }
        return object
    }
    /// A new object of a shape with two values and an array of its own: `first`, and the array, which has room for
    /// the `count` values from `items` on.
    @inlinable @inline(__always)
    public func new(
        _ shape: Shape, _ first: Value, _ items: UnsafeMutablePointer<Value>, count: Int
    ) -> Reference {
        let object = newWithArray(shape, 2, capacity: count, filling: .none)
        object.address[1] = first.bits
        if count == 0 {
            object.address[2] = Value.none.bits
        } else {
            UnsafeMutableRawPointer(object.address + OwnArray.firstWord(2))
                .assumingMemoryBound(to: Value.self).update(from: items, count: count)
        }
        return object
    }
    /// A new object of a shape with four values, of which the last is an array of its own of at least
    /// `capacity` slots, which hold `filling`.
    @inlinable @inline(__always)
    public func new(
        _ shape: Shape, _ a: Value, _ b: Value, _ c: Value, capacity: Int, filling: Value
    ) -> Reference {
        assert(shape.slots == 4)
        let object = newWithArray(shape, 4, capacity: capacity, filling: filling)
        object.address[1] = a.bits
        object.address[2] = b.bits
        object.address[3] = c.bits
        return object
    }
    /// The values but the last are still to be written, and that, too, if the capacity is 0.
    @inlinable @inline(__always)
    func newWithArray(
        _ shape: Shape, _ values: Int, capacity: Int, filling: Value
    ) -> Reference {
        assert(shape.layout == .ownArray && capacity <= OwnArray.mostSlots)
        let slots = OwnArray.slots(capacity: capacity)
        let memory = memory(shape, words: OwnArray.words(values, capacity: slots))
        let object = Reference(memory)
        memory[values &+ 1] = Value(slots).bits
        if slots > 0 {
            memory[values] = Value(OwnArray.array(in: object, values)).bits
            let kind = UInt64(truncatingIfNeeded: OwnArray.cardKind(slots: slots))
            host_store_relaxed(memory + (values &+ 2), B.birth(thread) | kind)
            (memory + OwnArray.firstWord(values)).update(repeating: filling.bits, count: slots)
        }
        return object
    }
    @inlinable @inline(__always) public func capacity(ofArray array: Reference) -> Int {
        Value(bits: array.address[1]).int
    }
    /// Slot `i` of an array; `i` must be in `0..<capacity`.
    @inlinable @inline(__always) public subscript(array: Reference, i: Int) -> Value {
        get {
            assert(i >= 0 && i < capacity(ofArray: array))
            let card = array.address + ArrayLayout.cardWord(ofSlot: i)
            return Value(bits: B.read(thread, card, (i & 63) &+ 1))
        }
        nonmutating set {
            assert(i >= 0 && i < capacity(ofArray: array))
            let card = array.address + ArrayLayout.cardWord(ofSlot: i)
            B.write(thread, card, (i & 63) &+ 1, newValue.bits)
        }
    }
    /// Slots `i` and `i + 1` of an array, `i` even, as they are at one time.
    @inlinable @inline(__always) public func pair(_ array: Reference, _ i: Int) -> (Value, Value) {
        assert(i >= 0 && i & 1 == 0 && i < capacity(ofArray: array))
        let card = array.address + ArrayLayout.cardWord(ofSlot: i)
        let (a, b) = B.read(thread, card, (i & 63) &+ 1, (i & 63) &+ 2)
        return (Value(bits: a), Value(bits: b))
    }

    /// Copies slots `i ..< i + count` of an array to slots from `j` on of another, or of the same.
    ///
    /// Cost: that of moving memory, and a read and a write per card of 64 slots.
    @inlinable @inline(never)
    public func move(_ array: Reference, _ i: Int, to target: Reference, _ j: Int, count: Int) {
        if count <= 0 || array == target && i == j { return }
        if i < j && array == target {
            // Upwards within one array: the last ones first.
            var left = count
            while left > 0 {
                let (a, b) = (i &+ left, j &+ left)
                let n = min(left, (a &- 1) & 63 &+ 1, (b &- 1) & 63 &+ 1)
                left &-= n
                moveWithinCards(array, i &+ left, target, j &+ left, n, isUpwards: true)
            }
        } else {
            var done = 0
            while done < count {
                let (a, b) = (i &+ done, j &+ done)
                let n = min(count &- done, 64 &- a & 63, 64 &- b & 63)
                moveWithinCards(array, a, target, b, n, isUpwards: false)
                done &+= n
            }
        }
    }
    @inlinable @inline(__always)
    func moveWithinCards(
        _ array: Reference, _ i: Int, _ target: Reference, _ j: Int, _ n: Int, isUpwards: Bool
    ) {
        let from = array.address + ArrayLayout.cardWord(ofSlot: i)
        let to = target.address + ArrayLayout.cardWord(ofSlot: j)
        let (i, j) = (i & 63 &+ 1, j & 63 &+ 1)
        if B.isPlain(thread) || isNew(to) && isOwn(from) {
            return (to + j).update(from: from + i, count: n)
        }
        if B.own(thread, to) {
            if from != to {
                B.copy(thread, from, i, to: to + j, n)
            } else if isUpwards {
                host_move_words_down(to + j, from + i, n)
            } else {
                host_move_words(to + j, from + i, n)
            }
        } else {
            for k in 0..<n {
                let k = isUpwards ? n &- 1 &- k : k
                B.write(thread, to, j &+ k, B.read(thread, from, i &+ k))
            }
        }
    }
    /// Was the unit made in this quantum, and can nobody else see it yet?
    @inlinable @inline(__always) func isNew(_ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        (host_load_relaxed(unit) ^ thread.pointee.newWord) <= Header.kindMask
    }
    /// Does no other thread see the unit?
    @inlinable @inline(__always) func isOwn(_ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        quanta_tag_at(unit) == thread.pointee.ownTag
    }
    /// Copies `count` values from slot `i` on of an array, up to the end of its card, to `target`.
    @inlinable
    public func copy(
        _ array: Reference, _ i: Int, count: Int, to target: UnsafeMutablePointer<Value>
    ) {
        assert(i & 63 &+ count <= 64)
        let card = array.address + ArrayLayout.cardWord(ofSlot: i)
        let target = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt64.self)
        B.copy(thread, card, i & 63 &+ 1, to: target, count)
    }
    /// Copies `count` values to slots from `i` on of an array.
    @inlinable
    public func copy(
        _ source: UnsafeMutablePointer<Value>, count: Int, to array: Reference, _ i: Int
    ) {
        let card = array.address + ArrayLayout.cardWord(ofSlot: 0)
        if i &+ count <= 64 && (B.isPlain(thread) || isNew(card)) {
            UnsafeMutableRawPointer(card + 1 + i).assumingMemoryBound(to: Value.self)
                .update(from: source, count: count)
        } else {
            for k in 0..<count { self[array, i &+ k] = source[k] }
        }
    }

    // MARK: weak references

    /// A reference that does not keep `target` alive.
    public func newWeak(_ target: Reference) -> Reference {
        let weak = new(.weak, Value(bits: UInt64(UInt(bitPattern: target.address))))
        Heap.of(thread).addWeakReference(weak)
        return weak
    }
    /// The target, or nil once it has been reclaimed.
    public func target(ofWeak weak: Reference) -> Reference? {
        UnsafeMutablePointer(bitPattern: UInt(host_load_relaxed(weak.address + 1)))
            .map(Reference.init)
    }
}

@inline(never) @usableFromInline
func largeVariable(
    _ t: ThreadContext, _ shape: Shape, words: Int, first: Int, birth: UInt64
) -> Reference? {
    guard let memory = Heap.allocate(t, words: words) else { return nil }
    host_store_relaxed(memory, birth | UInt64(truncatingIfNeeded: shape.kind))
    memory[1] = Value(first).bits
    return Reference(memory)
}
