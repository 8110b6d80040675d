/// A set of registers, as bits.
struct RegisterSet {
    private var words: [UInt64] = []

    func contains(_ register: Int) -> Bool {
        let word = register >> 6
        return word < words.count && words[word] >> UInt64(register & 63) & 1 != 0
    }
    mutating func insert(_ register: Int) {
        let word = register >> 6
        while words.count <= word { words.append(0) }
        words[word] |= 1 << UInt64(register & 63)
    }
    mutating func remove(_ register: Int) {
        let word = register >> 6
        if word < words.count { words[word] &= ~(1 << UInt64(register & 63)) }
    }
    mutating func formIntersection(_ other: RegisterSet) {
        if words.count > other.words.count { words.removeLast(words.count - other.words.count) }
        for i in words.indices { words[i] &= other.words[i] }
    }
    func subtracting(_ other: RegisterSet) -> RegisterSet {
        var result = self
        for i in 0..<min(words.count, other.words.count) { result.words[i] &= ~other.words[i] }
        return result
    }
}
