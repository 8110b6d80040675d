import InterpreterKit

extension ModuleBuilder {
    /// The module `_string`, which the class `string.Formatter` is built on.
    func stringModule() {
        function("formatter_parser", "(format_string, /)") { (vm, a) throws(Unwind) in
            let view = try vm.string(
                a[0], "expected str, got \(vm.typeName(a[0]))")
            var template = FormatTemplate(view, 0..<view.count)
            let pieces = try vm.newList()
            while !template.isAtEnd {
                let (literal, field) = try template.next(vm)
                let parts = try vm.newList(capacity: 4)
                try vm.append(
                    parts, try vm.substring(view, literal.lowerBound, literal.upperBound))
                if let field {
                    try vm.append(
                        parts, try vm.substring(view, field.name.lowerBound, field.name.upperBound))
                    try vm.append(
                        parts, try vm.substring(view, field.spec.lowerBound, field.spec.upperBound))
                    try vm.append(
                        parts, field.conversion == 0 ? .none : try vm.character(field.conversion))
                } else {
                    for _ in 0..<3 { try vm.append(parts, .none) }
                }
                try vm.append(pieces, try vm.tuple(ofList: parts))
            }
            return try vm.iterator(of: Value(pieces))
        }
        function("formatter_field_name_split", "(field_name, /)") { (vm, a) throws(Unwind) in
            let view = try vm.string(
                a[0], "expected str, got \(vm.typeName(a[0]))")
            var name = FieldName(view, 0..<view.count)
            let first: Value
            if let index = try name.index(name.first, vm) {
                first = try vm.int(index)
            } else {
                first = try vm.substring(view, name.first.lowerBound, name.first.upperBound)
            }
            let rest = try vm.newList()
            while !name.isAtEnd {
                let (isAttribute, part) = try name.next(vm)
                var key = try vm.substring(view, part.lowerBound, part.upperBound)
                if !isAttribute, let index = try name.index(part, vm) { key = try vm.int(index) }
                try vm.append(rest, try vm.tuple(Value(isAttribute), key))
            }
            return try vm.tuple(first, try vm.iterator(of: Value(rest)))
        }
    }
}
