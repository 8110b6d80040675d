"""Names for annotations, and what they mean at run time.

A *form* is a word with brackets of its own rules (`Union`, `Literal`). An *alias* is something with
brackets: an origin and its arguments. A *variable* stands for arguments that come later: brackets
behind an alias bind its variables, and fill them in wherever they occur.
"""

import builtins
import collections
import collections.abc
import contextlib
import functools
import operator
import re as _re
import sys
import types
from abc import ABCMeta, abstractmethod
from types import GenericAlias

TYPE_CHECKING = False
Text = str

# Where a type is written. What may be written in one place may be in all that come after it.
_ARGUMENT, _VARIABLE, _MEMBER, _NOWHERE = range(4)


# Types from what is written -------------------------------------------------------------------


def _converted(value, place=_ARGUMENT, module=None):
    """None stands for its type, and a string for a type of this name."""
    if isinstance(value, str):
        return ForwardRef(value, module=module, is_class=place >= _MEMBER)
    return types.NoneType if value is None else value


def _as_type(value, rule, place=_ARGUMENT, module=None):
    """The type that is written as `value`; `rule` is what to say if it is none."""
    value = _converted(value, place, module)
    if isinstance(value, _GenericAlias):
        if _allowed_from(value.__origin__, subscribed=True) > place:
            raise TypeError(f"{value} is not valid as type argument")
    elif _allowed_from(value, subscribed=False) > place:
        raise TypeError(f"Plain {value} is not valid as type argument")
    if type(value) is tuple:
        raise TypeError(f"{rule} Got {value!r:.100}.")
    return value


def _allowed_from(value, subscribed):
    """The first place where a form may be written."""
    if isinstance(value, _SpecialForm):
        return value._places[subscribed]
    return _NOWHERE if value is Generic or value is Protocol else _ARGUMENT


def _shown(value):
    """How an argument looks in brackets."""
    if value is ...:
        return "..."
    if isinstance(value, types.FunctionType):
        return value.__name__
    if not isinstance(value, type) or isinstance(value, GenericAlias):
        return repr(value)
    prefix = "" if value.__module__ == "builtins" else value.__module__ + "."
    return prefix + value.__qualname__


def _tuple_of(params):
    return params if isinstance(params, tuple) else (params,)


def _interned(make):
    """`make(owner, params)`, which gives the same object again for what has a hash."""
    known = functools.lru_cache(make)

    def find(owner, params):
        try:
            hash((owner, params))
        except TypeError:
            return make(owner, params)
        return known(owner, params)

    return functools.update_wrapper(find, make)


def _module_of_caller(depth=1):
    """The name of the module that called the caller of this function's caller."""
    try:
        return sys._getframe(depth + 1).f_globals.get("__name__", "__main__")
    except (AttributeError, ValueError):
        return None


class _Expression:
    """Everything that stands for a type: `|` makes unions of it."""

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


# Forms ---------------------------------------------------------------------------------------


class _SpecialForm(_Expression):
    """A word with a meaning of its own. `subscribe(form, params)` is what brackets do."""

    def __init__(self, name, doc, subscribe=None, places=(_NOWHERE, _ARGUMENT)):
        self._name = self.__name__ = self.__qualname__ = name
        self.__doc__ = doc
        self._subscribe = subscribe
        self._places = places

    def __getitem__(self, params):
        if self._subscribe is None:
            raise TypeError(f"{self} is not subscriptable")
        return self._subscribe(self, params)

    def __repr__(self):
        return f"typing.{self._name}"

    def __reduce__(self):
        return self._name

    def __call__(self, *args, **kwargs):
        raise TypeError(f"Cannot instantiate {self!r}")

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")

    def __instancecheck__(self, instance):
        raise TypeError(f"{self} cannot be used with isinstance()")

    def __subclasscheck__(self, cls):
        raise TypeError(f"{self} cannot be used with issubclass()")


def _form(subscribe):
    """Makes a form of the function that says what its brackets do."""
    return _SpecialForm(subscribe.__name__, subscribe.__doc__, subscribe)


class _AnyMeta(type):
    def __repr__(self):
        return "typing.Any" if self is Any else super().__repr__()

    def __instancecheck__(self, instance):
        if self is not Any:
            return super().__instancecheck__(instance)
        raise TypeError("typing.Any cannot be used with isinstance()")


class Any(metaclass=_AnyMeta):
    """Any type at all. A class may have it as a base."""

    def __new__(cls, *args, **kwargs):
        if cls is not Any:
            return super().__new__(cls, *args, **kwargs)
        raise TypeError("Any cannot be instantiated")


for _word, _doc in {
    "NoReturn": "What a function returns that never returns.",
    "Never": "The type that no value has.",
    "Self": "The class that a method belongs to.",
    "LiteralString": "Any string that is written in the program.",
    "TypeAlias": "Says of an assignment that it names a type.",
}.items():
    globals()[_word] = _SpecialForm(_word, _doc, places=(_ARGUMENT, _ARGUMENT))


def _around_one_type(place):
    """The brackets of a form that takes one type."""

    def subscribe(form, params):
        item = _as_type(params, f"{form} accepts only single type.", place)
        return _GenericAlias(form, (item,))

    return subscribe


for _word, _doc, _inside, _places in (
    ("ClassVar", "A variable of the class, not of its instances.", _ARGUMENT, (_MEMBER, _MEMBER)),
    ("Final", "A name that is assigned once only.", _ARGUMENT, (_MEMBER, _VARIABLE)),
    ("TypeGuard", "What a function returns that checks a type.", _ARGUMENT, (_NOWHERE, _ARGUMENT)),
    ("Required", "A key that a TypedDict always has.", _MEMBER, (_NOWHERE, _ARGUMENT)),
    ("NotRequired", "A key that a TypedDict may lack.", _MEMBER, (_NOWHERE, _ARGUMENT)),
):
    globals()[_word] = _SpecialForm(_word, _doc, _around_one_type(_inside), _places)


@_form
@_interned
def Union(form, params):
    """One of several types."""
    if params == ():
        raise TypeError("Cannot take a Union of no types.")
    members = {}
    for param in _tuple_of(params):
        param = _as_type(param, "Union[arg, ...]: each arg must be a type.")
        nested = isinstance(param, (_UnionGenericAlias, types.UnionType))
        members.update(dict.fromkeys(param.__args__ if nested else (param,)))
    if len(members) == 1:
        return next(iter(members))
    optional = len(members) == 2 and types.NoneType in members
    return _UnionGenericAlias(form, tuple(members), name="Optional" if optional else None)



@_form
def Optional(form, params):
    """A type, or None."""
    return Union[_as_type(params, f"{form} requires a single type."), None]


@_form
def Literal(form, params):
    """One of these values."""
    values = []
    for param in _tuple_of(params):
        values += param.__args__ if isinstance(param, _LiteralGenericAlias) else (param,)
    try:
        values = [value for value, _ in dict.fromkeys(_typed(values))]
    except TypeError:
        pass
    return _LiteralGenericAlias(form, tuple(values))


def _typed(values):
    """Values with their types: 1 and True are different literals."""
    return [(value, type(value)) for value in values]


@_form
@_interned
def Concatenate(form, params):
    """Parameters before those of a ParamSpec."""
    if params == ():
        raise TypeError("Cannot take a Concatenate of no types.")
    *first, last = _tuple_of(params)
    if last is not ... and not isinstance(last, ParamSpec):
        raise TypeError(
            "The last parameter to Concatenate should be a ParamSpec variable or ellipsis."
        )
    rule = "Concatenate[arg, ...]: each arg must be a type."
    return _ConcatenateGenericAlias(form, (*(_as_type(p, rule) for p in first), last))


@_form
def Unpack(form, params):
    """The items of a tuple type in the place of the type."""
    item = _as_type(params, f"{form} accepts only single type.")
    return _UnpackGenericAlias(form, (item,))


# Names of types ------------------------------------------------------------------------------


class ForwardRef(_Expression):
    """A type that is given as text, as it may not exist yet."""

    __slots__ = tuple(
        f"__forward_{what}__"
        for what in ("arg", "code", "evaluated", "value", "is_argument", "is_class", "module")
    )

    def __init__(self, arg, is_argument=True, module=None, *, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        self.__forward_arg__ = arg
        # `*Ts` is no expression by itself.
        text = f"({arg},)[0]" if arg.startswith("*") else arg
        try:
            self.__forward_code__ = compile(text, "<string>", "eval")
        except SyntaxError:
            raise SyntaxError(f"Forward reference must be an expression -- got {arg!r}") from None
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class
        self.__forward_module__ = module
        self.__forward_evaluated__ = False
        self.__forward_value__ = None

    def _evaluate(self, globalns, localns, recursive_guard):
        """The type of this name; the name itself where it occurs in its own meaning."""
        name = self.__forward_arg__
        if name in recursive_guard:
            return self
        if self.__forward_evaluated__ and localns is globalns:
            return self.__forward_value__
        if globalns is None:
            globalns = {} if localns is None else localns
        if localns is None:
            localns = globalns
        home = sys.modules.get(self.__forward_module__)
        if home is not None:
            globalns = getattr(home, "__dict__", globalns)
        if self.__forward_is_class__:
            place = _MEMBER
        else:
            place = _ARGUMENT if self.__forward_is_argument__ else _VARIABLE
        value = _as_type(
            eval(self.__forward_code__, globalns, localns),
            "Forward references must evaluate to types.", place,
        )
        value = _resolved(value, globalns, localns, recursive_guard | {name})
        self.__forward_value__ = value
        self.__forward_evaluated__ = True
        return value

    def _meaning(self, other):
        """What two references must have in common to be equal."""
        if self.__forward_evaluated__ and other.__forward_evaluated__:
            return self.__forward_arg__, self.__forward_value__
        return self.__forward_arg__, self.__forward_module__

    def __eq__(self, other):
        if isinstance(other, ForwardRef):
            return self._meaning(other) == other._meaning(self)
        return NotImplemented

    def __hash__(self):
        return hash((self.__forward_arg__, self.__forward_module__))

    def __repr__(self):
        module = self.__forward_module__
        place = "" if module is None else f", module={module!r}"
        return f"ForwardRef({self.__forward_arg__!r}{place})"


def _resolved(value, globalns, localns, guard=frozenset()):
    """A type with the types for all the names that occur in it."""
    if isinstance(value, ForwardRef):
        return value._evaluate(globalns, localns, guard)
    if not isinstance(value, (_GenericAlias, GenericAlias, types.UnionType)):
        return value
    builtin = isinstance(value, GenericAlias)
    old = value.__args__
    if builtin:
        # Other aliases made their references when they were written.
        old = tuple(ForwardRef(arg) if isinstance(arg, str) else arg for arg in old)
    new = tuple(_resolved(arg, globalns, localns, guard) for arg in old)
    return value if new == value.__args__ else _with_args(value, new)


def _with_args(value, args):
    """The alias or union that has these arguments instead of its own."""
    if isinstance(value, types.UnionType):
        return functools.reduce(operator.or_, args)
    if isinstance(value, _GenericAlias):
        return value.copy_with(args)
    if _is_callable_with_list(value):
        args = (args[:-1], args[-1])
    result = value.__origin__[args]
    return Unpack[result] if getattr(value, "__unpacked__", False) else result


# Variables -----------------------------------------------------------------------------------


class _Variable(_Expression):
    """What type variables of all kinds have in common; they are found by their name."""

    def __init__(self, name):
        self.__name__ = name
        module = _module_of_caller(2)
        if module != "typing":
            self.__module__ = module

    def _limit(self, bound, covariant, contravariant):
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        self.__covariant__, self.__contravariant__ = bool(covariant), bool(contravariant)
        self.__bound__ = _as_type(bound, "Bound must be a type.") if bound else None

    def __repr__(self):
        sign = "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"
        return sign + self.__name__

    def __reduce__(self):
        return self.__name__


class TypeVar(_Variable):
    """Stands for a type."""

    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        self._limit(bound, covariant, contravariant)
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        rule = "TypeVar(name, constraint, ...): constraints must be types."
        self.__constraints__ = tuple(_as_type(c, rule) for c in constraints)
        super().__init__(name)

    def __typing_subst__(self, arg):
        arg = _as_type(arg, "Parameters to generic types must be types.")
        if isinstance(arg, _UnpackGenericAlias) or getattr(arg, "__unpacked__", False):
            raise TypeError(f"{arg} is not valid as type argument")
        return arg


class TypeVarTuple(_Variable):
    """Stands for any number of types."""

    def __init__(self, name):
        super().__init__(name)

    def __repr__(self):
        return self.__name__

    def __iter__(self):
        yield Unpack[self]

    def __typing_subst__(self, arg):
        raise TypeError("Substitution of bare TypeVarTuple is not supported")


class ParamSpec(_Variable):
    """Stands for the parameters of a function."""

    def __init__(self, name, *, bound=None, covariant=False, contravariant=False):
        self._limit(bound, covariant, contravariant)
        super().__init__(name)

    args = property(lambda self: ParamSpecArgs(self))
    kwargs = property(lambda self: ParamSpecKwargs(self))

    def __typing_subst__(self, arg):
        if isinstance(arg, (list, tuple)):
            return tuple(_as_type(item, "Expected a type.") for item in arg)
        if _is_parameter_list(arg):
            return arg
        raise TypeError(
            f"Expected a list of types, an ellipsis, ParamSpec, or Concatenate. Got {arg}"
        )


class _ParamSpecPart:
    """One of the two annotations that pass parameters on."""

    def __init__(self, origin):
        self.__origin__ = origin

    def __eq__(self, other):
        if type(other) is type(self):
            return self.__origin__ == other.__origin__
        return NotImplemented

    __hash__ = None

    def __repr__(self):
        return f"{self.__origin__.__name__}.{self._part}"


class ParamSpecArgs(_ParamSpecPart):
    """`P.args`: the annotation of `*args`."""

    _part = "args"


class ParamSpecKwargs(_ParamSpecPart):
    """`P.kwargs`: the annotation of `**kwargs`."""

    _part = "kwargs"


def _is_parameter_list(arg):
    """May it be given for a ParamSpec?"""
    return arg is ... or isinstance(arg, (tuple, list, ParamSpec, _ConcatenateGenericAlias))


def _is_callable_with_list(alias):
    """Is it Callable[[…], …], the arguments of which are kept without the inner brackets?"""
    args = alias.__args__
    if alias.__origin__ is not collections.abc.Callable:
        return False
    return len(args) != 2 or not _is_parameter_list(args[0])


def _variables_in(args):
    for arg in args:
        if isinstance(arg, tuple):
            yield from _variables_in(arg)
        elif isinstance(arg, type):
            pass  # The variables of a class are its own.
        elif hasattr(arg, "__typing_subst__"):
            yield arg
        else:
            yield from getattr(arg, "__parameters__", ())


def _variables(args):
    """The variables in some arguments, each once, in the order of their first use."""
    return tuple(dict.fromkeys(_variables_in(args)))


def _require_count(owner, given, wanted, least=False):
    if not wanted:
        raise TypeError(f"{owner} is not a generic class")
    if given != wanted:
        amount, number = ("many", wanted) if given > wanted else ("few", wanted)
        if least:
            number = f"at least {wanted - 1}"
        raise TypeError(
            f"Too {amount} arguments for {owner}; actual {given}, expected {number}"
        )


def _bound(owner, variables, given, checked=True):
    """A dict that has a tuple of arguments for every variable."""
    args = []
    for arg in given:
        items = getattr(arg, "__typing_unpacked_tuple_args__", None)
        if items is None or items and items[-1] is ...:
            args.append(arg)
        else:
            args.extend(items)
    if len(variables) == 1 and isinstance(variables[0], ParamSpec) and args:
        if len(args) != 1 or not _is_parameter_list(args[0]):
            args = [tuple(args)]
    takes_all = [v for v in variables if isinstance(v, TypeVarTuple)]
    if len(takes_all) > 1:
        raise TypeError(f"More than one TypeVarTuple parameter in {owner}")
    surplus = len(args) - len(variables)
    if surplus < 0 and any(isinstance(v, ParamSpec) for v in variables[surplus:]):
        raise TypeError(f"Too few arguments for {owner}")
    if not takes_all or surplus < -1:
        _require_count(owner, len(args), len(variables), bool(takes_all))
    result = {}
    at = 0
    for variable in variables:
        if variable in takes_all:
            result[variable] = tuple(args[at:at + surplus + 1])
            at += surplus + 1
            continue
        value = args[at]
        if checked:
            value = variable.__typing_subst__(value)
        elif isinstance(value, list) and isinstance(variable, ParamSpec):
            value = tuple(value)
        result[variable] = (value,)
        at += 1
    return result


def _filled(args, bound, flat):
    """Arguments with what their variables are bound to; `flat` if lists are kept without brackets."""
    for arg in args:
        if isinstance(arg, type):
            yield arg
            continue
        if hasattr(arg, "__typing_subst__"):
            values = bound[arg]
        elif isinstance(arg, _UnpackGenericAlias) and isinstance(arg.__args__[0], TypeVarTuple):
            values = bound[arg.__args__[0]]
        elif isinstance(arg, tuple):
            values = (tuple(_filled(arg, bound, flat)),)
        elif variables := getattr(arg, "__parameters__", ()):
            values = (arg[tuple(value for v in variables for value in bound[v])],)
        else:
            values = (arg,)
        for value in values:
            if flat and isinstance(value, tuple):
                yield from value
            else:
                yield value


# Aliases -------------------------------------------------------------------------------------


def _is_dunder(name):
    return name.startswith("__") and name.endswith("__")


class _BaseGenericAlias(_Expression):
    """Something that stands for its origin: attributes and calls go there."""

    def __init__(self, origin, inst=True, name=None):
        # Past __setattr__, which is for the origin.
        self.__dict__.update(__origin__=origin, _inst=inst, _name=name)

    def __call__(self, *args, **kwargs):
        if not self._inst:
            raise TypeError(
                f"Type {self._name} cannot be instantiated; "
                f"use {self.__origin__.__name__}() instead"
            )
        made = self.__origin__(*args, **kwargs)
        with contextlib.suppress(AttributeError):
            made.__orig_class__ = self
        return made

    def __getattr__(self, name):
        if name in ("__name__", "__qualname__"):
            return self._name or self.__origin__.__name__
        if _is_dunder(name) or "__origin__" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.__origin__, name)

    def __setattr__(self, name, value):
        if _is_dunder(name) or name in ("_inst", "_name"):
            self.__dict__[name] = value
        else:
            setattr(self.__origin__, name, value)

    def __dir__(self):
        shared = {name for name in dir(self.__origin__) if not _is_dunder(name)}
        return list(shared.union(super().__dir__()))

    def __mro_entries__(self, bases):
        """The origin; and Generic, unless a base that comes later brings it."""
        later = bases[bases.index(self) + 1:]
        brought = any(
            isinstance(b, _BaseGenericAlias) or isinstance(b, type) and issubclass(b, Generic)
            for b in later
        )
        origin = () if self.__origin__ in bases else (self.__origin__,)
        return origin if brought else (*origin, Generic)

    def __instancecheck__(self, instance):
        return self.__subclasscheck__(type(instance))

    def __subclasscheck__(self, cls):
        raise TypeError("Subscripted generics cannot be used with class and instance checks")


class _SpecialGenericAlias(_BaseGenericAlias):
    """A class of another module under its name here, still without arguments."""

    def __init__(self, origin, nparams, inst=True, name=None):
        super().__init__(origin, inst, name or origin.__name__)
        self.__dict__["_nparams"] = nparams
        self.__doc__ = f"A generic version of {_shown(origin)}."

    @_interned
    def _subscript(self, params):
        rule = "Parameters to generic types must be types."
        args = tuple(_as_type(param, rule) for param in _tuple_of(params))
        _require_count(self, len(args), self._nparams)
        return self.copy_with(args)

    def __getitem__(self, params):
        return self._subscript(params)

    def copy_with(self, args):
        return _GenericAlias(self.__origin__, args, self._inst, self._name)

    def __subclasscheck__(self, cls):
        if isinstance(cls, _GenericAlias):
            return super().__subclasscheck__(cls)
        if isinstance(cls, _SpecialGenericAlias):
            cls = cls.__origin__
        return issubclass(cls, self.__origin__)

    def __repr__(self):
        return f"typing.{self._name}"

    def __reduce__(self):
        return self._name


class _CallableType(_SpecialGenericAlias):
    def copy_with(self, args):
        return _CallableGenericAlias(self.__origin__, args, self._inst, self._name)

    def __getitem__(self, params):
        if not isinstance(params, tuple) or len(params) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        # A list has no hash.
        first = tuple(params[0]) if isinstance(params[0], list) else params[0]
        return self._subscript((first, params[1]))

    @_interned
    def _subscript(self, params):
        first, result = params
        result = _as_type(result, "Callable[args, result]: result must be a type.")
        return self.copy_with((*map(_converted, _tuple_of(first)), result))


class _TupleType(_SpecialGenericAlias):
    @_interned
    def _subscript(self, params):
        params = _tuple_of(params)
        endless = len(params) >= 2 and params[-1] is ...
        if endless:
            params, rule = params[:-1], "Tuple[t, ...]: t must be a type."
        else:
            rule = "Tuple[t0, t1, ...]: each t must be a type."
        args = tuple(_as_type(param, rule) for param in params)
        return self.copy_with((*args, ...) if endless else args)


class _GenericAlias(_BaseGenericAlias):
    """An origin with arguments."""

    def __init__(self, origin, args, inst=True, name=None):
        super().__init__(origin, inst, name)
        args = _tuple_of(args)
        self.__dict__.update(__args__=args, __parameters__=_variables(args))
        if not name:
            self.__module__ = origin.__module__

    def copy_with(self, args):
        return type(self)(self.__origin__, args, self._inst, self._name)

    @_interned
    def _subscript(self, params):
        if self.__origin__ is Generic or self.__origin__ is Protocol:
            raise TypeError(f"Cannot subscript already-subscripted {self}")
        if not self.__parameters__:
            raise TypeError(f"{self} is not a generic class")
        given = map(_converted, _tuple_of(params))
        bound = _bound(self, self.__parameters__, given)
        flat = self.__origin__ is collections.abc.Callable
        return self.copy_with(tuple(_filled(self.__args__, bound, flat)))

    def __getitem__(self, params):
        return self._subscript(params)

    def __iter__(self):
        yield Unpack[self]

    def __mro_entries__(self, bases):
        origin = self.__origin__
        if isinstance(origin, _SpecialForm):
            raise TypeError(f"Cannot subclass {self!r}")
        if self._name:
            return super().__mro_entries__(bases)
        if origin is Generic:
            later = bases[bases.index(self) + 1:]
            if Protocol in bases or any(isinstance(base, _BaseGenericAlias) for base in later):
                return ()
        return (origin,)

    def __eq__(self, other):
        if isinstance(other, _GenericAlias):
            return (self.__origin__, self.__args__) == (other.__origin__, other.__args__)
        return NotImplemented

    def __hash__(self):
        return hash((self.__origin__, self.__args__))

    def _title(self):
        return f"typing.{self._name}" if self._name else _shown(self.__origin__)

    def __repr__(self):
        return f"{self._title()}[{', '.join(map(_shown, self.__args__)) or '()'}]"

    def _reduced(self):
        """What is subscripted, and with what."""
        args = self.__args__
        if len(args) == 1 and not isinstance(args[0], tuple):
            args = args[0]
        return globals()[self._name] if self._name else self.__origin__, args

    def __reduce__(self):
        return operator.getitem, self._reduced()


class _CallableGenericAlias(_GenericAlias):
    def _reduced(self):
        args = self.__args__
        if _is_callable_with_list(self):
            args = list(args[:-1]), args[-1]
        return Callable, args

    def __repr__(self):
        if not _is_callable_with_list(self):
            return super().__repr__()
        *first, result = map(_shown, self.__args__)
        return f"typing.Callable[[{', '.join(first)}], {result}]"


class _UnionGenericAlias(_GenericAlias):
    def copy_with(self, args):
        return Union[args]

    def __eq__(self, other):
        if isinstance(other, (_UnionGenericAlias, types.UnionType)):
            return set(self.__args__) == set(other.__args__)
        return NotImplemented

    def __hash__(self):
        return hash(frozenset(self.__args__))

    def _reduced(self):
        return Union, self.__args__

    def __repr__(self):
        if self._name != "Optional":
            return super().__repr__()
        (other,) = (arg for arg in self.__args__ if arg is not types.NoneType)
        return f"typing.Optional[{_shown(other)}]"

    def __subclasscheck__(self, cls):
        return any(issubclass(cls, arg) for arg in self.__args__)


class _LiteralGenericAlias(_GenericAlias):
    def _values(self):
        return frozenset(_typed(self.__args__))

    def __eq__(self, other):
        if isinstance(other, _LiteralGenericAlias):
            return self._values() == other._values()
        return NotImplemented

    def __hash__(self):
        return hash(self._values())


class _ConcatenateGenericAlias(_GenericAlias):
    def copy_with(self, args):
        *first, last = args
        if isinstance(last, (list, tuple)):
            return (*first, *last)
        if isinstance(last, _ConcatenateGenericAlias):
            first += last.__args__[:-1]
            last = last.__args__[-1]
        return super().copy_with((*first, last))


class _UnpackGenericAlias(_GenericAlias):
    def __repr__(self):
        return f"*{self.__args__[0]!r}"

    def __getitem__(self, params):
        # A variable takes what it is given as it is.
        if self.__typing_is_unpacked_typevartuple__:
            return params
        return super().__getitem__(params)

    @property
    def __typing_is_unpacked_typevartuple__(self):
        return isinstance(self.__args__[0], TypeVarTuple)

    @property
    def __typing_unpacked_tuple_args__(self):
        item = self.__args__[0]
        if isinstance(item, (_GenericAlias, GenericAlias)) and item.__origin__ is tuple:
            return item.__args__
        return None


class _AnnotatedAlias(_GenericAlias):
    """A type with something said about it: its origin is the type."""

    def __init__(self, origin, metadata):
        if isinstance(origin, _AnnotatedAlias):
            origin, metadata = origin.__origin__, origin.__metadata__ + metadata
        super().__init__(origin, origin)
        self.__metadata__ = metadata

    def copy_with(self, args):
        return _AnnotatedAlias(args[0], self.__metadata__)

    def _said(self):
        return self.__origin__, self.__metadata__

    def __eq__(self, other):
        return self._said() == other._said() if isinstance(other, _AnnotatedAlias) else NotImplemented

    def __hash__(self):
        return hash(self._said())

    def __repr__(self):
        words = [_shown(self.__origin__), *map(repr, self.__metadata__)]
        return f"typing.Annotated[{', '.join(words)}]"

    def _reduced(self):
        return Annotated, (self.__origin__, *self.__metadata__)

    def __getattr__(self, name):
        return "Annotated" if name in ("__name__", "__qualname__") else super().__getattr__(name)

    def __mro_entries__(self, bases):
        return (self.__origin__,)


class Annotated:
    """`Annotated[type, anything, …]`: the type, with something said about it."""

    __slots__ = ()

    def __new__(cls, *args, **kwargs):
        raise TypeError("Type Annotated cannot be instantiated.")

    def __init_subclass__(cls, *args, **kwargs):
        raise TypeError(f"Cannot subclass {cls.__module__}.Annotated")

    def __class_getitem__(cls, params):
        if not isinstance(params, tuple) or len(params) < 2:
            raise TypeError(
                "Annotated[...] should be used with at least two arguments "
                "(a type and an annotation)."
            )
        origin = _as_type(params[0], "Annotated[t, ...]: t must be a type.", _MEMBER)
        return _AnnotatedAlias(origin, params[1:])


# Generic classes -----------------------------------------------------------------------------


@_interned
def _generic_with(cls, params):
    """Generic and Protocol declare variables; a class that has some binds them."""
    given = tuple(map(_converted, _tuple_of(params)))
    if cls is not Generic and cls is not Protocol:
        bound = _bound(cls, cls.__parameters__, given, checked=False)
        return _GenericAlias(cls, tuple(value for values in bound.values() for value in values))
    name = cls.__name__
    if not given:
        raise TypeError(f"Parameter list to {name}[...] cannot be empty")
    for param in given:
        if not (
            isinstance(param, (TypeVar, ParamSpec))
            or getattr(param, "__typing_is_unpacked_typevartuple__", False)
        ):
            raise TypeError(
                f"Parameters to {name}[...] must all be type variables "
                "or parameter specification variables."
            )
    if len(set(given)) < len(given):
        raise TypeError(f"Parameters to {name}[...] must all be unique")
    return _GenericAlias(cls, given)


class Generic:
    """The base of classes with type variables."""

    __slots__ = ()
    _is_protocol = False

    __class_getitem__ = classmethod(_generic_with)

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        written = cls.__dict__.get("__orig_bases__")
        plain = cls.__bases__ if written is None else written
        if Generic in plain and (
            written is not None or cls.__name__ != "Protocol" and type(cls) is not _TypedDictMeta
        ):
            raise TypeError("Cannot inherit from plain Generic")
        cls.__parameters__ = () if written is None else _declared_variables(written)


def _declared_variables(bases):
    """The variables of a class with these bases: those of Generic[…], or all in their order."""
    used = _variables(bases)
    lists = [
        base.__parameters__
        for base in bases
        if isinstance(base, _GenericAlias) and base.__origin__ is Generic
    ]
    if not lists:
        return used
    if len(lists) > 1:
        raise TypeError("Cannot inherit from Generic[...] multiple times.")
    missing = ", ".join(str(v) for v in used if v not in lists[0])
    if missing:
        listed = ", ".join(map(str, lists[0]))
        raise TypeError(f"Some type variables ({missing}) are not listed in Generic[{listed}]")
    return lists[0]


# Protocols -----------------------------------------------------------------------------------

# What a class has without saying so: no business of a protocol.
_NO_MEMBERS = frozenset(
    f"__{name}__"
    for name in (
        "abstractmethods annotations class_getitem dict doc init match_args module new "
        "orig_bases orig_class parameters qualname slots subclasshook weakref getstate"
    ).split()
) | {"_is_protocol", "_is_runtime_protocol", "_abc_impl"}


def _members(protocol):
    """The names that something must have to follow a protocol."""
    names = set()
    for base in protocol.__mro__[:-1]:
        if base.__name__ not in ("Protocol", "Generic"):
            names.update(base.__dict__, getattr(base, "__annotations__", ()))
    return {n for n in names - _NO_MEMBERS if not n.startswith("_abc_")}


def _only_methods(protocol):
    return all(callable(getattr(protocol, name, None)) for name in _members(protocol))


def _is_asked_by_library(depth):
    """Is this check one that abc or functools make among themselves?"""
    return _module_of_caller(depth + 1) in ("abc", "functools")


_NOT_RUNTIME = "Instance and class checks can only be used with @runtime_checkable protocols"


class _ProtocolMeta(ABCMeta):
    """An instance follows a protocol if it has the members, whatever its class says."""

    def __instancecheck__(cls, instance):
        protocol = getattr(cls, "_is_protocol", False)
        if protocol and not getattr(cls, "_is_runtime_protocol", False):
            if not _is_asked_by_library(1):
                raise TypeError(_NOT_RUNTIME)
        if not protocol or _only_methods(cls):
            if issubclass(instance.__class__, cls):
                return True
        if protocol and all(_has_member(instance, cls, name) for name in _members(cls)):
            return True
        return super().__instancecheck__(instance)


def _has_member(instance, protocol, name):
    try:
        value = getattr(instance, name)
    except AttributeError:
        return False
    # A method that is None says that there is none.
    return value is not None or not callable(getattr(protocol, name, None))


def _declares_member(cls, name):
    """Does a class have a member, or a protocol say so?"""
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__[name] is not None
        annotations = getattr(base, "__annotations__", None)
        if isinstance(annotations, collections.abc.Mapping) and name in annotations:
            if issubclass(cls, Generic) and cls._is_protocol:
                return True
    return False


@classmethod
def _follows_protocol(cls, other):
    """The __subclasshook__ of a protocol: does the class have all the methods?"""
    if not cls.__dict__.get("_is_protocol", False):
        return NotImplemented
    if not getattr(cls, "_is_runtime_protocol", False):
        refusal = _NOT_RUNTIME
    elif not _only_methods(cls):
        refusal = "Protocols with non-method members don't support issubclass()"
    else:
        if not isinstance(other, type):
            raise TypeError("issubclass() arg 1 must be a class")
        followed = all(_declares_member(other, name) for name in _members(cls))
        return followed or NotImplemented
    if _is_asked_by_library(2):
        return NotImplemented
    raise TypeError(refusal)


def _init_of_protocol(self, *args, **kwargs):
    if type(self)._is_protocol:
        raise TypeError("Protocols cannot be instantiated")
    _init_after_protocols(type(self))(self, *args, **kwargs)


def _init_after_protocols(cls):
    """The constructor that a class would have if there were no protocols among its bases."""
    for base in cls.__mro__:
        init = base.__dict__.get("__init__", _init_of_protocol)
        if init is not _init_of_protocol:
            return init
    return object.__init__


class Protocol(Generic, metaclass=_ProtocolMeta):
    """The base of classes that only say which methods and attributes something has."""

    __slots__ = ()
    _is_protocol = True
    _is_runtime_protocol = False

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        if not cls.__dict__.get("_is_protocol", False):
            cls._is_protocol = Protocol in cls.__bases__
        if "__subclasshook__" not in cls.__dict__:
            cls.__subclasshook__ = _follows_protocol
        if cls._is_protocol:
            for base in cls.__bases__:
                if not _may_be_base_of_protocol(base):
                    raise TypeError(
                        f"Protocols can only inherit from other protocols, got {base!r}"
                    )
            if cls.__init__ is Protocol.__init__:
                cls.__init__ = _init_of_protocol
        elif cls.__init__ is _init_of_protocol:
            cls.__init__ = _init_after_protocols(cls)


def _may_be_base_of_protocol(base):
    if base is object or base is Generic:
        return True
    if issubclass(base, Generic):
        return base._is_protocol
    names = {
        "collections.abc":
            "Callable Awaitable Iterable Iterator AsyncIterable Hashable Sized Container "
            "Collection Reversible",
        "contextlib": "AbstractContextManager AbstractAsyncContextManager",
    }.get(base.__module__, "")
    return base.__name__ in names.split()


def runtime_checkable(cls):
    """A decorator: `isinstance` may be used with the protocol."""
    if isinstance(cls, type) and issubclass(cls, Generic) and cls._is_protocol:
        cls._is_runtime_protocol = True
        return cls
    raise TypeError(f"@runtime_checkable can be only applied to protocol classes, got {cls!r}")


T, KT, VT = map(TypeVar, ("T", "KT", "VT"))
T_co, V_co, VT_co = (TypeVar(name, covariant=True) for name in ("T_co", "V_co", "VT_co"))
T_contra = TypeVar("T_contra", contravariant=True)
CT_co = TypeVar("CT_co", covariant=True, bound=type)
AnyStr = TypeVar("AnyStr", bytes, str)


def _supports(method, result, signature=lambda self: None):
    """The protocol of what has one method."""
    name = "Supports" + method.strip("_").capitalize()
    generic = isinstance(result, TypeVar)
    code = signature.__code__.replace(co_name=method)
    func = types.FunctionType(code, globals(), method, signature.__defaults__)
    func.__qualname__ = f"{name}.{method}"
    func.__annotations__ = {**getattr(signature, "__annotations__", {}), "return": result}
    body = {
        "__module__": __name__,
        "__doc__": f"What has a method {method}" + (
            ", the result of which may be of any type." if generic else "."
        ),
        "__slots__": (),
        method: abstractmethod(func),
    }
    base = Protocol[result] if generic else Protocol
    return runtime_checkable(types.new_class(name, (base,), {}, lambda ns: ns.update(body)))


def _round_signature(self, ndigits: int = 0):
    pass


SupportsInt = _supports("__int__", int)
SupportsFloat = _supports("__float__", float)
SupportsComplex = _supports("__complex__", complex)
SupportsBytes = _supports("__bytes__", bytes)
SupportsIndex = _supports("__index__", int)
SupportsAbs = _supports("__abs__", T_co)
SupportsRound = _supports("__round__", T_co, _round_signature)

# Classes of other modules: the name here, the name there if it is another, how many arguments.
for _source, _inst, _entries in (
    (
        collections.abc, True,
        "Hashable:0 Awaitable:1 Coroutine:3 AsyncIterable:1 AsyncIterator:1 Iterable:1 Iterator:1 "
        "Reversible:1 Sized:0 Container:1 Collection:1 AbstractSet=Set:1 MutableSet:1 Mapping:2 "
        "MutableMapping:2 Sequence:1 MutableSequence:1 ByteString:0 MappingView:1 KeysView:1 "
        "ItemsView:2 ValuesView:1 Generator:3 AsyncGenerator:2",
    ),
    (
        collections, True,
        "Deque=deque:1 DefaultDict=defaultdict:2 OrderedDict:2 Counter:1 ChainMap:2",
    ),
    (
        contextlib, True,
        "ContextManager=AbstractContextManager:1 AsyncContextManager=AbstractAsyncContextManager:1",
    ),
    (_re, True, "Pattern:1 Match:1"),
    (builtins, False, "List=list:1 Set=set:1 FrozenSet=frozenset:1 Dict=dict:2 Type=type:1"),
):
    for _entry in _entries.split():
        _names, _count = _entry.split(":")
        _word, _, _there = _names.partition("=")
        globals()[_word] = _SpecialGenericAlias(
            getattr(_source, _there or _word), int(_count), _inst, _word
        )

Callable = _CallableType(collections.abc.Callable, 2)
Tuple = _TupleType(tuple, -1, inst=False, name="Tuple")


# Named tuples, typed dicts and new types ------------------------------------------------------


def _named_tuple(name, fields, module, defaults=()):
    annotations = {
        field: _as_type(kind, f"field {field} annotation must be a type") for field, kind in fields
    }
    made = collections.namedtuple(name, annotations, defaults=defaults, module=module)
    made.__annotations__ = made.__new__.__annotations__ = annotations
    return made


_NOT_IN_NAMED_TUPLE = frozenset(
    "__new__ __init__ __slots__ __getnewargs__ _fields _field_defaults _field_types _make "
    "_replace _asdict _source".split()
)


class NamedTupleMeta(type):
    """Makes a named tuple of the body of a class, and puts the rest of the body into it."""

    def __new__(cls, typename, bases, body):
        for base in bases:
            if base is not _NamedTuple and base is not Generic:
                raise TypeError("can only inherit from a NamedTuple type and Generic")
        annotations = body.get("__annotations__", {})
        defaults = {}
        for field in annotations:
            if field in body:
                defaults[field] = body[field]
            elif defaults:
                plural = "s" if len(defaults) > 1 else ""
                raise TypeError(
                    f"Non-default namedtuple field {field} cannot follow default field{plural} "
                    + ", ".join(defaults)
                )
        made = _named_tuple(typename, annotations.items(), body["__module__"], defaults.values())
        made.__bases__ = tuple(tuple if base is _NamedTuple else base for base in bases)
        if Generic in bases:
            made.__class_getitem__ = classmethod(_generic_with)
        for name, value in body.items():
            if name in _NOT_IN_NAMED_TUPLE:
                raise AttributeError(f"Cannot overwrite NamedTuple attribute {name}")
            if name not in ("__module__", "__name__", "__annotations__", *made._fields):
                setattr(made, name, value)
        if Generic in bases:
            made.__init_subclass__()
        return made


def NamedTuple(typename, fields=None, /, **kwargs):
    """A named tuple whose fields have types; usually the base of a class."""
    if fields is not None and kwargs:
        raise TypeError(
            "Either list of fields or keywords can be provided to NamedTuple, not both"
        )
    pairs = kwargs.items() if fields is None else fields
    return _named_tuple(typename, pairs, _module_of_caller())


class _TypedDictMeta(type):
    """Makes a class that is a dict when it is called."""

    def __new__(cls, name, bases, body, total=True):
        for base in bases:
            if type(base) is not _TypedDictMeta and base is not Generic:
                raise TypeError(
                    "cannot inherit from both a TypedDict type and a non-TypedDict base class"
                )
        generic = [Generic] if any(issubclass(base, Generic) for base in bases) else []
        made = type.__new__(_TypedDictMeta, name, (*generic, dict), body)
        rule = "TypedDict('Name', {f0: t0, f1: t1, ...}); each t must be a type"
        annotations = {}
        keys = {True: set(), False: set()}
        for base in bases:
            annotations.update(base.__dict__.get("__annotations__", {}))
            keys[True].update(base.__dict__.get("__required_keys__", ()))
            keys[False].update(base.__dict__.get("__optional_keys__", ()))
        for key, kind in body.get("__annotations__", {}).items():
            annotations[key] = kind = _as_type(kind, rule, module=made.__module__)
            inner = kind.__origin__ if isinstance(kind, _AnnotatedAlias) else kind
            keys[{Required: True, NotRequired: False}.get(_form_of(inner), total)].add(key)
        made.__annotations__ = annotations
        made.__required_keys__, made.__optional_keys__ = map(frozenset, keys.values())
        if not hasattr(made, "__total__"):
            made.__total__ = total
        return made

    __call__ = dict

    def __subclasscheck__(cls, other):
        raise TypeError("TypedDict does not support instance and class checks")

    __instancecheck__ = __subclasscheck__


def _form_of(alias):
    """The form that an alias is of, if it is one."""
    origin = alias.__origin__ if isinstance(alias, _GenericAlias) else None
    return origin if isinstance(origin, _SpecialForm) else None


def TypedDict(typename, fields=None, /, *, total=True, **kwargs):
    """A dict whose keys have types; usually the base of a class."""
    if fields is not None and kwargs:
        raise TypeError("TypedDict takes either a dict or keyword arguments, but not both")
    if kwargs:
        import warnings

        warnings.warn(
            "The kwargs-based syntax for TypedDict definitions is deprecated "
            "in Python 3.11, will be removed in Python 3.13, and may not be "
            "understood by third-party type checkers.",
            DeprecationWarning,
            stacklevel=2,
        )
    body = {"__annotations__": dict(kwargs if fields is None else fields)}
    module = _module_of_caller()
    if module is not None:
        body["__module__"] = module
    return _TypedDictMeta(typename, (), body, total=total)


# A function that is written among the bases of a class puts a class there.
_NamedTuple = type.__new__(NamedTupleMeta, "NamedTuple", (), {})
_TypedDict = type.__new__(_TypedDictMeta, "TypedDict", (), {})
NamedTuple.__mro_entries__ = lambda bases: (_NamedTuple,)
TypedDict.__mro_entries__ = lambda bases: (_TypedDict,)


def is_typeddict(tp):
    """Is it a class made with TypedDict?"""
    return isinstance(tp, _TypedDictMeta)


class NewType(_Expression):
    """A type of its own for checkers; at run time its call gives back what it gets."""

    def __init__(self, name, tp):
        self.__qualname__ = name
        self.__name__ = name.rpartition(".")[2]
        self.__supertype__ = tp
        module = _module_of_caller()
        if module != "typing":
            self.__module__ = module

    def __call__(self, x):
        return x

    def __repr__(self):
        return f"{self.__module__}.{self.__qualname__}"

    def __reduce__(self):
        return self.__qualname__

    def __mro_entries__(self, bases):
        def refuse(cls):
            raise TypeError(
                "Cannot subclass an instance of NewType. Perhaps you were looking for: "
                f"`{cls.__name__} = NewType({cls.__name__!r}, {self.__name__})`"
            )

        return (type("Dummy", (), {"__init_subclass__": classmethod(refuse)}),)


# Functions for checkers ----------------------------------------------------------------------


def cast(typ, val):
    """The value; checkers believe that it has the type."""
    return val


def assert_type(val, typ, /):
    """The value; checkers complain if they infer another type."""
    return val


def reveal_type(obj, /):
    """The value; checkers show its type, and this shows it too."""
    print(f"Runtime type is {type(obj).__name__!r}", file=sys.stderr)
    return obj


def assert_never(arg, /):
    """For a line that is never reached."""
    text = repr(arg)
    shown = text if len(text) <= 100 else text[:100] + "..."
    raise AssertionError(f"Expected code to be unreachable, but got: {shown}")


def _mark(item, name, value=True):
    """Says something about what may refuse to have attributes."""
    with contextlib.suppress(AttributeError, TypeError):
        setattr(item, name, value)
    return item


def final(f):
    """A decorator: the method is not overridden, the class has no subclasses."""
    return _mark(f, "__final__")


def dataclass_transform(
    *, eq_default=True, order_default=False, kw_only_default=False, field_specifiers=(), **kwargs
):
    """A decorator: something makes classes the way dataclass does."""
    settings = dict(locals())

    def decorator(cls_or_fn):
        cls_or_fn.__dataclass_transform__ = settings
        return cls_or_fn

    return decorator


def no_type_check(arg):
    """A decorator: the annotations of the function, or of all the class, are no types."""
    if isinstance(arg, type):
        for name, item in list(arg.__dict__.items()):
            own = getattr(arg, name)
            inside = f"{arg.__qualname__}.{getattr(own, '__name__', '')}"
            if not hasattr(own, "__qualname__") or own.__qualname__ != inside:
                continue
            if getattr(own, "__module__", None) != arg.__module__:
                continue
            if isinstance(own, (types.FunctionType, type)):
                no_type_check(own)
            elif isinstance(own, types.MethodType):
                own.__func__.__no_type_check__ = True
    return _mark(arg, "__no_type_check__")


def no_type_check_decorator(decorator):
    """Makes a decorator one that also says `no_type_check`."""

    @functools.wraps(decorator)
    def with_mark(*args, **kwargs):
        return no_type_check(decorator(*args, **kwargs))

    return with_mark


# (module, name) → first line → function
_overloads = {}


def _overload_dummy(*args, **kwargs):
    """What a name is as long as there are only overloads of it."""
    raise NotImplementedError(
        "You should not call an overloaded function. "
        "A series of @overload-decorated functions "
        "outside a stub module should always be followed "
        "by an implementation that is not @overload-ed."
    )


def _overload_key(func):
    func = getattr(func, "__func__", func)
    return func, (func.__module__, func.__qualname__)


def overload(func):
    """A decorator: one of the signatures of the function that comes after them."""
    with contextlib.suppress(AttributeError):
        function, key = _overload_key(func)
        _overloads.setdefault(key, {})[function.__code__.co_firstlineno] = func
    return _overload_dummy


def get_overloads(func):
    """The overloads of a function, in the order of their lines."""
    return list(_overloads.get(_overload_key(func)[1], {}).values())


def clear_overloads():
    """Forgets all overloads."""
    _overloads.clear()


# Questions about types -----------------------------------------------------------------------


def get_origin(tp):
    """What stands before the brackets, without them; None if there are none."""
    if isinstance(tp, _AnnotatedAlias):
        return Annotated
    if isinstance(tp, (_BaseGenericAlias, GenericAlias, _ParamSpecPart)):
        return tp.__origin__
    if isinstance(tp, types.UnionType):
        return types.UnionType
    return Generic if tp is Generic else None


def get_args(tp):
    """What stands in the brackets."""
    if isinstance(tp, _AnnotatedAlias):
        return (tp.__origin__, *tp.__metadata__)
    if isinstance(tp, types.UnionType):
        return tp.__args__
    if not isinstance(tp, (_GenericAlias, GenericAlias)):
        return ()
    args = tp.__args__
    return (list(args[:-1]), args[-1]) if _is_callable_with_list(tp) else args


def _without_extras(value):
    """A type without Annotated, Required and NotRequired, at all depths."""
    if isinstance(value, _AnnotatedAlias):
        return _without_extras(value.__origin__)
    if _form_of(value) in (Required, NotRequired):
        return _without_extras(value.__args__[0])
    if not isinstance(value, (_GenericAlias, GenericAlias, types.UnionType)):
        return value
    args = tuple(map(_without_extras, value.__args__))
    if args == value.__args__:
        return value
    if isinstance(value, GenericAlias):
        return GenericAlias(value.__origin__, args)
    return _with_args(value, args)


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    """The annotations of a class, function or module, with names resolved."""
    if getattr(obj, "__no_type_check__", None):
        return {}
    hints = {}
    for annotations, names, place in _annotation_groups(obj, globalns, localns):
        for name, value in annotations.items():
            if isinstance(value, str):
                value = ForwardRef(
                    value, is_argument=place == _ARGUMENT, is_class=place == _MEMBER
                )
            hints[name] = _resolved(_converted(value), *names)
    if not include_extras:
        hints = {name: _without_extras(hint) for name, hint in hints.items()}
    return hints


def _annotation_groups(obj, globalns, localns):
    """Annotations, the two dicts of names for them, and where they are written."""
    if isinstance(obj, type):
        for cls in reversed(obj.__mro__):
            annotations = cls.__dict__.get("__annotations__", {})
            if isinstance(annotations, types.GetSetDescriptorType) or not annotations:
                continue
            outer = globalns
            if outer is None:
                outer = getattr(sys.modules.get(cls.__module__), "__dict__", {})
            inner = dict(vars(cls)) if localns is None else localns
            # Names of the module come before those of the class, unless names are given.
            swap = globalns is None and localns is None
            yield annotations, (inner, outer) if swap else (outer, inner), _MEMBER
        return
    module = isinstance(obj, types.ModuleType)
    if globalns is None:
        if module:
            globalns = obj.__dict__
        else:
            function = obj
            while hasattr(function, "__wrapped__"):
                function = function.__wrapped__
            globalns = getattr(function, "__globals__", {})
    annotations = getattr(obj, "__annotations__", None)
    if annotations is not None:
        names = globalns, globalns if localns is None else localns
        yield annotations, names, _VARIABLE if module else _ARGUMENT
    elif not isinstance(obj, _MAY_LACK_ANNOTATIONS):
        raise TypeError(f"{obj!r} is not a module, class, method, or function.")


_MAY_LACK_ANNOTATIONS = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType,
    types.WrapperDescriptorType, types.MethodWrapperType, types.MethodDescriptorType,
)


# Files ---------------------------------------------------------------------------------------


def _file_class(base, name, doc, methods="", properties=""):
    """A class that says what a file of some kind can do."""
    body = {"__module__": __name__, "__doc__": doc, "__slots__": ()}

    def put(word, wrap):
        def method(self, *args):
            pass

        method.__name__, method.__qualname__ = word, f"{name}.{word}"
        body[word] = wrap(abstractmethod(method))

    for word in methods.split():
        put(word, lambda method: method)
    for word in properties.split():
        put(word, property)
    return types.new_class(name, (base,), {}, lambda ns: ns.update(body))


IO = _file_class(
    Generic[AnyStr], "IO", "A file, of text or bytes.",
    "close fileno flush isatty read readable readline readlines seek seekable tell truncate "
    "writable write writelines __enter__ __exit__",
    "mode name closed",
)
BinaryIO = _file_class(IO[bytes], "BinaryIO", "A file of bytes.", "__enter__")
TextIO = _file_class(
    IO[str], "TextIO", "A file of text.", "__enter__",
    "buffer encoding errors line_buffering newlines",
)


def _seal(*classes):
    """Lets nobody derive from these classes any more."""

    def refuse(cls, *args, **kwargs):
        raise TypeError("Cannot subclass special typing classes")

    for cls in classes:
        cls.__init_subclass__ = classmethod(refuse)


_seal(
    _SpecialForm, _BaseGenericAlias, ForwardRef, TypeVar, TypeVarTuple, ParamSpec, _ParamSpecPart
)

__all__ = (
    "Annotated Any Callable ClassVar Concatenate Final ForwardRef Generic Literal Optional "
    "ParamSpec Protocol Tuple Type TypeVar TypeVarTuple Union AbstractSet ByteString Container "
    "ContextManager Hashable ItemsView Iterable Iterator KeysView Mapping MappingView "
    "MutableMapping MutableSequence MutableSet Sequence Sized ValuesView Awaitable AsyncIterator "
    "AsyncIterable Coroutine Collection AsyncGenerator AsyncContextManager Reversible SupportsAbs "
    "SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt SupportsRound ChainMap "
    "Counter Deque Dict DefaultDict List OrderedDict Set FrozenSet NamedTuple TypedDict Generator "
    "BinaryIO IO Match Pattern TextIO AnyStr assert_type assert_never cast clear_overloads "
    "dataclass_transform final get_args get_origin get_overloads get_type_hints is_typeddict "
    "LiteralString Never NewType no_type_check no_type_check_decorator NoReturn NotRequired "
    "overload ParamSpecArgs ParamSpecKwargs Required reveal_type runtime_checkable Self Text "
    "TYPE_CHECKING TypeAlias TypeGuard Unpack"
).split()
