"""The rule about entries that are not found although somebody says what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from semsearch.core.answers import Span
from semsearch.core.entries import Entry
from semsearch.core.progress import track
from semsearch.index.retrieval import QueryVectors
from semsearch.index.scratch import ScratchIndex
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.ranking.weights import DEFAULT
from semsearch.text.mentions import MentionFinder
from semsearch.text.names import names_of
from semsearch.text.normalise import MAX_QUESTION_CHARS, content_words

CHUNK = 256
"""Questions asked at a time."""
INSTEAD = "something"
"""What stands in the place of a name."""
SURE = 3
"""An entry among the first so many by meaning alone is taken for found: to ask in full takes a hundred times as long."""
NOBODY = -1
"""The position of no entry: all mentions count."""


def _unfindable(material: LintContext, options: Options) -> Iterator[Match]:
    within = int(options["within"])
    chunks = range(0, len(material.entries), CHUNK)
    for start in track(chunks, material.progress, "asking", len(chunks)):
        some = range(start, min(start + CHUNK, len(material.entries)))
        texts = {at: masked(material.entries[at], material.leads[at]) for at in some}
        asked = {at: text for at, text in texts.items() if content_words(text)}
        for at in _missed(material.workbench, asked, within) if asked else ():
            entry = material.entries[at]
            said = f"the first sentence of {entry.term!r} finds {within} other entries before it"
            yield Match(entry.term, f"{said} once its name is left out", entry)


def masked(entry: Entry, lead: Span) -> str:
    """Return the first sentence of an entry without the names of the entry."""
    text = lead.text
    own = MentionFinder([names_of(entry)])
    for mention in reversed(list(own.find(text, NOBODY))):
        text = f"{text[: mention.start]}{INSTEAD}{text[mention.end :]}"
    return text[:MAX_QUESTION_CHARS]


def _missed(bench: ScratchIndex, asked: Mapping[int, str], within: int) -> Iterator[int]:
    """Yield the positions that are not among the first entries for their questions."""
    texts = list(asked.values())
    encoded = bench.encoder.encode_questions(texts)
    nearest = bench.segment.finder.ranked(encoded.vectors, SURE)
    questions = QueryVectors.all_of(texts, encoded)
    for at, question, near in zip(asked, questions, nearest, strict=True):
        if at in near:
            continue
        scope = bench.retriever.snapshot.glossaries[bench.entries[at].glossary]
        found = bench.retriever.candidates(question, within, scope, (), DEFAULT)
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
    "An entry is not found by its own first sentence once its name is left out.",
    "The sentence says nothing that would not fit other entries as well, or says it by the name alone, so whoever describes "
    "the thing gets others. Begin with what it is, and with what tells it from its neighbours.",
    Example(
        "bakery.csv",
        _table("It involves oven spring."),
        _table("The last rise of a loaf, while it bakes."),
    ),
    _unfindable,
    {"within": 5},
    {"within": "First so many entries among which it has to be."},
    by_meaning=True,
)

RULES = (UNFINDABLE,)
