"""How often short pieces occur in SIZE sequences of DNA, counted in dictionaries."""

from collections import defaultdict

from fasta import sequence
from workers import arguments, each

LENGTH = 8000
PIECES = ("ggt", "ggta", "ggtatt", "ggtattttaatt", "ggtattttaatttatagt")


def occurrences(bases, length):
    """How often each piece of this length occurs, overlapping ones included."""
    counts = defaultdict(int)
    for start in range(len(bases) - length + 1):
        counts[bases[start:start + length]] += 1
    return counts


def study(seed):
    bases = sequence(LENGTH, seed)
    frequent = {}
    for length in (1, 2):
        frequent.update(occurrences(bases, length))
    pieces = {piece: occurrences(bases, len(piece))[piece] for piece in PIECES}
    longest = max(occurrences(bases, 18).values())
    return frequent, pieces, longest


def main():
    threads, size = arguments(108)
    frequent, pieces = defaultdict(int), dict.fromkeys(PIECES, 0)
    longest = 0
    for some, more, repeated in each(study, range(size), threads):
        for piece, count in some.items():
            frequent[piece] += count
        for piece, count in more.items():
            pieces[piece] += count
        longest += repeated
    ranked = sorted(frequent.items(), key=lambda item: (-item[1], item[0]))
    print("k_nucleotide:", *[f"{piece}={count}" for piece, count in ranked],
          *pieces.values(), longest)


main()
