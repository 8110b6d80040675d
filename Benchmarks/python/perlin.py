"""SIZE rows of clouds: Perlin's gradient noise in several octaves."""

from math import floor

from workers import arguments, each


class Noise:
    """Smooth noise that depends on nothing but the seed."""

    GRADIENTS = [(1, 1, 0), (-1, 1, 0), (1, -1, 0), (-1, -1, 0), (1, 0, 1), (-1, 0, 1),
                 (1, 0, -1), (-1, 0, -1), (0, 1, 1), (0, -1, 1), (0, 1, -1), (0, -1, -1)]

    def __init__(self, seed):
        table = list(range(256))
        for last in range(255, 0, -1):
            seed = (seed * 1103515245 + 12345) & 0x7fffffff
            other = seed % (last + 1)
            table[last], table[other] = table[other], table[last]
        self.table = table * 2

    @staticmethod
    def fade(t):
        return t * t * t * (t * (t * 6 - 15) + 10)

    def corner(self, hashed, x, y, z):
        a, b, c = self.GRADIENTS[hashed % 12]
        return a * x + b * y + c * z

    def at(self, x, y, z):
        cell_x, cell_y, cell_z = floor(x), floor(y), floor(z)
        x, y, z = x - cell_x, y - cell_y, z - cell_z
        cell_x, cell_y, cell_z = cell_x & 255, cell_y & 255, cell_z & 255
        u, v, w = self.fade(x), self.fade(y), self.fade(z)
        table = self.table
        planes = []
        for dz in (0, 1):
            lines = []
            for dy in (0, 1):
                ends = [
                    self.corner(table[table[table[cell_x + dx] + cell_y + dy] + cell_z + dz],
                                x - dx, y - dy, z - dz)
                    for dx in (0, 1)
                ]
                lines.append(ends[0] + u * (ends[1] - ends[0]))
            planes.append(lines[0] + v * (lines[1] - lines[0]))
        return planes[0] + w * (planes[1] - planes[0])

    def octaves(self, x, y, z, count=3, persistence=0.5):
        total = 0.0
        amplitude = 1.0
        for _ in range(count):
            total += amplitude * self.at(x, y, z)
            amplitude *= persistence
            x, y, z = 2 * x, 2 * y, 2 * z
        return total


def main():
    threads, size = arguments(270)
    noise = Noise(42)

    def row(number):
        y = number / 16
        return [int(128 + 100 * noise.octaves(column / 16, y, 0.7)) for column in range(size)]

    checksum = 0
    for line in each(row, range(size), threads):
        for shade in line:
            checksum = (checksum * 7 + shade) % 1000000007
    print("perlin:", checksum)


main()
