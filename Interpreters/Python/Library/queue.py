"""Queues between threads."""

import heapq
import threading
from collections import deque
from time import monotonic as time
from types import GenericAlias

__all__ = ["Empty", "Full", "Queue", "PriorityQueue", "LifoQueue", "SimpleQueue"]


class Empty(Exception):
    "Exception raised by Queue.get(block=0)/get_nowait()."


class Full(Exception):
    "Exception raised by Queue.put(block=0)/put_nowait()."


class Queue:
    """First in, first out; with a limit if `maxsize` is positive."""

    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self._init(maxsize)
        # One lock for everything; the conditions say what threads wait for.
        self.mutex = threading.Lock()
        self.not_empty = threading.Condition(self.mutex)
        self.not_full = threading.Condition(self.mutex)
        self.all_tasks_done = threading.Condition(self.mutex)
        self.unfinished_tasks = 0

    def task_done(self):
        """Tells that one item got earlier has been dealt with."""
        with self.all_tasks_done:
            unfinished = self.unfinished_tasks - 1
            if unfinished <= 0:
                if unfinished < 0:
                    raise ValueError("task_done() called too many times")
                self.all_tasks_done.notify_all()
            self.unfinished_tasks = unfinished

    def join(self):
        """Waits until all items have been dealt with."""
        with self.all_tasks_done:
            while self.unfinished_tasks:
                self.all_tasks_done.wait()

    def qsize(self):
        """How many items there are just now."""
        with self.mutex:
            return self._qsize()

    def empty(self):
        """True if there are no items just now."""
        with self.mutex:
            return not self._qsize()

    def full(self):
        """True if there is no room just now."""
        with self.mutex:
            return 0 < self.maxsize <= self._qsize()

    def put(self, item, block=True, timeout=None):
        """Adds an item; waits for room if there is none."""
        with self.not_full:
            if self.maxsize > 0:
                self._wait(
                    self.not_full, lambda: self._qsize() >= self.maxsize, block, timeout, Full
                )
            self._put(item)
            self.unfinished_tasks += 1
            self.not_empty.notify()

    def get(self, block=True, timeout=None):
        """Takes an item; waits for one if there is none."""
        with self.not_empty:
            self._wait(self.not_empty, lambda: not self._qsize(), block, timeout, Empty)
            item = self._get()
            self.not_full.notify()
            return item

    def _wait(self, condition, must_wait, block, timeout, error):
        if not block:
            if must_wait():
                raise error
        elif timeout is None:
            while must_wait():
                condition.wait()
        elif timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        else:
            end = time() + timeout
            while must_wait():
                remaining = end - time()
                if remaining <= 0.0:
                    raise error
                condition.wait(remaining)

    def put_nowait(self, item):
        """Adds an item if there is room."""
        return self.put(item, block=False)

    def get_nowait(self):
        """Takes an item if there is one."""
        return self.get(block=False)

    # What subclasses change: how the items are kept. Called with the lock held.

    def _init(self, maxsize):
        self.queue = deque()

    def _qsize(self):
        return len(self.queue)

    def _put(self, item):
        self.queue.append(item)

    def _get(self):
        return self.queue.popleft()

    __class_getitem__ = classmethod(GenericAlias)


class PriorityQueue(Queue):
    """The smallest item comes out first."""

    def _init(self, maxsize):
        self.queue = []

    def _qsize(self):
        return len(self.queue)

    def _put(self, item):
        heapq.heappush(self.queue, item)

    def _get(self):
        return heapq.heappop(self.queue)


class LifoQueue(Queue):
    """The last item comes out first."""

    def _init(self, maxsize):
        self.queue = []

    def _qsize(self):
        return len(self.queue)

    def _put(self, item):
        self.queue.append(item)

    def _get(self):
        return self.queue.pop()


class SimpleQueue:
    """First in, first out, without a limit and without tasks."""

    def __init__(self):
        self._queue = deque()
        self._count = threading.Semaphore(0)

    def put(self, item, block=True, timeout=None):
        """Adds an item; there is always room."""
        self._queue.append(item)
        self._count.release()

    def get(self, block=True, timeout=None):
        """Takes an item; waits for one if there is none."""
        if timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not self._count.acquire(block, timeout):
            raise Empty
        return self._queue.popleft()

    def put_nowait(self, item):
        """Adds an item."""
        return self.put(item, block=False)

    def get_nowait(self):
        """Takes an item if there is one."""
        return self.get(block=False)

    def empty(self):
        """True if there are no items just now."""
        return len(self._queue) == 0

    def qsize(self):
        """How many items there are just now."""
        return len(self._queue)

    __class_getitem__ = classmethod(GenericAlias)
