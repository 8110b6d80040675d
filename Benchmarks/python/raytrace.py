"""A picture of spheres over a chequered floor, with shadows and reflections, in SIZE rows."""

from math import sqrt

from workers import arguments, each


class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y, -self.z)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def shaded(self, other):
        """A colour seen in the light of another."""
        return Vector(self.x * other.x, self.y * other.y, self.z * other.z)

    def unit(self):
        return self * (1.0 / sqrt(self.dot(self)))

    def mirrored(self, normal):
        return self - 2.0 * self.dot(normal) * normal


class Ray:
    def __init__(self, origin, direction):
        self.origin = origin
        self.direction = direction.unit()

    def point(self, distance):
        return self.origin + distance * self.direction


class Material:
    def __init__(self, colour, mirror):
        self.colour = colour
        self.mirror = mirror

    def colour_at(self, point):
        return self.colour


class Chequered(Material):
    def __init__(self, colour, other, mirror):
        super().__init__(colour, mirror)
        self.other = other

    def colour_at(self, point):
        return self.colour if (int(point.x + 1000) + int(point.z)) % 2 else self.other


class Sphere:
    def __init__(self, centre, radius, material):
        self.centre = centre
        self.radius = radius
        self.material = material

    def distance(self, ray):
        """How far the ray goes until it hits the sphere; None if it does not."""
        towards = self.centre - ray.origin
        along = towards.dot(ray.direction)
        depth = self.radius * self.radius - towards.dot(towards) + along * along
        if depth <= 0.0:
            return None
        hit = along - sqrt(depth)
        return hit if hit > 1e-6 else None

    def normal(self, point):
        return (point - self.centre).unit()


class Floor:
    def __init__(self, height, material):
        self.height = height
        self.material = material

    def distance(self, ray):
        if ray.direction.y >= -1e-6:
            return None
        return (self.height - ray.origin.y) / ray.direction.y

    def normal(self, point):
        return Vector(0.0, 1.0, 0.0)


class Scene:
    SKY = Vector(0.3, 0.5, 0.9)

    def __init__(self, things, lights):
        self.things = things
        self.lights = lights

    def hit(self, ray):
        nearest = thing = None
        for candidate in self.things:
            distance = candidate.distance(ray)
            if distance is not None and (nearest is None or distance < nearest):
                nearest, thing = distance, candidate
        return nearest, thing

    def lit(self, point, light):
        """Whether nothing is between a point and a light."""
        ray = Ray(point, light - point)
        return all(thing.distance(ray) is None for thing in self.things)

    def colour(self, ray, depth=0):
        distance, thing = self.hit(ray)
        if thing is None:
            return self.SKY * (1.0 - 0.5 * abs(ray.direction.y))
        point = ray.point(distance)
        normal = thing.normal(point)
        point = point + 1e-4 * normal
        brightness = 0.15
        for light in self.lights:
            towards = (light - point).unit()
            slope = towards.dot(normal)
            if slope > 0.0 and self.lit(point, light):
                brightness += 0.6 * slope
        colour = thing.material.colour_at(point) * brightness
        mirror = thing.material.mirror
        if mirror > 0.0 and depth < 3:
            reflected = self.colour(Ray(point, ray.direction.mirrored(normal)), depth + 1)
            colour = colour * (1.0 - mirror) + reflected * mirror
        return colour


def scene():
    red = Material(Vector(0.9, 0.2, 0.1), 0.3)
    glass = Material(Vector(0.8, 0.9, 0.9), 0.7)
    tiles = Chequered(Vector(0.9, 0.9, 0.9), Vector(0.1, 0.1, 0.2), 0.1)
    ring = [Sphere(Vector(i * 1.1 - 3.3, 0.4, 6.0 - i * 0.5), 0.4, (red, glass)[i % 2])
            for i in range(7)]
    return Scene([Sphere(Vector(0.0, 2.0, 8.0), 1.5, glass), Floor(0.0, tiles), *ring],
                 [Vector(6.0, 8.0, -2.0), Vector(-7.0, 6.0, 3.0)])


def main():
    threads, size = arguments(180)
    width = size * 4 // 3
    picture = scene()
    eye = Vector(0.0, 1.5, -4.0)

    def row(number):
        shades = []
        for column in range(width):
            direction = Vector((column - width / 2) / size, (size / 2 - number) / size, 1.2)
            colour = picture.colour(Ray(eye, direction))
            shades += [min(255, int(255 * part)) for part in (colour.x, colour.y, colour.z)]
        return shades

    checksum = 0
    for line in each(row, range(size), threads):
        for shade in line:
            checksum = (checksum * 5 + shade) % 1000000007
    print("raytrace:", checksum)


main()
