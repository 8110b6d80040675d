import Glibc

/// Native stack for compiling deeply nested programs: the compiler recurses on nesting, and its caller
/// may be on a small stack.
enum NativeStack {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Runs `body` to its end on a thread with `bytes` of stack. False when the system refuses one.
    ///
    /// Memory is used only as deep as the recursion goes.
    static func with(bytes: Int, _ body: () -> Void) -> Bool {
        withoutActuallyEscaping(body) { body in
            var attributes = pthread_attr_t()
            pthread_attr_init(&attributes)
            defer { pthread_attr_destroy(&attributes) }
            pthread_attr_setstacksize(&attributes, bytes)
            let argument = Unmanaged.passRetained(Body(body))
            var thread = pthread_t()
            let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
                Unmanaged<Body>.fromOpaque($0.unsafelyUnwrapped).takeRetainedValue().run()
                return nil
            }
            if pthread_create(&thread, &attributes, start, argument.toOpaque()) != 0 {
                argument.release()
                return false
            }
            pthread_join(thread, nil)
            return true
        }
    }
}
