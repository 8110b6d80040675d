import InterpreterKit

/// `io.BytesIO`: a file in a `bytearray`.
enum BytesFile {
    static var content: Field<Value> { Instance.slot(1) }
    static var position: Field<Int> { Field(5) }
    static let reserved = 3
}

extension VM {
    private func content(bytesFile file: Reference) throws(Unwind) -> Reference {
        let content = self[file, BytesFile.content]
        if content == .none { throw closedFile() }
        return content.reference
    }

    func installBytesFile() {
        build(.bytesIO) { type in
            type.method("__init__", "(self, initial_bytes=b'')") { (vm, a) throws(Unwind) in
                let array = vm.newByteArray()
                if a.has(1) && a[1] != .none {
                    let content = try vm.bytesLike(a[1])
                    try vm.append(toArray: array, content.data, content.count)
                }
                vm[a[0].reference, BytesFile.content] = Value(array)
                vm[a[0].reference, BytesFile.position] = 0
                return .none
            }
            addBytesReading(type)
            addBytesWriting(type)
            addBytesPlaces(type)
        }
    }

    private func addBytesReading(_ type: TypeBuilder) {
        for name: StaticString in ["read", "read1"] {
            type.method(name, "(self, size=-1, /)") { (vm, a) throws(Unwind) in
                try vm.take(a[0].reference, try vm.size(a, 1))
            }
        }
        type.method("readline", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            try vm.takeLine(a[0].reference, try vm.size(a, 1))
        }
        type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
            let line =
                vm.type(of: a[0]) == type.type
                ? try vm.takeLine(a[0].reference, -1)
                : try vm.callMethod(a[0], vm.name(.readline))
            if try !vm.isTrue(line) { throw vm.raise(.stopIteration) }
            return line
        }
        for name: StaticString in ["readinto", "readinto1"] {
            type.method(name, "(self, buffer, /)") { (vm, a) throws(Unwind) in
                let content = try vm.take(a[0].reference, try vm.bytesLike(a[1]).count)
                try vm.store(ByteContent(content), into: a[1])
                return Value(BytesView(content).count)
            }
        }
        type.method("getvalue", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.bytes(ofArray: try vm.content(bytesFile: a[0].reference))
        }
        type.method("getbuffer", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.newMemoryView(of: Value(try vm.content(bytesFile: a[0].reference)))
        }
    }
    private func take(_ file: Reference, _ size: Int) throws(Unwind) -> Value {
        let content = try content(bytesFile: file)
        let count = count(ofArray: content)
        let start = self[file, BytesFile.position]
        if start >= count { return shared.pointee.emptyBytes }
        let end = size < 0 ? count : min(count, start + min(size, count))
        self[file, BytesFile.position] = end
        return try bytes(ofArray: content, start, end)
    }
    private func takeLine(_ file: Reference, _ limit: Int) throws(Unwind) -> Value {
        let content = try content(bytesFile: file)
        let count = count(ofArray: content)
        let start = self[file, BytesFile.position]
        let most = limit < 0 ? count : min(count, start + min(limit, count))
        var end = start
        while end < most {
            end += 1
            if byte(content, end - 1) == 0x0A { break }
        }
        if end <= start { return shared.pointee.emptyBytes }
        self[file, BytesFile.position] = end
        return try bytes(ofArray: content, start, end)
    }

    private func addBytesWriting(_ type: TypeBuilder) {
        type.method("write", "(self, b, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            let array = try vm.content(bytesFile: file)
            if vm.asString(a[1]) != nil {
                throw vm.raise(
                    .typeError, "a bytes-like object is required, not '\(vm.typeName(a[1]))'")
            }
            let content = try vm.bytesLike(a[1])
            try vm.checkResizable(array)
            let start = vm[file, BytesFile.position]
            let count = vm.count(ofArray: array)
            if content.count == 0 { return Value(0) }
            if start > count { try vm.append(toArray: array, zeros: start - count) }
            try vm.replace(
                array, start, min(max(start, count), start + content.count), with: content.data,
                content.count)
            vm[file, BytesFile.position] = start + content.count
            return Value(content.count)
        }
        type.method("truncate", "(self, size=None, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            let array = try vm.content(bytesFile: file)
            let size =
                a.has(1) && a[1] != .none ? try vm.index(a[1]) : vm[file, BytesFile.position]
            if size < 0 { throw vm.raise(.valueError, "negative size value \(size)") }
            let count = vm.count(ofArray: array)
            if size < count {
                try vm.checkResizable(array)
                let nothing = ByteContent()
                try vm.replace(array, size, count, with: nothing.data, 0)
            }
            return Value(size)
        }
        type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
            let content = vm[a[0].reference, BytesFile.content]
            if content != .none { try vm.checkResizable(content.reference) }
            vm[a[0].reference, BytesFile.content] = .none
            return .none
        }
        type.attribute(
            "closed",
            get: { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, BytesFile.content] == .none)
            })
        type.method("__getstate__", "(self, /)") { (vm, a) throws(Unwind) in
            let content = try vm.content(bytesFile: a[0].reference)
            return try vm.tuple(
                try vm.bytes(ofArray: content), Value(vm[a[0].reference, BytesFile.position]),
                .none)
        }
        type.method("__setstate__", "(self, state, /)") { (vm, a) throws(Unwind) in
            guard a[1].isTuple, vm.count(ofTuple: a[1].reference) == 3 else {
                throw vm.raise(
                    .typeError,
                    "\(vm.fullName(ofType: vm.type(of: a[0]))).__setstate__ argument should be 3-tuple, got \(vm.typeName(a[1]))"
                )
            }
            let content = try vm.bytesLike(vm.item(ofTuple: a[1].reference, 0))
            let array = vm.newByteArray()
            try vm.append(toArray: array, content.data, content.count)
            vm[a[0].reference, BytesFile.content] = Value(array)
            vm[a[0].reference, BytesFile.position] = try vm.index(
                vm.item(ofTuple: a[1].reference, 1))
            return .none
        }
    }
    private func addBytesPlaces(_ type: TypeBuilder) {
        type.method("seek", "(self, pos, whence=0, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            let array = try vm.content(bytesFile: file)
            let offset = try vm.size(a[1])
            let whence = a.has(2) ? try vm.int32(a[2]) : 0
            let base: Int
            switch whence {
            case 0:
                if offset < 0 { throw vm.raise(.valueError, "negative seek value \(offset)") }
                base = 0
            case 1: base = vm[file, BytesFile.position]
            case 2: base = vm.count(ofArray: array)
            default:
                throw vm.raise(
                    .valueError, "invalid whence (\(whence), should be 0, 1 or 2)")
            }
            let (place, isTooLarge) = base.addingReportingOverflow(offset)
            if isTooLarge { throw vm.raise(.overflowError, "new position too large") }
            vm[file, BytesFile.position] = max(0, place)
            return Value(max(0, place))
        }
        type.method("tell", "(self, /)") { (vm, a) throws(Unwind) in
            _ = try vm.content(bytesFile: a[0].reference)
            return Value(vm[a[0].reference, BytesFile.position])
        }
        for name: StaticString in ["readable", "writable", "seekable"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                _ = try vm.content(bytesFile: a[0].reference)
                return .true
            }
        }
    }
}
