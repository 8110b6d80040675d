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

__all__ = [
    "PickleError", "PicklingError", "UnpicklingError", "Pickler", "Unpickler", "dump", "dumps",
    "load", "loads", "PickleBuffer", *_pickle_codes.__all__,
]

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


def encode_long(x):
    """The fewest bytes of a number, least significant first; none for 0."""
    if x == 0:
        return b""
    count = (x.bit_length() >> 3) + 1
    encoded = x.to_bytes(count, "little", signed=True)
    if x < 0 and count > 1 and encoded[-1] == 0xFF and encoded[-2] & 0x80:
        encoded = encoded[:-1]
    return encoded


def whichmodule(obj, name):
    """The name of the module that an object is in."""
    module_name = getattr(obj, "__module__", None)
    if module_name is not None:
        return module_name
    for module_name, module in sys.modules.copy().items():
        if module_name in ("__main__", "__mp_main__") or module is None:
            continue
        try:
            if attribute_at(module, name) is obj:
                return module_name
        except AttributeError:
            pass
    return "__main__"


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

    def end_object(self):
        if self.pieces is not None and self.size >= self.FRAME:
            self.flush()

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


class Pickler:
    """Writes objects to a file: each of them once, then references to it."""

    BATCH = 1000

    def __init__(self, file, protocol=None, *, fix_imports=True, buffer_callback=None):
        if protocol is None:
            protocol = DEFAULT_PROTOCOL
        if protocol < 0:
            protocol = HIGHEST_PROTOCOL
        elif protocol > HIGHEST_PROTOCOL:
            raise ValueError(f"pickle protocol must be <= {HIGHEST_PROTOCOL}")
        if buffer_callback is not None and protocol < 5:
            raise ValueError("buffer_callback needs protocol >= 5")
        try:
            write = file.write
        except AttributeError:
            raise TypeError("file must have a 'write' attribute") from None
        self.output = Output(write)
        self.write = self.output.write
        self.buffer_callback = buffer_callback
        # By identity: the number in the memo and the object itself, so that it stays alive.
        self.memo = {}
        self.proto = int(protocol)
        self.bin = protocol >= 1
        self.fast = False
        self.fix_imports = fix_imports and protocol < 3

    def clear_memo(self):
        """Forgets which objects have been written."""
        self.memo.clear()

    def dump(self, obj):
        if not hasattr(self, "output"):
            raise PicklingError(
                f"Pickler.__init__() was not called by {type(self).__name__}.__init__()")
        if self.proto >= 2:
            self.write(PROTO + bytes([self.proto]))
        if self.proto >= 4:
            self.output.begin_frames()
        self.save(obj)
        self.write(STOP)
        self.output.end_frames()

    def persistent_id(self, obj):
        """A subclass names here the objects that are not to be in the pickle."""
        return None

    # Memo

    def memoize(self, obj):
        if self.fast:
            return
        index = len(self.memo)
        if self.proto >= 4:
            self.write(MEMOIZE)
        elif not self.bin:
            self.write(PUT + repr(index).encode("ascii") + b"\n")
        elif index < 256:
            self.write(BINPUT + bytes([index]))
        else:
            self.write(LONG_BINPUT + struct.pack("<I", index))
        self.memo[id(obj)] = index, obj

    def recall(self, index):
        if not self.bin:
            return GET + repr(index).encode("ascii") + b"\n"
        if index < 256:
            return BINGET + bytes([index])
        return LONG_BINGET + struct.pack("<I", index)

    # Objects

    def save(self, obj, save_persistent_id=True):
        self.output.end_object()
        if save_persistent_id:
            identity = self.persistent_id(obj)
            if identity is not None:
                return self.save_pers(identity)
        known = self.memo.get(id(obj))
        if known is not None:
            self.write(self.recall(known[0]))
            return
        t = type(obj)
        how = self.dispatch.get(t)
        if how is not None and t in self.atoms:
            return how(self, obj)
        reduced = NotImplemented
        override = getattr(self, "reducer_override", None)
        if override is not None:
            reduced = override(obj)
        if reduced is NotImplemented:
            if how is not None:
                return how(self, obj)
            reduce = getattr(self, "dispatch_table", copyreg.dispatch_table).get(t)
            if reduce is not None:
                reduced = reduce(obj)
            elif issubclass(t, type):
                return self.save_global(obj)
            else:
                reduce = getattr(obj, "__reduce_ex__", None)
                if reduce is not None:
                    reduced = reduce(self.proto)
                else:
                    reduced = obj.__reduce__()
        if isinstance(reduced, str):
            return self.save_global(obj, reduced)
        if not isinstance(reduced, tuple):
            raise PicklingError("__reduce__ must return a string or tuple")
        if not 2 <= len(reduced) <= 6:
            raise PicklingError(
                "tuple returned by __reduce__ must contain 2 through 6 elements")
        self.save_reduce(*reduced, obj=obj)

    def save_pers(self, identity):
        if self.bin:
            self.save(identity, save_persistent_id=False)
            self.write(BINPERSID)
            return
        try:
            self.write(PERSID + str(identity).encode("ascii") + b"\n")
        except UnicodeEncodeError:
            raise PicklingError("persistent IDs in protocol 0 must be ASCII strings") from None

    def save_reduce(
        self, func, args, state=None, listitems=None, dictitems=None, state_setter=None, *, obj=None
    ):
        if not callable(func):
            raise PicklingError(
                "first item of the tuple returned by __reduce__ must be callable")
        if not isinstance(args, tuple):
            raise PicklingError(
                "second item of the tuple returned by __reduce__ must be a tuple")
        name = getattr(func, "__name__", "")
        if self.proto >= 2 and name == "__newobj_ex__":
            cls, args, kwargs = args
            if not hasattr(cls, "__new__"):
                raise PicklingError(f"args[0] from {name} args has no __new__")
            if obj is not None and cls is not obj.__class__:
                raise PicklingError(f"args[0] from {name} args has the wrong class")
            if self.proto >= 4:
                self.save(cls)
                self.save(args)
                self.save(kwargs)
                self.write(NEWOBJ_EX)
            else:
                self.save(partial(cls.__new__, cls, *args, **kwargs))
                self.save(())
                self.write(REDUCE)
        elif self.proto >= 2 and name == "__newobj__":
            cls = args[0]
            if not hasattr(cls, "__new__"):
                raise PicklingError("args[0] from __newobj__ args has no __new__")
            if obj is not None and cls is not obj.__class__:
                raise PicklingError("args[0] from __newobj__ args has the wrong class")
            self.save(cls)
            self.save(args[1:])
            self.write(NEWOBJ)
        else:
            self.save(func)
            self.save(args)
            self.write(REDUCE)
        if obj is not None:
            # What it is made of may have led back to it.
            known = self.memo.get(id(obj))
            if known is not None:
                self.write(POP + self.recall(known[0]))
            else:
                self.memoize(obj)
        if listitems is not None:
            self.append_all(listitems)
        if dictitems is not None:
            self.set_all(dictitems)
        if state is not None:
            if state_setter is None:
                self.save(state)
                self.write(BUILD)
            else:
                self.save(state_setter)
                self.save(obj)
                self.save(state)
                self.write(TUPLE2 + REDUCE + POP)

    def save_none(self, obj):
        self.write(NONE)

    def save_bool(self, obj):
        if self.proto >= 2:
            self.write(NEWTRUE if obj else NEWFALSE)
        else:
            self.write(TRUE if obj else FALSE)

    def save_int(self, obj):
        if self.bin:
            if 0 <= obj <= 0xFF:
                return self.write(BININT1 + bytes([obj]))
            if 0 <= obj <= 0xFFFF:
                return self.write(BININT2 + struct.pack("<H", obj))
            if -0x80000000 <= obj <= 0x7FFFFFFF:
                return self.write(BININT + struct.pack("<i", obj))
        if self.proto >= 2:
            encoded = encode_long(obj)
            if len(encoded) < 256:
                self.write(LONG1 + bytes([len(encoded)]) + encoded)
            else:
                self.write(LONG4 + struct.pack("<i", len(encoded)) + encoded)
        elif -0x80000000 <= obj <= 0x7FFFFFFF:
            self.write(INT + repr(obj).encode("ascii") + b"\n")
        else:
            self.write(LONG + repr(obj).encode("ascii") + b"L\n")

    def save_float(self, obj):
        if self.bin:
            self.write(BINFLOAT + struct.pack(">d", obj))
        else:
            self.write(FLOAT + repr(obj).encode("ascii") + b"\n")

    def save_bytes(self, obj):
        if self.proto < 3:
            if not obj:
                return self.save_reduce(bytes, (), obj=obj)
            latin = str(obj, "latin1")
            return self.save_reduce(codecs.encode, (latin, "latin1"), obj=obj)
        n = len(obj)
        if n <= 0xFF:
            self.write(SHORT_BINBYTES + bytes([n]) + obj)
        elif n > 0xFFFFFFFF and self.proto >= 4:
            self.output.write_large(BINBYTES8 + struct.pack("<Q", n), obj)
        elif n >= Output.FRAME:
            self.output.write_large(BINBYTES + struct.pack("<I", n), obj)
        else:
            self.write(BINBYTES + struct.pack("<I", n) + obj)
        self.memoize(obj)

    def save_bytearray(self, obj):
        if self.proto < 5:
            return self.save_reduce(bytearray, (bytes(obj),) if obj else (), obj=obj)
        n = len(obj)
        if n >= Output.FRAME:
            self.output.write_large(BYTEARRAY8 + struct.pack("<Q", n), obj)
        else:
            self.write(BYTEARRAY8 + struct.pack("<Q", n) + bytes(obj))
        self.memoize(obj)

    def save_buffer(self, obj):
        if self.proto < 5:
            raise PicklingError("PickleBuffer can only be pickled with protocol >= 5")
        view = obj.raw()
        if self.buffer_callback is None or self.buffer_callback(obj):
            if view.readonly:
                self.save_bytes(view.tobytes())
            else:
                self.save_bytearray(bytearray(view))
        else:
            self.write(NEXT_BUFFER)
            if view.readonly:
                self.write(READONLY_BUFFER)

    def save_str(self, obj):
        if self.bin:
            encoded = obj.encode("utf-8", "surrogatepass")
            n = len(encoded)
            if n <= 0xFF and self.proto >= 4:
                self.write(SHORT_BINUNICODE + bytes([n]) + encoded)
            elif n > 0xFFFFFFFF and self.proto >= 4:
                self.output.write_large(BINUNICODE8 + struct.pack("<Q", n), encoded)
            elif n >= Output.FRAME:
                self.output.write_large(BINUNICODE + struct.pack("<I", n), encoded)
            else:
                self.write(BINUNICODE + struct.pack("<I", n) + encoded)
        else:
            escaped = obj
            for special in "\\\0\n\r\x1a":
                escaped = escaped.replace(special, f"\\u{ord(special):04x}")
            self.write(UNICODE + escaped.encode("raw-unicode-escape") + b"\n")
        self.memoize(obj)

    def save_tuple(self, obj):
        n = len(obj)
        if n == 0:
            return self.write(EMPTY_TUPLE if self.bin else MARK + TUPLE)
        is_short = n <= 3 and self.proto >= 2
        if not is_short:
            self.write(MARK)
        for item in obj:
            self.save(item)
        known = self.memo.get(id(obj))
        if known is not None:
            # An item leads back to the tuple: it is there already.
            if is_short:
                self.write(POP * n)
            else:
                self.write(POP_MARK if self.bin else POP * (n + 1))
            return self.write(self.recall(known[0]))
        self.write((TUPLE1, TUPLE2, TUPLE3)[n - 1] if is_short else TUPLE)
        self.memoize(obj)

    def save_list(self, obj):
        self.write(EMPTY_LIST if self.bin else MARK + LIST)
        self.memoize(obj)
        self.append_all(obj)

    def save_dict(self, obj):
        self.write(EMPTY_DICT if self.bin else MARK + DICT)
        self.memoize(obj)
        self.set_all(obj.items())

    def append_all(self, items):
        for batch, is_single in self.batches(items):
            if not is_single:
                self.write(MARK)
            for item in batch:
                self.save(item)
                if not self.bin:
                    self.write(APPEND)
            if self.bin:
                self.write(APPEND if is_single else APPENDS)

    def set_all(self, items):
        for batch, is_single in self.batches(items):
            if not is_single:
                self.write(MARK)
            for key, value in batch:
                self.save(key)
                self.save(value)
                if not self.bin:
                    self.write(SETITEM)
            if self.bin:
                self.write(SETITEM if is_single else SETITEMS)

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

    def save_set(self, obj):
        if self.proto < 4:
            return self.save_reduce(set, (list(obj),), obj=obj)
        self.write(EMPTY_SET)
        self.memoize(obj)
        for batch, _ in self.batches(obj):
            self.write(MARK)
            for item in batch:
                self.save(item)
            self.write(ADDITEMS)

    def save_frozenset(self, obj):
        if self.proto < 4:
            return self.save_reduce(frozenset, (list(obj),), obj=obj)
        self.write(MARK)
        for item in obj:
            self.save(item)
        known = self.memo.get(id(obj))
        if known is not None:
            return self.write(POP_MARK + self.recall(known[0]))
        self.write(FROZENSET)
        self.memoize(obj)

    def save_type(self, obj):
        for single in (None, NotImplemented, ...):
            if obj is type(single):
                return self.save_reduce(type, (single,), obj=obj)
        self.save_global(obj)

    def save_global(self, obj, name=None):
        if name is None:
            name = getattr(obj, "__qualname__", None)
        if name is None:
            name = obj.__name__
        if "<locals>" in name.split("."):
            raise AttributeError(f"Can't pickle local object {name!r}")
        module_name = whichmodule(obj, name)
        try:
            __import__(module_name)
            module = sys.modules[module_name]
        except (ImportError, KeyError):
            raise PicklingError(
                f"Can't pickle {obj!r}: import of module {module_name!r} failed") from None
        try:
            found = attribute_at(module, name)
        except AttributeError:
            raise PicklingError(
                f"Can't pickle {obj!r}: attribute lookup {name} on {module_name} failed"
            ) from None
        if found is not obj:
            raise PicklingError(
                f"Can't pickle {obj!r}: it's not the same object as {module_name}.{name}")
        if self.proto >= 2:
            code = copyreg._extension_registry.get((module_name, name))
            if code is not None:
                if code <= 0xFF:
                    return self.write(EXT1 + bytes([code]))
                if code <= 0xFFFF:
                    return self.write(EXT2 + struct.pack("<H", code))
                return self.write(EXT4 + struct.pack("<i", code))
        if self.proto >= 4:
            self.save(module_name)
            self.save(name)
            self.write(STACK_GLOBAL)
        elif "." in name:
            parent, _, last = name.rpartition(".")
            self.save_reduce(getattr, (attribute_at(module, parent), last))
        else:
            if self.fix_imports:
                module_name, name = _pickle_codes.old_name(module_name, name)
            encoding = "utf-8" if self.proto >= 3 else "ascii"
            try:
                self.write(GLOBAL + f"{module_name}\n{name}\n".encode(encoding))
            except UnicodeEncodeError:
                raise PicklingError(
                    f"can't pickle global identifier '{module_name}.{name}' using pickle "
                    f"protocol {self.proto}") from None
        self.memoize(obj)

    dispatch = {
        type(None): save_none, bool: save_bool, int: save_int, float: save_float,
        bytes: save_bytes, bytearray: save_bytearray, str: save_str, tuple: save_tuple,
        list: save_list, dict: save_dict, set: save_set, frozenset: save_frozenset,
        PickleBuffer: save_buffer, type(whichmodule): save_global, type: save_type,
    }
    # What `reducer_override` is not asked about.
    atoms = dispatch.keys() - {type, type(whichmodule)}


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
