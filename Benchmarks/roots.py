"""Sums integer square roots found by Newton's iteration. The same steps as roots.duh."""


def root(n):
    if n < 2:
        return n
    x = n
    y = (x + 1) // 2
    while y < x:
        x = y
        y = (x + n // x) // 2
    return x


def sum_of(start, to, total):
    found = 0
    while start < to:
        found = found + root(start)
        start = start + 1
    total[0] = total[0] + found


def main():
    total = [0]
    part = 0
    while part < 2000:
        sum_of(part * 1000, (part + 1) * 1000, total)
        part = part + 1
    print(total[0])


main()
