"""Waiting for several files, each with data of the program's own."""

import select
from abc import ABCMeta, abstractmethod
from collections import namedtuple
from collections.abc import Mapping

EVENT_READ, EVENT_WRITE = 1, 2

SelectorKey = namedtuple("SelectorKey", ["fileobj", "fd", "events", "data"])
SelectorKey.__doc__ = "A file, its descriptor, what is waited for, and the data that was registered with it."


def _descriptor(file):
    try:
        fd = file if isinstance(file, int) else int(file.fileno())
    except (AttributeError, TypeError, ValueError):
        raise ValueError(f"Invalid file object: {file!r}") from None
    if fd < 0:
        raise ValueError(f"Invalid file descriptor: {fd}")
    return fd


class _Keys(Mapping):
    """The keys of a selector, by file."""

    def __init__(self, selector):
        self._selector = selector

    def __len__(self):
        return len(self._selector._keys)

    def __iter__(self):
        return (key.fileobj for key in self._selector._keys.values())

    def __getitem__(self, file):
        key = self._selector._find(file)
        if key is None:
            raise KeyError(f"{file!r} is not registered")
        return key


class BaseSelector(metaclass=ABCMeta):
    """What all selectors can do."""

    @abstractmethod
    def register(self, fileobj, events, data=None):
        raise NotImplementedError

    @abstractmethod
    def unregister(self, fileobj):
        raise NotImplementedError

    @abstractmethod
    def select(self, timeout=None):
        raise NotImplementedError

    @abstractmethod
    def get_map(self):
        raise NotImplementedError

    def modify(self, fileobj, events, data=None):
        self.unregister(fileobj)
        return self.register(fileobj, events, data)

    def get_key(self, fileobj):
        keys = self.get_map()
        if keys is None:
            raise RuntimeError("Selector is closed")
        try:
            return keys[fileobj]
        except KeyError:
            raise KeyError(f"{fileobj!r} is not registered") from None

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class PollSelector(BaseSelector):
    """Waits by `poll`."""

    def __init__(self):
        self._keys = {}
        self._map = _Keys(self)
        self._poll = select.poll()

    def _find(self, file):
        """The key of a file, also when it has been closed since."""
        try:
            return self._keys.get(_descriptor(file))
        except ValueError:
            return next((key for key in self._keys.values() if key.fileobj is file), None)

    def register(self, fileobj, events, data=None):
        if not events or events & ~(EVENT_READ | EVENT_WRITE):
            raise ValueError(f"Invalid events: {events!r}")
        fd = _descriptor(fileobj)
        if fd in self._keys:
            raise KeyError(f"{fileobj!r} (FD {fd}) is already registered")
        key = self._keys[fd] = SelectorKey(fileobj, fd, events, data)
        self._poll.register(
            fd, (select.POLLIN if events & EVENT_READ else 0) | (select.POLLOUT if events & EVENT_WRITE else 0))
        return key

    def unregister(self, fileobj):
        key = self._find(fileobj)
        if key is None:
            raise KeyError(f"{fileobj!r} is not registered")
        del self._keys[key.fd]
        self._poll.unregister(key.fd)
        return key

    def modify(self, fileobj, events, data=None):
        key = self.get_key(fileobj)
        if events != key.events:
            self.unregister(fileobj)
            return self.register(fileobj, events, data)
        if data != key.data:
            key = self._keys[key.fd] = key._replace(data=data)
        return key

    def select(self, timeout=None):
        """(key, events) of the files that are ready."""
        ready = []
        for fd, happened in self._poll.poll(None if timeout is None else max(0, timeout * 1000)):
            key = self._keys.get(fd)
            # An end or an error is for whoever waits.
            events = (EVENT_WRITE if happened & ~select.POLLIN else 0) | (EVENT_READ if happened & ~select.POLLOUT else 0)
            if key and events & key.events:
                ready.append((key, events & key.events))
        return ready

    def get_map(self):
        return self._map

    def close(self):
        self._keys.clear()
        self._map = None


class SelectSelector(PollSelector):
    """The same; nothing here is better served by `select`."""


DefaultSelector = PollSelector
