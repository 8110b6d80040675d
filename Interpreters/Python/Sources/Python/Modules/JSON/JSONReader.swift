import InterpreterKit

/// Reads one JSON value from a `str`.
struct JSONReader {
    let vm: VM
    let text: Value
    let view: StringView
    /// Where it is.
    var i: Int
    var isStrict = true
    // Functions of the guest, or None for what is built in.
    var objectHook = Value.none
    var pairsHook = Value.none
    var parseFloat = Value.none
    var parseInt = Value.none
    var parseConstant = Value.none
    /// A dict of the keys seen: equal keys are one string.
    let keys: Reference

    init(_ vm: VM, _ text: Value, at i: Int) {
        self.vm = vm
        self.text = text
        self.i = i
        view = StringView(text)
        keys = vm.newDict()
    }

    private func at(_ i: Int) -> UInt32 { i < view.count ? view[i] : 0 }

    /// The JSONDecodeError with this message.
    func failure(_ message: String, _ place: Int) throws(Unwind) -> Unwind {
        let decoder = try vm.importModule("json.decoder")
        let type = try vm.getAttribute(decoder, vm.intern("JSONDecodeError"))
        return vm.raise(try vm.call(type, try vm.string(message), text, Value(place)))
    }

    private mutating func skipSpace() {
        while true {
            switch at(i) {
            case 0x20, 0x09, 0x0A, 0x0D: i &+= 1
            default: return
            }
        }
    }
    /// Skips a word if it is next.
    private mutating func skip(_ word: StaticString) -> Bool {
        let n = word.utf8CodeUnitCount
        if i &+ n > view.count { return false }
        for k in 0..<n where view[i &+ k] != UInt32(word.utf8Start[k]) { return false }
        i &+= n
        return true
    }

    mutating func value() throws(Unwind) -> Value {
        switch at(i) {
        case 0x22:
            i &+= 1
            return try string()
        case 0x7B:
            try descend("object")
            defer { vm.leaveNative() }
            return try object()
        case 0x5B:
            try descend("array")
            defer { vm.leaveNative() }
            return try array()
        case 0x6E where skip("null"): return .none
        case 0x74 where skip("true"): return .true
        case 0x66 where skip("false"): return .false
        case 0x4E where skip("NaN"): return try constant("NaN", .nan)
        case 0x49 where skip("Infinity"): return try constant("Infinity", .infinity)
        case 0x2D where skip("-Infinity"): return try constant("-Infinity", -.infinity)
        default: return try number()
        }
    }
    private func descend(_ what: StaticString) throws(Unwind) {
        do throws(Unwind) { try vm.enterNative() } catch {
            guard vm.catches(.recursionError, error) else { throw error }
            throw vm.raise(
                .recursionError,
                "maximum recursion depth exceeded while decoding a JSON \(what) from a unicode string"
            )
        }
    }
    private func constant(_ name: StaticString, _ value: Double) throws(Unwind) -> Value {
        if parseConstant == .none { return vm.value(value) }
        return try vm.call(parseConstant, try vm.string(name))
    }

    private mutating func object() throws(Unwind) -> Value {
        i &+= 1
        let pairs = pairsHook == .none ? nil : try vm.newList()
        let dict = vm.newDict()
        skipSpace()
        if at(i) != 0x7D {
            while true {
                if at(i) != 0x22 {
                    throw try failure("Expecting property name enclosed in double quotes", i)
                }
                i &+= 1
                let key = try known(try string())
                skipSpace()
                if at(i) != 0x3A { throw try failure("Expecting ':' delimiter", i) }
                i &+= 1
                skipSpace()
                let value = try value()
                if let pairs {
                    try vm.append(pairs, try vm.tuple(key, value))
                } else {
                    try vm.set(dict, name: key, value)
                }
                skipSpace()
                if at(i) == 0x7D { break }
                if at(i) != 0x2C { throw try failure("Expecting ',' delimiter", i) }
                i &+= 1
                skipSpace()
            }
        }
        i &+= 1
        if let pairs { return try vm.call(pairsHook, Value(pairs)) }
        return objectHook == .none ? Value(dict) : try vm.call(objectHook, Value(dict))
    }
    private func known(_ key: Value) throws(Unwind) -> Value {
        let hash = StringView(key).hash
        let n = vm.find(keys, string: key, hash: hash)
        if n >= 0 { return vm.value(keys, entry: n) }
        try vm.append(keys, key, key, hash: hash)
        return key
    }

    private mutating func array() throws(Unwind) -> Value {
        i &+= 1
        let list = try vm.newList()
        skipSpace()
        if at(i) != 0x5D {
            while true {
                try vm.append(list, try value())
                skipSpace()
                if at(i) == 0x5D { break }
                if at(i) != 0x2C { throw try failure("Expecting ',' delimiter", i) }
                i &+= 1
                skipSpace()
            }
        }
        i &+= 1
        return Value(list)
    }

    private func isDigit(_ c: UInt32) -> Bool { c &- 0x30 < 10 }

    private mutating func number() throws(Unwind) -> Value {
        let start = i
        var k = i
        if at(k) == 0x2D { k &+= 1 }
        if at(k) == 0x30 {
            k &+= 1
        } else if isDigit(at(k)) {
            while isDigit(at(k)) { k &+= 1 }
        } else {
            throw try failure("Expecting value", start)
        }
        var isFloat = false
        if at(k) == 0x2E && isDigit(at(k &+ 1)) {
            isFloat = true
            k &+= 2
            while isDigit(at(k)) { k &+= 1 }
        }
        if at(k) | 0x20 == 0x65 {
            var e = k &+ 1
            if at(e) == 0x2B || at(e) == 0x2D { e &+= 1 }
            if isDigit(at(e)) {
                isFloat = true
                k = e
                while isDigit(at(k)) { k &+= 1 }
            }
        }
        i = k
        let hook = isFloat ? parseFloat : parseInt
        if hook != .none { return try vm.call(hook, try vm.substring(view, start, k)) }
        if !isFloat && k &- start < 19 {
            var n = 0
            let isNegative = view[start] == 0x2D
            for p in (isNegative ? start &+ 1 : start)..<k { n = n &* 10 &+ Int(view[p] &- 0x30) }
            return try vm.int(isNegative ? 0 &- n : n)
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(k &- start)
        for p in start..<k { digits.append(UInt8(truncatingIfNeeded: view[p])) }
        if isFloat { return vm.value(FloatText.parse(digits) ?? .nan) }
        return try vm.parseInt(digits, base: 10, shown: try vm.substring(view, start, k))
    }

    /// A string whose opening quote has been read.
    mutating func string() throws(Unwind) -> Value {
        let begin = i &- 1
        var end = i
        // Most have no escapes.
        while true {
            if end >= view.count { throw try failure("Unterminated string starting at", begin) }
            let c = view[end]
            if c == 0x22 {
                let result = try vm.substring(view, i, end)
                i = end &+ 1
                return result
            }
            if c == 0x5C { break }
            if c < 0x20 && isStrict { throw try failure("Invalid control character at", end) }
            end &+= 1
        }
        var result = StringBuilder(capacity: end &- i &+ 32)
        result.append(view, i..<end)
        i = end
        while true {
            if i >= view.count { throw try failure("Unterminated string starting at", begin) }
            let c = view[i]
            if c == 0x22 {
                i &+= 1
                return try result.string(vm)
            }
            if c == 0x5C {
                result.append(try escape(begin))
                continue
            }
            if c < 0x20 && isStrict { throw try failure("Invalid control character at", i) }
            result.append(c)
            i &+= 1
        }
    }
    /// The code point of an escape that begins here.
    private mutating func escape(_ begin: Int) throws(Unwind) -> UInt32 {
        if i &+ 1 >= view.count { throw try failure("Unterminated string starting at", begin) }
        let c = view[i &+ 1]
        i &+= 2
        switch c {
        case 0x22, 0x5C, 0x2F: return c
        case 0x62: return 8
        case 0x66: return 12
        case 0x6E: return 10
        case 0x72: return 13
        case 0x74: return 9
        case 0x75: break
        default: throw try failure("Invalid \\escape", i &- 2)
        }
        guard i &+ 4 < view.count, let high = hexadecimal(at: i) else {
            throw try failure("Invalid \\uXXXX escape", i &- 1)
        }
        i &+= 4
        // Two surrogates are one character.
        if high & 0xFC00 == 0xD800 && i &+ 6 < view.count && view[i] == 0x5C && view[i &+ 1] == 0x75
        {
            guard let low = hexadecimal(at: i &+ 2) else {
                throw try failure("Invalid \\uXXXX escape", i &+ 1)
            }
            if low & 0xFC00 == 0xDC00 {
                i &+= 6
                return 0x10000 &+ ((high & 0x3FF) &<< 10 | low & 0x3FF)
            }
        }
        return high
    }
    private func hexadecimal(at start: Int) -> UInt32? {
        var value: UInt32 = 0
        for k in start..<(start &+ 4) {
            let c = view[k]
            let digit: UInt32
            if isDigit(c) {
                digit = c &- 0x30
            } else if (c | 0x20) &- 0x61 < 6 {
                digit = (c | 0x20) &- 0x57
            } else {
                return nil
            }
            value = value &<< 4 | digit
        }
        return value
    }
}
