/// A type as C's grammar builds it, before it is known whether and how it crosses the gateway.
struct TypeExpression: Sendable {
    indirect enum Form: Sendable {
        case plain(CType)
        /// Named, but not what it consists of: good for pointers only.
        case incomplete
        case pointer(to: TypeExpression)
        case array(of: TypeExpression, count: Int?)
        case function(CSignature, result: TypeExpression, parameters: String)
    }
    var form: Form
    var isConst = false
    /// As written; of the innermost type only.
    var words = ""

    /// The type as it crosses. Arrays and functions are passed as pointers. Nil when it is incomplete.
    var crossing: CType? {
        switch form {
        case .plain(let type): type
        case .incomplete: nil
        case .array(let element, _): element.pointed
        case .function(let signature, _, _): .callback(signature)
        case .pointer(let pointee): pointee.pointed
        }
    }
    /// As a member, where an array is an array.
    var member: CType? {
        if case .array(let element, let count?) = form {
            return element.member.map { .array($0, count: count) }
        }
        if case .array = form { return nil }
        return crossing
    }
    /// A pointer to this.
    private var pointed: CType {
        switch form {
        case .function(let signature, _, _): .callback(signature)
        case .plain(.int8) where isConst && words == "char": .string
        default: isConst ? .constPointer : .pointer
        }
    }
    /// As a typedef calls it: that is the name of a struct or union without a tag.
    func named(_ name: String) -> TypeExpression {
        guard case .plain(.aggregate(var aggregate)) = form, aggregate.name == nil else {
            return self
        }
        aggregate.alias = name
        var named = self
        named.form = .plain(.aggregate(aggregate))
        return named
    }
    /// What a pointer or array leads to.
    var pointee: TypeExpression? {
        switch form {
        case .pointer(let pointee): pointee
        case .array(let element, _): element
        default: nil
        }
    }
    var isVoid: Bool {
        if case .plain(.void) = form { return true }
        return false
    }
    /// Parameters: an array is a pointer to its elements, a function a pointer to it.
    var adjusted: TypeExpression {
        switch form {
        case .array(let element, _): TypeExpression(form: .pointer(to: element))
        case .function: TypeExpression(form: .pointer(to: self))
        default: self
        }
    }

    /// In C's spelling, as the type of `declarator`.
    func spelled(_ declarator: String = "") -> String {
        switch form {
        case .plain, .incomplete:
            let base = (isConst ? "const " : "") + words
            return declarator.isEmpty ? base : "\(base) \(declarator)"
        case .pointer(let pointee):
            let separator = declarator.isEmpty || !isConst ? "" : " "
            let inner = "*\(isConst ? "const" : "")\(separator)\(declarator)"
            switch pointee.form {
            case .array, .function: return pointee.spelled("(\(inner))")
            default: return pointee.spelled(inner)
            }
        case .array(let element, let count):
            return element.spelled("\(declarator)[\(count.map(String.init) ?? "")]")
        case .function(_, let result, let parameters):
            return result.spelled("\(declarator)(\(parameters))")
        }
    }
}
