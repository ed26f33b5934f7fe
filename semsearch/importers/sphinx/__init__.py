"""Readers of reStructuredText: Sphinx glossary directives and definition lists."""
