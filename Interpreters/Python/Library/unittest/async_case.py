"""Tests whose methods are coroutines, each with an event loop of its own."""

import asyncio
import contextvars
import inspect

from .case import TestCase, _check_returned
from .util import strclass

__unittest = True


class IsolatedAsyncioTestCase(TestCase):
    """`asyncSetUp`, `asyncTearDown`, test methods and cleanups may be coroutines."""

    _runner = None

    def __init__(self, methodName="runTest"):
        super().__init__(methodName)
        # All parts of a test see the same context variables.
        self._context = contextvars.copy_context()

    async def asyncSetUp(self):
        """Runs after `setUp`."""

    async def asyncTearDown(self):
        """Runs before `tearDown`."""

    def addAsyncCleanup(self, func, /, *args, **kwargs):
        self.addCleanup(func, *args, **kwargs)

    async def enterAsyncContext(self, cm):
        """Enters an asynchronous context that is left after the test."""
        kind = type(cm)
        if not (hasattr(kind, "__aenter__") and hasattr(kind, "__aexit__")):
            raise TypeError(f"'{strclass(kind)}' object does not support the asynchronous "
                            f"context manager protocol")
        leave = kind.__aexit__
        value = await kind.__aenter__(cm)
        self.addAsyncCleanup(leave, cm, None, None, None)
        return value

    def run(self, result=None):
        with self._loop():
            return super().run(result)

    def debug(self):
        with self._loop():
            super().debug()

    def _loop(self):
        self._runner = asyncio.Runner(debug=True)
        return self._runner

    def _call(self, function, /, *args, **kwargs):
        if inspect.iscoroutinefunction(function):
            return self._runner.run(function(*args, **kwargs), context=self._context)
        return self._context.run(function, *args, **kwargs)

    def _callSetUp(self):
        self._call(self.setUp)
        self._call(self.asyncSetUp)

    def _callTestMethod(self, method):
        _check_returned(self._call(method), method, stacklevel=7)

    def _callTearDown(self):
        self._call(self.asyncTearDown)
        self._call(self.tearDown)

    def _callCleanup(self, function, /, *args, **kwargs):
        self._call(function, *args, **kwargs)
