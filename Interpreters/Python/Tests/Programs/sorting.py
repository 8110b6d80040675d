# Lists that are in order already, and what comparing them calls.
import random

compared = 0


class Counted:
    def __init__(self, n, mark=0):
        self.n = n
        self.mark = mark

    def __lt__(self, other):
        global compared
        compared += 1
        return self.n < other.n


def comparisons(numbers, **options):
    global compared
    compared = 0
    result = sorted([Counted(n, i) for i, n in enumerate(numbers)], **options)
    return compared, [(c.n, c.mark) for c in result[:3]]


for numbers in (range(1), range(2), range(200), range(200, 0, -1), [7] * 130):
    print(comparisons(numbers), comparisons(numbers, reverse=True))
# expect: (0, [(0, 0)]) (0, [(0, 0)])
# expect: (1, [(0, 0), (1, 1)]) (1, [(1, 1), (0, 0)])
# expect: (199, [(0, 0), (1, 1), (2, 2)]) (199, [(199, 199), (198, 198), (197, 197)])
# expect: (199, [(1, 199), (2, 198), (3, 197)]) (199, [(200, 0), (199, 1), (198, 2)])
# expect: (129, [(7, 0), (7, 1), (7, 2)]) (129, [(7, 0), (7, 1), (7, 2)])

random.seed(5)
right = True
for count in [*range(70), 127, 128, 129, 1000]:
    ints = [random.randrange(2 * count + 1) for _ in range(count)]
    for items in (ints, [n / 4 for n in ints], [str(n) for n in ints], [chr(n + 300) for n in ints],
                  [(n % 3, n) for n in ints]):
        for reverse in (False, True):
            once = sorted(items, reverse=reverse)
            right = right and all((b <= a) if reverse else (a <= b) for a, b in zip(once, once[1:]))
            right = right and sorted(once, reverse=reverse) == once
            right = right and sorted(once, reverse=not reverse)[::-1] == once
            right = right and sorted(once + once[-1:], reverse=reverse) == once + once[-1:]
            keyed = sorted(once, key=lambda item: 0, reverse=reverse)
            right = right and all(a is b for a, b in zip(keyed, once)) and len(keyed) == count
print(right)  # expect: True


class Bad:
    def __lt__(self, other):
        if items:
            print("not empty")  # expect: not empty
        items.append(1)
        return False


items = [Bad(), Bad(), Bad()]
try:
    items.sort()
except ValueError as error:
    print(error, len(items))  # expect: list modified during sort 3
