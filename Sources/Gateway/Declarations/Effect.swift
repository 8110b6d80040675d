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
/// | `undo: f($result)` | calling `f` takes back what it did; nobody notices both |
/// | `defer` | it gives no result, and may be called when the quantum commits |
/// | `atomic` | it is thread-safe, looks atomic to everybody and touches no managed memory |
/// | `serialized "d"` | it is atomic as long as no other call of domain `d` runs |
/// | `arbitrary` | nothing |
public enum Effect: Hashable, Sendable {
    case const
    case pure
    case pureErrno
    case reads
    case local
    case undo(Undo)
    case deferred
    case atomic
    case serialized(domain: String)
    case arbitrary

    /// As written in a declaration, without what follows a colon.
    public var word: String {
        switch self {
        case .const: "const"
        case .pure: "pure"
        case .pureErrno: "pure+errno"
        case .reads: "reads"
        case .local: "local"
        case .undo: "undo"
        case .deferred: "defer"
        case .atomic: "atomic"
        case .serialized(let domain): "serialized \"\(domain)\""
        case .arbitrary: "arbitrary"
        }
    }
    func spelled(_ parameters: [Declaration.Parameter]) -> String {
        guard case .undo(let undo) = self else { return word }
        let operands = undo.operands.map { operand in
            switch operand {
            case .result: "$result"
            case .number(let n): "\(n)"
            case .parameter(let i): parameters[i].name ?? ""
            }
        }
        return "undo: \(undo.function)(\(operands.joined(separator: ", ")))"
    }

    /// How a call gets out of the virtual machine, where the quantum may end.
    public var route: Route {
        switch self {
        case .const, .pure, .pureErrno, .reads, .local: .inside
        case .undo: .undoable
        case .deferred: .atCommit
        case .atomic, .serialized: .between
        case .arbitrary: .inevitable
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

    /// From 0, the strongest promise.
    public var rank: Int {
        switch self {
        case .const: 0
        case .pure: 1
        case .pureErrno: 2
        case .reads: 3
        case .local: 4
        case .undo: 5
        case .deferred: 6
        case .atomic: 7
        case .serialized: 8
        case .arbitrary: 9
        }
    }
}

/// How a call is taken back: a function of the same library, or of the process, and what it gets.
public struct Undo: Hashable, Sendable {
    public enum Operand: Hashable, Sendable {
        case result
        case parameter(Int)
        case number(Int)
    }
    public let function: String
    public let operands: [Operand]
}

/// Where a foreign call stands relative to the quantum that makes it.
@frozen public enum Route: UInt8, Sendable {
    /// Within the quantum, like any other operation; a rolled-back quantum repeats it.
    case inside
    /// Between two quanta, outside the virtual machine, while other guest threads run.
    case between
    /// Within the quantum, which cannot be rolled back from there on.
    case inevitable
    /// Within the quantum; a rollback takes it back.
    case undoable
    /// When the quantum commits.
    case atCommit
}

extension Declaration {
    /// How its calls get out of the virtual machine, where the quantum may end.
    ///
    /// What a `local` function writes through a plain pointer is not part of the result, and a rollback
    /// could not take it back: such a function is called by inevitable quanta.
    public var route: Route {
        let writesMemory = parameters.contains { $0.type == .pointer && $0.direction == .in }
        if effect == .local && writesMemory { return .inevitable }
        return effect.route
    }
    var errnoRule: ErrnoRule {
        effect.errnoRule == .ignored && capturesErrno ? .clearedAndCaptured : effect.errnoRule
    }
}

/// What is done about `errno` around a call.
enum ErrnoRule: UInt8 {
    case ignored
    /// Read right after the call; meaningful only if the result says that the call failed.
    case captured
    /// Set to 0 before, too: 0 after the call means that nothing went wrong.
    case clearedAndCaptured
}

extension Declaration {
    /// The function that takes its calls back.
    var undoFunction: String? {
        if case .undo(let undo) = effect { return undo.function }
        return nil
    }
}
