import InterpreterKit

/// Names the machine itself looks for, interned when the interpreter starts.
@usableFromInline enum Name: String, CaseIterable {
    case new, `init`, del, repr, str, bytes, format, hash, bool, dir
    case getattribute, getattr, setattr, delattr
    case get, set, delete, setName, initSubclass, prepare, instancecheck, subclasscheck,
        classGetitem
    case mroEntries, call, len, lengthHint, getitem, setitem, delitem, missing, iter, next, reversed
    case contains, enter, exit, await, aiter, anext, aenter, aexit
    case add, sub, mul, matmul, truediv, floordiv, mod, divmod, pow, lshift, rshift, and, xor, or
    case radd, rsub, rmul, rmatmul, rtruediv, rfloordiv, rmod, rdivmod, rpow, rlshift, rrshift,
        rand,
        rxor, ror
    case iadd, isub, imul, imatmul, itruediv, ifloordiv, imod, ipow, ilshift, irshift, iand, ixor,
        ior
    case neg, pos, abs, invert, complex, int, float, index, round, trunc, floor, ceil
    case lt, le, eq, ne, gt, ge
    case dict, `class`, name, qualname, module, doc, annotations, slots, weakref, bases, mro,
        subclasses
    case code, globals, closure, defaults, kwdefaults, wrapped, function
    case file, path, package, spec, loader, builtins, main, all, import_, buildClass, debug
    case cause, context, traceback, suppressContext, notes, matchArgs, classcell, origClass, sizeof
    case reduce, reduceEx, getstate, setstate, getnewargs, copy, deepcopy, fspath, abstractmethods
    case selfName, args, value, keys, items, values, send, throwName, close, message, code_, msg
    case filename, lineno, offset, text, endLineno, endOffset, printFileAndLine, errno, strerror
    case stdout, stderr, stdin, writeName, flush, object, encoding, reason, start, end, obj,
        nameName
    case metaclass, mroName, exceptions, extend, append, join, read, readline, stop, step

    /// The text.
    var text: String {
        switch self {
        case .setName: "__set_name__"
        case .initSubclass: "__init_subclass__"
        case .classGetitem: "__class_getitem__"
        case .mroEntries: "__mro_entries__"
        case .lengthHint: "__length_hint__"
        case .function: "__func__"
        case .import_: "__import__"
        case .buildClass: "__build_class__"
        case .suppressContext: "__suppress_context__"
        case .matchArgs: "__match_args__"
        case .origClass: "__orig_class__"
        case .reduceEx: "__reduce_ex__"
        case .selfName: "self"
        case .throwName: "throw"
        case .code_: "code"
        case .endLineno: "end_lineno"
        case .endOffset: "end_offset"
        case .printFileAndLine: "print_file_and_line"
        case .writeName: "write"
        case .nameName: "name"
        case .mroName: "mro"
        default:
            number >= Name.selfName.number ? rawValue : "__\(rawValue)__"
        }
    }
    /// Its place in the table.
    @inlinable var number: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}

extension VM {
    /// The interned string.
    @inlinable @inline(__always) func name(_ name: Name) -> Value {
        shared.pointee.names[name.number]
    }
}
