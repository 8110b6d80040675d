import InterpreterKit

/// What all guest threads of one machine share, in raw memory.
///
/// S1  Tables grow and code is installed only while no guest thread is running.
/// S2  Globals are written by the main program only; they are managed objects, so that a rollback of
///     the main program undoes its writes.
struct Shared {
    /// By symbol: the ``Kind/global`` of the name.
    let globals: ValueTable
    /// By symbol: the address of the only function that the program defines with this name, once it is
    /// defined, else None. It never becomes anything else, so it is read without ado.
    let functions: ValueTable
    /// Constants of the code.
    let literals: ValueTable
    let queue: Unmanaged<WorkQueue>
    unowned(unsafe) let language: Duhton
}

/// Everything compiled so far for one machine, and what the compiler knows of it.
///
/// Changed only while no guest thread is running.
final class Program {
    private(set) var symbols = Symbols()
    /// Some `setq` gives `None` another value, or one to a variable of that name.
    private(set) var assignsNone = false
    /// The fewest parameters of any function that a `defun` gives this name.
    private(set) var fewestParameters: [Int: Int] = [:]
    /// Names that several functions have.
    private var ambiguous: Set<Int> = []
    /// All sources, and their main parts: frames may still point to their code.
    private var sources: [(Syntax, main: Function)] = []
    /// Functions of `defun` forms that have not been compiled as they are now.
    private var uncompiled: [(Syntax, node: Int)] = []
    private(set) var messages: [String] = []
    /// Why the source that is being compiled cannot be run.
    var failure: Diagnostic?
    private let machine: VirtualMachine
    /// The thread that compiles, in a quantum of its own.
    private var thread: ThreadHandle?
    let globals: ValueTable
    let functions: ValueTable
    let literals: ValueTable
    /// Objects of a literal under construction.
    private let parts: ValueTable

    init(_ machine: VirtualMachine) {
        self.machine = machine
        globals = ValueTable(machine)
        functions = ValueTable(machine)
        literals = ValueTable(machine)
        parts = ValueTable(machine)
    }

    /// Compiles `source`; the result is its main part.
    func load(_ source: Source, interactive: Bool) throws(Diagnostic) -> Function {
        var reader = Reader(source)
        let syntax = try reader.read(&symbols)
        let main = Function("the main program", isMain: true)
        learn(syntax)
        functions.resize(symbols.names.count)
        failure = nil
        let hasStack = DeepStack.run(bytes: Compiler.stackBytes) {
            do throws(VirtualMachine.StartError) {
                try machine.quantum { q in
                    thread = q.thread
                    addGlobals(q)
                    Compiler.main(main, syntax, self, interactive: interactive)
                    while let (syntax, node) = uncompiled.popLast() {
                        Compiler.function(syntax, node, self)
                    }
                }
            } catch { failure = Diagnostic("\(error)") }
        }
        if !hasStack { failure = Diagnostic("no memory for a stack to compile on") }
        if let failure {
            uncompiled.removeAll { $0.0 === syntax }
            throw failure
        }
        sources.append((syntax, main))
        return main
    }

    /// Looks for definitions. Code that relied on there being none is compiled again.
    private func learn(_ syntax: Syntax) {
        var isSurprise = false
        for node in syntax.nodes.indices {
            let items = syntax.items(node)
            switch syntax.head(node) {
            case Builtin.setq.number where items.contains { syntax.symbol($0) == Symbols.none }:
                isSurprise = isSurprise || !assignsNone
                assignsNone = true
            case Builtin.defun.number where items.count >= 3:
                guard let name = syntax.symbol(items[1]) else { continue }
                let parameters = syntax.items(items[2]).count
                let fewest = fewestParameters[name]
                if fewest != nil {
                    ambiguous.insert(name)
                    functions.set(name, .none)
                }
                fewestParameters[name] = min(fewest ?? parameters, parameters)
                // Until now, builtins meant themselves, and others took any number of arguments.
                let relied = fewest ?? (name < Builtin.count ? Int.max : 0)
                isSurprise = isSurprise || parameters < relied
            default: break
            }
        }
        if isSurprise {
            uncompiled = sources.flatMap { (syntax, _) in
                syntax.functions.keys.map { (syntax, $0) }
            }
        }
    }

    func isAmbiguous(_ symbol: Int) -> Bool { ambiguous.contains(symbol) }
    /// Some `defun` gives this name a function.
    func isDefined(_ symbol: Int) -> Bool { fewestParameters[symbol] != nil }

    /// The function that a `defun` form defines.
    func function(_ syntax: Syntax, _ node: Int) -> Function {
        if let function = syntax.functions[node] { return function }
        let name = syntax.symbol(syntax.items(node)[1]).map(symbols.text) ?? "?"
        let function = Function(name)
        syntax.functions[node] = function
        uncompiled.append((syntax, node))
        return function
    }

    // MARK: literals

    /// Number of a text.
    func message(_ text: String) -> Int {
        messages.append(text)
        return messages.count - 1
    }
    /// Number of a literal.
    func literal(_ value: Value) -> Int {
        literals.set(literals.count, value)
        return literals.count - 1
    }
    /// Number of a node as data.
    func literal(_ syntax: Syntax, _ node: Int) -> Int {
        if let known = syntax.literals[node] { return known }
        let value = thread.flatMap { data(Quantum<Dispatched>($0), syntax, node) }
        if value == nil { failure = failure ?? Diagnostic("out of memory") }
        let number = literal(value ?? .none)
        syntax.literals[node] = number
        return number
    }

    /// Makes the objects of new names.
    private func addGlobals<B>(_ q: borrowing Quantum<B>) {
        for symbol in globals.count..<symbols.names.count {
            let value = symbol == Symbols.none ? Value.none : .unbound
            globals.set(symbol, Value(q.new(Kind.global, value, .unbound)))
        }
    }

    /// A node as data; nil without memory. Children come before their parents, so one pass makes all
    /// objects.
    private func data(_ q: borrowing Quantum<Dispatched>, _ syntax: Syntax, _ node: Int) -> Value? {
        let first = syntax.nodes[node].first
        parts.resize(node - first + 1)
        defer { parts.removeAll() }
        for (i, part) in syntax.nodes[first...node].enumerated() {
            switch part.content {
            case .int(let int): parts.base[i] = Value(int)
            case .float(let float): parts.base[i] = q.value(float)
            case .symbol(let symbol): parts.base[i] = Value(symbol: symbol)
            case .string(let text):
                let string = q.newBytes(Kind.string, count: text.count) { bytes in
                    bytes.copyMemory(from: text, byteCount: text.count)
                }
                guard let string else { return nil }
                parts.base[i] = Value(string)
            case .list(let items):
                parts.base[i] = .none
                for item in items.reversed() {
                    parts.base[i] = Value(
                        q.new(Kind.cons, parts.base[item - first], parts.base[i]))
                }
            }
        }
        return parts.base[node - first]
    }
}
