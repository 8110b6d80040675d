"""Tasks that end together."""

from . import events, tasks
from .exceptions import CancelledError

_LEAVING = SystemExit, KeyboardInterrupt


class TaskGroup:
    """`async with`: waits for all its tasks; when one fails, the others are cancelled."""

    # The task whose block it is, once that has begun, and its loop.
    _owner = _loop = None
    _is_ending = False
    # Whether the tasks were cancelled, and whether the block was, because of a task.
    _is_aborting = _has_cancelled_owner = False
    # Ended when no task is left.
    _is_empty = None
    # What leaves the program is raised alone.
    _fatal = None

    def __init__(self):
        self._tasks = set()
        self._errors = []

    def __repr__(self):
        words = ["TaskGroup"]
        words += [f"{name}={len(items)}" for name, items in (
            ("tasks", self._tasks), ("errors", self._errors)) if items]
        if self._is_aborting:
            words.append("cancelling")
        elif self._loop is not None:
            words.append("entered")
        return f"<{' '.join(words)}>"

    async def __aenter__(self):
        if self._loop is not None:
            raise RuntimeError(f"TaskGroup {self!r} has already been entered")
        loop = events.get_running_loop()
        self._owner = tasks.current_task(loop)
        if self._owner is None:
            raise RuntimeError(f"TaskGroup {self!r} cannot determine the parent task")
        self._loop = loop
        return self

    async def __aexit__(self, kind, value, tb):
        self._is_ending = True
        if isinstance(value, _LEAVING):
            self._fatal = self._fatal or value
        cancelled = value if isinstance(value, CancelledError) else None
        if self._has_cancelled_owner and self._owner.uncancel() == 0:
            # Nobody but the group has cancelled the block.
            cancelled = None
        if value is not None:
            self._abort()
        cancelled = await self._wait_for_tasks() or cancelled
        if self._fatal is not None:
            raise self._fatal
        if cancelled is not None and not self._errors:
            raise cancelled
        if value is not None and not isinstance(value, CancelledError):
            self._errors.append(value)
        if self._errors:
            group = BaseExceptionGroup("unhandled errors in a TaskGroup", self._errors)
            self._errors = []
            raise group

    async def _wait_for_tasks(self):
        """The cancellation of the waiting, if it was cancelled from outside."""
        cancelled = None
        while self._tasks:
            self._is_empty = self._loop.create_future()
            try:
                await self._is_empty
            except CancelledError as error:
                if not self._is_aborting:
                    cancelled = error
                    self._abort()
        self._is_empty = None
        return cancelled

    def create_task(self, coro, *, name=None, context=None):
        obstacle = (
            "has not been entered" if self._loop is None
            else "is finished" if self._is_ending and not self._tasks
            else "is shutting down" if self._is_aborting else None)
        if obstacle is not None:
            raise RuntimeError(f"TaskGroup {self!r} {obstacle}")
        task = self._loop.create_task(coro, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._note)
        return task

    def _abort(self):
        if not self._is_aborting:
            self._is_aborting = True
            for task in list(self._tasks):
                task.cancel()

    def _note(self, task):
        """A task is done."""
        self._tasks.discard(task)
        waiting = self._is_empty
        if waiting is not None and not self._tasks and not waiting.done():
            waiting.set_result(None)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        self._errors.append(error)
        if isinstance(error, _LEAVING):
            self._fatal = self._fatal or error
        if self._owner.done():
            # The block ended without waiting; somebody should know nevertheless.
            self._loop.call_exception_handler({
                "message": f"Task {task!r} has errored out but its parent task "
                           f"{self._owner} is already completed",
                "exception": error, "task": task})
        elif not (self._is_aborting or self._has_cancelled_owner):
            self._has_cancelled_owner = True
            self._abort()
            self._owner.cancel()
