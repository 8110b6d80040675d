import Glibc

/// What a folder says of one of its members.
struct FolderEntry {
    let name: [UInt8]
    /// `DT_REG` and the like.
    let kind: UInt8
    let number: UInt

    init(_ entry: UnsafeMutablePointer<dirent>) {
        name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
            tuple.withMemoryRebound(
                to: UInt8.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)
            ) { bytes in Array(UnsafeBufferPointer(start: bytes, count: strlen(bytes))) }
        }
        kind = entry.pointee.d_type
        number = UInt(entry.pointee.d_ino)
    }
}
