import InterpreterKit

extension ModuleBuilder {
    /// A type whose objects have `reserved` slots of their own, and which says that it belongs to the module
    /// called `module`. Only `__new__` of the type makes such objects.
    @discardableResult
    func type(
        _ name: StaticString, in module: StaticString, base: Reference? = nil, reserved: Int = 0,
        hasDict: Bool = false, isBase: Bool = true
    ) -> TypeBuilder {
        let type = vm.newBuiltinType(
            name, base: base ?? vm.type(.object), module: "\(module)", reserved: reserved,
            payload: base == nil ? .native : nil, hasDict: hasDict)
        vm.info(type).pointee.isBase = isBase
        constant(name, Value(type))
        return TypeBuilder(vm: vm, type: type, name: name)
    }
    /// Names with whole numbers.
    func constants(_ values: KeyValuePairs<StaticString, Int>) {
        for (name, value) in values { constant(name, Value(value)) }
    }
}

extension VM {
    /// `module.Type` for messages.
    func fullName(ofType type: Reference) -> String {
        let module = text(find(self[type, TypeObject.namespace], name: name(.module)))
        let name = text(self[type, TypeObject.qualifiedName])
        return module.isEmpty || module == "builtins" ? name : "\(module).\(name)"
    }
    /// As in `<object at 0x7f…>`.
    func addressText(_ value: Value) -> String {
        let digits = String(identity(value), radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}

/// A type of tuples whose items have names: `time.struct_time`, `sys.version_info`.
///
/// Its objects hold the tuple and, when there are more names than items, another one with all of them.
struct StructType {
    let type: Reference
    let fields: [StaticString]
    /// Items of the tuple; further fields are attributes only.
    let visible: Int

    private static var everything: Field<Value> { Instance.slot(1) }

    /// - Parameter makes: whether the guest may make such objects.
    init(
        _ vm: VM, _ name: StaticString, in module: StaticString, _ fields: [StaticString],
        visible: Int? = nil, makes: Bool = true
    ) {
        let type = vm.newBuiltinType(
            name, base: vm.type(.tuple), module: "\(module)", reserved: 2)
        vm.info(type).pointee.isBase = false
        self.type = type
        self.fields = fields
        self.visible = visible ?? fields.count
        define(TypeBuilder(vm: vm, type: type, name: name), makes)
    }

    /// An object with the items of a list.
    func make(_ vm: VM, _ list: Reference) throws(Unwind) -> Value {
        let object = try vm.newInstance(type)
        let all = try vm.tuple(ofList: list)
        vm[object, StructType.everything] = all
        vm[object, Instance.slot(0)] =
            visible == fields.count
            ? all : try vm.tuple(ofList: try vm.list(ofItems: all.reference, visible))
        return Value(object)
    }

    private func define(_ type: TypeBuilder, _ makes: Bool) {
        for (i, field) in fields.enumerated() {
            type.attribute(
                field,
                get: { (vm, a) throws(Unwind) in
                    vm.item(ofTuple: vm[a[0].reference, StructType.everything].reference, i)
                })
        }
        type.constant("n_fields", Value(fields.count))
        type.constant("n_sequence_fields", Value(visible))
        type.constant("n_unnamed_fields", Value(0))
        let names = fields.prefix(visible).map { "\($0)" }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            var text = StringBuilder()
            text.append(vm.fullName(ofType: vm.type(of: a[0])))
            text.append("(")
            for (i, name) in names.enumerated() {
                if i > 0 { text.append(", ") }
                text.append(name)
                text.append("=")
                let all = vm[a[0].reference, StructType.everything].reference
                text.append(string: try vm.repr(vm.item(ofTuple: all, i)))
            }
            text.append(")")
            return try text.string(vm)
        }
        let (whole, visible) = (self, visible)
        type.new("(cls, sequence=(), dict={})") { (vm, a) throws(Unwind) in
            let name = vm.fullName(ofType: whole.type)
            if !makes {
                throw vm.raise(.typeError, "cannot create '\(name)' instances")
            }
            if !a.has(1) {
                throw vm.raise(
                    .typeError, "structseq() missing required argument 'sequence' (pos 1)")
            }
            let items = try vm.list(ofIterable: a[1])
            let count = vm[items, List.count]
            let total = whole.fields.count
            if count < visible || count > total {
                let wanted =
                    visible == total
                    ? "a \(total)-sequence"
                    : count < visible
                        ? "an at least \(visible)-sequence" : "an at most \(total)-sequence"
                throw vm.raise(.typeError, "\(name)() takes \(wanted) (\(count)-sequence given)")
            }
            for i in count..<max(count, total) {
                var value = Value.none
                if a.has(2), a[2].isDict {
                    value = vm.find(a[2].reference, name: vm.intern(whole.fields[i]))
                }
                try vm.append(items, value == .unbound ? .none : value)
            }
            return try whole.make(vm, items)
        }
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let all = vm[a[0].reference, StructType.everything]
            return try vm.tuple(Value(vm.type(of: a[0])), try vm.tuple(all))
        }
        type.vm.touch(type.type)
    }
}

extension VM {
    /// A list of the first items of a tuple.
    func list(ofItems tuple: Reference, _ count: Int) throws(Unwind) -> Reference {
        let list = try newList(capacity: count)
        for i in 0..<count { try append(list, item(ofTuple: tuple, i)) }
        return list
    }
}
