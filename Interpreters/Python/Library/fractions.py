"""Rational numbers."""

__all__ = ["Fraction"]

import math
import numbers
import operator
import re
import sys
from decimal import Decimal
from functools import lru_cache

_MODULUS = sys.hash_info.modulus
_FORMAT = re.compile(r"""
    \A\s*
    (?P<sign>[-+]?)
    (?=\d|\.\d)
    (?P<num>\d*|\d+(_\d+)*)
    (?:
        (?:/(?P<denom>\d+(_\d+)*))?
    |
        (?:\.(?P<decimal>\d*|\d+(_\d+)*))?
        (?:E(?P<exp>[-+]?\d+(_\d+)*))?
    )
    \s*\Z
""", re.VERBOSE | re.IGNORECASE)


@lru_cache(maxsize=1 << 14)
def _hash(numerator, denominator):
    try:
        inverse = pow(denominator, -1, _MODULUS)
    except ValueError:
        # The denominator is a multiple of the modulus.
        value = sys.hash_info.inf
    else:
        value = hash(hash(abs(numerator)) * inverse)
    result = value if numerator >= 0 else -value
    return -2 if result == -1 else result


def _make(numerator, denominator):
    """A fraction in lowest terms, with a positive denominator."""
    self = object.__new__(Fraction)
    self._numerator = numerator
    self._denominator = denominator
    return self


def _reduced(numerator, denominator):
    common = math.gcd(numerator, denominator)
    return _make(numerator // common, denominator // common)


class Fraction(numbers.Rational):
    """A quotient of two ints, in lowest terms.

    It is made of one or two ints or fractions, of a float or a decimal, or of a text such as "3/7",
    "-1.25" or "1e-6".
    """

    __slots__ = "_numerator", "_denominator"

    def __new__(cls, numerator=0, denominator=None):
        self = super().__new__(cls)
        if denominator is None:
            if type(numerator) is int:
                self._numerator, self._denominator = numerator, 1
                return self
            if isinstance(numerator, numbers.Rational):
                self._numerator = numerator.numerator
                self._denominator = numerator.denominator
                return self
            if isinstance(numerator, (float, Decimal)):
                self._numerator, self._denominator = numerator.as_integer_ratio()
                return self
            if not isinstance(numerator, str):
                raise TypeError("argument should be a string or a Rational instance")
            numerator, denominator = _parse(numerator)
        elif type(numerator) is int is type(denominator):
            pass
        elif (isinstance(numerator, numbers.Rational)
                and isinstance(denominator, numbers.Rational)):
            numerator, denominator = (
                numerator.numerator * denominator.denominator,
                denominator.numerator * numerator.denominator)
        else:
            raise TypeError("both arguments should be Rational instances")
        if denominator == 0:
            raise ZeroDivisionError(f"Fraction({numerator}, 0)")
        common = math.gcd(numerator, denominator)
        if denominator < 0:
            common = -common
        self._numerator = numerator // common
        self._denominator = denominator // common
        return self

    @classmethod
    def from_float(cls, f):
        if isinstance(f, numbers.Integral):
            return cls(f)
        if not isinstance(f, float):
            raise TypeError(f"{cls.__name__}.from_float() only takes floats, "
                            f"not {f!r} ({type(f).__name__})")
        return cls(*f.as_integer_ratio())

    @classmethod
    def from_decimal(cls, dec):
        if isinstance(dec, numbers.Integral):
            dec = Decimal(int(dec))
        elif not isinstance(dec, Decimal):
            raise TypeError(f"{cls.__name__}.from_decimal() only takes Decimals, "
                            f"not {dec!r} ({type(dec).__name__})")
        return cls(*dec.as_integer_ratio())

    numerator = property(lambda self: self._numerator)
    denominator = property(lambda self: self._denominator)

    def as_integer_ratio(self):
        return self._numerator, self._denominator

    def limit_denominator(self, max_denominator=1000000):
        """The nearest fraction with a denominator up to a limit."""
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._denominator <= max_denominator:
            return Fraction(self)
        # Convergents of the continued fraction, and the last one between two of them.
        p0, q0, p1, q1 = 0, 1, 1, 0
        n, d = self._numerator, self._denominator
        while True:
            a = n // d
            q2 = q0 + a * q1
            if q2 > max_denominator:
                break
            p0, q0, p1, q1 = p1, q1, p0 + a * p1, q2
            n, d = d, n - a * d
        k = (max_denominator - q0) // q1
        if 2 * d * (q0 + k * q1) <= self._denominator:
            return _make(p1, q1)
        return _reduced(p0 + k * p1, q0 + k * q1)

    def __repr__(self):
        return f"{self.__class__.__name__}({self._numerator}, {self._denominator})"

    def __str__(self):
        if self._denominator == 1:
            return str(self._numerator)
        return f"{self._numerator}/{self._denominator}"

    # Rounding

    def __trunc__(self):
        if self._numerator < 0:
            return -(-self._numerator // self._denominator)
        return self._numerator // self._denominator

    def __int__(self, _index=operator.index):
        return _index(self.__trunc__())

    def __floor__(self):
        return self._numerator // self._denominator

    def __ceil__(self):
        return -(-self._numerator // self._denominator)

    def __round__(self, ndigits=None):
        """To the nearest, and of two to the even one."""
        if ndigits is None:
            quotient, rest = divmod(self._numerator, self._denominator)
            twice = rest * 2
            if twice > self._denominator or twice == self._denominator and quotient % 2:
                quotient += 1
            return quotient
        scale = 10 ** abs(ndigits)
        if ndigits > 0:
            return Fraction(round(self * scale), scale)
        return Fraction(round(self / scale) * scale)

    # Comparing

    def __hash__(self):
        return _hash(self._numerator, self._denominator)

    def __eq__(a, b):
        if type(b) is int:
            return a._numerator == b and a._denominator == 1
        if isinstance(b, numbers.Rational):
            return a._numerator == b.numerator and a._denominator == b.denominator
        if isinstance(b, numbers.Complex) and b.imag == 0:
            b = b.real
        if isinstance(b, float):
            if math.isnan(b) or math.isinf(b):
                return 0.0 == b
            return a == a.from_float(b)
        return NotImplemented

    def _richcmp(self, other, op):
        if isinstance(other, numbers.Rational):
            return op(
                self._numerator * other.denominator, self._denominator * other.numerator)
        if isinstance(other, float):
            if math.isnan(other) or math.isinf(other):
                return op(0.0, other)
            return op(self, self.from_float(other))
        return NotImplemented

    def __lt__(a, b):
        return a._richcmp(b, operator.lt)

    def __gt__(a, b):
        return a._richcmp(b, operator.gt)

    def __le__(a, b):
        return a._richcmp(b, operator.le)

    def __ge__(a, b):
        return a._richcmp(b, operator.ge)

    def __bool__(a):
        return bool(a._numerator)

    # Arithmetic

    def __pow__(a, b):
        if isinstance(b, numbers.Rational):
            if b.denominator == 1:
                power = b.numerator
                n, d = a._numerator, a._denominator
                if power >= 0:
                    return _make(n ** power, d ** power)
                if n > 0:
                    return _make(d ** -power, n ** -power)
                if n == 0:
                    raise ZeroDivisionError(f"Fraction({d ** -power}, 0)")
                return _make((-d) ** -power, (-n) ** -power)
            return float(a) ** float(b)
        if isinstance(b, (float, complex)):
            return float(a) ** b
        return NotImplemented

    def __rpow__(b, a):
        if b._denominator == 1 and b._numerator >= 0:
            return a ** b._numerator
        if isinstance(a, numbers.Rational):
            return Fraction(a.numerator, a.denominator) ** b
        if b._denominator == 1:
            return a ** b._numerator
        return a ** float(b)

    def __pos__(a):
        return _make(a._numerator, a._denominator)

    def __neg__(a):
        return _make(-a._numerator, a._denominator)

    def __abs__(a):
        return _make(abs(a._numerator), a._denominator)

    def __reduce__(self):
        return self.__class__, (self._numerator, self._denominator)

    def __copy__(self):
        if type(self) is Fraction:
            return self
        return self.__class__(self._numerator, self._denominator)

    def __deepcopy__(self, memo):
        return self.__copy__()


def _parse(text):
    match = _FORMAT.match(text)
    if match is None:
        raise ValueError(f"Invalid literal for Fraction: {text!r}")
    numerator = int(match["num"] or "0")
    denominator = 1
    if match["denom"]:
        denominator = int(match["denom"])
    else:
        if match["decimal"]:
            digits = match["decimal"].replace("_", "")
            denominator = 10 ** len(digits)
            numerator = numerator * denominator + int(digits)
        if match["exp"]:
            exponent = int(match["exp"])
            if exponent >= 0:
                numerator *= 10 ** exponent
            else:
                denominator *= 10 ** -exponent
    return -numerator if match["sign"] == "-" else numerator, denominator


# Sums and products take out common factors before they multiply.


def _add(a, b, sign=1):
    na, da, nb, db = a.numerator, a.denominator, sign * b.numerator, b.denominator
    common = math.gcd(da, db)
    if common == 1:
        return _make(na * db + da * nb, da * db)
    part = da // common
    total = na * (db // common) + nb * part
    rest = math.gcd(total, common)
    if rest == 1:
        return _make(total, part * db)
    return _make(total // rest, part * (db // rest))


def _sub(a, b):
    return _add(a, b, -1)


def _mul(a, b):
    na, da, nb, db = a.numerator, a.denominator, b.numerator, b.denominator
    first, second = math.gcd(na, db), math.gcd(nb, da)
    return _make((na // first) * (nb // second), (da // second) * (db // first))


def _div(a, b):
    nb, db = b.numerator, b.denominator
    na, da = a.numerator, a.denominator
    first, second = math.gcd(na, nb), math.gcd(db, da)
    numerator, denominator = (na // (first or 1)) * (db // second), (nb // (first or 1)) * (da // second)
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if denominator == 0:
        raise ZeroDivisionError(f"Fraction({numerator}, 0)")
    return _make(numerator, denominator)


def _floordiv(a, b):
    return a.numerator * b.denominator // (a.denominator * b.numerator)


def _mod(a, b):
    return _reduced(
        a.numerator * b.denominator % (b.numerator * a.denominator),
        a.denominator * b.denominator)


def _divmod(a, b):
    quotient, rest = divmod(a.numerator * b.denominator, a.denominator * b.numerator)
    return quotient, _reduced(rest, a.denominator * b.denominator)


def _install(name, exact, fallback):
    def forward(a, b):
        if isinstance(b, (int, Fraction)):
            return exact(a, b)
        if isinstance(b, float):
            return fallback(float(a), b)
        if isinstance(b, complex):
            return fallback(complex(a), b)
        return NotImplemented

    def reverse(b, a):
        if isinstance(a, numbers.Rational):
            return exact(a, b)
        if isinstance(a, numbers.Real):
            return fallback(float(a), float(b))
        if isinstance(a, numbers.Complex):
            return fallback(complex(a), complex(b))
        return NotImplemented
    for prefix, function in (("", forward), ("r", reverse)):
        function.__name__ = f"__{prefix}{name}__"
        function.__qualname__ = f"Fraction.__{prefix}{name}__"
        setattr(Fraction, function.__name__, function)


for _name, _exact, _fallback in (
        ("add", _add, operator.add), ("sub", _sub, operator.sub), ("mul", _mul, operator.mul),
        ("truediv", _div, operator.truediv), ("floordiv", _floordiv, operator.floordiv),
        ("mod", _mod, operator.mod), ("divmod", _divmod, divmod)):
    _install(_name, _exact, _fallback)
Fraction.__abstractmethods__ = frozenset()
