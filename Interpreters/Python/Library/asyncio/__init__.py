"""Coroutines that take turns: event loops, tasks, and what they coordinate with.

    async def main():
        await asyncio.gather(work(1), work(2))

    asyncio.run(main())

Loops wait for time, for other threads and for each other's futures. There are no sockets, pipes and
child processes here.
"""

from .base_events import BaseEventLoop, DefaultEventLoopPolicy, SelectorEventLoop
from .combining import (
    ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, as_completed, gather,
    run_coroutine_threadsafe, shield, wait, wait_for)
from .coroutines import iscoroutine, iscoroutinefunction
from .events import (
    AbstractEventLoop, AbstractEventLoopPolicy, Handle, TimerHandle, _get_running_loop,
    _set_running_loop, get_event_loop, get_event_loop_policy, get_running_loop, new_event_loop,
    set_event_loop, set_event_loop_policy)
from .exceptions import (
    BrokenBarrierError, CancelledError, IncompleteReadError, InvalidStateError, LimitOverrunError,
    SendfileNotAvailableError, TimeoutError)
from .futures import Future, isfuture, wrap_future
from .locks import Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore
from .queues import LifoQueue, PriorityQueue, Queue, QueueEmpty, QueueFull
from .runners import Runner, run
from .taskgroups import TaskGroup
from .tasks import (
    Task, _enter_task, _leave_task, _register_task, _unregister_task, all_tasks, create_task,
    current_task, ensure_future, sleep)
from .threads import to_thread
from .timeouts import Timeout, timeout, timeout_at

__all__ = tuple(
    name for name, item in list(globals().items())
    if not name.startswith("_") and type(item) is not type(events)
) + ("_set_running_loop", "_get_running_loop", "_register_task", "_unregister_task",
     "_enter_task", "_leave_task")
