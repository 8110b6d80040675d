"""The Mandelbrot set in SIZE rows: how long each point takes to leave the circle."""

from workers import arguments, each

LIMIT = 100


def steps(real, imaginary):
    x = y = 0.0
    for step in range(LIMIT):
        xx = x * x
        yy = y * y
        if xx + yy > 4.0:
            return step
        y = 2.0 * x * y + imaginary
        x = xx - yy + real
    return LIMIT


def main():
    threads, size = arguments(500)
    width = size * 3 // 2

    def row(number):
        imaginary = 2.0 * number / size - 1.0
        return [steps(3.0 * column / width - 2.0, imaginary) for column in range(width)]

    checksum = inside = 0
    for line in each(row, range(size), threads):
        inside += line.count(LIMIT)
        for count in line:
            checksum = (checksum * 3 + count) % 1000000007
    print("mandelbrot:", inside, checksum)


main()
