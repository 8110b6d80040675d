"""Averages, spreads and other numbers that describe data."""

import math
import numbers
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, namedtuple
from fractions import Fraction
from operator import attrgetter, mul

__all__ = (
    "NormalDist StatisticsError correlation covariance fmean geometric_mean harmonic_mean "
    "linear_regression mean median median_grouped median_high median_low mode multimode pstdev "
    "pvariance quantiles stdev variance"
).split()


class StatisticsError(ValueError):
    """There are too few data, or the wrong ones."""


def _require(condition, message):
    if not condition:
        raise StatisticsError(message)


# Exact sums ----------------------------------------------------------------------------------


def _ratio(x):
    """A number as numerator and denominator; what is not finite as itself and None."""
    try:
        return x.as_integer_ratio()
    except (OverflowError, ValueError):
        return x, None
    except AttributeError:
        if hasattr(x, "numerator") and hasattr(x, "denominator"):
            return x.numerator, x.denominator
        raise TypeError(
            f"can't convert type '{type(x).__name__}' to numerator/denominator"
        ) from None


def _wider(one, two):
    """The type that results have of data of two types."""
    if one is two or two in (int, bool):
        return one
    if one is int or issubclass(two, one):
        return two
    if issubclass(one, two) or issubclass(two, int):
        return one
    if issubclass(one, int):
        return two
    # A float is less exact than a fraction, and says so.
    for a, b in ((one, two), (two, one)):
        if issubclass(a, Fraction) and issubclass(b, float):
            return b
    raise TypeError(f"don't know how to coerce {one.__name__} and {two.__name__}")


class _Sum:
    """The exact sum of some numbers, with their count and the type for results."""

    def __init__(self, data):
        by_denominator = {}
        kinds = {}
        count = 0
        for count, x in enumerate(data, 1):
            kinds[type(x)] = None
            top, bottom = _ratio(x)
            by_denominator[bottom] = by_denominator.get(bottom, 0) + top
        self.count = count
        self.kind = int
        for kind in kinds:
            self.kind = _wider(self.kind, kind)
        # Infinities and the like swallow everything else.
        self.is_finite = None not in by_denominator
        if self.is_finite:
            self.total = sum(
                (Fraction(top, bottom) for bottom, top in by_denominator.items()), Fraction(0)
            )
        else:
            self.total = by_denominator[None]

    def result(self, value):
        """An exact value as a number of the type of the data."""
        kind = self.kind
        if type(value) is kind:
            return value
        if issubclass(kind, int) and value.denominator != 1:
            kind = float
        if _is_decimal_type(kind) and isinstance(value, Fraction):
            return kind(value.numerator) / value.denominator
        return kind(value)


def _is_decimal_type(kind):
    # Nobody has decimals who has not imported the module.
    module = sys.modules.get("decimal")
    return module is not None and issubclass(kind, module.Decimal)


def _not_negative(values, message):
    for x in values:
        # NaN is neither.
        _require(not x < 0, message)
        yield x


# Averages ------------------------------------------------------------------------------------


def mean(data):
    """The arithmetic mean, exactly rounded."""
    found = _Sum(data)
    _require(found.count, "mean requires at least one data point")
    return found.result(found.total / found.count)


def fmean(data, weights=None):
    """The mean as a float, quickly."""
    if weights is not None:
        data, weights = list(data), list(weights)
        _require(len(data) == len(weights), "data and weights must be the same length")
        top, bottom = math.fsum(map(mul, data, weights)), math.fsum(weights)
        _require(bottom, "sum of weights must be non-zero")
        return top / bottom
    if not hasattr(data, "__len__"):
        data = list(data)
    _require(len(data), "fmean requires at least one data point")
    return math.fsum(data) / len(data)


def geometric_mean(data):
    """The mean of growth rates: the root of the product."""
    try:
        return math.exp(fmean([math.log(x) for x in data]))
    except ValueError:
        raise StatisticsError(
            "geometric mean requires a non-empty dataset containing positive numbers"
        ) from None


def harmonic_mean(data, weights=None):
    """The mean of rates: the reciprocal of the mean of reciprocals."""
    negative = "harmonic mean does not support negative values"
    data = list(data)
    _require(data, "harmonic_mean requires at least one data point")
    if weights is None and len(data) == 1:
        x = data[0]
        if not isinstance(x, numbers.Real) and not _is_decimal_type(type(x)):
            raise TypeError("unsupported type")
        _require(not x < 0, negative)
        return x
    weight = len(data)
    if weights is None:
        weights = [1] * weight
    else:
        weights = list(weights)
        _require(len(weights) == weight, "Number of weights does not match data size")
        weight = _Sum(_not_negative(weights, negative)).total
    try:
        parts = _Sum(w / x if w else 0 for w, x in zip(weights, _not_negative(data, negative)))
    except ZeroDivisionError:
        # One of the rates is nothing, and so is their mean.
        return 0
    _require(not parts.total <= 0, "Weighted sum must be positive")
    return parts.result(weight / parts.total)


def _in_order(data):
    data = sorted(data)
    _require(data, "no median for empty data")
    return data


def median(data):
    """The middle one; of an even number, the mean of the two in the middle."""
    data = _in_order(data)
    low, high = data[(len(data) - 1) // 2], data[len(data) // 2]
    return high if len(data) % 2 else (low + high) / 2


def median_low(data):
    """The middle one; of an even number, the smaller of the two in the middle."""
    data = _in_order(data)
    return data[(len(data) - 1) // 2]


def median_high(data):
    """The middle one; of an even number, the greater of the two in the middle."""
    data = _in_order(data)
    return data[len(data) // 2]


def median_grouped(data, interval=1.0):
    """The median of data each of which stands for the interval around it."""
    data = _in_order(data)
    middle = data[len(data) // 2]
    below, to = bisect_left(data, middle), bisect_right(data, middle)
    try:
        width, middle = float(interval), float(middle)
    except ValueError:
        raise TypeError("Value cannot be converted to a float") from None
    start = middle - width / 2.0
    return start + width * (len(data) / 2 - below) / (to - below)


def mode(data):
    """The most frequent one; of several, the first."""
    counts = Counter(iter(data))
    _require(counts, "no mode for empty data")
    return max(counts, key=counts.get)


def multimode(data):
    """All of the most frequent ones, in the order of their first occurrence."""
    counts = Counter(iter(data))
    most = max(counts.values(), default=0)
    return [value for value, count in counts.items() if count == most]


def quantiles(data, *, n=4, method="exclusive"):
    """The n - 1 points that divide the data into n parts of the same size."""
    _require(n >= 1, "n must be at least 1")
    data = sorted(data)
    size = len(data)
    _require(size >= 2, "must have at least two data points")
    if method not in ("exclusive", "inclusive"):
        raise ValueError(f"Unknown method: {method!r}")
    # Are the extremes those of the population, or are there more beyond them?
    beyond = 1 if method == "exclusive" else -1
    points = []
    for i in range(1, n):
        place = i * (size + beyond)
        left = place // n - (beyond > 0)
        left = max(0, min(left, size - 2))
        share = place - (left + (beyond > 0)) * n
        points.append((data[left] * (n - share) + data[left + 1] * share) / n)
    return points


# Spreads -------------------------------------------------------------------------------------


class _Squares(_Sum):
    """The exact sum of squared distances from a centre, which is the mean if none is given."""

    def __init__(self, data, centre=None):
        if centre is not None:
            super().__init__((distance := x - centre) * distance for x in data)
            self.centre = centre
            return
        data = list(data)
        super().__init__(data)
        if not self.count or not self.is_finite:
            self.centre = self.total
            return
        self.centre = centre = self.total / self.count
        by_denominator = {}
        for x in data:
            top, bottom = _ratio(x)
            by_denominator[bottom] = by_denominator.get(bottom, 0) + top * top
        squares = sum(
            (Fraction(top, bottom * bottom) for bottom, top in by_denominator.items()),
            Fraction(0),
        )
        self.total = squares - centre * self.total

    def spread(self, name, of_sample, rooted):
        """The variance of a sample or of a whole population, or its root."""
        least = "two data points" if of_sample else "one data point"
        _require(self.count > of_sample, f"{name} requires at least {least}")
        value = self.total / (self.count - of_sample)
        return _root(value, self.kind) if rooted else self.result(value)


def _root(value, kind):
    """The square root of an exact value, correctly rounded."""
    if not isinstance(value, Fraction):
        if not math.isfinite(value):
            # Nothing has a distance from infinity.
            return kind("nan") if _is_decimal_type(kind) else math.nan
        value = Fraction(*value.as_integer_ratio())
    if value == 0:
        return kind(0) if _is_decimal_type(kind) else 0.0
    top, bottom = value.numerator, value.denominator
    if _is_decimal_type(kind):
        guess = (kind(top) / kind(bottom)).sqrt()
        above, below = guess.next_plus(), guess.next_minus()
    else:
        # The root of something near 1, and its power of two.
        power = (top.bit_length() - bottom.bit_length()) // 2
        near = value / 4**power if power >= 0 else value * 4**-power
        guess = math.ldexp(math.sqrt(near), power)
        above, below = math.nextafter(guess, math.inf), math.nextafter(guess, 0.0)
    # A guess is off by one place at most.
    exact = Fraction(guess)
    if value > ((exact + Fraction(above)) / 2) ** 2:
        return above
    return below if value < ((exact + Fraction(below)) / 2) ** 2 else guess


def variance(data, xbar=None):
    """The variance of a population of which the data are a sample."""
    return _Squares(data, xbar).spread("variance", True, False)


def pvariance(data, mu=None):
    """The variance of data that are the whole population."""
    return _Squares(data, mu).spread("pvariance", False, False)


def stdev(data, xbar=None):
    """The standard deviation of a population of which the data are a sample."""
    return _Squares(data, xbar).spread("stdev", True, True)


def pstdev(data, mu=None):
    """The standard deviation of data that are the whole population."""
    return _Squares(data, mu).spread("pstdev", False, True)


# Two inputs ----------------------------------------------------------------------------------

LinearRegression = namedtuple("LinearRegression", ("slope", "intercept"))


def _check_lengths(what, x, y):
    _require(
        len(x) == len(y), f"{what} requires that both inputs have same number of data points"
    )
    _require(len(x) >= 2, f"{what} requires at least two data points")


class _Pairs:
    """Two inputs of the same length, and the sums of products of their distances from the means."""

    def __init__(self, what, x, y):
        _check_lengths(what, x, y)
        self.inputs = x, y
        self.means = [math.fsum(values) / len(values) for values in self.inputs]

    def products(self):
        x_mean, y_mean = self.means
        return math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(*self.inputs))

    def squares(self):
        """The sums of the squared distances of each input."""
        return [
            math.fsum((distance := value - centre) * distance for value in values)
            for values, centre in zip(self.inputs, self.means)
        ]


def covariance(x, y, /):
    """How the two change together."""
    return _Pairs("covariance", x, y).products() / (len(x) - 1)


def correlation(x, y, /):
    """How near the two are to a line: from -1 to 1."""
    pairs = _Pairs("correlation", x, y)
    spreads = pairs.squares()
    _require(all(spreads), "at least one of the inputs is constant")
    return pairs.products() / math.sqrt(spreads[0] * spreads[1])


def linear_regression(x, y, /, *, proportional=False):
    """The line that is nearest to the pairs; a proportional one goes through the origin."""
    if proportional:
        _check_lengths("linear regression", x, y)
        spread = math.fsum(value * value for value in x)
        _require(spread, "x is constant")
        return LinearRegression(math.fsum(map(mul, x, y)) / spread, 0.0)
    pairs = _Pairs("linear regression", x, y)
    spread = pairs.squares()[0]
    _require(spread, "x is constant")
    slope = pairs.products() / spread
    return LinearRegression(slope, pairs.means[1] - slope * pairs.means[0])


# The normal distribution ---------------------------------------------------------------------

# Coefficients of rational approximations to the inverse: M. Wichura's algorithm AS 241.
_CENTRE = (
    (2509.0809287301227, 5226.495278852854),
    (33430.57558358813, 28729.085735721943),
    (67265.7709270087, 39307.89580009271),
    (45921.95393154987, 21213.794301586597),
    (13731.69376550946, 5394.196021424751),
    (1971.5909503065513, 687.1870074920579),
    (133.14166789178438, 42.31333070160091),
    (3.3871328727963665, 1.0),
)
_TAIL = (
    (0.0007745450142783414, 1.0507500716444169e-09),
    (0.022723844989269184, 0.0005475938084995345),
    (0.2417807251774506, 0.015198666563616457),
    (1.2704582524523684, 0.14810397642748008),
    (3.6478483247632045, 0.6897673349851),
    (5.769497221460691, 1.6763848301838038),
    (4.630337846156546, 2.053191626637759),
    (1.4234371107496835, 1.0),
)
_END = (
    (2.0103343992922881e-07, 2.0442631033899397e-15),
    (2.7115555687434876e-05, 1.421511758316446e-07),
    (0.0012426609473880784, 1.8463183175100548e-05),
    (0.026532189526576124, 0.0007868691311456133),
    (0.29656057182850487, 0.014875361290850615),
    (1.7848265399172913, 0.1369298809227358),
    (5.463784911164114, 0.599832206555888),
    (6.657904643501103, 1.0),
)


def _approximated(coefficients, r):
    """The quotient's two parts at `r`, each a polynomial."""
    top = bottom = 0.0
    for a, b in coefficients:
        top, bottom = top * r + a, bottom * r + b
    return top, bottom


class NormalDist:
    """A normal distribution. It can be shifted and scaled by numbers, and added to another."""

    __slots__ = {"_mu": "The mean.", "_sigma": "The standard deviation."}

    def __init__(self, mu=0.0, sigma=1.0):
        _require(not sigma < 0.0, "sigma must be non-negative")
        self._mu, self._sigma = float(mu), float(sigma)

    @classmethod
    def from_samples(cls, data):
        """The distribution that some data come from."""
        squares = _Squares(data)
        squares.kind = float
        sigma = squares.spread("stdev", True, True)
        return cls(float(squares.centre), sigma)

    def samples(self, n, *, seed=None):
        """So many random numbers."""
        import random

        source = random if seed is None else random.Random(seed)
        return [source.gauss(self._mu, self._sigma) for _ in range(n)]

    mean = median = mode = property(attrgetter("_mu"))
    stdev = property(attrgetter("_sigma"))
    variance = property(lambda self: self._sigma * self._sigma)

    def zscore(self, x):
        """The distance from the mean in standard deviations."""
        _require(self._sigma, "zscore() not defined when sigma is zero")
        return (x - self._mu) / self._sigma

    def pdf(self, x):
        """The density at a point."""
        _require(self.variance, "pdf() not defined when sigma is zero")
        distance, scale = x - self._mu, self.variance
        return math.exp(distance * distance / (-2.0 * scale)) / math.sqrt(math.tau * scale)

    def cdf(self, x):
        """The probability of what is not greater."""
        _require(self._sigma, "cdf() not defined when sigma is zero")
        return 0.5 * (1.0 + math.erf((x - self._mu) / (self._sigma * math.sqrt(2.0))))

    def inv_cdf(self, p):
        """The point below which something is with this probability."""
        _require(0.0 < p < 1.0, "p must be in the range 0.0 < p < 1.0")
        _require(self._sigma > 0.0, "cdf() not defined when sigma at or below zero")
        q = p - 0.5
        if abs(q) <= 0.425:
            top, bottom = _approximated(_CENTRE, 0.180625 - q * q)
            return self._mu + top * q / bottom * self._sigma
        r = math.sqrt(-math.log(p if q <= 0.0 else 1.0 - p))
        coefficients, offset = (_TAIL, 1.6) if r <= 5.0 else (_END, 5.0)
        top, bottom = _approximated(coefficients, r - offset)
        x = top / bottom
        return self._mu + (x if q >= 0.0 else -x) * self._sigma

    def quantiles(self, n=4):
        """The n - 1 points that divide it into n parts of the same probability."""
        return [self.inv_cdf(i / n) for i in range(1, n)]

    def overlap(self, other):
        """The area that the two have in common."""
        if not isinstance(other, NormalDist):
            raise TypeError("Expected another NormalDist instance")
        # Rounding must not depend on which is which.
        one, two = sorted((self, other), key=lambda dist: (dist._sigma, dist._mu))
        small, large = one.variance, two.variance
        _require(small and large, "overlap() not defined when sigma is zero")
        apart = abs(two._mu - one._mu)
        if small == large:
            return 1.0 - math.erf(apart / (2.0 * one._sigma * math.sqrt(2.0)))
        # The densities cross at two points.
        wider = large - small
        middle = one._mu * large - two._mu * small
        away = one._sigma * two._sigma * math.sqrt(apart * apart + wider * math.log(large / small))
        crossings = (middle + away) / wider, (middle - away) / wider
        return 1.0 - sum(abs(two.cdf(x) - one.cdf(x)) for x in crossings)

    def _shifted(self, other, sign):
        if isinstance(other, NormalDist):
            return NormalDist(
                self._mu + sign * other._mu, math.hypot(self._sigma, other._sigma)
            )
        return NormalDist(self._mu + sign * other, self._sigma)

    def __add__(self, other):
        return self._shifted(other, 1)

    def __sub__(self, other):
        return self._shifted(other, -1)

    def __rsub__(self, other):
        return -(self - other)

    def __mul__(self, factor):
        return NormalDist(self._mu * factor, self._sigma * abs(factor))

    def __truediv__(self, factor):
        return NormalDist(self._mu / factor, self._sigma / abs(factor))

    __radd__, __rmul__ = __add__, __mul__

    def __pos__(self):
        return NormalDist(self._mu, self._sigma)

    def __neg__(self):
        return NormalDist(-self._mu, self._sigma)

    def _key(self):
        return self._mu, self._sigma

    def __eq__(self, other):
        return self._key() == other._key() if isinstance(other, NormalDist) else NotImplemented

    def __hash__(self):
        return hash(self._key())

    def __reduce__(self):
        return type(self), self._key()

    def __repr__(self):
        return f"{type(self).__name__}(mu={self._mu!r}, sigma={self._sigma!r})"
