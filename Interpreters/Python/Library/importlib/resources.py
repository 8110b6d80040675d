"""Files beside the modules of a package."""

__all__ = ["Package", "as_file", "contents", "files", "is_resource", "open_binary", "open_text",
           "path", "read_binary", "read_text"]

import contextlib
import pathlib
import types
from typing import Union

from . import import_module

Package = Union[types.ModuleType, str]


def files(package):
    """The folder of a package, as a path."""
    if isinstance(package, str):
        package = import_module(package)
    folders = getattr(package, "__path__", None)
    if folders is None:
        raise TypeError(f"{package.__name__!r} is not a package")
    return pathlib.Path(folders[0])


@contextlib.contextmanager
def as_file(path):
    yield path


def _resource(package, resource):
    if pathlib.PurePath(resource).name != str(resource):
        raise ValueError(f"{resource!r} must be only a file name")
    return files(package) / resource


def open_binary(package, resource):
    return _resource(package, resource).open("rb")


def open_text(package, resource, encoding="utf-8", errors="strict"):
    return _resource(package, resource).open("r", encoding=encoding, errors=errors)


def read_binary(package, resource):
    return _resource(package, resource).read_bytes()


def read_text(package, resource, encoding="utf-8", errors="strict"):
    with open_text(package, resource, encoding, errors) as file:
        return file.read()


def path(package, resource):
    return as_file(_resource(package, resource))


def is_resource(package, name):
    return _resource(package, name).is_file()


def contents(package):
    return [entry.name for entry in files(package).iterdir()]
