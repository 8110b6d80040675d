/// Characters by name, as in `\N{GREEK SMALL LETTER PI}`.
public enum UnicodeNames {
    /// Names are not case-sensitive.
    public static func scalar(named name: String) -> Unicode.Scalar? { table[name.uppercased()] }

    /// Made from the names that the standard library knows, when a program first asks for one.
    private static let table: [String: Unicode.Scalar] = {
        var table: [String: Unicode.Scalar] = [:]
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let properties = scalar.properties
            if let name = properties.name { table[name] = scalar }
            if let alias = properties.nameAlias, table[alias] == nil { table[alias] = scalar }
        }
        return table
    }()
}
