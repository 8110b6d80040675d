import Glibc
import InterpreterKit

/// `os.stat` and `os.scandir`.
extension ModuleBuilder {
    func addStatus(_ type: StructType) {
        for (name, isLink) in [("stat", false), ("lstat", true)] as [(StaticString, Bool)] {
            function(name, "(path, *, dir_fd=None, follow_symlinks=True)") {
                (vm, a) throws(Unwind) in
                let follows = a.has(2) ? try vm.isTrue(a[2]) : true
                return try vm.status(
                    of: a[0], follows: follows && !isLink, type, function: "\(name)")
            }
        }
        function("fstat", "(fd)") { (vm, a) throws(Unwind) in
            let descriptor = try vm.descriptor(number: a[0])
            var info = stat()
            try vm.system { Int(Glibc.fstat(descriptor, &info)) }
            return try vm.object(of: info, type)
        }
    }

    func addFolderScan(_ statType: StructType) {
        let entry = type("DirEntry", in: "posix", reserved: EntryObject.reserved, isBase: false)
        entry.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.string(
                "<DirEntry \(vm.text(try vm.repr(vm[a[0].reference, EntryObject.name])))>")
        }
        entry.attribute(
            "name", get: { (vm, a) throws(Unwind) in vm[a[0].reference, EntryObject.name] })
        entry.attribute(
            "path", get: { (vm, a) throws(Unwind) in vm[a[0].reference, EntryObject.path] })
        entry.method("__fspath__", "(self, /)") { (vm, a) throws(Unwind) in
            vm[a[0].reference, EntryObject.path]
        }
        entry.method("inode", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm[a[0].reference, EntryObject.number])
        }
        entry.method("stat", "(self, /, *, follow_symlinks=True)") { (vm, a) throws(Unwind) in
            let follows = a.has(1) ? try vm.isTrue(a[1]) : true
            return try vm.status(
                of: vm[a[0].reference, EntryObject.path], follows: follows, statType,
                function: "stat")
        }
        for (name, kind, mode)
            in [("is_dir", DT_DIR, S_IFDIR), ("is_file", DT_REG, S_IFREG)]
            as [(StaticString, Int, mode_t)]
        {
            entry.method(name, "(self, /, *, follow_symlinks=True)") { (vm, a) throws(Unwind) in
                let known = vm[a[0].reference, EntryObject.kind]
                let follows = a.has(1) ? try vm.isTrue(a[1]) : true
                if known != Int(DT_UNKNOWN) && (known != Int(DT_LNK) || !follows) {
                    return Value(known == kind)
                }
                let path = try vm.path(vm[a[0].reference, EntryObject.path])
                var info = stat()
                let error = FileIdentity.look(path, follows, &info)
                return Value(error == 0 && info.st_mode & S_IFMT == mode)
            }
        }
        entry.method("is_symlink", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm[a[0].reference, EntryObject.kind] == Int(DT_LNK))
        }
        function("_scandir", "(path, /)") { (vm, a) throws(Unwind) in
            try vm.scan(a[0], entry.type)
        }
    }
}

/// An `os.DirEntry`.
private enum EntryObject {
    static var name: Field<Value> { Instance.slot(0) }
    static var path: Field<Value> { Instance.slot(1) }
    static var kind: Field<Int> { Field(5) }
    static var number: Field<Int> { Field(6) }
    static let reserved = 4
}

extension VM {
    fileprivate func status(
        of value: Value, follows: Bool, _ type: StructType, function: String
    ) throws(Unwind) -> Value {
        var info = stat()
        if !value.isReference || isInteger(value), let number = asInt(value) {
            let descriptor = try descriptor(number: number)
            try system { Int(fstat(descriptor, &info)) }
            return try object(of: info, type)
        }
        let path = try path(value, function: function, allowsNumber: true)
        try flushUnsaved(path)
        try system(try plainPath(value)) {
            Int(FileIdentity.look(path, follows, &info))
        }
        return try object(of: info, type)
    }
    fileprivate func object(of info: stat, _ type: StructType) throws(Unwind) -> Value {
        let list = try newList(capacity: 19)
        for number in [
            Int(info.st_mode), Int(info.st_ino), Int(info.st_dev), Int(info.st_nlink),
            Int(info.st_uid), Int(info.st_gid), Int(info.st_size), info.st_atim.tv_sec,
            info.st_mtim.tv_sec, info.st_ctim.tv_sec,
        ] { try append(list, try int(number)) }
        let times = [info.st_atim, info.st_mtim, info.st_ctim]
        for time in times {
            try append(list, self.value(Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)))
        }
        for time in times {
            try append(list, try int(time.tv_sec &* 1_000_000_000 &+ time.tv_nsec))
        }
        for number in [Int(info.st_blksize), Int(info.st_blocks), Int(info.st_rdev)] {
            try append(list, try int(number))
        }
        return try type.make(self, list)
    }

    /// A list of the members of a folder as `DirEntry` objects.
    fileprivate func scan(_ folder: Value, _ type: Reference) throws(Unwind) -> Value {
        let given = folder == .none ? shared.pointee.characters[0x2E] : folder
        let plain = try plainPath(given)
        let entries = try entries(ofFolder: given, function: "scandir")
        let isBytes = asBytes(plain) != nil
        var prefix =
            isBytes
            ? Array(BytesView(asBytes(plain) ?? plain).buffer)
            : fileSystemBytes(asString(plain) ?? shared.pointee.emptyString)
        if prefix.last != 0x2F { prefix.append(0x2F) }
        let list = try newList(capacity: entries.count)
        for entry in entries {
            let object = try newInstance(type)
            let path = prefix + entry.name
            self[object, EntryObject.name] =
                isBytes ? try bytes(entry.name) : try fileSystemString(entry.name)
            self[object, EntryObject.path] =
                isBytes ? try bytes(path) : try fileSystemString(path)
            self[object, EntryObject.kind] = Int(entry.kind)
            self[object, EntryObject.number] = Int(truncatingIfNeeded: entry.number) & (1 << 60 - 1)
            try append(list, Value(object))
        }
        return Value(list)
    }
}
