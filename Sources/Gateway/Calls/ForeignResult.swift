import ManagedHeap

/// What a foreign call gave back.
@frozen public enum ForeignResult: Sendable {
    /// The result, and what the call left in `errno`: 0 for `const` and `pure` functions. For other
    /// effects than `pure+errno` it means something only if the result says that the call failed.
    case value(Value, errno: Int32)
    /// The call was not made, or its result is not a guest value.
    case failure(ForeignError)

    /// The result, if there is one.
    @inlinable public var value: Value? {
        if case .value(let value, _) = self { return value }
        return nil
    }
    /// The result as a floating-point number, if it is one.
    @inlinable public var double: Double? { value?.asDouble }
    /// The result as an integer, if it is one.
    @inlinable public var int: Int? { value.flatMap { $0.isInt ? $0.int : nil } }
    @inlinable public var error: ForeignError? {
        if case .failure(let error) = self { return error }
        return nil
    }
}

/// Why a call failed. Trivial to copy; the text is made when asked for.
///
/// A problem with arguments means that nothing has been called.
@frozen public struct ForeignError: Error, Sendable {
    @frozen public enum Problem: UInt8, Sendable {
        /// Too few or too many arguments.
        case argumentCount
        /// The C type cannot be made from such a value.
        case argumentType
        /// The number does not fit the C type.
        case argumentRange
        /// A Swift integer that needs more bits than guest integers have.
        case argumentTooWide
        /// Text for `const char *` contains a zero byte, where C would see its end.
        case zeroByte
        /// A struct has another number of members or bytes, an array of elements.
        case size
        /// The length of a buffer makes no sense: negative, beyond 1 GB, or less than what is passed.
        case length
        /// The function may be called on another thread only.
        case thread
        /// A guest function that it called back has failed. The call was made.
        case callback
        /// A byte string for memory that the callee may write; byte strings never change.
        case immutable
        /// The call was made; its result needs more bits than a guest value has. ``bits`` has it.
        case resultRange
        /// A copy of text or a box for a double did not fit under the heap limit.
        case memory
        /// libffi refuses this combination of `...` arguments.
        case unsupported
        /// The function could not be bound; ``ForeignFunction/bindingError`` says why.
        case unbound
    }
    public let function: ForeignFunction
    public let problem: Problem
    /// Which argument, from 0; nil when the problem is with the result or with the call as a whole.
    public let argument: Int?
    /// The raw result for `.resultRange`; otherwise the bits of the value in question.
    public let bits: UInt64

    @inlinable
    public init(_ function: ForeignFunction, _ problem: Problem, argument: Int?, bits: UInt64) {
        self.function = function
        self.problem = problem
        self.argument = argument
        self.bits = bits
    }
}

extension ForeignError: CustomStringConvertible {
    /// `abs: argument 1 (j): 3000000000 does not fit 'int' (-2147483648...2147483647)`
    public var description: String {
        let declaration = function.declaration
        var text = "\(declaration.name): "
        if let argument {
            text += "argument \(argument + 1)"
            if argument < declaration.givenParameters.count,
                let name = declaration.givenParameters[argument].name
            {
                text += " (\(name))"
            }
            text += ": "
        }
        return text + detail(declaration)
    }

    private func detail(_ declaration: Declaration) -> String {
        let value = Value(bits: bits)
        let parameter = argument.flatMap {
            $0 < declaration.givenParameters.count ? declaration.givenParameters[$0] : nil
        }
        let type = parameter?.spelling ?? "..."
        switch problem {
        case .argumentCount:
            let wanted = declaration.givenParameters.count
            let least = declaration.isVariadic ? "at least " : ""
            return "takes \(least)\(wanted) argument\(wanted == 1 ? "" : "s"), not \(value.int)"
        case .argumentType: return "'\(type)' cannot be made from \(ForeignError.noun(value))"
        case .argumentRange:
            let number =
                value.isInt ? "\(value.int)" : value.asDouble.map { "\($0)" } ?? "the number"
            let range = parameter?.type.range.map { " (\($0.lowerBound)...\($0.upperBound))" } ?? ""
            return "\(number) does not fit '\(type)'\(range)"
        case .argumentTooWide:
            return "\(Int(bitPattern: UInt(bits))) needs more than the 62 bits of a guest integer"
        case .zeroByte: return "text for '\(type)' must not contain a zero byte"
        case .size: return "another number of members or bytes than '\(type)' has"
        case .length:
            let buffer = parameter.map { " for '\($0.spelling)'" } ?? ""
            return "the length of the buffer\(buffer) makes no sense"
        case .callback: return "a function that it called has failed"
        case .thread: return "may be called on the \(declaration.affinity.rawValue) thread only"
        case .immutable: return "'\(type)' may be written to, and a byte string never changes"
        case .resultRange:
            let number =
                declaration.result == .int64 ? "\(Int64(bitPattern: bits))" : "\(bits)"
            return "the result \(number) does not fit a guest value"
        case .memory: return "no memory left for the result"
        case .unsupported: return "these arguments cannot be passed"
        case .unbound: return function.bindingError?.description ?? "not bound"
        }
    }

    private static func noun(_ value: Value) -> String {
        if value.isInt { return "an integer" }
        if value.asDouble != nil { return "a floating-point number" }
        if value.isAddress { return "an address" }
        if value == .true || value == .false { return "a boolean" }
        if value.isA(.tuple) { return "a tuple with such elements" }
        return value == .none ? "nothing" : "this kind of object"
    }
}
