import CForeign

/// How the words of a general call are filled and read: for every signature that the register
/// thunks do not serve. Made when the function is bound; never changes.
///
/// The buffer of a call, from an address that is a multiple of 16:
///
/// | words | hold |
/// | --- | --- |
/// | `Assignment.registers` | integer registers, vector registers |
/// | `resultWords` | the result |
/// | `cellWords` | what `out` and `inout` pointers lead to, or where that is; callbacks to be released |
/// | `stackWords` and more for `...` | the stack |
///
/// Lives for ever, as plans do, and what calls look at is plain data: reading it counts no references.
struct Recipe {
    /// One parameter.
    struct Item {
        enum Way: UInt8 {
            /// By value: one word; or registers or a piece of the stack, as a layout says.
            case word, value
            /// A pointer to a cell of the call, or to memory of its own.
            case cell, buffer
            /// A function pointer: takes guest functions.
            case callback
        }
        let way: Way
        let isOnStack: Bool
        /// Of the word or the cell; `void` when it is larger.
        let scalar: Scalar
        /// What an integer must lie in.
        let low: Int
        let high: Int
        /// Number of the guest's argument; -1 for `out`.
        let given: Int
        /// Indices of its words; the second one is that of another register, or -1.
        let word: Int
        let second: Int
        /// Index of the word where its cell begins; 0 for none.
        let cell: Int
        /// Of the argument, or of what the pointer leads to.
        let layout: CLayout

        /// What the callee leaves is part of the result.
        var isReturned: Bool { way == .cell || way == .buffer }

        fileprivate init(
            _ parameter: Declaration.Parameter, at place: Assignment.Place, given: Int, cell: Int,
            stackWord: Int
        ) {
            let type = parameter.isReturned ? parameter.element ?? .void : parameter.type
            way =
                parameter.isReturned
                ? parameter.capacity == nil ? .cell : .buffer
                : parameter.type.isCallback
                    ? .callback : parameter.type.scalar == nil ? .value : .word
            isOnStack = place.isOnStack
            scalar = type.scalar ?? .void
            let range = type.range ?? 0...0
            low = range.lowerBound
            high = range.upperBound
            self.given = given
            word = Recipe.word(place.first, stackWord)
            second = place.second
            self.cell = cell
            layout = CLayout(type)
        }
    }

    let items: UnsafeBufferPointer<Item>
    /// Those whose callee's values are part of the result, by their index.
    let returned: UnsafeBufferPointer<Int>
    let parameters: [Declaration.Parameter]
    let givenCount: Int
    let kind: foreign_result
    let result: CLayout
    let isVoid: Bool
    let isVariadic: Bool
    let resultWord: Int
    let stackWord: Int
    let stackWords: Int
    /// Continues with the arguments of `...`.
    let assignment: Assignment
    /// Something is to be given back after the call, or to be read.
    let hasCells: Bool
    let hasBuffers: Bool
    /// The result is more than a register, or there is more of it.
    let leavesWords: Bool

    static func make(_ declaration: Declaration) -> UnsafePointer<Recipe>? {
        guard let recipe = Recipe(declaration) else { return nil }
        let memory = UnsafeMutablePointer<Recipe>.allocate(capacity: 1)
        memory.initialize(to: recipe)
        return UnsafePointer(memory)
    }
    /// More is to be done about a call than to fill words, call and take a register.
    var needsCare: Bool { hasCells || leavesWords }

    /// Nil when the arguments need more of the stack than a call can have.
    private init?(_ declaration: Declaration) {
        var assignment = Assignment()
        kind = Assignment.result(declaration.result)
        if kind == FOREIGN_RESULT_MEMORY { _ = assignment.place(.integer) }
        parameters = declaration.parameters
        let places = parameters.map { assignment.place($0.type) }
        resultWord = Assignment.registers
        var word = resultWord + max(2, (declaration.result.size + 7) / 8 + 1) & ~1
        let firstCell = word
        let cells = parameters.map { parameter in
            let size =
                !parameter.isReturned
                ? parameter.type.isCallback ? 16 : 0
                : parameter.capacity == nil ? parameter.element.unsafelyUnwrapped.size : 16
            defer { word += (size + 15) / 16 * 2 }
            return size == 0 ? 0 : word
        }
        stackWord = word
        var given = 0
        var items: [Item] = []
        for (i, parameter) in parameters.enumerated() {
            items.append(
                Item(
                    parameter, at: places[i], given: parameter.isGiven ? given : -1,
                    cell: cells[i], stackWord: stackWord))
            if parameter.isGiven { given += 1 }
        }
        let returned = items.indices.filter { items[$0].isReturned }
        self.items = Recipe.kept(items)
        self.returned = Recipe.kept(returned)
        givenCount = given
        result = CLayout(declaration.result)
        isVoid = declaration.result == .void
        isVariadic = declaration.isVariadic
        hasCells = word > firstCell
        hasBuffers = items.contains { $0.way == .buffer }
        leavesWords =
            !returned.isEmpty || declaration.result.scalar == nil
            || declaration.freesResultWith != nil
        stackWords = assignment.stackWords
        self.assignment = assignment
        if stackWords > Int(FOREIGN_STACK_WORDS) { return nil }
    }
    private static func kept<T>(_ elements: [T]) -> UnsafeBufferPointer<T> {
        let memory = UnsafeMutableBufferPointer<T>.allocate(capacity: elements.count)
        _ = memory.initialize(from: elements)
        return UnsafeBufferPointer(memory)
    }

    /// Words of a call with `count` guest arguments.
    func words(for count: Int) -> Int {
        stackWord + Recipe.readable(stackWords + max(0, count - givenCount))
    }
    /// The general call reads one of these sizes.
    private static func readable(_ words: Int) -> Int {
        words == 0 ? 0 : [4, 16, 64, 256].first { words <= $0 } ?? Int(FOREIGN_STACK_WORDS)
    }
    /// The word of the buffer that an assignment calls `place`.
    func word(_ place: Int) -> Int { Recipe.word(place, stackWord) }
    private static func word(_ place: Int, _ stackWord: Int) -> Int {
        place < Assignment.registers ? place : place - Assignment.registers + stackWord
    }
}

extension CType {
    fileprivate var isCallback: Bool {
        if case .callback = self { return true }
        return false
    }
}
