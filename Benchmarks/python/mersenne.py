"""The exponents up to SIZE that give Mersenne primes, by the test of Lucas and Lehmer."""

from workers import arguments, each


def primes(limit):
    sieve = [True] * (limit + 1)
    for number in range(2, limit + 1):
        if sieve[number]:
            yield number
            for multiple in range(number * number, limit + 1, number):
                sieve[multiple] = False


def is_mersenne(exponent):
    """Whether 2 ** exponent - 1 is prime, for an odd prime exponent."""
    number = (1 << exponent) - 1
    residue = 4
    for _ in range(exponent - 2):
        residue = residue * residue - 2
        while residue > number:
            residue = (residue & number) + (residue >> exponent)
        if residue == number:
            residue = 0
    return residue == 0


def main():
    threads, size = arguments(2800)
    exponents = list(primes(size))[1:]
    found = each(is_mersenne, exponents, threads)
    print("mersenne:", *[exponent for exponent, yes in zip(exponents, found) if yes])


main()
