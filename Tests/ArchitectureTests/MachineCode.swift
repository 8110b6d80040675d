import Foundation

/// The instructions of functions in a built executable.
struct MachineCode {
    struct Function {
        let name: String
        /// Mnemonic and operands, in address order.
        let instructions: [String]
    }

    let path: String
    private let symbols: [(name: String, address: UInt, size: UInt)]

    /// Executables lie beside the running test bundle.
    init(executable: String) throws {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        path = bundle.deletingLastPathComponent().appending(path: executable).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Checkout.Failure("\(path) does not exist; build the package first")
        }
        // Lines of nm: address, size, type, symbol.
        let lines = try Checkout.output(
            of: "sh", "-c", "nm -S --defined-only \"$0\" | swift demangle", path)
        symbols = lines.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 3)
            guard words.count == 4, words[2].lowercased() == "t",
                let address = UInt(words[0], radix: 16), let size = UInt(words[1], radix: 16)
            else { return nil }
            return (String(words[3]), address, size)
        }
    }

    /// Functions whose demangled name contains all of `parts`.
    func functions(containing parts: [String]) throws -> [Function] {
        try symbols.filter { symbol in parts.allSatisfy(symbol.name.contains) }.map { symbol in
            let text = try Checkout.output(
                of: "objdump", "-d", "--no-show-raw-insn",
                "--start-address=\(symbol.address)",
                "--stop-address=\(symbol.address + symbol.size)",
                path)
            let instructions = text.split(separator: "\n").compactMap { line -> String? in
                let columns = line.split(separator: "\t", maxSplits: 1)
                guard columns.count == 2, columns[0].hasSuffix(":") else { return nil }
                return columns[1].trimmingCharacters(in: .whitespaces)
            }
            return Function(name: symbol.name, instructions: instructions)
        }
    }
}

extension MachineCode.Function {
    /// What a specialised interpreter loop must not do, one line per offence.
    ///
    /// A loop is clean when it calls no Swift runtime function but the `allowed` ones, makes no call
    /// through a pointer, and jumps through a register only by a `switch`'s table.
    func offences(allowed: Set<String>) -> [String] {
        var found: [String] = []
        for (i, instruction) in instructions.enumerated() {
            let words = instruction.split(separator: " ")
            let operation = words.first { $0 != "notrack" && $0 != "bnd" } ?? ""
            guard let target = words.last, operation == "call" || operation == "jmp" else {
                continue
            }
            if target.hasPrefix("*") {
                let before = instructions[max(0, i - 16)..<i]
                let isTable = operation == "jmp" && before.contains { $0.hasPrefix("movslq") }
                if !isTable { found.append("indirect: \(instruction)") }
            } else if let callee = MachineCode.Function.callee(target) {
                let isRuntime = callee.hasPrefix("swift_") || callee.hasPrefix("objc_")
                if isRuntime && !allowed.contains(callee) { found.append("calls \(callee)") }
            }
        }
        return found
    }

    /// `<swift_retain@plt>` is swift_retain; a place inside a function is no callee.
    private static func callee(_ operand: Substring) -> String? {
        guard operand.hasPrefix("<"), operand.hasSuffix(">") else { return nil }
        let name = operand.dropFirst().dropLast()
        if name.contains("+0x") { return nil }
        return name.split(separator: "@").first.map(String.init)
    }
}
