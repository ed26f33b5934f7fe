"""Publishing: writes a generation from the store and makes it the current one.

Nothing here embeds or changes the store, so a generation can always be written again from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from semsearch.core.checksums import hashes_of
from semsearch.core.prefetch import start_in_thread
from semsearch.core.presentation import Presentation
from semsearch.core.progress import Progress
from semsearch.core.temporary_folders import make_temporary_folder
from semsearch.core.version import __version__
from semsearch.index.ann.engine import FLAT, PGVECTOR, engine_files
from semsearch.index.files.memory_map import Rows
from semsearch.index.manifest import FORMAT, Manifest, publish
from semsearch.index.map.layout import DefinitionVectors, lay_out_entries
from semsearch.index.model_exports import Exports
from semsearch.index.passage_table import PassageTable
from semsearch.index.pgvector.rows import moved_files
from semsearch.index.pgvector.shared import SharedCandidates
from semsearch.index.pgvector.writing import database_behind, put_candidates
from semsearch.index.relations import RelationBuilder, RelationCounts
from semsearch.index.retrieval import Retriever
from semsearch.index.score_baseline import measure_score_baseline
from semsearch.index.segment_writer import (
    StoredEmbeddings,
    WrittenSegment,
    write_segment,
    write_vectors,
)
from semsearch.index.segments.segment import Segment
from semsearch.models import load_answering_encoder
from semsearch.ranking.similarity_baseline import Baseline, measure_similarity_baseline
from semsearch.ranking.weights import DEFAULT, weights_as_dict
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.atomic_files import sync, write_array
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class GenerationSpec:
    """Number of the generation to write, revision of the store, and how its vectors were made."""

    number: int
    revision: tuple[str, int]
    """Identity of the store, and its revision."""
    model: str
    fingerprint: str
    key: str
    """Key of the vectors in the store."""
    precision: str
    exports: Exports
    engine: str
    """The engine that is wanted, one of `ann.engine.ENGINES`."""
    presentation: Presentation
    declines_common_questions: bool
    """Whether a build was told to leave them out."""


@dataclass(frozen=True, slots=True)
class UnpublishedGeneration:
    """A generation under a temporary name, which nobody reads yet."""

    root: Path
    manifest: Manifest
    relations: RelationCounts


def write_generation(
    layout: IndexLayout,
    store: EntryReader,
    passages: PassageTable,
    spec: GenerationSpec,
    progress: Progress,
) -> UnpublishedGeneration:
    """Write a generation under a temporary name.

    Args:
        layout: the index.
        store: holds a vector of every text of `passages`.
        passages: all entries of the revision that `spec` names.
        spec: which generation.
        progress: reports each step.
    """
    scratch = make_temporary_folder(layout.generations)
    files = GenerationLayout(scratch)
    dim = store.texts.dim_of(passages.hashes([0])[0], spec.key)
    embeddings = StoredEmbeddings(store.texts, spec.key, dim)
    is_shared = spec.engine == PGVECTOR
    database = database_behind(store.connection) if is_shared else None
    relating = RelationBuilder(passages.entries, progress)
    write_vectors(files, passages, embeddings, progress)
    vectors = DefinitionVectors(Rows(files.vectors, "<f4", dim), passages.first_rows)
    # beside the words, most of whose work keeps to one core
    laid_out = start_in_thread(
        partial(lay_out_entries, layout, vectors, passages.entries, dim, spec.key)
    )
    segment = write_segment(
        files,
        passages,
        embeddings,
        progress,
        engine=FLAT if is_shared else spec.engine,
        relations=relating,
    )
    shared = None
    if database is not None:
        store.connection.execute("SELECT 1")  # raises if the lock for publishing is lost
        put = put_candidates(database, files, dim, spec.number, progress)
        segment = replace(segment, engine=put.engine, phrase_engine=put.phrase_engine)
        breadth = max(put.engine.breadth, put.phrase_engine.breadth)
        shared = SharedCandidates(database, put.name, files, dim, breadth)
    progress.start("map", len(passages.entries))
    write_array(files.map, laid_out().astype("<f4"))
    progress.advance(len(passages.entries))
    written = _Written(files, segment, dim, shared, put.name if database is not None else "")
    manifest = _manifest(layout, written, passages, spec, progress)
    for moved in moved_files(files) if is_shared else ():
        moved.unlink()
    files.manifest.write_bytes(manifest.to_bytes())
    sync(files.manifest)
    sync(scratch)
    return UnpublishedGeneration(scratch, manifest, relating.counts)


def publish_generation(
    layout: IndexLayout, written: UnpublishedGeneration, progress: Progress
) -> None:
    """Rename a generation and make it the current one; the caller holds the lock of the index."""
    progress.start("publishing", 2)
    written.root.rename(layout.generation(written.manifest.generation).root)
    sync(layout.generations)
    progress.advance(1)
    publish(layout, written.manifest)
    progress.advance(1)


@dataclass(frozen=True, slots=True)
class _Written:
    """The files of a generation, and what PostgreSQL has of it."""

    files: GenerationLayout
    segment: WrittenSegment
    dim: int
    shared: SharedCandidates | None
    candidates: str
    """The set in PostgreSQL; empty if there is none."""

    def parts(self) -> Iterator[Path]:
        """Yield the files that stay."""
        moved = moved_files(self.files) if self.shared is not None else ()
        yield from (file for file in self.files.parts if file not in moved)
        yield from engine_files(self.files, self.segment.engine, self.segment.phrase_engine)


def _manifest(
    layout: IndexLayout,
    written: _Written,
    passages: PassageTable,
    spec: GenerationSpec,
    progress: Progress,
) -> Manifest:
    identity, revision = spec.revision
    files, segment, dim = written.files, written.segment, written.dim
    progress.start("measuring", 2)
    similarity, similarities = _measure_similarities(files, passages, dim)
    progress.advance(1)
    opened = Segment.open(files, dim, segment.engine, segment.phrase_engine, written.shared)
    score, scores = _measure_scores(layout, opened, spec)
    progress.advance(1)
    progress.start("checksums", 1)
    sha256 = hashes_of(tuple(written.parts()))
    progress.advance(1)
    return Manifest(
        format=FORMAT,
        generation=spec.number,
        store=identity,
        revision=revision,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        built_by=f"semsearch {__version__}",
        model=spec.model,
        encoder_sha256=spec.exports.encoder_sha256,
        fingerprint=spec.fingerprint,
        embedded_by=spec.key,
        dim=dim,
        precision=spec.precision,
        engine=segment.engine,
        phrase_engine=segment.phrase_engine,
        reranker=spec.exports.reranker,
        entries=len(passages.entries),
        vectors=len(passages.rows),
        phrases=len(passages.phrase_rows),
        common_questions=passages.common.digest if passages.common else "",
        mean_words=segment.mean_words,
        weights=weights_as_dict(DEFAULT),
        score_baseline=score,
        score_baselines=scores,
        similarity_baseline=similarity,
        similarity_baselines=similarities,
        sha256=sha256,
        presentation=spec.presentation,
        declines_common_questions=spec.declines_common_questions,
        candidates=written.candidates,
    )


def _measure_similarities(
    files: GenerationLayout, passages: PassageTable, dim: int
) -> tuple[Baseline, dict[str, Baseline]]:
    """Measure the baseline of similarity over all glossaries together, and in each."""
    rows = Rows(files.vectors, "<f4", dim)
    similarities: dict[str, Baseline] = {}
    first = 0
    for name, group in groupby(passages.glossaries()):
        last = first + len(list(group))
        similarities[name] = measure_similarity_baseline(
            rows.take, passages.first_rows, range(first, last)
        )
        first = last
    if len(similarities) == 1:
        return next(iter(similarities.values())), similarities
    return measure_similarity_baseline(rows.take, passages.first_rows, range(first)), similarities


def _measure_scores(
    layout: IndexLayout, segment: Segment, spec: GenerationSpec
) -> tuple[Baseline, dict[str, Baseline]]:
    """Measure the baseline of the fused score, with the encoder that will embed questions."""
    encoder = load_answering_encoder(
        layout.encoder(spec.fingerprint),
        model=spec.model,
        fingerprint=spec.fingerprint,
        precision=spec.precision,
        is_patient=True,
    )
    with closing(Retriever(segment, model=spec.model)) as retriever:
        return measure_score_baseline(retriever, encoder)
