"""Glossaries of any size, made up.

Entries of one subject share words, so that their map has places.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from semsearch.core.entries import Entry

SUBJECTS = 120
"""Of which each has so many words of its own:"""
_OWN = 30
_COMMON = 200
_SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "wi", "zo")


def entries(count: int) -> Iterator[Entry]:
    """Yield so many entries, the same each time; fewer are the first of more."""
    chance = random.Random(20)  # noqa: S311 - not a secret
    common = [_word(chance) for _ in range(_COMMON)]
    subjects = [[_word(chance) for _ in range(_OWN)] for _ in range(SUBJECTS)]
    for number in range(count):
        own = chance.choice(subjects)
        words = [*chance.choices(own, k=7), *chance.choices(common, k=4)]
        chance.shuffle(words)
        term = f"{words[0]} {chance.choice(own)} {number}"
        yield Entry(f"made-up:{number}", term, f"A {' '.join(words)}.", "made-up")


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3, 4))))
