"""How long small pieces of code take."""

__all__ = ["Timer", "timeit", "repeat", "default_timer"]

import gc
import itertools
import sys
import time

default_number = 1000000
default_repeat = 5
default_timer = time.perf_counter
_globals = globals

_TEMPLATE = """
def inner(_it, _timer{init}):
    {setup}
    _t0 = _timer()
    for _i in _it:
        {stmt}
        pass
    _t1 = _timer()
    return _t1 - _t0
"""


class Timer:
    """Code that is run so and so often, and the time that it takes."""

    def __init__(self, stmt="pass", setup="pass", timer=default_timer, globals=None):
        self.timer = timer
        names, texts = {}, {}
        for what, code in (("setup", setup), ("stmt", stmt)):
            if callable(code):
                names[f"_{what}"] = code
                texts[what] = f"_{what}()"
            elif isinstance(code, str):
                compile(code, "<timeit-src>", "exec")
                indent = 4 if what == "setup" else 8
                texts[what] = code.replace("\n", "\n" + " " * indent)
            else:
                raise ValueError(f"{what} is neither a string nor callable")
        init = "".join(f", {name}={name}" for name in names)
        self.src = _TEMPLATE.format(init=init, **texts)
        exec(compile(self.src, "<timeit-src>", "exec"),
             _globals() if globals is None else globals, names)
        self.inner = names["inner"]

    def print_exc(self, file=None):
        import linecache
        import traceback
        if self.src is not None:
            linecache.cache["<timeit-src>"] = (
                len(self.src), None, self.src.split("\n"), "<timeit-src>")
        traceback.print_exc(file=file)

    def timeit(self, number=default_number):
        """The time that so many runs take, without collections of garbage."""
        collects = gc.isenabled()
        gc.disable()
        try:
            taken = self.inner(itertools.repeat(None, number), self.timer)
        finally:
            if collects:
                gc.enable()
        return taken

    def repeat(self, repeat=default_repeat, number=default_number):
        return [self.timeit(number) for _ in range(repeat)]

    def autorange(self, callback=None):
        """(number, time): so often that it takes at least 0.2 seconds."""
        for place in itertools.count():
            number = (1, 2, 5)[place % 3] * 10 ** (place // 3)
            taken = self.timeit(number)
            if callback is not None:
                callback(number, taken)
            if taken >= 0.2:
                return number, taken


def timeit(stmt="pass", setup="pass", timer=default_timer, number=default_number, globals=None):
    """The time that so many runs of a piece of code take."""
    return Timer(stmt, setup, timer, globals).timeit(number)


def repeat(
    stmt="pass", setup="pass", timer=default_timer, repeat=default_repeat, number=default_number,
    globals=None
):
    """The times of several measurements."""
    return Timer(stmt, setup, timer, globals).repeat(repeat, number)


def main(args=None):
    """The command line: `-m timeit [-n N] [-r N] [-s SETUP] [statement …]`."""
    import argparse
    import os
    parser = argparse.ArgumentParser(prog="timeit")
    parser.add_argument("-n", "--number", type=int, default=0)
    parser.add_argument("-r", "--repeat", type=int, default=default_repeat)
    parser.add_argument("-s", "--setup", action="append", default=[])
    parser.add_argument("-p", "--process", action="store_true")
    parser.add_argument("-u", "--unit", choices=("nsec", "usec", "msec", "sec"))
    parser.add_argument("-v", "--verbose", action="count", default=0)
    parser.add_argument("statement", nargs="*")
    options = parser.parse_args(args)
    timer = time.process_time if options.process else default_timer
    sys.path.insert(0, os.curdir)
    t = Timer("\n".join(options.statement) or "pass", "\n".join(options.setup) or "pass", timer)
    number = options.number
    try:
        if number == 0:
            number, _ = t.autorange()
        times = [taken / number for taken in t.repeat(max(options.repeat, 1), number)]
    except:
        t.print_exc()
        return 1
    units = {"nsec": 1e-9, "usec": 1e-6, "msec": 1e-3, "sec": 1.0}
    best = min(times)
    unit = options.unit or next(
        (name for name in ("sec", "msec", "usec") if best >= units[name]), "nsec")
    plural = "s" if number != 1 else ""
    print(f"{number} loop{plural}, best of {len(times)}: {best / units[unit]:.3g} {unit} per loop")
    return None


if __name__ == "__main__":
    sys.exit(main())
