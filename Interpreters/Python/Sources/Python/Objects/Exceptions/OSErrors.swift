import Glibc
import InterpreterKit

/// OSError and the classes derived from it.
extension VM {
    /// The class for an error number.
    private func osErrorType(_ number: Int32) -> BuiltinType {
        switch number {
        case EAGAIN, EALREADY, EINPROGRESS: .blockingIOError
        case EPIPE, ESHUTDOWN: .brokenPipeError
        case ECHILD: .childProcessError
        case ECONNABORTED: .connectionAbortedError
        case ECONNREFUSED: .connectionRefusedError
        case ECONNRESET: .connectionResetError
        case EEXIST: .fileExistsError
        case ENOENT: .fileNotFoundError
        case EISDIR: .isADirectoryError
        case ENOTDIR: .notADirectoryError
        case EINTR: .interruptedError
        case EACCES, EPERM: .permissionError
        case ESRCH: .processLookupError
        case ETIMEDOUT: .timeoutError
        default: .osError
        }
    }
    /// Raises what a failed call of the system means, about a file when `filename` is not None.
    func raiseOSError(
        _ number: Int32, filename: Value = .none, filename2: Value = .none
    ) -> Unwind {
        do throws(Unwind) {
            let message = try string(String(cString: strerror(number)))
            let exception = newException(
                type(osErrorType(number)), try tuple(Value(Int(number)), message))
            if exception.isInstance {
                self[exception.reference, OSErrorFields.filename] = filename
                self[exception.reference, OSErrorFields.filename2] = filename2
            }
            return raise(exception)
        } catch { return error }
    }

    /// Number, message and names of files from 2 to 5 arguments; of them only the first two stay.
    func fillOSError(_ exception: Reference, _ arguments: Reference) {
        let count = q.tupleCount(arguments)
        guard count >= 2 && count <= 5 else { return }
        self[exception, OSErrorFields.number] = q.tupleElement(arguments, 0)
        self[exception, OSErrorFields.message] = q.tupleElement(arguments, 1)
        guard count > 2, q.tupleElement(arguments, 2) != .none else { return }
        let name = q.tupleElement(arguments, 2)
        if isInstance(Value(exception), .blockingIOError), let written = asInt(name) {
            self[exception, OSErrorFields.written] = written
            return
        }
        self[exception, OSErrorFields.filename] = name
        if count == 5 {
            self[exception, OSErrorFields.filename2] = q.tupleElement(arguments, 4)
        }
        // Without memory for the shorter tuple the longer one stays.
        do throws(Unwind) {
            self[exception, Exception.arguments] = try tuple(
                q.tupleElement(arguments, 0), q.tupleElement(arguments, 1))
        } catch { pending = .none }
    }

    /// Does the class make up its arguments in an `__init__` of its own?
    private func initializesItself(_ type: Reference) -> Bool {
        let own = lookup(type, name(.`init`))
        let standard = find(
            self[self.type(.osError), TypeObject.namespace], name: name(.`init`))
        return own != standard
    }

    func installOSError() {
        build(.osError) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                let arguments = try vm.tuple(a.base + 1, a.count - 1)
                guard a[0].isType, !vm.initializesItself(a[0].reference) else {
                    return try vm.newException(class: a[0], vm.shared.pointee.emptyTuple)
                }
                if a.keywords != .unbound {
                    throw vm.raise(
                        .typeError,
                        "\(vm.name(ofType: a[0].reference))() takes no keyword arguments")
                }
                var type = a[0]
                if type == Value(vm.type(.osError)), a.count >= 3, a.count <= 6,
                    let number = vm.asInt(a[1]), number.isInt,
                    let known = Int32(exactly: number.int)
                {
                    type = Value(vm.type(vm.osErrorType(known)))
                }
                let exception = try vm.newException(class: type, arguments)
                vm.fillOSError(exception.reference, arguments.reference)
                return exception
            }
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                guard vm.initializesItself(vm.type(of: a[0])) else { return .none }
                let arguments = try vm.tuple(a.base + 1, a.count - 1)
                vm[a[0].reference, Exception.arguments] = arguments
                vm.fillOSError(a[0].reference, arguments.reference)
                return .none
            }
            type.field("errno", OSErrorFields.number)
            type.field("strerror", OSErrorFields.message)
            type.field("filename", OSErrorFields.filename)
            type.field("filename2", OSErrorFields.filename2)
            type.attribute(
                "characters_written",
                get: { (vm, a) throws(Unwind) in
                    let written = vm[a[0].reference, OSErrorFields.written]
                    if written == .none {
                        throw vm.raise(.attributeError, "characters_written")
                    }
                    return written
                },
                set: { (vm, a) throws(Unwind) in
                    vm[a[0].reference, OSErrorFields.written] = Value(try vm.index(a[1]))
                    return .none
                },
                delete: { (vm, a) throws(Unwind) in
                    vm[a[0].reference, OSErrorFields.written] = .none
                    return .none
                })
            type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.text(osError: a[0].reference)
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.reduce(osError: a[0])
            }
        }
    }
    private func text(osError exception: Reference) throws(Unwind) -> Value {
        let number = self[exception, OSErrorFields.number]
        let message = self[exception, OSErrorFields.message]
        let filename = self[exception, OSErrorFields.filename]
        if filename == .none && (number == .none || message == .none) {
            return try standardText(exception)
        }
        var text = StringBuilder()
        text.append("[Errno ")
        try append(str: number, to: &text)
        text.append("] ")
        try append(str: message, to: &text)
        if filename != .none {
            text.append(": ")
            try show(filename, into: &text)
            let second = self[exception, OSErrorFields.filename2]
            if second != .none {
                text.append(" -> ")
                try show(second, into: &text)
            }
        }
        return try text.string(self)
    }
    /// Adds `str(value)`.
    func append(str value: Value, to text: inout StringBuilder) throws(Unwind) {
        let string = try str(value)
        text.append(string: asString(string) ?? string)
    }
    private func reduce(osError exception: Value) throws(Unwind) -> Value {
        let instance = exception.reference
        var arguments = self[instance, Exception.arguments]
        let filename = self[instance, OSErrorFields.filename]
        if arguments.isTuple, q.tupleCount(arguments.reference) == 2, filename != .none {
            let second = self[instance, OSErrorFields.filename2]
            let list = try newList()
            try append(list, q.tupleElement(arguments.reference, 0))
            try append(list, q.tupleElement(arguments.reference, 1))
            try append(list, filename)
            if second != .none {
                try append(list, .none)
                try append(list, second)
            }
            arguments = try tuple(ofList: list)
        }
        let attributes = try copyAttributes(instance)
        let type = Value(type(of: exception))
        return count(ofDict: attributes) == 0
            ? try tuple(type, arguments) : try tuple(type, arguments, Value(attributes))
    }
}
