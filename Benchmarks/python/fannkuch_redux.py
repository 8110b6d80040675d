"""The most reversals of a beginning until 0 comes first, over all orders of SIZE numbers."""

from math import factorial

from workers import arguments, each

CHUNKS = 48


def orders(size, start, count):
    """So many permutations, from the one with this number on; each with its number."""
    rest = list(range(size))
    order = []
    for place in range(size - 1, -1, -1):
        digit, start = divmod(start, factorial(place))
        order.append(rest.pop(digit))
    for _ in range(count):
        yield order
        # The next one in lexicographic order.
        left = size - 2
        while left >= 0 and order[left] > order[left + 1]:
            left -= 1
        right = size - 1
        while order[right] < order[left]:
            right -= 1
        order[left], order[right] = order[right], order[left]
        order[left + 1:] = order[:left:-1]


def turns(order):
    count = 0
    first = order[0]
    order = order[:]
    while first:
        order[:first + 1] = order[first::-1]
        count += 1
        first = order[0]
    return count


def main():
    threads, size = arguments(9)
    total = factorial(size)
    bounds = [total * i // CHUNKS for i in range(CHUNKS + 1)]

    def study(chunk):
        start, end = bounds[chunk], bounds[chunk + 1]
        checksum = most = 0
        for number, order in enumerate(orders(size, start, end - start), start):
            count = turns(order)
            checksum += -count if number % 2 else count
            most = max(most, count)
        return checksum, most

    results = each(study, range(CHUNKS), threads)
    print("fannkuch_redux:", sum(sums for sums, _ in results), max(most for _, most in results))


main()
