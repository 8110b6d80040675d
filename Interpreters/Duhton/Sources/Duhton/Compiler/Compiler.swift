import InterpreterKit

/// Compiles one function, or the main part of a source, to register code.
///
/// Names that a function's own text binds (parameters, `setq`, inner `defun`) are registers of its
/// frame; all others are global. Malformed forms compile to code that fails when it is reached.
///
/// C1  The register wanted for a form's result is written by the form's last instruction only, so it
///     may be a variable that the form itself reads.
/// C2  Registers from `top` on are free; a call's window starts at `top`.
struct Compiler {
    /// A name bound in the frame: registers for its variable and its function.
    struct Local {
        var value: Int?
        var function: Int?
    }
    /// A jump target: known, or to be filled in where it is used.
    struct Label {
        var target: Int?
        var uses: [Int] = []
    }
    /// Nesting of forms that is accepted: each level takes a few kilobytes of native stack.
    static let deepest = 10_000
    static let stackBytes = 256 << 20

    let program: Program
    let syntax: Syntax
    var code: [Instruction] = []
    /// Where each instruction comes from.
    var places: [Range<Int>?] = []
    /// The node being compiled, if any.
    var here: Int?
    var depth = 0
    var top = 0
    var registers = 1
    var locals: [Int: Local] = [:]
    /// Registers of variables that surely have a value here.
    var assigned: Set<Int> = []
    /// Some local may be asked for before it is bound.
    var needsUnbound = false

    private init(_ syntax: Syntax, _ program: Program) {
        self.syntax = syntax
        self.program = program
    }

    // MARK: units of code

    /// The top-level forms, then all transactions they have started.
    static func main(_ function: Function, _ syntax: Syntax, _ program: Program, interactive: Bool)
    {
        var compiler = Compiler(syntax, program)
        for form in syntax.forms {
            compiler.here = form
            if interactive {
                compiler.ordinary(.print, [form], into: nil)
            } else {
                compiler.value(form, into: nil)
            }
            compiler.top = 0
        }
        compiler.here = nil
        compiler.runTransactions()
        compiler.emit(.stop)
        compiler.install(in: function, parameters: 0)
    }

    /// A `defun` form with at least a name and parameters.
    static func function(_ syntax: Syntax, _ node: Int, _ program: Program) {
        var compiler = Compiler(syntax, program)
        compiler.here = node
        let items = syntax.items(node)
        let parameters = syntax.items(items[2])
        let body = Array(items.dropFirst(3))
        let variables = compiler.declare(parameters, body)
        compiler.emit(.unbind, a: parameters.count, c: variables)
        for parameter in parameters where syntax.symbol(parameter) == nil {
            compiler.failNotSymbol(parameter)
        }
        let result = compiler.push()
        compiler.sequence(body, into: result)
        compiler.emit(.return, a: result)
        compiler.install(in: program.function(syntax, node), parameters: parameters.count)
    }

    mutating func install(in function: Function, parameters: Int) {
        if program.failure != nil { return }
        // Returns directly from where the code would jump, or move, to a return.
        for i in code.indices.dropLast() {
            let (this, next) = (code[i], code[i + 1])
            if this.opcode == .jump && code[i + 1 + this.c].opcode == .return {
                code[i] = code[i + 1 + this.c]
            } else if this.opcode == .move && next.opcode == .return && this.a == next.a {
                code[i] = Instruction(.return, a: this.b)
            }
        }
        function.install(
            code, from: syntax.source, at: places, parameters: parameters, registers: registers)
        // The first instruction of a function prepares locals.
        if code[0].opcode == .unbind && !needsUnbound { function.code.pointee.entry += 1 }
    }

    /// Gives registers to the parameters and to all names that the body binds; how many are not
    /// parameters.
    mutating func declare(_ parameters: [Int], _ body: [Int]) -> Int {
        for parameter in parameters {
            let register = push()
            if let name = syntax.symbol(parameter) {
                locals[name, default: Local()].value = register
            }
            assigned.insert(register)
        }
        var unseen = body
        while let node = unseen.popLast() {
            let items = syntax.items(node)
            let head = syntax.head(node)
            if head == Builtin.setq.number {
                for i in stride(from: 1, to: items.count, by: 2) {
                    guard let name = syntax.symbol(items[i]) else { continue }
                    locals[name, default: Local()].value = locals[name]?.value ?? push()
                }
            } else if head == Builtin.defun.number {
                if items.count > 1, let name = syntax.symbol(items[1]) {
                    locals[name, default: Local()].function = locals[name]?.function ?? push()
                }
                // What is inside belongs to another frame.
                if !program.isDefined(Builtin.defun.number) { continue }
            }
            unseen += items
        }
        return top - parameters.count
    }

    // MARK: emitting

    @discardableResult
    mutating func emit(_ opcode: Opcode, a: Int = 0, b: Int = 0, c: Int = 0) -> Int {
        if code.count < Instruction.limit {
            code.append(Instruction(opcode, a: a, b: b, c: c))
            places.append(here.map { syntax.nodes[$0].bytes })
        }
        if code.count == Instruction.limit || registers >= Instruction.registers {
            fatal("the program is too large")
        }
        return code.count - 1
    }

    /// The program cannot be run at all.
    func fatal(_ message: String) {
        program.failure = program.failure ?? Diagnostic(message, at: here.map(syntax.place))
    }

    /// A jump instruction to `label`. Every way back has a break: conditional jumps that are used for
    /// loops have one of their own.
    mutating func jump(_ opcode: Opcode, a: Int = 0, b: Int = 0, to label: inout Label) {
        let isBack = label.target != nil
        if isBack && opcode.isUnless {
            // To a jump that has a break, or over it.
            var past = Label()
            emit(opcode, a: a, b: b, c: 1)
            jump(.jump, to: &past)
            jump(.jump, to: &label)
            return bind(&past)
        }
        let index = emit(isBack && opcode == .jump ? .loop : opcode, a: a, b: b)
        label.uses.append(index)
        if let target = label.target { patch(index, target) }
    }
    mutating func bind(_ label: inout Label) {
        label.target = code.count
        for use in label.uses { patch(use, code.count) }
    }
    mutating func patch(_ index: Int, _ target: Int) {
        let jump = code[index]
        code[index] = Instruction(jump.opcode, a: jump.a, b: jump.b, c: target - index - 1)
    }

    /// A free register, or the first of several.
    mutating func push(_ count: Int = 1) -> Int {
        top += count
        registers = max(registers, top)
        return top - count
    }

    mutating func load(_ value: Value, into result: Int?) {
        if let result { emit(.load, a: result, c: program.literal(value)) }
    }
    mutating func move(_ register: Int, into result: Int?) {
        if let result, result != register { emit(.move, a: result, b: register) }
    }

    mutating func fail(_ message: String) { emit(.fail, c: program.message(message)) }
    /// `node` is no symbol where one must be.
    mutating func failNotSymbol(_ node: Int) {
        let type = syntax.type(node).rawValue
        fail("DuSymbol_Id: expected 'symbol' argument, got '\(type)'")
    }

    // MARK: expressions

    /// Evaluates `node` into a register, or for its effect only.
    mutating func value(_ node: Int, into result: Int?) {
        let outer = (here, top)
        here = node
        switch syntax.nodes[node].content {
        case .symbol(let name): variable(name, into: result ?? push())
        case .list(let items) where !items.isEmpty:
            depth += 1
            if depth > Compiler.deepest {
                fatal("nested too deeply: more than \(Compiler.deepest) levels")
            } else {
                form(items[0], Array(items.dropFirst()), into: result)
            }
            depth -= 1
        default:
            if let result { emit(.load, a: result, c: program.literal(syntax, node)) }
        }
        (here, top) = outer
    }

    /// Evaluates in order, the last one into `result`.
    mutating func sequence(_ nodes: [Int], into result: Int?) {
        for node in nodes.dropLast() { value(node, into: nil) }
        if let last = nodes.last {
            value(last, into: result)
        } else {
            load(.none, into: result)
        }
    }

    mutating func variable(_ name: Int, into result: Int) {
        guard let register = locals[name]?.value else {
            if name == Symbols.none && !program.assignsNone { return load(.none, into: result) }
            emit(.getGlobal, a: result, c: name)
            return
        }
        if assigned.contains(register) { return move(register, into: result) }
        needsUnbound = true
        emit(.getLocal, a: result, b: register, c: name)
    }

    /// A register with the value of `node`: a variable's own, unless evaluating `later` may change it.
    mutating func operand(_ node: Int, before later: ArraySlice<Int> = []) -> Int {
        if let name = syntax.symbol(node), let register = locals[name]?.value,
            assigned.contains(register), !later.contains(where: { syntax.nodes[$0].assigns })
        {
            return register
        }
        let register = push()
        value(node, into: register)
        return register
    }
    mutating func operands(_ nodes: [Int]) -> [Int] {
        var registers: [Int] = []
        for (i, node) in nodes.enumerated() {
            registers.append(operand(node, before: nodes[(i + 1)...]))
        }
        return registers
    }
    /// Evaluates into consecutive registers.
    mutating func window(_ nodes: [Int]) -> [Int] {
        let base = top
        for node in nodes { value(node, into: push()) }
        return Array(base..<top)
    }

    // MARK: conditions

    /// Jumps to `label` if the truth of `node` is `sense`.
    mutating func condition(_ node: Int, is sense: Bool, to label: inout Label) {
        let outer = (here, top)
        depth += 1
        here = node
        let operands = Array(syntax.items(node).dropFirst())
        if let head = syntax.head(node), let test = builtin(head), test.isTest,
            test.complaint(operands.count) == nil, depth <= Compiler.deepest
        {
            self.test(test, operands, is: sense, to: &label)
        } else if let int = syntax.int(node) {
            if (int != 0) == sense { jump(.jump, to: &label) }
        } else {
            jump(sense ? .jumpIf : .jumpUnless, a: operand(node), to: &label)
        }
        depth -= 1
        (here, top) = outer
    }

    /// The same for a call of a builtin.
    mutating func test(_ builtin: Builtin, _ operands: [Int], is sense: Bool, to label: inout Label)
    {
        switch builtin {
        case .not: condition(operands[0], is: !sense, to: &label)
        case .and, .or: shortCircuit(operands, all: builtin == .and, is: sense, to: &label)
        default:
            let offset = builtin.number - Builtin.less.number
            if let int = syntax.int(operands[1]), Instruction.smallConstants.contains(int) {
                let opcode = (sense ? Opcode.ifLessInt : .unlessLessInt).next(offset)
                jump(opcode, a: operand(operands[0]), b: int, to: &label)
            } else {
                let opcode = (sense ? Opcode.ifLess : .unlessLess).next(offset)
                let registers = self.operands(operands)
                jump(opcode, a: registers[0], b: registers[1], to: &label)
            }
        }
    }

    /// `&&` if `all`, else `||`.
    mutating func shortCircuit(_ operands: [Int], all: Bool, is sense: Bool, to label: inout Label)
    {
        guard let last = operands.last else {
            if all == sense { jump(.jump, to: &label) }
            return
        }
        var decided = Label()
        var afterFirst: Set<Int>?
        for operand in operands.dropLast() {
            if all == sense {
                condition(operand, is: !all, to: &decided)
            } else {
                condition(operand, is: !all, to: &label)
            }
            afterFirst = afterFirst ?? assigned
        }
        condition(last, is: sense, to: &label)
        bind(&decided)
        assigned = afterFirst ?? assigned
    }
}
