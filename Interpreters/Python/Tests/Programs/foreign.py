# C functions by their declarations: values of every kind, buffers, structs, guest functions, errors.
import array
import ffi

libc = ffi.library("libc.so.6")
libm = ffi.library("libm.so.6")

# Numbers.
sqrt = libm.bind("pure double sqrt(double x)")
print(sqrt(2.0), libm.sqrt(9), sqrt.__name__, sqrt.effect, sqrt.library)  # expect: 1.4142135623730951 3.0 sqrt pure libm.so.6
print(sqrt)  # expect: <ffi.Function 'pure double sqrt(double x)' of libm.so.6>
abs_ = ffi.process.bind("const int abs(int number)")
print(abs_(-5), abs_(True), abs_(-2 ** 31 + 1))  # expect: 5 1 2147483647
same = libc.bind("const unsigned long labs(unsigned long)")
print(same(2 ** 63 - 1), same(2 ** 64 - 1) == 1)  # expect: 9223372036854775807 True
parse = libc.bind("reads unsigned long strtoull(const char *text, void *end, int base)")
print(parse("ffffffffffffffff", None, 16))  # expect: 18446744073709551615
log = libm.bind("pure+errno double log(double)")
print(log(0.0), ffi.errno, log(1.0), ffi.errno)  # expect: -inf 34 0.0 0

# Text and memory. What C writes goes back to where it came from.
strlen = libc.bind("pure size_t strlen(const char *text)")
print(strlen("héllo"), strlen(b"abc"), strlen(bytearray(b"ab")), strlen(memoryview(b"abcdef")[1:4]))  # expect: 6 3 2 3
memset = libc.bind("local void *memset(void *to, int byte, size_t count)")
buffer = bytearray(10)
print(type(memset(buffer, 65, 4)).__name__, buffer)  # expect: Pointer bytearray(b'AAAA\x00\x00\x00\x00\x00\x00')
memset(memoryview(buffer)[5:8], 66, 3)
print(buffer)  # expect: bytearray(b'AAAA\x00BBB\x00\x00')
memmove = libc.bind("local void *memmove(void *to, const void *from, size_t count)")
swap = libc.bind("local void swab(const void *from, void *to, ssize_t count)")
swap(b"abcdef", buffer, 6)
print(buffer)  # expect: bytearray(b'badcfeBB\x00\x00')
copy = libc.bind("local void *memcpy(void *to, void *from, size_t count)")
copy(memoryview(buffer)[8:10], memoryview(buffer)[0:2], 2)
print(buffer)  # expect: bytearray(b'badcfeBBba')
snprintf = libc.bind("local int snprintf(char *to, size_t size, const char *format, ...)")
n = snprintf(buffer, 10, "%d-%s-%.1f", 42, "x", 2.5)
print(n, bytes(buffer[:n]))  # expect: 8 b'42-x-2.5'
getenv = libc.bind("reads const char *getenv(const char *name)")
print(getenv("NO_SUCH_VARIABLE"))  # expect: None
crc32 = ffi.library("libz.so.1").bind("pure unsigned long crc32(unsigned long, const void *, unsigned)")
print(hex(crc32(0, b"some bytes", 10)))  # expect: 0x9f597f55

# Results by `out` and `inout`.
frexp = libm.bind("local double frexp(double number, out int *exponent)")
print(frexp(40.0))  # expect: (0.625, 6)
compress = ffi.library("libz.so.1").bind("""local int compress(
    out(*size) unsigned char *to, inout unsigned long *size, const void *from, unsigned long count)""")
status, packed, size = compress(100, b"a" * 60, 60)
print(status, type(packed), len(packed) == size)  # expect: 0 <class 'bytes'> True

# Structs are named tuples.
div = libc.bind("typedef struct { int quot, rem; } div_t; const div_t div(int, int)")
print(div(17, 5), div(17, 5).rem)  # expect: div_t(quot=3, rem=2) 2
libc.define("struct tm { int sec, min, hour, mday, mon, year, wday, yday, isdst; long gmtoff; const void *zone; };")
Tm = libc.type("struct tm")
gmtime = libc.bind("local void *gmtime_r(const time_t *time, out struct tm *to)")
moment = gmtime(ffi.type("time_t").pack(86400 * 365))[1]
print(moment.year, moment.yday, moment.mday, Tm.size)  # expect: 71 0 1 56
timegm = libc.bind("local time_t timegm(inout struct tm *time)")
print(timegm(Tm(0, 0, 0, 32, 0, 70, 0, 0, 0, 0, None))[0])  # expect: 2678400
Pair = libc.type("div_t")
print(Pair.pack((1, 2)), Pair.unpack(b"\0\0\3\0\0\0\4\0\0\0", 2), Pair.fields)  # expect: b'\x01\x00\x00\x00\x02\x00\x00\x00' div_t(quot=3, rem=4) (('quot', 0), ('rem', 4))
libc.define("typedef struct { int x, y; } point; typedef struct { point a, b; } box;")
print(libc.type("box").unpack(bytes(16)))  # expect: box(a=point(x=0, y=0), b=point(x=0, y=0))
csqrt = libm.bind("const double _Complex csqrt(double _Complex)")
print(csqrt(-4), csqrt((-4.0, 0)), csqrt(3 + 4j))  # expect: 2j 2j (2+1j)
clear = libc.bind("local void memset(inout(n) int *to, int byte, size_t n)")
print(clear(array.array("i", [1, 2, 3]), 0, 3), clear([1, 2], 0, 2))  # expect: (0, 2, 3) (0, 2)

# Memory of C.
malloc = libc.bind("undo: free($result) void *malloc(size_t)")
free = libc.bind("arbitrary void free(void *)")
Int = ffi.type("int")
memory = malloc(40)
for i in range(10):
    Int.write(memory, i * i, i)
print(Int.read(memory, 3), Int.read(memory + 16), (memory + 8) - memory, memory.read(5))  # expect: 9 16 8 b'\x00\x00\x00\x00\x01'
memory.write(b"text\0")
print(memory.string(), memory == memory + 0, memory != None)  # expect: b'text' True True
free(memory)

# Guest functions for function pointers.
qsort = libc.bind("""local void qsort(
    inout(n * size) void *base, size_t n, size_t size, int (*compare)(const void *, const void *))""")
numbers = array.array("i", [5, -3, 9, 1])
order = []

def compare(a, b):
    order.append(1)
    return Int.read(a) - Int.read(b)

print(array.array("i", qsort(numbers, 4, 4, compare)), len(order) > 2)  # expect: array('i', [-3, 1, 5, 9]) True
try:
    qsort(numbers, 4, 4, lambda a, b: 1 // 0)
except ZeroDivisionError as error:
    print(error)  # expect: integer division or modulo by zero
try:
    qsort(numbers, 4, 4, lambda a, b: "less")
except ffi.CallError as error:
    print(error)  # expect: qsort: what a function that it called has returned is not as declared

# Mistakes.
def attempt(*parts):
    try:
        print(parts[0](*parts[1:]))
    except ffi.Error as error:
        bases = [base.__name__ for base in type(error).__bases__]
        print(type(error).__name__, bases[1], str(error).splitlines()[0][:80])

attempt(abs_)  # expect: UnsuitableArgument TypeError abs: takes 1 argument, not 0
attempt(abs_, 1.5)  # expect: UnsuitableArgument TypeError abs: argument 1 (number): 'int' cannot be made from a floating-point number
attempt(abs_, "5")  # expect: UnsuitableArgument TypeError abs: argument 1 (number): 'int' cannot be made from str
attempt(abs_, 2 ** 31)  # expect: RangeError OverflowError abs: argument 1 (number): 2147483648 does not fit 'int' (-2147483648...214748364
attempt(abs_, 2 ** 70)  # expect: RangeError OverflowError abs: argument 1 (number): the number does not fit 'int' (-2147483648...214748364
attempt(same, -1)  # expect: RangeError OverflowError labs: argument 1: -1 does not fit 'unsigned long' (0...9223372036854775807)
attempt(strlen, b"a\0b")  # expect: InvalidValue ValueError strlen: argument 1 (text): text for C must not contain a zero byte
attempt(memset, b"never changes", 0, 1)  # expect: UnsuitableArgument TypeError memset: argument 1 (to): 'void *' may be written to, and this never changes: pas
attempt(libm.bind, "pure double squareroot(double)")  # expect: SymbolMissing AttributeError no function 'squareroot' in libm.so.6: /lib/x86_64-linux-gnu/libm.so.6: undefine
attempt(ffi.library("libnone.so", "libnot.so").bind, "const int f(void)")  # expect: LibraryMissing OSError library libnone.so or libnot.so cannot be opened: libnone.so: cannot open shared
attempt(libm.bind, "pure double sqrt(real x)")  # expect: DeclarationError ValueError unknown type 'real'
try:
    libm.bind("pure double sqrt(real x)")
except ffi.Error as error:
    print(error.kind, str(error).splitlines()[2].index("^"))  # expect: declaration 21
attempt(memset, [1, 2], 0, 1)  # expect: UnsuitableArgument TypeError memset: argument 1 (to): 'void *' cannot be made from list: pack it, or use an a
attempt(clear, array.array("d", [1.5]), 0, 1)  # expect: UnsuitableArgument TypeError memset: argument 1 (to): 'int *' cannot be made from array.array
attempt(libc.type("point").pack, (1.5, 2))  # expect: UnsuitableArgument TypeError 'point' cannot be made from tuple
attempt(libc.bind, "const void *environ(void)")  # expect: SymbolMissing AttributeError no function 'environ' in libc.so.6: it is a variable
print(ffi.process)  # expect: ffi.process
print(libm.bind("optional int not_there(int)"))  # expect: None
try:
    libm.nothing
except AttributeError as error:
    print(error)  # expect: 'nothing' has not been bound
