# Guest functions that C calls while it holds memory of the guest: what they do is in no recording.
# with: backend=gil,serial
import array
import ffi

libc = ffi.library("libc.so.6")
Int = ffi.type("int")
qsort = libc.bind("arbitrary void qsort(void *, size_t, size_t, int (*)(const void *, const void *))")

# In place.
numbers = array.array("i", [3, 1, 2])
qsort(numbers, 3, 4, lambda a, b: Int.read(a) - Int.read(b))
print(numbers)  # expect: array('i', [1, 2, 3])

# A buffer that C holds keeps its size.
def grow(a, b):
    numbers.append(4)
    return 0

try:
    qsort(numbers, 3, 4, grow)
except BufferError as error:
    print(error)  # expect: Existing exports of data: object cannot be re-sized
numbers.append(4)
print(numbers)  # expect: array('i', [1, 2, 3, 4])

# The exception of a guest function passes through C, and is the one that was raised.
class Stop(Exception):
    pass

calls = []

def stop(a, b):
    calls.append(1)
    raise Stop(len(calls))

try:
    qsort(numbers, 4, 4, stop)
except Stop as error:
    depth = 0
    tb = error.__traceback__
    while tb:
        depth += 1
        tb = tb.tb_next
    print(error, calls, depth)  # expect: 1 [1] 2

# Calls of C by guest functions that C calls.
def by_sorting(a, b):
    pair = array.array("i", [Int.read(a), Int.read(b)])
    qsort(pair, 2, 4, lambda x, y: Int.read(x) - Int.read(y))
    return -1 if pair[0] == Int.read(a) else 1

numbers = array.array("i", [5, 2, 8, 1])
qsort(numbers, 4, 4, by_sorting)
print(numbers)  # expect: array('i', [1, 2, 5, 8])

# Outside the virtual machine each is a quantum of its own.
outside = libc.bind("atomic void qsort(void *, size_t, size_t, int (*)(const void *, const void *))")
numbers = array.array("i", [5, 2, 8, 1])
outside(numbers, 4, 4, lambda a, b: Int.read(b) - Int.read(a))
print(numbers)  # expect: array('i', [8, 5, 2, 1])
