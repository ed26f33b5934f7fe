"""Publish: derive a generation from the store, beside the others, and let it answer.

Nothing here embeds or changes the store: whatever is written can be written again from it.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from semsearch.core.checksums import hashes_of
from semsearch.core.index_info import EngineInfo
from semsearch.core.progress import Progress
from semsearch.core.version import __version__
from semsearch.index.ann.engine import engine_file
from semsearch.index.files.memory_map import Rows
from semsearch.index.manifest import FORMAT, Manifest, publish
from semsearch.index.map.layout import write_map
from semsearch.index.model_exports import Exports
from semsearch.index.passage_table import PassageTable
from semsearch.index.relations import Relating, RelationCounts
from semsearch.index.retrieval import Retriever
from semsearch.index.score_baseline import measure_score_baseline
from semsearch.index.segment_writer import StoredEmbeddings, WrittenSegment, write_segment
from semsearch.index.segments.segment import Segment
from semsearch.models import load_answering_encoder
from semsearch.ranking.baseline import Baseline, measure_background
from semsearch.ranking.weights import DEFAULT, stated_weights
from semsearch.storage.atomic_files import sync
from semsearch.storage.entry_store import EntryReader
from semsearch.storage.layout import GenerationLayout, IndexLayout


@dataclass(frozen=True, slots=True)
class GenerationSpec:
    """Which generation is written, and what its vectors were made with."""

    number: int
    revision: tuple[str, int]
    """The store, and the revision of it that is shown."""
    model: str
    fingerprint: str
    key: str
    """Of its vectors in the store."""
    precision: str
    exports: Exports
    engine: str
    """The engine that is wanted, one of `finding.ENGINES`."""


@dataclass(frozen=True, slots=True)
class UnpublishedGeneration:
    """A generation that is written under a temporary name, and that nobody reads yet."""

    root: Path
    manifest: Manifest
    relations: RelationCounts


def write_generation(
    layout: IndexLayout,
    store: EntryReader,
    passages: PassageTable,
    made: GenerationSpec,
    progress: Progress,
) -> UnpublishedGeneration:
    """Write a generation beside the others, under a temporary name.

    Args:
        layout: the index.
        store: where every text of `passages` has been embedded.
        passages: all entries of the revision `made` names.
        made: which generation, with what.
        progress: told about each step.
    """
    scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=layout.generations))
    files = GenerationLayout(scratch)
    dim = store.texts.dim_of(passages.hashes([0])[0], made.key)
    embeddings = StoredEmbeddings(store.texts, made.key, dim)
    relating = Relating(passages.entries, progress)
    segment = write_segment(
        files, passages, embeddings, progress, engine=made.engine, relations=relating
    )
    write_map(layout, files, passages.entries, dim, made.key, progress)
    manifest = _manifest(layout, files, passages, made, dim, segment, progress)
    files.manifest.write_bytes(manifest.to_bytes())
    sync(files.manifest)
    sync(scratch)
    return UnpublishedGeneration(scratch, manifest, relating.counts)


def publish_generation(
    layout: IndexLayout, written: UnpublishedGeneration, progress: Progress
) -> None:
    """Give a generation its name, and let it answer; the lock of the index is held."""
    progress.start("publishing", 2)
    written.root.rename(layout.generation(written.manifest.generation).root)
    sync(layout.generations)
    progress.advance(1)
    publish(layout, written.manifest)
    progress.advance(1)


def _manifest(
    layout: IndexLayout,
    files: GenerationLayout,
    passages: PassageTable,
    made: GenerationSpec,
    dim: int,
    segment: WrittenSegment,
    progress: Progress,
) -> Manifest:
    identity, revision = made.revision
    progress.start("measuring", 2)
    together, apart = _backgrounds(files, passages, dim)
    progress.advance(1)
    fit, fits = _fits(layout, files, made, dim, segment.engine)
    progress.advance(1)
    progress.start("checksums", 1)
    sha256 = hashes_of((*files.parts, *engine_file(files, segment.engine)))
    progress.advance(1)
    return Manifest(
        format=FORMAT,
        generation=made.number,
        store=identity,
        revision=revision,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        built_by=f"semsearch {__version__}",
        model=made.model,
        encoder_sha256=made.exports.encoder_sha256,
        fingerprint=made.fingerprint,
        embedded_by=made.key,
        dim=dim,
        precision=made.precision,
        engine=segment.engine,
        reranker=made.exports.reranker,
        entries=len(passages.entries),
        vectors=len(passages.rows),
        mean_words=segment.mean_words,
        recipe=stated_weights(DEFAULT),
        fit=fit,
        fits=fits,
        background=together,
        backgrounds=apart,
        sha256=sha256,
    )


def _backgrounds(
    files: GenerationLayout, passages: PassageTable, dim: int
) -> tuple[Baseline, dict[str, Baseline]]:
    """Measure the similarity of meaning over all glossaries together, and in each."""
    rows = Rows(files.vectors, "<f4", dim)
    apart: dict[str, Baseline] = {}
    first = 0
    for name, group in groupby(passages.glossaries()):
        last = first + len(list(group))
        apart[name] = measure_background(rows.take, passages.first_rows, range(first, last))
        first = last
    if len(apart) == 1:
        return next(iter(apart.values())), apart
    return measure_background(rows.take, passages.first_rows, range(first)), apart


def _fits(
    layout: IndexLayout, files: GenerationLayout, made: GenerationSpec, dim: int, engine: EngineInfo
) -> tuple[Baseline, dict[str, Baseline]]:
    """Ask the new files their own sentences, with the encoder that will answer."""
    encoder = load_answering_encoder(
        layout.encoder(made.fingerprint),
        model=made.model,
        fingerprint=made.fingerprint,
        precision=made.precision,
    )
    with closing(Retriever(Segment.open(files, dim, engine))) as retriever:
        return measure_score_baseline(retriever, encoder)
