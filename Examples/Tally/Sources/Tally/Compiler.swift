import InterpreterKit

/// Reads a program and emits its instructions, in one pass.
///
/// ```text
/// statement = cell NAME | fn NAME(NAME, ...) block | while EXPR block | if EXPR block [else block]
///           | atomic block | spawn NAME(EXPR, ...) | wait | print EXPR | return EXPR
///           | NAME = EXPR | NAME(EXPR, ...)
/// block     = statement ... end
/// ```
struct Compiler {
    private let source: Source
    private let tokens: [Token]
    private var next = 0
    private var depth = 0

    private var functions: [Program.Function] = []
    private var numbers: [String: Int] = [:]
    private let makeCell: (String) throws(Diagnostic) -> Reference
    private var cells: [String: Reference] = [:]

    // The function that is being compiled.
    private var function = 0
    private var variables: [String: Int] = [:]
    private var free = 0
    private var atomicDepth = 0
    private var code: [[Instruction]] = []
    private var offsets: [[Int]] = []

    /// - Parameter cell: makes the cell of a name, or finds it.
    init(
        _ source: Source, cell: @escaping (String) throws(Diagnostic) -> Reference
    ) throws(Diagnostic) {
        self.source = source
        makeCell = cell
        tokens = try Token.all(of: source)
    }

    mutating func compile(queue: WorkQueue) throws(Diagnostic) -> Program {
        declare("the main program", parameters: 0)
        try declareFunctions()
        try block(endedBy: [])
        if !isAt("the end") { throw error("unexpected '\(token.text)'") }
        finish()
        return link(queue)
    }

    /// Functions may be used before their definitions: their names are collected first.
    private mutating func declareFunctions() throws(Diagnostic) {
        while token.kind != .end {
            if !take("fn") {
                next += 1
                continue
            }
            let name = token
            let parameters = try header().parameters.count
            if numbers[name.text] != nil {
                throw Diagnostic(
                    "there are two functions '\(name.text)'", at: .init(source, at: name.offset))
            }
            numbers[name.text] = functions.count
            declare(name.text, parameters: parameters)
        }
        next = 0
    }
    private mutating func declare(_ name: String, parameters: Int) {
        functions.append(.init(name: name, parameters: parameters))
        code.append([])
        offsets.append([])
    }

    /// Joins the functions behind the threads' code; jumps count from the start of their function.
    private func link(_ queue: WorkQueue) -> Program {
        var instructions = Program.threads
        var places = [Int](repeating: 0, count: instructions.count)
        var functions = functions
        for i in functions.indices {
            let entry = instructions.count
            functions[i].entry = entry
            for var instruction in code[i] {
                if [.jump, .loop, .unless].contains(instruction.operation) {
                    instruction.c += entry
                }
                instructions.append(instruction)
            }
            places += offsets[i]
        }
        return Program(source, instructions, offsets: places, functions: functions, queue: queue)
    }

    // MARK: statements

    private mutating func block(endedBy words: [String]) throws(Diagnostic) {
        depth += 1
        defer { depth -= 1 }
        if depth > 100 { throw error("blocks and parentheses are nested too deeply") }
        while true {
            while token.kind == .newline { next += 1 }
            if words.contains(token.text) { return }
            if token.kind == .end {
                if words.isEmpty { return }
                throw error("'end' is missing")
            }
            try statement()
            free = variables.count
            if token.kind != .newline && token.kind != .end {
                throw error("unexpected '\(token.text)'")
            }
        }
    }

    private mutating func statement() throws(Diagnostic) {
        let start = token
        if take("cell") {
            let name = try name()
            cells[name] = try makeCell(name)
        } else if take("fn") {
            if function != 0 || depth > 1 { throw error("a function inside another block") }
            try define()
        } else if take("while") {
            let top = here
            let exit = try condition()
            try block(endedBy: ["end"])
            next += 1
            emit(.loop, c: top, at: start)
            land(exit)
        } else if take("if") {
            let exit = try condition()
            try block(endedBy: ["end", "else"])
            if take("else") {
                let end = emit(.jump, at: start)
                land(exit)
                try block(endedBy: ["end"])
                land(end)
            } else {
                land(exit)
            }
            next += 1
        } else if take("atomic") {
            emit(.enter, at: start)
            atomicDepth += 1
            try block(endedBy: ["end"])
            atomicDepth -= 1
            next += 1
            emit(.leave, at: start)
        } else if take("spawn") {
            let name = token
            next += 1
            let (base, count) = try arguments(of: name, after: 0)
            emit(.spawn, a: base, b: count, c: try number(of: name), at: start)
        } else if take("wait") {
            if function != 0 { throw error("only the main program can wait") }
            emit(.join, at: start)
            emit(.wait, a: free, at: start)
        } else if take("print") {
            emit(.print, a: try expression(), at: start)
        } else if take("return") {
            if function == 0 { throw error("the main program returns nothing") }
            if atomicDepth > 0 { throw error("'return' would leave an atomic block") }
            emit(.result, a: try expression(), at: start)
        } else if start.kind == .word && tokens[next + 1].text == "(" {
            _ = try expression()
        } else {
            try assignment()
        }
    }
    /// Emits the jump of a false condition; its number.
    private mutating func condition() throws(Diagnostic) -> Int {
        let start = token
        let value = try expression()
        free = variables.count
        return emit(.unless, a: value, at: start)
    }

    private mutating func assignment() throws(Diagnostic) {
        let start = token
        let name = try name()
        try expect("=")
        let value = try expression()
        if let variable = variables[name] {
            emit(.move, a: variable, b: value, at: start)
        } else if let cell = cells[name] {
            emit(.write, a: value, c: Int(bitPattern: cell.address), at: start)
        } else {
            if variables.count == Compiler.most { throw error("too many variables") }
            // Its register is the next one, where most expressions have left their value already.
            let register = variables.count
            if value != register { emit(.move, a: register, b: value, at: start) }
            variables[name] = register
            functions[function].registers = max(functions[function].registers, register + 1)
        }
    }

    /// After `fn`.
    private mutating func define() throws(Diagnostic) {
        let outer = (function, variables, free)
        let (name, parameters) = try header()
        function = numbers[name].unsafelyUnwrapped
        variables = [:]
        for parameter in parameters { variables[parameter] = variables.count }
        if variables.count < parameters.count { throw error("two parameters have the same name") }
        free = variables.count
        functions[function].registers = free
        try block(endedBy: ["end"])
        next += 1
        finish()
        (function, variables, free) = outer
    }

    /// What a function does that runs into its end.
    private mutating func finish() {
        emit(.result, a: result(.constant, at: token), at: token)
    }

    // MARK: expressions

    /// Emits code for an expression; the register that holds its value.
    private mutating func expression(above level: Int = 0) throws(Diagnostic) -> Int {
        depth += 1
        defer { depth -= 1 }
        if depth > 100 { throw error("blocks and parentheses are nested too deeply") }
        let base = free
        var left = try operand()
        while let (operation, precedence) = Compiler.operators[token.text], precedence > level {
            let sign = token
            next += 1
            let right = try expression(above: precedence)
            free = base
            left = result(operation, b: left, c: right, at: sign)
        }
        return left
    }

    private static let operators: [String: (Operation, precedence: Int)] = [
        "<": (.less, 1), "==": (.equal, 1), "+": (.add, 2), "-": (.subtract, 2),
        "*": (.multiply, 3), "/": (.divide, 3), "%": (.remainder, 3),
    ]

    private mutating func operand() throws(Diagnostic) -> Int {
        let start = token
        next += 1
        if start.kind == .number {
            guard let number = Int(start.text), let value = Value(exactly: number) else {
                throw Diagnostic("not a number this language has", at: place(start))
            }
            return result(.constant, c: value.int, at: start)
        }
        if start.text == "-" {
            let zero = result(.constant, at: start)
            let value = try expression(above: 3)
            free = zero
            return result(.subtract, b: zero, c: value, at: start)
        }
        if start.text == "(" {
            let value = try expression()
            try expect(")")
            return value
        }
        guard start.kind == .word, !Compiler.keywords.contains(start.text) else {
            throw Diagnostic("a value is missing before '\(start.text)'", at: place(start))
        }
        if token.text == "(" {
            let base = free
            _ = try arguments(of: start, after: 3)
            free = base
            return result(.call, c: try number(of: start), at: start)
        }
        if let variable = variables[start.text] { return variable }
        if let cell = cells[start.text] {
            return result(.read, c: Int(bitPattern: cell.address), at: start)
        }
        throw Diagnostic(
            "unknown name '\(start.text)'; what functions share is declared by 'cell'",
            at: place(start))
    }

    /// `NAME(EXPR, ...)`: values in neighbouring registers, `gap` of them left out before.
    private mutating func arguments(
        of name: Token, after gap: Int
    ) throws(Diagnostic) -> (first: Int, count: Int) {
        try expect("(")
        for _ in 0..<gap { _ = allocate() }
        let first = free
        var count = 0
        while !take(")") {
            if count > 0 { try expect(",") }
            let target = first + count
            let value = try expression()
            if value != target { emit(.move, a: target, b: value, at: name) }
            free = target
            _ = allocate()
            count += 1
            if count > Compiler.most { throw error("too many values") }
        }
        let expected = functions[try number(of: name)].parameters
        if count != expected {
            throw Diagnostic(
                "'\(name.text)' takes \(expected) values, not \(count)", at: place(name))
        }
        return (first, count)
    }

    private func number(of name: Token) throws(Diagnostic) -> Int {
        guard let number = numbers[name.text] else {
            throw Diagnostic("there is no function '\(name.text)'", at: place(name))
        }
        return number
    }

    /// `NAME(NAME, ...)`
    private mutating func header() throws(Diagnostic) -> (name: String, parameters: [String]) {
        let function = try name()
        var parameters: [String] = []
        try expect("(")
        while !take(")") {
            if !parameters.isEmpty { try expect(",") }
            parameters.append(try name())
        }
        return (function, parameters)
    }

    // MARK: tokens

    /// Variables of a function, values in a call: keeps registers within 16 bits.
    private static let most = 500
    private static let keywords: Set = [
        "cell", "fn", "while", "if", "else", "end", "atomic", "spawn", "wait", "print", "return",
    ]
    /// The next token; at the end of the program there always is another end.
    private var token: Token { tokens[min(next, tokens.count - 1)] }
    private func isAt(_ text: String) -> Bool { token.text == text }

    private mutating func take(_ text: String) -> Bool {
        if token.text != text { return false }
        next += 1
        return true
    }
    private mutating func expect(_ text: String) throws(Diagnostic) {
        if !take(text) { throw error("'\(text)' is missing") }
    }
    private mutating func name() throws(Diagnostic) -> String {
        if token.kind != .word || Compiler.keywords.contains(token.text) {
            throw error("a name is missing")
        }
        next += 1
        return tokens[next - 1].text
    }
    private func place(_ token: Token) -> Diagnostic.Place {
        Diagnostic.Place(source, at: token.offset, length: token.text.utf8.count)
    }
    private func error(_ message: String) -> Diagnostic { Diagnostic(message, at: place(token)) }

    // MARK: code

    private var here: Int { code[function].count }

    /// A fresh register for an intermediate result.
    private mutating func allocate() -> Int {
        free += 1
        functions[function].registers = max(functions[function].registers, free)
        return free - 1
    }
    /// Emits an instruction whose result goes into a fresh register.
    private mutating func result(
        _ operation: Operation, b: Int = 0, c: Int = 0, at token: Token
    ) -> Int {
        let register = allocate()
        emit(operation, a: register, b: b, c: c, at: token)
        return register
    }
    @discardableResult
    private mutating func emit(
        _ operation: Operation, a: Int = 0, b: Int = 0, c: Int = 0, at token: Token
    ) -> Int {
        code[function].append(
            Instruction(operation: operation, a: UInt16(a), b: UInt16(b), c: c))
        offsets[function].append(token.offset)
        return here - 1
    }
    /// The jump goes to what comes next.
    private mutating func land(_ jump: Int) { code[function][jump].c = here }
}
