"""Blocks that are cancelled when they take too long."""

from . import events, tasks
from .exceptions import CancelledError


class Timeout:
    """`async with`: the block is cancelled at a time, and TimeoutError raised."""

    # As `repr` shows it: created, active, expiring, expired, finished.
    _state = "created"
    _timer = None

    def __init__(self, when):
        self._when = when

    def __repr__(self):
        when = ""
        if self._state == "active":
            when = f" when={None if self._when is None else round(self._when, 3)}"
        return f"<Timeout [{self._state}]{when}>"

    def when(self):
        return self._when

    def expired(self):
        return self._state in ("expiring", "expired")

    def reschedule(self, when):
        """Another time, or None for no limit."""
        if self._state == "created":
            raise RuntimeError("Timeout has not been entered")
        if self._state != "active":
            raise RuntimeError(f"Cannot change state of {self._state} Timeout")
        self._stop_timer()
        self._when = when
        if when is not None:
            loop = events.get_running_loop()
            is_over = when <= loop.time()
            self._timer = (loop.call_soon(self._expire) if is_over
                           else loop.call_at(when, self._expire))

    def _stop_timer(self):
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _expire(self):
        self._timer = None
        self._state = "expiring"
        self._task.cancel()

    async def __aenter__(self):
        if self._state != "created":
            raise RuntimeError("Timeout has already been entered")
        self._task = tasks.current_task()
        if self._task is None:
            raise RuntimeError("Timeout should be used inside a task")
        self._state = "active"
        self._cancelled_before = self._task.cancelling()
        self.reschedule(self._when)
        return self

    async def __aexit__(self, kind, value, tb):
        self._stop_timer()
        if self._state == "active":
            self._state = "finished"
        elif self._state == "expiring":
            self._state = "expired"
            cancelled_by_others = self._task.uncancel() > self._cancelled_before
            if isinstance(value, CancelledError) and not cancelled_by_others:
                raise TimeoutError from value


def timeout(delay):
    """A limit in seconds from now, or None."""
    return Timeout(delay if delay is None else events.get_running_loop().time() + delay)


def timeout_at(when):
    """A limit as a time of the loop's clock, or None."""
    return Timeout(when)
