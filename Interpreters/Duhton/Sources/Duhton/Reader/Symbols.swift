/// Names interned to small numbers. The builtins come first, in the order of ``Builtin``.
struct Symbols {
    private(set) var names: [[UInt8]] = []
    private var numbers: [[UInt8]: Int] = [:]

    init() {
        for builtin in Builtin.allCases { _ = intern(Array(builtin.rawValue.utf8)) }
    }

    mutating func intern(_ name: [UInt8]) -> Int {
        if let number = numbers[name] { return number }
        numbers[name] = names.count
        names.append(name)
        return names.count - 1
    }
    mutating func intern(_ name: String) -> Int { intern(Array(name.utf8)) }

    func text(_ symbol: Int) -> String { String(decoding: names[symbol], as: UTF8.self) }
}
