"""Runs the examples in docstrings and texts, and compares what they print with what is written there."""

import difflib
import inspect
import io
import linecache
import os
import re
import sys
import traceback
import unittest
from collections import namedtuple
from contextlib import redirect_stdout

__all__ = ["register_optionflag", "DONT_ACCEPT_TRUE_FOR_1", "DONT_ACCEPT_BLANKLINE",
           "NORMALIZE_WHITESPACE", "ELLIPSIS", "SKIP", "IGNORE_EXCEPTION_DETAIL",
           "COMPARISON_FLAGS", "REPORT_UDIFF", "REPORT_CDIFF", "REPORT_NDIFF",
           "REPORT_ONLY_FIRST_FAILURE", "REPORTING_FLAGS", "FAIL_FAST", "Example", "DocTest",
           "DocTestParser", "DocTestFinder", "DocTestRunner", "OutputChecker", "DocTestFailure",
           "UnexpectedException", "DebugRunner", "testmod", "testfile", "run_docstring_examples",
           "DocTestSuite", "DocFileSuite", "set_unittest_reportflags", "script_from_examples",
           "testsource", "debug_src", "debug"]

TestResults = namedtuple("TestResults", "failed attempted")
OPTIONFLAGS_BY_NAME = {}
BLANKLINE_MARKER, ELLIPSIS_MARKER = "<BLANKLINE>", "..."


def register_optionflag(name):
    """A bit for an option that examples may set by this name."""
    return OPTIONFLAGS_BY_NAME.setdefault(name, 1 << len(OPTIONFLAGS_BY_NAME))


(DONT_ACCEPT_TRUE_FOR_1, DONT_ACCEPT_BLANKLINE, NORMALIZE_WHITESPACE, ELLIPSIS, SKIP,
 IGNORE_EXCEPTION_DETAIL, REPORT_UDIFF, REPORT_CDIFF, REPORT_NDIFF, REPORT_ONLY_FIRST_FAILURE,
 FAIL_FAST) = map(register_optionflag, (
    "DONT_ACCEPT_TRUE_FOR_1 DONT_ACCEPT_BLANKLINE NORMALIZE_WHITESPACE ELLIPSIS SKIP "
    "IGNORE_EXCEPTION_DETAIL REPORT_UDIFF REPORT_CDIFF REPORT_NDIFF REPORT_ONLY_FIRST_FAILURE "
    "FAIL_FAST").split())
COMPARISON_FLAGS = (DONT_ACCEPT_TRUE_FOR_1 | DONT_ACCEPT_BLANKLINE | NORMALIZE_WHITESPACE
                    | ELLIPSIS | SKIP | IGNORE_EXCEPTION_DETAIL)
REPORTING_FLAGS = (REPORT_UDIFF | REPORT_CDIFF | REPORT_NDIFF | REPORT_ONLY_FIRST_FAILURE
                   | FAIL_FAST)


def _indented(text, by=4):
    return re.sub("(?m)^(?!$)", " " * by, text)


class _Same:
    """Equal when all that counts is equal."""

    _counts = ()

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._counts)

    def __hash__(self):
        return hash(tuple(str(getattr(self, name)) for name in self._counts))


class Example(_Same):
    """A statement and what it should print."""

    _counts = ("source", "want", "lineno", "indent", "options", "exc_msg")

    def __init__(self, source, want, exc_msg=None, lineno=0, indent=0, options=None):
        def ended(text):
            return text if not text or text.endswith("\n") else text + "\n"
        self.source = source if source.endswith("\n") else source + "\n"
        self.want, self.exc_msg = ended(want), exc_msg and ended(exc_msg)
        self.lineno, self.indent, self.options = lineno, indent, options or {}


class DocTest(_Same):
    """The examples of one text, which share their variables."""

    _counts = ("examples", "docstring", "globs", "name", "filename", "lineno")

    def __init__(self, examples, globs, name, filename, lineno, docstring):
        assert not isinstance(examples, str), "examples must be a list of Example"
        self.examples, self.docstring, self.globs = examples, docstring, globs.copy()
        self.name, self.filename, self.lineno = name, filename, lineno

    def __repr__(self):
        count = len(self.examples)
        many = "no examples" if not count else f"{count} example{'s' if count > 1 else ''}"
        return f"<{type(self).__name__} {self.name} from {self.filename}:{self.lineno} ({many})>"

    def __lt__(self, other):
        if not isinstance(other, DocTest):
            return NotImplemented
        return self._place() < other._place()

    def _place(self):
        return self.name, self.filename, -1 if self.lineno is None else self.lineno, id(self)


class DocTestParser:
    """Finds examples in a text."""

    _OPTION = re.compile(r"#\s*doctest:\s*([^\n'\"]*)$", re.MULTILINE)
    _TRACEBACK = re.compile(
        r"^Traceback [(](?:most recent call last|innermost last)[)]:\s*$\n"
        r"(?P<stack>(?:^[ \t].*\n?|^\s*$\n?)*?)(?P<message>^\w+.*)", re.MULTILINE | re.DOTALL)

    def parse(self, string, name="<string>"):
        """The examples and the texts between them, in turn."""
        lines = string.expandtabs().split("\n")
        margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")),
                     default=0)
        lines = [line[margin:] for line in lines]
        pieces, text, at = [], [], 0
        while at < len(lines):
            if re.match(r" *>>>", lines[at]):
                pieces.append("\n".join(text) + "\n" if text else "")
                text = []
                example, at = self._example(lines, at, name)
                if example is not None:
                    pieces.append(example)
                else:
                    pieces.pop()
            else:
                text.append(lines[at])
                at += 1
        pieces.append("\n".join(text))
        return pieces

    def get_examples(self, string, name="<string>"):
        """The examples of a text."""
        return [piece for piece in self.parse(string, name) if isinstance(piece, Example)]

    def get_doctest(self, string, globs, name, filename, lineno):
        """The examples of a text as one test."""
        return DocTest(self.get_examples(string, name), globs, name, filename, lineno, string)

    def _example(self, lines, at, name):
        """The example that begins in line `at`, and the line behind it."""
        first = at
        indent = len(lines[at]) - len(lines[at].lstrip(" "))
        source = [lines[at]]
        at += 1
        while at < len(lines) and re.match(r" *\.\.\.", lines[at]):
            source.append(lines[at])
            at += 1
        want = []
        while at < len(lines) and lines[at].strip() and not re.match(r" *>>>", lines[at]):
            want.append(lines[at])
            at += 1
        for place, line in enumerate(source):
            prompt = line[indent:indent + 3]
            if len(line) >= indent + 4 and line[indent + 3] != " ":
                raise ValueError(f"line {first + place + 1} of the docstring for {name} lacks blank "
                                 f"after {prompt}: {line!r}")
        for place, line in enumerate(want):
            if not line.startswith(" " * indent):
                raise ValueError(
                    f"line {first + len(source) + place + 1} of the docstring for {name} has "
                    f"inconsistent leading whitespace: {line!r}")
        code = "\n".join(line[indent + 4:] for line in source)
        wanted = "\n".join(line[indent:] for line in want)
        if re.fullmatch(r"\s*(#.*)?", code):
            # Nothing to be run, but options.
            self._options(code, name, first)
            return None, at
        options = self._options(code, name, first)
        match = self._TRACEBACK.match(wanted)
        message = match["message"] if match else None
        return Example(code, wanted, message, first, indent, options), at

    def _options(self, source, name, line):
        options = {}
        for match in self._OPTION.finditer(source):
            for word in match[1].replace(",", " ").split():
                if word[0] not in "+-" or word[1:] not in OPTIONFLAGS_BY_NAME:
                    raise ValueError(f"line {line + 1} of the doctest for {name} has an invalid "
                                     f"option: {word!r}")
                options[OPTIONFLAGS_BY_NAME[word[1:]]] = word[0] == "+"
        if options and not re.sub(r"#.*", "", source).strip():
            raise ValueError(f"line {line} of the doctest for {name} has an option directive on a "
                             f"line with no example: {source!r}")
        return options


class DocTestFinder:
    """Finds the docstrings of a module, a class or a function, and of all in it."""

    def __init__(self, verbose=False, parser=DocTestParser(), recurse=True, exclude_empty=True):
        self._verbose, self._parser = verbose, parser
        self._recurse, self._exclude_empty = recurse, exclude_empty

    def find(self, obj, name=None, module=None, globs=None, extraglobs=None):
        """The tests of an object."""
        if name is None:
            name = getattr(obj, "__name__", None)
            if name is None:
                raise ValueError(f"DocTestFinder.find: name must be given when obj.__name__ "
                                 f"doesn't exist: {type(obj)!r}")
        if module is False:
            module = None
        elif module is None:
            module = inspect.getmodule(obj)
        file = None
        try:
            file = inspect.getsourcefile(obj)
        except TypeError:
            if module is not None:
                file = getattr(module, "__file__", None)
        lines = linecache.getlines(file, getattr(module, "__dict__", None)) if file else []
        if globs is None:
            globs = {} if module is None else module.__dict__.copy()
        else:
            globs = globs.copy()
        globs.update(extraglobs or {})
        globs.setdefault("__name__", "__main__")
        tests = []
        self._find(tests, obj, name, module, lines or None, globs, {})
        return sorted(tests)

    def _is_from(self, module, value):
        """Is the value defined in the module?"""
        if module is None:
            return True
        value = inspect.unwrap(value) if inspect.isroutine(value) else value
        if inspect.isfunction(value):
            return module.__dict__ is value.__globals__
        if isinstance(value, property):
            return True
        known = getattr(value, "__module__", None)
        if known is not None:
            return known == module.__name__
        owner = getattr(value, "__objclass__", None)
        return owner is None or owner.__module__ == module.__name__

    def _find(self, tests, obj, name, module, lines, globs, seen):
        if self._verbose:
            print(f"Finding tests in {name}")
        if id(obj) in seen:
            return
        seen[id(obj)] = True
        test = self._test(obj, name, module, globs, lines)
        if test is not None:
            tests.append(test)
        if not self._recurse:
            return
        if inspect.ismodule(obj):
            for key, value in list(vars(obj).items()):
                if (inspect.isroutine(value) or isinstance(value, type)) \
                        and self._is_from(module, value):
                    self._find(tests, value, f"{name}.{key}", module, lines, globs, seen)
            for key, value in getattr(obj, "__test__", {}).items():
                if not isinstance(key, str):
                    raise ValueError("DocTestFinder.find: __test__ keys must be strings: "
                                     f"{type(key)!r}")
                if not (isinstance(value, (str, type)) or inspect.isroutine(value)
                        or inspect.ismodule(value)):
                    raise ValueError("DocTestFinder.find: __test__ values must be strings, "
                                     f"functions, methods, classes, or modules: {type(value)!r}")
                self._find(tests, value, f"{name}.__test__.{key}", module, lines, globs, seen)
        elif isinstance(obj, type):
            for key, value in list(vars(obj).items()):
                if isinstance(value, (staticmethod, classmethod)):
                    value = value.__func__
                if (inspect.isroutine(value) or isinstance(value, (type, property))) \
                        and self._is_from(module, value):
                    self._find(tests, value, f"{name}.{key}", module, lines, globs, seen)

    def _test(self, obj, name, module, globs, lines):
        """The test of one docstring; None when there is none."""
        text = obj if isinstance(obj, str) else getattr(obj, "__doc__", None)
        text = "" if text is None else text if isinstance(text, str) else str(text)
        if self._exclude_empty and not text:
            return None
        file = getattr(module, "__file__", None) or getattr(module, "__name__", None)
        if file and file.endswith(".pyc"):
            file = file[:-1]
        test = self._parser.get_doctest(text, globs, name, file, self._line(obj, lines))
        return None if self._exclude_empty and not test.examples else test

    def _line(self, obj, lines):
        """Where the docstring begins in its file, from 0; None when that is not known."""
        line = None
        if inspect.ismodule(obj) and getattr(obj, "__doc__", None):
            line = 0
        elif isinstance(obj, type) and lines is not None:
            pattern = re.compile(rf"^\s*class\s*{re.escape(obj.__name__)}\b")
            line = next((i for i, text in enumerate(lines) if pattern.match(text)), None)
        if inspect.ismethod(obj):
            obj = obj.__func__
        if inspect.isfunction(obj) and getattr(obj, "__doc__", None):
            code = inspect.unwrap(obj).__code__
            line = code.co_firstlineno - 1
        if line is None:
            return None
        if lines is None:
            return line + 1
        quote = re.compile(r"(^|.*:)\s*\w*(\"|')")
        return next((i for i in range(line, len(lines)) if quote.match(lines[i])), None)


class OutputChecker:
    """Says whether what was printed is what was wanted."""

    def check_output(self, want, got, optionflags):
        """Is `got` what `want` says?"""
        want, got = (text.encode("ascii", "backslashreplace").decode() for text in (want, got))
        if got == want:
            return True
        if not optionflags & DONT_ACCEPT_TRUE_FOR_1 and (got, want) in (
                ("True\n", "1\n"), ("False\n", "0\n")):
            return True
        if not optionflags & DONT_ACCEPT_BLANKLINE:
            want = re.sub(rf"(?m)^{BLANKLINE_MARKER}\s*?$", "", want)
            got = re.sub(r"(?m)^[^\S\n]+$", "", got)
            if got == want:
                return True
        if optionflags & NORMALIZE_WHITESPACE:
            want, got = " ".join(want.split()), " ".join(got.split())
            if got == want:
                return True
        return bool(optionflags & ELLIPSIS) and _matches(want, got)

    def _diff(self, flags):
        return flags & (REPORT_UDIFF | REPORT_CDIFF | REPORT_NDIFF)

    def output_difference(self, example, got, optionflags):
        """What is different, in words."""
        want = example.want
        if not optionflags & DONT_ACCEPT_BLANKLINE:
            got = re.sub(r"(?m)^[ ]*(?=\n)", BLANKLINE_MARKER, got)
        wanted, given = want.splitlines(keepends=True), got.splitlines(keepends=True)
        many = want.count("\n") > 2 and got.count("\n") > 2
        if optionflags & REPORT_NDIFF or self._diff(optionflags) and many:
            if optionflags & REPORT_UDIFF:
                kind, diff = "unified diff", list(difflib.unified_diff(wanted, given, n=2))[2:]
            elif optionflags & REPORT_CDIFF:
                kind, diff = "context diff", list(difflib.context_diff(wanted, given, n=2))[2:]
            else:
                kind = "ndiff"
                diff = list(difflib.Differ(charjunk=difflib.IS_CHARACTER_JUNK)
                            .compare(wanted, given))
            return f"Differences ({kind} with -expected +actual):\n" + _indented(
                "".join(diff).rstrip("\n") and "".join(line.rstrip() + "\n" for line in diff))
        first = f"Expected:\n{_indented(want)}" if want else "Expected nothing\n"
        return first + (f"Got:\n{_indented(got)}" if got else "Got nothing\n")


def _matches(want, got):
    """Compares with a text in which `...` stands for anything."""
    if ELLIPSIS_MARKER not in want:
        return want == got
    first, *middle, last = want.split(ELLIPSIS_MARKER)
    start, end = len(first), len(got) - len(last)
    if start > end or not got.startswith(first) or not got.endswith(last):
        return False
    for piece in middle:
        found = got.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def _without_detail(message):
    """The name of an exception without its module and what it says."""
    return message.partition(":")[0].partition("\n")[0].rpartition(".")[2].strip()


class DocTestRunner:
    """Runs tests, and tells what is wrong."""

    DIVIDER = "*" * 70

    def __init__(self, checker=None, verbose=None, optionflags=0):
        self._checker = checker or OutputChecker()
        self._verbose = "-v" in sys.argv if verbose is None else verbose
        self.optionflags = self.original_optionflags = optionflags
        self.tries = self.failures = 0
        self._name2ft, self.test = {}, None
        self._fakeout = io.StringIO()

    # What may be replaced

    def report_start(self, out, test, example):
        """Tells which example is about to be run."""
        if self._verbose:
            want = f"Expecting:\n{_indented(example.want)}" if example.want \
                else "Expecting nothing\n"
            out(f"Trying:\n{_indented(example.source)}{want}")

    def report_success(self, out, test, example, got):
        """Tells that the example printed what was wanted."""
        if self._verbose:
            out("ok\n")

    def report_failure(self, out, test, example, got):
        """Tells that the example printed something else."""
        out(self._header(test, example)
            + self._checker.output_difference(example, got, self.optionflags))

    def report_unexpected_exception(self, out, test, example, exc_info):
        """Tells that the example raised an exception."""
        text = "".join(traceback.format_exception(*exc_info))
        out(self._header(test, example) + "Exception raised:\n" + _indented(text))

    def _header(self, test, example):
        words = [self.DIVIDER]
        if test.filename:
            line = "?" if test.lineno is None or example.lineno is None \
                else test.lineno + example.lineno + 1
            words.append(f'File "{test.filename}", line {line}, in {test.name}')
        else:
            words.append(f"Line {example.lineno + 1}, in {test.name}")
        words.append("Failed example:")
        return "\n".join(words) + "\n" + _indented(example.source)

    def run(self, test, compileflags=None, out=None, clear_globs=True):
        """Runs a test; how many examples failed, and of how many."""
        self.test = test
        if compileflags is None:
            import __future__
            compileflags = 0
            for name in __future__.all_feature_names:
                feature = getattr(__future__, name)
                if test.globs.get(name) is feature:
                    compileflags |= feature.compiler_flag
        real = sys.stdout
        if out is None:
            encoding = getattr(real, "encoding", None)

            def out(text):
                if encoding and encoding.lower().replace("-", "") != "utf8":
                    text = text.encode(encoding, "backslashreplace").decode(encoding)
                real.write(text)
        getlines, hook = linecache.getlines, sys.displayhook
        linecache.getlines = self._lines(getlines)
        sys.displayhook = sys.__displayhook__
        try:
            with redirect_stdout(self._fakeout):
                return self._run(test, compileflags, out)
        finally:
            linecache.getlines, sys.displayhook = getlines, hook
            if clear_globs:
                test.globs.clear()
                import builtins
                builtins._ = None

    def _lines(self, getlines):
        """Gives tracebacks the lines of examples."""
        def lines(filename, module_globals=None):
            match = re.fullmatch(r"<doctest (?P<name>.+)\[(?P<place>\d+)\]>", filename)
            if match and match["name"] == self.test.name:
                return self.test.examples[int(match["place"])].source.splitlines(keepends=True)
            return getlines(filename, module_globals)
        return lines

    def _run(self, test, compileflags, out):
        failures = tries = 0
        original = self.optionflags
        for place, example in enumerate(test.examples):
            quiet = self.optionflags & REPORT_ONLY_FIRST_FAILURE and failures > 0
            self.optionflags = original
            for flag, is_set in example.options.items():
                self.optionflags = self.optionflags | flag if is_set else self.optionflags & ~flag
            if self.optionflags & SKIP:
                continue
            tries += 1
            if not quiet:
                self.report_start(out, test, example)
            name = f"<doctest {test.name}[{place}]>"
            exception = None
            try:
                exec(compile(example.source, name, "single", compileflags, True), test.globs)
            except KeyboardInterrupt:
                raise
            except:
                exception = sys.exc_info()
            got = self._fakeout.getvalue()
            self._fakeout.seek(0)
            self._fakeout.truncate()
            if exception is None:
                is_right = self._checker.check_output(example.want, got, self.optionflags)
            else:
                exception = (*exception[:2], exception[2] and exception[2].tb_next)
                message = "".join(traceback.format_exception_only(*exception[:2]))
                if issubclass(exception[0], SyntaxError):
                    message = message[message.rindex("\n", 0, -1) + 1:] \
                        if message.count("\n") > 1 else message
                if not quiet:
                    got += "".join(traceback.format_exception(*exception))
                is_right = None
                if example.exc_msg is not None:
                    is_right = self._checker.check_output(
                        example.exc_msg, message, self.optionflags)
                    if not is_right and self.optionflags & IGNORE_EXCEPTION_DETAIL:
                        is_right = _without_detail(example.exc_msg) == _without_detail(message)
            if is_right:
                if not quiet:
                    self.report_success(out, test, example, got)
                continue
            failures += 1
            if not quiet:
                if is_right is None:
                    self.report_unexpected_exception(out, test, example, exception)
                else:
                    self.report_failure(out, test, example, got)
            if self.optionflags & FAIL_FAST:
                break
        self.optionflags = original
        known = self._name2ft.get(test.name, (0, 0))
        self._name2ft[test.name] = known[0] + failures, known[1] + tries
        self.failures += failures
        self.tries += tries
        return TestResults(failures, tries)

    def summarize(self, verbose=None):
        """Tells how many examples failed in all."""
        verbose = self._verbose if verbose is None else verbose
        items = sorted(self._name2ft.items())
        empty = [name for name, (_, tries) in items if not tries]
        passed = [(name, tries) for name, (failed, tries) in items if tries and not failed]
        failed = [(name, counts) for name, counts in items if counts[0]]
        if verbose:
            if empty:
                print(f"{len(empty)} items had no tests:")
                print("".join(f"    {name}\n" for name in empty), end="")
            if passed:
                print(f"{len(passed)} items passed all tests:")
                print("".join(f" {tries:3d} tests in {name}\n" for name, tries in passed), end="")
        if failed:
            print(self.DIVIDER)
            print(f"{len(failed)} items had failures:")
            for name, (count, tries) in failed:
                print(f" {count:3d} of {tries:3d} in {name}")
        failures, tries = (sum(counts[i] for _, counts in items) for i in (0, 1))
        if verbose:
            print(f"{tries} tests in {len(items)} items.")
            print(f"{tries - failures} passed and {failures} failed.")
        if failures:
            print(f"***Test Failed*** {failures} failures.")
        elif verbose:
            print("Test passed.")
        return TestResults(failures, tries)

    def merge(self, other):
        """Adds what another one has counted."""
        for name, counts in other._name2ft.items():
            known = self._name2ft.get(name, (0, 0))
            self._name2ft[name] = tuple(map(sum, zip(known, counts)))


class _Failure(Exception):
    """What a DebugRunner raises: a test, an example of it, and what came of that."""

    _result = ""

    def __init__(self, test, example, result):
        vars(self).update({"test": test, "example": example, self._result: result})

    def __str__(self):
        return f"{self.test}"


class DocTestFailure(_Failure):
    """An example printed something else."""

    _result = "got"


class UnexpectedException(_Failure):
    """An example raised an exception."""

    _result = "exc_info"


class DebugRunner(DocTestRunner):
    """Raises an exception at the first failure."""

    def run(self, test, compileflags=None, out=None, clear_globs=True):
        result = super().run(test, compileflags, out, False)
        if clear_globs:
            test.globs.clear()
        return result

    def report_unexpected_exception(self, out, test, example, exc_info):
        raise UnexpectedException(test, example, exc_info)

    def report_failure(self, out, test, example, got):
        raise DocTestFailure(test, example, got)


#: The runner of the last `testmod` or `testfile`, which counts all of them.
master = None


def _runner(verbose, optionflags, raise_on_error):
    kind = DebugRunner if raise_on_error else DocTestRunner
    return kind(verbose=verbose, optionflags=optionflags)


def _finished(runner, report):
    global master
    if report:
        runner.summarize()
    if master is None:
        master = runner
    else:
        master.merge(runner)
    return TestResults(runner.failures, runner.tries)


def testmod(m=None, name=None, globs=None, verbose=None, report=True, optionflags=0,
            extraglobs=None, raise_on_error=False, exclude_empty=False):
    """Runs the examples of a module, which is `__main__` when none is given."""
    m = sys.modules["__main__"] if m is None else m
    if not inspect.ismodule(m):
        raise TypeError(f"testmod: module required; {m!r}")
    runner = _runner(verbose, optionflags, raise_on_error)
    finder = DocTestFinder(exclude_empty=exclude_empty)
    for test in finder.find(m, name or m.__name__, globs=globs, extraglobs=extraglobs):
        runner.run(test)
    return _finished(runner, report)


def _caller_module(depth=3):
    return sys.modules[sys._getframe(depth).f_globals["__name__"]]


def _located(filename, package, module_relative, caller):
    """The path of a file that may be given relative to a module, and its name."""
    if package and not module_relative:
        raise ValueError("Package may only be specified for module-relative paths.")
    if not module_relative:
        return filename
    if isinstance(package, str):
        import importlib
        package = importlib.import_module(package)
    folder = os.path.dirname(getattr(package or caller, "__file__", None) or "")
    if filename.startswith("/"):
        raise ValueError("Module-relative files may not have absolute paths")
    return os.path.join(folder, *filename.split("/"))


def testfile(filename, module_relative=True, name=None, package=None, globs=None, verbose=None,
             report=True, optionflags=0, extraglobs=None, raise_on_error=False,
             parser=DocTestParser(), encoding=None):
    """Runs the examples of a text file."""
    path = _located(filename, package, module_relative, _caller_module(2))
    with open(path, encoding=encoding or "utf-8") as file:
        text = file.read()
    globs = {**(globs or {}), **(extraglobs or {})}
    globs.setdefault("__name__", "__main__")
    runner = _runner(verbose, optionflags, raise_on_error)
    runner.run(parser.get_doctest(text, globs, name or os.path.basename(filename), path, 0))
    return _finished(runner, report)


def run_docstring_examples(f, globs, verbose=False, name="NoName", compileflags=None,
                           optionflags=0):
    """Runs the examples of one docstring."""
    finder = DocTestFinder(verbose=verbose, recurse=False)
    runner = DocTestRunner(verbose=verbose, optionflags=optionflags)
    for test in finder.find(f, name, globs=globs):
        runner.run(test, compileflags=compileflags)


# For unittest

_unittest_reportflags = 0


def set_unittest_reportflags(flags):
    """Sets how failures of tests in unittest are told; what was set before."""
    global _unittest_reportflags
    if flags & REPORTING_FLAGS != flags:
        raise ValueError("Only reporting flags allowed", flags)
    known, _unittest_reportflags = _unittest_reportflags, flags
    return known


def _no_step(test):
    """Nothing is to be done before or after a test."""


class DocTestCase(unittest.TestCase):
    """A test as unittest runs it."""

    def __init__(self, test, optionflags=0, setUp=None, tearDown=None, checker=None):
        super().__init__()
        self._dt_test, self._dt_optionflags, self._dt_checker = test, optionflags, checker
        self._around = setUp or _no_step, tearDown or _no_step
        self._before = dict(test.globs)

    def setUp(self):
        self._around[0](self._dt_test)

    def tearDown(self):
        self._around[1](self._dt_test)
        variables = self._dt_test.globs
        for name in variables.keys() - self._before.keys():
            del variables[name]
        variables |= self._before

    def runTest(self):
        flags = self._dt_optionflags
        if not flags & REPORTING_FLAGS:
            flags |= _unittest_reportflags
        text = io.StringIO()
        runner = DocTestRunner(checker=self._dt_checker, verbose=False, optionflags=flags)
        runner.DIVIDER = "-" * 70
        if runner.run(self._dt_test, out=text.write, clear_globs=False).failed:
            raise self.failureException(self.format_failure(text.getvalue()))

    def format_failure(self, err):
        test = self._dt_test
        line = "unknown line number" if test.lineno is None else f"{test.lineno}"
        last = test.name.rpartition(".")[2]
        return (f"Failed doctest test for {test.name}\n"
                f'  File "{test.filename}", line {line}, in {last}\n\n{err}')

    def debug(self):
        runner = DebugRunner(self._dt_checker, False, self._dt_optionflags)
        self.setUp()
        try:
            runner.run(self._dt_test, clear_globs=False)
        finally:
            self.tearDown()

    def id(self):
        return self._dt_test.name

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return self._dt_test == other._dt_test and self._dt_optionflags == other._dt_optionflags

    def __hash__(self):
        return hash((self._dt_optionflags, self._dt_test.name))

    def __repr__(self):
        package, _, last = self._dt_test.name.rpartition(".")
        return f"{last} ({package})"

    __str__ = __repr__

    def shortDescription(self):
        return "Doctest: " + self._dt_test.name


class DocFileCase(DocTestCase):
    """A text file as unittest runs it."""

    def id(self):
        return "_".join(self._dt_test.name.split("."))

    def __repr__(self):
        return self._dt_test.filename

    __str__ = __repr__

    def format_failure(self, err):
        test = self._dt_test
        return f"Failed doctest test for {test.name}\n  File \"{test.filename}\", line 0\n\n{err}"


class _DocTestSuite(unittest.TestSuite):
    def _removeTestAtIndex(self, index):
        pass


def DocTestSuite(module=None, globs=None, extraglobs=None, test_finder=None, **options):
    """The tests of a module for unittest."""
    finder = test_finder or DocTestFinder()
    if module is None:
        module = _caller_module(2)
    elif isinstance(module, str):
        import importlib
        module = importlib.import_module(module)
    suite = _DocTestSuite()
    for test in finder.find(module, globs=globs, extraglobs=extraglobs):
        if not test.examples:
            continue
        if not test.filename:
            test.filename = module.__file__
        suite.addTest(DocTestCase(test, **options))
    return suite


def DocFileTest(path, module_relative=True, package=None, globs=None, parser=DocTestParser(),
                encoding=None, _caller=None, **options):
    """A text file for unittest."""
    place = _located(path, package, module_relative, _caller or _caller_module(2))
    with open(place, encoding=encoding or "utf-8") as file:
        text = file.read()
    globs = {**(globs or {}), "__file__": place}
    test = parser.get_doctest(text, globs, os.path.basename(path), place, 0)
    return DocFileCase(test, **options)


def DocFileSuite(*paths, **kw):
    """Text files for unittest."""
    caller = _caller_module(2)
    return _DocTestSuite([DocFileTest(path, _caller=caller, **kw) for path in paths])


# Examples as programs

def script_from_examples(s):
    """The examples of a text as a program, with the texts as comments."""
    def commented(text, mark):
        return "".join(f"{mark} {line}".rstrip() + "\n" for line in text.split("\n")[:-1])
    lines = []
    for piece in DocTestParser().parse(s):
        if isinstance(piece, Example):
            lines.append(piece.source)
            if piece.want:
                lines.append("# Expected:\n" + commented(piece.want, "##"))
        else:
            lines.append(commented(piece, "#"))
    text = "".join(lines)
    while text.endswith("#\n"):
        text = text[:-2]
    while text.startswith("#\n"):
        text = text[2:]
    return text.strip("\n") + "\n"


def testsource(module, name):
    """The examples of one object of a module as a program."""
    if isinstance(module, str):
        import importlib
        module = importlib.import_module(module)
    tests = [test for test in DocTestFinder().find(module) if test.name == name]
    if not tests:
        raise ValueError(name, "not found in tests")
    return script_from_examples(tests[0].docstring)


def debug_src(src, pm=False, globs=None):
    """Runs the examples of a text as a program."""
    exec(script_from_examples(src), {} if globs is None else globs.copy())


def debug(module, name, pm=False):
    """Runs the examples of one object of a module as a program."""
    if isinstance(module, str):
        import importlib
        module = importlib.import_module(module)
    exec(testsource(module, name), dict(vars(module)))


def _main():
    import argparse
    parser = argparse.ArgumentParser(description="doctest runner")
    parser.add_argument("-v", "--verbose", action="store_true", help="print all examples")
    parser.add_argument("-o", "--option", action="append", choices=OPTIONFLAGS_BY_NAME, default=[],
                        help="an option for all examples")
    parser.add_argument("-f", "--fail-fast", action="store_true", help="stop at the first failure")
    parser.add_argument("file", nargs="+", help="a module or a text file")
    chosen = parser.parse_args()
    flags = sum({OPTIONFLAGS_BY_NAME[name] for name in chosen.option})
    if chosen.fail_fast:
        flags |= FAIL_FAST
    for path in chosen.file:
        if path.endswith(".py"):
            folder, name = os.path.split(path)
            sys.path.insert(0, folder)
            module = __import__(name[:-3])
            del sys.path[0]
            failures, _ = testmod(module, verbose=chosen.verbose, optionflags=flags)
        else:
            failures, _ = testfile(path, module_relative=False, verbose=chosen.verbose,
                                   optionflags=flags)
        if failures:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
