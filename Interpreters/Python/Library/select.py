"""Waiting for several descriptors at once."""

import math
import time

import _sockets

__all__ = ["POLLERR", "POLLHUP", "POLLIN", "POLLMSG", "POLLNVAL", "POLLOUT", "POLLPRI", "POLLRDBAND", "POLLRDHUP",
           "POLLRDNORM", "POLLWRBAND", "POLLWRNORM", "error", "poll", "select"]

POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 1, 2, 4, 8, 0x10, 0x20
POLLRDNORM, POLLRDBAND, POLLWRNORM, POLLWRBAND, POLLMSG, POLLRDHUP = 0x40, 0x80, 0x100, 0x200, 0x400, 0x2000
PIPE_BUF = 4096
error = OSError


def _descriptor(file):
    """The number of a file, a socket or whatever has `fileno`."""
    if not isinstance(file, int):
        method = getattr(file, "fileno", None)
        if method is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        file = method()
        if not isinstance(file, int):
            raise TypeError("fileno() returned a non-integer")
    if file < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({file})")
    return file


def _happened(entries, seconds):
    """What C's poll says of (descriptor, events), after `seconds` at the latest; None waits for ever."""
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        try:
            left = -1 if end is None else max(0, math.ceil((end - time.monotonic()) * 1000))
            return _sockets.poll(entries, left)
        except InterruptedError:
            pass


def select(rlist, wlist, xlist, timeout=None, /):
    """Those of the first three lists that can be read from, written to, or have something urgent."""
    if timeout is not None:
        if not isinstance(timeout, (int, float)):
            raise TypeError("timeout must be a float or None")
        if timeout < 0:
            raise ValueError("timeout must be non-negative")
    lists = []
    for files in (rlist, wlist, xlist):
        try:
            files = list(files)
        except TypeError:
            raise TypeError("arguments 1-3 must be sequences") from None
        lists.append([(file, _descriptor(file)) for file in files])
    wanted = {}
    for files, event in zip(lists, (POLLIN, POLLOUT, POLLPRI)):
        for _, fd in files:
            wanted[fd] = wanted.get(fd, 0) | event
    found = dict(zip(wanted, _happened(list(wanted.items()), timeout)))
    if any(happened & POLLNVAL for happened in found.values()):
        raise OSError(9, "Bad file descriptor")
    # An error or an end is something to be read, as C's select has it.
    answers = POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI
    return tuple([file for file, fd in files if found[fd] & answer] for files, answer in zip(lists, answers))


class _Poll:
    """Descriptors, and what is wanted of each."""

    def __init__(self):
        self._wanted = {}

    def register(self, fd, eventmask=POLLIN | POLLPRI | POLLOUT, /):
        self._wanted[_descriptor(fd)] = eventmask

    def modify(self, fd, eventmask, /):
        fd = _descriptor(fd)
        if fd not in self._wanted:
            raise FileNotFoundError(2, "No such file or directory")
        self._wanted[fd] = eventmask

    def unregister(self, fd, /):
        del self._wanted[_descriptor(fd)]

    def poll(self, timeout=None, /):
        """(descriptor, events) of those with events, after `timeout` milliseconds at the latest."""
        if timeout is not None and not isinstance(timeout, (int, float)):
            raise TypeError("timeout must be an integer or None")
        entries = [(fd, events - 0x10000 if events & 0x8000 else events) for fd, events in self._wanted.items()]
        seconds = None if timeout is None or timeout < 0 else timeout / 1000
        return [(fd, events) for (fd, _), events in zip(entries, _happened(entries, seconds)) if events]


_Poll.__name__ = _Poll.__qualname__ = "poll"


def poll():
    """An object that remembers descriptors and waits for them."""
    return _Poll()
