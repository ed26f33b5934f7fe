"""Readers of Markdown and of the dialects that glossaries use."""
