import Glibc

/// What the gateway has to say to whoever runs the program.
enum GatewayReport {
    static func write(_ text: String) {
        var line = "foreign code: \(text)\n"
        line.withUTF8 { utf8 in
            var rest = UnsafeRawBufferPointer(utf8)
            while !rest.isEmpty {
                let count = Glibc.write(2, rest.baseAddress, rest.count)
                if count <= 0 && errno != EINTR { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[max(0, count)...])
            }
        }
    }
}
