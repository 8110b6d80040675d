import InterpreterKit

/// Methods of `str` that ask what kind of characters it has.
extension VM {
    func addStringTests(_ type: TypeBuilder) {
        type.method("isalpha", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.view(a[0]).consists(of: CodePoint.isAlpha))
        }
        type.method("isdecimal", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.view(a[0]).consists(of: CodePoint.isDecimal))
        }
        type.method("isdigit", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.view(a[0]).consists(of: CodePoint.isDigit))
        }
        type.method("isnumeric", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.view(a[0]).consists(of: CodePoint.isNumeric))
        }
        type.method("isalnum", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.view(a[0]).consists(of: CodePoint.isAlphanumeric))
        }
        type.method("isspace", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.view(a[0]).consists(of: CodePoint.isSpace))
        }
        type.method("isprintable", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            return Value(text.count == 0 || text.consists(of: CodePoint.isPrintable))
        }
        type.method("isascii", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.view(a[0]).isASCII)
        }
        type.method("isidentifier", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            return Value(text.isIdentifier)
        }
        type.method("islower", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            var isThere = false
            for i in 0..<text.count {
                let c = text[i]
                if CodePoint.isUpper(c) || CodePoint.isTitle(c) { return .false }
                isThere = isThere || CodePoint.isLower(c)
            }
            return Value(isThere)
        }
        type.method("isupper", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            var isThere = false
            for i in 0..<text.count {
                let c = text[i]
                if CodePoint.isLower(c) || CodePoint.isTitle(c) { return .false }
                isThere = isThere || CodePoint.isUpper(c)
            }
            return Value(isThere)
        }
        type.method("istitle", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            var isThere = false
            var isInside = false
            for i in 0..<text.count {
                let c = text[i]
                if CodePoint.isUpper(c) || CodePoint.isTitle(c) {
                    if isInside { return .false }
                    isInside = true
                    isThere = true
                } else if CodePoint.isLower(c) {
                    if !isInside { return .false }
                    isThere = true
                } else {
                    isInside = false
                }
            }
            return Value(isThere)
        }
    }
}

extension StringView {
    /// Not empty, and every code point passes.
    @inline(__always) func consists(of test: (UInt32) -> Bool) -> Bool {
        let n = count
        if n == 0 { return false }
        for i in 0..<n where !test(self[i]) { return false }
        return true
    }
    var isIdentifier: Bool {
        let n = count
        if n == 0 || !CodePoint.startsIdentifier(self[0]) { return false }
        for i in 1..<max(1, n) where !CodePoint.continuesIdentifier(self[i]) { return false }
        return true
    }
}
