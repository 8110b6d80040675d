import InterpreterKit

/// What exceptions of some types have beside arguments, traceback, context and cause: slots behind
/// those of ``Exception``.
extension Exception {
    static func field(_ n: Int) -> Field<Value> { Instance.slot(reserved + n) }
}
enum StopIterationFields {
    static var value: Field<Value> { Exception.field(0) }
}
enum SystemExitFields {
    static var code: Field<Value> { Exception.field(0) }
}
enum ImportErrorFields {
    static var message: Field<Value> { Exception.field(0) }
    static var name: Field<Value> { Exception.field(1) }
    static var path: Field<Value> { Exception.field(2) }
}
enum AttributeErrorFields {
    static var name: Field<Value> { Exception.field(0) }
    static var object: Field<Value> { Exception.field(1) }
}
enum NameErrorFields {
    static var name: Field<Value> { Exception.field(0) }
}
enum OSErrorFields {
    static var number: Field<Value> { Exception.field(0) }
    static var message: Field<Value> { Exception.field(1) }
    static var filename: Field<Value> { Exception.field(2) }
    static var filename2: Field<Value> { Exception.field(3) }
    static var written: Field<Value> { Exception.field(4) }
}
enum SyntaxErrorFields {
    static var message: Field<Value> { Exception.field(0) }
    static var filename: Field<Value> { Exception.field(1) }
    static var line: Field<Value> { Exception.field(2) }
    static var offset: Field<Value> { Exception.field(3) }
    static var text: Field<Value> { Exception.field(4) }
    static var endLine: Field<Value> { Exception.field(5) }
    static var endOffset: Field<Value> { Exception.field(6) }
    static var printed: Field<Value> { Exception.field(7) }
}
enum UnicodeErrorFields {
    static var encoding: Field<Value> { Exception.field(0) }
    static var object: Field<Value> { Exception.field(1) }
    static var start: Field<Value> { Exception.field(2) }
    static var end: Field<Value> { Exception.field(3) }
    static var reason: Field<Value> { Exception.field(4) }
}
enum ExceptionGroupFields {
    static var message: Field<Value> { Exception.field(0) }
    /// A tuple.
    static var exceptions: Field<Value> { Exception.field(1) }
}

extension BuiltinType {
    /// Slots of its own that an exception type has, those of its bases included.
    var exceptionFields: Int {
        switch self {
        case .stopIteration, .systemExit, .nameError, .unboundLocalError: 1
        case .attributeError, .baseExceptionGroup, .exceptionGroup: 2
        case .importError, .moduleNotFoundError: 3
        case .unicodeDecodeError, .unicodeEncodeError, .unicodeTranslateError: 5
        case .syntaxError, .indentationError, .tabError: 8
        default: isOSError ? 5 : 0
        }
    }
    private var isOSError: Bool {
        var type = self
        while type != .osError && type != .object { type = type.facts.base }
        return type == .osError
    }
}

extension VM {
    /// Sets the fields of a new exception of a built-in type from its arguments, as its constructor does.
    func fillFields(_ exception: Reference, _ type: Reference) throws(Unwind) {
        guard let builtin = BuiltinType(rawValue: UInt16(max(0, info(type).pointee.builtin))),
            builtin.exceptionFields > 0
        else { return }
        let arguments = self[exception, Exception.arguments].reference
        switch builtin {
        case .stopIteration: fillStopIteration(exception, arguments)
        case .systemExit: fillSystemExit(exception, arguments)
        case .importError, .moduleNotFoundError: fillImportError(exception, arguments)
        case .syntaxError, .indentationError, .tabError:
            try fillSyntaxError(exception, arguments)
        case .unicodeDecodeError, .unicodeEncodeError, .unicodeTranslateError:
            try fillUnicodeError(exception, builtin, arguments)
        case .nameError, .unboundLocalError, .attributeError: break
        case .baseExceptionGroup, .exceptionGroup:
            if q.tupleCount(arguments) == 2 {
                self[exception, ExceptionGroupFields.message] = q.tupleElement(arguments, 0)
                self[exception, ExceptionGroupFields.exceptions] = try tuple(
                    ofIterable: q.tupleElement(arguments, 1))
            }
        default: fillOSError(exception, arguments)
        }
    }
}

extension TypeBuilder {
    /// An attribute that is a field of the exception.
    func field(_ name: StaticString, _ field: Field<Value>) {
        attribute(
            name, get: { (vm, a) throws(Unwind) in vm[a[0].reference, field] },
            set: { (vm, a) throws(Unwind) in
                vm[a[0].reference, field] = a[1]
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                vm[a[0].reference, field] = .none
                return .none
            })
    }
}
