import InterpreterKit

/// Between values and bytes, as a ``StructFormat`` says.
struct Packing {
    let vm: VM
    /// The type `struct.error`.
    let errorType: Reference

    func error(_ message: String) -> Unwind {
        do throws(Unwind) {
            let text = try vm.string(message)
            return vm.raise(vm.newException(errorType, try vm.tuple(text)))
        } catch { return error }
    }

    /// The format that a `str` or `bytes` describes.
    func format(_ value: Value) throws(Unwind) -> StructFormat {
        var text: [UInt8]
        if let string = vm.asString(value) {
            if !StringView(string).isASCII {
                _ = try vm.callMethod(string, vm.intern("encode"), vm.intern("ascii"))
            }
            text = vm.utf8(string)
        } else if let bytes = vm.asBytes(value) {
            text = Array(BytesView(bytes).buffer)
        } else {
            throw vm.raise(
                .typeError,
                "Struct() argument 1 must be a str or bytes object, not \(vm.typeName(value))")
        }
        if text.contains(0) { throw error("embedded null character") }
        do throws(StructFormat.Mistake) {
            return try text.withUnsafeBufferPointer { (p) throws(StructFormat.Mistake) in
                try StructFormat(p)
            }
        } catch let mistake { throw self.error(mistake.message) }
    }

    // MARK: packing

    /// The bytes of arguments number `first` and on.
    func pack(
        _ format: StructFormat, _ a: CallArguments, from first: Int, _ function: StaticString
    ) throws(Unwind) -> [UInt8] {
        let given = a.count - first
        if given != format.valueCount {
            throw error(
                "\(function) expected \(format.valueCount) items for packing (got \(given))")
        }
        try vm.checkSize(limbs: format.size / 8)
        var bytes = [UInt8](repeating: 0, count: format.size)
        var next = first
        for item in format.items {
            if item.code == UInt8(ascii: "s") || item.code == UInt8(ascii: "p") {
                try pack(text: a[next], item, into: &bytes)
                next += 1
                continue
            }
            var at = item.offset
            for _ in 0..<item.count {
                let word = try word(a[next], item, isNative: format.isNative)
                for k in 0..<item.size {
                    let shift = UInt64(8 * (format.isLittle ? k : item.size - 1 - k))
                    bytes[at + k] = UInt8(truncatingIfNeeded: word >> shift)
                }
                at += item.size
                next += 1
            }
        }
        return bytes
    }
    private func pack(
        text value: Value, _ item: StructFormat.Item, into bytes: inout [UInt8]
    ) throws(Unwind) {
        guard vm.asBytes(value) != nil || vm.asByteArray(value) != nil,
            let content = try vm.byteList(value)
        else {
            throw error(
                "argument for '\(Unicode.Scalar(item.code))' must be a bytes object")
        }
        if item.code == UInt8(ascii: "s") {
            let n = min(item.count, content.count)
            bytes.replaceSubrange(item.offset..<item.offset + n, with: content[..<n])
        } else if item.count > 0 {
            let n = min(item.count - 1, content.count)
            bytes[item.offset] = UInt8(min(n, 255))
            bytes.replaceSubrange(item.offset + 1..<item.offset + 1 + n, with: content[..<n])
        }
    }
    /// A value in the low bytes of a word.
    private func word(
        _ value: Value, _ item: StructFormat.Item, isNative: Bool
    ) throws(Unwind) -> UInt64 {
        switch Unicode.Scalar(item.code) {
        case "c":
            guard let bytes = vm.asBytes(value), BytesView(bytes).count == 1 else {
                throw error("char format requires a bytes object of length 1")
            }
            return UInt64(BytesView(bytes)[0])
        case "?": return try vm.isTrue(value) ? 1 : 0
        case "e", "f", "d": return try word(float: value, item.code, isNative: isNative)
        default: return try word(int: value, item)
        }
    }
    private func word(float value: Value, _ code: UInt8, isNative: Bool) throws(Unwind) -> UInt64 {
        let double: Double
        do throws(Unwind) {
            double = try vm.asFloat(value)
        } catch {
            guard vm.catches(.typeError, error) else { throw error }
            throw self.error("required argument is not a float")
        }
        if code == UInt8(ascii: "d") { return double.bitPattern }
        if code == UInt8(ascii: "f") {
            let float = Float(double)
            if float.isInfinite && double.isFinite && !isNative {
                throw vm.raise(.overflowError, "float too large to pack with f format")
            }
            return UInt64(float.bitPattern)
        }
        let half = HalfPrecision.bits(double)
        if half & 0x7FFF == 0x7C00 && double.isFinite {
            throw vm.raise(.overflowError, "float too large to pack with e format")
        }
        return UInt64(half)
    }
    private func word(int value: Value, _ item: StructFormat.Item) throws(Unwind) -> UInt64 {
        if !vm.isInteger(value) && vm.lookup(typeOf: value, vm.name(.index)) == .unbound {
            throw error("required argument is not an integer")
        }
        let int = try vm.integer(value)
        let isSigned = item.code >= 0x61
        let word = vm.word(ofInt: int)
        if item.size == 8 {
            if let word, isSigned || word >= 0 || item.code == UInt8(ascii: "P") {
                return UInt64(bitPattern: Int64(word))
            }
            if !isSigned, !vm.isNegative(int: int), vm.bitCount(ofInt: int) <= 64 {
                return BigInt(int.reference).limbs[0]
            }
            throw error("argument out of range")
        }
        let bits = item.size * 8
        let low = isSigned ? -(1 << (bits - 1)) : 0
        let high = isSigned ? 1 << (bits - 1) - 1 : 1 << bits - 1
        guard let word, word >= 0 || isSigned || item.size < 4 else {
            throw error("argument out of range")
        }
        if word < low || word > high { throw rangeError(item.code, low, high) }
        return UInt64(bitPattern: Int64(word))
    }
    private func rangeError(_ code: UInt8, _ low: Int, _ high: Int) -> Unwind {
        let what: String =
            switch Unicode.Scalar(code) {
            case "b": "byte"
            case "B": "ubyte"
            case "h": "short"
            case "H": "ushort"
            default: "'\(Unicode.Scalar(code))'"
            }
        return error("\(what) format requires \(low) <= number <= \(high)")
    }

    // MARK: unpacking

    /// A tuple of the values that begin at `start`, which must be there.
    func unpack(
        _ format: StructFormat, _ content: ByteContent, at start: Int
    ) throws(Unwind) -> Value {
        let values = try vm.newList(capacity: format.valueCount)
        for item in format.items {
            var at = start + item.offset
            if item.code == UInt8(ascii: "s") {
                try vm.append(values, try content.bytes(vm, at, at + item.count))
                continue
            }
            if item.code == UInt8(ascii: "p") {
                let n = item.count == 0 ? 0 : min(Int(content[at]), item.count - 1)
                try vm.append(values, try content.bytes(vm, at + 1, at + 1 + n))
                continue
            }
            for _ in 0..<item.count {
                var word: UInt64 = 0
                for k in 0..<item.size {
                    let byte = content[at + (format.isLittle ? item.size - 1 - k : k)]
                    word = word << 8 | UInt64(byte)
                }
                try vm.append(values, try value(word, item))
                at += item.size
            }
        }
        return try vm.tuple(ofList: values)
    }
    private func value(_ word: UInt64, _ item: StructFormat.Item) throws(Unwind) -> Value {
        switch Unicode.Scalar(item.code) {
        case "c": return try vm.newBytes(count: 1) { $0[0] = UInt8(truncatingIfNeeded: word) }
        case "?": return Value(word != 0)
        case "e":
            return vm.value(Double(HalfPrecision.double(UInt16(truncatingIfNeeded: word))))
        case "f": return vm.value(Double(Float(bitPattern: UInt32(truncatingIfNeeded: word))))
        case "d": return vm.value(Double(bitPattern: word))
        default:
            let unused = Int64(64 - item.size * 8)
            if item.code >= 0x61 {
                return try vm.int(Int((Int64(bitPattern: word) &<< unused) &>> unused))
            }
            return try vm.int(word)
        }
    }
}
