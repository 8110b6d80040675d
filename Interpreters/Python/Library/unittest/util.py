"""Texts for messages."""

from collections import Counter

__unittest = True

_MAX_LENGTH = 80
_PLACEHOLDER_LEN = 12
_MIN_BEGIN_LEN = 5
_MIN_END_LEN = 5
_MIN_COMMON_LEN = 5
_MIN_DIFF_LEN = (
    _MAX_LENGTH - _MIN_BEGIN_LEN - _PLACEHOLDER_LEN - _MIN_COMMON_LEN - _PLACEHOLDER_LEN
    - _MIN_END_LEN)


def _shorten(text, begin, end):
    skipped = len(text) - begin - end
    if skipped > _PLACEHOLDER_LEN:
        text = f"{text[:begin]}[{skipped} chars]{text[len(text) - end:]}"
    return text


def _common_prefix(texts):
    first, last = min(texts), max(texts)
    for i, character in enumerate(first):
        if character != last[i]:
            return first[:i]
    return first


def _common_shorten_repr(*objects):
    """Reprs of objects that are not equal, shortened so that their differences remain visible."""
    texts = tuple(map(safe_repr, objects))
    longest = max(map(len, texts))
    if longest <= _MAX_LENGTH:
        return texts
    prefix = _common_prefix(texts)
    prefix_length = len(prefix)
    common_length = _MAX_LENGTH - (longest - prefix_length + _MIN_BEGIN_LEN + _PLACEHOLDER_LEN)
    if common_length > _MIN_COMMON_LEN:
        prefix = _shorten(prefix, _MIN_BEGIN_LEN, common_length)
        return tuple(prefix + text[prefix_length:] for text in texts)
    prefix = _shorten(prefix, _MIN_BEGIN_LEN, _MIN_COMMON_LEN)
    return tuple(
        prefix + _shorten(text[prefix_length:], _MIN_DIFF_LEN, _MIN_END_LEN) for text in texts)


def safe_repr(obj, short=False):
    """`repr`, also of objects that have a broken one."""
    try:
        result = repr(obj)
    except Exception:
        result = object.__repr__(obj)
    if not short or len(result) < _MAX_LENGTH:
        return result
    return result[:_MAX_LENGTH] + " [truncated]..."


def strclass(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


def sorted_list_difference(expected, actual):
    """What is only in the one and only in the other of two sorted lists."""
    missing, unexpected = [], []
    i = j = 0
    while i < len(expected) and j < len(actual):
        e, a = expected[i], actual[j]
        if e < a:
            missing.append(e)
            i += 1
            while i < len(expected) and expected[i] == e:
                i += 1
        elif e > a:
            unexpected.append(a)
            j += 1
            while j < len(actual) and actual[j] == a:
                j += 1
        else:
            i += 1
            while i < len(expected) and expected[i] == e:
                i += 1
            j += 1
            while j < len(actual) and actual[j] == a:
                j += 1
    missing.extend(expected[i:])
    unexpected.extend(actual[j:])
    return missing, unexpected


def unorderable_list_difference(expected, actual):
    """The same for lists in no order; empties both."""
    missing = []
    while expected:
        item = expected.pop()
        try:
            actual.remove(item)
        except ValueError:
            missing.append(item)
    return missing, actual


def three_way_cmp(x, y):
    return (x > y) - (x < y)


def _count_diff_all_purpose(actual, expected):
    """(count in actual, count in expected, item) of all items whose counts differ; hashes nothing."""
    missing = object()
    first, second = list(actual), list(expected)
    m, n = len(first), len(second)
    result = []
    for i, item in enumerate(first):
        if item is missing:
            continue
        of_first = of_second = 0
        for j in range(i, m):
            if first[j] == item:
                of_first += 1
                first[j] = missing
        for j, other in enumerate(second):
            if other == item:
                of_second += 1
                second[j] = missing
        if of_first != of_second:
            result.append(_Mismatch(of_first, of_second, item))
    for i, item in enumerate(second):
        if item is missing:
            continue
        of_second = 0
        for j in range(i, n):
            if second[j] == item:
                of_second += 1
                second[j] = missing
        result.append(_Mismatch(0, of_second, item))
    return result


def _count_diff_hashable(actual, expected):
    """The same by hashing."""
    first, second = Counter(actual), Counter(expected)
    result = []
    for item, count in first.items():
        if count != second.get(item, 0):
            result.append(_Mismatch(count, second.get(item, 0), item))
    for item, count in second.items():
        if item not in first:
            result.append(_Mismatch(0, count, item))
    return result


class _Mismatch(tuple):
    def __new__(cls, actual, expected, value):
        return super().__new__(cls, (actual, expected, value))
