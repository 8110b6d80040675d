import InterpreterKit
import PythonSyntax

/// Compiles one block (a module, function, class body or comprehension) to register code.
///
/// C1  A variable's register that is wanted for a result is written by the last instruction of the
///     expression only: the expression may read the variable, and if it fails nothing has changed.
///     A temporary may be written before.
/// C2  Registers from `code.top` on are free; the window of a call starts there.
/// C3  A variable that no cell holds is an operand where it is, unless what is evaluated between
///     may bind it.
struct Compiler {
    /// What all blocks of a source have in common.
    final class Shared {
        let source: Source
        let symbols: SymbolTable
        var warnings: [PythonSyntaxError] = []
        /// Comprehensions by whether they run in the frame around them.
        var isInlined: [ObjectIdentifier: Bool] = [:]

        init(_ source: Source, _ symbols: SymbolTable) {
            self.source = source
            self.symbols = symbols
        }
    }
    /// A variable of the frame: its register holds the value or the cell.
    struct Variable {
        var register: Int
        var isCell: Bool
    }

    let shared: Shared
    let scope: Scope
    let unit: CodeUnit
    var code = Assembler()
    /// By mangled name.
    var variables: [String: Variable] = [:]
    /// Comprehensions around this point that run in this frame, outermost first.
    var inlined: [Inlined] = []
    /// Statements around this point that leaving has to do with, outermost first.
    var blocks: [Block] = []
    var loopConstants = LoopConstants()
    /// Variables that are unbound somewhere in this block.
    var deletable = RegisterSet()
    var firstTemporary = 1
    /// The cell of a class body that holds the class for its functions, apart from its own names.
    var classCell: Int?
    /// The register of the namespace in which names of the body are looked up.
    var namespace: Int?
    var isInteractive = false
    /// The body of `async def`.
    var isAsync = false

    init(_ shared: Shared, _ scope: Scope, firstLine: Int) {
        self.shared = shared
        self.scope = scope
        unit = CodeUnit(
            name: scope.name, qualifiedName: scope.qualifiedName, firstLine: firstLine)
    }

    // MARK: units of code

    /// The unit of a whole source. With `separateNamespace`, names are looked up in a namespace
    /// apart from the globals.
    static func compile(
        _ module: Module, _ symbols: SymbolTable, _ source: Source, separateNamespace: Bool = false
    ) throws(PythonSyntaxError) -> CodeUnit {
        let shared = Shared(source, symbols)
        var compiler = Compiler(shared, symbols[module], firstLine: 1)
        compiler.unit.flags.insert(.hasNamespace)
        let start = Span(line: 1, column: 0, endLine: 1, endColumn: 0)
        if separateNamespace {
            compiler.namespace = compiler.code.push()
            compiler.code.emit(.loadNamespace, a: compiler.namespace ?? 0, at: start)
        }
        compiler.firstTemporary = compiler.code.top
        switch module.content {
        case .module(let body):
            try compiler.moduleBody(body, at: start)
        case .interactive(let body):
            compiler.isInteractive = true
            if annotatesNames(body) { compiler.setupAnnotations(at: start) }
            try compiler.statements(body)
        case .expression(let body):
            try compiler.returnValue(body, at: body.span)
        }
        try compiler.finish(at: start)
        compiler.unit.warnings = shared.warnings
        return compiler.unit
    }

    private mutating func moduleBody(
        _ body: [Statement], at start: Span
    ) throws(PythonSyntaxError) {
        if Compiler.annotatesNames(body) { setupAnnotations(at: start) }
        if let text = Compiler.docstring(of: body) {
            let register = code.push()
            load(.text(text), into: register, at: body[0].span)
            store("__doc__", from: register, at: body[0].span)
            code.top = register
        }
        try statements(body)
    }

    /// Gives registers to parameters, other variables and cells of blocks around, and writes what
    /// comes before the body. `body` is what may unbind variables.
    mutating func begin(parameters: [String], body: [Statement], at span: Span) {
        let first = code.top
        for name in parameters { declare(name) }
        let others = code.top
        if scope.runsAsFunction {
            for name in scope.locals where variables[name] == nil { declare(name) }
        } else if scope.needsClassCell {
            classCell = code.push()
        }
        let frees = code.top
        unit.freeNames = scope.frees
        for name in unit.freeNames {
            let register = code.push()
            unit.freeRegisters.append(register)
            // A class body and its functions may mean different variables: the cell is theirs.
            variables[name] = Variable(register: register, isCell: true)
        }
        var cells = variables.filter { $0.value.isCell && $0.value.register < frees }
            .map { (name: $0.key, register: $0.value.register) }
        if let classCell { cells.append(("__class__", classCell)) }
        cells.sort { $0.register < $1.register }
        unit.cellNames = cells.map(\.name)
        unit.cellRegisters = cells.map(\.register)
        unit.registerNames = [String](repeating: "", count: code.top)
        for (name, variable) in variables { unit.registerNames[variable.register] = name }
        if let classCell { unit.registerNames[classCell] = "__class__" }
        firstTemporary = code.top

        if !unit.flags.isDisjoint(with: [.generator, .coroutine, .asyncGenerator]) {
            code.emit(.generator, at: span)
        }
        if frees > others { code.emit(.unbind, a: others, c: frees - others, at: span) }
        if !unit.freeNames.isEmpty {
            code.emit(.copyFree, a: frees, c: unit.freeNames.count, at: span)
        }
        for cell in cells { code.emit(.makeCell, a: cell.register, at: span) }
        for register in first..<others { code.bound.insert(register) }
        for name in Compiler.namesUnbound(by: body) {
            if case .register(let register) = place(of: name) { deletable.insert(register) }
        }
    }
    private mutating func declare(_ name: String) {
        let isCell = scope.symbol(name)?.resolution == .cell && isShared(name, by: scope)
        variables[name] = Variable(register: code.push(), isCell: isCell)
    }

    /// Ends the code, with a `return` of None if control can come here.
    mutating func finish(at span: Span) throws(PythonSyntaxError) {
        if code.isReachable {
            let result = code.push()
            load(.none, into: result, at: span)
            code.emit(.return, a: result, at: span)
        }
        if let overflow = code.overflow { throw error(overflow.message, at: overflow.span) }
        code.shortenJumps()
        code.fuseLoops()
        code.markChains(from: firstTemporary)
        unit.instructions = code.instructions
        unit.spans = code.spans
        unit.constants = code.constants
        unit.names = code.names
        unit.registers = code.registers
        unit.handlers = code.handlers
        if unit.registerNames.count < unit.registers {
            let missing = unit.registers - unit.registerNames.count
            unit.registerNames += [String](repeating: "", count: missing)
        }
    }

    func error(_ message: String, at span: Span) -> PythonSyntaxError {
        let line = Int(span.line)
        let text = shared.source.name.hasPrefix("<") ? nil : shared.source.line(line) + "\n"
        return PythonSyntaxError(
            .syntaxError, message, line: line, offset: Int(span.column) + 1,
            endLine: Int(span.endLine), endOffset: Int(span.endColumn) + 1, text: text)
    }

    // MARK: what a body says about itself

    static func docstring(of body: [Statement]) -> Text? {
        guard let first = body.first, case .expr(let value) = first.kind,
            case .constant(.str(let text), _) = value.kind
        else { return nil }
        return text
    }

    /// Names that `del` and the ends of except clauses unbind in the block itself.
    private static func namesUnbound(by body: [Statement]) -> [String] {
        var names: [String] = []
        forEachStatement(of: body) { statement in
            switch statement.kind {
            case .delete(let targets):
                var unseen = targets
                while let target = unseen.popLast() {
                    switch target.kind {
                    case .name(let id, _): names.append(id)
                    case .tuple(let elements, _), .list(let elements, _): unseen += elements
                    default: break
                    }
                }
            case .try(_, let handlers, _, _), .tryStar(_, let handlers, _, _):
                names += handlers.compactMap(\.name)
            default: break
            }
        }
        return names
    }

    /// Whether the block itself annotates variables, and so has `__annotations__`.
    static func annotatesNames(_ body: [Statement]) -> Bool {
        var found = false
        forEachStatement(of: body) { statement in
            if case .annAssign = statement.kind { found = true }
        }
        return found
    }

    mutating func setupAnnotations(at span: Span) {
        code.emit(.setupAnnotations, a: namespace ?? Instruction.noRegister, at: span)
    }
}
