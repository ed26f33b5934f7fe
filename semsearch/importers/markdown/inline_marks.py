"""Reads the marks of Markdown that people write in cells and fields: links and bold words."""

from __future__ import annotations

import re
from urllib.parse import unquote

_CODE = r"```[^`]+```|`[^`\n]+`"
_LINK = re.compile(
    rf"{_CODE}|(?<![\w!\\\])])\[([^\[\]\n]{{1,300}})\]"
    r"\(((?:\#|\.{0,2}/|([a-z][a-z0-9+.-]{1,20}://|mailto:))[^()\s]{1,500})\)(?!\()"
)
"""Code, or a link to a heading, a path or an address: not `[captures](params)`, nor `[0,1](x)`."""
_BOLD = re.compile(rf"{_CODE}|(?<![\w*\\])\*\*(?=[^\s*])([^*\n]{{1,300}})(?<=[^\s*])\*\*(?![\w*])")


def without_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without marks, and the names to which links inside of the glossary lead.

    The address of a page elsewhere follows the words of its link. Code stays, as do other marks,
    since they could be signs of formulas and programs.

        without_marks("A **part** of a [ship](#ship)") == ("A part of a ship", ("ship",))
    """
    if "](" not in text and "**" not in text:
        return text, ()
    names = tuple(
        unquote(link[2][1:]) for link in _LINK.finditer(text) if link[2] and link[2][0] == "#"
    )
    return _BOLD.sub(_words, _LINK.sub(_words_of_link, text)), names


def _words(found: re.Match[str]) -> str:
    return found[1] or found[0]


def _words_of_link(link: re.Match[str]) -> str:
    is_elsewhere = link[3] and link[1] != link[2]
    return f"{link[1]} ({link[2]})" if is_elsewhere else _words(link)
