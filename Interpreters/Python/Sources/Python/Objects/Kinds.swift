import InterpreterKit

/// How objects lie in memory. A kind is a layout; what type an object has for the guest is answered by
/// ``VM/type(of:)``: by the kind for built-in types, by the map for instances of classes.
///
/// Plain tuples are the framework's tuples; boxed doubles are the framework's.
@usableFromInline enum Kind {
    /// See ``StringView``.
    @inlinable static var string: Shape { Shape(kind: 16, name: "str", layout: .sharedBytes) }
    /// Hash cache, then the bytes.
    @inlinable static var bytes: Shape { Shape(kind: 17, name: "bytes", layout: .bytes) }
    /// Sign word (0 or 1), then limbs of 64 bits, least significant first, no leading zero limb.
    @inlinable static var bigInt: Shape { Shape(kind: 18, name: "int", layout: .bytes) }
    @inlinable static var list: Shape {
        Shape(kind: 19, name: "list", slots: 2, layout: .ownArray)
    }
    @inlinable static var dict: Shape { Shape(kind: 20, name: "dict", slots: 4) }
    @inlinable static var set: Shape {
        Shape(kind: 21, name: "set", slots: 4, layout: .ownArray)
    }
    @inlinable static var frozenSet: Shape {
        Shape(kind: 22, name: "frozenset", slots: 4, layout: .ownArray)
    }
    @inlinable static var function: Shape { Shape(kind: 23, name: "function", slots: 11) }
    @inlinable static var native: Shape {
        Shape(kind: 24, name: "native function", slots: 3, isPermanent: true)
    }
    @inlinable static var method: Shape { Shape(kind: 25, name: "method", slots: 2) }
    @inlinable static var cell: Shape { Shape(kind: 26, name: "cell", slots: 1) }
    /// See ``Instance``.
    @inlinable static var instance: Shape { Shape(kind: 27, name: "instance", layout: .tuple) }
    @inlinable static var type: Shape { Shape(kind: 28, name: "type", slots: 12) }
    @inlinable static var module: Shape { Shape(kind: 29, name: "module", slots: 2) }
    @inlinable static var generator: Shape { Shape(kind: 30, name: "generator", slots: 8) }
    @inlinable static var range: Shape { Shape(kind: 31, name: "range", slots: 3) }
    @inlinable static var slice: Shape { Shape(kind: 32, name: "slice", slots: 3) }
    /// Built-in iterators: see ``Iterator``.
    @inlinable static var iterator: Shape { Shape(kind: 33, name: "iterator", slots: 5) }
    /// Two raw doubles.
    @inlinable static var complex: Shape { Shape(kind: 34, name: "complex", layout: .bytes) }
    @inlinable static var property: Shape { Shape(kind: 35, name: "property", slots: 5) }
    @inlinable static var staticMethod: Shape { Shape(kind: 36, name: "staticmethod", slots: 2) }
    @inlinable static var classMethod: Shape { Shape(kind: 37, name: "classmethod", slots: 2) }
    @inlinable static var `super`: Shape { Shape(kind: 38, name: "super", slots: 3) }
    /// A slot of a class with `__slots__`, or a field of a built-in type.
    @inlinable static var member: Shape { Shape(kind: 39, name: "member", slots: 5) }
    @inlinable static var code: Shape { Shape(kind: 40, name: "code", slots: 1) }
    @inlinable static var traceback: Shape { Shape(kind: 41, name: "traceback", slots: 6) }
    @inlinable static var frame: Shape { Shape(kind: 42, name: "frame", slots: 6) }
    /// See ``ByteArray``.
    @inlinable static var byteArray: Shape { Shape(kind: 43, name: "bytearray", slots: 4) }
    @inlinable static var memoryView: Shape { Shape(kind: 44, name: "memoryview", slots: 6) }
    /// The content of one global variable: what a module's dict holds in place of the value.
    @inlinable static var global: Shape { Shape(kind: 45, name: "global", slots: 1) }
    /// Views of a dict: keys, values, items.
    @inlinable static var dictView: Shape { Shape(kind: 46, name: "dict view", slots: 2) }
    @inlinable static var mappingProxy: Shape { Shape(kind: 47, name: "mappingproxy", slots: 1) }
    @inlinable static var genericAlias: Shape { Shape(kind: 48, name: "generic alias", slots: 4) }
    /// Words that are not values, mutable: a framework tuple of raw integers.
    static let count = 49

    static var all: [Shape] {
        [
            string, bytes, bigInt, list, dict, set, frozenSet, function, native, method, cell,
            instance, type, module, generator, range, slice, iterator, complex, property,
            staticMethod, classMethod, `super`, member, code, traceback, frame, byteArray,
            memoryView, global, dictView, mappingProxy, genericAlias,
        ]
    }
}

@usableFromInline enum List {
    @inlinable static var count: Field<Int> { Field(0) }
    /// An array, or None while the list has never had an item. Slots from `count` on hold None. A short list
    /// is made with an array of its own, in the same cell; once it needs a larger one, its own is all None.
    @inlinable static var items: Field<Value> { Field(1) }
    /// Is the array part of the list?
    @inlinable @inline(__always) static func isOwn(_ items: Reference, of list: Reference) -> Bool {
        items == OwnArray.array(in: list, Kind.list.slots)
    }
}
@usableFromInline enum Function {
    /// The address of a ``Code``.
    @inlinable static var code: Field<Value> { Field(0) }
    /// The dict of the module it was made in.
    @inlinable static var globals: ImmutableField<Reference> { ImmutableField(1) }
    /// A tuple of cells, or None.
    @inlinable static var closure: ImmutableField<Value> { ImmutableField(2) }
    /// A tuple or None; a dict or None.
    @inlinable static var defaults: Field<Value> { Field(3) }
    @inlinable static var keywordDefaults: Field<Value> { Field(4) }
    @inlinable static var name: Field<Value> { Field(5) }
    @inlinable static var qualifiedName: Field<Value> { Field(6) }
    @inlinable static var annotations: Field<Value> { Field(7) }
    /// A dict, or None while nobody has set an attribute.
    @inlinable static var attributes: Field<Value> { Field(8) }
    @inlinable static var module: Field<Value> { Field(9) }
    /// `__doc__`, unbound for the docstring of the code.
    @inlinable static var doc: Field<Value> { Field(10) }
}
@usableFromInline enum NativeFunction {
    /// The address of a ``NativeEntry``.
    @inlinable static var entry: ImmutableField<Value> { ImmutableField(0) }
    /// The module that a function belongs to, or the type that a method belongs to.
    @inlinable static var owner: ImmutableField<Value> { ImmutableField(1) }
    @inlinable static var name: ImmutableField<Value> { ImmutableField(2) }
}
@usableFromInline enum Method {
    @inlinable static var function: ImmutableField<Value> { ImmutableField(0) }
    @inlinable static var object: ImmutableField<Value> { ImmutableField(1) }
}
@usableFromInline enum Cell {
    @inlinable static var content: Field<Value> { Field(0) }
}
@usableFromInline enum ModuleObject {
    /// The namespace; its values are ``Kind/global`` objects.
    @inlinable static var namespace: ImmutableField<Reference> { ImmutableField(0) }
    /// A class derived from the type of modules, or None.
    @inlinable static var type: Field<Value> { Field(1) }
}
@usableFromInline enum RangeObject {
    @inlinable static var start: ImmutableField<Value> { ImmutableField(0) }
    @inlinable static var stop: ImmutableField<Value> { ImmutableField(1) }
    @inlinable static var step: ImmutableField<Value> { ImmutableField(2) }
}
@usableFromInline enum Slice {
    @inlinable static var start: ImmutableField<Value> { ImmutableField(0) }
    @inlinable static var stop: ImmutableField<Value> { ImmutableField(1) }
    @inlinable static var step: ImmutableField<Value> { ImmutableField(2) }
}
@usableFromInline enum Property {
    @inlinable static var getter: Field<Value> { Field(0) }
    @inlinable static var setter: Field<Value> { Field(1) }
    @inlinable static var deleter: Field<Value> { Field(2) }
    @inlinable static var doc: Field<Value> { Field(3) }
    @inlinable static var name: Field<Value> { Field(4) }
}
/// Static and class methods.
@usableFromInline enum Wrapper {
    @inlinable static var function: Field<Value> { Field(0) }
    /// A dict of further attributes, or None.
    @inlinable static var attributes: Field<Value> { Field(1) }
}
@usableFromInline enum Super {
    @inlinable static var type: Field<Value> { Field(0) }
    @inlinable static var object: Field<Value> { Field(1) }
    @inlinable static var objectType: Field<Value> { Field(2) }
}
@usableFromInline enum Traceback {
    @inlinable static var next: Field<Value> { Field(0) }
    @inlinable static var code: ImmutableField<Value> { ImmutableField(1) }
    /// Index of the instruction.
    @inlinable static var instruction: ImmutableField<Int> { ImmutableField(2) }
    /// The function's globals, or None.
    @inlinable static var globals: ImmutableField<Value> { ImmutableField(3) }
    /// Where the frame is on the stack, as ``FrameObject/place``; once it has been left, its registers or
    /// its namespace. None when nothing is known.
    @inlinable static var variables: Field<Value> { Field(4) }
    /// The entry of the caller, or None.
    @inlinable static var caller: Field<Value> { Field(5) }
}

extension Value {
    @inlinable @inline(__always) static var ellipsis: Value {
        Value(constant: Value.firstLanguageConstant)
    }
    @inlinable @inline(__always) static var notImplemented: Value {
        Value(constant: Value.firstLanguageConstant + 1)
    }
    @inlinable @inline(__always) init(_ bool: Bool) { self = bool ? .true : .false }
    @inlinable @inline(__always) var isBool: Bool { self == .true || self == .false }
    @inlinable @inline(__always) var isFloat: Bool { isInlineDouble || isA(.boxedDouble) }
    @inlinable @inline(__always) var isString: Bool { isA(Kind.string) }
    @inlinable @inline(__always) var isTuple: Bool { isA(.tuple) }
    @inlinable @inline(__always) var isList: Bool { isA(Kind.list) }
    @inlinable @inline(__always) var isDict: Bool { isA(Kind.dict) }
    @inlinable @inline(__always) var isType: Bool { isA(Kind.type) }
    @inlinable @inline(__always) var isInstance: Bool { isA(Kind.instance) }
    @inlinable @inline(__always) var code: CodePointer { native(Code.self) }
}
