"""What may go wrong."""

TimeoutError = TimeoutError


class CancelledError(BaseException):
    """A task or future was cancelled."""


class InvalidStateError(Exception):
    """A future has a result, or has none, where it must be otherwise."""


def _made_of(*names):
    """`__reduce__` of exceptions that are made of what they have by these names."""
    def __reduce__(self):
        return type(self), tuple(getattr(self, name) for name in names)
    return __reduce__


class IncompleteReadError(EOFError):
    """The end came before what was asked for."""

    __reduce__ = _made_of("partial", "expected")

    def __init__(self, partial, expected):
        self.partial, self.expected = partial, expected
        super().__init__("%d bytes read on a total of %s expected bytes" % (
            len(partial), "undefined" if expected is None else repr(expected)))


class LimitOverrunError(Exception):
    """A separator is farther away than the limit."""

    __reduce__ = _made_of("_message", "consumed")

    def __init__(self, message, consumed):
        self._message, self.consumed = message, consumed
        super().__init__(message)


class SendfileNotAvailableError(RuntimeError):
    """A file cannot be sent."""


class BrokenBarrierError(RuntimeError):
    """Somebody has left a barrier early."""
