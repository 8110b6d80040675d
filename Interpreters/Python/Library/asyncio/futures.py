"""Futures: results that are not there yet."""

import concurrent.futures
import contextvars
import reprlib
from types import GenericAlias

from . import exceptions

_PENDING, _CANCELLED, _FINISHED = "PENDING", "CANCELLED", "FINISHED"


def isfuture(obj):
    return (hasattr(type(obj), "_asyncio_future_blocking")
            and obj._asyncio_future_blocking is not None)


class Future:
    """A result, an exception or a cancellation that will come; `await` waits for it."""

    _state = _PENDING
    _result = None
    _exception = None
    _loop = None
    _source_traceback = None
    _cancel_message = None
    _cancelled_exc = None
    # True while a task that has just begun to wait hands the future to the loop.
    _asyncio_future_blocking = False
    _log_traceback = False

    def __init__(self, *, loop=None):
        from . import events
        self._loop = events.get_event_loop() if loop is None else loop
        self._callbacks = []

    def _repr_info(self):
        info = [self._state.lower()]
        if self._state == _FINISHED:
            if self._exception is not None:
                info.append(f"exception={self._exception!r}")
            else:
                info.append(f"result={reprlib.repr(self._result)}")
        if self._callbacks:
            names = [
                getattr(callback, "__qualname__", None) or repr(callback)
                for callback, _ in self._callbacks]
            if len(names) > 2:
                names = [names[0], f"<{len(names) - 2} more>", names[-1]]
            info.append(f"cb=[{', '.join(f'{name}()' if name[0] != '<' else name for name in names)}]")
        return info

    def __repr__(self):
        return f"<{type(self).__name__} {' '.join(self._repr_info())}>"

    def __del__(self):
        if self._log_traceback:
            self._loop.call_exception_handler({
                "message": f"{type(self).__name__} exception was never retrieved",
                "exception": self._exception, "future": self})

    __class_getitem__ = classmethod(GenericAlias)

    def get_loop(self):
        return self._loop

    def _make_cancelled_error(self):
        if self._cancelled_exc is not None:
            error, self._cancelled_exc = self._cancelled_exc, None
            return error
        if self._cancel_message is None:
            return exceptions.CancelledError()
        return exceptions.CancelledError(self._cancel_message)

    def cancel(self, msg=None):
        self._log_traceback = False
        if self._state != _PENDING:
            return False
        self._state = _CANCELLED
        self._cancel_message = msg
        self._schedule_callbacks()
        return True

    def _schedule_callbacks(self):
        callbacks, self._callbacks = self._callbacks, []
        for callback, context in callbacks:
            self._loop.call_soon(callback, self, context=context)

    def cancelled(self):
        return self._state == _CANCELLED

    def done(self):
        return self._state != _PENDING

    def result(self):
        if self._state == _CANCELLED:
            raise self._make_cancelled_error()
        if self._state != _FINISHED:
            raise exceptions.InvalidStateError("Result is not ready.")
        self._log_traceback = False
        if self._exception is not None:
            raise self._exception.with_traceback(self._exception_tb)
        return self._result

    def exception(self):
        if self._state == _CANCELLED:
            raise self._make_cancelled_error()
        if self._state != _FINISHED:
            raise exceptions.InvalidStateError("Exception is not set.")
        self._log_traceback = False
        return self._exception

    def add_done_callback(self, fn, *, context=None):
        if self._state != _PENDING:
            self._loop.call_soon(fn, self, context=context)
        else:
            if context is None:
                context = contextvars.copy_context()
            self._callbacks.append((fn, context))

    def remove_done_callback(self, fn):
        kept = [(f, context) for f, context in self._callbacks if f != fn]
        removed = len(self._callbacks) - len(kept)
        if removed:
            self._callbacks[:] = kept
        return removed

    def set_result(self, result):
        if self._state != _PENDING:
            raise exceptions.InvalidStateError("invalid state")
        self._result = result
        self._state = _FINISHED
        self._schedule_callbacks()

    def set_exception(self, exception):
        if self._state != _PENDING:
            raise exceptions.InvalidStateError("invalid state")
        if isinstance(exception, type):
            exception = exception()
        if isinstance(exception, StopIteration):
            raise TypeError("StopIteration interacts badly with generators and cannot be raised "
                            "into a Future")
        self._exception = exception
        self._exception_tb = exception.__traceback__
        self._state = _FINISHED
        self._schedule_callbacks()
        self._log_traceback = True

    def __await__(self):
        if not self.done():
            self._asyncio_future_blocking = True
            yield self
        if not self.done():
            raise RuntimeError("await wasn't used with future")
        return self.result()

    __iter__ = __await__


def _copy_state(source, target):
    """What another future came to."""
    if target.cancelled():
        return
    if source.cancelled():
        target.cancel()
        return
    error = source.exception()
    if error is None:
        target.set_result(source.result())
    elif type(error) is concurrent.futures.CancelledError:
        target.set_exception(exceptions.CancelledError(*error.args))
    elif type(error) is concurrent.futures.InvalidStateError:
        target.set_exception(exceptions.InvalidStateError(*error.args))
    else:
        target.set_exception(error)


def _chain_future(source, destination):
    """Has the destination end as the source does, and cancelled it cancels the source. One of them
    may belong to threads."""
    source_loop = source._loop if isfuture(source) else None
    destination_loop = destination._loop if isfuture(destination) else None

    def ask_source(destination):
        if destination.cancelled():
            if source_loop is None or source_loop is destination_loop:
                source.cancel()
            else:
                source_loop.call_soon_threadsafe(source.cancel)

    def copy():
        if isfuture(destination):
            if not destination.done():
                _copy_state(source, destination)
        elif source.cancelled():
            destination.cancel()
            destination.set_running_or_notify_cancel()
        elif destination.set_running_or_notify_cancel():
            error = source.exception()
            if error is not None:
                destination.set_exception(error)
            else:
                destination.set_result(source.result())

    def tell_destination(source):
        if (destination.cancelled() and destination_loop is not None
                and destination_loop.is_closed()):
            return
        if destination_loop is None or destination_loop is source_loop:
            copy()
        elif not destination_loop.is_closed():
            destination_loop.call_soon_threadsafe(copy)
    destination.add_done_callback(ask_source)
    source.add_done_callback(tell_destination)


def wrap_future(future, *, loop=None):
    """A future of the loop for one of `concurrent.futures`."""
    from . import events
    if isfuture(future):
        return future
    if loop is None:
        loop = events.get_event_loop()
    result = loop.create_future()
    _chain_future(future, result)
    return result
