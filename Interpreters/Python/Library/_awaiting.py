"""What `anext` with a default waits for."""


async def step_or_default(step, default):
    """The item that a step of an asynchronous iterator gives, or the default at its end."""
    try:
        return await step
    except StopAsyncIteration:
        return default
