"""Texts for objects that keep within limits."""

__all__ = ["Repr", "repr", "recursive_repr"]

import builtins
from itertools import islice
from _thread import get_ident


def recursive_repr(fillvalue="..."):
    """A decorator of `__repr__`: when it is asked within itself, the answer is `fillvalue`."""

    def decorating_function(user_function):
        # Objects by their ids, each with the thread that asks.
        open_questions = set()

        def wrapper(self):
            question = id(self), get_ident()
            if question in open_questions:
                return fillvalue
            open_questions.add(question)
            try:
                return user_function(self)
            finally:
                open_questions.discard(question)

        # Not `functools.wraps`: that module imports this one.
        for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
            if hasattr(user_function, name):
                setattr(wrapper, name, getattr(user_function, name))
        return wrapper

    return decorating_function


_LIMITS = {
    "level": 6, "tuple": 6, "list": 6, "array": 5, "dict": 4, "set": 6, "frozenset": 6, "deque": 6,
    "string": 30, "long": 40, "other": 30,
}


def _items(name, left, right, is_sorted=False, empty=None, lone=""):
    """A method for objects with items: what stands around these, what an empty object looks like,
    and what follows an item that is the only one."""

    def method(self, x, level):
        if not x and empty is not None:
            return empty.format(x)
        limit = getattr(self, f"max{name}")
        if level <= 0 and x:
            pieces = [self.fillvalue]
        else:
            chosen = islice(_ordered(x) if is_sorted else x, limit)
            pieces = [self.repr1(item, level - 1) for item in chosen]
            if len(x) > limit:
                pieces.append(self.fillvalue)
            elif len(x) == 1:
                pieces[0] += lone
        return left.format(x) + ", ".join(pieces) + right

    method.__name__ = f"repr_{name}"
    method.__qualname__ = f"Repr.repr_{name}"
    return method


class Repr:
    """`repr` with a limit for each kind of object, and one for nesting. Derived classes may add a
    method `repr_NAME` for the types of a name."""

    def __init__(self):
        self.fillvalue = "..."
        for kind, limit in _LIMITS.items():
            setattr(self, f"max{kind}", limit)

    def repr(self, x):
        """The text of an object."""
        return self.repr1(x, self.maxlevel)

    def repr1(self, x, level):
        """The text of an object in which so many levels may be nested."""
        name = type(x).__name__.replace(" ", "_")
        return getattr(self, f"repr_{name}", self.repr_instance)(x, level)

    repr_tuple = _items("tuple", "(", ")", lone=",")
    repr_list = _items("list", "[", "]")
    repr_deque = _items("deque", "deque([", "])")
    repr_array = _items(
        "array", "array('{0.typecode}', [", "])", empty="array('{0.typecode}')"
    )
    repr_set = _items("set", "{{", "}", is_sorted=True, empty="set()")
    repr_frozenset = _items(
        "frozenset", "frozenset({{", "})", is_sorted=True, empty="frozenset()"
    )

    def repr_dict(self, x, level):
        pieces = [self.fillvalue] if level <= 0 and x else [
            f"{self.repr1(key, level - 1)}: {self.repr1(x[key], level - 1)}"
            for key in islice(_ordered(x), self.maxdict)
        ]
        if level > 0 and len(x) > self.maxdict:
            pieces.append(self.fillvalue)
        return "{" + ", ".join(pieces) + "}"

    def _ends(self, text, limit):
        """The beginning and the end of a text that is too long."""
        room = max(limit - 3, 0)
        return text[:room // 2], text[len(text) - (room - room // 2):]

    def _cut(self, text, limit):
        return text if len(text) <= limit else self.fillvalue.join(self._ends(text, limit))

    def repr_str(self, x, level):
        limit = self.maxstring
        text = builtins.repr(x[:limit])
        if len(text) <= limit:
            return text
        # Only the ends of a long text are looked at.
        text = builtins.repr("".join(self._ends(x, limit)))
        return self.fillvalue.join(self._ends(text, limit))

    def repr_int(self, x, level):
        return self._cut(builtins.repr(x), self.maxlong)

    def repr_instance(self, x, level):
        try:
            text = builtins.repr(x)
        except Exception:
            # The text is for people who look for mistakes: another one is no help.
            return f"<{type(x).__name__} instance at {id(x):#x}>"
        return self._cut(text, self.maxother)


def _ordered(x):
    """The items of a set or the keys of a dict, in order if there is one."""
    try:
        return sorted(x)
    except Exception:
        return [*x]


aRepr = Repr()
repr = aRepr.repr
