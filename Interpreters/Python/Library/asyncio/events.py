"""Calls that a loop will make, and which loop a thread has."""

import contextvars
import threading

from ._texts import call_text


class Handle:
    """A call that the loop will make."""

    __slots__ = "_loop", "_context", "_call", "_cancelled", "__weakref__"

    def __init__(self, callback, args, loop, context=None):
        self._loop = loop
        self._context = contextvars.copy_context() if context is None else context
        self._call = callback, args
        self._cancelled = False

    def cancel(self):
        self._cancelled = True
        # What it would call may be big.
        self._call = None

    def cancelled(self):
        return self._cancelled

    def _text(self):
        return "" if self._call is None else call_text(self._call[0], (self._call[1], {}))

    def _words(self):
        return ["cancelled"] if self._cancelled else [self._text()]

    def __repr__(self):
        return f"<{' '.join([type(self).__name__, *self._words()])}>"

    def _run(self):
        callback, args = self._call
        try:
            self._context.run(callback, *args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._loop.call_exception_handler({
                "message": f"Exception in callback {self._text()}", "exception": error,
                "handle": self})


class TimerHandle(Handle):
    """A call at a time."""

    # Whether the loop has it among those whose time has not come.
    __slots__ = "_when", "_is_waiting"

    def __init__(self, when, callback, args, loop, context=None):
        Handle.__init__(self, callback, args, loop, context)
        self._when = when
        self._is_waiting = False

    def when(self):
        return self._when

    def cancel(self):
        if not self._cancelled:
            self._loop._timer_handle_cancelled(self)
            Handle.cancel(self)

    def _words(self):
        words = Handle._words(self)
        words.insert(self._cancelled, f"when={self._when}")
        return words

    def _key(self):
        return self._when, self._call, self._cancelled

    def __hash__(self):
        return hash(self._when)

    def __eq__(self, other):
        return self._key() == other._key() if isinstance(other, TimerHandle) else NotImplemented


def _by_time(name):
    compare = getattr(float, name)

    def method(self, other):
        if not isinstance(other, TimerHandle):
            return NotImplemented
        if name in ("__le__", "__ge__") and self == other:
            return True
        return compare(float(self._when), float(other._when))
    method.__name__ = name
    return method


for _name in ("__lt__", "__le__", "__gt__", "__ge__"):
    setattr(TimerHandle, _name, _by_time(_name))


# What loops and policies have in common ---------------------------------------------------------


def _abstract(*names):
    """Makes methods that have to be defined by subclasses."""
    def add(cls):
        for name in names:
            def method(self, *args, **kwargs):
                raise NotImplementedError
            method.__name__ = name
            method.__qualname__ = f"{cls.__name__}.{name}"
            setattr(cls, name, method)
        return cls
    return add


@_abstract(
    "run_forever", "run_until_complete", "stop", "is_running", "is_closed", "close",
    "shutdown_asyncgens", "shutdown_default_executor", "time",
    "call_soon", "call_soon_threadsafe", "call_later", "call_at",
    "create_future", "create_task", "set_task_factory", "get_task_factory",
    "run_in_executor", "set_default_executor",
    "get_exception_handler", "set_exception_handler", "default_exception_handler",
    "call_exception_handler", "get_debug", "set_debug",
    "getaddrinfo", "getnameinfo", "create_connection", "create_server", "sendfile", "start_tls",
    "create_unix_connection", "create_unix_server", "connect_accepted_socket",
    "create_datagram_endpoint", "connect_read_pipe", "connect_write_pipe",
    "subprocess_shell", "subprocess_exec",
    "add_reader", "remove_reader", "add_writer", "remove_writer",
    "sock_recv", "sock_recv_into", "sock_recvfrom", "sock_recvfrom_into", "sock_sendall",
    "sock_sendto", "sock_connect", "sock_accept", "sock_sendfile",
    "add_signal_handler", "remove_signal_handler")
class AbstractEventLoop:
    """What event loops can do; what one of them cannot is a NotImplementedError."""


@_abstract("get_event_loop", "set_event_loop", "new_event_loop",
           "get_child_watcher", "set_child_watcher")
class AbstractEventLoopPolicy:
    """Decides which loop a thread has."""


class BaseDefaultEventLoopPolicy(AbstractEventLoopPolicy):
    """The main thread gets a loop when it first asks; others have the one that they set."""

    _loop_factory = None

    def __init__(self):
        self._local = threading.local()

    def get_event_loop(self):
        local = self._local
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and not hasattr(local, "loop"):
            self.set_event_loop(self.new_event_loop())
        loop = getattr(local, "loop", None)
        if loop is None:
            raise RuntimeError("There is no current event loop in thread "
                               f"{threading.current_thread().name!r}.")
        return loop

    def set_event_loop(self, loop):
        if loop is not None and not isinstance(loop, AbstractEventLoop):
            raise TypeError("loop must be an instance of AbstractEventLoop or None, "
                            f"not '{type(loop).__name__}'")
        self._local.loop = loop

    def new_event_loop(self):
        return self._loop_factory()


# The policy and the loops of threads --------------------------------------------------------------


class _OfThread(threading.local):
    """What a thread runs."""

    running = None


_of_thread = _OfThread()
_policy = None


def _get_running_loop():
    return _of_thread.running


def _set_running_loop(loop):
    _of_thread.running = loop


def get_running_loop():
    loop = _of_thread.running
    if loop is None:
        raise RuntimeError("no running event loop")
    return loop


def get_event_loop_policy():
    if _policy is None:
        from .base_events import DefaultEventLoopPolicy
        set_event_loop_policy(DefaultEventLoopPolicy())
    return _policy


def set_event_loop_policy(policy):
    global _policy
    if not (policy is None or isinstance(policy, AbstractEventLoopPolicy)):
        raise TypeError("policy must be an instance of AbstractEventLoopPolicy or None, "
                        f"not '{type(policy).__name__}'")
    _policy = policy


def get_event_loop():
    """The running loop, or the one of the thread."""
    return _of_thread.running or get_event_loop_policy().get_event_loop()


def set_event_loop(loop):
    get_event_loop_policy().set_event_loop(loop)


def new_event_loop():
    return get_event_loop_policy().new_event_loop()
