import Foundation
import Testing

/// What `quantapy` keeps of modules between runs, in a folder of the test's own.
@Suite final class CompiledModuleTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    var compiled: URL { folder.appending(path: "__pycache__/part.quanta-311.pyc") }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write(
            "part.py", "def answer(*rest, key='å'):\n    return 1 << 70, key, 0.5, b'x', rest\n")
        try write("main.py", "import part\nprint(part.answer())\n")
    }
    deinit { try? FileManager.default.removeItem(at: folder) }

    static let output = "(1180591620717411303424, 'å', 0.5, b'x', ())\n"

    private func write(_ name: String, _ text: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    private func run(
        _ command: String = "quantapy main.py", _ environment: [String: String] = [:]
    ) throws -> Shell.Result {
        try Shell.run("cd \(folder.path); \(command)", environment: environment)
    }
    private func expectOutput(
        _ command: String = "quantapy main.py", _ environment: [String: String] = [:]
    ) throws {
        let result = try run(command, environment)
        #expect(result.output == CompiledModuleTests.output && result.status == 0)
        #expect(result.errors == "")
    }
    /// The file itself, not its content: a new one has another number.
    private func number() throws -> Int {
        let facts = try FileManager.default.attributesOfItem(atPath: compiled.path)
        return try #require(facts[.systemFileNumber] as? Int)
    }
    private var isKept: Bool { FileManager.default.fileExists(atPath: compiled.path) }

    @Test func codeIsKeptAndUsed() throws {
        try expectOutput()
        let first = try number()
        for backend in ["gil", "stm", "serial"] {
            try expectOutput("quantapy --backend \(backend) main.py")
        }
        try expectOutput("quantapy --backend serial --abort-every-quantum main.py")
        #expect(try number() == first)
    }

    @Test func changesAreNoticed() throws {
        try expectOutput()
        // As long as before, and as old.
        let result = try run(
            "touch -r part.py t; sed -i s/70/71/ part.py; touch -r t part.py; quantapy main.py")
        #expect(result.output.hasPrefix("(2361183241434822606848, "))
    }

    @Test func damageIsNoticed() throws {
        try expectOutput()
        let good = try Data(contentsOf: compiled)
        var damaged: [Data] = [Data(), Data(count: good.count), Data("print(1)".utf8)]
        for count in [8, 47, 48, 49, good.count / 2, good.count - 1] {
            damaged.append(good.prefix(count))
        }
        for place in [0, 9, 20, 33, 41, 50, good.count / 2, good.count - 1] {
            var data = good
            data[place] ^= 0x10
            damaged.append(data)
        }
        damaged.append(good + Data([0]))
        for data in damaged {
            try data.write(to: compiled)
            try expectOutput()
            #expect(try Data(contentsOf: compiled) == good)
        }
    }

    /// Nobody waits for a pipe, or reads a device to its end.
    @Test(arguments: [
        "mkfifo", "ln -s /dev/zero", "mkdir", "truncate -s 1T", "ln -s /does/not/exist",
    ])
    func whatIsNoCompiledCodeIsLeftAlone(_ command: String) throws {
        try expectOutput("mkdir __pycache__; \(command) \(compiled.path); quantapy main.py")
    }

    @Test func whereNothingCanBeWritten() throws {
        // Not even the superuser can write into a folder that is none.
        try write("__pycache__", "")
        try expectOutput()
        let caches = folder.appending(path: "caches").path
        try expectOutput("quantapy main.py", ["XDG_CACHE_HOME": caches])
        let place = "\(caches)/quanta/pycache\(folder.path)/part.quanta-311.pyc"
        let facts = try FileManager.default.attributesOfItem(atPath: place)
        try expectOutput("quantapy main.py", ["XDG_CACHE_HOME": caches])
        let again = try FileManager.default.attributesOfItem(atPath: place)
        #expect(facts[.systemFileNumber] as? Int == again[.systemFileNumber] as? Int)
        try expectOutput("quantapy main.py", ["HOME": "/dev/null"])
    }

    @Test func usersSayWhetherAndWhere() throws {
        try expectOutput("quantapy -B main.py")
        try expectOutput("quantapy main.py", ["PYTHONDONTWRITEBYTECODE": "1"])
        let forbidding = "import sys; sys.dont_write_bytecode = True; import main"
        try expectOutput("quantapy -c '\(forbidding)'")
        try expectOutput("quantapy main.py", ["PYTHONPYCACHEPREFIX": "\(folder.path)/kept"])
        try expectOutput("quantapy -X pycache_prefix=other main.py")
        #expect(!isKept)
        for root in ["kept", "other"] {
            let place = "\(root)\(folder.path)/part.quanta-311.pyc"
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: place).path))
        }
        try expectOutput("quantapy -E main.py", ["PYTHONDONTWRITEBYTECODE": "1"])
        #expect(isKept)
    }

    @Test func whoMayNotReadTheSourceMayNotReadItsCode() throws {
        try expectOutput("chmod 600 part.py; quantapy main.py")
        let facts = try FileManager.default.attributesOfItem(atPath: compiled.path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
    }

    /// All write the same file, while others read it.
    @Test func manyAtOnce() throws {
        let lines = (0..<2000).map { "def f\($0)(x):\n    return x + \($0)\n" }
        try write("many.py", lines.joined())
        try write("main.py", "import many\nprint(many.f1999(1))\n")
        let result = try run(
            "for i in 1 2 3 4 5 6; do quantapy main.py & quantapy main.py; done; wait; ls __pycache__"
        )
        #expect(
            result.output == String(repeating: "2000\n", count: 12) + "many.quanta-311.pyc\n")
        #expect(result.errors == "")
    }

    @Test func errorsAndWarningsStay() throws {
        try write("part.py", "def answer():\n    assert (1, 'x')\n    return 1 / 0\n")
        let first = try run()
        #expect(first.errors.contains("SyntaxWarning: assertion is always true"))
        #expect(first.errors.contains("    return 1 / 0\n           ~~^~~\nZeroDivisionError"))
        #expect(try run().errors == first.errors)
        try write("part.py", "def answer():\n    return 1 / 0\n")
        let plain = try run()
        #expect(isKept)
        #expect(try run().errors == plain.errors)
    }
}
