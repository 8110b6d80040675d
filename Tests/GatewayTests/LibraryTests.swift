import Gateway
import ManagedHeap
import Quanta
import Testing

extension Library {
    fileprivate static let math = Library(
        "libm.so.6",
        [
            "pure  double sqrt(double x)",
            "pure  double pow(double base, double exponent)",
            "pure  double no_such_function(double x)",
        ])
}

@Suite struct LibraryTests {
    /// Everything the examples in the documentation do.
    private struct Example: GuestTask {
        var root: Double?
        var power: Double?
        var missing = ""
        var length: Int?
        var tooMany = ""
        var tooWide = ""
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            root = try q.call(Library.math["sqrt"], 2.0).double
            power = try q.call(Library.math["pow"], 2, 10).double
            let process = Library(
                .process, ["pure size_t strlen(const char *s)", "pure int abs(int)"])
            length = try q.call(process["strlen"], "sixteen bytes ok").int
            missing = try q.call(Library.math["sqr"], 2.0).error?.description ?? ""
            tooMany =
                try q.call(process["abs"], 1, 2, 3, resumeWith: { _ in self }).error?.description
                ?? ""
            tooWide = try q.call(process["abs"], Int.min).error?.description ?? ""
        }
    }

    @Test(arguments: Rig.allCases) func swiftValues(rig: Rig) throws {
        let done = try #require(try rig.machine(for: Example.self).run([Example()]))[0]
        #expect(done.root == 2.0.squareRoot())
        #expect(done.power == 1024)
        #expect(done.length == 16)
        #expect(done.missing == "sqr: 'sqr' is not declared for libm.so.6; did you mean 'sqrt'?")
        #expect(done.tooMany == "abs: takes 1 argument, not 3")
        #expect(
            done.tooWide
                == "abs: argument 1: -9223372036854775808 needs more than the 62 bits of a guest integer"
        )
    }

    @Test func missingLibrary() throws {
        let error = try #require(throws: BindingError.self) {
            try Library(["libnothere.so.9", "/nor/here.so"]).bind("pure int f(int)")
        }
        #expect(
            error.description
                == "library libnothere.so.9 or /nor/here.so cannot be opened: "
                + "libnothere.so.9: cannot open shared object file: No such file or directory; "
                + "/nor/here.so: cannot open shared object file: No such file or directory")
    }

    @Test func laterCandidatesAreTried() throws {
        let sqrt = try Library(["libnothere.so.9", "libm.so.6"]).bind("pure double sqrt(double)")
        #expect(sqrt.library == "libm.so.6" && sqrt.name == "sqrt")
        #expect(try results([(sqrt, [.int(9)])])[0].result == .double(3))
    }

    @Test func missingFunction() throws {
        let unbound = Library.math["no_such_function"]
        #expect(Library.math["no_such_function"] == unbound)
        let text = try #require(unbound.bindingError).description
        #expect(text.hasPrefix("no function 'no_such_function' in libm.so.6: "))
        #expect(text.contains("undefined symbol: no_such_function"))
        #expect(
            try results([(unbound, [])])[0].result
                == .failure(.unbound, argument: nil, text: "no_such_function: \(text)"))
        #expect(Library.math.check() == [try #require(unbound.bindingError)])
    }

    @Test func wrongDeclarationsAreReported() throws {
        let library = Library(
            "libm.so.6", ["pure real sqrt(double)", "pure double pow(double, double)"])
        #expect(library.check().count == 1)
        #expect(library["pow"].bindingError == nil)
        #expect(
            try #require(library["sqrt"].bindingError).description.contains("unknown type 'real'"))
        #expect(throws: BindingError.self) { try library.bind("pure double sqrt(") }
    }

    @Test func bindingTwiceGivesTheSameFunction() throws {
        let first = try Library("libm.so.6").bind("pure double cbrt(double)")
        #expect(try Library("libm.so.6").bind("pure double cbrt(double);") == first)
        #expect(try Library("libm.so.6").bind("double cbrt(double)") != first)
        #expect(ForeignFunction(slot: first.slot) == first)
    }

    @Test func policies() throws {
        func bind(_ name: Library.Name, _ text: String, _ policy: GatewayPolicy)
            throws(BindingError)
        {
            _ = try Library(name, policy: policy).bind(text)
        }
        let sqrt = "pure double sqrt(double)"
        let getpid = "reads int getpid(void)"
        try bind("libm.so.6", sqrt, .allowAll)
        try bind("libm.so.6", sqrt, .allow(["libm.so.6"]))
        try bind("libm.so.6", sqrt, .allow(["libc.so.6", "libm.so.6:pow,sqrt"]))
        try bind(.process, getpid, .allow(["process:getpid"]))
        try bind(["libdenied.so", "libm.so.6"], sqrt, .allow(["libm.so.6"]))
        try bind("libm.so.6", sqrt, .allowAll.limited(to: .reads))
        try bind("libm.so.6", sqrt, .allow(["libm.so.6"]).limited(to: .pure).limited(to: .atomic))
        #expect(
            throws: BindingError.effect(function: "rand", declared: "arbitrary", least: "reads")
        ) { try bind(.process, "arbitrary int rand(void)", .allowAll.limited(to: .reads)) }
        #expect(
            throws: BindingError.denied(function: "sqrt", library: "libm.so.6", origin: nil)
        ) { try bind("libm.so.6", sqrt, .denyAll) }
        #expect(
            throws: BindingError.denied(function: "sqrt", library: "libm.so.6", origin: nil)
        ) { try bind("libm.so.6", sqrt, .allow(["libm.so.6:pow"])) }
        #expect(
            throws: BindingError.denied(function: "getpid", library: "process", origin: nil)
        ) { try bind(.process, getpid, .allow(["libm.so.6"])) }
        // The loader would find this through libm, which needs libc.
        let system = try #require(throws: BindingError.self) {
            try bind("libm.so.6", "arbitrary int system(const char *)", .allow(["libm.so.6"]))
        }
        #expect(
            system.description
                == "'system' is not part of libm.so.6 but of libc.so.6, which is not allowed")
        // Denied before it is opened: no word of the loader's.
        #expect(throws: BindingError.denied(function: "f", library: "./evil.so", origin: nil)) {
            try bind("./evil.so", "int f(void)", .allow(["libm.so.6"]))
        }
        #expect(GatewayPolicy.denyAll.deniesAll && !GatewayPolicy.allowAll.deniesAll)
    }
}

@Suite struct BindingsTests {
    @Test func sections() throws {
        let bindings = try Bindings(
            """
            # functions of libm
            library libm.so.6 libm.so   # candidates
            pure   double sqrt(double x);
            pure   double pow(double, double)

            library process
            \tserialized "a#b" int rand(void)  # quoted '#'
            """)
        #expect(bindings.sections.map(\.library) == [["libm.so.6", "libm.so"], .process])
        #expect(
            bindings.sections.map { $0.declarations.map(\.name) } == [["sqrt", "pow"], ["rand"]])
        #expect(bindings.sections[1].declarations[0].effect == .serialized(domain: "a#b"))
        let math = bindings.libraries()[0]
        #expect(math.check().isEmpty && math["sqrt"].bindingError == nil)
        #expect(try Bindings("").sections.isEmpty)
    }

    @Test func allProblemsAreListed() throws {
        let text = """
            pure int early(int)
            library
            library libm.so.6
            pure real sqrt(double x)
            pure double pow(double, double)
            pure double pow(double, double)
            """
        let error = try #require(throws: BindingsError.self) { try Bindings(text) }
        #expect(error.problems.map(\.line) == [1, 2, 4, 6])
        let bytes = Array(text.utf8)
        #expect(String(decoding: bytes[error.problems[2].range], as: UTF8.self) == "real")
        #expect(
            error.description.contains(
                """
                line 4: unknown type 'real'
                    pure real sqrt(double x)
                         ^^^^
                """))
    }
}
