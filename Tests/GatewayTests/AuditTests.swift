import Foundation
import Gateway
import Testing

/// Verdicts on functions that everybody knows, and on planted ones.
@Suite(.serialized) struct AuditTests {
    private static let known:
        [(library: String, declaration: String, [Audit.Argument], word: String)] = [
            ("process", "int abs(int)", [.integer(-5)], "const"),
            ("process", "size_t strlen(const char *)", [], "pure"),
            ("libm.so.6", "double sqrt(double)", [.real(2)], "const"),
            ("libm.so.6", "double sqrt(double)", [.real(-1)], "pure+errno"),
            ("libm.so.6", "double log(double)", [.real(-1)], "pure+errno"),
            ("libm.so.6", "double lgamma(double)", [.real(2.5)], "arbitrary"),
            ("process", "int rand(void)", [], "arbitrary"),
            (
                "process", "char *strtok(char *s, const char *delimiters)",
                [.text("a,b,c"), .text(",")], "arbitrary"
            ),
            ("process", "void *malloc(size_t)", [.integer(40)], "arbitrary"),
            ("process", "int getpid(void)", [], "reads"),
            ("process", "int puts(const char *)", [], "arbitrary"),
            ("process", "void *localtime(const long *t)", [], "arbitrary"),
            ("process", "int toupper(int)", [.integer(97)], "reads"),
            ("process", "const char *getenv(const char *)", [.text("HOME")], "reads"),
            ("process", "long time(long *)", [.integer(0)], "reads"),
            (
                "process",
                "void qsort(inout(n) int *base, size_t n, size_t size, int (*f)(const void *, const void *))",
                [.text("zyxwvutsrqponmlkjihgfedcba"), .integer(6), .integer(4)], "local"
            ),
            (
                "libz.so.1", "unsigned long crc32(unsigned long, const void *, unsigned)",
                [.integer(0)], "pure"
            ),
            (
                "libz.so.1",
                "int compress2(out(*n) char *to, inout unsigned long *n, const void *from, unsigned long m, int level)",
                [], "local"
            ),
            (
                "libz.so.1",
                "int compress(out(*n) char *to, inout unsigned long *n, const void *from, unsigned long m)",
                [], "local"
            ),
        ]
    private static let planted = """
        #include <errno.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        static int counter; static __thread int per_thread; int setting = 7; static int ready;
        int clean(int a) { return a * 3 + 1; }
        int reading(const int *a) { return *a + 1; }
        int failing(int a) { errno = 5; return a; }
        int ambient(int a) { return a + setting; }
        int counting(int a) { return a + ++counter; }
        int counting_per_thread(int a) { per_thread += a; return a; }
        int writing(int *a) { *a += 1; return 0; }
        int calling(int a) { return (int)write(1, "", 0) * 0 + a; }
        char *allocating(int n) { return malloc((size_t)n); }
        int scratch(int n) { char *p = malloc((size_t)n); memset(p, n, (size_t)n); int s = p[n / 2]; free(p); return s; }
        int crashing(int a) { return *(volatile int *)(long)a; }
        int spinning(int a) { for (volatile int i = a; i; ) {} return a; }
        int first_time(int a) { if (!ready) ready = 1; return a; }
        """
    private static let plantedWords: [(String, String?)] = [
        ("int clean(int)", "const"), ("int reading(const int *a)", "pure"),
        ("int failing(int)", "pure+errno"), ("int ambient(int)", "reads"),
        ("int counting(int)", "arbitrary"), ("int counting_per_thread(int)", "arbitrary"),
        ("int writing(inout int *a)", "local"), ("int calling(int)", "atomic"),
        ("char *allocating(int)", "arbitrary"), ("int scratch(int)", "reads"),
        ("int crashing(int)", nil), ("int spinning(int)", nil),
    ]

    @Test(.enabled(if: auditsAreAllowed)) func knownFunctions() throws {
        for (library, text, arguments, word) in AuditTests.known {
            let audit = try Audit.of(try Declaration(text), in: library, arguments)
            #expect(audit.verdict?.word == word, "\(text): \(audit.evidence)")
        }
    }
    @Test(.enabled(if: auditsAreAllowed && hasCompiler)) func plantedEffects() throws {
        let path = try #require(try compiledLibrary("planted", AuditTests.planted))
        for (text, word) in AuditTests.plantedWords {
            let audit = try Audit.of(try Declaration(text), in: path)
            #expect(audit.verdict?.word == word, "\(text): \(audit.evidence)")
        }
        let first = try Audit.of(try Declaration("int first_time(int)"), in: path)
        #expect(first.evidence.contains { $0.contains("for the first time") })
    }
    @Test(.enabled(if: auditsAreAllowed)) func contradictions() throws {
        let lie = try Declaration("pure int rand(void)")
        #expect(try Audit.of(lie, in: "process").contradiction(of: lie) != nil)
        // That it can be taken back is not to be seen.
        let undoable = try Declaration("undo: free($result) void *malloc(size_t size)")
        #expect(try Audit.of(undoable, in: "process").contradiction(of: undoable) == nil)
        let truth = try Declaration("const int abs(int)")
        #expect(try Audit.of(truth, in: "process").contradiction(of: truth) == nil)
    }

    /// Some containers forbid seccomp.
    static let auditsAreAllowed: Bool =
        (try? Audit.of(Declaration("int abs(int)"), in: "process")) != nil
}
