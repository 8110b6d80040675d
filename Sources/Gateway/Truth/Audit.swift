import CForeign
import Glibc

/// What a function really does, found by calling it twice in a child process: system calls are trapped,
/// memory is compared, and data of libraries is made unreadable.
///
/// ```swift
/// let audit = try Audit.of(try Declaration("pure double sqrt(double)"), in: "libm.so.6", [.real(-1)])
/// // audit.verdict == .pureErrno
/// ```
/// One set of arguments proves nothing about others: an audit finds lies, and proposes effects.
public struct Audit: Sendable {
    public enum Argument: Sendable, Equatable {
        case integer(Int)
        case real(Double)
        case text(String)

        /// As on a command line.
        public init(_ word: String) {
            if let i = Int(word) {
                self = .integer(i)
            } else if let d = Double(word) {
                self = .real(d)
            } else {
                self = .text(word)
            }
        }
    }
    public enum Failure: Error, CustomStringConvertible {
        case unsupported(String)
        case refused
        public var description: String {
            switch self {
            case .unsupported(let what): "an audit cannot call this function: \(what)"
            case .refused: "the system does not allow audits here (seccomp)"
            }
        }
    }

    /// The strongest effect that what was seen allows; nil when the function did not return.
    public let verdict: Effect?
    /// What was seen.
    public let evidence: [String]

    /// Calls the function with `arguments`; missing ones are made up from the types.
    public static func of(
        _ declaration: Declaration, at address: UnsafeRawPointer, _ arguments: [Argument] = []
    ) throws(Failure) -> Audit {
        #if arch(x86_64)
            let setting = try AuditSetting(declaration, arguments)
            var report = foreign_audit_report()
            guard setting.run(address, &report) else { throw .refused }
            return Audit(declaration, report)
        #else
            throw .unsupported("audits need x86-64")
        #endif
    }
    /// The function of a library; the process itself for `"process"`.
    public static func of(
        _ declaration: Declaration, in library: String, _ arguments: [Argument] = []
    ) throws -> Audit {
        let function = try Library(.init(library)).bind(declaration)
        return try of(declaration, at: function.plan.pointee.address, arguments)
    }

    private init(_ declaration: Declaration, _ report: foreign_audit_report) {
        var evidence: [String] = []
        var effect = Effect.const
        func allow(_ weaker: Effect, _ text: String) {
            if weaker.rank > effect.rank { effect = weaker }
            evidence.append(text)
        }
        if declaration.parameters.contains(where: { $0.type.isPointer }) { effect = .pure }
        if report.readsClock { allow(.reads, "reads the clock") }
        if !report.returned && !report.readsClock {
            verdict = nil
            let name = strsignal(report.signal).map { String(cString: $0) } ?? ""
            self.evidence = [
                report.signal == SIGALRM
                    ? "did not return within four seconds"
                    : "did not return: \(report.signal == 0 ? "ended the process" : name)"
            ]
            return
        }
        let calls = SystemCall.named(report)
        if !calls.isEmpty {
            let asks = calls.allSatisfy(SystemCall.asking.contains)
            allow(
                asks ? .reads : .atomic, "makes the system call \(calls.joined(separator: ", "))")
        }
        if report.errors.0 != 0 || report.errors.1 != 0 {
            allow(
                .pureErrno,
                "sets errno to \(report.errors.0 != 0 ? report.errors.0 : report.errors.1)")
        }
        if report.argumentWrites > 0 { allow(.local, "writes memory that its arguments lead to") }
        if let names = Place.names(report.readAddresses, report.readCount) {
            allow(.reads, "reads \(names)")
        }
        if let names = Place.names(report.storeAddresses, report.storeCount) {
            allow(.arbitrary, "writes \(names)")
        } else if let names = Place.names(report.writeAddresses.1, report.writes.1) {
            allow(.arbitrary, "writes \(names)")
        } else if let names = Place.names(report.writeAddresses.0, report.writes.0) {
            evidence.append("writes \(names), but only when called for the first time")
        }
        if report.heapWrites.1 > 0 { allow(.local, "allocates memory") }
        let size = max(1, min(16, declaration.result.size))
        let same = withUnsafeBytes(of: report.results) {
            declaration.result == .void || memcmp($0.baseAddress!, $0.baseAddress! + 64, size) == 0
        }
        if report.returned && !same {
            allow(
                report.heapWrites.1 > 0 || effect.rank < Effect.reads.rank ? .arbitrary : effect,
                "gives different results for the same arguments")
        }
        if evidence.isEmpty { evidence.append("does nothing but compute") }
        verdict = effect
        self.evidence = evidence
    }

    /// What the declaration promises beyond what was seen; nil when it promises nothing of the kind. Whether a
    /// function is safe with threads, or can be taken back or put off, calls by one thread do not show.
    public func contradiction(of declaration: Declaration) -> String? {
        guard let verdict, verdict.rank > declaration.effect.rank,
            declaration.effect.rank <= Effect.local.rank
        else { return nil }
        // errno may stay unlooked at.
        if verdict == .pureErrno, declaration.effect == .pure || declaration.effect == .const {
            return "declared '\(declaration.effect.word)', but it sets errno"
        }
        return "declared '\(declaration.effect.word)', but it looks '\(verdict.word)'"
    }
}

extension CType {
    fileprivate var isPointer: Bool {
        switch self {
        case .string, .constPointer, .pointer, .callback: true
        default: false
        }
    }
}

/// Names for addresses.
private enum Place {
    /// `environ (libc.so.6), signgam (libm.so.6)`
    static func names<T>(_ samples: T, _ count: Int32) -> String? {
        let addresses = withUnsafeBytes(of: samples) { Array($0.bindMemory(to: UInt64.self)) }
        var names: [String] = []
        for address in addresses.prefix(Int(count)) {
            guard let pointer = UnsafeRawPointer(bitPattern: UInt(address)) else { continue }
            guard let name = name(pointer), !names.contains(name) else { continue }
            names.append(name)
        }
        if names.isEmpty { return nil }
        return names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and more" : "")
    }
    /// Nil for what is no concern of the function's: the loader's data, and a switch that nobody can turn.
    private static func name(_ address: UnsafeRawPointer) -> String? {
        var offset = 0
        let symbol = String(cString: foreign_symbol_name(address, &offset))
        let library = String(cString: foreign_origin(address))
        if symbol == "_LIB_VERSION" || symbol == "_rtld_global" { return nil }
        if library.isEmpty { return "memory of the thread or the heap" }
        return symbol.isEmpty || offset > 4096 ? "data of \(library)" : "\(symbol) (\(library))"
    }
}

/// System calls by name, as far as audits meet them.
private enum SystemCall {
    /// They change nothing.
    static let asking: Set<String> = [
        "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "clock_gettime",
        "gettimeofday", "time", "getcwd", "uname", "sysinfo", "sched_getaffinity", "getrusage",
        "times", "getcpu",
    ]
    private static let names: [Int32: String] = [
        0: "read", 1: "write", 2: "open", 3: "close", 4: "stat", 5: "fstat", 8: "lseek",
        13: "rt_sigaction", 14: "rt_sigprocmask", 16: "ioctl", 20: "writev", 24: "sched_yield",
        35: "nanosleep", 39: "getpid", 56: "clone", 57: "fork", 59: "execve", 61: "wait4",
        62: "kill", 63: "uname", 72: "fcntl", 79: "getcwd", 82: "rename", 87: "unlink",
        96: "gettimeofday", 97: "getrlimit", 98: "getrusage", 99: "sysinfo", 100: "times",
        102: "getuid", 104: "getgid", 107: "geteuid", 108: "getegid", 110: "getppid",
        186: "gettid", 200: "tkill", 201: "time", 202: "futex", 204: "sched_getaffinity",
        228: "clock_gettime", 230: "clock_nanosleep", 234: "tgkill", 257: "openat",
        262: "newfstatat", 302: "prlimit64", 309: "getcpu", 318: "getrandom",
    ]
    static func named(_ report: foreign_audit_report) -> [String] {
        let numbers = withUnsafeBytes(of: report.systemCalls) {
            Array($0.bindMemory(to: Int32.self))
        }
        var found: [String] = []
        for number in numbers.prefix(Int(report.systemCallCount)) {
            let name = names[number] ?? "number \(number)"
            if !found.contains(name) { found.append(name) }
        }
        return found
    }
}
