extension Declaration {
    /// The type of the function, as C's `typeof` takes it.
    public var functionType: String {
        var list = parameters.map(\.spelling)
        if isVariadic { list.append("...") }
        return "\(resultSpelling) (\(list.isEmpty ? "void" : list.joined(separator: ", ")))"
    }

    /// How calls leave the virtual machine on each backend, and what would be cheaper: for people.
    public var explanation: String {
        var lines = [prototype]
        lines.append(
            hasDeclaredEffect
                ? "declared \(effect.spelled(parameters)): \(effect.promise)"
                : "no effect declared, so arbitrary: \(effect.promise)")
        if effect == .local && route == .inevitable {
            let pointers = parameters.filter { $0.type == .pointer && $0.direction == .in }
            let names = pointers.map { $0.name ?? $0.spelling }.joined(separator: ", ")
            lines.append(
                "writes through \(names), which a rollback could not take back; 'out' or 'inout' with "
                    + "a length makes it a private copy")
        }
        for (backend, text) in routes { lines.append("  \(backend): \(text)") }
        if let cheaper { lines.append("cheaper: \(cheaper)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var routes: [(String, String)] {
        let block = "in an atomic block: "
        switch route {
        case .inside:
            return [
                ("gil", "called within the quantum, with the lock"),
                ("stm", "called within the transaction; repeated with it"),
                ("serial", "called within the quantum; pure calls twice, and compared"),
                (block.dropLast(2).description, "the same"),
            ]
        case .undoable:
            return [
                (
                    "gil, stm, serial",
                    "called within the quantum; a rollback calls the other function"
                ),
                (block.dropLast(2).description, "the same"),
            ]
        case .atCommit:
            return [
                ("gil, stm, serial", "called when the quantum commits, in commit order"),
                (block.dropLast(2).description, "the same"),
            ]
        case .between:
            let lock =
                if case .serialized(let name) = effect { ", holding the lock '\(name)'" } else {
                    ""
                }
            return [
                (
                    "gil",
                    lock.isEmpty
                        ? "within the quantum while calls are brief, else between two, without the lock"
                        : "between two quanta, without the VM's lock\(lock)"
                ),
                ("stm", "commits, calls\(lock), begins again"),
                ("serial", "between two quanta\(lock)"),
                (
                    block.dropLast(2).description,
                    "the quantum becomes inevitable, then calls\(lock)"
                ),
            ]
        case .inevitable:
            return [
                ("gil", "called within the quantum, with the lock"),
                ("stm", "the transaction becomes inevitable, then calls; one at a time"),
                ("serial", "called within the quantum, which cannot be rolled back"),
                (block.dropLast(2).description, "the same"),
            ]
        }
    }

    private var cheaper: String? {
        switch route {
        case .inevitable where effect == .arbitrary:
            return
                "'serialized \"\(name)\"' if only calls of the same library disturb it, 'atomic' if it is "
                + "thread-safe, 'undo:' if another function takes it back; ask 'quanta ffi audit'"
        case .between where effect != .atomic: return "'atomic' if the library is thread-safe"
        case .between where parameters.allSatisfy({ $0.type.scalar != nil }) && !isBrief:
            return
                "'brief' if a call takes less than a microsecond; 'local' or 'pure' if it has no effect "
                + "beyond its parameters"
        default: return nil
        }
    }
}

extension Effect {
    /// What the callee promises, in a sentence.
    fileprivate var promise: String {
        switch self {
        case .const: "the result depends on the argument values only"
        case .pure: "the result depends on the arguments and what they lead to"
        case .pureErrno: "as pure, and errno is part of the result"
        case .reads: "it reads ambient state and changes nothing"
        case .local: "it writes only memory that its arguments lead to"
        case .undo: "another function takes it back"
        case .deferred: "it gives no result and may wait for the commit"
        case .atomic: "it is thread-safe and touches no managed memory"
        case .serialized: "it is thread-safe as long as no other call of its domain runs"
        case .arbitrary: "nothing is known"
        }
    }
}
