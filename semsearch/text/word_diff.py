"""Compares two texts word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from rapidfuzz.distance import Indel

_WORD = re.compile(r"\w+|[^\w\s]")


class WordChange(StrEnum):
    """The change of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """Consecutive words with the same change; kept ones are as in the new text."""

    change: WordChange
    text: str


def pieces(old: str, new: str) -> list[DiffPiece]:
    """Return the pieces of two texts in order; removed words precede those that replace them."""
    before, now = list(_WORD.finditer(old)), list(_WORD.finditer(new))
    steps = Indel.opcodes([word[0] for word in before], [word[0] for word in now])
    found: list[DiffPiece] = []
    for is_kept, group in groupby(steps, lambda step: step.tag == "equal"):
        run = list(group)
        removed = _between(old, before, run[0].src_start, run[-1].src_end)
        added = _between(new, now, run[0].dest_start, run[-1].dest_end)
        if is_kept:
            found.append(DiffPiece(WordChange.KEPT, added))
        else:
            if removed and found and _follows_blank(old, before, run[0].src_start):
                # the words that are kept have the blanks of the new text, and may end without one
                has_blank = found[-1].text.endswith(" ")
                removed = removed if has_blank else f" {removed.rstrip() if added else removed}"
            found += [DiffPiece(WordChange.REMOVED, removed)] * bool(removed) + [
                DiffPiece(WordChange.ADDED, added)
            ] * bool(added)
    return found


def _follows_blank(text: str, words: list[re.Match[str]], place: int) -> bool:
    return text[words[place].start() - 1].isspace()


def _between(text: str, words: list[re.Match[str]], first: int, last: int) -> str:
    """Return words as they are written, with single blanks."""
    if first == last:
        return ""
    end = words[last].start() if last < len(words) else len(text)
    return re.sub(r"\s+", " ", text[words[first].start() : end])
