"""Tools for the `with` statement."""

import abc
import sys
from collections.abc import recognised_by as _recognised_by
from functools import wraps
from types import GenericAlias, MethodType

__all__ = [
    "asynccontextmanager", "contextmanager", "closing", "nullcontext", "AbstractContextManager",
    "AbstractAsyncContextManager", "AsyncExitStack", "ContextDecorator", "ExitStack",
    "redirect_stdout", "redirect_stderr", "suppress", "aclosing", "AsyncContextDecorator", "chdir",
]


@_recognised_by("__enter__", "__exit__")
class AbstractContextManager(abc.ABC):
    """What a `with` statement takes. `__enter__` gives the object itself unless it is overridden."""

    @abc.abstractmethod
    def __exit__(self, exc_type, exc_value, traceback):
        """Called at the end, with an exception if one was the reason; true if that was all."""

    def __enter__(self):
        return self

    __class_getitem__ = classmethod(GenericAlias)


@_recognised_by("__aenter__", "__aexit__")
class AbstractAsyncContextManager(abc.ABC):
    """What an `async with` statement takes."""

    @abc.abstractmethod
    async def __aexit__(self, exc_type, exc_value, traceback):
        """As `__exit__`, but awaited."""

    async def __aenter__(self):
        return self

    __class_getitem__ = classmethod(GenericAlias)


class _Renewable:
    def _recreate_cm(self):
        """The context manager for one call of a decorated function."""
        return self


class ContextDecorator(_Renewable):
    """A context manager derived from this is a decorator, too: of functions that then run in it."""

    def __call__(self, func):
        @wraps(func)
        def within(*args, **kwds):
            manager = self._recreate_cm()
            with manager:
                return func(*args, **kwds)

        return within


class AsyncContextDecorator(_Renewable):
    """The same for asynchronous context managers and functions."""

    def __call__(self, func):
        @wraps(func)
        async def within(*args, **kwds):
            manager = self._recreate_cm()
            async with manager:
                return await func(*args, **kwds)

        return within


# Generators as context managers ------------------------------------------------------------------


class _FromGenerator:
    """A call of a generator function: the generator, and how to get another one."""

    def __init__(self, func, args, kwds):
        self.gen = func(*args, **kwds)
        self._again = func, args, kwds
        self.__doc__ = getattr(func, "__doc__", None) or type(self).__doc__

    def _recreate_cm(self):
        return type(self)(*self._again)

    # Exceptions that come out of the generator as the cause of a RuntimeError.
    _disguised = StopIteration

    def _came_back(self, error, value, traceback):
        """Whether an exception that came out of the generator is the one that went in: then it just
        goes on its way."""
        if error is not value:
            is_disguise = isinstance(error, RuntimeError) and error.__cause__ is value
            if not (is_disguise and isinstance(value, self._disguised)):
                return False
        value.__traceback__ = traceback
        return True


class _GeneratorContextManager(_FromGenerator, AbstractContextManager, ContextDecorator):
    """A generator as a context manager: it must yield once."""

    def __enter__(self):
        # The arguments are not kept alive while the statement runs.
        del self._again
        for value in self.gen:
            return value
        raise RuntimeError("generator didn't yield")

    def __exit__(self, typ, value, traceback):
        if typ is None:
            for _ in self.gen:
                self._yielded_again("generator didn't stop")
            return False
        if value is None:
            value = typ()
        try:
            self.gen.throw(value)
        except StopIteration as end:
            # It ended, unless this is a StopIteration that was raised in the statement.
            return end is not value
        except BaseException as error:
            if self._came_back(error, value, traceback):
                return False
            raise
        self._yielded_again("generator didn't stop after throw()")

    def _yielded_again(self, complaint):
        try:
            raise RuntimeError(complaint)
        finally:
            self.gen.close()


class _AsyncGeneratorContextManager(
    _FromGenerator, AbstractAsyncContextManager, AsyncContextDecorator
):
    """An asynchronous generator as an asynchronous context manager: it must yield once."""

    _disguised = StopIteration, StopAsyncIteration

    async def __aenter__(self):
        del self._again
        async for value in self.gen:
            return value
        raise RuntimeError("generator didn't yield")

    async def __aexit__(self, typ, value, traceback):
        if typ is None:
            async for _ in self.gen:
                await self._yielded_again("generator didn't stop")
            return False
        if value is None:
            value = typ()
        try:
            await self.gen.athrow(value)
        except StopAsyncIteration as end:
            return end is not value
        except BaseException as error:
            if self._came_back(error, value, traceback):
                return False
            raise
        await self._yielded_again("generator didn't stop after athrow()")

    async def _yielded_again(self, complaint):
        try:
            raise RuntimeError(complaint)
        finally:
            await self.gen.aclose()


def _makes(manager, func):
    """A function that makes context managers out of what a generator function returns."""

    @wraps(func)
    def make(*args, **kwds):
        return manager(func, args, kwds)

    return make


def contextmanager(func):
    """A decorator: a generator function that yields once becomes a function that makes context
    managers. What it yields is the value of `as`; what follows the yield happens at the end."""
    return _makes(_GeneratorContextManager, func)


def asynccontextmanager(func):
    """`contextmanager` for asynchronous generator functions."""
    return _makes(_AsyncGeneratorContextManager, func)


# Small ones --------------------------------------------------------------------------------------


class _Closing:
    def __init__(self, thing):
        self.thing = thing


class closing(_Closing, AbstractContextManager):
    """Closes something at the end."""

    def __enter__(self):
        return self.thing

    def __exit__(self, *exc_info):
        self.thing.close()


class aclosing(_Closing, AbstractAsyncContextManager):
    """Closes something at the end by awaiting its `aclose`."""

    async def __aenter__(self):
        return self.thing

    async def __aexit__(self, *exc_info):
        await self.thing.aclose()


class suppress(AbstractContextManager):
    """Ends the statement quietly when one of some exceptions is raised in it."""

    def __init__(self, *exceptions):
        self._quiet = exceptions

    def __enter__(self):
        return None

    def __exit__(self, exctype, excinst, exctb):
        return exctype is not None and issubclass(exctype, self._quiet)


class nullcontext(AbstractContextManager, AbstractAsyncContextManager):
    """Does nothing, where a context manager is wanted."""

    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result

    def __exit__(self, *excinfo):
        return None

    async def __aenter__(self):
        return self.enter_result

    async def __aexit__(self, *excinfo):
        return None


class _Exchange(AbstractContextManager):
    """Puts something in the place of something else and back again; may be used within itself."""

    def __init__(self, new):
        self._new = new
        self._replaced = []

    def __enter__(self):
        self._replaced.append(self._get())
        self._set(self._new)

    def __exit__(self, *excinfo):
        self._set(self._replaced.pop())


class _StreamExchange(_Exchange):
    def __init__(self, new_target):
        super().__init__(new_target)

    def __enter__(self):
        super().__enter__()
        return self._new

    def _get(self):
        return getattr(sys, self._stream)

    def _set(self, file):
        setattr(sys, self._stream, file)


class redirect_stdout(_StreamExchange):
    """Standard output goes to another file."""

    _stream = "stdout"


class redirect_stderr(_StreamExchange):
    """Standard error goes to another file."""

    _stream = "stderr"


class chdir(_Exchange):
    """Another folder is the current one. All threads are in it."""

    def __init__(self, path):
        super().__init__(path)
        self.path = path

    def _get(self):
        import os

        return os.getcwd()

    def _set(self, path):
        import os

        os.chdir(path)


# Stacks ------------------------------------------------------------------------------------------


def _methods_of(manager, enter, leave, kind):
    """The two methods of a context manager, looked up as the statement does."""
    cls = type(manager)
    try:
        return getattr(cls, enter), getattr(cls, leave)
    except AttributeError:
        raise TypeError(
            f"'{cls.__module__}.{cls.__qualname__}' object does not support the {kind}context "
            "manager protocol"
        ) from None


class _Unwinding:
    """The state of a stack that is being left: the exception that is on its way, if any."""

    def __init__(self, error):
        self.error = error
        self._given = error
        # What was handled when the stack was left: no part of what goes wrong from now on.
        self._handled = sys.exc_info()[1]

    def details(self):
        """What an exit function is called with."""
        error = self.error
        if error is None:
            return None, None, None
        return type(error), error, error.__traceback__

    def fail(self, error):
        """An exit function has raised an exception: that one is on its way now. It happened while
        the one before was on its way, and says so at the end of its chain of contexts."""
        last = error
        while (context := last.__context__) is not None and context is not self.error:
            if context is self._handled:
                last.__context__ = self.error
            else:
                last = context
        self.error = error

    def finish(self):
        """Raises what is left to be raised; true if the exception of the statement is dealt with."""
        error = self.error
        if error is None or error is self._given:
            return error is None and self._given is not None
        context = error.__context__
        try:
            raise error
        finally:
            # To raise it has changed that.
            error.__context__ = context


class _BaseExitStack:
    """Exit functions, the last one first: each is called with the type, the value and the traceback
    of an exception, or three times None. Beside each stands whether its result is to be awaited."""

    def __init__(self):
        self._exit_callbacks = []

    def pop_all(self):
        """A new stack that takes everything over."""
        heir = type(self)()
        heir._exit_callbacks, self._exit_callbacks = self._exit_callbacks, []
        return heir

    def _enter(self, manager, awaited=False):
        names = ("__aenter__", "__aexit__", "asynchronous ") if awaited else (
            "__enter__", "__exit__", "")
        enter, leave = _methods_of(manager, *names)
        return enter(manager), (awaited, MethodType(leave, manager))

    def _push(self, exit, name, awaited=False):
        method = getattr(type(exit), name, None)
        self._exit_callbacks.append((awaited, exit if method is None else MethodType(method, exit)))
        return exit

    def enter_context(self, cm):
        """Enters a context manager, to be left with the stack; what it gives for `as`."""
        result, exit = self._enter(cm)
        self._exit_callbacks.append(exit)
        return result

    def push(self, exit):
        """Adds a context manager that is not entered, or a function like its `__exit__`."""
        return self._push(exit, "__exit__")

    def callback(self, callback, /, *args, **kwds):
        """Adds a function, to be called with these arguments."""

        def exit(exc_type, exc, tb):
            callback(*args, **kwds)

        exit.__wrapped__ = callback
        self._exit_callbacks.append((False, exit))
        return callback


class ExitStack(_BaseExitStack, AbstractContextManager):
    """Context managers and functions, any number of them, left together in reverse order."""

    def __exit__(self, typ, value, traceback):
        unwinding = _Unwinding(value)
        while self._exit_callbacks:
            _, exit = self._exit_callbacks.pop()
            try:
                if exit(*unwinding.details()):
                    unwinding.error = None
            except BaseException as error:
                unwinding.fail(error)
        return unwinding.finish()

    def close(self):
        """Leaves everything now."""
        self.__exit__(None, None, None)


class AsyncExitStack(_BaseExitStack, AbstractAsyncContextManager):
    """The same with asynchronous context managers and functions among them."""

    async def enter_async_context(self, cm):
        """Enters an asynchronous context manager, to be left with the stack; what it gives for
        `as`."""
        entering, exit = self._enter(cm, awaited=True)
        result = await entering
        self._exit_callbacks.append(exit)
        return result

    def push_async_exit(self, exit):
        """Adds an asynchronous context manager that is not entered, or a function like its
        `__aexit__`."""
        return self._push(exit, "__aexit__", awaited=True)

    def push_async_callback(self, callback, /, *args, **kwds):
        """Adds an asynchronous function, to be called with these arguments."""

        async def exit(exc_type, exc, tb):
            await callback(*args, **kwds)

        exit.__wrapped__ = callback
        self._exit_callbacks.append((True, exit))
        return callback

    async def __aexit__(self, typ, value, traceback):
        unwinding = _Unwinding(value)
        while self._exit_callbacks:
            awaited, exit = self._exit_callbacks.pop()
            try:
                outcome = exit(*unwinding.details())
                if await outcome if awaited else outcome:
                    unwinding.error = None
            except BaseException as error:
                unwinding.fail(error)
        return unwinding.finish()

    async def aclose(self):
        """Leaves everything now."""
        await self.__aexit__(None, None, None)
