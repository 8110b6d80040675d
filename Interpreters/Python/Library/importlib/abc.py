"""What finders and loaders are derived from."""

import abc
import sys


def _kind(name, doc, **members):
    """An abstract class for a part of the import system."""
    return abc.ABCMeta(name, (), {"__doc__": doc, "__module__": __name__, **members})


def _nothing(self, *args):
    """By default there is nothing to do."""


MetaPathFinder = _kind(
    "MetaPathFinder", "Finds modules by their names.", invalidate_caches=_nothing)
PathEntryFinder = _kind(
    "PathEntryFinder", "Finds modules in a folder.", invalidate_caches=_nothing)


class Loader(metaclass=abc.ABCMeta):
    """Makes and fills modules."""

    # Without an answer, the import system makes the module itself.
    create_module = _nothing

    def load_module(self, fullname):
        """The module of a name, made and filled at once."""
        from .util import module_from_spec, spec_from_loader
        known = sys.modules
        known[fullname] = module = module_from_spec(spec_from_loader(fullname, self))
        try:
            self.exec_module(module)
        except BaseException:
            known.pop(fullname, None)
            raise
        return known[fullname]


class InspectLoader(Loader):
    """A loader that can show the code."""

    def is_package(self, fullname):
        raise ImportError

    @abc.abstractmethod
    def get_source(self, fullname):
        raise ImportError

    source_to_code = staticmethod(
        lambda data, path="<string>": compile(data, path, "exec", dont_inherit=True))

    def get_code(self, fullname):
        text = self.get_source(fullname)
        return text if text is None else self.source_to_code(text)

    def exec_module(self, module):
        name = module.__name__
        code = self.get_code(name)
        if code is not None:
            exec(code, vars(module))
            return
        raise ImportError(f"cannot load module {name!r} when get_code() returns None")
