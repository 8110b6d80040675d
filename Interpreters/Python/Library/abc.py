"""Abstract base classes: classes that say what others must be able to do."""

__all__ = [
    "ABC",
    "ABCMeta",
    "abstractclassmethod",
    "abstractmethod",
    "abstractproperty",
    "abstractstaticmethod",
    "get_cache_token",
    "update_abstractmethods",
]

# Goes up whenever a class is registered anywhere: answers "no" given before may be wrong then.
_generation = 0


def get_cache_token():
    """A value that changes with each registration."""
    return _generation


def abstractmethod(funcobj):
    """Marks a method that derived classes must override before they can be instantiated."""
    funcobj.__isabstractmethod__ = True
    return funcobj


class abstractclassmethod(classmethod):
    """A class method to be overridden; now spelled @classmethod @abstractmethod."""

    __isabstractmethod__ = True

    def __init__(self, callable):
        super().__init__(abstractmethod(callable))


class abstractstaticmethod(staticmethod):
    """A static method to be overridden; now spelled @staticmethod @abstractmethod."""

    __isabstractmethod__ = True

    def __init__(self, callable):
        super().__init__(abstractmethod(callable))


class abstractproperty(property):
    """A property to be overridden; now spelled @property @abstractmethod."""

    __isabstractmethod__ = True


class _State:
    """What an abstract class knows: registered classes, and answers it has given."""

    __slots__ = ("registry", "subclasses", "others", "generation")

    def __init__(self):
        self.registry = []
        self.subclasses = set()
        self.others = set()
        self.generation = _generation


def _abstract_names(names, bases, cls):
    found = {
        name for name, value in names if getattr(value, "__isabstractmethod__", False)
    }
    for base in bases:
        for name in getattr(base, "__abstractmethods__", ()):
            if getattr(getattr(cls, name, None), "__isabstractmethod__", False):
                found.add(name)
    return frozenset(found)


class ABCMeta(type):
    """The metaclass of abstract classes."""

    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        cls.__abstractmethods__ = _abstract_names(namespace.items(), bases, cls)
        cls._abc_impl = _State()
        return cls

    def register(cls, subclass):
        """Makes `subclass` a virtual subclass of this class; returns it."""
        global _generation
        if not isinstance(subclass, type):
            raise TypeError("Can only register classes")
        if issubclass(subclass, cls):
            return subclass
        if issubclass(cls, subclass):
            raise RuntimeError("Refusing to create an inheritance cycle")
        cls._abc_impl.registry.append(subclass)
        _generation += 1
        return subclass

    def __instancecheck__(cls, instance):
        state = cls._abc_impl
        subclass = instance.__class__
        if subclass in state.subclasses:
            return True
        subtype = type(instance)
        if subtype is subclass:
            if state.generation == _generation and subclass in state.others:
                return False
            return cls.__subclasscheck__(subclass)
        return cls.__subclasscheck__(subclass) or cls.__subclasscheck__(subtype)

    def __subclasscheck__(cls, subclass):
        if not isinstance(subclass, type):
            raise TypeError("issubclass() arg 1 must be a class")
        state = cls._abc_impl
        if subclass in state.subclasses:
            return True
        if state.generation != _generation:
            state.others = set()
            state.generation = _generation
        elif subclass in state.others:
            return False
        answer = cls.__subclasshook__(subclass)
        if answer is NotImplemented:
            answer = (
                cls in getattr(subclass, "__mro__", ())
                or any(issubclass(subclass, known) for known in state.registry)
                or any(issubclass(subclass, derived) for derived in cls.__subclasses__())
            )
        else:
            assert isinstance(answer, bool)
        (state.subclasses if answer else state.others).add(subclass)
        return answer

    def _dump_registry(cls, file=None):
        state = cls._abc_impl
        facts = {
            "Class": f"{cls.__module__}.{cls.__qualname__}",
            "Inv. counter": get_cache_token(),
            "_abc_registry": state.registry,
            "_abc_cache": state.subclasses,
            "_abc_negative_cache": state.others,
            "_abc_negative_cache_version": state.generation,
        }
        for name, fact in facts.items():
            print(f"{name}: {fact}", file=file)

    def _abc_registry_clear(cls):
        cls._abc_impl.registry.clear()

    def _abc_caches_clear(cls):
        cls._abc_impl.subclasses.clear()
        cls._abc_impl.others.clear()


def update_abstractmethods(cls):
    """Counts the abstract methods of a class again, after methods were added; returns the class."""
    if not hasattr(cls, "__abstractmethods__"):
        return cls
    cls.__abstractmethods__ = _abstract_names(cls.__dict__.items(), cls.__bases__, cls)
    return cls


class ABC(metaclass=ABCMeta):
    """A base class for those who prefer inheritance to `metaclass=ABCMeta`."""

    __slots__ = ()
