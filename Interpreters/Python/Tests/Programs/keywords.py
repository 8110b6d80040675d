# Arguments that only the call itself holds, with collections in between.
class P:
    def __init__(self, v): self.v = v
class T:
    def __init__(self, *a, **k): self.a = a; self.k = k
def f(a, /, b=1, *rest, c=2, **more): return a, b, rest, c, more
def g(n):
    for i in range(n): yield P(i)
for n in range(1, 200, 13):
    ts = [T(P(i), P(i + 1), x=P(i), y=P(i + 2), **{"k%d" % j: P(j) for j in range(n % 5)}) for i in range(n)]
    assert [t.a[0].v for t in ts] == list(range(n)) and [t.k["y"].v for t in ts] == list(range(2, n + 2))
    ts = [T(*g(5), z=P(i)) for i in range(n)]
    assert all([p.v for p in t.a] == [0, 1, 2, 3, 4] for t in ts) and [t.k["z"].v for t in ts] == list(range(n))
    r = [f(P(i), c=P(5), q=P(i), *g(3)) for i in range(n)]
    assert all(x[0].v == i and x[1].v == 0 and [p.v for p in x[2]] == [1, 2] and x[3].v == 5 and x[4]["q"].v == i for i, x in enumerate(r))
    d = [dict(*[[(k, P(i))]] , **{"x" + str(i): P(i)}) for i in range(n) for k in "ab"]
    assert all(list(e.values())[0].v == list(e.values())[1].v for e in d)
print("right")  # expect: right

# What is wrong with a call, in the order in which it shows.
def wrong(call):
    try: call()
    except TypeError as error: return str(error)
def h(*a, **k): return a, k
print(wrong(lambda: h(*1.5, **{1: 2})))  # expect: __main__.h() argument after * must be an iterable, not float
print(wrong(lambda: h(**{1: 2})))  # expect: keywords must be strings
print(wrong(lambda: h(a=1, **{3: 2})))  # expect: keywords must be strings
print(wrong(lambda: h(**{1: 2}, **{1: 3})))  # expect: __main__.h() got multiple values for keyword argument '1'
print(wrong(lambda: h(**5)))  # expect: __main__.h() argument after ** must be a mapping, not int
print(wrong(lambda: dict(**{1: 2})))  # expect: keywords must be strings
