"""Is what the user has typed a whole statement?"""

import __future__
import warnings

__all__ = ["compile_command", "Compile", "CommandCompiler"]

# What `from __future__ import` may switch on, as bits of code objects and for `compile`.
_FEATURES = 0
for _name in __future__.all_feature_names:
    _FEATURES |= getattr(__future__, _name).compiler_flag


def _maybe_compile(compiler, source, filename, symbol):
    """A code object, None for a beginning, or SyntaxError."""
    lines = map(str.strip, source.split("\n"))
    if symbol != "eval" and all(line[:1] in ("", "#") for line in lines):
        # There is nothing to do, but that is a statement.
        source = "pass"
    with warnings.catch_warnings():
        for category in (DeprecationWarning, SyntaxWarning):
            warnings.simplefilter("ignore", category)
        try:
            compiler(source, filename, symbol)
            if symbol == "single" and not source.endswith("\n") and _is_compound(source):
                # An empty line ends it.
                return None
        except SyntaxError:
            # With more lines behind it, the mistake of a beginning is another one.
            errors = []
            for text in (source + "\n", source + "\n\n"):
                try:
                    compiler(text, filename, symbol)
                    errors.append(None)
                except SyntaxError as error:
                    errors.append(error)
            if errors[0] is None:
                return None
            if "was never closed" in str(errors[0]) or "incomplete input" in str(errors[0]):
                return None
            if errors[1] is not None and repr(errors[0]) != repr(errors[1]):
                return None
            if "expected an indented block" in str(errors[0]) and not source.endswith("\n"):
                return None
            if "unterminated triple-quoted" in str(errors[0]):
                return None
    return compiler(source, filename, symbol)


def _is_compound(source):
    import ast
    body = ast.parse(source).body
    return bool(body) and (hasattr(body[0], "body") or isinstance(body[0], ast.Match))


def compile_command(source, filename="<input>", symbol="single"):
    """The code of a whole statement; None for what may become one, SyntaxError for what cannot."""
    return _maybe_compile(compile, source, filename, symbol)


class Compile:
    """Does what `compile` does, and remembers what the user has imported from `__future__`."""

    def __init__(self):
        self.flags = 0

    def __call__(self, source, filename, symbol):
        code = compile(source, filename, symbol, self.flags, True)
        self.flags |= code.co_flags & _FEATURES
        return code


class CommandCompiler:
    """Does what `compile_command` does, and remembers that, too."""

    def __init__(self):
        self.compiler = Compile()

    def __call__(self, source, filename="<input>", symbol="single"):
        return _maybe_compile(self.compiler, source, filename, symbol)
