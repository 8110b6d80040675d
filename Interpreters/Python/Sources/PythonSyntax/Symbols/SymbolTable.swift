/// The scopes of a module, with all names resolved.
///
/// Finds what a compiler must know before it sees the whole program, and the mistakes that have to do
/// with names. What is wrong with single statements, `return` outside a function and the like, the
/// compiler finds on its way.
public func analyze(_ module: Module) throws(PythonSyntaxError) -> SymbolTable {
    let features = try Future.features(of: module)
    var collector = SymbolCollector(
        module, hasPostponedAnnotations: features.contains(.annotations))
    try collector.collect(module)
    try collector.table.top.resolve()
    return collector.table
}

/// The scopes of a module, found by the nodes that open them.
public final class SymbolTable {
    public let top: Scope
    /// `from __future__ import annotations`: annotations are kept as text.
    public let hasPostponedAnnotations: Bool
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
