import InterpreterKit

extension ModuleBuilder {
    /// `re.RegexFlag`, and the flags as constants of the module.
    func regexFlagType() -> Reference {
        let flag = vm.newBuiltinType(
            "RegexFlag", base: vm.type(.int), module: name, reserved: 1)
        constant("RegexFlag", Value(flag))
        let type = TypeBuilder(vm: vm, type: flag, name: "RegexFlag")
        type.new("(cls, value)") { (vm, a) throws(Unwind) in
            try vm.newFlag(flag, try vm.index(a[1]))
        }
        for name: StaticString in ["__repr__", "__str__"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                let bits = try vm.index(a[0])
                return try vm.string(bits == 0 ? "re.NOFLAG" : RegexFlags(rawValue: bits).shown)
            }
        }
        add(type, flag, "__or__", "__ror__") { $0 | $1 }
        add(type, flag, "__and__", "__rand__") { $0 & $1 }
        add(type, flag, "__xor__", "__rxor__") { $0 ^ $1 }
        type.method("__invert__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.newFlag(flag, try vm.index(a[0]) ^ 0x1FF)
        }
        type.method("__contains__", "(self, other, /)") { (vm, a) throws(Unwind) in
            let other = try vm.index(a[1])
            return Value(try vm.index(a[0]) & other == other)
        }
        type.method("__bool__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.index(a[0]) != 0)
        }
        type.attribute("value", get: { (vm, a) throws(Unwind) in Value(try vm.index(a[0])) })
        type.attribute(
            "name",
            get: { (vm, a) throws(Unwind) in
                let shown = RegexFlags(rawValue: try vm.index(a[0])).shown
                return try vm.string(
                    shown.split(separator: "|").map { $0.dropFirst($0.hasPrefix("re.") ? 3 : 0) }
                        .joined(separator: "|"))
            })
        vm.touch(flag)
        let names: [(StaticString, StaticString, Int)] = [
            ("TEMPLATE", "T", 1), ("IGNORECASE", "I", 2), ("LOCALE", "L", 4),
            ("MULTILINE", "M", 8), ("DOTALL", "S", 16), ("UNICODE", "U", 32),
            ("VERBOSE", "X", 64), ("DEBUG", "DEBUG", 128), ("ASCII", "A", 256),
            ("NOFLAG", "NOFLAG", 0),
        ]
        for (long, short, bits) in names {
            do throws(Unwind) {
                let value = try vm.newFlag(flag, bits)
                constant(long, value)
                if short.utf8CodeUnitCount == 1 {
                    constant(short, value)
                    type.constant(short, value)
                }
                type.constant(long, value)
            } catch {}
        }
        return flag
    }
    private func add(
        _ type: TypeBuilder, _ flag: Reference, _ name: StaticString, _ reflected: StaticString,
        _ operation: @escaping (Int, Int) -> Int
    ) {
        for name in [name, reflected] {
            type.method(name, "(self, other, /)") { (vm, a) throws(Unwind) in
                guard vm.isInteger(a[1]) else { return .notImplemented }
                return try vm.newFlag(
                    flag, operation(try vm.index(a[0]), try vm.index(a[1])))
            }
        }
    }
}

extension VM {
    fileprivate func newFlag(_ type: Reference, _ bits: Int) throws(Unwind) -> Value {
        let object = try newInstance(type)
        self[object, Instance.slot(0)] = try int(bits)
        return Value(object)
    }
}
