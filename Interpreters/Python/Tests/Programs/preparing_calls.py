# What is done while a call is being prepared must not disturb its arguments.


class Binding:
    """A descriptor: what is bound is made by guest code."""

    def __get__(self, instance, owner):
        made = [[i] for i in range(20)]
        return lambda *args, **keywords: (type(instance).__name__, args, keywords, len(made))


class Callable:
    __call__ = Binding()


f = Callable()
print(f(1, 2, 3))  # expect: ('Callable', (1, 2, 3), {}, 20)
print(f(*[4, 5], k=6))  # expect: ('Callable', (4, 5), {'k': 6}, 20)
print(list(map(f, [1], [2], [3])))  # expect: [('Callable', (1, 2, 3), {}, 20)]
print(sorted([3, 1, 2], key=lambda x: f(x)[1]))  # expect: [1, 2, 3]


class Name(str):
    """A keyword that compares and hashes by guest code."""

    def __hash__(self):
        return hash(str.__str__(self) + "")

    def __eq__(self, other):
        return str.__eq__(self, other + "")


def show(a, *rest, b=2, **more):
    return a, rest, b, sorted(more.items())


names = {Name("c"): [3], Name("b"): [4]}
print(show(1, 2, **names))  # expect: (1, (2,), [4], [('c', [3])])
print(list(map(lambda x: show(x, 8, 9, **names), [[7]])))  # expect: [([7], (8, 9), [4], [('c', [3])])]
print(dict([("x", 1)], **names) == {"x": 1, "c": [3], "b": [4]})  # expect: True
print(max([[1], [3], [2]], **{Name("key"): lambda x: [x[0]]}))  # expect: [3]


class Item:
    """Compares by making objects."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return [[self.value], [0]] < [[other.value], [0]]

    def __eq__(self, other):
        return str(self.value) + "x" == str(other.value) + "x"

    def __hash__(self):
        return hash((self.value % 3, "h"))

    def __add__(self, other):
        return Item(self.value + other.value)

    def __getitem__(self, key):
        return [self.value, key]

    def __contains__(self, item):
        return [item] == [self.value]

    def __iter__(self):
        return (Item(self.value + i) for i in range(3))

    def __format__(self, spec):
        return f"<{self.value}{spec}>"


items = [Item(i * 7 % 10) for i in range(10)]
print([i.value for i in sorted(items)])  # expect: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
print(len({i: i for i in items + items}))  # expect: 10
print(sum(items, Item(0)).value, min(items).value, max(*items).value)  # expect: 45 0 9
print(Item(3)["k" + "l"], 3 in Item(3), 4 in Item(3))  # expect: [3, 'kl'] True False
print([i.value for i in Item(5)], "{:>4}{}".format(Item(1), Item(2)))  # expect: [5, 6, 7] <1>4><2>
print(items.index(Item(9)), items.count(Item(8)))  # expect: 7 1


# A class whose instances are made by guest code, with arguments of every kind.
class Meta(type):
    def __call__(cls, *args, **keywords):
        return super().__call__(*args, **keywords)

    def __prepare__(name, bases, **keywords):
        return {"prepared": [[name]] * 3}

    def __new__(meta, name, bases, namespace, **keywords):
        return super().__new__(meta, name + "!", bases, namespace)

    def __init__(cls, name, bases, namespace, **keywords):
        cls.keywords = keywords


class Made(metaclass=Meta, a=[1], b=[2]):
    def __new__(cls, *args, **keywords):
        made = super().__new__(cls)
        made.made = [list(args), dict(keywords)]
        return made

    def __init__(self, *args, k=[5]):
        self.k = k


made = Made(1, [2], k=[3])
print(Made.__name__, Made.keywords, Made.prepared)  # expect: Made! {'a': [1], 'b': [2]} [['Made'], ['Made'], ['Made']]
print(made.made, made.k, Made([9]).k)  # expect: [[1, [2]], {'k': [3]}] [3] [5]
print([m.made for m in map(Made, [[1], [2]])])  # expect: [[[[1]], {}], [[[2]], {}]]
print(type.__call__(Made, [4], k=[6]).made)  # expect: [[[4]], {'k': [6]}]


# Variables that code remembers belong to its namespace, not to the address of that.
def modules():
    import types

    code = compile("def f():\n    global y\n    y = x\n    return x", "s", "exec")
    wrong = 0
    for i in range(300):
        module = types.ModuleType("m")
        module.x = [i]
        exec(code, module.__dict__)
        result = module.f()
        wrong += result != [i] or module.y != [i]
        module = types.ModuleType("n")
        module.x = i
        wrong += read(module) != i
        module = None
        [[j] for j in range(50)]
    return wrong


def read(module):
    return module.x


print(modules())  # expect: 0


# Code of the same text is made once; its results are not.
def evaluate(n):
    made = [eval("[n, (lambda: [n])]") for n in range(n)]
    spaces = [{"n": i} for i in range(n)]
    for space in spaces:
        exec("def f():\n    return [n]\nm = f()", space)
    return [m[0] for m in made], [m[1]()[0] for m in made], [s["m"] for s in spaces]


n = 7
print(evaluate(3))  # expect: ([0, 1, 2], [7, 7, 7], [[0], [1], [2]])
