"""Reads the marks of Markdown that people write in cells and fields: links and bold words."""

from __future__ import annotations

import re
from urllib.parse import unquote

_LINK = re.compile(r"(?<![\w!\\\])])\[([^\[\]\n]{1,300})\]\(([^()\s]{1,500})\)(?!\()")
_BOLD = re.compile(r"(?<![\w*\\])\*\*(?=[^\s*])([^*\n]{1,300})(?<=[^\s*])\*\*(?![\w*])")


def without_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without marks, and the names to which links inside of the glossary lead.

    Other marks stay, since they could be signs of formulas and programs.

        without_marks("A **part** of a [ship](#ship)") == ("A part of a ship", ("ship",))
    """
    if "](" not in text and "**" not in text:
        return text, ()
    links = (unquote(link[2]) for link in _LINK.finditer(text))
    names = tuple(link[1:] for link in links if link.startswith("#") and len(link) > 1)
    return _BOLD.sub(r"\1", _LINK.sub(r"\1", text)), names
