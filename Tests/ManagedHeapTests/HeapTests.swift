import CHost
import ManagedHeap
import Testing

/// A heap with one mutator thread whose roots are an array.
private final class Mutator {
    let heap: Heap
    let t: ThreadContext
    var roots: [Value] = []

    init(limit: Int = 64 << 20, shapes: [Shape] = [], stress: Stress? = nil) throws {
        heap = try #require(
            Heap(
                .init(limit: limit, minimumBudget: 1 << 18, checks: stress == nil, stress: stress),
                shapes: shapes))
        t = try #require(quanta_thread_create())
        t.pointee.heap = Unmanaged.passUnretained(heap).toOpaque()
        heap.onPressure = { [unowned self] _ in collect() }
    }
    deinit { quanta_thread_destroy(t) }

    func collect() {
        heap.collect(threads: [t]) { tracer in for root in roots { tracer.value(root) } }
    }
    /// An object of `shape` with the given slots; a tuple's count comes first by itself.
    func make(_ shape: Shape, _ slots: [Value]) -> Reference {
        let memory = Heap.allocate(t, words: slots.count + 1)!
        memory[0] = UInt64(shape.kind)
        for (i, slot) in slots.enumerated() { memory[i + 1] = slot.bits }
        return Reference(memory)
    }
    func tuple(_ slots: [Value]) -> Reference { make(.tuple, [Value(slots.count)] + slots) }
}

private let pair = Shape(kind: 16, name: "pair", slots: 2)
private let text = Shape(kind: 17, name: "text", layout: .sharedBytes)
private let fixed = Shape(kind: 19, name: "fixed", slots: 2, isPermanent: true)
private let holder = Shape(kind: 18, name: "holder", slots: 2, layout: .ownArray)

@Suite struct HeapTests {
    @Test func reachableSurvivesAndGarbageGoes() throws {
        let m = try Mutator(shapes: [pair])
        var list = Value.none
        for i in 0..<1000 {
            list = Value(m.make(pair, [Value(i), list]))
            m.roots = [list]
            for _ in 0..<50 { _ = m.make(pair, [Value(i), list]) }
        }
        #expect(m.heap.statistics.collections > 2)
        m.collect()
        #expect(m.heap.statistics.liveBytes == 1000 * 32)
        for i in (0..<1000).reversed() {
            #expect(Value(bits: list.reference.address[1]).int == i)
            list = Value(bits: list.reference.address[2])
        }
        m.roots = []
        m.collect()
        #expect(m.heap.statistics.liveBytes == 0)
    }

    /// What nobody refers to is gone, and poisoned, at the next allocation.
    @Test func collectionsUnderStress() throws {
        let m = try Mutator(shapes: [pair], stress: Stress(every: 1, after: 2))
        let kept = m.make(pair, [Value(1), .none])
        m.roots = [Value(kept)]
        let lost = m.make(pair, [Value(2), Value(kept)])
        #expect(lost.address[1] == Value(2).bits)
        #expect(m.heap.statistics.collections == 0)
        _ = m.make(pair, [Value(3), .none])
        #expect(m.heap.statistics.collections == 1)
        #expect(lost.kind == 0 && Value(bits: lost.address[1]).isReference)
        #expect(Value(bits: kept.address[1]) == Value(1))
        let large = m.make(.tuple, [Value(20_000)] + [Value](repeating: Value(7), count: 20_000))
        #expect(m.heap.statistics.collections == 2)
        _ = m.make(pair, [Value(3), .none])
        #expect(large.kind == 0 && Value(bits: large.address[20_000]).isReference)
        for i in 0..<1000 { _ = m.make(pair, [Value(i), .none]) }
        #expect(m.heap.statistics.collections == 1003)
        #expect(m.heap.allocations == 1005)
        #expect(m.heap.statistics.liveBytes <= 64)
    }

    @Test func aReclaimedObjectIsReported() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
        {
            let m = try Mutator(shapes: [pair], stress: Stress(every: 1))
            let holder = m.make(pair, [Value(1), .none])
            m.roots = [Value(holder)]
            let lost = m.make(pair, [Value(2), .none])
            _ = m.make(pair, [Value(3), .none])
            holder.address[2] = Value(lost).bits
            m.collect()
        }
        let report = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(report.contains("heap check: pair at "))
    }

    /// An object that shares the bytes of another keeps that alive; the words before the reference are not
    /// values.
    @Test func sharedBytes() throws {
        let m = try Mutator(shapes: [pair, text])
        let owner = m.make(text, [Value(8), Value(bits: 0xFFFF_FFFF_FFFF_FFF1)])
        let share = m.make(text, [Value(-3), Value(bits: 0xFFFF_FFFF_FFFF_FFF1), Value(owner)])
        m.roots = [Value(share)]
        for i in 0..<20_000 { _ = m.make(pair, [Value(i), .none]) }
        m.collect()
        #expect(m.heap.statistics.liveBytes == 64)
        #expect(owner.address[2] == 0xFFFF_FFFF_FFFF_FFF1)
        m.roots = []
        m.collect()
        #expect(m.heap.statistics.liveBytes == 0)
    }

    /// The slots of an array that lies in its object are alive with it, whatever the object refers to; what
    /// leads into the array keeps the object alive.
    @Test func ownArray() throws {
        let m = try Mutator(shapes: [pair, holder])
        func item(_ i: Int) -> Value { Value(m.make(pair, [Value(i), .none])) }
        // A value, the last value, the capacity; a card's header and its slots.
        let object = m.make(
            holder, [item(0), .none, Value(4), Value(bits: 2), item(1), item(2), .none, item(3)])
        let array = OwnArray.array(in: object, 2)
        object.address[2] = Value(array).bits
        #expect(OwnArray.words(2, capacity: 4) == 9)
        #expect(array.address + ArrayLayout.cardWord(ofSlot: 0) == object.address + 4)
        let empty = m.make(holder, [item(4), item(5), Value(0)])
        m.roots = [Value(object), Value(empty)]
        m.collect()
        #expect(m.heap.statistics.liveBytes == 80 + 4 * 32 + 32 + 2 * 32)
        for (i, slot) in [4, 5, 7].enumerated() {
            let reference = Value(bits: object.address[slot + 1]).reference
            #expect(Value(bits: reference.address[1]).int == i + 1)
        }
        object.address[2] = item(6).bits
        m.collect()
        #expect(m.heap.statistics.liveBytes == 80 + 5 * 32 + 32 + 2 * 32)
        m.roots = [Value(array)]
        m.collect()
        #expect(m.heap.statistics.liveBytes == 80 + 5 * 32)
    }

    /// What is kept, and permanent objects once they were alive, stay with all they refer to; nothing else.
    @Test func permanentObjects() throws {
        let m = try Mutator(shapes: [pair, text, fixed])
        func name() -> Value { Value(m.make(text, [Value(8), Value(7)])) }
        m.heap.keep(name())
        m.heap.keep(Value(m.make(pair, [name(), .none])))
        _ = m.make(fixed, [name(), .none])
        let target = m.make(pair, [Value(1), .none])
        m.roots = [Value(m.make(fixed, [name(), Value(target)]))]
        m.collect()
        let live = 5 * 32 + 2 * 32
        #expect(m.heap.statistics.liveBytes == live - 32)
        m.roots = []
        target.address[2] = name().bits
        for _ in 0..<3 {
            m.collect()
            #expect(m.heap.statistics.liveBytes == live)
        }
        target.address[2] = Value.none.bits
        m.collect()
        #expect(m.heap.statistics.liveBytes == live - 32)
    }

    /// An array of numbers is as long as any other, and nothing in it is followed.
    @Test func numbers() throws {
        let m = try Mutator(shapes: [pair])
        let layout = ArrayLayout(capacity: 4)
        let numbers = m.make(
            .numbers, [Value(layout.capacity), Value(bits: 2)] + (0..<4).map { Value($0) })
        m.roots = [Value(numbers)]
        m.collect()
        #expect(m.heap.statistics.liveBytes == (layout.words + 1) / 2 * 16)
    }

    /// Every size from one slot to several blocks: content survives, cells do not overlap.
    @Test func sizes() throws {
        let m = try Mutator(limit: 256 << 20)
        let counts =
            Array(0...80) + [100, 127, 128, 200, 500, 1000, 1022, 1023, 1024, 5000, 70_000]
        for round in 0..<3 {
            for count in counts {
                m.roots.append(Value(m.tuple((0..<count).map { Value(round * 1_000_000 + $0) })))
            }
            m.collect()
        }
        for (i, root) in m.roots.enumerated() {
            let count = counts[i % counts.count]
            #expect(Value(bits: root.reference.address[1]).int == count)
            for k in 0..<count {
                let expected = (i / counts.count) * 1_000_000 + k
                #expect(Value(bits: root.reference.address[2 + k]).int == expected)
            }
        }
    }

    @Test func largeObjectsAreReusedAndLimited() throws {
        let m = try Mutator(limit: 8 << 20)
        for _ in 0..<100 {
            let memory = try #require(Heap.allocate(m.t, words: 1 << 18))
            memory[0] = UInt64(Shape.bytes.kind)
            memory[1] = Value(0).bits
        }
        #expect(Heap.allocate(m.t, words: 1 << 21) == nil)
        #expect(Heap.allocate(m.t, words: 1 << 50) == nil)
        #expect(m.heap.bytesInUse <= 8 << 20)
    }

    @Test func theLimitIsSignalledBeforeMemoryEnds() throws {
        let m = try Mutator(limit: 2 << 20, shapes: [pair])
        var signalled = false
        m.heap.onLimit = { _ in signalled = true }
        var made = 0
        while !signalled {
            m.roots.append(Value(m.make(pair, [.none, .none])))
            made += 1
        }
        #expect(made > 60_000 && made < 80_000)
    }

    @Test func weakReferencesAndFinalizers() throws {
        let m = try Mutator(shapes: [pair])
        let kept = m.make(pair, [.none, .none])
        let lost = m.make(pair, [.none, .none])
        func weak(_ target: Reference) -> Reference {
            let weak = m.make(.weak, [Value(bits: UInt64(UInt(bitPattern: target.address)))])
            m.heap.addWeakReference(weak)
            return weak
        }
        let (a, b) = (weak(kept), weak(lost))
        m.roots = [Value(kept), Value(a), Value(b)]
        final class Flag: @unchecked Sendable { var count = 0 }
        let (keptFlag, lostFlag) = (Flag(), Flag())
        m.heap.addFinalizer(kept) { keptFlag.count += 1 }
        m.heap.addFinalizer(lost) { lostFlag.count += 1 }
        m.collect()
        m.collect()
        #expect(a.address[1] != 0)
        #expect(b.address[1] == 0)
        for action in m.heap.takeReadyFinalizers() { action() }
        #expect(keptFlag.count == 0)
        #expect(lostFlag.count == 1)
    }

    /// Deep and wide structures do not overflow the marker.
    @Test func deepAndWide() throws {
        let m = try Mutator(limit: 512 << 20, shapes: [pair])
        var list = Value.none
        for i in 0..<300_000 {
            list = Value(m.make(pair, [Value(i), list]))
            m.roots = [list]
        }
        let layout = ArrayLayout(capacity: 200_000)
        let array = Heap.allocate(m.t, words: layout.words)!
        array[0] = UInt64(Shape.array.kind)
        array[1] = Value(layout.capacity).bits
        for card in 0..<layout.cards {
            array[layout.wordOfCard(card)] = 6
            for slot in 1...64 { array[layout.wordOfCard(card) + slot] = list.bits }
        }
        m.roots = [Value(Reference(array))]
        m.collect()
        #expect(m.heap.statistics.liveBytes >= 300_000 * 32 + layout.words * 8)
    }

    /// Words of a native stack may point anywhere: only addresses inside allocated cells count.
    @Test func conservativeWords() throws {
        for offset in -40..<72 {
            let m = try Mutator(shapes: [pair])
            _ = m.make(pair, [Value(0), .none])
            let object = m.make(pair, [Value(1), .none])  // the second of two cells of 32 bytes
            let word = UInt(bitPattern: object.address) &+ UInt(bitPattern: offset)
            m.heap.collect(threads: [m.t]) { tracer in tracer.word(word) }
            #expect(m.heap.statistics.liveBytes == (-32..<32 ~= offset ? 32 : 0))
        }
    }
}

@Suite struct ValueTests {
    @Test func integers() {
        for i in [0, 1, -1, 42, (1 << 61) - 1, -(1 << 61)] {
            let value = Value(exactly: i)
            #expect(value?.isInt == true && value?.int == i)
            #expect(value?.isReference == false && value?.isInlineDouble == false)
        }
        #expect(Value(exactly: 1 << 61) == nil)
        #expect(Value(exactly: Int.min) == nil)
    }

    @Test func doubles() {
        for d in [
            0.0, .leastNonzeroMagnitude, -1e-300, 1, -1, 0.1, 1e-70, -1e70, 3.141592653589793, 1e76,
            123456789.125,
        ] {
            let value = Value(inline: d)
            #expect(value?.inlineDouble == d)
            #expect(value?.isInt == false && value?.isReference == false)
            #expect(value?.isConstant == false && value?.isAddress == false)
        }
        for d in [1e-100, 1e300, Double.infinity, -Double.infinity, Double.nan] {
            #expect(Value(inline: d) == nil)
        }
    }

    @Test func constantsAndAddresses() {
        #expect(Value.none != .false && Value.true != .false && Value.unbound != .none)
        #expect(Value(constant: 123_456).constant == 123_456)
        let p = UnsafeMutableRawPointer(bitPattern: 0x7fff_1234_5678)
        #expect(Value(address: p).isAddress && Value(address: p).address == p)
        #expect(Value(address: nil).address == nil)
    }

    @Test func arrayLayout() {
        for capacity in [0, 1, 4, 5, 8, 9, 16, 33, 64, 65, 128, 129, 1000] {
            let layout = ArrayLayout(capacity: capacity)
            #expect(layout.capacity >= capacity)
            for i in [0, capacity / 2, max(0, capacity - 1)] {
                let card = ArrayLayout.cardWord(ofSlot: i)
                #expect((card - 2) % (layout.slotsPerCard + 1) == 0 || layout.cards == 1)
                #expect(card + 1 + i & 63 < layout.words)
            }
        }
    }
}
