"""Where records go."""

import logging
import os
import sys
import threading
import traceback
import weakref
from types import GenericAlias

from . import _formatting
from ._levels import NOTSET, WARNING, _lock, checked_level, getLevelName

# By their names, and all in the order in which they were made.
_handlers = weakref.WeakValueDictionary()
_handlerList = []


class Filter:
    """Lets records of a logger and those below it pass."""

    def __init__(self, name=""):
        self.name = name
        self.nlen = len(name)

    def filter(self, record):
        return not self.name or f"{record.name}.".startswith(f"{self.name}.")


class Filterer:
    """What filters can be added to: objects with a method `filter`, or functions."""

    def __init__(self):
        self.filters = []

    def addFilter(self, filter):
        if filter not in self.filters:
            self.filters.append(filter)

    def removeFilter(self, filter):
        if filter in self.filters:
            self.filters.remove(filter)

    def filter(self, record):
        """Whether all let it pass."""
        for each in self.filters:
            if not getattr(each, "filter", each)(record):
                return False
        return True


class _Held:
    """A block in which a handler is used by one thread."""

    __slots__ = ("handler",)

    def __init__(self, handler):
        self.handler = handler

    def __enter__(self):
        self.handler.acquire()

    def __exit__(self, kind, value, tb):
        self.handler.release()


class Handler(Filterer):
    """Takes records to where they shall go."""

    _name = formatter = lock = None
    _closed = False

    def __init__(self, level=NOTSET):
        super().__init__()
        self.setLevel(level)
        self.createLock()
        with _lock:
            _handlerList.append(weakref.ref(self, _forget))

    def __repr__(self):
        place = self._place()
        return f"<{type(self).__name__} {place + ' ' if place else ''}({getLevelName(self.level)})>"

    def _place(self):
        """What repr says of where records go."""
        return ""

    def setLevel(self, level):
        self.level = checked_level(level)

    def setFormatter(self, fmt):
        self.formatter = fmt

    # Names

    def get_name(self):
        return self._name

    def set_name(self, name):
        with _lock:
            _handlers.pop(self._name, None)
            self._name = name
            if name:
                _handlers[name] = self

    name = property(get_name, set_name)

    # One thread at a time

    def createLock(self):
        self.lock = threading.RLock()

    def acquire(self):
        if self.lock:
            self.lock.acquire()

    def release(self):
        if self.lock:
            self.lock.release()

    # Records

    def handle(self, record):
        """Emits the record if no filter objects."""
        passes = self.filter(record)
        if passes:
            self.acquire()
            try:
                self.emit(record)
            finally:
                self.release()
        return passes

    def format(self, record):
        formatter = self.formatter or _formatting._defaultFormatter
        return formatter.format(record)

    def emit(self, record):
        raise NotImplementedError("emit must be implemented by Handler subclasses")

    def flush(self):
        """Has nothing to flush."""

    def close(self):
        with _lock:
            self._closed = True
            _handlers.pop(self._name, None)

    def handleError(self, record):
        """Reports the exception that is being handled, and lets the program go on."""
        if logging.raiseExceptions and sys.stderr:
            try:
                _report(record, sys.exc_info(), sys.stderr.write)
            except OSError:
                # Standard error is gone.
                pass


def _report(record, info, write):
    write("--- Logging error ---\n")
    write("".join(traceback.format_exception(*info)))
    write("Call stack:\n")
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith(own_folder):
        frame = frame.f_back
    if frame is None:
        write(f"Logged from file {record.filename}, line {record.lineno}\n")
    else:
        write("".join(traceback.format_stack(frame)))
    try:
        write(f"Message: {record.msg!r}\nArguments: {record.args}\n")
    except RecursionError:
        raise
    except Exception:
        write("Unable to print the message and arguments - possible formatting error.\n"
              "Use the traceback above to help find the error.\n")


# Frames of files in it are those of this package.
own_folder = os.path.join(os.path.dirname(__file__), "")


def _forget(reference):
    with _lock:
        if reference in _handlerList:
            _handlerList.remove(reference)


class StreamHandler(Handler):
    """Writes lines to a stream, by default standard error."""

    terminator = "\n"

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, stream=None):
        super().__init__()
        self.stream = sys.stderr if stream is None else stream

    def _place(self):
        return str(getattr(self.stream, "name", ""))

    def emit(self, record):
        try:
            line = self.format(record) + self.terminator
            self.stream.write(line)
            self.flush()
        except RecursionError:
            raise
        except Exception:
            self.handleError(record)

    def flush(self):
        stream = self.stream
        if stream and hasattr(stream, "flush"):
            with _Held(self):
                stream.flush()

    def setStream(self, stream):
        """The old stream, or None if it is the same."""
        old = self.stream
        if stream is old:
            return None
        with _Held(self):
            self.flush()
            self.stream = stream
        return old


class FileHandler(StreamHandler):
    """Writes lines to a file, which may be opened only when there is one."""

    def __init__(self, filename, mode="a", encoding=None, delay=False, errors=None):
        self.baseFilename = os.path.abspath(os.fspath(filename))
        self.mode, self.encoding, self.errors, self.delay = mode, encoding, errors, delay
        Handler.__init__(self)
        self.stream = None if delay else self._open()

    def _place(self):
        return self.baseFilename

    def _open(self):
        return open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors)

    def emit(self, record):
        if self.stream is None and not (self._closed and self.mode == "w"):
            # Opened again, a file that is written anew would lose what is in it.
            self.stream = self._open()
        if self.stream:
            super().emit(record)

    def close(self):
        with _Held(self):
            try:
                self._close_stream()
            finally:
                super().close()

    def _close_stream(self):
        if not self.stream:
            return
        try:
            self.flush()
        finally:
            stream, self.stream = self.stream, None
            getattr(stream, "close", bool)()


class NullHandler(Handler):
    """Does nothing: for libraries whose user has not said where messages go."""

    def createLock(self):
        self.lock = None

    def handle(self, record):
        """Leaves the record alone."""

    emit = handle


class _StderrHandler(StreamHandler):
    """To whatever standard error is at the time."""

    def __init__(self, level=NOTSET):
        Handler.__init__(self, level)

    stream = property(lambda self: sys.stderr)


_defaultLastResort = _StderrHandler(WARNING)


def getHandlerByName(name):
    return _handlers.get(name)


def getHandlerNames():
    return frozenset(_handlers)


def shutdown(handlerList=_handlerList):
    """Flushes and closes all handlers, the last one first, at the end of the program."""
    for reference in handlerList[::-1]:
        try:
            handler = reference()
            if handler:
                _end(handler)
        except Exception:
            if logging.raiseExceptions:
                raise


def _end(handler):
    try:
        with _Held(handler):
            handler.flush()
            handler.close()
    except (OSError, ValueError):
        # Its stream is closed already.
        pass
