"""What a test may assert."""

import difflib
import pprint
import re
import warnings

from .expectations import _AssertLogsContext, _AssertRaisesContext, _AssertWarnsContext
from .util import (
    _common_shorten_repr, _count_diff_all_purpose, _count_diff_hashable, safe_repr)

__unittest = True

_DIFF_OMITTED = "\nDiff is %s characters long. Set self.maxDiff to None to see it."


class Assertions:
    """The part of `TestCase` that asserts."""

    _type_equality_names = (
        (dict, "assertDictEqual"), (list, "assertListEqual"), (tuple, "assertTupleEqual"),
        (set, "assertSetEqual"), (frozenset, "assertSetEqual"), (str, "assertMultiLineEqual"))

    def fail(self, msg=None):
        raise self.failureException(msg)

    def _formatMessage(self, msg, standardMsg):
        """The message of an assertion, and after it the one of the caller."""
        if not self.longMessage:
            return msg or standardMsg
        if msg is None:
            return standardMsg
        try:
            return f"{standardMsg} : {msg}"
        except UnicodeDecodeError:
            return f"{safe_repr(standardMsg)} : {safe_repr(msg)}"

    def _truncateMessage(self, message, diff):
        limit = self.maxDiff
        if limit is None or len(diff) <= limit:
            return message + diff
        return message + (_DIFF_OMITTED % len(diff))

    # Truth, identity, membership

    def assertFalse(self, expr, msg=None):
        if expr:
            raise self.failureException(self._formatMessage(msg, f"{safe_repr(expr)} is not false"))

    def assertTrue(self, expr, msg=None):
        if not expr:
            raise self.failureException(self._formatMessage(msg, f"{safe_repr(expr)} is not true"))

    def assertIs(self, expr1, expr2, msg=None):
        if expr1 is not expr2:
            self.fail(self._formatMessage(
                msg, f"{safe_repr(expr1)} is not {safe_repr(expr2)}"))

    def assertIsNot(self, expr1, expr2, msg=None):
        if expr1 is expr2:
            self.fail(self._formatMessage(msg, f"unexpectedly identical: {safe_repr(expr1)}"))

    def assertIsNone(self, obj, msg=None):
        if obj is not None:
            self.fail(self._formatMessage(msg, f"{safe_repr(obj)} is not None"))

    def assertIsNotNone(self, obj, msg=None):
        if obj is None:
            self.fail(self._formatMessage(msg, "unexpectedly None"))

    def assertIn(self, member, container, msg=None):
        if member not in container:
            self.fail(self._formatMessage(
                msg, f"{safe_repr(member)} not found in {safe_repr(container)}"))

    def assertNotIn(self, member, container, msg=None):
        if member in container:
            self.fail(self._formatMessage(
                msg, f"{safe_repr(member)} unexpectedly found in {safe_repr(container)}"))

    def assertIsInstance(self, obj, cls, msg=None):
        if not isinstance(obj, cls):
            self.fail(self._formatMessage(msg, f"{safe_repr(obj)} is not an instance of {cls!r}"))

    def assertNotIsInstance(self, obj, cls, msg=None):
        if isinstance(obj, cls):
            self.fail(self._formatMessage(msg, f"{safe_repr(obj)} is an instance of {cls!r}"))

    # Equality

    def _getAssertEqualityFunc(self, first, second):
        if type(first) is type(second):
            function = self._type_equality_funcs.get(type(first))
            if function is not None:
                return getattr(self, function) if isinstance(function, str) else function
        return self._baseAssertEqual

    def _baseAssertEqual(self, first, second, msg=None):
        if not first == second:
            message = "%s != %s" % _common_shorten_repr(first, second)
            raise self.failureException(self._formatMessage(msg, message))

    def assertEqual(self, first, second, msg=None):
        self._getAssertEqualityFunc(first, second)(first, second, msg=msg)

    def assertNotEqual(self, first, second, msg=None):
        if not first != second:
            raise self.failureException(self._formatMessage(
                msg, f"{safe_repr(first)} == {safe_repr(second)}"))

    def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        if first == second:
            return
        if delta is not None and places is not None:
            raise TypeError("specify delta or places not both")
        difference = abs(first - second)
        if delta is not None:
            if difference <= delta:
                return
            within = f"{safe_repr(delta)} delta"
        else:
            places = 7 if places is None else places
            if round(difference, places) == 0:
                return
            within = f"{places!r} places"
        message = (f"{safe_repr(first)} != {safe_repr(second)} within {within} "
                   f"({safe_repr(difference)} difference)")
        raise self.failureException(self._formatMessage(msg, message))

    def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        if delta is not None and places is not None:
            raise TypeError("specify delta or places not both")
        difference = abs(first - second)
        if delta is not None:
            if not (first == second) and difference > delta:
                return
            message = (f"{safe_repr(first)} == {safe_repr(second)} within {safe_repr(delta)} delta "
                       f"({safe_repr(difference)} difference)")
        else:
            places = 7 if places is None else places
            if not (first == second) and round(difference, places) != 0:
                return
            message = f"{safe_repr(first)} == {safe_repr(second)} within {places!r} places"
        raise self.failureException(self._formatMessage(msg, message))

    def assertSequenceEqual(self, seq1, seq2, msg=None, seq_type=None):
        """Sequences of any type, or of exactly `seq_type`."""
        if seq_type is not None:
            name = seq_type.__name__
            if not isinstance(seq1, seq_type):
                raise self.failureException(
                    f"First sequence is not a {name}: {safe_repr(seq1)}")
            if not isinstance(seq2, seq_type):
                raise self.failureException(
                    f"Second sequence is not a {name}: {safe_repr(seq2)}")
        else:
            name = "sequence"
        differing = None
        try:
            length1 = len(seq1)
        except (TypeError, NotImplementedError):
            differing = f"First {name} has no length.    Non-sequence?"
        if differing is None:
            try:
                length2 = len(seq2)
            except (TypeError, NotImplementedError):
                differing = f"Second {name} has no length.    Non-sequence?"
        if differing is None:
            if seq1 == seq2:
                return
            differing = "%ss differ: %s != %s\n" % (
                (name.capitalize(),) + _common_shorten_repr(seq1, seq2))
            for i in range(min(length1, length2)):
                try:
                    item1 = seq1[i]
                except (TypeError, IndexError, NotImplementedError):
                    differing += f"\nUnable to index element {i} of first {name}\n"
                    break
                try:
                    item2 = seq2[i]
                except (TypeError, IndexError, NotImplementedError):
                    differing += f"\nUnable to index element {i} of second {name}\n"
                    break
                if item1 != item2:
                    differing += "\nFirst differing element %d:\n%s\n%s\n" % (
                        (i,) + _common_shorten_repr(item1, item2))
                    break
            else:
                if length1 == length2 and seq_type is None and type(seq1) != type(seq2):
                    # Equal item by item, and yet not equal.
                    return
            for longer, shorter, longer_name, sequence in (
                    (length1, length2, "First", seq1), (length2, length1, "Second", seq2)):
                if longer > shorter:
                    differing += (
                        f"\n{longer_name} {name} contains {longer - shorter} additional elements.\n")
                    try:
                        differing += "First extra element %d:\n%s\n" % (
                            shorter, safe_repr(sequence[shorter]))
                    except (TypeError, IndexError, NotImplementedError):
                        differing += (
                            f"Unable to index element {shorter} of {longer_name.lower()} {name}\n")
        diff = "\n" + "\n".join(difflib.ndiff(
            pprint.pformat(seq1).splitlines(), pprint.pformat(seq2).splitlines()))
        self.fail(self._formatMessage(msg, self._truncateMessage(differing, diff)))

    def assertListEqual(self, list1, list2, msg=None):
        self.assertSequenceEqual(list1, list2, msg, seq_type=list)

    def assertTupleEqual(self, tuple1, tuple2, msg=None):
        self.assertSequenceEqual(tuple1, tuple2, msg, seq_type=tuple)

    def assertSetEqual(self, set1, set2, msg=None):
        differences = []
        for which, one, other in (("first", set1, set2), ("second", set2, set1)):
            try:
                differences.append(one.difference(other))
            except TypeError as error:
                self.fail(f"invalid type when attempting set difference: {error}")
            except AttributeError as error:
                self.fail(f"{which} argument does not support set difference: {error}")
        if not (differences[0] or differences[1]):
            return
        lines = []
        for which, difference in zip(("first", "second"), differences):
            if difference:
                lines.append(f"Items in the {which} set but not the "
                             f"{'second' if which == 'first' else 'first'}:")
                lines.extend(repr(item) for item in difference)
        self.fail(self._formatMessage(msg, "\n".join(lines)))

    def assertDictEqual(self, d1, d2, msg=None):
        self.assertIsInstance(d1, dict, "First argument is not a dictionary")
        self.assertIsInstance(d2, dict, "Second argument is not a dictionary")
        if d1 != d2:
            message = "%s != %s" % _common_shorten_repr(d1, d2)
            diff = "\n" + "\n".join(difflib.ndiff(
                pprint.pformat(d1).splitlines(), pprint.pformat(d2).splitlines()))
            self.fail(self._formatMessage(msg, self._truncateMessage(message, diff)))

    def assertDictContainsSubset(self, subset, dictionary, msg=None):
        warnings.warn("assertDictContainsSubset is deprecated", DeprecationWarning)
        missing, mismatched = [], []
        for key, value in subset.items():
            if key not in dictionary:
                missing.append(key)
            elif value != dictionary[key]:
                mismatched.append(
                    f"{safe_repr(key)}, expected: {safe_repr(value)}, "
                    f"actual: {safe_repr(dictionary[key])}")
        if not (missing or mismatched):
            return
        message = ""
        if missing:
            message = "Missing: " + ",".join(safe_repr(key) for key in missing)
        if mismatched:
            if message:
                message += "; "
            message += "Mismatched values: " + ",".join(mismatched)
        self.fail(self._formatMessage(msg, message))

    def assertCountEqual(self, first, second, msg=None):
        """The same items as often, in any order."""
        list1, list2 = list(first), list(second)
        try:
            differences = _count_diff_hashable(list1, list2)
        except TypeError:
            differences = _count_diff_all_purpose(list1, list2)
        if differences:
            lines = ["Element counts were not equal:"]
            lines += ["First has %d, Second has %d:  %r" % item for item in differences]
            message = self._truncateMessage(lines[0] + "\n", "\n".join(lines[1:]))
            self.fail(self._formatMessage(msg, message))

    def assertMultiLineEqual(self, first, second, msg=None):
        self.assertIsInstance(first, str, "First argument is not a string")
        self.assertIsInstance(second, str, "Second argument is not a string")
        if first == second:
            return
        if len(first) > self._diffThreshold or len(second) > self._diffThreshold:
            self._baseAssertEqual(first, second, msg)
        first_lines = first.splitlines(keepends=True)
        second_lines = second.splitlines(keepends=True)
        if len(first_lines) == 1 and first.strip("\r\n") == first:
            first_lines, second_lines = [first + "\n"], [second + "\n"]
        message = "%s != %s" % _common_shorten_repr(first, second)
        diff = "\n" + "".join(difflib.ndiff(first_lines, second_lines))
        self.fail(self._formatMessage(msg, self._truncateMessage(message, diff)))

    # Order

    def _compare(self, holds, a, relation, b, msg):
        if not holds:
            self.fail(self._formatMessage(
                msg, f"{safe_repr(a)} not {relation} {safe_repr(b)}"))

    def assertLess(self, a, b, msg=None):
        self._compare(a < b, a, "less than", b, msg)

    def assertLessEqual(self, a, b, msg=None):
        self._compare(a <= b, a, "less than or equal to", b, msg)

    def assertGreater(self, a, b, msg=None):
        self._compare(a > b, a, "greater than", b, msg)

    def assertGreaterEqual(self, a, b, msg=None):
        self._compare(a >= b, a, "greater than or equal to", b, msg)

    # Exceptions, warnings, logs

    def assertRaises(self, expected_exception, *args, **kwargs):
        """Calls a function that shall raise; without one, a context for what shall."""
        context = _AssertRaisesContext(expected_exception, self)
        try:
            return context.handle("assertRaises", args, kwargs)
        finally:
            context = None

    def assertRaisesRegex(self, expected_exception, expected_regex, *args, **kwargs):
        context = _AssertRaisesContext(expected_exception, self, expected_regex)
        return context.handle("assertRaisesRegex", args, kwargs)

    def assertWarns(self, expected_warning, *args, **kwargs):
        context = _AssertWarnsContext(expected_warning, self)
        return context.handle("assertWarns", args, kwargs)

    def assertWarnsRegex(self, expected_warning, expected_regex, *args, **kwargs):
        context = _AssertWarnsContext(expected_warning, self, expected_regex)
        return context.handle("assertWarnsRegex", args, kwargs)

    def assertLogs(self, logger=None, level=None):
        return _AssertLogsContext(self, logger, level, no_logs=False)

    def assertNoLogs(self, logger=None, level=None):
        return _AssertLogsContext(self, logger, level, no_logs=True)

    # Texts

    def assertRegex(self, text, expected_regex, msg=None):
        if isinstance(expected_regex, (str, bytes)):
            assert expected_regex, "expected_regex must not be empty."
            expected_regex = re.compile(expected_regex)
        if not expected_regex.search(text):
            raise self.failureException(self._formatMessage(
                msg, f"Regex didn't match: {expected_regex.pattern!r} not found in {text!r}"))

    def assertNotRegex(self, text, unexpected_regex, msg=None):
        if isinstance(unexpected_regex, (str, bytes)):
            unexpected_regex = re.compile(unexpected_regex)
        match = unexpected_regex.search(text)
        if match:
            raise self.failureException(self._formatMessage(
                msg, f"Regex matched: {text[match.start():match.end()]!r} matches "
                     f"{unexpected_regex.pattern!r} in {text!r}"))


def _deprecated(old, new):
    def method(self, *args, **kwargs):
        warnings.warn(f"Please use {new} instead.", DeprecationWarning, 2)
        return getattr(self, new)(*args, **kwargs)
    method.__name__ = old
    return method


for _old, _new in (
        ("failUnlessEqual", "assertEqual"), ("assertEquals", "assertEqual"),
        ("failIfEqual", "assertNotEqual"), ("assertNotEquals", "assertNotEqual"),
        ("failUnlessAlmostEqual", "assertAlmostEqual"),
        ("assertAlmostEquals", "assertAlmostEqual"),
        ("failIfAlmostEqual", "assertNotAlmostEqual"),
        ("assertNotAlmostEquals", "assertNotAlmostEqual"), ("failUnless", "assertTrue"),
        ("assert_", "assertTrue"), ("failUnlessRaises", "assertRaises"), ("failIf", "assertFalse"),
        ("assertRaisesRegexp", "assertRaisesRegex"), ("assertRegexpMatches", "assertRegex"),
        ("assertNotRegexpMatches", "assertNotRegex")):
    setattr(Assertions, _old, _deprecated(_old, _new))
