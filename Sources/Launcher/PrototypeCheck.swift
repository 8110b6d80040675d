import Glibc
import InterpreterKit

/// A `.bindings` file as C, for a compiler to compare with the headers.
struct PrototypeCheck {
    private let bindings: Bindings
    private let file: String

    init(_ bindings: Bindings, _ file: String) {
        self.bindings = bindings
        self.file = file
    }

    struct Problem: CustomStringConvertible {
        let description: String
        /// A header is not there, so nothing has been compared.
        var isAbsence: Bool { description.hasSuffix(": No such file or directory") }
    }

    /// What the compiler says; nothing when the file names no header.
    func problems() throws -> [Problem] { try complaints().map(Problem.init) }

    private func complaints() throws -> [String] {
        if bindings.headers.isEmpty { return [] }
        do throws(CCompiler.Failure) {
            let (output, isContent, path) = try CCompiler.run("-fsyntax-only", source)
            return isContent ? [] : report(output, path)
        } catch { return [error.description] }
    }

    /// One assertion for each function: its type is what the header says.
    private var source: String {
        var text = "#define _GNU_SOURCE 1\n"
        for header in bindings.headers { text += "#include <\(header)>\n" }
        for section in bindings.sections {
            for declaration in section.declarations {
                text += """
                    _Static_assert(__builtin_types_compatible_p(__typeof__(\(declaration.name)), \
                    __typeof__(\(declaration.functionType))), "\(declaration.name) differs: \
                    \(declaration.prototype)");

                    """
            }
        }
        return text
    }

    private func report(_ output: String, _ path: String) -> [String] {
        output.split(separator: "\n").compactMap { line -> String? in
            guard let range = line.range(of: ["fatal error: ", "error: "]) else { return nil }
            var message = line[range]
            if message.hasPrefix("static assertion failed: ") {
                message = message.dropFirst("static assertion failed: ".count)
            }
            // What follows from another message.
            if message == "expression in static assertion is not an integer" { return nil }
            return message.trimmingQuotes
        }
    }
}

extension Substring {
    /// Where the text behind the first of `marks` that occurs begins.
    fileprivate func range(of marks: [String]) -> PartialRangeFrom<Index>? {
        for mark in marks {
            var start = startIndex
            while start < endIndex {
                if self[start...].hasPrefix(mark) { return index(start, offsetBy: mark.count)... }
                start = index(after: start)
            }
        }
        return nil
    }
    fileprivate var trimmingQuotes: String {
        var text = self
        while text.hasPrefix("\"") { text.removeFirst() }
        while text.hasSuffix("\"") { text.removeLast() }
        return String(text)
    }
}
