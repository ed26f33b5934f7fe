"""Segments: one generation, and the live edits beside it, read as one."""
