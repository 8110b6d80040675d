"""What may go wrong."""

TimeoutError = TimeoutError


class CancelledError(BaseException):
    """A task or future was cancelled."""


class InvalidStateError(Exception):
    """A future has a result, or has none, where it must be otherwise."""


class SendfileNotAvailableError(RuntimeError):
    """A file cannot be sent."""


class IncompleteReadError(EOFError):
    """The end came before what was asked for."""

    def __init__(self, partial, expected):
        shown = "undefined" if expected is None else repr(expected)
        super().__init__(f"{len(partial)} bytes read on a total of {shown} expected bytes")
        self.partial = partial
        self.expected = expected

    def __reduce__(self):
        return type(self), (self.partial, self.expected)


class LimitOverrunError(Exception):
    """A separator is farther away than the limit."""

    def __init__(self, message, consumed):
        super().__init__(message)
        self.consumed = consumed

    def __reduce__(self):
        return type(self), (self.args[0], self.consumed)


class BrokenBarrierError(RuntimeError):
    """Somebody has left a barrier early."""
