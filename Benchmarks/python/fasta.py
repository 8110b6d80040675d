"""Random but repeatable DNA, as the benchmark programs on strings read it."""

def sequence(length, seed):
    """So many bases. Repeats of earlier parts are strewn in, as in nature."""
    bases = []
    while len(bases) < length:
        seed = (seed * 3877 + 29573) % 139968
        if seed % 97 == 0 and len(bases) > 200:
            start = seed % (len(bases) - 100)
            bases += bases[start:start + 100]
        else:
            bases.append("acgt"[seed * 4 // 139968])
    return "".join(bases[:length])
