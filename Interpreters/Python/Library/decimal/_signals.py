"""What may happen in an operation: bits of a status, and the exceptions that they become."""


class DecimalException(ArithmeticError):
    """What all signals derive from."""


class Clamped(DecimalException):
    """The exponent was changed to fit."""


class InvalidOperation(DecimalException):
    """The operation has no result."""


class ConversionSyntax(InvalidOperation):
    """The text is no number."""


class DivisionByZero(DecimalException, ZeroDivisionError):
    """A number was divided by zero."""


class DivisionImpossible(InvalidOperation):
    """The integer quotient has more digits than the precision."""


class DivisionUndefined(InvalidOperation, ZeroDivisionError):
    """Zero was divided by zero."""


class Inexact(DecimalException):
    """Digits that were not zero were lost."""


class InvalidContext(InvalidOperation):
    """The context does not allow the operation."""


class Rounded(DecimalException):
    """Digits were lost."""


class Subnormal(DecimalException):
    """The exponent was below Emin before rounding."""


class Overflow(Inexact, Rounded):
    """The exponent is too large."""


class Underflow(Inexact, Rounded, Subnormal):
    """The result was rounded to zero, or is subnormal and inexact."""


class FloatOperation(DecimalException, TypeError):
    """Floats and decimals were mixed."""


CLAMPED, INEXACT, ROUNDED, SUBNORMAL, OVERFLOW, UNDERFLOW, DIVISION_BY_ZERO, FLOAT_OPERATION = (
    1 << i for i in range(8))
INVALID, CONVERSION_SYNTAX, DIVISION_IMPOSSIBLE, DIVISION_UNDEFINED, INVALID_CONTEXT = (
    1 << i for i in range(8, 13))
ANY_INVALID = (
    INVALID | CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | INVALID_CONTEXT)

# In the order in which they are shown, and the first one is raised.
SIGNALS = {
    InvalidOperation: ANY_INVALID, FloatOperation: FLOAT_OPERATION,
    DivisionByZero: DIVISION_BY_ZERO, Overflow: OVERFLOW, Underflow: UNDERFLOW,
    Subnormal: SUBNORMAL, Inexact: INEXACT, Rounded: ROUNDED, Clamped: CLAMPED}
CONDITIONS = {
    InvalidOperation: INVALID, ConversionSyntax: CONVERSION_SYNTAX,
    DivisionImpossible: DIVISION_IMPOSSIBLE, DivisionUndefined: DIVISION_UNDEFINED,
    InvalidContext: INVALID_CONTEXT}

for _class in [*SIGNALS, *CONDITIONS, DecimalException]:
    _class.__module__ = "decimal"


def exception(status):
    """The exception for the bits of a status that are trapped."""
    kinds = [kind for kind, bit in CONDITIONS.items() if status & bit]
    kinds += [kind for kind, bits in SIGNALS.items()
              if status & bits and kind is not InvalidOperation]
    for kind, bits in SIGNALS.items():
        if status & bits:
            return kind(kinds)
