import InterpreterKit
import PythonSyntax

extension ModuleBuilder {
    /// The module `_trees`, from which `ast` makes its nodes.
    func trees() {
        function("parse", "(source, filename, mode, /)") { (vm, a) throws(Unwind) in
            let mode: ParseMode
            switch vm.text(a[2]) {
            case "exec": mode = .file
            case "eval": mode = .eval
            default: mode = .single
            }
            let source = try vm.source(a[0], named: try vm.fileName(a[1]), for: "compile()")
            let tree: Module
            do throws(PythonSyntaxError) { tree = try PythonSyntax.parse(source, mode: mode) } catch
            {
                throw vm.raise(syntaxError: error, source)
            }
            return try vm.plain(TreeView(tree))
        }
    }
}

extension VM {
    /// A tree of tuples and lists: a node is (name, place or None, field, value, field, value …).
    fileprivate func plain(_ view: TreeView) throws(Unwind) -> Value {
        switch view {
        case .absent: return .none
        case .identifier(let name): return intern(name)
        case .integer(let number): return try int(number)
        case .constant(let constant): return try value(of: Constant(constant))
        case .list(let items):
            let list = try newList(capacity: items.count)
            for item in items { try append(list, try plain(item)) }
            return Value(list)
        case .node(let node):
            let list = try newList(capacity: 2 + 2 * node.fields.count)
            try append(list, intern(node.name))
            try append(list, try place(node.span))
            for (name, field) in node.fields {
                try append(list, intern(name))
                try append(list, try plain(field))
            }
            return try tuple(ofList: list)
        }
    }
    private func place(_ span: Span?) throws(Unwind) -> Value {
        guard let span else { return .none }
        let list = try newList(capacity: 4)
        for part in [span.line, span.column, span.endLine, span.endColumn] {
            try append(list, Value(Int(part)))
        }
        return try tuple(ofList: list)
    }
}
