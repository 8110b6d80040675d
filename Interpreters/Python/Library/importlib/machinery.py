"""How modules are found, and what is known of them."""

import os
import sys
from _frozen_importlib import BuiltinImporter, PathFinder

from . import abc

SOURCE_SUFFIXES = [".py"]
BYTECODE_SUFFIXES = [".pyc"]
EXTENSION_SUFFIXES = []
DEBUG_BYTECODE_SUFFIXES = OPTIMIZED_BYTECODE_SUFFIXES = BYTECODE_SUFFIXES


def all_suffixes():
    return SOURCE_SUFFIXES + BYTECODE_SUFFIXES + EXTENSION_SUFFIXES


class ModuleSpec:
    """What is known of a module before it is loaded."""

    def __init__(self, name, loader, *, origin=None, loader_state=None, is_package=None):
        self.name, self.loader = name, loader
        self.origin, self.loader_state = origin, loader_state
        self.submodule_search_locations = [] if is_package else None
        self.cached, self._is_file = None, False

    @property
    def parent(self):
        """The package that the module is in; a package is in itself."""
        is_package = self.submodule_search_locations is not None
        return self.name if is_package else self.name.rpartition(".")[0]

    @property
    def has_location(self):
        """Is the origin a place from which the module is loaded?"""
        return self._is_file

    @has_location.setter
    def has_location(self, value):
        self._is_file = bool(value)

    def _facts(self):
        return {name: getattr(self, name) for name in (
            "name", "loader", "origin", "submodule_search_locations", "has_location")}

    def __eq__(self, other):
        return self._facts() == other._facts() if isinstance(other, ModuleSpec) else NotImplemented

    def __repr__(self):
        facts = self._facts()
        del facts["has_location"]
        places = facts.pop("submodule_search_locations")
        shown = [f"{key}={value!r}" for key, value in facts.items()
                 if value is not None or key != "origin"]
        if places is not None:
            shown.append(f"submodule_search_locations={places}")
        return f"{type(self).__name__}({', '.join(shown)})"


class SourceFileLoader(abc.InspectLoader):
    """Loads a module from a file."""

    def __init__(self, fullname, path):
        self.name, self.path = fullname, path

    def __hash__(self):
        return hash((self.name, self.path))

    def __eq__(self, other):
        return type(other) is type(self) and vars(other) == vars(self)

    def get_filename(self, name=None):
        return self.path

    def get_data(self, path):
        with open(path, "rb") as file:
            return file.read()

    def get_source(self, fullname=None):
        return self.get_data(self.path).decode()

    def get_code(self, fullname=None):
        return compile(self.get_data(self.path), self.path, "exec")

    def is_package(self, fullname=None):
        return os.path.splitext(os.path.basename(self.path))[0] == "__init__"

    def exec_module(self, module):
        exec(self.get_code(), module.__dict__)


for _finder in (BuiltinImporter, PathFinder):
    abc.MetaPathFinder.register(_finder)


def _find_builtin(fullname, path):
    """The spec of a module that is part of the interpreter."""
    if path is None and fullname in sys.builtin_module_names:
        return ModuleSpec(fullname, BuiltinImporter, origin="built-in")
    return None


def _find_in_path(fullname, path):
    """The spec of a module in the folders of `sys.path`, or of a package."""
    last = fullname.rpartition(".")[2]
    spaces = []
    for folder in sys.path if path is None else path:
        stem = os.path.join(folder or os.getcwd(), last)
        package = os.path.join(stem, "__init__.py")
        for file in (package, stem + ".py"):
            if os.path.isfile(file):
                spec = ModuleSpec(
                    fullname, SourceFileLoader(fullname, file), origin=file,
                    is_package=file == package)
                spec.has_location = True
                if file == package:
                    spec.submodule_search_locations = [stem]
                return spec
        if os.path.isdir(stem):
            spaces.append(stem)
    if spaces:
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = spaces
        return spec
    return None
