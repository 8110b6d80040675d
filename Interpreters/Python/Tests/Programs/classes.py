# Classes, inheritance, descriptors, operators.
class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"

print(Vector(1, 2) + Vector(3, 4), 3 * Vector(1, 2), Vector(1, 2) == Vector(1, 2))  # expect: Vector(4, 6) Vector(3, 6) True

class Shape:
    made = 0

    def __init__(self, name):
        self.name = name
        Shape.made += 1

    @property
    def area(self):
        return 0

    @classmethod
    def named(cls, name):
        return cls(name)

    @staticmethod
    def double(n):
        return 2 * n

    def __str__(self):
        return f"{self.name} of area {self.area}"

class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side

    @property
    def area(self):
        return self.side ** 2

    @area.setter
    def area(self, value):
        self.side = value ** 0.5

square = Square(3)
square.area = 16
print(square, square.side, Shape.named("dot"), Shape.double(4), Shape.made)  # expect: square of area 16.0 4.0 dot of area 0 8 2
print(isinstance(square, Shape), issubclass(Shape, Square), Square.__mro__[1].__name__)  # expect: True False Shape

class Meta(type):
    def __new__(mcls, name, bases, namespace, **options):
        cls = super().__new__(mcls, name, bases, namespace)
        cls.options = options
        return cls

class Base(metaclass=Meta, level=3):
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.tag = cls.__name__.lower()

print(Base.options, type(Base).__name__)                      # expect: {'level': 3} Meta

class A:
    def who(self):
        return "A"

class B(A):
    def who(self):
        return "B" + super().who()

class C(A):
    def who(self):
        return "C" + super().who()

class D(B, C):
    pass

print(D().who(), [c.__name__ for c in D.__mro__])             # expect: BCA ['D', 'B', 'C', 'A', 'object']

class Missing(dict):
    def __missing__(self, key):
        return key * 2

class Loud:
    def __getattr__(self, name):
        return name.upper()

print(Missing(a=1)["ab"], Loud().word, getattr(Loud(), "x", None), hasattr(A(), "nothing"))  # expect: abab WORD X False
try:
    A().nothing
except AttributeError as error:
    print(error)                                              # expect: 'A' object has no attribute 'nothing'
