import InterpreterKit

/// Everything compiled so far for one machine, and what the compiler knows of it.
///
/// Changed only while no guest thread is running. The machine sees the tables through ``Shared``.
final class Program {
    var symbols = Symbols()
    /// By number; the address of each one's ``Code`` is in `shared.functions`.
    private(set) var functions: [Function] = []
    /// The main parts of all sources: frames may still point to their code.
    private var mains: [Function] = []
    /// Functions whose `defun` has been seen but not compiled.
    private var uncompiled: [Function] = []
    private var numbers: [Form: Int] = [:]
    private var literals: [Literal: Int] = [:]
    /// Literals that need objects, until these have been made.
    private(set) var pendingLiterals: [(index: Int, form: Form)] = []
    /// Symbols below this have their global.
    private(set) var installedSymbols = 0
    /// The deepest nesting in any source.
    private var deepest = 0
    /// The only definition of a name; nil when there are several.
    private var definitions: [Int: Form?] = [:]
    let none: Int
    /// Some `setq` gives `None` another value, or one to a variable of that name.
    private(set) var assignsNone = false
    private var builtinFunctions: [Int: Function] = [:]
    let shared: UnsafeMutablePointer<Shared>

    struct Form: Hashable {
        let syntax: Syntax
        let node: Int
        static func == (a: Form, b: Form) -> Bool { a.syntax === b.syntax && a.node == b.node }
        func hash(into hasher: inout Hasher) {
            hasher.combine(ObjectIdentifier(syntax))
            hasher.combine(node)
        }
    }
    private enum Literal: Hashable {
        case word(UInt64)
        case form(Form)
    }

    init(_ shared: UnsafeMutablePointer<Shared>) {
        self.shared = shared
        none = symbols.intern("None")
    }

    /// Compiles `source`; the result is its main part.
    func load(_ source: Source, interactive: Bool) throws(Diagnostic) -> Function {
        var reader = Reader(source)
        let syntax = try reader.read(&symbols)
        let known = functions.count
        let main = Function(name: "the main program", syntax: syntax)
        let surprise = learn(syntax)
        deepest = max(deepest, syntax.depth)
        var outcome = Result<Void, Diagnostic>.success(())
        let compile = { [self] () in
            outcome = Result { () throws(Diagnostic) in
                if surprise { try recompile() }
                syntax.facts = Facts(syntax, self)
                try Compiler.main(main, self, interactive: interactive)
                while let function = uncompiled.popLast() {
                    try Compiler.function(function, self)
                }
            }
        }
        do throws(Diagnostic) {
            if deepest <= Compiler.shallow {
                compile()
            } else if !NativeStack.with(bytes: Compiler.stackBytes, compile) {
                throw Diagnostic("no memory to compile a program nested so deeply")
            }
            try outcome.get()
        } catch {
            uncompiled = []
            functions.removeSubrange(known...)
            numbers = numbers.filter { $0.value < known }
            throw error
        }
        shared.pointee.globals.resize(symbols.names.count)
        mains.append(main)
        return main
    }

    // MARK: what is known

    /// Looks for definitions. True when code compiled earlier relied on there being none.
    private func learn(_ syntax: Syntax) -> Bool {
        var surprise = false
        for node in syntax.nodes.indices
        where syntax.head(node) == Builtin.defun.number && syntax.count(node) >= 3 {
            guard let name = syntax.symbol(syntax.child(node, 1)) else { continue }
            if let earlier = definitions[name] {
                surprise = surprise || earlier != nil
                definitions[name] = .some(nil)
            } else {
                surprise = surprise || name < Builtin.count
                definitions[name] = Form(syntax: syntax, node: node)
            }
        }
        for node in syntax.nodes.indices
        where !assignsNone && syntax.head(node) == Builtin.setq.number {
            assignsNone = syntax.children(node).contains { syntax.symbol($0) == none }
            surprise = surprise || assignsNone
        }
        return surprise
    }
    private func recompile() throws(Diagnostic) {
        for function in functions where function.node != nil {
            if let syntax = function.syntax { syntax.facts = Facts(syntax, self) }
        }
        for function in functions where function.node != nil {
            try Compiler.function(function, self)
        }
    }

    /// Some `defun` gives this name a function.
    func isDefined(_ symbol: Int) -> Bool { definitions[symbol] != nil }
    /// The function that alone has this name, and how many parameters it has.
    func onlyFunction(_ symbol: Int) -> (number: Int, parameters: Int)? {
        guard case .some(.some(let form)) = definitions[symbol] else { return nil }
        let parameters = form.syntax.count(form.syntax.child(form.node, 2))
        return (function(form.syntax, form.node), parameters)
    }

    // MARK: functions

    /// The number of the function that a `defun` form defines.
    func function(_ syntax: Syntax, _ node: Int) -> Int {
        let form = Form(syntax: syntax, node: node)
        if let number = numbers[form] { return number }
        let name = syntax.symbol(syntax.child(node, 1)).map(symbols.text) ?? "?"
        let function = Function(name: name, syntax: syntax, node: node)
        uncompiled.append(function)
        let number = add(function)
        numbers[form] = number
        return number
    }
    private func add(_ function: Function) -> Int {
        functions.append(function)
        shared.pointee.functions.set(functions.count - 1, Value(code: function.code))
        return functions.count - 1
    }

    /// A builtin as a function of `count` parameters, for calls that may mean a definition instead.
    func function(of builtin: Builtin, _ count: Int) -> Function {
        let key = count << 8 | builtin.number
        if let function = builtinFunctions[key] { return function }
        let function = Function(name: builtin.rawValue)
        function.install(
            [Instruction(.builtin, c: key), Instruction(.return)], parameters: count,
            registers: max(1, count))
        builtinFunctions[key] = function
        return function
    }

    // MARK: literals

    /// Index of a literal that is no object.
    func literal(_ value: Value) -> Int {
        literal(.word(value.bits)) { set($0, value) }
    }
    /// Index of a node as data.
    func literal(_ syntax: Syntax, _ node: Int) -> Int {
        let payload = Int(syntax.nodes[node].payload)
        switch syntax.nodes[node].kind {
        case .int: return literal(Value(payload))
        case .symbol: return literal(Value(symbol: payload))
        case .list where syntax.count(node) == 0: return literal(Value.none)
        case .float:
            if let value = Value(inline: syntax.floats[payload]) { return literal(value) }
        default: break
        }
        let form = Form(syntax: syntax, node: node)
        return literal(.form(form)) {
            set($0, .none)
            pendingLiterals.append(($0, form))
        }
    }
    private func literal(_ key: Literal, _ make: (Int) -> Void) -> Int {
        if let index = literals[key] { return index }
        let index = literals.count
        literals[key] = index
        make(index)
        return index
    }
    private func set(_ index: Int, _ value: Value) {
        shared.pointee.literals.set(index, value)
    }

    /// The objects of all literals and globals so far have been made.
    func didInstall(symbols: Int, literals: Int) {
        installedSymbols = max(installedSymbols, symbols)
        pendingLiterals.removeFirst(min(literals, pendingLiterals.count))
    }
}
