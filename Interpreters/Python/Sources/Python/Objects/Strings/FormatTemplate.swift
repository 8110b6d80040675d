import InterpreterKit

/// A text with replacement fields, as `str.format` reads it.
///
/// A piece is literal text and, behind it, possibly a field `{name!conversion:spec}`.
struct FormatTemplate {
    struct Field {
        var name: Swift.Range<Int>
        var spec: Swift.Range<Int>
        /// 0 for none.
        var conversion: UInt32
        var specHasFields: Bool
    }
    let view: StringView
    private let end: Int
    private(set) var position: Int

    init(_ view: StringView, _ range: Swift.Range<Int>) {
        self.view = view
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    /// The next literal text and the field behind it. A doubled brace ends a piece: its first brace
    /// belongs to the text.
    mutating func next(
        _ vm: VM
    ) throws(Unwind) -> (literal: Swift.Range<Int>, field: Field?) {
        let start = position
        var c: UInt32 = 0
        while position < end {
            c = view[position]
            position += 1
            if c == 0x7B || c == 0x7D { break }
            c = 0
        }
        if c == 0 { return (start..<position, nil) }
        let isAtEnd = position >= end
        if !isAtEnd && view[position] == c {
            position += 1
            return (start..<(position - 1), nil)
        }
        if c == 0x7D {
            throw vm.raise(.valueError, "Single '}' encountered in format string")
        }
        if isAtEnd { throw vm.raise(.valueError, "Single '{' encountered in format string") }
        let literal = start..<(position - 1)
        return (literal, try field(vm))
    }

    private mutating func field(_ vm: VM) throws(Unwind) -> Field {
        var field = Field(
            name: position..<position, spec: 0..<0, conversion: 0, specHasFields: false)
        var c: UInt32 = 0
        var isInBrackets = false
        let start = position
        while position < end {
            c = view[position]
            position += 1
            if c == 0x5B { isInBrackets = true }
            if c == 0x5D { isInBrackets = false }
            if isInBrackets { continue }
            if c == 0x7B {
                throw vm.raise(.valueError, "unexpected '{' in field name")
            }
            if c == 0x7D || c == 0x3A || c == 0x21 { break }
        }
        let isClosed = !isInBrackets && (c == 0x7D || c == 0x3A || c == 0x21)
        if !isClosed {
            throw vm.raise(.valueError, "expected '}' before end of string")
        }
        field.name = start..<(position - 1)
        if c == 0x7D { return field }
        if c == 0x21 {
            if position >= end {
                throw vm.raise(
                    .valueError, "end of string while looking for conversion specifier")
            }
            field.conversion = view[position]
            position += 1
            if position < end {
                c = view[position]
                position += 1
                if c == 0x7D { return field }
                if c != 0x3A {
                    throw vm.raise(
                        .valueError, "expected ':' after conversion specifier")
                }
            }
        }
        let specStart = position
        var depth = 1
        while position < end {
            switch view[position] {
            case 0x7B:
                field.specHasFields = true
                depth += 1
            case 0x7D:
                depth -= 1
                if depth == 0 {
                    field.spec = specStart..<position
                    position += 1
                    return field
                }
            default: break
            }
            position += 1
        }
        throw vm.raise(.valueError, "unmatched '{' in format spec")
    }
}

/// `a.b[c]`: the first part of a field's name, then attributes and items.
struct FieldName {
    let view: StringView
    private let end: Int
    private(set) var position: Int
    let first: Swift.Range<Int>

    init(_ view: StringView, _ range: Swift.Range<Int>) {
        self.view = view
        end = range.upperBound
        var i = range.lowerBound
        while i < end && view[i] != 0x2E && view[i] != 0x5B { i += 1 }
        first = range.lowerBound..<i
        position = i
    }

    var isAtEnd: Bool { position >= end }

    /// A number without sign, nil for other text.
    func index(_ range: Swift.Range<Int>, _ vm: VM) throws(Unwind) -> Int? {
        if range.isEmpty { return nil }
        var result = 0
        for i in range {
            guard let digit = CodePoint.decimal(view[i]) else { return nil }
            if result > (Int.max - digit) / 10 {
                throw vm.raise(.valueError, "Too many decimal digits in format string")
            }
            result = result * 10 + digit
        }
        return result
    }

    /// The next attribute or item.
    mutating func next(
        _ vm: VM
    ) throws(Unwind) -> (isAttribute: Bool, name: Swift.Range<Int>) {
        let c = view[position]
        position += 1
        let start = position
        if c == 0x2E {
            while position < end && view[position] != 0x2E && view[position] != 0x5B {
                position += 1
            }
            if start == position {
                throw vm.raise(.valueError, "Empty attribute in format string")
            }
            return (true, start..<position)
        }
        if c != 0x5B {
            throw vm.raise(
                .valueError, "Only '.' or '[' may follow ']' in format field specifier")
        }
        while position < end && view[position] != 0x5D { position += 1 }
        if position >= end { throw vm.raise(.valueError, "Missing ']' in format string") }
        let name = start..<position
        position += 1
        if name.isEmpty {
            throw vm.raise(.valueError, "Empty attribute in format string")
        }
        return (false, name)
    }
}

/// `str.format` with its arguments: `arguments` is a tuple (None for `format_map`), `keywords` a mapping
/// or unbound.
struct TemplateRun {
    let vm: VM
    let arguments: Value
    let keywords: Value
    private enum Numbering { case unknown, automatic, manual }
    private var numbering = Numbering.unknown
    private var nextNumber = 0

    init(_ vm: VM, _ arguments: Value, _ keywords: Value) {
        self.vm = vm
        self.arguments = arguments
        self.keywords = keywords
    }

    mutating func run(
        _ view: StringView, _ range: Swift.Range<Int>, depth: Int, into text: inout StringBuilder
    ) throws(Unwind) {
        if depth == 0 { throw vm.raise(.valueError, "Max string recursion exceeded") }
        var template = FormatTemplate(view, range)
        while !template.isAtEnd {
            let (literal, field) = try template.next(vm)
            text.append(view, literal)
            if let field { try append(view, field, depth, into: &text) }
        }
    }

    private mutating func append(
        _ view: StringView, _ field: FormatTemplate.Field, _ depth: Int,
        into text: inout StringBuilder
    ) throws(Unwind) {
        var value = try object(view, field.name)
        switch field.conversion {
        case 0: break
        case 0x72: value = try vm.repr(value)
        case 0x73: value = try vm.str(value)
        case 0x61: value = try vm.ascii(value)
        default:
            let c = field.conversion
            throw vm.raise(
                .valueError,
                c > 32 && c < 127
                    ? "Unknown conversion specifier \(Character(Unicode.Scalar(c) ?? "?"))"
                    : "Unknown conversion specifier \\x\(String(c, radix: 16))")
        }
        var spec = vm.shared.pointee.emptyString
        if field.specHasFields {
            var inner = StringBuilder()
            try run(view, field.spec, depth: depth - 1, into: &inner)
            spec = try inner.string(vm)
        } else if !field.spec.isEmpty {
            spec = try vm.substring(view, field.spec.lowerBound, field.spec.upperBound)
        }
        if value.isString || value.isInt || value.isInlineDouble {
            return try vm.format(value, StringView(spec), into: &text)
        }
        text.append(string: vm.plain(try vm.format(value, spec)))
    }

    private mutating func object(
        _ view: StringView, _ range: Swift.Range<Int>
    ) throws(Unwind) -> Value {
        var name = FieldName(view, range)
        var index = try name.index(name.first, vm)
        if name.first.isEmpty || index != nil {
            if name.first.isEmpty {
                try number(.automatic)
                index = nextNumber
                nextNumber += 1
            } else {
                try number(.manual)
            }
        }
        var value: Value
        if let index {
            if arguments == .none {
                throw vm.raise(.valueError, "Format string contains positional fields")
            }
            if index >= vm.q.tupleCount(arguments.reference) {
                throw vm.raise(
                    .indexError,
                    "Replacement index \(index) out of range for positional args tuple")
            }
            value = vm.q.tupleElement(arguments.reference, index)
        } else {
            let key = try vm.substring(view, name.first.lowerBound, name.first.upperBound)
            if keywords == .unbound { throw vm.raise(.keyError, arguments: try vm.tuple(key)) }
            value = try vm.getItem(keywords, key)
        }
        while !name.isAtEnd {
            let (isAttribute, part) = try name.next(vm)
            if !isAttribute, let index = try name.index(part, vm) {
                value = try vm.getItem(value, try vm.int(index))
                continue
            }
            let key = try vm.substring(view, part.lowerBound, part.upperBound)
            value =
                isAttribute
                ? try vm.getAttribute(value, vm.intern(key)) : try vm.getItem(value, key)
        }
        return value
    }
    private mutating func number(_ wanted: Numbering) throws(Unwind) {
        if numbering == .unknown { numbering = wanted }
        if numbering == wanted { return }
        throw vm.raise(
            .valueError,
            wanted == .automatic
                ? "cannot switch from manual field specification to automatic field numbering"
                : "cannot switch from automatic field numbering to manual field specification")
    }
}

extension VM {
    func addStringFormatting(_ type: TypeBuilder) {
        type.method("format", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            let arguments = try vm.tuple(a.base + 1, a.count - 1)
            var text = StringBuilder()
            var run = TemplateRun(vm, arguments, a.keywords)
            let view = vm.view(a[0])
            try run.run(view, 0..<view.count, depth: 2, into: &text)
            return try text.string(vm)
        }
        type.method("format_map", "(self, mapping, /)") { (vm, a) throws(Unwind) in
            var text = StringBuilder()
            var run = TemplateRun(vm, .none, a[1])
            let view = vm.view(a[0])
            try run.run(view, 0..<view.count, depth: 2, into: &text)
            return try text.string(vm)
        }
        type.method("__format__", "(self, format_spec, /)") { (vm, a) throws(Unwind) in
            let spec = try vm.string(a[1], "__format__() argument must be str")
            if spec.count == 0 { return try vm.str(a[0]) }
            var text = StringBuilder()
            try vm.format(vm.plain(a[0]), spec, into: &text)
            return try text.string(vm)
        }
    }
}
