import InterpreterKit

/// Numbers that operations want from whatever the guest gives.
extension VM {
    /// The int that a value is without asking anybody: of an int, a bool or an instance of a class derived
    /// from int; nil for the rest.
    func asInt(_ value: Value) -> Value? {
        if value.isInt || value.isA(Kind.bigInt) { return value }
        if value == .true { return Value(1) }
        if value == .false { return Value(0) }
        return payload(value, .int)
    }
    /// The same without classes of the guest.
    @inline(__always) func plainInteger(_ value: Value) -> Value? {
        if value.isInt || value.isA(Kind.bigInt) { return value }
        if value == .true { return Value(1) }
        return value == .false ? Value(0) : nil
    }
    /// Is it an int, bool or an instance of a class derived from int?
    func isInteger(_ value: Value) -> Bool { asInt(value) != nil }

    /// The int that a value stands for as an index or a count, through `__index__` when it is none itself.
    func integer(_ value: Value) throws(Unwind) -> Value {
        if let int = asInt(value) { return int }
        let method = lookup(typeOf: value, name(.index))
        if method == .unbound {
            throw raise(
                .typeError, "'\(typeName(value))' object cannot be interpreted as an integer")
        }
        let result = try callSpecial(method, value)
        if let int = asInt(result) { return int }
        throw raise(.typeError, "__index__ returned non-int (type \(typeName(result)))")
    }
    /// ``integer(_:)`` as a machine word.
    func index(
        _ value: Value, overflow type: BuiltinType = .overflowError
    ) throws(Unwind) -> Int {
        if value.isInt { return value.int }
        if let word = word(ofInt: try integer(value)) { return word }
        throw raise(type, "cannot fit '\(typeName(value))' into an index-sized integer")
    }
    /// A size, a number of times or a place that a built-in function is given as a number.
    func size(_ value: Value) throws(Unwind) -> Int {
        if value.isInt { return value.int }
        if let word = word(ofInt: try integer(value)) { return word }
        throw raise(.overflowError, "Python int too large to convert to C ssize_t")
    }
    /// ``integer(_:)`` as a machine word; what is too large becomes the nearest word.
    func clampedIndex(_ value: Value) throws(Unwind) -> Int {
        if value.isInt { return value.int }
        let int = try integer(value)
        return word(ofInt: int) ?? (isNegative(int: int) ? .min : .max)
    }
    /// ``integer(_:)`` as a C `int`.
    ///
    /// - Parameter tellsSide: the error says which limit it is, as some functions do.
    func int32(_ value: Value, tellsSide: Bool = false) throws(Unwind) -> Int {
        let word = word(ofInt: try integer(value))
        if let word, Int32(exactly: word) != nil { return word }
        guard tellsSide, let word else {
            throw raise(.overflowError, "Python int too large to convert to C int")
        }
        throw raise(
            .overflowError,
            word > 0
                ? "signed integer is greater than maximum" : "signed integer is less than minimum")
    }

    /// The double that a value is without asking anybody: of a float or an instance of a class derived
    /// from float; nil for the rest.
    func floatContent(_ value: Value) -> Double? {
        if let double = value.asDouble { return double }
        return payload(value, .float).flatMap { $0.asDouble }
    }
    /// The double that a value stands for, through `__float__` or `__index__` when it is none itself.
    func asFloat(_ value: Value) throws(Unwind) -> Double {
        if let double = value.asDouble { return double }
        if value.isInt { return Double(value.int) }
        if let double = floatContent(value) { return double }
        let type = type(of: value)
        let method = lookup(type, name(.float))
        if method == .unbound {
            if lookup(type, name(.index)) != .unbound {
                return try double(ofInt: try integer(value))
            }
            throw raise(.typeError, "must be real number, not \(typeName(value))")
        }
        if let int = asInt(value), !value.isInstance { return try double(ofInt: int) }
        let result = try callSpecial(method, value)
        if let double = floatContent(result) { return double }
        throw raise(
            .typeError,
            "\(typeName(value)).__float__ returned non-float (type \(typeName(result)))")
    }
}
