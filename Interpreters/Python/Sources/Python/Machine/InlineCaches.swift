import InterpreterKit
import Synchronization

/// What a place in the code has found, so that it need not look again.
///
/// The word after an instruction is 0, or `field << 48 | map` for an attribute in the object itself, in the
/// field with that index, or the address of one of the structures below with its low bit set.
///
/// N1  A structure is written before its address is published, and never changed or freed; words are
///     replaced whole. A place gives up after ``InlineCache/refills`` structures.
/// N2  A cached value is good while the version of its type is the same; versions do not come back.
@usableFromInline enum InlineCache {
    /// An attribute of objects with a certain map, or of one type or module.
    @usableFromInline struct Attribute {
        /// The map, the type object or the module, as an address; a small number means a kind of
        /// built-in object.
        @usableFromInline var key: UInt64
        @usableFromInline var type: Reference
        @usableFromInline var version: Int
        @usableFromInline var value: Value
        @usableFromInline var form: Form
        @usableFromInline var slot = 0
        /// What else this place has seen, for other keys.
        @usableFromInline var next: UnsafeMutablePointer<Attribute>?
        /// Structures in the list from here on.
        @usableFromInline var length = 1
        /// Structures that this place has had.
        @usableFromInline var refills = 0
    }
    static let refills = 16
    /// Structures that a place looks at.
    static let longest = 8
    @usableFromInline enum Form: UInt8 {
        /// `value` is a function to be called with the object first.
        case method
        /// `value` itself.
        case value
        /// `value` is the ``Kind/global`` of a module's variable.
        case global
        /// The attribute is in `slot`.
        case slot
        /// The object has no such attribute; it gets one in `slot`, and the map in `value`.
        case transition
    }
    /// A global variable.
    @usableFromInline struct Global {
        @usableFromInline var namespace: Reference
        @usableFromInline var global: Reference
        /// Of the module `builtins`.
        @usableFromInline var builtin: Reference
        /// Structures that this place has had.
        @usableFromInline var refills = 0
    }

    @inlinable @inline(__always)
    static func attribute(_ word: UInt64) -> UnsafeMutablePointer<Attribute>? {
        // Not the initialiser that checks: an odd word is never the address 0 with the bit set.
        word & 1 == 0
            ? nil
            : UnsafeMutableRawPointer(bitPattern: UInt(word &- 1)).unsafelyUnwrapped
                .assumingMemoryBound(to: Attribute.self)
    }
    /// Where the object has the attribute that `word` remembers for objects with this map; nil when `word`
    /// remembers something else, or the attribute does not lie in the object.
    @inlinable @inline(__always)
    static func field(of object: Reference, _ word: UInt64, _ map: UInt64) -> Field<Value>? {
        let difference = word ^ map
        // Field n is slot n - 1; the number of slots is a value, so four times as much.
        guard difference & 0xFFFF_FFFF_FFFF == 0, difference &>> 46 <= object.address[1]
        else { return nil }
        return Field(Int(difference &>> 48))
    }
    /// The same for what a list remembers.
    @inlinable @inline(__always)
    static func field(
        of object: Reference, _ first: UnsafeMutablePointer<Attribute>, _ map: UInt64
    ) -> Field<Value>? {
        var cache = first
        while cache.pointee.key != map {
            guard let next = cache.pointee.next else { return nil }
            cache = next
        }
        let slot = cache.pointee.slot
        return cache.pointee.form == .slot && slot < Instance.capacity(object)
            ? Instance.slot(slot) : nil
    }
    @inlinable @inline(__always)
    static func global(_ word: UInt64) -> UnsafeMutablePointer<Global>? {
        UnsafeMutablePointer(bitPattern: UInt(word))
    }
    /// Slots beyond are not cached in the word.
    static let lastSlot = 0x7FFF

    /// Adds to what the word at `pc` remembers.
    static func remember(_ found: Attribute, at pc: ProgramCounter) {
        var found = found
        let word = pc.cache()
        if let old = attribute(word) {
            let isSame = old.pointee.key == found.key
            if isSame && old.pointee.form == found.form && old.pointee.version == found.version
                || old.pointee.refills >= refills
            {
                return
            }
            found.next = isSame ? old.pointee.next : old
            found.refills = old.pointee.refills + 1
        } else if word != 0 {
            found.next = made(
                Attribute(
                    key: word & 0xFFFF_FFFF_FFFF, type: found.type, version: 0, value: .none,
                    form: .slot, slot: Int(word &>> 48) - Instance.slot(0).index))
        }
        if let next = found.next {
            found.length = next.pointee.length + 1
            if found.length > longest { (found.next, found.length) = (nil, 1) }
        }
        let memory = made(found)
        pc.remember(UInt64(UInt(bitPattern: memory)) | 1)
    }
    private static func made(_ attribute: Attribute) -> UnsafeMutablePointer<Attribute> {
        let memory = UnsafeMutablePointer<Attribute>.allocate(capacity: 1)
        memory.initialize(to: attribute)
        return memory
    }
    /// Remembers that objects with this map have the attribute in this slot.
    static func remember(_ map: MapPointer, slot: Int, at pc: ProgramCounter) {
        let address = UInt64(UInt(bitPattern: map))
        if pc.cache() == 0, slot < lastSlot {
            pc.remember(UInt64(Instance.slot(slot).index) << 48 | address)
        } else {
            remember(
                Attribute(
                    key: address, type: map.pointee.type, version: 0, value: .none, form: .slot,
                    slot: slot),
                at: pc)
        }
    }
}

extension VM {
    /// `r[a] = r[b].name`, with the cache in the word at `pc`; goes on behind it.
    @inline(never) @usableFromInline
    func loadAttribute() throws(Unwind) -> Position {
        let i = instruction
        let object = fp[i.b]
        let name = fp[below: 1].code.pointee.names[i.c]
        let after = VM(thread, shared, fp, pc + 1)
        if object.isInstance {
            let map = map(object.reference)
            let type = map.pointee.type
            if usesGenericLookup(type) {
                let slot = map.pointee.isDict ? -1 : map.pointee.slot(of: name)
                let found = lookup(type, name)
                if slot >= 0 && (found == .unbound || !isDataDescriptor(found)) {
                    let value = self.slot(object.reference, slot)
                    if value != .unbound {
                        remember(map, slot: slot, of: name)
                        fp[i.a] = value
                        return after.here
                    }
                }
                if let slot = ownSlot(found) {
                    remember(map, slot: slot, of: name)
                } else if slot < 0, !map.pointee.isDict, traits(type) & Traits.getattr == 0,
                    let value = plainValue(found)
                {
                    remember(UInt64(UInt(bitPattern: map)), type, .value, value)
                }
                if found.isA(Kind.property), traits(type) & Traits.getattr == 0 {
                    let getter = self[found.reference, Property.getter]
                    if getter.isA(Kind.function) {
                        return try after.push(getter, object, then: .result, to: i.a)
                    }
                }
            }
        } else if object.isA(Kind.module), !isSubclassedModule(object) {
            let namespace = self[object.reference, ModuleObject.namespace]
            let n = find(namespace, string: name, hash: StringView(name).hash)
            if n >= 0 {
                let global = self[self[namespace, Dict.entries].reference, 2 * n + 1]
                let value = self[global.reference, Field<Value>(0)]
                if value != .unbound {
                    cache(object.reference, global)
                    fp[i.a] = value
                    return after.here
                }
            }
        } else if object.isType {
            rememberClassAttribute(object.reference, name)
        }
        fp[i.a] = try after.getAttribute(object, name)
        return after.here
    }
    /// Remembers that objects with this map have the attribute in this slot.
    private func remember(_ map: MapPointer, slot: Int, of name: Value) {
        let info = info(map.pointee.type)
        if info.pointee.shadows(name) { return }
        InlineCache.remember(map, slot: slot, at: pc)
        // See W1 of ``ShadowedName``.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if info.pointee.shadows(name) { pc.remember(0) }
    }
    /// A module's variable.
    private func cache(_ module: Reference, _ global: Value) {
        guard mayCacheGlobals, InlineCache.attribute(pc.cache()) == nil else { return }
        // Its address must stay its own, as that of its namespace does.
        machine.heap.keep(Value(module))
        InlineCache.remember(
            .init(
                key: UInt64(UInt(bitPattern: module.address)), type: module, version: 0,
                value: global, form: .global),
            at: pc)
    }
    /// What objects with this key have from their class, as long as that is the same.
    private func remember(
        _ key: UInt64, _ type: Reference, _ form: InlineCache.Form, _ value: Value, slot: Int = 0
    ) {
        InlineCache.remember(
            .init(
                key: key, type: type, version: self[type, TypeObject.version], value: value,
                form: form, slot: slot),
            at: pc)
    }
    /// `type.name`, if that is a plain value.
    private func rememberClassAttribute(_ type: Reference, _ name: Value) {
        guard self[type, TypeObject.metatype] == Value(self.type(.type)) else { return }
        let found = lookup(type, name)
        if found == .unbound || lookup(self.type(.type), name) != .unbound { return }
        if let value = found.isA(Kind.function) ? found : plainValue(found) {
            remember(UInt64(UInt(bitPattern: type.address)), type, .value, value)
        }
    }
    /// What an attribute found on a class is for every object of the class; nil when it depends.
    private func plainValue(_ found: Value) -> Value? {
        if found == .unbound { return nil }
        if !found.isReference { return found }
        switch found.reference.kind {
        case Kind.staticMethod.kind: return self[found.reference, Wrapper.function]
        case Kind.string.kind, Kind.list.kind, Shape.tuple.kind, Kind.dict.kind, Kind.bytes.kind,
            Kind.set.kind, Kind.frozenSet.kind, Kind.type.kind, Kind.bigInt.kind,
            Shape.boxedDouble.kind:
            return found
        default: return nil
        }
    }
    /// The slot that a name of `__slots__` stands for.
    private func ownSlot(_ found: Value) -> Int? {
        guard found.isA(Kind.member) else { return nil }
        let getter = self[found.reference, Member.getter]
        return getter.isInt ? getter.int : nil
    }
    func isSubclassedModule(_ module: Value) -> Bool {
        self[module.reference, ModuleObject.type] != .none
    }

    /// Attribute access of `type` is what `object` defines.
    @inline(__always) func usesGenericLookup(_ type: Reference) -> Bool {
        lookup(type, name(.getattribute)) == shared.pointee.objectGetAttribute
    }
    /// Does what a class holds come before the attributes of its instances?
    @inline(__always) func isDataDescriptor(_ value: Value) -> Bool {
        guard value.isReference else { return false }
        switch value.reference.kind {
        case Kind.property.kind, Kind.member.kind: return true
        case Kind.instance.kind:
            let type = map(value.reference).pointee.type
            return lookup(type, name(.set)) != .unbound || lookup(type, name(.delete)) != .unbound
        default: return false
        }
    }

    /// `loadMethod`, with the cache in the word at `pc`.
    @inline(never) @usableFromInline
    func loadMethod() throws(Unwind) -> Position {
        let i = instruction
        let object = fp[i.b]
        let name = fp[below: 1].code.pointee.names[i.c]
        let after = VM(thread, shared, fp, pc + 1)
        let type = self.type(of: object)
        if object.isType {
            rememberClassAttribute(object.reference, name)
        } else if object.isReference, object.reference.kind != Kind.module.kind,
            object.reference.kind != Kind.super.kind, usesGenericLookup(type)
        {
            let found = lookup(type, name)
            let isInstance = object.isInstance
            if found.isA(Kind.function)
                || (found.isA(Kind.native) && isMethodNative(found.reference)),
                !isInstance || !hasOwn(object.reference, name)
            {
                if isInstance {
                    if !map(object.reference).pointee.isDict {
                        remember(
                            UInt64(UInt(bitPattern: map(object.reference))), type, .method, found)
                    }
                } else if shared.pointee.kinds[object.reference.kind] == Value(type) {
                    // Objects of this kind are all of this type.
                    remember(UInt64(object.reference.kind), type, .method, found)
                }
                fp[i.a] = found
                fp[i.a + 1] = object
                return after.here
            }
            if isInstance, !map(object.reference).pointee.isDict {
                let map = map(object.reference)
                let slot = map.pointee.slot(of: name)
                if slot >= 0, found == .unbound || !isDataDescriptor(found) {
                    remember(map, slot: slot, of: name)
                } else if slot < 0, traits(type) & Traits.getattr == 0,
                    let value = plainValue(found)
                {
                    remember(UInt64(UInt(bitPattern: map)), type, .value, value)
                }
            }
        } else if object.isA(Kind.module) {
            _ = try loadAttributeForCall(i, object, name)
            return after.here
        }
        fp[i.a + 1] = try after.getAttribute(object, name)
        fp[i.a] = .unbound
        // A bound method need not be made when it is called at once.
        let method = fp[i.a + 1]
        if method.isA(Kind.method) {
            fp[i.a] = self[method.reference, Method.function]
            fp[i.a + 1] = self[method.reference, Method.object]
        }
        return after.here
    }
    private func loadAttributeForCall(
        _ i: Instruction, _ object: Value, _ name: Value
    ) throws(Unwind) -> Bool {
        let namespace = self[object.reference, ModuleObject.namespace]
        let n = find(namespace, string: name, hash: StringView(name).hash)
        if n >= 0 {
            let global = self[self[namespace, Dict.entries].reference, 2 * n + 1]
            if self[global.reference, Field<Value>(0)] != .unbound {
                cache(object.reference, global)
            }
        }
        fp[i.a + 1] = try VM(thread, shared, fp, pc + 1).getAttribute(object, name)
        fp[i.a] = .unbound
        return true
    }
    func isMethodNative(_ native: Reference) -> Bool {
        self[native, NativeFunction.entry].native(NativeEntry.self).pointee.kind == .method
            || (self[native, NativeFunction.entry].native(NativeEntry.self).pointee.kind == .framing
                && self[native, NativeFunction.owner].isType)
    }
    /// Does the instance have an attribute of its own with this name?
    func hasOwn(_ object: Reference, _ name: Value) -> Bool {
        let map = map(object)
        if map.pointee.isDict {
            let dict = slot(object, map.pointee.reserved)
            return dict.isDict && find(dict.reference, name: name) != .unbound
        }
        let slot = map.pointee.slot(of: name)
        return slot >= 0 && self.slot(object, slot) != .unbound
    }

    /// `r[a].name = r[b]`, with the cache in the word at `pc`.
    @inline(never) @usableFromInline
    func storeAttribute() throws(Unwind) -> Position {
        let i = instruction
        let object = fp[i.a]
        let value = fp[i.b]
        let name = fp[below: 1].code.pointee.names[i.c]
        let after = VM(thread, shared, fp, pc + 1)
        if object.isInstance {
            let map = map(object.reference)
            let type = map.pointee.type
            if lookup(type, self.name(.setattr)) == shared.pointee.objectSetAttribute {
                let found = lookup(type, name)
                if let slot = ownSlot(found) {
                    remember(map, slot: slot, of: name)
                } else if found == .unbound || !isDataDescriptor(found) {
                    try after.setAttribute(object, name, value)
                    rememberStore(object.reference, map, name)
                    return after.here
                } else if found.isA(Kind.property) {
                    let setter = self[found.reference, Property.setter]
                    if setter.isA(Kind.function) {
                        return try after.push(setter, object, value, then: .discard)
                    }
                }
            }
        }
        try after.setAttribute(object, name, value)
        return after.here
    }

    /// An attribute has been set that an instance with this map has or got.
    private func rememberStore(_ instance: Reference, _ map: MapPointer, _ name: Value) {
        if map.pointee.isDict { return }
        let slot = map.pointee.slot(of: name)
        if slot >= 0 { return remember(map, slot: slot, of: name) }
        let next = self.map(instance)
        guard !next.pointee.isDict, next.pointee.parent == map else { return }
        remember(
            UInt64(UInt(bitPattern: map)), map.pointee.type, .transition, Value(native: next),
            slot: map.pointee.count)
    }

    // MARK: globals

    /// A cached global must be in its namespace for good: one that this quantum has put there is not, as
    /// long as the quantum may be rolled back.
    var mayCacheGlobals: Bool { thread.pointee.isPlain != 0 || thread.pointee.note == 0 }
    /// A namespace has got a new name.
    func noteNewGlobal() {
        if thread.pointee.isPlain != 0 { return }
        thread.pointee.note = 1
        q.breakSoon()
    }

    /// `r[a] =` global of name c, with the cache in the word at `pc`.
    @inline(never) @usableFromInline
    func loadGlobal() throws(Unwind) -> Position {
        let i = instruction
        let name = fp[below: 1].code.pointee.names[i.c]
        let namespace = self[fp[0].reference, Function.globals]
        let after = VM(thread, shared, fp, pc + 1)
        if !isNamespace(namespace) {
            fp[i.a] = try after.global(namespace, name)
            return after.here
        }
        let global = try after.global(namespace, name: name)
        var value = self[global, Field<Value>(0)]
        let builtin = try after.global(shared.pointee.builtins, name: name)
        if value == .unbound { value = self[builtin, Field<Value>(0)] }
        if value == .unbound { throw after.undefined(name) }
        cache(namespace, global, builtin)
        fp[i.a] = value
        return after.here
    }
    /// The word at `pc` remembers a variable. Its namespace lives for ever: addresses do not come back.
    private func cache(_ namespace: Reference, _ global: Reference, _ builtin: Reference) {
        let known = InlineCache.global(pc.cache())
        guard mayCacheGlobals, known?.pointee.namespace != namespace else { return }
        let refills = known.map { $0.pointee.refills + 1 } ?? 0
        guard refills < InlineCache.refills else { return }
        machine.heap.keep(Value(global))
        let memory = UnsafeMutablePointer<InlineCache.Global>.allocate(capacity: 1)
        memory.initialize(
            to: .init(namespace: namespace, global: global, builtin: builtin, refills: refills))
        pc.remember(UInt64(UInt(bitPattern: memory)))
    }
    /// A global or builtin, without any cache.
    func global(_ namespace: Reference, _ name: Value) throws(Unwind) -> Value {
        var value = find(namespace, name: name)
        if value == .unbound {
            value = try findBuiltin(namespace, name)
        }
        if value == .unbound { throw undefined(name) }
        return value
    }
    private func findBuiltin(_ namespace: Reference, _ name: Value) throws(Unwind) -> Value {
        let other = find(namespace, name: self.name(.builtins))
        if other.isDict { return try get(other.reference, name) }
        if other != .unbound && !other.isA(Kind.module) { return try findName(other, name) }
        return find(shared.pointee.builtins, name: name)
    }
    func undefined(_ name: Value) -> Unwind {
        do throws(Unwind) {
            let text = try string("name '\(self.text(name))' is not defined")
            let error = newException(type(.nameError), try tuple(text))
            if error.isInstance { try setAttribute(error, self.name(.nameName), name) }
            return raise(error)
        } catch { return error }
    }
    /// `global of name c = r[a]`.
    @inline(never) @usableFromInline
    func storeGlobal() throws(Unwind) -> Position {
        let i = instruction
        let name = fp[below: 1].code.pointee.names[i.c]
        let namespace = self[fp[0].reference, Function.globals]
        let after = VM(thread, shared, fp, pc + 1)
        if isNamespace(namespace) {
            let global = try after.global(namespace, name: name)
            self[global, Field<Value>(0)] = fp[i.a]
            cache(namespace, global, global)
        } else {
            try after.set(namespace, name: name, fp[i.a])
        }
        return after.here
    }
}
