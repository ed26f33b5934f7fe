"""Texts of others in one line of a terminal or a log."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return one line, without characters that move the cursor or cannot be encoded."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
