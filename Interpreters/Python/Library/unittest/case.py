"""Test cases: the methods of a class that begin with `test`."""

import functools
import sys
import types
import warnings

from .assertions import DIFF_OMITTED, Assertions
from .result import TestResult
from .util import strclass

__unittest = True


class SkipTest(Exception):
    """Raised in a test, or while it is set up, to leave it out."""


class _ShouldStop(Exception):
    """Ends a test of which all is said already."""


# Marks of tests and classes -----------------------------------------------------------------------


def skip(reason):
    """Leaves out a test or a whole class."""
    if isinstance(reason, types.FunctionType):
        # Written without a reason.
        return skip("")(reason)

    def mark(item):
        marked = item
        if not isinstance(item, type):
            @functools.wraps(item)
            def marked(*args, **kwargs):
                raise SkipTest(reason)
        marked.__unittest_skip__, marked.__unittest_skip_why__ = True, reason
        return marked
    return mark


def _unmarked(item):
    return item


def skipIf(condition, reason):
    return skip(reason) if condition else _unmarked


def skipUnless(condition, reason):
    return _unmarked if condition else skip(reason)


def expectedFailure(test_item):
    """Marks a test that is known to fail."""
    test_item.__unittest_expecting_failure__ = True
    return test_item


def _reason_to_skip(*items):
    """Why a class or its method is left out; None if it is not."""
    if any(getattr(item, "__unittest_skip__", False) for item in items):
        reasons = (getattr(item, "__unittest_skip_why__", "") for item in items)
        return next(filter(None, reasons), "")
    return None


# Cleaning up --------------------------------------------------------------------------------------


class _Cleanups(list):
    """Calls that wait for their turn; the last one that came is the first."""

    def add(self, function, /, *args, **kwargs):
        self.append((function, args, kwargs))

    def call_all(self):
        """The exceptions that were raised."""
        errors = []
        while self:
            function, args, kwargs = self.pop()
            try:
                function(*args, **kwargs)
            except Exception as error:
                errors.append(error)
        return errors


def _entered(cm, add_cleanup):
    """Enters a context that is left by a cleanup."""
    kind = type(cm)
    try:
        enter, leave = kind.__enter__, kind.__exit__
    except AttributeError:
        raise TypeError(f"'{strclass(kind)}' object does not support the context manager "
                        f"protocol") from None
    value = enter(cm)
    add_cleanup(leave, cm, None, None, None)
    return value


_module_cleanups = _Cleanups()


def addModuleCleanup(function, /, *args, **kwargs):
    """Has a function called after `tearDownModule`."""
    _module_cleanups.add(function, *args, **kwargs)


def enterModuleContext(cm):
    return _entered(cm, addModuleCleanup)


def doModuleCleanups():
    for error in _module_cleanups.call_all():
        raise error


# Running ------------------------------------------------------------------------------------------


class _Outcome:
    """One run of a test: whether all went well so far, and whom that is told."""

    def __init__(self, result=None):
        self.result = result
        self.success = True
        self.may_fail = False
        # The failure that was expected.
        self.failure = None
        self.tells_subtests = hasattr(result, "addSubTest")


class _Part:
    """A block in a test; what is raised in it goes to the result."""

    def __init__(self, outcome, test, whole=None):
        self.outcome = outcome
        self.test = test
        # The test that this is a subtest of.
        self.whole = whole

    def __enter__(self):
        self.success_before = self.outcome.success
        self.outcome.success = True

    def __exit__(self, kind, value, tb):
        outcome, test, whole = self.outcome, self.test, self.whole
        if kind is None:
            if whole is not None and outcome.success:
                outcome.result.addSubTest(whole, test, None)
        elif issubclass(kind, KeyboardInterrupt):
            outcome.success = False
        elif issubclass(kind, SkipTest):
            outcome.success = False
            _tell(outcome.result, "addSkip", test, str(value))
        elif issubclass(kind, _ShouldStop):
            pass
        elif outcome.may_fail:
            outcome.failure = kind, value, tb
        else:
            outcome.success = False
            if whole is not None:
                outcome.result.addSubTest(whole, test, (kind, value, tb))
            elif outcome.result is not None:
                failed = issubclass(kind, test.failureException)
                tell = outcome.result.addFailure if failed else outcome.result.addError
                tell(test, (kind, value, tb))
        outcome.success = outcome.success and self.success_before
        return kind is not None and not issubclass(kind, KeyboardInterrupt)


class _SubtestPart(_Part):
    """The block of `subTest`."""

    def __enter__(self):
        super().__enter__()
        self.outer, self.whole._subtest = self.whole._subtest, self.test

    def __exit__(self, kind, value, tb):
        outcome = self.outcome
        try:
            is_handled = super().__exit__(kind, value, tb)
            if kind is None or is_handled:
                # A failure that is expected ends the test; others if nothing is to follow them.
                result = outcome.result
                if outcome.failure if outcome.success else result is not None and result.failfast:
                    raise _ShouldStop
            return is_handled
        finally:
            self.whole._subtest = self.outer


class _NoPart:
    """The block of `subTest` where nobody asks for it."""

    def __enter__(self):
        pass

    def __exit__(self, kind, value, tb):
        return False


# Results that programs bring along may lack what is newer than they are.
_INSTEAD = {
    "addSkip": ("skips not reported", "addSuccess"),
    "addExpectedFailure": ("reporting as passes", "addSuccess"),
    "addUnexpectedSuccess": ("reporting as failure", "addFailure")}


class _UnexpectedSuccess(Exception):
    """The test should have failed."""


def _tell(result, method, test, *details):
    tell = getattr(result, method, None)
    if tell is not None:
        tell(test, *details)
        return
    consequence, instead = _INSTEAD[method]
    warnings.warn(
        f"TestResult has no {method} method, {consequence}", RuntimeWarning, 2)
    if instead == "addSuccess":
        result.addSuccess(test)
        return
    try:
        raise _UnexpectedSuccess
    except _UnexpectedSuccess:
        result.addFailure(test, sys.exc_info())


# Cases --------------------------------------------------------------------------------------------

_no_message = object()


class TestCase(Assertions):
    """One test, named by its method; a class makes as many as it has test methods."""

    failureException = AssertionError
    longMessage = True
    maxDiff = 640
    _diffThreshold = 1 << 16

    _testMethodName = "runTest"
    _testMethodDoc = None
    _outcome = _subtest = None
    _class_cleanups = _Cleanups()

    def __init_subclass__(cls, *args, **kwargs):
        cls._class_cleanups = _Cleanups()
        super().__init_subclass__(*args, **kwargs)

    def __init__(self, methodName="runTest"):
        method = getattr(self, methodName, None)
        if method is None and methodName != "runTest":
            raise ValueError(f"no such test method in {type(self)}: {methodName}")
        self._testMethodName = methodName
        self._testMethodDoc = "No test" if method is None else method.__doc__
        self._cleanups = _Cleanups()

    # What a class defines

    def setUp(self):
        """Runs before each test."""

    def tearDown(self):
        """Runs after each test."""

    @classmethod
    def setUpClass(cls):
        """Runs before the tests of the class."""

    @classmethod
    def tearDownClass(cls):
        """Runs after the tests of the class."""

    # What a test is called

    def id(self):
        return f"{strclass(type(self))}.{self._testMethodName}"

    def shortDescription(self):
        """The first line of the docstring, or None."""
        lines = (self._testMethodDoc or "").strip().splitlines()
        return lines[0].strip() if lines else None

    def __str__(self):
        return f"{self._testMethodName} ({self.id()})"

    def __repr__(self):
        return f"<{strclass(type(self))} testMethod={self._testMethodName}>"

    def _identity(self):
        return type(self), self._testMethodName

    def __eq__(self, other):
        return self._identity() == other._identity() if type(self) is type(other) else NotImplemented

    def __hash__(self):
        return hash(self._identity())

    # Cleanups, which are called after `tearDown`, the last one first

    def addCleanup(self, function, /, *args, **kwargs):
        self._cleanups.add(function, *args, **kwargs)

    def enterContext(self, cm):
        """Enters a context that is left after the test."""
        return _entered(cm, self.addCleanup)

    def doCleanups(self):
        outcome = self._outcome or _Outcome()
        while self._cleanups:
            function, args, kwargs = self._cleanups.pop()
            with _Part(outcome, self):
                self._callCleanup(function, *args, **kwargs)
        return outcome.success

    @classmethod
    def addClassCleanup(cls, function, /, *args, **kwargs):
        cls._class_cleanups.add(function, *args, **kwargs)

    @classmethod
    def enterClassContext(cls, cm):
        return _entered(cm, cls.addClassCleanup)

    @classmethod
    def doClassCleanups(cls):
        """Leaves the exceptions in `tearDown_exceptions`."""
        cls.tearDown_exceptions = [
            (type(error), error, error.__traceback__) for error in cls._class_cleanups.call_all()]

    # Running

    def countTestCases(self):
        return 1

    def defaultTestResult(self):
        return TestResult()

    def skipTest(self, reason):
        raise SkipTest(reason)

    def subTest(self, msg=_no_message, **params):
        """A part of a test that may fail by itself; the test goes on after it."""
        outcome = self._outcome
        if outcome is None or not outcome.tells_subtests:
            return _NoPart()
        outer = self._subtest
        if outer is not None:
            params = {**params, **outer.params, **params}
        return _SubtestPart(outcome, _SubTest(self, msg, params), self)

    def run(self, result=None):
        if result is not None:
            self._run_into(result)
            return result
        result = self.defaultTestResult()
        getattr(result, "startTestRun", _nothing)()
        try:
            self._run_into(result)
        finally:
            getattr(result, "stopTestRun", _nothing)()
        return result

    def __call__(self, *args, **kwds):
        return self.run(*args, **kwds)

    def _run_into(self, result):
        result.startTest(self)
        try:
            method = getattr(self, self._testMethodName)
            why = _reason_to_skip(type(self), method)
            if why is None:
                self._outcome = _Outcome(result)
                try:
                    self._run_parts(method, self._outcome)
                finally:
                    self._outcome = None
            else:
                _tell(result, "addSkip", self, why)
        finally:
            result.stopTest(self)

    def _run_parts(self, method, outcome):
        may_fail = any(
            getattr(item, "__unittest_expecting_failure__", False) for item in (self, method))
        with _Part(outcome, self):
            self._callSetUp()
        if outcome.success:
            outcome.may_fail = may_fail
            with _Part(outcome, self):
                self._callTestMethod(method)
            outcome.may_fail = False
            with _Part(outcome, self):
                self._callTearDown()
        self.doCleanups()
        if not outcome.success:
            return
        if not may_fail:
            outcome.result.addSuccess(self)
        elif outcome.failure:
            _tell(outcome.result, "addExpectedFailure", self, outcome.failure)
        else:
            _tell(outcome.result, "addUnexpectedSuccess", self)

    def debug(self):
        """Runs the test and lets exceptions pass."""
        method = getattr(self, self._testMethodName)
        why = _reason_to_skip(type(self), method)
        if why is not None:
            raise SkipTest(why)
        self._callSetUp()
        self._callTestMethod(method)
        self._callTearDown()
        while self._cleanups:
            function, args, kwargs = self._cleanups.pop()
            self._callCleanup(function, *args, **kwargs)

    # How the parts are called, for classes that call them otherwise

    def _callSetUp(self):
        self.setUp()

    def _callTestMethod(self, method):
        _check_returned(method(), method)

    def _callTearDown(self):
        self.tearDown()

    def _callCleanup(self, function, /, *args, **kwargs):
        function(*args, **kwargs)


def _nothing():
    pass


def _check_returned(value, method, stacklevel=6):
    # The warning points to who runs the test.
    if value is not None:
        warnings.warn(
            f"It is deprecated to return a value that is not None from a test case ({method})",
            DeprecationWarning, stacklevel=stacklevel)


class FunctionTestCase(TestCase):
    """A test made of functions."""

    def __init__(self, testFunc, setUp=None, tearDown=None, description=None):
        super().__init__()
        self._functions = testFunc, setUp, tearDown
        self._description = description

    def runTest(self):
        self._functions[0]()

    def setUp(self):
        (self._functions[1] or _nothing)()

    def tearDown(self):
        (self._functions[2] or _nothing)()

    def _identity(self):
        return type(self), self._functions, self._description

    def id(self):
        return self._functions[0].__name__

    def shortDescription(self):
        if self._description is not None:
            return self._description
        lines = (self._functions[0].__doc__ or "").splitlines()
        return lines[0].strip() or None if lines else None

    def __str__(self):
        return f"{strclass(type(self))} ({self.id()})"

    def __repr__(self):
        return f"<{strclass(type(self))} tec={self._functions[0]}>"


class _SubTest(TestCase):
    """A part of a test, as it appears in results."""

    def __init__(self, test_case, message, params):
        super().__init__()
        self.test_case = test_case
        self.params = params
        self.failureException = test_case.failureException
        words = [] if message is _no_message else [f"[{message}]"]
        if params:
            words.append("(%s)" % ", ".join("%s=%r" % item for item in params.items()))
        self._words = " ".join(words) or "(<subtest>)"

    def runTest(self):
        raise NotImplementedError("subtests cannot be run directly")

    def id(self):
        return f"{self.test_case.id()} {self._words}"

    def shortDescription(self):
        return self.test_case.shortDescription()

    def __str__(self):
        return f"{self.test_case} {self._words}"
