"""Finds tests: in classes, in modules, by name, in folders."""

import functools
import os
import re
import sys
import traceback
import types
from fnmatch import fnmatch, fnmatchcase

from . import case, suite, util

__unittest = True

_IDENTIFIER_FILE = re.compile(r"[_a-z]\w*\.py$", re.IGNORECASE)


class _FailedTest(case.TestCase):
    """Stands for tests that could not be loaded."""

    _testMethodName = None

    def __init__(self, method_name, exception):
        self._exception = exception
        super().__init__(method_name)

    def __getattr__(self, name):
        if name != self._testMethodName:
            return super().__getattribute__(name)

        def failing():
            raise self._exception
        return failing


def _failed(name, exception, suite_class, message):
    return suite_class((_FailedTest(name, exception),)), message


def _failed_import(name, suite_class):
    message = f"Failed to import test module: {name}\n{traceback.format_exc()}"
    return _failed(name, ImportError(message), suite_class, message)


def _skipped(name, exception, suite_class):
    @case.skip(str(exception))
    def skipped(self):
        pass
    cls = type("ModuleSkipped", (case.TestCase,), {name: skipped})
    return suite_class((cls(name),))


class TestLoader:
    """Makes suites of tests."""

    testMethodPrefix = "test"
    sortTestMethodsUsing = staticmethod(util.three_way_cmp)
    testNamePatterns = None
    suiteClass = suite.TestSuite
    _top_level_dir = None

    def __init__(self):
        self.errors = []

    def loadTestsFromTestCase(self, testCaseClass):
        if issubclass(testCaseClass, suite.TestSuite):
            raise TypeError("Test cases should not be derived from TestSuite. "
                            "Maybe you meant to derive from TestCase?")
        names = self.getTestCaseNames(testCaseClass)
        if not names and hasattr(testCaseClass, "runTest"):
            names = ["runTest"]
        return self.suiteClass(map(testCaseClass, names))

    def loadTestsFromModule(self, module, *args, pattern=None, **kws):
        tests = []
        for name in dir(module):
            item = getattr(module, name)
            if (isinstance(item, type) and issubclass(item, case.TestCase)
                    and item not in (case.TestCase, case.FunctionTestCase)):
                tests.append(self.loadTestsFromTestCase(item))
        tests = self.suiteClass(tests)
        load_tests = getattr(module, "load_tests", None)
        if load_tests is not None:
            try:
                return load_tests(self, tests, pattern)
            except Exception as error:
                failed, message = _failed(
                    module.__name__, error, self.suiteClass,
                    f"Failed to call load_tests:\n{traceback.format_exc()}")
                self.errors.append(message)
                return failed
        return tests

    def loadTestsFromName(self, name, module=None):
        """Tests by a dotted name: of a module, a class, a method, or what gives tests when called."""
        parts = name.split(".")
        import_error = None
        if module is None:
            names = parts[:]
            while names:
                try:
                    module = __import__(".".join(names))
                    break
                except ImportError:
                    failed_name = names.pop()
                    import_error = _failed_import(failed_name, self.suiteClass)
                    if not names:
                        self.errors.append(import_error[1])
                        return import_error[0]
            parts = parts[1:]
        item = module
        for part in parts:
            try:
                parent, item = item, getattr(item, part)
            except AttributeError as error:
                if getattr(item, "__path__", None) is not None and import_error is not None:
                    self.errors.append(import_error[1])
                    return import_error[0]
                failed, message = _failed(
                    part, error, self.suiteClass,
                    f"Failed to access attribute:\n{traceback.format_exc()}")
                self.errors.append(message)
                return failed
        if isinstance(item, types.ModuleType):
            return self.loadTestsFromModule(item)
        if (isinstance(item, type) and issubclass(item, case.TestCase)
                and item not in (case.TestCase, case.FunctionTestCase)):
            return self.loadTestsFromTestCase(item)
        if (isinstance(item, types.FunctionType) and isinstance(parent, type)
                and issubclass(parent, case.TestCase)):
            instance = parent(parts[-1])
            if not isinstance(getattr(instance, parts[-1]), types.FunctionType):
                return self.suiteClass([instance])
        elif isinstance(item, suite.TestSuite):
            return item
        if callable(item):
            test = item()
            if isinstance(test, suite.TestSuite):
                return test
            if isinstance(test, case.TestCase):
                return self.suiteClass([test])
            raise TypeError(f"calling {item} returned {test}, not a test")
        raise TypeError(f"don't know how to make test from: {item}")

    def loadTestsFromNames(self, names, module=None):
        return self.suiteClass([self.loadTestsFromName(name, module) for name in names])

    def getTestCaseNames(self, testCaseClass):
        def is_test(name):
            if not name.startswith(self.testMethodPrefix):
                return False
            function = getattr(testCaseClass, name)
            if not callable(function):
                return False
            full_name = f"{testCaseClass.__module__}.{testCaseClass.__qualname__}.{name}"
            return self.testNamePatterns is None or any(
                fnmatchcase(full_name, pattern) for pattern in self.testNamePatterns)
        names = list(filter(is_test, dir(testCaseClass)))
        if self.sortTestMethodsUsing:
            names.sort(key=functools.cmp_to_key(self.sortTestMethodsUsing))
        return names

    def discover(self, start_dir, pattern="test*.py", top_level_dir=None):
        """Tests of all modules below a folder whose file names match; `start_dir` may also name a module."""
        implicit = top_level_dir is None and self._top_level_dir is None
        if top_level_dir is None:
            top_level_dir = self._top_level_dir
        if top_level_dir is None:
            top_level_dir = start_dir
        top_level_dir = os.path.abspath(top_level_dir)
        if top_level_dir not in sys.path:
            sys.path.insert(0, top_level_dir)
        self._top_level_dir = top_level_dir
        if os.path.isdir(os.path.abspath(start_dir)):
            start_dir = os.path.abspath(start_dir)
            importable = start_dir == top_level_dir or os.path.isfile(
                os.path.join(start_dir, "__init__.py"))
        else:
            importable = True
            try:
                __import__(start_dir)
            except ImportError:
                importable = False
            else:
                module = sys.modules[start_dir]
                top_part = start_dir.split(".")[0]
                start_dir = os.path.abspath(os.path.dirname(module.__file__))
                if implicit:
                    top = os.path.dirname(os.path.abspath(sys.modules[top_part].__file__))
                    self._top_level_dir = os.path.dirname(top)
                    sys.path.remove(top_level_dir)
        if not importable:
            raise ImportError(f"Start directory is not importable: {start_dir!r}")
        return self.suiteClass(list(self._find_tests(start_dir, pattern)))

    def _name_of(self, path):
        if path == self._top_level_dir:
            return "."
        relative = os.path.relpath(os.path.splitext(os.path.normpath(path))[0], self._top_level_dir)
        return relative.replace(os.path.sep, ".")

    def _match_path(self, path, full_path, pattern):
        return fnmatch(path, pattern)

    def _find_tests(self, start_dir, pattern):
        for path in sorted(os.listdir(start_dir)):
            full_path = os.path.join(start_dir, path)
            if os.path.isfile(full_path):
                if _IDENTIFIER_FILE.match(path) and self._match_path(path, full_path, pattern):
                    yield self._load_file(full_path, pattern)
            elif os.path.isdir(full_path):
                if os.path.isfile(os.path.join(full_path, "__init__.py")):
                    yield from self._load_package(full_path, path, pattern)

    def _load_file(self, full_path, pattern):
        name = self._name_of(full_path)
        try:
            __import__(name)
            module = sys.modules[name]
        except case.SkipTest as error:
            return _skipped(name, error, self.suiteClass)
        except:
            failed, message = _failed_import(name, self.suiteClass)
            self.errors.append(message)
            return failed
        found = os.path.realpath(os.path.splitext(os.path.abspath(module.__file__))[0])
        wanted = os.path.realpath(os.path.splitext(full_path)[0])
        if found.lower() != wanted.lower():
            raise ImportError(
                f"{os.path.splitext(os.path.basename(full_path))[0]!r} module incorrectly imported "
                f"from {os.path.dirname(found)!r}. Expected {os.path.dirname(full_path)!r}. "
                f"Is this module globally installed?")
        return self.loadTestsFromModule(module, pattern=pattern)

    def _load_package(self, full_path, path, pattern):
        name = self._name_of(full_path)
        try:
            __import__(name)
            package = sys.modules[name]
        except case.SkipTest as error:
            yield _skipped(name, error, self.suiteClass)
            return
        except:
            failed, message = _failed_import(name, self.suiteClass)
            self.errors.append(message)
            yield failed
            return
        if fnmatch(path, pattern) or getattr(package, "load_tests", None) is not None:
            yield self.loadTestsFromModule(package, pattern=pattern)
            if getattr(package, "load_tests", None) is not None:
                return
        yield from self._find_tests(full_path, pattern)


defaultTestLoader = TestLoader()


def _make_loader(prefix, sort_using, suite_class=None, patterns=None):
    loader = TestLoader()
    loader.sortTestMethodsUsing = sort_using
    loader.testMethodPrefix = prefix
    loader.testNamePatterns = patterns
    if suite_class:
        loader.suiteClass = suite_class
    return loader


def _warn(name, instead):
    import warnings
    warnings.warn(
        f"unittest.{name}() is deprecated and will be removed in Python 3.13. Please use "
        f"unittest.TestLoader.{instead}() instead.", DeprecationWarning, stacklevel=3)


def getTestCaseNames(testCaseClass, prefix, sortUsing=util.three_way_cmp, testNamePatterns=None):
    _warn("getTestCaseNames", "getTestCaseNames")
    loader = _make_loader(prefix, sortUsing, patterns=testNamePatterns)
    return loader.getTestCaseNames(testCaseClass)


def makeSuite(
    testCaseClass, prefix="test", sortUsing=util.three_way_cmp, suiteClass=suite.TestSuite
):
    _warn("makeSuite", "loadTestsFromTestCase")
    return _make_loader(prefix, sortUsing, suiteClass).loadTestsFromTestCase(testCaseClass)


def findTestCases(
    module, prefix="test", sortUsing=util.three_way_cmp, suiteClass=suite.TestSuite
):
    _warn("findTestCases", "loadTestsFromModule")
    return _make_loader(prefix, sortUsing, suiteClass).loadTestsFromModule(module)
