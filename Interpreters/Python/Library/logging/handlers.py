"""Handlers that keep several files, buffer, or hand records to others."""

__all__ = [
    "BaseRotatingHandler", "RotatingFileHandler", "TimedRotatingFileHandler",
    "WatchedFileHandler", "BufferingHandler", "MemoryHandler", "QueueHandler", "QueueListener",
]

import calendar
import copy
import io
import logging
import os
import queue
import re
import threading
import time

from ._handlers import _Held

# Files --------------------------------------------------------------------------------------------


class BaseRotatingHandler(logging.FileHandler):
    """Begins a new file when it is time to. `namer` and `rotator` are functions that change how."""

    namer = rotator = None

    def __init__(self, filename, mode, encoding=None, delay=False, errors=None):
        if "b" not in mode:
            encoding = io.text_encoding(encoding)
        super().__init__(filename, mode, encoding, delay, errors)

    def emit(self, record):
        try:
            if self.shouldRollover(record):
                self.doRollover()
            super().emit(record)
        except Exception:
            self.handleError(record)

    def rotation_filename(self, default_name):
        return default_name if self.namer is None else self.namer(default_name)

    def rotate(self, source, dest):
        if self.rotator is not None:
            self.rotator(source, dest)
        elif os.path.exists(source):
            os.replace(source, dest)

    def _is_no_file(self):
        """Devices and the like are not rotated."""
        return os.path.exists(self.baseFilename) and not os.path.isfile(self.baseFilename)

    def _begin_new_file(self, old_name=None):
        """The file that was written gets another name, or is lost."""
        if self.stream:
            self.stream.close()
            self.stream = None
        if old_name is not None:
            _remove(old_name)
            self.rotate(self.baseFilename, old_name)
        if not self.delay:
            self.stream = self._open()


def _remove(path):
    if os.path.exists(path):
        os.remove(path)


class RotatingFileHandler(BaseRotatingHandler):
    """A new file when one has so many bytes; keeps so many old ones as name.1, name.2 …"""

    def __init__(
        self, filename, mode="a", maxBytes=0, backupCount=0, encoding=None, delay=False,
        errors=None
    ):
        # A file that grows to a size over several runs is not written anew by each.
        super().__init__(filename, "a" if maxBytes > 0 else mode, encoding, delay, errors)
        self.maxBytes, self.backupCount = maxBytes, backupCount

    def shouldRollover(self, record):
        if self.maxBytes <= 0 or self._is_no_file():
            return False
        if self.stream is None:
            self.stream = self._open()
        self.stream.seek(0, os.SEEK_END)
        size = self.stream.tell() + len(self.format(record)) + len("\n")
        return size >= self.maxBytes

    def doRollover(self):
        if self.backupCount <= 0:
            self._begin_new_file()
            return
        names = [self.rotation_filename(f"{self.baseFilename}.{number}")
                 for number in range(1, self.backupCount + 1)]
        for newer, older in reversed(list(zip(names, names[1:]))):
            if os.path.exists(newer):
                os.replace(newer, older)
        self._begin_new_file(names[0])


_DAY = 24 * 60 * 60
_DATE = "%Y-%m-%d"

# For each unit: how many seconds it has, and how the old file's name ends.
_UNITS = {
    "S": (1, f"{_DATE}_%H-%M-%S"), "M": (60, f"{_DATE}_%H-%M"), "H": (3600, f"{_DATE}_%H"),
    "D": (_DAY, _DATE), "MIDNIGHT": (_DAY, _DATE), "W": (7 * _DAY, _DATE)}


def _pattern_of(ending):
    """What matches such an ending of names."""
    digits = ending.replace("%Y", r"\d{4}")
    return re.compile("^" + re.sub("%[a-zA-Z]", lambda _: r"\d{2}", digits) + r"(\.\w+)?$",
                      re.ASCII)


class TimedRotatingFileHandler(BaseRotatingHandler):
    """A new file each second, minute, hour, day, at midnight, or on a day of the week."""

    # The day on which it is time, where it is one of the week.
    dayOfWeek = None

    def __init__(
        self, filename, when="h", interval=1, backupCount=0, encoding=None, delay=False,
        utc=False, atTime=None, errors=None
    ):
        super().__init__(filename, "a", encoding, delay, errors)
        self.when = when.upper()
        self.backupCount, self.utc, self.atTime = backupCount, utc, atTime
        unit = self.when
        if unit.startswith("W"):
            self.dayOfWeek = self._checked_day(unit)
            unit = "W"
        if unit not in _UNITS:
            raise ValueError(f"Invalid rollover interval specified: {self.when}")
        seconds, self.suffix = _UNITS[unit]
        self.extMatch = _pattern_of(self.suffix)
        self.interval = seconds * interval
        try:
            begin = os.stat(self.baseFilename).st_mtime
        except FileNotFoundError:
            begin = time.time()
        self.rolloverAt = self.computeRollover(int(begin))

    def _checked_day(self, when):
        if len(when) != 2:
            raise ValueError("You must specify a day for weekly rollover from 0 to 6 "
                             f"(0 is Monday): {when}")
        if when[1] not in "0123456":
            raise ValueError(f"Invalid day specified for weekly rollover: {when}")
        return int(when[1])

    def computeRollover(self, currentTime):
        """The next time for a new file."""
        if self.when != "MIDNIGHT" and self.dayOfWeek is None:
            return currentTime + self.interval
        today = time.gmtime(currentTime) if self.utc else time.localtime(currentTime)
        at = self.atTime
        # Without a time, it is the end of the day.
        clock = (24, 0, 0) if at is None else (at.hour, at.minute, at.second)
        days = int(clock <= today[3:6])
        if self.dayOfWeek is not None:
            days += (self.dayOfWeek - today.tm_wday - days) % 7
        moment = (*today[:2], today.tm_mday + days, *clock, 0, 0, -1)
        return calendar.timegm(moment) if self.utc else int(time.mktime(moment))

    def shouldRollover(self, record):
        return time.time() >= self.rolloverAt and not self._is_no_file()

    def doRollover(self):
        begin = self.rolloverAt - self.interval
        ending = time.strftime(
            self.suffix, time.gmtime(begin) if self.utc else time.localtime(begin))
        self._begin_new_file(self.rotation_filename(f"{self.baseFilename}.{ending}"))
        if self.backupCount > 0:
            for path in self.getFilesToDelete():
                os.remove(path)
        now = int(time.time())
        due = self.computeRollover(now)
        while due <= now:
            due += self.interval
        self.rolloverAt = due

    def getFilesToDelete(self):
        """The oldest files that are too many."""
        folder, name = os.path.split(self.baseFilename)
        if self.namer is None:
            def is_old(entry):
                return entry.startswith(name + ".") and self.extMatch.match(entry[len(name) + 1:])
        else:
            # The name may have changed around the ending.
            inner = re.compile(self.extMatch.pattern[1:-1].removesuffix(r"(\.\w+)?"), re.ASCII)

            def is_old(entry):
                return entry != name and inner.search(entry) and any(
                    os.path.basename(self.namer(f"{self.baseFilename}.{match.group()}")) == entry
                    for match in inner.finditer(entry))
        old = sorted(filter(is_old, os.listdir(folder)))
        return [os.path.join(folder, entry) for entry in old[:max(0, len(old) - self.backupCount)]]


class WatchedFileHandler(logging.FileHandler):
    """Opens its file again when somebody has moved it away."""

    def __init__(self, filename, mode="a", encoding=None, delay=False, errors=None):
        super().__init__(filename, mode, encoding, delay, errors)
        self._note_file()

    def _note_file(self):
        self._file = self.stream and _identity(os.fstat(self.stream.fileno()))

    def reopenIfNeeded(self):
        if self.stream is None:
            return
        try:
            there = _identity(os.stat(self.baseFilename))
        except FileNotFoundError:
            there = None
        if there != self._file:
            self._close_stream()
            self.stream = self._open()
            self._note_file()

    def emit(self, record):
        self.reopenIfNeeded()
        super().emit(record)


def _identity(status):
    return status.st_dev, status.st_ino


# Buffers ------------------------------------------------------------------------------------------


class BufferingHandler(logging.Handler):
    """Keeps records until there are enough."""

    def __init__(self, capacity):
        super().__init__()
        self.capacity, self.buffer = capacity, []

    def shouldFlush(self, record):
        return self.capacity <= len(self.buffer)

    def emit(self, record):
        self.buffer.append(record)
        if self.shouldFlush(record):
            self.flush()

    def flush(self):
        with _Held(self):
            self.buffer.clear()

    def close(self):
        try:
            self.flush()
        finally:
            super().close()


class MemoryHandler(BufferingHandler):
    """Keeps records for another handler, until there are many or a grave one."""

    def __init__(self, capacity, flushLevel=logging.ERROR, target=None, flushOnClose=True):
        super().__init__(capacity)
        self.flushLevel, self.flushOnClose = flushLevel, flushOnClose
        self.target = target

    def setTarget(self, target):
        with _Held(self):
            self.target = target

    def shouldFlush(self, record):
        return self.flushLevel <= record.levelno or super().shouldFlush(record)

    def flush(self):
        """Without a target, records are kept."""
        with _Held(self):
            if self.target is not None:
                for record in self.buffer:
                    self.target.handle(record)
                super().flush()

    def close(self):
        if not self.flushOnClose:
            self.setTarget(None)
        try:
            super().close()
        finally:
            self.setTarget(None)


# Queues -------------------------------------------------------------------------------------------


class QueueHandler(logging.Handler):
    """Puts records into a queue, for a listener in another thread."""

    listener = None

    def __init__(self, queue):
        super().__init__()
        self.queue = queue

    def prepare(self, record):
        """A copy that needs nothing of this thread: its text is made."""
        text = self.format(record)
        record = copy.copy(record)
        for name in ("args", "exc_info", "exc_text", "stack_info"):
            setattr(record, name, None)
        record.msg = record.message = text
        return record

    def enqueue(self, record):
        self.queue.put_nowait(record)

    def emit(self, record):
        try:
            prepared = self.prepare(record)
            self.enqueue(prepared)
        except Exception:
            self.handleError(record)


class QueueListener:
    """A thread that hands the records of a queue to handlers."""

    # In the queue, the end.
    _sentinel = None
    _thread = None

    def __init__(self, queue, *handlers, respect_handler_level=False):
        self.queue, self.handlers = queue, handlers
        self.respect_handler_level = respect_handler_level

    def start(self):
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self):
        """Returns when all that is in the queue is handled."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self.enqueue_sentinel()
            thread.join()

    def enqueue_sentinel(self):
        self.queue.put_nowait(self._sentinel)

    def dequeue(self, block):
        return self.queue.get(block)

    def prepare(self, record):
        """For subclasses that change records."""
        return record

    def handle(self, record):
        record = self.prepare(record)
        for handler in self.handlers:
            if record.levelno >= handler.level or not self.respect_handler_level:
                handler.handle(record)

    def _listen(self):
        note_done = getattr(self.queue, "task_done", bool)
        goes_on = True
        while goes_on:
            try:
                record = self.dequeue(True)
            except queue.Empty:
                break
            goes_on = record is not self._sentinel
            if goes_on:
                self.handle(record)
            note_done()
