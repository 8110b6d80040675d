"""Lists as heaps: the smallest item is always the first, and item i is not above 2i + 1 and 2i + 2."""

__all__ = [
    "heapify", "heappop", "heappush", "heappushpop", "heapreplace", "merge", "nlargest",
    "nsmallest",
]

from _heapq import (
    _heapify_max,
    _heappop_max,
    _heapreplace_max,
    heapify,
    heappop,
    heappush,
    heappushpop,
    heapreplace,
)


def merge(*iterables, key=None, reverse=False):
    """The items of sorted iterables, sorted, one at a time."""
    direction = -1 if reverse else 1
    pop, replace, build = (
        (_heappop_max, _heapreplace_max, _heapify_max)
        if reverse
        else (heappop, heapreplace, heapify)
    )
    # Entries: sorting key, number of the iterable (which breaks ties), value, what gives the next.
    heap = []
    for number, iterator in enumerate(map(iter, iterables)):
        try:
            advance = iterator.__next__
            value = advance()
        except StopIteration:
            continue
        heap.append(
            [value if key is None else key(value), number * direction, value, advance]
        )
    build(heap)
    while len(heap) > 1:
        try:
            while True:
                entry = heap[0]
                yield entry[2]
                value = entry[3]()
                entry[0] = value if key is None else key(value)
                entry[2] = value
                replace(heap, entry)
        except StopIteration:
            pop(heap)
    if heap:
        _, _, value, advance = heap[0]
        yield value
        yield from advance.__self__


def _best(n, iterable, key, build, replace, is_better, step):
    """The n best items: a heap holds the best so far, the worst of them on top. Of equal ones the
    first are better: `step` makes the numbers that say so."""
    iterator = iter(iterable)
    heap = [
        (value if key is None else key(value), i * step, value)
        for i, value in zip(range(n), iterator)
    ]
    if not heap:
        return []
    build(heap)
    worst = heap[0][0]
    number = n * step
    for value in iterator:
        candidate = value if key is None else key(value)
        if is_better(candidate, worst):
            replace(heap, (candidate, number, value))
            worst = heap[0][0]
            number += step
    heap.sort(reverse=step < 0)
    return [entry[2] for entry in heap]


def _few(n, iterable, key, extreme, is_reverse):
    """What needs no heap: one item, or all of them; None if a heap is needed."""
    if n == 1:
        found = extreme(iter(iterable), default=_best, key=key)
        return [] if found is _best else [found]
    if hasattr(iterable, "__len__") and n >= len(iterable):
        return sorted(iterable, key=key, reverse=is_reverse)[:n]
    return None


def nsmallest(n, iterable, key=None):
    """The n smallest items, as `sorted(iterable, key=key)[:n]`."""
    few = _few(n, iterable, key, min, False)
    if few is not None:
        return few
    return _best(n, iterable, key, _heapify_max, _heapreplace_max, lambda a, b: a < b, 1)


def nlargest(n, iterable, key=None):
    """The n largest items, as `sorted(iterable, key=key, reverse=True)[:n]`."""
    few = _few(n, iterable, key, max, True)
    if few is not None:
        return few
    return _best(n, iterable, key, heapify, heapreplace, lambda a, b: b < a, -1)
