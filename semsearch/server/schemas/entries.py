"""JSON shapes of entries, their versions and their changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field

from semsearch.core.entries import (
    Changed,
    ChangeKind,
    Entry,
    EntryPlace,
    Source,
    Version,
    glossary_of,
)
from semsearch.server.schemas.base import (
    OptionalFields,
    OptionalFlag,
    OptionalNumber,
    OptionalText,
    OptionalTexts,
    Wire,
)


@dataclass(slots=True)
class WireSource(Wire):
    """The file and line an entry was read from."""

    file: Annotated[str, Field(examples=["corpus/deep-learning.md"])]
    line: Annotated[int, Field(examples=[43])]

    @classmethod
    def of(cls, source: Source) -> Self:
        """Return the shape of a source."""
        return cls(source.public.file, source.line)


@dataclass(slots=True)
class EntryMembers(Wire):
    """Members of an entry that answers show."""

    id: Annotated[str, Field(examples=["deep-learning:dropout"])]
    term: Annotated[str, Field(examples=["Dropout"])]
    definition: Annotated[
        str,
        Field(examples=["Dropout is a regularization method where random neurons are ignored."]),
    ]
    aliases: Annotated[tuple[str, ...], Field(examples=[[]])]
    glossary: Annotated[str, Field(examples=["deep-learning"])]
    language: Annotated[str, Field(examples=["en"])]
    source: WireSource | None
    category: Annotated[OptionalText, Field(examples=["training"])]
    notation: Annotated[OptionalText, Field(description="A code of it.", examples=["DL-07"])]
    status: Annotated[
        OptionalText, Field(description="As its author calls it.", examples=["approved"])
    ]
    examples: Annotated[OptionalTexts, Field(description="Of its use.")]
    sources: Annotated[OptionalTexts, Field(description="Where the definition comes from.")]
    name_languages: Annotated[
        OptionalTexts, Field(description="Names in other languages, with their tags: `Teig@de`.")
    ]

    @classmethod
    def from_entry(cls, entry: Entry, *own: Any) -> Self:  # noqa: ANN401 - any members
        """Return the shape of an entry; `own` are the members that a subclass adds."""
        source, details = entry.source, entry.details
        return cls(
            entry.id,
            entry.term,
            entry.definition,
            entry.aliases,
            entry.glossary,
            entry.language,
            WireSource.of(source) if source else None,
            details.category,
            details.notation,
            details.status,
            details.examples,
            details.sources,
            details.name_languages,
            *own,
        )


@dataclass(slots=True)
class WireEntry(EntryMembers):
    """One term and what it means. Members behind `source` are there only if they are not empty."""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the shape of an entry."""
        return cls.from_entry(entry)


@dataclass(slots=True)
class WholeEntryMembers(EntryMembers):
    """Members of an entry that can be edited."""

    see_also: Annotated[
        tuple[str, ...],
        Field(
            description="What its author links to, by id or name.",
            examples=[["deep-learning:overfitting"]],
        ),
    ]
    broader: Annotated[OptionalTexts, Field(description="By id or name, as `see_also`.")]
    narrower: Annotated[OptionalTexts, Field(description="By id or name.")]
    related: Annotated[OptionalTexts, Field(description="By id or name.")]
    hidden_labels: Annotated[
        OptionalTexts, Field(description="Names that find it and are not shown.")
    ]
    asked_as: Annotated[OptionalTexts, Field(description="Phrases by which people ask for it.")]
    markdown: Annotated[
        OptionalText,
        Field(
            description="The definition in Markdown, if it has lists, code, links or the like.",
            examples=["Random neurons are **ignored** during training."],
        ),
    ]
    iri: Annotated[
        OptionalText,
        Field(description="Of the concept, or the id of its entry in the main language."),
    ]
    extra: Annotated[
        OptionalFields,
        Field(
            description="Fields of its source that no other member holds, by name.",
            examples=[{"Owner": "Jane Doe"}],
        ),
    ]

    @classmethod
    def from_whole_entry(cls, entry: Entry, *own: Any) -> Self:  # noqa: ANN401 - any members
        """Return the shape of an entry; `own` are the members that a subclass adds."""
        details = entry.details
        return cls.from_entry(
            entry,
            entry.see_also,
            details.broader,
            details.narrower,
            details.related,
            details.hidden_labels,
            details.asked_as,
            details.markdown,
            details.iri,
            dict(details.extra),
            *own,
        )


@dataclass(slots=True)
class WireWholeEntry(WholeEntryMembers):
    """All that can be edited of an entry."""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the shape of an entry."""
        return cls.from_whole_entry(entry)


@dataclass(slots=True)
class WireStoredEntry(WholeEntryMembers):
    """An entry with the revision of its last change, which its ETag says too."""

    revision: Annotated[
        int | None,
        Field(
            description="Rises with each change of any entry; null where the index has no store.",
            examples=[21],
        ),
    ]

    @classmethod
    def of(cls, entry: Entry, revision: int | None) -> Self:
        """Return the shape of an entry; `revision` is that of its last change, if it is known."""
        return cls.from_whole_entry(entry, revision)


@dataclass(slots=True)
class WireDeletedEntry(Wire):
    """An entry that is gone, and the revision of its deletion; `restore` brings it back."""

    id: Annotated[str, Field(examples=["deep-learning:dropout"])]
    revision: Annotated[int, Field(examples=[22])]

    @classmethod
    def of(cls, deletion: Changed) -> Self:
        """Return the shape of a deletion."""
        return cls(deletion.id, deletion.revision)


@dataclass(slots=True)
class WireVersion(Wire):
    """An entry as it was from one change to the next."""

    revision: Annotated[int, Field(examples=[21])]
    kind: Annotated[ChangeKind, Field(examples=["changed"])]
    at: Annotated[str, Field(description="When, in UTC.", examples=["2026-11-02T09:30:00.000Z"])]
    who: Annotated[
        str,
        Field(
            description="The name and id of the key, the user of the command line, or `build`.",
            examples=["build"],
        ),
    ]
    entry: Annotated[WireWholeEntry | None, Field(description="Null when the change deleted it.")]

    @classmethod
    def of(cls, version: Version) -> Self:
        """Return the shape of a version."""
        entry = WireWholeEntry.of(version.entry) if version.entry else None
        return cls(version.revision, version.kind, version.at, version.who, entry)


@dataclass(slots=True)
class WireChange(Wire):
    """What has become of an entry that was changed."""

    revision: Annotated[int, Field(description="Of the index, after the change.", examples=[21])]
    id: Annotated[
        str | None,
        Field(description="Null when it was purged.", examples=["deep-learning:dropout"]),
    ]
    entry: Annotated[WireWholeEntry | None, Field(description="Null when it is gone.")]
    purged: Annotated[
        OptionalText,
        Field(
            description="SHA-256 of the id of an entry that was purged: erase the entry with this "
            "id, and what you have of its history.",
        ),
    ]
    glossary: Annotated[OptionalText, Field(description="Of an entry that was purged.")]
    position: Annotated[
        OptionalNumber, Field(description="Of the entry within its glossary; the feed tells it.")
    ]
    is_live: Annotated[
        OptionalFlag,
        Field(description="Whether an edit, and not a build, made the present state."),
    ]
    successor: Annotated[
        OptionalText,
        Field(description="The id that has taken the place of an entry that is gone."),
    ]

    @classmethod
    def of(cls, changed: Changed) -> Self:
        """Return the shape of a change."""
        entry = WireWholeEntry.of(changed.entry) if changed.entry else None
        id_ = None if changed.purged else changed.id
        glossary = glossary_of(changed.id) if changed.purged else None
        return cls(
            changed.revision,
            id_,
            entry,
            changed.purged or None,
            glossary,
            changed.position,
            changed.is_live or None,
            changed.successor or None,
        )


@dataclass(slots=True)
class WireEntryPlace(Wire):
    """Where an entry stands in its glossary."""

    id: Annotated[str, Field(examples=["deep-learning:dropout"])]
    position: Annotated[
        int | None, Field(description="Null when it was deleted live.", examples=[3])
    ]
    is_live: Annotated[
        bool, Field(description="Whether an edit, and not a build, made the present state.")
    ]

    @classmethod
    def of(cls, place: EntryPlace) -> Self:
        """Return the shape of a place."""
        return cls(place.id, place.position, place.is_live)
