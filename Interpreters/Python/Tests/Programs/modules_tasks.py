# Coroutines, contexts, tests: what takes turns.
# What sleeps for a time is not yet replayed.
# with: backend=gil,serial
import asyncio
import contextvars


async def later(value, delay=0):
    await asyncio.sleep(delay)
    return value


async def main():
    print(await asyncio.gather(later(1, 0.02), later(2), later(3)))
    task = asyncio.create_task(later(4, 60))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", task.cancelled())
    try:
        await asyncio.wait_for(later(5, 60), 0.01)
    except TimeoutError:
        print("too late")
    queue = asyncio.Queue(1)

    async def produce():
        for i in range(4):
            await queue.put(i)

    async def consume():
        return [await queue.get() for _ in range(4)]
    print((await asyncio.gather(produce(), consume()))[1])
    try:
        async with asyncio.TaskGroup() as group:
            other = group.create_task(later(6, 60))
            group.create_task(fail())
    except* ValueError as errors:
        print(errors.exceptions, other.cancelled())
    print([i async for i in count(3)])


async def fail():
    raise ValueError("no")


async def count(n):
    for i in range(n):
        yield await later(i)


asyncio.run(main())
variable = contextvars.ContextVar("variable", default=0)
context = contextvars.copy_context()
context.run(variable.set, 7)
print(variable.get(), context[variable])

# expect: [1, 2, 3]
# expect: cancelled True
# expect: too late
# expect: [0, 1, 2, 3]
# expect: (ValueError('no'),) True
# expect: [0, 1, 2]
# expect: 0 7
