"""JSON shapes of answers and of names offered while one types."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Annotated, Self

from pydantic import Field

from semsearch.core.answers import (
    Answer,
    Hit,
    Notice,
    NoticeKind,
    ScoreParts,
    Span,
    Tier,
    Verdict,
)
from semsearch.search.autocomplete import Suggestion
from semsearch.server.schemas.base import WRITTEN_IF_STATED, OptionalFlag, OptionalText, Wire
from semsearch.server.schemas.entries import EntryMembers
from semsearch.text.statuses import is_outdated


@dataclass(slots=True)
class WireSpan(Wire):
    """A piece of a text, the definition unless said otherwise, by character offsets.

    `end` is excluded.
    """

    start: Annotated[int, Field(examples=[31])]
    end: Annotated[int, Field(examples=[37])]
    text: Annotated[str, Field(examples=["random"])]

    @classmethod
    def of(cls, span: Span) -> Self:
        """Return the shape of a span."""
        return cls(span.start, span.end, span.text)


@dataclass(slots=True)
class WireScoreParts(Wire):
    """What the score is made of, before its tier lifts it into a band of its own."""

    definition: Annotated[
        float, Field(description="Cosine to the whole definition.", examples=[0.48])
    ]
    lead: Annotated[float, Field(description="Cosine to its first sentence.", examples=[0.47])]
    sentence: Annotated[float, Field(description="Cosine to its best sentence.", examples=[0.54])]
    term: Annotated[
        float, Field(description="Cosine to the nearest of its names.", examples=[0.38])
    ]
    asked: Annotated[
        float,
        Field(
            description="Cosine to the nearest phrase by which people ask for it; 0 without any.",
            examples=[0.0],
        ),
    ]
    tokens: Annotated[
        float,
        Field(
            description="How well single words of the definition answer the question's, -1 to 1.",
            examples=[0.61],
        ),
    ]
    coverage: Annotated[
        float,
        Field(
            description="How much of the definition the question covers, -1 to 1.", examples=[0.4]
        ),
    ]
    words: Annotated[
        float,
        Field(
            description="BM25; 0 when no word is shared. Five times as much where the encoder does "
            "not read the language of the entries.",
            examples=[4.2],
        ),
    ]
    named: Annotated[
        float,
        Field(
            description="How much of the entry's own name a describing question says, 0 to 1; "
            "counts against it.",
            examples=[0.0],
        ),
    ]

    @classmethod
    def of(cls, parts: ScoreParts) -> Self:
        """Return the shape of the parts of a score."""
        return cls(*_values_of(parts))


_values_of = attrgetter(*(field.name for field in fields(WireScoreParts)))


@dataclass(slots=True)
class WireHit(EntryMembers):
    """One entry that answers the question, and why."""

    rank: Annotated[int, Field(description="Position in the answer, from 1.", examples=[1])]
    score: Annotated[
        float, Field(description="Orders the hits of one answer, 0 to 1.", examples=[0.42])
    ]
    similarity: Annotated[float, Field(description="Cosine in meaning, -1 to 1.", examples=[0.51])]
    score_parts: WireScoreParts
    rerank_score: Annotated[
        float | None,
        Field(
            default=None,
            description="Probability by the reranker, 0 to 1; null where none has read the entry.",
            examples=[None],
        ),
    ]
    matched_by: Annotated[
        Tier, Field(description="Why the hit stands where it stands.", examples=["meaning"])
    ]
    matched_name: Annotated[
        str | None, Field(description="The name that matched, when one did.", examples=[None])
    ]
    matched_words: Annotated[
        list[WireSpan], Field(description="Words of the definition that the question also uses.")
    ]
    matched_term_words: Annotated[
        list[WireSpan],
        Field(
            description="Words of the term that the question also uses, with offsets in the term."
        ),
    ]
    sentence: Annotated[
        WireSpan | None,
        Field(description="The sentence of the definition nearest to the question."),
    ]
    matched_phrase: Annotated[
        OptionalText,
        Field(
            description="The entry's asked-as phrase that is most similar to the question; null if "
            "none is similar.",
            examples=["what keeps a net from learning its data by heart?"],
        ),
    ]
    matched_common_question: Annotated[
        OptionalText,
        Field(
            description="The question by which people often ask for a common concept like this one, "
            "if it is more similar than any asked-as phrase; else left out.",
            examples=["knows the homework by heart, fails the exam"],
        ),
    ]
    outdated: Annotated[
        OptionalFlag,
        Field(
            description="True if the status says that the term should not be used any more, such "
            'as "deprecated" or "veraltet"; else left out.',
        ),
    ]

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """Return the shape of a hit."""
        evidence = hit.evidence
        return cls.from_entry(
            hit.entry,
            hit.rank,
            hit.score,
            hit.similarity,
            WireScoreParts.of(evidence.parts),
            evidence.rerank_score,
            hit.matched_by,
            evidence.name,
            [WireSpan.of(word) for word in evidence.words],
            [WireSpan.of(word) for word in evidence.term_words],
            WireSpan.of(evidence.sentence) if evidence.sentence else None,
            evidence.phrase,
            evidence.common_question,
            is_outdated(hit.entry.details.status),
        )


@dataclass(slots=True)
class WireNotice(Wire):
    """A remark on how a question was answered."""

    kind: Annotated[
        NoticeKind,
        Field(
            description="What it is about, for programs. Later versions may add a kind: show the "
            "message of one that you do not know.",
            examples=["words-only"],
        ),
    ]
    message: Annotated[str, Field(description="The remark, for people.")]

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Return the shape of a notice."""
        return cls(notice.kind, notice.message)


_Notices = Annotated[list[WireNotice] | None, WRITTEN_IF_STATED]
"""Remarks that most answers lack: the member is left out where there is none."""


@dataclass(slots=True)
class WireAnswer(Wire):
    """All hits for one question, best first."""

    query: Annotated[
        str,
        Field(
            description="The question as it was asked, white space tidied.",
            examples=["what stops a network from memorising its data?"],
        ),
    ]
    repaired: Annotated[
        str | None,
        Field(
            default=None,
            description="The corrected question, if a typing error was assumed; else null.",
            examples=["what stops a network from memorising its data?"],
        ),
    ]  # examples in OpenAPI lose what is null; answers always have it
    verdict: Annotated[
        Verdict,
        Field(
            description="How sure the answer is, in words: `exact` for a name, `about these terms` "
            "for several names that the question compares, whose entries come first. Later "
            "versions may add one: take a verdict that you do not know for `possible`, and "
            "`no_close_match` for whether anything fits.",
            examples=["strong"],
        ),
    ]
    no_close_match: Annotated[
        bool,
        Field(description="True when nothing fits; the hits are then only the nearest entries."),
    ]
    matches: Annotated[
        int,
        Field(
            description="How many of the hits match, rather than being only the nearest.",
            examples=[1],
        ),
    ]
    confidence: Annotated[
        float,
        Field(
            description="Estimated probability that the first hit is right, 0 to 1.",
            examples=[0.83],
        ),
    ]
    hits: list[WireHit]
    notices: Annotated[
        _Notices,
        Field(
            description="Remarks on how the question was answered, such as that nothing could be "
            "found by meaning at the moment; left out where there is none."
        ),
    ]

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return the shape of an answer."""
        return cls(
            answer.query,
            answer.repaired,
            answer.verdict,
            answer.no_close_match,
            answer.matches,
            answer.confidence,
            [WireHit.of(hit) for hit in answer.hits],
            [WireNotice.of(notice) for notice in answer.notices],
        )


@dataclass(slots=True)
class WireSuggestion(Wire):
    """An entry that is offered while one types."""

    name: Annotated[str, Field(description="Which of its names matched.", examples=["LSTM"])]
    id: Annotated[str, Field(examples=["deep-learning:long-short-term-memory-lstm"])]
    term: Annotated[str, Field(examples=["Long Short-Term Memory (LSTM)"])]
    glossary: Annotated[str, Field(examples=["deep-learning"])]

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        """Return the shape of a suggestion."""
        entry = suggestion.entry
        return cls(suggestion.name, entry.id, entry.term, entry.glossary)
