"""Objects to bytes and back: `dumps` and `loads`, for all protocols up to 5.

The bytes are a program for a small stack machine. `Pickler` writes it, `Unpickler` (in `_unpickle`)
runs it.
"""

import codecs
import copyreg
import io
import struct
import sys
from functools import partial

import _pickle_codes
from _pickle_codes import *
from _unpickle import PickleError, Unpickler, UnpicklingError, attribute_at, decode_long

__all__ = (
    "PickleError PicklingError UnpicklingError Pickler Unpickler dump dumps load loads PickleBuffer"
).split() + _pickle_codes.__all__

HIGHEST_PROTOCOL = 5
DEFAULT_PROTOCOL = 4
format_version = "4.0"
compatible_formats = ["1.0", "1.1", "1.2", "1.3", "2.0", "3.0", "4.0", "5.0"]


class PicklingError(PickleError):
    """An object cannot be pickled."""

    __module__ = "_pickle"


class PickleBuffer:
    """Says that the bytes of an object may travel outside the pickle."""

    def __init__(self, object):
        self._view = memoryview(object)

    def raw(self):
        """The bytes, as a view without a shape."""
        return self._view.cast("B")

    def release(self):
        self._view.release()


class Output:
    """The bytes of a pickle. From protocol 4 on they are in frames, which are read at once."""

    FRAME = 64 * 1024

    def __init__(self, write):
        self.write_out = write
        self.pieces = None
        self.size = 0

    def write(self, data):
        if self.pieces is None:
            self.write_out(data)
        else:
            self.pieces.append(data)
            self.size += len(data)

    def begin_frames(self):
        self.pieces = []

    def flush(self):
        content = b"".join(self.pieces)
        if len(content) >= 4:
            self.write_out(FRAME + struct.pack("<Q", len(content)))
        if content:
            self.write_out(content)
        self.pieces = []
        self.size = 0

    def end_frames(self):
        if self.pieces is not None:
            self.flush()
            self.pieces = None

    def write_large(self, header, payload):
        """Content outside of frames, which is not copied."""
        if self.pieces is not None:
            self.flush()
        self.write_out(header)
        self.write_out(payload)


def encode_long(x):
    """The fewest bytes of a number, least significant first; none for 0."""
    # One more bit for the sign.
    bits = (x if x >= 0 else ~x).bit_length() + 1
    return x.to_bytes((bits + 7) // 8, "little", signed=True) if x else b""


def whichmodule(obj, name):
    """The name of the module that an object is in."""
    said = getattr(obj, "__module__", None)
    if said is not None:
        return said
    for where, module in list(sys.modules.items()):
        if module is not None and where not in ("__main__", "__mp_main__"):
            try:
                found = attribute_at(module, name)
            except AttributeError:
                continue
            if found is obj:
                return where
    return "__main__"


# Instructions for content of different sizes: from which protocol on, the longest content, the
# instruction, the format of the size.
_TEXT_SIZES = (
    (4, 0xFF, SHORT_BINUNICODE, "<B"),
    (1, 0xFFFFFFFF, BINUNICODE, "<I"),
    (4, sys.maxsize, BINUNICODE8, "<Q"),
)
_BYTES_SIZES = (
    (3, 0xFF, SHORT_BINBYTES, "<B"),
    (3, 0xFFFFFFFF, BINBYTES, "<I"),
    (4, sys.maxsize, BINBYTES8, "<Q"),
)
_BYTEARRAY_SIZES = ((5, sys.maxsize, BYTEARRAY8, "<Q"),)
# The same for numbers: the least and greatest, the instruction, the format.
_INT_SIZES = (
    (0, 0xFF, BININT1, "<B"),
    (0, 0xFFFF, BININT2, "<H"),
    (-0x80000000, 0x7FFFFFFF, BININT, "<i"),
)
_EXTENSION_SIZES = (
    (0, 0xFF, EXT1, "<B"),
    (0, 0xFFFF, EXT2, "<H"),
    (0, 0x7FFFFFFF, EXT4, "<i"),
)


def _number(sizes, value):
    """The shortest instruction for a number; None if there is none."""
    for least, most, code, format in sizes:
        if least <= value <= most:
            return code + struct.pack(format, value)
    return None


def _line(code, text):
    """An instruction of protocol 0, which is a line."""
    return code + text.encode("ascii") + b"\n"


class Pickler:
    """Writes objects to a file: each of them once, then references to it."""

    BATCH = 1000

    def __init__(self, file, protocol=None, *, fix_imports=True, buffer_callback=None):
        chosen = DEFAULT_PROTOCOL if protocol is None else protocol
        if chosen > HIGHEST_PROTOCOL:
            raise ValueError(f"pickle protocol must be <= {HIGHEST_PROTOCOL}")
        self.proto = int(chosen) if chosen >= 0 else HIGHEST_PROTOCOL
        if buffer_callback is not None and self.proto < 5:
            raise ValueError("buffer_callback needs protocol >= 5")
        if not hasattr(file, "write"):
            raise TypeError("file must have a 'write' attribute")
        self.output = Output(file.write)
        self.write = self.output.write
        self.buffer_callback = buffer_callback
        self.bin = self.proto > 0
        self.fast = False
        self.fix_imports = fix_imports and self.proto < 3
        # By identity: the number of the object, and the object itself, so that it stays alive.
        self.memo = {}

    def clear_memo(self):
        """Forgets which objects have been written."""
        self.memo.clear()

    def persistent_id(self, obj):
        """A subclass names here the objects that are not to be in the pickle."""
        return None

    def dump(self, obj):
        """Writes an object and all that belongs to it."""
        if "output" not in self.__dict__:
            name = type(self).__name__
            raise PicklingError(f"Pickler.__init__() was not called by {name}.__init__()")
        # Is there a method that has something to say?
        own = getattr(self.persistent_id, "__func__", None)
        self.asks = own is not Pickler.persistent_id
        if self.proto >= 2:
            self.write(PROTO + bytes([self.proto]))
        if self.proto >= 4:
            self.output.begin_frames()
        self.put(obj)
        self.write(STOP)
        self.output.end_frames()

    def put(self, obj, asked=False):
        """Writes what makes an object, or a reference if it has been made."""
        if self.asks and not asked:
            name = self.persistent_id(obj)
            if name is not None:
                self.put_name(name)
                return
        if self.output.size >= Output.FRAME:
            self.output.flush()
        if id(obj) in self.memo:
            self.refer(obj)
            return
        kind = type(obj)
        if kind in _ATOMS:
            _ATOMS[kind](self, obj)
            return
        recipe = NotImplemented
        override = getattr(self, "reducer_override", None)
        if override is not None:
            recipe = override(obj)
        if recipe is NotImplemented:
            if kind in _NAMED:
                _NAMED[kind](self, obj)
                return
            table = getattr(self, "dispatch_table", copyreg.dispatch_table)
            if kind in table:
                recipe = table[kind](obj)
            elif issubclass(kind, type):
                recipe = obj.__qualname__
            elif hasattr(obj, "__reduce_ex__"):
                recipe = obj.__reduce_ex__(self.proto)
            else:
                recipe = obj.__reduce__()
        if isinstance(recipe, str):
            self.put_global(obj, recipe)
        elif not isinstance(recipe, tuple):
            raise PicklingError("__reduce__ must return a string or tuple")
        elif not 2 <= len(recipe) <= 6:
            raise PicklingError("tuple returned by __reduce__ must contain 2 through 6 elements")
        else:
            self.put_made(obj, *recipe)

    def put_name(self, name):
        """An object that is not in the pickle."""
        if self.bin:
            self.put(name, asked=True)
            self.write(BINPERSID)
            return
        try:
            line = _line(PERSID, str(name))
        except UnicodeEncodeError:
            raise PicklingError("persistent IDs in protocol 0 must be ASCII strings") from None
        self.write(line)

    # References

    def remember(self, obj):
        """Gives the object that was just made a number."""
        if self.fast:
            return
        number = len(self.memo)
        self.memo[id(obj)] = number, obj
        if self.proto >= 4:
            self.write(MEMOIZE)
        else:
            self.write(self.numbered(number, PUT, BINPUT, LONG_BINPUT))

    def refer(self, obj, before=b""):
        """Writes a reference to an object that has a number; `before` is what to do first."""
        number = self.memo[id(obj)][0]
        self.write(before + self.numbered(number, GET, BINGET, LONG_BINGET))

    def numbered(self, number, text, short, long):
        if not self.bin:
            return _line(text, repr(number))
        return short + bytes([number]) if number < 256 else long + struct.pack("<I", number)

    # Objects that a function makes

    def put_made(
        self, obj, function, args, state=None, items=None, pairs=None, setter=None, known=True
    ):
        """What a call gives, with what is then put into it. `known` objects can be referred to."""
        if not callable(function):
            raise PicklingError("first item of the tuple returned by __reduce__ must be callable")
        if not isinstance(args, tuple):
            raise PicklingError("second item of the tuple returned by __reduce__ must be a tuple")
        if setter is not None and not callable(setter):
            raise PicklingError(
                "sixth element of the tuple returned by __reduce__ must be a function, "
                f"not {type(setter).__name__}"
            )
        name = getattr(function, "__name__", None) if self.proto >= 2 else None
        if name == "__newobj__":
            self.put_instance(obj if known else None, name, NEWOBJ, args[0], args[1:])
        elif name == "__newobj_ex__":
            cls, args, named = args
            self.put_instance(obj if known else None, name, NEWOBJ_EX, cls, args, named)
        else:
            self.put(function)
            self.put(args)
            self.write(REDUCE)
        if known and id(obj) in self.memo:
            # The arguments led back to it.
            self.refer(obj, POP)
        elif known:
            self.remember(obj)
        if items is not None:
            self.put_items(items)
        if pairs is not None:
            self.put_pairs(pairs)
        if state is not None and setter is None:
            self.put(state)
            self.write(BUILD)
        elif state is not None:
            self.put_all(setter, obj, state)
            self.write(TUPLE2 + REDUCE + POP)

    def put_instance(self, obj, name, code, cls, *arguments):
        """What the `__new__` of a class gives."""
        if not hasattr(cls, "__new__"):
            raise PicklingError(f"args[0] from {name} args has no __new__")
        if obj is not None and obj.__class__ is not cls:
            raise PicklingError(f"args[0] from {name} args has the wrong class")
        if code is NEWOBJ_EX and self.proto < 4:
            # This instruction came later; a partial call does the same.
            args, named = arguments
            code, cls, arguments = REDUCE, partial(cls.__new__, cls, *args, **named), ((),)
        self.put(cls)
        for argument in arguments:
            self.put(argument)
        self.write(code)

    def put_all(self, *objects):
        for obj in objects:
            self.put(obj)

    # Atoms

    def put_none(self, obj):
        self.write(NONE)

    def put_bool(self, obj):
        codes = (NEWFALSE, NEWTRUE) if self.proto >= 2 else (FALSE, TRUE)
        self.write(codes[obj])

    def put_int(self, obj):
        if 0 <= obj <= 0xFFFF and self.bin:
            # Most of them are small.
            short = obj <= 0xFF
            self.write(BININT1 + bytes([obj]) if short else BININT2 + struct.pack("<H", obj))
            return
        code = _number(_INT_SIZES, obj) if self.bin else None
        if code is None and self.proto >= 2:
            digits = encode_long(obj)
            size = len(digits)
            code = LONG1 + bytes([size]) if size < 256 else LONG4 + struct.pack("<i", size)
            code += digits
        elif code is None:
            short = -0x80000000 <= obj <= 0x7FFFFFFF
            code = _line(INT, repr(obj)) if short else _line(LONG, f"{obj!r}L")
        self.write(code)

    def put_float(self, obj):
        self.write(BINFLOAT + struct.pack(">d", obj) if self.bin else _line(FLOAT, repr(obj)))

    def put_sized(self, sizes, obj, content):
        """Content behind its size; much of it goes out without a copy."""
        size = len(content)
        for protocol, most, code, format in sizes:
            if size <= most and protocol <= self.proto:
                break
        header = code + (bytes([size]) if most == 0xFF else struct.pack(format, size))
        if size < Output.FRAME:
            self.write(header + content)
        else:
            self.output.write_large(header, content)
        self.remember(obj)

    def put_str(self, obj):
        if self.bin:
            content = obj.encode("utf-8", "surrogatepass")
            if len(content) > 0xFF or self.proto < 4:
                self.put_sized(_TEXT_SIZES, obj, content)
                return
            # Most of them are short.
            self.write(SHORT_BINUNICODE + bytes([len(content)]) + content)
            self.remember(obj)
            return
        text = "".join(f"\\u{ord(c):04x}" if c in "\\\0\n\r\x1a" else c for c in obj)
        self.write(UNICODE + text.encode("raw-unicode-escape") + b"\n")
        self.remember(obj)

    def put_bytes(self, obj):
        if self.proto >= 3:
            self.put_sized(_BYTES_SIZES, obj, obj)
        elif obj:
            # Protocols of Python 2 have text only.
            self.put_made(obj, codecs.encode, (obj.decode("latin1"), "latin1"))
        else:
            self.put_made(obj, bytes, ())

    def put_bytearray(self, obj):
        if self.proto >= 5:
            large = len(obj) >= Output.FRAME
            self.put_sized(_BYTEARRAY_SIZES, obj, obj if large else bytes(obj))
        else:
            self.put_made(obj, bytearray, (bytes(obj),) if obj else ())

    def put_buffer(self, obj):
        if self.proto < 5:
            raise PicklingError("PickleBuffer can only be pickled with protocol >= 5")
        content = obj.raw()
        inside = self.buffer_callback is None or self.buffer_callback(obj)
        if not inside:
            self.write(NEXT_BUFFER + (READONLY_BUFFER if content.readonly else b""))
        elif content.readonly:
            self.put_bytes(content.tobytes())
        else:
            self.put_bytearray(bytearray(content))

    # Containers

    def put_tuple(self, obj):
        size = len(obj)
        if not size:
            self.write(EMPTY_TUPLE if self.bin else MARK + TUPLE)
            return
        if size <= 3 and self.proto >= 2:
            begin, end, undo = b"", (TUPLE1, TUPLE2, TUPLE3)[size - 1], POP * size
        else:
            begin, end, undo = MARK, TUPLE, POP_MARK if self.bin else POP * (size + 1)
        self.put_frozen(obj, begin, end, undo)

    def put_frozenset(self, obj):
        if self.proto >= 4:
            self.put_frozen(obj, MARK, FROZENSET, POP_MARK)
        else:
            self.put_made(obj, frozenset, (list(obj),))

    def put_frozen(self, obj, begin, end, undo):
        """What is made after its items, unless they lead back to it: then it is there already."""
        if begin:
            self.write(begin)
        for item in obj:
            self.put(item)
        if id(obj) in self.memo:
            self.refer(obj, undo)
        else:
            self.write(end)
            self.remember(obj)

    def put_list(self, obj):
        self.write(EMPTY_LIST if self.bin else MARK + LIST)
        self.remember(obj)
        if obj:
            self.put_items(obj)

    def put_dict(self, obj):
        self.write(EMPTY_DICT if self.bin else MARK + DICT)
        self.remember(obj)
        if obj:
            self.put_pairs(obj.items())

    def put_set(self, obj):
        if self.proto < 4:
            self.put_made(obj, set, (list(obj),))
            return
        self.write(EMPTY_SET)
        self.remember(obj)
        for batch, _ in self.batches(obj):
            self.write(MARK)
            self.put_all(*batch)
            self.write(ADDITEMS)

    def put_items(self, items):
        for batch, alone in self.batches(items):
            if not alone:
                self.write(MARK)
            for item in batch:
                self.put(item)
                if not self.bin:
                    self.write(APPEND)
            if self.bin:
                self.write(APPEND if alone else APPENDS)

    def put_pairs(self, pairs):
        for batch, alone in self.batches(pairs):
            if not alone:
                self.write(MARK)
            for key, value in batch:
                self.put(key)
                self.put(value)
                if not self.bin:
                    self.write(SETITEM)
            if self.bin:
                self.write(SETITEM if alone else SETITEMS)

    def batches(self, items):
        """The items in lists that are not too long, and whether to write them without a mark."""
        batch = []
        count = len(items) if isinstance(items, (list, type({}.items()))) else None
        for item in items:
            if len(batch) == self.BATCH:
                yield batch, not self.bin
                batch = []
            batch.append(item)
        if batch:
            yield batch, not self.bin or len(batch) == 1 and count in (1, None)

    # Globals

    def put_type(self, obj):
        single = _SINGLE_OF.get(obj, self)
        if single is not self:
            self.put_made(obj, type, (single,))
        else:
            self.put_global(obj)

    def put_global(self, obj, name=None):
        """What can be imported by a name."""
        if name is None:
            name = getattr(obj, "__qualname__", None) or obj.__name__
        if "<locals>" in name.split("."):
            raise AttributeError(f"Can't pickle local object {name!r}")
        where = whichmodule(obj, name)
        module = self.home_of(obj, where, name)
        if self.proto >= 2:
            number = copyreg._extension_registry.get((where, name))
            if number is not None:
                self.write(_number(_EXTENSION_SIZES, number))
                return
        if self.proto >= 4:
            self.put_all(where, name)
            self.write(STACK_GLOBAL)
        elif "." in name:
            # Older protocols know no paths.
            owner, _, last = name.rpartition(".")
            self.put_made(obj, getattr, (attribute_at(module, owner), last), known=False)
        else:
            if self.fix_imports:
                where, name = _pickle_codes.old_name(where, name)
            try:
                line = f"{where}\n{name}\n".encode("utf-8" if self.proto >= 3 else "ascii")
            except UnicodeEncodeError:
                raise PicklingError(
                    f"can't pickle global identifier '{where}.{name}' using pickle "
                    f"protocol {self.proto}"
                ) from None
            self.write(GLOBAL + line)
        self.remember(obj)

    def home_of(self, obj, where, name):
        """The module of this name, which must have the object under its name."""
        try:
            __import__(where)
            module = sys.modules[where]
            found = attribute_at(module, name)
        except (ImportError, KeyError):
            problem = f"import of module {where!r} failed"
        except AttributeError:
            problem = f"attribute lookup {name} on {where} failed"
        else:
            if found is obj:
                return module
            problem = f"it's not the same object as {where}.{name}"
        raise PicklingError(f"Can't pickle {obj!r}: {problem}")


# Types of which there is one instance, and that have no name.
_SINGLE_OF = {type(single): single for single in (None, NotImplemented, ...)}
# How objects of some types are written; about those with names, `reducer_override` is asked first.
_ATOMS = {
    type(None): Pickler.put_none,
    bool: Pickler.put_bool,
    int: Pickler.put_int,
    float: Pickler.put_float,
    str: Pickler.put_str,
    bytes: Pickler.put_bytes,
    bytearray: Pickler.put_bytearray,
    PickleBuffer: Pickler.put_buffer,
    tuple: Pickler.put_tuple,
    list: Pickler.put_list,
    dict: Pickler.put_dict,
    set: Pickler.put_set,
    frozenset: Pickler.put_frozenset,
}
_NAMED = {type: Pickler.put_type, type(whichmodule): Pickler.put_global}


def dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None):
    """Writes an object to a file."""
    Pickler(file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback).dump(obj)


def dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None):
    """The bytes from which `loads` makes an equal object."""
    file = io.BytesIO()
    Pickler(file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback).dump(obj)
    return file.getvalue()


def load(file, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=None):
    """The next object of a file."""
    return Unpickler(
        file, fix_imports=fix_imports, buffers=buffers, encoding=encoding, errors=errors).load()


def loads(data, /, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=None):
    """The object whose pickle `data` is; what follows it does not matter."""
    file = io.BytesIO(data)
    return Unpickler(
        file, fix_imports=fix_imports, buffers=buffers, encoding=encoding, errors=errors).load()


_Pickler, _Unpickler = Pickler, Unpickler
_dump, _dumps, _load, _loads = dump, dumps, load, loads
