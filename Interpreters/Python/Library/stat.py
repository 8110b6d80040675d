"""The bits of `os.stat(path).st_mode`."""

ST_MODE, ST_INO, ST_DEV, ST_NLINK, ST_UID, ST_GID, ST_SIZE, ST_ATIME, ST_MTIME, ST_CTIME = range(10)

# What kind of file: the letter that `ls -l` shows, and the bits that say it.
_KINDS = {
    "DIR": ("d", 0o04), "CHR": ("c", 0o02), "BLK": ("b", 0o06), "REG": ("-", 0o10),
    "FIFO": ("p", 0o01), "LNK": ("l", 0o12), "SOCK": ("s", 0o14)}

# Who may do what: read, write, execute; the owner, the group, others.
S_ISUID, S_ISGID, S_ISVTX = 0o4000, 0o2000, 0o1000
for _who, _shift in (("USR", 6), ("GRP", 3), ("OTH", 0)):
    globals().update((f"S_I{_what}{_who}", _bit << _shift) for _what, _bit in zip("RWX", (4, 2, 1)))
    globals()[f"S_IRWX{_who[0]}"] = 7 << _shift
S_IREAD, S_IWRITE, S_IEXEC = 0o400, 0o200, 0o100


def S_IMODE(mode):
    """What may be set: who may do what."""
    return mode & 0xFFF


def S_IFMT(mode):
    """What cannot be set: the kind of file."""
    return mode & 0xF000


def _is_kind(name, bits):
    def is_kind(mode):
        return S_IFMT(mode) == bits

    is_kind.__name__ = is_kind.__qualname__ = f"S_IS{name}"
    return is_kind


for _name, (_letter, _number) in _KINDS.items():
    # One F of S_IFIFO is enough.
    globals()[f"S_IF{_name.removeprefix('F')}"] = _number << 12
    globals()[f"S_IS{_name}"] = _is_kind(_name, _number << 12)
_LETTERS = {number << 12: letter for letter, number in _KINDS.values()}
_SPECIAL = (6, S_ISUID, "s"), (3, S_ISGID, "s"), (0, S_ISVTX, "t")


def filemode(mode):
    """As `ls -l` shows it: '-rwxr-xr-x'."""
    text = _LETTERS.get(S_IFMT(mode), '?')
    for shift, special, small in _SPECIAL:
        bits = mode >> shift
        text += 'r' if bits & 4 else '-'
        text += 'w' if bits & 2 else '-'
        runs = bits & 1
        text += (small if runs else small.upper()) if mode & special else 'x' if runs else '-'
    return text
