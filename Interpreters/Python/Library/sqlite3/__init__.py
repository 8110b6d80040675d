"""SQL databases in files or in memory, by the system's SQLite, which is called through `ffi`."""

from sqlite3 import dbapi2
from sqlite3.dbapi2 import *
from sqlite3.dbapi2 import _adapt_standard_types

_adapt_standard_types()
