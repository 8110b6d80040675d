import PythonSyntax

/// What the compiler makes of one module, function, class body or comprehension: code without a
/// single managed object.
final class CodeUnit {
    let name: String
    let qualifiedName: String
    let firstLine: Int
    var instructions: [Instruction] = []
    /// By instruction index; operand words repeat the span of their instruction.
    var spans: [Span] = []
    var constants: [Constant] = []
    var names: [String] = []
    /// Registers of a frame, r[0] included.
    var registers = 1
    /// Parameters without `*args` and keyword-only ones.
    var positional = 0
    var positionalOnly = 0
    var keywordOnly = 0
    var flags: CodeFlags = []
    /// By register: the parameter or local variable it holds (r[0] and temporaries: "").
    var registerNames: [String] = []
    /// Variables of this unit that functions inside it share.
    var cellNames: [String] = []
    var cellRegisters: [Int] = []
    /// Variables of units around, in the order of the closure tuple.
    var freeNames: [String] = []
    var freeRegisters: [Int] = []
    /// Innermost first.
    var handlers: [Handler] = []
    /// A `.text`, of a function that has one.
    var docstring: Constant?
    /// Comprehensions that run in this frame, innermost first.
    var inlined: [InlinedCode] = []
    /// Of the unit of a whole source: what `SyntaxWarning` is to say.
    var warnings: [PythonSyntaxError] = []

    init(name: String, qualifiedName: String, firstLine: Int) {
        self.name = name
        self.qualifiedName = qualifiedName
        self.firstLine = firstLine
    }
}

extension CodeUnit {
    /// Names of attributes that the function sets on its first argument.
    var attributesOfSelf: Set<String> {
        var found: Set<String> = []
        var i = 0
        while i < instructions.count {
            let instruction = instructions[i]
            if instruction.opcode == .storeAttribute, instruction.a == 1 {
                found.insert(names[instruction.c])
            }
            i += instruction.opcode.hasWord ? 2 : 1
        }
        return found
    }
}

/// Instructions `start ..< end` stand for a function `name` of their own, which a traceback shows,
/// called at `span`.
struct InlinedCode {
    var start: Int
    var end: Int
    var name: String
    var span: Span
}
