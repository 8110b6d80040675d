"""Runs programs in turns and shows medians and ratios as tables.

Machines differ and clocks wander: compare ratios, not times, and only within one run. All that
is compared is run in turns, so that a slow minute hits all alike.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

# Seconds of rest before each timed run: shared machines grant a second core only to the rested.
rest = 1.0


class Run:
    """One run of a command: its wall time, its peak memory in MB, and what it printed."""

    def __init__(self, command, rested=True):
        if rested:
            time.sleep(rest)
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=output, stderr=errors)
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds = time.perf_counter() - start
            self.memory = usage.ru_maxrss / 1024
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            self.output = output.read().decode()
            errors.seek(0)
            if process.returncode != 0:
                name = " ".join(map(str, command))
                sys.exit(f"{name}: status {process.returncode}\n{errors.read().decode()}")


def capacity(command, repeats):
    """How much two processes at once get done, compared with one: what two threads could gain."""
    ratios = []
    for _ in range(repeats):
        alone = Run(command).seconds
        time.sleep(rest)
        start = time.perf_counter()
        pair = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
        for process in pair:
            process.wait(timeout=300)
        ratios.append(2 * alone / (time.perf_counter() - start))
    return statistics.median(ratios)


def in_turns(commands, repeats, rested=True):
    """The runs of each named command; all must print the same."""
    runs = {name: [] for name in commands}
    outputs = set()
    for _ in range(repeats):
        for name, command in commands.items():
            run = Run(command, rested)
            runs[name].append(run)
            outputs.add(run.output)
    if len(outputs) != 1:
        sys.exit(f"results differ: {outputs}")
    return runs


def medians(commands, repeats, rested=True):
    """The median time of each named command; all must print the same."""
    return {
        name: statistics.median(run.seconds for run in runs)
        for name, runs in in_turns(commands, repeats, rested).items()
    }


def table(title, header, rows):
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]
    print(f"\n{title}\n")
    for row in [header, ["-" * width for width in widths], *rows]:
        cells = [str(cell).ljust(width) for cell, width in zip(row, widths)]
        print("| " + " | ".join(cells) + " |", flush=True)


def ms(value):
    return f"{value * 1000:.0f} ms"
