"""Texts of XML."""
