"""Command lines: declares arguments, reads them, and explains them.

    parser = argparse.ArgumentParser(description="Adds numbers.")
    parser.add_argument("numbers", nargs="+", type=int)
    print(sum(parser.parse_args().numbers))
"""

__all__ = [
    "ArgumentParser", "ArgumentError", "ArgumentTypeError", "BooleanOptionalAction", "FileType",
    "HelpFormatter", "ArgumentDefaultsHelpFormatter", "RawDescriptionHelpFormatter",
    "RawTextHelpFormatter", "MetavarTypeHelpFormatter", "Namespace", "Action", "ONE_OR_MORE",
    "OPTIONAL", "PARSER", "REMAINDER", "SUPPRESS", "ZERO_OR_MORE",
]

from .actions import (
    ONE_OR_MORE, OPTIONAL, PARSER, REMAINDER, SUPPRESS, ZERO_OR_MORE, Action, ArgumentError,
    ArgumentTypeError, BooleanOptionalAction, FileType, Namespace, _AppendAction,
    _AppendConstAction, _CountAction, _ExtendAction, _HelpAction, _StoreAction, _StoreConstAction,
    _StoreFalseAction, _StoreTrueAction, _SubParsersAction, _VersionAction)
from .formatting import (
    ArgumentDefaultsHelpFormatter, HelpFormatter, MetavarTypeHelpFormatter,
    RawDescriptionHelpFormatter, RawTextHelpFormatter)
from .declaring import _ActionsContainer, _ArgumentGroup, _MutuallyExclusiveGroup
from .parser import ArgumentParser

for _item in list(globals().values()):
    if isinstance(_item, type) and _item.__module__.startswith("argparse."):
        _item.__module__ = "argparse"
del _item
