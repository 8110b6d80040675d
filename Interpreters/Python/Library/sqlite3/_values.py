"""How values of Python go into a database and come back."""

import datetime as _datetime

from ._library import (BLOB, COPY, FLOAT, INTEGER, NULL, OK, TEXT, InterfaceError,
                       ProgrammingError, lib)

PARSE_DECLTYPES, PARSE_COLNAMES = 1, 2

#: (type, protocol) -> function; name in capitals -> function.
adapters, converters = {}, {}


class PrepareProtocol:
    """What objects are asked to conform to: values that SQLite has."""


PrepareProtocol.__module__ = "sqlite3"


def register_adapter(type, adapter, /):
    """Values of this type go into databases as what the function makes of them."""
    adapters[type, PrepareProtocol] = adapter


def register_converter(typename, converter, /):
    """Values of columns with this type come back as what the function makes of their bytes."""
    converters[typename.upper()] = converter


_missing = object()


def adapt(obj, proto=PrepareProtocol, alt=_missing, /):
    """The value as a type that SQLite has."""
    adapter = adapters.get((type(obj), proto))
    if adapter is not None:
        return adapter(obj)
    for owner, method, other in ((proto, "__adapt__", obj), (obj, "__conform__", proto)):
        function = getattr(owner, method, None)
        if function is not None:
            try:
                result = function(other)
            except TypeError:
                continue
            if result is not None:
                return result
    if alt is _missing:
        raise ProgrammingError("can't adapt")
    return alt


def bind(statement, place, value):
    """Gives a parameter of a statement its value; the result of the call."""
    kind = type(value)
    if kind not in _PLAIN:
        value = adapt(value, PrepareProtocol, value)
        kind = type(value)
    if value is None:
        return lib.bind_null(statement, place)
    if isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        return lib.bind_int64(statement, place, int(value))
    if isinstance(value, float):
        return lib.bind_double(statement, place, float(value))
    if isinstance(value, str):
        data = value.encode()
        return lib.bind_text(statement, place, data, len(data), COPY)
    data = plain_bytes(value)
    if data is None:
        raise ProgrammingError(
            f"Error binding parameter {place}: type '{kind.__name__}' is not supported")
    if not data:
        return lib.bind_zeroblob(statement, place, 0)
    return lib.bind_blob(statement, place, data, len(data), COPY)


_PLAIN = {int, float, str, bytes, bytearray, type(None)}


def plain_bytes(value):
    """Any bytes-like object as bytes; None for others."""
    try:
        return value if type(value) is bytes else bytes(memoryview(value))
    except TypeError:
        return None


def _content(data, count):
    return b"" if data is None or not count else data.read(count)


def column_bytes(statement, column):
    """The bytes of a column's value."""
    data = lib.column_blob(statement, column)
    return _content(data, lib.column_bytes(statement, column))


def text_bytes(statement, column):
    data = lib.column_text(statement, column)
    return _content(data, lib.column_bytes(statement, column))


def argument(value):
    """A value that SQLite gives to a function."""
    kind = lib.value_type(value)
    if kind == INTEGER:
        return lib.value_int64(value)
    if kind == FLOAT:
        return lib.value_double(value)
    if kind == NULL:
        return None
    data = lib.value_text(value) if kind == TEXT else lib.value_blob(value)
    data = _content(data, lib.value_bytes(value))
    return data.decode() if kind == TEXT else data


def give_result(context, value):
    """Answers a call of a function with a value."""
    if value is None:
        lib.result_null(context)
    elif isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        lib.result_int64(context, int(value))
    elif isinstance(value, float):
        lib.result_double(context, float(value))
    elif isinstance(value, str):
        data = value.encode()
        lib.result_text(context, data, len(data), COPY)
    else:
        data = plain_bytes(value)
        if data is None:
            raise TypeError(f"{type(value).__name__} is no value of SQLite")
        lib.result_blob(context, data, len(data), COPY)


def _timestamp(data):
    day, _, time = data.partition(b" ")
    clock, _, fraction = time.partition(b".")
    numbers = [*map(int, day.split(b"-")), *map(int, clock.split(b":"))]
    return _datetime.datetime(*numbers, int(f"{fraction.decode():0<6.6}") if fraction else 0)


def _adapt_standard_types():
    """Dates and times as texts, and back."""
    register_adapter(_datetime.date, _datetime.date.isoformat)
    register_adapter(_datetime.datetime, lambda value: value.isoformat(" "))
    register_converter("date", lambda data: _datetime.date(*map(int, data.split(b"-"))))
    register_converter("timestamp", _timestamp)


class Row:
    """A row whose values have names, too."""

    __slots__ = "_names", "_values"

    def __new__(cls, cursor, data, /):
        if not isinstance(data, tuple):
            raise TypeError(f"Row() argument 2 must be tuple, not {type(data).__name__}")
        made = object.__new__(cls)
        made._names = tuple(column[0] for column in cursor.description or ())
        made._values = data
        return made

    def keys(self):
        """The names of the columns."""
        return list(self._names)

    def __getitem__(self, key):
        if isinstance(key, (int, slice)):
            return self._values[key]
        if not isinstance(key, str):
            raise IndexError("Index must be int or string")
        wanted = key.lower()
        for place, name in enumerate(self._names):
            if name == key or name.lower() == wanted:
                return self._values[place]
        raise IndexError("No item with that key")

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return iter(self._values)

    def __eq__(self, other):
        if not isinstance(other, Row):
            return NotImplemented
        return self._names == other._names and self._values == other._values

    def __hash__(self):
        return hash(self._names) ^ hash(self._values)


Row.__module__ = "sqlite3"
__import__("collections.abc").abc.Sequence.register(Row)
