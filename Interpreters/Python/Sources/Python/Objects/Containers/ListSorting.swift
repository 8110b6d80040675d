import Glibc
import InterpreterKit

/// An item to be sorted: its value decides, or a key that goes with it.
private protocol SortItem {
    var value: Value { get }
    var key: Value { get }
    /// The first `count` items of an array, with as many keys.
    static func read(
        _ vm: VM, _ items: Reference, _ keys: Reference, _ count: Int,
        to buffer: UnsafeMutablePointer<Self>)
}
private struct PlainItem: SortItem {
    let value: Value
    @inline(__always) var key: Value { value }

    static func read(
        _ vm: VM, _ items: Reference, _ keys: Reference, _ count: Int,
        to buffer: UnsafeMutablePointer<PlainItem>
    ) {
        let target = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: Value.self)
        var i = 0
        while i < count {
            let n = min(count &- i, 64)
            vm.q.copy(items, i, count: n, to: target + i)
            i &+= n
        }
    }
}
private struct KeyedItem: SortItem {
    let key: Value
    let value: Value

    static func read(
        _ vm: VM, _ items: Reference, _ keys: Reference, _ count: Int,
        to buffer: UnsafeMutablePointer<KeyedItem>
    ) {
        for i in 0..<count { buffer[i] = KeyedItem(key: vm[keys, i], value: vm[items, i]) }
    }
}

private struct IntOrder<Element: SortItem>: SortOrder {
    @inline(__always) func less(_ a: Element, _ b: Element) throws(Unwind) -> Bool {
        Int64(bitPattern: a.key.bits) < Int64(bitPattern: b.key.bits)
    }
}
private struct DoubleOrder<Element: SortItem>: SortOrder {
    @inline(__always) func less(_ a: Element, _ b: Element) throws(Unwind) -> Bool {
        a.key.inlineDouble < b.key.inlineDouble
    }
}
/// An item whose key is a string of code points below 256, and the first eight of these as a number: mostly
/// that is enough to know which of two comes first.
private struct NarrowItem<Item: SortItem> {
    let beginning: UInt64
    let item: Item

    init(_ item: Item) {
        self.item = item
        let text = StringView(item.key)
        var beginning: UInt64 = 0
        for i in 0..<min(text.count, 8) {
            beginning |= UInt64(text.bytes[i]) &<< UInt64(56 &- 8 &* i)
        }
        self.beginning = beginning
    }
}
private struct NarrowOrder<Item: SortItem>: SortOrder {
    @inline(__always)
    func less(_ a: NarrowItem<Item>, _ b: NarrowItem<Item>) throws(Unwind) -> Bool {
        a.beginning != b.beginning ? a.beginning < b.beginning : isLess(a.item.key, b.item.key)
    }
    @inline(never) private func isLess(_ a: Value, _ b: Value) -> Bool {
        let (x, y) = (StringView(a), StringView(b))
        let (m, n) = (x.count, y.count)
        let order = memcmp(x.bytes, y.bytes, min(m, n))
        return order != 0 ? order < 0 : m < n
    }
}
private struct StringOrder<Element: SortItem>: SortOrder {
    func less(_ a: Element, _ b: Element) throws(Unwind) -> Bool {
        StringView.order(StringView(a.key), StringView(b.key)) < 0
    }
}
private struct AnyOrder<Element: SortItem>: SortOrder {
    let vm: VM
    func less(_ a: Element, _ b: Element) throws(Unwind) -> Bool {
        let (x, y) = (a.key, b.key)
        if x.isTuple && y.isTuple {
            return try vm.isTrue(try vm.compareSequences(.less, x, y))
        }
        return try vm.holds(.less, x, y)
    }
}

extension VM {
    /// Sorts a list in place. While keys are computed and items compared, the list is empty.
    func sort(_ list: Reference, key: Value, reverse: Bool) throws(Unwind) {
        let count = self[list, List.count]
        if count == 0 { return }
        let items = self[list, List.items].reference
        self[list, List.count] = 0
        self[list, List.items] = .none
        do throws(Unwind) {
            if key != .none {
                let keys = try checked(q.newArray(capacity: count))
                for i in 0..<count { self[keys, i] = try call(key, self[items, i]) }
                try sort(items, keys, count, reverse, KeyedItem.self)
                // The keys were needed until here.
                self[keys, 0] = .none
            } else {
                try sort(items, items, count, reverse, PlainItem.self)
            }
        } catch {
            self[list, List.items] = Value(items)
            self[list, List.count] = count
            throw error
        }
        let isDisturbed = self[list, List.items] != .none
        self[list, List.items] = Value(items)
        self[list, List.count] = count
        if isDisturbed { throw raise(.valueError, "list modified during sort") }
    }

    private func sort<Item: SortItem>(
        _ items: Reference, _ keys: Reference, _ count: Int, _ reverse: Bool, _: Item.Type
    ) throws(Unwind) {
        if count < 2 { return }
        guard let memory = malloc(count * MemoryLayout<Item>.stride) else { throw outOfMemory() }
        defer { free(memory) }
        let buffer = memory.bindMemory(to: Item.self, capacity: count)
        // The tags that occur among the keys, and whether all are strings.
        var tags: UInt64 = 0
        var (areDoubles, areStrings, areNarrow) = (true, true, true)
        // Sorted backwards and read backwards, equal items keep their order.
        Item.read(self, items, keys, count, to: buffer)
        var read = UnsafeMutableBufferPointer(start: buffer, count: count)
        if reverse { read.reverse() }
        for item in read { tags |= item.key.bits }
        let areInts = tags & 3 == 0
        if !areInts {
            for i in 0..<count {
                let key = buffer[i].key
                areDoubles = areDoubles && key.isInlineDouble
                areStrings = areStrings && key.isString
                areNarrow = areNarrow && areStrings && StringView(key).width == 0
            }
        }
        let isChanged: Bool
        do throws(Unwind) {
            if areInts {
                isChanged = try order(IntOrder<Item>(), buffer, count)
            } else if areDoubles {
                isChanged = try order(DoubleOrder<Item>(), buffer, count)
            } else if areNarrow {
                isChanged = try order(narrow: buffer, count)
            } else if areStrings {
                isChanged = try order(StringOrder<Item>(), buffer, count)
            } else {
                isChanged = try order(AnyOrder<Item>(vm: self), buffer, count)
            }
        } catch {
            putBack(buffer, items, count, reverse)
            throw error
        }
        if isChanged { putBack(buffer, items, count, reverse) }
    }
    private func order<Item: SortItem>(
        narrow buffer: UnsafeMutablePointer<Item>, _ count: Int
    ) throws(Unwind) -> Bool {
        guard let memory = malloc(count * MemoryLayout<NarrowItem<Item>>.stride) else {
            throw outOfMemory()
        }
        defer { free(memory) }
        let narrow = memory.bindMemory(to: NarrowItem<Item>.self, capacity: count)
        for i in 0..<count { narrow[i] = NarrowItem(buffer[i]) }
        guard try order(NarrowOrder<Item>(), narrow, count) else { return false }
        for i in 0..<count { buffer[i] = narrow[i].item }
        return true
    }
    /// Sorts; false when that has changed nothing.
    @inline(__always)
    private func order<Order: SortOrder>(
        _ order: Order, _ buffer: UnsafeMutablePointer<Order.Element>, _ count: Int
    ) throws(Unwind) -> Bool {
        guard var sort = MergeSort(order, buffer, count) else { throw outOfMemory() }
        return try sort.sort()
    }
    private func putBack<Item: SortItem>(
        _ buffer: UnsafeMutablePointer<Item>, _ items: Reference, _ count: Int, _ reverse: Bool
    ) {
        for i in 0..<count { self[items, i] = buffer[reverse ? count &- 1 &- i : i].value }
    }
}
