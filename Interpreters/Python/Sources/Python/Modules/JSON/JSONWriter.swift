import InterpreterKit

/// Writes values as JSON.
struct JSONWriter: ~Copyable {
    let vm: VM
    var text = StringBuilder(capacity: 256)
    /// Called with what cannot be written; gives something that can.
    var standard = Value.none
    /// The text of one level, or None for everything in one line.
    var indent = Value.none
    var itemSeparator = Value.none
    var keySeparator = Value.none
    var sortsKeys = false
    var skipsKeys = false
    var isASCII = true
    var allowsNaN = true
    var checksCircles = true
    /// The containers being written, by address: objects do not move, and these are held by each other.
    private var open: [UInt] = []

    init(_ vm: VM) { self.vm = vm }

    private mutating func newLine(_ level: Int) {
        text.append(0x0A)
        for _ in 0..<level { text.append(string: indent) }
    }
    private mutating func enter(_ container: Value) throws(Unwind) {
        try vm.enterNative(" while encoding a JSON object")
        if !checksCircles { return }
        let address = UInt(bitPattern: container.reference.address)
        if open.contains(address) {
            vm.leaveNative()
            throw vm.raise(.valueError, "Circular reference detected")
        }
        open.append(address)
    }
    private mutating func leave() {
        vm.leaveNative()
        if checksCircles { open.removeLast() }
    }

    mutating func write(_ value: Value, level: Int = 0) throws(Unwind) {
        if value.isInt { return text.append(decimal: value.int) }
        switch value {
        case .none: return text.append("null")
        case .true: return text.append("true")
        case .false: return text.append("false")
        default: break
        }
        if let string = vm.asString(value) { return write(quoted: StringView(string)) }
        if let int = vm.asInt(value) { return text.append(string: try vm.repr(int)) }
        if let double = vm.floatContent(value) { return try write(double) }
        if let list = vm.asList(value) ?? vm.asTuple(value) { return try write(items: list, level) }
        if vm.asDict(value) != nil { return try write(dict: value, level) }
        if standard == .none {
            throw vm.raise(
                .typeError,
                "Object of type \(vm.name(ofType: vm.type(of: value))) is not JSON serializable")
        }
        // The value is held by whoever asked.
        guard value.isReference else {
            return try write(try vm.call(standard, value), level: level)
        }
        try enter(value)
        let replacement = try vm.call(standard, value)
        try write(replacement, level: level)
        leave()
    }

    private mutating func write(_ double: Double) throws(Unwind) {
        if double.isFinite { return append(double) }
        if !allowsNaN {
            var message = "Out of range float values are not JSON compliant"
            if indent != .none { message += ": " + vm.text(try vm.repr(vm.value(double))) }
            throw vm.raise(.valueError, message)
        }
        if double.isNaN { return text.append("NaN") }
        text.append(double > 0 ? "Infinity" : "-Infinity")
    }
    private mutating func append(_ double: Double) {
        let digits = FloatText.repr(double)
        digits.withUnsafeBufferPointer { text.append(ascii: $0) }
    }

    private mutating func write(items: Value, _ level: Int) throws(Unwind) {
        if vm.itemCount(items) == 0 { return text.append("[]") }
        try enter(items)
        text.append(0x5B)
        var i = 0
        while i < vm.itemCount(items) {
            if i > 0 { text.append(string: itemSeparator) }
            if indent != .none { newLine(level + 1) }
            try write(vm.item(items, i), level: level + 1)
            i += 1
        }
        if indent != .none { newLine(level) }
        text.append(0x5D)
        leave()
    }

    private mutating func write(dict value: Value, _ level: Int) throws(Unwind) {
        guard let dict = vm.asDict(value) else { return }
        if vm.count(ofDict: dict) == 0 { return text.append("{}") }
        try enter(value)
        text.append(0x7B)
        var isFirst = true
        if value.isDict && !sortsKeys {
            var i = 0
            while i < vm.fill(dict) {
                if let (key, value) = vm.entry(dict, i) {
                    try write(key, value, level, &isFirst)
                }
                i += 1
            }
        } else {
            let items = try vm.newList(of: try vm.callMethod(value, vm.name(.items)))
            if sortsKeys { try vm.sort(items, key: .none, reverse: false) }
            var i = 0
            while i < vm[items, List.count] {
                let pair = vm.item(ofList: items, i)
                guard pair.isTuple, vm.q.tupleCount(pair.reference) == 2 else {
                    throw vm.raise(.valueError, "items must return 2-tuples")
                }
                try write(
                    vm.q.tupleElement(pair.reference, 0), vm.q.tupleElement(pair.reference, 1),
                    level, &isFirst)
                i += 1
            }
        }
        if indent != .none && !isFirst { newLine(level) }
        text.append(0x7D)
        leave()
    }
    private mutating func write(
        _ key: Value, _ value: Value, _ level: Int, _ isFirst: inout Bool
    ) throws(Unwind) {
        let isKnown =
            key == .none || key.isBool || vm.asString(key) != nil || vm.isInteger(key)
            || vm.floatContent(key) != nil
        if !isKnown {
            if skipsKeys { return }
            throw vm.raise(
                .typeError,
                "keys must be str, int, float, bool or None, not \(vm.name(ofType: vm.type(of: key)))"
            )
        }
        if !isFirst { text.append(string: itemSeparator) }
        isFirst = false
        if indent != .none { newLine(level + 1) }
        if let string = vm.asString(key) {
            write(quoted: StringView(string))
        } else {
            text.append(0x22)
            try write(key)
            text.append(0x22)
        }
        text.append(string: keySeparator)
        try write(value, level: level + 1)
    }

    mutating func write(quoted view: StringView) {
        text.append(0x22)
        var start = 0
        for i in 0..<view.count {
            let c = view[i]
            if c >= 0x20 && c != 0x22 && c != 0x5C && (c < 0x80 || !isASCII) { continue }
            text.append(view, start..<i)
            start = i &+ 1
            switch c {
            case 0x22: text.append("\\\"")
            case 0x5C: text.append("\\\\")
            case 0x08: text.append("\\b")
            case 0x0C: text.append("\\f")
            case 0x0A: text.append("\\n")
            case 0x0D: text.append("\\r")
            case 0x09: text.append("\\t")
            case 0x10000...:
                let rest = c &- 0x10000
                appendEscape(0xD800 | rest &>> 10)
                appendEscape(0xDC00 | rest & 0x3FF)
            default: appendEscape(c)
            }
        }
        text.append(view, start..<view.count)
        text.append(0x22)
    }
    private mutating func appendEscape(_ c: UInt32) {
        text.append("\\u")
        text.append(hex: UInt(c), digits: 4)
    }
}
