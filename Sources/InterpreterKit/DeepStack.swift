import CHost

/// Native stack for work that recurses on the nesting of a program, whose caller may be on a small one.
///
/// ```swift
/// DeepStack.run(bytes: 256 << 20) { compile(program) }
/// ```
public enum DeepStack {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Runs `body` to its end on a thread with `bytes` of stack, of which only what is used takes memory.
    /// False when the system refuses one: nothing has run then.
    public static func run(bytes: Int, _ body: () -> Void) -> Bool {
        withoutActuallyEscaping(body) { body in
            let argument = Unmanaged.passRetained(Body(body))
            var thread: UInt = 0
            let error = host_thread_start(
                &thread, bytes,
                { Unmanaged<Body>.fromOpaque($0).takeRetainedValue().run() }, argument.toOpaque())
            if error != 0 {
                argument.release()
                return false
            }
            host_thread_join(thread)
            return true
        }
    }
}
