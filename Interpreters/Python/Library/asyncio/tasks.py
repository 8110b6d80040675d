"""Tasks: coroutines that a loop drives."""

import contextvars
import inspect
import itertools
import sys
import traceback
import types
import weakref

from . import events, futures
from ._texts import coroutine_text
from .coroutines import iscoroutine
from .exceptions import CancelledError, InvalidStateError
from .futures import Future

_numbers = itertools.count(1)
# Weak references to those that are not done, and perhaps to some that are lost.
_unfinished = set()
_current_tasks = {}


class Task(Future):
    """A coroutine that runs in a loop, from one thing that it waits for to the next."""

    # Whether the end of an unfinished task that nobody knows any more is reported.
    _log_destroy_pending = True
    # What it waits for.
    _fut_waiter = None
    # Whether CancelledError is raised in the coroutine when it runs next.
    _must_cancel = False
    _cancel_requests = 0

    def __init__(self, coro, *, loop=None, name=None, context=None):
        super().__init__(loop=loop)
        if not iscoroutine(coro):
            self._log_destroy_pending = False
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        self._coro = coro
        self._name = f"Task-{next(_numbers)}" if name is None else str(name)
        self._context = contextvars.copy_context() if context is None else context
        self._run_later()
        _register_task(self)

    def __del__(self):
        if self._log_destroy_pending and not self.done():
            self._loop.call_exception_handler({
                "message": "Task was destroyed but it is pending!", "task": self})
        super().__del__()

    def _words(self):
        words = super()._words()
        if self._cancel_requests and not self.done():
            words[0] = "cancelling"
        own = [f"name={self._name!r}", f"coro=<{coroutine_text(self._coro)}>"]
        if self._fut_waiter is not None:
            own.append(f"wait_for={self._fut_waiter!r}")
        return [words[0], *own, *words[1:]]

    def get_coro(self):
        return self._coro

    def get_name(self):
        return self._name

    def set_name(self, value):
        self._name = str(value)

    def set_result(self, result):
        raise RuntimeError("Task does not support set_result operation")

    def set_exception(self, exception):
        raise RuntimeError("Task does not support set_exception operation")

    # Cancelling

    def cancel(self, msg=None):
        """Has CancelledError raised in the coroutine."""
        self._is_unseen = False
        if self.done():
            return False
        self._cancel_requests += 1
        waits_for = self._fut_waiter
        if waits_for is None or not waits_for.cancel(msg=msg):
            self._must_cancel, self._cancel_message = True, msg
        return True

    def cancelling(self):
        return self._cancel_requests

    def uncancel(self):
        self._cancel_requests -= self._cancel_requests > 0
        return self._cancel_requests

    # Running

    def _run_later(self, error=None):
        self._loop.call_soon(self._step, error, context=self._context)

    def _step(self, error=None):
        """Runs the coroutine to the next future that it waits for, or to its end."""
        if self.done():
            raise InvalidStateError(f"_step(): already done: {self!r}, {error!r}")
        if self._must_cancel:
            self._must_cancel = False
            if not isinstance(error, CancelledError):
                error = self._make_cancelled_error()
        self._fut_waiter = None
        loop, coro = self._loop, self._coro
        _enter_task(loop, self)
        try:
            awaited = coro.send(None) if error is None else coro.throw(error)
        except BaseException as end:
            self._end_with(end)
        else:
            self._wait_for(awaited)
        finally:
            _leave_task(loop, self)

    def _end(self, state):
        _unregister_task(self)
        super()._end(state)

    def _end_with(self, end):
        if isinstance(end, StopIteration):
            if self._must_cancel:
                # The cancellation came too late to be seen, but not too late to count.
                self._must_cancel = False
                Future.cancel(self, self._cancel_message)
            else:
                Future.set_result(self, end.value)
        elif isinstance(end, CancelledError):
            self._cancelled_exc = end
            Future.cancel(self)
        else:
            Future.set_exception(self, end)
            if isinstance(end, (KeyboardInterrupt, SystemExit)):
                raise end

    def _wait_for(self, awaited):
        if awaited is None:
            # `sleep(0)`: others have their turn.
            self._run_later()
            return
        problem = self._problem_with(awaited)
        if problem is not None:
            self._run_later(RuntimeError(problem))
            return
        awaited._asyncio_future_blocking = False
        awaited.add_done_callback(self._continue, context=self._context)
        self._fut_waiter = awaited
        if self._must_cancel and awaited.cancel(msg=self._cancel_message):
            self._must_cancel = False

    def _problem_with(self, awaited):
        """Why it cannot be waited for."""
        blocking = getattr(awaited, "_asyncio_future_blocking", None)
        if blocking is None:
            if inspect.isgenerator(awaited):
                return (f"yield was used instead of yield from for generator in task {self!r} "
                        f"with {awaited!r}")
            return f"Task got bad yield: {awaited!r}"
        if futures._loop_of(awaited) is not self._loop:
            return f"Task {self!r} got Future {awaited!r} attached to a different loop"
        if not blocking:
            return f"yield was used instead of yield from in task {self!r} with {awaited!r}"
        return f"Task cannot await on itself: {self!r}" if awaited is self else None

    def _continue(self, future):
        error = None
        try:
            future.result()
        except BaseException as raised:
            error = raised
        self._step(error)

    # Where it is

    def get_stack(self, *, limit=None):
        """The frame that is suspended, or those of the exception that ended the task."""
        frame = getattr(self._coro, "cr_frame", None) or getattr(self._coro, "gi_frame", None)
        frames = []
        if frame is not None:
            while frame is not None:
                frames.insert(0, frame)
                frame = frame.f_back
            return frames if limit is None else frames[max(0, len(frames) - limit):]
        if self._exception is not None:
            frames = [frame for frame, _ in traceback.walk_tb(self._exception.__traceback__)]
        return frames[:limit]

    def print_stack(self, *, limit=None, file=None):
        frames = self.get_stack(limit=limit)
        title = "Stack" if self._exception is None else "Traceback"
        lines = [f"{title} for {self!r} (most recent call last):\n" if frames
                 else f"No stack for {self!r}\n"]
        lines += traceback.StackSummary.extract((frame, frame.f_lineno) for frame in frames).format()
        if self._exception is not None:
            lines += traceback.format_exception_only(self._exception)
        print("".join(lines), file=sys.stderr if file is None else file, end="")


# Which tasks there are ------------------------------------------------------------------------


def _register_task(task):
    _unfinished.add(weakref.ref(task))


def _unregister_task(task):
    _unfinished.discard(weakref.ref(task))


def _enter_task(loop, task):
    running = _current_tasks.setdefault(loop, task)
    if running is not task:
        raise RuntimeError(f"Cannot enter into task {task!r} while another task {running!r} is "
                           "being executed.")


def _leave_task(loop, task):
    running = _current_tasks.get(loop)
    if running is not task:
        raise RuntimeError(f"Leaving task {task!r} does not match the current task {running!r}.")
    del _current_tasks[loop]


def current_task(loop=None):
    return _current_tasks.get(loop or events.get_running_loop())


def all_tasks(loop=None):
    """Those of a loop that are not done."""
    loop = loop or events.get_running_loop()
    _unfinished.difference_update([known for known in list(_unfinished) if known() is None])
    return {task for task in [known() for known in list(_unfinished)]
            if task is not None and not task.done() and futures._loop_of(task) is loop}


def create_task(coro, *, name=None, context=None):
    return events.get_running_loop().create_task(coro, name=name, context=context)


def ensure_future(coro_or_future, *, loop=None):
    """A task for a coroutine, or for what can be waited for; futures are themselves."""
    if futures.isfuture(coro_or_future):
        if loop is None or loop is futures._loop_of(coro_or_future):
            return coro_or_future
        raise ValueError("The future belongs to a different loop than the one specified as the "
                         "loop argument")
    coro = coro_or_future
    if not iscoroutine(coro):
        if not inspect.isawaitable(coro):
            raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")
        coro = _await(coro)
    if loop is None:
        try:
            loop = events.get_event_loop()
        except RuntimeError:
            if coro is not coro_or_future or inspect.iscoroutine(coro):
                # It is never waited for.
                coro.close()
            raise
    return loop.create_task(coro)


async def _await(awaitable):
    return await awaitable


@types.coroutine
def _let_others_run():
    yield


async def sleep(delay, result=None):
    """Waits so many seconds; with 0, lets the others run."""
    if delay <= 0:
        await _let_others_run()
        return result
    loop = events.get_running_loop()
    time_is_over = loop.create_future()
    timer = loop.call_later(delay, _end_unless_done, time_is_over, result)
    try:
        return await time_is_over
    finally:
        timer.cancel()


def _end_unless_done(future, result=None):
    if not future.done():
        future.set_result(result)


# Other modules build on this one; their functions belong to it for those who import it.
from .combining import (
    ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, _GatheringFuture, as_completed, gather,
    run_coroutine_threadsafe, shield, wait, wait_for)
