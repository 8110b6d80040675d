"""The part of `warnings` that other interpreters have built in."""

from warnings import _defaultaction, _onceregistry, filters, warn, warn_explicit
