"""Differences between sequences, mostly of lines."""

__all__ = [
    "get_close_matches", "ndiff", "restore", "SequenceMatcher", "Differ", "IS_CHARACTER_JUNK",
    "IS_LINE_JUNK", "context_diff", "unified_diff", "diff_bytes", "Match",
]

from collections import Counter, namedtuple
from heapq import nlargest
from types import GenericAlias

Match = namedtuple("Match", "a b size")

# What is done with a part, by whether there is something of it in a, and in b.
_TAGS = {(True, True): "replace", (True, False): "delete", (False, True): "insert"}


class SequenceMatcher:
    """Compares two sequences of hashable items by their longest common blocks.

    Items for which `isjunk` is true do not begin a block. With `autojunk`, neither do items that
    make up more than a hundredth of a long second sequence.
    """

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, isjunk=None, a="", b="", autojunk=True):
        self.isjunk, self.autojunk = isjunk, autojunk
        self.a = self.b = None
        self.set_seqs(a, b)

    # The sequences

    def set_seqs(self, a, b):
        self.set_seq1(a)
        self.set_seq2(b)

    def set_seq1(self, a):
        if self.a is not a:
            self.a = a
            self._forget()

    def set_seq2(self, b):
        if self.b is not b:
            self.b = b
            self.fullbcount = None
            self._forget()
            self._index()

    def _forget(self):
        self.matching_blocks = self.opcodes = None

    def _index(self):
        """Notes where each item of b is, but for junk and what is too popular."""
        b = self.b
        self.b2j = places = {}
        for position, item in enumerate(b):
            places.setdefault(item, []).append(position)
        self.bjunk = {item for item in places if self.isjunk(item)} if self.isjunk else set()
        for item in self.bjunk:
            del places[item]
        self.bpopular = set()
        if self.autojunk and len(b) >= 200:
            often = len(b) // 100 + 1
            self.bpopular = {item for item, found in places.items() if len(found) > often}
            for item in self.bpopular:
                del places[item]

    # Blocks

    def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
        """The longest block in a[alo:ahi] and b[blo:bhi]; of several the first in a, then in b."""
        a, b, places = self.a, self.b, self.b2j
        ahi = len(a) if ahi is None else ahi
        bhi = len(b) if bhi is None else bhi
        first, second, size = alo, blo, 0
        before = None
        for i in range(alo, ahi):
            if ahi - i <= size:
                break  # What is left is not longer.
            previous, item = before, a[i]
            before = None
            if item not in places:
                continue
            before = item
            for j in places[item]:
                if j < blo:
                    continue
                if j >= bhi - size:
                    break
                # A pair after another one is within a block that was already followed, and a
                # longer block has a pair where the longest one so far ends.
                if previous is not None and j > blo and b[j - 1] == previous:
                    continue
                if size and a[i + size] != b[j + size]:
                    continue
                k, end = i + 1, j + 1
                while k < ahi and end < bhi and a[k] == b[end] and a[k] in places:
                    k += 1
                    end += 1
                if k - i > size:
                    first, second, size = i, j, k - i
                    if k == ahi:
                        break
        return self._widened(first, second, size, (alo, ahi), (blo, bhi))

    def _widened(self, i, j, size, in_a, in_b):
        """A block with the equal items beside it: first those that are no junk, then all."""
        a, b, junk = self.a, self.b, self.bjunk
        end_a, end_b = i + size, j + size
        for may_be_junk in (False, True):
            while i > in_a[0] and j > in_b[0] and a[i - 1] == b[j - 1] and (
                    (b[j - 1] in junk) is may_be_junk):
                i -= 1
                j -= 1
            while end_a < in_a[1] and end_b < in_b[1] and a[end_a] == b[end_b] and (
                    (b[end_b] in junk) is may_be_junk):
                end_a += 1
                end_b += 1
        return Match(i, j, end_a - i)

    def get_matching_blocks(self):
        """All blocks in order, and an empty one at the end."""
        if self.matching_blocks is None:
            self.matching_blocks = list(self._blocks())
        return self.matching_blocks

    def _blocks(self):
        m, n = len(self.a), len(self.b)
        last = Match(0, 0, 0)
        # Parts in which to look, and blocks that were found; the next one is on top.
        stack = [(0, m, 0, n)]
        while stack:
            part = stack.pop()
            if len(part) == 4:
                alo, ahi, blo, bhi = part
                if alo < ahi and blo < bhi:
                    block = self.find_longest_match(*part)
                    if block.size:
                        i, j = block.a + block.size, block.b + block.size
                        stack += [(i, ahi, j, bhi), block, (alo, block.a, blo, block.b)]
            elif (part.a, part.b) == (last.a + last.size, last.b + last.size):
                last = last._replace(size=last.size + part.size)
            else:
                if last.size:
                    yield last
                last = part
        if last.size:
            yield last
        yield Match(m, n, 0)

    def get_opcodes(self):
        """How to make a into b: (tag, i1, i2, j1, j2) with replace, delete, insert and equal."""
        if self.opcodes is None:
            self.opcodes = []
            i = j = 0
            for block in self.get_matching_blocks():
                tag = _TAGS.get((i < block.a, j < block.b))
                if tag:
                    self.opcodes.append((tag, i, block.a, j, block.b))
                i, j = block.a + block.size, block.b + block.size
                if block.size:
                    self.opcodes.append(("equal", block.a, i, block.b, j))
        return self.opcodes

    def get_grouped_opcodes(self, n=3):
        """The changes in groups, each with up to n equal items around it."""
        group, started = [], False
        for tag, i1, i2, j1, j2 in self.get_opcodes():
            if tag != "equal":
                group.append((tag, i1, i2, j1, j2))
                started = True
                continue
            if started and i2 - i1 > 2 * n:
                # Too far to the next change: what is equal ends one group and begins another.
                group.append((tag, i1, i1 + n, j1, j1 + n))
                yield group
                group, started = [], False
            if not started:
                i1, j1 = max(i1, i2 - n), max(j1, j2 - n)
            group.append((tag, i1, i2, j1, j2))
        if started:
            tag, i1, i2, j1, j2 = group[-1]
            if tag == "equal":
                group[-1] = tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n)
            yield group

    # How alike they are

    def _share(self, count):
        """The part of all items that `count` pairs make up."""
        total = len(self.a) + len(self.b)
        return 2.0 * count / total if total else 1.0

    def ratio(self):
        """How alike they are, from 0 to 1."""
        return self._share(sum(size for _, _, size in self.get_matching_blocks()))

    def quick_ratio(self):
        """An upper bound of `ratio`, from the counts of items."""
        if self.fullbcount is None:
            self.fullbcount = dict(Counter(self.b))
        in_b = self.fullbcount.get
        return self._share(sum(
            min(count, in_b(item, 0)) for item, count in Counter(self.a).items()))

    def real_quick_ratio(self):
        """An upper bound of `ratio`, from the lengths."""
        return self._share(min(len(self.a), len(self.b)))

    def _ratio_over(self, bound, reached):
        """The ratio, when it compares as `reached` with the bound; what is cheap is asked first."""
        for measure in (self.real_quick_ratio, self.quick_ratio, self.ratio):
            value = measure()
            if not reached(value, bound):
                return None
        return value


def get_close_matches(word, possibilities, n=3, cutoff=0.6):
    """Up to n of the possibilities that are most like the word, the best one first."""
    if not n > 0:
        raise ValueError(f"n must be > 0: {n!r}")
    if not 0.0 <= cutoff <= 1.0:
        raise ValueError(f"cutoff must be in [0.0, 1.0]: {cutoff!r}")
    matcher = SequenceMatcher(b=word)
    scored = []
    for candidate in possibilities:
        matcher.set_seq1(candidate)
        score = matcher._ratio_over(cutoff, float.__ge__)
        if score is not None:
            scored.append((score, candidate))
    return [candidate for _, candidate in nlargest(n, scored)]


def IS_LINE_JUNK(line, pat=None):
    """Is a line blank, or only a comment sign?"""
    if pat is not None:
        return pat(line) is not None
    return line.strip() in ("", "#")


def IS_CHARACTER_JUNK(ch, ws=" \t"):
    """Is a character a space or a tab?"""
    return ch in ws


def _hint(line, marks):
    """The line that points at changes, or nothing; the white space of the line stays as it is."""
    shown = [
        character if mark == " " and character.isspace() else mark
        for character, mark in zip(line, marks)]
    text = "".join(shown).rstrip()
    return [f"? {text}\n"] if text else []


class Differ:
    """Compares lines, and within lines that are alike, characters."""

    def __init__(self, linejunk=None, charjunk=None):
        self.linejunk, self.charjunk = linejunk, charjunk

    def compare(self, a, b):
        """Lines that begin with "- ", "+ ", "  " or, for what lies between, "? "."""
        for tag, i1, i2, j1, j2 in SequenceMatcher(self.linejunk, a, b).get_opcodes():
            if tag == "equal":
                yield from ("  " + line for line in a[i1:i2])
            else:
                yield from self._changed(a[i1:i2], b[j1:j2])

    def _changed(self, old, new):
        """Lines that were replaced, of which some may be alike."""
        anchor = self._anchor(old, new) if old and new else None
        if anchor is None:
            gone, come = ["- " + line for line in old], ["+ " + line for line in new]
            # The shorter part first.
            yield from come + gone if new and len(new) < len(old) else gone + come
            return
        i, j = anchor
        yield from self._changed(old[:i], new[:j])
        yield from self._beside(old[i], new[j])
        yield from self._changed(old[i + 1:], new[j + 1:])

    def _anchor(self, old, new):
        """The places of the two lines that are most alike; of equal ones if none are alike."""
        best, anchor, equal = 0.74, None, None
        matcher = SequenceMatcher(self.charjunk)
        for j, line in enumerate(new):
            matcher.set_seq2(line)
            for i, other in enumerate(old):
                if other == line:
                    equal = equal or (i, j)
                    continue
                matcher.set_seq1(other)
                ratio = matcher._ratio_over(best, float.__gt__)
                if ratio is not None:
                    best, anchor = ratio, (i, j)
        return equal if best < 0.75 else anchor

    def _beside(self, old, new):
        """Two lines that are alike, with hints at what differs."""
        if old == new:
            return ["  " + old]
        marks = [], []
        for tag, i1, i2, j1, j2 in SequenceMatcher(self.charjunk, old, new).get_opcodes():
            signs = {"replace": "^^", "delete": "- ", "insert": " +", "equal": "  "}[tag]
            marks[0].append(signs[0] * (i2 - i1))
            marks[1].append(signs[1] * (j2 - j1))
        below_old, below_new = map("".join, marks)
        return ["- " + old, *_hint(old, below_old), "+ " + new, *_hint(new, below_new)]


def ndiff(a, b, linejunk=None, charjunk=IS_CHARACTER_JUNK):
    """Compares lines, and within lines that are alike, characters."""
    return Differ(linejunk, charjunk).compare(a, b)


def restore(delta, which):
    """One of the two sequences that `ndiff` compared."""
    number = int(which)
    if number not in (1, 2):
        raise ValueError(f"unknown delta choice (must be 1 or 2): {which!r}")
    wanted = "  ", " -+"[number] + " "
    return (line[2:] for line in delta if line.startswith(wanted))


# Formats with a few lines around the changes

def _groups(a, b, texts, n):
    for lines in (a, b):
        if lines and not isinstance(lines[0], str):
            raise TypeError(
                f"lines to compare must be str, not {type(lines[0]).__name__} ({lines[0]!r})")
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"all arguments must be str, not: {text!r}")
    return SequenceMatcher(None, a, b).get_grouped_opcodes(n)


def _heading(sign, name, date, lineterm):
    return f"{sign} {name}" + (f"\t{date}" if date else "") + lineterm


def unified_diff(
    a, b, fromfile="", tofile="", fromfiledate="", tofiledate="", n=3, lineterm="\n"
):
    """The changes with lines around them, both sequences in one column."""
    names = fromfile, tofile, fromfiledate, tofiledate, lineterm

    def span(start, stop):
        count = stop - start
        place = start + 1 if count else start
        return f"{place}" if count == 1 else f"{place},{count}"

    for number, group in enumerate(_groups(a, b, names, n)):
        if number == 0:
            yield _heading("---", fromfile, fromfiledate, lineterm)
            yield _heading("+++", tofile, tofiledate, lineterm)
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        yield f"@@ -{span(i1, i2)} +{span(j1, j2)} @@{lineterm}"
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (" " + line for line in a[i1:i2])
            else:
                yield from ("-" + line for line in a[i1:i2])
                yield from ("+" + line for line in b[j1:j2])


def context_diff(
    a, b, fromfile="", tofile="", fromfiledate="", tofiledate="", n=3, lineterm="\n"
):
    """The changes with lines around them, one sequence after the other."""
    names = fromfile, tofile, fromfiledate, tofiledate, lineterm
    signs = {"insert": "+ ", "delete": "- ", "replace": "! ", "equal": "  "}

    def part(sign, lines, parts, absent):
        """One side of a group; without lines when nothing of it has changed."""
        start, stop = parts[0][1], parts[-1][2]
        span = f"{start + 1},{stop}" if stop - start > 1 else f"{stop}"
        yield f"{sign * 3} {span} {sign * 4}{lineterm}"
        if any(tag not in ("equal", absent) for tag, _, _ in parts):
            for tag, begin, end in parts:
                yield from (signs[tag] + line for line in lines[begin:end])

    for number, group in enumerate(_groups(a, b, names, n)):
        if number == 0:
            yield _heading("***", fromfile, fromfiledate, lineterm)
            yield _heading("---", tofile, tofiledate, lineterm)
        yield "*" * 15 + lineterm
        yield from part("*", a, [(tag, i1, i2) for tag, i1, i2, _, _ in group], "insert")
        yield from part("-", b, [(tag, j1, j2) for tag, _, _, j1, j2 in group], "delete")


def diff_bytes(
    dfunc, a, b, fromfile=b"", tofile=b"", fromfiledate=b"", tofiledate=b"", n=3, lineterm=b"\n"
):
    """Compares lines of bytes by a function that compares lines of text."""
    codec = "ascii", "surrogateescape"

    def text(data):
        try:
            return data.decode(*codec)
        except AttributeError as cause:
            kind = type(data).__name__
            raise TypeError(f"all arguments must be bytes, not {kind} ({data!r})") from cause

    sides = [list(map(text, lines)) for lines in (a, b)]
    names = map(text, (fromfile, tofile, fromfiledate, tofiledate))
    yield from (
        line.encode(*codec) for line in dfunc(*sides, *names, n, text(lineterm)))
