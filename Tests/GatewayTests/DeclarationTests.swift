import Gateway
import Testing

@Suite struct DeclarationTests {
    @Test func effectWords() throws {
        let words: [(String, Effect, Route)] = [
            ("const", .const, .inside), ("pure", .pure, .inside),
            ("pure+errno", .pureErrno, .inside), ("pure + errno", .pureErrno, .inside),
            ("reads", .reads, .inside), ("local", .local, .inside),
            ("defer", .deferred, .atCommit),
            ("atomic", .atomic, .between),
            ("serialized \"zlib\"", .serialized(domain: "zlib"), .between),
            ("arbitrary", .arbitrary, .inevitable),
        ]
        for (word, effect, route) in words {
            let result = effect == .deferred ? "void" : "int"
            let declaration = try Declaration("\(word) \(result) f(int x)")
            #expect(declaration.effect == effect)
            #expect(declaration.effect.route == route)
            #expect(declaration.hasDeclaredEffect)
            #expect(!declaration.isBrief)
            #expect(try Declaration("brief \(word) \(result) f(int)").isBrief)
            #expect(try Declaration("\(word) brief \(result) f(int)").effect == effect)
        }
    }

    @Test func omittedEffectIsArbitrary() throws {
        let declaration = try Declaration("int rand(void);")
        #expect(declaration.effect == .arbitrary)
        #expect(!declaration.hasDeclaredEffect)
        #expect(declaration.parameters.isEmpty)
    }

    /// What may be C's qualifier is not taken for a promise.
    @Test func constBeforeAPointerIsAQualifier() throws {
        let qualifier = try Declaration("const char *getenv(const char *name)")
        #expect(qualifier.effect == .arbitrary && !qualifier.hasDeclaredEffect)
        #expect(qualifier.result == .string)
        let both = try Declaration("const const char *strerror(int)")
        #expect(both.effect == .const && both.result == .string)
        #expect(try Declaration("const double fabs(double)").effect == .const)
    }

    @Test(arguments: [
        ("char", CType.char), ("signed char", .int8), ("unsigned char", .uint8), ("short", .int16),
        ("short int", .int16), ("unsigned short", .uint16), ("int", .int32), ("signed", .int32),
        ("unsigned", .uint32), ("unsigned int", .uint32), ("int unsigned", .uint32),
        ("long", .int64), ("long unsigned int", .uint64), ("long long", .int64),
        ("unsigned long long int", .uint64), ("size_t", .uint64), ("ssize_t", .int64),
        ("int8_t", .int8), ("uint16_t", .uint16), ("int32_t", .int32), ("uint64_t", .uint64),
        ("intptr_t", .int64), ("bool", .bool), ("_Bool", .bool), ("float", .float),
        ("double", .double), ("pid_t", .int32), ("time_t", .int64), ("const int", .int32),
        ("const char *", .string), ("char const *", .string), ("const char *const", .string),
        ("const char *restrict", .string), ("char *", .pointer), ("void *", .pointer),
        ("const void *", .constPointer), ("FILE *", .pointer), ("const struct tm *", .constPointer),
        ("struct tm *", .pointer), ("const char **", .pointer), ("char *const *", .constPointer),
        ("const unsigned char *", .constPointer), ("unsigned long *", .pointer),
        ("union wait *", .pointer), ("enum mode *", .pointer),
    ])
    func types(spelling: String, type: CType) throws {
        for text in ["void f(\(spelling))", "void f(int a, \(spelling) x, int b)"] {
            let parameters = try Declaration(text).parameters
            #expect(parameters[parameters.count / 2].type == type)
        }
        if !spelling.hasPrefix("const int") {
            #expect(try Declaration("pure \(spelling) f(void)").result == type)
        }
    }

    @Test func arraysArePointers() throws {
        let declaration = try Declaration(
            "int f(char a[], const char b[16], const int c[N], char *const d[], char *e[])")
        #expect(
            declaration.parameters.map(\.type) == [
                .pointer, .string, .constPointer, .constPointer, .pointer,
            ])
        #expect(declaration.parameters.map(\.name) == ["a", "b", "c", "d", "e"])
    }

    @Test func variadic() throws {
        let declaration = try Declaration("arbitrary int printf(const char *format, ...)")
        #expect(declaration.isVariadic && declaration.parameters.count == 1)
    }

    @Test func aggregates() throws {
        let text = """
            typedef struct { double x, y; } point;
            struct line { point from, to; };
            union word { int i; float f; char bytes[8]; };
            enum colour { RED, GREEN = 4, BLUE };
            """
        func type(_ name: String) throws -> CType {
            let declaration = try Declaration("\(text) const int f(\(name) x)")
            return declaration.parameters[0].type
        }
        let point = try type("point")
        #expect(point.size == 16 && point.alignment == 8)
        let word = try type("union word")
        #expect(word.size == 8 && word.alignment == 4)
        let colour = try type("enum colour")
        #expect(colour == .uint32)
        let pointer = try type("const struct line *")
        #expect(pointer == .constPointer)
        guard case .aggregate(let line) = try type("struct line") else { throw Failed() }
        #expect(line.size == 32 && line["to"]?.offset == 16 && line["up"] == nil)
        var scope = TypeScope()
        #expect(try Declaration.parse(text, in: &scope) == nil)
        #expect(scope.constants == ["RED": 0, "GREEN": 4, "BLUE": 5])
        #expect(scope[type: "point"]?.size == 16)
        let odd = try Declaration(
            "struct odd { char c; short s; long double d; char e; }; const int f(struct odd)")
        #expect(odd.parameters[0].type.size == 48 && odd.parameters[0].type.alignment == 16)
        struct Failed: Error {}
    }

    @Test func functionPointers() throws {
        let qsort = try Declaration(
            "local void qsort(inout(n) void *base, size_t n, size_t size, "
                + "int (*compare)(const void *, const void *))")
        guard case .callback(let signature) = qsort.parameters[3].type else {
            Issue.record("no callback")
            return
        }
        #expect(signature.result == .int32)
        #expect(signature.parameters == [.constPointer, .constPointer])
        #expect(qsort.parameters[3].name == "compare")
        let named = try Declaration("typedef void handler(int); int on(int, handler *f, handler g)")
        #expect(named.parameters.map(\.type.size) == [4, 8, 8])
        #expect(try Declaration("int f(int g(int))").prototype == "int f(int (*g)(int))")
        let address = try Declaration(
            "void (*f(int))(int)".isEmpty ? "" : "typedef void (*h)(int); h f(int)")
        #expect(address.result.size == 8)
    }

    @Test func attributes() throws {
        let malloc = try Declaration("void *malloc(size_t size) undo: free($result)")
        #expect(malloc.route == .undoable)
        let read = try Declaration(
            "atomic interruptible deadline 50 ssize_t read(int fd, out(count, $result) void *buf, "
                + "size_t count)")
        #expect(read.isInterruptible && read.deadline == 50)
        #expect(read.givenParameters.map(\.name) == ["fd", "count"])
        #expect(try Declaration("local int f(void *p)").route == .inevitable)
        #expect(try Declaration("local int f(out int *p)").route == .inside)
        #expect(try Declaration("on: main free: free errno const char *f(void)").affinity == .main)
        #expect(try Declaration("optional version \"V_1\" int f(void)").version == "V_1")
    }

    /// The printed form says the same.
    @Test(arguments: [
        "pure double sqrt(double x)", "int rand(void)", "brief atomic long clock_like()",
        "serialized \"tz\" struct tm *localtime(const time_t *t);",
        "const const char *strerror(int)", "const char *getenv(const char *name)",
        "arbitrary int printf(const char *restrict format, ...)",
        "undo: free($result) void *malloc(size_t size)", "defer void log(const char *text)",
        "local int compress(out(*n) unsigned char *to, inout unsigned long *n, const void *from, "
            + "unsigned long size)",
        "local void qsort(inout((n * size)) void *base, size_t n, size_t size, "
            + "int (*compare)(const void *, const void *))",
        "void on(int signal, kept queue void (*handler)(int))",
        "optional deadline 5 free: free on: same version \"V\" const char *f(int (*)(void), char *[3])",
        "local int snprintf(out(size) char *to, size_t size, const char *format, ...)",
        "extern pure_t *f(char *const a[], const char **b, const double *const *c)",
    ])
    func descriptionsParse(text: String) throws {
        let declaration = try Declaration(text)
        #expect(try Declaration(declaration.description) == declaration)
    }

    /// The text between the marks is what the error points at.
    @Test(arguments: [
        ("pure double sqrt(<real> x)", "unknown type 'real'"),
        ("<deadline> int f(int)", "'deadline' needs a value, as in: deadline 50"),
        ("<purre> double sqrt(double x)", "unknown type 'purre'; did you mean 'pure'?"),
        ("pure <atomic> int f(void)", "one effect"),
        ("<atomic+errno> int f(void)", "only 'pure+errno'"),
        ("serialized <int> f(void)", "a lock domain in quotes"),
        ("serialized <\" f(void)>", "no closing quote"),
        ("undo: free($<outcome>) void *malloc(size_t)", "'$result'"),
        ("undo: free(<p>) void *malloc(size_t size)", "no parameter is called 'p'"),
        ("undo: free(<x>) void *f(double x)", "neither an integer nor a pointer"),
        ("pure <undo>: free($result) void *malloc(size_t)", "one effect"),
        ("<defer int puts(const char *)>", "its type must be 'void'"),
        ("pure int f(<struct tm> t)", "'struct tm' is incomplete"),
        ("pure <struct tm> f(int)", "'struct tm' is incomplete"),
        ("pure int f(<union u> t)", "'union u' is incomplete"),
        ("pure int f(<__int128> x)", "does not cross the gateway"),
        ("struct s { int <:> 3; }; int f(struct s)", "the name of a member"),
        ("struct s { int a <:> 3; }; int f(struct s)", "bit-fields do not cross"),
        ("struct s { int a; int <a>; }; int f(struct s)", "two members are called 'a'"),
        ("struct s { <struct t> a; }; int f(struct s)", "the type of member 'a' is incomplete"),
        ("struct s { <void> a; }; int f(struct s)", "the type of member 'a' is incomplete"),
        ("<struct s { }>; int f(struct s)", "at least one member"),
        ("enum e { A, <A> }; int f(enum e)", "the constant 'A' is defined twice"),
        ("enum e { A = <9999999999999999999> }; int f(enum e)", "not an integer that fits"),
        ("struct s { int a[<0>]; }; int f(struct s)", "1 to 4096 elements"),
        ("<struct s { char a[4096]; char b; }>; int f(struct s)", "more than 4096 bytes"),
        ("local int f(<out int a>)", "'out' needs a pointer"),
        ("local int f(<out const char *a>)", "'out' needs a pointer"),
        ("local int f(<out> void *a)", "how many bytes?"),
        ("local int f(out(<n>) char *a)", "no parameter is called 'n'"),
        ("local int f(out(<n>) char *a, double n)", "'n' is not an integer"),
        ("local int f(out(*<n>) char *a, int *n)", "not an 'out' or 'inout' pointer"),
        ("local int f(out(n <]>) char *a, int n)", "')'"),
        ("int f(<adopt> int a)", "there is none"),
        ("<pure int f(int (*)(int))>", "a function that calls back cannot be 'pure'"),
        ("on: <nowhere> int f(int)", "'main', 'same' or 'any'"),
        ("void f(int (*g)<(const char *, ...)>)", "cannot take '...'"),
        ("pure int f(<unsigned double> x)", "not a type of C"),
        ("pure int f(<signed unsigned int> x)", "not a type of C"),
        ("pure int f(<long long long> x)", "not a type of C"),
        ("int <(>*f)(int)", "a pointer to a function"),
        ("int f(int a, <void>)", "cannot be 'void'"),
        ("int f(<void> x)", "cannot be 'void'"),
        ("int f(<...>)", "needs a parameter before it"),
        ("int f(int, ... <,> int)", "')' after '...'"),
        ("int f(int a <int> b)", "',' or ')'"),
        ("int f(int) <x>", "unexpected 'x' after"),
        ("int f(int); <int> g(int);", "unexpected 'int' after"),
        ("<int int>(int)", "not a type of C"),
        ("int *<int>(int)", "'int' is a type"),
        ("<sqrt>(double)", "the type of the result of 'sqrt' is missing"),
        ("pure double sqrt<>", "ends where it needs '('"),
        ("pure double sqrt(double<>", "ends where it needs ',' or ')'"),
        ("pure <>", "ends where it needs a type"),
        ("<>", "ends where it needs a type"),
        ("int f(int <é>)", "no meaning here"),
        ("int <7f>(int)", "where the declaration needs the name"),
    ])
    func errorsPoint(marked: String, message: String) throws {
        let bytes = Array(marked.utf8)
        let start = try #require(bytes.firstIndex(of: UInt8(ascii: "<")))
        let end = try #require(bytes.lastIndex(of: UInt8(ascii: ">")))
        let text = String(
            decoding: bytes.enumerated().filter { $0.offset != start && $0.offset != end }.map(
                \.element),
            as: UTF8.self)
        let error = try #require(throws: DeclarationError.self) { try Declaration(text) }
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.range == start..<(end - 1), "\(error)")
        #expect(error.text == text)
    }

    @Test func caretsLieUnderThePlace() throws {
        let error = try #require(throws: DeclarationError.self) {
            try Declaration("serialized \"hä\"\tint f(\nint a, reel x)")
        }
        #expect(
            error.description == """
                unknown type 'reel'
                    int a, reel x)
                           ^^^^
                """)
        let second = try #require(throws: DeclarationError.self) {
            try Declaration("serialized \"hä\"\treel f(int)")
        }
        #expect(
            second.description == """
                unknown type 'reel'
                    serialized "hä" reel f(int)
                                    ^^^^
                """)
    }

    /// No text, however odd, may crash or hang the parser.
    @Test func randomTextIsHandled() {
        var random = SplitMix(seed: 11)
        let pieces = [
            "pure", "const", "atomic", "serialized", "\"d\"", "int", "double", "*", "(", ")", ",",
            "...", "[", "]", "struct", "x", "7", "+", "errno", "unsigned", "long", ";", "é", "\"",
            "void", "char", "brief", "out", "inout", "$", "result", "undo", ":", "free", "{", "}",
            "typedef",
            "enum", "=", "on", "version", "kept", "queue", "deadline",
        ]
        var good = 0
        for _ in 0..<20_000 {
            var words = [
                "pure", "double", "f", "(", "const", "char", "*", "a", ",", "int", "b", ")", ";",
            ]
            for _ in 0..<random.below(6) {
                let place = random.below(words.count)
                switch random.below(3) {
                case 0: words[place] = pieces[random.below(pieces.count)]
                case 1: words.insert(pieces[random.below(pieces.count)], at: place)
                default: if words.count > 1 { words.remove(at: place) }
                }
            }
            let text = words.joined(separator: " ")
            do throws(DeclarationError) {
                let declaration = try Declaration(text)
                good += 1
                #expect((try? Declaration(declaration.description)) == declaration, "\(text)")
            } catch {
                #expect(error.range.upperBound <= text.utf8.count)
                #expect(!error.description.isEmpty)
            }
        }
        #expect(good > 1000 && good < 19_000)
    }

    @Test func tooManyParameters() throws {
        let list = (0..<128).map { "int a\($0)" }.joined(separator: ", ")
        let error = try #require(throws: DeclarationError.self) {
            try Declaration("int f(\(list))")
        }
        #expect(error.message == "more than 127 parameters")
    }
}

/// A small generator with a seed.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
}
