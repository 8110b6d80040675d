import InterpreterKit

extension Site {
    /// One line; it appears when the quantum commits.
    @inline(never) func print(_ values: Frame, _ count: Int) throws(Abort) {
        var printer = Printer(self)
        for i in 0..<count {
            if i > 0 { printer.append(" ") }
            guard printer.show(values[i]) else {
                try fail("print: a line of more than \(Printer<B>.longestLine >> 20) MB")
            }
        }
        printer.append("\n")
        q.write(printer.text)
    }

    /// The content of a string.
    func bytes(of string: Value) -> [UInt8] {
        let start = UnsafeRawPointer(string.reference.address + 2)
        return Array(UnsafeRawBufferPointer(start: start, count: q.tupleCount(string.reference)))
    }
}

/// Values as text, without recursion. A list or container inside itself appears as `...`.
struct Printer<B: Backend> {
    static var longestLine: Int { 256 << 20 }

    private enum Step {
        case value(Value)
        /// The rest of a cons chain.
        case rest(Value)
        case items(Reference, from: Int)
        case close(Reference, String)
    }

    private(set) var text: [UInt8] = []
    private let site: Site<B>
    private var q: Quantum<B> { site.q }
    private var steps: [Step] = []
    private var open: Set<Reference> = []

    init(_ site: Site<B>) { self.site = site }

    mutating func append(_ string: String) { text += string.utf8 }

    /// False when the line got too long.
    mutating func show(_ value: Value) -> Bool {
        steps.append(.value(value))
        while let step = steps.popLast() {
            switch step {
            case .value(let value): start(value)
            case .rest(.none): append(" )")
            case .rest(let rest) where rest.isA(Kind.cons):
                append(" ")
                steps.append(.rest(q[rest.reference, Cons.cdr]))
                steps.append(.value(q[rest.reference, Cons.car]))
            case .rest(let rest):
                append(" . ")
                steps.append(.rest(.none))
                steps.append(.value(rest))
            case .items(let list, let i):
                guard i < q[list, List.length] else { break }
                append(" ")
                steps.append(.items(list, from: i + 1))
                steps.append(.value(q[q[list, List.items].reference, i]))
            case .close(let object, let end):
                open.remove(object)
                append(end)
            }
            if text.count > Printer<B>.longestLine { return false }
        }
        return true
    }

    private mutating func start(_ value: Value) {
        switch value.type {
        case .none: append("None")
        case .int: append(String(value.int))
        case .float: append(value.asDouble?.description ?? "")
        case .symbol: text += [39] + site.program.symbols.names[value.symbol] + [39]
        case .string: text += site.bytes(of: value)
        case .cons:
            append("(")
            steps.append(.rest(value))
        case .list:
            if q[value.reference, List.length] == 0 { return append("[]") }
            enter(value.reference, "[", .items(value.reference, from: 0), " ]")
        case .container:
            let content = q[value.reference, Container.content]
            enter(value.reference, "<container ", .value(content), ">")
        case .foreign:
            let code = q[value.reference, Foreign.code].code
            append("<foreign \(code.pointee.function.takeUnretainedValue().name)>")
        case .address:
            append("<address 0x\(String(UInt(bitPattern: value.address), radix: 16))>")
        }
    }
    private mutating func enter(
        _ object: Reference, _ beginning: String, _ content: Step, _ end: String
    ) {
        guard open.insert(object).inserted else { return append("...") }
        append(beginning)
        steps += [.close(object, end), content]
    }
}
