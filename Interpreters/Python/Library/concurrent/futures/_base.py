"""Futures: results that are still to come."""

import threading
import time
import types
from collections import namedtuple

FIRST_COMPLETED = 'FIRST_COMPLETED'
FIRST_EXCEPTION = 'FIRST_EXCEPTION'
ALL_COMPLETED = 'ALL_COMPLETED'

# What becomes of a future: it waits, runs, and is finished, or is cancelled, of which waiters are told.
PENDING = 'PENDING'
RUNNING = 'RUNNING'
CANCELLED = 'CANCELLED'
CANCELLED_AND_NOTIFIED = 'CANCELLED_AND_NOTIFIED'
FINISHED = 'FINISHED'

_NAMES = {
    PENDING: 'pending', RUNNING: 'running', CANCELLED: 'cancelled',
    CANCELLED_AND_NOTIFIED: 'cancelled', FINISHED: 'finished'}


class Error(Exception):
    """Base of what goes wrong with futures themselves."""


class CancelledError(Error):
    """The future was cancelled."""


TimeoutError = TimeoutError


class InvalidStateError(Error):
    """The operation is not possible in the future's present state."""


class BrokenExecutor(RuntimeError):
    """The executor can run nothing any more."""


class _Waiter:
    """Notes which of several futures are done."""

    def __init__(self, enough):
        self.event = threading.Event()
        self.finished = []
        self._enough = enough

    def add(self, future):
        self.finished.append(future)
        if self._enough(self, future):
            self.event.set()


class _HeldFutures:
    """Several futures at once, always in the same order."""

    def __init__(self, futures):
        self._futures = sorted(futures, key=id)

    def __enter__(self):
        for future in self._futures:
            future._condition.acquire()

    def __exit__(self, *args):
        for future in self._futures:
            future._condition.release()


def _is_done(future):
    return future._state in (CANCELLED_AND_NOTIFIED, FINISHED)


def as_completed(fs, timeout=None):
    """Gives the futures as they are finished or cancelled."""
    end = None if timeout is None else time.monotonic() + timeout
    fs = set(fs)
    total = len(fs)
    with _HeldFutures(fs):
        ready = [future for future in fs if _is_done(future)]
        pending = fs.difference(ready)
        lock = threading.Lock()
        waiter = _Waiter(lambda waiter, future: True)
        for future in pending:
            future._waiters.append(waiter)
    try:
        while ready:
            yield ready.pop()
        while pending:
            left = None
            if end is not None:
                left = end - time.monotonic()
                if left < 0:
                    raise TimeoutError(
                        '%d (of %d) futures unfinished' % (len(pending), total))
            waiter.event.wait(left)
            with lock:
                waiter.event.clear()
                finished, waiter.finished = waiter.finished, []
            for future in finished:
                if future in pending:
                    pending.remove(future)
                    yield future
    finally:
        for future in pending:
            with future._condition:
                if waiter in future._waiters:
                    future._waiters.remove(waiter)


DoneAndNotDoneFutures = namedtuple('DoneAndNotDoneFutures', 'done not_done')


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    """Waits for the first future, the first exception, or all."""
    fs = set(fs)
    with _HeldFutures(fs):
        done = {future for future in fs if _is_done(future)}
        not_done = fs - done
        if return_when == FIRST_COMPLETED and done:
            return DoneAndNotDoneFutures(done, not_done)
        if return_when == FIRST_EXCEPTION and any(
                future._state == FINISHED and future._exception is not None for future in done):
            return DoneAndNotDoneFutures(done, not_done)
        if not not_done:
            return DoneAndNotDoneFutures(done, not_done)
        if return_when == FIRST_COMPLETED:
            waiter = _Waiter(lambda waiter, future: True)
        elif return_when in (FIRST_EXCEPTION, ALL_COMPLETED):
            first = return_when == FIRST_EXCEPTION
            count = len(not_done)
            waiter = _Waiter(
                lambda waiter, future: len(waiter.finished) >= count
                or first and future._state == FINISHED and future._exception is not None)
        else:
            raise ValueError('Invalid return condition: %r' % return_when)
        for future in not_done:
            future._waiters.append(waiter)
    waiter.event.wait(timeout)
    for future in not_done:
        with future._condition:
            future._waiters.remove(waiter)
    done.update(waiter.finished)
    return DoneAndNotDoneFutures(done, fs - done)


class Future:
    """The result of a call that another thread makes."""

    def __init__(self):
        self._condition = threading.Condition()
        self._state = PENDING
        self._result = None
        self._exception = None
        self._waiters = []
        self._done_callbacks = []

    def __repr__(self):
        with self._condition:
            text = f'<{self.__class__.__name__} at {id(self):#x} state={_NAMES[self._state]}'
            if self._state == FINISHED:
                if self._exception is not None:
                    text += f' raised {self._exception.__class__.__name__}'
                else:
                    text += f' returned {self._result.__class__.__name__}'
            return text + '>'

    def _call_back(self):
        for callback in self._done_callbacks:
            self._call(callback)

    def _call(self, callback):
        try:
            callback(self)
        except Exception as error:
            import sys
            print(f'exception calling callback for {self!r}', file=sys.stderr)
            sys.excepthook(type(error), error, error.__traceback__)

    def cancel(self):
        with self._condition:
            if self._state in (RUNNING, FINISHED):
                return False
            if self._state in (CANCELLED, CANCELLED_AND_NOTIFIED):
                return True
            self._state = CANCELLED
            self._condition.notify_all()
        self._call_back()
        return True

    def cancelled(self):
        with self._condition:
            return self._state in (CANCELLED, CANCELLED_AND_NOTIFIED)

    def running(self):
        with self._condition:
            return self._state == RUNNING

    def done(self):
        with self._condition:
            return self._state in (CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED)

    def add_done_callback(self, fn):
        with self._condition:
            if self._state not in (CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED):
                self._done_callbacks.append(fn)
                return
        self._call(fn)

    def _settled(self, timeout):
        """Waits until there is an outcome."""
        if self._state not in (CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED):
            self._condition.wait(timeout)
        if self._state in (CANCELLED, CANCELLED_AND_NOTIFIED):
            raise CancelledError()
        if self._state != FINISHED:
            raise TimeoutError()

    def result(self, timeout=None):
        try:
            with self._condition:
                self._settled(timeout)
                if self._exception is None:
                    return self._result
                raise self._exception
        finally:
            # The exception refers to this frame.
            self = None

    def exception(self, timeout=None):
        with self._condition:
            self._settled(timeout)
            return self._exception

    def set_running_or_notify_cancel(self):
        with self._condition:
            if self._state == CANCELLED:
                self._state = CANCELLED_AND_NOTIFIED
                for waiter in self._waiters:
                    waiter.add(self)
                return False
            if self._state == PENDING:
                self._state = RUNNING
                return True
            raise RuntimeError('Future in unexpected state')

    def set_result(self, result):
        self._finish(result, None)

    def set_exception(self, exception):
        self._finish(None, exception)

    def _finish(self, result, exception):
        with self._condition:
            if self._state in (CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED):
                raise InvalidStateError(f'{self._state}: {self!r}')
            self._result = result
            self._exception = exception
            self._state = FINISHED
            for waiter in self._waiters:
                waiter.add(self)
            self._condition.notify_all()
        self._call_back()

    __class_getitem__ = classmethod(types.GenericAlias)


class Executor:
    """Makes calls some time."""

    def submit(self, fn, /, *args, **kwargs):
        raise NotImplementedError()

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        """Like `map`, but the calls are made at once."""
        end = None if timeout is None else time.monotonic() + timeout
        futures = [self.submit(fn, *args) for args in zip(*iterables)]

        def results():
            try:
                futures.reverse()
                while futures:
                    future = futures.pop()
                    try:
                        if end is None:
                            yield future.result()
                        else:
                            yield future.result(end - time.monotonic())
                    finally:
                        future.cancel()
            finally:
                for future in futures:
                    future.cancel()

        return results()

    def shutdown(self, wait=True, *, cancel_futures=False):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.shutdown(wait=True)
        return False
