import InterpreterKit

/// `mappingproxy`: any mapping, to be read only.
extension VM {
    func newMappingProxy(_ mapping: Value) -> Value { Value(q.new(Kind.mappingProxy, mapping)) }

    private func mapping(_ value: Value) throws(Unwind) -> Value {
        if value.isA(Kind.mappingProxy) { return self[value.reference, MappingProxy.mapping] }
        throw wrongReceiver(value, "mappingproxy")
    }
    private func isMapping(_ value: Value) -> Bool {
        !value.isList && !value.isTuple && lookup(typeOf: value, name(.getitem)) != .unbound
    }

    func installMappingProxy() {
        build(.mappingProxy) { type in
            type.new("(cls, mapping)") { (vm, a) throws(Unwind) in
                if !vm.isMapping(a[1]) {
                    throw vm.raise(
                        .typeError,
                        "mappingproxy() argument must be a mapping, not \(vm.typeName(a[1]))")
                }
                return vm.newMappingProxy(a[1])
            }
            type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.str(try vm.mapping(a[0]))
            }
            type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
                Value(try vm.length(try vm.mapping(a[0])))
            }
            type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.iterator(of: try vm.mapping(a[0]))
            }
            type.method("__reversed__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.callMethod(try vm.mapping(a[0]), vm.name(.reversed))
            }
            type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
                Value(try vm.contains(try vm.mapping(a[0]), a[1]))
            }
            type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
                try vm.getItem(try vm.mapping(a[0]), a[1])
            }
            type.method("get", "(self, key, default=None, /)") { (vm, a) throws(Unwind) in
                try vm.callMethod(
                    try vm.mapping(a[0]), vm.intern("get"), a[1], a.value(2, or: .none))
            }
            for name: StaticString in ["keys", "values", "items", "copy"] {
                type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                    try vm.callMethod(try vm.mapping(a[0]), vm.intern(name))
                }
            }
            type.method("__or__", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.binary(.or, vm.unwrapped(a[0]), vm.unwrapped(a[1]))
            }
            type.method("__ror__", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.binary(.or, vm.unwrapped(a[1]), vm.unwrapped(a[0]))
            }
            type.method("__ior__", "(self, value, /)") { (vm, a) throws(Unwind) in
                throw vm.raise(
                    .typeError,
                    "'|=' is not supported by \(vm.typeName(a[0])); use '|' instead")
            }
            for comparison in Comparison.allCases {
                type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                    try vm.compare(comparison, try vm.mapping(a[0]), vm.unwrapped(a[1]))
                }
            }
            type.constant("__hash__", .none)
            addClassItem(type)
        }
    }
    private func unwrapped(_ value: Value) -> Value {
        value.isA(Kind.mappingProxy) ? self[value.reference, MappingProxy.mapping] : value
    }
}
