"""Blanks the lines of a site that are no text: attributes, includes, share links, links to the top.

Line numbers stay. Lines of code stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FENCE = re.compile(r"[ ]{0,3}(```|~~~)")
_ATTRIBUTES = re.compile(r"[ ]{0,3}(?:\{:[^{}\n]{1,300}\}|\{%[^{}\n]{1,300}%\})[ \t]*")
"""A line of kramdown's attributes, or a tag of Liquid."""
_TO_TOP = re.compile(
    r"[ \t]{0,3}\[\W{0,5}(?:back|return|go|jump)?[ ]?(?:up[ ])?to[ ](?:the[ ])?"
    r"(?:top|toc|table of contents|contents|index)\W{0,5}\]\([^()\s]{0,300}\)[ \t]*",
    re.IGNORECASE,
)
_ALPHABET = re.compile(r"(?:[*_]{0,2}\[[^\]\n]{1,3}\]\(#[^()\s]{0,50}\)[*_]{0,2}[ \t|·•,/-]*){3,}")
_AROUND = (_ATTRIBUTES, _TO_TOP, _ALPHABET)
_TAG = re.compile(r"<[^<>\n]{0,300}>")
_LINK = re.compile(r"\]\([^()\n]{0,500}\)")
_SHARES = frozenset(
    {
        "copy link", "email", "facebook", "google", "linkedin", "mail", "pinterest", "pocket",
        "print", "reddit", "share", "share this", "telegram", "tumblr", "tweet", "twitter",
        "whatsapp", "x",
    }
)  # fmt: skip
_MIN_SHARES = 3
_MAX_SHARE = 1_000


def without_site_lines(lines: Sequence[str]) -> list[str]:
    """Return lines of Markdown with those blank that belong to the site around the text."""
    kept = [*lines]
    shares: list[int] = []
    fence = ""
    for place, line in enumerate(kept):
        if mark := _FENCE.match(line):
            fence = "" if mark[1] == fence else fence or mark[1]
        if fence:
            continue
        if _is_share(line):
            shares.append(place)
            continue
        if line.strip():
            _blank(kept, shares)
            shares = []
        if ("[" in line or "{" in line) and any(one.fullmatch(line) for one in _AROUND):
            kept[place] = ""
    _blank(kept, shares)
    return kept


def _blank(lines: list[str], shares: Sequence[int]) -> None:
    for place in shares if len(shares) >= _MIN_SHARES else ():
        lines[place] = ""


def _is_share(line: str) -> bool:
    """Return whether a line is a link or an element that only names a place to share a page."""
    if len(line) > _MAX_SHARE or ("](" not in line and "<" not in line):
        return False
    words = (
        _TAG.sub(" ", _LINK.sub("]", line)).strip(" \t-*_+[]!").replace("[", "").replace("]", "")
    )
    return " ".join(words.split()).strip("* ").casefold() in _SHARES
