"""The types of things that have no name in the language, and functions to make classes."""

import sys


def _named_types():
    """Types by their names, each taken from an example."""
    content = None

    def function():
        return content

    def generator():
        yield

    async def coroutine():
        pass

    async def async_generator():
        yield

    class Class:
        def method(self):
            pass

    waiting = coroutine()
    waiting.close()
    try:
        raise LookupError
    except LookupError as error:
        traceback = error.__traceback__
    return {
        name: type(example)
        for name, example in {
            "FunctionType": function,
            "LambdaType": function,
            "CodeType": function.__code__,
            "CellType": function.__closure__[0],
            "MemberDescriptorType": type(function).__globals__,
            "MethodType": Class().method,
            "MappingProxyType": Class.__dict__,
            "GeneratorType": generator(),
            "CoroutineType": waiting,
            "AsyncGeneratorType": async_generator(),
            "BuiltinFunctionType": len,
            "BuiltinMethodType": [].append,
            "WrapperDescriptorType": object.__init__,
            "MethodWrapperType": object().__str__,
            "MethodDescriptorType": str.join,
            "ClassMethodDescriptorType": vars(dict)["fromkeys"],
            "GetSetDescriptorType": int.real,
            "ModuleType": sys,
            "SimpleNamespace": sys.implementation,
            "TracebackType": traceback,
            "FrameType": traceback.tb_frame,
            "GenericAlias": list[int],
            "UnionType": int | str,
            "EllipsisType": ...,
            "NoneType": None,
            "NotImplementedType": NotImplemented,
        }.items()
    }


globals().update(_named_types())

# Making classes ----------------------------------------------------------------------------------


def new_class(name, bases=(), kwds=None, exec_body=None):
    """Makes a class as the `class` statement does; `exec_body` fills the namespace."""
    resolved = resolve_bases(bases)
    meta, namespace, keywords = prepare_class(name, resolved, kwds)
    if resolved is not bases:
        namespace["__orig_bases__"] = bases
    if exec_body is not None:
        exec_body(namespace)
    return meta(name, resolved, namespace, **keywords)


def resolve_bases(bases):
    """The bases, with what is not a class replaced by what its `__mro_entries__` says."""
    resolved = []
    for base in bases:
        entries = (base,)
        if not isinstance(base, type) and hasattr(base, "__mro_entries__"):
            entries = base.__mro_entries__(bases)
            if not isinstance(entries, tuple):
                raise TypeError("__mro_entries__ must return a tuple")
        resolved += entries
    unchanged = len(resolved) == len(bases) and all(map(lambda a, b: a is b, resolved, bases))
    return bases if unchanged else tuple(resolved)


def prepare_class(name, bases=(), kwds=None):
    """The metaclass of a class to be made, its namespace, and the keywords that are left."""
    keywords = dict(kwds or ())
    meta = keywords.pop("metaclass", None) or (type(bases[0]) if bases else type)
    if isinstance(meta, type):
        meta = _most_derived(meta, *map(type, bases))
    prepare = getattr(meta, "__prepare__", None)
    namespace = {} if prepare is None else prepare(name, bases, **keywords)
    return meta, namespace, keywords


def _most_derived(*metaclasses):
    """The one metaclass that is derived from all of them."""
    best = metaclasses[0]
    for meta in metaclasses:
        if issubclass(meta, best):
            best = meta
        elif not issubclass(best, meta):
            raise TypeError(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) "
                "subclass of the metaclasses of all its bases"
            )
    return best


class DynamicClassAttribute:
    """A property of instances that the class does not have: a lookup in the class goes on to the
    `__getattr__` of its metaclass."""

    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget, self.fset, self.fdel = fget, fset, fdel
        # The text goes with the function to read the attribute, unless it is given.
        self.overwrite_doc = doc is None
        self.__doc__ = fget.__doc__ if not doc else doc
        self.__isabstractmethod__ = bool(getattr(fget, "__isabstractmethod__", False))

    def __get__(self, instance, ownerclass=None):
        if instance is not None:
            return self._accessor("fget", "unreadable attribute")(instance)
        if self.__isabstractmethod__:
            return self
        raise AttributeError

    def __set__(self, instance, value):
        self._accessor("fset", "can't set attribute")(instance, value)

    def __delete__(self, instance):
        self._accessor("fdel", "can't delete attribute")(instance)

    def _accessor(self, kind, refusal):
        function = getattr(self, kind)
        if function is None:
            raise AttributeError(refusal)
        return function

    def _changed(self, **change):
        functions = {"fget": self.fget, "fset": self.fset, "fdel": self.fdel} | change
        doc = change["fget"].__doc__ if "fget" in change and self.overwrite_doc else None
        result = type(self)(**functions, doc=doc or self.__doc__)
        result.overwrite_doc = self.overwrite_doc
        return result

    def getter(self, fget):
        """The same with another function to read the attribute."""
        return self._changed(fget=fget)

    def setter(self, fset):
        """The same with another function to set the attribute."""
        return self._changed(fset=fset)

    def deleter(self, fdel):
        """The same with another function to delete the attribute."""
        return self._changed(fdel=fdel)


# Generators that may be awaited ------------------------------------------------------------------


class _GeneratorWrapper:
    """Looks like a generator and like a coroutine; whatever is done to it is done to what it
    wraps."""

    def __init__(self, gen):
        self._generator = gen
        self.__name__ = getattr(gen, "__name__", None)
        self.__qualname__ = getattr(gen, "__qualname__", None)

    def __next__(self):
        return next(self._generator)

    def __iter__(self):
        # Only a genuine generator is known where something is awaited.
        return self._generator if type(self._generator) is GeneratorType else self

    __await__ = __iter__

    def send(self, *value):
        return self._generator.send(*value)

    def throw(self, *error):
        return self._generator.throw(*error)

    def close(self):
        self._generator.close()

    gi_code = cr_code = property(lambda self: self._generator.gi_code)
    gi_frame = cr_frame = property(lambda self: self._generator.gi_frame)
    gi_running = cr_running = property(lambda self: self._generator.gi_running)
    gi_yieldfrom = cr_await = property(lambda self: self._generator.gi_yieldfrom)


def coroutine(func):
    """Makes what a function returns fit for `await`, if it is a generator."""
    if not callable(func):
        raise TypeError("types.coroutine() expects a callable")
    from collections.abc import Coroutine, Generator
    from functools import wraps

    @wraps(func)
    def wrapped(*args, **kwargs):
        result = func(*args, **kwargs)
        if isinstance(result, Generator) and not isinstance(result, Coroutine):
            return _GeneratorWrapper(result)
        return result

    return wrapped


__all__ = [name for name in globals() if name[0] != "_" and name != "sys"]
