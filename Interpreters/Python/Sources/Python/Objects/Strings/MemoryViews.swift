import Glibc
import InterpreterKit

/// A `memoryview`: one dimension of items in the bytes of another object.
enum MemoryView {
    /// The `bytes` or `bytearray` that holds the bytes; None once the view has been released.
    static var storage: Field<Value> { Field(0) }
    /// First byte, number of items, bytes from one item to the next.
    static var start: ImmutableField<Int> { ImmutableField(1) }
    static var count: ImmutableField<Int> { ImmutableField(2) }
    static var stride: ImmutableField<Int> { ImmutableField(3) }
    /// The format letter.
    static var format: ImmutableField<Int> { ImmutableField(4) }
    /// What the view is of.
    static var object: Field<Value> { Field(5) }

    /// Bytes of an item; nil for letters that are no format.
    static func size(_ format: Int) -> Int? {
        switch UInt8(truncatingIfNeeded: format) {
        case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "c"), UInt8(ascii: "?"): 1
        case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "e"): 2
        case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "f"), UInt8(ascii: "w"),
            UInt8(ascii: "u"):
            4
        case UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "q"), UInt8(ascii: "Q"),
            UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "P"), UInt8(ascii: "d"):
            8
        default: nil
        }
    }
}

extension VM {
    /// The storage that an object of a built-in module lets others look at: reserved slot 0 holds a
    /// `bytearray`, slot 1 the format letter as an integer.
    func exportedStorage(_ value: Value) -> (storage: Value, format: Int)? {
        guard value.isInstance, map(value.reference).pointee.payload == .native else { return nil }
        let storage = self[value.reference, Instance.slot(0)]
        guard storage.isByteArray, Instance.capacity(value.reference) > 1 else { return nil }
        let format = self[value.reference, Instance.slot(1)]
        return format.isInt && MemoryView.size(format.int) != nil ? (storage, format.int) : nil
    }

    func newMemoryView(of object: Value) throws(Unwind) -> Value {
        if let bytes = asBytes(object) {
            return newView(bytes, 0, BytesView(bytes).count, 1, 0x42, object)
        }
        if let array = asByteArray(object) {
            return newView(array, 0, count(ofArray: array.reference), 1, 0x42, object)
        }
        if object.isMemoryView {
            let view = try live(object)
            return newView(
                self[view, MemoryView.storage], self[view, MemoryView.start],
                self[view, MemoryView.count], self[view, MemoryView.stride],
                self[view, MemoryView.format], self[view, MemoryView.object])
        }
        if let (storage, format) = exportedStorage(object) {
            let size = MemoryView.size(format) ?? 1
            return newView(
                storage, 0, count(ofArray: storage.reference) / size, size, format, object)
        }
        throw raise(
            .typeError, "memoryview: a bytes-like object is required, not '\(typeName(object))'")
    }
    private func newView(
        _ storage: Value, _ start: Int, _ count: Int, _ stride: Int, _ format: Int, _ object: Value
    ) -> Value {
        Value(
            q.new(Kind.memoryView) { slots in
                slots[0] = storage
                slots[1] = Value(start)
                slots[2] = Value(count)
                slots[3] = Value(stride)
                slots[4] = Value(format)
                slots[5] = object
            })
    }
    /// The receiver of a method of `memoryview`, unless it has been released.
    func live(_ value: Value) throws(Unwind) -> Reference {
        guard value.isMemoryView else {
            throw raise(
                .typeError,
                "descriptor requires a 'memoryview' object but received a '\(typeName(value))'")
        }
        if self[value.reference, MemoryView.storage] == .none {
            throw raise(
                .valueError, "operation forbidden on released memoryview object")
        }
        return value.reference
    }
    private func itemSize(_ view: Reference) -> Int {
        MemoryView.size(self[view, MemoryView.format]) ?? 1
    }
    /// Copies item `i` out.
    private func read(item i: Int, of view: Reference, to p: UnsafeMutablePointer<UInt8>) {
        let storage = self[view, MemoryView.storage]
        let offset = self[view, MemoryView.start] &+ i &* self[view, MemoryView.stride]
        let size = itemSize(view)
        if storage.isBytes {
            if offset &+ size <= BytesView(storage).count {
                memcpy(p, BytesView(storage).data + offset, size)
            }
        } else if offset &+ size <= count(ofArray: storage.reference) {
            read(storage.reference, offset, size, to: p)
        }
    }
    /// The items without gaps, as `bytes`.
    func bytes(ofView view: Reference) throws(Unwind) -> Value {
        _ = try live(Value(view))
        let size = itemSize(view)
        let n = self[view, MemoryView.count]
        let storage = self[view, MemoryView.storage]
        let start = self[view, MemoryView.start]
        if self[view, MemoryView.stride] == size {
            if storage.isByteArray {
                let end = min(start &+ n &* size, count(ofArray: storage.reference))
                return try bytes(ofArray: storage.reference, start, end)
            }
            return try ByteContent(storage).bytes(self, start, start &+ n &* size)
        }
        return try newBytes(count: n * size) {
            for i in 0..<n { read(item: i, of: view, to: $0 + i &* size) }
        }
    }

    // MARK: items

    /// Item `i`, which there is.
    func item(ofView view: Reference, _ i: Int) throws(Unwind) -> Value {
        var word: UInt64 = 0
        let format = self[view, MemoryView.format]
        if format == 0x42, self[view, MemoryView.storage].isByteArray {
            let offset = self[view, MemoryView.start] &+ i &* self[view, MemoryView.stride]
            let array = self[view, MemoryView.storage].reference
            return Value(offset < count(ofArray: array) ? Int(byte(array, offset)) : 0)
        }
        withUnsafeMutableBytes(of: &word) {
            read(
                item: i, of: view,
                to: $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
        }
        return try unpack(word, UInt8(truncatingIfNeeded: format))
    }
    /// The value of the little-endian item in the low bytes of `word`.
    func unpack(_ word: UInt64, _ format: UInt8) throws(Unwind) -> Value {
        switch format {
        case UInt8(ascii: "B"): return Value(Int(UInt8(truncatingIfNeeded: word)))
        case UInt8(ascii: "b"): return Value(Int(Int8(truncatingIfNeeded: word)))
        case UInt8(ascii: "c"):
            return try newBytes(count: 1) { $0[0] = UInt8(truncatingIfNeeded: word) }
        case UInt8(ascii: "?"): return Value(word & 0xFF != 0)
        case UInt8(ascii: "h"): return Value(Int(Int16(truncatingIfNeeded: word)))
        case UInt8(ascii: "H"): return Value(Int(UInt16(truncatingIfNeeded: word)))
        case UInt8(ascii: "i"): return Value(Int(Int32(truncatingIfNeeded: word)))
        case UInt8(ascii: "I"): return Value(Int(UInt32(truncatingIfNeeded: word)))
        case UInt8(ascii: "l"), UInt8(ascii: "q"), UInt8(ascii: "n"):
            return try int(Int(truncatingIfNeeded: word))
        case UInt8(ascii: "f"):
            return value(Double(Float(bitPattern: UInt32(truncatingIfNeeded: word))))
        case UInt8(ascii: "e"):
            return value(Double(HalfPrecision.double(UInt16(truncatingIfNeeded: word))))
        case UInt8(ascii: "d"): return value(Double(bitPattern: word))
        case UInt8(ascii: "u"), UInt8(ascii: "w"):
            return try character(min(UInt32(truncatingIfNeeded: word), 0x10FFFF))
        default: return try int(word)
        }
    }
    /// A value as the item of a format, in the low bytes of the word.
    func pack(_ value: Value, _ format: UInt8) throws(Unwind) -> UInt64 {
        func fail(_ type: BuiltinType, _ what: String) -> Unwind {
            raise(
                type,
                "memoryview: invalid \(what) for format '\(Character(Unicode.Scalar(format)))'")
        }
        switch format {
        case UInt8(ascii: "d"), UInt8(ascii: "f"), UInt8(ascii: "e"):
            let double: Double
            do throws(Unwind) {
                double = try asFloat(value)
            } catch {
                if catches(.typeError, error) { throw fail(.typeError, "type") }
                throw error
            }
            if format == UInt8(ascii: "d") { return double.bitPattern }
            if format == UInt8(ascii: "e") { return UInt64(HalfPrecision.bits(double)) }
            return UInt64(Float(double).bitPattern)
        case UInt8(ascii: "?"): return try isTrue(value) ? 1 : 0
        case UInt8(ascii: "c"):
            guard let bytes = asBytes(value) else { throw fail(.typeError, "type") }
            if BytesView(bytes).count != 1 { throw fail(.valueError, "value") }
            return UInt64(BytesView(bytes)[0])
        default: break
        }
        if !isInteger(value) && lookup(typeOf: value, name(.index)) == .unbound {
            throw fail(.typeError, "type")
        }
        let int = try integer(value)
        let size = (MemoryView.size(Int(format)) ?? 1) * 8
        let isSigned = format >= 0x61
        let fits: Bool
        var bits: UInt64 = 0
        if let word = word(ofInt: int) {
            bits = UInt64(bitPattern: Int64(word))
            if isSigned {
                fits = size == 64 || word >= -(1 << (size - 1)) && word < 1 << (size - 1)
            } else {
                fits = word >= 0 && (size == 64 || word < 1 << size)
            }
        } else if !isSigned && size == 64 && !isNegative(int: int) && bitCount(ofInt: int) <= 64 {
            bits = BigInt(int.reference).limbs[0]
            fits = true
        } else {
            fits = false
        }
        if !fits { throw fail(.valueError, "value") }
        return bits
    }
    private func checkWritable(_ view: Reference) throws(Unwind) {
        if !self[view, MemoryView.storage].isByteArray {
            throw raise(.typeError, "cannot modify read-only memory")
        }
    }

    // MARK: the type

    func installMemoryViews() {
        build(.memoryview) { type in
            type.new("(cls, object)") { (vm, a) throws(Unwind) in
                try vm.newMemoryView(of: a[1])
            }
            addViewOperators(type)
            addViewAttributes(type)
            addViewMethods(type)
        }
    }
    private func addViewOperators(_ type: TypeBuilder) {
        type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm[try vm.live(a[0]), MemoryView.count])
        }
        type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            let view = try vm.live(a[0])
            if a[1].isA(Kind.slice) { return try vm.slice(view, a[1].reference) }
            return try vm.item(ofView: view, try vm.place(view, a[1]))
        }
        type.method("__setitem__", "(self, key, value, /)") { (vm, a) throws(Unwind) in
            let view = try vm.live(a[0])
            try vm.checkWritable(view)
            if a[1].isA(Kind.slice) {
                try vm.setSlice(view, a[1].reference, a[2])
                return .none
            }
            let i = try vm.place(view, a[1])
            var word = try vm.pack(a[2], UInt8(truncatingIfNeeded: vm[view, MemoryView.format]))
            _ = try vm.live(a[0])
            let offset = vm[view, MemoryView.start] &+ i &* vm[view, MemoryView.stride]
            let array = vm[view, MemoryView.storage].reference
            try vm.checkEnd(array, offset + vm.itemSize(view))
            withUnsafeBytes(of: &word) {
                vm.write(
                    array, offset,
                    $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self),
                    vm.itemSize(view))
            }
            return .none
        }
        type.method("__delitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            try vm.checkWritable(try vm.live(a[0]))
            throw vm.raise(.typeError, "cannot delete memory")
        }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            _ = try vm.live(a[0])
            return vm.newIterator(.memoryIterator, a[0])
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            var text = StringBuilder()
            text.append(
                vm[a[0].reference, MemoryView.storage] == .none
                    ? "<released memory" : "<memory")
            vm.append(addressOf: a[0], to: &text)
            return try text.string(vm)
        }
        type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
            let view = try vm.live(a[0])
            if !vm[view, MemoryView.storage].isBytes {
                throw vm.raise(.valueError, "cannot hash writable memoryview object")
            }
            return Value(BytesView(try vm.bytes(ofView: view)).hash)
        }
        for comparison in Comparison.allCases {
            let isEquality = comparison == .equal || comparison == .notEqual
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                guard isEquality else { return .notImplemented }
                guard a[0].isMemoryView, vm.isBytesLike(a[1]) else { return .notImplemented }
                let same = try vm.sameItems(a[0], a[1])
                return Value(same == (comparison == .equal))
            }
        }
        type.method("__enter__", "(self, /)") { (vm, a) throws(Unwind) in
            let storage = vm[try vm.live(a[0]), MemoryView.storage]
            if storage.isByteArray { vm[storage.reference, ByteArray.exports] += 1 }
            return a[0]
        }
        type.method("__exit__", "(self, *args)") { (vm, a) throws(Unwind) in
            let storage = vm[try vm.live(a[0]), MemoryView.storage]
            if storage.isByteArray {
                let exports = vm[storage.reference, ByteArray.exports]
                vm[storage.reference, ByteArray.exports] = max(0, exports - 1)
            }
            vm.release(a[0])
            return .none
        }
    }
    private func sameItems(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
        if a == b { return true }
        let view = a.reference
        if self[view, MemoryView.storage] == .none { return false }
        if b.isMemoryView && self[b.reference, MemoryView.storage] == .none { return false }
        let other = try newMemoryView(of: b)
        defer { release(other) }
        let n = self[view, MemoryView.count]
        if n != self[other.reference, MemoryView.count] { return false }
        if self[view, MemoryView.format] == self[other.reference, MemoryView.format],
            self[view, MemoryView.format] != 0x64, self[view, MemoryView.format] != 0x66
        {
            let (x, y) = (
                ByteContent(try bytes(ofView: view)),
                ByteContent(try bytes(ofView: other.reference))
            )
            return ByteContent.order(x, y) == 0
        }
        for i in 0..<n {
            let same = try equal(
                try item(ofView: view, i), try item(ofView: other.reference, i))
            if !same { return false }
        }
        return true
    }
    private func release(_ value: Value) {
        guard value.isMemoryView else { return }
        self[value.reference, MemoryView.storage] = .none
        self[value.reference, MemoryView.object] = .none
    }
    private func place(_ view: Reference, _ key: Value) throws(Unwind) -> Int {
        if !isInteger(key) && lookup(typeOf: key, name(.index)) == .unbound {
            throw raise(.typeError, "memoryview: invalid slice key")
        }
        var i = try index(key, overflow: .indexError)
        let n = self[view, MemoryView.count]
        if i < 0 { i = i &+ n }
        if i < 0 || i >= n {
            throw raise(.indexError, "index out of bounds on dimension 1")
        }
        return i
    }
    private func slice(_ view: Reference, _ slice: Reference) throws(Unwind) -> Value {
        let bounds = try bounds(ofSlice: slice)
        let (start, count) = bounds.selection(of: self[view, MemoryView.count])
        let stride = self[view, MemoryView.stride]
        return newView(
            self[view, MemoryView.storage],
            self[view, MemoryView.start] &+ start &* stride, count, stride &* bounds.step,
            self[view, MemoryView.format], self[view, MemoryView.object])
    }
    private func setSlice(
        _ view: Reference, _ key: Reference, _ value: Value
    ) throws(Unwind) {
        let part = try slice(view, key)
        defer { release(part) }
        let source = try newMemoryView(of: value)
        defer { release(source) }
        let n = self[part.reference, MemoryView.count]
        if self[source.reference, MemoryView.count] != n
            || self[source.reference, MemoryView.format] != self[view, MemoryView.format]
        {
            throw raise(
                .valueError,
                "memoryview assignment: lvalue and rvalue have different structures")
        }
        let content = ByteContent(try bytes(ofView: source.reference))
        let size = itemSize(view)
        let array = self[view, MemoryView.storage].reference
        let (start, stride) = (
            self[part.reference, MemoryView.start], self[part.reference, MemoryView.stride]
        )
        for i in 0..<n {
            try checkEnd(array, start &+ i &* stride &+ size)
            write(array, start &+ i &* stride, content.data + i &* size, size)
        }
    }
    /// The array may have become shorter than it was when the view was made.
    private func checkEnd(_ array: Reference, _ end: Int) throws(Unwind) {
        if end > count(ofArray: array) {
            throw raise(.valueError, "memoryview: underlying buffer is too small")
        }
    }

    private func addViewAttributes(_ type: TypeBuilder) {
        type.attribute(
            "nbytes",
            get: { (vm, a) throws(Unwind) in
                let view = try vm.live(a[0])
                return Value(vm[view, MemoryView.count] * vm.itemSize(view))
            })
        type.attribute(
            "itemsize",
            get: { (vm, a) throws(Unwind) in
                Value(vm.itemSize(try vm.live(a[0])))
            })
        type.attribute(
            "format",
            get: { (vm, a) throws(Unwind) in
                try vm.character(UInt32(vm[try vm.live(a[0]), MemoryView.format]))
            })
        type.attribute(
            "readonly",
            get: { (vm, a) throws(Unwind) in
                Value(!vm[try vm.live(a[0]), MemoryView.storage].isByteArray)
            })
        type.attribute(
            "obj",
            get: { (vm, a) throws(Unwind) in
                vm[try vm.live(a[0]), MemoryView.object]
            })
        type.attribute(
            "ndim",
            get: { (vm, a) throws(Unwind) in
                _ = try vm.live(a[0])
                return Value(1)
            })
        type.attribute(
            "shape",
            get: { (vm, a) throws(Unwind) in
                try vm.tuple(Value(vm[try vm.live(a[0]), MemoryView.count]))
            })
        type.attribute(
            "strides",
            get: { (vm, a) throws(Unwind) in
                try vm.tuple(Value(vm[try vm.live(a[0]), MemoryView.stride]))
            })
        type.attribute(
            "suboffsets",
            get: { (vm, a) throws(Unwind) in
                _ = try vm.live(a[0])
                return vm.shared.pointee.emptyTuple
            })
        for name: StaticString in ["contiguous", "c_contiguous", "f_contiguous"] {
            type.attribute(
                name,
                get: { (vm, a) throws(Unwind) in
                    let view = try vm.live(a[0])
                    return Value(
                        vm[view, MemoryView.stride] == vm.itemSize(view)
                            || vm[view, MemoryView.count] <= 1)
                })
        }
    }
    private func addViewMethods(_ type: TypeBuilder) {
        type.method("tobytes", "(self, /, order='C')") { (vm, a) throws(Unwind) in
            if a.has(1), a[1] != .none {
                let order = try vm.string(a[1], "tobytes() argument 'order' must be str or None")
                // One dimension has only one order.
                guard order.count == 1, [0x43, 0x46, 0x41].contains(order[0]) else {
                    throw vm.raise(.valueError, "order must be 'C', 'F' or 'A'")
                }
            }
            return try vm.bytes(ofView: try vm.live(a[0]))
        }
        type.method("tolist", "(self, /)") { (vm, a) throws(Unwind) in
            let view = try vm.live(a[0])
            let list = try vm.newList(capacity: vm[view, MemoryView.count])
            for i in 0..<vm[view, MemoryView.count] {
                try vm.append(list, try vm.item(ofView: view, i))
            }
            return Value(list)
        }
        type.method("hex", "(self, sep=None, bytes_per_sep=1)") { (vm, a) throws(Unwind) in
            try vm.hex(ByteContent(try vm.bytes(ofView: try vm.live(a[0]))), a[1], a[2])
        }
        type.method("release", "(self, /)") { (vm, a) throws(Unwind) in
            vm.release(a[0])
            return .none
        }
        type.method("toreadonly", "(self, /)") { (vm, a) throws(Unwind) in
            let view = try vm.live(a[0])
            if vm[view, MemoryView.storage].isBytes { return try vm.newMemoryView(of: a[0]) }
            let bytes = try vm.bytes(ofView: view)
            let size = vm.itemSize(view)
            return vm.newView(
                bytes, 0, vm[view, MemoryView.count], size, vm[view, MemoryView.format],
                vm[view, MemoryView.object])
        }
        type.method("cast", "(self, /, format, shape=None)") { (vm, a) throws(Unwind) in
            let view = try vm.live(a[0])
            let name = try vm.string(a[1], "cast() argument 'format' must be str")
            if a.has(2), vm.payload(a[2], .list) == nil, vm.payload(a[2], .tuple) == nil {
                throw vm.raise(.typeError, "shape must be a list or a tuple")
            }
            let letter =
                name.count == 2 && name[0] == 0x40
                ? Int(name[1]) : Int(name.count == 1 ? name[0] : 0)
            guard let size = MemoryView.size(letter), letter != 0x75, letter != 0x77 else {
                throw vm.raise(
                    .valueError,
                    "memoryview: destination format must be a native single character format prefixed with an optional '@'"
                )
            }
            let old = vm[view, MemoryView.format]
            let isByte = { (f: Int) in f == 0x42 || f == 0x62 || f == 0x63 }
            if !isByte(old) && !isByte(letter) {
                throw vm.raise(
                    .typeError,
                    "memoryview: cannot cast between two non-byte formats")
            }
            if vm[view, MemoryView.stride] != vm.itemSize(view) {
                throw vm.raise(
                    .typeError, "memoryview: casts are restricted to C-contiguous views")
            }
            let total = vm[view, MemoryView.count] * vm.itemSize(view)
            if total % size != 0 {
                throw vm.raise(
                    .typeError, "memoryview: length is not a multiple of itemsize")
            }
            return vm.newView(
                vm[view, MemoryView.storage], vm[view, MemoryView.start], total / size, size,
                letter, vm[view, MemoryView.object])
        }
    }
}

/// IEEE half precision: 1 sign bit, 5 exponent bits, 10 bits of significand.
enum HalfPrecision {
    static func double(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10) & 31
        let fraction = Double(bits & 0x3FF)
        let magnitude: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default:
                (fraction + 1024) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
            }
        return bits & 0x8000 != 0 ? -magnitude : magnitude
    }
    /// Rounded to the nearest, ties to even; what is too large becomes infinity.
    static func bits(_ d: Double) -> UInt16 {
        let sign: UInt16 = d.sign == .minus ? 0x8000 : 0
        let m = d.magnitude
        if m.isNaN { return sign | 0x7E00 }
        if m >= 65520 { return sign | 0x7C00 }
        if m < 0x1p-14 { return sign | UInt16((m * 0x1p24).rounded(.toNearestOrEven)) }
        let exponent = Int(m.exponent)
        let scaled = m * Double(sign: .plus, exponent: 10 - exponent, significand: 1)
        let rounded = UInt16(scaled.rounded(.toNearestOrEven))
        return sign | (UInt16(exponent + 15) << 10) &+ (rounded - 1024)
    }
}
