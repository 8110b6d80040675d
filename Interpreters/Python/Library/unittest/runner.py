"""Runs tests and writes what comes out."""

import sys
import time
import warnings

from .case import _nothing, _SubTest
from .result import TestResult
from .signals import registerResult

__unittest = True


class _WritelnDecorator:
    """A stream that can write lines."""

    def __init__(self, stream):
        self.stream = stream

    def writeln(self, arg=None):
        self.stream.write(f"{arg or ''}\n")

    def __getattr__(self, name):
        # A copy has no stream yet.
        if name == "stream" or name == "__getstate__":
            raise AttributeError(name)
        return getattr(self.stream, name)


class TextTestResult(TestResult):
    """Writes a sign or a line for each test, and at the end what went wrong."""

    separator1 = "=" * 70
    separator2 = "-" * 70

    def __init__(self, stream, descriptions, verbosity):
        super().__init__(stream, descriptions, verbosity)
        self.stream = stream
        self.descriptions = descriptions
        self.dots, self.showAll = verbosity == 1, verbosity > 1
        # Whether a test is named at the begin of the line, and its status shall follow.
        self._line_is_open = False

    def getDescription(self, test):
        doc = self.descriptions and test.shortDescription()
        return f"{test}\n{doc}" if doc else str(test)

    def startTest(self, test):
        super().startTest(test)
        if self.showAll:
            self._open_line(test)

    def _open_line(self, test, indent=""):
        self._write(f"{indent}{self.getDescription(test)} ... ")
        self._line_is_open = True

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()

    def _show(self, test, sign, status):
        """A sign is all that is written of a test, unless everything is."""
        if self.dots:
            self._write(sign)
        if not self.showAll:
            return
        is_part = isinstance(test, _SubTest)
        if is_part and self._line_is_open:
            self._write("\n")
            self._line_is_open = False
        if not self._line_is_open:
            self._open_line(test, "  " if is_part else "")
        self._write(status + "\n")
        self._line_is_open = False

    def addSubTest(self, test, subtest, err):
        if err is not None:
            failed = issubclass(err[0], subtest.failureException)
            self._show(subtest, *(("F", "FAIL") if failed else ("E", "ERROR")))
        super().addSubTest(test, subtest, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._show(test, "s", f"skipped {reason!r}")

    def printErrors(self):
        self._write("\n" if self.dots or self.showAll else "")
        for flavour, errors in (("ERROR", self.errors), ("FAIL", self.failures)):
            self.printErrorList(flavour, errors)
        surprises = [f"UNEXPECTED SUCCESS: {self.getDescription(test)}\n"
                     for test in getattr(self, "unexpectedSuccesses", ())]
        if surprises:
            self._write("".join([self.separator1, "\n", *surprises]))

    def printErrorList(self, flavour, errors):
        for test, text in errors:
            title = f"{flavour}: {self.getDescription(test)}"
            self._write("\n".join((self.separator1, title, self.separator2, text, "")))


def _shown(name, sign, status):
    """A method of results that also shows what happened."""
    def method(self, test, *details):
        getattr(super(TextTestResult, self), name)(test, *details)
        self._show(test, sign, status)
    method.__name__ = name
    method.__qualname__ = f"TextTestResult.{name}"
    return method


for _name, _sign, _status in (
        ("addSuccess", ".", "ok"), ("addError", "E", "ERROR"), ("addFailure", "F", "FAIL"),
        ("addExpectedFailure", "x", "expected failure"),
        ("addUnexpectedSuccess", "u", "unexpected success")):
    setattr(TextTestResult, _name, _shown(_name, _sign, _status))


class TextTestRunner:
    """Runs a suite and writes to a stream, by default to standard error."""

    resultclass = TextTestResult

    def __init__(
        self, stream=None, descriptions=True, verbosity=1, failfast=False, buffer=False,
        resultclass=None, warnings=None, *, tb_locals=False
    ):
        self.stream = _WritelnDecorator(sys.stderr if stream is None else stream)
        self.resultclass = resultclass or self.resultclass
        self.descriptions, self.verbosity, self.warnings = descriptions, verbosity, warnings
        self.failfast, self.buffer, self.tb_locals = failfast, buffer, tb_locals

    def _makeResult(self):
        return self.resultclass(self.stream, self.descriptions, self.verbosity)

    def run(self, test):
        result = self._makeResult()
        registerResult(result)
        for name in ("failfast", "buffer", "tb_locals"):
            setattr(result, name, getattr(self, name))
        seconds = self._run_into(result, test)
        result.printErrors()
        if hasattr(result, "separator2"):
            self.stream.writeln(result.separator2)
        ending = "" if result.testsRun == 1 else "s"
        self.stream.writeln(f"Ran {result.testsRun} test{ending} in {seconds:.3f}s\n")
        self.stream.writeln(_summary(result))
        self.stream.flush()
        return result

    def _run_into(self, result, test):
        with warnings.catch_warnings():
            if self.warnings:
                warnings.simplefilter(self.warnings)
                if self.warnings in ("default", "always"):
                    # Once in a module is enough for the old names of assertions.
                    warnings.filterwarnings(
                        "module", r"Please use assert\w+ instead.", DeprecationWarning)
            begin = time.perf_counter()
            getattr(result, "startTestRun", _nothing)()
            try:
                test(result)
            finally:
                getattr(result, "stopTestRun", _nothing)()
            return time.perf_counter() - begin


def _summary(result):
    """"OK", or how much of what is not."""
    counted = {"skipped": "skipped", "expected failures": "expectedFailures",
               "unexpected successes": "unexpectedSuccesses"}
    verdict = "OK"
    if not result.wasSuccessful():
        verdict = "FAILED"
        counted = {"failures": "failures", "errors": "errors", **counted}
    counts = {name: len(getattr(result, field, ())) for name, field in counted.items()}
    details = ", ".join(f"{name}={count}" for name, count in counts.items() if count)
    return f"{verdict} ({details})" if details else verdict
