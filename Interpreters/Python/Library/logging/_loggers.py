"""Where messages enter."""

import logging
import sys
import traceback
import warnings
from types import GenericAlias

from . import _records
from ._handlers import Filterer, own_folder
from ._levels import (
    CRITICAL, DEBUG, ERROR, INFO, NOTSET, WARNING, _lock, checked_level, getLevelName)


def _named_by_level(make):
    """A decorator for classes: methods for the levels, as a function makes them."""
    def add(cls):
        for name, level in (("debug", DEBUG), ("info", INFO), ("warning", WARNING),
                            ("error", ERROR), ("critical", CRITICAL)):
            method = make(level)
            method.__name__ = name
            method.__qualname__ = f"{cls.__name__}.{name}"
            setattr(cls, name, method)
        return cls
    return add


class _OldNames:
    """Methods that are still there."""

    def warn(self, msg, *args, **kwargs):
        warnings.warn("The 'warn' method is deprecated, use 'warning' instead",
                      DeprecationWarning, 2)
        self.warning(msg, *args, **kwargs)


def _entry_of_logger(level):
    def method(self, msg, *args, **kwargs):
        if self.isEnabledFor(level):
            self._log(level, msg, args, **kwargs)
    return method


@_named_by_level(_entry_of_logger)
class Logger(_OldNames, Filterer):
    """Where messages of a part of a program enter. Its parent gets what it handles, too."""

    parent = None
    propagate = True
    disabled = False

    def __init__(self, name, level=NOTSET):
        super().__init__()
        self.name = name
        self.level = checked_level(level)
        self.handlers = []
        # Whether levels are enabled, as far as it is known.
        self._cache = {}

    def __repr__(self):
        level = getLevelName(self.getEffectiveLevel())
        return f"<{type(self).__name__} {self.name} ({level})>"

    def __reduce__(self):
        if logging.getLogger(self.name) is not self:
            import pickle
            raise pickle.PicklingError("logger cannot be pickled")
        return logging.getLogger, (self.name,)

    # Levels

    def setLevel(self, level):
        self.level = checked_level(level)
        self.manager._change()

    def _ancestry(self):
        """The logger and those above it."""
        logger = self
        while logger:
            yield logger
            logger = logger.parent

    def getEffectiveLevel(self):
        return next((logger.level for logger in self._ancestry() if logger.level), NOTSET)

    def isEnabledFor(self, level):
        if self.disabled:
            return False
        cache = self._cache
        if level not in cache:
            cache[level] = self.manager.disable < level and level >= self.getEffectiveLevel()
        return cache[level]

    # Messages

    def exception(self, msg, *args, exc_info=True, **kwargs):
        self.error(msg, *args, exc_info=exc_info, **kwargs)

    def fatal(self, msg, *args, **kwargs):
        self.critical(msg, *args, **kwargs)

    def log(self, level, msg, *args, **kwargs):
        if isinstance(level, int):
            if self.isEnabledFor(level):
                self._log(level, msg, args, **kwargs)
        elif logging.raiseExceptions:
            raise TypeError("level must be an integer")

    def _log(
        self, level, msg, args, exc_info=None, extra=None, stack_info=False, stacklevel=1
    ):
        place, line, function, stack = self.findCaller(stack_info, stacklevel)
        if isinstance(exc_info, BaseException):
            exc_info = type(exc_info), exc_info, exc_info.__traceback__
        elif exc_info and not isinstance(exc_info, tuple):
            exc_info = sys.exc_info()
        self.handle(self.makeRecord(
            self.name, level, place, line, msg, args, exc_info, function, extra, stack))

    def findCaller(self, stack_info=False, stacklevel=1):
        """(file, line, function, stack) of who logs."""
        frame = sys._getframe(2)
        caller = None
        while frame is not None and (caller is None or stacklevel > 0):
            if not frame.f_code.co_filename.startswith(own_folder):
                caller = frame
                stacklevel -= 1
            frame = frame.f_back
        if caller is None:
            return "(unknown file)", 0, "(unknown function)", None
        stack = None
        if stack_info:
            lines = ["Stack (most recent call last):\n", *traceback.format_stack(caller)]
            stack = "".join(lines).removesuffix("\n")
        return caller.f_code.co_filename, caller.f_lineno, caller.f_code.co_name, stack

    def makeRecord(
        self, name, level, fn, lno, msg, args, exc_info, func=None, extra=None, sinfo=None
    ):
        record = _records.getLogRecordFactory()(
            name, level, fn, lno, msg, args, exc_info, func, sinfo)
        if extra is not None:
            fields = vars(record)
            for key in extra:
                if key in fields or key in ("message", "asctime"):
                    raise KeyError(f"Attempt to overwrite {key!r} in LogRecord")
            fields.update(extra)
        return record

    # Handlers

    def addHandler(self, hdlr):
        with _lock:
            if hdlr not in self.handlers:
                self.handlers.append(hdlr)

    def removeHandler(self, hdlr):
        with _lock:
            if hdlr in self.handlers:
                self.handlers.remove(hdlr)

    def hasHandlers(self):
        for logger in self._ancestry():
            if logger.handlers or not logger.propagate:
                return bool(logger.handlers)
        return False

    def handle(self, record):
        if not self.disabled and self.filter(record):
            self.callHandlers(record)

    def callHandlers(self, record):
        logger, level = self, record.levelno
        is_unhandled = True
        while logger:
            for handler in logger.handlers:
                is_unhandled = False
                if level >= handler.level:
                    handler.handle(record)
            logger = logger.propagate and logger.parent
        if is_unhandled:
            self._call_last_resort(record)

    def _call_last_resort(self, record):
        last_resort = logging.lastResort
        if last_resort:
            if record.levelno >= last_resort.level:
                last_resort.handle(record)
        elif logging.raiseExceptions and not self.manager.emittedNoHandlerWarning:
            self.manager.emittedNoHandlerWarning = True
            sys.stderr.write(f'No handlers could be found for logger "{self.name}"\n')

    def getChild(self, suffix):
        return self.manager.getLogger(suffix if self.root is self else f"{self.name}.{suffix}")


class RootLogger(Logger):
    """The one above all others."""

    def __init__(self, level):
        super().__init__("root", level)

    def __reduce__(self):
        return logging.getLogger, ()


# All loggers --------------------------------------------------------------------------------------

_loggerClass = Logger


def getLoggerClass():
    return _loggerClass


def setLoggerClass(klass):
    global _loggerClass
    _loggerClass = _checked_logger_class(klass)


def _checked_logger_class(klass):
    if not issubclass(klass, Logger):
        raise TypeError(f"logger not derived from logging.Logger: {klass.__name__}")
    return klass


class PlaceHolder:
    """Stands for a name that has loggers below it and is none itself."""


class Manager:
    """Knows all loggers by their names."""

    _disable = NOTSET
    emittedNoHandlerWarning = False
    loggerClass = logRecordFactory = None

    def __init__(self, rootnode):
        self.root = rootnode
        self.loggerDict = {}

    def _change(self):
        """Which levels are enabled may have changed."""
        with _lock:
            for logger in (self.root, *self.loggerDict.values()):
                if isinstance(logger, Logger):
                    logger._cache = {}

    @property
    def disable(self):
        return self._disable

    @disable.setter
    def disable(self, value):
        self._disable = checked_level(value)
        self._change()

    def setLoggerClass(self, klass):
        self.loggerClass = _checked_logger_class(klass)

    def setLogRecordFactory(self, factory):
        self.logRecordFactory = factory

    def getLogger(self, name):
        if not isinstance(name, str):
            raise TypeError("A logger name must be a string")
        with _lock:
            known = self.loggerDict.get(name)
            if isinstance(known, Logger):
                return known
            logger = (self.loggerClass or _loggerClass)(name)
            logger.manager = self
            logger.parent = self._parent_of(name)
            self.loggerDict[name] = logger
            if known is not None:
                self._adopt(logger)
            return logger

    def _parent_of(self, name):
        """The next logger above a name; where there is none, a place is kept for it."""
        while True:
            name = name.rpartition(".")[0]
            if not name:
                return self.root
            above = self.loggerDict.setdefault(name, PlaceHolder())
            if isinstance(above, Logger):
                return above

    def _adopt(self, logger):
        """Loggers below a new one had one above it as their parent until now."""
        for other in self.loggerDict.values():
            if (isinstance(other, Logger) and other.parent is logger.parent
                    and other.name.startswith(logger.name + ".")):
                other.parent = logger


# Adapters -----------------------------------------------------------------------------------------


def _entry_of_adapter(level):
    def method(self, msg, *args, **kwargs):
        self.log(level, msg, *args, **kwargs)
    return method


def _of_logger(name):
    """A method of an adapter that is the one of its logger."""
    def method(self, *args, **kwargs):
        return getattr(self.logger, name)(*args, **kwargs)
    method.__name__ = name
    method.__qualname__ = f"LoggerAdapter.{name}"
    return method


@_named_by_level(_entry_of_adapter)
class LoggerAdapter(_OldNames):
    """A logger that adds something to each message."""

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, logger, extra=None):
        self.logger, self.extra = logger, extra

    def __repr__(self):
        level = getLevelName(self.logger.getEffectiveLevel())
        return f"<{type(self).__name__} {self.logger.name} ({level})>"

    def process(self, msg, kwargs):
        """What is logged instead of a message and its keyword arguments."""
        kwargs["extra"] = self.extra
        return msg, kwargs

    def log(self, level, msg, *args, **kwargs):
        if self.isEnabledFor(level):
            message, settings = self.process(msg, kwargs)
            self.logger.log(level, message, *args, **settings)

    def exception(self, msg, *args, exc_info=True, **kwargs):
        self.log(ERROR, msg, *args, exc_info=exc_info, **kwargs)

    name = property(lambda self: self.logger.name)

    @property
    def manager(self):
        return self.logger.manager

    @manager.setter
    def manager(self, value):
        self.logger.manager = value


for _name in ("isEnabledFor", "setLevel", "getEffectiveLevel", "hasHandlers", "_log"):
    setattr(LoggerAdapter, _name, _of_logger(_name))

root = Logger.root = RootLogger(WARNING)
manager = Logger.manager = Manager(root)


def getLogger(name=None):
    """The logger of a name, the same one each time; the root logger without a name."""
    if not name or name == root.name:
        return root
    return manager.getLogger(name)
