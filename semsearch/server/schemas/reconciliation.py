"""JSON shapes of the Reconciliation API.

Names are those of its specification (https://reconciliation-api.github.io/specs/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from semsearch.core.entries import Entry
from semsearch.core.presentation import Presentation
from semsearch.server.schemas.base import OptionalText, Wire
from semsearch.web.entry_view import summary

_DROPOUT = "Dropout is a regularization method where random neurons are ignored."
_EntryId = Annotated[str, Field(examples=["deep-learning:dropout"])]
_EntryName = Annotated[str, Field(examples=["Dropout"])]
_Description = Annotated[str, Field(examples=[_DROPOUT])]
_PropertyId = Annotated[str, Field(examples=["definition"])]


@dataclass(slots=True)
class WireEntityType(Wire):
    """A type of entities: a glossary, with the title that its owner gave it."""

    id: Annotated[str, Field(examples=["deep-learning"])]
    name: Annotated[str, Field(examples=["deep-learning"])]

    @classmethod
    def of(cls, glossary: str, about: Presentation) -> Self:
        """Return the shape of a glossary, which is named as `about` says."""
        return cls(glossary, about.text_of(glossary).title)


_Types = Annotated[list[WireEntityType], Field(description="The glossary of the entry.")]


@dataclass(slots=True)
class WireFeature(Wire):
    """A value from which a client may make a score of its own."""

    id: Annotated[str, Field(examples=["confidence"])]
    name: Annotated[str, Field(examples=["Confidence of the answer"])]
    value: Annotated[bool | float, Field(examples=[0.99])]


@dataclass(slots=True)
class WireCandidate(Wire):
    """An entry that may be what a query names."""

    id: _EntryId
    name: _EntryName
    description: _Description
    type: _Types
    score: Annotated[float, Field(description="Orders the candidates, 0 to 100.", examples=[97.0])]
    match: Annotated[
        bool,
        Field(
            description="Whether it is safe to take it: the query is a name of this entry alone, "
            "and every condition is met."
        ),
    ]
    features: list[WireFeature]


@dataclass(slots=True)
class WireResult(Wire):
    """The candidates for one query, in version 0.2."""

    result: list[WireCandidate]


@dataclass(slots=True)
class WireCandidates(Wire):
    """The candidates for one query."""

    candidates: list[WireCandidate]


@dataclass(slots=True)
class WireResults(Wire):
    """The candidates for each query, in the order of the queries."""

    results: list[WireCandidates]


@dataclass(slots=True)
class WireSuggestedEntity(Wire):
    """An entry whose name or id begins with what was typed."""

    id: _EntryId
    name: _EntryName
    description: _Description
    notable: _Types

    @classmethod
    def of(cls, name: str, entry: Entry, about: Presentation) -> Self:
        """Return the shape of an entry, and the name of it that matched."""
        return cls(entry.id, name, summary(entry), [WireEntityType.of(entry.glossary, about)])


@dataclass(slots=True)
class WireEntitySuggestions(Wire):
    """Entries for what was typed, best first."""

    result: list[WireSuggestedEntity]


@dataclass(slots=True)
class WireProperty(Wire):
    """A property of entries."""

    id: _PropertyId
    name: Annotated[str, Field(examples=["Definition"])]
    description: Annotated[OptionalText, Field(examples=["What the term means."])] = None


@dataclass(slots=True)
class WirePropertySuggestions(Wire):
    """Properties for what was typed."""

    result: list[WireProperty]


@dataclass(slots=True)
class WirePropertyProposal(Wire):
    """Properties that a client may fetch."""

    type: Annotated[str, Field(description="As it was asked.", examples=["deep-learning"])]
    limit: Annotated[int, Field(examples=[20])]
    properties: list[WireProperty]


@dataclass(slots=True)
class WirePropertyValue(Wire):
    """A value: a text as `str`, or an entry as `id` and `name`."""

    text: Annotated[
        OptionalText,
        Field(
            serialization_alias="str",
            validation_alias="str",
            examples=[_DROPOUT],
        ),
    ] = None
    id: OptionalText = None
    name: OptionalText = None

    @classmethod
    def of(cls, value: str | Entry) -> Self:
        """Return the shape of a text or an entry."""
        return cls(text=value) if isinstance(value, str) else cls(id=value.id, name=value.term)


@dataclass(slots=True)
class WirePropertyValues(Wire):
    """The values of one property of an entry."""

    id: _PropertyId
    values: list[WirePropertyValue]


@dataclass(slots=True)
class WireExtensionRow(Wire):
    """The properties of one entry."""

    id: _EntryId
    properties: list[WirePropertyValues]


@dataclass(slots=True)
class WireExtension(Wire):
    """Properties of entries: a row for each id that was asked for."""

    meta: list[WireProperty]
    rows: list[WireExtensionRow]


@dataclass(slots=True)
class WireExtensionById(Wire):
    """Properties of entries in version 0.2: values by property, by id."""

    meta: list[WireProperty]
    rows: dict[str, dict[str, list[WirePropertyValue]]]

    @classmethod
    def of(cls, extension: WireExtension) -> Self:
        """Return the same properties in this shape."""
        rows = {row.id: {one.id: one.values for one in row.properties} for row in extension.rows}
        return cls(extension.meta, rows)
