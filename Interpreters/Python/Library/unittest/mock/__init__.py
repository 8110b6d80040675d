"""Objects that stand in for others in tests, and note how they are used."""

from ._calls import ANY, DEFAULT, call, sentinel
from ._mocks import (AsyncMock, MagicMock, Mock, NonCallableMagicMock, NonCallableMock,
                     PropertyMock, seal)
from ._patching import patch
from ._specs import create_autospec, mock_open

__all__ = ["ANY", "AsyncMock", "DEFAULT", "FILTER_DIR", "MagicMock", "Mock",
           "NonCallableMagicMock", "NonCallableMock", "PropertyMock", "call", "create_autospec",
           "mock_open", "patch", "seal", "sentinel"]

#: `dir()` of a mock leaves out what is of no use in tests.
FILTER_DIR = True

for _thing in (AsyncMock, MagicMock, Mock, NonCallableMagicMock, NonCallableMock, PropertyMock,
               create_autospec, mock_open, seal):
    _thing.__module__ = __name__
del _thing
