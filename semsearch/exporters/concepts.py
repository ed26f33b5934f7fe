"""The IRIs of entries to export, and which of them are one concept in several languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from semsearch.core.entries import Entry, slug_of
from semsearch.importers.iris import is_iri, local_name
from semsearch.text.slugs import slug

_NUMBER = re.compile(r"-\d+$")


class Concepts:
    """The concepts of a glossary: every entry has an IRI, entries in other languages share it."""

    def __init__(self, entries: Callable[[], Iterator[Entry]], base: str) -> None:
        """Read the IRIs of all entries.

        Args:
            entries: returns all of them.
            base: of new IRIs; the id of the entry without its glossary follows.
        """
        self._base = base
        self._iris: dict[str, str] = {}
        self._mains: dict[str, str] = {}
        self._assign(entries)
        times = Counter(self._iris.values())
        self._members: dict[str, list[Entry]] = {}
        for entry in entries() if len(times) < len(self._iris) else ():
            iri = self._iris.get(entry.id, "")
            if times[iri] > 1:
                self._members.setdefault(iri, []).append(entry)
        for members in self._members.values():
            members.sort(key=_main_first)
        self._ids = Counter(map(self._id_by_iri, entries())) if self._iris else Counter()

    def _assign(self, entries: Callable[[], Iterator[Entry]]) -> None:
        """Find the IRI of each entry that states one, or that another one refers to.

        Two entries in one language cannot share an IRI; the second one has a new IRI.
        """
        stated = {
            e.id: (e.language, e.details.iri.removeprefix(self._base))
            for e in entries()
            if e.details.iri
        }
        own = {id_: iri for id_, (_, iri) in stated.items() if is_iri(iri)}
        names = {iri for _, iri in stated.values() if not is_iri(iri)}
        mains = {_name(e.id): e for e in entries() if _name(e.id) in names} if names else {}
        taken: set[tuple[str, str]] = set()

        def assign(id_: str, language: str, iri: str) -> None:
            if (iri, language) not in taken:
                taken.add((iri, language))
                self._iris[id_] = iri

        for name, main in mains.items():
            assign(main.id, main.language, own.get(main.id) or self._new(main.id))
            self._mains[name] = self.iri(main.id)
        for id_, (language, iri) in stated.items():
            wanted = iri if id_ in own else self._mains.get(iri, "")
            if wanted and id_ not in self._iris:
                assign(id_, language, wanted)

    def _new(self, id_: str) -> str:
        return f"{self._base}{_name(id_)}"

    def iri(self, id_: str) -> str:
        """Return the IRI of an entry: its own, or a new one."""
        return self._iris.get(id_) or self._new(id_)

    def keeps_iri(self, entry: Entry) -> bool:
        """Return whether an entry is written under the IRI that it states."""
        iri = entry.details.iri.removeprefix(self._base)
        wanted = iri if is_iri(iri) else self._mains.get(iri, "")
        return not iri or self._iris.get(entry.id) == wanted

    def members(self, entry: Entry) -> list[Entry]:
        """Return the entries of a concept, that in the main language first."""
        return self._members.get(self.iri(entry.id), [entry])

    def keeps_id(self, entry: Entry) -> bool:
        """Return whether an import makes the id of an entry of its IRI."""
        if not self._iris:
            return True
        made = self._id_by_iri(entry)
        # of equal ids an import numbers all but one, which may move a numbered one
        is_unique = self._ids[made] == 1 and self._ids[_NUMBER.sub("", made)] < 2
        return made == _name(entry.id) and is_unique

    def _id_by_iri(self, entry: Entry) -> str:
        name = local_name(self.iri(entry.id))
        is_main = self.members(entry)[0].id == entry.id
        return slug(name if is_main else f"{name}-{entry.language.lower()}")

    def is_mixed(self, entry: Entry) -> bool:
        """Return whether names or other parts move between the entries of a concept in an import.

        A name belongs to the entry in its language, else to the main one. Relations, category,
        notation, status and sources belong to the whole concept.
        """
        members = self.members(entry)
        owners = {one.language: one for one in reversed(members)}
        main = members[0]
        return len(members) > 1 and (
            len({_shared(one) for one in members}) > 1
            or any(
                owners.get(tag, main) is not one
                for one in members
                for name in (one.term, *one.aliases, *one.details.hidden_labels)
                for tag in one.languages_of(name)
            )
        )


def _name(id_: str) -> str:
    return slug_of(id_)


def _main_first(entry: Entry) -> tuple[bool, str]:
    tag = entry.language.lower()
    return tag != "en", tag


def _shared(entry: Entry) -> tuple[object, ...]:
    details = entry.details
    return (
        *(details.category, details.notation, details.status, details.sources),
        *(details.broader, details.narrower, details.related, entry.see_also),
    )
