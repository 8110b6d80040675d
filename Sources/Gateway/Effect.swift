/// What a C function promises to whoever calls it: how much of the call the virtual machine can
/// hide, repeat or move.
///
/// The effect names the guarantee of the callee, not a mechanism; ``Route`` is what follows from it.
/// From the strongest promise to none:
///
/// | word | the callee promises |
/// | --- | --- |
/// | `const` | the result depends on the argument values only; nothing is written |
/// | `pure` | the same, but it may read memory that its arguments lead to |
/// | `pure+errno` | the same, and it may set `errno`, which is part of the result |
/// | `reads` | it reads ambient state, such as a clock or the locale; nothing to undo |
/// | `local` | it writes only memory that its arguments lead to |
/// | `atomic` | it is thread-safe, looks atomic to everybody and touches no managed memory |
/// | `serialized "d"` | it is atomic as long as no other call of domain `d` runs |
/// | `arbitrary` | nothing |
///
/// Nothing checks a promise: a wrong one gives wrong results on some backends.
public enum Effect: Equatable, Hashable, Sendable {
    case const
    case pure
    case pureErrno
    case reads
    case local
    case atomic
    case serialized(domain: String)
    case arbitrary

    /// As written in a declaration.
    public var word: String {
        switch self {
        case .const: "const"
        case .pure: "pure"
        case .pureErrno: "pure+errno"
        case .reads: "reads"
        case .local: "local"
        case .atomic: "atomic"
        case .serialized(let domain): "serialized \"\(domain)\""
        case .arbitrary: "arbitrary"
        }
    }

    /// How a call gets out of the virtual machine.
    ///
    /// `local` and `serialized` have no route of their own yet and take the safe one.
    public var route: Route {
        switch self {
        case .const, .pure, .pureErrno, .reads: .inside
        case .atomic: .between
        case .local, .serialized, .arbitrary: .inevitable
        }
    }

    /// What becomes of `errno`.
    var errnoRule: ErrnoRule {
        switch self {
        case .const, .pure: .ignored
        case .pureErrno: .clearedAndCaptured
        default: .captured
        }
    }
}

/// Where a foreign call stands relative to the quantum that makes it.
@frozen public enum Route: UInt8, Sendable {
    /// Within the quantum, like any other operation; a rolled-back quantum repeats it.
    case inside
    /// Between two quanta, outside the virtual machine, while other guest threads run.
    case between
    /// Within the quantum, which cannot be rolled back from there on.
    case inevitable
}

/// What is done about `errno` around a call.
enum ErrnoRule: UInt8 {
    case ignored
    /// Read right after the call; meaningful only if the result says that the call failed.
    case captured
    /// Set to 0 before, too: 0 after the call means that nothing went wrong.
    case clearedAndCaptured
}
