import Glibc
import ManagedHeap

/// A call that waits for the commit: its words, and copies of the byte strings that it passes, since
/// nothing keeps those alive so long. Frees them when it has been made, or will not be.
final class DeferredCall {
    private let plan: UnsafePointer<CallPlan>
    private let words: UnsafeMutablePointer<UInt64>
    private let count: Int
    private var copies: [UnsafeMutableRawPointer] = []

    /// Nil when memory has run out.
    init?(
        _ plan: UnsafePointer<CallPlan>, _ values: UnsafeBufferPointer<Value>,
        _ words: UnsafeMutablePointer<UInt64>
    ) {
        self.plan = plan
        count = values.count
        let capacity = plan.words(for: count)
        self.words = .allocate(capacity: capacity)
        self.words.initialize(repeating: 0, count: capacity)
        let strings = plan.pointee.strings.kind
        var addresses: [UInt64: UInt64] = [:]
        for value in values where value.isReference && value.reference.kind == strings {
            let text = ByteString(value.reference)
            guard let copy = malloc(text.count + 1) else { return nil }
            copies.append(copy)
            copy.copyMemory(from: text.pointer, byteCount: text.count)
            copy.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
            addresses[text.address] = UInt64(UInt(bitPattern: copy))
        }
        plan.move(words, to: self.words, capacity)
        for i in 0..<capacity {
            if let copy = addresses[self.words[i]] { self.words[i] = copy }
        }
    }
    deinit {
        for copy in copies { free(copy) }
        words.deallocate()
    }

    func perform() { _ = plan.perform(words, count) }
}
