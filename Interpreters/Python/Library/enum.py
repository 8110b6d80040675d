"""Enumerations: classes with a fixed set of instances that have names and values."""

import sys
from builtins import bin as _bin
from builtins import property as _property
from types import DynamicClassAttribute, MappingProxyType

__all__ = [
    "EnumType", "EnumMeta", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum", "auto",
    "unique", "property", "verify", "member", "nonmember", "FlagBoundary", "STRICT", "CONFORM",
    "EJECT", "KEEP", "global_flag_repr", "global_enum_repr", "global_str", "global_enum",
    "EnumCheck", "CONTINUOUS", "NAMED_FLAGS", "UNIQUE", "pickle_by_global_name",
    "pickle_by_enum_name",
]

# Made below; class creation asks for them by these names.
Enum = Flag = EJECT = KEEP = ReprEnum = None


class nonmember:
    """Protects something in the body of an enumeration from becoming a member."""

    def __init__(self, value):
        self.value = value


class member:
    """Makes something a member that would not become one: a function, a class."""

    def __init__(self, value):
        self.value = value


def _is_descriptor(obj):
    return hasattr(obj, "__get__") or hasattr(obj, "__set__") or hasattr(obj, "__delete__")


def _is_dunder(name):
    return (
        len(name) > 4
        and name[:2] == name[-2:] == "__"
        and name[2] != "_"
        and name[-3] != "_"
    )


def _is_sunder(name):
    return (
        len(name) > 2
        and name[0] == name[-1] == "_"
        and name[1] != "_"
        and name[-2] != "_"
    )


def _is_internal_class(cls_name, obj):
    if not isinstance(obj, type):
        return False
    qualname = getattr(obj, "__qualname__", "")
    return qualname == f"{cls_name}.{getattr(obj, '__name__', '')}" or qualname.endswith(
        f".{cls_name}.{getattr(obj, '__name__', '')}"
    )


def _is_private(cls_name, name):
    start = f"_{cls_name}__"
    return (
        len(name) > len(start)
        and name.startswith(start)
        and (name[-1] != "_" or name[-2] != "_")
    )


def _is_single_bit(num):
    return num != 0 and num & (num - 1) == 0


def _make_class_unpicklable(obj):
    def refuse(self, proto):
        raise TypeError(f"{self!r} cannot be pickled")

    if isinstance(obj, dict):
        obj["__reduce_ex__"] = refuse
        obj["__module__"] = "<unknown>"
    else:
        setattr(obj, "__reduce_ex__", refuse)
        setattr(obj, "__module__", "<unknown>")


def _iter_bits_lsb(num):
    if isinstance(num, Enum):
        num = num.value
    if num < 0:
        raise ValueError("%r is not a positive integer" % num)
    while num:
        bit = num & -num
        yield bit
        num ^= bit


def bin(num, max_bits=None):
    """A number in binary with its sign bit: 0b0 1010 for 10, 0b1 0110 for -10."""
    ceiling = 2 ** num.bit_length()
    if num >= 0:
        text = _bin(num + ceiling).replace("1", "0", 1)
    else:
        text = _bin(~num ^ (ceiling - 1) + ceiling)
    sign = text[:3]
    digits = text[3:]
    if max_bits is not None and len(digits) < max_bits:
        digits = (sign[-1] * max_bits + digits)[-max_bits:]
    return f"{sign} {digits}"


class _auto_null:
    def __repr__(self):
        return "_auto_null"


_auto_null = _auto_null()


class auto:
    """In the body of an enumeration: a value that follows from those before."""

    def __init__(self, value=_auto_null):
        self.value = value

    def __repr__(self):
        return "auto(%r)" % self.value


class property(DynamicClassAttribute):
    """An attribute of members that may have the name of a member: on the class, it is the member."""

    def __get__(self, instance, ownerclass=None):
        if instance is None:
            try:
                return ownerclass._member_map_[self.name]
            except KeyError:
                raise AttributeError(
                    f"{ownerclass!r} has no attribute {self.name!r}"
                ) from None
        if self.fget is not None:
            return self.fget(instance)
        try:
            return ownerclass._member_map_[self.name]
        except KeyError:
            raise AttributeError(
                f"{ownerclass!r} member has no attribute {self.name!r}"
            ) from None

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError(
                f"<enum {self.clsname!r}> cannot set attribute {self.name!r}"
            )
        return self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise AttributeError(
                f"<enum {self.clsname!r}> cannot delete attribute {self.name!r}"
            )
        return self.fdel(instance)

    def __set_name__(self, ownerclass, name):
        self.name = name
        self.clsname = ownerclass.__name__


class _EnumDict(dict):
    """The namespace of the body: it notes which names become members."""

    def __init__(self):
        super().__init__()
        self._member_names = {}
        self._last_values = []
        self._ignore = []
        self._auto_called = False
        self._cls_name = None

    def __setitem__(self, key, value):
        if _is_internal_class(self._cls_name, value):
            import warnings

            warnings.warn(
                "In 3.13 classes created inside an enum will not become a member.  "
                "Use the `member` decorator to keep the current behavior.",
                DeprecationWarning,
                stacklevel=2,
            )
        if _is_private(self._cls_name, key):
            pass
        elif _is_sunder(key):
            self._set_special(key, value)
        elif _is_dunder(key):
            if key == "__order__":
                key = "_order_"
        elif key in self._member_names:
            raise TypeError("%r already defined as %r" % (key, self[key]))
        elif key in self._ignore:
            pass
        elif isinstance(value, nonmember):
            value = value.value
        elif _is_descriptor(value):
            pass
        else:
            if key in self:
                raise TypeError("%r already defined as %r" % (key, self[key]))
            value = self._member_value(key, value)
        super().__setitem__(key, value)

    def _set_special(self, key, value):
        allowed = (
            "_order_", "_generate_next_value_", "_numeric_repr_", "_missing_", "_ignore_",
            "_iter_member_", "_iter_member_by_value_", "_iter_member_by_def_",
        )
        if key not in allowed:
            raise ValueError("_sunder_ names, such as %r, are reserved for future Enum use" % (key,))
        if key == "_generate_next_value_":
            if self._auto_called:
                raise TypeError("_generate_next_value_ must be defined before members")
            is_static = isinstance(value, staticmethod)
            self._generate_next_value = value.__func__ if is_static else value
        elif key == "_ignore_":
            names = value.replace(",", " ").split() if isinstance(value, str) else list(value)
            self._ignore = names
            already = set(names) & set(self._member_names)
            if already:
                raise ValueError("_ignore_ cannot specify already set names: %r" % (already,))

    def _member_value(self, key, value):
        if isinstance(value, member):
            value = value.value
        single = isinstance(value, auto)
        if single:
            value = (value,)
        if type(value) is tuple and any(isinstance(part, auto) for part in value):
            parts = []
            for part in value:
                if isinstance(part, auto):
                    if part.value == _auto_null:
                        part.value = self._generate_next_value(
                            key, 1, len(self._member_names), self._last_values[:]
                        )
                    self._auto_called = True
                    part = part.value
                parts.append(part)
            value = parts[0] if single else tuple(parts)
        self._member_names[key] = None
        self._last_values.append(value)
        return value

    def update(self, members, *more_members):
        try:
            for name in members.keys():
                self[name] = members[name]
        except AttributeError:
            for name, value in members:
                self[name] = value
        for name, value in more_members:
            self[name] = value


class _proto_member:
    """Stands in the class for a member until it is made, when it is told its name."""

    def __init__(self, value):
        self.value = value

    def __set_name__(self, enum_class, member_name):
        delattr(enum_class, member_name)
        enum_member = self._make(enum_class)
        value = enum_member._value_
        enum_member._name_ = member_name
        enum_member.__objclass__ = enum_class
        enum_member.__init__(*self._arguments())
        enum_member._sort_order_ = len(enum_class._member_names_)
        known = self._find(enum_class, value)
        if known is not None:
            # Another name of a member.
            enum_member = known
        else:
            self._count(enum_class, member_name, value)
        self._publish(enum_class, member_name, enum_member)
        enum_class._member_map_[member_name] = enum_member
        try:
            enum_class._value2member_map_.setdefault(value, enum_member)
        except TypeError:
            # The value has no hash: it is looked for among all members.
            pass

    def _arguments(self):
        return self._args

    def _make(self, enum_class):
        value = self.value
        args = value if isinstance(value, tuple) else (value,)
        if enum_class._member_type_ is tuple:
            args = (args,)
        self._args = args
        if not enum_class._use_args_:
            enum_member = enum_class._new_member_(enum_class)
        else:
            enum_member = enum_class._new_member_(enum_class, *args)
        if not hasattr(enum_member, "_value_"):
            if enum_class._member_type_ is object:
                enum_member._value_ = value
            else:
                try:
                    enum_member._value_ = enum_class._member_type_(*args)
                except Exception as exc:
                    error = TypeError(
                        "_value_ not set in __new__, unable to create it"
                    )
                    error.__cause__ = exc
                    raise error
        return enum_member

    def _find(self, enum_class, value):
        """The member that has the value already; of flags only for values of several bits."""
        try:
            try:
                return enum_class._value2member_map_[value]
            except TypeError:
                for canonical in enum_class._member_map_.values():
                    if canonical._value_ == value:
                        return canonical
        except KeyError:
            pass
        return None

    def _count(self, enum_class, member_name, value):
        if (
            Flag is None
            or not issubclass(enum_class, Flag)
            or isinstance(value, int) and _is_single_bit(value)
        ):
            enum_class._member_names_.append(member_name)

    def _publish(self, enum_class, member_name, enum_member):
        """Makes the member an attribute, unless an ancestor has a property with the name."""
        descriptor = None
        for base in enum_class.__mro__[1:]:
            attribute = base.__dict__.get(member_name)
            if attribute is not None:
                if isinstance(attribute, (property, DynamicClassAttribute)):
                    descriptor = attribute
                    break
                if _is_descriptor(attribute):
                    # A method or property of an ancestor: the member hides it.
                    break
        if descriptor is None:
            setattr(enum_class, member_name, enum_member)
            return
        redirect = property()
        redirect.__set_name__(enum_class, member_name)
        redirect.fget = getattr(descriptor, "fget", None)
        redirect.fset = getattr(descriptor, "fset", None)
        redirect.fdel = getattr(descriptor, "fdel", None)
        setattr(enum_class, member_name, redirect)


class EnumType(type):
    """The metaclass of enumerations."""

    @classmethod
    def __prepare__(metacls, cls, bases, **kwds):
        metacls._check_for_existing_members_(cls, bases)
        enum_dict = _EnumDict()
        enum_dict._cls_name = cls
        member_type, first_enum = metacls._get_mixins_(cls, bases)
        if first_enum is not None:
            enum_dict["_generate_next_value_"] = getattr(
                first_enum, "_generate_next_value_", None
            )
        return enum_dict

    def __new__(metacls, cls, bases, classdict, *, boundary=None, _simple=False, **kwds):
        if _simple:
            return super().__new__(metacls, cls, bases, classdict, **kwds)
        classdict.setdefault("_ignore_", []).append("_ignore_")
        for key in classdict["_ignore_"]:
            classdict.pop(key, None)
        member_names = list(classdict._member_names)
        invalid = set(member_names) & {"mro", ""}
        if invalid:
            raise ValueError(
                "invalid enum member name(s) %s" % ",".join(repr(n) for n in sorted(invalid))
            )
        order = classdict.pop("_order_", None)
        member_type, first_enum = metacls._get_mixins_(cls, bases)
        new, save_new, use_args = metacls._find_new_(classdict, member_type, first_enum)
        generate = classdict.get("_generate_next_value_")
        if generate is not None and type(generate) is not staticmethod:
            dict.__setitem__(classdict, "_generate_next_value_", staticmethod(generate))
        for name in member_names:
            dict.__setitem__(classdict, name, _proto_member(classdict[name]))
        # These names are not for the body: they go around the checks of the namespace.
        dict.update(
            classdict,
            _new_member_=new,
            _use_args_=use_args,
            _member_names_=[],
            _member_map_={},
            _value2member_map_={},
            _unhashable_values_=[],
            _member_type_=member_type,
            _value_repr_=metacls._find_data_repr_(cls, bases),
            _boundary_=boundary or getattr(first_enum, "_boundary_", None),
            _flag_mask_=0,
            _singles_mask_=0,
            _all_bits_=0,
            _inverted_=None,
        )
        try:
            error = None
            enum_class = super().__new__(metacls, cls, bases, classdict, **kwds)
        except RuntimeError as exc:
            # What __set_name__ raised is what went wrong.
            error = exc.__cause__ or exc
        if error is not None:
            raise error

        # Enum's own text methods win over those of a mixed-in type, unless the class is a ReprEnum.
        own = set(classdict)
        if ReprEnum is not None and ReprEnum in bases:
            if member_type is object:
                raise TypeError(
                    "ReprEnum subclasses must be mixed with a data type (i.e. int, str, float, etc.)"
                )
            if "__format__" not in own:
                enum_class.__format__ = member_type.__format__
            if "__str__" not in own:
                method = member_type.__str__
                enum_class.__str__ = (
                    member_type.__repr__ if method is object.__str__ else method
                )
            own |= {"__format__", "__str__"}
        if Enum is not None:
            for name in {"__repr__", "__str__", "__format__", "__reduce_ex__"} - own:
                inherited = (getattr(member_type, name), getattr(object, name))
                if getattr(enum_class, name) in inherited:
                    setattr(enum_class, name, getattr(first_enum, name))
        if Enum is not None:
            if save_new:
                enum_class.__new_member__ = __new__ = classdict["__new__"]
            enum_class.__new__ = Enum.__new__
        if Flag is not None and issubclass(enum_class, Flag):
            metacls._complete_flag_(enum_class, classdict, first_enum)
        if order is not None:
            if isinstance(order, str):
                order = order.replace(",", " ").split()
            names = enum_class._member_names_
            aliases = set(enum_class._member_map_) - set(names)
            order = [name for name in order if name not in aliases]
            if order != names:
                raise TypeError(
                    "member order does not match _order_:\n  %r\n  %r" % (names, order)
                )
        return enum_class

    def _complete_flag_(enum_class, classdict, first_enum):
        """Bits that have names, and operators for them."""
        for name in (
            "__or__", "__and__", "__xor__", "__ror__", "__rand__", "__rxor__", "__invert__",
        ):
            if name not in classdict:
                setattr(enum_class, name, getattr(Flag, name))
        single_bits = multi_bits = 0
        for enum_member in enum_class._member_map_.values():
            value = enum_member._value_
            if not isinstance(value, int):
                raise TypeError("Flag members must be integers, not %r" % (value,))
            if _is_single_bit(value):
                single_bits |= value
            else:
                multi_bits |= value
        enum_class._flag_mask_ = single_bits | multi_bits
        enum_class._singles_mask_ = single_bits
        enum_class._all_bits_ = 2 ** enum_class._flag_mask_.bit_length() - 1
        names = enum_class._member_names_
        members = [enum_class._member_map_[name] for name in names]
        if [m._value_ for m in members] != sorted(m._value_ for m in members):
            # Iteration goes by value, whatever the order of definition.
            enum_class._iter_member_ = enum_class._iter_member_by_def_
        if first_enum is not None and enum_class._boundary_ is None:
            enum_class._boundary_ = STRICT

    def __bool__(cls):
        return True

    def __call__(
        cls, value, names=None, *, module=None, qualname=None, type=None, start=1, boundary=None
    ):
        """The member with this value; or, with names, a new enumeration."""
        if names is None:
            return cls.__new__(cls, value)
        return cls._create_(
            value, names, module=module, qualname=qualname, type=type, start=start,
            boundary=boundary,
        )

    def __contains__(cls, value):
        if not isinstance(value, Enum):
            import warnings

            warnings.warn(
                "in 3.12 __contains__ will no longer raise TypeError, but will return True or\n"
                "False depending on whether the value is a member or the value of a member",
                DeprecationWarning,
                stacklevel=2,
            )
            raise TypeError(
                "unsupported operand type(s) for 'in': '%s' and '%s'"
                % (type(value).__qualname__, cls.__class__.__qualname__)
            )
        return isinstance(value, cls) and value._name_ in cls._member_map_

    def __delattr__(cls, attr):
        if attr in cls.__dict__.get("_member_map_", {}):
            raise AttributeError("%r cannot delete member %r." % (cls.__name__, attr))
        super().__delattr__(attr)

    def __dir__(cls):
        interesting = {
            "__class__", "__contains__", "__doc__", "__getitem__", "__iter__", "__len__",
            "__members__", "__module__", "__name__", "__qualname__", *cls._member_names_,
        }
        if cls._new_member_ is not object.__new__:
            interesting.add("__new__")
        if cls.__init_subclass__ is not object.__init_subclass__:
            interesting.add("__init_subclass__")
        if cls._member_type_ is object:
            return sorted(interesting)
        return sorted(set(dir(cls._member_type_)) | interesting)

    def __getattr__(cls, name):
        if _is_dunder(name):
            raise AttributeError(name)
        try:
            return cls._member_map_[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __iter__(cls):
        return (cls._member_map_[name] for name in cls._member_names_)

    def __len__(cls):
        return len(cls._member_names_)

    @_property
    def __members__(cls):
        """All names, other names of members included, and their members."""
        return MappingProxyType(cls._member_map_)

    def __repr__(cls):
        if Flag is not None and issubclass(cls, Flag):
            return "<flag %r>" % cls.__name__
        return "<enum %r>" % cls.__name__

    def __reversed__(cls):
        return (cls._member_map_[name] for name in reversed(cls._member_names_))

    def __setattr__(cls, name, value):
        member_map = cls.__dict__.get("_member_map_", {})
        if name in member_map:
            raise AttributeError("cannot reassign member %r" % (name,))
        super().__setattr__(name, value)

    def _create_(
        cls, class_name, names, *, module=None, qualname=None, type=None, start=1, boundary=None
    ):
        metacls = cls.__class__
        bases = (cls,) if type is None else (type, cls)
        _, first_enum = cls._get_mixins_(class_name, bases)
        classdict = metacls.__prepare__(class_name, bases)
        if isinstance(names, str):
            names = names.replace(",", " ").split()
        if isinstance(names, (tuple, list)) and names and isinstance(names[0], str):
            pairs = []
            values = []
            for count, name in enumerate(names):
                value = first_enum._generate_next_value_(name, start, count, values[:])
                values.append(value)
                pairs.append((name, value))
            names = pairs
        for item in names:
            name, value = (item, names[item]) if isinstance(item, str) else item
            classdict[name] = value
        if module is None:
            # Where the enumeration is asked for.
            try:
                module = sys._getframe(2).f_globals["__name__"]
            except (AttributeError, ValueError, KeyError):
                pass
        if module is None:
            _make_class_unpicklable(classdict)
        else:
            classdict["__module__"] = module
        if qualname is not None:
            classdict["__qualname__"] = qualname
        return metacls.__new__(metacls, class_name, bases, classdict, boundary=boundary)

    def _convert_(cls, name, module, filter, source=None, *, boundary=None, as_global=False):
        """Makes constants of a module members of a new enumeration, and puts it into the module."""
        module_globals = sys.modules[module].__dict__
        source = source.__dict__ if source else module_globals
        members = [(key, source[key]) for key in source.keys() if filter(key)]
        try:
            members.sort(key=lambda pair: (pair[1], pair[0]))
        except TypeError:
            members.sort(key=lambda pair: pair[0])
        result = cls(name, members, module=module, boundary=boundary or KEEP)
        if as_global:
            global_enum(result)
        else:
            module_globals.update(result.__members__)
        module_globals[name] = result
        return result

    @staticmethod
    def _check_for_existing_members_(class_name, bases):
        for chain in bases:
            for base in chain.__mro__:
                if isinstance(base, EnumType) and base._member_names_:
                    raise TypeError("<enum %r> cannot extend %r" % (class_name, base))

    @classmethod
    def _get_mixins_(mcls, class_name, bases):
        """The type of the values that is mixed in, and the enumeration to derive from."""
        if not bases:
            return object, Enum
        first_enum = bases[-1]
        if not isinstance(first_enum, EnumType):
            raise TypeError(
                "new enumerations should be created as `EnumName([mixin_type, ...] [data_type,] enum_type)`"
            )
        return mcls._find_data_type_(class_name, bases) or object, first_enum

    @classmethod
    def _find_data_repr_(mcls, class_name, bases):
        for chain in bases:
            for base in chain.__mro__:
                if base is object:
                    continue
                if isinstance(base, EnumType):
                    return base._value_repr_
                if "__repr__" in base.__dict__:
                    return base.__dict__["__repr__"]
        return None

    @classmethod
    def _find_data_type_(mcls, class_name, bases):
        data_types = set()
        base_chain = set()
        for chain in bases:
            candidate = None
            for base in chain.__mro__:
                base_chain.add(base)
                if base is object:
                    continue
                if isinstance(base, EnumType):
                    if base._member_type_ is not object:
                        data_types.add(base._member_type_)
                        break
                elif "__new__" in base.__dict__ or "__init__" in base.__dict__:
                    data_types.add(candidate or base)
                    break
                else:
                    candidate = candidate or base
        if len(data_types) > 1:
            raise TypeError("too many data types for %r: %r" % (class_name, data_types))
        return data_types.pop() if data_types else None

    @classmethod
    def _find_new_(mcls, classdict, member_type, first_enum):
        """What makes members, whether the class defines it, and whether it wants arguments."""
        new = classdict.get("__new__")
        save_new = first_enum is not None and new is not None
        if new is None:
            for method in ("__new_member__", "__new__"):
                for possible in (member_type, first_enum):
                    target = getattr(possible, method, None)
                    if target not in {
                        None, None.__new__, object.__new__, getattr(Enum, "__new__", None),
                    }:
                        new = target
                        break
                if new is not None:
                    break
            else:
                new = object.__new__
        use_args = first_enum is not None and new is not object.__new__
        return new, save_new, use_args


EnumMeta = EnumType


class Enum(metaclass=EnumType):
    """The base of enumerations."""

    def __new__(cls, value):
        if type(value) is cls:
            return value
        try:
            return cls._value2member_map_[value]
        except KeyError:
            pass
        except TypeError:
            for known in cls._member_map_.values():
                if known._value_ == value:
                    return known
        error = None
        result = None
        try:
            result = cls._missing_(value)
        except Exception as exc:
            error = exc
        if isinstance(result, cls):
            return result
        if (
            Flag is not None
            and issubclass(cls, Flag)
            and cls._boundary_ is EJECT
            and isinstance(result, int)
        ):
            return result
        invalid = ValueError("%r is not a valid %s" % (value, cls.__qualname__))
        if result is None and error is None:
            raise invalid
        if error is None:
            error = TypeError(
                "error in %s._missing_: returned %r instead of None or a valid member"
                % (cls.__name__, result)
            )
        if not isinstance(error, ValueError):
            error.__context__ = invalid
        raise error

    def __init__(self, *args, **kwds):
        pass

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        """The value of `auto()`: one more than the largest so far."""
        if not last_values:
            return start
        try:
            last = last_values[-1]
            last_values.sort()
            if last == last_values[-1]:
                return last + 1
        except TypeError:
            pass
        import warnings

        warnings.warn(
            "In 3.13 the default `auto()`/`_generate_next_value_` will require all values to be "
            "sortable and support adding +1\nand the value returned will be the largest value in "
            "the enum incremented by 1",
            DeprecationWarning,
            stacklevel=3,
        )
        for value in reversed(last_values):
            try:
                return value + 1
            except TypeError:
                pass
        return start

    @classmethod
    def _missing_(cls, value):
        return None

    def __repr__(self):
        show = self.__class__._value_repr_ or repr
        return "<%s.%s: %s>" % (self.__class__.__name__, self._name_, show(self._value_))

    def __str__(self):
        return "%s.%s" % (self.__class__.__name__, self._name_)

    def __dir__(self):
        added = set()
        for cls in self.__class__.mro():
            for name, obj in cls.__dict__.items():
                if name[0] == "_":
                    continue
                if isinstance(obj, property):
                    if obj.fget is not None or name not in self._member_map_:
                        added.add(name)
                    else:
                        added.discard(name)
                elif name not in self._member_map_:
                    added.add(name)
        own = getattr(self, "__dict__", ())
        added.update(name for name in own if name[0] != "_")
        return sorted(
            {"__class__", "__doc__", "__eq__", "__hash__", "__module__", "name", "value"} | added
        )

    def __format__(self, format_spec):
        return str.__format__(str(self), format_spec)

    def __hash__(self):
        return hash(self._name_)

    def __reduce_ex__(self, proto):
        return self.__class__, (self._value_,)

    def __deepcopy__(self, memo):
        return self

    def __copy__(self):
        return self

    @property
    def name(self):
        """The name of the member."""
        return self._name_

    @property
    def value(self):
        """The value of the member."""
        return self._value_


class ReprEnum(Enum):
    """Only the repr is that of an enumeration; text and format are those of the value."""


class IntEnum(int, ReprEnum):
    """Members are ints."""


class StrEnum(str, ReprEnum):
    """Members are strings."""

    def __new__(cls, *values):
        if len(values) > 3:
            raise TypeError("too many arguments for str(): %r" % (values,))
        if len(values) == 1 and not isinstance(values[0], str):
            raise TypeError("%r is not a string" % (values[0],))
        if len(values) >= 2 and not isinstance(values[1], str):
            raise TypeError("encoding must be a string, not %r" % (values[1],))
        if len(values) == 3 and not isinstance(values[2], str):
            raise TypeError("errors must be a string, not %r" % (values[2],))
        value = str(*values)
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        """The name in lower case."""
        return name.lower()


def pickle_by_global_name(self, proto):
    return self.name


def pickle_by_enum_name(self, proto):
    return getattr, (self.__class__, self._name_)


class FlagBoundary(StrEnum):
    """What happens with bits that no flag has: an error, they are dropped, the result is an int, or
    they are kept."""

    STRICT = auto()
    CONFORM = auto()
    EJECT = auto()
    KEEP = auto()


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


class Flag(Enum, boundary=STRICT):
    """Members are bits that can be combined."""

    _numeric_repr_ = repr

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        """The next bit."""
        if not last_values:
            return start if start is not None else 1
        last_value = max(last_values)
        try:
            high_bit = last_value.bit_length() - 1
        except Exception:
            raise TypeError("invalid flag value %r" % last_value) from None
        return 2 ** (high_bit + 1)

    @classmethod
    def _iter_member_by_value_(cls, value):
        """The members that make up a value, by value."""
        for bit in _iter_bits_lsb(value & cls._flag_mask_):
            yield cls._value2member_map_.get(bit)

    _iter_member_ = _iter_member_by_value_

    @classmethod
    def _iter_member_by_def_(cls, value):
        """The members that make up a value, as they were defined."""
        yield from sorted(
            cls._iter_member_by_value_(value), key=lambda member: member._sort_order_
        )

    @classmethod
    def _missing_(cls, value):
        """A combination of members, or what the boundary says about a value that is none."""
        if not isinstance(value, int):
            raise ValueError("%r is not a valid %s" % (value, cls.__qualname__))
        flag_mask = cls._flag_mask_
        all_bits = cls._all_bits_
        negative = None
        if not ~all_bits <= value <= all_bits or value & (all_bits ^ flag_mask):
            if cls._boundary_ is STRICT:
                max_bits = max(value.bit_length(), flag_mask.bit_length())
                raise ValueError(
                    "%r invalid value %r\n    given %s\n  allowed %s"
                    % (cls, value, bin(value, max_bits), bin(flag_mask, max_bits))
                )
            elif cls._boundary_ is CONFORM:
                value = value & flag_mask
            elif cls._boundary_ is EJECT:
                return value
            elif cls._boundary_ is KEEP:
                if value < 0:
                    value = max(all_bits + 1, 2 ** value.bit_length()) + value
            else:
                raise ValueError(
                    "%r unknown flag boundary %r" % (cls, cls._boundary_)
                )
        if value < 0:
            negative = value
            value = all_bits + 1 + value
        unknown = value & ~flag_mask
        if unknown and cls._boundary_ is not KEEP:
            raise ValueError(
                "%s(%r) -->  unknown values %r [%s]"
                % (cls.__name__, value, unknown, bin(unknown))
            )
        if cls._member_type_ is object:
            result = object.__new__(cls)
        else:
            result = cls._member_type_.__new__(cls, value)
        if not hasattr(result, "_value_"):
            result._value_ = value
        known = value & flag_mask
        if known:
            result._name_ = "|".join([m._name_ for m in cls._iter_member_(known)])
            if unknown:
                result._name_ += "|%s" % cls._numeric_repr_(unknown)
        else:
            result._name_ = None
        if not unknown:
            # Another thread may have made the same combination.
            result = cls._value2member_map_.setdefault(value, result)
            if negative is not None:
                cls._value2member_map_[negative] = result
        return result

    def __contains__(self, other):
        if not isinstance(other, self.__class__):
            raise TypeError(
                "unsupported operand type(s) for 'in': %r and %r"
                % (type(other).__qualname__, self.__class__.__qualname__)
            )
        return other._value_ & self._value_ == other._value_

    def __iter__(self):
        yield from self._iter_member_(self._value_)

    def __len__(self):
        return self._value_.bit_count()

    def __repr__(self):
        name = self.__class__.__name__
        show = self.__class__._value_repr_ or repr
        if self._name_ is None:
            return "<%s: %s>" % (name, show(self._value_))
        return "<%s.%s: %s>" % (name, self._name_, show(self._value_))

    def __str__(self):
        name = self.__class__.__name__
        if self._name_ is None:
            return "%s(%r)" % (name, self._value_)
        return "%s.%s" % (name, self._name_)

    def __bool__(self):
        return bool(self._value_)

    def _bits(self, other):
        if isinstance(other, self.__class__):
            return other._value_
        if self._member_type_ is not object and isinstance(other, self._member_type_):
            return other
        return None

    def __or__(self, other):
        bits = self._bits(other)
        return NotImplemented if bits is None else self.__class__(self._value_ | bits)

    def __and__(self, other):
        bits = self._bits(other)
        return NotImplemented if bits is None else self.__class__(self._value_ & bits)

    def __xor__(self, other):
        bits = self._bits(other)
        return NotImplemented if bits is None else self.__class__(self._value_ ^ bits)

    def __invert__(self):
        if self._inverted_ is None:
            if self._boundary_ in (EJECT, KEEP):
                self._inverted_ = self.__class__(~self._value_)
            else:
                self._inverted_ = self.__class__(self._singles_mask_ & ~self._value_)
        return self._inverted_

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__


class IntFlag(int, ReprEnum, Flag, boundary=KEEP):
    """Members are ints and bits."""


def _simple_enum(etype=Enum, *, boundary=None, use_args=None):
    """A decorator: a plain class becomes an enumeration of this type."""

    def convert(cls):
        bases = (etype,)
        namespace = etype.__class__.__prepare__(cls.__name__, bases)
        for name, value in cls.__dict__.items():
            if name not in ("__dict__", "__weakref__"):
                namespace[name] = value
        namespace["__qualname__"] = cls.__qualname__
        return etype.__class__(cls.__name__, bases, namespace, boundary=boundary)

    return convert


def unique(enumeration):
    """A decorator: no two names may have the same value."""
    duplicates = [
        (name, member.name)
        for name, member in enumeration.__members__.items()
        if name != member.name
    ]
    if duplicates:
        details = ", ".join("%s -> %s" % pair for pair in duplicates)
        raise ValueError("duplicate values found in %r: %s" % (enumeration, details))
    return enumeration


def _power_of_two(value):
    return value >= 1 and value == 2 ** (value.bit_length() - 1)


def global_enum_repr(self):
    """`module.NAME`"""
    return "%s.%s" % (self.__class__.__module__.split(".")[-1], self._name_)


def global_flag_repr(self):
    """`module.NAME|module.NAME`"""
    module = self.__class__.__module__.split(".")[-1]
    name = self.__class__.__name__
    if self._name_ is None:
        return "%s.%s(%r)" % (module, name, self._value_)
    if _power_of_two(self._value_):
        return "%s.%s" % (module, self._name_)
    if self._boundary_ is not KEEP:
        return "|".join("%s.%s" % (module, part) for part in self._name_.split("|"))
    return "|".join(
        part if part[0].isdigit() else "%s.%s" % (module, part)
        for part in self._name_.split("|")
    )


def global_str(self):
    """`NAME`"""
    if self._name_ is None:
        return "%s(%r)" % (self.__class__.__name__, self._value_)
    return self._name_


def global_enum(cls, update_str=False):
    """A decorator: members become names of the module, and show themselves as such."""
    cls.__repr__ = global_flag_repr if issubclass(cls, Flag) else global_enum_repr
    if not issubclass(cls, ReprEnum) or update_str:
        cls.__str__ = global_str
    sys.modules[cls.__module__].__dict__.update(cls.__members__)
    return cls


class EnumCheck(StrEnum):
    """Conditions for `verify`."""

    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


class verify:
    """A decorator: checks conditions of an enumeration."""

    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        is_flag = Flag is not None and issubclass(enumeration, Flag)
        if not is_flag and not issubclass(enumeration, Enum):
            raise TypeError("the 'verify' decorator only works with Enum and Flag")
        for check in self.checks:
            if check is UNIQUE:
                self._verify_unique(enumeration)
            elif check is CONTINUOUS:
                self._verify_continuous(enumeration, is_flag)
            elif check is NAMED_FLAGS:
                self._verify_named(enumeration)
        return enumeration

    def _verify_unique(self, enumeration):
        duplicates = [
            (name, member.name)
            for name, member in enumeration.__members__.items()
            if name != member.name
        ]
        if duplicates:
            details = ", ".join("%s -> %s" % pair for pair in duplicates)
            raise ValueError("aliases found in %r: %s" % (enumeration, details))

    def _verify_continuous(self, enumeration, is_flag):
        values = {member.value for member in enumeration}
        if len(values) < 2:
            return
        low, high = min(values), max(values)
        if is_flag:
            wanted = [2**i for i in range(low.bit_length(), high.bit_length() - 1)]
        elif issubclass(enumeration, int) or all(isinstance(v, int) for v in values):
            wanted = range(low + 1, high)
        else:
            raise Exception("verify: unknown type %r" % enumeration)
        missing = [value for value in wanted if value not in values]
        if missing:
            raise ValueError(
                ("invalid %s %r: missing values %s" % (
                    "flag" if is_flag else "enum", enumeration.__name__,
                    ", ".join(str(m) for m in missing),
                ))[:256]
            )

    def _verify_named(self, enumeration):
        missing_names = []
        missing_value = 0
        values = [member.value for member in enumeration]
        members = enumeration._member_map_
        for name, alias in members.items():
            if name in enumeration._member_names_:
                continue
            bits = [bit for bit in _iter_bits_lsb(alias.value) if bit not in values]
            if bits:
                missing_names.append(name)
                for bit in bits:
                    missing_value |= bit
        if missing_names:
            if len(missing_names) == 1:
                names = "alias %s is missing" % missing_names[0]
            else:
                names = "aliases %s and %s are missing" % (
                    ", ".join(missing_names[:-1]), missing_names[-1],
                )
            if _is_single_bit(missing_value):
                value = "value 0x%x" % missing_value
            else:
                value = "combined values of 0x%x" % missing_value
            raise ValueError(
                "invalid Flag %r: %s %s [use enum.show_flag_values(value) for details]"
                % (enumeration.__name__, names, value)
            )


def show_flag_values(value):
    """A list of the bits of a value."""
    return list(_iter_bits_lsb(value))
