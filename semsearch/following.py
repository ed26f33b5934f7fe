"""Following an index: what it shows now, whoever changes it.

An edit is shown as soon as its transaction is over, from the store (`overlay`); a generation that another process has
published is opened beside the old one, and takes its place when it is ready. Questions under way keep what they
began with.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from semsearch.encoders import is_meant, load_answering_encoder
from semsearch.encoders.remembering import Remembering
from semsearch.errors import EncoderMismatch, GlossaryNotFound, SemsearchError
from semsearch.overlay import make_overlay
from semsearch.ranking.background import Background
from semsearch.rerankers import load_reranker
from semsearch.rerankers.base import Reranker
from semsearch.retrieval import Retriever
from semsearch.scope import Scope
from semsearch.segment import Segment
from semsearch.storage.calibration import StoredCalibration, load_calibration
from semsearch.storage.entries import EntryReader
from semsearch.storage.layout import IndexLayout
from semsearch.storage.manifest import Manifest, load_manifest
from semsearch.text import text_hash

_log = logging.getLogger("semsearch")


@dataclass(frozen=True, eq=False)
class Shown:
    """What answers: a generation with what was changed since, and what reads questions."""

    manifest: Manifest
    generation: Segment
    retriever: Retriever
    encoder: Remembering
    reranker: Reranker | None
    calibration: StoredCalibration | None
    revision: int
    """Of the store, that it shows."""

    @cached_property
    def tag(self) -> str:
        """A short text that changes whenever any answer could change."""
        bent = text_hash(repr(self.calibration)).hex()[:8]
        return f"{self.manifest.tag}-{self.revision}-{bent}"

    def within(self, glossary: str | None) -> Scope:
        """Return which positions may answer.

        Raises:
            GlossaryNotFound: there is no such glossary.
        """
        if glossary is None:
            return self.retriever.snapshot.everything
        known = self.retriever.snapshot.glossaries
        if glossary not in known:
            raise GlossaryNotFound(
                f"there is no glossary {glossary!r} in this index; it has {', '.join(sorted(known))}"
            )
        return known[glossary]

    def background(self, glossary: str | None) -> Background:
        """Return what similarity is ordinary in a glossary, or in the whole index; a new one has none of its own yet."""
        return self.manifest.backgrounds.get(glossary or "", self.manifest.background)

    def fit_background(self, glossary: str | None) -> Background:
        """Return what fused score is ordinary for a wrong answer; see `background`."""
        return self.manifest.fits.get(glossary or "", self.manifest.fit)


class Following:
    """An open index, kept up to date. Safe to use from several threads."""

    def __init__(self, layout: IndexLayout, model: str | None, *, calibrated: bool) -> None:
        """Open what answers now; see `Glossary.open`."""
        self._layout = layout
        self._calibrated = calibrated
        self._turn = threading.Lock()
        self._opening: threading.Thread | None = None
        self._next: Shown | None = None
        self._unreadable: int | None = None
        """A revision of the store that could not be shown, and is not tried again for each question."""
        self._pointer = self._stamp()
        self.shown = self._open(model)
        """What answers, as of the last `follow`."""
        self._store = self._open_store()
        self.follow(wait=True)

    def follow(self, *, wait: bool = False) -> Shown:
        """Show what the index holds now, and return it.

        What cannot be read, or not yet, leaves what answered before.

        Args:
            wait: until a new generation is open; else it is opened meanwhile, and shown later.
        """
        if self._turn.acquire(blocking=wait):  # or somebody is at it
            try:
                self._follow_generation(wait)
                self._follow_changes()
            finally:
                self._turn.release()
        return self.shown

    @property
    def is_behind(self) -> bool:
        """Whether something has changed that is not shown, and that is not being opened."""
        if not self._turn.acquire(blocking=False):
            return False
        try:
            if self._opening is not None:
                return not self._opening.is_alive()
            return self._stamp() != self._pointer or self._changed() is not None
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

    def _open(self, model: str | None = None) -> Shown:
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
        encoder = load_answering_encoder(
            layout.encoder(manifest.fingerprint),
            model=manifest.model,
            fingerprint=manifest.fingerprint,
            precision=manifest.precision,
            sha256=manifest.encoder_sha256,
        )
        stated = manifest.reranker
        generation = Segment.open(files, manifest.dim, manifest.engine)
        return Shown(
            manifest,
            generation,
            Retriever(generation),
            Remembering(encoder),
            load_reranker(layout.reranker(stated.fingerprint), stated) if stated else None,
            load_calibration(layout, manifest.fingerprint) if self._calibrated else None,
            manifest.revision,
        )

    def _open_store(self) -> EntryReader | None:
        """Open the store; an index without one, or with one that cannot be opened, shows its generation alone."""
        try:
            return EntryReader(self._layout.store, patience_s=0)
        except (SemsearchError, sqlite3.Error):
            return None

    def _follow_changes(self) -> None:
        """Show what was changed since the generation, if the store has changed since the last time."""
        shown, revision = self.shown, self._changed()
        if revision is None or self._store is None:
            return
        try:
            changes = self._store.changes_since(shown.manifest.revision)
            overlay = make_overlay(shown.generation, shown.manifest, changes, self._store.texts)
        except sqlite3.OperationalError:
            return  # a writer is at it: the next question asks again
        except (SemsearchError, sqlite3.Error, OSError, KeyError, ValueError) as error:
            # the store is damaged, there is no room, or a build has just embedded with another encoder
            _log.warning("edits of the index in %s are not shown: %r", self._layout.root, error)
            self._unreadable = revision
            return
        retriever = Retriever(shown.generation, overlay.segment, overlay.hidden)
        self.shown = replace(shown, retriever=retriever, revision=revision)

    def _changed(self) -> int | None:
        """Return the revision of the store if it is not the one that is shown, and if that can be told now."""
        if self._store is None:
            return None
        try:
            identity, revision = self._store.revision
        except (SemsearchError, sqlite3.Error):
            return None
        known = (self.shown.revision, self._unreadable)
        is_new = identity == self.shown.manifest.store and revision not in known
        return revision if is_new else None

    def _follow_generation(self, wait: bool) -> None:
        """Open a generation that was published, in a thread of its own."""
        if self._opening is None and self._stamp() != self._pointer:
            self._opening = threading.Thread(target=self._open_next, daemon=True)
            self._opening.start()
        if self._opening is not None and (wait or not self._opening.is_alive()):
            self._opening.join()
            self._opening = None
            self.shown, self._next = self._next or self.shown, None
            self._unreadable = None

    def _open_next(self) -> None:
        self._pointer = self._stamp()
        with suppress(
            SemsearchError, OSError
        ):  # one that is damaged is not tried again, the next one is
            self._next = self._open()

    def _stamp(self) -> tuple[int, int]:
        """Return what changes whenever another generation answers."""
        try:
            stat = self._layout.current.stat()
        except OSError:
            return 0, 0
        return stat.st_ino, stat.st_mtime_ns
