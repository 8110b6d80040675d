"""Several threads fill and query one SQLite database.

SQLite is safe with threads, so its functions are `atomic`: calls leave the virtual machine, and happen
exactly once.
"""

import os
import threading

import ffi

sqlite = ffi.load(os.path.join(os.path.dirname(__file__), "../bindings/sqlite3.bindings"))


class Database:
    def __init__(self, path):
        status, self.handle = sqlite.sqlite3_open(path)
        if status != sqlite.SQLITE_OK:
            raise OSError(f"{path} cannot be opened")

    def query(self, sql, *numbers):
        """The rows, each a tuple with the texts of its columns."""
        status, statement = sqlite.sqlite3_prepare_v2(self.handle, sql, -1, None)
        if status != sqlite.SQLITE_OK:
            raise ValueError(sqlite.sqlite3_errmsg(self.handle).decode())
        rows = []
        try:
            for place, number in enumerate(numbers, 1):
                sqlite.sqlite3_bind_int(statement, place, number)
            while (status := sqlite.sqlite3_step(statement)) == sqlite.SQLITE_ROW:
                columns = range(sqlite.sqlite3_column_count(statement))
                rows.append(tuple(sqlite.sqlite3_column_text(statement, i).decode() for i in columns))
            if status != sqlite.SQLITE_DONE:
                raise ValueError(sqlite.sqlite3_errmsg(self.handle).decode())
        finally:
            sqlite.sqlite3_finalize(statement)
        return rows

    def close(self):
        sqlite.sqlite3_close(self.handle)


database = Database(":memory:")
database.query("create table squares (n integer, square integer)")


def insert(first):
    for n in range(first, 101, 4):
        database.query("insert into squares values (?1, ?1 * ?1)", n)


threads = [threading.Thread(target=insert, args=(n,)) for n in range(1, 5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for limit in (11, 101):
    print(database.query("select count(*), sum(square) from squares where n < ?1", limit))
# expect: [('10', '385')]
# expect: [('100', '338350')]
try:
    database.query("select n from nowhere")
except ValueError as error:
    print(error)  # expect: no such table: nowhere
database.close()
