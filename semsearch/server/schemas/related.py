"""JSON shapes of the terms related to an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from semsearch.core.answers import Authored, Connection, Neighbour, Reference, Related
from semsearch.server.schemas.answers import WireSpan
from semsearch.server.schemas.base import Wire


@dataclass(slots=True)
class WireConnection(Wire):
    """What connects two terms: the two sentences that are nearest in meaning."""

    sentence: Annotated[
        WireSpan, Field(description="Of the definition of the term that was asked for.")
    ]
    other_sentence: Annotated[WireSpan, Field(description="Of the definition of the similar term.")]
    similarity: Annotated[float, Field(description="Cosine of the two sentences.", examples=[0.62])]
    words: Annotated[
        tuple[str, ...],
        Field(
            description="Words that both sentences use, as the first one writes them.",
            examples=[["regularization"]],
        ),
    ]

    @classmethod
    def of(cls, connection: Connection) -> Self:
        """Return the shape of a connection."""
        return cls(
            WireSpan.of(connection.sentence),
            WireSpan.of(connection.other_sentence),
            connection.similarity,
            connection.words,
        )


@dataclass(slots=True)
class WireNeighbour(Wire):
    """A term with a similar meaning: each of the two is among the nearest of the other."""

    rank: Annotated[int, Field(examples=[1])]
    id: Annotated[str, Field(examples=["deep-learning:regularization"])]
    term: Annotated[str, Field(examples=["Regularization"])]
    definition: Annotated[
        str, Field(examples=["Regularization techniques are used to prevent overfitting."])
    ]
    glossary: Annotated[str, Field(examples=["deep-learning"])]
    similarity: Annotated[
        float,
        Field(
            description="Mean cosine of the definitions and of the nearest sentences, -1 to 1.",
            examples=[0.61],
        ),
    ]
    because: WireConnection

    @classmethod
    def of(cls, neighbour: Neighbour) -> Self:
        """Return the shape of a neighbour."""
        entry = neighbour.entry
        return cls(
            neighbour.rank,
            entry.id,
            entry.term,
            entry.definition,
            entry.glossary,
            neighbour.similarity,
            WireConnection.of(neighbour.because),
        )


@dataclass(slots=True)
class WireReference(Wire):
    """Another term, and where the one that refers to the other names it."""

    id: Annotated[str, Field(examples=["deep-learning:overfitting"])]
    term: Annotated[str, Field(examples=["Overfitting"])]
    glossary: Annotated[str, Field(examples=["deep-learning"])]
    span: Annotated[
        WireSpan | None,
        Field(
            description="The name in the definition that refers; "
            "null where a link stands without it."
        ),
    ]
    relation: Annotated[
        Authored | None,
        Field(
            default=None,
            description="Authored relation of this entry to the one asked for, stated by either "
            "author. If this entry calls the other broader, it is narrower here. Null for a mere "
            "mention.",
        ),
    ]

    @classmethod
    def of(cls, reference: Reference) -> Self:
        """Return the shape of a reference."""
        entry = reference.entry
        span = WireSpan.of(reference.span) if reference.span else None
        return cls(entry.id, entry.term, entry.glossary, span, reference.relation)


@dataclass(slots=True)
class WireRelated(Wire):
    """The terms related to one entry; what authors wrote and what is computed never mix."""

    id: Annotated[str, Field(examples=["deep-learning:dropout"])]
    term: Annotated[str, Field(examples=["Dropout"])]
    see_also: Annotated[
        list[WireReference],
        Field(description="Authored: the terms that this entry's author links to, in that order."),
    ]
    mentions: Annotated[
        list[WireReference],
        Field(description="Authored: the terms that this definition names without a link."),
    ]
    mentioned_by: Annotated[
        list[WireReference],
        Field(
            description="Authored: the terms that link to this one or name it in their "
            "definition, where `span` lies."
        ),
    ]
    similar_meaning: Annotated[
        list[WireNeighbour],
        Field(description="Computed: the nearest terms, without copies and without linked ones."),
    ]

    @classmethod
    def of(cls, related: Related) -> Self:
        """Return the shape of related terms."""
        return cls(
            related.entry.id,
            related.entry.term,
            [WireReference.of(one) for one in related.see_also],
            [WireReference.of(one) for one in related.mentions],
            [WireReference.of(one) for one in related.mentioned_by],
            [WireNeighbour.of(one) for one in related.similar],
        )
