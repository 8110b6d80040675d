/// The scopes of a module, found by the nodes that open them.
public final class SymbolTable {
    public internal(set) var top: Scope
    /// `from __future__ import annotations`: annotations are kept as text.
    public internal(set) var hasPostponedAnnotations: Bool
    /// In the order of the source.
    public internal(set) var warnings: [SyntaxWarning] = []
    private var scopes: [ObjectIdentifier: Scope] = [:]

    init(top: Scope, hasPostponedAnnotations: Bool) {
        self.top = top
        self.hasPostponedAnnotations = hasPostponedAnnotations
    }

    public subscript(_ node: Module) -> Scope { top }
    public subscript(_ node: FunctionDef) -> Scope { find(node) }
    public subscript(_ node: ClassDef) -> Scope { find(node) }
    /// Of a lambda or a comprehension.
    public subscript(_ node: Expression) -> Scope { find(node) }

    private func find(_ node: AnyObject) -> Scope {
        guard let scope = scopes[ObjectIdentifier(node)] else {
            preconditionFailure("the node opens no scope of this table")
        }
        return scope
    }
    func record(_ scope: Scope, for node: AnyObject) { scopes[ObjectIdentifier(node)] = scope }
}

/// A `SyntaxWarning` of CPython's compiler.
public struct SyntaxWarning: Sendable {
    public var message: String
    public var line: Int
}
