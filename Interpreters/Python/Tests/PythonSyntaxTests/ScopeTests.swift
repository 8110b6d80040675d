import InterpreterKit
import PythonSyntax
import Testing

@Suite struct ScopeTests {
    private func top(_ program: String) throws -> Scope {
        try analyze(try parse(Source(name: "test.py", text: program), mode: .file)).top
    }

    @Test func cellsAreSharedWithFunctionsBelow() throws {
        let outer = try top(
            """
            def outer(a, b):
                c = a
                def inner(): return b + c
                class Body:
                    c = 1
                    def method(self): return c
                return inner
            """
        ).children[0]
        #expect(outer.locals == ["a", "b", "c", "inner", "Body"])
        #expect(outer.cells == ["b", "c"])
        #expect(outer.parameterCount == 2)
        #expect(outer.children[0].frees == ["b", "c"])
        let body = outer.children[1]
        #expect(body.resolution(of: "c") == .local)
        #expect(body.frees == ["c"])
        #expect(body.children[0].qualifiedName == "outer.<locals>.Body.method")
        #expect(body.children[0].resolution(of: "c") == .free)
    }

    @Test func superAsksForTheClass() throws {
        let body = try top("class A:\n  def f(self): super().f()\n").children[0]
        #expect(body.needsClassCell)
        #expect(body.children[0].frees == ["__class__"])
    }

    @Test func privateNamesAreMangled() throws {
        let body = try top("class _A:\n  def f(self): __x = __y__\n").children[0]
        #expect(body.children[0].locals == ["self", "_A__x"])
        #expect(body.children[0].symbol("__y__")?.resolution == .globalImplicit)
    }

    @Test func assignmentExpressionsBindOutsideComprehensions() throws {
        let function = try top("def f(y): return [x := a for a in y]\n").children[0]
        #expect(function.locals == ["y", "x"])
        #expect(function.children[0].resolution(of: "x") == .free)
        #expect(function.children[0].name == "<listcomp>")
    }

    @Test func generatorsAndCoroutinesAreKnown() throws {
        let scopes = try top(
            "def a(): yield\nasync def b(): await x\nasync def c(): yield\nlambda: 0\n"
        ).children
        #expect(scopes.map(\.isGenerator) == [true, false, true, false])
        #expect(scopes.map(\.isCoroutine) == [false, true, true, false])
    }
}
