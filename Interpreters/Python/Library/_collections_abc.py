"""The classes of `collections.abc` under another name that programs use."""

from collections.abc import *
from collections.abc import __all__
