"""Rational numbers."""

import math
import numbers
import operator
import sys
from functools import lru_cache

__all__ = ["Fraction"]


def _is_decimal(value):
    # Nobody has a decimal who has not imported the module.
    module = sys.modules.get("decimal")
    return module is not None and isinstance(value, module.Decimal)


def _digits(text):
    """The number that digits stand for; underscores may group them."""
    if not all(group.isdecimal() for group in text.split("_")):
        raise ValueError
    return int(text)


def _parsed(text):
    """Numerator and denominator of "-3/7", "1_000.5" or "2e-6"; ValueError for anything else."""
    text = text.strip()
    negative = text.startswith("-")
    if text.startswith(("-", "+")):
        text = text[1:]
    over, slash, under = text.partition("/")
    if slash:
        top, bottom = _digits(over), _digits(under)
    else:
        number, letter, power = text.replace("E", "e").partition("e")
        whole, _, part = number.partition(".")
        if not whole and not part:
            raise ValueError
        top, bottom = _digits(whole or "0"), 1
        if part:
            bottom = 10 ** len(part.replace("_", ""))
            top = top * bottom + _digits(part)
        if letter:
            size = 10 ** _digits(power[1:] if power.startswith(("-", "+")) else power)
            top, bottom = (top, bottom * size) if power.startswith("-") else (top * size, bottom)
    return -top if negative else top, bottom


# Operators on numerators and denominators, which are in lowest terms ---------------------------


def _lowest(top, bottom):
    """The fraction in lowest terms; the denominator is positive."""
    common = math.gcd(top, bottom)
    return _made(top // common, bottom // common)


def _made(top, bottom):
    made = object.__new__(Fraction)
    made._numerator, made._denominator = top, bottom
    return made


def _add(a, b, c, d):
    common = math.gcd(b, d)
    if common == 1:
        return _made(a * d + c * b, b * d)
    # Only a divisor of what they share can be left to cancel.
    rest = b // common
    top = a * (d // common) + c * rest
    again = math.gcd(top, common)
    return _made(top // again, rest * (d // again))


def _subtract(a, b, c, d):
    return _add(a, b, -c, d)


def _multiply(a, b, c, d):
    # Smaller numbers first: only these pairs can have something in common.
    left, right = math.gcd(a, d), math.gcd(c, b)
    return _made((a // left) * (c // right), (b // right) * (d // left))


def _divide(a, b, c, d):
    if c == 0:
        raise ZeroDivisionError(f"Fraction({(a > 0) - (a < 0)}, 0)")
    return _multiply(a, b, d, c) if c > 0 else _multiply(a, b, -d, -c)


def _floor_divide(a, b, c, d):
    return a * d // (b * c)


def _modulo(a, b, c, d):
    return _lowest(a * d % (c * b), b * d)


def _divide_both(a, b, c, d):
    quotient, rest = divmod(a * d, b * c)
    return quotient, _lowest(rest, b * d)


def _operator_pair(exact, inexact, word):
    """The methods for fractions on the left and on the right."""

    def left(a, b):
        if isinstance(b, Fraction):
            return exact(a._numerator, a._denominator, b._numerator, b._denominator)
        if isinstance(b, int):
            return exact(a._numerator, a._denominator, b, 1)
        if isinstance(b, (float, complex)):
            return inexact(type(b)(a) if type(b) in (float, complex) else float(a), b)
        return NotImplemented

    def right(b, a):
        if isinstance(a, numbers.Rational):
            return exact(a.numerator, a.denominator, b._numerator, b._denominator)
        for kind, convert in ((numbers.Real, float), (numbers.Complex, complex)):
            if isinstance(a, kind):
                return inexact(convert(a), convert(b))
        return NotImplemented

    for method, name in ((left, f"__{word}__"), (right, f"__r{word}__")):
        method.__name__, method.__qualname__ = name, f"Fraction.{name}"
    return left, right


def _comparison(compare):
    """A method that compares by order."""

    def method(a, b):
        if isinstance(b, numbers.Rational):
            return compare(a._numerator * b.denominator, a._denominator * b.numerator)
        if isinstance(b, float):
            if not math.isfinite(b):
                # Any finite number will do.
                return compare(0.0, b)
            top, bottom = b.as_integer_ratio()
            return compare(a._numerator * bottom, a._denominator * top)
        return NotImplemented

    method.__name__ = f"__{compare.__name__}__"
    method.__qualname__ = f"Fraction.{method.__name__}"
    return method


class Fraction(numbers.Rational):
    """A quotient of two ints, in lowest terms.

    It is made of one or two ints or fractions, of a float or a decimal, or of a text such as "3/7",
    "-1.25" or "1e-6".
    """

    __slots__ = ("_numerator", "_denominator")

    def __new__(cls, numerator=0, denominator=None):
        if denominator is None:
            top, bottom = _ratio_of(numerator)
        elif type(numerator) is int is type(denominator):
            top, bottom = numerator, denominator
        elif isinstance(numerator, numbers.Rational) and isinstance(denominator, numbers.Rational):
            top = numerator.numerator * denominator.denominator
            bottom = denominator.numerator * numerator.denominator
        else:
            raise TypeError("both arguments should be Rational instances")
        if bottom == 0:
            raise ZeroDivisionError(f"Fraction({top}, 0)")
        common = math.gcd(top, bottom)
        if bottom < 0:
            common = -common
        self = super().__new__(cls)
        self._numerator, self._denominator = top // common, bottom // common
        return self

    @classmethod
    def from_float(cls, f):
        """The exact value of a float."""
        if isinstance(f, (float, numbers.Integral)):
            return cls(*f.as_integer_ratio()) if isinstance(f, float) else cls(f)
        raise TypeError(
            f"{cls.__name__}.from_float() only takes floats, not {f!r} ({type(f).__name__})"
        )

    @classmethod
    def from_decimal(cls, dec):
        """The exact value of a decimal."""
        if isinstance(dec, numbers.Integral):
            return cls(int(dec))
        if _is_decimal(dec):
            return cls(*dec.as_integer_ratio())
        raise TypeError(
            f"{cls.__name__}.from_decimal() only takes Decimals, not {dec!r} ({type(dec).__name__})"
        )

    numerator = property(operator.attrgetter("_numerator"))
    denominator = property(operator.attrgetter("_denominator"))

    def as_integer_ratio(self):
        """The numerator and the denominator."""
        return self._numerator, self._denominator

    def limit_denominator(self, max_denominator=1000000):
        """The nearest fraction whose denominator is not greater than this."""
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._denominator <= max_denominator:
            return Fraction(self)
        # Each step of the division of the two parts gives a better approximation.
        top, bottom = self._numerator, self._denominator
        before, now = (0, 1), (1, 0)
        while True:
            quotient, rest = divmod(top, bottom)
            better = before[0] + quotient * now[0], before[1] + quotient * now[1]
            if better[1] > max_denominator:
                break
            before, now = now, better
            top, bottom = bottom, rest
        # The best of those that lie between the last step and the one that went too far.
        steps = (max_denominator - before[1]) // now[1]
        between = _lowest(before[0] + steps * now[0], before[1] + steps * now[1])
        last = _made(*now)
        return last if abs(last - self) <= abs(between - self) else between

    def __repr__(self):
        return f"{type(self).__name__}({self._numerator}, {self._denominator})"

    def __str__(self):
        if self._denominator == 1:
            return str(self._numerator)
        return f"{self._numerator}/{self._denominator}"

    __add__, __radd__ = _operator_pair(_add, operator.add, "add")
    __sub__, __rsub__ = _operator_pair(_subtract, operator.sub, "sub")
    __mul__, __rmul__ = _operator_pair(_multiply, operator.mul, "mul")
    __truediv__, __rtruediv__ = _operator_pair(_divide, operator.truediv, "truediv")
    __floordiv__, __rfloordiv__ = _operator_pair(_floor_divide, operator.floordiv, "floordiv")
    __mod__, __rmod__ = _operator_pair(_modulo, operator.mod, "mod")
    __divmod__, __rdivmod__ = _operator_pair(_divide_both, divmod, "divmod")
    __lt__, __le__, __gt__, __ge__ = map(
        _comparison, (operator.lt, operator.le, operator.gt, operator.ge)
    )

    def __pow__(self, exponent):
        if not isinstance(exponent, numbers.Rational):
            return float(self) ** exponent
        if exponent.denominator != 1:
            return float(self) ** float(exponent)
        power = exponent.numerator
        top, bottom = self._numerator, self._denominator
        if power < 0:
            if top == 0:
                raise ZeroDivisionError(f"Fraction({bottom ** -power}, 0)")
            power = -power
            top, bottom = (bottom, top) if top > 0 else (-bottom, -top)
        return _made(top**power, bottom**power)

    def __rpow__(self, base):
        if self._denominator == 1 and self._numerator >= 0:
            return base**self._numerator
        if isinstance(base, numbers.Rational):
            return Fraction(base.numerator, base.denominator) ** self
        return base ** (self._numerator if self._denominator == 1 else float(self))

    def __pos__(self):
        return _made(self._numerator, self._denominator)

    def __neg__(self):
        return _made(-self._numerator, self._denominator)

    def __abs__(self):
        return _made(abs(self._numerator), self._denominator)

    def __bool__(self):
        return self._numerator != 0

    def __floor__(self):
        return self._numerator // self._denominator

    def __ceil__(self):
        return -(-self._numerator // self._denominator)

    def __trunc__(self):
        whole = abs(self._numerator) // self._denominator
        return whole if self._numerator >= 0 else -whole

    def __int__(self):
        return operator.index(self.__trunc__())

    def __round__(self, ndigits=None):
        if ndigits is not None:
            scale = 10 ** abs(ndigits)
            if ndigits > 0:
                return Fraction(round(self * scale), scale)
            return Fraction(round(self / scale) * scale)
        below, rest = divmod(self._numerator, self._denominator)
        # A half goes to the even neighbour.
        over = 2 * rest - self._denominator
        return below + (over > 0 or over == 0 and below % 2 == 1)

    def __eq__(self, other):
        if isinstance(other, numbers.Rational):
            return self._numerator == other.numerator and self._denominator == other.denominator
        if isinstance(other, numbers.Complex) and other.imag == 0:
            other = other.real
        if not isinstance(other, float):
            # The other one may know.
            return NotImplemented
        if not math.isfinite(other):
            return False
        return other.as_integer_ratio() == (self._numerator, self._denominator)

    def __hash__(self):
        return _hash(self._numerator, self._denominator)

    def __reduce__(self):
        return type(self), (str(self),)

    def __copy__(self):
        return self if type(self) is Fraction else type(self)(self._numerator, self._denominator)

    def __deepcopy__(self, memo):
        return self.__copy__()


def _ratio_of(value):
    """The numerator and denominator of anything that a fraction can be made of."""
    if isinstance(value, numbers.Rational):
        return value.numerator, value.denominator
    if isinstance(value, float) or _is_decimal(value):
        return value.as_integer_ratio()
    if not isinstance(value, str):
        raise TypeError("argument should be a string or a Rational instance")
    try:
        return _parsed(value)
    except ValueError:
        raise ValueError(f"Invalid literal for Fraction: {value!r}") from None


@lru_cache(maxsize=1 << 14)
def _hash(top, bottom):
    """Equal numbers of all kinds have this hash: the quotient modulo a prime."""
    prime = sys.hash_info.modulus
    if bottom % prime:
        size = abs(top) * pow(bottom, -1, prime) % prime
    else:
        size = sys.hash_info.inf
    result = size if top >= 0 else -size
    return -2 if result == -1 else result
