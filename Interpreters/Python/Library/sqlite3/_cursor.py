"""Statements and what they give."""

from collections import deque

from ._library import (BLOB, DONE, FLOAT, INTEGER, NULL, OK, ROW, TEXT, DataError, InterfaceError,
                       OperationalError, ProgrammingError, Warning, last_failure, lib)
from ._values import PARSE_COLNAMES, PARSE_DECLTYPES, bind, column_bytes, converters, text_bytes

#: Rows that are taken from a statement before they are asked for.
_AHEAD = 64


def _first_word(sql):
    """The word that a statement begins with, in capitals; comments do not count."""
    rest = sql.lstrip(" \t\r\n")
    while rest.startswith(("--", "/*")):
        end = "\n" if rest.startswith("--") else "*/"
        rest = rest[2:].partition(end)[2].lstrip(" \t\r\n")
    word = ""
    for letter in rest:
        if not letter.isalpha():
            break
        word += letter
    return word.upper(), rest


class Statement:
    """A compiled statement."""

    def __init__(self, connection, sql):
        self.connection, self.sql = connection, sql
        if "\0" in sql:
            raise ProgrammingError("the query contains a null character")
        data = sql.encode()
        limit = lib.limit(connection._db, 1, -1)
        if len(data) > limit:
            raise DataError("query string is too large")
        status, self.handle, tail = lib.prepare_v2(connection._db, data, -1)
        if status != OK:
            raise last_failure(connection._db)
        if tail and _first_word(tail.decode("utf-8", "replace").replace(";", " "))[1]:
            self.close()
            raise ProgrammingError("You can only execute one statement at a time.")
        self.changes_data = _first_word(sql)[0] in ("INSERT", "UPDATE", "DELETE", "REPLACE")
        self.parameters = 0 if self.handle is None else lib.bind_parameter_count(self.handle)
        self.is_busy = False

    def names(self):
        """The names of the parameters, without their sign; None for those by number."""
        found = [lib.bind_parameter_name(self.handle, place + 1) for place in range(self.parameters)]
        return [name and name[1:].decode() for name in found]

    def bind(self, parameters):
        if isinstance(parameters, (list, tuple)) or not isinstance(parameters, dict) \
                and hasattr(parameters, "__getitem__") and hasattr(parameters, "__len__") \
                and not hasattr(type(parameters), "__missing__") and not hasattr(parameters, "keys"):
            count = len(parameters)
            if count != self.parameters:
                raise ProgrammingError(
                    "Incorrect number of bindings supplied. The current statement uses "
                    f"{self.parameters}, and there are {count} supplied.")
            values = (parameters[place] for place in range(count))
        elif hasattr(parameters, "__getitem__"):
            values = self._named(parameters)
        else:
            raise ProgrammingError("parameters are of unsupported type")
        for place, value in enumerate(values, 1):
            if bind(self.handle, place, value) != OK:
                raise last_failure(self.connection._db)

    def _named(self, parameters):
        for place, name in enumerate(self.names(), 1):
            if name is None:
                raise ProgrammingError(
                    f"Binding {place} has no name, but you supplied a dictionary (which has only "
                    "names).")
            try:
                yield parameters[name]
            except LookupError:
                raise ProgrammingError(
                    f"You did not supply a value for binding parameter :{name}.") from None

    def rest(self):
        """Ready to be used again."""
        self.is_busy = False
        if self.handle is not None:
            lib.reset(self.handle)
            lib.clear_bindings(self.handle)

    def close(self):
        handle, self.handle = self.handle, None
        if handle is not None:
            lib.finalize(handle)


class Cursor:
    """Runs statements, and has their rows."""

    __module__ = "sqlite3"

    def __init__(self, connection, /):
        if not hasattr(connection, "_check"):
            raise TypeError(f"Cursor() argument 1 must be sqlite3.Connection, "
                            f"not {type(connection).__name__}")
        self.connection = connection
        self.description, self.rowcount, self.lastrowid, self.arraysize = None, -1, None, 1
        self.row_factory = connection.row_factory
        self._statement, self._rows, self._is_closed = None, deque(), False
        connection._cursors.add(self)

    def _check(self):
        if not hasattr(self, "_is_closed"):
            raise ProgrammingError("Base Cursor.__init__ not called.")
        if self._is_closed:
            raise ProgrammingError("Cannot operate on a closed cursor.")
        self.connection._check()

    def _finish(self):
        statement, self._statement = self._statement, None
        self._rows.clear()
        if statement is not None:
            statement.rest()

    def execute(self, sql, parameters=(), /):
        """Runs a statement; the cursor then has its rows."""
        if not isinstance(sql, str):
            raise TypeError(f"execute() argument 1 must be str, not {type(sql).__name__}")
        return self._run(sql, (parameters,), False)

    def executemany(self, sql, seq_of_parameters, /):
        """Runs a statement for each of several sets of parameters."""
        if not isinstance(sql, str):
            raise TypeError(f"executemany() argument 1 must be str, not {type(sql).__name__}")
        return self._run(sql, seq_of_parameters, True)

    def _run(self, sql, sets, is_many):
        self._check()
        self._finish()
        connection = self.connection
        db = connection._db
        self.description, self.rowcount = None, -1
        statement = connection._statement(sql)
        if is_many and not statement.changes_data:
            statement.rest()
            raise ProgrammingError("executemany() can only execute DML statements.")
        if statement.handle is None:
            return self
        try:
            if statement.changes_data:
                connection._begin()
                self.rowcount = 0
            for parameters in sets:
                statement.bind(parameters)
                status = lib.step(statement.handle)
                if status not in (ROW, DONE):
                    raise connection._failure()
                self._describe(statement)
                if statement.changes_data:
                    if is_many or status == DONE:
                        self.rowcount += lib.changes(db)
                if not is_many:
                    break
                while status == ROW:
                    status = lib.step(statement.handle)
                lib.reset(statement.handle)
            if not is_many:
                self.lastrowid = lib.last_insert_rowid(db) if statement.changes_data \
                    and _first_word(sql)[0] in ("INSERT", "REPLACE") else self.lastrowid
        except BaseException:
            self.rowcount = -1
            statement.rest()
            raise
        if is_many or status == DONE:
            statement.rest()
        else:
            self._statement = statement
            self._prepare_columns(statement)
            self._read_ahead(status)
        return self

    def _read_ahead(self, status=None):
        """Takes the next rows. A statement with few rows is at its end at once, and holds no lock then."""
        statement = self._statement
        try:
            while len(self._rows) < _AHEAD:
                if status is None:
                    status = lib.step(statement.handle)
                if status != ROW:
                    if status != DONE:
                        raise self.connection._failure()
                    if statement.changes_data:
                        self.rowcount = lib.changes(self.connection._db)
                    break
                self._rows.append(self._row(statement))
                status = None
            else:
                return
        except Exception as error:
            # Told to whoever comes to this row.
            self._rows.append(error)
        self._statement = None
        statement.rest()

    def executescript(self, sql_script, /):
        """Runs all statements of a text, after what was open is committed."""
        if not isinstance(sql_script, str):
            raise TypeError(f"executescript() argument 1 must be str, not "
                            f"{type(sql_script).__name__}")
        self._check()
        if "\0" in sql_script:
            raise ValueError("embedded null character")
        db = self.connection._db
        if not lib.get_autocommit(db):
            self.connection._execute("COMMIT")
        rest = sql_script.encode()
        while rest:
            status, handle, rest = lib.prepare_v2(db, rest, -1)
            if status != OK:
                raise last_failure(db)
            if handle is None:
                continue
            try:
                while status in (OK, ROW):
                    status = lib.step(handle)
                if status != DONE:
                    raise self.connection._failure()
            finally:
                lib.finalize(handle)
        return self

    def _describe(self, statement):
        if self.description is not None:
            return
        names = []
        for column in range(lib.column_count(statement.handle)):
            name = lib.column_name(statement.handle, column).decode()
            if self.connection._detect_types & PARSE_COLNAMES:
                name = name.partition(" [")[0]
            names.append((name,) + (None,) * 6)
        self.description = tuple(names) or None

    def _prepare_columns(self, statement):
        """Finds the function for each column that makes its values."""
        detect, self._converters = self.connection._detect_types, []
        for column in range(len(self.description)):
            found = None
            if detect & PARSE_COLNAMES:
                name = lib.column_name(statement.handle, column).decode()
                if "[" in name:
                    found = converters.get(name.partition("[")[2].partition("]")[0].upper())
            if detect & PARSE_DECLTYPES and found is None:
                declared = lib.column_decltype(statement.handle, column)
                if declared is not None:
                    word = declared.decode().partition("(")[0].split(" ")[0]
                    found = converters.get(word.upper())
            self._converters.append(found)

    def _row(self, statement):
        handle, factory, values = statement.handle, self.connection.text_factory, []
        for column, converter in enumerate(self._converters):
            kind = lib.column_type(handle, column)
            if kind == NULL:
                value = None
            elif converter is not None:
                value = converter(column_bytes(handle, column))
            elif kind == INTEGER:
                value = lib.column_int64(handle, column)
            elif kind == FLOAT:
                value = lib.column_double(handle, column)
            elif kind == BLOB:
                value = column_bytes(handle, column)
            else:
                data = text_bytes(handle, column)
                if factory is str:
                    try:
                        value = data.decode()
                    except UnicodeDecodeError:
                        name = lib.column_name(handle, column).decode()
                        shown = data.decode("utf-8", "replace")
                        raise OperationalError(
                            f"Could not decode to UTF-8 column '{name}' with text '{shown}'"
                        ) from None
                else:
                    value = data if factory is bytes else factory(data)
            values.append(value)
        return tuple(values)

    def __iter__(self):
        return self

    def __next__(self):
        self._check()
        if not self._rows and self._statement is not None:
            self._read_ahead()
        if not self._rows:
            raise StopIteration
        row = self._rows.popleft()
        if isinstance(row, Exception):
            raise row
        return row if self.row_factory is None else self.row_factory(self, row)

    def fetchone(self):
        """The next row; None when there is no other."""
        return next(self, None)

    def fetchmany(self, size=None):
        """The next rows, as many as `arraysize` says when no size is given."""
        rows = []
        for row in self:
            rows.append(row)
            if len(rows) == (self.arraysize if size is None else size):
                break
        return rows

    def fetchall(self):
        """All rows that are left."""
        return list(self)

    def close(self):
        """The cursor is of no more use."""
        self.connection._check_thread()
        self._finish()
        self._is_closed = True

    def setinputsizes(self, sizes, /):
        """Does nothing: sizes need not be known."""

    def setoutputsize(self, size, column=None, /):
        """Does nothing: sizes need not be known."""
