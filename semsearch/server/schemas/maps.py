"""JSON shapes of the map, and of the similarity of two texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from semsearch.index.files.entry_table import NameLabel
from semsearch.search.map_topics import Topic
from semsearch.search.semantic_map import MapPart, NearEntry, Place, TextComparison
from semsearch.server.schemas.base import Wire


@dataclass(slots=True)
class WireTopic(Wire):
    """A region of the map, named by words that are common there and rarer elsewhere."""

    words: Annotated[tuple[str, ...], Field(examples=[["training", "loss"]])]
    x: Annotated[float, Field(examples=[0.12])]
    y: Annotated[float, Field(examples=[-0.4])]


@dataclass(slots=True)
class WireMapPart(Wire):
    """Points of the map, in columns; places lie within a square from -1 to 1."""

    total: Annotated[int, Field(description="Points of the whole map.", examples=[20])]
    next: Annotated[
        int | None, Field(description="`start` of the next part; null behind the last.")
    ]
    glossaries: Annotated[list[str], Field(examples=[["deep-learning"]])]
    ids: Annotated[list[str], Field(examples=[["deep-learning:dropout"]])]
    terms: Annotated[list[str], Field(examples=[["Dropout"]])]
    in_glossary: Annotated[
        list[int], Field(description="Which of `glossaries`, from 0.", examples=[[0]])
    ]
    x: Annotated[list[float], Field(examples=[[0.12]])]
    y: Annotated[list[float], Field(examples=[[-0.4]])]
    topics: Annotated[
        list[WireTopic], Field(description="Regions of the whole map; in the first part only.")
    ]

    @classmethod
    def of(cls, part: MapPart, topics: Iterable[Topic] = ()) -> Self:
        """Return the shape of a part of the map; the first one has the topics of the whole map."""
        names = sorted({label.glossary for label in part.labels})
        number = {name: i for i, name in enumerate(names)}
        places = part.places.round(4).tolist()
        return cls(
            part.total,
            part.next,
            names,
            [label.id for label in part.labels],
            [label.term for label in part.labels],
            [number[label.glossary] for label in part.labels],
            [round(x, 4) for x, _ in places],
            [round(y, 4) for _, y in places],
            [WireTopic(one.words, one.x, one.y) for one in topics],
        )


@dataclass(slots=True)
class LabelMembers(Wire):
    """Members that name an entry."""

    id: Annotated[str, Field(examples=["deep-learning:dropout"])]
    term: Annotated[str, Field(examples=["Dropout"])]
    glossary: Annotated[str, Field(examples=["deep-learning"])]


@dataclass(slots=True)
class WireLabel(LabelMembers):
    """What an entry is called."""

    @classmethod
    def of(cls, label: NameLabel) -> Self:
        """Return the shape of a label."""
        return cls(label.id, label.term, label.glossary)


@dataclass(slots=True)
class WireNearEntry(LabelMembers):
    """An entry near to a text, and where it stands on the map."""

    similarity: Annotated[float, Field(description="Cosine of the two vectors.", examples=[0.61])]
    x: Annotated[float, Field(examples=[0.12])]
    y: Annotated[float, Field(examples=[-0.4])]

    @classmethod
    def of(cls, near: NearEntry) -> Self:
        """Return the shape of an entry near to a text."""
        label = near.label
        return cls(label.id, label.term, label.glossary, near.similarity, near.x, near.y)


@dataclass(slots=True)
class WirePlace(Wire):
    """Where a question stands on the map: between the entries nearest to it."""

    x: Annotated[float, Field(examples=[0.1])]
    y: Annotated[float, Field(examples=[-0.38])]
    nearest: list[WireNearEntry]

    @classmethod
    def of(cls, place: Place) -> Self:
        """Return the shape of a place."""
        return cls(place.x, place.y, [WireNearEntry.of(near) for near in place.nearest])


@dataclass(slots=True)
class WireComparison(Wire):
    """The similarity of two texts, and evidence for it."""

    similarity: Annotated[float, Field(description="Cosine of the two vectors.", examples=[0.68])]
    share: Annotated[
        float,
        Field(
            description="Percentage of random pairs of entries that are less similar than these two "
            "texts.",
            examples=[99.2],
        ),
    ]
    words: Annotated[tuple[str, ...], Field(description="Words that both use.", examples=[[]])]
    near_a: list[WireNearEntry]
    near_b: list[WireNearEntry]
    both: Annotated[list[WireLabel], Field(description="Entries near to both.")]

    @classmethod
    def of(cls, comparison: TextComparison) -> Self:
        """Return the shape of a comparison."""
        return cls(
            comparison.similarity,
            comparison.share,
            comparison.words,
            [WireNearEntry.of(near) for near in comparison.near_a],
            [WireNearEntry.of(near) for near in comparison.near_b],
            [WireLabel.of(label) for label in comparison.both],
        )
