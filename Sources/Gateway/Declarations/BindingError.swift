/// Why a function could not be bound.
public enum BindingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The declaration is wrong, or asks for what is not supported.
    case declaration(DeclarationError)
    /// The policy forbids it; `origin` is the library that really defines the function, if that is why.
    case denied(function: String, library: String, origin: String?)
    /// The policy wants a stronger promise.
    case effect(function: String, declared: String, least: String)
    /// No candidate could be opened: what the system said about each.
    case library(name: String, reasons: [String])
    /// The library is there, the function is not.
    case symbol(function: String, library: String, reason: String)
    /// No call can be made with so many arguments, or none of this kind on this machine.
    case signature(function: String)
    /// `Library` has no declaration of this name.
    case undeclared(function: String, library: String, suggestion: String)

    /// The library or the function is not there; nothing is wrong with the declaration, and nothing forbids it.
    public var isAbsence: Bool {
        switch self {
        case .library, .symbol: true
        case .declaration, .denied, .effect, .signature, .undeclared: false
        }
    }

    /// The policy forbids it.
    public var isRefusal: Bool {
        switch self {
        case .denied, .effect: true
        case .library, .symbol, .declaration, .signature, .undeclared: false
        }
    }

    public var description: String {
        switch self {
        case .declaration(let error): return error.description
        case .denied(let function, let library, let origin?):
            return "'\(function)' is not part of \(library) but of \(origin), which is not allowed"
        case .denied(let function, let library, nil):
            return "'\(function)' of \(library) is not allowed"
        case .effect(let function, let declared, let least):
            return
                "'\(function)' is declared '\(declared)'; only what is '\(least)' or better is allowed"
        case .library(let name, let reasons):
            return "library \(name) cannot be opened: \(reasons.joined(separator: "; "))"
        case .symbol(let function, let library, let reason):
            return "no function '\(function)' in \(library): \(reason)"
        case .signature(let function): return "'\(function)' cannot be called as declared"
        case .undeclared(let function, let library, let suggestion):
            return "'\(function)' is not declared for \(library)\(suggestion)"
        }
    }
}
