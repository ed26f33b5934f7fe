"""Rules about asked-as phrases: whether each one finds its own entry, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.entries import Entry
from semsearch.core.progress import track
from semsearch.importers.fields import shorten
from semsearch.importers.records_to_entries import MAX_PHRASES
from semsearch.index.scratch_index import ScratchIndex
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.name_in_phrase import name_said
from semsearch.text.passages import phrases_of

CHUNK = 256
"""Phrases compared at a time."""
LOOKED_AT = 2 * MAX_PHRASES
"""Phrases looked at for each: its own entry has at most half of them."""
DEFINITIONS = 3


@dataclass(frozen=True, slots=True)
class _Compared:
    """A phrase, its similarity to its own entry, and the nearest text of another one."""

    phrase: str
    entry: Entry
    own: float
    other: Entry
    other_phrase: str
    """Empty where it is a definition."""
    nearness: float


def _compared(context: LintContext) -> Iterator[_Compared]:
    """Compare each phrase with its own entry and with the nearest other one of its glossary."""
    scratch = context.scratch_index
    numbers = range(len(scratch.segment.phrases))
    chunks = range(0, len(numbers), CHUNK)
    for start in track(chunks, context.progress, "comparing phrases", len(chunks)):
        some = np.asarray(numbers[start : start + CHUNK], dtype=np.int64)
        yield from _chunk(scratch, some)


def _chunk(scratch: ScratchIndex, numbers: Numbers) -> Iterator[_Compared]:
    phrases, entries = scratch.segment.phrases, scratch.entries
    vectors = phrases.vectors(numbers)
    owners = phrases.owners(numbers)
    near_phrases = phrases.ranked(vectors, LOOKED_AT)
    near_entries = scratch.segment.searcher.ranked(vectors, DEFINITIONS)
    for number, owner, vector, near, defined in zip(
        numbers.tolist(), owners.tolist(), vectors, near_phrases, near_entries, strict=True
    ):
        entry = entries[owner]
        glossary = entry.glossary
        own = float(scratch.retriever.definition_vectors(np.array([owner]))[0] @ vector)
        best: tuple[float, int, int] | None = None
        rest = near[(near >= 0) & (near != number)]
        for other, at, cosine in zip(
            rest.tolist(),
            phrases.owners(rest).tolist(),
            phrases.vectors(rest) @ vector,
            strict=True,
        ):
            if at == owner:
                own = max(own, float(cosine))
            elif entries[at].glossary == glossary and (best is None or cosine > best[0]):
                best = float(cosine), at, other - int(phrases.first[at])
        others = [at for at in defined.tolist() if at not in (-1, owner)]
        for at, cosine in zip(others, _nearness(scratch, others, vector), strict=True):
            if entries[at].glossary == glossary and (best is None or cosine > best[0]):
                best = cosine, at, -1
        if best is not None:
            nearness, at, which = best
            message = phrases_of(entries[at])[which] if which >= 0 else ""
            phrase = phrases_of(entry)[number - int(phrases.first[owner])]
            yield _Compared(phrase, entry, own, entries[at], message, nearness)


def _nearness(scratch: ScratchIndex, positions: list[int], vector: Vectors) -> list[float]:
    if not positions:
        return []
    found: list[float] = (
        scratch.retriever.definition_vectors(np.array(positions)) @ vector
    ).tolist()
    return found


def _elsewhere(context: LintContext, options: Options) -> Iterator[Match]:
    for one in _compared(context):
        if one.nearness >= options["similarity"] and one.nearness - one.own >= options["margin"]:
            what = (
                f"its phrase {shorten(one.other_phrase)!r}"
                if one.other_phrase
                else "its definition"
            )
            message = (
                f"the phrase {shorten(one.phrase)!r} of {one.entry.term!r} is nearer to {one.other.term!r}, by {what}, than "
                "to the rest of its own entry"
            )
            yield Match(shorten(one.phrase), message, one.entry, (one.other.id,))


def _shared(context: LintContext, options: Options) -> Iterator[Match]:
    for one in _compared(context):
        if (
            one.other_phrase
            and one.nearness >= options["similarity"]
            and one.entry.id < one.other.id
        ):
            message = (
                f"the phrase {shorten(one.phrase)!r} of {one.entry.term!r} fits {one.other.term!r} as well, which is asked for as "
                f"{shorten(one.other_phrase)!r}"
            )
            yield Match(shorten(one.phrase), message, one.entry, (one.other.id,))


def _named(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for entry in context.entries:
        for phrase in phrases_of(entry):
            name = name_said(entry, phrase)
            if name is not None:
                message = f"the phrase {shorten(phrase)!r} of {entry.term!r} says {name!r}"
                yield Match(shorten(phrase), f"{message}, by which it is found anyway", entry)


def _table(first: str, second: str) -> str:
    return (
        "term,definition,asked_as\n"
        f'Leaven,A piece of fermented dough.,"what makes dough rise slowly;{first}"\n'
        f'Peel,A shovel for loaves.,"how do I get bread out of heat;{second}"\n'
    )


PHRASE_OF_ANOTHER = Rule(
    "phrase-of-another",
    Severity.WARNING,
    "A phrase by which people ask for an entry is nearer to another one.",
    "People who ask this way may get the other entry, and the reverse. Move the phrase to the entry that it fits, or add "
    "what distinguishes the two.",
    Example(
        "bakery.csv",
        _table("what makes dough rise slowly at night", "what makes dough rise so slowly"),
        _table("what makes dough rise slowly at night", "a flat wooden shovel with a long handle"),
    ),
    _elsewhere,
    {"similarity": 0.75, "margin": 0.2},
    {
        "similarity": "Least cosine to the other entry.",
        "margin": "How much nearer the other entry has to be than the rest of its own.",
    },
    by_meaning=True,
)

SHARED_PHRASE = Rule(
    "shared-phrase",
    Severity.WARNING,
    "Two entries are asked for by phrases that say the same.",
    "Nobody can know which of them was meant: both come first by turns. Leave the phrase to one, or say more in both.",
    Example(
        "bakery.csv",
        _table("what do bakers use", "What do bakers use?"),
        _table("what do bakers use", "a flat wooden shovel with a long handle"),
    ),
    _shared,
    {"similarity": 0.9},
    {"similarity": "Cosine from which two phrases say the same."},
    by_meaning=True,
)

PHRASE_NAMES_TERM = Rule(
    "phrase-names-term",
    Severity.NOTE,
    "A phrase by which people ask for an entry says its name.",
    "The entry is found by its name anyway. A phrase is for those who do not know it: say what it is, does, or looks like.",
    Example(
        "bakery.csv",
        _table("how do I feed my leaven", "a flat wooden shovel"),
        _table("how do I feed it with flour", "a flat wooden shovel"),
    ),
    _named,
)

RULES = (PHRASE_OF_ANOTHER, SHARED_PHRASE, PHRASE_NAMES_TERM)
