"""Control-C ends a run of tests after the test that is running."""

import functools
import signal
import weakref

__unittest = True

_results = weakref.WeakKeyDictionary()
_interrupt_handler = None


def registerResult(result):
    """Has a result told to stop."""
    _results[result] = True


def removeResult(result):
    """Whether it was registered."""
    return _results.pop(result, False)


class _Interrupts:
    """Takes the first interrupt; those that follow go where they went before."""

    def __init__(self):
        self.before = signal.getsignal(signal.SIGINT)
        self.is_first = True
        if callable(self.before):
            self.otherwise = self.before
        elif self.before == signal.SIG_IGN:
            self.otherwise = lambda signum, frame: None
        elif isinstance(self.before, int) and self.before == signal.SIG_DFL:
            self.otherwise = signal.default_int_handler
        else:
            raise TypeError("expected SIGINT signal handler to be signal.SIG_IGN, signal.SIG_DFL, "
                            "or a callable object")

    def __call__(self, signum, frame):
        is_first, self.is_first = self.is_first, False
        # Somebody who has taken the signal over, and only passes it on, wants what was before.
        if not is_first or signal.getsignal(signal.SIGINT) is not self:
            self.otherwise(signum, frame)
        for result in list(_results):
            result.stop()


def installHandler():
    global _interrupt_handler
    if _interrupt_handler is None:
        _interrupt_handler = _Interrupts()
        signal.signal(signal.SIGINT, _interrupt_handler)


def removeHandler(method=None):
    """Puts the old handler back; as a decorator, while a method runs."""
    if method is None:
        if _interrupt_handler is not None:
            signal.signal(signal.SIGINT, _interrupt_handler.before)
        return None

    @functools.wraps(method)
    def without_handler(*args, **kwargs):
        with _Removed():
            return method(*args, **kwargs)
    return without_handler


class _Removed:
    """A block in which interrupts go where they went before the handler was installed."""

    def __enter__(self):
        self.now = signal.getsignal(signal.SIGINT)
        removeHandler()

    def __exit__(self, kind, value, tb):
        signal.signal(signal.SIGINT, self.now)
