import CFFI
import CForeign
import ManagedHeap

/// How one bound function is called: worked out once, when it is bound.
///
/// C1  A plan never changes once a `ForeignFunction` leads to it, and is never freed, so threads share
///     it without locks or reference counts.
/// C2  Nothing that a call needs to write lies in the plan: calls may nest and run in parallel.
/// C3  A register plan (`tier` before `.libffi`) has no argument on the stack: at most
///     `FOREIGN_INTEGERS` integers and `FOREIGN_VECTORS` floating-point arguments, no `...`.
@usableFromInline struct CallPlan {
    /// By which code the call is made.
    enum Tier: UInt8 {
        /// One or two doubles in, a double out.
        case doubles
        /// Integers and pointers only.
        case integers
        /// Any registers.
        case mixedInteger, mixedVector
        case libffi
        /// `...`: described to libffi anew for each call.
        case variadic
        /// Binding failed; calls fail with `about.failure`.
        case unbound
    }
    /// One declared parameter, ready for marshalling.
    struct Argument {
        let type: CType
        /// Which word of the call's buffer holds it.
        let word: UInt8
        /// What an integer must lie in.
        let low: Int
        let high: Int
    }

    @usableFromInline let route: Route
    /// The result follows from the arguments alone, and from nothing in C memory: a replay calls it again.
    @usableFromInline let isRepeatable: Bool
    let tier: Tier
    let result: CType
    let errnoRule: ErrnoRule
    let count: Int
    let address: UnsafeRawPointer
    let arguments: UnsafePointer<Argument>
    let cif: UnsafeMutablePointer<ffi_cif>?
    /// The shape of the byte strings of the language that bound the function.
    @usableFromInline let strings: Shape
    let about: Unmanaged<About>

    /// What only messages and reports need.
    final class About: Sendable {
        let declaration: Declaration
        let library: String
        let failure: BindingError?
        init(_ declaration: Declaration, _ library: String, failure: BindingError? = nil) {
            self.declaration = declaration
            self.library = library
            self.failure = failure
        }
    }

    /// Words of a register call's buffer: integers, then vectors.
    static var registerWords: Int { Int(FOREIGN_INTEGERS + FOREIGN_VECTORS) }
}

// MARK: making plans

extension CallPlan {
    /// Makes a plan that lives for ever. Nil when libffi refuses the signature.
    ///
    /// - Parameter usesRegisters: false to go through libffi in any case; tests compare both ways.
    static func make(
        _ about: About, at address: UnsafeRawPointer, strings: Shape, usesRegisters: Bool
    ) -> UnsafePointer<CallPlan>? {
        let declaration = about.declaration
        let types = declaration.parameters.map(\.type)
        let vectors = types.count(where: \.isFloating)
        let integers = types.count - vectors
        var tier = Tier.variadic
        var cif: UnsafeMutablePointer<ffi_cif>?
        if !declaration.isVariadic {
            let fits = integers <= FOREIGN_INTEGERS && vectors <= FOREIGN_VECTORS
            switch (fits && usesRegisters, declaration.result.isFloating) {
            case (false, _): tier = .libffi
            case (true, false): tier = vectors == 0 ? .integers : .mixedInteger
            case (true, true): tier = .mixedVector
            }
            let all = types + [declaration.result]
            if tier == .mixedVector, (2...3).contains(all.count), all.allSatisfy({ $0 == .double })
            {
                tier = .doubles
            }
        }
        if tier == .libffi {
            guard let described = describe(types, declaration.result) else { return nil }
            cif = described
        }
        let plan = UnsafeMutablePointer<CallPlan>.allocate(capacity: 1)
        plan.initialize(
            to: CallPlan(
                route: declaration.effect.route, isRepeatable: declaration.isRepeatable, tier: tier,
                result: declaration.result,
                errnoRule: declaration.effect.errnoRule, count: types.count, address: address,
                arguments: assign(types, inRegisters: tier.rawValue < Tier.libffi.rawValue),
                cif: cif, strings: strings, about: .passRetained(about)))
        return UnsafePointer(plan)
    }

    /// A plan whose calls fail, for a function that could not be bound.
    static func makeUnbound(_ name: String, _ library: String, _ failure: BindingError)
        -> UnsafePointer<CallPlan>
    {
        let declaration = Declaration(
            effect: nil, isBrief: false, name: name, result: .void, resultSpelling: "void",
            parameters: [], isVariadic: false)
        let plan = UnsafeMutablePointer<CallPlan>.allocate(capacity: 1)
        plan.initialize(
            to: CallPlan(
                route: .inside, isRepeatable: true, tier: .unbound, result: .void,
                errnoRule: .ignored, count: 0,
                address: UnsafeRawPointer(plan), arguments: assign([], inRegisters: false),
                cif: nil, strings: .bytes,
                about: .passRetained(About(declaration, library, failure: failure))))
        return UnsafePointer(plan)
    }

    private static func assign(_ types: [CType], inRegisters: Bool) -> UnsafePointer<Argument> {
        let arguments = UnsafeMutablePointer<Argument>.allocate(capacity: max(1, types.count))
        var integer = 0
        var vector = Int(FOREIGN_INTEGERS)
        for (i, type) in types.enumerated() {
            var word = i
            if inRegisters && type.isFloating {
                word = vector
                vector += 1
            } else if inRegisters {
                word = integer
                integer += 1
            }
            let range = type.range ?? 0...0
            (arguments + i).initialize(
                to: Argument(
                    type: type, word: UInt8(word), low: range.lowerBound, high: range.upperBound))
        }
        return UnsafePointer(arguments)
    }

    private static func describe(_ types: [CType], _ result: CType)
        -> UnsafeMutablePointer<ffi_cif>?
    {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(
            capacity: max(1, types.count))
        for (i, type) in types.enumerated() { (list + i).initialize(to: type.ffi) }
        let cif = UnsafeMutablePointer<ffi_cif>.allocate(capacity: 1)
        cif.initialize(to: ffi_cif())
        if ffi_prep_cif(cif, FFI_DEFAULT_ABI, UInt32(types.count), result.ffi, list) == FFI_OK {
            return cif
        }
        cif.deallocate()
        list.deallocate()
        return nil
    }
}

extension CType {
    /// libffi's description.
    var ffi: UnsafeMutablePointer<ffi_type> {
        let number =
            switch self {
            case .void: FFI_TYPE_VOID
            case .bool, .uint8: FFI_TYPE_UINT8
            case .int8: FFI_TYPE_SINT8
            case .int16: FFI_TYPE_SINT16
            case .uint16: FFI_TYPE_UINT16
            case .int32: FFI_TYPE_SINT32
            case .uint32: FFI_TYPE_UINT32
            case .int64: FFI_TYPE_SINT64
            case .uint64: FFI_TYPE_UINT64
            case .float: FFI_TYPE_FLOAT
            case .double: FFI_TYPE_DOUBLE
            case .string, .constPointer, .pointer: FFI_TYPE_POINTER
            }
        return ffi_scalar_type(number)
    }
}

extension Declaration {
    fileprivate var isRepeatable: Bool {
        guard [.const, .pure, .pureErrno].contains(effect) else { return false }
        let types = parameters.map(\.type) + [result]
        return !isVariadic && !types.contains(.pointer) && !types.contains(.constPointer)
    }
}
