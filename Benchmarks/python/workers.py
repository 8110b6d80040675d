"""How the benchmark programs divide their work among threads: `prog.py THREADS [SIZE]`."""

import sys
import threading

try:
    from transaction import atomic
except ImportError:
    # A Python without transactions: one lock gives the same meaning.
    atomic = threading.RLock()

__all__ = ["arguments", "atomic", "each"]


def arguments(size):
    """The number of threads and the size of the problem, from the command line."""
    given = [int(argument) for argument in sys.argv[1:]]
    threads, size = (given + [1, size][len(given):])[:2]
    if threads < 1 or size < 1:
        sys.exit(f"usage: {sys.argv[0]} THREADS [SIZE]")
    return threads, size


def each(work, jobs, threads):
    """The list of `work(job)`, in the order of the jobs. Thread n takes jobs[n::threads]."""
    parts = [None] * threads

    def run(n):
        parts[n] = [work(job) for job in jobs[n::threads]]

    workers = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    results = [None] * len(jobs)
    for n, part in enumerate(parts):
        results[n::threads] = part
    return results
