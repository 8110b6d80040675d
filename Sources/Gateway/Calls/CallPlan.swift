import CFFI
import CForeign
import Glibc
import ManagedHeap

/// How one bound function is called: worked out once, when it is bound.
///
/// C1  A plan never changes once a `ForeignFunction` leads to it, and is never freed, so threads share
///     it without locks or reference counts. One exception: the plan of a function that is caught
///     breaking its promise becomes `arbitrary`, and a thread may see that late.
/// C2  Nothing that a call needs to write lies in the plan: calls may nest and run in parallel.
/// C3  A register plan (`tier` before `.libffi`) has no argument on the stack: at most
///     `FOREIGN_INTEGERS` integers and `FOREIGN_VECTORS` floating-point arguments, no `...`.
@usableFromInline struct CallPlan {
    /// By which code the call is made.
    enum Tier: UInt8 {
        /// Integers and pointers only.
        case integers
        /// Any registers.
        case mixedInteger, mixedVector
        case libffi
        /// `...`: described to libffi anew for each call.
        case variadic
        /// Any arguments, as the plan's recipe says.
        case general
        /// Binding failed; calls fail with `about.failure`.
        case unbound
    }
    /// One declared parameter, ready for marshalling.
    struct Argument {
        let type: Scalar
        /// Which word of the call's buffer holds it.
        let word: UInt8
        /// What an integer must lie in.
        let low: Int
        let high: Int
    }

    @usableFromInline private(set) var route: Route
    /// Called within the quantum, with nothing to be done before, after or about it.
    @usableFromInline private(set) var isDirect: Bool
    /// Outside the quantum or in an inevitable one, and a call of the thunk in a frame is all there is to it.
    @usableFromInline let isSimple: Bool
    /// Declared to be brief.
    let isBrief: Bool
    /// Outside the virtual machine the call is all there is to do.
    let isPlainOutside: Bool
    /// Some threads are refused.
    let hasAffinity: Bool
    /// Calls are counted.
    let isObserved: Bool
    /// A signal may interrupt the call.
    let isInterruptible: Bool
    /// Threads of foreign code may come in while a call runs.
    let admitsThreads: Bool
    let pace = Pace()
    /// The result follows from the arguments alone, and from nothing in C memory: a replay calls it again.
    @usableFromInline let isRepeatable: Bool
    let tier: Tier
    let result: Scalar
    let errnoRule: ErrnoRule
    @usableFromInline let count: Int
    let address: UnsafeRawPointer
    let arguments: UnsafePointer<Argument>
    /// Makes the call from plain values in one step.
    @usableFromInline let thunk: UnsafePointer<foreign_thunk>?
    let cif: UnsafeMutablePointer<ffi_cif>?
    let recipe: UnsafePointer<Recipe>?
    /// The shape of the byte strings of the language that bound the function.
    @usableFromInline let strings: Shape
    let about: Unmanaged<About>
    let description: UnsafePointer<foreign_description>

    /// What only messages and reports need.
    final class About: @unchecked Sendable {
        let declaration: Declaration
        let library: String
        let failure: BindingError?
        /// What frees returned text, and what takes a call back.
        let freesResult: UnsafeRawPointer?
        let undo: UnsafeRawPointer?
        /// For `serialized`.
        let domain: LockDomain?
        /// How guest functions that it gets are called.
        let calls: GuestCalls?
        /// How integers of more than 62 bits are read.
        let integers: WideIntegers?
        let takesCallbacks: Bool
        /// Kept while calls are counted.
        let ledger = CallLedger.isKept ? CallLedger() : nil
        let home = HomeThread()

        /// Nothing is to be done before a call, after it or about it.
        var isPlain: Bool {
            declaration.affinity == .any && !declaration.isInterruptible && ledger == nil
                && domain == nil
        }

        init(
            _ declaration: Declaration, _ library: String, failure: BindingError? = nil,
            freesResult: UnsafeRawPointer? = nil, undo: UnsafeRawPointer? = nil,
            calls: GuestCalls? = nil, integers: WideIntegers? = nil
        ) {
            self.declaration = declaration
            self.library = library
            self.failure = failure
            self.freesResult = freesResult
            self.undo = undo
            self.calls = calls
            self.integers = integers
            takesCallbacks = declaration.parameters.contains { $0.type.holdsCallback }
            if case .serialized(let name) = declaration.effect {
                domain = LockDomain.named(name)
            } else {
                domain = nil
            }
        }
    }

    /// The function is not what its declaration says.
    static func demote(_ plan: UnsafePointer<CallPlan>) {
        let plan = UnsafeMutablePointer(mutating: plan)
        plan.pointee.isDirect = false
        plan.pointee.route = .inevitable
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
        let types = declaration.parameters.compactMap(\.type.scalar)
        let result = declaration.result.scalar
        let tier = tier(declaration, usesRegisters)
        var cif: UnsafeMutablePointer<ffi_cif>?
        var recipe: UnsafePointer<Recipe>?
        if tier == .general {
            recipe = Recipe.make(declaration)
            if recipe == nil { return nil }
        }
        if tier == .libffi {
            guard let result, let described = describe(types, result) else { return nil }
            cif = described
        }
        let plan = UnsafeMutablePointer<CallPlan>.allocate(capacity: 1)
        let admitsThreads = declaration.parameters.contains {
            $0.type.holdsCallback && $0.callback.onForeignThread == .adopt
        }
        let isRegisterCall = tier.rawValue < Tier.libffi.rawValue
        let description = describe(about, isRegisterCall)
        let thunk = makeThunk(
            about, tier, types, result ?? .void, at: address, strings: strings, description)
        plan.initialize(
            to: CallPlan(
                route: declaration.route,
                isDirect: declaration.route == .inside && about.isPlain
                    && recipe?.pointee.needsCare != true,
                isSimple: about.isPlain && thunk != nil
                    && (declaration.route == .between || declaration.route == .inevitable),
                isBrief: declaration.isBrief,
                isPlainOutside: about.isPlain && !admitsThreads,
                hasAffinity: declaration.affinity != .any, isObserved: about.ledger != nil,
                isInterruptible: declaration.isInterruptible, admitsThreads: admitsThreads,
                isRepeatable: declaration.isRepeatable, tier: tier,
                result: result ?? .void, errnoRule: declaration.errnoRule,
                count: declaration.parameters.count, address: address,
                arguments: assign(tier == .general ? [] : types, inRegisters: isRegisterCall),
                thunk: thunk, cif: cif, recipe: recipe, strings: strings,
                about: .passRetained(about), description: description))
        return UnsafePointer(plan)
    }

    /// For crash reports, which cannot ask Swift.
    private static func describe(
        _ about: About, _ isRegisterCall: Bool
    ) -> UnsafePointer<foreign_description> {
        let integers = about.declaration.parameters.count { $0.type.scalar?.isFloating != true }
        let isPlain = about.declaration.parameters.allSatisfy { $0.type.scalar != nil }
        let description = UnsafeMutablePointer<foreign_description>.allocate(capacity: 1)
        description.initialize(
            to: foreign_description(
                prototype: strdup(about.declaration.prototype)!, library: strdup(about.library)!,
                integers: isPlain && isRegisterCall
                    ? Int32(min(integers, Int(FOREIGN_INTEGERS))) : 0,
                parameters: Int32(about.declaration.givenParameters.count)))
        return UnsafePointer(description)
    }

    private static func tier(_ declaration: Declaration, _ usesRegisters: Bool) -> Tier {
        let types = declaration.parameters.map(\.type.scalar)
        let isPlain =
            declaration.result.scalar != nil && declaration.freesResultWith == nil
            && declaration.parameters.allSatisfy {
                $0.type.scalar != nil && !$0.type.holdsCallback && !$0.isReturned
            }
        let vectors = types.count { $0?.isFloating == true }
        let fits = types.count - vectors <= FOREIGN_INTEGERS && vectors <= FOREIGN_VECTORS
        if !isPlain { return .general }
        if declaration.isVariadic || !fits || !usesRegisters {
            if hasGeneralCalls && usesRegisters { return .general }
            return declaration.isVariadic ? .variadic : .libffi
        }
        if declaration.result.scalar?.isFloating == true { return .mixedVector }
        return vectors == 0 ? .integers : .mixedInteger
    }
    static var hasGeneralCalls: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }

    /// A plan whose calls fail, for a function that could not be bound.
    static func makeUnbound(_ name: String, _ library: String, _ failure: BindingError)
        -> UnsafePointer<CallPlan>
    {
        let declaration = Declaration(name: name)
        let plan = UnsafeMutablePointer<CallPlan>.allocate(capacity: 1)
        plan.initialize(
            to: CallPlan(
                route: .inside, isDirect: true, isSimple: false, isBrief: false,
                isPlainOutside: true, hasAffinity: false, isObserved: false, isInterruptible: false,
                admitsThreads: false, isRepeatable: true, tier: .unbound, result: .void,
                errnoRule: .ignored,
                count: 0,
                address: UnsafeRawPointer(plan), arguments: assign([], inRegisters: false),
                thunk: nil, cif: nil, recipe: nil, strings: .bytes,
                about: .passRetained(About(declaration, library, failure: failure)),
                description: describe(About(declaration, library), false)))
        return UnsafePointer(plan)
    }

    private static func assign(_ types: [Scalar], inRegisters: Bool) -> UnsafePointer<Argument> {
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

    private static func describe(_ types: [Scalar], _ result: Scalar)
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

extension Scalar {
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
