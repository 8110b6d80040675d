# Coroutines, contexts, tests: what takes turns.
import asyncio
import contextvars
import io
import unittest


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


class Sums(unittest.TestCase):
    def test_right(self):
        self.assertEqual(1 + 1, 2)

    def test_wrong(self):
        self.assertEqual([1, 2], [1, 3])

    @unittest.skip("not today")
    def test_skipped(self):
        self.fail()

    def test_raises(self):
        with self.assertRaisesRegex(ZeroDivisionError, "zero"):
            1 // 0


out = io.StringIO()
result = unittest.TextTestRunner(out).run(unittest.defaultTestLoader.loadTestsFromTestCase(Sums))
print(result, out.getvalue().split("\n")[0])
print([line for line in out.getvalue().split("\n") if line.startswith(("-", "+", "First", "Lists"))])

# expect: [1, 2, 3]
# expect: cancelled True
# expect: too late
# expect: [0, 1, 2, 3]
# expect: (ValueError('no'),) True
# expect: [0, 1, 2]
# expect: 0 7
# expect: <unittest.runner.TextTestResult run=4 errors=0 failures=1> ..sF
# expect: ['----------------------------------------------------------------------', 'First differing element 1:', '- [1, 2]', '+ [1, 3]', '----------------------------------------------------------------------']
