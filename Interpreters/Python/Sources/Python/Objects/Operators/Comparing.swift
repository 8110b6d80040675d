import InterpreterKit

/// `a < b` and the like for any two values.
extension VM {
    /// As the operator answers, which need not be a bool.
    @inline(never)
    func compare(_ comparison: Comparison, _ a: Value, _ b: Value) throws(Unwind) -> Value {
        if let answer = compareBuiltIn(comparison, a, b) { return Value(answer) }
        if a.isList && b.isList || a.isTuple && b.isTuple {
            return try compareSequences(comparison, a, b)
        }
        if comparison == .equal || comparison == .notEqual,
            isSingleton(a) && !b.isInstance && !b.isType
                || isSingleton(b) && !a.isInstance && !a.isType
        {
            return Value((a == b) == (comparison == .equal))
        }
        try descend()
        defer { leaveNative() }
        let (typeA, typeB) = (type(of: a), type(of: b))
        var reflectedAsked = false
        if typeA != typeB && isSubtype(typeB, typeA) {
            reflectedAsked = true
            let result = try ask(comparison.reflected, typeB, b, a)
            if result != .notImplemented { return result }
        }
        let result = try ask(comparison, typeA, a, b)
        if result != .notImplemented { return result }
        if !reflectedAsked {
            let result = try ask(comparison.reflected, typeB, b, a)
            if result != .notImplemented { return result }
        }
        switch comparison {
        case .equal: return Value(a == b)
        case .notEqual: return Value(a != b)
        default:
            throw raise(
                .typeError,
                "'\(comparison.symbol)' not supported between instances of '\(typeName(a))' and '\(typeName(b))'"
            )
        }
    }
    /// The truth of ``compare(_:_:_:)``.
    func holds(_ comparison: Comparison, _ a: Value, _ b: Value) throws(Unwind) -> Bool {
        if let answer = compareBuiltIn(comparison, a, b) { return answer }
        return try isTrue(try compare(comparison, a, b))
    }
    /// Equality as containers see it: what is identical is equal.
    func equal(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
        if a == b { return true }
        return try holds(.equal, a, b)
    }

    /// The method of one operand.
    private func ask(
        _ comparison: Comparison, _ type: Reference, _ a: Value, _ b: Value
    ) throws(Unwind) -> Value {
        let method = lookup(type, name(comparison.name))
        if method == .unbound { return .notImplemented }
        if !isFromObject(method) { return try callSpecial(method, a, b) }
        // What every object inherits: `!=` is the opposite of `==`, the others know nothing.
        guard comparison == .notEqual else { return .notImplemented }
        let equal = lookup(type, name(.eq))
        if equal == .unbound || isFromObject(equal) { return .notImplemented }
        let result = try callSpecial(equal, a, b)
        return result == .notImplemented ? result : Value(!(try isTrue(result)))
    }

    /// None and the like: no other built-in object equals them.
    @inline(__always) private func isSingleton(_ a: Value) -> Bool { a.isConstant && !a.isBool }

    /// Two numbers or two strings; nil for others.
    @inline(__always)
    private func compareBuiltIn(_ comparison: Comparison, _ a: Value, _ b: Value) -> Bool? {
        if Value.bothInt(a, b) {
            return comparison.holds(a.int < b.int ? -1 : a.int == b.int ? 0 : 1)
        }
        if a.isString && b.isString {
            if comparison == .equal { return StringView.equal(StringView(a), StringView(b)) }
            if comparison == .notEqual { return !StringView.equal(StringView(a), StringView(b)) }
            return comparison.holds(StringView.order(StringView(a), StringView(b)))
        }
        return compareNumbers(comparison, a, b)
    }

    /// Comparisons of nested containers nest natively: not without bounds.
    @inline(__always) func descend() throws(Unwind) {
        if _slowPath(nesting >= VM.deepestNesting) {
            throw raise(.recursionError, "maximum recursion depth exceeded in comparison")
        }
        nesting &+= 1
    }
}

extension StringView {
    /// -1, 0 or 1 by code points.
    static func order(_ a: StringView, _ b: StringView) -> Int {
        let n = min(a.count, b.count)
        var i = 0
        if a.width == 0 && b.width == 0 {
            let (p, q) = (a.bytes, b.bytes)
            while i < n && p[i] == q[i] { i &+= 1 }
        } else {
            while i < n && a[i] == b[i] { i &+= 1 }
        }
        if i < n { return a[i] < b[i] ? -1 : 1 }
        return a.count < b.count ? -1 : a.count == b.count ? 0 : 1
    }
}
