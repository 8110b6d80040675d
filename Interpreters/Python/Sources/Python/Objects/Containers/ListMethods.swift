import InterpreterKit

/// `list` as the guest sees it.
extension VM {
    func installList() {
        build(.list) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.made(a[0], .list, Value(try vm.newList()))
            }
            type.method("__init__", "(self, iterable=(), /)") { (vm, a) throws(Unwind) in
                let list = try vm.list(a[0])
                if vm[list, List.count] > 0 { vm.clear(list: list) }
                if a.has(1) { try vm.extend(list, a[1]) }
                return .none
            }
            addListMethods(type)
            addListOperators(type)
            type.constant("__hash__", .none)
            addClassItem(type)
        }
    }

    /// `content` itself for the built-in type, else a new instance of the subclass that holds it.
    func made(
        _ cls: Value, _ builtin: BuiltinType, _ content: Value
    ) throws(Unwind) -> Value {
        if cls == Value(type(builtin)) || !cls.isType { return content }
        let instance = try newInstance(cls.reference)
        self[instance, Instance.slot(0)] = content
        return Value(instance)
    }

    private func addListMethods(_ type: TypeBuilder) {
        type.method("append", "(self, object, /)") { (vm, a) throws(Unwind) in
            try vm.append(try vm.list(a[0]), a[1])
            return .none
        }
        type.method("extend", "(self, iterable, /)") { (vm, a) throws(Unwind) in
            try vm.extend(try vm.list(a[0]), a[1])
            return .none
        }
        type.method("insert", "(self, index, object, /)") { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            try vm.insert(list, at: try vm.size(a[1]), a[2])
            return .none
        }
        type.method("pop", "(self, index=-1, /)") { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            var i = a.has(1) ? try vm.size(a[1]) : -1
            let count = vm[list, List.count]
            if count == 0 { throw vm.raise(.indexError, "pop from empty list") }
            if i < 0 { i = i &+ count }
            if i < 0 || i >= count { throw vm.raise(.indexError, "pop index out of range") }
            return vm.remove(list, at: i)
        }
        type.method("remove", "(self, value, /)") { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            let i = try vm.position(of: a[1], in: Value(list))
            // The comparisons may have emptied the list.
            if i < 0 { throw vm.raise(.valueError, "list.remove(x): x not in list") }
            if i < vm[list, List.count] { _ = vm.remove(list, at: i) }
            return .none
        }
        type.method("clear", "(self, /)") { (vm, a) throws(Unwind) in
            vm.clear(list: try vm.list(a[0]))
            return .none
        }
        type.method("copy", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.copy(ofList: try vm.list(a[0])))
        }
        type.method("reverse", "(self, /)") { (vm, a) throws(Unwind) in
            vm.reverse(try vm.list(a[0]))
            return .none
        }
        type.method(
            "index", "(self, value, start=0, stop=sys.maxsize, /)"
        ) { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            let (start, stop) = try vm.searchBounds(a[2], a[3], vm[list, List.count])
            var i = start
            while i < stop && i < vm[list, List.count] {
                if try vm.same(vm.item(ofList: list, i), a[1]) { return Value(i) }
                i &+= 1
            }
            throw vm.raise(.valueError, "\(vm.text(try vm.repr(a[1]))) is not in list")
        }
        type.method("count", "(self, value, /)") { (vm, a) throws(Unwind) in
            Value(try vm.occurrences(of: a[1], in: Value(try vm.list(a[0]))))
        }
        type.method("sort", "(self, /, *, key=None, reverse=False)") { (vm, a) throws(Unwind) in
            let reverse = a.has(2) ? try vm.isTrueOption(a[2]) : false
            try vm.sort(try vm.list(a[0]), key: a.value(1, or: .none), reverse: reverse)
            return .none
        }
        type.method("__sizeof__", "(self, /)") { (vm, a) throws(Unwind) in
            let items = vm[try vm.list(a[0]), List.items]
            return Value(40 + (items == .none ? 0 : 8 * vm.q.capacity(ofArray: items.reference)))
        }
    }
    /// An argument that C code reads as an int: bools and numbers.
    func isTrueOption(_ value: Value) throws(Unwind) -> Bool {
        if value.isBool { return value == .true }
        return try int32(value) != 0
    }

    private func addListOperators(_ type: TypeBuilder) {
        type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm[try vm.list(a[0]), List.count])
        }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newIterator(.listIterator, Value(try vm.list(a[0])))
        }
        type.method("__reversed__", "(self, /)") { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            return vm.newIterator(
                .listReverseIterator, Value(list), position: vm[list, List.count] &- 1)
        }
        type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
            Value(try vm.position(of: a[1], in: Value(try vm.list(a[0]))) >= 0)
        }
        type.method("__getitem__", "(self, index, /)") { (vm, a) throws(Unwind) in
            try vm.getItem(ofList: try vm.list(a[0]), a[1])
        }
        type.method("__setitem__", "(self, key, value, /)") { (vm, a) throws(Unwind) in
            try vm.setItem(ofList: try vm.list(a[0]), a[1], a[2])
            return .none
        }
        type.method("__delitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            try vm.deleteItem(ofList: try vm.list(a[0]), a[1])
            return .none
        }
        type.method("__add__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            guard let other = vm.asList(a[1]) else {
                throw vm.raise(
                    .typeError, "can only concatenate list (not \"\(vm.typeName(a[1]))\") to list")
            }
            let more = vm[other.reference, List.count]
            let result = try vm.newList(capacity: vm[list, List.count] &+ more)
            try vm.extend(result, Value(list))
            try vm.extend(result, other)
            return Value(result)
        }
        type.method("__mul__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            return Value(try vm.repeated(list, try vm.repetitions(a[1])))
        }
        type.method("__rmul__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            return Value(try vm.repeated(list, try vm.repetitions(a[1])))
        }
        type.method("__iadd__", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.extend(try vm.list(a[0]), a[1])
            return a[0]
        }
        type.method("__imul__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let list = try vm.list(a[0])
            let result = try vm.repeated(list, try vm.repetitions(a[1]))
            try vm.adopt(list, itemsOf: result)
            return a[0]
        }
        for comparison in Comparison.allCases {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                let list = try vm.list(a[0])
                guard let other = vm.asList(a[1]) else { return .notImplemented }
                return try vm.compareSequences(comparison, Value(list), other)
            }
        }
    }
}

extension VM {
    /// `__class_getitem__`: `list[int]`.
    func addClassItem(_ type: TypeBuilder) {
        type.classMethod("__class_getitem__", "(cls, item, /)") { (vm, a) throws(Unwind) in
            try vm.newGenericAlias(a[0], a[1])
        }
    }
}
