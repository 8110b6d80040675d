/// How many elements a buffer has, as an expression over the other parameters.
public indirect enum Length: Hashable, Sendable {
    public enum Operation: String, Hashable, Sendable {
        case sum = "+"
        case difference = "-"
        case product = "*"
        case quotient = "/"
    }
    case number(Int)
    case parameter(Int)
    /// What an `out` or `inout` parameter points to.
    case pointee(Int)
    /// What the call returned.
    case result
    case operation(Operation, Length, Length)

    /// Nil when the arithmetic leaves the integers.
    func evaluate(
        parameter: (Int) -> Int?, pointee: (Int) -> Int?, result: Int?
    ) -> Int? {
        switch self {
        case .number(let n): return n
        case .parameter(let i): return parameter(i)
        case .pointee(let i): return pointee(i)
        case .result: return result
        case .operation(let operation, let left, let right):
            guard
                let a = left.evaluate(parameter: parameter, pointee: pointee, result: result),
                let b = right.evaluate(parameter: parameter, pointee: pointee, result: result)
            else { return nil }
            let (value, overflow) =
                switch operation {
                case .sum: a.addingReportingOverflow(b)
                case .difference: a.subtractingReportingOverflow(b)
                case .product: a.multipliedReportingOverflow(by: b)
                case .quotient: a.dividedReportingOverflow(by: b)
                }
            return overflow ? nil : value
        }
    }

    func spelled(_ parameters: [Declaration.Parameter]) -> String {
        switch self {
        case .number(let n): "\(n)"
        case .parameter(let i): parameters[i].name ?? ""
        case .pointee(let i): "*" + (parameters[i].name ?? "")
        case .result: "$result"
        case .operation(let operation, let left, let right):
            "(\(left.spelled(parameters)) \(operation.rawValue) \(right.spelled(parameters)))"
        }
    }
}
