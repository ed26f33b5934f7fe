"""Cleans texts and names of files: NFC, without control characters, one kind of line end."""

from __future__ import annotations

import unicodedata

_LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_DROPPED = (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFEFF)
_CLEAN = dict.fromkeys(_DROPPED, "") | dict.fromkeys(map(ord, _LINE_ENDS), "\n")


def clean_text(text: str) -> str:
    """Return a text of one or more lines."""
    if text.isascii() and text.isprintable():  # most texts
        return text.strip()
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEAN)
    return unicodedata.normalize("NFC", cleaned).strip()


def clean_name(text: str) -> str:
    """Return a name, which is one line with single blanks."""
    return " ".join(clean_text(text).split())


def is_text(text: str) -> bool:
    """Return whether a text can be encoded: half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
