# Code that an earlier run has left in __pycache__, or that this run leaves there, is that of the source.
import contextlib
import fractions
import importlib.util
import sys
import textwrap
import types

FACTS = ("co_name", "co_qualname", "co_filename", "co_firstlineno", "co_argcount",
         "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_nlocals", "co_stacksize", "co_names",
         "co_varnames", "co_cellvars", "co_freevars")


def facts(code):
    """Everything that can be seen of code and of the code in it."""
    yield tuple(getattr(code, name) for name in FACTS)
    yield list(code.co_lines())
    yield list(code.co_positions())
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from facts(constant)
        else:
            yield type(constant).__name__, repr(constant)


def inner(code):
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant.co_qualname, constant
            yield from inner(constant)


def functions(names, module):
    for value in names.values():
        if isinstance(value, type) and value.__module__ == module:
            yield from functions(vars(value), module)
        elif isinstance(value, types.FunctionType) and value.__module__ == module:
            yield value


for module in contextlib, fractions, textwrap:
    with open(module.__file__) as file:
        compiled = dict(inner(compile(file.read(), module.__file__, "exec")))
    same = [list(facts(function.__code__)) == list(facts(compiled[function.__qualname__]))
            for function in functions(vars(module), module.__name__)
            if function.__qualname__ in compiled]
    print(module.__name__, len(same) > 5, all(same))
# expect: contextlib True True
# expect: fractions True True
# expect: textwrap True True
print(contextlib.__cached__ == importlib.util.cache_from_source(contextlib.__file__)
      or sys.pycache_prefix is not None)  # expect: True
print(importlib.util.source_from_cache(importlib.util.cache_from_source("/a/b.py")))  # expect: /a/b.py
print(sys.implementation.cache_tag)  # expect: quanta-311
