import InterpreterKit
import Synchronization

/// A type object: what the guest calls a class.
///
/// C1  `version` changes whenever a lookup on the type may give something else: on assignment to its
///     namespace or bases, and those of its ancestors. Numbers never come back.
/// C2  Type objects are kept alive for ever: maps and caches lead to them from native memory.
@usableFromInline enum TypeObject {
    @inlinable static var name: Field<Value> { Field(0) }
    @inlinable static var qualifiedName: Field<Value> { Field(1) }
    /// Tuples.
    @inlinable static var bases: Field<Value> { Field(2) }
    @inlinable static var mro: Field<Value> { Field(3) }
    @inlinable static var namespace: ImmutableField<Reference> { ImmutableField(4) }
    @inlinable static var version: Field<Int> { Field(5) }
    @inlinable static var metatype: Field<Value> { Field(6) }
    /// The address of a ``TypeInfo``.
    @inlinable static var info: ImmutableField<Value> { ImmutableField(7) }
    /// A list of weak references, or None.
    @inlinable static var subclasses: Field<Value> { Field(8) }
    /// The type that decided the layout of instances.
    @inlinable static var solidBase: Field<Value> { Field(9) }
    /// The abstract methods that keep the class from being instantiated, or None.
    @inlinable static var registry: Field<Value> { Field(10) }
    /// See ``Traits``; None for "look yourself".
    @inlinable static var traits: Field<Value> { Field(11) }
}

/// What never changes about a type.
@usableFromInline struct TypeInfo: ~Copyable {
    /// The map of a new instance.
    @usableFromInline var rootMap: MapPointer
    /// Attributes that instances turned out to have: room for so many is made at birth. Only a hint.
    @usableFromInline var expected: Int
    @usableFromInline var payload: Payload
    @usableFromInline var reserved: Int
    /// The number of a built-in type, or -1.
    @usableFromInline var builtin: Int
    /// Instances have a `__dict__`.
    @usableFromInline var hasDict: Bool
    /// May be subclassed.
    @usableFromInline var isBase: Bool
    /// Made by a class statement: its attributes can be set.
    @usableFromInline var isGuest = false
    /// Room for attributes beside the reserved slots that instances have at least.
    @usableFromInline var least = 4
    /// Instances can have weak references.
    @usableFromInline var hasWeak = true
    /// The last of the reserved slots belong to `__slots__`: so many.
    @usableFromInline var slots = 0
    /// The version in which `__getitem__` and `__setitem__` were those of `dict`, from which it derives.
    @usableFromInline var dictVersion = -1
    /// `__new__` and, unless it does nothing, `__init__` of a built-in type whose call is nothing but calls
    /// of these two; the second is published with the first.
    @usableFromInline let maker = Published<NativeEntry>()
    @usableFromInline let initializer = Published<NativeEntry>()
    /// How the class is called.
    @usableFromInline let construction = Published<Construction>()
    /// Names of attributes whose slots no code remembers.
    @usableFromInline let shadowed = Published<ShadowedName>()

    /// Slots of a new instance. With those before them they fill a cell of the heap.
    @inlinable @inline(__always) var room: Int {
        let further = expected &- reserved
        let room = reserved &+ (further < least ? least : further)
        return room &+ room & 1
    }
}

/// The address of something that one thread has made and others use: null at first, replaced whole.
@usableFromInline struct Published<Content>: ~Copyable {
    private let address = Atomic<UInt>(0)

    @inline(__always) var pointer: UnsafeMutablePointer<Content>? {
        UnsafeMutablePointer(bitPattern: address.load(ordering: .acquiring))
    }
    /// Publishes the content, and all that was written before, to whoever reads the address.
    func publish(_ content: UnsafeMutablePointer<Content>) {
        address.store(UInt(bitPattern: content), ordering: .releasing)
    }
}

/// What a call of a class comes to that makes a plain instance, as long as `version` is that of the class.
/// Native memory, written once.
@usableFromInline struct Construction {
    @usableFromInline var version: Int
    /// The function that is its `__init__`.
    @usableFromInline var initializer: Value
    /// Structures that the class has had.
    @usableFromInline var refills: Int
    static let refills = 8
}

/// Makes maps; there is one for each sequence of attribute names of a class.
struct Maps {
    private static let lock = Mutex(())

    static func root(
        _ type: Reference, reserved: Int, payload: Payload, isDict: Bool, isFixed: Bool
    ) -> MapPointer {
        let map = MapPointer.allocate(capacity: 1)
        map.initialize(
            to: Map(
                type: type, count: isDict ? reserved + 1 : reserved, reserved: reserved,
                payload: payload, isDict: isDict, isFixed: isFixed,
                names: .allocate(capacity: 1), parent: nil))
        return map
    }

    /// The map with one more name; nil when such objects should have a dict.
    static func adding(_ name: Value, to map: MapPointer) -> MapPointer? {
        if let known = find(name, map) { return known }
        let address: UInt? = lock.withLock { _ in
            if let known = find(name, map) { return UInt(bitPattern: known) }
            let n = map.pointee.count - map.pointee.reserved
            if n >= mostNames || edges(map) >= mostEdges { return nil }
            let names = UnsafeMutablePointer<UInt64>.allocate(capacity: n + 1)
            names.update(from: map.pointee.names, count: n)
            names[n] = name.bits
            let next = MapPointer.allocate(capacity: 1)
            next.initialize(
                to: Map(
                    type: map.pointee.type, count: map.pointee.count + 1,
                    reserved: map.pointee.reserved, payload: map.pointee.payload, isDict: false,
                    isFixed: map.pointee.isFixed, names: names, parent: map))
            connect(map, name, next)
            return UInt(bitPattern: next)
        }
        return address.flatMap { MapPointer(bitPattern: $0) }
    }
    /// With the lock: another way to go on, for readers without it.
    private static func connect(_ map: MapPointer, _ name: Value, _ target: MapPointer) {
        let edge = UnsafeMutablePointer<Map.Edge>.allocate(capacity: 1)
        edge.initialize(
            to: Map.Edge(name: name.bits, target: target, next: map.pointee.transitions.pointer))
        map.pointee.transitions.publish(edge)
    }
    /// More attributes, or more ways to go on, are no pattern of a class: such objects get dicts.
    private static let mostNames = 128
    private static let mostEdges = 64
    private static func edges(_ map: MapPointer) -> Int {
        var n = 0
        var edge = map.pointee.transitions.pointer
        while let e = edge {
            n += 1
            edge = e.pointee.next
        }
        return n
    }
    private static func find(_ name: Value, _ map: MapPointer) -> MapPointer? {
        var edge = map.pointee.transitions.pointer
        while let e = edge {
            if e.pointee.name == name.bits { return e.pointee.target }
            edge = e.pointee.next
        }
        return nil
    }
    /// The map of objects of the same class whose attributes are in a dict.
    static func dict(_ map: MapPointer) -> MapPointer {
        var root = map
        while let parent = root.pointee.parent { root = parent }
        // The name None marks the edge.
        if let known = find(.none, root) { return known }
        let address = lock.withLock { _ in
            if let known = find(.none, root) { return UInt(bitPattern: known) }
            let next = Maps.root(
                root.pointee.type, reserved: root.pointee.reserved,
                payload: root.pointee.payload, isDict: true, isFixed: root.pointee.isFixed)
            connect(root, .none, next)
            return UInt(bitPattern: next)
        }
        return MapPointer(bitPattern: address).unsafelyUnwrapped
    }
}

extension VM {
    @inlinable @inline(__always) func info(_ type: Reference) -> UnsafeMutablePointer<TypeInfo> {
        self[type, TypeObject.info].native(TypeInfo.self)
    }
    @inlinable @inline(__always) func map(_ instance: Reference) -> MapPointer {
        self[instance, Instance.map].native(Map.self)
    }

    /// The type of any value.
    @inlinable func type(of value: Value) -> Reference {
        if value.isReference {
            let object = value.reference
            let kind = object.kind
            if kind == Kind.instance.kind { return map(object).pointee.type }
            let type = shared.pointee.kinds[kind]
            if type != .none { return type.reference }
            return typeSlowly(object, kind)
        }
        if value.isInt { return type(.int) }
        if value.isInlineDouble { return type(.float) }
        switch value {
        case .none: return type(.noneType)
        case .true, .false: return type(.bool)
        case .ellipsis: return type(.ellipsisType)
        case .notImplemented: return type(.notImplementedType)
        default: return type(.object)
        }
    }
    @inline(never) @usableFromInline
    func typeSlowly(_ object: Reference, _ kind: Int) -> Reference {
        switch kind {
        case Kind.type.kind: return self[object, TypeObject.metatype].reference
        case Kind.iterator.kind:
            return shared.pointee.types[self[object, Iterator.type]].reference
        case Kind.generator.kind:
            return shared.pointee.types[self[object, Generator.type]].reference
        case Kind.dictView.kind:
            return shared.pointee.types[self[object, DictView.type]].reference
        case Kind.module.kind:
            let own = self[object, ModuleObject.type]
            return own == .none ? type(.module) : own.reference
        case Kind.genericAlias.kind: return self[object, GenericAlias.type].reference
        case Kind.method.kind:
            let function = self[object, Method.function]
            if !function.isA(Kind.native) { return type(.method) }
            let name = self[function.reference, NativeFunction.name]
            return type(
                isWrapper(name)
                    && self.typeSlowly(function.reference, Kind.native.kind)
                        == type(.wrapperDescriptor)
                    ? .methodWrapper : .builtinFunction)
        case Kind.member.kind:
            let isField = self[object, Member.getter].isInt || isPlainField(object)
            return type(isField ? .memberDescriptor : .getSetDescriptor)
        case Kind.native.kind:
            let entry = self[object, NativeFunction.entry].native(NativeEntry.self)
            switch entry.pointee.kind {
            case .method:
                let name = self[object, NativeFunction.name]
                return type(isWrapper(name) ? .wrapperDescriptor : .methodDescriptor)
            case .classMethod: return type(.classMethodDescriptor)
            default: return type(.builtinFunction)
            }
        default: return type(.object)
        }
    }
    func name(ofType type: Reference) -> String { text(self[type, TypeObject.name]) }
    /// The name of the type of a value, for messages: built-in types say what module they belong to, and
    /// so do those of the library that are built in elsewhere.
    func typeName(_ value: Value) -> String {
        let type = type(of: value)
        let name = name(ofType: type)
        let module = find(self[type, TypeObject.namespace], name: self.name(.module))
        guard module.isString else { return name }
        let text = text(module)
        if text == "builtins" || info(type).pointee.isGuest && !VM.namedInFull.contains(text) {
            return name
        }
        return "\(text).\(name)"
    }
    private static let namedInFull: Set = ["decimal", "datetime"]

    /// Is `type` the same as `other` or derived from it?
    @inlinable func isSubtype(_ type: Reference, _ other: Reference) -> Bool {
        if type == other { return true }
        let mro = self[type, TypeObject.mro].reference
        let n = q.tupleCount(mro)
        var i = 0
        while i < n {
            if q.tupleElement(mro, i) == Value(other) { return true }
            i &+= 1
        }
        return false
    }
    @inlinable func isInstance(_ value: Value, _ type: BuiltinType) -> Bool {
        isSubtype(self.type(of: value), self.type(type))
    }
}
