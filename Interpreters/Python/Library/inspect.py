"""What objects are made of: members, signatures, source, frames."""

import builtins
import functools
import itertools
import sys
import types
from collections import namedtuple
from operator import attrgetter

from _signatures import *
from _signatures import _ParameterKind, _empty, formatannotation
from _sources import *

CO_OPTIMIZED = 1
CO_NEWLOCALS = 2
CO_VARARGS = 4
CO_VARKEYWORDS = 8
CO_NESTED = 16
CO_GENERATOR = 32
CO_NOFREE = 64
CO_COROUTINE = 128
CO_ITERABLE_COROUTINE = 256
CO_ASYNC_GENERATOR = 512
TPFLAGS_IS_ABSTRACT = 1 << 20


# What an object is

def ismodule(object):
    return isinstance(object, types.ModuleType)


def isclass(object):
    return isinstance(object, type)


def ismethod(object):
    return isinstance(object, types.MethodType)


def isfunction(object):
    return isinstance(object, types.FunctionType)


def isgenerator(object):
    return isinstance(object, types.GeneratorType)


def iscoroutine(object):
    return isinstance(object, types.CoroutineType)


def isasyncgen(object):
    return isinstance(object, types.AsyncGeneratorType)


def istraceback(object):
    return isinstance(object, types.TracebackType)


def isframe(object):
    return isinstance(object, types.FrameType)


def iscode(object):
    return isinstance(object, types.CodeType)


def isbuiltin(object):
    return isinstance(object, types.BuiltinFunctionType)


def ismethodwrapper(object):
    return isinstance(object, types.MethodWrapperType)


def ismemberdescriptor(object):
    return isinstance(object, types.MemberDescriptorType)


def isgetsetdescriptor(object):
    return isinstance(object, types.GetSetDescriptorType)


def ismethoddescriptor(object):
    """A descriptor that cannot be set and is no function, method or class."""
    if isclass(object) or ismethod(object) or isfunction(object):
        return False
    cls = type(object)
    return hasattr(cls, "__get__") and not hasattr(cls, "__set__")


def isdatadescriptor(object):
    if isclass(object) or ismethod(object) or isfunction(object):
        return False
    cls = type(object)
    return hasattr(cls, "__set__") or hasattr(cls, "__delete__")


def isroutine(object):
    return (
        isbuiltin(object) or isfunction(object) or ismethod(object)
        or ismethoddescriptor(object) or ismethodwrapper(object))


def isabstract(object):
    """A class with abstract methods."""
    return isinstance(object, type) and bool(object.__flags__ & TPFLAGS_IS_ABSTRACT)


def _has_code_flag(object, flag):
    while isinstance(object, (types.MethodType, functools.partial)):
        object = object.__func__ if ismethod(object) else object.func
    if not (isfunction(object) or isinstance(getattr(object, "__code__", None), types.CodeType)):
        return False
    return bool(object.__code__.co_flags & flag)


def isgeneratorfunction(object):
    return _has_code_flag(object, CO_GENERATOR)


def iscoroutinefunction(object):
    return _has_code_flag(object, CO_COROUTINE)


def isasyncgenfunction(object):
    return _has_code_flag(object, CO_ASYNC_GENERATOR)


def isawaitable(object):
    """Can it stand behind `await`?"""
    if isinstance(object, types.CoroutineType) or hasattr(type(object), "__await__"):
        return True
    return isinstance(object, types.GeneratorType) and bool(
        object.gi_code.co_flags & CO_ITERABLE_COROUTINE)


# Members

def _members(object, predicate, getter):
    names = dir(object)
    mro = ()
    if isclass(object):
        mro = (object, *getmro(object))
        for base in object.__bases__:
            for name, value in base.__dict__.items():
                if isinstance(value, types.DynamicClassAttribute):
                    names.append(name)
    results, seen = [], set()
    for name in names:
        try:
            value = getter(object, name)
            if name in seen:
                raise AttributeError
        except AttributeError:
            for base in mro:
                if name in base.__dict__:
                    value = base.__dict__[name]
                    break
            else:
                continue
        if predicate is None or predicate(value):
            results.append((name, value))
        seen.add(name)
    results.sort(key=lambda pair: pair[0])
    return results


def getmembers(object, predicate=None):
    """Names and values of all members, by name."""
    return _members(object, predicate, getattr)


def getmembers_static(object, predicate=None):
    """The same without calling descriptors."""
    return _members(object, predicate, getattr_static)


Attribute = namedtuple("Attribute", "name kind defining_class object")


def classify_class_attrs(cls):
    """An `Attribute` for each name that `dir(cls)` gives."""
    mro = getmro(cls)
    metamro = [c for c in getmro(type(cls)) if c not in (type, object)]
    names = dir(cls)
    names += [
        name for base in mro for name, value in base.__dict__.items()
        if isinstance(value, types.DynamicClassAttribute) and value.fget is not None]
    result, processed = [], set()
    for name in names:
        home = got = None
        is_missing = True
        if name not in processed:
            try:
                got = getattr(cls, name) if name != "__dict__" else None
                is_missing = name == "__dict__"
            except Exception:
                pass
            else:
                home = getattr(got, "__objclass__", home) if not is_missing else None
                if home not in (*mro, *metamro):
                    home = None
                    owner = next(
                        (c for c in (*mro, *metamro) if getattr(c, name, None) is got
                         and name in c.__dict__), None)
                    home = owner
        found = next(((c, c.__dict__[name]) for c in mro if name in c.__dict__), None)
        if found is None and is_missing:
            continue
        home = home or found[0]
        value = found[1] if found is not None else got
        if isinstance(value, (staticmethod, types.BuiltinMethodType)):
            kind = "static method"
        elif isinstance(value, (classmethod, types.ClassMethodDescriptorType)):
            kind = "class method"
        elif isinstance(value, property):
            kind = "property"
        else:
            kind = "method" if isroutine(value) else "data"
        result.append(Attribute(name, kind, home, value))
        processed.add(name)
    return result


def getmro(cls):
    return cls.__mro__


def walktree(classes, children, parent):
    results = []
    classes.sort(key=attrgetter("__module__", "__name__"))
    for c in classes:
        results.append((c, c.__bases__))
        if c in children:
            results.append(walktree(children[c], children, c))
    return results


def getclasstree(classes, unique=False):
    """Classes in nested lists: behind each class the list of those derived from it."""
    children, roots = {}, []
    for c in classes:
        if c.__bases__:
            for parent in c.__bases__:
                if c not in children.setdefault(parent, []):
                    children[parent].append(c)
                if unique and parent in classes:
                    break
        elif c not in roots:
            roots.append(c)
    for parent in children:
        if parent not in classes:
            roots.append(parent)
    return walktree(roots, children, None)


_sentinel = object()


def _find_in_mro(cls, name):
    for base in type.__dict__["__mro__"].__get__(cls):
        if name in type.__dict__["__dict__"].__get__(base):
            return base.__dict__[name]
    return _sentinel


def getattr_static(obj, attr, default=_sentinel):
    """An attribute as it is stored, without running descriptors or `__getattr__`."""
    own = _sentinel
    if isinstance(obj, type):
        cls = obj
    else:
        cls = type(obj)
        slot = _find_in_mro(cls, "__dict__")
        if slot is _sentinel or isinstance(slot, (types.GetSetDescriptorType,
                                                  types.MemberDescriptorType)):
            try:
                own = object.__getattribute__(obj, "__dict__").get(attr, _sentinel)
            except AttributeError:
                pass
    found = _find_in_mro(cls, attr)
    if own is not _sentinel and found is not _sentinel:
        kind = type(found)
        if (_find_in_mro(kind, "__get__") is not _sentinel
                and (_find_in_mro(kind, "__set__") is not _sentinel
                     or _find_in_mro(kind, "__delete__") is not _sentinel)):
            return found
    if own is not _sentinel:
        return own
    if found is not _sentinel:
        return found
    if obj is cls:
        for base in type.__dict__["__mro__"].__get__(type(cls)):
            if attr in base.__dict__:
                return base.__dict__[attr]
    if default is not _sentinel:
        return default
    raise AttributeError(attr)


# Documentation

def cleandoc(doc):
    """A docstring without the indentation that the code around it needs."""
    lines = doc.expandtabs().split("\n")
    margin = min((indentsize(line) for line in lines[1:] if line.strip()), default=0)
    lines = [lines[0].lstrip(), *(line[margin:] for line in lines[1:])]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def _inherited_doc(obj):
    if isclass(obj):
        docs = (base.__doc__ for base in obj.__mro__ if base is not object)
        return next((doc for doc in docs if doc is not None), None)
    if ismethod(obj):
        name, cls = obj.__func__.__name__, obj.__self__
        if not isclass(cls):
            cls = cls.__class__
    elif isfunction(obj) or isinstance(obj, property):
        func = obj if isfunction(obj) else obj.fget
        name = func.__name__
        cls = sys.modules.get(func.__module__)
        for part in func.__qualname__.split(".")[:-1]:
            cls = getattr(cls, part, None)
        if not isclass(cls):
            return None
    elif hasattr(obj, "__objclass__"):
        name, cls = obj.__name__, obj.__objclass__
    else:
        return None
    for base in cls.__mro__:
        doc = getattr(getattr(base, name, None), "__doc__", None)
        if doc is not None:
            return doc
    return None


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
        start = 1 if lines and lines[0][:2] == "#!" else 0
        while start < len(lines) and lines[start].strip() in ("", "#"):
            start += 1
        block = itertools.takewhile(lambda line: line.startswith("#"), lines[start:])
        return "".join(line.expandtabs() for line in block) or None
    indent = indentsize(lines[number])
    comments = []
    while number > 0:
        number -= 1
        line = lines[number].expandtabs().lstrip()
        if not line.startswith("#") or indentsize(lines[number]) != indent:
            break
        comments.insert(0, line)
    return "".join(comments) or None


# Arguments

Arguments = namedtuple("Arguments", "args, varargs, varkw")
FullArgSpec = namedtuple(
    "FullArgSpec", "args, varargs, varkw, defaults, kwonlyargs, kwonlydefaults, annotations")
ArgInfo = namedtuple("ArgInfo", "args varargs keywords locals")
ClosureVars = namedtuple("ClosureVars", "nonlocals globals builtins unbound")


def getargs(co):
    if not iscode(co):
        raise TypeError(f"{co!r} is not a code object")
    names = co.co_varnames
    at = co.co_argcount + co.co_kwonlyargcount
    varargs = varkw = None
    if co.co_flags & CO_VARARGS:
        varargs = names[at]
        at += 1
    if co.co_flags & CO_VARKEYWORDS:
        varkw = names[at]
    return Arguments(list(names[:co.co_argcount + co.co_kwonlyargcount]), varargs, varkw)


def getfullargspec(func):
    """The parameters of a function; `signature` says more."""
    try:
        if ismethod(func):
            func = func.__func__
        found = signature(func, follow_wrapped=False)
    except Exception as error:
        raise TypeError("unsupported callable") from error
    args, positional_only, defaults, kwonlyargs = [], [], (), []
    varargs = varkw = None
    kwdefaults, annotations = {}, {}
    if found.return_annotation is not _empty:
        annotations["return"] = found.return_annotation
    for parameter in found.parameters.values():
        kind, name = parameter.kind, parameter.name
        if kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
            args.append(name)
            if parameter.default is not _empty:
                defaults += (parameter.default,)
        elif kind is Parameter.VAR_POSITIONAL:
            varargs = name
        elif kind is Parameter.KEYWORD_ONLY:
            kwonlyargs.append(name)
            if parameter.default is not _empty:
                kwdefaults[name] = parameter.default
        else:
            varkw = name
        if parameter.annotation is not _empty:
            annotations[name] = parameter.annotation
    return FullArgSpec(
        args, varargs, varkw, defaults or None, kwonlyargs, kwdefaults or None, annotations)


def getargvalues(frame):
    """The arguments that a frame was called with."""
    args, varargs, varkw = getargs(frame.f_code)
    return ArgInfo(args, varargs, varkw, frame.f_locals)


def formatargvalues(
    args, varargs, varkw, locals, formatarg=str, formatvarargs=lambda name: "*" + name,
    formatvarkw=lambda name: "**" + name, formatvalue=lambda value: "=" + repr(value)
):
    specs = [formatarg(name) + formatvalue(locals[name]) for name in args]
    if varargs:
        specs.append(formatvarargs(varargs) + formatvalue(locals[varargs]))
    if varkw:
        specs.append(formatvarkw(varkw) + formatvalue(locals[varkw]))
    return f"({', '.join(specs)})"


def getcallargs(func, /, *positional, **named):
    """What the parameters of a function would be in a call."""
    if ismethod(func) and func.__self__ is not None:
        positional = (func.__self__, *positional)
        func = func.__func__
    try:
        bound = signature(func, follow_wrapped=False).bind(*positional, **named)
    except TypeError as error:
        raise TypeError(f"{func.__name__}() {error}") from None
    bound.apply_defaults()
    return dict(bound.arguments)


def getclosurevars(func):
    """What the free names of a function mean now."""
    if ismethod(func):
        func = func.__func__
    if not isfunction(func):
        raise TypeError(f"{func!r} is not a Python function")
    code = func.__code__
    nonlocals = {}
    if func.__closure__ is not None:
        nonlocals = {
            name: cell.cell_contents for name, cell in zip(code.co_freevars, func.__closure__)}
    namespace = func.__globals__
    built_in = namespace.get("__builtins__", builtins.__dict__)
    if ismodule(built_in):
        built_in = built_in.__dict__
    global_vars, builtin_vars, unbound = {}, {}, set()
    for name in code.co_names:
        if name in nonlocals:
            continue
        if name in namespace:
            global_vars[name] = namespace[name]
        elif name in built_in:
            builtin_vars[name] = built_in[name]
        else:
            unbound.add(name)
    return ClosureVars(nonlocals, global_vars, builtin_vars, unbound)


# Frames

class Traceback(namedtuple("Traceback", "filename lineno function code_context index")):
    """Where a frame is."""

    def __new__(cls, filename, lineno, function, code_context, index, *, positions=None):
        made = super().__new__(cls, filename, lineno, function, code_context, index)
        made.positions = positions
        return made


class FrameInfo(namedtuple("FrameInfo", "frame filename lineno function code_context index")):
    """A frame and where it is."""

    def __new__(cls, frame, filename, lineno, function, code_context, index, *, positions=None):
        made = super().__new__(cls, frame, filename, lineno, function, code_context, index)
        made.positions = positions
        return made


def getlineno(frame):
    return frame.f_lineno


def getframeinfo(frame, context=1):
    """Where a frame or traceback is, with so many lines of source around."""
    if istraceback(frame):
        lineno, frame = frame.tb_lineno, frame.tb_frame
    else:
        lineno = frame.f_lineno
    if not isframe(frame):
        raise TypeError(f"{frame!r} is not a frame or traceback object")
    filename = getsourcefile(frame) or getfile(frame)
    lines = index = None
    if context > 0:
        start = lineno - 1 - context // 2
        try:
            lines, _ = findsource(frame)
        except OSError:
            lines = None
        else:
            start = max(0, min(start, len(lines) - context))
            lines = lines[start:start + context]
            index = lineno - 1 - start
    return Traceback(filename, lineno, frame.f_code.co_name, lines, index)


def getouterframes(frame, context=1):
    """The frame and those that called it."""
    found = []
    while frame:
        found.append(FrameInfo(frame, *getframeinfo(frame, context)))
        frame = frame.f_back
    return found


def getinnerframes(tb, context=1):
    """The frames of a traceback."""
    found = []
    while tb:
        found.append(FrameInfo(tb.tb_frame, *getframeinfo(tb, context)))
        tb = tb.tb_next
    return found


def currentframe():
    return sys._getframe(1)


def stack(context=1):
    """The frames of the caller and those that called it."""
    return getouterframes(sys._getframe(1), context)


def trace(context=1):
    """The frames between here and where the exception that is being handled was raised."""
    return getinnerframes(sys.exc_info()[2], context)


# Generators and coroutines

GEN_CREATED, GEN_RUNNING = "GEN_CREATED", "GEN_RUNNING"
GEN_SUSPENDED, GEN_CLOSED = "GEN_SUSPENDED", "GEN_CLOSED"
CORO_CREATED, CORO_RUNNING = "CORO_CREATED", "CORO_RUNNING"
CORO_SUSPENDED, CORO_CLOSED = "CORO_SUSPENDED", "CORO_CLOSED"


def getgeneratorstate(generator):
    if generator.gi_running:
        return GEN_RUNNING
    if generator.gi_suspended:
        return GEN_SUSPENDED
    return GEN_CLOSED if generator.gi_frame is None else GEN_CREATED


def getgeneratorlocals(generator):
    if not isgenerator(generator):
        raise TypeError(f"{generator!r} is not a Python generator")
    return generator.gi_frame.f_locals if generator.gi_frame is not None else {}


def getcoroutinestate(coroutine):
    if coroutine.cr_running:
        return CORO_RUNNING
    if coroutine.cr_suspended:
        return CORO_SUSPENDED
    return CORO_CLOSED if coroutine.cr_frame is None else CORO_CREATED


def getcoroutinelocals(coroutine):
    return coroutine.cr_frame.f_locals if coroutine.cr_frame is not None else {}
