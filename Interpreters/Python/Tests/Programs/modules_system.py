# Modules over libraries of the system, and those that test programs.
import codecs
import doctest
import gzip
import io
import locale
import signal
import sqlite3
import threading
import zlib
from unittest.mock import MagicMock, Mock, call, patch

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

mock = Mock(side_effect=[1, KeyError("none")])
print(mock("a", b=2), mock.call_args, mock.call_count)  # expect: 1 call('a', b=2) 1
mock.nested.method(3).again()
print(mock.mock_calls)
# expect: [call('a', b=2), call.nested.method(3), call.nested.method().again()]
try:
    mock.assert_called_once_with("b")
except AssertionError as error:
    print(str(error).splitlines()[0])  # expect: expected call not found.
magic = MagicMock()
magic.__len__.return_value = 4
magic.__getitem__.side_effect = lambda key: key * 2
print(len(magic), magic[5], magic.mock_calls)
# expect: 4 10 [call.__len__(), call.__getitem__(5)]
with patch("os.getcwd", return_value="/elsewhere") as patched:
    import os
    print(os.getcwd(), patched.mock_calls == [call()])  # expect: /elsewhere True
print(os.getcwd() == "/elsewhere")  # expect: False


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

print(signal.SIGINT, repr(signal.Signals(15)), signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
# expect: 2 <Signals.SIGTERM: 15> True
print(locale.setlocale(locale.LC_ALL, "C"), locale.format_string("%d %.1f", (1234, 2.5), True))
# expect: C 1234 2.5
for encoding in ("utf-7", "punycode", "idna", "cp1251", "koi8-r", "cp437"):
    word = "привет" if encoding != "cp437" else "größe"
    print(encoding, word.encode(encoding), word.encode(encoding).decode(encoding) == word)
# expect: utf-7 b'+BD8EQAQ4BDIENQRC-' True
# expect: punycode b'b1agh1afp' True
# expect: idna b'xn--b1agh1afp' True
# expect: cp1251 b'\xef\xf0\xe8\xe2\xe5\xf2' True
# expect: koi8-r b'\xd0\xd2\xc9\xd7\xc5\xd4' True
# expect: cp437 b'gr\x94\xe1e' True
try:
    codecs.encode(b"bytes", "utf8")
except TypeError as error:
    print(error)
# expect: encoding with 'utf8' codec failed (TypeError: utf_8_encode() argument 1 must be str, not bytes)
