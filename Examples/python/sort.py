"""C's `qsort` orders records by a function of Python, which gets two addresses."""

import ffi

libc = ffi.library("libc.so.6")
libc.define("struct planet { char name[16]; double mass; int moons; };")
Planet = libc.type("struct planet")
qsort = libc.bind("""local void qsort(
    inout(n * size) void *base, size_t n, size_t size, int (*compare)(const void *, const void *))""")

planets = [
    Planet("Earth", 5.97, 1), Planet("Mars", 0.642, 2), Planet("Jupiter", 1898, 95),
    Planet("Venus", 4.87, 0), Planet("Saturn", 568, 146)]


def by_moons(a, b):
    return Planet.read(a).moons - Planet.read(b).moons


memory = b"".join(map(Planet.pack, planets))
memory = qsort(memory, len(planets), Planet.size, by_moons)
for i in range(len(planets)):
    planet = Planet.unpack(memory, i * Planet.size)
    print(planet.name.decode(), planet.mass, planet.moons)
# expect: Venus 4.87 0
# expect: Earth 5.97 1
# expect: Mars 0.642 2
# expect: Jupiter 1898.0 95
# expect: Saturn 568.0 146
