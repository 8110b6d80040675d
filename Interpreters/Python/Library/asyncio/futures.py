"""Futures: results that are not there yet."""

import concurrent.futures
import contextvars
import reprlib
from types import GenericAlias

from . import events
from ._texts import call_text
from .exceptions import CancelledError, InvalidStateError

_PENDING, _CANCELLED, _FINISHED = "PENDING", "CANCELLED", "FINISHED"


def isfuture(obj):
    return getattr(type(obj), "_asyncio_future_blocking", None) is not None and (
        obj._asyncio_future_blocking is not None)


def _loop_of(future):
    """The loop, also of what only behaves like a future."""
    get_loop = getattr(future, "get_loop", None)
    return future._loop if get_loop is None else get_loop()


class Future:
    """A result, an exception or a cancellation that will come; `await` waits for it."""

    _state = _PENDING
    _result = _exception = _exception_tb = None
    _cancel_message = None
    # What is raised for a cancellation, once, if it is known.
    _cancelled_exc = None
    # Whether an exception is there that nobody has seen.
    _is_unseen = False
    # True while a task that has just begun to wait hands the future to the loop.
    _asyncio_future_blocking = False

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, *, loop=None):
        self._loop = events.get_event_loop() if loop is None else loop
        self._callbacks = []

    def get_loop(self):
        return self._loop

    # The end

    def _end(self, state):
        """Whoever waits is told in a turn of the loop."""
        self._state = state
        callbacks, self._callbacks = self._callbacks, []
        for fn, context in callbacks:
            self._loop.call_soon(fn, self, context=context)

    def _check_pending(self):
        if self._state is not _PENDING:
            raise InvalidStateError("invalid state")

    def cancel(self, msg=None):
        self._is_unseen = False
        if self._state is not _PENDING:
            return False
        self._cancel_message = msg
        self._end(_CANCELLED)
        return True

    def set_result(self, result):
        self._check_pending()
        self._result = result
        self._end(_FINISHED)

    def set_exception(self, exception):
        self._check_pending()
        error = exception() if isinstance(exception, type) else exception
        if not isinstance(error, BaseException):
            raise TypeError("invalid exception object")
        if isinstance(error, StopIteration):
            raise TypeError("StopIteration interacts badly with generators and cannot be raised "
                            "into a Future")
        self._exception, self._exception_tb = error, error.__traceback__
        self._is_unseen = True
        self._end(_FINISHED)

    # What came

    def done(self):
        return self._state is not _PENDING

    def cancelled(self):
        return self._state is _CANCELLED

    def exception(self):
        if self._state is not _FINISHED:
            raise self._absence("Exception is not set.")
        self._is_unseen = False
        return self._exception

    def result(self):
        if self._state is not _FINISHED:
            raise self._absence("Result is not set.")
        self._is_unseen = False
        if self._exception is None:
            return self._result
        raise self._exception.with_traceback(self._exception_tb)

    def _absence(self, text):
        return InvalidStateError(text) if self._state is _PENDING else self._make_cancelled_error()

    def _make_cancelled_error(self):
        error, self._cancelled_exc = self._cancelled_exc, None
        if error is None:
            message = self._cancel_message
            error = CancelledError() if message is None else CancelledError(message)
        return error

    def __await__(self):
        if self._state is _PENDING:
            self._asyncio_future_blocking = True
            yield self
            if self._state is _PENDING:
                raise RuntimeError("await wasn't used with future")
        return self.result()

    __iter__ = __await__

    # Who is told

    def add_done_callback(self, fn, *, context=None):
        if self._state is not _PENDING:
            self._loop.call_soon(fn, self, context=context)
            return
        self._callbacks.append((fn, contextvars.copy_context() if context is None else context))

    def remove_done_callback(self, fn):
        """How often it was there."""
        before = len(self._callbacks)
        if before:
            self._callbacks[:] = [entry for entry in self._callbacks if entry[0] != fn]
        return before - len(self._callbacks)

    @property
    def _log_traceback(self):
        return self._is_unseen

    @_log_traceback.setter
    def _log_traceback(self, value):
        if value:
            raise ValueError("_log_traceback can only be set to False")
        self._is_unseen = False

    def __del__(self):
        if self._is_unseen:
            self._loop.call_exception_handler({
                "message": f"{type(self).__name__} exception was never retrieved",
                "exception": self._exception, "future": self})

    # Its text

    @reprlib.recursive_repr()
    def __repr__(self):
        return f"<{' '.join([type(self).__name__, *self._words()])}>"

    def _words(self):
        words = [self._state.lower()]
        if self._state is _FINISHED:
            words.append(f"result={reprlib.repr(self._result)}" if self._exception is None
                         else f"exception={self._exception!r}")
        told = [call_text(fn, ((), {})) for fn, _ in self._callbacks]
        if len(told) > 2:
            told[1:-1] = [f"<{len(told) - 2} more>"]
        if told:
            words.append(f"cb=[{', '.join(told)}]")
        return words


# Futures that follow each other ---------------------------------------------------------------


# Exceptions of threads and their counterparts here.
_COUNTERPARTS = {
    concurrent.futures.CancelledError: CancelledError,
    concurrent.futures.InvalidStateError: InvalidStateError}


def _take_over(source, target):
    """Ends a future as another one has ended, if it has not ended yet."""
    if not isfuture(target):
        # Of threads: it shows whether it was cancelled by being told that the work begins.
        if source.cancelled():
            target.cancel()
        if not target.set_running_or_notify_cancel():
            return
    elif target.done():
        return
    elif source.cancelled():
        target.cancel()
        return
    error = source.exception()
    if error is None:
        target.set_result(source.result())
        return
    counterpart = _COUNTERPARTS.get(type(error)) if isfuture(target) else None
    target.set_exception(error if counterpart is None else counterpart(*error.args))


def _chain_future(source, destination):
    """Has the destination end as the source does, and a cancelled destination cancel its source.
    Each is a future of a loop or of threads."""
    home, away = (_loop_of(f) if isfuture(f) else None for f in (source, destination))

    def pass_cancellation_on(destination):
        if not destination.cancelled():
            return
        if home is None or home is away:
            source.cancel()
        elif not home.is_closed():
            home.call_soon_threadsafe(source.cancel)

    def pass_end_on(source):
        if away is None or away is home:
            _take_over(source, destination)
        elif not away.is_closed():
            away.call_soon_threadsafe(_take_over, source, destination)
    destination.add_done_callback(pass_cancellation_on)
    source.add_done_callback(pass_end_on)


def wrap_future(future, *, loop=None):
    """A future of the loop for one of `concurrent.futures`."""
    if isfuture(future):
        return future
    assert isinstance(future, concurrent.futures.Future), (
        f"concurrent.futures.Future is expected, got {future!r}")
    wrapping = (events.get_event_loop() if loop is None else loop).create_future()
    _chain_future(future, wrapping)
    return wrapping
