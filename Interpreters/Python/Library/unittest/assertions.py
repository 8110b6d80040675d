"""What a test may assert."""

import difflib
import pprint
import re
import warnings

from .expectations import LogsContext, RaisesContext, WarnsContext
from .util import count_differences, differing_reprs, safe_repr

__unittest = True

DIFF_OMITTED = "\nDiff is %s characters long. Set self.maxDiff to None to see it."

_NOT_A_SEQUENCE = TypeError, IndexError, NotImplementedError


class Assertions:
    """The part of `TestCase` that asserts."""

    # What `assertEqual` calls for two objects of exactly one of these types.
    _equality_methods = {
        dict: "assertDictEqual", list: "assertListEqual", tuple: "assertTupleEqual",
        set: "assertSetEqual", frozenset: "assertSetEqual", str: "assertMultiLineEqual"}
    _own_equality_methods = None

    def addTypeEqualityFunc(self, typeobj, function):
        """What `assertEqual` does with two objects of exactly this type."""
        if self._own_equality_methods is None:
            self._own_equality_methods = {}
        self._own_equality_methods[typeobj] = function

    # How assertions fail

    def fail(self, msg=None):
        raise self.failureException(msg)

    def _formatMessage(self, msg, standardMsg):
        """What an assertion says, and after it what the caller says."""
        if msg is None:
            return standardMsg
        return f"{standardMsg} : {msg}" if self.longMessage else msg or standardMsg

    def _refuse(self, msg, template, *objects):
        """Fails with the objects' reprs in the message."""
        self.fail(self._formatMessage(msg, template % tuple(map(safe_repr, objects))))

    def _refuse_with_diff(self, msg, text, diff):
        self.fail(self._formatMessage(msg, self._truncateMessage(text, diff)))

    def _truncateMessage(self, message, diff):
        if self.maxDiff is not None and len(diff) > self.maxDiff:
            diff = DIFF_OMITTED % len(diff)
        return message + diff

    # Truth, identity, membership

    def assertTrue(self, expr, msg=None):
        if not expr:
            self._refuse(msg, "%s is not true", expr)

    def assertFalse(self, expr, msg=None):
        if expr:
            self._refuse(msg, "%s is not false", expr)

    def assertIs(self, expr1, expr2, msg=None):
        if expr1 is not expr2:
            self._refuse(msg, "%s is not %s", expr1, expr2)

    def assertIsNot(self, expr1, expr2, msg=None):
        if expr1 is expr2:
            self._refuse(msg, "unexpectedly identical: %s", expr1)

    def assertIsNone(self, obj, msg=None):
        if obj is not None:
            self._refuse(msg, "%s is not None", obj)

    def assertIsNotNone(self, obj, msg=None):
        if obj is None:
            self._refuse(msg, "unexpectedly None")

    def assertIn(self, member, container, msg=None):
        if member not in container:
            self._refuse(msg, "%s not found in %s", member, container)

    def assertNotIn(self, member, container, msg=None):
        if member in container:
            self._refuse(msg, "%s unexpectedly found in %s", member, container)

    def assertIsInstance(self, obj, cls, msg=None):
        if not isinstance(obj, cls):
            self.fail(self._formatMessage(msg, f"{safe_repr(obj)} is not an instance of {cls!r}"))

    def assertNotIsInstance(self, obj, cls, msg=None):
        if isinstance(obj, cls):
            self.fail(self._formatMessage(msg, f"{safe_repr(obj)} is an instance of {cls!r}"))

    # Order

    def assertLess(self, a, b, msg=None):
        if not a < b:
            self._refuse(msg, "%s not less than %s", a, b)

    def assertLessEqual(self, a, b, msg=None):
        if not a <= b:
            self._refuse(msg, "%s not less than or equal to %s", a, b)

    def assertGreater(self, a, b, msg=None):
        if not a > b:
            self._refuse(msg, "%s not greater than %s", a, b)

    def assertGreaterEqual(self, a, b, msg=None):
        if not a >= b:
            self._refuse(msg, "%s not greater than or equal to %s", a, b)

    # Equality

    def assertEqual(self, first, second, msg=None):
        self._getAssertEqualityFunc(first, second)(first, second, msg=msg)

    def _getAssertEqualityFunc(self, first, second):
        kind = type(first)
        if kind is type(second):
            function = (self._own_equality_methods or {}).get(kind)
            if function is None:
                function = self._equality_methods.get(kind)
            if function is not None:
                return getattr(self, function) if isinstance(function, str) else function
        return self._baseAssertEqual

    def _baseAssertEqual(self, first, second, msg=None):
        if not first == second:
            self.fail(self._formatMessage(msg, "%s != %s" % differing_reprs(first, second)))

    def assertNotEqual(self, first, second, msg=None):
        if not first != second:
            self._refuse(msg, "%s == %s", first, second)

    def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        """Equal when rounded to so many decimal places (7), or no farther apart than `delta`."""
        if first == second:
            return
        near, _, limit, apart = _distance(first, second, places, delta)
        if not near:
            self.fail(self._formatMessage(
                msg, f"{safe_repr(first)} != {safe_repr(second)} within {limit} "
                     f"({safe_repr(apart)} difference)"))

    def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        _, far, limit, apart = _distance(first, second, places, delta)
        if far and not first == second:
            return
        text = f"{safe_repr(first)} == {safe_repr(second)} within {limit}"
        if delta is not None:
            text += f" ({safe_repr(apart)} difference)"
        self.fail(self._formatMessage(msg, text))

    def assertSequenceEqual(self, seq1, seq2, msg=None, seq_type=None):
        """Sequences of any type, or of `seq_type`."""
        kind = "sequence"
        if seq_type is not None:
            kind = seq_type.__name__
            for which, seq in (("First", seq1), ("Second", seq2)):
                if not isinstance(seq, seq_type):
                    self.fail(f"{which} sequence is not a {kind}: {safe_repr(seq)}")
        text = _sequence_difference(seq1, seq2, kind, seq_type is None)
        if text is not None:
            self._refuse_with_diff(msg, text, _diff_of_reprs(seq1, seq2))

    def assertListEqual(self, list1, list2, msg=None):
        self.assertSequenceEqual(list1, list2, msg, seq_type=list)

    def assertTupleEqual(self, tuple1, tuple2, msg=None):
        self.assertSequenceEqual(tuple1, tuple2, msg, seq_type=tuple)

    def assertSetEqual(self, set1, set2, msg=None):
        lines = []
        for which, one, than, other in (
                ("first", set1, "second", set2), ("second", set2, "first", set1)):
            try:
                more = one.difference(other)
            except TypeError as error:
                self.fail(f"invalid type when attempting set difference: {error}")
            except AttributeError as error:
                self.fail(f"{which} argument does not support set difference: {error}")
            if more:
                lines += [f"Items in the {which} set but not the {than}:", *map(repr, more)]
        if lines:
            self.fail(self._formatMessage(msg, "\n".join(lines)))

    def assertDictEqual(self, d1, d2, msg=None):
        self.assertIsInstance(d1, dict, "First argument is not a dictionary")
        self.assertIsInstance(d2, dict, "Second argument is not a dictionary")
        if d1 != d2:
            self._refuse_with_diff(
                msg, "%s != %s" % differing_reprs(d1, d2), _diff_of_reprs(d1, d2))

    def assertDictContainsSubset(self, subset, dictionary, msg=None):
        warnings.warn("assertDictContainsSubset is deprecated", DeprecationWarning)
        wrong = [key for key in subset if key in dictionary and subset[key] != dictionary[key]]
        faults = {
            "Missing": [safe_repr(key) for key in subset if key not in dictionary],
            "Mismatched values": [
                f"{safe_repr(key)}, expected: {safe_repr(subset[key])}, "
                f"actual: {safe_repr(dictionary[key])}" for key in wrong]}
        text = "; ".join(f"{name}: {','.join(items)}" for name, items in faults.items() if items)
        if text:
            self.fail(self._formatMessage(msg, text))

    def assertCountEqual(self, first, second, msg=None):
        """The same items as often, in any order."""
        lines = ["First has %d, Second has %d:  %r" % item
                 for item in count_differences(list(first), list(second))]
        if lines:
            self._refuse_with_diff(msg, "Element counts were not equal:\n", "\n".join(lines))

    def assertMultiLineEqual(self, first, second, msg=None):
        self.assertIsInstance(first, str, "First argument is not a string")
        self.assertIsInstance(second, str, "Second argument is not a string")
        if first == second:
            return
        if max(len(first), len(second)) > self._diffThreshold:
            # The difference of long texts takes too long.
            self._baseAssertEqual(first, second, msg)
        sides = [text.splitlines(keepends=True) for text in (first, second)]
        if len(sides[0]) == 1 and first == first.strip("\r\n"):
            sides = [first + "\n"], [second + "\n"]
        self._refuse_with_diff(
            msg, "%s != %s" % differing_reprs(first, second),
            "\n" + "".join(difflib.ndiff(*sides)))

    # Texts

    def assertRegex(self, text, expected_regex, msg=None):
        if isinstance(expected_regex, (str, bytes)):
            assert expected_regex, "expected_regex must not be empty."
        pattern = re.compile(expected_regex)
        if pattern.search(text) is None:
            self.fail(self._formatMessage(
                msg, f"Regex didn't match: {pattern.pattern!r} not found in {text!r}"))

    def assertNotRegex(self, text, unexpected_regex, msg=None):
        pattern = re.compile(unexpected_regex)
        found = pattern.search(text)
        if found is not None:
            self.fail(self._formatMessage(
                msg, f"Regex matched: {found[0]!r} matches {pattern.pattern!r} in {text!r}"))

    # Exceptions, warnings, logs: with a function, calls it; without one, gives a context

    def assertRaises(self, expected_exception, *args, **kwargs):
        return RaisesContext(self, expected_exception).begin("assertRaises", args, kwargs)

    def assertRaisesRegex(self, expected_exception, expected_regex, *args, **kwargs):
        return RaisesContext(self, expected_exception, expected_regex).begin(
            "assertRaisesRegex", args, kwargs)

    def assertWarns(self, expected_warning, *args, **kwargs):
        return WarnsContext(self, expected_warning).begin("assertWarns", args, kwargs)

    def assertWarnsRegex(self, expected_warning, expected_regex, *args, **kwargs):
        return WarnsContext(self, expected_warning, expected_regex).begin(
            "assertWarnsRegex", args, kwargs)

    def assertLogs(self, logger=None, level=None):
        return LogsContext(self, logger, level, wanted=True)

    def assertNoLogs(self, logger=None, level=None):
        return LogsContext(self, logger, level, wanted=False)


def _distance(first, second, places, delta):
    """(are they near, are they far, what near means, how far they are apart)"""
    if delta is not None and places is not None:
        raise TypeError("specify delta or places not both")
    apart = abs(first - second)
    if delta is not None:
        return apart <= delta, apart > delta, f"{safe_repr(delta)} delta", apart
    if places is None:
        places = 7
    near = round(apart, places) == 0
    return near, not near, f"{places!r} places", apart


def _diff_of_reprs(one, other):
    lines = difflib.ndiff(*(pprint.pformat(side).splitlines() for side in (one, other)))
    return "\n" + "\n".join(lines)


def _sequence_difference(seq1, seq2, kind, of_any_type):
    """Where two sequences differ first, or None if they do not."""
    sizes = []
    for which, seq in (("First", seq1), ("Second", seq2)):
        try:
            sizes.append(len(seq))
        except (TypeError, NotImplementedError):
            return f"{which} {kind} has no length.    Non-sequence?"
    if seq1 == seq2:
        return None
    place = _first_differing_element(seq1, seq2, min(sizes), kind)
    if place is None:
        if sizes[0] == sizes[1] and of_any_type and type(seq1) != type(seq2):
            # Equal item by item, which is all that is asked of different types.
            return None
        place = ""
    text = "%ss differ: %s != %s\n" % (kind.capitalize(), *differing_reprs(seq1, seq2)) + place
    if sizes[0] != sizes[1]:
        shorter = min(sizes)
        which, longer = ("First", seq1) if sizes[0] > shorter else ("Second", seq2)
        text += f"\n{which} {kind} contains {max(sizes) - shorter} additional elements.\n"
        try:
            text += f"First extra element {shorter}:\n{safe_repr(longer[shorter])}\n"
        except _NOT_A_SEQUENCE:
            text += f"Unable to index element {shorter} of {which.lower()} {kind}\n"
    return text


def _first_differing_element(seq1, seq2, count, kind):
    for i in range(count):
        items = []
        for which, seq in (("first", seq1), ("second", seq2)):
            try:
                items.append(seq[i])
            except _NOT_A_SEQUENCE:
                return f"\nUnable to index element {i} of {which} {kind}\n"
        if items[0] != items[1]:
            return "\nFirst differing element %d:\n%s\n%s\n" % (i, *differing_reprs(*items))
    return None


# Names of long ago -----------------------------------------------------------------------------


def _deprecated(old, new):
    def method(self, *args, **kwargs):
        warnings.warn(f"Please use {new} instead.", DeprecationWarning, 2)
        return getattr(self, new)(*args, **kwargs)
    method.__name__ = old
    method.__qualname__ = f"Assertions.{old}"
    return method


for _new, _olds in {
        "assertEqual": "failUnlessEqual assertEquals",
        "assertNotEqual": "failIfEqual assertNotEquals",
        "assertAlmostEqual": "failUnlessAlmostEqual assertAlmostEquals",
        "assertNotAlmostEqual": "failIfAlmostEqual assertNotAlmostEquals",
        "assertTrue": "failUnless assert_", "assertFalse": "failIf",
        "assertRaises": "failUnlessRaises", "assertRaisesRegex": "assertRaisesRegexp",
        "assertRegex": "assertRegexpMatches", "assertNotRegex": "assertNotRegexpMatches"}.items():
    for _old in _olds.split():
        setattr(Assertions, _old, _deprecated(_old, _new))
