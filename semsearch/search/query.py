"""Reading: what a question says, as a name, a misspelt one, or words.

The first step of an answer, before anything is embedded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from semsearch.core.answers import Tier
from semsearch.core.positions import PositionFilter
from semsearch.index.files.entry_table import NamedEntry
from semsearch.index.segments.multi import MultiPhrases, MultiPostings
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.ranking import confidence
from semsearch.text.names import Name, NameKind, form_of
from semsearch.text.normalise import fold, subject_of
from semsearch.text.spelling import DERIVED, Guess, KnownName, Names, Vocabulary, repair, similarity
from semsearch.text.stems import stem

MAX_PREFIX_HITS = 20
MAX_RESEMBLING = 20
MIN_PREFIX_CHARS = 2

MANY_NAMES = 50_000
"""Names that are still compared with a long misspelt question whatever letters they begin and end with."""

PLURAL_CHARS = 4
"""How much longer than a name a form of it may be: plural endings, blanks."""

REAL_WORD = 0.5
"""What is left of a guess when the question is a word that the encoder knows: "carpet" may stand for
"caret", and just as well for itself."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name that matched a question.

    `share` is how likely this name was meant among all that are near (tier fuzzy), or how much of it
    has been typed (tier prefix), so that the shortest name comes first; else 1. `resemblance` is the
    share of letters that are right, 1 unless the tier is fuzzy.
    """

    tier: Tier
    label: str
    resemblance: float = 1.0
    share: float = 1.0

    @property
    def certainty(self) -> float:
        """How much the question resembles this name rather than another, 0 to 1."""
        return self.resemblance * math.sqrt(self.share)

    @property
    def is_likely(self) -> bool:
        """Whether this name alone is enough for a close match."""
        sure = confidence.of_first_hit(self.tier, 0.0, self.certainty)
        return sure >= confidence.THRESHOLD


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is understood: its text, typing errors put right, and the names it is."""

    question: str
    text: str
    names: dict[int, NameMatch]

    @property
    def is_guess(self) -> bool:
        """Whether the names only resemble the question."""
        return any(match.tier is Tier.FUZZY for match in self.names.values())


class NameFinder:
    """The names of an index. Safe to use from several threads."""

    def __init__(self, snapshot: MultiEntries, words: MultiPostings, phrases: MultiPhrases) -> None:
        self._snapshot = snapshot
        self._words = words
        self._phrases = phrases
        self._longest_name = snapshot.longest_name()

    def by_name(self, question: str, within: PositionFilter) -> dict[int, NameMatch]:
        """Return positions whose name the question is, or begins, best tier of each."""
        found: dict[int, NameMatch] = {}
        for text in dict.fromkeys((question, subject_of(question))):
            key = fold(text)
            if not key or len(key) > self._longest_name + PLURAL_CHARS:
                continue  # a whole sentence is no name, and needs no look-up
            for named in self._snapshot.by_key(key, within):
                _better(found, named, _tier_of_key(named))
            for named in self._snapshot.by_form(form_of(key, text), within):
                _better(found, named, Tier.FORM)
            if len(key) >= MIN_PREFIX_CHARS:
                for named in self._snapshot.by_prefix(key, within, MAX_PREFIX_HITS):
                    _better(found, named, Tier.PREFIX, len(key) / len(named.name.key))
        return found

    def read(
        self, question: str, within: PositionFilter, is_word: Callable[[str], bool]
    ) -> Reading:
        """Find the names a question is, or the text it was meant to be.

        Only a question that is neither a name nor a phrase that people ask with, and has a word that neither an entry nor
        a phrase uses, is taken for misspelt: as a whole for a name, or word by word.

        Args:
            question: as it was asked.
            within: positions that may answer.
            is_word: whether a folded word is known elsewhere, and so no error.
        """
        names = self.by_name(question, within)
        is_known = names or len(self._phrases.saying(question, within))
        unused = [] if is_known else self._words.unknown(question, within)
        unknown = [word for word in unused if not self._phrases.says(word)]
        if not unknown:
            return Reading(question, question, names)
        if names := self.by_resemblance(question, within, unknown):
            if all(is_word(fold(word)) for word in unknown):
                names = {at: replace(m, share=m.share * REAL_WORD) for at, m in names.items()}
            best = next(iter(names.values()))
            return Reading(question, best.label if best.is_likely else question, names)
        text = repair(question, unknown, self._vocabulary, is_word)
        if len(self._words.unknown(text, within)) >= len(unknown):
            text = question  # only other glossaries of the index use what it was mended to
        if text != question:
            right = similarity(fold(question), fold(text))
            names = {
                at: replace(match, tier=Tier.FUZZY, resemblance=right)
                for at, match in self.by_name(text, within).items()
            }
        return Reading(question, text, names)

    def by_resemblance(
        self, question: str, within: PositionFilter, unknown: Collection[str] | None = None
    ) -> dict[int, NameMatch]:
        """Return positions with a name that the question resembles, the likeliest first.

        Args:
            question: as it was asked.
            within: positions that may answer.
            unknown: words that may be misspelt, if not all: a name must have the other words.
        """
        key = fold(subject_of(question))
        words = set(key.split())
        known = words - ({w for word in unknown for w in fold(word).split()} if unknown else words)
        stems = {stem(word) for word in known}
        best: dict[int, Guess] = {}
        for guess in self._names.near(key, within):
            if stems <= {stem(word) for word in guess.name.key.split()}:
                best.setdefault(guess.name.position, guess)
        total = sum(guess.likelihood for guess in best.values())
        return {
            at: NameMatch(Tier.FUZZY, g.name.label, g.similarity, g.likelihood / total)
            for at, g in islice(best.items(), MAX_RESEMBLING)
        }

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._words.uses, self._words.alike)

    @cached_property
    def _names(self) -> Names:
        def alike(length: int, first: str, last: str) -> list[KnownName]:
            found = self._snapshot.names_like(length, first, last)
            return [KnownName(f.name.key, f.name.label, f.position, _weight(f.name)) for f in found]

        return Names(alike, are_many=self._snapshot.count_names() > MANY_NAMES)


def _weight(name: Name) -> float:
    return DERIVED if name.kind == NameKind.INITIALS else 1.0


def _tier_of_key(named: NamedEntry) -> Tier:
    stated = named.name.kind in (NameKind.TERM, NameKind.ALIAS, NameKind.HIDDEN)
    return Tier.EXACT if stated else Tier.FORM


def _better(found: dict[int, NameMatch], named: NamedEntry, tier: Tier, share: float = 1.0) -> None:
    """Keep the best tier of each position; members of `Tier` are in that order."""
    order = list(Tier)
    known = found.get(named.position)
    if known is None or order.index(tier) < order.index(known.tier):
        found[named.position] = NameMatch(tier, named.name.label, share=share)
