"""`Editor`, the Python API for editing: add, change, delete and restore entries, read history.

Everything here blocks and is thread-safe. Edits of all threads and processes take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from semsearch.core.entries import Changed, Entry
from semsearch.core.errors import InvalidEntry
from semsearch.core.progress import Progress, Silent
from semsearch.ingest.bulk import ImportReport, plan
from semsearch.ingest.drafts import (
    Draft,
    entry_from_draft,
    free_id,
    glossary_id,
    new_id,
    with_changes,
    with_draft,
    with_new_text,
    with_phrase,
)
from semsearch.ingest.edit_session import (
    EditSession,
    EncoderProvider,
    IdempotentRequest,
    known_entry,
    user_name,
)
from semsearch.ingest.removals import deletion, restoration
from semsearch.ingest.store_reading import StoreReading
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.idempotency import StoredRequest


class Editor(StoreReading):
    """Edits the entries of an index. Open it with `semsearch.edit`, as a context manager.

    `expected` is the revision that a change is based on. If somebody else has changed the entry
    since, nothing is done and `EntryConflict` is raised. Without `expected` any revision is
    accepted.
    """

    def __init__(
        self,
        index: str | Path,
        *,
        who: str | None = None,
        encoder_for: EncoderProvider = lambda _: None,
        progress: Progress = Silent(),  # noqa: B008 - has no state
    ) -> None:
        """Take the index; its store is opened anew for each edit.

        Args:
            index: the index folder.
            who: the author, for the history; the user of the system by default.
            encoder_for: returns an encoder that is already loaded, such as `Glossary.encoder_for`;
                by default the editor loads its own.
            progress: reports each step of each edit; an error it raises before the last one undoes
                the edit.

        Raises:
            StoredIndexError: there is no index, or it is of another version.
        """
        session = EditSession(Path(index), encoder_for, progress)
        super().__init__(session, who or user_name())
        self._request: IdempotentRequest | None = None

    def close(self) -> None:
        """Release the encoder."""
        self._session.close()

    def as_author(self, author: str, request: IdempotentRequest | None = None) -> Editor:
        """Return an editor for another author; it takes turns with this one and shares its encoder.

        Args:
            author: their name, for the history.
            request: what the next edit executes, if it has an idempotency key.
                `AnsweredBefore` is raised if it was executed before.
        """
        other = copy(self)
        other._who = author
        other._request = request
        return other

    def add(self, glossary: str, draft: Draft, *, id_: str | None = None) -> Changed:
        """Add an entry at the end of its glossary, which is created if needed.

        Args:
            glossary: its name.
            draft: the content.
            id_: the part of the id after the glossary; made from the term by default, with `-2`,
                `-3` if that is taken.

        Raises:
            InvalidEntry: the content is invalid, or the glossary has the same entry.
            EntryConflict: the id is taken.
        """

        def decide(store: EntryStore) -> Edit:
            def known(taken: str) -> Entry | None:
                present = store.get(taken)
                return present.entry if present else None

            entry = entry_from_draft(draft, new_id(glossary, id_ or draft.term))
            if id_ is None:
                entry = free_id(entry, known)
            return Edit(entry.id, entry, expected=0)

        return self._edit(decide)

    def put(self, id_: str, draft: Draft, *, expected: int | None = None) -> Changed:
        """Replace the content of an entry, or add it under this id.

        Args:
            id_: `GLOSSARY:NAME`.
            draft: the whole content.
            expected: its revision; 0 if it must not exist.

        Raises:
            InvalidEntry: the content or the id is invalid.
            EntryConflict: the entry does not have the expected revision.
        """

        def decide(store: EntryStore) -> Edit:
            present = store.get(id_)
            if present is None:
                glossary, _, name = id_.partition(":")
                made = new_id(glossary, name)
                if made != id_:
                    raise InvalidEntry(f"{id_!r} cannot be the id of an entry, {made!r} could")
                return Edit(id_, entry_from_draft(draft, id_), expected)
            return Edit(id_, with_draft(present.entry, draft), expected)

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
        """Change parts of an entry; parts that are not given stay.

        Args:
            id_: of the entry.
            term: the name.
            definition: its meaning; `with_new_text` says what becomes of its Markdown.
            aliases: all other names.
            language: of the definition.
            see_also: all links, by id or name.
            details: those of its `Details` that change, by name; see `with_changes`.
            expected: its revision.

        Raises:
            EntryNotFound: there is none.
            InvalidEntry: the new content is invalid.
            EntryConflict: the entry does not have the expected revision.
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
            entry = known_entry(store, id_).entry
            wanted = with_changes(entry.details, details or {})
            text, wanted = with_new_text(entry, definition, wanted)
            changed = {**parts, "definition": text, "details": wanted}
            return Edit(id_, with_draft(entry, replace(Draft.of(entry), **changed)), expected)

        return self._edit(decide)

    def teach(self, id_: str, question: str, *, expected: int | None = None) -> Changed:
        """Add an asked-as phrase to an entry; `with_phrase` says what is refused. See `change`."""
        return self._edit(
            lambda store: Edit(id_, with_phrase(known_entry(store, id_).entry, question), expected)
        )

    def delete(
        self, id_: str, *, expected: int | None = None, successor: str | None = None
    ) -> Changed:
        """Delete an entry; its history stays, and it can be restored.

        Args:
            id_: of the entry.
            expected: its present revision.
            successor: id of another entry of its glossary, to which the address of this one leads.

        Raises:
            EntryNotFound: there is none, or no successor.
            EntryConflict: the entry does not have the expected revision.
            InvalidEntry: it is the last one of the index, or cannot have this successor.
        """
        return self._edit(lambda store: deletion(store, id_, expected, successor))

    def restore(self, id_: str, revision: int, *, expected: int | None = None) -> Changed:
        """Restore the state of an entry at a revision, whether it still exists or not.

        Args:
            id_: of the entry.
            revision: any since it was added; `history` lists its changes.
            expected: its present revision; 0 if it is deleted.

        Raises:
            EntryNotFound: it did not exist at that revision.
            EntryConflict: the entry does not have the expected revision.
        """
        return self._edit(lambda store: restoration(store, id_, revision, expected))

    def take(
        self, lines: str, glossary: str, *, dry_run: bool = False, strict: bool = False
    ) -> ImportReport:
        """Add and change many entries of a glossary in one transaction.

        A record with the id of an entry, or without an id and with its term, replaces that entry's
        content.

        Args:
            lines: one JSON object a line with `term`, `definition`, and optionally `id`, `aliases`,
                `language` and `see_also`.
            glossary: of all entries.
            dry_run: whether to report only.
            strict: whether to accept no record if one is refused; the others are accepted by
                default.

        Raises:
            InvalidEntry: the name of the glossary is invalid.
            StoredIndexError: see `EditSession.writing`.
        """
        name = glossary_id(glossary)
        if dry_run:
            with self._session.reading() as store:
                return plan(lines, name, store.get).not_done()
        with self._session.writing() as work:
            planned = plan(lines, name, work.store.get)
            if strict and planned.has_refusals:
                return planned.not_done()
            changed = work.apply(planned.edits, self._who, self._stored_answer_maker(planned.done))
            return planned.done(changed)

    def _edit(self, decide: Callable[[EntryStore], Edit]) -> Changed:
        with self._session.writing() as work:
            make_answer = self._stored_answer_maker(lambda changed: changed[0])
            return work.apply([decide(work.store)], self._who, make_answer)[0]

    def _stored_answer_maker(
        self, result: Callable[[list[Changed]], Changed | ImportReport]
    ) -> Callable[[list[Changed]], StoredRequest] | None:
        """Return a function that makes the stored answer, if the request has an idempotency key."""
        once = self._request
        if once is None:
            return None
        who = once.caller or self._who
        return lambda changed: StoredRequest(
            who, once.key, once.digest, once.answer(result(changed))
        )
