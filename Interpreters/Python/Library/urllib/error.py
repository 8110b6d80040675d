"""What goes wrong when something is fetched."""

__all__ = ["URLError", "HTTPError", "ContentTooShortError"]


class URLError(OSError):
    """Nothing could be fetched, for a reason."""

    def __init__(self, reason, filename=None):
        self.reason, self.args = reason, (reason,)
        if filename is not None:
            self.filename = filename

    def __str__(self):
        return f"<urlopen error {self.reason}>"


class HTTPError(URLError):
    """The server answered that something is wrong; the answer can be read like another one."""

    def __init__(self, url, code, msg, hdrs, fp):
        self.url = self.filename = url
        self.code = self.status = code
        self.msg, self.hdrs, self.fp = msg, hdrs, fp
        if fp is None:
            from io import BytesIO
            self.fp = BytesIO()

    reason = property(lambda self: self.msg)
    headers = property(
        lambda self: self.hdrs, lambda self, headers: setattr(self, "hdrs", headers))
    # What answers of servers have.
    getcode, geturl, info = (
        lambda self, name=name: getattr(self, name) for name in ("code", "url", "hdrs"))

    def __getattr__(self, name):
        stream = vars(self).get("fp")
        if stream is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(stream, name)

    def __str__(self):
        return f"HTTP Error {self.code}: {self.msg}"

    def __repr__(self):
        return f"<HTTPError {self.code}: {self.msg!r}>"


class ContentTooShortError(URLError):
    """Less came than was announced; what came is kept."""

    def __init__(self, message, content):
        self.content = content
        super().__init__(message)
