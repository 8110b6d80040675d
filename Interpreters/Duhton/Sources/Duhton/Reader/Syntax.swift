import InterpreterKit

/// A program as read: all nodes in one array, children before their parents.
///
/// Y1  The subtree of node `n` is the contiguous range `nodes[n].first ... n`.
///
/// The order makes every analysis a loop instead of a recursion, so that no nesting is too deep for
/// the native stack.
final class Syntax {
    enum Content {
        case int(Int), float(Double), string([UInt8]), symbol(Int), list([Int])
    }
    struct Node {
        let content: Content
        /// Where it is in the source.
        let bytes: Range<Int>
        /// First node of the subtree (Y1).
        let first: Int
        /// Evaluating it may bind a variable of the frame.
        let assigns: Bool
    }

    let source: Source
    var nodes: [Node] = []
    /// The top-level forms.
    var forms: [Int] = []
    /// By node: the functions of `defun` forms, and numbers of literals.
    var functions: [Int: Function] = [:]
    var literals: [Int: Int] = [:]

    init(_ source: Source) { self.source = source }

    func place(_ node: Int) -> Diagnostic.Place {
        let bytes = nodes[node].bytes
        return .init(source, at: bytes.lowerBound, length: bytes.count)
    }
    /// None for an atom.
    func items(_ node: Int) -> [Int] {
        if case .list(let items) = nodes[node].content { items } else { [] }
    }
    func symbol(_ node: Int) -> Int? {
        if case .symbol(let symbol) = nodes[node].content { symbol } else { nil }
    }
    func int(_ node: Int) -> Int? {
        if case .int(let int) = nodes[node].content { int } else { nil }
    }
    /// The symbol at the head of the call that `node` is.
    func head(_ node: Int) -> Int? { items(node).first.flatMap(symbol) }
    /// Type of a node taken as data.
    func type(_ node: Int) -> TypeName {
        switch nodes[node].content {
        case .int: .int
        case .float: .float
        case .string: .string
        case .symbol: .symbol
        case .list(let items): items.isEmpty ? .none : .cons
        }
    }
}

/// Names interned to small numbers. The builtins come first, in the order of ``Builtin``, then `None`.
struct Symbols {
    static let none = Builtin.count

    private(set) var names: [[UInt8]] = []
    private var numbers: [[UInt8]: Int] = [:]
    /// By ``TypeName``.
    private(set) var types: [Int] = []

    init() {
        for name in Builtin.allCases.map(\.rawValue) + ["None"] { _ = intern(Array(name.utf8)) }
        types = TypeName.allCases.map { intern(Array($0.rawValue.utf8)) }
    }

    mutating func intern(_ name: [UInt8]) -> Int {
        if let number = numbers[name] { return number }
        numbers[name] = names.count
        names.append(name)
        return names.count - 1
    }
    func text(_ symbol: Int) -> String { String(decoding: names[symbol], as: UTF8.self) }
}
