"""What can be wrong with a configuration."""

MAX_INTERPOLATION_DEPTH = 10


class Error(Exception):
    """What the exceptions here are derived from."""

    def __init__(self, msg=""):
        super().__init__(msg)
        self.message = msg

    def __str__(self):
        return self.message

    __repr__ = __str__

    def _fill(self, message, **facts):
        """Sets the message, and keeps the facts as attributes and arguments."""
        self.message = message
        self.__dict__.update(facts)
        self.args = tuple(facts.values())


def _taken(kind, what, source, lineno):
    """The message that something is there a second time."""
    if source is None:
        return f"{kind.capitalize()} {what} already exists"
    line = "" if lineno is None else f" [line {lineno:2d}]"
    return f"While reading from {source!r}{line}: {kind} {what} already exists"


class NoSectionError(Error):
    def __init__(self, section):
        self._fill(f"No section: {section!r}", section=section)


class DuplicateSectionError(Error):
    def __init__(self, section, source=None, lineno=None):
        self._fill(
            _taken("section", repr(section), source, lineno),
            section=section, source=source, lineno=lineno)


class DuplicateOptionError(Error):
    def __init__(self, section, option, source=None, lineno=None):
        self._fill(
            _taken("option", f"{option!r} in section {section!r}", source, lineno),
            section=section, option=option, source=source, lineno=lineno)


class NoOptionError(Error):
    def __init__(self, option, section):
        self._fill(
            f"No option {option!r} in section: {section!r}", option=option, section=section)


class InterpolationError(Error):
    def __init__(self, option, section, msg):
        self._fill(msg, option=option, section=section)
        self.args = option, section, msg


class InterpolationSyntaxError(InterpolationError):
    """The value does not say properly what shall be put in."""


class InterpolationMissingOptionError(InterpolationError):
    def __init__(self, option, section, rawval, reference):
        super().__init__(
            option, section,
            f"Bad value substitution: option {option!r} in section {section!r} contains an "
            f"interpolation key {reference!r} which is not a valid option name. "
            f"Raw value: {rawval!r}")
        self.reference = reference
        self.args = option, section, rawval, reference


class InterpolationDepthError(InterpolationError):
    def __init__(self, option, section, rawval):
        super().__init__(
            option, section,
            f"Recursion limit exceeded in value substitution: option {option!r} in section "
            f"{section!r} contains an interpolation key which cannot be substituted in "
            f"{MAX_INTERPOLATION_DEPTH} steps. Raw value: {rawval!r}")
        self.args = option, section, rawval


class ParsingError(Error):
    def __init__(self, source=None, filename=None):
        if source is not None and filename is not None:
            raise ValueError(
                "Cannot specify both `filename' and `source'. Use `source'.")
        source = filename if source is None else source
        if source is None:
            raise ValueError("Required argument `source' not given.")
        self._fill(f"Source contains parsing errors: {source!r}", source=source)
        self.errors = []

    def _old_name():
        def warn():
            import warnings
            warnings.warn(
                "The 'filename' attribute will be removed in Python 3.12. Use 'source' instead.",
                DeprecationWarning, stacklevel=3)

        def get(self):
            warn()
            return self.source

        def set(self, value):
            warn()
            self.source = value

        return property(get, set, doc="The old name of `source`.")

    filename = _old_name()

    def append(self, lineno, line):
        self.errors.append((lineno, line))
        self.message = f"{self.message}\n\t[line {lineno:2d}]: {line}"


class MissingSectionHeaderError(ParsingError):
    def __init__(self, filename, lineno, line):
        self._fill(
            f"File contains no section headers.\nfile: {filename!r}, line: {lineno}\n{line!r}",
            source=filename, lineno=lineno, line=line)
