"""A program of tests: reads its command line, runs the tests, ends with 0 if all went well."""

import argparse
import os
import sys

from .loader import defaultTestLoader
from .runner import TextTestRunner
from .signals import installHandler

__unittest = True


def _examples(*rows):
    width = 1 + max(len(words) for words, _ in rows)
    return "Examples:\n" + "".join(
        f"  %(prog)s {words:{width}} - {meaning}\n" for words, meaning in rows)


MAIN_EXAMPLES = _examples(
    ("test_module", "run tests from test_module"),
    ("module.TestClass", "run tests from module.TestClass"),
    ("module.Class.test_method", "run specified test method"),
    ("path/to/test_file.py", "run tests from test_file.py"))

MODULE_EXAMPLES = _examples(
    ("", "run default set of tests"),
    ("MyTestSuite", "run suite 'MyTestSuite'"),
    ("MyTestCase.testSomething", "run MyTestCase.testSomething"),
    ("MyTestCase", "run all 'test*' test methods\n" + " " * 39 + "in MyTestCase"))


def _name_pattern(text):
    return text if "*" in text else f"*{text}*"


def _module_name(argument):
    """A file of the command line is the module that is in it."""
    if not argument.lower().endswith(".py") or not os.path.isfile(argument):
        return argument
    path = os.path.relpath(argument) if os.path.isabs(argument) else argument
    if path.startswith(os.pardir):
        return argument
    return os.path.normpath(path)[:-len(".py")].replace(os.sep, ".")


# Options: where they go, their names, what they set, and their help. The last ones are only
# understood if the program does not say what they are.
_OPTIONS = (
    ("verbosity", ("-v", "--verbose"), dict(action="store_const", const=2), "Verbose output"),
    ("verbosity", ("-q", "--quiet"), dict(action="store_const", const=0), "Quiet output"),
    ("tb_locals", ("--locals",), dict(action="store_true"), "Show local variables in tracebacks"))
_OPTIONS_UNLESS_SET = (
    ("failfast", ("-f", "--failfast"), dict(action="store_true"),
     "Stop on first fail or error", False),
    ("catchbreak", ("-c", "--catch"), dict(action="store_true"),
     "Catch Ctrl-C and display results so far", False),
    ("buffer", ("-b", "--buffer"), dict(action="store_true"),
     "Buffer stdout and stderr during tests", False),
    ("testNamePatterns", ("-k",), dict(action="append", type=_name_pattern),
     "Only run tests which match the given substring", ()))
_OPTIONS_OF_DISCOVERY = (
    ("start", ("-s", "--start-directory"), {}, "Directory to start discovery ('.' default)"),
    ("pattern", ("-p", "--pattern"), {}, "Pattern to match tests ('test*.py' default)"),
    ("top", ("-t", "--top-level-directory"), {},
     "Top level directory of project (defaults to start directory)"))


def _add_options(parser, options):
    for target, names, settings, text in options:
        parser.add_argument(*names, dest=target, help=text, **settings)


class TestProgram:
    """`unittest.main()`"""

    module = None
    verbosity = 1
    failfast = catchbreak = buffer = progName = warnings = testNamePatterns = None
    tests = ()

    def __init__(
        self, module="__main__", defaultTest=None, argv=None, testRunner=None,
        testLoader=defaultTestLoader, exit=True, verbosity=1, failfast=None, catchbreak=None,
        buffer=None, warnings=None, *, tb_locals=False
    ):
        if isinstance(module, str):
            __import__(module)
            module = sys.modules[module]
        if argv is None:
            argv = sys.argv
        if warnings is None and not sys.warnoptions:
            warnings = "default"
        settings = dict(locals())
        for name in ("self", "argv"):
            del settings[name]
        self.__dict__.update(settings)
        self.progName = os.path.basename(argv[0])
        self.parseArgs(argv)
        self.runTests()

    # The command line

    def parseArgs(self, argv):
        self._make_parsers()
        discovers = self.module is None
        if discovers and argv[1:] and argv[1].lower() == "discover":
            self._do_discovery(argv[2:])
            return
        self._parser.parse_args(argv[1:], self)
        if self.tests:
            self.testNames = list(map(_module_name, self.tests))
        elif discovers:
            self._do_discovery([])
            return
        else:
            names = self.defaultTest
            self.testNames = (names,) if isinstance(names, str) else names and list(names)
        self.createTests()

    def _make_parsers(self):
        common = argparse.ArgumentParser(add_help=False)
        _add_options(common, _OPTIONS)
        for *option, default in _OPTIONS_UNLESS_SET:
            if getattr(self, option[0]) is None:
                _add_options(common, [option])
                setattr(self, option[0], [] if default == () else default)
        self._parser = argparse.ArgumentParser(prog=self.progName, parents=[common])
        self._parser.add_argument(
            "tests", nargs="*",
            help="a list of any number of test modules, classes and test methods.")
        self._parser.print_help = self._print_help
        self._discovery_parser = finder = argparse.ArgumentParser(
            prog=f"{self.progName} discover", parents=[common],
            epilog="For test discovery all test modules must be importable from the top level "
                   "directory of the project.")
        _add_options(finder, _OPTIONS_OF_DISCOVERY)
        for name, *_ in _OPTIONS_OF_DISCOVERY:
            # They may be given by their order, too.
            finder.add_argument(
                name, nargs="?", default=argparse.SUPPRESS, help=argparse.SUPPRESS)

    def _print_help(self, *args, **kwargs):
        print(self._parser.format_help())
        examples = MAIN_EXAMPLES if self.module is None else MODULE_EXAMPLES
        print(examples % {"prog": self.progName})
        if self.module is None:
            self._discovery_parser.print_help()

    def _do_discovery(self, argv, Loader=None):
        self.start, self.pattern, self.top = ".", "test*.py", None
        if argv is not None:
            self._discovery_parser.parse_args(argv, self)
        self.createTests(from_discovery=True, Loader=Loader)

    # The tests

    def createTests(self, from_discovery=False, Loader=None):
        loader = self.testLoader
        if self.testNamePatterns:
            loader.testNamePatterns = self.testNamePatterns
        if from_discovery:
            loader = Loader() if Loader else loader
            self.test = loader.discover(self.start, self.pattern, self.top)
        elif self.testNames is not None:
            self.test = loader.loadTestsFromNames(self.testNames, self.module)
        else:
            self.test = loader.loadTestsFromModule(self.module)

    def runTests(self):
        if self.catchbreak:
            installHandler()
        if self.testRunner is None:
            self.testRunner = TextTestRunner
        self.result = self._runner().run(self.test)
        if self.exit:
            sys.exit(not self.result.wasSuccessful())

    def _runner(self):
        """The runner, made with as many of the settings as its class knows."""
        if not isinstance(self.testRunner, type):
            return self.testRunner
        settings = {name: getattr(self, name) for name in (
            "verbosity", "failfast", "buffer", "warnings", "tb_locals")}
        try:
            return self.testRunner(**settings)
        except TypeError:
            del settings["tb_locals"]
        try:
            return self.testRunner(**settings)
        except TypeError:
            return self.testRunner()


main = TestProgram
