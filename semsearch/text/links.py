"""Resolves the links of an author to entries of the same glossary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from semsearch.core.entries import Entry, slug_of
from semsearch.text.names import Name, NameKind, form_of, names_of
from semsearch.text.normalise import fold
from semsearch.text.slugs import slug

_LINK_KEYS = ("id", "page", "term", "alias", "form")
"""What a link may contain of an entry, most reliable first."""


def links_of(entry: Entry) -> tuple[str, ...]:
    """Return all links of an author from an entry, of every kind."""
    details = entry.details
    return (*entry.see_also, *details.related, *details.broader, *details.narrower)


class Links:
    """Resolves links within a glossary."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._prefix = f"{entries[0].glossary}:"
        self._known: dict[str, dict[str, list[int]]] = {
            kind: defaultdict(list) for kind in _LINK_KEYS
        }
        for position, entry in enumerate(entries):
            for kind, key in _keys(entry, names_of(entry)):
                entries_with_name = self._known[kind][key]
                if position not in entries_with_name[-1:]:
                    entries_with_name.append(position)
        pages = self._known["page"]  # a file with several terms is not the page of one
        self._known["page"] = {name: found for name, found in pages.items() if len(found) == 1}

    def of(self, entry: Entry) -> list[int]:
        """Return the entries that the links of an entry lead to, in the author's order."""
        targets = (self.target(name) for name in links_of(entry))
        return [target for target in targets if target is not None]

    def target(self, name: str) -> int | None:
        """Return the entry that a link refers to; None if there is none, or several."""
        found = self.targets(name)
        return found[0] if len(found) == 1 else None

    def targets(self, name: str) -> Sequence[int]:
        """Return the entries that a link may refer to, by the most reliable key that matches."""
        id_, key = slug(name.removeprefix(self._prefix)), fold(name)
        keys = {"id": id_, "page": id_, "term": key, "alias": key, "form": form_of(key, name)}
        return next(
            (found for kind in _LINK_KEYS if (found := self._known[kind].get(keys[kind]))), ()
        )


def _keys(entry: Entry, names: Iterable[Name]) -> Iterator[tuple[str, str]]:
    yield "id", slug_of(entry.id)
    if entry.source:
        file = PurePath(entry.source.file)
        yield "page", slug(file.parent.name if file.stem == "index" else file.stem)
    for name in names:
        if name.kind not in (NameKind.INITIALS, NameKind.NOTATION):
            yield ("term" if name.kind is NameKind.TERM else "alias"), name.key
            yield "form", name.form
