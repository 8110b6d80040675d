# Modules over libraries of the system, which are called between quanta, and examples in docstrings, whose
# tracebacks read this file: neither is replayed.
# with: backend=gil,serial
import doctest
import gzip
import io
import sqlite3
import threading
import zlib

text = b"".join(b"line %d\n" % i for i in range(500))
packed = zlib.compress(text, 9)
print(zlib.decompress(packed) == text, len(packed) < len(text) // 3)  # expect: True True
print(zlib.crc32(text), zlib.adler32(text))  # expect: 3962029567 3538528385
reader, pieces = zlib.decompressobj(), []
for start in range(0, len(packed), 50):
    pieces.append(reader.decompress(packed[start:start + 50]))
print(b"".join(pieces) == text, reader.eof)  # expect: True True
try:
    zlib.decompress(b"nothing of the kind")
except zlib.error as error:
    print(error)  # expect: Error -3 while decompressing data: incorrect header check
buffer = io.BytesIO()
with gzip.GzipFile("name", "wb", fileobj=buffer, mtime=0) as file:
    file.write(text)
with gzip.open(io.BytesIO(buffer.getvalue()), "rt") as file:
    print(sum(1 for _ in file), file.readline() == "")  # expect: 500 True

database = sqlite3.connect(":memory:", check_same_thread=False)
database.execute("create table words (word text, size integer)")
lock = threading.Lock()


def insert(words):
    for word in words:
        with lock, database:
            database.execute("insert into words values (?, ?)", (word, len(word)))


threads = [threading.Thread(target=insert, args=(part,)) for part in (["one", "two"], ["three"])]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(database.execute("select word, size from words order by word").fetchall())
# expect: [('one', 3), ('three', 5), ('two', 3)]
try:
    with database:
        database.execute("delete from words")
        database.execute("insert into nowhere values (1)")
except sqlite3.OperationalError as error:
    print(error, database.in_transaction)  # expect: no such table: nowhere False
database.row_factory = sqlite3.Row
row = database.execute("select count(*) as n, sum(size) from words").fetchone()
print(row["n"], row[1], row.keys())  # expect: 3 11 ['n', 'sum(size)']
database.create_function("backwards", 1, lambda word: word[::-1])
print(database.execute("select backwards('abc'), 9223372036854775807, 1.5, null, x'00ff'").fetchone()[:])
# expect: ('cba', 9223372036854775807, 1.5, None, b'\x00\xff')
database.close()


def double(x):
    """
    >>> double(2)
    4
    >>> double(None)
    Traceback (most recent call last):
    TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'
    >>> double("a")
    'wrong'
    """
    return x * 2


test = doctest.DocTestFinder().find(double, "double", globs={"double": double})[0]
report = []
print(doctest.DocTestRunner(verbose=False).run(test, out=report.append))
# expect: TestResults(failed=1, attempted=3)
print("".join(report).splitlines()[-4:])
# expect: ['Expected:', "    'wrong'", 'Got:', "    'aa'"]
