import Glibc

/// Functions of one complex number, accurate also near branch cuts and for large and small numbers.
///
/// A result may be NaN or infinite where the function is not defined or too large; ``Cmath`` makes errors
/// of that.
enum ComplexFunctions {
    typealias Complex = VM.Complex

    private static let large = Double.greatestFiniteMagnitude / 4
    private static let largeRoot = large.squareRoot()
    private static let largeLogarithm: Double = Glibc.log(large)
    private static let smallRoot = Double.leastNormalMagnitude.squareRoot()
    private static let ln2 = 0.693_147_180_559_945_309_4

    static func sqrt(_ z: Complex) -> Complex {
        if z.re == 0 && z.im == 0 { return (0, z.im) }
        if z.im.isInfinite { return (.infinity, z.im) }
        if z.re.isInfinite && !z.im.isNaN {
            return z.re > 0 ? (z.re, copysign(0, z.im)) : (0, copysign(.infinity, z.im))
        }
        var ax = z.re.magnitude
        let ay = z.im.magnitude
        let s: Double
        let smallest = Double.leastNormalMagnitude
        if ax < smallest && ay < smallest {
            ax = scalbn(ax, 53)
            s = scalbn((ax + hypot(ax, scalbn(ay, 53))).squareRoot(), -27)
            return parts(s, z, ay)
        }
        ax /= 8
        s = 2 * (ax + hypot(ax, ay / 8)).squareRoot()
        return parts(s, z, ay)
    }
    private static func parts(_ s: Double, _ z: Complex, _ ay: Double) -> Complex {
        let d = ay / (2 * s)
        return z.re >= 0 ? (s, copysign(d, z.im)) : (d, copysign(s, z.im))
    }

    // MARK: exponential and logarithm

    static func exp(_ z: Complex) -> Complex {
        if z.im == 0 { return (Glibc.exp(z.re), z.im) }
        if !z.im.isFinite {
            if z.re == -.infinity { return (0, copysign(0, z.im)) }
            return (z.re == .infinity ? .infinity : .nan, .nan)
        }
        if z.re > largeLogarithm && z.re.isFinite {
            let l = Glibc.exp(z.re - 1)
            return (l * Glibc.cos(z.im) * M_E, l * Glibc.sin(z.im) * M_E)
        }
        let l = Glibc.exp(z.re)
        return (l * Glibc.cos(z.im), l * Glibc.sin(z.im))
    }
    static func log(_ z: Complex) -> Complex {
        let angle = atan2(z.im, z.re)
        let (ax, ay) = (z.re.magnitude, z.im.magnitude)
        let length: Double
        if ax > large || ay > large {
            length = Glibc.log(hypot(ax / 2, ay / 2)) + ln2
        } else if ax < .leastNormalMagnitude && ay < .leastNormalMagnitude {
            if ax == 0 && ay == 0 { return (-.infinity, angle) }
            length = Glibc.log(hypot(scalbn(ax, 53), scalbn(ay, 53))) - 53 * ln2
        } else {
            let h = hypot(ax, ay)
            if h >= 0.71 && h <= 1.73 {
                let (more, less) = (max(ax, ay), min(ax, ay))
                length = log1p((more - 1) * (more + 1) + less * less) / 2
            } else {
                length = Glibc.log(h)
            }
        }
        return (length, angle)
    }
    static func log10(_ z: Complex) -> Complex {
        let (re, im) = log(z)
        let ln10: Double = Glibc.log(10.0)
        return (re / ln10, im / ln10)
    }

    // MARK: trigonometric and hyperbolic functions

    static func sinh(_ z: Complex) -> Complex {
        if z.im == 0 { return (Glibc.sinh(z.re), z.im) }
        if z.re.isFinite && z.re.magnitude > largeLogarithm {
            let x = z.re - copysign(1, z.re)
            return (
                Glibc.cos(z.im) * Glibc.sinh(x) * M_E, Glibc.sin(z.im) * Glibc.cosh(x) * M_E
            )
        }
        return (
            Glibc.cos(z.im) * Glibc.sinh(z.re), Glibc.sin(z.im) * Glibc.cosh(z.re)
        )
    }
    static func cosh(_ z: Complex) -> Complex {
        if z.im == 0 { return (Glibc.cosh(z.re), copysign(0, z.re) * z.im) }
        if z.re.isFinite && z.re.magnitude > largeLogarithm {
            let x = z.re - copysign(1, z.re)
            return (
                Glibc.cos(z.im) * Glibc.cosh(x) * M_E, Glibc.sin(z.im) * Glibc.sinh(x) * M_E
            )
        }
        return (
            Glibc.cos(z.im) * Glibc.cosh(z.re), Glibc.sin(z.im) * Glibc.sinh(z.re)
        )
    }
    static func tanh(_ z: Complex) -> Complex {
        if z.re.magnitude > largeLogarithm {
            let sign = copysign(1, z.re)
            if !z.im.isFinite { return (sign, 0) }
            return (
                sign,
                4 * Glibc.sin(z.im) * Glibc.cos(z.im) * Glibc.exp(-2 * z.re.magnitude)
            )
        }
        let (tx, ty) = (Glibc.tanh(z.re), Glibc.tan(z.im))
        let cx = 1 / Glibc.cosh(z.re)
        let product = tx * ty
        let denominator = 1 + product * product
        return (tx * (1 + ty * ty) / denominator, ty / denominator * cx * cx)
    }
    static func sin(_ z: Complex) -> Complex {
        let (re, im) = sinh((-z.im, z.re))
        return (im, -re)
    }
    static func cos(_ z: Complex) -> Complex { cosh((-z.im, z.re)) }
    static func tan(_ z: Complex) -> Complex {
        let (re, im) = tanh((-z.im, z.re))
        return (im, -re)
    }

    // MARK: their inverses

    private static func isLarge(_ z: Complex) -> Bool {
        z.re.magnitude > large || z.im.magnitude > large
    }
    /// The logarithm of twice the length.
    private static func logOfTwice(_ z: Complex) -> Double {
        Glibc.log(hypot(z.re / 2, z.im / 2)) + 2 * ln2
    }

    static func acos(_ z: Complex) -> Complex {
        if isLarge(z) {
            let length = logOfTwice(z)
            return (atan2(z.im.magnitude, z.re), -copysign(length, z.im))
        }
        let s = sqrt((1 - z.re, -z.im))
        let t = sqrt((1 + z.re, z.im))
        return (2 * atan2(s.re, t.re), Glibc.asinh(t.re * s.im - t.im * s.re))
    }
    static func acosh(_ z: Complex) -> Complex {
        if isLarge(z) { return (logOfTwice(z), atan2(z.im, z.re)) }
        let s = sqrt((z.re - 1, z.im))
        let t = sqrt((z.re + 1, z.im))
        return (Glibc.asinh(s.re * t.re + s.im * t.im), 2 * atan2(s.im, t.re))
    }
    static func asinh(_ z: Complex) -> Complex {
        if isLarge(z) {
            return (copysign(logOfTwice(z), z.re), atan2(z.im, z.re.magnitude))
        }
        let s = sqrt((1 + z.im, -z.re))
        let t = sqrt((1 - z.im, z.re))
        return (
            Glibc.asinh(s.re * t.im - t.re * s.im), atan2(z.im, s.re * t.re - s.im * t.im)
        )
    }
    static func asin(_ z: Complex) -> Complex {
        let (re, im) = asinh((-z.im, z.re))
        return (im, -re)
    }
    static func atanh(_ z: Complex) -> Complex {
        if z.re < 0 || z.re == 0 && z.re.sign == .minus {
            let (re, im) = atanh((-z.re, -z.im))
            return (-re, -im)
        }
        let ay = z.im.magnitude
        if z.re > largeRoot || ay > largeRoot {
            let h = hypot(z.re / 2, z.im / 2)
            let re = z.re.isInfinite || ay.isInfinite ? 0 : z.re / 4 / h / h
            return (re, -copysign(Double.pi / 2, -z.im))
        }
        if z.re == 1 && ay < smallRoot {
            if ay == 0 { return (.infinity, z.im) }
            return (
                -Glibc.log(ay.squareRoot() / hypot(ay, 2).squareRoot()),
                copysign(atan2(2, -ay) / 2, z.im)
            )
        }
        let off = 1 - z.re
        return (
            log1p(4 * z.re / (off * off + ay * ay)) / 4,
            -atan2(-2 * z.im, off * (1 + z.re) - ay * ay) / 2
        )
    }
    static func atan(_ z: Complex) -> Complex {
        let (re, im) = atanh((-z.im, z.re))
        return (im, -re)
    }
}
