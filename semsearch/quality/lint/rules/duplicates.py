"""Rules about duplicate entries, and about one term with two meanings.

Duplicates are found among nearest neighbours, never by comparing all entries with all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import fuzz

from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry
from semsearch.core.progress import track
from semsearch.index.scratch_index import ScratchIndex
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.normalise import WORD, fold
from semsearch.text.stems import stem
from semsearch.text.word_languages import word_language

NEAREST = 8
"""Neighbours inspected of each entry; a definition copied more often is found from each copy."""
CHUNK = 1024
"""Entries whose neighbours are searched at a time."""


def _duplicates(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for entries in _equal_definitions(context.entries):
        first, *others = entries
        for other in others:
            message = f"{other.term!r} has the definition of {first.term!r} word for word"
            yield Match(other.term, f"{message} ({first.source or first.id})", other, (first.id,))


def _equal_definitions(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries of a glossary and a language with equal folded definitions."""
    found: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.glossary, entry.language, fold(entry.definition)].append(entry)
    return (group for group in found.values() if len(group) > 1)


def _near_duplicates(context: LintContext, options: Options) -> Iterator[Match]:
    scratch = context.scratch_index
    for one, other, similarity in _near_pairs(context, scratch, options["similarity"]):
        first, second = context.entries[one], context.entries[other]
        wording = fuzz.ratio(fold(first.definition), fold(second.definition)) / 100
        if wording >= options["wording"] and not _is_intended(first, second):
            message = f"the definitions of {second.term!r} and {first.term!r} are nearly the same"
            measured = f"meaning {similarity:.2f}, wording {wording:.2f}"
            place = first.source or first.id
            yield Match(second.term, f"{message} ({measured}; {place})", second, (first.id,))


def _is_intended(one: Entry, other: Entry) -> bool:
    """Return whether definitions are identical, which is another finding, or differ on purpose.

    They differ on purpose if words that only one of them has are words that only its name has, or
    numbers, amounts or negations: "a source that is public" and "a source that is not public".
    """
    if fold(one.definition) == fold(other.definition):
        return True
    message, words_of_other = _stems(one, one.definition), _stems(other, other.definition)
    named, named_by_other = _stems(one, one.term), _stems(other, other.term)
    only, only_other = message - words_of_other, words_of_other - message
    if any(
        word in _AMOUNTS or word.isdigit() for word in (only | only_other | named ^ named_by_other)
    ):
        return True
    return bool(only & (named - named_by_other) or only_other & (named_by_other - named))


_AMOUNTS = frozenset(
    map(
        stem,
        [
            "all",
            "always",
            "any",
            "both",
            "cannot",
            "each",
            "either",
            "every",
            "few",
            "first",
            "left",
            "less",
            "many",
            "more",
            "most",
            "multiple",
            "never",
            "no",
            "non",
            "none",
            "not",
            "one",
            "only",
            "other",
            "others",
            "part",
            "partial",
            "partially",
            "right",
            "second",
            "several",
            "single",
            "some",
            "two",
            "whether",
            "without",
            "yet",
        ],
    )
)
"""Stems of words that make a difference by themselves."""


def _stems(entry: Entry, text: str) -> set[str]:
    language = word_language(entry.language)
    return {stem(word, language) for word in WORD.findall(text)}


def _near_pairs(
    context: LintContext, scratch: ScratchIndex, threshold: float
) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of positions in one glossary and language, and the cosine of definitions."""
    entries = context.entries
    chunks = range(0, len(entries), CHUNK)
    for start in track(chunks, context.progress, "comparing", len(chunks)):
        own: Numbers = np.arange(start, min(start + CHUNK, len(entries)))
        near = scratch.segment.searcher.ranked(scratch.segment.searcher.at(own), NEAREST)
        for one, others in zip(own.tolist(), near, strict=True):
            later = np.sort(others[others > one])
            if not len(later):
                continue
            cosines = (
                scratch.retriever.definition_vectors(later)
                @ scratch.retriever.definition_vectors(np.array([one]))[0]
            )
            for other, cosine in zip(later.tolist(), cosines.tolist(), strict=True):
                if cosine >= threshold and _are_together(entries[one], entries[other]):
                    yield one, other, cosine


def _are_together(one: Entry, other: Entry) -> bool:
    return (one.glossary, one.language) == (other.glossary, other.language)


def _repeated(context: LintContext, options: Options) -> Iterator[Match]:
    for first, second, similarity in _same_terms(context):
        if similarity >= options["similarity"]:
            message = f"{second.term!r} is defined again, much as at {first.source or first.id}"
            yield Match(second.term, f"{message} (meaning {similarity:.2f})", second, (first.id,))


def _conflicting(context: LintContext, options: Options) -> Iterator[Match]:
    for first, second, similarity in _same_terms(context):
        if similarity < options["similarity"]:
            message = f"{second.term!r} means something else at {first.source or first.id}"
            yield Match(second.term, f"{message} (meaning {similarity:.2f})", second, (first.id,))


def _same_terms(context: LintContext) -> Iterator[tuple[Entry, Entry, float]]:
    """Yield the first entry of a term with each later one, and the cosine of their definitions."""
    definition_vectors = context.scratch_index.retriever.definition_vectors
    for first, *others in context.by_term.values():
        for other in others:
            one, two = definition_vectors(np.array([first, other]))
            yield context.entries[first], context.entries[other], float(one @ two)


SAME_MEANING = 0.65
"""Cosines with the bundled encoder: definitions that MDN distinguishes in brackets (`Node (DOM)`)
have .35 to .62, terms that Solana's glossary defines twice .70 to .85."""

DUPLICATE_DEFINITION = Rule(
    "duplicate-definition",
    Severity.ERROR,
    "Two entries of a glossary have the same definition, word for word.",
    "A question finds both, and nobody learns the difference. Make one of the terms an alias of "
    "the other, or say how they differ.",
    Example(
        "bakery.csv",
        "term,definition\nLeaven,A piece of fermented dough.\nStarter,A piece of fermented dough.\n"
        "",
        "term,definition,aliases\nLeaven,A piece of fermented dough.,Starter\n",
    ),
    _duplicates,
)

NEAR_DUPLICATE = Rule(
    "near-duplicate",
    Severity.WARNING,
    "Two entries of a glossary have nearly the same definition.",
    "One was mostly copied from the other. Merge them, or let each say how it differs from the "
    "other.",
    Example(
        "bakery.csv",
        "term,definition\n"
        "Leaven,A piece of fermented dough that makes new dough rise before it is baked.\n"
        "Starter,A piece of fermented dough which makes new dough rise before it is baked.\n",
        "term,definition\n"
        "Leaven,A piece of fermented dough that makes new dough rise before it is baked.\n"
        "Starter,What is kept and fed with flour for years to raise bread with.\n",
    ),
    _near_duplicates,
    {"similarity": 0.92, "wording": 0.85},
    {
        "similarity": "Least cosine of the two definitions.",
        "wording": "Least share of characters that both have, in order (Indel ratio).",
    },
    by_meaning=True,
)

REPEATED_TERM = Rule(
    "repeated-term",
    Severity.WARNING,
    "A term is defined more than once with much the same meaning.",
    "One of the entries will be updated and the other forgotten. Merge them.",
    Example(
        "bakery.csv",
        "term,definition\nLeaven,A piece of fermented dough that makes dough rise.\n"
        "leaven,Fermented dough that makes a piece of new dough rise.\n",
        "term,definition\nLeaven,A piece of fermented dough that makes dough rise.\n",
    ),
    _repeated,
    {"similarity": SAME_MEANING},
    {"similarity": "Least cosine of definitions that mean the same."},
    by_meaning=True,
)

CONFLICTING_DEFINITIONS = Rule(
    "conflicting-definitions",
    Severity.WARNING,
    "A term is defined more than once with different meanings.",
    "Nobody can tell which one is meant. Give each its own name, with its subject in brackets: "
    "`Peel (tool)`.",
    Example(
        "bakery.csv",
        "term,definition\nPeel,A long shovel that puts loaves into the oven.\n"
        "Peel,The outer skin of lemons and oranges.\n",
        "term,definition\nPeel (tool),A long shovel that puts loaves into the oven.\n"
        "Peel (fruit),The outer skin of lemons and oranges.\n",
    ),
    _conflicting,
    {"similarity": SAME_MEANING},
    {"similarity": "Least cosine of definitions that mean the same."},
    by_meaning=True,
)

RULES = (DUPLICATE_DEFINITION, NEAR_DUPLICATE, REPEATED_TERM, CONFLICTING_DEFINITIONS)
