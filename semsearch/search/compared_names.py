"""Names compared: the entries that a question puts side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from semsearch.core.answers import Tier
from semsearch.core.positions import PositionFilter
from semsearch.search.name_lookup import NameLookup, NameMatch
from semsearch.text.comparison_wording import CutQuestion, cuts_of
from semsearch.text.english import is_english
from semsearch.text.normalise import fold
from semsearch.text.question_wording import without_article

MAX_AROUND = 6
"""Words that may stand in front of the first name or behind the last."""
MAX_UNKNOWN_WORDS = 3
"""Words of what is compared with a name and is no name of the index; more describe something."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class NameComparison:
    """The entries of the names that a question compares, in the order in which it says them.

    `is_whole` says that all that is compared is there. `text` is the question with mistyped names
    put right.
    """

    names: dict[int, NameMatch]
    is_whole: bool
    text: str


@dataclass(frozen=True, slots=True)
class _ComparedName:
    """A name in a comparison, as it was typed, and the entries that have it, if any."""

    typed: str
    matches: dict[int, NameMatch]

    @property
    def is_mistyped(self) -> bool:
        return any(match.tier is Tier.FUZZY for match in self.matches.values())

    @property
    def is_exact(self) -> bool:
        return any(match.tier in (Tier.EXACT, Tier.FORM) for match in self.matches.values())


def find_comparison(
    lookup: NameLookup, question: str, allowed: PositionFilter
) -> NameComparison | None:
    """Return what a question compares, or None if it compares no names of the index."""
    for asked in cuts_of(question):
        pieces = _Pieces(lookup, asked, allowed)
        groups = pieces.exact_groups() or (
            pieces.approximate_groups() if asked.has_comparing_words or pieces.has_name() else []
        )
        known = [group for group in groups if group.matches]
        if _is_comparison(asked, groups, known):
            return _merge_names(question, known, is_whole=len(known) == len(groups))
    return None


def _is_comparison(
    asked: CutQuestion, groups: list[_ComparedName], known: list[_ComparedName]
) -> bool:
    """Tell whether the named groups form a comparison.

    All are names, or, if the question has comparing words, one of two.
    """
    if not asked.has_comparing_words and not any(group.is_exact for group in known):
        return False
    if len(known) == len(groups):
        return len(known) > 1
    if not known:
        return False
    unknown = (group.typed for group in groups if not group.matches)
    return asked.has_comparing_words and all(
        len(typed.split()) <= MAX_UNKNOWN_WORDS for typed in unknown
    )


def _merge_names(question: str, known: list[_ComparedName], *, is_whole: bool) -> NameComparison:
    names: dict[int, NameMatch] = {}
    for place, group in enumerate(known):
        for at, match in group.matches.items():
            order = len(known) - place + match.is_as_written / 2
            names.setdefault(at, replace(match, order=order, is_as_written=False))
        if group.is_mistyped:
            question = question.replace(group.typed, next(iter(group.matches.values())).label, 1)
    return NameComparison(names, is_whole, question)


class _Pieces:
    """The pieces of a question, looked up as names."""

    def __init__(self, lookup: NameLookup, asked: CutQuestion, allowed: PositionFilter) -> None:
        self._lookup = lookup
        self._asked = asked
        self._within = allowed
        self._count = len(asked.starts)
        self._exact = cache(self._find_exact)

    def exact_groups(self, first: int = 0) -> list[_ComparedName] | None:
        """Return the pieces from one on as groups that are names; None if that cannot be."""
        if first == self._count:
            return []
        for last in reversed(range(first, self._count)):
            if first == 0 and last == self._count - 1:
                continue  # a single name compares nothing
            group = self._exact(self._asked.piece(first, last))
            rest = self.exact_groups(last + 1) if group.matches else None
            if rest is not None:
                return [group, *rest]
        return None

    def has_name(self) -> bool:
        """Return whether any piece is a name as it stands."""
        return any(self._exact(self._asked.piece(at, at)).matches for at in range(self._count))

    def approximate_groups(self) -> list[_ComparedName]:
        """Return the pieces as names, perhaps misspelt, partial or with other words around."""
        found: list[_ComparedName] = []
        first = 0
        while first < self._count:
            last = next(
                (
                    one
                    for one in reversed(range(first + 1, self._count))
                    if self._is_name(first, one)
                ),
                first,
            )
            whole = self._exact(self._asked.piece(first, last))
            found.append(whole if whole.matches else self._approximate(first))
            first = last + 1
        return found

    def _is_name(self, first: int, last: int) -> bool:
        is_all = first == 0 and last == self._count - 1
        return not is_all and bool(self._exact(self._asked.piece(first, last)).matches)

    def _find_exact(self, text: str) -> _ComparedName:
        for typed in dict.fromkeys((text, without_article(text))):
            if found := self._lookup.match_whole(typed, self._within):
                return _ComparedName(typed, found)
        return _ComparedName(text, {})

    def _approximate(self, place: int) -> _ComparedName:
        text = self._asked.piece(place, place)
        windows = list(self._shortened(text, place))
        for typed in (*windows, *self._with_shared_words(text, place)):
            if (group := self._exact(typed)).matches:
                return replace(group, typed=text) if group.typed not in text else group
        if self._asked.has_comparing_words:
            likely = _likeliest(self._lookup.match_part(text, self._within))
            if likely:
                return _ComparedName(text, likely)
        for window in windows:
            if not all(map(is_english, fold(window).split())):
                likely = _likeliest(self._lookup.match_misspelt(window, self._within))
                if likely:
                    return _ComparedName(window, likely)
        return _ComparedName(text, {})

    def _with_shared_words(self, text: str, place: int) -> Iterator[str]:
        """Yield a piece with the words that it shares with another.

        Examples: "lossy or lossless compression", "batch size or rate".
        """
        others = self._asked.piece(self._count - 1, self._count - 1).split()
        if place < self._count - 1:
            yield from (f"{text} {' '.join(others[at:])}" for at in range(1, len(others)))
        elif place:
            first = without_article(self._asked.piece(0, 0)).split()
            yield from (f"{' '.join(first[:at])} {text}" for at in range(1, len(first)))

    def _shortened(self, text: str, place: int) -> Iterator[str]:
        """Yield a piece without an article, then shorter parts if other words may surround it."""
        text = without_article(text)
        yield text
        words = [match.span() for match in _WORD.finditer(text)]
        if place == 0 and self._asked.may_begin_late:
            for start, _ in words[1 : MAX_AROUND + 1]:
                yield text[start:]
        if place == self._count - 1 and self._asked.may_end_early:
            for _, end in words[:-1][-MAX_AROUND:][::-1]:
                yield text[:end]


def _likeliest(matches: dict[int, NameMatch]) -> dict[int, NameMatch]:
    """Return the first match alone, if it is likely."""
    return {at: match for at, match in list(matches.items())[:1] if match.is_likely}
