import InterpreterKit

/// A format string of the module `struct`, read.
struct StructFormat {
    struct Item {
        /// The format letter.
        let code: UInt8
        /// How many, or for `s` and `p` how many bytes.
        let count: Int
        let offset: Int
        /// Bytes of one.
        let size: Int
    }
    enum Mistake: Error {
        case badCharacter, noFormat, tooLong

        var message: String {
            switch self {
            case .badCharacter: "bad char in struct format"
            case .noFormat: "repeat count given without format specifier"
            case .tooLong: "total struct size too long"
            }
        }
    }
    private(set) var items: [Item] = []
    private(set) var size = 0
    /// Values that packing takes and unpacking gives.
    private(set) var valueCount = 0
    private(set) var isLittle = true
    private(set) var isNative = true

    init(_ text: UnsafeBufferPointer<UInt8>) throws(Mistake) {
        var i = 0
        if let first = text.first {
            switch first {
            case UInt8(ascii: "@"): i = 1
            case UInt8(ascii: "="), UInt8(ascii: "<"): (isNative, i) = (false, 1)
            case UInt8(ascii: ">"), UInt8(ascii: "!"): (isNative, isLittle, i) = (false, false, 1)
            default: break
            }
        }
        while i < text.count {
            var c = text[i]
            i += 1
            if IntegerText.isSpace(c) { continue }
            var count = 1
            if c &- 0x30 < 10 {
                count = Int(c - 0x30)
                while i < text.count && text[i] &- 0x30 < 10 {
                    let (tens, overflow) = count.multipliedReportingOverflow(by: 10)
                    if overflow || tens > Int.max - 9 { throw .tooLong }
                    count = tens + Int(text[i] - 0x30)
                    i += 1
                }
                if i == text.count { throw .noFormat }
                c = text[i]
                i += 1
            }
            guard let (size, alignment) = StructFormat.layout(c, isNative: isNative) else {
                throw .badCharacter
            }
            try add(c, count, size, alignment)
        }
    }
    private mutating func add(
        _ code: UInt8, _ count: Int, _ size: Int, _ alignment: Int
    ) throws(Mistake) {
        if isNative { self.size = (self.size + alignment - 1) / alignment * alignment }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        let (total, overflow2) = self.size.addingReportingOverflow(bytes)
        if overflow || overflow2 || total > Int.max - 64 { throw .tooLong }
        switch code {
        case UInt8(ascii: "x"): break
        case UInt8(ascii: "s"), UInt8(ascii: "p"):
            items.append(Item(code: code, count: count, offset: self.size, size: 1))
            valueCount += 1
        default:
            if count > 0 {
                items.append(Item(code: code, count: count, offset: self.size, size: size))
            }
            valueCount += count
        }
        self.size = total
    }
    private static func layout(_ code: UInt8, isNative: Bool) -> (size: Int, alignment: Int)? {
        switch Unicode.Scalar(code) {
        case "x", "c", "b", "B", "?", "s", "p": (1, 1)
        case "h", "H", "e": (2, 2)
        case "i", "I", "f": (4, 4)
        case "l", "L": isNative ? (8, 8) : (4, 4)
        case "q", "Q", "d": (8, 8)
        case "n", "N", "P": isNative ? (8, 8) : nil
        default: nil
        }
    }
}
