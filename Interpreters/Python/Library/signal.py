"""Signals by their names, and what the program does about them."""

import _signal
from _signal import *
from _signal import _handlers
from enum import IntEnum as _IntEnum

_NUMBERS = {name: value for name, value in vars(_signal).items() if name.startswith('SIG')}
Signals = _IntEnum('Signals', {
    name: value for name, value in _NUMBERS.items() if not name.startswith('SIG_')}, module=__name__)
Handlers = _IntEnum('Handlers', {
    name: value for name, value in _NUMBERS.items() if name.startswith('SIG_')}, module=__name__)
globals().update(Signals.__members__)
globals().update(Handlers.__members__)


def _named(kind, value):
    """The member that a number stands for; other values as they are."""
    try:
        return kind(value)
    except ValueError:
        return value


def _number(value):
    return int(value) if isinstance(value, (Signals, Handlers)) else value


def signal(signalnum, handler):
    """Sets what happens at a signal; what happened before is returned."""
    return _named(Handlers, _signal.signal(_number(signalnum), _number(handler)))


def getsignal(signalnum):
    """What happens at a signal: a function, SIG_DFL or SIG_IGN."""
    return _named(Handlers, _signal.getsignal(signalnum))


def valid_signals():
    """All signals that the system has."""
    return {_named(Signals, number) for number in range(1, NSIG) if number not in (32, 33)}
