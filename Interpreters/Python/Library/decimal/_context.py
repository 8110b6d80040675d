"""Contexts: precision, rounding, the range of exponents, and what signals do."""

import contextvars
from collections.abc import MutableMapping

from . import _signals
from ._signals import (
    SIGNALS, Clamped, DivisionByZero, FloatOperation, Inexact, InvalidOperation, Overflow, Rounded,
    Subnormal, Underflow)

ROUND_UP = "ROUND_UP"
ROUND_DOWN = "ROUND_DOWN"
ROUND_CEILING = "ROUND_CEILING"
ROUND_FLOOR = "ROUND_FLOOR"
ROUND_HALF_UP = "ROUND_HALF_UP"
ROUND_HALF_DOWN = "ROUND_HALF_DOWN"
ROUND_HALF_EVEN = "ROUND_HALF_EVEN"
ROUND_05UP = "ROUND_05UP"
_ROUNDINGS = (ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN,
              ROUND_HALF_EVEN, ROUND_05UP)

MAX_PREC = 999999999999999999
MAX_EMAX = 999999999999999999
MIN_EMIN = -999999999999999999
MIN_ETINY = MIN_EMIN - (MAX_PREC - 1)

_BAD_SIGNAL = """valid values for signals are:
  [InvalidOperation, FloatOperation, DivisionByZero,
   Overflow, Underflow, Subnormal, Inexact, Rounded,
   Clamped]"""
_BAD_ROUNDING = """valid values for rounding are:
  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,
   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,
   ROUND_05UP]"""


class SignalDict(MutableMapping):
    """The flags or the traps of a context, as a mapping from signals to truth values."""

    __slots__ = "_context", "_attribute"

    def __init__(self, context, attribute):
        self._context = context
        self._attribute = attribute

    def _bits(self):
        return getattr(self._context, self._attribute)

    def __getitem__(self, signal):
        return bool(self._bits() & _signal_bits(signal))

    def __setitem__(self, signal, value):
        bits = _signal_bits(signal)
        old = self._bits()
        object.__setattr__(self._context, self._attribute, old | bits if value else old & ~bits)

    def __delitem__(self, signal):
        raise ValueError("signal keys cannot be deleted")

    def __iter__(self):
        return iter(SIGNALS)

    def __len__(self):
        return len(SIGNALS)

    def __eq__(self, other):
        if isinstance(other, SignalDict):
            return _known(self._bits()) == _known(other._bits())
        if isinstance(other, dict):
            return dict(self) == other
        return NotImplemented

    def __repr__(self):
        return "{" + ", ".join(f"{kind!r}:{self[kind]}" for kind in SIGNALS) + "}"

    def copy(self):
        return dict(self)


SignalDict.__module__ = "decimal"


def _signal_bits(signal):
    bits = SIGNALS.get(signal) if isinstance(signal, type) else None
    if bits is None:
        raise KeyError(_BAD_SIGNAL)
    return bits


def _known(status):
    """The bits of a status, those of one signal all alike."""
    return sum(1 << i for i, bits in enumerate(SIGNALS.values()) if status & bits)


def _bits_of(signals):
    """Bits of a list of signals, or of a mapping."""
    if isinstance(signals, (dict, SignalDict)):
        signals = [signal for signal, is_set in signals.items() if is_set]
    elif not isinstance(signals, (list, tuple)):
        raise TypeError("argument must be a signal dict")
    bits = 0
    for signal in signals:
        found = SIGNALS.get(signal)
        if found is None:
            raise TypeError(_BAD_SIGNAL)
        bits |= found
    return bits


# The order of the specification.
_SHOWN = (Clamped, InvalidOperation, DivisionByZero, Inexact, FloatOperation, Overflow, Rounded,
          Subnormal, Underflow)


def _names(status):
    return "[" + ", ".join(kind.__name__ for kind in _SHOWN if status & SIGNALS[kind]) + "]"


class Context:
    """How operations round and what they complain about."""

    __slots__ = "prec", "rounding", "Emin", "Emax", "capitals", "clamp", "_status", "_traps"
    __hash__ = None

    def __init__(
        self, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None,
        flags=None, traps=None
    ):
        base = DefaultContext
        self.prec = base.prec if prec is None else prec
        self.rounding = base.rounding if rounding is None else rounding
        self.Emin = base.Emin if Emin is None else Emin
        self.Emax = base.Emax if Emax is None else Emax
        self.capitals = base.capitals if capitals is None else capitals
        self.clamp = base.clamp if clamp is None else clamp
        set = object.__setattr__
        set(self, "_status", 0 if flags is None else _bits_of(flags))
        set(self, "_traps", base._traps if traps is None else _bits_of(traps))

    def __setattr__(self, name, value):
        if name == "rounding":
            if value not in _ROUNDINGS:
                raise TypeError(_BAD_ROUNDING)
        elif name in _LIMITS:
            if not isinstance(value, int):
                raise TypeError("an integer is required")
            low, high, text = _LIMITS[name]
            if not low <= value <= high:
                raise ValueError(text)
        elif name == "flags" or name == "traps":
            object.__setattr__(
                self, "_status" if name == "flags" else "_traps", _bits_of(value))
            return
        elif name not in ("_status", "_traps"):
            raise AttributeError(f"'decimal.Context' object has no attribute '{name}'")
        object.__setattr__(self, name, value)

    flags = property(lambda self: SignalDict(self, "_status"))
    traps = property(lambda self: SignalDict(self, "_traps"))

    def __repr__(self):
        return (f"Context(prec={self.prec}, rounding={self.rounding}, Emin={self.Emin}, "
                f"Emax={self.Emax}, capitals={self.capitals}, clamp={self.clamp}, "
                f"flags={_names(self._status)}, traps={_names(self._traps)})")

    def __reduce__(self):
        lists = [[kind for kind in SIGNALS if bits & SIGNALS[kind]]
                 for bits in (self._status, self._traps)]
        return Context, (self.prec, self.rounding, self.Emin, self.Emax, self.capitals,
                         self.clamp, *lists)

    def copy(self):
        other = object.__new__(Context)
        set = object.__setattr__
        for name in Context.__slots__:
            set(other, name, getattr(self, name))
        return other

    __copy__ = copy

    def _quiet(self, **changes):
        """A copy that traps nothing and has no flags."""
        other = self.copy()
        set = object.__setattr__
        set(other, "_status", 0)
        set(other, "_traps", 0)
        for name, value in changes.items():
            set(other, name, value)
        return other

    def _raise(self, status):
        """Remembers what happened, and raises an exception for what is trapped."""
        object.__setattr__(self, "_status", self._status | status)
        trapped = status & self._traps
        if trapped:
            raise _signals.exception(trapped)

    def clear_flags(self):
        object.__setattr__(self, "_status", 0)

    def clear_traps(self):
        object.__setattr__(self, "_traps", 0)

    def Etiny(self):
        return self.Emin - self.prec + 1

    def Etop(self):
        return self.Emax - self.prec + 1

    def radix(self):
        return _decimal()(10)

    def create_decimal(self, num="0", /):
        """A decimal rounded to the context."""
        value = _decimal()._parse(num, self)
        if value._kind and value._int and value._digits() > self.prec - self.clamp:
            self._raise(_signals.CONVERSION_SYNTAX)
            return _decimal()("NaN")
        return value._fix(self)

    def create_decimal_from_float(self, f, /):
        return _decimal().from_float(f)._fix(self)


def _decimal():
    from ._number import Decimal
    return Decimal


_LIMITS = {
    "prec": (1, MAX_PREC, "valid range for prec is [1, MAX_PREC]"),
    "Emin": (MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]"),
    "Emax": (0, MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]"),
    "capitals": (0, 1, "valid values for capitals are 0 or 1"),
    "clamp": (0, 1, "valid values for clamp are 0 or 1"),
}


class _Default:
    prec, rounding, Emin, Emax, capitals, clamp = 28, ROUND_HALF_EVEN, -999999, 999999, 1, 0
    _traps = 0


DefaultContext = _Default
DefaultContext = Context(traps=[DivisionByZero, Overflow, InvalidOperation])
BasicContext = Context(
    prec=9, rounding=ROUND_HALF_UP,
    traps=[DivisionByZero, Overflow, InvalidOperation, Clamped, Underflow])
ExtendedContext = Context(prec=9, traps=[])

_variable = contextvars.ContextVar("decimal_context")


def getcontext():
    """The context of the running code; each thread has its own."""
    try:
        return _variable.get()
    except LookupError:
        context = DefaultContext.copy()
        _variable.set(context)
        return context


def setcontext(context, /):
    if not isinstance(context, Context):
        raise TypeError("argument must be a context")
    if context in _templates:
        context = context.copy()
        context.clear_flags()
    _variable.set(context)


_templates = (DefaultContext, BasicContext, ExtendedContext)


class _ContextManager:
    def __init__(self, context):
        self._new = context
        self._old = None

    def __enter__(self):
        self._old = getcontext()
        setcontext(self._new)
        return self._new

    def __exit__(self, kind, value, tb):
        setcontext(self._old)


def localcontext(ctx=None, **kwargs):
    """A context manager that sets a copy of a context, with changes."""
    if ctx is None:
        ctx = getcontext()
    elif not isinstance(ctx, Context):
        raise TypeError("optional argument must be a context")
    copy = ctx.copy()
    for name, value in kwargs.items():
        if name not in ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"):
            raise TypeError(f"'{name}' is an invalid keyword argument for this function")
        setattr(copy, name, value)
    return _ContextManager(copy)


def _delegate(name, count, method=None):
    """A method of contexts that calls one of decimals."""
    method = method or name

    def call(self, *args):
        if len(args) != count:
            raise TypeError(f"function takes exactly {count} arguments ({len(args)} given)")
        args = [_operand(arg) for arg in args]
        return getattr(args[0], method)(*args[1:], context=self)
    call.__name__ = name
    call.__qualname__ = f"Context.{name}"
    setattr(Context, name, call)


def _operand(value):
    Decimal = _decimal()
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    raise TypeError(f"conversion from {type(value).__name__} to Decimal is not supported")


for _name in ("exp", "ln", "log10", "logb", "logical_invert", "next_minus", "next_plus",
              "normalize", "number_class", "sqrt", "to_eng_string", "to_integral_exact",
              "to_integral_value", "is_normal", "is_subnormal"):
    _delegate(_name, 1)
for _name in ("compare", "compare_signal", "logical_and", "logical_or", "logical_xor", "max",
              "max_mag", "min", "min_mag", "next_toward", "quantize", "remainder_near", "rotate",
              "scaleb", "shift", "compare_total", "compare_total_mag", "same_quantum"):
    _delegate(_name, 2)
for _name, _method, _count in (
        ("abs", "_abs", 1), ("minus", "_minus", 1), ("plus", "_plus", 1), ("add", "_add", 2),
        ("subtract", "_subtract", 2), ("multiply", "_multiply", 2), ("divide", "_divide", 2),
        ("divide_int", "_divide_int", 2), ("remainder", "_remainder", 2),
        ("divmod", "_divmod", 2), ("fma", "fma", 3), ("to_sci_string", "_to_sci", 1),
        ("to_integral", "to_integral_value", 1)):
    _delegate(_name, _count, _method)


def _simple(name):
    def call(self, x, /):
        return getattr(_operand(x), name)()
    call.__name__ = name
    setattr(Context, name, call)


for _name in ("canonical", "copy_abs", "copy_decimal", "copy_negate", "is_canonical", "is_finite",
              "is_infinite", "is_nan", "is_qnan", "is_signed", "is_snan", "is_zero"):
    _simple(_name)


def _copy_sign(self, x, y, /):
    return _operand(x).copy_sign(_operand(y))


def _power(self, a, b, modulo=None):
    return _operand(a)._power(_operand(b), modulo, self)


Context.copy_sign = _copy_sign
Context.power = _power
