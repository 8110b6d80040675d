import PythonSyntax

/// A statement around the point where code is written.
struct Block {
    enum Kind {
        /// A loop; where `break` and `continue` go.
        case loop(leave: Label, next: Label)
        /// The part of a `try` that except clauses watch.
        case watched
        /// The part of a `try` after which `final` is to run.
        case beforeFinally([Statement])
        /// `final`, running because of an exception.
        case inFinally
        /// The body of an except clause, and the variable to unbind after it.
        case handler(name: String?)
        /// The body of an `except*` clause.
        case groupHandler
        /// The body of a `with`; the window in which a call of `__exit__` is prepared.
        case with(window: Int, isAsync: Bool)
    }
    var kind: Kind
    var span: Span
    /// Protected ranges, and ranges that handle an exception, that belong to the block alone.
    var regions: [Region]

    init(_ kind: Kind, _ regions: [Region] = [], at span: Span) {
        self.kind = kind
        self.span = span
        self.regions = regions
    }

    /// Whether code runs when control leaves the block.
    var hasExit: Bool {
        switch kind {
        case .loop, .watched, .inFinally, .handler(name: nil): false
        case .handler, .groupHandler, .beforeFinally, .with: true
        }
    }
}

/// Entering and leaving blocks.
extension Compiler {
    /// As in CPython.
    static let mostBlocks = 20

    mutating func enter(_ block: Block) throws(PythonSyntaxError) {
        if blocks.count >= Compiler.mostBlocks {
            throw error("too many statically nested blocks", at: block.span)
        }
        blocks.append(block)
    }

    /// Writes what is to be done when control leaves the innermost block by a jump or a return, and
    /// takes it from `blocks` for that while. The value in r[result] is kept.
    mutating func leave(
        _ block: Block, keeping result: Int?, at span: Span
    ) throws(PythonSyntaxError) {
        for region in block.regions { code.interrupt(region) }
        blocks.removeLast()
        switch block.kind {
        case .loop, .watched, .inFinally: break
        case .handler(let name):
            if let name { unbindHandled(name, at: span) }
        case .groupHandler:
            throw error(
                "'break', 'continue' and 'return' cannot appear in an except* block", at: span)
        case .beforeFinally(let final):
            try statements(final)
        case .with(let window, let isAsync):
            let mark = code.top
            if result == nil {
                code.top = window + 5
                try exitNormally(window, isAsync: isAsync, at: block.span)
            } else {
                // The value lies above the window.
                let copy = code.push(5)
                move(window + 3, into: copy + 3, at: block.span)
                move(window + 4, into: copy + 4, at: block.span)
                try exitNormally(copy, isAsync: isAsync, at: block.span)
            }
            code.top = mark
        }
    }

    /// After the jump: the blocks that were left are around again.
    mutating func reenter(_ saved: [Block]) {
        for block in saved[blocks.count...] {
            for region in block.regions { code.resume(region) }
        }
        blocks = saved
    }
}
