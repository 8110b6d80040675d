"""Atomic blocks, and work in parallel that gives what work in sequence would give.

    with transaction.atomic:
        account.balance -= amount
        other.balance += amount

Others see all of a block or nothing of it. Blocks nest. A block that waits, for a lock or for another
thread, is atomic before and after the wait.

On interpreters without atomic blocks one lock stands in for them, so that the same program runs there.
"""

import operator
import threading
from _collections import deque

try:
    from _transaction import (
        atomic, hint_commit_soon, is_atomic, processors, stmcounter, table as _Table)
except ImportError:
    processors = 1
    _Table = None

    class _Atomic:
        """One lock for all blocks."""

        def __init__(self):
            self._lock = threading.RLock()

        def __enter__(self):
            self._lock.acquire()
            return self

        def __exit__(self, *args):
            self._lock.release()

        def __call__(self, function):
            return _atomic_function(function)

        def __repr__(self):
            return '<transaction.atomic>'

    atomic = _Atomic()

    def is_atomic():
        return atomic._lock._is_owned()

    def hint_commit_soon():
        pass

    class stmcounter:
        """A number that threads add to."""

        def __init__(self, value=0, /):
            self.value = 0
            self.add(value)

        def add(self, n=1, /):
            with atomic:
                self.value += operator.index(n)

        def __int__(self):
            return self.value

        def __repr__(self):
            return f'stmcounter({self.value})'

__all__ = [
    'atomic', 'is_atomic', 'hint_commit_soon', 'TransactionQueue', 'TransactionError', 'map',
    'threadlocalproperty', 'stmdict', 'stmset', 'stmidset', 'stmcounter', 'set_num_threads',
    'get_num_threads', 'time', 'clock']


class TransactionError(Exception):
    """A queue was used in a way that makes no sense."""


def _atomic_function(function):
    """`@atomic`: each call is a block."""
    from functools import wraps

    @wraps(function)
    def call(*args, **kwargs):
        with atomic:
            return function(*args, **kwargs)
    return call


_num_threads = max(1, processors)


def set_num_threads(n):
    global _num_threads
    if n < 1:
        raise ValueError('n must be at least 1')
    _num_threads = n


def get_num_threads():
    return _num_threads


class TransactionQueue:
    """Calls to be made, each atomic, in any order and in parallel."""

    def __init__(self):
        self._pending = deque()
        self._running = None
        self._executed = 0

    def add(self, f, /, *args, **kwargs):
        """Adds a call. Within a call that the queue makes, the new one follows it."""
        running = self._running
        if running is not None:
            running.added(f, args, kwargs)
        else:
            self._pending.append((f, args, kwargs))

    def add_generator(self, generator_iterator):
        """Adds the steps of a generator, each a call that follows the last."""

        def step():
            for _ in generator_iterator:
                self.add(step)
                return

        self.add(step)

    def run(self, nb_segments=0):
        """Makes the calls, and those they add, until there are none. The first exception comes out here."""
        if is_atomic():
            raise TransactionError('TransactionQueue.run() cannot be called in an atomic context')
        if self._running is not None:
            raise TransactionError('TransactionQueue.run() is already running')
        if nb_segments <= 0:
            nb_segments = _num_threads
        workers = self._running = _Workers(self._pending)
        self._pending = deque()
        try:
            threads = [
                threading.Thread(target=workers.work, daemon=True)
                for _ in range(min(nb_segments, max(1, len(workers.tasks))) - 1)]
            workers.spare = nb_segments - 1 - len(threads)
            for thread in threads:
                thread.start()
            workers.threads = threads
            workers.work()
            for thread in workers.threads:
                thread.join()
        finally:
            self._executed += workers.executed
            self._running = None
        if workers.failure is not None:
            raise workers.failure

    def number_of_transactions_executed(self):
        if self._running is not None:
            raise TransactionError(
                'TransactionQueue.number_of_transactions_executed() must not be called while '
                'the TransactionQueue is running')
        return self._executed


class _Workers:
    """The threads of one run of a queue."""

    def __init__(self, tasks):
        self.tasks = tasks
        self.changed = threading.Condition()
        self.busy = 0
        self.executed = 0
        self.failure = None
        self.threads = []
        # Threads that may still be started when there is work for them.
        self.spare = 0
        self.local = threading.local()

    def added(self, f, args, kwargs):
        new = getattr(self.local, 'new', None)
        if new is None:
            with self.changed:
                self.tasks.append((f, args, kwargs))
                self.changed.notify()
        else:
            new.append((f, args, kwargs))

    def work(self):
        while True:
            with self.changed:
                while not self.tasks and self.busy and self.failure is None:
                    self.changed.wait()
                if not self.tasks or self.failure is not None:
                    self.changed.notify_all()
                    return
                task = self.tasks.popleft()
                self.busy += 1
            new = self.local.new = []
            failure = None
            try:
                f, args, kwargs = task
                with atomic:
                    f(*args, **kwargs)
            except BaseException as error:
                failure = error
            self.local.new = None
            with self.changed:
                self.busy -= 1
                self.executed += 1
                if failure is not None:
                    if self.failure is None:
                        self.failure = failure
                    self.tasks.clear()
                    self.changed.notify_all()
                    return
                self.tasks.extend(new)
                while self.spare > 0 and len(self.tasks) > 1:
                    self.spare -= 1
                    thread = threading.Thread(target=self.work, daemon=True)
                    self.threads.append(thread)
                    thread.start()
                if len(new) > 1 or not self.busy:
                    self.changed.notify_all()
                elif new:
                    self.changed.notify()


def map(function, iterable, threads=0):
    """The results of the calls, in order; the calls are made in parallel, each atomic."""
    items = list(iterable)
    results = [None] * len(items)

    def call(i, item):
        results[i] = function(item)

    queue = TransactionQueue()
    for i, item in enumerate(items):
        queue.add(call, i, item)
    queue.run(threads)
    return results


class threadlocalproperty:
    """An attribute with a value of its own in each thread."""

    def __init__(self, default_factory=None):
        self.values = threading.local()
        self.default_factory = default_factory

    def _table(self):
        try:
            return self.values.table
        except AttributeError:
            from weakref import WeakKeyDictionary
            table = self.values.table = WeakKeyDictionary()
            return table

    def __get__(self, obj, cls=None):
        if obj is None:
            return self
        table = self._table()
        try:
            return table[obj]
        except KeyError:
            if self.default_factory is None:
                raise AttributeError(
                    f'{type(obj).__name__!r} object has no attribute in this thread') from None
            value = table[obj] = self.default_factory()
            return value

    def __set__(self, obj, value):
        self._table()[obj] = value

    def __delete__(self, obj):
        try:
            del self._table()[obj]
        except KeyError:
            raise AttributeError('this thread has not set the attribute') from None


if _Table is None:
    stmdict = dict
    stmset = set
else:
    from collections.abc import Mapping, MutableMapping, MutableSet

    class stmdict(_Table, MutableMapping):
        """A dict in which two atomic blocks conflict only where they mean the same key.

        The length belongs to all keys: whoever asks for it conflicts with whoever adds or removes one. The
        order of the keys is any. Iterating goes over the keys there were at its beginning.
        """

        __hash__ = None

        def __init__(self, *args, **kwargs):
            if len(args) > 1:
                raise TypeError(f'stmdict expected at most 1 argument, got {len(args)}')
            self.update(*args, **kwargs)

        def __iter__(self):
            return iter(self._keys())

        def popitem(self):
            with atomic:
                for key in self:
                    return key, self.pop(key)
            raise KeyError('popitem(): dictionary is empty')

        def copy(self):
            return type(self)(self)

        def __or__(self, other):
            if not isinstance(other, Mapping):
                return NotImplemented
            both = self.copy()
            both.update(other)
            return both

        def __ior__(self, other):
            self.update(other)
            return self

        def __repr__(self):
            return f'stmdict({dict(self)!r})'

    class stmset(MutableSet):
        """A set in which two atomic blocks conflict only where they mean the same element."""

        def __init__(self, iterable=()):
            self._table = _Table()
            for element in iterable:
                self.add(element)

        def add(self, element):
            self._table.setdefault(element)

        def discard(self, element):
            self._table.pop(element, None)

        def clear(self):
            self._table.clear()

        def __contains__(self, element):
            return element in self._table

        def __iter__(self):
            return iter(self._table._keys())

        def __len__(self):
            return len(self._table)

        def copy(self):
            return type(self)(self)

        def __repr__(self):
            return f'stmset({set(self)!r})' if self else 'stmset()'


class stmidset:
    """A set of objects by identity."""

    def __init__(self):
        self._objects = stmdict()

    def add(self, obj):
        self._objects[id(obj)] = obj

    def discard(self, obj):
        self._objects.pop(id(obj), None)

    def remove(self, obj):
        if id(obj) not in self._objects:
            raise KeyError(obj)
        del self._objects[id(obj)]

    def __contains__(self, obj):
        return id(obj) in self._objects

    def __iter__(self):
        return iter(list(self._objects.values()))

    def __len__(self):
        return len(self._objects)


def time():
    import time
    return time.time()


def clock():
    import time
    return time.process_time()
