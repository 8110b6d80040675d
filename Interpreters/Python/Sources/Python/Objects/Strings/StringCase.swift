import Glibc
import InterpreterKit

/// Methods of `str` about upper and lower case.
extension VM {
    func addStringCase(_ type: TypeBuilder) {
        type.method("lower", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            return text.isASCII
                ? try vm.mapASCII(text, from: 0x41) : try vm.lower(text)
        }
        type.method("upper", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            return text.isASCII
                ? try vm.mapASCII(text, from: 0x61) : try vm.map(text, .upper)
        }
        type.method("casefold", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            return text.isASCII
                ? try vm.mapASCII(text, from: 0x41) : try vm.map(text, .fold)
        }
        type.method("swapcase", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            var result = StringBuilder(capacity: text.count)
            for i in 0..<text.count {
                let c = text[i]
                if CodePoint.isUpper(c) {
                    text.appendLower(i, to: &result)
                } else if CodePoint.isLower(c) {
                    CodePoint.append(.upper, of: c, to: &result)
                } else {
                    result.append(c)
                }
            }
            return try result.string(vm)
        }
        type.method("title", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            var result = StringBuilder(capacity: text.count)
            var isInside = false
            for i in 0..<text.count {
                let c = text[i]
                if isInside {
                    text.appendLower(i, to: &result)
                } else {
                    CodePoint.append(.title, of: c, to: &result)
                }
                isInside = CodePoint.isCased(c)
            }
            return try result.string(vm)
        }
        type.method("capitalize", "(self, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            var result = StringBuilder(capacity: text.count)
            for i in 0..<text.count {
                if i == 0 {
                    CodePoint.append(.title, of: text[0], to: &result)
                } else {
                    text.appendLower(i, to: &result)
                }
            }
            return try result.string(vm)
        }
    }

    /// Letters from `first` on, 26 of them, change case.
    private func mapASCII(_ text: StringView, from first: UInt8) throws(Unwind) -> Value {
        let n = text.count
        if n == 0 { return shared.pointee.emptyString }
        return try newString(count: n, width: 0, isASCII: true) {
            let (source, target) = (text.bytes, $0.assumingMemoryBound(to: UInt8.self))
            for i in 0..<n {
                let c = source[i]
                target[i] = c ^ (c &- first < 26 ? 0x20 : 0)
            }
        }
    }
    private func map(_ text: StringView, _ mapping: CodePoint.Mapping) throws(Unwind) -> Value {
        var result = StringBuilder(capacity: text.count)
        for i in 0..<text.count { CodePoint.append(mapping, of: text[i], to: &result) }
        return try result.string(self)
    }
    private func lower(_ text: StringView) throws(Unwind) -> Value {
        var result = StringBuilder(capacity: text.count)
        for i in 0..<text.count { text.appendLower(i, to: &result) }
        return try result.string(self)
    }
}

extension StringView {
    /// The lower case of code point `i`: a sigma at the end of a word has a form of its own.
    func appendLower(_ i: Int, to text: inout StringBuilder) {
        let c = self[i]
        if c != 0x3A3 { return CodePoint.append(.lower, of: c, to: &text) }
        var k = i &- 1
        while k >= 0 && CodePoint.isCaseIgnorable(self[k]) { k &-= 1 }
        var isFinal = k >= 0 && CodePoint.isCased(self[k])
        if isFinal {
            k = i &+ 1
            while k < count && CodePoint.isCaseIgnorable(self[k]) { k &+= 1 }
            isFinal = k == count || !CodePoint.isCased(self[k])
        }
        text.append(isFinal ? 0x3C2 : 0x3C3)
    }
}
