"""Futures: outcomes of calls that are still to come."""

import sys
import threading
import types
from collections import deque, namedtuple
from queue import Empty, SimpleQueue
from time import monotonic

FIRST_COMPLETED = 'FIRST_COMPLETED'
FIRST_EXCEPTION = 'FIRST_EXCEPTION'
ALL_COMPLETED = 'ALL_COMPLETED'

# The states of a future. One that is cancelled is settled only when whoever was to make the call has
# noticed it.
PENDING = 'PENDING'
RUNNING = 'RUNNING'
CANCELLED = 'CANCELLED'
CANCELLED_AND_NOTIFIED = 'CANCELLED_AND_NOTIFIED'
FINISHED = 'FINISHED'

_CANCELLED_STATES = CANCELLED, CANCELLED_AND_NOTIFIED
_SETTLED_STATES = CANCELLED_AND_NOTIFIED, FINISHED
_DONE_STATES = CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED


class Error(Exception):
    """What goes wrong with futures themselves."""


class CancelledError(Error):
    """There is no outcome: the call was cancelled."""


class InvalidStateError(Error):
    """There is an outcome already."""


class BrokenExecutor(RuntimeError):
    """The executor cannot make calls any more."""


TimeoutError = TimeoutError


def report(heading, error):
    """Tells the user of an exception that nobody can catch."""
    print(heading, file=sys.stderr)
    sys.excepthook(type(error), error, error.__traceback__)


class Future:
    """The outcome of a call that is made somewhere else: a result or an exception."""

    def __init__(self):
        self._condition = threading.Condition()
        self._state = PENDING
        self._result = self._exception = None
        # To be called when there is an outcome: with the lock held, and afterwards.
        self._watchers = []
        self._done_callbacks = []

    def __repr__(self):
        with self._condition:
            words = [f'{type(self).__name__} at {id(self):#x}']
            words.append('state=' + self._state.partition('_')[0].lower())
            if self._exception is not None:
                words.append(f'raised {type(self._exception).__name__}')
            elif self._state == FINISHED:
                words.append(f'returned {type(self._result).__name__}')
        return f"<{' '.join(words)}>"

    def _is(self, *states):
        with self._condition:
            return self._state in states

    def cancelled(self):
        """Was the call cancelled?"""
        return self._is(*_CANCELLED_STATES)

    def running(self):
        """Is the call being made?"""
        return self._is(RUNNING)

    def done(self):
        """Was the call cancelled, or is there an outcome?"""
        return self._is(*_DONE_STATES)

    # For those who wait for the outcome.

    def cancel(self):
        """Cancels the call, if it has not begun; false if it has."""
        with self._condition:
            if self._state != PENDING:
                return self._state in _CANCELLED_STATES
            self._change(CANCELLED)
        self._call_back()
        return True

    def _wait(self, timeout):
        # The lock is held.
        if not self._condition.wait_for(lambda: self._state in _DONE_STATES, timeout):
            raise TimeoutError
        if self._state in _CANCELLED_STATES:
            raise CancelledError

    def exception(self, timeout=None):
        """The exception that the call has raised, or None; waits for it."""
        with self._condition:
            self._wait(timeout)
            return self._exception

    def result(self, timeout=None):
        """What the call has returned; waits for it. If it has raised an exception, so does this."""
        error = self.exception(timeout)
        if error is None:
            return self._result
        try:
            raise error
        finally:
            # The traceback refers to this frame.
            del self, error

    def add_done_callback(self, fn):
        """Calls a function with the future when it is done, at once if it is."""
        with self._condition:
            if self._state not in _DONE_STATES:
                self._done_callbacks.append(fn)
                return
        self._call_back([fn])

    def _call_back(self, functions=None):
        for function in self._done_callbacks if functions is None else functions:
            try:
                function(self)
            except Exception as error:
                report(f'exception calling callback for {self!r}', error)

    # For those who make the call.

    def _change(self, state):
        self._state = state
        if state in _SETTLED_STATES:
            for watcher in self._watchers:
                watcher(self)
        if state in _DONE_STATES:
            self._condition.notify_all()

    def set_running_or_notify_cancel(self):
        """Tells that the call begins; false if it shall not, as it was cancelled."""
        with self._condition:
            if self._state not in (PENDING, CANCELLED):
                raise RuntimeError('Future in unexpected state')
            self._change(RUNNING if self._state == PENDING else CANCELLED_AND_NOTIFIED)
            return self._state == RUNNING

    def set_result(self, result):
        """The call has returned."""
        self._settle(result, None)

    def set_exception(self, exception):
        """The call has raised an exception."""
        self._settle(None, exception)

    def _settle(self, result, exception):
        with self._condition:
            if self._state in _DONE_STATES:
                raise InvalidStateError(f'{self._state}: {self!r}')
            self._result, self._exception = result, exception
            self._change(FINISHED)
        self._call_back()

    __class_getitem__ = classmethod(types.GenericAlias)


# Several futures ---------------------------------------------------------------------------------


class _Arrivals:
    """Some of several futures are settled, as a set; the others come out of a queue when they are.
    Nothing comes any more when the `with` statement has ended."""

    def __init__(self, futures, timeout):
        self._end = None if timeout is None else monotonic() + timeout
        self._queue = SimpleQueue()
        self._watcher = self._queue.put
        self.settled, self.pending = set(), set()
        for future in set(futures):
            with future._condition:
                if future._state in _SETTLED_STATES:
                    self.settled.add(future)
                else:
                    self.pending.add(future)
                    future._watchers.append(self._watcher)

    def next(self, is_waiting=True):
        """The next one, no longer pending; None if there is none in time."""
        left = None if self._end is None else max(self._end - monotonic(), 0)
        try:
            future = self._queue.get(is_waiting, left)
        except Empty:
            return None
        self.pending.discard(future)
        return future

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for future in self.pending:
            with future._condition:
                future._watchers.remove(self._watcher)


def as_completed(fs, timeout=None):
    """The futures in the order in which they are finished or cancelled."""
    with _Arrivals(fs, timeout) as arrivals:
        count = len(arrivals.settled) + len(arrivals.pending)
        while arrivals.settled:
            yield arrivals.settled.pop()
        while arrivals.pending:
            future = arrivals.next()
            if future is None:
                raise TimeoutError(f'{len(arrivals.pending)} (of {count}) futures unfinished')
            yield future


DoneAndNotDoneFutures = namedtuple('DoneAndNotDoneFutures', 'done not_done')

_IS_ENOUGH = {
    FIRST_COMPLETED: lambda future: True,
    FIRST_EXCEPTION: lambda future: future._state == FINISHED and future._exception is not None,
    ALL_COMPLETED: lambda future: False,
}


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    """Waits until one of the futures is done, or one has failed, or all are done; then those that
    are done and those that are not."""
    with _Arrivals(fs, timeout) as arrivals:
        done, pending = arrivals.settled, arrivals.pending
        if pending and return_when not in _IS_ENOUGH:
            raise ValueError(f'Invalid return condition: {return_when!r}')
        is_waiting = bool(pending) and not any(map(_IS_ENOUGH[return_when], done))
        while pending and (future := arrivals.next(is_waiting)) is not None:
            done.add(future)
            # Others may have come with it.
            is_waiting = is_waiting and not _IS_ENOUGH[return_when](future)
        return DoneAndNotDoneFutures(done, set(pending))


class Executor:
    """Something that makes calls, some time."""

    def submit(self, fn, /, *args, **kwargs):
        """A future of the call of a function with these arguments."""
        raise NotImplementedError

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        """The results of `map`, in order; the calls are made as they can be."""
        end = None if timeout is None else monotonic() + timeout
        futures = deque(self.submit(fn, *args) for args in zip(*iterables))

        def results():
            try:
                while futures:
                    left = None if end is None else end - monotonic()
                    result = futures[0].result(left)
                    futures.popleft()
                    yield result
            finally:
                for future in futures:
                    future.cancel()

        return results()

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Ends it; calls that have been submitted are still made, unless they are cancelled."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.shutdown(wait=True)
        return False
