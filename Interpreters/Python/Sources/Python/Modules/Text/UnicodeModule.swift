import InterpreterKit
@_spi(_Unicode) import Swift

extension ModuleBuilder {
    /// The module `_unicodedata`: what the standard library knows about characters.
    func unicodeModule() {
        function("name", "(chr, default=None, /)") { (vm, a) throws(Unwind) in
            let c = try vm.character(a[0], "name() argument 1 must be a unicode character")
            if let name = CharacterNames.name(of: c) { return try vm.string(name) }
            if a.has(1) { return a[1] }
            throw vm.raise(.valueError, "no such name")
        }
        function("lookup", "(name, /)") { (vm, a) throws(Unwind) in
            let name = vm.text(try vm.string(a[0], "lookup() argument must be str"))
            guard let c = CharacterNames.codePoint(named: name) else {
                throw vm.raise(.keyError, "undefined character name '\(name)'")
            }
            return try vm.character(c)
        }
        function("category", "(chr, /)") { (vm, a) throws(Unwind) in
            let c = try vm.character(a[0], "category() argument must be a unicode character")
            return try vm.string(CodePoint.category(c).letters)
        }
        function("combining", "(chr, /)") { (vm, a) throws(Unwind) in
            let c = try vm.character(a[0], "combining() argument must be a unicode character")
            let scalar = Unicode.Scalar(c)
            return Value(Int(scalar?.properties.canonicalCombiningClass.rawValue ?? 0))
        }
        function("mirrored", "(chr, /)") { (vm, a) throws(Unwind) in
            let c = try vm.character(a[0], "mirrored() argument must be a unicode character")
            return Value(Unicode.Scalar(c)?.properties.isBidiMirrored == true ? 1 : 0)
        }
        function("decimal", "(chr, default=None, /)") { (vm, a) throws(Unwind) in
            let c = try vm.character(a[0], "decimal() argument 1 must be a unicode character")
            if let value = CodePoint.decimal(c) { return Value(value) }
            if a.has(1) { return a[1] }
            throw vm.raise(.valueError, "not a decimal")
        }
        function("digit", "(chr, default=None, /)") { (vm, a) throws(Unwind) in
            let c = try vm.character(a[0], "digit() argument 1 must be a unicode character")
            if CodePoint.isDigit(c), let value = Unicode.Scalar(c)?.properties.numericValue {
                return Value(Int(value))
            }
            if a.has(1) { return a[1] }
            throw vm.raise(.valueError, "not a digit")
        }
        function("numeric", "(chr, default=None, /)") { (vm, a) throws(Unwind) in
            let c = try vm.character(a[0], "numeric() argument 1 must be a unicode character")
            if let value = Unicode.Scalar(c)?.properties.numericValue { return vm.value(value) }
            if a.has(1) { return a[1] }
            throw vm.raise(.valueError, "not a numeric character")
        }
        function("compose", "(str, /)") { (vm, a) throws(Unwind) in
            try vm.normalize(try vm.string(a[0]), composes: true)
        }
        function("decompose", "(str, /)") { (vm, a) throws(Unwind) in
            try vm.normalize(try vm.string(a[0]), composes: false)
        }
    }
}

extension VM {
    /// A `str` of one character.
    fileprivate func character(_ value: Value, _ message: String) throws(Unwind) -> UInt32 {
        let view = try string(value, message)
        if view.count == 1 { return view[0] }
        throw raise(.typeError, message + ", not str")
    }
    /// The canonical composition or decomposition. Surrogates part what is normalized.
    fileprivate func normalize(_ view: StringView, composes: Bool) throws(Unwind) -> Value {
        if view.isASCII { return Value(view.object) }
        var text = StringBuilder(capacity: view.count)
        var run = String.UnicodeScalarView()
        func flush() {
            if run.isEmpty { return }
            let piece = String(run)
            if composes {
                for scalar in piece._nfc { text.append(scalar.value) }
            } else {
                for scalar in piece._nfd { text.append(scalar.value) }
            }
            run = String.UnicodeScalarView()
        }
        for i in 0..<view.count {
            if let scalar = Unicode.Scalar(view[i]) {
                run.append(scalar)
            } else {
                flush()
                text.append(view[i])
            }
        }
        flush()
        return try text.string(self)
    }
}

extension Unicode.GeneralCategory {
    /// The two letters of the standard.
    fileprivate var letters: StaticString {
        switch self {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        default: "Cn"
        }
    }
}
