import Glibc
import InterpreterKit

/// Methods of `bytearray` that change it.
extension VM {
    func addByteArrayMethods(_ type: TypeBuilder) {
        type.method("append", "(self, item, /)") { (vm, a) throws(Unwind) in
            let byte = try vm.byte(a[1])
            try vm.append(toArray: try vm.array(a[0]), byte: byte)
            return .none
        }
        type.method("extend", "(self, iterable_of_ints, /)") { (vm, a) throws(Unwind) in
            let content = try vm.addedBytes(
                a[1], "can't extend bytearray with \(vm.typeName(a[1]))")
            try vm.append(toArray: try vm.array(a[0]), content.data, content.count)
            return .none
        }
        type.method("insert", "(self, index, item, /)") { (vm, a) throws(Unwind) in
            let array = try vm.array(a[0])
            var i = try vm.size(a[1])
            var byte = try vm.byte(a[2])
            let n = vm.count(ofArray: array)
            if i < 0 { i = max(0, i &+ n) }
            i = min(i, n)
            try vm.replace(array, i, i, with: &byte, 1)
            return .none
        }
        type.method("pop", "(self, index=-1, /)") { (vm, a) throws(Unwind) in
            let array = try vm.array(a[0])
            var i = a.has(1) ? try vm.size(a[1]) : -1
            let n = vm.count(ofArray: array)
            if n == 0 { throw vm.raise(.indexError, "pop from empty bytearray") }
            if i < 0 { i = i &+ n }
            if i < 0 || i >= n { throw vm.raise(.indexError, "pop index out of range") }
            try vm.checkResizable(array)
            let byte = vm.byte(array, i)
            if i == n - 1 {
                vm[array, ByteArray.count] = n - 1
            } else {
                try vm.remove(array, i, i + 1)
            }
            return Value(Int(byte))
        }
        type.method("remove", "(self, value, /)") { (vm, a) throws(Unwind) in
            let array = try vm.array(a[0])
            let byte = try vm.byte(a[1])
            let content = ByteContent(try vm.bytes(ofArray: array))
            guard let found = memchr(content.data, Int32(byte), content.count) else {
                throw vm.raise(.valueError, "value not found in bytearray")
            }
            let i = found - UnsafeMutableRawPointer(content.data)
            try vm.remove(array, i, i + 1)
            return .none
        }
        type.method("clear", "(self, /)") { (vm, a) throws(Unwind) in
            let array = try vm.array(a[0])
            try vm.checkResizable(array)
            vm[array, ByteArray.count] = 0
            vm[array, ByteArray.start] = 0
            vm[array, ByteArray.storage] = .none
            return .none
        }
        type.method("copy", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.newByteArray(try vm.receiver(a[0]).buffer)
        }
        type.method("reverse", "(self, /)") { (vm, a) throws(Unwind) in
            let array = try vm.array(a[0])
            let content = ByteContent(try vm.bytes(ofArray: array))
            let reversed = try vm.newBytes(count: content.count) {
                for i in 0..<content.count { $0[i] = content[content.count - 1 - i] }
            }
            vm.write(array, 0, ByteContent(reversed).data, content.count)
            return .none
        }
        type.method("__alloc__", "(self, /)") { (vm, a) throws(Unwind) in
            let array = try vm.array(a[0])
            let storage = vm[array, ByteArray.storage]
            return Value(
                storage == .none
                    ? 0 : vm.q.capacity(ofArray: storage.reference) * ByteArray.perSlot)
        }
        type.method("__iadd__", "(self, value, /)") { (vm, a) throws(Unwind) in
            guard let content = try vm.byteContent(a[1]) else {
                throw vm.raise(
                    .typeError, "can't concat \(vm.typeName(a[1])) to bytearray")
            }
            try vm.append(toArray: try vm.array(a[0]), content.data, content.count)
            return a[0]
        }
        type.method("__imul__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let array = try vm.array(a[0])
            let times = try vm.index(a[1])
            let content = ByteContent(try vm.bytes(ofArray: array))
            let repeated = ByteContent(
                try vm.repeated(bytes: try vm.bytes(ofArray: array), times))
            try vm.replace(array, 0, content.count, with: repeated.data, repeated.count)
            return a[0]
        }
        type.method("__setitem__", "(self, key, value, /)") { (vm, a) throws(Unwind) in
            try vm.setItem(ofArray: try vm.array(a[0]), a[1], a[2])
            return .none
        }
        type.method("__delitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            try vm.deleteItem(ofArray: try vm.array(a[0]), a[1])
            return .none
        }
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let bytes = try vm.bytes(ofArray: try vm.array(a[0]))
            return try vm.tuple(Value(vm.type(of: a[0])), try vm.tuple(bytes))
        }
    }
    private func remove(_ array: Reference, _ start: Int, _ end: Int) throws(Unwind) {
        try replace(array, start, end, with: ByteContent().data, 0)
    }
    /// What is to be added: bytes-like or an iterable of integers.
    private func addedBytes(
        _ value: Value, _ message: @autoclosure () -> String
    ) throws(Unwind) -> ByteContent {
        if let content = try byteContent(value) { return content }
        return ByteContent(
            try bytes(fromItems: value, message(), "byte must be in range(0, 256)"))
    }

    /// `array[key] = value`
    func setItem(ofArray array: Reference, _ key: Value, _ value: Value) throws(Unwind) {
        if !key.isA(Kind.slice) {
            let index = try sequenceIndex(key, "bytearray")
            // Its `__index__` may shorten the array.
            let byte = try byte(value)
            return setByte(array, try place(array, index), byte)
        }
        let bounds = try bounds(ofSlice: key.reference)
        let isNumber =
            isInstance(value, .complex)
            || [Name.float, .int, .index].contains { lookup(typeOf: value, name($0)) != .unbound }
        if asString(value) != nil || isNumber {
            throw raise(
                .typeError,
                "can assign only bytes, buffers, or iterables of ints in range(0, 256)")
        }
        let content = try addedBytes(
            value, "cannot convert '\(typeName(value))' object to bytearray")
        let (start, count) = bounds.selection(of: self.count(ofArray: array))
        if bounds.step == 1 {
            return try replace(
                array, start, start + count, with: content.data, content.count)
        }
        if content.count == 0 { return try deleteItem(ofArray: array, key) }
        if content.count != count {
            throw raise(
                .valueError,
                "attempt to assign bytes of size \(content.count) to extended slice of size \(count)"
            )
        }
        var i = start
        for k in 0..<count {
            setByte(array, i, content[k])
            i &+= bounds.step
        }
    }
    private func place(_ array: Reference, _ index: Int) throws(Unwind) -> Int {
        let n = count(ofArray: array)
        let i = index < 0 ? index &+ n : index
        if i < 0 || i >= n { throw raise(.indexError, "bytearray index out of range") }
        return i
    }
    /// `del array[key]`
    func deleteItem(ofArray array: Reference, _ key: Value) throws(Unwind) {
        if !key.isA(Kind.slice) {
            let i = try place(array, try sequenceIndex(key, "bytearray"))
            return try remove(array, i, i + 1)
        }
        let bounds = try bounds(ofSlice: key.reference)
        let n = count(ofArray: array)
        var (start, count) = bounds.selection(of: n)
        if count == 0 { return }
        if bounds.step == 1 { return try remove(array, start, start + count) }
        try checkResizable(array)
        var step = bounds.step
        if step < 0 {
            start = start &+ step &* (count - 1)
            step = 0 &- step
        }
        let content = ByteContent(try bytes(ofArray: array))
        var text = StringBuilder(capacity: n)
        var next = start
        for i in 0..<n {
            if i == next && count > 0 {
                count -= 1
                next = next &+ step
            } else {
                text.append(UInt32(content[i]))
            }
        }
        let rest = ByteContent(try text.bytes(self))
        try replace(array, 0, n, with: rest.data, rest.count)
    }
}
