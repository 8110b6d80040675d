import InterpreterKit

/// A format specification of the standard types:
/// `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
struct FormatSpec {
    var fill: UInt32 = 0x20
    /// One of `<`, `>`, `=`, `^`.
    var align: UInt32
    var hasAlign = false
    /// `+`, `-`, space or 0.
    var sign: UInt32 = 0
    var coercesNegativeZero = false
    var isAlternate = false
    var width = -1
    /// `,` or `_` or 0.
    var grouping: UInt32 = 0
    var precision = -1
    var type: UInt32

    /// - Parameter object: the value to be formatted, for messages.
    init(
        _ spec: StringView, _ vm: VM, type: UInt32, align: UInt32, of object: Value
    ) throws(Unwind) {
        self.type = type
        self.align = align
        let n = spec.count
        var i = 0
        func isAlign(_ c: UInt32) -> Bool { c == 0x3C || c == 0x3E || c == 0x3D || c == 0x5E }
        var hasFill = false
        if n >= 2 && isAlign(spec[1]) {
            fill = spec[0]
            self.align = spec[1]
            (hasFill, hasAlign) = (true, true)
            i = 2
        } else if n >= 1 && isAlign(spec[0]) {
            self.align = spec[0]
            hasAlign = true
            i = 1
        }
        if i < n && (spec[i] == 0x2B || spec[i] == 0x2D || spec[i] == 0x20) {
            sign = spec[i]
            i += 1
        }
        if i < n && spec[i] == 0x7A {
            coercesNegativeZero = true
            i += 1
        }
        if i < n && spec[i] == 0x23 {
            isAlternate = true
            i += 1
        }
        if !hasFill && i < n && spec[i] == 0x30 {
            fill = 0x30
            if !hasAlign && align == 0x3E { self.align = 0x3D }
            i += 1
        }
        let widthStart = i
        width = try FormatSpec.number(spec, &i, vm)
        if i == widthStart { width = -1 }
        if i < n && (spec[i] == 0x2C || spec[i] == 0x5F) {
            grouping = spec[i]
            i += 1
        }
        if i < n && (spec[i] == 0x2C || spec[i] == 0x5F) {
            if grouping != 0 && spec[i] == grouping {
                throw FormatSpec.cannot(grouping, with: grouping, vm)
            }
            if grouping != 0 {
                throw vm.raise(.valueError, "Cannot specify both ',' and '_'.")
            }
        }
        if i < n && spec[i] == 0x2E {
            i += 1
            let start = i
            precision = try FormatSpec.number(spec, &i, vm)
            if i == start {
                throw vm.raise(.valueError, "Format specifier missing precision")
            }
        }
        if n - i > 1 {
            throw vm.raise(
                .valueError,
                "Invalid format specifier '\(vm.text(spec))' for object of type '\(vm.typeName(object))'"
            )
        }
        if i < n { self.type = spec[i] }
        if grouping != 0 {
            switch self.type {
            case 0x64, 0x65, 0x66, 0x67, 0x45, 0x47, 0x25, 0x46, 0: break  // d e f g E G % F
            case 0x62 where grouping == 0x5F, 0x6F where grouping == 0x5F,
                0x78 where grouping == 0x5F, 0x58 where grouping == 0x5F:
                break  // b o x X
            default: throw FormatSpec.cannot(grouping, with: self.type, vm)
            }
        }
    }

    /// Decimal digits from `i` on.
    private static func number(
        _ spec: StringView, _ i: inout Int, _ vm: VM
    ) throws(Unwind) -> Int {
        var result = 0
        while i < spec.count, let digit = CodePoint.decimal(spec[i]) {
            if result > (Int.max - digit) / 10 {
                throw vm.raise(.valueError, "Too many decimal digits in format string")
            }
            result = result * 10 + digit
            i += 1
        }
        return result
    }
    private static func cannot(_ separator: UInt32, with type: UInt32, _ vm: VM) -> Unwind {
        vm.raise(.valueError, "Cannot specify '\(shown(separator))' with \(quoted(type)).")
    }
    private static func shown(_ c: UInt32) -> Character {
        Character(Unicode.Scalar(c) ?? "?")
    }
    private static func quoted(_ type: UInt32) -> String {
        type > 32 && type < 128 ? "'\(shown(type))'" : "'\\x\(String(type, radix: 16))'"
    }
    func unknown(_ vm: VM, _ object: Value) -> Unwind {
        vm.raise(
            .valueError,
            "Unknown format code \(FormatSpec.quoted(type)) for object of type '\(vm.typeName(object))'"
        )
    }

    /// Spaces before or behind a number, or zeros behind its sign, and nothing else that is special?
    var isSimple: Bool {
        grouping == 0 && !isAlternate && !coercesNegativeZero
            && (fill == 0x20 ? align == 0x3E || align == 0x3C : fill == 0x30 && align == 0x3D)
    }

    /// Adds `text` with fill characters on its sides.
    func append(_ text: StringView, _ range: Swift.Range<Int>, to result: inout StringBuilder) {
        let missing = max(0, width - range.count)
        let left: Int
        switch align {
        case 0x3E, 0x3D: left = missing
        case 0x5E: left = missing / 2
        default: left = 0
        }
        result.append(fill, times: left)
        result.append(text, range)
        result.append(fill, times: missing - left)
    }
    /// Adds a number made of a sign with prefix, digits that may be grouped, and the rest (point,
    /// fraction, exponent, unit).
    func append(
        sign: UInt32, prefix: StaticString, digits: ArraySlice<UInt8>, rest: ArraySlice<UInt8>,
        groupSize: Int, to result: inout StringBuilder
    ) {
        let prefixCount = prefix.utf8CodeUnitCount
        let outside = (sign == 0 ? 0 : 1) + prefixCount + rest.count
        let fillsWithZeros = align == 0x3D && fill == 0x30
        // Zeros that fill the width are grouped like digits.
        let wanted = fillsWithZeros ? max(0, width - outside) : 0
        var zeros = 0
        var separators = 0
        if grouping != 0 && groupSize > 0 && !digits.isEmpty {
            var count = digits.count
            separators = (count - 1) / groupSize
            while count + separators < wanted {
                count += 1
                separators = (count - 1) / groupSize
            }
            zeros = count - digits.count
        } else {
            zeros = max(0, wanted - digits.count)
        }
        let total = outside + zeros + digits.count + separators
        let missing = max(0, width - total)
        var left = 0
        switch align {
        case 0x3E: left = missing
        case 0x5E: left = missing / 2
        default: break
        }
        result.append(fill, times: left)
        if sign != 0 { result.append(sign) }
        result.append(prefix)
        if align == 0x3D { result.append(fill, times: missing) }
        var position = zeros + digits.count
        if separators == 0 {
            result.append(0x30, times: zeros)
            digits.withUnsafeBufferPointer { result.append(ascii: $0) }
        } else {
            var first = true
            func put(_ c: UInt8, _ result: inout StringBuilder) {
                if !first && position % groupSize == 0 { result.append(grouping) }
                first = false
                result.append(UInt32(c))
                position -= 1
            }
            for _ in 0..<zeros { put(0x30, &result) }
            for c in digits { put(c, &result) }
        }
        rest.withUnsafeBufferPointer { result.append(ascii: $0) }
        if align == 0x3C || align == 0x5E { result.append(fill, times: missing - left) }
    }
}
