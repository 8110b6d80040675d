"""How values appear in messages, and how lists differ."""

from os.path import commonprefix

__unittest = True

_WIDTH = 80  # Longer texts are shortened.
_EDGE = 5  # What stays of the begin and the end of a part at least,
_GAP = 12  # and what "[123456 chars]" takes about.


def safe_repr(obj, short=False):
    """`repr`, also of objects that have a broken one."""
    try:
        text = repr(obj)
    except Exception:
        text = object.__repr__(obj)
    if short and len(text) >= _WIDTH:
        return f"{text[:_WIDTH]} [truncated]..."
    return text


def strclass(cls):
    return "%s.%s" % (cls.__module__, cls.__qualname__)


def three_way_cmp(x, y):
    return (x > y) - (x < y)


def _abridged(text, head, tail):
    gone = len(text) - head - tail
    return text if gone <= _GAP else f"{text[:head]}[{gone} chars]{text[-tail:]}"


def differing_reprs(one, other):
    """The reprs of two objects, shortened where they are long and alike."""
    one, other = safe_repr(one), safe_repr(other)
    longest = max(len(one), len(other))
    if longest <= _WIDTH:
        return one, other
    alike = len(commonprefix((one, other)))
    # If what differs fits, all the rest of the width is for what is alike.
    room = _WIDTH - (longest - alike) - _EDGE - _GAP
    fits = room > _EDGE
    begin = _abridged(one[:alike], _EDGE, room if fits else _EDGE)
    ends = one[alike:], other[alike:]
    if not fits:
        ends = [_abridged(end, _WIDTH - 2 * _GAP - 3 * _EDGE, _EDGE) for end in ends]
    return begin + ends[0], begin + ends[1]


def count_differences(first, second):
    """(times in the first, times in the second, item) for items that one list has more often."""
    try:
        counts = {}
        for side, items in enumerate((first, second)):
            for item in items:
                counts.setdefault(item, [0, 0])[side] += 1
        counted = counts.items()
    except TypeError:
        counted = _counted_by_equality(first, second)
    return [(*times, item) for item, times in counted if times[0] != times[1]]


def _counted_by_equality(first, second):
    counted = []
    for side, items in enumerate((first, second)):
        for item in items:
            for known, times in counted:
                if known == item:
                    times[side] += 1
                    break
            else:
                counted.append((item, [1 - side, side]))
    return counted
