"""Builds an index: reads a corpus, updates the store, and publishes a new generation.

A build may be killed after any of these steps:

1. read the corpus (done by the caller) and compare it with the store;
2. embed texts that have no vector of this encoder yet, one transaction for each batch;
3. write the entries to the store, one transaction;
4. derive a generation from the store under a temporary name, check it, rename it;
5. replace CURRENT, then remove what no pointer needs.

Until step 5 the old generation answers. After a kill the next build finds every saved vector and
goes on from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting, StoredIndexError
from semsearch.core.progress import Progress, Silent
from semsearch.importers import read_corpus
from semsearch.importers.report import count_extra, write_report
from semsearch.index.ann.engine import AUTO, FLAT_UP_TO, chosen_engine
from semsearch.index.embedding import Embedding, embed_missing
from semsearch.index.generation import (
    GenerationSpec,
    UnpublishedGeneration,
    publish_generation,
    write_generation,
)
from semsearch.index.manifest import Manifest, built_with, load_manifest
from semsearch.index.model_exports import Exports, export_models
from semsearch.index.passage_table import PassageTable
from semsearch.index.retention import remove_generations, remove_models, remove_unfinished
from semsearch.index.segments.live import MOST_PENDING
from semsearch.ingest.build_report import BuildReport
from semsearch.ingest.corpus_sync import CorpusSync, changed_since, forget_unused
from semsearch.models.encoders import hashed
from semsearch.models.encoders.lazy import LazyEncoder
from semsearch.models.registry import DEFAULT_MODEL, Model
from semsearch.models.rerankers import NO_RERANKER
from semsearch.models.rerankers.cross_encoder import find_reranker
from semsearch.ranking.similarity_baseline import evenly_spaced
from semsearch.storage.atomic_files import LONG_S, briefly_locked, file_lock
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.io_errors import translate_os_errors
from semsearch.storage.layout import IndexLayout

CHECKED_UP_TO = 1 << 28
"""Largest store, in bytes, that a build checks completely first, which takes a second. Damage in a
larger one is found when it is read."""


def build(  # noqa: PLR0913 - each is an option of its own
    paths: Sequence[str | Path],
    index: str | Path = "index",
    *,
    model: str = DEFAULT_MODEL,
    reranker: str = NO_RERANKER,
    engine: str = AUTO,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    record_report: str | Path | None = None,
    strict: bool = False,
    overwrite_edits: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Read glossaries and update an index.

    Args:
        paths: files or folders; `NAME=PATH` makes everything below PATH one glossary.
        index: the index folder; created if missing.
        model: `default`, `base`, a local folder, a hub id, or `hashed`.
        reranker: a CrossEncoder's folder or hub id, or `none`.
        engine: the nearest-neighbour engine: `flat`, `hnsw`, or `auto` by the number of entries.
        columns: our field names to the column names of tables and JSON.
        format: the format of all files, by name; detected from each file's content by default.
        record_report: a JSON Lines file for the result of each record; also written if `strict`
            stops.
        strict: stop if a record is refused or a file of a folder is not read, instead of building
            without it.
        overwrite_edits: see `build_index`.
        progress: reports each step; silent by default.

    Raises:
        ImportFailed: a file cannot be read, or `strict` and something was not read.
        StoredIndexError, EncoderError: see `build_index`.
    """
    corpus = read_corpus(paths, columns=columns, format=format, progress=progress or Silent())
    if record_report is not None:
        write_report(corpus, record_report)
    if strict:
        corpus.check_complete()
    report = build_index(
        corpus.entries,
        index,
        model=model,
        reranker=reranker,
        engine=engine,
        overwrite_edits=overwrite_edits,
        progress=progress,
    )
    return replace(
        report,
        refused=corpus.refusals,
        merged=corpus.merged,
        left_out=corpus.left_out,
        extra=count_extra(corpus.entries),
        notes=corpus.notes,
        unread=corpus.unread,
    )


def build_index(
    entries: Sequence[Entry],
    index: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    reranker: str = NO_RERANKER,
    engine: str = AUTO,
    overwrite_edits: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Update an index with entries.

    Args:
        entries: the whole corpus, ids unique; other entries of the index are removed, except those
            edited live.
        index: the index folder; created if missing.
        model: `default`, `base`, a local folder, a hub id, or `hashed`.
        reranker: a CrossEncoder's folder or hub id, or `none`.
        engine: the nearest-neighbour engine: `flat`, `hnsw`, or `auto` by the number of entries.
        overwrite_edits: let the corpus overwrite live edits, which are preserved by default.
        progress: reports each step; silent by default.

    Raises:
        InvalidSetting: there are no entries, two have the same id, or there is no such engine.
        StoredIndexError: another build runs, the folder cannot be written, or the store is damaged
            or of a newer version.
        EncoderError: the model or the reranker cannot be loaded or is refused.
    """
    if not entries:
        raise InvalidSetting("the corpus has no entries; the index was left as it is")
    twice = [id_ for id_, count in Counter(e.id for e in entries).items() if count > 1]
    if twice:
        raise InvalidSetting(f"the id {twice[0]!r} is given to two entries; ids must be unique")
    chosen_engine(engine, len(entries))  # raises before anything is done
    layout = IndexLayout(Path(index))
    maker = LazyEncoder.of(model)
    judge = None if reranker == NO_RERANKER else find_reranker(reranker)
    with translate_os_errors(layout.root):
        layout.generations.mkdir(parents=True, exist_ok=True)
        with file_lock(layout.building), closing(_opened(layout)) as store:
            if layout.store.stat().st_size <= CHECKED_UP_TO:
                store.check()
            corpus = CorpusSync(entries, store, overwrite=overwrite_edits)
            build = _Build(layout, store, corpus, maker, judge, engine, progress or Silent())
            return build.run()


def _opened(layout: IndexLayout) -> EntryStore:
    """Open the store, which may have to be created or migrated."""
    with file_lock(layout.lock):
        return EntryStore(layout.store)


class _Build:
    """A running build. It holds the lock of the index for short moments, so that edits go on."""

    def __init__(
        self,
        layout: IndexLayout,
        store: EntryStore,
        corpus: CorpusSync,
        maker: LazyEncoder,
        reranker: Model | None,
        engine: str,
        progress: Progress,
    ) -> None:
        self._layout = layout
        self._store = store
        self._corpus = corpus
        self._maker = maker
        self._reranker = reranker
        self._engine = engine
        self._progress = progress

    def run(self) -> BuildReport:
        former = self._former_model()
        merged = self._corpus.merged()
        passages = PassageTable(merged.entries, self._progress)
        exports = export_models(
            self._maker, self._reranker, self._layout, lambda: _sample(passages), self._progress
        )
        export = exports.encoder
        made = self._maker
        embedding = Embedding.choose(
            self._layout, made.name, made.fingerprint, export, lambda: made.encoder
        )
        embedded = self._embed(passages, embedding)
        precision = export.precision if export else hashed.NAME
        with file_lock(self._layout.publishing, LONG_S):
            remove_unfinished(self._layout)
            stored = self._corpus.write(self._layout, self._progress)
            if stored.merged.entries != merged.entries:
                merged = stored.merged
                passages = PassageTable(merged.entries, self._progress)
                embedded += self._embed(passages, embedding)
            before = self._answering()
            current = before is not None and self._is_current(before, precision, exports)
            number = before.generation if before and current else self._layout.next_number()
            relations = None
            if not current:
                how = GenerationSpec(
                    number,
                    stored.revision,
                    made.name,
                    made.fingerprint,
                    embedding.key,
                    precision,
                    exports,
                    self._engine,
                )
                written = write_generation(self._layout, self._store, passages, how, self._progress)
                embedded += self._publish(written, embedding)
                relations = written.relations
                needed = {number, before.generation if before else number}
                remove_generations(self._layout, needed)
                remove_models(self._layout, needed)
                forget_unused(self._layout, self._store, passages, stored.revision[1])
        return BuildReport(
            changes=stored.changes,
            conflicts=merged.conflicts,
            overwritten=self._corpus.overwrite,
            refused=(),
            embedded=embedded,
            vectors=len(passages.rows),
            generation=number,
            published=not current,
            model=self._maker.name,
            precision=precision,
            former_model=former,
            agreement=export.agreement if export else {},
            exported=exports.is_new,
            problem=export.problem if export else "",
            reranker=exports.reranker,
            reranker_agreement=exports.pairs,
            relations=relations,
        )

    def _former_model(self) -> str | None:
        """Return the encoder that the index was built with, if it was another one."""
        before = built_with(self._layout)
        other = before is not None and before.fingerprint != self._maker.fingerprint
        return before.model if before and other else None

    def _answering(self) -> Manifest | None:
        """Return the manifest of the current generation if it is intact."""
        try:
            return load_manifest(self._layout)[0]
        except StoredIndexError:
            return None

    def _is_current(self, before: Manifest, precision: str, exports: Exports) -> bool:
        return self._is_shown(before) and (
            before.fingerprint,
            before.precision,
            before.encoder_sha256,
            before.reranker,
            before.engine.name,
        ) == (
            self._maker.fingerprint,
            precision,
            exports.encoder_sha256,
            exports.reranker,
            chosen_engine(self._engine, before.entries),
        )

    def _is_shown(self, before: Manifest) -> bool:
        """Return whether questions see the whole store.

        Either the generation shows it, or a large generation with few changes beside it.
        """
        identity, revision = self._store.revision
        if before.store != identity or before.revision == revision:
            return before.store == identity
        is_large = before.entries > FLAT_UP_TO
        return is_large and self._store.count_changes_since(before.revision) <= MOST_PENDING

    def _embed(self, passages: PassageTable, embedding: Embedding) -> int:
        """Embed each text that has no vector yet once, and return their number."""
        embedded = 0
        for batch in embed_missing(self._store.texts, passages, embedding, self._progress):
            with briefly_locked(self._layout.lock):
                self._store.texts.save(batch)
            embedded += len(batch.texts)
        return embedded

    def _publish(self, written: UnpublishedGeneration, embedding: Embedding) -> int:
        """Publish a generation after embedding what was edited meanwhile; see `_embed`."""
        revision = written.manifest.revision
        embedded = self._embed(changed_since(self._store, revision), embedding)
        with file_lock(self._layout.lock, LONG_S):
            since = changed_since(self._store, revision)
            for batch in embed_missing(self._store.texts, since, embedding, self._progress):
                self._store.texts.save(batch)
                embedded += len(batch.texts)
            publish_generation(self._layout, written, self._progress)
        return embedded


def _sample(passages: PassageTable) -> list[str]:
    """Return distinct texts on which exported models are compared with their originals."""
    rows = {
        text: row for row, text in zip(passages.rows, passages.hashes(passages.rows), strict=True)
    }
    distinct = sorted(rows.values())
    return [passages.text(distinct[i]) for i in evenly_spaced(len(distinct))]
