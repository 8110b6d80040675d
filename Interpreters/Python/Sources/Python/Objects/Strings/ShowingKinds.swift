import InterpreterKit

/// How values of the built-in kinds show themselves.
extension VM {
    /// Adds `repr(value)` to `text`.
    func show(_ value: Value, into text: inout StringBuilder) throws(Unwind) {
        if value.isInt { return text.append(decimal: value.int) }
        if value.isReference { return try show(object: value, into: &text) }
        if let double = value.asDouble { return appendRepr(double, to: &text) }
        switch value {
        case .none: text.append("None")
        case .true: text.append("True")
        case .false: text.append("False")
        case .ellipsis: text.append("Ellipsis")
        case .notImplemented: text.append("NotImplemented")
        default: text.append("<unbound>")
        }
    }
    private func show(object value: Value, into text: inout StringBuilder) throws(Unwind) {
        let object = value.reference
        switch object.kind {
        case Kind.string.kind: text.append(reprOf: StringView(object))
        case Kind.bytes.kind:
            let view = BytesView(object)
            text.append(reprOf: view.buffer)
        case Shape.boxedDouble.kind: appendRepr(value.asDouble ?? 0, to: &text)
        case Kind.bigInt.kind: text.append(string: try decimal(value))
        case Kind.complex.kind: try appendRepr(complex: value, to: &text)
        case Shape.tuple.kind: try show(tuple: object, into: &text)
        case Kind.list.kind: try show(list: object, into: &text)
        case Kind.dict.kind: try show(dict: object, into: &text)
        case Kind.set.kind, Kind.frozenSet.kind:
            try show(set: value, as: value, into: &text)
        case Kind.range.kind: try show(range: object, into: &text)
        case Kind.slice.kind:
            text.append("slice(")
            try show(self[object, Slice.start], into: &text)
            text.append(", ")
            try show(self[object, Slice.stop], into: &text)
            text.append(", ")
            try show(self[object, Slice.step], into: &text)
            text.append(")")
        case Kind.byteArray.kind: try show(byteArray: object, as: value, into: &text)
        case Kind.dictView.kind: try show(view: value, into: &text)
        case Kind.mappingProxy.kind:
            text.append("mappingproxy(")
            try show(self[object, Field<Value>(0)], into: &text)
            text.append(")")
        case Kind.instance.kind: text.append(string: try asStringOrRepr(value))
        case Kind.type.kind: try show(type: value, into: &text)
        case Kind.function.kind, Kind.native.kind, Kind.method.kind, Kind.module.kind,
            Kind.generator.kind, Kind.cell.kind, Kind.staticMethod.kind, Kind.classMethod.kind,
            Kind.member.kind, Kind.super.kind, Kind.code.kind:
            try show(callable: value, into: &text)
        default: try showByMethod(value, into: &text)
        }
    }
    private func asStringOrRepr(_ value: Value) throws(Unwind) -> Value {
        let text = try repr(value)
        return asString(text) ?? text
    }
    /// By the `__repr__` of the type, if it is not the one of `object`.
    private func showByMethod(_ value: Value, into text: inout StringBuilder) throws(Unwind) {
        let method = lookup(typeOf: value, name(.repr))
        if method == .unbound || isFromObject(method) {
            return appendDefaultRepr(value, to: &text)
        }
        let result = try callSpecial(method, value)
        guard let string = asString(result) else {
            throw raise(
                .typeError, "__repr__ returned non-string (type \(typeName(result)))")
        }
        text.append(string: string)
    }
    private func show(type value: Value, into text: inout StringBuilder) throws(Unwind) {
        let method = lookup(typeOf: value, name(.repr))
        if method.isA(Kind.function) || type(of: value) != type(.type) && !method.isA(Kind.native) {
            return try showByMethod(value, into: &text)
        }
        appendRepr(type: value.reference, to: &text)
    }
    /// `<class 'module.Name'>`
    func appendRepr(type: Reference, to text: inout StringBuilder) {
        text.append("<class '")
        append(fullNameOf: type, to: &text)
        text.append("'>")
    }

    // MARK: containers

    private func show(tuple: Reference, into text: inout StringBuilder) throws(Unwind) {
        let count = q.tupleCount(tuple)
        if count == 0 { return text.append("()") }
        let isNew = try whileShowing(tuple) { () throws(Unwind) in
            text.append("(")
            for i in 0..<count {
                if i > 0 { text.append(", ") }
                try show(q.tupleElement(tuple, i), into: &text)
            }
            text.append(count == 1 ? ",)" : ")")
        }
        if !isNew { text.append("(...)") }
    }
    private func show(list: Reference, into text: inout StringBuilder) throws(Unwind) {
        if self[list, List.count] == 0 { return text.append("[]") }
        let isNew = try whileShowing(list) { () throws(Unwind) in
            text.append("[")
            var i = 0
            while i < self[list, List.count] {
                if i > 0 { text.append(", ") }
                try show(item(ofList: list, i), into: &text)
                i &+= 1
            }
            text.append("]")
        }
        if !isNew { text.append("[...]") }
    }
    private func show(dict: Reference, into text: inout StringBuilder) throws(Unwind) {
        let isNew = try whileShowing(dict) { () throws(Unwind) in
            text.append("{")
            var isFirst = true
            var i = 0
            while i < fill(dict) {
                if let (key, value) = entry(dict, i) {
                    if !isFirst { text.append(", ") }
                    isFirst = false
                    try show(key, into: &text)
                    text.append(": ")
                    try show(value, into: &text)
                }
                i &+= 1
            }
            text.append("}")
        }
        if !isNew { text.append("{...}") }
    }
    /// `set` is the content of `instance`, whose type gives the name.
    func show(
        set: Value, as instance: Value, into text: inout StringBuilder
    ) throws(Unwind) {
        let type = type(of: instance)
        let isPlain = type == self.type(.set)
        let isNew = try whileShowing(set.reference) { () throws(Unwind) in
            // Elements may be changed by what they show: a list of them is not.
            let elements = try newList()
            // A derived class may have its own idea of them.
            let isEmpty = try length(set) == 0
            if !isEmpty && !isPlain { _ = try lengthHint(instance) }
            try iterate(isEmpty ? set : instance) { (element) throws(Unwind) in
                try append(elements, element)
                return true
            }
            let count = self[elements, List.count]
            if !isPlain || count == 0 {
                text.append(string: self[type, TypeObject.name])
                text.append("(")
            }
            if count > 0 {
                text.append("{")
                for i in 0..<count {
                    if i > 0 { text.append(", ") }
                    try show(item(ofList: elements, i), into: &text)
                }
                text.append("}")
            }
            if !isPlain || count == 0 { text.append(")") }
        }
        if !isNew {
            text.append(string: self[type, TypeObject.name])
            text.append("(...)")
        }
    }
    private func show(range: Reference, into text: inout StringBuilder) throws(Unwind) {
        text.append("range(")
        try show(self[range, RangeObject.start], into: &text)
        text.append(", ")
        try show(self[range, RangeObject.stop], into: &text)
        if self[range, RangeObject.step] != Value(1) {
            text.append(", ")
            try show(self[range, RangeObject.step], into: &text)
        }
        text.append(")")
    }
    private func show(view: Value, into text: inout StringBuilder) throws(Unwind) {
        let object = view.reference
        let isNew = try whileShowing(object) { () throws(Unwind) in
            text.append(string: self[type(of: view), TypeObject.name])
            text.append("([")
            let elements = try newList()
            try iterate(view) { (element) throws(Unwind) in
                try append(elements, element)
                return true
            }
            for i in 0..<self[elements, List.count] {
                if i > 0 { text.append(", ") }
                try show(item(ofList: elements, i), into: &text)
            }
            text.append("])")
        }
        if !isNew { text.append("...") }
    }
}
