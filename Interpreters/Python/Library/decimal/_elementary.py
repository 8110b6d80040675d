"""Roots, exponentials, logarithms and powers, correctly rounded.

All are computed on integers scaled by a power of two, with more digits than are asked for; when these
do not decide how to round, with still more.
"""

from math import isqrt

from ._signals import (
    INEXACT, INVALID, ROUNDED)


def _number():
    from . import _number
    return _number


# Scaled integers: x stands for x / 2**bits ----------------------------------------------------


def _atanh_inverse(n, bits):
    """atanh(1 / n)"""
    power = (1 << bits) // n
    total, k, square = power, 3, n * n
    while power:
        power //= square
        total += power // k
        k += 2
    return total


_constants = {}


def _constant(name, bits):
    """ln 2 or ln 10."""
    have = _constants.get(name)
    if have is None or have[0] < bits:
        wide = bits + 32
        if name == 2:
            terms = (18, 26), (-2, 4801), (8, 8749)
        else:
            terms = (46, 31), (34, 49), (20, 161)
        value = sum(factor * _atanh_inverse(n, wide) for factor, n in terms)
        have = _constants[name] = wide, value
    return have[1] >> have[0] - bits


def _exp(x, bits):
    """exp of a small number, not negative."""
    halvings = isqrt(bits) // 2 + 4
    wide = bits + halvings + 16
    x = x << wide - bits >> halvings
    term = total = 1 << wide
    k = 1
    while term:
        term = (term * x >> wide) // k
        total += term
        k += 1
    for _ in range(halvings):
        total = total * total >> wide
    return total >> wide - bits


def _ln(n, d, bits):
    """ln(n / d), for n / d from about 1/2 to 2."""
    # ln t = 2**k ln of its k-th square root, and ln t = 2 atanh((t - 1) / (t + 1)).
    roots = isqrt(bits) // 3 + 2
    wide = bits + 2 * roots + 16
    t = (n << wide) // d
    for _ in range(roots):
        t = isqrt(t << wide)
    one = 1 << wide
    z = (t - one << wide) // (t + one)
    square = z * z >> wide
    total, power, k = z, z, 3
    while power not in (0, -1):
        power = power * square >> wide
        total += power // k
        k += 2
    return total << roots + 1 >> wide - bits


def _ln_of(n, exp, bits):
    """ln(n * 10**exp) for n > 0."""
    k = n.bit_length() - 1
    # n = 2**k * t with t from 1 to 2, or 1/2 to 1 where that is nearer.
    d = 1 << k
    if n * 3 > 4 * d:
        k += 1
        d <<= 1
    wide = bits + 16 + abs(exp).bit_length() + k.bit_length()
    total = _ln(n, d, wide)
    if k:
        total += k * _constant(2, wide)
    if exp:
        total += exp * _constant(10, wide)
    return total >> wide - bits


def _exp_decimal(x, bits, places):
    """exp(x / 2**bits) as (coefficient of about `places` digits, exponent)."""
    ln10 = _constant(10, bits)
    power, rest = divmod(x, ln10)
    value = _exp(rest, bits)
    return value * 10 ** places >> bits, power - places


# Rounding what is not exact ---------------------------------------------------------------------


def _decide(compute, prec):
    """Digits of a number that is not exact, enough to round it to `prec` by any rule.

    `compute(places)` gives a coefficient of at least so many digits, the last three or so perhaps wrong.
    """
    digit_count = _number().digit_count
    extra = 6
    while True:
        n, exp = compute(prec + extra)
        drop = digit_count(n) - prec - 1
        # All digits after those that matter 0 or 9: the next ones could change them.
        tail = n % 10 ** drop
        if 2000 < tail < 10 ** drop - 2000:
            return n // 10 ** drop * 10 + 1, exp + drop - 1
        extra += max(extra, prec // 2)


def _finish(sign, n, exp, context):
    """A result that is inexact, whatever its digits are; rounded half to even."""
    make = _number().make
    quiet = context._quiet(rounding="ROUND_HALF_EVEN")
    result = make(sign, n, exp)._fix(quiet)
    context._raise(quiet._status | INEXACT | ROUNDED)
    return result


def sqrt(self, context):
    make = _number().make
    nan = self._nan_result(context)
    if nan is not None:
        return nan
    if self._kind and not self._sign:
        return self
    if not self._kind and not self._int:
        return make(self._sign, 0, self._exp >> 1)._fix(context)
    if self._sign:
        context._raise(INVALID)
        return make(0, 0, 0, "n")
    prec = context.prec + 1
    exp, odd = self._exp >> 1, self._exp & 1
    n = self._int * 10 if odd else self._int
    half = (self._digits() >> 1) + 1 if odd else self._digits() + 1 >> 1
    shift = prec - half
    if shift >= 0:
        n *= 100 ** shift
        exact = True
    else:
        n, rest = divmod(n, 100 ** -shift)
        exact = not rest
    exp -= shift
    root = isqrt(n)
    if exact and root * root == n:
        # Back to the exponent that the operand suggests.
        ideal = self._exp >> 1
        while exp < ideal and root % 10 == 0:
            root //= 10
            exp += 1
        if exp > ideal:
            root *= 10 ** (exp - ideal)
            exp = ideal
    elif root % 5 == 0:
        root += 1
    quiet = context._quiet(rounding="ROUND_HALF_EVEN")
    result = make(0, root, exp)._fix(quiet)
    context._raise(quiet._status)
    return result


def exp(self, context):
    make = _number().make
    nan = self._nan_result(context)
    if nan is not None:
        return nan
    if self._kind:
        return make(0, 0, 0) if self._sign else self
    if not self._int:
        return make(0, 1, 0)
    prec, adjusted = context.prec, self.adjusted()
    # Far beyond the range, or so near to 1 that only the side matters.
    if adjusted > 20 or adjusted > len(str(abs(context.Etiny()) + context.Emax)) + 2:
        if self._sign:
            return _finish(0, 1, context.Etiny() - prec - 5, context)
        return _finish(0, 1, context.Emax + 1, context)
    if adjusted < -prec - 1:
        n = 10 ** (prec + 1) + (-1 if self._sign else 1)
        return _finish(0, n, -prec - 1, context)

    def compute(places):
        bits = int(places * 3.33) + 40 + max(adjusted, 0) * 4
        if self._exp >= 0:
            x = self._int * 10 ** self._exp << bits
        else:
            x = (self._int << bits) // 10 ** -self._exp
        return _exp_decimal(-x if self._sign else x, bits, places)
    return _finish(0, *_decide(compute, prec), context)


def _one(value):
    """Is it 1?"""
    return not value._kind and value._order(_number().Decimal(1)) == 0


def ln(self, context):
    make = _number().make
    nan = self._nan_result(context)
    if nan is not None:
        return nan
    if not self._kind and not self._int:
        return make(1, 0, 0, "F")
    if self._kind and not self._sign:
        return self
    if self._sign:
        context._raise(INVALID)
        return make(0, 0, 0, "n")
    if _one(self):
        return make(0, 0, 0)
    return _logarithm(self, context, None)


def log10(self, context):
    make = _number().make
    nan = self._nan_result(context)
    if nan is not None:
        return nan
    if self._kind and not self._sign:
        return self
    if not self._kind and not self._int:
        return make(1, 0, 0, "F")
    if self._sign:
        context._raise(INVALID)
        return make(0, 0, 0, "n")
    adjusted = self.adjusted()
    if self._int == 10 ** (self._digits() - 1):
        return _number().Decimal(adjusted)._fix(context)
    return _logarithm(self, context, 10)


def _logarithm(self, context, base):
    # Near 1 the logarithm is about as small as the distance.
    near = 0
    if self.adjusted() in (0, -1):
        distance = _number().make(0, self._int, self._exp)._add(
            _number().make(1, 1, 0), context._quiet(prec=max(self._digits() + 2, context.prec)))
        near = max(0, -distance.adjusted())
    sign = 0

    def compute(places):
        nonlocal sign
        bits = int((places + 2 * near) * 3.33) + 48
        x = _ln_of(self._int, self._exp, bits)
        if base is not None:
            x = (x << bits) // _constant(10, bits)
        sign = 1 if x < 0 else 0
        return abs(x) * 10 ** (places + near) >> bits, -places - near
    n, exp = _decide(compute, context.prec)
    return _finish(sign, n, exp, context)


# Powers -----------------------------------------------------------------------------------------


def _is_integer(value):
    if value._kind:
        return value._kind == "F"
    return value._exp >= 0 or value._int % 10 ** min(-value._exp, value._digits() + 1) == 0


def _is_odd(value):
    return not value._kind and value._exp <= 0 and int(value) % 2 == 1


def power(self, other, context):
    number = _number()
    make = number.make
    nan = self._nan_result(context, other)
    if nan is not None:
        return nan
    if other.is_zero():
        if self.is_zero():
            context._raise(INVALID)
            return make(0, 0, 0, "n")
        return make(0, 1, 0)
    is_integer = _is_integer(other)
    sign = 0
    if self._sign:
        if is_integer:
            sign = 1 if _is_odd(other) else 0
        elif not self.is_zero():
            context._raise(INVALID)
            return make(0, 0, 0, "n")
    base = self.copy_abs()
    if base.is_zero():
        return make(sign, 0, 0, "F") if other._sign else make(sign, 0, 0)
    if base._kind:
        return make(sign, 0, 0) if other._sign else make(sign, 0, 0, "F")
    order = base._order(number.Decimal(1))
    if order == 0:
        return _power_of_one(base, other, is_integer, sign, context)
    if other._kind:
        if (order < 0) == (other._sign == 0):
            return make(sign, 0, 0)
        return make(sign, 0, 0, "F")
    # Beyond all exponents: |y log10 x| is at least about this.
    size = other.adjusted() + _log10_bound(base)
    if size > len(str(max(context.Emax, -context.Etiny()))) + 1:
        if (order > 0) == (other._sign == 0):
            return _finish(sign, 1, context.Emax + 1, context)
        return _finish(sign, 1, context.Etiny() - 10, context)
    if is_integer and other.adjusted() < 12:
        result = _integer_power(base, int(other), sign, context)
        if result is not None:
            return result
    return _general_power(base, other, sign, context)


def _log10_bound(x):
    """A lower bound of the exponent of log10 x."""
    if x.adjusted() not in (0, -1):
        return len(str(abs(x.adjusted() + (1 if x.adjusted() < 0 else 0)))) - 1
    distance = abs(x._int - 10 ** -x._exp) if x._exp < 0 else abs(x._int - 1)
    return x._exp + _number().digit_count(distance) - 2


def _power_of_one(base, other, is_integer, sign, context):
    make = _number().make
    if other._kind or not is_integer:
        digits = context.prec - 1
        context._raise(INEXACT | ROUNDED)
        return make(sign, 10 ** digits, -digits)
    times = abs(int(other)) if other.adjusted() < 20 else 10 ** 20
    if other._sign:
        return make(sign, 1, 0)
    exp = base._exp * times
    if exp < 1 - context.prec:
        exp = 1 - context.prec
        context._raise(ROUNDED)
    return make(sign, 10 ** -exp if exp < 0 else 1, min(exp, 0))


def _integer_power(base, times, sign, context):
    """Exactly, and then rounded; None when that has too many digits."""
    make = _number().make
    n, exp = base._int, base._exp
    if times < 0:
        while n % 10 == 0:
            n //= 10
            exp += 1
    if base._digits() * abs(times) > 40 * context.prec + 200 and n != 1:
        return None
    value = make(0, n ** abs(times), exp * abs(times))
    if times > 0:
        return make(sign, value._int, value._exp)._fix(context)
    return make(sign, 1, 0)._divide(value, context)


def _root(n, k):
    """The k-th root of an int if it is an int, or None."""
    if k == 1:
        return n
    if k > n.bit_length():
        return 1 if n == 1 else None
    x = 1 << -(-n.bit_length() // k)
    while True:
        y = ((k - 1) * x + n // x ** (k - 1)) // k
        if y >= x:
            break
        x = y
    return x if x ** k == n else None


def _exact_power(base, other, prec):
    """(coefficient, exponent) of a power with a fraction as exponent, when it is a short decimal."""
    n, d = other.as_integer_ratio()
    if d > 200 or abs(n) > 10000:
        return None
    a, b = base.as_integer_ratio()
    if n < 0:
        a, b, n = b, a, -n
    a, b = _root(a, d), _root(b, d)
    if a is None or b is None:
        return None
    a, b = a ** n, b ** n
    # A decimal only if the denominator divides a power of ten.
    twos = fives = 0
    rest = b
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return None
    places = max(twos, fives)
    value = a * 10 ** places // b
    return (value, -places) if _number().digit_count(value) <= prec + 1 else None


def _general_power(base, other, sign, context):
    prec = context.prec
    if not _is_integer(other):
        exact = _exact_power(base, other, prec)
        if exact is not None:
            n, exp = exact
            missing = prec - _number().digit_count(n)
            if missing > 0:
                n, exp = n * 10 ** missing, exp - missing
            return _finish(sign, n, exp, context)

    def compute(places):
        bits = int(places * 3.33) + 60 + 4 * max(0, other.adjusted() + 4) + 4 * len(
            str(abs(base.adjusted()) + 1))
        if base.adjusted() in (0, -1):
            bits += 4 * max(0, -_log10_bound(base))
        x = _ln_of(base._int, base._exp, bits)
        y = -other._int if other._sign else other._int
        if other._exp >= 0:
            x *= y * 10 ** other._exp
        else:
            x = x * y // 10 ** -other._exp
        return _exp_decimal(x, bits, places)
    return _finish(sign, *_decide(compute, prec), context)


def power_modulo(self, other, modulo, context):
    make = _number().make
    for value in (self, other, modulo):
        if value._kind == "N":
            return value._nan_result(context)
    for value in (self, other, modulo):
        if value._kind == "n":
            return value._nan_result(context)
    if (not all(_is_integer(value) and not value._kind for value in (self, other, modulo))
            or other._sign or modulo.is_zero() or modulo.adjusted() >= context.prec
            or self.is_zero() and other.is_zero()):
        context._raise(INVALID)
        return make(0, 0, 0, "n")
    sign = 1 if self._sign and int(other) % 2 else 0
    result = pow(abs(int(self)), int(other), abs(int(modulo)))
    return make(sign, result, 0)._fix(context)
