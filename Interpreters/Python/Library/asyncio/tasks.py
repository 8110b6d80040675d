"""Tasks: coroutines that a loop drives."""

import concurrent.futures
import contextvars
import functools
import inspect
import itertools
import types
import weakref

from . import events, exceptions, futures
from .futures import Future

FIRST_COMPLETED = concurrent.futures.FIRST_COMPLETED
FIRST_EXCEPTION = concurrent.futures.FIRST_EXCEPTION
ALL_COMPLETED = concurrent.futures.ALL_COMPLETED

_numbers = itertools.count(1)
_all_tasks = weakref.WeakSet()
_current_tasks = {}


def iscoroutine(obj):
    import collections.abc
    return isinstance(obj, (types.CoroutineType, collections.abc.Coroutine))


def iscoroutinefunction(func):
    return inspect.iscoroutinefunction(func) or getattr(func, "_is_coroutine", None) is not None


class Task(Future):
    """A coroutine that runs in a loop, a step at a time."""

    _log_destroy_pending = True

    def __init__(self, coro, *, loop=None, name=None, context=None):
        super().__init__(loop=loop)
        if not iscoroutine(coro):
            self._log_destroy_pending = False
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        self._name = f"Task-{next(_numbers)}" if name is None else str(name)
        self._num_cancels_requested = 0
        self._must_cancel = False
        self._fut_waiter = None
        self._coro = coro
        self._context = contextvars.copy_context() if context is None else context
        self._loop.call_soon(self._step, context=self._context)
        _register_task(self)

    def __del__(self):
        if self._state == "PENDING" and self._log_destroy_pending:
            self._loop.call_exception_handler({
                "task": self, "message": "Task was destroyed but it is pending!"})
        super().__del__()

    def _repr_info(self):
        info = super()._repr_info()
        if self.cancelling() and not self.done():
            info[0] = "cancelling"
        info.insert(1, f"name={self._name!r}")
        name = getattr(self._coro, "__qualname__", None) or type(self._coro).__name__
        code = getattr(self._coro, "cr_code", None)
        frame = getattr(self._coro, "cr_frame", None)
        if code is None:
            shown = f"<{name}()>"
        elif frame is None:
            shown = f"<{name}() done, defined at {code.co_filename}:{code.co_firstlineno}>"
        else:
            line = frame.f_lineno or code.co_firstlineno
            shown = f"<{name}() running at {code.co_filename}:{line}>"
        info.insert(2, f"coro={shown}")
        if self._fut_waiter is not None:
            info.insert(3, f"wait_for={self._fut_waiter!r}")
        return info

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

    def get_stack(self, *, limit=None):
        frame = getattr(self._coro, "cr_frame", None)
        frames = []
        while frame is not None and (limit is None or len(frames) < limit):
            frames.append(frame)
            frame = frame.f_back
        return frames[::-1]

    def print_stack(self, *, limit=None, file=None):
        import sys
        import traceback
        out = sys.stderr if file is None else file
        frames = self.get_stack(limit=limit)
        print(f"Stack for {self!r} (most recent call last):" if frames
              else f"No stack for {self!r}", file=out)
        entries = [(frame, frame.f_lineno) for frame in frames]
        traceback.StackSummary.extract(entries)
        for line in traceback.StackSummary.extract(entries).format():
            print(line, file=out, end="")

    def cancel(self, msg=None):
        """Has CancelledError raised in the coroutine when it runs next."""
        self._log_traceback = False
        if self.done():
            return False
        self._num_cancels_requested += 1
        if self._fut_waiter is not None and self._fut_waiter.cancel(msg=msg):
            return True
        self._must_cancel = True
        self._cancel_message = msg
        return True

    def cancelling(self):
        return self._num_cancels_requested

    def uncancel(self):
        if self._num_cancels_requested > 0:
            self._num_cancels_requested -= 1
        return self._num_cancels_requested

    def _step(self, error=None):
        """Runs the coroutine to the next future that it waits for."""
        if self.done():
            raise exceptions.InvalidStateError(f"_step(): already done: {self!r}, {error!r}")
        if self._must_cancel:
            if not isinstance(error, exceptions.CancelledError):
                error = self._make_cancelled_error()
            self._must_cancel = False
        coro = self._coro
        self._fut_waiter = None
        _enter_task(self._loop, self)
        try:
            if error is None:
                awaited = coro.send(None)
            else:
                awaited = coro.throw(error)
        except StopIteration as stop:
            if self._must_cancel:
                self._must_cancel = False
                super().cancel(msg=self._cancel_message)
            else:
                super().set_result(stop.value)
        except exceptions.CancelledError as cancelled:
            self._cancelled_exc = cancelled
            super().cancel()
        except (KeyboardInterrupt, SystemExit) as fatal:
            super().set_exception(fatal)
            raise
        except BaseException as failure:
            super().set_exception(failure)
        else:
            self._wait_for(awaited)
        finally:
            _leave_task(self._loop, self)
            self = None

    def _wait_for(self, awaited):
        blocking = getattr(awaited, "_asyncio_future_blocking", None)
        problem = None
        if blocking is not None:
            if awaited.get_loop() is not self._loop:
                problem = (f"Task {self!r} got Future {awaited!r} attached to a different loop")
            elif not blocking:
                problem = (f"yield was used instead of yield from in task {self!r} with "
                           f"{awaited!r}")
            elif awaited is self:
                problem = f"Task cannot await on itself: {self!r}"
            else:
                awaited._asyncio_future_blocking = False
                awaited.add_done_callback(self._wakeup, context=self._context)
                self._fut_waiter = awaited
                if self._must_cancel and awaited.cancel(msg=self._cancel_message):
                    self._must_cancel = False
                return
        elif awaited is None:
            # `sleep(0)`: others have their turn.
            self._loop.call_soon(self._step, context=self._context)
            return
        elif inspect.isgenerator(awaited):
            problem = (f"yield was used instead of yield from for generator in task {self!r} "
                       f"with {awaited!r}")
        else:
            problem = f"Task got bad yield: {awaited!r}"
        self._loop.call_soon(self._step, RuntimeError(problem), context=self._context)

    def _wakeup(self, future):
        try:
            future.result()
        except BaseException as error:
            self._step(error)
        else:
            self._step()
        self = None


def _register_task(task):
    _all_tasks.add(task)


def _unregister_task(task):
    _all_tasks.discard(task)


def _enter_task(loop, task):
    current = _current_tasks.get(loop)
    if current is not None:
        raise RuntimeError(f"Cannot enter into task {task!r} while another task {current!r} is "
                           f"being executed.")
    _current_tasks[loop] = task


def _leave_task(loop, task):
    current = _current_tasks.get(loop)
    if current is not task:
        raise RuntimeError(f"Leaving task {task!r} does not match the current task {current!r}.")
    del _current_tasks[loop]


def current_task(loop=None):
    return _current_tasks.get(events.get_running_loop() if loop is None else loop)


def all_tasks(loop=None):
    """Those of a loop that are not done."""
    if loop is None:
        loop = events.get_running_loop()
    return {task for task in list(_all_tasks) if task.get_loop() is loop and not task.done()}


def create_task(coro, *, name=None, context=None):
    return events.get_running_loop().create_task(coro, name=name, context=context)


async def _await(awaitable):
    return await awaitable


def ensure_future(coro_or_future, *, loop=None):
    if futures.isfuture(coro_or_future):
        if loop is not None and loop is not coro_or_future.get_loop():
            raise ValueError("The future belongs to a different loop than the one specified as "
                             "the loop argument")
        return coro_or_future
    if not iscoroutine(coro_or_future):
        if not inspect.isawaitable(coro_or_future):
            raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")
        coro_or_future = _await(coro_or_future)
    if loop is None:
        loop = events.get_event_loop()
    return loop.create_task(coro_or_future)


@types.coroutine
def _yield_once():
    yield


async def sleep(delay, result=None):
    """Waits; with 0, lets the others run."""
    if delay <= 0:
        await _yield_once()
        return result
    loop = events.get_running_loop()
    future = loop.create_future()
    handle = loop.call_later(delay, _set_result_unless_cancelled, future, result)
    try:
        return await future
    finally:
        handle.cancel()


def _set_result_unless_cancelled(future, result):
    if not future.cancelled():
        future.set_result(result)


# Several at once --------------------------------------------------------------------------------


def _release_waiter(waiter, *args):
    if not waiter.done():
        waiter.set_result(None)


async def wait(fs, *, timeout=None, return_when=ALL_COMPLETED):
    """(done, pending): waits for all, for the first, or for the first exception."""
    if futures.isfuture(fs) or iscoroutine(fs):
        raise TypeError(f"expect a list of futures, not {type(fs).__name__}")
    if not fs:
        raise ValueError("Set of Tasks/Futures is empty.")
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f"Invalid return_when value: {return_when}")
    fs = set(fs)
    if any(iscoroutine(f) for f in fs):
        raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
    loop = events.get_running_loop()
    return await _wait(fs, timeout, return_when, loop)


async def _wait(fs, timeout, return_when, loop):
    waiter = loop.create_future()
    counter = sum(not f.done() for f in fs)

    def is_enough(f):
        return (counter <= 0 or return_when == FIRST_COMPLETED
                or return_when == FIRST_EXCEPTION and not f.cancelled()
                and f.exception() is not None)
    already = any(f.done() and is_enough(f) for f in fs)
    handle = None
    if counter and not already:
        if timeout is not None:
            handle = loop.call_later(timeout, _release_waiter, waiter)

        def on_completion(f):
            nonlocal counter
            counter -= 1
            if is_enough(f):
                if handle is not None:
                    handle.cancel()
                _release_waiter(waiter)
        for f in fs:
            f.add_done_callback(on_completion)
        try:
            await waiter
        finally:
            if handle is not None:
                handle.cancel()
            for f in fs:
                f.remove_done_callback(on_completion)
    done = {f for f in fs if f.done()}
    return done, fs - done


async def wait_for(fut, timeout):
    """Waits so long; then cancels what it waits for, and raises TimeoutError."""
    loop = events.get_running_loop()
    if timeout is None:
        return await fut
    if timeout <= 0:
        fut = ensure_future(fut, loop=loop)
        if fut.done():
            return fut.result()
        await _cancel_and_wait(fut, loop=loop)
        try:
            return fut.result()
        except exceptions.CancelledError as error:
            raise exceptions.TimeoutError from error
    waiter = loop.create_future()
    handle = loop.call_later(timeout, _release_waiter, waiter)
    release = functools.partial(_release_waiter, waiter)
    fut = ensure_future(fut, loop=loop)
    fut.add_done_callback(release)
    try:
        try:
            await waiter
        except exceptions.CancelledError:
            if fut.done():
                return fut.result()
            fut.remove_done_callback(release)
            await _cancel_and_wait(fut, loop=loop)
            raise
        if fut.done():
            return fut.result()
        fut.remove_done_callback(release)
        await _cancel_and_wait(fut, loop=loop)
        try:
            return fut.result()
        except exceptions.CancelledError as error:
            raise exceptions.TimeoutError from error
    finally:
        handle.cancel()


async def _cancel_and_wait(fut, loop):
    waiter = loop.create_future()
    release = functools.partial(_release_waiter, waiter)
    fut.add_done_callback(release)
    try:
        fut.cancel()
        await waiter
    finally:
        fut.remove_done_callback(release)


def as_completed(fs, *, timeout=None):
    """Coroutines that give the results in the order in which they come."""
    if futures.isfuture(fs) or iscoroutine(fs):
        raise TypeError(f"expect an iterable of futures, not {type(fs).__name__}")
    from .queues import Queue
    done = Queue()
    loop = events.get_event_loop()
    todo = {ensure_future(f, loop=loop) for f in set(fs)}
    handle = None

    def on_timeout():
        for f in todo:
            f.remove_done_callback(on_completion)
            done.put_nowait(None)
        todo.clear()

    def on_completion(f):
        if not todo:
            return
        todo.remove(f)
        done.put_nowait(f)
        if not todo and handle is not None:
            handle.cancel()

    async def wait_for_one():
        f = await done.get()
        if f is None:
            raise exceptions.TimeoutError
        return f.result()
    for f in todo:
        f.add_done_callback(on_completion)
    if todo and timeout is not None:
        handle = loop.call_later(timeout, on_timeout)
    for _ in range(len(todo)):
        yield wait_for_one()


class _GatheringFuture(Future):
    """What `gather` gives: cancelled, it cancels its children."""

    def __init__(self, children, *, loop):
        super().__init__(loop=loop)
        self._children = children
        self._cancel_requested = False

    def cancel(self, msg=None):
        if self.done():
            return False
        asked = False
        for child in self._children:
            if child.cancel(msg=msg):
                asked = True
        if asked:
            self._cancel_requested = True
        return asked


def gather(*coros_or_futures, return_exceptions=False):
    """The results of all, in the order of the arguments."""
    if not coros_or_futures:
        outer = events.get_event_loop().create_future()
        outer.set_result([])
        return outer
    children = []
    by_argument = {}
    loop = None
    outer = None
    finished = 0

    def on_done(child):
        nonlocal finished
        finished += 1
        if outer is None or outer.done():
            if not child.cancelled():
                # Nobody will look at its exception.
                child.exception()
            return
        if not return_exceptions:
            if child.cancelled():
                outer.set_exception(child._make_cancelled_error())
                return
            error = child.exception()
            if error is not None:
                outer.set_exception(error)
                return
        if finished == len(by_argument):
            results = []
            for f in children:
                if f.cancelled():
                    message = f._cancel_message
                    results.append(exceptions.CancelledError(
                        *(() if message is None else (message,))))
                else:
                    error = f.exception()
                    results.append(f.result() if error is None else error)
            if outer._cancel_requested:
                outer.set_exception(f._make_cancelled_error())
            else:
                outer.set_result(results)
    for argument in coros_or_futures:
        if argument not in by_argument:
            f = ensure_future(argument, loop=loop)
            if loop is None:
                loop = f.get_loop()
            if f is not argument:
                f._log_destroy_pending = False
            by_argument[argument] = f
            f.add_done_callback(on_done)
        children.append(by_argument[argument])
    outer = _GatheringFuture(children, loop=loop)
    return outer


def shield(arg):
    """Waits for something that is not cancelled when the waiting is."""
    inner = ensure_future(arg)
    if inner.done():
        return inner
    outer = inner.get_loop().create_future()

    def inner_done(inner):
        if outer.cancelled():
            if not inner.cancelled():
                inner.exception()
        elif inner.cancelled():
            outer.cancel()
        else:
            error = inner.exception()
            if error is not None:
                outer.set_exception(error)
            else:
                outer.set_result(inner.result())

    def outer_done(outer):
        if not inner.done():
            inner.remove_done_callback(inner_done)
    inner.add_done_callback(inner_done)
    outer.add_done_callback(outer_done)
    return outer


# Threads ----------------------------------------------------------------------------------------


def run_coroutine_threadsafe(coro, loop):
    """Starts a coroutine in the loop of another thread; a future of `concurrent.futures`."""
    if not iscoroutine(coro):
        raise TypeError("A coroutine object is required")
    future = concurrent.futures.Future()

    def start():
        try:
            futures._chain_future(ensure_future(coro, loop=loop), future)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
            raise
    loop.call_soon_threadsafe(start)
    return future


async def to_thread(func, /, *args, **kwargs):
    """Calls a function in another thread."""
    loop = events.get_running_loop()
    call = functools.partial(contextvars.copy_context().run, func, *args, **kwargs)
    return await loop.run_in_executor(None, call)
