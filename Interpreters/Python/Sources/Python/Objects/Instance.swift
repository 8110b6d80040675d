import InterpreterKit

/// An object of a class that the guest has defined, or of a built-in type without a layout of its own.
///
/// Words: header, number of slots (as for a tuple), then the slots: the address of its ``Map``, a
/// reference to an array of further attributes (or None), and attributes in the order of the map.
///
/// I1  A map is replaced only by its own transitions, by a dict map (attributes in a dict), or by
///     assigning `__class__`.
/// I2  Attribute number n of the map is in slot 2 + n when the object has that many, else in the
///     further attributes.
@usableFromInline enum Instance {
    @inlinable static var map: Field<Value> { Field(1) }
    @inlinable static var overflow: Field<Value> { Field(2) }
    /// Slot number `n` of the attributes, of those that lie in the object.
    @inlinable @inline(__always) static func slot(_ n: Int) -> Field<Value> { Field(n &+ 3) }
    /// Attributes that lie in the object itself.
    @inlinable @inline(__always) static func capacity(_ object: Reference) -> Int {
        Value(bits: object.address[1]).int &- 2
    }
}

/// Which attributes an object of a class has, and where: a hidden class. Native memory, never freed.
///
/// The first `reserved` slots belong to the built-in base type and have no names. Maps of one class
/// form a tree from its root map; each edge adds one name.
///
/// P1  Everything but `transitions` is written once. `transitions` changes under the lock of ``Maps``;
///     whoever reads an edge there sees the map it leads to.
@usableFromInline struct Map: ~Copyable {
    /// The class object.
    @usableFromInline var type: Reference
    /// Slots in use.
    @usableFromInline var count: Int
    @usableFromInline var reserved: Int
    /// What the first reserved slot holds, for subclasses of int, str, list, …; else ``Payload/none``.
    @usableFromInline var payload: Payload
    /// True for the map of objects whose attributes are in a dict, in slot `reserved`.
    @usableFromInline var isDict: Bool
    /// True when objects have no `__dict__`: only names of the class's `__slots__` can be set.
    @usableFromInline var isFixed: Bool
    /// The interned name of each slot from `reserved` on; `count - reserved` of them.
    @usableFromInline var names: UnsafeMutablePointer<UInt64>
    @usableFromInline var parent: UnsafeMutablePointer<Map>?
    /// A list of edges.
    @usableFromInline let transitions = Published<Edge>()

    @usableFromInline struct Edge {
        var name: UInt64
        var target: UnsafeMutablePointer<Map>
        var next: UnsafeMutablePointer<Edge>?
    }

    /// The slot of an interned name, or -1.
    @usableFromInline func slot(of name: Value) -> Int {
        var i = 0
        let n = count &- reserved
        while i < n {
            if names[i] == name.bits { return reserved &+ i }
            i &+= 1
        }
        return -1
    }
}
@usableFromInline typealias MapPointer = UnsafeMutablePointer<Map>

/// The layout that instances of a class inherit from a built-in type: a value of that type in the first
/// reserved slot.
@usableFromInline enum Payload: UInt8 {
    case none, int, float, complex, string, bytes, byteArray, tuple, list, dict, set, frozenSet
    case exception
    /// Reserved slots of a type of a built-in module.
    case native
    case type, module, function
    case property, staticMethod, classMethod, `super`, iterator
}
