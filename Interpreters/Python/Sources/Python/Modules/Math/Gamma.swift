import Glibc

/// The gamma function by Lanczos' approximation with 13 terms.
///
/// The sum is a quotient of two polynomials with positive coefficients, so nothing cancels; what
/// rounding x + g - 0.5 loses is put back to first order.
enum Gamma {
    private static let g = 6.024_680_040_776_729_583_740_234_375
    private static let gMinusHalf = 5.524_680_040_776_729_583_740_234_375
    private static let numerator: [Double] = [
        23_531_376_880.410_759_688_572_007_674_451_636_754_734_846_804_940,
        42_919_803_642.649_098_768_957_899_047_001_988_850_926_355_848_959,
        35_711_959_237.355_668_049_440_185_451_547_166_705_960_488_635_843,
        17_921_034_426.037_209_699_919_755_754_458_931_112_671_403_265_390,
        6_039_542_586.352_028_005_064_291_644_307_297_921_070_699_388_420_708,
        1_439_720_407.311_721_673_663_223_072_794_912_393_971_548_578_677_2,
        248_874_557.862_054_156_511_460_386_413_229_423_216_321_251_278_01,
        31_426_415.585_400_194_380_614_231_628_318_205_362_874_684_987_640,
        2_876_370.628_935_372_441_225_409_051_620_849_613_599_114_537_876_8,
        186_056.265_395_223_495_040_294_989_716_045_699_282_207_842_363_28,
        8_071.672_002_365_816_210_638_002_902_272_250_613_821_851_632_502_4,
        210.824_277_751_579_345_872_509_733_920_713_362_711_669_695_802_91,
        2.506_628_274_631_000_270_164_908_177_133_837_338_626_431_079_340_8,
    ]
    private static let denominator: [Double] = [
        0, 39_916_800, 120_543_840, 150_917_976, 105_258_076, 45_995_730, 13_339_535, 2_637_558,
        357_423, 32_670, 1_925, 66, 1,
    ]
    private static func sum(_ x: Double) -> Double {
        var (above, below) = (0.0, 0.0)
        if x < 5 {
            for i in (0..<numerator.count).reversed() {
                above = above * x + numerator[i]
                below = below * x + denominator[i]
            }
        } else {
            for i in 0..<numerator.count {
                above = above / x + numerator[i]
                below = below / x + denominator[i]
            }
        }
        return above / below
    }
    /// sin(pi * x)
    private static func sinPi(_ x: Double) -> Double {
        let y = fmod(x.magnitude, 2)
        let result =
            switch Int((2 * y).rounded()) {
            case 0: sin(Double.pi * y)
            case 1: cos(Double.pi * (y - 0.5))
            // -sin(pi * (y - 1)) would lose the sign of zero
            case 2: sin(Double.pi * (1 - y))
            case 3: -cos(Double.pi * (y - 1.5))
            default: sin(Double.pi * (y - 2))
            }
        return copysign(1, x) * result
    }

    /// NaN where it is not defined, infinity where it is too large.
    static func gamma(_ x: Double) -> Double {
        if !x.isFinite { return x < 0 ? .nan : x }
        if x == 0 { return .nan }
        if x == x.rounded(.down) {
            if x < 0 { return .nan }
            if x <= 23 { return (1..<max(1, Int(x))).reduce(1.0) { $0 * Double($1) } }
        }
        let magnitude = x.magnitude
        if magnitude < 1e-20 { return 1 / x }
        if magnitude > 200 { return x < 0 ? 0 / sinPi(x) : .infinity }
        let y = magnitude + gMinusHalf
        let lost: Double
        if magnitude > gMinusHalf {
            lost = (y - magnitude) - gMinusHalf
        } else {
            lost = (y - gMinusHalf) - magnitude
        }
        let z = lost * g / y
        var r: Double
        if x < 0 {
            r = -Double.pi / sinPi(magnitude) / magnitude * exp(y) / sum(magnitude)
            r -= z * r
            if magnitude < 140 {
                r /= pow(y, magnitude - 0.5)
            } else {
                let root = pow(y, magnitude / 2 - 0.25)
                r /= root
                r /= root
            }
        } else {
            r = sum(magnitude) / exp(y)
            r += z * r
            if magnitude < 140 {
                r *= pow(y, magnitude - 0.5)
            } else {
                let root = pow(y, magnitude / 2 - 0.25)
                r *= root
                r *= root
            }
        }
        return r
    }
    /// Of the absolute value.
    static func logarithm(_ x: Double) -> Double {
        if !x.isFinite { return x.isNaN ? x : .infinity }
        if x == x.rounded(.down) && x <= 2 { return x <= 0 ? .nan : 0 }
        let magnitude = x.magnitude
        if magnitude < 1e-20 { return -log(magnitude) }
        var r = log(sum(magnitude)) - g
        r += (magnitude - 0.5) * (log(magnitude + g - 0.5) - 1)
        if x < 0 {
            r = log(Double.pi) - log(sinPi(magnitude).magnitude) - log(magnitude) - r
        }
        return r
    }
}
