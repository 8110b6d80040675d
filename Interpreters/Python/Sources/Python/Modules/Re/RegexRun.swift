import Glibc

/// A program at work on a text: registers and a stack of what to do on failure, in native memory.
///
/// A record of the stack is three words; the last one has a ``Record`` in its low bits. No native
/// recursion, whatever the expression.
struct RegexRun: ~Copyable {
    private let vm: VM
    let program: UnsafePointer<UInt32>
    let data: UnsafeMutableRawPointer
    let width: Int
    /// Where the text ends, for the expression.
    let end: Int
    /// See ``RegexProgram``.
    let registers: UnsafeMutablePointer<Int>
    private let registerCount: Int
    var stack: UnsafeMutablePointer<Int>
    var stackRoom: Int
    /// The whole text must match.
    var isFull = false
    /// A match at this place must not be empty; -1 for none.
    var notEmptyAt = -1
    /// Failures until the next look whether the guest is called.
    var patience = RegexRun.stride

    static let stride = 1 << 16

    enum Record {
        /// Place in the text, unused, address: goes on there.
        static let choice = 0
        /// Old content, register.
        static let restore = 1
        /// Least place, place now, address behind the loop: one character less.
        static let shorter = 2
        /// Place, how often still, address of the instruction: one character more.
        static let longer = 3
        /// Place, unused, address of a lazy `loop`: once more.
        static let again = 4
        /// Place, unused, address of a `look`: its body has failed.
        static let look = 5
        /// An `atomicStart`.
        static let atomic = 6
    }

    private static let stackLimit = 1 << 26

    init(
        _ vm: VM, _ program: UnsafePointer<UInt32>, _ data: UnsafeMutableRawPointer, _ width: Int,
        end: Int
    ) {
        self.vm = vm
        self.program = program
        self.data = data
        self.width = width
        self.end = end
        registerCount = Int(program[0])
        stackRoom = 192
        registers = .allocate(capacity: registerCount &+ stackRoom)
        registers.initialize(repeating: -1, count: registerCount)
        stack = registers + registerCount
    }
    deinit {
        releaseStack()
        registers.deallocate()
    }
    /// The first stack lies behind the registers.
    private func releaseStack() {
        if stack != registers + registerCount { stack.deallocate() }
    }
    var groupCount: Int { Int(program[1]) }
    /// The last group that was closed, or -1.
    var lastGroup: Int { registers[2 * groupCount] }

    /// Forgets the last match.
    mutating func reset() { registers.update(repeating: -1, count: 2 * groupCount + 1) }

    @inline(never) mutating func growStack(_ top: Int) throws(Unwind) {
        if stackRoom >= RegexRun.stackLimit { throw vm.raise(.memoryError) }
        let larger = UnsafeMutablePointer<Int>.allocate(capacity: stackRoom * 4)
        larger.update(from: stack, count: top)
        releaseStack()
        stack = larger
        stackRoom *= 4
    }
    /// A match may take long: Ctrl-C is heard, and it ends when the machine has been halted.
    @inline(never) mutating func hear() throws(Unwind) {
        patience = RegexRun.stride
        if vm.q.isCalled { try vm.hearSignals() }
    }

    /// Matches at `start`; registers 0 and 1 have the place.
    mutating func match(at start: Int) throws(Unwind) -> Bool {
        switch width {
        case 0: try match(data.assumingMemoryBound(to: UInt8.self), start)
        case 1: try match(data.assumingMemoryBound(to: UInt16.self), start)
        default: try match(data.assumingMemoryBound(to: UInt32.self), start)
        }
    }
    /// Finds the first match at or behind `start`.
    mutating func search(from start: Int) throws(Unwind) -> Bool {
        switch width {
        case 0: try search(data.assumingMemoryBound(to: UInt8.self), start)
        case 1: try search(data.assumingMemoryBound(to: UInt16.self), start)
        default: try search(data.assumingMemoryBound(to: UInt32.self), start)
        }
    }

    // MARK: searching

    @inline(__always)
    private mutating func search<T: FixedWidthInteger & UnsignedInteger>(
        _ text: UnsafePointer<T>, _ start: Int
    ) throws(Unwind) -> Bool {
        let least = Int(program[4])
        if start > end || least > end &- start { return false }
        let last = end &- least
        let table = program + Int(program[3])
        switch RegexScan(rawValue: program[2]) {
        case .anchored: return try match(text, start)
        case .literal:
            return try searchLiteral(
                text, start, last, first: table[0], second: table[1], Int(table[2]))
        case .filter: return try searchFiltered(text, start, table)
        default:
            var i = start
            while i <= last {
                if try match(text, i) { return true }
                i &+= 1
            }
            return false
        }
    }
    /// Tries places where two characters fit.
    @inline(__always)
    private mutating func searchLiteral<T: FixedWidthInteger & UnsignedInteger>(
        _ text: UnsafePointer<T>, _ start: Int, _ last: Int, first: UInt32, second: UInt32,
        _ distance: Int
    ) throws(Unwind) -> Bool {
        if first > UInt32(truncatingIfNeeded: T.max) || second > UInt32(truncatingIfNeeded: T.max) {
            return false
        }
        let (a, b) = (T(truncatingIfNeeded: first), T(truncatingIfNeeded: second))
        var i = start
        while i <= last {
            if T.self == UInt8.self && distance == 0 {
                let found = memchr(
                    UnsafeRawPointer(text + i), Int32(truncatingIfNeeded: first), last &- i &+ 1)
                guard let found else { return false }
                i = UnsafeRawPointer(found) - UnsafeRawPointer(text)
            } else {
                i = RegexRun.find(text, i, last, a, b, distance)
                if i < 0 { return false }
            }
            if try match(text, i) { return true }
            i &+= 1
        }
        return false
    }
    /// The first place from `start` to `last` with `a`, and `b` so many characters behind it; or -1.
    @inline(__always)
    private static func find<T: FixedWidthInteger & UnsignedInteger>(
        _ text: UnsafePointer<T>, _ start: Int, _ last: Int, _ a: T, _ b: T, _ distance: Int
    ) -> Int {
        let size = MemoryLayout<T>.size
        let ones = UInt64.max / UInt64(truncatingIfNeeded: T.max)
        let highs = ones &<< UInt64(size &* 8 &- 1)
        let x = UInt64(truncatingIfNeeded: a) &* ones
        let y = UInt64(truncatingIfNeeded: b) &* ones
        let lanes = 8 / size
        var i = start
        while i &+ lanes &- 1 <= last {
            let both =
                (UnsafeRawPointer(text + i).loadUnaligned(as: UInt64.self) ^ x)
                | (UnsafeRawPointer(text + (i &+ distance)).loadUnaligned(as: UInt64.self) ^ y)
            let hits = (both &- ones) & ~both & highs
            if hits != 0 { return i &+ hits.trailingZeroBitCount / (size &* 8) }
            i &+= lanes
        }
        while i <= last {
            if text[i] == a && text[i &+ distance] == b { return i }
            i &+= 1
        }
        return -1
    }
    /// Tries places whose first characters fit one of the alternatives, all of which are followed at once.
    @inline(__always)
    private mutating func searchFiltered<T: FixedWidthInteger & UnsignedInteger>(
        _ text: UnsafePointer<T>, _ start: Int, _ table: UnsafePointer<UInt32>
    ) throws(Unwind) -> Bool {
        let depth = Int(table[0])
        let words = table + 1
        let others = table[257]
        let final = UInt32(truncatingIfNeeded: depth &* 8 &- 8)
        let end = end
        var alive: UInt32 = 0
        var i = start
        while i < end {
            let c = text[i]
            let allowed =
                T.self == UInt8.self || c < 256
                ? words[Int(truncatingIfNeeded: c)] : others
            alive = (alive &<< 8 | 0xFF) & allowed
            i &+= 1
            if _slowPath(alive &>> final & 0xFF != 0) {
                if try match(text, i &- depth) { return true }
            }
        }
        return false
    }
}
