"""How callables may be called: `inspect.signature` and what it gives."""

import builtins
import enum
import functools
import keyword
import sys
import types
from operator import attrgetter

__all__ = ["BoundArguments", "Parameter", "Signature", "get_annotations", "signature", "unwrap"]


class _empty:
    """Stands for no default and no annotation."""


class _ParameterKind(enum.IntEnum):
    """How arguments get to a parameter; in the order in which parameters are written."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL_OR_KEYWORD = "positional or keyword"
    VAR_POSITIONAL = "variadic positional"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "variadic keyword"

    def __new__(cls, description):
        made = int.__new__(cls, len(cls.__members__))
        made._value_ = int(made)
        made.description = description
        return made

    def __str__(self):
        return self.name


_POSITIONAL, _NORMAL, _REST, _NAMED, _NAMED_REST = _ParameterKind
_STARS = {_REST: "*", _NAMED_REST: "**"}


def formatannotation(annotation, base_module=None):
    """The text of an annotation; `base_module` needs no name."""
    module = getattr(annotation, "__module__", None)
    if module == "typing":
        return repr(annotation).replace("typing.", "")
    if not isinstance(annotation, type) or isinstance(annotation, types.GenericAlias):
        return repr(annotation)
    prefix = "" if module in ("builtins", base_module) else f"{module}."
    return prefix + annotation.__qualname__


def _same(one, other, kind):
    """Equality by what `_key()` says."""
    if one is other:
        return True
    return one._key() == other._key() if isinstance(other, kind) else NotImplemented


class Parameter:
    """One parameter of a signature."""

    __slots__ = ("_name", "_kind", "_default", "_annotation")

    empty = _empty
    for _kind in _ParameterKind:
        locals()[_kind.name] = _kind
    del _kind

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        try:
            kind = _ParameterKind(kind)
        except ValueError:
            raise ValueError(f"value {kind!r} is not a valid Parameter.kind") from None
        if kind in _STARS and default is not _empty:
            raise ValueError(f"{kind.description} parameters cannot have default values")
        if name is _empty:
            raise ValueError("name is a required attribute for Parameter")
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, not a {type(name).__name__}")
        if name.startswith(".") and name[1:].isdigit():
            # What a comprehension runs over has such a name.
            if kind is not _NORMAL:
                raise ValueError(
                    "implicit arguments must be passed as positional or keyword arguments, "
                    f"not {kind.description}"
                )
            name, kind = f"implicit{name[1:]}", _POSITIONAL
        word_of_language = keyword.iskeyword(name) and kind is not _POSITIONAL
        if word_of_language or not name.isidentifier():
            raise ValueError(f"{name!r} is not a valid parameter name")
        self._name, self._kind, self._default, self._annotation = name, kind, default, annotation

    name = property(attrgetter("_name"))
    kind = property(attrgetter("_kind"))
    default = property(attrgetter("_default"))
    annotation = property(attrgetter("_annotation"))

    def replace(self, *, name=..., kind=..., annotation=..., default=...):
        """A copy that differs in this."""
        return type(self)(
            self._name if name is ... else name,
            self._kind if kind is ... else kind,
            default=self._default if default is ... else default,
            annotation=self._annotation if annotation is ... else annotation,
        )

    def __reduce__(self):
        return _restored, (type(self), self._key())

    def __str__(self):
        text = _STARS.get(self._kind, "") + self._name
        annotated = self._annotation is not _empty
        if annotated:
            text += f": {formatannotation(self._annotation)}"
        if self._default is not _empty:
            text += f"{' = ' if annotated else '='}{self._default!r}"
        return text

    def __repr__(self):
        return f'<{type(self).__name__} "{self}">'

    def _key(self):
        return self._name, self._kind, self._default, self._annotation

    def __hash__(self):
        return hash(self._key())

    def __eq__(self, other):
        return _same(self, other, Parameter)


def _restored(cls, key):
    name, kind, default, annotation = key
    return cls(name, kind, default=default, annotation=annotation)


class BoundArguments:
    """Arguments by the names of the parameters that receive them."""

    __slots__ = ("arguments", "_signature", "__weakref__")

    def __init__(self, signature, arguments):
        self._signature, self.arguments = signature, arguments

    signature = property(attrgetter("_signature"))

    def _split(self):
        """The arguments for `*args` and `**kwargs`. After a gap there are only named ones."""
        plain, named = [], {}
        gap = False
        for name, parameter in self._signature.parameters.items():
            kind = parameter.kind
            gap = gap or kind >= _NAMED or name not in self.arguments
            if name not in self.arguments:
                continue
            value = self.arguments[name]
            if not gap:
                plain += value if kind is _REST else (value,)
            elif kind is _NAMED_REST:
                named.update(value)
            else:
                named[name] = value
        return tuple(plain), named

    args = property(lambda self: self._split()[0], doc="The arguments for `*args` of a call.")
    kwargs = property(lambda self: self._split()[1], doc="The arguments for `**kwargs` of a call.")

    def apply_defaults(self):
        """Adds what parameters have that get no argument."""
        nothing = {_REST: (), _NAMED_REST: {}}
        complete = {}
        for name, parameter in self._signature.parameters.items():
            value = self.arguments.get(name, nothing.get(parameter.kind, parameter.default))
            if value is not _empty:
                complete[name] = value
        self.arguments = complete

    def _key(self):
        return self._signature, self.arguments

    def __eq__(self, other):
        return _same(self, other, BoundArguments)

    def __reduce__(self):
        return type(self), self._key()

    def __repr__(self):
        words = (f"{name}={value!r}" for name, value in self.arguments.items())
        return f"<{type(self).__name__} ({', '.join(words)})>"


class Signature:
    """The parameters of a callable, in their order, and what it returns."""

    __slots__ = ("_return_annotation", "_parameters")

    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty):
        by_name = {}
        before = None
        optional = False
        for parameter in parameters or ():
            kind = parameter.kind
            if before is not None and kind < before:
                raise ValueError(
                    f"wrong parameter order: {before.description} parameter before "
                    f"{kind.description} parameter"
                )
            before = kind
            if kind <= _NORMAL:
                if optional and parameter.default is _empty:
                    raise ValueError("non-default argument follows default argument")
                optional = parameter.default is not _empty
            if parameter.name in by_name:
                raise ValueError(f"duplicate parameter name: {parameter.name!r}")
            by_name[parameter.name] = parameter
        self._parameters = types.MappingProxyType(by_name)
        self._return_annotation = return_annotation

    parameters = property(attrgetter("_parameters"))
    return_annotation = property(attrgetter("_return_annotation"))

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
        """The signature of a callable."""
        return _Search(cls, follow_wrapped, globals, locals, eval_str).of(obj)

    def replace(self, *, parameters=..., return_annotation=...):
        """A copy that differs in this."""
        if parameters is ...:
            parameters = self._parameters.values()
        if return_annotation is ...:
            return_annotation = self._return_annotation
        return type(self)(parameters, return_annotation=return_annotation)

    def _groups(self):
        """The parameters of each kind."""
        groups = {kind: [] for kind in _ParameterKind}
        for parameter in self._parameters.values():
            groups[parameter.kind].append(parameter)
        return groups

    def _key(self):
        groups = self._groups()
        named = frozenset(groups.pop(_NAMED))
        # The order of those that are only named has no meaning.
        return tuple(map(tuple, groups.values())), named, self._return_annotation

    def __hash__(self):
        return hash(self._key())

    def __eq__(self, other):
        if self is other or not isinstance(other, Signature):
            return self is other or NotImplemented
        one, two = list(self._parameters.values()), list(other._parameters.values())
        return (
            self._return_annotation == other._return_annotation
            and [p for p in one if p.kind is not _NAMED] == [p for p in two if p.kind is not _NAMED]
            and {p.name: p for p in one if p.kind is _NAMED}
            == {p.name: p for p in two if p.kind is _NAMED}
        )

    def bind(self, /, *args, **kwargs):
        """Which parameter would get which argument; TypeError as a call would raise."""
        return BoundArguments(self, self._bound(args, kwargs, True))

    def bind_partial(self, /, *args, **kwargs):
        """The same, but arguments may be missing."""
        return BoundArguments(self, self._bound(args, kwargs, False))

    def _bound(self, args, kwargs, complete):
        bound = {}
        # Parameters that no argument reached by its position.
        others = []
        at = 0
        for name, parameter in self._parameters.items():
            kind = parameter.kind
            if at == len(args) or kind >= _NAMED:
                if kind is not _REST:
                    others.append(parameter)
            elif kind is _REST:
                bound[name] = args[at:]
                at = len(args)
            elif kind is _NORMAL and name in kwargs:
                raise TypeError(f"multiple values for argument {name!r}")
            else:
                bound[name] = args[at]
                at += 1
        if at < len(args):
            raise TypeError("too many positional arguments")
        rest = None
        for parameter in others:
            name = parameter.name
            if parameter.kind is _NAMED_REST:
                rest = name
            elif name in kwargs:
                if parameter.kind is _POSITIONAL:
                    raise TypeError(
                        f"{name!r} parameter is positional only, but was passed as a keyword"
                    )
                bound[name] = kwargs.pop(name)
            elif complete and parameter.default is _empty:
                raise TypeError(f"missing a required argument: {name!r}")
        if kwargs and rest is None:
            raise TypeError(f"got an unexpected keyword argument {next(iter(kwargs))!r}")
        if kwargs:
            bound[rest] = kwargs
        return bound

    def __reduce__(self):
        return _rebuilt, (type(self), tuple(self._parameters.values()), self._return_annotation)

    def __repr__(self):
        return f"<{type(self).__name__} {self}>"

    def __str__(self):
        groups = self._groups()
        if groups[_POSITIONAL]:
            groups[_POSITIONAL].append("/")
        if groups[_NAMED] and not groups[_REST]:
            groups[_REST].append("*")
        text = f"({', '.join(str(item) for group in groups.values() for item in group)})"
        if self._return_annotation is not _empty:
            text += f" -> {formatannotation(self._return_annotation)}"
        return text


def _rebuilt(cls, parameters, return_annotation):
    return cls(parameters, return_annotation=return_annotation)


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
    """How an object may be called."""
    return _Search(Signature, follow_wrapped, globals, locals, eval_str).of(obj)


def with_first_parameter(obj):
    """The same with the parameter that a call of a method fills by itself."""
    return _Search(Signature, False, keep_first=True).of(obj)


# Annotations ---------------------------------------------------------------------------------


def unwrap(func, *, stop=None):
    """Follows `__wrapped__` to the last function."""
    first, seen = func, set()
    while hasattr(func, "__wrapped__") and not (stop is not None and stop(func)):
        seen.add(id(func))
        func = func.__wrapped__
        if id(func) in seen or len(seen) >= sys.getrecursionlimit():
            raise ValueError(f"wrapper loop when unwrapping {first!r}")
    return func


def _innermost(function):
    """The function behind all wrappers and partials."""
    while True:
        if hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif isinstance(function, functools.partial):
            function = function.func
        else:
            return function


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    """A new dict with the annotations of a class, module or callable."""
    if isinstance(obj, type):
        # Those of a base do not count.
        found = obj.__dict__.get("__annotations__")
        found = None if isinstance(found, types.GetSetDescriptorType) else found
    elif isinstance(obj, types.ModuleType) or callable(obj):
        found = getattr(obj, "__annotations__", None)
    else:
        raise TypeError(f"{obj!r} is not a module, class, or callable.")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{obj!r}.__annotations__ is neither a dict nor None")
    if not eval_str or not found:
        return dict(found)
    if globals is None:
        globals = _globals_of(obj)
    if locals is None and isinstance(obj, type):
        locals = dict(vars(obj))
    return {
        name: eval(value, globals, locals) if isinstance(value, str) else value
        for name, value in found.items()
    }


def _globals_of(obj):
    """The names that the annotations of an object can use."""
    if isinstance(obj, types.ModuleType):
        return vars(obj)
    function = _innermost(obj)
    if hasattr(function, "__globals__"):
        return function.__globals__
    if isinstance(obj, type):
        return getattr(sys.modules.get(obj.__module__), "__dict__", None)
    return None


# Finding signatures --------------------------------------------------------------------------

_BUILTIN = (
    types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodWrapperType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType,
)


class _Search:
    """Looks for the signature of objects of any kind."""

    def __init__(
        self, made, follow_wrapped, globals=None, locals=None, eval_str=False, keep_first=False
    ):
        self.made = made
        self.follow_wrapped = follow_wrapped
        self.names = {"globals": globals, "locals": locals, "eval_str": eval_str}
        self.keep_first = keep_first
        self.parameter = getattr(made, "_parameter_cls", Parameter)

    def of(self, obj):
        """The signature of anything that can be called."""
        if not callable(obj):
            raise TypeError(f"{obj!r} is not a callable object")
        if isinstance(obj, types.MethodType):
            return self.without_first(self.of(obj.__func__))
        if self.follow_wrapped:
            obj = unwrap(obj, stop=_says_itself)
            if isinstance(obj, types.MethodType):
                return self.of(obj)
        declared = getattr(obj, "__signature__", None)
        if declared is not None:
            if isinstance(declared, Signature):
                return declared
            raise TypeError(f"unexpected object {declared!r} in __signature__ attribute")
        method = getattr(obj, "_partialmethod", None)
        if isinstance(method, functools.partialmethod):
            return self.of_partial_method(method)
        if isinstance(obj, types.FunctionType) or _looks_like_function(obj):
            return self.of_function(obj)
        if isinstance(obj, _BUILTIN):
            return self.of_builtin(obj)
        if isinstance(obj, functools.partial):
            return _rest_of_call(self.of(obj.func), obj, obj.args)
        if isinstance(obj, type):
            return self.of_class(obj)
        call = _own_method(type(obj), "__call__")
        if call is None:
            raise ValueError(f"callable {obj!r} is not supported by signature")
        try:
            return self.without_first(self.of(call))
        except ValueError:
            raise ValueError(f"no signature found for {obj!r}") from None

    def without_first(self, found):
        """What is left for the caller of a method."""
        if self.keep_first:
            return found
        parameters = list(found.parameters.values())
        if not parameters or parameters[0].kind >= _NAMED:
            raise ValueError("invalid method signature")
        if parameters[0].kind is not _REST:
            parameters = parameters[1:]
        return found.replace(parameters=parameters)

    def of_function(self, function):
        code = function.__code__
        annotations = get_annotations(function, **self.names)
        counts = [
            code.co_posonlyargcount,
            code.co_argcount - code.co_posonlyargcount,
            code.co_kwonlyargcount,
            code.co_flags >> 2 & 1,
            code.co_flags >> 3 & 1,
        ]
        # In this order the names are in the code.
        kinds = []
        for kind, count in zip((_POSITIONAL, _NORMAL, _NAMED, _REST, _NAMED_REST), counts):
            kinds += [kind] * count
        defaults = dict(function.__kwdefaults__ or {})
        values = function.__defaults__ or ()
        if values:
            optional = code.co_varnames[:code.co_argcount][-len(values):]
            defaults.update(zip(optional, values[-len(optional):] if optional else ()))
        parameters = [
            self.parameter(
                name, kind, default=defaults.get(name, _empty) if kind not in _STARS else _empty,
                annotation=annotations.get(name, _empty),
            )
            for name, kind in zip(code.co_varnames, kinds)
        ]
        parameters.sort(key=attrgetter("kind"))
        return self.made(parameters, return_annotation=annotations.get("return", _empty))

    def of_builtin(self, obj):
        text = getattr(obj, "__text_signature__", None)
        if not text:
            raise ValueError(f"no signature found for builtin {obj!r}")
        found = self.of_text(text, obj)
        owner = getattr(obj, "__self__", None)
        if owner is not None and not isinstance(owner, types.ModuleType):
            found = found.replace(parameters=list(found.parameters.values())[1:])
        return found

    def of_text(self, text, obj):
        """The signature that a text like `($self, x, /, y=1)` describes."""
        scope = {"__builtins__": builtins, "sys": sys}
        try:
            exec(f"def read{text.replace('$', '')}: pass", scope)
        except Exception:
            raise ValueError(f"no signature found for builtin {obj!r}") from None
        found = self.of_function(scope["read"])
        if text.startswith("($"):
            first, *others = found.parameters.values()
            # A module is no argument; what a method is called on is not named.
            given = [] if first.name == "module" else [first.replace(kind=_POSITIONAL)]
            found = found.replace(parameters=given + others)
        return found

    def of_class(self, cls):
        maker = _own_method(type(cls), "__call__")
        if maker is None:
            methods = {name: _own_method(cls, name) for name in ("__new__", "__init__")}
            # The nearest class decides; where it has both, __new__ runs first.
            maker = next(
                (
                    method
                    for base in cls.__mro__
                    for name, method in methods.items()
                    if method is not None and name in base.__dict__
                ),
                None,
            )
        if maker is not None:
            return self.without_first(self.of(maker))
        for base in cls.__mro__[:-1]:
            if base.__text_signature__:
                return self.of_text(base.__text_signature__, cls)
        plain = cls.__init__ is object.__init__ and cls.__new__ is object.__new__
        if plain and not issubclass(cls, type):
            return self.made()
        raise ValueError(f"no signature found for builtin type {cls!r}")

    def of_partial_method(self, method):
        whole = self.of(method.func)
        call = functools.partial(method.func, *method.args, **method.keywords)
        rest = _rest_of_call(whole, call, (None, *call.args))
        first = next(iter(whole.parameters.values()), None)
        if first is not None and first.kind is _REST:
            return rest
        return rest.replace(parameters=(first, *rest.parameters.values()))


def _says_itself(function):
    return hasattr(function, "__signature__") or isinstance(function, types.MethodType)


def _looks_like_function(obj):
    """Is it an object with all that matters of a function?"""
    if isinstance(obj, type):
        return False
    nothing = types.NoneType
    wanted = {
        "__name__": str,
        "__code__": types.CodeType,
        "__defaults__": (tuple, nothing),
        "__kwdefaults__": (dict, nothing),
        "__annotations__": (dict, nothing),
    }
    return all(isinstance(getattr(obj, name, _empty), kind) for name, kind in wanted.items())


def _own_method(cls, name):
    """The method of a class, unless the machine made it."""
    method = getattr(cls, name, None)
    return None if isinstance(method, _BUILTIN) else method


def _rest_of_call(whole, call, args):
    """What is left of a signature when a partial object gives some arguments."""
    try:
        given = whole._bound(args, dict(call.keywords), False)
    except TypeError as error:
        raise ValueError(f"partial object {call!r} has incorrect arguments") from error
    rest = []
    named = False
    for name, parameter in whole.parameters.items():
        kind = parameter.kind
        if name in given and kind is _NORMAL and name in call.keywords:
            # Those after an argument that is given by its name can only be named.
            named = True
        elif name in given and kind <= _NORMAL:
            continue
        if name in given and kind not in _STARS:
            parameter = parameter.replace(default=given[name])
        if named and kind is _NORMAL:
            parameter = parameter.replace(kind=_NAMED)
        if not named or kind is not _REST:
            rest.append(parameter)
    return whole.replace(parameters=rest)


for _type in (_empty, _ParameterKind, Parameter, BoundArguments, Signature):
    _type.__module__ = "inspect"
