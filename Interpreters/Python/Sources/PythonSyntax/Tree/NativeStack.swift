/// How much native stack a walk may use that recurses on the nesting of a program.
///
/// ```swift
/// let stack = NativeStack()                       // where the walk starts
/// if stack.isUsedUp { throw .tooDeep }            // wherever it recurses
/// ```
public struct NativeStack: Sendable {
    /// Fits a thread with the smallest stack that programs are compiled on, 8 MiB, with room for
    /// those who called and for what a walk does between two questions.
    private static let allowance: UInt = 6 << 20

    private let limit: UInt

    public init() { limit = NativeStack.address - NativeStack.allowance }

    /// Whether the walk must turn back.
    public var isUsedUp: Bool { NativeStack.address < limit }

    /// In the frame of the caller, or close to it.
    private static var address: UInt {
        var here: UInt8 = 0
        return withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    }
}
