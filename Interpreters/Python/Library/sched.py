"""Actions at times."""

__all__ = ["scheduler"]

import time
from collections import namedtuple
from heapq import heapify, heappop, heappush
from itertools import count
from threading import RLock

# Events are compared by their items: by time, then priority, then the order in which they came.
Event = namedtuple("Event", "time priority sequence action argument kwargs")


class scheduler:
    """Calls functions when their time has come. What time is it, and how to wait, may be said by
    functions of one's own."""

    def __init__(self, timefunc=time.monotonic, delayfunc=time.sleep):
        self.timefunc, self.delayfunc = timefunc, delayfunc
        self._lock = RLock()
        self._events = []
        self._sequence = count()

    def enterabs(self, time, priority, action, argument=(), kwargs=None):
        """A new event at a time; of those at the same time the smallest priority is first."""
        event = Event(
            time, priority, next(self._sequence), action, argument,
            {} if kwargs is None else kwargs,
        )
        with self._lock:
            heappush(self._events, event)
        return event

    def enter(self, delay, priority, action, argument=(), kwargs=None):
        """A new event some time from now."""
        return self.enterabs(self.timefunc() + delay, priority, action, argument, kwargs)

    def cancel(self, event):
        """Takes an event out; ValueError if it is not there any more."""
        with self._lock:
            self._events.remove(event)
            heapify(self._events)

    def empty(self):
        """Is nothing left to do?"""
        return not self._events

    @property
    def queue(self):
        """The events in their order."""
        with self._lock:
            return sorted(self._events)

    def _due(self):
        """The first event, taken out if its time has come, and how long that takes otherwise."""
        with self._lock:
            if not self._events:
                return None, None
            first, now = self._events[0], self.timefunc()
            if first.time > now:
                return first, first.time - now
            return heappop(self._events), None

    def run(self, blocking=True):
        """Calls what is due, until nothing is left. Without waiting it stops at the first event
        that is still to come, and says how long that takes."""
        while (due := self._due())[0] is not None:
            event, delay = due
            if delay is None:
                event.action(*event.argument, **event.kwargs)
                # Other threads may want to run.
                self.delayfunc(0)
            elif blocking:
                self.delayfunc(delay)
            else:
                return delay
