"""A pool of threads that make calls."""

import itertools
import os
import queue
import threading
import weakref

from concurrent.futures import _base

# Threads of pools, with their queues: told to end when the program ends.
_threads_queues = weakref.WeakKeyDictionary()
_shutdown = False
_shutdown_lock = threading.Lock()


def _end_pools():
    global _shutdown
    with _shutdown_lock:
        _shutdown = True
    items = list(_threads_queues.items())
    for thread, tasks in items:
        tasks.put(None)
    for thread, tasks in items:
        thread.join()


threading._register_atexit(_end_pools)


class BrokenThreadPool(_base.BrokenExecutor):
    """The function that threads of the pool begin with has failed."""


class _Task:
    """A call, and the future that gets its outcome."""

    def __init__(self, future, fn, args, kwargs):
        self.future = future
        self.fn = fn
        self.args = args
        self.kwargs = kwargs

    def run(self):
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.fn(*self.args, **self.kwargs)
        except BaseException as error:
            self.future.set_exception(error)
            self = None
        else:
            self.future.set_result(result)


def _work(executor_ref, tasks, initializer, initargs):
    if initializer is not None:
        try:
            initializer(*initargs)
        except BaseException as error:
            executor = executor_ref()
            if executor is not None:
                executor._fail(error)
            return
    while True:
        try:
            task = tasks.get_nowait()
        except queue.Empty:
            executor = executor_ref()
            if executor is not None:
                executor._idle.release()
            del executor
            task = tasks.get()
        if task is not None:
            task.run()
            del task
            continue
        executor = executor_ref()
        if _shutdown or executor is None or executor._shutdown:
            if executor is not None:
                executor._shutdown = True
            # The others want to know too.
            tasks.put(None)
            return
        del executor


class ThreadPoolExecutor(_base.Executor):
    """Makes calls in a limited number of threads."""

    _counter = itertools.count().__next__

    def __init__(self, max_workers=None, thread_name_prefix='', initializer=None, initargs=()):
        if max_workers is None:
            max_workers = min(32, (os.cpu_count() or 1) + 4)
        if max_workers <= 0:
            raise ValueError('max_workers must be greater than 0')
        if initializer is not None and not callable(initializer):
            raise TypeError('initializer must be a callable')
        self._max_workers = max_workers
        self._work_queue = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._threads = set()
        self._broken = False
        self._shutdown = False
        self._shutdown_lock = threading.Lock()
        self._thread_name_prefix = (
            thread_name_prefix or 'ThreadPoolExecutor-%d' % ThreadPoolExecutor._counter())
        self._initializer = initializer
        self._initargs = initargs

    def submit(self, fn, /, *args, **kwargs):
        with self._shutdown_lock, _shutdown_lock:
            if self._broken:
                raise BrokenThreadPool(self._broken)
            if self._shutdown:
                raise RuntimeError('cannot schedule new futures after shutdown')
            if _shutdown:
                raise RuntimeError('cannot schedule new futures after interpreter shutdown')
            future = _base.Future()
            self._work_queue.put(_Task(future, fn, args, kwargs))
            self._add_thread()
            return future

    def _add_thread(self):
        if self._idle.acquire(timeout=0):
            return

        def forget(_, tasks=self._work_queue):
            tasks.put(None)

        count = len(self._threads)
        if count < self._max_workers:
            thread = threading.Thread(
                name='%s_%d' % (self._thread_name_prefix, count), target=_work,
                args=(weakref.ref(self, forget), self._work_queue, self._initializer,
                      self._initargs))
            thread.start()
            self._threads.add(thread)
            _threads_queues[thread] = self._work_queue

    def _fail(self, error):
        """Nothing can be run any more."""
        import sys
        print('Exception in initializer:', file=sys.stderr)
        sys.excepthook(type(error), error, error.__traceback__)
        with self._shutdown_lock:
            self._broken = ('A thread initializer failed, the thread pool is not usable anymore')
            while True:
                try:
                    task = self._work_queue.get_nowait()
                except queue.Empty:
                    break
                if task is not None:
                    task.future.set_exception(BrokenThreadPool(self._broken))

    def shutdown(self, wait=True, *, cancel_futures=False):
        with self._shutdown_lock:
            self._shutdown = True
            if cancel_futures:
                while True:
                    try:
                        task = self._work_queue.get_nowait()
                    except queue.Empty:
                        break
                    if task is not None:
                        task.future.cancel()
            self._work_queue.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
