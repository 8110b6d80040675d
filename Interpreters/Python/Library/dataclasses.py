"""Classes whose methods are made from the annotations in their body.

All methods of a class are written as one text, which is compiled once: see `_Methods`.
"""

import abc
import reprlib
import sys
from types import GenericAlias, MappingProxyType, MemberDescriptorType

__all__ = (
    "dataclass field Field FrozenInstanceError InitVar KW_ONLY MISSING fields asdict astuple "
    "make_dataclass replace is_dataclass"
).split()


class FrozenInstanceError(AttributeError):
    """An assignment to a field that does not change."""


def _sign(class_name, text=None):
    """An object that stands for itself."""
    body = {"__slots__": (), "__module__": __name__}
    if text is not None:
        body["__repr__"] = lambda self: text
    return type(class_name, (), body)()


# What a field may have instead of a default; the annotation before keyword-only fields; what
# a parameter has for a default if a factory makes the value.
MISSING = _sign("_MISSING_TYPE")
KW_ONLY = _sign("_KW_ONLY_TYPE")
_FROM_FACTORY = _sign("_HAS_DEFAULT_FACTORY_CLASS", "<factory>")

# What an annotation declares.
_FIELD, _FIELD_CLASSVAR, _FIELD_INITVAR = (
    _sign("_FIELD_BASE", name) for name in ("_FIELD", "_FIELD_CLASSVAR", "_FIELD_INITVAR")
)

# Where a class keeps its fields and its parameters.
_FIELDS = "__dataclass_fields__"
_PARAMS = "__dataclass_params__"


class InitVar:
    """The annotation of what is a parameter of the constructor only."""

    __slots__ = ("type",)

    def __init__(self, type):
        self.type = type

    def __class_getitem__(cls, type):
        return cls(type)

    def __repr__(self):
        plain = isinstance(self.type, type) and not isinstance(self.type, GenericAlias)
        return f"dataclasses.InitVar[{self.type.__name__ if plain else repr(self.type)}]"


def _listed(item, names):
    return ",".join(f"{name}={getattr(item, name)!r}" for name in names)


class Field:
    """What is known of one field."""

    __slots__ = (
        "name", "type", "default", "default_factory", "init", "repr", "hash", "compare",
        "metadata", "kw_only", "_field_type",
    )

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = self.type = self._field_type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = MappingProxyType({} if metadata is None else metadata)
        self.kw_only = kw_only

    def __set_name__(self, owner, name):
        # The default takes the place of the field, so it is told the name.
        told = getattr(type(self.default), "__set_name__", None)
        if told is not None:
            told(self.default, owner, name)

    @reprlib.recursive_repr()
    def __repr__(self):
        return f"Field({_listed(self, self.__slots__)})"

    __class_getitem__ = classmethod(GenericAlias)


class _DataclassParams:
    """How a class was decorated."""

    __slots__ = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")

    def __init__(self, *values):
        for name, value in zip(self.__slots__, values):
            setattr(self, name, value)

    def __repr__(self):
        return f"_DataclassParams({_listed(self, self.__slots__)})"


def field(
    *, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True,
    metadata=None, kw_only=MISSING,
):
    """Says more of a field than its annotation can."""
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


# Reading annotations -------------------------------------------------------------------------


def _named(annotation, cls):
    """What an annotation is; for text, what its name means in the module of the class."""
    if not isinstance(annotation, str):
        return annotation
    prefix, _, name = annotation.partition("[")[0].rpartition(".")
    module = sys.modules.get(cls.__module__)
    if prefix:
        module = getattr(module, prefix.strip(), None)
    return getattr(module, name.strip(), None)


def _declared_by(annotation, cls):
    """Which kind of field an annotation declares."""
    meaning = _named(annotation, cls)
    if meaning is InitVar or isinstance(meaning, InitVar):
        return _FIELD_INITVAR
    # Nobody has a ClassVar who has not imported this module.
    typing = sys.modules.get("typing")
    if typing is not None:
        class_variable = typing.ClassVar
        if meaning is class_variable or typing.get_origin(meaning) is class_variable:
            return _FIELD_CLASSVAR
    return _FIELD


def _read_field(cls, name, annotation, kw_only):
    """The field that an annotation and what it is assigned make together."""
    made = getattr(cls, name, MISSING)
    if not isinstance(made, Field):
        # What a slot leaves in the class is no default.
        made = field(default=MISSING if isinstance(made, MemberDescriptorType) else made)
    made.name, made.type = name, annotation
    made._field_type = kind = _declared_by(annotation, cls)
    if kind is not _FIELD and made.default_factory is not MISSING:
        raise TypeError(f"field {name} cannot have a default factory")
    if kind is not _FIELD_CLASSVAR:
        if made.kw_only is MISSING:
            made.kw_only = kw_only
    elif made.kw_only is not MISSING:
        raise TypeError(f"field {name} is a ClassVar but specifies kw_only")
    if kind is _FIELD and type(made.default).__hash__ is None:
        raise ValueError(
            f"mutable default {type(made.default)} for field {name} is not allowed: "
            "use default_factory"
        )
    return made


def _read_body(cls, kw_only):
    """The fields of the body of a class, which lose their Field objects in the class."""
    annotations = cls.__dict__.get("__annotations__", {})
    found = {}
    mark_seen = False
    for name, annotation in annotations.items():
        if _named(annotation, cls) is KW_ONLY:
            if mark_seen:
                raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
            kw_only = mark_seen = True
        else:
            found[name] = _read_field(cls, name, annotation, kw_only)
    for name, item in found.items():
        if isinstance(getattr(cls, name, None), Field):
            if item.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, item.default)
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")
    return found


# Writing methods -----------------------------------------------------------------------------


class _Methods:
    """The methods of a class as text, with the values that the text has names for."""

    def __init__(self, cls):
        self.cls = cls
        self.lines = []
        self.names = []
        self.values = {"_class": cls, "_from_factory": _FROM_FACTORY, "_setattr": object.__setattr__}

    def add(self, name, parameters, *body):
        """Writes a method, unless there is one; says whether it did."""
        if name in self.cls.__dict__:
            return False
        self.names.append(name)
        self.lines.append(f" def {name}({parameters}):")
        self.lines += [f"  {line}" for line in body or ("pass",)]
        return True

    def install(self):
        """Compiles the text and puts the methods into the class."""
        if not self.names:
            return
        head = f"def _make({', '.join(self.values)}):"
        tail = f" return {', '.join(self.names)},"
        module = sys.modules.get(self.cls.__module__)
        scope = {}
        exec(
            "\n".join([head, *self.lines, tail]),
            module.__dict__ if module is not None else {},
            scope,
        )
        for name, method in zip(self.names, scope["_make"](**self.values)):
            method.__qualname__ = f"{self.cls.__qualname__}.{name}"
            if name == "__repr__":
                inner, method = method, reprlib.recursive_repr()(method)
                method.__wrapped__ = inner
                # Asked for by pprint.
                method._of_dataclass = True
            setattr(self.cls, name, method)


def _write_init(methods, inits, post_init, frozen, slots):
    """The constructor; `inits` has the fields and the InitVars."""
    owner = "self" if all(f.name != "self" for f in inits) else "__dataclass_self__"
    plain, keyword = [], []
    lines = []
    for f in inits:
        name = f.name
        default, factory = f.default is not MISSING, f.default_factory is not MISSING
        if default or factory:
            methods.values[f"_value_{name}"] = f.default if default else f.default_factory
        if f.init:
            given = f"=_value_{name}" if default else "=_from_factory" if factory else ""
            (keyword if f.kw_only else plain).append((name, given))
            value = name
            if factory:
                value = f"_value_{name}() if {name} is _from_factory else {name}"
        elif factory:
            value = f"_value_{name}()"
        elif default and slots:
            # Elsewhere the default is found in the class.
            value = f"_value_{name}"
        else:
            continue
        if f._field_type is _FIELD:
            if frozen:
                lines.append(f"_setattr({owner}, {name!r}, {value})")
            else:
                lines.append(f"{owner}.{name} = {value}")
    optional = False
    for name, given in plain:
        if optional and not given:
            raise TypeError(f"non-default argument {name!r} follows default argument")
        optional = bool(given)
    if post_init:
        passed = ", ".join(f.name for f in inits if f._field_type is _FIELD_INITVAR)
        lines.append(f"{owner}.__post_init__({passed})")
    words = [owner, *(name + given for name, given in plain)]
    if keyword:
        words += ["*", *(name + given for name, given in keyword)]
    return methods.add("__init__", ", ".join(words), *lines)


def _values_of(owner, names):
    """The text of a tuple of attributes."""
    return f"({''.join(f'{owner}.{name}, ' for name in names)})"


def _write_comparison(methods, name, sign, names):
    return methods.add(
        name, "self, other",
        "if other.__class__ is self.__class__:",
        f" return {_values_of('self', names)} {sign} {_values_of('other', names)}",
        "return NotImplemented",
    )


_ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _write_frozen(methods, names):
    """Methods that refuse to change fields, and anything else of this very class."""
    methods.values["_error"] = FrozenInstanceError
    for name, verb, more in (("__setattr__", "assign to", ", value"), ("__delattr__", "delete", "")):
        written = methods.add(
            name, f"self, name{more}",
            f"if type(self) is _class or name in {tuple(names)!r}:",
            f" raise _error(f'cannot {verb} field {{name!r}}')",
            f"super(_class, self).{name}(name{more})",
        )
        if not written:
            raise TypeError(f"Cannot overwrite attribute {name} in class {methods.cls.__name__}")


def _write_hash(methods, params, fields):
    """The hash, as the parameters and the class say."""
    cls = methods.cls
    own = cls.__dict__.get("__hash__", MISSING)
    # Python itself says that there is none where a class has only `__eq__`.
    explicit = own is not MISSING and not (own is None and "__eq__" in cls.__dict__)
    if explicit:
        if params.unsafe_hash:
            raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
    elif params.unsafe_hash or params.eq and params.frozen:
        names = [f.name for f in fields if (f.compare if f.hash is None else f.hash)]
        if own is None:
            del cls.__hash__
        methods.add("__hash__", "self", f"return hash({_values_of('self', names)})")
    elif params.eq:
        cls.__hash__ = None


# Making the class ----------------------------------------------------------------------------


def _process_class(cls, settings, match_args, kw_only, slots, weakref_slot):
    params = _DataclassParams(*settings)
    bases = [base for base in reversed(cls.__mro__[1:]) if hasattr(base, _FIELDS)]
    everything = {}
    for base in bases:
        everything.update(getattr(base, _FIELDS))
    everything.update(_read_body(cls, kw_only))
    _check_frozen(params.frozen, [getattr(base, _PARAMS).frozen for base in bases])
    if params.order and not params.eq:
        raise ValueError("eq must be true if order is true")
    if weakref_slot and not slots:
        raise TypeError("weakref_slot is True but slots is False")
    fields = [f for f in everything.values() if f._field_type is _FIELD]
    if slots:
        cls = _with_slots(cls, [f.name for f in fields], params.frozen, weakref_slot)
    setattr(cls, _PARAMS, params)
    setattr(cls, _FIELDS, everything)

    inits = [f for f in everything.values() if f._field_type is not _FIELD_CLASSVAR]
    methods = _Methods(cls)
    generated_init = params.init and _write_init(
        methods, inits, hasattr(cls, "__post_init__"), params.frozen, slots
    )
    if params.repr:
        shown = ", ".join(f"{f.name}={{self.{f.name}!r}}" for f in fields if f.repr)
        methods.add("__repr__", "self", f"return f'{{self.__class__.__qualname__}}({shown})'")
    compared = [f.name for f in fields if f.compare]
    if params.eq:
        _write_comparison(methods, "__eq__", "==", compared)
    if params.order:
        for name, sign in _ORDER.items():
            if not _write_comparison(methods, name, sign, compared):
                raise TypeError(
                    f"Cannot overwrite attribute {name} in class {cls.__name__}. "
                    "Consider using functools.total_ordering"
                )
    if params.frozen:
        _write_frozen(methods, [f.name for f in fields])
    _write_hash(methods, params, fields)
    methods.install()
    given = [f for f in inits if f.init]
    if generated_init:
        cls.__init__.__annotations__ = {
            **{f.name: f.type for f in sorted(given, key=lambda f: f.kw_only)}, "return": None
        }
    if not getattr(cls, "__doc__", None):
        cls.__doc__ = cls.__name__ + _signature_text(cls, given if generated_init else None)
    if match_args and "__match_args__" not in cls.__dict__:
        cls.__match_args__ = tuple(f.name for f in given if not f.kw_only)
    return abc.update_abstractmethods(cls)


def _check_frozen(frozen, bases):
    """All of a family are frozen, or none is."""
    if any(bases) and not frozen:
        raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
    if bases and frozen and not any(bases):
        raise TypeError("cannot inherit frozen dataclass from a non-frozen one")


def _signature_text(cls, given):
    """How the class is called; `given` are the parameters of a constructor made here."""
    plain_call = cls.__new__ is object.__new__ and type(cls).__call__ is type.__call__
    if given is None or not plain_call:
        import inspect

        try:
            return str(inspect.signature(cls)).replace(" -> None", "")
        except (TypeError, ValueError):
            return ""
    words = [_parameter_text(f) for f in given if not f.kw_only]
    keyword = [_parameter_text(f) for f in given if f.kw_only]
    return f"({', '.join(words + ['*'] * bool(keyword) + keyword)})"


def _parameter_text(f):
    kind = f.type
    if isinstance(kind, type) and not isinstance(kind, GenericAlias):
        module = "" if kind.__module__ == "builtins" else kind.__module__ + "."
        text = module + kind.__qualname__
    else:
        text = repr(kind)
        if getattr(type(kind), "__module__", None) == "typing":
            text = text.replace("typing.", "")
    text = f"{f.name}: {text}"
    if f.default is not MISSING:
        return f"{text} = {f.default!r}"
    return text if f.default_factory is MISSING else f"{text} = {_FROM_FACTORY!r}"


def _slots_of(cls):
    declared = cls.__dict__.get("__slots__", ())
    if isinstance(declared, str):
        return [declared]
    if hasattr(declared, "__next__"):
        # Somebody has read them already.
        raise TypeError(f"Slots of '{cls.__name__}' cannot be determined")
    return declared


def _with_slots(cls, names, frozen, weakref_slot):
    """A class like this one that keeps the fields in slots."""
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    inherited = {slot for base in cls.__mro__[1:-1] for slot in _slots_of(base)}
    wanted = [*names, "__weakref__"] if weakref_slot else names
    body = {
        name: value
        for name, value in cls.__dict__.items()
        if name not in names and name not in ("__dict__", "__weakref__")
    }
    body["__slots__"] = tuple(name for name in wanted if name not in inherited)
    if frozen:
        # Plain pickling would assign to the fields.
        body.setdefault("__getstate__", _field_values)
        body.setdefault("__setstate__", _set_field_values)
    made = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    return made


def _field_values(self):
    return [getattr(self, f.name) for f in fields(self)]


def _set_field_values(self, values):
    for f, value in zip(fields(self), values):
        object.__setattr__(self, f.name, value)


def dataclass(
    cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
    match_args=True, kw_only=False, slots=False, weakref_slot=False,
):
    """A decorator: gives a class the methods that its annotations ask for."""
    settings = init, repr, eq, order, unsafe_hash, frozen

    def decorate(cls):
        return _process_class(cls, settings, match_args, kw_only, slots, weakref_slot)

    return decorate if cls is None else decorate(cls)


# Using dataclasses ---------------------------------------------------------------------------


def fields(class_or_instance):
    """The fields of a dataclass or an instance, in their order."""
    found = getattr(class_or_instance, _FIELDS, None)
    if found is None:
        raise TypeError("must be called with a dataclass type or instance")
    return tuple(f for f in found.values() if f._field_type is _FIELD)


def is_dataclass(obj):
    """Is it a dataclass, or an instance of one?"""
    plain_class = isinstance(obj, type) and not isinstance(obj, GenericAlias)
    return hasattr(obj if plain_class else type(obj), _FIELDS)


def _is_instance(obj):
    return hasattr(type(obj), _FIELDS)


def _copied(value, convert):
    """A deep copy of a value, with `convert` for the dataclasses in it."""
    if _is_instance(value):
        return convert((f.name, _copied(getattr(value, f.name), convert)) for f in fields(value))
    kind = type(value)
    if isinstance(value, dict):
        pairs = ((_copied(k, convert), _copied(v, convert)) for k, v in value.items())
        if hasattr(kind, "default_factory"):
            # Its constructor wants the factory first.
            made = kind(value.default_factory)
            made.update(pairs)
            return made
        return kind(pairs)
    if isinstance(value, (list, tuple)):
        items = (_copied(item, convert) for item in value)
        return kind(*items) if hasattr(value, "_fields") else kind(items)
    import copy

    return copy.deepcopy(value)


def asdict(obj, *, dict_factory=dict):
    """The fields of an instance in a dict, and so on for instances in them."""
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _copied(obj, lambda pairs: dict_factory(list(pairs)))


def astuple(obj, *, tuple_factory=tuple):
    """The fields of an instance in a tuple, and so on for instances in them."""
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")
    return _copied(obj, lambda pairs: tuple_factory([value for _, value in pairs]))


def make_dataclass(
    cls_name, fields, *, bases=(), namespace=None, init=True, repr=True, eq=True, order=False,
    unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False,
    weakref_slot=False,
):
    """A new dataclass with fields `name`, `(name, type)` or `(name, type, default)`."""
    import keyword
    import types

    annotations = {}
    body = dict(namespace or {})
    for item in fields:
        parts = (item, "typing.Any") if isinstance(item, str) else tuple(item)
        if len(parts) not in (2, 3):
            raise TypeError(f"Invalid field: {item!r}")
        name = parts[0]
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if keyword.iskeyword(name):
            raise TypeError(f"Field names must not be keywords: {name!r}")
        if name in annotations:
            raise TypeError(f"Field name duplicated: {name!r}")
        annotations[name] = parts[1]
        if len(parts) == 3:
            body[name] = parts[2]
    body["__annotations__"] = annotations
    made = types.new_class(cls_name, bases, {}, lambda target: target.update(body))
    return dataclass(
        made, init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen,
        match_args=match_args, kw_only=kw_only, slots=slots, weakref_slot=weakref_slot,
    )


def replace(obj, /, **changes):
    """A new instance that differs from another in these fields."""
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for name, f in getattr(obj, _FIELDS).items():
        if f._field_type is _FIELD_CLASSVAR:
            continue
        if not f.init:
            if name in changes:
                raise ValueError(
                    f"field {name} is declared with init=False, "
                    "it cannot be specified with replace()"
                )
        elif name not in changes:
            if f._field_type is _FIELD_INITVAR and f.default is MISSING:
                raise ValueError(f"InitVar {name!r} must be specified with replace()")
            changes[name] = getattr(obj, name)
    return obj.__class__(**changes)
