import Glibc
import InterpreterKit

/// Arithmetic on complex numbers, by the formulas that Python uses.
extension VM {
    typealias Complex = (re: Double, im: Double)

    func complex(_ re: Double, _ im: Double) throws(Unwind) -> Value {
        let object = q.newBytes(Kind.complex, count: 16) { memory in
            memory.storeBytes(of: re, as: Double.self)
            memory.storeBytes(of: im, toByteOffset: 8, as: Double.self)
        }
        return Value(try checked(object))
    }
    /// The content of a complex or an instance of a class derived from it; nil for the rest.
    func complexContent(_ value: Value) -> Complex? {
        guard value.isReference else { return nil }
        let object = value.isInstance ? payload(value, .complex) ?? value : value
        guard object.isA(Kind.complex) else { return nil }
        let words = object.reference.address
        return (Double(bitPattern: words[2]), Double(bitPattern: words[3]))
    }
    /// A number of any built-in type as a complex; nil for what is no number.
    func asComplex(_ value: Value) throws(Unwind) -> Complex? {
        if let complex = complexContent(value) { return complex }
        if let double = floatContent(value) { return (double, 0) }
        if let int = asInt(value) { return (try double(ofInt: int), 0) }
        return nil
    }

    func complexOperation(
        _ operation: Operation, _ a: Complex, _ b: Complex
    ) throws(Unwind) -> Value {
        switch operation {
        case .add: return try complex(a.re + b.re, a.im + b.im)
        case .subtract: return try complex(a.re - b.re, a.im - b.im)
        case .multiply:
            return try complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
        case .trueDivide:
            let (re, im) = try complexQuotient(a, b)
            return try complex(re, im)
        case .power:
            let (re, im) = try complexPower(a, b)
            return try complex(re, im)
        default: return .notImplemented
        }
    }
    func complexQuotient(_ a: Complex, _ b: Complex) throws(Unwind) -> Complex {
        if b.re.magnitude >= b.im.magnitude {
            if b.re == 0 { throw raise(.zeroDivisionError, "complex division by zero") }
            let ratio = b.im / b.re
            let denominator = b.re + b.im * ratio
            return ((a.re + a.im * ratio) / denominator, (a.im - a.re * ratio) / denominator)
        }
        if b.im.isNaN || b.re.isNaN { return (.nan, .nan) }
        let ratio = b.re / b.im
        let denominator = b.re * ratio + b.im
        return ((a.re * ratio + a.im) / denominator, (a.im * ratio - a.re) / denominator)
    }
    func complexPower(_ a: Complex, _ b: Complex) throws(Unwind) -> Complex {
        let result: Complex
        if b.im == 0 && b.re == b.re.rounded(.down) && b.re.magnitude <= 100 {
            result = try complexPower(a, Int(b.re))
        } else if b.re == 0 && b.im == 0 {
            result = (1, 0)
        } else if a.re == 0 && a.im == 0 {
            if b.im != 0 || b.re < 0 {
                throw raise(.zeroDivisionError, "0.0 to a negative or complex power")
            }
            result = (0, 0)
        } else {
            let magnitude = hypot(a.re, a.im)
            var length = pow(magnitude, b.re)
            let angle = atan2(a.im, a.re)
            var phase = angle * b.re
            if b.im != 0 {
                length /= exp(angle * b.im)
                phase += b.im * log(magnitude)
            }
            result = (length * cos(phase), length * sin(phase))
        }
        if result.re.isInfinite || result.im.isInfinite {
            throw raise(.overflowError, "complex exponentiation")
        }
        return result
    }
    private func complexPower(_ a: Complex, _ n: Int) throws(Unwind) -> Complex {
        var result: Complex = (1, 0)
        var square = a
        var rest = n.magnitude
        while rest != 0 {
            if rest & 1 == 1 {
                result = (
                    result.re * square.re - result.im * square.im,
                    result.re * square.im + result.im * square.re
                )
            }
            rest >>= 1
            square = (
                square.re * square.re - square.im * square.im,
                square.re * square.im + square.im * square.re
            )
        }
        if n > 0 { return result }
        if n < 0 && result.re == 0 && result.im == 0 {
            throw raise(.zeroDivisionError, "0.0 to a negative or complex power")
        }
        return try complexQuotient((1, 0), result)
    }
    func complexMagnitude(_ a: Complex) throws(Unwind) -> Double {
        if a.re.isInfinite || a.im.isInfinite { return .infinity }
        if a.re.isNaN || a.im.isNaN { return .nan }
        let result = hypot(a.re, a.im)
        if result.isInfinite { throw raise(.overflowError, "absolute value too large") }
        return result
    }

    /// Adds `repr(value)` of a complex.
    func appendRepr(complex value: Value, to text: inout StringBuilder) throws(Unwind) {
        guard let (re, im) = complexContent(value) else { return }
        let imaginary = FloatText.string(im, "r", addsPointZero: false)
        if re == 0 && re.sign == .plus {
            imaginary.withUnsafeBufferPointer { text.append(ascii: $0) }
            text.append(0x6A)
            return
        }
        text.append(0x28)
        FloatText.string(re, "r", addsPointZero: false).withUnsafeBufferPointer {
            text.append(ascii: $0)
        }
        if imaginary[0] != 0x2D { text.append(0x2B) }
        imaginary.withUnsafeBufferPointer { text.append(ascii: $0) }
        text.append("j)")
    }
}

enum ComplexText {
    /// The complex of a text, nil when it is none.
    static func parse(_ text: [UInt8]) -> VM.Complex? {
        var (i, end) = (0, text.count)
        func skipSpaces() { while i < end && IntegerText.isSpace(text[i]) { i += 1 } }
        while end > i && IntegerText.isSpace(text[end - 1]) { end -= 1 }
        skipSpaces()
        if i < end && text[i] == 0x28 {
            guard text[end - 1] == 0x29 else { return nil }
            i += 1
            end -= 1
            while end > i && IntegerText.isSpace(text[end - 1]) { end -= 1 }
            skipSpaces()
        }
        func isUnit(_ k: Int) -> Bool { k < end && text[k] | 0x20 == 0x6A }
        func isSign(_ k: Int) -> Bool { k < end && (text[k] == 0x2B || text[k] == 0x2D) }
        // A sign and j alone, which no float is.
        func unit() -> Double? {
            if isUnit(i) { return 1 }
            return isSign(i) && isUnit(i + 1) ? (text[i] == 0x2D ? -1 : 1) : nil
        }
        if let im = unit() { return i + (isUnit(i) ? 1 : 2) == end ? (0, im) : nil }
        guard let (first, next) = FloatText.scan(text, i, end) else { return nil }
        i = next
        if isUnit(i) { return i + 1 == end ? (0, first) : nil }
        if i == end { return (first, 0) }
        guard isSign(i) else { return nil }
        if let im = unit() { return i + 2 == end ? (first, im) : nil }
        guard let (second, last) = FloatText.scan(text, i, end), isUnit(last), last + 1 == end
        else { return nil }
        return (first, second)
    }
}
