import InterpreterKit

/// `format % arguments` for `str` and `bytes`.
///
/// One walk over the format; arguments come one by one from a tuple, by key from a mapping, or there is
/// only one.
struct PercentFormatting: ~Copyable {
    let vm: VM
    let isBytes: Bool
    /// What stands right of the `%`.
    let arguments: Value
    private let tuple: Value
    private var next = 0
    private var isUsed = false
    private let isMapping: Bool
    private var usesKeys = false

    /// One conversion: `%[(key)][flags][width][.precision]type`.
    private struct Conversion {
        var isLeft = false
        var sign: UInt32 = 0
        var isAlternate = false
        var isZero = false
        var width = -1
        var precision = -1
        var type: UInt32 = 0
    }

    init(_ vm: VM, arguments: Value, isBytes: Bool) {
        self.vm = vm
        self.arguments = arguments
        self.isBytes = isBytes
        tuple = vm.asTuple(arguments) ?? .unbound
        isMapping =
            tuple == .unbound && vm.asString(arguments) == nil
            && !(isBytes && (vm.asBytes(arguments) != nil || vm.asByteArray(arguments) != nil))
            && (arguments.isDict
                || arguments.isReference
                    && vm.lookup(typeOf: arguments, vm.name(.getitem)) != .unbound)
    }

    /// Adds the result to `text`.
    mutating func run(_ format: StringView, into text: inout StringBuilder) throws(Unwind) {
        let n = format.count
        var i = 0
        while i < n {
            let from = i
            if format.width == 0 {
                let p = format.bytes
                while i < n && p[i] != 0x25 { i &+= 1 }
            } else {
                while i < n && format[i] != 0x25 { i &+= 1 }
            }
            if i > from { text.append(format, from..<i) }
            if i >= n { break }
            i &+= 1
            try convert(format, &i, into: &text)
            if text.failed { throw vm.outOfMemory() }
        }
        let isDone = tuple != .unbound ? next >= vm.q.tupleCount(tuple.reference) : isUsed
        if !isDone && !isMapping {
            throw vm.raise(
                .typeError,
                isBytes
                    ? "not all arguments converted during bytes formatting"
                    : "not all arguments converted during string formatting")
        }
    }

    private mutating func argument() throws(Unwind) -> Value {
        if tuple != .unbound && !usesKeys {
            if next < vm.q.tupleCount(tuple.reference) {
                next &+= 1
                return vm.q.tupleElement(tuple.reference, next &- 1)
            }
        } else if !isUsed {
            isUsed = true
            return arguments
        }
        throw vm.raise(.typeError, "not enough arguments for format string")
    }

    private mutating func convert(
        _ format: StringView, _ i: inout Int, into text: inout StringBuilder
    ) throws(Unwind) {
        let n = format.count
        if i < n && format[i] == 0x25 {
            i += 1
            return text.append(0x25)
        }
        var conversion = Conversion()
        var keyed = Value.unbound
        if i < n && format[i] == 0x28 {
            if !isMapping { throw vm.raise(.typeError, "format requires a mapping") }
            let start = i + 1
            var depth = 1
            i += 1
            while i < n && depth > 0 {
                if format[i] == 0x29 { depth -= 1 } else if format[i] == 0x28 { depth += 1 }
                i += 1
            }
            if depth > 0 { throw vm.raise(.valueError, "incomplete format key") }
            var key = try vm.substring(format, start, i - 1)
            if isBytes { key = try vm.bytes(vm.latin1(StringView(key))) }
            keyed = try vm.getItem(arguments, key)
            usesKeys = true
            // Plain conversions behind it find nothing.
            isUsed = true
        }
        flags: while i < n {
            switch format[i] {
            case 0x2D: conversion.isLeft = true
            case 0x2B: conversion.sign = 0x2B
            case 0x20: if conversion.sign == 0 { conversion.sign = 0x20 }
            case 0x23: conversion.isAlternate = true
            case 0x30: conversion.isZero = true
            default: break flags
            }
            i += 1
        }
        if i < n && format[i] == 0x2A {
            i += 1
            conversion.width = try starred(&keyed, "width too big")
            if conversion.width < 0 {
                conversion.isLeft = true
                conversion.width = conversion.width == .min ? .max : -conversion.width
            }
        } else {
            conversion.width = try number(format, &i, "width too big") ?? -1
        }
        if i < n && format[i] == 0x2E {
            i += 1
            if i < n && format[i] == 0x2A {
                i += 1
                conversion.precision = max(0, try starred(&keyed, "precision too big"))
            } else {
                conversion.precision = try number(format, &i, "precision too big") ?? 0
            }
        }
        if i < n && (format[i] == 0x68 || format[i] == 0x6C || format[i] == 0x4C) { i += 1 }
        if i >= n { throw vm.raise(.valueError, "incomplete format") }
        conversion.type = format[i]
        i += 1
        let value = keyed != .unbound ? keyed : try argument()
        try append(value, conversion, at: i - 1, into: &text)
    }
    private mutating func starred(
        _ keyed: inout Value, _ message: String
    ) throws(Unwind) -> Int {
        let value = keyed != .unbound ? keyed : try argument()
        keyed = .unbound
        guard let int = vm.asInt(value) else { throw vm.raise(.typeError, "* wants int") }
        guard let word = vm.word(ofInt: int) else {
            throw vm.raise(.overflowError, "Python int too large to convert to C ssize_t")
        }
        if message == "precision too big" && (word > Int(Int32.max) || word < Int(Int32.min)) {
            throw vm.raise(.overflowError, "Python int too large to convert to C int")
        }
        return word
    }
    private func number(
        _ format: StringView, _ i: inout Int, _ message: String
    ) throws(Unwind) -> Int? {
        let start = i
        var result = 0
        while i < format.count && CodePoint.isASCIIDigit(format[i]) {
            let digit = Int(format[i]) - 0x30
            let limit = message == "precision too big" ? Int(Int32.max) : Int.max
            if result > (limit - digit) / 10 { throw vm.raise(.valueError, message) }
            result = result * 10 + digit
            i += 1
        }
        return i == start ? nil : result
    }

    private func append(
        _ value: Value, _ conversion: Conversion, at position: Int,
        into text: inout StringBuilder
    ) throws(Unwind) {
        switch conversion.type {
        case 0x73 where !isBytes:  // s
            if conversion.width < 0 && conversion.precision < 0 {
                if value.isInt { return text.append(decimal: value.int) }
                return text.append(string: vm.plain(try vm.str(value)))
            }
            pad(try vm.str(value), conversion, into: &text)
        case 0x72 where !isBytes:
            pad(try vm.repr(value), conversion, into: &text)
        case 0x61, 0x72:
            pad(try vm.ascii(value), conversion, into: &text)
        case 0x73 where isBytes, 0x62 where isBytes:
            let content = try vm.formattedBytes(value)
            pad(try content.latin1(vm), conversion, into: &text)
        case 0x63: try appendCharacter(value, conversion, into: &text)
        case 0x64, 0x69, 0x75, 0x6F, 0x78, 0x58:  // d i u o x X
            try appendInteger(value, conversion, into: &text)
        case 0x65, 0x45, 0x66, 0x46, 0x67, 0x47:
            try appendDouble(value, conversion, into: &text)
        default:
            let c = conversion.type
            let shown = c > 31 && c < 127 ? String(Character(Unicode.Scalar(c) ?? "?")) : "?"
            throw vm.raise(
                .valueError,
                "unsupported format character '\(shown)' (0x\(String(c, radix: 16))) at index \(position)"
            )
        }
    }

    /// A string, cut to the precision and padded to the width.
    private func pad(
        _ value: Value, _ conversion: Conversion, into text: inout StringBuilder
    ) {
        let view = vm.view(value)
        let n = conversion.precision < 0 ? view.count : min(view.count, conversion.precision)
        let missing = max(0, conversion.width - n)
        if !conversion.isLeft { text.append(0x20, times: missing) }
        text.append(view, 0..<n)
        if conversion.isLeft { text.append(0x20, times: missing) }
    }
    private func appendCharacter(
        _ value: Value, _ conversion: Conversion, into text: inout StringBuilder
    ) throws(Unwind) {
        var plain = conversion
        plain.precision = -1
        if isBytes {
            if let bytes = vm.asBytes(value) ?? vm.asByteArray(value) {
                let content = try vm.byteContent(bytes) ?? ByteContent()
                if content.count == 1 { return pad(try content.latin1(vm), plain, into: &text) }
            } else if vm.isInteger(value) || vm.lookup(typeOf: value, vm.name(.index)) != .unbound {
                let int = try vm.integer(value)
                guard int.isInt && int.int >= 0 && int.int < 256 else {
                    throw vm.raise(.overflowError, "%c arg not in range(256)")
                }
                return pad(try vm.character(UInt32(int.int)), plain, into: &text)
            }
            throw vm.raise(
                .typeError, "%c requires an integer in range(256) or a single byte")
        }
        if let string = vm.asString(value) {
            if StringView(string).count == 1 { return pad(string, plain, into: &text) }
        } else if vm.isInteger(value) || vm.lookup(typeOf: value, vm.name(.index)) != .unbound {
            let int = try vm.integer(value)
            guard int.isInt && int.int >= 0 && int.int < 0x110000 else {
                throw vm.raise(.overflowError, "%c arg not in range(0x110000)")
            }
            return pad(try vm.character(UInt32(int.int)), plain, into: &text)
        }
        throw vm.raise(.typeError, "%c requires int or char")
    }
    private func appendInteger(
        _ value: Value, _ conversion: Conversion, into text: inout StringBuilder
    ) throws(Unwind) {
        let isDecimal =
            conversion.type == 0x64 || conversion.type == 0x69 || conversion.type == 0x75
        if isDecimal && value.isInt && conversion.width < 0 && conversion.precision < 0
            && conversion.sign == 0
        {
            return text.append(decimal: value.int)
        }
        let int = try integer(value, conversion, isDecimal)
        let radix = isDecimal ? 10 : conversion.type == 0x6F ? 8 : 16
        if radix == 10 { try vm.checkDigitLimit(int) }
        var digits = vm.digits(ofInt: int, radix: radix)
        if conversion.type == 0x58 {
            for i in digits.indices where digits[i] >= 0x61 { digits[i] -= 0x20 }
        }
        if conversion.precision > digits.count {
            try vm.checkSize(limbs: conversion.precision / 8)
            digits =
                [UInt8](repeating: 0x30, count: conversion.precision - digits.count) + digits
        }
        var prefix: StaticString = ""
        if conversion.isAlternate && radix != 10 {
            prefix = conversion.type == 0x6F ? "0o" : conversion.type == 0x78 ? "0x" : "0X"
        }
        appendNumber(
            digits, isNegative: vm.isNegative(int: int), prefix: prefix, conversion, into: &text)
    }
    /// The int that a number is for an integer conversion.
    private func integer(
        _ value: Value, _ conversion: Conversion, _ isDecimal: Bool
    ) throws(Unwind) -> Value {
        if let int = vm.asInt(value) { return int }
        let letter = Character(Unicode.Scalar(conversion.type) ?? "d")
        if !isDecimal {
            if vm.lookup(typeOf: value, vm.name(.index)) == .unbound {
                throw vm.raise(
                    .typeError,
                    "%\(letter) format: an integer is required, not \(vm.typeName(value))")
            }
            return try vm.integer(value)
        }
        let isNumber =
            vm.floatContent(value) != nil
            || vm.lookup(typeOf: value, vm.name(.index)) != .unbound
            || vm.lookup(typeOf: value, vm.name(.int)) != .unbound
        if !isNumber || vm.asString(value) != nil {
            throw vm.raise(
                .typeError,
                "%\(letter) format: a real number is required, not \(vm.typeName(value))")
        }
        let result = try vm.call(Value(vm.type(.int)), value)
        return vm.asInt(result) ?? Value(0)
    }
    private func appendDouble(
        _ value: Value, _ conversion: Conversion, into text: inout StringBuilder
    ) throws(Unwind) {
        let double = try vm.asFloat(value)
        let precision = conversion.precision < 0 ? 6 : conversion.precision
        try vm.checkSize(limbs: precision / 8)
        if conversion.type | 0x20 == 0x66 && !conversion.isAlternate,
            text.append(
                fixed: double, precision, plus: conversion.sign, width: conversion.width,
                fill: conversion.isZero && !conversion.isLeft ? 0x30 : 0x20,
                isLeft: conversion.isLeft)
        {
            return
        }
        var number = FloatText.string(
            double, Unicode.Scalar(UInt8(truncatingIfNeeded: conversion.type)),
            precision: precision, isAlternate: conversion.isAlternate, addsPointZero: false)
        let isNegative = number.first == 0x2D
        if isNegative { number.removeFirst() }
        appendNumber(number, isNegative: isNegative, prefix: "", conversion, into: &text)
    }
    private func appendNumber(
        _ digits: [UInt8], isNegative: Bool, prefix: StaticString, _ conversion: Conversion,
        into text: inout StringBuilder
    ) {
        let sign: UInt32 = isNegative ? 0x2D : conversion.sign
        let count = digits.count + prefix.utf8CodeUnitCount + (sign == 0 ? 0 : 1)
        let missing = max(0, conversion.width - count)
        let zeros = conversion.isZero && !conversion.isLeft
        if !zeros && !conversion.isLeft { text.append(0x20, times: missing) }
        if sign != 0 { text.append(sign) }
        text.append(prefix)
        if zeros { text.append(0x30, times: missing) }
        digits.withUnsafeBufferPointer { text.append(ascii: $0) }
        if conversion.isLeft { text.append(0x20, times: missing) }
    }
}

extension VM {
    /// `format % arguments` of a `str`.
    func percentFormat(_ format: StringView, _ arguments: Value) throws(Unwind) -> Value {
        var text = StringBuilder(capacity: format.count + 64)
        var run = PercentFormatting(self, arguments: arguments, isBytes: false)
        try run.run(format, into: &text)
        return try text.string(self)
    }
    /// `format % arguments` of `bytes`.
    func percentFormat(bytes format: ByteContent, _ arguments: Value) throws(Unwind) -> Value {
        let characters = try format.latin1(self)
        var text = StringBuilder(capacity: format.count + 64)
        var run = PercentFormatting(self, arguments: arguments, isBytes: true)
        try run.run(StringView(characters), into: &text)
        return try text.bytes(self)
    }
    /// What `%b` makes of a value.
    func formattedBytes(_ value: Value) throws(Unwind) -> ByteContent {
        if let content = try byteContent(value) { return content }
        let method = lookup(typeOf: value, name(.bytes))
        if method != .unbound {
            let result = try callSpecial(method, value)
            if let bytes = asBytes(result), let content = try byteContent(bytes) {
                return content
            }
            throw raise(
                .typeError, "__bytes__ returned non-bytes (type \(typeName(result)))")
        }
        throw raise(
            .typeError,
            "%b requires a bytes-like object, or an object that implements __bytes__, not '\(typeName(value))'"
        )
    }
    /// The code points of a string that has none above 255.
    func latin1(_ view: StringView) -> [UInt8] {
        (0..<view.count).map { UInt8(truncatingIfNeeded: view[$0]) }
    }
}
