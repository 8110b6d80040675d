import InterpreterKit

extension ModuleBuilder {
    func addArrayMethods(_ type: TypeBuilder) {
        type.attribute("typecode") { (vm, a) throws(Unwind) in
            vm.shared.pointee.characters[Int(ArrayObject(vm, a[0]).code)]
        }
        type.attribute("itemsize") { (vm, a) throws(Unwind) in
            Value(ArrayObject(vm, a[0]).itemSize)
        }
        type.method("append", "(self, v, /)") { (vm, a) throws(Unwind) in
            try ArrayObject(vm, a[0]).append(a[1])
            return .none
        }
        type.method("extend", "(self, bb, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            if let other = vm.asArray(a[1], like: array) {
                if other.code != array.code {
                    throw vm.raise(.typeError, "can only extend with array of same kind")
                }
                try array.append(bytes: other.allBytes)
            } else {
                try array.extend(a[1])
            }
            return .none
        }
        type.method("insert", "(self, i, v, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            let given = try vm.clampedIndex(a[1])
            // Made as an array of one item, which checks the value.
            let one = try vm.newArray(array.arrayType, array.code)
            try one.append(a[2])
            let count = array.count
            let i = min(count, max(0, given < 0 ? given + count : given))
            try array.replace(i, i, with: one.allBytes)
            return .none
        }
        type.method("pop", "(self, i=-1, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            if array.count == 0 { throw vm.raise(.indexError, "pop from empty array") }
            let i = try array.place(a.value(1, or: Value(-1)), "pop index out of range")
            let item = try array.item(i)
            try array.replace(i, i + 1, with: [])
            return item
        }
        type.method("remove", "(self, v, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            let i = try array.position(of: a[1], 0, .max)
            if i < 0 || i >= array.count {
                throw vm.raise(.valueError, "array.remove(x): x not in array")
            }
            try array.replace(i, i + 1, with: [])
            return .none
        }
        type.method("index", "(self, v, start=0, stop=sys.maxsize, /)") {
            (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            let count = array.count
            func bound(_ i: Int, _ standard: Int) throws(Unwind) -> Int {
                if !a.has(i) { return standard }
                let given = try vm.clampedIndex(a[i])
                return given < 0 ? max(0, given + count) : given
            }
            let start = try bound(2, 0)
            let i = try array.position(of: a[1], start, try bound(3, .max))
            if i >= 0 { return Value(i) }
            throw vm.raise(.valueError, "array.index(x): x not in array")
        }
        type.method("count", "(self, v, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            var n = 0
            var i = 0
            while i < array.count {
                if try vm.equal(try array.item(i), a[1]) { n += 1 }
                i += 1
            }
            return Value(n)
        }
        type.method("reverse", "(self, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            let bytes = array.allBytes
            let size = array.itemSize
            var turned: [UInt8] = []
            turned.reserveCapacity(bytes.count)
            for i in (0..<array.count).reversed() { turned += bytes[i * size..<(i + 1) * size] }
            try array.replace(0, array.count, with: turned)
            return .none
        }
        type.method("byteswap", "(self, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            let size = array.itemSize
            let bytes = array.allBytes
            let swapped = bytes.indices.map { i in
                bytes[i / size * size + (size - 1 - i % size)]
            }
            try array.replace(0, array.count, with: swapped)
            return .none
        }
        type.method("buffer_info", "(self, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            let address = Int(bitPattern: array.storage.address)
            return try vm.tuple(Value(address), Value(array.count))
        }
    }

    /// To and from lists, bytes, text and files.
    func addArrayConversions(_ type: TypeBuilder) {
        type.method("tolist", "(self, /)") { (vm, a) throws(Unwind) in
            try ArrayObject(vm, a[0]).list()
        }
        type.method("fromlist", "(self, list, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            guard a[1].isList || vm.payload(a[1], .list) != nil else {
                throw vm.raise(.typeError, "arg must be list")
            }
            let count = array.count
            do throws(Unwind) {
                try array.extend(a[1])
            } catch {
                // All or nothing.
                if error == .raise && array.count > count {
                    try array.replace(count, array.count, with: [])
                }
                throw error
            }
            return .none
        }
        type.method("tobytes", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.bytes(ofArray: ArrayObject(vm, a[0]).storage)
        }
        type.method("frombytes", "(self, buffer, /)") { (vm, a) throws(Unwind) in
            let content = Array(try vm.bytesLike(a[1]).buffer)
            try ArrayObject(vm, a[0]).append(bytes: content)
            return .none
        }
        type.method("tounicode", "(self, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            if array.isText { return try array.text() }
            throw vm.raise(
                .valueError, "tounicode() may only be called on unicode type arrays")
        }
        type.method("fromunicode", "(self, ustr, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            if !array.isText {
                throw vm.raise(
                    .valueError, "fromunicode() may only be called on unicode type arrays")
            }
            try array.extend(a[1])
            return .none
        }
        type.method("tofile", "(self, f, /)") { (vm, a) throws(Unwind) in
            let bytes = try vm.bytes(ofArray: ArrayObject(vm, a[0]).storage)
            if BytesView(bytes).count > 0 {
                _ = try vm.callMethod(a[1], vm.intern("write"), bytes)
            }
            return .none
        }
        type.method("fromfile", "(self, f, n, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            let count = try vm.index(a[2])
            if count < 0 { throw vm.raise(.valueError, "negative count") }
            let (size, overflow) = count.multipliedReportingOverflow(by: array.itemSize)
            if overflow { throw vm.outOfMemory() }
            let bytes = try vm.callMethod(a[1], vm.intern("read"), Value(size))
            guard vm.asBytes(bytes) != nil, let content = try vm.byteList(bytes) else {
                throw vm.raise(.typeError, "read() didn't return bytes")
            }
            let whole = content.count / array.itemSize * array.itemSize
            try array.append(bytes: Array(content[..<whole]))
            if content.count < size {
                throw vm.raise(.eofError, "read() didn't return enough bytes")
            }
            return .none
        }
        type.method("__copy__", "(self, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            return try array.like(array.allBytes)
        }
        type.method("__deepcopy__", "(self, memo, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            return try array.like(array.allBytes)
        }
        type.method("__reduce_ex__", "(self, protocol, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            let code = vm.shared.pointee.characters[Int(array.code)]
            let content = array.isText ? try array.text() : try array.list()
            let attributes = try vm.findAttribute(a[0], vm.name(.dict))
            return try vm.tuple(
                Value(vm.type(of: a[0])), try vm.tuple(code, content),
                attributes == .unbound ? .none : attributes)
        }
    }
}
