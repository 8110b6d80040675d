import Glibc
import InterpreterKit

/// An `ffi.Pointer`: an address that C has given. There is none for NULL, which is None.
///
/// Reading and writing memory of C cannot be undone, and what lies there may be gone in a run of a quantum
/// that did not happen: so both are done irrevocably.
enum ForeignPointer {
    static var address: Field<Int> { Field(Instance.slot(0).index) }
    static let reserved = 1
}

extension VM {
    func addForeignPointer(to module: ModuleBuilder) -> Reference {
        let type = module.type(
            "Pointer", in: "ffi", reserved: ForeignPointer.reserved, isBase: false)
        type.new("(cls, address, /)") { (vm, a) throws(Unwind) in
            let address = try vm.index(a[1])
            if address <= 0 || address >= 1 << 60 {
                throw vm.raise(.valueError, "an address lies between 1 and 2 ** 60")
            }
            return try vm.newPointer(address)
        }
        type.attribute(
            "address", get: { (vm, a) throws(Unwind) in Value(vm.address(of: a[0])) })
        for name: StaticString in ["__int__", "__index__", "__hash__"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in Value(vm.address(of: a[0])) }
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.string("<ffi.Pointer 0x\(String(vm.address(of: a[0]), radix: 16))>")
        }
        for comparison in [Comparison.equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual]
        {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                guard vm.isPointer(a[1]) else { return .notImplemented }
                return try vm.compare(
                    comparison, Value(vm.address(of: a[0])), Value(vm.address(of: a[1])))
            }
        }
        type.method("__add__", "(self, value, /)") { (vm, a) throws(Unwind) in
            guard let distance = vm.asInt(a[1]) else { return .notImplemented }
            return try vm.moved(a[0], by: try vm.index(distance))
        }
        type.method("__sub__", "(self, value, /)") { (vm, a) throws(Unwind) in
            if vm.isPointer(a[1]) { return Value(vm.address(of: a[0]) - vm.address(of: a[1])) }
            guard let distance = vm.asInt(a[1]) else { return .notImplemented }
            return try vm.moved(a[0], by: 0 &- (try vm.index(distance)))
        }
        type.method("read", "(self, count, /)") { (vm, a) throws(Unwind) in
            let count = try vm.index(a[1])
            if count < 0 { throw vm.raise(.valueError, "count must not be negative") }
            return try vm.bytes(try vm.foreignBytes(vm.memory(a[0]), count))
        }
        type.method("string", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.bytes(try vm.foreignBytes(vm.memory(a[0]), nil))
        }
        type.method("write", "(self, data, /)") { (vm, a) throws(Unwind) in
            guard vm.isBytesLike(a[1]) else {
                throw vm.raise(
                    .typeError, "a bytes-like object is required, not '\(vm.typeName(a[1]))'")
            }
            try vm.write(foreign: vm.memory(a[0]), BytesView(try vm.contiguous(a[1])))
            return .none
        }
        touch(type.type)
        return type.type
    }

    /// `count` bytes of C, or all before the first zero.
    func foreignBytes(
        _ source: UnsafeRawPointer, _ count: Int?
    ) throws(Unwind) -> [UInt8] {
        try irrevocably("memory of foreign code")
        return q.observe {
            let count = count ?? strlen(source.assumingMemoryBound(to: CChar.self))
            return [UInt8](UnsafeRawBufferPointer(start: source, count: count))
        }
    }
    func write(
        foreign target: UnsafeMutableRawPointer, _ bytes: BytesView
    ) throws(Unwind) {
        try irrevocably("memory of foreign code")
        q.observe { target.copyMemory(from: bytes.data, byteCount: bytes.count) }
    }

    func isPointer(_ value: Value) -> Bool {
        value.isInstance && Value(type(of: value)) == python.foreign.pointerType
    }
    /// The number behind a pointer.
    func address(of pointer: Value) -> Int { self[pointer.reference, ForeignPointer.address] }
    func memory(_ pointer: Value) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(bitPattern: address(of: pointer)).unsafelyUnwrapped
    }
    /// As the gateway takes it; nil for what is no pointer.
    func address(ofPointer value: Value) -> Value? {
        isPointer(value) ? Value(address: memory(value)) : nil
    }
    func newPointer(_ address: Int) throws(Unwind) -> Value {
        if address == 0 { return .none }
        let pointer = try newInstance(python.foreign.pointerType.reference)
        self[pointer, ForeignPointer.address] = address
        return Value(pointer)
    }
    private func moved(_ pointer: Value, by distance: Int) throws(Unwind) -> Value {
        let (address, overflow) = address(of: pointer).addingReportingOverflow(distance)
        if overflow || address <= 0 || address >= 1 << 60 {
            throw raise(.overflowError, "the address is out of range")
        }
        return try newPointer(address)
    }
}
