import InterpreterKit
import PythonSyntax

extension VM {
    /// The whole report of an exception that nothing has caught: traceback, causes, groups.
    func describe(_ exception: Value) throws(Unwind) -> [UInt8] {
        var report = ExceptionReport(vm: self)
        try report.write(exception)
        return report.text
    }
}

/// Text about exceptions, as the interpreter prints it.
struct ExceptionReport {
    let vm: VM
    private(set) var text: [UInt8] = []
    /// Nesting of groups; each level indents by two and draws a margin.
    private var depth = 0
    private var needsClosing = false
    private var lines = SourceLines()
    /// Identities of exceptions already written: chains may have loops.
    private var seen: Set<UInt64> = []

    private static let deepestGroup = 10
    private static let widestGroup = 15
    private static let repetitions = 3

    init(vm: VM) { self.vm = vm }

    // MARK: chains

    /// An exception after those that it followed from.
    mutating func write(_ exception: Value) throws(Unwind) {
        // Pairs: the exception, and whether it was a cause (1), a context (2), or the last (0).
        let chain = try vm.newList()
        var at = exception
        var relation = 0
        while at.isInstance, vm.isInstance(at, .baseException), seen.insert(at.bits).inserted {
            try vm.append(chain, at)
            try vm.append(chain, Value(relation))
            let cause = vm[at.reference, Exception.cause]
            if cause != .none {
                (at, relation) = (cause, 1)
            } else if vm[at.reference, Exception.suppressesContext] != .true {
                (at, relation) = (vm[at.reference, Exception.context], 2)
            } else {
                break
            }
        }
        var i = vm[chain, List.count] - 2
        while i >= 0 {
            let relation = vm.item(ofList: chain, i + 1).int
            try writeAlone(vm.item(ofList: chain, i))
            if relation == 1 {
                put("\nThe above exception was the direct cause of the following exception:\n\n")
            } else if relation == 2 {
                put(
                    "\nDuring handling of the above exception, another exception occurred:\n\n")
            }
            i -= 2
        }
    }

    private mutating func writeAlone(_ exception: Value) throws(Unwind) {
        if vm.isInstance(exception, .baseExceptionGroup) { return try writeGroup(exception) }
        writeTraceback(exception, "Traceback (most recent call last):\n")
        try writeMessage(exception)
    }

    // MARK: groups

    private mutating func writeGroup(_ group: Value) throws(Unwind) {
        if depth > ExceptionReport.deepestGroup {
            return put("... (max_group_depth is \(ExceptionReport.deepestGroup))\n")
        }
        let isOutermost = depth == 0
        if isOutermost { depth = 1 }
        writeTraceback(
            group, "Exception Group Traceback (most recent call last):\n",
            margin: isOutermost ? "+" : nil)
        try writeMessage(group)
        let members = vm.members(ofGroup: group.reference)
        let count = vm.q.tupleCount(members)
        let shown = min(count, ExceptionReport.widestGroup + 1)
        needsClosing = false
        for i in 0..<shown {
            let isLast = i == shown - 1
            // A group in the last place draws the closing line for all around it.
            if isLast { needsClosing = true }
            let isCut = i >= ExceptionReport.widestGroup
            indent()
            text += Array(
                "\(i == 0 ? "+-" : "  ")+---------------- \(isCut ? "..." : "\(i + 1)") ----------------\n"
                    .utf8)
            depth += 1
            if isCut {
                let rest = count - ExceptionReport.widestGroup
                put("and \(rest) more exception\(rest > 1 ? "s" : "")\n")
            } else {
                try write(vm.q.tupleElement(members, i))
            }
            if isLast && needsClosing {
                indent()
                text += Array("+------------------------------------\n".utf8)
                needsClosing = false
            }
            depth -= 1
        }
        if isOutermost { depth = 0 }
    }

    // MARK: tracebacks

    private mutating func writeTraceback(
        _ exception: Value, _ heading: String, margin: String? = nil
    ) {
        let traceback = vm[exception.reference, Exception.traceback]
        let limit = limit
        guard traceback.isA(Kind.traceback), limit > 0 else { return }
        put(heading, margin: margin)
        write(entries: vm.entries(ofTraceback: traceback).suffix(limit))
    }
    /// `sys.tracebacklimit`: so many of the innermost entries are shown.
    private var limit: Int {
        let sys = vm.find(vm.shared.pointee.modules, name: vm.intern("sys"))
        guard sys.isA(Kind.module) else { return 1000 }
        let limit = vm.find(
            vm[sys.reference, ModuleObject.namespace], name: vm.intern("tracebacklimit"))
        return limit.isInt ? limit.int : 1000
    }
    /// Entries, with recursion shortened.
    mutating func write(entries: some Sequence<TracebackEntry>) {
        var last: TracebackEntry?
        var repeated = 0
        for entry in entries {
            if let known = last, known.isSamePlace(as: entry) {
                repeated += 1
            } else {
                writeRepetition(repeated)
                repeated = 1
                last = entry
            }
            if repeated <= ExceptionReport.repetitions { write(entry) }
        }
        writeRepetition(repeated)
    }
    private mutating func writeRepetition(_ count: Int) {
        let hidden = count - ExceptionReport.repetitions
        if hidden <= 0 { return }
        put("  [Previous line repeated \(hidden) more time\(hidden > 1 ? "s" : "")]\n")
    }
    private mutating func write(_ entry: TracebackEntry) {
        put("  File \"\(entry.file)\", line \(entry.line), in \(entry.name)\n")
        guard let line = lines.line(entry) else { return }
        let stripped = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C }
        if stripped.isEmpty { return }
        put(Array("    ".utf8) + stripped + [0x0A])
        if let marks = Carets.below(line, entry.span) {
            put(Array("    ".utf8) + marks + [0x0A])
        }
    }

    // MARK: messages

    /// The last lines: type, text, notes; for a SyntaxError, the place in the source.
    mutating func writeMessage(_ exception: Value) throws(Unwind) {
        var message: Value?
        if vm.isInstance(exception, .syntaxError),
            vm[exception.reference, SyntaxErrorFields.message] != .unbound
        {
            writePlace(exception.reference)
            message = vm[exception.reference, SyntaxErrorFields.message]
        }
        var line = fullName(vm.type(of: exception))
        let shown = try guarded("<exception str() failed>") { (vm) throws(Unwind) in
            try vm.str(message ?? exception)
        }
        if !shown.isEmpty { line += Array(": ".utf8) + shown }
        if message == nil {
            do throws(Unwind) {
                if let better = try vm.suggestion(for: exception) {
                    line += Array(". Did you mean: '\(better)'?".utf8)
                }
            } catch {
                if error != .raise { throw error }
                vm.pending = .none
            }
        }
        put(line + [0x0A])
        try writeNotes(exception)
    }
    private func fullName(_ type: Reference) -> [UInt8] {
        let module = vm.find(vm[type, TypeObject.namespace], name: vm.name(.module))
        var name = vm.utf8(vm[type, TypeObject.qualifiedName])
        if let module = vm.asString(module) {
            let text = vm.text(module)
            if text != "builtins" && text != "__main__" { name = Array("\(text).".utf8) + name }
        } else if module != .unbound {
            name = Array("<unknown>.".utf8) + name
        }
        return name
    }
    /// The text that `body` gives, or `failure` when it raises.
    private func guarded(
        _ failure: String, _ body: (VM) throws(Unwind) -> Value
    ) throws(Unwind) -> [UInt8] {
        do throws(Unwind) {
            let value = try body(vm)
            return vm.utf8(vm.asString(value) ?? value)
        } catch {
            if error != .raise { throw error }
            vm.pending = .none
            return Array(failure.utf8)
        }
    }
    private mutating func writeNotes(_ exception: Value) throws(Unwind) {
        var notes = Value.unbound
        do throws(Unwind) { notes = try vm.findAttribute(exception, .notes) } catch {
            if error != .raise { throw error }
            vm.pending = .none
        }
        if notes == .unbound || notes == .none { return }
        guard notes.isList || notes.isTuple else {
            let text = try guarded("<__notes__ repr() failed>") { (vm) throws(Unwind) in
                try vm.repr(notes)
            }
            return put(text + [0x0A])
        }
        let copy = try vm.tuple(ofIterable: notes).reference
        for i in 0..<vm.q.tupleCount(copy) {
            let note = try guarded("<note str() failed>") { (vm) throws(Unwind) in
                try vm.str(vm.q.tupleElement(copy, i))
            }
            for line in note.split(separator: 0x0A, omittingEmptySubsequences: false) {
                put(Array(line) + [0x0A])
            }
        }
    }

    // MARK: syntax errors

    private mutating func writePlace(_ error: Reference) {
        guard vm[error, SyntaxErrorFields.line].isInt else { return }
        let line = vm[error, SyntaxErrorFields.line].int
        let filename = vm[error, SyntaxErrorFields.filename]
        let name = vm.asString(filename).map(vm.text) ?? "<string>"
        put("  File \"\(name)\", line \(line)\n")
        guard let source = vm.asString(vm[error, SyntaxErrorFields.text]) else { return }
        let endLine = vm[error, SyntaxErrorFields.endLine]
        let offset = vm[error, SyntaxErrorFields.offset]
        var end = vm[error, SyntaxErrorFields.endOffset]
        let bytes = vm.utf8(source)
        if endLine.isInt && endLine.int > line { end = Value(StringView(source).count + 1) }
        writeSource(
            bytes, offset: offset.isInt ? offset.int : -1, end: end.isInt ? end.int : -1)
    }
    /// The line at fault and a caret below; offsets count characters from 1.
    private mutating func writeSource(_ source: [UInt8], offset: Int, end: Int) {
        var line = source[...]
        while line.last == 0x0A { line.removeLast() }
        var removed = 0
        while let c = line.first, c == 0x20 || c == 0x09 || c == 0x0C {
            line.removeFirst()
            removed += 1
        }
        put(Array("    ".utf8) + line + [0x0A])
        if offset < 1 { return }
        let length = line.count { $0 & 0xC0 != 0x80 }
        let start = min(offset - 1 - removed, length)
        if start < 0 { return }
        let last = end < 1 ? offset : max(min(end, removed + length + 1), offset)
        let count = max(1, last - offset)
        put(
            Array("    ".utf8) + [UInt8](repeating: 0x20, count: start)
                + [UInt8](repeating: 0x5E, count: count) + [0x0A])
    }

    // MARK: output

    private mutating func indent() {
        text += [UInt8](repeating: 0x20, count: 2 * depth)
    }
    private mutating func put(_ line: String, margin: String? = nil) {
        put(Array(line.utf8), margin: margin)
    }
    /// Lines with the margin of the group before each.
    private mutating func put(_ content: [UInt8], margin: String? = nil) {
        let content = ExceptionReport.escapingSurrogates(content)
        if depth == 0 {
            text += content
            return
        }
        var rest = content[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            indent()
            text += Array("\(margin ?? "|") ".utf8) + rest[..<end]
            rest = rest[end...]
        }
    }
    /// Surrogates cannot be printed: `\udc80`.
    private static func escapingSurrogates(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(0xED) else { return text }
        var result: [UInt8] = []
        var i = 0
        while i < text.count {
            if text[i] == 0xED, i + 2 < text.count, text[i + 1] >= 0xA0 {
                let c = 0xD000 | Int(text[i + 1] & 0x3F) << 6 | Int(text[i + 2] & 0x3F)
                result += Array("\\u\(String(c, radix: 16))".utf8)
                i += 3
            } else {
                result.append(text[i])
                i += 1
            }
        }
        return result
    }
}
