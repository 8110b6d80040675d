import Glibc
import InterpreterKit

/// Other programs, which `subprocess` starts.
extension ModuleBuilder {
    func addSpawning() {
        function(
            "_spawn", "(program, arguments, environment, descriptors, newsession, /)"
        ) { (vm, a) throws(Unwind) in
            let program = try vm.path(a[0], "program", function: "spawn")
            let arguments = try vm.systemTexts(a[1])
            let environment = a[2] == .none ? nil : try vm.systemTexts(a[2])
            var descriptors: [Int32] = []
            try vm.iterate(a[3]) { (item) throws(Unwind) in
                descriptors.append(try vm.descriptor(number: item))
                return true
            }
            let beginsSession = try vm.isTrue(a[4])
            vm.machine.output.flush()
            try vm.irrevocably("process")
            var process = pid_t()
            let error = SpawnedProcess.start(
                &process, program, arguments, environment, descriptors, beginsSession)
            if error != 0 { throw vm.raiseOSError(error, filename: a[0]) }
            return Value(Int(process))
        }
    }
}

extension VM {
    fileprivate func systemTexts(_ items: Value) throws(Unwind) -> [[CChar]] {
        var texts: [[CChar]] = []
        try iterate(items) { (item) throws(Unwind) in
            texts.append(try path(item, "argument", function: "spawn"))
            return true
        }
        return texts
    }
}

private enum SpawnedProcess {
    /// `posix_spawnp` with pairs of descriptors, the second of which becomes the first in the process.
    static func start(
        _ process: inout pid_t, _ program: [CChar], _ arguments: [[CChar]],
        _ environment: [[CChar]]?, _ descriptors: [Int32], _ beginsSession: Bool
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for i in stride(from: 0, to: descriptors.count - 1, by: 2) {
            posix_spawn_file_actions_adddup2(&actions, descriptors[i + 1], descriptors[i])
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals mean in the program what they mean by default.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        sigaddset(&signals, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // POSIX_SPAWN_SETSIGMASK, POSIX_SPAWN_SETSIGDEF and POSIX_SPAWN_SETSID.
        posix_spawnattr_setflags(&attributes, 0x08 | 0x04 | (beginsSession ? 0x80 : 0))
        return withPointers(to: arguments) { arguments in
            guard let environment else {
                return posix_spawnp(&process, program, &actions, &attributes, arguments, environ)
            }
            return withPointers(to: environment) {
                posix_spawnp(&process, program, &actions, &attributes, arguments, $0)
            }
        }
    }
    private static func withPointers<R>(
        to texts: [[CChar]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers = texts.map { text in
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
            copy.initialize(from: text, count: text.count)
            return Optional(copy)
        }
        pointers.append(nil)
        defer { for pointer in pointers { pointer?.deallocate() } }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }
}
