"""Links: which entry of a glossary the author of another entry means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from semsearch.core.entries import Entry
from semsearch.text.names import Name, NameKind, form_of, names_of
from semsearch.text.normalise import fold
from semsearch.text.slugs import slug

_WAYS = ("id", "page", "term", "alias", "form")
"""What a link may call an entry, the surest first."""


def links_of(entry: Entry) -> tuple[str, ...]:
    """Return all that an author links an entry to, whatever the kind of the relation."""
    details = entry.details
    return (*entry.see_also, *details.related, *details.broader, *details.narrower)


class Links:
    """Tells which entry of a glossary a link means."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._prefix = f"{entries[0].glossary}:"
        self._known: dict[str, dict[str, list[int]]] = {way: defaultdict(list) for way in _WAYS}
        for position, entry in enumerate(entries):
            for way, key in _keys(entry, names_of(entry)):
                bearers = self._known[way][key]
                if position not in bearers[-1:]:
                    bearers.append(position)
        pages = self._known["page"]  # a file of many terms is none
        self._known["page"] = {name: found for name, found in pages.items() if len(found) == 1}

    def of(self, entry: Entry) -> list[int]:
        """Return the entries that the links of one lead to, in its author's order."""
        targets = (self.target(name) for name in links_of(entry))
        return [target for target in targets if target is not None]

    def target(self, name: str) -> int | None:
        """Return the entry that a link means; none if no entry or several are called so."""
        found = self.targets(name)
        return found[0] if len(found) == 1 else None

    def targets(self, name: str) -> Sequence[int]:
        """Return the entries that a link may mean, by the surest way in which any is called so."""
        id_, key = slug(name.removeprefix(self._prefix)), fold(name)
        asked = {"id": id_, "page": id_, "term": key, "alias": key, "form": form_of(key, name)}
        return next((found for way in _WAYS if (found := self._known[way].get(asked[way]))), ())


def _keys(entry: Entry, names: Iterable[Name]) -> Iterator[tuple[str, str]]:
    yield "id", entry.id.partition(":")[2]
    if entry.source:
        file = PurePath(entry.source.file)
        yield "page", slug(file.parent.name if file.stem == "index" else file.stem)
    for name in names:
        if name.kind not in (NameKind.INITIALS, NameKind.NOTATION):
            yield ("term" if name.kind is NameKind.TERM else "alias"), name.key
            yield "form", name.form
