import CForeign
import CHost
import ManagedHeap

/// A C function, ready to be called: one word that leads to its call plan.
///
/// Bound functions live as long as the process, so a `ForeignFunction` costs nothing to copy or to
/// keep. A slot of a managed object can hold one:
///
/// ```swift
/// enum Callable {
///     static var shape: Shape { Shape(kind: 20, name: "foreign function", slots: 1) }
///     static var function: ImmutableField<ForeignFunction> { ImmutableField(0) }
/// }
/// ```
/// An object with such a slot must be made by the language only: any other address in it is called
/// all the same.
@frozen public struct ForeignFunction: Equatable, Hashable, Sendable {
    @usableFromInline nonisolated(unsafe) let plan: UnsafePointer<CallPlan>
    @inlinable init(_ plan: UnsafePointer<CallPlan>) { self.plan = plan }

    /// The function at `address`, which must be what `declaration` says.
    ///
    /// - Parameters:
    ///   - strings: the shape of the language's byte strings, for text in both directions.
    ///   - calls: how guest functions are called that are passed for function pointers.
    public init(
        _ declaration: Declaration, at address: UnsafeRawPointer, strings: Shape = .bytes,
        calls: GuestCalls? = nil
    ) throws(BindingError) {
        let process = Library(.process)
        self = try PlanTable.shared.function(
            declaration, at: address, strings: strings, library: "",
            freesResult: try process.companion(declaration.freesResultWith),
            undo: try process.companion(declaration.undoFunction), calls: calls)
    }
    /// As above, but through libffi in any case.
    package init(throughLibffi declaration: Declaration, at address: UnsafeRawPointer)
        throws(BindingError)
    {
        self = try PlanTable.shared.function(
            declaration, at: address, strings: .bytes, library: "", usesRegisters: false)
    }

    private var about: CallPlan.About { plan.pointee.about.takeUnretainedValue() }

    public var declaration: Declaration { about.declaration }
    public var name: String { about.declaration.name }
    /// Where it was found; empty for a function bound by address.
    public var library: String { about.library }
    /// Why every call of this function fails, if it could not be bound.
    public var bindingError: BindingError? { about.failure }
    /// The shape of byte strings that it takes and returns.
    @inlinable public var strings: Shape { plan.pointee.strings }
    /// How calls leave the virtual machine, outside atomic blocks.
    @inlinable public var route: Route { plan.pointee.route }
}

extension ForeignFunction: SlotContent {
    @inlinable @inline(__always) public init(slot: Value) {
        plan = UnsafePointer(
            slot.address.unsafelyUnwrapped.assumingMemoryBound(to: CallPlan.self))
    }
    @inlinable @inline(__always) public var slot: Value {
        Value(address: UnsafeMutableRawPointer(mutating: plan))
    }
}

/// Every plan of the process, so that binding the same function again costs no memory.
///
/// P1  `functions` changes only under `lock`.
final class PlanTable: @unchecked Sendable {
    static let shared = PlanTable()

    private struct Key: Hashable {
        let address: UnsafeRawPointer
        let declaration: Declaration
        let strings: Int
        let library: String
        let usesRegisters: Bool
        let calls: ObjectIdentifier?
        let integers: ObjectIdentifier?
        let isObserved: Bool
    }
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var functions: [Key: ForeignFunction] = [:]

    private init() { lock.initialize(to: 0) }

    var all: [ForeignFunction] {
        host_lock(lock)
        defer { host_unlock(lock) }
        return Array(functions.values)
    }

    func function(
        _ declaration: Declaration, at address: UnsafeRawPointer, strings: Shape, library: String,
        usesRegisters: Bool = true, freesResult: UnsafeRawPointer? = nil,
        undo: UnsafeRawPointer? = nil, calls: GuestCalls? = nil, integers: WideIntegers? = nil
    ) throws(BindingError) -> ForeignFunction {
        precondition(strings.layout == .bytes, "\(strings.name) is not a shape of byte strings")
        let key = Key(
            address: address, declaration: declaration, strings: strings.kind,
            library: library, usesRegisters: usesRegisters,
            calls: calls.map { ObjectIdentifier($0) },
            integers: integers.map { ObjectIdentifier($0) },
            isObserved: CallLedger.isKept)
        host_lock(lock)
        defer { host_unlock(lock) }
        if let known = functions[key] { return known }
        let about = CallPlan.About(
            declaration, library, freesResult: freesResult, undo: undo, calls: calls,
            integers: integers)
        guard
            let plan = CallPlan.make(
                about, at: address, strings: strings, usesRegisters: usesRegisters)
        else { throw .signature(function: declaration.name) }
        let function = ForeignFunction(plan)
        functions[key] = function
        return function
    }
}
