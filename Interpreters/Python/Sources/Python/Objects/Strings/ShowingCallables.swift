import InterpreterKit

/// How functions, methods and other parts of programs show themselves.
extension VM {
    func show(callable value: Value, into text: inout StringBuilder) throws(Unwind) {
        let object = value.reference
        switch object.kind {
        case Kind.function.kind:
            text.append("<function ")
            append(self[object, Function.qualifiedName], to: &text)
            append(addressOf: value, to: &text)
        case Kind.native.kind: show(native: value, into: &text)
        case Kind.method.kind: try show(method: value, into: &text)
        case Kind.module.kind: try show(module: object, into: &text)
        case Kind.generator.kind:
            text.append("<")
            append(self[type(of: value), TypeObject.name], to: &text)
            text.append(" object ")
            append(self[object, Generator.qualifiedName], to: &text)
            append(addressOf: value, to: &text)
        case Kind.cell.kind: show(cell: value, into: &text)
        case Kind.staticMethod.kind, Kind.classMethod.kind:
            text.append("<")
            append(self[type(of: value), TypeObject.name], to: &text)
            text.append("(")
            try show(self[object, Wrapper.function], into: &text)
            text.append(")>")
        case Kind.member.kind: show(member: object, into: &text)
        case Kind.super.kind:
            text.append("<super: <class '")
            if self[object, Super.type].isType {
                append(self[self[object, Super.type].reference, TypeObject.name], to: &text)
            }
            text.append("'>, ")
            if self[object, Super.objectType].isType {
                text.append("<")
                append(
                    self[self[object, Super.objectType].reference, TypeObject.name], to: &text)
                text.append(" object>>")
            } else {
                text.append("NULL>")
            }
        default: appendDefaultRepr(value, to: &text)
        }
    }
    private func append(_ name: Value, to text: inout StringBuilder) {
        if let name = asString(name) { text.append(string: name) }
    }

    private func show(native value: Value, into text: inout StringBuilder) {
        let object = value.reference
        let entry = self[object, NativeFunction.entry].native(NativeEntry.self)
        let name = self[object, NativeFunction.name]
        let owner = self[object, NativeFunction.owner]
        switch entry.pointee.kind {
        case .method, .classMethod:
            text.append(
                entry.pointee.kind == .method && isWrapper(name) ? "<slot wrapper '" : "<method '")
            append(name, to: &text)
            text.append("' of '")
            if owner.isType { append(self[owner.reference, TypeObject.name], to: &text) }
            text.append("' objects>")
        case .staticMethod where owner.isType && isWrapper(name):
            text.append("<built-in method ")
            append(name, to: &text)
            text.append(" of type object")
            append(addressOf: owner, to: &text)
        default:
            text.append("<built-in function ")
            append(name, to: &text)
            text.append(">")
        }
    }

    private func show(method value: Value, into text: inout StringBuilder) throws(Unwind) {
        let function = self[value.reference, Method.function]
        let object = self[value.reference, Method.object]
        if function.isA(Kind.native) {
            let name = self[function.reference, NativeFunction.name]
            let isWrapper =
                isWrapper(name)
                && self[function.reference, NativeFunction.entry].native(NativeEntry.self).pointee
                    .kind == .method
            text.append(isWrapper ? "<method-wrapper '" : "<built-in method ")
            append(name, to: &text)
            text.append(isWrapper ? "' of " : " of ")
            append(self[type(of: object), TypeObject.name], to: &text)
            text.append(" object")
            append(addressOf: object, to: &text)
            return
        }
        text.append("<bound method ")
        if function.isA(Kind.function) {
            append(self[function.reference, Function.qualifiedName], to: &text)
        } else {
            var qualified = try findAttribute(function, name(.qualname))
            if asString(qualified) == nil { qualified = try findAttribute(function, name(.name)) }
            if asString(qualified) != nil {
                append(qualified, to: &text)
            } else {
                text.append("?")
            }
        }
        text.append(" of ")
        try show(object, into: &text)
        text.append(">")
    }

    private func show(module: Reference, into text: inout StringBuilder) throws(Unwind) {
        let namespace = self[module, ModuleObject.namespace]
        text.append("<module ")
        let name = find(namespace, name: self.name(.name))
        if name == .unbound { text.append("'?'") } else { try show(name, into: &text) }
        let file = find(namespace, name: self.name(.file))
        if file == .unbound || file == .none {
            text.append(self.text(name) == "__main__" ? ">" : " (built-in)>")
        } else {
            text.append(" from ")
            try show(file, into: &text)
            text.append(">")
        }
    }

    private func show(cell value: Value, into text: inout StringBuilder) {
        text.append("<cell at 0x")
        text.append(hex: identity(value), digits: 12)
        let content = self[value.reference, Cell.content]
        if content == .unbound { return text.append(": empty>") }
        text.append(": ")
        append(self[type(of: content), TypeObject.name], to: &text)
        text.append(" object")
        append(addressOf: content, to: &text)
    }

    private func show(member object: Reference, into text: inout StringBuilder) {
        text.append(self[object, Member.getter].isInt ? "<member '" : "<attribute '")
        append(self[object, Member.name], to: &text)
        text.append("' of '")
        let type = self[object, Member.type]
        if type.isType { append(self[type.reference, TypeObject.name], to: &text) }
        text.append("' objects>")
    }
}
