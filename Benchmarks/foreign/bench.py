"""Prints nanoseconds per call of C functions: through Quanta's gateway, pointers in C, ffi_call, ctypes, cffi.

    make bench-ffi

All in one run, each the best of nine; C and Quanta three times in turns. Compare columns of one table, not tables.
"""

import ctypes
import os
import pathlib
import subprocess
import sys
import tempfile
import time

here = pathlib.Path(__file__).resolve().parent
rounds, count = 9, 200_000


def measured(run, argument=None):
    best = 1e18
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def loop(call):
    """Nanoseconds for one evaluation of `call`, without the loop around it."""

    def body():
        for _ in range(count):
            call()

    def empty():
        for _ in range(count):
            pass

    return (measured(body) - measured(empty)) / count * 1e9


def numbers():
    seed = 12345
    for _ in range(10_000):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        yield seed >> 1


def with_ctypes(path):
    own, c, m = ctypes.CDLL(path), ctypes.CDLL(None), ctypes.CDLL("libm.so.6")
    i, d, p = ctypes.c_int, ctypes.c_double, ctypes.c_char_p

    def function(library, name, result, *types):
        f = library[name]
        f.restype, f.argtypes = result, types
        return f

    sqrt = function(m, "sqrt", d, d)
    absolute = function(c, "abs", i, i)
    strlen = function(c, "strlen", ctypes.c_size_t, p)
    upper = function(c, "toupper", i, i)
    five = function(own, "five", i, i, i, i, i, i)
    mixed = function(own, "mixed", d, i, d, ctypes.c_long, ctypes.c_float)
    nine = function(own, "nine", ctypes.c_long, *[ctypes.c_long] * 9)

    class Box(ctypes.Structure):
        _fields_ = [("n", ctypes.c_long), ("x", d)]

    box, whole = function(own, "box", d, Box), Box(97, 2.0)
    kind = ctypes.CFUNCTYPE(i, ctypes.POINTER(i), ctypes.POINTER(i))
    compare = kind(lambda a, b: (a[0] > b[0]) - (a[0] < b[0]))
    given = list(numbers())

    def sort():
        array = (i * 10_000)(*given)
        c.qsort(array, 10_000, 4, compare)

    text = b"sixteen bytes ok"
    return {
        "sqrt": loop(lambda: sqrt(2.0)),
        "abs": loop(lambda: absolute(-5)),
        "strlen": loop(lambda: strlen(text)),
        "toupper": loop(lambda: upper(97)),
        "five": loop(lambda: five(1, 2, 3, 4, 5)),
        "mixed": loop(lambda: mixed(1, 2.0, 3, 4.0)),
        "nine": loop(lambda: nine(1, 2, 3, 4, 5, 6, 7, 8, 9)),
        "struct": loop(lambda: box(whole)),
        "qsort": measured(sort) * 1e9,
    }


def with_cffi(path):
    try:
        import cffi
    except ImportError:
        return {}
    ffi = cffi.FFI()
    ffi.cdef(
        "double sqrt(double); int abs(int); size_t strlen(const char *); int toupper(int);"
        "int five(int, int, int, int, int); double mixed(int, double, long, float);"
        "long nine(long, long, long, long, long, long, long, long, long);"
        "struct box { long n; double x; }; double box(struct box);"
        "void qsort(void *, size_t, size_t, int (*)(const void *, const void *));"
    )
    own, c, m = ffi.dlopen(path), ffi.dlopen(None), ffi.dlopen("libm.so.6")
    text, whole = ffi.new("char[]", b"sixteen bytes ok"), ffi.new("struct box *", (97, 2.0))[0]
    given = list(numbers())

    @ffi.callback("int(const void *, const void *)")
    def compare(a, b):
        x, y = ffi.cast("int *", a)[0], ffi.cast("int *", b)[0]
        return (x > y) - (x < y)

    def sort():
        array = ffi.new("int[]", given)
        c.qsort(array, 10_000, 4, compare)

    return {
        "sqrt": loop(lambda: m.sqrt(2.0)),
        "abs": loop(lambda: c.abs(-5)),
        "strlen": loop(lambda: c.strlen(text)),
        "toupper": loop(lambda: c.toupper(97)),
        "five": loop(lambda: own.five(1, 2, 3, 4, 5)),
        "mixed": loop(lambda: own.mixed(1, 2.0, 3, 4.0)),
        "nine": loop(lambda: own.nine(1, 2, 3, 4, 5, 6, 7, 8, 9)),
        "struct": loop(lambda: own.box(whole)),
        "qsort": measured(sort) * 1e9,
    }


def lines(command):
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        label, value = line.rsplit(" ", 1)
        column, row = label.split("/", 1)
        yield column, row, float(value)


def main():
    program = here.parent / ".build" / "release" / "foreign-calls"
    if not program.exists():
        sys.exit(f"{program} is missing: make bench-ffi builds it")
    with tempfile.TemporaryDirectory() as folder:
        library, pointers = os.path.join(folder, "functions.so"), os.path.join(folder, "pointers")
        cc = os.environ.get("CC", "cc")
        subprocess.run([cc, "-O2", "-shared", "-fPIC", "-o", library, here / "functions.c"], check=True)
        subprocess.run([cc, "-O2", "-o", pointers, here / "pointers.c", "-ldl", "-lffi"], check=True)
        table = {}
        for _ in range(3):
            for command in [pointers, program]:
                for column, row, value in lines([command, library]):
                    best = table.setdefault(column, {})
                    best[row] = min(best.get(row, value), value)
        table["ctypes"] = with_ctypes(library)
        cffi = with_cffi(library)
        if cffi:
            table["cffi"] = cffi
    columns = [c for c in ["c", "gil", "stm", "ffi_call", "ctypes", "cffi"] if c in table]
    rows = ["sqrt", "abs", "strlen", "toupper", "five", "mixed", "nine", "struct", "abs, atomic", "abs, arbitrary",
            "abs, among others", "slow, atomic", "abs, 2 threads", "qsort"]
    print("nanoseconds per call; qsort of 10 000 int in microseconds\n")
    print(f"{'':18}" + "".join(f"{c:>10}" for c in columns))
    for row in rows:
        cells = []
        for column in columns:
            value = table[column].get(row)
            if value is not None and row == "qsort":
                value /= 1000
            cells.append("" if value is None else f"{value:.1f}")
        print(f"{row:18}" + "".join(f"{cell:>10}" for cell in cells))


main()
