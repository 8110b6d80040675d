"""Specs of modules, and modules from specs."""

import os
import sys
import types

from . import _absolute
from .machinery import ModuleSpec, SourceFileLoader

__all__ = ["LazyLoader", "Loader", "MAGIC_NUMBER", "cache_from_source", "decode_source",
           "find_spec", "module_from_spec", "resolve_name", "source_from_cache", "source_hash",
           "spec_from_file_location", "spec_from_loader"]

from .abc import Loader

MAGIC_NUMBER = b"\xa7\r\r\n"


def resolve_name(name, package):
    if name.startswith(".") and not package:
        raise ImportError(f"no package specified for {name!r} (required for relative module names)")
    return _absolute(name, package)


def decode_source(source_bytes):
    import io
    import tokenize
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source_bytes).readline)
    return io.IncrementalNewlineDecoder(None, True).decode(source_bytes.decode(encoding))


def find_spec(name, package=None, *, _anew=False):
    """The spec of a module that is or could be imported; None of one that cannot be found."""
    full = _absolute(name, package)
    if full in sys.modules and not _anew:
        module = sys.modules[full]
        if module is None:
            return None
        spec = getattr(module, "__spec__", None)
        if spec is not None:
            return spec
        if full == "__main__":
            raise ValueError(f"{full}.__spec__ is None")
    path = None
    parent, _, _ = full.rpartition(".")
    if parent:
        try:
            path = __import__(parent, fromlist=["__path__"]).__path__
        except AttributeError as error:
            raise ModuleNotFoundError(
                f"__path__ attribute not found on {parent!r} while trying to find {full!r}",
                name=full) from error
    for finder in sys.meta_path:
        spec = finder.find_spec(full, path)
        if spec is not None:
            return spec
    return None


def spec_from_loader(name, loader, *, origin=None, is_package=None):
    has_file = hasattr(loader, "get_filename")
    if is_package is None:
        try:
            is_package = hasattr(loader, "is_package") and loader.is_package(name)
        except ImportError:
            pass  # The loader does not know.
    if has_file and origin is None:
        origin = loader.get_filename(name)
    spec = ModuleSpec(name, loader, origin=origin, is_package=bool(is_package))
    spec.has_location = has_file
    return spec


def spec_from_file_location(
    name, location=None, *, loader=None, submodule_search_locations=...
):
    location = os.path.abspath(os.fspath(location))
    if loader is None:
        if not location.endswith(".py"):
            return None
        loader = SourceFileLoader(name, location)
    spec = ModuleSpec(name, loader, origin=location)
    spec.has_location = True
    if submodule_search_locations is ...:
        if hasattr(loader, "is_package") and loader.is_package(name):
            spec.submodule_search_locations = [os.path.dirname(location)]
    else:
        spec.submodule_search_locations = submodule_search_locations
    return spec


def module_from_spec(spec):
    """An empty module, for `spec.loader.exec_module`."""
    make = getattr(spec.loader, "create_module", None)
    module = None if make is None else make(spec)
    if module is None:
        module = types.ModuleType(spec.name)
    facts = {"name": spec.name, "loader": spec.loader, "package": spec.parent, "spec": spec}
    if spec.submodule_search_locations is not None:
        facts["path"] = spec.submodule_search_locations
    if spec.has_location:
        facts["file"] = spec.origin
        if spec.cached is not None:
            facts["cached"] = spec.cached
    for name, value in facts.items():
        setattr(module, f"__{name}__", value)
    return module


def cache_from_source(path, debug_override=None, *, optimization=None):
    """Where the compiled code of a source is kept."""
    if debug_override is not None:
        if optimization is not None:
            raise TypeError("debug_override or optimization must be set to None")
        optimization = "" if debug_override else 1
    folder, name = os.path.split(os.fspath(path))
    stem, dot, end = name.rpartition(".")
    tag = sys.implementation.cache_tag
    if tag is None:
        raise NotImplementedError("sys.implementation.cache_tag is None")
    mark = "" if optimization is None else str(optimization)
    if mark and not mark.isalnum():
        raise ValueError(f"{mark!r} is not alphanumeric")
    compiled = f"{stem or end}{dot}{tag}{'.opt-' * bool(mark)}{mark}.pyc"
    if sys.pycache_prefix is None:
        return os.path.join(folder, "__pycache__", compiled)
    return os.path.join(sys.pycache_prefix, os.path.abspath(folder).lstrip("/"), compiled)


def source_from_cache(path):
    """The source whose compiled code is kept there."""
    tag = sys.implementation.cache_tag
    if tag is None:
        raise NotImplementedError("sys.implementation.cache_tag is None")
    folder, name = os.path.split(os.fspath(path))
    prefix = sys.pycache_prefix
    if prefix is not None and folder.startswith(prefix.rstrip("/") + "/"):
        folder = folder[len(prefix.rstrip("/")):]
    else:
        folder, last = os.path.split(folder)
        if last != "__pycache__":
            raise ValueError(f"__pycache__ not bottom-level directory in {path!r}")
    dots = name.count(".")
    if dots not in (2, 3):
        raise ValueError(f"expected only 2 or 3 dots in {name!r}")
    if dots == 3:
        mark = name.split(".")[2]
        if not mark.startswith("opt-"):
            raise ValueError("optimization portion of filename does not start with 'opt-'")
        if not mark[4:].isalnum():
            raise ValueError(f"optimization level {mark!r} is not an alphanumeric value")
    return os.path.join(folder, name.partition(".")[0] + ".py")


def source_hash(source_bytes):
    import hashlib
    return hashlib.blake2b(source_bytes, digest_size=8).digest()


class LazyLoader(Loader):
    """A loader that fills its module at once: nothing is saved by waiting here."""

    def __init__(self, loader):
        self.loader = loader

    @classmethod
    def factory(cls, loader):
        return lambda *args, **kwargs: cls(loader(*args, **kwargs))

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
