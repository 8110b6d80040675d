"""Abstract base classes of numbers: Number, Complex, Real, Rational, Integral.

Each lists what its numbers must be able to do, and adds what follows from that.
"""

from abc import ABCMeta, abstractmethod

__all__ = ["Number", "Complex", "Real", "Rational", "Integral"]


def _required(owner, names):
    """Methods that must be defined; there is nothing they do by themselves."""

    def method_for(name):
        def method(self, *args):
            raise NotImplementedError

        method.__name__ = name
        method.__qualname__ = f"{owner}.{name}"
        return abstractmethod(method)

    return map(method_for, names.split())


class Number(metaclass=ABCMeta):
    """Any number."""

    __slots__ = ()

    # Those that can be used as keys say so.
    __hash__ = None


class Complex(Number):
    """Numbers that can be added, multiplied, divided and raised to powers, with a real and an
    imaginary part."""

    __slots__ = ()

    real, imag = map(property, _required("Complex", "real imag"))

    (
        __complex__, __abs__, __neg__, __pos__, __eq__, conjugate, __add__, __radd__, __mul__,
        __rmul__, __truediv__, __rtruediv__, __pow__, __rpow__,
    ) = _required(
        "Complex",
        "__complex__ __abs__ __neg__ __pos__ __eq__ conjugate __add__ __radd__ __mul__ "
        "__rmul__ __truediv__ __rtruediv__ __pow__ __rpow__",
    )

    def __bool__(self):
        return self != 0

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return other + -self


class Real(Complex):
    """Numbers on a line: they can be ordered, rounded, and divided with a remainder. They are
    complex numbers whose imaginary part is zero."""

    __slots__ = ()

    (
        __float__, __trunc__, __floor__, __ceil__, __round__, __lt__, __le__, __floordiv__,
        __rfloordiv__, __mod__, __rmod__,
    ) = _required(
        "Real",
        "__float__ __trunc__ __floor__ __ceil__ __round__ __lt__ __le__ __floordiv__ "
        "__rfloordiv__ __mod__ __rmod__",
    )

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __complex__(self):
        return complex(float(self))

    def conjugate(self):
        """The number itself."""
        return +self

    real = property(conjugate)
    imag = property(lambda self: 0)


class Rational(Real):
    """Fractions: a numerator and a denominator without a common divisor."""

    __slots__ = ()

    numerator, denominator = map(property, _required("Rational", "numerator denominator"))

    def __float__(self):
        # Integers of any size are divided exactly.
        above, below = int(self.numerator), int(self.denominator)
        return above / below


class Integral(Rational):
    """Whole numbers, which have bits, and powers by a modulus. They are fractions of one."""

    __slots__ = ()

    (
        __int__, __pow__, __invert__, __lshift__, __rlshift__, __rshift__, __rrshift__, __and__,
        __rand__, __or__, __ror__, __xor__, __rxor__,
    ) = _required(
        "Integral",
        "__int__ __pow__ __invert__ __lshift__ __rlshift__ __rshift__ __rrshift__ __and__ "
        "__rand__ __or__ __ror__ __xor__ __rxor__",
    )

    def __index__(self):
        return int(self)

    def __float__(self):
        return float(int(self))

    numerator = property(lambda self: +self)
    denominator = property(lambda self: 1)


for _abstract, _builtin in ((Complex, complex), (Real, float), (Integral, int)):
    _abstract.register(_builtin)
del _abstract, _builtin
