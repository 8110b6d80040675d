import PythonSyntax

/// The names of characters, `LATIN SMALL LETTER A`, both ways.
enum CharacterNames {
    static func name(of c: UInt32) -> String? {
        guard let properties = Unicode.Scalar(c)?.properties else { return nil }
        if let name = properties.name { return name }
        return properties.isUnifiedIdeograph
            ? ideographs + String(c, radix: 16, uppercase: true) : nil
    }
    /// Ignores case; knows aliases too.
    static func codePoint(named name: String) -> UInt32? {
        let name = name.uppercased()
        if name.hasPrefix(ideographs) {
            guard let c = UInt32(name.dropFirst(ideographs.count), radix: 16),
                Unicode.Scalar(c)?.properties.isUnifiedIdeograph == true
            else { return nil }
            return c
        }
        return UnicodeNames.scalar(named: name)?.value
    }

    private static let ideographs = "CJK UNIFIED IDEOGRAPH-"
}
