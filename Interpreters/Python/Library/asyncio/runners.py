"""Runs programs of coroutines."""

import contextvars
import functools
import signal
import threading

from . import coroutines, events, exceptions, tasks


class Runner:
    """A loop for several runs; closing it ends what is left."""

    _loop = _context = None
    _is_closed = False
    # Whether the loop is that of the thread.
    _is_current = False

    def __init__(self, *, debug=None, loop_factory=None):
        self._debug = debug
        self._loop_factory = loop_factory

    def __enter__(self):
        self.get_loop()
        return self

    def __exit__(self, kind, value, tb):
        self.close()

    def get_loop(self):
        """Its loop, which is made when it is first needed."""
        if self._is_closed:
            raise RuntimeError("Runner is closed")
        if self._loop is None:
            self._loop = (self._loop_factory or self._new_loop)()
            if self._debug is not None:
                self._loop.set_debug(self._debug)
            self._context = contextvars.copy_context()
        return self._loop

    def _new_loop(self):
        loop = events.new_event_loop()
        events.set_event_loop(loop)
        self._is_current = True
        return loop

    def run(self, coro, *, context=None):
        if not coroutines.iscoroutine(coro):
            raise ValueError(f"a coroutine was expected, got {coro!r}")
        if events._get_running_loop() is not None:
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        loop = self.get_loop()
        task = loop.create_task(coro, context=self._context if context is None else context)
        with _Interruptible(task, loop) as interrupts:
            try:
                return loop.run_until_complete(task)
            except exceptions.CancelledError:
                # A task of another factory may not count.
                if interrupts.count and not getattr(task, "uncancel", lambda: True)():
                    raise KeyboardInterrupt
                raise

    def close(self):
        loop = self._loop
        if loop is None or self._is_closed:
            return
        self._is_closed = True
        try:
            _cancel_all_tasks(loop)
            for end in (loop.shutdown_asyncgens, loop.shutdown_default_executor):
                loop.run_until_complete(end())
        finally:
            if self._is_current:
                events.set_event_loop(None)
            loop.close()
            self._loop = None


class _Interruptible:
    """While a task runs in the main thread: the first interrupt cancels it, the next one is raised."""

    def __init__(self, task, loop):
        self.task, self.loop = task, loop
        self.count = 0
        self.handler = None

    def __enter__(self):
        if (threading.current_thread() is threading.main_thread()
                and signal.getsignal(signal.SIGINT) is signal.default_int_handler):
            self.handler = functools.partial(self.interrupt)
            try:
                signal.signal(signal.SIGINT, self.handler)
            except ValueError:
                # Signals are not handled in this interpreter.
                self.handler = None
        return self

    def __exit__(self, kind, value, tb):
        if self.handler is not None and signal.getsignal(signal.SIGINT) is self.handler:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt(self, signum, frame):
        self.count += 1
        if self.count > 1 or self.task.done():
            raise KeyboardInterrupt
        self.task.cancel()
        # The loop may be waiting.
        self.loop.call_soon_threadsafe(int)


def run(main, *, debug=None):
    """Runs a coroutine in a new loop, and ends what it leaves behind."""
    if events._get_running_loop() is not None:
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    with Runner(debug=debug) as runner:
        return runner.run(main)


def _cancel_all_tasks(loop):
    left = tasks.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(tasks.gather(*left, return_exceptions=True))
    for task in left:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            loop.call_exception_handler({
                "message": "unhandled exception during asyncio.run() shutdown",
                "exception": error, "task": task})
