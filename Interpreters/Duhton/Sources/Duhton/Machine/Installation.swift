import InterpreterKit

extension Site {
    /// Makes the objects that newly compiled code refers to. A retry makes them again.
    @inline(never) @usableFromInline
    func install<B>(_ q: borrowing Quantum<B>) throws(Abort) {
        let language = shared.pointee.language.takeUnretainedValue()
        let program = language.program
        let symbols = program.symbols.names.count
        let literals = program.pendingLiterals
        for symbol in program.installedSymbols..<symbols {
            let value = symbol == program.none ? Value.none : .unbound
            shared.pointee.globals.base[symbol] = Value(q.new(Kind.global, value, .unbound))
        }
        for (index, form) in literals {
            shared.pointee.literals.base[index] = try data(q, form, language)
        }
        q.onCommit { program.didInstall(symbols: symbols, literals: literals.count) }
    }

    /// A form as data. Children come before their parents, so one pass makes all objects.
    private func data<B>(
        _ q: borrowing Quantum<B>, _ form: Program.Form, _ language: Duhton
    ) throws(Abort) -> Value {
        let syntax = form.syntax
        let first = Int(syntax.nodes[form.node].first)
        language.parts.resize(form.node - first + 1)
        let parts = language.parts.base
        for node in first...form.node {
            let payload = Int(syntax.nodes[node].payload)
            switch syntax.nodes[node].kind {
            case .int: parts[node - first] = Value(payload)
            case .float: parts[node - first] = q.value(syntax.floats[payload])
            case .symbol: parts[node - first] = Value(symbol: payload)
            case .string:
                let content = syntax.strings[payload]
                let string = q.newBytes(Kind.string, count: content.count) { bytes in
                    bytes.copyMemory(from: content, byteCount: content.count)
                }
                guard let string else { try fail(q, "out of memory") }
                parts[node - first] = Value(string)
            case .list:
                var list = Value.none
                for i in (0..<syntax.count(node)).reversed() {
                    let item = parts[syntax.child(node, i) - first]
                    list = Value(q.new(Kind.cons, item, list))
                }
                parts[node - first] = list
            }
        }
        let result = parts[form.node - first]
        language.parts.removeAll()
        return result
    }
}
