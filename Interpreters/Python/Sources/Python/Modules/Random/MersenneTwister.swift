import InterpreterKit

/// The generator MT19937, its state in managed objects, so that a transaction that does not happen has
/// drawn nothing.
///
/// Slots of the object that owns it: an array of 624 words of 32 bits, and how many of them are used up.
struct MersenneTwister {
    static let size = 624
    private static let middle = 397

    let vm: VM
    let owner: Reference

    static var state: Field<Value> { Instance.slot(0) }
    static var position: Field<Value> { Instance.slot(1) }

    /// The next 32 bits.
    func next() -> UInt32 {
        var position = vm[owner, MersenneTwister.position].int
        let state = vm[owner, MersenneTwister.state].reference
        if position >= MersenneTwister.size {
            renew(state)
            position = 0
        }
        vm[owner, MersenneTwister.position] = Value(position &+ 1)
        return tempered(vm[state, position])
    }
    private func tempered(_ word: Value) -> UInt32 {
        var y = UInt32(truncatingIfNeeded: word.int)
        y ^= y &>> 11
        y ^= y &<< 7 & 0x9D2C_5680
        y ^= y &<< 15 & 0xEFC6_0000
        return y ^ y &>> 18
    }
    /// 53 random bits as a fraction of 1.
    func double() -> Double {
        let position = vm[owner, MersenneTwister.position].int
        let (high, low): (UInt32, UInt32)
        if position < MersenneTwister.size &- 1 {
            let state = vm[owner, MersenneTwister.state].reference
            vm[owner, MersenneTwister.position] = Value(position &+ 2)
            high = tempered(vm[state, position]) &>> 5
            low = tempered(vm[state, position &+ 1]) &>> 6
        } else {
            high = next() &>> 5
            low = next() &>> 6
        }
        return (Double(high) * 67_108_864 + Double(low)) * (1 / 9_007_199_254_740_992)
    }

    private func renew(_ state: Reference) {
        let size = MersenneTwister.size
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: size) { words in
            for i in 0..<size { words[i] = UInt32(truncatingIfNeeded: vm[state, i].int) }
            for i in 0..<size {
                let next = words[i &+ 1 == size ? 0 : i &+ 1]
                let y = words[i] & 0x8000_0000 | next & 0x7FFF_FFFF
                let other = i &+ MersenneTwister.middle
                words[i] =
                    words[other >= size ? other &- size : other] ^ y &>> 1
                    ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
            }
            store(UnsafeBufferPointer(words), in: state)
        }
    }
    private func store(_ words: UnsafeBufferPointer<UInt32>, in state: Reference) {
        for i in 0..<words.count { vm[state, i] = Value(Int(words[i])) }
    }

    /// Starts from a key of at least one word.
    func seed(_ key: [UInt32]) throws(Unwind) {
        let size = MersenneTwister.size
        var words = [UInt32](repeating: 0, count: size)
        words[0] = 19_650_218
        for i in 1..<size {
            let last = words[i - 1]
            words[i] = 1_812_433_253 &* (last ^ last &>> 30) &+ UInt32(i)
        }
        var (i, j) = (1, 0)
        func advance() {
            i += 1
            if i == size {
                words[0] = words[size - 1]
                i = 1
            }
        }
        for _ in 0..<max(size, key.count) {
            let last = words[i - 1]
            words[i] = (words[i] ^ (last ^ last &>> 30) &* 1_664_525) &+ key[j] &+ UInt32(j)
            advance()
            j = j + 1 == key.count ? 0 : j + 1
        }
        for _ in 1..<size {
            let last = words[i - 1]
            words[i] = (words[i] ^ (last ^ last &>> 30) &* 1_566_083_941) &- UInt32(i)
            advance()
        }
        words[0] = 0x8000_0000
        try set(words, position: size)
    }
    func set(_ words: [UInt32], position: Int) throws(Unwind) {
        let state = try vm.checked(vm.q.newArray(capacity: MersenneTwister.size))
        words.withUnsafeBufferPointer { store($0, in: state) }
        vm[owner, MersenneTwister.state] = Value(state)
        vm[owner, MersenneTwister.position] = Value(position)
    }
}
