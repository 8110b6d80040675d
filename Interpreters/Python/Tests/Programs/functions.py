# Calls in all their forms, closures, decorators.
def show(a, b=2, *rest, c, d=4, **more):
    return a, b, rest, c, d, more

print(show(1, c=3), show(1, 2, 3, 4, c=5, e=6))               # expect: (1, 2, (), 3, 4, {}) (1, 2, (3, 4), 5, 4, {'e': 6})
print(show(*[1, 2, 3], **{"c": 4, "z": 5}))                   # expect: (1, 2, (3,), 4, 4, {'z': 5})

def counter():
    count = 0

    def increment(by=1):
        nonlocal count
        count += by
        return count
    return increment

first, second = counter(), counter()
first()
print(first(5), second(), first.__name__, first.__qualname__)  # expect: 6 1 increment counter.<locals>.increment

def twice(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs), function(*args, **kwargs)
    return wrapper

@twice
def add(a, /, b, *, scale=1):
    return (a + b) * scale

print(add(1, 2), add(1, b=2, scale=10))                       # expect: (3, 3) (30, 30)

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

print(fib(15), (lambda x, y=3: x * y)(4), [f() for f in [lambda i=i: i for i in range(3)]])  # expect: 610 12 [0, 1, 2]
for call in [lambda: fib(), lambda: fib(1, 2), lambda: add(a=1, b=2), lambda: show(1)]:
    try:
        call()
    except TypeError as error:
        message = str(error)
print(message)                                                # expect: show() missing 1 required keyword-only argument: 'c'

def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)

print(deep(900))                                              # expect: 900
try:
    deep(100000)
except RecursionError as error:
    print(error)                                              # expect: maximum recursion depth exceeded
