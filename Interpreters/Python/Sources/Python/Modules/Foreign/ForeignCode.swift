import InterpreterKit
import Synchronization

/// What one interpreter knows about C: what may be bound, how its integers are read, how C calls back.
final class ForeignCode: Sendable {
    let policy: GatewayPolicy
    let calls: GuestCalls
    let integers = WideIntegers { value in
        guard value.isA(Kind.bigInt) else { return nil }
        let big = BigInt(value.reference)
        return .init(magnitude: big.count == 1 ? big.limbs[0] : nil, isNegative: big.isNegative)
    }
    /// The types of `ffi`, set when the module is made.
    nonisolated(unsafe) var functionType = Value.none
    nonisolated(unsafe) var pointerType = Value.none
    nonisolated(unsafe) var typeType = Value.none
    nonisolated(unsafe) var scopeType = Value.none
    private let bindings = Mutex<[ForeignFunction: UnsafeMutablePointer<ForeignBinding>]>([:])

    init(_ policy: GatewayPolicy, _ shared: UnsafeMutablePointer<Shared>) {
        self.policy = policy
        calls = VM.foreignCalls(shared)
    }

    /// The library with these names, tried in order; the process itself for none.
    func library(_ names: [String], _ declarations: [Declaration] = []) -> Gateway.Library {
        Gateway.Library(
            Gateway.Library.Name(names), declarations, policy: policy, calls: calls,
            integers: integers)
    }

    /// What calls of `function` need to know: made once, kept for ever.
    func binding(of function: ForeignFunction) -> UnsafeMutablePointer<ForeignBinding> {
        bindings.withLock { known in
            if let binding = known[function] { return binding }
            let binding = UnsafeMutablePointer<ForeignBinding>.allocate(capacity: 1)
            binding.initialize(to: ForeignBinding(function))
            known[function] = binding
            return binding
        }
    }
}

/// A C function as Python calls it. Native memory, never freed.
struct ForeignBinding {
    let function: ForeignFunction
    /// What the guest gives.
    let parameters: [Declaration.Parameter]
    let isVariadic: Bool

    init(_ function: ForeignFunction) {
        self.function = function
        let declaration = function.declaration
        parameters = declaration.givenParameters
        isVariadic = declaration.isVariadic
    }

    func takes(_ count: Int) -> Bool {
        count == parameters.count || isVariadic && count > parameters.count
    }
}
