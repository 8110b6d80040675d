"""Runs pickles: makes objects of them."""

import codecs
import copyreg
import struct
import sys

import _pickle_codes as codes

__all__ = ["PickleError", "Unpickler", "UnpicklingError", "attribute_at", "decode_long"]


class PickleError(Exception):
    """The base of the exceptions of this module."""

    __module__ = "_pickle"


class UnpicklingError(PickleError):
    """A pickle is damaged."""

    __module__ = "_pickle"


def attribute_at(obj, path):
    """What `obj.path` gives, where the path may have dots."""
    for name in path.split("."):
        if name == "<locals>":
            raise AttributeError(f"Can't get local attribute {path!r} on {obj!r}")
        try:
            obj = getattr(obj, name)
        except AttributeError:
            raise AttributeError(f"Can't get attribute {path!r} on {obj!r}") from None
    return obj


def decode_long(data):
    """The number whose bytes these are, least significant first."""
    return int.from_bytes(data, "little", signed=True)


class Unpickler:
    """Reads objects from a file."""

    def __init__(self, file, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=None):
        try:
            self.read_from, self.read_line_from = file.read, file.readline
        except AttributeError:
            raise TypeError("file must have 'read' and 'readline' attributes") from None
        self.buffers = None if buffers is None else iter(buffers)
        self.memo = {}
        self.encoding = encoding
        self.errors = errors
        self.proto = 0
        self.fix_imports = fix_imports

    def read(self, count):
        if count < 0:
            raise UnpicklingError("pickle contains a negative byte count")
        data = self.read_from(count)
        if len(data) < count:
            raise UnpicklingError("pickle data was truncated")
        return data

    def readline(self):
        """A line without its end."""
        line = self.read_line_from()
        if line[-1:] != b"\n":
            raise UnpicklingError("pickle data was truncated")
        return line[:-1]

    def number(self, format):
        return struct.unpack(format, self.read(struct.calcsize(format)))[0]

    def load(self):
        if not hasattr(self, "read_from"):
            raise UnpicklingError(
                f"Unpickler.__init__() was not called by {type(self).__name__}.__init__()")
        # Items since the last mark, and those before each of the marks.
        self.stack = []
        self.marked = []
        dispatch = self.dispatch
        while True:
            code = self.read_from(1)
            if not code:
                raise EOFError("Ran out of input")
            how = dispatch.get(code[0])
            if how is None:
                if code == codes.STOP:
                    return self.pop()
                if code[0] < 128 and chr(code[0]).isprintable():
                    shown = chr(code[0])
                else:
                    shown = f"\\x{code[0]:02x}"
                raise UnpicklingError(f"invalid load key, '{shown}'.")
            how(self)

    # The stack

    def pop(self):
        if not self.stack:
            raise UnpicklingError(
                "unexpected MARK found" if self.marked else "unpickling stack underflow")
        return self.stack.pop()

    def top(self):
        if not self.stack:
            raise UnpicklingError(
                "unexpected MARK found" if self.marked else "unpickling stack underflow")
        return self.stack[-1]

    def pop_mark(self):
        """The items since the last mark."""
        if not self.marked:
            raise UnpicklingError("could not find MARK")
        items = self.stack
        self.stack = self.marked.pop()
        return items

    def push(self, value):
        self.stack.append(value)

    def load_mark(self):
        self.marked.append(self.stack)
        self.stack = []

    def load_pop(self):
        if self.stack:
            self.stack.pop()
        else:
            self.pop_mark()

    def load_dup(self):
        self.push(self.top())

    # Numbers and constants

    def load_proto(self):
        self.proto = self.read(1)[0]
        if self.proto > 5:
            raise ValueError(f"unsupported pickle protocol: {self.proto}")

    def load_frame(self):
        if self.number("<Q") > sys.maxsize:
            raise ValueError("frame size > sys.maxsize")

    def load_int(self):
        text = self.readline()
        if text in (b"00", b"01"):
            return self.push(text == b"01")
        try:
            self.push(int(text, 0))
        except ValueError:
            raise ValueError("could not convert string to int") from None

    def load_long(self):
        self.push(int(self.readline().removesuffix(b"L"), 0))

    def load_float(self):
        self.push(float(self.readline()))

    # Text and bytes

    def decoded(self, data):
        """What a string of Python 2 is today."""
        return data if self.encoding == "bytes" else data.decode(self.encoding, self.errors)

    def load_string(self):
        text = self.readline()
        if len(text) < 2 or text[0] != text[-1] or text[0] not in b"\"'":
            raise UnpicklingError("the STRING opcode argument must be quoted")
        self.push(self.decoded(codecs.escape_decode(text[1:-1])[0]))

    def load_unicode(self):
        self.push(str(self.readline(), "raw-unicode-escape"))

    def load_text(format):
        return lambda self: self.push(
            str(self.read(self.number(format)), "utf-8", "surrogatepass"))

    def load_bytes(format):
        return lambda self: self.push(self.read(self.number(format)))

    def load_old_string(format):
        return lambda self: self.push(self.decoded(self.read(self.number(format))))

    def load_next_buffer(self):
        if self.buffers is None:
            raise UnpicklingError(
                "pickle stream refers to out-of-band data but no *buffers* argument was given")
        try:
            self.push(next(self.buffers))
        except StopIteration:
            raise UnpicklingError("not enough out-of-band buffers") from None

    def load_readonly_buffer(self):
        view = memoryview(self.top())
        if not view.readonly:
            self.stack[-1] = view.toreadonly()

    # Containers

    def load_short_tuple(count):
        def load(self):
            items = [self.pop() for _ in range(count)]
            self.push(tuple(reversed(items)))

        return load

    def load_tuple(self):
        items = self.pop_mark()
        self.push(tuple(items))

    def load_list(self):
        items = self.pop_mark()
        self.push(items)

    def load_dict(self):
        items = self.pop_mark()
        self.push(dict(zip(items[::2], items[1::2])))

    def load_frozenset(self):
        items = self.pop_mark()
        self.push(frozenset(items))

    def load_append(self):
        value = self.pop()
        self.top().append(value)

    def load_appends(self):
        items = self.pop_mark()
        target = self.top()
        if type(target) is list:
            target += items
            return
        extend = getattr(target, "extend", None)
        if extend is not None:
            extend(items)
            return
        append = target.append
        for item in items:
            append(item)

    def load_setitem(self):
        value, key = self.pop(), self.pop()
        self.top()[key] = value

    def load_setitems(self):
        items = self.pop_mark()
        if len(items) % 2:
            raise UnpicklingError("odd number of items for SETITEMS")
        target = self.top()
        for key, value in zip(items[::2], items[1::2]):
            target[key] = value

    def load_additems(self):
        items = self.pop_mark()
        target = self.top()
        if isinstance(target, set):
            target.update(items)
        else:
            for item in items:
                target.add(item)

    # Objects

    def find_class(self, module, name):
        """What a pickle calls by this name; a subclass may restrict it."""
        sys.audit("pickle.find_class", module, name)
        if self.proto < 3 and self.fix_imports:
            module, name = codes.new_name(module, name)
        __import__(module)
        if self.proto >= 4:
            return attribute_at(sys.modules[module], name)
        try:
            return getattr(sys.modules[module], name)
        except AttributeError:
            raise AttributeError(
                f"Can't get attribute {name!r} on {sys.modules[module]!r}") from None

    def load_global(self):
        module = self.readline().decode("utf-8")
        name = self.readline().decode("utf-8")
        self.push(self.find_class(module, name))

    def load_stack_global(self):
        name, module = self.pop(), self.pop()
        if type(name) is not str or type(module) is not str:
            raise UnpicklingError("STACK_GLOBAL requires str")
        self.push(self.find_class(module, name))

    def load_extension(format):
        return lambda self: self.push(self.extension(self.number(format)))

    def extension(self, code):
        if code in copyreg._extension_cache:
            return copyreg._extension_cache[code]
        if code <= 0:
            raise UnpicklingError("EXT specifies code <= 0")
        key = copyreg._inverted_registry.get(code)
        if key is None:
            raise ValueError(f"unregistered extension code {code}")
        found = copyreg._extension_cache[code] = self.find_class(*key)
        return found

    def persistent_load(self, identity):
        """A subclass gives here the objects that are not in the pickle."""
        raise UnpicklingError(
            "A load persistent id instruction was encountered, "
            "but no persistent_load function was specified.")

    def load_persistent(self):
        try:
            identity = self.readline().decode("ascii")
        except UnicodeDecodeError:
            raise UnpicklingError(
                "persistent IDs in protocol 0 must be ASCII strings") from None
        self.push(self.persistent_load(identity))

    def load_binary_persistent(self):
        self.push(self.persistent_load(self.pop()))

    def load_reduce(self):
        args = self.pop()
        func = self.pop()
        self.push(func(*args))

    def load_newobj(self):
        args = self.pop()
        cls = self.pop()
        self.push(cls.__new__(cls, *args))

    def load_newobj_ex(self):
        kwargs = self.pop()
        args = self.pop()
        cls = self.pop()
        self.push(cls.__new__(cls, *args, **kwargs))

    def instance(self, cls, args):
        """An instance of a class as Python 2 made them."""
        if args or not isinstance(cls, type) or hasattr(cls, "__getinitargs__"):
            return cls(*args)
        return cls.__new__(cls)

    def load_inst(self):
        module = self.readline().decode("ascii")
        name = self.readline().decode("ascii")
        args = self.pop_mark()
        self.push(self.instance(self.find_class(module, name), args))

    def load_obj(self):
        cls, *args = self.pop_mark()
        self.push(self.instance(cls, args))

    def load_build(self):
        state = self.pop()
        target = self.top()
        set_state = getattr(target, "__setstate__", None)
        if set_state is not None:
            set_state(state)
            return
        slots = None
        if isinstance(state, tuple) and len(state) == 2:
            state, slots = state
        if state:
            attributes = target.__dict__
            for name, value in state.items():
                attributes[sys.intern(name) if type(name) is str else name] = value
        if slots:
            for name, value in slots.items():
                setattr(target, name, value)

    # Memo

    def recall(self, index):
        try:
            self.push(self.memo[index])
        except KeyError:
            raise UnpicklingError(f"Memo value not found at index {index}") from None

    def load_get(self):
        self.recall(int(self.readline()))

    def load_put(self):
        index = int(self.readline())
        if index < 0:
            raise ValueError("negative PUT argument")
        self.memo[index] = self.top()

    def load_memoize(self):
        self.memo[len(self.memo)] = self.top()

    def load_binary_put(format):
        def load(self):
            self.memo[self.number(format)] = self.top()

        return load

    dispatch = {
        codes.MARK: load_mark,
        codes.POP: load_pop,
        codes.POP_MARK: pop_mark,
        codes.DUP: load_dup,
        codes.PROTO: load_proto,
        codes.FRAME: load_frame,
        codes.NONE: lambda self: self.push(None),
        codes.NEWTRUE: lambda self: self.push(True),
        codes.NEWFALSE: lambda self: self.push(False),
        codes.INT: load_int,
        codes.LONG: load_long,
        codes.FLOAT: load_float,
        codes.BININT: lambda self: self.push(self.number("<i")),
        codes.BININT1: lambda self: self.push(self.read(1)[0]),
        codes.BININT2: lambda self: self.push(self.number("<H")),
        codes.LONG1: lambda self: self.push(decode_long(self.read(self.read(1)[0]))),
        codes.LONG4: lambda self: self.push(decode_long(self.read(self.number("<i")))),
        codes.BINFLOAT: lambda self: self.push(self.number(">d")),
        codes.STRING: load_string,
        codes.BINSTRING: load_old_string("<i"),
        codes.SHORT_BINSTRING: load_old_string("<B"),
        codes.UNICODE: load_unicode,
        codes.BINUNICODE: load_text("<I"),
        codes.SHORT_BINUNICODE: load_text("<B"),
        codes.BINUNICODE8: load_text("<Q"),
        codes.BINBYTES: load_bytes("<I"),
        codes.SHORT_BINBYTES: load_bytes("<B"),
        codes.BINBYTES8: load_bytes("<Q"),
        codes.BYTEARRAY8: lambda self: self.push(bytearray(self.read(self.number("<Q")))),
        codes.NEXT_BUFFER: load_next_buffer,
        codes.READONLY_BUFFER: load_readonly_buffer,
        codes.EMPTY_TUPLE: lambda self: self.push(()),
        codes.TUPLE1: load_short_tuple(1),
        codes.TUPLE2: load_short_tuple(2),
        codes.TUPLE3: load_short_tuple(3),
        codes.TUPLE: load_tuple,
        codes.EMPTY_LIST: lambda self: self.push([]),
        codes.LIST: load_list,
        codes.EMPTY_DICT: lambda self: self.push({}),
        codes.DICT: load_dict,
        codes.EMPTY_SET: lambda self: self.push(set()),
        codes.FROZENSET: load_frozenset,
        codes.APPEND: load_append,
        codes.APPENDS: load_appends,
        codes.SETITEM: load_setitem,
        codes.SETITEMS: load_setitems,
        codes.ADDITEMS: load_additems,
        codes.GLOBAL: load_global,
        codes.STACK_GLOBAL: load_stack_global,
        codes.EXT1: load_extension("<B"),
        codes.EXT2: load_extension("<H"),
        codes.EXT4: load_extension("<i"),
        codes.PERSID: load_persistent,
        codes.BINPERSID: load_binary_persistent,
        codes.REDUCE: load_reduce,
        codes.NEWOBJ: load_newobj,
        codes.NEWOBJ_EX: load_newobj_ex,
        codes.INST: load_inst,
        codes.OBJ: load_obj,
        codes.BUILD: load_build,
        codes.GET: load_get,
        codes.BINGET: lambda self: self.recall(self.read(1)[0]),
        codes.LONG_BINGET: lambda self: self.recall(self.number("<I")),
        codes.PUT: load_put,
        codes.BINPUT: load_binary_put("<B"),
        codes.LONG_BINPUT: load_binary_put("<I"),
        codes.MEMOIZE: load_memoize,
    }
    dispatch = {code[0]: how for code, how in dispatch.items()}
    del load_text, load_bytes, load_old_string, load_short_tuple, load_extension
    del load_binary_put


Unpickler.__module__ = "_pickle"
