import InterpreterKit

extension ModuleBuilder {
    /// The module `_hashes`, which `hashlib` is made of. The state of a hash function is bytes here: its
    /// objects hold them and replace them.
    func hashes() {
        function("sizes", "(name, /)") { (vm, a) throws(Unwind) in
            guard let function = HashFunction(name: vm.text(a[0])) else { return .none }
            return try vm.tuple(Value(function.digestSize), Value(function.blockSize))
        }
        function("start", "(name, parameters=b'', key=b'', /)") { (vm, a) throws(Unwind) in
            guard let function = HashFunction(name: vm.text(a[0])) else {
                throw vm.raise(.valueError, "unsupported hash type \(vm.text(a[0]))")
            }
            if !a.has(1) { return try vm.bytes(HashState(function).bytes) }
            // Words of the function's length, as bytes.
            let parameters = Array(try vm.bytesLike(a[1]).buffer)
            let key = a.has(2) ? Array(try vm.bytesLike(a[2]).buffer) : []
            let size = function.blockSize / 16
            guard parameters.count == 8 * size, key.count <= function.blockSize else {
                throw vm.raise(.valueError, "wrong length of parameters")
            }
            let words = (0..<8).map { i in
                parameters[(i * size)..<((i + 1) * size)].reversed().reduce(0) {
                    $0 << 8 | UInt64($1)
                }
            }
            return try vm.bytes(HashState(function, parameters: words, key: key).bytes)
        }
        function("update", "(state, data, /)") { (vm, a) throws(Unwind) in
            var state = try vm.hashState(a[0])
            state.update(try vm.bytesLike(a[1]).buffer)
            return try vm.bytes(state.bytes)
        }
        function("digest", "(state, size, /)") { (vm, a) throws(Unwind) in
            let state = try vm.hashState(a[0])
            let size = try vm.index(a[1])
            let limit = state.function.digestSize == 0 ? 1 << 29 : state.function.digestSize
            guard size >= 0, size <= limit else {
                throw vm.raise(.valueError, "value must be positive")
            }
            return try vm.bytes(state.digest(size))
        }
    }
}

extension VM {
    fileprivate func hashState(_ value: Value) throws(Unwind) -> HashState {
        guard let state = HashState(try bytesLike(value).buffer) else {
            throw raise(.valueError, "not the state of a hash function")
        }
        return state
    }
}
