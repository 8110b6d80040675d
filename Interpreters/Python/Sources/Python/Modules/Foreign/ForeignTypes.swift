import Glibc
import InterpreterKit

/// An `ffi.Type`: a C type, for memory that a program lays out itself.
enum ForeignType {
    /// The address of a `LaidOutType`, in native memory that is never freed.
    static var type: Field<Value> { Instance.slot(0) }
    static var name: Field<Value> { Instance.slot(1) }
    /// See ``VM/shown(_:as:)``.
    static var shape: Field<Value> { Instance.slot(2) }
    static let reserved = 3
}
struct LaidOutType {
    let type: CType
    let layout: CLayout
}

extension VM {
    func addForeignType(to module: ModuleBuilder) -> Reference {
        let type = module.type("Type", in: "ffi", reserved: ForeignType.reserved, isBase: false)
        type.attribute(
            "name", get: { (vm, a) throws(Unwind) in vm[a[0].reference, ForeignType.name] })
        type.attribute("size", get: { (vm, a) throws(Unwind) in Value(vm.type(of: a).size) })
        type.attribute(
            "alignment", get: { (vm, a) throws(Unwind) in Value(vm.type(of: a).alignment) })
        type.attribute(
            "fields", get: { (vm, a) throws(Unwind) in try vm.fields(of: vm.type(of: a)) })
        type.attribute(
            "_description",
            get: { (vm, a) throws(Unwind) in
                try vm.description(
                    of: vm.type(of: a), named: vm.text(vm[a[0].reference, ForeignType.name]))
            })
        type.attribute(
            "_shape",
            get: { (vm, a) throws(Unwind) in vm[a[0].reference, ForeignType.shape] },
            set: { (vm, a) throws(Unwind) in
                vm[a[0].reference, ForeignType.shape] = a[1]
                return .none
            })
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let name = vm.text(vm[a[0].reference, ForeignType.name])
            return try vm.string("<ffi.Type '\(name)', \(vm.type(of: a).size) bytes>")
        }
        type.method("__call__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            let shape = vm[a[0].reference, ForeignType.shape]
            guard shape.isTuple, case let make = vm.item(ofTuple: shape.reference, 0), make.isType
            else { throw vm.raise(.typeError, "only values of structs are made by calls") }
            let arguments = try vm.tuple(a.base + 1, a.count - 1)
            let keywords = a.keywords == .unbound ? Value.none : a.keywords
            return try vm.call(make, arguments: arguments, keywords: keywords)
        }
        type.method("pack", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.pack(a[1], as: a)
        }
        type.method("unpack", "(self, data, offset=0, /)") { (vm, a) throws(Unwind) in
            try vm.unpack(a)
        }
        type.method("read", "(self, pointer, index=0, /)") { (vm, a) throws(Unwind) in
            try vm.read(a)
        }
        type.method("write", "(self, pointer, value, index=0, /)") { (vm, a) throws(Unwind) in
            let target = try vm.element(a, index: 3)
            try vm.write(foreign: target, BytesView(try vm.pack(a[2], as: a)))
            return .none
        }
        touch(type.type)
        return type.type
    }

    func newForeignType(_ name: Value, _ type: CType) throws(Unwind) -> Value {
        let box = UnsafeMutablePointer<LaidOutType>.allocate(capacity: 1)
        box.initialize(to: LaidOutType(type: type, layout: CLayout(type)))
        let object = try newInstance(python.foreign.typeType.reference)
        self[object, ForeignType.type] = Value(native: box)
        self[object, ForeignType.name] = name
        return Value(object)
    }
    private func laidOut(_ a: CallArguments) -> UnsafeMutablePointer<LaidOutType> {
        self[a[0].reference, ForeignType.type].native(LaidOutType.self)
    }
    private func type(of a: CallArguments) -> CType { laidOut(a).pointee.type }
    private func fields(of type: CType) throws(Unwind) -> Value {
        let list = try newList()
        if case .aggregate(let aggregate) = type {
            for member in aggregate.members {
                try append(list, try tuple(try string(member.name), Value(member.offset)))
            }
        }
        return try tuple(ofList: list)
    }

    /// The bytes of a value.
    private func pack(_ value: Value, as a: CallArguments) throws(Unwind) -> Value {
        let type = type(of: a)
        let layout = laidOut(a).pointee.layout
        var problem: ForeignError.Problem? = .argumentType
        let plain = try foreign(value, as: type)
        let bytes = try newBytes(count: type.size) {
            memset($0, 0, type.size)
            if let plain { problem = layout.write(plain, to: $0, strings: Shape.bytes.kind) }
        }
        guard let problem else { return bytes }
        let name = text(self[a[0].reference, ForeignType.name])
        switch problem {
        case .argumentRange:
            throw raise(foreign: .range, "the value does not fit '\(name)'")
        case .size:
            throw raise(foreign: .value, "another number of members or bytes than '\(name)' has")
        default:
            throw raise(foreign: .argument, "'\(name)' cannot be made from \(typeName(value))")
        }
    }
    private func unpack(_ a: CallArguments) throws(Unwind) -> Value {
        guard isBytesLike(a[1]) else {
            throw raise(.typeError, "a bytes-like object is required, not '\(typeName(a[1]))'")
        }
        let bytes = BytesView(try contiguous(a[1]))
        let offset = a.has(2) ? try index(a[2]) : 0
        if offset < 0 || offset > bytes.count || bytes.count - offset < type(of: a).size {
            throw raise(
                .valueError,
                "\(type(of: a).size) bytes are needed from there, not \(max(0, bytes.count - offset))"
            )
        }
        return try value(at: bytes.data + offset, a)
    }
    private func read(_ a: CallArguments) throws(Unwind) -> Value {
        let source = try element(a, index: 2)
        let size = type(of: a).size
        if size > 8 {
            let bytes = try foreignBytes(source, size)
            return try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) {
                (copy) throws(Unwind) in
                copy.copyBytes(from: bytes)
                return try value(at: copy.baseAddress.unsafelyUnwrapped, a)
            }
        }
        try irrevocably("memory of foreign code")
        let word = q.observe {
            var word: UInt64 = 0
            memcpy(&word, source, size)
            return word
        }
        return try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) {
            (copy) throws(Unwind) in
            copy[0] = word
            return try value(at: copy.baseAddress.unsafelyUnwrapped, a)
        }
    }
    /// Element `index` of the array that a pointer leads to.
    private func element(
        _ a: CallArguments, index i: Int
    ) throws(Unwind) -> UnsafeMutableRawPointer {
        guard isPointer(a[1]) else {
            throw raise(.typeError, "an ffi.Pointer is required, not '\(typeName(a[1]))'")
        }
        let number = a.has(i) ? try index(a[i]) : 0
        let (distance, overflow) = number.multipliedReportingOverflow(by: type(of: a).size)
        if overflow || abs(distance) > 1 << 48 {
            throw raise(.overflowError, "the address is out of range")
        }
        return memory(a[1]) + distance
    }
    private func value(at source: UnsafeRawPointer, _ a: CallArguments) throws(Unwind) -> Value {
        let type = type(of: a)
        switch type {
        case .int32: return Value(Int(source.loadUnaligned(as: Int32.self)))
        case .int64: return try int(Int(source.loadUnaligned(as: Int64.self)))
        case .uint64: return try int(source.loadUnaligned(as: UInt64.self))
        default: break
        }
        guard let value = laidOut(a).pointee.layout.read(source, q, strings: .bytes) else {
            throw raise(foreign: .range, "a number there needs more than 62 bits")
        }
        return try shown(value, as: self[a[0].reference, ForeignType.shape])
    }
}
