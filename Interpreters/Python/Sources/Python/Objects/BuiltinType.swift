/// The types that exist before the first program line, base before derived.
@usableFromInline enum BuiltinType: UInt16, CaseIterable {
    case object, type, int, bool, float, complex, str, bytes, bytearray, memoryview, list, tuple,
        dict, set
    case frozenset, range, slice, function, builtinFunction, methodDescriptor, wrapperDescriptor
    case methodWrapper, method, cell, module, generator, coroutine, asyncGenerator,
        asyncGeneratorStep
    case coroutineWrapper, noneType, notImplementedType, ellipsisType, property, staticMethod
    case classMethod, classMethodDescriptor, superType, code, traceback, frame, memberDescriptor
    case getSetDescriptor, dictKeys, dictValues, dictItems, mappingProxy, listIterator
    case listReverseIterator, tupleIterator, rangeIterator, stringIterator, bytesIterator
    case byteArrayIterator, setIterator, dictKeyIterator, dictValueIterator, dictItemIterator
    case dictReverseKeyIterator, dictReverseValueIterator, dictReverseItemIterator
    case memoryIterator, callableIterator, sequenceIterator, enumerate, zip, map, filter
    case reversed, countIterator, cycleIterator, repeatIterator, accumulateIterator, chainIterator
    case compressIterator, dropWhileIterator, filterFalseIterator, groupByIterator, groupIterator
    case sliceIterator, pairIterator, starMapIterator, takeWhileIterator, teeIterator
    case zipLongestIterator, productIterator, permutationIterator, combinationIterator
    case multisetIterator, dequeIterator, dequeReverseIterator, genericAlias, unionType,
        simpleNamespace
    case ioBase, rawIOBase, bufferedIOBase, textIOBase, fileIO, bytesIO, bufferedReader,
        bufferedWriter
    case bufferedRandom, bufferedPair, textWrapper, stringIO, baseException, exception
    case baseExceptionGroup, exceptionGroup, generatorExit, keyboardInterrupt, systemExit
    case arithmeticError, floatingPointError, overflowError, zeroDivisionError, assertionError
    case attributeError, bufferError, eofError, importError, moduleNotFoundError, lookupError
    case indexError, keyError, memoryError, nameError, unboundLocalError, osError
    case blockingIOError, childProcessError, connectionError, brokenPipeError
    case connectionAbortedError, connectionRefusedError, connectionResetError, fileExistsError
    case fileNotFoundError, interruptedError, isADirectoryError, notADirectoryError
    case permissionError, processLookupError, timeoutError, referenceError, runtimeError
    case notImplementedError, recursionError, stopAsyncIteration, stopIteration, syntaxError
    case indentationError, tabError, systemError, typeError, valueError, unicodeError
    case unicodeDecodeError, unicodeEncodeError, unicodeTranslateError, warning, bytesWarning
    case deprecationWarning, encodingWarning, futureWarning, importWarning
    case pendingDeprecationWarning, resourceWarning, runtimeWarning, syntaxWarning
    case unicodeWarning, userWarning

    /// As the guest sees it, and its base.
    var facts: (name: StaticString, base: BuiltinType) {
        switch self {
        case .object: ("object", .object)
        case .type: ("type", .object)
        case .int: ("int", .object)
        case .bool: ("bool", .int)
        case .float: ("float", .object)
        case .complex: ("complex", .object)
        case .str: ("str", .object)
        case .bytes: ("bytes", .object)
        case .bytearray: ("bytearray", .object)
        case .memoryview: ("memoryview", .object)
        case .list: ("list", .object)
        case .tuple: ("tuple", .object)
        case .dict: ("dict", .object)
        case .set: ("set", .object)
        case .frozenset: ("frozenset", .object)
        case .range: ("range", .object)
        case .slice: ("slice", .object)
        case .function: ("function", .object)
        case .builtinFunction: ("builtin_function_or_method", .object)
        case .methodDescriptor: ("method_descriptor", .object)
        case .wrapperDescriptor: ("wrapper_descriptor", .object)
        case .methodWrapper: ("method-wrapper", .object)
        case .method: ("method", .object)
        case .cell: ("cell", .object)
        case .module: ("module", .object)
        case .generator: ("generator", .object)
        case .coroutine: ("coroutine", .object)
        case .asyncGenerator: ("async_generator", .object)
        case .asyncGeneratorStep: ("async_generator_asend", .object)
        case .coroutineWrapper: ("coroutine_wrapper", .object)
        case .noneType: ("NoneType", .object)
        case .notImplementedType: ("NotImplementedType", .object)
        case .ellipsisType: ("ellipsis", .object)
        case .property: ("property", .object)
        case .staticMethod: ("staticmethod", .object)
        case .classMethod: ("classmethod", .object)
        case .classMethodDescriptor: ("classmethod_descriptor", .object)
        case .superType: ("super", .object)
        case .code: ("code", .object)
        case .traceback: ("traceback", .object)
        case .frame: ("frame", .object)
        case .memberDescriptor: ("member_descriptor", .object)
        case .getSetDescriptor: ("getset_descriptor", .object)
        case .dictKeys: ("dict_keys", .object)
        case .dictValues: ("dict_values", .object)
        case .dictItems: ("dict_items", .object)
        case .mappingProxy: ("mappingproxy", .object)
        case .listIterator: ("list_iterator", .object)
        case .listReverseIterator: ("list_reverseiterator", .object)
        case .tupleIterator: ("tuple_iterator", .object)
        case .rangeIterator: ("range_iterator", .object)
        case .stringIterator: ("str_iterator", .object)
        case .bytesIterator: ("bytes_iterator", .object)
        case .byteArrayIterator: ("bytearray_iterator", .object)
        case .setIterator: ("set_iterator", .object)
        case .dictKeyIterator: ("dict_keyiterator", .object)
        case .dictValueIterator: ("dict_valueiterator", .object)
        case .dictItemIterator: ("dict_itemiterator", .object)
        case .dictReverseKeyIterator: ("dict_reversekeyiterator", .object)
        case .dictReverseValueIterator: ("dict_reversevalueiterator", .object)
        case .dictReverseItemIterator: ("dict_reverseitemiterator", .object)
        case .memoryIterator: ("memory_iterator", .object)
        case .callableIterator: ("callable_iterator", .object)
        case .sequenceIterator: ("iterator", .object)
        case .enumerate: ("enumerate", .object)
        case .zip: ("zip", .object)
        case .map: ("map", .object)
        case .filter: ("filter", .object)
        case .reversed: ("reversed", .object)
        case .countIterator: ("count", .object)
        case .cycleIterator: ("cycle", .object)
        case .repeatIterator: ("repeat", .object)
        case .accumulateIterator: ("accumulate", .object)
        case .chainIterator: ("chain", .object)
        case .compressIterator: ("compress", .object)
        case .dropWhileIterator: ("dropwhile", .object)
        case .filterFalseIterator: ("filterfalse", .object)
        case .groupByIterator: ("groupby", .object)
        case .groupIterator: ("_grouper", .object)
        case .sliceIterator: ("islice", .object)
        case .pairIterator: ("pairwise", .object)
        case .starMapIterator: ("starmap", .object)
        case .takeWhileIterator: ("takewhile", .object)
        case .teeIterator: ("_tee", .object)
        case .zipLongestIterator: ("zip_longest", .object)
        case .productIterator: ("product", .object)
        case .permutationIterator: ("permutations", .object)
        case .combinationIterator: ("combinations", .object)
        case .multisetIterator: ("combinations_with_replacement", .object)
        case .dequeIterator: ("_deque_iterator", .object)
        case .dequeReverseIterator: ("_deque_reverse_iterator", .object)
        case .genericAlias: ("GenericAlias", .object)
        case .unionType: ("UnionType", .object)
        case .simpleNamespace: ("SimpleNamespace", .object)
        case .ioBase: ("_IOBase", .object)
        case .rawIOBase: ("_RawIOBase", .ioBase)
        case .bufferedIOBase: ("_BufferedIOBase", .ioBase)
        case .textIOBase: ("_TextIOBase", .ioBase)
        case .fileIO: ("FileIO", .rawIOBase)
        case .bytesIO: ("BytesIO", .bufferedIOBase)
        case .bufferedReader: ("BufferedReader", .bufferedIOBase)
        case .bufferedWriter: ("BufferedWriter", .bufferedIOBase)
        case .bufferedRandom: ("BufferedRandom", .bufferedIOBase)
        case .bufferedPair: ("BufferedRWPair", .bufferedIOBase)
        case .textWrapper: ("TextIOWrapper", .textIOBase)
        case .stringIO: ("StringIO", .textIOBase)
        case .baseException: ("BaseException", .object)
        case .exception: ("Exception", .baseException)
        case .baseExceptionGroup: ("BaseExceptionGroup", .baseException)
        case .exceptionGroup: ("ExceptionGroup", .baseExceptionGroup)
        case .generatorExit: ("GeneratorExit", .baseException)
        case .keyboardInterrupt: ("KeyboardInterrupt", .baseException)
        case .systemExit: ("SystemExit", .baseException)
        case .arithmeticError: ("ArithmeticError", .exception)
        case .floatingPointError: ("FloatingPointError", .arithmeticError)
        case .overflowError: ("OverflowError", .arithmeticError)
        case .zeroDivisionError: ("ZeroDivisionError", .arithmeticError)
        case .assertionError: ("AssertionError", .exception)
        case .attributeError: ("AttributeError", .exception)
        case .bufferError: ("BufferError", .exception)
        case .eofError: ("EOFError", .exception)
        case .importError: ("ImportError", .exception)
        case .moduleNotFoundError: ("ModuleNotFoundError", .importError)
        case .lookupError: ("LookupError", .exception)
        case .indexError: ("IndexError", .lookupError)
        case .keyError: ("KeyError", .lookupError)
        case .memoryError: ("MemoryError", .exception)
        case .nameError: ("NameError", .exception)
        case .unboundLocalError: ("UnboundLocalError", .nameError)
        case .osError: ("OSError", .exception)
        case .blockingIOError: ("BlockingIOError", .osError)
        case .childProcessError: ("ChildProcessError", .osError)
        case .connectionError: ("ConnectionError", .osError)
        case .brokenPipeError: ("BrokenPipeError", .connectionError)
        case .connectionAbortedError: ("ConnectionAbortedError", .connectionError)
        case .connectionRefusedError: ("ConnectionRefusedError", .connectionError)
        case .connectionResetError: ("ConnectionResetError", .connectionError)
        case .fileExistsError: ("FileExistsError", .osError)
        case .fileNotFoundError: ("FileNotFoundError", .osError)
        case .interruptedError: ("InterruptedError", .osError)
        case .isADirectoryError: ("IsADirectoryError", .osError)
        case .notADirectoryError: ("NotADirectoryError", .osError)
        case .permissionError: ("PermissionError", .osError)
        case .processLookupError: ("ProcessLookupError", .osError)
        case .timeoutError: ("TimeoutError", .osError)
        case .referenceError: ("ReferenceError", .exception)
        case .runtimeError: ("RuntimeError", .exception)
        case .notImplementedError: ("NotImplementedError", .runtimeError)
        case .recursionError: ("RecursionError", .runtimeError)
        case .stopAsyncIteration: ("StopAsyncIteration", .exception)
        case .stopIteration: ("StopIteration", .exception)
        case .syntaxError: ("SyntaxError", .exception)
        case .indentationError: ("IndentationError", .syntaxError)
        case .tabError: ("TabError", .indentationError)
        case .systemError: ("SystemError", .exception)
        case .typeError: ("TypeError", .exception)
        case .valueError: ("ValueError", .exception)
        case .unicodeError: ("UnicodeError", .valueError)
        case .unicodeDecodeError: ("UnicodeDecodeError", .unicodeError)
        case .unicodeEncodeError: ("UnicodeEncodeError", .unicodeError)
        case .unicodeTranslateError: ("UnicodeTranslateError", .unicodeError)
        case .warning: ("Warning", .exception)
        case .bytesWarning: ("BytesWarning", .warning)
        case .deprecationWarning: ("DeprecationWarning", .warning)
        case .encodingWarning: ("EncodingWarning", .warning)
        case .futureWarning: ("FutureWarning", .warning)
        case .importWarning: ("ImportWarning", .warning)
        case .pendingDeprecationWarning: ("PendingDeprecationWarning", .warning)
        case .resourceWarning: ("ResourceWarning", .warning)
        case .runtimeWarning: ("RuntimeWarning", .warning)
        case .syntaxWarning: ("SyntaxWarning", .warning)
        case .unicodeWarning: ("UnicodeWarning", .warning)
        case .userWarning: ("UserWarning", .warning)
        }
    }
    static var firstException: BuiltinType { .baseException }
    /// The type with this raw value, which there must be.
    @inline(__always) init(known rawValue: Int) {
        self = unsafeBitCast(UInt8(truncatingIfNeeded: rawValue), to: BuiltinType.self)
    }
    @usableFromInline static var count: Int { Int(BuiltinType.userWarning.rawValue) + 1 }
}
