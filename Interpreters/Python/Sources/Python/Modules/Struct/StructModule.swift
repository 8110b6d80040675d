import InterpreterKit

extension ModuleBuilder {
    /// The module `struct`.
    func structModule() {
        let error = type("error", base: .exception)
        function("calcsize", "(format, /)") { (vm, a) throws(Unwind) in
            Value(try Packing(vm: vm, errorType: error).format(a[0]).size)
        }
        function("pack", "(*args)") { (vm, a) throws(Unwind) in
            let packing = Packing(vm: vm, errorType: error)
            if a.count == 0 { throw vm.raise(.typeError, "missing format argument") }
            return try vm.bytes(
                try packing.pack(try packing.format(a[0]), a, from: 1, "pack"))
        }
        function("pack_into", "(*args)") { (vm, a) throws(Unwind) in
            if a.count == 0 { throw vm.raise(.typeError, "missing format argument") }
            return try Packing(vm: vm, errorType: error).packInto(a[0], a)
        }
        function("unpack", "(format, buffer, /)") { (vm, a) throws(Unwind) in
            try Packing(vm: vm, errorType: error).unpack(a[0], a[1])
        }
        function("unpack_from", "(format, /, buffer, offset=0)") { (vm, a) throws(Unwind) in
            try Packing(vm: vm, errorType: error).unpackFrom(a[0], a[1], a.value(2, or: Value(0)))
        }
        function("iter_unpack", "(format, buffer, /)") { (vm, a) throws(Unwind) in
            try Packing(vm: vm, errorType: error).iterate(a[0], a[1])
        }
        function("_clearcache", "()") { (vm, a) throws(Unwind) in .none }
        addStruct(error)
    }

    /// The class `Struct`: a format with methods. Its slots are the format and the size.
    private func addStruct(_ error: Reference) {
        let format = Instance.slot(0)
        let size = Instance.slot(1)
        type("Struct", reserved: 2) { type in
            type.new("(cls, format)") { (vm, a) throws(Unwind) in
                let text = a[1]
                let parsed = try Packing(vm: vm, errorType: error).format(text)
                let object = try vm.newInstance(a[0].reference)
                if let string = vm.asString(text) {
                    vm[object, format] = string
                } else {
                    vm[object, format] = try vm.string(utf8: try vm.byteList(text) ?? [])
                }
                vm[object, size] = Value(parsed.size)
                return Value(object)
            }
            type.method("__init__", "(self, format)") { (vm, a) throws(Unwind) in .none }
            type.attribute("format") { (vm, a) throws(Unwind) in vm[a[0].reference, format] }
            type.attribute("size") { (vm, a) throws(Unwind) in vm[a[0].reference, size] }
            type.method("pack", "(self, *values)") { (vm, a) throws(Unwind) in
                let packing = Packing(vm: vm, errorType: error)
                let parsed = try packing.format(vm[a[0].reference, format])
                return try vm.bytes(try packing.pack(parsed, a, from: 1, "pack"))
            }
            type.method("pack_into", "(self, *args)") { (vm, a) throws(Unwind) in
                try Packing(vm: vm, errorType: error).packInto(vm[a[0].reference, format], a)
            }
            type.method("unpack", "(self, buffer, /)") { (vm, a) throws(Unwind) in
                try Packing(vm: vm, errorType: error).unpack(vm[a[0].reference, format], a[1])
            }
            type.method("unpack_from", "(self, buffer, offset=0)") { (vm, a) throws(Unwind) in
                try Packing(vm: vm, errorType: error).unpackFrom(
                    vm[a[0].reference, format], a[1], a.value(2, or: Value(0)))
            }
            type.method("iter_unpack", "(self, buffer, /)") { (vm, a) throws(Unwind) in
                try Packing(vm: vm, errorType: error).iterate(vm[a[0].reference, format], a[1])
            }
        }
    }
}

extension Packing {
    fileprivate func unpack(_ format: Value, _ buffer: Value) throws(Unwind) -> Value {
        let format = try self.format(format)
        let content = try vm.bytesLike(buffer)
        if content.count != format.size {
            throw error("unpack requires a buffer of \(format.size) bytes")
        }
        return try unpack(format, content, at: 0)
    }
    fileprivate func unpackFrom(
        _ format: Value, _ buffer: Value, _ offset: Value
    ) throws(Unwind) -> Value {
        let format = try self.format(format)
        let content = try vm.bytesLike(buffer)
        let start = try place(
            try vm.index(offset), format.size, content.count, "unpack_from", "unpacking",
            "not enough data to unpack")
        return try unpack(format, content, at: start)
    }
    /// The first byte, for an offset that may count from the end.
    private func place(
        _ offset: Int, _ size: Int, _ count: Int, _ function: StaticString, _ action: StaticString,
        _ complaint: StaticString
    ) throws(Unwind) -> Int {
        var start = offset
        if start < 0 {
            if start > -size { throw error("\(complaint) \(size) bytes at offset \(offset)") }
            if start < -count {
                throw error("offset \(offset) out of range for \(count)-byte buffer")
            }
            start += count
        }
        if count - start < size {
            throw error(
                "\(function) requires a buffer of at least \(start &+ size) bytes for \(action) \(size) bytes at offset \(start) (actual buffer size is \(count))"
            )
        }
        return start
    }
    fileprivate func iterate(_ format: Value, _ buffer: Value) throws(Unwind) -> Value {
        let format = try self.format(format)
        if format.size == 0 {
            throw error("cannot iteratively unpack with a struct of length 0")
        }
        let content = try vm.bytesLike(buffer)
        if content.count % format.size != 0 {
            throw error(
                "iterative unpacking requires a buffer of a multiple of \(format.size) bytes")
        }
        let tuples = try vm.newList(capacity: content.count / format.size)
        for start in stride(from: 0, to: content.count, by: format.size) {
            try vm.append(tuples, try unpack(format, content, at: start))
        }
        return try vm.iterator(of: Value(tuples))
    }
    /// Arguments 1 and 2 are buffer and offset, values follow.
    fileprivate func packInto(_ format: Value, _ a: CallArguments) throws(Unwind) -> Value {
        let format = try self.format(format)
        if a.count < 3 {
            throw error("pack_into expected \(a.count == 1 ? "buffer" : "offset") argument")
        }
        guard let target = try vm.writableBytes(a[1]) else {
            throw vm.raise(
                .typeError,
                "argument must be read-write bytes-like object, not \(vm.typeName(a[1]))")
        }
        let offset = try vm.index(a[2])
        if a.count - 3 != format.valueCount {
            throw error(
                "pack_into expected \(format.valueCount) items for packing (got \(a.count - 3))")
        }
        let start = try place(
            offset, format.size, target.count, "pack_into", "packing", "no space to pack")
        let bytes = try pack(format, a, from: 3, "pack_into")
        // The values' methods may have made the buffer shorter.
        if vm.count(ofArray: target.array) < target.start + start + bytes.count {
            throw vm.raise(.bufferError, "the buffer has been changed")
        }
        bytes.withUnsafeBufferPointer {
            if let base = $0.baseAddress {
                vm.write(target.array, target.start + start, base, $0.count)
            }
        }
        return .none
    }
}

extension VM {
    /// The `bytearray` behind an object whose bytes may be changed, and which of its bytes they are; nil for
    /// others.
    func writableBytes(
        _ value: Value
    ) throws(Unwind) -> (array: Reference, start: Int, count: Int)? {
        var array = asByteArray(value) ?? exportedStorage(value)?.storage ?? .none
        var (start, count) = (0, array.isByteArray ? self.count(ofArray: array.reference) : 0)
        if value.isMemoryView {
            let view = try live(value)
            let size = MemoryView.size(self[view, MemoryView.format]) ?? 1
            guard self[view, MemoryView.stride] == size else { return nil }
            array = self[view, MemoryView.storage]
            start = self[view, MemoryView.start]
            count = self[view, MemoryView.count] * size
        }
        return array.isByteArray ? (array.reference, start, count) : nil
    }
}
