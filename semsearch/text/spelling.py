"""Spelling: which name or word a mistyped one may stand for, and how likely.

A noisy channel (Kernighan, Church and Gale, 1990, https://aclanthology.org/C90-2036): what was
meant is the candidate for which `P(typed | meant) P(meant)` is highest. Candidates are found by
edit distance with transpositions (rapidfuzz's OSA), among names of nearly the same length and among
words with the same first letter, so that most of a large glossary is never looked at.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, product

import numpy as np

from semsearch.core.positions import PositionFilter, are_among
from semsearch.text.normalise import WORD, fold

MIN_NAME_CHARS = 3
"""Names of two letters are all one letter away from each other."""
CHARS_PER_ERROR = 4
MAX_ERRORS = 3
"""A name may have one error for so many letters, and no more than that."""

MIN_WORD_CHARS = 5
"""Shorter words have too many neighbours: "bake" is near to "base", "make" and "take"."""

MAX_TYPED_WORDS = 30
"""A longer text was copied rather than typed: its unknown words are words of another field."""

DERIVED = 0.1
"""How much less likely people type an acronym that the program made up than one that was
written."""

CACHED_GROUPS = 128
"""Groups of names or words that are kept: of a million names some 3,000 each, 100 MB in all."""

KEYS_BESIDE = {
    key: beside
    for row in (
        "q:wa w:qesa e:wrds r:etfd t:ryfg y:tugh u:yihj i:uojk o:ipkl p:ol",
        "a:qwsz s:awedxz d:serfcx f:drtgvc g:ftyhbv h:gyujnb j:huiknm k:jiolm l:kop",
        "z:asx x:zsdc c:xdfv v:cfgb b:vghn n:bhjm m:njk",
    )
    for key, beside in (pair.split(":") for pair in row.split())
}
"""The letters around each on a QWERTY keyboard."""

_KEY_BESIDE = 0.12
_ANY_KEY = 0.02
"""Of wrong letters half are taken to come from the five keys around the right one, and half from
anywhere: a half over five, and over twenty-five. A missing letter or two that changed places leave
no such choice. The four kinds of errors are taken to be equally common."""
_FIRST_LETTER = 0.3
"""Errors in the first letter are rare (Yannakoudakis and Fawthrop, "The rules of spelling errors",
1983). The factor is a choice: with 1 instead as many of 600 typos in MDN's names were put right."""

_CONTRACTED = re.compile("['\u2019]\\w")
"""What follows the "needn" of "needn't", which is no word by itself and no error either."""


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that may have been meant: `weight` is how likely it is typed, against others."""

    key: str
    label: str
    position: int
    weight: float


@dataclass(frozen=True, slots=True)
class Guess:
    """A name that resembles what was typed.

    `similarity` is the share of letters that are right; `likelihood` orders the guesses.
    """

    name: KnownName
    similarity: float
    likelihood: float


def likelihood(typed: str, meant: str, errors: int = 1) -> float:
    """Return how likely somebody types one for the other, given the number of errors."""
    if errors > 1:
        return (_ANY_KEY / len(meant)) ** errors
    first = next(
        (i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b),
        min(len(typed), len(meant)),
    )
    rarity = _FIRST_LETTER if first == 0 else 1.0
    if len(typed) < len(meant):
        return rarity / len(meant)
    if len(typed) == len(meant) and typed[first + 1 :] != meant[first + 1 :]:
        return rarity / (len(meant) - 1)
    if len(typed) == len(meant):
        beside = typed[first] in KEYS_BESIDE.get(meant[first], "")
    else:
        # An insertion slips from a key beside, or strikes twice; in "aab" either "a" may be too
        # many.
        around = typed[max(0, first - 1) : first] + typed[first + 1 : first + 2]
        beside = any(typed[first] in KEYS_BESIDE.get(c, "") + c for c in around)
    return rarity * (_KEY_BESIDE if beside else _ANY_KEY) / len(meant)


class NameSpeller:
    """The names of an index. Reads only; safe to use from several threads.

    They are looked up by length, and by length with the first or the last letter: a single error in
    three letters or more leaves one of these two in its place. What was looked up once is kept for
    a while, so that the names of a large index need not all be in memory, nor be read before the
    first question is answered.
    """

    def __init__(
        self, alike: Callable[[int, str, str], list[KnownName]], *, are_many: bool
    ) -> None:
        """Take where names come from.

        Args:
            alike: gives the names of a length that begin with a letter, or end with one, or (with
                neither) all of that length, in the order of their positions.
            are_many: whether also those with several errors must have their first or last letter
                right, since comparing with all of nearly that length would take too long.
        """
        self._alike = lru_cache(CACHED_GROUPS)(alike)
        self._are_many = are_many

    def near(self, key: str, allowed: PositionFilter) -> list[Guess]:
        """Return the names of these positions that a folded text may stand for, likeliest first."""
        from rapidfuzz import process  # noqa: PLC0415 - most questions never come here
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        errors = min(MAX_ERRORS, max(1, len(key) // CHARS_PER_ERROR))
        one_end = errors == 1 or self._are_many
        ends = [(key[:1], ""), ("", key[-1:])] if key and one_end else [("", "")]
        lengths = range(max(MIN_NAME_CHARS, len(key) - errors), len(key) + errors + 1)
        found: dict[KnownName, Guess] = {}
        for group in product(lengths, ends):
            names = self._alike(group[0], *group[1])
            if not names:
                continue
            some = [name for one in allowed.ranges for name in _between(names, one)]
            if allowed.only is not None:
                at = np.array([name.position for name in some], dtype=np.int64)
                some = list(compress(some, are_among(at, allowed.only)))
            matches = process.extract(
                key,
                [name.key for name in some],
                scorer=OSA.distance,
                processor=None,
                score_cutoff=errors,
                limit=None,
            )
            for _, distance, place in matches:
                if distance:
                    name = some[place]
                    found[name] = _guess(key, name, int(distance))
        return sorted(found.values(), key=lambda g: (-g.likelihood, g.name.position))


def _between(names: list[KnownName], allowed: range) -> list[KnownName]:
    """Return the names in a range of positions; they are sorted by position."""
    first = bisect_left(names, allowed.start, key=lambda name: name.position)
    last = bisect_left(names, allowed.stop, key=lambda name: name.position)
    return names[first:last]


def similarity(one: str, other: str) -> float:
    """Return the share of letters that two folded texts have in common, 0 to 1."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - most questions never come here

    return float(OSA.normalized_similarity(one, other))


def _guess(key: str, name: KnownName, errors: int) -> Guess:
    similarity = 1 - errors / max(len(key), len(name.key))
    return Guess(name, similarity, likelihood(key, name.key, errors) * name.weight)


class Vocabulary:
    """The words a glossary uses, by first letter and length; safe to use from several threads."""

    def __init__(self, uses: Callable[[str], int], alike: Callable[[str, int], list[str]]) -> None:
        """Take where folded words come from.

        Args:
            uses: gives how often a word is used.
            alike: gives the words that begin with a letter and have a length.
        """
        self.uses = uses
        self._alike = lru_cache(CACHED_GROUPS)(alike)

    def meant(self, word: str) -> str | None:
        """Return the word that a folded word most likely stands for, one letter away.

        A word that is used itself stands for nothing else: "nfts", where only "NFTs" is taken for a
        plural.
        """
        if self.uses(word):
            return None
        from rapidfuzz import process  # noqa: PLC0415 - most questions never come here
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        near = [
            candidate
            for length in (len(word) - 1, len(word), len(word) + 1)
            for candidate, _, _ in process.extract(
                word,
                self._alike(word[0], length),
                scorer=OSA.distance,
                processor=None,
                score_cutoff=1,
                limit=None,
            )
        ]
        return max(
            near,
            key=lambda other: (likelihood(word, other) * math.sqrt(self.uses(other)), other),
            default=None,
        )


def repair(
    question: str, unknown: Sequence[str], vocabulary: Vocabulary, is_word: Callable[[str], bool]
) -> str:
    """Return a question with its mistyped words put right.

    Args:
        question: as it was asked.
        unknown: its words that the glossary does not use.
        vocabulary: the words that may have been meant.
        is_word: whether a folded word is known elsewhere, and so no error.
    """
    meant: dict[str, str] = {}
    if len(WORD.findall(question)) > MAX_TYPED_WORDS:
        return question
    for word in unknown:
        key = fold(word)
        if len(key) >= MIN_WORD_CHARS and key.isalpha() and not is_word(key):
            instead = vocabulary.meant(key)
            if instead:
                meant[word] = _dressed(instead, word)
    if not meant:
        return question
    return WORD.sub(lambda m: _replaced(m, meant), question)


def _replaced(match: re.Match[str], meant: dict[str, str]) -> str:
    contracted = _CONTRACTED.match(match.string, match.end())
    return match[0] if contracted else meant.get(match[0], match[0])


def _dressed(word: str, like: str) -> str:
    """Return a folded word in the capitals of another."""
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
