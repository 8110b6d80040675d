"""Messages of a program, by the name of who writes them and by how grave they are.

    logging.basicConfig(level=logging.INFO)
    logging.getLogger(__name__).info("%d items", count)
"""

__all__ = [
    "BASIC_FORMAT", "BufferingFormatter", "CRITICAL", "DEBUG", "ERROR", "FATAL", "FileHandler",
    "Filter", "Formatter", "Handler", "INFO", "LogRecord", "Logger", "LoggerAdapter", "NOTSET",
    "NullHandler", "StreamHandler", "WARN", "WARNING", "addLevelName", "basicConfig",
    "captureWarnings", "critical", "debug", "disable", "error", "exception", "fatal",
    "getLevelName", "getLogger", "getLoggerClass", "info", "log", "makeLogRecord",
    "setLoggerClass", "shutdown", "warn", "warning", "getLogRecordFactory",
    "setLogRecordFactory", "lastResort", "raiseExceptions", "getLevelNamesMapping",
    "getHandlerByName", "getHandlerNames",
]

import atexit
import io
import warnings

# What programs may set: whether errors of handlers are reported, and what records tell.
raiseExceptions = True
logThreads = True
logMultiprocessing = True
logProcesses = True

from ._levels import (
    CRITICAL, DEBUG, ERROR, FATAL, INFO, NOTSET, WARN, WARNING, _levelToName, _lock, _nameToLevel,
    addLevelName, getLevelName, getLevelNamesMapping)
from ._records import LogRecord, getLogRecordFactory, makeLogRecord, setLogRecordFactory
from ._formatting import (
    BASIC_FORMAT, BufferingFormatter, Formatter, PercentStyle, StrFormatStyle,
    StringTemplateStyle, _defaultFormatter, style_named as _style_named)
from ._handlers import (
    FileHandler, Filter, Filterer, Handler, NullHandler, StreamHandler, _defaultLastResort,
    _handlerList, _handlers, _StderrHandler, getHandlerByName, getHandlerNames, shutdown)
from ._loggers import (
    Logger, LoggerAdapter, Manager, PlaceHolder, RootLogger, getLogger, getLoggerClass, root,
    setLoggerClass)

# Where records go that no handler takes; None for nowhere.
lastResort = _defaultLastResort

atexit.register(shutdown)

for _item in list(globals().values()):
    # Where a thing is defined is nobody's concern.
    if getattr(_item, "__module__", "").startswith(f"{__name__}."):
        try:
            _item.__module__ = __name__
        except AttributeError:
            # An object of a class that says so.
            pass


def basicConfig(*, force=False, **settings):
    """Sets the root logger up, if nobody has done so."""
    with _lock:
        if force:
            for handler in root.handlers[:]:
                root.removeHandler(handler)
                handler.close()
        if not root.handlers:
            _configure(settings)


def _configure(settings):
    take = settings.pop
    encoding, errors = take("encoding", None), take("errors", "backslashreplace")
    handlers = take("handlers", None)
    if handlers is not None:
        if "stream" in settings or "filename" in settings:
            raise ValueError("'stream' or 'filename' should not be specified together with "
                             "'handlers'")
    elif "stream" in settings and "filename" in settings:
        raise ValueError("'stream' and 'filename' should not be specified together")
    else:
        filename, mode = take("filename", None), take("filemode", "a")
        if not filename:
            handlers = [StreamHandler(take("stream", None))]
        elif "b" in mode:
            handlers = [FileHandler(filename, mode, encoding=encoding)]
        else:
            handlers = [FileHandler(
                filename, mode, encoding=io.text_encoding(encoding), errors=errors)]
    date_format, style = take("datefmt", None), take("style", "%")
    usual_format = _style_named(style)[1]
    formatter = Formatter(take("format", usual_format), date_format, style)
    for handler in handlers:
        if handler.formatter is None:
            handler.setFormatter(formatter)
        root.addHandler(handler)
    level = take("level", None)
    if level is not None:
        root.setLevel(level)
    if settings:
        raise ValueError("Unrecognised argument(s): %s" % ", ".join(settings))


# The root logger's methods as functions; they set it up if nobody has done so ----------------------


def _of_root(name):
    def function(*args, **kwargs):
        if not root.handlers:
            basicConfig()
        getattr(root, name)(*args, **kwargs)
    function.__name__ = function.__qualname__ = name
    return function


debug, info, warning, error, critical, log = map(
    _of_root, ("debug", "info", "warning", "error", "critical", "log"))


def exception(msg, *args, exc_info=True, **kwargs):
    error(msg, *args, exc_info=exc_info, **kwargs)


def fatal(msg, *args, **kwargs):
    critical(msg, *args, **kwargs)


def warn(msg, *args, **kwargs):
    warnings.warn("The 'warn' function is deprecated, use 'warning' instead",
                  DeprecationWarning, 2)
    warning(msg, *args, **kwargs)


def disable(level=CRITICAL):
    """Lets nothing of this level or below pass, whoever writes it."""
    root.manager.disable = level


# Warnings as messages -----------------------------------------------------------------------------

# What showed warnings before, while they are captured.
_warnings_showwarning = None


def captureWarnings(capture):
    """Has warnings logged, or not any more."""
    global _warnings_showwarning
    if bool(capture) == (_warnings_showwarning is not None):
        return
    if capture:
        _warnings_showwarning, warnings.showwarning = warnings.showwarning, _showwarning
    else:
        warnings.showwarning, _warnings_showwarning = _warnings_showwarning, None


def _showwarning(message, category, filename, lineno, file=None, line=None):
    if file is None:
        logger = getLogger("py.warnings")
        if not logger.handlers:
            logger.addHandler(NullHandler())
        logger.warning(str(warnings.formatwarning(message, category, filename, lineno, line)))
    elif _warnings_showwarning is not None:
        _warnings_showwarning(message, category, filename, lineno, file, line)
