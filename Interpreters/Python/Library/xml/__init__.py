"""XML: trees of elements in `xml.etree`, texts in `xml.sax.saxutils`."""

__all__ = ["etree", "sax"]
