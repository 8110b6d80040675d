import Glibc
import InterpreterKit

extension ModuleBuilder {
    /// Lengths and distances.
    func mathVectors() {
        function("hypot", "(*coordinates)") { (vm, a) throws(Unwind) in
            var coordinates: [Double] = []
            for i in 0..<a.count { coordinates.append(try vm.asFloat(a[i])) }
            return vm.value(Vector.length(coordinates))
        }
        function("dist", "(p, q, /)") { (vm, a) throws(Unwind) in
            let p = try vm.point(a[0])
            let q = try vm.point(a[1])
            let n = vm.q.tupleCount(p)
            if n != vm.q.tupleCount(q) {
                throw vm.raise(
                    .valueError, "both points must have the same number of dimensions")
            }
            var differences: [Double] = []
            for i in 0..<n {
                let x = try vm.asFloat(vm.q.tupleElement(p, i))
                differences.append(x - (try vm.asFloat(vm.q.tupleElement(q, i))))
            }
            return vm.value(Vector.length(differences))
        }
    }
}

extension VM {
    /// The coordinates, as a tuple.
    fileprivate func point(_ value: Value) throws(Unwind) -> Reference {
        if value.isTuple { return value.reference }
        let list = try newList()
        try iterate(value) { (item) throws(Unwind) in
            try append(list, item)
            return true
        }
        return try tuple(ofList: list).reference
    }
}

enum Vector {
    /// The square root of the sum of squares, as if computed exactly and rounded: squares and sums keep
    /// what they lose in a second double, and the root is corrected once.
    static func length(_ coordinates: [Double]) -> Double {
        var largest = 0.0
        var hasNaN = false
        for x in coordinates {
            if x.isNaN { hasNaN = true }
            if x.magnitude > largest { largest = x.magnitude }
        }
        if largest.isInfinite { return .infinity }
        if hasNaN { return .nan }
        if largest == 0 || coordinates.count == 1 { return largest }
        var exponent: CInt = 0
        _ = frexp(largest, &exponent)
        var (sum, rest) = (0.0, 0.0)
        for x in coordinates {
            let y = scalbn(x, -exponent)
            let square = y * y
            rest += fma(y, y, -square)
            let next = sum + square
            // The exact error of a sum.
            let part = next - sum
            rest += (sum - (next - part)) + (square - part)
            sum = next
        }
        let total = sum + rest
        let root = sqrt(total)
        let square = root * root
        let error = ((sum - square) - fma(root, root, -square)) + rest
        return scalbn(root + error / (2 * root), exponent)
    }
}
