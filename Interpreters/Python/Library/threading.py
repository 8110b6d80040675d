"""Threads and what they coordinate with.

Locks, thread-local data and the starting of threads are built in (`_thread`); everything here is
made of them.
"""

import _thread
import sys as _sys
from _thread import (
    TIMEOUT_MAX, RLock, get_ident, get_native_id, stack_size, _local as local,
    allocate_lock as Lock)
from collections import deque as _deque
from itertools import count as _count
from time import monotonic as _time

__all__ = [
    'get_ident', 'active_count', 'Condition', 'current_thread', 'enumerate', 'main_thread',
    'TIMEOUT_MAX', 'Event', 'Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Thread', 'Barrier',
    'BrokenBarrierError', 'Timer', 'ThreadError', 'setprofile', 'settrace', 'local', 'stack_size',
    'excepthook', 'ExceptHookArgs', 'getprofile', 'gettrace', 'get_native_id']

ThreadError = _thread.error
_allocate_lock = Lock
_RLock = RLock


class Condition:
    """Lets threads wait until another one says that something has changed."""

    def __init__(self, lock=None):
        if lock is None:
            lock = RLock()
        self._lock = lock
        self.acquire = lock.acquire
        self.release = lock.release
        # A lock that knows better how to be given up for a while.
        for name in ('_release_save', '_acquire_restore', '_is_owned'):
            method = getattr(lock, name, None)
            if method is not None:
                setattr(self, name, method)
        # One held lock for each waiting thread; who notifies gives it back.
        self._waiters = _deque()

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *args):
        return self._lock.__exit__(*args)

    def __repr__(self):
        return f'<Condition({self._lock}, {len(self._waiters)})>'

    def _release_save(self):
        self._lock.release()

    def _acquire_restore(self, state):
        self._lock.acquire()

    def _is_owned(self):
        if self._lock.acquire(False):
            self._lock.release()
            return False
        return True

    def wait(self, timeout=None):
        if not self._is_owned():
            raise RuntimeError('cannot wait on un-acquired lock')
        ticket = Lock()
        ticket.acquire()
        self._waiters.append(ticket)
        state = self._release_save()
        notified = False
        try:
            if timeout is None:
                ticket.acquire()
                notified = True
            elif timeout > 0:
                notified = ticket.acquire(True, timeout)
            else:
                notified = ticket.acquire(False)
            return notified
        finally:
            self._acquire_restore(state)
            if not notified:
                try:
                    self._waiters.remove(ticket)
                except ValueError:
                    pass

    def wait_for(self, predicate, timeout=None):
        end = None
        result = predicate()
        while not result:
            left = None
            if timeout is not None:
                if end is None:
                    end = _time() + timeout
                    left = timeout
                else:
                    left = end - _time()
                if left <= 0:
                    break
            self.wait(left)
            result = predicate()
        return result

    def notify(self, n=1):
        if not self._is_owned():
            raise RuntimeError('cannot notify on un-acquired lock')
        waiters = self._waiters
        while waiters and n > 0:
            waiters.popleft().release()
            n -= 1

    def notify_all(self):
        self.notify(len(self._waiters))

    def notifyAll(self):
        self.notify_all()


class Semaphore:
    """A counter that is never less than zero; `acquire` waits for that."""

    def __init__(self, value=1):
        if value < 0:
            raise ValueError('semaphore initial value must be >= 0')
        self._cond = Condition(Lock())
        self._value = value

    def __repr__(self):
        cls = self.__class__
        return (f'<{cls.__module__}.{cls.__qualname__} at {id(self):#x}:'
                f' value={self._value}>')

    def acquire(self, blocking=True, timeout=None):
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        end = None
        with self._cond:
            while self._value == 0:
                if not blocking:
                    return False
                if timeout is not None:
                    if end is None:
                        end = _time() + timeout
                    else:
                        timeout = end - _time()
                    if timeout <= 0:
                        return False
                self._cond.wait(timeout)
            self._value -= 1
        return True

    __enter__ = acquire

    def release(self, n=1):
        if n < 1:
            raise ValueError('n must be one or more')
        with self._cond:
            self._value += n
            self._cond.notify(n)

    def __exit__(self, *args):
        self.release()


class BoundedSemaphore(Semaphore):
    """A semaphore that must not be released more often than it was acquired."""

    def __init__(self, value=1):
        super().__init__(value)
        self._initial_value = value

    def __repr__(self):
        cls = self.__class__
        return (f'<{cls.__module__}.{cls.__qualname__} at {id(self):#x}:'
                f' value={self._value}/{self._initial_value}>')

    def release(self, n=1):
        if n < 1:
            raise ValueError('n must be one or more')
        with self._cond:
            if self._value + n > self._initial_value:
                raise ValueError('Semaphore released too many times')
            self._value += n
            self._cond.notify(n)


class Event:
    """A flag that threads wait for."""

    def __init__(self):
        self._cond = Condition(Lock())
        self._flag = False

    def __repr__(self):
        cls = self.__class__
        status = 'set' if self._flag else 'unset'
        return f'<{cls.__module__}.{cls.__qualname__} at {id(self):#x}: {status}>'

    def is_set(self):
        return self._flag

    isSet = is_set

    def set(self):
        with self._cond:
            self._flag = True
            self._cond.notify_all()

    def clear(self):
        with self._cond:
            self._flag = False

    def wait(self, timeout=None):
        with self._cond:
            if self._flag:
                return True
            return self._flag or self._cond.wait(timeout)


class BrokenBarrierError(RuntimeError):
    """A barrier that threads wait at has been reset or aborted, or a wait took too long."""


class Barrier:
    """A place where a number of threads wait for each other, again and again."""

    # States: threads arrive; the last has come, and they leave; it was reset; it is broken.
    _FILLING, _DRAINING, _RESETTING, _BROKEN = 0, 1, -1, -2

    def __init__(self, parties, action=None, timeout=None):
        if parties < 1:
            raise ValueError('parties must be > 0')
        self._cond = Condition(Lock())
        self._action = action
        self._timeout = timeout
        self._parties = parties
        self._state = Barrier._FILLING
        self._count = 0

    def __repr__(self):
        cls = self.__class__
        name = f'<{cls.__module__}.{cls.__qualname__} at {id(self):#x}'
        if self.broken:
            return name + ': broken>'
        return name + f': waiters={self.n_waiting}/{self.parties}>'

    def wait(self, timeout=None):
        if timeout is None:
            timeout = self._timeout
        with self._cond:
            # Those of the last round must have left.
            self._cond.wait_for(
                lambda: self._state not in (Barrier._DRAINING, Barrier._RESETTING))
            if self._state == Barrier._BROKEN:
                raise BrokenBarrierError
            index = self._count
            self._count += 1
            try:
                if self._count == self._parties:
                    self._release()
                else:
                    self._wait(timeout)
                return index
            finally:
                self._count -= 1
                if self._count == 0 and self._state in (Barrier._DRAINING, Barrier._RESETTING):
                    self._state = Barrier._FILLING
                    self._cond.notify_all()

    def _release(self):
        try:
            if self._action:
                self._action()
        except BaseException:
            self._break()
            raise
        self._state = Barrier._DRAINING
        self._cond.notify_all()

    def _wait(self, timeout):
        if not self._cond.wait_for(lambda: self._state != Barrier._FILLING, timeout):
            self._break()
            raise BrokenBarrierError
        if self._state < 0:
            raise BrokenBarrierError

    def reset(self):
        with self._cond:
            if self._count > 0:
                if self._state != Barrier._DRAINING:
                    self._state = Barrier._RESETTING
            else:
                self._state = Barrier._FILLING
            self._cond.notify_all()

    def abort(self):
        with self._cond:
            self._break()

    def _break(self):
        self._state = Barrier._BROKEN
        self._cond.notify_all()

    @property
    def parties(self):
        return self._parties

    @property
    def n_waiting(self):
        return self._count if self._state == Barrier._FILLING else 0

    @property
    def broken(self):
        return self._state == Barrier._BROKEN


# Threads that have been started and have not ended, as keys.
_alive = {}
_numbers = _count(1).__next__
_dummy_numbers = _count(1).__next__


class Thread:
    """Something that runs at the same time as its starter."""

    _initialized = False

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        assert group is None, 'group argument must be None for now'
        if kwargs is None:
            kwargs = {}
        if name:
            name = str(name)
        else:
            name = f'Thread-{_numbers()}'
            if target is not None:
                try:
                    name += f' ({target.__name__})'
                except AttributeError:
                    pass
        self._target = target
        self._name = name
        self._args = args
        self._kwargs = kwargs
        if daemon is not None:
            self._daemonic = daemon
        else:
            self._daemonic = current_thread().daemon
        self._ident = None
        self._native_id = None
        self._started = False
        self._stopped = False
        # Held until the thread has ended.
        self._done = Lock()
        self._initialized = True

    def __repr__(self):
        assert self._initialized, 'Thread.__init__() was not called'
        status = 'initial'
        if self._started:
            status = 'started'
        if self._stopped:
            status = 'stopped'
        if self._daemonic:
            status += ' daemon'
        if self._ident is not None:
            status += f' {self._ident}'
        return f'<{self.__class__.__name__}({self._name}, {status})>'

    def start(self):
        if not self._initialized:
            raise RuntimeError('thread.__init__() not called')
        if self._started:
            raise RuntimeError('threads can only be started once')
        self._started = True
        self._done.acquire()
        _alive[self] = None
        try:
            self._ident = _thread._start(self, self._bootstrap)
        except BaseException:
            _alive.pop(self, None)
            self._done.release()
            self._started = False
            raise

    def run(self):
        try:
            if self._target is not None:
                self._target(*self._args, **self._kwargs)
        finally:
            # The thread object may live longer than what it was given.
            del self._target, self._args, self._kwargs

    def _bootstrap(self):
        try:
            self._ident = get_ident()
            self._native_id = get_native_id()
            if _trace_hook:
                _sys.settrace(_trace_hook)
            if _profile_hook:
                _sys.setprofile(_profile_hook)
            try:
                self.run()
            except BaseException:
                _report(self)
        finally:
            _alive.pop(self, None)
            self._stopped = True
            self._done.release()

    def join(self, timeout=None):
        if not self._initialized:
            raise RuntimeError('Thread.__init__() not called')
        if not self._started:
            raise RuntimeError('cannot join thread before it is started')
        if self is current_thread():
            raise RuntimeError('cannot join current thread')
        if timeout is None:
            self._done.acquire()
        elif not self._done.acquire(True, max(timeout, 0)):
            return
        self._done.release()

    @property
    def name(self):
        assert self._initialized, 'Thread.__init__() not called'
        return self._name

    @name.setter
    def name(self, name):
        assert self._initialized, 'Thread.__init__() not called'
        self._name = str(name)

    @property
    def ident(self):
        assert self._initialized, 'Thread.__init__() not called'
        return self._ident

    @property
    def native_id(self):
        assert self._initialized, 'Thread.__init__() not called'
        return self._native_id

    def is_alive(self):
        assert self._initialized, 'Thread.__init__() not called'
        return self._started and not self._stopped

    @property
    def daemon(self):
        assert self._initialized, 'Thread.__init__() not called'
        return self._daemonic

    @daemon.setter
    def daemon(self, daemonic):
        if not self._initialized:
            raise RuntimeError('Thread.__init__() not called')
        if self._started:
            raise RuntimeError('cannot set daemon status of active thread')
        self._daemonic = daemonic

    def isDaemon(self):
        return self.daemon

    def setDaemon(self, daemonic):
        self.daemon = daemonic

    def getName(self):
        return self.name

    def setName(self, name):
        self.name = name


class Timer(Thread):
    """A thread that calls a function after a time, unless it is cancelled before."""

    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__()
        self.interval = interval
        self.function = function
        self.args = args if args is not None else []
        self.kwargs = kwargs if kwargs is not None else {}
        self.finished = Event()

    def cancel(self):
        self.finished.set()

    def run(self):
        self.finished.wait(self.interval)
        if not self.finished.is_set():
            self.function(*self.args, **self.kwargs)
        self.finished.set()


class _MainThread(Thread):
    """The thread that runs the program."""

    def __init__(self):
        # Not `super().__init__`, which asks for the current thread.
        self._target = None
        self._name = 'MainThread'
        self._args, self._kwargs = (), {}
        self._daemonic = False
        self._ident = _thread._main_ident()
        self._native_id = get_native_id() if get_ident() == self._ident else None
        self._started = True
        self._stopped = False
        self._done = Lock()
        self._done.acquire()
        self._initialized = True
        _alive[self] = None


class _DummyThread(Thread):
    """Stands for a thread that was not started by this module."""

    def __init__(self):
        self._target = None
        self._name = f'Dummy-{_dummy_numbers()}'
        self._args, self._kwargs = (), {}
        self._daemonic = True
        self._ident = get_ident()
        self._native_id = get_native_id()
        self._started = True
        self._stopped = False
        self._done = Lock()
        self._done.acquire()
        self._initialized = True
        _alive[self] = None
        _thread._set_current(self)

    def is_alive(self):
        return True

    def join(self, timeout=None):
        assert False, 'cannot join a dummy thread'


def current_thread():
    thread = _thread._current()
    if thread is not None:
        return thread
    if get_ident() == _main_thread._ident:
        _thread._set_current(_main_thread)
        return _main_thread
    return _DummyThread()


currentThread = current_thread


def main_thread():
    return _main_thread


def enumerate():
    return list(_alive)


def active_count():
    return len(_alive)


activeCount = active_count

# What `sys.settrace` and `sys.setprofile` get in new threads.
_trace_hook = None
_profile_hook = None


def settrace(func):
    global _trace_hook
    _trace_hook = func


def gettrace():
    return _trace_hook


def setprofile(func):
    global _profile_hook
    _profile_hook = func


def getprofile():
    return _profile_hook


class ExceptHookArgs(tuple):
    """What `excepthook` gets: type, value and traceback of the exception, and the thread."""

    def __new__(cls, args):
        if len(args) != 4:
            raise TypeError(
                f'_thread._ExceptHookArgs() takes a 4-sequence ({len(args)}-sequence given)')
        return super().__new__(cls, args)

    exc_type = property(lambda self: self[0])
    exc_value = property(lambda self: self[1])
    exc_traceback = property(lambda self: self[2])
    thread = property(lambda self: self[3])

    def __repr__(self):
        return ('_thread._ExceptHookArgs(exc_type=%r, exc_value=%r, exc_traceback=%r, thread=%r)'
                % tuple(self))


def excepthook(args):
    """Reports an exception that has ended a thread."""
    if args.exc_type is SystemExit:
        return
    name = args.thread.name if args.thread is not None else get_ident()
    _thread._print_exception(f'Exception in thread {name}:\n', args.exc_value)


__excepthook__ = excepthook


def _report(thread):
    args = ExceptHookArgs((*_sys.exc_info(), thread))
    hook = excepthook or __excepthook__
    try:
        hook(args)
    except Exception as error:
        if hook is not __excepthook__:
            _sys.excepthook(type(error), error, error.__traceback__)


_exit_functions = []


def _register_atexit(func, *args, **kwargs):
    """Before the threads that keep the program alive are waited for, calls `func`."""
    _exit_functions.append((func, args, kwargs))


def _shutdown():
    for func, args, kwargs in reversed(_exit_functions):
        func(*args, **kwargs)
    _exit_functions.clear()
    _main_thread._stopped = True
    _alive.pop(_main_thread, None)
    current = current_thread()
    while True:
        waited = False
        for thread in list(_alive):
            if not thread._daemonic and thread is not current:
                thread._done.acquire()
                thread._done.release()
                waited = True
        if not waited:
            return


_main_thread = _MainThread()
