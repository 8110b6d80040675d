"""Coroutines that take turns: event loops, tasks, and what they coordinate with.

    async def main():
        await asyncio.gather(work(1), work(2))

    asyncio.run(main())

Loops wait for time, for other threads and for each other's futures. There are no sockets, pipes and
child processes here.
"""

from .exceptions import (
    BrokenBarrierError, CancelledError, IncompleteReadError, InvalidStateError, LimitOverrunError,
    SendfileNotAvailableError, TimeoutError)
from .events import (
    AbstractEventLoop, AbstractEventLoopPolicy, BaseEventLoop, DefaultEventLoopPolicy, Handle,
    SelectorEventLoop, TimerHandle, _get_running_loop, _set_running_loop, get_event_loop,
    get_event_loop_policy, get_running_loop, new_event_loop, set_event_loop,
    set_event_loop_policy)
from .futures import Future, isfuture, wrap_future
from .locks import Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore
from .queues import LifoQueue, PriorityQueue, Queue, QueueEmpty, QueueFull
from .runners import Runner, run
from .tasks import (
    ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, Task, _enter_task, _leave_task,
    _register_task, _unregister_task, all_tasks, as_completed, create_task, current_task,
    ensure_future, gather, iscoroutine, iscoroutinefunction, run_coroutine_threadsafe, shield,
    sleep, to_thread, wait, wait_for)
from .taskgroups import TaskGroup
from .timeouts import Timeout, timeout, timeout_at

__all__ = tuple(
    name for name, item in list(globals().items())
    if not name.startswith("_") and getattr(item, "__name__", "").partition(".")[0] != "asyncio"
) + ("_set_running_loop", "_get_running_loop", "_register_task", "_unregister_task",
     "_enter_task", "_leave_task")
