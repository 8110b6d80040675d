import InterpreterKit

/// What one item of an `array.array` may be.
enum ArrayFormat {
    static let codes: StaticString = "bBuhHiIlLqQfd"

    static func isCode(_ c: UInt32) -> Bool {
        (0..<codes.utf8CodeUnitCount).contains { UInt32(codes.utf8Start[$0]) == c }
    }
}

/// An `array.array`: slot 0 is the `bytearray` with the items, slot 1 the type code.
struct ArrayObject {
    let vm: VM
    let object: Reference

    init(_ vm: VM, _ object: Reference) {
        self.vm = vm
        self.object = object
    }
    /// The receiver of a method.
    init(_ vm: VM, _ value: Value) { self.init(vm, value.reference) }

    static var storage: Field<Value> { Instance.slot(0) }
    static var format: Field<Value> { Instance.slot(1) }

    var storage: Reference { vm[object, ArrayObject.storage].reference }
    var code: UInt8 { UInt8(truncatingIfNeeded: vm[object, ArrayObject.format].int) }
    var itemSize: Int { MemoryView.size(Int(code)) ?? 1 }
    var count: Int { vm.count(ofArray: storage) / itemSize }
    var isText: Bool { code == UInt8(ascii: "u") }

    /// Item `i`, which there must be.
    func item(_ i: Int) throws(Unwind) -> Value {
        var word: UInt64 = 0
        let size = itemSize
        withUnsafeMutableBytes(of: &word) {
            vm.read(
                storage, i &* size, size,
                to: $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
        }
        return try vm.unpack(size == 8 ? word : word & (1 &<< UInt64(size &* 8) &- 1), code)
    }
    func setItem(_ i: Int, _ value: Value) throws(Unwind) {
        var word = try word(value)
        if i >= count { throw vm.raise(.indexError, "array assignment index out of range") }
        let size = itemSize
        withUnsafeBytes(of: &word) {
            vm.write(
                storage, i &* size,
                $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), size)
        }
    }
    func append(_ value: Value) throws(Unwind) {
        var word = try word(value)
        try append(word: &word)
    }
    private func append(word: inout UInt64) throws(Unwind) {
        let size = itemSize
        try withUnsafeBytes(of: &word) { (p) throws(Unwind) in
            try vm.append(
                toArray: storage,
                p.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), size)
        }
    }
    /// Puts `bytes` in the place of items `start ..< end`.
    func replace(_ start: Int, _ end: Int, with bytes: [UInt8]) throws(Unwind) {
        let size = itemSize
        try bytes.withUnsafeBufferPointer { (p) throws(Unwind) in
            var nothing: UInt8 = 0
            try withUnsafePointer(to: &nothing) { (empty) throws(Unwind) in
                try vm.replace(
                    storage, start &* size, end &* size, with: p.baseAddress ?? empty, p.count)
            }
        }
    }
    /// The bytes of items `start ..< end`.
    func bytes(_ start: Int, _ end: Int) -> [UInt8] {
        let n = (end - start) * itemSize
        if n <= 0 { return [] }
        return [UInt8](unsafeUninitializedCapacity: n) { buffer, count in
            vm.read(storage, start &* itemSize, n, to: buffer.baseAddress.unsafelyUnwrapped)
            count = n
        }
    }
    var allBytes: [UInt8] { bytes(0, count) }

    // MARK: values as items

    private func word(_ value: Value) throws(Unwind) -> UInt64 {
        switch Unicode.Scalar(code) {
        case "d": return try vm.asFloat(value).bitPattern
        case "f": return UInt64(Float(try vm.asFloat(value)).bitPattern)
        case "u":
            guard let string = vm.asString(value), StringView(string).count == 1 else {
                throw vm.raise(.typeError, "array item must be unicode character")
            }
            return UInt64(StringView(string)[0])
        default: return try word(int: value)
        }
    }
    private func word(int value: Value) throws(Unwind) -> UInt64 {
        let int = try vm.integer(value)
        let word = vm.word(ofInt: int)
        let bits = itemSize * 8
        if code >= 0x61 {
            if let word, bits == 64 || word >= -(1 << (bits - 1)) && word < 1 << (bits - 1) {
                return UInt64(bitPattern: Int64(word))
            }
            throw signedError(vm.isNegative(int: int), word != nil)
        }
        if vm.isNegative(int: int) { throw negativeError() }
        if let word, bits == 64 || word < 1 << bits { return UInt64(word) }
        if bits == 64 && vm.bitCount(ofInt: int) <= 64 { return BigInt(int.reference).limbs[0] }
        throw tooLargeError(word != nil)
    }
    private func signedError(_ isNegative: Bool, _ isWord: Bool) -> Unwind {
        let name: StaticString
        switch Unicode.Scalar(code) {
        case "b": name = "signed char"
        case "h": name = "signed short integer"
        case "i" where isWord: name = "signed integer"
        case "q": return vm.raise(.overflowError, "int too big to convert")
        default:
            return vm.raise(.overflowError, "Python int too large to convert to C long")
        }
        return vm.raise(
            .overflowError,
            "\(name) is \(isNegative ? "less than minimum" : "greater than maximum")")
    }
    private func negativeError() -> Unwind {
        let message: String =
            switch Unicode.Scalar(code) {
            case "B": "unsigned byte integer is less than minimum"
            case "H": "unsigned short is less than minimum"
            case "Q": "can't convert negative int to unsigned"
            default: "can't convert negative value to unsigned int"
            }
        return vm.raise(.overflowError, message)
    }
    private func tooLargeError(_ isWord: Bool) -> Unwind {
        let message: String =
            switch Unicode.Scalar(code) {
            case "B": "unsigned byte integer is greater than maximum"
            case "H": "unsigned short is greater than maximum"
            case "I" where isWord: "unsigned int is greater than maximum"
            case "Q": "int too big to convert"
            default: "Python int too large to convert to C unsigned long"
            }
        return vm.raise(.overflowError, message)
    }
}
