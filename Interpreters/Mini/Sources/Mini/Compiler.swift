import InterpreterKit

/// Words become instructions. Every word's effect on the stack is known, so the depth at each is too,
/// and a program that compiles can neither underflow nor overflow its stack.
struct Compiler {
    private let source: Source
    private let mapping: Mapping
    private let cell: (String) throws -> Reference
    private var instructions: [Instruction] = []
    private var places: [Range<Int>?] = []
    private var depth = 0
    /// Blocks not yet closed: the opening word, the first instruction inside, and how much of the
    /// stack the inside may not touch. A loop's counter stays on the stack below its body.
    private var open: [(word: Word, start: Int, floor: Int)] = []

    init(
        _ source: Source, _ mapping: Mapping,
        _ cell: @escaping (String) throws -> Reference
    ) {
        self.source = source
        self.mapping = mapping
        self.cell = cell
    }

    consuming func compile() throws(Diagnostic) -> Code {
        for word in Word.all(in: source) { try compile(word) }
        if let word = open.last?.word { throw error("'\(word.text)' is never closed", word) }
        let end = Word(text: "", start: source.bytes.count, isLast: true)
        emit(.stop, end, takes: 0, leaves: 0)
        return Code(instructions, from: source, at: places)
    }

    private mutating func compile(_ word: Word) throws(Diagnostic) {
        switch word.text {
        case "+": try operation(.add, word, takes: 2, leaves: 1)
        case "-": try operation(.subtract, word, takes: 2, leaves: 1)
        case "*": try operation(.multiply, word, takes: 2, leaves: 1)
        case ".": try operation(.print, word, takes: 1, leaves: 0)
        case "[":
            try operation(.enter, word, takes: 0, leaves: 0)
            open.append((word, instructions.count, floor))
        case "]":
            _ = try close("[", word)
            try operation(.leave, word, takes: 0, leaves: 0)
        case "times":
            try operation(.times, word, takes: 1, leaves: 1)
            open.append((word, instructions.count, depth))
        case "end":
            let (start, counter) = try close("times", word)
            if depth != counter {
                throw error("each turn of the loop leaves \(depth - counter) on the stack", word)
            }
            let length = instructions.count + 1 - start
            instructions[start - 1].operand = length
            try operation(.end, word, takes: 1, leaves: 0, operand: length)
        default: try compileOther(word)
        }
    }

    private mutating func compileOther(_ word: Word) throws(Diagnostic) {
        let text = word.text
        if text.first == "@" || text.first == "!" {
            if text.count == 1 {
                throw error("'\(text)' needs the name of a cell: '\(text)x'", word)
            }
            let isLoad = text.first == "@"
            let reference: Reference
            do { reference = try cell(String(text.dropFirst())) } catch {
                throw self.error("\(error)", word)
            }
            try operation(
                isLoad ? .load : .store, word, takes: isLoad ? 0 : 1, leaves: isLoad ? 1 : 0,
                operand: Int(Int64(bitPattern: Value(reference).bits)))
        } else if let number = Int(text), Value(exactly: number) != nil {
            try operation(.push, word, takes: 0, leaves: 1, operand: number)
        } else if text.dropFirst(text.first == "-" ? 1 : 0).allSatisfy(\.isNumber) {
            throw error("the number needs more than 62 bits", word)
        } else {
            throw error("unknown word '\(text)'", word)
        }
    }

    private mutating func close(
        _ opener: String, _ word: Word
    ) throws(Diagnostic) -> (start: Int, floor: Int) {
        guard let (innermost, start, floor) = open.popLast() else {
            throw error("'\(word.text)' without '\(opener)'", word)
        }
        if innermost.text != opener {
            throw error("'\(word.text)' inside '\(innermost.text)', which is not closed yet", word)
        }
        return (start, floor)
    }

    private var floor: Int { open.last?.floor ?? 0 }

    private mutating func operation(
        _ operation: Instruction.Operation, _ word: Word, takes: Int, leaves: Int, operand: Int = 0
    ) throws(Diagnostic) {
        let held = depth - floor
        if held < takes {
            throw error("'\(word.text)' takes \(takes) from the stack, which holds \(held)", word)
        }
        if depth - takes + leaves > Code.stackSlots {
            throw error("more than \(Code.stackSlots) values on the stack", word)
        }
        emit(operation, word, takes: takes, leaves: leaves, operand: operand)
    }

    private mutating func emit(
        _ operation: Instruction.Operation, _ word: Word, takes: Int, leaves: Int, operand: Int = 0
    ) {
        instructions.append(
            Instruction(
                operation: operation, depth: UInt8(depth),
                endsQuantum: mapping.endsQuantum(operation, last: word.isLast), operand: operand))
        places.append(word.bytes)
        depth += leaves - takes
    }

    private func error(_ message: String, _ word: Word) -> Diagnostic {
        Diagnostic(message, at: .init(source, at: word.start, length: word.bytes.count))
    }
}

/// A word of a program, and where it stands.
struct Word {
    var text: String
    var start: Int
    /// The last on its line.
    var isLast = false

    var bytes: Range<Int> { start..<start + text.utf8.count }

    /// All words of a source, without comments.
    static func all(in source: Source) -> [Word] {
        var words: [Word] = []
        let bytes = source.bytes
        var i = 0
        while i < bytes.count {
            let start = i
            if bytes[i] == UInt8(ascii: ";") {
                while i < bytes.count && bytes[i] != UInt8(ascii: "\n") { i += 1 }
            } else if bytes[i] <= UInt8(ascii: " ") {
                if bytes[i] == UInt8(ascii: "\n") && !words.isEmpty {
                    words[words.count - 1].isLast = true
                }
                i += 1
            } else {
                while i < bytes.count && bytes[i] > UInt8(ascii: " ") { i += 1 }
                words.append(
                    Word(text: String(decoding: bytes[start..<i], as: UTF8.self), start: start))
            }
        }
        if !words.isEmpty { words[words.count - 1].isLast = true }
        return words
    }
}
