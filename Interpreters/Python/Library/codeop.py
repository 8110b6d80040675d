"""Is what the user has typed a whole statement?"""

import __future__
import warnings

__all__ = ["compile_command", "Compile", "CommandCompiler"]

_features = [getattr(__future__, name) for name in __future__.all_feature_names]


def _maybe_compile(compiler, source, filename, symbol):
    """A code object, None for a beginning, or SyntaxError."""
    for line in source.split("\n"):
        line = line.strip()
        if line and line[0] != "#":
            break
    else:
        if symbol != "eval":
            source = "pass"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (SyntaxWarning, DeprecationWarning))
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


def _compile(source, filename, symbol):
    return compile(source, filename, symbol, 0)


def compile_command(source, filename="<input>", symbol="single"):
    return _maybe_compile(_compile, source, filename, symbol)


class Compile:
    """Compiles, and remembers `from __future__ import`."""

    def __init__(self):
        self.flags = 0

    def __call__(self, source, filename, symbol):
        code = compile(source, filename, symbol, self.flags, True)
        for feature in _features:
            if code.co_flags & feature.compiler_flag:
                self.flags |= feature.compiler_flag
        return code


class CommandCompiler:
    """The same for what may be a beginning."""

    def __init__(self):
        self.compiler = Compile()

    def __call__(self, source, filename="<input>", symbol="single"):
        return _maybe_compile(self.compiler, source, filename, symbol)
