import InterpreterKit
import Python
import Testing

/// What guest programs alone cannot show of `ffi`: permission, and threads of C.
@Suite struct ForeignTests {
    private func output(
        of program: String, on backend: BackendChoice, _ policy: GatewayPolicy = .allowAll
    ) throws -> String {
        let capture = Capture()
        let interpreter = try Interpreter<Python>(
            backend: backend, configuration: .init(threads: 4), output: capture.output,
            foreignPolicy: policy)
        _ = try interpreter.run(Source(name: "test.py", text: program))
        return capture.text
    }

    private static let bind = """
        import ffi
        def attempt(action):
            try:
                print(action())
            except ffi.NotAllowed as error:
                print(error)
        attempt(lambda: ffi.library("libm.so.6").bind("pure double sqrt(double)")(4))
        attempt(lambda: ffi.process.bind("const int abs(int)")(-4))
        """

    @Test func bindsOnlyWhatIsAllowed() throws {
        #expect(try output(of: ForeignTests.bind, on: .gil) == "2.0\n4\n")
        #expect(
            try output(of: ForeignTests.bind, on: .gil, .denyAll)
                == "'sqrt' of libm.so.6 is not allowed\n'abs' of process is not allowed\n")
        #expect(
            try output(of: ForeignTests.bind, on: .gil, .allow(["process:abs"]))
                == "'sqrt' of libm.so.6 is not allowed\n4\n")
    }

    @Test func loadsFilesWithoutWhatIsNotAllowed() throws {
        let program = """
            import ffi
            c = ffi.Bindings('library libm.so.6\\npure double sqrt(double)\\npure double sin(double)\\n')
            print(c.sin(0.0))
            for name in "sqrt", "cos":
                try:
                    getattr(c, name)
                except (ffi.NotAllowed, AttributeError) as error:
                    print(type(error).__name__, error)
            """
        #expect(
            try output(of: program, on: .gil, .allow(["libm.so.6:sin"]))
                == "0.0\nNotAllowed 'sqrt' of libm.so.6 is not allowed\n"
                + "AttributeError 'cos' is not declared there\n")
    }

    /// Whether or not the call that waits for them ends a quantum, and whatever they wait for themselves.
    @Test(
        arguments: [BackendChoice.gil, .stm, .serial],
        ["atomic", "arbitrary", "serialized 'threads'"])
    func letsThreadsOfCIn(_ backend: BackendChoice, _ effect: String) throws {
        let program = """
            import ffi, threading, time, transaction
            ffi.process.define("typedef unsigned long pthread_t;")
            create = ffi.process.bind(
                "arbitrary int pthread_create(out pthread_t *thread, const void *attributes,"
                " kept adopt void *(*start)(void *), const void *argument)")
            effect = "\(effect)".replace("'", '"')
            join = ffi.process.bind(effect + " int pthread_join(pthread_t thread, void *result)")
            seen = []
            def start(argument):
                seen.append((argument, threading.current_thread() is threading.main_thread()))
            started = [create(None, start, None) for _ in range(5)]
            print([status for status, _ in started], [join(thread, None) for _, thread in started])
            print(len(seen), set(seen))
            def doze(argument):
                for _ in range(3):
                    time.sleep(0.002)
                    random()
                seen.append(argument)
            random = ffi.process.bind("arbitrary long random(void)")
            for _ in range(5):
                with transaction.atomic:
                    status, thread = create(None, doze, None)
                    random()
                    join(thread, None)
            print(len(seen))
            """
        #expect(
            try output(of: program, on: backend)
                == "[0, 0, 0, 0, 0] [0, 0, 0, 0, 0]\n5 {(None, False)}\n10\n")
    }

    /// Calls of what is safe with threads leave the virtual machine, each exactly once.
    @Test(arguments: [BackendChoice.gil, .stm, .serial]) func callsBetweenQuanta(
        _ backend: BackendChoice
    ) throws {
        let program = """
            import ffi, threading
            usleep = ffi.process.bind("atomic int usleep(useconds_t microseconds)")
            close = ffi.process.bind("atomic int close(int file)")
            results = []
            def work():
                for _ in range(50):
                    usleep(1)
                    results.append((close(-1), ffi.errno))
            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            print(len(results), set(results))
            """
        #expect(try output(of: program, on: backend) == "200 {(-1, 9)}\n")
    }
}

private final class Capture: @unchecked Sendable {
    private(set) var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var output: Output { Output { self.bytes.append(contentsOf: $0) } }
}
