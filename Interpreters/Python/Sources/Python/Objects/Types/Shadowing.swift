import InterpreterKit
import PythonSyntax
import Synchronization

/// Classes that come to say something about attributes which instances already have.
///
/// An attribute in a slot is found by its object's map alone (``InlineCache``), which is right as long as the
/// class has no data descriptor of its name and looks attributes up in the standard way. When a class gets one
/// afterwards, the name is *shadowed* in the class: no code remembers its slot any more, and all that did
/// forget it.
///
/// W1  Names are added in native memory and stay, whether or not the quantum commits: then code is slower for
///     nothing. Code that remembers looks again afterwards, and whoever shadows a name clears the code
///     afterwards; with a fence on either side, one of the two sees the other.
@usableFromInline struct ShadowedName {
    /// Interned; 0 stands for all names.
    let name: UInt64
    let next: UnsafeMutablePointer<ShadowedName>?
}

extension TypeInfo {
    func shadows(_ name: Value) -> Bool {
        var known = shadowed.pointer
        while let shadow = known {
            if shadow.pointee.name == name.bits || shadow.pointee.name == 0 { return true }
            known = shadow.pointee.next
        }
        return false
    }
}

extension VM {
    /// The class has got `value`, or nothing, in place of `old` under this name.
    func noteChange(ofType type: Reference, _ name: Value, _ old: Value, _ value: Value) {
        var isNew = false
        if name == self.name(.getattribute) || name == self.name(.setattr)
            || name == self.name(.delattr)
        {
            isNew = shadow(type, nil)
        } else if name == self.name(.set) || name == self.name(.delete) {
            isNew = shadow(where: type, in: self.type(.object))
        } else {
            if old.isA(Kind.member) { isNew = shadow(type, name, always: true) }
            if value != .unbound, isDataDescriptor(value), shadow(type, name) { isNew = true }
        }
        if isNew { forgetSlots() }
    }
    /// The class has got other ancestors.
    func noteNewOrder(_ type: Reference) {
        if shadowInherited(type) { forgetSlots() }
    }

    /// True when a name, or every name, is newly shadowed in a class or one derived from it whose
    /// instances have it.
    private func shadow(_ type: Reference, _ name: Value?, always: Bool = false) -> Bool {
        let info = info(type)
        var isNew = false
        let root = info.pointee.rootMap
        let isUsed =
            name.map { Maps.contains($0, root) } ?? (root.pointee.transitions.pointer != nil)
        if always || isUsed {
            isNew = add(name?.bits ?? 0, to: info)
        }
        forEachSubclass(type) { if shadow($0, name, always: always) { isNew = true } }
        return isNew
    }
    /// The names under which instances of `descriptor` are in the namespaces of classes.
    private func shadow(where descriptor: Reference, in type: Reference) -> Bool {
        var isNew = false
        let namespace = self[type, TypeObject.namespace]
        for i in 0..<fill(namespace) {
            guard let (name, value) = entry(namespace, i), value.isInstance,
                isSubtype(self.type(of: value), descriptor)
            else { continue }
            if shadow(type, name) { isNew = true }
        }
        forEachSubclass(type) { if shadow(where: descriptor, in: $0) { isNew = true } }
        return isNew
    }
    private func shadowInherited(_ type: Reference) -> Bool {
        var isNew = false
        if !usesGenericLookup(type)
            || lookup(type, name(.setattr)) != shared.pointee.objectSetAttribute
        {
            isNew = shadow(type, nil)
        }
        Maps.forEachName(info(type).pointee.rootMap) { name in
            let found = lookup(type, name)
            if found != .unbound, isDataDescriptor(found), shadow(type, name) { isNew = true }
        }
        forEachSubclass(type) { if shadowInherited($0) { isNew = true } }
        return isNew
    }
    private func forEachSubclass(_ type: Reference, _ body: (Reference) -> Void) {
        let subclasses = self[type, TypeObject.subclasses]
        guard subclasses.isList else { return }
        for i in 0..<self[subclasses.reference, List.count] {
            let subclass = item(ofList: subclasses.reference, i)
            if subclass.isType { body(subclass.reference) }
        }
    }
    private func add(_ name: UInt64, to info: UnsafeMutablePointer<TypeInfo>) -> Bool {
        python.codes.withLock { _ in
            if info.pointee.shadows(Value(bits: name)) { return false }
            let shadow = UnsafeMutablePointer<ShadowedName>.allocate(capacity: 1)
            shadow.initialize(to: ShadowedName(name: name, next: info.pointee.shadowed.pointer))
            info.pointee.shadowed.publish(shadow)
            return true
        }
    }
    /// Clears what all code knows of attributes.
    private func forgetSlots() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        for address in python.codes.withLock({ $0 }) {
            guard let code = CodePointer(bitPattern: address) else { continue }
            let description = code.pointee.description.takeUnretainedValue()
            guard let unit = description.unit else { continue }
            var i = 0
            while i < unit.instructions.count {
                let opcode = unit.instructions[i].opcode
                if opcode.remembersAttribute { (code.pointee.entry + (i + 1)).remember(0) }
                i += opcode.hasWord ? 2 : 1
            }
        }
    }
}

extension Maps {
    /// Does any map from here on have an attribute of this name?
    static func contains(_ name: Value, _ map: MapPointer) -> Bool {
        var edge = map.pointee.transitions.pointer
        while let e = edge {
            if e.pointee.name == name.bits || contains(name, e.pointee.target) { return true }
            edge = e.pointee.next
        }
        return false
    }
    /// The names of attributes in maps from here on; of one that is in several, several times.
    static func forEachName(_ map: MapPointer, _ body: (Value) -> Void) {
        var edge = map.pointee.transitions.pointer
        while let e = edge {
            // The name None marks the map of objects with a dict.
            if e.pointee.name != Value.none.bits {
                body(Value(bits: e.pointee.name))
                forEachName(e.pointee.target, body)
            }
            edge = e.pointee.next
        }
    }
}
