import InterpreterKit

/// `_io`: what the module `io`, written in Python, is made of.
extension ModuleBuilder {
    func files() throws(Unwind) {
        for (name, type)
            in [
                ("_IOBase", .ioBase), ("_RawIOBase", .rawIOBase),
                ("_BufferedIOBase", .bufferedIOBase), ("_TextIOBase", .textIOBase),
                ("FileIO", .fileIO), ("BytesIO", .bytesIO), ("StringIO", .stringIO),
                ("BufferedReader", .bufferedReader), ("BufferedWriter", .bufferedWriter),
                ("BufferedRandom", .bufferedRandom), ("BufferedRWPair", .bufferedPair),
                ("TextIOWrapper", .textWrapper),
            ] as [(StaticString, BuiltinType)]
        {
            constant(name, Value(vm.type(type)))
        }
        constant("UnsupportedOperation", vm.python.system[.unsupportedOperation])
        constant("BlockingIOError", Value(vm.type(.blockingIOError)))
        constant("DEFAULT_BUFFER_SIZE", Value(BufferedFile.standardSize))
        constant("open", vm.find(vm.shared.pointee.builtins, name: vm.intern("open")))
        function("text_encoding", "(encoding, stacklevel=2, /)") { (vm, a) throws(Unwind) in
            a[0] == .none ? try vm.string("locale") : a[0]
        }
    }
}
