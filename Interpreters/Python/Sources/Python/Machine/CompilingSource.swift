import InterpreterKit
import PythonSyntax

extension VM {
    /// What the parser or the compiler has found, as an exception.
    func raise(syntaxError error: PythonSyntaxError, _ source: Source) -> Unwind {
        let type: BuiltinType =
            switch error.kind {
            case .syntaxError: .syntaxError
            case .indentationError: .indentationError
            case .tabError: .tabError
            case .memoryError: .memoryError
            case .recursionError: .recursionError
            }
        if type == .memoryError { return outOfMemory() }
        if type == .recursionError { return raise(type, error.message) }
        do throws(Unwind) {
            var line = error.text
            // Mistakes beyond grammar show the line of a file only.
            if line == nil, !source.name.hasPrefix("<"), let number = error.line {
                line = source.line(number) + "\n"
            }
            let place = try newList()
            try append(place, try string(source.name))
            try append(place, error.line.map { Value($0) } ?? .none)
            try append(place, error.offset.map { Value($0) } ?? .none)
            try append(place, line == nil ? .none : try string(line ?? ""))
            try append(place, error.endLine.map { Value($0) } ?? .none)
            try append(place, error.endOffset.map { Value($0) } ?? .none)
            let message = try string(error.message)
            return raise(try call(Value(self.type(type)), message, try tuple(ofList: place)))
        } catch { return error }
    }

    /// Hands what the compiler finds odd to the module `warnings`. What a filter there makes an exception is a
    /// SyntaxError.
    func deliver(_ warnings: [PythonSyntaxError], _ source: Source) throws(Unwind) {
        if warnings.isEmpty || python.library.folder == nil { return }
        let warn = try getAttribute(try importModule("warnings"), intern("warn_explicit"))
        for warning in warnings {
            do throws(Unwind) {
                let arguments = try newList()
                try append(arguments, try string(warning.message))
                try append(arguments, Value(type(.syntaxWarning)))
                try append(arguments, try string(source.name))
                try append(arguments, Value(warning.line ?? 0))
                _ = try call(warn, arguments: try tuple(ofList: arguments))
            } catch {
                if catches(.syntaxWarning, error) { throw raise(syntaxError: warning, source) }
                throw error
            }
        }
    }
}
