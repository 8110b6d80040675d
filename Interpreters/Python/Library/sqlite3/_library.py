"""The functions of SQLite, its constants, and what its errors become.

SQLite is safe with threads by locks of its own, so its functions are `atomic`: a call leaves the virtual
machine, and happens exactly once.
"""

import ffi as _ffi

_BINDINGS = """
const  const char *sqlite3_libversion(void)
const  int sqlite3_threadsafe(void)
const  int sqlite3_libversion_number(void)
atomic int sqlite3_open_v2(const char *filename, out void **db, int flags, const char *vfs)
atomic int sqlite3_close_v2(void *db)
atomic int sqlite3_busy_timeout(void *db, int milliseconds)
atomic int sqlite3_extended_result_codes(void *db, int on)
atomic int sqlite3_extended_errcode(void *db)
atomic const char *sqlite3_errmsg(void *db)
const  const char *sqlite3_errstr(int code)
atomic int sqlite3_get_autocommit(void *db)
atomic int sqlite3_changes(void *db)
atomic int sqlite3_total_changes(void *db)
atomic long sqlite3_last_insert_rowid(void *db)
atomic void sqlite3_interrupt(void *db)
atomic int sqlite3_limit(void *db, int what, int value)
pure   int sqlite3_complete(const char *sql)
atomic int sqlite3_prepare_v2(void *db, const char *sql, int bytes, out void **statement, out const char **tail)
atomic int sqlite3_step(void *statement)
atomic int sqlite3_reset(void *statement)
atomic int sqlite3_finalize(void *statement)
atomic int sqlite3_clear_bindings(void *statement)
atomic int sqlite3_stmt_readonly(void *statement)
atomic int sqlite3_bind_parameter_count(void *statement)
atomic const char *sqlite3_bind_parameter_name(void *statement, int place)
atomic int sqlite3_bind_null(void *statement, int place)
atomic int sqlite3_bind_int64(void *statement, int place, long value)
atomic int sqlite3_bind_double(void *statement, int place, double value)
atomic int sqlite3_bind_text(void *statement, int place, const void *text, int bytes, long keep)
atomic int sqlite3_bind_blob(void *statement, int place, const void *data, int bytes, long keep)
atomic int sqlite3_bind_zeroblob(void *statement, int place, int bytes)
atomic int sqlite3_column_count(void *statement)
atomic const char *sqlite3_column_name(void *statement, int column)
atomic const char *sqlite3_column_decltype(void *statement, int column)
atomic int sqlite3_column_type(void *statement, int column)
atomic long sqlite3_column_int64(void *statement, int column)
atomic double sqlite3_column_double(void *statement, int column)
atomic const void *sqlite3_column_text(void *statement, int column)
atomic const void *sqlite3_column_blob(void *statement, int column)
atomic int sqlite3_column_bytes(void *statement, int column)
atomic int sqlite3_value_type(void *value)
atomic long sqlite3_value_int64(void *value)
atomic double sqlite3_value_double(void *value)
atomic const void *sqlite3_value_text(void *value)
atomic const void *sqlite3_value_blob(void *value)
atomic int sqlite3_value_bytes(void *value)
atomic void sqlite3_result_null(void *context)
atomic void sqlite3_result_int64(void *context, long value)
atomic void sqlite3_result_double(void *context, double value)
atomic void sqlite3_result_text(void *context, const void *text, int bytes, long keep)
atomic void sqlite3_result_blob(void *context, const void *data, int bytes, long keep)
atomic void sqlite3_result_error(void *context, const char *message, int bytes)
atomic void *sqlite3_aggregate_context(void *context, int bytes)
atomic int sqlite3_create_function_v2(void *db, const char *name, int count, int flags, void *data, kept void (*function)(void *, int, void *), kept void (*step)(void *, int, void *), kept void (*final)(void *), void *destroy)
atomic int sqlite3_create_collation_v2(void *db, const char *name, int encoding, void *data, kept int (*compare)(void *, int, void *, int, void *), void *destroy)
atomic void *sqlite3_backup_init(void *target, const char *name, void *source, const char *source_name)
atomic int sqlite3_backup_step(void *backup, int pages)
atomic int sqlite3_backup_remaining(void *backup)
atomic int sqlite3_backup_pagecount(void *backup)
atomic int sqlite3_backup_finish(void *backup)
"""


class _Functions:
    """The functions without their common prefix."""

    def __init__(self):
        library = _ffi.library("libsqlite3.so.0", "libsqlite3.so")
        try:
            for declaration in _BINDINGS.strip().splitlines():
                function = library.bind(declaration)
                setattr(self, function.__name__.removeprefix("sqlite3_"), function)
        except _ffi.Error as reason:
            raise ModuleNotFoundError(f"No module named '_sqlite3': {reason}",
                                      name="_sqlite3") from None


lib = _Functions()

#: Results, and what they are called.
OK, ERROR, INTERNAL, PERM, ABORT, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, NOTFOUND, \
    FULL, CANTOPEN, PROTOCOL, EMPTY, SCHEMA, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, NOLFS, AUTH, \
    FORMAT, RANGE, NOTADB, NOTICE, WARNING = range(29)
ROW, DONE = 100, 101
INTEGER, FLOAT, TEXT, BLOB, NULL = range(1, 6)
#: The data is copied before the call returns.
COPY = -1
UTF8, DETERMINISTIC = 1, 0x800

CONSTANTS = {f"SQLITE_{name}": value for name, value in [*globals().items()]
             if name.isupper() and isinstance(value, int) and (name in ("OK", "ROW", "DONE")
                                                               or 0 < value <= WARNING)
             and name not in ("INTEGER", "FLOAT", "TEXT", "BLOB", "NULL", "COPY", "UTF8")}
for _base, _names in {
    "CONSTRAINT": "CHECK COMMITHOOK FOREIGNKEY FUNCTION NOTNULL PRIMARYKEY TRIGGER UNIQUE VTAB "
                  "ROWID PINNED",
    "BUSY": "RECOVERY SNAPSHOT TIMEOUT", "CANTOPEN": "NOTEMPDIR ISDIR FULLPATH CONVPATH",
    "READONLY": "RECOVERY CANTLOCK ROLLBACK DBMOVED CANTINIT DIRECTORY",
    "IOERR": "READ SHORT_READ WRITE FSYNC DIR_FSYNC TRUNCATE FSTAT UNLOCK RDLOCK DELETE BLOCKED "
             "NOMEM ACCESS CHECKRESERVEDLOCK LOCK CLOSE DIR_CLOSE SHMOPEN SHMSIZE SHMLOCK SHMMAP "
             "SEEK DELETE_NOENT MMAP GETTEMPPATH CONVPATH VNODE AUTH",
    "LOCKED": "SHAREDCACHE VTAB", "ABORT": "- ROLLBACK", "CORRUPT": "VTAB SEQUENCE",
    "ERROR": "MISSING_COLLSEQ RETRY SNAPSHOT",
}.items():
    for _place, _name in enumerate(_names.split(), 1):
        CONSTANTS[f"SQLITE_{_base}_{_name}"] = globals()[_base] | _place << 8
CONSTANTS.pop("SQLITE_ABORT_-")
NAMES = {value: name for name, value in CONSTANTS.items()}
CONSTANTS.update(
    SQLITE_DENY=1, SQLITE_IGNORE=2, SQLITE_DETERMINISTIC=DETERMINISTIC,
    **{f"SQLITE_LIMIT_{name}": place for place, name in enumerate(
        "LENGTH SQL_LENGTH COLUMN EXPR_DEPTH COMPOUND_SELECT VDBE_OP FUNCTION_ARG ATTACHED "
        "LIKE_PATTERN_LENGTH VARIABLE_NUMBER TRIGGER_DEPTH WORKER_THREADS".split())})


def _exception(name, base, doc):
    made = type(name, (base,), {"__doc__": doc, "__module__": "sqlite3"})
    globals()[name] = made
    return made


_exception("Warning", Exception, "Something to know of.")
_exception("Error", Exception, "What all errors are derived from.")
_exception("InterfaceError", Error, "The module is used in a wrong way.")
_exception("DatabaseError", Error, "Something is wrong with the database.")
_exception("DataError", DatabaseError, "A value is too large, for example.")
_exception("OperationalError", DatabaseError, "The database cannot do it.")
_exception("IntegrityError", DatabaseError, "It would break a rule of the database.")
_exception("InternalError", DatabaseError, "SQLite is in trouble.")
_exception("ProgrammingError", DatabaseError, "The program is wrong.")
_exception("NotSupportedError", DatabaseError, "SQLite cannot do that at all.")

_KINDS = {
    INTERNAL: InternalError, NOTFOUND: InternalError, CORRUPT: DatabaseError, TOOBIG: DataError,
    CONSTRAINT: IntegrityError, MISMATCH: IntegrityError, MISUSE: InterfaceError,
    RANGE: InterfaceError,
    **dict.fromkeys((ERROR, PERM, ABORT, BUSY, LOCKED, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN,
                     PROTOCOL, EMPTY, SCHEMA), OperationalError)}


def failure(code, message):
    """The exception for a result."""
    if code & 0xFF == NOMEM:
        return MemoryError()
    error = _KINDS.get(code & 0xFF, DatabaseError)(message)
    error.sqlite_errorcode, error.sqlite_errorname = code, NAMES.get(code, "unknown")
    return error


def last_failure(db):
    """The exception for what went wrong last with a connection."""
    return failure(lib.extended_errcode(db), lib.errmsg(db).decode("utf-8", "replace"))
