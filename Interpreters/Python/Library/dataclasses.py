"""Classes that mainly hold data: their methods follow from their annotations."""

import abc
import copy
import keyword
import sys
import types
from _thread import get_ident
from functools import wraps as _wraps
from types import FunctionType, GenericAlias

__all__ = [
    "dataclass", "field", "Field", "FrozenInstanceError", "InitVar", "KW_ONLY", "MISSING",
    "fields", "asdict", "astuple", "make_dataclass", "replace", "is_dataclass",
]


class FrozenInstanceError(AttributeError):
    """An attribute of an instance that cannot be changed."""


class _Default:
    """Stands for the result of a default factory in the signature of `__init__`."""

    def __repr__(self):
        return "<factory>"


_HAS_DEFAULT_FACTORY = _Default()


class _MISSING_TYPE:
    pass


MISSING = _MISSING_TYPE()


class _KW_ONLY_TYPE:
    pass


KW_ONLY = _KW_ONLY_TYPE()


class _Kind:
    """What a field is: a field of the instance, of the class, or only a parameter."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


_FIELD = _Kind("_FIELD")
_FIELD_CLASSVAR = _Kind("_FIELD_CLASSVAR")
_FIELD_INITVAR = _Kind("_FIELD_INITVAR")

_FIELDS = "__dataclass_fields__"
_PARAMS = "__dataclass_params__"
_POST_INIT_NAME = "__post_init__"


class InitVar:
    """In an annotation: a parameter of `__init__` that is passed on to `__post_init__` only."""

    __slots__ = ("type",)

    def __init__(self, type):
        self.type = type

    def __repr__(self):
        if isinstance(self.type, type) and not isinstance(self.type, GenericAlias):
            name = self.type.__name__
        else:
            name = repr(self.type)
        return f"dataclasses.InitVar[{name}]"

    def __class_getitem__(cls, type):
        return InitVar(type)


class Field:
    """What is known about one field."""

    __slots__ = (
        "name", "type", "default", "default_factory", "repr", "hash", "init", "compare",
        "metadata", "kw_only", "_field_type",
    )

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = types.MappingProxyType({} if metadata is None else metadata)
        self.kw_only = kw_only
        self._field_type = None

    def __repr__(self):
        return (
            f"Field(name={self.name!r},type={self.type!r},default={self.default!r},"
            f"default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},"
            f"hash={self.hash!r},compare={self.compare!r},metadata={self.metadata!r},"
            f"kw_only={self.kw_only!r},_field_type={self._field_type})"
        )

    def __set_name__(self, owner, name):
        # The default may want to know the name, like a descriptor in the class would.
        method = getattr(type(self.default), "__set_name__", None)
        if method:
            method(self.default, owner, name)

    __class_getitem__ = classmethod(GenericAlias)


class _DataclassParams:
    __slots__ = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")

    def __init__(self, init, repr, eq, order, unsafe_hash, frozen):
        self.init = init
        self.repr = repr
        self.eq = eq
        self.order = order
        self.unsafe_hash = unsafe_hash
        self.frozen = frozen

    def __repr__(self):
        return (
            f"_DataclassParams(init={self.init!r},repr={self.repr!r},eq={self.eq!r},"
            f"order={self.order!r},unsafe_hash={self.unsafe_hash!r},frozen={self.frozen!r})"
        )


def field(
    *, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True,
    metadata=None, kw_only=MISSING,
):
    """In place of a default: says more about a field."""
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


# Making functions ----------------------------------------------------------------------------


def _create_fn(name, args, body, *, globals, locals, return_type=MISSING):
    """A function from its source; `locals` are names it may use."""
    annotation = ""
    if return_type is not MISSING:
        locals["__dataclass_return_type__"] = return_type
        annotation = "->__dataclass_return_type__"
    lines = "\n".join(f"  {line}" for line in body)
    text = (
        f"def __create_fn__({', '.join(locals.keys())}):\n"
        f" def {name}({', '.join(args)}){annotation}:\n{lines}\n return {name}"
    )
    namespace = {}
    exec(text, globals, namespace)
    return namespace["__create_fn__"](**locals)


def _field_assign(frozen, name, value, self_name):
    # Frozen classes refuse plain assignments.
    if frozen:
        return f"__dataclass_builtins_object__.__setattr__({self_name},{name!r},{value})"
    return f"{self_name}.{name}={value}"


def _field_init(f, frozen, globals, self_name, slots):
    """The statement that sets a field in `__init__`, or None."""
    default_name = f"__dataclass_dflt_{f.name}__"
    if f.default_factory is not MISSING:
        globals[default_name] = f.default_factory
        if f.init:
            value = (
                f"{default_name}() if {f.name} is __dataclass_HAS_DEFAULT_FACTORY__ "
                f"else {f.name}"
            )
        else:
            value = f"{default_name}()"
    elif f.init:
        if f.default is not MISSING:
            globals[default_name] = f.default
        value = f.name
    elif slots and f.default is not MISSING:
        globals[default_name] = f.default
        value = default_name
    else:
        return None
    if f._field_type is _FIELD_INITVAR:
        return None
    return _field_assign(frozen, f.name, value, self_name)


def _init_param(f):
    if f.default is MISSING and f.default_factory is MISSING:
        default = ""
    elif f.default is not MISSING:
        default = f"=__dataclass_dflt_{f.name}__"
    else:
        default = "=__dataclass_HAS_DEFAULT_FACTORY__"
    return f"{f.name}:__dataclass_type_{f.name}__{default}"


def _init_fn(
    fields, std_fields, kw_only_fields, frozen, has_post_init, self_name, globals, slots
):
    seen_default = False
    for f in std_fields:
        if f.init:
            if not (f.default is MISSING and f.default_factory is MISSING):
                seen_default = True
            elif seen_default:
                raise TypeError(
                    f"non-default argument {f.name!r} follows default argument"
                )
    locals = {f"__dataclass_type_{f.name}__": f.type for f in fields}
    locals["__dataclass_HAS_DEFAULT_FACTORY__"] = _HAS_DEFAULT_FACTORY
    locals["__dataclass_builtins_object__"] = object
    body = []
    for f in fields:
        line = _field_init(f, frozen, locals, self_name, slots)
        if line:
            body.append(line)
    if has_post_init:
        passed = ",".join(f.name for f in fields if f._field_type is _FIELD_INITVAR)
        body.append(f"{self_name}.{_POST_INIT_NAME}({passed})")
    parameters = [_init_param(f) for f in std_fields]
    if kw_only_fields:
        parameters += ["*"] + [_init_param(f) for f in kw_only_fields]
    return _create_fn(
        "__init__", [self_name] + parameters, body or ["pass"], locals=locals,
        globals=globals, return_type=None,
    )


def _recursive_repr(user_function):
    in_progress = set()

    @_wraps(user_function)
    def wrapper(self):
        key = id(self), get_ident()
        if key in in_progress:
            return "..."
        in_progress.add(key)
        try:
            return user_function(self)
        finally:
            in_progress.discard(key)

    return wrapper


def _repr_fn(fields, globals):
    shown = ", ".join(f"{f.name}={{self.{f.name}!r}}" for f in fields)
    function = _create_fn(
        "__repr__", ("self",), ['return self.__class__.__qualname__ + f"(' + shown + ')"'],
        globals=globals, locals={},
    )
    return _recursive_repr(function)


def _frozen_methods(cls, fields, globals):
    names = tuple(f.name for f in fields)
    condition = "type(self) is cls"
    if names:
        condition += f" or name in {names!r}"
    locals = {"cls": cls, "FrozenInstanceError": FrozenInstanceError}
    return (
        _create_fn(
            "__setattr__", ("self", "name", "value"),
            (
                f"if {condition}:",
                ' raise FrozenInstanceError(f"cannot assign to field {name!r}")',
                "super(cls, self).__setattr__(name, value)",
            ),
            locals=dict(locals), globals=globals,
        ),
        _create_fn(
            "__delattr__", ("self", "name"),
            (
                f"if {condition}:",
                ' raise FrozenInstanceError(f"cannot delete field {name!r}")',
                "super(cls, self).__delattr__(name)",
            ),
            locals=dict(locals), globals=globals,
        ),
    )


def _tuple_text(obj_name, fields):
    if not fields:
        return "()"
    return f"({','.join(f'{obj_name}.{f.name}' for f in fields)},)"


def _cmp_fn(name, op, fields, globals):
    return _create_fn(
        name, ("self", "other"),
        [
            "if other.__class__ is self.__class__:",
            f" return {_tuple_text('self', fields)}{op}{_tuple_text('other', fields)}",
            "return NotImplemented",
        ],
        globals=globals, locals={},
    )


def _hash_fn(fields, globals):
    return _create_fn(
        "__hash__", ("self",), [f"return hash({_tuple_text('self', fields)})"],
        globals=globals, locals={},
    )


# Reading the class ---------------------------------------------------------------------------


def _names_in_annotation(annotation, cls):
    """For an annotation that is text: the module and the name it begins with."""
    text = annotation.strip()
    end = 0
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    prefix, dot, name = text[:end].rpartition(".")
    module = sys.modules.get(cls.__module__)
    namespace = module.__dict__ if module else {}
    if dot:
        owner = namespace.get(prefix)
        return getattr(owner, "__dict__", {}).get(name) if owner else None
    return namespace.get(name)


def _is_classvar(annotation, cls):
    typing = sys.modules.get("typing")
    if isinstance(annotation, str):
        if typing is None:
            return False
        return _names_in_annotation(annotation, cls) is typing.ClassVar
    return typing is not None and (
        annotation is typing.ClassVar
        or type(annotation) is typing._GenericAlias
        and annotation.__origin__ is typing.ClassVar
    )


def _is_initvar(annotation, cls):
    if isinstance(annotation, str):
        return _names_in_annotation(annotation, cls) is InitVar
    return annotation is InitVar or type(annotation) is InitVar


def _is_kw_only(annotation, cls):
    if isinstance(annotation, str):
        return _names_in_annotation(annotation, cls) is KW_ONLY
    return annotation is KW_ONLY


def _get_field(cls, name, annotation, default_kw_only):
    """The field of one annotation."""
    default = getattr(cls, name, MISSING)
    if isinstance(default, Field):
        f = default
    else:
        if isinstance(default, types.MemberDescriptorType):
            # A slot: there is no default.
            default = MISSING
        f = field(default=default)
    f.name = name
    f.type = annotation
    f._field_type = _FIELD
    if _is_classvar(annotation, cls):
        f._field_type = _FIELD_CLASSVAR
    elif _is_initvar(annotation, cls):
        f._field_type = _FIELD_INITVAR
    if f._field_type in (_FIELD_CLASSVAR, _FIELD_INITVAR):
        if f.default_factory is not MISSING:
            raise TypeError(f"field {f.name} cannot have a default factory")
    if f._field_type in (_FIELD, _FIELD_INITVAR):
        if f.kw_only is MISSING:
            f.kw_only = default_kw_only
    elif f.kw_only is not MISSING:
        raise TypeError(f"field {f.name} is a ClassVar but specifies kw_only")
    if f._field_type is _FIELD and f.default.__class__.__hash__ is None:
        # All instances would share it.
        raise ValueError(
            f"mutable default {type(f.default)} for field {f.name} is not allowed: "
            "use default_factory"
        )
    return f


def _set_new_attribute(cls, name, value):
    """Sets an attribute unless the class has it; True if it has."""
    if name in cls.__dict__:
        return True
    _set_qualname(cls, value)
    setattr(cls, name, value)
    return False


def _set_qualname(cls, value):
    if isinstance(value, FunctionType):
        value.__qualname__ = f"{cls.__qualname__}.{value.__name__}"
    return value


def _hash_action(unsafe_hash, eq, frozen, has_explicit_hash):
    """What happens to `__hash__`: None for nothing, or "add", "none", "error"."""
    if unsafe_hash:
        return "error" if has_explicit_hash else "add"
    if not eq or has_explicit_hash:
        return None
    return "add" if frozen else "none"


def _process_class(
    cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot
):
    fields = {}
    module = sys.modules.get(cls.__module__)
    globals = module.__dict__ if module else {}
    setattr(cls, _PARAMS, _DataclassParams(init, repr, eq, order, unsafe_hash, frozen))

    any_frozen_base = False
    all_frozen_bases = None
    has_dataclass_bases = False
    for base in cls.__mro__[-1:0:-1]:
        base_fields = getattr(base, _FIELDS, None)
        if base_fields is not None:
            has_dataclass_bases = True
            for f in base_fields.values():
                fields[f.name] = f
            is_frozen = getattr(base, _PARAMS).frozen
            all_frozen_bases = is_frozen and all_frozen_bases is not False
            any_frozen_base = any_frozen_base or is_frozen

    annotations = cls.__dict__.get("__annotations__", {})
    own_fields = []
    saw_kw_only = False
    for name, annotation in annotations.items():
        if _is_kw_only(annotation, cls):
            if saw_kw_only:
                raise TypeError(
                    f"{name!r} is KW_ONLY, but KW_ONLY has already been specified"
                )
            saw_kw_only = True
            kw_only = True
        else:
            own_fields.append(_get_field(cls, name, annotation, kw_only))
    for f in own_fields:
        fields[f.name] = f
        if isinstance(getattr(cls, f.name, None), Field):
            # The default takes the place of what `field` made.
            if f.default is MISSING:
                delattr(cls, f.name)
            else:
                setattr(cls, f.name, f.default)
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")

    if has_dataclass_bases:
        if any_frozen_base and not frozen:
            raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
        if not all_frozen_bases and frozen:
            raise TypeError("cannot inherit frozen dataclass from a non-frozen one")

    setattr(cls, _FIELDS, fields)
    class_hash = cls.__dict__.get("__hash__", MISSING)
    has_explicit_hash = not (
        class_hash is MISSING or class_hash is None and "__eq__" in cls.__dict__
    )
    if order and not eq:
        raise ValueError("eq must be true if order is true")

    instance_fields = [f for f in fields.values() if f._field_type is _FIELD]
    init_fields = [
        f for f in fields.values() if f._field_type in (_FIELD, _FIELD_INITVAR)
    ]
    standard = [f for f in init_fields if f.init and not f.kw_only]
    keyword_only = [f for f in init_fields if f.init and f.kw_only]
    if init:
        _set_new_attribute(
            cls, "__init__",
            _init_fn(
                init_fields, standard, keyword_only, frozen, hasattr(cls, _POST_INIT_NAME),
                "__dataclass_self__" if "self" in fields else "self", globals, slots,
            ),
        )
    if repr:
        shown = [f for f in instance_fields if f.repr]
        _set_new_attribute(cls, "__repr__", _repr_fn(shown, globals))
    compared = [f for f in instance_fields if f.compare]
    if eq:
        _set_new_attribute(cls, "__eq__", _cmp_fn("__eq__", "==", compared, globals))
    if order:
        for name, op in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            if _set_new_attribute(cls, name, _cmp_fn(name, op, compared, globals)):
                raise TypeError(
                    f"Cannot overwrite attribute {name} in class {cls.__name__}. Consider using "
                    "functools.total_ordering"
                )
    if frozen:
        for function in _frozen_methods(cls, instance_fields, globals):
            if _set_new_attribute(cls, function.__name__, function):
                raise TypeError(
                    f"Cannot overwrite attribute {function.__name__} in class {cls.__name__}"
                )
    action = _hash_action(bool(unsafe_hash), bool(eq), bool(frozen), has_explicit_hash)
    if action == "error":
        raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
    elif action == "none":
        cls.__hash__ = None
    elif action == "add":
        hashed = [
            f for f in instance_fields if (f.compare if f.hash is None else f.hash)
        ]
        cls.__hash__ = _set_qualname(cls, _hash_fn(hashed, globals))

    if not getattr(cls, "__doc__"):
        cls.__doc__ = cls.__name__ + _signature_text(standard, keyword_only)
    if match_args:
        _set_new_attribute(cls, "__match_args__", tuple(f.name for f in standard))
    if weakref_slot and not slots:
        raise TypeError("weakref_slot is True but slots is False")
    if slots:
        cls = _add_slots(cls, frozen, weakref_slot)
    abc.update_abstractmethods(cls)
    return cls


def _signature_text(standard, keyword_only):
    """The parameters of `__init__`, as a docstring shows them."""

    def shown(f):
        text = f"{f.name}: {_annotation_text(f.type)}"
        if f.default is not MISSING:
            text += f" = {f.default!r}"
        elif f.default_factory is not MISSING:
            text += f" = {_HAS_DEFAULT_FACTORY!r}"
        return text

    pieces = [shown(f) for f in standard]
    if keyword_only:
        pieces += ["*"] + [shown(f) for f in keyword_only]
    return f"({', '.join(pieces)})"


def _annotation_text(annotation):
    if getattr(annotation, "__module__", None) == "typing":
        return repr(annotation).replace("typing.", "")
    if isinstance(annotation, GenericAlias):
        return str(annotation)
    if isinstance(annotation, type):
        if annotation.__module__ == "builtins":
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    return repr(annotation)


# Slots ---------------------------------------------------------------------------------------


def _dataclass_getstate(self):
    return [getattr(self, f.name) for f in fields(self)]


def _dataclass_setstate(self, state):
    for f, value in zip(fields(self), state):
        object.__setattr__(self, f.name, value)


def _slots_of(cls):
    slots = cls.__dict__.get("__slots__")
    if slots is None:
        return
    if isinstance(slots, str):
        yield slots
    elif not hasattr(slots, "__next__"):
        yield from slots
    else:
        raise TypeError(f"Slots of '{cls.__name__}' cannot be determined")


def _add_slots(cls, is_frozen, weakref_slot):
    """The class once more, with slots: they cannot be added to a class that exists."""
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    namespace = dict(cls.__dict__)
    names = tuple(f.name for f in fields(cls))
    inherited = {name for base in cls.__mro__[1:-1] for name in _slots_of(base)}
    namespace["__slots__"] = tuple(
        name
        for name in names + (("__weakref__",) if weakref_slot else ())
        if name not in inherited
    )
    for name in names:
        namespace.pop(name, None)
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    qualname = getattr(cls, "__qualname__", None)
    cls = type(cls)(cls.__name__, cls.__bases__, namespace)
    if qualname is not None:
        cls.__qualname__ = qualname
    if is_frozen:
        if "__getstate__" not in namespace:
            cls.__getstate__ = _dataclass_getstate
        if "__setstate__" not in namespace:
            cls.__setstate__ = _dataclass_setstate
    return cls


# For programs --------------------------------------------------------------------------------


def dataclass(
    cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
    match_args=True, kw_only=False, slots=False, weakref_slot=False,
):
    """A decorator: adds methods that follow from the annotations of the class."""

    def wrap(cls):
        return _process_class(
            cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots,
            weakref_slot,
        )

    return wrap if cls is None else wrap(cls)


def fields(class_or_instance):
    """The fields of a data class or of an instance of one."""
    try:
        known = getattr(class_or_instance, _FIELDS)
    except AttributeError:
        raise TypeError("must be called with a dataclass type or instance") from None
    return tuple(f for f in known.values() if f._field_type is _FIELD)


def _is_dataclass_instance(obj):
    return hasattr(type(obj), _FIELDS)


def is_dataclass(obj):
    """True for data classes and their instances."""
    cls = obj if isinstance(obj, type) else type(obj)
    return hasattr(cls, _FIELDS)


def asdict(obj, *, dict_factory=dict):
    """The fields as a dict, with data classes inside converted, too."""
    if not _is_dataclass_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _asdict_inner(obj, dict_factory)


def _asdict_inner(obj, dict_factory):
    if _is_dataclass_instance(obj):
        return dict_factory(
            [(f.name, _asdict_inner(getattr(obj, f.name), dict_factory)) for f in fields(obj)]
        )
    return _convert_inner(obj, lambda value: _asdict_inner(value, dict_factory))


def astuple(obj, *, tuple_factory=tuple):
    """The values of the fields as a tuple, with data classes inside converted, too."""
    if not _is_dataclass_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")
    return _astuple_inner(obj, tuple_factory)


def _astuple_inner(obj, tuple_factory):
    if _is_dataclass_instance(obj):
        return tuple_factory(
            [_astuple_inner(getattr(obj, f.name), tuple_factory) for f in fields(obj)]
        )
    return _convert_inner(obj, lambda value: _astuple_inner(value, tuple_factory))


def _convert_inner(obj, convert):
    """Containers with converted parts; copies of everything else."""
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*[convert(value) for value in obj])
    if isinstance(obj, (list, tuple)):
        return type(obj)(convert(value) for value in obj)
    if isinstance(obj, dict):
        if hasattr(type(obj), "default_factory"):
            result = type(obj)(obj.default_factory)
            for key, value in obj.items():
                result[convert(key)] = convert(value)
            return result
        return type(obj)((convert(key), convert(value)) for key, value in obj.items())
    return copy.deepcopy(obj)


def make_dataclass(
    cls_name, fields, *, bases=(), namespace=None, init=True, repr=True, eq=True, order=False,
    unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False,
    weakref_slot=False,
):
    """A new data class; fields are names, or tuples of name, type and `field(...)`."""
    if namespace is None:
        namespace = {}
    seen = set()
    annotations = {}
    defaults = {}
    for item in fields:
        if isinstance(item, str):
            name = item
            annotation = "typing.Any"
        elif len(item) == 2:
            name, annotation = item
        elif len(item) == 3:
            name, annotation, defaults[item[0]] = item
        else:
            raise TypeError(f"Invalid field: {item!r}")
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if keyword.iskeyword(name):
            raise TypeError(f"Field names must not be keywords: {name!r}")
        if name in seen:
            raise TypeError(f"Field name duplicated: {name!r}")
        seen.add(name)
        annotations[name] = annotation

    def fill(target):
        target.update(namespace)
        target.update(defaults)
        target["__annotations__"] = annotations

    cls = types.new_class(cls_name, bases, {}, fill)
    return dataclass(
        cls, init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen,
        match_args=match_args, kw_only=kw_only, slots=slots, weakref_slot=weakref_slot,
    )


def replace(obj, /, **changes):
    """A new object of the same class with other values for some fields."""
    if not _is_dataclass_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for f in getattr(obj, _FIELDS).values():
        if f._field_type is _FIELD_CLASSVAR:
            continue
        if not f.init:
            if f.name in changes:
                raise ValueError(
                    f"field {f.name} is declared with init=False, it cannot be specified with "
                    "replace()"
                )
            continue
        if f.name not in changes:
            if f._field_type is _FIELD_INITVAR and f.default is MISSING:
                raise ValueError(f"InitVar {f.name!r} must be specified with replace()")
            changes[f.name] = getattr(obj, f.name)
    return obj.__class__(**changes)
