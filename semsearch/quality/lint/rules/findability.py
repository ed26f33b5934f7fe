"""The rule about entries that are not found by their own description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from semsearch.core.answers import Span
from semsearch.core.entries import Entry
from semsearch.core.progress import track
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.scratch_index import ScratchIndex
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.ranking.weights import DEFAULT
from semsearch.text.english_stop_words import content_words
from semsearch.text.mentions import MentionFinder
from semsearch.text.names import names_of
from semsearch.text.questions import MAX_QUESTION_CHARS

CHUNK = 256
"""Questions asked at a time."""
PLACEHOLDER = "something"
"""Replaces a name."""
SURE = 3
"""An entry among so many nearest neighbours counts as found; a complete search takes a hundred
times as long."""
NO_ENTRY = -1
"""Position of no entry, so that all mentions count."""


def _unfindable(context: LintContext, options: Options) -> Iterator[Match]:
    limit = int(options["within"])
    chunks = range(0, len(context.entries), CHUNK)
    for start in track(chunks, context.progress, "asking", len(chunks)):
        positions = range(start, min(start + CHUNK, len(context.entries)))
        texts = {at: masked(context.entries[at], context.leads[at]) for at in positions}
        asked = {at: text for at, text in texts.items() if content_words(text)}
        for at in _missed(context.scratch_index, asked, limit) if asked else ():
            entry = context.entries[at]
            message = f"the first sentence of {entry.term!r} finds {limit} other entries before it"
            yield Match(entry.term, f"{message} once its name is left out", entry)


def masked(entry: Entry, lead: Span) -> str:
    """Return the first sentence of an entry without its names."""
    text = lead.text
    own = MentionFinder([names_of(entry)])
    for mention in reversed(list(own.find(text, NO_ENTRY))):
        text = f"{text[: mention.start]}{PLACEHOLDER}{text[mention.end :]}"
    return text[:MAX_QUESTION_CHARS]


def _missed(scratch: ScratchIndex, asked: Mapping[int, str], limit: int) -> Iterator[int]:
    """Yield the positions that are not among the first hits of their questions."""
    texts = list(asked.values())
    encoded = scratch.encoder.encode_questions(texts)
    nearest = scratch.segment.searcher.ranked(encoded.vectors, SURE)
    questions = QueryVectors.all_of(texts, encoded)
    for at, question, near in zip(asked, questions, nearest, strict=True):
        if at in near:
            continue
        allowed = scratch.retriever.entry_table.glossaries[scratch.entries[at].glossary]
        found = scratch.retriever.candidates(question, limit, allowed, (), DEFAULT)
        if at not in (candidate.position for candidate in found):
            yield at


_ROWS = (
    "Baking,It involves something hot.",
    "Mixing,It involves something wet.",
    "Proofing,It involves something slow.",
    "Shaping,It involves something soft.",
    "Storing,It involves something cool.",
)


def _table(last: str) -> str:
    return "\n".join(["term,definition", *_ROWS, f"Oven spring,{last}", ""])


UNFINDABLE = Rule(
    "unfindable",
    Severity.WARNING,
    "An entry is not found by its own first sentence without its name.",
    "The sentence describes other entries equally well, or only repeats the name, so a question "
    "that describes the thing finds others. Begin with what it is, and how it differs from "
    "similar things.",
    Example(
        "bakery.csv",
        _table("It involves oven spring."),
        _table("The last rise of a loaf, while it bakes."),
    ),
    _unfindable,
    {"within": 5},
    {"within": "Number of first hits that must include the entry."},
    by_meaning=True,
)

RULES = (UNFINDABLE,)
