"""Counts patterns in SIZE sequences of DNA, and rewrites them, by regular expressions."""

import re

from fasta import sequence
from workers import arguments, each

LENGTH = 20000

VARIANTS = [re.compile(pattern) for pattern in (
    "agggtaaa|tttaccct",
    "[cgt]gggtaaa|tttaccc[acg]",
    "a[act]ggtaaa|tttacc[agt]t",
    "ag[act]gtaaa|tttac[agt]ct",
    "agg[act]taaa|ttta[agt]cct",
    "aggg[acg]aaa|ttt[cgt]ccct",
    "agggt[cgt]aa|tt[acg]accct",
    "agggta[cgt]a|t[acg]taccct",
    "agggtaa[cgt]|[acg]ttaccct",
)]

CODES = [(re.compile(pattern), code) for pattern, code in (
    ("tHa[Nt]|tgg[ac]", "<4>"),
    ("aND|caN|Ha[DS]|WaS|ac[gt]a", "<3>"),
    ("a[NSt]|BY|cc", "<2>"),
    (r"\|[^|][^|]*\|", "|"),
    (r"\|[^|][^|]*\||g+t", "-"),
)]


def study(seed):
    """The lengths of a sequence as it is cleaned and coded, and how often each variant occurs."""
    lines = re.findall(".{1,60}", sequence(LENGTH, seed))
    text = f">sequence {seed}\n" + "\n".join(lines)
    bare = re.sub(r">.*\n|\n", "", text)
    counts = [len(variant.findall(bare)) for variant in VARIANTS]
    coded = bare
    for pattern, code in CODES:
        coded = pattern.sub(code, coded)
    return [len(text), len(bare), len(coded)], counts


def main():
    threads, size = arguments(180)
    results = each(study, range(size), threads)
    lengths = [sum(column) for column in zip(*(lengths for lengths, _ in results))]
    counts = [sum(column) for column in zip(*(counts for _, counts in results))]
    print("regex_dna:", *lengths, *counts)


main()
