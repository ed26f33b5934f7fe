"""Whether an entry and a concept of its name mean the same.

"Lime" in a glossary of rocks is not LIME, which explains models. How likely both mean the same is a
logistic function of four signs: how near the topics of both texts are, how rare the words are that
they share, whether the name hardly stands for anything else, and how long the definition is, since
a long one shares words by chance. The weights were fitted to pairs of glossaries on which nothing
else is measured; docs/measurements.md, decision 81, says how often that is right.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.text.english import is_english
from semsearch.text.names import NameKind, form_of, names_of, without_qualifier
from semsearch.text.normalise import fold
from semsearch.text.stems import question_stems
from semsearch.text.word_topics import bundled_topics

MAX_NAMES = 64
"""Names of an entry by which concepts are looked up: the first ones."""

MIN_PROBABILITY = 0.6
"""How likely the sense must be the same."""

_BIAS = -4.5
_TOPICS = 7.93
"""For the cosine of the topics."""
_SHARED = 2.23
"""For ln(1 + how rare the shared words are)."""
_CLEAR = 1.28
"""For a name that hardly stands for anything else."""
_LENGTH = -0.42
"""For ln(1 + content words of the definition)."""

_COMMON = 3.0
"""The idf up to which a shared word counts nothing: such a one is in 5 % of the concepts."""

_ACRONYM = re.compile(r"[A-Z0-9]{1,5}s?\Z")

_STATED = frozenset({NameKind.TERM, NameKind.ALIAS, NameKind.ACRONYM})
"""Names by which an entry is looked up; initials that nobody wrote stand for too many concepts."""


@dataclass(frozen=True, slots=True)
class CommonConcept:
    """A concept with the questions by which people ask for it."""

    term: str
    aliases: tuple[str, ...]
    definition: str
    questions: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The term and its aliases."""
        return (self.term, *self.aliases)

    @property
    def bare_names(self) -> tuple[str, ...]:
        """Its names without qualifiers."""
        return tuple(map(without_qualifier, self.names))


class EntrySense:
    """What an entry says of its sense, to be compared with several concepts."""

    def __init__(self, entry: Entry) -> None:
        stated = [name for name in names_of(entry) if name.kind in _STATED][:MAX_NAMES]
        self.labels = {name.form: name.label for name in stated}
        """What is written for each form of a name that concepts are looked up by."""
        self._said = f" {fold(entry.definition)} "
        stems = _stems(entry.definition)
        self._words = stems - _stems(entry.term, *entry.aliases[:MAX_NAMES])
        _, self._topics = bundled_topics().of([*stems])

    def probability(self, concept: CommonConcept) -> float:
        """Return how likely a concept of one of its names is what the entry defines."""
        described = [*_stems(concept.definition, *concept.questions)]
        telling = self._words - _stems(*concept.bare_names)
        idf, topics = bundled_topics().of(described)
        rarity = sum(
            max(0.0, one - _COMMON)
            for stem, one in zip(described, idf.tolist(), strict=True)
            if stem in telling
        )
        score = (
            _BIAS
            + _TOPICS * float(self._topics @ topics)
            + _SHARED * math.log1p(rarity)
            + _CLEAR * self._has_clear_name(concept)
            + _LENGTH * math.log1p(len(self._words))
        )
        return 1 / (1 + math.exp(-score))

    def _has_clear_name(self, concept: CommonConcept) -> bool:
        """Return whether a clear name of a concept is one of the entry, or its definition says it.

        A name is clear if it has several words, or is neither a word of the language nor an
        acronym.
        """
        names = [(fold(name), name) for name in concept.names]
        if any(" " in key and f" {key} " in self._said for key, _ in names):
            return True
        stated = (
            self.labels.get(form_of(key, name)) for key, name in names if _is_clear(key, name)
        )
        return any(label is not None and not _ACRONYM.match(label) for label in stated)


def forms_of(names: Iterable[str]) -> set[str]:
    """Return the forms by which names are compared."""
    return {form_of(fold(name), name) for name in names}


def _is_clear(key: str, name: str) -> bool:
    """Return whether a name, and its key, hardly stands for several things."""
    return " " in key or not (_ACRONYM.match(name) or is_english(key))


def _stems(*texts: str) -> set[str]:
    return {one for text in texts for one in question_stems(text)}
