import Glibc

/// Which file a path or a descriptor leads to.
struct FileIdentity: Equatable {
    private let device: UInt
    private let number: UInt

    init?(_ path: [CChar]) {
        var info = stat()
        if stat(path, &info) != 0 { return nil }
        (device, number) = (UInt(info.st_dev), UInt(info.st_ino))
    }
    /// `stat` or `lstat`.
    static func look(_ path: [CChar], _ follows: Bool, _ info: inout stat) -> Int32 {
        if follows { return stat(path, &info) }
        return lstat(path, &info)
    }
    init?(descriptor: Int32) {
        var info = stat()
        if fstat(descriptor, &info) != 0 { return nil }
        (device, number) = (UInt(info.st_dev), UInt(info.st_ino))
    }
}
