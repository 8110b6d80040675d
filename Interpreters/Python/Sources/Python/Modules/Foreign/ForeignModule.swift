import InterpreterKit

/// `_ffi`: C functions by their declarations. `ffi` is what programs import.
extension ModuleBuilder {
    func foreign() throws(Unwind) {
        let foreign = vm.python.foreign
        foreign.functionType = Value(vm.addForeignFunction(to: self))
        foreign.pointerType = Value(vm.addForeignPointer(to: self))
        foreign.typeType = Value(vm.addForeignType(to: self))
        foreign.scopeType = Value(
            type("Scope", in: "ffi", reserved: ForeignScope.reserved, isBase: false).type)
        constant("allowed", Value(!foreign.policy.deniesAll))
        constant("no_types", try vm.newScope(TypeScope()))

        function("define", "(scope, text, /)") { (vm, a) throws(Unwind) in
            var scope = vm.scope(a[0])
            let text = vm.text(a[1])
            let declaration = try vm.parse(text, in: &scope)
            if let declaration {
                throw vm.raise(
                    foreign: .declaration,
                    "'\(declaration.name)' is a function, where only types are defined")
            }
            return try vm.newScope(scope)
        }
        function("bind", "(names, scope, declaration, /)") { (vm, a) throws(Unwind) in
            var scope = vm.scope(a[1])
            let text = vm.text(a[2])
            guard let declaration = try vm.parse(text, in: &scope) else {
                throw vm.raise(foreign: .declaration, "the text declares no function")
            }
            let library = vm.python.foreign.library(vm.texts(a[0].reference))
            return try vm.tuple(
                try vm.newFunction(declaration, of: library), try vm.newScope(scope))
        }
        function("bindings", "(text, /)") { (vm, a) throws(Unwind) in
            try vm.bindings(vm.text(a[0]))
        }
        function("type", "(scope, name, /)") { (vm, a) throws(Unwind) in
            let name = vm.text(a[1])
            guard let type = vm.scope(a[0])[type: name] ?? vm.plainType(name) else {
                throw vm.raise(foreign: .declaration, "no type '\(name)' is defined")
            }
            return try vm.newForeignType(a[1], type)
        }
        function("constants", "(scope, /)") { (vm, a) throws(Unwind) in
            let dict = vm.newDict()
            for (name, number) in vm.scope(a[0]).constants {
                try vm.set(dict, vm.intern(name), try vm.int(number))
            }
            return Value(dict)
        }
        function("description", "(function, /)") { (vm, a) throws(Unwind) in
            try vm.description(
                ofResultOf: vm.foreignBinding(a[0]).pointee.function.declaration)
        }
        function("errno", "()") { (vm, a) throws(Unwind) in vm.foreignError }
    }
}

/// Names that declarations may use, as an object that never changes.
enum ForeignScope {
    /// The address of a `TypeScope`, in native memory that is never freed.
    static var scope: Field<Value> { Instance.slot(0) }
    static let reserved = 1
}

extension VM {
    fileprivate func newScope(_ scope: TypeScope) throws(Unwind) -> Value {
        let box = UnsafeMutablePointer<TypeScope>.allocate(capacity: 1)
        box.initialize(to: scope)
        let object = try newInstance(python.foreign.scopeType.reference)
        self[object, ForeignScope.scope] = Value(native: box)
        return Value(object)
    }
    fileprivate func scope(_ value: Value) -> TypeScope {
        self[value.reference, ForeignScope.scope].native(TypeScope.self).pointee
    }
    fileprivate func parse(
        _ text: String, in scope: inout TypeScope
    ) throws(Unwind) -> Declaration? {
        do throws(DeclarationError) { return try Declaration.parse(text, in: &scope) } catch {
            throw raise(foreign: error)
        }
    }
    fileprivate func texts(_ tuple: Reference) -> [String] {
        (0..<count(ofTuple: tuple)).map { text(item(ofTuple: tuple, $0)) }
    }
    /// A type of several words, as it could stand in front of a member.
    fileprivate func plainType(_ name: String) -> CType? {
        var scope = TypeScope()
        let text = "typedef \(name) wanted;"
        do throws(DeclarationError) { _ = try Declaration.parse(text, in: &scope) } catch {
            return nil
        }
        return scope[type: "wanted"]
    }

    /// None for an `optional` function that is missing.
    ///
    /// - Parameter listsRefusals: what is not allowed is no error, but the text of one.
    fileprivate func newFunction(
        _ declaration: Declaration, of library: Gateway.Library, listsRefusals: Bool = false
    ) throws(Unwind) -> Value {
        // Opening a library runs its code.
        try irrevocably("binding a foreign function")
        let function: ForeignFunction
        do throws(BindingError) { function = try library.bind(declaration) } catch {
            if declaration.isOptional && error.isAbsence { return .none }
            if listsRefusals && error.isRefusal { return try string("\(error)") }
            throw raise(foreign: error)
        }
        let object = try newInstance(python.foreign.functionType.reference)
        self[object, ForeignFunctionObject.binding] = Value(
            native: python.foreign.binding(of: function))
        return Value(object)
    }

    /// Names with functions, or with why they are not allowed, and the scope of the file.
    fileprivate func bindings(_ text: String) throws(Unwind) -> Value {
        let bindings: Bindings
        do throws(BindingsError) { bindings = try Bindings(text) } catch {
            throw raise(foreign: .declaration, "\(error)")
        }
        let functions = try newList()
        for section in bindings.sections {
            let library = python.foreign.library(section.library.candidates)
            for declaration in section.declarations {
                let function = try newFunction(
                    declaration, of: library, listsRefusals: true)
                try append(functions, try tuple(try string(declaration.name), function))
            }
        }
        return try tuple(try tuple(ofList: functions), try newScope(bindings.types))
    }
}
