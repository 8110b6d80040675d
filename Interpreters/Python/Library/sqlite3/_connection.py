"""Connections to databases."""

import os
import threading
import weakref
from collections import OrderedDict

import ffi

from ._cursor import Cursor, Statement
from ._library import (DETERMINISTIC, DONE, INTERRUPT, NAMES, OK, UTF8, DatabaseError, DataError, Error,
                       IntegrityError, InterfaceError, InternalError, NotSupportedError,
                       OperationalError, ProgrammingError, Warning, failure, last_failure, lib)
from ._values import argument, give_result

_LEVELS = ("", "DEFERRED", "IMMEDIATE", "EXCLUSIVE")
_OPEN_READWRITE, _OPEN_CREATE, _OPEN_URI = 2, 4, 0x40
_tracebacks = [False]


def enable_callback_tracebacks(enable, /):
    """Whether errors in functions that SQLite calls are printed."""
    _tracebacks[0] = bool(enable)


def _report():
    if _tracebacks[0]:
        import sys
        import traceback
        traceback.print_exc(file=sys.stderr)


def _close(holder):
    db, holder[0] = holder[0], None
    if db is not None:
        lib.close_v2(db)


class Connection:
    """An open database."""

    __module__ = "sqlite3"
    Warning, Error, InterfaceError, DatabaseError = Warning, Error, InterfaceError, DatabaseError
    DataError, OperationalError, IntegrityError = DataError, OperationalError, IntegrityError
    InternalError, ProgrammingError = InternalError, ProgrammingError
    NotSupportedError = NotSupportedError

    def __init__(self, database, timeout=5.0, detect_types=0, isolation_level="",
                 check_same_thread=True, factory=None, cached_statements=128, uri=False):
        self._thread = threading.get_ident()
        self._checks_thread, self._detect_types = check_same_thread, detect_types
        self.row_factory, self.text_factory = None, str
        self.isolation_level = isolation_level
        self._cursors, self._statements = weakref.WeakSet(), OrderedDict()
        self._most_statements, self._functions, self._raised = cached_statements, [], None
        flags = _OPEN_READWRITE | _OPEN_CREATE | (_OPEN_URI if uri else 0)
        status, db = lib.open_v2(os.fsencode(database), flags, None)
        self._holder = [db]
        self._closing = weakref.finalize(self, _close, self._holder)
        self._closing.atexit = False
        if status != OK:
            error = last_failure(db)
            self._closing()
            raise error
        lib.extended_result_codes(db, 1)
        lib.busy_timeout(db, int(timeout * 1000))

    # What holds for every use

    @property
    def _db(self):
        return self._holder[0]

    def _check_thread(self):
        if self._checks_thread and self._thread != threading.get_ident():
            raise ProgrammingError(
                "SQLite objects created in a thread can only be used in that same thread. The "
                f"object was created in thread id {self._thread} and this is thread id "
                f"{threading.get_ident()}.")

    def _check(self):
        self._check_thread()
        if getattr(self, "_holder", None) is None:
            raise ProgrammingError("Base Connection.__init__ not called.")
        if self._holder[0] is None:
            raise ProgrammingError("Cannot operate on a closed database.")

    def _failure(self):
        """The exception for what went wrong last."""
        return last_failure(self._db)

    def _statement(self, sql):
        """A compiled statement that is not in use."""
        known = self._statements.get(sql)
        if known is not None and not known.is_busy:
            self._statements.move_to_end(sql)
            known.is_busy = True
            return known
        statement = Statement(self, sql)
        statement.is_busy = True
        if known is None:
            self._statements[sql] = statement
            while len(self._statements) > self._most_statements:
                _, oldest = self._statements.popitem(last=False)
                if not oldest.is_busy:
                    oldest.close()
        return statement

    def _execute(self, sql):
        """Runs a statement that gives nothing."""
        statement = Statement(self, sql)
        try:
            if lib.step(statement.handle) != DONE:
                raise self._failure()
        finally:
            statement.close()

    def _begin(self):
        if self._level is not None and lib.get_autocommit(self._db):
            self._execute(f"BEGIN {self._level}")

    @property
    def isolation_level(self):
        """How a transaction is begun by itself before data changes; None for never."""
        return self._level

    @isolation_level.setter
    def isolation_level(self, level):
        if level is not None:
            if not isinstance(level, str):
                raise TypeError("isolation_level must be a string or None")
            if level.upper() not in _LEVELS:
                raise ValueError("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or "
                                 "'EXCLUSIVE'")
            level = level.upper()
        elif getattr(self, "_holder", None):
            self.commit()
        self._level = level

    @property
    def in_transaction(self):
        self._check()
        return not lib.get_autocommit(self._db)

    @property
    def total_changes(self):
        self._check()
        return lib.total_changes(self._db)

    # Use

    def cursor(self, factory=Cursor):
        """A new cursor."""
        self._check()
        made = factory(self)
        if not isinstance(made, Cursor):
            raise TypeError(
                f"factory must return a cursor, not {type(made).__name__}")
        return made

    def execute(self, sql, parameters=(), /):
        """Runs a statement with a new cursor."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql, parameters, /):
        """Runs a statement for each of several sets of parameters, with a new cursor."""
        return self.cursor().executemany(sql, parameters)

    def executescript(self, sql_script, /):
        """Runs all statements of a text with a new cursor."""
        return self.cursor().executescript(sql_script)

    def __call__(self, sql, /):
        self._check()
        return Statement(self, sql)

    def commit(self):
        """Ends the open transaction; its changes last."""
        self._check()
        if not lib.get_autocommit(self._db):
            self._execute("COMMIT")

    def rollback(self):
        """Ends the open transaction; its changes are undone."""
        self._check()
        if not lib.get_autocommit(self._db):
            for cursor in self._cursors:
                cursor._finish()
            self._execute("ROLLBACK")

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, kind, value, traceback, /):
        if kind is None:
            try:
                self.commit()
            except BaseException:
                self.rollback()
                raise
        else:
            self.rollback()
        return False

    def close(self):
        """Closes the database; what was not committed is undone."""
        self._check_thread()
        if self._holder[0] is None:
            return
        for cursor in list(self._cursors):
            cursor._finish()
        for statement in self._statements.values():
            statement.close()
        self._statements.clear()
        self._closing()

    def interrupt(self):
        """Ends what other threads do with the connection."""
        if self._holder[0] is None:
            raise ProgrammingError("Cannot operate on a closed database.")
        lib.interrupt(self._db)

    def getlimit(self, category, /):
        self._check()
        return self._limit(category, -1)

    def setlimit(self, category, limit, /):
        self._check()
        return self._limit(category, limit)

    def _limit(self, category, limit):
        known = lib.limit(self._db, category, limit)
        if known < 0:
            raise ProgrammingError("'category' is out of bounds")
        return known

    def set_trace_callback(self, trace_callback):
        """Tracing is not there; only None, which ends it, can be given."""
        if trace_callback is not None:
            raise NotSupportedError("statements cannot be traced")

    # Functions that SQLite calls

    def _keep(self, *functions):
        # C has their addresses as long as the connection lives.
        self._functions.append(functions)

    def create_function(self, name, narg, func, /, *, deterministic=False):
        """Makes a function that statements can call."""
        self._check()

        def run(context, count, values):
            context, values = ffi.Pointer(context) if isinstance(context, int) else context, values
            try:
                give_result(context, func(*_arguments(count, values)))
            except Exception:
                _report()
                lib.result_error(context, b"user-defined function raised exception", -1)

        run = None if func is None else run
        flags = UTF8 | (DETERMINISTIC if deterministic else 0)
        self._keep(run)
        if lib.create_function_v2(self._db, name, narg, flags, None, run, None, None, None) != OK:
            raise OperationalError("Error creating function")

    def create_aggregate(self, name, n_arg, aggregate_class, /):
        """Makes a function of many rows, of a class with the methods `step` and `finalize`."""
        self._check()
        running = {}

        def step(context, count, values):
            key = int(lib.aggregate_context(context, 8))
            try:
                if key not in running:
                    running[key] = None
                    running[key] = aggregate_class()
                running[key].step(*_arguments(count, values))
            except Exception:
                _report()
                lib.result_error(
                    context, b"user-defined aggregate's 'step' method raised error", -1)

        def final(context):
            place = lib.aggregate_context(context, 0)
            try:
                made = running.pop(int(place)) if place is not None else aggregate_class()
                give_result(context, made.finalize())
            except Exception:
                _report()
                lib.result_error(
                    context, b"user-defined aggregate's 'finalize' method raised error", -1)

        if aggregate_class is None:
            step = final = None
        self._keep(step, final)
        if lib.create_function_v2(
                self._db, name, n_arg, UTF8, None, None, step, final, None) != OK:
            raise OperationalError("Error creating aggregate")

    def create_collation(self, name, callback, /):
        """Makes an order of texts."""
        self._check()

        def compare(_, count, text, other_count, other_text):
            try:
                order = callback(_text(text, count), _text(other_text, other_count))
            except Exception:
                _report()
                return 0
            return (order > 0) - (order < 0)

        compare = None if callback is None else compare
        self._keep(compare)
        if lib.create_collation_v2(self._db, name, UTF8, None, compare, None) != OK:
            raise self._failure()

    # Whole databases

    def backup(self, target, *, pages=-1, progress=None, name="main", sleep=0.250):
        """Copies the database to another connection."""
        self._check()
        target._check()
        if target is self:
            raise ValueError("target cannot be the same connection instance")
        backup = lib.backup_init(target._db, "main", self._db, name)
        if backup is None:
            raise last_failure(target._db)
        status = OK
        while status == OK:
            status = lib.backup_step(backup, -1 if pages == 0 else pages)
            if progress is not None:
                progress(status, lib.backup_remaining(backup), lib.backup_pagecount(backup))
        ended = lib.backup_finish(backup)
        if ended != OK:
            raise failure(ended, lib.errstr(ended).decode())

    def iterdump(self):
        """The statements that make the database again."""
        yield "BEGIN TRANSACTION;"
        cursor = self.cursor()
        cursor.row_factory = None
        schema = cursor.execute(
            "SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name").fetchall()
        for name, kind, sql in schema:
            if kind != "table":
                continue
            if name == "sqlite_sequence":
                yield 'DELETE FROM "sqlite_sequence";'
            elif name == "sqlite_stat1":
                yield 'ANALYZE "sqlite_master";'
            elif name.startswith("sqlite_"):
                continue
            else:
                yield f"{sql};"
            table = name.replace('"', '""')
            columns = [row[1] for row in cursor.execute(f'PRAGMA table_info("{table}")').fetchall()]
            quoted = ",".join("'||quote(\"{}\")||'".format(c.replace('"', '""')) for c in columns)
            inserted = table.replace("'", "''")
            for row in cursor.execute(
                    f"SELECT 'INSERT INTO \"{inserted}\" VALUES({quoted})' FROM \"{table}\"").fetchall():
                yield f"{row[0]};"
        for name, kind, sql in schema:
            if kind in ("index", "trigger", "view"):
                yield f"{sql};"
        yield "COMMIT;"


def _arguments(count, values):
    """The arguments of a call by SQLite, from an array of addresses."""
    if not count:
        return ()
    addresses = memoryview(values.read(8 * count)).cast("Q")
    return [argument(ffi.Pointer(address)) for address in addresses]


def _text(place, count):
    return place.read(count).decode() if count else ""
