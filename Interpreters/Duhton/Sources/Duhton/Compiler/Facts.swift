/// What evaluating each node of a source can do, found in one pass from the leaves up.
struct Facts {
    /// Nothing but computing a value, or failing.
    private(set) var isQuiet: [Bool]
    /// May bind a variable of the frame.
    private(set) var assigns: [Bool]
    /// Nodes of the subtree that are no atoms.
    private(set) var forms: [Int32]

    init() { (isQuiet, assigns, forms) = ([], [], []) }

    init(_ syntax: Syntax, _ program: Program) {
        isQuiet = .init(repeating: true, count: syntax.nodes.count)
        assigns = .init(repeating: false, count: syntax.nodes.count)
        forms = .init(repeating: 0, count: syntax.nodes.count)
        for node in syntax.nodes.indices where syntax.count(node) > 0 {
            let head = syntax.head(node)
            if let head, head < Builtin.count, !program.isDefined(head) {
                isQuiet[node] = Builtin(number: head).isQuiet
            } else {
                isQuiet[node] = false
            }
            assigns[node] = head == Builtin.setq.number
            forms[node] = 1
            for i in 0..<syntax.count(node) {
                let child = syntax.child(node, i)
                isQuiet[node] = isQuiet[node] && isQuiet[child]
                assigns[node] = assigns[node] || assigns[child]
                forms[node] += forms[child]
            }
        }
    }
}
