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
    /// Nesting that any caller's stack has room for.
    static let shallow = 50
    static let stackBytes = 256 << 20

    let program: Program
    let syntax: Syntax
    let function: Function
    var code: [Instruction] = []
    var positions: [Int32] = []
    var messages: [String] = []
    var locals: [Int: Local] = [:]
    /// Registers of variables that surely have a value here.
    var assigned: Set<Int> = []
    /// Some local may be asked for before it is bound.
    var needsUnbound = false
    var top = 0
    var registers = 1
    private var depth = 0

    private init(_ function: Function, _ syntax: Syntax, _ program: Program) {
        self.function = function
        self.syntax = syntax
        self.program = program
    }

    // MARK: units of code

    /// The top-level forms, then all transactions they have started.
    static func main(
        _ function: Function, _ program: Program, interactive: Bool
    ) throws(Diagnostic) {
        guard let syntax = function.syntax else { return }
        var compiler = Compiler(function, syntax, program)
        try compiler.emit(.install, at: nil)
        for form in syntax.forms {
            if interactive {
                let result = compiler.push()
                try compiler.value(form, into: result)
                try compiler.emit(.display, a: result, at: form)
                compiler.top = result
            } else {
                try compiler.effect(form)
            }
        }
        try compiler.runTransactions(nil)
        try compiler.emit(.stop, at: nil)
        compiler.finish(parameters: 0)
    }

    /// A `defun` form with at least a name and parameters.
    static func function(_ function: Function, _ program: Program) throws(Diagnostic) {
        guard let syntax = function.syntax, let node = function.node else { return }
        var compiler = Compiler(function, syntax, program)
        let parameters = syntax.children(syntax.child(node, 2))
        let body = syntax.children(node, from: 3)
        let variables = compiler.declare(parameters, body)
        try compiler.emit(.unbind, a: parameters.count, c: variables, at: node)
        for parameter in parameters where syntax.symbol(parameter) == nil {
            try compiler.failNotSymbol(parameter, at: node)
        }
        let result = compiler.push()
        try compiler.sequence(body, into: result)
        try compiler.emit(.return, a: result, at: node)
        compiler.finish(parameters: parameters.count)
    }

    /// Returns directly from where the code would jump, or move, to a return.
    private mutating func shorten() {
        var i = 0
        while i + 1 < code.count {
            let (this, next) = (code[i], code[i + 1])
            if this.opcode == .jump && code[i + 1 + this.c].opcode == .return {
                code[i] = code[i + 1 + this.c]
            } else if this.opcode == .move && next.opcode == .return && this.a == next.a {
                code[i] = Instruction(.return, a: this.b)
            }
            i += this.opcode == .lookupLocal ? 3 : 1
        }
    }

    private mutating func finish(parameters: Int) {
        shorten()
        function.positions = positions
        function.messages = messages
        function.install(code, parameters: parameters, registers: registers)
        // The first instruction of a function prepares locals.
        if code[0].opcode == .unbind && !needsUnbound { function.code.pointee.entry += 1 }
    }

    /// Gives registers to the parameters and to all names that the body binds; how many are not
    /// parameters.
    private mutating func declare(_ parameters: [Int], _ body: [Int]) -> Int {
        for parameter in parameters {
            let register = push()
            if let name = syntax.symbol(parameter) {
                locals[name, default: Local()].value = register
            }
            assigned.insert(register)
        }
        var variables = 0
        var unseen = body
        while let node = unseen.popLast() {
            var scanned = syntax.children(node)
            if syntax.head(node) == Builtin.setq.number {
                for i in stride(from: 1, to: scanned.count, by: 2) {
                    guard let name = syntax.symbol(scanned[i]), locals[name]?.value == nil else {
                        continue
                    }
                    locals[name, default: Local()].value = push()
                    variables += 1
                }
            } else if syntax.head(node) == Builtin.defun.number {
                if scanned.count > 1, let name = syntax.symbol(scanned[1]),
                    locals[name]?.function == nil
                {
                    locals[name, default: Local()].function = push()
                    variables += 1
                }
                if !program.isDefined(Builtin.defun.number) { scanned = [] }
            }
            unseen += scanned
        }
        return variables
    }

    // MARK: emitting

    @discardableResult
    mutating func emit(
        _ opcode: Opcode, a: Int = 0, b: Int = 0, c: Int = 0, at node: Int?
    ) throws(Diagnostic) -> Int {
        guard Instruction.constants.contains(c), code.count < Instruction.constants.upperBound,
            registers < Instruction.registers.upperBound
        else {
            throw Diagnostic("the program is too large", at: node.map { syntax.place($0) })
        }
        code.append(Instruction(opcode, a: a, b: b, c: c))
        positions.append(Int32(node ?? -1))
        return code.count - 1
    }
    /// An operand of the instruction before.
    mutating func emit(word: UInt64) {
        code.append(Instruction(bits: word))
        positions.append(-1)
    }

    mutating func fail(_ message: String, at node: Int) throws(Diagnostic) {
        try emit(.fail, c: messages.count, at: node)
        messages.append(message)
    }
    /// `node` is no symbol where one must be.
    mutating func failNotSymbol(_ node: Int, at form: Int) throws(Diagnostic) {
        let type = syntax.typeName(node)
        try fail("DuSymbol_Id: expected 'symbol' argument, got '\(type)'", at: form)
    }

    /// A jump instruction to `label`. Every way back has a break: conditional jumps that are used for
    /// loops have one of their own.
    mutating func jump(
        _ opcode: Opcode, a: Int = 0, b: Int = 0, to label: inout Label, at node: Int?
    ) throws(Diagnostic) {
        let isBack = opcode == .jump && label.target != nil
        let index = try emit(isBack ? .loop : opcode, a: a, b: b, at: node)
        label.uses.append(index)
        if let target = label.target { patch(index, target) }
    }
    mutating func bind(_ label: inout Label) {
        label.target = code.count
        for use in label.uses { patch(use, code.count) }
    }
    private mutating func patch(_ index: Int, _ target: Int) {
        let jump = code[index]
        code[index] = Instruction(jump.opcode, a: jump.a, b: jump.b, c: target - index - 1)
    }

    /// A free register.
    mutating func push() -> Int {
        top += 1
        registers = max(registers, top)
        return top - 1
    }

    // MARK: expressions

    /// Evaluates in order, the last one into `result`.
    mutating func sequence(_ nodes: [Int], into result: Int?) throws(Diagnostic) {
        for node in nodes.dropLast() { try effect(node) }
        if let last = nodes.last {
            try value(last, into: result)
        } else {
            try none(into: result)
        }
    }

    mutating func effect(_ node: Int) throws(Diagnostic) { try value(node, into: nil) }

    mutating func none(into result: Int?) throws(Diagnostic) {
        guard let result else { return }
        try emit(.loadLiteral, a: result, c: program.literal(.none), at: nil)
    }

    /// Evaluates `node` into a register, or for its effect only.
    mutating func value(_ node: Int, into result: Int?) throws(Diagnostic) {
        let mark = top
        switch syntax.nodes[node].kind {
        case .symbol:
            try variable(node, into: result ?? push())
        case .list where syntax.count(node) > 0:
            depth += 1
            guard depth <= Compiler.deepest else {
                throw Diagnostic(
                    "nested too deeply: more than \(Compiler.deepest) levels",
                    at: syntax.place(node))
            }
            try form(node, into: result)
            depth -= 1
        default:
            guard let result else { break }
            if let int = syntax.int(node), Instruction.constants.contains(int) {
                try emit(.loadInt, a: result, c: int, at: node)
            } else {
                try emit(.loadLiteral, a: result, c: program.literal(syntax, node), at: node)
            }
        }
        top = mark
    }

    private mutating func variable(_ node: Int, into result: Int) throws(Diagnostic) {
        guard let name = syntax.symbol(node) else { return }
        guard let register = locals[name]?.value else {
            if name == program.none && !program.assignsNone { return try none(into: result) }
            try emit(.getGlobal, a: result, c: name, at: node)
            return
        }
        if assigned.contains(register) {
            if register != result { try emit(.move, a: result, b: register, at: node) }
        } else {
            needsUnbound = true
            try emit(.getLocal, a: result, b: register, c: name, at: node)
        }
    }

    /// A register with the value of `node`: a variable's own, unless evaluating `later` may change it.
    mutating func operand(_ node: Int, before later: [Int] = []) throws(Diagnostic) -> Int {
        if let name = syntax.symbol(node), let register = locals[name]?.value,
            assigned.contains(register), !later.contains(where: { syntax.facts.assigns[$0] })
        {
            return register
        }
        let register = push()
        try value(node, into: register)
        return register
    }

    /// Jumps to `label` if the truth of `node` is `sense`.
    mutating func condition(
        _ node: Int, is sense: Bool, to label: inout Label
    ) throws(Diagnostic) {
        let mark = top
        defer { top = mark }
        depth += 1
        defer { depth -= 1 }
        if let head = syntax.head(node), head < Builtin.count, locals[head] == nil,
            !program.isDefined(head), depth < Compiler.deepest
        {
            let builtin = Builtin(number: head)
            let operands = syntax.children(node, from: 1)
            switch builtin {
            case .not where operands.count == 1:
                return try condition(operands[0], is: !sense, to: &label)
            case .and, .or:
                return try shortCircuit(operands, all: builtin == .and, is: sense, to: &label, node)
            case _ where builtin.isComparison && operands.count == 2:
                return try comparison(builtin, operands, is: sense, to: &label, node)
            default: break
            }
        }
        if let int = syntax.int(node) {
            if (int != 0) == sense { try jump(.jump, to: &label, at: node) }
            return
        }
        let register = try operand(node)
        try jump(sense ? .jumpIf : .jumpUnless, a: register, to: &label, at: node)
    }

    /// `&&` if `all`, else `||`.
    private mutating func shortCircuit(
        _ operands: [Int], all: Bool, is sense: Bool, to label: inout Label, _ node: Int
    ) throws(Diagnostic) {
        guard let last = operands.last else {
            if all == sense { try jump(.jump, to: &label, at: node) }
            return
        }
        var decided = Label()
        var afterFirst: Set<Int>?
        for operand in operands.dropLast() {
            if all == sense {
                try condition(operand, is: !all, to: &decided)
            } else {
                try condition(operand, is: !all, to: &label)
            }
            afterFirst = afterFirst ?? assigned
        }
        try condition(last, is: sense, to: &label)
        bind(&decided)
        assigned = afterFirst ?? assigned
    }

    private mutating func comparison(
        _ builtin: Builtin, _ operands: [Int], is sense: Bool, to label: inout Label, _ node: Int
    ) throws(Diagnostic) {
        let first = sense ? Opcode.ifLess : .unlessLess
        let firstInt = sense ? Opcode.ifLessInt : .unlessLessInt
        let offset = builtin.number - Builtin.less.number
        let a = try operand(operands[0], before: [operands[1]])
        if let int = syntax.int(operands[1]), Instruction.smallConstants.contains(int) {
            try jump(firstInt.next(offset), a: a, b: int, to: &label, at: node)
        } else {
            let b = try operand(operands[1])
            try jump(first.next(offset), a: a, b: b, to: &label, at: node)
        }
    }
}

extension Opcode {
    /// The opcode `offset` lines further down.
    func next(_ offset: Int) -> Opcode {
        unsafeBitCast(rawValue + UInt8(offset), to: Opcode.self)
    }
}
