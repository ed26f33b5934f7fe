"""Writes the structure of a definition as Markdown in one form."""
