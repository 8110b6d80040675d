"""Suites: tests that run together, with what their classes and modules set up."""

import sys

from . import case
from .util import strclass

__unittest = True


class BaseTestSuite:
    """Tests and suites of tests."""

    # Whether a test is let go of when it has run.
    _cleanup = True

    def __init__(self, tests=()):
        self._tests = []
        self._gone = 0
        self.addTests(tests)

    def __repr__(self):
        return "<%s tests=%s>" % (strclass(type(self)), list(self))

    def __eq__(self, other):
        return list(self) == list(other) if isinstance(other, type(self)) else NotImplemented

    def __iter__(self):
        return iter(self._tests)

    def __call__(self, *args, **kwds):
        return self.run(*args, **kwds)

    def countTestCases(self):
        return sum((test.countTestCases() for test in self if test), self._gone)

    def addTest(self, test):
        if not callable(test):
            raise TypeError(f"{test!r} is not callable")
        if isinstance(test, type) and issubclass(test, (case.TestCase, TestSuite)):
            raise TypeError(
                "TestCases and TestSuites must be instantiated before passing them to addTest()")
        self._tests.append(test)

    def addTests(self, tests):
        if isinstance(tests, str):
            raise TypeError("tests must be an iterable of tests, not a string")
        for test in tests:
            self.addTest(test)

    def run(self, result):
        self._run_each(result, lambda test: test(result))
        return result

    def debug(self):
        for test in self:
            test.debug()

    def _run_each(self, result, run):
        for index, test in enumerate(self):
            if result.shouldStop:
                break
            if run(test) is not _LEFT_OUT and self._cleanup:
                self._removeTestAtIndex(index)

    def _removeTestAtIndex(self, index):
        # A subclass may keep its tests elsewhere.
        if isinstance(self._tests, list) and index < len(self._tests):
            count = getattr(self._tests[index], "countTestCases", None)
            self._gone += 0 if count is None else count()
            self._tests[index] = None


_LEFT_OUT = object()


class TestSuite(BaseTestSuite):
    """A suite that calls `setUpClass`, `setUpModule` and their counterparts where they are due."""

    def run(self, result, debug=False):
        fixtures = getattr(result, "_fixtures", None)
        is_outermost = fixtures is None
        if is_outermost:
            fixtures = result._fixtures = _Fixtures(result)

        def run(test):
            if not _is_suite(test) and not fixtures.are_ready_for(type(test)):
                return _LEFT_OUT
            return test.debug() if debug else test(result)
        self._run_each(result, run)
        if is_outermost:
            fixtures.leave()
            result._fixtures = None
        return result

    def debug(self):
        self.run(_DebugResult(), debug=True)


def _is_suite(test):
    try:
        iter(test)
    except TypeError:
        return False
    return True


class _DebugResult:
    """For `debug`: exceptions of fixtures pass."""

    shouldStop = False


class _Fixtures:
    """The module and class whose tests are running, as far as they are set up.

    Suites in suites share it, by the result, because tests of a class may be spread over them.
    """

    def __init__(self, result):
        self.result = result
        self.cls = None
        self.has_module = self.has_class = False

    def are_ready_for(self, cls):
        """Leaves the class before and sets this one up, if it is another one. Whether it is set up."""
        if cls != self.cls:
            module = cls.__module__
            self._leave_class()
            if self.cls is None or self.cls.__module__ != module:
                self._leave_module()
                self.has_module = self._enter_module(module)
            self.cls = cls
            self.has_class = self.has_module and self._enter_class()
        return self.has_class

    def leave(self):
        self._leave_class()
        self._leave_module()
        self.cls = None

    def _enter_module(self, name):
        with _KeptOutput(self.result):
            is_ready = self._call("setUpModule", name, sys.modules.get(name))
            if not is_ready:
                self._try(case.doModuleCleanups, f"setUpModule ({name})")
            return is_ready

    def _leave_module(self):
        if self.has_module and self.cls.__module__ in sys.modules:
            name = self.cls.__module__
            with _KeptOutput(self.result):
                self._call("tearDownModule", name, sys.modules[name])
                self._try(case.doModuleCleanups, f"tearDownModule ({name})")
        self.has_module = False

    def _enter_class(self):
        if getattr(self.cls, "__unittest_skip__", False):
            # Its tests say so, one by one.
            return True
        with _KeptOutput(self.result):
            is_ready = self._call("setUpClass", strclass(self.cls), self.cls)
            if not is_ready:
                self._clean_class_up("setUpClass")
            return is_ready

    def _leave_class(self):
        if self.has_class and not getattr(self.cls, "__unittest_skip__", False):
            with _KeptOutput(self.result):
                self._call("tearDownClass", strclass(self.cls), self.cls)
                self._clean_class_up("tearDownClass")
        self.has_class = False

    def _clean_class_up(self, name):
        if hasattr(self.cls, "doClassCleanups"):
            self.cls.doClassCleanups()
            for info in self.cls.tearDown_exceptions:
                self._report(info, f"{name} ({strclass(self.cls)})")

    def _call(self, name, owner_name, owner):
        """Calls a function if the owner has it."""
        function = getattr(owner, name, None)
        return function is None or self._try(function, f"{name} ({owner_name})")

    def _try(self, function, description):
        """Whether it went well. An exception is an error of the result."""
        try:
            function()
        except Exception:
            self._report(sys.exc_info(), description)
            return False
        return True

    def _report(self, info, description):
        if isinstance(self.result, _DebugResult):
            raise info[1]
        stand_in = _ErrorHolder(description)
        if isinstance(info[1], case.SkipTest) and hasattr(self.result, "addSkip"):
            self.result.addSkip(stand_in, str(info[1]))
        else:
            self.result.addError(stand_in, info)


class _KeptOutput:
    """A block whose output the result keeps back, if it can."""

    def __init__(self, result):
        self.result = result

    def __enter__(self):
        getattr(self.result, "_setupStdout", case._nothing)()

    def __exit__(self, kind, value, tb):
        getattr(self.result, "_restoreStdout", case._nothing)()


class _ErrorHolder:
    """Stands for a test where `setUpClass` and the like fail."""

    failureException = None

    def __init__(self, description):
        self.description = description

    def __repr__(self):
        return f"<ErrorHolder description={self.description!r}>"

    def id(self):
        return self.description

    __str__ = id

    def shortDescription(self):
        return None

    def countTestCases(self):
        return 0

    def run(self, result):
        """There is nothing to run."""

    __call__ = run
