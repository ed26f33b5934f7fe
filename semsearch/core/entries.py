"""Entries as they are read, stored and edited: what flows up to those who answer. All frozen, all plain data.

Everything here is imported from `semsearch.core.answers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry came from: a file as the user named it, and a line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Details:
    """What a format may say of an entry beside its names and what it means; most entries have none.

    `broader`, `narrower` and `related` are authored relations, by id or name as `see_also` of the entry is; what
    leads out of the glossary stays the address it was. `hidden_labels` are found as aliases are, and never
    shown. `sources` are citations of the definition, `status` is what the author calls it ("deprecated").
    `asked_as` are questions and descriptions by which people look for the entry; they are embedded one by one, and
    found by meaning.
    """

    category: str = ""
    notation: str = ""
    status: str = ""
    examples: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    hidden_labels: tuple[str, ...] = ()
    asked_as: tuple[str, ...] = ()

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> Details:
        """Make details of some of them by name; lists become tuples."""
        parts = {n: v if isinstance(v, str) else tuple(v) for n, v in stated.items()}
        made = cls(**cast("dict[str, Any]", parts))
        return made if made.stated() else NO_DETAILS

    def stated(self) -> dict[str, str | tuple[str, ...]]:
        """Return what is there, by name."""
        every = ((name, getattr(self, name)) for name in DETAILS)
        return {name: value for name, value in every if value}


DETAILS = tuple(field.name for field in fields(Details))
"""The names of all details, in the order in which they are shown."""
TEXT_DETAILS = ("category", "notation", "status")
"""Those that are one text; the others are several."""
NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class Entry:
    """One term and what it means.

    `id` is public and stable: `glossary:slug`. `aliases` are the other names an author gave;
    names that the program finds by itself are kept apart (see `names`). `see_also` are the entries
    that the author links to, in order, by id or name as the source writes them; which entries
    those are is found when an index is built (see `relations`). `details` is what else a format can express.
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


class ChangeKind(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    RESTORED = "restored"
    """A former version was made the present one again."""


@dataclass(frozen=True, slots=True)
class Version:
    """An entry as it was from one change to the next.

    `revision` is that of the store after the change, `at` when it was made (ISO 8601, UTC) and `who` by whom.
    `entry` is None when the change deleted it.
    """

    revision: int
    kind: ChangeKind
    at: str
    who: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry that is there, and the revision of its last change."""

    entry: Entry
    revision: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What has become of an entry: its present state, None if it is gone, and the revision of that."""

    id: str
    entry: Entry | None
    revision: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record of a source file that did not become an entry, and why."""

    source: Source
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a file says of an entry and entries have no place for, by the names that the file has for it."""

    source: Source
    id: str
    """Of the entry."""
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A record that became a name of an entry instead of one of its own: a redirect, mostly."""

    source: Source
    name: str
    id: str
    """Of the entry."""

    def __str__(self) -> str:
        return f"{self.source}: {self.name!r} is another name of {self.id}"


class RelationKind(StrEnum):
    """How one entry refers to another; links come before mentions, also by the alphabet."""

    LINK = "link"
    """Its author linked to it."""
    MENTION = "mention"
    """Its definition names it, without a link."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One entry that refers to another, both by position.

    `start` and `stop` say where the definition of the first names the second, if it does.
    """

    source: int
    target: int
    kind: RelationKind
    start: int | None = None
    stop: int | None = None
