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
from semsearch.core.progress import Progress
from semsearch.core.version import __version__
from semsearch.index.ann.engine import engine_files, write_ann, write_phrase_ann
from semsearch.index.files.entry_table import write_snapshot
from semsearch.index.files.memory_map import Rows
from semsearch.index.files.phrases import write_phrases
from semsearch.index.files.postings import write_words
from semsearch.index.files.tokens import write_tokens
from semsearch.index.manifest import FORMAT, Manifest, publish
from semsearch.index.map.layout import write_map
from semsearch.index.model_exports import Exports
from semsearch.index.passage_table import PassageTable
from semsearch.index.relations import Relating, RelationCounts
from semsearch.index.retrieval import Retriever
from semsearch.index.score_baseline import measure_score_baseline
from semsearch.index.segments.segment import Segment
from semsearch.models import load_answering_encoder
from semsearch.ranking.baseline import Baseline, measure_background
from semsearch.ranking.weights import DEFAULT, stated_weights
from semsearch.storage.atomic_files import sync
from semsearch.storage.entry_store import EntryReader
from semsearch.storage.layout import GenerationLayout, IndexLayout

BATCH = 4096
"""Vectors copied at a time: 6 MB."""


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
    built: PassageTable,
    made: GenerationSpec,
    progress: Progress,
) -> UnpublishedGeneration:
    """Write a generation beside the others, under a temporary name.

    Args:
        layout: the index.
        store: where every text of `built` has been embedded.
        built: all entries of the revision `made` names.
        made: which generation, with what.
        progress: told about each step.
    """
    scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=layout.generations))
    files = GenerationLayout(scratch)
    dim = _write_vectors(files, store, built, made.key, progress)
    write_phrases(files, built, lambda some: store.texts.vectors(some, made.key, dim), progress)
    write_tokens(
        files,
        built.glossaries(),
        lambda positions: store.texts.tokens(built.hashes_of_wholes(positions), made.key),
        progress,
    )
    relating = Relating(built.entries, progress)
    write_snapshot(files, built.passages(), relating, progress=progress, total=len(built.entries))
    write_map(layout, files, built.entries, dim, made.key, progress)
    mean_words = write_words(files, built.entries, progress)
    manifest = _manifest(layout, files, built, made, dim, mean_words, progress)
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


def _write_vectors(
    files: GenerationLayout,
    store: EntryReader,
    built: PassageTable,
    key: str,
    progress: Progress,
) -> int:
    """Copy the vectors from the store, some at a time, and return their length."""
    dim = store.texts.dim_of(built.hashes([0])[0], key)
    progress.start("vectors", len(built.passage_rows))
    with files.vectors.open("wb") as rows:
        for start in range(0, len(built.passage_rows), BATCH):
            some = built.passage_rows[start : start + BATCH]
            vectors = store.texts.vectors(built.hashes(some), key, dim)
            rows.write(vectors.astype("<f4").tobytes())
            progress.advance(len(some))
    sync(files.vectors)
    return dim


def _manifest(
    layout: IndexLayout,
    files: GenerationLayout,
    built: PassageTable,
    made: GenerationSpec,
    dim: int,
    mean_words: float,
    progress: Progress,
) -> Manifest:
    identity, revision = made.revision
    engine = write_ann(files, dim, made.engine, progress)
    phrase_engine = write_phrase_ann(files, dim, made.engine, progress)
    progress.start("measuring", 2)
    together, apart = _backgrounds(files, built, dim)
    progress.advance(1)
    segment = Segment.open(files, dim, engine, phrase_engine)
    fit, fits = _fits(layout, segment, made)
    progress.advance(1)
    progress.start("checksums", 1)
    sha256 = hashes_of((*files.parts, *engine_files(files, engine, phrase_engine)))
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
        engine=engine,
        phrase_engine=phrase_engine,
        reranker=made.exports.reranker,
        entries=len(built.entries),
        vectors=len(built.rows),
        phrases=len(built.phrase_rows),
        mean_words=mean_words,
        recipe=stated_weights(DEFAULT),
        fit=fit,
        fits=fits,
        background=together,
        backgrounds=apart,
        sha256=sha256,
    )


def _backgrounds(
    files: GenerationLayout, built: PassageTable, dim: int
) -> tuple[Baseline, dict[str, Baseline]]:
    """Measure the similarity of meaning over all glossaries together, and in each."""
    rows = Rows(files.vectors, "<f4", dim)
    apart: dict[str, Baseline] = {}
    first = 0
    for name, group in groupby(built.glossaries()):
        last = first + len(list(group))
        apart[name] = measure_background(rows.take, built.first_rows, range(first, last))
        first = last
    if len(apart) == 1:
        return next(iter(apart.values())), apart
    return measure_background(rows.take, built.first_rows, range(first)), apart


def _fits(
    layout: IndexLayout, segment: Segment, made: GenerationSpec
) -> tuple[Baseline, dict[str, Baseline]]:
    """Ask the new files their own sentences, with the encoder that will answer."""
    encoder = load_answering_encoder(
        layout.encoder(made.fingerprint),
        model=made.model,
        fingerprint=made.fingerprint,
        precision=made.precision,
    )
    with closing(Retriever(segment)) as retriever:
        return measure_score_baseline(retriever, encoder)
