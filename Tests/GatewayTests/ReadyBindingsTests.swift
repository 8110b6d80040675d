import Gateway
import ManagedHeap
import Quanta
import Testing

/// The files in Examples/bindings, each with the library that it describes.
@Suite struct ReadyBindingsTests {
    static let names = ["libm", "libc", "zlib", "sqlite3", "sqlite3-serialized"]

    /// Nil when a library is not installed here.
    private func libraries(_ name: String) throws -> [Library]? {
        let libraries = try Bindings(exampleText("bindings/\(name).bindings")).libraries()
        for library in libraries {
            for case .library in library.check() { return nil }
        }
        return libraries
    }
    private func functions(_ name: String) throws -> ((String) -> ForeignFunction)? {
        try libraries(name).map { libraries in { libraries[0][$0] } }
    }

    @Test(arguments: names) func everythingIsThere(name: String) throws {
        guard let libraries = try libraries(name) else { return }
        for library in libraries { #expect(library.check() == []) }
    }

    @Test func mathematics() throws {
        let f = try #require(try functions("libm"))
        let seen = try results([
            (f("sqrt"), [.double(2)]), (f("fma"), [.int(2), .int(3), .int(4)]),
            (f("frexp"), [.double(48)]), (f("modf"), [.double(2.75)]), (f("log"), [.int(-1)]),
        ])
        #expect(seen[0].result == .double(2.0.squareRoot()) && seen[1].result == .double(10))
        #expect(seen[2].result == .tuple([.double(0.75), .int(6)]))
        #expect(seen[3].result == .tuple([.double(0.75), .double(2)]))
        #expect(seen[4].errno == 33)
    }
    @Test func cLibrary() throws {
        let f = try #require(try functions("libc"))
        let seen = try results([
            (f("div"), [.int(17), .int(5)]), (f("gmtime_r"), [.int(0)]),
            (f("snprintf"), [.int(8), .text("%s:%d"), .text("a"), .int(7)]),
            (f("strlen"), [.text("four")]),
        ]).map(\.result)
        #expect(seen[0] == .tuple([.int(3), .int(2)]))
        #expect(seen[2] == .tuple([.int(3), .text("a:7")]) && seen[3] == .int(4))
        // Year 70, a Thursday.
        guard case .failure(.argumentType, _, _) = seen[1] else {
            Issue.record("a number was taken for a pointer")
            return
        }
    }
    @Test func compression() throws {
        guard let f = try functions("zlib") else { return }
        let text = String(repeating: "quantum ", count: 1000)
        let packed = try results([
            (f("compress"), [.int(9000), .text(text), .int(8000)]),
            (f("crc32"), [.int(0), .text("123456789"), .int(9)]),
            (f("compress"), [.int(3), .text(text), .int(8000)]),
        ]).map(\.result)
        #expect(packed[1] == .int(0xCBF4_3926))
        guard case .tuple(let parts) = packed[0], case .tuple(let small) = packed[2],
            case .int(let length) = parts[2]
        else { throw Failed() }
        #expect(parts[0] == .int(0) && length < 100)
        #expect(small[0] == .int(-5))
    }

    /// Inserts and sums rows, from four threads at once.
    private struct Inserting: GuestTask {
        let prepare: ForeignFunction
        let bind: ForeignFunction
        let step: ForeignFunction
        let finalize: ForeignFunction
        let db: Value
        let first: Int
        var n = 0
        var failures = 0
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while n < 50 {
                q.enterAtomic()
                let made = try q.call(
                    prepare, db, "insert into numbers values (?1, 'n' || ?1)", -1, Value.none)
                guard let tuple = made.value, tuple.isA(.tuple) else {
                    failures += 1
                    return
                }
                let statement = q.tupleElement(tuple.reference, 1)
                if try q.call(bind, statement, 1, first + n).int != 0 { failures += 1 }
                if try q.call(step, statement).int != 101 { failures += 1 }
                if try q.call(finalize, statement).int != 0 { failures += 1 }
                n += 1
                q.leaveAtomic()
                try q.qbreak(resumeAt: self)
            }
        }
        static func frameEnd(_ frame: Frame) -> Frame { frame + 4 }
    }
    /// Opens a database, runs a statement, or asks for the first row.
    private struct Asking: GuestTask {
        let functions: [ForeignFunction]  // open, prepare, step, column_int, column_text, finalize
        var db: Value
        let sql: String
        var answer: (Int, String) = (0, "")
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            if db == .none {
                let opened = try q.call(functions[0], ":memory:")
                guard let tuple = opened.value, tuple.isA(.tuple) else { return }
                db = q.tupleElement(tuple.reference, 1)
            }
            let made = try q.call(functions[1], db, sql, -1, Value.none)
            guard let tuple = made.value, tuple.isA(.tuple) else { return }
            let statement = q.tupleElement(tuple.reference, 1)
            if try q.call(functions[2], statement).int == 100 {
                let number = try q.call(functions[3], statement, 0).int ?? -1
                let text = try q.call(functions[4], statement, 1)
                if case .text(let string) = Seen(text, q) { answer = (number, string) }
            }
            _ = try q.call(functions[5], statement)
        }
    }

    @Test(arguments: ["sqlite3", "sqlite3-serialized"], Rig.allCases)
    func database(name: String, rig: Rig) throws {
        guard let f = try functions(name) else { return }
        let machine = try rig.machine(for: Asking.self)
        machine.host(Inserting.self, drive: driver(machine.scheduler))
        let functions = ["open", "prepare_v2", "step", "column_int", "column_text", "finalize"]
            .map { f("sqlite3_" + $0) }
        func ask(_ db: Value, _ sql: String) throws -> Asking {
            try #require(try machine.run([Asking(functions: functions, db: db, sql: sql)]))[0]
        }
        let db = try ask(.none, "create table numbers (n integer, name text)").db
        let done = try #require(
            try machine.run(
                (0..<4).map {
                    Inserting(
                        prepare: functions[1], bind: f("sqlite3_bind_int"), step: functions[2],
                        finalize: functions[5], db: db, first: 1000 * $0)
                }))
        #expect(done.allSatisfy { $0.failures == 0 })
        let answer = try ask(db, "select count(distinct n), max(name) from numbers").answer
        #expect(answer.0 == 200 && answer.1 == "n9")
        #expect(try results([(f("sqlite3_close"), [.value(db)])])[0].result == .int(0))
    }
    struct Failed: Error {}
}
