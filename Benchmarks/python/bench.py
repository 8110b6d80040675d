"""Sets quantapy beside CPython and every other Python it finds, all in turns in one run."""

import argparse
import math
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import measuring
from measuring import Run, capacity, in_turns, medians, ms, table

PROGRAMS = ("btree", "skiplist", "nqueens", "mersenne", "mandelbrot", "perlin", "raytrace",
            "richards", "parsible", "regex_dna", "fannkuch_redux", "k_nucleotide")
SHARING = ("btree", "skiplist")  # The threads of these work on one structure.
OTHERS = ("python3.12", "python3.13", "python3.14", "python3.13t", "python3.14t", "pypy3",
          "graalpy")
BACKENDS = ("gil", "stm")


def works(python):
    path = shutil.which(python)
    if path is None:
        return False
    return subprocess.run([path, "-c", ""], capture_output=True).returncode == 0


def geometric_mean(ratios):
    return math.exp(statistics.fmean(map(math.log, ratios)))


class Contest:
    """The Pythons that are compared. CPython comes first and is the measure of the others."""

    def __init__(self, quantapy, repeats):
        self.repeats = repeats
        self.pythons = {"CPython": [sys.executable]}
        for backend in BACKENDS:
            self.pythons[backend] = [quantapy, "--backend", backend]
        self.pythons |= {python: [python] for python in OTHERS if works(python)}

    def programs(self, chosen):
        """Times with one and two threads, peak memory, and what a second thread gains."""
        columns = [(name, threads) for name in self.pythons for threads in (1, 2)
                   if threads == 1 or name in BACKENDS or name.endswith("t")]
        speed, memory, gains = [], [], []
        faster = {column: [] for column in columns}
        leaner = {name: [] for name in self.pythons}
        for program in chosen:
            commands = {
                (name, threads): [*self.pythons[name], HERE / f"{program}.py", str(threads)]
                for name, threads in columns
            }
            runs = in_turns(commands, self.repeats)
            times = {column: statistics.median(run.seconds for run in runs[column])
                     for column in columns}
            peaks = {name: statistics.median(run.memory for run in runs[name, 1])
                     for name in self.pythons}
            for column in columns:
                faster[column].append(times["CPython", 1] / times[column])
            for name in self.pythons:
                leaner[name].append(peaks[name] / peaks["CPython"])
            speed.append([program, ms(times["CPython", 1])] + [
                f"{ms(times[column])} ({faster[column][-1]:.2f}x)" for column in columns[1:]])
            memory.append([program, f"{peaks['CPython']:.0f} MB"] + [
                f"{peaks[name]:.0f} MB ({leaner[name][-1]:.2f})" for name in list(peaks)[1:]])
            gains.append([
                program, "shared" if program in SHARING else "separate",
                *(f"{times[backend, 1] / times[backend, 2]:.2f}" for backend in BACKENDS),
                f"{times['gil', 1] / times['stm', 2]:.2f}",
                f"{capacity(commands['gil', 1], self.repeats):.2f}"])
            print(program, "done", file=sys.stderr)
        version = ".".join(map(str, sys.version_info[:3]))
        means = [f"{geometric_mean(faster[column]):.2f}x" for column in columns[1:]]
        table(
            f"Programs against CPython {version} (in brackets: how much faster than CPython)",
            ["program", "CPython"] + [
                f"{name}, {threads} thread{'s'[:threads - 1]}" for name, threads in columns[1:]],
            [*speed, ["geometric mean", "1", *means]])
        means = [f"{geometric_mean(ratios):.2f}" for ratios in list(leaner.values())[1:]]
        table(
            "Peak memory with one thread (in brackets: of CPython's)",
            ["program", *self.pythons], [*memory, ["geometric mean", "1", *means]])
        table(
            "What a second thread gains, and what two processes do, which share nothing",
            ["program", "data", *(f"{backend} 1 / {backend} 2" for backend in BACKENDS),
             "gil 1 / stm 2", "two processes"],
            gains)

    def micro(self):
        """Single operations."""
        results = {name: {} for name in self.pythons}
        for _ in range(self.repeats):
            for name, python in self.pythons.items():
                for line in Run([*python, HERE / "micro.py"]).output.splitlines():
                    operation, nanoseconds = line.split()
                    results[name].setdefault(operation, []).append(float(nanoseconds))
        rows = []
        faster = {name: [] for name in self.pythons}
        for operation in results["CPython"]:
            base = statistics.median(results["CPython"][operation])
            row = [operation.replace("_", " "), f"{base:.0f}"]
            for name in list(self.pythons)[1:]:
                median = statistics.median(results[name][operation])
                faster[name].append(base / median)
                row.append(f"{median:.0f} ({faster[name][-1]:.1f}x)")
            rows.append(row)
        means = [f"{geometric_mean(ratios):.1f}x" for ratios in list(faster.values())[1:]]
        table(
            "Single operations, nanoseconds (in brackets: how much faster than CPython)",
            ["operation", *self.pythons], [*rows, ["geometric mean", "1", *means]])

    def start_up(self):
        """From the shell to the shell."""
        commands = {name: [*python, "-c", ""] for name, python in self.pythons.items()}
        times = medians(commands, self.repeats * 4, rested=False)
        table("An empty program, from the shell to the shell", ["Python", "median"],
              [[name, f"{value * 1000:.1f} ms"] for name, value in times.items()])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="runs of each (default: 5)")
    parser.add_argument(
        "--rest", type=float, default=measuring.rest, help="seconds before each run (default: 1)")
    parser.add_argument(
        "--quantapy", default=HERE.parents[1] / ".build/release/quantapy", help="the executable")
    parser.add_argument(
        "parts", nargs="*",
        help=f"start-up, micro, programs or some of them: {', '.join(PROGRAMS)} (default: all)")
    options = parser.parse_args()
    measuring.rest = options.rest
    contest = Contest(options.quantapy, options.repeats)
    parts = options.parts or ["start-up", "micro", "programs"]
    for part in parts:
        if part not in ("start-up", "micro", "programs", *PROGRAMS):
            parser.error(f"no part '{part}'")
    if "start-up" in parts:
        contest.start_up()
    if "micro" in parts:
        contest.micro()
    chosen = [program for program in PROGRAMS if program in parts or "programs" in parts]
    if chosen:
        contest.programs(chosen)


main()
