"""Runs the benchmarks and prints tables: medians of several runs, and ratios within this run."""

import argparse
import pathlib
import sys

import machine_code
import measuring
from measuring import Run, capacity, medians, ms, table

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
RELEASE = ROOT / ".build/release"


def guest_programs(repeats):
    configurations = [(b, t) for b in ("gil", "stm") for t in (1, 2)]
    rows = []
    for program in ("queens", "roots", "trees"):
        commands = {"CPython": [sys.executable, HERE / f"{program}.py"]}
        for backend, threads in configurations:
            commands[f"{backend} {threads}"] = [
                RELEASE / "duhton", "--backend", backend, "--threads", str(threads),
                HERE / f"{program}.duh",
            ]
        times = medians(commands, repeats)
        base = times["CPython"]
        row = [program, ms(base)]
        row += [f"{ms(times[f'{b} {t}'])} ({base / times[f'{b} {t}']:.1f}x)" for b, t in configurations]
        row.append(f"{times['stm 1'] / times['stm 2']:.2f}")
        row.append(f"{times['gil 1'] / times['stm 2']:.2f}")
        row.append(f"{capacity(commands['gil 1'], repeats):.2f}")
        rows.append(row)
    version = ".".join(map(str, sys.version_info[:3]))
    table(
        f"Duhton against CPython {version}, same algorithm (in brackets: how much faster than CPython)",
        ["program", "CPython"] + [f"{b}, {t} thread{'s'[:t - 1]}" for b, t in configurations]
        + ["stm 1 / stm 2", "gil 1 / stm 2", "two processes"],
        rows)


def micro():
    output = Run([HERE / ".build/release/micro"]).output
    results = {}
    for line in output.splitlines():
        backend, loop, nanoseconds = line.split()
        results.setdefault(loop, {})[backend] = float(nanoseconds)
    meaning = {
        "break": "an iteration with a break",
        "allocate": "the same, and a 32-byte object that dies at once, collections included",
        "read": "the same, and a read of a field",
        "write": "the same, and a write to a field",
        "job": "an empty job, submitted and taken",
    }
    rows = [
        [meaning[loop], f"{by['gil']:.1f}", f"{by['stm']:.1f}"] for loop, by in results.items()
    ]
    table("Single operations, nanoseconds, one thread, best of five", ["what", "gil", "stm"], rows)


def start_up(repeats):
    empty = {"mini": ["-e", "1 ."], "duhton": ["-e", "(print 1)"]}
    commands = {"CPython": [sys.executable, "-c", "print(1)"]}
    for program, arguments in empty.items():
        commands[program] = [RELEASE / program, "--threads", "1", *arguments]
    times = medians(commands, repeats * 4, rested=False)
    rows = [[name, f"{value * 1000:.1f} ms"] for name, value in times.items()]
    table("From the shell to the shell, printing 1", ["program", "median"], rows)


def packages(repeats):
    loop = HERE / "loop.tally"
    inside = RELEASE / "TallyInsideCommand"
    outside = ROOT / "Examples/Tally/.build/release/tally"
    rows = []
    for backend, specialisation in (("gil", "3Raw"), ("stm", "13Transactional")):
        options = ["--backend", backend, "--threads", "1", loop]
        times = medians(
            {
                "inside": [inside, *options],
                "outside": [outside, *options],
            },
            repeats * 2)
        ratio = times["outside"] / times["inside"]
        loops = [
            [machine_code.instructions(program, name)
             for name in machine_code.symbols(program, "TaskV3runyy", specialisation)]
            for program in (inside, outside)
        ]
        code = f"{len(loops[0][0])} instructions, " + ("the same" if loops[0] == loops[1] else "not the same")
        rows.append([backend, ms(times["inside"]), ms(times["outside"]), f"{ratio:.3f}", code])
    table(
        "One interpreter, compiled inside this package and in a package that depends on it",
        ["backend", "inside", "outside", "outside / inside", "the loop, inside and outside"],
        rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="runs of each program (default: 5)")
    parser.add_argument(
        "tables", nargs="*", help="programs, micro, start-up, packages (default: all)")
    parser.add_argument(
        "--rest", type=float, default=measuring.rest, help="seconds before each run (default: 1)")
    options = parser.parse_args()
    measuring.rest = options.rest
    tables = {
        "programs": lambda: guest_programs(options.repeats),
        "micro": micro,
        "start-up": lambda: start_up(options.repeats),
        "packages": lambda: packages(options.repeats),
    }
    for name in options.tables or tables:
        if name not in tables:
            parser.error(f"no table '{name}'; there are {', '.join(tables)}")
        tables[name]()


main()
