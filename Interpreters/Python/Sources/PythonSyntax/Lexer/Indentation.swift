/// The width of a line's leading blanks, with tabs to multiples of 8 and with tabs as one column.
/// The two must agree in order, so that no program depends on the width of a tab.
struct Indentation {
    var columns: Int32 = 0
    var withNarrowTabs: Int32 = 0
}

extension Lexer {
    /// Reads the blanks at the start of a line and adds the indents and dedents they mean. True when
    /// the line has no tokens, nil at an error.
    mutating func indentation() -> Bool? {
        var here = Indentation()
        /// Of the first of several lines joined by backslashes.
        var joined: Indentation?
        scan: while true {
            switch byte {
            case 0x20:
                here.columns &+= 1
                here.withNarrowTabs &+= 1
                at += 1
            case 0x09:
                here.columns = (here.columns / 8 &+ 1) &* 8
                here.withNarrowTabs &+= 1
                at += 1
            case 0x0C:
                here = Indentation()
                at += 1
            case UInt8(ascii: "\\"):
                if joined == nil { joined = here }
                guard continueLine() else { return nil }
            default:
                break scan
            }
        }
        if byte == UInt8(ascii: "#") || byte == 0x0A { return true }
        // The next line may go on with the block.
        if at >= end && !impliesDedent { return true }
        if !brackets.isEmpty { return false }
        return place(joined ?? here) ? false : nil
    }

    private mutating func place(_ here: Indentation) -> Bool {
        let current = indents[indents.count - 1]
        if here.columns == current.columns {
            return here.withNarrowTabs == current.withNarrowTabs || mixesTabs()
        }
        if here.columns > current.columns {
            if indents.count >= Lexer.deepestIndents {
                error = .code(
                    .indentationError, "too many levels of indentation", line: line, column: 1)
                return false
            }
            if here.withNarrowTabs <= current.withNarrowTabs { return mixesTabs() }
            indents.append(here)
            addMark(.indent)
            return true
        }
        while indents.count > 1 && here.columns < indents[indents.count - 1].columns {
            indents.removeLast()
            addMark(.dedent)
        }
        let outer = indents[indents.count - 1]
        if here.columns != outer.columns {
            // CPython's tokenizer fails before it hands out the dedents.
            while tokens.last?.kind == .dedent && tokens.last?.line == line { tokens.removeLast() }
            while at < end && bytes[at] != 0x0A { at += 1 }
            if at < end { at += 1 }
            error = .code(
                .indentationError, "unindent does not match any outer indentation level",
                line: line, column: nil)
            return false
        }
        return here.withNarrowTabs == outer.withNarrowTabs || mixesTabs()
    }

    /// Always false.
    private mutating func mixesTabs() -> Bool {
        error = .code(
            .tabError, "inconsistent use of tabs and spaces in indentation", line: line, column: 1)
        return false
    }
}
