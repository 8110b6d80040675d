"""How callables may be called: `inspect.signature` and what it gives."""

import builtins
import enum
import functools
import keyword
import sys
import types

__all__ = ["BoundArguments", "Parameter", "Signature", "get_annotations", "signature", "unwrap"]


class _empty:
    """Stands for no default and no annotation."""


class _ParameterKind(enum.IntEnum):
    POSITIONAL_ONLY = 0
    POSITIONAL_OR_KEYWORD = 1
    VAR_POSITIONAL = 2
    KEYWORD_ONLY = 3
    VAR_KEYWORD = 4

    def __str__(self):
        return self.name

    @property
    def description(self):
        return {
            "POSITIONAL_ONLY": "positional-only",
            "POSITIONAL_OR_KEYWORD": "positional or keyword",
            "VAR_POSITIONAL": "variadic positional",
            "KEYWORD_ONLY": "keyword-only",
            "VAR_KEYWORD": "variadic keyword",
        }[self.name]


def formatannotation(annotation, base_module=None):
    if getattr(annotation, "__module__", None) == "typing":
        return repr(annotation).replace("typing.", "")
    if isinstance(annotation, types.GenericAlias):
        return str(annotation)
    if isinstance(annotation, type):
        if annotation.__module__ in ("builtins", base_module):
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    return repr(annotation)


class Parameter:
    """One parameter of a signature."""

    __slots__ = ("_name", "_kind", "_default", "_annotation")

    POSITIONAL_ONLY = _ParameterKind.POSITIONAL_ONLY
    POSITIONAL_OR_KEYWORD = _ParameterKind.POSITIONAL_OR_KEYWORD
    VAR_POSITIONAL = _ParameterKind.VAR_POSITIONAL
    KEYWORD_ONLY = _ParameterKind.KEYWORD_ONLY
    VAR_KEYWORD = _ParameterKind.VAR_KEYWORD
    empty = _empty

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        try:
            self._kind = _ParameterKind(kind)
        except ValueError:
            raise ValueError(f"value {kind!r} is not a valid Parameter.kind") from None
        if default is not _empty and self._kind in (self.VAR_POSITIONAL, self.VAR_KEYWORD):
            raise ValueError(f"{self._kind.description} parameters cannot have default values")
        self._default = default
        self._annotation = annotation
        if name is _empty:
            raise ValueError("name is a required attribute for Parameter")
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, not a {type(name).__name__}")
        if name[:1] == "." and name[1:].isdigit():
            # The iterable that a comprehension is given.
            if self._kind != self.POSITIONAL_OR_KEYWORD:
                raise ValueError(
                    "implicit arguments must be passed as positional or keyword arguments, "
                    f"not {self._kind.description}")
            self._kind = self.POSITIONAL_ONLY
            name = f"implicit{name[1:]}"
        if keyword.iskeyword(name) and self._kind is not self.POSITIONAL_ONLY:
            raise ValueError(f"{name!r} is not a valid parameter name")
        if not name.isidentifier():
            raise ValueError(f"{name!r} is not a valid parameter name")
        self._name = name

    name = property(lambda self: self._name)
    kind = property(lambda self: self._kind)
    default = property(lambda self: self._default)
    annotation = property(lambda self: self._annotation)

    def __reduce__(self):
        state = {"_default": self._default, "_annotation": self._annotation}
        return type(self), (self._name, self._kind), state

    def __setstate__(self, state):
        self._default = state["_default"]
        self._annotation = state["_annotation"]

    def replace(self, *, name=None, kind=None, annotation=..., default=...):
        """A copy with some properties changed."""
        return type(self)(
            self._name if name is None else name,
            self._kind if kind is None else kind,
            default=self._default if default is ... else default,
            annotation=self._annotation if annotation is ... else annotation)

    def __str__(self):
        text = self._name
        if self._annotation is not _empty:
            text = f"{text}: {formatannotation(self._annotation)}"
        if self._default is not _empty:
            equals = " = " if self._annotation is not _empty else "="
            text = f"{text}{equals}{self._default!r}"
        if self._kind == self.VAR_POSITIONAL:
            return "*" + text
        return "**" + text if self._kind == self.VAR_KEYWORD else text

    def __repr__(self):
        return f'<{type(self).__name__} "{self}">'

    def _key(self):
        return self._name, self._kind, self._default, self._annotation

    def __hash__(self):
        return hash(self._key())

    def __eq__(self, other):
        if self is other:
            return True
        return self._key() == other._key() if isinstance(other, Parameter) else NotImplemented


class BoundArguments:
    """Arguments by the names of the parameters that receive them."""

    __slots__ = ("arguments", "_signature", "__weakref__")

    def __init__(self, signature, arguments):
        self.arguments = arguments
        self._signature = signature

    signature = property(lambda self: self._signature)

    @property
    def args(self):
        """The positional ones, for a call with `*args`."""
        args = []
        for name, parameter in self._signature.parameters.items():
            if parameter.kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD):
                break
            if name not in self.arguments:
                break
            if parameter.kind == Parameter.VAR_POSITIONAL:
                args.extend(self.arguments[name])
            else:
                args.append(self.arguments[name])
        return tuple(args)

    @property
    def kwargs(self):
        """The others, for a call with `**kwargs`."""
        kwargs = {}
        is_positional = True
        for name, parameter in self._signature.parameters.items():
            if is_positional:
                if parameter.kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD):
                    is_positional = False
                elif name not in self.arguments:
                    is_positional = False
                    continue
            if is_positional or name not in self.arguments:
                continue
            if parameter.kind == Parameter.VAR_KEYWORD:
                kwargs.update(self.arguments[name])
            else:
                kwargs[name] = self.arguments[name]
        return kwargs

    def apply_defaults(self):
        """Adds what a call without an argument would give."""
        arguments = {}
        for name, parameter in self._signature.parameters.items():
            if name in self.arguments:
                arguments[name] = self.arguments[name]
            elif parameter.default is not _empty:
                arguments[name] = parameter.default
            elif parameter.kind == Parameter.VAR_POSITIONAL:
                arguments[name] = ()
            elif parameter.kind == Parameter.VAR_KEYWORD:
                arguments[name] = {}
        self.arguments = arguments

    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, BoundArguments):
            return NotImplemented
        return self.signature == other.signature and self.arguments == other.arguments

    def __setstate__(self, state):
        self._signature = state["_signature"]
        self.arguments = state["arguments"]

    def __getstate__(self):
        return {"_signature": self._signature, "arguments": self.arguments}

    def __repr__(self):
        shown = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"<{type(self).__name__} ({shown})>"


class Signature:
    """The parameters of a callable, in their order, and what it returns."""

    __slots__ = ("_return_annotation", "_parameters")

    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty):
        by_name = {}
        highest = Parameter.POSITIONAL_ONLY
        has_default = False
        for parameter in parameters or ():
            kind = parameter.kind
            if kind < highest:
                raise ValueError(
                    f"wrong parameter order: {highest.description} parameter before "
                    f"{kind.description} parameter")
            highest = kind
            if kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
                if parameter.default is not _empty:
                    has_default = True
                elif has_default:
                    raise ValueError("non-default argument follows default argument")
            if parameter.name in by_name:
                raise ValueError(f"duplicate parameter name: {parameter.name!r}")
            by_name[parameter.name] = parameter
        self._parameters = types.MappingProxyType(by_name)
        self._return_annotation = return_annotation

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
        """The signature of a callable."""
        return _signature_of(obj, _Options(cls, follow_wrapped, globals, locals, eval_str))

    parameters = property(lambda self: self._parameters)
    return_annotation = property(lambda self: self._return_annotation)

    def replace(self, *, parameters=..., return_annotation=...):
        """A copy with some properties changed."""
        return type(self)(
            self.parameters.values() if parameters is ... else parameters,
            return_annotation=self._return_annotation
            if return_annotation is ... else return_annotation)

    def _key(self):
        in_order = tuple(p for p in self.parameters.values() if p.kind != Parameter.KEYWORD_ONLY)
        named = {p.name: p for p in self.parameters.values() if p.kind == Parameter.KEYWORD_ONLY}
        return in_order, named, self._return_annotation

    def __hash__(self):
        in_order, named, returned = self._key()
        return hash((in_order, frozenset(named.values()), returned))

    def __eq__(self, other):
        if self is other:
            return True
        return self._key() == other._key() if isinstance(other, Signature) else NotImplemented

    def _bind(self, args, kwargs, partial=False):
        arguments = {}
        args = list(args)
        parameters = list(self.parameters.values())
        while parameters:
            parameter = parameters[0]
            kind = parameter.kind
            if kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD):
                break
            if kind == Parameter.VAR_POSITIONAL:
                if args:
                    arguments[parameter.name] = tuple(args)
                    args = []
            elif args:
                if parameter.name in kwargs and kind != Parameter.POSITIONAL_ONLY:
                    raise TypeError(f"multiple values for argument {parameter.name!r}")
                arguments[parameter.name] = args.pop(0)
            else:
                break
            del parameters[0]
        if args:
            raise TypeError("too many positional arguments")
        rest = None
        for parameter in parameters:
            name, kind = parameter.name, parameter.kind
            if kind == Parameter.VAR_KEYWORD:
                rest = parameter
            elif kind == Parameter.VAR_POSITIONAL:
                pass
            elif kind == Parameter.POSITIONAL_ONLY and name in kwargs:
                raise TypeError(
                    f"{name!r} parameter is positional only, but was passed as a keyword")
            elif name in kwargs and kind != Parameter.POSITIONAL_ONLY:
                arguments[name] = kwargs.pop(name)
            elif not partial and parameter.default is _empty:
                raise TypeError(f"missing a required argument: {name!r}")
        if kwargs:
            if rest is None:
                raise TypeError(f"got an unexpected keyword argument {next(iter(kwargs))!r}")
            arguments[rest.name] = kwargs
        return BoundArguments(self, arguments)

    def bind(self, /, *args, **kwargs):
        """Which parameter would get which argument; TypeError as a call would raise."""
        return self._bind(args, kwargs)

    def bind_partial(self, /, *args, **kwargs):
        """The same, but arguments may be missing."""
        return self._bind(args, kwargs, partial=True)

    def __reduce__(self):
        state = {"_return_annotation": self._return_annotation}
        return type(self), (tuple(self._parameters.values()),), state

    def __setstate__(self, state):
        self._return_annotation = state["_return_annotation"]

    def __repr__(self):
        return f"<{type(self).__name__} {self}>"

    def __str__(self):
        shown = []
        has_slash = has_star = False
        for parameter in self.parameters.values():
            kind = parameter.kind
            if kind == Parameter.POSITIONAL_ONLY:
                has_slash = True
            elif has_slash:
                shown.append("/")
                has_slash = False
            if kind == Parameter.VAR_POSITIONAL:
                has_star = True
            elif kind == Parameter.KEYWORD_ONLY and not has_star:
                shown.append("*")
                has_star = True
            shown.append(str(parameter))
        if has_slash:
            shown.append("/")
        text = f"({', '.join(shown)})"
        if self._return_annotation is not _empty:
            text += f" -> {formatannotation(self._return_annotation)}"
        return text


class _Options:
    """What `signature` was told."""

    def __init__(self, cls, follow_wrapped, globals, locals, eval_str):
        self.cls = cls
        self.follow_wrapped = follow_wrapped
        self.globals = globals
        self.locals = locals
        self.eval_str = eval_str


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
    """How an object may be called."""
    return Signature.from_callable(
        obj, follow_wrapped=follow_wrapped, globals=globals, locals=locals, eval_str=eval_str)


def unwrap(func, *, stop=None):
    """Follows `__wrapped__` to the last function."""
    seen = {id(func): func}
    while hasattr(func, "__wrapped__") and not (stop is not None and stop(func)):
        func = func.__wrapped__
        if id(func) in seen or len(seen) >= sys.getrecursionlimit():
            raise ValueError(f"wrapper loop when unwrapping {seen[next(iter(seen))]!r}")
        seen[id(func)] = func
    return func


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    """A new dict with the annotations of a class, module or callable."""
    if isinstance(obj, type):
        annotations = obj.__dict__.get("__annotations__")
        if isinstance(annotations, types.GetSetDescriptorType):
            annotations = None
        module = sys.modules.get(getattr(obj, "__module__", None))
        own_globals = getattr(module, "__dict__", None)
        own_locals = dict(vars(obj))
        wrapped = obj
    elif isinstance(obj, types.ModuleType):
        annotations = getattr(obj, "__annotations__", None)
        own_globals, own_locals, wrapped = obj.__dict__, None, None
    elif callable(obj):
        annotations = getattr(obj, "__annotations__", None)
        own_globals, own_locals, wrapped = getattr(obj, "__globals__", None), None, obj
    else:
        raise TypeError(f"{obj!r} is not a module, class, or callable.")
    if annotations is None:
        return {}
    if not isinstance(annotations, dict):
        raise ValueError(f"{obj!r}.__annotations__ is neither a dict nor None")
    if not annotations:
        return {}
    if not eval_str:
        return dict(annotations)
    if wrapped is not None:
        while True:
            if hasattr(wrapped, "__wrapped__"):
                wrapped = wrapped.__wrapped__
            elif isinstance(wrapped, functools.partial):
                wrapped = wrapped.func
            else:
                break
        if hasattr(wrapped, "__globals__"):
            own_globals = wrapped.__globals__
    globals = own_globals if globals is None else globals
    locals = own_locals if locals is None else locals
    return {
        name: eval(value, globals, locals) if isinstance(value, str) else value
        for name, value in annotations.items()
    }


def _signature_of(obj, options):
    if not callable(obj):
        raise TypeError(f"{obj!r} is not a callable object")
    if isinstance(obj, types.MethodType):
        return _bound(_signature_of(obj.__func__, options))
    if options.follow_wrapped:
        obj = unwrap(obj, stop=lambda f: hasattr(f, "__signature__") or isinstance(
            f, types.MethodType))
        if isinstance(obj, types.MethodType):
            return _signature_of(obj, options)
    try:
        given = obj.__signature__
    except AttributeError:
        pass
    else:
        if given is not None:
            if not isinstance(given, Signature):
                raise TypeError(f"unexpected object {given!r} in __signature__ attribute")
            return given
    partial_method = getattr(obj, "_partialmethod", None)
    if isinstance(partial_method, functools.partialmethod):
        return _of_partial_method(partial_method, options)
    if isinstance(obj, types.FunctionType) or _is_like_function(obj):
        return _of_function(obj, options)
    if _is_builtin(obj):
        return _of_text(obj, options)
    if isinstance(obj, functools.partial):
        return _of_partial(_signature_of(obj.func, options), obj)
    if isinstance(obj, type):
        return _of_class(obj, options)
    call = _user_defined(type(obj), "__call__")
    if call is not None:
        try:
            return _bound(_signature_of(call, options))
        except ValueError:
            raise ValueError(f"no signature found for {obj!r}") from None
    raise ValueError(f"callable {obj!r} is not supported by signature")


def _is_builtin(obj):
    return isinstance(obj, (
        types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodWrapperType,
        types.MethodDescriptorType, types.ClassMethodDescriptorType))


def _is_like_function(obj):
    """Is it an object with all that matters of a function?"""
    return (
        not isinstance(obj, type)
        and isinstance(getattr(obj, "__name__", None), str)
        and isinstance(getattr(obj, "__code__", None), types.CodeType)
        and isinstance(getattr(obj, "__defaults__", _empty), (tuple, type(None)))
        and isinstance(getattr(obj, "__kwdefaults__", _empty), (dict, type(None)))
        and isinstance(getattr(obj, "__annotations__", _empty), (dict, type(None))))


def _of_function(func, options):
    code = func.__code__
    names = code.co_varnames
    annotations = get_annotations(
        func, globals=options.globals, locals=options.locals, eval_str=options.eval_str)
    defaults = func.__defaults__ or ()
    keyword_defaults = func.__kwdefaults__ or {}
    first_default = code.co_argcount - len(defaults)
    make = getattr(options.cls, "_parameter_cls", Parameter)
    parameters = []

    def add(name, kind, default=_empty):
        parameters.append(
            make(name, kind, default=default, annotation=annotations.get(name, _empty)))

    for i, name in enumerate(names[:code.co_argcount]):
        add(
            name,
            Parameter.POSITIONAL_ONLY
            if i < code.co_posonlyargcount else Parameter.POSITIONAL_OR_KEYWORD,
            defaults[i - first_default] if i >= first_default else _empty)
    at = code.co_argcount
    rest = at + code.co_kwonlyargcount
    if code.co_flags & 4:
        add(names[rest], Parameter.VAR_POSITIONAL)
        rest += 1
    for name in names[at:at + code.co_kwonlyargcount]:
        add(name, Parameter.KEYWORD_ONLY, keyword_defaults.get(name, _empty))
    if code.co_flags & 8:
        add(names[rest], Parameter.VAR_KEYWORD)
    return options.cls(parameters, return_annotation=annotations.get("return", _empty))


def _of_text(obj, options):
    text = getattr(obj, "__text_signature__", None)
    if not text:
        raise ValueError(f"no signature found for builtin {obj!r}")
    bound = getattr(obj, "__self__", None)
    drops_first = bound is not None and not isinstance(bound, types.ModuleType)
    return _parsed(text, obj, drops_first, options)


def _parsed(text, obj, drops_first, options):
    """The signature that a text like `($self, x, /, y=1)` describes."""
    pieces, depth, piece = [], 0, ""
    for c in text.strip()[1:text.rindex(")")]:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            pieces.append(piece)
            piece = ""
        else:
            piece += c
    pieces.append(piece)
    parameters = []
    kind = Parameter.POSITIONAL_OR_KEYWORD
    make = getattr(options.cls, "_parameter_cls", Parameter)
    for piece in map(str.strip, pieces):
        if piece == "/":
            parameters = [p.replace(kind=Parameter.POSITIONAL_ONLY) for p in parameters]
        elif piece == "*":
            kind = Parameter.KEYWORD_ONLY
        elif piece.startswith("**"):
            parameters.append(make(piece[2:], Parameter.VAR_KEYWORD))
        elif piece.startswith("*"):
            parameters.append(make(piece[1:], Parameter.VAR_POSITIONAL))
            kind = Parameter.KEYWORD_ONLY
        elif piece.startswith("$"):
            if piece != "$module":
                parameters.append(make(piece[1:], Parameter.POSITIONAL_ONLY))
        elif piece:
            name, equals, default = piece.partition("=")
            value = _empty
            if equals:
                try:
                    value = eval(default, vars(builtins) | {"sys": sys})
                except Exception:
                    raise ValueError(f"{obj!r} builtin has invalid signature") from None
            parameters.append(make(name, kind, default=value))
    if drops_first:
        del parameters[:1]
    return options.cls(parameters)


def _user_defined(cls, name):
    """The method of a class, unless it is a built-in one."""
    method = getattr(cls, name, None)
    return None if method is None or _is_builtin(method) else method


def _of_class(cls, options):
    found = None
    call = _user_defined(type(cls), "__call__")
    if call is not None:
        found = _signature_of(call, options)
    else:
        new, init = _user_defined(cls, "__new__"), _user_defined(cls, "__init__")
        for base in cls.__mro__:
            if new is not None and "__new__" in base.__dict__:
                found = _signature_of(new, options)
                break
            if init is not None and "__init__" in base.__dict__:
                found = _signature_of(init, options)
                break
    if found is not None:
        return _bound(found)
    for base in cls.__mro__[:-1]:
        text = base.__text_signature__
        if text:
            return _parsed(text, cls, False, options)
    if type not in cls.__mro__:
        if cls.__init__ is object.__init__ and cls.__new__ is object.__new__:
            return options.cls()
    raise ValueError(f"no signature found for builtin type {cls!r}")


def _bound(found):
    """The signature without its first parameter."""
    parameters = list(found.parameters.values())
    if not parameters or parameters[0].kind in (Parameter.VAR_KEYWORD, Parameter.KEYWORD_ONLY):
        raise ValueError("invalid method signature")
    if parameters[0].kind != Parameter.VAR_POSITIONAL:
        del parameters[0]
    return found.replace(parameters=parameters)


def _of_partial_method(method, options):
    whole = _signature_of(method.func, options)
    found = _of_partial(whole, functools.partial(method.func, *method.args, **method.keywords),
                        (None,))
    first = next(iter(whole.parameters.values()), None)
    if first is not None and first.kind is Parameter.VAR_POSITIONAL:
        return found
    return found.replace(parameters=(first, *found.parameters.values()))


def _of_partial(whole, partial, more=()):
    """What is left of a signature when some arguments are given."""
    try:
        given = whole.bind_partial(*more, *partial.args, **partial.keywords)
    except TypeError as error:
        raise ValueError(f"partial object {partial!r} has incorrect arguments") from error
    parameters = []
    only_keywords = False
    for name, parameter in whole.parameters.items():
        if name in given.arguments:
            value = given.arguments[name]
            if parameter.kind == Parameter.POSITIONAL_ONLY:
                continue
            if parameter.kind == Parameter.POSITIONAL_OR_KEYWORD:
                if name not in partial.keywords:
                    continue
                # From here on parameters can only be named.
                only_keywords = True
                parameter = parameter.replace(default=value)
            elif parameter.kind == Parameter.KEYWORD_ONLY:
                parameter = parameter.replace(default=value)
        if only_keywords:
            if parameter.kind == Parameter.POSITIONAL_OR_KEYWORD:
                parameter = parameter.replace(kind=Parameter.KEYWORD_ONLY)
            elif parameter.kind == Parameter.VAR_POSITIONAL:
                continue
        parameters.append(parameter)
    return whole.replace(parameters=parameters)


for _type in (_empty, _ParameterKind, Parameter, BoundArguments, Signature):
    _type.__module__ = "inspect"
