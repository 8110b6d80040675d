"""Data of threads: what `threading.local` is, for those who ask for it here."""

from threading import local

__all__ = ["local"]
