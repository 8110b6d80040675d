"""Queues between threads."""

import heapq
from _collections import deque
from threading import Condition, Lock, Semaphore
from types import GenericAlias

__all__ = ["Empty", "Full", "LifoQueue", "PriorityQueue", "Queue", "SimpleQueue"]


class Empty(Exception):
    """There was nothing to get, and no wish to wait or no time left."""


class Full(Exception):
    """There was no room to put something, and no wish to wait or no time left."""


def _allowed_wait(block, timeout):
    """How long a call may wait: seconds, or None for ever."""
    if not block:
        return 0
    if timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
    return timeout


class Queue:
    """First in, first out; `put` waits while there are `maxsize` items, if that is positive."""

    # What keeps the items: how to make it, to add an item, and to take the next one.
    _storage = deque, deque.append, deque.popleft

    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self.unfinished_tasks = 0
        self._init(maxsize)
        lock = self.mutex = Lock()
        self.not_empty, self.not_full, self.all_tasks_done = (Condition(lock) for _ in range(3))

    # Classes derived from this one may keep items in their own way. These are called with the
    # lock held.

    def _init(self, maxsize):
        self.queue = self._storage[0]()

    def _qsize(self):
        return len(self.queue)

    def _put(self, item):
        self._storage[1](self.queue, item)

    def _get(self):
        return self._storage[2](self.queue)

    def _has_room(self):
        return self.maxsize <= 0 or self._qsize() < self.maxsize

    def put(self, item, block=True, timeout=None):
        """Adds an item; waits for room, for a time if one is given, or not at all."""
        with self.mutex:
            if self.maxsize > 0:
                wait = _allowed_wait(block, timeout)
                if not self.not_full.wait_for(self._has_room, wait):
                    raise Full
            self._put(item)
            self.unfinished_tasks += 1
            self.not_empty.notify()

    def get(self, block=True, timeout=None):
        """Takes an item; waits for one, for a time if one is given, or not at all."""
        with self.mutex:
            if self.not_empty.wait_for(self._qsize, _allowed_wait(block, timeout)):
                item = self._get()
                self.not_full.notify()
                return item
        raise Empty

    def put_nowait(self, item):
        """Adds an item if there is room now."""
        self.put(item, block=False)

    def get_nowait(self):
        """Takes an item if there is one now."""
        return self.get(block=False)

    def task_done(self):
        """Tells that an item got earlier has been dealt with."""
        with self.mutex:
            if self.unfinished_tasks <= 0:
                raise ValueError("task_done() called too many times")
            self.unfinished_tasks -= 1
            if not self.unfinished_tasks:
                self.all_tasks_done.notify_all()

    def join(self):
        """Waits until every item ever put has been dealt with."""
        with self.mutex:
            self.all_tasks_done.wait_for(lambda: not self.unfinished_tasks)

    # What these say may be wrong a moment later.

    def qsize(self):
        """How many items there are now."""
        with self.mutex:
            return self._qsize()

    def empty(self):
        """True if there is nothing now."""
        return not self.qsize()

    def full(self):
        """True if there is no room now."""
        with self.mutex:
            return not self._has_room()

    __class_getitem__ = classmethod(GenericAlias)


class PriorityQueue(Queue):
    """The smallest item comes out first."""

    _storage = list, heapq.heappush, heapq.heappop


class LifoQueue(Queue):
    """The item put last comes out first."""

    _storage = list, list.append, list.pop


class SimpleQueue:
    """First in, first out, with room for everything and no tasks to be counted."""

    def __init__(self):
        self._items = deque()
        self._supply = Semaphore(0)

    def put(self, item, block=True, timeout=None):
        """Adds an item. The other arguments are there because `Queue.put` has them."""
        self._items.append(item)
        self._supply.release()

    def get(self, block=True, timeout=None):
        """Takes an item; waits for one, for a time if one is given, or not at all."""
        if self._supply.acquire(timeout=_allowed_wait(block, timeout)):
            return self._items.popleft()
        raise Empty

    put_nowait = Queue.put_nowait
    get_nowait = Queue.get_nowait

    def qsize(self):
        """How many items there are now."""
        return len(self._items)

    def empty(self):
        """True if there is nothing now."""
        return not self._items

    __class_getitem__ = classmethod(GenericAlias)
