"""`WeakSet`: a set that does not keep its elements alive."""

import operator
from _weakref import ref

__all__ = ["WeakSet"]


def _references(items):
    return {ref(item) for item in items}


def _comparison(name):
    """A comparison of the living elements with those of any iterable."""
    compared = getattr(operator, name)

    def compare(self, other):
        return compared(_references(self), _references(other))

    return compare


def _change(name, is_operator=False):
    """A method of sets that takes another one and changes this one."""

    def change(self, other):
        getattr(self.data, name)(_references(other))
        if is_operator:
            return self

    return change


def _combination(name):
    """A method of sets that makes a new one: a copy, changed."""

    def combine(self, other):
        result = self.copy()
        getattr(result, name)(other)
        return result

    return combine


class WeakSet:
    """A set that forgets an element when nothing else refers to it."""

    def __init__(self, data=None):
        # References, of which some may be dead: these are not seen, and go when one is added.
        self.data = set()
        if data is not None:
            self.update(data)

    def __repr__(self):
        return repr(self.data)

    def __reduce__(self):
        return self.__class__, ([*self],), self.__getstate__()

    def __iter__(self):
        for reference in [*self.data]:
            if (item := reference()) is not None:
                yield item

    def __len__(self):
        return sum(1 for _ in self)

    def __contains__(self, item):
        try:
            return ref(item) in self.data
        except TypeError:
            return False

    def copy(self):
        """A set of the same class with the same elements."""
        return self.__class__(self)

    def add(self, item):
        """Adds an element."""
        self.data -= {reference for reference in self.data if reference() is None}
        self.data.add(ref(item))

    def remove(self, item):
        """Removes an element, which must be there."""
        self.data.remove(ref(item))

    def discard(self, item):
        """Removes an element, if it is there."""
        self.data.discard(ref(item))

    def pop(self):
        """Takes out some element."""
        while self.data:
            if (item := self.data.pop()()) is not None:
                return item
        raise KeyError("pop from empty WeakSet")

    def clear(self):
        """Removes all elements."""
        self.data.clear()

    update = _change("update")
    difference_update = _change("difference_update")
    intersection_update = _change("intersection_update")
    symmetric_difference_update = _change("symmetric_difference_update")

    __ior__ = _change("update", is_operator=True)
    __isub__ = _change("difference_update", is_operator=True)
    __iand__ = _change("intersection_update", is_operator=True)
    __ixor__ = _change("symmetric_difference_update", is_operator=True)

    union = __or__ = _combination("update")
    difference = __sub__ = _combination("difference_update")
    intersection = __and__ = _combination("intersection_update")
    symmetric_difference = __xor__ = _combination("symmetric_difference_update")

    issubset = __le__ = _comparison("le")
    issuperset = __ge__ = _comparison("ge")
    __lt__ = _comparison("lt")
    __gt__ = _comparison("gt")

    def __eq__(self, other):
        if isinstance(other, self.__class__):
            return _references(self) == _references(other)
        return NotImplemented

    def isdisjoint(self, other):
        """True if no element is in the other one, too."""
        return _references(self).isdisjoint(_references(other))

    __class_getitem__ = classmethod(type(list[int]))


for _name, _method in vars(WeakSet).items():
    if getattr(_method, "__closure__", None) and not _name.startswith("__"):
        _method.__name__ = _name
        _method.__qualname__ = f"WeakSet.{_name}"
