"""What `from __future__ import ...` may name, and since when each is optional and mandatory."""

__all__ = ['all_feature_names']


class _Feature:
    def __init__(self, *facts):
        self._facts = facts
        self.optional, self.mandatory, self.compiler_flag = facts

    def __repr__(self):
        return f'_Feature{self._facts}'

    def getMandatoryRelease(self):
        """The release in which the feature became part of the language; None if that is open."""
        return self.mandatory

    def getOptionalRelease(self):
        """The release in which the feature could first be asked for."""
        return self.optional


def _release(text):
    """'3.5.0b1' as it is in `sys.version_info`."""
    for letter, level in ('a', 'alpha'), ('b', 'beta'):
        numbers, found, serial = text.partition(letter)
        if found:
            return *map(int, numbers.split('.')), level, int(serial)
    return *map(int, text.split('.')), 'final', 0


# Optional since, mandatory since, and the bit that tells the compiler.
for _name, _optional, _mandatory, _flag in (
        ('nested_scopes', '2.1.0b1', '2.2.0a0', 0x10),
        ('generators', '2.2.0a1', '2.3.0', 0),
        ('division', '2.2.0a2', '3.0.0a0', 0x20000),
        ('absolute_import', '2.5.0a1', '3.0.0a0', 0x40000),
        ('with_statement', '2.5.0a1', '2.6.0a0', 0x80000),
        ('print_function', '2.6.0a2', '3.0.0a0', 0x100000),
        ('unicode_literals', '2.6.0a2', '3.0.0a0', 0x200000),
        ('barry_as_FLUFL', '3.1.0a2', '4.0.0a0', 0x400000),
        ('generator_stop', '3.5.0b1', '3.7.0a0', 0x800000),
        ('annotations', '3.7.0b1', None, 0x1000000)):
    globals()[_name] = _Feature(_release(_optional), _mandatory and _release(_mandatory), _flag)
    __all__.append(_name)

all_feature_names = __all__[1:]
