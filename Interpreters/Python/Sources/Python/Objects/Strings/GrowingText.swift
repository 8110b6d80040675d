import InterpreterKit
import Synchronization

/// Code points with room behind them, which strings share: what makes `text += piece` in a loop linear.
///
/// Words: header, byte count (8 more than the room), bytes in use, then the room. A string that lies here
/// begins at its start. Appending to the string that ends where the use ends takes more of the room and
/// makes a string that shares it; whoever comes second finds the use advanced, and copies.
///
/// G1  Bytes in use never change; `use` only grows, by compare and exchange. A rolled back append leaves
///     bytes in use that no string has.
enum GrowingText {
    /// Code points below which appending copies.
    static let least = 1024

    private static func use(_ text: Reference) -> UnsafeMutablePointer<Atomic<Int>> {
        UnsafeMutableRawPointer(text.address + 2).assumingMemoryBound(to: Atomic<Int>.self)
    }

    /// `a` and `b` as one string, where `b` fits the width of `a`; nil when that is too long.
    static func append(_ b: StringView, to a: StringView, _ vm: VM) throws(Unwind) -> Value? {
        let width = a.width
        let (old, new) = (a.count &<< width, (a.count &+ b.count) &<< width)
        if new > 1 << 40 { return nil }
        if a.isShare {
            let text = Value(bits: a.object.address[5]).reference
            let room = Value(bits: text.address[1]).int &- 8
            if new <= room,
                use(text).pointee.compareExchange(
                    expected: old, desired: new, ordering: .acquiringAndReleasing
                ).exchanged
            {
                copyCodePoints(b.data, b.width, a.data + old, width, b.count)
                return try share(text, a, b, vm)
            }
        }
        let room = new &+ new &>> 1
        let text = try vm.checked(
            vm.q.newBytes(count: 8 &+ room) { memory in
                memory.storeBytes(of: new, as: Int.self)
                copyCodePoints(a.data, width, memory + 8, width, a.count)
                copyCodePoints(b.data, b.width, memory + (8 &+ old), width, b.count)
            })
        return try share(text, a, b, vm)
    }
    private static func share(
        _ text: Reference, _ a: StringView, _ b: StringView, _ vm: VM
    ) throws(Unwind) -> Value {
        let count = a.count &+ b.count
        let flags = UInt64(a.width) | (a.isASCII && b.isASCII ? 4 : 0) | 16
        let data = UInt64(UInt(bitPattern: text.address + 3))
        return Value(
            try vm.checked(
                vm.q.newShare(Kind.string, of: text, words: 3) {
                    $0[0] = 0
                    $0[1] = UInt64(count) &<< 8 | flags
                    $0[2] = data
                }))
    }
}
