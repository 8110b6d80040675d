import InterpreterKit
import Synchronization

/// A built-in function in Swift.
///
/// ```swift
/// type.method("count", "(self, value, /)") { (vm, arguments) throws(Unwind) in
///     Value(try vm.count(arguments[0], arguments[1]))
/// }
/// ```
@usableFromInline typealias Native = (VM, CallArguments) throws(Unwind) -> Value

/// The arguments of a call of a built-in function, in the order of its signature.
///
/// `arguments[i]` is unbound for a parameter without argument. `*args` begin at the index of their
/// parameter and extend to `count`. `keywords` is the dict of `**kwargs`, or unbound.
@frozen @usableFromInline struct CallArguments {
    @usableFromInline let base: Frame
    @usableFromInline let count: Int
    @usableFromInline var keywords: Value = .unbound

    @inlinable @inline(__always) init(_ base: Frame, _ count: Int) {
        self.base = base
        self.count = count
    }
    @inlinable @inline(__always) subscript(i: Int) -> Value {
        i < count ? base[i] : .unbound
    }
    @inlinable @inline(__always) func has(_ i: Int) -> Bool { i < count && base[i] != .unbound }
    /// The argument, or `standard` when there is none.
    @inlinable @inline(__always) func value(_ i: Int, or standard: Value) -> Value {
        has(i) ? base[i] : standard
    }
}

/// A function in Swift that is kept for ever, so that a call of it counts no references.
@usableFromInline struct NativeBody {
    private final class Kept {
        let function: Native
        init(_ function: @escaping Native) { self.function = function }
    }
    private let kept: Unmanaged<Kept>

    init(_ function: @escaping Native) { kept = .passRetained(Kept(function)) }

    @inline(__always)
    func callAsFunction(_ vm: VM, _ arguments: CallArguments) throws(Unwind) -> Value {
        let result: Result<Value, Unwind> = kept._withUnsafeGuaranteedRef { kept in
            do throws(Unwind) { return .success(try kept.function(vm, arguments)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// One built-in function as the machine sees it. Native memory, never freed.
@usableFromInline struct NativeEntry {
    /// Positional arguments that a call without keywords may have: the most << 32 | the least. Written when the
    /// signature is read, by any thread.
    @usableFromInline var arity = NativeEntry.unreadArity
    /// The signature, once it has been read.
    @usableFromInline var parsed: UInt64 = 0
    @usableFromInline var body: NativeBody
    @usableFromInline var name: StaticString
    @usableFromInline var signature: StaticString
    /// The type it is a method of, for messages: "list.append()".
    @usableFromInline var owner: StaticString?
    @usableFromInline var kind: NativeKind
    /// Of a `__new__`: the same for a first argument that is known to be the class it belongs to.
    @usableFromInline var make: NativeBody?
    @usableFromInline var framing = Framing.none
    @usableFromInline var intrinsic = Intrinsic.none

    static var unreadArity: UInt64 { 0xFFFF_FFFF }
    /// Is it a `__new__`? Its first argument, the class, is not counted in messages.
    var isConstructor: Bool { kind == .staticMethod && owner != nil && "\(name)" == "__new__" }
}

extension UnsafeMutablePointer<NativeEntry> {
    private var words: UnsafeMutablePointer<Atomic<UInt64>> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
    /// May it be called with so many positional arguments, as far as is known?
    @inline(__always) func takes(_ count: Int) -> Bool {
        let arity = words[0].load(ordering: .relaxed)
        return count >= Int(truncatingIfNeeded: arity & 0xFFFF_FFFF)
            && count <= Int(truncatingIfNeeded: arity &>> 32)
    }
    /// The signature, which the first call that needs it reads.
    func signature() -> Signature {
        let known = words[1].load(ordering: .acquiring)
        if let signature = UnsafeRawPointer(bitPattern: UInt(known)) {
            return Unmanaged<Signature>.fromOpaque(signature).takeUnretainedValue()
        }
        let signature = Signature("\(pointee.signature)")
        let most = UInt64(UInt32(clamping: signature.maximum))
        let least = UInt64(UInt32(clamping: signature.minimum))
        words[0].store(most << 32 | least, ordering: .relaxed)
        // Publishes the signature. Two threads may read it at once: one of theirs is never freed.
        words[1].store(
            UInt64(UInt(bitPattern: Unmanaged.passRetained(signature).toOpaque())),
            ordering: .releasing)
        return signature
    }
}

/// Built-in functions that a call instruction carries out with frames of their own, so that guest code
/// they run does not nest natively. Their `body` does the same nested.
@usableFromInline enum Framing: UInt8 {
    case none
    /// `next(it)`, `generator.__next__()`, `generator.send(value)`.
    case next, generatorNext, send
    case buildClass
    /// The first function of the main thread, and the one that reads and runs a statement of a session.
    case main, statement
    case exec, eval
    /// Functions among ``Consumer``.
    case all, any, sum, min, max

    var consumer: Consumer? {
        switch self {
        case .all: .all
        case .any: .any
        case .sum: .sum
        case .min: .min
        case .max: .max
        default: nil
        }
    }
}

@usableFromInline enum NativeKind: UInt8 {
    case function, method, staticMethod, classMethod
    /// See ``Framing``.
    case framing
}

/// Parameters of a built-in function, read from the text of its signature:
/// `(self, key, /, default=None, *args, flag=False, **kwargs)`. A default only documents, except that
/// a parameter with one may be left out.
@usableFromInline final class Signature {
    struct Parameter {
        let name: String
        let isRequired: Bool
        let isPositional: Bool
        let isKeyword: Bool
    }
    private(set) var parameters: [Parameter] = []
    private(set) var hasRest = false
    private(set) var hasKeywords = false

    init(_ text: String) {
        var inner = text.dropFirst().dropLast()[...]
        var isKeywordOnly = false
        var pieces: [Substring] = []
        var depth = 0
        var start = inner.startIndex
        for i in inner.indices {
            let c = inner[i]
            if c == "(" || c == "[" || c == "{" { depth += 1 }
            if c == ")" || c == "]" || c == "}" { depth -= 1 }
            if c == "," && depth == 0 {
                pieces.append(inner[start..<i])
                start = inner.index(after: i)
            }
        }
        pieces.append(inner[start...])
        inner = ""
        for piece in pieces {
            var piece = piece
            while piece.first == " " { piece = piece.dropFirst() }
            if piece.isEmpty { continue }
            if piece == "/" {
                parameters = parameters.map {
                    Parameter(
                        name: $0.name, isRequired: $0.isRequired, isPositional: true,
                        isKeyword: false)
                }
            } else if piece == "*" {
                isKeywordOnly = true
            } else if piece.hasPrefix("**") {
                hasKeywords = true
            } else if piece.hasPrefix("*") {
                hasRest = true
                isKeywordOnly = true
            } else {
                let name = piece.prefix { $0 != "=" }
                parameters.append(
                    Parameter(
                        name: String(name), isRequired: name.count == piece.count,
                        isPositional: !isKeywordOnly, isKeyword: true))
            }
        }
    }
    var positionalCount: Int { parameters.count { $0.isPositional } }
    var minimum: Int {
        // A required keyword-only parameter forbids a call without keywords.
        if parameters.contains(where: { !$0.isPositional && $0.isRequired }) { return .max }
        return parameters.count { $0.isPositional && $0.isRequired }
    }
    var maximum: Int { hasRest ? .max : positionalCount }
}
