import Glibc
import InterpreterKit

/// Arithmetic on doubles.
extension VM {
    /// Any binary operator on two numbers of which at least one is a float, none is complex.
    func floatOperation(
        _ operation: Operation, _ x: Double, _ y: Double
    ) throws(Unwind) -> Value {
        switch operation {
        case .add: return value(x + y)
        case .subtract: return value(x - y)
        case .multiply: return value(x * y)
        case .trueDivide:
            if y == 0 { throw raise(.zeroDivisionError, "float division by zero") }
            return value(x / y)
        case .floorDivide:
            if y == 0 { throw raise(.zeroDivisionError, "float floor division by zero") }
            return value(FloatMath.divmod(x, y).quotient)
        case .modulo:
            if y == 0 { throw raise(.zeroDivisionError, "float modulo") }
            return value(FloatMath.modulo(x, y))
        case .divmod:
            if y == 0 { throw raise(.zeroDivisionError, "float divmod()") }
            let (quotient, remainder) = FloatMath.divmod(x, y)
            let first = value(quotient)
            return try tuple(first, value(remainder))
        case .power: return try floatPower(x, y)
        default: return .notImplemented
        }
    }

    func floatPower(_ x: Double, _ y: Double) throws(Unwind) -> Value {
        if x == 0 && y < 0 && y.isFinite {
            throw raise(.zeroDivisionError, "0.0 cannot be raised to a negative power")
        }
        if x < 0 && x.isFinite && y.isFinite && y != y.rounded(.down) {
            let (re, im) = try complexPower((x, 0), (y, 0))
            return try complex(re, im)
        }
        let result = pow(x, y)
        if result.isInfinite && x.isFinite && y.isFinite { throw rangeError() }
        return value(result)
    }
    /// OverflowError as the C library words it.
    func rangeError() -> Unwind {
        do throws(Unwind) {
            let message = try string("Numerical result out of range")
            return raise(.overflowError, arguments: try tuple(Value(34), message))
        } catch { return error }
    }

    /// Adds `repr(d)`.
    func appendRepr(_ d: Double, to text: inout StringBuilder) {
        FloatText.withRepr(d) { text.append(ascii: $0) }
    }

    func repr(ofFloat d: Double) throws(Unwind) -> Value {
        var result = Value.unbound
        FloatText.withRepr(d) { text in
            do throws(Unwind) { result = try ascii(text) } catch {}
        }
        if result == .unbound { throw outOfMemory() }
        return result
    }

    /// `round(d, count)`
    func round(_ d: Double, digits count: Int) throws(Unwind) -> Value {
        if !d.isFinite || d == 0 || count > 323 { return value(d) }
        if count < -308 { return value(d.sign == .minus ? -0.0 : 0.0) }
        let rounded: Double
        if count >= 0 && count <= 22, let number = DecimalScaling.scaled(d, by: count),
            number <= 1 << 53
        {
            // Both are exact, so the quotient is rounded once.
            let quotient = Double(UInt64(number)) / Double(DecimalScaling.power(count))
            return value(d < 0 ? -quotient : quotient)
        }
        if count >= 0 {
            rounded = FloatText.parse(FloatText.printed(d, "f", count)) ?? d
        } else {
            // The digit before the last one that stays is number `point + count`.
            let point = FloatText.digits(d, count: 17).point
            let significant = point + count
            if significant < 0 {
                rounded = 0
            } else if significant == 0 {
                // All digits there can be; more than a five and zeros goes up.
                let text = FloatText.printed(d.magnitude, "e", 800).prefix { $0 != 0x65 }
                let isUp = text[0] > 0x35 || text[0] == 0x35 && text[2...].contains { $0 != 0x30 }
                rounded = isUp ? FloatText.parse(Array("1e\(-count)".utf8)) ?? 0 : 0
            } else {
                rounded =
                    FloatText.parse(FloatText.printed(d.magnitude, "e", significant - 1)) ?? d
            }
            let signed = d < 0 ? -rounded : rounded
            if signed.isInfinite {
                throw raise(.overflowError, "rounded value too large to represent")
            }
            return value(signed)
        }
        if rounded.isInfinite {
            throw raise(.overflowError, "rounded value too large to represent")
        }
        return value(rounded)
    }
}

enum FloatMath {
    /// The remainder has the sign of `y`.
    static func modulo(_ x: Double, _ y: Double) -> Double {
        var rest = fmod(x, y)
        if rest != 0 {
            if (y < 0) != (rest < 0) { rest += y }
        } else {
            rest = copysign(0, y)
        }
        return rest
    }
    static func divmod(_ x: Double, _ y: Double) -> (quotient: Double, remainder: Double) {
        var rest = fmod(x, y)
        var quotient = (x - rest) / y
        if rest != 0 {
            if (y < 0) != (rest < 0) {
                rest += y
                quotient -= 1
            }
        } else {
            rest = copysign(0, y)
        }
        if quotient == 0 { return (copysign(0, x / y), rest) }
        var whole = quotient.rounded(.down)
        if quotient - whole > 0.5 { whole += 1 }
        return (whole, rest)
    }
}
