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
final class Recipe: Sendable {
    struct Item: Sendable {
        let type: CType
        let place: Assignment.Place
        /// Number of the guest's argument; nil for `out`.
        let given: Int?
        /// Index of the word where its cell begins; 0 for none.
        let cell: Int
        let parameter: Declaration.Parameter

        /// Elements in memory of their own; nil when the cell holds the one element.
        var capacity: Length? { parameter.capacity }
    }

    let items: [Item]
    let givenCount: Int
    let kind: foreign_result
    let resultWord: Int
    let stackWord: Int
    let stackWords: Int
    /// Continues with the arguments of `...`.
    let assignment: Assignment
    let hasCells: Bool
    let returnsMore: Bool

    /// Nil when the arguments need more of the stack than a call can have.
    init?(_ declaration: Declaration) {
        var assignment = Assignment()
        kind = Assignment.result(declaration.result)
        if kind == FOREIGN_RESULT_MEMORY { _ = assignment.place(.integer) }
        let places = declaration.parameters.map { assignment.place($0.type) }
        resultWord = Assignment.registers
        var word = resultWord + max(2, (declaration.result.size + 7) / 8 + 1) & ~1
        let firstCell = word
        var given = 0
        var items: [Item] = []
        for (parameter, place) in zip(declaration.parameters, places) {
            var cell = 0
            if parameter.isReturned {
                let size = parameter.capacity == nil ? parameter.element.unsafelyUnwrapped.size : 16
                cell = word
                word += (size + 15) / 16 * 2
            } else if case .callback = parameter.type {
                cell = word
                word += 2
            }
            items.append(
                Item(
                    type: parameter.type, place: place, given: parameter.isGiven ? given : nil,
                    cell: cell, parameter: parameter))
            if parameter.isGiven { given += 1 }
        }
        self.items = items
        givenCount = given
        hasCells = word > firstCell
        returnsMore = items.contains { $0.parameter.isReturned }
        stackWord = word
        stackWords = assignment.stackWords
        self.assignment = assignment
        if stackWords > Int(FOREIGN_STACK_WORDS) { return nil }
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
    func word(_ place: Int) -> Int {
        place < Assignment.registers ? place : place - Assignment.registers + stackWord
    }
}
