"""Enumerations: classes with a fixed set of instances that have names and values.

The body of such a class collects members (`_Body`). A `_Plan` says how they are made of their values;
it stands in the class while that is created, so that the members are there before any
`__init_subclass__` sees the class.
"""

import sys
from builtins import bin as _digits
from builtins import property as _plain_property
from operator import attrgetter
from types import DynamicClassAttribute, MappingProxyType

__all__ = (
    "EnumType EnumMeta Enum IntEnum StrEnum Flag IntFlag ReprEnum auto unique property verify "
    "member nonmember FlagBoundary STRICT CONFORM EJECT KEEP global_flag_repr global_enum_repr "
    "global_str global_enum EnumCheck CONTINUOUS NAMED_FLAGS UNIQUE pickle_by_global_name "
    "pickle_by_enum_name"
).split()

# Names that have to be there before the classes are.
Enum = Flag = ReprEnum = EJECT = None


# What may stand in a body ---------------------------------------------------------------------


class _Marked:
    def __init__(self, value):
        self.value = value


class nonmember(_Marked):
    """Marks something in the body that is no member."""


class member(_Marked):
    """Marks something in the body that is a member, though it would not look like one."""


class _AutoNull:
    def __repr__(self):
        return "_auto_null"


_auto_null = _AutoNull()


class auto:
    """The next value, as `_generate_next_value_` says."""

    def __init__(self, value=_auto_null):
        self.value = value

    def __repr__(self):
        return f"auto({self.value!r})"


class property(DynamicClassAttribute):
    """An attribute of members that may have the name of a member: on the class, it is the member."""

    name = clsname = None

    def __set_name__(self, ownerclass, name):
        self.name, self.clsname = name, ownerclass.__name__

    def __get__(self, instance, ownerclass=None):
        if instance is not None:
            getter = self.fget
            if getter is not None:
                return getter(instance)
        found = ownerclass._member_map_.get(self.name)
        if found is None:
            who = repr(ownerclass) if instance is None else f"{ownerclass!r} member"
            raise AttributeError(f"{who} has no attribute {self.name!r}")
        return found

    def __set__(self, instance, value):
        if self.fset is None:
            raise self._refusal("set")
        self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise self._refusal("delete")
        self.fdel(instance)

    def _refusal(self, verb):
        return AttributeError(f"<enum {self.clsname!r}> cannot {verb} attribute {self.name!r}")


def _has_marks(name, mark):
    """Does a name begin and end with exactly this, with something else between?"""
    size = len(mark)
    inner = name[size:-size]
    return (
        name.startswith(mark) and name.endswith(mark)
        and inner != "" and inner[0] != "_" and inner[-1] != "_"
    )


def _is_descriptor(value):
    kind = type(value)
    return any(hasattr(value, n) or hasattr(kind, n) for n in ("__get__", "__set__", "__delete__"))


_OWN_NAMES = frozenset(
    "_order_ _generate_next_value_ _numeric_repr_ _missing_ _ignore_ _iter_member_ "
    "_iter_member_by_value_ _iter_member_by_def_".split()
)


class _Body(dict):
    """The namespace of a class body, which tells members from the rest."""

    def __init__(self, class_name):
        super().__init__()
        self.class_name = class_name
        self.members = {}
        self.ignored = ()
        self.next_value = None
        self.last_values = []
        self.used_auto = False

    def __setitem__(self, key, value):
        if isinstance(value, type):
            self._warn_of_class(value)
        if self._is_private(key):
            pass
        elif _has_marks(key, "_"):
            value = self._special(key, value)
        elif _has_marks(key, "__"):
            key = "_order_" if key == "__order__" else key
        elif key in self.members:
            raise TypeError(f"{key!r} already defined as {self[key]!r}")
        elif key not in self.ignored:
            if isinstance(value, nonmember):
                value = value.value
            elif not _is_descriptor(value):
                if key in self:
                    raise TypeError(f"{key!r} already defined as {self[key]!r}")
                if isinstance(value, member):
                    value = value.value
                autos = _autos(value)
                for item in autos:
                    if item.value is _auto_null:
                        before = self.last_values[:]
                        item.value = self.next_value(key, 1, len(self.members), before)
                        self.used_auto = True
                    self.last_values.append(item.value)
                if autos:
                    value = _without_autos(value)
                else:
                    self.last_values.append(value)
                self.members[key] = value
        dict.__setitem__(self, key, value)

    def _is_private(self, key):
        prefix = f"_{self.class_name}__"
        return key.startswith(prefix) and len(key) > len(prefix) and not key.endswith("__")

    def _warn_of_class(self, value):
        """Classes inside are members still; this says that they will not be for ever."""
        inside = f"{self.class_name}.{getattr(value, '__name__', '')}"
        if not (value.__qualname__ == inside or value.__qualname__.endswith("." + inside)):
            return
        import warnings

        warnings.warn(
            "In 3.13 classes created inside an enum will not become a member.  "
            "Use the `member` decorator to keep the current behavior.",
            DeprecationWarning,
            stacklevel=3,
        )

    def _special(self, key, value):
        if key not in _OWN_NAMES:
            raise ValueError(
                f"_sunder_ names, such as {key!r}, are reserved for future Enum use"
            )
        if key == "_generate_next_value_":
            if self.used_auto:
                raise TypeError("_generate_next_value_ must be defined before members")
            self.next_value = value.__func__ if isinstance(value, staticmethod) else value
        elif key == "_ignore_":
            value = _words(value) if isinstance(value, str) else list(value)
            self.ignored = value
            already = {name for name in value if name in self.members}
            if already:
                raise ValueError(f"_ignore_ cannot specify already set names: {already!r}")
        return value


def _autos(value):
    """The autos that a value is or has in it."""
    items = value if type(value) is tuple else (value,)
    return [item for item in items if isinstance(item, auto)]


def _without_autos(value):
    if isinstance(value, auto):
        return value.value
    return tuple(item.value if isinstance(item, auto) else item for item in value)


def _words(text):
    return text.replace(",", " ").split()


# From a body to a class -----------------------------------------------------------------------


def _data_type(class_name, bases):
    """What the values of the members are instances of besides the enumeration; often object."""
    found = set()
    for chain in bases:
        outermost = None
        for base in chain.__mro__:
            if base is object:
                continue
            if isinstance(base, EnumType):
                if base._member_type_ is not object:
                    found.add(base._member_type_)
                    break
            elif "__new__" in base.__dict__ or "__dataclass_fields__" in base.__dict__:
                found.add(outermost or base)
                break
            else:
                outermost = outermost or base
    if len(found) > 1:
        raise TypeError(f"too many data types for {class_name!r}: {found!r}")
    return found.pop() if found else object


def _value_text(bases):
    """The function that shows values, if the bases have one of their own."""
    for chain in bases:
        for base in chain.__mro__[:-1]:
            if isinstance(base, EnumType):
                return base._value_repr_
            if "__repr__" in base.__dict__:
                parameters = base.__dict__.get("__dataclass_params__")
                if parameters is not None and parameters.repr:
                    return _dataclass_text
                return base.__dict__["__repr__"]
    return None


def _dataclass_text(value):
    fields = value.__dataclass_fields__.items()
    return ", ".join(f"{name}={getattr(value, name)!r}" for name, field in fields if field.repr)


class _Plan:
    """How the members of a class are made. Its name in the class is told to it first of all."""

    def __init__(self, body, bases):
        self.values = {name: body[name] for name in body.members}
        self.kind = _data_type(body.class_name, bases)
        self.parent = bases[-1] if bases else None
        self.own_new = body.get("__new__") if self.parent is not None else None
        self.new = self.own_new or self._inherited_new()
        plain = self.new is object.__new__ or Enum is not None and self.new is Enum.__new__
        self.with_arguments = self.parent is not None and not plain

    def _inherited_new(self):
        useless = [None, None.__new__, object.__new__]
        if Enum is not None:
            useless.append(Enum.__new__)
        for method in ("__new_member__", "__new__"):
            for owner in (self.kind, self.parent):
                new = getattr(owner, method, None)
                if new not in useless:
                    return new
        return object.__new__

    def __set_name__(self, cls, own_name):
        type.__delattr__(cls, own_name)
        for name, value in self.values.items():
            type.__delattr__(cls, name)
            made = self._made(cls, name, value)
            same = _known(cls, made._value_)
            if same is not None:
                # Another name of a member, which has none of its own.
                value, made = made._value_, same
            else:
                value = made._value_
                if not self.is_flag or isinstance(value, int) and _is_single_bit(value):
                    cls._member_names_.append(name)
            type.__setattr__(cls, name, _behind_property(cls, name) or made)
            cls._member_map_[name] = made
            try:
                cls._value2member_map_.setdefault(value, made)
            except TypeError:
                cls._unhashable_values_.append(value)

    @_plain_property
    def is_flag(self):
        return Flag is not None and issubclass(self.parent, Flag)

    def _made(self, cls, name, value):
        args = value if isinstance(value, tuple) else (value,)
        if self.kind is tuple:
            # The tuple is the one argument of its type.
            args = (args,)
        made = self.new(cls, *args) if self.with_arguments else self.new(cls)
        if not hasattr(made, "_value_"):
            if self.kind is not object:
                try:
                    value = self.kind(*args)
                except Exception as error:
                    raise TypeError("_value_ not set in __new__, unable to create it") from error
            made._value_ = value
        made._name_ = name
        made.__objclass__ = cls
        made.__init__(*args)
        made._sort_order_ = len(cls._member_names_)
        return made


def _known(cls, value):
    """The member that has a value; None if there is none."""
    try:
        return cls._value2member_map_.get(value)
    except TypeError:
        # It has no hash.
        for candidate in cls._member_map_.values():
            if candidate._value_ == value:
                return candidate
    return None


def _behind_property(cls, name):
    """A property for the class if an ancestor has one with the name of a member."""
    for base in cls.__mro__[1:]:
        inherited = base.__dict__.get(name)
        if isinstance(inherited, DynamicClassAttribute):
            redirect = property(inherited.fget, inherited.fset, inherited.fdel)
            redirect.__set_name__(cls, name)
            return redirect
        if inherited is not None and _is_descriptor(inherited):
            return None
    return None


def _refuse_pickle(self, proto):
    raise TypeError(f"{self!r} cannot be pickled")


class EnumType(type):
    """The class of enumerations."""

    @classmethod
    def __prepare__(metacls, name, bases, **kwds):
        for base in bases:
            for ancestor in base.__mro__:
                if isinstance(ancestor, EnumType) and ancestor._member_names_:
                    raise TypeError(f"<enum {name!r}> cannot extend {ancestor!r}")
        body = _Body(name)
        if bases:
            parent = _parent(bases)
            body.next_value = parent._generate_next_value_
            dict.__setitem__(body, "_generate_next_value_", parent._generate_next_value_)
        return body

    def __new__(metacls, name, bases, body, *, boundary=None, **kwds):
        for word in (*body.ignored, "_ignore_"):
            body.pop(word, None)
        invalid = [word for word in body.members if word in ("mro", "")]
        if invalid:
            raise ValueError(f"invalid enum member name(s) {','.join(map(repr, invalid))}")
        order = body.pop("_order_", None)
        plan = _Plan(body, bases)
        contents = dict(body)
        if "_generate_next_value_" in contents:
            contents["_generate_next_value_"] = staticmethod(body.next_value)
        contents.update(
            _new_member_=plan.new,
            _use_args_=plan.with_arguments,
            _member_names_=[],
            _member_map_={},
            _value2member_map_={},
            _unhashable_values_=[],
            _member_type_=plan.kind,
            _value_repr_=_value_text(bases),
            _boundary_=boundary or getattr(plan.parent, "_boundary_", None),
            _flag_mask_=0,
            _singles_mask_=0,
            _all_bits_=0,
            _inverted_=None,
        )
        try:
            cls = super().__new__(metacls, name, bases, {"_plan_": plan, **contents}, **kwds)
        except RuntimeError as error:
            # The plan is told its name in a call that hides what went wrong.
            cause = error.__cause__
            if cause is None:
                raise
        else:
            cause = None
        if cause is not None:
            raise cause
        if plan.parent is not None:
            _settle_methods(cls, plan, body, bases)
            if plan.is_flag:
                _settle_flag(cls, body)
        if order is not None:
            _check_order(cls, _words(order) if isinstance(order, str) else order)
        return cls

    def __init__(cls, *args, **kwds):
        pass

    def __call__(
        cls, value, names=None, *, module=None, qualname=None, type=None, start=1, boundary=None
    ):
        """The member with this value; or, with names, a new enumeration."""
        if names is not None:
            return cls._create_(
                value, names, module=module, qualname=qualname, type=type, start=start,
                boundary=boundary,
            )
        try:
            found = cls._value2member_map_.get(value)
        except TypeError:
            found = None
        return cls.__new__(cls, value) if found is None else found

    def __contains__(cls, value):
        if isinstance(value, Enum):
            return isinstance(value, cls) and value._name_ in cls._member_map_
        import warnings

        warnings.warn(
            "in 3.12 __contains__ will no longer raise TypeError, but will return True or\n"
            "False depending on whether the value is a member or the value of a member",
            DeprecationWarning,
            stacklevel=2,
        )
        raise TypeError(
            f"unsupported operand type(s) for 'in': {type(value).__qualname__!r}"
            f" and {cls.__class__.__qualname__!r}"
        )

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __getattr__(cls, name):
        if not _has_marks(name, "__"):
            found = cls._member_map_.get(name)
            if found is not None:
                return found
        raise AttributeError(name)

    def __setattr__(cls, name, value):
        if name in cls.__dict__.get("_member_map_", ()):
            raise AttributeError(f"cannot reassign member {name!r}")
        super().__setattr__(name, value)

    def __delattr__(cls, name):
        if name in cls._member_map_:
            raise AttributeError(f"{cls.__name__!r} cannot delete member {name!r}.")
        super().__delattr__(name)

    def __bool__(cls):
        return True

    def __len__(cls):
        return len(cls._member_names_)

    def __iter__(cls):
        return map(cls._member_map_.__getitem__, cls._member_names_)

    def __reversed__(cls):
        return map(cls._member_map_.__getitem__, reversed(cls._member_names_))

    @_plain_property
    def __members__(cls):
        """All members by their names, other names of the same one too."""
        return MappingProxyType(cls._member_map_)

    def __repr__(cls):
        kind = "flag" if Flag is not None and issubclass(cls, Flag) else "enum"
        return f"<{kind} {cls.__name__!r}>"

    def __dir__(cls):
        names = {
            f"__{word}__"
            for word in (
                "class contains doc getitem iter len members module name qualname"
            ).split()
        }
        names.update(cls._member_names_)
        if cls._new_member_ is not object.__new__:
            names.add("__new__")
        if cls.__init_subclass__ is not object.__init_subclass__:
            names.add("__init_subclass__")
        if cls._member_type_ is not object:
            names.update(dir(cls._member_type_))
        return sorted(names)

    def _create_(
        cls, class_name, names, *, module=None, qualname=None, type=None, start=1, boundary=None
    ):
        """A new enumeration with these names, or names and values."""
        metacls = cls.__class__
        bases = (cls,) if type is None else (type, cls)
        body = metacls.__prepare__(class_name, bases)
        if isinstance(names, str):
            names = _words(names)
        if isinstance(names, (tuple, list)) and names and isinstance(names[0], str):
            values = []
            for count, name in enumerate(names):
                values.append(cls._generate_next_value_(name, start, count, values[:]))
            names = zip(names, values)
        for item in names:
            name, value = (item, names[item]) if isinstance(item, str) else item
            body[name] = value
        if module is None:
            try:
                module = sys._getframe(2).f_globals["__name__"]
            except (AttributeError, KeyError, ValueError):
                pass
        if module is None:
            body["__reduce_ex__"] = _refuse_pickle
            body["__module__"] = "<unknown>"
        else:
            body["__module__"] = module
        if qualname is not None:
            body["__qualname__"] = qualname
        return metacls.__new__(metacls, class_name, bases, body, boundary=boundary)

    def _convert_(cls, name, module, filter, source=None, *, boundary=None, as_global=False):
        """An enumeration of those globals of a module that `filter` accepts, in their place."""
        module_names = sys.modules[module].__dict__
        origin = module_names if source is None else source.__dict__
        pairs = [(key, origin[key]) for key in origin if filter(key)]
        try:
            pairs.sort(key=lambda pair: (pair[1], pair[0]))
        except TypeError:
            # Values of different kinds have no order.
            pairs.sort(key=lambda pair: pair[0])
        made = cls._create_(name, pairs, module=module, boundary=boundary or KEEP)
        if as_global:
            global_enum(made)
        else:
            module_names.update(made.__members__)
        module_names[name] = made
        return made


EnumMeta = EnumType


def _parent(bases):
    """The enumeration among the bases, which is the last of them."""
    if isinstance(bases[-1], EnumType):
        return bases[-1]
    raise TypeError(
        "new enumerations should be created as "
        "`EnumName([mixin_type, ...] [data_type,] enum_type)`"
    )


def _settle_methods(cls, plan, body, bases):
    """Decides for methods that both the data type and the enumeration have."""
    kind = plan.kind
    if ReprEnum is not None and ReprEnum in bases:
        # Only the representation is the enumeration's.
        if kind is object:
            raise TypeError(
                "ReprEnum subclasses must be mixed with a data type (i.e. int, str, float, etc.)"
            )
        text = kind.__repr__ if kind.__str__ is object.__str__ else kind.__str__
        for name, method in (("__format__", kind.__format__), ("__str__", text)):
            if name not in body:
                setattr(cls, name, method)
        undecided = ("__repr__", "__reduce_ex__")
    else:
        undecided = ("__repr__", "__str__", "__format__", "__reduce_ex__")
    for name in undecided:
        if name not in body and getattr(cls, name) in (getattr(kind, name), getattr(object, name)):
            setattr(cls, name, getattr(plan.parent, name))
    if plan.is_flag:
        for name in _FLAG_OPERATORS:
            if name not in body:
                setattr(cls, name, getattr(Flag, name))
    if plan.own_new:
        cls.__new_member__ = plan.own_new
    # Whatever makes members, a call of the class only looks them up.
    cls.__new__ = Enum.__new__


_FLAG_OPERATORS = "__or__ __and__ __xor__ __ror__ __rand__ __rxor__ __invert__".split()


def _settle_flag(cls, body):
    """Finds which bits have names."""
    for flag in cls._member_map_.values():
        cls._flag_mask_ |= flag._value_
        if _is_single_bit(flag._value_):
            cls._singles_mask_ |= flag._value_
    cls._all_bits_ = (1 << cls._flag_mask_.bit_length()) - 1
    values = [flag._value_ for flag in cls]
    if values != sorted(values):
        cls._iter_member_ = cls._iter_member_by_def_


def _check_order(cls, order):
    """`_order_` is a promise about the order of members in the body."""
    names = cls._member_names_
    order = [name for name in order if name in names or name not in cls._member_map_]
    if order != names:
        raise TypeError(f"member order does not match _order_:\n  {names!r}\n  {order!r}")


# Enumerations --------------------------------------------------------------------------------


class Enum(metaclass=EnumType):
    """The base of enumerations."""

    def __new__(cls, value):
        """The member that has the value, or that `_missing_` finds for it."""
        if type(value) is cls:
            return value
        found = _known(cls, value)
        if found is not None:
            return found
        if not cls._member_map_:
            raise TypeError(f"{cls!r} has no members defined")
        unknown = ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        error = None
        try:
            found = cls._missing_(value)
        except Exception as raised:
            error = raised
        if isinstance(found, cls):
            return found
        if cls._boundary_ is EJECT and EJECT is not None and isinstance(found, int):
            return found
        if error is None:
            if found is None:
                raise unknown
            error = TypeError(
                f"error in {cls.__name__}._missing_: "
                f"returned {found!r} instead of None or a valid member"
            )
        if not isinstance(error, ValueError):
            error.__context__ = unknown
        raise error

    def __init__(self, *args, **kwds):
        pass

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        """The value of an auto: one more than the last."""
        if not last_values:
            return start
        try:
            last, top = last_values[-1], max(last_values)
            if last == top:
                return last + 1
        except TypeError:
            pass
        import warnings

        warnings.warn(
            "In 3.13 the default `auto()`/`_generate_next_value_` will require all values to be "
            "sortable and support adding +1\n"
            "and the value returned will be the largest value in the enum incremented by 1",
            DeprecationWarning,
            stacklevel=3,
        )
        try:
            last_values.sort()
        except TypeError:
            pass
        for value in reversed(last_values):
            try:
                return value + 1
            except TypeError:
                pass
        return start

    @classmethod
    def _missing_(cls, value):
        """What a value stands for that no member has; subclasses may know."""
        return None

    name = property(attrgetter("_name_"), doc="The name of the member.")
    value = property(attrgetter("_value_"), doc="The value of the member.")

    def __repr__(self):
        cls = self.__class__
        return f"<{cls.__name__}.{self._name_}: {(cls._value_repr_ or repr)(self._value_)}>"

    def __str__(self):
        return f"{self.__class__.__name__}.{self._name_}"

    def __format__(self, format_spec):
        return str.__format__(str(self), format_spec)

    def __hash__(self):
        return hash(self._name_)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, proto):
        return self.__class__, (self._value_,)

    def __dir__(self):
        names = {"__class__", "__doc__", "__eq__", "__hash__", "__module__"}
        if self.__class__._member_type_ is not object:
            names.update(object.__dir__(self))
        names.update(n for n in getattr(self, "__dict__", ()) if not n.startswith("_"))
        for cls in self.__class__.__mro__:
            for name, item in cls.__dict__.items():
                if name.startswith("_"):
                    continue
                if name not in self._member_map_ or isinstance(item, property) and item.fget:
                    names.add(name)
        return sorted(names)


class ReprEnum(Enum):
    """An enumeration whose text is that of its data type; only the representation is its own."""


class IntEnum(int, ReprEnum):
    """An enumeration whose members are integers."""


class StrEnum(str, ReprEnum):
    """An enumeration whose members are strings."""

    def __new__(cls, *values):
        if len(values) > 3:
            raise TypeError(f"too many arguments for str(): {values!r}")
        if len(values) == 1 and not isinstance(values[0], str):
            raise TypeError(f"{values[0]!r} is not a string")
        for what, value in zip(("encoding", "errors"), values[1:]):
            if not isinstance(value, str):
                raise TypeError(f"{what} must be a string, not {value!r}")
        text = str(*values)
        made = str.__new__(cls, text)
        made._value_ = text
        return made

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        """The value of an auto: the name in lower case."""
        return name.lower()


def pickle_by_global_name(self, proto):
    """A `__reduce_ex__`: the member is a global of its module."""
    return self.name


def pickle_by_enum_name(self, proto):
    """A `__reduce_ex__`: the member is found by its name."""
    return getattr, (self.__class__, self._name_)


# Flags ---------------------------------------------------------------------------------------


def _is_single_bit(value):
    return value > 0 and value & (value - 1) == 0


def _bits(value):
    """The single bits of a number, from the lowest."""
    while value:
        bit = value & -value
        yield bit
        value ^= bit


def bin(num, max_bits=None):
    """A number in binary digits, the sign as one more of them: `0b1 0110`."""
    width = max(num.bit_length(), max_bits or 0)
    digits = _digits(num % (1 << width) + (1 << width))[3:]
    return f"0b{int(num < 0)} {digits}"


class FlagBoundary(StrEnum):
    """What a flag does with bits that have no name."""

    STRICT = auto()
    CONFORM = auto()
    EJECT = auto()
    KEEP = auto()


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


class Flag(Enum, boundary=STRICT):
    """An enumeration whose members are bits that can be combined."""

    _numeric_repr_ = repr

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        """The value of an auto: the next bit."""
        if not last_values:
            return 1 if start is None else start
        last = max(last_values)
        try:
            return 1 << last.bit_length()
        except Exception:
            raise TypeError(f"invalid flag value {last!r}") from None

    @classmethod
    def _iter_member_by_value_(cls, value):
        """The members of single bits in a value, from the lowest."""
        return map(cls._value2member_map_.get, _bits(value & cls._flag_mask_))

    _iter_member_ = _iter_member_by_value_

    @classmethod
    def _iter_member_by_def_(cls, value):
        """The members of single bits in a value, in the order of the body."""
        found = cls._iter_member_by_value_(value)
        return iter(sorted(found, key=attrgetter("_sort_order_")))

    @classmethod
    def _missing_(cls, value):
        """The combination of members that a number stands for."""
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        fitting = cls._within_boundary(value)
        if cls._boundary_ is EJECT and fitting is None:
            return value
        positive = fitting if fitting >= 0 else cls._all_bits_ + 1 + fitting
        made = cls._combination(positive)
        # Another thread may have made it meanwhile.
        made = cls._value2member_map_.setdefault(positive, made)
        if fitting < 0:
            cls._value2member_map_[fitting] = made
        return made

    @classmethod
    def _within_boundary(cls, value):
        """The number that is used for a number, as the boundary says; None to give it back."""
        mask, every = cls._flag_mask_, cls._all_bits_
        if ~every <= value <= every and not value & (every ^ mask):
            return value
        boundary = cls._boundary_
        if boundary is EJECT:
            return None
        if boundary is CONFORM:
            return value & mask
        if boundary is KEEP:
            return value if value >= 0 else max(every + 1, 1 << value.bit_length()) + value
        if boundary is not STRICT:
            raise ValueError(f"{cls!r} unknown flag boundary {boundary!r}")
        width = max(value.bit_length(), mask.bit_length())
        raise ValueError(
            f"{cls!r} invalid value {value!r}\n"
            f"    given {bin(value, width)}\n"
            f"  allowed {bin(mask, width)}"
        )

    @classmethod
    def _combination(cls, value):
        """A new instance for a number that no member has."""
        unnamed = value & ~cls._flag_mask_
        if unnamed and cls._boundary_ is not KEEP:
            raise ValueError(
                f"{cls.__name__}({value!r}) -->  unknown values {unnamed!r} [{bin(unnamed)}]"
            )
        kind = cls._member_type_
        made = object.__new__(cls) if kind is object else kind.__new__(cls, value)
        if not hasattr(made, "_value_"):
            made._value_ = value
        parts = list(cls._iter_member_(value & cls._singles_mask_))
        if value & ~cls._singles_mask_:
            for flag in cls._member_map_.values():
                bits = flag._value_
                if bits and bits & value == bits and flag not in parts:
                    parts.append(flag)
        rest = value
        for flag in parts:
            rest &= ~flag._value_
        if rest and parts and cls._boundary_ is STRICT:
            raise ValueError(f"{cls!r}: no members with value {rest!r}")
        names = [flag._name_ for flag in parts]
        if rest and parts:
            names.append(cls._numeric_repr_(rest))
        made._name_ = "|".join(names) if names else None
        return made

    def __contains__(self, other):
        if not isinstance(other, self.__class__):
            raise TypeError(
                f"unsupported operand type(s) for 'in': {type(other).__qualname__!r}"
                f" and {self.__class__.__qualname__!r}"
            )
        return other._value_ & self._value_ == other._value_

    def __iter__(self):
        return iter(self._iter_member_(self._value_))

    def __len__(self):
        return self._value_.bit_count()

    def __bool__(self):
        return bool(self._value_)

    def __repr__(self):
        cls = self.__class__
        name = "" if self._name_ is None else f".{self._name_}"
        return f"<{cls.__name__}{name}: {(cls._value_repr_ or repr)(self._value_)}>"

    def __str__(self):
        name = self.__class__.__name__
        if self._name_ is None:
            return f"{name}({self._value_!r})"
        return f"{name}.{self._name_}"

    def _operand(self, other, sign):
        """The number that an operator works with, None if it is not for flags of this class."""
        if isinstance(other, self.__class__):
            number = other._value_
        elif self._member_type_ is not object and isinstance(other, self._member_type_):
            number = other
        else:
            return None
        for flag, value in ((self, self._value_), (other, number)):
            if value is None:
                raise TypeError(f"'{flag}' cannot be combined with other flags with {sign}")
        return number

    def __or__(self, other):
        number = self._operand(other, "|")
        return NotImplemented if number is None else self.__class__(self._value_ | number)

    def __and__(self, other):
        number = self._operand(other, "&")
        return NotImplemented if number is None else self.__class__(self._value_ & number)

    def __xor__(self, other):
        number = self._operand(other, "^")
        return NotImplemented if number is None else self.__class__(self._value_ ^ number)

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__

    def __invert__(self):
        if self._value_ is None:
            raise TypeError(f"'{self}' cannot be inverted")
        if self._inverted_ is None:
            value = ~self._value_
            if self._boundary_ is STRICT or self._boundary_ is CONFORM:
                value &= self._singles_mask_
            self._inverted_ = self.__class__(value)
        return self._inverted_


class IntFlag(int, ReprEnum, Flag, boundary=KEEP):
    """Flags that are integers."""


def show_flag_values(value):
    """The single bits of a value."""
    return list(_bits(value))


# Decorators ----------------------------------------------------------------------------------


def _aliases(enumeration):
    """The names that are not the first of their member, with that."""
    for name, item in enumeration.__members__.items():
        if name != item.name:
            yield f"{name} -> {item.name}"


def unique(enumeration):
    """A decorator: no two names have one value."""
    found = ", ".join(_aliases(enumeration))
    if found:
        raise ValueError(f"duplicate values found in {enumeration!r}: {found}")
    return enumeration


class EnumCheck(StrEnum):
    """What `verify` can check."""

    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


class verify:
    """A decorator that checks an enumeration when it is defined."""

    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        for check in self.checks:
            problem = _CHECKS.get(check, lambda enumeration: None)(enumeration)
            if problem:
                raise ValueError(problem)
        return enumeration


def _not_unique(enumeration):
    found = ", ".join(_aliases(enumeration))
    return f"aliases found in {enumeration!r}: {found}" if found else None


def _not_continuous(enumeration):
    values = {item.value for item in enumeration}
    if len(values) < 2:
        return None
    if issubclass(enumeration, Flag):
        kind = "flag"
        between = (1 << n for n in range(min(values).bit_length(), max(values).bit_length() - 1))
    else:
        kind = "enum"
        between = range(min(values) + 1, max(values))
    missing = ", ".join(str(value) for value in between if value not in values)
    if not missing:
        return None
    return f"invalid {kind} {enumeration.__name__!r}: missing values {missing}"[:256]


def _not_named(enumeration):
    members = enumeration._member_map_.items()
    singles = {item.value for item in enumeration}
    names, bits = [], 0
    for name, item in members:
        missing = 0
        # Negative values stand for all bits but some.
        if name not in enumeration._member_names_ and item.value >= 0:
            missing = sum(bit for bit in _bits(item.value) if bit not in singles)
        if missing:
            names.append(name)
            bits |= missing
    if not names:
        return None
    if len(names) == 1:
        subject = f"alias {names[0]} is missing"
    else:
        subject = f"aliases {', '.join(names[:-1])} and {names[-1]} are missing"
    what = "value" if _is_single_bit(bits) else "combined values of"
    return (
        f"invalid Flag {enumeration.__name__!r}: {subject} {what} 0x{bits:x} "
        "[use enum.show_flag_values(value) for details]"
    )


_CHECKS = {UNIQUE: _not_unique, CONTINUOUS: _not_continuous, NAMED_FLAGS: _not_named}


def _last_of_module(self):
    return self.__class__.__module__.rpartition(".")[2]


def global_enum_repr(self):
    """A representation for members that are globals of their module."""
    if self._name_ is None:
        return f"{_last_of_module(self)}.{self.__class__.__name__}({self._value_!r})"
    return f"{_last_of_module(self)}.{self._name_}"


def global_flag_repr(self):
    """A representation for flags that are globals of their module."""
    if self._name_ is None:
        return global_enum_repr(self)
    module = _last_of_module(self)
    return "|".join(
        # What is left without a name is a number.
        word if word[0].isdigit() else f"{module}.{word}" for word in self._name_.split("|")
    )


def global_str(self):
    """The text of a member that is a global of its module."""
    if self._name_ is None:
        return f"{self.__class__.__name__}({self._value_!r})"
    return self._name_


def global_enum(cls, update_str=False):
    """A decorator: the members become globals of the module, and look like it."""
    cls.__repr__ = global_flag_repr if issubclass(cls, Flag) else global_enum_repr
    if update_str or not issubclass(cls, ReprEnum):
        cls.__str__ = global_str
    sys.modules[cls.__module__].__dict__.update(cls.__members__)
    return cls
