# Both operands refuse, a truth value is none: the exception begins in the frame that asked.
class Refuses:
    def __add__(self, other):
        return NotImplemented

    def __radd__(self, other):
        return NotImplemented


class AlsoRefuses(Refuses):
    pass


class Vague:
    def __bool__(self):
        return 3


def attempt(action):
    try:
        action()
    except TypeError as error:
        depth = 0
        tb = error.__traceback__
        while tb:
            depth += 1
            tb = tb.tb_next
        print(error, depth)


class Third:
    def __radd__(self, other):
        return NotImplemented


attempt(lambda: Refuses() + Third())    # expect: unsupported operand type(s) for +: 'Refuses' and 'Third' 2
attempt(lambda: Refuses() + 1)          # expect: unsupported operand type(s) for +: 'Refuses' and 'int' 2
attempt(lambda: not Vague())            # expect: __bool__ should return bool, returned int 2
print("end")                            # expect: end
