"""Functions that would hold up the loop."""

import contextvars
import functools

from . import events


async def to_thread(func, /, *args, **kwargs):
    """Calls a function in another thread, with the same context variables."""
    context = contextvars.copy_context()
    return await events.get_running_loop().run_in_executor(
        None, functools.partial(context.run, func, *args, **kwargs))
