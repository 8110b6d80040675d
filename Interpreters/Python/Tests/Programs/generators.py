# Generators, context managers, exceptions.
def count(n):
    for i in range(n):
        got = yield i
        if got:
            yield got * 10

numbers = count(3)
print(next(numbers), numbers.send(4), next(numbers), list(numbers))  # expect: 0 40 1 [2]

def chain(*parts):
    total = 0
    for part in parts:
        total += yield from part
    return total

def sized(text):
    yield from text
    return len(text)

def run():
    result = yield from chain(sized("ab"), sized("c"))
    yield result

print(list(run()), sum(x * x for x in range(10)), any(x > 3 for x in [1, 5]))  # expect: ['a', 'b', 'c', 3] 285 True

class Guard:
    def __init__(self, log, swallow):
        self.log, self.swallow = log, swallow

    def __enter__(self):
        self.log.append("in")
        return self

    def __exit__(self, kind, value, traceback):
        self.log.append(kind.__name__ if kind else "out")
        return self.swallow

log = []
with Guard(log, True), Guard(log, False):
    raise ValueError("lost")
print(log)                                                    # expect: ['in', 'in', 'ValueError', 'ValueError']

def risky(n):
    try:
        if n == 0:
            return "returned"
        if n == 1:
            raise KeyError("one")
        if n == 2:
            raise ValueError("two")
        return "fine"
    except KeyError as error:
        return f"caught {error}"
    except (TypeError, ValueError) as error:
        try:
            raise RuntimeError("again") from error
        except RuntimeError as second:
            return f"{second} from {second.__cause__}"
    finally:
        log.append(n)

print([risky(n) for n in range(4)], log[3:])                  # expect: ['returned', "caught 'one'", 'again from two', 'fine'] ['ValueError', 0, 1, 2, 3]

def closing():
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")

generator = closing()
next(generator)
generator.close()
print(log[-1], list(generator))                               # expect: closed []
try:
    try:
        raise ExceptionGroup("several", [ValueError(1), TypeError(2), KeyError(3)])
    except* ValueError as group:
        print(group.exceptions)                               # expect: (ValueError(1),)
    except* TypeError as group:
        print(group.exceptions)                               # expect: (TypeError(2),)
except* KeyError as group:
    print(group.exceptions)                                   # expect: (KeyError(3),)

def describe(value):
    match value:
        case 0:
            return "zero"
        case [x, y]:
            return f"pair {x} {y}"
        case {"kind": kind, **rest}:
            return f"{kind} {rest}"
        case str() | bytes():
            return "text"
        case int(n) if n > 100:
            return "large"
        case _:
            return "other"

print([describe(v) for v in [0, (1, 2), {"kind": "k", "a": 1}, "s", 101, 5]])  # expect: ['zero', 'pair 1 2', "k {'a': 1}", 'text', 'large', 'other']

# An iterator that ends because another one has carries nothing, whatever was looked up meanwhile.
def zipped():
    table = {"a": 1}
    carried = yield from zip((table[key] for key in ["a", "a"]), [1])
    print("carried", carried)                                    # expect: carried None

print(list(zipped()))                                            # expect: [(1, 1)]
