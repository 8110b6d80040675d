import InterpreterKit

/// The numbers in `sys`.
extension ModuleBuilder {
    func addNumbers() throws(Unwind) {
        constant("maxsize", try vm.int(Int.max))
        constant("maxunicode", Value(0x10FFFF))
        try addFloatInfo()
        try addStruct(
            "int_info",
            [
                "bits_per_digit", "sizeof_digit", "default_max_str_digits",
                "str_digits_check_threshold",
            ],
            [30, 4, 4300, 640])
        let hash = StructType(
            vm, "hash_info", in: "sys",
            [
                "width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits",
                "cutoff",
            ], makes: false)
        let list = try vm.newList()
        for part in [64, (1 << 61) - 1, 314159, 0, 1_000_003] {
            try vm.append(list, try vm.int(part))
        }
        try vm.append(list, vm.intern("siphash13"))
        for part in [64, 128, 0] { try vm.append(list, Value(part)) }
        constant("hash_info", try hash.make(vm, list))
        let threads = StructType(
            vm, "thread_info", in: "sys", ["name", "lock", "version"], makes: false)
        let facts = try vm.newList()
        try vm.append(facts, vm.intern("pthread"))
        try vm.append(facts, vm.intern("futex"))
        try vm.append(facts, .none)
        constant("thread_info", try threads.make(vm, facts))
        try addFlags()
    }
    private func addFloatInfo() throws(Unwind) {
        let info = StructType(
            vm, "float_info", in: "sys",
            [
                "max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig",
                "epsilon", "radix", "rounds",
            ], makes: false)
        let list = try vm.newList()
        try vm.append(list, vm.value(Double.greatestFiniteMagnitude))
        for part in [1024, 308] { try vm.append(list, Value(part)) }
        try vm.append(list, vm.value(Double.leastNormalMagnitude))
        for part in [-1021, -307, 15, 53] { try vm.append(list, Value(part)) }
        try vm.append(list, vm.value(Double.ulpOfOne))
        for part in [2, 1] { try vm.append(list, Value(part)) }
        constant("float_info", try info.make(vm, list))
    }
    private func addFlags() throws(Unwind) {
        let list = try vm.newList()
        let writes = vm.python.system.settings.writesCompiled
        for flag in 0..<13 { try vm.append(list, Value(flag == 4 && !writes ? 1 : 0)) }
        try vm.append(list, .false)
        try vm.append(list, Value(1))
        try vm.append(list, Value(0))
        try vm.append(list, .false)
        try vm.append(list, Value(4300))
        let flags = StructType(
            vm, "flags", in: "sys",
            [
                "debug", "inspect", "interactive", "optimize", "dont_write_bytecode",
                "no_user_site", "no_site", "ignore_environment", "verbose", "bytes_warning",
                "quiet",
                "hash_randomization", "isolated", "dev_mode", "utf8_mode", "warn_default_encoding",
                "safe_path", "int_max_str_digits",
            ], makes: false)
        constant("flags", try flags.make(vm, list))
        constant("dont_write_bytecode", Value(!writes))
    }
    private func addStruct(
        _ name: StaticString, _ fields: [StaticString], _ values: [Int]
    ) throws(Unwind) {
        let list = try vm.newList()
        for value in values { try vm.append(list, try vm.int(value)) }
        constant(
            name, try StructType(vm, name, in: "sys", fields, makes: false).make(vm, list))
    }
}
