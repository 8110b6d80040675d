"""The machine code of one function of an executable, without the addresses that differ by where it was linked."""

import re
import subprocess


def symbols(executable, *parts):
    """The names of the functions that contain all the parts."""
    listing = subprocess.run(
        ["nm", "--defined-only", executable], capture_output=True, text=True, check=True).stdout
    names = [line.split()[-1] for line in listing.splitlines()]
    return [name for name in names if all(part in name for part in parts)]


def instructions(executable, name):
    """Its instructions; jumps count from its start, and what lies outside has no address."""
    listing = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", f"--disassemble={name}", executable],
        capture_output=True, text=True, check=True).stdout
    rows = re.findall(r"^ *([0-9a-f]+):[ \t]*(\S+)[ \t]*(.*)$", listing, re.MULTILINE)
    if not rows:
        return []
    start, end = int(rows[0][0], 16), int(rows[-1][0], 16)

    def place(match):
        address = int(match[1], 16)
        return f"+{address - start:x}" if start <= address <= end else "outside"

    result = []
    for _, mnemonic, operands in rows:
        operands = re.sub(r"\b([0-9a-f]+) <[^>]*>", place, operands)
        operands = re.sub(r"-?0x[0-9a-f]+\(%rip\)", "(%rip)", operands)
        result.append(f"{mnemonic} {operands.split('#')[0].strip()}")
    return result
