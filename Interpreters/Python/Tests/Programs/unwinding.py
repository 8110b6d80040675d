# Built-in functions that put something back when what they call fails, while what they call loses against other
# threads and is done again.
import itertools
import threading

shared = [0]


def hurry(item):
    for i in range(40):
        shared[0] += 1
    return item


class Late:
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return map(hurry, self.items)


class Named:
    def __str__(self):
        return hurry("named")


wrong = []


def work():
    for i in range(6):
        items = list(range(12, 0, -1))
        items.sort(key=hurry)
        texts = sorted("hgfedcba", key=hurry, reverse=True)
        joined = "".join(Late("abcd"))
        chained = list(itertools.chain.from_iterable([Late([1, 2]), Late([3])]))
        first, second = itertools.tee(Late([1, 2, 3]))
        zipped = list(itertools.zip_longest(Late([1, 2]), Late([3])))
        try:
            Named()(**{"a": 1}, **{"a": 2})
        except TypeError as error:
            said = str(error)
        found = (items, texts, joined, chained, list(first), list(second), zipped, said)
        if found != expected:
            wrong.append(found)


expected = (
    list(range(1, 13)),
    list("hgfedcba"),
    "abcd",
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
    [(1, 3), (2, None)],
    "named got multiple values for keyword argument 'a'",
)
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(wrong[:1])  # expect: []
