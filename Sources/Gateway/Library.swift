import CForeign
import CHost
import ManagedHeap

/// A shared library and what a program declares about its functions.
///
/// ```swift
/// extension Library {
///     static let math = Library("libm.so.6", [
///         "pure  double sqrt(double x)",
///         "pure  double pow(double base, double exponent)",
///     ])
///     static let posix = Library(.process, ["atomic  ssize_t write(int fd, const void *buf, size_t count)"])
/// }
/// let root = try q.call(Library.math["sqrt"], 2.0)
/// ```
/// Nothing is opened before the first function is asked for, and nothing is ever closed.
///
/// L1  `handles`, `bound` and `unusable` change only under `lock`.
public final class Library: @unchecked Sendable {
    /// Where to look: file names as the dynamic loader takes them, the first that opens is used.
    public struct Name: Equatable, Sendable, ExpressibleByStringLiteral,
        ExpressibleByArrayLiteral, CustomStringConvertible
    {
        /// Empty for the process itself.
        public let candidates: [String]
        /// `["process"]` stands for the process itself.
        public init(_ candidates: [String]) {
            self.candidates = candidates == ["process"] ? [] : candidates
        }
        public init(_ name: String) { self.init([name]) }
        public init(stringLiteral name: String) { self.init([name]) }
        public init(arrayLiteral names: String...) { self.init(names) }

        /// The program and all that it is linked with.
        public static var process: Name { Name([]) }
        public var description: String {
            candidates.isEmpty ? "process" : candidates.joined(separator: " or ")
        }
    }

    public let name: Name
    private let declarations: [String: Declaration]
    private let strings: Shape
    private let policy: GatewayPolicy
    private let calls: GuestCalls?
    private let integers: WideIntegers?
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var handles: [String: UnsafeMutableRawPointer] = [:]
    private var bound: [String: ForeignFunction] = [:]
    private var unusable: [BindingError]

    /// - Parameters:
    ///   - declarations: what ``subscript(_:)`` finds; wrong ones are reported when used, and by ``check()``.
    ///   - strings: the shape of the language's byte strings.
    ///   - policy: what may be bound; asked before anything is opened.
    ///   - calls: how guest functions are called that are passed for function pointers.
    ///   - integers: how the language's integers of more than 62 bits are read.
    public convenience init(
        _ name: Name, _ declarations: [String] = [], strings: Shape = .bytes,
        policy: GatewayPolicy = .allowAll, calls: GuestCalls? = nil,
        integers: WideIntegers? = nil
    ) {
        var good: [Declaration] = []
        var bad: [BindingError] = []
        var scope = TypeScope()
        for text in declarations {
            do throws(DeclarationError) {
                if let declaration = try Declaration.parse(text, in: &scope) {
                    good.append(declaration)
                }
            } catch {
                bad.append(.declaration(error))
            }
        }
        self.init(name, good, bad, strings, policy, calls, integers)
    }
    public convenience init(
        _ name: Name, _ declarations: [Declaration], strings: Shape = .bytes,
        policy: GatewayPolicy = .allowAll, calls: GuestCalls? = nil,
        integers: WideIntegers? = nil
    ) {
        self.init(name, declarations, [], strings, policy, calls, integers)
    }
    private init(
        _ name: Name, _ declarations: [Declaration], _ unusable: [BindingError], _ strings: Shape,
        _ policy: GatewayPolicy, _ calls: GuestCalls?, _ integers: WideIntegers?
    ) {
        self.name = name
        self.declarations = Dictionary(declarations.map { ($0.name, $0) }) { first, _ in first }
        self.unusable = unusable
        self.strings = strings
        self.policy = policy
        self.calls = calls
        self.integers = integers
        lock.initialize(to: 0)
    }
    deinit { lock.deallocate() }

    /// The declared function `name`, bound when first asked for.
    ///
    /// A function that cannot be bound is returned, too: its calls fail, and
    /// ``ForeignFunction/bindingError`` says why. Cost: a lock and a dictionary; keep the result.
    public subscript(name: String) -> ForeignFunction {
        host_lock(lock)
        defer { host_unlock(lock) }
        if let known = bound[name] { return known }
        let function: ForeignFunction
        do throws(BindingError) {
            guard let declaration = declarations[name] else { throw undeclared(name) }
            function = try find(declaration)
        } catch {
            function = ForeignFunction(CallPlan.makeUnbound(name, "\(self.name)", error))
        }
        bound[name] = function
        return function
    }

    /// Binds a function by its declaration.
    public func bind(_ declaration: Declaration) throws(BindingError) -> ForeignFunction {
        host_lock(lock)
        defer { host_unlock(lock) }
        return try find(declaration)
    }
    /// Binds a function by the text of its declaration.
    public func bind(_ declaration: String) throws(BindingError) -> ForeignFunction {
        let parsed: Declaration
        do throws(DeclarationError) {
            parsed = try Declaration(declaration)
        } catch {
            throw .declaration(error)
        }
        return try bind(parsed)
    }

    /// Binds everything that is declared, and says what went wrong. That an `optional` function is missing is
    /// no mistake.
    public func check() -> [BindingError] {
        host_lock(lock)
        defer { host_unlock(lock) }
        var errors = unusable
        for name in declarations.keys.sorted() {
            let declaration = declarations[name].unsafelyUnwrapped
            do throws(BindingError) {
                _ = try find(declaration)
            } catch {
                if declaration.isOptional, error.isAbsence { continue }
                errors.append(error)
            }
        }
        return errors
    }

    // MARK: under the lock

    private func undeclared(_ function: String) -> BindingError {
        // What looks missing may be what could not be read.
        if let first = unusable.first { return first }
        return .undeclared(
            function: function, library: "\(name)",
            suggestion: Spelling.suggestion(function, among: Array(declarations.keys)))
    }

    private func find(_ declaration: Declaration) throws(BindingError) -> ForeignFunction {
        let function = declaration.name
        let candidates = name.candidates.isEmpty ? ["process"] : name.candidates
        var reasons: [String] = []
        for candidate in candidates {
            let permission = policy.permission(declaration, of: candidate)
            if case .no = permission { continue }
            if case .promisesTooLittle(let least) = permission {
                throw .effect(
                    function: function, declared: declaration.effect.word, least: least.word)
            }
            guard let handle = open(candidate, &reasons) else { continue }
            let address =
                declaration.version.map { foreign_symbol_version(handle, function, $0) }
                ?? foreign_symbol(handle, function)
            guard let address else {
                throw .symbol(
                    function: function, library: candidate, reason: String(cString: foreign_error())
                )
            }
            if foreign_is_data(address) {
                throw .symbol(
                    function: function, library: candidate, reason: "it is a variable")
            }
            if case .ofLibrary = permission, !name.candidates.isEmpty,
                !foreign_defines(handle, address)
            {
                throw .denied(
                    function: function, library: candidate,
                    origin: String(cString: foreign_origin(address)))
            }
            return try PlanTable.shared.function(
                declaration, at: address, strings: strings, library: candidate,
                freesResult: try companion(declaration.freesResultWith, in: candidate),
                undo: try companion(declaration.undoFunction, in: candidate), calls: calls,
                integers: integers)
        }
        if reasons.isEmpty { throw .denied(function: function, library: "\(name)", origin: nil) }
        throw .library(name: "\(name)", reasons: reasons)
    }

    /// A function that a declaration names beside its own: of the same library, or of the process.
    func companion(
        _ function: String?, in candidate: String = "process"
    ) throws(BindingError) -> UnsafeRawPointer? {
        guard let function else { return nil }
        var reasons: [String] = []
        let handles = [open(candidate, &reasons), foreign_open(nil)]
        for handle in handles {
            if let handle, let address = foreign_symbol(handle, function) { return address }
        }
        throw .symbol(
            function: function, library: candidate, reason: String(cString: foreign_error()))
    }

    private func open(_ candidate: String, _ reasons: inout [String]) -> UnsafeMutableRawPointer? {
        if let open = handles[candidate] { return open }
        guard let handle = foreign_open(candidate == "process" ? nil : candidate) else {
            reasons.append(String(cString: foreign_error()))
            return nil
        }
        handles[candidate] = handle
        return handle
    }
}
