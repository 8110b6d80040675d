import InterpreterKit

/// How objects of a built-in type lie in memory, as far as classes derived from it must know.
extension BuiltinType {
    struct Layout {
        /// Nil for that of the base.
        var payload: Payload?
        /// Slots of an instance that the type itself uses; classes add theirs behind.
        var reserved = 0
        var hasDict = false
        /// May be subclassed.
        var isBase = true
    }

    var layout: Layout {
        if rawValue >= BuiltinType.firstException.rawValue {
            return Layout(
                payload: self == .baseException ? .exception : nil,
                reserved: Exception.reserved + exceptionFields, hasDict: true)
        }
        switch self {
        case .object: return Layout()
        case .type: return Layout(payload: .type)
        case .int: return Layout(payload: .int, reserved: 1)
        case .float: return Layout(payload: .float, reserved: 1)
        case .complex: return Layout(payload: .complex, reserved: 1)
        case .str: return Layout(payload: .string, reserved: 1)
        case .bytes: return Layout(payload: .bytes, reserved: 1)
        case .bytearray: return Layout(payload: .byteArray, reserved: 1)
        case .list: return Layout(payload: .list, reserved: 1)
        case .tuple: return Layout(payload: .tuple, reserved: 1)
        case .dict: return Layout(payload: .dict, reserved: 1)
        case .set: return Layout(payload: .set, reserved: 1)
        case .frozenset: return Layout(payload: .frozenSet, reserved: 1)
        case .module: return Layout(payload: .module)
        case .property: return Layout(payload: .property, reserved: 1)
        case .staticMethod: return Layout(payload: .staticMethod, reserved: 1)
        case .classMethod: return Layout(payload: .classMethod, reserved: 1)
        case .superType: return Layout(payload: .super, reserved: 1)
        case .enumerate, .zip, .map, .filter, .reversed:
            return Layout(payload: .iterator, reserved: 1)
        case .teeIterator, .groupIterator: return Layout(isBase: false)
        case _ where isOfItertools: return Layout(payload: .iterator, reserved: 1)
        case .simpleNamespace: return Layout(hasDict: true)
        case .unionType: return Layout(payload: .native, reserved: 2, isBase: false)
        case .genericAlias: return Layout()
        case .ioBase: return Layout(payload: .native, reserved: 1, hasDict: true)
        case .rawIOBase, .bufferedIOBase, .textIOBase: return Layout()
        case .fileIO: return Layout(reserved: FileObject.reserved)
        case .bytesIO: return Layout(reserved: BytesFile.reserved)
        case .bufferedReader, .bufferedWriter, .bufferedRandom, .bufferedPair:
            return Layout(reserved: BufferedFile.reserved)
        case .textWrapper: return Layout(reserved: TextFile.reserved)
        case .stringIO: return Layout(reserved: StringFile.reserved)
        default: return Layout(isBase: false)
        }
    }

    var isOfItertools: Bool {
        rawValue >= BuiltinType.countIterator.rawValue
            && rawValue <= BuiltinType.multisetIterator.rawValue
    }
    /// The module that the type says it belongs to.
    var module: StaticString {
        switch self {
        case .genericAlias, .unionType, .simpleNamespace: "types"
        case .ioBase, .rawIOBase, .bufferedIOBase, .textIOBase, .fileIO, .bytesIO, .bufferedReader,
            .bufferedWriter, .bufferedRandom, .bufferedPair, .textWrapper, .stringIO:
            "_io"
        case _ where isOfItertools: "itertools"
        case .dequeIterator, .dequeReverseIterator: "_collections"
        default: "builtins"
        }
    }
}
