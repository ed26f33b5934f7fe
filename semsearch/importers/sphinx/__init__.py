"""Readers of reStructuredText and Sphinx glossaries."""
