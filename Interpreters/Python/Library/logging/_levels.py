"""How grave messages are, and the lock of all that programs configure."""

import threading

_lock = threading.RLock()

CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0

_nameToLevel = {name: globals()[name] for name in (
    "CRITICAL", "FATAL", "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "NOTSET")}
_levelToName = {
    level: name for name, level in _nameToLevel.items() if name not in ("FATAL", "WARN")}


def addLevelName(level, levelName):
    with _lock:
        _nameToLevel[levelName] = level
        _levelToName[level] = levelName


def getLevelName(level):
    """The name of a level, or the level of a name."""
    for known in (_levelToName, _nameToLevel):
        if level in known:
            return known[level]
    return f"Level {level}"


def getLevelNamesMapping():
    return dict(_nameToLevel)


def checked_level(level):
    """The level as a number."""
    if isinstance(level, int):
        return level
    if not isinstance(level, str):
        raise TypeError(f"Level not an integer or a valid string: {level!r}")
    try:
        return _nameToLevel[level]
    except KeyError:
        raise ValueError(f"Unknown level: {level!r}") from None
