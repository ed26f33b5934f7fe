"""Builds an index from entries: updates the store, and publishes a new generation.

A build may be killed after any of these steps:

1. compare the corpus, which the caller has read, with the store;
2. embed texts that have no vector of this encoder yet, one transaction for each batch;
3. write the entries to the store, one transaction;
4. derive a generation from the store under a temporary name, check it, rename it;
5. replace CURRENT, then remove what no pointer needs.

Until step 5 the old generation answers. After a kill the next build finds every saved vector and
goes on from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import Entry, UnreadFile
from semsearch.core.errors import InvalidSetting, StoredIndexError
from semsearch.core.presentation import Presentation
from semsearch.core.progress import Progress, Silent
from semsearch.index.ann.engine import AUTO, FLAT_UP_TO, chosen_engine
from semsearch.index.embedding import Embedding
from semsearch.index.generation import (
    GenerationSpec,
    UnpublishedGeneration,
    write_generation,
)
from semsearch.index.manifest import Manifest, built_with, load_manifest
from semsearch.index.model_exports import Exports, export_models
from semsearch.index.passage_table import PassageTable
from semsearch.index.ray_cluster import RayCluster, check_cluster
from semsearch.index.retention import remove_generations, remove_models, remove_unfinished
from semsearch.index.segments.live import MAX_PENDING
from semsearch.ingest.build_choices import kept_common_questions, kept_engine
from semsearch.ingest.build_publication import BuildPublication
from semsearch.ingest.build_report import BuildReport
from semsearch.ingest.corpus_sync import CorpusSync, forget_unused
from semsearch.ingest.shared.local_copy import shared_database
from semsearch.ingest.shared.publication import building, publishing
from semsearch.models.encoders.lazy import LazyEncoder
from semsearch.models.encoders.portable import PortableEncoder
from semsearch.models.registry import DEFAULT_MODEL, Model
from semsearch.models.rerankers import NO_RERANKER
from semsearch.models.rerankers.cross_encoder import find_reranker
from semsearch.ranking.similarity_baseline import evenly_spaced
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import LONG_S, file_lock
from semsearch.storage.files.following import refuse_mirror
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.text.common_questions import CommonQuestions, bundled

CHECKED_UP_TO = 1 << 28
"""Largest store, in bytes, that a build checks completely first, which takes a second. Damage in a
larger one is found when it is read."""


def build_index(  # noqa: PLR0913 - each is an option of its own
    entries: Sequence[Entry],
    index: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    reranker: str = NO_RERANKER,
    engine: str = AUTO,
    overwrite_edits: bool = False,
    progress: Progress | None = None,
    unread: Sequence[UnreadFile] = (),
    presentation: Presentation | None = None,
    common_questions: bool | None = None,
    ray: str | None = None,
) -> BuildReport:
    """Update an index with entries.

    Args:
        entries: the whole corpus, ids unique; other entries of the index are removed, except those
            edited live.
        index: the index folder; created if missing.
        model: `default`, `base`, a local folder, a hub id, `api:NAME` for a model of the
            embeddings server that SEMSEARCH_EMBEDDINGS_API names, or `hashed`.
        reranker: a CrossEncoder's folder or hub id, or `none`.
        engine: the nearest-neighbour engine: `flat`, `hnsw`, `pgvector` in a shared store, or
            `auto`: by the number of entries, or pgvector if the index has that.
        overwrite_edits: let the corpus overwrite live edits, which are preserved by default.
        progress: reports each step; silent by default.
        unread: files that could not be read this time; what earlier builds read from them stays.
        presentation: how the owner wants the glossaries shown.
        common_questions: whether entries of common concepts are also found by the questions that
            semsearch brings for these (`text/common_questions.py`); by default as the index was
            built before, and in the first build they are.
        ray: the head of a Ray cluster, `HOST:PORT`, whose nodes embed the new texts.

    Raises:
        InvalidSetting: there are no entries, two have the same id, or there is no such engine.
        ClusterFailed: the Ray cluster cannot be reached, or cannot embed.
        IndexFollows: the index is a mirror.
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
    if ray is not None:
        check_cluster(ray)
    layout = IndexLayout(Path(index))
    refuse_mirror(layout)
    engine = kept_engine(layout, engine)
    encoder = LazyEncoder.of(model, layout.encoders)
    reranker_model = None if reranker == NO_RERANKER else find_reranker(reranker)
    with translate_os_errors(layout.root):
        layout.generations.mkdir(parents=True, exist_ok=True)
        with file_lock(layout.building), _opened(layout, progress or Silent()) as store:
            corpus = CorpusSync(entries, store, overwrite=overwrite_edits, unread=unread)
            build = _Build(
                layout,
                store,
                corpus,
                encoder,
                reranker_model,
                engine,
                presentation or Presentation(),
                kept_common_questions(layout) if common_questions is None else common_questions,
                progress or Silent(),
                ray,
            )
            return build.run()


@contextmanager
def _opened(layout: IndexLayout, progress: Progress) -> Iterator[EntryStore]:
    """Open the store; one of an index folder may have to be created or migrated, and is checked."""
    database = shared_database(layout)
    if database is not None:
        with building(layout, database, progress) as shared:
            yield shared
        return
    with file_lock(layout.lock):
        store = EntryStore(layout.store)
    with closing(store):
        if layout.store.stat().st_size <= CHECKED_UP_TO:
            store.check()
        yield store


@dataclass(frozen=True, slots=True)
class _Models:
    """The exported models of a build, what embeds its texts, and how exactly."""

    exports: Exports
    embedding: Embedding
    precision: str


@dataclass(frozen=True, slots=True)
class _Build:
    """A running build. It holds the lock of the index for short moments, so that edits go on."""

    layout: IndexLayout
    store: EntryStore
    corpus: CorpusSync
    encoder: LazyEncoder
    reranker: Model | None
    engine: str
    presentation: Presentation
    has_common_questions: bool
    progress: Progress
    ray: str | None

    @property
    def common(self) -> CommonQuestions | None:
        """The common questions of the index, if it has any."""
        return bundled() if self.has_common_questions else None

    def run(self) -> BuildReport:
        former = self._former_model()
        merged = self.corpus.merged()
        passages = PassageTable(merged.entries, self.progress, self.common)
        models = self._models(passages)
        publication = BuildPublication(
            self.layout, self.store, models.embedding, self.common, self.progress
        )
        embedded = publication.embed(passages, self._cluster(models))
        with publishing(self.layout, self.store, LONG_S, self.progress):
            remove_unfinished(self.layout)
            stored = self.corpus.write(self.progress)
            if stored.merged.entries != merged.entries:
                merged = stored.merged
                passages = PassageTable(merged.entries, self.progress, self.common)
                embedded += publication.embed(passages)
            before = self._current_manifest()
            relations = None
            if before is not None and self._is_current(before, models):
                number, is_published = before.generation, False
            else:
                number, is_published = self.layout.next_number(), True
                written = self._write(number, stored.revision, passages, models)
                embedded += publication.publish(written)
                relations = written.relations
                needed = {number, before.generation if before else number}
                remove_generations(self.layout, needed)
                remove_models(self.layout, needed)
                forget_unused(self.store, passages, stored.revision[1])
        exports, export = models.exports, models.exports.encoder
        return BuildReport(
            changes=stored.changes,
            unread=self.corpus.unread(),
            conflicts=merged.conflicts,
            overwritten=self.corpus.overwrite,
            refused=self.corpus.refused,
            embedded=embedded,
            vectors=len(passages.rows),
            generation=number,
            published=is_published,
            model=self.encoder.name,
            precision=models.precision,
            former_model=former,
            agreement=export.agreement if export else {},
            exported=exports.is_new,
            problem=export.problem if export else "",
            reranker=exports.reranker,
            reranker_agreement=exports.pairs,
            has_common_questions=self.has_common_questions,
            commonly_asked=len(passages.common_questions),
            relations=relations,
        )

    def _models(self, passages: PassageTable) -> _Models:
        """Export the models that are not exported yet, and choose what embeds."""
        encoder = self.encoder
        exports = export_models(
            encoder, self.reranker, self.layout, lambda: _sample(passages), self.progress
        )
        export = exports.encoder
        embedding = Embedding.choose(
            self.layout,
            encoder.name,
            encoder.fingerprint,
            export,
            encoder.precision,
            lambda: encoder.encoder,
        )
        return _Models(exports, embedding, export.precision if export else encoder.precision)

    def _cluster(self, models: _Models) -> RayCluster | None:
        """Return the cluster that embeds in the place of this process, if one was named."""
        if self.ray is None:
            return None
        fingerprint = self.encoder.fingerprint
        folder, precision = self.layout.encoder(fingerprint), models.embedding.precision
        return RayCluster(
            self.ray, PortableEncoder.of(folder, self.encoder.name, fingerprint, precision)
        )

    def _write(
        self, number: int, revision: tuple[str, int], passages: PassageTable, models: _Models
    ) -> UnpublishedGeneration:
        spec = GenerationSpec(
            number,
            revision,
            self.encoder.name,
            self.encoder.fingerprint,
            models.embedding.key,
            models.precision,
            models.exports,
            self.engine,
            self.presentation,
            not self.has_common_questions,
        )
        return write_generation(self.layout, self.store, passages, spec, self.progress)

    def _former_model(self) -> str | None:
        """Return the encoder that the index was built with, if it was another one."""
        before = built_with(self.layout)
        other = before is not None and before.fingerprint != self.encoder.fingerprint
        return before.model if before and other else None

    def _current_manifest(self) -> Manifest | None:
        """Return the manifest of the current generation if it is intact."""
        try:
            return load_manifest(self.layout)[0]
        except StoredIndexError:
            return None

    def _is_current(self, before: Manifest, models: _Models) -> bool:
        return self._is_shown(before) and (
            before.fingerprint,
            before.precision,
            before.encoder_sha256,
            before.reranker,
            before.engine.name,
            before.presentation,
            before.common_questions,
            before.declines_common_questions,
        ) == (
            self.encoder.fingerprint,
            models.precision,
            models.exports.encoder_sha256,
            models.exports.reranker,
            chosen_engine(self.engine, before.entries),
            self.presentation,
            self.common.digest if self.common else "",
            not self.has_common_questions,
        )

    def _is_shown(self, before: Manifest) -> bool:
        """Return whether questions see the whole store.

        Either the generation shows it, or a large generation with few changes beside it.
        """
        identity, revision = self.store.revision
        if before.store != identity or before.revision == revision:
            return before.store == identity
        is_large = before.entries > FLAT_UP_TO
        return is_large and self.store.count_changes_since(before.revision) <= MAX_PENDING


def _sample(passages: PassageTable) -> list[str]:
    """Return distinct texts on which exported models are compared with their originals."""
    rows = {
        text: row for row, text in zip(passages.rows, passages.hashes(passages.rows), strict=True)
    }
    distinct = sorted(rows.values())
    return [passages.text(distinct[i]) for i in evenly_spaced(len(distinct))]
