"""Sets transactions beside the GIL, all in turns in one run: best and median times, and ratios."""

import argparse
import collections
import math
import pathlib
import statistics

import measuring
from measuring import Run, capacity, ms, table

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
RELEASE = ROOT / ".build/release"
PROGRAM = HERE / ".build/release/transactions"


def geometric_mean(ratios):
    return math.exp(statistics.fmean(map(math.log, ratios)))


def lost(repeats):
    """How much of the work is rolled back where conflicts are rare."""
    output = Run(
        [PROGRAM, "--repeats", str(repeats), "--setting", "stm-8", "--stats", "rare-sharing"]).output
    totals = [line.split() for line in output.splitlines() if line.startswith("#")]
    commits = sum(int(line[line.index("commits") + 1]) for line in totals)
    aborts = sum(int(line[line.index("aborts") + 1]) for line in totals)
    print(
        "\nSixteen threads, two of which write a shared object every 200th step: "
        f"{aborts} of {commits + aborts} transactions were rolled back, "
        f"{100 * aborts / (commits + aborts):.2f} %.")


def measure(workloads, repeats):
    """Nanoseconds per operation: {workload: {setting: times}}. Settings take turns in the program."""
    results = collections.defaultdict(lambda: collections.defaultdict(list))
    output = Run([PROGRAM, "--repeats", str(repeats), *workloads]).output
    for line in output.splitlines():
        workload, setting, nanoseconds = line.split()
        results[workload][setting].append(float(nanoseconds))
    return results


def number(value):
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def barriers(repeats):
    results = measure(["barrier"], repeats)
    meaning = {
        "follow": "read a reference and go there",
        "read": "the same, and read a field",
        "write": "the same, and write a field",
        "update": "the same, and read and write a field",
    }
    rows = []
    for workload, by in results.items():
        _, access, count = workload.split("-")
        best = {setting: min(times) for setting, times in by.items()}
        rows.append([
            meaning[access], count, number(best["gil-1"]), number(best["stm-1"]),
            number(best["transactions-1"]),
        ])
    table(
        "Accesses to a ring of objects, nanoseconds, one thread, best",
        ["what", "objects", "gil", "stm, alone", "in transactions"], rows)


def sharing(repeats, workloads, title, crowd):
    results = measure(workloads, repeats)
    n = 8 if crowd else 2
    rows = []
    for workload, by in results.items():
        best = {setting: min(times) for setting, times in by.items()}
        gil = best["gil-1"]
        rows.append(
            [workload, number(gil)]
            + [f"{number(best[s])} ({gil / best[s]:.2f})"
               for s in ("stm-1", "transactions-1", f"gil-{n}", f"stm-{n}")]
            + [f"{best['stm-1'] / best[f'stm-{n}']:.2f}",
               f"{best[f'gil-{n}'] / best[f'stm-{n}']:.2f}"])
    table(
        title,
        ["work", "gil 1", "stm 1", "transactions 1", f"gil {n}", f"stm {n}",
         f"stm 1 / stm {n}", f"gil {n} / stm {n}"], rows)


def guests(repeats):
    """Whole programs: alone, and two threads on independent work."""
    rows = []
    alone = []
    for program in ("queens", "roots", "trees"):
        def command(backend, threads):
            return [RELEASE / "duhton", "--backend", backend, "--threads", str(threads),
                    HERE / f"{program}.duh"]
        runs = collections.defaultdict(list)
        settings = [("gil", 1), ("stm", 1), ("gil", 2), ("stm", 2)]
        for _ in range(repeats):
            for setting in settings:
                runs[setting].append(Run(command(*setting)).seconds)
        best = {setting: min(times) for setting, times in runs.items()}
        alone.append(best["stm", 1] / best["gil", 1])
        rows.append(
            [program] + [ms(best[s]) for s in settings]
            + [f"{alone[-1]:.3f}", f"{best['stm', 1] / best['stm', 2]:.2f}",
               f"{capacity(command('gil', 1), repeats):.2f}"])
    table(
        "Duhton, best times",
        ["program", "gil 1", "stm 1", "gil 2", "stm 2", "stm 1 / gil 1", "stm 1 / stm 2",
         "two processes"], rows)
    print(f"\nOne thread alone on stm takes {geometric_mean(alone):.3f} times as long as on gil.")


def contended(repeats):
    rows = []
    for program in ("counter", "sharedlist"):
        best = {}
        for _ in range(repeats):
            for backend in ("gil", "stm"):
                for threads in (2, 4):
                    run = Run([RELEASE / "duhton", "--backend", backend, "--threads",
                               str(threads), HERE / f"{program}.duh"])
                    key = backend, threads
                    best[key] = min(best.get(key, run.seconds), run.seconds)
        rows.append(
            [program]
            + [f"{ms(best['stm', n])} ({best['gil', n] / best['stm', n]:.2f})" for n in (2, 4)])
    table(
        "Duhton programs whose transactions all conflict (in brackets: how much faster than on gil)",
        ["program", "stm, 2 threads", "stm, 4 threads"], rows)


def price(repeats):
    """What an interpreter pays for transactions that it does not need."""
    results = measure(["interpreter"], repeats)
    best = {setting: min(times) for setting, times in results["interpreter"].items()}
    print(
        "\nA small interpreter with one thread takes "
        f"{best['transactions-1'] / best['gil-1']:.2f} times as long in transactions as on gil.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7, help="runs of each (default: 7)")
    parser.add_argument(
        "--rest", type=float, default=measuring.rest, help="seconds before each run (default: 1)")
    parser.add_argument(
        "tables", nargs="*",
        help="barriers, price, sharing, lost, crowd, guests, contended (default: all)")
    options = parser.parse_args()
    measuring.rest = options.rest
    n = options.repeats
    legend = "best nanoseconds per operation, all threads together (in brackets: rate, gil 1 is 1)"
    tables = {
        "barriers": lambda: barriers(n),
        "price": lambda: price(n),
        "sharing": lambda: sharing(
            n, ["interpreter", "bank", "skip-list", "shared-array", "hot-counter"],
            f"One and two threads, {legend}", crowd=False),
        "lost": lambda: lost(n),
        "crowd": lambda: sharing(
            n, ["crowd"], f"Eight threads, {legend}", crowd=True),
        "guests": lambda: guests(n),
        "contended": lambda: contended(n),
    }
    for name in options.tables or tables:
        if name not in tables:
            parser.error(f"no table '{name}'; there are {', '.join(tables)}")
        tables[name]()


main()
