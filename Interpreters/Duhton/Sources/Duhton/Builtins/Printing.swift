import InterpreterKit

extension Site {
    /// One line; it appears when the quantum commits.
    @inline(never) @usableFromInline
    func print<B>(_ q: borrowing Quantum<B>, _ values: Frame, _ count: Int) throws(Abort) {
        var printer = Printer(shared)
        for i in 0..<count {
            if i > 0 { printer.append(" ") }
            guard printer.show(q, values[i]) else {
                try fail(q, "print: a line of more than \(Printer.longestLine >> 20) MB")
            }
        }
        printer.append("\n")
        q.write(printer.text)
    }
}

/// Values as text, without recursion. A list or container inside itself appears as `...`.
@usableFromInline struct Printer {
    static let longestLine = 256 << 20

    private enum Step {
        case value(Value)
        /// The rest of a cons chain.
        case rest(Value)
        case items(Reference, from: Int)
        case close(Reference, StaticString)
    }

    private(set) var text: [UInt8] = []
    private let shared: UnsafeMutablePointer<Shared>
    private var steps: [Step] = []
    private var open: Set<Reference> = []

    init(_ shared: UnsafeMutablePointer<Shared>) { self.shared = shared }

    /// The content of a string.
    static func bytes<B>(_ q: borrowing Quantum<B>, _ string: Value) -> [UInt8] {
        let start = UnsafeRawPointer(string.reference.address + 2)
        return Array(UnsafeRawBufferPointer(start: start, count: q.tupleCount(string.reference)))
    }

    mutating func append(_ string: String) { text += string.utf8 }
    private mutating func append(_ string: StaticString) {
        string.withUTF8Buffer { text += $0 }
    }

    /// False when the line got too long.
    mutating func show<B>(_ q: borrowing Quantum<B>, _ value: Value) -> Bool {
        start(q, value)
        while let step = steps.popLast() {
            switch step {
            case .value(let value):
                start(q, value)
            case .rest(let rest):
                if rest.isA(Kind.cons) {
                    append(" ")
                    steps.append(.rest(q[rest.reference, Cons.cdr]))
                    start(q, q[rest.reference, Cons.car])
                } else if rest != .none {
                    append(" . ")
                    start(q, rest)
                    append(" )")
                } else {
                    append(" )")
                }
            case .items(let list, let i):
                guard i < q[list, List.length] else { break }
                append(" ")
                steps.append(.items(list, from: i + 1))
                start(q, q[q[list, List.items].reference, i])
            case .close(let object, let end):
                open.remove(object)
                append(end)
            }
            if text.count > Printer.longestLine { return false }
        }
        return true
    }

    private mutating func start<B>(_ q: borrowing Quantum<B>, _ value: Value) {
        switch value.type {
        case .none: append("None")
        case .int: append(String(value.int))
        case .float: append(value.asDouble?.description ?? "")
        case .symbol:
            append("'")
            text += shared.pointee.program.symbols.names[value.symbol]
            append("'")
        case .string:
            text += Printer.bytes(q, value)
        case .cons:
            append("( ")
            steps.append(.rest(q[value.reference, Cons.cdr]))
            steps.append(.value(q[value.reference, Cons.car]))
        case .list:
            if q[value.reference, List.length] == 0 { return append("[]") }
            if !enter(value.reference) { return }
            append("[")
            steps.append(.close(value.reference, " ]"))
            steps.append(.items(value.reference, from: 0))
        case .container:
            if !enter(value.reference) { return }
            append("<container ")
            steps.append(.close(value.reference, ">"))
            steps.append(.value(q[value.reference, Container.content]))
        case .foreign:
            append("<foreign \(q[value.reference, Foreign.function].name)>")
        case .address:
            append("<address 0x\(String(UInt(bitPattern: value.address), radix: 16))>")
        }
    }
    private mutating func enter(_ object: Reference) -> Bool {
        if open.insert(object).inserted { return true }
        append("...")
        return false
    }
}
