"""Runs modules and files as programs."""

import os
import sys

__all__ = ['run_module', 'run_path']


def _find(name):
    """The file of a module, and the package it is in."""
    package, _, last = name.rpartition('.')
    folders = sys.path
    if package:
        __import__(package)
        folders = getattr(sys.modules[package], '__path__', [])
    for folder in folders:
        stem = os.path.join(folder, last)
        if os.path.isfile(os.path.join(stem, '__main__.py')):
            __import__(name)
            return os.path.join(stem, '__main__.py'), name
        if os.path.isfile(stem + '.py'):
            return stem + '.py', package
    raise ImportError('No module named %s' % name)


def _run(path, names, package):
    with open(path, 'rb') as file:
        code = compile(file.read(), path, 'exec')
    names.update(__file__=path, __cached__=None, __doc__=None, __loader__=None, __package__=package,
                 __spec__=None)
    exec(code, names)
    return names


def run_module(mod_name, init_globals=None, run_name=None, alter_sys=False):
    """Runs a module's code; returns what it has defined."""
    path, package = _find(mod_name)
    names = dict(init_globals or {}, __name__=run_name or mod_name)
    if not alter_sys:
        return _run(path, names, package)
    with _Altered(names, path):
        return _run(path, names, package).copy()


def run_path(path_name, init_globals=None, run_name=None):
    """Runs a file, or the `__main__` of a folder; returns what it has defined."""
    path = os.fspath(path_name)
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if os.path.isdir(path):
        path = os.path.join(path, '__main__.py')
        if not os.path.isfile(path):
            raise ImportError("can't find '__main__' module in %r" % path_name)
    names = dict(init_globals or {}, __name__=run_name or '<run_path>')
    with _Altered(names, path):
        return _run(path, names, '').copy()


class _Altered:
    """While its block runs, `sys` shows the program that is being run."""

    def __init__(self, names, path):
        from types import ModuleType
        self.name = names['__name__']
        self.module = ModuleType(self.name)
        self.path = path

    def __enter__(self):
        self.known = sys.modules.get(self.name)
        sys.modules[self.name] = self.module
        self.argument = sys.argv[0]
        sys.argv[0] = self.path

    def __exit__(self, *args):
        sys.argv[0] = self.argument
        if self.known is None:
            sys.modules.pop(self.name, None)
        else:
            sys.modules[self.name] = self.known
