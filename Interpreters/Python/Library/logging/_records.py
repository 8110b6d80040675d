"""Messages with all that is known of them."""

import collections.abc
import logging
import os
import threading
import time

from ._levels import getLevelName

_start_time = time.time()


class LogRecord:
    """One message. Formats may use all of its attributes."""

    def __init__(
        self, name, level, pathname, lineno, msg, args, exc_info, func=None, sinfo=None, **kwargs
    ):
        self.name, self.msg = name, msg
        if args and len(args) == 1 and args[0] and isinstance(args[0], collections.abc.Mapping):
            # logging.debug("%(a)d", {"a": 1})
            args = args[0]
        self.args = args
        self.levelno, self.levelname = level, getLevelName(level)
        self.pathname, self.lineno, self.funcName = pathname, lineno, func
        try:
            self.filename = os.path.basename(pathname)
            self.module = os.path.splitext(self.filename)[0]
        except (AttributeError, TypeError, ValueError):
            self.filename, self.module = pathname, "Unknown module"
        self.exc_info, self.exc_text, self.stack_info = exc_info, None, sinfo
        self.created = now = time.time()
        self.msecs = float(int(now % 1 * 1000))
        self.relativeCreated = (now - _start_time) * 1000
        self.thread = self.threadName = self.process = None
        if logging.logThreads:
            self.thread = threading.get_ident()
            self.threadName = threading.current_thread().name
        # There is one process.
        self.processName = "MainProcess" if logging.logMultiprocessing else None
        if logging.logProcesses:
            self.process = os.getpid()

    def __repr__(self):
        return '<LogRecord: %s, %s, %s, %s, "%s">' % (
            self.name, self.levelno, self.pathname, self.lineno, self.msg)

    def getMessage(self):
        text = str(self.msg)
        return text % self.args if self.args else text


_factory = LogRecord


def getLogRecordFactory():
    return _factory


def setLogRecordFactory(factory):
    global _factory
    _factory = factory


def makeLogRecord(dict):
    """A record with these attributes: what was sent from elsewhere."""
    record = _factory(None, None, "", 0, "", (), None, None)
    vars(record).update(dict)
    return record
