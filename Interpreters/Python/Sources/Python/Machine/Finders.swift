import InterpreterKit

/// `sys.meta_path`: who is asked for a module, in turn.
///
/// The list begins with two classes that stand for what the interpreter does by itself, built-in modules and
/// the folders of a path. As long as nothing else is in it no Python code runs to find a module.
extension VM {
    /// The two classes, made when the interpreter starts.
    func standardFinders() throws(Unwind) -> [Reference] {
        let builtins = newFinder("BuiltinImporter", asking: "_find_builtin") { type in
            type.staticMethod("create_module", "(spec, /)") { (vm, a) throws(Unwind) in
                guard let name = vm.asString(try vm.getAttribute(a[0], vm.name(.nameName))) else {
                    throw vm.raise(.typeError, "spec.name must be a string")
                }
                return try vm.importModule(vm.text(name))
            }
            type.staticMethod("exec_module", "(module, /)") { (_, _) throws(Unwind) in .none }
        }
        let path = newFinder("PathFinder", asking: "_find_in_path")
        python.system.keep(.builtinFinder, Value(builtins), self)
        python.system.keep(.pathFinder, Value(path), self)
        return [builtins, path]
    }
    /// A class whose `find_spec` is a function of `importlib.machinery`.
    private func newFinder(
        _ name: StaticString, asking function: StaticString,
        _ body: (TypeBuilder) -> Void = { _ in }
    ) -> Reference {
        let type = newBuiltinType(
            name, base: self.type(.object), module: "_frozen_importlib", reserved: 0)
        let builder = TypeBuilder(vm: self, type: type, name: name)
        builder.classMethod("find_spec", "(cls, fullname, path=None, target=None)") {
            (vm, a) throws(Unwind) in
            let machinery = try vm.importModule("importlib.machinery")
            return try vm.callMethod(
                machinery, vm.intern(function), a[1], a.value(2, or: .none))
        }
        builder.staticMethod("invalidate_caches", "()") { (_, _) throws(Unwind) in .none }
        body(builder)
        touch(type)
        return type
    }

    /// The module, loaded by whoever finds it; unbound when nobody does. No path means `sys.path`.
    func findByFinders(_ full: String, _ path: Value) throws(Unwind) -> Value {
        let (builtins, folders) = (python.system[.builtinFinder], python.system[.pathFinder])
        let sys = find(shared.pointee.modules, name: intern("sys"))
        let finders = sys == .unbound ? sys : try findAttribute(sys, intern("meta_path"))
        let isStandard =
            !finders.isList
            || self[finders.reference, List.count] == 2
                && item(ofList: finders.reference, 0) == builtins
                && item(ofList: finders.reference, 1) == folders
        if isStandard { return try findStandard(full, path) }
        var i = 0
        while i < self[finders.reference, List.count] {
            let finder = item(ofList: finders.reference, i)
            var module = Value.unbound
            if finder == builtins {
                module = try findBuiltin(full, path)
            } else if finder == folders {
                module = try findInFolders(full, path)
            } else {
                let function = try findAttribute(finder, intern("find_spec"))
                if function != .unbound {
                    let spec = try call(
                        function,
                        arguments: try tuple(intern(full), path == .unbound ? .none : path, .none))
                    if spec != .none { module = try load(spec, full) }
                }
            }
            if module != .unbound { return module }
            i += 1
        }
        return .unbound
    }

    /// The module of a spec, filled by its loader.
    private func load(_ spec: Value, _ full: String) throws(Unwind) -> Value {
        let key = intern(full)
        let loader = try getAttribute(spec, intern("loader"))
        let execute = loader == .none ? .unbound : try findAttribute(loader, intern("exec_module"))
        if loader != .none && execute == .unbound {
            return try callMethod(loader, intern("load_module"), key)
        }
        let utilities = try importModule("importlib.util", asking: false)
        let module = try callMethod(utilities, intern("module_from_spec"), spec)
        try set(shared.pointee.modules, name: key, module)
        if loader == .none { return module }
        return try fill(module, key) { () throws(Unwind) in _ = try call(execute, module) }
    }
}

extension ModuleBuilder {
    /// `_frozen_importlib`
    func finders() {
        constant("BuiltinImporter", vm.python.system[.builtinFinder])
        constant("PathFinder", vm.python.system[.pathFinder])
    }
}
