import InterpreterKit

/// The module `_json`: what `json` has in Swift.
extension VM {
    static func makeJSON(_ module: ModuleBuilder) throws(Unwind) {
        module.function(
            "read",
            "(text, start, strict, object_hook, object_pairs_hook, parse_float, parse_int, parse_constant, /)"
        ) { (vm, a) throws(Unwind) in
            guard let text = vm.asString(a[0]) else {
                throw vm.raise(
                    .typeError, "first argument must be a string, not \(vm.typeName(a[0]))")
            }
            let start = try vm.index(a[1])
            if start < 0 { throw vm.raise(.valueError, "idx cannot be negative") }
            var reader = JSONReader(vm, text, at: start)
            reader.isStrict = try vm.isTrue(a[2])
            reader.objectHook = a[3]
            reader.pairsHook = a[4]
            reader.parseFloat = a[5]
            reader.parseInt = a[6]
            reader.parseConstant = a[7]
            let value = try reader.value()
            return try vm.tuple(value, Value(reader.i))
        }
        module.function("scanstring", "(string, end, strict=True, /)") { (vm, a) throws(Unwind) in
            guard let text = vm.asString(a[0]) else {
                throw vm.raise(
                    .typeError, "first argument must be a string, not \(vm.typeName(a[0]))")
            }
            let start = try vm.index(a[1])
            if start < 0 || start > StringView(text).count {
                throw vm.raise(.valueError, "end is out of bounds")
            }
            var reader = JSONReader(vm, text, at: start)
            reader.isStrict = a.has(2) ? try vm.isTrue(a[2]) : true
            let value = try reader.string()
            return try vm.tuple(value, Value(reader.i))
        }
        module.function(
            "write",
            "(value, default, indent, item_separator, key_separator, sort_keys, skip_keys, ascii, allow_nan, check_circular, /)"
        ) { (vm, a) throws(Unwind) in
            var writer = JSONWriter(vm)
            writer.standard = a[1]
            writer.indent = a[2]
            for i in [3, 4] where vm.asString(a[i]) == nil {
                throw vm.raise(
                    .typeError,
                    "make_encoder() argument \(i + 2) must be str, not \(vm.typeName(a[i]))")
            }
            writer.itemSeparator = vm.asString(a[3]) ?? a[3]
            writer.keySeparator = vm.asString(a[4]) ?? a[4]
            writer.sortsKeys = try vm.isTrue(a[5])
            writer.skipsKeys = try vm.isTrue(a[6])
            writer.isASCII = try vm.isTrue(a[7])
            writer.allowsNaN = try vm.isTrue(a[8])
            writer.checksCircles = try vm.isTrue(a[9])
            try writer.write(a[0])
            return try writer.text.string(vm)
        }
        for (name, isASCII) in [
            ("encode_basestring", false), ("encode_basestring_ascii", true),
        ] as [(StaticString, Bool)] {
            module.function(name, "(string, /)") { (vm, a) throws(Unwind) in
                guard let text = vm.asString(a[0]) else {
                    throw vm.raise(
                        .typeError, "first argument must be a string, not \(vm.typeName(a[0]))")
                }
                var writer = JSONWriter(vm)
                writer.isASCII = isASCII
                writer.write(quoted: StringView(text))
                return try writer.text.string(vm)
            }
        }
    }
}
