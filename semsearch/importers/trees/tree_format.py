"""What a format of trees states: how a file is recognised, and the paths of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from semsearch.core.entries import LIST_DETAILS, TEXT_DETAILS

FIELDS = (
    *("term", "definition", "aliases", "language", "key", "see_also", "redirect"),
    *TEXT_DETAILS,
    *LIST_DETAILS,
)
"""Fields that a row may give paths for. `key` identifies the entry inside the file; `redirect` is
the name of the entry to which an entry without a definition leads."""

SYNTAXES = {"xml": ".xml", "json": ".json", "jsonl": ".jsonl", "yaml": ".yaml"}
"""Syntaxes of trees, each with its usual suffix; `[formats.NAME]` calls them carriers."""


@dataclass(frozen=True, slots=True)
class TreeFormat:
    """A format of trees.

    A file has it if its root element is among `roots` and its beginning has all texts of `holds`.
    `entries` is the path of the entries. `fields` are paths by our fields: of a text the first that
    leads somewhere counts, of a list all. `parts` is the path, inside an entry, of its languages or
    senses: each with a definition of its own becomes an entry, and the names of the others become
    aliases. `names` are words that stand elsewhere: the path of their nodes, and inside these the
    paths of the key of the entry and of the word. Elements named in `cut` are no text of a
    definition. `keeps_lines` says that its line ends count. `syntax` is one of `SYNTAXES`; by
    default it follows from the suffix.
    """

    name: str
    about: str
    suffixes: tuple[str, ...]
    entries: str
    fields: Mapping[str, tuple[str, ...]]
    roots: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    parts: str = ""
    names: tuple[str, str, str] | None = None
    cut: tuple[str, ...] = ()
    keeps_lines: bool = False
    syntax: str = ""
