"""The interface that databases of Python share, version 2, for SQLite."""

import collections.abc
import datetime
import time

from . import _connection, _cursor, _library, _values
from ._connection import Connection, enable_callback_tracebacks
from ._cursor import Cursor
from ._library import (DatabaseError, DataError, Error, IntegrityError, InterfaceError,
                       InternalError, NotSupportedError, OperationalError, ProgrammingError,
                       Warning, lib as _lib)
from ._values import (PARSE_COLNAMES, PARSE_DECLTYPES, PrepareProtocol, Row, _adapt_standard_types,
                      adapt, adapters, converters, register_adapter, register_converter)

globals().update(_library.CONSTANTS)

apilevel, paramstyle = "2.0", "qmark"
threadsafety = {0: 0, 1: 3, 2: 1}[_lib.threadsafe()]
version, version_info = "2.6.0", (2, 6, 0)
sqlite_version = _lib.libversion().decode()
sqlite_version_info = tuple(map(int, sqlite_version.split(".")))

Date, Time, Timestamp, Binary = datetime.date, datetime.time, datetime.datetime, memoryview


def DateFromTicks(ticks):
    return Date(*time.localtime(ticks)[:3])


def TimeFromTicks(ticks):
    return Time(*time.localtime(ticks)[3:6])


def TimestampFromTicks(ticks):
    return Timestamp(*time.localtime(ticks)[:6])


def connect(database, timeout=5.0, detect_types=0, isolation_level="", check_same_thread=True,
            factory=Connection, cached_statements=128, uri=False):
    """Opens a database: a path, or `:memory:`."""
    return factory(database, timeout, detect_types, isolation_level, check_same_thread, factory,
                   cached_statements, uri)


def complete_statement(statement):
    """Does the text end with the end of a statement?"""
    return bool(_lib.complete(statement))


for _thing in (connect, complete_statement, adapt, register_adapter, register_converter):
    _thing.__module__ = "sqlite3"
