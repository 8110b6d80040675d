"""Imports by name, and again."""

__all__ = ["__import__", "import_module", "invalidate_caches", "reload"]

import builtins
import sys

__import__ = builtins.__import__


def invalidate_caches():
    """Nothing to do: folders are looked at anew for each import."""


def _absolute(name, package):
    if not name.startswith("."):
        return name
    if not package:
        raise TypeError(f"the 'package' argument is required to perform a relative import for "
                        f"{name!r}")
    level = len(name) - len(name.lstrip("."))
    parts = package.rsplit(".", level - 1)
    if len(parts) < level:
        raise ImportError("attempted relative import beyond top-level package")
    rest = name[level:]
    return f"{parts[0]}.{rest}" if rest else parts[0]


def import_module(name, package=None):
    """The module of a name, which may begin with dots if a package is given."""
    full = _absolute(name, package)
    __import__(full)
    return sys.modules[full]


def reload(module):
    """Runs the code of a module again, in the same module."""
    name = getattr(getattr(module, "__spec__", None), "name", None)
    if name is None:
        name = getattr(module, "__name__", None)
    if name is None or not isinstance(module, type(sys)):
        raise TypeError("reload() argument must be a module")
    if sys.modules.get(name) is not module:
        raise ImportError(f"module {name} not in sys.modules", name=name)
    from .util import find_spec
    spec = find_spec(name, None, _anew=True)
    if spec is None:
        raise ModuleNotFoundError(f"spec not found for the module {name!r}", name=name)
    if spec.loader is not None:
        module.__spec__ = spec
        spec.loader.exec_module(module)
    return sys.modules[name]
