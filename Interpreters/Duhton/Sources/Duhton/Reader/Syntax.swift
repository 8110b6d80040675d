import InterpreterKit

/// A program as read: all nodes in one array, children before their parents.
///
/// Y1  The subtree of node `n` is the contiguous range `nodes[n].first ... n`.
/// Y2  A list's children are `children[nodes[n].payload ..< payload + count]`, in order.
///
/// The order makes every analysis a loop instead of a recursion, so that no nesting is too deep for
/// the native stack.
final class Syntax {
    enum Kind: UInt8 { case int, float, string, symbol, list }

    struct Node {
        var kind: Kind
        /// Byte range in the source.
        var start: Int32
        var length: Int32
        /// First node of the subtree (Y1).
        var first: Int32
        /// The integer, the symbol's number, an index of `floats` or `strings`, or see Y2.
        var payload: Int32
        var count: Int32 = 0
    }

    let source: Source
    var nodes: [Node] = []
    var children: [Int32] = []
    var floats: [Double] = []
    var strings: [[UInt8]] = []
    /// The top-level forms.
    var forms: [Int] = []
    /// How deep lists are nested.
    var depth = 0
    var facts = Facts()

    init(_ source: Source) { self.source = source }

    func place(_ node: Int) -> Diagnostic.Place {
        .init(source, at: Int(nodes[node].start), length: Int(nodes[node].length))
    }
    func count(_ node: Int) -> Int { Int(nodes[node].count) }
    func child(_ node: Int, _ i: Int) -> Int { Int(children[Int(nodes[node].payload) + i]) }
    /// Children `i...` of a list.
    func children(_ node: Int, from i: Int = 0) -> [Int] {
        i < count(node) ? (i..<count(node)).map { child(node, $0) } : []
    }
    /// The symbol that `node` is.
    func symbol(_ node: Int) -> Int? {
        nodes[node].kind == .symbol ? Int(nodes[node].payload) : nil
    }
    /// The symbol at the head of the call that `node` is.
    func head(_ node: Int) -> Int? {
        nodes[node].kind == .list && nodes[node].count > 0 ? symbol(child(node, 0)) : nil
    }
    func int(_ node: Int) -> Int? {
        nodes[node].kind == .int ? Int(nodes[node].payload) : nil
    }
    /// Type name of a node taken as data.
    func typeName(_ node: Int) -> String {
        switch nodes[node].kind {
        case .int: "int"
        case .float: "float"
        case .string: "string"
        case .symbol: "symbol"
        case .list: count(node) == 0 ? "NoneType" : "cons"
        }
    }
}
