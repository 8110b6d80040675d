import CForeign

/// Which registers and stack words the arguments of a call travel in: the calling convention of
/// x86-64 Linux (System V ABI 1.0, section 3.2.3).
///
/// Words are numbered as in the buffer of a general call: integer registers, vector registers, then
/// the stack.
struct Assignment {
    /// Where one argument is: two words for two registers, or `count` words from `first` on.
    struct Place {
        var first: Int
        var second = -1
        /// On the stack, where it lies in one piece.
        var isOnStack = false
    }
    enum Class { case integer, vector }

    static var registers: Int { Int(FOREIGN_INTEGERS + FOREIGN_VECTORS) }
    private(set) var integers = 0
    private(set) var vectors = 0
    private(set) var stackWords = 0

    /// The place of the next argument.
    mutating func place(_ type: CType) -> Place {
        if let classes = Assignment.classes(type) {
            let wantedVectors = classes.count { $0 == .vector }
            let wantedIntegers = classes.count - wantedVectors
            if integers + wantedIntegers <= Int(FOREIGN_INTEGERS),
                vectors + wantedVectors <= Int(FOREIGN_VECTORS)
            {
                var words = classes.map { next($0) }
                if words.count == 1 { words.append(-1) }
                return Place(first: words[0], second: words[1])
            }
        }
        if type.alignment == 16 { stackWords = (stackWords + 1) & ~1 }
        let word = Assignment.registers + stackWords
        stackWords += max(1, (type.size + 7) / 8)
        return Place(first: word, isOnStack: true)
    }
    mutating func place(_ scalar: Class) -> Place {
        if scalar == .vector ? vectors < Int(FOREIGN_VECTORS) : integers < Int(FOREIGN_INTEGERS) {
            return Place(first: next(scalar))
        }
        stackWords += 1
        return Place(first: Assignment.registers + stackWords - 1, isOnStack: true)
    }
    private mutating func next(_ kind: Class) -> Int {
        if kind == .vector {
            vectors += 1
            return Int(FOREIGN_INTEGERS) + vectors - 1
        }
        integers += 1
        return integers - 1
    }

    /// The class of each eightbyte; nil for what is passed in memory.
    static func classes(_ type: CType) -> [Class]? {
        if type.size > 16 { return nil }
        var found: [Class?] = [nil, nil]
        guard merge(type, at: 0, into: &found) else { return nil }
        return (0..<max(1, (type.size + 7) / 8)).map { found[$0] ?? .vector }
    }
    /// An eightbyte with any integer in it is an integer. False for x87 values, which live in memory.
    private static func merge(_ type: CType, at offset: Int, into found: inout [Class?]) -> Bool {
        switch type {
        case .longDouble, .complexLongDouble: return false
        case .float, .double, .complexFloat:
            found[offset / 8] = found[offset / 8] ?? .vector
        case .complexDouble:
            found = [found[0] ?? .vector, .vector]
        case .array(let element, let count):
            for i in 0..<count
            where !merge(element, at: offset + i * element.size, into: &found) { return false }
        case .aggregate(let aggregate):
            for member in aggregate.members
            where !merge(member.type, at: offset + member.offset, into: &found) { return false }
        default: found[offset / 8] = .integer
        }
        return true
    }

    /// How a result comes back.
    static func result(_ type: CType) -> foreign_result {
        switch type {
        case .void: return FOREIGN_RESULT_INTEGER
        case .longDouble: return FOREIGN_RESULT_X87
        case .complexLongDouble: return FOREIGN_RESULT_X87_PAIR
        case .aggregate(let aggregate) where aggregate.size == 16 && isLongDouble(type):
            return FOREIGN_RESULT_X87
        default: break
        }
        switch classes(type) {
        case [.integer]: return FOREIGN_RESULT_INTEGER
        case [.vector]: return FOREIGN_RESULT_VECTOR
        case [.integer, .integer]: return FOREIGN_RESULT_II
        case [.vector, .vector]: return FOREIGN_RESULT_VV
        case [.integer, .vector]: return FOREIGN_RESULT_IV
        case [.vector, .integer]: return FOREIGN_RESULT_VI
        default: return FOREIGN_RESULT_MEMORY
        }
    }
    /// Nothing but one `long double`, however wrapped.
    private static func isLongDouble(_ type: CType) -> Bool {
        switch type {
        case .longDouble: true
        case .array(let element, 1): isLongDouble(element)
        case .aggregate(let aggregate): aggregate.members.allSatisfy { isLongDouble($0.type) }
        default: false
        }
    }
}
