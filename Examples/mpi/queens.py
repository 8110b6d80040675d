"""Counts the solutions of the n-queens problem with several processes, each with several threads.

    mpirun -n 2 quantapy Examples/mpi/queens.py [n]

Process 0 hands out positions of the first two queens; each thread of each process asks it for the next one and
sends back how many solutions it has found. So a message is in flight for each thread, and a thread that waits
for one is outside its virtual machine.
"""

import array
import os
import sys
import threading

import ffi

mpi = ffi.load(os.path.join(os.path.dirname(__file__), "mpi.bindings"))
library = mpi.dlopen("libmpi.so.40", mpi.RTLD_LAZY)
world = mpi.dlsym(library, "ompi_mpi_comm_world")
int64 = mpi.dlsym(library, "ompi_mpi_int64_t")
plus = mpi.dlsym(library, "ompi_mpi_op_sum")

THREADS = 2
QUESTION = 1  # a tag; answers to thread i have the tag ANSWER + i
ANSWER = 2
FINISHED = -1


def succeeded(status, *results):
    if status != mpi.MPI_SUCCESS:
        raise RuntimeError(f"MPI says {status}")
    return results


def send(numbers, to, tag):
    """Sends 64-bit integers."""
    data = array.array("q", numbers)
    succeeded(mpi.MPI_Send(data, len(data), int64, to, tag, world))


def receive(count, source, tag):
    """The integers, and which process has sent them."""
    data = array.array("q", [0] * count)
    (status,) = succeeded(*mpi.MPI_Recv(data, count, int64, source, tag, world))
    return list(data), status.MPI_SOURCE


def solutions(n, row, columns, rising, falling):
    """Solutions with `row` queens placed; the sets are bits of columns under attack."""
    if row == n:
        return 1
    found = 0
    free = ~(columns | rising | falling) & ((1 << n) - 1)
    while free:
        place = free & -free
        free ^= place
        found += solutions(n, row + 1, columns | place, (rising | place) << 1, (falling | place) >> 1)
    return found


def hand_out(n, threads):
    """Process 0 answers questions until every thread of every process has been told to finish."""
    positions = [(a, b) for a in range(n) for b in range(n) if abs(a - b) > 1]
    while threads:
        (thread,), source = receive(1, mpi.MPI_ANY_SOURCE, QUESTION)
        if not positions:
            threads -= 1
        send(positions.pop() if positions else (FINISHED, 0), source, ANSWER + thread)


found = [0] * THREADS


def work(n, thread):
    while True:
        send([thread], 0, QUESTION)
        (first, second), _ = receive(2, 0, ANSWER + thread)
        if first == FINISHED:
            return
        a, b = 1 << first, 1 << second
        found[thread] += solutions(n, 2, a | b, (a << 1 | b) << 1, (a >> 1 | b) >> 1)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    (provided,) = succeeded(*mpi.MPI_Init_thread(None, None, mpi.MPI_THREAD_MULTIPLE))
    assert provided == mpi.MPI_THREAD_MULTIPLE
    (rank,) = succeeded(*mpi.MPI_Comm_rank(world))
    (size,) = succeeded(*mpi.MPI_Comm_size(world))

    threads = [threading.Thread(target=work, args=(n, i)) for i in range(THREADS)]
    if rank == 0:
        threads.append(threading.Thread(target=hand_out, args=(n, size * THREADS)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    total = array.array("q", [0])
    succeeded(mpi.MPI_Reduce(array.array("q", [sum(found)]), total, 1, int64, plus, 0, world))
    if rank == 0:
        print(f"{n} queens: {total[0]} solutions by {size} processes")
    mpi.MPI_Finalize()


main()
