"""Embeds what has no vector yet, and publishes a generation, while the store is edited."""

from __future__ import annotations

from dataclasses import dataclass

from semsearch.core.progress import Progress
from semsearch.index.embedding import BatchEncoder, Embedding, embed_missing
from semsearch.index.generation import UnpublishedGeneration
from semsearch.index.passage_table import PassageTable
from semsearch.ingest.corpus_sync import changed_since
from semsearch.ingest.shared.publication import publish_in, share_files
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import LONG_S
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.store_connection import Lock, briefly_locked
from semsearch.text.common_questions import QuestionSource


@dataclass(frozen=True, slots=True)
class BuildPublication:
    """Takes the lock of the index for short moments, so that edits go on."""

    layout: IndexLayout
    store: EntryStore
    embedding: Embedding
    common: QuestionSource | None
    """The common questions that the generation has."""
    progress: Progress

    def embed(self, passages: PassageTable, cluster: BatchEncoder | None = None) -> int:
        """Embed each text that has no vector yet once, and return their number.

        Args:
            passages: the texts.
            cluster: embeds in the place of this process.
        """
        embedded = 0
        texts = self.store.texts
        for batch in embed_missing(texts, passages, self.embedding, self.progress, cluster):
            with briefly_locked(self.store.connection):
                self.store.texts.save(batch)
            embedded += len(batch.texts)
        return embedded

    def publish(self, written: UnpublishedGeneration) -> int:
        """Make a generation the current one after embedding what was edited meanwhile.

        Returns:
            How many texts were embedded.
        """
        revision = written.manifest.revision
        embedded = self.embed(changed_since(self.store, revision, self.common))
        files = share_files(self.layout, self.store, written, self.progress)
        with self.store.connection.locked(Lock.EDITING, LONG_S):
            since = changed_since(self.store, revision, self.common)
            for batch in embed_missing(self.store.texts, since, self.embedding, self.progress):
                self.store.texts.save(batch)
                embedded += len(batch.texts)
            publish_in(self.layout, self.store, written, files, self.progress)
        return embedded
