/// Which libraries and functions may be bound.
///
/// ```swift
/// let policy = GatewayPolicy.allow(["libm.so.6", "process:getpid,write"])
/// ```
/// Checked before a library is opened, because opening one runs its code. A rule for a whole library
/// covers the functions that this library itself defines, not those of the libraries it needs.
public struct GatewayPolicy: Sendable {
    /// Functions of one library; all that it defines when `functions` is nil.
    struct Rule: Sendable {
        let library: String
        let functions: Set<String>?
    }
    private let rules: [Rule]?
    private var weakest = Effect.arbitrary

    /// Everything may be bound.
    public static var allowAll: GatewayPolicy { GatewayPolicy(rules: nil) }
    /// Nothing may be bound: foreign code is off.
    public static var denyAll: GatewayPolicy { GatewayPolicy(rules: []) }
    /// Only what the rules name: `LIBRARY`, or `LIBRARY:FUNCTION,FUNCTION`, with the library spelled as
    /// in the binding and `process` for what is linked in.
    public static func allow(_ rules: [String]) -> GatewayPolicy {
        GatewayPolicy(
            rules: rules.map { rule in
                guard let colon = rule.lastIndex(of: ":") else {
                    return Rule(library: rule, functions: nil)
                }
                let functions = rule[rule.index(after: colon)...].split(separator: ",")
                return Rule(
                    library: String(rule[..<colon]), functions: Set(functions.map(String.init)))
            })
    }

    /// The same, for functions only whose declaration promises at least as much as `effect`:
    ///
    /// ```swift
    /// let policy = GatewayPolicy.allow(["libm.so.6"]).limited(to: .reads)
    /// ```
    /// A declaration is the word of whoever writes it: ``Audit`` says whether it is kept.
    public func limited(to effect: Effect) -> GatewayPolicy {
        var policy = self
        if effect.rank < weakest.rank { policy.weakest = effect }
        return policy
    }

    enum Permission {
        case no
        /// The declaration promises too little.
        case promisesTooLittle(Effect)
        /// If the library itself defines the function.
        case ofLibrary
        case yes
    }
    /// - Parameter library: one candidate name, or `process`.
    func permission(_ declaration: Declaration, of library: String) -> Permission {
        let permission = permission(declaration.name, of: library)
        if case .no = permission { return .no }
        return declaration.effect.rank > weakest.rank ? .promisesTooLittle(weakest) : permission
    }
    private func permission(_ function: String, of library: String) -> Permission {
        guard let rules else { return .yes }
        var permission = Permission.no
        for rule in rules where rule.library == library {
            guard let functions = rule.functions else {
                permission = .ofLibrary
                continue
            }
            if functions.contains(function) { return .yes }
        }
        return permission
    }
    /// True when nothing at all may be bound.
    public var deniesAll: Bool { rules?.isEmpty ?? false }
}
