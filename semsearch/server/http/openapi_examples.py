"""Examples: those of the interface description, and questions that fit any glossary."""

from __future__ import annotations

import re
from collections.abc import Sequence

from semsearch.core.answers import Tier, Verdict
from semsearch.core.entries import ChangeKind, Entry
from semsearch.ingest import Outcome
from semsearch.server import schemas

_DEFINITION = (
    "Dropout is a regularization method where random neurons are ignored during training. This "
    "prevents co-adaptation of neurons."
)
_OTHER = "Regularization techniques such as L1, L2, and dropout are used to prevent overfitting."
_SOURCE = schemas.Source(file="corpus/deep-learning.md", line=43)
_HIT = schemas.Hit(
    rank=1,
    id="deep-learning:dropout",
    term="Dropout",
    definition=_DEFINITION,
    aliases=[],
    glossary="deep-learning",
    language="en",
    source=_SOURCE,
    score=0.97,
    similarity=0.6802,
    score_parts=schemas.ScoreParts(
        definition=0.6631,
        lead=0.6631,
        sentence=0.6973,
        tokens=0.61,
        coverage=0.44,
        words=4.2,
        named=0.0,
        asked=0.0,
    ),
    rerank_score=None,
    matched_by=Tier.EXACT,
    matched_name="Dropout",
    matched_words=[schemas.Span(start=0, end=7, text="Dropout")],
    matched_term_words=[schemas.Span(start=0, end=7, text="Dropout")],
    sentence=schemas.Span(start=0, end=84, text=_DEFINITION[:84]),
)

ANSWER = schemas.Answer(
    query="what is dropout?",
    repaired=None,
    verdict=Verdict.EXACT,
    no_close_match=False,
    matches=1,
    confidence=0.99,
    hits=[_HIT],
).model_dump(mode="json")
ENTRY = schemas.Entry(
    id=_HIT.id,
    term=_HIT.term,
    definition=_HIT.definition,
    aliases=[],
    glossary=_HIT.glossary,
    language="en",
    source=_SOURCE,
).model_dump(mode="json")
_WHOLE = {**ENTRY, "see_also": ["deep-learning:overfitting"]}
STORED_ENTRY = schemas.StoredEntry(**_WHOLE, revision=21).model_dump(mode="json")
DELETED_ENTRY = schemas.DeletedEntry(id=_HIT.id, revision=22).model_dump(mode="json")
VERSION = schemas.Version(
    revision=21,
    kind=ChangeKind.CHANGED,
    at="2026-11-02T09:30:00.000Z",
    who="Ann (3f9a0c41d2e7)",
    entry=schemas.WholeEntry(**_WHOLE),
).model_dump(mode="json")
CHANGE = schemas.Change(revision=21, id=_HIT.id, entry=schemas.WholeEntry(**_WHOLE)).model_dump(
    mode="json"
)
IMPORT_REPORT = schemas.ImportReport(
    applied=True,
    records=[
        schemas.ImportedRecord(
            line=1,
            outcome=Outcome.ADDED,
            id="deep-learning:epoch-2",
            revision=23,
            reason=None,
        ),
        schemas.ImportedRecord(
            line=2, outcome=Outcome.REFUSED, id=None, revision=None, reason="no term"
        ),
    ],
).model_dump(mode="json")
RELATED = schemas.Related(
    id=_HIT.id,
    term=_HIT.term,
    see_also=[],
    mentions=[
        schemas.Reference(
            id="deep-learning:regularization",
            term="Regularization",
            glossary="deep-learning",
            span=schemas.Span(start=13, end=27, text="regularization"),
        )
    ],
    mentioned_by=[
        schemas.Reference(
            id="deep-learning:regularization",
            term="Regularization",
            glossary="deep-learning",
            span=schemas.Span(start=46, end=53, text="dropout"),
        )
    ],
    similar_meaning=[
        schemas.Neighbour(
            rank=1,
            id="deep-learning:regularization",
            term="Regularization",
            definition=_OTHER,
            glossary="deep-learning",
            similarity=0.61,
            because=schemas.Connection(
                sentence=schemas.Span(start=0, end=84, text=_DEFINITION[:84]),
                other_sentence=schemas.Span(start=0, end=len(_OTHER), text=_OTHER),
                similarity=0.62,
                words=["Dropout", "regularization"],
            ),
        )
    ],
).model_dump(mode="json")
SUGGESTIONS = [
    schemas.Suggestion(
        name="Dropout", id="deep-learning:dropout", term="Dropout", glossary="deep-learning"
    ).model_dump(mode="json")
]
_NEAR = schemas.NearEntry(
    id="deep-learning:dropout",
    term="Dropout",
    glossary="deep-learning",
    similarity=0.61,
    x=0.12,
    y=-0.4,
)
MAP = schemas.MapPart(
    total=20,
    next=1,
    glossaries=["deep-learning"],
    ids=["deep-learning:dropout"],
    terms=["Dropout"],
    in_glossary=[0],
    x=[0.12],
    y=[-0.4],
).model_dump(mode="json")
PLACE = schemas.Place(x=0.1, y=-0.38, nearest=[_NEAR]).model_dump(mode="json")
COMPARISON = schemas.Comparison(
    similarity=0.68,
    share=99.2,
    words=[],
    near_a=[_NEAR],
    near_b=[_NEAR],
    both=[schemas.Label(id=_NEAR.id, term=_NEAR.term, glossary=_NEAR.glossary)],
).model_dump(mode="json")
GLOSSARIES = [schemas.GlossaryInfo(name="deep-learning", entries=20).model_dump(mode="json")]

MAX_TERM_CHARS = 40
_DESCRIPTION = re.compile(r"\b(?:is|are) ((?:an?|the) [^.;:,()\n]{20,80})[.;:,\n]")


def example_questions(entries: Sequence[Entry]) -> list[str]:
    """Return up to three questions that these entries answer, one of each kind.

    A description in the glossary's own words, then a question about a term, then a plain term, each
    about another entry.
    """
    left = [e for e in entries if len(e.term) <= MAX_TERM_CHARS]
    questions: list[str] = []
    for candidate in left:
        match = _DESCRIPTION.search(candidate.definition[:400])
        if match and candidate.term.casefold() not in match[1].casefold():
            questions.append(match[1])
            left.remove(candidate)
            break
    if left:
        questions.append(f"the meaning of {left.pop(0).term}")
    if left:
        questions.append(left.pop(0).term)
    return questions
