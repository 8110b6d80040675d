"""The event loop: what is ready runs in order, and then the loop waits for the next timer."""

import collections
import concurrent.futures
import heapq
import itertools
import sys
import threading
import time
import weakref

from . import events, futures, tasks
from .coroutines import iscoroutine, iscoroutinefunction

# So many timers that are cancelled may wait for their time at least.
_FEW_CANCELLED = 100


class BaseEventLoop(events.AbstractEventLoop):
    """An event loop of one thread; other threads speak to it by `call_soon_threadsafe`."""

    slow_callback_duration = 0.1

    _closed = _stopping = _debug = False
    _thread_id = None
    _exception_handler = _task_factory = None
    _executor = None
    _executor_is_shut_down = False
    # How many of the timers are cancelled.
    _cancelled_timers = 0

    def __init__(self):
        self._ready = collections.deque()
        # A heap of (time, number, handle).
        self._timers = []
        self._timer_numbers = itertools.count()
        self._asyncgens = weakref.WeakSet()
        # Ends a pause.
        self._wakeup = threading.Condition()
        self._is_woken = False

    def __repr__(self):
        return (f"<{type(self).__name__} running={self.is_running()} "
                f"closed={self._closed} debug={self._debug}>")

    # Running

    def run_forever(self):
        self._check_can_run()
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._asyncgens.add, finalizer=self._close_later)
        self._thread_id = threading.get_ident()
        events._set_running_loop(self)
        try:
            self._turn()
            while not self._stopping:
                self._turn()
        finally:
            events._set_running_loop(None)
            self._thread_id = None
            self._stopping = False
            sys.set_asyncgen_hooks(*hooks)

    def run_until_complete(self, future):
        self._check_can_run()
        is_ours = not futures.isfuture(future)
        future = tasks.ensure_future(future, loop=self)
        if is_ours:
            # Who runs the loop looks at it; nobody need be told.
            future._log_destroy_pending = False
        future.add_done_callback(_stop_loop_of)
        try:
            self.run_forever()
        except:
            if is_ours and future.done() and not future.cancelled():
                future.exception()
            raise
        finally:
            future.remove_done_callback(_stop_loop_of)
        if future.done():
            return future.result()
        raise RuntimeError("Event loop stopped before Future completed.")

    def stop(self):
        self._stopping = True

    def is_running(self):
        return self._thread_id is not None

    def is_closed(self):
        return self._closed

    def close(self):
        if self.is_running():
            raise RuntimeError("Cannot close a running event loop")
        self._closed = self._executor_is_shut_down = True
        self._ready.clear()
        self._timers.clear()
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False)

    def _check_can_run(self):
        self._check_closed()
        if self.is_running():
            raise RuntimeError("This event loop is already running")
        if events._get_running_loop() is not None:
            raise RuntimeError("Cannot run the event loop while another loop is running")

    def _check_closed(self):
        if self._closed:
            raise RuntimeError("Event loop is closed")

    # A turn

    def time(self):
        return time.monotonic()

    def _turn(self):
        """Waits until something is ready, and runs that. What becomes ready by it waits."""
        ready = self._ready
        due = self._time_of_next_timer()
        if not ready and not self._stopping:
            self._pause(None if due is None else due - self.time())
        if due is not None:
            self._ready_timers(self.time())
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle._cancelled:
                continue
            if self._debug:
                self._run_timed(handle)
            else:
                handle._run()

    def _pause(self, timeout):
        """Waits for so long, or until another thread has a call."""
        if timeout is not None and timeout <= 0:
            return
        with self._wakeup:
            if not self._is_woken:
                self._wakeup.wait(timeout)
            self._is_woken = False

    def _run_timed(self, handle):
        begin = self.time()
        text = repr(handle)
        handle._run()
        taken = self.time() - begin
        if taken >= self.slow_callback_duration:
            _logger().warning("Executing %s took %.3f seconds", text, taken)

    # Timers

    def _time_of_next_timer(self):
        timers = self._timers
        if self._cancelled_timers > max(_FEW_CANCELLED, len(timers) // 2):
            timers[:] = [timer for timer in timers if not timer[2]._cancelled]
            heapq.heapify(timers)
            self._cancelled_timers = 0
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)
            self._cancelled_timers -= 1
        return timers[0][0] if timers else None

    def _ready_timers(self, now):
        timers = self._timers
        # Clocks tick: what is due within a nanosecond is due.
        while timers and timers[0][0] <= now + 1e-9:
            handle = heapq.heappop(timers)[2]
            handle._is_waiting = False
            if handle._cancelled:
                self._cancelled_timers -= 1
            else:
                self._ready.append(handle)

    def _timer_handle_cancelled(self, handle):
        self._cancelled_timers += handle._is_waiting

    # Calls

    def call_soon(self, callback, *args, context=None):
        self._check_call(callback, "call_soon")
        handle = events.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(self, callback, *args, context=None):
        self._check_call(callback, "call_soon_threadsafe", of_any_thread=True)
        handle = events.Handle(callback, args, self, context)
        with self._wakeup:
            self._ready.append(handle)
            self._is_woken = True
            self._wakeup.notify()
        return handle

    def call_later(self, delay, callback, *args, context=None):
        if delay is None:
            raise TypeError("delay must not be None")
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        if when is None:
            raise TypeError("when cannot be None")
        self._check_call(callback, "call_at")
        timer = events.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._timer_numbers), timer))
        timer._is_waiting = True
        return timer

    def _check_call(self, callback, method, of_any_thread=False):
        if self._closed:
            raise RuntimeError("Event loop is closed")
        if not self._debug:
            return
        if not of_any_thread and self._thread_id not in (None, threading.get_ident()):
            raise RuntimeError(
                "Non-thread-safe operation invoked on an event loop other than the current one")
        if iscoroutine(callback) or iscoroutinefunction(callback):
            raise TypeError(f"coroutines cannot be used with {method}()")
        if not callable(callback):
            raise TypeError(f"a callable object was expected by {method}(), got {callback!r}")

    # Futures and tasks

    def create_future(self):
        return futures.Future(loop=self)

    def create_task(self, coro, *, name=None, context=None):
        self._check_closed()
        factory = self._task_factory
        if factory is None:
            return tasks.Task(coro, loop=self, name=name, context=context)
        task = factory(self, coro) if context is None else factory(self, coro, context=context)
        if name is not None and hasattr(task, "set_name"):
            task.set_name(name)
        return task

    def get_task_factory(self):
        return self._task_factory

    def set_task_factory(self, factory):
        if not (factory is None or callable(factory)):
            raise TypeError("task factory must be a callable or None")
        self._task_factory = factory

    # Threads

    def run_in_executor(self, executor, func, *args):
        self._check_call(func, "run_in_executor", of_any_thread=True)
        if executor is None:
            executor = self._default_executor()
        return futures.wrap_future(executor.submit(func, *args), loop=self)

    def _default_executor(self):
        if self._executor_is_shut_down:
            raise RuntimeError("Executor shutdown has been called")
        if self._executor is None:
            self._executor = concurrent.futures.ThreadPoolExecutor(thread_name_prefix="asyncio")
        return self._executor

    def set_default_executor(self, executor):
        if not isinstance(executor, concurrent.futures.ThreadPoolExecutor):
            raise TypeError("executor must be ThreadPoolExecutor instance")
        self._executor = executor

    async def shutdown_default_executor(self):
        """Waits for its threads, in a thread of its own."""
        self._executor_is_shut_down = True
        if self._executor is None:
            return
        ended = concurrent.futures.Future()

        def shut_down(executor):
            try:
                ended.set_result(executor.shutdown(wait=True))
            except Exception as error:
                ended.set_exception(error)
        waiting = threading.Thread(target=shut_down, args=(self._executor,))
        waiting.start()
        try:
            await futures.wrap_future(ended, loop=self)
        finally:
            waiting.join()

    # Asynchronous generators

    def _close_later(self, agen):
        self._asyncgens.discard(agen)
        if not self._closed:
            self.call_soon_threadsafe(self.create_task, agen.aclose())

    async def shutdown_asyncgens(self):
        """Closes the generators that have begun and not ended."""
        open_ = list(self._asyncgens)
        self._asyncgens.clear()
        ends = await tasks.gather(*(agen.aclose() for agen in open_), return_exceptions=True)
        for agen, end in zip(open_, ends):
            if isinstance(end, Exception):
                self.call_exception_handler({
                    "message": "an error occurred during closing of asynchronous generator "
                               f"{agen!r}", "exception": end, "asyncgen": agen})

    # What goes wrong where nobody waits for it

    def get_exception_handler(self):
        return self._exception_handler

    def set_exception_handler(self, handler):
        if not (handler is None or callable(handler)):
            raise TypeError(f"A callable object or None is expected, got {handler!r}")
        self._exception_handler = handler

    def call_exception_handler(self, context):
        handler = self._exception_handler
        try:
            if handler is None:
                self.default_exception_handler(context)
            else:
                handler(self, context)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            if handler is None:
                _logger().error("Exception in default exception handler", exc_info=True)
            else:
                self._report_handler(error, context)

    def _report_handler(self, error, context):
        try:
            self.default_exception_handler({
                "message": "Unhandled error in exception handler", "exception": error,
                "context": context})
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:
            _logger().error("Exception in default exception handler while handling an unexpected "
                            "error in custom exception handler", exc_info=True)

    def default_exception_handler(self, context):
        lines = [context.get("message") or "Unhandled exception in event loop"]
        lines += [f"{name}: {context[name]!r}" for name in sorted(context)
                  if name not in ("message", "exception")]
        error = context.get("exception")
        _logger().error("\n".join(lines), exc_info=error is not None and (
            type(error), error, error.__traceback__))

    def get_debug(self):
        return self._debug

    def set_debug(self, enabled):
        self._debug = enabled


def _logger():
    # Few programs need it.
    from .log import logger
    return logger


def _stop_loop_of(future):
    if not future.cancelled() and isinstance(future.exception(), (SystemExit, KeyboardInterrupt)):
        # It has left the loop already.
        return
    futures._loop_of(future).stop()


class SelectorEventLoop(BaseEventLoop):
    """The loop that `new_event_loop` makes."""


SelectorEventLoop.__name__ = SelectorEventLoop.__qualname__ = "_UnixSelectorEventLoop"


class DefaultEventLoopPolicy(events.BaseDefaultEventLoopPolicy):
    """Makes loops of this module."""

    _loop_factory = SelectorEventLoop


DefaultEventLoopPolicy.__name__ = "_UnixDefaultEventLoopPolicy"
DefaultEventLoopPolicy.__qualname__ = "_UnixDefaultEventLoopPolicy"
