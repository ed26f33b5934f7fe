"""Following an index: what it shows now, whoever changes it.

An edit is shown as soon as its transaction is over, from the store (`overlay`); a generation that another process has
published is opened beside the old one, and takes its place when it is ready. Questions under way keep what they
began with.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from semsearch.core.answers import Tier
from semsearch.core.errors import EncoderMismatch, EntryNotFound, GlossaryNotFound, SemsearchError
from semsearch.core.positions import PositionFilter
from semsearch.index.calibration import StoredCalibration, load_calibration
from semsearch.index.embedding import Embedding, encoder_of
from semsearch.index.manifest import Manifest, load_manifest
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.live import derive_live_segment
from semsearch.index.segments.segment import Segment
from semsearch.models import is_meant
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.models.rerankers import load_reranker
from semsearch.models.rerankers.base import Reranker
from semsearch.ranking.baseline import Baseline
from semsearch.search.query import NameFinder
from semsearch.storage.entry_store import EntryReader
from semsearch.storage.last_commit import acknowledged
from semsearch.storage.layout import IndexLayout
from semsearch.text.normalise import check_question, text_hash

_log = logging.getLogger("semsearch")

PATIENCE_S = 5.0
"""How long a question waits for a writer to commit, which takes some 20 ms, when an edit was acknowledged that is not shown yet. A
writer who holds the store for longer keeps one question waiting, and none after it until the store can be read again."""
BUSY_S = 0.25
"""The same where nothing is known to be missing: what is being committed nobody was told of."""
_LOOK_S = 0.002


@dataclass(frozen=True, eq=False)
class IndexView:
    """What answers: a generation with what was changed since, and what reads questions."""

    manifest: Manifest
    generation: Segment
    retriever: Retriever
    encoder: CachingEncoder
    embeds_as: str | None
    """The key of its vectors in the store, if it is also what embeds definitions."""
    reranker: Reranker | None
    calibration: StoredCalibration | None
    revision: int
    """Of the store, that it shows."""

    @cached_property
    def names(self) -> NameFinder:
        """Finds entries by their names."""
        retriever = self.retriever
        return NameFinder(retriever.snapshot, retriever.words, retriever.phrases)

    @cached_property
    def tag(self) -> str:
        """A short text that changes whenever any answer could change."""
        bent = text_hash(repr(self.calibration)).hex()[:8]
        return f"{self.manifest.tag}-{self.revision}-{bent}"

    def within(self, glossary: str | None, language: str | None = None) -> PositionFilter:
        """Return which positions may answer.

        Raises:
            GlossaryNotFound: there is no such glossary.
            InvalidSetting: what is no language was asked for.
            LanguageNotFound: nothing there is in the language.
        """
        scope = self._glossary(glossary)
        return scope if language is None else self.retriever.snapshot.in_language(scope, language)

    def _glossary(self, glossary: str | None) -> PositionFilter:
        if glossary is None:
            return self.retriever.snapshot.everything
        known = self.retriever.snapshot.glossaries
        if glossary not in known:
            raise GlossaryNotFound(
                f"there is no glossary {glossary!r} in this index; it has {', '.join(sorted(known))}"
            )
        return known[glossary]

    def position_of(self, id_or_name: str) -> int:
        """Return the position of an entry by its id or, when no id fits, by its name.

        Raises:
            EntryNotFound: nothing has this id or name; the message suggests the nearest name.
            InvalidQuestion: it is no text, or too long.
        """
        name = check_question(id_or_name)
        snapshot, names = self.retriever.snapshot, self.names
        position = snapshot.position_of(id_or_name)
        if position is not None:
            return position
        matches = names.by_name(name, snapshot.everything)
        for tier in (Tier.EXACT, Tier.FORM):
            for at, match in matches.items():
                if match.tier is tier:
                    return at
        near = list(names.by_resemblance(name, snapshot.everything).values())[:1]
        hint = "".join(f"; did you mean {match.label!r}?" for match in near)
        raise EntryNotFound(f"there is no entry with the id or name {id_or_name!r}{hint}")

    def background(self, glossary: str | None) -> Baseline:
        """Return what similarity is ordinary in a glossary, or in the whole index; a new one has none of its own yet."""
        return self.manifest.backgrounds.get(glossary or "", self.manifest.background)

    def fit_background(self, glossary: str | None) -> Baseline:
        """Return what fused score is ordinary for a wrong answer; see `background`."""
        return self.manifest.fits.get(glossary or "", self.manifest.fit)


class LiveIndex:
    """An open index, kept up to date. Safe to use from several threads."""

    def __init__(self, layout: IndexLayout, model: str | None, *, calibrated: bool) -> None:
        """Open what answers now; see `Glossary.open`."""
        self._layout = layout
        self._calibrated = calibrated
        self._turn = threading.Lock()
        self._opening: threading.Thread | None = None
        self._next: IndexView | None = None
        self._unreadable: int | None = None
        """A revision of the store that could not be shown, and is not tried again for each question."""
        self._is_held = False
        """Whether a writer has kept the store for too long, and is not waited for."""
        self._pointer = self._stamp()
        self.shown = self._open(model)
        """What answers, as of the last `follow`."""
        self._store: EntryReader | None = None
        self._file: tuple[int, int] | None = None
        """The store that is open, or that could not be opened."""
        self.follow(wait=True)

    def follow(self, *, wait: bool = False) -> IndexView:
        """Show what the index holds now, and return it.

        Whoever else is at it is waited for: what that one read may be older than the last edit. What cannot be read, or
        not yet, leaves what answered before.

        Args:
            wait: until a new generation is open; else it is opened meanwhile, and shown later.
        """
        if wait:
            with self._turn:
                opening = self._begin_opening()
            if opening is not None:
                opening.join()
        with self._turn:
            self._begin_opening()
            self._end_opening()
            self._follow_store()
            self._follow_changes()
            return self.shown

    @property
    def is_behind(self) -> bool:
        """Whether something may have changed that is not shown; told without waiting for anybody."""
        if not self._turn.acquire(blocking=False):
            return True
        try:
            if self._opening is not None:
                is_new = not self._opening.is_alive()
            else:
                is_new = self._stamp() != self._pointer
            return is_new or self._is_replaced() or self._changed(self._newest()) is not None
        except sqlite3.OperationalError:
            return True
        finally:
            self._turn.release()

    def close(self) -> None:
        """Close the files; no question may be under way."""
        with self._turn:
            if self._opening is not None:
                self._opening.join()
            if self._store is not None:
                self._store.close()
            self.shown.retriever.close()

    def _open(self, model: str | None = None) -> IndexView:
        """Open the generation that answers."""
        layout = self._layout
        manifest, files = load_manifest(layout)
        if model is not None and not is_meant(
            model, model=manifest.model, fingerprint=manifest.fingerprint
        ):
            raise EncoderMismatch(
                f"the index in {layout.root} was built with the encoder {manifest.model}, not {model}; "
                f"run `semsearch build PATHS --index {layout.root} --model {model}`, or name the encoder "
                "it has (--model, SEMSEARCH_MODEL), or none"
            )
        encoder = encoder_of(layout, manifest)
        embedding = Embedding.of(layout, manifest)
        stated = manifest.reranker
        engines = manifest.engine, manifest.phrase_engine
        generation = Segment.open(files, manifest.dim, *engines)
        return IndexView(
            manifest,
            generation,
            Retriever(generation),
            CachingEncoder(encoder),
            embedding.key if embedding.precision == manifest.precision else None,
            load_reranker(layout.reranker(stated.fingerprint), stated) if stated else None,
            load_calibration(layout, manifest.fingerprint) if self._calibrated else None,
            manifest.revision,
        )

    def _is_replaced(self) -> bool:
        """Whether the store is another file than the one that is open; one that was moved away is shown until then."""
        return _place(self._layout.store) not in (None, self._file)

    def _follow_store(self) -> None:
        """Open the store that is there now, once."""
        if self._is_replaced():
            if self._store is not None:
                self._store.close()
            self._file = _place(self._layout.store)
            self._unreadable = None
            self._store = self._open_store()

    def _open_store(self) -> EntryReader | None:
        """Open the store; an index without one, or with one that cannot be opened, shows its generation alone."""
        try:
            return EntryReader(self._layout.store, patience_s=0)
        except (SemsearchError, sqlite3.Error) as error:
            if self._layout.store.exists():
                _log.warning("edits of the index in %s are not shown: %s", self._layout.root, error)
            return None

    def _follow_changes(self) -> None:
        """Show the newest generation with what was changed since, unless a writer is at the store for too long."""
        began = time.monotonic()
        while True:
            try:
                self._show(self._newest())
            except sqlite3.OperationalError:
                self._is_held = self._is_held or time.monotonic() - began >= self._patience_s()
                if self._is_held:
                    return
                time.sleep(_LOOK_S)
            else:
                self._is_held = False
                return

    def _patience_s(self) -> float:
        known = acknowledged(self._layout.acknowledged)
        return PATIENCE_S if known is None or known > self.shown.revision else BUSY_S

    def _show(self, newest: IndexView) -> None:
        """Show a generation, or what is shown already, with what the store has changed since.

        Raises:
            sqlite3.OperationalError: a writer is at it.
        """
        revision = self._changed(newest)
        if revision is not None and self._store is not None:
            try:
                changes = self._store.changes_since(newest.manifest.revision)
                overlay = derive_live_segment(
                    newest.generation, newest.manifest, changes, self._store.texts
                )
            except sqlite3.OperationalError:
                raise
            except (SemsearchError, sqlite3.Error, OSError, ValueError) as error:
                # the store is damaged, or there is no room
                _log.warning("edits of the index in %s are not shown: %r", self._layout.root, error)
                self._unreadable = revision
            else:
                if overlay.missing:
                    _log.warning(
                        "%d changes of the index in %s are not shown before a build with another encoder is over",
                        overlay.missing,
                        self._layout.root,
                    )
                retriever = Retriever(newest.generation, overlay.segment, overlay.deleted)
                newest = replace(newest, retriever=retriever, revision=revision)
        self.shown = newest
        if self._opening is None:
            self._next = None

    def _changed(self, shown: IndexView) -> int | None:
        """Return the revision of the store if it is another one than is shown, and can be.

        Raises:
            sqlite3.OperationalError: a writer is at it.
        """
        if self._store is None:
            return None
        try:
            identity, revision = self._store.revision
        except sqlite3.OperationalError:
            raise
        except (SemsearchError, sqlite3.Error):
            return None
        known = (shown.revision, self._unreadable)
        is_new = identity == shown.manifest.store and revision not in known
        return revision if is_new else None

    def _newest(self) -> IndexView:
        """Return what is shown, or the generation that has been opened to take its place."""
        return self.shown if self._opening is not None else self._next or self.shown

    def _begin_opening(self) -> threading.Thread | None:
        """Open a generation that was published, in a thread of its own."""
        if self._opening is None and self._stamp() != self._pointer:
            self._opening = threading.Thread(target=self._open_next, daemon=True)
            self._opening.start()
        return self._opening

    def _end_opening(self) -> None:
        if self._opening is not None and not self._opening.is_alive():
            self._opening = None
            self._unreadable = None
            if self._store is None:  # whoever published it has had the store open since
                self._file = None

    def _open_next(self) -> None:
        self._pointer = self._stamp()
        with suppress(
            SemsearchError, OSError
        ):  # one that is damaged is not tried again, the next one is
            self._next = self._open()

    def _stamp(self) -> tuple[int, int]:
        """Return what changes whenever another generation answers."""
        with suppress(OSError):
            stat = self._layout.current.stat()
            return stat.st_ino, stat.st_mtime_ns
        return 0, 0


def _place(file: Path) -> tuple[int, int] | None:
    """Return which file this is; None where there is none."""
    with suppress(OSError):
        stat = file.stat()
        return stat.st_dev, stat.st_ino
    return None
