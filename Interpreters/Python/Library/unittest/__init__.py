"""Tests of programs: cases with assertions, suites of them, and what runs them.

    class TestShop(unittest.TestCase):
        def test_price(self):
            self.assertEqual(price("tea"), 3)

    if __name__ == "__main__":
        unittest.main()
"""

__all__ = [
    "IsolatedAsyncioTestCase", "TestResult", "TestCase", "TestSuite", "TextTestRunner",
    "TestLoader", "FunctionTestCase", "main", "defaultTestLoader", "SkipTest", "skip", "skipIf",
    "skipUnless", "expectedFailure", "TextTestResult", "installHandler", "registerResult",
    "removeResult", "removeHandler", "addModuleCleanup", "getTestCaseNames", "makeSuite",
    "findTestCases", "doModuleCleanups", "enterModuleContext",
]

__unittest = True

from .case import (
    FunctionTestCase, SkipTest, TestCase, addModuleCleanup, doModuleCleanups, enterModuleContext,
    expectedFailure, skip, skipIf, skipUnless)
from .loader import TestLoader, defaultTestLoader, findTestCases, getTestCaseNames, makeSuite
from .main import TestProgram, main
from .result import TestResult
from .runner import TextTestResult, TextTestRunner
from .signals import installHandler, registerResult, removeHandler, removeResult
from .suite import BaseTestSuite, TestSuite


def load_tests(loader, tests, pattern):
    """Finds the tests of the folder that the module is in."""
    import os.path
    return loader.discover(start_dir=os.path.dirname(__file__), pattern=pattern)


def __getattr__(name):
    # Tests with coroutines need an event loop; others should not wait for its import.
    if name == "IsolatedAsyncioTestCase":
        from .async_case import IsolatedAsyncioTestCase
        globals()[name] = IsolatedAsyncioTestCase
        return IsolatedAsyncioTestCase
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return list(globals()) + ["IsolatedAsyncioTestCase"]
