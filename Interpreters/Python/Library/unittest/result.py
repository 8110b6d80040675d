"""What came out of a run of tests."""

import functools
import io
import sys
import traceback

from .util import strclass

__unittest = True

_STREAMS = "stdout", "stderr"


def _ends_at_failure(method):
    """For what ends a run that should end at the first failure."""
    @functools.wraps(method)
    def ending(self, *args, **kwargs):
        self._stop_if_failfast()
        return method(self, *args, **kwargs)
    return ending


class TestResult:
    """Collects what happens to tests. The lists hold pairs of a test and a text."""

    failfast = shouldStop = buffer = tb_locals = _mirrorOutput = False
    testsRun = 0
    # Of the suites that run into the result; see there.
    _fixtures = None

    def __init__(self, stream=None, descriptions=None, verbosity=None):
        for name in ("failures", "errors", "skipped", "expectedFailures", "unexpectedSuccesses"):
            setattr(self, name, [])
        # While output is kept back: where it goes instead, and where it belongs.
        self._kept = None
        self._original_stdout, self._original_stderr = sys.stdout, sys.stderr

    def __repr__(self):
        return "<%s run=%d errors=%d failures=%d>" % (
            strclass(type(self)), self.testsRun, len(self.errors), len(self.failures))

    # The run, and each test in it

    def startTestRun(self):
        """Called before the first test."""

    def stopTestRun(self):
        """Called after the last one."""

    def printErrors(self):
        """Called when all is over."""

    def startTest(self, test):
        self._setupStdout()
        self.testsRun += 1

    def stopTest(self, test):
        self._restoreStdout()

    def stop(self):
        self.shouldStop = True

    def _stop_if_failfast(self):
        if getattr(self, "failfast", False):
            self.stop()

    def wasSuccessful(self):
        return not (self.failures or self.errors or getattr(self, "unexpectedSuccesses", ()))

    # What happened to a test

    @_ends_at_failure
    def addError(self, test, err):
        self._note(self.errors, test, err, test)

    @_ends_at_failure
    def addFailure(self, test, err):
        self._note(self.failures, test, err, test)

    def addSubTest(self, test, subtest, err):
        """`err` is None when the part of a test went well."""
        if err is None:
            return
        self._stop_if_failfast()
        failed = issubclass(err[0], test.failureException)
        self._note(self.failures if failed else self.errors, subtest, err, test)

    def _note(self, where, named, err, test):
        where.append((named, self._exc_info_to_string(err, test)))
        self._mirrorOutput = True

    @_ends_at_failure
    def addUnexpectedSuccess(self, test):
        self.unexpectedSuccesses.append(test)

    def addExpectedFailure(self, test, err):
        text = self._exc_info_to_string(err, test)
        self.expectedFailures.append((test, text))

    def addSkip(self, test, reason):
        self.skipped += [(test, reason)]

    def addSuccess(self, test):
        """The test did what it should."""

    # What tests write, which is kept back and shown only with a failure

    def _setupStdout(self):
        if self.buffer:
            if self._kept is None:
                self._kept = {name: io.StringIO() for name in _STREAMS}
            for name, stream in self._kept.items():
                setattr(sys, name, stream)

    def _restoreStdout(self):
        mirrors, self._mirrorOutput = self._mirrorOutput, False
        if not self.buffer:
            return
        kept = self._kept_texts()
        for name in _STREAMS:
            original = getattr(self, "_original_" + name)
            if mirrors and name in kept:
                original.write(kept[name])
            stream = getattr(sys, name)
            setattr(sys, name, original)
            if self._kept is not None and stream is self._kept[name]:
                stream.seek(0)
                stream.truncate()

    def _kept_texts(self):
        """What is written now to standard output and error, each with a title, if it is anything."""
        texts = {}
        for name in _STREAMS:
            text = getattr(sys, name).getvalue()
            if text:
                end = "" if text.endswith("\n") else "\n"
                texts[name] = f"\n{name.capitalize()}:\n{text}{end}"
        return texts

    # Tracebacks

    def _exc_info_to_string(self, err, test):
        """The traceback, without what belongs to this package."""
        kind, value, tb = err
        tb = _trimmed(tb, kind is test.failureException)
        for other in _reasons(value):
            other.__traceback__ = _trimmed(
                other.__traceback__, type(other) is test.failureException)
        report = traceback.TracebackException(
            kind, value, tb, capture_locals=self.tb_locals, compact=True)
        lines = list(report.format())
        if self.buffer:
            lines += self._kept_texts().values()
        return "".join(lines)


def _is_ours(tb):
    return "__unittest" in tb.tb_frame.f_globals


def _trimmed(tb, is_failure):
    """Begins at the test, and ends there when it is an assertion that failed."""
    while tb is not None and _is_ours(tb):
        tb = tb.tb_next
    if is_failure:
        last = tb
        while last is not None and last.tb_next is not None:
            if _is_ours(last.tb_next):
                last.tb_next = None
            last = last.tb_next
    return tb


def _reasons(error):
    """The exceptions that led to an exception, each once."""
    known, open_ = {id(error)}, [error]
    while open_:
        error = open_.pop()
        for other in () if error is None else (error.__cause__, error.__context__):
            if other is not None and id(other) not in known:
                known.add(id(other))
                open_.append(other)
                yield other
