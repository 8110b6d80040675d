"""How modules are found, and what is known of them."""

import os
import sys

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
        self.name = name
        self.loader = loader
        self.origin = origin
        self.loader_state = loader_state
        self.submodule_search_locations = [] if is_package else None
        self._set_fileattr = False
        self.cached = None

    @property
    def parent(self):
        if self.submodule_search_locations is None:
            return self.name.rpartition(".")[0]
        return self.name

    @property
    def has_location(self):
        return self._set_fileattr

    @has_location.setter
    def has_location(self, value):
        self._set_fileattr = bool(value)

    def __repr__(self):
        parts = [f"name={self.name!r}", f"loader={self.loader!r}"]
        if self.origin is not None:
            parts.append(f"origin={self.origin!r}")
        if self.submodule_search_locations is not None:
            parts.append(f"submodule_search_locations={self.submodule_search_locations}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def __eq__(self, other):
        names = ("name", "loader", "submodule_search_locations", "origin", "has_location")
        try:
            return all(getattr(self, name) == getattr(other, name) for name in names)
        except AttributeError:
            return NotImplemented


class SourceFileLoader(abc.InspectLoader):
    """Loads a module from a file."""

    def __init__(self, fullname, path):
        self.name = fullname
        self.path = path

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

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


class BuiltinImporter(abc.MetaPathFinder):
    """Modules that are part of the interpreter."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname in sys.builtin_module_names:
            return ModuleSpec(fullname, cls, origin="built-in")
        return None

    @staticmethod
    def create_module(spec):
        return __import__(spec.name)

    @staticmethod
    def exec_module(module):
        pass


class PathFinder(abc.MetaPathFinder):
    """Modules in the folders of `sys.path`, or of a package."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
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
