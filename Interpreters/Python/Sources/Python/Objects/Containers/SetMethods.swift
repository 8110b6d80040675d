import InterpreterKit

/// `set` and `frozenset` as the guest sees them.
extension VM {
    private func set(self value: Value) throws(Unwind) -> Reference {
        if let set = asSet(value) { return set }
        throw wrongReceiver(value, "set")
    }

    func installSets() {
        build(.set) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.made(a[0], .set, Value(vm.newSet()))
            }
            type.method("__init__", "(self, iterable=(), /)") { (vm, a) throws(Unwind) in
                let set = try vm.set(self: a[0])
                if vm[set, SetTable.filled] > 0 { vm.clear(set: set) }
                if a.has(1) { try vm.update(set: set, a[1]) }
                return .none
            }
            addSetQueries(type, Kind.set)
            addSetOperators(type, Kind.set)
            addSetChanges(type)
            addSetInPlaceOperators(type)
            type.constant("__hash__", .none)
            addClassItem(type)
        }
        build(.frozenset) { type in
            type.new("(cls, iterable=(), /)") { (vm, a) throws(Unwind) in
                if a[1].isA(Kind.frozenSet) && a[0] == Value(vm.type(.frozenset)) { return a[1] }
                let set = vm.newSet(Kind.frozenSet)
                if a.has(1) { try vm.update(set: set, a[1]) }
                return try vm.made(a[0], .frozenset, Value(set))
            }
            addSetQueries(type, Kind.frozenSet)
            addSetOperators(type, Kind.frozenSet)
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.int(vm.hash(ofSet: try vm.set(self: a[0])))
            }
            addClassItem(type)
        }
    }

    private func addSetQueries(_ type: TypeBuilder, _ shape: Shape) {
        type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm[try vm.set(self: a[0]), SetTable.count])
        }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newSetIterator(try vm.set(self: a[0]))
        }
        type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            return Value(try vm.place(set, a[1], hash: try vm.lookupHash(a[1])) >= 0)
        }
        type.method("copy", "(self, /)") { (vm, a) throws(Unwind) in
            if a[0].isA(Kind.frozenSet) { return a[0] }
            return Value(try vm.copy(set: try vm.set(self: a[0]), shape))
        }
        type.method("union", "(self, *others)") { (vm, a) throws(Unwind) in
            let result = try vm.copy(set: try vm.set(self: a[0]), shape)
            for i in 1..<max(1, a.count) { try vm.update(set: result, a[i]) }
            return Value(result)
        }
        type.method("intersection", "(self, *others)") { (vm, a) throws(Unwind) in
            var result = try vm.set(self: a[0])
            if a.count < 2 { return Value(try vm.copy(set: result, shape)) }
            for i in 1..<a.count { result = try vm.intersection(result, a[i], shape) }
            return Value(result)
        }
        type.method("difference", "(self, *others)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            if a.count < 2 { return Value(try vm.copy(set: set, shape)) }
            let result = try vm.difference(set, a[1], shape)
            for i in 2..<max(2, a.count) { try vm.differenceUpdate(result, a[i]) }
            return Value(result)
        }
        type.method("symmetric_difference", "(self, other, /)") { (vm, a) throws(Unwind) in
            let result = vm.newSet(shape)
            try vm.update(set: result, a[1])
            try vm.symmetricDifferenceUpdate(result, Value(try vm.set(self: a[0])))
            return Value(result)
        }
        type.method("issubset", "(self, other, /)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            if let other = vm.asSet(a[1]) { return Value(try vm.isSubset(set, of: other)) }
            let other = vm.newSet()
            try vm.update(set: other, a[1])
            return Value(try vm.isSubset(set, of: other))
        }
        type.method("issuperset", "(self, other, /)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            if let other = vm.asSet(a[1]) { return Value(try vm.isSubset(other, of: set)) }
            var isSuperset = true
            try vm.iterate(a[1]) { (key) throws(Unwind) in
                isSuperset = try vm.place(set, key, hash: try vm.lookupHash(key)) >= 0
                return isSuperset
            }
            return Value(isSuperset)
        }
        type.method("isdisjoint", "(self, other, /)") { (vm, a) throws(Unwind) in
            Value(try vm.isDisjoint(try vm.set(self: a[0]), a[1]))
        }
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let elements = try vm.newList(of: Value(try vm.set(self: a[0])))
            let attributes = try vm.findAttribute(a[0], vm.name(.dict))
            return try vm.tuple(
                Value(vm.type(of: a[0])), try vm.tuple(Value(elements)),
                attributes == .unbound ? .none : attributes)
        }
        for comparison in Comparison.allCases {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                let set = try vm.set(self: a[0])
                guard let other = vm.asSet(a[1]) else { return .notImplemented }
                return Value(try vm.compareSets(comparison, set, other))
            }
        }
    }

    private func addSetOperators(_ type: TypeBuilder, _ shape: Shape) {
        func add(
            _ name: StaticString, _ reflected: StaticString,
            _ body: @escaping (VM, Reference, Reference, Shape) throws(Unwind) -> Reference
        ) {
            func shape(_ vm: VM, _ value: Value) -> Shape {
                vm.asSet(value)?.kind == Kind.frozenSet.kind ? Kind.frozenSet : Kind.set
            }
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                guard let x = vm.asSet(a[0]), let y = vm.asSet(a[1]) else { return .notImplemented }
                return Value(try body(vm, x, y, shape(vm, a[0])))
            }
            type.method(reflected, "(self, value, /)") { (vm, a) throws(Unwind) in
                guard let x = vm.asSet(a[1]), let y = vm.asSet(a[0]) else { return .notImplemented }
                return Value(try body(vm, x, y, shape(vm, a[1])))
            }
        }
        add("__or__", "__ror__") { (vm, x, y, shape) throws(Unwind) in
            try vm.union(x, Value(y), shape)
        }
        add("__and__", "__rand__") { (vm, x, y, shape) throws(Unwind) in
            try vm.intersection(x, Value(y), shape)
        }
        add("__sub__", "__rsub__") { (vm, x, y, shape) throws(Unwind) in
            try vm.difference(x, Value(y), shape)
        }
        add("__xor__", "__rxor__") { (vm, x, y, shape) throws(Unwind) in
            let result = try vm.copy(set: y, shape)
            try vm.symmetricDifferenceUpdate(result, Value(x))
            return result
        }
    }

    private func addSetChanges(_ type: TypeBuilder) {
        type.method("add", "(self, element, /)") { (vm, a) throws(Unwind) in
            try vm.add(try vm.set(self: a[0]), a[1])
            return .none
        }
        type.method("discard", "(self, element, /)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            _ = try vm.discard(set, a[1], hash: try vm.lookupHash(a[1]))
            return .none
        }
        type.method("remove", "(self, element, /)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            if try !vm.discard(set, a[1], hash: try vm.lookupHash(a[1])) {
                throw vm.raise(.keyError, arguments: try vm.tuple(a[1]))
            }
            return .none
        }
        type.method("pop", "(self, /)") { (vm, a) throws(Unwind) in
            let element = vm.pop(set: try vm.set(self: a[0]))
            if element == .unbound { throw vm.raise(.keyError, "pop from an empty set") }
            return element
        }
        type.method("clear", "(self, /)") { (vm, a) throws(Unwind) in
            vm.clear(set: try vm.set(self: a[0]))
            return .none
        }
        type.method("update", "(self, *others)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            for i in 1..<max(1, a.count) { try vm.update(set: set, a[i]) }
            return .none
        }
        type.method("intersection_update", "(self, *others)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            var result = set
            if a.count < 2 { return .none }
            for i in 1..<a.count { result = try vm.intersection(result, a[i], Kind.set) }
            vm.become(set, result)
            return .none
        }
        type.method("difference_update", "(self, *others)") { (vm, a) throws(Unwind) in
            let set = try vm.set(self: a[0])
            for i in 1..<max(1, a.count) { try vm.differenceUpdate(set, a[i]) }
            return .none
        }
        type.method("symmetric_difference_update", "(self, other, /)") { (vm, a) throws(Unwind) in
            try vm.symmetricDifferenceUpdate(try vm.set(self: a[0]), a[1])
            return .none
        }
    }
    /// The content of `other`, which nobody else has. Where `pop` goes on looking stays the same.
    private func become(_ set: Reference, _ other: Reference) {
        let table = self[other, SetTable.table]
        let place = self[set, SetTable.extra]
        clear(set: set)
        self[set, SetTable.extra] = place
        if table == SetTable.own(of: other) {
            q.move(table, 0, to: SetTable.own(of: set), 0, count: SetTable.least)
        } else {
            self[set, SetTable.table] = table
        }
        self[set, SetTable.count] = self[other, SetTable.count]
        self[set, SetTable.filled] = self[other, SetTable.filled]
    }

    private func addSetInPlaceOperators(_ type: TypeBuilder) {
        func add(
            _ name: StaticString, _ body: @escaping (VM, Reference, Value) throws(Unwind) -> Void
        ) {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                let set = try vm.set(self: a[0])
                guard let other = vm.asSet(a[1]) else { return .notImplemented }
                try body(vm, set, Value(other))
                return a[0]
            }
        }
        add("__ior__") { (vm, set, other) throws(Unwind) in try vm.update(set: set, other) }
        add("__iand__") { (vm, set, other) throws(Unwind) in
            vm.become(set, try vm.intersection(set, other, Kind.set))
        }
        add("__isub__") { (vm, set, other) throws(Unwind) in try vm.differenceUpdate(set, other) }
        add("__ixor__") { (vm, set, other) throws(Unwind) in
            try vm.symmetricDifferenceUpdate(set, other)
        }
    }
}
