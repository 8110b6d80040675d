"""Single operations of Python, in nanoseconds: `micro.py [NAME...]`.

Each case does its operation `count` times in a loop; `loop` says what the loop costs alone.
"""

import math
import re
import sys
import time

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


class Point:
    def __init__(self, x=0, y=0):
        self.x = x
        self.y = y

    def shifted(self, by):
        return self.x + by


class Slotted:
    __slots__ = ("x",)

    def __init__(self, x):
        self.x = x


def added(a, b):
    return a + b


def optional(a, b=1, *, c=2):
    return a


def numbers(count):
    for number in range(count):
        yield number


def shuffled(count):
    """So many numbers, in no order."""
    return [(i * 514229 + 13) % 1000003 for i in range(count)]


WORDS = [f"word{i * 7919 % 1009}" for i in range(1000)]
TEXT = " ".join(WORDS)
HUGE = 3 ** 400
LONG = 7 ** 2000


@case
def loop(count):
    for _ in range(count):
        pass


@case
def add_ints(count):
    total = 0
    for i in range(count):
        total = total + i


@case
def add_floats(count):
    total = 0.0
    for _ in range(count):
        total = total + 1.5


@case
def call(count):
    for i in range(count):
        added(i, 1)


@case
def call_with_keywords(count):
    for i in range(count):
        optional(i, c=3)


@case
def call_lambda_with_closure(count):
    function = lambda x: x + count
    for i in range(count):
        function(i)


@case
def call_builtin(count):
    items = [1, 2, 3]
    for _ in range(count):
        len(items)


@case
def call_method(count):
    point = Point()
    for i in range(count):
        point.shifted(i)


@case
def make_instance(count):
    for i in range(count):
        Point(i, i)


@case
def read_attribute(count):
    point = Point()
    for _ in range(count):
        point.x


@case
def write_attribute(count):
    point = Point()
    for i in range(count):
        point.x = i


@case
def read_slot(count):
    point = Slotted(1)
    for _ in range(count):
        point.x


@case
def is_instance(count):
    point = Point()
    for _ in range(count):
        isinstance(point, Point)


@case
def resume_generator(count):
    for _ in numbers(count):
        pass


@case
def raise_and_catch(count):
    for _ in range(count):
        try:
            raise ValueError("no")
        except ValueError:
            pass


@case
def enter_try(count):
    for i in range(count):
        try:
            i
        except ValueError:
            pass


@case
def append_to_list(count):
    items = []
    for i in range(count):
        items.append(i)


@case
def index_list(count):
    items = [1, 2, 3]
    for _ in range(count):
        items[1]


@case
def store_in_list(count):
    items = [1, 2, 3]
    for i in range(count):
        items[1] = i


@case
def slice_list(count):
    items = list(range(20))
    for _ in range(count):
        items[3:9]


@case
def unpack_tuple(count):
    pair = (1, 2)
    for _ in range(count):
        a, b = pair


@case
def get_int_from_dict(count):
    table = {i * 3: i for i in range(100)}
    for _ in range(count):
        table[63]


@case
def set_int_in_dict(count):
    table = {}
    for i in range(count):
        table[i & 1023] = i


@case
def get_str_from_dict(count):
    table = {word: len(word) for word in WORDS}
    word = WORDS[63]
    for _ in range(count):
        table[word]


@case
def set_str_in_dict(count):
    table = {}
    words = WORDS
    for i in range(count):
        table[words[i % 1000]] = i


@case
def find_in_set(count):
    members = set(WORDS)
    word = WORDS[63]
    for _ in range(count):
        word in members


@case
def concatenate_strings(count):
    word = WORDS[3]
    for _ in range(count):
        word + "-tail"


@case
def grow_string(count):
    text = ""
    for _ in range(count):
        text += "x"


@case
def join_strings(count):
    """Of one thousand."""
    for _ in range(count):
        " ".join(WORDS)


@case
def split_string(count):
    """Into one thousand."""
    for _ in range(count):
        TEXT.split(" ")


@case
def find_in_string(count):
    for _ in range(count):
        TEXT.find("none here")


@case
def replace_in_string(count):
    for _ in range(count):
        TEXT.replace("word1", "one")


@case
def compare_strings(count):
    a, b = "a" * 20 + "x", "a" * 20 + "y"
    for _ in range(count):
        a < b


@case
def index_string(count):
    for _ in range(count):
        TEXT[17]


@case
def format_with_method(count):
    for i in range(count):
        "{} and {:>8}".format(i, "text")


@case
def format_with_percent(count):
    for i in range(count):
        "%d and %8s" % (i, "text")


@case
def format_f_string(count):
    text = "text"
    for i in range(count):
        f"{i} and {text:>8}"


@case
def int_to_str(count):
    for i in range(count):
        str(i)


@case
def str_to_int(count):
    for _ in range(count):
        int("12345")


@case
def float_to_str(count):
    for i in range(count):
        str(i + 0.1)


@case
def format_float(count):
    for i in range(count):
        "%.3f" % (i + 0.1)


@case
def str_to_float(count):
    for _ in range(count):
        float("123.456")


@case
def sort_ints(count):
    """One thousand."""
    items = shuffled(1000)
    for _ in range(count):
        sorted(items)


@case
def sort_sorted_ints(count):
    """One thousand."""
    items = sorted(shuffled(1000))
    for _ in range(count):
        sorted(items)


@case
def sort_strings(count):
    """One thousand."""
    for _ in range(count):
        sorted(WORDS)


@case
def sort_with_key(count):
    """One thousand."""
    items = shuffled(1000)
    for _ in range(count):
        sorted(items, key=lambda item: -item)


@case
def list_comprehension(count):
    """One thousand."""
    for _ in range(count):
        [i * 2 for i in range(1000)]


@case
def dict_comprehension(count):
    """One thousand."""
    for _ in range(count):
        {i: i for i in range(1000)}


@case
def sum_of_generator(count):
    """One thousand."""
    for _ in range(count):
        sum(i * 2 for i in range(1000))


@case
def map_and_filter(count):
    """One thousand."""
    for _ in range(count):
        list(map(str, filter(None, range(1000))))


@case
def enumerate_and_zip(count):
    """One thousand."""
    items = list(range(1000))
    for _ in range(count):
        for i, (a, b) in enumerate(zip(items, items)):
            pass


@case
def multiply_big_ints(count):
    for _ in range(count):
        HUGE * HUGE


@case
def multiply_bigger_ints(count):
    for _ in range(count):
        LONG * LONG


@case
def add_big_ints(count):
    for _ in range(count):
        HUGE + HUGE


@case
def divide_big_ints(count):
    for _ in range(count):
        LONG // HUGE


@case
def big_int_to_str(count):
    for _ in range(count):
        str(LONG)


@case
def str_to_big_int(count):
    text = str(LONG)
    for _ in range(count):
        int(text)


@case
def power_modulo(count):
    for _ in range(count):
        pow(3, HUGE, 1000000007 ** 4)


@case
def square_root(count):
    for i in range(count):
        math.sqrt(i)


@case
def search_regex(count):
    pattern = re.compile(r"word(9\d+) (\w+)")
    for _ in range(count):
        pattern.search(TEXT)


@case
def match_regex(count):
    pattern = re.compile(r"(\w+)=(\d+)")
    for _ in range(count):
        pattern.match("size=12345")


@case
def substitute_regex(count):
    pattern = re.compile(r"d[0-4]")
    for _ in range(count):
        pattern.sub("*", TEXT)


def nanoseconds(function, goal=0.02):
    """What one operation takes: the best of five loops that take so many seconds each."""
    count = 10
    while True:
        start = time.perf_counter()
        function(count)
        took = time.perf_counter() - start
        if took > goal / 4:
            break
        count *= 4
    count = max(1, int(count * goal / took))
    best = took
    for i in range(5):
        start = time.perf_counter()
        function(count)
        took = (time.perf_counter() - start) / count
        best = took if i == 0 else min(best, took)
    return best * 1e9


def main():
    names = sys.argv[1:] or list(CASES)
    for name in names:
        if name not in CASES:
            sys.exit(f"no case '{name}'; there are {', '.join(CASES)}")
        print(f"{name} {nanoseconds(CASES[name]):.1f}", flush=True)


main()
