#!/usr/bin/env python3
"""Looks for programs on which quantapy and python3 differ, and for bytes on which quantapy crashes.

    fuzz.py QUANTAPY [--mode programs|bytes] [--minutes M] [--seed S] [--backend B] [--keep FOLDER]

Each difference is printed with its seed and the first lines that differ; the program is kept in FOLDER. The exit
status is 1 when there was one. `python3` must be CPython 3.11.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

from programs import Programs

CORPUS = Path(__file__).resolve().parent.parent / "Programs"
#: Addresses, also as lists of their characters.
ADDRESS = re.compile(r"0x[0-9a-f]{6,}|'0', 'x'(, '[0-9a-f]'){6,}")


def run(command, path, seconds=30):
    environment = dict(os.environ, PYTHONHASHSEED="0", PYTHONUTF8="1")
    try:
        done = subprocess.run([*command, path], capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL, env=environment)
    except subprocess.TimeoutExpired:
        return "timeout", "", ""
    decode = lambda data: ADDRESS.sub("0x", data.decode("utf-8", "backslashreplace")).replace("_ascii_iterator", "_iterator")
    return done.returncode, decode(done.stdout), decode(done.stderr)


def program(seed):
    return Programs(seed).program().encode("utf-8", "surrogatepass")


def mutant(seed):
    """A piece of a real program with bytes changed, cut, doubled and put elsewhere."""
    choice = random.Random(seed)
    text = bytearray(choice.choice(FILES)[:20000])
    if choice.random() < 0.7:
        start = choice.randrange(len(text))
        text = text[start:start + choice.randint(1, 400)]
    for _ in range(choice.randint(1, 12)):
        at = choice.randrange(len(text) + 1)
        action = choice.randrange(6)
        if action == 0:
            text[at:at] = choice.randbytes(choice.randint(1, 3))
        elif action == 1:
            text[at:at] = choice.choice(TOKENS).encode()
        elif action == 2:
            del text[at:at + choice.randint(1, 8)]
        elif action == 3:
            text[at:at] = text[at:at + choice.randint(1, 40)]
        elif action == 4 and at < len(text):
            text[at] ^= 1 << choice.randrange(8)
        else:
            text[at:at] = choice.choice(["(", "[", "{", "\n    ", "f'{", "lambda:"]).encode() * choice.choice([1, 2, 200])
    return bytes(text)


COMPILE = "import sys; path = sys.argv[1]; compile(open(path, 'rb').read(), path, 'exec')"
TOKENS = ["(", ")", "[", "]", "{", "}", ":", ",", ";", "\n", "    ", "\t", "def f():", "class C:", "if x:", "else:", "lambda", "yield", "await", "async ", "*", "**", ":=", "->", "@", "\\\n", "'''", '"""', "f'{", "}'",
          "rb'", "0x", "1_", "1e", "0b2", "é", "\x00", "\ufeff", "match x:\n case", "import ", "from . import *", "global x", "nonlocal x", "return", "break", "del ", "not ", "is ", "in ", "...", "1j", "\\N{DASH}", "except*", "#", "try:", "with "]


#: CPython words wrong counts of arguments to built-in functions in many ways: one for each way to write them in C.
COUNTS = re.compile(r"\d+ (exit )?TypeError .*(expected|takes|missing|unexpected|keyword|positional|multiple values)")

#: So does `struct` for numbers that do not fit.
SIZES = re.compile(r"\d+ (exit )?error .*(out of range|too large|format requires)")


def same(ours, wanted):
    return ours == wanted or any(kind.match(ours) and kind.match(wanted) for kind in (COUNTS, SIZES))


def differences(mode, mine, theirs):
    if mine[0] == "timeout" or not isinstance(mine[0], int) or mine[0] not in (0, 1):
        return f"ended with {mine[0]}: {mine[2][-300:]}"
    if mode == "bytes":
        if "Non-UTF-8" in mine[2]:
            # `compile` does not look at the bytes of comments, as running the file does.
            return None
        def refused(outcome):
            last = outcome[2].rstrip().splitlines()[-1:] or [""]
            return re.match(r"(Syntax|Indentation|Tab|Memory|Recursion|UnicodeDecode|Value)Error", last[0]) is not None
        if refused(mine) != refused(theirs):
            return f"quantapy: {mine[2][-300:]}\npython3: {theirs[2][-300:]}"
        return None
    lines = mine[1].split("\n"), theirs[1].split("\n")
    for ours, wanted in zip(*lines):
        if not same(ours, wanted):
            return f"  - {wanted}\n  + {ours}"
    if mine[0] != theirs[0] or len(lines[0]) != len(lines[1]):
        return f"quantapy ends with {mine[0]} {mine[2][-300:]}\npython3 ends with {theirs[0]} {theirs[2][-300:]}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("quantapy")
    parser.add_argument("--mode", choices=["programs", "bytes"], default="programs")
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backend", default="gil")
    parser.add_argument("--keep", default="fuzz-out", type=Path)
    options = parser.parse_args()
    options.keep.mkdir(exist_ok=True)
    # A mutant might do anything: it is compiled, not run.
    ours = ["--backend", options.backend] if options.mode == "programs" else ["--check"]
    reference = [] if options.mode == "programs" else ["-c", COMPILE]
    seed, found, end = options.seed, 0, time.monotonic() + options.minutes * 60
    while time.monotonic() < end:
        path = options.keep / f"{options.mode}-{seed}.py"
        path.write_bytes((program if options.mode == "programs" else mutant)(seed))
        mine = run([options.quantapy, *ours], path)
        theirs = run([sys.executable, *reference], path)
        problem = differences(options.mode, mine, theirs) if theirs[0] in (0, 1) else None
        if problem:
            found += 1
            print(f"seed {seed}: {path}\n{problem}", flush=True)
        else:
            path.unlink()
        seed += 1
    print(f"{seed - options.seed} {options.mode}, {found} with a difference (seeds {options.seed} to {seed - 1})")
    return 1 if found else 0


FILES = [path.read_bytes() for path in sorted(CORPUS.glob("*.py"))]

if __name__ == "__main__":
    sys.exit(main())
