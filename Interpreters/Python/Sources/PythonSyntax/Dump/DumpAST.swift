/// A tree as CPython's `ast.dump(tree, indent=...)` prints it.
///
/// - Parameter attributes: places too, as with `include_attributes=True`.
public func dumpAST(_ module: Module, indent: Int = 2, attributes: Bool = false) -> String {
    var text = ""
    TreeDump(indent: indent, attributes: attributes).write(TreeView(module), 0, &text)
    return text
}

/// The layout: a node with at most three fields, none of which has fields of its own, is one line.
private struct TreeDump {
    let indent: Int
    let attributes: Bool

    func write(_ view: TreeView, _ level: Int, _ text: inout String) {
        switch view {
        case .absent: text += "None"
        case .identifier(let name): text += Repr.string(Text(name))
        case .integer(let value): text += String(value)
        case .constant(let value): text += Repr.constant(value)
        case .list(let elements):
            text += "["
            for (i, element) in elements.enumerated() {
                newLine(level + 1, isFirst: i == 0, &text)
                write(element, level + 1, &text)
            }
            text += "]"
        case .node(let node):
            let fields = shown(node)
            let isFlat = fields.count <= 3 && fields.allSatisfy { isSimple($0.1) }
            text += node.name + "("
            for (i, (name, value)) in fields.enumerated() {
                if isFlat {
                    text += i == 0 ? "" : ", "
                } else {
                    newLine(level + 1, isFirst: i == 0, &text)
                }
                text += name + "="
                write(value, level + 1, &text)
            }
            text += ")"
        }
    }

    private func newLine(_ level: Int, isFirst: Bool, _ text: inout String) {
        text += isFirst ? "\n" : ",\n"
        text += String(repeating: " ", count: level * indent)
    }

    private func shown(_ node: TreeView.Node) -> [(String, TreeView)] {
        var fields = node.fields.filter {
            if case .absent = $0.1 { false } else { true }
        }
        if attributes, let span = node.span {
            fields.append(("lineno", .integer(Int(span.line))))
            fields.append(("col_offset", .integer(Int(span.column))))
            fields.append(("end_lineno", .integer(Int(span.endLine))))
            fields.append(("end_col_offset", .integer(Int(span.endColumn))))
        }
        return fields
    }

    private func isSimple(_ view: TreeView) -> Bool {
        switch view {
        case .list(let elements): elements.isEmpty
        case .node(let node): shown(node).isEmpty
        default: true
        }
    }
}
