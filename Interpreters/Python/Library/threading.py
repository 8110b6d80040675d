"""Threads and what they coordinate with.

Locks, thread-local data and the starting of threads are built in (`_thread`); everything here is
made of them.
"""

import _thread
import sys as _sys
from _collections import deque as _deque
from _thread import (
    TIMEOUT_MAX, RLock, get_ident, get_native_id, stack_size, _local as local,
    allocate_lock as Lock)
from itertools import count as _count
from time import monotonic as _time

__all__ = [
    'get_ident', 'active_count', 'Condition', 'current_thread', 'enumerate', 'main_thread',
    'TIMEOUT_MAX', 'Event', 'Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Thread', 'Barrier',
    'BrokenBarrierError', 'Timer', 'ThreadError', 'setprofile', 'settrace', 'local', 'stack_size',
    'excepthook', 'ExceptHookArgs', 'getprofile', 'gettrace', 'get_native_id']

ThreadError = _thread.error


def _address(self):
    cls = type(self)
    return f'{cls.__module__}.{cls.__qualname__} at {id(self):#x}'


def _outdated(old, new, function):
    """A function under a name that it had long ago."""

    def outdated(*args, **kwargs):
        from warnings import warn
        warn(f'{old}() is deprecated, {new} instead', DeprecationWarning, stacklevel=2)
        return function(*args, **kwargs)

    outdated.__name__ = outdated.__qualname__ = old
    return outdated


# What threads coordinate with ---------------------------------------------------------------------


class Condition:
    """Something that threads wait for, each until another one says that it may have come true. All
    of them hold a lock while they look, and say."""

    def __init__(self, lock=None):
        self._lock = lock = RLock() if lock is None else lock
        self.acquire, self.release = lock.acquire, lock.release
        # For each thread that waits a lock, held until the thread shall go on.
        self._waiters = _deque()
        # A lock that one thread can hold several times knows how to be given up as a whole.
        self._give_up = getattr(lock, '_release_save', lock.release)
        self._take_back = getattr(lock, '_acquire_restore', self._acquire_again)
        self._is_owned = getattr(lock, '_is_owned', self._is_held)

    def _acquire_again(self, _):
        self._lock.acquire()

    def _is_held(self):
        # By whom cannot be said.
        is_free = self._lock.acquire(False)
        if is_free:
            self._lock.release()
        return not is_free

    def _require_lock(self, purpose):
        if not self._is_owned():
            raise RuntimeError(f'cannot {purpose} on un-acquired lock')

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *error):
        return self._lock.__exit__(*error)

    def __repr__(self):
        return f'<Condition({self._lock}, {len(self._waiters)})>'

    def wait(self, timeout=None):
        """Gives the lock up until another thread notifies this one, or time is over; tells which."""
        self._require_lock('wait')
        turn = Lock()
        turn.acquire()
        self._waiters.append(turn)
        held = self._give_up()
        notified = False
        try:
            notified = turn.acquire(True, -1 if timeout is None else max(timeout, 0))
        finally:
            self._take_back(held)
            if not notified and turn in self._waiters:
                self._waiters.remove(turn)
        return notified

    def wait_for(self, predicate, timeout=None):
        """Waits until the predicate is true, or time is over; what the predicate said at last."""
        end = None if timeout is None else _time() + timeout
        while not (answer := predicate()):
            left = None if end is None else end - _time()
            if left is not None and left <= 0:
                break
            self.wait(left)
        return answer

    def notify(self, n=1):
        """Lets some of the waiting threads go on, those that came first."""
        self._require_lock('notify')
        for _ in range(min(n, len(self._waiters))):
            self._waiters.popleft().release()

    def notify_all(self):
        """Lets all waiting threads go on."""
        self.notify(len(self._waiters))

    notifyAll = _outdated('notifyAll', 'use notify_all()', notify_all)


class Semaphore:
    """A number that never falls below zero: `acquire` takes one away, and waits if it cannot."""

    _limit = float('inf')

    def __init__(self, value=1):
        if value < 0:
            raise ValueError('semaphore initial value must be >= 0')
        self._value = value
        self._cond = Condition(Lock())

    def __repr__(self):
        return f'<{_address(self)}: value={self._value}>'

    def acquire(self, blocking=True, timeout=None):
        """Takes one away; false if that was not possible in time."""
        if not blocking:
            if timeout is not None:
                raise ValueError("can't specify timeout for non-blocking acquire")
            timeout = 0
        with self._cond:
            if not self._value and not self._cond.wait_for(lambda: self._value, timeout):
                return False
            self._value -= 1
            return True

    def release(self, n=1):
        """Adds one, or more."""
        if n < 1:
            raise ValueError('n must be one or more')
        with self._cond:
            if self._value + n > self._limit:
                raise ValueError('Semaphore released too many times')
            self._value += n
            self._cond.notify(n)

    __enter__ = acquire

    def __exit__(self, *error):
        self.release()


class BoundedSemaphore(Semaphore):
    """A semaphore whose number never rises above that at the beginning."""

    def __init__(self, value=1):
        super().__init__(value)
        self._limit = value

    def __repr__(self):
        return f'<{_address(self)}: value={self._value}/{self._limit}>'


class Event:
    """A flag: threads wait until another one sets it."""

    def __init__(self):
        self._flag = False
        self._cond = Condition(Lock())

    def __repr__(self):
        return f"<{_address(self)}: {'set' if self._flag else 'unset'}>"

    def is_set(self):
        """Is the flag set?"""
        return self._flag

    isSet = _outdated('isSet', 'use is_set()', is_set)

    def clear(self):
        """Takes the flag back."""
        with self._cond:
            self._flag = False

    def set(self):
        """Sets the flag: all who wait go on."""
        with self._cond:
            self._cond.notify_all()
            self._flag = True

    def wait(self, timeout=None):
        """Waits until the flag is set, or time is over; tells which."""
        with self._cond:
            return self._flag or self._cond.wait(timeout)


class BrokenBarrierError(RuntimeError):
    """The barrier was reset or aborted while threads waited, or a wait took too long."""


class _Round:
    """The threads that wait at a barrier for each other."""

    __slots__ = 'arrived', 'is_over', 'is_broken'

    def __init__(self):
        self.arrived = 0
        self.is_over = self.is_broken = False


class Barrier:
    """A place where a number of threads wait for each other, again and again. One of them may do
    something before they all go on."""

    def __init__(self, parties, action=None, timeout=None):
        self._parties = parties
        self._action = action
        self._timeout = timeout
        self._cond = Condition(Lock())
        self._round = _Round()

    def __repr__(self):
        state = 'broken' if self.broken else f'waiters={self.n_waiting}/{self.parties}'
        return f'<{_address(self)}: {state}>'

    def wait(self, timeout=None):
        """Waits for the others; how many were here before."""
        with self._cond:
            this = self._round
            if this.is_broken:
                raise BrokenBarrierError
            place = this.arrived
            this.arrived += 1
            if this.arrived < self._parties:
                self._wait(this, self._timeout if timeout is None else timeout)
            else:
                self._finish(this)
            return place

    def _wait(self, this, timeout):
        try:
            came = self._cond.wait_for(lambda: this.is_over, timeout)
        except BaseException:
            this.arrived -= 1
            raise
        if not came:
            self._end(this, is_broken=True)
        if this.is_broken:
            raise BrokenBarrierError

    def _finish(self, this):
        try:
            if self._action:
                self._action()
        except BaseException:
            self._end(this, is_broken=True)
            raise
        self._round = _Round()
        self._end(this)

    def _end(self, this, is_broken=False):
        this.is_over, this.is_broken = True, is_broken
        self._cond.notify_all()

    def reset(self):
        """Begins anew; threads that wait get BrokenBarrierError."""
        with self._cond:
            self._end(self._round, is_broken=True)
            self._round = _Round()

    def abort(self):
        """Makes the barrier useless: whoever waits, now or later, gets BrokenBarrierError."""
        with self._cond:
            self._end(self._round, is_broken=True)

    @property
    def parties(self):
        """How many threads wait for each other."""
        return self._parties

    @property
    def n_waiting(self):
        """How many threads are waiting now."""
        return 0 if self.broken else self._round.arrived

    @property
    def broken(self):
        """Is it of no use any more?"""
        return self._round.is_broken


# Threads -----------------------------------------------------------------------------------------

# Those that have been started and have not ended, as keys.
_alive = {}
_numbers = _count(1).__next__


def _fact(attribute):
    """A property of threads that have been made properly."""

    def get(self):
        assert self._initialized, 'Thread.__init__() not called'
        return getattr(self, attribute)

    return property(get)


class Thread:
    """Something that runs at the same time as the rest: a function, or `run` of a derived class."""

    _initialized = False

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        assert group is None, 'group argument must be None for now'
        if not name:
            name = f'Thread-{_numbers()}'
            if hasattr(target, '__name__'):
                name += f' ({target.__name__})'
        self._set_up(str(name), current_thread().daemon if daemon is None else daemon)
        self._target, self._args, self._kwargs = target, args, {} if kwargs is None else kwargs

    def _set_up(self, name, daemonic):
        self._target, self._args, self._kwargs = None, (), {}
        self._name, self._daemonic = name, daemonic
        self._ident = self._native_id = None
        self._started = self._stopped = False
        # Held while the thread runs, and until it has said which thread of the system it is.
        self._done, self._unknown = Lock(), Lock()
        self._initialized = True

    def _adopt(self, ident):
        """Stands for a thread that runs already."""
        self._ident = ident
        if ident == get_ident():
            self._native_id = get_native_id()
        self._started = True
        self._done.acquire()
        _alive[self] = None

    def __repr__(self):
        assert self._initialized, 'Thread.__init__() was not called'
        facts = ['stopped' if self._stopped else 'started' if self._started else 'initial']
        if self._daemonic:
            facts.append('daemon')
        if self._ident is not None:
            facts.append(str(self._ident))
        return f"<{type(self).__name__}({self._name}, {' '.join(facts)})>"

    def start(self):
        """Lets it run, once."""
        if not self._initialized:
            raise RuntimeError('thread.__init__() not called')
        if self._started:
            raise RuntimeError('threads can only be started once')
        self._started = True
        self._done.acquire()
        self._unknown.acquire()
        _alive[self] = None
        try:
            self._ident = _thread._start(self, self._bootstrap)
        except BaseException:
            # There is no such thread.
            self._started = False
            self._unknown.release()
            self._done.release()
            _alive.pop(self, None)
            raise

    def _bootstrap(self):
        self._ident, self._native_id = get_ident(), get_native_id()
        self._unknown.release()
        try:
            for set_hook, hook in ((_sys.settrace, _trace_hook), (_sys.setprofile, _profile_hook)):
                if hook:
                    set_hook(hook)
            try:
                self.run()
            except BaseException:
                _report(self)
        finally:
            self._stopped = True
            _alive.pop(self, None)
            self._done.release()

    def run(self):
        """What the thread does: calls the function that was given."""
        try:
            if self._target is not None:
                self._target(*self._args, **self._kwargs)
        finally:
            # They shall not live as long as this object.
            del self._target, self._args, self._kwargs

    def join(self, timeout=None):
        """Waits until the thread has ended, or time is over."""
        if not self._initialized:
            raise RuntimeError('Thread.__init__() not called')
        if not self._started:
            raise RuntimeError('cannot join thread before it is started')
        if self is current_thread():
            raise RuntimeError('cannot join current thread')
        if self._done.acquire(True, -1 if timeout is None else max(timeout, 0)):
            self._done.release()

    def is_alive(self):
        """Does it run now?"""
        assert self._initialized, 'Thread.__init__() not called'
        return self._started and not self._stopped

    ident = _fact('_ident')

    @property
    def native_id(self):
        assert self._initialized, 'Thread.__init__() not called'
        # A thread that has just been started says it itself.
        with self._unknown:
            return self._native_id

    name = _fact('_name')
    daemon = _fact('_daemonic')

    @name.setter
    def name(self, name):
        assert self._initialized, 'Thread.__init__() not called'
        self._name = str(name)

    @daemon.setter
    def daemon(self, daemonic):
        if not self._initialized:
            raise RuntimeError('Thread.__init__() not called')
        if self._started:
            raise RuntimeError('cannot set daemon status of active thread')
        self._daemonic = daemonic

    getName = _outdated('getName', 'get the name attribute', name.fget)
    setName = _outdated('setName', 'set the name attribute', name.fset)
    isDaemon = _outdated('isDaemon', 'get the daemon attribute', daemon.fget)
    setDaemon = _outdated('setDaemon', 'set the daemon attribute', daemon.fset)


class Timer(Thread):
    """Calls a function after some seconds, unless it is cancelled before."""

    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__()
        self.interval, self.function = interval, function
        self.args = [] if args is None else args
        self.kwargs = {} if kwargs is None else kwargs
        self.finished = Event()

    def run(self):
        if not self.finished.wait(self.interval):
            self.function(*self.args, **self.kwargs)
            self.finished.set()

    def cancel(self):
        """Forgets the call, if it has not been made."""
        self.finished.set()


class _MainThread(Thread):
    """The thread that runs the program."""

    def __init__(self):
        self._set_up('MainThread', daemonic=False)
        self._adopt(_thread._main_ident())


class _DummyThread(Thread):
    """Stands for a thread that this module has not started."""

    def __init__(self):
        self._set_up(f'Dummy-{_numbers()}', daemonic=True)
        self._adopt(get_ident())
        _thread._set_current(self)

    def is_alive(self):
        return True

    def join(self, timeout=None):
        raise AssertionError('cannot join a dummy thread')


def current_thread():
    """The thread that asks."""
    thread = _thread._current()
    if thread is None:
        if get_ident() != _main_thread._ident:
            return _DummyThread()
        thread = _main_thread
        _thread._set_current(thread)
    return thread


def main_thread():
    """The thread that runs the program."""
    return _main_thread


def enumerate():
    """The threads that run now."""
    return [*_alive]


def active_count():
    """How many threads run now."""
    return len(_alive)


currentThread = _outdated('currentThread', 'use current_thread()', current_thread)
activeCount = _outdated('activeCount', 'use active_count()', active_count)

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
            print('Exception in threading.excepthook:', file=_sys.stderr, flush=True)
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
