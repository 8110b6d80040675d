"""What objects are made of: members, signatures, source, frames."""

import builtins
import functools
import itertools
import sys
import types
from collections import namedtuple

from _signatures import *
from _signatures import _ParameterKind, _empty, formatannotation, with_first_parameter
from _sources import *

# The bits of co_flags.
for _bit, _word in enumerate(
    "OPTIMIZED NEWLOCALS VARARGS VARKEYWORDS NESTED GENERATOR NOFREE COROUTINE "
    "ITERABLE_COROUTINE ASYNC_GENERATOR".split()
):
    globals()[f"CO_{_word}"] = 1 << _bit
TPFLAGS_IS_ABSTRACT = 1 << 20

_ABSENT = object()


# What an object is ---------------------------------------------------------------------------


def _check(name, kind, what):
    """A function that tells objects of a kind."""

    def check(object):
        return isinstance(object, kind)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"Is it {what}?"
    return check


ismodule = _check("ismodule", types.ModuleType, "a module")
isclass = _check("isclass", type, "a class")
ismethod = _check("ismethod", types.MethodType, "a method of an instance")
isfunction = _check("isfunction", types.FunctionType, "a function of a program")
isgenerator = _check("isgenerator", types.GeneratorType, "a generator")
iscoroutine = _check("iscoroutine", types.CoroutineType, "a coroutine")
isasyncgen = _check("isasyncgen", types.AsyncGeneratorType, "an asynchronous generator")
istraceback = _check("istraceback", types.TracebackType, "a traceback")
isframe = _check("isframe", types.FrameType, "a frame")
iscode = _check("iscode", types.CodeType, "a code object")
isbuiltin = _check("isbuiltin", types.BuiltinFunctionType, "a function of the machine")
ismethodwrapper = _check("ismethodwrapper", types.MethodWrapperType, "such a method, bound")
ismemberdescriptor = _check("ismemberdescriptor", types.MemberDescriptorType, "a slot")
isgetsetdescriptor = _check(
    "isgetsetdescriptor", types.GetSetDescriptorType, "an attribute of a type of the machine"
)

_NO_DESCRIPTORS = type, types.MethodType, types.FunctionType


def ismethoddescriptor(object):
    """A descriptor that cannot be set and is no function, method or class."""
    kind = type(object)
    reads, writes = hasattr(kind, "__get__"), hasattr(kind, "__set__")
    return reads and not writes and not isinstance(object, _NO_DESCRIPTORS)


def isdatadescriptor(object):
    """A descriptor that can be set or deleted."""
    kind = type(object)
    writes = hasattr(kind, "__set__") or hasattr(kind, "__delete__")
    return writes and not isinstance(object, _NO_DESCRIPTORS)


_ROUTINES = (
    types.BuiltinFunctionType, types.FunctionType, types.MethodType, types.MethodWrapperType
)


def isroutine(object):
    """Is it any kind of function or method?"""
    return isinstance(object, _ROUTINES) or ismethoddescriptor(object)


def isabstract(object):
    """Is it a class with abstract methods?"""
    return isclass(object) and object.__flags__ & TPFLAGS_IS_ABSTRACT != 0


def _flags(function):
    """The flags of the code that a call runs in the end; 0 if there is none."""
    while True:
        if ismethod(function):
            function = function.__func__
        elif isinstance(function, functools.partial):
            function = function.func
        else:
            code = getattr(function, "__code__", None)
            return code.co_flags if iscode(code) else 0


def isgeneratorfunction(object):
    """Does a call make a generator?"""
    return _flags(object) & CO_GENERATOR != 0


def iscoroutinefunction(object):
    """Does a call make a coroutine?"""
    return _flags(object) & CO_COROUTINE != 0


def isasyncgenfunction(object):
    """Does a call make an asynchronous generator?"""
    return _flags(object) & CO_ASYNC_GENERATOR != 0


def isawaitable(object):
    """Can it stand behind `await`?"""
    if isgenerator(object) and object.gi_code.co_flags & CO_ITERABLE_COROUTINE:
        return True
    return iscoroutine(object) or hasattr(type(object), "__await__")


# Members -------------------------------------------------------------------------------------


def _hidden_names(classes):
    """Attributes of instances that their classes do not list."""
    for cls in classes:
        for name, value in cls.__dict__.items():
            if isinstance(value, types.DynamicClassAttribute):
                yield name


def _stored_in(classes, name):
    """The first class that has a name, and what it has."""
    for cls in classes:
        if name in cls.__dict__:
            return cls, cls.__dict__[name]
    return None, _ABSENT


def _member_pairs(object, getter):
    classes = ancestors = ()
    if isclass(object):
        ancestors, classes = object.__bases__, (object, *object.__mro__)
    done = set()
    for name in itertools.chain(dir(object), _hidden_names(ancestors)):
        value = _ABSENT
        if name not in done:
            try:
                value = getter(object, name)
            except AttributeError:
                pass
        if value is _ABSENT:
            # What is hidden is shown as it is stored.
            value = _stored_in(classes, name)[1]
        if value is not _ABSENT:
            done.add(name)
            yield name, value


def _members(object, predicate, getter):
    pairs = _member_pairs(object, getter)
    chosen = [pair for pair in pairs if predicate is None or predicate(pair[1])]
    return sorted(chosen, key=lambda pair: pair[0])


def getmembers(object, predicate=None):
    """Names and values of all members, by name."""
    return _members(object, predicate, getattr)


def getmembers_static(object, predicate=None):
    """The same without calling descriptors."""
    return _members(object, predicate, getattr_static)


Attribute = namedtuple("Attribute", "name kind defining_class object")


def classify_class_attrs(cls):
    """An `Attribute` for each name that `dir(cls)` gives."""
    found = {}
    for name in itertools.chain(dir(cls), _hidden_names(cls.__mro__)):
        if name not in found:
            found[name] = _attribute(cls, name)
    return [attribute for attribute in found.values() if attribute is not None]


def _attribute(cls, name):
    metaclasses = [c for c in type(cls).__mro__ if c not in (type, object)]
    home, stored = _stored_in((*cls.__mro__, *metaclasses), name)
    value = None
    if name != "__dict__":
        try:
            value = getattr(cls, name)
        except Exception:
            # A descriptor may refuse to work on the class.
            pass
    if home is None:
        if value is None:
            return None
        # It is made when it is asked for.
        makers = [c for c in metaclasses if "__getattr__" in c.__dict__]
        same = [c for c in cls.__mro__ if getattr(c, name, None) is value]
        home = (makers or same or [cls])[-1]
    for kinds, word in _ATTRIBUTE_KINDS:
        if isinstance(stored, kinds):
            return Attribute(name, word, home, stored)
    shown = stored if value is None else value
    return Attribute(name, "method" if isroutine(shown) else "data", home, shown)


_ATTRIBUTE_KINDS = (
    ((staticmethod, types.BuiltinMethodType), "static method"),
    ((classmethod, types.ClassMethodDescriptorType), "class method"),
    (property, "property"),
)


def getmro(cls):
    """A class and its bases, in the order in which attributes are looked for."""
    return cls.__mro__


def getclasstree(classes, unique=False):
    """Classes in nested lists: behind each class the list of those derived from it."""
    below = {}
    roots = {}
    for cls in classes:
        if not cls.__bases__:
            roots[cls] = None
        for base in cls.__bases__:
            below.setdefault(base, {})[cls] = None
            if unique and base in classes:
                break
    roots.update((base, None) for base in below if base not in classes)
    return walktree(list(roots), {base: list(derived) for base, derived in below.items()}, None)


def walktree(classes, children, parent):
    """The tree of some classes, which are put in order; `children` are lists by class."""
    classes.sort(key=lambda cls: (cls.__module__, cls.__name__))
    tree = []
    for cls in classes:
        tree.append((cls, cls.__bases__))
        if cls in children:
            tree.append(walktree(children[cls], children, cls))
    return tree


# The real ones, whatever a metaclass says.
_mro_of = type.__dict__["__mro__"].__get__
_dict_of = type.__dict__["__dict__"].__get__


def _static(cls, name):
    """What a class or its bases have stored under a name."""
    for base in _mro_of(cls):
        value = _dict_of(base).get(name, _ABSENT)
        if value is not _ABSENT:
            return value
    return _ABSENT


def _overrides(stored):
    """Does it come before what the instance has, as a descriptor that can be set does?"""
    has = [_static(type(stored), name) is not _ABSENT for name in ("__get__", "__set__", "__delete__")]
    return has[0] and (has[1] or has[2])


def getattr_static(obj, attr, default=_ABSENT):
    """An attribute as it is stored, without running descriptors or `__getattr__`."""
    cls = obj if isinstance(obj, type) else type(obj)
    in_class = _static(cls, attr)
    in_object = _ABSENT if cls is obj else _own_value(obj, cls, attr)
    found = in_object
    if in_object is _ABSENT or in_class is not _ABSENT and _overrides(in_class):
        found = in_class
    if found is _ABSENT and cls is obj:
        found = _static(type(cls), attr)
    if found is _ABSENT:
        found = default
    if found is _ABSENT:
        raise AttributeError(attr)
    return found


def _own_value(obj, cls, attr):
    """What the dict of an instance has, if that is a usual dict."""
    slot = _static(cls, "__dict__")
    usual = types.GetSetDescriptorType, types.MemberDescriptorType
    if slot is _ABSENT or isinstance(slot, usual):
        try:
            return object.__getattribute__(obj, "__dict__").get(attr, _ABSENT)
        except AttributeError:
            pass
    return _ABSENT


# Documentation -------------------------------------------------------------------------------


def cleandoc(doc):
    """A docstring without the indentation that the code around it needs."""
    first, *rest = doc.expandtabs().split("\n")
    margin = min((indentsize(line) for line in rest if line.strip()), default=0)
    lines = [first.lstrip(), *(line[margin:] for line in rest)]
    start, end = 0, len(lines)
    while end > start and not lines[end - 1]:
        end -= 1
    while start < end and not lines[start]:
        start += 1
    return "\n".join(lines[start:end])


def _class_around(function):
    """The class in whose body a function was defined, by its name."""
    place = sys.modules.get(function.__module__)
    for word in function.__qualname__.split(".")[:-1]:
        place = getattr(place, word, None)
    return place


def _inherited_doc(obj):
    """The documentation that a base has for something, or None."""
    if isclass(obj):
        docs = [cls.__doc__ for cls in obj.__mro__ if cls is not object]
    else:
        if ismethod(obj):
            owner = obj.__self__
            name, owner = obj.__func__.__name__, owner if isclass(owner) else owner.__class__
        elif isinstance(obj, (types.FunctionType, property)):
            function = obj.fget if isinstance(obj, property) else obj
            name, owner = function.__name__, _class_around(function)
        else:
            name, owner = obj.__name__, obj.__objclass__
        docs = [getattr(cls, name).__doc__ for cls in owner.__mro__ if hasattr(cls, name)]
    return next((doc for doc in docs if doc is not None), None)


def getdoc(object):
    """The documentation of an object, inherited where it has none."""
    doc = getattr(object, "__doc__", None)
    if doc is None:
        try:
            doc = _inherited_doc(object)
        except (AttributeError, TypeError):
            return None
    return cleandoc(doc) if isinstance(doc, str) else None


def getcomments(object):
    """The comment lines right before an object, or at the head of a module."""
    try:
        lines, number = findsource(object)
    except (OSError, TypeError):
        return None
    if ismodule(object):
        if lines and lines[0].startswith("#!"):
            lines = lines[1:]
        head = itertools.dropwhile(lambda line: line.strip() in ("", "#"), lines)
        block = itertools.takewhile(lambda line: line.startswith("#"), head)
        comments = [line.expandtabs() for line in block]
    else:
        indent = indentsize(lines[number])
        block = itertools.takewhile(
            lambda line: line.lstrip().startswith("#") and indentsize(line) == indent,
            reversed(lines[:number]),
        )
        comments = [line.expandtabs().lstrip() for line in block][::-1]
    return "".join(comments) or None


# Arguments -----------------------------------------------------------------------------------

Arguments = namedtuple("Arguments", "args, varargs, varkw")
FullArgSpec = namedtuple(
    "FullArgSpec", "args, varargs, varkw, defaults, kwonlyargs, kwonlydefaults, annotations"
)
ArgInfo = namedtuple("ArgInfo", "args varargs keywords locals")
ClosureVars = namedtuple("ClosureVars", "nonlocals globals builtins unbound")


def getargs(co):
    """The names of the parameters of a code object."""
    if not iscode(co):
        raise TypeError(f"{co!r} is not a code object")
    plain = co.co_argcount + co.co_kwonlyargcount
    rest = iter(co.co_varnames[plain:])
    varargs = next(rest) if co.co_flags & CO_VARARGS else None
    varkw = next(rest) if co.co_flags & CO_VARKEYWORDS else None
    return Arguments(list(co.co_varnames[:plain]), varargs, varkw)


def getfullargspec(func):
    """The parameters of a function; `signature` says more."""
    try:
        found = with_first_parameter(func.__func__ if ismethod(func) else func)
    except Exception as error:
        raise TypeError("unsupported callable") from error
    groups = {kind: [] for kind in _ParameterKind}
    annotations = {}
    if found.return_annotation is not _empty:
        annotations["return"] = found.return_annotation
    for parameter in found.parameters.values():
        groups[parameter.kind].append(parameter)
        if parameter.annotation is not _empty:
            annotations[parameter.name] = parameter.annotation
    positional = groups[Parameter.POSITIONAL_ONLY] + groups[Parameter.POSITIONAL_OR_KEYWORD]
    named = groups[Parameter.KEYWORD_ONLY]

    def names(parameters):
        return [parameter.name for parameter in parameters]

    def defaults(parameters):
        return {p.name: p.default for p in parameters if p.default is not _empty}

    return FullArgSpec(
        names(positional),
        next(iter(names(groups[Parameter.VAR_POSITIONAL])), None),
        next(iter(names(groups[Parameter.VAR_KEYWORD])), None),
        tuple(defaults(positional).values()) or None,
        names(named),
        defaults(named) or None,
        annotations,
    )


def getargvalues(frame):
    """The arguments that a frame was called with."""
    return ArgInfo(*getargs(frame.f_code), frame.f_locals)


def formatargvalues(
    args, varargs, varkw, locals, formatarg=str, formatvarargs=lambda name: "*" + name,
    formatvarkw=lambda name: "**" + name, formatvalue=lambda value: "=" + repr(value),
):
    """The text of what `getargvalues` gives."""
    shown = [(formatarg, name) for name in args]
    shown += [(form, name) for form, name in ((formatvarargs, varargs), (formatvarkw, varkw)) if name]
    return f"({', '.join(form(name) + formatvalue(locals[name]) for form, name in shown)})"


def getcallargs(func, /, *positional, **named):
    """What the parameters of a function would be in a call."""
    if ismethod(func) and func.__self__ is not None:
        return getcallargs(func.__func__, func.__self__, *positional, **named)
    # A function with the same parameters says it, and complains like the function itself.
    parameters, defaults = [], {}
    for parameter in signature(func, follow_wrapped=False).parameters.values():
        default = parameter.default
        if default is not _empty:
            defaults[parameter.name] = default
            default = _Text(f"_defaults[{parameter.name!r}]")
        parameters.append(parameter.replace(annotation=_empty, default=default))
    scope = {"_defaults": defaults}
    exec(f"def call{Signature(parameters)}: return locals()", scope)
    scope["call"].__name__ = scope["call"].__qualname__ = func.__name__
    return scope["call"](*positional, **named)


class _Text(str):
    """Text that is shown as it is."""

    __repr__ = str.__str__


def getclosurevars(func):
    """What the free names of a function mean now."""
    function = func.__func__ if ismethod(func) else func
    if not isfunction(function):
        raise TypeError(f"{function!r} is not a Python function")
    code = function.__code__
    cells = zip(code.co_freevars, function.__closure__ or ())
    inner = {name: cell.cell_contents for name, cell in cells}
    outer = function.__globals__
    built_in = outer.get("__builtins__", builtins)
    built_in = vars(built_in) if ismodule(built_in) else built_in
    names = [name for name in code.co_names if name not in inner]
    return ClosureVars(
        inner,
        {name: outer[name] for name in names if name in outer},
        {name: built_in[name] for name in names if name not in outer and name in built_in},
        {name for name in names if name not in outer and name not in built_in},
    )


# Frames --------------------------------------------------------------------------------------


def _with_positions(name, fields):
    """A tuple class whose instances also have an attribute `positions`."""
    base = namedtuple(name, fields)

    def __new__(cls, *args, positions=None, **kwargs):
        made = base.__new__(cls, *args, **kwargs)
        made.positions = positions
        return made

    return type(name, (base,), {"__new__": __new__, "__module__": __name__})


Traceback = _with_positions("Traceback", "filename lineno function code_context index")
FrameInfo = _with_positions("FrameInfo", "frame filename lineno function code_context index")


def getlineno(frame):
    """The line that a frame is at."""
    return frame.f_lineno


def getframeinfo(frame, context=1):
    """Where a frame or traceback is, with so many lines of source around."""
    line = frame.tb_lineno if istraceback(frame) else frame.f_lineno
    if istraceback(frame):
        frame = frame.tb_frame
    if not isframe(frame):
        raise TypeError(f"{frame!r} is not a frame or traceback object")
    around = index = None
    if context > 0:
        try:
            lines, _ = findsource(frame)
        except OSError:
            pass
        else:
            # As near to the middle as the ends of the file allow.
            first = max(0, min(line - 1 - context // 2, len(lines) - context))
            around, index = lines[first:first + context], line - 1 - first
    path = getsourcefile(frame) or getfile(frame)
    return Traceback(path, line, frame.f_code.co_name, around, index)


def getouterframes(frame, context=1):
    """The frame and those that called it."""
    found = []
    while frame is not None:
        found.append(FrameInfo(frame, *getframeinfo(frame, context)))
        frame = frame.f_back
    return found


def getinnerframes(tb, context=1):
    """The frames of a traceback."""
    found = []
    while tb is not None:
        found.append(FrameInfo(tb.tb_frame, *getframeinfo(tb, context)))
        tb = tb.tb_next
    return found


def currentframe():
    """The frame of the caller."""
    return sys._getframe(1)


def stack(context=1):
    """The frames of the caller and those that called it."""
    return getouterframes(sys._getframe(1), context)


def trace(context=1):
    """The frames between here and where the exception that is being handled was raised."""
    return getinnerframes(sys.exc_info()[2], context)


# Generators and coroutines -------------------------------------------------------------------


def _states(prefix, attributes):
    """The names of the states, and the function that tells the state of an object."""
    names = [f"{prefix}_{word}" for word in ("CREATED", "RUNNING", "SUSPENDED", "CLOSED")]
    created, running, suspended, closed = names

    def state(of):
        if getattr(of, f"{attributes}_running"):
            return running
        if getattr(of, f"{attributes}_suspended"):
            return suspended
        return closed if getattr(of, f"{attributes}_frame") is None else created

    return *names, state


GEN_CREATED, GEN_RUNNING, GEN_SUSPENDED, GEN_CLOSED, _generator_state = _states("GEN", "gi")
CORO_CREATED, CORO_RUNNING, CORO_SUSPENDED, CORO_CLOSED, _coroutine_state = _states("CORO", "cr")


def getgeneratorstate(generator):
    """Has it begun, is it running, does it wait, or is it over?"""
    return _generator_state(generator)


def getcoroutinestate(coroutine):
    """Has it begun, is it running, does it wait, or is it over?"""
    return _coroutine_state(coroutine)


def getgeneratorlocals(generator):
    """The variables of a generator."""
    if not isgenerator(generator):
        raise TypeError(f"{generator!r} is not a Python generator")
    return {} if generator.gi_frame is None else generator.gi_frame.f_locals


def getcoroutinelocals(coroutine):
    """The variables of a coroutine."""
    return {} if coroutine.cr_frame is None else coroutine.cr_frame.f_locals
