import InterpreterKit
import PythonSyntax

/// The module `_traceback`: what `traceback.py` cannot know by itself.
extension ModuleBuilder {
    func traceback() {
        function("entries", "(tb, /)") { (vm, a) throws(Unwind) in
            try vm.list(of: vm.entries(ofTraceback: a[0]))
        }
        function("stack", "(frame=None, /)") { (vm, a) throws(Unwind) in
            let frame = a.value(0, or: .none)
            if frame == .none { return try vm.list(of: vm.entries(ofStack: FrameWalk(vm))) }
            guard frame.isA(Kind.frame) else {
                throw vm.raise(.typeError, "expected frame, got '\(vm.typeName(frame))'")
            }
            return try vm.list(of: vm.entries(ofFrame: frame.reference))
        }
        function("marks", "(line, lineno, colno, end_lineno, end_colno, /)") {
            (vm, a) throws(Unwind) in
            guard let line = vm.asString(a[0]), a[1].isInt, a[2].isInt, a[3].isInt, a[4].isInt
            else { return .none }
            let span = Span(
                line: Int32(clamping: a[1].int), column: Int32(clamping: a[2].int),
                endLine: Int32(clamping: a[3].int), endColumn: Int32(clamping: a[4].int))
            guard let marks = Carets.below(vm.utf8(line)[...], span) else { return .none }
            return try vm.string(utf8: marks)
        }
    }
}

extension VM {
    /// Tuples of file, line, last line, column, last column, name.
    fileprivate func list(of entries: [TracebackEntry]) throws(Unwind) -> Value {
        let list = try newList(capacity: entries.count)
        for entry in entries {
            let (file, name) = (try string(entry.file), try string(entry.name))
            let span = entry.span
            let tuple = try checked(
                q.newTuple(count: 6) {
                    $0[0] = file
                    $0[1] = Value(entry.line)
                    $0[2] = Value(Int(span.endLine))
                    $0[3] = span.column < 0 ? .none : Value(Int(span.column))
                    $0[4] = span.endColumn < 0 ? .none : Value(Int(span.endColumn))
                    $0[5] = name
                })
            try append(list, Value(tuple))
        }
        return Value(list)
    }
}
