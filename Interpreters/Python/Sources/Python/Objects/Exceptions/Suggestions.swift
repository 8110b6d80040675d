import InterpreterKit

/// "Did you mean": the known name most like a wrong one.
extension VM {
    /// The name that an exception's author probably meant, for AttributeError and NameError.
    func suggestion(for exception: Value) throws(Unwind) -> String? {
        guard exception.isInstance else { return nil }
        let error = exception.reference
        if isInstance(exception, .attributeError) {
            let name = self[error, AttributeErrorFields.name]
            let object = self[error, AttributeErrorFields.object]
            guard let name = asString(name), object != .none else { return nil }
            return bestMatch(utf8(name), in: try directory(object))
        }
        guard isInstance(exception, .nameError),
            let name = asString(self[error, NameErrorFields.name])
        else { return nil }
        var last = self[error, Exception.traceback]
        guard last.isA(Kind.traceback) else { return nil }
        while self[last.reference, Traceback.next].isA(Kind.traceback) {
            last = self[last.reference, Traceback.next]
        }
        let wanted = utf8(name)
        let code = self[last.reference, Traceback.code].code
        let locals = code.pointee.description.takeUnretainedValue().registerNames
        if let found = Similarity.best(for: wanted, in: locals.map { Array($0.utf8) }) {
            return found
        }
        let globals = self[last.reference, Traceback.globals]
        if globals.isDict,
            let found = bestMatch(wanted, in: Value(try keys(of: globals.reference)))
        {
            return found
        }
        return bestMatch(wanted, in: Value(try keys(of: shared.pointee.builtins)))
    }
    private func bestMatch(_ name: [UInt8], in list: Value) -> String? {
        guard list.isList else { return nil }
        var names: [[UInt8]] = []
        for i in 0..<self[list.reference, List.count] {
            if let string = asString(item(ofList: list.reference, i)) { names.append(utf8(string)) }
        }
        return Similarity.best(for: name, in: names)
    }
}

/// How far two names are apart: the cost of edits that turn one into the other.
enum Similarity {
    private static let move = 2
    private static let changeOfCase = 1
    private static let longestName = 40
    private static let mostCandidates = 750

    /// The nearest of the candidates, unless all are too far away.
    static func best(for name: [UInt8], in candidates: [[UInt8]]) -> String? {
        if candidates.count >= mostCandidates { return nil }
        var best: [UInt8]?
        var bestDistance = Int.max
        for candidate in candidates where candidate != name && !candidate.isEmpty {
            // At most a third of the characters may change.
            let limit = min((name.count + candidate.count + 3) * move / 6, bestDistance - 1)
            let distance = distance(name[...], candidate[...], limit)
            if distance <= limit { (best, bestDistance) = (candidate, distance) }
        }
        return best.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The edit distance, or something beyond `limit` when it is larger than that.
    private static func distance(
        _ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>, _ limit: Int
    ) -> Int {
        var (a, b) = (a, b)
        while let x = a.first, x == b.first {
            a.removeFirst()
            b.removeFirst()
        }
        while let x = a.last, x == b.last {
            a.removeLast()
            b.removeLast()
        }
        if a.isEmpty || b.isEmpty { return (a.count + b.count) * move }
        if max(a.count, b.count) > longestName { return limit + 1 }
        if b.count < a.count { (a, b) = (b, a) }
        if (b.count - a.count) * move > limit { return limit + 1 }
        let short = Array(a)
        var row = (1...short.count).map { $0 * move }
        var result = 0
        for (n, c) in b.enumerated() {
            var diagonal = n * move
            result = diagonal
            var least = Int.max
            for i in short.indices {
                let substituted = diagonal + cost(c, short[i])
                diagonal = row[i]
                result = min(min(result, diagonal) + move, substituted)
                row[i] = result
                least = min(least, result)
            }
            if least > limit { return limit + 1 }
        }
        return result
    }
    private static func cost(_ a: UInt8, _ b: UInt8) -> Int {
        if a == b { return 0 }
        func lowered(_ c: UInt8) -> UInt8 { c >= 0x41 && c <= 0x5A ? c | 0x20 : c }
        return lowered(a) == lowered(b) ? changeOfCase : move
    }
}
