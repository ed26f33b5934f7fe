"""The facade: edit an index, and see what was edited before.

Everything here blocks and is safe to call from several threads; edits take turns, with those of other processes too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from semsearch.core.entries import Changed, Entry, StoredEntry, Version
from semsearch.core.errors import EntryNotFound, InvalidEntry
from semsearch.core.progress import Progress, Silent
from semsearch.ingest.bulk import ImportReport, plan
from semsearch.ingest.drafts import Draft, drafted, free_id, glossary_id, new_id, revised, taught
from semsearch.ingest.edit_session import EditSession, EncoderProvider, user_name
from semsearch.storage.entry_store import Edit, EntryReader, EntryStore, Stored
from semsearch.storage.idempotency import Answered
from semsearch.text.slugs import slug


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request that is to be carried out once, however often it is sent.

    `key` is what whoever sends it calls it, `digest` a hash of all that it asks for, and `answer` makes of what was done
    what is kept to be answered again.
    """

    key: str
    digest: bytes
    answer: Callable[[Changed | ImportReport], bytes]


class Editor:
    """Changes the entries of an index. Use `semsearch.edit`, and as a context manager.

    Every call that changes something names a revision it expects, or takes what there is: `expected` is the revision
    of the entry that the change was made from. If somebody else has changed the entry since, nothing is done and
    `EntryConflict` is raised.
    """

    def __init__(
        self,
        index: str | Path,
        *,
        who: str | None = None,
        lend: EncoderProvider = lambda _: None,
        progress: Progress = Silent(),  # noqa: B008 - has no state
    ) -> None:
        """Find the index; its store is opened for each edit anew.

        Args:
            index: the index folder.
            who: edits, for the history; the user of the system by default.
            lend: gives an encoder that is loaded already, as `Glossary.lend` does; the editor loads one of its own by default.
            progress: told about each step of each edit; what it raises before the last one is done undoes the edit.

        Raises:
            StoredIndexError: there is no index, or it is of another version.
        """
        self._desk = EditSession(Path(index), lend, progress)
        self._who = who or user_name()
        self._once: IdempotentRequest | None = None

    def __enter__(self) -> Editor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the encoder."""
        self._desk.close()

    def as_author(self, who: str, once: IdempotentRequest | None = None) -> Editor:
        """Return an editor for somebody else, which takes turns with this one and shares its encoder.

        Args:
            who: edits.
            once: the request, if what is done next with this editor is never to be done again; `AnsweredBefore` is
                raised if it has been done.
        """
        other = copy(self)
        other._who = who
        other._once = once
        return other

    @property
    def identity(self) -> str:
        """Which store this is: revisions are counted anew by another one."""
        return self._desk.identity

    @property
    def has_store(self) -> bool:
        """Whether the index can be edited; one that was copied to be asked may have no store."""
        return self._desk.has_store

    def answered(self, key: str) -> Answered | None:
        """Return a request of this editor that was carried out within a day."""
        with self._desk.reading() as store:
            return store.answered(self._who, key)

    def find(self, id_: str) -> StoredEntry | None:
        """Return an entry by its id, with its revision, if it is there."""
        with self._desk.reading() as store:
            found = store.get(id_)
            return StoredEntry(found.entry, found.revision) if found else None

    def entry(self, id_: str) -> StoredEntry:
        """Return an entry by its id, with its revision.

        Raises:
            EntryNotFound: there is none.
        """
        with self._desk.reading() as store:
            found = _known(store, id_)
            return StoredEntry(found.entry, found.revision)

    def history(self, id_: str) -> list[Version]:
        """Return all versions of an entry, the oldest first, also if it has been deleted.

        Raises:
            EntryNotFound: there has never been such an entry.
        """
        with self._desk.reading() as store:
            versions = store.versions(id_)
            if not versions:
                _known(store, id_)
            return versions

    def changes_since(self, revision: int, limit: int | None = None) -> list[Changed]:
        """Return what has become of each entry changed since a revision, in the order of the last changes.

        Args:
            revision: of the index; 0 gives every entry.
            limit: the most changes; the revision of the last one is where to go on.
        """
        with self._desk.reading() as store:
            return store.changes_since(revision, limit)

    def add(self, glossary: str, draft: Draft, *, id_: str | None = None) -> Changed:
        """Add an entry behind the others of its glossary, which is made if it is new.

        Args:
            glossary: its name.
            draft: what the entry says.
            id_: the part of the id behind the glossary; made of the term by default, with `-2`, `-3` if that is taken.

        Raises:
            InvalidEntry: it cannot be an entry, or the glossary has one that says the same.
            EntryConflict: there is an entry of this id.
        """

        def decide(store: EntryStore) -> Edit:
            entry = drafted(draft, new_id(glossary, id_ or draft.term))
            if id_ is None:
                entry = free_id(entry, lambda taken: _entry(store, taken))
            return Edit(entry.id, entry, expected=0)

        return self._edit(decide)

    def put(self, id_: str, draft: Draft, *, expected: int | None = None) -> Changed:
        """Give an entry this content, or add it under this id.

        Args:
            id_: `GLOSSARY:NAME`.
            draft: all that the entry says.
            expected: its revision; 0 if it must not be there.

        Raises:
            InvalidEntry: it cannot be an entry, or this not an id.
            EntryConflict: the entry is not of the revision expected.
        """

        def decide(store: EntryStore) -> Edit:
            present = store.get(id_)
            if present is None:
                glossary, _, name = id_.partition(":")
                made = new_id(glossary, name)
                if made != id_:
                    raise InvalidEntry(f"{id_!r} cannot be the id of an entry, {made!r} could")
                return Edit(id_, drafted(draft, id_), expected)
            return Edit(id_, revised(present.entry, draft), expected)

        return self._edit(decide)

    def change(
        self,
        id_: str,
        *,
        term: str | None = None,
        definition: str | None = None,
        aliases: Sequence[str] | None = None,
        language: str | None = None,
        see_also: Sequence[str] | None = None,
        details: Mapping[str, Any] | None = None,
        expected: int | None = None,
    ) -> Changed:
        """Change parts of an entry; what is not given stays as it is.

        Args:
            id_: of the entry.
            term: what it is called.
            definition: what that means.
            aliases: all its other names.
            language: of the definition.
            see_also: all that it links to, by id or name.
            details: those of its `Details` that change, by name.
            expected: its revision.

        Raises:
            EntryNotFound: there is none.
            InvalidEntry: it cannot be changed so.
            EntryConflict: the entry is not of the revision expected.
        """
        given = {
            "term": term,
            "definition": definition,
            "aliases": None if aliases is None else tuple(aliases),
            "language": language,
            "see_also": None if see_also is None else tuple(see_also),
        }
        parts: dict[str, Any] = {name: part for name, part in given.items() if part is not None}

        def decide(store: EntryStore) -> Edit:
            entry = _known(store, id_).entry
            changed = {**parts, "details": replace(entry.details, **(details or {}))}
            return Edit(id_, revised(entry, replace(Draft.of(entry), **changed)), expected)

        return self._edit(decide)

    def teach(self, id_: str, question: str, *, expected: int | None = None) -> Changed:
        """Add a phrase by which people ask for an entry; see `taught` for what is refused, and `change`."""
        return self._edit(
            lambda store: Edit(id_, taught(_known(store, id_).entry, question), expected)
        )

    def delete(self, id_: str, *, expected: int | None = None) -> Changed:
        """Delete an entry; its history stays, and it can be restored.

        Raises:
            EntryNotFound: there is none.
            EntryConflict: the entry is not of the revision expected.
            InvalidEntry: it is the last one of the index.
        """

        def decide(store: EntryStore) -> Edit:
            _known(store, id_)
            if store.is_only(id_):
                raise InvalidEntry(f"{id_!r} is the last entry of the index, which cannot be empty")
            return Edit(id_, None, expected)

        return self._edit(decide)

    def restore(self, id_: str, revision: int, *, expected: int | None = None) -> Changed:
        """Make an entry what it was at a revision, whether it is still there or not.

        Args:
            id_: of the entry.
            revision: any since it was added; `history` lists those at which it changed.
            expected: its present revision; 0 if it is deleted.

        Raises:
            EntryNotFound: there was no such entry then.
            EntryConflict: the entry is not of the revision expected.
        """

        def decide(store: EntryStore) -> Edit:
            versions = store.versions(id_)
            then = [version for version in versions if version.revision <= revision]
            if not versions:
                _known(store, id_)
            if not then or then[-1].entry is None:
                had = ", ".join(str(v.revision) for v in versions if v.entry is not None)
                raise EntryNotFound(
                    f"there was no entry {id_!r} at revision {revision}; it has versions of {had}"
                )
            return Edit(id_, then[-1].entry, expected, is_restored=True)

        return self._edit(decide)

    def take(
        self, lines: str, glossary: str, *, dry_run: bool = False, strict: bool = False
    ) -> ImportReport:
        """Add and change many entries of a glossary in one transaction.

        A record with the id of an entry, or without one and with its term, gives that entry its content.

        Args:
            lines: JSON objects with `term`, `definition`, and if wanted `id`, `aliases`, `language` and `see_also`, one a
                line.
            glossary: to which all of them go.
            dry_run: whether only to report what would be done.
            strict: whether to take no record when one is refused; the others are taken by default.

        Raises:
            InvalidEntry: this is no name of a glossary.
            StoredIndexError: see `EditSession.writing`.
        """
        name = glossary_id(glossary)
        if dry_run:
            with self._desk.reading() as store:
                return plan(lines, name, store.get).not_done()
        with self._desk.writing() as work:
            planned = plan(lines, name, work.store.get)
            if strict and planned.has_refusals:
                return planned.not_done()
            changed = work.apply(planned.edits, self._who, self._answering(planned.done))
            return planned.done(changed)

    def _edit(self, decide: Callable[[EntryStore], Edit]) -> Changed:
        with self._desk.writing() as work:
            answering = self._answering(lambda changed: changed[0])
            return work.apply([decide(work.store)], self._who, answering)[0]

    def _answering(
        self, result: Callable[[list[Changed]], Changed | ImportReport]
    ) -> Callable[[list[Changed]], Answered] | None:
        """Return what gives the request to keep, if there is one."""
        once, who = self._once, self._who
        if once is None:
            return None
        return lambda changed: Answered(who, once.key, once.digest, once.answer(result(changed)))


def _known(store: EntryReader, id_: str) -> Stored:
    """Return an entry that has to be there; what may have been meant is told otherwise."""
    found = store.get(id_)
    if found is None:
        name = slug(id_.partition(":")[2] or id_)
        ids = (f"{glossary}:{name}" for glossary in store.glossaries())
        hint = next((f"; did you mean {like!r}?" for like in ids if store.get(like)), "")
        raise EntryNotFound(f"there is no entry with the id {id_!r}{hint}")
    return found


def _entry(store: EntryReader, id_: str) -> Entry | None:
    found = store.get(id_)
    return found.entry if found else None
