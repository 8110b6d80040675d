import InterpreterKit

/// Methods of `str` that add characters around the text, and expand tabs.
extension VM {
    func addStringPadding(_ type: TypeBuilder) {
        type.method("center", "(self, width, fillchar=' ', /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            let (total, fill) = try vm.padding(a, text)
            // The odd space goes where it has always gone.
            let left = total / 2 + (total & (text.count + total) & 1)
            return try vm.pad(text, left: left, right: total - left, fill)
        }
        type.method("ljust", "(self, width, fillchar=' ', /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            let (total, fill) = try vm.padding(a, text)
            return try vm.pad(text, left: 0, right: total, fill)
        }
        type.method("rjust", "(self, width, fillchar=' ', /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            let (total, fill) = try vm.padding(a, text)
            return try vm.pad(text, left: total, right: 0, fill)
        }
        type.method("zfill", "(self, width, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            let (total, _) = try vm.padding(a, text)
            if total == 0 { return Value(text.object) }
            try vm.checkLength(text.count, total)
            var result = StringBuilder(capacity: text.count + total)
            let hasSign = text.count > 0 && (text[0] == 0x2B || text[0] == 0x2D)
            if hasSign { result.append(text[0]) }
            result.append(0x30, times: total)
            result.append(text, (hasSign ? 1 : 0)..<text.count)
            return try result.string(vm)
        }
        type.method("expandtabs", "(self, tabsize=8)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            let size = a.has(1) ? try vm.int32(a[1]) : 8
            var result = StringBuilder(capacity: text.count + 16)
            var column = 0
            for i in 0..<text.count {
                let c = text[i]
                if c == 0x09 {
                    if size > 0 {
                        let n = size - column % size
                        result.append(0x20, times: n)
                        column += n
                    }
                } else {
                    result.append(c)
                    column = c == 0x0A || c == 0x0D ? 0 : column + 1
                }
            }
            return try result.string(vm)
        }
    }

    /// How many characters to add, and which.
    private func padding(
        _ a: CallArguments, _ text: StringView
    ) throws(Unwind) -> (total: Int, fill: UInt32) {
        let width = try index(a[1])
        var fill: UInt32 = 0x20
        if a.has(2) {
            guard let string = asString(a[2]) else {
                throw raise(
                    .typeError,
                    "The fill character must be a unicode character, not \(typeName(a[2]))")
            }
            if StringView(string).count != 1 {
                throw raise(
                    .typeError, "The fill character must be exactly one character long")
            }
            fill = StringView(string)[0]
        }
        return (max(0, width < text.count ? 0 : width - text.count), fill)
    }
    func pad(
        _ text: StringView, left: Int, right: Int, _ fill: UInt32
    ) throws(Unwind) -> Value {
        if left <= 0 && right <= 0 { return Value(text.object) }
        try checkLength(text.count, left + right)
        let n = text.count
        let width = max(text.width, StringView.width(of: fill))
        return try newString(
            count: n + left + right, width: width, isASCII: text.isASCII && fill < 128
        ) {
            fillCodePoints($0, width, 0, fill, left)
            copyCodePoints(text.data, text.width, $0 + left << width, width, n)
            fillCodePoints($0, width, left + n, fill, right)
        }
    }
    /// Refuses lengths that no memory holds.
    func checkLength(_ n: Int, _ more: Int) throws(Unwind) {
        let sum = n.addingReportingOverflow(more)
        if sum.overflow || sum.partialValue > 1 << 40 { throw outOfMemory() }
    }
}
