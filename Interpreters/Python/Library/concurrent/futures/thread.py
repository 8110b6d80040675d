"""Calls made by a number of threads."""

import itertools
import os
import queue
import threading
import weakref

from concurrent.futures._base import BrokenExecutor, Executor, Future, report


class BrokenThreadPool(BrokenExecutor):
    """The function that prepares a thread has failed."""


class _Call:
    """A call to be made, and the future that gets the outcome."""

    def __init__(self, fn, args, kwargs):
        self.future = Future()
        self._parts = fn, args, kwargs

    def make(self):
        if self.future.set_running_or_notify_cancel():
            fn, args, kwargs = self._parts
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                self.future.set_exception(error)
                # The traceback refers to this frame.
                del self
            else:
                self.future.set_result(result)


class _Pool:
    """What an executor and its threads share. They end when they find None among the calls."""

    def __init__(self, prepare):
        self._prepare = prepare
        self.calls = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.threads = set()
        # How many threads have nothing to do.
        self.idle = threading.Semaphore(0)
        # Why no more calls are taken.
        self.refusal = None

    def close(self):
        if self.refusal is None:
            self.refusal = RuntimeError('cannot schedule new futures after shutdown')
        self.calls.put(None)

    def waiting_calls(self):
        """Takes out all calls that nobody has begun to make."""
        while True:
            try:
                call = self.calls.get_nowait()
            except queue.Empty:
                return
            if call is not None:
                yield call

    def work(self):
        """What each thread does."""
        try:
            if self._is_prepared():
                while self._make_call():
                    pass
                # The others shall find it, too.
                self.calls.put(None)
        finally:
            _pools.pop(threading.current_thread(), None)

    def _make_call(self):
        try:
            call = self.calls.get_nowait()
        except queue.Empty:
            self.idle.release()
            call = self.calls.get()
        if call is not None:
            call.make()
        return call is not None

    def _is_prepared(self):
        try:
            self._prepare()
            return True
        except BaseException as error:
            report('Exception in initializer:', error)
        with self.lock:
            self.refusal = BrokenThreadPool(
                'A thread initializer failed, the thread pool is not usable anymore')
            for call in self.waiting_calls():
                call.future.set_exception(BrokenThreadPool(str(self.refusal)))
        return False


# The pools of all threads that work, and whether the program is about to end.
_pools = {}
_is_ending = False
_ending_lock = threading.Lock()


def _end_pools():
    global _is_ending
    with _ending_lock:
        _is_ending = True
    for thread, pool in list(_pools.items()):
        pool.close()
        thread.join()


threading._register_atexit(_end_pools)


class ThreadPoolExecutor(Executor):
    """Makes calls in threads, as many as needed up to a limit. The threads end with the executor."""

    _numbers = itertools.count()

    def __init__(self, max_workers=None, thread_name_prefix='', initializer=None, initargs=()):
        if max_workers is None:
            max_workers = min(32, 4 + (os.cpu_count() or 1))
        elif max_workers <= 0:
            raise ValueError('max_workers must be greater than 0')
        if initializer is None:
            prepare = int
        elif callable(initializer):
            prepare = lambda: initializer(*initargs)
        else:
            raise TypeError('initializer must be a callable')
        self._max_workers = max_workers
        self._prefix = thread_name_prefix or f'ThreadPoolExecutor-{next(self._numbers)}'
        self._pool = pool = _Pool(prepare)
        self._threads = pool.threads
        # Threads refer to the pool only: an executor that nobody wants any more can go.
        self._closing = weakref.ref(self, lambda _: pool.close())

    def submit(self, fn, /, *args, **kwargs):
        """A future of the call of a function with these arguments."""
        pool = self._pool
        with pool.lock, _ending_lock:
            if pool.refusal is not None:
                raise type(pool.refusal)(*pool.refusal.args)
            if _is_ending:
                raise RuntimeError('cannot schedule new futures after interpreter shutdown')
            call = _Call(fn, args, kwargs)
            pool.calls.put(call)
            number = len(pool.threads)
            if not pool.idle.acquire(blocking=False) and number < self._max_workers:
                thread = threading.Thread(name=f'{self._prefix}_{number}', target=pool.work)
                pool.threads.add(thread)
                _pools[thread] = pool
                thread.start()
            return call.future

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Takes no more calls; waits for the threads to end, if wanted."""
        pool = self._pool
        with pool.lock:
            if cancel_futures:
                for call in pool.waiting_calls():
                    call.future.cancel()
            pool.close()
        if wait:
            for thread in pool.threads:
                thread.join()
