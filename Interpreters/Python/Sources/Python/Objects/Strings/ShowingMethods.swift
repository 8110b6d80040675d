import InterpreterKit

/// `__repr__` of containers, for those who call it by name and for derived classes.
extension VM {
    func installShowing() {
        let shown: [BuiltinType] = [
            .list, .tuple, .dict, .range, .dictKeys, .dictValues, .dictItems, .mappingProxy,
            .generator, .coroutine, .asyncGenerator, .cell, .superType, .staticMethod,
            .classMethod,
        ]
        for type in shown {
            build(type) { type in
                type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                    try vm.repr(a[0].isInstance ? vm[a[0].reference, Instance.slot(0)] : a[0])
                }
            }
        }
        for type in [BuiltinType.set, .frozenset] {
            build(type) { type in
                type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                    let content = a[0].isInstance ? vm[a[0].reference, Instance.slot(0)] : a[0]
                    var text = StringBuilder()
                    try vm.show(set: content, as: a[0], into: &text)
                    return try text.string(vm)
                }
            }
        }
    }
}
