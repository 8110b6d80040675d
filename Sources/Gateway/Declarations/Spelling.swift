/// Guesses what a misspelled name was meant to be.
enum Spelling {
    /// `"; did you mean 'x'?"` for the closest of `candidates`, or nothing if none is close.
    static func suggestion(_ name: String, among candidates: [String]) -> String {
        let limit = name.utf8.count < 4 ? 1 : 2
        let scored = candidates.map { (distance(name, $0), $0) }.filter { $0.0 <= limit }
        return scored.min { $0 < $1 }.map { "; did you mean '\($0.1)'?" } ?? ""
    }

    /// Letters to insert, drop, replace or swap with their neighbour to get from `a` to `b`.
    private static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.utf8)
        let b = Array(b.utf8)
        if abs(a.count - b.count) > 2 { return 3 }
        var before = [Int](repeating: 0, count: b.count + 1)
        var row = Array(0...b.count)
        for i in 0..<a.count {
            var next = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in 0..<b.count {
                next[j + 1] = min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    next[j + 1] = min(next[j + 1], before[j - 1] + 1)
                }
            }
            before = row
            row = next
        }
        return row[b.count]
    }
}
