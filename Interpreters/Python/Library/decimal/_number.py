"""The class Decimal: a sign, a coefficient, which is an int, and an exponent of ten."""

import math
import numbers
import sys
from collections import namedtuple

from . import _elementary, _text
from ._context import (
    ROUND_05UP, ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN,
    ROUND_HALF_UP, ROUND_UP, Context, getcontext)
from ._signals import (
    CLAMPED, CONVERSION_SYNTAX, DIVISION_BY_ZERO, DIVISION_IMPOSSIBLE, DIVISION_UNDEFINED,
    FLOAT_OPERATION, INEXACT, INVALID, OVERFLOW, ROUNDED, SUBNORMAL, UNDERFLOW)

DecimalTuple = namedtuple("DecimalTuple", "sign digits exponent")

_MODULUS = sys.hash_info.modulus
_INVERSE_10 = pow(10, _MODULUS - 2, _MODULUS)


def digit_count(n):
    """Decimal digits of a natural number; 1 of 0."""
    bits = n.bit_length()
    if bits < 54:
        return len(str(n))
    count = bits * 30103 // 100000
    # At most one too small or too large for numbers of a sensible length.
    while 10 ** count <= n:
        count += 1
    while 10 ** (count - 1) > n:
        count -= 1
    return count


def round_coefficient(n, drop, sign, rounding):
    """n / 10**drop to an int by a rule, and whether digits other than 0 were lost."""
    power = 10 ** drop
    quotient, rest = divmod(n, power)
    if not rest:
        return quotient, False
    if rounding == ROUND_HALF_EVEN:
        twice = rest * 2
        up = twice > power or twice == power and quotient & 1
    elif rounding == ROUND_DOWN:
        up = False
    elif rounding == ROUND_HALF_UP:
        up = rest * 2 >= power
    elif rounding == ROUND_HALF_DOWN:
        up = rest * 2 > power
    elif rounding == ROUND_UP:
        up = True
    elif rounding == ROUND_CEILING:
        up = not sign
    elif rounding == ROUND_FLOOR:
        up = sign
    else:
        up = quotient % 5 == 0
    return (quotient + 1 if up else quotient), True


def make(sign, coefficient, exponent, kind=""):
    self = object.__new__(Decimal)
    self._sign = sign
    self._int = coefficient
    self._exp = exponent
    self._kind = kind
    return self


class Decimal:
    """A decimal number, an infinity, or not a number; immutable.

    `_kind` is "" for numbers, "F" for infinities, "n" and "N" for quiet and signaling NaNs, whose
    payload is the coefficient.
    """

    __slots__ = "_sign", "_int", "_exp", "_kind"

    def __new__(cls, value="0", context=None):
        if type(value) is int:
            self = make(1 if value < 0 else 0, abs(value), 0)
        else:
            if context is None:
                context = getcontext()
            elif not isinstance(context, Context):
                raise TypeError("optional argument must be a context")
            self = cls._parse(value, context)
        if cls is Decimal:
            return self
        other = object.__new__(cls)
        other._sign, other._int = self._sign, self._int
        other._exp, other._kind = self._exp, self._kind
        return other

    @staticmethod
    def _parse(value, context):
        """The exact value of anything that a decimal can be made of."""
        if isinstance(value, Decimal):
            return make(value._sign, value._int, value._exp, value._kind)
        if isinstance(value, int):
            value = int(value)
            return make(1 if value < 0 else 0, abs(value), 0)
        if isinstance(value, str):
            parts = _text.parse(value)
            if parts is None or abs(parts[2]) > 2 * 10 ** 18:
                context._raise(CONVERSION_SYNTAX)
                return make(0, 0, 0, "n")
            return make(*parts)
        if isinstance(value, float):
            context._raise(FLOAT_OPERATION)
            return Decimal.from_float(value)
        if isinstance(value, (list, tuple)):
            return _from_tuple(tuple(value))
        raise TypeError(f"conversion from {type(value).__name__} to Decimal is not supported")

    @classmethod
    def from_float(cls, f, /):
        """Exactly the value of a float."""
        if isinstance(f, int):
            self = make(1 if f < 0 else 0, abs(f), 0)
        elif isinstance(f, float):
            if math.isinf(f) or math.isnan(f):
                self = Decimal(repr(float(f)))
            else:
                sign = 1 if math.copysign(1.0, f) < 0 else 0
                n, d = abs(f).as_integer_ratio()
                k = d.bit_length() - 1
                self = make(sign, n * 5 ** k, -k)
        else:
            raise TypeError("argument must be int or float")
        return self if cls is Decimal else cls(self)

    # What it is ---------------------------------------------------------------------------------

    def _digits(self):
        return digit_count(self._int)

    def is_finite(self):
        return not self._kind

    def is_infinite(self):
        return self._kind == "F"

    def is_nan(self):
        return self._kind in ("n", "N") and self._kind != ""

    def is_qnan(self):
        return self._kind == "n"

    def is_snan(self):
        return self._kind == "N"

    def is_signed(self):
        return self._sign == 1

    def is_zero(self):
        return not self._kind and not self._int

    def is_canonical(self):
        return True

    def is_normal(self, context=None):
        if self._kind or not self._int:
            return False
        return (context or getcontext()).Emin <= self.adjusted()

    def is_subnormal(self, context=None):
        if self._kind or not self._int:
            return False
        return self.adjusted() < (context or getcontext()).Emin

    def __bool__(self):
        return bool(self._kind or self._int)

    def adjusted(self):
        """The exponent of the first digit."""
        return 0 if self._kind else self._exp + self._digits() - 1

    def as_tuple(self):
        if self._kind == "F":
            return DecimalTuple(self._sign, (0,), "F")
        digits = () if self._kind and not self._int else tuple(map(int, _text.to_digits(self._int)))
        return DecimalTuple(self._sign, digits, self._kind or self._exp)

    def as_integer_ratio(self):
        if self._kind:
            if self._kind == "F":
                raise OverflowError("cannot convert Infinity to integer ratio")
            raise ValueError("cannot convert NaN to integer ratio")
        n, d = self._int, 1
        if self._exp >= 0:
            n *= 10 ** self._exp
        else:
            d = 10 ** -self._exp
            common = math.gcd(n, d)
            n, d = n // common, d // common
        return -n if self._sign else n, d

    def number_class(self, context=None):
        if self._kind == "N":
            return "sNaN"
        if self._kind == "n":
            return "NaN"
        sign = "-" if self._sign else "+"
        if self._kind == "F":
            return sign + "Infinity"
        if not self._int:
            return sign + "Zero"
        return sign + ("Subnormal" if self.is_subnormal(context) else "Normal")

    def radix(self):
        return Decimal(10)

    def canonical(self):
        return self

    def conjugate(self):
        return self

    real = property(lambda self: self)
    imag = property(lambda self: Decimal(0))

    # Text ---------------------------------------------------------------------------------------

    def __str__(self):
        return _text.scientific(self, capitals=getcontext().capitals)

    def __repr__(self):
        return f"Decimal('{self}')"

    def to_eng_string(self, context=None):
        return _text.scientific(self, True, (context or getcontext()).capitals)

    def _to_sci(self, context):
        return _text.scientific(self, capitals=context.capitals)

    def __format__(self, specifier, context=None, /):
        if not isinstance(specifier, str):
            raise TypeError("format arg must be str")
        return _text.format_decimal(self, specifier, context or getcontext())

    # Other numbers ------------------------------------------------------------------------------

    def __int__(self):
        if self._kind:
            if self._kind == "F":
                raise OverflowError("cannot convert Infinity to integer")
            raise ValueError("cannot convert NaN to integer")
        n = self._int * 10 ** self._exp if self._exp >= 0 else self._int // 10 ** -self._exp
        return -n if self._sign else n

    __trunc__ = __int__

    def __float__(self):
        if self._kind == "N":
            raise ValueError("cannot convert signaling NaN to float")
        if self._kind == "n":
            return -math.nan if self._sign else math.nan
        return float(str(self))

    def __complex__(self):
        return complex(float(self))

    def __round__(self, n=None):
        if n is not None:
            if not isinstance(n, int):
                raise TypeError("optional arg must be an integer")
            return self.quantize(make(0, 1, -n))
        return self._to_int(ROUND_HALF_EVEN)

    def __floor__(self):
        return self._to_int(ROUND_FLOOR)

    def __ceil__(self):
        return self._to_int(ROUND_CEILING)

    def _to_int(self, rounding):
        if self._kind:
            return int(self)
        return int(self._rescale(0, rounding))

    def __hash__(self):
        if self._kind:
            if self._kind == "N":
                raise TypeError("Cannot hash a signaling NaN value")
            if self._kind == "n":
                return object.__hash__(self)
            return -sys.hash_info.inf if self._sign else sys.hash_info.inf
        if self._exp >= 0:
            power = pow(10, self._exp, _MODULUS)
        else:
            power = pow(_INVERSE_10, -self._exp, _MODULUS)
        value = self._int * power % _MODULUS
        value = -value if self._sign else value
        return -2 if value == -1 else value

    def __reduce__(self):
        return self.__class__, (str(self),)

    def __copy__(self):
        return self if type(self) is Decimal else self.__class__(self)

    def __deepcopy__(self, memo):
        return self.__copy__()

    def copy_decimal(self):
        return self

    def copy_abs(self):
        return make(0, self._int, self._exp, self._kind)

    def copy_negate(self):
        return make(1 - self._sign, self._int, self._exp, self._kind)

    def copy_sign(self, other, context=None):
        other = _operand(other)
        return make(other._sign, self._int, self._exp, self._kind)

    # Rounding -----------------------------------------------------------------------------------

    def _nan_result(self, context, other=None, third=None):
        """The NaN that an operation with NaNs results in, or None when there are none."""
        operands = [value for value in (self, other, third) if value is not None]
        for kind in ("N", "n"):
            for value in operands:
                if value._kind == kind:
                    if kind == "N":
                        context._raise(INVALID)
                    return make(value._sign, value._int, 0, "n")._fix_payload(context)
        return None

    def _fix_payload(self, context):
        limit = context.prec - context.clamp
        if self._int and self._digits() > limit:
            return make(self._sign, self._int % 10 ** limit, 0, self._kind)
        return self

    def _fix(self, context):
        """Rounded to the context."""
        if self._kind:
            return self if self._kind == "F" else self._fix_payload(context)
        sign, n, exp = self._sign, self._int, self._exp
        prec, clamp = context.prec, context.clamp
        etiny = context.Emin - prec + 1
        etop = context.Emax - prec + 1
        if not n:
            new = min(max(exp, etiny), etop if clamp else context.Emax)
            if new == exp:
                return self
            context._raise(CLAMPED)
            return make(sign, 0, new)
        digits = digit_count(n)
        if digits <= prec and etiny <= exp <= etop:
            if exp + digits - 1 < context.Emin:
                context._raise(SUBNORMAL)
            return self
        target = exp + digits - prec
        if target > etop:
            return _overflow(sign, context)
        status = 0
        is_subnormal = target < etiny
        if is_subnormal:
            target = etiny
            status |= SUBNORMAL
        if exp < target:
            n, lost = _shortened(n, target - exp, digits, sign, context.rounding)
            if digit_count(n) > prec:
                n //= 10
                target += 1
                if target > etop:
                    return _overflow(sign, context)
            status |= ROUNDED
            if lost:
                status |= INEXACT
                if is_subnormal:
                    status |= UNDERFLOW
            if not n:
                status |= CLAMPED
            result = make(sign, n, target)
        elif clamp and exp > etop:
            status |= CLAMPED
            result = make(sign, n * 10 ** (exp - etop), etop)
        else:
            result = self
        if status:
            context._raise(status)
        return result

    def _rescale(self, exponent, rounding):
        """With another exponent, whatever gets lost."""
        if self._kind:
            return self
        if not self._int:
            return make(self._sign, 0, exponent)
        if self._exp >= exponent:
            return make(self._sign, self._int * 10 ** (self._exp - exponent), exponent)
        n, _ = _shortened(
            self._int, exponent - self._exp, self._digits(), self._sign, rounding)
        return make(self._sign, n, exponent)

    def _rounded_to(self, places, rounding):
        """With so many digits."""
        if self._kind or not self._int:
            return self
        result = self._rescale(self.adjusted() + 1 - places, rounding)
        # 9.99 with two digits is 10, not 10.0.
        if result._digits() > places:
            result = result._rescale(result.adjusted() + 1 - places, rounding)
        return result

    def _shifted(self, by):
        return make(self._sign, self._int, self._exp + by, self._kind)

    # Comparing ----------------------------------------------------------------------------------

    def _order(self, other):
        """-1, 0 or 1; neither is a NaN."""
        if self._kind or other._kind:
            a = (-1 if self._sign else 1) if self._kind else 0
            b = (-1 if other._sign else 1) if other._kind else 0
            return (a > b) - (a < b)
        if not self._int or not other._int:
            a = (-1 if self._sign else 1) if self._int else 0
            b = (-1 if other._sign else 1) if other._int else 0
            return (a > b) - (a < b)
        if self._sign != other._sign:
            return -1 if self._sign else 1
        a, b = self.adjusted(), other.adjusted()
        if a == b:
            shift = self._exp - other._exp
            a = self._int * 10 ** shift if shift > 0 else self._int
            b = other._int * 10 ** -shift if shift < 0 else other._int
        order = (a > b) - (a < b)
        return -order if self._sign else order

    def _compared(self, other, is_equality):
        """-1, 0, 1, None where NaNs are in the way, or NotImplemented."""
        if isinstance(other, Decimal):
            pass
        elif isinstance(other, int):
            other = Decimal(int(other))
        elif isinstance(other, float):
            context = getcontext()
            if is_equality:
                object.__setattr__(context, "_status", context._status | FLOAT_OPERATION)
            else:
                context._raise(FLOAT_OPERATION)
            other = Decimal.from_float(other)
        elif isinstance(other, numbers.Rational):
            if self._kind:
                other = Decimal(0)
            else:
                d = other.denominator
                return make(self._sign, self._int * d, self._exp)._order(Decimal(other.numerator))
        elif is_equality and isinstance(other, complex) and other.imag == 0:
            return self._compared(other.real, True)
        else:
            return NotImplemented
        if self.is_nan() or other.is_nan():
            if not is_equality or self._kind == "N" or other._kind == "N":
                getcontext()._raise(INVALID)
            return None
        return self._order(other)

    def __eq__(self, other):
        order = self._compared(other, True)
        return order if order is NotImplemented else order == 0

    def __lt__(self, other):
        order = self._compared(other, False)
        return order if order is NotImplemented else order is not None and order < 0

    def __le__(self, other):
        order = self._compared(other, False)
        return order if order is NotImplemented else order is not None and order <= 0

    def __gt__(self, other):
        order = self._compared(other, False)
        return order if order is NotImplemented else order is not None and order > 0

    def __ge__(self, other):
        order = self._compared(other, False)
        return order if order is NotImplemented else order is not None and order >= 0

    def compare(self, other, context=None):
        """-1, 0 or 1 as a decimal; a NaN if one is a NaN."""
        context = context or getcontext()
        other = _operand(other)
        nan = self._nan_result(context, other)
        return Decimal(self._order(other)) if nan is None else nan

    def compare_signal(self, other, context=None):
        """The same, and all NaNs signal."""
        context = context or getcontext()
        other = _operand(other)
        if self.is_nan() or other.is_nan():
            if "N" not in (self._kind, other._kind):
                context._raise(INVALID)
            return self._nan_result(context, other)
        return Decimal(self._order(other))

    def compare_total(self, other, context=None):
        """By value, and what is equal by exponent; NaNs are ordered too."""
        other = _operand(other)
        if self._sign != other._sign:
            return Decimal(-1 if self._sign else 1)
        sign = -1 if self._sign else 1
        ranks = {"": 0, "F": 0, "N": 1, "n": 2}
        a, b = ranks[self._kind], ranks[other._kind]
        if a or b:
            a, b = (a, self._int), (b, other._int)
            return Decimal(sign * ((a > b) - (a < b)))
        order = self._order(other)
        if order:
            return Decimal(order)
        if self._kind:
            return Decimal(0)
        return Decimal(sign * ((self._exp > other._exp) - (self._exp < other._exp)))

    def compare_total_mag(self, other, context=None):
        return self.copy_abs().compare_total(_operand(other).copy_abs())

    def same_quantum(self, other, context=None):
        other = _operand(other)
        if self._kind or other._kind:
            return self.is_nan() and other.is_nan() or self._kind == other._kind == "F"
        return self._exp == other._exp

    def _extreme(self, other, context, wants_max, by_magnitude):
        context = context or getcontext()
        other = _operand(other)
        if self.is_nan() or other.is_nan():
            if self._kind == "n" and not other.is_nan():
                return other._fix(context)
            if other._kind == "n" and not self.is_nan():
                return self._fix(context)
            return self._nan_result(context, other)
        order = (self.copy_abs()._order(other.copy_abs()) if by_magnitude else self._order(other))
        if order == 0 and by_magnitude:
            order = self._order(other)
        if order == 0:
            order = int(self.compare_total(other))
        return (self if (order > 0) == wants_max and order else other)._fix(context)

    def max(self, other, context=None):
        return self._extreme(other, context, True, False)

    def min(self, other, context=None):
        return self._extreme(other, context, False, False)

    def max_mag(self, other, context=None):
        return self._extreme(other, context, True, True)

    def min_mag(self, other, context=None):
        return self._extreme(other, context, False, True)

    # Arithmetic ---------------------------------------------------------------------------------

    def _abs(self, context):
        nan = self._nan_result(context)
        return make(0, self._int, self._exp, self._kind)._fix(context) if nan is None else nan

    def _plus(self, context):
        nan = self._nan_result(context)
        if nan is not None:
            return nan
        if not self._kind and not self._int and context.rounding != ROUND_FLOOR:
            return self.copy_abs()._fix(context)
        return make(self._sign, self._int, self._exp, self._kind)._fix(context)

    def _minus(self, context):
        nan = self._nan_result(context)
        return self.copy_negate()._plus(context) if nan is None else nan

    def _add(self, other, context):
        if self._kind or other._kind:
            nan = self._nan_result(context, other)
            if nan is not None:
                return nan
            if self._kind and other._kind and self._sign != other._sign:
                return _invalid(context)
            return self if self._kind else other
        exp = min(self._exp, other._exp)
        a, b = self._int, other._int
        if not a and not b:
            sign = min(self._sign, other._sign)
            if self._sign != other._sign and context.rounding == ROUND_FLOOR:
                sign = 1
            return make(sign, 0, exp)._fix(context)
        if not a or not b:
            value = other if b else self
            low = max(exp, value._exp - context.prec - 1)
            return value._rescale(low, context.rounding)._fix(context)
        if self._exp != other._exp:
            x, y = _aligned(self, other, context.prec)
            a, b, exp = x._int, y._int, x._exp
        if self._sign == other._sign:
            return make(self._sign, a + b, exp)._fix(context)
        if a == b:
            return make(1 if context.rounding == ROUND_FLOOR else 0, 0, exp)._fix(context)
        if a > b:
            return make(self._sign, a - b, exp)._fix(context)
        return make(other._sign, b - a, exp)._fix(context)

    def _subtract(self, other, context):
        if self.is_nan() or other.is_nan():
            return self._nan_result(context, other)
        return self._add(other.copy_negate(), context)

    def _multiply(self, other, context):
        sign = self._sign ^ other._sign
        if self._kind or other._kind:
            nan = self._nan_result(context, other)
            if nan is not None:
                return nan
            if self.is_zero() or other.is_zero():
                return _invalid(context)
            return make(sign, 0, 0, "F")
        return make(sign, self._int * other._int, self._exp + other._exp)._fix(context)

    def _divide(self, other, context):
        sign = self._sign ^ other._sign
        if self._kind or other._kind:
            nan = self._nan_result(context, other)
            if nan is not None:
                return nan
            if self._kind and other._kind:
                return _invalid(context)
            if self._kind:
                return make(sign, 0, 0, "F")
            context._raise(CLAMPED)
            return make(sign, 0, context.Etiny())
        if not other._int:
            if not self._int:
                return _invalid(context, DIVISION_UNDEFINED)
            context._raise(DIVISION_BY_ZERO)
            return make(sign, 0, 0, "F")
        if not self._int:
            return make(sign, 0, self._exp - other._exp)._fix(context)
        shift = other._digits() - self._digits() + context.prec + 1
        exp = self._exp - other._exp - shift
        if shift >= 0:
            n, rest = divmod(self._int * 10 ** shift, other._int)
        else:
            n, rest = divmod(self._int, other._int * 10 ** -shift)
        if rest:
            # A last digit that is not 0 and not 5 says that more follow.
            if n % 5 == 0:
                n += 1
        else:
            ideal = self._exp - other._exp
            while exp < ideal and n % 10 == 0:
                n //= 10
                exp += 1
        return make(sign, n, exp)._fix(context)

    def _division(self, other, context):
        """The integer quotient and what is left; None when the quotient has too many digits."""
        sign = self._sign ^ other._sign
        ideal = min(self._exp, other._exp)
        distance = self.adjusted() - other.adjusted()
        if not self._int or distance <= -2:
            return make(sign, 0, 0), self._rescale(ideal, context.rounding)
        if distance <= context.prec:
            a, b = self._int, other._int
            if self._exp >= other._exp:
                a *= 10 ** (self._exp - other._exp)
            else:
                b *= 10 ** (other._exp - self._exp)
            quotient, rest = divmod(a, b)
            if quotient < 10 ** context.prec:
                return make(sign, quotient, 0), make(self._sign, rest, ideal)
        return None

    def _divide_int(self, other, context):
        sign = self._sign ^ other._sign
        nan = self._nan_result(context, other)
        if nan is not None:
            return nan
        if self._kind:
            return _invalid(context) if other._kind else make(sign, 0, 0, "F")
        if not other._kind and not other._int:
            if not self._int:
                return _invalid(context, DIVISION_UNDEFINED)
            context._raise(DIVISION_BY_ZERO)
            return make(sign, 0, 0, "F")
        if other._kind:
            return make(sign, 0, 0)
        parts = self._division(other, context)
        if parts is None:
            return _invalid(context, DIVISION_IMPOSSIBLE)
        return parts[0]._fix(context)

    def _remainder(self, other, context):
        nan = self._nan_result(context, other)
        if nan is not None:
            return nan
        if self._kind:
            return _invalid(context)
        if not other._kind and not other._int:
            return _invalid(context, INVALID if self._int else DIVISION_UNDEFINED)
        if other._kind:
            return self._fix(context)
        parts = self._division(other, context)
        if parts is None:
            return _invalid(context, DIVISION_IMPOSSIBLE)
        return parts[1]._fix(context)

    def _divmod(self, other, context):
        nan = self._nan_result(context, other)
        if nan is not None:
            return nan, nan
        sign = self._sign ^ other._sign
        if self._kind:
            nan = _invalid(context)
            return (nan, nan) if other._kind else (make(sign, 0, 0, "F"), nan)
        if not other._kind and not other._int:
            if not self._int:
                nan = _invalid(context, DIVISION_UNDEFINED)
                return nan, nan
            context._raise(DIVISION_BY_ZERO | INVALID)
            return make(sign, 0, 0, "F"), make(0, 0, 0, "n")
        if other._kind:
            return make(sign, 0, 0), self._fix(context)
        parts = self._division(other, context)
        if parts is None:
            nan = _invalid(context, DIVISION_IMPOSSIBLE)
            return nan, nan
        return parts[0]._fix(context), parts[1]._fix(context)

    def remainder_near(self, other, context=None):
        """What is left when the quotient is rounded to the nearest, of two to the even int."""
        context = context or getcontext()
        other = _operand(other)
        nan = self._nan_result(context, other)
        if nan is not None:
            return nan
        if self._kind:
            return _invalid(context)
        if not other._kind and not other._int:
            return _invalid(context, INVALID if self._int else DIVISION_UNDEFINED)
        if other._kind:
            return self._fix(context)
        exp = min(self._exp, other._exp)
        if not self._int:
            return make(self._sign, 0, exp)._fix(context)
        distance = self.adjusted() - other.adjusted()
        if distance >= context.prec + 1:
            return _invalid(context, DIVISION_IMPOSSIBLE)
        if distance <= -2:
            return self._rescale(exp, context.rounding)._fix(context)
        a, b = self._int, other._int
        if self._exp >= other._exp:
            a *= 10 ** (self._exp - other._exp)
        else:
            b *= 10 ** (other._exp - self._exp)
        quotient, rest = divmod(a, b)
        if 2 * rest + (quotient & 1) > b:
            rest -= b
            quotient += 1
        if quotient >= 10 ** context.prec:
            return _invalid(context, DIVISION_IMPOSSIBLE)
        sign = self._sign
        if rest < 0:
            sign, rest = 1 - sign, -rest
        return make(sign, rest, exp)._fix(context)

    def fma(self, other, third, context=None):
        """self * other + third, rounded once."""
        context = context or getcontext()
        other, third = _operand(other), _operand(third)
        if self._kind or other._kind:
            nan = self._nan_result(context, other, third if third._kind == "N" else None)
            if nan is not None:
                return nan
            if self.is_zero() or other.is_zero():
                return _invalid(context)
            product = make(self._sign ^ other._sign, 0, 0, "F")
        else:
            product = make(
                self._sign ^ other._sign, self._int * other._int, self._exp + other._exp)
        return product._add(third, context)

    def _power(self, other, modulo, context):
        if modulo is not None:
            return _elementary.power_modulo(self, other, _operand(modulo), context)
        return _elementary.power(self, other, context)

    def sqrt(self, context=None):
        return _elementary.sqrt(self, _checked(context))

    def exp(self, context=None):
        return _elementary.exp(self, _checked(context))

    def ln(self, context=None):
        return _elementary.ln(self, _checked(context))

    def log10(self, context=None):
        return _elementary.log10(self, _checked(context))

    def logb(self, context=None):
        """The exponent of the first digit, as a decimal."""
        context = context or getcontext()
        nan = self._nan_result(context)
        if nan is not None:
            return nan
        if self._kind:
            return make(0, 0, 0, "F")
        if not self._int:
            context._raise(DIVISION_BY_ZERO)
            return make(1, 0, 0, "F")
        return Decimal(self.adjusted())._fix(context)

    def scaleb(self, other, context=None):
        """With `other` added to the exponent."""
        context = context or getcontext()
        other = _operand(other)
        nan = self._nan_result(context, other)
        if nan is not None:
            return nan
        limit = 2 * (context.Emax + context.prec)
        if other._kind or other._exp != 0 or not -limit <= int(other) <= limit:
            return _invalid(context)
        if self._kind:
            return self
        return self._shifted(int(other))._fix(context)

    # Exponents ----------------------------------------------------------------------------------

    def normalize(self, context=None):
        """Without zeros at the end."""
        context = context or getcontext()
        nan = self._nan_result(context)
        if nan is not None:
            return nan
        value = self._fix(context)
        if value._kind:
            return value
        if not value._int:
            return make(value._sign, 0, 0)
        n, exp = value._int, value._exp
        limit = context.Etop() if context.clamp else context.Emax
        while n % 10 == 0 and exp < limit:
            n //= 10
            exp += 1
        return make(value._sign, n, exp)

    def quantize(self, exp, rounding=None, context=None):
        """Rounded to the exponent of another one."""
        context = _checked(context)
        exp = _operand(exp)
        if rounding is None:
            rounding = context.rounding
        if self._kind or exp._kind:
            nan = self._nan_result(context, exp)
            if nan is not None:
                return nan
            return self if self._kind == exp._kind else _invalid(context)
        if not context.Etiny() <= exp._exp <= context.Emax:
            return _invalid(context)
        if not self._int:
            return make(self._sign, 0, exp._exp)._fix(context)
        if self.adjusted() > context.Emax or self.adjusted() - exp._exp + 1 > context.prec:
            return _invalid(context)
        result = self._rescale(exp._exp, rounding)
        if result.adjusted() > context.Emax or result._digits() > context.prec:
            return _invalid(context)
        status = 0
        if result._int and result.adjusted() < context.Emin:
            status |= SUBNORMAL
        if result._exp > self._exp:
            status |= ROUNDED
            if result._order(self) != 0:
                status |= INEXACT
        if status:
            context._raise(status)
        return result._fix(context)

    def to_integral_exact(self, rounding=None, context=None):
        context = context or getcontext()
        nan = self._nan_result(context)
        if nan is not None:
            return nan
        if self._kind or self._exp >= 0:
            return self
        if not self._int:
            return make(self._sign, 0, 0)
        result = self._rescale(0, rounding or context.rounding)
        context._raise(ROUNDED | (INEXACT if result._order(self) != 0 else 0))
        return result

    def to_integral_value(self, rounding=None, context=None):
        context = context or getcontext()
        nan = self._nan_result(context)
        if nan is not None:
            return nan
        if self._kind or self._exp >= 0:
            return self
        return self._rescale(0, rounding or context.rounding)

    to_integral = to_integral_value

    def next_minus(self, context=None):
        """The largest number of the context that is smaller."""
        context = context or getcontext()
        nan = self._nan_result(context)
        if nan is not None:
            return nan
        if self._kind:
            return self if self._sign else make(
                0, 10 ** context.prec - 1, context.Etop())
        return self._neighbour(context, ROUND_FLOOR, 1)

    def next_plus(self, context=None):
        context = context or getcontext()
        nan = self._nan_result(context)
        if nan is not None:
            return nan
        if self._kind:
            return make(1, 10 ** context.prec - 1, context.Etop()) if self._sign else self
        return self._neighbour(context, ROUND_CEILING, 0)

    def _neighbour(self, context, rounding, sign):
        quiet = context._quiet(rounding=rounding)
        rounded = self._fix(quiet)
        if rounded._kind or rounded._order(self) != 0:
            return rounded
        return self._add(make(sign, 1, context.Etiny() - 1), quiet)

    def next_toward(self, other, context=None):
        context = context or getcontext()
        other = _operand(other)
        nan = self._nan_result(context, other)
        if nan is not None:
            return nan
        order = self._order(other)
        if order == 0:
            return self.copy_sign(other)
        result = self.next_plus(context) if order < 0 else self.next_minus(context)
        if result._kind:
            context._raise(OVERFLOW | INEXACT | ROUNDED)
        elif result.adjusted() < context.Emin:
            status = UNDERFLOW | SUBNORMAL | INEXACT | ROUNDED
            context._raise(status if result._int else status | CLAMPED)
        return result

    # Digits -------------------------------------------------------------------------------------

    def _digit_operand(self, other, context):
        """The operand of `rotate` and `shift`, or None."""
        if other._kind or other._exp != 0 or not -context.prec <= int(other) <= context.prec:
            return None
        return int(other)

    def rotate(self, other, context=None):
        context = context or getcontext()
        other = _operand(other)
        nan = self._nan_result(context, other)
        if nan is not None:
            return nan
        by = self._digit_operand(other, context)
        if by is None:
            return _invalid(context)
        if self._kind:
            return self
        digits = _text.to_digits(self._int).rjust(context.prec, "0")[-context.prec:]
        by %= context.prec
        return make(self._sign, _text.to_int(digits[by:] + digits[:by]), self._exp)

    def shift(self, other, context=None):
        context = context or getcontext()
        other = _operand(other)
        nan = self._nan_result(context, other)
        if nan is not None:
            return nan
        by = self._digit_operand(other, context)
        if by is None:
            return _invalid(context)
        if self._kind:
            return self
        n = self._int % 10 ** context.prec
        n = n * 10 ** by % 10 ** context.prec if by >= 0 else n // 10 ** -by
        return make(self._sign, n, self._exp)

    def _logical(self, context):
        """The digits, of a number of zeros and ones; None for others."""
        if self._kind or self._sign or self._exp:
            return None
        digits = _text.to_digits(self._int)
        return digits if digits.strip("01") == "" and len(digits) <= context.prec else None

    def _bitwise(self, other, context, function):
        context = context or getcontext()
        a, b = self._logical(context), _operand(other)._logical(context)
        if a is None or b is None:
            return _invalid(context)
        result = function(int(a, 2), int(b, 2))
        return make(0, _text.to_int(f"{result:b}"), 0)

    def logical_and(self, other, context=None):
        return self._bitwise(other, context, lambda a, b: a & b)

    def logical_or(self, other, context=None):
        return self._bitwise(other, context, lambda a, b: a | b)

    def logical_xor(self, other, context=None):
        return self._bitwise(other, context, lambda a, b: a ^ b)

    def logical_invert(self, context=None):
        context = context or getcontext()
        return self.logical_xor(make(0, _text.to_int("1" * context.prec), 0), context)


def _from_tuple(parts):
    if len(parts) != 3:
        raise ValueError("argument must be a sequence of length 3")
    sign, digits, exponent = parts
    if not isinstance(sign, int) or sign not in (0, 1):
        raise ValueError("sign must be an integer with the value 0 or 1")
    if exponent == "F":
        return make(sign, 0, 0, "F")
    kind = exponent if isinstance(exponent, str) else ""
    if not isinstance(digits, (tuple, list)):
        raise ValueError("coefficient must be a tuple of digits")
    for digit in digits:
        if not (isinstance(digit, int) and 0 <= digit <= 9):
            raise ValueError("coefficient must be a tuple of digits")
    n = _text.to_int("".join(map(str, digits)) or "0")
    if kind in ("n", "N") and kind:
        return make(sign, n, 0, kind)
    if not isinstance(exponent, int):
        raise ValueError("string argument in the third position must be 'F', 'n' or 'N'")
    return make(sign, n, exponent)


def _checked(context):
    if context is None:
        return getcontext()
    if not isinstance(context, Context):
        raise TypeError("optional argument must be a context")
    return context


def _operand(value):
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(int(value))
    raise TypeError(f"conversion from {type(value).__name__} to Decimal is not supported")


def _invalid(context, status=INVALID):
    context._raise(status)
    return make(0, 0, 0, "n")


def _overflow(sign, context):
    context._raise(OVERFLOW | INEXACT | ROUNDED)
    rounding = context.rounding
    if (rounding in (ROUND_DOWN, ROUND_05UP) or rounding == ROUND_CEILING and sign
            or rounding == ROUND_FLOOR and not sign):
        return make(sign, 10 ** context.prec - 1, context.Etop())
    return make(sign, 0, 0, "F")


def _shortened(n, drop, digits, sign, rounding):
    """`round_coefficient`, without powers of ten far beyond the number."""
    if drop > digits + 1:
        n, drop = 1, 2
    return round_coefficient(n, drop, sign, rounding)


def _aligned(x, y, prec):
    """Two numbers with the same exponent. One that is too small to matter but for rounding becomes a one."""
    if x._exp < y._exp:
        small, large = x, y
    else:
        small, large = y, x
    digits = large._digits()
    limit = large._exp + min(-1, digits - prec - 2)
    if small._digits() + small._exp - 1 < limit:
        small = make(small._sign, 1, limit)
    large = make(large._sign, large._int * 10 ** (large._exp - small._exp), small._exp)
    return (small, large) if x._exp < y._exp else (large, small)


def _install_operators():
    def convert(value):
        if isinstance(value, Decimal):
            return value
        if isinstance(value, int):
            return Decimal(int(value))
        return None

    def binary(name, method):
        def forward(self, other, /):
            other = convert(other)
            if other is None:
                return NotImplemented
            return getattr(self, method)(other, getcontext())

        def reflected(self, other, /):
            other = convert(other)
            if other is None:
                return NotImplemented
            return getattr(other, method)(self, getcontext())
        for prefix, function in (("", forward), ("r", reflected)):
            function.__name__ = f"__{prefix}{name}__"
            function.__qualname__ = f"Decimal.__{prefix}{name}__"
            setattr(Decimal, function.__name__, function)

    for name, method in (
            ("add", "_add"), ("sub", "_subtract"), ("mul", "_multiply"), ("truediv", "_divide"),
            ("floordiv", "_divide_int"), ("mod", "_remainder"), ("divmod", "_divmod")):
        binary(name, method)

    def power(self, other, modulo=None, /):
        other = convert(other)
        if other is None or modulo is not None and convert(modulo) is None:
            return NotImplemented
        return self._power(other, modulo, getcontext())

    def reflected_power(self, other, modulo=None, /):
        other = convert(other)
        return NotImplemented if other is None else other._power(self, modulo, getcontext())

    Decimal.__pow__ = power
    Decimal.__rpow__ = reflected_power
    Decimal.__neg__ = lambda self, /: self._minus(getcontext())
    Decimal.__pos__ = lambda self, /: self._plus(getcontext())
    Decimal.__abs__ = lambda self, /: self._abs(getcontext())


_install_operators()
numbers.Number.register(Decimal)
