"""Publish: derive a generation from the store, beside the others, and let it answer.

Nothing here embeds or changes the store: whatever is written can be written again from it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from semsearch.encoders import load_answering_encoder
from semsearch.exporting import Exports
from semsearch.finding import engine_file, write_engine
from semsearch.hashing import sha256_of
from semsearch.passages import Passage, passages_of
from semsearch.progress import Progress
from semsearch.ranking.background import Background, measure_background, measure_each
from semsearch.ranking.recipe import DEFAULT, stated_weights
from semsearch.relations import RelationCounts, relate
from semsearch.retrieval import Retriever
from semsearch.selfcheck import measure_fits
from semsearch.storage.entries import EntryStore
from semsearch.storage.files import sync
from semsearch.storage.layout import GenerationLayout, IndexLayout
from semsearch.storage.manifest import FORMAT, Manifest, publish
from semsearch.storage.snapshot import write_snapshot
from semsearch.storage.tokens import write_tokens
from semsearch.storage.words import write_words
from semsearch.text import text_hash
from semsearch.types import EngineInfo, Entry, Vectors
from semsearch.version import __version__


@dataclass(frozen=True, slots=True)
class Prepared:
    """One entry with its passages and their text hashes, the whole definition first."""

    entry: Entry
    passages: list[Passage]
    hashes: list[bytes]


@dataclass(frozen=True, slots=True)
class Made:
    """Which generation is written, and what its vectors were made with."""

    number: int
    model: str
    fingerprint: str
    key: str
    """Of its vectors in the store."""
    precision: str
    exports: Exports
    engine: str
    """The engine that is wanted, one of `finding.ENGINES`."""


def prepare(entry: Entry) -> Prepared:
    """Cut an entry into its passages."""
    passages = passages_of(entry)
    return Prepared(entry, passages, [text_hash(p.text) for p in passages])


def write_generation(
    layout: IndexLayout,
    store: EntryStore,
    built: Sequence[Prepared],
    made: Made,
    progress: Progress,
) -> RelationCounts:
    """Write a generation under a temporary name, rename it, and point to it.

    Args:
        layout: the index.
        store: where every text of `built` has been embedded.
        built: all entries, glossary by glossary.
        made: which generation, with what.
        progress: told about each step.

    Returns:
        How many links and mentions were found.
    """
    progress.start("indexing", 5)
    scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=layout.generations))
    files = GenerationLayout(scratch)
    vectors = _write_vectors(files, store, built, made.key)
    progress.advance(1)
    relations, found = relate([b.entry for b in built])
    write_snapshot(files, ((b.entry, b.passages) for b in built), relations)
    write_words(files, (b.entry for b in built))
    progress.advance(1)
    manifest = _manifest(layout, files, store, built, made, vectors)
    files.manifest.write_bytes(manifest.to_bytes())
    sync(files.manifest)
    sync(scratch)
    progress.advance(1)
    scratch.rename(layout.generation(made.number).root)
    sync(layout.generations)
    progress.advance(1)
    publish(layout, manifest)
    progress.advance(1)
    return found


def _write_vectors(
    files: GenerationLayout, store: EntryStore, built: Sequence[Prepared], key: str
) -> Vectors:
    """Write vectors and tokens; return the vectors."""
    hashes = [h for b in built for h in b.hashes]
    vectors = store.vectors(hashes, key, store.dim_of(hashes[0], key))
    vectors.astype("<f4").tofile(files.vectors)
    sync(files.vectors)
    wholes = [b.hashes[0] for b in built]
    glossaries = [b.entry.glossary for b in built]
    write_tokens(files, glossaries, lambda: store.tokens(wholes, key))
    return vectors


def _manifest(
    layout: IndexLayout,
    files: GenerationLayout,
    store: EntryStore,
    built: Sequence[Prepared],
    made: Made,
    vectors: Vectors,
) -> Manifest:
    identity, revision = store.revision
    counts = np.array([len(b.passages) for b in built], dtype=np.int64)
    backgrounds = measure_each([b.entry.glossary for b in built], vectors, counts)
    one = next(iter(backgrounds.values()))
    engine = write_engine(files, vectors.shape[1], made.engine)
    fit, fits = _fits(layout, files, made, vectors.shape[1], engine)
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
        dim=vectors.shape[1],
        precision=made.precision,
        engine=engine,
        reranker=made.exports.reranker,
        entries=len(built),
        vectors=len(vectors),
        recipe=stated_weights(DEFAULT),
        fit=fit,
        fits=fits,
        background=one if len(backgrounds) == 1 else measure_background(vectors, counts),
        backgrounds=backgrounds,
        sha256={
            file.name: sha256_of(file) or "" for file in (*files.parts, *engine_file(files, engine))
        },
    )


def _fits(
    layout: IndexLayout, files: GenerationLayout, made: Made, dim: int, engine: EngineInfo
) -> tuple[Background, dict[str, Background]]:
    """Ask the new files their own sentences, with the encoder that will answer."""
    encoder = load_answering_encoder(
        layout.encoder(made.fingerprint),
        model=made.model,
        fingerprint=made.fingerprint,
        precision=made.precision,
    )
    with closing(Retriever.load(files, dim, engine)) as retriever:
        return measure_fits(retriever, encoder)
