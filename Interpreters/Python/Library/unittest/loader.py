"""Finds tests: in classes, in modules, by name, in folders."""

import functools
import os
import re
import sys
import traceback
import types
import warnings
from fnmatch import fnmatch, fnmatchcase

from . import case, suite
from .util import strclass, three_way_cmp

__unittest = True

_MODULE_FILE = re.compile(r"[^\W\d]\w*\.py$", re.ASCII)


class _FailedTest(case.TestCase):
    """Stands for tests that could not be loaded."""

    def __init__(self, method_name, exception):
        def failing():
            raise exception
        setattr(self, method_name, failing)
        super().__init__(method_name)


def _is_case_class(item):
    return (isinstance(item, type) and issubclass(item, case.TestCase)
            and item is not case.TestCase and item is not case.FunctionTestCase)


class TestLoader:
    """Makes suites of tests."""

    testMethodPrefix = "test"
    testNamePatterns = None
    sortTestMethodsUsing = staticmethod(three_way_cmp)
    suiteClass = suite.TestSuite
    _top_level_dir = None

    def __init__(self):
        self.errors = []

    # What cannot be loaded is a test that fails

    def _failed(self, name, exception, message):
        self.errors.append(message)
        return self.suiteClass([_FailedTest(name, exception)])

    def _failed_import(self, name):
        message = f"Failed to import test module: {name}\n{traceback.format_exc()}"
        return name, ImportError(message), message

    # Classes and modules

    def getTestCaseNames(self, testCaseClass):
        names = [name for name in dir(testCaseClass)
                 if name.startswith(self.testMethodPrefix) and self._is_wanted(testCaseClass, name)]
        if self.sortTestMethodsUsing:
            names.sort(key=functools.cmp_to_key(self.sortTestMethodsUsing))
        return names

    def _is_wanted(self, cls, name):
        if not callable(getattr(cls, name)):
            return False
        patterns = self.testNamePatterns
        return patterns is None or any(
            fnmatchcase(f"{strclass(cls)}.{name}", pattern) for pattern in patterns)

    def loadTestsFromTestCase(self, testCaseClass):
        if issubclass(testCaseClass, suite.TestSuite):
            raise TypeError("Test cases should not be derived from TestSuite. "
                            "Maybe you meant to derive from TestCase?")
        names = []
        if testCaseClass not in (case.TestCase, case.FunctionTestCase):
            names = self.getTestCaseNames(testCaseClass)
            if not names and hasattr(testCaseClass, "runTest"):
                names = ["runTest"]
        return self.suiteClass(map(testCaseClass, names))

    def loadTestsFromModule(self, module, *args, pattern=None, **kws):
        """Tests of its classes, or what its function `load_tests` makes of them."""
        if args or "use_load_tests" in kws:
            warnings.warn("use_load_tests is deprecated and ignored", DeprecationWarning)
            kws.pop("use_load_tests", None)
        if len(args) > 1:
            raise TypeError("loadTestsFromModule() takes 1 positional argument but "
                            f"{len(args) + 1} were given")
        for name in sorted(kws):
            raise TypeError(f"loadTestsFromModule() got an unexpected keyword argument '{name}'")
        items = (getattr(module, name) for name in dir(module))
        tests = self.suiteClass(
            [self.loadTestsFromTestCase(item) for item in items if _is_case_class(item)])
        load_tests = getattr(module, "load_tests", None)
        if load_tests is None:
            return tests
        try:
            return load_tests(self, tests, pattern)
        except Exception as error:
            return self._failed(
                module.__name__, error, f"Failed to call load_tests:\n{traceback.format_exc()}")

    # Names

    def loadTestsFromNames(self, names, module=None):
        return self.suiteClass([self.loadTestsFromName(name, module) for name in names])

    def loadTestsFromName(self, name, module=None):
        """Tests by a dotted name: of a module, a class, a method, or what gives tests when called."""
        path = name.split(".")
        failure = None
        if module is None:
            module, failure = self._imported(path)
            if module is None:
                return self._failed(*failure)
            del path[0]
        owner, item = None, module
        for part in path:
            try:
                owner, item = item, getattr(item, part)
            except AttributeError as error:
                if failure is not None and hasattr(item, "__path__"):
                    # A module of the package that could not be imported.
                    return self._failed(*failure)
                return self._failed(
                    part, error, f"Failed to access attribute:\n{traceback.format_exc()}")
        return self._tests_of(item, owner, path[-1] if path else name)

    def _imported(self, path):
        """The package of as much of a path as can be imported, and why no more can be."""
        failure = None
        for end in range(len(path), 0, -1):
            try:
                return __import__(".".join(path[:end])), failure
            except ImportError:
                failure = self._failed_import(path[end - 1])
        return None, failure

    def _tests_of(self, item, owner, name):
        if isinstance(item, types.ModuleType):
            return self.loadTestsFromModule(item)
        if _is_case_class(item):
            return self.loadTestsFromTestCase(item)
        if isinstance(item, suite.TestSuite):
            return item
        if isinstance(item, types.FunctionType) and _is_case_class(owner):
            test = owner(name)
            if isinstance(getattr(test, name), types.MethodType):
                return self.suiteClass([test])
        if not callable(item):
            raise TypeError(f"don't know how to make test from: {item}")
        made = item()
        if isinstance(made, case.TestCase):
            return self.suiteClass([made])
        if not isinstance(made, suite.TestSuite):
            raise TypeError(f"calling {item} returned {made}, not a test")
        return made

    # Folders

    def discover(self, start_dir, pattern="test*.py", top_level_dir=None):
        """Tests of all modules below a folder whose file names match; `start_dir` may name a module."""
        top = top_level_dir or self._top_level_dir
        if os.path.isdir(start_dir):
            start = os.path.abspath(start_dir)
            self._set_top(start if top is None else top)
            if start != self._top_level_dir and not _is_package(start):
                raise ImportError(f"Start directory is not importable: {start_dir!r}")
        else:
            self._set_top(start_dir if top is None else top)
            start = self._folder_of_module(start_dir, top is None)
        return self.suiteClass(list(self._find_tests(start, pattern)))

    def _set_top(self, folder):
        self._top_level_dir = folder = os.path.abspath(folder)
        if folder not in sys.path:
            sys.path.insert(0, folder)

    def _folder_of_module(self, name, sets_top):
        try:
            __import__(name)
        except ImportError:
            raise ImportError(f"Start directory is not importable: {name!r}") from None
        module = sys.modules[name]
        if not hasattr(module, "__path__") and not getattr(module, "__file__", None):
            raise TypeError(f"Can not use builtin modules as dotted module names: {name!r}")
        if sets_top:
            # The path that `discover` took it for is none.
            sys.path.remove(self._top_level_dir)
            package = os.path.abspath(sys.modules[name.partition(".")[0]].__file__)
            self._top_level_dir = os.path.dirname(os.path.dirname(package))
        return os.path.dirname(os.path.abspath(module.__file__))

    def _find_tests(self, folder, pattern):
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if os.path.isdir(path):
                if _is_package(path):
                    yield from self._tests_of_package(path, name, pattern)
            elif (os.path.isfile(path) and _MODULE_FILE.match(name)
                    and self._match_path(name, path, pattern)):
                module, tests = self._import_path(path)
                if module is not None:
                    _check_is_at(module, path)
                    tests = self.loadTestsFromModule(module, pattern=pattern)
                yield tests

    def _tests_of_package(self, path, name, pattern):
        package, tests = self._import_path(path)
        if package is None:
            yield tests
            return
        load_tests = getattr(package, "load_tests", None)
        if load_tests is not None or self._match_path(name, path, pattern):
            yield self.loadTestsFromModule(package, pattern=pattern)
        if load_tests is None:
            yield from self._find_tests(path, pattern)

    def _match_path(self, path, full_path, pattern):
        return fnmatch(path, pattern)

    def _import_path(self, path):
        """The module of a file or folder; None, and tests that say why it is not there."""
        relative = os.path.relpath(os.path.splitext(path)[0], self._top_level_dir)
        name = relative.replace(os.path.sep, ".")
        try:
            __import__(name)
            return sys.modules[name], None
        except case.SkipTest as skipped:
            def test(self):
                """Is left out."""
            cls = type("ModuleSkipped", (case.TestCase,), {name: case.skip(str(skipped))(test)})
            return None, self.suiteClass([cls(name)])
        except:
            return None, self._failed(*self._failed_import(name))


def _is_package(folder):
    return os.path.isfile(os.path.join(folder, "__init__.py"))


def _check_is_at(module, path):
    """Another module of the same name may have been imported."""
    wanted, found = (
        os.path.realpath(os.path.splitext(os.path.abspath(file))[0])
        for file in (path, getattr(module, "__file__", path)))
    if wanted.lower() != found.lower():
        folder, file = os.path.split(path)
        raise ImportError(
            f"{os.path.splitext(file)[0]!r} module incorrectly imported from "
            f"{os.path.dirname(found)!r}. Expected {folder!r}. Is this module globally installed?")


defaultTestLoader = TestLoader()


# Functions of long ago --------------------------------------------------------------------------


def _loader_with(old, new, **settings):
    warnings.warn(
        f"unittest.{old}() is deprecated and will be removed in Python 3.13. Please use "
        f"unittest.TestLoader.{new}() instead.", DeprecationWarning, stacklevel=3)
    loader = TestLoader()
    for name, value in settings.items():
        setattr(loader, name, value)
    return loader


def getTestCaseNames(testCaseClass, prefix, sortUsing=three_way_cmp, testNamePatterns=None):
    return _loader_with(
        "getTestCaseNames", "getTestCaseNames", testMethodPrefix=prefix,
        sortTestMethodsUsing=sortUsing, testNamePatterns=testNamePatterns,
    ).getTestCaseNames(testCaseClass)


def makeSuite(testCaseClass, prefix="test", sortUsing=three_way_cmp, suiteClass=suite.TestSuite):
    return _loader_with(
        "makeSuite", "loadTestsFromTestCase", testMethodPrefix=prefix,
        sortTestMethodsUsing=sortUsing, suiteClass=suiteClass,
    ).loadTestsFromTestCase(testCaseClass)


def findTestCases(module, prefix="test", sortUsing=three_way_cmp, suiteClass=suite.TestSuite):
    return _loader_with(
        "findTestCases", "loadTestsFromModule", testMethodPrefix=prefix,
        sortTestMethodsUsing=sortUsing, suiteClass=suiteClass,
    ).loadTestsFromModule(module)
