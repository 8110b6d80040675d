"""What `assertRaises`, `assertWarns` and `assertLogs` give: contexts that look at what happens in them."""

import collections
import re
import sys
import traceback
import types
import warnings

__unittest = True


def _are_kinds_of(base, kinds):
    if isinstance(kinds, tuple):
        return all(_are_kinds_of(base, kind) for kind in kinds)
    return isinstance(kinds, type) and issubclass(kinds, base)


def _name_of(item):
    return getattr(item, "__name__", None) or str(item)


class _Expectation:
    """An exception or warning that shall come of a block, or of a function."""

    base = asked_for = verb = None
    function = msg = None

    def __init__(self, test_case, expected, expected_regex=None):
        self.test_case = test_case
        self.expected = expected
        self.expected_regex = None if expected_regex is None else re.compile(expected_regex)

    def begin(self, assertion, args, kwargs):
        """Calls the first of `args` with the others; without any, gives the context."""
        if not _are_kinds_of(self.base, self.expected):
            raise TypeError(f"{assertion}() arg 1 must be {self.asked_for}")
        if args:
            self.function = args[0]
            with self:
                self.function(*args[1:], **kwargs)
            return None
        self.msg = kwargs.pop("msg", None)
        for name in kwargs:
            raise TypeError(f"{name!r} is an invalid keyword argument for this function")
        return self

    def _matches(self, item):
        return self.expected_regex is None or self.expected_regex.search(str(item)) is not None

    def _refuse(self, text):
        _fail(self.test_case, self.msg, text)

    def _refuse_absence(self):
        where = "" if self.function is None else f" by {_name_of(self.function)}"
        self._refuse(f"{_name_of(self.expected)} not {self.verb}{where}")

    def _refuse_text(self, item):
        self._refuse(f'"{self.expected_regex.pattern}" does not match "{item}"')


def _fail(test_case, msg, text):
    raise test_case.failureException(test_case._formatMessage(msg, text))


class RaisesContext(_Expectation):
    """Its attribute `exception` is the exception that was raised."""

    base, verb = BaseException, "raised"
    asked_for = "an exception type or tuple of exception types"

    __class_getitem__ = classmethod(types.GenericAlias)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        if kind is None:
            self._refuse_absence()
        traceback.clear_frames(tb)
        if not issubclass(kind, self.expected):
            return False
        self.exception = value.with_traceback(None)
        if not self._matches(value):
            self._refuse_text(value)
        return True


class WarnsContext(_Expectation):
    """Its attributes `warning`, `filename` and `lineno` tell of the warning that was issued."""

    base, verb = Warning, "triggered"
    asked_for = "a warning type or tuple of warning types"

    def __enter__(self):
        # What was warned of before shall be warned of again.
        for module in list(sys.modules.values()):
            (getattr(module, "__warningregistry__", None) or {}).clear()
        self._catching = warnings.catch_warnings(
            record=True, action="always", category=self.expected)
        self.warnings = self._catching.__enter__()
        return self

    def __exit__(self, kind, value, tb):
        self._catching.__exit__(kind, value, tb)
        if kind is not None:
            return
        issued = [entry for entry in self.warnings if isinstance(entry.message, self.expected)]
        if not issued:
            self._refuse_absence()
        for entry in issued:
            if self._matches(entry.message):
                self.warning, self.filename, self.lineno = (
                    entry.message, entry.filename, entry.lineno)
                return
        self._refuse_text(issued[0].message)


_LoggingWatcher = collections.namedtuple("_LoggingWatcher", ["records", "output"])


class LogsContext:
    """Gives `records` and `output`: what is logged in the block, and nowhere else."""

    LOGGING_FORMAT = "%(levelname)s:%(name)s:%(message)s"

    def __init__(self, test_case, logger, level, wanted):
        import logging
        self.test_case = test_case
        self.wanted = wanted
        self.logger = logger if isinstance(logger, logging.Logger) else logging.getLogger(logger)
        self.level = logging.getLevelNamesMapping().get(level, level) if level else logging.INFO

    def __enter__(self):
        logger = self.logger
        self._before = logger.handlers, logger.propagate, logger.level
        self._seen = _LoggingWatcher([], [])
        logger.handlers, logger.propagate = [self._handler()], False
        logger.setLevel(self.level)
        return self._seen if self.wanted else None

    def _handler(self):
        import logging
        seen = self._seen

        class Watching(logging.Handler):
            def emit(self, record):
                seen.records.append(record)
                seen.output.append(self.format(record))
        handler = Watching(self.level)
        handler.setFormatter(logging.Formatter(self.LOGGING_FORMAT))
        return handler

    def __exit__(self, kind, value, tb):
        import logging
        logger = self.logger
        logger.handlers, logger.propagate, level = self._before
        logger.setLevel(level)
        if kind is None and self.wanted != bool(self._seen.records):
            text = f"Unexpected logs found: {self._seen.output!r}"
            if self.wanted:
                text = (f"no logs of level {logging.getLevelName(self.level)} or higher triggered "
                        f"on {logger.name}")
            _fail(self.test_case, None, text)
        return False
