import InterpreterKit

/// BaseExceptionGroup and ExceptionGroup.
extension VM {
    func installExceptionGroups() {
        build(.baseExceptionGroup) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.newGroup(a)
            }
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                if a.keywords != .unbound {
                    throw vm.raise(
                        .typeError, "\(vm.typeName(a[0]))() takes no keyword arguments")
                }
                vm[a[0].reference, Exception.arguments] = try vm.tuple(a.base + 1, a.count - 1)
                return .none
            }
            type.attribute(
                "message",
                get: { (vm, a) throws(Unwind) in
                    vm[a[0].reference, ExceptionGroupFields.message]
                })
            type.attribute(
                "exceptions",
                get: { (vm, a) throws(Unwind) in
                    vm[a[0].reference, ExceptionGroupFields.exceptions]
                })
            type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                let group = a[0].reference
                let count = vm.q.tupleCount(vm.members(ofGroup: group))
                var text = StringBuilder()
                try vm.append(str: vm[group, ExceptionGroupFields.message], to: &text)
                text.append(" (\(count) sub-exception\(count == 1 ? "" : "s"))")
                return try text.string(vm)
            }
            type.method("derive", "(self, excs, /)") { (vm, a) throws(Unwind) in
                try vm.call(
                    Value(vm.type(.baseExceptionGroup)),
                    vm[a[0].reference, ExceptionGroupFields.message], a[1])
            }
            type.method("split", "(self, condition, /)") { (vm, a) throws(Unwind) in
                let (match, rest) = try vm.split(a[0], try vm.condition(a[1]), wantsRest: true)
                return try vm.tuple(match, rest)
            }
            type.method("subgroup", "(self, condition, /)") { (vm, a) throws(Unwind) in
                try vm.split(a[0], try vm.condition(a[1]), wantsRest: false).match
            }
            type.classMethod("__class_getitem__", "(cls, item, /)") { (vm, a) throws(Unwind) in
                try vm.newGenericAlias(a[0], a[1])
            }
        }
        // A group is an exception too: `ExceptionGroup` derives from both.
        do throws(Unwind) {
            let group = type(.exceptionGroup)
            self[group, TypeObject.bases] = try tuple(
                Value(type(.baseExceptionGroup)), Value(type(.exception)))
            self[group, TypeObject.mro] = try tuple(
                try linearize(group, types(self[group, TypeObject.bases])))
            try addSubclass(group, to: type(.exception))
            touch(group)
        } catch {}
    }

    func members(ofGroup group: Reference) -> Reference {
        let members = self[group, ExceptionGroupFields.exceptions]
        return (members.isTuple ? members : shared.pointee.emptyTuple).reference
    }

    private func newGroup(_ a: CallArguments) throws(Unwind) -> Value {
        if a.count != 3 {
            throw raise(
                .typeError,
                "BaseExceptionGroup.__new__() takes exactly 2 arguments (\(a.count - 1) given)")
        }
        guard a[0].isType else {
            throw raise(
                .typeError,
                "BaseExceptionGroup.__new__(X): X is not a type object (\(typeName(a[0])))")
        }
        guard asString(a[1]) != nil else {
            throw raise(
                .typeError,
                "BaseExceptionGroup.__new__() argument 1 must be str, not \(typeName(a[1]))")
        }
        if lookup(typeOf: a[2], name(.getitem)) == .unbound || asDict(a[2]) != nil {
            throw raise(.typeError, "second argument (exceptions) must be a sequence")
        }
        let exceptions = try tuple(ofIterable: a[2])
        let count = q.tupleCount(exceptions.reference)
        if count == 0 {
            throw raise(
                .valueError, "second argument (exceptions) must be a non-empty sequence")
        }
        var hasBase = false
        for i in 0..<count {
            let item = q.tupleElement(exceptions.reference, i)
            guard item.isInstance, isInstance(item, .baseException) else {
                throw raise(
                    .valueError,
                    "Item \(i) of second argument (exceptions) is not an exception")
            }
            if !isInstance(item, .exception) { hasBase = true }
        }
        var type = a[0].reference
        if type == self.type(.baseExceptionGroup) && !hasBase {
            type = self.type(.exceptionGroup)
        } else if type == self.type(.exceptionGroup) && hasBase {
            throw raise(.typeError, "Cannot nest BaseExceptions in an ExceptionGroup")
        } else if hasBase && isSubtype(type, self.type(.exception)) {
            throw raise(
                .typeError, "Cannot nest BaseExceptions in '\(name(ofType: type))'")
        }
        let group = try newException(class: Value(type), try tuple(a[1], a[2]))
        self[group.reference, ExceptionGroupFields.message] = a[1]
        self[group.reference, ExceptionGroupFields.exceptions] = exceptions
        return group
    }

    // MARK: splitting

    private enum Condition {
        /// A type, or a tuple of types.
        case types(Value)
        case function(Value)
        /// The exceptions themselves, as leaves: a list.
        case leaves(Reference)
    }
    private func condition(_ value: Value) throws(Unwind) -> Condition {
        func isExceptionType(_ value: Value) -> Bool {
            value.isType && isSubtype(value.reference, type(.baseException))
        }
        if isExceptionType(value) { return .types(value) }
        if value.isTuple {
            var isFine = true
            for i in 0..<q.tupleCount(value.reference)
            where !isExceptionType(q.tupleElement(value.reference, i)) { isFine = false }
            if isFine { return .types(value) }
        } else if isCallable(value) && !value.isType {
            return .function(value)
        }
        throw raise(
            .typeError, "expected a function, exception type or tuple of exception types")
    }
    private func holds(_ condition: Condition, _ exception: Value) throws(Unwind) -> Bool {
        switch condition {
        case .types(let types): return try matches(exception, types)
        case .function(let function): return try isTrue(try call(function, exception))
        case .leaves(let list):
            if isInstance(exception, .baseExceptionGroup) { return false }
            for i in 0..<self[list, List.count] where item(ofList: list, i) == exception {
                return true
            }
            return false
        }
    }
    /// The part of an exception, group or not, that meets the condition, and the rest; None for nothing.
    private func split(
        _ exception: Value, _ condition: Condition, wantsRest: Bool
    ) throws(Unwind) -> (match: Value, rest: Value) {
        if try holds(condition, exception) { return (exception, .none) }
        guard isInstance(exception, .baseExceptionGroup) else { return (.none, exception) }
        try enterNative()
        defer { leaveNative() }
        let (matching, others) = (try newList(), try newList())
        let members = members(ofGroup: exception.reference)
        for i in 0..<q.tupleCount(members) {
            let (match, rest) = try split(
                q.tupleElement(members, i), condition, wantsRest: wantsRest)
            if match != .none { try append(matching, match) }
            if wantsRest && rest != .none { try append(others, rest) }
        }
        return (
            try derive(exception, matching), wantsRest ? try derive(exception, others) : .none
        )
    }
    /// A group like `original` of other exceptions, or None when there are none.
    private func derive(
        _ original: Value, _ exceptions: Reference
    ) throws(Unwind) -> Value {
        if self[exceptions, List.count] == 0 { return .none }
        let group = try callMethod(original, intern("derive"), Value(exceptions))
        guard group.isInstance, isInstance(group, .baseExceptionGroup) else {
            throw raise(
                .typeError, "derive must return an instance of BaseExceptionGroup")
        }
        for field in [Exception.traceback, Exception.context, Exception.cause] {
            self[group.reference, field] = self[original.reference, field]
        }
        self[group.reference, Exception.suppressesContext] = .true
        let notes = try findAttribute(original, .notes)
        if notes.isList || notes.isTuple {
            try setAttribute(group, name(.notes), Value(try list(ofIterable: notes)))
        }
        return group
    }

    // MARK: except*

    /// What `except*` clauses leave to be raised of `original`, or None. `raised` lists what they have
    /// raised, and what none has caught.
    func reraised(_ raised: Reference, _ original: Value) throws(Unwind) -> Value {
        let (fresh, again) = (try newList(), try newList())
        let isGroup = isInstance(original, .baseExceptionGroup)
        for i in 0..<self[raised, List.count] {
            let exception = item(ofList: raised, i)
            if exception == .none { continue }
            // A single exception came in a group of its own: only one clause can have seen it.
            if !isGroup { return exception }
            try append(try isPart(exception, of: original) ? again : fresh, exception)
        }
        if !isGroup { return .none }
        let rest =
            self[again, List.count] == 0 ? Value.none : try projection(of: original, again)
        if self[fresh, List.count] == 0 { return rest }
        if rest != .none { try append(fresh, rest) }
        if self[fresh, List.count] == 1 { return item(ofList: fresh, 0) }
        return try call(Value(type(.exceptionGroup)), shared.pointee.emptyString, Value(fresh))
    }
    /// Parts of a group share its traceback, cause, context and notes.
    private func isPart(_ exception: Value, of original: Value) throws(Unwind) -> Bool {
        let (part, whole) = (exception.reference, original.reference)
        for field in [Exception.traceback, Exception.context, Exception.cause]
        where self[part, field] != self[whole, field] {
            return false
        }
        let (a, b) = (try findAttribute(exception, .notes), try findAttribute(original, .notes))
        if a == b { return true }
        return a == .unbound || b == .unbound ? false : try equal(a, b)
    }
    /// The part of `original` whose leaves are those of the exceptions in the list.
    func projection(
        of original: Value, _ exceptions: Reference
    ) throws(Unwind) -> Value {
        let leaves = try newList()
        for i in 0..<self[exceptions, List.count] {
            try collectLeaves(item(ofList: exceptions, i), leaves)
        }
        return try split(original, .leaves(leaves), wantsRest: false).match
    }
    private func collectLeaves(_ exception: Value, _ leaves: Reference) throws(Unwind) {
        guard isInstance(exception, .baseExceptionGroup) else {
            return try append(leaves, exception)
        }
        let members = members(ofGroup: exception.reference)
        for i in 0..<q.tupleCount(members) { try collectLeaves(q.tupleElement(members, i), leaves) }
    }
}
