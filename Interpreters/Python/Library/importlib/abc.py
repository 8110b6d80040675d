"""What finders and loaders are derived from."""

import abc


class MetaPathFinder(metaclass=abc.ABCMeta):
    """Finds modules by their names."""

    def invalidate_caches(self):
        pass


class PathEntryFinder(metaclass=abc.ABCMeta):
    """Finds modules in a folder."""

    def invalidate_caches(self):
        pass


class Loader(metaclass=abc.ABCMeta):
    """Makes and fills modules."""

    def create_module(self, spec):
        return None

    def load_module(self, fullname):
        import sys
        from .util import module_from_spec, spec_from_loader
        spec = spec_from_loader(fullname, self)
        module = sys.modules[fullname] = module_from_spec(spec)
        try:
            self.exec_module(module)
        except BaseException:
            del sys.modules[fullname]
            raise
        return sys.modules[fullname]


class InspectLoader(Loader):
    """A loader that can show the code."""

    def is_package(self, fullname):
        raise ImportError

    def get_code(self, fullname):
        source = self.get_source(fullname)
        return None if source is None else self.source_to_code(source)

    @abc.abstractmethod
    def get_source(self, fullname):
        raise ImportError

    @staticmethod
    def source_to_code(data, path="<string>"):
        return compile(data, path, "exec", dont_inherit=True)

    def exec_module(self, module):
        code = self.get_code(module.__name__)
        if code is None:
            raise ImportError(f"cannot load module {module.__name__!r} when get_code() returns None")
        exec(code, module.__dict__)
