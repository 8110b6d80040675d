import InterpreterKit

/// The module `_weakref`: references that do not keep their objects alive.
///
/// W1  Slots of a `ReferenceType`: a framework weak reference, the callback or None, the hash or
///     None. An object is dead once a collection has found it so.
/// W2  The list `_callbacks` of the module holds the references with callbacks until their objects are
///     dead: somebody has to remember what is to be called. The dead are looked for by `gc.collect`, and
///     whenever the list has doubled.
private enum WeakReference {
    static var target: Field<Value> { Instance.slot(0) }
    static var callback: Field<Value> { Instance.slot(1) }
    static var hash: Field<Value> { Instance.slot(2) }
    static let slots = 3
}

extension VM {
    static func makeWeakReferences(_ module: ModuleBuilder) throws(Unwind) {
        let vm = module.vm
        module.constant("_callbacks", Value(try vm.newList()))
        let type = module.type("ReferenceType", reserved: WeakReference.slots) { type in
            type.constant("__module__", vm.intern("weakref"))
            type.new("(cls, object, callback=None, /, *args, **kwargs)") {
                (vm, a) throws(Unwind) in
                try vm.newWeakReference(a[0].reference, a[1], a.value(2, or: .none))
            }
            type.method("__init__", "(self, object, callback=None, /)") {
                (vm, a) throws(Unwind) in .none
            }
            type.method("__call__", "(self, /)") { (vm, a) throws(Unwind) in
                vm.target(try vm.object(a[0], slots: WeakReference.slots))
            }
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.hash(weak: try vm.object(a[0], slots: WeakReference.slots))
            }
            for comparison in [Comparison.equal, .notEqual] {
                type.method(vm.methodName(comparison), "(self, value, /)") {
                    (vm, a) throws(Unwind) in
                    guard let other = vm.asWeakReference(a[1]) else { return .notImplemented }
                    let x = try vm.object(a[0], slots: WeakReference.slots)
                    let (p, q) = (vm.target(x), vm.target(other))
                    if p == .none || q == .none {
                        return Value((x == other) == (comparison == .equal))
                    }
                    return try vm.compare(comparison, p, q)
                }
            }
            type.attribute(
                "__callback__",
                get: { (vm, a) throws(Unwind) in
                    let weak = try vm.object(a[0], slots: WeakReference.slots)
                    return vm.target(weak) == .none ? .none : vm[weak, WeakReference.callback]
                })
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                let weak = try vm.object(a[0], slots: WeakReference.slots)
                let place = "0x" + String(UInt(bitPattern: weak.address), radix: 16)
                let target = vm.target(weak)
                if target == .none { return try vm.string("<weakref at \(place); dead>") }
                let there = "0x" + String(UInt(bitPattern: target.reference.address), radix: 16)
                return try vm.string(
                    "<weakref at \(place); to '\(vm.typeName(target))' at \(there)>")
            }
            vm.addClassItem(type)
        }
        module.constant("ref", Value(type))
        module.function("_can_refer", "(object, /)") { (vm, a) throws(Unwind) in
            Value(vm.canBeWeak(a[0]))
        }
    }

    private func asWeakReference(_ value: Value) -> Reference? {
        guard value.isInstance else { return nil }
        let hash = lookup(typeOf: value, intern("__callback__"))
        return hash != .unbound && map(value.reference).pointee.reserved >= WeakReference.slots
            ? value.reference : nil
    }
    private func target(_ weak: Reference) -> Value {
        let link = self[weak, WeakReference.target]
        guard link.isReference, let target = q.target(ofWeak: link.reference) else { return .none }
        return Value(target)
    }
    private func hash(weak: Reference) throws(Unwind) -> Value {
        let known = self[weak, WeakReference.hash]
        if known != .none { return known }
        let target = target(weak)
        if target == .none { throw raise(.typeError, "weak object has gone away") }
        let hash = try int(try self.hash(target))
        self[weak, WeakReference.hash] = hash
        return hash
    }

    /// May there be weak references to it?
    private func canBeWeak(_ value: Value) -> Bool {
        guard value.isReference else { return false }
        switch value.reference.kind {
        case Kind.function.kind, Kind.type.kind, Kind.set.kind, Kind.frozenSet.kind,
            Kind.generator.kind, Kind.module.kind, Kind.method.kind, Kind.native.kind,
            Kind.code.kind, Kind.genericAlias.kind, Kind.memoryView.kind:
            return true
        case Kind.instance.kind:
            let info = self.info(type(of: value))
            return !info.pointee.isGuest || info.pointee.hasWeak
        default: return false
        }
    }
    private func newWeakReference(
        _ type: Reference, _ value: Value, _ callback: Value
    ) throws(Unwind) -> Value {
        if !canBeWeak(value) {
            throw raise(
                .typeError, "cannot create weak reference to '\(typeName(value))' object")
        }
        let weak = try newInstance(type)
        self[weak, WeakReference.target] = Value(q.newWeak(value.reference))
        self[weak, WeakReference.callback] = callback
        if callback != .none, let waiting = waitingCallbacks {
            try append(waiting, Value(weak))
            let limit = python.system[.weakCallbackLimit].reference
            if self[waiting, List.count] > self[limit, Cell.content].int {
                try runWeakCallbacks()
                self[limit, Cell.content] = Value(max(256, 2 * self[waiting, List.count]))
            }
        }
        return Value(weak)
    }
    private var waitingCallbacks: Reference? {
        let module = find(shared.pointee.modules, name: intern("_weakref"))
        guard module.isA(Kind.module) else { return nil }
        let list = find(
            self[module.reference, ModuleObject.namespace], name: intern("_callbacks"))
        return list.isList ? list.reference : nil
    }

    /// Calls the callbacks of references whose objects were found dead. Errors are reported and
    /// forgotten.
    func runWeakCallbacks() throws(Unwind) {
        guard let waiting = waitingCallbacks, self[waiting, List.count] > 0 else { return }
        let dead = try newList()
        let alive = try newList()
        for i in 0..<self[waiting, List.count] {
            let weak = item(ofList: waiting, i)
            try append(target(weak.reference) == .none ? dead : alive, weak)
        }
        if self[dead, List.count] == 0 { return }
        try adopt(waiting, itemsOf: alive)
        for i in 0..<self[dead, List.count] {
            let weak = item(ofList: dead, i)
            let callback = self[weak.reference, WeakReference.callback]
            do throws(Unwind) {
                _ = try call(callback, weak)
            } catch {
                if error == .abort { throw error }
                let exception = pending
                pending = .none
                let report = try findAttribute(
                    try importModule("weakref"), intern("_report_unraisable"))
                if report != .unbound { _ = try call(report, exception, callback) }
            }
        }
    }
}
