"""Segments: a generation and the live segment of recent edits, read as one."""
