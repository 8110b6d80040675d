"""Several futures at once, and futures under conditions."""

import collections
import concurrent.futures
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION

from . import events, futures
from .coroutines import iscoroutine
from .exceptions import CancelledError, TimeoutError
from .tasks import _end_unless_done, ensure_future

# Some of them or all ------------------------------------------------------------------------------


async def wait(fs, *, timeout=None, return_when=ALL_COMPLETED):
    """(done, pending): waits for all, for the first, or for the first exception."""
    if futures.isfuture(fs) or iscoroutine(fs):
        raise TypeError(f"expect a list of futures, not {type(fs).__name__}")
    if not fs:
        raise ValueError("Set of Tasks/Futures is empty.")
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f"Invalid return_when value: {return_when}")
    fs = set(fs)
    if any(map(iscoroutine, fs)):
        raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
    return await _wait(fs, timeout, return_when, events.get_running_loop())


async def _wait(fs, timeout, return_when, loop):
    """The same, without checks. Others have their turn, also if all is done already."""
    enough = loop.create_future()
    awaited = set(fs)

    def note(f):
        awaited.discard(f)
        failed = not f.cancelled() and f.exception() is not None
        if (not awaited or return_when == FIRST_COMPLETED
                or failed and return_when == FIRST_EXCEPTION):
            _end_unless_done(enough)
    timer = None if timeout is None else loop.call_later(timeout, _end_unless_done, enough)
    for f in fs:
        f.add_done_callback(note)
    try:
        await enough
    finally:
        if timer is not None:
            timer.cancel()
        for f in fs:
            f.remove_done_callback(note)
    done = {f for f in fs if f.done()}
    return done, fs - done


async def wait_for(fut, timeout):
    """Waits so long; then cancels what it waits for, and raises TimeoutError."""
    loop = events.get_running_loop()
    if timeout is None:
        return await fut
    fut = ensure_future(fut, loop=loop)
    if timeout > 0:
        try:
            await _wait({fut}, timeout, ALL_COMPLETED, loop)
        except CancelledError:
            if not fut.done():
                await _cancel_and_wait(fut, loop)
                raise
    if not fut.done():
        await _cancel_and_wait(fut, loop)
        try:
            return fut.result()
        except CancelledError as cancelled:
            raise TimeoutError from cancelled
    return fut.result()


async def _cancel_and_wait(fut, loop):
    fut.cancel()
    await _wait({fut}, None, ALL_COMPLETED, loop)


def as_completed(fs, *, timeout=None):
    """Coroutines that give the results in the order in which they come."""
    if futures.isfuture(fs) or iscoroutine(fs):
        raise TypeError(f"expect an iterable of futures, not {type(fs).__name__}")
    loop = events.get_event_loop()
    arrivals = _Arrivals({ensure_future(f, loop=loop) for f in set(fs)}, timeout, loop)
    for _ in range(len(arrivals.pending)):
        yield arrivals.next()


class _Arrivals:
    """Futures in the order in which they are done."""

    def __init__(self, fs, timeout, loop):
        self.loop = loop
        self.pending = fs
        self.done = collections.deque()
        self.takers = collections.deque()
        for f in fs:
            f.add_done_callback(self.note)
        self.timer = None
        if fs and timeout is not None:
            self.timer = loop.call_later(timeout, self.give_up)

    def note(self, f):
        self.pending.discard(f)
        self.deliver(f)
        if not self.pending and self.timer is not None:
            self.timer.cancel()

    def give_up(self):
        """What has not come is late, for everyone who waits for it."""
        late, self.pending = self.pending, set()
        for f in late:
            f.remove_done_callback(self.note)
            self.deliver(None)

    def deliver(self, f):
        self.done.append(f)
        while self.takers:
            taker = self.takers.popleft()
            if not taker.done():
                taker.set_result(None)
                break

    async def next(self):
        while not self.done:
            taker = self.loop.create_future()
            self.takers.append(taker)
            await taker
        f = self.done.popleft()
        if f is None:
            raise TimeoutError
        return f.result()


# Together -----------------------------------------------------------------------------------------


class _GatheringFuture(futures.Future):
    """The results of its children, in their order. Cancelled, it cancels them."""

    _is_asked_to_cancel = False

    def __init__(self, children, return_exceptions, *, loop):
        super().__init__(loop=loop)
        self._children = children
        self._returns_exceptions = return_exceptions
        distinct = dict.fromkeys(children)
        self._missing = len(distinct)
        for child in distinct:
            child.add_done_callback(self._note)

    def cancel(self, msg=None):
        if self.done():
            return False
        asked = [child.cancel(msg=msg) for child in self._children]
        self._is_asked_to_cancel = self._is_asked_to_cancel or any(asked)
        return any(asked)

    def _note(self, child):
        self._missing -= 1
        if self.done():
            if not child.cancelled():
                # Nobody looks at its exception.
                child.exception()
            return
        if not self._returns_exceptions:
            error = _failure_of(child)
            if error is not None:
                self.set_exception(error)
                return
        if self._missing == 0:
            self._finish()

    def _finish(self):
        if self._is_asked_to_cancel:
            # All have ended as they wished; that they were cancelled counts.
            self.set_exception(self._children[-1]._make_cancelled_error())
            return
        results = []
        for child in self._children:
            if child.cancelled():
                message = child._cancel_message
                results.append(CancelledError("" if message is None else message))
            else:
                error = child.exception()
                results.append(child.result() if error is None else error)
        self.set_result(results)


def _failure_of(future):
    return future._make_cancelled_error() if future.cancelled() else future.exception()


def gather(*coros_or_futures, return_exceptions=False):
    """The results of all, in the order of the arguments."""
    if not coros_or_futures:
        nothing = events.get_event_loop().create_future()
        nothing.set_result([])
        return nothing
    loop = None
    children = {}
    for item in coros_or_futures:
        if item not in children:
            children[item] = child = ensure_future(item, loop=loop)
            loop = futures._loop_of(child)
            if child is not item:
                # Nobody else knows the task.
                child._log_destroy_pending = False
    return _GatheringFuture(
        [children[item] for item in coros_or_futures], return_exceptions, loop=loop)


def shield(arg):
    """Waits for something that is not cancelled when the waiting is."""
    inner = ensure_future(arg)
    if inner.done():
        return inner
    outer = futures._loop_of(inner).create_future()

    def pass_on(inner):
        if not outer.done():
            futures._take_over(inner, outer)
        elif not inner.cancelled():
            # Nobody looks at its exception.
            inner.exception()

    def forget(outer):
        if not inner.done():
            inner.remove_done_callback(pass_on)
    inner.add_done_callback(pass_on)
    outer.add_done_callback(forget)
    return outer


# Threads ------------------------------------------------------------------------------------------


def run_coroutine_threadsafe(coro, loop):
    """Starts a coroutine in the loop of another thread; a future of `concurrent.futures`."""
    if not iscoroutine(coro):
        raise TypeError("A coroutine object is required")
    result = concurrent.futures.Future()
    loop.call_soon_threadsafe(_start_for, result, coro, loop)
    return result


def _start_for(result, coro, loop):
    try:
        task = ensure_future(coro, loop=loop)
    except BaseException as error:
        # The other thread shall not wait in vain.
        leaves = isinstance(error, (SystemExit, KeyboardInterrupt))
        if not leaves and result.set_running_or_notify_cancel():
            result.set_exception(error)
        raise
    futures._chain_future(task, result)
