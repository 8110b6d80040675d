"""Locks and the like, for the tasks of one loop."""

import collections

from . import events
from .exceptions import BrokenBarrierError, CancelledError


class _Line(collections.deque):
    """A future for each task that waits, in the order in which they came, all of one loop."""

    loop = None

    def __init__(self, owner):
        super().__init__()
        self.owner = owner

    def has_waiting(self):
        """Whether somebody waits who was not cancelled."""
        return any(not future.cancelled() for future in self)

    async def stand(self, pass_on=None):
        """Waits to be woken. Who is woken and cancelled before it runs, passes that on."""
        future = self.join()
        try:
            await future
        except BaseException:
            if pass_on is not None and future.done() and not future.cancelled():
                self.remove(future)
                pass_on()
            else:
                future.cancel()
            raise
        finally:
            if future in self:
                self.remove(future)

    def join(self):
        loop = events.get_running_loop()
        if self.loop is None:
            self.loop = loop
        elif loop is not self.loop:
            raise RuntimeError(f"{self.owner!r} is bound to a different event loop")
        future = loop.create_future()
        self.append(future)
        return future

    def wake(self, count=1):
        """Wakes so many of those who were not woken before; how many it were."""
        woken = 0
        for future in self:
            if woken >= count:
                break
            if not future.done():
                future.set_result(None)
                woken += 1
        return woken

    def wake_all(self):
        self.wake(len(self))


class _Shown:
    """Has its state in its repr."""

    def __repr__(self):
        words = [self._state_text()]
        if self._waiters:
            words.append(f"waiters:{len(self._waiters)}")
        return f"<{object.__repr__(self)[1:-1]} [{', '.join(words)}]>"


class _Held:
    """Can be held in an `async with` block."""

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, kind, value, tb):
        self.release()


class Lock(_Held, _Shown):
    """Held by one task at a time; the others get it in the order in which they ask."""

    def __init__(self):
        self._locked = False
        self._waiters = _Line(self)

    def _state_text(self):
        return "locked" if self._locked else "unlocked"

    def locked(self):
        return self._locked

    async def acquire(self):
        if self._locked or self._waiters.has_waiting():
            await self._waiters.stand(self._wake_next)
        self._locked = True
        return True

    def release(self):
        if not self._locked:
            raise RuntimeError("Lock is not acquired.")
        self._locked = False
        self._wake_next()

    def _wake_next(self):
        if not self._locked:
            self._waiters.wake()


class Event(_Shown):
    """A flag that tasks wait for."""

    def __init__(self):
        self._is_set = False
        self._waiters = _Line(self)

    def _state_text(self):
        return "set" if self._is_set else "unset"

    def is_set(self):
        return self._is_set

    def set(self):
        if not self._is_set:
            self._is_set = True
            self._waiters.wake_all()

    def clear(self):
        self._is_set = False

    async def wait(self):
        if not self._is_set:
            await self._waiters.stand()
        return True


class Condition(_Held, _Shown):
    """Lets tasks wait until another one says that something has changed."""

    def __init__(self, lock=None):
        self._lock = lock = Lock() if lock is None else lock
        self.acquire, self.release, self.locked = lock.acquire, lock.release, lock.locked
        self._waiters = _Line(self)

    def _state_text(self):
        return "locked" if self.locked() else "unlocked"

    def _check_held(self, purpose):
        if not self.locked():
            raise RuntimeError(f"cannot {purpose} on un-acquired lock")

    async def wait(self):
        self._check_held("wait")
        self.release()
        try:
            await self._waiters.stand()
        finally:
            await self._acquire_in_any_case()
        return True

    async def _acquire_in_any_case(self):
        """The lock is held again whatever happens; a cancellation has to wait for that."""
        cancelled = None
        is_held = False
        while not is_held:
            try:
                await self.acquire()
                is_held = True
            except CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    async def wait_for(self, predicate):
        while True:
            result = predicate()
            if result:
                return result
            await self.wait()

    def notify(self, n=1):
        self._check_held("notify")
        self._waiters.wake(n)

    def notify_all(self):
        self._check_held("notify")
        self._waiters.wake_all()


class Semaphore(_Held, _Shown):
    """Lets so many tasks in."""

    def __init__(self, value=1):
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        self._value = value
        self._waiters = _Line(self)

    def _state_text(self):
        return "locked" if self.locked() else f"unlocked, value:{self._value}"

    def locked(self):
        """Whether one has to wait."""
        return self._value == 0 or self._waiters.has_waiting()

    async def acquire(self):
        if not self.locked():
            self._value -= 1
            return True
        # Who wakes has taken a place for the one that is woken.
        await self._waiters.stand(self._give_back)
        if self._value > 0:
            self._value -= self._waiters.wake()
        return True

    def release(self):
        self._give_back()

    def _give_back(self):
        self._value += 1
        self._value -= self._waiters.wake()


class BoundedSemaphore(Semaphore):
    """A semaphore that is not released more often than acquired."""

    def __init__(self, value=1):
        super().__init__(value)
        self._bound = value

    def release(self):
        if self._value >= self._bound:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()


class Barrier:
    """Where tasks wait until so many have come."""

    def __init__(self, parties):
        if parties < 1:
            raise ValueError("parties must be > 0")
        self._parties = parties
        # "filling", until all have come; "draining" or "resetting", until they have left; "broken".
        self._state = "filling"
        self._count = 0
        self._waiters = _Line(self)
        # Those who came while others leave.
        self._outside = _Line(self)

    def __repr__(self):
        waiting = "" if self.broken else f", waiters:{self.n_waiting}/{self._parties}"
        return f"<{object.__repr__(self)[1:-1]} [{self._state}{waiting}]>"

    @property
    def parties(self):
        return self._parties

    @property
    def n_waiting(self):
        return self._count if self._state == "filling" else 0

    @property
    def broken(self):
        return self._state == "broken"

    async def __aenter__(self):
        return await self.wait()

    async def __aexit__(self, kind, value, tb):
        pass

    async def wait(self):
        """How many had come before; one of the tasks gets 0."""
        while self._state in ("draining", "resetting"):
            await self._outside.stand()
        if self.broken:
            raise BrokenBarrierError("Barrier aborted")
        place = self._count
        self._count += 1
        try:
            if self._count == self._parties:
                self._change("draining")
            while self._state == "filling":
                await self._waiters.stand()
            if self._state != "draining":
                raise BrokenBarrierError("Abort or reset of barrier")
            return place
        finally:
            self._count -= 1
            if self._count == 0 and not self.broken:
                self._state = "filling"
                self._outside.wake_all()

    async def reset(self):
        """Those who wait get a BrokenBarrierError."""
        self._change("resetting" if self._count else "filling")

    async def abort(self):
        """Whoever waits, now or later, gets a BrokenBarrierError."""
        self._change("broken")

    def _change(self, state):
        self._state = state
        self._waiters.wake_all()
        if state not in ("draining", "resetting"):
            self._outside.wake_all()
