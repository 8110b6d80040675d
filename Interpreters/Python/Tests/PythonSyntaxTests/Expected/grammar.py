"""One of everything."""
from __future__ import annotations
import a, b.c as d
from . import e
from ..f import (g, h as i,)
from j import *

@decorator
@other(1, *args, key=2, **rest)
class A(B, metaclass=C):
    x: int = 1
    (y): int
    z.w: int
    def f(self, p, /, q: int = 2, *args: str, k, l=3, **kw) -> None:
        global s
        return super().f
    async def g(self):
        async with a as b, c: await d
        async for x, *y in z: yield x
        else: pass
        return [x async for x in y if await z]
def h():
    n = None
    def i():
        nonlocal n
        n = yield
        n = yield 1, *n
        yield from n
a = b, *c = d = 1
a += b; c //= 2; d @= e
del a, b[0], c.d, (e, [f])
if (n := 10) > 5 >= x != y: pass
elif not a and b or c: ...
else: raise
for i in 1, 2: continue
while True: break
with (open(a) as b, open(c)): pass
with (a): pass
try: raise A from B
except (A, B) as e: pass
except: pass
else: pass
finally: pass
try: pass
except* A: pass
assert a, "b"
lambda: 0
lambda a, b=1, /, c=2, *d, e, f=3, **g: a if b else c
x[1], x[1:2], x[::3, ...], x[a:=1], x[*a]
{1: 2, **a}, {1, *b}, {}, (), [], (1,), [*a]
{a: b for a, b in c}, {a for a in b}, (a for a in b for c in d if e if f)
f(a for a in b)(*c, d, e=f, **g)
1 + 2 * 3 ** -4 ** 5 // 6 % 7 @ 8 << 9 & ~10 | 11 ^ 12 >> +13 - 14 / 15
a < b <= c == d != e > f >= g is h is not i in j not in k
0xFF, 0o17, 0b11, 1_000, 123456789012345678901234567890, 0xFFFFFFFFFFFFFFFFFFFFFFFF
1.5, .5, 5., 1e10, 1e-7, 1.5j, 1e400, 123456789.0, 1e16, 0.0001, 0.00001
"a" 'b' """c
d""" r'\n' u'e', u'e' 'f', b'f' rb'\x00' b'\x00\xff', '\x41\u00e9\U0001F600\N{BULLET}\ud800\101' '\
'
f"{a}{b!r}{c!s:>{w}}{d=}{e = !a:x}{{}}" "g" f'{h["i"]:{j}k{l}}' rf'\{m}'
u"a" f"b"
True, False, None, NotImplemented, __debug__
été = ñ = 变量
match a, b:
    case 1 | -2.5 | 3 + 4j | "s" "t" | b"u" | None | True: pass
    case A.b | _: pass
    case [x, *_, (y, z)] if x: pass
    case {"k": v, c.d: 1, -1: w, **others}: pass
    case Point(1, x=0, y=Other(a=b)) as p: pass
    case (): pass
    case x, : pass
match (x)
case = _ = match
