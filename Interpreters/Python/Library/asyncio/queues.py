"""Queues between the tasks of one loop."""

import collections
import heapq
from types import GenericAlias

from .locks import Event, _Line


class QueueEmpty(Exception):
    """`get_nowait` found nothing."""


class QueueFull(Exception):
    """`put_nowait` found no room."""


class Queue:
    """First in, first out. `maxsize` 0 is no limit."""

    def __init__(self, maxsize=0):
        self._maxsize = maxsize
        self._getters, self._putters = _Line(self), _Line(self)
        self._unfinished_tasks = 0
        self._all_done = Event()
        self._all_done.set()
        self._init(maxsize)

    # What kinds of queues define

    def _init(self, maxsize):
        self._queue = collections.deque()

    def _put(self, item):
        self._queue.append(item)

    def _get(self):
        return self._queue.popleft()

    # Texts

    __class_getitem__ = classmethod(GenericAlias)

    def __repr__(self):
        return f"<{type(self).__name__} at {id(self):#x} {self._format()}>"

    def __str__(self):
        return f"<{type(self).__name__} {self._format()}>"

    def _format(self):
        words = [f"maxsize={self._maxsize!r}"]
        items = getattr(self, "_queue", None)
        if items:
            words.append(f"_queue={list(items)!r}")
        words += [f"{name}[{len(line)}]" for name, line in (
            ("_getters", self._getters), ("_putters", self._putters)) if line]
        if self._unfinished_tasks:
            words.append(f"tasks={self._unfinished_tasks}")
        return " ".join(words)

    # How much is in it

    @property
    def maxsize(self):
        return self._maxsize

    def qsize(self):
        return len(self._queue)

    def empty(self):
        return not self._queue

    def full(self):
        return 0 < self._maxsize <= self.qsize()

    # In and out

    def put_nowait(self, item):
        if self.full():
            raise QueueFull
        self._put(item)
        self._count_unfinished(1)
        self._getters.wake()

    def get_nowait(self):
        if self.empty():
            raise QueueEmpty
        item = self._get()
        self._putters.wake()
        return item

    async def put(self, item):
        """Waits for room."""
        while self.full():
            await self._putters.stand(self._pass_room_on)
        self.put_nowait(item)

    async def get(self):
        """Waits for an item."""
        while self.empty():
            await self._getters.stand(self._pass_item_on)
        return self.get_nowait()

    def _pass_room_on(self):
        if not self.full():
            self._putters.wake()

    def _pass_item_on(self):
        if not self.empty():
            self._getters.wake()

    # Whether all that was put is worked on

    def task_done(self):
        if self._unfinished_tasks == 0:
            raise ValueError("task_done() called too many times")
        self._count_unfinished(-1)

    def _count_unfinished(self, more):
        self._unfinished_tasks += more
        (self._all_done.clear if self._unfinished_tasks else self._all_done.set)()

    async def join(self):
        if self._unfinished_tasks:
            await self._all_done.wait()


class _ListQueue(Queue):
    """Keeps its items in a list."""

    def _init(self, maxsize):
        self._queue = []


class PriorityQueue(_ListQueue):
    """The smallest first."""

    def _put(self, item, push=heapq.heappush):
        push(self._queue, item)

    def _get(self, pop=heapq.heappop):
        return pop(self._queue)


class LifoQueue(_ListQueue):
    """Last in, first out."""

    def _get(self):
        return self._queue.pop()
