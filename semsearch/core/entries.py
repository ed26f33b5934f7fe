"""Entries, their versions and changes, refusals of importers, relations: frozen plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from pathlib import PurePath
from typing import Any, cast

Field = tuple[str, str]
"""A name and a text, such as ("Owner", "Jane Doe")."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry came from: a file as the user named it, and a line, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def public(self) -> Source:
        """This source without the folders of the machine that built the index."""
        name = _public_name(self.file)
        return self if name == self.file else Source(name, self.line)


@lru_cache(maxsize=256)
def _public_name(file: str) -> str:
    path = PurePath(file)
    return path.name if path.is_absolute() else file


@dataclass(frozen=True, slots=True)
class Details:
    """Optional properties of an entry that some formats have; most entries have none.

    `broader`, `narrower` and `related` are authored relations, by id or name like `see_also`; an
    address outside the glossary stays as it is. `hidden_labels` are found like aliases but never
    shown. `sources` are citations of the definition. `status` is what the author calls it
    ("deprecated"). `iri` identifies the concept in every language; without a scheme it is the id of
    the entry in the main language. `name_languages` says of names that are not, or not only, in the
    language of the definition what language they are in, as `Teig@de`; the first name of a language
    is the preferred one. `asked_as` are questions and descriptions by which people look for the
    entry; each is embedded by itself. `markdown` is the definition with its structure, if that says
    more than the plain text: lists, code, emphasis, links, formulas (`importers/markdown_writer/`).
    `extra` are the fields of the source that an entry has no other place for, by name; their texts
    are found by words and never embedded.
    """

    category: str = ""
    notation: str = ""
    status: str = ""
    iri: str = ""
    examples: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    hidden_labels: tuple[str, ...] = ()
    name_languages: tuple[str, ...] = ()
    asked_as: tuple[str, ...] = ()
    markdown: str = ""
    extra: tuple[Field, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Details:
        """Make details from a mapping by name; lists become tuples, and a mapping fields."""
        parts = {name: made for name, value in values.items() if value and (made := _frozen(value))}
        return cls(**cast("dict[str, Any]", parts)) if parts else NO_DETAILS

    def stated(self) -> dict[str, Stated]:
        """Return the details that are not empty, by name; `extra` is a mapping, as in JSON."""
        every = zip(DETAILS, _every_detail(self), strict=True)
        stated: dict[str, Stated] = {name: value for name, value in every if value}
        return {**stated, EXTRA: dict(self.extra)} if self.extra else stated

    def languages(self) -> dict[str, list[str]]:
        """Return the language tags of each name in `name_languages`."""
        found: dict[str, list[str]] = {}
        for name, _, tag in (one.rpartition("@") for one in self.name_languages):
            found.setdefault(name, []).append(tag)
        return found


Stated = str | tuple[str, ...] | dict[str, str]
"""The value of a detail."""


def _frozen(value: object) -> object:
    if type(value) in (str, tuple):  # as most of them
        return value
    if isinstance(value, Mapping):
        return tuple(value.items())
    return value if isinstance(value, str) else tuple(cast("Iterable[object]", value))


DETAILS = tuple(field.name for field in fields(Details))
"""The names of all details, in display order."""
_every_detail = attrgetter(*DETAILS)
TEXT_DETAILS = ("category", "notation", "status", "iri")
"""The details that are one text."""
MARKDOWN = "markdown"
"""The detail that is the definition again, in several lines."""
EXTRA = "extra"
"""The detail that is a mapping."""
LIST_DETAILS = tuple(name for name in DETAILS if name not in (*TEXT_DETAILS, MARKDOWN, EXTRA))
"""The details that are several texts."""
NO_DETAILS = Details()


def glossary_of(id_: str) -> str:
    """Return the glossary that an id names."""
    return id_.partition(":")[0]


def slug_of(id_: str) -> str:
    """Return the part of an id after its glossary."""
    return id_.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Entry:
    """One term and its definition.

    `id` is public and stable: `glossary:slug`. `aliases` are the other names that the author gave;
    names that semsearch derives are separate (`text/names.py`). `see_also` are the author's links,
    in order, by id or name as in the source; a build resolves them (`index/relations.py`).
    """

    id: str
    term: str
    definition: str
    glossary: str
    aliases: tuple[str, ...] = ()
    language: str = "en"
    source: Source | None = None
    see_also: tuple[str, ...] = ()
    details: Details = NO_DETAILS

    def languages_of(self, name: str) -> list[str]:
        """Return the languages of one of the entry's names."""
        return self.details.languages().get(name, [self.language])


class ChangeKind(StrEnum):
    """What a change did to an entry."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    RESTORED = "restored"
    """An earlier version became the present one again."""


@dataclass(frozen=True, slots=True)
class Version:
    """The state of an entry between two changes.

    `revision` is that of the store after the change, `at` its time (ISO 8601, UTC), `who` its
    author. `entry` is None if the change deleted it.
    """

    revision: int
    kind: ChangeKind
    at: str
    who: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A present entry and the revision of its last change."""

    entry: Entry
    revision: int


@dataclass(frozen=True, slots=True)
class Changed:
    """The present state of a changed entry: None if it is deleted, and its revision.

    Of a purged entry only the glossary is told, in `id`, and the SHA-256 of its id, in `purged`.
    What follows is told to mirrors alone.
    """

    id: str
    entry: Entry | None
    revision: int
    purged: str = ""
    position: int | None = None
    """Of the entry within its glossary."""
    is_live: bool = False
    """Whether an edit, and not a build, made the present state."""
    successor: str = ""
    """The id that has taken the place of a deleted one."""


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """Where an entry stands in its glossary; `position` is None if it was deleted live."""

    id: str
    position: int | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """Changes of a store, in order, and how far they go."""

    identity: str
    """Of the store."""
    changes: tuple[Changed, ...]
    reached: int
    """The revision up to which nothing is missing."""
    is_whole: bool
    """Whether that is the present revision."""
    built: int
    """The revision of the last build, which may have changed the order of entries."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record of a source file that did not become an entry, and the reason."""

    source: Source
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Fields of a source record that entries cannot hold: names in the file, and example values."""

    source: Source
    id: str
    """Of the entry."""
    parts: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file of a folder that no reader reads or that cannot be read, and what to do about it."""

    file: str
    reason: str
    line: int = 0
    """From 1, if the reason is about a line."""
    glossary: str = ""
    """To which its entries would belong; empty if no reader reads such files."""

    def __str__(self) -> str:
        place = str(Source(self.file, self.line)) if self.line else self.file
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a file: a guess of the reader, or a sign that it read too little."""

    source: Source
    text: str

    def __str__(self) -> str:
        return f"{self.source}: {self.text}"


@dataclass(frozen=True, slots=True)
class Merged:
    """A record that became a name of another entry, such as a redirect."""

    source: Source
    name: str
    id: str
    """Of the entry."""

    def __str__(self) -> str:
        return f"{self.source}: {self.name!r} is another name of {self.id}"


class RelationKind(StrEnum):
    """How one entry refers to another; links sort before mentions."""

    LINK = "link"
    """The author linked to it."""
    MENTION = "mention"
    """The definition names it without a link."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One entry that refers to another, both by position.

    `start` and `stop` are the span of the name in the first one's definition, if it has one.
    """

    source: int
    target: int
    kind: RelationKind
    start: int | None = None
    stop: int | None = None
