import Testing

/// `quanta ffi`, and what programs and their users see of C.
@Suite struct ForeignCommandTests {
    @Test func draftsComeFromHeaders() throws {
        let draft = try Shell.run("quanta ffi propose string.h strlen strdup strtok strcoll")
        #expect(
            draft.output == """
                # Proposed from the attributes in string.h.
                header string.h
                library process
                reads int strcoll(const char *s1, const char *s2);  # 'pure' if it reads no locale and the like
                arbitrary char *strdup(const char *s);  # 'undo: free($result)' if free() takes it back
                arbitrary char *strtok(char *s, const char *delim);
                reads size_t strlen(const char *s);  # 'pure' if it reads no locale and the like

                """)
        let missing = try Shell.run("quanta ffi propose string.h strlenn")
        #expect(
            missing.status == 1
                && missing.errors == "quanta: strlenn is left out: no such function\n")
        let noHeader = try Shell.run("quanta ffi propose nowhere.h")
        #expect(noHeader.status == 2 && noHeader.errors.contains("nowhere.h: No such file"))
    }

    @Test func prototypesAreCompared() throws {
        func check(_ prototype: String) throws -> Shell.Result {
            try Shell.run(
                "f=$(mktemp --suffix .bindings); printf 'header string.h\\nlibrary process\\n\(prototype)\\n' > $f; "
                    + "quanta ffi check $f 2>&1; s=$?; rm $f; exit $s")
        }
        #expect(try check("pure size_t strlen(const char *s)").status == 0)
        let wrong = try check("pure int strlen(const char *s)")
        #expect(
            wrong.status == 1 && wrong.output.contains("strlen differs: int strlen(const char *s)"))
        let absent = try check("pure int strlenn(const char *s)")
        #expect(absent.status == 1 && absent.output.contains("no function 'strlenn'"))
    }

    @Test func routesAreExplained() throws {
        let explained = try Shell.run("quanta ffi explain 'char *strtok(char *s, const char *d)'")
        #expect(explained.output.contains("no effect declared, so arbitrary"))
        #expect(explained.output.contains("cheaper: 'serialized \"strtok\"'"))
    }

    @Test func crashesNameTheFunction() throws {
        let result = try Shell.run(
            "quantapy -c 'import ffi; ffi.process.bind(\"arbitrary size_t strlen(void *s)\")(None)'"
        )
        #expect(result.status != 0)
        #expect(
            result.errors.contains("in size_t strlen(void *s) of process, called with NULL\n"))
    }

    /// Nor what the quantum has written that makes the call.
    @Test(arguments: ["gil", "stm", "serial"], ["pure", "atomic", "arbitrary"])
    func crashesLoseNoOutput(backend: String, effect: String) throws {
        let result = try Shell.run(
            """
            duhton --backend \(backend) -e '(setq f (foreign "libc.so.6" "\(effect) size_t strlen(void *)"))
            (print 1) (print 2) (f None) (print 3)'
            """)
        #expect(result.output == "1\n2\n")
        #expect(result.errors.contains("in size_t strlen(void *) of libc.so.6"))
    }

    private func program(_ effect: String, _ rest: String) -> String {
        "import ffi, threading; s = ffi.process.bind(\\\"\(effect) unsigned sleep(unsigned)\\\"); \(rest)"
    }
    /// A thread that nobody waits for does not keep the process.
    @Test(arguments: ["gil", "stm", "serial"]) func callsInFlightDoNotKeepTheProcess(
        backend: String
    ) throws {
        let text = program(
            "atomic", "threading.Thread(target=s, args=(50,), daemon=True).start(); print(1)")
        let result = try Shell.run("timeout 20 quantapy --backend \(backend) -c \"\(text)\"")
        #expect(result.status == 0 && result.output == "1\n")
    }
    @Test(arguments: ["gil", "stm", "serial"], ["atomic", "arbitrary"])
    func interruptsEndCalls(backend: String, effect: String) throws {
        let text = program("\(effect) interruptible", "s(50)")
        let result = try Shell.run(
            "env --default-signal=INT timeout -s INT -k 20 1 quantapy --backend \(backend) -c \"\(text)\""
        )
        #expect(result.errors.contains("KeyboardInterrupt"))
    }
}
