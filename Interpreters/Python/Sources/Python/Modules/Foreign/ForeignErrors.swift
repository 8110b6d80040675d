import InterpreterKit

/// What can be wrong with foreign code, by the exceptions of `ffi`.
enum ForeignProblem: String {
    case declaration, library, symbol, denied
    case argument, range, value, call
}

extension VM {
    /// Makes an exception of the module `ffi` the pending one.
    func raise(foreign problem: ForeignProblem, _ message: String) -> Unwind {
        do throws(Unwind) {
            let make = try getAttribute(try importModule("ffi"), intern("_error"))
            return raise(try call(make, intern(problem.rawValue), try string(message)))
        } catch {
            return error
        }
    }
    func raise(foreign error: DeclarationError) -> Unwind {
        raise(foreign: .declaration, "\(error)")
    }
    func raise(foreign error: BindingError) -> Unwind {
        raise(foreign: error.problem, "\(error)")
    }
    func raise(foreign error: ForeignError) -> Unwind {
        switch error.problem {
        case .memory: return outOfMemory()
        case .unbound:
            guard let reason = error.function.bindingError else { fallthrough }
            return raise(foreign: reason)
        default: return raise(foreign: error.problem.kind, "\(error)")
        }
    }
}

extension BindingError {
    fileprivate var problem: ForeignProblem {
        switch self {
        case .declaration, .signature: .declaration
        case .denied, .effect: .denied
        case .library: .library
        case .symbol, .undeclared: .symbol
        }
    }
}
extension ForeignError.Problem {
    fileprivate var kind: ForeignProblem {
        switch self {
        case .argumentCount, .argumentType, .immutable: .argument
        case .argumentRange, .argumentTooWide, .resultRange: .range
        case .zeroByte, .size, .length: .value
        case .thread, .callback, .memory, .unsupported, .unbound: .call
        }
    }
}
