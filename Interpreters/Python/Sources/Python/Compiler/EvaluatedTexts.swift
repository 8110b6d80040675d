import InterpreterKit
import PythonSyntax
import Synchronization

/// The code of texts that `eval` and `exec` have run: code lives for ever, so a text that is run again and again
/// must not be compiled each time.
final class EvaluatedTexts: Sendable {
    private struct Text: Hashable {
        let bytes: [UInt8]
        let isExpression: Bool
    }
    /// Addresses of ``Code``.
    private let known = Mutex<[Text: UInt]>([:])
    /// Texts that are remembered, and how long they may be.
    private static let most = 1000
    private static let longest = 10_000

    subscript(source: Source, mode: ParseMode) -> CodePointer? {
        get {
            let text = Text(bytes: source.bytes, isExpression: mode == .eval)
            return known.withLock { $0[text] }.flatMap { CodePointer(bitPattern: $0) }
        }
        set {
            if source.bytes.count > EvaluatedTexts.longest { return }
            let text = Text(bytes: source.bytes, isExpression: mode == .eval)
            known.withLock {
                if $0.count >= EvaluatedTexts.most { $0.removeAll(keepingCapacity: true) }
                $0[text] = newValue.map { UInt(bitPattern: $0) }
            }
        }
    }
}

extension VM {
    /// Code for a text given to `eval` or `exec`.
    func evaluated(_ source: Source, _ mode: ParseMode) throws(Unwind) -> CodePointer {
        let texts = python.evaluatedTexts
        if let known = texts[source, mode] { return known }
        let code = try compile(source, mode: mode, separateNamespace: true)
        // Its constants are objects of this quantum, which may be rolled back.
        if thread.pointee.isPlain != 0 {
            texts[source, mode] = code
        } else {
            q.onCommit { texts[source, mode] = code }
        }
        return code
    }
}
